"""Booking, against a one-row commit through the same layer and the driver's own; then many writers on one site."""

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from agent_tui.domain.requests import Booked, Wish
from agent_tui.services.booking import book, confirm, hold
from agent_tui.services.desk import Desk
from agent_tui.store.schema import HEAD
from agent_tui.store.unit_of_work import Store
from tests.benchmarks import world
from tests.benchmarks.finding import connect
from tests.benchmarks.timing import Line, in_turn, once
from tests.torture.crew import crew

AGAINST_LAYER, AGAINST_DRIVER = (">=", 0.5), (">=", 0.25)
MANY_WRITERS = (">=", 150.0)
FLOOR = "CREATE TABLE floor (id TEXT PRIMARY KEY, word TEXT NOT NULL)"


def make_floor(location: str) -> str:
    """Return where the one-row commits go: a file of their own beside the store, or a table in the same database."""
    postgres = "://" in location
    place = location if postgres else str(Path(location).with_name("floor.db"))
    connection = connect(place)
    try:
        if postgres:
            # A rate without the disk would be no rate.
            settings = [connection.execute(f"SHOW {name}").fetchone()[0] for name in ("fsync", "synchronous_commit")]
            assert settings == ["on", "on"], settings
        else:
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(FLOOR if postgres else FLOOR + " STRICT")
        if not postgres:  # the program's own layer writes into no store of another version
            connection.execute("CREATE TABLE alembic_version (version_num TEXT PRIMARY KEY) STRICT")
            connection.execute("INSERT INTO alembic_version VALUES (?)", (HEAD,))
    finally:
        connection.close()
    return place


def driver_row(connection: Any, *, postgres: bool) -> Callable[[], None]:
    """Return what commits one row through the bare driver."""
    mark = "%s" if postgres else "?"
    statement = f"INSERT INTO floor (id, word) VALUES ({mark}, {mark})"

    def write() -> None:
        connection.execute("BEGIN" if postgres else "BEGIN IMMEDIATE")
        connection.execute(statement, (str(uuid.uuid4()), "booked"))
        connection.execute("COMMIT")

    return write


def layer_row(store: Store) -> Callable[[], None]:
    """Return what commits one row through the program's own engine layer."""

    def write() -> None:
        store.write(lambda unit: unit.run("INSERT INTO floor (id, word) VALUES (?, ?)", str(uuid.uuid4()), "booked"))

    return write


def booker(desk: Desk, wishes: Iterator[Wish]) -> Callable[[], None]:
    """Return what books the next wish."""

    def write() -> None:
        told = book(desk, next(wishes))
        assert isinstance(told, Booked), told

    return write


def holder(desk: Desk, wishes: Iterator[Wish]) -> Callable[[], None]:
    """Return what holds the next wish and confirms it: two transactions."""

    def write() -> None:
        wish = next(wishes)
        held = hold(desk, replace(wish, client=None))
        assert isinstance(held, Booked), held
        told = confirm(desk, held.entry.id, client=wish.client, allow_clash=True)
        assert isinstance(told, Booked), told

    return write


def measure(location: str, wishes: Iterator[Wish], rounds: int, each: int) -> list[Line]:
    """Return the lines of one writer."""
    postgres = "://" in location
    engine = "PostgreSQL" if postgres else "SQLite"
    place = make_floor(location)
    raw, floor = connect(place), Store(place)
    if not postgres:
        raw.execute("PRAGMA synchronous = FULL")
    try:
        with world.desk(location) as desk:
            works = {
                "driver": driver_row(raw, postgres=postgres),
                "layer": layer_row(floor),
                "book": booker(desk, wishes),
                "hold": holder(desk, wishes),
            }
            for work in works.values():
                work()
            took = in_turn({name: partial(once, work, each) for name, work in works.items()}, rounds)
    finally:
        raw.close()
        floor.close()
    rate = {name: 1 / seconds for name, seconds in took.items()}

    def line(what: str, name: str, against: str, goal: tuple[str, float] | None) -> Line:
        return Line(f"{engine}: {what}", f"{rate[name]:.0f}/s", f"{rate[against]:.0f}/s", rate[name] / rate[against], goal)

    return [
        line("book against one row through the layer", "book", "layer", None if postgres else AGAINST_LAYER),
        line("book against one row through the driver", "book", "driver", AGAINST_DRIVER),
        line("hold and confirm against one row through the driver", "hold", "driver", None),
        line("one row through the layer against the driver", "layer", "driver", None),
    ]


def write_for(pipe: Connection, location: str, number: int, wishes: list[Wish], seconds: float) -> None:
    """Book wishes for some seconds in a process of its own and say how many."""
    with world.desk(location, number) as desk:
        work = booker(desk, iter(wishes))
        work()
        pipe.send("ready")
        pipe.recv()
        done, end = 0, time.monotonic() + seconds
        while time.monotonic() < end and done < len(wishes) - 1:
            work()
            done += 1
        pipe.send(done)


def measure_many(location: str, wishes: list[Wish], seconds: float) -> list[Line]:
    """Return the line of sixteen writers on one site."""
    postgres = "://" in location
    share = len(wishes) // world.WRITERS
    jobs = [(location, number, wishes[number * share : (number + 1) * share], seconds) for number in range(world.WRITERS)]
    with crew(write_for, jobs, seconds) as members:
        for member in members:
            assert member.hear() == "ready"
        begun = time.perf_counter()
        for member in members:
            member.tell("go")
        done = [int(member.hear(seconds + 60)) for member in members]
        took = time.perf_counter() - begun
    rate = sum(done) / took
    what = f"{'PostgreSQL' if postgres else 'SQLite'}: {world.WRITERS} writers on one site, {min(done)} to {max(done)} each"
    return [Line(what, f"{sum(done)} in {took:.1f} s", "", rate, MANY_WRITERS if postgres else None, "/s")]
