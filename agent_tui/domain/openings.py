"""The smallest change that would lift one rule against a start, and where to go instead."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches

from agent_tui.domain.availability import Search, earliest
from agent_tui.domain.patterns import Stretch
from agent_tui.domain.requests import EntryState
from agent_tui.domain.site import LAST_DAY, Catalogue, Diary, Room
from agent_tui.domain.standing import Standing, nearest_start, other_diary, smallest_move
from agent_tui.domain.ticks import MINUTES_PER_TICK, TICKS_PER_DAY, clock, span
from agent_tui.domain.wall_time import short_date, ticks_of_clock_change

Naming = Callable[[EntryState], str]
"""How an entry that stands in the way is named: by its type, and by its claimant only where the person may know."""
LEADER, SUPERVISOR = "leader", "supervisor"


@dataclass(frozen=True, slots=True)
class Part:
    """A segment in words for a change: level, owner (empty for the site) and its whole range in ticks."""

    level: str
    owner: str
    start: int
    end: int

    @property
    def words(self) -> str:
        """Return the segment as a sentence names it, "09:00-12:00 of team A"."""
        return f"{clock(self.start)}-{clock(self.end)} of {f'{self.level} {self.owner}' if self.owner else f'the {self.level}'}"


@dataclass(frozen=True, slots=True)
class Change:
    """What would lift a rule: its kind, a sentence, the least role that may do it, and what it is about.

    `start` (a tick) of `diary` and `day` is the place of a start to take instead, or for "move" where the appointment
    `entry` would go; `minutes` is how far that is. `parts` are segments to be changed, `limit` the limit that would do.
    """

    kind: str
    text: str
    who: str = "agent"
    diary: str | None = None
    day: date | None = None
    start: int | None = None
    entry: str | None = None
    minutes: int | None = None
    parts: tuple[Part, ...] = ()
    needs: tuple[str, ...] = ()
    limit: int | None = None


@dataclass(frozen=True)
class Case:
    """One start that is asked about: the search, the place, what stands there, and how an entry is named."""

    search: Search
    code: str
    day: date
    start: int
    standing: Standing
    named: Naming

    @property
    def diary(self) -> Diary | None:
        """Return the diary, None where there is none of this code."""
        return self.search.catalogue.diaries.get(self.code)

    @property
    def length(self) -> int:
        """Return the length in ticks on the day, 0 before the type can be booked."""
        return self.search.kind.ticks_on(self.day) or 0

    @property
    def end(self) -> int:
        """Return the end of the start asked about, at most that of the day."""
        return min(self.start + self.length, TICKS_PER_DAY)

    @property
    def wanted(self) -> int:
        """Return the mask of the ticks asked about."""
        return span(self.start, self.end)

    def stretches(self) -> list[Stretch]:
        """Return the open stretches of the diary's day that are touched."""
        plan = self.search.catalogue.plan(self.code, self.day)
        return [one for one in plan.stretches if one.start < self.end and self.start < one.end]

    def part(self, stretch: Stretch) -> Part:
        """Return a stretch's whole segment with the level and the owner that says it."""
        owner = {"diary": self.code, "team": self.diary.team if self.diary else ""}.get(stretch.level, "")
        return Part(stretch.level, owner, stretch.segment.start, stretch.segment.end)

    def forbidding(self) -> list[Part]:
        """Return the open segments that are touched and do not allow the type by its channel."""
        kind, channel = self.search.kind, self.search.channel
        return _once([self.part(one) for one in self.stretches() if not one.segment.allows(kind.code, channel)])

    def used_up(self) -> list[tuple[Part, int, int]]:
        """Return the segments that are touched and have no place left, with how many are used and the limit."""
        plan, uses, iso = self.search.catalogue.plan(self.code, self.day), self.search.occupied.limits, self.day.isoformat()
        out = []
        for one in plan.limited(self.start, self.end):
            used, limit = uses.get((self.code, iso, *one.limit_key), 0), one.segment.limit or 0
            if used >= limit:
                out.append((self.part(one), used, limit))
        return out

    def in_the_way(self) -> list[EntryState]:
        """Return what stands in the diary at the time, each entry once."""
        return _each(self.standing.on(self.code, self.day, self.start, self.end))

    def rooms_for(self, need: str) -> list[Room]:
        """Return the rooms and equipment, on or off, that meet a need, by code."""
        return sorted((one for one in self.search.catalogue.rooms.values() if need in one.meets), key=lambda one: one.code)

    def room_is_open(self, room: Room) -> bool:
        """Return whether a room's own patterns allow the type for the whole time."""
        kind, channel = self.search.kind, self.search.channel
        allowed = self.search.catalogue.room_allowed(room.code, self.day, kind.code, channel)
        return allowed & self.wanted == self.wanted

    def room_is_free(self, room: Room) -> bool:
        """Return whether nothing else has a room at the time."""
        return not self.search.occupied.masks.get((room.code, self.day.isoformat()), 0) & self.wanted

    def unmet(self) -> list[str]:
        """Return the needs that no room or equipment meets at the time."""
        return [
            need
            for need in self.search.needs
            if not any(one.enabled and self.room_is_open(one) and self.room_is_free(one) for one in self.rooms_for(need))
        ]


