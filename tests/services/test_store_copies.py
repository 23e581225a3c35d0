"""A copy of a store is the store: every table, row by row, the log with its hashes, behind guards that hold."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from agent_tui.domain.requests import Refused
from agent_tui.services.store_copies import StoreCopy, copy_store, examine_sites
from agent_tui.store import copying
from agent_tui.store.engine import is_url, migration_engine, write_engine
from agent_tui.store.migrations.facts import table_names
from agent_tui.store.migrations.runner import differences_from_fresh
from agent_tui.store.opening import create_store
from agent_tui.store.tables import tables_by_name
from agent_tui.store.trouble import StoreTrouble
from tests.postgres_server import Server
from tests.small_site import SITE, fill_site
from tests.store.filling import ROWS, contents, fill_every_table
from tests.store.history import make_history
from tests.store.test_migrations import assert_guarded, seen

OTHER = "LDS"
BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store in a file, on which every act but a lapse has been done; no test changes it."""
    location = str(tmp_path_factory.mktemp("original") / "store.db")
    make_history(location, lapse=False)
    change(
        location, f"INSERT INTO access (site, id, at, who, client, why) VALUES ('{SITE}', 'a1', 1, 'agent1', 'C000001', 'call')"
    )
    return location


@pytest.fixture(params=BOTH)
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A path at which there is nothing, or an empty database."""
    return str(tmp_path / "copy.db") if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))


def copied(answer: StoreCopy | Refused) -> StoreCopy:
    assert isinstance(answer, StoreCopy), answer
    return answer


def refused(answer: StoreCopy | Refused) -> str:
    assert isinstance(answer, Refused), answer
    return answer.reason


def tables(location: str) -> list[str]:
    found: list[str] = seen(location, table_names)
    return found


def nothing_at(location: str) -> bool:
    """Return whether a target is as the fixture made it: no table, or no file and no leftover beside it."""
    if is_url(location):
        return tables(location) == []
    return list(Path(location).parent.glob(f"*{Path(location).name}*")) == []


def change(location: str, *statements: str) -> None:
    """Commit statements past the foreign keys."""
    engine = migration_engine(location)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def test_there_and_back(original: str, target: str, tmp_path: Path) -> None:
    there = copied(copy_store(original, target, "admin1"))
    assert there.tables.keys() == tables_by_name().keys()
    assert there.tables["event"].rows > 10
    assert seen(target, contents) == seen(original, contents)
    assert seen(target, differences_from_fresh) == []
    seen(target, assert_guarded)
    (found,) = examine_sites(target, there.heads)
    assert not found.has_errors
    assert (found.seq, found.hash) == (there.heads[0].seq, there.heads[0].hash)
    back = copied(copy_store(target, str(tmp_path / "back.db"), "admin1"))
    assert back.tables == there.tables
    assert seen(back.location, contents) == seen(original, contents)


def test_every_table_is_copied_whatever_it_is(target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "refuse_broken", lambda *_: None)  # the rows are no story that the sweep could follow
    location = str(tmp_path / "filled.db")
    create_store(location).close()
    engine = migration_engine(location)
    with engine.begin() as connection:
        fill_every_table(connection)
        connection.exec_driver_sql("DELETE FROM improvement")  # which have staff for owners
        connection.exec_driver_sql("DELETE FROM staff")
    engine.dispose()
    done = copied(copy_store(location, target, "anybody"))
    emptied = ("staff", "improvement")
    assert {name: one.rows for name, one in done.tables.items() if name not in emptied} == {
        name: ROWS for name in tables_by_name() if name not in emptied
    }
    assert seen(target, contents) == seen(location, contents)


@pytest.fixture
def two_sites(target: str) -> str:
    """A store that holds another site."""
    store = create_store(target)
    store.write(lambda unit: fill_site(unit, OTHER))
    store.close()
    return target


def test_a_site_joins_others_and_is_taken_out_alone(original: str, two_sites: str, tmp_path: Path) -> None:
    copied(copy_store(original, two_sites, "admin1", site=SITE))
    assert "already" in refused(copy_store(original, two_sites, "admin1"))
    alone = copied(copy_store(two_sites, str(tmp_path / "alone.db"), "admin1", site=SITE))
    assert seen(alone.location, contents) == seen(original, contents)
    both = copied(copy_store(two_sites, str(tmp_path / "both.db"), "admin1"))
    assert [one.site for one in both.heads] == [OTHER, SITE]
    assert seen(both.location, contents) == seen(two_sites, contents)
    assert "no site NOWHERE" in refused(copy_store(original, str(tmp_path / "none.db"), "admin1", site="NOWHERE"))
    assert "there.db" not in str(list(tmp_path.iterdir()))


def test_only_an_administrator_of_each_site_may(original: str, tmp_path: Path) -> None:
    target = str(tmp_path / "copy.db")
    for login in ("agent1", "super1", "stranger"):
        assert "administrator" in refused(copy_store(original, target, login))
    assert nothing_at(target)


SPOILERS = {
    "sqlite": "CREATE TRIGGER spoil AFTER INSERT ON note BEGIN UPDATE note SET body = 'x' WHERE id = NEW.id; END",
    "postgresql": """
        CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.body := ''x''; RETURN NEW; END';
        CREATE TRIGGER spoil BEFORE INSERT ON note FOR EACH ROW EXECUTE FUNCTION spoil()""",
}


@pytest.fixture
def noted(original: str, tmp_path: Path) -> str:
    """The store with a note."""
    location = copied(copy_store(original, str(tmp_path / "noted" / "store.db"), "admin1")).location
    change(
        location,
        "INSERT INTO note (site, id, kind, entry, body, made_by, made_at)"
        " SELECT site, 'n1', 'note', id, 'as written', 'agent1', 1 FROM entry LIMIT 1",
    )
    return location


def test_a_row_that_differs_is_found_and_all_of_it_goes_back(noted: str, two_sites: str) -> None:
    change(two_sites, SPOILERS["postgresql" if is_url(two_sites) else "sqlite"])
    before = seen(two_sites, contents)
    with pytest.raises(StoreTrouble, match="table note is not the same"):
        copy_store(noted, two_sites, "admin1")
    assert seen(two_sites, contents) == before


def test_a_store_that_breaks_its_promises_is_not_copied(noted: str, target: str) -> None:
    change(noted, "UPDATE site_head SET seq = seq + 1")
    with pytest.raises(StoreTrouble, match=r"I4 is broken.*agent-tui doctor"):
        copy_store(noted, target, "admin1")
    assert nothing_at(target)


@pytest.mark.parametrize("moment", ["Copying", "Comparing", "Sweeping"])
def test_an_interrupt_leaves_nothing(moment: str, original: str, target: str) -> None:
    def stop(what: str, done: int, _total: int) -> None:
        if what == moment and done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_store(original, target, "admin1", progress=stop)
    assert nothing_at(target)


@pytest.mark.postgres
def test_what_postgresql_does_not_take_is_named_without_its_words(noted: str, postgres_url: str) -> None:
    change(noted, "UPDATE note SET body = 'secret' || char(0)")
    with pytest.raises(StoreTrouble, match="row of note") as met:
        copy_store(noted, postgres_url, "admin1")
    assert "secret" not in str(met.value)
    assert nothing_at(postgres_url)


@pytest.fixture
def hidden(original: str, postgres_server: Server, postgres_url: str) -> Iterator[str]:
    """The URL of a login from which the database hides rows."""
    copied(copy_store(original, postgres_url, "admin1"))
    change(
        postgres_url,
        "CREATE ROLE half LOGIN",
        "GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO half",
        "ALTER TABLE event ENABLE ROW LEVEL SECURITY",
    )
    yield postgres_url.replace("postgresql://postgres@", "postgresql://half@")
    change(postgres_url, "DROP OWNED BY half", "DROP ROLE half")


@pytest.mark.postgres
def test_a_login_that_sees_not_all_rows_copies_none(hidden: str, original: str, tmp_path: Path) -> None:
    assert "owns its tables" in refused(copy_store(hidden, str(tmp_path / "copy.db"), "admin1"))
    assert "owns its tables" in refused(copy_store(original, hidden, "admin1"))
    assert nothing_at(str(tmp_path / "copy.db"))


def test_a_target_that_is_no_store_stays_as_it_is(original: str, tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG" + bytes(200))
    with pytest.raises(StoreTrouble, match="not a store"):
        copy_store(original, str(picture), "admin1")
    assert picture.read_bytes() == b"\x89PNG" + bytes(200)
    assert "has the site" in refused(copy_store(original, original, "admin1"))


def test_the_copy_sees_one_state_while_others_write(original: str, tmp_path: Path) -> None:
    source = copied(copy_store(original, str(tmp_path / "source.db"), "admin1")).location
    before = seen(source, contents)
    engine = write_engine(source)

    def write(what: str, done: int, _total: int) -> None:
        if what == "Copying" and done == 0:
            with engine.begin() as connection:
                connection.exec_driver_sql("UPDATE client SET name = 'somebody else'")

    done = copied(copy_store(source, str(tmp_path / "copy.db"), "admin1", progress=write))
    engine.dispose()
    assert seen(done.location, contents) == before
    assert seen(source, contents) != before


def test_rows_come_in_the_order_of_their_bytes_whatever_the_locale(target: str) -> None:
    names = ["b", "B", "a", "A", "é", "Z", "_"]
    create_store(target).close()
    change(target, *(f"INSERT INTO counter (site, name, value) VALUES ('{SITE}', '{name}', 1)" for name in names))

    def read(connection: Connection) -> list[str]:
        return [str(row[1]) for row in copying._rows(connection, tables_by_name()["counter"], [SITE])]

    assert seen(target, read) == sorted(names, key=str.encode)
