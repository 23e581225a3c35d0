"""A whole site to try the program on: the same arguments make the same store, row for row."""

import os
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from agent_tui.domain.clients import Client
from agent_tui.domain.demand import LearntFrom, days_learnt_from
from agent_tui.domain.requests import EntryState
from agent_tui.domain.site import Staff
from agent_tui.domain.ticks import MINUTES_PER_TICK
from agent_tui.domain.wall_time import instant_ms
from agent_tui.services.closures import SOURCE
from agent_tui.services.demand import tables_for
from agent_tui.services.demo_calls import Call, Callers, days_between, pick
from agent_tui.services.demo_site import DemoSite, demo_site
from agent_tui.store.engine import is_url
from agent_tui.store.opening import checked_path, create_store, remove_store, schema_version
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import guarantees as guarantee_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries import offers as offer_queries
from agent_tui.store.queries.log import NewEvent, Stamp
from agent_tui.store.schema import REVISIONS
from agent_tui.store.trouble import shown
from agent_tui.store.unit_of_work import Store, Unit

MOST_COACHES = 200
MOST_DAYS = 60
FIRST_START, LAST_START = date(2020, 2, 1), date(2099, 1, 1)
ORIGIN = "demo"
FINGERPRINT = "demo"
CALL_DAYS = 10
STEPS = 3
CONTACTS = (*("phone",) * 16, *("online",) * 2, "email", "walk-in")
LANGUAGES = ("Polish", "Urdu", "Romanian", "Arabic", "British Sign Language")
ACCESS_NEEDS = ("Large print", "Step-free access", "Hearing loop")


class DemoRefused(Exception):
    """A demo that is not made; the message is a sentence that says why, and nothing was changed."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What was loaded: the contract's keys; minutes are those of the diaries from `first_day` to `last_day`."""

    store: str
    site: str
    seed: int
    first_day: date
    last_day: date
    teams: int
    diaries: int
    rooms: int
    types: int
    clients: int
    appointments: int
    minutes_available: int
    minutes_booked: int


@dataclass(frozen=True, slots=True)
class Booking:
    """An appointment and the member of staff who booked it."""

    entry: EntryState
    who: Staff


@dataclass(frozen=True)
class Plan:
    """Everything that a demo store will hold, before any store exists."""

    site: DemoSite
    first_day: date
    last_day: date
    clients: tuple[Client, ...]
    bookings: tuple[Booking, ...]
    minutes_available: int

    @property
    def minutes_booked(self) -> int:
        """Return the minutes of all appointments."""
        return sum(one.entry.end - one.entry.start for one in self.bookings) * MINUTES_PER_TICK


def load(
    location: str,
    *,
    seed: int = 1,
    coaches: int = 27,
    days: int = 20,
    fill: float = 0.85,
    start: date,
    force: bool = False,
    told: Callable[[str, int, int], None] | None = None,
) -> DemoReport:
    """Make a store with a demo site whose `days` working days from `start` are booked to `fill`, in one transaction.

    Whatever exists at `location` raises DemoRefused, but for a store that a demo made when `force` is given: that one is
    removed first. `told` hears how many of the steps are done. Trouble with the store raises StoreTrouble, and then no half
    a demo is left.
    """
    _check_arguments(coaches, days, fill, start)
    fill = float(fill)  # 1 and 1.0 are the same argument
    exists = _check_place(location, force)
    tell = told or (lambda _what, _done, _total: None)
    tell("Demo site", 0, STEPS)
    wanted = plan(seed, coaches, days, fill, start)
    origin = f"{ORIGIN} seed={seed} coaches={coaches} days={days} fill={fill} start={start.isoformat()}"
    tell("Demo site", 1, STEPS)
    if exists:
        remove_store(location)
    store = create_store(location)
    try:
        tell("Demo site", 2, STEPS)
        store.write(lambda unit: _write(unit, wanted, origin))
    except BaseException:
        store.close()
        remove_store(location)
        raise
    store.close()
    catalogue = wanted.site.catalogue
    return DemoReport(
        store=store.name,
        site=catalogue.site.code,
        seed=seed,
        first_day=wanted.first_day,
        last_day=wanted.last_day,
        teams=len(catalogue.teams),
        diaries=len(catalogue.diaries),
        rooms=sum(room.kind == "room" for room in catalogue.rooms.values()),
        types=len(catalogue.types),
        clients=len(wanted.clients),
        appointments=len(wanted.bookings),
        minutes_available=wanted.minutes_available,
        minutes_booked=wanted.minutes_booked,
    )


def _check_arguments(coaches: int, days: int, fill: float, start: date) -> None:
    if not 1 <= coaches <= MOST_COACHES:
        raise DemoRefused(f"A demo has 1 to {MOST_COACHES} coaches, not {coaches}.")
    if not 1 <= days <= MOST_DAYS:
        raise DemoRefused(f"A demo has 1 to {MOST_DAYS} working days, not {days}.")
    if not 0 <= fill <= 1:
        raise DemoRefused(f"The fill of a demo is between 0 and 1, not {fill}.")
    if not FIRST_START <= start <= LAST_START:
        raise DemoRefused(f"A demo starts between {FIRST_START.isoformat()} and {LAST_START.isoformat()}.")


