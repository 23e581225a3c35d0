"""A store of every past version becomes one of this version without losing a row, a rule or a guard."""

import subprocess
import sys
import textwrap
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, exc

from agent_tui.domain.clients import index_words
from agent_tui.domain.requests import Booked, Wish
from agent_tui.services import booking
from agent_tui.store import client_index, opening, schema
from agent_tui.store.backup import backup
from agent_tui.store.driver import dbapi
from agent_tui.store.engine import is_url, migration_engine, write_engine
from agent_tui.store.feed import Feed
from agent_tui.store.guards import POSTGRES_GUARDS, SQLITE_GUARDS, create_guards, missing_guards
from agent_tui.store.migrations import runner
from agent_tui.store.migrations.facts import describe, row_counts
from agent_tui.store.opening import create_store, open_store
from agent_tui.store.schema import HEAD
from agent_tui.store.trouble import StoreIsNewer, StoreIsOlder, StoreTrouble
from agent_tui.store.unit_of_work import Unit
from tests.small_site import DAY, NINE, desk, make_site
from tests.store.filling import ROWS, contents, fill_every_table


def build(location: str, revision: str, fill: Callable[[Connection], None] | None = fill_every_table) -> None:
    """Make a store with the schema of a revision and fill it."""
    if not is_url(location):
        Path(location).parent.mkdir(mode=0o700, exist_ok=True)
    engine = migration_engine(location)
    with engine.begin() as connection:
        runner.build_at(connection, revision)
        if fill is not None:
            fill(connection)
    engine.dispose()


def seen(location: str, look: Callable[[Connection], Any]) -> Any:
    engine = write_engine(location)
    with engine.connect() as connection:
        found = look(connection)
    engine.dispose()
    return found


def backups(location: str) -> list[Path]:
    return sorted(Path(location).parent.glob("*.bak"))


def assert_guarded(connection: Connection) -> None:
    """Every guard is there, and the log and the ticks refuse a change."""
    assert missing_guards(connection) == []
    for statement in (
        "UPDATE event SET who = 'x'",
        "DELETE FROM event",
        "UPDATE occupancy SET entry = 'x'",
        "UPDATE access SET why = 'x'",
    ):
        with pytest.raises(exc.DBAPIError, match=r"append-only|change hands"):
            connection.exec_driver_sql(statement)
        connection.rollback()


@pytest.mark.parametrize("revision", schema.REVISIONS)
def test_a_filled_store_of_every_version_becomes_one_of_this_version(revision: str, location: str) -> None:
    build(location, revision)
    counts = seen(location, row_counts)
    before = seen(location, contents)
    # Made anew from the claimants' rows, which a test of its own looks at.
    before.pop("client_word", None), counts.pop("client_word", None)
    assert set(counts.values()) == {1, ROWS}
    assert runner.migrate(location) == schema.HEAD
    assert seen(location, runner.differences_from_fresh) == []
    after = seen(location, row_counts)
    assert {name: after[name] for name in counts} == counts
    migrated = seen(location, contents)
    for table, rows in before.items():
        for old, new in zip(rows, migrated[table], strict=True):
            assert {name: new[name] for name in old if name in new} == {name: old[name] for name in old if name in new}
    seen(location, assert_guarded)
    assert open_version(location) == schema.HEAD


@pytest.mark.parametrize("revision", ["0011", schema.HEAD])
def test_the_index_of_claimants_is_what_their_rows_say_after_a_migration(revision: str, location: str) -> None:
    build(location, revision)
    if revision == schema.HEAD:
        assert seen(location, client_index.wrong_entries)[1]
    runner.migrate(location)
    assert seen(location, client_index.wrong_entries) == ([], [])
    words = {(row["kind"], row["word"]) for row in seen(location, contents)["client_word"] if row["client"] == "client 1 é"}
    assert words == index_words("name_key 1 é", "phone_key 1 é", "reference_key 1 é")
    assert ("word", "key") in words


def open_version(location: str) -> str | None:
    store = open_store(location)
    version = opening.schema_version(store.read_engine)
    store.close()
    return version


