"""White space and the recovery list of a week, against the driver's own fetch: python -m tests.benchmarks.recovering."""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from agent_tui.domain.site import Staff
from agent_tui.domain.week import Week, WeekAsked
from agent_tui.services.recovering import recovery
from agent_tui.services.whitespace import white_space
from tests.benchmarks import world
from tests.benchmarks.finding import connect, fetching
from tests.benchmarks.timing import HEADING, Line, in_turn, once

COACHES = (27, 200)
LEADER = Staff("leader1", "Lea Lowe", "leader", "site staff")
WEEK = WeekAsked(Week.of(world.FIRST_DAY).later(1), ())


def measure(location: str, size: world.Size, rounds: int) -> list[Line]:
    """Return lines of processor time for the figures of a week, with its causes, and for the recovery list; for information."""
    engine = "PostgreSQL" if "://" in location else "SQLite"
    raw = connect(location)
    lines = []
    try:
        with world.desk(location) as agent:
            desk = replace(agent, staff=LEADER)
            fetch = fetching(raw, engine, world.diary_codes(size), WEEK.week.monday, WEEK.week.sunday)
            cases: dict[str, Callable[[], object]] = {
                "white space": partial(white_space, desk, WEEK, weeks=8),
                "white space with causes": partial(white_space, desk, WEEK, weeks=8, causes=True),
                "recovery list": partial(recovery, desk, WEEK),
            }
            rows, plans = len(fetch()), recovery(desk, WEEK).total
            for name, case in cases.items():
                clock = time.process_time
                took = in_turn({"it": partial(once, case, 1, clock), "fetch": partial(once, fetch, 20, clock)}, rounds)
                what = f"{engine}: {name}, {size.coaches} coaches, {rows} rows"
                what += f", {plans} half-days" if name == "recovery list" else ""
                ratio = took["it"] / took["fetch"]
                lines.append(Line(what, f"{took['it']:.2f} s", f"{took['fetch'] * 1000:.2f} ms", ratio, None))
    finally:
        raw.close()
    return lines


def main() -> None:
    """Print the lines for a site of 27 coaches and one of 200."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--coaches", type=int, nargs="+", default=COACHES, help="how many coaches a site has")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    sys.stdout.write(f"processor time\n{HEADING}\n")
    for coaches in given.coaches:
        with tempfile.TemporaryDirectory() as folder:
            location = str(Path(folder) / "world.db")
            size = world.Size(coaches=coaches, appointments=coaches * 25 * 16, clients=4_000)
            world.make_world(location, size, 1)
            for line in measure(location, size, given.rounds):
                sys.stdout.write(line.text() + "\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
