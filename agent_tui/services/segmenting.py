"""Segments: shown, checked, previewed, saved and taken back; appointments that no longer fit are unplaced with a flag."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from agent_tui.domain.flags import DISPLACED, NOT_ALLOWED
from agent_tui.domain.log import Event
from agent_tui.domain.pattern_change import (
    Assignment,
    Change,
    change_of,
    change_problems,
    changed_elsewhere,
    checks_of,
    crowded_out,
    fits,
    lost_key_types,
    name_of,
    swapped,
    unfitting,
)
from agent_tui.domain.pattern_files import as_stored, from_stored
from agent_tui.domain.patterns import Pattern
from agent_tui.domain.requests import EntryState, Refused
from agent_tui.domain.segment_check import SegmentCheck
from agent_tui.domain.site import Catalogue
from agent_tui.domain.wall_time import short_date, wall_of
from agent_tui.services.acts import Act, RequestId, in_one_act, ranges_for, request_id
from agent_tui.services.allocating import clashes_at, use_segments
from agent_tui.services.desk import Desk
from agent_tui.services.owing import owe_displaced
from agent_tui.services.pattern_text import write_patterns
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries.log import NewEvent
from agent_tui.store.unit_of_work import Unit

MAY_SAVE = ("leader", "supervisor")
SAVED, TAKEN_BACK = "segments_saved", "segments_undone"
ABSORBED = "diary_absorbed"


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change of patterns does: `status` is "preview", "saved", "undone" or "unchanged".

    `unplaced` are the appointments that no longer fit, `placed` those that an undo gave their time back, `lost` the key
    types that nobody could book any more, `checks` the segment checker's word by pattern and segment, `assigned` the types
    that diaries get with it.
    """

    status: str
    patterns: tuple[Pattern, ...]
    diaries: tuple[str, ...] = ()
    unplaced: tuple[EntryState, ...] = ()
    placed: tuple[EntryState, ...] = ()
    lost: tuple[str, ...] = ()
    checks: tuple[tuple[str, str, SegmentCheck], ...] = ()
    assigned: tuple[Assignment, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """Patterns that cannot be saved, every reason as a sentence."""

    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Patterns to be saved, the marks of what they were made from, and the types that diaries get with them."""

    patterns: Sequence[Pattern]
    marks: Sequence[str | None] | None = None
    assign: Sequence[Assignment] = ()


Answer = Effect | Refused | Rejected
Plan = Callable[[Catalogue], Wanted | Refused | Rejected]
"""What is to be saved, worked out from the rules that are in force when it is."""


def patterns_of(desk: Desk, owner: str | None, day: date | None = None) -> list[Pattern]:
    """Return the stored patterns of a diary, a team, a room or "site" (None for all), only those in force on a day with one."""
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
    wanted = [one for one in catalogue.patterns if owner is None or (one.level if one.level == "site" else one.owner) == owner]
    return [one for one in wanted if day is None or one.in_force(day)]


def owners(desk: Desk) -> list[str]:
    """Return what can have patterns: "site", the teams, the diaries, the rooms and the equipment."""
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
    return ["site", *catalogue.teams, *catalogue.diaries, *catalogue.rooms]


def check(desk: Desk, owner: str | None) -> list[tuple[str, str, SegmentCheck]]:
    """Return the segment checker's word on each open segment of an owner's patterns that are in force or to come."""
    today = desk.now.date()
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
    chosen = [one for one in patterns_of(desk, owner) if (one.effective_until or today) >= today]
    return _checks(catalogue, chosen)


def _checks(catalogue: Catalogue, patterns: Sequence[Pattern]) -> list[tuple[str, str, SegmentCheck]]:
    return [(name_of(one), segment, found) for one in patterns for segment, found in checks_of(catalogue, one)]


def copies(desk: Desk, source: str, targets: Sequence[str], first: date, weekday: int | None = None) -> list[Pattern]:
    """Return a diary's (or a room's) weekday patterns as others would have them from a day on; nothing is written.

    Where several versions of a weekday are stored, the one in force on its first day is copied.
    """
    kept: dict[int, Pattern] = {}
    for one in patterns_of(desk, source):
        if one.weekday is None or one.level not in ("diary", "resource") or weekday not in (None, one.weekday):
            continue
        ahead = date.fromordinal(first.toordinal() + (one.weekday - first.weekday()) % 7)
        if one.in_force(ahead) and (one.weekday not in kept or one.precedence > kept[one.weekday].precedence):
            kept[one.weekday] = one
    return [
        replace(one, id="", owner=target, effective_from=first) for target in targets for _weekday, one in sorted(kept.items())
    ]


def preview(
    desk: Desk,
    wanted: Sequence[Pattern],
    marks: Sequence[str | None] | None = None,
    *,
    assign: Sequence[Assignment] = (),
) -> Answer:
    """Return what saving some patterns would do, and write nothing."""
    return preview_plan(desk, lambda _catalogue: Wanted(wanted, marks, assign))


def preview_plan(desk: Desk, plan: Plan) -> Answer:
    """Return what saving a plan would do, and write nothing."""
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        wanted = plan(catalogue)
        if not isinstance(wanted, Wanted):
            return wanted
        refused = _refuse(desk, catalogue, wanted)
        if refused is not None:
            return refused
        change = change_of(catalogue, wanted.patterns, _fresh(), wanted.assign)
        return effect_of(desk, unit, catalogue, change, "preview")


def save(
    desk: Desk,
    wanted: Sequence[Pattern],
    marks: Sequence[str | None] | None = None,
    *,
    assign: Sequence[Assignment] = (),
    id: str | None = None,
) -> Answer:
    """Save patterns in one transaction and return what that did, Rejected with every problem, or Refused.

    `assign` are the types that diaries get in the same transaction; those that they have already are no change.
    With `marks` a pattern that somebody else has changed since is refused and both are shown. Appointments that no longer
    fit lose their time, keep it on record as unplaced and get a flag each; their claimants are not told before somebody
    has looked.
    """
    said = [as_stored(wanted), *([sorted(assign)] if assign else [])]
    request = request_id(id, "segments_save", *said)
    return save_plan(desk, request, lambda _catalogue: Wanted(wanted, marks, assign))


def save_plan(desk: Desk, request: RequestId, plan: Plan) -> Answer:
    """Save a plan as `save` does; it is worked out under the lock of the rules, so that nobody changes them meanwhile."""

    def work(act: Act) -> Answer:
        wanted = plan(act.catalogue)
        if not isinstance(wanted, Wanted):
            return wanted
        refused = _refuse(desk, act.catalogue, wanted)
        if refused is not None:
            return refused
        change = change_of(act.catalogue, wanted.patterns, _fresh(), wanted.assign)
        if not change.added and not change.assigned:
            return Effect("unchanged", ())
        return _apply(act, change, SAVED)

    return _change(desk, request, work)


def _fresh() -> Iterator[str]:
    return iter(lambda: str(uuid.uuid4()), "")


def droppable(desk: Desk, owner: str, day: date) -> list[Pattern]:
    """Return the patterns of an owner ("site", a team, a diary, a room) that begin on a day: its exception, and versions."""
    return [one for one in patterns_of(desk, owner) if day in (one.day, one.effective_from if one.day is None else None)]


def preview_drop(desk: Desk, dropped: Sequence[Pattern]) -> Answer:
    """Return what `drop` would do, and write nothing."""
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        change = _without(desk, catalogue, dropped)
        return change if isinstance(change, Refused) else effect_of(desk, unit, catalogue, change, "preview")


def drop(desk: Desk, dropped: Sequence[Pattern], *, id: str | None = None) -> Answer:
    """Remove exceptions, or versions that have not begun, in one transaction; what they hid holds again.

    Answers as `save` does, and `undo` brings them back. A version that has begun is ended by `until`, not removed.
    """

    def work(act: Act) -> Answer:
        change = _without(desk, act.catalogue, dropped)
        return change if isinstance(change, Refused) else _apply(act, change, SAVED)

    return _change(desk, request_id(id, "segments_drop", sorted(one.id for one in dropped)), work)


def _without(desk: Desk, catalogue: Catalogue, dropped: Sequence[Pattern]) -> Change | Refused:
    today, now = desk.now.date(), {one.id: one for one in catalogue.patterns}
    if not dropped:
        return Refused("not_possible", "No exception and no version begins on that day.")
    if any(now.get(one.id) != one for one in dropped):
        return Refused("stale_version", "Somebody has changed these segments since; nothing was removed.")
    begun = [one for one in dropped if one.effective_from < today]
    if begun:
        return Refused("past", f"{name_of(begun[0])} has begun and stays on record; end it with until instead.")
    return swapped(catalogue, dropped, [])


def undo(desk: Desk, *, id: str | None = None) -> Answer:
    """Take back the last save of segments and give appointments that it unplaced their time again, where that is free.

    A save of an earlier day is not taken back, since days that have passed keep the plan under which they were booked.
    """

    def work(act: Act) -> Answer:
        last = _last_save(desk, act.unit, act.catalogue)
        if isinstance(last, Refused):
            return replace(last, id=act.request.id)
        assert last.after is not None
        return _apply(act, _taken_back(act.catalogue, last.after), TAKEN_BACK, back=tuple(last.after["unplaced"]))

    return _change(desk, request_id(id, "segments_undo"), work)


def preview_undo(desk: Desk) -> tuple[Effect, str, int] | Refused:
    """Return what `undo` would do, whose save it would take back and when that was made (ms UTC); writes nothing.

    `placed` are the appointments that would have their time again where nobody has it.
    """
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        last = _last_save(desk, unit, catalogue)
        if isinstance(last, Refused):
            return last
        assert last.after is not None
        effect = effect_of(desk, unit, catalogue, _taken_back(catalogue, last.after), "preview")
        back = [entry_queries.get(unit, desk.site, id) for id in last.after["unplaced"]]
        who = catalogue_queries.staff_names(unit, desk.site).get(last.who, last.who)
        waiting = tuple(one for one in back if one is not None and one.status == "unplaced")
        return replace(effect, placed=waiting), who, last.at


def _last_save(desk: Desk, unit: Unit, catalogue: Catalogue) -> Event | Refused:
    """Return the save that can be taken back, or why there is none."""
    last = log_queries.last_with(unit, desk.site, (SAVED, TAKEN_BACK, ABSORBED))
    if last is None or last.verb == TAKEN_BACK or last.after is None:
        return Refused("not_possible", "There is no save of segments to take back.")
    if last.verb == ABSORBED:
        return Refused("not_possible", "The last change absorbed a diary, with its appointments; that is not taken back.")
    made = wall_of(last.at, catalogue.site.zone).date()
    if made < desk.now.date():
        return Refused("undo_expired", f"The last save is of {short_date(made)}; only one of today is taken back.")
    now = {one.id: one for one in catalogue.patterns}
    if any(now.get(one.id) != one for one in from_stored(last.after["added"])):
        return Refused("stale_version", "These segments have been changed since; nothing was taken back.")
    return last


def _taken_back(catalogue: Catalogue, kept: Mapping[str, Any]) -> Change:
    given, taken = (_pairs(kept, name) for name in ("assigned", "unassigned"))
    return swapped(catalogue, from_stored(kept["added"]), from_stored(kept["removed"]), taken, given)


def _pairs(kept: Mapping[str, Any], name: str) -> list[Assignment]:
    return [(diary, code) for diary, code in kept.get(name, ())]


def _change(desk: Desk, request: RequestId, work: Callable[[Act], Answer]) -> Answer:
    if desk.staff.role not in MAY_SAVE:
        return Refused("role", "Segments are changed by a team leader or a supervisor.")
    return in_one_act(desk, request, work, _again, rules=True, settles=True)


def _again(act: Act, earlier: Event) -> Effect:
    kept = earlier.after or {}
    entries = [entry_queries.get(act.unit, act.site, one) for one in kept["unplaced"]]
    status = "undone" if earlier.verb == TAKEN_BACK else "saved"
    added, diaries = tuple(from_stored(kept["added"])), tuple(kept["diaries"])
    unplaced = tuple(one for one in entries if one is not None)
    return Effect(status, added, diaries, unplaced, assigned=tuple(_pairs(kept, "assigned")), repeated=True)


def problems_of(catalogue: Catalogue, wanted: Wanted, today: date) -> list[str]:
    """Return what is wrong with patterns and assignments that are to be saved, as sentences."""
    problems = change_problems(catalogue, wanted.patterns, today)
    for diary, code in wanted.assign:
        if diary not in catalogue.diaries:
            problems.append(f"There is no diary {diary[:30]}.")
        if code not in catalogue.types:
            problems.append(f"There is no type {code[:30]}.")
    return problems


def _refuse(desk: Desk, catalogue: Catalogue, wanted: Wanted) -> Refused | Rejected | None:
    problems = problems_of(catalogue, wanted, desk.now.date())
    if problems:
        return Rejected(tuple(problems))
    marks = wanted.marks if wanted.marks is not None else [None] * len(wanted.patterns)
    other = changed_elsewhere(catalogue, wanted.patterns, marks)
    if not other:
        return None
    names = "; ".join(name_of(one) for one in other)
    sentence = f"Somebody has changed this since it was written to the file: {names}. Nothing was saved. It is now:"
    return Refused("stale_version", f"{sentence}\n{write_patterns(other)}")


def _coming(desk: Desk, unit: Unit, change: Change) -> list[EntryState]:
    now = desk.site_now()
    first = now.day.isoformat()
    found = entry_queries.coming(unit, desk.site, change.diaries(), first)
    rooms = change.rooms()
    if rooms:
        known = {one.id for one in found}
        found += [one for one in entry_queries.coming_in(unit, desk.site, rooms, first) if one.id not in known]
    return [one for one in found if (one.day, one.start) >= (now.day, now.tick)]


def effect_of(desk: Desk, unit: Unit, before: Catalogue, change: Change, status: str) -> Effect:
    """Return what a change of the rules `before` does to the appointments in the store; writes nothing."""
    return Effect(
        status=status if change.added or change.removed or change.assigned or change.unassigned else "unchanged",
        patterns=change.added,
        diaries=tuple(change.diaries()),
        unplaced=tuple(_losing(before, change.after, _coming(desk, unit, change))),
        lost=tuple(lost_key_types(before, change.after, desk.now.date())),
        checks=tuple(_checks(change.after, change.added)),
        assigned=change.assigned,
    )


def _losing(before: Catalogue, after: Catalogue, coming: Sequence[EntryState]) -> list[EntryState]:
    """Return the appointments to come that a change leaves without a time: those that do not fit, then those too many."""
    lost = unfitting(before, after, coming)
    gone = {one.id for one in lost}
    if before.has_limits or after.has_limits:
        lost += crowded_out(after, [one for one in coming if one.id not in gone])
    return lost


def put(act: Act, change: Change, status: str, back: tuple[str, ...] = ()) -> Effect:
    """Write a change of patterns inside an open act that has the lock of the rules, and return what it did.

    That is the rules, places in limited segments, and appointments that do not fit or (`back`) may fit again; not the act's
    own line of the log.
    """
    before = act.catalogue
    effect = effect_of(act.desk, act.unit, before, change, status)
    catalogue_queries.delete_patterns(act.unit, act.site, [one.id for one in change.removed])
    catalogue_queries.insert_patterns(act.unit, act.site, change.added)
    for diary, code in change.assigned:
        catalogue_queries.assign(act.unit, act.site, diary, code)
    for diary, code in change.unassigned:
        catalogue_queries.unassign(act.unit, act.site, diary, code)
    catalogue_queries.bump_version(act.unit, act.site)
    act.catalogue = change.after
    gone = {one.id for one in effect.unplaced}
    keeping = [one for one in _coming(act.desk, act.unit, change) if one.id not in gone]
    crowded = _take_places_anew(act, before, keeping)
    unplaced = [unplace(act, one) for one in (*effect.unplaced, *crowded)]
    placed = [one for one in (_place_again(act, id) for id in back) if one is not None]
    return replace(effect, unplaced=tuple(unplaced), placed=tuple(placed))


def _apply(act: Act, change: Change, verb: str, back: tuple[str, ...] = ()) -> Effect:
    """Write a change of patterns and the act's line."""
    effect = put(act, change, "saved" if verb == SAVED else "undone", back)
    after = {
        "claims": [],
        "removed": as_stored(change.removed),
        "added": as_stored(change.added),
        "assigned": [list(one) for one in change.assigned],
        "unassigned": [list(one) for one in change.unassigned],
        "diaries": list(effect.diaries),
        "unplaced": [one.id for one in effect.unplaced],
    }
    event = NewEvent(verb, after=after, request=act.request.id, fingerprint=act.request.fingerprint)
    log_queries.append(act.unit, act.stamp, event)
    return effect


