"""Re-homing: a coach is off, or a room is shut, and the day's appointments in it are placed anew in one act."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher

from agent_tui.domain.flags import DISPLACED
from agent_tui.domain.log import Event, State, fingerprint
from agent_tui.domain.messages import CHANGE
from agent_tui.domain.rehoming import REHOMED, WORKING_DAYS, Away, Gap, Place, RefusedPlan, Rehoming, faults, is_rehomed, is_told
from agent_tui.domain.requests import Booked, EntryState, Moved, Outcome, Refused, Request
from agent_tui.domain.site import LAST_DAY, Catalogue
from agent_tui.domain.ticks import FULL_DAY, TICKS_PER_DAY, clock, mask_of, runs_in, span
from agent_tui.domain.wall_time import short_date
from agent_tui.services.acts import Abandoned, Act, perform_and_tell, ranges_for, request_id
from agent_tui.services.allocating import use_segments
from agent_tui.services.changes import release_moves
from agent_tui.services.clashes import settle_unplaced
from agent_tui.services.desk import Desk
from agent_tui.services.displacing import moved_by
from agent_tui.services.leaving import Leaving, days_to_try, leavers_of
from agent_tui.services.owing import owe, owe_displaced
from agent_tui.solvers.rehome import MOST_NODES, rehome
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries.entries import Range, entry_from_state, state_of
from agent_tui.store.unit_of_work import Unit

MAY_REHOME = ("leader", "supervisor", "admin")
ABSENCE, SHUT = "absence", "other"
"""Why the time of a coach who is off is blocked, and that of a room that is shut: two of BLOCK_REASONS."""
_LIKE = 0.3  # codes are short: of three characters one alike is a likeness
_STALE = "The plan is not what it was when it was shown."


def preview(desk: Desk, away: Away, *, block: bool = True) -> Rehoming | Refused:
    """Return what re-homing would do as Rehoming ("plan"), or Refused; nothing is written.

    All booked appointments of the day that have not begun, and those of the diary that have no time, are placed: on the day
    as solvers.rehome has it, and those who find no place then on the days after it in turn, within 20 working days. Who may
    book a type, segments, limits, notice, rooms and claimants' other appointments hold as they do for any booking; half of a
    pair stays on its day, in order. What finds no place is left without a time, with a flag.
    """
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        refused = _refuse(desk, catalogue, away)
        if refused is not None:
            return refused
        entries = leavers_of(desk, unit, away)
        if not entries:
            return _nothing(away, _standing(unit, desk.site, away))
        return _planned(desk, unit, catalogue, away, entries, block=block)


def commit(
    desk: Desk,
    away: Away,
    token: str,
    *,
    only: Sequence[str] | None = None,
    block: bool = True,
    plan: Rehoming | None = None,
    id: str | None = None,
) -> Rehoming | Refused:
    """Carry a plan out in one transaction and return Rehoming ("rehomed"), or Refused with what could be done instead.

    `token` is that of the preview; `plan` the preview itself where it is in hand, else it is worked out again. With `only`
    no other appointments are moved; whatever is not moved is left without a time, with a flag, since nobody can see its
    claimant. With `block` the rest of the day of what is off is blocked, so that nothing else is booked there: of a diary what
    is open, of a room all of it. A plan that is not what it was, or a place that somebody has taken meanwhile, refuses the
    whole act.
    """
    request = request_id(id, "rehome", away, token, None if only is None else sorted(only), block)
    with desk.store.read() as unit:
        done = log_queries.by_request(unit, desk.site, request.id) is not None
    if not done:
        found = plan if plan is not None and plan.token == token else preview(desk, away, block=block)
        if isinstance(found, Refused):
            return found
        if found.token != token:
            return _with_plan(_refusal(away, "stale_version", _STALE), away, found)
        strangers = [one for one in only or () if one not in {move.before.id for move in found.moved}]
        if strangers:
            return _refusal(away, "unknown_entry", f"The plan moves no appointment {strangers[0][:40]}.")
        plan = found

    def work(act: Act) -> Outcome:
        assert plan is not None
        return _Carrying(act, away, plan, only, block=block).out()

    outcome = perform_and_tell(desk, request, work, lambda done: _from_log(desk, away, done), admin=True)
    if isinstance(outcome, Rehoming):
        return outcome
    assert isinstance(outcome, Refused)
    if outcome.code in ("id_reused", "role"):
        return outcome
    instead = preview(desk, away, block=block)
    return _with_plan(outcome, away, instead if isinstance(instead, Rehoming) else None)


# Refusals.


def _refusal(away: Away, code: str, text: str) -> Refused:
    return Refused(code, text, diary=None if away.room else away.code, day=away.day)


def _with_plan(refused: Refused, away: Away, instead: Rehoming | None) -> RefusedPlan:
    text = f"{refused.reason} Nothing was changed; look at the new plan." if instead is not None else refused.reason
    return RefusedPlan(
        refused.code, text, refused.held_by, (), refused.id, refused.type, refused.diary, away.day, refused.start, instead
    )


def _nothing(away: Away, standing: Sequence[EntryState] = ()) -> Refused:
    when = short_date(away.day) + (f" from {clock(away.first)} on" if away.first else "")
    what = f"No appointment has {away.code}" if away.room else f"The diary {away.code} has no appointments"
    blocks = [one for one in standing if one.kind == "block"] if away.room else []
    # No screen shows the day of a room, so that what opens it again is said here.
    opens = "".join(f" It is blocked from {clock(one.start)} to {clock(one.end)}: unblock {one.id} opens it." for one in blocks)
    return _refusal(away, "nothing_found", f"{what} on {when}; there is nothing to re-home.{opens}")


def _nearest(code: str, known: Iterable[str]) -> str | None:
    """Return the known code that is most like another, of several the first, None where none is like it."""
    likeness = {one: SequenceMatcher(None, code.upper(), one).ratio() for one in known}
    best = min(likeness, key=lambda one: (-likeness[one], one), default=None)
    return best if best is not None and likeness[best] >= _LIKE else None


def _refuse(desk: Desk, catalogue: Catalogue, away: Away) -> Refused | None:
    """Refuse whoever may not, what does not exist, and days on which nothing is re-homed."""
    if desk.staff.role not in MAY_REHOME:
        return _refusal(away, "role", "Appointments are re-homed by a team leader, a supervisor or an administrator.")
    known = catalogue.rooms if away.room else catalogue.diaries
    if away.code not in known:
        close = _nearest(away.code, known)
        what = "room or equipment" if away.room else "diary"
        hint = f"; did you mean {close}?" if close else f". See: agent-tui {'resource' if away.room else 'diaries'}."
        code = "unknown_resource" if away.room else "unknown_diary"
        return _refusal(away, code, f"There is no {what} {away.code[:30]}{hint}")
    on = short_date(away.day)
    if away.day < desk.now.date():
        return _refusal(away, "past", f"{on} is past; what was booked then stays on record.")
    if away.day > LAST_DAY:
        return _refusal(away, "not_possible", f"Nothing is planned after {short_date(LAST_DAY)}.")
    if away.day in catalogue.closures:
        return _refusal(away, "closed", f"The site is closed on {on} ({catalogue.closures[away.day]}).")
    return None


# The plan.


def _planned(desk: Desk, unit: Unit, catalogue: Catalogue, away: Away, entries: Sequence[EntryState], *, block: bool) -> Rehoming:
    leaving = Leaving(desk, unit, catalogue, away, entries, unit.clock_ms())
    left = {one.id: one for one in entries}
    moved: list[Moved] = []
    gap = Gap()
    for day in days_to_try(catalogue, away, WORKING_DAYS):
        seen = leaving.day(day, left.values())
        if not any(one.starts for one in seen.leavers):
            continue
        solved = rehome(seen, MOST_NODES if day == away.day else MOST_NODES // 4)
        gap = gap if not gap.proved else solved.gap
        lengths = {one.entry.id: one.length for one in seen.leavers}
        for place in solved.places:
            moved.append(_move(catalogue, left.pop(place.id), day, place, lengths[place.id]))
        if not left:
            break
    moved.sort(key=_by_start)
    plan = Rehoming(
        status="plan",
        away=away,
        token="",
        moved=tuple(moved),
        left=tuple(left.values()),
        key=_key_among(catalogue, away, entries),
        gap=gap,
        told=_told(moved),
        note=_note(desk, unit, away, entries) if block else "",
    )
    return replace(plan, token=_token(catalogue, plan, entries))


def _move(catalogue: Catalogue, entry: EntryState, day: date, place: Place, length: int) -> Moved:
    after = replace(
        entry,
        diary=place.diary,
        day=day,
        start=place.start,
        end=place.start + length,
        resources=(place.diary, *place.rooms),
        status="booked",
        version=entry.version + 1,
    )
    return Moved(entry, after, catalogue.diaries[place.diary].coach)


def _by_start(move: Moved) -> tuple[int, str]:
    return move.before.start, move.before.id


def _told(moves: Sequence[Moved]) -> int:
    return sum(is_told(one) for one in moves)


def _key_among(catalogue: Catalogue, away: Away, entries: Sequence[EntryState]) -> frozenset[str]:
    kinds = [(one.id, catalogue.types.get(one.type or "")) for one in entries]
    return frozenset(id for id, kind in kinds if kind is not None and kind.key_on(away.day))


def _note(desk: Desk, unit: Unit, away: Away, entries: Sequence[EntryState]) -> str:
    ids = {one.id for one in entries}
    holds = [one for one in _standing(unit, desk.site, away) if one.kind == "hold" and one.moving not in ids]
    live = [one for one in holds if (one.expires_at or 0) > unit.clock_ms()]
    return f"A hold stands in {away.code} on that day; until it ends, the day cannot be blocked." if live else ""


def _token(catalogue: Catalogue, plan: Rehoming, entries: Sequence[EntryState]) -> str:
    """Return what stands for a plan and for all that it rests on: the rules, the appointments, and where each goes."""
    away = plan.away
    moves = [
        [one.after.id, one.after.diary, one.after.day.isoformat(), one.after.start, list(one.after.resources)]
        for one in plan.moved
    ]
    versions = sorted([one.id, one.version] for one in entries)
    return fingerprint([away.code, away.room, away.day.isoformat(), away.first, catalogue.version, versions, sorted(moves)])[:16]


def _standing(unit: Unit, site: str, away: Away) -> list[EntryState]:
    return entry_queries.overlapping(unit, site, [(away.code, away.day.isoformat(), away.first, TICKS_PER_DAY)])


# Carrying it out.


@dataclass(frozen=True, slots=True)
class _Line:
    verb: str
    before: State | None
    after: EntryState
    claims: tuple[Range, ...]


class _Carrying:
    """One plan inside an open act."""

    def __init__(self, act: Act, away: Away, plan: Rehoming, only: Sequence[str] | None, *, block: bool) -> None:
        self.act = act
        self.away = away
        self.plan = plan
        self.block = block
        self.moves = [one for one in plan.moved if only is None or one.before.id in only]
        self.lines: list[_Line] = []

    def out(self) -> Outcome:
        """Carry the plan out; a refusal after something was written is raised as Abandoned."""
        act, away = self.act, self.away
        refused = _refuse(act.desk, act.catalogue, away)
        if refused is not None:
            return refused
        found = [entry_queries.get(act.unit, act.site, one.id, lock=True) for one in leavers_of(act.desk, act.unit, away)]
        entries = [one for one in found if one is not None]
        if _token(act.catalogue, self.plan, entries) != self.plan.token:
            return _refusal(away, "stale_version", _STALE)
        states = {}
        for one in entries:
            release_moves(act, one.id)
            states[one.id] = act.state(one)
        for one in entries:
            entry_queries.let_go(act.unit, act.site, one.id)
        self._check(entries)
        going = {one.before.id for one in self.moves}
        for move in self.moves:
            self._place(move, states[move.before.id])
        stays = [one for one in entries if one.id not in going]
        for one in stays:
            if one.status != "unplaced":
                self._unplace(one, states[one.id])
        for one in entries:
            act.settle(one.id)
        if self.block:
            self._block()
        if not self.lines:
            return _nothing(away)
        return self._written([one.id for one in stays if one.status == "unplaced"])

    def _check(self, entries: Sequence[EntryState]) -> None:
        """Refuse the act where somebody has taken a place meanwhile, or where it breaks a rule by now."""
        act = self.act
        for move in self.moves:
            after = move.after
            ranges = ranges_for(after.resources, after.day, after.start, after.end)
            holder = act.make_room(ranges, frozenset())
            if holder is not None:
                wanted = Request(after.type or "", after.day, after.day, needs=after.needs, client=after.client)
                raise Abandoned(replace(act.refuse_taken(holder, wanted, after.diary, after.day, after.start), id=after.id))
        leaving = Leaving(act.desk, act.unit, act.catalogue, self.away, entries, act.now_ms)
        for day in sorted({one.after.day for one in self.moves}):
            there = [one.after for one in self.moves if one.after.day == day]
            ids = {one.id for one in there}
            places = [Place(one.id, one.diary, one.start, one.resources[1:]) for one in there]
            wrong = faults(leaving.day(day, [one for one in entries if one.id in ids]), places)
            if wrong:
                raise Abandoned(_refusal(self.away, "taken", wrong[0]))

    def _place(self, move: Moved, before: State) -> None:
        act, after = self.act, move.after
        ranges = ranges_for(after.resources, after.day, after.start, after.end)
        entry_queries.take(act.unit, act.site, after.id, ranges, None)
        if not use_segments(act, after):
            raise Abandoned(_refusal(self.away, "limit", f"The limit of a segment in {after.diary} is used up by now."))
        entry_queries.update(act.unit, act.site, after)
        if move.before.status == "unplaced":
            settle_unplaced(act, after.id)
        if is_told(move):
            owe(act, after, CHANGE, was=move.before)
        self.lines.append(_Line("moved", before, after, tuple(ranges)))

    def _unplace(self, entry: EntryState, before: State) -> None:
        act = self.act
        after = replace(entry, status="unplaced", version=entry.version + 1)
        entry_queries.update(act.unit, act.site, after)
        act.flags.raise_flag(DISPLACED, entry=entry.id)
        owe_displaced(act, after)
        self.lines.append(_Line("unplaced", before, after, ()))

    def _block(self) -> None:
        """Block what is left of the day of a coach or a room around what stays there: other blocks, what has begun."""
        act, away, iso = self.act, self.away, self.away.day.isoformat()
        standing = _standing(act.unit, act.site, away)
        act.lapse_all(one.id for one in standing if act.is_lapsed(one))
        held = next((one for one in standing if one.status == "held" and not act.is_lapsed(one)), None)
        if held is not None:
            code, text, holder = act.taken_by(held)
            text += " A hold is not taken away, so the day cannot be blocked until it ends; it can be re-homed without the block."
            raise Abandoned(Refused(code, text, holder, id=held.id, diary=away.code, day=away.day, start=held.start))
        opened = FULL_DAY if away.room else act.catalogue.plan(away.code, away.day).open_mask
        now = act.desk.site_now()
        first = max(away.first, now.tick if away.day == now.day else 0)
        if not opened >> first:
            return
        begins = max(first, (opened & -opened).bit_length() - 1)
        owned = [part for one in standing for part in entry_queries.owned(act.unit, act.site, one.id)]
        taken = mask_of((start, end) for code, day, start, end in owned if (code, day) == (away.code, iso))
        for number, (start, end) in enumerate(runs_in(span(begins, opened.bit_length()) & ~taken)):
            if opened & span(start, end):
                self._block_run(number, start, end)

    def _block_run(self, number: int, start: int, end: int) -> None:
        act, away = self.act, self.away
        entry = EntryState(
            id=str(uuid.uuid5(uuid.NAMESPACE_OID, f"{act.site}:{act.request.id}:absence:{number}")),
            kind="block",
            status="blocked",
            type=None,
            client=None,
            diary=away.code,
            day=away.day,
            start=start,
            end=end,
            resources=(away.code,),
            needs=(),
            channel=None,
            priority="standard",
            contact=None,
            version=1,
            made_by=act.desk.staff.login,
            made_at=act.at,
            reason=SHUT if away.room else ABSENCE,
        )
        ranges = [(away.code, away.day.isoformat(), start, end)]
        entry_queries.insert(act.unit, act.site, entry)
        entry_queries.take(act.unit, act.site, entry.id, ranges, None)
        self.lines.append(_Line("blocked", None, entry, tuple(ranges)))

    def _written(self, without: Sequence[str]) -> Booked:
        """Append the lines, the last with the request's id and what only a retry needs to know."""
        gap = self.plan.gap
        said = [f"{REHOMED}:{self.plan.token}"]
        said += [] if gap.figure is None else [f"gap:{gap.figure}={gap.amount}"]
        said += [f"stays:{','.join(without)}"] if without else []
        done: Booked | None = None
        for line in self.lines:
            primary = line is self.lines[-1]
            after = state_of(line.after, line.claims)
            reason = ";".join(said) if primary else REHOMED
            seq = self.act.log(line.verb, line.after.id, line.before, after, reason=reason, primary=primary)
            done = self.act.done(line.verb, line.after, seq)
        assert done is not None
        return done


