"""Re-homing twenty appointments over the other diaries of a site of 27, against the driver's own fetch of the same range.

`python -m tests.benchmarks.rehoming` prints these lines alone.
"""

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from agent_tui.domain.rehoming import Away, Rehoming
from agent_tui.domain.site import Staff
from agent_tui.services.desk import Desk
from agent_tui.services.rehoming import preview
from agent_tui.store.unit_of_work import Store
from tests.benchmarks import world
from tests.benchmarks.finding import connect, fetching
from tests.benchmarks.timing import HEADING, Line, in_turn, once
from tests.postgres_server import find_binaries, running_server

SIZE = world.Size(coaches=27, appointments=9_000, clients=4_000, empty_days=1)
SEED = 45  # some diary of its window has a day of twenty
LEAVING = 20
CPU_SECONDS = ("<=", 5.0)


def crowded(size: world.Size, seed: int) -> Away:
    """Return the first diary's day of the window that has twenty appointments."""
    counts = Counter((diary, day) for _kind, diary, day, _start, _end in world.in_window(size, seed))
    diary, day = min((place for place, count in counts.items() if count == LEAVING), key=lambda place: (place[1], place[0]))
    return Away(diary, day)


def measure(location: str, rounds: int) -> Iterator[Line]:
    """Yield the lines of one engine, in a new store at a path or URL: the processor's seconds, and the ratio to the fetch."""
    world.make_world(location, SIZE, SEED)
    engine = "PostgreSQL" if "://" in location else "SQLite"
    away, days = crowded(SIZE, SEED), world.window()
    resources = [*world.diary_codes(SIZE), "R01", "R02"]
    store, raw = Store(location), connect(location)
    try:
        desk = Desk(store, world.SITE, Staff("leader", "Lea Lowe", "leader", "site staff"), world.NOW)
        fetch = fetching(raw, engine, resources, away.day, days[-1])
        plan = preview(desk, away)
        assert isinstance(plan, Rehoming), plan
        assert len(plan.moved) + len(plan.left) == LEAVING
        look = partial(preview, desk, away)
        took = in_turn(
            {"plan": partial(once, look, clock=time.process_time), "fetch": partial(once, fetch, clock=time.process_time)}, rounds
        )
    finally:
        raw.close()
        store.close()
    proof = "proved" if plan.gap.proved else f"gap {plan.gap.amount} {plan.gap.figure}"
    what = f"{engine}: re-home {LEAVING} over {SIZE.coaches} diaries, {plan.kept_on_day} stay, {proof}"
    measured, floor = f"{took['plan'] * 1000:.0f} ms CPU", f"{took['fetch'] * 1000:.2f} ms CPU"
    yield Line(what, measured, "", took["plan"], CPU_SECONDS, " s")
    yield Line(what, measured, floor, took["plan"] / max(took["fetch"], 1e-9), None)


def lines() -> Iterator[Line]:
    """Yield the lines of both engines, where a PostgreSQL server can be started."""
    with tempfile.TemporaryDirectory() as folder:
        yield from measure(str(Path(folder) / "rehoming.db"), 5)
    binaries = find_binaries()
    if binaries is None:
        sys.stdout.write("PostgreSQL: no server programs were found\n")
        return
    with running_server(binaries, fsync=True) as server:
        yield from measure(server.create_database("rehoming"), 5)


def main() -> None:
    """Print the lines of both engines."""
    sys.stdout.write(HEADING + "\n")
    for line in lines():
        sys.stdout.write(line.text() + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
