"""Streams of requests as CSV: what is read back, and every bad line by number, field and reason."""

from datetime import date, datetime, timedelta

import pytest

from agent_tui.domain.patterns import Segment
from agent_tui.domain.streams import COLUMNS, StreamRow, open_minutes, read_mix, read_stream, usable_mix, write_stream
from tests.domain.worlds import ALL, MONDAY, NINE, TEN, diary, every_day, kind, site

GOOD = {
    "id": "1",
    "asked_at": "2026-11-16T09:05",
    "type": "AAA",
    "minutes": "30",
    "earliest_day": "2026-11-23",
    "latest_day": "2026-11-24",
    "half": "am",
    "strict": "1",
    "preferred_start": "10:10",
    "own_diary": "D01",
    "cancelled_at": "",
    "rebook_of": "",
}
PLACE = site(types=(kind(), kind("BBB", 50), kind("CCC", 30, booked_by="block")))


def text(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> str:
    return "\n".join([",".join(columns), *(",".join((GOOD | row)[name] for name in columns) for row in rows)]) + "\n"


def problems(*rows: dict[str, str]) -> list[str]:
    return [str(one) for one in read_stream(text(*rows), PLACE).problems]


def test_a_row_says_what_it_says() -> None:
    read = read_stream(text({}), PLACE)
    assert read.problems == ()
    asked = datetime(2026, 11, 16, 9, 5)
    assert read.rows == (
        StreamRow("1", asked, "AAA", 30, MONDAY, MONDAY + timedelta(days=1), "am", True, 610, "D01", None, None),
    )


def test_what_is_written_is_read_back() -> None:
    later = datetime(2026, 11, 20, 16, 59)
    rows = (
        StreamRow("=1", datetime(2026, 11, 16, 9, 5), "AAA", 30, MONDAY, MONDAY, "pm", False, None, None, later, None),
        StreamRow("2", later, "BBB", 50, MONDAY, MONDAY, "any", False, 545, "D01", None, "=1"),
    )
    assert read_stream(write_stream(rows), PLACE).rows == rows


def test_columns_may_stand_in_any_order_and_none_may_be_missing() -> None:
    assert read_stream(text({}, columns=COLUMNS[::-1]), PLACE).rows == read_stream(text({}), PLACE).rows
    missing = read_stream(text({}, columns=tuple(name for name in COLUMNS if name != "half")), PLACE)
    assert [str(one) for one in missing.problems] == ["Line 1, half: The column half is missing."]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"id": ""}, "Line 2, id: An id of 1 to 60 characters is needed."),
        ({"asked_at": "yesterday"}, "Line 2, asked_at: yesterday is no site time of the form 2026-11-23T09:05."),
        ({"asked_at": "2026-11-16T09:05+01:00"}, "Line 2, asked_at: 2026-11-16T09:05+01:00 is no site time"),
        ({"asked_at": "2026-11-31T09:05"}, "Line 2, asked_at: 2026-11-31 is not a day of the calendar."),
        ({"asked_at": "2026-11-16T25:05"}, "Line 2, asked_at: 25:05 is not a time of day."),
        ({"asked_at": "2026-11-25T09:00"}, "Line 2, latest_day: It is asked for on 2026-11-25, after the latest day 2026-11-24."),
        ({"type": "AAB"}, "Line 2, type: There is no type AAB; did you mean AAA?"),
        ({"type": "CCC"}, "Line 2, type: CCC is booked as block time, not by offers."),
        ({"minutes": "31"}, "Line 2, minutes: 31 minutes is no positive multiple of 5."),
        ({"minutes": "0"}, "Line 2, minutes: 0 minutes is no positive multiple of 5."),
        ({"minutes": "-5"}, "Line 2, minutes: -5 is not a number of minutes."),
        ({"minutes": "50"}, "Line 2, minutes: AAA takes 30 minutes on 2026-11-23, not 50."),
        ({"latest_day": "2026-11-22"}, "Line 2, latest_day: The latest day 2026-11-22 is before the earliest, 2026-11-23."),
        ({"half": "noon"}, "Line 2, half: noon is none of any, am, pm."),
        ({"strict": "yes"}, "Line 2, strict: yes is none of 0, 1."),
        ({"preferred_start": "9:00"}, "Line 2, preferred_start: '9:00' is not a time of the form HH:MM."),
        ({"own_diary": "D02"}, "Line 2, own_diary: There is no diary D02; did you mean D01?"),
        ({"cancelled_at": "2026-11-16T09:04"}, "Line 2, cancelled_at: It is cancelled before it is asked for."),
        ({"rebook_of": "7"}, "Line 2, rebook_of: There is no request 7 to rebook."),
        ({"rebook_of": "1"}, "Line 2, rebook_of: It rebooks itself."),
    ],
)
def test_a_bad_row_is_told_by_line_and_field(row: dict[str, str], told: str) -> None:
    found = problems(row)
    assert len(found) == 1
    assert found[0].startswith(told)


