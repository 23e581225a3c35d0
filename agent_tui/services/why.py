"""Why not: every rule against one start, who has the time, and the smallest change that would open it; one read."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

from agent_tui.domain.availability import Occupied, Search, in_hand
from agent_tui.domain.clients import short_name
from agent_tui.domain.flags import UNDER_BLOCK
from agent_tui.domain.openings import Change
from agent_tui.domain.requests import EntryState, Found, Request, TypeInHand
from agent_tui.domain.site import Catalogue
from agent_tui.domain.standing import Standing
from agent_tui.domain.ticks import MINUTES_PER_TICK, TICKS_PER_DAY
from agent_tui.domain.types import AppointmentType
from agent_tui.domain.why_not import (
    Hindrance,
    Why,
    in_order,
    instead_of,
    off_grid,
    plain_name,
    unknown_diary,
    unknown_type,
    why_not,
)
from agent_tui.services.claimants import sees_names
from agent_tui.services.desk import Desk
from agent_tui.services.finding import UnknownClient, as_asked_by, check_needs, client_masks
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import flags as flag_queries
from agent_tui.store.unit_of_work import Unit


def why(desk: Desk, request: Request, diary: str, day: date, minute: int, *, named: bool = False) -> Why:
    """Return why a start (minutes after midnight) of a diary's day is no offer of a request, by the rules of `finding.search`.

    Never writes. With `named` claimants are named to those who may see their names. An unknown claimant raises UnknownClient,
    an unknown need UnknownNeed.
    """
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        wanted = request if request.booker is not None else replace(request, booker=desk.staff.booker)
        check_needs(catalogue, wanted.needs)
        if wanted.client is not None and client_queries.get(unit, desk.site, wanted.client) is None:
            raise UnknownClient(wanted.client)
        kind = catalogue.types.get(wanted.type)
        if kind is None or minute % MINUTES_PER_TICK:
            return _unasked(catalogue, wanted, kind, (diary, day, minute))
        start = minute // MINUTES_PER_TICK
        search = _search(desk, unit, catalogue, wanted, diary, day)
        standing = _standing(desk, unit, search, diary, day, start)
        naming = _naming(desk, unit, standing, named=named)
    reasons = _who_asks(desk, catalogue, wanted, diary) + why_not(search, diary, day, start, standing, naming)
    reasons = tuple(one if _may_do(desk, one.change) else replace(one, change=None) for one in in_order(reasons))
    instead = [one for one in instead_of(search, diary, day, start) if reasons and _may_do(desk, one)]
    return _answer(catalogue, kind, (diary, day, minute), reasons, instead)


def _may_do(desk: Desk, change: Change | None) -> bool:
    """Return whether the desk's person may do what a change names: a coach goes about in the own diary only."""
    if desk.staff.role != "coach" or change is None or change.kind not in ("start", "coach", "move"):
        return True
    return change.diary == desk.staff.diary


def _answer(
    catalogue: Catalogue,
    kind: AppointmentType,
    place: tuple[str, date, int],
    reasons: tuple[Hindrance, ...],
    instead: Iterable[Change] = (),
) -> Why:
    code, day, minute = place
    known = catalogue.diaries.get(code)
    length, start = kind.ticks_on(day), minute // MINUTES_PER_TICK
    ends = length is not None and not minute % MINUTES_PER_TICK and start + length <= TICKS_PER_DAY
    end = start + length if ends and length is not None else None
    coach = None if known is None else known.coach
    return Why(in_hand(kind, day), code, coach, day, minute, end, reasons, tuple(instead))


def _unasked(catalogue: Catalogue, request: Request, kind: AppointmentType | None, place: tuple[str, date, int]) -> Why:
    """Return the answer about what is no start at all: a type or a diary that does not exist, a time off the grid."""
    code, day, minute = place
    reasons = [off_grid(minute, code, day)] if minute % MINUTES_PER_TICK else []
    if kind is None:
        reasons.append(unknown_type(catalogue, request.type))
    if code not in catalogue.diaries:
        reasons.append(unknown_diary(catalogue, code))
    if kind is not None:
        return _answer(catalogue, kind, place, tuple(reasons))
    known = catalogue.diaries.get(code)
    hand = TypeInHand(request.type, None, None, None, None)
    return Why(hand, code, None if known is None else known.coach, day, minute, None, tuple(reasons))


