"""What re-homing looks at: the appointments that must leave a diary or a room, and where each of them could go on a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from agent_tui.domain.availability import DiaryDay, Occupied, Search
from agent_tui.domain.pairs import other_half
from agent_tui.domain.rehoming import Away, Leaver, LeavingDay, Limit
from agent_tui.domain.requests import EntryState, Request
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import FULL_DAY, TICKS_PER_DAY, span
from agent_tui.services.desk import Desk
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.unit_of_work import Unit


def leavers_of(desk: Desk, unit: Unit, away: Away) -> list[EntryState]:
    """Return the appointments that must be placed anew, by start: those to come, and those of the diary that have no time."""
    now, iso = desk.site_now(), away.day.isoformat()
    if away.room:
        found = [one for one in entry_queries.coming_in(unit, desk.site, [away.code], iso) if one.day == away.day]
    else:
        found = [one for one in entry_queries.to_come(unit, desk.site, away.code, iso) if one.day == away.day]
    coming = [
        one for one in found if one.kind == "appointment" and one.end > away.first and _to_be_placed(one, now.day, now.tick)
    ]
    return sorted(coming, key=lambda one: (one.start, one.id))


def _to_be_placed(entry: EntryState, today: date, tick: int) -> bool:
    return entry.status == "unplaced" or (entry.status == "booked" and (entry.day, entry.start) >= (today, tick))


@dataclass
class Leaving:
    """The days to which some leavers could go, with all their own time free and what is off taken.

    The rows of a stretch of days are read when its first day is asked for.
    """

    desk: Desk
    unit: Unit
    catalogue: Catalogue
    away: Away
    entries: Sequence[EntryState]
    now_ms: int
    _masks: dict[tuple[str, str], int] = field(default_factory=dict)
    _limits: dict[tuple[str, str, str, int], int] = field(default_factory=dict)
    _clients: dict[str, dict[str, int]] = field(default_factory=dict)
    _read: tuple[date, date] | None = None

    def day(self, day: date, entries: Iterable[EntryState]) -> LeavingDay:
        """Return a day for some of the leavers; which starts each may have is what a search finds."""
        if self._read is None or not self._read[0] <= day <= self._read[1]:
            self._read_days(day)
        leavers = tuple(found for one in entries if (found := self._leaver(one, day)) is not None)
        teams = {one.code: one.team for one in self.catalogue.diaries.values()}
        meets = {one.code: one.meets for one in self.catalogue.rooms.values()}
        return LeavingDay(day, leavers, teams, meets, tuple(self._limits_of(day)))

    def _read_days(self, first: date) -> None:
        """Read the day itself alone, since most find a place on it, and all later days at once."""
        last = first if first == self.away.day else self.catalogue.working_days_from(first, 20)
        self._read = (first, last)
        desk, unit, days = self.desk, self.unit, (first.isoformat(), last.isoformat())
        diaries = sorted(one.code for one in self.catalogue.diaries.values() if one.enabled)
        self._masks = entry_queries.busy_masks(unit, desk.site, [*diaries, *sorted(self.catalogue.rooms)], *days, self.now_ms)
        ids = [one.id for one in self.entries]
        for id in ids:
            for resource, day, start, end in entry_queries.owned(unit, desk.site, id):
                if (resource, day) in self._masks:
                    self._masks[resource, day] &= ~span(start, end)
        closed = (self.away.code, self.away.day.isoformat())
        if first == self.away.day:
            self._masks[closed] = self._masks.get(closed, 0) | span(self.away.first, TICKS_PER_DAY)
        if self.catalogue.has_limits:
            self._limits = entry_queries.limit_uses(unit, desk.site, diaries, *days, self.now_ms, without=ids)
        for client in sorted({one.client for one in self.entries if one.client is not None}):
            own: dict[str, int] = {}
            for entry in entry_queries.of_client(unit, desk.site, client, *days, self.now_ms):
                if entry.id not in ids and entry.moving not in ids:
                    own[entry.day.isoformat()] = own.get(entry.day.isoformat(), 0) | span(entry.start, entry.end)
            self._clients[client] = own

    def _leaver(self, entry: EntryState, day: date) -> Leaver | None:
        """Return an appointment as a day sees it, None where it could not be held on that day at all."""
        catalogue = self.catalogue
        kind = catalogue.types.get(entry.type or "")
        length = None if kind is None else kind.ticks_on(day)
        booker = self.desk.staff.booker
        if kind is None or length is None or kind.booked_by == "block" or booker not in kind.may_book:
            return None
        request = Request(kind.code, day, day, channel=entry.channel, needs=entry.needs, client=entry.client, booker=booker)
        taken = Occupied(self._masks, self._clients.get(entry.client or "", {}), self._limits)
        search = Search(catalogue, request, taken, self.desk.site_now())
        admitted = self._beside_its_half(entry, day, length)
        starts = {}
        for diary in search.diaries():
            found = search.diary_day(diary, day)
            if isinstance(found, DiaryDay) and found.starts & admitted.get(diary.code, admitted[""]):
                starts[diary.code] = found.starts & admitted.get(diary.code, admitted[""])
        rooms = [one for one in catalogue.rooms.values() if one.enabled and one.meets & set(search.needs)]
        free = {one.code: search.room_free(one.code, day) for one in rooms}
        return Leaver(entry, kind.key_on(self.away.day), length, starts, search.needs, free)

    def _beside_its_half(self, entry: EntryState, day: date, length: int) -> dict[str, int]:
        """Return the starts that half of a pair may have: on its day, in another diary than the other half, in their order.

        They are masks by diary, under "" those of any other. Each is placed by itself, so that where both leave the second
        is bound more than it need be.
        """
        half = other_half(self.desk.site, entry)
        other = None if half is None else entry_queries.get(self.unit, self.desk.site, half)
        if other is None or other.status not in ("booked", "held", "attended", "late"):
            return {"": FULL_DAY}
        if other.day != day:
            return {"": 0}
        first = entry.id == entry.pair
        if not first and any(one.id == other.id for one in self.entries):
            # Both leave a shut room: the first ends before the second began, so the second keeps its coach and goes no earlier.
            return {"": 0, entry.diary: span(entry.start, TICKS_PER_DAY)}
        mask = span(0, max(0, other.start - length + 1)) if first else span(other.end, TICKS_PER_DAY)
        return {"": mask, other.diary: 0}

    def _limits_of(self, day: date) -> Iterable[Limit]:
        """Yield the limited segments of a day."""
        if not self.catalogue.has_limits or day in self.catalogue.closures:
            return
        for diary in self.catalogue.diaries.values():
            parts: dict[tuple[str, int], list[tuple[int, int]]] = {}
            most = {}
            for stretch in self.catalogue.plan(diary.code, day).stretches if diary.enabled else ():
                if stretch.segment.limit is not None:
                    parts.setdefault(stretch.limit_key, []).append((stretch.start, stretch.end))
                    most[stretch.limit_key] = stretch.segment.limit
            for key, ranges in parts.items():
                used = self._limits.get((diary.code, day.isoformat(), *key), 0)
                yield Limit(diary.code, tuple(ranges), max(0, most[key] - used))


def days_to_try(catalogue: Catalogue, away: Away, working_days: int) -> Iterable[date]:
    """Yield the day itself and the working days after it, the day among so many."""
    last = catalogue.working_days_from(away.day, working_days)
    day = away.day
    while day <= last:
        if day == away.day or catalogue.is_working_day(day):
            yield day
        day += timedelta(days=1)
