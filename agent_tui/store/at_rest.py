"""Files of stores that nobody has open, looked at without changing a byte."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, NullPool, create_engine, exc

from agent_tui.domain.log import SiteHead
from agent_tui.store import guards
from agent_tui.store.driver import dbapi
from agent_tui.store.migrations.runner import differences_from_fresh
from agent_tui.store.schema import HEAD, REVISIONS, VERSION_QUERY
from agent_tui.store.sweep import sweep
from agent_tui.store.trouble import StoreIsNewer, StoreTrouble, shown, trouble

SHOWN = 3


def as_one_file(path: Path) -> None:
    """Write a store's WAL into its file, which can be moved about from then on; nobody else may have it open."""
    try:
        connection = dbapi.connect(str(path))
        try:
            mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
        finally:
            connection.close()
    except dbapi.Error as error:
        raise trouble(error) from error
    if mode != "delete":
        raise StoreTrouble(f"Another program has {shown(path)} open.")


@contextmanager
def looked_at(path: Path) -> Iterator[Connection]:
    """Yield a connection that only reads a store of one file; it takes no lock, so nobody may be writing there."""
    place = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    engine = create_engine("sqlite://", creator=lambda: dbapi.connect(place, uri=True), module=dbapi, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            yield connection
    except exc.DBAPIError as error:
        raise trouble(error) from error
    finally:
        engine.dispose()


def version_at(path: Path, name: str) -> str:
    """Return the schema version of a store of one file; one that this program does not know raises StoreIsNewer."""
    with looked_at(path) as connection:
        tables = {str(row[0]) for row in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not {"alembic_version", "site_head"} <= tables:
            raise StoreTrouble(f"{name} is not a store of agent-tui.")
        row = connection.exec_driver_sql(VERSION_QUERY).fetchone()
    version = "" if row is None else str(row[0])
    if version not in REVISIONS:
        raise StoreIsNewer(f"{name} was written by a newer version (schema {shown(version)}); update agent-tui to use it.")
    return version


def check_pages(path: Path, name: str) -> None:
    """Raise StoreTrouble when SQLite finds a damaged page, a wrong index or a row that refers to nothing."""
    with looked_at(path) as connection:
        found = [str(row[0]) for row in connection.exec_driver_sql(f"PRAGMA integrity_check({SHOWN})") if row[0] != "ok"]
        found += sorted({f"{row[0]} refers to nothing" for row in connection.exec_driver_sql("PRAGMA foreign_key_check")})
    if found:
        raise StoreTrouble(f"{name} is damaged: {shown('; '.join(found[:SHOWN]))}.")


def check(path: Path, name: str) -> tuple[SiteHead, ...]:
    """Return the heads of a store of one file once all of it was found sound: pages, schema, guards, chain, invariants.

    Whatever is wrong raises StoreTrouble, with `name` for the file.
    """
    check_pages(path, name)
    version = version_at(path, name)
    if version != HEAD:
        raise StoreTrouble(f"{name} has the older schema {version}.")
    with looked_at(path) as connection:
        missing = guards.missing_guards(connection)
        differences = differences_from_fresh(connection)
        if missing or differences:
            said = ", ".join(missing) if missing else "; ".join(differences[:SHOWN])
            raise StoreTrouble(f"The schema of {name} is not this version's: {shown(said)}.")
        heads = heads_of(connection)
        refuse_broken(connection, [one.site for one in heads], name)
    return heads


def heads_of(connection: Connection) -> tuple[SiteHead, ...]:
    """Return the last line of the log of each site that a connection sees."""
    statement = "SELECT s.site, h.seq, h.hash FROM site s LEFT JOIN site_head h ON h.site = s.site ORDER BY s.site"
    return tuple(SiteHead(str(row[0]), int(row[1] or 0), str(row[2] or "")) for row in connection.exec_driver_sql(statement))


def refuse_broken(connection: Connection, sites: list[str], name: str) -> None:
    """Raise StoreTrouble when the independent sweep finds a broken promise in one of some sites."""
    for site in sites:
        for invariant, result in sweep(connection, site).items():
            if result.violations:
                told = f"{invariant} is broken {result.violations} times, first: {result.examples[0]}"
                raise StoreTrouble(f"{name} is not sound at {shown(site)}: {shown(told)}. Run agent-tui doctor there.")
