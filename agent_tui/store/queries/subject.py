"""Everything the store holds about one claimant, table by table, found by the columns that lead to them."""

from collections.abc import Iterator
from typing import Any

from agent_tui.store.tables import tables_by_name
from agent_tui.store.unit_of_work import Unit

REPEATS = frozenset({"claim", "occupancy", "segment_use", "client_word"})
"""Tables that say once more what another has: the time of an entry, tick by tick and place by place, or a claimant's words."""

_LEADS = {
    "client": "client",
    "entry": "entry",
    "handoff": "handoff",
    "call": "call",
    "other": "entry",
}
_KEYS = ("entry", "handoff", "call")
_FOLDED = frozenset({"name_key", "phone_key", "reference_key"})

Rows = list[dict[str, Any]]


def rows_about(unit: Unit, site: str, ref: str) -> dict[str, Rows]:
    """Return by table the rows about a claimant, as tables of column and value, without the folded keys for searching.

    A row is theirs that names them, or an entry, hand-off or call of theirs, whatever table it is in: a new one that has such
    a column is found too.
    """
    ids = {
        table: [str(row[0]) for row in unit.rows(f"SELECT id FROM {table} WHERE site = ? AND client = ?", site, ref)]
        for table in _KEYS
    }
    ids["client"] = [ref]
    found = {name: _rows(unit, site, name, dict(_leading(name, ids))) for name in tables_by_name() if name not in REPEATS}
    flags = [str(row["id"]) for row in found["flag"]]
    found["escalation"] = _rows(unit, site, "escalation", {"subject": [*flags, *ids["entry"], *ids["call"], *ids["handoff"]]})
    found["external_reference"] = _rows(unit, site, "external_reference", {"target": [ref, *ids["entry"], *ids["call"]]})
    found["refusal"] = _rows(unit, site, "refusal", {"id": ids["call"]})
    overrides = _rows(unit, site, "override_request", {"entry": ids["entry"]})
    named = unit.rows(
        "SELECT id FROM override_request WHERE site = ? AND (wanted LIKE ? OR chain LIKE ?)", site, *[f'%"{ref}"%'] * 2
    )
    missing = {str(row[0]) for row in named} - {str(row["id"]) for row in overrides}
    found["override_request"] = overrides + _rows(unit, site, "override_request", {"id": sorted(missing)})
    return {name: rows for name, rows in found.items() if rows}


def _leading(table: str, ids: dict[str, list[str]]) -> Iterator[tuple[str, list[str]]]:
    names = {column.name for column in tables_by_name()[table].columns}
    if table in _KEYS:
        yield "client", ids["client"]
        return
    yield from ((column, ids[kind]) for column, kind in _LEADS.items() if column in names)


def _rows(unit: Unit, site: str, table: str, leads: dict[str, list[str]]) -> Rows:
    columns = [column.name for column in tables_by_name()[table].columns if column.name not in _FOLDED]
    clauses, values = [], []
    for column, wanted in leads.items():
        if wanted:
            clauses.append(f"{column} IN ({','.join('?' * len(wanted))})")
            values += wanted
    if not clauses:
        return []
    order = ", ".join(column.name for column in tables_by_name()[table].primary_key.columns)
    statement = f"SELECT {', '.join(columns)} FROM {table} WHERE site = ? AND ({' OR '.join(clauses)}) ORDER BY {order}"
    return [dict(zip(columns, row, strict=True)) for row in unit.rows(statement, site, *values)]
