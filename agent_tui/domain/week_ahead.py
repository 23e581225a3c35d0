"""The starts of some weeks by day, so that a type that runs dry is seen before it is dry."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median

from agent_tui.domain.wall_time import spoken_day
from agent_tui.domain.week import HeatMap, Week

WEEKS_AHEAD = 6
"""Weeks that are looked at, the one that is asked for and those after it."""


@dataclass(frozen=True, slots=True)
class DayStarts:
    """How many starts a day has, None where it is past or closed."""

    day: date
    starts: int | None


@dataclass(frozen=True, slots=True)
class WeekStarts:
    """The days of a week in which a diary may be open."""

    week: Week
    days: tuple[DayStarts, ...]

    @property
    def total(self) -> int:
        """Return how many starts the week has."""
        return sum(one.starts or 0 for one in self.days)


@dataclass(frozen=True, slots=True)
class Ahead:
    """The starts by day of weeks that follow each other."""

    weeks: tuple[WeekStarts, ...]

    @property
    def days(self) -> tuple[DayStarts, ...]:
        """Return all days."""
        return tuple(one for week in self.weeks for one in week.days)

    @property
    def most(self) -> int:
        """Return the highest number of a day."""
        return max((one.starts or 0 for one in self.days), default=0)

    @property
    def scale(self) -> int:
        """Return the number at which a picture of the days ends: twice the middle day, so that empty diaries far off, which have
        starts by the thousand, do not make all days before them look alike; at least one.
        """
        some = [one.starts for one in self.days if one.starts]
        return min(self.most, 2 * round(median(some))) if some else 1

    @property
    def dry(self) -> date | None:
        """Return the first open day without a start that comes after a day with one; what is too near to be booked is none.

        A weekday that has no start in any of the weeks is passed over: the types are not given on it.
        """
        given = {one.day.weekday() for one in self.days if one.starts}
        flowing = False
        for one in self.days:
            if flowing and one.starts == 0 and one.day.weekday() in given:
                return one.day
            flowing = flowing or bool(one.starts)
        return None

    @property
    def outlook(self) -> str:
        """Return in words when there are starts, where the first open days have none, and when they run dry."""
        many = "this week" if len(self.weeks) == 1 else f"these {len(self.weeks)} weeks"
        if not self.most:
            return f"No start in {many}."
        first, *_later = (one for one in self.days if one.starts)
        late = any(one.starts == 0 for one in self.days[: self.days.index(first)])
        if late:
            after = "no later day runs dry" if self.dry is None else f"then none on {spoken_day(self.dry)}"
            return f"First start on {spoken_day(first.day)}; {after}."
        if self.dry is None:
            return f"No day runs dry in {many}."
        return f"The first day without a start is {spoken_day(self.dry)}."


def weeks_from(week: Week) -> tuple[Week, ...]:
    """Return a week and those after it, WEEKS_AHEAD in all."""
    return tuple(dict.fromkeys(week.later(number) for number in range(WEEKS_AHEAD)))


def ahead_of(maps: Iterable[HeatMap], closed: Collection[date], today: date) -> Ahead:
    """Return the starts by day of heat maps, one for each week in their order."""
    weeks = []
    for found in maps:
        gone = {day for day in found.days if day < today or day in closed}
        days = (DayStarts(day, None if day in gone else total) for day, total in zip(found.days, found.totals, strict=True))
        weeks.append(WeekStarts(found.asked.week, tuple(days)))
    return Ahead(tuple(weeks))
