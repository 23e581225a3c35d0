"""Entries and what they own: the hot statements of holding, booking, moving and letting go."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from agent_tui.domain.log import State
from agent_tui.domain.requests import EntryState
from agent_tui.store.unit_of_work import Unit

ENTRY_COLUMNS = _ENTRY = (
    "id, kind, status, type, client, diary, day, start_tick, end_tick, resources, needs, channel, priority, contact,"
    " version, made_by, made_at, expires_at, moving, reason, pair"
)
_WIDTH = len(_ENTRY.split(","))
_INSERT = f"INSERT INTO entry (site, {_ENTRY}, language) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
_UPDATE = (
    "UPDATE entry SET kind = ?, status = ?, type = ?, client = ?, diary = ?, day = ?,"
    " start_tick = ?, end_tick = ?, resources = ?,"
    " needs = ?, channel = ?, priority = ?, contact = ?, version = ?, expires_at = ?,"
    " moving = ?, reason = ?, made_by = ? WHERE site = ? AND id = ?"
)
_CLAIM = "INSERT INTO claim (site, resource, day, start_tick, entry, end_tick, expires_at) VALUES (?,?,?,?,?,?,?)"

LIVE = ("held", "booked", "attended", "late", "dna", "blocked")

Range = tuple[str, str, int, int]


def entry_of(row: Sequence[Any]) -> EntryState:
    """Return a stored entry as a value."""
    id, kind, status, type, client, diary, day, start, end, resources, needs, *rest = row
    channel, priority, contact, version, made_by, made_at, expires_at, moving, reason, pair = rest
    return EntryState(
        id=id,
        kind=kind,
        status=status,
        type=type,
        client=client,
        diary=diary,
        day=date.fromisoformat(day),
        start=start,
        end=end,
        resources=tuple(json.loads(resources)),
        needs=tuple(json.loads(needs)),
        channel=channel,
        priority=priority,
        contact=contact,
        version=version,
        made_by=made_by,
        made_at=made_at,
        expires_at=expires_at,
        moving=moving,
        reason=reason,
        pair=pair,
    )


def state_of(entry: EntryState, claims: Iterable[Range]) -> State:
    """Return what the log keeps of an entry: times, what it owns, type, status, priority and reason code."""
    # Few entries have a pair; the others' lines are shorter without it.
    pair = {} if entry.pair is None else {"pair": entry.pair}
    return pair | {
        "claims": [list(claim) for claim in sorted(claims)],
        "kind": entry.kind,
        "status": entry.status,
        "type": entry.type,
        "client": entry.client,
        "diary": entry.diary,
        "day": entry.day.isoformat(),
        "start": entry.start,
        "end": entry.end,
        "resources": list(entry.resources),
        "needs": list(entry.needs),
        "channel": entry.channel,
        "priority": entry.priority,
        "contact": entry.contact,
        "version": entry.version,
        "made_by": entry.made_by,
        "made_at": entry.made_at,
        "expires_at": entry.expires_at,
        "moving": entry.moving,
        "reason": entry.reason,
    }


def claims_in(state: State | None) -> list[Range]:
    """Return what an entry owned in a state of the log, as (resource, ISO day, start, end)."""
    return [] if state is None else [(claim[0], claim[1], claim[2], claim[3]) for claim in state["claims"]]


def entry_from_state(id: str, state: State) -> EntryState:
    """Return the entry that a state of the log describes."""
    return EntryState(
        id=id,
        kind=state["kind"],
        status=state["status"],
        type=state["type"],
        client=state["client"],
        diary=state["diary"],
        day=date.fromisoformat(state["day"]),
        start=state["start"],
        end=state["end"],
        resources=tuple(state["resources"]),
        needs=tuple(state["needs"]),
        channel=state["channel"],
        priority=state["priority"],
        contact=state["contact"],
        version=state["version"],
        made_by=state["made_by"],
        made_at=state["made_at"],
        expires_at=state["expires_at"],
        moving=state["moving"],
        reason=state["reason"],
        pair=state.get("pair"),
    )


def insert(unit: Unit, site: str, entry: EntryState, language: str | None = None) -> None:
    """Insert an entry's row; an id that exists raises KeyRefused."""
    unit.later(_INSERT, *insert_values(site, entry, language))


