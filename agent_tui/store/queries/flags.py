"""Flags: raised, closed, opened again, assigned and read; contacts and what was escalated to them."""

from collections.abc import Sequence
from typing import Any

from agent_tui.domain.flags import MENDED, OFF, PAIRED, Flag
from agent_tui.store.unit_of_work import Unit

_FLAG = (
    "id, kind, status, raised_by, raised_at, entry, other, type, resource, day, handoff, call, assigned_to, assigned_by,"
    " resolution, reason, resolved_by, resolved_at, closed_seq, mended_seq"
)
_INSERT = f"INSERT INTO flag (site, {_FLAG}, note) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,NULL)"
_SETTLED = ", ".join(f"'{kind}'" for kind in (*PAIRED, *OFF))


def flag_of(row: Sequence[Any]) -> Flag:
    """Return a stored flag as a value."""
    return Flag(*row)


def _row(site: str, flag: Flag) -> tuple[Any, ...]:
    return (
        *(site, flag.id, flag.kind, flag.status, flag.raised_by, flag.raised_at, flag.entry, flag.other, flag.type),
        *(flag.resource, flag.day, flag.handoff, flag.call, flag.assigned_to, flag.assigned_by, flag.resolution),
        *(flag.reason, flag.resolved_by, flag.resolved_at, flag.closed_seq, flag.mended_seq),
    )


def insert(unit: Unit, site: str, flags: Sequence[Flag]) -> None:
    """Insert new flags."""
    unit.many(_INSERT, [_row(site, flag) for flag in flags])


def insert_once(unit: Unit, site: str, flag: Flag) -> bool:
    """Insert a flag unless one with its id is there, and return whether it was new: the key decides, not a look before."""
    return unit.run(f"{_INSERT} ON CONFLICT (site, id) DO NOTHING", *_row(site, flag)) == 1


def settled_with(unit: Unit, site: str, entry: str) -> list[Flag]:
    """Return the flags, open and closed, that name an entry on either side and follow from what else is stored.

    These are a claimant in two places, an appointment under a block, and a diary, room or day that is off.
    """
    rows = unit.rows(
        f"SELECT {_FLAG} FROM flag{unit.by('ix_flag_entry')} WHERE site = ? AND entry = ? AND kind IN ({_SETTLED})"
        f" UNION SELECT {_FLAG} FROM flag{unit.by('ix_flag_other')} WHERE site = ? AND other = ? AND kind IN ({_SETTLED})"
        " ORDER BY 1",
        *(site, entry, site, entry),
    )
    return [flag_of(row) for row in rows]


def open_of(unit: Unit, site: str, entry: str) -> list[Flag]:
    """Return the open flags that name an entry on either side."""
    rows = unit.rows(
        f"SELECT {_FLAG} FROM flag WHERE site = ? AND status = 'open' AND (entry = ? OR other = ?) ORDER BY id",
        *(site, entry, entry),
    )
    return [flag_of(row) for row in rows]


def latest_of(unit: Unit, site: str, entry: str) -> list[Flag]:
    """Return the flags, open and closed, that are about an entry, the newest first."""
    index = unit.by("ix_flag_entry")
    rows = unit.rows(f"SELECT {_FLAG} FROM flag{index} WHERE site = ? AND entry = ? ORDER BY raised_at DESC, id", site, entry)
    return [flag_of(row) for row in rows]


def entries_off(unit: Unit, site: str) -> list[str]:
    """Return the entries that a flag, not mended, says to stand in a diary, room or day that is off."""
    marks = ", ".join(f"'{kind}'" for kind in OFF)
    rows = unit.rows(
        f"SELECT DISTINCT entry FROM flag WHERE site = ? AND mended_seq IS NULL AND kind IN ({marks})"
        " AND (resolution IS NULL OR resolution <> ?) ORDER BY entry",
        *(site, MENDED),
    )
    return [str(row[0]) for row in rows]


