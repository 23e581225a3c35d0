"""One client process: acts at random through the real services, writes down what it asked and what it was told."""

import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from agent_tui.domain.requests import Booked, Outcome, Refused, Wish
from agent_tui.services import booking, changes
from agent_tui.services.desk import Desk, open_desk
from agent_tui.store.trouble import StoreTrouble
from tests.small_site import FIVE, NINE, NOON, ONE
from tests.torture import site
from tests.torture.journal import Ack, Intent, Journal, acknowledged

# How often each act is tried; what has nothing to act on becomes a hold or a booking.
WEIGHTS = {
    "hold": 24,
    "confirm": 14,
    "book": 22,
    "move": 12,
    "cancel": 15,
    "undo": 5,
    "release": 3,
    "extend": 2,
    "again": 2,
    "reuse": 1,
}
REMEMBERED = 40
HOLD_SECONDS = 2
# What a refusal may say here; any other code is a bug.
EXPECTED = {
    *("taken", "held", "limit", "client_clash", "hold_expired", "not_possible", "role", "stale_version", "not_allowed"),
    *("unknown_entry", "id_reused", "undo_expired", "closed"),
}


@dataclass(frozen=True)
class Job:
    """What a client process is told: where, who it is, on how many diaries and days, and the seed of its choices."""

    location: str
    folder: str
    number: int
    seed: int
    diaries: int
    days: int
    hold_seconds: int = HOLD_SECONDS

    @property
    def journal(self) -> Path:
        """Return the file in which it writes."""
        return Path(self.folder) / f"{self.number:05d}.journal"


@dataclass
class Tally:
    """What a client process did: answers by act and word, and whatever should not have been."""

    answers: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    slowest: float = 0.0


def perform(desk: Desk, intent: Intent) -> Outcome:
    """Ask the services for what an intent says, with its id."""
    said, id = dict(intent.said), intent.request
    acts: dict[str, Callable[[], Outcome]] = {
        "hold": lambda: booking.hold(desk, _wish(said), id=id),
        "book": lambda: booking.book(desk, _wish(said), id=id),
        "confirm": lambda: booking.confirm(desk, said["entry"], client=said["client"], allow_clash=said["clash"], id=id),
        "extend": lambda: booking.extend(desk, said["entry"], id=id),
        "release": lambda: booking.release(desk, said["entry"], id=id),
        "move": lambda: changes.move(desk, said["entry"], date.fromisoformat(said["day"]), said["start"], said["diary"], id=id),
        "cancel": lambda: changes.cancel(desk, said["entry"], "claimant", id=id),
        "undo": lambda: changes.undo(desk, said["entry"], id=id),
    }
    return acts[intent.act]()


def _wish(said: dict[str, Any]) -> Wish:
    return Wish(**(said | {"day": date.fromisoformat(said["day"])}))


