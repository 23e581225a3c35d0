"""Overrides that were prepared, and everything that stands in a range of days with what it owns."""

import json
from collections.abc import Sequence
from typing import Any

from agent_tui.domain.override import Standing
from agent_tui.domain.override_requests import OverrideRequest, chain_from, chain_record, said_of, wish_from, wish_record
from agent_tui.store.queries.entries import ENTRY_COLUMNS, Range, entry_of
from agent_tui.store.unit_of_work import Unit

_COLUMNS = "id, status, wanted, said, chain, reason, prepared_by, prepared_at, decided_by, decided_at, entry"
_WIDTH = len(ENTRY_COLUMNS.split(","))
_STANDING = (
    f"SELECT {', '.join('e.' + name.strip() for name in ENTRY_COLUMNS.split(','))}, c.resource, c.day, c.start_tick, c.end_tick"
    " FROM claim c JOIN entry e ON e.site = c.site AND e.id = c.entry"
    " WHERE c.site = ? AND c.day BETWEEN ? AND ? AND (c.expires_at IS NULL OR c.expires_at > ?) ORDER BY c.entry, c.resource"
)


def standing_between(unit: Unit, site: str, first_day: str, last_day: str, now_ms: int) -> list[Standing]:
    """Return every entry that owns time between two days (ISO), with its ranges; holds that have lapsed own none."""
    found: dict[str, tuple[Sequence[Any], list[Range]]] = {}
    for row in unit.rows(_STANDING, site, first_day, last_day, now_ms):
        found.setdefault(row[0], (row[:_WIDTH], []))[1].append((row[_WIDTH], row[_WIDTH + 1], row[_WIDTH + 2], row[_WIDTH + 3]))
    return [Standing(entry_of(row), tuple(ranges)) for row, ranges in found.values()]


def insert(unit: Unit, site: str, one: OverrideRequest) -> None:
    """Insert an override that was prepared; an id that exists raises KeyRefused."""
    said = said_of(one.wanted)
    unit.run(
        f"INSERT INTO override_request (site, {_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
        *(site, one.id, one.status, json.dumps(wish_record(one.wanted), sort_keys=True)),
        *(json.dumps(said, sort_keys=True) if said else None, json.dumps(chain_record(one.chain), sort_keys=True)),
        *(one.reason, one.prepared_by, one.prepared_at, one.decided_by, one.decided_at, one.entry),
    )


def decide(unit: Unit, site: str, one: OverrideRequest) -> None:
    """Write how an override ended, or that it waits again."""
    unit.run(
        "UPDATE override_request SET status = ?, decided_by = ?, decided_at = ?, entry = ? WHERE site = ? AND id = ?",
        *(one.status, one.decided_by, one.decided_at, one.entry, site, one.id),
    )


def get(unit: Unit, site: str, id: str, *, lock: bool = False) -> OverrideRequest | None:
    """Return an override that was prepared, or None; with `lock` it cannot change until the transaction ends."""
    tail = unit.for_update if lock else ""
    row = unit.row(f"SELECT {_COLUMNS} FROM override_request WHERE site = ? AND id = ?{tail}", site, id)
    return None if row is None else _request_of(row)


def of_entry(unit: Unit, site: str, entry: str) -> OverrideRequest | None:
    """Return the prepared override whose approval has made an appointment, or None."""
    row = unit.row(f"SELECT {_COLUMNS} FROM override_request WHERE site = ? AND entry = ?", site, entry)
    return None if row is None else _request_of(row)


def waiting_for(unit: Unit, site: str, client: str, type: str) -> OverrideRequest | None:
    """Return the override of a type that waits for a decision for a claimant (opaque id), the oldest, or None."""
    return next((one for one in listed(unit, site) if (one.wanted.client, one.wanted.type) == (client, type)), None)


def listed(unit: Unit, site: str, *, every: bool = False) -> list[OverrideRequest]:
    """Return the overrides that wait for a decision, or with `every` all, oldest first."""
    which = "" if every else " AND status = 'open'"
    rows = unit.rows(f"SELECT {_COLUMNS} FROM override_request WHERE site = ?{which} ORDER BY prepared_at, id", site)
    return [_request_of(row) for row in rows]


def open_count(unit: Unit, site: str) -> int:
    """Return how many overrides wait for a decision."""
    row = unit.row("SELECT COUNT(*) FROM override_request WHERE site = ? AND status = 'open'", site)
    return 0 if row is None else int(row[0])


def _request_of(row: Sequence[Any]) -> OverrideRequest:
    id, status, wanted, said, chain, reason, *rest = row
    wish = wish_from(json.loads(wanted), json.loads(said) if said else {})
    return OverrideRequest(id, status, wish, chain_from(json.loads(chain)), reason, *rest)
