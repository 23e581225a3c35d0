"""What a soak reckons: latencies in buckets, what holds, and the knee."""

from random import Random

import pytest

from agent_tui.domain.soak import Latencies, Step, Tally, knee_of, step_of


def test_quantiles_are_those_of_the_sorted_times_to_the_bucket() -> None:
    random, kept = Random(1), Latencies()
    times = [random.expovariate(1 / 0.03) for _ in range(5_000)]
    for one in times:
        kept.add(one)
    for share in (0.5, 0.9, 0.99, 1.0):
        exact = sorted(times)[max(0, round(share * len(times)) - 1)] * 1000
        found = kept.quantile(share)
        assert found is not None
        assert exact - (0.1 if exact < 100 else 1.0) <= found <= exact
    assert kept.worst_ms == max(times) * 1000
    assert Latencies().quantile(0.5) is None


def test_hours_of_acts_take_few_buckets() -> None:
    kept = Latencies()
    for number in range(20_000):
        kept.add(number % 3_000 / 1_000_000)
    assert len(kept.counts) == 30


def test_what_terminals_did_is_added_and_memory_is_that_of_the_largest() -> None:
    whole = Tally()
    for first, last in ((40, 50), (45, 48), (30, 45)):
        one = Tally(memory_first=first, memory_last=last)
        one.acts["book"] = 2
        one.acts["trouble"] = 1
        whole.merge(one)
    assert (whole.answered, whole.acts["trouble"]) == (6, 3)
    assert (whole.memory_last, whole.memory_last - whole.memory_first) == (50, 15)


def test_a_step_holds_while_its_terminals_keep_up_within_the_bound() -> None:
    assert Step(100, 95, 5.0, 50.0).holds(50)
    assert not Step(100, 95, 5.0, 50.1).holds(50)
    assert not Step(100, 80, 5.0, 10.0).holds(50)
    assert not step_of(10, 0, Tally()).holds(50)


@pytest.mark.parametrize(
    ("p99", "knee"),
    [((9.0, 20.0, 70.0), 150), ((9.0, 70.0, 8.0), 100), ((70.0,), None), ((), None)],
)
def test_the_knee_is_the_last_rate_that_held_before_one_that_did_not(p99: tuple[float, ...], knee: float | None) -> None:
    rates = (100.0, 150.0, 225.0)
    assert knee_of([Step(rate, rate, 1.0, one) for rate, one in zip(rates, p99, strict=False)], 50) == knee
