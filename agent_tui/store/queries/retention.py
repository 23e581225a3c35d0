"""What is kept too long: claimants of whom nothing is new or open, and free text by its age. Sets of rows, never row by row.

A claimant is found by what they lack, with subqueries that each read one table once; a batch is looked at again, within its
range of opaque ids, in the transaction that erases it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from agent_tui.domain.clients import CLIENT_ID, NOBODY
from agent_tui.store.queries.clients import NO_LONGER_NAMED
from agent_tui.store.unit_of_work import Unit

_MADE = ("client_added", "client_changed")
_BROUGHT = ("file_imported", "imported", "site_imported", "requests_loaded")


@dataclass(frozen=True, slots=True)
class Limit:
    """Before what something is too old: the first day that is kept, as ISO text, and its midnight in ms UTC."""

    day: str
    ms: int


@dataclass(frozen=True, slots=True)
class Span:
    """A range of opaque ids, both inclusive."""

    low: str = "C"
    high: str = "D"


_WHOLE = Span()


def due_clients(unit: Unit, site: str, limit: Limit, today: date, span: Span = _WHOLE, *, lock: bool = False) -> list[str]:
    """Return the opaque ids of claimants whose last appointment, call and hand-off are too old, and who have nothing open.

    Nothing open: no appointment from today on, no open call, request or offer, no hand-off, no flag on anything of theirs, no
    override that waits, no place on the waiting list. One of whom nothing says when is never returned. With `lock` nobody
    can book for them until the transaction ends, and what only the past can say is not asked again.
    """
    if lock and unit.postgres:
        unit.rows(
            f"SELECT client FROM client WHERE site = ? AND client BETWEEN ? AND ?{unit.for_update}", site, span.low, span.high
        )
    parts = (*_too_new(unit, site, limit, today, span), *_open(site, span))
    parts += () if lock else (_made_lately(site, limit, span),)
    without = "".join(f" AND c.client NOT IN ({statement})" for statement, _values in parts)
    dated, known = ("", ()) if lock else _dated(unit, site, limit, span)
    values = [value for _statement, some in parts for value in some]
    rows = unit.rows(
        f"SELECT c.client FROM client c WHERE c.site = ? AND c.client BETWEEN ? AND ? AND NOT ({NO_LONGER_NAMED})"
        f"{without}{dated} ORDER BY c.client",
        *(site, span.low, span.high, *values, *known),
    )
    waits = _in_overrides(unit, site)
    return [str(row[0]) for row in rows if row[0] not in waits]


Part = tuple[str, tuple[object, ...]]


def _too_new(unit: Unit, site: str, limit: Limit, today: date, span: Span) -> list[Part]:
    key = (site, span.low, span.high)
    mine = "site = ? AND client BETWEEN ? AND ?"
    by_client = unit.by("ix_entry_client")
    return [
        (f"SELECT client FROM entry{by_client} WHERE {mine} AND day >= ?", (*key, min(limit.day, today.isoformat()))),
        (f"SELECT client FROM call WHERE {mine} AND (status = 'open' OR COALESCE(closed_at, opened_at) >= ?)", (*key, limit.ms)),
        (
            f"SELECT client FROM handoff WHERE {mine} AND (status <> 'closed' OR COALESCE(closed_at, made_at) >= ?)",
            (*key, limit.ms),
        ),
    ]


def _made_lately(site: str, limit: Limit, span: Span) -> Part:
    statement = f"SELECT client FROM event WHERE site = ? AND client BETWEEN ? AND ? AND verb IN {_MADE} AND at >= ?"
    return statement, (site, span.low, span.high, limit.ms)


_OF_FLAGS = (("entry", "entry"), ("entry", "other"), ("handoff", "handoff"), ("call", "call"))
"""What a flag can be about: the table, and the column of the flag that names a row of it."""


def _open(site: str, span: Span) -> list[Part]:
    key = (site, span.low, span.high)
    waits = (
        "SELECT e.client FROM waiting w JOIN entry e ON e.site = w.site AND e.id = w.entry"
        " WHERE w.site = ? AND w.status IN ('waiting', 'offered') AND e.client BETWEEN ? AND ?"
    )
    flagged = [
        f"SELECT t.client FROM flag f JOIN {table} t ON t.site = f.site AND t.id = f.{column}"
        " WHERE f.site = ? AND f.status = 'open' AND t.client BETWEEN ? AND ?"
        for table, column in _OF_FLAGS
    ]
    return [(statement, key) for statement in (waits, *flagged)]


def _dated(unit: Unit, site: str, limit: Limit, span: Span) -> Part:
    """Return the clause that something says when a claimant was last of concern; the last import does where all else is mute."""
    marks = ",".join("?" * len(_BROUGHT))
    row = unit.row(f"SELECT MAX(at) FROM event WHERE site = ? AND verb IN ({marks})", site, *_BROUGHT)
    if row is not None and row[0] is not None and int(row[0]) < limit.ms:
        return "", ()
    key = (site, span.low, span.high)
    some = " OR ".join(
        f"c.client IN (SELECT client FROM {table} WHERE site = ? AND client BETWEEN ? AND ?)"
        for table in ("entry", "call", "handoff")
    )
    made = f"c.client IN (SELECT client FROM event WHERE site = ? AND client BETWEEN ? AND ? AND verb IN {_MADE})"
    return f" AND ({some} OR {made})", (*key, *key, *key, *key)


def _in_overrides(unit: Unit, site: str) -> set[str]:
    """Return the claimants whom an override that waits is for, or would move."""
    found: set[str] = set()
    for wanted, chain in unit.rows("SELECT wanted, chain FROM override_request WHERE site = ? AND status = 'open'", site):
        found |= _ids_in(json.loads(wanted)) | _ids_in(json.loads(chain))
    return found


def _ids_in(value: object) -> set[str]:
    if isinstance(value, str):
        return {value} if CLIENT_ID.fullmatch(value) else set()
    if isinstance(value, dict):
        return set().union(*(_ids_in(one) for one in value.values()))
    return set().union(*(_ids_in(one) for one in value)) if isinstance(value, list) else set()


def undated(unit: Unit, site: str) -> int:
    """Return of how many claimants who are still named nothing says when: no appointment, call, hand-off, or line of the log."""
    marks = ",".join("?" * len(_BROUGHT))
    if unit.row(f"SELECT 1 FROM event WHERE site = ? AND verb IN ({marks}) LIMIT 1", site, *_BROUGHT) is not None:
        return 0
    without = "".join(
        f" AND client NOT IN (SELECT client FROM {table} WHERE site = ? AND client IS NOT NULL)"
        for table in ("entry", "call", "handoff")
    )
    row = unit.row(
        f"SELECT COUNT(*) FROM client WHERE site = ? AND NOT ({NO_LONGER_NAMED}){without} AND client NOT IN"
        f" (SELECT client FROM event WHERE site = ? AND verb IN {_MADE} AND client IS NOT NULL)",
        *(site, site, site, site, site),
    )
    return 0 if row is None else int(row[0])


def erase_clients(unit: Unit, site: str, refs: Sequence[str]) -> None:
    """Erase who some claimants are and all that was written of them; their entries stay, with the opaque id."""
    if not refs:
        return
    marks = ",".join("?" * len(refs))
    entries = f"SELECT id FROM entry WHERE site = ? AND client IN ({marks})"
    handoffs = f"SELECT id FROM handoff WHERE site = ? AND client IN ({marks})"
    calls = f"SELECT id FROM call WHERE site = ? AND client IN ({marks})"
    key = (site, *refs)
    unit.run(
        "UPDATE client SET name = ?, name_key = '', phone = '', phone_key = '', reference = '', reference_key = '', email = '',"
        f" language = '', access_needs = '', preferred_channel = NULL, address = NULL WHERE site = ? AND client IN ({marks})",
        *(NOBODY, *key),
    )
    unit.run(f"DELETE FROM client_word WHERE site = ? AND client IN ({marks})", *key)
    unit.run(f"DELETE FROM note WHERE site = ? AND (entry IN ({entries}) OR handoff IN ({handoffs}))", site, *key, *key)
    unit.run(
        f"UPDATE flag SET note = NULL WHERE site = ? AND note IS NOT NULL AND (entry IN ({entries}) OR other IN ({entries})"
        f" OR handoff IN ({handoffs}) OR call IN ({calls}))",
        *(site, *key, *key, *key, *key),
    )
    unit.run(f"UPDATE call SET said = NULL WHERE site = ? AND said IS NOT NULL AND client IN ({marks})", *key)
    unit.run(f"UPDATE override_request SET said = NULL WHERE site = ? AND said IS NOT NULL AND entry IN ({entries})", site, *key)
    unit.run(f"UPDATE feedback SET words = NULL WHERE site = ? AND words IS NOT NULL AND entry IN ({entries})", site, *key)
    unit.run(f"UPDATE handover SET draft = NULL WHERE site = ? AND draft IS NOT NULL AND entry IN ({entries})", site, *key)
    unit.run(
        "UPDATE message SET status = 'dropped', error = 'erased' WHERE site = ? AND status IN ('queued', 'asking', 'failed')"
        f" AND entry IN ({entries})",
        *(site, *key),
    )
    unit.run(
        f"UPDATE message SET provider_id = NULL WHERE site = ? AND provider_id IS NOT NULL AND entry IN ({entries})", site, *key
    )
    unit.run(
        "DELETE FROM external_reference WHERE site = ? AND ((kind = 'client' AND target IN"
        f" ({marks})) OR (kind = 'entry' AND target IN ({entries})) OR (kind = 'request' AND target IN ({calls})))",
        *(site, *refs, *key, *key),
    )


_NOTES = (
    (
        "note",
        "entry IN (SELECT e.id FROM entry e WHERE e.site = ? AND e.day < ? AND e.status NOT IN ('held', 'unplaced')"
        " AND e.id NOT IN (SELECT entry FROM flag WHERE site = ? AND status = 'open' AND entry IS NOT NULL))",
    ),
    ("note", "handoff IN (SELECT id FROM handoff WHERE site = ? AND status = 'closed' AND closed_at < ?)"),
    ("flag", "note IS NOT NULL AND status = 'closed' AND resolved_at < ?"),
    ("feedback", "words IS NOT NULL AND made_at < ?"),
    ("incident", "(words <> '' OR outcome <> '') AND closed_at < ?"),
    ("support_ticket", "(words <> '' OR outcome <> '') AND closed_at < ?"),
)
_CALLS = "status <> 'open' AND closed_at < ? AND (client IS NOT NULL OR said IS NOT NULL)"
_REQUESTS = "kind = 'request' AND status <> 'open' AND closed_at < ? AND said IS NOT NULL"
_OVERRIDES = "said IS NOT NULL AND status <> 'open' AND decided_at < ?"


def due_texts(unit: Unit, site: str, category: str, limit: Limit) -> int:
    """Return how many rows of a category of free text are too old."""
    return sum(_count(unit, table, where, site, values) for table, where, values in _texts(category, site, limit))


def erase_texts(unit: Unit, site: str, category: str, limit: Limit, most: int) -> int:
    """Erase the free text of a category that is too old, of at most so many rows of one table, and return of how many."""
    for table, where, values in _texts(category, site, limit):
        change = f"DELETE FROM {table}" if table == "note" else f"UPDATE {table} SET {_ERASED[category, table]}"
        batch = f"SELECT id FROM {table} WHERE site = ? AND {where} LIMIT ?"
        changed = unit.run(f"{change} WHERE site = ? AND id IN ({batch})", site, site, *values, most)
        if changed:
            return changed
    return 0


_ERASED = {
    ("notes", "flag"): "note = NULL",
    ("notes", "feedback"): "words = NULL",
    ("notes", "incident"): "words = '', outcome = ''",
    ("notes", "support_ticket"): "words = '', outcome = ''",
    ("calls", "call"): "client = NULL, said = NULL",
    ("words", "call"): "said = NULL",
    ("words", "override_request"): "said = NULL",
}


def _texts(category: str, site: str, limit: Limit) -> list[tuple[str, str, tuple[object, ...]]]:
    if category == "notes":
        of_entries, of_handoffs, *others = _NOTES
        first = [(*of_entries, (site, limit.day, site)), (*of_handoffs, (site, limit.ms))]
        return [*first, *((*one, (limit.ms,)) for one in others)]
    if category == "calls":
        return [("call", _CALLS, (limit.ms,))]
    return [("call", _REQUESTS, (limit.ms,)), ("override_request", _OVERRIDES, (limit.ms,))]


def _count(unit: Unit, table: str, where: str, site: str, values: Sequence[object]) -> int:
    row = unit.row(f"SELECT COUNT(*) FROM {table} WHERE site = ? AND {where}", site, *values)
    return 0 if row is None else int(row[0])


def old_looks(unit: Unit, site: str, limit: Limit) -> int:
    """Return how many looks at claimants are older than the record of them is to be kept."""
    return _count(unit, "access", "at < ?", site, (limit.ms,))


def overwrite_what_is_erased(unit: Unit) -> None:
    """Have SQLite write zeros over what this transaction takes away; a server's own housekeeping does it there."""
    if not unit.postgres:
        unit.row("PRAGMA secure_delete = ON")
