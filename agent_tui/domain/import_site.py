"""A whole site as JSON lines: a head that names it, then one line for each row of its tables."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent_tui.domain.cleaning import clean_for_display, json_text

FORMAT = "agent-tui site"
LONGEST_LINE = 4_000_000
_WIDEST_WHOLE = 2**63


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its name, whether it holds text or else whole numbers, and whether it may be empty."""

    name: str
    is_text: bool
    nullable: bool


@dataclass(frozen=True, slots=True)
class Head:
    """What the first line says: the site's code, the schema, and the seq and hash of the log's last line."""

    site: str
    schema: str
    seq: int
    hash: str


def head_line(head: Head) -> str:
    """Return the first line of a file."""
    said = {"format": FORMAT, "site": head.site, "schema": head.schema, "seq": head.seq, "hash": head.hash}
    return json_text(said)


def read_head(text: str) -> Head:
    """Return what the first line of a file says; ValueError says what is wrong."""
    said = _object(text)
    if said.get("format") != FORMAT:
        raise ValueError("This is no site that was exported with agent-tui export jsonl.")
    site, schema, seq, digest = (said.get(name) for name in ("site", "schema", "seq", "hash"))
    if not isinstance(site, str) or not isinstance(schema, str) or not isinstance(digest, str) or not isinstance(seq, int):
        raise ValueError("The first line lacks the site's code, the schema or the log's last line.")
    return Head(site, schema, seq, digest)


def row_line(table: str, columns: Sequence[Column], values: Sequence[Any]) -> str:
    """Return the line of a row."""
    row = dict(zip((one.name for one in columns), values, strict=True))
    return json_text({"table": table, "row": row})


def read_row(text: str, tables: Mapping[str, Sequence[Column]], site: str) -> tuple[str, list[Any]]:
    """Return the table of a line and its values in the order of the columns; ValueError says what is wrong.

    A value of another type, a control character or another site is refused.
    """
    said = _object(text)
    table, row = said.get("table"), said.get("row")
    if not isinstance(table, str) or table not in tables or not isinstance(row, dict):
        raise ValueError("The line names no table that a site has.")
    columns = tables[table]
    if set(row) != {one.name for one in columns}:
        raise ValueError(f"A row of {table} has the columns {', '.join(one.name for one in columns)}.")
    if row["site"] != site:
        raise ValueError("The row is of another site than the file.")
    return table, [_value(table, one, row[one.name]) for one in columns]


def _value(table: str, column: Column, value: Any) -> Any:
    where = f"{table}.{column.name}"
    if value is None:
        if not column.nullable:
            raise ValueError(f"{where} is empty.")
    elif column.is_text:
        if not isinstance(value, str):
            raise ValueError(f"{where} is no text.")
        if not (value.isascii() and value.isprintable()):
            line = value.replace("\n", " ")
            if clean_for_display(line) != line:
                raise ValueError(f"{where} holds a control character.")
    elif not isinstance(value, int) or isinstance(value, bool) or not -_WIDEST_WHOLE <= value < _WIDEST_WHOLE:
        raise ValueError(f"{where} is no whole number.")
    return value


def _object(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("The line is no JSON.") from None
    if not isinstance(said, dict):
        raise ValueError("The line is no JSON object.")
    return said
