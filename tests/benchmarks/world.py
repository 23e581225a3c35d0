"""The site that is measured: 60 coaches, 20 working days filled to 85%, a past of appointments, and empty days to book into."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice, takewhile
from random import Random
from uuid import UUID

from agent_tui.domain.clients import Client
from agent_tui.domain.log import GENESIS
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.requests import EntryState, Request, Wish
from agent_tui.domain.site import Diary, Site, Staff
from agent_tui.services.desk import Desk
from agent_tui.store.opening import create_store
from agent_tui.store.queries import catalogue, clients
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.unit_of_work import Store, Unit
from tests.small_site import ASSIGNED, FIVE, FROM, NINE, NOON, ONE, ROOMS, TEAMS, TEN, TYPES

SITE = "BEN"
NOW = datetime(2026, 11, 24, 9, 0)
FIRST_DAY = date(2026, 11, 25)
WINDOW_DAYS = 20
WRITERS = 16
PART = 50_000  # appointments in one transaction
TICKS = {"FC-F2F": 10, "NJR-F2F": 6, "WSR-PHONE": 2}
HALVES = ((NINE, NOON), (ONE, FIVE))
# Of every step through a day, so many leave a gap of 2 ticks on average; the rest is 85% of the time.
GAPS = 0.346


@dataclass(frozen=True)
class Size:
    """How large the site is."""

    coaches: int = 60
    appointments: int = 100_000
    clients: int = 20_000
    empty_days: int = 20


QUICK = Size(coaches=60, appointments=20_000, clients=4_000, empty_days=10)


def weekdays(first: date, step: int = 1) -> Iterator[date]:
    """Yield days from Monday to Friday, forwards or backwards."""
    while True:
        if first.weekday() < 5:
            yield first
        first += timedelta(days=step)


def some(days: Iterator[date], count: int) -> list[date]:
    """Return the next days."""
    return [next(days) for _ in range(count)]


def window() -> list[date]:
    """Return the days that are searched."""
    return some(weekdays(FIRST_DAY), WINDOW_DAYS)


def request(code: str, limit: int | None = 50) -> Request:
    """Return a search of the whole window."""
    days = window()
    return Request(code, days[0], days[-1], limit=limit)


def diary_codes(size: Size) -> list[str]:
    """Return the codes of the diaries, all of one width, so that their order is that of their numbers."""
    width = max(3, len(str(size.coaches)))
    return [f"D{number:0{width}d}" for number in range(1, size.coaches + 1)]


def diaries(size: Size) -> list[Diary]:
    """Return the diaries, of one team and the other in turn; every type with a diary is assigned to all of them."""
    codes = enumerate(diary_codes(size))
    return [Diary(code, code, f"Coach {code}", None, "AB"[number % 2], True, ASSIGNED) for number, code in codes]


def agent(number: int) -> Staff:
    """Return one of the agents."""
    return Staff(f"agent{number}", f"Agent {number}", "agent")


def client(number: int) -> str:
    """Return the opaque id of a claimant."""
    return f"C{number:06d}"


def wishes(size: Size, seed: int) -> list[Wish]:
    """Return bookings that all fit into the empty days after the window, in random order; on average 6 ticks each."""
    random = Random(f"wishes:{seed}")
    out: list[Wish] = []
    for day in some(weekdays(window()[-1] + timedelta(days=1)), size.empty_days):
        for diary in diary_codes(size):
            for first, last in HALVES:
                start, kinds = first, [*TICKS, *TICKS]
                random.shuffle(kinds)
                for kind in kinds:
                    if start + TICKS[kind] <= last:
                        out.append(Wish(kind, day, start, diary))
                        start += TICKS[kind]
    random.shuffle(out)
    # Each claimant in turn, so that hardly anybody has two at once; where it happens it is allowed, and flagged.
    number = len(out)
    return [
        Wish(one.type, one.day, one.start, one.diary, client=client(1 + index % size.clients), allow_clash=number > size.clients)
        for index, one in enumerate(out)
    ]


def appointments(size: Size, seed: int) -> Iterator[tuple[str, str, date, int, int]]:
    """Yield (type, diary, day, start, end) of the window's days and then of the past, newest first, until there are enough."""
    random, left = Random(f"world:{seed}"), size.appointments
    days = iter([*window(), *some(weekdays(NOW.date() - timedelta(days=1), -1), 2_000)])
    while left:
        day = next(days)
        for diary in diary_codes(size):
            for first, last in HALVES:
                start = first
                while left:
                    if random.random() < GAPS:
                        start += random.randint(1, 3)
                        continue
                    kind = random.choice(list(TICKS))
                    if start + TICKS[kind] > last:
                        break
                    yield kind, diary, day, start, start + TICKS[kind]
                    start += TICKS[kind]
                    left -= 1


