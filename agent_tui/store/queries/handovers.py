"""Holds that are handed to a colleague."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from agent_tui.domain.handovers import Handover
from agent_tui.store.queries.entries import ENTRY_COLUMNS, entry_of
from agent_tui.store.unit_of_work import Unit

_OWN = "h.status, h.given_by, h.given_to, h.given_at, h.call, h.draft"
_ENTRY = ", ".join(f"e.{name.strip()}" for name in ENTRY_COLUMNS.split(","))
_JOINED = f"SELECT {_OWN}, {_ENTRY} FROM handover h JOIN entry e ON e.site = h.site AND e.id = h.entry"


def _handover_of(row: Sequence[Any]) -> Handover:
    status, given_by, given_to, given_at, call, draft, *entry = row
    return Handover(entry_of(entry), status, given_by, given_to, given_at, call, json.loads(draft) if draft else {})


def get(unit: Unit, site: str, entry: str) -> Handover | None:
    """Return the hand-over of a hold, or None; whoever acts on it has locked the hold itself."""
    row = unit.row(f"{_JOINED} WHERE h.site = ? AND h.entry = ?", site, entry)
    return None if row is None else _handover_of(row)


def open_ones(unit: Unit, site: str) -> list[Handover]:
    """Return the hand-overs that somebody may take up, oldest first; one whose hold has run out is none, met or not."""
    live = f"e.status = 'held' AND e.expires_at > {unit.clock}"
    where = f"WHERE h.site = ? AND h.status IN ('waiting', 'declined', 'withdrawn') AND {live}"
    found = unit.rows(f"{_JOINED} {where} ORDER BY h.given_at, e.day, e.start_tick, h.entry", site)
    return [_handover_of(row) for row in found]


def write(
    unit: Unit, site: str, entry: str, call: str | None, given_by: str, given_to: str, at: int, draft: Mapping[str, str]
) -> None:
    """Write that a hold waits for a colleague, over what became of it when it was handed over before."""
    kept = json.dumps(dict(draft), sort_keys=True) if draft else None
    unit.run(
        "INSERT INTO handover (site, entry, status, call, given_by, given_to, given_at, draft) VALUES (?,?,'waiting',?,?,?,?,?)"
        " ON CONFLICT (site, entry) DO UPDATE SET status = 'waiting', call = excluded.call, given_by = excluded.given_by,"
        " given_to = excluded.given_to, given_at = excluded.given_at, draft = excluded.draft",
        *(site, entry, call, given_by, given_to, at, kept),
    )


def set_status(unit: Unit, site: str, entry: str, status: str) -> None:
    """Write what became of a hand-over."""
    unit.run("UPDATE handover SET status = ? WHERE site = ? AND entry = ?", status, site, entry)


def end(unit: Unit, site: str, entry: str) -> None:
    """Erase the draft of a hold that has ended."""
    unit.run("UPDATE handover SET status = 'ended', draft = NULL WHERE site = ? AND entry = ?", site, entry)
