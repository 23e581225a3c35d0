"""The rows of a site's own CSV files: rules, staff, claimants, appointments and blocks, each checked by itself.

Only what one line says is looked at here; whether a code is known and a time is free is `import_check` and `import_plan`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from agent_tui.domain.client_details import client_problems
from agent_tui.domain.clients import Client
from agent_tui.domain.import_client import Look, client_of
from agent_tui.domain.import_text import Row, read_date, rows_of, unknown
from agent_tui.domain.requests import BLOCK_REASONS, PRIORITIES
from agent_tui.domain.roles import ROLES, login_problem
from agent_tui.domain.ticks import MINUTES_PER_TICK, parse_clock
from agent_tui.domain.type_files import FileProblem
from agent_tui.domain.types import BOOKERS, CHANNELS, CONTACTS

STATUSES = ("booked", "attended", "late", "dna", "cancelled", "unplaced")
LONGEST_MINUTES = 480
LONGEST_REFERENCE = 255
NOBODY = "nobody"
"""What the client of an appointment is that names no claimant: a word, since an empty cell is more often a mistake."""
NOTHING = "none"
"""What an appointment keeps of its time that keeps nothing of it."""
ROOM_KINDS = ("room", "equipment")
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,9}", re.ASCII)

COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "teams": (("code", "name"), ()),
    "coaches": (("code", "coach", "team"), ("login", "types", "enabled", "reference")),
    "rooms": (("code", "kind", "name", "meets"), ("enabled",)),
    "clients": (
        ("reference", "name"),
        ("phone", "national_reference", "email", "language", "access_needs", "preferred_channel", "address"),
    ),
    "appointments": (
        ("reference", "type", "client", "diary", "day", "start"),
        ("minutes", "status", "channel", "contact", "priority", "rooms", "kept"),
    ),
    "blocks": (("reference", "diary", "day", "start", "end"), ("reason", "type", "client")),
    "closures": (("day", "name"), ("closed",)),
    "staff": (("login", "name", "role"), ("diary", "booker")),
}
"""The columns that a CSV file of each kind needs, and those that it may have."""

Problems = list[FileProblem]
T = TypeVar("T")
Kept = tuple[str, int, int]
Watch = Callable[[Iterable[Row]], Iterable[Row]]
"""Passes rows on and may count them on the way."""


def _unwatched(rows: Iterable[Row]) -> Iterable[Row]:
    return rows


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team of a file."""

    line: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class CoachRow:
    """A diary of a file: `login` is the coach's, or empty."""

    line: int
    code: str
    coach: str
    team: str
    login: str
    types: frozenset[str]
    enabled: bool


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room or a piece of equipment of a file."""

    line: int
    code: str
    kind: str
    name: str
    meets: frozenset[str]
    enabled: bool


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A claimant of a file under the other system's reference; the client's `ref` is empty."""

    line: int
    reference: str
    client: Client


@dataclass(frozen=True, slots=True)
class AppointmentRow:
    """An appointment of a file: `start` is a tick, `minutes` None for the type's, `channel` empty for the type's.

    `client` is the other system's reference, an opaque id, or empty where nobody is named; `note` is free text. `kept` is what
    an appointment with an outcome has of its time, as (resource or empty for each, start, end); None for all that is free.
    """

    line: int
    reference: str
    type: str
    client: str
    diary: str
    day: date
    start: int
    minutes: int | None = None
    status: str = "booked"
    channel: str = ""
    contact: str | None = None
    priority: str = "standard"
    rooms: tuple[str, ...] = ()
    note: str = ""
    kept: tuple[Kept, ...] | None = None


@dataclass(frozen=True, slots=True)
class BlockRow:
    """A block of a file: ticks, and one of BLOCK_REASONS, or a type that is booked into a diary and its claimant."""

    line: int
    reference: str
    diary: str
    day: date
    start: int
    end: int
    reason: str
    type: str
    client: str


@dataclass(frozen=True, slots=True)
class ClosureRow:
    """A day of a file on which the site is closed, or, not `closed`, open again."""

    line: int
    day: date
    name: str
    closed: bool


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A login of a file: its role, a coach's diary, and whom they book for, empty for what their role has."""

    line: int
    login: str
    name: str
    role: str
    diary: str
    booker: str


def _read(
    kind: str, text: str, problems: Problems, watch: Watch, one: Callable[[Row, Problems], T], key: Callable[[T], str]
) -> list[T]:
    """Return the rows of a file that are sound, each key once; what is not becomes a problem."""
    found: list[T] = []
    seen: dict[str, int] = {}
    name = COLUMNS[kind][0][0]
    for row in watch(rows_of(text, *COLUMNS[kind], problems)):
        before = len(problems)
        made = one(row, problems)
        if len(problems) > before:
            continue
        first = seen.setdefault(key(made), row.line)
        if first != row.line:
            problems.append(FileProblem(row.line, name, f"This {name} is in line {first} already."))
            continue
        found.append(made)
    return found


