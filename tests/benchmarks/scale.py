"""Searching at scale: python -m tests.benchmarks.scale [--quick]; what it prints is told in data/help/benchmarks.md.

Warm: every start of one length in 1,000 diaries x 20 days and in one site of 60, masks in memory, beside numpy and a scan
of intervals. Cold: one site of 60 from its store, with a short history and a long one.
"""

import argparse
import csv
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from agent_tui.domain.availability import Now, Occupied, Search, Stop, offers
from agent_tui.domain.demand import weights
from agent_tui.domain.requests import Request
from agent_tui.domain.site import Catalogue, Site
from agent_tui.domain.ticks import clock, mask_of, minutes_of_ticks, runs_in, ticks_in
from agent_tui.services.booking import search
from agent_tui.store.queries.offers import usual_mix
from tests.benchmarks import finding, starts, world
from tests.benchmarks.timing import HEADING, Line, in_turn, once
from tests.postgres_server import find_binaries, running_server
from tests.small_site import TEAMS, TYPES

SEED = 1
DIARIES = (1_000, 60)
HISTORY = (10_000, 1_000_000)
QUICK_HISTORY = (1_000, 20_000)
# One of 10 minutes, one of 20 and one of 50; see `catalogue` for the rooms of the second.
CODES = ("WSR-PHONE", "EV-F2F", "FC-F2F")
GROWTH = ("<=", 1.25)
LEAST_SECONDS = 0.01


def catalogue(size: world.Size) -> Catalogue:
    """Return the rules of the site that is measured, without rooms, which the other ways know nothing of."""
    place = Site(world.SITE, "Leeds Park Place", "1 Park Place, Leeds LS1 2RU", "0113 496 0000", "ENG", "PAC desk")
    types = {kind.code: replace(kind, needs=()) for kind in TYPES}
    diaries = {one.code: one for one in world.diaries(size)}
    return Catalogue(1, place, types, diaries, {}, tuple(world.patterns(size)), {}, TEAMS, weights(usual_mix(), None))


def days_of(rules: Catalogue, size: world.Size) -> list[starts.Day]:
    """Return the diaries' days of the window, day after day, each by diary."""
    busy: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for _type, diary, day, start, end in world.in_window(size, SEED):
        busy.setdefault((diary, day.isoformat()), []).append((start, end))
    return [
        starts.Day(code, day.isoformat(), tuple(runs_in(rules.plan(code, day).open_mask)), tuple(busy[code, day.isoformat()]))
        for day in world.window()
        for code in world.diary_codes(size)
    ]


class Warm:
    """The product's own search over days in memory."""

    def __init__(self, size: world.Size) -> None:
        self.rules = catalogue(size)
        self.days = days_of(self.rules, size)
        self.taken = Occupied({(one.diary, one.day): mask_of(one.busy) for one in self.days})
        self.now = Now(world.NOW.date(), 0)
        self.window = world.window()

    def by_rules(self, code: str) -> list[int]:
        """Return the start mask of every diary's day, every rule asked."""
        looking = Search(self.rules, world.request(code), self.taken, self.now)
        diaries = looking.diaries()
        found = [looking.diary_day(diary, day) for day in self.window for diary in diaries]
        return [0 if isinstance(one, Stop) else one.starts for one in found]

    def listed(self, request: Request) -> Any:
        """Return the list that a screen shows."""
        return offers(self.rules, request, self.taken, self.now)


def set_of(method: starts.Method, length: int) -> set[starts.Start]:
    """Return every start that a method finds."""
    return set(method.told(method.find(length)))


