"""A flag is resolved in one transaction with what that does: kept, moved, cancelled, given its time, escalated, dismissed."""

from dataclasses import dataclass, replace
from datetime import date

from agent_tui.domain.flags import (
    CANCEL,
    DISMISS,
    DISPLACED,
    ESCALATE,
    KEEP,
    MOVE,
    OVERRIDE,
    REASONS,
    RESOLVED,
    UNPLACED,
    Flag,
    cannot_stay,
)
from agent_tui.domain.log import Event
from agent_tui.domain.requests import Booked, EntryState, Moved, Refused
from agent_tui.domain.whole_acts import GIVEN_BACK
from agent_tui.services.acts import TRIES, Abandoned, Act, RequestId, id_reused, ranges_for, request_id
from agent_tui.services.changes import cancel_one, move_one, release_moves
from agent_tui.services.desk import Desk
from agent_tui.services.displacing import closing, find_place, move_to, moved_by, no_place, own_first
from agent_tui.services.escalating import Escalated, escalate_and_tell
from agent_tui.services.flag_sides import open_flag
from agent_tui.services.flags import (
    both_sides,
    cleaned_note,
    holders_of,
    place_for,
    policy_of,
    proposed_side,
    refuse_resolving,
)
from agent_tui.services.one_line import write_line
from agent_tui.services.segmenting import unplace
from agent_tui.store.queries import flags as flag_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries.entries import entry_from_state
from agent_tui.store.trouble import KeyRefused
from agent_tui.store.unit_of_work import Unit

