"""Clients killed in the middle: what they were told stands, what they were not told is done once by asking again."""

import os
from pathlib import Path

import pytest

from tests.torture.killing import kill_clients

pytestmark = pytest.mark.slow

# Read before the fixture that clears the environment. The whole, by one command: python -m tests.torture kill-clients
KILLS = int(os.environ.get("AGENT_TUI_TORTURE_KILLS", "8"))
SEED = int(os.environ.get("AGENT_TUI_TORTURE_SEED", "1"))


def test_a_killed_client_loses_nothing_and_its_retry_books_once(location: str, tmp_path: Path) -> None:
    killed = kill_clients(location, tmp_path / "journals", kills=KILLS, seed=SEED)
    print(f"seed {SEED}: {dict(killed.found)}; {killed.report.line()}")
    assert killed.all_problems == []
    assert sum(killed.found.values()) == KILLS
    # Most of them died with a question open; if none did, this has shown nothing.
    assert killed.found["between two requests"] < KILLS // 2
