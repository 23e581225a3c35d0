"""Calls: one conversation with a claimant each, from the first search to how it ended."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from agent_tui.domain.clients import Client
from agent_tui.domain.demand import Unmet
from agent_tui.domain.flags import HOLD_LAPSED
from agent_tui.domain.log import State
from agent_tui.domain.queue import CALLBACK, DONE_AS, REQUEST, SOONER, QueueItem, in_order
from agent_tui.domain.requests import Refused, Request
from agent_tui.domain.sooner import parse_part
from agent_tui.services.acts import RequestId, callback_id, id_reused, request_id
from agent_tui.services.claimants import record_looks, shown
from agent_tui.services.demand import write_unmet
from agent_tui.services.desk import Desk
from agent_tui.services.flag_book import FlagBook
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import flags as flag_queries
from agent_tui.store.queries import handovers as handover_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries import waiting as waiting_queries
from agent_tui.store.queries import work as work_queries
from agent_tui.store.queries.log import NewEvent, Stamp
from agent_tui.store.unit_of_work import Unit

NOT_THEIRS = "The queue is worked by agents, team leaders and supervisors."
_UNMET = ("handed_off", "declined")
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

    desk.store.write(lambda unit: open_in(unit, _stamp(desk, unit), id, type_code, wanted))


def open_in(unit: Unit, stamp: Stamp, id: str, type_code: str | None, wanted: dict[str, Any]) -> None:
    """Write inside an open unit that a call has begun, as `open_call`."""
    if work_queries.call(unit, stamp.site, id) is not None:
        return
    row = {
        "id": id,
        "kind": "call",
        "status": "open",
        "who": stamp.who,
        "type": type_code,
        "client": None,
        "entry": None,
        "wanted": wanted,
        "opened_at": stamp.at,
    }
    work_queries.insert_call(unit, stamp.site, row)
    after: State = {"call": id, "status": "open", "type": type_code, "claims": []}
    log_queries.append(unit, stamp, NewEvent("call_opened", after=after))


def end_call(desk: Desk, id: str, how: str, *, entry: str | None = None, unmet: Unmet | None = None) -> bool:
    """Write how a call ended, one of ENDINGS; False when it is not open (any more).

    `unmet` is what the caller wanted where nothing was booked; it counts as demand, and keeps nothing of the caller. A call
    that ends with an appointment ends the call-backs of holds that ran out in it and were for the same type: who was on the
    phone then has been served, and must not be rung.
    """
    if how not in ENDINGS:
        raise ValueError(how)

    def work(unit: Unit) -> bool:
        row = work_queries.call(unit, desk.site, id)
        if row is None or row[2] != "open":
            return False
        stamp = _stamp(desk, unit)
        if how == "booked" and entry is not None:
            _end_served(unit, stamp, id, entry)
        work_queries.end_call(unit, desk.site, id, how, entry, stamp.at)
        before, after = _states(id, how, entry)
        if unmet is not None and how != "booked" and unmet.type in desk.catalogue(unit).types:
            write_unmet(desk, unit, id, unmet, how)
            after |= {"unmet": unmet.as_state()}
        seq = log_queries.append(unit, stamp, NewEvent("call_ended", before=before, after=after, reason=how))
        _mend_lapsed(unit, stamp, seq, call=id)
        return True

    return desk.store.write(work)


def _states(call: str, how: str, entry: str | None) -> tuple[State, State]:
    return {"call": call, "status": "open", "claims": []}, {"call": call, "status": how, "booked": entry, "claims": []}


def _end_served(unit: Unit, stamp: Stamp, call: str, entry: str) -> None:
    """End the call-backs of holds that ran out in a call, as booked, where nobody else has begun to make them."""
    booked = entry_queries.get(unit, stamp.site, entry)
    for flag in flag_queries.lasting_about(unit, stamp.site, HOLD_LAPSED):
        if flag.call != call or flag.entry is None or booked is None:
            continue
        found = waiting_queries.item(unit, stamp.site, callback_id(stamp.site, flag.entry), lock=True)
        if found is None or found.status != "open" or found.type != booked.type or found.client not in (None, booked.client):
            continue
        if not found.taken or found.who == stamp.who:
            work_queries.end_call(unit, stamp.site, found.id, "booked", entry, stamp.at)
            before, after = _states(found.id, "booked", entry)
            log_queries.append(unit, stamp, NewEvent("call_ended", before=before, after=after, reason="booked"))


def unfinished(desk: Desk) -> list[OpenCall]:
    """Return the desk's person's own calls that have not ended, and call-backs that nobody has made, oldest first."""
    with desk.store.read() as unit:
        rows = work_queries.calls(unit, desk.site)
        handed = {one.call for one in handover_queries.open_ones(unit, desk.site)}
    out = []
    for id, kind, status, who, code, client, entry, wanted, opened_at, _closed in rows:
        if id in handed:
            continue  # it is taken up with its hold
        if status == "open" and kind != SOONER and (who == desk.staff.login or kind == "callback"):
            out.append(OpenCall(id, who, code, client, entry, opened_at, json.loads(wanted)))
    return out


def new_call_id() -> str:
    """Return the id of a call that begins now."""
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class Handled:
    """A call of the queue as an act has left it: `status` is "taken", "returned", "done" or, only looked at, "shown"."""

    status: str
    item: QueueItem
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """A call of the queue with the claimant's own words, and the claimant as the person may see them."""

    item: QueueItem
    client: Client | None