def measure_warm(size: world.Size, rounds: int) -> Iterator[Line | str]:
    """Yield the lines of one number of diaries; every way must find exactly the same starts."""
    warm = Warm(size)
    ways = [starts.masks(warm.days), starts.words(warm.days), starts.intervals(warm.days)]
    methods = [one for one in ways if one is not None]
    floor = methods[-1]
    for code in CODES:
        length = warm.rules.types[code].ticks_on(world.FIRST_DAY)
        assert length is not None
        head = f"warm {size.coaches} x {len(warm.window)}, {minutes_of_ticks(length)} min"
        listed, recommended = replace(world.request(code), every=True), world.request(code)
        wanted = {(place, tick) for place, mask in enumerate(warm.by_rules(code)) for tick in ticks_in(mask)}
        for method in methods:
            assert set_of(method, length) == wanted, f"{head}: {method.name} finds other starts"
        assert warm.listed(listed).starts == warm.listed(recommended).starts == len(wanted)
        yield f"{head}: {len(wanted)} starts, the same by each of {len(methods) + 1} ways"
        if len(methods) < len(ways):
            yield "numpy is not installed"
        works: dict[str, Callable[[], Any]] = {method.name: partial(method.find, length) for method in methods}
        works["search: masks and every rule"] = partial(warm.by_rules, code)
        works["search: the first 50 of all starts"] = partial(warm.listed, listed)
        works["search: the 50 best, every day weighed"] = partial(warm.listed, recommended)
        # What takes no time is done again and again, so that one moment of the machine does not decide. Nothing here waits,
        # so processor time is counted: what else the machine does would slow the long ones more than the short ones.
        times = {name: max(1, int(LEAST_SECONDS / once(work))) for name, work in works.items()}
        took = in_turn({name: partial(once, work, times[name], time.thread_time) for name, work in works.items()}, rounds)
        for name, seconds in took.items():
            least = took[floor.name]
            yield Line(f"  {name}", ms(seconds), ms(least), seconds / least, None)


def ms(seconds: float) -> str:
    """Return a time as the table shows it."""
    return f"{seconds * 1000:.3f} ms"


def anew(location: str, request: Request) -> Any:
    """Return what is found by a desk that was not open: connection, rules and claims are read from the store."""
    with world.desk(location) as desk:
        return search(desk, request)


def measure_cold(stores: dict[int, str], size: world.Size, rounds: int) -> Iterator[Line | str]:
    """Yield the lines of one engine: stores with the same window and more and more history, all in turn."""
    engine = "PostgreSQL" if "://" in next(iter(stores.values())) else "SQLite"
    with ExitStack() as stack:
        desks = {history: stack.enter_context(world.desk(location)) for history, location in stores.items()}
        raws = {history: finding.connect(location) for history, location in stores.items()}
        for raw in raws.values():
            stack.callback(raw.close)
        for code in CODES:
            request = world.request(code)
            works: dict[tuple[str, int], Callable[[], Any]] = {}
            for history, location in stores.items():
                works["search", history] = partial(search, desks[history], request)
                works["fetch", history] = finding.fetcher(raws[history], location, size, code)
                works["anew", history] = partial(anew, location, request)
            answers = {key: work() for key, work in works.items()}
            for history in stores:
                assert answers["search", history] == answers["anew", history] == answers["search", min(stores)]
                assert sorted(answers["fetch", history]) == sorted(answers["fetch", min(stores)])
            found = answers["search", min(stores)]
            rows = len(answers["fetch", min(stores)])
            head = f"{engine} {size.coaches} x {world.WINDOW_DAYS}, {code}"
            yield f"{head}: {rows} rows, {found.starts} starts, the same in each store"
            named: dict[str, Callable[[], float]] = {
                f"{what} {history}": partial(once, work) for (what, history), work in works.items()
            }
            yield from cold_lines(in_turn(named, rounds), list(stores))


def cold_lines(took: dict[str, float], histories: Sequence[int]) -> Iterator[Line]:
    """Yield each history's search against its fetch, and each longer history against the shortest."""
    for history in histories:
        least = took[f"fetch {history}"]
        for what, name in (("search", "search"), ("anew", "search by a desk opened anew")):
            seconds = took[f"{what} {history}"]
            yield Line(f"  {name}, history {history:,}", ms(seconds), ms(least), seconds / least, None)
    short = min(histories)
    for history in histories:
        if history == short:
            continue
        for what, name in (("search", "search"), ("anew", "opened anew"), ("fetch", "fetch")):
            longer, base = took[f"{what} {history}"], took[f"{what} {short}"]
            line = f"  {name}, history {history:,} against {short:,}"
            yield Line(line, ms(longer), ms(base), longer / base, GROWTH if what == "search" else None)


