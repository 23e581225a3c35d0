"""Files of requests that came online or by e-mail: CSV and JSON lines in, requests and what is wrong with each line out."""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from agent_tui.domain.cleaning import clean, clean_lines
from agent_tui.domain.client_details import client_problems
from agent_tui.domain.clients import Client, name_key, phone_key, reference_key, short_name
from agent_tui.domain.import_client import Look, client_of
from agent_tui.domain.import_text import Row, cell_of, read_date, rows_of, unknown
from agent_tui.domain.requests import PRIORITIES, ClockWindow
from agent_tui.domain.sooner import parse_part, part_text
from agent_tui.domain.type_files import FileProblem
from agent_tui.domain.types import AppointmentType

NEEDED = ("reference", "type", "name")
OPTIONAL = (
    *("received", "phone", "national_reference", "email", "from", "until", "time"),
    *("priority", "contact", "language", "access_needs", "preferred_channel", "address", "note"),
)
"""The columns of a file of requests, and the names in a line of JSON."""
WRITTEN = ("online", "email")
MOST_REQUESTS = 5_000
"""The most requests that one file may hold: they are loaded in one transaction."""
LONGEST_REFERENCE = 100
_INSTANT = re.compile(r"(\S+)[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:\.[0-9]{1,6})?)(Z|[+-][0-9]{2}:?[0-9]{2})?", re.ASCII)

Problems = list[FileProblem]


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request of a file: the other system's reference, naive wall time at which it came (None for now), what is wanted.

    `said` is free text: note, access needs and language.
    """

    line: int
    reference: str
    received: datetime | None
    type: str
    client: Client
    first: date | None
    last: date | None
    window: ClockWindow | None
    priority: str
    contact: str
    said: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read: the site's types, its zone, site time, after which nothing can have come in, and `look` as for
    `client_of`."""

    types: Mapping[str, AppointmentType]
    zone: str
    now: datetime
    look: Look = client_problems


def read_csv(text: str, how: Reading, problems: Problems) -> list[RequestRow]:
    """Return the requests of a CSV text with the columns NEEDED and OPTIONAL; what is no request becomes a problem."""
    return read_rows(rows_of(text, NEEDED, OPTIONAL, problems), how, problems)


def read_lines(text: str, how: Reading, problems: Problems) -> list[RequestRow]:
    """Return the requests of JSON lines, one object of texts each; what is no request becomes a problem."""
    return read_rows(_objects(text, problems), how, problems)


def _objects(text: str, problems: Problems) -> Iterable[Row]:
    known = (*NEEDED, *OPTIONAL)
    for line, said in enumerate(text.split("\n"), start=1):
        if not said.strip():
            continue
        try:
            found = json.loads(said)
        except (ValueError, RecursionError):
            problems.append(FileProblem(line, None, "This line is not JSON."))
            continue
        if not isinstance(found, dict):
            problems.append(FileProblem(line, None, "This line is no JSON object."))
            continue
        before = len(problems)
        cells = dict.fromkeys(known, "")
        for name, value in found.items():
            if name not in known:
                problems.append(FileProblem(line, clean(name, limit=40) or None, unknown("name", clean(name, limit=30), known)))
            elif isinstance(value, str):
                cells[name] = clean_lines(value, limit=4_000) if name == "note" else cell_of(value)
            elif value is not None:
                problems.append(FileProblem(line, name, "Its value is no text in quotes."))
        if len(problems) == before:
            yield Row(line, cells)


def read_rows(rows: Iterable[Row], how: Reading, problems: Problems) -> list[RequestRow]:
    """Return the rows that are requests, each reference once; the rest become problems."""
    found: list[RequestRow] = []
    seen: dict[str, int] = {}
    names = {kind.name.casefold(): code for code, kind in how.types.items()}
    count = 0
    for row in rows:
        count += 1
        if count > MOST_REQUESTS:
            problems.append(FileProblem(row.line, None, f"A file holds at most {MOST_REQUESTS} requests. Split it."))
            return []
        before = len(problems)
        made = _request(row, how, names, problems)
        first = seen.setdefault(made.reference, row.line)
        if made.reference and first != row.line:
            problems.append(FileProblem(row.line, "reference", f"This reference is in line {first} already."))
        if len(problems) == before:
            found.append(made)
    if not count and not problems:
        problems.append(FileProblem(1, None, "The file holds no requests."))
    return found