def queue(desk: Desk) -> list[QueueItem]:
    """Return the open requests in writing, earlier times to offer and call-backs, most urgent first (domain.queue.in_order).

    Holds that have run out meanwhile are ended first, so that an offer that nobody took up has gone on to the next claimant.
    """
    from agent_tui.services.lists import end_lapsed_holds

    end_lapsed_holds(desk)
    with desk.store.read() as unit:
        repeats = waiting_queries.repeats(unit, desk.site)
        found = (_known(desk, unit, one) for one in waiting_queries.queue(unit, desk.site))
        return in_order(replace(one, repeats=repeats.get(one.id, 0)) for one in found)


def site_time(desk: Desk) -> int:
    """Return site time as an instant in ms UTC, from which the age of a call is reckoned."""
    with desk.store.read() as unit:
        return desk.at(desk.catalogue(unit).site.zone)


def staff_names(desk: Desk) -> dict[str, str]:
    """Return the names of the site's staff by login."""
    with desk.store.read() as unit:
        return catalogue_queries.staff_names(unit, desk.site)


def _known(desk: Desk, unit: Unit, item: QueueItem) -> QueueItem:
    """Return a call with what its type and its hold say, without the claimant's own words."""
    kind = desk.catalogue(unit).types.get(item.type or "")
    hold = entry_queries.get(unit, desk.site, str(item.wanted.get("hold"))) if item.kind == SOONER else None
    until = None if hold is None or hold.status != "held" else hold.expires_at
    return replace(item, key=kind is not None and kind.key_on(desk.now.date()), held_until=until, said={})


def look(desk: Desk, call_id: str) -> QueueItem | Refused:
    """Return a call of the queue with the claimant's own words, and record the look at the claimant; nobody takes it by that.

    Refused for a role that does not work the queue, and for a call that is none of it.
    """
    if desk.staff.role in ("admin", "coach"):
        return Refused("role", NOT_THEIRS)
    with desk.store.read() as unit:
        item = waiting_queries.item(unit, desk.site, call_id)
        if item is None:
            return Refused("unknown_entry", f"There is no request, call-back or offer {call_id[:40]}.", id=call_id)
        found = _in_full(desk, unit, item)
    record_looks(desk, [found.client] if found.client else [], found.kind)
    return found


def look_closely(desk: Desk, call_id: str) -> Looked | Refused:
    """Return a call as `look` does, with its claimant's name and phone as the desk's person may see them."""
    found = look(desk, call_id)
    return found if isinstance(found, Refused) else with_client(desk, found)


def with_client(desk: Desk, item: QueueItem) -> Looked:
    """Return a call that was looked at or taken with its claimant as the desk's person may see them."""
    with desk.store.read() as unit:
        client = None if item.client is None else client_queries.get(unit, desk.site, item.client)
    return Looked(item, None if client is None else shown(desk, client))


def _in_full(desk: Desk, unit: Unit, item: QueueItem) -> QueueItem:
    """Return a call with the claimant's own words, those of its duplicates too."""
    duplicates = waiting_queries.duplicates_of(unit, desk.site, item)
    return replace(_known(desk, unit, item), said=item.said, duplicates=duplicates)


