"""Reports of any range of days: what each one reads, who may ask for it, and the same report of other days beside it."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice

from agent_tui.domain.guarantee import rule_words
from agent_tui.domain.patterns import Area
from agent_tui.domain.reports import changes, outcomes, overrides, space, time_used, unmet
from agent_tui.domain.reports.catalogue import KINDS, READERS
from agent_tui.domain.reports.changes import activity, cancellations, reschedules, step_of
from agent_tui.domain.reports.facts import Line, Taken
from agent_tui.domain.reports.shape import Report, compared
from agent_tui.domain.reports.space import Space
from agent_tui.domain.reports.span import Span
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import MINUTES_PER_TICK, span
from agent_tui.domain.wall_time import instant_ms
from agent_tui.domain.whitespace import lengths_allowed, longest_fill
from agent_tui.services.desk import Desk, DeskRefused
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import reports as report_queries
from agent_tui.store.queries.reports import Clock
from agent_tui.store.unit_of_work import Unit

LAST_INSTANT = 2**62
UNDO_MS = 120_000
"""An act can be undone for a minute, so that the lines of a day's end are looked for a little beyond it."""

AT_ONCE = 4_096
"""Rows that are read between two looks whether the report is still wanted."""

Told = Callable[[str, int, int], bool]
"""Told what is being done, how much of it is done and how much there is, 0 where that is not known; False stops the report."""


class BadReport(ValueError):
    """A report that there is not, or that cannot be made so; the message is a sentence."""


class Stopped(Exception):
    """The report was stopped by whoever asked for it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which report, of which days; `against` are the days with which it is compared, team and diary None for all.

    With `exact` the allocation efficiency is bounded by a linear programme where its solver is installed.
    """

    name: str
    span: Span
    against: Span | None = None
    team: str | None = None
    diary: str | None = None
    exact: bool = False


def report(desk: Desk, asked: Asked, told: Told | None = None) -> Report:
    """Return a report; never writes.

    A name, team or diary that there is not, and a part of the site for a report that is of all of it, raise BadReport; somebody
    who may not read it DeskRefused. `told` may stop it, which raises Stopped. Source: SOP section 6.
    """
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        asked = _as_read_by(desk, checked(catalogue, asked))
        work = _Work(desk, unit, catalogue, asked, told)
        now = work.make(asked.span)
        return now if asked.against is None else compared(now, work.make(asked.against))


def checked(catalogue: Catalogue, asked: Asked) -> Asked:
    """Return what is asked for; a report, team or diary that there is not raises BadReport, as does a part of what has none."""
    kind = KINDS.get(asked.name)
    if kind is None:
        raise BadReport(f"There is no report {asked.name[:30]}; there are {', '.join(KINDS)}.")
    if asked.team is not None and asked.team not in catalogue.teams:
        raise BadReport(f"There is no team {asked.team[:30]}; there are {', '.join(sorted(catalogue.teams)) or 'none'}.")
    if asked.diary is not None and asked.diary not in catalogue.diaries:
        raise BadReport(f"There is no diary {asked.diary[:30]}.")
    if not kind.by_diary and (asked.team or asked.diary):
        raise BadReport(f"The report {kind.name} is of the whole site, not of a team or a diary.")
    return asked


def _as_read_by(desk: Desk, asked: Asked) -> Asked:
    staff, kind = desk.staff, KINDS[asked.name]
    if staff.known and staff.role in READERS:
        return asked
    if staff.role != "coach" or staff.diary is None or not kind.for_coach:
        own = ", ".join(one.name for one in KINDS.values() if one.for_coach)
        raise DeskRefused(
            "role", f"Reports are read by team leaders, supervisors and administrators; a coach reads of the own diary: {own}."
        )
    if asked.diary not in (None, staff.diary):
        raise DeskRefused("role", f"A coach reads reports of the own diary {staff.diary} only; a team leader reads all.")
    return replace(asked, diary=staff.diary)