class Client:
    """One agent at one desk."""

    def __init__(self, job: Job, desk: Desk, journal: Journal) -> None:
        self.job, self.desk, self.journal = job, desk, journal
        self.random = Random(f"{job.seed}:{job.number}")
        self.diaries = site.diary_codes(job.diaries)
        self.days = site.working_days(job.days)
        self.holds: deque[str] = deque(maxlen=REMEMBERED)
        self.booked: deque[str] = deque(maxlen=REMEMBERED)
        self.told: deque[tuple[Intent, Ack]] = deque(maxlen=REMEMBERED)
        self.tally = Tally()

    def step(self) -> None:
        """Do one act, whatever it is answered."""
        act = self.random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        if act in ("again", "reuse"):
            if self.told:
                self.ask_again(*self.random.choice(self.told), other=act == "reuse")
            return
        self.ask(self._intent(act))

    def ask(self, intent: Intent) -> Outcome:
        """Ask for something, until the store says yes or no, and write down both."""
        self.journal.intend(intent)
        begun = time.monotonic()
        outcome = self._answer(intent)
        self.tally.slowest = max(self.tally.slowest, time.monotonic() - begun)
        if isinstance(outcome, Booked):
            ack = acknowledged(intent.act, intent.request, outcome)
            self.journal.acknowledge(ack)
            self.told.append((intent, ack))
            self.tally.answers[f"{intent.act} done"] += 1
            self._remember(intent, outcome)
        else:
            code = outcome.code if isinstance(outcome, Refused) else "handed off"
            self.journal.refuse(intent.request, code)
            self.tally.answers[f"{intent.act} {code}"] += 1
            if code not in EXPECTED:
                self.tally.problems.append(f"{intent} was answered {outcome}")
            if code == "taken" and isinstance(outcome, Refused) and outcome.reason.startswith("Others were faster"):
                self.tally.answers["gave up"] += 1
        return outcome

    def _answer(self, intent: Intent) -> Outcome:
        while True:
            try:
                return perform(self.desk, intent)
            except StoreTrouble as trouble:
                # The outcome is unknown: the same id asks again, as a terminal does.
                self.tally.answers[f"trouble: {trouble}"] += 1

    def ask_again(self, intent: Intent, ack: Ack, *, other: bool) -> None:
        """Ask for what was answered once more, or for something else with the same id: neither may change anything."""
        if other:
            said = self._wish_of(None)
            outcome = self._answer(Intent("hold", ack.request, intent.login, said))
            self.tally.answers["reuse"] += 1
            if not isinstance(outcome, Refused) or outcome.code != "id_reused":
                self.tally.problems.append(f"{ack.request} was used for another request: {outcome}")
            return
        outcome = self._answer(intent)
        self.tally.answers["again"] += 1
        if not isinstance(outcome, Booked) or not outcome.repeated:
            self.tally.problems.append(f"{intent} was answered {ack}, again {outcome}")
            return
        again = acknowledged(intent.act, intent.request, outcome)
        self.journal.acknowledge(again)
        if (again.seq, again.status, again.day, again.start, again.diary) != (
            *(ack.seq, ack.status, ack.day, ack.start, ack.diary),
        ):
            self.tally.problems.append(f"{intent} was answered {ack}, again {again}")

    def _remember(self, intent: Intent, told: Booked) -> None:
        id, status = told.entry.id, told.entry.status
        for known in (self.holds, self.booked):
            if id in known:
                known.remove(id)
        if status == "held":
            self.holds.append(id)
        elif status == "booked":
            self.booked.append(id)

    def _intent(self, act: str) -> Intent:
        id = str(UUID(int=self.random.getrandbits(128), version=4))
        login = self.desk.staff.login
        if act in ("confirm", "release", "extend") and self.holds:
            entry = self.random.choice(self.holds)
            said: dict[str, Any] = {"entry": entry}
            if act == "confirm":
                said |= {"client": self._client(), "clash": self.random.random() < 0.8}
            return Intent(act, id, login, said)
        if act in ("move", "cancel"):
            entry_or_none = self._somebodys()
            if entry_or_none is not None:
                where = self._wish_of(None) if act == "move" else {}
                return Intent(act, id, login, {"entry": entry_or_none} | {key: where[key] for key in where if key in _PLACE})
        if act == "undo" and self.told:
            return Intent(act, id, login, {"entry": self.told[-1][1].entry if self.random.random() < 0.5 else None})
        if act == "book":
            return Intent(act, id, login, self._wish_of(self._client()))
        if self.booked and self.random.random() < 0.15:
            return Intent("hold", id, login, self._wish_of(None) | {"moving": self.random.choice(self.booked)})
        return Intent("hold", id, login, self._wish_of(self._client() if self.random.random() < 0.5 else None))

    def _wish_of(self, client: str | None) -> dict[str, Any]:
        """Return a wish for some start; half of them are for the first day, where all the others want to be too."""
        random = self.random
        day = self.days[0] if random.random() < 0.3 else random.choice(self.days)
        kind = random.choice(list(site.TICKS))
        first, last = random.choice(((NINE, NOON), (ONE, FIVE)))
        start = random.randint(first, last - site.TICKS[kind])
        diary = random.choice(self.diaries)
        return {"type": kind, "day": day.isoformat(), "start": start, "diary": diary, "client": client, "allow_clash": True}

    def _client(self) -> str:
        return site.client(self.random.randrange(site.CLIENTS))

    def _somebodys(self) -> str | None:
        """Return an appointment: one of its own, or whatever stands in some diary's day, whoever made it."""
        if self.booked and self.random.random() < 0.5:
            return self.random.choice(self.booked)
        diary, day = self.random.choice(self.diaries), self.random.choice(self.days)
        with self.desk.store.read() as unit:
            rows = unit.rows("SELECT entry FROM claim WHERE site = ? AND resource = ? AND day = ?", site.SITE, diary, str(day))
        return None if not rows else str(self.random.choice(rows)[0])


_PLACE = ("day", "start", "diary")


def desk_of(job: Job) -> Desk:
    """Open the desk of a job's agent."""
    return open_desk(job.location, site.login(job.number), site.now(), hold_seconds=job.hold_seconds)


def act_for(pipe: Connection, job: Job, seconds: float) -> None:
    """Say "ready", wait to be let go, act for some seconds (or until killed), then say what was done."""
    desk = desk_of(job)
    try:
        with Journal(job.journal) as journal:
            client = Client(job, desk, journal)
            pipe.send("ready")
            pipe.recv()
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                client.step()
            pipe.send(client.tally)
    finally:
        desk.store.close()
