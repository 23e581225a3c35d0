"""Each invariant is found broken when the tables are broken on purpose, with the guards out of the way."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from agent_tui.store.engine import is_url, migration_engine
from agent_tui.store.guards import POSTGRES_GUARDS, SQLITE_GUARDS
from agent_tui.store.sweep import INVARIANTS, Checked, line_hash, sweep, sweep_store
from agent_tui.store.trouble import StoreTrouble
from agent_tui.store.unit_of_work import Store
from tests.postgres_server import Server
from tests.small_site import DAY, NINE, SITE, make_site
from tests.store.history import IDS, make_history

MORE = "99999999-0000-4000-8000-000000000000"
COLUMNS = (
    "site, seq, at, stamped, who, role, verb, entry, client, touched, before_state, after_state, reason, request, fingerprint,"
    " previous, hash"
)
CLAIM = (
    "INSERT INTO claim (site, resource, day, start_tick, entry, end_tick) VALUES (:site, :resource, :day, :start, :entry, :end)"
)
TICK = "INSERT INTO occupancy (site, resource, day, tick, entry) VALUES (:site, :resource, :day, :tick, :entry)"


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def history(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A store on which every act has been done; each test rolls back what it breaks."""
    if request.param == "sqlite":
        location = str(tmp_path_factory.mktemp("history") / "store.db")
        make_history(location)
        yield location
        return
    server: Server = request.getfixturevalue("postgres_server")
    location = server.create_database("history")
    make_history(location)
    yield location
    server.drop_database("history")


@pytest.fixture
def unguarded(history: str) -> Iterator[Connection]:
    """A transaction without guards and foreign keys, rolled back at the end."""
    engine = migration_engine(history)
    with engine.connect() as connection:
        if is_url(history):
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for name in POSTGRES_GUARDS if is_url(history) else SQLITE_GUARDS:
            connection.exec_driver_sql(f"DROP TRIGGER {name}" + (f" ON {name.split('_')[0]}" if is_url(history) else ""))
        yield connection
        connection.rollback()
    engine.dispose()


def do(connection: Connection, statement: str, **values: Any) -> int:
    changed: int = connection.execute(text(statement), {"site": SITE, **values}).rowcount
    return changed


def own(connection: Connection, entry: str, resource: str, start: int, end: int, day: str = str(DAY)) -> None:
    """Give an entry a claim and its ticks."""
    values = {"entry": entry, "resource": resource, "day": day}
    do(connection, CLAIM, start=start, end=end, **values)
    for tick in range(start, end):
        do(connection, TICK, tick=tick, **values)


def last_state(connection: Connection, entry: str) -> dict[str, Any]:
    found = connection.execute(
        text("SELECT after_state FROM event WHERE entry = :entry ORDER BY seq DESC LIMIT 1"), {"entry": entry}
    )
    state: dict[str, Any] = json.loads(found.scalar_one())
    return state


def forge(
    connection: Connection, entry: str, verb: str, before: dict[str, Any] | None, after: dict[str, Any], *, stamped: int = 0
) -> None:
    """Append a line that the chain accepts, so that only what it says is wrong."""
    seq, previous = connection.execute(text("SELECT seq, hash FROM site_head")).one()
    states = [None if state is None else json.dumps(state, sort_keys=True, separators=(",", ":")) for state in (before, after)]
    line = (SITE, seq + 1, 0, stamped, "x", "agent", verb, entry, None, "[]", *states, None, None, None)
    digest = line_hash(previous, line)
    names = COLUMNS.split(", ")
    values = dict(zip(names, (*line, previous, digest), strict=True))
    connection.execute(text(f"INSERT INTO event ({COLUMNS}) VALUES ({', '.join(':' + name for name in names)})"), values)
    do(connection, "UPDATE site_head SET seq = :seq, hash = :hash WHERE site = :site", seq=seq + 1, hash=digest)


def test_a_store_on_which_every_act_was_done_is_sound(history: str) -> None:
    store = Store(history)
    found = sweep_store(store, SITE)
    store.close()
    assert list(found) == list(INVARIANTS)
    assert {name: one.examples for name, one in found.items() if one.violations} == {}
    assert all(one.checked > 0 for one in found.values()), found


def test_an_empty_site_is_sound_and_an_unknown_one_is_not(location: str) -> None:
    make_site(location)
    store = Store(location)
    assert not any(one.violations for one in sweep_store(store, SITE).values())
    assert sweep_store(store, "NOWHERE")["I4"].examples == ("the head of the log is not its last line",)
    store.close()


def test_trouble_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_bytes(b"")
    store = Store(str(tmp_path / "store.db"))
    with pytest.raises(StoreTrouble):
        sweep_store(store, SITE)
    store.close()


