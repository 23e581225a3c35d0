"""The team leader's week: how many starts can still be booked, over all diaries, in one read of the claims."""

from dataclasses import replace

from agent_tui.domain.availability import Occupied
from agent_tui.domain.site import Catalogue
from agent_tui.domain.week import (
    GROUP_NAMES,
    BadWeek,
    HeatMap,
    Week,
    WeekAsked,
    checked,
    diaries_of,
    heat_map,
    types_of_group,
)
from agent_tui.domain.week_ahead import ahead_of, weeks_from
from agent_tui.domain.week_page import Counted, WeekPicture
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
        return heat_map(catalogue, wanted, _occupied(desk, unit, catalogue, wanted, wanted.week), desk.site_now())


def picture(desk: Desk, asked: WeekAsked, *, group: str | None = None) -> WeekPicture:
    """Return what the page of a week shows: its types or a weekly group, or all four groups where neither is asked for.

    The weeks after it are counted by day (domain.week_ahead). A group of the four without a type has a reason instead of a
    map; what is asked for and not there raises as `week` does. Never writes.
    """
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        wanted = as_seen_by(desk, checked(catalogue, asked))
        named = _named(catalogue, wanted, group)
        types = {code for found in named.values() if not isinstance(found, str) for code in found}
        weeks = weeks_from(wanted.week)
        occupied = _occupied(desk, unit, catalogue, replace(wanted, types=tuple(sorted(types))), weeks[-1])
    now = desk.site_now()
    parts = []
    for name, found in named.items():
        if isinstance(found, str):
            parts.append(Counted(GROUP_NAMES[name or ""], name, None, None, found))
            continue
        maps = [heat_map(catalogue, replace(wanted, week=one, types=found), occupied, now) for one in weeks]
        called = GROUP_NAMES[name] if name else ", ".join(catalogue.types[code].name for code in found)
        parts.append(Counted(called, name, maps[0], ahead_of(maps, catalogue.closures, now.day)))
    return WeekPicture(
        catalogue.site.name,
        wanted.week,
        _whose(catalogue, wanted),
        wanted.booker or "",
        wanted.channel,
        desk.now,
        dict(catalogue.closures),
        tuple(parts),
    )


def _named(catalogue: Catalogue, asked: WeekAsked, group: str | None) -> dict[str | None, tuple[str, ...] | str]:
    """Return the types of each group that is counted, None for types without a group; a sentence for a group without any."""
    if asked.types:
        return {None: asked.types}
    if group is not None:
        return {group: types_of_group(catalogue, group)}
    found: dict[str | None, tuple[str, ...] | str] = {}
    for name in GROUP_NAMES:
        try:
            found[name] = types_of_group(catalogue, name)
        except BadWeek as bad:
            found[name] = str(bad)
    return found


def _whose(catalogue: Catalogue, asked: WeekAsked) -> str:
    if asked.diary is not None:
        return f"the diary of {catalogue.diaries[asked.diary].coach} ({asked.diary})"
    if asked.team is not None:
        return f"the diaries of {catalogue.teams[asked.team]}"
    return "all diaries"


def as_seen_by(desk: Desk, asked: WeekAsked) -> WeekAsked:
    """Return what is asked for as the desk's person sees it, where no other booker is named."""
    if asked.booker is not None:
        return asked
    staff = desk.staff
    mine = replace(asked, booker=staff.booker)
    if staff.role != "coach" or staff.diary is None or asked.diary == staff.diary:
        return mine
    if asked.diary is not None:
        raise DeskRefused("role", f"A coach books into the own diary {staff.diary} only; a team leader sees all.")
    return replace(mine, diary=staff.diary)


def _occupied(desk: Desk, unit: Unit, catalogue: Catalogue, asked: WeekAsked, until: Week) -> Occupied:
    """Return the time that is taken up to the end of a week: one query over the claims of all diaries and rooms in use."""
    wanted = set(asked.types)
    resources = [one.code for one in diaries_of(catalogue, asked) if one.types & wanted]
    if any(catalogue.types[code].needs for code in wanted):
        resources += sorted(catalogue.rooms)
    first = max(asked.week.monday, desk.now.date()).isoformat()
    last, now_ms = until.sunday.isoformat(), unit.clock_ms()
    masks = entry_queries.busy_masks(unit, desk.site, resources, first, last, now_ms)
    uses = entry_queries.limit_uses(unit, desk.site, resources, first, last, now_ms) if catalogue.has_limits else {}
    return Occupied(masks, limits=uses)
