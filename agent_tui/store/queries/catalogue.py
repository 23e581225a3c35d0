"""The site's rules: read as one Catalogue value, written in bulk."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from agent_tui.domain.demand import LearntFrom, weights
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.roles import OFF
from agent_tui.domain.site import Catalogue, Diary, Room, Site, Staff
from agent_tui.domain.site_settings import with_settings
from agent_tui.domain.types import AppointmentType, DropIn, KeyFrom, MinutesFrom
from agent_tui.store.queries import guarantees, offers
from agent_tui.store.unit_of_work import Row, Unit


def sites(unit: Unit) -> list[str]:
    """Return the codes of the store's sites."""
    return [str(row[0]) for row in unit.rows("SELECT site FROM site ORDER BY site")]


def origin(unit: Unit, site: str) -> str:
    """Return what made a site: "demo" and its arguments, or another word."""
    row = unit.row("SELECT origin FROM site WHERE site = ?", site)
    return "" if row is None else str(row[0])


def version(unit: Unit, site: str) -> int:
    """Return the version of a site's rules."""
    row = unit.row("SELECT version FROM pattern_head WHERE site = ?", site)
    return 0 if row is None else int(row[0])


def version_and_clock(unit: Unit, site: str, *, keep: bool = True) -> tuple[int, int]:
    """Return the version of a site's rules and the database's clock in ms UTC.

    The version is kept from changing until the transaction ends, unless `keep` is False.
    """
    row = unit.row(f"SELECT version, {unit.clock} FROM pattern_head WHERE site = ?{unit.for_share if keep else ''}", site)
    return (0, unit.clock_ms()) if row is None else (int(row[0]), int(row[1]))


def bump_version(unit: Unit, site: str) -> None:
    """Make every terminal and every booking under way read the site's rules anew."""
    unit.run("UPDATE pattern_head SET version = version + 1 WHERE site = ?", site)


_ROLES = "SELECT login, role, off_at FROM staff WHERE site = ?"


def load(unit: Unit, site: str) -> Catalogue | None:
    """Return a site's rules as one value, or None when there is no such site."""
    number = version(unit, site)
    place = _site(unit, site)
    if place is None:
        return None
    diaries, rooms = _resources(unit, site)
    rules = Catalogue(
        version=number,
        site=with_settings(place, offers.settings(unit, site)),
        types=_types(unit, site),
        diaries=diaries,
        rooms=rooms,
        patterns=_patterns(unit, site),
        closures={date.fromisoformat(row[0]): row[1] for row in unit.rows("SELECT day, name FROM closure WHERE site = ?", site)},
        teams={row[0]: row[1] for row in unit.rows("SELECT team, name FROM team WHERE site = ? ORDER BY team", site)},
        learnt=offers.tables(unit, site),
        guarantees=guarantees.of_site(unit, site),
        logins={row[0]: row[1] if row[2] is None else OFF for row in unit.rows(_ROLES, site)},
    )
    return with_demand(rules, offers.learnt(unit, site))


def with_demand(rules: Catalogue, learnt: LearntFrom | None) -> Catalogue:
    """Return a site's rules with what it is asked for: the catalogue's usual mix, and what was learnt."""
    return replace(rules, demand=weights(offers.usual_mix(), learnt))


def _site(unit: Unit, site: str) -> Site | None:
    row = unit.row(
        "SELECT site, name, place, phone, nation, handoff_contact, notice_minutes, hold_seconds, zone FROM site WHERE site = ?",
        site,
    )
    return None if row is None else Site(*row)


def _types(unit: Unit, site: str) -> dict[str, AppointmentType]:
    minutes: dict[str, list[MinutesFrom]] = {}
    statement = "SELECT code, effective_from, minutes FROM type_minutes WHERE site = ? ORDER BY code, effective_from"
    for code, first, length in unit.rows(statement, site):
        minutes.setdefault(code, []).append(MinutesFrom(date.fromisoformat(first), length))
    keys, drop_ins = _key_steps(unit, site), _drop_ins(unit, site)
    statement = (
        "SELECT code, name, channel, type_group, key_type, weekly_check, booked_by, may_book, needs, bring, source"
        " FROM appointment_type WHERE site = ? ORDER BY code"
    )
    return {
        row[0]: AppointmentType(
            code=row[0],
            name=row[1],
            channel=row[2],
            group=row[3],
            key=bool(row[4]),
            minutes=tuple(minutes.get(row[0], ())),
            weekly_check=row[5],
            booked_by=row[6],
            may_book=frozenset(json.loads(row[7])),
            needs=tuple(json.loads(row[8])),
            bring=row[9],
            source=row[10],
            keys=tuple(keys.get(row[0], ())),
            drop_ins=tuple(drop_ins.get(row[0], ())),
        )
        for row in unit.rows(statement, site)
    }


