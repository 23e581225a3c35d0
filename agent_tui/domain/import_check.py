"""Rows of a site's own rules and claimants against what is stored: which are new, changed or the same, and which cannot be."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from agent_tui.domain.clients import Client
from agent_tui.domain.import_rows import ClientRow, CoachRow, RoomRow, StaffRow, TeamRow
from agent_tui.domain.import_text import unknown
from agent_tui.domain.roles import last_administrator, loses_administrator, not_to_give, own_diary_problem
from agent_tui.domain.site import Catalogue, Diary, Room, Staff
from agent_tui.domain.type_files import FileProblem, merged
from agent_tui.domain.types import AppointmentType

T = TypeVar("T")


@dataclass
class Checked(Generic[T]):
    """What a file's sound rows are to the store, and what is wrong with the others."""

    new: list[T] = field(default_factory=list)
    changed: list[T] = field(default_factory=list)
    same: int = 0
    problems: list[FileProblem] = field(default_factory=list)

    def put(self, wanted: T, stored: T | None) -> None:
        """Count a row that can be stored."""
        if stored is None:
            self.new.append(wanted)
        elif stored == wanted:
            self.same += 1
        else:
            self.changed.append(wanted)

    def refuse(self, line: int, field: str | None, text: str) -> None:
        """Keep what is wrong with a row."""
        self.problems.append(FileProblem(line, field, text))


@dataclass(frozen=True, slots=True)
class Login:
    """A login of the site: its role and, of a coach, the diary."""

    role: str
    diary: str | None


def _taken(catalogue: Catalogue, code: str, what: str) -> str | None:
    """Return why a code cannot be that of a new team, diary or room, or None: one code means one thing."""
    kinds = {"team": set(catalogue.teams), "diary": set(catalogue.diaries), "room": set(catalogue.rooms)}
    for kind, known in kinds.items():
        if kind != what and code in known:
            return f"The code {code} is that of a {kind} already."
    return None


def check_teams(rows: Iterable[TeamRow], catalogue: Catalogue) -> Checked[tuple[str, str]]:
    """Return teams as (code, name) pairs."""
    found: Checked[tuple[str, str]] = Checked()
    for row in rows:
        stored = catalogue.teams.get(row.code)
        stop = _taken(catalogue, row.code, "team")
        if stop is not None:
            found.refuse(row.line, "code", stop)
        else:
            found.put((row.code, row.name), None if stored is None else (row.code, stored))
    return found


def check_rooms(rows: Iterable[RoomRow], catalogue: Catalogue, relied: Mapping[str, frozenset[str]]) -> Checked[Room]:
    """Return rooms and equipment; one never becomes the other, and meets on what appointments to come rely on (`relied`)."""
    found: Checked[Room] = Checked()
    for row in rows:
        stored = catalogue.rooms.get(row.code)
        stop = _taken(catalogue, row.code, "room")
        if stop is not None:
            found.refuse(row.line, "code", stop)
        elif stored is not None and stored.kind != row.kind:
            found.refuse(row.line, "kind", f"{row.code} is {'a room' if stored.kind == 'room' else 'equipment'} here.")
        elif relied.get(row.code, frozenset()) - row.meets:
            lost = ", ".join(sorted(relied[row.code] - row.meets))
            text = f"{row.code} is booked for {lost}; move those appointments first."
            found.refuse(row.line, "meets", text)
        else:
            found.put(Room(row.code, row.kind, row.name, row.meets, row.enabled), stored)
    return found


def check_coaches(rows: Iterable[CoachRow], catalogue: Catalogue, logins: Mapping[str, Login]) -> Checked[Diary]:
    """Return diaries.

    A diary keeps its team, since its appointments fit that team's segments, its login, and once retired is not changed.
    """
    found: Checked[Diary] = Checked()
    given: dict[str, int] = {}
    for row in rows:
        before = len(found.problems)
        stored = catalogue.diaries.get(row.code)
        stop = _taken(catalogue, row.code, "diary")
        if stop is not None:
            found.refuse(row.line, "code", stop)
        if row.team not in catalogue.teams:
            found.refuse(row.line, "team", unknown("team", row.team, catalogue.teams))
        for code in sorted(row.types - set(catalogue.types)):
            found.refuse(row.line, "types", unknown("type", code, catalogue.types))
        if stored is not None:
            _check_stored(row, stored, found)
        _check_login(row, stored, logins, given, found)
        if len(found.problems) == before:
            login = row.login or (stored.login if stored is not None else None)
            retired = None if stored is None else stored.retired
            name = row.coach if stored is None else stored.name
            kept = stored if stored is None or stored.coach != row.coach else replace(stored, coach=row.coach)
            found.put(Diary(row.code, name, row.coach, login, row.team, row.enabled, row.types, retired), kept)
    return found


