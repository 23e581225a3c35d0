"""The contact that a missed appointment starts, on the same day, and that ends when the miss is taken back."""

import uuid

from agent_tui.domain.requests import EntryState
from agent_tui.domain.ticks import clock
from agent_tui.services.acts import Act
from agent_tui.services.owing import owe_missed
from agent_tui.store.queries import contacts as contact_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import work as work_queries


def settle_contact(act: Act, before: EntryState, after: EntryState) -> None:
    """Start a call-back for a claimant who did not attend, or end it when an entry is no longer missed.

    Part of the act that records or takes back the miss; call it before the log, whose lock comes last. One call-back stands
    for all that a claimant missed on a day. Nobody has picked it up yet, and it is at least of high priority since it is due
    today. Source: domain/facts.md section 4 (contact on the same day as the miss).
    """
    if after.client is None or (before.status == "dna") == (after.status == "dna"):
        return
    if act.unit.postgres:  # on SQLite the write lock lets nobody record another miss of theirs meanwhile
        act.client(after.client, lock=True)
    if after.status == "dna":
        owe_missed(act, after)
        _start(act, after)
    else:
        _end(act, after)


def _start(act: Act, missed: EntryState) -> None:
    day, client = missed.day.isoformat(), missed.client
    assert client is not None
    if any(wanted.get("day") == day for _id, _entry, wanted in contact_queries.open_contacts(act.unit, act.site, client)):
        return
    id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{act.site}:{missed.id}:{missed.version}:missed"))
    row: dict[str, object] = {
        "who": "",
        "type": missed.type,
        "client": client,
        "entry": missed.id,
        "wanted": _wanted(missed),
        "opened_at": act.at,
        "priority": "urgent" if missed.priority == "urgent" else "high",
    }
    contact_queries.start_contact(act.unit, act.site, id, row)


def _end(act: Act, kept: EntryState) -> None:
    assert kept.client is not None
    for id, entry, wanted in contact_queries.open_contacts(act.unit, act.site, kept.client):
        if entry != kept.id:
            continue
        others = contact_queries.other_misses(act.unit, act.site, kept.client, kept.day.isoformat(), kept.id)
        other = entry_queries.get(act.unit, act.site, others[0]) if others else None
        if other is None:
            work_queries.end_call(act.unit, act.site, id, "closed", None, act.at)
        else:
            contact_queries.pass_contact(act.unit, act.site, id, other.id, {**wanted, **_wanted(other)})


def _wanted(missed: EntryState) -> dict[str, object]:
    when = {"day": missed.day.isoformat(), "start": clock(missed.start), "diary": missed.diary}
    return {**when, "why": contact_queries.MISSED}
