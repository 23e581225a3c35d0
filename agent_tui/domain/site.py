"""A site's rules as one value: types, diaries, rooms, patterns and closures of one version."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

from agent_tui.domain.patterns import Area, DayPlan, Pattern, overlay, without
from agent_tui.domain.ticks import FULL_DAY
from agent_tui.domain.types import ANY_CHANNEL, AppointmentType, Guarantee
from agent_tui.domain.value_table import Mix, ValueTable, bucket, learn, mix_of
from agent_tui.domain.wall_time import ticks_of_clock_change

LAST_DAY = date(9998, 12, 31)
"""No search and no booking goes beyond it, so that a day after it can still be reckoned."""


DEFAULT_CHOICE = 0.35
"""Ticks: with it generated streams book nearly what hindsight could and claimants come near to the time that they prefer
(`python -m tests.benchmarks.offering`); a narrower choice takes them farther from it, a wider one refuses more long meetings."""

DEFAULT_OVERRIDE_DEPTH = 2
"""A displaced appointment may displace one lower still."""
DEFAULT_MOVE_NOTICE = 24 * 60
"""Minutes."""


@dataclass(frozen=True, slots=True)
class Site:
    """One jobcentre: where it is, who takes its hand-offs, and the settings that booking reads.

    `notice_minutes` is the least time between now and a start, `hold_seconds` the life of a hold, `choice` how many ticks of
    expected bookings a recommended start may lose beyond the day's best (guides/offering.md, point 4). `override_depth` is how
    deep an urgent request may displace, `move_notice` how many minutes before an appointment its claimant is moved without
    a supervisor's approval at the latest.
    """

    code: str
    name: str
    place: str
    phone: str
    nation: str
    handoff_contact: str
    notice_minutes: int = 0
    hold_seconds: int = 600
    zone: str = "Europe/London"
    choice: float = DEFAULT_CHOICE
    override_depth: int = DEFAULT_OVERRIDE_DEPTH
    move_notice: int = DEFAULT_MOVE_NOTICE

    @property
    def notice_of_moves(self) -> int:
        """Return how many minutes before an appointment its claimant can be asked to move at the latest: the greater notice."""
        return max(self.notice_minutes, self.move_notice)


@dataclass(frozen=True, slots=True)
class Diary:
    """One work coach's time and the types that are assigned to it; `retired` is the day since which nobody needs it."""

    code: str
    name: str
    coach: str
    login: str | None
    team: str
    enabled: bool
    types: frozenset[str]
    retired: date | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """A room or a piece of equipment, and the needs that it meets (its own kind among them)."""

    code: str
    kind: str
    name: str
    meets: frozenset[str]
    enabled: bool


@dataclass(frozen=True, slots=True)
class Staff:
    """Who acts: login, role (agent, coach, leader, supervisor, admin), whom they book for, and a coach's own diary.

    One that is not `enabled` may not act; one that is not `known` is on no list of staff.
    """

    login: str
    name: str
    role: str
    booker: str = "provider agent"
    diary: str | None = None
    known: bool = True
    enabled: bool = True


