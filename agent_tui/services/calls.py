"""Calls: one conversation with a claimant each, from the first search to how it ended."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

from agent_tui.domain.log import State
from agent_tui.services.desk import Desk
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries import work as work_queries
from agent_tui.store.queries.log import NewEvent, Stamp
from agent_tui.store.unit_of_work import Unit

ENDINGS = ("booked", "called_back", "handed_off", "drop_in", "rang_off")


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call that has not ended: when it began (ms UTC), whose it is, and what was wanted, without free text."""

    id: str
    who: str
    type: str | None
    client: str | None
    entry: str | None
    opened_at: int
    wanted: dict[str, Any]


def open_call(desk: Desk, id: str, type_code: str | None, wanted: dict[str, Any]) -> None:
    """Write down that a call has begun; one that is open already, or has ended, is left as it is."""

    def work(unit: Unit) -> None:
        if work_queries.call(unit, desk.site, id) is not None:
            return
        stamp = _stamp(desk, unit)
        row = {
            "id": id,
            "kind": "call",
            "status": "open",
            "who": desk.staff.login,
            "type": type_code,
            "client": None,
            "entry": None,
            "wanted": wanted,
            "opened_at": stamp.at,
        }
        work_queries.insert_call(unit, desk.site, row)
        after: State = {"call": id, "status": "open", "type": type_code, "claims": []}
        log_queries.append(unit, stamp, NewEvent("call_opened", after=after))

    desk.store.write(work)


def end_call(desk: Desk, id: str, how: str, *, entry: str | None = None) -> bool:
    """Write how a call ended, one of ENDINGS; False when it is not open (any more)."""
    if how not in ENDINGS:
        raise ValueError(how)

    def work(unit: Unit) -> bool:
        row = work_queries.call(unit, desk.site, id)
        if row is None or row[2] != "open":
            return False
        stamp = _stamp(desk, unit)
        work_queries.end_call(unit, desk.site, id, how, entry, stamp.at)
        before: State = {"call": id, "status": "open", "claims": []}
        after: State = {"call": id, "status": how, "booked": entry, "claims": []}
        log_queries.append(unit, stamp, NewEvent("call_ended", before=before, after=after, reason=how))
        return True

    return desk.store.write(work)


def unfinished(desk: Desk) -> list[OpenCall]:
    """Return the desk's person's own calls that have not ended, and call-backs that nobody has made, oldest first."""
    with desk.store.read() as unit:
        rows = work_queries.calls(unit, desk.site)
    out = []
    for id, kind, status, who, code, client, entry, wanted, opened_at, _closed in rows:
        if status == "open" and (who == desk.staff.login or kind == "callback"):
            out.append(OpenCall(id, who, code, client, entry, opened_at, json.loads(wanted)))
    return out


def new_call_id() -> str:
    """Return the id of a call that begins now."""
    return str(uuid.uuid4())


def told_by_phone(desk: Desk, entry: str) -> int:
    """Write that the claimant has been told by phone; returns how many messages that settles."""

    def work(unit: Unit) -> int:
        told = work_queries.told_by_phone(unit, desk.site, entry, desk.staff.login)
        if told:
            event = NewEvent("told", entry=None, after={"told": entry, "claims": []}, reason="phone")
            log_queries.append(unit, _stamp(desk, unit), event)
        return told

    return desk.store.write(work)


def _stamp(desk: Desk, unit: Unit) -> Stamp:
    at = desk.at(desk.catalogue(unit).site.zone)
    return Stamp(desk.site, desk.staff.login, desk.staff.role, at, unit.clock_ms())
