"""The small site on both engines, and an independent sweep over its tables after every test."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from shutil import copyfile
from typing import Any
from uuid import UUID, uuid4

import pytest

from agent_tui.domain.flags import UNPLACED, replayed
from agent_tui.domain.log import VERBS
from agent_tui.domain.patterns import Pattern
from agent_tui.domain.requests import Booked, HandedOff, Offer, Outcome, Refused, Wish
from agent_tui.domain.story import Words, event_words, sentence
from agent_tui.domain.types import AppointmentType
from agent_tui.services import booking
from agent_tui.services.desk import Desk
from agent_tui.services.finding import search
from agent_tui.store.opening import create_store, open_store
from agent_tui.store.queries import catalogue
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import flags as flag_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.tables import tables_by_name
from agent_tui.store.unit_of_work import Store, Unit
from tests.postgres_server import Server
from tests.small_site import DAY, NINE, NOW, STAFF, fill_site, make_site

LIVE = {"held", "booked", "attended", "late", "dna", "blocked"}

_sites = count(1)


def uid(number: int) -> str:
    """Return a request's id that is the same in every run."""
    return str(UUID(int=number))


def wish(type: str = "FC-F2F", diary: str | None = "D01", start: int | None = NINE, **more: Any) -> Wish:
    """Return the wish for a start on the day after tomorrow's yesterday, that is DAY, for the first claimant."""
    said = {"type": type, "diary": diary, "start": start, "day": DAY, "client": "C000001", **more}
    return Wish(**said)


def done(outcome: Outcome, status: str | None = None) -> Booked:
    """Return an act that must have been done."""
    assert isinstance(outcome, Booked), outcome
    assert status in (None, outcome.status)
    return outcome


def refused(outcome: Outcome, code: str) -> Refused:
    """Return an act that must have been refused with a code, in a sentence."""
    assert isinstance(outcome, Refused), outcome
    assert outcome.code == code, outcome
    assert outcome.reason.rstrip(".")
    return outcome


def handed_off(outcome: Outcome) -> HandedOff:
    """Return a wish that must have been handed off."""
    assert isinstance(outcome, HandedOff), outcome
    return outcome


