"""Reports that are written again and again: which period is due, which is late, and what its file is called."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from agent_tui.domain.reports.span import DAY, MONTH, WEEK, Span, month_of

EVERY = (DAY, WEEK, MONTH)
FORMATS = ("csv", "xlsx", "html")
LATE_DAYS = 2
"""A report is late when nobody has written it so many days after its period ended."""
MOST_BEHIND = 12
"""No more periods of one schedule are written at once; older ones are asked for by their days."""

SCHEDULED, UNSCHEDULED, WRITTEN = "report_scheduled", "report_unscheduled", "report_written"


@dataclass(frozen=True, slots=True)
class Schedule:
    """A report that is written for each day, week or month, of the whole site, a team or a diary; `made_at` is in ms UTC."""

    report: str
    every: str
    form: str
    team: str | None
    diary: str | None
    made_by: str
    made_at: int

    @property
    def key(self) -> str:
        """Return what tells it from others: report, period, format, and the part of the site."""
        return "-".join(one for one in (self.report, self.every, self.form, self.team, self.diary) if one)


@dataclass(frozen=True, slots=True)
class Due:
    """A period of a schedule that has ended and of which no report was written."""

    schedule: Schedule
    span: Span

    @property
    def period(self) -> str:
        """Return the period's name, such as 2026-W48."""
        step = self.schedule.every
        return Span(self.span.first, self.span.last, step).periods[0].name

    def is_late(self, today: date) -> bool:
        """Return whether it should have been written by now."""
        return (today - self.span.last).days > LATE_DAYS

    def file_name(self, site: str) -> str:
        """Return the name of its file."""
        parts = (site, self.schedule.report, self.schedule.team, self.schedule.diary, self.period)
        return f"{'-'.join(one for one in parts if one)}.{self.schedule.form}"


def due(schedules: Iterable[Schedule], written: Collection[tuple[str, str]], today: date, made: dict[str, date]) -> list[Due]:
    """Return what is due before a day: by schedule, oldest period first.

    `written` are (schedule's key, ISO day of the period's beginning); `made` says on which day each schedule was made, by key.
    The first period that is due is the last one that had ended by then.
    """
    found = []
    for one in schedules:
        for span in _ended(one.every, made[one.key], today):
            if (one.key, span.first.isoformat()) not in written:
                found.append(Due(one, span))
    return found


def _ended(every: str, made: date, today: date) -> list[Span]:
    """Return the periods that ended before today, oldest first, back to the last that had ended when the schedule was made."""
    found: list[Span] = []
    span = _before(every, today)
    while len(found) < MOST_BEHIND:
        found.append(span)
        if span.last < made:
            break
        span = _before(every, span.first)
    return found[::-1]


def _before(every: str, day: date) -> Span:
    """Return the last whole period before a day."""
    last = day - timedelta(days=1)
    if every == DAY:
        return Span(last, last, DAY)
    if every == WEEK:
        sunday = day - timedelta(days=day.weekday() + 1)
        return Span(sunday - timedelta(days=6), sunday, DAY)
    first, end = month_of(f"{(day.replace(day=1) - timedelta(days=1)).isoformat()[:7]}")
    return Span(first, end, WEEK)
