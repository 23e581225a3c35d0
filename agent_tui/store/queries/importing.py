"""What an import reads and writes in bulk: references of other systems, claimants, and what stands in the days of a file."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Text

from agent_tui.domain.import_site import Column
from agent_tui.domain.requests import EntryState
from agent_tui.domain.site import Diary, Room, Staff
from agent_tui.store.queries.catalogue import STAFF_COLUMNS, staff_of
from agent_tui.store.queries.entries import ENTRY_COLUMNS, entry_of
from agent_tui.store.tables import tables_by_name
from agent_tui.store.unit_of_work import Unit

Place = tuple[str, str, str, int]
"""A limited segment of one diary's day: diary, ISO day, pattern, start tick."""


def targets(unit: Unit, site: str, kind: str) -> dict[str, str]:
    """Return what is stored under each reference of a kind (client, entry, request)."""
    statement = "SELECT reference, target FROM external_reference WHERE site = ? AND kind = ?"
    return {row[0]: row[1] for row in unit.rows(statement, site, kind)}


def references(unit: Unit, site: str, kind: str) -> dict[str, str]:
    """Return the reference under which each thing of a kind was imported; the first by order where there are several."""
    return {target: reference for reference, target in sorted(targets(unit, site, kind).items(), reverse=True)}


def insert_references(unit: Unit, site: str, kind: str, pairs: Iterable[tuple[str, str]]) -> None:
    """Insert (reference, target) pairs; a reference that is stored raises KeyRefused."""
    statement = "INSERT INTO external_reference (site, kind, reference, target) VALUES (?,?,?,?)"
    unit.many(statement, [(site, kind, reference, target) for reference, target in pairs])


def imported_entries(unit: Unit, site: str) -> dict[str, tuple[str, str | None, int]]:
    """Return by reference the entry, what its row said when it was last imported, and the seq of that line."""
    by = unit.by("ix_event_entry")
    statement = (
        f"SELECT r.reference, r.target, v.fingerprint, v.seq FROM external_reference r LEFT JOIN event v{by}"
        " ON v.site = r.site AND v.entry = r.target AND v.verb = 'imported' WHERE r.site = ? AND r.kind = 'entry' ORDER BY v.seq"
    )
    return {row[0]: (row[1], row[2], row[3] or 0) for row in unit.rows(statement, site)}


def last_line(unit: Unit, site: str, entry: str) -> int:
    """Return the seq of an entry's last line in the log."""
    row = unit.row(f"SELECT MAX(seq) FROM event{unit.by('ix_event_entry')} WHERE site = ? AND entry = ?", site, entry)
    return 0 if row is None or row[0] is None else int(row[0])


def client_ids(unit: Unit, site: str) -> set[str]:
    """Return the opaque ids of a site's claimants."""
    return {str(row[0]) for row in unit.rows("SELECT client FROM client WHERE site = ?", site)}


def next_refs(unit: Unit, site: str, count: int) -> list[str]:
    """Return the next opaque ids; the counter's row is locked until the transaction ends."""
    row = unit.row("UPDATE counter SET value = value + ? WHERE site = ? AND name = 'client' RETURNING value", count, site)
    last = count if row is None else int(row[0])
    if row is None:
        unit.run("INSERT INTO counter (site, name, value) VALUES (?, 'client', ?)", site, count)
    return [f"C{number:06d}" for number in range(last - count + 1, last + 1)]


def times_of_clients(
    unit: Unit, site: str, first_day: str, last_day: str, now_ms: int
) -> dict[tuple[str, str], list[tuple[int, int, str]]]:
    """Return claimants' times between two days as (start, end, entry) by (opaque id, ISO day); lapsed holds are none."""
    statement = (
        "SELECT client, day, start_tick, end_tick, id FROM entry WHERE site = ? AND day BETWEEN ? AND ? AND client IS NOT NULL"
        " AND status IN ('held', 'booked', 'attended', 'late', 'blocked') AND (expires_at IS NULL OR expires_at > ?)"
    )
    found: dict[tuple[str, str], list[tuple[int, int, str]]] = {}
    for client, day, start, end, id in unit.rows(statement, site, first_day, last_day, now_ms):
        found.setdefault((client, day), []).append((start, end, id))
    return found


def places_taken(unit: Unit, site: str, first_day: str, last_day: str) -> dict[Place, set[int]]:
    """Return the ordinals that are taken in limited segments between two days."""
    statement = "SELECT resource, day, pattern, segment, ordinal FROM segment_use WHERE site = ? AND day BETWEEN ? AND ?"
    found: dict[Place, set[int]] = {}
    for diary, day, pattern, segment, ordinal in unit.rows(statement, site, first_day, last_day):
        found.setdefault((diary, day, pattern, segment), set()).add(ordinal)
    return found


def places_of(unit: Unit, site: str, entry: str) -> list[tuple[str, int, int]]:
    """Return an entry's places in limited segments as (pattern, segment's start tick, ordinal)."""
    by = unit.by("ix_segment_use_entry")
    rows = unit.rows(f"SELECT pattern, segment, ordinal FROM segment_use{by} WHERE site = ? AND entry = ?", site, entry)
    return [(row[0], row[1], row[2]) for row in rows]


USE_STATEMENT = "INSERT INTO segment_use (site, resource, day, pattern, segment, ordinal, entry) VALUES (?,?,?,?,?,?,?)"
NOTE_STATEMENT = "INSERT INTO note (site, id, kind, entry, handoff, body, made_by, made_at) VALUES (?,?,'note',?,NULL,?,?,?)"


