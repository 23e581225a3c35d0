"""The bound in hindsight: never below what can be booked, and on tiny sites what can."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from random import Random

import pytest

from agent_tui.domain.patterns import Segment
from agent_tui.domain.simulation import POLICIES, simulate
from agent_tui.domain.site import Catalogue
from agent_tui.domain.stream_maker import generate
from agent_tui.domain.streams import StreamRow, days_between
from agent_tui.domain.ticks import span, starts_of, ticks_in
from agent_tui.services.demo_site import demo_site
from agent_tui.solvers.hindsight import bound
from tests.domain.worlds import ALL, MONDAY, NINE, TEN, diary, every_day, kind, site

BEFORE = datetime(2026, 11, 20, 9, 0)
TUESDAY = MONDAY + timedelta(days=1)
TYPES = (kind("AAA", 30), kind("BBB", 35), kind("CCC", 10))
MINUTES = {"AAA": 30, "BBB": 35, "CCC": 10}


def row(id: int, code: str, **more: object) -> StreamRow:
    return replace(StreamRow(str(id), BEFORE, code, MINUTES[code], MONDAY, MONDAY), **more)  # type: ignore[arg-type]


def best(place: Catalogue, days: list[date], rows: tuple[StreamRow, ...]) -> int:
    """Return the most minutes by trying everything; every request is anywhere on its days, none is cancelled."""
    spots = [(code, day) for code in place.diaries for day in days]
    halves = {"any": span(0, 288), "am": span(0, 144), "pm": span(144, 288)}

    @lru_cache(None)
    def from_here(number: int, taken: tuple[int, ...]) -> int:
        if number == len(rows):
            return 0
        one = rows[number]
        most = from_here(number + 1, taken)
        for at, (code, day) in enumerate(spots):
            if not one.earliest_day <= day <= one.latest_day:
                continue
            length = one.minutes // 5
            starts = starts_of(place.allowed(code, day, one.type, "f2f") & ~taken[at], length)
            for start in ticks_in(starts & (halves[one.half] if one.strict else halves["any"])):
                then = (*taken[:at], taken[at] | span(start, start + length), *taken[at + 1 :])
                most = max(most, one.minutes + from_here(number + 1, then))
        return most

    return from_here(0, (0,) * len(spots))


@pytest.mark.parametrize("seed", range(12))
def test_never_below_the_best_of_a_tiny_site(seed: int) -> None:
    random = Random(f"tiny:{seed}")
    parts = (
        (Segment(NINE, NINE + 11, ALL),),
        (Segment(NINE, NINE + 7, frozenset({"AAA", "CCC"})), Segment(NINE + 7, NINE + 12, ALL)),
        (Segment(138, 150, ALL),),
        (Segment(NINE, NINE + 7, frozenset({"BBB"})), Segment(144, 150, ALL)),
    )
    place = site(types=TYPES, patterns=every_day(parts[seed % 4]))
    days = [MONDAY, TUESDAY]
    rows = tuple(
        row(
            number,
            list(MINUTES)[int(random.random() * 3)],
            latest_day=days[int(random.random() * 2)],
            half=("any", "am", "pm")[int(random.random() * 3)],
            strict=random.random() < 0.5,
        )
        for number in range(6)
    )
    assert bound(place, days, rows) >= best(place, days, rows)


def test_exact_where_a_segment_cannot_be_filled() -> None:
    narrow = site(types=(kind("AAA", 30), *TYPES[1:]), patterns=every_day((Segment(NINE, TEN + 4, frozenset({"AAA"})),)))
    rows = tuple(row(number, "AAA") for number in range(4))
    assert bound(narrow, [MONDAY], rows) == best(narrow, [MONDAY], rows) == 60
    odd = site(types=TYPES, patterns=every_day((Segment(NINE, NINE + 9, ALL),)))
    mixed = (*(row(number, "CCC") for number in range(6)), row(9, "BBB"))
    assert bound(odd, [MONDAY], mixed) == best(odd, [MONDAY], mixed) == 45
    assert bound(odd, [MONDAY], mixed[:6]) == best(odd, [MONDAY], mixed[:6]) == 40


def test_who_was_gone_before_the_day_does_not_count() -> None:
    hour = site(types=TYPES, patterns=every_day((Segment(NINE, TEN, ALL),)))
    gone = row(1, "AAA", cancelled_at=datetime(2026, 11, 23, 8, 59))
    assert bound(hour, [MONDAY], [gone]) == 0
    assert bound(hour, [MONDAY], [replace(gone, cancelled_at=datetime(2026, 11, 23, 9, 0))]) == 30
    again = row(2, "AAA", asked_at=datetime(2026, 11, 20, 12, 0), rebook_of="1")
    assert bound(hour, [MONDAY], [replace(gone, cancelled_at=None), again]) == 30


def test_nothing_that_fits_is_nothing() -> None:
    assert bound(site(types=TYPES, closures={MONDAY: "Closed"}), [MONDAY], [row(1, "AAA")]) == 0


@pytest.mark.parametrize("seed", range(1, 4))
def test_no_policy_books_more(seed: int, capfd: pytest.CaptureFixture[str]) -> None:
    first = date(2026, 11, 30)
    demo = demo_site(6, first)
    days = days_between(first, first + timedelta(days=3 + seed))
    rows = generate(demo.catalogue, demo.mix, days, seed, 0.8 + 0.15 * seed)
    most = bound(demo.catalogue, days, rows)
    assert capfd.readouterr() == ("", "")
    for policy in POLICIES:
        assert simulate(demo.catalogue, days, rows, policy).booked_minutes <= most


def test_limits_and_two_diaries_only_lower_what_is_booked() -> None:
    limited = site(types=TYPES, diaries=(diary(), diary("D02")), patterns=every_day((Segment(NINE, TEN, ALL, limit=1),)))
    rows = [row(number, "AAA") for number in range(5)]
    assert simulate(limited, [MONDAY], rows, "first").booked_minutes == 60
    assert bound(limited, [MONDAY], rows) == 120