def _check_stored(row: CoachRow, stored: Diary, found: Checked[Diary]) -> None:
    if stored.team != row.team:
        found.refuse(row.line, "team", f"The diary {row.code} is in team {stored.team}; an import does not change its team.")
    if stored.login and row.login and stored.login != row.login:
        found.refuse(row.line, "login", f"The diary {row.code} has another login; an import does not change it.")
    if stored.retired is not None and (row.enabled or stored.types != row.types):
        found.refuse(row.line, "enabled", f"The diary {row.code} is retired.")


def _check_login(
    row: CoachRow, stored: Diary | None, logins: Mapping[str, Login], given: dict[str, int], found: Checked[Diary]
) -> None:
    if not row.login:
        return
    known = logins.get(row.login)
    if known is not None and known.diary != row.code:
        found.refuse(row.line, "login", "This login is somebody else's at this site.")
    elif known is None and stored is not None and stored.login:
        return
    elif given.setdefault(row.login, row.line) != row.line:
        found.refuse(row.line, "login", f"This login is in line {given[row.login]} already.")


def check_types(types: Iterable[AppointmentType], catalogue: Catalogue) -> Checked[AppointmentType]:
    """Return types as they are stored afterwards: the file's words, and its lengths over the stored ones, day by day."""
    found: Checked[AppointmentType] = Checked()
    for read in types:
        stored = catalogue.types.get(read.code)
        wanted = read if stored is None else replace(merged(stored, read), keys=stored.keys, drop_ins=stored.drop_ins)
        found.put(wanted, stored)
    return found


def check_clients(rows: Sequence[ClientRow], stored: Mapping[str, Client]) -> Checked[tuple[str, Client]]:
    """Return claimants as (reference, client) pairs; `stored` are those whose reference is known, by reference."""
    found: Checked[tuple[str, Client]] = Checked()
    for row in rows:
        old = stored.get(row.reference)
        wanted = row.client if old is None else replace(row.client, ref=old.ref)
        found.put((row.reference, wanted), None if old is None else (row.reference, old))
    return found


def check_staff(rows: Sequence[StaffRow], stored: Mapping[str, Staff], catalogue: Catalogue, giver: str) -> Checked[Staff]:
    """Return staff against those that are stored, by login; `giver` is the role of whoever imports them.

    A coach has a diary that nobody else has, the others have none. A site that has an administrator keeps one.
    """
    found: Checked[Staff] = Checked()
    coaches = {one.diary: one.login for one in stored.values() if one.diary}
    after = dict(stored)
    for row in rows:
        before = len(found.problems)
        old = stored.get(row.login)
        booker = row.booker or ("provider agent" if row.role == "agent" else "site staff")
        if old is not None and not row.booker and old.role == row.role:
            booker = old.booker
        enabled = old is None or old.enabled
        wanted = Staff(row.login, row.name, row.role, booker, row.diary or None, enabled=enabled)
        if wanted != old:
            _check_role(row, old, giver, found)
            _check_diary(row, catalogue, coaches, found)
        if len(found.problems) == before:
            coaches |= {row.diary: row.login} if row.diary else {}
            after[row.login] = wanted
            found.put(wanted, old)
    if loses_administrator(stored.values(), after.values()):
        for one in [one for one in found.changed if stored[one.login].role == "admin"]:
            found.changed.remove(one)
            line = next(row.line for row in rows if row.login == one.login)
            found.refuse(line, "role", last_administrator(one.login))
    return found


def _check_role(row: StaffRow, old: Staff | None, giver: str, found: Checked[Staff]) -> None:
    problem = not_to_give(giver, row.role, None if old is None else old.role)
    if problem is not None:
        found.refuse(row.line, "role", problem)


def _check_diary(row: StaffRow, catalogue: Catalogue, coaches: Mapping[str, str], found: Checked[Staff]) -> None:
    problem = own_diary_problem(row.role, row.diary)
    if problem is not None:
        found.refuse(row.line, "diary", problem)
    elif row.diary and row.diary not in catalogue.diaries:
        found.refuse(row.line, "diary", unknown("diary", row.diary, catalogue.diaries))
    elif row.diary and coaches.get(row.diary, row.login) != row.login:
        found.refuse(row.line, "diary", f"The diary {row.diary} is that of the login {coaches[row.diary]}.")