def _key_steps(unit: Unit, site: str) -> dict[str, list[KeyFrom]]:
    found: dict[str, list[KeyFrom]] = {}
    statement = "SELECT code, effective_from, key_type FROM type_key WHERE site = ? ORDER BY code, effective_from"
    for code, first, flag in unit.rows(statement, site):
        found.setdefault(code, []).append(KeyFrom(date.fromisoformat(first), bool(flag)))
    return found


def _drop_ins(unit: Unit, site: str) -> dict[str, list[DropIn]]:
    found: dict[str, list[DropIn]] = {}
    statement = "SELECT code, effective_from, hours, words FROM drop_in WHERE site = ? ORDER BY code, effective_from"
    for code, first, hours, words in unit.rows(statement, site):
        times = tuple((int(day), int(start), int(end)) for day, start, end in json.loads(hours))
        found.setdefault(code, []).append(DropIn(date.fromisoformat(first), times, words))
    return found


def set_key(unit: Unit, site: str, code: str, step: KeyFrom) -> None:
    """Say whether a type is a key appointment from a day on; what was said for that day before is replaced."""
    day = step.effective_from.isoformat()
    unit.run("DELETE FROM type_key WHERE site = ? AND code = ? AND effective_from = ?", site, code, day)
    statement = "INSERT INTO type_key (site, code, effective_from, key_type) VALUES (?,?,?,?)"
    unit.run(statement, site, code, day, int(step.key))


def set_drop_in(unit: Unit, site: str, code: str, step: DropIn) -> None:
    """Say when a type is a drop-in from a day on; what was said for that day before is replaced."""
    day = step.effective_from.isoformat()
    unit.run("DELETE FROM drop_in WHERE site = ? AND code = ? AND effective_from = ?", site, code, day)
    statement = "INSERT INTO drop_in (site, code, effective_from, hours, words) VALUES (?,?,?,?,?)"
    unit.run(statement, site, code, day, json.dumps([list(one) for one in step.hours]), step.words)


def _resources(unit: Unit, site: str) -> tuple[dict[str, Diary], dict[str, Room]]:
    assigned: dict[str, set[str]] = {}
    for resource, code in unit.rows("SELECT resource, code FROM diary_type WHERE site = ?", site):
        assigned.setdefault(resource, set()).add(code)
    retired = {
        row[0]: date.fromisoformat(row[1]) for row in unit.rows("SELECT resource, day FROM retirement WHERE site = ?", site)
    }
    logins = {row[1]: row[0] for row in unit.rows("SELECT login, diary FROM staff WHERE site = ? AND diary IS NOT NULL", site)}
    diaries: dict[str, Diary] = {}
    rooms: dict[str, Room] = {}
    statement = "SELECT resource, kind, name, coach, team, enabled, meets FROM resource WHERE site = ? ORDER BY resource"
    for code, kind, name, coach, team, enabled, meets in unit.rows(statement, site):
        if kind == "diary":
            types = frozenset(assigned.get(code, ()))
            own = (logins.get(code), team or "", bool(enabled), types, retired.get(code))
            diaries[code] = Diary(code, name, coach or name, *own)
        else:
            rooms[code] = Room(code, kind, name, frozenset(json.loads(meets)), bool(enabled))
    return diaries, rooms


def _patterns(unit: Unit, site: str) -> tuple[Pattern, ...]:
    segments: dict[str, list[Segment]] = {}
    shared: dict[str, frozenset[str]] = {}
    statement = (
        "SELECT pattern, start_tick, end_tick, channel, most, description, types FROM segment"
        " WHERE site = ? ORDER BY pattern, start_tick"
    )
    for pattern, start, end, channel, most, description, types in unit.rows(statement, site):
        codes = shared.get(types)
        if codes is None:
            codes = shared[types] = frozenset(json.loads(types))
        segments.setdefault(pattern, []).append(Segment(start, end, codes, channel, most, description))
    statement = (
        "SELECT pattern, level, owner, weekday, day, effective_from, effective_until, day_off"
        " FROM pattern WHERE site = ? ORDER BY pattern"
    )
    return tuple(
        Pattern(
            id=row[0],
            level=row[1],
            owner=row[2],
            weekday=row[3],
            day=None if row[4] is None else date.fromisoformat(row[4]),
            effective_from=date.fromisoformat(row[5]),
            effective_until=None if row[6] is None else date.fromisoformat(row[6]),
            segments=tuple(segments.get(row[0], ())),
            day_off=bool(row[7]),
        )
        for row in unit.rows(statement, site)
    )


