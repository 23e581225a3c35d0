"""The rules once more, in the slowest and plainest way: lists of ticks, minutes and intervals, no masks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from agent_tui.domain.availability import Now, Occupied
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.requests import Request
from agent_tui.domain.site import Catalogue, Diary
from agent_tui.domain.types import AppointmentType

TICKS = range(288)


def bits(mask: int) -> list[bool]:
    """Return a day mask as 288 truths; a bit outside the day is refused."""
    assert 0 <= mask < 1 << 288
    return [bool(mask >> tick & 1) for tick in TICKS]


def mask(free: Iterable[bool]) -> int:
    """Return truths as a day mask."""
    return sum(1 << tick for tick, one in enumerate(free) if one)


def starts(free: list[bool], length: int) -> list[bool]:
    """Return at which ticks `length` free ticks in a row begin."""
    return [tick + length <= 288 and all(free[tick : tick + length]) for tick in TICKS]


def covered(begins: list[bool], length: int) -> list[bool]:
    """Return which ticks appointments of a length at some starts would cover."""
    out = [False] * 288
    for tick in TICKS:
        if begins[tick]:
            for one in range(tick, min(tick + length, 288)):
                out[one] = True
    return out


def runs(free: list[bool]) -> list[tuple[int, int]]:
    """Return the unbroken runs of free ticks."""
    out: list[tuple[int, int]] = []
    begin: int | None = None
    for tick, one in enumerate([*free, False]):
        if one and begin is None:
            begin = tick
        elif not one and begin is not None:
            out.append((begin, tick))
            begin = None
    return out


def in_force(patterns: Iterable[Pattern], level: str, owner: str, day: date) -> Pattern | None:
    """Return the pattern of one level and owner for a day: an exception, else the latest weekly one that has begun."""
    mine = [one for one in patterns if one.level == level and one.owner == owner]
    for one in mine:
        if one.day == day:
            return one
    weekly = [
        one
        for one in mine
        if one.day is None
        and one.weekday == day.weekday()
        and one.effective_from <= day
        and (one.effective_until is None or day <= one.effective_until)
    ]
    return max(weekly, key=lambda one: one.effective_from, default=None)


Ruling = tuple[Pattern, Segment]


def ruling(levels: Iterable[Pattern], tick: int) -> Ruling | None:
    """Return the segment that rules a tick, whether it allows types or not: the first level that says anything."""
    for pattern in levels:
        for segment in pattern.segments:
            if segment.start <= tick < segment.end:
                return pattern, segment
        if pattern.day_off:
            return None
    return None


def day_of(catalogue: Catalogue, diary: Diary, day: date) -> list[Ruling | None]:
    """Return the segment that rules each tick of a diary's day, None where the diary is shut."""
    wanted = (("diary", diary.code), ("team", diary.team), ("site", ""))
    found = [in_force(catalogue.patterns, level, owner, day) for level, owner in wanted]
    levels = [one for one in found if one is not None]
    out = []
    for tick in TICKS:
        rule = ruling(levels, tick)
        out.append(None if rule is None or not rule[1].types or tick in clock_change_ticks(day) else rule)
    return out


def clock_change_ticks(day: date) -> range:
    """Return the ticks of the British clock changes: 01:00 to 02:00 on the last Sundays of March and October."""
    last_sunday = day.weekday() == 6 and day.month in (3, 10) and day.day >= 25
    return range(12, 24) if last_sunday else range(0)


def minutes(kind: AppointmentType, day: date) -> int | None:
    """Return a type's minutes on a day: the last step that has begun."""
    begun = [step for step in kind.minutes if step.effective_from <= day]
    return max(begun, key=lambda step: step.effective_from).minutes if begun else None


@dataclass(frozen=True)
class Busy:
    """One stretch of time that a resource or a claimant does not have."""

    who: str
    day: date
    start: int
    end: int

    def hits(self, who: str, day: date, start: int, end: int) -> bool:
        """Return whether a range of ticks meets this one."""
        return self.who == who and self.day == day and self.start < end and start < self.end


