"""Key types and drop-ins: the flag that the site edits, which key types lack a diary or a start, and what would help."""

from bisect import bisect
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from agent_tui.domain import key_types as rules
from agent_tui.domain.availability import Occupied
from agent_tui.domain.cleaning import clean
from agent_tui.domain.drop_in import MOST_WORDS, DropInNow, Hours, drop_in_now, hours_problems, same, words_problem
from agent_tui.domain.guarantee import NO_PACE, OK, Pace, days_of, guarantee_now, pace_of, recent_days
from agent_tui.domain.key_types import KeyType, Proposal
from agent_tui.domain.log import State
from agent_tui.domain.requests import Refused
from agent_tui.domain.site import LAST_DAY, Catalogue
from agent_tui.domain.types import AppointmentType, DropIn, Guarantee, KeyFrom
from agent_tui.domain.wall_time import instant_ms, short_date
from agent_tui.services import segmenting
from agent_tui.services.acts import Act, RequestId, id_reused, request_id
from agent_tui.services.desk import Desk
from agent_tui.services.segmenting import MAY_SAVE, Wanted
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import guarantees as guarantee_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries.log import NewEvent
from agent_tui.store.unit_of_work import Unit

KEY_SET, DROP_IN_SET = "type_key_set", "drop_in_set"


