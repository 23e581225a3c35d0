"""Tickets and retired diaries: written beside the change that they record, in its transaction."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from agent_tui.domain.tickets import Ticket
from agent_tui.store.unit_of_work import Unit

_TICKET = "id, kind, status, resource, fields, patterns, made_by, made_at, settled_by, settled_at"


def _ticket_of(row: Sequence[Any]) -> Ticket:
    id, kind, status, resource, fields, patterns, made_by, made_at, settled_by, settled_at = row
    return Ticket(id, kind, status, resource, json.loads(fields), patterns, made_by, made_at, settled_by, settled_at)


def insert(unit: Unit, site: str, ticket: Ticket) -> None:
    """Insert a ticket; an id that exists raises KeyRefused."""
    unit.run(
        f"INSERT INTO ticket (site, {_TICKET}) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        *(site, ticket.id, ticket.kind, ticket.status, ticket.resource),
        *(json.dumps(ticket.fields, ensure_ascii=False, sort_keys=True), ticket.patterns, ticket.made_by, ticket.made_at),
        *(ticket.settled_by, ticket.settled_at),
    )


def get(unit: Unit, site: str, id: str, *, lock: bool = False) -> Ticket | None:
    """Return a ticket, with `lock` kept from changing until the transaction ends, or None."""
    row = unit.row(f"SELECT {_TICKET} FROM ticket WHERE site = ? AND id = ?{unit.for_update if lock else ''}", site, id)
    return None if row is None else _ticket_of(row)


def of_status(unit: Unit, site: str, status: str | None = None) -> list[Ticket]:
    """Return the tickets of a status (all with None), oldest first."""
    where, values = ("", ()) if status is None else (" AND status = ?", (status,))
    rows = unit.rows(f"SELECT {_TICKET} FROM ticket WHERE site = ?{where} ORDER BY made_at, id", site, *values)
    return [_ticket_of(row) for row in rows]


def of_kind(unit: Unit, site: str, kind: str) -> list[Ticket]:
    """Return the tickets of a kind, oldest first."""
    rows = unit.rows(f"SELECT {_TICKET} FROM ticket WHERE site = ? AND kind = ? ORDER BY made_at, id", site, kind)
    return [_ticket_of(row) for row in rows]


def settle(unit: Unit, site: str, ticket: Ticket) -> None:
    """Write down what became of a ticket: its status, diary and fields, who decided it and when (ms UTC)."""
    unit.run(
        "UPDATE ticket SET status = ?, resource = ?, fields = ?, settled_by = ?, settled_at = ? WHERE site = ? AND id = ?",
        *(ticket.status, ticket.resource, json.dumps(ticket.fields, ensure_ascii=False, sort_keys=True)),
        *(ticket.settled_by, ticket.settled_at, site, ticket.id),
    )


def retire(unit: Unit, site: str, diary: str, day: date, ticket: str) -> None:
    """Write down that a diary is no longer required from a day on; one that is retired already raises KeyRefused."""
    statement = "INSERT INTO retirement (site, resource, day, ticket) VALUES (?,?,?,?)"
    unit.run(statement, site, diary, day.isoformat(), ticket)
