"""Importing appointments, against a plain executemany of the rows that it leaves behind: python -m tests.benchmarks.importing."""

import argparse
import csv
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

from agent_tui.domain.ticks import clock
from agent_tui.services.demo import load
from agent_tui.services.desk import open_desk
from agent_tui.services.importing import Imported, import_files
from agent_tui.store.opening import create_store, open_store
from agent_tui.store.queries import importing as import_queries
from agent_tui.store.tables import tables_by_name
from agent_tui.store.unit_of_work import Store, Unit
from tests.benchmarks.timing import HEADING, Line, once
from tests.small_site import NOW

T = TypeVar("T")

START = date(2026, 11, 30)
CLIENTS = 5_000
EACH_DAY = 9
FIRST_START = 168  # 14:00, after every lunch of the demo
COLUMNS = ("reference", "type", "client", "diary", "day", "start", "minutes")


def make_files(folder: Path, rows: int, diaries: int) -> Path:
    """Write claimants and appointments of twenty minutes back to back, and return their folder."""
    folder.mkdir()
    with (folder / "clients.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("reference", "name"), *((f"K{number}", f"Sana Khan {number}") for number in range(CLIENTS))])
    with (folder / "appointments.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_appointments(rows, diaries))
    return folder


def _appointments(rows: int, diaries: int) -> Iterator[tuple[Any, ...]]:
    for number in range(rows):
        turn, diary = divmod(number, diaries)
        days, place = divmod(turn, EACH_DAY)
        day = START + timedelta(days=days + days // 5 * 2)
        yield (
            f"A{number}",
            "WSR-20-F2F",
            f"K{number % CLIENTS}",
            f"D{diary + 1:02d}",
            day.isoformat(),
            clock(FIRST_START + 4 * place),
            20,
        )


class TimedStore(Store):
    """A store that keeps for how long each of its transactions has the write lock, in seconds."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.held: list[float] = []

    def write(self, work: Callable[[Unit], T]) -> T:
        """Run `work` as a store does; from its first statement to the end of the commit the lock is held."""
        begun = perf_counter()

        def timed(unit: Unit) -> T:
            nonlocal begun
            begun = perf_counter()
            return work(unit)

        try:
            return super().write(timed)
        finally:
            self.held.append(perf_counter() - begun)


def import_all(location: str, folder: Path) -> tuple[Imported, float]:
    """Import the files of a folder; return what became of them and the longest time that the write lock was held."""
    desk = open_desk(location, "super1", NOW)
    desk.store.close()
    store = TimedStore(location)
    try:
        done = import_files(replace(desk, store=store), [folder])
    finally:
        store.close()
    assert isinstance(done, Imported), done
    return done, max(store.held)


def rows_of(store: Store) -> dict[str, tuple[list[str], list[Any]]]:
    """Return every row of a store by table, with the columns."""
    with store.read() as unit:
        names = {name: [one.name for one in table.columns] for name, table in tables_by_name().items()}
        found = {name: list(unit.rows(f"SELECT {', '.join(columns)} FROM {name}")) for name, columns in names.items()}
    return {name: (columns, found[name]) for name, columns in names.items()}


def write_plainly(location: str, rows: dict[str, tuple[list[str], list[Any]]]) -> None:
    """Write rows into an empty store in one transaction, each table by one executemany."""
    store = create_store(location)

    def work(unit: Unit) -> None:
        for table, (columns, found) in rows.items():
            import_queries.insert_rows(unit, table, columns, found)

    try:
        store.write(work)
    finally:
        store.close()


def measure(folder: Path, count: int, diaries: int) -> list[Line]:
    """Return the line of one import."""
    location = str(folder / "site.db")
    load(location, coaches=diaries, days=1, fill=0, start=START)
    files = make_files(folder / "files", count, diaries)
    results: list[tuple[Imported, float]] = []
    took = once(lambda: results.append(import_all(location, files)))
    again = once(lambda: results.append(import_all(location, files)))
    (first, held), (second, held_again) = results
    assert (first.loaded, second.loaded) == (count + CLIENTS, 0), results
    store = open_store(location)
    try:
        rows = rows_of(store)
    finally:
        store.close()
    plain = once(lambda: write_plainly(str(folder / "plain.db"), rows))
    flags = f"{first.flags} flagged"
    return [
        Line(f"SQLite: import of {count} appointments, {flags}", f"{took:.1f} s", f"{plain:.1f} s", took / plain, None),
        Line("SQLite: its write lock, while bookings wait", f"{held:.1f} s", f"{plain:.1f} s", held / plain, None),
        Line("SQLite: the same import again", f"{again:.1f} s", f"{plain:.1f} s", again / plain, None),
        Line("SQLite: its write lock", f"{held_again:.2f} s", f"{plain:.1f} s", held_again / plain, None),
    ]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--diaries", type=int, default=100)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(f"{HEADING}\n")
        for line in measure(Path(folder), asked.rows, asked.diaries):
            sys.stdout.write(line.text() + "\n")


if __name__ == "__main__":
    main()
