"""What a manager has in hand while segments are edited: one owner's patterns from a day on, changed but not saved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from agent_tui.domain.pattern_change import assigned_to, change_of, check_part, key_of
from agent_tui.domain.pattern_files import NOTHING_STORED, mark_of
from agent_tui.domain.patterns import DayPlan, Pattern, Segment, segment_problems
from agent_tui.domain.segment_check import SegmentCheck
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import clock

Slot = int | date
"""What a pattern stands for: a weekday (0 is Monday), or one date that is an exception."""


@dataclass(frozen=True, slots=True)
class PatternDraft:
    """Patterns of one owner from `first` (until `until`), and the rules that they were made from.

    `also` are other owners of the same level that get the same; `changed` holds what differs from the rules, by slot.
    """

    catalogue: Catalogue
    level: str
    owner: str
    first: date
    until: date | None = None
    also: tuple[str, ...] = ()
    changed: Mapping[Slot, Pattern] = field(default_factory=dict)

    def day_of(self, slot: Slot) -> date:
        """Return the first day on which a slot's pattern would hold."""
        return self.first + timedelta(days=(slot - self.first.weekday()) % 7) if isinstance(slot, int) else slot

    def stored(self, slot: Slot) -> Pattern | None:
        """Return what the owner's level says of a slot in the rules as they are: of a date without exception its weekday's."""
        return self.catalogue.in_force(self.level, self.owner, self.day_of(slot), weekly=isinstance(slot, int))

    def base(self, slot: Slot) -> Pattern:
        """Return a slot's pattern before any change, as it would be saved from the draft's first day on."""
        old = self.stored(slot)
        segments, off = ((), False) if old is None else (old.segments, old.day_off)
        weekday, day = (slot, None) if isinstance(slot, int) else (None, slot)
        until = self.until if day is None else None
        return Pattern("", self.level, self.owner, weekday, day, day or self.first, until, segments, off)

    def pattern(self, slot: Slot) -> Pattern:
        """Return a slot's pattern as it is in hand."""
        return self.changed.get(slot) or self.base(slot)

    def with_segments(self, slot: Slot, segments: Iterable[Segment], day_off: bool | None = None) -> "PatternDraft":
        """Return the draft with a slot's segments, and its day off where that is given; what is as it was counts as no change."""
        now = self.pattern(slot)
        ordered = tuple(sorted(segments, key=lambda one: one.start))
        after = replace(now, segments=ordered, day_off=now.day_off if day_off is None else day_off)
        base = self.base(slot)
        rest = {key: pattern for key, pattern in self.changed.items() if key != slot}
        same = (after.segments, after.day_off) == (base.segments, base.day_off)
        return replace(self, changed=rest if same else rest | {slot: after})

    def from_day(self, first: date, until: date | None) -> "PatternDraft":
        """Return the draft with another first and last day; what was changed stays, for its new days."""
        moved = replace(self, first=first, until=until)
        kept = {
            slot: replace(one, effective_from=first, effective_until=until) if isinstance(slot, int) else one
            for slot, one in self.changed.items()
        }
        return replace(moved, changed=kept)

    def on_rules(self, catalogue: Catalogue) -> "PatternDraft":
        """Return the draft over newer rules; what was changed stays as it is."""
        return replace(self, catalogue=catalogue)

    def wanted(self) -> list[Pattern]:
        """Return the patterns to save: each changed slot, for the owner and for those that get the same."""
        slots = sorted(self.changed, key=lambda slot: (not isinstance(slot, int), str(slot)))
        return [replace(self.changed[slot], owner=owner) for owner in (self.owner, *self.also) for slot in slots]

    def marks(self) -> list[str]:
        """Return the mark of the stored pattern that each wanted one replaces, or that it replaces none."""
        stored = {key_of(one): one for one in self.catalogue.patterns}
        found = [stored.get(key_of(one)) for one in self.wanted()]
        return [NOTHING_STORED if one is None else mark_of(one) for one in found]

    def after(self) -> Catalogue:
        """Return the site's rules as they would be with the draft saved."""
        wanted = self.wanted()
        return change_of(self.catalogue, wanted, (f"draft-{number}" for number in range(len(wanted)))).after

    def problems(self, slot: Slot) -> list[str]:
        """Return what is wrong with a slot's segments as sentences."""
        return segment_problems(self.pattern(slot).segments, self.catalogue.types)


