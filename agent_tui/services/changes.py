"""What becomes of an appointment after it is booked: moved, cancelled, attended or not, and an act undone."""

from dataclasses import replace
from datetime import date

from agent_tui.domain.changing import CANCELLABLE, MOVABLE, not_in_status, not_own_diary
from agent_tui.domain.clients import client_problem
from agent_tui.domain.flags import REOPENED, RESOLVED
from agent_tui.domain.handovers import VERBS
from agent_tui.domain.log import Event, State
from agent_tui.domain.messages import CANCELLATION, CHANGE
from agent_tui.domain.pairs import second_id
from agent_tui.domain.rehoming import is_rehomed
from agent_tui.domain.requests import Booked, EntryState, Outcome, Refused, RefusedUndo, Request, Wish
from agent_tui.domain.sentences import say
from agent_tui.domain.sooner import ADDED_VERB, LEFT_VERB
from agent_tui.domain.ticks import clock
from agent_tui.domain.whole_acts import is_whole
from agent_tui.services.acts import NOT_AN_ADMIN, Abandoned, Act, perform, perform_and_tell, ranges_for, request_id
from agent_tui.services.allocating import (
    check_start,
    clashes_at,
    own_ids,
    refuse_lapsed,
    stale,
    use_segments,
    with_others,
)
from agent_tui.services.clashes import BUSY, flag_again, flag_clash, flagged_with, settle_unplaced
from agent_tui.services.contacts import settle_contact
from agent_tui.services.covering import GIVEN, YIELDED, around_kept, block_over, kept_under, make_way
from agent_tui.services.desk import Desk
from agent_tui.services.giving import handed_back
from agent_tui.services.owing import owe, owe_back
from agent_tui.services.sooner_undo import bring_back, give_way, hold_again
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries import messages as message_queries
from agent_tui.store.queries.entries import Range, claims_in, entry_from_state, state_of

_OF_BLOCKS = ("blocked", "unblocked")
_OF_PAIRS = ("held", "booked", "confirmed", "extended", "released")


def move(
    desk: Desk,
    entry_id: str,
    day: date,
    start: int,
    diary: str | None = None,
    *,
    version: int | None = None,
    id: str | None = None,
) -> Outcome:
    """Move an appointment (or a hold) to another start in one transaction and return Booked ("moved") or Refused.

    A move that is refused leaves the appointment where it was. One that has no time any more is booked again by it.
    """

    def work(act: Act) -> Outcome:
        entry = entry_for(act, entry_id, version, MOVABLE)
        if isinstance(entry, Refused):
            return entry
        return move_one(act, entry, diary or entry.diary, day, start)

    return perform(desk, request_id(id, "move", entry_id, day, start, diary, version), work)


def move_one(
    act: Act,
    entry: EntryState,
    diary: str,
    day: date,
    start: int,
    *,
    allow_clash: bool = False,
    primary: bool = True,
    reason: str | None = None,
) -> Outcome:
    """Move an appointment that may be moved inside an open act, and queue what its claimant is owed.

    Returns Booked ("moved") or Refused; a refusal after something was written is raised as Abandoned.
    """
    refused = others_work(act, entry)
    if refused is not None:
        return refused
    lock_client(act, entry)
    if entry.client is not None and entry.day < act.desk.now.date():
        problem = client_problem(act.client(entry.client), entry.client)
        if problem is not None:
            return Refused("unknown_client", problem, id=entry.id)
    before = act.state(entry)
    released = release_moves(act, entry.id)
    wish = Wish(entry.type or "", day, start, diary, client=entry.client, allow_clash=allow_clash)
    outcome = _moved(act, entry, wish, before, primary=primary, reason=reason)
    if released and isinstance(outcome, Refused):
        raise Abandoned(outcome)  # the holds must not be lost with the move
    return outcome


