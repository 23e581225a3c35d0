"""What happens to a store while many write: its disk is full, another has its lock, the clocks are wrong, it is migrated.

Each function makes the site, lets the clients act, does the one thing to them meanwhile, and returns what was found.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from agent_tui.services.desk import open_desk
from agent_tui.services.lists import end_lapsed_holds
from agent_tui.store.driver import dbapi
from tests.torture import site
from tests.torture.checker import Tables, check
from tests.torture.client import Clocks, set_database_clock
from tests.torture.crew import CONTEXT, GRACE_SECONDS, Member
from tests.torture.hammer import Blow, Result, hammer
from tests.torture.journal import acks

ROOM = 48 * 1024
HOUR = 3600
JUMPS = ((0.2, HOUR, 0), (0.35, HOUR, HOUR), (0.5, -HOUR, 0), (0.65, -HOUR, -HOUR), (0.8, 0, 0))
NEWER = "9999"
ROUNDS = 100


def head(location: str) -> int:
    """Return the seq of the last line of the log."""
    with closing(Tables(location)) as tables:
        return int(next(tables.rows(f"SELECT seq FROM site_head WHERE site = '{site.SITE}'"))[0])


def wait_until(it_is_so: Callable[[], bool]) -> None:
    """Return once something is so."""
    deadline = time.monotonic() + GRACE_SECONDS
    while not it_is_so():
        if time.monotonic() > deadline:
            raise TimeoutError("what was waited for has not come")
        time.sleep(0.01)


def wait_for_lines(location: str, number: int) -> None:
    """Return once the log has so many lines."""
    wait_until(lambda: head(location) >= number)


def wait_until_still(location: str, seconds: float = 0.5) -> None:
    """Return once nobody has written a line for a while."""
    last, since = head(location), time.monotonic()
    while time.monotonic() - since < seconds:
        now = head(location)
        if now != last:
            last, since = now, time.monotonic()
        time.sleep(0.02)


def full_disk(folder: Path, blow: Blow, *, lines: int = 20) -> Result:
    """Let the store's files grow no further for a while, by a limit of the kernel on each client's files."""
    import resource

    location = str(folder / "store.db")
    wal = folder / "store.db-wal"

    def meanwhile(members: list[Member]) -> None:
        wait_for_lines(location, lines)
        most = wal.stat().st_size + ROOM
        limits = {}
        for member in members:
            pid = member.process.pid or 0
            with suppress(ProcessLookupError):  # of one that has done all its acts already
                limits[pid] = resource.prlimit(pid, resource.RLIMIT_FSIZE)
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, limits[pid][1]))
        wait_until(lambda: wal.stat().st_size > most - ROOM // 2)
        wait_until_still(location)
        for pid, limit in limits.items():
            with suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limit)

    return hammer(location, folder / "journals", blow, meanwhile)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Callable[[str], None] | None]:
    """Mount a disk of some size at a folder; yields what gives it another size, or None where that is not allowed here."""
    folder.mkdir(parents=True, exist_ok=True)

    def mount(*options: str) -> bool:
        command = ["mount", "-t", "tmpfs", *options, "tmpfs", str(folder)]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    if sys.platform != "linux" or not mount("-o", f"size={size}"):
        yield None
        return
    try:
        yield lambda size: None if mount("-o", f"remount,size={size}") else sys.exit("the disk cannot be made larger")
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], capture_output=True, check=True)


def full_small_disk(folder: Path, blow: Blow) -> Result | None:
    """Let the disk itself be full for a while; None where none can be mounted."""
    with small_disk(folder / "disk", "2m") as enlarge:
        if enlarge is None:
            return None
        location = str(folder / "disk" / "store.db")

        def meanwhile(members: list[Member]) -> None:
            wait_until(lambda: os.statvfs(folder / "disk").f_bavail * 4096 < ROOM)
            wait_until_still(location)
            enlarge("200m")

        return hammer(location, folder / "journals", blow, meanwhile)


def locked(location: str, folder: Path, blow: Blow, *, times: int = 1, lines: int = 20) -> Result:
    """Keep the store's lock for longer than the clients wait for it, some times over."""

    def meanwhile(members: list[Member]) -> None:
        wait_for_lines(location, lines)
        for _ in range(times):
            with _lock(location):
                time.sleep((blow.patience or 0) + 0.5)
            time.sleep(0.2)

    return hammer(location, folder, blow, meanwhile)


@contextmanager
def _lock(location: str) -> Iterator[None]:
    if "://" in location:
        import psycopg

        with psycopg.connect(location) as connection:
            connection.execute("LOCK TABLE site_head IN ACCESS EXCLUSIVE MODE")
            yield
            connection.rollback()
        return
    with closing(dbapi.connect(location, timeout=GRACE_SECONDS, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


def wrong_clocks(location: str, folder: Path, blow: Blow) -> Result:
    """Set the database's clock and the site's an hour forward and back while holds are made; none must outlive the repair.

    When the clocks are right again, and an hour and a hold's time have gone by, whatever is still held has lapsed.
    """
    clocks = Clocks(JUMPS, CONTEXT.Array("q", 2))
    result = hammer(location, folder, blow, clocks=clocks)
    desk = open_desk(location, site.login(0), site.now(), hold_seconds=blow.hold_seconds)
    try:
        # The time of an offer that runs out is offered to the next who waits, who is held it in turn.
        for turn in range(1, ROUNDS):
            set_database_clock(HOUR + turn * (blow.hold_seconds + 1))
            if not end_lapsed_holds(desk):
                break
    finally:
        set_database_clock(0)
        desk.store.close()
    report = check(location, site.SITE, acks(folder))
    eternal = report.counts["entries held"]
    report.holds += [f"{eternal} holds never end"] if eternal else []
    return Result(result.answers, result.problems, report, result.slowest, result.seconds)


def migrated(location: str, folder: Path, blow: Blow, *, lines: int = 20) -> tuple[Result, int, int]:
    """Bring the store to a newer version's schema under the clients; return also the log's head then and at the end."""
    at: list[int] = []

    def meanwhile(members: list[Member]) -> None:
        wait_for_lines(location, lines)
        at.append(_bring_to_newer(location))

    result = hammer(location, folder, blow, meanwhile)
    return result, at[0], head(location)


def _bring_to_newer(location: str) -> int:
    """Write a newer version's number as a migration does, and return the head of the log at that moment."""
    write, ask = f"UPDATE alembic_version SET version_num = '{NEWER}'", "SELECT seq FROM site_head"
    if "://" in location:
        import psycopg

        with psycopg.connect(location) as connection:
            connection.execute("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE")
            connection.execute(write)
            row = connection.execute(ask).fetchone()
            assert row is not None
            return int(row[0])
    with closing(dbapi.connect(location, timeout=GRACE_SECONDS, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(write)
        seq = int(connection.execute(ask).fetchone()[0])
        connection.execute("COMMIT")
        return seq
