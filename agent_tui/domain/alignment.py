"""Diary alignment: first interviews with one work coach, then the commitment with another, and what waiting a pattern costs."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import gcd

from agent_tui.domain.ticks import (
    MINUTES_PER_TICK,
    TICKS_PER_DAY,
    OffGrid,
    clock,
    minutes_of_ticks,
    parse_clock,
    runs_in,
    span,
    starts_of,
    ticks_in,
    ticks_of_minutes,
)

MOST_COACHES = 20
MOST_INTERVIEWS = 60

COMMITMENT_MINUTES = 50
OPENING = (parse_clock("09:00"), parse_clock("17:00"))

# The guidance names the break between segments 2 and 3 and a lunch from 12:30. Its end is ours.
GUIDANCE_FIRST_BREAKS = ((parse_clock("10:50"), parse_clock("11:05")), (parse_clock("12:30"), parse_clock("13:30")))
# The guidance is silent about the second coach. Fifteen minutes after the second commitment is what offering.md reckons with;
# the lunch after the fifth is ours.
GUIDANCE_SECOND_BREAKS = ((parse_clock("11:00"), parse_clock("11:15")), (parse_clock("13:45"), parse_clock("14:45")))

_SHORT = ticks_of_minutes(20)


class Unsound(ValueError):
    """A pattern that breaks a rule of alignment; the message says which."""


class DoesNotFit(ValueError):
    """Interviews that the opening hours and breaks do not hold; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class AlignmentRequest:
    """Coaches, lengths and working time of one day to be aligned; all lengths and times are ticks.

    `interviews` are the first interviews of all first coaches together, in the order of the demand; each is followed by one
    commitment of `second_length`. `first_free` and `second_free` are day masks of the time in which a first or a second
    coach works. The second coaches hold equal shares of the commitments, give or take one.
    """

    first: int
    second: int
    interviews: tuple[int, ...]
    second_length: int
    first_free: int
    second_free: int

    @property
    def shares(self) -> tuple[int, ...]:
        """Return how many commitments each second coach holds, the larger shares first."""
        each, more = divmod(len(self.interviews), self.second)
        return tuple(each + (coach < more) for coach in range(self.second))


