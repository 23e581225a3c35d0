"""Files of a site's own data, found and read: what kind each is, and its rows before any store is looked at."""

import hashlib
import re
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from agent_tui.domain.cleaning import clean
from agent_tui.domain.import_rows import (
    COLUMNS,
    Watch,
    read_appointments,
    read_blocks,
    read_clients,
    read_closures,
    read_coaches,
    read_rooms,
    read_staff,
    read_teams,
)
from agent_tui.domain.import_text import LARGEST_FILE, LARGEST_SITE, decoded, header_of, unknown
from agent_tui.domain.pattern_files import read_patterns
from agent_tui.domain.type_files import COLUMNS as TYPE_COLUMNS
from agent_tui.domain.type_files import FileProblem, read_types
from agent_tui.outbox.calendar_file import Outside, Reading, read_calendar
from agent_tui.services.contact_details import problems_of
from agent_tui.services.import_world import Meter

KINDS = (
    *("teams", "types", "rooms", "coaches", "staff", "closures", "patterns", "clients", "appointments", "calendar", "blocks"),
    "site",
)
"""Every kind of file, in the order in which one needs the other."""
_SUFFIXES = {".csv": None, ".toml": "patterns", ".ics": "calendar", ".jsonl": "site"}
_PATTERN = re.compile(r"^[ \t]*\[\[[ \t]*pattern[ \t]*\]\]", re.MULTILINE)
_NUMBER = re.compile(r"Pattern ([0-9]+): ")


@dataclass(frozen=True, slots=True)
class Options:
    """How files are read: a kind for all of them, an encoding, and the diary and type of a calendar's events."""

    kind: str | None = None
    encoding: str = "utf-8"
    diary: str | None = None
    type: str | None = None


@dataclass
class Source:
    """A file that was read: its name, kind, a digest of its bytes, its sound rows, and what is wrong with the others.

    `outside` is what a calendar has outside the horizon, `lines` are where the tables of a pattern file begin, `marks` what each
    of its patterns was made from.
    """

    path: Path
    name: str
    kind: str | None
    digest: str = ""
    text: str = ""
    rows: list[Any] = field(default_factory=list)
    problems: list[FileProblem] = field(default_factory=list)
    outside: Outside = field(default_factory=Outside)
    lines: list[int] = field(default_factory=list)
    marks: list[str | None] = field(default_factory=list)


class Unreadable(Exception):
    """A path that names no file that can be read; the message is a sentence."""


def find_files(paths: Sequence[Path]) -> list[Path]:
    """Return the files that paths name, those of a folder by name; a path that names none raises Unreadable."""
    found: list[Path] = []
    for path in paths:
        try:
            mode = path.stat().st_mode
            inside = sorted(path.iterdir()) if stat.S_ISDIR(mode) else [path]
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "its name cannot be used"
            raise Unreadable(f"{clean(path.name, limit=60)} cannot be read: {why}.") from None
        if stat.S_ISDIR(mode):
            inside = [one for one in inside if one.suffix.lower() in _SUFFIXES and one.is_file()]
            if not inside:
                raise Unreadable(f"{clean(path.name, limit=60)} holds no file that can be imported (.csv, .toml, .ics, .jsonl).")
        elif not stat.S_ISREG(mode):
            raise Unreadable(f"{clean(path.name, limit=60)} is no plain file.")
        found += inside
    return found


