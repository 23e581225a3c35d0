"""Handing a hold to a colleague with what was typed so far, taking it over, and declining it."""

from collections.abc import Mapping
from dataclasses import replace

from agent_tui.domain.handovers import (
    DECLINED,
    HANDED,
    MAY_TAKE,
    TAKEN,
    Colleague,
    Handover,
    TakenOver,
    draft_of,
    kept_draft,
    reason_to,
)
from agent_tui.domain.requests import Booked, EntryState, Outcome, Refused
from agent_tui.domain.roles import TITLES
from agent_tui.domain.site import Staff
from agent_tui.services.acts import Act, perform, perform_and_tell, request_id
from agent_tui.services.allocating import live_hold, refuse_lapsed, stale
from agent_tui.services.claimants import record_looks
from agent_tui.services.desk import Desk, switched_off
from agent_tui.services.giving import give_call
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import handovers as handover_queries
from agent_tui.store.queries import importing as import_queries
from agent_tui.store.queries import presence as presence_queries
from agent_tui.store.queries import waiting as waiting_queries
from agent_tui.store.queries import work as work_queries

_PAIR = "Two times that are held together are not handed over: confirm or release them, or end the call with a call back."
_OFFER = "This time is offered to a claimant who waits for an earlier one; whoever takes that call has the time too."


def hand_over(
    desk: Desk,
    hold_id: str,
    to: str,
    *,
    draft: Mapping[str, str] | None = None,
    said: Mapping[str, str] | None = None,
    call: str | None = None,
    version: int | None = None,
    id: str | None = None,
) -> Outcome:
    """Offer a hold to a colleague with what was typed so far and return Booked ("handed_over") or Refused.

    The hold stays the holder's, with its expiry, until the colleague takes it over. A draft that is None is made of the hold,
    its notes, what went along when it was handed over before, and `said` (note, access) over all of them; a call that went
    along goes on. Refused are an unknown login, one that is switched off or books for nobody else's diary, the holder, and a
    hold that one may not act on, that has lapsed, or that is half of a pair.
    """

    def work(act: Act) -> Outcome:
        held = live_hold(act, hold_id, version)
        if isinstance(held, Refused):
            return held
        refused = _refuse_colleague(act, held, to) or _refuse_hold(act, held)
        if refused is not None:
            return refused
        before = handover_queries.get(act.unit, act.site, held.id)
        kept = _made_draft(act, held, before, said or {}) if draft is None else kept_draft(draft)
        along = call or (None if before is None else before.call)
        handover_queries.write(act.unit, act.site, held.id, along, act.desk.staff.login, to, act.at, kept)
        return act.change(HANDED, held, replace(held, version=held.version + 1), None, reason=reason_to(to))

    return perform(desk, request_id(id, HANDED, hold_id, to, call, version), work)


def take_over(desk: Desk, hold_id: str, *, version: int | None = None, id: str | None = None) -> TakenOver:
    """Make a hold that was handed to the desk's person their own, with its call; one that came back is taken up again.

    The outcome is Booked ("taken"), the draft beside it, or Refused: handed to somebody else, taken, or lapsed. The expiry
    stays. The look at the claimant is recorded.
    """

    def work(act: Act) -> Outcome:
        found = _handed(act, hold_id, version)
        if isinstance(found, Refused):
            return found
        login, held = act.desk.staff.login, found.entry
        if login not in (found.given_to if found.status == "waiting" else None, held.made_by):
            return _not_theirs(act, found)
        if login != held.made_by and act.desk.staff.role not in MAY_TAKE:
            return _refuse_role(act.desk.staff)
        give_call(act, found.call, login)
        handover_queries.set_status(act.unit, act.site, held.id, "taken")
        taken = replace(held, made_by=login, version=held.version + 1)
        return act.change(TAKEN, held, taken, None, reason=reason_to(login))

    def told(taken: Booked) -> TakenOver:
        with desk.store.read() as unit:
            kept = handover_queries.get(unit, desk.site, hold_id)
        if taken.entry.client is not None and not taken.repeated:
            record_looks(desk, [taken.entry.client], "handover")
        return TakenOver(taken) if kept is None else TakenOver(taken, kept.draft, kept.call)

    outcome = perform_and_tell(desk, request_id(id, TAKEN, hold_id, version), work, told)
    return outcome if isinstance(outcome, TakenOver) else TakenOver(outcome)


def decline(desk: Desk, hold_id: str, *, version: int | None = None, id: str | None = None) -> Outcome:
    """Give a hold back that was handed to the desk's person and return Booked ("declined") or Refused; its holder is told."""

    def work(act: Act) -> Outcome:
        found = _handed(act, hold_id, version)
        if isinstance(found, Refused):
            return found
        held = found.entry
        if found.status != "waiting" or found.given_to != act.desk.staff.login:
            return _not_theirs(act, found)
        handover_queries.set_status(act.unit, act.site, held.id, "declined")
        return act.change(DECLINED, held, replace(held, version=held.version + 1), None, reason=reason_to(held.made_by))

    return perform(desk, request_id(id, DECLINED, hold_id, version), work)


