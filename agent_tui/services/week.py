"""The team leader's week: how many starts can still be booked, over all diaries, in one read of the claims."""

from dataclasses import replace

from agent_tui.domain.availability import Occupied
from agent_tui.domain.site import Catalogue
from agent_tui.domain.week import HeatMap, WeekAsked, checked, diaries_of, heat_map, types_of_group
from agent_tui.services.desk import Desk, DeskRefused
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.unit_of_work import Unit


def week(desk: Desk, asked: WeekAsked, *, group: str | None = None) -> HeatMap:
    """Return the heat map of a week for its types, or for those of a weekly group; never writes.

    Without a booker it counts what the desk's person can book, for a coach in the own diary only; with "provider agent"
    what such an agent sees. A type, group, team or diary that there is not raises domain.week.BadWeek, another's diary
    asked for by a coach DeskRefused.
    """
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        types = asked.types if group is None else types_of_group(catalogue, group)
        wanted = as_seen_by(desk, checked(catalogue, replace(asked, types=types)))
        return heat_map(catalogue, wanted, _occupied(desk, unit, catalogue, wanted), desk.site_now())


def as_seen_by(desk: Desk, asked: WeekAsked) -> WeekAsked:
    """Return what is asked for as the desk's person sees it, where no other booker is named."""
    if asked.booker is not None:
        return asked
    staff = desk.staff
    mine = replace(asked, booker=staff.booker)
    if staff.role != "coach" or staff.diary is None or asked.diary == staff.diary:
        return mine
    if asked.diary is not None:
        raise DeskRefused("role", f"A coach books into the own diary {staff.diary} only.")
    return replace(mine, diary=staff.diary)


def _occupied(desk: Desk, unit: Unit, catalogue: Catalogue, asked: WeekAsked) -> Occupied:
    """Return the time that is taken in a week: one query over the claims of all diaries and rooms that its types use."""
    wanted = set(asked.types)
    resources = [one.code for one in diaries_of(catalogue, asked) if one.types & wanted]
    if any(catalogue.types[code].needs for code in wanted):
        resources += sorted(catalogue.rooms)
    first = max(asked.week.monday, desk.now.date()).isoformat()
    last, now_ms = asked.week.sunday.isoformat(), unit.clock_ms()
    masks = entry_queries.busy_masks(unit, desk.site, resources, first, last, now_ms)
    uses = entry_queries.limit_uses(unit, desk.site, resources, first, last, now_ms) if catalogue.has_limits else {}
    return Occupied(masks, limits=uses)
