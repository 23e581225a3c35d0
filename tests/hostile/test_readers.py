"""Every field of every file that is not CSV takes hostile text or refuses it: nothing is raised, nothing unclean is said or kept.

The columns of CSV files are tried through the commands (test_files.py); here each reader is asked by itself, with no store.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, is_dataclass
from datetime import date
from typing import Any

import pytest

from agent_tui.domain.cleaning import clean_for_display
from agent_tui.domain.diary_requests import NoRequest, read_request
from agent_tui.domain.import_site import read_head, read_row
from agent_tui.domain.pattern_files import read_patterns
from agent_tui.domain.request_files import NEEDED, OPTIONAL, Reading, read_lines, read_rows
from agent_tui.domain.sandbox import read_draft
from agent_tui.domain.site_files import read_site
from agent_tui.domain.type_files import FileProblem
from agent_tui.outbox import calendar_file
from agent_tui.outbox.request_calendar import calendar_rows
from agent_tui.store.queries.importing import site_tables
from tests.domain.worlds import site
from tests.hostile.words import WORDS
from tests.small_site import NOW, TYPES

TABLES = site_tables()
ZONE = "Europe/London"
HOW = Reading({kind.code: kind for kind in TYPES}, ZONE, NOW)
EVENT = {
    "UID": "A1",
    "DTSTAMP": "20261120T090000Z",
    "DTSTART": "20261201T090000",
    "DTEND": "20261201T100000",
    "DURATION": "PT1H",
    "RRULE": "FREQ=WEEKLY;COUNT=3",
    "RDATE": "20261203T090000",
    "EXDATE": "20261208T090000",
    "RECURRENCE-ID": "20261208T090000",
    "CATEGORIES": "FC-F2F",
    "STATUS": "CONFIRMED",
    "PRIORITY": "1",
    "ORGANIZER;CN=Kim Lee": "mailto:kim@example.org",
    "SUMMARY": "Kim Lee",
    "DESCRIPTION": "rings back",
}
USUAL = ("UID", "DTSTAMP", "DTSTART", "DTEND", "CATEGORIES", "SUMMARY")
"""What an event has besides the property that is tried."""
PATTERN = '[[pattern]]\nlevel = "diary"\nowner = "D01"\nweekday = "Monday"\nfrom = 2026-11-23\n'
SEGMENT = '[[pattern.segment]]\nstart = "09:00"\nend = "12:00"\ntypes = ["FC-F2F"]\n'


@dataclass(frozen=True)
class Reader:
    """A reader by its fields: `told` returns what it made of a word in one of them, problems and values alike."""

    fields: tuple[str, ...]
    told: Callable[[str, str], Any]


def words() -> Iterator[tuple[str, str]]:
    ends = {"first moment": "00010101T000000Z", "last moment": "99991231T235959Z", "first day": "00010101"}
    for name, word in {**WORDS, **ends, "NUL": "a\0b", "surrogate": "\ud800x"}.items():
        yield name, word[:600]


def texts(value: Any) -> Iterator[str]:
    """Yield every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.items():
            yield from texts(one)
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from texts(one)
    elif is_dataclass(value) and not isinstance(value, type):
        yield from texts([getattr(value, name) for name in value.__dataclass_fields__])


def calendar(field: str, word: str) -> str:
    """Return a calendar of one event in which a property, or its parameters, says a word."""
    name, _, _parameters = field.partition(";")
    word = word.encode("utf-8", "replace").decode()  # a file is read as UTF-8, which has no surrogates
    said = {one: EVENT[one] for one in USUAL if not (field == "DURATION" and one == "DTEND")} | {field: EVENT.get(field, "")}
    lines = [f"{one}:{word if one == field else value}" for one, value in said.items()]
    lines.append(f"{name};X-SAID={word}:{EVENT.get(field, '')}")
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", ""])


def of_appointments(field: str, word: str) -> Any:
    problems: list[FileProblem] = []
    how = calendar_file.Reading(ZONE, {"FC-F2F"}, "D01", "FC-F2F", date(2026, 11, 1), date(2027, 3, 1))
    return calendar_file.read_calendar(calendar(field, word), how, problems), problems


def of_invitations(field: str, word: str) -> Any:
    problems: list[FileProblem] = []
    return read_rows(calendar_rows(calendar(field, word), ZONE, problems), HOW, problems), problems


