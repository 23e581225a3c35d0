"""A site for a simulation as a TOML file: [[pattern]] tables as `segments show` writes them, and a little beside them.

[simulation] holds first_day, days (working days) and closures; each [[type]] code, minutes and channel; each [[diary]] code,
team and types. All of them may be left out: a site's written patterns are such a file.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from agent_tui.domain.cleaning import clean
from agent_tui.domain.import_text import unknown
from agent_tui.domain.pattern_files import read_beside
from agent_tui.domain.patterns import WEEKDAYS, Pattern, segment_problems
from agent_tui.domain.site import Catalogue, Diary
from agent_tui.domain.types import CHANNELS, AppointmentType, MinutesFrom, type_problems

MOST_DAYS = 200

_BESIDE = ("simulation", "type", "diary")
_SIMULATION_KEYS = {"first_day", "days", "closures"}
_TYPE_KEYS = {"code", "minutes", "channel"}
_DIARY_KEYS = {"code", "team", "types"}


@dataclass(frozen=True, slots=True)
class SiteRead:
    """A site's rules, the first day and the number of working days where the file says them, or what is wrong with it."""

    catalogue: Catalogue
    first_day: date | None = None
    days: int | None = None
    problems: tuple[str, ...] = ()


def read_site(text: str, usual: Catalogue) -> SiteRead:
    """Return the site of a TOML text; what it leaves out is that of `usual`: rooms, types, diaries, closures.

    Without [[diary]] tables there are the usual diaries, and any other that a pattern names, with every type. A diary
    without types takes them all. Types of the file are beside the usual ones, or instead of them where the code is the same.
    """
    read, beside = read_beside(text, _BESIDE)
    if read.problems:
        return SiteRead(usual, problems=read.problems)
    try:
        simulation = _table(beside.get("simulation", {}), "[simulation]", _SIMULATION_KEYS)
        types = usual.types | {kind.code: kind for kind in _types(beside.get("type", []))}
        diaries = _diaries(beside.get("diary"), read.patterns, usual, types)
        closures = {day: "closed" for day in _closures(simulation)} if "closures" in simulation else usual.closures
        first, days = _first(simulation), _days(simulation)
    except ValueError as error:
        return SiteRead(usual, problems=(str(error),))
    patterns = tuple(replace(pattern, id=str(number)) for number, pattern in enumerate(read.patterns, start=1))
    catalogue = replace(usual, types=types, diaries=diaries, patterns=patterns, closures=closures)
    return SiteRead(catalogue, first, days, tuple(_pattern_problems(patterns, catalogue)))


def _table(table: object, name: str, known: set[str]) -> Mapping[str, Any]:
    if not isinstance(table, dict):
        raise ValueError(f"{name} must be a table.")
    for key in sorted(set(table) - known):
        raise ValueError(f"{name}: {unknown('key', clean(key, limit=30), known)} Known are: {', '.join(sorted(known))}.")
    return table


def _tables(found: object, name: str, known: set[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield where each table of an array stands, and the table."""
    if not isinstance(found, list):
        raise ValueError(f"{name} must be written as [[{name}]] tables.")
    for number, table in enumerate(found, start=1):
        where = f"{name.capitalize()} {number}"
        yield where, _table(table, where, known)


def _types(found: object) -> Iterator[AppointmentType]:
    for where, table in _tables(found, "type", _TYPE_KEYS):
        code, minutes, channel = _code(where, table), table.get("minutes"), table.get("channel", CHANNELS[0])
        if not isinstance(minutes, int) or isinstance(minutes, bool) or not isinstance(channel, str):
            raise ValueError(f"{where}: minutes must be a whole number and channel one of {', '.join(CHANNELS)}.")
        kind = AppointmentType(code, code, channel, "review", False, (MinutesFrom(date.min, minutes),))
        for problem in type_problems(kind):
            raise ValueError(f"{where}: {clean(problem)}")
        yield kind


def _code(where: str, table: Mapping[str, Any]) -> str:
    code = table.get("code")
    if not isinstance(code, str) or not code or code != clean(code, limit=20):
        raise ValueError(f"{where}: a code of 1 to 20 characters is needed.")
    return code


def _diaries(
    found: object, patterns: Sequence[Pattern], usual: Catalogue, types: Mapping[str, AppointmentType]
) -> dict[str, Diary]:
    every = frozenset(types)
    if found is None:
        added = every - set(usual.types)
        diaries = {code: replace(one, types=one.types | added) for code, one in usual.diaries.items()}
        named = dict.fromkeys(one.owner for one in patterns if one.level == "diary" and one.owner not in diaries)
        return diaries | {code: Diary(code, code, code, None, "", True, every) for code in named}
    diaries = {}
    for where, table in _tables(found, "diary", _DIARY_KEYS):
        code, team, codes = _code(where, table), table.get("team", ""), table.get("types")
        if code in diaries:
            raise ValueError(f"{where}: the diary {code} is there twice.")
        if not isinstance(team, str):
            raise ValueError(f"{where}: team must be text.")
        if codes is not None and (not isinstance(codes, list) or not all(isinstance(one, str) for one in codes)):
            raise ValueError(f"{where}: types must be a list of codes.")
        for one in codes or ():
            if one not in types:
                raise ValueError(f"{where}: {unknown('type', clean(one, limit=30), types)}")
        diaries[code] = Diary(code, code, code, None, team, True, every if codes is None else frozenset(codes))
    if not diaries:
        raise ValueError("The file has no diary.")
    return diaries


def _first(table: Mapping[str, Any]) -> date | None:
    value = table.get("first_day")
    if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
        raise ValueError("[simulation]: first_day must be a day such as 2026-11-30.")
    return value


def _days(table: Mapping[str, Any]) -> int | None:
    value = table.get("days")
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_DAYS):
        raise ValueError(f"[simulation]: days must be a whole number from 1 to {MOST_DAYS}.")
    return value


def _closures(table: Mapping[str, Any]) -> list[date]:
    value = table["closures"]
    if not isinstance(value, list) or not all(isinstance(one, date) and not isinstance(one, datetime) for one in value):
        raise ValueError("[simulation]: closures must be a list of days such as [2026-12-25].")
    return value


def _pattern_problems(patterns: Sequence[Pattern], catalogue: Catalogue) -> Iterator[str]:
    """Yield what is wrong with patterns at their site: segments, owners that nobody is, and two that say the same."""
    teams = {diary.team for diary in catalogue.diaries.values()}
    owners = {"diary": set(catalogue.diaries), "team": teams, "site": {""}, "resource": set(catalogue.rooms)}
    seen: dict[tuple[object, ...], int] = {}
    for number, pattern in enumerate(patterns, start=1):
        for problem in segment_problems(pattern.segments, catalogue.types):
            yield f"Pattern {number}: {problem}"
        if pattern.owner not in owners[pattern.level]:
            what = "room or equipment" if pattern.level == "resource" else pattern.level
            yield f"Pattern {number}: {unknown(what, clean(pattern.owner, limit=30), owners[pattern.level])}"
        key = (pattern.level, pattern.owner, pattern.weekday, pattern.day, pattern.effective_from)
        if key in seen:
            when = pattern.day or WEEKDAYS[pattern.weekday or 0]
            yield f"Pattern {number}: pattern {seen[key]} says what is so on {when} already."
        seen[key] = number