def put(segments: Iterable[Segment], new: Segment, instead_of: int | None = None) -> tuple[Segment, ...]:
    """Return segments with one more, in place of the one that starts at a tick if one is given."""
    kept = [one for one in segments if one.start != instead_of]
    return tuple(sorted([*kept, new], key=lambda one: one.start))


def allowing(segments: Iterable[Segment], start: int, types: frozenset[str]) -> tuple[Segment, ...]:
    """Return segments with other types allowed in the one that starts at a tick."""
    return tuple(replace(one, types=types) if one.start == start else one for one in segments)


def replicated(segments: Iterable[Segment], start: int) -> tuple[Segment, ...]:
    """Return segments in which every open one allows what the one that starts at a tick allows; closed ones stay closed.

    Source: seeds/spotlight-appointment-booking.txt, "Replicate allowed appointment types to all open time segments".
    """
    parts = tuple(segments)
    types = next((one.types for one in parts if one.start == start), frozenset[str]())
    return tuple(replace(one, types=types) if one.types else one for one in parts)


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """A line of the editor, `start` to `end` in ticks: a segment of the owner's own, or what a less specific level says."""

    start: int
    end: int
    level: str
    segment: Segment
    own: bool


def rows_of(draft: PatternDraft, slot: Slot) -> list[SegmentRow]:
    """Return the lines of a day: the owner's own segments, and for a diary what team and site say of the rest of it."""
    pattern = draft.pattern(slot)
    own = [SegmentRow(one.start, one.end, draft.level, one, True) for one in pattern.segments]
    if draft.level != "diary" or pattern.day_off:
        return own
    plan = _plan_with(draft, slot, pattern)
    others = [
        SegmentRow(one.start, one.end, one.level, one.segment, False)
        for one in (*plan.stretches, *plan.shut)
        if one.level != "diary"
    ]
    return sorted([*own, *_joined(others)], key=lambda row: (row.start, not row.own))


def _plan_with(draft: PatternDraft, slot: Slot, pattern: Pattern) -> DayPlan:
    """Return the diary's day with a pattern of its own, whatever else is in the draft."""
    day = draft.day_of(slot)
    alone = replace(pattern, id="draft", weekday=None, day=day, effective_from=day, effective_until=None)
    others = tuple(
        one for one in draft.catalogue.patterns if not (one.level == "diary" and one.owner == draft.owner and one.in_force(day))
    )
    return replace(draft.catalogue, patterns=(*others, alone)).plan(draft.owner, day)


def _joined(rows: list[SegmentRow]) -> list[SegmentRow]:
    out: list[SegmentRow] = []
    for row in sorted(rows, key=lambda one: one.start):
        if out and out[-1].end == row.start and (out[-1].level, out[-1].segment) == (row.level, row.segment):
            out[-1] = replace(out[-1], end=row.end)
        else:
            out.append(row)
    return out


def checks_of_rows(draft: PatternDraft, slot: Slot) -> list[tuple[str, SegmentCheck]]:
    """Return the segment checker's word on each open line of a day, with its times.

    A type that the draft allows and its diary does not have yet counts, since saving assigns it.
    """
    assigned = assigned_to(draft.catalogue, draft.level, draft.owner)
    day = draft.day_of(slot)
    out = []
    for row in rows_of(draft, slot):
        types = assigned | row.segment.types if row.own and draft.level == "diary" else assigned
        part = replace(row.segment, start=row.start, end=row.end)
        if part.types:
            out.append((f"{clock(row.start)}-{clock(row.end)}", check_part(draft.catalogue, part, types, day)))
    return out