@dataclass(frozen=True, slots=True)
class TypeChanged:
    """What was said of a type from a day on: `status` is "saved", or "unchanged" where it was so already.

    `kind` is the type as it is now, `key` the flag that a change of it set, None for one of the drop-in. `drop_in` is the
    type's drop-in from that day on as a search tells it, None where it is none.
    """

    status: str
    kind: AppointmentType
    first: date
    key: bool | None = None
    repeated: bool = False
    drop_in: DropInNow | None = None


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is proposed for a type, and what it does or did as segmenting.preview and save answer it.

    `proposal` is None where nothing was proposed: a refusal, or a retry whose answer is the effect alone.
    """

    effect: segmenting.Answer
    proposal: Proposal | None = None


def key_types(desk: Desk) -> list[KeyType]:
    """Return how each key type stands today and in the working days ahead, as domain.key_types.key_types; never writes."""
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        return rules.key_types(catalogue, taken_ahead(desk, unit, catalogue), desk.site_now())


def days_ahead(desk: Desk) -> tuple[date, date]:
    """Return the first and the last of the days in which a key type must have a start."""
    with desk.store.read() as unit:
        return rules.days_ahead(desk.catalogue(unit), desk.now.date())


def standing(desk: Desk, code: str) -> KeyType | Refused:
    """Return how one type stands, key or not, or Refused when there is none."""
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        kind = catalogue.types.get(code)
        if kind is None:
            return _unknown(code)
        return rules.standing(catalogue, kind, taken_ahead(desk, unit, catalogue), desk.site_now())


def _unknown(code: str) -> Refused:
    return Refused("unknown_type", f"There is no type {code[:30]}. See: agent-tui types.", type=code)


def taken_ahead(desk: Desk, unit: Unit, catalogue: Catalogue) -> Occupied:
    """Return the time that is taken in the working days ahead in which a key type must have a start, as `taken_until`."""
    return taken_until(desk, unit, catalogue, rules.days_ahead(catalogue, desk.now.date())[1])


def taken_until(desk: Desk, unit: Unit, catalogue: Catalogue, last_day: date) -> Occupied:
    """Return the time that is taken from today to a day, of every diary that is on, of rooms and of limits, in one range read."""
    first, last = desk.now.date().isoformat(), last_day.isoformat()
    diaries = [one.code for one in catalogue.diaries.values() if one.enabled]
    now_ms = unit.clock_ms()
    masks = entry_queries.busy_masks(unit, desk.site, [*diaries, *catalogue.rooms], first, last, now_ms)
    uses = entry_queries.limit_uses(unit, desk.site, diaries, first, last, now_ms) if catalogue.has_limits else {}
    return Occupied(masks, {}, uses)


def pace_now(desk: Desk, unit: Unit, catalogue: Catalogue) -> Pace:
    """Return how fast each type was booked in the working days before today; it is the same all day."""
    first, last = recent_days(catalogue, desk.now.date())
    days = [first + timedelta(days=number) for number in range((last - first).days + 2)]
    begins = [instant_ms(datetime.combine(day, time()), catalogue.site.zone) for day in days]
    booked = guarantee_queries.booked_between(unit, desk.site, begins[0], begins[-1])
    return pace_of((code, days[bisect(begins, at) - 1], date.fromisoformat(day)) for code, at, day in booked)


def set_key(desk: Desk, code: str, key: bool, first: date | None = None, *, id: str | None = None) -> TypeChanged | Refused:
    """Say whether a type is a key appointment from a day on (today) and return TypeChanged or Refused.

    Steps that are stored for later days stay. Refused are other roles than team leader and supervisor, unknown types and
    past days. Source: seeds/spotlight-appointment-booking.txt, "Assigning appointments" ("This is not a complete list").
    """
    begin = first or desk.now.date()

    def write(act: Act, kind: AppointmentType) -> State | None:
        if kind.key_on(begin) == key:
            return None
        catalogue_queries.set_key(act.unit, act.site, code, KeyFrom(begin, key))
        return {"key": key, "was": kind.key_on(begin)}

    done = _change(desk, request_id(id, KEY_SET, code, key, first), KEY_SET, code, begin, write)
    return done if isinstance(done, Refused) else replace(done, key=key)


def set_drop_in(
    desk: Desk, code: str, hours: Hours, words: str, first: date | None = None, *, id: str | None = None
) -> TypeChanged | Refused:
    """Say from a day on (today) when claimants may come without an appointment; no hours end it.

    `words` are what is said to a caller. Returns TypeChanged or Refused: other roles than team leader and supervisor, unknown
    types, past days, hours that overlap, words that are too short or too long. Bookings go on as before.
    Source: seeds/spotlight-appointment-booking.txt, "Assigning appointments".
    """
    begin, said = first or desk.now.date(), clean(words, limit=MOST_WORDS + 1) if hours else ""
    problems = [*hours_problems(hours), *([words_problem(said)] if hours else [])]

    def write(act: Act, kind: AppointmentType) -> State | None:
        if same(kind.drop_in_on(begin), hours, said):
            return None
        catalogue_queries.set_drop_in(act.unit, act.site, code, DropIn(begin, hours, said))
        return {"hours": [list(one) for one in hours]}

    for problem in problems:
        if problem is not None:
            return Refused("not_possible", problem, type=code)
    return _change(desk, request_id(id, DROP_IN_SET, code, hours, said, first), DROP_IN_SET, code, begin, write)


def _change(
    desk: Desk, request: RequestId, verb: str, code: str, first: date, write: Callable[[Act, AppointmentType], State | None]
) -> TypeChanged | Refused:
    """Change a type under the lock of the rules, write the act's line, and let the others read the rules anew."""

    def attempt(unit: Unit) -> TypeChanged | Refused:
        catalogue_queries.lock_rules(unit, desk.site)
        act = Act(desk, unit, request, look=True)
        earlier = log_queries.by_request(unit, desk.site, request.id)
        if earlier is not None and (earlier.fingerprint != request.fingerprint or earlier.after is None):
            return id_reused(request)
        kind = act.catalogue.types.get(code)
        if kind is None:
            return _unknown(code)
        if earlier is not None and earlier.after is not None:
            return TypeChanged("saved", kind, date.fromisoformat(earlier.after["from"]), repeated=True)
        refused = _refuse_day(desk, first)
        if refused is not None:
            return refused
        said = write(act, kind)
        if said is None:
            return TypeChanged("unchanged", kind, first)
        catalogue_queries.bump_version(unit, desk.site)
        after = {"claims": [], "type": code, "from": first.isoformat(), **said}
        log_queries.append(unit, act.stamp, NewEvent(verb, after=after, request=request.id, fingerprint=request.fingerprint))
        act.finish(rules=True)
        return TypeChanged("saved", kind, first)

    if desk.staff.role not in MAY_SAVE:
        return Refused("role", "Key types and drop-ins are changed by a team leader or a supervisor.", type=code)
    done = desk.store.write(attempt)
    if isinstance(done, Refused):
        return done
    with desk.store.read() as unit:
        catalogue, now = desk.catalogue(unit), desk.site_now()
    kind = catalogue.types[code]
    return replace(done, kind=kind, drop_in=drop_in_now(kind, done.first, now.day, now.tick, catalogue.closures))