def entries(size: Size, seed: int) -> Iterator[EntryState]:
    """Yield the appointments as the store has them; their ids ascend, so that many are written in the order of their keys."""
    random = Random(f"people:{seed}")
    for number, (kind, diary, day, start, end) in enumerate(appointments(size, seed)):
        yield EntryState(
            id=str(UUID(int=number << 96 | random.getrandbits(96), version=4)),
            kind="appointment",
            status="booked" if day >= NOW.date() else "attended",
            type=kind,
            client=client(random.randint(1, size.clients)),
            diary=diary,
            day=day,
            start=start,
            end=end,
            resources=(diary,),
            needs=(),
            channel="phone" if kind == "WSR-PHONE" else "f2f",
            priority="standard",
            contact="phone",
            version=1,
            made_by="agent0",
            made_at=1_790_000_000_000,
        )


def in_window(size: Size, seed: int) -> list[tuple[str, str, date, int, int]]:
    """Return (type, diary, day, start, end) of the appointments that fill the window; they are the same with any past."""
    endless = replace(size, appointments=1_000_000_000)
    return list(takewhile(lambda one: one[2] >= FIRST_DAY, appointments(endless, seed)))


def with_history(size: Size, seed: int, history: int) -> Size:
    """Return a size whose window is full and whose past has so many appointments."""
    return replace(size, appointments=len(in_window(size, seed)) + history)


def patterns(size: Size) -> list[Pattern]:
    """Return the site's week, over it one team's, and over that a third of the diaries' own, the last with a limit."""
    week = tuple(Segment(first, last, ASSIGNED) for first, last in HALVES)
    own = (Segment(NINE, TEN, ASSIGNED), Segment(TEN, NOON, ASSIGNED), Segment(ONE, FIVE, ASSIGNED))
    codes = diary_codes(size)
    limited = (Segment(NINE, TEN, ASSIGNED, limit=12), Segment(TEN, NOON, ASSIGNED), Segment(ONE, FIVE, ASSIGNED))
    out: list[Pattern] = []
    for day in range(5):
        out += [
            Pattern(f"site-{day}", "site", "", day, None, FROM, None, week),
            Pattern(f"team-{day}", "team", "B", day, None, FROM, None, own),
            *(Pattern(f"{code}-{day}", "diary", code, day, None, FROM, None, own) for code in codes[:-1:3]),
            Pattern(f"{codes[-1]}-{day}", "diary", codes[-1], day, None, FROM, None, limited),
        ]
    return out


def _fill_rules(unit: Unit, size: Size) -> None:
    place = Site(SITE, "Leeds Park Place", "1 Park Place, Leeds LS1 2RU", "0113 496 0000", "ENG", "PAC desk")
    catalogue.insert_site(unit, place, "benchmark")
    catalogue.insert_types(unit, SITE, TYPES)
    catalogue.insert_teams(unit, SITE, TEAMS)
    catalogue.insert_diaries(unit, SITE, diaries(size))
    catalogue.insert_rooms(unit, SITE, ROOMS)
    catalogue.insert_staff(unit, SITE, [agent(number) for number in range(WRITERS)])
    catalogue.insert_patterns(unit, SITE, patterns(size))
    people = [Client(client(number), f"Sana Khan {number}", phone="0113 496 0001") for number in range(1, size.clients + 1)]
    clients.insert_many(unit, SITE, people)
    clients.set_counter(unit, SITE, size.clients)


