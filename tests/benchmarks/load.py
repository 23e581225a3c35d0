"""Many terminals that only book: python -m tests.benchmarks.load [--quick]; the soak of the product at the rates of the goal.

32 terminals together, 200 bookings a second on SQLite and 150 on PostgreSQL, each counted from when it was due; then the rate
is raised until p99 passes the bound.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from agent_tui.domain.soak import BOOKINGS, Plan
from agent_tui.services.soaking import soak
from tests.benchmarks.timing import HEADING, Line
from tests.postgres_server import find_binaries, running_server

DAY = date(2026, 11, 24)
TERMINALS = 32
RATES = {"sqlite": 200.0, "postgresql": 150.0}
BOUND_MS = 250.0
KEPT_UP = (">=", 0.9)


def of_engine(location: str, quick: bool) -> Iterator[Line]:
    """Yield the lines of one engine."""
    engine = "postgresql" if "://" in location else "sqlite"
    rate = RATES[engine]
    plan = Plan(TERMINALS, rate, 5.0 if quick else 60.0, BOUND_MS, step_seconds=3.0 if quick else 10.0, mix=dict(BOOKINGS))
    found = soak(location, plan, DAY)
    assert not found.broken, found.broken
    steady = found.steady
    head = f"{engine}: {TERMINALS} terminals, {rate:g} bookings a second"
    yield Line(head, f"{found.tally.acts['book']} booked", f"{rate:g}/s", steady.reached / rate, KEPT_UP)
    for name, value in (("p50", steady.p50_ms), ("p99", steady.p99_ms)):
        yield Line(f"  {name}, from when it was due", "", "", value or 0.0, None, " ms")
    yield Line(f"  knee: p99 within {BOUND_MS:g} ms", f"{len(found.steps)} steps", "", found.knee or 0.0, None, "/s")
    yield Line("  processor time of a booking in its terminal", "", "", found.tally.used_ms or 0.0, None, " ms")
    grown = found.tally.memory_last - found.tally.memory_first
    yield Line("  memory that a terminal grew by", "", "", grown / 1e6, None, " MB")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="seconds instead of a minute")
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    asked = parser.parse_args()
    sys.stdout.write(HEADING + "\n")

    def told(location: str) -> None:
        for line in of_engine(location, asked.quick):
            sys.stdout.write(line.text() + "\n")
            sys.stdout.flush()

    if asked.engine != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            told(str(Path(folder) / "load.db"))
    if asked.engine == "sqlite":
        return
    binaries = find_binaries()
    if binaries is None:
        sys.stdout.write("PostgreSQL: no server programs were found\n")
        return
    with running_server(binaries, fsync=True) as server:
        told(server.create_database("load"))


if __name__ == "__main__":
    main()
