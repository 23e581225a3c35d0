"""The white space of a week: free, usable and stranded time of each coach and day, why it is stranded, and past weeks."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from agent_tui.domain.availability import Now, Occupied
from agent_tui.domain.log import Event
from agent_tui.domain.requests import EntryState
from agent_tui.domain.site import Catalogue, Diary
from agent_tui.domain.stranding import (
    BLOCK,
    CANCELLATION,
    IMPORTED,
    NO_BETTER,
    SEGMENT,
    Cause,
    Step,
    choice_of,
    mask_of_claims,
    origins,
)
from agent_tui.domain.ticks import MINUTES_PER_TICK
from agent_tui.domain.wall_time import first_open_tick, short_date, wall_of
from agent_tui.domain.week import Week, WeekAsked, checked, diaries_of
from agent_tui.domain.whitespace import Fit, StrandedRun, fits, stranded_runs
from agent_tui.services.desk import Desk, DeskRefused
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries.entries import claims_in, entry_from_state
from agent_tui.store.unit_of_work import Unit

READERS = ("leader", "supervisor", "admin")
MOST_WEEKS = 52
_IMPORTS = ("imported", "file_imported")
Told = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Stranded:
    """A run that is stranded in part or whole, in ticks, and why; `cause` is None while nobody has asked."""

    run: StrandedRun
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class DaySpace:
    """One diary's day: minutes open, free, usable and stranded (free is usable and stranded together), and what still fits."""

    diary: str
    coach: str
    team: str
    day: date
    closed: str | None
    open_minutes: int
    free_minutes: int
    stranded_minutes: int
    fits: tuple[Fit, ...] = ()
    runs: tuple[Stranded, ...] = ()

    @property
    def usable_minutes(self) -> int:
        """Return the free minutes that appointments of the allowed types can fill."""
        return self.free_minutes - self.stranded_minutes


@dataclass(frozen=True, slots=True)
class WeekSpace:
    """The white space of a week's days together, in minutes; `recorded` is False of a past week in which nothing was taken."""

    week: Week
    open_minutes: int
    free_minutes: int
    stranded_minutes: int
    recorded: bool = True

    @property
    def usable_minutes(self) -> int:
        """Return the free minutes that can be used."""
        return self.free_minutes - self.stranded_minutes


@dataclass(frozen=True, slots=True)
class WhiteSpace:
    """A week's white space: `days` are its columns, `spaces` by diary and day, `trend` the weeks up to it, oldest first.

    `coaches` are the names of all coaches by diary.
    """

    asked: WeekAsked
    days: tuple[date, ...]
    spaces: tuple[DaySpace, ...]
    trend: tuple[WeekSpace, ...] = ()
    notes: tuple[str, ...] = ()
    coaches: Mapping[str, str] = field(default_factory=dict)

    @property
    def total(self) -> WeekSpace:
        """Return the week as a whole."""
        return _together(self.asked.week, self.spaces)


def white_space(desk: Desk, asked: WeekAsked, *, weeks: int = 1, causes: bool = False, told: Told | None = None) -> WhiteSpace:
    """Return the white space of a week for the diaries that are switched on, all, a team's or one; never writes.

    `weeks` is how many weeks the trend has, this one too; past weeks are reckoned from the patterns in force on their days and
    the time that was taken then. With `causes` each stranded run says why, which reads the whole log once. `told` hears of each
    week, then of each day whose causes are known. A team or diary that there is not raises domain.week.BadWeek, somebody who may
    not look DeskRefused.
    """
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        wanted = as_read_by(desk, checked(catalogue, asked))
        diaries = diaries_of(catalogue, wanted)
        shown = [wanted.week.later(-back) for back in range(max(1, min(weeks, MOST_WEEKS)))][::-1]
        first, last = shown[0].monday.isoformat(), wanted.week.sunday.isoformat()
        busy = entry_queries.busy_masks(unit, desk.site, [one.code for one in diaries], first, last, unit.clock_ms())
        found = []
        for number, one in enumerate(shown, 1):
            found.append(_week(catalogue, diaries, one, busy))
            if told is not None:
                told("weeks", number, len(shown))
        spaces = found[-1]
        if causes and any(one.runs for one in spaces):
            spaces = _with_causes(desk, unit, catalogue, spaces, busy, told)
    opened = {one.day for one in spaces if one.open_minutes}
    days = tuple(day for day in wanted.week.days if day.weekday() < 5 or day in opened)
    trend = tuple(_recorded(desk, _together(week, part)) for week, part in zip(shown, found, strict=True))
    notes = (*_notes(catalogue, wanted, diaries, days), *_no_record(trend))
    coaches = {code: one.coach for code, one in catalogue.diaries.items()}
    shown_spaces = tuple(one for one in spaces if one.day in days)
    return WhiteSpace(wanted, days, shown_spaces, trend, notes, coaches)