def staff(unit: Unit, site: str, login: str) -> Staff | None:
    """Return who has a login at a site, or None."""
    row = unit.row(f"SELECT {STAFF_COLUMNS} FROM staff WHERE site = ? AND login = ?", site, login)
    return None if row is None else staff_of(row)


def member(unit: Unit, site: str) -> str | None:
    """Return whose the login of the database is at a site; only where the login is a member (Unit.is_member)."""
    row = unit.row("SELECT desk_staff(?)", site)
    return None if row is None else row[0]


STAFF_COLUMNS = "login, name, role, booker, diary, off_at"


def staff_of(row: Row) -> Staff:
    """Return a row of staff as a value."""
    login, name, role, booker, diary, off_at = row
    return Staff(login, name, role, booker, diary, enabled=off_at is None)


def set_address(unit: Unit, site: str, login: str, address: str | None) -> None:
    """Write the e-mail address of a login, None where it has none."""
    unit.run("UPDATE staff SET email = ? WHERE site = ? AND login = ?", address, site, login)


def set_off(unit: Unit, site: str, login: str, off_at: int | None) -> None:
    """Switch a login off from an instant in ms UTC on, or on again with None."""
    unit.run("UPDATE staff SET off_at = ? WHERE site = ? AND login = ?", off_at, site, login)


def staff_names(unit: Unit, site: str) -> dict[str, str]:
    """Return the names of a site's staff by login."""
    return {row[0]: row[1] for row in unit.rows("SELECT login, name FROM staff WHERE site = ?", site)}


def insert_site(unit: Unit, site: Site, origin: str) -> None:
    """Insert an empty site with its log's first link."""
    from agent_tui.domain.log import GENESIS

    unit.run(
        "INSERT INTO site (site, name, place, phone, nation, zone, handoff_contact, notice_minutes, hold_seconds, origin)"
        " VALUES (?,?,?,?,?,?,?,?,?,?)",
        *(site.code, site.name, site.place, site.phone, site.nation, site.zone, site.handoff_contact),
        *(site.notice_minutes, site.hold_seconds, origin),
    )
    unit.run("INSERT INTO site_head (site, seq, hash) VALUES (?, 0, ?)", site.code, GENESIS)
    unit.run("INSERT INTO pattern_head (site, version) VALUES (?, 1)", site.code)


def insert_types(unit: Unit, site: str, types: Iterable[AppointmentType]) -> None:
    """Insert appointment types and their minutes."""
    kinds = list(types)
    unit.many(
        "INSERT INTO appointment_type (site, code, name, channel, type_group, weekly_check,"
        " key_type, booked_by, may_book, needs, bring, source)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
        [
            (
                *(site, kind.code, kind.name, kind.channel, kind.group, kind.weekly_check, int(kind.key), kind.booked_by),
                *(json.dumps(sorted(kind.may_book)), json.dumps(list(kind.needs)), kind.bring, kind.source),
            )
            for kind in kinds
        ],
    )
    unit.many(
        "INSERT INTO type_minutes (site, code, effective_from, minutes) VALUES (?,?,?,?)",
        [(site, kind.code, step.effective_from.isoformat(), step.minutes) for kind in kinds for step in kind.minutes],
    )


def set_minutes(unit: Unit, site: str, code: str, steps: Iterable[MinutesFrom]) -> None:
    """Write a type's lengths anew."""
    unit.run("DELETE FROM type_minutes WHERE site = ? AND code = ?", site, code)
    rows = [(site, code, step.effective_from.isoformat(), step.minutes) for step in steps]
    unit.many("INSERT INTO type_minutes (site, code, effective_from, minutes) VALUES (?,?,?,?)", rows)


def insert_teams(unit: Unit, site: str, teams: dict[str, str]) -> None:
    """Insert teams by code and name."""
    unit.many("INSERT INTO team (site, team, name) VALUES (?,?,?)", [(site, code, name) for code, name in teams.items()])