def test_flags_that_an_earlier_version_closed_were_mended(location: str) -> None:
    build(location, "0004")
    before = {row["id"]: row["status"] for row in seen(location, contents)["flag"]}
    assert set(before.values()) == {"open", "closed"}
    runner.migrate(location)
    after = {row["id"]: (row["status"], row["resolution"]) for row in seen(location, contents)["flag"]}
    assert after == {id: (status, "mended" if status == "closed" else None) for id, status in before.items()}


def test_the_migrations_build_what_build_schema_builds(location: str) -> None:
    build(location, schema.HEAD, None)
    assert seen(location, runner.differences_from_fresh) == []


def test_the_revisions_are_one_line_that_ends_at_the_head() -> None:
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(runner.VERSIONS.parent), version_locations=[str(runner.VERSIONS)])
    assert tuple(one.revision for one in reversed(list(script.walk_revisions()))) == schema.REVISIONS
    assert script.get_current_head() == schema.HEAD


SPOILERS = {
    "DROP INDEX ix_event_entry": "ix_event_entry",
    "CREATE INDEX more ON entry (site, diary)": "more",
    "ALTER TABLE entry ADD COLUMN more TEXT": "entry.more",
    "ALTER TABLE entry DROP COLUMN pair": "entry.pair",
    "DROP TABLE message_claim": "message_claim",
}
SQLITE_SPOILERS = {
    "CREATE TABLE more (id TEXT) STRICT": "table more",
    "CREATE TRIGGER more AFTER INSERT ON event BEGIN SELECT 1; END": "trigger more",
}
POSTGRES_SPOILERS = {
    "ALTER TABLE entry ALTER COLUMN diary DROP NOT NULL": "entry.diary",
    "ALTER TABLE entry ALTER COLUMN diary TYPE varchar(9)": "entry.diary",
    "ALTER TABLE entry DROP CONSTRAINT ck_entry_range": "ck_entry_range",
    "ALTER TABLE event DROP CONSTRAINT uq_event_request": "uq_event_request",
    "ALTER TABLE claim DROP CONSTRAINT fk_claim_entry": "fk_claim_entry",
    "ALTER TABLE occupancy DROP CONSTRAINT occupancy_pkey": "occupancy_pkey",
    "DROP TRIGGER event_no_change ON event": "event_no_change",
    "ALTER TABLE event DISABLE TRIGGER event_no_change": "event_no_change",
    "CREATE OR REPLACE FUNCTION agent_tui_no_loss() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'": "no_loss",
}


