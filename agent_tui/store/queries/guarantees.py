"""What types must always have, how fast they are booked, and the weeks that were signed off."""

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from agent_tui.domain.types import Guarantee
from agent_tui.domain.week import Week
from agent_tui.domain.weekly_check import Red, WeeklyCheck
from agent_tui.resources import data_file
from agent_tui.store.unit_of_work import Unit


def of_site(unit: Unit, site: str) -> dict[str, Guarantee]:
    """Return what a site's types must always have, by code."""
    rows = unit.rows("SELECT type, starts, days FROM guarantee WHERE site = ? ORDER BY type", site)
    return {row[0]: Guarantee(row[0], int(row[1]), int(row[2])) for row in rows}


def put(unit: Unit, site: str, rules: Iterable[Guarantee], who: str, at: int) -> None:
    """Write guarantees, each in place of what the type had."""
    kept = list(rules)
    unit.many("DELETE FROM guarantee WHERE site = ? AND type = ?", [(site, one.type) for one in kept])
    rows = [(site, one.type, one.starts, one.days, who, at) for one in kept]
    unit.many("INSERT INTO guarantee (site, type, starts, days, set_by, set_at) VALUES (?,?,?,?,?,?)", rows)


@lru_cache(maxsize=1)
def usual() -> tuple[Guarantee, ...]:
    """Return what a new site begins with: its key types and those of the weekly check, where it has them."""
    with data_file("guarantees.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Guarantee(row["code"], int(row["starts"]), int(row["days"])) for row in csv.DictReader(file, strict=True))


def settle_usual(unit: Unit, site: str, codes: Iterable[str], at: int) -> None:
    """Give a new site the usual guarantees of its types; nobody set them."""
    known = set(codes)
    put(unit, site, [one for one in usual() if one.type in known], "", at)


def drop(unit: Unit, site: str, code: str) -> None:
    """Delete the guarantee of a type."""
    unit.run("DELETE FROM guarantee WHERE site = ? AND type = ?", site, code)


def booked_between(unit: Unit, site: str, first_ms: int, end_ms: int) -> Sequence[Sequence[Any]]:
    """Return what was booked from one instant of site time until before another (ms UTC): type, instant, ISO day.

    The log is read from the first line of that time on, which is looked up by halves: instants of site time follow the
    lines, but for a clock that was set back.
    """
    first = _line_at(unit, site, first_ms)
    statement = (
        "SELECT e.type, v.at, e.day FROM event v JOIN entry e ON e.site = v.site AND e.id = v.entry"
        " WHERE v.site = ? AND v.seq >= ? AND v.at >= ? AND v.at < ? AND v.verb IN ('booked', 'confirmed')"
        " AND e.kind = 'appointment' AND e.status <> 'undone' AND e.type IS NOT NULL"
    )
    return unit.rows(statement, site, first, first_ms, end_ms)


def _line_at(unit: Unit, site: str, at_ms: int) -> int:
    """Return the seq of the first line of an instant or later, that after the last line where there is none."""
    row = unit.row("SELECT seq FROM site_head WHERE site = ?", site)
    low, high = 1, 1 if row is None else int(row[0]) + 1
    while low < high:
        middle = (low + high) // 2
        found = unit.row("SELECT at FROM event WHERE site = ? AND seq = ?", site, middle)
        if found is not None and int(found[0]) < at_ms:
            low = middle + 1
        else:
            high = middle
    return low


_CHECK = "week, red, done, signed_by, signed_at"


def checks(unit: Unit, site: str) -> list[WeeklyCheck]:
    """Return the weeks that were signed, newest first."""
    return [_check(row) for row in unit.rows(f"SELECT {_CHECK} FROM weekly_check WHERE site = ? ORDER BY week DESC", site)]


def check_of(unit: Unit, site: str, week: Week) -> WeeklyCheck | None:
    """Return who signed a week and how, or None."""
    row = unit.row(f"SELECT {_CHECK} FROM weekly_check WHERE site = ? AND week = ?", site, str(week))
    return None if row is None else _check(row)


def sign(unit: Unit, site: str, check: WeeklyCheck) -> None:
    """Write that a week was signed; one that is signed already raises KeyRefused."""
    red = json.dumps([asdict(one) for one in check.red])
    statement = "INSERT INTO weekly_check (site, week, red, done, signed_by, signed_at) VALUES (?,?,?,?,?,?)"
    unit.run(statement, site, str(check.week), red, check.done, check.signed_by, check.signed_at)


def unsign(unit: Unit, site: str, week: Week) -> None:
    """Delete that a week was signed."""
    unit.run("DELETE FROM weekly_check WHERE site = ? AND week = ?", site, str(week))


def _check(row: Sequence[Any]) -> WeeklyCheck:
    week, red, done, signed_by, signed_at = row
    year, _, number = week.partition("-W")
    return WeeklyCheck(Week(int(year), int(number)), tuple(Red(**one) for one in json.loads(red)), done, signed_by, signed_at)