def _once(parts: list[Part]) -> list[Part]:
    return list(dict.fromkeys(parts))


def _each(entries: list[EntryState]) -> list[EntryState]:
    return list({entry.id: entry for entry in entries}.values())


def apart(ticks: int) -> str:
    """Return a number of ticks in words, "5 minutes" or "1 hour 35 minutes"."""
    hours, minutes = divmod(abs(ticks) * MINUTES_PER_TICK, 60)
    parts = [f"{hours} hour{'s' if hours > 1 else ''}" if hours else "", f"{minutes} minutes" if minutes else ""]
    return " ".join(part for part in parts if part) or "no minutes"


def start_instead(case: Case) -> Change | None:
    """Return the nearest start of the same diary and day that nothing forbids."""
    tick = nearest_start(case.search, case.code, case.day, case.start)
    if tick is None or tick == case.start:
        return None
    far = tick - case.start
    text = f"{clock(tick)} is free: {apart(far)} {'later' if far > 0 else 'earlier'}"
    minutes = far * MINUTES_PER_TICK
    return Change("start", text, diary=case.code, day=case.day, start=tick, minutes=minutes)


def coach_instead(case: Case) -> Change | None:
    """Return another coach who has the same start."""
    other = other_diary(case.search, case.code, case.day, case.start)
    if other is None:
        return None
    text = f"Another coach then: {other.code} {other.coach}"
    return Change("coach", text, diary=other.code, day=case.day, start=case.start, minutes=0)


def change_for(case: Case, rule: str) -> Change | None:
    """Return the smallest change that would lift one rule against a start, None where nothing would."""
    makers = {
        "unknown_type": _when_it_begins,
        "booker": _who_books,
        "not_assigned": _assign,
        "diary_off": _switch_on,
        "past": start_instead,
        "closure": _working_day,
        "day_off": _open_segment,
        "closed": _open_segment,
        "no_segment": _allow,
        "limit": _raise_limit,
        "full": _make_way,
        "notice": _wait_for_notice,
        "window": _any_time,
        "not_asked": _ask_wider,
        "resource_busy": _room,
        "client_clash": _allow_clash,
    }
    if case.day < case.search.now.day and rule in ("day_off", "closed", "no_segment", "limit"):
        return None  # what a past day was planned as stays (domain/pattern_change.py)
    return makers[rule](case)


def _when_it_begins(case: Case) -> Change | None:
    days = [one.effective_from for one in case.search.kind.minutes if one.effective_from > case.day]
    return Change("day", f"It can be booked from {short_date(days[0])} on", day=days[0]) if days else None


def _who_books(case: Case) -> Change | None:
    kind = case.search.kind
    if kind.booked_by == "block":
        return Change("block", "Book it straight into the diary as block time")
    return Change("ask", f"Ask one of: {', '.join(sorted(kind.may_book))}")


def diary_meant(catalogue: Catalogue, code: str) -> Change | None:
    """Return the diary whose code is nearest to one that does not exist."""
    near = get_close_matches(code.upper(), catalogue.diaries, n=1)
    return Change("diary", f"Did you mean {near[0]}?", diary=near[0]) if near else None


def _assign(case: Case) -> Change | None:
    if case.diary is None:
        return diary_meant(case.search.catalogue, case.code)
    text = f"Assign {case.search.kind.name} to diary {case.code}"
    return Change("assign", text, LEADER, diary=case.code)


def _switch_on(case: Case) -> Change | None:
    if case.diary is None or case.diary.retired is not None:
        return coach_instead(case)
    return Change("switch_on", f"Switch the diary {case.code} on", LEADER, diary=case.code)


def _working_day(case: Case) -> Change | None:
    if case.day >= LAST_DAY:
        return None
    day = case.search.catalogue.working_days_from(case.day + timedelta(days=1), 1)
    return Change("day", f"The next working day is {short_date(day)}", day=day)