def read_source(path: Path, options: Options) -> Source:
    """Return a file's text and kind; one that is too large, no text, or of no kind has a problem instead."""
    source = Source(path, clean(path.name, limit=100), options.kind or _SUFFIXES.get(path.suffix.lower()))
    largest = LARGEST_SITE if source.kind == "site" else LARGEST_FILE
    try:
        size = path.stat().st_size
        if size > largest:
            megabytes = f"{size // 1_000_000} MB; a file of at most {largest // 1_000_000} MB is read"
            source.problems.append(FileProblem(1, None, f"The file has {megabytes}. Split it."))
            return source
        if source.kind == "site":
            source.digest = _digest(path)
            return source
        with path.open("rb") as file:
            data = file.read(largest + 1)
    except OSError as error:
        source.problems.append(FileProblem(1, None, f"The file cannot be read: {error.strerror}."))
        return source
    source.digest = hashlib.sha256(data).hexdigest()
    text = decoded(data, options.encoding)
    if isinstance(text, FileProblem):
        source.problems.append(text)
        return source
    source.text = text
    if source.kind is None:
        source.kind = _kind_of(path, text)
        if source.kind is None:
            known = ", ".join(f"{kind}.csv" for kind in (*COLUMNS, "types"))
            text = f"Neither its name nor its columns say what it holds; name it {known}, or say --kind."
            source.problems.append(FileProblem(1, None, text))
    return source


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _kind_of(path: Path, text: str) -> str | None:
    """Return the kind that a CSV file's name begins with, else the one whose needed columns it has."""
    words = re.split(r"[^a-z]+", path.stem.casefold())
    for kind in (*COLUMNS, "types"):
        if words and words[0] == kind:
            return kind
    header = {column.casefold() for column in header_of(text)}
    fitting = [kind for kind, (needed, _) in COLUMNS.items() if header.issuperset(needed)]
    if header.issuperset(TYPE_COLUMNS):
        fitting = ["types"]
    return max(fitting, key=lambda kind: len(header & set(sum(COLUMNS.get(kind, ((), ())), ()))), default=None)


_READERS: dict[str, Callable[[str, list[FileProblem], Watch], list[Any]]] = {
    "teams": read_teams,
    "coaches": read_coaches,
    "rooms": read_rooms,
    "clients": partial(read_clients, look=problems_of),
    "appointments": read_appointments,
    "blocks": read_blocks,
    "closures": read_closures,
    "staff": read_staff,
}


def read_rows(source: Source, meter: Meter) -> None:
    """Read the rows of a file that is text, but for a calendar, which needs the site's types."""
    if source.problems or source.kind in (None, "site", "calendar"):
        return
    if source.kind == "types":
        types = read_types(source.text)
        source.rows, source.problems = list(types.types), list(types.problems)
    elif source.kind == "patterns":
        _read_patterns(source)
    else:
        assert source.kind is not None
        source.rows = _READERS[source.kind](source.text, source.problems, meter.over)
    source.text = ""


def _read_patterns(source: Source) -> None:
    begins = [source.text.count("\n", 0, match.start()) + 1 for match in _PATTERN.finditer(source.text)]
    found = read_patterns(source.text)
    wrong = set()
    for text in found.problems:
        number = _NUMBER.match(text)
        if number is not None:
            wrong.add(int(number[1]))
        line = begins[int(number[1]) - 1] if number is not None and int(number[1]) <= len(begins) else 1
        source.problems.append(FileProblem(line, None, text if number is None else text[number.end() :]))
    source.rows, source.marks = list(found.patterns), list(found.marks)
    source.lines = [line for number, line in enumerate(begins, start=1) if number not in wrong][: len(source.rows)]
    source.lines += [1] * (len(source.rows) - len(source.lines))


def read_events(
    source: Source, options: Options, zone: str, types: Sequence[str], diaries: Sequence[str], days: tuple[date, date]
) -> None:
    """Read a calendar's events; the diary is the one that was given, else the one that the file is named after."""
    if source.problems or source.kind != "calendar":
        return
    named = (options.diary or source.path.stem).upper()
    known = {one.upper(): one for one in diaries}
    if named not in known:
        text = unknown("diary", clean(named, limit=30), diaries)
        source.problems.append(FileProblem(1, None, f"{text} Say which with --diary."))
        return
    if options.type is not None and options.type.upper() not in types:
        source.problems.append(FileProblem(1, None, unknown("type", clean(options.type, limit=30), types)))
        return
    how = Reading(zone, types, known[named], None if options.type is None else options.type.upper(), *days)
    read = read_calendar(source.text, how, source.problems)
    source.rows, source.outside = read.rows, read.outside
    source.text = ""
