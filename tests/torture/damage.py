"""A SQLite store's log of commits cut anywhere and bits of its files turned over: what is left is whole, or found out.

The write-ahead log has checksums: whatever happens to it, a store that is opened with it holds a prefix of the log of
events that ends with a transaction. The main file has none: a bit that is turned there is found by the doctor, or stands
where nothing is promised.
"""

import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

from sqlalchemy import event

from agent_tui.services.doctor import examine
from agent_tui.store.driver import dbapi
from agent_tui.store.opening import open_store
from agent_tui.store.sweep import sweep_store
from agent_tui.store.trouble import StoreTrouble
from agent_tui.store.unit_of_work import Store
from tests.torture import site
from tests.torture.checker import Tables, check
from tests.torture.client import Client, Job, desk_of
from tests.torture.crew import GRACE_SECONDS, crew
from tests.torture.journal import Ack, Journal, acks

FRAME = 24 + 4096
WAL_HEADER = 32
# What the log and its replay answer for; a claimant's own data and the site's rules are in no chain.
PROMISED = ("entry", "claim", "occupancy", "event", "site_head", "segment_use")
INTEGRITY = "integrity_check"


@dataclass
class Damaged:
    """How often something was done to a file, what became of it, and whatever should not have been."""

    done: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Original:
    """A store's main file and its write-ahead log, where its transactions end, the hash of each line, and what was told."""

    main: bytes
    wal: bytes
    whole: bytes
    ends: frozenset[int]
    hashes: dict[int, str]
    requests: dict[str, int]
    told: tuple[Ack, ...]

    def told_until(self, seq: int) -> list[Ack]:
        """Return the answers whose line is among the first `seq`."""
        return [ack for ack in self.told if self.requests.get(ack.request, seq + 1) <= seq]


def record(pipe: Connection, job: Job, steps: int) -> None:
    """Act so many times without ever emptying the write-ahead log, say where each transaction ended, and wait with all open."""
    desk = desk_of(job)
    event.listen(desk.store.write_engine, "connect", lambda connection, _: connection.execute("PRAGMA wal_autocheckpoint = 0"))
    ends = {0}
    try:
        with Journal(job.journal) as journal:
            client = Client(job, desk, journal)
            for _ in range(steps):
                client.step()
                with desk.store.read() as unit:
                    ends.add(int((unit.row("SELECT seq FROM site_head WHERE site = ?", site.SITE) or (0,))[0]))
        assert client.tally.problems == []
        pipe.send(ends)
        pipe.recv()
    finally:
        desk.store.close()


