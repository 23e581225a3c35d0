"""Block time: taking a stretch of a diary out of booking, once or weekly, and giving it back."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from agent_tui.domain.cleaning import clean
from agent_tui.domain.log import Event
from agent_tui.domain.requests import (
    BLOCK_REASONS,
    OVER_APPOINTMENTS,
    Blocked,
    Booked,
    EntryState,
    Outcome,
    Refused,
    RefusedOver,
    Skipped,
)
from agent_tui.domain.site import LAST_DAY
from agent_tui.domain.ticks import clock, span
from agent_tui.domain.wall_time import ticks_of_clock_change
from agent_tui.services.acts import Act, perform, request_id
from agent_tui.services.allocating import clashes_at, stale
from agent_tui.services.changes import cancel_one
from agent_tui.services.claimants import names_of
from agent_tui.services.covering import UNDER_BLOCK, block_over, without
from agent_tui.services.desk import Desk
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries import work as work_queries
from agent_tui.store.queries.entries import entry_from_state, state_of

MOST_WEEKS = 53
LONGEST_NOTE = 500
SHOWN = 4
MAY_BLOCK_ANY = ("leader", "supervisor")
# What a claimant is told who loses a meeting to a block, as a reason code of a cancellation.
_CANCEL_REASON = {"leave": "coach_absent", "training": "coach_absent"}


@dataclass(frozen=True, slots=True)
class _Asked:
    diary: str
    day: date
    start: int
    end: int
    reason: str | None
    type: str | None
    client: str | None
    over: str
    until: date | None

    def refused(self, act: Act, code: str, text: str, day: date | None = None) -> Refused:
        on = day or self.day
        return Refused(code, text, id=act.request.id, type=self.type, diary=self.diary, day=on, start=self.start)


@dataclass(frozen=True, slots=True)
class _Plan:
    day: date
    standing: tuple[EntryState, ...]

    @property
    def hit(self) -> tuple[EntryState, ...]:
        """Return the appointments that are still to come; what was attended or missed is history."""
        return tuple(one for one in self.standing if one.status == "booked")


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
    what becomes of appointments in that time: refuse, keep (each is flagged and the block has the ticks around it) or
    cancel. Holds and other blocks are never taken. With `until` it recurs weekly, that day included: every day or none,
    but for "keep", which leaves out the days that cannot be blocked and reports them.
    Source: seeds/spotlight-appointment-booking.txt, "Appointments to be booked directly into the work coach diary".
    """
    asked = _Asked(diary, day, start, end, reason, type, client, over, until)
    made: list[Blocked] = []

    def work(act: Act) -> Outcome:
        plans = _plans(act, asked)
        if isinstance(plans, Refused):
            return plans
        outcome, answer = _write(act, asked, *plans, clean(description, limit=LONGEST_NOTE))
        made[:] = [answer]
        return outcome

    return _answer(desk, perform(desk, request_id(id, "block", asked), work), made)


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
    """Return what `block` would do as Blocked ("preview") with the appointments that it hits, or Refused; writes nothing.

    Where only appointments stand in the way, it is a preview with the code and the sentence of the refusal.
    """
    asked = _Asked(diary, day, start, end, reason, type, client, over, until)

    def rehearse(act: Act) -> Outcome:
        plans = _plans(act, asked)
        if isinstance(plans, RefusedOver):
            raise _Rehearsed(Blocked("preview", diary, day, start, end, hit=plans.hit, code=plans.code, reason=plans.reason))
        if isinstance(plans, Refused):
            raise _Rehearsed(plans)
        days, skipped = plans
        hit = tuple(one for plan in days for one in plan.hit)
        raise _Rehearsed(Blocked("preview", diary, days[0].day, start, end, hit=hit, skipped=tuple(skipped)))

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

    return _answer(desk, perform(desk, request_id(id, "unblock", entry_id, version, whole_series), work), made)


def reasons_of(desk: Desk, entries: Iterable[EntryState]) -> dict[str, str]:
    """Return blocks' reasons in words by id: the kind of absence, or the type and the claimant's name.

    Who may not see names gets initials.
    """
    blocks = [one for one in entries if one.kind == "block"]
    names = names_of(desk, sorted({one.client for one in blocks if one.client is not None}))
    with desk.store.read() as unit:
        types = desk.catalogue(unit).types
    words = {}
    for one in blocks:
        kind = types.get(one.type or "")
        named = [one.type or "" if kind is None else kind.name, names.get(one.client or "", one.client or "")]
        words[one.id] = one.reason or ", ".join(part for part in named if part)
    return words


