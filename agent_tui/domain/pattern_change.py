"""A change of patterns: whether it is sound, what the site's rules are afterwards, and what it does to appointments and types."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from agent_tui.domain.pattern_files import mark_of
from agent_tui.domain.patterns import WEEKDAYS, Pattern, Segment, segment_problems
from agent_tui.domain.requests import EntryState
from agent_tui.domain.segment_check import SegmentCheck, check_segment
from agent_tui.domain.site import LAST_DAY, Catalogue
from agent_tui.domain.ticks import clock, minutes_of_ticks, span, starts_of
from agent_tui.domain.wall_time import short_date, ticks_of_clock_change
from agent_tui.domain.whitespace import lengths_allowed

WORKING_DAYS_AHEAD = 20
Key = tuple[str, str, int | None, date | None, date]
Assignment = tuple[str, str]
"""A diary and the code of a type that it takes."""


@dataclass(frozen=True, slots=True)
class Change:
    """Patterns that take the place of others: what is removed, what is added (with ids), and the rules afterwards.

    `assigned` and `unassigned` are the (diary, type) pairs that come and go with them.
    """

    removed: tuple[Pattern, ...]
    added: tuple[Pattern, ...]
    after: Catalogue
    assigned: tuple[Assignment, ...] = ()
    unassigned: tuple[Assignment, ...] = ()

    def diaries(self) -> list[str]:
        """Return the diaries whose days it may change, by code."""
        touched = {(one.level, one.owner) for one in (*self.removed, *self.added)}
        touched |= {("diary", diary) for diary, _code in (*self.assigned, *self.unassigned)}
        return sorted(
            one.code for one in self.after.diaries.values() if touched & {("diary", one.code), ("team", one.team), ("site", "")}
        )

    def rooms(self) -> list[str]:
        """Return the rooms and equipment whose days it may change, by code."""
        return sorted({one.owner for one in (*self.removed, *self.added) if one.level == "resource"})


def key_of(pattern: Pattern) -> Key:
    """Return what a pattern is stored under once: level, owner, weekday or day, and first day."""
    return pattern.level, pattern.owner, pattern.weekday, pattern.day, pattern.effective_from


def name_of(pattern: Pattern) -> str:
    """Return a pattern's name in a sentence, such as "diary D02, Tuesday from Tue 1 Dec 2026"."""
    whose = pattern.level if not pattern.owner else f"{pattern.level} {pattern.owner}"
    if pattern.day is not None:
        return f"{whose}, {short_date(pattern.day)}"
    return f"{whose}, {WEEKDAYS[pattern.weekday or 0]} from {short_date(pattern.effective_from)}"


def change_problems(catalogue: Catalogue, wanted: Sequence[Pattern], today: date) -> list[str]:
    """Return what is wrong with patterns that are to be saved, as sentences; an empty list when they can be.

    What has begun is not changed, only ended from today on: a past day keeps the plan under which it was booked.
    """
    problems: list[str] = []
    stored = {key_of(one): one for one in catalogue.patterns}
    seen: set[Key] = set()
    for pattern in wanted:
        name, old = name_of(pattern), stored.get(key_of(pattern))
        if key_of(pattern) in seen:
            problems.append(f"{name}: is there twice.")
        seen.add(key_of(pattern))
        owners = {"diary": set(catalogue.diaries), "team": set(catalogue.teams), "site": {""}, "resource": set(catalogue.rooms)}[
            pattern.level
        ]
        if pattern.owner not in owners:
            what = "room or equipment" if pattern.level == "resource" else pattern.level
            problems.append(f"{name}: there is no such {what}.")
        problems += [f"{name}: {problem}" for problem in segment_problems(pattern.segments, catalogue.types)]
        if max(pattern.effective_from, pattern.day or date.min, pattern.effective_until or date.min) > LAST_DAY:
            problems.append(f"{name}: no day after {short_date(LAST_DAY)} is planned.")
        if old is None or not _same(old, pattern):
            diary = catalogue.diaries.get(pattern.owner) if pattern.level == "diary" else None
            if diary is not None and diary.retired is not None:
                problems.append(f"{name}: the diary is retired and takes no patterns.")
            problems += [f"{name}: {problem}" for problem in _when(old, pattern, today)]
        if pattern.day is not None:
            changed = ticks_of_clock_change(pattern.day, catalogue.site.zone)
            if any(span(part.start, part.end) & changed for part in pattern.segments):
                problems.append(f"{name}: a segment lies in the hour in which the clocks change.")
    return problems


def _same(old: Pattern, new: Pattern) -> bool:
    return mark_of(old) == mark_of(new)


def _when(old: Pattern | None, new: Pattern, today: date) -> list[str]:
    if new.effective_from >= today:
        return []
    ended = new.effective_until is not None and new.effective_until >= today - timedelta(days=1)
    if old is not None and ended and _same(replace(old, effective_until=None), replace(new, effective_until=None)):
        return []
    return [f"it would change days that are past; give it a first day from {short_date(today)} on."]


def changed_elsewhere(catalogue: Catalogue, wanted: Sequence[Pattern], marks: Sequence[str | None]) -> list[Pattern]:
    """Return stored patterns that are not what the wanted ones were made from, by the marks that the file carries."""
    stored = {key_of(one): one for one in catalogue.patterns}
    pairs = [(stored.get(key_of(one)), mark) for one, mark in zip(wanted, marks, strict=True)]
    return [old for old, mark in pairs if old is not None and mark is not None and mark_of(old) != mark]