@dataclass
class House:
    """One site in a store that nobody else writes to."""

    store: Store
    site: str
    now: datetime = NOW
    swept_at_the_end: bool = True

    def desk(
        self, login: str = "agent1", *, later: float = 0, now: datetime | None = None, hold_seconds: int | None = None
    ) -> Desk:
        """Return somebody's desk, some seconds later than the house's now or at another time."""
        person = next(one for one in STAFF if one.login == login)
        return Desk(self.store, self.site, person, (now or self.now) + timedelta(seconds=later), hold_seconds)

    def write(self, work: Callable[[Unit], Any]) -> Any:
        """Run raw work in a transaction."""
        return self.store.write(work)

    def sql(self, statement: str, *values: Any) -> None:
        """Run one raw statement on this site (its first value is the site)."""
        self.write(lambda unit: unit.run(statement, self.site, *values))

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a raw query on this site (its first value is the site)."""
        with self.store.read() as unit:
            return [tuple(row) for row in unit.rows(statement, self.site, *values)]

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of every table of this site."""
        with self.store.read() as unit:
            found = {name: unit.rows(f"SELECT * FROM {name} WHERE site = ?", self.site) for name in tables_by_name()}
        return {name: sorted(map(tuple, rows), key=repr) for name, rows in found.items()}

    def expire(self, *holds: str) -> None:
        """Set the end of holds a second into the past, as if their time had run out."""

        def work(unit: Unit) -> None:
            past = unit.clock_ms() - 1000
            for hold in holds:
                assert unit.run("UPDATE entry SET expires_at = ? WHERE site = ? AND id = ?", past, self.site, hold) == 1
                unit.run("UPDATE claim SET expires_at = ? WHERE site = ? AND entry = ?", past, self.site, hold)

        self.write(work)

    def change_rules(self, work: Callable[[Unit, str], Any]) -> None:
        """Change the site's rules and make everybody read them anew."""

        def both(unit: Unit) -> None:
            catalogue.bump_version(unit, self.site)
            work(unit, self.site)

        self.write(both)

    def add_patterns(self, *patterns: Pattern) -> None:
        """Add patterns to the site."""
        self.change_rules(lambda unit, site: catalogue.insert_patterns(unit, site, patterns))

    def add_type(self, kind: AppointmentType, *diaries: str) -> None:
        """Add a type and assign it to diaries."""

        def work(unit: Unit, site: str) -> None:
            catalogue.insert_types(unit, site, [kind])
            for code in diaries:
                catalogue.assign(unit, site, code, kind.code)

        self.change_rules(work)

    def claims(self, entry: str) -> list[tuple[str, str, int, int]]:
        """Return what an entry owns."""
        with self.store.read() as unit:
            return entry_queries.owned(unit, self.site, entry)

    def version(self, entry: str) -> int:
        """Return an entry's version."""
        return int(self.rows("SELECT version FROM entry WHERE site = ? AND id = ?", entry)[0][0])

    def status(self, entry: str) -> str:
        """Return an entry's status."""
        return str(self.rows("SELECT status FROM entry WHERE site = ? AND id = ?", entry)[0][0])

    def state(self, entry: str) -> dict[str, Any]:
        """Return an entry's row but for its version and a hold's end, with what it owns, its limits and its open flags."""
        columns = "kind, status, type, client, diary, day, start_tick, end_tick, resources, needs, channel, priority, contact"
        row = self.rows(f"SELECT {columns}, made_by, made_at, moving, reason FROM entry WHERE site = ? AND id = ?", entry)[0]
        uses = self.rows("SELECT resource, day, pattern, segment FROM segment_use WHERE site = ? AND entry = ?", entry)
        flags = self.rows("SELECT kind, status FROM flag WHERE site = ? AND (entry = ? OR other = ?) ORDER BY id", entry, entry)
        return {"row": row, "claims": self.claims(entry), "uses": uses, "flags": flags}

    def open_flags(self) -> list[tuple[Any, ...]]:
        """Return open flags as (kind, entry, other)."""
        return self.rows("SELECT kind, entry, other FROM flag WHERE site = ? AND status = 'open' ORDER BY id")

    def callbacks(self) -> list[tuple[Any, ...]]:
        """Return call-back records as (status, who, type, client, entry)."""
        return self.rows("SELECT status, who, type, client, entry FROM call WHERE site = ? AND kind = 'callback' ORDER BY id")

    def events(self, entry: str | None = None) -> list[dict[str, Any]]:
        """Return lines of the log as plain values, read without the code under test."""
        names = "seq, who, role, verb, entry, client, touched, before_state, after_state, reason, request"
        found = []
        for row in self.rows(f"SELECT {names} FROM event WHERE site = ? ORDER BY seq"):
            line = dict(zip(names.split(", "), row, strict=True))
            for name in ("touched", "before_state", "after_state"):
                line[name] = None if line[name] is None else json.loads(line[name])
            if entry in (None, line["entry"]):
                found.append(line)
        return found

    def verbs(self, entry: str | None = None) -> list[str]:
        """Return the verbs of the log in order."""
        return [line["verb"] for line in self.events(entry)]

    def starts(self, type: str = "FC-F2F", day: date = DAY, **more: Any) -> set[tuple[str, int]]:
        """Return what find offers an agent on a day, as (diary, start)."""
        from agent_tui.domain.requests import Request

        found = search(self.desk(), Request(type, day, day, limit=None, every=True, **more))
        return {(one.diary, one.start) for one in found.offers}

    def accepts(self, offers: tuple[Offer, ...], wanted: Wish, login: str = "agent1") -> None:
        """Check that there are offers and that each of them would be booked."""
        assert offers
        for one in offers:
            again = replace(wanted, diary=one.diary, day=one.day, start=one.start, first=False)
            done(booking.try_out(self.desk(login), again, confirm=again.client is not None))

    # The sweep: what must hold of the tables whatever was done (guides/reliability.md, I1 to I5 and I8).

    def sweep(self) -> None:
        """Check every invariant from the tables alone."""
        entries = {row[0]: row[1:] for row in self.rows(_ENTRIES)}
        claims = self.rows("SELECT entry, resource, day, start_tick, end_tick, expires_at FROM claim WHERE site = ?")
        self._sweep_ticks(entries, claims)
        self._sweep_limits(entries)
        self._sweep_log(entries, claims)
        self._sweep_flags(entries)
        self._sweep_words()

    def _sweep_words(self) -> None:
        """Each line of the log has its words in a list, and each about an entry its sentence."""
        with self.store.read() as unit:
            lines = [log_queries.event_of(row) for row in log_queries.rows_after(unit, self.site, 0, 1_000_000)]
        for one in lines:
            assert isinstance(event_words(one), str), one.verb
            assert one.entry is None or sentence(one, Words("Europe/London")).endswith("."), one.verb

    def _sweep_flags(self, entries: dict[str, tuple[Any, ...]]) -> None:
        """The log alone gives the flags, and whatever has no time has an open one."""
        with self.store.read() as unit:
            flags = {one.id: one for one in flag_queries.all_of(unit, self.site)}
            told = replayed(log_queries.event_of(row) for row in log_queries.rows_after(unit, self.site, 0, 1_000_000))
        assert told == flags, "replaying the log gives other flags"
        named = {one.entry for one in flags.values() if one.is_open and one.kind in UNPLACED}
        assert {id for id, row in entries.items() if row[1] == "unplaced"} <= named, "something has no time and no flag"

    def _sweep_ticks(self, entries: dict[str, tuple[Any, ...]], claims: list[tuple[Any, ...]]) -> None:
        owners: dict[tuple[str, str, int], str] = {}
        for entry, resource, day, start, end, expires_at in claims:
            status, expiry = entries[entry][1], entries[entry][14]
            assert status in LIVE, f"{entry} is {status} and owns time"
            assert expires_at == expiry, f"{entry}: the end of the hold differs"
            assert (status == "held") == (expiry is not None)
            for tick in range(start, end):
                assert (resource, day, tick) not in owners, f"{resource} {day} {tick} has two owners"
                owners[resource, day, tick] = entry
        stored = {
            (row[0], row[1], row[2]): row[3]
            for row in self.rows("SELECT resource, day, tick, entry FROM occupancy WHERE site = ?")
        }
        assert stored == owners, "claims and ticks differ"
        owned = {(row[0], row[1], row[2], row[3], row[4]) for row in claims}
        # What came with its outcome from another system may share its time.
        history = {row[0] for row in self.rows("SELECT entry FROM event WHERE site = ? AND verb = 'imported'")}
        for id, row in entries.items():
            status, day, start, end, moving = row[1], row[5], row[6], row[7], row[15]
            mine = {one[1:] for one in owned if one[0] == id}
            whole = {(resource, day, start, end) for resource in json.loads(row[8])}
            if status == "booked" or (status == "late" and id not in history) or (status == "held" and moving is None):
                assert mine == whole, f"{id} is {status} and does not own exactly its time"
            for resource, on, first, last in mine:
                assert on == day
                assert resource in json.loads(row[8])
                assert start <= first < last <= end

    def _sweep_limits(self, entries: dict[str, tuple[Any, ...]]) -> None:
        limited = {
            (row[0], row[1]): (row[2], row[3])
            for row in self.rows("SELECT pattern, start_tick, end_tick, most FROM segment WHERE site = ? AND most IS NOT NULL")
        }
        uses = self.rows("SELECT resource, day, pattern, segment, ordinal, entry FROM segment_use WHERE site = ?")
        for resource, day, pattern, segment, ordinal, entry in uses:
            end, most = limited[pattern, segment]
            row = entries[entry]
            assert 1 <= ordinal <= most
            assert row[1] in LIVE, f"{entry} is {row[1]} and uses a limit"
            assert (row[4], row[5]) == (resource, day)
            assert row[6] < end
            assert segment < row[7]
        assert max(Counter((row[0], row[1], row[2], row[3], row[5]) for row in uses).values(), default=1) == 1

    def _sweep_log(self, entries: dict[str, tuple[Any, ...]], claims: list[tuple[Any, ...]]) -> None:
        previous = "0" * 64
        last: dict[str, dict[str, Any]] = {}
        lines = self.rows(f"SELECT {_EVENTS}, previous, hash FROM event WHERE site = ? ORDER BY seq")
        assert [row[1] for row in lines] == list(range(1, len(lines) + 1)), "seq has gaps"
        assert {row[6] for row in lines} <= set(VERBS), "a verb that `log --verb` would refuse"
        for row in lines:
            text = json.dumps(list(row[:15]), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            assert row[15] == previous
            previous = hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()
            assert row[16] == previous, f"the chain breaks at {row[1]}"
            self._sweep_line(row, last)
        assert self.rows("SELECT seq, hash FROM site_head WHERE site = ?") == [(len(lines), previous)]
        assert set(last) == set(entries), "an entry without a line, or a line without an entry"
        for id, state in last.items():
            row = entries[id]
            names = ("kind", "status", "type", "client", "diary", "day", "start", "end")
            assert tuple(state[name] for name in names) == row[:8], id
            assert (state["resources"], state["needs"]) == (json.loads(row[8]), json.loads(row[9]))
            rest = ("channel", "priority", "contact", "version")
            assert tuple(state[name] for name in rest) == row[10:14], id
            assert (state["moving"], state["reason"]) == (row[15], row[16])
            mine = sorted([one[1], one[2], one[3], one[4]] for one in claims if one[0] == id)
            assert sorted(state["claims"]) == mine, f"{id} owns other time than the log says"

    def _sweep_line(self, row: tuple[Any, ...], last: dict[str, dict[str, Any]]) -> None:
        entry, touched = row[7], {tuple(pair) for pair in json.loads(row[9])}
        before = None if row[10] is None else json.loads(row[10])
        after = None if row[11] is None else json.loads(row[11])
        owned = {(claim[0], claim[1]) for state in (before, after) if state for claim in state.get("claims", ())}
        assert touched == owned, f"line {row[1]} does not touch all it changed"
        if entry is not None:
            assert after is not None
            if before is not None:
                known, told = dict(last[entry]), dict(before)
                assert {**known, "expires_at": None} == {**told, "expires_at": None}, f"line {row[1]} begins elsewhere"
                assert after["version"] > told["version"]
            else:
                assert entry not in last
            last[entry] = after


_ENTRIES = (
    "SELECT id, kind, status, type, client, diary, day, start_tick, end_tick, resources, needs, channel, priority, contact,"
    " version, expires_at, moving, reason FROM entry WHERE site = ?"
)
_EVENTS = (
    "site, seq, at, stamped, who, role, verb, entry, client, touched, before_state, after_state, reason, request, fingerprint"
)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite store with the small site, to be copied."""
    path = tmp_path_factory.mktemp("template") / "site.db"
    make_site(str(path))
    return path


@pytest.fixture
def on_sqlite(template: Path, tmp_path: Path) -> Iterator[House]:
    """The small site in a SQLite file of this test's own."""
    path = tmp_path / "site.db"
    copyfile(template, path)
    store = open_store(str(path))
    house = House(store, "LPP")
    try:
        yield house
        if house.swept_at_the_end:
            house.sweep()
    finally:
        store.close()


@pytest.fixture(scope="session")
def postgres_store(postgres_server: Server) -> Iterator[Store]:
    """A PostgreSQL database whose tests each have a site of their own in it."""
    name = f"services_{uuid4().hex}"
    store = create_store(postgres_server.create_database(name))
    try:
        yield store
    finally:
        store.close()
        postgres_server.drop_database(name)


@pytest.fixture
def on_postgres(postgres_store: Store) -> Iterator[House]:
    """The small site in PostgreSQL, under a code of this test's own."""
    site = f"S{next(_sites):05d}"
    postgres_store.write(lambda unit: fill_site(unit, site))
    house = House(postgres_store, site)
    yield house
    house.sweep()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def house(request: pytest.FixtureRequest) -> House:
    """The small site, once on each engine; swept after the test."""
    found = request.getfixturevalue(f"on_{request.param}")
    assert isinstance(found, House)
    return found