def _answer(desk: Desk, outcome: Outcome, made: Sequence[Blocked]) -> Blocked | Refused:
    if isinstance(outcome, Refused):
        return outcome
    assert isinstance(outcome, Booked)
    return _again(desk, outcome) if outcome.repeated else made[0]


def _again(desk: Desk, first: Booked) -> Blocked:
    """Return the answer that an act gave when it was first done, from its lines of the log."""
    with desk.store.read() as unit:
        (event,) = [one for one in log_queries.of_entry(unit, desk.site, first.entry.id) if one.seq == first.seq]
        lines = [*log_queries.others_of_act(unit, desk.site, event), event]
        hit = []
        for line in lines:
            if line.verb == "cancelled" and line.before is not None:
                hit.append(entry_from_state(line.entry or "", line.before))
            for id in _said(line, "keeps"):
                told = [one for one in log_queries.of_entry(unit, desk.site, id) if one.seq < line.seq][-1]
                hit.append(entry_from_state(id, told.after or {}))
    own = [one for one in lines if one.verb == event.verb and (one.before is None) == (event.before is None)]
    entries = sorted((entry_from_state(one.entry or "", one.after or {}) for one in own), key=lambda one: one.day)
    hit.sort(key=lambda one: (one.day, one.start))
    left_out = [word.split("=") for word in _said(event, "skips")]
    skipped = tuple(Skipped(date.fromisoformat(on), code, f"Left out when it was blocked ({code}).") for on, code in left_out)
    base = entries[0]
    return Blocked(first.status, base.diary, base.day, base.start, base.end, tuple(entries), tuple(hit), skipped, repeated=True)


def _said(line: Event, name: str) -> list[str]:
    """Return the words after a name in a line's reason, such as "keeps:a,b;skips:2026-12-25=closed"."""
    for part in (line.reason or "").split(";"):
        key, _, words = part.partition(":")
        if key == name and words:
            return words.split(",")
    return []


def _plans(act: Act, asked: _Asked) -> tuple[list[_Plan], list[Skipped]] | Refused:
    """Return the days to block and the days left out, or why nothing can be blocked."""
    refused = _refuse_asked(act, asked) or _refuse_role(act, asked) or _refuse_range(act, asked)
    if refused is not None:
        return refused
    if asked.client is not None:
        client_queries.get(act.unit, act.site, asked.client, lock=True)
    days = [asked.day]
    while asked.until is not None and days[-1] + timedelta(days=7) <= asked.until:
        days.append(days[-1] + timedelta(days=7))
    plans, stopped = [], []
    for day in days:
        found = _plan_day(act, asked, day)
        if isinstance(found, Refused):
            stopped.append(found)
        else:
            plans.append(found)
    if stopped and (asked.over != "keep" or not plans):
        return _refuse_days(stopped, len(days))
    return plans, [Skipped(one.day or asked.day, one.code, one.reason) for one in stopped]


def _refuse_asked(act: Act, asked: _Asked) -> Refused | None:
    """Refuse what is unknown, or not to be said together."""
    catalogue = act.catalogue
    if asked.diary not in catalogue.diaries:
        return asked.refused(act, "unknown_diary", f"There is no diary {asked.diary[:30]}. See: agent-tui diaries.")
    if asked.over not in OVER_APPOINTMENTS:
        return asked.refused(act, "not_possible", f"Over appointments a block can: {', '.join(OVER_APPOINTMENTS)}.")
    if asked.type is None:
        if asked.reason not in BLOCK_REASONS:
            return asked.refused(
                act, "not_possible", f"A block's reason is one of {', '.join(BLOCK_REASONS)}, or a type with a claimant."
            )
        if asked.client is not None:
            return asked.refused(act, "not_possible", "A claimant goes with a type that is booked straight into a diary.")
        return None
    if asked.reason is not None:
        return asked.refused(act, "not_possible", "A block for a type has the type and the claimant as its reason, no other.")
    kind = catalogue.types.get(asked.type)
    if kind is None:
        return asked.refused(act, "unknown_type", f"There is no type {asked.type[:30]}. See: agent-tui types.")
    if kind.booked_by != "block":
        return asked.refused(act, "not_allowed", f"{kind.name} is booked as an appointment, not as block time.")
    if act.desk.staff.booker not in kind.may_book:
        return asked.refused(act, "role", f"{kind.name} may be booked by: {', '.join(sorted(kind.may_book))}.")
    if asked.client is None:
        return asked.refused(act, "unknown_client", f"To block time for {kind.name}, the claimant is needed.")
    if client_queries.get(act.unit, act.site, asked.client) is None:
        text = f"There is no claimant {asked.client[:30]}. Find them with: agent-tui clients find -"
        return asked.refused(act, "unknown_client", text)
    return None


