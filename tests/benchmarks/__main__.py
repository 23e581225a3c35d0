"""Every figure by one command: python -m tests.benchmarks [--quick]; ratios to a floor of the same run, goals beside them."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import finding, first_paint, keys, rehoming, starting, typing_ahead, world, writing
from tests.benchmarks.timing import HEADING, Line, fsync_seconds
from tests.postgres_server import find_binaries, running_server

SEED = 1


def of_store(location: str, size: world.Size, quick: bool) -> Iterator[Line]:
    """Yield the lines of one engine."""
    world.make_world(location, size, SEED)
    world.analyse(location)
    yield from finding.measure(location, size, 5 if quick else 15)
    yield from finding.measure_week(location, size, 5 if quick else 15)
    yield from finding.measure_guarantees(location, size, 5 if quick else 15)
    wishes = world.wishes(size, SEED)
    half = len(wishes) // 2
    yield from writing.measure(location, iter(wishes[:half]), 6 if quick else 12, 20)
    yield from writing.measure_many(location, wishes[half:], 3 if quick else 8)


def lines(quick: bool) -> Iterator[Line]:
    """Yield every line of the table."""
    size = world.QUICK if quick else world.Size()
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(f"a page to the disk and back: {fsync_seconds(Path(folder)) * 1000:.2f} ms\n{HEADING}\n")
        yield from starting.measure(Path(folder), 3 if quick else 7)
        yield from first_paint.measure(Path(folder), 3 if quick else first_paint.RUNS)
        yield from keys.lines(Path(folder), quick=quick)
        yield from typing_ahead.lines(Path(folder), quick=quick)
        yield from of_store(str(Path(folder) / "world.db"), size, quick)
        yield from rehoming.measure(str(Path(folder) / "rehoming.db"), 3 if quick else 7)
    binaries = find_binaries()
    if binaries is None:
        sys.stdout.write("PostgreSQL: no server programs were found\n")
        return
    with running_server(binaries, fsync=True) as server:
        yield from of_store(server.create_database("world"), size, quick)
        yield from rehoming.measure(server.create_database("rehoming"), 3 if quick else 7)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a smaller site and fewer rounds")
    for line in lines(parser.parse_args().quick):
        sys.stdout.write(line.text() + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
