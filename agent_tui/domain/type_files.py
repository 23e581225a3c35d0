"""Files of appointment types: CSV text in, types and what is wrong with each line out."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from agent_tui.domain.cleaning import clean
from agent_tui.domain.ticks import MINUTES_PER_TICK
from agent_tui.domain.types import AppointmentType, MinutesFrom, type_problems

COLUMNS = (
    "code",
    "name",
    "channel",
    "minutes",
    "effective_from",
    "group",
    "weekly_check",
    "key",
    "booked_by",
    "may_book",
    "needs",
    "bring",
    "source",
)
LONGEST_FILE = 1_000_000
_LENGTHS = {"bring": 300, "source": 400}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class FileProblem:
    """What is wrong with a line of a file: its number (the header is 1), the column where there is one, a sentence."""

    line: int
    field: str | None
    text: str

    def __str__(self) -> str:
        where = f"Line {self.line}" if self.field is None else f"Line {self.line}, {self.field}"
        return f"{where}: {self.text}"


@dataclass(frozen=True, slots=True)
class TypesRead:
    """The types of a file in the order of their first line, and its problems; with any of them nothing should be stored."""

    types: tuple[AppointmentType, ...]
    problems: tuple[FileProblem, ...]


def read_types(text: str) -> TypesRead:
    """Return the types that CSV text with the header COLUMNS describes (in any order of columns).

    A later line of the same code with another effective_from adds a length; its other cells must be the same, but for
    the source, which may differ.
    """
    if len(text) > LONGEST_FILE:
        return TypesRead((), (FileProblem(1, None, f"The file is longer than {LONGEST_FILE} characters."),))
    if not text.removeprefix("\ufeff").strip():
        return TypesRead((), (FileProblem(1, None, "The file is empty."),))
    problems: list[FileProblem] = []
    kinds: dict[str, AppointmentType] = {}
    lines: dict[str, int] = {}
    for line, cells in _rows(text, problems):
        kind = _type_of(line, cells, problems)
        if kind is None:
            continue
        if kind.code not in kinds:
            kinds[kind.code], lines[kind.code] = kind, line
        else:
            kinds[kind.code] = _joined(kinds[kind.code], kind, line, lines[kind.code], problems)
    if not kinds and not problems:
        problems.append(FileProblem(1, None, "The file holds no types."))
    return TypesRead(tuple(kinds.values()), tuple(sorted(problems, key=lambda one: one.line)))


def _rows(text: str, problems: list[FileProblem]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each line's number and its cells by column, cleaned; a line that is no row becomes a problem."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        header = [clean(cell, limit=40) for cell in next(reader, [])]
        if not _header_is_right(header, problems):
            return
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                problems.append(FileProblem(reader.line_num, None, f"{len(cells)} cells where the header has {len(header)}."))
                continue
            named = zip(header, cells, strict=True)
            yield reader.line_num, {column: clean(cell, limit=_LENGTHS.get(column, 200)) for column, cell in named}
    except csv.Error as error:
        problems.append(FileProblem(max(reader.line_num, 1), None, f"This is not CSV: {error}."))


def _header_is_right(header: Sequence[str], problems: list[FileProblem]) -> bool:
    before = len(problems)
    for column in header:
        if column not in COLUMNS:
            problems.append(FileProblem(1, column or None, f"The column {column!r} is unknown; known are: {', '.join(COLUMNS)}."))
    for column in COLUMNS:
        if header.count(column) != 1:
            text = f"The column {column} is {'missing' if column not in header else 'there twice'}."
            problems.append(FileProblem(1, column, text))
    return len(problems) == before


def _type_of(line: int, cells: dict[str, str], problems: list[FileProblem]) -> AppointmentType | None:
    """Return the type of one line, or None when the line has a problem, which is added."""
    before = len(problems)
    minutes = _minutes(line, cells["minutes"], problems)
    first = _day(line, cells["effective_from"], problems)
    if cells["key"] not in ("yes", "no"):
        problems.append(FileProblem(line, "key", f"{cells['key'][:20]!r} is neither yes nor no."))
    if not cells["may_book"]:
        problems.append(FileProblem(line, "may_book", "Nobody may book this type."))
    kind = AppointmentType(
        code=cells["code"],
        name=cells["name"],
        channel=cells["channel"],
        group=cells["group"],
        key=cells["key"] == "yes",
        minutes=(MinutesFrom(first, minutes),),
        weekly_check=cells["weekly_check"],
        booked_by=cells["booked_by"],
        may_book=frozenset(_list(cells["may_book"])),
        needs=_list(cells["needs"]),
        bring=cells["bring"],
        source=cells["source"],
    )
    if len(problems) == before:
        problems.extend(FileProblem(line, _field_of(text), text) for text in type_problems(kind))
    return kind if len(problems) == before else None


def _field_of(text: str) -> str | None:
    """Return the column that a sentence of `type_problems` speaks of."""
    for mark, field in (("The code", "code"), ("has no name", "name"), ("may_book", "may_book")):
        if mark in text:
            return field
    return next((column for column in COLUMNS if text.startswith(f"The {column} ")), None)


def _minutes(line: int, cell: str, problems: list[FileProblem]) -> int:
    if not (cell.isascii() and cell.isdigit() and len(cell) <= 4):
        problems.append(FileProblem(line, "minutes", f"{cell[:20]!r} is not a number of minutes."))
        return MINUTES_PER_TICK
    minutes = int(cell)
    if minutes <= 0 or minutes % MINUTES_PER_TICK or minutes > 480:
        text = f"{minutes} minutes: a multiple of {MINUTES_PER_TICK} up to 480 is needed."
        problems.append(FileProblem(line, "minutes", text))
    return minutes


def _day(line: int, cell: str, problems: list[FileProblem]) -> date:
    try:
        if _DAY.fullmatch(cell):
            return date.fromisoformat(cell)
    except ValueError:
        pass
    problems.append(FileProblem(line, "effective_from", f"{cell[:20]!r} is not a day of the form 2026-11-23."))
    return date.min


def _list(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.strip() for word in cell.split(";") if word.strip()))


def _joined(
    known: AppointmentType, later: AppointmentType, line: int, first_line: int, problems: list[FileProblem]
) -> AppointmentType:
    """Return a type with the length that a later line of the same code adds."""
    step = later.minutes[0]
    if any(step.effective_from == one.effective_from for one in known.minutes):
        text = f"{later.code} from {step.effective_from.isoformat()} is there twice."
        problems.append(FileProblem(line, "code", text))
        return known
    for column in differences(known, later):
        problems.append(FileProblem(line, column, f"{later.code} has another {column} than in line {first_line}."))
    steps = sorted((*known.minutes, step), key=lambda one: one.effective_from)
    return replace(known, minutes=tuple(steps))


def differences(one: AppointmentType, other: AppointmentType) -> list[str]:
    """Return the columns in which two types differ, lengths and sources aside."""
    columns = [column for column in COLUMNS if column not in ("minutes", "effective_from", "source")]
    return [column for column in columns if getattr(one, column) != getattr(other, column)]


def merged(stored: AppointmentType, read: AppointmentType) -> AppointmentType:
    """Return a stored type after a file: the file's words, and its lengths over the stored ones, day by day."""
    steps = {step.effective_from: step for step in (*stored.minutes, *read.minutes)}
    return replace(read, minutes=tuple(steps[first] for first in sorted(steps)))