def made_by_demo(location: str) -> bool:
    """Return whether a place holds a store that demo made; a place that holds none is False, trouble raises StoreTrouble."""
    if not is_url(location) and not os.path.lexists(os.path.realpath(Path(location).expanduser())):
        return False
    origins = origins_of(location if is_url(location) else str(checked_path(location)))
    return bool(origins) and all(origin.split(" ")[0] == ORIGIN for origin in origins or ())


def _check_place(location: str, force: bool) -> bool:
    """Return whether there is an older demo to be removed; another store raises DemoRefused, what is none StoreTrouble."""
    name = shown(location)
    if is_url(location):
        if origins_of(location) is None:
            return False
    elif not os.path.lexists(os.path.realpath(Path(location).expanduser())):
        return False
    if not made_by_demo(location):
        raise DemoRefused(f"There is a store at {name} that no demo made; it stays as it is.")
    if not force:
        raise DemoRefused(
            f"There is a demo at {name} already: open it with agent-tui --store {name}, or replace it, with all that was"
            " booked in it, by --force."
        )
    return True


def origins_of(path: str) -> list[str] | None:
    """Return what made each site of a store at a real path or URL, None without a store of ours.

    The list is empty for a store of another version, which cannot be told.
    """
    store = Store(path)
    try:
        version = schema_version(store.read_engine)
        if version is None:
            return None
        if version not in REVISIONS:
            return []
        with store.read() as unit:
            return [catalogue_queries.origin(unit, site) for site in catalogue_queries.sites(unit)]
    finally:
        store.close()


def plan(seed: int, coaches: int, days: int, fill: float, start: date) -> Plan:
    """Return what a demo store will hold; reads the files of `data/` and nothing else, no clock and no store."""
    site = demo_site(coaches, start)
    rng = Random(f"{seed}/{coaches}/{days}/{float(fill)}/{start.isoformat()}")
    first = site.catalogue.working_days_from(start, 1)
    last = site.catalogue.working_days_from(start, days)
    callers = Callers(site, days_between(first, last), rng)
    callers.fill(fill)
    clients = Claimants(site, rng)
    stamps = _instants(len(callers.calls), first, site.catalogue.site.zone)
    booked = tuple(_booking(site, clients, rng, call, at) for call, at in zip(callers.calls, stamps, strict=True))
    return Plan(site, first, last, tuple(clients.all), booked, callers.calendar.available)