def of_request_lines(field: str, word: str) -> Any:
    problems: list[FileProblem] = []
    said = {"reference": "R1", "type": "FC-F2F", "name": "Jo Bloggs"}
    text = "\n".join(json.dumps(one) for one in (said | {field: word}, said | {word: "x"}))
    return read_lines(text, HOW, problems), problems


def of_site_line(field: str, word: str) -> Any:
    table, _, column = field.partition(".")
    row: dict[str, Any] = {one.name: "x" if one.is_text else 1 for one in TABLES[table]} | {"site": "LPP"}
    made = []
    for value in (word, [word], {word: 1}):
        for text in (json.dumps({"table": table, "row": row | {column: value}}), json.dumps({"table": table, "row": {word: 1}})):
            made.append(refusing(read_row, text, TABLES, "LPP"))
    return made, refusing(
        read_head, json.dumps({"format": "agent-tui site", "site": word, "schema": word, "hash": word, "seq": 1})
    )[0]


def refusing(read: Callable[..., Any], *given: Any) -> tuple[str, Any]:
    """Return what a reader refuses with, and what it read."""
    try:
        return "", read(*given)
    except (ValueError, NoRequest) as error:
        return str(error), None


def toml(lines: str, field: str, word: str) -> Iterator[str]:
    """Yield TOML in which a key's value is a word, then a list of it, then a table of it; then the word itself is a key."""
    said = json.dumps(word)
    kept = "\n".join(line for line in lines.split("\n") if not line.startswith(f"{field} ="))
    for value in (said, f"[{said}]", f"{{ {said} = 1 }}"):
        yield f"{kept}\n{field} = {value}\n"
    yield f"{lines}\n{said} = 1\n"


def sentences(lines: str, field: str, word: str, read: Callable[[str], Any]) -> list[Any]:
    return [refusing(read, text)[0] or read(text) for text in toml(lines, field, word)]


def problems_of(read: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda text: read(text).problems


READERS = {
    "calendar of appointments": Reader(tuple(EVENT), of_appointments),
    "calendar of requests": Reader(tuple(EVENT), of_invitations),
    "requests as JSON lines": Reader((*NEEDED, *OPTIONAL), of_request_lines),
    "site as JSON lines": Reader(
        # Every column of one table, and of each other the first: all are read by one rule for texts and one for numbers.
        tuple(f"{table}.{one.name}" for table, columns in TABLES.items() for one in columns[: None if table == "entry" else 1]),
        of_site_line,
    ),
    "patterns": Reader(
        ("level", "owner", "weekday", "day", "from", "until", "day_off", "was"),
        lambda field, word: sentences(PATTERN, field, word, problems_of(read_patterns)),
    ),
    "segments": Reader(
        ("start", "end", "types", "channel", "limit", "description"),
        lambda field, word: sentences(PATTERN + SEGMENT, field, word, problems_of(read_patterns)),
    ),
    "a draft of the sandbox": Reader(
        ("diary", "type"),
        lambda field, word: sentences(
            PATTERN + SEGMENT + '[[assign]]\ndiary = "D01"\ntype = "FC-F2F"', field, word, lambda text: read_draft(text)[1]
        ),
    ),
    "a request for a diary": Reader(
        ("coach", "staff_number", "email", "team", "types", "like", "pattern"),
        lambda field, word: sentences('coach = "Kim Lee"', field, word, read_request),
    ),
    "a site to simulate": Reader(
        ("first_day", "days", "closures"),
        lambda field, word: sentences(
            PATTERN + SEGMENT + "[simulation]\ndays = 3", field, word, lambda text: read_site(text, site()).problems
        ),
    ),
    "a type to simulate": Reader(
        ("code", "minutes", "channel"),
        lambda field, word: sentences(
            PATTERN + SEGMENT + '[[type]]\ncode = "T1"\nminutes = 30', field, word, lambda text: read_site(text, site()).problems
        ),
    ),
    "a diary to simulate": Reader(
        ("code", "team", "types"),
        lambda field, word: sentences(
            PATTERN + SEGMENT + '[[diary]]\ncode = "D01"', field, word, lambda text: read_site(text, site()).problems
        ),
    ),
}


@pytest.mark.parametrize("name", READERS)
def test_every_field_of_a_file_takes_hostile_text_or_refuses_it(name: str) -> None:
    reader = READERS[name]
    unclean = []
    for field in reader.fields:
        for what, word in words():
            for text in texts(reader.told(field, word)):
                line = text.replace("\n", " ")
                if clean_for_display(line) != line:
                    unclean.append((field, what, text[:80]))
    assert unclean == []