@dataclass(frozen=True)
class Catalogue:
    """Everything but entries that decides what can be booked, as of one version of the site's rules.

    `demand` says how often each type is asked for, in any unit; `learnt` are stored rows of value tables by their mix.
    """

    version: int
    site: Site
    types: dict[str, AppointmentType]
    diaries: dict[str, Diary]
    rooms: dict[str, Room]
    patterns: tuple[Pattern, ...]
    closures: dict[date, str]
    teams: dict[str, str] = field(default_factory=dict)
    demand: Mapping[str, float] = field(default_factory=dict)
    learnt: Mapping[Mix, tuple[tuple[float, ...], ...]] = field(default_factory=dict)
    guarantees: Mapping[str, Guarantee] = field(default_factory=dict)
    """What types must always have, by code."""
    logins: Mapping[str, str] = field(default_factory=dict)
    """The role of each login, roles.OFF of one that is switched off."""

    @cached_property
    def needs(self) -> frozenset[str]:
        """Return every need that some enabled room or piece of equipment meets."""
        met: set[str] = set()
        for room in self.rooms.values():
            if room.enabled:
                met |= room.meets
        return frozenset(met)

    @cached_property
    def switched_off(self) -> frozenset[str]:
        """Return the diaries, rooms and equipment that are switched off, by code."""
        off = {one.code for one in self.diaries.values() if not one.enabled}
        return frozenset(off | {one.code for one in self.rooms.values() if not one.enabled})

    def switched(self, code: str, *, enabled: bool, retired: date | None = None) -> "Catalogue":
        """Return the rules as they are once a diary, a room or a piece of equipment is on or off, or a diary retired."""
        if code in self.diaries:
            diary = replace(self.diaries[code], enabled=enabled, retired=retired or self.diaries[code].retired)
            return replace(self, diaries=self.diaries | {code: diary})
        return replace(self, rooms=self.rooms | {code: replace(self.rooms[code], enabled=enabled)})

    @cached_property
    def has_limits(self) -> bool:
        """Return whether some segment limits its appointments."""
        return any(segment.limit is not None for pattern in self.patterns for segment in pattern.segments)

    @cached_property
    def _by_owner(self) -> dict[tuple[str, str], dict[int | date, list[Pattern]]]:
        """The patterns of each level's owner by weekday, those of a single date by that."""
        table: dict[tuple[str, str], dict[int | date, list[Pattern]]] = {}
        for pattern in self.patterns:
            when = pattern.day if pattern.day is not None else pattern.weekday
            if when is not None:
                table.setdefault((pattern.level, pattern.owner), {}).setdefault(when, []).append(pattern)
        return table

    @cached_property
    def _plans(self) -> dict[tuple[str, ...], DayPlan]:
        return {}

    @cached_property
    def _plan_of_day(self) -> dict[tuple[str, date], DayPlan]:
        return {}

    @cached_property
    def _allowed(self) -> dict[tuple[int, str, str], int]:
        return {}

    def plan(self, diary: str, day: date) -> DayPlan:
        """Return the overlaid day of a diary; closures are not part of it."""
        key = (diary, day)
        found = self._plan_of_day.get(key)
        if found is None:
            found = self._plan_of_day[key] = self._overlaid(self.diaries[diary], day)
        return found

    def in_force(self, level: str, owner: str, day: date, *, weekly: bool = False) -> Pattern | None:
        """Return what one level says of a day: the version in force, a single date before a weekday; None if it says nothing.

        With `weekly` exceptions for a single date are left out.
        """
        found = self._by_owner.get((level, owner))
        if found is None:
            return None
        best: Pattern | None = None
        for when in (day.weekday(),) if weekly else (day, day.weekday()):
            for pattern in found.get(when, ()):
                if pattern.in_force(day) and (best is None or pattern.precedence > best.precedence):
                    best = pattern
            if best is not None:
                return best
        return None

    def _overlaid(self, diary: Diary, day: date) -> DayPlan:
        said = (self.in_force(level, owner, day) for level, owner in (("diary", diary.code), ("team", diary.team), ("site", "")))
        return self._plan_for([one for one in said if one is not None], day)

    def _plan_for(self, levels: list[Pattern], day: date) -> DayPlan:
        key = tuple(pattern.id for pattern in levels)
        if key not in self._plans:
            self._plans[key] = overlay(levels)
        changed = ticks_of_clock_change(day, self.site.zone)
        return without(self._plans[key], changed) if changed else self._plans[key]

    def allowed(self, diary: str, day: date, code: str, channel: str) -> int:
        """Return the mask of ticks of a diary's day in which the type may be booked; closures are not part of it."""
        plan = self.plan(diary, day)
        key = (id(plan), code, channel)  # plans live as long as the catalogue, so an id is never used again
        mask = self._allowed.get(key)
        if mask is None:
            mask = self._allowed[key] = plan.allowed(code, channel)
        return mask

    @cached_property
    def _areas(self) -> dict[tuple[int, frozenset[str]], tuple[Area, ...]]:
        return {}

    @cached_property
    def _tables(self) -> dict[tuple[int, date], ValueTable]:
        return {}

    @cached_property
    def _table_of_mix(self) -> dict[tuple[Mix, int], ValueTable]:
        return {}

    def areas(self, diary: str, day: date) -> tuple[Area, ...]:
        """Return the parts of a diary's day in which one set of its types may be booked; closures are not part of it."""
        plan, assigned = self.plan(diary, day), self.diaries[diary].types
        key = (id(plan), assigned)
        found = self._areas.get(key)
        if found is None:
            found = self._areas[key] = plan.areas(assigned)
        return found

    def offered_lengths(self, codes: Iterable[str], channel: str, day: date) -> dict[str, int]:
        """Return the length in ticks on a day of each offered type among some that a channel admits."""
        found = {}
        for code in codes:
            kind = self.types.get(code)
            if kind is not None and kind.booked_by == "offer" and channel in (ANY_CHANNEL, kind.channel):
                length = kind.ticks_on(day)
                if length:
                    found[code] = length
        return found

    def value_table(self, area: Area, day: date) -> ValueTable:
        """Return what runs are worth in a part of a day, for at least its own length: stored rows, else learnt here."""
        key = (id(area), day)  # areas live as long as the catalogue, so an id is never used again
        found = self._tables.get(key)
        if found is None:
            found = self._tables[key] = self._learnt_table(area, day, bucket(area.end - area.start))
        return found

    def _learnt_table(self, area: Area, day: date, longest: int) -> ValueTable:
        lengths = self.offered_lengths(area.codes, area.channel, day)
        mix = mix_of((ticks, self.weight(code)) for code, ticks in lengths.items())
        found = self._table_of_mix.get((mix, longest))
        if found is None:
            rows = self.learnt.get(mix, ())
            found = ValueTable(mix, rows if rows and len(rows[0]) > longest else learn(mix, longest))
            self._table_of_mix[mix, longest] = found
        return found

    @cached_property
    def _usual_weight(self) -> float:
        known = [self.demand[code] for code in self.demand if code in self.types]
        return sum(known) / len(known) if known else 1.0

    def weight(self, code: str) -> float:
        """Return how often a type is asked for; one of which nothing is known counts as the others do on average."""
        return self.demand.get(code, self._usual_weight)

    def room_allowed(self, room: str, day: date, code: str, channel: str) -> int:
        """Return the mask of ticks in which a room or a piece of equipment may be used for a type.

        One without patterns may be used at any time; one with them as a diary is, by its own patterns alone.
        """
        if ("resource", room) not in self._by_owner:
            return FULL_DAY
        found = self.in_force("resource", room, day)
        return self._plan_for([] if found is None else [found], day).allowed(code, channel)

    def is_working_day(self, day: date) -> bool:
        """Return whether a day is Monday to Friday and no closure (domain/facts.md section 5)."""
        return day.weekday() < 5 and day not in self.closures

    def working_days_from(self, day: date, count: int) -> date:
        """Return the last of `count` working days that begin with `day` or the first working day after it."""
        found, current = 0, day
        while True:
            if self.is_working_day(current):
                found += 1
                if found >= count:
                    return current
            if current >= LAST_DAY:
                return LAST_DAY
            current += timedelta(days=1)

    def diaries_for(self, code: str) -> list[Diary]:
        """Return the diaries, on or off, to which a type is assigned, by code."""
        return [diary for diary in sorted(self.diaries.values(), key=lambda one: one.code) if code in diary.types]