def insert_values(site: str, entry: EntryState, language: str | None = None) -> tuple[Any, ...]:
    """Return the values of an entry's row."""
    return (
        site,
        entry.id,
        entry.kind,
        entry.status,
        entry.type,
        entry.client,
        entry.diary,
        entry.day.isoformat(),
        entry.start,
        entry.end,
        json.dumps(list(entry.resources)),
        json.dumps(list(entry.needs)),
        entry.channel,
        entry.priority,
        entry.contact,
        entry.version,
        entry.made_by,
        entry.made_at,
        entry.expires_at,
        entry.moving,
        entry.reason,
        entry.pair,
        language,
    )


INSERT_STATEMENT = _INSERT
CLAIM_STATEMENT = _CLAIM
TICK_STATEMENT = "INSERT INTO occupancy (site, resource, day, tick, entry) VALUES (?,?,?,?,?)"


def update(unit: Unit, site: str, entry: EntryState) -> None:
    """Write an entry's row anew; what it owns is changed by `take` and `let_go`."""
    unit.later(
        _UPDATE,
        entry.kind,
        entry.status,
        entry.type,
        entry.client,
        entry.diary,
        entry.day.isoformat(),
        entry.start,
        entry.end,
        json.dumps(list(entry.resources)),
        json.dumps(list(entry.needs)),
        entry.channel,
        entry.priority,
        entry.contact,
        entry.version,
        entry.expires_at,
        entry.moving,
        entry.reason,
        entry.made_by,
        site,
        entry.id,
    )


@lru_cache(maxsize=600)
def _take_ticks(count: int) -> str:
    return "INSERT INTO occupancy (site, resource, day, tick, entry) VALUES " + ",".join(["(?,?,?,?,?)"] * count)