def get(unit: Unit, site: str, id: str, *, lock: bool = False) -> Flag | None:
    """Return a flag, or None; `lock` keeps everybody else from it until the transaction ends."""
    row = unit.row(f"SELECT {_FLAG} FROM flag WHERE site = ? AND id = ?{unit.for_update if lock else ''}", site, id)
    return None if row is None else flag_of(row)


def ids_of(unit: Unit, site: str, entry: str) -> set[str]:
    """Return the flags, open and closed, that name an entry on either side."""
    rows = unit.rows(
        f"SELECT id FROM flag{unit.by('ix_flag_entry')} WHERE site = ? AND entry = ?"
        f" UNION SELECT id FROM flag{unit.by('ix_flag_other')} WHERE site = ? AND other = ?",
        *(site, entry, site, entry),
    )
    return {str(row[0]) for row in rows}


def all_of(unit: Unit, site: str, *, status: str | None = None) -> list[Flag]:
    """Return the flags of a site, open first, oldest first."""
    where, values = ("", ()) if status is None else (" AND status = ?", (status,))
    rows = unit.rows(f"SELECT {_FLAG} FROM flag WHERE site = ?{where} ORDER BY status DESC, raised_at, id", site, *values)
    return [flag_of(row) for row in rows]


def lasting_about(unit: Unit, site: str, kind: str) -> list[Flag]:
    """Return the flags of a kind whose trouble is not over: open ones, and those that somebody has left as they are."""
    rows = unit.rows(
        f"SELECT {_FLAG} FROM flag WHERE site = ? AND kind = ? AND mended_seq IS NULL"
        " AND (resolution IS NULL OR resolution <> ?) ORDER BY id",
        *(site, kind, MENDED),
    )
    return [flag_of(row) for row in rows]


def count_about_type(unit: Unit, site: str, kind: str, type: str) -> int:
    """Return how many flags of a kind there have been about a type."""
    row = unit.row("SELECT COUNT(*) FROM flag WHERE site = ? AND kind = ? AND type = ?", site, kind, type)
    return 0 if row is None else int(row[0])


def flagged_handoffs(unit: Unit, site: str) -> set[str]:
    """Return the hand-offs that have been flagged as overdue, once for each."""
    rows = unit.rows("SELECT handoff FROM flag WHERE site = ? AND handoff IS NOT NULL", site)
    return {str(row[0]) for row in rows}


def open_count(unit: Unit, site: str) -> int:
    """Return how many flags are open."""
    row = unit.row("SELECT COUNT(*) FROM flag WHERE site = ? AND status = 'open'", site)
    return 0 if row is None else int(row[0])


def update(unit: Unit, site: str, flag: Flag) -> None:
    """Write how a flag stands now."""
    unit.run(
        "UPDATE flag SET status = ?, raised_by = ?, raised_at = ?, assigned_to = ?, assigned_by = ?, resolution = ?, reason = ?,"
        " resolved_by = ?, resolved_at = ?, closed_seq = ?, mended_seq = ? WHERE site = ? AND id = ?",
        *(flag.status, flag.raised_by, flag.raised_at, flag.assigned_to, flag.assigned_by, flag.resolution, flag.reason),
        *(flag.resolved_by, flag.resolved_at, flag.closed_seq, flag.mended_seq, site, flag.id),
    )


def set_note(unit: Unit, site: str, id: str, note: str | None) -> None:
    """Write the free text of a flag, or erase it."""
    unit.run("UPDATE flag SET note = ? WHERE site = ? AND id = ?", note, site, id)


def note_of(unit: Unit, site: str, id: str) -> str | None:
    """Return the free text of a flag."""
    row = unit.row("SELECT note FROM flag WHERE site = ? AND id = ?", site, id)
    return None if row is None else row[0]


def flagged_entries(unit: Unit, site: str) -> set[str]:
    """Return the entries that an open flag names."""
    rows = unit.rows("SELECT entry, other FROM flag WHERE site = ? AND status = 'open'", site)
    return {value for row in rows for value in row if value is not None}