def _request(row: Row, how: Reading, names: Mapping[str, str], problems: Problems) -> RequestRow:
    cells = row.cells
    reference = cells["reference"]
    if not reference or len(reference) > LONGEST_REFERENCE:
        text = f"The reference of the other system has 1 to {LONGEST_REFERENCE} characters."
        problems.append(FileProblem(row.line, "reference", text))
    first, last = _day(row, "from", how, problems), _day(row, "until", how, problems)
    if first is not None and last is not None and last < first:
        problems.append(FileProblem(row.line, "until", f"{last.isoformat()} is before {first.isoformat()}."))
    if last is not None and last < how.now.date():
        problems.append(FileProblem(row.line, "until", f"{last.isoformat()} is past."))
    said = {"note": cells["note"], "access": cells["access_needs"], "language": cells["language"][:30]}
    return RequestRow(
        line=row.line,
        reference=reference,
        received=_received(row, how, problems),
        type=_type(row, how.types, names, problems),
        client=client_of(row, problems, how.look),
        first=first,
        last=last,
        window=_window(row, problems),
        priority=_choice(row, "priority", PRIORITIES, "standard", problems),
        contact=_choice(row, "contact", WRITTEN, "online", problems),
        said={name: text for name, text in said.items() if text},
    )


def _type(row: Row, types: Mapping[str, AppointmentType], names: Mapping[str, str], problems: Problems) -> str:
    said = row.cells["type"]
    code = said.upper() if said.upper() in types else names.get(said.casefold(), "")
    if not code:
        problems.append(FileProblem(row.line, "type", unknown("type", said, types)))
    elif types[code].booked_by == "block":
        problems.append(FileProblem(row.line, "type", f"{code} is booked as block time and cannot be asked for."))
    return code


def _day(row: Row, column: str, how: Reading, problems: Problems) -> date | None:
    if not row.cells[column]:
        return None
    try:
        return read_date(row.cells[column])
    except ValueError as error:
        problems.append(FileProblem(row.line, column, str(error)))
        return None


def _received(row: Row, how: Reading, problems: Problems) -> datetime | None:
    """Return the wall time at which a request came: a day, a day and a time of the site, or an instant with its offset."""
    said = row.cells["received"]
    if not said:
        return None
    try:
        found = _INSTANT.fullmatch(said)
        if found is None:
            moment = datetime.combine(read_date(said), datetime.min.time())
        else:
            day = read_date(found[1])
            moment = datetime.fromisoformat(f"{day.isoformat()}T{found[2]}{found[3] or ''}")
            if moment.tzinfo is not None:
                moment = moment.astimezone(ZoneInfo(how.zone)).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        text = str(error) if str(error).endswith(".") else f"{said[:30]} is no moment of the form 2026-11-24T08:30."
        problems.append(FileProblem(row.line, "received", text))
        return None
    if moment > how.now:
        problems.append(FileProblem(row.line, "received", f"{said[:30]} is later than now, {how.now:%Y-%m-%d %H:%M}."))
        return None
    return moment


def _window(row: Row, problems: Problems) -> ClockWindow | None:
    said = row.cells["time"].casefold()
    if not said:
        return None
    try:
        return parse_part(said)
    except ValueError as error:
        problems.append(FileProblem(row.line, "time", str(error)))
        return None


def _choice(row: Row, column: str, known: Sequence[str], default: str, problems: Problems) -> str:
    said = row.cells[column].casefold()
    if not said:
        return default
    if said not in known:
        problems.append(FileProblem(row.line, column, f"{unknown(column, said, known)} Known are: {', '.join(known)}."))
    return said


def wanted_of(row: RequestRow) -> dict[str, Any]:
    """Return what a request asks for as codes and days."""
    first, last = (None if one is None else one.isoformat() for one in (row.first, row.last))
    return {"from": first, "until": last, "time": part_text(row.window)}


def same_person(
    client: Client, by_reference: Collection[Client], by_phone: Collection[Client], by_name: Collection[Client]
) -> str:
    """Return the opaque id of the claimant that a request is from, or nothing where none is.

    The national reference counts first, then the phone with the same name, then the exact name with the e-mail address. A
    claimant with another national reference is somebody else.
    """

    def could_be(one: Client) -> bool:
        said, known = reference_key(client.reference), reference_key(one.reference)
        return not said or not known or said == known

    folded = name_key(client.name)
    if by_reference:
        named = [one for one in by_reference if name_key(one.name) == folded]
        return (named or list(by_reference))[0].ref
    # A household shares a phone: who has another name is somebody else. Of one person "S Khan" may be said for "Sana Khan".
    phones = [one for one in by_phone if could_be(one)]
    exact = [one for one in phones if name_key(one.name) == folded]
    alike = [one for one in phones if name_key(short_name(one.name)) == name_key(short_name(client.name))]
    phones = exact or (alike if len(phones) == 1 else [])
    if phones:
        return phones[0].ref
    email = client.email.casefold()
    return next((one.ref for one in by_name if email and one.email.casefold() == email and could_be(one)), "")


def keys_of(client: Client) -> dict[str, str]:
    """Return the folded keys by which a claimant is looked up: reference, phone and name; a short phone is no key."""
    phone = phone_key(client.phone)
    keys = {
        "reference": reference_key(client.reference),
        "phone": phone if len(phone) >= 7 else "",
        "name": name_key(client.name),
    }
    return {name: key for name, key in keys.items() if key}
