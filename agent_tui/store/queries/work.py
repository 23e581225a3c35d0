"""What waits for somebody: hand-offs, calls, messages and notes."""

import json
from collections.abc import Sequence
from typing import Any

from agent_tui.domain.handoffs import Handoff
from agent_tui.domain.queue import CallAsked
from agent_tui.store.unit_of_work import Unit


def insert_handoff(unit: Unit, site: str, row: dict[str, Any]) -> None:
    """Insert a hand-off; `row` has id, type, client, key_type, contact, wanted, why, claim_date, due, made_by, made_at."""
    unit.run(
        "INSERT INTO handoff (site, id, type, client, status, key_type, contact, wanted, why, claim_date, due, made_by, made_at)"
        " VALUES (?,?,?,?,'open',?,?,?,?,?,?,?,?)",
        *(
            site,
            row["id"],
            row["type"],
            row["client"],
            row["key_type"],
            row["contact"],
            json.dumps(row["wanted"], sort_keys=True),
        ),
        *(row["why"], row["claim_date"], row["due"], row["made_by"], row["made_at"]),
    )


_HANDOFF = (
    "id, type, client, status, key_type, contact, wanted, why, claim_date, due, made_by, made_at, taken_by, closed_by, outcome,"
    " closed_at"
)


def _handoff_of(row: Sequence[Any]) -> Handoff:
    id, type, client, status, key, contact, wanted, *rest = row
    return Handoff(id, type, client, status, bool(key), contact, json.loads(wanted), *rest)


def handoffs(unit: Unit, site: str) -> list[Handoff]:
    """Return hand-offs: open first, key types first, then by due date."""
    rows = unit.rows(
        f"SELECT {_HANDOFF} FROM handoff WHERE site = ?"
        " ORDER BY CASE status WHEN 'open' THEN 0 WHEN 'taken' THEN 1 ELSE 2 END, key_type DESC, due, id",
        site,
    )
    return [_handoff_of(row) for row in rows]


def handoff(unit: Unit, site: str, id: str, *, lock: bool = False) -> Handoff | None:
    """Return a hand-off, or None."""
    tail = unit.for_update if lock else ""
    row = unit.row(f"SELECT {_HANDOFF} FROM handoff WHERE site = ? AND id = ?{tail}", site, id)
    return None if row is None else _handoff_of(row)


def update_handoff(unit: Unit, site: str, one: Handoff) -> None:
    """Write who has a hand-off and how it ended."""
    unit.run(
        "UPDATE handoff SET status = ?, taken_by = ?, closed_by = ?, outcome = ?, closed_at = ? WHERE site = ? AND id = ?",
        *(one.status, one.taken_by, one.closed_by, one.outcome, one.closed_at, site, one.id),
    )


def overdue_handoffs(unit: Unit, site: str, today: str) -> list[tuple[str, str]]:
    """Return the hand-offs that are not closed and were due before a day, as (id, type)."""
    rows = unit.rows(
        "SELECT id, type FROM handoff WHERE site = ? AND status <> 'closed' AND due < ? ORDER BY due, id", site, today
    )
    return [(row[0], row[1]) for row in rows]


def insert_note(
    unit: Unit,
    site: str,
    id: str,
    kind: str,
    body: str,
    made_by: str,
    made_at: int,
    *,
    entry: str | None = None,
    handoff: str | None = None,
) -> None:
    """Insert free text about an entry or a hand-off."""
    unit.run(
        "INSERT INTO note (site, id, kind, entry, handoff, body, made_by, made_at) VALUES (?,?,?,?,?,?,?,?)",
        *(site, id, kind, entry, handoff, body, made_by, made_at),
    )


def notes_of(unit: Unit, site: str, entry: str) -> list[tuple[str, str]]:
    """Return an entry's notes as (kind, text), oldest first."""
    rows = unit.rows("SELECT kind, body FROM note WHERE site = ? AND entry = ? ORDER BY made_at, id", site, entry)
    return [(row[0], row[1]) for row in rows]


