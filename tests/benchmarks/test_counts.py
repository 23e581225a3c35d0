"""How many SQL statements each act on the hot path sends to a warm SQLite store, BEGIN and COMMIT left out.

They are counted in the driver, below whatever layer sends them. A smaller number is good news: write it down here.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from agent_tui.domain.requests import Booked, Outcome, Request, Wish
from agent_tui.services import booking, changes
from agent_tui.services.desk import Desk
from agent_tui.store.driver import dbapi
from agent_tui.store.unit_of_work import Store
from tests.small_site import DAY, NINE, ONE, SITE, STAFF, TEN, make_site
from tests.small_site import NOW as SITE_NOW

CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")

COUNTS = {
    "search": 4,
    "search for a claimant": 6,
    "hold": 10,
    "hold of what is taken": 18,
    "book": 11,
    "book with a room": 13,
    "confirm": 12,
    "move": 19,
    "cancel": 16,
    "undo": 22,
    "a retry": 2,
}


def counting(sent: list[str], given: dict[str, Any]) -> Any:
    """Return a class of connections whose cursors write down each statement and the values it was last given."""

    def execute(cursor: Any, statement: str, *values: Any) -> Any:
        sent.append(statement)
        given[statement] = values
        return dbapi.Cursor.execute(cursor, statement, *values)

    def executemany(cursor: Any, statement: str, *values: Any) -> Any:
        sent.append(statement)
        return dbapi.Cursor.executemany(cursor, statement, *values)

    cursors = type("CountingCursor", (dbapi.Cursor,), {"execute": execute, "executemany": executemany})
    return type("CountingConnection", (dbapi.Connection,), {"cursor": lambda self: dbapi.Connection.cursor(self, cursors)})


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
    store = Store(location)
    sent: list[str] = []
    given: dict[str, Any] = {}
    connection_class = counting(sent, given)
    for engine in (store.read_engine, store.write_engine):

        @event.listens_for(engine, "do_connect")
        def _connect(_dialect: Any, _record: Any, arguments: list[Any], options: dict[str, Any]) -> Any:
            return dbapi.connect(*arguments, **options, factory=connection_class)

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
