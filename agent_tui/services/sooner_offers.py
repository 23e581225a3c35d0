"""Time that came free, offered to claimants who wait for an earlier one: held for them, and put into the queue as a call."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import replace
from datetime import date, timedelta

from agent_tui.domain.availability import Occupied, Search
from agent_tui.domain.log import State
from agent_tui.domain.queue import SOONER
from agent_tui.domain.requests import Booked, EntryState, Offer, Outcome, Request, Wish
from agent_tui.domain.site import Catalogue
from agent_tui.domain.sooner import ENDED, LEFT_VERB, OFFERED, OFFERED_VERB, TAKEN, Waiting, best_start, fit
from agent_tui.domain.ticks import clock, span
from agent_tui.services.acts import Abandoned, Act, request_id
from agent_tui.services.allocating import Under, allocate
from agent_tui.services.finding import client_masks
from agent_tui.services.owing import owe_offer
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries import waiting as waiting_queries
from agent_tui.store.queries import work as work_queries
from agent_tui.store.queries.entries import Range
from agent_tui.store.queries.log import NewEvent
from agent_tui.store.trouble import KeyRefused


def settle_sooner(act: Act, freed: Sequence[Range], rules: Catalogue | None = None) -> None:
    """Offer what an act has freed to claimants who wait for an earlier time, as the last part of its transaction.

    `freed` are ranges that lost their owner; `rules` are the site's rules as they were, where the act has changed them. Only
    a start counts that could not be booked before, that the rules, the notice and the claimant's own time allow, and about
    which the claimant has not been asked. For each claimant their earliest such start is taken (domain.sooner.best_start);
    of the claimants the first by `domain.sooner.fit`: urgent, high, standard, then whoever gains most, then whoever has waited
    longest. It gets a hold of the site's hold time that is made to move its appointment, so that the guard decides, and a
    call in the queue that nobody has yet. Then the next, until nothing of it suits anybody. A claimant who is being moved or
    offered a time at this moment is passed over. What refuses a hold leaves the act as it is.
    """
    own = _house(act)
    while freed or rules is not None:
        settled = len(act.freed)
        places = list(_settled(own))
        _offer_all(own, places, tuple(freed), rules)
        freed, rules = act.freed[settled:], None  # a hold that had lapsed and was met meanwhile has freed its time too


def _house(act: Act) -> Act:
    """Return the act as the house does it: no coach's own diary limits to whom the time goes."""
    own = copy(act)
    own.desk = replace(act.desk, staff=replace(act.desk.staff, role="agent", diary=None))
    own.look = True
    own.request = request_id(None, SOONER)
    return own


def _settled(act: Act) -> Iterator[tuple[Waiting, EntryState]]:
    """Bring the places on the list up to date with their appointments and holds; yield those who wait."""
    for place in waiting_queries.live(act.unit, act.site, lock=True):
        entry = entry_queries.get(act.unit, act.site, place.entry, lock=True)
        if entry is None or entry.status != "booked":
            close_offer(act, place, "closed")
            leave(act, place, ENDED, "gone" if entry is None else entry.status)
            continue
        if place.status == OFFERED:
            hold = entry_queries.get(act.unit, act.site, place.hold or "", lock=True)
            if hold is not None and act.is_lapsed(hold):
                act.lapse(hold)
                hold = None
            if hold is not None and hold.status == "held":
                continue
            moved = hold is not None and hold.status == "moved"
            end_offer_call(act, place, "booked" if moved else "closed")
            if moved:
                leave(act, place, TAKEN, TAKEN)
                continue
            place = place.still()
            waiting_queries.update(act.unit, act.site, place)
        if not entry_queries.moves_of(act.unit, act.site, entry.id):
            yield place, entry