def _moved(act: Act, entry: EntryState, wish: Wish, before: State, *, primary: bool, reason: str | None) -> Outcome:
    assert wish.day is not None
    assert wish.start is not None
    day, start, own = wish.day, wish.start, own_ids(entry)
    client = None if wish.allow_clash else entry.client
    booker = act.desk.staff.booker
    base = Request(wish.type, day, day, channel=entry.channel, needs=entry.needs, client=client, booker=booker)
    placed = check_start(act, wish, base, wish.diary or entry.diary, day, start, entry)
    if isinstance(placed, Refused):
        return replace(with_others(act, placed, base, day, start), id=entry.id)
    after = replace(
        entry,
        diary=placed.diary,
        day=placed.day,
        start=placed.start,
        end=placed.end,
        resources=placed.resources,
        status="booked" if entry.status == "unplaced" else entry.status,
        version=entry.version + 1,
    )
    # The hold of a move is cut around its appointment.
    around = [] if entry.moving is None else entry_queries.owned(act.unit, act.site, entry.moving)
    ranges = ranges_for(after.resources, after.day, after.start, after.end, around)
    if act.look:
        holder = act.make_room(ranges, own)
        if holder is not None:
            return replace(act.refuse_taken(holder, base, placed.diary, placed.day, placed.start), id=entry.id)
    clashes = clashes_at(act, entry.client, after.day, after.start, after.end, own) if wish.allow_clash else []
    entry_queries.let_go(act.unit, act.site, entry.id)
    entry_queries.take(act.unit, act.site, entry.id, ranges, entry.expires_at)
    if not use_segments(act, after, sharing=entry.moving):
        raise Abandoned(Refused("limit", f"The limit of the segment at {clock(start)} is used up.", id=entry.id))
    entry_queries.update(act.unit, act.site, after)
    act.settle(entry.id)
    if entry.status == "unplaced":
        settle_unplaced(act, entry.id)
    for clash in clashes:
        flag_clash(act, after, clash)
    if after.kind == "appointment":
        owe(act, after, CHANGE, was=entry)
    seq = act.log("moved", entry.id, before, state_of(after, ranges), reason=reason, primary=primary)
    return act.done("moved", after, seq)


def lock_client(act: Act, entry: EntryState) -> None:
    """Let nobody else book for the claimant meanwhile; on SQLite the write lock does."""
    if act.unit.postgres and entry.client is not None:
        act.client(entry.client, lock=True)


def confirm_move(act: Act, held: EntryState, *, allow_clash: bool) -> Outcome:
    """Move the appointment that a hold was made for to the hold's time; the hold ends as moved.

    A clash that was allowed when the time was held is allowed still.
    """
    entry = entry_queries.get(act.unit, act.site, held.moving or "", lock=True)
    if entry is None or entry.status != "booked":
        return Refused("stale_version", "The appointment that this hold would move is no longer booked.", id=held.id)
    if not allow_clash:
        clashes = clashes_at(act, entry.client, held.day, held.start, held.end, own_ids(held))
        known = flagged_with(act.unit, act.site, held.id) if clashes else set[str]()
        allow_clash = bool(clashes) and all(clash.id in known for clash in clashes)
    before = act.state(held)
    entry_queries.let_go(act.unit, act.site, held.id)
    ended = replace(held, status="moved", expires_at=None, version=held.version + 1)
    entry_queries.update(act.unit, act.site, ended)
    act.end_handover(held)
    act.settle(held.id)
    act.log("released", held.id, before, state_of(ended, ()), reason="moved", primary=False)
    outcome = move_one(act, entry, held.diary, held.day, held.start, allow_clash=allow_clash)
    if isinstance(outcome, Refused):
        raise Abandoned(outcome)  # the hold must not be lost with the move
    return outcome


def release_moves(act: Act, entry_id: str) -> bool:
    """End the holds that were made to move an entry, since the time around which they were cut is changing.

    Returns whether there was one; a refusal after that must be raised as Abandoned.
    """
    moves = entry_queries.moves_of(act.unit, act.site, entry_id)
    for held in moves:
        before = act.state(held)
        entry_queries.let_go(act.unit, act.site, held.id)
        after = replace(held, status="released", expires_at=None, version=held.version + 1)
        entry_queries.update(act.unit, act.site, after)
        act.end_handover(held)
        act.settle(held.id)
        act.log("released", held.id, before, state_of(after, ()), primary=False)
    return bool(moves)


def cancel(desk: Desk, entry_id: str, reason: str, *, version: int | None = None, id: str | None = None) -> Outcome:
    """Cancel an appointment with a reason code and free its time; returns Booked ("cancelled") or Refused."""

    def work(act: Act) -> Outcome:
        entry = entry_for(act, entry_id, version, CANCELLABLE)
        if isinstance(entry, Refused):
            return entry
        refused = others_work(act, entry)
        return refused if refused is not None else cancel_one(act, entry, reason)

    return perform(desk, request_id(id, "cancel", entry_id, reason, version), work)


def cancel_one(act: Act, entry: EntryState, reason: str, *, primary: bool = True) -> Booked:
    """Cancel an appointment that may be cancelled inside an open act, and queue what its claimant is owed."""
    release_moves(act, entry.id)
    after = replace(entry, status="cancelled", reason=reason, version=entry.version + 1)
    owe(act, after, CANCELLATION)
    return act.change("cancelled", entry, after, (), reason=reason, primary=primary)


