"""Running the command in this process or in one of its own, and what is true of every answer."""

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from typing import Any

from agent_tui.cli.main import main
from agent_tui.store.opening import open_store
from agent_tui.store.tables import tables_by_name

NOW = "2026-11-24T09:00"  # a Tuesday, as in tests/small_site.py
DAY = "2026-11-25"
SAID = "Wed 25 Nov 2026"
"""The same day as people read it."""
COMMAND = [sys.executable, "-m", "agent_tui.cli.main"]
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z")
CLOCK = re.compile(r"(?:[01]\d|2[0-4]):[0-5]\d")

BOOK_KEYS = {
    *("status", "repeated", "id", "type", "diary", "coach", "day", "start", "end", "minutes", "resources", "client"),
    *("expires_at", "version", "code", "reason", "held_by", "alternatives", "handoff", "say"),
}
FIND_KEYS = {"status", "type", "from", "to", "total", "offers", "reasons"}
OFFER_KEYS = {"diary", "coach", "team", "day", "start", "end", "channel", "resources", "flush"}
DEMO_KEYS = {
    *("status", "store", "site", "seed", "first_day", "last_day", "teams", "diaries", "rooms", "types", "clients"),
    *("appointments", "minutes_available", "minutes_booked"),
}
DAY_KEYS = {"status", "day", "closed", "diaries"}
LOG_KEYS = {"status", "site", "head", "events"}
DOCTOR_KEYS = {"status", "store", "engine", "engine_version", "schema", "findings", "invariants", "head"}
LIST_KEYS = {"status", "total", "items"}


