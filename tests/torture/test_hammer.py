"""Eight processes on four diaries: nothing is given twice, nothing acknowledged is lost, nothing is half done."""

import os
from pathlib import Path

import pytest

from tests.torture.hammer import Blow, hammer

pytestmark = pytest.mark.slow

# Read before the fixture that clears the environment. The whole, by one command: python -m tests.torture
ATTEMPTS = int(os.environ.get("AGENT_TUI_TORTURE_ATTEMPTS", "800"))
SEED = int(os.environ.get("AGENT_TUI_TORTURE_SEED", "1"))


def test_no_time_is_given_twice_and_no_answer_is_lost(location: str, tmp_path: Path) -> None:
    result = hammer(location, tmp_path / "journals", Blow(8, 4, 2, attempts=ATTEMPTS, seed=SEED, hold_seconds=1))
    print(f"seed {SEED}: {result.attempts} attempts, slowest answer {result.slowest:.2f} s; {result.report.line()}")
    assert result.all_problems == []
    # Everything that can happen did happen, so that the silence above means something.
    happened = result.answers
    assert happened["book done"] > 0
    assert happened["book taken"] + happened["hold taken"] > 0
    assert happened["book held"] + happened["hold held"] > 0
    assert happened["block done"] + happened["resolve done"] + happened["pair done"] > 0
    for act in ("hold", "confirm", "move", "cancel", "undo"):
        assert happened[f"{act} done"] > 0, act
    assert happened["again"] > 0
    assert result.report.counts["lines lapsed"] > 0
