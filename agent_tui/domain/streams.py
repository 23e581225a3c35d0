"""Streams of requests for a simulation: the CSV that they come in and go out as, and what is wrong with each line."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from agent_tui.domain.import_text import Row, formula_safe, read_date, rows_of, unknown
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import MINUTES_PER_TICK, clock_of_minute, minutes_of_ticks, parse_minute, runs_in
from agent_tui.domain.type_files import FileProblem
from agent_tui.domain.types import AppointmentType

COLUMNS = (
    "id",
    "asked_at",
    "type",
    "minutes",
    "earliest_day",
    "latest_day",
    "half",
    "strict",
    "preferred_start",
    "own_diary",
    "cancelled_at",
    "rebook_of",
)
HALVES = ("any", "am", "pm")
LONGEST_ID = 60
MOST_DAYS = 366
MOST_PROBLEMS = 100

_INSTANT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(?::[0-9]{2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class StreamRow:
    """One request of a stream; instants are site wall time, `preferred_start` is in minutes after midnight.

    With `strict` only the half of the day that is named is accepted, else the half says what is preferred.
    """

    id: str
    asked_at: datetime
    type: str
    minutes: int
    earliest_day: date
    latest_day: date
    half: str = "any"
    strict: bool = False
    preferred_start: int | None = None
    own_diary: str | None = None
    cancelled_at: datetime | None = None
    rebook_of: str | None = None


@dataclass(frozen=True, slots=True)
class StreamRead:
    """The rows of a stream in the order of the file, and its problems by line; with any of them nothing is replayed."""

    rows: tuple[StreamRow, ...]
    problems: tuple[FileProblem, ...]


def offerable(catalogue: Catalogue, code: str) -> bool:
    """Return whether a type is booked by offers and assigned to some enabled diary."""
    kind = catalogue.types.get(code)
    return kind is not None and kind.booked_by == "offer" and any(diary.enabled for diary in catalogue.diaries_for(code))


def longest_run(catalogue: Catalogue, kind: AppointmentType, days: Iterable[date]) -> int:
    """Return the ticks of the longest stretch of time in which a type may be booked on some days; 0 where it may not at all."""
    best = 0
    seen: set[int] = set()
    for day in days:
        if day in catalogue.closures:
            continue
        for diary in catalogue.diaries_for(kind.code):
            mask = catalogue.allowed(diary.code, day, kind.code, kind.channel) if diary.enabled else 0
            if mask not in seen:
                seen.add(mask)
                best = max(best, *(end - start for start, end in runs_in(mask)), 0)
    return best


def too_long(catalogue: Catalogue, kind: AppointmentType, days: Sequence[date]) -> str | None:
    """Return the sentence that a type is longer than any segment that allows it, or None where it fits or none allows it."""
    run = longest_run(catalogue, kind, days)
    lengths = [length for day in (days[0], days[-1]) if (length := kind.ticks_on(day))] if days else []
    if not run or not lengths or min(lengths) <= run:
        return None
    have = minutes_of_ticks(run)
    return f"{kind.code} takes {minutes_of_ticks(min(lengths))} minutes, and no segment that allows it is longer than {have}."


def days_between(first: date, last: date) -> list[date]:
    """Return the days from the first to the last, both included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def read_stream(text: str, catalogue: Catalogue, days: tuple[date, date] | None = None) -> StreamRead:
    """Return the requests of a CSV text with the header COLUMNS (in any order), or every bad line with field and reason.

    `days` are the first and the last day that are simulated; a row that has none of them is bad, and without them the rows
    say themselves which days there are.
    """
    problems: list[FileProblem] = []
    reader = _Reader(catalogue, days, problems)
    for row in rows_of(text, COLUMNS, (), problems):
        reader.take(row)
        if len(problems) >= MOST_PROBLEMS:
            break
    if not problems:
        reader.check_together()
    if not problems and not reader.rows:
        problems.append(FileProblem(1, None, "There are no requests in this file."))
    return StreamRead(tuple(row for row, _line in reader.rows.values()), tuple(sorted(problems, key=lambda one: one.line)))


