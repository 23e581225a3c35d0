"""Re-homing: the appointments of a coach who is off, or of a room that is shut, placed anew; what is best, and what is a plan."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import NamedTuple

from agent_tui.domain.requests import EntryState, Moved, Refused
from agent_tui.domain.ticks import clock, minutes_of_ticks, span

WORKING_DAYS = 20
"""How many working days, the day itself among them, an appointment may be moved by."""
COACH_ABSENT, ROOM_UNAVAILABLE = "coach_absent", "room_unavailable"
REASONS = (COACH_ABSENT, ROOM_UNAVAILABLE)
REHOMED = "rehomed"
"""With it begins the reason of each line that a re-homing writes into the log."""


def is_rehomed(reason: str | None) -> bool:
    """Return whether the reason of a line of the log is that of a re-homing."""
    return (reason or "").partition(":")[0] == REHOMED


@dataclass(frozen=True, slots=True)
class Leaver:
    """An appointment that must leave its time, as one day sees it.

    `length` is in ticks; `starts` are masks of the starts that it may have, by diary, as a search finds them when no leaver
    is in the way; `rooms` are masks of the ticks in which rooms and equipment that meet a need of it are free for its type.
    """

    entry: EntryState
    key: bool
    length: int
    starts: Mapping[str, int]
    needs: tuple[str, ...] = ()
    rooms: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Limit:
    """A limited segment of a diary's day, as the (start, end) ticks of its parts, and how many appointments more may touch it."""

    diary: str
    parts: tuple[tuple[int, int], ...]
    left: int


@dataclass(frozen=True, slots=True)
class LeavingDay:
    """One day and all that is to be placed on it: the team of each diary, the needs that rooms meet, limited segments."""

    day: date
    leavers: tuple[Leaver, ...]
    teams: Mapping[str, str]
    meets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where an appointment goes on a day: the start is a tick."""

    id: str
    diary: str
    start: int
    rooms: tuple[str, ...] = ()


class Score(NamedTuple):
    """What a day's plan costs, compared figure by figure: the smaller of two is the better plan.

    Key appointments that find no place on the day, all that find none, the sum of the minutes by which the others shift,
    those in another team, those with another coach.
    """

    key_left: int
    left: int
    shift_minutes: int
    other_team: int
    other_coach: int


@dataclass(frozen=True, slots=True)
class Gap:
    """How much better, at most, a plan could be than the one that was found: by which figure of the score, and its amount.

    Nothing is better in a figure before it. Without a figure the plan is proved to be the best.
    """

    figure: str | None = None
    amount: int = 0

    @property
    def proved(self) -> bool:
        """Return whether no plan is better."""
        return self.figure is None


def gap_between(found: Score, bound: Score) -> Gap:
    """Return the gap of a plan, by a score that no plan of the day can be better than."""
    for name, mine, best in zip(Score._fields, found, bound, strict=True):
        if mine > best:
            return Gap(name, mine - best)
        if mine < best:
            break
    return Gap()


def score(day: LeavingDay, places: Sequence[Place]) -> Score:
    """Return what a plan of a day costs."""
    at = {one.id: one for one in places}
    key_left = left = shift = team = coach = 0
    for leaver in day.leavers:
        place = at.get(leaver.entry.id)
        if place is None:
            left += 1
            key_left += leaver.key
            continue
        shift += abs(place.start - leaver.entry.start)
        team += day.teams.get(place.diary) != day.teams.get(leaver.entry.diary)
        coach += place.diary != leaver.entry.diary
    return Score(key_left, left, minutes_of_ticks(shift), team, coach)


def faults(day: LeavingDay, places: Sequence[Place]) -> list[str]:
    """Return what is wrong with a plan of a day, as sentences; an empty list where it can be carried out."""
    leavers = {one.entry.id: one for one in day.leavers}
    out = []
    seen: set[str] = set()
    for place in places:
        leaver = leavers.get(place.id)
        if leaver is None or place.id in seen:
            out.append(f"{place.id} is not to be placed, or is placed twice.")
            continue
        seen.add(place.id)
        if not leaver.starts.get(place.diary, 0) >> place.start & 1:
            out.append(f"{_words(leaver)} cannot start at {clock(place.start)} in {place.diary}.")
        out += _room_faults(day, leaver, place)
    known = [one for one in places if one.id in leavers]
    for one, other in combinations(known, 2):
        first, second = leavers[one.id], leavers[other.id]
        if one.start < other.start + second.length and other.start < one.start + first.length:
            if one.diary == other.diary or set(one.rooms) & set(other.rooms):
                out.append(f"{_words(first)} and {_words(second)} would have one time.")
            elif first.entry.client is not None and first.entry.client == second.entry.client:
                out.append(f"{_words(first)} and {_words(second)} are of one claimant and would be at one time.")
    for limit in day.limits:
        if sum(touches(limit, one, leavers[one.id].length) for one in known) > limit.left:
            out.append(f"The limit of the segment of {limit.diary} at {clock(limit.parts[0][0])} would be exceeded.")
    return out


def _words(leaver: Leaver) -> str:
    return f"{leaver.entry.type} of {clock(leaver.entry.start)}"


def _room_faults(day: LeavingDay, leaver: Leaver, place: Place) -> Iterator[str]:
    for need in leaver.needs:
        if not any(need in day.meets.get(room, ()) for room in place.rooms):
            yield f"{_words(leaver)} has nothing that meets {need} at {clock(place.start)}."
    wanted = span(place.start, place.start + leaver.length)
    for room in place.rooms:
        if wanted & ~leaver.rooms.get(room, 0):
            yield f"{room} is not free at {clock(place.start)} for {_words(leaver)}."


def touches(limit: Limit, place: Place, length: int) -> bool:
    """Return whether an appointment at a place needs one of the places of a limited segment."""
    met = any(place.start < end and start < place.start + length for start, end in limit.parts)
    return met and place.diary == limit.diary


def with_rooms(day: LeavingDay, places: Sequence[Place]) -> list[Place] | None:
    """Return the same starts with rooms and equipment for each that needs some, or None where there are not enough."""
    leavers = {one.entry.id: one for one in day.leavers}
    needing = sorted((one for one in places if leavers[one.id].needs), key=lambda one: (one.start, one.id))
    given = _Rooms(day, [(one, leavers[one.id]) for one in needing]).give(0, frozenset())
    if given is None:
        return None
    return [Place(one.id, one.diary, one.start, given.get(one.id, ())) for one in places]


def _sets_of_rooms(day: LeavingDay, leaver: Leaver, start: int) -> Iterator[tuple[str, ...]]:
    """Yield the sets of free rooms that meet all needs of an appointment at a start, none with one too many, small ones first."""
    wanted = span(start, start + leaver.length)
    free = [room for room, mask in sorted(leaver.rooms.items()) if not wanted & ~mask]
    found: list[tuple[str, ...]] = []
    for count in range(1, len(leaver.needs) + 1):
        for rooms in combinations(free, count):
            met = all(any(need in day.meets[room] for room in rooms) for need in leaver.needs)
            if met and not any(set(fewer) <= set(rooms) for fewer in found):
                found.append(rooms)
                yield rooms


class _Rooms:
    """Rooms given out in the order of the starts; what was found to lead nowhere is not tried again."""

    def __init__(self, day: LeavingDay, needing: Sequence[tuple[Place, Leaver]]) -> None:
        self._needing = needing
        self._sets = [list(_sets_of_rooms(day, leaver, place.start)) for place, leaver in needing]
        self._nowhere: set[tuple[int, frozenset[tuple[str, int]]]] = set()

    def give(self, number: int, taken: frozenset[tuple[str, int]]) -> dict[str, tuple[str, ...]] | None:
        """Return rooms for all from a number on, None where there are not enough; `taken` are rooms and until which tick."""
        if number == len(self._needing):
            return {}
        place, leaver = self._needing[number]
        taken = frozenset(one for one in taken if one[1] > place.start)
        if (number, taken) in self._nowhere:
            return None
        for rooms in self._sets[number]:
            if any(room in rooms for room, _until in taken):
                continue
            rest = self.give(number + 1, taken | {(room, place.start + leaver.length) for room in rooms})
            if rest is not None:
                return {place.id: rooms, **rest}
        self._nowhere.add((number, taken))
        return None


@dataclass(frozen=True, slots=True)
class Away:
    """What is off on a day: a diary (its coach), or a room or a piece of equipment, from tick `first` on to the day's end."""

    code: str
    day: date
    first: int = 0
    room: bool = False

    @property
    def reason(self) -> str:
        """Return why, as a reason code."""
        return ROOM_UNAVAILABLE if self.room else COACH_ABSENT