@dataclass
class _Work:
    """One report being made in one read of the store."""

    desk: Desk
    unit: Unit
    catalogue: Catalogue
    asked: Asked
    told: Told | None

    def __post_init__(self) -> None:
        self.clock = Clock.of(self.catalogue.site.zone)
        self.diaries = {
            code
            for code, one in self.catalogue.diaries.items()
            if self.asked.team in (None, one.team) and self.asked.diary in (None, code)
        }
        self.part = self.asked.team is not None or self.asked.diary is not None

    def make(self, days: Span) -> Report:
        """Return the report of some days."""
        maker: Mapping[str, Callable[[Span], Report]] = {
            time_used.NAME: lambda days: time_used.utilisation(self.catalogue, days, self._taken(days), self._opened(days)),
            changes.ACTIVITY: self._activity,
            changes.CANCELLATIONS: lambda days: cancellations(
                self.catalogue, days, self._changes(days, "cancelled"), self._names()
            ),
            changes.RESCHEDULES: lambda days: reschedules(self.catalogue, days, self._changes(days, "moved"), self._names()),
            outcomes.ATTENDANCE: lambda days: outcomes.attendance(self.catalogue, days, self._past(days), self._day_of),
            outcomes.LEAD_TIME: lambda days: outcomes.lead_time(self.catalogue, days, self._taken(days), self._day_of),
            unmet.NAME: self._refusals,
            overrides.NAME: self._overrides,
            space.WHITE_SPACE: lambda days: space.white_space(self.catalogue, days, self._spaces(days)),
            space.EFFICIENCY: self._efficiency,
        }
        return maker[self.asked.name](days)

    def _say(self, what: str, done: int, whole: int) -> None:
        if self.told is not None and not self.told(what, done, whole):
            raise Stopped

    def _taken(self, days: Span) -> Iterable[Taken]:
        rows = report_queries.taken(self.unit, self.desk.site, days.first.isoformat(), days.last.isoformat())
        return self._read((one for one in rows if one.diary in self.diaries) if self.part else rows)

    def _read(self, rows: Iterable[Taken]) -> Iterable[Taken]:
        """Yield rows as they are read, so that a report can be stopped while there are more; how many come nobody knows."""
        rest, done = iter(rows), 0
        while some := list(islice(rest, AT_ONCE)):
            yield from some
            done += len(some)
            self._say("appointments", done, 0)

    def _past(self, days: Span) -> Iterable[Taken]:
        """Return what has begun by site time; of the rest nobody can know who will come."""
        today = self.desk.now.date().isoformat()
        return (one for one in self._taken(days) if one.day <= today)

    def _day_of(self, instant: int) -> date:
        return date.fromisoformat(self.clock.at(instant)[0])

    def _names(self) -> dict[str, str]:
        return catalogue_queries.staff_names(self.unit, self.desk.site)

    def _instants(self, days: Span) -> tuple[int, int]:
        zone = self.catalogue.site.zone
        after = days.last + timedelta(days=1)
        return tuple(instant_ms(datetime(day.year, day.month, day.day), zone) for day in (days.first, after))  # type: ignore[return-value]

    def _lines(self, days: Span, verbs: Iterable[str], more_ms: int = 0) -> list[Line]:
        first, after = self._instants(days)
        return report_queries.lines(self.unit, self.desk.site, tuple(verbs), first, after + more_ms, self.clock)

    def _changes(self, days: Span, verb: str) -> list[Line]:
        found = self._lines(days, (verb, "undone", "imported"), UNDO_MS)
        self._say("lines", len(found), len(found))
        if not self.part:
            return found
        return [line for line in found if line.verb == "undone" or (line.before or {}).get("diary") in self.diaries]

    # What each report needs beside.

    def _activity(self, days: Span) -> Report:
        site, (first, _after) = self.desk.site, self._instants(days)
        found = report_queries.lines(self.unit, site, changes.VERBS, first, LAST_INSTANT, self.clock)
        before = report_queries.standing(self.unit, site, changes.STANDING) - sum(step_of(line) for line in found)
        last = days.last.isoformat()
        return activity(days, [line for line in found if line.day <= last], before)

    def _refusals(self, days: Span) -> Report:
        site, (first, after) = self.desk.site, self._instants(days)
        return unmet.refusals(
            self.catalogue,
            days,
            report_queries.refused(self.unit, site, days.first.isoformat(), days.last.isoformat()),
            report_queries.handed_over(self.unit, site, first, after, self.clock),
            report_queries.conversations(self.unit, site, first, after, self.clock),
            rule_words(),
        )

    def _overrides(self, days: Span) -> Report:
        first, after = self._instants(days)
        prepared = report_queries.decided(self.unit, self.desk.site, first, after, self.clock)
        return overrides.overrides(self.catalogue, days, self._lines(days, overrides.VERBS, UNDO_MS), prepared)

    def _efficiency(self, days: Span) -> Report:
        taken = list(self._taken(days))
        refused = report_queries.refused(self.unit, self.desk.site, days.first.isoformat(), days.last.isoformat())
        bounds = None
        if self.asked.exact:
            from agent_tui.services.report_bounds import weekly_bounds

            bounds = weekly_bounds(self.catalogue, days, taken, refused, self._say)
        return space.efficiency(self.catalogue, days, self._spaces(days, used=False), taken, refused, bounds)

    def _opened(self, days: Span) -> dict[tuple[str, str], int]:
        found = {}
        for day in days.each_day():
            if day not in self.catalogue.closures:
                iso = day.isoformat()
                for code in self.diaries:
                    ticks = self.catalogue.plan(code, day).open_mask.bit_count() if self._existed(code, day) else 0
                    if ticks:
                        found[code, iso] = ticks * MINUTES_PER_TICK
        return found

    def _existed(self, code: str, day: date) -> bool:
        """Return whether a diary's time counts on a day: one that was retired, or is switched off, offers none from then on."""
        diary = self.catalogue.diaries[code]
        if diary.retired is not None:
            return day < diary.retired
        return diary.enabled or day < self.desk.now.date()

    def _spaces(self, days: Span, *, used: bool = True) -> list[Space]:
        """Return each open diary day's minutes; without `used` what is taken is not asked for, and all of it is free."""
        busy = self._busy(days) if used else {}
        lengths = _Lengths(self.catalogue)
        found = []
        for number, day in enumerate(days.each_day(), 1):
            if day not in self.catalogue.closures:
                iso = day.isoformat()
                for code in self.diaries:
                    if self._existed(code, day):
                        one = self._space(code, day, iso, busy.get((code, iso), 0), lengths)
                        if one is not None:
                            found.append(one)
            if number % 7 == 0:
                self._say("days", number, days.days)
        return found

    def _space(self, code: str, day: date, iso: str, busy: int, lengths: "_Lengths") -> Space | None:
        opened = self.catalogue.plan(code, day).open_mask
        if not opened:
            return None
        areas = lengths.areas(code, day)
        free, stranded = opened & ~busy, 0
        if free:
            for whole, allowed, _fill in areas:
                here = whole & free
                if here:
                    stranded += _stranded(here, allowed)
        ticks = (opened.bit_count(), free.bit_count(), stranded, sum(fill for _whole, _allowed, fill in areas))
        return Space(code, iso, *(one * MINUTES_PER_TICK for one in ticks))

    def _busy(self, days: Span) -> dict[tuple[str, str], int]:
        first, last = days.first.isoformat(), days.last.isoformat()
        return entry_queries.busy_masks(self.unit, self.desk.site, sorted(self.diaries), first, last, self.unit.clock_ms())


