"""A new site as it is typed: where it is, its hours, teams and coaches, from the fields of a page or the lines of a text."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from agent_tui.domain.cleaning import clean
from agent_tui.domain.drop_in import Hours, parse_hours
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.site import Diary, Room, Site, Staff

NATIONS = ("ENG", "WLS", "SCT")
CODE = re.compile(r"[A-Z0-9]{2,10}", re.ASCII)
LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{0,59}", re.ASCII | re.IGNORECASE)
USUAL_HOURS = "Mon-Fri 09:00-17:00"
USUAL_CONTACT = "Provider Agent Contact"
MOST_TEAMS, MOST_COACHES, MOST_ROOMS = 20, 99, 50
LONGEST_LIST = 10_000
FIELDS = ("site", "name", "place", "phone", "nation", "hours", "teams", "coaches", "rooms", "administrator", "supervisor")
NEEDED = ("site", "name", "place", "teams", "coaches")
_BETWEEN = {"hours": ", ", "teams": "; ", "coaches": "; "}
"""Fields that may have several lines, and what stands between their parts on one line."""
_SINCE = date(2020, 1, 1)


@dataclass(frozen=True, slots=True)
class SetUp:
    """A site to be made: its rules but for the types, and its first logins; `hours` are those of every diary."""

    site: Site
    staff: tuple[Staff, ...]
    hours: Hours
    teams: Mapping[str, str]
    diaries: tuple[Diary, ...]
    rooms: tuple[Room, ...]

    def patterns(self, types: frozenset[str]) -> tuple[Pattern, ...]:
        """Return the site's week, in whose hours every diary takes every type that is assigned to it."""
        days = sorted({weekday for weekday, _start, _end in self.hours})
        return tuple(
            Pattern(
                *(f"site-{day}", "site", "", day, None, _SINCE, None),
                tuple(Segment(start, end, types) for weekday, start, end in self.hours if weekday == day),
            )
            for day in days
        )


