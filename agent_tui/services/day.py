"""Looking at a day: what every diary has open, and what is in it."""

from collections.abc import Sequence
from datetime import date, timedelta

from agent_tui.domain.day import Day, DiaryOfDay, ShownSegment
from agent_tui.domain.requests import EntryState
from agent_tui.domain.site import Catalogue, Diary
from agent_tui.domain.ticks import MINUTES_PER_TICK, span
from agent_tui.domain.whitespace import stranded
from agent_tui.services.desk import Desk
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.unit_of_work import Unit


class UnknownDiary(Exception):
    """A diary or team that does not exist; the message is a sentence."""


def day(desk: Desk, wanted: date, *, diary: str | None = None, team: str | None = None) -> Day:
    """Return one day of all enabled diaries, of a team's, or of one diary; an unknown one raises UnknownDiary.

    A diary that is off is there on the days on which it has something.
    """
    return days(desk, (wanted,), diary=diary, team=team)[0]


def days(desk: Desk, wanted: Sequence[date], *, diary: str | None = None, team: str | None = None) -> list[Day]:
    """Return several days in one read: one range query for all their entries."""
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        diaries = chosen_diaries(catalogue, diary, team, off=True)
        found = diaries_of_days(desk, unit, catalogue, [(one.code, day) for day in wanted for one in diaries])
        # What was kept in a diary that is off or retired is still to be seen on its day.
        found = [one for one in found if one.enabled or one.entries or diary is not None]
    return [Day(one, catalogue.closures.get(one), tuple(part for part in found if part.day == one)) for one in wanted]


def diaries_of_days(desk: Desk, unit: Unit, catalogue: Catalogue, wanted: Sequence[tuple[str, date]]) -> list[DiaryOfDay]:
    """Return some (diary, day) pairs, in that order, in one range query; pairs of unknown diaries are left out."""
    pairs = [(code, day) for code, day in wanted if code in catalogue.diaries]
    if not pairs:
        return []
    first, last = min(day for _code, day in pairs).isoformat(), max(day for _code, day in pairs).isoformat()
    codes = sorted({code for code, _day in pairs})
    by_place: dict[tuple[str, date], list[EntryState]] = {}
    for entry in entry_queries.of_days(unit, desk.site, codes, first, last, unit.clock_ms()):
        by_place.setdefault((entry.diary, entry.day), []).append(entry)
    for entry in entry_queries.unplaced(unit, desk.site, first, last):
        by_place.setdefault((entry.diary, entry.day), []).append(entry)
    return [_diary_of_day(catalogue, catalogue.diaries[code], day, by_place.get((code, day), [])) for code, day in pairs]


def week_of(day: date) -> list[date]:
    """Return Monday to Saturday of a day's week."""
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=offset) for offset in range(6)]


def chosen_diaries(catalogue: Catalogue, diary: str | None, team: str | None, *, off: bool = False) -> list[Diary]:
    """Return one diary, a team's enabled ones, or all that are enabled, by code; with `off` those that are off too."""
    if diary is not None:
        if diary not in catalogue.diaries:
            raise UnknownDiary(f"There is no diary {diary[:30]}. See: agent-tui diaries.")
        return [catalogue.diaries[diary]]
    if team is not None and team not in catalogue.teams:
        raise UnknownDiary(f"There is no team {team[:30]}; there are: {', '.join(sorted(catalogue.teams)) or 'none'}.")
    wanted = [one for one in catalogue.diaries.values() if (one.enabled or off) and team in (None, one.team)]
    return sorted(wanted, key=lambda one: one.code)


def _diary_of_day(catalogue: Catalogue, diary: Diary, day: date, entries: list[EntryState]) -> DiaryOfDay:
    plan = catalogue.plan(diary.code, day)
    open_mask = 0 if day in catalogue.closures else plan.open_mask
    busy = 0
    for entry in entries:
        if entry.status != "unplaced":
            busy |= span(entry.start, entry.end)
    segments = tuple(
        ShownSegment(
            stretch.start,
            stretch.end,
            stretch.level,
            tuple(sorted(stretch.segment.types)),
            stretch.segment.limit,
            stretch.segment.description,
        )
        for stretch in (() if day in catalogue.closures else plan.stretches)
    )
    free = (open_mask & ~busy).bit_count() * MINUTES_PER_TICK
    dead, lost = (0, 0) if day in catalogue.closures else stranded(catalogue, diary.code, day, busy)
    breaks = tuple((one.start, one.end, one.segment.description) for one in plan.shut)
    ordered = tuple(sorted(entries, key=lambda entry: (entry.start, entry.end, entry.id)))
    return DiaryOfDay(
        diary=diary.code,
        coach=diary.coach,
        team=diary.team,
        enabled=diary.enabled,
        day=day,
        segments=segments,
        entries=ordered,
        open_mask=open_mask,
        busy_mask=busy,
        free_minutes=free,
        breaks=breaks,
        dead_mask=dead,
        stranded_minutes=lost * MINUTES_PER_TICK,
    )
