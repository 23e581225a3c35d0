"""What the database itself refuses, whoever asks: a stolen tick, a changed log."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, exc

from agent_tui.domain.requests import Booked, Wish
from agent_tui.services import booking
from agent_tui.store.engine import is_url, write_engine
from agent_tui.store.guards import POSTGRES_GUARDS, SQLITE_GUARDS, create_guards, missing_guards
from agent_tui.store.unit_of_work import Store
from tests.small_site import DAY, NINE, SITE, desk, make_site

MINE = "11111111-1111-4111-8111-111111111111"
OTHER = "22222222-2222-4222-8222-222222222222"
KEY = f"site = '{SITE}' AND resource = 'D01' AND day = '{DAY}' AND tick = {NINE}"
ROW = f"('{SITE}', 'D01', '{DAY}', {NINE}, '{OTHER}')"
LINE = (
    "site, seq, at, stamped, who, role, verb, entry, client, touched, before_state, after_state, reason, request, fingerprint,"
    " previous, hash"
)

# Statement and the guard that refuses it, by engine.
SQLITE = {
    "replace a tick": (f"REPLACE INTO occupancy (site, resource, day, tick, entry) VALUES {ROW}", "occupancy_no_second_owner"),
    "insert or replace a tick": (
        f"INSERT OR REPLACE INTO occupancy (site, resource, day, tick, entry) VALUES {ROW}",
        "occupancy_no_second_owner",
    ),
    "upsert a tick": (
        f"INSERT INTO occupancy (site, resource, day, tick, entry) VALUES {ROW} ON CONFLICT DO UPDATE SET entry = excluded.entry",
        "occupancy_no_second_owner occupancy_no_new_owner",
    ),
    "update a tick": (f"UPDATE occupancy SET entry = '{OTHER}' WHERE {KEY}", "occupancy_no_new_owner"),
    "update or replace a tick": (
        f"UPDATE OR REPLACE occupancy SET tick = tick + 1 WHERE {KEY}",
        "occupancy_no_new_owner",
    ),
    "delete a tick": (f"DELETE FROM occupancy WHERE {KEY}", "occupancy_no_loss"),
    "replace a line": (
        f"REPLACE INTO event ({LINE}) SELECT {LINE.replace('who', chr(39) + 'x' + chr(39))} FROM event WHERE seq = 1",
        "event_no_replace event_no_second_request",
    ),
    "replace a line by its request": (
        f"REPLACE INTO event ({LINE}) SELECT {LINE.replace('seq', '99', 1)} FROM event WHERE seq = 1",
        "event_no_second_request",
    ),
    "update a line": ("UPDATE event SET who = 'x' WHERE seq = 1", "event_no_update"),
    "update or replace a line": ("UPDATE OR REPLACE event SET seq = 2 WHERE seq = 1", "event_no_update"),
    "delete a line": ("DELETE FROM event WHERE seq = 1", "event_no_delete"),
    "delete every line": ("DELETE FROM event", "event_no_delete"),
    "update an access": ("UPDATE access SET why = 'x'", "access_no_update"),
    "delete an access": ("DELETE FROM access", "access_no_delete"),
    "replace an access": (
        f"REPLACE INTO access (site, id, at, who, client, why) VALUES ('{SITE}', 'a1', 2, 'x', 'C000002', 'x')",
        "access_no_replace",
    ),
}
POSTGRES = {
    "upsert a tick": (
        f"INSERT INTO occupancy (site, resource, day, tick, entry) VALUES {ROW}"
        " ON CONFLICT (site, resource, day, tick) DO UPDATE SET entry = excluded.entry",
        "occupancy_no_new_owner",
    ),
    "update a tick": SQLITE["update a tick"],
    "delete a tick": SQLITE["delete a tick"],
    "empty the ticks": ("TRUNCATE occupancy", "occupancy_no_truncate"),
    "update a line": ("UPDATE event SET who = 'x' WHERE seq = 1", "event_no_change"),
    "delete a line": ("DELETE FROM event WHERE seq = 1", "event_no_change"),
    "empty the log": ("TRUNCATE event", "event_no_truncate"),
    "update an access": ("UPDATE access SET why = 'x'", "access_no_change"),
    "delete an access": ("DELETE FROM access", "access_no_change"),
    "empty the accesses": ("TRUNCATE access", "access_no_truncate"),
}


def filled(location: str) -> None:
    make_site(location)
    mine = desk(location)
    answer = booking.book(mine, Wish("NJR-F2F", DAY, NINE, "D01", client="C000001"), id=MINE)
    assert isinstance(answer, Booked)
    mine.store.write(lambda unit: unit.run("INSERT INTO access VALUES (?,?,?,?,?,?)", SITE, "a1", 1, "agent1", "C000001", "call"))
    mine.store.close()


def drop(connection: Connection, names: str) -> None:
    for name in names.split():
        table = name.split("_")[0]
        connection.exec_driver_sql(f"DROP TRIGGER {name}" + (f" ON {table}" if connection.dialect.name == "postgresql" else ""))


@pytest.fixture
def sqlite_connection(tmp_path: Path) -> Iterator[Connection]:
    location = f"{tmp_path}/store.db"
    filled(location)
    engine = write_engine(location)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def postgres_connection(postgres_url: str) -> Iterator[Connection]:
    filled(postgres_url)
    engine = write_engine(postgres_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def refused_then_passed(connection: Connection, statement: str, guard: str) -> None:
    """The statement is refused; with its guard dropped it passes, so nothing else but the guard refused it."""
    before = tables(connection)
    connection.rollback()
    with pytest.raises(exc.DBAPIError):
        connection.exec_driver_sql(statement)
    connection.rollback()
    assert tables(connection) == before
    connection.rollback()
    drop(connection, guard)
    connection.exec_driver_sql(statement)
    assert tables(connection) != before
    connection.rollback()


def tables(connection: Connection) -> list[list[tuple[object, ...]]]:
    return [
        sorted((tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {name}")), key=repr)
        for name in ("occupancy", "event", "access")
    ]


@pytest.mark.parametrize("what", SQLITE)
def test_sqlite_refuses(what: str, sqlite_connection: Connection) -> None:
    refused_then_passed(sqlite_connection, *SQLITE[what])


@pytest.mark.postgres
@pytest.mark.parametrize("what", POSTGRES)
def test_postgres_refuses(what: str, postgres_connection: Connection) -> None:
    refused_then_passed(postgres_connection, *POSTGRES[what])


def test_a_plain_second_owner_is_refused_by_the_key_alone(location: str) -> None:
    filled(location)
    engine = write_engine(location)
    with engine.connect() as connection:
        if not is_url(location):
            drop(connection, "occupancy_no_second_owner")
        with pytest.raises(exc.IntegrityError):
            connection.exec_driver_sql(f"INSERT INTO occupancy (site, resource, day, tick, entry) VALUES {ROW}")
    engine.dispose()


def test_every_guard_is_named_when_it_is_missing_and_made_again(location: str) -> None:
    make_site(location)
    known = POSTGRES_GUARDS if is_url(location) else SQLITE_GUARDS
    engine = write_engine(location)
    with engine.begin() as connection:
        assert missing_guards(connection) == []
        drop(connection, " ".join(known))
        assert missing_guards(connection) == list(known)
        create_guards(connection)
        assert missing_guards(connection) == []
    engine.dispose()


def test_ticks_whose_claim_has_gone_may_go_too(location: str) -> None:
    filled(location)
    store = Store(location)
    store.write(lambda unit: unit.run("DELETE FROM claim WHERE entry = ?", MINE))
    assert store.write(lambda unit: unit.run("DELETE FROM occupancy WHERE entry = ?", MINE)) == 6
    store.close()