def forged(verb: str, name: str, *, stamped: int = 0, made: bool = False, **changes: Any) -> Callable[[Connection], None]:
    def act(connection: Connection) -> None:
        before = last_state(connection, IDS[name])
        after = before | {"version": before["version"] + 1} | changes
        forge(connection, IDS[name], verb, None if made else before, after, stamped=stamped)

    return act


def statement(sql: str, name: str = "plain", **values: Any) -> Callable[[Connection], None]:
    def act(connection: Connection) -> None:
        assert do(connection, sql, **({"id": IDS[name]} if ":id" in sql else {}), **values) > 0

    return act


def owning(name: str, resource: str, start: int, end: int) -> Callable[[Connection], None]:
    return lambda connection: own(connection, IDS[name], resource, start, end)


def no_ticks_but_claim(connection: Connection) -> None:
    do(connection, "DELETE FROM occupancy WHERE entry = :id", id=IDS["roomed"])


def cut_last_line(connection: Connection) -> None:
    do(connection, "DELETE FROM event WHERE seq = (SELECT MAX(seq) FROM event)")


def nobody(connection: Connection) -> None:
    do(connection, "INSERT INTO entry SELECT " + entry_columns(connection) + " FROM entry WHERE id = :id", id=IDS["plain"])


def entry_columns(connection: Connection) -> str:
    columns = connection.execute(text("SELECT * FROM entry LIMIT 0")).keys()
    return ", ".join(f"'{MORE}'" if name == "id" else name for name in columns)


# What is done to the tables, the invariant that must be found broken, and whom an example must name.
BREAKS: dict[str, tuple[str, Callable[[Connection], None], str]] = {
    "a claim grows over its neighbour": (
        "I1",
        statement("UPDATE claim SET end_tick = end_tick + 2 WHERE entry = :id AND resource = 'D01'"),
        IDS["plain"],
    ),
    "a claim lies inside another": (
        "I1",
        statement(CLAIM.replace(":entry", ":id"), "cancelled", resource="D01", day=str(DAY), start=NINE + 1, end=NINE + 2),
        IDS["plain"],
    ),
    "a booked entry is gone": ("I2", statement("DELETE FROM entry WHERE id = :id"), IDS["plain"]),
    "a booked entry has another start": (
        "I2",
        statement("UPDATE entry SET start_tick = start_tick - 1 WHERE id = :id"),
        IDS["plain"],
    ),
    "a booked entry has another diary": ("I2", statement("UPDATE entry SET diary = 'D03' WHERE id = :id"), IDS["plain"]),
    "a held entry is cancelled": ("I2", statement("UPDATE entry SET status = 'cancelled' WHERE id = :id", "held"), IDS["held"]),
    "a tick is lost": ("I3", statement("DELETE FROM occupancy WHERE entry = :id AND tick = :tick", tick=NINE + 3), IDS["plain"]),
    "a tick has another owner": (
        "I3",
        statement("UPDATE occupancy SET entry = :other WHERE entry = :id AND tick = :tick", other=IDS["next"], tick=NINE),
        IDS["next"],
    ),
    "a tick is owned by nobody known": (
        "I3",
        statement("UPDATE occupancy SET entry = :other WHERE entry = :id", other=MORE),
        MORE,
    ),
    "all ticks of an entry are lost": ("I3", no_ticks_but_claim, IDS["roomed"]),
    "a tick on a day without claims": (
        "I3",
        statement("INSERT INTO occupancy (site, resource, day, tick, entry) VALUES (:site, 'D01', '2027-01-04', 108, :id)"),
        IDS["plain"],
    ),
    "a claim of a room is lost": (
        "I3",
        statement("DELETE FROM claim WHERE entry = :id AND resource = 'R01'", "roomed"),
        IDS["roomed"],
    ),
    "a claim of nobody": (
        "I3",
        statement("UPDATE claim SET entry = :other WHERE entry = :id", other=MORE),
        MORE,
    ),
    "a claim on a resource that is not the entry's": ("I3", owning("plain", "R02", NINE, NINE + 2), IDS["plain"]),
    "a moving hold lost its share": (
        "I3",
        statement("UPDATE claim SET start_tick = start_tick + 1 WHERE entry = :id", "mover"),
        IDS["mover"],
    ),
    "a line is gone": ("I4", statement("DELETE FROM event WHERE seq = 5"), "line 5"),
    "the last line is cut": ("I4", cut_last_line, "head"),
    "the first line is gone": ("I4", statement("DELETE FROM event WHERE seq = 1"), "line 1"),
    "a line is changed": ("I4", statement("UPDATE event SET who = 'agent9' WHERE seq = 4"), "line 4"),
    "a line's client is changed": ("I4", statement("UPDATE event SET client = 'C000009' WHERE seq = 4"), "line 4"),
    "a line is hashed anew": ("I4", statement("UPDATE event SET hash = previous WHERE seq = 4"), "line 5"),
    "the head is changed": ("I4", statement("UPDATE site_head SET hash = 'x'"), "head"),
    "an entry has another version": ("I4", statement("UPDATE entry SET version = version + 1 WHERE id = :id"), IDS["plain"]),
    "a version is left out": ("I4", forged("recorded", "plain", version=7), IDS["plain"]),
    "an entry has another priority": ("I5", statement("UPDATE entry SET priority = 'urgent' WHERE id = :id"), IDS["plain"]),
    "an entry has another client": ("I5", statement("UPDATE entry SET client = 'C000009' WHERE id = :id"), IDS["plain"]),
    "a cancelled entry is gone": ("I5", statement("DELETE FROM entry WHERE id = :id", "cancelled"), IDS["cancelled"]),
    "an entry that no line made": ("I5", nobody, MORE),
    "a claim that no line tells": ("I5", owning("plain", "R02", NINE, NINE + 2), IDS["plain"]),
    "an act that is in the log only": ("I5", forged("recorded", "plain", status="attended"), IDS["plain"]),
    "a lapsed hold is confirmed": ("I6", forged("confirmed", "lapsed", status="booked"), IDS["lapsed"]),
    "a hold is confirmed after its time": (
        "I6",
        forged("confirmed", "held", status="booked", expires_at=None, stamped=2**52),
        IDS["held"],
    ),
    "a live hold is ended": ("I6", forged("lapsed", "held", status="lapsed", claims=[]), IDS["held"]),
    "a hold ends later than its claim": (
        "I6",
        statement("UPDATE claim SET expires_at = expires_at - 1 WHERE entry = :id", "held"),
        IDS["held"],
    ),
    "a booked entry ends": (
        "I6",
        statement("UPDATE entry SET expires_at = 1 WHERE id = :id"),
        IDS["plain"],
    ),
    "an entry is made twice": ("I7", forged("booked", "plain", made=True), IDS["plain"]),
    "a cancelled entry has time": ("I8", owning("cancelled", "D03", NINE, NINE + 2), IDS["cancelled"]),
    "a released entry has a tick": (
        "I8",
        statement("UPDATE occupancy SET entry = :other WHERE entry = :id", other=IDS["released"]),
        IDS["released"],
    ),
    "a lapsed entry has time": ("I8", owning("lapsed", "D03", NINE, NINE + 2), IDS["lapsed"]),
    "an undone entry has time": ("I8", owning("undone", "D03", NINE, NINE + 2), IDS["undone"]),
    "a moved entry keeps its old time": ("I8", owning("moved", "D02", NINE, NINE + 6), IDS["moved"]),
    "a moved entry keeps an old tick": (
        "I8",
        statement(
            "INSERT INTO occupancy (site, resource, day, tick, entry) VALUES (:site, 'D02', :day, 109, :id)",
            "moved",
            day=str(DAY),
        ),
        IDS["moved"],
    ),
    "a limit is passed": ("I9", statement("UPDATE segment SET most = 0 WHERE pattern LIKE 'D04-%'"), "D04"),
    "a cancelled entry has a place": (
        "I9",
        statement("UPDATE segment_use SET entry = :other WHERE entry = :id", "limited", other=IDS["cancelled"]),
        IDS["cancelled"],
    ),
}


