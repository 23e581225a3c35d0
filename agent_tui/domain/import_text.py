"""Files of a site's own data as text and cells: encodings, CSV, days and times, and the nearest code to a wrong one."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import lru_cache

from agent_tui.domain.cleaning import clean
from agent_tui.domain.type_files import FileProblem

LARGEST_FILE = 50_000_000
"""The largest file that is read, in bytes; JSON lines of a whole site may have LARGEST_SITE."""
LARGEST_SITE = 2_000_000_000
WINDOWS = "windows-1252"
ENCODINGS = ("utf-8", WINDOWS)
FIRST_YEAR, LAST_YEAR = 2000, 2100
LONGEST_CELL = 4_000

_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", re.ASCII)
_BRITISH = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", re.ASCII)
_SHORT_YEAR = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{2})", re.ASCII)
# Blanks in front, and the full-width forms of the signs, do not keep a spreadsheet from running a formula.
_FORMULA = re.compile(r"'*\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


EMPTY = FileProblem(1, None, "The file is empty.")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a CSV file: its number (the header is 1) and its cells by column, cleaned."""

    line: int
    cells: dict[str, str]


def decoded(data: bytes, encoding: str = "utf-8") -> str | FileProblem:
    """Return a file's text without its byte order mark, or why it is none: empty, a zip, UTF-16, NULs, another encoding.

    Windows-1252 is read only where it is named: it takes nearly any bytes, so a guess would garble names unnoticed.
    """
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return FileProblem(1, None, "This is a zip (perhaps a spreadsheet), whatever its name says; save it as CSV UTF-8.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return FileProblem(1, None, "This is UTF-16; save it as CSV UTF-8.")
    nul = data.find(b"\0")
    if nul >= 0:
        return FileProblem(data.count(b"\n", 0, nul) + 1, None, "There is a NUL byte, so this is no text; UTF-8 text is read.")
    try:
        text = data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
        return text if text.strip() else EMPTY
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        if encoding != "utf-8":
            return FileProblem(line, None, f"Line {line} is no Windows-1252.")
        return FileProblem(line, None, f"Line {line} is no UTF-8; if the file is Windows-1252 say --encoding {WINDOWS}.")


def formula_safe(cell: str) -> str:
    """Return a cell as it is written, so that a spreadsheet takes none for a formula; `plain_cell` takes it back."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def plain_cell(cell: str) -> str:
    """Return a cell without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def cell_of(text: str) -> str:
    """Return a cell as the store may keep it."""
    if text.isascii() and text.isprintable():
        return plain_cell(text.strip())[:LONGEST_CELL]
    return clean(plain_cell(text.strip(" \n")), limit=LONGEST_CELL)


def header_of(text: str) -> list[str]:
    """Return the columns that the first line of a CSV text names, as they stand there."""
    try:
        return [clean(cell, limit=40) for cell in next(csv.reader(io.StringIO(text[:20_000], newline=""), strict=True), [])]
    except csv.Error:
        return []


def rows_of(text: str, needed: Sequence[str], optional: Sequence[str], problems: list[FileProblem]) -> Iterator[Row]:
    """Yield the rows of a CSV text whose header has the needed columns, in any order; what is no row becomes a problem.

    Optional columns that are missing are empty in each row. Nothing is yielded where the header is wrong.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begun = 0
    try:
        said = next(reader, [])
        if len(said) == 1 and (";" in said[0] or "\t" in said[0]):
            problems.append(FileProblem(1, None, "The cells are not separated by commas; save the file as CSV with commas."))
            return
        header = [clean(cell, limit=40).casefold() for cell in said]
        if not _header_is_right(header, needed, optional, problems):
            return
        missing = dict.fromkeys((name for name in optional if name not in header), "")
        begun = reader.line_num
        for cells in reader:
            line, begun = begun + 1, reader.line_num
            long = next((name for name, cell in zip(header, cells, strict=False) if len(cell) > LONGEST_CELL), None)
            if long is not None:
                problems.append(FileProblem(line, long, f"This has more than {LONGEST_CELL} characters."))
            elif len(cells) == len(header) and any(cells):
                yield Row(line, missing | dict(zip(header, map(cell_of, cells), strict=True)))
            elif any(cell.strip() for cell in cells):
                text = f"{len(cells)} cells where the header has {len(header)}; is a comma missing, or one not in quotes?"
                problems.append(FileProblem(line, None, text))
    except csv.Error as error:
        problems.append(FileProblem(max(reader.line_num, 1), None, f"This is not CSV: {error}. Nothing from here on is read."))


def _header_is_right(header: Sequence[str], needed: Sequence[str], optional: Sequence[str], problems: list[FileProblem]) -> bool:
    before, known = len(problems), (*needed, *optional)
    for column in dict.fromkeys(header):
        if column not in known:
            text = unknown("column", column, known) + f" Known are: {', '.join(known)}."
            problems.append(FileProblem(1, column or None, text))
        elif header.count(column) > 1:
            problems.append(FileProblem(1, column, f"The column {column} is there twice."))
    for column in needed:
        if column not in header:
            problems.append(FileProblem(1, column, f"The column {column} is missing."))
    return len(problems) == before


def unknown(what: str, said: str, known: Iterable[str]) -> str:
    """Return the sentence that something is unknown, with the nearest that is known where one is near."""
    shown = said[:30] or "(empty)"
    by_fold = {one.casefold(): one for one in known}
    near = get_close_matches(said.casefold()[:60], by_fold, n=1, cutoff=0.55)
    return f"There is no {what} {shown}; did you mean {by_fold[near[0]]}?" if near else f"There is no {what} {shown}."


@lru_cache(maxsize=4096)
def read_date(text: str) -> date:
    """Return the day of 2026-11-25 or 25/11/2026 (the day first, always); ValueError says what is wrong."""
    iso, british = _ISO.fullmatch(text), _BRITISH.fullmatch(text)
    if iso is not None:
        year, month, day = (int(part) for part in iso.groups())
    elif british is not None:
        day, month, year = (int(part) for part in british.groups())
        if month > 12 >= day:
            raise ValueError(f"{text} has no month {month}; the day stands first: 25/11/2026, or write 2026-11-25.")
    elif _SHORT_YEAR.fullmatch(text):
        raise ValueError(f"{text} has a year of two digits; write all four: 2026-11-25 or 25/11/2026.")
    else:
        raise ValueError(f"{text[:20] or '(empty)'} is no day of the form 2026-11-25 or 25/11/2026.")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"The year of {text} must lie between {FIRST_YEAR} and {LAST_YEAR}.")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"{text} is not a day of the calendar.") from None


def broken_off(calendar: str) -> FileProblem | None:
    """Return that a calendar's text ends before what it has begun, None of a whole one: what is left out would not be missed."""
    begun, ended = (len(re.findall(rf"^{word}:", calendar, re.MULTILINE | re.IGNORECASE)) for word in ("BEGIN", "END"))
    if begun <= ended:
        return None
    return FileProblem(calendar.rstrip().count("\n") + 1, None, "The calendar breaks off before its end; is the file whole?")