STATUS = {
    KEEP: "kept",
    MOVE: "moved",
    CANCEL: "cancelled",
    OVERRIDE: "overridden",
    ESCALATE: "escalated",
    DISMISS: "dismissed",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a side is moved to: day, start tick and diary."""

    day: date
    start: int
    diary: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a flag is to be resolved: one of RESOLUTIONS, a reason code of it, and where that is needed which side and where to.

    `side` is the id of the entry that moves or is cancelled (without it the one that the policy proposes), `place` where it
    goes (without it the nearest), `contact` to whom it is escalated.
    """

    how: str
    reason: str
    side: str | None = None
    place: Place | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """A flag that was resolved: `status` is the word of the act, `moves` what went where, `unplaced` what lost its time."""

    status: str
    flag: Flag
    moves: tuple[Moved, ...] = ()
    cancelled: EntryState | None = None
    unplaced: tuple[EntryState, ...] = ()
    escalated: Escalated | None = None
    repeated: bool = False


def resolve(desk: Desk, flag_id: str, wanted: Wanted, *, note: str = "", id: str | None = None) -> Resolved | Refused:
    """Resolve an open flag with a reason and do what that means in the same transaction; returns Resolved or Refused.

    Refused: a flag that somebody has resolved, with who, when and how; a role that may not, with who could; an appointment
    without a time that was to be kept; a move for which there is no place, or that would mend nothing. `note` is free text,
    kept with the flag where it can be erased, never in the log. An escalated flag stays open.
    """
    if wanted.reason not in REASONS.get(wanted.how, ()):
        raise ValueError(wanted.how, wanted.reason)
    request = request_id(id, RESOLVED, flag_id, wanted)
    if wanted.how == ESCALATE:
        return _escalate(desk, flag_id, wanted, note, request)

    def attempt(unit: Unit) -> Resolved | Refused:
        act = Act(desk, unit, request, look=True)
        earlier = log_queries.by_request(unit, desk.site, request.id)
        if earlier is None:
            return _resolved(act, flag_id, wanted, note)
        if earlier.fingerprint != request.fingerprint or earlier.verb != RESOLVED:
            return id_reused(request)
        return _again(act, earlier)

    for _attempt in range(TRIES):
        try:
            return desk.store.write(attempt)
        except Abandoned as abandoned:
            return abandoned.refused
        except KeyRefused:
            continue
    return Refused("taken", "Others were faster each time; nothing was changed. Try again.", id=flag_id)


def _escalate(desk: Desk, flag_id: str, wanted: Wanted, note: str, request: RequestId) -> Resolved | Refused:
    def told(act: Act, done: Escalated) -> Resolved:
        flag = flag_queries.get(act.unit, act.site, flag_id)
        assert flag is not None
        return Resolved(STATUS[ESCALATE], flag, escalated=done, repeated=done.repeated)

    return escalate_and_tell(desk, ("flag", flag_id, wanted.contact, wanted.reason), told, note=note, id=request.id)


def _resolved(act: Act, flag_id: str, wanted: Wanted, note: str) -> Resolved | Refused:
    flag = open_flag(act, flag_id)
    if isinstance(flag, Refused):
        return flag
    text = refuse_resolving(act, flag)
    if text is None and wanted.how in (MOVE, CANCEL, OVERRIDE) and act.desk.staff.role == "admin":
        text = "An administrator does not book for claimants; a supervisor can move or cancel this."
    if text is not None:
        return Refused("role", text, id=flag_id)
    sides = both_sides(act, flag)
    text = cannot_stay(flag, wanted.how, placed=bool(sides) and sides[0].status != "unplaced")
    if text is not None:
        return Refused("not_possible", text, id=flag_id)
    done = _do(act, flag, sides, wanted)
    if isinstance(done, Refused):
        return done
    mended = flag_queries.get(act.unit, act.site, flag.id)
    assert mended is not None
    if wanted.how in (MOVE, CANCEL, OVERRIDE) and mended.is_open:
        raise Abandoned(Refused("not_possible", "That would not mend it, so nothing was changed.", id=flag_id))
    act.finish()
    return _written(act, wanted, done, note)


def _written(act: Act, wanted: Wanted, done: Resolved, note: str) -> Resolved:
    """Write the act's own line after all others, and how the flag ended."""
    flag = flag_queries.get(act.unit, act.site, done.flag.id)
    assert flag is not None
    side = done.moves[-1].after if done.moves else done.cancelled
    after = {
        **{"flag": flag.id, "kind": flag.kind, "how": wanted.how, "entry": None if side is None else side.id},
        **{"unplaced": [one.id for one in done.unplaced]},
    }
    seq = write_line(act, RESOLVED, after, reason=wanted.reason)
    who, at = act.desk.staff.login, act.at
    closed = replace(flag, status="closed", resolution=wanted.how, reason=wanted.reason, resolved_by=who, resolved_at=at)
    closed = replace(closed, closed_seq=seq)
    flag_queries.update(act.unit, act.site, closed)
    if note:
        flag_queries.set_note(act.unit, act.site, flag.id, cleaned_note(note))
    return replace(done, flag=closed)


def _do(act: Act, flag: Flag, sides: list[EntryState], wanted: Wanted) -> Resolved | Refused:
    done = Resolved(STATUS[wanted.how], flag)
    if wanted.how not in (MOVE, CANCEL, OVERRIDE):
        return done
    if wanted.how == OVERRIDE:
        return _overridden(act, done, sides[0])
    side = _side(act, flag, sides, wanted)
    if isinstance(side, Refused):
        return side
    if wanted.how == CANCEL:
        return replace(done, cancelled=cancel_one(act, side, wanted.reason, primary=False).entry)
    return _moved(act, done, side, wanted.place)


def _side(act: Act, flag: Flag, sides: list[EntryState], wanted: Wanted) -> EntryState | Refused:
    """Return the side that is to move or be cancelled: the one that is named, else the one that the policy says."""
    chosen = proposed_side(flag, sides, policy_of(act.unit, act.site, flag.kind))
    if flag.kind in UNPLACED and sides:
        chosen = sides[0]  # who has its time gives way by an override only
    if wanted.side is not None:
        chosen = next((one for one in sides if one.id == wanted.side), None)
    if chosen is None:
        return Refused("unknown_entry", "That is no side of this flag; see: agent-tui flags show.", id=flag.id)
    staff = act.desk.staff
    if chosen.kind != "appointment" or chosen.status not in ("booked", "late", "unplaced"):
        return Refused("not_possible", f"That side is a {chosen.kind} and cannot be moved or cancelled here.", id=flag.id)
    if staff.role == "coach" and staff.diary != chosen.diary:
        return Refused("role", f"A coach acts on the own diary {staff.diary} only; a supervisor can move the other.", id=flag.id)
    return chosen


def _moved(act: Act, done: Resolved, side: EntryState, place: Place | None) -> Resolved | Refused:
    release_moves(act, side.id)
    if place is None:
        offer = place_for(act, done.flag, side)
        if offer is None:
            text = f"{no_place([side])} Cancel it, escalate it, or hand it off."
            raise Abandoned(Refused("nothing_found", text, id=done.flag.id))
        return replace(done, moves=(move_to(act, side, offer),))
    outcome = move_one(act, side, place.diary, place.day, place.start, primary=False)
    if isinstance(outcome, Refused):
        raise Abandoned(replace(outcome, id=done.flag.id))
    assert isinstance(outcome, Booked)
    return replace(done, moves=(Moved(side, outcome.entry, outcome.coach),))


def _overridden(act: Act, done: Resolved, entry: EntryState) -> Resolved | Refused:
    """Give an appointment the time that it wants over those who have it; each of them goes to its nearest place.

    One that finds none loses its time and is flagged as displaced. Holds and blocks are not taken away. An undo of any of
    them takes all of it back.
    """
    holders = holders_of(act, entry)
    for one in holders:
        if one.kind != "appointment" or one.status != "booked":
            code, text, held_by = act.taken_by(one)
            return Refused(code, f"{text} Only an appointment that is booked can give way.", held_by, id=done.flag.id)
    taken = closing(ranges_for(entry.resources, entry.day, entry.start, entry.end), entry.client)
    moves, lost = [], []
    for one in holders:
        release_moves(act, one.id)
        offer = find_place(act, one, taken, ranks=own_first(act, one))
        if offer is None:
            lost.append(unplace(act, one, DISPLACED, entry.id, reason=GIVEN_BACK))
        else:
            moves.append(move_to(act, one, offer, reason=GIVEN_BACK))
    outcome = move_one(act, entry, entry.diary, entry.day, entry.start, primary=False, reason=GIVEN_BACK)
    if isinstance(outcome, Refused):
        raise Abandoned(replace(outcome, id=done.flag.id))
    assert isinstance(outcome, Booked)
    moves.append(Moved(entry, outcome.entry, outcome.coach))
    return replace(done, moves=tuple(moves), unplaced=tuple(lost))


def _again(act: Act, event: Event) -> Resolved:
    """Return the answer that the act gave when it was first done, from its lines of the log."""
    kept = event.after or {}
    lines = log_queries.others_of_act(act.unit, act.site, event)
    flag = flag_queries.get(act.unit, act.site, kept["flag"])
    assert flag is not None
    told = {one.entry: _entry_after(one) for one in lines if one.entry is not None}
    cancelled = next((_entry_after(one) for one in lines if one.verb == "cancelled"), None)
    moves = tuple(moved_by(act.catalogue, one) for one in lines if one.verb == "moved")
    lost = tuple(told[one] for one in kept["unplaced"])
    return Resolved(STATUS[kept["how"]], flag, moves, cancelled, lost, repeated=True)


def _entry_after(line: Event) -> EntryState:
    return entry_from_state(line.entry or "", line.after or {})