def _stranded(free: int, allowed: tuple[int, ...]) -> int:
    """Return how many free ticks of a part of a day no lengths can fill."""
    lost = 0
    while free:
        first = free & -free
        run = (free // first ^ (free // first + 1)).bit_length() - 1
        lost += run - longest_fill(run, allowed)
        free &= free + first
    return lost


_Parts = tuple[tuple[int, tuple[int, ...], int], ...]
"""Parts of a day: the mask, the lengths that are allowed there, and the ticks that these can fill."""


class _Lengths:
    """The parts of diaries' days with their lengths, which change only with the plan and where some type's minutes do."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.changes = sorted({step.effective_from for kind in catalogue.types.values() for step in kind.minutes})
        self.known: dict[tuple[int, int], _Parts] = {}

    def areas(self, diary: str, day: date) -> _Parts:
        """Return the parts of a diary's day."""
        found = self.catalogue.areas(diary, day)
        # The catalogue keeps one tuple for each plan and set of types, for as long as it lives.
        key = (id(found), bisect_right(self.changes, day))
        parts = self.known.get(key)
        if parts is None:
            parts = self.known[key] = tuple(self._part(area, day) for area in found)
        return parts

    def _part(self, area: Area, day: date) -> tuple[int, tuple[int, ...], int]:
        allowed = lengths_allowed(self.catalogue, area.codes, area.channel, day)
        return span(area.start, area.end), allowed, longest_fill(area.end - area.start, allowed)