@dataclass(frozen=True, slots=True)
class Rehoming:
    """What re-homing does, would do or did: `status` is "plan" or "rehomed".

    `token` stands for the plan and for all that it rests on. `moved` are the appointments with a place, `left` those
    without, as they were; `key` are the ids of key appointments among both. Each day is planned in turn, for those whom the
    days before it have left; `gap` is that of the first day whose plan is not proved. `told` is how many claimants are sent a
    message, `blocks` what takes the time of a coach who is off or of a room that is shut, `note` what would stop that now.
    """

    status: str
    away: Away
    token: str
    moved: tuple[Moved, ...] = ()
    left: tuple[EntryState, ...] = ()
    key: frozenset[str] = frozenset()
    gap: Gap = Gap()
    told: int = 0
    blocks: tuple[EntryState, ...] = ()
    note: str = ""
    repeated: bool = False

    @property
    def kept_on_day(self) -> int:
        """Return how many stay on their day."""
        return sum(one.after.day == self.away.day for one in self.moved)


def shift_minutes(move: Moved) -> int:
    """Return by how many minutes a move changes the time of day."""
    return minutes_of_ticks(abs(move.after.start - move.before.start))


def is_told(move: Moved) -> bool:
    """Return whether the claimant of a move is told: where only the room is another, what they were told stays true."""
    before, after = move.before, move.after
    same = (before.diary, before.day, before.start) == (after.diary, after.day, after.start)
    return after.client is not None and not (same and before.status == "booked")


@dataclass(frozen=True, slots=True)
class RefusedPlan(Refused):
    """A re-homing that was refused, with what could be done instead now, where there is something."""

    instead: Rehoming | None = None
