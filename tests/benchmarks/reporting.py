"""Every report over a year of 27 coaches, in seconds of processor time and against the fetch of its rows.

python -m tests.benchmarks.reporting [--postgres] [--quick]; what it prints is told in data/help/benchmarks.md.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from unittest.mock import patch

from agent_tui.domain.reports import changes, outcomes, overrides, space, time_used, unmet
from agent_tui.domain.reports.catalogue import REPORTS
from agent_tui.domain.reports.span import Span
from agent_tui.services import demo
from agent_tui.services.desk import Desk, open_desk
from agent_tui.services.reporting import LAST_INSTANT, Asked, report
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries import reports as report_queries
from agent_tui.store.queries.entries import ENTRY_COLUMNS, entry_of, state_of
from agent_tui.store.queries.log import NewEvent, Stamp
from agent_tui.store.unit_of_work import Unit
from tests.benchmarks.timing import HEADING, Line, in_turn, once
from tests.postgres_server import find_binaries, running_server

FIRST = date(2026, 1, 5)
COACHES = 27
DAYS, QUICK_DAYS = 250, 20
SECONDS = 2.0
RATIO = 6.0
CANCELLED, MOVED, MISSED, LATE = 11, 13, 9, 29
"""Each so-many-th appointment was cancelled, moved, missed, or came late."""
STATUSES = {MISSED: "dna", LATE: "late"}


def make_year(location: str, days: int) -> Desk:
    """Make a demo of so many working days that has come to its end: appointments moved, cancelled, attended and missed."""
    with patch.object(demo, "MOST_DAYS", days):
        demo.load(location, coaches=COACHES, days=days, start=FIRST)
    desk = open_desk(location, "super1", datetime(2027, 6, 1, 9, 0))
    desk.store.write(lambda unit: _age(unit, desk.site))
    return desk


def _age(unit: Unit, site: str) -> None:
    entries = [entry_of(row) for row in unit.rows(f"SELECT {ENTRY_COLUMNS} FROM entry WHERE site = ? ORDER BY made_at, id", site)]
    by_hour: dict[int, list[NewEvent]] = {}
    gone, statuses = [], []
    for number, one in enumerate(entries, 1):
        claims = [(code, one.day.isoformat(), one.start, one.end) for code in one.resources]
        before, at = state_of(one, claims), one.made_at // 3_600_000 * 3_600_000 + 3_600_000
        if number % MOVED == 0:
            after = before | {"day": (one.day + timedelta(days=1)).isoformat(), "version": 2}
            by_hour.setdefault(at, []).append(NewEvent("moved", one.id, one.client, before=before, after=after))
        if number % CANCELLED == 0:
            after = before | {"status": "cancelled", "claims": [], "version": 3}
            by_hour.setdefault(at, []).append(
                NewEvent("cancelled", one.id, one.client, before=before, after=after, reason="claimant")
            )
            gone.append((site, one.id))
        else:
            found = next((status for each, status in STATUSES.items() if number % each == 0), "attended")
            statuses.append((found, site, one.id))
    for at, lines in sorted(by_hour.items()):
        log_queries.append_many(unit, Stamp(site, "agent1", "agent", at, at), lines)
    unit.many("UPDATE entry SET status = 'cancelled' WHERE site = ? AND id = ?", gone)
    unit.many("UPDATE entry SET status = ? WHERE site = ? AND id = ?", statuses)
    for _site, id in gone:
        entry_queries.let_go(unit, site, id)
    rows = [
        (site, f"refused {number}", one.day.isoformat(), one.type, *(one.day.isoformat(),) * 2)
        for number, one in enumerate(entries[::8])
    ]
    refused = "INSERT INTO refusal (site, id, day, type, first_day, last_day, half, reasons, ending)"
    unit.many(f"{refused} VALUES (?,?,?,?,?,?,'any','[\"full\"]','rang_off')", rows)
    calls = [(site, f"call {number}", one.type, one.made_at, one.made_at + 240_000) for number, one in enumerate(entries)]
    call = "INSERT INTO call (site, id, kind, status, who, type, wanted, opened_at, closed_at, priority)"
    unit.many(f"{call} VALUES (?,?,'call','booked','agent1',?,'{{}}',?,?,'standard')", calls)


def fetches(desk: Desk, days: Span) -> dict[str, Callable[[], int]]:
    """Return what fetches the rows of each report and does nothing with them."""
    first, last = days.first.isoformat(), days.last.isoformat()

    def taken(unit: Unit) -> int:
        return len(list(report_queries.taken(unit, desk.site, first, last)))

    def lines(verbs: tuple[str, ...]) -> Callable[[Unit], int]:
        return lambda unit: len(report_queries.line_rows(unit, desk.site, verbs, 0, LAST_INSTANT))

    def claims(unit: Unit) -> int:
        return len(
            unit.rows(
                "SELECT resource, day, start_tick, end_tick FROM claim WHERE site = ? AND day BETWEEN ? AND ?",
                desk.site,
                first,
                last,
            )
        )

    def unserved(unit: Unit) -> int:
        calls = unit.rows("SELECT closed_at, status, opened_at FROM call WHERE site = ?", desk.site)
        return len(calls) + len(unit.rows("SELECT day, type, reasons, ending FROM refusal WHERE site = ?", desk.site))

    wanted: dict[str, Callable[[Unit], int]] = {
        time_used.NAME: taken,
        changes.ACTIVITY: lines(changes.VERBS),
        changes.CANCELLATIONS: lines(("cancelled", "undone", "imported")),
        changes.RESCHEDULES: lines(("moved", "undone", "imported")),
        outcomes.ATTENDANCE: taken,
        outcomes.LEAD_TIME: taken,
        unmet.NAME: unserved,
        overrides.NAME: lines(overrides.VERBS),
        space.EFFICIENCY: taken,
        space.WHITE_SPACE: claims,
    }

    def run(fetch: Callable[[Unit], int]) -> Callable[[], int]:
        def work() -> int:
            with desk.store.read() as unit:
                return fetch(unit)

        return work

    return {name: run(fetch) for name, fetch in wanted.items()}


def measure(desk: Desk, engine: str, rounds: int) -> Iterator[Line | str]:
    """Yield two lines for each report: processor time, and the same against the fetch of its rows."""
    days = Span(FIRST - timedelta(days=28), date(2026, 12, 31), "month")
    floors = fetches(desk, days)
    for name, _title, _what in REPORTS:
        rows, asked = floors[name](), Asked(name, days)
        cases: dict[str, Callable[[], float]] = {
            "report": partial(once, partial(report, desk, asked), clock=time.process_time),
            "fetch": partial(once, floors[name], clock=time.process_time),
        }
        took = in_turn(cases, rounds)
        seconds, floor = took["report"], max(took["fetch"], 1e-4)
        head = f"{engine}: {name}, {rows} rows"
        yield Line(f"{head}, CPU", f"{seconds:.2f} s", "", seconds, ("<=", SECONDS), " s")
        yield Line(f"{head}, against their fetch", f"{seconds:.2f} s", f"{floor:.3f} s", seconds / floor, ("<=", RATIO))


def main() -> int:
    """Print the table; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="A month instead of a year.")
    parser.add_argument("--postgres", action="store_true", help="On a PostgreSQL of its own too.")
    wanted = parser.parse_args()
    missed = False
    print(HEADING)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        places = {"SQLite": str(folder / "year.db")}
        if wanted.postgres:
            binaries = find_binaries()
            assert binaries is not None, "no PostgreSQL here"
            server = stack.enter_context(running_server(binaries))
            places["PostgreSQL"] = server.create_database("year")
        for engine, place in places.items():
            desk = make_year(place, QUICK_DAYS if wanted.quick else DAYS)
            for line in measure(desk, engine, 1 if wanted.quick else 3):
                missed = missed or (isinstance(line, Line) and line.verdict == "MISSED")
                print(line if isinstance(line, str) else line.text(), flush=True)
            desk.store.close()
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
