"""The demo's site: types, teams, coaches, rooms, staff and patterns, read from the files of `data/`."""

import csv
from dataclasses import dataclass
from datetime import date

from agent_tui.domain.patterns import Pattern, Segment, segment_problems
from agent_tui.domain.site import Catalogue, Diary, Room, Site, Staff
from agent_tui.domain.ticks import parse_clock
from agent_tui.domain.types import AppointmentType
from agent_tui.resources import data_file
from agent_tui.services.closures import closures_of
from agent_tui.services.types_admin import read_type_file

FROM = date(2020, 1, 1)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class DemoSite:
    """The rules of the demo's site, who works there, how often each type is asked for, and names for claimants."""

    catalogue: Catalogue
    staff: tuple[Staff, ...]
    mix: dict[str, int]
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]


def demo_site(coaches: int, start: date) -> DemoSite:
    """Return the demo's site with diaries D01 to D<coaches>, and the closures of the years around `start`."""
    types = _types()
    names = table("demo/names.csv")
    first_names = tuple(row["name"] for row in names if row["part"] == "first")
    last_names = tuple(row["name"] for row in names if row["part"] == "last")
    place = _site()
    teams = {row["team"]: row["name"] for row in table("demo/teams.csv")}
    diaries = _diaries(coaches, tuple(teams), types, first_names, last_names)
    catalogue = Catalogue(
        version=1,
        site=place,
        types=types,
        diaries=diaries,
        rooms=_rooms(),
        patterns=_patterns(types, teams, diaries),
        closures=closures_of(place.nation, range(start.year - 1, start.year + 3)),
        teams=teams,
    )
    mix = {row["code"]: int(row["calls_in_1000"]) for row in table("mix.csv")}
    return DemoSite(catalogue, _staff(diaries), mix, first_names, last_names)


def table(name: str) -> list[dict[str, str]]:
    """Return a CSV file of `data/` as one dictionary for each line."""
    with data_file(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def _types() -> dict[str, AppointmentType]:
    read = read_type_file(data_file("types.csv"))
    if read.problems:
        raise ValueError(f"data/types.csv: {read.problems[0]}")
    return {kind.code: kind for kind in sorted(read.types, key=lambda kind: kind.code)}


def _site() -> Site:
    (row,) = table("demo/site.csv")
    return Site(
        code=row["code"],
        name=row["name"],
        place=row["place"],
        phone=row["phone"],
        nation=row["nation"],
        handoff_contact=row["handoff_contact"],
        notice_minutes=int(row["notice_minutes"]),
        hold_seconds=int(row["hold_seconds"]),
        zone=row["zone"],
    )


def _rooms() -> dict[str, Room]:
    return {
        row["code"]: Room(row["code"], row["kind"], row["name"], frozenset(row["meets"].split(";")), True)
        for row in table("demo/rooms.csv")
    }


def _coaches(count: int, teams: tuple[str, ...], first: tuple[str, ...], last: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """Return (diary, coach's name, team) of each coach: those of the file, then as many more as are wanted."""
    found = [(row["diary"], row["name"], row["team"]) for row in table("demo/coaches.csv")][:count]
    for number in range(len(found) + 1, count + 1):
        name = f"{first[number * 7 % len(first)]} {last[number * 13 % len(last)]}"
        found.append((f"D{number:02d}", name, teams[(number - 1) % len(teams)]))
    return found


def _diaries(
    count: int, teams: tuple[str, ...], types: dict[str, AppointmentType], first: tuple[str, ...], last: tuple[str, ...]
) -> dict[str, Diary]:
    coaches = _coaches(count, teams, first, last)
    codes = [diary for diary, _, _ in coaches]
    assigned = {code: _diaries_of(row, codes) for code, row in _assignments(types).items()}
    return {
        diary: Diary(
            code=diary,
            name=name,
            coach=name,
            login=f"coach{diary[1:]}",
            team=team,
            enabled=True,
            types=frozenset(code for code in types if diary in assigned[code]),
        )
        for diary, name, team in coaches
    }


def _assignments(types: dict[str, AppointmentType]) -> dict[str, str]:
    """Return to whom each type is assigned: "all", "none" or diaries with semicolons; a type that the file leaves out, to all."""
    named = {row["code"]: row["diaries"] for row in table("demo/assignments.csv")}
    return {code: named.get(code, "all") for code in types}


def _diaries_of(said: str, codes: list[str]) -> set[str]:
    """Return the diaries that an assignment means; the last one where the site has none of those named."""
    if said == "all":
        return set(codes)
    if said == "none":
        return set()
    return set(said.split(";")) & set(codes) or {codes[-1]}


def _staff(diaries: dict[str, Diary]) -> tuple[Staff, ...]:
    people = [Staff(row["login"], row["name"], row["role"], row["booker"]) for row in table("demo/staff.csv")]
    coaches = [Staff(one.login or "", one.coach, "coach", "site staff", one.code) for one in diaries.values()]
    return (*people, *coaches)


def _patterns(types: dict[str, AppointmentType], teams: dict[str, str], diaries: dict[str, Diary]) -> tuple[Pattern, ...]:
    """Return the patterns of `demo/patterns.csv`, one for each level, owner and weekday, without those of absent diaries."""
    every = frozenset(types)
    segments: dict[tuple[str, str, int], list[Segment]] = {}
    for row in table("demo/patterns.csv"):
        level, owner = row["level"], row["owner"]
        if level != "site" and owner not in (diaries if level == "diary" else teams):
            continue
        codes = {"all": every, "none": frozenset[str]()}.get(row["types"], frozenset(row["types"].split(";")))
        limit = int(row["limit"]) if row["limit"] else None
        start, end = parse_clock(row["start"]), parse_clock(row["end"], end=True)
        segment = Segment(start, end, codes, row["channel"], limit, row["description"])
        for weekday in _weekdays(row["weekdays"]):
            segments.setdefault((level, owner, weekday), []).append(segment)
    for key, parts in segments.items():
        problems = segment_problems(parts, types)
        if problems:
            raise ValueError(f"data/demo/patterns.csv, {key}: {problems[0]}")
    return tuple(
        Pattern(
            id="-".join(word for word in (level, owner, DAYS[weekday]) if word),
            level=level,
            owner=owner,
            weekday=weekday,
            day=None,
            effective_from=FROM,
            effective_until=None,
            segments=tuple(sorted(parts, key=lambda part: part.start)),
        )
        for (level, owner, weekday), parts in segments.items()
    )


def _weekdays(said: str) -> range:
    first, _, last = said.partition("-")
    return range(DAYS.index(first), DAYS.index(last or first) + 1)
