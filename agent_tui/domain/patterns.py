"""Working patterns: segments at site, team and diary level, overlaid into the plan of one diary's day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from agent_tui.domain.ticks import MINUTES_PER_TICK, TICKS_PER_DAY, clock_of_minute, runs_in, span
from agent_tui.domain.types import ANY_CHANNEL, CHANNELS

LEVELS = ("diary", "team", "site")
"""The levels of which a diary's day is made, most specific first."""
OWNED_LEVELS = (*LEVELS, "resource")
"""Those and the level of a room or a piece of equipment, whose day is made of its own patterns alone."""
MOST_PLACES = 999
"""The largest limit of a segment: more than a day has ticks."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Segment:
    """Part of a day, `start` to `end` in ticks, in which only `types` may be booked; no types closes it.

    `limit` is the most appointments that one diary takes in it on one day, None for no limit.
    Source: seeds/spotlight-appointment-booking.txt, "Segmentation of appointments within diaries".
    """

    start: int
    end: int
    types: frozenset[str]
    channel: str = ANY_CHANNEL
    limit: int | None = None
    description: str = ""

    def allows(self, code: str, channel: str) -> bool:
        """Return whether a type by that channel may be booked in this segment."""
        return code in self.types and self.channel in (ANY_CHANNEL, channel)


@dataclass(frozen=True, slots=True)
class Pattern:
    """What one level says of a weekday (0 is Monday) or of one date, from and until a day of appointments."""

    id: str
    level: str
    owner: str
    weekday: int | None
    day: date | None
    effective_from: date
    effective_until: date | None
    segments: tuple[Segment, ...]
    day_off: bool = False

    def in_force(self, day: date) -> bool:
        """Return whether this pattern speaks of the day."""
        if self.day is not None:
            return self.day == day
        if self.weekday != day.weekday() or day < self.effective_from:
            return False
        return self.effective_until is None or day <= self.effective_until

    @property
    def precedence(self) -> tuple[bool, date]:
        """Return the order within a level: a single date beats the weekday, a later effective-from an earlier one."""
        return self.day is not None, self.effective_from


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the overlaid day, `start` to `end` in ticks, and the segment that rules it."""

    start: int
    end: int
    level: str
    pattern: str
    segment: Segment

    @property
    def limit_key(self) -> tuple[str, int]:
        """Return what identifies the ruling segment for its limit: pattern id and the segment's start tick."""
        return self.pattern, self.segment.start


@dataclass(frozen=True, slots=True)
class Area:
    """An unbroken part of a day, `start` to `end` in ticks, in which one diary takes one set of types by one channel."""

    start: int
    end: int
    codes: frozenset[str]
    channel: str


@dataclass(frozen=True, slots=True)
class DayPlan:
    """One diary's day after overlay: open stretches in order, or none when `day_off`; `shut` are segments without types."""

    stretches: tuple[Stretch, ...]
    day_off: bool = False
    open_mask: int = field(default=0)
    shut: tuple[Stretch, ...] = ()

    def allowed(self, code: str, channel: str) -> int:
        """Return the mask of the ticks in which the type may be booked by that channel."""
        mask = 0
        for stretch in self.stretches:
            if stretch.segment.allows(code, channel):
                mask |= span(stretch.start, stretch.end)
        return mask

    def areas(self, assigned: frozenset[str]) -> tuple[Area, ...]:
        """Return the day's parts as a diary to which some types are assigned has them: what segments say, not where they end."""
        found: list[Area] = []
        for stretch in self.stretches:
            codes, channel = stretch.segment.types & assigned, stretch.segment.channel
            last = found[-1] if found else None
            if last is not None and (last.end, last.codes, last.channel) == (stretch.start, codes, channel):
                found[-1] = Area(last.start, stretch.end, codes, channel)
            else:
                found.append(Area(stretch.start, stretch.end, codes, channel))
        return tuple(found)

    def limited(self, start: int, end: int) -> list[Stretch]:
        """Return the limited stretches that a range of ticks touches, one for each limited segment."""
        seen: dict[tuple[str, int], Stretch] = {}
        for stretch in self.stretches:
            if stretch.segment.limit is not None and stretch.start < end and start < stretch.end:
                seen.setdefault(stretch.limit_key, stretch)
        return list(seen.values())


def segment_problems(segments: Sequence[Segment], known_types: Iterable[str]) -> list[str]:
    """Return what is wrong with one level's segments as sentences: reversed, overlapping, unknown type or channel.

    Gaps are legal: the guidance's own alignment example has one (domain/facts.md section 1).
    """
    problems = []
    known = set(known_types)
    for segment in segments:
        name = f"The segment {clock_of_minute(segment.start * MINUTES_PER_TICK)}"
        if not 0 <= segment.start < segment.end <= TICKS_PER_DAY:
            problems.append(f"{name} does not end after it starts within one day.")
        if segment.channel not in (ANY_CHANNEL, *CHANNELS):
            problems.append(f"{name} has the channel {segment.channel[:20]!r}; known are all, f2f, phone, video.")
        if segment.limit is not None and segment.limit < 0:
            problems.append(f"{name} has a limit below zero.")
        if segment.limit is not None and segment.limit > MOST_PLACES:
            problems.append(f"{name} has a limit above {MOST_PLACES}.")
        strangers = sorted(segment.types - known)
        if strangers:
            problems.append(f"{name} allows unknown types: {', '.join(strangers[:5])}.")
    ordered = sorted(segments, key=lambda segment: segment.start)
    for first, second in pairwise(ordered):
        if second.start < first.end:
            times = " and ".join(clock_of_minute(one.start * MINUTES_PER_TICK) for one in (first, second))
            problems.append(f"The segments {times} of one level overlap.")
    return problems


def overlay(levels: Sequence[Pattern]) -> DayPlan:
    """Return the day that patterns of several levels make, most specific first, tick by tick.

    A segment without types closes its ticks; a day off hides the less specific levels (architecture.md, "Patterns").
    """
    undecided = (1 << TICKS_PER_DAY) - 1
    pieces: list[Stretch] = []
    shut: list[Stretch] = []
    for pattern in levels:
        for segment in pattern.segments:
            decided = span(segment.start, segment.end) & undecided
            (pieces if segment.types else shut).extend(_pieces(decided, pattern, segment))
            undecided &= ~span(segment.start, segment.end)
        if pattern.day_off:
            break
    pieces.sort(key=lambda piece: piece.start)
    mask = 0
    for piece in pieces:
        mask |= span(piece.start, piece.end)
    off = bool(levels) and any(pattern.day_off for pattern in levels) and not pieces
    return DayPlan(tuple(pieces), off, mask, tuple(shut))


def _pieces(mask: int, pattern: Pattern, segment: Segment) -> list[Stretch]:
    return [Stretch(start, end, pattern.level, pattern.id, segment) for start, end in runs_in(mask)]


def without(plan: DayPlan, closed: int) -> DayPlan:
    """Return a plan with the ticks of a mask closed, such as the hour that a clock change skips or repeats."""
    pieces = [
        Stretch(start, end, piece.level, piece.pattern, piece.segment)
        for piece in plan.stretches
        for start, end in runs_in(span(piece.start, piece.end) & ~closed)
    ]
    return DayPlan(tuple(pieces), plan.day_off, plan.open_mask & ~closed, plan.shut)
