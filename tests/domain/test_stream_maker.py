"""Generated demand: the same for the same seed on every Python, and as much as was asked for."""

from datetime import timedelta
from hashlib import sha256

import pytest

from agent_tui.domain.patterns import Segment
from agent_tui.domain.stream_maker import generate
from agent_tui.domain.streams import days_between, open_minutes, read_stream, write_stream
from tests.domain.worlds import ALL, FIVE, MONDAY, NINE, NOON, ONE, diary, every_day, kind, site

DIARIES = tuple(diary(f"D{number:02d}") for number in range(1, 11))
WEEK = every_day((Segment(NINE, NOON, ALL), Segment(ONE, FIVE, ALL)))
PLACE = site(types=(kind(), kind("BBB", 50), kind("CCC", 10)), diaries=DIARIES, patterns=WEEK)
MIX = {"AAA": 2, "BBB": 1, "CCC": 3}
DAYS = days_between(MONDAY, MONDAY + timedelta(days=9))


def test_the_same_seed_gives_the_same_stream_on_every_python() -> None:
    text = write_stream(generate(PLACE, MIX, DAYS, 7, 0.95))
    assert sha256(text.encode()).hexdigest()[:16] == "9766ac4f9b0df158"
    assert text != write_stream(generate(PLACE, MIX, DAYS, 8, 0.95))


def test_a_stream_is_well_and_read_back() -> None:
    rows = generate(PLACE, MIX, DAYS, 1, 0.9)
    read = read_stream(write_stream(rows), PLACE, (DAYS[0], DAYS[-1]))
    assert (read.problems, read.rows) == ((), rows)
    assert [row.asked_at for row in rows] == sorted(row.asked_at for row in rows)


@pytest.mark.parametrize("load", [0.5, 0.95, 1.05])
def test_first_requests_ask_for_the_load(load: float) -> None:
    rows = generate(PLACE, MIX, DAYS, 3, load)
    asked = sum(row.minutes for row in rows if row.rebook_of is None)
    assert abs(asked - load * open_minutes(PLACE, DAYS)) <= 25


def test_shares_are_those_of_the_guide() -> None:
    rows = generate(PLACE, MIX, DAYS, 4, 1.0)
    first = [row for row in rows if row.rebook_of is None]
    assert len(first) > 1500
    assert sum(row.strict for row in first) / len(first) == pytest.approx(0.5, abs=0.04)
    assert sum(row.cancelled_at is not None for row in first) / len(first) == pytest.approx(0.12, abs=0.03)
    assert sum(row.type == "CCC" for row in first) / len(first) == pytest.approx(0.5, abs=0.04)
    assert all(row.asked_at.date() < row.earliest_day <= row.latest_day for row in first)
    known = {row.id: row for row in rows}
    again = [row for row in rows if row.rebook_of is not None]
    assert again
    assert all(known[row.rebook_of or ""].cancelled_at == row.asked_at for row in again)


def test_nothing_open_and_nothing_asked_for_are_refused() -> None:
    with pytest.raises(ValueError, match="No diary has any open time"):
        generate(site(closures=dict.fromkeys(DAYS, "Closed")), {"AAA": 1}, DAYS, 1, 0.9)
    with pytest.raises(ValueError, match="The mix is empty"):
        generate(PLACE, {}, DAYS, 1, 0.9)