def entry_for(act: Act, entry_id: str, version: int | None, statuses: tuple[str, ...]) -> EntryState | Refused:
    """Return an entry, locked, that is in one of some statuses and the version given, or the refusal."""
    entry = entry_queries.get(act.unit, act.site, entry_id, lock=True)
    if entry is None:
        return Refused("unknown_entry", f"There is no appointment {entry_id[:40]}.", id=entry_id)
    if act.is_lapsed(entry):
        act.lapse(entry)
        entry = replace(entry, status="lapsed")
    if entry.status == "lapsed":
        return refuse_lapsed(act, entry)
    if version is not None and version != entry.version:
        return stale(act, entry)
    text = not_in_status(entry.kind, entry.status, statuses)
    if text is not None:
        return Refused("not_possible", text, id=entry.id, type=entry.type, diary=entry.diary, day=entry.day, start=entry.start)
    return entry


def others_work(act: Act, entry: EntryState) -> Refused | None:
    """Refuse a coach on another's diary, and anybody but its maker, a leader or a supervisor on a hold."""
    staff = act.desk.staff
    text = not_own_diary(staff, entry.diary)
    if text is not None:
        return Refused("role", text, id=entry.id)
    if entry.kind == "hold" and entry.made_by != staff.login and staff.role not in ("leader", "supervisor"):
        who = act.staff_names.get(entry.made_by, entry.made_by)
        return Refused("role", f"This hold is {who}'s; they, a team leader or a supervisor can act on it.", id=entry.id)
    return None


def undo(desk: Desk, entry_id: str | None = None, *, version: int | None = None, id: str | None = None) -> Outcome:
    """Take back the last act of the desk's person (on one entry, or at all) within 60 seconds, as a new line of the log.

    Returns Booked ("undone") with the entry as it is now, or Refused when the time has gone, somebody else acted since,
    or the time that would be needed is taken. Of a block all that it did is taken back: its other days, what it moved
    and what it cancelled. What was done to both halves of a pair is taken back of both, and what moved several
    appointments at once (a re-homing, a plan of the recovery list, an override) is taken back of all; `put_back` has the
    other entries then.
    """

    def work(act: Act) -> Outcome:
        last = _last_act(act, entry_id)
        admin = act.desk.staff.role == "admin"
        if not isinstance(last, Refused) and (is_rehomed(last.reason) if admin else is_whole(last.reason)):
            return _undo_whole(act, last, version)
        if admin:
            return NOT_AN_ADMIN
        event = last if isinstance(last, Refused) else _of_pair(act, last)
        if isinstance(event, Refused):
            return event
        outcome = _undo_line(act, event, version)
        if isinstance(outcome, Refused) or event.request is None or (event.verb not in _OF_BLOCKS and _pair(event) is None):
            return outcome
        for line in reversed(log_queries.others_of_act(act.unit, act.site, event)):
            if _goes_with(event, line):
                other = _undo_line(act, line, None, primary=False)
                if isinstance(other, Refused):
                    raise Abandoned(other)  # all of a block or a pair is taken back, or nothing
        return outcome

    request = request_id(id, "undo", entry_id, version)
    return perform_and_tell(desk, request, work, lambda done: _with_put_back(desk, done), admin=True)


def _with_put_back(desk: Desk, done: Booked) -> Booked:
    """Add what an undo has taken back besides its entry, from its lines of the log, so that a retry answers the same."""
    with desk.store.read() as unit:
        (event,) = [one for one in log_queries.of_entry(unit, desk.site, done.entry.id) if one.seq == done.seq]
        lines = [one for one in log_queries.rest_of_act(unit, desk.site, event) if one.verb == "undone"]
    others = [entry_from_state(one.entry or "", one.after or {}) for one in lines]
    return replace(done, put_back=tuple(sorted(others, key=lambda one: (one.day, one.start, one.id))))


def _undo_whole(act: Act, last: Event, version: int | None) -> Outcome:
    from agent_tui.services.whole_acts import end_of_act, take_back_all

    event = end_of_act(act, last)
    return event if isinstance(event, Refused) else take_back_all(act, event, version)


def _pair(event: Event) -> str | None:
    pair: str | None = (event.after or {}).get("pair")
    return pair


def _goes_with(event: Event, line: Event) -> bool:
    """Return whether another line of an act is taken back with the line that answered it."""
    if event.verb in _OF_BLOCKS:
        return line.verb in ("unblocked", "cancelled", "moved") or (line.verb == "blocked" and line.before is None)
    return line.verb == event.verb and _pair(line) == _pair(event)


