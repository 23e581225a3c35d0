"""The weeks ahead by day: what is past, closed or dry, and where a picture of them ends."""

from datetime import date, timedelta

import pytest

from agent_tui.domain.availability import Now, Occupied
from agent_tui.domain.patterns import Segment
from agent_tui.domain.ticks import span
from agent_tui.domain.week import Week, WeekAsked, heat_map
from agent_tui.domain.week_ahead import WEEKS_AHEAD, Ahead, DayStarts, WeekStarts, ahead_of, weeks_from
from tests.domain.worlds import ALL, MONDAY, NINE, TEN, every_day, site

WEEK = Week.of(MONDAY)


def days(*starts: int | None) -> Ahead:
    """Return weeks of five days with these starts."""
    weeks = []
    for first in range(0, len(starts), 5):
        monday = MONDAY + timedelta(days=first // 5 * 7)
        found = [DayStarts(monday + timedelta(days=at), count) for at, count in enumerate(starts[first : first + 5])]
        weeks.append(WeekStarts(Week.of(monday), tuple(found)))
    return Ahead(tuple(weeks))


def test_the_days_are_the_totals_of_the_heat_maps() -> None:
    closed = MONDAY + timedelta(days=8)
    catalogue = site(patterns=every_day((Segment(NINE, TEN, ALL),))[:5], closures={closed: "A holiday"})
    busy = Occupied({("D01", (MONDAY + timedelta(days=3)).isoformat()): span(NINE, TEN)})
    now = Now(MONDAY + timedelta(days=1), 0)
    maps = [heat_map(catalogue, WeekAsked(week, ("AAA",)), busy, now) for week in weeks_from(WEEK)]
    found = ahead_of(maps, catalogue.closures, now.day)
    assert [week.week for week in found.weeks] == [WEEK.later(number) for number in range(WEEKS_AHEAD)]
    assert [one.starts for one in found.weeks[0].days] == [None, 7, 7, 0, 7]
    assert [one.starts for one in found.weeks[1].days] == [7, None, 7, 7, 7]
    assert [week.total for week in found.weeks] == [sum(one.totals) for one in maps]
    assert found.dry == MONDAY + timedelta(days=3)


@pytest.mark.parametrize(
    ("starts", "dry", "outlook"),
    [
        ((0, 0, 4, 2, 1), None, "First start on Wednesday 25 November; no later day runs dry."),
        (
            (0, 4, 4, 2, 0, 1, 1, 1, 1, 1),
            MONDAY + timedelta(days=4),
            "First start on Tuesday 24 November; then none on Friday 27 November.",
        ),
        ((2, 1, 1, 1, 0, 2, 1, 1, 1, 0), None, "No day runs dry in these 2 weeks."),
        ((2, None, 1, 1, 1, 2, 0, 1, 1, 1), None, "No day runs dry in these 2 weeks."),
        ((2, 3, 1, 1, 1, 2, 0, 1, 1, 1), MONDAY + timedelta(days=8), "The first day without a start is Tuesday 1 December."),
        ((0, 0, None, 0, 0), None, "No start in this week."),
    ],
    ids=["near days", "a Friday", "never on Fridays", "closed", "second week", "nothing"],
)
def test_when_it_runs_dry(starts: tuple[int | None, ...], dry: date | None, outlook: str) -> None:
    found = days(*starts)
    assert found.dry == dry
    assert found.outlook == outlook


def test_empty_diaries_far_off_do_not_flatten_the_days_before_them() -> None:
    assert days(10, 20, 30, 7000, 7000).scale == 60
    assert days(10, 12, 9, 10, 11).scale == 12
    assert days(0, 0, None, 0, 0).scale == 1


def test_the_last_weeks_that_there_are_come_once() -> None:
    assert weeks_from(Week(2100, 51)) == (Week(2100, 51), Week(2100, 52))
