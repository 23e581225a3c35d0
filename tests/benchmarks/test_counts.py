"""How many SQL statements each act on the hot path sends to a warm SQLite store, BEGIN and COMMIT left out.

They are counted in the driver, below whatever layer sends them. A smaller number is good news: write it down here.
And how much a search reads: the same whatever the site's past.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from agent_tui.domain.requests import Booked, Found, Outcome, Request, Wish
from agent_tui.services import booking, changes
from agent_tui.services.desk import Desk
from agent_tui.store.driver import dbapi
from agent_tui.store.unit_of_work import Store
from tests.benchmarks import world
from tests.small_site import DAY, NINE, ONE, SITE, STAFF, TEN, make_site
from tests.small_site import NOW as SITE_NOW

CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")

COUNTS = {
    "search": 4,
    "search for a claimant": 6,
    "hold": 11,
    "hold of what is taken": 20,
    "book": 12,
    "book with a room": 14,
    "confirm": 13,
    "move": 21,
    "cancel": 18,
    "undo": 28,
    "a retry": 3,
}


def counting(sent: list[str], given: dict[str, Any], fetched: list[Any] | None = None) -> Any:
    """Return a class of connections whose cursors write down each statement, the values it was last given, and rows."""

    def execute(cursor: Any, statement: str, *values: Any) -> Any:
        sent.append(statement)
        given[statement] = values
        return dbapi.Cursor.execute(cursor, statement, *values)

    def executemany(cursor: Any, statement: str, *values: Any) -> Any:
        sent.append(statement)
        return dbapi.Cursor.executemany(cursor, statement, *values)

    def fetchall(cursor: Any) -> Any:
        rows = dbapi.Cursor.fetchall(cursor)
        if fetched is not None:
            fetched.extend(rows)
        return rows

    methods = {"execute": execute, "executemany": executemany, "fetchall": fetchall}
    cursors = type("CountingCursor", (dbapi.Cursor,), methods)
    return type("CountingConnection", (dbapi.Connection,), {"cursor": lambda self: dbapi.Connection.cursor(self, cursors)})


def counted_store(location: str, connection_class: Any, work: list[None] | None = None) -> Store:
    """Return a store whose connections are of a class; with `work` each step of SQLite's machine is put down there."""
    store = Store(location)

    def step() -> int:
        assert work is not None
        work.append(None)
        return 0

    for engine in (store.read_engine, store.write_engine):

        @event.listens_for(engine, "do_connect")
        def _connect(_dialect: Any, _record: Any, arguments: list[Any], options: dict[str, Any]) -> Any:
            connection = dbapi.connect(*arguments, **options, factory=connection_class)
            if work is not None:
                connection.set_progress_handler(step, 1)
            return connection

    return store


class Counter:
    """A desk whose statements are counted, the values of each kept beside it in `values`."""

    def __init__(self, desk: Desk, sent: list[str], values: dict[str, Any]) -> None:
        self.desk = desk
        self._sent = sent
        self.values = values

    def of(self, act: Any) -> tuple[Any, list[str]]:
        """Return what an act answers and the statements that it sent."""
        self._sent.clear()
        answer = act()
        return answer, [one for one in self._sent if not one.lstrip().upper().startswith(CONTROL)]


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    """A warm desk on the small site."""
    location = str(tmp_path / "store.db")
    make_site(location)
    sent: list[str] = []
    given: dict[str, Any] = {}
    store = counted_store(location, counting(sent, given))
    try:
        person = next(one for one in STAFF if one.login == "agent1")
        found = Counter(Desk(store, SITE, person, SITE_NOW), sent, given)
        # Warm: connected, and the site's rules read.
        booking.search(found.desk, Request("NJR-F2F", DAY, DAY))
        booking.book(found.desk, wish(ONE + 24, "C000010", "D03"))
        yield found
    finally:
        store.close()


def wish(start: int, client: str, diary: str = "D01", type: str = "NJR-F2F") -> Wish:
    """Return the wish for a start on the day."""
    return Wish(type, DAY, start, diary, client=client)


def done(outcome: Outcome) -> Booked:
    """Return an act that must have been done."""
    assert isinstance(outcome, Booked), outcome
    return outcome


def walk(counter: Counter) -> dict[str, list[str]]:
    """Return the statements of each act on the hot path."""
    desk = counter.desk
    sent: dict[str, list[str]] = {}

    def count(name: str, act: Any) -> Any:
        answer, sent[name] = counter.of(act)
        return answer

    everyone = Request("NJR-F2F", DAY, DAY)
    assert count("search", lambda: booking.search(desk, everyone)).offers
    assert count("search for a claimant", lambda: booking.search(desk, replace(everyone, client="C000001"))).offers
    held = done(count("hold", lambda: booking.hold(desk, wish(NINE, "C000001"))))
    assert not isinstance(count("hold of what is taken", lambda: booking.hold(desk, wish(NINE, "C000002"))), Booked)
    booked = done(count("book", lambda: booking.book(desk, wish(ONE, "C000003"), id="booked")))
    done(count("book with a room", lambda: booking.book(desk, wish(ONE, "C000004", "D02", "EV-F2F"))))
    done(count("confirm", lambda: booking.confirm(desk, held.entry.id)))
    done(count("move", lambda: changes.move(desk, booked.entry.id, DAY, TEN, "D02")))
    done(count("undo", lambda: changes.undo(desk)))
    assert done(count("a retry", lambda: booking.book(desk, wish(ONE, "C000003"), id="booked"))).repeated
    done(count("cancel", lambda: changes.cancel(desk, booked.entry.id, "claimant")))
    return sent


