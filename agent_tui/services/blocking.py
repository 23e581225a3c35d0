"""Block time: taking a stretch of a diary out of booking, once or weekly, and giving it back."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from agent_tui.domain.cleaning import clean
from agent_tui.domain.flags import UNDER_BLOCK
from agent_tui.domain.log import Event
from agent_tui.domain.requests import Blocked, Booked, EntryState, HandedOff, Moved, Outcome, Refused, RefusedOver, Skipped
from agent_tui.domain.wall_time import short_date
from agent_tui.services.acts import Abandoned, Act, RequestId, perform, perform_and_tell, request_id
from agent_tui.services.allocating import stale
from agent_tui.services.block_plans import LEAVING, MOST_WEEKS, Asked, Plan, not_theirs, plans_for
from agent_tui.services.changes import cancel_one
from agent_tui.services.claimants import names_of
from agent_tui.services.covering import without
from agent_tui.services.desk import Desk
from agent_tui.services.displacing import closing, displace, moved_by, no_place
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries import work as work_queries
from agent_tui.store.queries.entries import entry_from_state, state_of

LONGEST_NOTE = 500
# What a claimant is told who loses a meeting to a block, as a reason code of a cancellation.
_CANCEL_REASON = {"leave": "coach_absent", "absence": "coach_absent", "training": "coach_absent"}


class _Rehearsed(Exception):
    def __init__(self, answer: Blocked | Refused) -> None:
        super().__init__()
        self.answer = answer


def block(
    desk: Desk,
    diary: str,
    day: date,
    start: int,
    end: int,
    reason: str | None,
    *,
    description: str = "",
    type: str | None = None,
    client: str | None = None,
    over: str = "refuse",
    until: date | None = None,
    id: str | None = None,
) -> Blocked | Refused:
    """Block a stretch of a diary, from tick `start` to tick `end`, and return Blocked ("blocked") or Refused.

    The reason is one of BLOCK_REASONS, or None with a type that is booked straight into a diary and its claimant. `over` says
    what becomes of appointments in that time: refuse, keep (each is flagged and the block has the ticks around it), cancel,
    or move (each to its nearest offer, see displacing.displace; none, if one finds no place). Holds and other blocks are
    never taken. With `until` it recurs weekly, that day included: every day or none, but for "keep", which leaves out the
    days that cannot be blocked and reports them.
    Source: seeds/spotlight-appointment-booking.txt, "Appointments to be booked directly into the work coach diary".
    """
    asked = Asked(diary, day, start, end, reason, type, client, over, until)
    made: list[Blocked] = []

    def work(act: Act) -> Outcome:
        plans = plans_for(act, asked)
        if isinstance(plans, Refused):
            return plans
        outcome, answer = _write(act, asked, *plans, clean(description, limit=LONGEST_NOTE))
        made[:] = [answer]
        return outcome

    return _told(desk, request_id(id, "block", asked), work, made)


def preview(
    desk: Desk,
    diary: str,
    day: date,
    start: int,
    end: int,
    reason: str | None,
    *,
    type: str | None = None,
    client: str | None = None,
    over: str = "refuse",
    until: date | None = None,
) -> Blocked | Refused:
    """Return what `block` would do as Blocked ("preview") with what it hits and where that would go, or Refused.

    Nothing is written: what is rehearsed is rolled back. Where only appointments stand in the way, or one finds no other
    place, it is a preview with the code and the sentence of the refusal.
    """
    asked = Asked(diary, day, start, end, reason, type, client, over, until)

    def rehearse(act: Act) -> Outcome:
        plans = plans_for(act, asked)
        if isinstance(plans, RefusedOver):
            raise _Rehearsed(Blocked("preview", diary, day, start, end, hit=plans.hit, code=plans.code, reason=plans.reason))
        if isinstance(plans, Refused):
            raise _Rehearsed(plans)
        days, skipped = plans
        moved, stuck = _move_out(act, asked, days)
        hit = tuple(one for plan in days for one in plan.hit)
        seen = Blocked("preview", diary, days[0].day, start, end, (), hit, tuple(skipped), tuple(moved))
        raise _Rehearsed(replace(seen, code="taken", reason=_keep_or_cancel(stuck)) if stuck else seen)

    try:
        outcome = perform(desk, request_id(None, "rehearse_block", asked), rehearse)
    except _Rehearsed as rehearsed:
        return rehearsed.answer
    assert isinstance(outcome, Refused)
    return outcome


def unblock(
    desk: Desk, entry_id: str, *, version: int | None = None, id: str | None = None, whole_series: bool = False
) -> Blocked | Refused:
    """Give a block's time back, or with `whole_series` that of all days of its series from today on.

    Returns Blocked ("unblocked") or Refused. A block of a day that has passed stays on record.
    """
    made: list[Blocked] = []

    def work(act: Act) -> Outcome:
        found = _block_for(act, entry_id, version)
        if isinstance(found, Refused):
            return found
        others = _rest_of_series(act, found) if whole_series else []
        ended = []
        for one in (*others, found):
            after = replace(one, status="released", version=one.version + 1)
            done = act.change("unblocked", one, after, (), primary=one is found)
            ended.append(after)
        ended.sort(key=lambda one: one.day)
        made[:] = [Blocked("unblocked", found.diary, ended[0].day, found.start, found.end, tuple(ended))]
        return done

    return _told(desk, request_id(id, "unblock", entry_id, version, whole_series), work, made)


def reasons_of(desk: Desk, entries: Iterable[EntryState]) -> dict[str, str]:
    """Return blocks' reasons in words by id: the kind of absence, or the type and the claimant's name.

    Who may not see names gets initials.
    """
    blocks = [one for one in entries if one.kind == "block"]
    names = names_of(desk, sorted({one.client for one in blocks if one.client is not None}), "block")
    with desk.store.read() as unit:
        types = desk.catalogue(unit).types
    words = {}
    for one in blocks:
        kind = types.get(one.type or "")
        named = [one.type or "" if kind is None else kind.name, names.get(one.client or "", one.client or "")]
        words[one.id] = one.reason or ", ".join(part for part in named if part)
    return words


def _told(desk: Desk, request: RequestId, work: Callable[[Act], Outcome], made: Sequence[Blocked]) -> Blocked | Refused:
    outcome = perform_and_tell(desk, request, work, lambda done: _again(desk, done) if done.repeated else made[0])
    assert not isinstance(outcome, HandedOff)
    return outcome


def _again(desk: Desk, first: Booked) -> Blocked:
    """Return the answer that an act gave when it was first done, from its lines of the log."""
    with desk.store.read() as unit:
        (event,) = [one for one in log_queries.of_entry(unit, desk.site, first.entry.id) if one.seq == first.seq]
        lines = [*log_queries.others_of_act(unit, desk.site, event), event]
        catalogue = desk.catalogue(unit)
        hit, moves = [], []
        for line in lines:
            if line.verb == "moved" and line.before is not None:
                moves.append(moved_by(catalogue, line))
            if line.verb in ("cancelled", "moved") and line.before is not None:
                hit.append(entry_from_state(line.entry or "", line.before))
            for id in _said(line, "keeps"):
                told = [one for one in log_queries.of_entry(unit, desk.site, id) if one.seq < line.seq][-1]
                hit.append(entry_from_state(id, told.after or {}))
    own = [one for one in lines if one.verb == event.verb and (one.before is None) == (event.before is None)]
    entries = sorted((entry_from_state(one.entry or "", one.after or {}) for one in own), key=lambda one: one.day)
    hit.sort(key=lambda one: (one.day, one.start))
    moves.sort(key=lambda one: (one.before.day, one.before.start))
    left_out = [word.split("=") for word in _said(event, "skips")]
    skipped = tuple(Skipped(date.fromisoformat(on), code, f"Left out when it was blocked ({code}).") for on, code in left_out)
    base, found = entries[0], (tuple(entries), tuple(hit), skipped, tuple(moves))
    return Blocked(first.status, base.diary, base.day, base.start, base.end, *found, repeated=True)


def _said(line: Event, name: str) -> list[str]:
    """Return the words after a name in a line's reason, such as "keeps:a,b;skips:2026-12-25=closed"."""
    for part in (line.reason or "").split(";"):
        key, _, words = part.partition(":")
        if key == name and words:
            return words.split(",")
    return []