def _fill_part(unit: Unit, part: list[EntryState], seq: int, digest: str, limited: str) -> str:
    """Write some appointments with all that they own and their lines of the log; return the hash of the last line."""
    unit.many(entry_queries.INSERT_STATEMENT, [entry_queries.insert_values(SITE, one) for one in part])
    unit.many(
        "INSERT INTO claim (site, resource, day, start_tick, entry, end_tick, expires_at) VALUES (?,?,?,?,?,?,?)",
        [(SITE, one.diary, one.day.isoformat(), one.start, one.id, one.end, None) for one in part],
    )
    unit.run(
        "WITH RECURSIVE n(tick) AS (SELECT 0 UNION ALL SELECT tick + 1 FROM n WHERE tick < 287)"
        " INSERT INTO occupancy (site, resource, day, tick, entry) SELECT e.site, e.diary, e.day, n.tick, e.id"
        " FROM entry e JOIN n ON n.tick >= e.start_tick AND n.tick < e.end_tick"
        " WHERE e.site = ? AND e.id BETWEEN ? AND ? ORDER BY e.site, e.diary, e.day, n.tick",
        SITE,
        part[0].id,
        part[-1].id,
    )
    # The start says which place in the segment it has: no two of a day have the same, and there is a place for every tick.
    unit.many(
        "INSERT INTO segment_use (site, resource, day, pattern, segment, ordinal, entry) VALUES (?,?,?,?,?,?,?)",
        [
            (SITE, one.diary, one.day.isoformat(), f"{limited}-{one.day.weekday()}", NINE, one.start - NINE + 1, one.id)
            for one in part
            if one.diary == limited and one.start < TEN
        ],
    )
    return _write_log(unit, part, seq, digest)


def _write_log(unit: Unit, part: list[EntryState], seq: int, digest: str) -> str:
    rows = []
    for number, one in enumerate(part, seq + 1):
        iso = one.day.isoformat()
        new = log_queries.NewEvent(
            "booked",
            one.id,
            one.client,
            ((one.diary, iso),),
            after=entry_queries.state_of(one, [(one.diary, iso, one.start, one.end)]),
            request=one.id,
            fingerprint="0" * 32,
        )
        stamp = log_queries.Stamp(SITE, "agent0", "agent", one.made_at, one.made_at)
        values, digest = log_queries.line(stamp, number, digest, new)
        rows.append(values)
    unit.many(log_queries.INSERT_STATEMENT, rows)
    log_queries.set_head(unit, SITE, seq + len(rows), digest)
    return digest


def make_world(location: str, size: Size, seed: int) -> None:
    """Make a new store at a path or URL and write the site into it, its appointments in parts that memory holds."""
    store = create_store(location)
    try:
        store.write(lambda unit: _fill_rules(unit, size))
        rest, seq, digest = entries(size, seed), 0, GENESIS
        while part := list(islice(rest, PART)):
            digest = store.write(partial(_fill_part, part=part, seq=seq, digest=digest, limited=diary_codes(size)[-1]))
            seq += len(part)
    finally:
        store.close()
    analyse(location)


def analyse(location: str) -> None:
    """Let a PostgreSQL server look at the new tables now rather than in the middle of a measurement."""
    if "://" in location:
        import psycopg

        with psycopg.connect(location, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")


@contextmanager
def desk(location: str, number: int = 0) -> Iterator[Desk]:
    """Yield the desk of one of the agents."""
    store = Store(location)
    try:
        yield Desk(store, SITE, agent(number), NOW)
    finally:
        store.close()