@pytest.mark.parametrize(
    ("engine", "statement"),
    [
        *(("sqlite", one) for one in (*SPOILERS, *SQLITE_SPOILERS)),
        *(pytest.param("postgresql", one, marks=pytest.mark.postgres) for one in (*SPOILERS, *POSTGRES_SPOILERS)),
    ],
)
def test_whatever_differs_is_named(engine: str, statement: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    location = str(tmp_path / "store.db") if engine == "sqlite" else request.getfixturevalue("postgres_url")
    create_store(location).close()

    def spoil(connection: Connection) -> None:
        connection.exec_driver_sql(statement)
        with pytest.raises(StoreTrouble) as trouble:
            runner.compare_with_fresh(connection)
        assert (SPOILERS | SQLITE_SPOILERS | POSTGRES_SPOILERS)[statement] in str(trouble.value)

    seen(location, spoil)


SQLITE_DDL = {
    "a check": ("CONSTRAINT ck_entry_range CHECK", "ck_entry_range"),
    "a check's name": ("CONSTRAINT ck_entry_range ", "check without a name"),
    "STRICT": (", STRICT", "table entry"),
    "a foreign key": (
        ", CONSTRAINT fk_entry_client FOREIGN KEY(site, client) REFERENCES client (site, client)",
        "client(site,client)",
    ),
    "NOT NULL": ("diary TEXT NOT NULL", "entry.diary"),
    "the primary key": ("PRIMARY KEY (site, id), ", "entry.kind"),
}


@pytest.mark.parametrize("what", SQLITE_DDL)
def test_whatever_a_rebuilt_table_lost_is_named(what: str, tmp_path: Path) -> None:
    location = str(tmp_path / "store.db")
    create_store(location).close()
    piece, named = SQLITE_DDL[what]

    def spoil(connection: Connection) -> None:
        sql = connection.exec_driver_sql("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = 'entry'").scalar_one()
        plain = " ".join(str(sql).split())
        assert piece in plain
        kept = {
            "a check": "CONSTRAINT ck_other CHECK",
            "NOT NULL": "diary TEXT",
            "the primary key": "PRIMARY KEY (site, id, kind), ",
        }.get(what, "")
        runner._drop_guards(connection)
        connection.exec_driver_sql("DROP TABLE entry")
        connection.exec_driver_sql(plain.replace(piece, kept))
        with pytest.raises(StoreTrouble):
            runner.compare_with_fresh(connection)
        assert any(named in one for one in runner.differences_from_fresh(connection))

    seen(location, spoil)


HEADER = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{below}"
branch_labels = None
depends_on = None


def upgrade() -> None:
"""
# What a next version might do: rebuild the table that the guards stand on, and the one that most others refer to.
GOOD = """
    with op.batch_alter_table("entry", table_kwargs={"sqlite_strict": True}) as batch:
        batch.add_column(sa.Column("colour", sa.Text(), nullable=True))
    with op.batch_alter_table(
        "claim", recreate="auto", table_kwargs={"sqlite_strict": True, "sqlite_with_rowid": False}
    ) as batch:
        batch.create_check_constraint("ck_claim_early", "start_tick < 288")
"""
LOSES_STRICT = """
    with op.batch_alter_table("entry", recreate="always", table_kwargs={"sqlite_strict": False}) as batch:
        batch.add_column(sa.Column("colour", sa.Text(), nullable=True))
    with op.batch_alter_table("claim", recreate="always") as batch:
        batch.create_check_constraint("ck_claim_early", "start_tick < 288")
"""
LOSES_ROWS = GOOD + '    op.execute("DELETE FROM message_claim")\n'
LEAVES_ORPHANS = GOOD + "    op.execute(\"UPDATE claim SET entry = 'nobody'\")\n"
FAILS = GOOD + '    op.execute("INSERT INTO nowhere VALUES (1)")\n'
NEXT = "next"


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a made-up revision after the head: what it does is given, what a fresh store of it has is GOOD's doing."""

    def install(body: str) -> None:
        folder = tmp_path / "versions"
        folder.mkdir()
        for file in runner.VERSIONS.glob("*.py"):
            (folder / file.name).write_text(file.read_text())
        lines = textwrap.dedent(HEADER).lstrip().format(revision=NEXT, below=schema.HEAD)
        (folder / "next.py").write_text(lines + body)
        build_now = opening.build_schema

        def build_next(connection: Connection) -> None:
            build_now(connection)
            connection.exec_driver_sql("ALTER TABLE entry ADD COLUMN colour TEXT")
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("ALTER TABLE claim ADD CONSTRAINT ck_claim_early CHECK (start_tick < 288)")
            else:
                sql = str(connection.exec_driver_sql("SELECT sql FROM sqlite_schema WHERE name = 'claim'").scalar_one())
                runner._drop_guards(connection)
                connection.exec_driver_sql("DROP TABLE claim")
                early = "CONSTRAINT ck_claim_early CHECK (start_tick < 288), CONSTRAINT ck_claim_range"
                connection.exec_driver_sql(sql.replace("CONSTRAINT ck_claim_range", early))
                connection.exec_driver_sql("CREATE INDEX ix_claim_entry ON claim (site, entry)")
                create_guards(connection)

        monkeypatch.setattr(runner, "VERSIONS", folder)
        for module in (runner, opening):
            monkeypatch.setattr(module, "REVISIONS", (*schema.REVISIONS, NEXT))
            monkeypatch.setattr(module, "HEAD", NEXT)
        monkeypatch.setattr(opening, "build_schema", build_next)

    return install


def test_a_next_revision_that_rebuilds_guarded_tables_loses_nothing(location: str, next_version: Callable[[str], None]) -> None:
    build(location, schema.HEAD)
    before = seen(location, contents)
    next_version(GOOD)
    if is_url(location):
        with pytest.raises(StoreIsOlder, match="agent-tui migrate"):
            open_store(location)
        assert runner.migrate(location) == NEXT
    else:
        assert open_version(location) == NEXT
    after = seen(location, contents)
    assert [row.pop("colour") for row in after["entry"]] == [None] * ROWS
    for rows in (before, after):
        rows.pop("client_word")
    assert after == before
    seen(location, assert_guarded)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (LOSES_STRICT, "STRICT"),
        (LOSES_ROWS, "message_claim had 3 rows and has 0"),
        (LEAVES_ORPHANS, "claim"),
        (FAILS, "itself failed"),
    ],
    ids=["loses STRICT", "loses rows", "leaves orphans", "fails"],
)
def test_a_bad_migration_changes_nothing_and_the_backup_stands(
    body: str, said: str, tmp_path: Path, next_version: Callable[[str], None]
) -> None:
    location = str(tmp_path / "store" / "store.db")
    build(location, schema.HEAD)
    before, facts = seen(location, contents), seen(location, describe)
    next_version(body)
    with pytest.raises(StoreTrouble, match=said):
        open_store(location)
    assert seen(location, contents) == before
    assert seen(location, describe) == facts
    (kept,) = backups(location)
    assert kept.name == f"store.db.before-{schema.HEAD}-1.bak"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert seen(str(kept), contents) == before
    with pytest.raises(StoreTrouble):
        open_store(location)
    assert [path.name[-5] for path in backups(location)] == ["1", "2"]