@dataclass(frozen=True, slots=True)
class Meeting:
    """One claimant with one coach (both numbered from 0) from tick `start` to tick `end`."""

    coach: int
    claimant: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """A day's first interviews and commitments; claimants are numbered by the end of their first interview."""

    firsts: tuple[Meeting, ...]
    seconds: tuple[Meeting, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """What waiting a pattern costs, in minutes.

    `idle` holds for each second coach the working time before the end of the last commitment in which there is none;
    `first_wait` the part of it before the first; `waits` for each claimant the time from the first interview's end.
    """

    idle: tuple[int, ...]
    first_wait: tuple[int, ...]
    waits: tuple[int, ...]

    @property
    def idle_minutes(self) -> int:
        """Return the minutes in which second coaches are idle, in all."""
        return sum(self.idle)

    @property
    def wait_minutes(self) -> int:
        """Return the minutes for which claimants wait, in all."""
        return sum(self.waits)

    @property
    def mean_wait(self) -> Fraction:
        """Return the minutes for which a claimant waits on average, exactly."""
        return Fraction(self.wait_minutes, len(self.waits))

    @property
    def rank(self) -> tuple[int, int]:
        """Return what a better pattern has less of: idle minutes first, then waiting minutes."""
        return self.idle_minutes, self.wait_minutes


@dataclass(frozen=True, slots=True)
class Aligned:
    """A pattern found for a request; a figure below its bound cannot exist.

    `idle_bound` and `wait_bound` are minutes. `wait_bound` holds for patterns of the least idle time and is None while that
    is not proved.
    """

    pattern: Pattern
    figures: Figures
    idle_bound: int
    wait_bound: int | None

    @property
    def optimal(self) -> bool:
        """Return whether no pattern is better, proved."""
        return self.idle_gap == 0 and self.wait_gap == 0

    @property
    def idle_gap(self) -> int:
        """Return the idle minutes that a better pattern might still save."""
        return self.figures.idle_minutes - self.idle_bound

    @property
    def wait_gap(self) -> int | None:
        """Return the waiting minutes that a better pattern might still save, None while the idle time is not proved."""
        return None if self.wait_bound is None else self.figures.wait_minutes - self.wait_bound


def request_of(
    first: int,
    second: int,
    interviews: Sequence[int],
    second_minutes: int = COMMITMENT_MINUTES,
    *,
    opening: tuple[int, int] = OPENING,
    first_breaks: Iterable[tuple[int, int]] = GUIDANCE_FIRST_BREAKS,
    second_breaks: Iterable[tuple[int, int]] = GUIDANCE_SECOND_BREAKS,
) -> AlignmentRequest:
    """Return a request from lengths in minutes, and opening hours and breaks in ticks.

    Numbers out of bounds raise ValueError, lengths off the five-minute grid OffGrid, and what cannot be in one day
    DoesNotFit. Default breaks are the guidance's (seeds/spotlight-appointment-booking.txt, "Diary alignment").
    """
    for role, coaches in (("first", first), ("second", second)):
        if not 1 <= coaches <= MOST_COACHES:
            raise ValueError(f"There must be between 1 and {MOST_COACHES} {role} coaches.")
    if not 1 <= len(interviews) <= MOST_INTERVIEWS:
        raise ValueError(f"There must be between 1 and {MOST_INTERVIEWS} interviews.")
    request = AlignmentRequest(
        first,
        second,
        tuple(_length(minutes) for minutes in interviews),
        _length(second_minutes),
        _working(opening, first_breaks),
        _working(opening, second_breaks),
    )
    _must_hold(request)
    return request


def _length(minutes: int) -> int:
    if minutes <= 0:
        raise OffGrid(f"{minutes} minutes is no length; a length is a positive multiple of {MINUTES_PER_TICK} minutes.")
    return ticks_of_minutes(minutes)


def _working(opening: tuple[int, int], breaks: Iterable[tuple[int, int]]) -> int:
    for start, end in (opening, *breaks):
        if not 0 <= start < end <= TICKS_PER_DAY:
            raise ValueError(f"{clock(start)}-{clock(end)} does not end after it starts.")
    free = span(*opening)
    for start, end in breaks:
        free &= ~span(start, end)
    return free


def _must_hold(request: AlignmentRequest) -> None:
    """Refuse with DoesNotFit what no search is needed for."""
    work = (
        ("An interview", "interviews", request.first_free, request.first, request.interviews),
        ("A commitment", "commitments", request.second_free, request.second, (request.second_length,) * len(request.interviews)),
    )
    for name, names, free, coaches, lengths in work:
        longest = max(lengths)
        if not starts_of(free, longest):
            between = max((end - start for start, end in runs_in(free)), default=0)
            raise DoesNotFit(
                f"{name} of {minutes_of_ticks(longest)} minutes does not fit into the day: at most"
                f" {minutes_of_ticks(between)} minutes lie between two breaks."
            )
        if sum(lengths) > coaches * free.bit_count():
            raise DoesNotFit(
                f"The {names} take {minutes_of_ticks(sum(lengths))} minutes and do not fit into the day, which has"
                f" {minutes_of_ticks(coaches * free.bit_count())}."
            )


def evaluate(request: AlignmentRequest, pattern: Pattern) -> Figures:
    """Return what waiting a pattern costs, in minutes; a pattern that breaks a rule of its request raises Unsound."""
    check(request, pattern)
    ends = {meeting.claimant: meeting.end for meeting in pattern.firsts}
    waits = {meeting.claimant: meeting.start - ends[meeting.claimant] for meeting in pattern.seconds}
    idle, first_wait = [], []
    for coach in range(request.second):
        held = [meeting for meeting in pattern.seconds if meeting.coach == coach]
        before_last = span(0, max((meeting.end for meeting in held), default=0))
        before_first = span(0, min((meeting.start for meeting in held), default=0))
        busy = len(held) * request.second_length
        idle.append(minutes_of_ticks((request.second_free & before_last).bit_count() - busy))
        first_wait.append(minutes_of_ticks((request.second_free & before_first).bit_count()))
    return Figures(tuple(idle), tuple(first_wait), tuple(minutes_of_ticks(waits[claimant]) for claimant in sorted(waits)))


def check(request: AlignmentRequest, pattern: Pattern) -> None:
    """Refuse with Unsound a pattern that is not a whole, feasible day of its request."""
    claimants = list(range(len(request.interviews)))
    if any(sorted(one.claimant for one in side) != claimants for side in (pattern.firsts, pattern.seconds)):
        raise Unsound("Each claimant has one interview and one commitment.")
    if sorted(one.end - one.start for one in pattern.firsts) != sorted(request.interviews):
        raise Unsound("The interviews are those of the request.")
    if any(one.end - one.start != request.second_length for one in pattern.seconds):
        raise Unsound("Each commitment takes the length of the request.")
    ends = {one.claimant: one.end for one in pattern.firsts}
    if any(one.start < ends[one.claimant] for one in pattern.seconds):
        raise Unsound("A commitment follows its interview.")
    _check_side(pattern.firsts, request.first, request.first_free)
    _check_side(pattern.seconds, request.second, request.second_free)
    held = sorted((sum(one.coach == coach for one in pattern.seconds) for coach in range(request.second)), reverse=True)
    if tuple(held) != request.shares:
        raise Unsound("The second coaches hold equal shares.")


def _check_side(meetings: Sequence[Meeting], coaches: int, free: int) -> None:
    for meeting in meetings:
        wanted = span(meeting.start, meeting.end)
        if not 0 <= meeting.coach < coaches or wanted & ~free:
            raise Unsound("A meeting lies within a coach's working time.")
    inorder = sorted(meetings, key=lambda one: (one.coach, one.start))
    if any(one.coach == other.coach and other.start < one.end for one, other in pairwise(inorder)):
        raise Unsound("A coach sees one claimant at a time.")


def paired(request: AlignmentRequest, firsts: Iterable[tuple[int, int]], seconds: Iterable[tuple[int, int]]) -> Pattern:
    """Return the pattern of (start, end) of the interviews and (coach, start) of the commitments, in ticks.

    Whose interview ends first has the first commitment: any other pairing waits as long in all and lets claimants overtake.
    """
    busy_until = [0] * request.first
    rows = []
    for start, end in sorted(firsts):
        coach = next((one for one, until in enumerate(busy_until) if until <= start), None)
        if coach is None:
            raise Unsound("More interviews at a time than first coaches.")
        busy_until[coach] = end
        rows.append((end, start, coach))
    rows.sort()
    return Pattern(
        tuple(Meeting(coach, claimant, start, end) for claimant, (end, start, coach) in enumerate(rows)),
        tuple(
            Meeting(coach, claimant, start, start + request.second_length)
            for claimant, (start, coach) in enumerate(sorted((start, coach) for coach, start in seconds))
        ),
    )


def cells(request: AlignmentRequest) -> list[AlignmentRequest]:
    """Return a request in as many equal groups of first and second coaches as there can be, the interviews dealt out.

    Where coaches and interviews have no common divisor, the only group is all of them.
    """
    number = gcd(request.first, request.second, len(request.interviews))
    inorder = sorted(request.interviews)
    first, second = request.first // number, request.second // number
    return [replace(request, first=first, second=second, interviews=tuple(inorder[cell::number])) for cell in range(number)]


def joined(request: AlignmentRequest, patterns: Sequence[Pattern]) -> Pattern:
    """Return one pattern of a request from the patterns of its `cells`."""
    each = request.second // len(patterns)
    firsts = [(one.start, one.end) for pattern in patterns for one in pattern.firsts]
    seconds = [(cell * each + one.coach, one.start) for cell, pattern in enumerate(patterns) for one in pattern.seconds]
    return paired(request, firsts, seconds)


def seen_in_turn(request: AlignmentRequest, firsts: Sequence[tuple[int, int]]) -> Pattern | None:
    """Return the pattern in which each claimant has the earliest commitment that is left, or None where the day ends before.

    `firsts` are (start, end) of the interviews in ticks. Nobody waits for another second coach than the one free soonest.
    """
    starts = list(ticks_in(starts_of(request.second_free, request.second_length)))
    fronts, left = [0] * request.second, list(request.shares)
    seconds = []
    for end in sorted(end for _, end in firsts):
        chances = [
            (starts[place], coach)
            for coach in range(request.second)
            if left[coach] and (place := bisect_left(starts, max(end, fronts[coach]))) < len(starts)
        ]
        if not chances:
            return None
        start, coach = min(chances)
        fronts[coach], left[coach] = start + request.second_length, left[coach] - 1
        seconds.append((coach, start))
    return paired(request, firsts, seconds)


def in_order(request: AlignmentRequest, lengths: Sequence[int] | None = None) -> Pattern | None:
    """Return the pattern without alignment, or None where it does not fit into the day.

    Interviews of `lengths` ticks (default: as the request names them) go one after another to the first coach who is free
    soonest, and commitments in turn.
    """
    free = request.first_free
    starts = {length: list(ticks_in(starts_of(free, length))) for length in set(request.interviews)}
    fronts = [0] * request.first
    firsts = []
    for length in request.interviews if lengths is None else lengths:
        place = bisect_left(starts[length], min(fronts))
        if place == len(starts[length]):
            return None
        start = starts[length][place]
        fronts[fronts.index(min(fronts))] = start + length
        firsts.append((start, start + length))
    return seen_in_turn(request, firsts)


@dataclass(frozen=True, slots=True)
class SegmentOfGuidance:
    """A segment of the guidance's example, in ticks, and whether a length may be booked in it."""

    start: int
    end: int
    allows: Callable[[int], bool]


def _at_most_short(length: int) -> bool:
    return length <= _SHORT


def _above_short(length: int) -> bool:
    return length > _SHORT


# "PSN Only and PSN/Evidence" are the 20-minute ones (domain/facts.md section 1), "all IEIs except" those the longer ones.
GUIDANCE = (
    SegmentOfGuidance(parse_clock("09:00"), parse_clock("09:20"), _at_most_short),
    SegmentOfGuidance(parse_clock("09:20"), parse_clock("10:50"), _above_short),
    SegmentOfGuidance(parse_clock("11:05"), parse_clock("11:25"), _at_most_short),
    SegmentOfGuidance(parse_clock("11:40"), parse_clock("12:30"), _above_short),
)


def guidance_pattern(request: AlignmentRequest, lengths: Sequence[int] | None = None) -> Pattern | None:
    """Return the guidance's own pattern filled with a request's interviews, or None where its segments do not hold them.

    Every first coach has the four segments of seeds/spotlight-appointment-booking.txt, "Diary alignment"; interviews of
    `lengths` ticks (default: as the request names them) take the first segment with room, and commitments come in turn.
    """
    fronts = [[segment.start for segment in GUIDANCE] for _ in range(request.first)]
    firsts = []
    for length in request.interviews if lengths is None else lengths:
        rooms = [
            (fronts[coach][place], coach, place)
            for coach in range(request.first)
            for place, segment in enumerate(GUIDANCE)
            if segment.allows(length) and fronts[coach][place] + length <= segment.end
        ]
        rooms = [room for room in rooms if not span(room[0], room[0] + length) & ~request.first_free]
        if not rooms:
            return None
        start, coach, place = min(rooms)
        fronts[coach][place] = start + length
        firsts.append((start, start + length))
    return seen_in_turn(request, firsts)


def guidance_range(request: AlignmentRequest) -> tuple[Pattern, Pattern] | None:
    """Return the guidance's pattern with the interviews in the order given, and in that of three orders which waits least.

    The orders are the one given, shortest first and longest first: the guidance fixes the segments, not the order in them.
    None where the segments do not hold the interviews in the order given.
    """
    given = guidance_pattern(request)
    if given is None:
        return None
    others = (guidance_pattern(request, order) for order in (sorted(request.interviews), sorted(request.interviews)[::-1]))
    found = [given, *(pattern for pattern in others if pattern is not None)]
    return given, min(found, key=lambda pattern: evaluate(request, pattern).rank)


def longest_first(request: AlignmentRequest) -> Pattern | None:
    """Return the worst case without alignment, the longest interviews first, or None where it does not fit into the day."""
    return in_order(request, sorted(request.interviews, reverse=True))