def read_lines(text: str) -> dict[str, str]:
    """Return the fields of a text of lines such as `name: Leeds`, empty lines and those that begin with # left out.

    Hours, teams and coaches may have a line each. ValueError says which line is not of that form or names no field.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, colon, value = line.partition(":")
        field = {"team": "teams", "coach": "coaches", "room": "rooms"}.get(name.strip().lower(), name.strip().lower())
        if not colon or field not in FIELDS:
            raise ValueError(f"Line {number} begins with none of the names that are known: {', '.join(FIELDS)}.")
        if field in found and field not in _BETWEEN:
            raise ValueError(f"Line {number} says {field} a second time.")
        found[field] = f"{found[field]}{_BETWEEN[field]}{value.strip()}" if field in found else value.strip()
    return found


def problems_of(fields: Mapping[str, str], names: Sequence[str] = FIELDS) -> dict[str, str]:
    """Return a sentence for each of the named fields that is missing or cannot be used; what is left out has its usual value."""
    return {name: sentence for name in names if (sentence := _problem(name, fields)) is not None}


def set_up_of(fields: Mapping[str, str], administrator: str = "admin1") -> SetUp:
    """Return the site of fields without problems; `administrator` is the first login where they name none."""
    teams = dict(_teams(fields["teams"]))
    coaches = list(_coaches(fields["coaches"], teams))
    diaries = tuple(
        Diary(f"D{number:02d}", name, name, login or f"coach{number:02d}", team, True, frozenset())
        for number, (name, team, login) in enumerate(coaches, start=1)
    )
    admin = fields.get("administrator") or administrator
    people = [Staff(admin, admin, "admin", "site staff")]
    if fields.get("supervisor"):
        people.append(Staff(fields["supervisor"], fields["supervisor"], "supervisor", "site staff"))
    people += [Staff(one.login or "", one.coach, "coach", "site staff", one.code) for one in diaries]
    rooms = tuple(
        Room(f"R{number:02d}", "room", f"Interview room {number}", frozenset({"room"}), True)
        for number in range(1, int(fields.get("rooms") or 0) + 1)
    )
    return SetUp(site_of(fields), tuple(people), parse_hours(fields.get("hours") or USUAL_HOURS), teams, diaries, rooms)


def site_of(fields: Mapping[str, str]) -> Site:
    """Return where the site is, of fields without problems."""
    nation = (fields.get("nation") or NATIONS[0]).upper()
    return Site(fields["site"], fields["name"], fields["place"], fields.get("phone", ""), nation, USUAL_CONTACT)


def site_problem(site: Site) -> str | None:
    """Return what is wrong with where a site is, or None."""
    if not CODE.fullmatch(site.code):
        return "A site's code has 2 to 10 characters: capitals and digits, such as LPP."
    if not clean(site.name) or not clean(site.place):
        return "A site needs a name and a place."
    return None if site.nation in NATIONS else f"The nation is one of {', '.join(NATIONS)}."


def staff_problem(people: Sequence[Staff]) -> str | None:
    """Return what is wrong with the first logins of a site, or None."""
    if not people or not all(LOGIN.fullmatch(one.login) for one in people):
        return "A login has letters, digits and . _ @ - only."
    return None if len({one.login for one in people}) == len(people) else "One login cannot have two roles."


def _problem(name: str, fields: Mapping[str, str]) -> str | None:
    text = fields.get(name, "")
    if not text:
        return f"Say the {_WORDS[name]}." if name in NEEDED else None
    if len(text) > LONGEST_LIST:
        return f"The {_WORDS[name]} have at most {LONGEST_LIST} characters."
    try:
        _CHECKS.get(name, _any)(text, fields)
    except ValueError as error:
        return str(error)
    return None


def _any(_text: str, _fields: Mapping[str, str]) -> None:
    return None


def _code(text: str, _fields: Mapping[str, str]) -> None:
    if not CODE.fullmatch(text):
        raise ValueError("A site's code has 2 to 10 characters: capitals and digits, such as LPP.")


def _nation(text: str, _fields: Mapping[str, str]) -> None:
    if text.upper() not in NATIONS:
        raise ValueError(f"The nation is one of {', '.join(NATIONS)}.")


def _hours(text: str, _fields: Mapping[str, str]) -> None:
    parse_hours(text)


def _rooms(text: str, _fields: Mapping[str, str]) -> None:
    if not re.fullmatch(r"[0-9]{1,3}", text, re.ASCII) or int(text) > MOST_ROOMS:
        raise ValueError(f"The interview rooms are a whole number from 0 to {MOST_ROOMS}.")


def _all_teams(text: str, _fields: Mapping[str, str]) -> None:
    teams = list(_teams(text))
    if not 1 <= len(teams) <= MOST_TEAMS:
        raise ValueError(f"A new site has 1 to {MOST_TEAMS} teams.")
    if len(dict(teams)) != len(teams):
        raise ValueError("Two teams cannot have one code.")


def _all_coaches(text: str, fields: Mapping[str, str]) -> None:
    if _problem("teams", fields) is not None:
        return
    coaches = list(_coaches(text, dict(_teams(fields["teams"]))))
    if not 1 <= len(coaches) <= MOST_COACHES:
        raise ValueError(f"A new site has 1 to {MOST_COACHES} coaches.")
    logins = [login for _name, _team, login in coaches if login is not None]
    logins += [one for one in (fields.get("administrator"), fields.get("supervisor")) if one]
    logins += [f"coach{number:02d}" for number, (_name, _team, login) in enumerate(coaches, start=1) if login is None]
    twice = next((one for one in logins if logins.count(one) > 1), None)
    if twice is not None:
        raise ValueError(f"The login {twice[:30]} would be that of two people.")


def _login(text: str, _fields: Mapping[str, str]) -> None:
    if not LOGIN.fullmatch(text):
        raise ValueError("A login has letters, digits and . _ @ - only.")


def _parts(text: str) -> Iterator[str]:
    yield from (part for one in text.split(";") if (part := clean(one, limit=200)))


def _teams(text: str) -> Iterator[tuple[str, str]]:
    """Yield the code and the name of each team of `A Aire; B Briggate`."""
    for part in _parts(text):
        code, _, name = part.partition(" ")
        if not re.fullmatch(r"[A-Za-z0-9]{1,10}", code, re.ASCII) or not name.strip():
            raise ValueError(f"{part[:30]!r} is no team: write its code and its name, such as A Aire.")
        yield code.upper(), name.strip()


def _coaches(text: str, teams: Mapping[str, str]) -> Iterator[tuple[str, str, str | None]]:
    """Yield the name, team and login of each coach of `Amina Khan, A; Ben Ode, B, ben.ode`."""
    for part in _parts(text):
        name, *rest = (one.strip() for one in part.split(","))
        team = rest[0].upper() if rest and rest[0] else next(iter(teams)) if len(teams) == 1 else ""
        if not name or len(rest) > 2 or team not in teams:
            raise ValueError(f"{part[:30]!r} is no coach: write the name and the team's code, such as Amina Khan, {min(teams)}.")
        login = rest[1] if len(rest) == 2 and rest[1] else None
        if login is not None and not LOGIN.fullmatch(login):
            raise ValueError(f"The login of {name[:30]} has letters, digits and . _ @ - only.")
        yield name, team, login


_WORDS = {
    **{"site": "site's code", "name": "site's name", "place": "site's address", "phone": "site's phone number"},
    **{"nation": "nation", "hours": "hours", "teams": "teams", "coaches": "coaches", "rooms": "rooms"},
    **{"administrator": "administrator's login", "supervisor": "supervisor's login"},
}
_CHECKS = {
    **{"site": _code, "nation": _nation, "hours": _hours, "teams": _all_teams, "coaches": _all_coaches, "rooms": _rooms},
    **{"administrator": _login, "supervisor": _login},
}