def take(unit: Unit, site: str, entry: str, ranges: Iterable[Range], expires_at: int | None) -> None:
    """Give ranges of ticks to an entry: claims, then all ticks in one statement in ascending order.

    A tick that has an owner raises KeyRefused, and the transaction must be given up.
    """
    ordered = sorted(ranges)
    ticks: list[Any] = []
    for resource, day, start, end in ordered:
        unit.later(_CLAIM, site, resource, day, start, entry, end, expires_at)
        for tick in range(start, end):
            ticks += (site, resource, day, tick, entry)
    if ticks:
        unit.later(_take_ticks(len(ticks) // 5), *ticks)


def owned(unit: Unit, site: str, entry: str) -> list[Range]:
    """Return the ranges of ticks that an entry owns, as (resource, ISO day, start, end)."""
    statement = (
        f"SELECT resource, day, start_tick, end_tick FROM claim{unit.by('ix_claim_entry')} WHERE site = ? AND entry = ?"
        " ORDER BY resource, day, start_tick"
    )
    return [(row[0], row[1], row[2], row[3]) for row in unit.rows(statement, site, entry)]


def let_go(unit: Unit, site: str, entry: str) -> list[Range]:
    """Take everything that an entry owns away from it, segment uses too, and return what it owned."""
    ranges = owned(unit, site, entry)
    if ranges:
        unit.later(f"DELETE FROM claim{unit.by('ix_claim_entry')} WHERE site = ? AND entry = ?", site, entry)
        for resource, day, start, end in ranges:
            unit.later(
                "DELETE FROM occupancy WHERE site = ? AND resource = ? AND day = ? AND tick >= ? AND tick < ? AND entry = ?",
                *(site, resource, day, start, end, entry),
            )
    leave_segments(unit, site, entry)
    return ranges


def leave_segments(unit: Unit, site: str, entry: str) -> None:
    """Give back an entry's places in limited segments."""
    unit.later(f"DELETE FROM segment_use{unit.by('ix_segment_use_entry')} WHERE site = ? AND entry = ?", site, entry)


def set_expiry(unit: Unit, site: str, entry: str, expires_at: int | None) -> None:
    """Write a hold's new end on its claims, or None when it has become an appointment."""
    unit.later(
        f"UPDATE claim{unit.by('ix_claim_entry')} SET expires_at = ? WHERE site = ? AND entry = ?", expires_at, site, entry
    )


def get(unit: Unit, site: str, id: str, *, lock: bool = False) -> EntryState | None:
    """Return an entry, or None; with `lock` its row cannot change until the transaction ends."""
    statement = f"SELECT {_ENTRY} FROM entry WHERE site = ? AND id = ?" + (unit.for_update if lock else "")
    row = unit.row(statement, site, id)
    return None if row is None else entry_of(row)


def some(unit: Unit, site: str, ids: Iterable[str]) -> dict[str, EntryState]:
    """Return those of some entries that there are, by id."""
    wanted, found = sorted(set(ids)), {}
    for first in range(0, len(wanted), 500):
        part = wanted[first : first + 500]
        marks = ",".join("?" * len(part))
        for row in unit.rows(f"SELECT {_ENTRY} FROM entry WHERE site = ? AND id IN ({marks})", site, *part):
            entry = entry_of(row)
            found[entry.id] = entry
    return found


def overlapping(unit: Unit, site: str, ranges: Iterable[Range]) -> list[EntryState]:
    """Return the entries that own a tick of some range, in the order of their start."""
    found: dict[str, EntryState] = {}
    columns = ", ".join(f"e.{name.strip()}" for name in _ENTRY.split(","))
    statement = (
        f"SELECT {columns} FROM claim c JOIN entry e ON e.site = c.site AND e.id = c.entry"
        " WHERE c.site = ? AND c.resource = ? AND c.day = ? AND c.start_tick < ? AND c.end_tick > ? ORDER BY c.start_tick"
    )
    for resource, day, start, end in ranges:
        for row in unit.rows(statement, site, resource, day, end, start):
            entry = entry_of(row)
            found.setdefault(entry.id, entry)
    return list(found.values())


def of_client(unit: Unit, site: str, client: str, first_day: str, last_day: str, now_ms: int) -> list[EntryState]:
    """Return a client's entries that own time between two days; holds that have lapsed own none."""
    statement = (
        f"SELECT {_ENTRY} FROM entry WHERE site = ? AND client = ? AND day >= ? AND day <= ?"
        " AND status IN ('held', 'booked', 'attended', 'late', 'blocked') AND (expires_at IS NULL OR"
        " expires_at > ?) ORDER BY day, start_tick"
    )
    return [entry_of(row) for row in unit.rows(statement, site, client, first_day, last_day, now_ms)]


_OF_CLAIMS = (
    f"SELECT {', '.join('e.' + name.strip() for name in _ENTRY.split(','))}, c.start_tick, c.end_tick, c.resource"
    " FROM claim c JOIN entry e ON e.site = c.site AND e.id = c.entry"
)


def of_days(unit: Unit, site: str, resources: Sequence[str], first_day: str, last_day: str, now_ms: int) -> list[EntryState]:
    """Return the entries that own time on some resources between two days, by resource, day and start.

    A moving hold is given with the part of its time that it owns, so that entries of a diary never overlap.
    """
    if not resources:
        return []
    marks = ",".join("?" * len(resources))
    statement = (
        f"{_OF_CLAIMS} WHERE c.site = ? AND c.resource IN ({marks}) AND c.day BETWEEN ? AND ?"
        " AND (c.expires_at IS NULL OR c.expires_at > ?) ORDER BY c.resource, c.day, c.start_tick"
    )
    return [owned_part(row) for row in unit.rows(statement, site, *resources, first_day, last_day, now_ms)]


def coming(unit: Unit, site: str, diaries: Sequence[str], first_day: str) -> list[EntryState]:
    """Return the appointments of some diaries that have a time from a day on, each once and whole, oldest booking first."""
    if not diaries:
        return []
    marks = ",".join("?" * len(diaries))
    statement = (
        f"SELECT {_ENTRY} FROM entry WHERE site = ? AND diary IN ({marks}) AND day >= ? AND kind = 'appointment'"
        " AND status IN ('booked', 'late') ORDER BY made_at, id"
    )
    return [entry_of(row) for row in unit.rows(statement, site, *diaries, first_day)]


def to_come(unit: Unit, site: str, diary: str, first_day: str) -> list[EntryState]:
    """Return what stands in a diary from a day on, by day and start: appointments with or without a time, holds, blocks."""
    statement = (
        f"SELECT {_ENTRY} FROM entry WHERE site = ? AND diary = ? AND day >= ?"
        " AND status IN ('held', 'booked', 'late', 'unplaced', 'blocked') ORDER BY day, start_tick, id"
    )
    return [entry_of(row) for row in unit.rows(statement, site, diary, first_day)]


def standing_on(unit: Unit, site: str, day: str) -> list[EntryState]:
    """Return the meetings of a day that have their time: appointments, and block time for a claimant; by diary and start."""
    statement = (
        f"SELECT {_ENTRY} FROM entry WHERE site = ? AND day = ?"
        " AND (status = 'booked' OR (status = 'blocked' AND client IS NOT NULL)) ORDER BY diary, start_tick, id"
    )
    return [entry_of(row) for row in unit.rows(statement, site, day)]


def coming_in(unit: Unit, site: str, rooms: Sequence[str], first_day: str) -> list[EntryState]:
    """Return the appointments that have some rooms or equipment from a day on, each once and whole, oldest booking first."""
    marks = ",".join("?" * len(rooms))
    statement = (
        f"SELECT {_ENTRY} FROM entry WHERE site = ? AND kind = 'appointment' AND status IN ('booked', 'late') AND id IN"
        f" (SELECT entry FROM claim WHERE site = ? AND resource IN ({marks}) AND day >= ?) ORDER BY made_at, id"
    )
    return [entry_of(row) for row in unit.rows(statement, site, site, *rooms, first_day)]


def owned_part(row: Sequence[Any]) -> EntryState:
    """Return an entry with the part of its time that one of its claims owns."""
    return replace(entry_of(row[:_WIDTH]), start=row[_WIDTH], end=row[_WIDTH + 1])


@dataclass(frozen=True, slots=True)
class PlaceEntry:
    """An entry on a resource (its own diary or a room), with the part of its time that it owns there."""

    resource: str
    entry: EntryState


def of_places(unit: Unit, site: str, places: Sequence[tuple[str, str]]) -> list[PlaceEntry]:
    """Return what owns time on some (resource, ISO day) pairs in one range query, lapsed holds too."""
    out: list[PlaceEntry] = []
    for first in range(0, len(places), 200):
        part = places[first : first + 200]
        either = " OR ".join(["(c.resource = ? AND c.day = ?)"] * len(part))
        statement = f"{_OF_CLAIMS} WHERE c.site = ? AND ({either}) ORDER BY c.resource, c.day, c.start_tick"
        values = [value for place in part for value in place]
        out += [PlaceEntry(row[_WIDTH + 2], owned_part(row)) for row in unit.rows(statement, site, *values)]
    return out


def claims_between(unit: Unit, site: str, first_day: str, last_day: str) -> Sequence[Sequence[Any]]:
    """Return every claim between two days as (resource, ISO day, start, end, expiry in ms UTC or None)."""
    statement = "SELECT resource, day, start_tick, end_tick, expires_at FROM claim WHERE site = ? AND day BETWEEN ? AND ?"
    return unit.rows(statement, site, first_day, last_day)


def unplaced(unit: Unit, site: str, first_day: str, last_day: str) -> list[EntryState]:
    """Return the entries that lost or never got their time between two days."""
    statement = (
        f"SELECT {_ENTRY} FROM entry WHERE site = ? AND status = 'unplaced' AND day BETWEEN ? AND ? ORDER BY day, start_tick"
    )
    return [entry_of(row) for row in unit.rows(statement, site, first_day, last_day)]


def missed(unit: Unit, site: str, first_day: str, last_day: str) -> list[EntryState]:
    """Return the appointments between two days whose claimants did not attend, also those that own no time any more."""
    statement = f"SELECT {_ENTRY} FROM entry WHERE site = ? AND status = 'dna' AND day BETWEEN ? AND ? ORDER BY day, start_tick"
    return [entry_of(row) for row in unit.rows(statement, site, first_day, last_day)]


def moves_of(unit: Unit, site: str, entry: str) -> list[EntryState]:
    """Return the live holds that were made to move an entry; their rows cannot change until the transaction ends."""
    statement = (
        f"SELECT {_ENTRY} FROM entry{unit.by('ix_entry_moving')} WHERE site = ? AND moving = ? AND status = 'held'"
        f" ORDER BY id{unit.for_update}"
    )
    rows = unit.rows(statement, site, entry)
    return [entry_of(row) for row in rows]


def lapsed_holds(unit: Unit, site: str, now_ms: int) -> list[EntryState]:
    """Return the holds whose time has run out but that nobody has met yet."""
    statement = f"SELECT {_ENTRY} FROM entry WHERE site = ? AND status = 'held' AND expires_at <= ? ORDER BY expires_at"
    return [entry_of(row) for row in unit.rows(statement, site, now_ms)]


_MASK_COLUMNS = "SELECT resource, day, start_tick, end_tick FROM claim"


def busy_masks(
    unit: Unit, site: str, resources: Sequence[str], first_day: str, last_day: str, now_ms: int
) -> dict[tuple[str, str], int]:
    """Return the taken ticks of some resources between two days as masks by (resource, ISO day).

    One query over the claims; a hold that has lapsed by the database's clock takes nothing.
    """
    if not resources:
        return {}
    marks = ",".join("?" * len(resources))
    statement = (
        f"{_MASK_COLUMNS} WHERE site = ? AND resource IN ({marks}) AND day BETWEEN ? AND ?"
        " AND (expires_at IS NULL OR expires_at > ?)"
    )
    masks: dict[tuple[str, str], int] = {}
    bits, place, mask = _BITS, ("", ""), 0
    # The rows of one place mostly stand together, so that a dictionary is asked once for each run of them.
    for resource, day, start, end in unit.rows(statement, site, *resources, first_day, last_day, now_ms):
        if day != place[1] or resource != place[0]:
            if mask:
                masks[place] = masks.get(place, 0) | mask
            place, mask = (resource, day), 0
        mask |= bits[end] - bits[start]
    if mask:
        masks[place] = masks.get(place, 0) | mask
    return masks


_BITS = tuple(1 << tick for tick in range(289))


def limit_uses(
    unit: Unit, site: str, diaries: Sequence[str], first_day: str, last_day: str, now_ms: int, *, without: Sequence[str] = ()
) -> dict[tuple[str, str, str, int], int]:
    """Return how many appointments each limited segment of some diaries has, by (diary, ISO day, pattern, segment start).

    A hold that has lapsed by the database's clock does not count, nor do the entries `without`.
    """
    if not diaries:
        return {}
    others = " AND u.entry <> ?" * len(without)
    statement = (
        "SELECT u.resource, u.day, u.pattern, u.segment, COUNT(*) FROM segment_use u"
        " JOIN entry e ON e.site = u.site AND e.id = u.entry"
        f" WHERE u.site = ? AND u.resource IN ({','.join('?' * len(diaries))}) AND u.day BETWEEN ? AND ?{others}"
        " AND (e.expires_at IS NULL OR e.expires_at > ?)"
        " GROUP BY u.resource, u.day, u.pattern, u.segment"
    )
    rows = unit.rows(statement, site, *diaries, first_day, last_day, *without, now_ms)
    return {(row[0], row[1], row[2], row[3]): int(row[4]) for row in rows}


def use_segment(
    unit: Unit, site: str, entry: EntryState, pattern: str, segment: int, most: int, *, sharing: str | None = None
) -> list[str] | None:
    """Take the lowest free place of a limited segment and return None, or return the entries that have all of them.

    The hold of a move shares the place that its appointment has. Another writer who was faster to the same place raises
    KeyRefused.
    """
    statement = (
        "SELECT ordinal, entry FROM segment_use WHERE site = ? AND resource = ? AND day = ? AND pattern = ? AND segment = ?"
    )
    key = (site, entry.diary, entry.day.isoformat(), pattern, segment)
    taken = {row[0]: row[1] for row in unit.rows(statement, *key)}
    if sharing is not None and sharing in taken.values():
        return None
    free = next((ordinal for ordinal in range(1, most + 1) if ordinal not in taken), None)
    if free is None:
        return list(taken.values())
    insert_use = "INSERT INTO segment_use (site, resource, day, pattern, segment, ordinal, entry) VALUES (?,?,?,?,?,?,?)"
    unit.later(insert_use, *key, free, entry.id)
    return None


def limit_holders(unit: Unit, site: str, diary: str, day: str) -> list[str]:
    """Return the entries that have a place in some limited segment of a diary's day."""
    rows = unit.rows("SELECT DISTINCT entry FROM segment_use WHERE site = ? AND resource = ? AND day = ?", site, diary, day)
    return [str(row[0]) for row in rows]
