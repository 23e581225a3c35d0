"""The recovery list: moves that win usable starts, accepted all or nothing, or dismissed until something has changed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from agent_tui.domain.availability import obstacle
from agent_tui.domain.messages import CHANGE
from agent_tui.domain.recovery import REASON, DiaryFacts, HalfDay, Move, Plan, half_days, place_of
from agent_tui.domain.requests import ClockWindow, EntryState, Moved, Refused, Request
from agent_tui.domain.roles import named
from agent_tui.domain.site import Catalogue, Diary
from agent_tui.domain.sooner import parse_part
from agent_tui.domain.ticks import clock, span
from agent_tui.domain.wall_time import short_date
from agent_tui.domain.week import WeekAsked, checked, diaries_of
from agent_tui.services.acts import Abandoned, Act, RequestId, id_reused, ranges_for, request_id
from agent_tui.services.allocating import clashes_at, use_segments
from agent_tui.services.changes import lock_client
from agent_tui.services.desk import Desk
from agent_tui.services.displacing import moved_by
from agent_tui.services.finding import search_for
from agent_tui.services.owing import owe
from agent_tui.services.whitespace import Told, as_read_by
from agent_tui.solvers.recover import plans
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import flags as flag_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries import recovery as recovery_queries
from agent_tui.store.queries import waiting as waiting_queries
from agent_tui.store.queries import work as work_queries
from agent_tui.store.queries.entries import state_of
from agent_tui.store.queries.log import NewEvent
from agent_tui.store.trouble import KeyRefused
from agent_tui.store.unit_of_work import Unit

MAY_ACCEPT = ("leader", "supervisor")
MAY_DISMISS = ("leader", "supervisor", "admin")
DISMISSED = "recovery_dismissed"
TRIES = 3
NOTHING = "No move of one or two appointments wins a start: what is free stands together as well as it can."
_ATTENDED = ("booked", "held", "late", "attended", "blocked")


@dataclass(frozen=True, slots=True)
class Recovery:
    """The recovery list: the best plan of each half-day that nobody has dismissed, best first, and why there is none."""

    asked: WeekAsked
    plans: tuple[Plan, ...]
    total: int
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A plan that was accepted ("accepted") or dismissed ("dismissed"), and the appointments that were moved."""

    status: str
    plan: str
    moves: tuple[Moved, ...] = ()
    won: int | None = None
    repeated: bool = False


Answer = Accepted | Refused


def recovery(desk: Desk, asked: WeekAsked, *, limit: int | None = None, told: Told | None = None) -> Recovery:
    """Return the recovery list of a week for the diaries that are switched on, all, a team's or one; never writes.

    Each half-day has its best plan that was not dismissed. Past days have none. Refuses as services.whitespace.white_space.
    """
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        wanted = as_read_by(desk, checked(catalogue, asked))
        diaries = diaries_of(catalogue, wanted)
        days = [day for day in wanted.week.days if day >= desk.now.date()]
        facts = read_facts(desk, unit, catalogue, diaries, days)
        gone = recovery_queries.dismissed(unit, desk.site, wanted.week.monday.isoformat(), wanted.week.sunday.isoformat())
    now, found = desk.site_now(), []
    for number, one in enumerate(facts):
        found += [plan for half in half_days(catalogue, one, now) for plan in best_of(half, gone)]
        if told is not None:
            told("diary days", number + 1, len(facts))
    found.sort(key=lambda plan: plan.rank)
    return Recovery(wanted, tuple(found[:limit]), len(found), _note(wanted, diaries, days, found))


def best_of(half: HalfDay, gone: Iterable[str]) -> list[Plan]:
    """Return the best plan of a half-day that is not among those dismissed, in a list of one, or an empty list."""
    dismissed = set(gone)
    return [plan for plan in plans(half) if plan.id not in dismissed][:1]


def _note(asked: WeekAsked, diaries: Sequence[Diary], days: Sequence[date], found: Sequence[Plan]) -> str | None:
    if found:
        return None
    if not diaries:
        where = f"The diary {asked.diary}" if asked.diary else f"Team {asked.team}" if asked.team else "The site"
        return f"{where} has no diary that is switched on."
    return NOTHING if days else f"Week {asked.week} is past: nothing in it can be moved."