def _write(act: Act, asked: Asked, plans: Sequence[Plan], skipped: Sequence[Skipped], note: str) -> tuple[Booked, Blocked]:
    """Write the blocks of all days, the first last: its line carries the request's id and ends the act."""
    series = None if asked.until is None else act.request.id
    hit = tuple(one for plan in plans for one in plan.hit)
    moved, stuck = _move_out(act, asked, plans)
    if stuck:
        base = asked.refused(act, "taken", _keep_or_cancel(stuck), stuck[0].day)
        raise Abandoned(RefusedOver(base.code, base.reason, None, (), base.id, base.type, base.diary, base.day, base.start, hit))
    made, done = [], None
    for plan in reversed(plans):
        first = plan is plans[0]
        entry = _entry(act, asked, plan.day, act.request.id if first else day_id(act.site, act.request.id, plan.day), series)
        kept, ranges = _clear(act, asked, plan, entry)
        entry_queries.insert(act.unit, act.site, entry)
        entry_queries.take(act.unit, act.site, entry.id, ranges, None)
        if note:
            work_queries.insert_note(
                act.unit, act.site, str(uuid.uuid4()), "note", note, act.desk.staff.login, act.at, entry=entry.id
            )
        for one in kept:
            act.flags.raise_flag(UNDER_BLOCK, entry=one.id, other=entry.id)
        act.settle(entry.id)
        coming = [one.id for one in plan.hit if one in kept]
        words = {"keeps": coming, "skips": [f"{one.day.isoformat()}={one.code}" for one in skipped] if first else []}
        said = ";".join(f"{name}:{','.join(found)}" for name, found in words.items() if found) or None
        seq = act.log("blocked", entry.id, None, state_of(entry, ranges), reason=said, primary=first)
        made.append(entry)
        done = act.done("blocked", entry, seq)
    assert done is not None
    found = (tuple(reversed(made)), hit, tuple(skipped), tuple(moved))
    return done, Blocked("blocked", asked.diary, plans[0].day, asked.start, asked.end, *found)


