"""Finding a claimant while somebody types, over 20,000 of them: python -m tests.benchmarks.typing_ahead [--quick].

A line's figure is what one key takes: the median over every key of some names, numbers and references, and the dearest of
them. On SQLite it is processor time, and has a goal; on PostgreSQL it is by the clock on the wall, since part of the work is
the server's, and only informs: others on the machine count in it. The floor is the driver's own fetch of eight claimants by
their ids.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from itertools import accumulate
from pathlib import Path
from random import Random
from statistics import median

from agent_tui.domain.clients import Client
from agent_tui.services.claimants import find_clients
from agent_tui.services.desk import Desk
from agent_tui.store.queries import clients as client_queries
from tests.benchmarks.finding import connect
from tests.benchmarks.timing import HEADING, Line, in_turn, once
from tests.postgres_server import find_binaries, running_server
from tests.small_site import desk, make_site

MANY = 20_000
SEED = 1
SHOWN = 8
GOAL = ("<=", 50.0)
FIRST = (
    "Sana",
    "Aisha",
    "Olu",
    "Zo\u00eb",
    "Jane",
    "Mark",
    "Peter",
    "Siobh\u00e1n",
    "Ali",
    "Tom",
    "Chidi",
    "Maya",
    "Noor",
    "Piotr",
)
LAST = ("Khan", "Smith", "O\u2019Brien", "Jones-Lee", "Okafor", "Patel", "Nowak", "Evans", "Carter", "Sharma", "Singh", "Brown")
TYPED = ("sana khan", "smith zoe", "obrien", "lee j", "0113 496 00", "QQ 0123", "C0123", "nobody", "s o a p")


def people(many: int) -> list[Client]:
    """Return claimants with few names among them, so that each beginning fits many."""
    random = Random(SEED)
    return [
        Client(
            f"C{number:06d}",
            f"{random.choice(FIRST)} {random.choice(LAST)} {random.choice(LAST)}",
            f"0113 496 {number:05d}",
            f"QQ{number:06d}A",
        )
        for number in range(1000, 1000 + many)
    ]


def measure(location: str, many: int) -> Iterator[Line]:
    """Yield the lines of one engine."""
    make_site(location)
    made = people(many)
    one = desk(location)
    try:
        one.store.write(lambda unit: client_queries.insert_many(unit, one.site, made))
        yield from _lines(one, location, made)
    finally:
        one.store.close()


def _lines(one: Desk, location: str, made: list[Client]) -> Iterator[Line]:
    server = "://" in location
    engine, mark, clock = ("PostgreSQL", "%s", time.perf_counter) if server else ("SQLite", "?", time.process_time)
    raw = connect(location)
    statement = f"SELECT * FROM client WHERE site = {mark} AND client IN ({','.join([mark] * SHOWN)})"
    values = (one.site, *(person.ref for person in made[:SHOWN]))
    try:
        cases = {"floor": lambda: once(lambda: raw.execute(statement, values).fetchall(), clock=clock)}
        for key in sorted({key for words in TYPED for key in accumulate(words) if key.strip()}):
            find = partial(find_clients, one, key, SHOWN, record=False)
            cases[key] = partial(once, find, clock=clock)
        took = in_turn(cases, 5)
    finally:
        raw.close()
    floor = took.pop("floor")
    for name, cost in (("a key", median(took.values())), ("the dearest key", max(took.values()))):
        yield Line(
            f"{engine}: {name} of {len(took)} typed, {len(made)} claimants, {'wall' if server else 'CPU'}",
            *(f"{cost * 1000:.2f} ms", f"{floor * 1000:.2f} ms", cost * 1000, None if server else GOAL, " ms"),
        )


def lines(folder: Path, *, quick: bool) -> Iterator[Line]:
    """Yield the lines of both engines, of SQLite alone where no server's programs are found."""
    many = MANY // 5 if quick else MANY
    yield from measure(str(folder / "typing.db"), many)
    binaries = find_binaries()
    if binaries is not None:
        with running_server(binaries) as server:
            yield from measure(server.create_database("typing"), many)


def main() -> None:
    """Print the table."""
    sys.stdout.write(f"{HEADING}\n")
    with tempfile.TemporaryDirectory() as folder:
        for line in lines(Path(folder), quick="--quick" in sys.argv[1:]):
            sys.stdout.write(line.text() + "\n")


if __name__ == "__main__":
    main()