def make_original(folder: Path, *, steps: int, seed: int) -> Original:
    """Return the files of a store on which one client has done so many acts, as they stand while it is open."""
    location = str(folder / "original" / "store.db")
    site.make_site(location, diaries=2, agents=4)
    job = Job(location, str(folder), 3, seed, 2, 3)
    kept = folder / "kept"
    kept.mkdir()
    with crew(record, [(job, steps)]) as (member,):
        ends = member.hear(GRACE_SECONDS + 2 * steps)
        # By another process: one that opens and closes a store's file drops its own locks on it.
        subprocess.run(["cp", location, f"{location}-wal", str(kept)], check=True)
        member.tell("end")
    main, wal = (kept / "store.db").read_bytes(), (kept / "store.db-wal").read_bytes()
    with closing(Tables(str(kept / "store.db"))) as tables:
        rows = list(tables.rows(f"SELECT seq, hash, request FROM event WHERE site = '{site.SITE}' ORDER BY seq"))
    hashes, requests = {row[0]: row[1] for row in rows}, {row[2]: row[0] for row in rows if row[2] is not None}
    with closing(dbapi.connect(str(kept / "store.db"))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = (kept / "store.db").read_bytes()
    return Original(main, wal, whole, frozenset(ends), hashes, requests, tuple(acks(folder)))


def damage_wal(original: Original, folder: Path, *, cuts: int, flips: int, seed: int) -> Damaged:
    """Open copies whose write-ahead log was cut, or had a bit turned over, at offsets of every kind."""
    random, damaged = Random(seed), Damaged()
    size = len(original.wal)
    frames = range(WAL_HEADER, size + 1, FRAME)
    for number in range(cuts):
        # Every other one right before, at or after the edge of a frame.
        at = (
            random.randrange(size + 1) if number % 2 else min(size, max(0, random.choice(frames) + random.choice((-1, 0, 1, 24))))
        )
        _look(original, folder, f"cut at {at}", original.wal[:at], damaged, "cuts")
    for number in range(flips):
        where = random.randrange(size) if number % 2 else min(size - 1, random.choice(frames) + random.randrange(24))
        _look(original, folder, f"bit of {where}", _turned(original.wal, where, random.randrange(8)), damaged, "flips of the log")
    return damaged


def _turned(content: bytes, at: int, bit: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :]


def _look(original: Original, folder: Path, name: str, wal: bytes, damaged: Damaged, kind: str) -> None:
    """Open a copy with a damaged write-ahead log: a prefix of the log, whole transactions, nothing the sweeps complain of."""
    with _copy(folder, original.main, wal) as location:
        damaged.done[kind] += 1
        with closing(Tables(location)) as tables:
            seq, digest = next(tables.rows(f"SELECT seq, hash FROM site_head WHERE site = '{site.SITE}'"))
        if seq not in original.ends or digest != original.hashes.get(seq, "0" * 64):
            damaged.problems.append(f"{name}: the log ends with line {seq}, where no transaction ended")
        damaged.done["whole log" if seq == max(original.ends) else "empty log" if seq == 0 else "prefix"] += 1
        report = check(location, site.SITE, original.told_until(seq), all_answered=False)
        damaged.problems += [f"{name}: {problem}" for problem in report.problems]
        store = Store(location)
        try:
            found = sweep_store(store, site.SITE)
        finally:
            store.close()
        damaged.problems += [f"{name}: {key} {one.examples}" for key, one in found.items() if one.violations]


class _copy:
    """A copy of the store in a folder of its own while the block runs."""

    def __init__(self, folder: Path, main: bytes, wal: bytes = b"") -> None:
        self.folder, self.main, self.wal = folder / "copy", main, wal

    def __enter__(self) -> str:
        self.folder.mkdir(parents=True)
        (self.folder / "store.db").write_bytes(self.main)
        (self.folder / "store.db").chmod(0o600)
        if self.wal:
            (self.folder / "store.db-wal").write_bytes(self.wal)
        return str(self.folder / "store.db")

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder)


def damage_main(original: Original, folder: Path, *, flips: int, seed: int) -> Damaged:
    """Turn over single bits of the main file: the doctor finds it, or all that the log answers for reads as before."""
    random, damaged = Random(seed), Damaged()
    with _copy(folder, original.whole) as location:
        sound = _contents(location)
    for _ in range(flips):
        at, bit = random.randrange(len(original.whole)), random.randrange(8)
        with _copy(folder, _turned(original.whole, at, bit)) as location:
            damaged.done["flips of the file"] += 1
            if _doctor_finds(location):
                damaged.done["found"] += 1
                continue
            now = _contents(location)
            changed = sorted(name for name, rows in now.items() if rows != sound[name])
            damaged.done["harmless" if not changed else "in data of no chain"] += 1
            wrong = [name for name in changed if name in (*PROMISED, INTEGRITY)]
            if wrong:
                damaged.problems.append(f"bit {bit} of byte {at} changed {wrong}, and the doctor says nothing")
    return damaged


def _doctor_finds(location: str) -> bool:
    try:
        store = open_store(location, accept_old_sqlite=True)
    except StoreTrouble:
        return True
    try:
        return examine(store, site.SITE).has_errors
    except StoreTrouble:
        return True
    finally:
        store.close()


def _contents(location: str) -> dict[str, list[str]]:
    """Return all rows of all tables as text, and SQLite's own word on them; what cannot be read reads as its error."""
    found: dict[str, list[str]] = {}
    with closing(Tables(location)) as tables:
        found[INTEGRITY] = [str(row[0]) for row in tables.rows("PRAGMA integrity_check")]
        names = [row[0] for row in tables.rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
        for name in names:
            try:
                found[name] = sorted(_as_text(tables.rows(f'SELECT * FROM "{name}"')))
            except dbapi.Error as error:
                found[name] = [str(error)]
    return found


def _as_text(rows: Iterator[tuple[object, ...]]) -> Iterator[str]:
    for row in rows:
        yield json.dumps(row, default=repr)
