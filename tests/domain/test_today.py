"""The board's reckoning: when each appointment begins by what is recorded, who is behind, what is next and free."""

from dataclasses import replace
from datetime import date

import pytest

from agent_tui.domain.requests import EntryState
from agent_tui.domain.ticks import FULL_DAY, mask_of, span
from agent_tui.domain.today import CoachDay, behind, coach_day, gaps_ahead, next_of, recorded_minutes, simulate

DAY = date(2026, 11, 25)
NINE = 108


def minute(text: str) -> int:
    """Return minutes after midnight of "HH:MM"."""
    return int(text[:2]) * 60 + int(text[3:])


def entry(start: str, length: int, status: str = "booked", minutes: int | None = None, **more: object) -> EntryState:
    """Return an appointment of D01 that starts at a time and is planned for some minutes."""
    first = minute(start) // 5
    made = EntryState(
        id=start,
        kind="appointment",
        status=status,
        type="FC-F2F",
        client="C000001",
        diary="D01",
        day=DAY,
        start=first,
        end=first + length // 5,
        resources=("D01",),
        needs=(),
        channel="f2f",
        priority="standard",
        contact=None,
        version=1,
        made_by="agent1",
        made_at=0,
        reason=None if minutes is None else f"minutes:{minutes}",
    )
    return replace(made, **more)  # type: ignore[arg-type]


def times(*entries: EntryState) -> list[tuple[str, str]]:
    """Return when the simulated appointments begin and end."""
    return [
        (f"{one.begins // 60:02d}:{one.begins % 60:02d}", f"{one.ends // 60:02d}:{one.ends % 60:02d}")
        for one in simulate(entries)
    ]


def test_without_anything_recorded_the_day_goes_as_planned() -> None:
    assert times(entry("10:00", 20), entry("09:00", 50)) == [("09:00", "09:50"), ("10:00", "10:20")]


def test_an_appointment_begins_at_the_latest_of_its_start_the_late_arrival_and_the_end_of_the_one_before() -> None:
    day = [entry("09:00", 50, "late", 12), entry("09:50", 20), entry("10:10", 10, "late", 30), entry("11:00", 20)]
    assert times(*day) == [("09:12", "10:02"), ("10:02", "10:22"), ("10:40", "10:50"), ("11:00", "11:20")]


def test_free_time_between_takes_a_delay_up() -> None:
    assert times(entry("09:00", 30, "late", 20), entry("09:40", 20), entry("10:30", 10)) == [
        ("09:20", "09:50"),
        ("09:50", "10:10"),
        ("10:30", "10:40"),
    ]


def test_a_recorded_length_counts_and_a_miss_takes_no_time_from_the_next() -> None:
    assert times(entry("09:00", 30, "attended", 45), entry("09:30", 20, "dna"), entry("09:50", 10)) == [
        ("09:00", "09:45"),
        ("09:30", "09:30"),
        ("09:50", "10:00"),
    ]
    assert times(entry("09:00", 30, "attended", 5), entry("09:30", 20)) == [("09:00", "09:05"), ("09:30", "09:50")]


def test_minutes_of_late_are_an_arrival_and_no_length_and_those_of_attended_a_length_and_no_arrival() -> None:
    assert times(entry("09:00", 30, "late", None)) == [("09:00", "09:30")]
    assert [one.late for one in simulate([entry("09:00", 30, "late", None), entry("10:00", 30, "attended", 40)])] == [None, None]
    assert [one.late for one in simulate([entry("09:00", 30, "late", 7)])] == [7]


def test_holds_blocks_and_what_has_no_time_are_no_meetings() -> None:
    others = [
        entry("09:00", 50, "held", kind="hold"),
        entry("09:00", 50, "blocked", kind="block"),
        entry("09:00", 50, "unplaced"),
    ]
    assert simulate(others) == ()