def _refuse_role(act: Act, asked: _Asked) -> Refused | None:
    """Refuse who may not: a coach blocks the own diary, an agent only books types that go straight into a diary."""
    text = _not_theirs(act, asked.diary, asked.type)
    return None if text is None else asked.refused(act, "role", text)


def _not_theirs(act: Act, diary: str, type: str | None) -> str | None:
    staff = act.desk.staff
    if staff.role in MAY_BLOCK_ANY:
        return None
    if staff.role == "coach":
        own = staff.diary == diary
        return None if own else f"A coach blocks the own diary {staff.diary or '(none)'} only; a team leader can block {diary}."
    return None if type is not None else "An agent blocks time only for a type that is booked straight into a diary."


def _refuse_range(act: Act, asked: _Asked) -> Refused | None:
    if not 0 <= asked.start < 288 or not 0 < asked.end <= 288:
        return asked.refused(act, "not_possible", "A block lies within one day.")
    if asked.end <= asked.start:
        return asked.refused(
            act, "not_possible", f"{clock(asked.end)} is not after {clock(asked.start)}; a block ends after it starts."
        )
    if not asked.day <= LAST_DAY:
        return asked.refused(act, "not_possible", f"Nothing is blocked after {LAST_DAY.isoformat()}.")
    if asked.until is not None and asked.until < asked.day:
        text = f"It cannot recur until {asked.until.isoformat()}, which is before {asked.day.isoformat()}."
        return asked.refused(act, "not_possible", text)
    if asked.until is not None and (asked.until - asked.day).days >= 7 * MOST_WEEKS:
        return asked.refused(act, "not_possible", f"A block recurs for at most {MOST_WEEKS} weeks.")
    return None


def _plan_day(act: Act, asked: _Asked, day: date) -> _Plan | Refused:
    """Return what stands in the time of one day, or what forbids to block it."""
    refused = _refuse_day(act, asked, day)
    if refused is not None:
        return refused
    standing = _standing(act, asked, day)
    stop = next((one for one in standing if one.kind != "appointment"), None)
    stop = stop or block_over(act, [one.id for one in standing])
    if stop is not None:
        code, text, holder = act.taken_by(stop)
        more = " Unblock it first." if stop.kind == "block" else " A hold is not taken away; it is booked, released or lapses."
        return replace(asked.refused(act, code, text + more, day), held_by=holder)
    plan = _Plan(day, tuple(standing))
    if standing and asked.over == "refuse":
        return _refuse_over(act, asked, plan)
    gone = frozenset(one.id for one in plan.hit) if asked.over == "cancel" else frozenset[str]()
    for clash in clashes_at(act, asked.client, day, asked.start, asked.end, gone)[:1]:
        text = f"The claimant already has {clock(clash.start)} to {clock(clash.end)} in diary {clash.diary} then."
        return asked.refused(act, "client_clash", text, day)
    return plan


def _refuse_day(act: Act, asked: _Asked, day: date) -> Refused | None:
    now = act.desk.site_now()
    on = day.isoformat()
    if day < now.day or (day == now.day and asked.end <= now.tick):
        return asked.refused(act, "past", f"{on} {clock(asked.start)} to {clock(asked.end)} has passed.", day)
    closed = act.catalogue.closures.get(day)
    if closed is not None:
        return asked.refused(act, "closed", f"The site is closed on {on} ({closed}).", day)
    if not act.catalogue.plan(asked.diary, day).open_mask:
        return asked.refused(act, "closed", f"{on} is a day off in diary {asked.diary}.", day)
    if ticks_of_clock_change(day, act.catalogue.site.zone) & span(asked.start, asked.end):
        return asked.refused(act, "closed", f"The clocks change on {on} within {clock(asked.start)} to {clock(asked.end)}.", day)
    return None