def _move_out(act: Act, asked: Asked, plans: Sequence[Plan]) -> tuple[list[Moved], list[EntryState]]:
    """Move what the blocks of all days hit where that was asked; return the moves, and what found no other place."""
    if asked.over != "move":
        return [], []
    ranges = [(asked.diary, plan.day.isoformat(), asked.start, asked.end) for plan in plans]
    return displace(act, [one for plan in plans for one in plan.hit], closing(ranges, asked.client))


def _keep_or_cancel(stuck: Sequence[EntryState]) -> str:
    return f"{no_place(stuck)} Nothing was blocked or moved; keep what is in that time, or cancel it."


def _clear(act: Act, asked: Asked, plan: Plan, entry: EntryState) -> tuple[list[EntryState], list[entry_queries.Range]]:
    """Cancel what a block hits where that was asked; return what stays in its time and the block's ticks around it."""
    gone = {one.id for one in plan.hit} if asked.over in LEAVING else set[str]()
    if asked.over == "cancel":
        for one in plan.hit:
            cancel_one(act, one, _CANCEL_REASON.get(asked.reason or "", "office"), primary=False)
    kept = [one for one in plan.standing if one.id not in gone]
    whole = [(asked.diary, plan.day.isoformat(), entry.start, entry.end)]
    return kept, without(whole, [part for one in kept for part in entry_queries.owned(act.unit, act.site, one.id)])


def _entry(act: Act, asked: Asked, day: date, id: str, series: str | None) -> EntryState:
    return EntryState(
        id=id,
        kind="block",
        status="blocked",
        type=asked.type,
        client=asked.client,
        diary=asked.diary,
        day=day,
        start=asked.start,
        end=asked.end,
        resources=(asked.diary,),
        needs=(),
        channel=None,
        priority="standard",
        contact=None,
        version=1,
        made_by=act.desk.staff.login,
        made_at=act.at,
        reason=asked.reason,
        pair=series,
    )


def day_id(site: str, series: str, day: date) -> str:
    """Return the id of a recurring block's later day: it follows from the first, so that a series is found without a search."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{site}:{series}:block:{day.isoformat()}"))


def _block_for(act: Act, entry_id: str, version: int | None) -> EntryState | Refused:
    found = entry_queries.get(act.unit, act.site, entry_id, lock=True)
    if found is None:
        return Refused("unknown_entry", f"There is no block {entry_id[:40]}.", id=entry_id)

    def refused(code: str, text: str) -> Refused:
        return Refused(code, text, id=found.id, type=found.type, diary=found.diary, day=found.day, start=found.start)

    if found.kind != "block":
        word = "an appointment; it can be cancelled" if found.kind == "appointment" else "a hold; it can be released"
        return refused("not_possible", f"This is {word}, not unblocked.")
    text = not_theirs(act, found.diary, found.type)
    if text is not None:
        return refused("role", text)
    if version is not None and version != found.version:
        return stale(act, found)
    if found.status != "blocked":
        return refused("not_possible", f"This block is {found.status} already.")
    if found.day < act.desk.now.date():
        return refused("past", f"The block of {short_date(found.day)} has passed and stays on record.")
    return found


def _rest_of_series(act: Act, found: EntryState) -> list[EntryState]:
    """Return the other live blocks of a series from today on, each locked."""
    if found.pair is None:
        return []
    first = entry_queries.get(act.unit, act.site, found.pair)
    assert first is not None
    days = [first.day + timedelta(days=7 * week) for week in range(1, MOST_WEEKS + 1)]
    ids = sorted({first.id, *(day_id(act.site, first.id, day) for day in days)} - {found.id})
    others = [entry_queries.get(act.unit, act.site, id, lock=True) for id in ids]
    today = act.desk.now.date()
    return [one for one in others if one is not None and one.status == "blocked" and one.day >= today]