def read_facts(desk: Desk, unit: Unit, catalogue: Catalogue, diaries: Sequence[Diary], days: Sequence[date]) -> list[DiaryFacts]:
    """Return what is known of some diaries on some days, in one range query for all entries of the site on them."""
    if not diaries or not days:
        return []
    first, last, now_ms = days[0].isoformat(), days[-1].isoformat(), unit.clock_ms()
    everybody = sorted(catalogue.diaries)
    entries = entry_queries.of_days(unit, desk.site, everybody, first, last, now_ms)
    room_masks = entry_queries.busy_masks(unit, desk.site, sorted(catalogue.rooms), first, last, now_ms)
    codes = [one.code for one in diaries]
    uses = entry_queries.limit_uses(unit, desk.site, codes, first, last, now_ms) if catalogue.has_limits else {}
    barred = frozenset(flag_queries.flagged_entries(unit, desk.site) | {one.moving for one in entries if one.moving is not None})
    windows = _windows(desk, unit)
    by_place: dict[tuple[str, date], list[EntryState]] = {}
    of_client: dict[tuple[str, date], list[EntryState]] = {}
    for entry in entries:
        by_place.setdefault((entry.diary, entry.day), []).append(entry)
        if entry.client is not None and entry.status in _ATTENDED:
            of_client.setdefault((entry.client, entry.day), []).append(entry)
    found = []
    for diary in diaries:
        for day in days:
            here = tuple(by_place.get((diary.code, day), ()))
            strangers = {one.id for one in here if not _may_be_booked(desk, catalogue, one)}
            found.append(
                DiaryFacts(
                    diary,
                    day,
                    here,
                    _mask(here),
                    uses,
                    {code: _without(room_masks.get((code, day.isoformat()), 0), code, here) for code in catalogue.rooms},
                    {one.client: _elsewhere(of_client, one, diary.code) for one in here if one.client is not None},
                    windows,
                    barred | strangers,
                )
            )
    return found


def _may_be_booked(desk: Desk, catalogue: Catalogue, entry: EntryState) -> bool:
    kind = catalogue.types.get(entry.type or "")
    return kind is not None and desk.staff.booker in kind.may_book


def _windows(desk: Desk, unit: Unit) -> dict[str, tuple[ClockWindow, ...]]:
    """Return the parts of the day that claimants asked for, by appointment: those who wait for an earlier time, and who wrote."""
    found: dict[str, tuple[ClockWindow, ...]] = {}
    for place in waiting_queries.live(unit, desk.site):
        if place.wish.window is not None:
            found[place.entry] = (place.wish.window,)
    for entry, part in work_queries.parts_asked_for(unit, desk.site):
        found[entry] = (*found.get(entry, ()), parse_part(part))
    return found


def _mask(entries: Iterable[EntryState]) -> int:
    mask = 0
    for one in entries:
        mask |= span(one.start, one.end)
    return mask


def _without(mask: int, room: str, entries: Iterable[EntryState]) -> int:
    """Return a room's taken ticks without those of a diary's own entries, which never are at one time."""
    return mask & ~_mask(one for one in entries if room in one.resources)


def _elsewhere(of_client: dict[tuple[str, date], list[EntryState]], entry: EntryState, diary: str) -> int:
    return _mask(one for one in of_client.get((entry.client or "", entry.day), ()) if one.diary != diary)


# Accepting and dismissing.


def accept(desk: Desk, plan: str, *, id: str | None = None) -> Answer:
    """Move the appointments of a plan in one transaction, queue what their claimants are owed, and return Accepted or Refused.

    The plan is worked out anew under the lock; one that is no longer what the list said is refused (stale_version). `undo`
    takes all its moves back. An unreadable name raises domain.recovery.NoPlan.
    """
    place_of(plan)
    return _in_one_act(desk, request_id(id, "recover_accept", plan), plan, MAY_ACCEPT, lambda act: _accepted(act, plan))


def dismiss(desk: Desk, plan: str, *, id: str | None = None) -> Answer:
    """Keep a plan off the list until something of it has changed, and return Accepted ("dismissed") or Refused."""
    place_of(plan)
    return _in_one_act(desk, request_id(id, "recover_dismiss", plan), plan, MAY_DISMISS, lambda act: _dismissed(act, plan))


def _in_one_act(desk: Desk, request: RequestId, plan: str, may: Sequence[str], work: Callable[[Act], Answer]) -> Answer:
    def attempt(unit: Unit) -> Answer:
        act = Act(desk, unit, request, look=True)
        earlier = log_queries.by_request(unit, desk.site, request.id)
        if earlier is not None:
            if earlier.fingerprint != request.fingerprint:
                return id_reused(request)
            if earlier.verb == DISMISSED:
                return Accepted("dismissed", plan, repeated=True)
            lines = [one for one in log_queries.others_of_act(unit, desk.site, earlier) if one.reason == REASON]
            moves = sorted((moved_by(act.catalogue, one) for one in (*lines, earlier)), key=_by_start)
            return Accepted("accepted", plan, tuple(moves), repeated=True)
        answer = work(act)
        act.finish()
        return answer

    if desk.staff.role not in may:
        return Refused("role", f"This is decided by {named(may)}.", id=request.id)
    for _try in range(TRIES):
        try:
            return desk.store.write(attempt)
        except Abandoned as abandoned:
            return abandoned.refused
        except KeyRefused:
            continue  # somebody took a tick meanwhile; the plan is worked out anew
    return Refused("taken", "Others were faster each time; nothing was changed. Look at the list again.", id=request.id)


