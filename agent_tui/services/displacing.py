"""Appointments that must leave their time: each goes to its nearest offer, inside the act that displaces it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from agent_tui.domain.availability import Occupied, Search
from agent_tui.domain.log import Event
from agent_tui.domain.nearest import nearest
from agent_tui.domain.requests import Booked, EntryState, Moved, Offer, Refused, Request
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import clock, span
from agent_tui.domain.wall_time import short_date
from agent_tui.services.acts import Abandoned, Act
from agent_tui.services.changes import move_one, release_moves
from agent_tui.services.finding import as_asked_by, client_masks, occupied
from agent_tui.store.queries import entries as entry_queries

WORKING_DAYS = 20
"""How many working days, that of the appointment among them, an appointment may be moved by."""
# Looked through one after the other: most find a place on their own day, and others wait for the lock meanwhile.
_SPANS = (1, 5, WORKING_DAYS)


@dataclass(frozen=True, slots=True)
class Closing:
    """Time that is about to be taken: masks by (resource, ISO day), and a claimant's own by ISO day."""

    masks: Mapping[tuple[str, str], int] = field(default_factory=dict)
    client: str | None = None
    client_masks: Mapping[str, int] = field(default_factory=dict)


def closing(ranges: Iterable[entry_queries.Range], client: str | None) -> Closing:
    """Return what blocks with some ranges of a diary are about to take from it and from the claimant they are for."""
    masks: dict[tuple[str, str], int] = {}
    own: dict[str, int] = {}
    for resource, day, start, end in ranges:
        masks[resource, day] = masks.get((resource, day), 0) | span(start, end)
        own[day] = own.get(day, 0) | span(start, end)
    return Closing(masks, client, own if client is not None else {})


def displace(act: Act, entries: Sequence[EntryState], taken: Closing) -> tuple[list[Moved], list[EntryState]]:
    """Move booked appointments to their nearest offers in turn; return the moves, and those for which there is no place.

    The nearest is of the same day if that has one, else of the next day that does, within 20 working days, never of an
    earlier day, of which a claimant may not hear in time; then the least distance in time of day, the own diary, the same
    team, any other. The site's notice holds. Whoever wants all or nothing raises Abandoned when one is left over.
    """
    moved: list[Moved] = []
    stuck: list[EntryState] = []
    for entry in entries:
        release_moves(act, entry.id)
        offer = find_place(act, entry, taken, ranks=own_first(act, entry))
        if offer is None:
            stuck.append(entry)
        else:
            moved.append(move_to(act, entry, offer))
    return moved, stuck


def own_first(act: Act, entry: EntryState) -> dict[str, int]:
    """Return the order in which diaries are asked for an appointment: its own, those of its team, the others."""
    team = act.catalogue.diaries[entry.diary].team
    return {one.code: 0 if one.code == entry.diary else 1 if one.team == team else 2 for one in act.catalogue.diaries.values()}


def find_place(
    act: Act,
    entry: EntryState,
    taken: Closing,
    *,
    ranks: Mapping[str, int],
    only: frozenset[str] | None = None,
    spans: Sequence[int] | None = None,
) -> Offer | None:
    """Return the nearest offer for an appointment outside the time that is about to be taken, or None.

    Its own time counts as free. `spans` are working days to look through, one number after the other.
    """
    kind = act.catalogue.types.get(entry.type or "")
    if kind is None or act.desk.staff.booker not in kind.may_book:
        return None
    first = max(entry.day, act.desk.now.date())
    for days in spans or _SPANS:
        last = act.catalogue.working_days_from(first, days)
        wanted = Request(kind.code, first, last, channel=entry.channel, needs=entry.needs, client=entry.client)
        asked = as_asked_by(act.desk, act.catalogue, wanted)
        if not isinstance(asked, Request):
            return None
        search = Search(act.catalogue, asked, _occupied(act, entry, asked, taken), act.desk.site_now())
        found = nearest(search, entry.start, ranks, only=only)
        if found is not None:
            return found
    return None


def _occupied(act: Act, entry: EntryState, asked: Request, taken: Closing) -> Occupied:
    """Return what is taken in a search's days, without what an appointment has itself and with what is about to be taken."""
    found = occupied(act.desk, act.unit, act.catalogue, replace(asked, client=None))
    masks, limits = dict(found.masks), dict(found.limits)
    for resource, day, start, end in entry_queries.owned(act.unit, act.site, entry.id):
        if (resource, day) in masks:
            masks[resource, day] &= ~span(start, end)
    for place, mask in taken.masks.items():
        masks[place] = masks.get(place, 0) | mask
    if limits:
        iso = entry.day.isoformat()
        own = entry_queries.limit_uses(act.unit, act.site, [entry.diary], iso, iso, act.now_ms, without=[entry.id])
        limits = {key: uses for key, uses in limits.items() if key[:2] != (entry.diary, iso)} | own
    first, last = asked.first_day.isoformat(), asked.last_day.isoformat()
    client = client_masks(act.desk, act.unit, entry.client, first, last, act.now_ms, but=entry.id)
    if entry.client is not None and entry.client == taken.client:
        for day, mask in taken.client_masks.items():
            client[day] = client.get(day, 0) | mask
    return Occupied(masks, client, limits)


def move_to(act: Act, entry: EntryState, offer: Offer, *, reason: str | None = None) -> Moved:
    """Move an appointment to an offer inside an open act; a refusal, which others' haste alone can cause, is raised."""
    outcome = move_one(act, entry, offer.diary, offer.day, offer.start, primary=False, reason=reason)
    if isinstance(outcome, Refused):
        raise Abandoned(outcome)
    assert isinstance(outcome, Booked)
    return Moved(entry, outcome.entry, outcome.coach)


def moved_by(catalogue: Catalogue, line: Event) -> Moved:
    """Return the move that a line of the log tells of."""
    id = line.entry or ""
    after = entry_queries.entry_from_state(id, line.after or {})
    diary = catalogue.diaries.get(after.diary)
    coach = diary.coach if diary else after.diary
    return Moved(entry_queries.entry_from_state(id, line.before or {}), after, coach)


def no_place(stuck: Sequence[EntryState]) -> str:
    """Return the sentence that names the appointments for which there is no other place."""
    first = stuck[0]
    more = f" (and {len(stuck) - 1} more)" if len(stuck) > 1 else ""
    when = f"{short_date(first.day)} {clock(first.start)}"
    what = f"{first.type} of {when} in {first.diary}{more}, id {first.id},"
    return f"{what} finds no other place within {WORKING_DAYS} working days."