class _Reader:
    """The rows read so far, with their lines, and what was wrong."""

    def __init__(self, catalogue: Catalogue, days: tuple[date, date] | None, problems: list[FileProblem]) -> None:
        self.catalogue = catalogue
        self.days = days
        self.problems = problems
        self.rows: dict[str, tuple[StreamRow, int]] = {}

    def take(self, row: Row) -> None:
        """Read one line; what is wrong with it is told at the first field that is wrong."""
        cells = row.cells
        field = "id"
        try:
            key = self._id(cells["id"])
            field = "asked_at"
            asked = read_instant(cells["asked_at"])
            field = "type"
            kind = self._type(cells["type"])
            field = "earliest_day"
            first = read_date(cells["earliest_day"])
            field = "minutes"
            minutes = _minutes(cells["minutes"], kind, first)
            field = "latest_day"
            last = self._latest(read_date(cells["latest_day"]), first, asked)
            field = "half"
            half = _one_of(cells["half"].casefold(), HALVES)
            field = "strict"
            strict = _one_of(cells["strict"], ("0", "1")) == "1"
            field = "preferred_start"
            preferred = parse_minute(cells["preferred_start"]) if cells["preferred_start"] else None
            field = "own_diary"
            own = self._diary(cells["own_diary"])
            field = "cancelled_at"
            cancelled = read_instant(cells["cancelled_at"]) if cells["cancelled_at"] else None
            if cancelled is not None and cancelled < asked:
                raise ValueError("It is cancelled before it is asked for.")
        except ValueError as error:
            self.problems.append(FileProblem(row.line, field, str(error)))
            return
        found = StreamRow(
            key, asked, kind.code, minutes, first, last, half, strict, preferred, own, cancelled, cells["rebook_of"] or None
        )
        self.rows[key] = found, row.line

    def check_together(self) -> None:
        """Check what needs more than one row: rebookings, and types that no segment is long enough for."""
        self._check_rebookings()
        if self.problems or not self.rows:
            return
        first = min(row.earliest_day for row, _line in self.rows.values())
        last, line = max((row.latest_day, line) for row, line in self.rows.values())
        if self.days is None and (last - first).days >= MOST_DAYS:
            text = f"It is {(last - first).days} days after the earliest day; a stream has at most {MOST_DAYS} days."
            self.problems.append(FileProblem(line, "latest_day", text))
            return
        days = days_between(*(self.days or (first, last)))
        told: dict[str, str | None] = {}
        for row, line in self.rows.values():
            if row.type not in told:
                told[row.type] = why = too_long(self.catalogue, self.catalogue.types[row.type], days)
                if why is not None:
                    self.problems.append(FileProblem(line, "type", why))

    def _check_rebookings(self) -> None:
        taken: dict[str, str] = {}
        for row, line in self.rows.values():
            if row.rebook_of is None:
                continue
            known = self.rows.get(row.rebook_of)
            if known is None:
                text = f"There is no request {row.rebook_of[:30]} to rebook."
            elif row.rebook_of == row.id:
                text = "It rebooks itself."
            elif known[0].asked_at > row.asked_at:
                text = f"It is asked for before {row.rebook_of[:30]}, which it rebooks."
            elif row.rebook_of in taken:
                text = f"{row.rebook_of[:30]} is rebooked by {taken[row.rebook_of][:30]} already."
            else:
                taken[row.rebook_of] = row.id
                continue
            self.problems.append(FileProblem(line, "rebook_of", text))

    def _id(self, cell: str) -> str:
        if not cell or len(cell) > LONGEST_ID:
            raise ValueError(f"An id of 1 to {LONGEST_ID} characters is needed.")
        if cell in self.rows:
            raise ValueError(f"The id {cell[:30]} is in line {self.rows[cell][1]} already.")
        return cell

    def _type(self, cell: str) -> AppointmentType:
        kind = self.catalogue.types.get(cell) or self.catalogue.types.get(cell.upper())
        if kind is None:
            raise ValueError(unknown("type", cell, self.catalogue.types))
        if kind.booked_by != "offer":
            raise ValueError(f"{kind.code} is booked as block time, not by offers.")
        return kind

    def _latest(self, last: date, first: date, asked: datetime) -> date:
        if last < first:
            raise ValueError(f"The latest day {last} is before the earliest, {first}.")
        if asked.date() > last:
            raise ValueError(f"It is asked for on {asked.date()}, after the latest day {last}.")
        if self.days is not None and (last < self.days[0] or first > self.days[1]):
            raise ValueError(f"None of its days is simulated; those are {self.days[0]} to {self.days[1]}.")
        return last

    def _diary(self, cell: str) -> str | None:
        if cell and cell not in self.catalogue.diaries:
            raise ValueError(unknown("diary", cell, self.catalogue.diaries))
        return cell or None


def read_instant(cell: str) -> datetime:
    """Return a moment of site wall time such as 2026-11-23T09:05 (a blank for the T and seconds are taken, a zone is not)."""
    match = _INSTANT.fullmatch(cell)
    if match is None:
        raise ValueError(f"{cell[:30] or '(empty)'} is no site time of the form 2026-11-23T09:05.")
    hour, minute = divmod(parse_minute(match[2]), 60)
    return datetime.combine(read_date(match[1]), time(hour, minute))