def _standing(act: Act, wanted: str) -> Plan | None:
    """Return a plan as it would be listed now, None where it would not be."""
    code, day, part = place_of(wanted)
    diary = act.catalogue.diaries.get(code)
    if diary is None:
        return None
    facts = read_facts(act.desk, act.unit, act.catalogue, [diary], [day])
    halves = [half for one in facts for half in half_days(act.catalogue, one, act.desk.site_now()) if half.part == part]
    return next((plan for half in halves for plan in plans(half) if plan.id == wanted), None)


def _changed(act: Act, wanted: str) -> Refused:
    diary, day, _part = place_of(wanted)
    if diary not in act.catalogue.diaries:
        return Refused("unknown_diary", f"There is no diary {diary[:30]}. See: agent-tui diaries.", diary=diary, day=day)
    text = f"The diary {diary} of {short_date(day)} has changed since, so this plan is none any more; nothing was changed."
    return Refused("stale_version", f"{text} Look at the list again: agent-tui recover --diary {diary}", diary=diary, day=day)


def _accepted(act: Act, wanted: str) -> Answer:
    plan = _standing(act, wanted)
    if plan is None:
        return _changed(act, wanted)
    entries = []
    for move in sorted(plan.moves, key=lambda one: one.id):
        entry = entry_queries.get(act.unit, act.site, move.id, lock=True)
        if entry is None or entry.version != move.version or entry.status != "booked":
            return _changed(act, wanted)
        entries.append(entry)
    own = frozenset(one.id for one in entries)
    for entry in sorted(entries, key=lambda one: one.client or ""):
        lock_client(act, entry)
    before = {one.id: act.state(one) for one in entries}
    to = {move.id: move for move in plan.moves}
    afters = [_at(one, to[one.id]) for one in sorted(entries, key=lambda one: (one.start, one.id))]
    for after in afters:
        _refuse_rules(act, after, own)
        holder = act.make_room(ranges_for(after.resources, after.day, after.start, after.end), own)
        if holder is not None:
            return _changed(act, wanted)
    for id in sorted(own):
        entry_queries.let_go(act.unit, act.site, id)
    for after in afters:
        ranges = ranges_for(after.resources, after.day, after.start, after.end)
        entry_queries.take(act.unit, act.site, after.id, ranges, None)
        if not use_segments(act, after):
            raise Abandoned(Refused("limit", f"The limit of the segment at {clock(after.start)} is used up.", id=after.id))
        entry_queries.update(act.unit, act.site, after)
    olds = {one.id: one for one in entries}
    for number, after in enumerate(afters, start=1):
        act.settle(after.id)
        owe(act, after, CHANGE, was=olds[after.id])
        state = state_of(after, ranges_for(after.resources, after.day, after.start, after.end))
        act.log("moved", after.id, before[after.id], state, reason=REASON, primary=number == len(afters))
    moves = tuple(Moved(olds[one.id], one, plan.coach) for one in afters)
    return Accepted("accepted", wanted, moves, plan.won)


def _at(entry: EntryState, move: Move) -> EntryState:
    return replace(entry, start=move.to, end=move.to + move.length, version=entry.version + 1)


def _refuse_rules(act: Act, after: EntryState, own: frozenset[str]) -> None:
    """Give the act up where a rule forbids a new start; the plan obeys them all, so that others' haste alone can cause it."""
    asked = Request(
        after.type or "",
        after.day,
        after.day,
        diary=after.diary,
        channel=after.channel,
        needs=after.needs,
        booker=act.desk.staff.booker,
    )
    search = search_for(act.desk, act.unit, act.catalogue, asked, act.now_ms, without=own)
    stop = obstacle(search, after.diary, after.day, after.start)
    if stop is not None:
        raise Abandoned(Refused(stop.code, stop.text, id=after.id, diary=after.diary, day=after.day, start=after.start))
    clashes = [one for one in clashes_at(act, after.client, after.day, after.start, after.end, own) if one.id not in own]
    if clashes:
        text = f"The claimant has {clock(clashes[0].start)} in diary {clashes[0].diary} by now."
        raise Abandoned(Refused("client_clash", text, id=after.id, diary=after.diary, day=after.day, start=after.start))


def _dismissed(act: Act, wanted: str) -> Answer:
    plan = _standing(act, wanted)
    if plan is None:
        return _changed(act, wanted)
    day = plan.day.isoformat()
    if wanted not in recovery_queries.dismissed(act.unit, act.site, day, day):
        recovery_queries.dismiss(act.unit, act.site, wanted, day, act.desk.staff.login, act.at)
    said = {"claims": [], "plan": wanted, "diary": plan.diary, "day": day, "entries": [move.id for move in plan.moves]}
    event = NewEvent(DISMISSED, after=said, request=act.request.id, fingerprint=act.request.fingerprint)
    log_queries.append(act.unit, act.stamp, event)
    return Accepted("dismissed", wanted, won=plan.won)


def _by_start(move: Moved) -> tuple[int, str]:
    return move.before.start, move.before.id
