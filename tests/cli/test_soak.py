"""soak: every key of the answer, malformed numbers, and a store that is worked in."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from agent_tui.domain.soak import Latencies, Plan, Report, Step, Tally
from tests.cli.runner import NOW, Place, run

KEYS = {
    *("status", "store", "engine", "terminals", "rate", "seconds", "acts", "bookings", "moves", "cancellations", "refused"),
    *(
        "trouble",
        "trouble_text",
        "reached",
        "p50_ms",
        "p99_ms",
        "worst_ms",
        "processor_ms",
        "memory_bytes",
        "memory_growth_bytes",
    ),
    *("wal_most_bytes", "wal_last_bytes", "wal_written_bytes", "bound_ms", "knee", "steps", "checked", "broken", "code"),
    "reason",
}


def report(location: str, plan: Plan, broken: dict[str, int]) -> Report:
    """Return what a soak of two rates would have found."""
    tally = Tally(Counter(book=6, move=2, cancel=1, refused=1), Latencies(Counter({100: 10}), 10.0), 0.05, 1_000, 3_000)
    steps = (Step(10.0, 10.0, 10.0, 10.0), Step(15.0, 9.0, 10.0, 90.0))
    knee = 10.0 if plan.knee else None
    return Report(location, "sqlite", plan, 1.0, tally, steps[0], steps, knee, 5_000, 4_000, None, 70, broken, interrupted=False)


def test_what_was_found_is_told_in_one_object_and_in_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, Plan, date]] = []

    def soaked(location: str, plan: Plan, day: date, _tell: object) -> Report:
        asked.append((location, plan, day))
        return report(location, plan, {})

    monkeypatch.setattr("agent_tui.services.soaking.soak", soaked)
    store = str(tmp_path / "soak.db")
    words = ("soak", "--terminals", "3", "--rate", "10", "--minutes", "0.5", "--store", store, "--now", NOW)
    shown = run(*words, "--json").object
    assert asked == [(store, Plan(3, 10.0, 30.0), date(2026, 11, 24))]
    assert set(shown) == KEYS
    assert (shown["status"], shown["acts"], shown["bookings"], shown["knee"]) == ("done", 10, 6, 10.0)
    assert (shown["memory_bytes"], shown["memory_growth_bytes"], shown["wal_most_bytes"]) == (3_000, 2_000, 5_000)
    assert shown["processor_ms"] == 5.0
    assert [step["rate"] for step in shown["steps"]] == [10, 15]
    lines = run(*words).out
    assert "6 booked, 2 moved, 1 cancelled, 1 refused" in lines
    assert "knee      10 acts a second" in lines
    assert "none broken" in lines


def test_a_broken_promise_ends_with_four(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent_tui.services.soaking.soak", lambda location, plan, *_: report(location, plan, {"I1": 2}))
    answer = run("soak", "--store", str(tmp_path / "soak.db"), "--json")
    assert answer.code == 4
    assert answer.err == "The sweep found promises broken: I1 2 times.\n"
    assert answer.object["broken"] == {"I1": 2}


def test_a_site_that_is_worked_in_is_refused_with_every_key(desk: Place) -> None:
    before = desk.dump()
    refused = desk.refuse("soak", "--terminals", "1")
    assert set(refused) == KEYS
    assert refused["code"] == "soak"
    assert "that no soak made" in refused["reason"]
    assert desk.dump() == before


@pytest.mark.parametrize(
    "words", [("--terminals", "0"), ("--rate", "0"), ("--rate", "nan"), ("--minutes", "-1"), ("--bound", "x"), ("--step", "1e9")]
)
def test_numbers_out_of_bounds_are_usage(tmp_path: Path, words: tuple[str, ...]) -> None:
    answer = run("soak", *words, "--store", str(tmp_path / "soak.db"), "--json")
    assert answer.code == 2
    assert not (tmp_path / "soak.db").exists()
