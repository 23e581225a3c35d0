"""One terminal of a soak, in a process of its own: it acts when an act is due, whether the one before took long or not."""

import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from multiprocessing.connection import Connection
from random import Random
from typing import Protocol

from agent_tui.domain.requests import Booked, Outcome, Wish
from agent_tui.domain.soak import Plan, Tally
from agent_tui.services import booking, changes
from agent_tui.services.desk import Desk, DeskRefused, open_desk
from agent_tui.services.soak_site import SITE, SLOTS, Slots, login_of, site_time
from agent_tui.store.trouble import StoreTrouble

MOST_OWN = 150
"""So many appointments a terminal keeps; with more it cancels one instead of booking, so that days never fill up."""

ELSEWHERE = 0.05
"""The share of bookings that are tried anywhere, where somebody may be already."""


@dataclass(frozen=True)
class Job:
    """Which terminal of which soak: `number` from 0, `day` the soak's today."""

    location: str
    number: int
    plan: Plan
    day: date


@dataclass(frozen=True)
class Stretch:
    """A rate of acts a second of all terminals together, for so many seconds from a moment of the monotonic clock on."""

    rate: float
    seconds: float
    begin: float


class Polled(Protocol):
    """The end of a pipe by which a terminal waits."""

    def poll(self, timeout: float) -> bool:
        """Wait so many seconds at most and return whether there is something to read."""


class Terminal:
    """Books, moves and cancels at its share of a rate; `clock` returns seconds of the clock by which acts are due."""

    def __init__(self, job: Job, desk: Desk, clock: Callable[[], float] = time.monotonic) -> None:
        self.desk = desk
        self.clock = clock
        self.trouble: str | None = None
        self.plan = job.plan
        self.random = Random(f"{job.plan.seed}:{job.number}")
        self.slots = Slots(job.day)
        self.wishes: Iterator[Wish] = self.slots.wishes(job.number, job.plan.terminals)
        self.own: deque[str] = deque()

    def warm(self) -> None:
        """Book once before anything is counted, so that the connection is open and the site's rules are read."""
        self._do("book")

    def run(self, pipe: Polled, stretch: Stretch) -> Tally:
        """Act until the stretch is over or the parent says stop; an act's time is counted from when it was due."""
        tally, due, used = Tally(memory_first=resident()), stretch.begin, time.process_time()
        mean, end = self.plan.terminals / stretch.rate, stretch.begin + stretch.seconds
        while True:
            due += self.random.expovariate(1 / mean)
            if due >= end or self.clock() >= end or not self._waits(pipe, due):
                break
            word = self._act()
            tally.acts[word] += 1
            tally.latencies.add(self.clock() - due)
            if word == "trouble":
                tally.trouble = self.trouble
        tally.memory_last, tally.used = resident(), time.process_time() - used
        return tally

    def _waits(self, pipe: Polled, due: float) -> bool:
        """Wait for an act to be due; False when the parent said stop meanwhile."""
        return not pipe.poll(max(0.0, due - self.clock()))

    def _act(self) -> str:
        act = self.random.choices(list(self.plan.mix), list(self.plan.mix.values()))[0]
        if not self.own:
            act = "book"
        elif act == "book" and len(self.own) >= MOST_OWN and "cancel" in self.plan.mix:
            act = "cancel"
        try:
            outcome = self._do(act)
        except StoreTrouble as met:
            self.trouble = str(met)
            return "trouble"
        return act if isinstance(outcome, Booked) else "refused"

    def _do(self, act: str) -> Outcome:
        wish = next(self.wishes) if act != "cancel" else None
        if wish is None:
            return changes.cancel(self.desk, self.own.popleft(), "office")
        assert wish.day is not None
        assert wish.start is not None
        if act == "move":
            self.own.rotate(-1)
            return changes.move(self.desk, self.own[-1], wish.day, wish.start, wish.diary)
        if self.random.random() < ELSEWHERE and act in self.plan.mix and len(self.plan.mix) > 1:
            wish = next(self.slots.wishes(self.random.randrange(SLOTS), 1))
        outcome = booking.book(self.desk, wish)
        if isinstance(outcome, Booked):
            self.own.append(outcome.entry.id)
        return outcome


def resident() -> int:
    """Return the bytes of memory that this process has, 0 where the system does not say."""
    with suppress(OSError, ValueError, IndexError), open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    with suppress(ImportError):
        import resource

        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024
    return 0


def serve(pipe: Connection, job: Job) -> None:
    """Say "ready", then answer each stretch with a tally, until there is none to come; an error is said in a sentence."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent stops all of them and reports
    try:
        desk = open_desk(job.location, login_of(job.number), site_time(job.day), site=SITE)
        try:
            terminal = Terminal(job, desk)
            terminal.warm()
            pipe.send("ready")
            while isinstance(asked := pipe.recv(), Stretch | str):
                if isinstance(asked, Stretch):
                    pipe.send(terminal.run(pipe, asked))
        finally:
            desk.store.close()
    except (StoreTrouble, DeskRefused) as met:
        pipe.send(met)
    except (EOFError, BrokenPipeError):
        return  # the parent has gone
    finally:
        pipe.close()
