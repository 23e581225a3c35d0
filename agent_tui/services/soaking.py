"""Soaking a server: many terminals at a steady rate, then the rate at which it breaks, and a sweep over what is left."""

import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_for
from typing import Any

from agent_tui.domain.soak import GROWTH, LEAST_RATE, MOST_STEPS, Plan, Report, Step, Tally, knee_of, step_of
from agent_tui.services.soak_site import SITE, SoakRefused, make
from agent_tui.services.soak_terminal import Job, Stretch, serve
from agent_tui.store import health
from agent_tui.store.alone import alone
from agent_tui.store.sweep import sweep_store
from agent_tui.store.trouble import StoreTrouble, shown
from agent_tui.store.unit_of_work import Store

__all__ = ["SoakRefused", "soak"]

Tell = Callable[[str, int, int], None]
START_SECONDS, GRACE_SECONDS, LEAD_SECONDS = 120.0, 60.0, 0.5


def soak(location: str, plan: Plan, day: date, tell: Tell | None = None) -> Report:
    """Make the site at a path or URL, soak it, and return what was found; ctrl+C ends it early with what there is.

    A store that no soak made, or that another is at, raises SoakRefused, trouble with the store StoreTrouble. The store stays,
    for the doctor.
    """
    with alone(location, "soaking") as first:
        if not first:
            raise SoakRefused(
                f"Another soak is under way at {shown(location)}, and this one would wipe it: wait for its end, or name another"
                " store with --store."
            )
        return _soaked(location, plan, day, tell)


def _soaked(location: str, plan: Plan, day: date, tell: Tell | None) -> Report:
    make(location, plan.terminals)
    store = Store(location)
    try:
        with _terminals(location, plan, day) as pipes:
            crew = _Crew(pipes, store, tell)
            crew.begin()
            seconds, tally = crew.run("steady", plan.rate, plan.seconds)
            steady, wal_last = step_of(plan.rate, seconds, tally), crew.wal_size()
            steps = crew.find_knee(plan, steady) if plan.knee else (steady,)
            written = crew.wal_written()
        checked = sweep_store(store, SITE)
    finally:
        store.close()
    return Report(
        store=store.name,
        engine=store.engine_name,
        plan=plan,
        seconds=seconds,
        tally=tally,
        steady=steady,
        steps=steps,
        knee=knee_of(steps, plan.bound_ms) if plan.knee else None,
        wal_most=crew.wal_most,
        wal_last=wal_last,
        wal_written=written,
        checked=sum(one.checked for one in checked.values()),
        broken={name: one.violations for name, one in checked.items() if one.violations},
        interrupted=crew.interrupted,
    )


class _Crew:
    """All terminals of a soak, let go and heard together."""

    def __init__(self, pipes: Sequence[Connection], store: Store, tell: Tell | None) -> None:
        self.pipes = pipes
        self.store = store
        self.tell = tell
        self.interrupted = False
        self.wal_most: int | None = None
        self._wal_begin = health.wal_position(store)

    def begin(self) -> None:
        """Wait until every terminal has its store open."""
        for pipe in self.pipes:
            _heard(pipe, START_SECONDS)

    def run(self, what: str, rate: float, seconds: float) -> tuple[float, Tally]:
        """Let all act at a rate, and return for how long they did and what; ctrl+C ends it early."""
        begin, total = time.monotonic() + LEAD_SECONDS, Tally()
        for pipe in self.pipes:
            pipe.send(Stretch(rate, seconds, begin))
        waiting, stopped = list(self.pipes), 0.0
        while waiting:
            try:
                for ready in wait_for(waiting, timeout=1.0):
                    assert isinstance(ready, Connection)
                    total.merge(_heard(ready, 0))
                    waiting.remove(ready)
                self._watch(what, time.monotonic() - begin, seconds)
                if time.monotonic() > (stopped or begin + seconds) + GRACE_SECONDS:
                    raise StoreTrouble(f"{len(waiting)} terminals of the soak have not answered for a minute.")
            except KeyboardInterrupt:
                if self.interrupted:
                    raise
                self.interrupted, stopped = True, time.monotonic()
                for pipe in waiting:
                    pipe.send("stop")
        return min(max((stopped or begin + seconds) - begin, 0.0), seconds), total

    def find_knee(self, plan: Plan, steady: Step) -> tuple[Step, ...]:
        """Raise the rate step by step until one does not hold, or lower it until one does; return all steps, slowest first."""
        steps, up = [steady], steady.holds(plan.bound_ms)
        while not self.interrupted and len(steps) < MOST_STEPS and steps[-1].holds(plan.bound_ms) == up:
            rate = steps[-1].rate * GROWTH if up else steps[-1].rate / GROWTH
            if rate < LEAST_RATE:
                break
            seconds, tally = self.run(f"{rate:.0f} a second", rate, plan.step_seconds)
            if self.interrupted and seconds < plan.step_seconds / 2:
                break  # too short a step says nothing
            steps.append(step_of(rate, seconds, tally))
        return tuple(sorted(steps, key=lambda one: one.rate))

    def _watch(self, what: str, done: float, whole: float) -> None:
        size = self.wal_size()
        if size is not None:
            self.wal_most = max(self.wal_most or 0, size)
        if self.tell is not None:
            self.tell(what, min(max(int(done * 10), 0), int(whole * 10)), int(whole * 10))

    def wal_size(self) -> int | None:
        """Return the bytes of SQLite's WAL file now."""
        return health.wal_size(self.store)

    def wal_written(self) -> int | None:
        """Return the bytes that PostgreSQL has written to its WAL since the soak began."""
        end = health.wal_position(self.store)
        return None if end is None or self._wal_begin is None else end - self._wal_begin


def _heard(pipe: Connection, seconds: float) -> Any:
    """Return what a terminal says; its trouble is raised here, and silence or its end too."""
    try:
        said = pipe.recv() if pipe.poll(seconds) else StoreTrouble("A terminal of the soak does not answer.")
    except EOFError:
        said = StoreTrouble("A terminal of the soak has ended before its time.")
    if isinstance(said, Exception):
        raise said
    return said


@contextmanager
def _terminals(location: str, plan: Plan, day: date) -> Iterator[list[Connection]]:
    """Yield a pipe to each terminal's process; they end with the block."""
    context: Any = multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")
    if sys.platform != "win32":
        context.set_forkserver_preload(["agent_tui.services.soak_terminal"])
    pipes, processes = list[Connection](), list[Any]()
    try:
        for number in range(plan.terminals):
            near, far = context.Pipe()
            process = context.Process(target=serve, args=(far, Job(location, number, plan, day)), daemon=True)
            process.start()
            far.close()
            pipes.append(near)
            processes.append(process)
        yield pipes
    finally:
        for pipe in pipes:
            pipe.close()
        for process in processes:
            process.join(5)
            if process.is_alive():
                process.kill()
                process.join(5)