def take(desk: Desk, call_id: str | None, *, kind: str | None = None, id: str | None = None) -> Handled | Refused:
    """Give a call of the queue to the desk's person, without `call_id` the most urgent one (of a kind) that nobody has.

    Returns Handled ("taken") with the claimant's own words, and records the look at the claimant. One that somebody else has
    is refused with who, one that is done too.
    """

    def work(unit: Unit) -> Handled | Refused:
        chosen = _next(desk, unit, kind) if call_id is None else waiting_queries.item(unit, desk.site, call_id, lock=True)
        if chosen is None and call_id is None:
            return Refused("nothing_found", "Nothing waits in the queue that nobody has.")
        refused = _refuse_open(desk, unit, chosen, call_id or "")
        if refused is not None or chosen is None:
            return refused or Refused("unknown_entry", "There is no such call.")
        wanted = {**chosen.wanted, "taken": True} if chosen.kind == CALLBACK else chosen.wanted
        taken = replace(chosen, who=desk.staff.login, wanted=wanted)
        waiting_queries.give(unit, desk.site, taken)
        return Handled("taken", taken)

    return _handle(desk, request_id(id, "call_take", call_id, kind), "call_taken", work)


def give_back(desk: Desk, call_id: str, *, id: str | None = None) -> Handled | Refused:
    """Put a call that the desk's person has back into the queue and return Handled ("returned"), or Refused."""

    def work(unit: Unit) -> Handled | Refused:
        item = waiting_queries.item(unit, desk.site, call_id, lock=True)
        refused = _refuse_open(desk, unit, item, call_id, lead=True)
        if refused is not None or item is None:
            return refused or Refused("unknown_entry", "There is no such call.")
        if not item.taken:
            return Refused("not_possible", "Nobody has this call; it is in the queue.", id=call_id, type=item.type)
        wanted = {name: value for name, value in item.wanted.items() if name != "taken"}
        back = replace(item, who="", wanted=wanted)
        waiting_queries.give(unit, desk.site, back)
        return Handled("returned", replace(back, said={}))

    return _handle(desk, request_id(id, "call_return", call_id), "call_returned", work)


def finish(desk: Desk, call_id: str, how: str, *, entry: str | None = None, id: str | None = None) -> Handled | Refused:
    """Write how a request or a call-back was done, one of DONE_AS, and return Handled ("done"), or Refused.

    `booked` names the appointment that was booked for its claimant. An offer of an earlier time is answered instead
    (services.sooner).
    """

    def work(unit: Unit) -> Handled | Refused:
        item = waiting_queries.item(unit, desk.site, call_id, lock=True)
        refused = _refuse_open(desk, unit, item, call_id, lead=True)
        if refused is not None or item is None:
            return refused or Refused("unknown_entry", "There is no such call.")
        if item.kind == SOONER:
            text = "An earlier time is answered with: agent-tui sooner offer CALL --as taken|declined|no_answer"
            return Refused("not_possible", text, id=call_id, type=item.type)
        refused = _refuse_entry(desk, unit, item, how, entry)
        if refused is not None:
            return refused
        waiting_queries.give(unit, desk.site, replace(item, who=item.who if item.taken else desk.staff.login))
        work_queries.end_call(unit, desk.site, call_id, how, entry, _stamp(desk, unit).at)
        if item.kind == REQUEST and item.type is not None and how in _UNMET:
            write_unmet(desk, unit, call_id, _unmet(desk, item, item.type), how)
        kept = waiting_queries.item(unit, desk.site, call_id)
        assert kept is not None
        return Handled("done", replace(kept, said={}))

    if how not in DONE_AS:
        raise ValueError(how)
    return _handle(desk, request_id(id, "call_done", call_id, how, entry), "call_ended", work)


def _unmet(desk: Desk, item: QueueItem, code: str) -> Unmet:
    """Return what a request in writing asked for, from today on where it named no days, without who sent it."""
    first, last = item.wanted.get("from"), item.wanted.get("until")
    begin = desk.now.date() if first is None else date.fromisoformat(first)
    end = begin if last is None else date.fromisoformat(last)
    part = item.wanted.get("time")
    return Unmet.of(Request(code, begin, max(begin, end), window=None if part is None else parse_part(part)))


def _next(desk: Desk, unit: Unit, kind: str | None) -> QueueItem | None:
    """Return the most urgent call that nobody has, locked; one that somebody took meanwhile is passed over."""
    waiting = [_known(desk, unit, one) for one in waiting_queries.queue(unit, desk.site) if kind in (None, one.kind)]
    for one in in_order(one for one in waiting if not one.taken):
        found = waiting_queries.item(unit, desk.site, one.id, lock=True)
        if found is not None and found.status == "open" and not found.taken:
            return found
    return None


