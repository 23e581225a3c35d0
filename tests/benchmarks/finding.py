"""Searching a warm store and counting a week of it, against the driver's own fetch of the same rows."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

from agent_tui.domain.types import Guarantee
from agent_tui.domain.week import Week, WeekAsked
from agent_tui.services.booking import search
from agent_tui.services.guarantees import guarantees
from agent_tui.services.live import Live
from agent_tui.services.week import week
from agent_tui.store.driver import dbapi
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import guarantees as guarantee_queries
from agent_tui.store.unit_of_work import Unit
from tests.benchmarks import world
from tests.benchmarks.timing import Line, in_turn, once

GOAL = ("<=", 4.0)


def connect(location: str) -> Any:
    """Return a connection of the driver's own."""
    if "://" in location:
        import psycopg

        return psycopg.connect(location, autocommit=True)
    connection = dbapi.connect(location, timeout=10)
    connection.isolation_level = None
    return connection


def fetching(raw: Any, engine: str, resources: Sequence[str], first: date, last: date) -> Callable[[], list[Any]]:
    """Return the driver's own fetch of the claims of some resources between two days."""
    mark = "%s" if engine == "PostgreSQL" else "?"
    statement = (
        f"SELECT resource, day, start_tick, end_tick FROM claim WHERE site = {mark}"
        f" AND resource IN ({','.join([mark] * len(resources))}) AND day BETWEEN {mark} AND {mark}"
        f" AND (expires_at IS NULL OR expires_at > {mark})"
    )
    values = (world.SITE, *resources, first.isoformat(), last.isoformat(), 0)
    return lambda: list(raw.execute(statement, values).fetchall())


def fetcher(raw: Any, location: str, size: world.Size, code: str) -> Callable[[], list[Any]]:
    """Return what fetches, by the driver alone, the claims that a search of the whole window for a type needs."""
    resources, days = world.diary_codes(size), world.window()
    if code == "EV-F2F":
        resources += ["R01", "R02"]
    return fetching(raw, "PostgreSQL" if "://" in location else "SQLite", resources, days[0], days[-1])


def measure(location: str, size: world.Size, rounds: int) -> list[Line]:
    """Return a line for a long type, a short one, and one that needs rooms too."""
    engine = "PostgreSQL" if "://" in location else "SQLite"
    raw = connect(location)
    lines = []
    try:
        with world.desk(location) as desk:
            for code in ("FC-F2F", "WSR-PHONE", "EV-F2F"):
                find, fetch = partial(search, desk, world.request(code)), fetcher(raw, location, size, code)
                found, rows = find(), fetch()
                assert len(found.offers) == 50, found.total
                took = in_turn({"search": partial(once, find), "fetch": partial(once, fetch)}, rounds)
                lines.append(
                    Line(
                        f"{engine}: search {code}, {len(rows)} rows to {len(found.offers)} of {found.total} offers",
                        f"{took['search'] * 1000:.2f} ms",
                        f"{took['fetch'] * 1000:.2f} ms",
                        took["search"] / took["fetch"],
                        GOAL,
                    )
                )
    finally:
        raw.close()
    return lines


def measure_week(location: str, size: world.Size, rounds: int) -> list[Line]:
    """Return a line for the heat map of a week over all diaries, for one type and for several."""
    engine = "PostgreSQL" if "://" in location else "SQLite"
    which = Week.of(world.FIRST_DAY).later(1)
    raw = connect(location)
    lines = []
    try:
        with world.desk(location) as desk:
            fetch = fetching(raw, engine, world.diary_codes(size), which.monday, which.sunday)
            for types in (("FC-F2F",), ("FC-F2F", "NJR-F2F", "WSR-PHONE")):

                def count(types: tuple[str, ...] = types) -> Any:
                    return week(desk, WeekAsked(which, types))

                found, rows = count(), fetch()
                assert sum(found.totals) > 0, found.notes
                took = in_turn({"week": partial(once, count), "fetch": partial(once, fetch)}, rounds)
                lines.append(
                    Line(
                        f"{engine}: week of {len(types)} types, {len(rows)} rows to {sum(found.totals)} starts",
                        f"{took['week'] * 1000:.2f} ms",
                        f"{took['fetch'] * 1000:.2f} ms",
                        took["week"] / took["fetch"],
                        GOAL,
                    )
                )
    finally:
        raw.close()
    return lines


def measure_guarantees(location: str, size: world.Size, rounds: int) -> list[Line]:
    """Return a line for what one of the site's guarantees takes from the store, all counted at once, and one from memory."""
    engine = "PostgreSQL" if "://" in location else "SQLite"
    raw = connect(location)
    try:
        with world.desk(location) as desk:
            rules = [Guarantee(code, 3, 5) for code in ("EV-F2F", "FC-F2F", "NJR-F2F", "WSR-PHONE")]
            desk.store.write(lambda unit: _guarantee(unit, rules))
            first, last = (found := guarantees(desk))[0].first, found[0].last
            live = Live(desk, first, last, lambda: world.NOW)
            live.load()
            fetch = fetching(raw, engine, [*world.diary_codes(size), "R01", "R02"], first, last)
            rows = fetch()
            assert live.guarantees() == found
            assert sum(one.found for one in found) > 0
            cases: dict[str, Callable[[], object]] = {
                "store": partial(guarantees, desk),
                "memory": live.guarantees,
                "fetch": fetch,
            }
            took = in_turn({name: partial(once, work) for name, work in cases.items()}, rounds)
            live.close()
    finally:
        raw.close()
    return [
        Line(
            f"{engine}: each of {len(found)} guarantees from {name}, {len(rows)} rows",
            f"{took[name] / len(found) * 1000:.2f} ms",
            f"{took['fetch'] * 1000:.2f} ms",
            took[name] / len(found) / took["fetch"],
            GOAL,
        )
        for name in ("store", "memory")
    ]


def _guarantee(unit: Unit, rules: Sequence[Guarantee]) -> None:
    guarantee_queries.put(unit, world.SITE, rules, "bench", 0)
    catalogue_queries.bump_version(unit, world.SITE)