@pytest.mark.parametrize("what", BREAKS)
def test_the_sweep_finds(what: str, unguarded: Connection) -> None:
    invariant, break_it, named = BREAKS[what]
    break_it(unguarded)
    found: dict[str, Checked] = sweep(unguarded, SITE)
    assert found[invariant].violations > 0, found
    assert any(named in example for example in found[invariant].examples), found[invariant]
    assert not any("C0000" in example or "Sana" in example for one in found.values() for example in one.examples)


def test_every_invariant_is_broken_by_some_test() -> None:
    assert {invariant for invariant, _, _ in BREAKS.values()} == set(INVARIANTS)


def test_a_request_that_was_answered_twice_is_found(unguarded: Connection) -> None:
    if unguarded.dialect.name == "sqlite":
        # The key cannot be dropped there; the table is built anew without it.
        unguarded.exec_driver_sql("CREATE TABLE plain AS SELECT * FROM event")
        unguarded.exec_driver_sql("DROP TABLE event")
        unguarded.exec_driver_sql("ALTER TABLE plain RENAME TO event")
    else:
        unguarded.exec_driver_sql("ALTER TABLE event DROP CONSTRAINT uq_event_request")
    do(unguarded, "UPDATE event SET request = (SELECT request FROM event WHERE seq = 2) WHERE seq = 3")
    assert "the lines 2 and 3 answer one request" in sweep(unguarded, SITE)["I7"].examples


def test_only_the_first_few_examples_are_kept(unguarded: Connection) -> None:
    do(unguarded, "UPDATE event SET who = 'x'")
    found = sweep(unguarded, SITE)["I4"]
    assert found.violations == found.checked > len(found.examples) == 5
