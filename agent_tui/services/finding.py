"""Finding a start: one read of the claims and the site's rules, the rest is the domain's."""

from dataclasses import replace
from datetime import date

from agent_tui.domain.availability import Now, Occupied, Search, in_hand, offers
from agent_tui.domain.drop_in import drop_in_now
from agent_tui.domain.requests import Found, Offer, Reason, Request, TypeInHand
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import span
from agent_tui.services.desk import Desk
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.unit_of_work import Unit

ALTERNATIVES = 3
# Working days looked through, one span after the other: a refusal is written down while others wait for the lock.
ALTERNATIVE_DAYS = (1, 5, 20)


class UnknownClient(Exception):
    """A search for a claimant whose opaque id does not exist."""


class UnknownNeed(Exception):
    """A need that no room or equipment of the site meets; the message says which there are."""


def search(desk: Desk, request: Request) -> Found:
    """Return the starts that fit a request, as domain.availability.offers; never writes.

    The booker is the one for whom the desk's person books. An unknown claimant raises UnknownClient, an unknown need
    UnknownNeed.
    """
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        wanted = request if request.booker is not None else replace(request, booker=desk.staff.booker)
        check_needs(catalogue, wanted.needs)
        if wanted.client is not None and client_queries.get(unit, desk.site, wanted.client) is None:
            raise UnknownClient(wanted.client)
        return found_by(desk, unit, catalogue, wanted)


def check_needs(catalogue: Catalogue, needs: tuple[str, ...]) -> None:
    """Refuse needs that nothing at the site meets."""
    strangers = [need for need in needs if need not in catalogue.needs]
    if strangers:
        known = ", ".join(sorted(catalogue.needs)) or "none"
        raise UnknownNeed(f"Nothing at the site meets the need {strangers[0][:30]}; known are: {known}.")


def found_by(desk: Desk, unit: Unit, catalogue: Catalogue, request: Request) -> Found:
    """Return what a request finds inside an open unit."""
    asked = as_asked_by(desk, catalogue, request)
    if isinstance(asked, Found):
        return asked
    found = offers(catalogue, asked, occupied(desk, unit, catalogue, asked), desk.site_now())
    return with_drop_in(catalogue, found, desk.site_now())


def with_drop_in(catalogue: Catalogue, found: Found, now: Now) -> Found:
    """Return what was found with the type's drop-in, so that a caller is told first that no appointment is needed."""
    kind = catalogue.types.get(found.type.code)
    if kind is None or not kind.drop_ins:
        return found
    return replace(found, drop_in=drop_in_now(kind, found.first_day, now.day, now.tick, catalogue.closures))


def as_asked_by(desk: Desk, catalogue: Catalogue, request: Request) -> Request | Found:
    """Return a request as the desk's person may ask it: a coach books into the own diary only, another is answered at once."""
    staff = desk.staff
    if staff.role != "coach" or (request.diary is not None and request.diary == staff.diary):
        return request
    if request.diary is None and staff.diary is not None:
        return replace(request, diary=staff.diary)
    text = f"A coach books into the own diary {staff.diary or '(none)'} only; an agent or a team leader books into others."
    kind = catalogue.types.get(request.type)
    hand = TypeInHand(request.type, None, None, None, None) if kind is None else in_hand(kind, request.first_day)
    reason = Reason("booker", text, 1, "Ask an agent or a team leader.")
    return Found("none", hand, request.first_day, request.last_day, 0, (), (reason,))


def occupied(desk: Desk, unit: Unit, catalogue: Catalogue, request: Request) -> Occupied:
    """Return the time that is taken in a request's days: of the diaries that can answer it, of rooms, of the claimant."""
    kind = catalogue.types.get(request.type)
    if kind is None:
        return Occupied({})
    first = max(request.first_day, desk.now.date()).isoformat()
    last = request.last_day.isoformat()
    resources = [one.code for one in catalogue.diaries_for(kind.code) if one.enabled and request.diary in (None, one.code)]
    if kind.needs or request.needs:
        resources += sorted(catalogue.rooms)
    now_ms = unit.clock_ms()
    masks = entry_queries.busy_masks(unit, desk.site, resources, first, last, now_ms)
    uses = entry_queries.limit_uses(unit, desk.site, resources, first, last, now_ms) if catalogue.has_limits else {}
    return Occupied(masks, client_masks(desk, unit, request.client, first, last, now_ms), uses)


def client_masks(
    desk: Desk, unit: Unit, client: str | None, first: str, last: str, now_ms: int, *, but: str | None = None
) -> dict[str, int]:
    """Return the ticks of a claimant's own appointments and holds by ISO day, without those of one entry."""
    masks: dict[str, int] = {}
    if client is not None:
        for entry in entry_queries.of_client(unit, desk.site, client, first, last, now_ms):
            if entry.id == but:
                continue
            day = entry.day.isoformat()
            masks[day] = masks.get(day, 0) | span(entry.start, entry.end)
    return masks


def alternatives(desk: Desk, unit: Unit, catalogue: Catalogue, request: Request, day: date, start: int) -> tuple[Offer, ...]:
    """Return the next free starts near one that was refused: the same day's nearest first, then later days."""
    if request.type not in catalogue.types:
        return ()
    first = max(day, desk.now.date())
    found: tuple[Offer, ...] = ()
    for days in ALTERNATIVE_DAYS:
        last = catalogue.working_days_from(first, days)
        wide = replace(
            request, first_day=first, last_day=last, window=None, near=start, diary=None, limit=ALTERNATIVES, every=True
        )
        found = found_by(desk, unit, catalogue, wide).offers
        if len(found) == ALTERNATIVES:
            break
    return found


def search_for(
    desk: Desk, unit: Unit, catalogue: Catalogue, request: Request, now_ms: int, *, without: frozenset[str] = frozenset()
) -> Search:
    """Return the masks of one day's request inside an open unit, for asking about a start whose ticks a key guards.

    Only what no key of the diary's own ticks answers is read: rooms and equipment, and uses of limited segments, in which
    the places of the entries `without` count as free.
    """
    day = request.first_day.isoformat()
    kind = catalogue.types[request.type]
    rooms = sorted(catalogue.rooms) if kind.needs or request.needs else []
    masks: dict[tuple[str, str], int] = {}
    uses: dict[tuple[str, str, str, int], int] = {}
    if rooms:
        masks = entry_queries.busy_masks(unit, desk.site, rooms, day, day, now_ms)
    diary = catalogue.diaries.get(request.diary or "")
    limited = diary is not None and any(
        one.segment.limit is not None for one in catalogue.plan(diary.code, request.first_day).stretches
    )
    if diary is not None and limited:
        uses = entry_queries.limit_uses(unit, desk.site, [diary.code], day, day, now_ms, without=sorted(without))
    return Search(catalogue, request, Occupied(masks, {}, uses), desk.site_now())


def default_last_day(desk: Desk, first: date, working_days: int) -> date:
    """Return the last of some working days that begin with a day."""
    with desk.store.read() as unit:
        return desk.catalogue(unit).working_days_from(first, working_days)