@dataclass(frozen=True)
class Taken:
    """All the time that is taken, as intervals, and the uses of limited segments."""

    resources: tuple[Busy, ...] = ()
    client: tuple[Busy, ...] = ()
    limits: tuple[tuple[str, date, str, int, int], ...] = ()

    def as_masks(self) -> Occupied:
        """Return the same for the code under test."""
        masks: dict[tuple[str, str], int] = {}
        for one in self.resources:
            key = (one.who, one.day.isoformat())
            masks[key] = masks.get(key, 0) | mask(one.start <= tick < one.end for tick in TICKS)
        mine: dict[str, int] = {}
        for one in self.client:
            mine[one.day.isoformat()] = mine.get(one.day.isoformat(), 0) | mask(one.start <= tick < one.end for tick in TICKS)
        uses = {(diary, day.isoformat(), pattern, segment): count for diary, day, pattern, segment, count in self.limits}
        return Occupied(masks, mine, uses)

    def uses(self, diary: str, day: date, pattern: str, segment: int) -> int:
        """Return how many appointments a limited segment has."""
        return sum(one[4] for one in self.limits if one[:4] == (diary, day, pattern, segment))


@dataclass(frozen=True)
class Start:
    """A start that can be booked, and whether it touches an edge."""

    day: date
    start: int
    end: int
    diary: str
    flush: bool


class World:
    """One search, answered by trying every tick of every day of every diary."""

    def __init__(self, catalogue: Catalogue, request: Request, taken: Taken, now: Now) -> None:
        self.catalogue = catalogue
        self.request = request
        self.taken = taken
        self.now = now
        self.kind = catalogue.types[request.type]
        self.channel = request.channel or self.kind.channel
        self.notice = catalogue.site.notice_minutes if request.notice is None else request.notice

    def offers(self) -> list[Start]:
        """Return every start, by day, start (or distance from `near`) and diary."""
        out = []
        day = self.request.first_day
        while day <= self.request.last_day:
            for diary in self.catalogue.diaries.values():
                out += self.of_diary(diary, day)
            day += timedelta(days=1)
        near = self.request.near
        if near is None:
            return sorted(out, key=lambda one: (one.day, one.start, one.diary))
        return sorted(out, key=lambda one: (one.day, abs(one.start - near), one.start, one.diary))

    def of_diary(self, diary: Diary, day: date) -> list[Start]:
        """Return the starts of one diary's day."""
        request = self.request
        if not diary.enabled or self.kind.code not in diary.types or day in self.catalogue.closures:
            return []
        if request.diary not in (None, diary.code) or request.team not in (None, diary.team):
            return []
        length = minutes(self.kind, day)
        if length is None:
            return []
        free = self.usable(diary, day)
        out = []
        for start in TICKS:
            end = start + length // 5
            if end <= 288 and all(free[start:end]) and self.allowed_at(day, start, end):
                flush = start == 0 or end == 288 or not free[start - 1] or not free[end]
                out.append(Start(day, start, end, diary.code, flush))
        return out

    def usable(self, diary: Diary, day: date) -> list[bool]:
        """Return which ticks are free and lie in a segment that allows the type and has places left."""
        plan = day_of(self.catalogue, diary, day)
        return [self._usable(diary, day, tick, plan[tick]) for tick in TICKS]

    def _usable(self, diary: Diary, day: date, tick: int, rule: Ruling | None) -> bool:
        if rule is None:
            return False
        pattern, segment = rule
        if self.kind.code not in segment.types or segment.channel not in ("all", self.channel):
            return False
        if segment.limit is not None and self.taken.uses(diary.code, day, pattern.id, segment.start) >= segment.limit:
            return False
        return not any(one.hits(diary.code, day, tick, tick + 1) for one in self.taken.resources)

    def allowed_at(self, day: date, start: int, end: int) -> bool:
        """Return whether time, notice, part of day, rooms and the claimant leave a start open."""
        window = self.request.window
        minute = (day - self.now.day).days * 1440 + start * 5
        if minute < self.now.tick * 5 or minute < self.now.tick * 5 + self.notice:
            return False
        if window is not None and window.whole and not (window.start <= start and end <= window.end):
            return False
        if window is not None and not window.whole and not window.start <= start < window.end:
            return False
        if any(one.hits("client", day, start, end) for one in self.taken.client):
            return False
        return all(self.rooms(need, day, start, end) for need in (*self.kind.needs, *self.request.needs))

    def rooms(self, need: str, day: date, start: int, end: int) -> list[str]:
        """Return the rooms that are free and meet a need."""
        return [
            room.code
            for room in self.catalogue.rooms.values()
            if room.enabled
            and need in room.meets
            and not any(one.hits(room.code, day, start, end) for one in self.taken.resources)
        ]