@pytest.mark.postgres
@pytest.mark.parametrize("body", [LOSES_ROWS, FAILS], ids=["loses rows", "fails"])
def test_a_bad_migration_of_a_server_changes_nothing(body: str, postgres_url: str, next_version: Callable[[str], None]) -> None:
    build(postgres_url, schema.HEAD)
    before, facts = seen(postgres_url, contents), seen(postgres_url, describe)
    next_version(body)
    with pytest.raises(StoreTrouble):
        runner.migrate(postgres_url)
    assert seen(postgres_url, contents) == before
    assert seen(postgres_url, describe) == facts


def test_a_store_of_this_version_is_not_backed_up_and_gets_lost_guards_back(location: str) -> None:
    make_site(location)
    name = "occupancy_no_loss"

    def drop(connection: Connection) -> None:
        connection.exec_driver_sql(f"DROP TRIGGER {name}" + (" ON occupancy" if is_url(location) else ""))
        connection.commit()
        assert missing_guards(connection) == [name]

    seen(location, drop)
    assert runner.migrate(location) == schema.HEAD
    assert seen(location, missing_guards) == []
    assert is_url(location) or backups(location) == []


def test_a_newer_store_is_left_alone(location: str) -> None:
    make_site(location)

    def age(connection: Connection) -> None:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()

    seen(location, age)
    for act in (runner.migrate, open_store):
        with pytest.raises(StoreIsNewer, match="9999"):
            act(location)


def test_what_is_open_writes_nothing_once_a_newer_version_has_migrated_the_store(location: str) -> None:
    make_site(location)
    one = desk(location)
    feed = Feed(one.store, one.site)
    try:
        feed.poll()
        engine = migration_engine(location)
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        engine.dispose()
        for act in (feed.poll, feed.poll, lambda: booking.hold(one, Wish("FC-F2F", DAY, NINE, "D01"))):
            with pytest.raises(StoreIsNewer, match=r"newer version.*writes nothing more"):
                act()
        with one.store.read() as unit:
            assert unit.rows("SELECT id FROM entry") == []
            assert unit.rows("SELECT seq FROM event") == []
    finally:
        feed.close()
        one.store.close()