def _standing(act: Act, asked: _Asked, day: date) -> list[EntryState]:
    """Return what owns time in a stretch, each locked; expired holds are ended."""
    ranges = [(asked.diary, day.isoformat(), asked.start, asked.end)]
    locked: set[str] = set()
    while True:
        found = entry_queries.overlapping(act.unit, act.site, ranges)
        fresh = sorted({one.id for one in found} - locked)
        if not fresh:
            return found
        locked |= set(fresh)
        for id in fresh:
            entry = entry_queries.get(act.unit, act.site, id, lock=True)
            if entry is not None and act.is_lapsed(entry):
                act.lapse(entry)


def _refuse_over(act: Act, asked: _Asked, plan: _Plan) -> Refused:
    code, text, holder = act.taken_by(plan.standing[0])
    more = len(plan.standing) - 1
    if more:
        text += f" {more} more {'stands' if more == 1 else 'stand'} in that time."
    if plan.hit:
        text += " They can be kept and flagged, or cancelled."
    base = asked.refused(act, code, text, plan.day)
    return RefusedOver(code, text, holder, (), base.id, base.type, base.diary, base.day, base.start, plan.hit)


def _refuse_days(stopped: Sequence[Refused], days: int) -> Refused:
    """Return one refusal for the days of a recurring block, with every day that stops it and all that it would hit."""
    first = stopped[0]
    if days > 1:
        said = [f"{one.day.isoformat() if one.day else ''}: {one.reason}" for one in stopped[:SHOWN]]
        if len(stopped) > SHOWN:
            said.append(f"and {len(stopped) - SHOWN} more.")
        first = replace(first, reason=f"{len(stopped)} of {days} days cannot be blocked. {' '.join(said)}")
    hit = tuple(entry for one in stopped if isinstance(one, RefusedOver) for entry in one.hit)
    return replace(first, hit=hit) if isinstance(first, RefusedOver) else first


def _write(act: Act, asked: _Asked, plans: Sequence[_Plan], skipped: Sequence[Skipped], note: str) -> tuple[Booked, Blocked]:
    """Write the blocks of all days, the first last: its line carries the request's id and ends the act."""
    series = None if asked.until is None else act.request.id
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
            flag = str(uuid.uuid4())
            work_queries.raise_flag(act.unit, act.site, flag, UNDER_BLOCK, one.id, entry.id, act.desk.staff.login, act.at)
        act.settle(entry.id)
        coming = [one.id for one in plan.hit if one in kept]
        words = {"keeps": coming, "skips": [f"{one.day.isoformat()}={one.code}" for one in skipped] if first else []}
        said = ";".join(f"{name}:{','.join(found)}" for name, found in words.items() if found) or None
        seq = act.log("blocked", entry.id, None, state_of(entry, ranges), reason=said, primary=first)
        made.append(entry)
        done = act.done("blocked", entry, seq)
    assert done is not None
    hit = tuple(one for plan in plans for one in plan.hit)
    answer = Blocked("blocked", asked.diary, plans[0].day, asked.start, asked.end, tuple(reversed(made)), hit, tuple(skipped))
    return done, answer


def _clear(act: Act, asked: _Asked, plan: _Plan, entry: EntryState) -> tuple[list[EntryState], list[entry_queries.Range]]:
    """Cancel what a block hits where that was asked; return what is kept and the block's ticks around it."""
    gone: set[str] = set()
    if asked.over == "cancel":
        for one in plan.hit:
            cancel_one(act, one, _CANCEL_REASON.get(asked.reason or "", "office"), primary=False)
            gone.add(one.id)
    kept = [one for one in plan.standing if one.id not in gone]
    whole = [(asked.diary, plan.day.isoformat(), entry.start, entry.end)]
    return kept, without(whole, [part for one in kept for part in entry_queries.owned(act.unit, act.site, one.id)])


def _entry(act: Act, asked: _Asked, day: date, id: str, series: str | None) -> EntryState:
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
    text = _not_theirs(act, found.diary, found.type)
    if text is not None:
        return refused("role", text)
    if version is not None and version != found.version:
        return stale(act, found)
    if found.status != "blocked":
        return refused("not_possible", f"This block is {found.status} already.")
    if found.day < act.desk.now.date():
        return refused("past", f"The block of {found.day.isoformat()} has passed and stays on record.")
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
