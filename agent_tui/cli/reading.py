"""Reading arguments and standard input: what is malformed is refused with a sentence."""

import re
import sys
import uuid
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from agent_tui.cli.answers import Malformed
from agent_tui.domain.cleaning import clean, clean_lines
from agent_tui.domain.clients import holds_personal, looks_personal
from agent_tui.domain.requests import AFTERNOON, MORNING, ClockWindow
from agent_tui.domain.ticks import MINUTES_PER_TICK, OffGrid, parse_clock, parse_minute

FIRST_YEAR, LAST_YEAR = 2000, 2100
LONGEST_SEARCH_DAYS = 366
LONGEST_INPUT = 1_000_000
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def shown(text: str, limit: int = 30) -> str:
    """Return an argument as a sentence may repeat it."""
    return clean(text, limit=limit) or "(empty)"


def read_day(text: str) -> date:
    """Return a day from its ISO date."""
    if not _DAY.fullmatch(text):
        raise Malformed(f"{shown(text)} is not a day of the form 2026-11-30.")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Malformed(f"{text} is not a day of the calendar.") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Malformed(f"The year of {text} must lie between {FIRST_YEAR} and {LAST_YEAR}.")
    return day


def read_days(first: str | None, last: str | None, default_first: date, default_last: date) -> tuple[date, date]:
    """Return a range of days, both inclusive; a reversed one or one of more than a year is refused."""
    begin = default_first if first is None else read_day(first)
    end = read_day(last) if last is not None else max(default_last, begin)
    if end < begin:
        raise Malformed(f"--to {end.isoformat()} is before --from {begin.isoformat()}.")
    if end - begin > timedelta(days=LONGEST_SEARCH_DAYS):
        raise Malformed(f"A search covers at most {LONGEST_SEARCH_DAYS} days.")
    return begin, end


def read_start(text: str) -> int:
    """Return the tick of a start; a time off the grid raises OffGrid, a malformed one is refused."""
    try:
        return parse_clock(text)
    except OffGrid:
        raise
    except ValueError as error:
        raise Malformed(str(error)) from None


def read_minute(text: str) -> int:
    """Return the minutes after midnight of a wall time, on the five-minute grid or off it."""
    try:
        return parse_minute(text)
    except ValueError as error:
        raise Malformed(str(error)) from None


def read_window(text: str | None) -> ClockWindow | None:
    """Return a part of the day: am, pm or HH:MM-HH:MM, which contains the whole appointment."""
    if text is None:
        return None
    if text in ("am", "pm"):
        return MORNING if text == "am" else AFTERNOON
    if "-" not in text:
        raise Malformed(f"{shown(text)} is none of am, pm or a range such as 09:00-11:30.")
    return ClockWindow(*read_range(text), whole=True)


def read_range(text: str) -> tuple[int, int]:
    """Return the ticks of HH:MM-HH:MM, of which the second lies after the first."""
    first, dash, last = text.partition("-")
    if not dash:
        raise Malformed(f"{shown(text)} is no range such as 09:00-11:30.")
    try:
        start, end = parse_clock(first), parse_clock(last, end=True)
    except ValueError as error:
        raise Malformed(str(error)) from None
    if end <= start:
        raise Malformed(f"The range {shown(text)} does not end after it starts.")
    return start, end


def read_near(text: str | None) -> int | None:
    """Return the tick nearest to a wall time."""
    if text is None:
        return None
    try:
        return round(parse_minute(text) / MINUTES_PER_TICK)
    except ValueError as error:
        raise Malformed(str(error)) from None


def read_id(text: str | None, name: str = "--id") -> str | None:
    """Return an id in its canonical form."""
    if text is None:
        return None
    try:
        if not re.fullmatch(r"[0-9A-Fa-f]{8}-?(?:[0-9A-Fa-f]{4}-?){3}[0-9A-Fa-f]{12}", text):
            raise ValueError
        return str(uuid.UUID(text))
    except ValueError:
        raise Malformed(f"{name} takes a UUID, such as 5f0c7a52-6d9e-4b1c-9a3e-2f4b8c1d0e6f.") from None


def read_choice(name: str, text: str, choices: Sequence[str], *, said: Mapping[str, str] | None = None) -> str:
    """Return a word that is one of some choices; the nearest is named for another, by `said` for words that people use."""
    if text not in choices:
        from agent_tui.settings import nearest_word

        folded = text.lower().replace("-", "_").replace(" ", "_")
        meant = (said or {}).get(folded)
        hint = f"; did you mean {meant}?" if meant else nearest_word(folded, choices) or "."
        raise Malformed(f"{name} takes one of {', '.join(choices)}, not {shown(text)}{hint}")
    return text


def read_whole(name: str, value: int | None, least: int, most: int) -> int | None:
    """Return a whole number within bounds."""
    if value is not None and not least <= value <= most:
        raise Malformed(f"{name} takes a whole number from {least} to {most}.")
    return value


def read_code(text: str | None) -> str | None:
    """Return a code (of a diary, a team, a type, a need) as it may be looked up."""
    return None if text is None else clean(text, limit=60)


def read_client_argument(text: str | None) -> str | None:
    """Return an opaque client id; what looks like a name, phone or national reference is refused, `-` stays."""
    if text is None or text == "-":
        return text
    if looks_personal(text):
        raise Malformed(
            "--client takes a claimant's opaque id such as C000123; a name, phone number or national reference is read from"
            " standard input (--client -), never an argument."
        )
    return clean(text, limit=30)


def read_words(name: str, text: str, limit: int) -> str:
    """Return words that an option takes, cleaned and cut; a phone number or a national reference in them is refused."""
    if holds_personal(text):
        raise Malformed(
            f"{name} takes no phone number and no national reference: every user of the machine can read an argument."
        )
    return clean(text, limit=limit)


def read_standard_input() -> str:
    """Return what standard input says, at most a million characters, cleaned line by line."""
    if sys.stdin is None or sys.stdin.isatty():
        raise Malformed("Standard input is a terminal; pipe the text in, for example: echo Khan | agent-tui clients find -")
    data = sys.stdin.buffer.read(LONGEST_INPUT + 1)
    if len(data) > LONGEST_INPUT:
        raise Malformed(f"Standard input is longer than {LONGEST_INPUT} bytes.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Malformed("Standard input is not UTF-8 text.") from None
    return clean_lines(text, limit=LONGEST_INPUT)


def read_text(file: str, most: int = LONGEST_INPUT) -> str:
    """Return what a file says, or standard input for `-`: UTF-8 text, of at most `most` characters where it is a file."""
    if file == "-":
        return read_standard_input()
    from agent_tui.services.plain_file import read_plain

    try:
        return read_plain(Path(file), 4 * most + 1).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Malformed(f"{shown(Path(file).name)} is not UTF-8 text.") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "its name cannot be used"
        raise Malformed(f"{shown(Path(file).name)} cannot be read: {why}.") from None


SAID = ("note", "access_needs")
"""What standard input may say of a claimant whose time is held."""


def read_details(text: str, known: Sequence[str]) -> dict[str, str]:
    """Return lines of the form `name: text` as a table; other lines, and names that are not known, are refused."""
    out: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, colon, value = line.partition(":")
        if not colon:
            raise Malformed(f"Line {number} of standard input is not of the form name: text.")
        field = "_".join(name.lower().replace("-", " ").split())
        if field not in known:
            named = ", ".join(f"{one.replace('_', ' ')}:" for one in known)
            raise Malformed(f"Line {number} of standard input begins with none of the names that are known: {named}")
        out[field] = value.strip()
    return out