def _instants(count: int, first: date, zone: str) -> list[int]:
    """Return when each call came, in order: in the ten weekdays before the first day, from 08:00 to 18:00."""
    back = (first - timedelta(days=number) for number in range(1, 2 * CALL_DAYS + 1))
    weekdays = sorted([day for day in back if day.weekday() < 5][:CALL_DAYS])
    mornings = [instant_ms(datetime(day.year, day.month, day.day, 8), zone) for day in weekdays]
    out = []
    for number in range(count):
        day, rest = divmod(number * CALL_DAYS, count)
        out.append(mornings[day] + rest * 10 * 3_600_000 // count)
    return out


class Claimants:
    """The people who call: mostly the coach's own claimants again, never with two appointments on one day."""

    def __init__(self, site: DemoSite, rng: Random) -> None:
        self.all: list[Client] = []
        self._site = site
        self._rng = rng
        self._of_diary: dict[str, list[str]] = {}
        self._days: set[tuple[str, date]] = set()

    def caller(self, call: Call) -> str:
        """Return the opaque id of who called: somebody new for a first interview and now and then, else somebody known."""
        offer = call.offer
        known = self._of_diary.setdefault(offer.diary, [])
        first = self._site.catalogue.types[call.code].group == "initial"
        if known and not first and self._rng.random() < 0.8:
            for _ in range(4):
                ref = pick(self._rng, known)
                if (ref, offer.day) not in self._days:
                    self._days.add((ref, offer.day))
                    return ref
        ref = self._new()
        known.append(ref)
        self._days.add((ref, offer.day))
        return ref

    def _new(self) -> str:
        rng, number = self._rng, len(self.all) + 1
        first, last = pick(rng, self._site.first_names), pick(rng, self._site.last_names)
        digits = f"{number * 7919 % 1_000_000:06d}"
        wish = rng.random()
        client = Client(
            ref=f"C{number:06d}",
            name=f"{first} {last}",
            phone=f"07700 900{int(rng.random() * 1000):03d}",
            reference=f"QQ {digits[:2]} {digits[2:4]} {digits[4:]} {pick(rng, 'ABCD')}",
            email=f"{first}.{last}{number}@example.com".lower() if wish < 0.4 else "",
            language=pick(rng, LANGUAGES) if rng.random() < 0.04 else "",
            access_needs=pick(rng, ACCESS_NEEDS) if rng.random() < 0.03 else "",
        )
        self.all.append(client)
        return client.ref


def _booking(site: DemoSite, clients: Claimants, rng: Random, call: Call, at: int) -> Booking:
    offer = call.offer
    who = _agent(site, rng, call.code)
    entry = EntryState(
        id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        kind="appointment",
        status="booked",
        type=call.code,
        client=clients.caller(call),
        diary=offer.diary,
        day=offer.day,
        start=offer.start,
        end=offer.end,
        resources=offer.resources,
        needs=call.needs,
        channel=offer.channel,
        priority="standard",
        contact=pick(rng, CONTACTS),
        version=1,
        made_by=who.login,
        made_at=at,
    )
    return Booking(entry, who)


def _agent(site: DemoSite, rng: Random, code: str) -> Staff:
    """Return an agent whose organisation may book the type, else a team leader."""
    allowed = site.catalogue.types[code].may_book
    agents = [one for one in site.staff if one.role == "agent" and one.booker in allowed]
    return pick(rng, agents or [one for one in site.staff if one.role == "leader"])


def _write(unit: Unit, wanted: Plan, origin: str) -> None:
    catalogue = wanted.site.catalogue
    site = catalogue.site.code
    catalogue_queries.insert_site(unit, catalogue.site, origin)
    catalogue_queries.insert_types(unit, site, catalogue.types.values())
    catalogue_queries.insert_teams(unit, site, catalogue.teams)
    catalogue_queries.insert_diaries(unit, site, catalogue.diaries.values())
    catalogue_queries.insert_rooms(unit, site, catalogue.rooms.values())
    catalogue_queries.insert_staff(unit, site, wanted.site.staff)
    catalogue_queries.insert_patterns(unit, site, catalogue.patterns)
    catalogue_queries.insert_closures(unit, site, catalogue.closures, SOURCE)
    client_queries.insert_many(unit, site, wanted.clients)
    client_queries.set_counter(unit, site, len(wanted.clients))
    _write_entries(unit, site, [one.entry for one in wanted.bookings])
    _use_segments(unit, wanted)
    _write_log(unit, site, wanted.bookings)
    _write_demand(unit, wanted)
    first = datetime.combine(wanted.first_day, time())
    guarantee_queries.settle_usual(unit, site, catalogue.types, instant_ms(first, catalogue.site.zone))


def _write_demand(unit: Unit, wanted: Plan) -> None:
    """Let the site have learnt its demand on its first day, so that offers are ranked as they would be later."""
    catalogue = wanted.site.catalogue
    bookings = Counter(one.entry.type for one in wanted.bookings if one.entry.type is not None)
    first, last = days_learnt_from(wanted.first_day)
    learnt_at = max((one.entry.made_at for one in wanted.bookings), default=0)
    found = LearntFrom(first, last, bookings, {}, learnt_at)
    tables = tables_for(catalogue_queries.with_demand(catalogue, found), wanted.first_day)
    offer_queries.write_learnt(unit, catalogue.site.code, found, tables)


def _claims(entry: EntryState) -> list[entry_queries.Range]:
    iso = entry.day.isoformat()
    return [(resource, iso, entry.start, entry.end) for resource in sorted(entry.resources)]


def _write_entries(unit: Unit, site: str, entries: list[EntryState]) -> None:
    claims = [(entry.id, claim) for entry in entries for claim in _claims(entry)]
    unit.many(entry_queries.INSERT_STATEMENT, [entry_queries.insert_values(site, entry) for entry in entries])
    unit.many(
        entry_queries.CLAIM_STATEMENT, [(site, resource, day, start, id, end, None) for id, (resource, day, start, end) in claims]
    )
    unit.many(
        entry_queries.TICK_STATEMENT,
        [(site, resource, day, tick, id) for id, (resource, day, start, end) in claims for tick in range(start, end)],
    )


def _use_segments(unit: Unit, wanted: Plan) -> None:
    """Take a place in every limited segment, in the order of the calls."""
    catalogue = wanted.site.catalogue
    for entry in (one.entry for one in wanted.bookings):
        for stretch in catalogue.plan(entry.diary, entry.day).limited(entry.start, entry.end):
            pattern, segment = stretch.limit_key
            full = entry_queries.use_segment(unit, catalogue.site.code, entry, pattern, segment, stretch.segment.limit or 0)
            assert full is None, "the domain let more into a segment than its limit"


def _write_log(unit: Unit, site: str, bookings: Iterable[Booking]) -> None:
    """Write one line for each booking, as services.booking.book does, and the head of the chain."""
    (seq, previous), rows = log_queries.head(unit, site), []
    for one in bookings:
        entry, seq = one.entry, seq + 1
        claims = _claims(entry)
        new = NewEvent(
            verb="booked",
            entry=entry.id,
            client=entry.client,
            touched=tuple((resource, day) for resource, day, _, _ in claims),
            after=entry_queries.state_of(entry, claims),
            request=entry.id,
            fingerprint=FINGERPRINT,
        )
        stamp = Stamp(site, one.who.login, one.who.role, entry.made_at, entry.made_at)
        values, previous = log_queries.line(stamp, seq, previous, new)
        rows.append(values)
    unit.many(log_queries.INSERT_STATEMENT, rows)
    log_queries.set_head(unit, site, seq, previous)