def read_teams(text: str, problems: Problems, watch: Watch = _unwatched) -> list[TeamRow]:
    """Return the teams of a CSV text."""

    def one(row: Row, problems: Problems) -> TeamRow:
        return TeamRow(row.line, _code(row, "code", problems), _name(row, "name", problems))

    return _read("teams", text, problems, watch, one, lambda made: made.code)


def read_coaches(text: str, problems: Problems, watch: Watch = _unwatched) -> list[CoachRow]:
    """Return the diaries of a CSV text."""

    def one(row: Row, problems: Problems) -> CoachRow:
        return CoachRow(
            line=row.line,
            code=_code(row, "code", problems),
            coach=_name(row, "coach", problems),
            team=_code(row, "team", problems),
            login=_login(row, problems) if row.cells["login"] else "",
            types=frozenset(word.upper() for word in _words(row.cells["types"])),
            enabled=_yes(row, "enabled", problems),
        )

    return _read("coaches", text, problems, watch, one, lambda made: made.code)


def read_rooms(text: str, problems: Problems, watch: Watch = _unwatched) -> list[RoomRow]:
    """Return the rooms and equipment of a CSV text."""

    def one(row: Row, problems: Problems) -> RoomRow:
        meets = frozenset(word.casefold() for word in _words(row.cells["meets"]))
        if not meets or any(len(word) > 30 for word in meets):
            problems.append(
                FileProblem(row.line, "meets", "At least one need that it meets is named, each of up to 30 characters.")
            )
        return RoomRow(
            line=row.line,
            code=_code(row, "code", problems),
            kind=_choice(row, "kind", ROOM_KINDS, "room", problems),
            name=_name(row, "name", problems),
            meets=meets,
            enabled=_yes(row, "enabled", problems),
        )

    return _read("rooms", text, problems, watch, one, lambda made: made.code)


def read_clients(text: str, problems: Problems, watch: Watch = _unwatched, look: Look = client_problems) -> list[ClientRow]:
    """Return the claimants of a CSV text; `look` is as for `client_of`."""

    def one(row: Row, problems: Problems) -> ClientRow:
        reference = _reference(row, problems)
        if reference.casefold() == NOBODY:
            text = f"{NOBODY} is the word for an appointment without a claimant; give this claimant another reference."
            problems.append(FileProblem(row.line, "reference", text))
        return ClientRow(row.line, reference, client_of(row, problems, look))

    return _read("clients", text, problems, watch, one, lambda made: made.reference)


def read_appointments(text: str, problems: Problems, watch: Watch = _unwatched) -> list[AppointmentRow]:
    """Return the appointments of a CSV text."""
    return _read("appointments", text, problems, watch, _appointment, lambda made: made.reference)


def _appointment(row: Row, problems: Problems) -> AppointmentRow:
    cells = row.cells
    for column in ("type", "client", "diary"):
        if not cells[column]:
            more = f" Write {NOBODY} where no claimant is named." if column == "client" else ""
            problems.append(FileProblem(row.line, column, f"The {column} is empty.{more}"))
    return AppointmentRow(
        line=row.line,
        reference=_reference(row, problems),
        type=cells["type"].upper(),
        client="" if cells["client"].casefold() == NOBODY else cells["client"],
        diary=cells["diary"].upper(),
        day=_day(row, problems),
        start=_start(row, problems),
        minutes=_minutes(row, problems),
        status=_choice(row, "status", STATUSES, "booked", problems),
        channel=_choice(row, "channel", CHANNELS, "", problems),
        contact=_choice(row, "contact", CONTACTS, "", problems) or None,
        priority=_choice(row, "priority", PRIORITIES, "standard", problems),
        rooms=tuple(word.upper() for word in _words(cells["rooms"])),
        kept=_kept(row, problems),
    )


def read_blocks(text: str, problems: Problems, watch: Watch = _unwatched) -> list[BlockRow]:
    """Return the blocks of a CSV text."""
    return _read("blocks", text, problems, watch, _block, lambda made: made.reference)


def _block(row: Row, problems: Problems) -> BlockRow:
    cells = row.cells
    made = BlockRow(
        line=row.line,
        reference=_reference(row, problems),
        diary=cells["diary"].upper(),
        day=_day(row, problems),
        start=_start(row, problems),
        end=_clock(row, "end", problems, end=True),
        reason=_choice(row, "reason", BLOCK_REASONS, "", problems),
        type=cells["type"].upper(),
        client=cells["client"],
    )
    if made.end <= made.start:
        problems.append(FileProblem(row.line, "end", "A block ends after it starts."))
    if bool(made.reason) == bool(made.type) or bool(made.type) != bool(made.client):
        text = f"A block has one of these reasons: {', '.join(BLOCK_REASONS)}; or a type and its claimant."
        problems.append(FileProblem(row.line, "reason", text))
    return made