def _of_pair(act: Act, event: Event) -> Event | Refused:
    """Return the line that answered an act on both halves of a pair, when that of the other half is given."""
    pair = _pair(event)
    if pair is None or event.request is not None or event.verb not in _OF_PAIRS:
        return event
    other = second_id(act.site, pair) if event.entry == pair else pair
    found = log_queries.of_entry(act.unit, act.site, other)[-1]
    if (found.verb, found.who, found.stamped) == (event.verb, event.who, event.stamped):
        return found
    return Refused("stale_version", "The other half of this pair was changed since, so it cannot be undone.", id=event.entry)


def _undo_line(act: Act, event: Event, version: int | None, *, primary: bool = True) -> Outcome:
    now = entry_queries.get(act.unit, act.site, event.entry or "", lock=True)
    assert now is not None
    refused = too_late(act, event, now, version)
    if refused is not None:
        return refused
    lock_client(act, now)
    current = act.state(now)
    released = release_moves(act, now.id)
    outcome = take_back(act, event, now, current, primary=primary)
    if released and isinstance(outcome, Refused):
        raise Abandoned(outcome)  # the holds must not be lost with an undo that is none
    return outcome


def _last_act(act: Act, entry_id: str | None) -> Event | Refused:
    login = act.desk.staff.login
    if entry_id is None:
        found = log_queries.last_of(act.unit, act.site, login)
    else:
        lines = log_queries.of_entry(act.unit, act.site, entry_id)
        found = lines[-1] if lines else None
        if found is not None and found.who != login:
            who = act.staff_names.get(found.who, found.who)
            return Refused("stale_version", f"The last act on this was {who}'s, and only its maker can undo it.", id=entry_id)
    if found is not None and found.verb == "handed_off":
        return Refused(
            "not_possible", "Your last act was a hand-off, which its contact has now; it cannot be undone.", id=entry_id
        )
    if found is not None and found.verb in (RESOLVED, REOPENED):
        kept = found.after or {}
        back = f"undo {kept['entry']}" if kept.get("entry") else f"flags reopen {kept['flag']}"
        text = f"Your last act was on a flag; take it back with: agent-tui {back}"
        return RefusedUndo("not_possible", text, id=entry_id, on="flag")
    if found is not None and found.verb in (ADDED_VERB, LEFT_VERB):
        waiting = str((found.after or {}).get("waiting"))
        back = "end" if found.verb == ADDED_VERB else "add"
        text = f"Your last act was on the waiting list; take it back with: agent-tui sooner {back} {waiting}"
        return RefusedUndo("not_possible", text, id=waiting, on="waiting list")
    if found is None or found.entry is None:
        return Refused("not_possible", "There is no act of yours to undo.", id=entry_id)
    if found.verb == "blocked" and found.reason in (GIVEN, YIELDED):
        text = "What changed this block last was an appointment that it was laid over; to take it away, unblock it."
        return Refused("not_possible", text, id=found.entry)
    if found.verb in ("undone", "lapsed"):
        return Refused("not_possible", "Your last act was an undo; there is nothing more to take back.", id=found.entry)
    return found


def too_late(act: Act, event: Event, now: EntryState, version: int | None) -> Refused | None:
    """Refuse to undo an act after which the entry was changed again, or that is too old."""
    if event.after is None or event.after["version"] != now.version:
        latest = log_queries.of_entry(act.unit, act.site, now.id)[-1]
        who = act.staff_names.get(latest.who, latest.who)
        return Refused("stale_version", f"{who} has changed this since, so it cannot be undone.", id=now.id)
    refused = act.too_old(event, now.id)
    if refused is not None:
        return refused
    return stale(act, now) if version is not None and version != now.version else None


def take_back(
    act: Act, event: Event, now: EntryState, current: State, *, primary: bool, together: frozenset[str] = frozenset()
) -> Outcome:
    """Bring an entry back as it was before a line of the log, in an open act; entries that go back `together` are not in the way.

    `current` is the entry's state before any of that act.
    """
    before = _before(act, event, now)
    if isinstance(before, Refused):
        return before
    after, claims = before
    made_way = give_way(act, claims) | (act.look and make_way(act, now.id, claims))
    refused = _in_the_way(act, after, claims, together)
    if refused is not None:
        if made_way:
            raise Abandoned(refused)  # the block must not lose its ticks with an undo that is none
        return refused
    entry_queries.let_go(act.unit, act.site, now.id)
    entry_queries.take(act.unit, act.site, now.id, claims, after.expires_at)
    if claims and after.kind != "block" and not _limits_again(act, after, claims):
        raise Abandoned(Refused("limit", "The segment's limit has been used up since.", id=now.id))
    entry_queries.update(act.unit, act.site, after)
    message_queries.take_back(act.unit, act.site, now.id, now.version)
    if message_queries.heard(act.unit, act.site, now.id, now.version):
        owe_back(act, after, now)
    act.settle(now.id)
    if after.status == "unplaced":
        flag_again(act, after.id)
    elif now.status == "unplaced":
        settle_unplaced(act, after.id)
    settle_contact(act, now, after)
    bring_back(act, after, event.seq)
    if event.verb in VERBS:
        handed_back(act, event, now, after)
    elif now.status == "held" != after.status:
        act.end_handover(now)
    seq = act.log("undone", now.id, current, state_of(after, claims), reason=f"undoes:{event.seq}", primary=primary)
    hold_again(act, event)
    return act.done("undone", after, seq)


