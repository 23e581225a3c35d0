"""What ranking offers needs of a store: settings, learnt demand, value tables, and calls that ended without a booking."""

import csv
import json
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from agent_tui.domain.demand import LearntFrom, Unmet
from agent_tui.domain.value_table import Mix
from agent_tui.resources import data_file
from agent_tui.store.unit_of_work import Unit

Rows = tuple[tuple[float, ...], ...]


@lru_cache(maxsize=1)
def usual_mix() -> Mapping[str, float]:
    """Return the catalogue's usual calls in 1,000 by type, which hold until a site's own are known."""
    with data_file("mix.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: float(row["calls_in_1000"]) for row in csv.DictReader(file, strict=True)}


def settings(unit: Unit, site: str) -> dict[str, str]:
    """Return the settings that the site has changed."""
    return {row[0]: row[1] for row in unit.rows("SELECT name, value FROM site_setting WHERE site = ?", site)}


def set_setting(unit: Unit, site: str, name: str, value: str, who: str, at: int) -> None:
    """Write a setting in place of what it was."""
    unit.run("DELETE FROM site_setting WHERE site = ? AND name = ?", site, name)
    statement = "INSERT INTO site_setting (site, name, value, set_by, set_at) VALUES (?,?,?,?,?)"
    unit.run(statement, site, name, value, who, at)


def learnt(unit: Unit, site: str) -> LearntFrom | None:
    """Return what the site's value tables were learnt from, or None."""
    row = unit.row("SELECT first_day, last_day, bookings, refusals, learnt_at FROM learnt_demand WHERE site = ?", site)
    if row is None:
        return None
    first, last = date.fromisoformat(row[0]), date.fromisoformat(row[1])
    return LearntFrom(first, last, json.loads(row[2]), json.loads(row[3]), int(row[4]))


def write_learnt(unit: Unit, site: str, found: LearntFrom, tables: Mapping[Mix, Rows]) -> None:
    """Write what was learnt in place of what was."""
    for table in ("value_table", "learnt_demand"):
        unit.run(f"DELETE FROM {table} WHERE site = ?", site)
    unit.run(
        "INSERT INTO learnt_demand (site, first_day, last_day, bookings, refusals, learnt_at) VALUES (?,?,?,?,?,?)",
        *(site, found.first_day.isoformat(), found.last_day.isoformat()),
        *(json.dumps(dict(sorted(found.bookings.items()))), json.dumps(dict(sorted(found.refusals.items()))), found.learnt_at),
    )
    rows = [
        (site, json.dumps(mix), json.dumps([[round(value, 6) for value in row] for row in table]))
        for mix, table in tables.items()
    ]
    unit.many("INSERT INTO value_table (site, mix, stages) VALUES (?,?,?)", rows)


def tables(unit: Unit, site: str) -> dict[Mix, Rows]:
    """Return the stored value tables by their mix."""
    found: dict[Mix, Rows] = {}
    for mix, stages in unit.rows("SELECT mix, stages FROM value_table WHERE site = ?", site):
        key = tuple((int(ticks), float(share)) for ticks, share in json.loads(mix))
        found[key] = tuple(tuple(float(value) for value in row) for row in json.loads(stages))
    return found


def bookings_made(unit: Unit, site: str, first_ms: int) -> dict[str, int]:
    """Return how many appointments of each type were made since an instant (ms UTC), but for those entered in error."""
    statement = (
        "SELECT type, COUNT(*) FROM entry WHERE site = ? AND kind = 'appointment' AND made_at >= ? AND status <> 'undone'"
        " AND type IS NOT NULL GROUP BY type ORDER BY type"
    )
    return {row[0]: int(row[1]) for row in unit.rows(statement, site, first_ms)}


def refusals_of(unit: Unit, site: str, first: date, last: date) -> dict[str, int]:
    """Return how many calls for each type ended without a booking on some days."""
    by = unit.by("ix_refusal_day")
    statement = f"SELECT type, COUNT(*) FROM refusal{by} WHERE site = ? AND day BETWEEN ? AND ? GROUP BY type ORDER BY type"
    return {row[0]: int(row[1]) for row in unit.rows(statement, site, first.isoformat(), last.isoformat())}


def insert_refusal(unit: Unit, site: str, id: str, day: date, unmet: Unmet, ending: str) -> None:
    """Write down a call that ended without a booking; one that is written already raises KeyRefused."""
    unit.run(
        "INSERT INTO refusal (site, id, day, type, first_day, last_day, half, reasons, ending) VALUES (?,?,?,?,?,?,?,?,?)",
        *(site, id, day.isoformat(), unmet.type, unmet.first_day.isoformat(), unmet.last_day.isoformat()),
        *(unmet.half, json.dumps(list(unmet.reasons)), ending),
    )