# The answer.


def _from_log(desk: Desk, away: Away, done: Booked) -> Rehoming:
    """Return what an act did, from its lines of the log; a retry reads the same lines."""
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        (event,) = [one for one in log_queries.of_entry(unit, desk.site, done.entry.id) if one.seq == done.seq]
        lines = [one for one in (*log_queries.others_of_act(unit, desk.site, event), event) if is_rehomed(one.reason)]
        moved = sorted((moved_by(catalogue, one) for one in lines if one.verb == "moved"), key=_by_start)
        left = [entry_from_state(one.entry or "", one.before or {}) for one in lines if one.verb == "unplaced"]
        left += [found for id in _said(event, "stays") if (found := entry_queries.get(unit, desk.site, id)) is not None]
        blocks = [entry_from_state(one.entry or "", one.after or {}) for one in lines if one.verb == "blocked"]
    figure, _, amount = ",".join(_said(event, "gap")).partition("=")
    return Rehoming(
        status="rehomed",
        away=away,
        token=_said(event, REHOMED)[0],
        moved=tuple(moved),
        left=tuple(sorted(left, key=lambda one: (one.start, one.id))),
        key=_key_among(catalogue, away, [*(one.before for one in moved), *left]),
        gap=Gap(figure, int(amount)) if figure else Gap(),
        told=_told(moved),
        blocks=tuple(blocks),
        repeated=done.repeated,
    )


def _said(line: Event, name: str) -> list[str]:
    for part in (line.reason or "").split(";"):
        key, _, words = part.partition(":")
        if key == name and words:
            return words.split(",")
    return []