def mine(desk: Desk) -> list[Handover]:
    """Return the hand-overs that wait for the desk's person, came back to them, or have no answer yet, oldest first.

    A hold that has lapsed is none of them; its call-back is in the queue.
    """
    login = desk.staff.login
    with desk.store.read() as unit:
        found = handover_queries.open_ones(unit, desk.site)
    return [one for one in found if one.stands_for(login) is not None]


def giver(desk: Desk, hold_id: str) -> str | None:
    """Return the login of who handed a hold over last, which need not be its holder; None where nobody has."""
    with desk.store.read() as unit:
        found = handover_queries.get(unit, desk.site, hold_id)
    return None if found is None else found.given_by


def colleagues(desk: Desk) -> list[Colleague]:
    """Return those to whom the desk's person can hand a hold: who is there first, then by name."""
    with desk.store.read() as unit:
        people = import_queries.all_staff(unit, desk.site).values()
        there = {one.login: one.first_day for one in presence_queries.here(unit, desk.site)}
    found = [
        Colleague(one.login, one.name, one.role, there.get(one.login))
        for one in people
        if one.enabled and one.role in MAY_TAKE and one.login != desk.staff.login
    ]
    return sorted(found, key=lambda one: (one.day is None, one.name.casefold(), one.login))


def _handed(act: Act, hold_id: str, version: int | None) -> Handover | Refused:
    """Return a hand-over that is open, its hold locked and alive, or the refusal; a hold that has lapsed is ended."""
    held = entry_queries.get(act.unit, act.site, hold_id, lock=True)
    found = None if held is None else handover_queries.get(act.unit, act.site, hold_id)
    if held is None or found is None:
        return Refused("unknown_entry", f"No hold {hold_id[:40]} was handed over. See: agent-tui handovers.", id=hold_id)
    if act.is_lapsed(held):
        act.lapse(held)
        held = replace(held, status="lapsed")
    if held.status == "lapsed":
        return refuse_lapsed(act, held)
    if held.status != "held":
        return Refused("not_possible", f"This is no longer a hold: it is {held.status}.", id=held.id, type=held.type)
    if version is not None and version != held.version:
        return stale(act, held)
    if found.status == "taken":
        who = act.staff_names.get(held.made_by, held.made_by)
        return Refused("stale_version", f"{who} has taken this hold over.", id=held.id, type=held.type, diary=held.diary)
    return replace(found, entry=held)


def _not_theirs(act: Act, found: Handover) -> Refused:
    to = found.given_to if found.status == "waiting" else found.entry.made_by
    who = act.staff_names.get(to, to)
    word = "was handed to" if found.status == "waiting" else "is back with"
    return Refused("role", f"This hold {word} {who}, who can take it.", id=found.entry.id, type=found.entry.type)


def _made_draft(act: Act, held: EntryState, before: Handover | None, said: Mapping[str, str]) -> dict[str, str]:
    notes = {{"priority": "reason"}.get(kind, kind): body for kind, body in work_queries.notes_of(act.unit, act.site, held.id)}
    return draft_of(held, notes | dict({} if before is None else before.draft) | dict(said))


def _refuse_hold(act: Act, held: EntryState) -> Refused | None:
    if held.pair is not None:
        return Refused("not_possible", _PAIR, id=held.id, type=held.type, diary=held.diary, day=held.day, start=held.start)
    if waiting_queries.offered(act.unit, act.site, held) is not None:
        return Refused("not_possible", _OFFER, id=held.id, type=held.type, diary=held.diary, day=held.day, start=held.start)
    return None


def _refuse_colleague(act: Act, held: EntryState, to: str) -> Refused | None:
    """Refuse to hand a hold to somebody who cannot confirm it."""
    person = import_queries.all_staff(act.unit, act.site).get(to)
    if person is None:
        text = f"No member of staff has the login {to[:30]}; a hold is handed to {_others(act) or 'nobody else here'}."
        return Refused("role", text, id=held.id)
    if not person.enabled:
        return Refused("role", switched_off(to), id=held.id)
    if to == held.made_by:
        whose = "yours" if to == act.desk.staff.login else f"that of {person.name}"
        return Refused("not_possible", f"This hold is {whose} already.", id=held.id, type=held.type)
    return _refuse_role(person, held.id) if person.role not in MAY_TAKE else None


def _others(act: Act) -> str:
    people = import_queries.all_staff(act.unit, act.site).values()
    found = [one.login for one in people if one.enabled and one.role in MAY_TAKE and one.login != act.desk.staff.login]
    return ", ".join(found[:4]) + (" and others" if len(found) > 4 else "")


def _refuse_role(person: Staff, id: str | None = None) -> Refused:
    article = "an" if TITLES[person.role][0] in "aeiou" else "a"
    text = f"{person.name} is {article} {TITLES[person.role]}; a hold is handed to an agent, team leader or supervisor."
    return Refused("role", text, id=id)
