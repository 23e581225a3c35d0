"""What waits for somebody: hand-offs, flags, calls, messages and notes."""

import json
from collections.abc import Sequence
from typing import Any

from agent_tui.store.unit_of_work import Unit

PairFlag = tuple[str, str, str, str | None, str | None]
"""A flag between two entries: id, kind, status, entry, other."""


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


def handoffs(unit: Unit, site: str) -> Sequence[Sequence[Any]]:
    """Return hand-offs: open first, key types first, then by due date."""
    return unit.rows(
        "SELECT id, type, client, status, key_type, contact, wanted, why, claim_date, due,"
        " made_by, made_at FROM handoff WHERE site = ?"
        " ORDER BY CASE status WHEN 'open' THEN 0 WHEN 'taken' THEN 1 ELSE 2 END, key_type DESC, due, id",
        site,
    )


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


def raise_flag(unit: Unit, site: str, id: str, kind: str, entry: str | None, other: str | None, who: str, at: int) -> None:
    """Insert an open flag about an entry and, where there is one, the other side."""
    unit.run(
        "INSERT INTO flag (site, id, kind, entry, other, status, raised_by, raised_at) VALUES (?,?,?,?,?,'open',?,?)",
        *(site, id, kind, entry, other, who, at),
    )


def pair_flags_of(unit: Unit, site: str, entry: str) -> list[PairFlag]:
    """Return the flags, open and closed, of two entries at one time that name an entry on either side.

    These are a claimant in two places (client_clash) and an appointment kept under a block (under_block).
    """
    rows = unit.rows(
        f"SELECT id, kind, status, entry, other FROM flag{unit.by('ix_flag_entry')}"
        " WHERE site = ? AND entry = ? AND kind IN ('client_clash', 'under_block')"
        f" UNION SELECT id, kind, status, entry, other FROM flag{unit.by('ix_flag_other')}"
        " WHERE site = ? AND other = ? AND kind IN ('client_clash', 'under_block') ORDER BY 1",
        *(site, entry, site, entry),
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


def clash_flags_of(unit: Unit, site: str, entry: str) -> list[tuple[str, str, str | None, str | None]]:
    """Return the flags of a claimant in two places that name an entry on either side, as (id, status, entry, other)."""
    return [(one[0], *one[2:]) for one in pair_flags_of(unit, site, entry) if one[1] == "client_clash"]


def open_flags_of(unit: Unit, site: str, entry: str) -> list[tuple[str, str, str | None, str | None]]:
    """Return the open flags that name an entry on either side, as (id, kind, entry, other)."""
    rows = unit.rows(
        "SELECT id, kind, entry, other FROM flag WHERE site = ? AND status = 'open' AND (entry = ? OR other = ?) ORDER BY id",
        *(site, entry, entry),
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def last_flag_of(unit: Unit, site: str, entry: str, kinds: Sequence[str]) -> str | None:
    """Return the flag of an entry, open or closed, that was raised last among some kinds, or None."""
    row = unit.row(
        f"SELECT id FROM flag{unit.by('ix_flag_entry')} WHERE site = ? AND entry = ? AND kind IN ({','.join('?' * len(kinds))})"
        " ORDER BY raised_at DESC, id DESC LIMIT 1",
        *(site, entry, *kinds),
    )
    return None if row is None else str(row[0])


def off_flags_of(unit: Unit, site: str, entry: str) -> list[tuple[str, str, str]]:
    """Return the flags, open and closed, of an entry whose diary or room is or was switched off, as (id, kind, status)."""
    rows = unit.rows(
        f"SELECT id, kind, status FROM flag{unit.by('ix_flag_entry')}"
        " WHERE site = ? AND entry = ? AND kind IN ('diary_off', 'room_off') ORDER BY id",
        *(site, entry),
    )
    return [(row[0], row[1], row[2]) for row in rows]


def entries_off(unit: Unit, site: str) -> list[str]:
    """Return the entries that an open flag says to stand in a diary or room that is switched off."""
    rows = unit.rows(
        "SELECT DISTINCT entry FROM flag WHERE site = ? AND status = 'open' AND kind IN ('diary_off', 'room_off') ORDER BY entry",
        site,
    )
    return [str(row[0]) for row in rows]


def close_flag(unit: Unit, site: str, id: str) -> None:
    """Close a flag."""
    unit.run("UPDATE flag SET status = 'closed' WHERE site = ? AND id = ?", site, id)


def reopen_flag(unit: Unit, site: str, id: str) -> None:
    """Open a flag again that an undone act had closed."""
    unit.run("UPDATE flag SET status = 'open' WHERE site = ? AND id = ?", site, id)


def flags(unit: Unit, site: str) -> Sequence[Sequence[Any]]:
    """Return flags as (id, kind, entry, other, status, raised_by, raised_at), open first, oldest first."""
    return unit.rows(
        "SELECT id, kind, entry, other, status, raised_by, raised_at FROM flag WHERE site = ?"
        " ORDER BY status DESC, raised_at, id",
        site,
    )


def flagged_entries(unit: Unit, site: str) -> set[str]:
    """Return the entries that an open flag names."""
    rows = unit.rows("SELECT entry, other FROM flag WHERE site = ? AND status = 'open'", site)
    return {value for row in rows for value in row if value is not None}


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


def call(unit: Unit, site: str, id: str) -> Sequence[Any] | None:
    """Return a call's row, or None."""
    return unit.row(f"SELECT {_CALL} FROM call WHERE site = ? AND id = ?{unit.for_update}", site, id)


def end_call(unit: Unit, site: str, id: str, status: str, entry: str | None, closed_at: int) -> None:
    """Write how a call ended."""
    unit.run(
        "UPDATE call SET status = ?, entry = COALESCE(?, entry), closed_at = ? WHERE site = ? AND id = ?",
        *(status, entry, closed_at, site, id),
    )


def reopen_call(unit: Unit, site: str, id: str) -> None:
    """Open a call again that an undone act had ended."""
    unit.run("UPDATE call SET status = 'open', closed_at = NULL WHERE site = ? AND id = ?", site, id)


def queue_message(unit: Unit, site: str, entry: str, kind: str, version: int, at: int, not_before: int) -> None:
    """Queue what an act owes the claimant, not to be sent before an instant (the end of the undo time)."""
    unit.run(
        "INSERT INTO message (site, entry, kind, version, status, made_at, not_before,"
        " told_by) VALUES (?,?,?,?,'queued',?,?,NULL)",
        *(site, entry, kind, version, at, not_before),
    )


def told_by_phone(unit: Unit, site: str, entry: str, login: str) -> int:
    """Write that the claimant was told on the phone what the queued messages of an entry say; returns how many."""
    return unit.run(
        "UPDATE message SET status = 'told', told_by = ? WHERE site = ? AND entry = ? AND status = 'queued'", login, site, entry
    )


def drop_message(unit: Unit, site: str, entry: str, version: int) -> None:
    """Take back the message of an act that was undone before it could be sent."""
    unit.run("DELETE FROM message WHERE site = ? AND entry = ? AND version = ? AND status = 'queued'", site, entry, version)