_RESOURCE = "INSERT INTO resource (site, resource, kind, name, coach, team, enabled, meets) VALUES (?,?,?,?,?,?,?,?)"


def insert_diaries(unit: Unit, site: str, diaries: Iterable[Diary]) -> None:
    """Insert diaries and the types assigned to them."""
    kept = list(diaries)
    unit.many(_RESOURCE, [(site, one.code, "diary", one.name, one.coach, one.team, int(one.enabled), "[]") for one in kept])
    rows = [(site, one.code, code) for one in kept for code in sorted(one.types)]
    unit.many("INSERT INTO diary_type (site, resource, code) VALUES (?,?,?)", rows)


def insert_rooms(unit: Unit, site: str, rooms: Iterable[Room]) -> None:
    """Insert rooms and equipment."""
    rows = [(site, one.code, one.kind, one.name, None, None, int(one.enabled), json.dumps(sorted(one.meets))) for one in rooms]
    unit.many(_RESOURCE, rows)


def insert_staff(unit: Unit, site: str, people: Iterable[Staff]) -> None:
    """Insert staff; logins must be new."""
    rows = [(site, one.login, one.name, one.role, one.booker, one.diary) for one in people]
    unit.many("INSERT INTO staff (site, login, name, role, booker, diary) VALUES (?,?,?,?,?,?)", rows)


def insert_patterns(unit: Unit, site: str, patterns: Sequence[Pattern]) -> None:
    """Insert patterns and their segments."""
    unit.many(
        "INSERT INTO pattern (site, pattern, level, owner, weekday, day, effective_from,"
        " effective_until, day_off) VALUES (?,?,?,?,?,?,?,?,?)",
        [
            (
                *(site, one.id, one.level, one.owner, one.weekday, None if one.day is None else one.day.isoformat()),
                *(one.effective_from.isoformat(), None if one.effective_until is None else one.effective_until.isoformat()),
                int(one.day_off),
            )
            for one in patterns
        ],
    )
    rows: list[tuple[Any, ...]] = [
        (
            *(site, one.id, part.start, part.end, part.channel, part.limit, part.description),
            json.dumps(sorted(part.types)),
        )
        for one in patterns
        for part in one.segments
    ]
    unit.many(
        "INSERT INTO segment (site, pattern, start_tick, end_tick, channel, most, description, types) VALUES (?,?,?,?,?,?,?,?)",
        rows,
    )


def lock_rules(unit: Unit, site: str) -> None:
    """Keep every booking and every other change of rules waiting until the transaction ends."""
    unit.row(f"SELECT version FROM pattern_head WHERE site = ?{unit.for_update}", site)


def delete_patterns(unit: Unit, site: str, ids: Iterable[str]) -> None:
    """Delete patterns and their segments."""
    for id in ids:
        unit.run("DELETE FROM segment WHERE site = ? AND pattern = ?", site, id)
        unit.run("DELETE FROM pattern WHERE site = ? AND pattern = ?", site, id)


def insert_closures(unit: Unit, site: str, closures: dict[date, str], source: str) -> None:
    """Insert days on which the site is closed."""
    rows = [(site, day.isoformat(), name, source) for day, name in sorted(closures.items())]
    unit.many("INSERT INTO closure (site, day, name, source) VALUES (?,?,?,?)", rows)


def delete_closure(unit: Unit, site: str, day: date) -> None:
    """Delete a day on which the site was closed."""
    unit.run("DELETE FROM closure WHERE site = ? AND day = ?", site, day.isoformat())


def set_enabled(unit: Unit, site: str, resource: str, enabled: bool) -> int:
    """Switch a diary, room or piece of equipment on or off and return how many rows that changed."""
    return unit.run("UPDATE resource SET enabled = ? WHERE site = ? AND resource = ?", int(enabled), site, resource)


def assign(unit: Unit, site: str, resource: str, code: str) -> None:
    """Assign a type to a diary; one that has it already raises KeyRefused."""
    unit.run("INSERT INTO diary_type (site, resource, code) VALUES (?,?,?)", site, resource, code)


def unassign(unit: Unit, site: str, resource: str, code: str) -> int:
    """Take a type from a diary and return how many rows that changed."""
    return unit.run("DELETE FROM diary_type WHERE site = ? AND resource = ? AND code = ?", site, resource, code)