def control_bytes(data: bytes) -> list[str]:
    """Return the characters that could steer a terminal: C0 but for newline, DEL, C1, bidi, separators, or no UTF-8 at all."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return [f"not UTF-8: {error.object[error.start : error.end]!r}"]
    steering = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
    return sorted({f"U+{ord(char):04X}" for char in steering.findall(text)})


@dataclass(frozen=True, repr=False)
class Answer:
    """What a command printed, as bytes, and its exit code."""

    code: int
    stdout: bytes
    stderr: bytes
    arguments: tuple[str | bytes, ...] = ()

    def __repr__(self) -> str:
        return f"{self.arguments} ended with {self.code}: {self.stdout[:600]!r} {self.stderr[:1500]!r}"

    @property
    def out(self) -> str:
        return self.stdout.decode("utf-8")

    @property
    def err(self) -> str:
        return self.stderr.decode("utf-8")

    @property
    def object(self) -> dict[str, Any]:
        """Return the one JSON object that stdout must be."""
        assert self.stdout.endswith(b"\n"), self
        assert self.stdout.count(b"\n") == 1, self
        shown = json.loads(self.out)
        assert isinstance(shown, dict), self
        return shown

    def checked(self) -> "Answer":
        """Return this answer after what holds for each: exit code, no traceback, no control byte, one sentence."""
        assert self.code in (0, 2, 3, 4), self
        assert b"Traceback" not in self.stdout + self.stderr, self
        assert not control_bytes(self.stdout), (control_bytes(self.stdout), self)
        assert not control_bytes(self.stderr), (control_bytes(self.stderr), self)
        # That `clients find` of nothing says nothing is a test of its own, so that it does not hide what else may be wrong.
        silent = self.code == 3 and {"clients", "find"} <= set(self.arguments) and not self.stderr
        assert silent or self.stderr.count(b"\n") == (0 if self.code == 0 else 1), self
        assert silent or not self.code or self.stderr.strip(), self
        assert b"failed inside" not in self.stderr, self  # a bug that was caught is still a bug
        if b"--json" in [os.fsencode(word) for word in self.arguments]:
            assert self.object
        return self


class _Bytes(io.TextIOWrapper):
    """A stream that keeps its bytes where a test can read them."""

    def __init__(self, data: bytes = b"") -> None:
        self.raw_bytes = io.BytesIO(data)
        super().__init__(self.raw_bytes, encoding="utf-8", newline="")

    def taken(self) -> bytes:
        self.flush()
        return self.raw_bytes.getvalue()


def run(*arguments: str, stdin: str | bytes | None = None, check: bool = True) -> Answer:
    """Run the command in this process; without `stdin` its standard input is empty."""
    given = b"" if stdin is None else stdin if isinstance(stdin, bytes) else stdin.encode()
    out, err, standard_input = _Bytes(), _Bytes(), sys.stdin
    sys.stdin = _Bytes(given)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = main(list(arguments))
    finally:
        sys.stdin = standard_input
    answer = Answer(code, out.taken(), err.taken(), arguments)
    return answer.checked() if check else answer


def spawn(
    *arguments: str | bytes,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    check: bool = True,
    timeout_seconds: float = 60,
    **more: Any,
) -> Answer:
    """Run the command in a process of its own."""
    environment = {**os.environ, **(env or {})}
    command: Sequence[str | bytes] = [*COMMAND, *arguments]
    done = subprocess.run(
        command, input=stdin, capture_output=True, env=environment, timeout=timeout_seconds, check=False, **more
    )
    answer = Answer(done.returncode, done.stdout, done.stderr, arguments)
    return answer.checked() if check else answer


@dataclass(frozen=True)
class Place:
    """A store, and who acts there when."""

    store: str
    login: str = "agent1"
    now: str = NOW

    @property
    def options(self) -> tuple[str, ...]:
        return ("--store", self.store, "--as", self.login, "--now", self.now, "--json")

    def ask(self, *arguments: str, stdin: str | bytes | None = None, code: int | None = 0) -> dict[str, Any]:
        """Run a command here with --json and return its object; `code` None takes any exit code."""
        answer = run(*arguments, *self.options, stdin=stdin)
        assert code is None or answer.code == code, answer
        return answer.object

    def refuse(self, *arguments: str, stdin: str | bytes | None = None) -> dict[str, Any]:
        """Run a command that must be refused with 3."""
        return self.ask(*arguments, stdin=stdin, code=3)

    def text(self, *arguments: str, stdin: str | bytes | None = None) -> str:
        """Run a command here without --json and return what it printed."""
        answer = run(*arguments, *self.options[:-1], stdin=stdin)
        assert answer.code == 0, answer
        return answer.out

    def by(self, login: str) -> "Place":
        return Place(self.store, login, self.now)

    def at(self, now: str) -> "Place":
        return Place(self.store, self.login, now)

    def sound(self) -> dict[str, Any]:
        """Return the doctor's answer, which must know of no error and no broken promise."""
        shown = self.ask("doctor")
        assert [one for one in shown["findings"] if one["severity"] == "error"] == []
        assert [name for name, one in shown["invariants"].items() if one["violations"]] == []
        return shown

    def dump(self, *without: str) -> dict[str, list[tuple[Any, ...]]]:
        return dump(self.store, *without)

    def head(self) -> int:
        seq: int = self.ask("log")["head"]["seq"]
        return seq


def dump(location: str, *without: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table but some, sorted."""
    opened = open_store(location)
    try:
        with opened.read() as unit:
            names = [name for name in tables_by_name() if name not in without]
            return {name: sorted(map(tuple, unit.rows(f"SELECT * FROM {name}")), key=repr) for name in names}
    finally:
        opened.close()


def copied(original: Path, folder: Path) -> str:
    """Return a private copy of a store that nobody has open."""
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / "store.db"
    copyfile(original, path)
    path.chmod(0o600)
    return str(path)


def booked(place: Place, *more: str, type: str = "FC-F2F", client: str = "C000001", start: str = "10:00") -> dict[str, Any]:
    """Book a start of DAY in D01 and return the answer."""
    when = () if "--first" in more else ("--day", DAY, "--start", start, "--diary", "D01")
    return place.ask("book", type, "--client", client, *when, *more)


def held(place: Place, *more: str, type: str = "FC-F2F", start: str = "10:00") -> dict[str, Any]:
    """Hold a start of DAY in D01 and return the answer."""
    return place.ask("hold", type, "--day", DAY, "--start", start, "--diary", "D01", *more)
