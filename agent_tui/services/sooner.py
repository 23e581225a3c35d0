"""The waiting list for an earlier time: who waits, what came free for them, and what they said to it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from agent_tui.domain.changing import not_own_diary
from agent_tui.domain.log import State
from agent_tui.domain.queue import SOONER
from agent_tui.domain.requests import Booked, EntryState, Outcome, Refused
from agent_tui.domain.sooner import ADDED_VERB, ENDED, LEFT_VERB, OFFERED, TAKEN, WAITING, SoonerWish, Waiting, waiting_from
from agent_tui.domain.ticks import clock
from agent_tui.domain.wall_time import short_date
from agent_tui.services.acts import NOT_AN_ADMIN, Act, RequestId, in_one_act, perform, request_id
from agent_tui.services.changes import confirm_move
from agent_tui.services.desk import Desk
from agent_tui.services.sooner_offers import close_offer, end_offer_call, end_open_call, leave, released
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries import waiting as waiting_queries
from agent_tui.store.queries.log import NewEvent


@dataclass(frozen=True, slots=True)
class Placed:
    """An appointment's place on the waiting list as an act has left it ("added" or "ended"), and the appointment."""

    status: str
    place: Waiting
    entry: EntryState
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A place on the waiting list with its appointment and, while a start is offered, the hold of it."""

    place: Waiting
    entry: EntryState
    hold: EntryState | None = None


def add(desk: Desk, entry_id: str, wish: SoonerWish, *, id: str | None = None) -> Placed | Refused:
    """Let a booked appointment's claimant wait for an earlier time and return Placed ("added"), or Refused.

    A place that is there already gets the new limits, and keeps since when its claimant waits and what they were asked.
    What could be booked earlier already is not offered: whoever is on the phone can move to it at once. Half of a pair is
    refused, since its halves follow each other.
    """

    def work(act: Act) -> Placed | Refused:
        entry = _booked(act, entry_id)
        if isinstance(entry, Refused):
            return entry
        refused = _refuse_wish(act, entry, wish)
        if refused is not None:
            return refused
        known = waiting_queries.get(act.unit, act.site, entry_id, lock=True)
        if known is not None and known.status in (WAITING, OFFERED):
            place = replace(known, wish=wish)
            waiting_queries.update(act.unit, act.site, place)
        else:
            place = Waiting(entry_id, WAITING, wish, act.desk.staff.login, act.at)
            (waiting_queries.insert if known is None else waiting_queries.update)(act.unit, act.site, place)
        return _written(act, ADDED_VERB, Placed("added", place, entry))

    return _change(desk, request_id(id, "sooner_add", entry_id, wish), work)


def end(desk: Desk, entry_id: str, *, id: str | None = None) -> Placed | Refused:
    """Take an appointment off the waiting list, with what is held for it, and return Placed ("ended"), or Refused."""

    def work(act: Act) -> Placed | Refused:
        place = waiting_queries.get(act.unit, act.site, entry_id, lock=True)
        entry = entry_queries.get(act.unit, act.site, entry_id, lock=True)
        if place is None or entry is None or place.status not in (WAITING, OFFERED):
            text = f"The appointment {entry_id[:40]} is not on the waiting list."
            return Refused("unknown_entry", text, id=entry_id)
        close_offer(act, place, "closed")
        ended = replace(place.still(), status=ENDED)
        waiting_queries.update(act.unit, act.site, ended)
        return _written(act, LEFT_VERB, Placed("ended", ended, entry))

    return _change(desk, request_id(id, "sooner_end", entry_id), work)


def place_of(desk: Desk, entry_id: str) -> Waiting | None:
    """Return the place of an appointment whose claimant waits or is being offered a time, None where nobody waits."""
    with desk.store.read() as unit:
        place = waiting_queries.get(unit, desk.site, entry_id)
    return place if place is not None and place.status in (WAITING, OFFERED) else None


def waiting_list(desk: Desk, *, everybody: bool = False) -> list[Listed]:
    """Return who waits or is being offered a time, longest first; with `everybody` also those for whom that is over.

    Offers whose hold has run out go to the next claimant first.
    """
    from agent_tui.services.lists import end_lapsed_holds

    end_lapsed_holds(desk)
    found = []
    with desk.store.read() as unit:
        for place in (waiting_queries.all_of if everybody else waiting_queries.live)(unit, desk.site):
            entry = entry_queries.get(unit, desk.site, place.entry)
            if entry is not None and (everybody or entry.status == "booked"):
                hold = None if place.hold is None else entry_queries.get(unit, desk.site, place.hold)
                found.append(Listed(place, entry, hold))
    return found


def answer(desk: Desk, call_id: str, how: str, *, id: str | None = None) -> Outcome:
    """Write what a claimant said to an earlier time, one of ANSWERS, and return Booked or Refused.

    `taken` moves the appointment to the time that is held ("moved") and ends the waiting. `declined` and `no_answer` release
    the hold ("released"): the claimant waits on and is not asked about that time again, and the next in the order of
    `sooner_offers.settle_sooner` gets it. An offer that somebody else has taken up, or whose hold has lapsed, is refused.
    """

    def work(act: Act) -> Outcome:
        call = waiting_queries.item(act.unit, act.site, call_id, lock=True)
        if call is None or call.kind != SOONER:
            return Refused("unknown_entry", f"There is no offer of an earlier time {call_id[:40]}.", id=call_id)
        if call.status != "open":
            return Refused("not_possible", f"This offer has ended: it is {call.status}.", id=call_id, type=call.type)
        if call.who not in ("", act.desk.staff.login) and act.desk.staff.role not in ("leader", "supervisor"):
            who = act.staff_names.get(call.who, call.who)
            return Refused("held", f"{who} has this offer; they, a team leader or a supervisor can answer it.", id=call_id)
        place = waiting_queries.get(act.unit, act.site, call.entry or "", lock=True)
        hold = entry_queries.get(act.unit, act.site, str(call.wanted.get("hold")), lock=True)
        if place is None or hold is None or place.call != call_id:
            end_open_call(act, call_id, "closed")  # nobody is being made this offer, so it must not stay in the queue
            return Refused("not_possible", "This offer has ended.", id=call_id, type=call.type)
        if act.is_lapsed(hold):
            act.lapse(hold)
            hold = replace(hold, status="lapsed")
        if hold.status != "held":
            end_open_call(act, call_id, "closed")
            waiting_queries.update(act.unit, act.site, place.still())
            text = f"The hold of {clock(hold.start)} on {short_date(hold.day)} has ended; the claimant waits on."
            return Refused("hold_expired", text, id=call_id, type=hold.type, diary=hold.diary, day=hold.day, start=hold.start)
        return _taken(act, place, hold) if how == "taken" else _passed(act, place, hold, how)

    return perform(desk, request_id(id, "sooner_answer", call_id, how), work)


def _taken(act: Act, place: Waiting, hold: EntryState) -> Outcome:
    outcome = confirm_move(act, hold, allow_clash=False)
    if isinstance(outcome, Booked):
        end_offer_call(act, place, "booked")
        leave(act, place, TAKEN, TAKEN)
    return outcome


def _passed(act: Act, place: Waiting, hold: EntryState, how: str) -> Outcome:
    text = not_own_diary(act.desk.staff, hold.diary)
    if text is not None:
        return Refused("role", text, id=hold.id)
    end_offer_call(act, place, "declined" if how == "declined" else "closed")
    waiting_queries.update(act.unit, act.site, place.still())
    return act.change("released", hold, released(hold), (), reason=how)


# Acts on the list itself.


def _change(desk: Desk, request: RequestId, work: Callable[[Act], Placed | Refused]) -> Placed | Refused:
    if desk.staff.role == "admin":
        return NOT_AN_ADMIN
    return in_one_act(desk, request, work, lambda act, earlier: _again(act, earlier.after or {}), settles=True)


def _again(act: Act, kept: State) -> Placed:
    place = waiting_from(kept["waiting"], kept["status"], kept["wanted"], kept["call"], kept["made_by"], kept["made_at"])
    entry = entry_queries.entry_from_state(place.entry, kept["appointment"])
    return Placed(kept["done"], place, entry, repeated=True)


def _written(act: Act, verb: str, placed: Placed) -> Placed:
    place = placed.place
    after: State = {
        "claims": [],
        "done": placed.status,
        "waiting": place.entry,
        "status": place.status,
        "wanted": place.as_kept(),
        "call": place.call,
        "made_by": place.made_by,
        "made_at": place.made_at,
        "appointment": act.state(placed.entry),
    }
    log_queries.append(
        act.unit, act.stamp, NewEvent(verb, after=after, request=act.request.id, fingerprint=act.request.fingerprint)
    )
    return placed


def _booked(act: Act, entry_id: str) -> EntryState | Refused:
    """Return a booked appointment that the desk's person may act on, or why not."""
    entry = entry_queries.get(act.unit, act.site, entry_id, lock=True)
    if entry is None or entry.kind != "appointment":
        return Refused("unknown_entry", f"There is no appointment {entry_id[:40]}.", id=entry_id)
    text = not_own_diary(act.desk.staff, entry.diary)
    if text is not None:
        return Refused("role", text, id=entry_id)
    if entry.status != "booked":
        return Refused(
            "not_possible", f"Only a booked appointment can wait for an earlier time; this is {entry.status}.", id=entry_id
        )
    if entry.pair is not None:
        return Refused(
            "not_possible", "This is half of a pair; its halves follow each other and are moved together.", id=entry_id
        )
    now = act.desk.site_now()
    if (entry.day, entry.start) <= (now.day, now.tick):
        return Refused("past", "The appointment has begun; nothing earlier can be offered.", id=entry_id)
    return entry


def _refuse_wish(act: Act, entry: EntryState, wish: SoonerWish) -> Refused | None:
    catalogue = act.catalogue
    if wish.diary is not None and wish.diary not in catalogue.diaries:
        return Refused("unknown_diary", f"There is no diary {wish.diary[:30]}. See: agent-tui diaries.", id=entry.id)
    if wish.team is not None and wish.team not in catalogue.teams:
        return Refused(
            "unknown_diary", f"There is no team {wish.team[:30]}; teams: {', '.join(sorted(catalogue.teams))}.", id=entry.id
        )
    if wish.until is not None and wish.until < act.desk.now.date():
        return Refused("past", f"--until {wish.until.isoformat()} is past.", id=entry.id)
    return None