def read_closures(text: str, problems: Problems, watch: Watch = _unwatched) -> list[ClosureRow]:
    """Return the closed days of a CSV text."""

    def one(row: Row, problems: Problems) -> ClosureRow:
        return ClosureRow(row.line, _day(row, problems), _name(row, "name", problems), _yes(row, "closed", problems))

    return _read("closures", text, problems, watch, one, lambda made: made.day.isoformat())


def read_staff(text: str, problems: Problems, watch: Watch = _unwatched) -> list[StaffRow]:
    """Return the staff of a CSV text."""

    def one(row: Row, problems: Problems) -> StaffRow:
        made = StaffRow(
            line=row.line,
            login=_login(row, problems),
            name=_name(row, "name", problems),
            role=_choice(row, "role", ROLES, "", problems),
            diary=row.cells["diary"].upper(),
            booker=_choice(row, "booker", BOOKERS, "", problems),
        )
        if not row.cells["role"]:
            problems.append(FileProblem(row.line, "role", f"The role is empty. Known are: {', '.join(ROLES)}."))
        return made

    return _read("staff", text, problems, watch, one, lambda made: made.login)


def _login(row: Row, problems: Problems) -> str:
    login = row.cells["login"]
    problem = login_problem(login)
    if problem is not None:
        problems.append(FileProblem(row.line, "login", problem))
    return login


def _kept(row: Row, problems: Problems) -> tuple[Kept, ...] | None:
    """Return what an appointment keeps of its time: "none", or ranges such as 09:00-09:15, each after a code or for all."""
    said = row.cells["kept"]
    if not said:
        return None
    found: list[Kept] = []
    for word in () if said.casefold() == NOTHING else _words(said):
        code, _, times = word.rpartition(" ")
        first, dash, last = times.partition("-")
        try:
            start, end = parse_clock(first), parse_clock(last, end=True)
        except ValueError:
            dash = ""
        if not dash or start >= end:
            text = f"{word[:30]} is no range such as 09:00-09:15 or R01 09:00-09:15; write {NOTHING} where nothing is kept."
            problems.append(FileProblem(row.line, "kept", text))
            return None
        found.append((code.upper(), start, end))
    return tuple(found)


def _day(row: Row, problems: Problems) -> date:
    try:
        return read_date(row.cells["day"])
    except ValueError as error:
        problems.append(FileProblem(row.line, "day", str(error)))
        return date.min


def _start(row: Row, problems: Problems) -> int:
    return _clock(row, "start", problems)


def _clock(row: Row, column: str, problems: Problems, *, end: bool = False) -> int:
    said = row.cells[column]
    try:
        return parse_clock(said.zfill(5) if len(said) == 4 else said, end=end)
    except ValueError as error:
        problems.append(FileProblem(row.line, column, str(error)))
        return 0


def _minutes(row: Row, problems: Problems) -> int | None:
    said = row.cells["minutes"]
    if not said:
        return None
    minutes = int(said) if said.isascii() and said.isdigit() and len(said) <= 4 else 0
    if not 0 < minutes <= LONGEST_MINUTES or minutes % MINUTES_PER_TICK:
        text = f"{said[:20]} is no multiple of {MINUTES_PER_TICK} minutes up to {LONGEST_MINUTES}."
        problems.append(FileProblem(row.line, "minutes", text))
        return None
    return minutes


def _reference(row: Row, problems: Problems) -> str:
    said = row.cells["reference"]
    if not said or len(said) > LONGEST_REFERENCE:
        text = f"The reference of the other system has 1 to {LONGEST_REFERENCE} characters."
        problems.append(FileProblem(row.line, "reference", text))
    return said


def _code(row: Row, column: str, problems: Problems) -> str:
    code = row.cells[column].upper()
    if not _CODE.fullmatch(code) or code in ("SITE", "NEW"):
        problems.append(FileProblem(row.line, column, "A code has 1 to 10 characters: letters, digits and -, such as D28."))
    return code


def _name(row: Row, column: str, problems: Problems) -> str:
    name = row.cells[column]
    if not name or len(name) > 100:
        problems.append(FileProblem(row.line, column, f"The {column} has 1 to 100 characters."))
    return name


def _yes(row: Row, column: str, problems: Problems) -> bool:
    return _choice(row, column, ("yes", "no"), "yes", problems) == "yes"


def _choice(row: Row, column: str, known: Sequence[str], default: str, problems: Problems) -> str:
    said = row.cells[column].casefold()
    if not said:
        return default
    if said not in known:
        problems.append(FileProblem(row.line, column, f"{unknown(column, said, known)} Known are: {', '.join(known)}."))
    return said


def _words(cell: str) -> Iterator[str]:
    return (word.strip() for word in cell.split(";") if word.strip())
