"""Replaying a stream: what a policy takes, what is free again, and what the figures count."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from agent_tui.domain.patterns import Segment
from agent_tui.domain.simulation import POLICIES, Replay, Simulated, simulate
from agent_tui.domain.site import Catalogue, Room
from agent_tui.domain.stream_maker import generate
from agent_tui.domain.streams import StreamRow, days_between
from agent_tui.domain.ticks import span
from tests.domain.worlds import ALL, MONDAY, NINE, TEN, diary, every_day, kind, site

TYPES = (kind(), kind("BBB", 50), kind("CCC", 10))
HOUR = site(types=TYPES, patterns=every_day((Segment(NINE, TEN, ALL),)))
BEFORE = datetime(2026, 11, 20, 9, 0)
MINUTES = {"AAA": 30, "BBB": 50, "CCC": 10}


def row(id: str, code: str = "AAA", minute: int = 0, **more: Any) -> StreamRow:
    plain = StreamRow(id, BEFORE + timedelta(minutes=minute), code, MINUTES[code], MONDAY, MONDAY)
    return replace(plain, **more)


def replay(*rows: StreamRow, policy: str = "first", place: Catalogue = HOUR, days: int = 1) -> tuple[Replay, Simulated]:
    run = Replay(place, days_between(MONDAY, MONDAY + timedelta(days=days - 1)), policy)
    for one in sorted(rows, key=lambda one: one.asked_at):
        run.ask(one)
    run.free_until(datetime.max)
    return run, run.result(len(rows))


def where(run: Replay, id: str) -> tuple[str, date, int] | None:
    place = run.standing.get(id)
    return None if place is None else (place[0][0], place[1], place[2])


def test_figures_of_a_full_hour() -> None:
    run, done = replay(row("1", preferred_start=545), row("2", minute=1), row("3", "BBB", 2))
    assert where(run, "1") == ("D01", MONDAY, NINE)
    assert where(run, "2") == ("D01", MONDAY, NINE + 6)
    assert done == Simulated("first", 60, 60, 1, 1, 5.0, 0, 3, 1, 0)


def test_what_is_cancelled_is_free_for_those_who_ask_later() -> None:
    gone = row("1", "BBB", cancelled_at=BEFORE + timedelta(minutes=5))
    run, done = replay(gone, row("2", "BBB", 4), row("3", "BBB", 5))
    assert set(run.standing) == {"3"}
    assert (done.refused, done.refused_long, done.cancelled, done.booked_minutes) == (1, 1, 1, 50)


def test_a_cancellation_after_the_start_frees_nothing() -> None:
    late = row("1", cancelled_at=datetime(2026, 11, 23, 9, 0))
    assert replay(late)[1].booked_minutes == 30
    assert replay(replace(late, cancelled_at=datetime(2026, 11, 23, 8, 59)))[1].booked_minutes == 0


def test_a_rebooking_gives_back_what_the_first_still_has_and_takes_place_where_that_was_refused() -> None:
    run, done = replay(row("1", "BBB"), row("2", "BBB", 1, rebook_of="1"))
    assert set(run.standing) == {"2"}
    assert (done.refused, done.cancelled) == (0, 1)
    run, done = replay(row("1", "BBB"), row("2", "BBB", 1), row("3", "CCC", 2, rebook_of="2"))
    assert set(run.standing) == {"1", "3"}
    assert done.refused == 1


def test_notice_is_site_time() -> None:
    late = row("1", asked_at=datetime(2026, 11, 23, 9, 31))
    assert replay(late)[1].refused == 1
    assert replay(replace(late, asked_at=datetime(2026, 11, 23, 9, 30)))[0].standing["1"][2] == NINE + 6


def test_a_strict_half_is_kept_and_another_is_looked_at_first() -> None:
    day = site(types=TYPES)
    assert where(replay(row("1", half="pm", strict=True), place=day)[0], "1") == ("D01", MONDAY, 144)
    assert where(replay(row("1", half="pm"), place=day)[0], "1") == ("D01", MONDAY, 144)
    assert replay(row("1", half="pm", strict=True))[1].refused == 1
    assert where(replay(row("1", half="pm"))[0], "1") == ("D01", MONDAY, NINE)


def test_their_own_diary_comes_first_over_all_days_and_then_any() -> None:
    two = replace(HOUR, diaries={"D01": diary(), "D02": diary("D02")})
    tuesday = MONDAY + timedelta(days=1)
    full = [row(str(number), "BBB", number, own_diary="D02", latest_day=tuesday) for number in range(1, 4)]
    run, _ = replay(*full, place=two, days=2)
    assert [where(run, one.id) for one in full] == [("D02", MONDAY, NINE), ("D02", tuesday, NINE), ("D01", MONDAY, NINE)]


def test_todays_practice_uses_up_quarter_hours() -> None:
    rows = [row(str(number), "CCC", number) for number in range(1, 7)]
    run, done = replay(*rows, policy="grid15")
    assert [one[2] for one in run.standing.values()] == [NINE, NINE + 3, NINE + 6, NINE + 9]
    assert (done.refused, done.booked_minutes, done.stranded_minutes) == (2, 40, 20)
    assert replay(*rows, policy="first")[1].booked_minutes == 60


def test_the_nearest_policies_take_the_nearest_of_the_earliest_day() -> None:
    tuesday = MONDAY + timedelta(days=1)
    wish = row("1", "CCC", preferred_start=9 * 60 + 35, latest_day=tuesday)
    assert where(replay(wish, policy="grid15-nearest", days=2)[0], "1") == ("D01", MONDAY, NINE + 6)
    # The list keeps the hour whole: only its two ends are offered.
    assert where(replay(wish, policy="offered-nearest", days=2)[0], "1") == ("D01", MONDAY, NINE + 10)
    assert where(replay(wish, policy="offered", days=2)[0], "1") == ("D01", MONDAY, NINE)


def test_rooms_and_limits_hold() -> None:
    needing = site(
        types=(kind("CCC", 10, needs=("room",)),),
        diaries=(diary(), diary("D02")),
        rooms=(Room("R01", "room", "Room 1", frozenset({"room"}), True),),
        patterns=every_day((Segment(NINE, NINE + 2, ALL),)),
    )
    assert replay(row("1", "CCC"), row("2", "CCC", 1), place=needing)[1].refused == 1
    limited = site(types=TYPES, patterns=every_day((Segment(NINE, TEN, ALL, limit=1),)))
    again = row("1", cancelled_at=BEFORE + timedelta(minutes=2))
    run, done = replay(again, row("2", minute=1), row("3", minute=2), place=limited)
    assert (set(run.standing), done.refused) == ({"3"}, 1)


@pytest.mark.parametrize("policy", POLICIES)
def test_no_two_overlap_and_the_figures_agree(policy: str) -> None:
    place = site(types=TYPES, diaries=(diary(), diary("D02")))
    days = days_between(MONDAY, MONDAY + timedelta(days=4))
    rows = generate(place, {"AAA": 2, "BBB": 1, "CCC": 3}, days, 2, 1.1)
    run = Replay(place, days, policy)
    for one in rows:
        run.ask(one)
    run.free_until(datetime.max)
    taken: dict[tuple[str, date], int] = {}
    for (diary_code, *_), day, start, end in run.standing.values():
        assert not taken.get((diary_code, day), 0) & span(start, end)
        assert place.allowed(diary_code, day, "AAA", "f2f") & span(start, end) == span(start, end)
        taken[diary_code, day] = taken.get((diary_code, day), 0) | span(start, end)
    done = simulate(place, days, rows, policy)
    assert done.booked_minutes == 5 * sum(mask.bit_count() for mask in taken.values())
    assert done.requests == len(rows)
    assert simulate(place, days, tuple(reversed(rows)), policy).booked_minutes > 0


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    simulate(HOUR, [MONDAY], [row("1")], "first", lambda done, total: told.append((done, total)))
    assert told == [(0, 1)]
