"""What a block would take: who may block what, which days of a series, what stands in the time, and why not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from agent_tui.domain.clients import client_problem
from agent_tui.domain.requests import BLOCK_REASONS, OVER_APPOINTMENTS, EntryState, Refused, RefusedOver, Skipped
from agent_tui.domain.site import LAST_DAY
from agent_tui.domain.ticks import clock, span
from agent_tui.domain.wall_time import short_date, ticks_of_clock_change
from agent_tui.services.acts import Act
from agent_tui.services.allocating import clashes_at
from agent_tui.services.covering import block_over
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import entries as entry_queries

MOST_WEEKS = 53
SHOWN = 4
MAY_BLOCK_ANY = ("leader", "supervisor")
LEAVING = ("cancel", "move")
"""The ways of a block after which the appointments in its time stand there no more."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A block as it was asked for: ticks, and weekly until a day."""

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
        """Return a refusal that says which block it is of."""
        on = day or self.day
        return Refused(code, text, id=act.request.id, type=self.type, diary=self.diary, day=on, start=self.start)


@dataclass(frozen=True, slots=True)
class Plan:
    """One day of a block and what owns time in it."""

    day: date
    standing: tuple[EntryState, ...]

    @property
    def hit(self) -> tuple[EntryState, ...]:
        """Return the appointments that are still to come; what was attended or missed is history."""
        return tuple(one for one in self.standing if one.status == "booked")


def plans_for(act: Act, asked: Asked) -> tuple[list[Plan], list[Skipped]] | Refused:
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


def _refuse_asked(act: Act, asked: Asked) -> Refused | None:
    """Refuse what is unknown, or not to be said together."""
    catalogue = act.catalogue
    if asked.diary not in catalogue.diaries:
        return asked.refused(act, "unknown_diary", f"There is no diary {asked.diary[:30]}. See: agent-tui diaries.")
    if catalogue.diaries[asked.diary].retired is not None:
        return asked.refused(act, "not_possible", f"The diary {asked.diary} is retired and takes nothing more.")
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
    problem = client_problem(act.client(asked.client), asked.client)
    return None if problem is None else asked.refused(act, "unknown_client", problem)


def _refuse_role(act: Act, asked: Asked) -> Refused | None:
    """Refuse who may not: a coach blocks the own diary, an agent only books types that go straight into a diary."""
    text = not_theirs(act, asked.diary, asked.type)
    return None if text is None else asked.refused(act, "role", text)


def not_theirs(act: Act, diary: str, type: str | None) -> str | None:
    """Return why the desk's person may not block a diary's time, for a type or without one, or None."""
    staff = act.desk.staff
    if staff.role in MAY_BLOCK_ANY:
        return None
    if staff.role == "coach":
        own = staff.diary == diary
        return None if own else f"A coach blocks the own diary {staff.diary or '(none)'} only; a team leader can block {diary}."
    if type is not None:
        return None
    return "An agent blocks time only for a type that is booked straight into a diary; a team leader or a supervisor blocks any."


def _refuse_range(act: Act, asked: Asked) -> Refused | None:
    if not 0 <= asked.start < 288 or not 0 < asked.end <= 288:
        return asked.refused(act, "not_possible", "A block lies within one day.")
    if asked.end <= asked.start:
        return asked.refused(
            act, "not_possible", f"{clock(asked.end)} is not after {clock(asked.start)}; a block ends after it starts."
        )
    if not asked.day <= LAST_DAY:
        return asked.refused(act, "not_possible", f"Nothing is blocked after {short_date(LAST_DAY)}.")
    if asked.until is not None and asked.until < asked.day:
        text = f"It cannot recur until {short_date(asked.until)}, which is before {short_date(asked.day)}."
        return asked.refused(act, "not_possible", text)
    if asked.until is not None and (asked.until - asked.day).days >= 7 * MOST_WEEKS:
        return asked.refused(act, "not_possible", f"A block recurs for at most {MOST_WEEKS} weeks.")
    return None


def _plan_day(act: Act, asked: Asked, day: date) -> Plan | Refused:
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
    plan = Plan(day, tuple(standing))
    if standing and asked.over == "refuse":
        return _refuse_over(act, asked, plan)
    gone = frozenset(one.id for one in plan.hit) if asked.over in LEAVING else frozenset[str]()
    for clash in clashes_at(act, asked.client, day, asked.start, asked.end, gone)[:1]:
        text = f"The claimant already has {clock(clash.start)} to {clock(clash.end)} in diary {clash.diary} then."
        return asked.refused(act, "client_clash", text, day)
    return plan


def _refuse_day(act: Act, asked: Asked, day: date) -> Refused | None:
    now = act.desk.site_now()
    on = short_date(day)
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


def _standing(act: Act, asked: Asked, day: date) -> list[EntryState]:
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


def _refuse_over(act: Act, asked: Asked, plan: Plan) -> Refused:
    code, text, holder = act.taken_by(plan.standing[0])
    more = len(plan.standing) - 1
    if more:
        text += f" {more} more {'stands' if more == 1 else 'stand'} in that time."
    if plan.hit:
        text += " They can be kept and flagged, moved, or cancelled."
    base = asked.refused(act, code, text, plan.day)
    return RefusedOver(code, text, holder, (), base.id, base.type, base.diary, base.day, base.start, plan.hit)


def _refuse_days(stopped: Sequence[Refused], days: int) -> Refused:
    """Return one refusal for the days of a recurring block, with every day that stops it and all that it would hit."""
    first = stopped[0]
    if days > 1:
        said = [f"{short_date(one.day) if one.day else ''}: {one.reason}" for one in stopped[:SHOWN]]
        if len(stopped) > SHOWN:
            said.append(f"and {len(stopped) - SHOWN} more.")
        first = replace(first, reason=f"{len(stopped)} of {days} days cannot be blocked. {' '.join(said)}")
    hit = tuple(entry for one in stopped if isinstance(one, RefusedOver) for entry in one.hit)
    return replace(first, hit=hit) if isinstance(first, RefusedOver) else first
