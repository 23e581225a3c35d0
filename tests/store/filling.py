"""Rows for every table of a store, whatever its version: each key, reference and check is met by what the schema says."""

import re
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, Text, inspect

ROWS = 3
# What no check in the form of a list can tell.
WHOLE = {"start_tick": 108, "end_tick": 118, "tick": 108, "minutes": 30, "weekday": 2, "enabled": 1, "key_type": 1, "day_off": 0}
# Of two columns that exclude each other, the one that stays empty.
EMPTY = {
    *(("pattern", "day"), ("note", "handoff"), ("feedback", "procedure"), ("message", "ticket"), ("message", "support_ticket")),
}


def fill_every_table(connection: Connection) -> None:
    """Insert ROWS rows into each table but Alembic's, parents first; row number n refers to its parents' row number n."""
    metadata = MetaData()
    metadata.reflect(connection)
    rows: dict[str, list[dict[str, Any]]] = {}
    for table in metadata.sorted_tables:
        if table.name != "alembic_version":
            choices = listed_values(connection, table.name)
            rows[table.name] = [_row(table, number, choices, rows) for number in range(ROWS)]
            connection.execute(table.insert(), rows[table.name])


def listed_values(connection: Connection, table: str) -> dict[str, list[str]]:
    """Return the values that a check allows by column: `kind IN ('a', 'b')` or what PostgreSQL makes of it."""
    found: dict[str, list[str]] = {}
    for check in inspect(connection).get_check_constraints(table):
        sql = str(check["sqltext"])
        match = re.match(r"\(*\s*\"?(\w+)\"?\)?\s*(?:IN\b|= ANY)", sql)
        if match:
            found[match[1]] = re.findall(r"'([^']*)'", sql)
    return found


def _row(table: Table, number: int, choices: dict[str, list[str]], rows: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    values: dict[str, Any] = {
        column.name: None if (table.name, column.name) in EMPTY else _value(table, column, number, choices)
        for column in table.columns
    }
    for key in table.foreign_key_constraints:
        parent = rows[key.referred_table.name][number]
        for element in key.elements:
            if values[element.parent.name] is not None:
                values[element.parent.name] = parent[element.column.name]
    return values


def _value(table: Table, column: Column[Any], number: int, choices: dict[str, list[str]]) -> Any:
    if column.name == "site":
        return f"S{number}"
    if choices.get(column.name):
        return choices[column.name][number % len(choices[column.name])]
    if isinstance(column.type, Text):
        return f"{column.name} {number} é"
    return WHOLE.get(column.name, number + 1)


def contents(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table but Alembic's, sorted."""
    metadata = MetaData()
    metadata.reflect(connection)
    return {
        table.name: sorted((dict(row._mapping) for row in connection.execute(table.select())), key=repr)
        for table in metadata.sorted_tables
        if table.name != "alembic_version"
    }