def _offer_all(act: Act, places: list[tuple[Waiting, EntryState]], freed: Sequence[Range], rules: Catalogue | None) -> None:
    refused: list[Offer] = []
    catalogue = act.catalogue
    if rules is not None:  # not from the desk's cache, which must not hold rules that are not committed
        catalogue = act.catalogue = catalogue_queries.load(act.unit, act.site) or catalogue
    while True:
        found = []
        for place, entry in places:
            offer = _best(act, place, entry, freed, rules, refused)
            if offer is not None:
                found.append((fit(place, entry, offer), place, entry, offer))
        if not found:
            return
        _order, place, entry, offer = min(found, key=lambda one: one[0])
        if _held(act, place, entry, offer):
            places = [one for one in places if one[0] is not place]
        else:
            refused.append(offer)


def _best(
    act: Act, place: Waiting, entry: EntryState, freed: Sequence[Range], rules: Catalogue | None, but: Iterable[Offer]
) -> Offer | None:
    kind = act.catalogue.types.get(entry.type or "")
    days = _days(act, place, entry, freed, rules)
    if kind is None or not days:
        return None
    asked = Request(
        kind.code,
        days[0],
        days[-1],
        window=place.wish.window,
        diary=place.wish.diary,
        team=place.wish.team,
        channel=entry.channel,
    )
    asked = replace(asked, needs=entry.needs)
    taken = _occupied(act, entry, asked)
    now = act.desk.site_now()
    masks = dict(taken.masks)
    for resource, day, start, end in whole_segments(act.catalogue, freed):
        masks[resource, day] = masks.get((resource, day), 0) | span(start, end)
    before = (
        Search(rules or act.catalogue, asked, replace(taken, masks=masks), now)
        if kind.code in (rules or act.catalogue).types
        else None
    )
    return best_start(Search(act.catalogue, asked, taken, now), before, place, entry, days, but=but)


def _days(act: Act, place: Waiting, entry: EntryState, freed: Sequence[Range], rules: Catalogue | None) -> list[date]:
    """Return the days on which something may have come free for an appointment."""
    today = act.desk.now.date()
    last = entry.day if place.wish.until is None else min(entry.day, place.wish.until)
    if rules is not None:
        return [today + timedelta(days=count) for count in range((last - today).days + 1)]
    return [day for day in sorted({date.fromisoformat(one[1]) for one in freed}) if today <= day <= last]


def whole_segments(catalogue: Catalogue, freed: Iterable[Range]) -> Iterator[Range]:
    """Yield freed ranges, and the limited segments that they touch: a place in one opens all of its starts."""
    for resource, day, start, end in freed:
        yield resource, day, start, end
        if catalogue.has_limits and resource in catalogue.diaries:
            for stretch in catalogue.plan(resource, date.fromisoformat(day)).limited(start, end):
                yield resource, day, stretch.start, stretch.end


def _occupied(act: Act, entry: EntryState, asked: Request) -> Occupied:
    """Return what is taken in a search's days, but for what an appointment has itself."""
    codes = [one.code for one in act.catalogue.diaries_for(asked.type) if one.enabled and asked.diary in (None, one.code)]
    first, last = asked.first_day.isoformat(), asked.last_day.isoformat()
    resources = [*codes, *sorted(act.catalogue.rooms)]
    masks = entry_queries.busy_masks(act.unit, act.site, resources, first, last, act.now_ms)
    for resource, day, start, end in entry_queries.owned(act.unit, act.site, entry.id):
        if (resource, day) in masks:
            masks[resource, day] &= ~span(start, end)
    uses = {}
    if act.catalogue.has_limits:
        uses = entry_queries.limit_uses(act.unit, act.site, codes, first, last, act.now_ms, without=[entry.id])
    own = client_masks(act.desk, act.unit, entry.client, first, last, act.now_ms, but=entry.id)
    return Occupied(masks, own, uses)