def logins(unit: Unit, site: str) -> dict[str, tuple[str, str | None]]:
    """Return the role and, of a coach, the diary of each login."""
    return {row[0]: (row[1], row[2]) for row in unit.rows("SELECT login, role, diary FROM staff WHERE site = ?", site)}


def update_teams(unit: Unit, site: str, teams: Mapping[str, str]) -> None:
    """Write the names of teams anew."""
    unit.many("UPDATE team SET name = ? WHERE site = ? AND team = ?", [(name, site, code) for code, name in teams.items()])


def update_rooms(unit: Unit, site: str, rooms: Iterable[Room]) -> None:
    """Write the names of rooms and equipment anew, and the needs that they meet."""
    rows = [(one.name, json.dumps(sorted(one.meets)), site, one.code) for one in rooms]
    unit.many("UPDATE resource SET name = ?, meets = ? WHERE site = ? AND resource = ?", rows)


def update_coaches(unit: Unit, site: str, diaries: Iterable[Diary]) -> None:
    """Write the coaches of diaries anew."""
    rows = [(one.coach, site, one.code) for one in diaries]
    unit.many("UPDATE resource SET coach = ? WHERE site = ? AND resource = ?", rows)


def delete_closures(unit: Unit, site: str, days: Iterable[str]) -> None:
    """Delete closed days, which are ISO texts; one that is not there is left."""
    unit.many("DELETE FROM closure WHERE site = ? AND day = ?", [(site, day) for day in days])


def owned_between(unit: Unit, site: str, first_day: str, last_day: str) -> dict[str, list[tuple[str, int, int]]]:
    """Return by entry what each owns between two days as (resource, start, end)."""
    statement = (
        "SELECT entry, resource, start_tick, end_tick FROM claim WHERE site = ? AND day BETWEEN ? AND ?"
        " ORDER BY resource, start_tick"
    )
    found: dict[str, list[tuple[str, int, int]]] = {}
    for entry, resource, start, end in unit.rows(statement, site, first_day, last_day):
        found.setdefault(entry, []).append((resource, start, end))
    return found


def update_staff(unit: Unit, site: str, people: Iterable[Staff]) -> None:
    """Write the names, roles, bookers and diaries of logins anew."""
    rows = [(one.name, one.role, one.booker, one.diary, site, one.login) for one in people]
    unit.many("UPDATE staff SET name = ?, role = ?, booker = ?, diary = ? WHERE site = ? AND login = ?", rows)


def all_staff(unit: Unit, site: str) -> dict[str, Staff]:
    """Return a site's staff by login."""
    rows = unit.rows(f"SELECT {STAFF_COLUMNS} FROM staff WHERE site = ? ORDER BY login", site)
    return {row[0]: staff_of(row) for row in rows}


def has_entries(unit: Unit, site: str) -> bool:
    """Return whether a site has ever had an entry."""
    return unit.row("SELECT 1 FROM entry WHERE site = ? LIMIT 1", site) is not None


def all_rows(unit: Unit, site: str, table: str, columns: Sequence[str]) -> Sequence[Sequence[Any]]:
    """Return every row of a site in a table, in the order of its columns; the names are those of `tables_by_name`."""
    return unit.rows(f"SELECT {', '.join(columns)} FROM {table} WHERE site = ? ORDER BY {', '.join(columns)}", site)


def insert_rows(unit: Unit, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows into a table of `tables_by_name`; what a key, a check or a trigger refuses raises KeyRefused."""
    marks = ",".join("?" * len(columns))
    unit.many(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)


def site_tables() -> dict[str, tuple[Column, ...]]:
    """Return the columns of each table that an export of a whole site holds, in an order that the foreign keys allow.

    Ticks are left out: an import makes them anew from the claims, so that the guard looks at them again.
    """
    return {
        name: tuple(Column(one.name, isinstance(one.type, Text), bool(one.nullable)) for one in table.columns)
        for name, table in tables_by_name().items()
        if name != "occupancy"
    }


def filled_tables(unit: Unit, site: str) -> list[str]:
    """Return the tables that hold rows of a site."""
    return [name for name in tables_by_name() if unit.row(f"SELECT 1 FROM {name} WHERE site = ? LIMIT 1", site) is not None]


def hash_of_line(unit: Unit, site: str, seq: int) -> str | None:
    """Return the hash of a line of the log, or None where there is no such line."""
    row = unit.row("SELECT hash FROM event WHERE site = ? AND seq = ?", site, seq)
    return None if row is None else str(row[0])


CREATED_TABLES = ("closure", "staff", "counter", "pattern_head", "site_head", "site")
"""What a site that was just created has rows in, in an order in which they can be deleted."""


def clear_created(unit: Unit, site: str) -> None:
    """Delete the rows of a site that was just created, to make room for those of a file."""
    for table in CREATED_TABLES:
        unit.run(f"DELETE FROM {table} WHERE site = ?", site)


def entries_between(unit: Unit, site: str, kind: str, first_day: str, last_day: str) -> list[EntryState]:
    """Return every entry of a kind between two days, whatever became of it, by day, start, diary and id."""
    statement = (
        f"SELECT {ENTRY_COLUMNS} FROM entry WHERE site = ? AND kind = ? AND day BETWEEN ? AND ?"
        " ORDER BY day, start_tick, diary, id"
    )
    return [entry_of(row) for row in unit.rows(statement, site, kind, first_day, last_day)]
