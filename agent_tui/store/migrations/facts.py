"""What a schema is, as one set of sentences, so that two schemas are compared by what differs between them.

The order of columns is left out: a column that was added later stands last, and no statement of ours relies on it.
"""

import re
from collections.abc import Callable, Iterator

from sqlalchemy import Connection

from agent_tui.store.tables import tables_by_name

_NAMED = re.compile(r"CONSTRAINT\s+\"?(\w+)\"?\s+(PRIMARY KEY|UNIQUE|FOREIGN KEY)\s*(.*)", re.IGNORECASE)
_CHECK = re.compile(r"(?:CONSTRAINT\s+\"?(\w+)\"?\s+)?CHECK\s*\(", re.IGNORECASE)


Fact = tuple[str, str]


def describe(connection: Connection) -> set[Fact]:
    """Return tables, columns, keys, checks, indexes and triggers of the store that a connection sees.

    A fact is the table (or function) that it is about, and a sentence.
    """
    return set(_sqlite(connection) if connection.dialect.name == "sqlite" else _postgres(connection))


def _plain(sql: str | None) -> str:
    return " ".join((sql or "").replace('"', "").split())


def _sqlite(connection: Connection) -> Iterator[Fact]:
    def ask(statement: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in connection.exec_driver_sql(statement)]

    for name, kind, without_rowid, strict in ask("SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main'"):
        table = str(name)
        if not table.startswith("sqlite_"):
            yield table, f"table {table}: {kind}{' STRICT' if strict else ''}{' WITHOUT ROWID' if without_rowid else ''}"
            yield from ((table, fact) for fact in _sqlite_table(table, ask))
    for kind, name, table_, sql in ask("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL"):
        if kind == "table":
            yield from ((str(name), f"{fact} of {name}") for fact in _constraints(str(sql)))
        else:
            yield str(table_), f"{kind} {name}: {_plain(str(sql))}"


def _sqlite_table(table: str, ask: Callable[[str], list[tuple[object, ...]]]) -> Iterator[str]:
    for column, type_, not_null, default, key, hidden in ask(
        f"SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo('{table}')"
    ):
        rule = f"{type_}{' NOT NULL' if not_null else ''}{f' DEFAULT {default}' if default is not None else ''}"
        yield f"column {table}.{column}: {rule}, key {key}, hidden {hidden}"
    for target, source, to, changed, removed in ask(
        'SELECT "table", group_concat("from"), group_concat("to"), on_update, on_delete FROM'
        f" (SELECT * FROM pragma_foreign_key_list('{table}') ORDER BY id, seq) GROUP BY id"
    ):
        yield f"foreign key {table}({source}) to {target}({to}), {changed}, {removed}"
    for index, unique, origin, partial in ask(f"SELECT name, \"unique\", origin, partial FROM pragma_index_list('{table}')"):
        columns = ",".join(str(row[0]) for row in ask(f"SELECT name FROM pragma_index_info('{index}') ORDER BY seqno"))
        shown = index if origin == "c" else "by itself"
        yield f"index {table} {shown}({columns}): unique {unique}, {origin}, partial {partial}"


def _constraints(sql: str) -> Iterator[str]:
    """Yield the named keys and all checks of a CREATE TABLE statement, which no PRAGMA lists."""
    for line in sql.splitlines():
        for match in _NAMED.finditer(line):
            columns = _plain(match[3].partition(")")[0]).replace("( ", "(").replace(" ,", ",")
            yield f"constraint {match[1]} {match[2].upper()} {columns})"
    for match in _CHECK.finditer(sql):
        yield f"check {match[1] or 'without a name'}: {_plain(_to_closing(sql, match.end()))}"


def _to_closing(sql: str, start: int) -> str:
    """Return the text from `start` to the bracket that closes the one before it; brackets in quotes do not count."""
    depth, quoted = 1, False
    for position in range(start, len(sql)):
        char = sql[position]
        if char == "'":
            quoted = not quoted
        elif not quoted and char in "()":
            depth += 1 if char == "(" else -1
            if depth == 0:
                return sql[start:position]
    return sql[start:]


_POSTGRES = {
    "table": "SELECT c.relname, c.relname || ': ' || c.relkind::text FROM pg_class c WHERE {here} AND c.relkind IN ('r', 'p')",
    "column": """
        SELECT c.relname, c.relname || '.' || a.attname || ': ' || format_type(a.atttypid, a.atttypmod)
               || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
               || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
               || CASE WHEN a.attcollation <> t.typcollation THEN ' COLLATE ' || a.attcollation::regcollation::text ELSE '' END
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE {here} AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped""",
    # Version 18 lists NOT NULL here too, under names of its own making; the columns tell it. A 't' is one of store/security.
    "constraint": """
        SELECT c.relname, c.relname || ' ' || k.conname || ': ' || pg_get_constraintdef(k.oid)
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE {here} AND k.contype NOT IN ('n', 't')""",
    "index": """
        SELECT c.relname, i.indexrelid::regclass::text || ': '
               || replace(pg_get_indexdef(i.indexrelid), ' ON ' || c.relnamespace::regnamespace::text || '.', ' ON ')
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE {here}""",
    "trigger": """
        SELECT c.relname, c.relname || ' ' || t.tgname || ': ' || t.tgenabled::text || ' ' || pg_get_triggerdef(t.oid, true)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE {here} AND NOT t.tgisinternal AND t.tgname NOT LIKE 'desk\\_%%'""",
    "function": """
        SELECT c.proname, c.proname || ': ' || c.prosrc
        FROM pg_proc c WHERE c.pronamespace = current_schema()::regnamespace AND c.proname LIKE 'agent\\_tui\\_%%'""",
}
_HERE = "c.relnamespace = current_schema()::regnamespace"


def _postgres(connection: Connection) -> Iterator[Fact]:
    for kind, statement in _POSTGRES.items():
        for about, fact in [tuple(row) for row in connection.exec_driver_sql(statement.replace("{here}", _HERE))]:
            yield str(about), f"{kind} {_plain(fact)}"


def table_names(connection: Connection) -> list[str]:
    """Return the names of the store's tables, sorted."""
    if connection.dialect.name == "sqlite":
        statement = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    else:
        statement = f"SELECT c.relname FROM pg_class c WHERE {_HERE} AND c.relkind IN ('r', 'p')"
    return sorted(str(row[0]) for row in connection.exec_driver_sql(statement))


def row_counts(connection: Connection) -> dict[str, int]:
    """Return how many rows each of our tables has."""
    counts: dict[str, int] = {}
    for name in table_names(connection):
        if name in tables_by_name() or name == "alembic_version":
            row = connection.exec_driver_sql(f'SELECT COUNT(*) FROM "{name}"').fetchone()
            assert row is not None
            counts[name] = int(row[0])
    return counts