def as_read_by(desk: Desk, asked: WeekAsked) -> WeekAsked:
    """Return what is asked for as the desk's person may read it: managers any diary, a coach the own one."""
    staff = desk.staff
    if staff.role in READERS:
        return asked
    if staff.role != "coach" or staff.diary is None:
        raise DeskRefused("role", "White space is read by team leaders, supervisors and administrators; a coach sees the own.")
    if asked.diary not in (None, staff.diary):
        raise DeskRefused("role", f"A coach sees the white space of the own diary {staff.diary} only; a team leader sees all.")
    return replace(asked, diary=staff.diary)


def _week(catalogue: Catalogue, diaries: Iterable[Diary], week: Week, busy: Mapping[tuple[str, str], int]) -> list[DaySpace]:
    return [_day(catalogue, one, day, busy.get((one.code, day.isoformat()), 0)) for one in diaries for day in week.days]


def _day(catalogue: Catalogue, diary: Diary, day: date, busy: int) -> DaySpace:
    closed = catalogue.closures.get(day)
    place = (diary.code, diary.coach, diary.team, day, closed)
    if closed is not None:
        return DaySpace(*place, 0, 0, 0)
    open_mask = catalogue.plan(diary.code, day).open_mask
    runs = stranded_runs(catalogue, diary.code, day, busy)
    lost = sum(run.stranded for run in runs) * MINUTES_PER_TICK
    opened, free = (mask.bit_count() * MINUTES_PER_TICK for mask in (open_mask, open_mask & ~busy))
    what = fits(catalogue, diary.code, day, busy)
    return DaySpace(*place, opened, free, lost, what, tuple(Stranded(run) for run in runs))


def _together(week: Week, spaces: Iterable[DaySpace]) -> WeekSpace:
    parts = list(spaces)
    return WeekSpace(
        week,
        sum(one.open_minutes for one in parts),
        sum(one.free_minutes for one in parts),
        sum(one.stranded_minutes for one in parts),
    )


def _notes(catalogue: Catalogue, asked: WeekAsked, diaries: Sequence[Diary], days: Iterable[date]) -> tuple[str, ...]:
    notes = [f"Closed on {short_date(day)}: {catalogue.closures[day]}." for day in days if day in catalogue.closures]
    if not diaries and asked.diary is not None:
        notes.append(f"The diary {asked.diary} is not switched on" + (f" in team {asked.team}." if asked.team else "."))
    elif not diaries:
        notes.append("No diary is switched on." if asked.team is None else f"Team {asked.team} has no diary that is switched on.")
    return tuple(notes)


def _recorded(desk: Desk, one: WeekSpace) -> WeekSpace:
    """Return a week, marked where it is past and nothing was taken: before the store was begun, most likely."""
    past = one.week.sunday < desk.now.date()
    return replace(one, recorded=not (past and one.open_minutes == one.free_minutes > 0))


def _no_record(trend: Iterable[WeekSpace]) -> list[str]:
    """Return a note of past weeks of which nothing is on record."""
    empty = [one.week for one in trend if not one.recorded]
    if not empty:
        return []
    which = f"Week {empty[0]} has" if len(empty) == 1 else f"The weeks {empty[0]} to {empty[-1]} have"
    return [f"{which} no record of anything that took time, so all of it counts as free."]


# Why.


@dataclass(slots=True)
class _Replay:
    """One day of the site as the log tells it: who had what after each line."""

    day: str
    lines: Sequence[Event]
    states: dict[str, EntryState] = field(default_factory=dict)
    claims: dict[str, list[entry_queries.Range]] = field(default_factory=dict)

    def take(self, line: Event) -> None:
        id = line.entry or ""
        owned = [one for one in claims_in(line.after) if one[1] == self.day]
        if owned:
            self.states[id], self.claims[id] = entry_from_state(id, line.after or {}), owned
        else:
            self.states.pop(id, None)
            self.claims.pop(id, None)

    def occupied(self, catalogue: Catalogue, but: str) -> Occupied:
        """Return the time that was taken by others than one entry."""
        masks: dict[tuple[str, str], int] = {}
        uses: dict[tuple[str, str, str, int], int] = {}
        for id, claims in self.claims.items():
            if id == but:
                continue
            for resource, day, start, end in claims:
                masks[resource, day] = masks.get((resource, day), 0) | ((1 << end) - (1 << start))
            state = self.states[id]
            if catalogue.has_limits and state.diary in catalogue.diaries and state.kind != "block":
                for stretch in catalogue.plan(state.diary, state.day).limited(state.start, state.end):
                    key = (state.diary, self.day, *stretch.limit_key)
                    uses[key] = uses.get(key, 0) + 1
        return Occupied(masks, limits=uses)


