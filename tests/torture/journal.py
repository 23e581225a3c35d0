"""What a client process was about to do and what it was told, appended to a file of its own that outlives it."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from agent_tui.domain.requests import Booked


@dataclass(frozen=True)
class Intent:
    """A request that is about to be made: the act, its id, who makes it, and what it says in plain values."""

    act: str
    request: str
    login: str
    said: dict[str, Any]


@dataclass(frozen=True)
class Ack:
    """An answer that was acknowledged: what became of the entry, as the client was told.

    Of what is about no one entry only the request is known, and `seq` is 0.
    """

    act: str
    request: str
    entry: str
    status: str
    diary: str
    day: str
    start: int
    end: int
    version: int
    seq: int
    repeated: bool


def acknowledged(act: str, request: str, told: Booked) -> Ack:
    """Return what a client was told, in plain values."""
    entry = told.entry
    place = (entry.diary, entry.day.isoformat(), entry.start, entry.end)
    return Ack(act, request, entry.id, entry.status, *place, entry.version, told.seq or 0, told.repeated)


def noted(act: str, request: str, *, repeated: bool) -> Ack:
    """Return that a request was answered which is about no one entry."""
    return Ack(act, request, "", "", "", "", 0, 0, 0, 0, repeated)


class Journal:
    """One process's file: each line is one write, so that a kill leaves whole lines."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def intend(self, intent: Intent) -> None:
        """Write down what is about to be asked for."""
        self._write({"intent": asdict(intent)})

    def acknowledge(self, ack: Ack) -> None:
        """Write down what was answered."""
        self._write({"ack": asdict(ack)})

    def refuse(self, request: str, code: str) -> None:
        """Write down that a request was refused."""
        self._write({"refused": {"request": request, "code": code}})

    def _write(self, line: dict[str, Any]) -> None:
        os.write(self._file, json.dumps(line).encode() + b"\n")

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        os.close(self._file)


def _lines(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*.journal")):
        for line in path.read_bytes().splitlines(keepends=True):
            if line.endswith(b"\n"):
                yield json.loads(line)


def acks(folder: Path) -> list[Ack]:
    """Return every acknowledged answer of a run."""
    return [Ack(**line["ack"]) for line in _lines(folder) if "ack" in line]


def unanswered(path: Path) -> Intent | None:
    """Return the request of one process that was never answered, or None: a process has one at a time."""
    last: Intent | None = None
    for line in path.read_bytes().splitlines(keepends=True) if path.exists() else ():
        if line.endswith(b"\n"):
            read = json.loads(line)
            last = Intent(**read["intent"]) if "intent" in read else None
    return last
