"""Holding, booking and confirming: what an agent does while the claimant is on the phone."""

from dataclasses import replace

from agent_tui.domain.clients import client_problem
from agent_tui.domain.messages import CONFIRMATION
from agent_tui.domain.pairs import other_half
from agent_tui.domain.pattern_change import fits
from agent_tui.domain.requests import Booked, EntryState, Outcome, Refused, Request, Wish
from agent_tui.domain.ticks import clock
from agent_tui.services.acts import Act, perform, request_id
from agent_tui.services.allocating import (
    allocate,
    clashes_at,
    live_hold,
    refuse_wish,
    with_others,
    write_hand_off,
)
from agent_tui.services.changes import confirm_move
from agent_tui.services.clashes import flag_clash, flagged_with
from agent_tui.services.desk import Desk
from agent_tui.services.finding import search
from agent_tui.services.owing import owe
from agent_tui.store.queries import entries as entry_queries

__all__ = ["book", "confirm", "extend", "hand_off", "hold", "release", "search", "try_out"]


def hold(desk: Desk, wish: Wish, *, id: str | None = None) -> Outcome:
    """Take a start for the site's hold time and return Booked ("held"), Refused or HandedOff; no client is needed."""
    request = request_id(id, "hold", wish)
    return perform(desk, request, lambda act: allocate(act, wish, "hold"))


def book(desk: Desk, wish: Wish, *, id: str | None = None) -> Outcome:
    """Hold and confirm in one transaction and return Booked ("booked"), Refused or HandedOff; a client is needed."""
    request = request_id(id, "book", wish)
    return perform(desk, request, lambda act: allocate(act, wish, "appointment"))


def hand_off(desk: Desk, wish: Wish, *, id: str | None = None) -> Outcome:
    """Write a request down for the site's contact because nothing that fits can be offered; returns HandedOff or Refused."""

    def work(act: Act) -> Outcome:
        refused = refuse_wish(act, wish, "hold")
        return refused if refused is not None else write_hand_off(act, wish, "could not be offered as asked")

    return perform(desk, request_id(id, "hand_off", wish), work)


def try_out(desk: Desk, wish: Wish, *, confirm: bool) -> Outcome:
    """Return what `book` (or `hold`) would answer, and write nothing."""

    class Rehearsed(Exception):
        def __init__(self, outcome: Outcome) -> None:
            self.outcome = outcome

    def rehearse(act: Act) -> Outcome:
        raise Rehearsed(allocate(act, wish, "appointment" if confirm else "hold"))

    try:
        return perform(desk, request_id(None, "rehearse", wish), rehearse)
    except Rehearsed as rehearsed:
        return rehearsed.outcome


def extend(desk: Desk, entry_id: str, *, version: int | None = None, id: str | None = None) -> Outcome:
    """Give a live hold its whole time anew, to both halves of a pair, and return Booked ("extended") or Refused."""

    def extended(act: Act, held: EntryState, *, primary: bool) -> Booked:
        after = replace(held, expires_at=act.now_ms + act.hold_ms, version=held.version + 1)
        entry_queries.set_expiry(act.unit, act.site, held.id, after.expires_at)
        return act.change("extended", held, after, None, primary=primary)

    def work(act: Act) -> Outcome:
        held = live_hold(act, entry_id, version)
        if isinstance(held, Refused):
            return held
        other = _other_hold(act, held)
        if other is not None:
            extended(act, other, primary=False)
        return extended(act, held, primary=True)

    return perform(desk, request_id(id, "extend", entry_id, version), work)


def release(desk: Desk, entry_id: str, *, version: int | None = None, id: str | None = None) -> Outcome:
    """Give a hold's time back, that of both halves of a pair, and return Booked ("released") or Refused."""

    def released(act: Act, held: EntryState, *, primary: bool) -> Booked:
        after = replace(held, status="released", expires_at=None, version=held.version + 1)
        return act.change("released", held, after, (), primary=primary)

    def work(act: Act) -> Outcome:
        held = live_hold(act, entry_id, version)
        if isinstance(held, Refused):
            return held
        other = _other_hold(act, held)
        if other is not None:
            released(act, other, primary=False)
        return released(act, held, primary=True)

    return perform(desk, request_id(id, "release", entry_id, version), work)


def _other_hold(act: Act, held: EntryState) -> EntryState | None:
    """Return the other half of a pair while it is a live hold: what is held together lives and ends together."""
    half = other_half(act.site, held)
    other = None if half is None else entry_queries.get(act.unit, act.site, half, lock=True)
    return None if other is None or other.status != "held" or act.is_lapsed(other) else other


def confirm(
    desk: Desk,
    entry_id: str,
    *,
    client: str | None = None,
    allow_clash: bool = False,
    version: int | None = None,
    id: str | None = None,
) -> Outcome:
    """Turn a hold into an appointment in place and return Booked ("confirmed") or Refused.

    The claimant may come with the confirmation. The hold of a move moves its appointment. A lapsed hold never confirms,
    nor does half of a pair alone (services/pairing.py).
    """

    def work(act: Act) -> Outcome:
        held = live_hold(act, entry_id, version)
        if isinstance(held, Refused):
            return held
        if held.pair is not None:
            text = f"This is half of a pair; both are confirmed together with: agent-tui pair confirm {held.id}"
            return Refused("not_possible", text, id=held.id, type=held.type, diary=held.diary, day=held.day, start=held.start)
        if held.moving is not None:
            return confirm_move(act, held, allow_clash=allow_clash)
        return confirm_one(act, held, client or held.client, allow_clash=allow_clash)

    return perform(desk, request_id(id, "confirm", entry_id, client, allow_clash, version), work)


def confirm_one(act: Act, held: EntryState, who: str | None, *, allow_clash: bool = False, primary: bool = True) -> Outcome:
    """Turn a live hold into an appointment inside an open act and return Booked ("confirmed") or Refused."""
    if who is None:
        return Refused("unknown_client", "To confirm, the claimant is needed: --client with their id.", id=held.id)
    problem = client_problem(act.client(who, lock=True), who)
    if problem is not None:
        return Refused("unknown_client", problem, id=held.id)
    if not fits(act.catalogue, held):
        refused = Refused(
            "not_allowed",
            "The segments or the diary's types have been changed since this was held; the time no longer takes it.",
            id=held.id,
            type=held.type,
            diary=held.diary,
            day=held.day,
            start=held.start,
        )
        wanted = Request(held.type or "", held.day, held.day, needs=held.needs, client=who)
        return with_others(act, refused, wanted, held.day, held.start)
    after = replace(held, kind="appointment", status="booked", client=who, expires_at=None, version=held.version + 1)
    clashes = clashes_at(act, who, held.day, held.start, held.end, frozenset({held.id}))
    if clashes and not allow_clash:
        # What was allowed when the time was held is allowed still, and has its flag.
        known = flagged_with(act.unit, act.site, held.id) if who == held.client else set[str]()
        for clash in clashes:
            if clash.id not in known:
                text = (
                    f"The claimant already has {clock(clash.start)} to {clock(clash.end)} in diary"
                    f" {clash.diary} then; allow the clash to confirm all the same."
                )
                return Refused("client_clash", text, id=held.id, type=held.type, diary=held.diary, day=held.day, start=held.start)
    entry_queries.set_expiry(act.unit, act.site, held.id, None)
    owe(act, after, CONFIRMATION)
    for clash in clashes:
        flag_clash(act, after, clash)
    return act.change("confirmed", held, after, None, primary=primary)
