"""The waiting list, and the calls of the queue: what waits, who has it, and what became of it."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from agent_tui.domain.clients import Client
from agent_tui.domain.queue import QUEUED, REQUEST, Duplicate, QueueItem
from agent_tui.domain.requests import EntryState
from agent_tui.domain.sooner import OFFERED, Waiting, waiting_from
from agent_tui.store.queries.clients import COLUMNS
from agent_tui.store.unit_of_work import Unit

_COLUMNS = "entry, status, wanted, call, made_by, made_at"
_LIVE = "('waiting', 'offered')"


def _place(row: Sequence[Any]) -> Waiting:
    entry, status, wanted, call, made_by, made_at = row
    return waiting_from(entry, status, json.loads(wanted), call, made_by, made_at)


def somebody(unit: Unit, site: str) -> bool:
    """Return whether a claimant waits for an earlier time or is being offered one."""
    by = unit.by("ix_waiting_status")
    return unit.row(f"SELECT 1 FROM waiting{by} WHERE site = ? AND status IN {_LIVE} LIMIT 1", site) is not None


def get(unit: Unit, site: str, entry: str, *, lock: bool = False) -> Waiting | None:
    """Return an appointment's place on the waiting list, or None; with `lock` it cannot change until the transaction ends."""
    clause = unit.for_update if lock else ""
    row = unit.row(f"SELECT {_COLUMNS} FROM waiting WHERE site = ? AND entry = ?{clause}", site, entry)
    return None if row is None else _place(row)


def live(unit: Unit, site: str, *, lock: bool = False) -> list[Waiting]:
    """Return the places of those who wait or are being offered a time, longest first."""
    clause = unit.for_update if lock else ""
    by = unit.by("ix_waiting_status")
    statement = f"SELECT {_COLUMNS} FROM waiting{by} WHERE site = ? AND status IN {_LIVE} ORDER BY made_at, entry{clause}"
    return [_place(row) for row in unit.rows(statement, site)]


def all_of(unit: Unit, site: str) -> list[Waiting]:
    """Return every place there ever was, those that live first, longest first."""
    order = f"CASE WHEN status IN {_LIVE} THEN 0 ELSE 1 END, made_at, entry"
    return [_place(row) for row in unit.rows(f"SELECT {_COLUMNS} FROM waiting WHERE site = ? ORDER BY {order}", site)]


def offered(unit: Unit, site: str, hold: EntryState) -> Waiting | None:
    """Return the place for which a hold was made and is being offered, or None."""
    place = None if hold.moving is None else get(unit, site, hold.moving)
    return place if place is not None and place.status == OFFERED and place.hold == hold.id else None


def insert(unit: Unit, site: str, place: Waiting) -> None:
    """Insert a place; an appointment that has one raises KeyRefused."""
    kept = json.dumps(place.as_kept(), sort_keys=True)
    unit.run(
        f"INSERT INTO waiting (site, {_COLUMNS}) VALUES (?,?,?,?,?,?,?)",
        *(site, place.entry, place.status, kept, place.call, place.made_by, place.made_at),
    )


def update(unit: Unit, site: str, place: Waiting) -> None:
    """Write a place anew."""
    kept = json.dumps(place.as_kept(), sort_keys=True)
    unit.run(
        "UPDATE waiting SET status = ?, wanted = ?, call = ?, made_by = ?, made_at = ? WHERE site = ? AND entry = ?",
        *(place.status, kept, place.call, place.made_by, place.made_at, site, place.entry),
    )


# The calls of the queue.

_CALL = "id, kind, status, who, type, client, entry, wanted, opened_at, priority, contact, said"
_KINDS = ", ".join(f"'{kind}'" for kind in QUEUED)


def _item(row: Sequence[Any]) -> QueueItem:
    id, kind, status, who, type, client, entry, wanted, opened_at, priority, contact, said = row
    known = (id, kind, status, who, type, client, entry, json.loads(wanted), opened_at, priority, contact)
    return QueueItem(*known, said=json.loads(said) if said else {})