def test_what_is_open_says_that_a_store_without_a_version_is_damaged_and_goes_on_when_it_has_one(location: str) -> None:
    make_site(location)
    one = desk(location)
    feed = Feed(one.store, one.site)

    def now(statement: str) -> None:
        engine = migration_engine(location)
        with engine.begin() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()

    try:
        feed.poll()
        now("DELETE FROM alembic_version")
        for act in (feed.poll, feed.poll, lambda: booking.hold(one, Wish("FC-F2F", DAY, NINE, "D01"))):
            with pytest.raises(StoreTrouble, match="The store is damaged"):
                act()
        now(f"INSERT INTO alembic_version VALUES ('{HEAD}')")
        assert feed.poll() == []
        assert isinstance(booking.hold(one, Wish("FC-F2F", DAY, NINE, "D01")), Booked)
    finally:
        feed.close()
        one.store.close()


@pytest.mark.postgres
def test_a_migration_of_a_server_waits_for_whoever_writes(postgres_url: str) -> None:
    make_site(postgres_url)
    one = desk(postgres_url)
    engine = migration_engine(postgres_url)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("SET lock_timeout = 100")

            def meanwhile(_unit: Unit) -> None:
                with pytest.raises(exc.DBAPIError, match="lock timeout"):
                    runner.take_for_migration(connection)

            one.store.write(meanwhile)
    finally:
        engine.dispose()
        one.store.close()


@pytest.mark.postgres
def test_others_tables_in_the_same_database_are_theirs(postgres_url: str) -> None:
    make_site(postgres_url)

    def add(connection: Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE theirs (id integer)")
        connection.commit()

    seen(postgres_url, add)
    assert runner.migrate(postgres_url) == schema.HEAD


def test_one_process_migrates_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, next_version: Callable[[str], None]
) -> None:
    location = str(tmp_path / "store" / "store.db")
    build(location, schema.HEAD)
    next_version(GOOD)
    lock = tmp_path / "store" / "store.db.migrating"
    script = (
        "import sys\nfrom pathlib import Path\nfrom agent_tui.store.migrations.runner import _file_lock\n"
        "with _file_lock(Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        monkeypatch.setattr(runner, "LOCK_SECONDS", 0.2)
        with pytest.raises(StoreTrouble, match="Another process"):
            open_store(location)
        assert backups(location) == []
        other.communicate()
    assert open_version(location) == NEXT


def test_the_guards_of_both_engines_are_part_of_what_is_compared(location: str) -> None:
    make_site(location)
    known = POSTGRES_GUARDS if is_url(location) else SQLITE_GUARDS
    sentences = [fact for _, fact in seen(location, describe)]
    assert all(any(fact.startswith("trigger") and name in fact for fact in sentences) for name in known)


def test_a_backup_is_whole_private_and_one_file(tmp_path: Path) -> None:
    location, target = str(tmp_path / "store.db"), tmp_path / "copies.bak"
    make_site(location)
    before = seen(location, contents)
    store = open_store(location)
    with closing(dbapi.connect(location)) as writer:
        # What another has not committed is not in the copy, and does not keep it from being made.
        writer.execute("DELETE FROM closure")
        assert backup(location, target) == target
    store.close()
    assert sorted(path.name for path in tmp_path.glob("copies*")) == ["copies.bak"]
    assert target.stat().st_mode & 0o777 == 0o600
    assert seen(str(target), contents) == before


def test_a_backup_never_overwrites_and_leaves_nothing_behind(tmp_path: Path) -> None:
    location, target = str(tmp_path / "store.db"), tmp_path / "copy.bak"
    make_site(location)
    target.write_text("mine")
    with pytest.raises(StoreTrouble, match="already"):
        backup(location, target)
    assert target.read_text() == "mine"
    with pytest.raises(StoreTrouble, match="No backup can be written"):
        backup(location, tmp_path / "nowhere" / "copy.bak")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG" * 1000)
    with pytest.raises(StoreTrouble):
        backup(str(tmp_path / "picture.png"), tmp_path / "other.bak")
    assert not (tmp_path / "other.bak").exists()
    with pytest.raises(StoreTrouble, match="pg_dump"):
        backup("postgresql://nobody@127.0.0.1:1/none", tmp_path / "other.bak")