def _refuse_day(desk: Desk, first: date) -> Refused | None:
    today = desk.now.date()
    if first < today:
        text = f"{short_date(first)} is past; what was so stays so. Give a first day from {short_date(today)} on."
        return Refused("past", text, day=first)
    if first > LAST_DAY:
        return Refused("not_possible", f"Nothing is planned after {short_date(LAST_DAY)}.", day=first)
    return None


def proposal(desk: Desk, code: str) -> Proposed:
    """Return the smallest change that gives a type starts and what it would do; writes nothing.

    As domain.key_types.propose, for what is guaranteed of the type, one start where nothing is. Refused are unknown types,
    block time, a type that has what it must have, and one that nothing helps.
    """
    made: list[Proposal] = []
    return Proposed(segmenting.preview_plan(desk, _plan(desk, code, made)), *made)


def apply(desk: Desk, code: str, seen: Proposal | None = None, *, id: str | None = None) -> Proposed:
    """Save the proposal for a type in one transaction and answer as segmenting.save; `segments undo` takes it back.

    It is worked out anew under the lock of the rules; one that differs from what was `seen` is refused (stale_version).
    """
    made: list[Proposal] = []
    effect = segmenting.save_plan(desk, request_id(id, "type_propose", code), _plan(desk, code, made, seen))
    return Proposed(effect, *made)


def _plan(desk: Desk, code: str, made: list[Proposal], seen: Proposal | None = None) -> segmenting.Plan:
    now = desk.site_now()
    with desk.store.read() as unit:
        rules_now = desk.catalogue(unit)
        rule = rules_now.guarantees.get(code) or Guarantee(code, 1, rules.DAYS_AHEAD)
        occupied = taken_until(desk, unit, rules_now, days_of(rules_now, rule.days, now.day)[1])
        pace = pace_now(desk, unit, rules_now) if code in rules_now.guarantees else NO_PACE

    def plan(catalogue: Catalogue) -> Wanted | Refused | segmenting.Rejected:
        kind = catalogue.types.get(code)
        if kind is None:
            return _unknown(code)
        if kind.booked_by == "block":
            return Refused("not_allowed", f"{kind.name} is booked straight into the diary as block time.", type=code)
        stands = guarantee_now(catalogue, rule, occupied, now, pace)
        within = f"the next {rule.days} working day{'' if rule.days == 1 else 's'}"
        if stands.status == OK:
            text = f"{kind.name} has {stands.found} starts in {within}; there is nothing to propose."
            return Refused("not_possible", text, type=code)
        least = max(rule.starts, stands.found + 1)
        found = rules.propose(catalogue, occupied, now, code, least=least, days=rule.days)
        if found is None:
            more = " more" if stands.found else ""
            text = f"No diary for {kind.channel} has{more} time for {kind.name} in {within}."
            return Refused("nothing_found", f"{text} Hand requests off, or open more time.", type=code)
        if seen is not None and found != seen:
            text = f"Diaries or bookings have changed since; nothing was saved. Now it would be: {found.sentence}"
            return Refused("stale_version", text, type=code)
        made[:] = [found]
        return Wanted(found.patterns, assign=found.assignments)

    return plan
