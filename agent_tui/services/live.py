"""What a terminal keeps in memory of its window of days, patched from the feed, so that a search touches no disk.

The masks may be stale: the guard decides, never the mask (architecture.md, "The feed").
"""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from threading import Event as Signal
from threading import Lock, RLock
from typing import Any

from agent_tui.domain import key_types
from agent_tui.domain.availability import DiaryDay, Occupied, Search, offers
from agent_tui.domain.guarantee import GuaranteeNow, Pace, guarantees_now, longest
from agent_tui.domain.log import Event
from agent_tui.domain.requests import Found, Offer, Request
from agent_tui.domain.roles import OFF
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import MINUTES_PER_TICK, span
from agent_tui.domain.week import HeatMap, WeekAsked, checked, heat_map, request_of
from agent_tui.domain.week_ahead import Ahead, ahead_of, weeks_from
from agent_tui.domain.whitespace import stranded
from agent_tui.services.desk import Desk, DeskRefused, switched_off
from agent_tui.services.finding import as_asked_by, check_needs, client_masks, with_drop_in
from agent_tui.services.key_types import pace_now
from agent_tui.services.week import as_seen_by
from agent_tui.store.feed import TROUBLED_SECONDS, Feed
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import window as window_queries
from agent_tui.store.trouble import StoreTrouble
from agent_tui.store.unit_of_work import Unit

Place = tuple[str, str]
_Use = tuple[str, int, int | None]
_Claim = tuple[int, int, int | None]
POLL_SECONDS = {"sqlite": 0.1, "postgresql": 0.18}
"""By engine; a server is asked less often, so that forty terminals at their busiest cost less than a tenth of a core."""
WEEKS_AROUND = timedelta(weeks=3)
"""What is read around a week outside the window, so that the weeks beside it are in memory too."""
_GONE = "The store's file is not there any more; nothing is written until it is back."


@dataclass(frozen=True, slots=True)
class Changes:
    """What the feed brought: the lines, the places (resource, ISO day) they touched, and whether the rules changed."""

    events: tuple[Event, ...]
    places: frozenset[Place]
    rules: bool = False


@dataclass(frozen=True, slots=True)
class Totals:
    """A day of all enabled diaries: how many, and minutes open, free, and stranded of the free ones."""

    diaries: int
    available: int
    free: int
    stranded: int


