"""Heads of logs, written down outside the store: what finds the end of a log that was cut off.

A file holds the heads that were written down for one site of one store on one day, a JSON object a line. Lines are added and
never changed, and a file of yesterday is not opened for writing again, so that it may be moved to where nobody can change it.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from agent_tui.store.engine import is_url

SEEN, BACKUP, RESTORED = "seen", "backup", "restored"
_KINDS = frozenset({SEEN, BACKUP, RESTORED})
_PRIVATE, _SHARED = 0o600, 0o660
_LARGEST = 10_000_000
_END = 4_000
"""Bytes of a file in which its last head is looked for."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The head of a log at an instant (ms UTC of the database): that it was seen, backed up into `file`, or restored from it."""

    at: int
    seq: int
    hash: str
    who: str
    kind: str = SEEN
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What a folder holds of one site of a store: heads in the order of their instants, the days with a file, bad lines."""

    heads: tuple[Recorded, ...]
    days: tuple[date, ...]
    unreadable: tuple[str, ...]


def path_of(folder: Path, location: str, site: str, day: date) -> Path:
    """Return the file of a site of a store for a day; the store is known by its place, whoever logs in there."""
    return folder / f"{_stem(location, site)}-{day.isoformat()}.jsonl"


def _stem(location: str, site: str) -> str:
    digest = hashlib.sha256(f"{_place(location)}\n{site}".encode()).hexdigest()[:8]
    return f"{re.sub(r'[^A-Za-z0-9]', '_', site)[:20]}-{digest}"


def _place(location: str) -> str:
    if not is_url(location):
        return os.path.realpath(Path(location).expanduser())
    try:
        url = make_url(location)
    except (ArgumentError, ValueError):
        return location
    return f"{url.host or url.query.get('host', '')}:{url.port or 5432}/{url.database}"


def append(path: Path, head: Recorded) -> None:
    """Add a head to a file and wait until it is on the disk; several terminals may do so at once. OSError if it cannot be.

    A folder is made that only its owner enters. A file is for its owner alone, or for the group of a folder of mode 2770.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shared = path.parent.stat().st_mode & 0o2077 == 0o2070
    line = {"at": head.at, "seq": head.seq, "hash": head.hash, "who": head.who, "kind": head.kind, "file": head.file}
    mode = _SHARED if shared else _PRIVATE
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, mode)
    try:
        if shared and os.fstat(handle).st_size == 0 and os.fstat(handle).st_mode & 0o777 != mode:
            os.fchmod(handle, mode)  # the umask of whoever comes first would keep the others out
        with _locked(handle):
            size = os.fstat(handle).st_size
            torn = size > 0 and (os.lseek(handle, size - 1, os.SEEK_SET), os.read(handle, 1))[1] != b"\n"
            text = json.dumps(line, ensure_ascii=True, separators=(",", ":"))
            os.write(handle, f"{chr(10) if torn else ''}{text}\n".encode())
            os.fsync(handle)
    finally:
        os.close(handle)


def last_in(path: Path) -> Recorded | None:
    """Return the head that a file ends with, None where there is no file or no head in its end; other trouble is an OSError."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _END))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return None
    return next((head for head in map(_read, reversed(lines)) if head is not None), None)


@contextmanager
def _locked(handle: int) -> Iterator[None]:
    try:
        import fcntl
    except ImportError:  # one write at the end of a file is whole there by itself
        yield
        return
    fcntl.flock(handle, fcntl.LOCK_EX)
    yield  # closing the file lets go of the lock


def kept(folder: Path, location: str, site: str) -> Kept:
    """Read what a folder holds of one site of a store; a folder that does not exist holds nothing, others raise OSError."""
    heads: list[Recorded] = []
    days: list[date] = []
    unreadable: list[str] = []
    pattern = re.compile(re.escape(_stem(location, site)) + r"-(\d{4}-\d{2}-\d{2})\.jsonl", re.ASCII)
    names = sorted(os.listdir(folder)) if folder.is_dir() else []
    for name in names:
        match = pattern.fullmatch(name)
        if match is None:
            continue
        day = _day(match[1])
        if day is None:
            continue
        days.append(day)
        with (folder / name).open("rb") as file:
            text = file.read(_LARGEST).decode("utf-8", "replace")
        for number, line in enumerate(text.splitlines(), start=1):
            head = _read(line)
            if head is None:
                unreadable.append(f"{name}, line {number}")
            else:
                heads.append(head)
    return Kept(tuple(sorted(heads, key=lambda one: one.at)), tuple(days), tuple(unreadable))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _read(line: str) -> Recorded | None:
    try:
        said: Any = json.loads(line)
        head = Recorded(said["at"], said["seq"], said["hash"], said["who"], said["kind"], said["file"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    numbers = all(isinstance(one, int) and not isinstance(one, bool) for one in (head.at, head.seq))
    texts = isinstance(head.hash, str) and isinstance(head.who, str) and head.kind in _KINDS
    return head if numbers and texts and (head.file is None or isinstance(head.file, str)) else None


def put_aside(folder: Path, location: str, site: str) -> None:
    """Give the files of a site of a store another ending, so that its record begins anew; OSError if one cannot be renamed."""
    for path in sorted(folder.glob(f"{_stem(location, site)}-*.jsonl")) if folder.is_dir() else ():
        number = 1
        while (aside := path.with_name(f"{path.name}.{number}.old")).exists():
            number += 1
        path.rename(aside)