def queue(unit: Unit, site: str) -> list[QueueItem]:
    """Return the open calls of the queue, oldest first."""
    by = unit.by("ix_call_status")
    statement = f"SELECT {_CALL} FROM call{by} WHERE site = ? AND status = 'open' AND kind IN ({_KINDS}) ORDER BY opened_at, id"
    return [_item(row) for row in unit.rows(statement, site)]


def item(unit: Unit, site: str, id: str, *, lock: bool = False) -> QueueItem | None:
    """Return a call of the queue, open or not, or None; with `lock` it cannot change until the transaction ends."""
    clause = unit.for_update if lock else ""
    row = unit.row(f"SELECT {_CALL} FROM call WHERE site = ? AND id = ? AND kind IN ({_KINDS}){clause}", site, id)
    return None if row is None else _item(row)


def give(unit: Unit, site: str, one: QueueItem) -> None:
    """Write who has a call of the queue."""
    wanted = json.dumps(dict(one.wanted), sort_keys=True)
    unit.run("UPDATE call SET who = ?, wanted = ? WHERE site = ? AND id = ?", one.who, wanted, site, one.id)


def raise_priority(unit: Unit, site: str, id: str, priority: str) -> None:
    """Write the priority of a call of the queue."""
    unit.run("UPDATE call SET priority = ? WHERE site = ? AND id = ?", priority, site, id)


def duplicates_of(unit: Unit, site: str, one: QueueItem) -> tuple[Duplicate, ...]:
    """Return the requests in writing that repeat an open one, oldest first."""
    if one.kind != REQUEST or one.client is None:
        return ()
    by = unit.by("ix_call_status")
    rows = unit.rows(
        f"SELECT {_CALL} FROM call{by} WHERE site = ? AND status = 'duplicate' AND kind = 'request' AND client = ? AND type = ?"
        " ORDER BY opened_at, id",
        *(site, one.client, one.type),
    )
    found = [_item(row) for row in rows]
    return tuple(
        Duplicate(item.id, item.contact, item.opened_at, item.priority, item.said)
        for item in found
        if item.wanted.get("duplicate_of") == one.id
    )


def repeats(unit: Unit, site: str) -> dict[str, int]:
    """Return how many requests in writing repeat each open one, by its id; one that nobody repeats is left out."""
    rows = unit.rows(
        "SELECT later.wanted FROM call AS later JOIN call AS first ON first.site = later.site AND first.client = later.client"
        " AND first.type = later.type WHERE later.site = ? AND later.status = 'duplicate' AND later.kind = 'request'"
        " AND first.status = 'open' AND first.kind = 'request' GROUP BY later.id, later.wanted",
        site,
    )
    return dict(Counter(str(json.loads(row[0]).get("duplicate_of")) for row in rows))


def open_request(unit: Unit, site: str, client: str, type: str) -> tuple[str, str] | None:
    """Return the id and priority of the oldest open request in writing of a claimant for a type, locked, or None."""
    by = unit.by("ix_call_status")
    row = unit.row(
        f"SELECT id, priority FROM call{by} WHERE site = ? AND status = 'open' AND kind = 'request' AND client = ? AND type = ?"
        f" ORDER BY opened_at, id LIMIT 1{unit.for_update}",
        *(site, client, type),
    )
    return None if row is None else (str(row[0]), str(row[1]))


def fitting_clients(unit: Unit, site: str, key: str, value: str) -> list[Client]:
    """Return the claimants with a folded reference, phone or name (`key` is one of those words), by opaque id."""
    column, index = _KEYS[key]
    by = unit.by(index)
    statement = f"SELECT {COLUMNS} FROM client{by} WHERE site = ? AND {column} = ? ORDER BY client"
    return [Client(*row) for row in unit.rows(statement, site, value)]


_KEYS = {
    "reference": ("reference_key", "ix_client_reference"),
    "phone": ("phone_key", "ix_client_phone"),
    "name": ("name_key", "ix_client_name"),
}
