"""What free time is worth: more of it is never worth less, and two parts never more than the whole."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_tui.domain.ticks import TICKS_PER_DAY, ticks_in
from agent_tui.domain.value_table import HORIZON, Mix, ValueTable, bucket, horizon, learn, loss_at, mix_of, stage

LONGEST = 48
NEARLY = 1e-6


@st.composite
def mixes(draw: st.DrawFn) -> Mix:
    """Draw what a segment is asked for, up to meetings that are longer than any run."""
    weights = st.floats(0, 1000, allow_nan=False)
    return mix_of(draw(st.lists(st.tuples(st.integers(1, 60), weights), min_size=1, max_size=5)))


@settings(max_examples=40, deadline=None)
@given(mixes())
def test_more_time_is_never_worth_less_and_never_more_than_itself(mix: Mix) -> None:
    for row in learn(mix, LONGEST):
        assert all(before <= after + NEARLY for before, after in pairwise(row))
        assert all(-NEARLY <= value <= length + NEARLY for length, value in enumerate(row))


@settings(max_examples=40, deadline=None)
@given(mixes())
def test_a_run_that_nothing_fits_is_worth_nothing(mix: Mix) -> None:
    shortest = mix[0][0]
    for row in learn(mix, LONGEST):
        assert all(value == 0 for value in row[: min(shortest, LONGEST + 1)])
    last = learn(mix, LONGEST)[-1]
    assert all(value > 0 for value in last[shortest:]) == (shortest > LONGEST or mix[0][1] > 0 or last[shortest] > 0)


@settings(max_examples=40, deadline=None)
@given(mixes())
def test_splitting_is_never_rewarded(mix: Mix) -> None:
    for row in learn(mix, LONGEST):
        for whole in range(LONGEST + 1):
            for left in range(whole // 2 + 1):
                assert row[left] + row[whole - left] <= row[whole] + NEARLY


def test_the_longest_day_rewards_no_splitting_either() -> None:
    for row in learn(mix_of([(2, 0.7), (10, 0.3)]), TICKS_PER_DAY):
        assert row[144] * 2 <= row[288] + NEARLY
        assert row[100] + row[188] <= row[288] + NEARLY


def test_more_demand_to_come_makes_time_worth_more() -> None:
    rows = learn(mix_of([(2, 0.5), (6, 0.3), (10, 0.2)]), LONGEST)
    assert len(rows) == 6
    for nearer, later in pairwise(rows):
        assert all(one <= two + NEARLY for one, two in zip(nearer, later, strict=True))
        assert nearer[LONGEST] < later[LONGEST]


def test_one_request_that_fills_a_run_is_worth_what_the_equation_says() -> None:
    # With one duration d = L, V(L) follows dV/dh = L/18 * (L - V), so V = L * (1 - (1 - L/18 * step)^steps) by Euler's steps.
    (row,) = learn(mix_of([(10, 1.0)]), 10)[:1]
    expected = 10 * (1 - (1 - 10 / 18 * 0.1) ** 60)
    assert row[10] == pytest.approx(expected)


@pytest.mark.parametrize(("days", "found"), [(-3, 0), (0, 0), (1, 1), (4, 4), (5, 5), (200, 5)])
def test_the_horizon_shrinks_as_the_day_comes_near(days: int, found: int) -> None:
    assert stage(days) == found
    assert horizon(found) == min(HORIZON, HORIZON * (found + 0.5) / 5)


def test_a_mix_adds_up_to_one_and_knows_equal_lengths() -> None:
    assert mix_of([(10, 1), (2, 2), (10, 1)]) == ((2, 0.5), (10, 0.5))
    assert mix_of([(2, 0), (4, 0)]) == ((2, 0.5), (4, 0.5))
    assert mix_of([]) == ()
    assert learn((), 12) == ((0.0,) * 13,) * 6


@pytest.mark.parametrize("pair", [(0, 1.0), (-1, 1.0), (4, -0.1), (4, float("nan")), (4, float("inf"))])
def test_no_mix_is_made_of_nonsense(pair: tuple[int, float]) -> None:
    with pytest.raises(ValueError, match="no part of a mix"):
        mix_of([(2, 1.0), pair])


@settings(max_examples=60, deadline=None)
@given(mixes(), st.integers(0, 5), st.data())
def test_levels_say_of_each_offset_what_the_definition_says(mix: Mix, at: int, data: st.DataObject) -> None:
    table = ValueTable(mix, learn(mix, LONGEST))
    run = data.draw(st.integers(1, LONGEST))
    length = data.draw(st.integers(1, run))
    row = table.rows[at]
    by_hand = [row[run] - row[offset] - row[run - length - offset] - length for offset in range(run - length + 1)]
    for offset, loss in enumerate(by_hand):
        assert loss_at(table, at, run, offset, length) == pytest.approx(loss, abs=1e-5)
    assert table.best(at, run, length, (1 << run) - 1) == pytest.approx(min(by_hand), abs=1e-5)
    assert table.best(at, run, length, 0) is None
    most = data.draw(st.sampled_from(by_hand))
    within = set(ticks_in(table.within(at, run, length, most + 1e-5)))
    assert {offset for offset, loss in enumerate(by_hand) if loss <= most - 1e-5} <= within
    assert within <= {offset for offset, loss in enumerate(by_hand) if loss <= most + 1e-4}
    assert by_hand[0] == pytest.approx(min(by_hand), abs=1e-5), "the edge of a run is always among the best"


def test_buckets_hold_every_run() -> None:
    assert [bucket(longest) for longest in (1, 48, 49, 288)] == [48, 48, 96, 288]