def _with_causes(
    desk: Desk,
    unit: Unit,
    catalogue: Catalogue,
    spaces: Sequence[DaySpace],
    busy: Mapping[tuple[str, str], int],
    told: Told | None,
) -> list[DaySpace]:
    days = sorted({one.day.isoformat() for one in spaces if one.runs})
    lines: dict[str, list[Event]] = {day: [] for day in days}
    for line in log_queries.touching(unit, desk.site, days):
        for day in {on for _resource, on in line.touched} & lines.keys():
            lines[day].append(line)
    found = []
    for number, day in enumerate(days, 1):
        today = [one for one in spaces if one.runs and one.day.isoformat() == day]
        causes = _causes(catalogue, day, lines[day], today, busy)
        if told is not None:
            told("causes by day", number, len(days))
        found += [(one.diary, one.day, causes[one.diary]) for one in today]
    by_place = {(diary, day): causes for diary, day, causes in found}
    return [
        one
        if not one.runs
        else replace(
            one,
            runs=tuple(Stranded(part.run, by_place[one.diary, one.day][part.run.start, part.run.end]) for part in one.runs),
        )
        for one in spaces
    ]


def _causes(
    catalogue: Catalogue, day: str, lines: Sequence[Event], spaces: Sequence[DaySpace], busy: Mapping[tuple[str, str], int]
) -> dict[str, dict[tuple[int, int], Cause]]:
    """Return the causes of the stranded runs of one day's diaries, by the run's start and end."""
    by_seq = {line.seq: line for line in lines}
    found: dict[str, dict[tuple[int, int], Cause]] = {}
    waiting: list[tuple[str, tuple[int, int], int]] = []
    for space in spaces:
        steps, known = [], 0
        for line in lines:
            was = mask_of_claims(claims_in(line.before), space.diary, day)
            now = mask_of_claims(claims_in(line.after), space.diary, day)
            if was != now:
                steps.append(Step(line.seq, was & ~now, now & ~was))
                known = (known & ~was) | now
        there = busy.get((space.diary, day), 0)
        steps += [Step(0, known & ~there, there & ~known)] if known != there else []
        found[space.diary] = {}
        for place, origin in origins(catalogue, space.diary, space.day, steps).items():
            cause = _told(by_seq.get(origin.seq or 0), origin.seq, freed=origin.freed)
            if cause is None:
                assert origin.seq is not None
                waiting.append((space.diary, place, origin.seq))
            else:
                found[space.diary][place] = cause
    asked = {seq: Cause(NO_BETTER, seq) for _diary, _place, seq in waiting}
    _look_back(catalogue, day, lines, asked)
    for diary, place, seq in waiting:
        found[diary][place] = asked[seq]
    return found


def _told(line: Event | None, seq: int | None, *, freed: bool) -> Cause | None:
    """Return the cause that a line of the log is by itself, None where the start that it took must be looked at."""
    if seq is None:
        return Cause(SEGMENT)
    if line is None:  # no line tells of it: a hold that has run out, or time that came without history
        return Cause(CANCELLATION, verb="lapsed") if freed else Cause(IMPORTED)
    state = line.after or line.before or {}
    if freed:
        verb = "dna" if state.get("status") == "dna" else line.verb
        return Cause(BLOCK if state.get("kind") == "block" else CANCELLATION, seq, verb, line.entry)
    if state.get("kind") == "block":
        return Cause(BLOCK, seq, line.verb, line.entry)
    if line.verb in _IMPORTS or state.get("type") is None:
        return Cause(IMPORTED, seq, line.verb, line.entry)
    return None


def _look_back(catalogue: Catalogue, day: str, lines: Sequence[Event], asked: dict[int, Cause]) -> None:
    """Fill in for some lines whether the start that they took was recommended at that moment."""
    replay = _Replay(day, lines)
    for line in lines:
        if line.seq in asked:
            entry = entry_from_state(line.entry or "", line.after or {})
            then = wall_of(line.at, catalogue.site.zone)
            now = Now(then.date(), first_open_tick(then))
            if entry.type in catalogue.types and entry.diary in catalogue.diaries:
                cause = choice_of(catalogue, entry, replay.occupied(catalogue, entry.id), now)
                asked[line.seq] = replace(cause, seq=line.seq, verb=line.verb, entry=line.entry)
        replay.take(line)