def _refuse_open(desk: Desk, unit: Unit, item: QueueItem | None, id: str, *, lead: bool = False) -> Refused | None:
    """Refuse a call that is not in the queue or that somebody else has; with `lead` a leader may act on anybody's."""
    if item is None:
        return Refused("unknown_entry", f"There is no request, call-back or offer {id[:40]}.", id=id)
    if item.status == "duplicate":
        text = f"This is a duplicate of {item.wanted.get('duplicate_of')}."
        return Refused("not_possible", text, id=id, type=item.type)
    if item.status != "open":
        return Refused("not_possible", f"This has been done: it is {item.status}.", id=id, type=item.type)
    if item.taken and item.who != desk.staff.login and not (lead and desk.staff.role in ("leader", "supervisor")):
        who = catalogue_queries.staff_names(unit, desk.site).get(item.who, item.who)
        return Refused("held", f"{who} has this; they can put it back into the queue.", id=id, type=item.type)
    return None


def _refuse_entry(desk: Desk, unit: Unit, item: QueueItem, how: str, entry_id: str | None) -> Refused | None:
    if how != "booked":
        return None
    entry = None if entry_id is None else entry_queries.get(unit, desk.site, entry_id)
    if entry is None or entry.kind != "appointment":
        return Refused("unknown_entry", f"There is no appointment {(entry_id or '')[:40]}.", id=item.id, type=item.type)
    if item.client is not None and entry.client != item.client:
        return Refused("not_possible", f"That appointment is not one of {item.client}.", id=item.id, type=item.type)
    return None


def _handle(desk: Desk, request: RequestId, verb: str, work: Callable[[Unit], Handled | Refused]) -> Handled | Refused:
    """Run an act on a call of the queue with its line of the log, which names codes and ids only; a retry changes nothing."""

    def attempt(unit: Unit) -> Handled | Refused:
        earlier = log_queries.by_request(unit, desk.site, request.id)
        if earlier is not None:
            if earlier.fingerprint != request.fingerprint or earlier.after is None:
                return id_reused(request)
            kept = waiting_queries.item(unit, desk.site, earlier.after["call"])
            assert kept is not None
            as_then = replace(kept, status=earlier.after["status"], who=earlier.after["who"], entry=earlier.after["entry"])
            theirs = earlier.after["done"] == "taken" and kept.who == desk.staff.login
            item = _in_full(desk, unit, as_then) if theirs else replace(_known(desk, unit, as_then), said={})
            return Handled(earlier.after["done"], item, repeated=True)
        handled = work(unit)
        if isinstance(handled, Refused):
            return handled
        item = handled.item
        after: State = {
            **{"claims": [], "call": item.id, "status": item.status, "who": item.who, "type": item.type},
            **{"entry": item.entry, "done": handled.status},
        }
        reason = item.status if handled.status == "done" else None
        event = NewEvent(verb, after=after, reason=reason, request=request.id, fingerprint=request.fingerprint)
        stamp = _stamp(desk, unit)
        seq = log_queries.append(unit, stamp, event)
        if handled.status == "done" and item.kind == CALLBACK:
            _mend_lapsed(unit, stamp, seq, callback=item.id)
        if handled.status == "taken" and item.client is not None:
            record_looks(desk, [item.client], item.kind)
        return replace(handled, item=_in_full(desk, unit, item) if handled.status == "taken" else _known(desk, unit, item))

    if desk.staff.role in ("admin", "coach"):
        return Refused("role", NOT_THEIRS)
    return desk.store.write(attempt)


def _mend_lapsed(unit: Unit, stamp: Stamp, seq: int, *, call: str | None = None, callback: str | None = None) -> None:
    """Close the flag of a hold that ran out during a call that has ended now, or whose claimant has been called back."""
    book = FlagBook(unit, stamp)
    for flag in flag_queries.lasting_about(unit, stamp.site, HOLD_LAPSED):
        if call == flag.call or callback == callback_id(stamp.site, flag.entry or ""):
            book.mend(flag)
    book.seal(seq)


def _stamp(desk: Desk, unit: Unit) -> Stamp:
    return desk.stamp(unit)