def test_what_two_rows_say_together() -> None:
    again = {"id": "2", "rebook_of": "1"}
    assert problems({}, {}) == ["Line 3, id: The id 1 is in line 2 already."]
    assert problems({}, again, again | {"id": "3"}) == ["Line 4, rebook_of: 1 is rebooked by 2 already."]
    early = again | {"asked_at": "2026-11-16T09:04"}
    assert problems({}, early) == ["Line 3, rebook_of: It is asked for before 1, which it rebooks."]
    assert problems({}, again) == []


def test_every_bad_line_is_told() -> None:
    assert [one[:6] for one in problems({"type": "X"}, {"id": "2"}, {"id": "3", "half": ""})] == ["Line 2", "Line 4"]


def test_shifted_cells_no_rows_and_no_header() -> None:
    shifted = text({}).rstrip() + ",\n"
    assert "13 cells where the header has 12" in str(read_stream(shifted, PLACE).problems[0])
    assert str(read_stream(",".join(COLUMNS), PLACE).problems[0]) == "Line 1: There are no requests in this file."
    assert read_stream("", PLACE).problems


def test_days_that_are_not_simulated() -> None:
    days = (date(2026, 11, 25), date(2026, 11, 27))
    (found,) = read_stream(text({}), PLACE, days).problems
    assert str(found) == "Line 2, latest_day: None of its days is simulated; those are 2026-11-25 to 2026-11-27."
    assert problems({"latest_day": "2027-11-24"}) == [
        "Line 2, latest_day: It is 366 days after the earliest day; a stream has at most 366 days."
    ]


def test_a_type_longer_than_any_segment_is_told_by_line() -> None:
    short = site(types=(kind("BBB", 50), kind()), patterns=every_day((Segment(NINE, NINE + 8, ALL),)))
    read = read_stream(text({}, {"id": "2", "type": "BBB", "minutes": "50"}), short)
    told = "Line 3, type: BBB takes 50 minutes, and no segment that allows it is longer than 40."
    assert [str(one) for one in read.problems] == [told]


def test_a_mix_is_refused_by_line() -> None:
    days = [MONDAY]

    def told(*lines: str) -> list[str]:
        return [str(one) for one in read_mix("\n".join(["code,calls_in_1000", *lines]), PLACE, days)[1]]

    assert read_mix("code,calls_in_1000\nAAA,3\nBBB,0\n", PLACE, days) == ({"AAA": 3, "BBB": 0}, [])
    assert told() == ["Line 1: The mix is empty: no type is asked for."]
    assert told("AAA,0") == ["Line 1: The mix is empty: no type is asked for."]
    assert told("AAA,1", "AAA,1") == ["Line 3, code: AAA is there twice."]
    assert told("AAA,-1") == ["Line 2, calls_in_1000: -1 is not a number of calls."]
    assert told("CCC,1") == ["Line 2, code: CCC is assigned to no diary that takes it by offers."]
    assert told("XXX,1")[0].startswith("Line 2, code: There is no type XXX")
    short = site(patterns=every_day((Segment(NINE, NINE + 4, ALL),)))
    with pytest.raises(ValueError, match="AAA takes 30 minutes, and no segment that allows it is longer than 20"):
        usable_mix(short, {"AAA": 1}, days)
    with pytest.raises(ValueError, match="The mix is empty"):
        usable_mix(PLACE, {"ZZZ": 1, "AAA": 0}, days)


def test_open_minutes_leave_out_closures_and_what_is_off() -> None:
    hour = every_day((Segment(NINE, TEN, ALL),))
    two = site(diaries=(diary(), diary("D02"), diary("D03", enabled=False)), patterns=hour, closures={MONDAY: "Closed"})
    assert open_minutes(two, [MONDAY, MONDAY + timedelta(days=1)]) == 120
