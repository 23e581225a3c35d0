"""Stranded time against brute force: every way to fill a run is tried."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.domain.ticks import runs_in, span
from agent_tui.domain.whitespace import longest_fill, stranded
from agent_tui.services import booking
from agent_tui.services.day import day as day_of
from tests.services.conftest import House, done, wish
from tests.small_site import DAY, FIVE, NINE, NOON, ONE, TEN

LENGTHS = st.lists(st.integers(1, 30), max_size=5).map(lambda found: tuple(sorted(set(found))))


def by_trying(run: int, lengths: tuple[int, ...]) -> int:
    """The most ticks of a run that appointments of some lengths fill, by trying all of them."""

    @cache
    def most(left: int) -> int:
        return max([length + most(left - length) for length in lengths if length <= left], default=0)

    return most(run)


@given(run=st.integers(0, 120), lengths=LENGTHS)
def test_the_longest_fill_is_what_trying_finds(run: int, lengths: tuple[int, ...]) -> None:
    assert longest_fill(run, lengths) == by_trying(run, lengths)


@pytest.mark.parametrize(
    ("run", "lengths", "filled"),
    [
        (36, (10,), 30),  # the segment of the guidance: 180 minutes are three of 50 and 30 left
        (36, (4, 10), 36),
        (9, (10,), 0),
        (0, (10,), 0),
        (288, (1,), 288),
        (7, (), 0),
        (11, (4, 6), 10),
    ],
)
def test_fills_that_are_known(run: int, lengths: tuple[int, ...], filled: int) -> None:
    assert longest_fill(run, lengths) == filled


def test_a_day_counts_each_run_of_each_segment(house: House) -> None:
    # Types of 10, 4 and 6 ticks and one of 2 are assigned, so that only odd runs strand a tick.
    done(booking.book(house.desk(), wish("NJR-F2F", "D02", NINE + 1)))
    with house.store.read() as unit:
        catalogue = house.desk().catalogue(unit)
    busy = span(NINE + 1, NINE + 7)
    lengths = (2, 4, 6, 10)
    expected = 0
    for first, last in ((NINE, NOON), (ONE, FIVE)):
        expected += sum(end - start - by_trying(end - start, lengths) for start, end in runs_in(span(first, last) & ~busy))
    dead, lost = stranded(catalogue, "D02", DAY, busy)
    assert lost == expected == 2
    assert dead == span(NINE, NINE + 1)
    (shown,) = day_of(house.desk(), DAY, diary="D02").diaries
    assert shown.stranded_minutes == 10
    assert shown.dead_mask == dead


def test_an_empty_day_strands_nothing_where_the_types_fill_it(house: House) -> None:
    (shown,) = day_of(house.desk(), DAY, diary="D01").diaries
    assert (shown.stranded_minutes, shown.dead_mask) == (0, 0)
    assert shown.free_minutes == 7 * 60
    assert TEN in range(NINE, NOON)
