"""What trying segments needs of a store: requests on record, and drafts that were kept."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from agent_tui.domain.queue import REQUEST
from agent_tui.domain.recorded import BOOKED, REFUSED, WRITTEN, Asked
from agent_tui.domain.requests import AFTERNOON, MORNING
from agent_tui.domain.sooner import parse_part
from agent_tui.store.unit_of_work import Unit

_STOOD = ("booked", "attended", "late", "dna", "unplaced", "cancelled")


def asked(unit: Unit, site: str, first: date, now_ms: int) -> list[Asked]:
    """Return what was asked for, up to an instant (ms UTC), for days from `first` on or on days from `first` on.

    These are appointments that were booked (at the moment of their call or request, where they come from one), calls that
    ended without a booking, and requests in writing that came to neither.
    """
    found = _bookings(unit, site, first, now_ms)
    found += _refusals(unit, site, first)
    return found + _written(unit, site, first, {one.id for one in found}, now_ms)


def _bookings(unit: Unit, site: str, first: date, now_ms: int) -> list[Asked]:
    marks = ",".join("?" * len(_STOOD))
    statement = (
        "SELECT id, type, day, made_at, status FROM entry WHERE site = ? AND kind = 'appointment' AND day >= ?"
        f" AND made_at <= ? AND type IS NOT NULL AND status IN ({marks}) ORDER BY id"
    )
    rows = unit.rows(statement, site, first.isoformat(), now_ms, *_STOOD)
    calls = unit.rows("SELECT entry, kind, opened_at, wanted FROM call WHERE site = ? AND entry IS NOT NULL ORDER BY id", site)
    told = {row[0]: row for row in calls if row[1] in ("call", REQUEST)}
    gone = _cancelled(unit, site)
    out = []
    for id, type, day, made_at, status in rows:
        call = told.get(id)
        wanted = {} if call is None or call[1] != REQUEST else json.loads(call[3])
        began = made_at if call is None else min(made_at, call[2])
        ended = gone.get(id) if status == "cancelled" else None
        begin, last, half = _days(wanted)
        out.append(Asked(id, BOOKED, type, began, begin, last, half, date.fromisoformat(day), ended))
    return out


def _cancelled(unit: Unit, site: str) -> dict[str, int]:
    """Return when entries were cancelled, by id; of one cancelled twice the last time."""
    statement = "SELECT entry, MAX(at) FROM event WHERE site = ? AND verb = 'cancelled' AND entry IS NOT NULL GROUP BY entry"
    return {row[0]: int(row[1]) for row in unit.rows(statement, site)}


def _refusals(unit: Unit, site: str, first: date) -> list[Asked]:
    statement = (
        "SELECT r.id, r.type, r.first_day, r.last_day, r.half, COALESCE(c.closed_at, e.at) FROM refusal r"
        " LEFT JOIN call c ON c.site = r.site AND c.id = r.id LEFT JOIN event e ON e.site = r.site AND e.request = r.id"
        " WHERE r.site = ? AND r.day >= ? ORDER BY r.id"
    )
    out = []
    for id, type, begin, last, half, at in unit.rows(statement, site, first.isoformat()):
        if at is not None:
            out.append(Asked(id, REFUSED, type, int(at), date.fromisoformat(begin), date.fromisoformat(last), half))
    return out


def _written(unit: Unit, site: str, first: date, known: set[str], now_ms: int) -> list[Asked]:
    statement = (
        "SELECT id, type, opened_at, wanted FROM call WHERE site = ? AND kind = ? AND entry IS NULL AND type IS NOT NULL"
        " AND status <> 'duplicate' AND opened_at <= ? ORDER BY id"
    )
    out = []
    for id, type, at, wanted in unit.rows(statement, site, REQUEST, now_ms):
        begin, last, half = _days(json.loads(wanted))
        if id not in known and (begin is None or (last or begin) >= first):
            out.append(Asked(id, WRITTEN, type, int(at), begin, last, half))
    return out


def _days(wanted: dict[str, Any]) -> tuple[date | None, date | None, str]:
    """Return the days and the half of the day that a request in writing names."""
    begin, last = (None if wanted.get(name) is None else date.fromisoformat(wanted[name]) for name in ("from", "until"))
    window = parse_part(wanted["time"]) if wanted.get("time") else None
    half = "any" if window is None else "am" if window.end <= MORNING.end else "pm" if window.start >= AFTERNOON.start else "any"
    return begin, last, half


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A row of `pattern_draft`: its name, its TOML, the JSON of its trial as a table, who kept it and when (ms UTC)."""

    name: str
    body: str
    result: dict[str, Any]
    made_by: str
    made_at: int


def insert_draft(unit: Unit, site: str, kept: KeptDraft) -> None:
    """Keep a draft; a name that is taken raises KeyRefused."""
    unit.run(
        "INSERT INTO pattern_draft (site, name, body, result, made_by, made_at) VALUES (?,?,?,?,?,?)",
        *(site, kept.name, kept.body, json.dumps(kept.result, sort_keys=True), kept.made_by, kept.made_at),
    )


def drafts(unit: Unit, site: str) -> list[KeptDraft]:
    """Return the drafts that are kept, by name."""
    return [_kept(row) for row in unit.rows(f"SELECT {_DRAFT} FROM pattern_draft WHERE site = ? ORDER BY name", site)]


def draft(unit: Unit, site: str, name: str) -> KeptDraft | None:
    """Return the draft of a name, or None."""
    row = unit.row(f"SELECT {_DRAFT} FROM pattern_draft WHERE site = ? AND name = ?", site, name)
    return None if row is None else _kept(row)


_DRAFT = "name, body, result, made_by, made_at"


def _kept(row: Sequence[Any]) -> KeptDraft:
    return KeptDraft(row[0], row[1], json.loads(row[2]), row[3], int(row[4]))


def delete_draft(unit: Unit, site: str, name: str) -> bool:
    """Drop a draft; False when there is none of that name."""
    return unit.run("DELETE FROM pattern_draft WHERE site = ? AND name = ?", site, name) > 0