def test_the_hot_path_sends_no_more_statements_than_before(counter: Counter) -> None:
    sent = walk(counter)
    assert {name: len(statements) for name, statements in sent.items()} == COUNTS, "\n".join(
        f"{name}: {statement[:110]}" for name, statements in sent.items() for statement in statements
    )


# Tables that grow with every call. What reads one of them by the site alone reads all that ever happened there.
GROWING = ("entry", "claim", "occupancy", "event", "message", "client", "flag", "note", "call", "segment_use")


def test_no_statement_of_the_hot_path_reads_all_of_a_site(counter: Counter) -> None:
    statements = sorted({one for sent in walk(counter).values() for one in sent})
    whole = []
    with closing(dbapi.connect(counter.desk.store.location)) as connection:
        for statement in statements:
            for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {statement}", *counter.values[statement]):
                words = step.split()
                if words[0] in ("SCAN", "SEARCH") and (words[0] == "SCAN" or step.endswith(" (site=?)")):
                    table = {"c": "claim", "e": "entry", "u": "segment_use"}.get(words[1], words[1])
                    # The last line of a person is read backwards from the end and stops at the first.
                    if table in GROWING and not statement.endswith("ORDER BY seq DESC LIMIT 1"):
                        whole.append(f"{step}: {statement[:120]}")
    assert whole == [], "\n".join(whole)


PAST = (200, 4_000)
"""Appointments before the window of two sites that are otherwise the same."""


@dataclass(frozen=True)
class Read:
    """What one search of a site read: its answer, its statements, the rows that the driver brought, SQLite's steps."""

    found: Found
    statements: list[str]
    rows: list[Any]
    steps: int


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Two stores of a site with the same window of days, one with a short past and one with a long one."""
    folder, size = tmp_path_factory.mktemp("sites"), world.Size(coaches=4, clients=50)
    locations = []
    for past in PAST:
        locations.append(str(folder / f"{past}.db"))
        world.make_world(locations[-1], world.with_history(size, 1, past), 1)
    return locations


def read_by_search(location: str, request: Request, *, rules_in_memory: bool) -> Read:
    """Search a store, whose rules were read before or not, and return what that read."""
    sent: list[str] = []
    rows: list[Any] = []
    steps: list[None] = []
    store = counted_store(location, counting(sent, {}, rows), steps)
    try:
        desk = Desk(store, world.SITE, world.agent(0), world.NOW)
        if rules_in_memory:
            booking.search(desk, Request("NJR-F2F", DAY, DAY))
        for counted in (sent, rows, steps):
            counted.clear()
        found = booking.search(desk, request)
        return Read(found, [one for one in sent if not one.upper().startswith(CONTROL)], list(rows), len(steps))
    finally:
        store.close()


@pytest.mark.parametrize("rules_in_memory", [True, False], ids=["rules in memory", "a desk opened anew"])
@pytest.mark.parametrize("code", ["WSR-PHONE", "EV-F2F", "FC-F2F"])
def test_a_search_reads_as_much_whatever_the_past(sites: list[str], code: str, rules_in_memory: bool) -> None:
    short, long = (read_by_search(one, world.request(code), rules_in_memory=rules_in_memory) for one in sites)
    assert long.found == short.found
    assert long.statements == short.statements
    assert len(long.rows) == len(short.rows)
    assert long.steps == short.steps > 1_000


def test_a_search_fetches_the_claims_of_its_window_and_no_others(sites: list[str]) -> None:
    with closing(dbapi.connect(sites[-1])) as connection:
        days = [one.isoformat() for one in world.window()]
        of_window = connection.execute("SELECT COUNT(*) FROM claim WHERE day BETWEEN ? AND ?", (days[0], days[-1])).fetchone()[0]
        of_past = connection.execute("SELECT COUNT(*) FROM claim WHERE day < ?", (days[0],)).fetchone()[0]
        limited = connection.execute("SELECT COUNT(*) FROM segment_use WHERE day < ?", (days[0],)).fetchone()[0]
    assert of_past == PAST[-1]
    assert limited > 0
    claims = [row for row in read_by_search(sites[-1], world.request("FC-F2F"), rules_in_memory=True).rows if len(row) == 4]
    assert len(claims) == of_window
    assert {row[1] for row in claims} <= set(days)


def test_a_search_finds_claims_and_uses_of_limits_by_resource_and_day(sites: list[str]) -> None:
    sent: list[str] = []
    given: dict[str, Any] = {}
    store = counted_store(sites[-1], counting(sent, given))
    try:
        booking.search(Desk(store, world.SITE, world.agent(0), world.NOW), world.request("FC-F2F"))
        with closing(dbapi.connect(sites[-1])) as connection:
            plans = {
                step.split("(")[-1]
                for statement in sent
                if "FROM claim" in statement or "FROM segment_use" in statement
                for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {statement}", *given[statement])
                if step.split()[1] in ("claim", "u")
            }
    finally:
        store.close()
    assert plans == {"site=? AND resource=? AND day>? AND day<?)"}