def _open_segment(case: Case) -> Change | None:
    if case.day > LAST_DAY:
        return None
    over_midnight = case.start + case.length > TICKS_PER_DAY
    if over_midnight or case.wanted & ticks_of_clock_change(case.day, case.search.catalogue.site.zone):
        return start_instead(case)
    text = f"Open {clock(case.start)}-{clock(case.end)} in a segment of diary {case.code} on {short_date(case.day)}"
    part = Part("diary", case.code, case.start, case.end)
    return Change("open", text, LEADER, diary=case.code, day=case.day, parts=(part,))


def _allow(case: Case) -> Change | None:
    parts, search = case.forbidding(), case.search
    by = f" by {search.channel}" if search.request.channel is not None else ""
    names = " and ".join(part.words for part in parts)
    text = f"Allow {search.kind.name}{by} in the segment{'s' if len(parts) > 1 else ''} {names}"
    return Change("allow", text, LEADER, diary=case.code, day=case.day, parts=tuple(parts))


def _raise_limit(case: Case) -> Change | None:
    full = case.used_up()
    needed = max(used + 1 for _part, used, _limit in full)
    names = " and ".join(part.words for part, _used, _limit in full)
    text = f"Raise the limit of {names} to {needed}"
    return Change("limit", text, LEADER, diary=case.code, day=case.day, parts=tuple(part for part, *_ in full), limit=needed)


def _make_way(case: Case) -> Change | None:
    step = smallest_move(case.search, case.code, case.day, case.start, case.standing)
    if step is not None:
        entry, far = step.entry, step.start - step.entry.start
        text = f"Move {clock(entry.start)} {case.named(entry)} by {apart(far)} to {clock(step.start)}"
        minutes = far * MINUTES_PER_TICK
        return Change("move", text, diary=case.code, day=case.day, start=step.start, entry=entry.id, minutes=minutes)
    return start_instead(case) or coach_instead(case) or _override(case)


def _override(case: Case) -> Change | None:
    """Name what an urgent case needs where appointments alone stand in the way; it is no more than named."""
    standing = case.in_the_way()
    if not standing or any(one.kind != "appointment" for one in standing):
        return None
    return Change("supervisor", "For an urgent case a supervisor can decide whose time it is", SUPERVISOR)


def _wait_for_notice(case: Case) -> Change | None:
    search = case.search
    lead = search.now.tick + -(-search.notice // MINUTES_PER_TICK)
    ahead = lead // TICKS_PER_DAY if lead > TICKS_PER_DAY else 0
    if ahead >= (LAST_DAY - search.now.day).days:
        return None
    day = search.now.day + timedelta(days=ahead)
    mask = earliest(day, search.now, search.notice)
    if not mask:
        day += timedelta(days=1)
        mask = earliest(day, search.now, search.notice)
    tick = (mask & -mask).bit_length() - 1
    when = clock(tick) if day == case.day else f"{short_date(day)} {clock(tick)}"
    return Change("notice", f"Starts keep the notice from {when} on", day=day, start=tick)


def _any_time(_case: Case) -> Change | None:
    return Change("any_time", "Ask for any time of day")


def _ask_wider(case: Case) -> Change | None:
    request = case.search.request
    wider = []
    if request.diary not in (None, case.code):
        wider.append("any coach")
    if case.diary is not None and request.team not in (None, case.diary.team):
        wider.append("any team")
    if not request.first_day <= case.day <= request.last_day:
        wider.append("this day too")
    return Change("ask_wider", f"Ask for {' and '.join(wider)}")


def _room(case: Case) -> Change | None:
    unmet, kind = case.unmet(), case.search.kind
    droppable = [need for need in unmet if need not in kind.needs]
    if droppable == unmet:
        return Change("drop_need", f"Drop the need: {', '.join(unmet)}", needs=tuple(unmet))
    off = {
        need: [one for one in case.rooms_for(need) if not one.enabled and case.room_is_open(one) and case.room_is_free(one)]
        for need in unmet
    }
    both = [room for rooms in off.values() for room in rooms if set(unmet) <= room.meets]
    if both:
        text = f"Switch {both[0].name} ({both[0].code}) on"
        return Change("switch_on", text, LEADER, diary=both[0].code, needs=tuple(unmet))
    return start_instead(case) or coach_instead(case)


def _allow_clash(_case: Case) -> Change | None:
    return Change("allow_clash", "Allow the clash when it is booked")