def _who_asks(desk: Desk, catalogue: Catalogue, request: Request, diary: str) -> tuple[Hindrance, ...]:
    """Return what is against a coach who asks about another's diary."""
    asked = as_asked_by(desk, catalogue, replace(request, diary=diary))
    if not isinstance(asked, Found):
        return ()
    return tuple(Hindrance(one.rule, one.text, Change("ask", (one.fix or "Ask an agent").rstrip("."))) for one in asked.reasons)


def _search(desk: Desk, unit: Unit, catalogue: Catalogue, request: Request, diary: str, day: date) -> Search:
    """Return the masks of one day: of the diary, of those that could take it instead, of rooms and of the claimant."""
    iso, now_ms = day.isoformat(), unit.clock_ms()
    diaries = sorted({diary, *(one.code for one in catalogue.diaries_for(request.type) if one.enabled)})
    masks = entry_queries.busy_masks(unit, desk.site, [*diaries, *sorted(catalogue.rooms)], iso, iso, now_ms)
    uses = entry_queries.limit_uses(unit, desk.site, diaries, iso, iso, now_ms) if catalogue.has_limits else {}
    client = client_masks(desk, unit, request.client, iso, iso, now_ms)
    return Search(catalogue, request, Occupied(masks, client, uses), desk.site_now())


def _standing(desk: Desk, unit: Unit, search: Search, diary: str, day: date, start: int) -> Standing:
    """Return what stands in the diary and the rooms, the own entries of the claimants concerned, and what must stay."""
    iso, now_ms = day.isoformat(), unit.clock_ms()
    places = [(code, iso) for code in (diary, *sorted(search.catalogue.rooms))]
    claims = tuple(
        (one.resource, one.entry)
        for one in entry_queries.of_places(unit, desk.site, places)
        if one.entry.expires_at is None or one.entry.expires_at > now_ms
    )
    met = Standing(claims).on(diary, day, start, min(start + (search.kind.ticks_on(day) or 0), TICKS_PER_DAY))
    clients = {search.request.client, *(one.client for one in met)} - {None}
    own = [
        entry
        for client in sorted(one for one in clients if one is not None)
        for entry in entry_queries.of_client(unit, desk.site, client, iso, iso, now_ms)
    ]
    return Standing(claims, tuple(own), frozenset(one.id for one in met if _kept_under_block(desk, unit, one)))


def _kept_under_block(desk: Desk, unit: Unit, entry: EntryState) -> bool:
    """Return whether the block over an appointment would get its time when it leaves."""
    if entry.kind != "appointment":
        return False
    flags = flag_queries.settled_with(unit, desk.site, entry.id)
    return any(flag.kind == UNDER_BLOCK and flag.lasts and flag.entry == entry.id for flag in flags)


def _naming(desk: Desk, unit: Unit, standing: Standing, *, named: bool) -> Callable[[EntryState], str]:
    """Return how entries are named: a hold by its maker and the time left, an appointment by its type and who may be seen."""
    now_ms = unit.clock_ms()
    staff = catalogue_queries.staff_names(unit, desk.site)
    refs = sorted({one.client for _code, one in standing.claims if one.client is not None})
    names = client_queries.names(unit, desk.site, refs) if named and sees_names(desk) else {}

    def words(entry: EntryState) -> str:
        if entry.kind == "hold":
            left = max(0, (entry.expires_at or now_ms) - now_ms) // 1000
            who = "you" if entry.made_by == desk.staff.login else staff.get(entry.made_by, entry.made_by)
            return f"held by {who}, {left // 60}:{left % 60:02d} left"
        of = f" of {short_name(names[entry.client])}" if entry.kind == "appointment" and entry.client in names else ""
        return plain_name(entry) + of

    return words
