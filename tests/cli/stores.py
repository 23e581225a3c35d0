"""Fixtures: a copy of the small site, and of a demo with four diaries, for each test; each is made once for a folder's tests."""

from datetime import date
from pathlib import Path

import pytest

from agent_tui.services.demo import load
from tests.cli.runner import DAY, Place, copied
from tests.small_site import make_site

__all__ = ["demo", "demo_original", "desk", "small_original"]


@pytest.fixture(scope="session")
def small_original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("small") / "store.db"
    make_site(str(path))
    return path


@pytest.fixture(scope="session")
def demo_original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "store.db"
    load(str(path), coaches=4, days=4, start=date.fromisoformat(DAY))
    return path


@pytest.fixture
def desk(small_original: Path, tmp_path: Path) -> Place:
    """The small site, agent1, Tuesday 09:00."""
    return Place(copied(small_original, tmp_path / "small"))


@pytest.fixture
def demo(demo_original: Path, tmp_path: Path) -> Place:
    """A demo of four diaries and four days, agent1, the day before its first."""
    return Place(copied(demo_original, tmp_path / "demo"))