def _minutes(cell: str, kind: AppointmentType, day: date) -> int:
    if not (cell.isascii() and cell.isdigit() and len(cell) <= 4):
        raise ValueError(f"{cell[:20] or '(empty)'} is not a number of minutes.")
    minutes = int(cell)
    if not minutes or minutes % MINUTES_PER_TICK:
        raise ValueError(f"{minutes} minutes is no positive multiple of {MINUTES_PER_TICK}.")
    known = kind.minutes_on(day)
    if known is None:
        raise ValueError(f"{kind.code} cannot be booked yet on {day}.")
    if minutes != known:
        raise ValueError(f"{kind.code} takes {known} minutes on {day}, not {minutes}.")
    return minutes


def _one_of(cell: str, words: Sequence[str]) -> str:
    if cell not in words:
        raise ValueError(f"{cell[:20] or '(empty)'} is none of {', '.join(words)}.")
    return cell


def write_stream(rows: Iterable[StreamRow]) -> str:
    """Return rows as the CSV text that `read_stream` reads back to the same rows."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        cells = (
            row.id,
            _moment(row.asked_at),
            row.type,
            str(row.minutes),
            row.earliest_day.isoformat(),
            row.latest_day.isoformat(),
            row.half,
            "1" if row.strict else "0",
            "" if row.preferred_start is None else clock_of_minute(row.preferred_start),
            row.own_diary or "",
            "" if row.cancelled_at is None else _moment(row.cancelled_at),
            row.rebook_of or "",
        )
        writer.writerow([formula_safe(cell) for cell in cells])
    return out.getvalue()


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


def read_mix(text: str, catalogue: Catalogue, days: Sequence[date]) -> tuple[dict[str, int], list[FileProblem]]:
    """Return how often each type is asked for in 1,000 calls, of a CSV text with the columns of data/mix.csv.

    A type that is unknown, assigned to no diary, allowed by no segment or longer than any is a problem by line, as is an
    empty mix.
    """
    problems: list[FileProblem] = []
    mix: dict[str, int] = {}
    for row in rows_of(text, ("code", "calls_in_1000"), (), problems):
        code, cell = row.cells["code"], row.cells["calls_in_1000"]
        kind = catalogue.types.get(code)
        if kind is None:
            problems.append(FileProblem(row.line, "code", unknown("type", code, catalogue.types)))
        elif code in mix:
            problems.append(FileProblem(row.line, "code", f"{code} is there twice."))
        elif not (cell.isascii() and cell.isdigit() and len(cell) <= 6):
            problems.append(FileProblem(row.line, "calls_in_1000", f"{cell[:20] or '(empty)'} is not a number of calls."))
        elif int(cell) and (why := _never(catalogue, kind, days)) is not None:
            problems.append(FileProblem(row.line, "code", why))
        else:
            mix[code] = int(cell)
    if not problems and not any(mix.values()):
        problems.append(FileProblem(1, None, "The mix is empty: no type is asked for."))
    return mix, problems


def _never(catalogue: Catalogue, kind: AppointmentType, days: Sequence[date]) -> str | None:
    if not offerable(catalogue, kind.code):
        return f"{kind.code} is assigned to no diary that takes it by offers."
    if not longest_run(catalogue, kind, days):
        return f"No segment allows {kind.code}."
    return too_long(catalogue, kind, days)


def usable_mix(catalogue: Catalogue, mix: Mapping[str, int], days: Sequence[date]) -> dict[str, int]:
    """Return the part of a mix that a site's diaries and segments take.

    A type that they take but that is longer than any segment raises ValueError, as does a mix of which nothing is left.
    """
    kept = {}
    for code, calls in mix.items():
        if not calls or not offerable(catalogue, code):
            continue
        kind = catalogue.types[code]
        if kind.ticks_on(days[0]) is None or not longest_run(catalogue, kind, days):
            continue
        if (why := too_long(catalogue, kind, days)) is not None:
            raise ValueError(why)
        kept[code] = calls
    if not kept:
        raise ValueError("The mix is empty: no type that is asked for may be booked on these days.")
    return kept


def open_minutes(catalogue: Catalogue, days: Iterable[date]) -> int:
    """Return the open minutes of all enabled diaries on some days; closures have none."""
    diaries = [diary.code for diary in catalogue.diaries.values() if diary.enabled]
    ticks = (catalogue.plan(code, day).open_mask.bit_count() for day in days if day not in catalogue.closures for code in diaries)
    return minutes_of_ticks(sum(ticks))