@pytest.mark.parametrize(
    ("now", "late_by"),
    [
        ("08:59", 0),  # nothing should have begun
        ("09:00", 20),  # the claimant is still to come
        ("09:20", 20),
        ("09:49", 20),
        ("09:55", 20),  # in the first meeting still
        ("10:09", 20),
        ("10:10", 20),  # the second, which was to begin at 09:50
        ("10:29", 20),
        ("10:30", 0),  # nobody is left to see before 11:00
        ("11:05", 0),
    ],
)
def test_a_coach_is_behind_by_how_much_later_the_meeting_in_hand_will_end(now: str, late_by: int) -> None:
    day = simulate([entry("09:00", 50, "late", 20), entry("09:50", 20), entry("11:00", 30)])
    assert behind(day, minute(now)) == late_by


def test_nobody_is_behind_by_less_than_nothing_or_for_a_miss() -> None:
    assert behind(simulate([entry("09:00", 50, "attended", 10), entry("09:10", 10)]), minute("09:05")) == 0
    assert behind(simulate([entry("09:00", 50, "dna")]), minute("09:10")) == 0
    assert behind(simulate([]), 0) == 0


def test_next_is_what_has_still_to_begin_even_when_its_claimant_comes_late() -> None:
    day = simulate([entry("09:00", 50, "late", 20), entry("09:50", 20, "dna"), entry("10:30", 20)])
    assert [None if found is None else found.entry.id for found in (next_of(day, minute(now)) for now in ("09:00", "09:20"))] == [
        "09:00",
        "09:00",
    ]
    for now, start in (("09:21", "10:30"), ("10:30", "10:30")):
        found = next_of(day, minute(now))
        assert found is not None
        assert found.entry.id == start
    assert next_of(day, minute("10:31")) is None


def test_gaps_are_the_free_runs_of_two_hours_and_end_with_the_day() -> None:
    free = mask_of([(NINE, NINE + 2), (NINE + 10, NINE + 40)])
    assert gaps_ahead(free, NINE) == ((NINE, NINE + 2), (NINE + 10, NINE + 24))
    assert gaps_ahead(free, NINE + 1) == ((NINE + 1, NINE + 2), (NINE + 10, NINE + 25))
    assert gaps_ahead(FULL_DAY, 287) == ((287, 288),)
    assert gaps_ahead(FULL_DAY, 288) == ()
    assert gaps_ahead(0, NINE) == ()


def line(minute_now: int, first_tick: int | None, *entries: EntryState) -> CoachDay:
    return coach_day(("D01", "Coach 1", "A", DAY), entries, span(NINE, NINE + 36), minute_now, first_tick)


def test_a_line_counts_by_what_is_recorded() -> None:
    found = line(
        minute("09:30"),
        NINE + 6,
        entry("09:00", 10, "attended"),
        entry("09:10", 10, "late", 5),
        entry("09:20", 10, "dna"),
        entry("09:30", 10),
        entry("09:40", 10),
        entry("10:00", 10, "unplaced"),
        entry("10:10", 10, "blocked", kind="block"),
    )
    assert (found.arrived, found.late, found.missed, found.expected) == (1, 1, 1, 2)
    assert (len(found.unplaced), len(found.blocks)) == (1, 1)
    assert found.next is not None
    assert found.next.entry.id == "09:30"
    assert found.gaps == ((NINE + 6, NINE + 30),)


def test_of_another_day_nothing_is_free_soon_and_nobody_behind() -> None:
    to_come = line(0, None, entry("09:00", 50, "booked"))
    assert (to_come.gaps, to_come.behind) == ((), 0)
    assert to_come.next is not None
    gone = line(1440, None, entry("09:00", 50, "late", 30), entry("09:50", 10))
    assert (gone.gaps, gone.behind, gone.next) == ((), 0, None)


@pytest.mark.parametrize(
    ("reason", "minutes"),
    [
        ("minutes:7", 7),
        ("minutes:0", 0),
        (None, None),
        ("claimant", None),
        ("minutes:", None),
        ("minutes:-1", None),
        ("minutes:99999", None),
    ],
)
def test_minutes_are_read_from_what_an_attendance_recorded(reason: str | None, minutes: int | None) -> None:
    assert recorded_minutes(reason) == minutes
