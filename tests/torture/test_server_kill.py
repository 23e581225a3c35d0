"""A PostgreSQL server killed under clients that write: what they were told stands, and they go on when it is back."""

from pathlib import Path

import pytest

from tests.postgres_server import Server
from tests.torture.hammer import Blow
from tests.torture.server_killing import kill_server

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


def test_a_killed_server_loses_nothing_that_was_acknowledged(postgres_server: Server, tmp_path: Path) -> None:
    # It is this worker's own server, and is back on its port for the tests that follow.
    killed = kill_server(postgres_server, tmp_path / "journals", Blow(3, 2, 4, attempts=300, seed=1), kills=1)
    assert killed.result.all_problems == []
    assert any(word.startswith("trouble") for word in killed.result.answers), killed.result.answers