def parts_asked_for(unit: Unit, site: str) -> list[tuple[str, str]]:
    """Return the part of the day that a request in writing asked for, with the appointment that it was booked as."""
    rows = unit.rows(
        "SELECT entry, wanted FROM call WHERE site = ? AND kind = 'request' AND entry IS NOT NULL ORDER BY opened_at, id", site
    )
    found = [(str(row[0]), json.loads(row[1]).get("time")) for row in rows]
    return [(entry, part) for entry, part in found if part]


_CALL = "id, kind, status, who, type, client, entry, wanted, opened_at, closed_at"


def insert_call(unit: Unit, site: str, row: dict[str, Any]) -> None:
    """Insert a call; `row` has id, kind, status, who, type, client, entry, wanted, opened_at, and may have closed_at,
    priority, contact and said (a table of what the claimant wrote in their own words)."""
    said = row.get("said")
    unit.run(
        "INSERT INTO call (site, id, kind, status, who, type, client, entry, wanted,"
        " opened_at, closed_at, priority, contact, said) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        *(site, row["id"], row["kind"], row["status"], row["who"], row["type"], row["client"], row["entry"]),
        *(json.dumps(row["wanted"], sort_keys=True), row["opened_at"], row.get("closed_at")),
        *(row.get("priority", "standard"), row.get("contact"), json.dumps(said, sort_keys=True) if said else None),
    )


def calls(unit: Unit, site: str) -> Sequence[Sequence[Any]]:
    """Return calls and call-backs, open first, oldest first."""
    return unit.rows(
        f"SELECT {_CALL} FROM call WHERE site = ? ORDER BY CASE status WHEN 'open' THEN 0 ELSE 1 END, opened_at, id",
        site,
    )


def call(unit: Unit, site: str, id: str, *, lock: bool = True) -> Sequence[Any] | None:
    """Return a call's row, or None; without `lock` only to be read."""
    return unit.row(f"SELECT {_CALL} FROM call WHERE site = ? AND id = ?{unit.for_update if lock else ''}", site, id)


def call_said(unit: Unit, site: str, id: str) -> tuple[str, str | None]:
    """Return how urgent a call is and by which way it came."""
    row = unit.row("SELECT priority, contact FROM call WHERE site = ? AND id = ?", site, id)
    return ("standard", None) if row is None else (str(row[0]), row[1])


def asked_for(unit: Unit, site: str, entry: str) -> tuple[dict[str, Any], int] | None:
    """Return what the call asked for that an appointment came of, in codes and days, and when it came (ms UTC), or None."""
    row = unit.row(
        "SELECT wanted, opened_at FROM call WHERE site = ? AND entry = ? AND kind IN ('call', 'request')"
        " ORDER BY opened_at, id LIMIT 1",
        *(site, entry),
    )
    return None if row is None else (json.loads(row[0]), int(row[1]))


def know_call(unit: Unit, site: str, id: str, asked: CallAsked) -> None:
    """Write what a call asks for by now."""
    unit.run(
        "UPDATE call SET type = ?, client = ?, priority = ?, contact = ?, wanted = ? WHERE site = ? AND id = ?",
        *(asked.type, asked.client, asked.priority, asked.contact, json.dumps(dict(asked.wanted), sort_keys=True), site, id),
    )


def open_call_of(unit: Unit, site: str, who: str) -> str | None:
    """Return the newest conversation that somebody has in hand, or None."""
    row = unit.row(
        "SELECT id FROM call WHERE site = ? AND status = 'open' AND kind = 'call' AND who = ?"
        " ORDER BY opened_at DESC, id LIMIT 1",
        *(site, who),
    )
    return None if row is None else str(row[0])


def end_call(unit: Unit, site: str, id: str, status: str, entry: str | None, closed_at: int) -> None:
    """Write how a call ended."""
    unit.run(
        "UPDATE call SET status = ?, entry = COALESCE(?, entry), closed_at = ? WHERE site = ? AND id = ?",
        *(status, entry, closed_at, site, id),
    )


def give_call(unit: Unit, site: str, id: str, who: str) -> None:
    """Write who has a conversation in hand."""
    unit.run("UPDATE call SET who = ? WHERE site = ? AND id = ?", who, site, id)


def reopen_call(unit: Unit, site: str, id: str) -> None:
    """Open a call again that an undone act had ended."""
    unit.run("UPDATE call SET status = 'open', closed_at = NULL WHERE site = ? AND id = ?", site, id)