class Live:
    """A terminal's window of days: masks of every resource, the entries of the places it shows, and the feed."""

    def __init__(self, desk: Desk, first_day: date, last_day: date, now: Callable[[], datetime]) -> None:
        self._desk = desk
        self._now = now
        self.first_day, self.last_day = first_day, last_day
        self._lock = RLock()
        self._feed_lock = Lock()
        self._trouble: str | None = None
        self._file: tuple[int, int] | None = None
        self._claims: dict[Place, list[_Claim]] = {}
        self._masks: dict[Place, int] = {}
        self._uses: dict[Place, list[_Use]] = {}
        self._clock_offset = 0
        self._pace: tuple[date, Pace] | None = None
        self._feed = Feed(desk.store, desk.site)
        self._catalogue: Catalogue | None = None

    @property
    def desk(self) -> Desk:
        """Return the desk at the site time of this moment, as `desk_of_record`; DeskRefused once the login is switched off."""
        if self.is_off:
            raise DeskRefused("role", switched_off(self._desk.staff.login))
        return self.desk_of_record

    @property
    def is_off(self) -> bool:
        """Return whether the login was switched off since the terminal was opened, by the rules as last read."""
        return self._catalogue is not None and self._catalogue.logins.get(self._desk.staff.login) == OFF

    @property
    def desk_of_record(self) -> Desk:
        """Return the desk that writes down what was seen, of a login too that is off; StoreTrouble while the file is not there.

        SQLite would go on writing into a file that was deleted or replaced, and every booking in it would be lost.
        """
        if self._file is not None and self._file_now() != self._file:
            raise StoreTrouble(_GONE)
        return self._seen

    @property
    def _seen(self) -> Desk:
        return self._desk.seen_at(self._now())

    def _file_now(self) -> tuple[int, int] | None:
        """Return what tells the store's file from any other, None where it is missing or there is no file."""
        if self._desk.store.engine_name != "sqlite":
            return None
        try:
            found = os.stat(self._desk.store.location)
        except OSError:
            return None
        return found.st_dev, found.st_ino

    @property
    def catalogue(self) -> Catalogue:
        """Return the site's rules as last read."""
        assert self._catalogue is not None, "load() comes first"
        return self._catalogue

    def clock_ms(self) -> int:
        """Return the database's clock in ms UTC, as this terminal reckons it since it last asked."""
        return int(time.monotonic() * 1000) + self._clock_offset

    def load(self) -> None:
        """Read the rules and every claim of the window, and begin the feed where the log ends."""
        with self._feed_lock:
            self._file = self._file_now()
            self._feed.start_at_head()
            self._read_window()

    def _read_window(self) -> None:
        """Read the rules and every claim; the feed stays where it is, since to meet a line again changes nothing."""
        with self._lock:
            with self._desk.store.read() as unit:
                # Rules that have changed are told of by the poll that meets the change.
                self._catalogue = self._catalogue or self._desk.catalogue(unit)
                self._clock_offset = unit.clock_ms() - int(time.monotonic() * 1000)
                first, last = self.first_day.isoformat(), self.last_day.isoformat()
                rows = entry_queries.claims_between(unit, self._desk.site, first, last)
                uses = self._places_used(unit, first, last)
            self._claims, self._masks, self._uses = {}, {}, uses
            for resource, day, start, end, expires_at in rows:
                self._claims.setdefault((resource, day), []).append((start, end, expires_at))

    def covers(self, first: date, last: date) -> bool:
        """Return whether a range of days lies in the window."""
        return self.first_day <= first and last <= self.last_day

    def widen(self, first: date, last: date) -> None:
        """Make the window reach over more days; reads them all anew."""
        with self._lock:
            before = self.first_day, self.last_day
            self.first_day, self.last_day = min(first, self.first_day), max(last, self.last_day)
            try:
                self._read_window()
            except StoreTrouble:
                self.first_day, self.last_day = before
                raise

    def _mask(self, place: Place) -> int:
        known = self._masks.get(place)
        if known is None:
            now, known, mortal = self.clock_ms(), 0, False
            for start, end, expires_at in self._claims.get(place, ()):
                mortal = mortal or expires_at is not None
                if expires_at is None or expires_at > now:
                    known |= span(start, end)
            if not mortal:
                self._masks[place] = known
        return known

    def _occupied(self, request: Request) -> Occupied:
        masks = {place: self._mask(place) for place in self._claims}
        client: dict[str, int] = {}
        if request.client is not None:
            with self._desk.store.read() as unit:
                first, last = request.first_day.isoformat(), request.last_day.isoformat()
                client = client_masks(self._desk, unit, request.client, first, last, unit.clock_ms())
        return Occupied(masks, client, self._limits(request) if self.catalogue.has_limits else {})

    def _places_used(self, unit: Unit, first: str, last: str) -> dict[Place, list[_Use]]:
        """Return who has a place in a limited segment between two days; claims do not tell, since a move shares its place."""
        found: dict[Place, list[_Use]] = {}
        if self.catalogue.has_limits:
            for diary, day, pattern, segment, expires_at in window_queries.segment_places(unit, self._desk.site, first, last):
                found.setdefault((diary, day), []).append((pattern, segment, expires_at))
        return found

    def _limits(self, request: Request) -> dict[tuple[str, str, str, int], int]:
        """Return how many appointments each limited segment of a request's days has."""
        now, uses = self.clock_ms(), dict[tuple[str, str, str, int], int]()
        first, last = request.first_day.isoformat(), request.last_day.isoformat()
        for (diary, day), places in self._uses.items():
            for pattern, segment, expires_at in places if first <= day <= last else ():
                if expires_at is None or expires_at > now:
                    uses[diary, day, pattern, segment] = uses.get((diary, day, pattern, segment), 0) + 1
        return uses

    def search(self, request: Request) -> Found:
        """Return what a request finds in memory; an unknown need raises finding.UnknownNeed."""
        wanted = request if request.booker is not None else replace(request, booker=self._desk.staff.booker)
        with self._lock:
            check_needs(self.catalogue, wanted.needs)
            if not self.covers(wanted.first_day, wanted.last_day):
                self.widen(wanted.first_day, wanted.last_day)
            asked = as_asked_by(self._desk, self.catalogue, wanted)
            if isinstance(asked, Found):
                return asked
            found = offers(self.catalogue, asked, self._occupied(asked), self._seen.site_now())
            return with_drop_in(self.catalogue, found, self._seen.site_now())

    def starts(self, request: Request, days: Iterable[date]) -> dict[tuple[str, date], tuple[int, int]]:
        """Return for each (diary, day) the mask of starts of the type in hand and its length in ticks, in any part of the day."""
        if request.type not in self.catalogue.types:
            return {}
        shown = list(days)
        wanted = replace(
            request, first_day=min(shown), last_day=max(shown), window=None, diary=None, team=None, booker=self._desk.staff.booker
        )
        with self._lock:
            if not self.covers(wanted.first_day, wanted.last_day):
                self.widen(wanted.first_day, wanted.last_day)
            search = Search(self.catalogue, wanted, self._occupied(wanted), self._seen.site_now())
            found: dict[tuple[str, date], tuple[int, int]] = {}
            for diary in search.diaries():
                for day in shown:
                    answer = search.diary_day(diary, day)
                    if isinstance(answer, DiaryDay) and day >= search.now.day:
                        found[diary.code, day] = (answer.starts, answer.length)
            return found

    def heat_maps(self, asked: Iterable[WeekAsked]) -> list[HeatMap]:
        """Return heat maps from memory, as services.week; the disk is touched only for a week outside the window."""
        with self._lock:
            found = []
            for one in asked:
                if not self.covers(one.week.monday, one.week.sunday):
                    self.widen(one.week.monday - WEEKS_AROUND, one.week.sunday + WEEKS_AROUND)
                wanted = as_seen_by(self._desk, checked(self.catalogue, one))
                occupied = self._occupied(request_of(wanted, ""))
                found.append(heat_map(self.catalogue, wanted, occupied, self._seen.site_now()))
            return found

    def ahead(self, asked: WeekAsked) -> Ahead:
        """Return the starts by day of a week and those after it, from memory, as services.week."""
        with self._lock:
            maps = self.heat_maps(replace(asked, week=one) for one in weeks_from(asked.week))
            return ahead_of(maps, self.catalogue.closures, self._seen.site_now().day)

    def key_types_without_start(self) -> frozenset[str]:
        """Return the codes of key types with which something is wrong, from memory, as domain.key_types.without_start."""
        with self._lock:
            first, last = key_types.days_ahead(self.catalogue, self._seen.now.date())
            occupied, now = self._occupied_ahead(first, last), self._seen.site_now()
            return frozenset(kind.code for kind in key_types.without_start(self.catalogue, occupied, now))

    def guarantees(self) -> list[GuaranteeNow]:
        """Return how each guarantee stands from memory, as services.guarantees.

        The disk is touched once a day for how much was booked lately, and for days outside the window.
        """
        with self._lock:
            if not self.catalogue.guarantees:
                return []
            today = self._seen.now.date()
            first, last = longest(self.catalogue, today)
            if self._pace is None or self._pace[0] != today:
                with self._desk.store.read() as unit:
                    self._pace = today, pace_now(self._seen, unit, self.catalogue)
            occupied = self._occupied_ahead(first, last)
            return guarantees_now(self.catalogue, occupied, self._seen.site_now(), self._pace[1])

    def _occupied_ahead(self, first: date, last: date) -> Occupied:
        if not self.covers(first, last):
            self.widen(first, last)
        return self._occupied(Request("", first, last))

    def taken(self, wanted: Iterable[Offer]) -> tuple[Offer, ...]:
        """Return those of some offers whose time on some resource somebody has now."""
        with self._lock:
            return tuple(
                offer
                for offer in wanted
                if any(self._mask((one, offer.day.isoformat())) & span(offer.start, offer.end) for one in offer.resources)
            )

    def totals(self, day: date) -> Totals:
        """Return a day's open, free and stranded minutes over all enabled diaries, from memory."""
        catalogue = self.catalogue
        count = available = free = lost = 0
        with self._lock:
            for diary in catalogue.diaries.values():
                if diary.enabled:
                    busy = self._mask((diary.code, day.isoformat()))
                    open_mask = 0 if day in catalogue.closures else catalogue.plan(diary.code, day).open_mask
                    count += 1
                    available += open_mask.bit_count()
                    free += (open_mask & ~busy).bit_count()
                    lost += stranded(catalogue, diary.code, day, busy)[1] if open_mask else 0
        return Totals(count, available * MINUTES_PER_TICK, free * MINUTES_PER_TICK, lost * MINUTES_PER_TICK)

    def poll(self) -> Changes | None:
        """Return what has changed since the last poll and patch the masks: one range query however many lines there are.

        Trouble with the store raises StoreTrouble; the next poll misses nothing.
        """
        with self._feed_lock:
            file, last_seq = self._look_at_file(), self._feed.last_seq
            events = self._feed.poll()
            self._file = file
            if not events:
                return None
            try:
                return self._patched(events)
            except StoreTrouble:
                self._feed.close()
                self._feed.last_seq = last_seq
                raise

    def _look_at_file(self) -> tuple[int, int] | None:
        """Return the store's file; raise StoreTrouble where it is missing, connect anew to one that was put in its place."""
        if self._file is None:
            return None
        found = self._file_now()
        if found is None:
            raise StoreTrouble(_GONE)
        if found != self._file:
            self._feed.close()
            self._desk.store.close()
            self._read_window()
        return found

    def _patched(self, events: list[Event]) -> Changes:
        with self._lock:
            first, last = self.first_day.isoformat(), self.last_day.isoformat()
            places = frozenset(place for event in events for place in event.touched if first <= place[1] <= last)
            claims, used, rules = self._feed.read(lambda unit: self._read_places(unit, sorted(places)))
            for place in places:
                self._uses.pop(place, None)
                if place in used:
                    self._uses[place] = used[place]
                self._claims.pop(place, None)
                self._masks.pop(place, None)
            for resource, day, start, end, expires_at in claims:
                self._claims.setdefault((resource, day), []).append((start, end, expires_at))
        return Changes(tuple(events), places, rules)

    def _read_places(self, unit: Unit, places: list[Place]) -> tuple[Sequence[Sequence[Any]], dict[Place, list[_Use]], bool]:
        """Read what stands on some places now and whether the rules have changed; what is read after a line has it in it."""
        before = self._catalogue
        version, clock = catalogue_queries.version_and_clock(unit, self._desk.site, keep=False)
        self._clock_offset = clock - int(time.monotonic() * 1000)
        if before is None or before.version != version:
            with self._desk.store.read() as whole:
                self._catalogue = self._desk.catalogue(whole)
        if not places:
            return (), {}, self._catalogue is not before
        days = [day for _resource, day in places]
        claims = window_queries.claims_of(unit, self._desk.site, places)
        return claims, self._places_used(unit, min(days), max(days)), self._catalogue is not before

    def next_expiry(self) -> int | None:
        """Return the instant (ms UTC, database's clock) at which the next hold of the window lapses, or None."""
        now = self.clock_ms()
        with self._lock:
            ends = [end for claims in self._claims.values() for _start, _last, end in claims if end and end > now]
        return min(ends, default=None)

    def run(self, stop: Signal, on_changes: Callable[[Changes], None], on_trouble: Callable[[str | None], None]) -> None:
        """Poll until told to stop: changes go to one callable, trouble (None when it is over) to the other.

        Meant for a thread of its own; the callables must be safe to call from it.
        """
        pause = POLL_SECONDS[self._desk.store.engine_name]
        while not stop.wait(pause if self._trouble is None else max(pause, TROUBLED_SECONDS)):
            self.step(on_changes, on_trouble)

    def step(self, on_changes: Callable[[Changes], None], on_trouble: Callable[[str | None], None]) -> None:
        """Poll once; trouble is told when it begins, when it becomes another, and with None when it is over."""
        try:
            changes = self.poll()
        except StoreTrouble as error:
            if str(error) != self._trouble:
                self._trouble = str(error)
                on_trouble(self._trouble)
            return
        if self._trouble is not None:
            self._trouble = None
            on_trouble(None)
        if changes is not None:
            on_changes(changes)

    def close(self) -> None:
        """Close the feed's connection; the desk's store is its owner's to close."""
        with self._feed_lock:
            self._feed.close()