def change_of(catalogue: Catalogue, wanted: Iterable[Pattern], ids: Iterable[str], assign: Iterable[Assignment] = ()) -> Change:
    """Return what saving some patterns means; one stored under the same key is replaced and its id kept, which limits need.

    `assign` are types that diaries get with it; those that they have are left out.
    """
    stored = {key_of(one): one for one in catalogue.patterns}
    fresh = iter(ids)
    removed, added = [], []
    for pattern in wanted:
        old = stored.get(key_of(pattern))
        if old is not None and _same(old, pattern):
            continue
        if old is not None:
            removed.append(old)
        added.append(replace(pattern, id=old.id if old is not None else next(fresh)))
    return swapped(catalogue, removed, added, assign)


def swapped(
    catalogue: Catalogue,
    removed: Sequence[Pattern],
    added: Sequence[Pattern],
    assign: Iterable[Assignment] = (),
    unassign: Iterable[Assignment] = (),
) -> Change:
    """Return the change that takes some patterns and assignments away and puts others in."""
    gone = {one.id for one in removed}
    patterns = (*(one for one in catalogue.patterns if one.id not in gone), *added)
    diaries = dict(catalogue.diaries)
    new = tuple(sorted({(diary, code) for diary, code in assign if diary in diaries and code not in diaries[diary].types}))
    old = tuple(sorted({(diary, code) for diary, code in unassign if diary in diaries and code in diaries[diary].types}))
    for diary, code in new:
        diaries[diary] = replace(diaries[diary], types=diaries[diary].types | {code})
    for diary, code in old:
        diaries[diary] = replace(diaries[diary], types=diaries[diary].types - {code})
    after = replace(catalogue, patterns=patterns, diaries=diaries)
    return Change(tuple(removed), tuple(added), after, new, old)


def fits(catalogue: Catalogue, entry: EntryState) -> bool:
    """Return whether an appointment's diary takes its type, and its time lies in segments that allow type and channel, in the
    diary and in its rooms."""
    if entry.type is None or entry.diary not in catalogue.diaries:
        return True
    if entry.type not in catalogue.diaries[entry.diary].types:
        return False
    kind = catalogue.types.get(entry.type)
    channel = entry.channel or (kind.channel if kind is not None else "")
    wanted = span(entry.start, entry.end)
    allowed = catalogue.allowed(entry.diary, entry.day, entry.type, channel)
    for resource in entry.resources:
        if resource in catalogue.rooms:
            allowed &= catalogue.room_allowed(resource, entry.day, entry.type, channel)
    return allowed & wanted == wanted


def unfitting(before: Catalogue, after: Catalogue, entries: Iterable[EntryState]) -> list[EntryState]:
    """Return the appointments that fitted the rules before and do not fit those after."""
    return [entry for entry in entries if fits(before, entry) and not fits(after, entry)]


def crowded_out(after: Catalogue, entries: Iterable[EntryState]) -> list[EntryState]:
    """Return the appointments, oldest booking first, for which the limits of segments have no place left."""
    used: dict[tuple[str, date, str, int], int] = {}
    out = []
    for entry in entries:
        if not after.has_limits or entry.diary not in after.diaries:
            continue
        parts = after.plan(entry.diary, entry.day).limited(entry.start, entry.end)
        places = [((entry.diary, entry.day, *part.limit_key), part.segment.limit or 0) for part in parts]
        if any(used.get(place, 0) >= most for place, most in places):
            out.append(entry)
            continue
        for place, _most in places:
            used[place] = used.get(place, 0) + 1
    return out


def bookable_types(catalogue: Catalogue, first: date, working_days: int = WORKING_DAYS_AHEAD) -> set[str]:
    """Return the offered types that some enabled diary takes on some day of the working days ahead, full or not."""
    days = [
        first + timedelta(days=number) for number in range((catalogue.working_days_from(first, working_days) - first).days + 1)
    ]
    found = set()
    for kind in catalogue.types.values():
        if kind.booked_by != "offer":
            continue
        diaries = [one.code for one in catalogue.diaries_for(kind.code) if one.enabled]
        if any(
            day not in catalogue.closures
            and starts_of(catalogue.allowed(diary, day, kind.code, kind.channel), kind.ticks_on(day) or 0)
            for diary in diaries
            for day in days
            if kind.ticks_on(day)
        ):
            found.add(kind.code)
    return found


def lost_key_types(before: Catalogue, after: Catalogue, today: date) -> list[str]:
    """Return the key types that could be booked in the working days ahead and cannot any more."""
    lost = bookable_types(before, today) - bookable_types(after, today)
    return sorted(code for code in lost if before.types[code].key_on(today))


def assigned_to(catalogue: Catalogue, level: str, owner: str) -> frozenset[str]:
    """Return the types that some diary has for which a level's owner speaks; for a room those of every diary."""
    owners = [
        one.types
        for one in catalogue.diaries.values()
        if level == "resource" or owner in ("", one.code if level == "diary" else one.team)
    ]
    return frozenset[str]().union(*owners)


def check_part(catalogue: Catalogue, part: Segment, assigned: frozenset[str], day: date) -> SegmentCheck:
    """Return the segment checker's word on a segment, for the types that are assigned, with the lengths of a day."""
    lengths = lengths_allowed(catalogue, sorted(part.types & assigned), part.channel, day)
    return check_segment(minutes_of_ticks(part.end - part.start), [minutes_of_ticks(one) for one in lengths])


def checks_of(catalogue: Catalogue, pattern: Pattern) -> list[tuple[str, SegmentCheck]]:
    """Return the segment checker's word on each open segment of a pattern, with its times.

    Only types that are assigned count; for a team's or the site's pattern those of all its diaries.
    """
    assigned = assigned_to(catalogue, pattern.level, pattern.owner)
    day = pattern.day or pattern.effective_from
    return [
        (f"{clock(part.start)}-{clock(part.end)}", check_part(catalogue, part, assigned, day))
        for part in pattern.segments
        if part.types
    ]
