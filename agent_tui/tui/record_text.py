"""What is typed into the filters of the record screen, read."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from agent_tui.domain.cleaning import clean
from agent_tui.domain.clients import CLIENT_ID, Look
from agent_tui.domain.import_text import unknown
from agent_tui.domain.log import VERBS
from agent_tui.domain.plurals import counted
from agent_tui.domain.wall_time import dated_moment, short_date, wall_of

if TYPE_CHECKING:
    from agent_tui.services.doctor import Diagnosis

FILTER_ROWS = (
    (("entry", "Entry", "id", 40), ("client", "Claimant", "C000123", 12)),
    (
        ("who", "Who", "login", 30),
        ("verb", "Verb", "moved", 30),
        ("first", "From", "2026-11-30", 10),
        ("last", "To", "today", 10),
    ),
)
NAMES = tuple(name for row in FILTER_ROWS for name, _label, _hint, _longest in row)
"""The filters by name, in the order of their fields."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the filters admit, days both inclusive."""

    entry: str | None = None
    client: str | None = None
    who: str | None = None
    verb: str | None = None
    first: date | None = None
    last: date | None = None


def doctor_lines(found: "Diagnosis", flag: str) -> list[str]:
    """Return what the doctor has found, each finding and each invariant as a line with its sign."""
    lines = [f"{found.store}, {found.engine} {found.engine_version}, schema {found.schema}"]
    for one in found.findings:
        sign = "" if one.severity == "info" else f"{flag}{flag} " if one.severity == "error" else f"{flag} "
        lines.append(f"{sign}{one.severity}: {one.text} {one.do}")
    for name, checked in found.invariants.items():
        sign = f"{flag} " if checked.violations else ""
        lines.append(f"{sign}{name}: {checked.checked:,} checked, {counted(checked.violations, 'violation')}")
    return lines


def look_line(one: Look, zone: str) -> str:
    """Return a look at a claimant as a line of the list; the claimant is an opaque id."""
    return f"{dated_moment(wall_of(one.at, zone)):<21} {one.who:<12.12} {one.client:<10} {one.why}"


def look_sentence(one: Look, zone: str) -> str:
    """Return a look at a claimant as the status line says it."""
    return f"{one.who} looked at {one.client} at {dated_moment(wall_of(one.at, zone))}: {one.why}"


def read_filters(texts: Mapping[str, str], today: date) -> Filters | tuple[str, str]:
    """Return what the texts ask for, or the name of the first field that is wrong and the sentence why."""
    said = {name: clean(texts.get(name, ""), limit=60) for name in NAMES}
    entry, client = None, said["client"].upper()
    if said["entry"]:
        if not re.fullmatch(r"[0-9A-Fa-f-]{32,36}", said["entry"]):
            return "entry", "An entry's id is asked for, such as the grid's y copies it."
        try:
            entry = str(uuid.UUID(said["entry"]))
        except ValueError:
            return "entry", "That is no id of an entry."
    if client and not CLIENT_ID.fullmatch(client):
        return "client", "A claimant's opaque id is asked for, such as C000123; names are not in the log."
    days: dict[str, date | None] = {}
    for name in ("first", "last"):
        found = read_any_day(said[name], today)
        if isinstance(found, str):
            return name, found
        days[name] = found
    first, last = days["first"], days["last"]
    if first is not None and last is not None and last < first:
        return "last", f"{short_date(last)} is before {short_date(first)}."
    verb = said["verb"].replace(" ", "_").lower()
    if verb and verb not in VERBS:
        return "verb", unknown("verb", verb, VERBS)
    return Filters(entry, client or None, said["who"] or None, verb or None, first, last)


def read_any_day(text: str, today: date) -> date | str | None:
    """Return a day that may be past, from its ISO date, today or yesterday; None for nothing, a sentence for anything else."""
    words = {"today": today, "yesterday": today - timedelta(days=1)}
    if not text or text.lower() in words:
        return words.get(text.lower())
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            day = date.fromisoformat(text)
            return day if 2000 <= day.year <= 2100 else "The year must lie between 2000 and 2100."
    except ValueError:
        return f"{text} is not a day of the calendar."
    return "A day of the form 2026-11-30 is asked for, or today or yesterday."