def _held(act: Act, place: Waiting, entry: EntryState, offer: Offer) -> bool:
    """Hold a start for a claimant who waits and make the call in which it is offered; False when it cannot be held."""
    kind = act.catalogue.types[entry.type or ""]
    booker = act.desk.staff.booker if act.desk.staff.booker in kind.may_book else min(kind.may_book, default="")
    for_them = copy(act)
    for_them.desk = replace(act.desk, staff=replace(act.desk.staff, booker=booker))
    wish = Wish(kind.code, offer.day, offer.start, offer.diary, moving=entry.id, priority=entry.priority)
    wish = replace(wish, contact=entry.contact or "phone")
    hold_id, logged = str(uuid.uuid4()), len(act.freed)
    act.unit.run("SAVEPOINT sooner")
    try:
        outcome: Outcome | None = allocate(for_them, wish, "hold", Under(hold_id, primary=False))
        act.unit.settle()  # a key that refuses refuses this hold, not the act
    except (Abandoned, KeyRefused):
        outcome = None
    if not isinstance(outcome, Booked):
        act.unit.run("ROLLBACK TO SAVEPOINT sooner")
        del act.freed[logged:]
    act.unit.run("RELEASE SAVEPOINT sooner")
    if not isinstance(outcome, Booked):
        return False
    _make_call(act, place, entry, outcome.entry)
    return True


def _make_call(act: Act, place: Waiting, entry: EntryState, hold: EntryState) -> None:
    call = call_of(act.site, hold.id)
    waiting_queries.update(act.unit, act.site, place.offering(hold, call))
    row = {
        "id": call,
        "kind": SOONER,
        "status": "open",
        "who": "",
        "type": entry.type,
        "client": entry.client,
        "entry": entry.id,
        "wanted": {"hold": hold.id, "day": hold.day.isoformat(), "start": clock(hold.start), "diary": hold.diary},
        "opened_at": act.at,
        "priority": entry.priority,
        "contact": entry.contact,
    }
    work_queries.insert_call(act.unit, act.site, row)
    owe_offer(act, entry, hold.id)
    log_offer(act, entry.id, hold.id)


def call_of(site: str, hold_id: str) -> str:
    """Return the id of the call in which a hold is offered."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{site}:{hold_id}:sooner"))


def log_offer(act: Act, entry_id: str, hold_id: str) -> None:
    """Append that a hold is offered to the claimant of an appointment."""
    call = call_of(act.site, hold_id)
    after: State = {"claims": [], "call": call, "waiting": entry_id, "hold": hold_id, "status": OFFERED}
    log_queries.append(act.unit, act.stamp, NewEvent(OFFERED_VERB, after=after))


def leave(act: Act, place: Waiting, status: str, why: str) -> None:
    """End a place as the house does it, TAKEN or ENDED, with a line of the log that says why.

    `why` is the status of an appointment that is not booked any more, or "taken".
    """
    waiting_queries.update(act.unit, act.site, replace(place.still(), status=status))
    after: State = {"claims": [], "waiting": place.entry, "status": status}
    log_queries.append(act.unit, act.stamp, NewEvent(LEFT_VERB, after=after, reason=why))


def released(hold: EntryState) -> EntryState:
    """Return a hold as it is once it is released."""
    return replace(hold, status="released", expires_at=None, version=hold.version + 1)


def close_offer(act: Act, place: Waiting, how: str) -> None:
    """End the offer of a place, if it has one: its call, and its hold while that lives."""
    hold = None if place.hold is None else entry_queries.get(act.unit, act.site, place.hold, lock=True)
    if hold is not None and hold.status == "held":
        act.change("released", hold, released(hold), (), primary=False)
    end_offer_call(act, place, how)


def end_offer_call(act: Act, place: Waiting, how: str) -> None:
    """End the call in which a place is offered a time, if it is open, with a line of the log."""
    if place.call is not None:
        end_open_call(act, place.call, how)


def end_open_call(act: Act, id: str, how: str) -> None:
    """End a call of an offer, if it is open, with a line of the log."""
    call = waiting_queries.item(act.unit, act.site, id, lock=True)
    if call is None or call.status != "open":
        return
    work_queries.end_call(act.unit, act.site, call.id, how, None, act.at)
    before: State = {"call": call.id, "status": "open", "claims": []}
    after: State = {"call": call.id, "status": how, "claims": []}
    log_queries.append(act.unit, act.stamp, NewEvent("call_ended", before=before, after=after, reason=how))
