"""The schema as an engine for distributed SQL needs it, and two servers with two sites each, between which nothing reaches."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import psycopg
import pytest
from sqlalchemy import ForeignKeyConstraint, Index, PrimaryKeyConstraint, UniqueConstraint

from agent_tui.domain.requests import Booked, Refused, Wish
from agent_tui.services import booking, changes
from agent_tui.services.claimants import find_clients
from agent_tui.services.desk import Desk, open_desk
from agent_tui.services.doctor import examine
from agent_tui.store.feed import Feed
from agent_tui.store.guards import POSTGRES_GUARDS
from agent_tui.store.opening import create_store
from agent_tui.store.queries import clients
from agent_tui.store.tables import tables_by_name
from agent_tui.store.unit_of_work import Unit
from tests.postgres_server import Server, find_binaries, running_server
from tests.small_site import CLIENTS, DAY, NINE, NOW, TEN, fill_site

SITES = ("LPP", "KIR")
WISH = Wish(type="FC-F2F", day=DAY, start=NINE, diary="D01", client="C000001")


# The schema.


def test_every_key_begins_with_the_site() -> None:
    """Of our own tables; `alembic_version` is one row for the whole database and knows no site."""
    for name, table in tables_by_name().items():
        for one in table.constraints:
            if isinstance(one, PrimaryKeyConstraint | UniqueConstraint):
                assert next(iter(one.columns)).name == "site", (name, one.name)
            if isinstance(one, ForeignKeyConstraint):
                first = one.elements[0]
                assert (first.parent.name, first.column.name) == ("site", "site"), (name, one.name)
        for index in table.indexes:
            assert isinstance(index, Index)
            assert next(iter(index.columns)).name == "site", (name, index.name)


_HERE = "n.nspname = current_schema()"
_KEYS = f"""
    SELECT c.relname, k.conname, k.contype,
        (SELECT attname FROM pg_attribute WHERE attrelid = k.conrelid AND attnum = k.conkey[1]),
        (SELECT attname FROM pg_attribute WHERE attrelid = k.confrelid AND attnum = k.confkey[1]), k.condeferrable, k.confdeltype
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE {_HERE} AND k.contype IN ('p', 'u', 'f', 'x')"""
_INDEXES = f"""
    SELECT c.relname, a.attname, m.amname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am m ON m.oid = c.relam
    LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
    WHERE {_HERE} AND t.relname <> 'alembic_version'"""
_SEQUENCES = f"""
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_HERE} AND c.relkind = 'S'"""
_MADE_VALUES = f"""
    SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE {_HERE} AND c.relkind = 'r' AND a.attnum > 0 AND (a.attidentity <> '' OR a.attgenerated <> '' OR a.atthasdef)"""
_TYPES = f"""
    SELECT DISTINCT format_type(a.atttypid, a.atttypmod) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_HERE} AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"""
_TRIGGERS = f"""
    SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT t.tgisinternal AND {_HERE}"""


@pytest.mark.postgres
def test_the_database_itself_has_no_other_keys_and_nothing_that_others_lack(postgres_url: str) -> None:
    create_store(postgres_url).close()
    with psycopg.connect(postgres_url) as connection:

        def ask(statement: str) -> list[tuple[object, ...]]:
            return connection.execute(statement).fetchall()

        keys = [row for row in ask(_KEYS) if row[0] != "alembic_version"]
        assert {row[0] for row in keys} >= set(tables_by_name())
        for table, name, kind, own, other, deferrable, on_delete in keys:
            assert kind != "x", (table, name, "EXCLUDE is known to PostgreSQL alone")
            assert own == "site", (table, name)
            assert other in (None, "site"), (table, name)
            assert not deferrable, (table, name)
            assert on_delete in (" ", "a"), (table, name)
        for index, first, method in ask(_INDEXES):
            assert (first, method) == ("site", "btree"), index
        assert ask(_SEQUENCES) == []
        assert ask(_MADE_VALUES) == []
        assert {row[0] for row in ask(_TYPES)} <= {"text", "bigint", "integer", "double precision", "bytea"}
        assert [row[0] for row in ask("SELECT extname FROM pg_extension")] == ["plpgsql"]
        # What the help page says of them is said of these.
        assert {row[0] for row in ask(_TRIGGERS)} == set(POSTGRES_GUARDS)


@pytest.mark.postgres
def test_no_second_owner_without_any_trigger(postgres_url: str) -> None:
    """Where an engine runs no triggers the key alone must refuse a double booking."""
    create_store(postgres_url).close()
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        for (name,) in connection.execute(_TRIGGERS).fetchall():
            table = name.partition("_")[0]
            connection.execute(f"DROP TRIGGER {name} ON {table}")
        insert = "INSERT INTO occupancy (site, resource, day, tick, entry) VALUES ('LPP', 'D01', '2026-11-25', 108, %s)"
        connection.execute(insert, ("one",))
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute(insert, ("two",))


# Two servers.


@dataclass(frozen=True)
class Place:
    """One site of one server."""

    url: str
    site: str

    def desk(self, login: str = "agent1") -> Desk:
        return open_desk(self.url, login, NOW, site=self.site)


@pytest.fixture(scope="module")
def places(postgres_server: Server) -> Iterator[list[Place]]:
    """Two servers, each with the same two sites: the same codes of logins, diaries and claimants, but not the same names."""
    binaries = find_binaries()
    assert binaries is not None
    with running_server(binaries) as second:
        found = []
        for number, server in enumerate((postgres_server, second)):
            url = server.create_database("two_sites")
            store = create_store(url)
            for site in SITES:

                def work(unit: Unit, site: str = site, mark: str = f"{site}{number}") -> None:
                    fill_site(unit, site)
                    unit.run("DELETE FROM client_word WHERE site = ?", site)
                    unit.run("DELETE FROM client WHERE site = ?", site)
                    clients.insert_many(unit, site, [replace(one, name=f"{one.name} of {mark}") for one in CLIENTS])

                store.write(work)
                found.append(Place(url, site))
            store.close()
        yield found
        postgres_server.drop_database("two_sites")


def _rows(desk: Desk, statement: str) -> list[tuple[object, ...]]:
    with desk.store.read() as unit:
        return [tuple(row) for row in unit.rows(statement, desk.site)]


@pytest.mark.postgres
def test_nothing_reaches_from_one_site_or_server_to_another(places: list[Place]) -> None:
    desks = [place.desk() for place in places]
    feeds = [Feed(desk.store, desk.site) for desk in desks]
    try:
        for feed in feeds:
            feed.start_at_head()
        # The same start of the same diary for the same claimant, under the same id: four times, once in each.
        made = [booking.book(desk, WISH, id="the same id") for desk in desks]
        for one in made:
            assert isinstance(one, Booked)
            assert (one.entry.id, one.repeated, one.seq) == ("the same id", False, 1)
        for desk in desks:
            assert isinstance(booking.book(desk, WISH), Refused)  # the key refuses within a site
        # Each feed tells of its own line only.
        assert [[event.verb for event in feed.poll()] for feed in feeds] == [["booked"]] * 4
        # What one does, no other hears of, and none of them changes.
        before = [_rows(desk, "SELECT * FROM entry WHERE site = ? ORDER BY id") for desk in desks]
        moved = changes.move(desks[0], "the same id", DAY, TEN, "D02")
        assert isinstance(moved, Booked)
        assert [len(feed.poll()) for feed in feeds] == [1, 0, 0, 0]
        after = [_rows(desk, "SELECT * FROM entry WHERE site = ? ORDER BY id") for desk in desks]
        assert [one == other for one, other in zip(before, after, strict=True)] == [False, True, True, True]
        # Undo takes back one's own last act here, not one of the same login elsewhere.
        undone = changes.undo(desks[1])
        assert isinstance(undone, Booked)
        assert [_rows(desk, "SELECT status, start_tick FROM entry WHERE site = ?")[0] for desk in desks] == [
            ("booked", TEN),
            ("undone", NINE),
            ("booked", NINE),
            ("booked", NINE),
        ]
        # Names stay where they are.
        for desk, place, number in zip(desks, places, (0, 0, 1, 1), strict=True):
            found = find_clients(desk, "C000001", 5).items
            assert [one.name for one in found] == [f"Sana Khan 1 of {place.site}{number}"]
        # A claimant, an entry or a ticket of another site is none of ours.
        with pytest.raises(psycopg.errors.ForeignKeyViolation), psycopg.connect(places[0].url) as connection:
            connection.execute("UPDATE entry SET client = 'C999999' WHERE site = 'LPP'")
        for desk in desks:
            diagnosis = examine(desk)
            assert [one for one in diagnosis.findings if one.severity == "error"] == []
            assert all(not one.violations for one in diagnosis.invariants.values()), diagnosis.invariants
        assert [desk.store.name for desk in desks[:2]] != [desk.store.name for desk in desks[2:]]
    finally:
        for feed in feeds:
            feed.close()
        for desk in desks:
            desk.store.close()
