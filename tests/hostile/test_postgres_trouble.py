"""A PostgreSQL server that refuses, is read-only, full, hangs or has another schema: one sentence, exit 4, nothing half made."""

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import psycopg
import pytest

from agent_tui.store.limits import Limits, limits, use_limits
from tests.cli.runner import Answer, dump, run
from tests.postgres_line import line_to
from tests.postgres_server import MAX_CONNECTIONS, Server
from tests.small_site import make_site

pytestmark = pytest.mark.postgres

SECRET = "hunter2secret"
BOOK = ("book", "FC-F2F", "--first", "--client", "C000001")
OPTIONS = ("--as", "agent1", "--now", "2026-11-24T09:00", "--json")


@pytest.fixture(autouse=True)
def own_limits() -> Iterator[None]:
    """Leave other tests the limits that they had."""
    before: Limits = limits()
    yield
    use_limits(before)


@pytest.fixture(scope="module")
def site_url(postgres_server: Server) -> Iterator[str]:
    """A store with the small site that no test here changes for good."""
    url = postgres_server.create_database("trouble")
    make_site(url)
    yield url
    postgres_server.drop_database("trouble")


def troubled(url: str, *words: str) -> Answer:
    """Run a command that must end with 4, one sentence and no password."""
    answer = run(*words, "--store", url.replace("postgres@", f"postgres:{SECRET}@"), *OPTIONS)
    assert answer.code == 4, answer
    assert answer.object["reason"] == answer.err.rstrip("\n")
    assert SECRET not in answer.out + answer.err
    assert "Error)" not in answer.err, answer
    return answer


def _by(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def test_a_replica_that_may_only_be_read(site_url: str) -> None:
    """What a hot standby answers to who writes, a database that was set read-only answers too (25006)."""
    day = run(*BOOK, "--store", site_url, *OPTIONS).object["day"]
    before = dump(site_url)
    _by(site_url, "ALTER DATABASE trouble SET default_transaction_read_only = on")
    try:
        assert "may only be read" in troubled(site_url, *BOOK).err
        assert "may only be read" in troubled(site_url, "migrate").err
        assert run("find", "FC-F2F", "--store", site_url, *OPTIONS).code == 0
        assert run("day", day, "--store", site_url, *OPTIONS).code == 0
        # Whose name is read is recorded, so that a name which cannot be recorded is not shown either.
        refused = run("clients", "find", "-", "--store", site_url, *OPTIONS, stdin="Khan")
        assert (refused.code, refused.object["items"]) == (4, [])
    finally:
        _by(site_url.replace("/trouble", "/postgres"), "ALTER DATABASE trouble RESET default_transaction_read_only")
    assert dump(site_url) == before


def test_an_empty_database_that_may_only_be_read_gets_no_half_a_store(postgres_server: Server, tmp_path: Path) -> None:
    url = postgres_server.create_database("empty_replica")
    try:
        _by(url, "ALTER DATABASE empty_replica SET default_transaction_read_only = on")
        assert "may only be read" in troubled(url, "demo", "--load-only", "--coaches", "1", "--days", "1").err
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
        assert sorted(one.name for one in tmp_path.iterdir()) == ["home"]
    finally:
        postgres_server.drop_database("empty_replica")


@pytest.mark.parametrize(("version", "word"), [("0001", "older schema"), ("9999", "newer version")])
def test_another_schema(site_url: str, version: str, word: str) -> None:
    with psycopg.connect(site_url) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        assert row is not None
        connection.execute("UPDATE alembic_version SET version_num = %s", (version,))
    try:
        for words in (("types",), BOOK):
            assert word in troubled(site_url, *words).err
    finally:
        with psycopg.connect(site_url) as connection:
            connection.execute("UPDATE alembic_version SET version_num = %s", row)


def test_no_connection_is_left(site_url: str) -> None:
    with ExitStack() as taken:
        with suppress(psycopg.OperationalError):
            for _ in range(MAX_CONNECTIONS + 1):
                taken.enter_context(psycopg.connect(site_url))
        assert "no room for more" in troubled(site_url, *BOOK).err


def test_a_server_that_hangs_in_the_middle(site_url: str, postgres_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes what it is told and answers nothing: the limits of the server itself cannot end that."""
    monkeypatch.setenv("AGENT_TUI_STATEMENT_TIMEOUT", "1")
    monkeypatch.setattr("agent_tui.store.limits.GRACE_SECONDS", -0.5)
    with line_to(postgres_server.port) as line:
        line.quiet_after_login = True
        assert "did not answer in time" in troubled(line.url(site_url), "types").err


def test_what_is_locked_and_what_takes_too_long(site_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_TUI_LOCK_TIMEOUT", "1")
    before = dump(site_url)
    with psycopg.connect(site_url) as other:
        other.execute("SELECT 1 FROM site_head FOR UPDATE")
        assert "locked by somebody else's act" in troubled(site_url, *BOOK).err
        monkeypatch.setenv("AGENT_TUI_LOCK_TIMEOUT", "10")
        monkeypatch.setenv("AGENT_TUI_STATEMENT_TIMEOUT", "1")
        assert "took too long" in troubled(site_url, *BOOK).err
    assert dump(site_url) == before


@pytest.mark.parametrize(("setting", "value"), [("CONNECT_TIMEOUT", "0"), ("LOCK_TIMEOUT", "soon"), ("KEEPALIVE", "-1")])
def test_a_limit_that_is_none(site_url: str, setting: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"AGENT_TUI_{setting}", value)
    answer = run("types", "--store", site_url, *OPTIONS)
    assert answer.code == 2
    assert setting in answer.err