def make_stores(place: Callable[[int], str], histories: Sequence[int], size: world.Size) -> Iterator[str | dict[int, str]]:
    """Yield what is being written and how long it took, at last the stores by history."""
    stores: dict[int, str] = {}
    for history in histories:
        stores[history] = place(history)
        whole = world.with_history(size, SEED, history)
        took = once(partial(world.make_world, stores[history], whole, SEED))
        yield f"written in {took:.0f} s: {whole.appointments:,} appointments, {history:,} of them before the window"
    yield stores


def of_engine(place: Callable[[int], str], histories: Sequence[int], size: world.Size, rounds: int) -> Iterator[Line | str]:
    """Yield the lines of one engine, whose stores are made first."""
    for told in make_stores(place, histories, size):
        if isinstance(told, str):
            yield told
        else:
            yield from measure_cold(told, size, rounds)


def lines(engine: str, histories: Sequence[int], diaries: Sequence[int], cold: int, rounds: int) -> Iterator[Line | str]:
    """Yield every line of the table."""
    for coaches in diaries:
        yield from measure_warm(world.Size(coaches=coaches), rounds)
    size = world.Size(coaches=cold)
    if engine in ("sqlite", "both"):
        with tempfile.TemporaryDirectory() as folder:
            yield from of_engine(lambda history: str(Path(folder) / f"{history}.db"), histories, size, rounds)
    if engine in ("postgresql", "both"):
        binaries = find_binaries()
        if binaries is None:
            yield "PostgreSQL: no server programs were found"
            return
        with running_server(binaries) as server:
            yield from of_engine(lambda history: server.create_database(f"history_{history}"), histories, size, rounds)


def write_world(folder: Path, coaches: int) -> None:
    """Write the window as CSV, so that another system can be filled with it: open and busy times, and every start."""
    folder.mkdir(parents=True, exist_ok=True)
    warm = Warm(world.Size(coaches=coaches))

    def write(name: str, columns: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([columns])
            csv.writer(file).writerows(rows)

    times = ("diary", "day", "start", "end")
    write("open.csv", times, ((one.diary, one.day, clock(a), clock(b)) for one in warm.days for a, b in one.open))
    write("busy.csv", times, ((one.diary, one.day, clock(a), clock(b)) for one in warm.days for a, b in one.busy))
    found = (
        (warm.rules.types[code].minutes_on(world.FIRST_DAY), one.diary, one.day, clock(tick))
        for code in CODES
        for one, mask in zip(warm.days, warm.by_rules(code), strict=True)
        for tick in ticks_in(mask)
    )
    write("starts.csv", ("minutes", "diary", "day", "start"), found)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer diaries, short histories and fewer rounds")
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--history", type=int, nargs="+", metavar="N", help="appointments before the window, one store for each")
    parser.add_argument("--diaries", type=int, nargs="+", metavar="N", help="how many diaries to search warm")
    parser.add_argument("--cold-diaries", type=int, default=60, metavar="N", help="how many diaries a store has")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="only write the first --diaries as CSV, for another system")
    asked = parser.parse_args()
    diaries = asked.diaries or ((100, 60) if asked.quick else DIARIES)
    histories = asked.history or (QUICK_HISTORY if asked.quick else HISTORY)
    if asked.write is not None:
        write_world(asked.write, diaries[0])
        return
    sys.stdout.write(f"{HEADING}\n")
    begun = time.perf_counter()
    for line in lines(asked.engine, histories, diaries, asked.cold_diaries, 5 if asked.quick else 15):
        sys.stdout.write((line if isinstance(line, str) else line.text()) + "\n")
        sys.stdout.flush()
    took, load = time.perf_counter() - begun, " ".join(f"{one:.1f}" for one in os.getloadavg())
    sys.stdout.write(f"took {took:.0f} s, {time.process_time():.0f} s of them on a processor of {os.cpu_count()}; load {load}\n")


if __name__ == "__main__":
    main()
