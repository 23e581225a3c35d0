"""Copying the rows of sites from one store into another, and comparing what was read with what the other one then holds.

The tables are those of the schema, whatever they are: none is named here. The log comes as it is, with its hashes, past
guards that stay on, since they refuse changes and not first lines.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, Text, collate, exc, func, select

from agent_tui.store.at_rest import refuse_broken
from agent_tui.store.engine import migration_engine, take_its_time, write_engine
from agent_tui.store.migrations.runner import settle
from agent_tui.store.opening import build_schema
from agent_tui.store.tables import tables_by_name
from agent_tui.store.trouble import StoreTrouble, shown, trouble
from agent_tui.store.unit_of_work import Store

BATCH = 2_000
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows of a table there are, and the SHA-256 of all of them in the order of their key."""

    rows: int
    digest: str


@contextmanager
def reading(store: Store) -> Iterator[Connection]:
    """Yield a connection that sees one consistent state of a store for as long as a copy takes."""
    try:
        with store.read_engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                take_its_time(connection)
            yield connection
    except exc.DBAPIError as error:
        raise trouble(error) from error


@contextmanager
def writing(location: str, *, new_schema: bool) -> Iterator[Connection]:
    """Yield a connection whose one transaction is committed at the end, or leaves nothing; it makes the schema if asked."""
    engine = migration_engine(location) if new_schema else write_engine(location)
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                settle(connection)
            if new_schema:
                build_schema(connection)
            yield connection
    except exc.DBAPIError as error:
        raise trouble(error) from error
    finally:
        engine.dispose()


def sees_all_rows(connection: Connection) -> bool:
    """Return whether no row-level security hides rows from who reads."""
    if connection.dialect.name == "sqlite":
        return True
    return not connection.exec_driver_sql("SELECT row_security_active('event')").scalar_one()


def copy_rows(
    source: Connection, target: Connection, sites: Sequence[str], name: str, progress: Progress | None = None
) -> dict[str, Counted]:
    """Copy all rows of sites inside two open transactions and return what each table has, once it is sure.

    The target is read back, table by table in the order of each key, and swept. A difference, a row that it does not take and
    a broken promise raise StoreTrouble with `name` for the copy, and the caller rolls back.
    """
    tell = progress or (lambda _what, _done, _total: None)
    tables = list(tables_by_name().values())
    total = sum(_count(source, table, sites) for table in tables)
    copied: dict[str, Counted] = {}
    done = 0
    for table in tables:
        copied[table.name] = _load(source, target, table, sites, _from(tell, "Copying", done, total))
        done += copied[table.name].rows
    done = 0
    for table in tables:
        back = _digest(table, _rows(target, table, sites), _from(tell, "Comparing", done, total))
        if back != copied[table.name]:
            counted = f"{copied[table.name].rows} rows were read and {back.rows} are there"
            raise StoreTrouble(f"The copy of the table {table.name} is not the same ({counted}); nothing was copied.")
        done += back.rows
    tell("Comparing", total, total)
    for number, site in enumerate(sites):
        tell("Sweeping", number, len(sites))
        refuse_broken(target, [site], name)
    tell("Sweeping", len(sites), len(sites))
    return copied


def _from(tell: Progress, what: str, done: int, total: int) -> Callable[[int], None]:
    """Return what tells of rows that come after `done` others."""
    return lambda more: tell(what, done + more, total)


def _count(connection: Connection, table: Table, sites: Sequence[str]) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(table.c.site.in_(sites))).scalar_one())


def _rows(connection: Connection, table: Table, sites: Sequence[str]) -> Iterator[Sequence[Any]]:
    """Yield rows in the order of their key, byte by byte, which no locale of a server changes; a batch at a time."""
    by_byte = connection.dialect.name == "postgresql"
    keys = [collate(column, "C") if by_byte and isinstance(column.type, Text) else column for column in table.primary_key]
    statement = select(*table.columns).where(table.c.site.in_(sites)).order_by(*keys)
    with connection.execute(statement, execution_options={"yield_per": BATCH}) as result:
        yield from result


def _digest(table: Table, rows: Iterator[Sequence[Any]], tell: Callable[[int], None]) -> Counted:
    digest, count = hashlib.sha256(), 0
    for row in _told(rows, tell):
        digest.update(_line(row))
        count += 1
    return Counted(count, digest.hexdigest())


def _told(rows: Iterator[Sequence[Any]], tell: Callable[[int], None]) -> Iterator[Sequence[Any]]:
    for number, row in enumerate(rows):
        if number % BATCH == 0:
            tell(number)
        yield row


def _line(row: Sequence[Any]) -> bytes:
    return json.dumps(list(row), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"


def _load(source: Connection, target: Connection, table: Table, sites: Sequence[str], tell: Callable[[int], None]) -> Counted:
    """Insert a table's rows as they are read and return what was read."""
    digest, count = hashlib.sha256(), 0
    cursor = target.connection.cursor()

    def rows() -> Iterator[tuple[Any, ...]]:
        nonlocal count
        for row in _told(_rows(source, table, sites), tell):
            digest.update(_line(row))
            count += 1
            yield tuple(row)

    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    try:
        if target.dialect.name == "postgresql":
            with cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as stream:
                for row in rows():
                    stream.write_row(row)
        else:
            marks = ", ".join("?" * len(table.columns))
            insert: Any = cursor.executemany  # the driver takes an iterator, whatever SQLAlchemy's types say
            insert(f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})', rows())
    except _refusals(target) as error:
        # The driver's own words may hold data.
        kind = type(error).__name__
        raise StoreTrouble(f"The target does not take a row of {shown(table.name)} ({kind}); nothing was copied.") from error
    except _errors(target) as error:
        raise trouble(error) from error
    finally:
        cursor.close()
    return Counted(count, digest.hexdigest())


def _refusals(connection: Connection) -> tuple[type[Exception], ...]:
    driver: Any = connection.dialect.loaded_dbapi
    return (driver.IntegrityError, driver.DataError)


def _errors(connection: Connection) -> type[Exception]:
    driver: Any = connection.dialect.loaded_dbapi
    error: type[Exception] = driver.Error
    return error