def _limits_again(act: Act, after: EntryState, claims: list[Range]) -> bool:
    """Take the places in limited segments again, if need be from offers to claimants who wait; False when one is full."""
    if use_segments(act, after, sharing=after.moving):
        return True
    entry_queries.leave_segments(act.unit, act.site, after.id)
    return give_way(act, claims, whole=True) and use_segments(act, after, sharing=after.moving)


def _in_the_way(act: Act, after: EntryState, claims: list[Range], together: frozenset[str]) -> Refused | None:
    """Refuse to bring back a time that somebody has by now, or at which the claimant has another."""
    diary = act.catalogue.diaries.get(after.diary)
    if diary is not None and diary.retired is not None and after.status in BUSY:
        return Refused("not_possible", f"The diary {diary.code} is retired by now, so this cannot be undone.", id=after.id)
    holder = act.make_room(claims, frozenset({after.id})) if act.look else None
    if holder is not None:
        base = Request(after.type or "", after.day, after.day, needs=after.needs, client=after.client)
        return replace(act.refuse_taken(holder, base, after.diary, after.day, after.start), id=after.id)
    return _new_clash(act, after, together) if after.status in BUSY else None


def _before(act: Act, event: Event, now: EntryState) -> tuple[EntryState, list[Range]] | Refused:
    """Return an entry as it was before an act, in its next version, with the ranges that it owned."""
    if event.before is None:
        return replace(now, status="undone", expires_at=None, version=now.version + 1), []
    after, claims = entry_from_state(now.id, event.before), claims_in(event.before)
    if after.moving is not None:
        moved = entry_queries.get(act.unit, act.site, after.moving, lock=True)
        if moved is None or moved.status != "booked":
            return Refused("not_possible", "The appointment that this hold would move is no longer booked.", id=now.id)
        # The hold was cut around its appointment, which may stand elsewhere now.
        around = entry_queries.owned(act.unit, act.site, moved.id)
        claims = ranges_for(after.resources, after.day, after.start, after.end, around)
    if after.status == "blocked":
        other = block_over(act, kept_under(act, now.id), but=now.id)
        if other is not None:
            return Refused("taken", act.taken_by(other)[1], id=now.id, diary=now.diary, day=now.day, start=now.start)
        # What was kept under the block may have left since, and its time is the block's then.
        claims = around_kept(act, after)
    expires = act.now_ms + act.hold_ms if after.status == "held" else None
    return replace(after, version=now.version + 1, expires_at=expires), claims


def _new_clash(act: Act, after: EntryState, together: frozenset[str]) -> Refused | None:
    """Refuse to bring back a time at which the claimant has got another since; what was allowed once has its flag."""
    clashes = clashes_at(act, after.client, after.day, after.start, after.end, own_ids(after) | together)
    known = flagged_with(act.unit, act.site, after.id) if clashes else set[str]()
    for clash in clashes:
        if clash.id not in known:
            when = f"{clock(clash.start)} to {clock(clash.end)} in diary {clash.diary}"
            return Refused("client_clash", f"The claimant has {when} by now, so this cannot be undone.", id=after.id)
    return None


def show(desk: Desk, entry_id: str) -> Outcome:
    """Return an entry as it is now as Booked, its status the entry's own, or Refused when there is none."""
    with desk.store.read() as unit:
        entry = entry_queries.get(unit, desk.site, entry_id)
        if entry is None:
            return Refused("unknown_entry", f"There is no entry {entry_id[:40]}.", id=entry_id)
        catalogue = desk.catalogue(unit)
        diary = catalogue.diaries.get(entry.diary)
        words = say(catalogue, entry) if entry.status in ("booked", "late") else None
        return Booked(entry.status, entry, diary.coach if diary else entry.diary, words)