def _take_places_anew(act: Act, before: Catalogue, entries: Sequence[EntryState]) -> list[EntryState]:
    """Count the appointments that stay against the limits of the new segments; return those that are too many."""
    if not before.has_limits and not act.catalogue.has_limits:
        return []
    for entry in entries:
        entry_queries.leave_segments(act.unit, act.site, entry.id)
    crowded = []
    for entry in entries:
        if not use_segments(act, entry):
            entry_queries.leave_segments(act.unit, act.site, entry.id)
            crowded.append(entry)
    return crowded


def unplace(
    act: Act, entry: EntryState, kind: str = NOT_ALLOWED, other: str | None = None, *, reason: str | None = None
) -> EntryState:
    """Take its time from an appointment inside an open act and flag it (`other` took it); what it wanted stays on record."""
    after = replace(entry, status="unplaced", version=entry.version + 1)
    act.change("unplaced", entry, after, (), reason=reason, primary=False)
    act.flags.raise_flag(kind, entry=entry.id, other=other)
    if kind == DISPLACED:
        owe_displaced(act, after)
    return after


def _may_come_back(act: Act, entry: EntryState) -> bool:
    """Return whether an unplaced appointment's time is still to come, open to it, and free of the claimant's others."""
    now = act.desk.site_now()
    if (entry.day, entry.start) < (now.day, now.tick) or entry.day in act.catalogue.closures or not fits(act.catalogue, entry):
        return False
    return not clashes_at(act, entry.client, entry.day, entry.start, entry.end, frozenset({entry.id}))


def _place_again(act: Act, id: str) -> EntryState | None:
    entry = entry_queries.get(act.unit, act.site, id, lock=True)
    if entry is None or entry.status != "unplaced" or not _may_come_back(act, entry):
        return None
    ranges = ranges_for(entry.resources, entry.day, entry.start, entry.end)
    if act.make_room(ranges, frozenset({id})) is not None:
        return None
    after = replace(entry, status="booked", version=entry.version + 1)
    if not use_segments(act, after):
        entry_queries.leave_segments(act.unit, act.site, id)
        return None
    act.change("placed", entry, after, ranges, primary=False)
    use_segments(act, after)  # Act.change has let go of all that the entry had, these places too
    return after
