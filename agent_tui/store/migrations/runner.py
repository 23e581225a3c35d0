"""Bringing an older store up to this version: under a lock, after a backup, and compared with a fresh store before it counts."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, exc

from agent_tui.store import client_index, guards, opening
from agent_tui.store.alone import take
from agent_tui.store.backup import backup, next_name
from agent_tui.store.engine import is_url, migration_engine, take_its_time
from agent_tui.store.migrations.facts import describe, row_counts
from agent_tui.store.schema import HEAD, REVISIONS, VERSION_QUERY
from agent_tui.store.trouble import StoreIsNewer, StoreTrouble, shown, trouble

VERSIONS = Path(__file__).with_name("versions")
LOCK_SECONDS = 120
DIFFERENCES_SHOWN = 3
# Any number will do, as long as every agent-tui takes the same one.
_ADVISORY_LOCK = 0x6167656E7474
_VERSION_TABLE = (
    "CREATE TABLE alembic_version (version_num TEXT NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)


def migrate(location: str) -> str:
    """Bring a store up to this version and return the version it has then.

    A SQLite store is backed up beside itself first. A newer store raises StoreIsNewer. Whatever goes wrong, or differs from
    a fresh store at the end, raises StoreTrouble, and the store is as it was. A store that has this version only gets back
    the guards that it lost, and what the index of claimants lacks.
    """
    if is_url(location):
        return _migrate(location)
    path = opening.checked_path(location)
    with _file_lock(path.with_name(f"{path.name}.migrating")):
        old = _version_of(str(path))
        if old != HEAD:
            backup(str(path), next_name(path, f"before-{old}"))
        return _migrate(str(path))


def _version_of(location: str) -> str:
    """Return a store's version; one that we do not know raises StoreTrouble."""
    engine = migration_engine(location)
    try:
        version = opening.schema_version(engine)
    finally:
        engine.dispose()
    return _known(version, shown(location))


def _known(version: str | None, name: str) -> str:
    if version is None:
        raise StoreTrouble(f"{name} is not a store of agent-tui.")
    if version not in REVISIONS:
        raise StoreIsNewer(f"{name} was written by a newer version (schema {shown(version)}); update agent-tui to use it.")
    return version


def _migrate(location: str) -> str:
    engine = migration_engine(location)
    try:
        with engine.begin() as connection:
            settle(connection)
            old = _known(_version_in(connection), shown(location))
            take_for_migration(connection)
            before = row_counts(connection)
            if old != HEAD:
                _drop_guards(connection)
                _upgrade_or_say(connection)
            guards.create_guards(connection)
            compare_with_fresh(connection)
            _compare_rows(before, row_counts(connection))
            _check_references(connection)
            client_index.mend(connection)
    except exc.DBAPIError as error:
        raise trouble(error) from error
    finally:
        engine.dispose()
    return HEAD


def _upgrade_or_say(connection: Connection) -> None:
    try:
        upgrade(connection, HEAD)
    except exc.DBAPIError as error:
        kind = type(error.orig).__name__
        raise StoreTrouble(f"The migration to schema {HEAD} itself failed ({kind}), so nothing was changed.") from error


def settle(connection: Connection) -> None:
    """Wait for the lock of a migration and let it take its time; SQLite's own BEGIN IMMEDIATE and the file lock do that there."""
    take_its_time(connection)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_ADVISORY_LOCK,))


def take_for_migration(connection: Connection) -> None:
    """Wait for all who write on a server, who read the version first, and let those after them wait and meet the new one.

    On SQLite the write lock, which the transaction has, does that.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE")


def _version_in(connection: Connection) -> str | None:
    try:
        row = connection.exec_driver_sql(VERSION_QUERY).fetchone()
    except exc.DBAPIError as error:
        if "alembic_version" in str(error.orig):
            return None
        raise
    return None if row is None else str(row[0])


def upgrade(connection: Connection, target: str) -> None:
    """Run the migrations from what the connection's store has, nothing included, up to a revision, in its open transaction."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    if getattr(connection.dialect, "server_version_info", None) is None:
        # Reading tables back needs what SQLAlchemy learns on an engine's first connection, which a swapped pool skips.
        connection.dialect.initialize(connection)
    script = ScriptDirectory(str(VERSIONS.parent), version_locations=[str(VERSIONS)])

    def steps(current: object, _context: object) -> object:
        return script._upgrade_revs(target, current)  # type: ignore[arg-type]

    with EnvironmentContext(Config(), script, fn=steps, destination_rev=target) as environment:
        environment.configure(connection=connection, render_as_batch=True, transactional_ddl=True)
        environment.run_migrations()


