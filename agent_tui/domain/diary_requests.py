"""A new diary as it is asked for: the file with the work coach's details, and whether each of them is sound."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from agent_tui.domain.cleaning import REPLACEMENT, clean
from agent_tui.domain.pattern_change import change_problems
from agent_tui.domain.pattern_files import LONGEST_FILE, read_pattern
from agent_tui.domain.patterns import Pattern
from agent_tui.domain.site import Catalogue, Diary

NEW = "new"
"""The owner of patterns that are asked for with a diary that has no code yet."""
MAIL_DOMAIN = "dwp.gov.uk"
LEAST_NAME, MOST_NAME = 2, 60
LONGEST_MAIL = 254
FIELDS = ("coach", "staff_number", "email", "team", "types", "like", "pattern")

_STAFF_NUMBER = re.compile(r"[0-9]{6,8}")
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,9}")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+")


class NoRequest(ValueError):
    """A text that is no request at all; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class DiaryRequest:
    """What is asked for: the four details that the guidance names, the types, and the diary's own patterns.

    `types` is None where none are named, `like` the diary whose types it is to take; patterns have the owner NEW.
    Source: seeds/spotlight-appointment-booking.txt, "Diaries required for new users".
    """

    coach: str = ""
    staff_number: str = ""
    email: str = ""
    team: str = ""
    types: tuple[str, ...] | None = None
    like: str | None = None
    patterns: tuple[Pattern, ...] = ()


def read_request(text: str) -> tuple[DiaryRequest, list[str]]:
    """Return what a TOML text asks for, and what in it cannot be read as sentences that name the field.

    A text that is no TOML raises NoRequest. What was read is cleaned; `request_problems` says whether it is sound.
    """
    if len(text) > LONGEST_FILE:
        raise NoRequest(f"The file is longer than {LONGEST_FILE} characters.")
    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise NoRequest(f"This is no TOML: {clean(str(error))}.") from None
    problems = [
        f"{clean(name, limit=30)}: is not known here; known are {', '.join(FIELDS)}." for name in set(found) - set(FIELDS)
    ]
    problems.sort()
    words = {name: _word(found, name, problems) for name in ("coach", "staff_number", "email", "team", "like")}
    patterns, unread = _patterns(found.get("pattern", []))
    wanted = DiaryRequest(
        coach=words["coach"],
        staff_number=words["staff_number"],
        email=words["email"],
        team=words["team"],
        types=_types(found, problems),
        like=words["like"].upper() if "like" in found else None,
        patterns=patterns,
    )
    return wanted, problems + unread


def _word(found: Mapping[str, Any], name: str, problems: list[str]) -> str:
    value = found.get(name, "")
    if name == "staff_number" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        problems.append(f"{name}: must be text in quotation marks.")
        return ""
    return clean(value, limit=LONGEST_MAIL + 1)


def _types(found: Mapping[str, Any], problems: list[str]) -> tuple[str, ...] | None:
    value = found.get("types")
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        problems.append('types: must be a list of codes, such as ["FC-F2F", "WSR-PHONE"].')
        return None
    return tuple(dict.fromkeys(clean(one, limit=20).upper() for one in value))


def _patterns(tables: object) -> tuple[tuple[Pattern, ...], list[str]]:
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        return (), ["pattern: must be [[pattern]] tables, as segments show writes them."]
    patterns, problems = [], []
    for number, table in enumerate(tables, start=1):
        level, owner = table.get("level", "diary"), table.get("owner", NEW)
        if level != "diary":
            problems.append(f'pattern {number}: level must be "diary"; the team and the site have their own already.')
        elif not isinstance(owner, str) or owner.casefold() != NEW:
            problems.append(f'pattern {number}: owner must be left out or "{NEW}"; the diary has no code yet.')
        else:
            try:
                patterns.append(read_pattern(table | {"level": level, "owner": NEW}))
            except ValueError as error:
                problems.append(f"pattern {number}: {clean(str(error))}")
    return tuple(patterns), problems


