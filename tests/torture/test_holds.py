"""Four processes with holds of one second on a few starts: an expired hold never confirms, a live one is never stolen."""

import os
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

import pytest

from agent_tui.domain.requests import Booked, Refused, Wish
from agent_tui.services import booking, changes
from agent_tui.services.desk import Desk
from tests.small_site import NINE, ONE
from tests.torture import site
from tests.torture.checker import check
from tests.torture.client import Job, desk_of
from tests.torture.crew import CONTEXT, GRACE_SECONDS, crew
from tests.torture.journal import Journal, acknowledged, acks

pytestmark = pytest.mark.slow

PROCESSES = 4
HOLD_SECONDS = 1
# Read before the fixture that clears the environment.
SECONDS = float(os.environ.get("AGENT_TUI_TORTURE_SECONDS", "5"))
TICKS = site.TICKS["WSR-PHONE"]
STARTS = [*range(NINE, NINE + 4 * TICKS, TICKS), *range(ONE, ONE + 4 * TICKS, TICKS)]


@dataclass
class Seen:
    """What one process saw: answers by word, and whatever should not have been."""

    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def database_now(desk: Desk) -> int:
    """Return the store's clock, the only one that ends a hold."""
    with desk.store.read() as unit:
        return unit.clock_ms()


class Holder:
    """A client that holds starts, confirms some at once and some too late, and looks twice at each answer."""

    def __init__(self, job: Job, desk: Desk, journal: Journal) -> None:
        self.desk, self.journal, self.number = desk, journal, job.number
        self.random = Random(f"holds:{job.number}")
        self.kept: list[Booked] = []
        self.seen = Seen()
        self.requests = 0

    def step(self) -> None:
        """Hold something, confirm it or keep it; confirm one that was kept, however old it is."""
        self.hold()
        if self.kept and self.random.random() < 0.1:
            self.confirm(self.kept.pop(self.random.randrange(len(self.kept))))

    def hold(self) -> None:
        """Ask for one of the few starts that everybody wants; a refusal must name a hold that is alive."""
        wish = Wish("WSR-PHONE", site.FIRST_DAY, self.random.choice(STARTS), "D01")
        asked = database_now(self.desk)
        told = booking.hold(self.desk, wish, id=self.next_id())
        if isinstance(told, Booked):
            self.told("hold", told)
            self.kept.append(told)
            if self.random.random() < 0.1:
                self.confirm(self.kept.pop())
            return
        assert isinstance(told, Refused)
        self.seen.answers[f"hold {told.code}"] += 1
        if told.code == "held" and (told.held_by is None or (told.held_by.until or 0) <= asked):
            self.seen.wrong.append(f"{told} names a hold that had ended before {asked}")

    def confirm(self, held: Booked) -> None:
        """Confirm a hold: yes only while it lives, no only after its end."""
        ends = held.entry.expires_at or 0
        request = self.next_id()
        asked = database_now(self.desk)
        told = booking.confirm(self.desk, held.entry.id, client=site.client(self.number), allow_clash=True, id=request)
        answered = database_now(self.desk)
        if isinstance(told, Booked):
            self.told("confirm", told, request)
            if asked >= ends:
                self.seen.wrong.append(f"the hold {held.entry.id} of {ends} was confirmed after {asked}")
            # Make room for the others.
            request = self.next_id()
            gone = changes.cancel(self.desk, held.entry.id, "claimant", id=request)
            assert isinstance(gone, Booked), gone
            self.told("cancel", gone, request)
            return
        assert isinstance(told, Refused)
        self.seen.answers[f"confirm {told.code}"] += 1
        if told.code != "hold_expired" or answered < ends:
            self.seen.wrong.append(f"the hold {held.entry.id} of {ends} was refused as {told.code} before {answered}")

    def next_id(self) -> str:
        """Return the id of a new request."""
        self.requests += 1
        return f"{self.number}-{self.requests}"

    def told(self, act: str, told: Booked, request: str | None = None) -> None:
        """Write down what was acknowledged."""
        self.seen.answers[f"{act} done"] += 1
        self.journal.acknowledge(acknowledged(act, request or told.entry.id, told))


def hold_for(pipe: Connection, job: Job, barrier: Any, seconds: float) -> None:
    """Hold and confirm for some seconds, then say what was seen."""
    desk = desk_of(job)
    try:
        with Journal(job.journal) as journal:
            holder = Holder(job, desk, journal)
            barrier.wait()
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                holder.step()
            pipe.send(holder.seen)
    finally:
        desk.store.close()


def test_an_expired_hold_never_confirms_and_a_live_one_is_never_stolen(location: str, tmp_path: Path) -> None:
    site.make_site(location, diaries=1, agents=PROCESSES)
    barrier = CONTEXT.Barrier(PROCESSES, timeout=GRACE_SECONDS)
    jobs = [Job(location, str(tmp_path), number, 1, 1, 1, HOLD_SECONDS) for number in range(PROCESSES)]
    with crew(hold_for, [(job, barrier, SECONDS) for job in jobs], SECONDS) as members:
        seen: list[Seen] = [member.hear(SECONDS + GRACE_SECONDS) for member in members]
    answers: Counter[str] = Counter()
    for one in seen:
        answers.update(one.answers)
    report = check(location, site.SITE, acks(tmp_path))
    print(f"{dict(answers)}; {report.line()}")
    assert [text for one in seen for text in one.wrong] == []
    assert report.problems == []
    # Holds were confirmed in time, refused in vain, taken over, and came too late.
    assert answers["confirm done"] > 0
    assert answers["hold held"] > 0
    assert answers["confirm hold_expired"] > 0
    assert report.counts["lines lapsed"] > 0
    assert report.counts["entries lapsed"] == report.counts["lines lapsed"]
