"""The days that a report is about, cut into days, ISO weeks, months, or not at all."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from agent_tui.domain.wall_time import short_date

DAY, WEEK, MONTH, WHOLE = "day", "week", "month", "whole"
STEPS = (DAY, WEEK, MONTH, WHOLE)
MOST_DAYS = 1_100
"""Three years: what is older is anonymised or gone where the periods of retention are kept (domain/facts.md section 9)."""
MOST_DAYS_BY_DAY = 366

PREVIOUS, LAST_YEAR = "previous", "last-year"


class BadSpan(ValueError):
    """Days that no report can be made of; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Period:
    """Some days of a report that stand in one row."""

    name: str
    first: date
    last: date


@dataclass(frozen=True)
class Span:
    """The days from `first` to `last`, both included, and the step of the rows; too many or reversed ones raise BadSpan."""

    first: date
    last: date
    step: str

    def __post_init__(self) -> None:
        if self.step not in STEPS:
            raise BadSpan(f"A report goes by {', '.join(STEPS[:-1])} or {STEPS[-1]}, not by {self.step[:20]}.")
        if self.last < self.first:
            raise BadSpan(f"The report's last day {short_date(self.last)} is before its first {short_date(self.first)}.")
        if self.days > MOST_DAYS:
            raise BadSpan(f"A report covers at most {MOST_DAYS} days (three years), not {self.days}.")
        if self.step == DAY and self.days > MOST_DAYS_BY_DAY:
            raise BadSpan(f"A report by day covers at most {MOST_DAYS_BY_DAY} days; say week or month for {self.days}.")

    @property
    def days(self) -> int:
        """Return how many days there are."""
        return (self.last - self.first).days + 1

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """Return the periods in their order; the first and the last are cut where the report's days begin and end."""
        return tuple(self._cut())

    def _cut(self) -> Iterator[Period]:
        day = self.first
        while day <= self.last:
            end = min(self._end_of(day), self.last)
            yield Period(self._name(day, end), day, end)
            day = end + timedelta(days=1)

    def _end_of(self, day: date) -> date:
        if self.step == DAY:
            return day
        if self.step == WEEK:
            return day + timedelta(days=6 - day.weekday())
        if self.step == MONTH:
            return day.replace(day=monthrange(day.year, day.month)[1])
        return self.last

    def _name(self, first: date, last: date) -> str:
        if self.step == DAY:
            return first.isoformat()
        if self.step == WEEK:
            year, week, _ = first.isocalendar()
            return f"{year}-W{week:02d}"
        if self.step == MONTH:
            return f"{first.year}-{first.month:02d}"
        return f"{first.isoformat()} to {last.isoformat()}"

    @cached_property
    def row_of(self) -> dict[str, int]:
        """Return the number of the period of each day, by ISO day."""
        found: dict[str, int] = {}
        for number, period in enumerate(self.periods):
            for offset in range((period.last - period.first).days + 1):
                found[(period.first + timedelta(days=offset)).isoformat()] = number
        return found

    def each_day(self) -> Iterator[date]:
        """Yield the days."""
        for offset in range(self.days):
            yield self.first + timedelta(days=offset)

    def before(self, which: str) -> "Span":
        """Return the days before these ("previous"), or those of a year ago ("last-year").

        They are whole weeks back, 52 of them for a year, so that Mondays are compared with Mondays; of whole months the months
        before.
        """
        if which == LAST_YEAR:
            back = timedelta(weeks=52)
            return Span(self.first - back, self.last - back, self.step)
        months = self._whole_months()
        if months:
            number = self.first.year * 12 + self.first.month - 1 - months
            return Span(date(number // 12, number % 12 + 1, 1), self.first - timedelta(days=1), self.step)
        back = timedelta(weeks=-(-self.days // 7))
        return Span(self.first - back, self.last - back, self.step)

    def beginning(self, first: date) -> "Span":
        """Return as many days from another day on, in the same step."""
        try:
            return Span(first, first + (self.last - self.first), self.step)
        except OverflowError:
            raise BadSpan("There are no days beyond these.") from None

    def stepped(self, by: int) -> "Span":
        """Return as many days after these, or before them with -1; of whole months the months after or before."""
        try:
            months = self._whole_months()
            if months:
                number = self.first.year * 12 + self.first.month - 1 + by * months
                first, after = (date(one // 12, one % 12 + 1, 1) for one in (number, number + months))
                return Span(first, after - timedelta(days=1), self.step)
            move = timedelta(days=by * self.days)
            return Span(self.first + move, self.last + move, self.step)
        except (OverflowError, ValueError):
            raise BadSpan("There are no days beyond these.") from None

    def _whole_months(self) -> int:
        after = self.last + timedelta(days=1)
        if self.first.day != 1 or after.day != 1:
            return 0
        return (after.year - self.first.year) * 12 + after.month - self.first.month


def usual_step(days: int) -> str:
    """Return the step that shows so many days in rows that one can read."""
    return DAY if days <= 31 else WEEK if days <= 26 * 7 else MONTH


def whole_weeks(today: date, number: int = 4) -> tuple[date, date]:
    """Return the last whole weeks before a day, Monday to Sunday."""
    last = today - timedelta(days=today.weekday() + 1)
    return last - timedelta(days=7 * number - 1), last


def month_of(text: str) -> tuple[date, date]:
    """Return the first and the last day of a month such as 2026-11; anything else raises BadSpan."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise BadSpan(f"{text[:20] or '(empty)'} is no month such as 2026-11.") from None
    return first, first.replace(day=monthrange(first.year, first.month)[1])