def request_problems(catalogue: Catalogue, wanted: DiaryRequest, today: date) -> list[str]:
    """Return what is wrong with a request as sentences that name the field and never repeat a detail; empty when it is sound.

    The guidance gives no form of a staff number: 6 to 8 digits are taken. Its "DWP email address" is one at dwp.gov.uk or at
    a name under it. Source: seeds/spotlight-appointment-booking.txt, "Diaries required for new users".
    """
    problems = []
    coach = wanted.coach
    if not LEAST_NAME <= len(coach) <= MOST_NAME or REPLACEMENT in coach or not any(char.isalpha() for char in coach):
        problems.append(f"coach: the work coach's name needs {LEAST_NAME} to {MOST_NAME} characters and a letter among them.")
    if not _STAFF_NUMBER.fullmatch(wanted.staff_number):
        problems.append("staff_number: the work coach's staff number has 6 to 8 digits.")
    if not _is_own_address(wanted.email):
        problems.append(f"email: the work coach's DWP address is needed, of the form name@{MAIL_DOMAIN}.")
    if team_of(catalogue, wanted.team) is None:
        problems.append(f"team: must be one of {_some(catalogue.teams)}.")
    strangers = [code for code in wanted.types or () if code not in catalogue.types]
    if strangers:
        problems.append(f"types: there is no type {', '.join(strangers[:5])}. See: agent-tui types.")
    if wanted.like is not None:
        diary = catalogue.diaries.get(wanted.like)
        if wanted.types is not None:
            problems.append("like: either types or like can be given, not both.")
        elif diary is None or diary.retired is not None:
            problems.append("like: there is no such diary. See: agent-tui diaries.")
    return problems + [f"pattern: {one}" for one in pattern_problems(catalogue, NEW, wanted.patterns, today)]


def pattern_problems(catalogue: Catalogue, code: str, patterns: Iterable[Pattern], today: date) -> list[str]:
    """Return what is wrong with the patterns of a diary that is still to be made, as sentences."""
    diary = Diary(code, "", "", None, "", False, frozenset())
    return change_problems(replace(catalogue, diaries=catalogue.diaries | {code: diary}), list(patterns), today)


def _is_own_address(text: str) -> bool:
    if len(text) > LONGEST_MAIL or not _MAIL.fullmatch(text):
        return False
    name, _, place = text.rpartition("@")
    return len(name) <= 64 and (place.casefold() == MAIL_DOMAIN or place.casefold().endswith(f".{MAIL_DOMAIN}"))


def team_of(catalogue: Catalogue, text: str) -> str | None:
    """Return the code of a team by its code or name, whatever the case, or None."""
    wanted = text.casefold()
    return next((code for code, name in catalogue.teams.items() if wanted in (code.casefold(), name.casefold())), None)


def types_of(catalogue: Catalogue, wanted: DiaryRequest) -> frozenset[str]:
    """Return the types that a sound request asks for: those it names, or those of the diary that it is to be like."""
    if wanted.like is not None:
        return catalogue.diaries[wanted.like].types
    return frozenset(wanted.types or ())


def code_problem(catalogue: Catalogue, code: str) -> str | None:
    """Return why a code cannot be given to a new diary, room or piece of equipment as a sentence, or None."""
    if not _CODE.fullmatch(code):
        return "A code has 2 to 10 characters: capitals, digits and -, such as D28."
    used = {one.casefold() for one in (*catalogue.teams, *catalogue.diaries, *catalogue.rooms, "site", NEW)}
    return f"The code {code} is used already." if code.casefold() in used else None


def patterns_from(patterns: Iterable[Pattern], code: str, day: date) -> list[Pattern]:
    """Return requested patterns as a diary that is made on a day takes them: what would be past by then is left out.

    A weekday's version that had begun begins on that day, and of several only the one that is in force then.
    """
    kept: dict[tuple[int | None, date], Pattern] = {}
    for one in sorted(patterns, key=lambda one: (one.day is not None, one.effective_from)):
        if one.day is not None:
            if one.day >= day:
                kept[None, one.day] = replace(one, owner=code)
        elif one.effective_until is None or one.effective_until >= day:
            first = max(one.effective_from, day)
            kept[one.weekday, first] = replace(one, owner=code, effective_from=first)
    return list(kept.values())


def _some(words: Iterable[str]) -> str:
    return ", ".join(list(words)[:10]) or "(none)"