def build_at(connection: Connection, revision: str) -> None:
    """Build an empty store by migrations up to a revision, with the guards of today: what the tests migrate from."""
    strict = " STRICT" if connection.dialect.name == "sqlite" else ""
    connection.exec_driver_sql(_VERSION_TABLE + strict)
    upgrade(connection, revision)
    guards.create_guards(connection)


def _drop_guards(connection: Connection) -> None:
    """Take every guard away, since a table that a trigger names cannot be rebuilt; they are made anew, in their newest form."""
    if connection.dialect.name == "sqlite":
        names = [str(row[0]) for row in connection.exec_driver_sql("SELECT name FROM sqlite_schema WHERE type = 'trigger'")]
        for name in names:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        return
    statement = (
        "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace"
        " AND p.proname LIKE 'agent\\_tui\\_%%'"
    )
    for name, table in [tuple(row) for row in connection.exec_driver_sql(statement)]:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}" ON "{table}"')


def differences_from_fresh(connection: Connection) -> list[str]:
    """Return what a store has that a fresh one of this version has not, and the other way round, as sentences.

    Tables of others in the same PostgreSQL schema are theirs.
    """
    has = describe(connection)
    with _fresh(connection) as other:
        should = describe(other)
    if connection.dialect.name == "postgresql":
        ours = {about for about, _ in should}
        has = {fact for fact in has if fact[0] in ours}
    return [f"missing: {fact}" for _, fact in sorted(should - has)] + [f"not ours: {fact}" for _, fact in sorted(has - should)]


def compare_with_fresh(connection: Connection) -> None:
    """Raise StoreTrouble when a store is not, table by table, what a fresh one of this version is."""
    differences = differences_from_fresh(connection)
    if differences:
        more = len(differences) - DIFFERENCES_SHOWN
        named = "; ".join(differences[:DIFFERENCES_SHOWN]) + (f"; and {more} more" if more > 0 else "")
        raise StoreTrouble(f"The store differs from a fresh one of schema {HEAD}, so nothing was changed: {shown(named)}.")


@contextmanager
def _fresh(connection: Connection) -> Iterator[Connection]:
    """Yield a connection that sees a store built by opening.build_schema and nothing else, and leave no trace of it."""
    if connection.dialect.name == "sqlite":
        with tempfile.TemporaryDirectory(prefix="agent_tui_") as folder:
            engine = migration_engine(str(Path(folder) / "fresh.db"))
            try:
                with engine.begin() as other:
                    opening.build_schema(other)
                    yield other
            finally:
                engine.dispose()
        return
    schema = f"agent_tui_fresh_{os.getpid()}_{time.monotonic_ns()}"
    # An engine of its own: a terminal's has one connection, and that is in use.
    engine = migration_engine(connection.engine.url.render_as_string(hide_password=False))
    try:
        with engine.connect() as other:
            try:
                other.exec_driver_sql(f"CREATE SCHEMA {schema}")
                other.exec_driver_sql(f"SET LOCAL search_path TO {schema}")
                opening.build_schema(other)
                _complete_guards(other)
                yield other
            finally:
                other.rollback()
    finally:
        engine.dispose()


def _complete_guards(connection: Connection) -> None:
    """Create the triggers that create_guards took for present, because another schema of the database has them."""
    statement = (
        "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE c.relnamespace = current_schema()::regnamespace"
    )
    present = {row[0] for row in connection.exec_driver_sql(statement)}
    for name, definition in guards.POSTGRES_GUARDS.items():
        if name not in present:
            connection.exec_driver_sql(definition)


def _compare_rows(before: dict[str, int], after: dict[str, int]) -> None:
    lost = [f"{name} had {count} rows and has {after[name]}" for name, count in before.items() if after.get(name, count) != count]
    if lost:
        raise StoreTrouble(f"The migration would have changed the number of rows, so nothing was changed: {'; '.join(lost)}.")


def _check_references(connection: Connection) -> None:
    """Refuse rows that refer to nothing: with foreign keys off, as they are here, SQLite would not."""
    if connection.dialect.name == "sqlite":
        tables = sorted({str(row[0]) for row in connection.exec_driver_sql("PRAGMA foreign_key_check")})
        if tables:
            raise StoreTrouble(
                f"The migration would leave rows that refer to nothing, in {', '.join(tables)}; nothing was changed."
            )


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    """Hold the lock of a file for the block; another process that holds it is waited for, LOCK_SECONDS at most."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreTrouble(f"The store cannot be locked for its migration: {error.strerror}.") from None
    try:
        deadline = time.monotonic() + LOCK_SECONDS
        while not take(handle):
            if time.monotonic() > deadline:
                raise StoreTrouble("Another process is migrating the store and does not end; nothing was changed.")
            time.sleep(0.1)
        yield
    finally:
        os.close(handle)
