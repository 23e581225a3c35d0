"""One client process: acts at random through the real services, writes down what it asked and what it was told."""

import time
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from agent_tui.domain.flags import CANCEL, DISMISS, ESCALATE, KEEP, MOVE, OVERRIDE, UNPLACED
from agent_tui.domain.pairs import Paired
from agent_tui.domain.requests import OVER_APPOINTMENTS, Blocked, Booked, HandedOff, Refused
from agent_tui.services import overriding, rehoming
from agent_tui.services.desk import Desk, open_desk
from agent_tui.services.override_requests import Waits
from agent_tui.store import unit_of_work
from agent_tui.store.limits import Limits, use_limits
from agent_tui.store.trouble import OutcomeUnknown, StoreIsNewer, StoreTrouble
from tests.small_site import FIVE, NINE, NOON, ONE
from tests.torture import site
from tests.torture.acts import Answer, away_of, perform, repeated, urgent, word
from tests.torture.journal import Ack, Intent, Journal, acknowledged, noted

# How often each act is tried; what has nothing to act on becomes a hold or a booking.
WEIGHTS = {
    "hold": 240,
    "confirm": 140,
    "book": 220,
    "move": 120,
    "cancel": 150,
    "undo": 50,
    "release": 30,
    "extend": 20,
    "again": 20,
    "reuse": 10,
    "pair": 10,
    "confirm pair": 8,
    "wait": 8,
    "hand off": 4,
    "take": 2,
    "close": 2,
    "prepare": 6,
}
# What only those do who may do everything: rarely, since each of them reaches over a whole day.
WEIGHTS_ABOVE = WEIGHTS | {
    "block": 40,
    "unblock": 40,
    "resolve": 60,
    "override": 20,
    "decide": 10,
    "rehome": 4,
    "segments": 6,
}
REMEMBERED = 40
# A store that is full, locked or down is asked again this often.
TROUBLE_SECONDS = 0.05
HOLD_SECONDS = 2
# What a refusal may say here; any other code is a bug.
EXPECTED = {
    *("taken", "held", "limit", "client_clash", "hold_expired", "not_possible", "role", "stale_version", "not_allowed"),
    *("unknown_entry", "id_reused", "undo_expired", "closed", "nothing_found", "unchanged", "not_assigned", "rejected"),
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
    patience: int | None = None

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


@dataclass(frozen=True)
class Clocks:
    """The hosts' clocks, wrong by what the first client says as it goes on: (share of its acts, database, site), in seconds."""

    jumps: tuple[tuple[float, int, int], ...]
    wrong_by: Any

    def look(self, client: "Client", share: float) -> None:
        """Let a client see the clocks as they are now."""
        if client.job.number == 0:
            self.wrong_by[:] = next((jump[1:] for jump in reversed(self.jumps) if share >= jump[0]), (0, 0))
        database, at_site = self.wrong_by
        set_database_clock(database)
        client.desk = client.desk.seen_at(site.now() + timedelta(seconds=at_site))


_CLOCKS = unit_of_work._SQLITE_CLOCK, unit_of_work._POSTGRES_CLOCK


def set_database_clock(seconds: int) -> None:
    """Let this process see the database's clock wrong by some seconds."""
    unit_of_work._SQLITE_CLOCK, unit_of_work._POSTGRES_CLOCK = (f"({clock} + {1000 * seconds})" for clock in _CLOCKS)


class Client:
    """One agent at one desk."""

    def __init__(self, job: Job, desk: Desk, journal: Journal) -> None:
        self.job, self.desk, self.journal = job, desk, journal
        self.random = Random(f"{job.seed}:{job.number}")
        self.diaries = site.diary_codes(job.diaries)
        self.days = site.working_days(job.days)
        self.holds: deque[str] = deque(maxlen=REMEMBERED)
        self.booked: deque[str] = deque(maxlen=REMEMBERED)
        self.blocks: deque[str] = deque(maxlen=REMEMBERED)
        self.pairs: deque[str] = deque(maxlen=REMEMBERED)
        self.handoffs: deque[str] = deque(maxlen=REMEMBERED)
        self.waits: deque[str] = deque(maxlen=REMEMBERED)
        self.told: deque[tuple[Intent, Ack]] = deque(maxlen=REMEMBERED)
        self.tally = Tally()
        self.in_doubt = False

    def step(self) -> None:
        """Do one act, whatever it is answered."""
        weights = WEIGHTS_ABOVE if self.desk.staff.role == "supervisor" else WEIGHTS
        act = self.random.choices(list(weights), list(weights.values()))[0]
        try:
            self._act(act)
        except StoreIsNewer:
            raise
        except StoreTrouble as trouble:
            # Met while looking, before anything was asked for.
            self._troubled(trouble)

    def _act(self, act: str) -> None:
        if act in ("again", "reuse"):
            if self.told:
                self.ask_again(*self.random.choice(self.told), other=act == "reuse")
            return
        self.ask(self._intent(act))

    def ask(self, intent: Intent) -> Answer:
        """Ask for something, until the store says yes or no, and write down both."""
        self.journal.intend(intent)
        begun = time.monotonic()
        answer = self._answer(intent)
        self.tally.slowest = max(self.tally.slowest, time.monotonic() - begun)
        said = word(answer)
        self.tally.answers[f"{intent.act} {said}"] += 1
        if said == "done":
            ack = acknowledgement(intent, answer)
            if self.in_doubt:
                # The first answer that was heard, though the store may have done it before and says so.
                ack = replace(ack, repeated=False)
            self.journal.acknowledge(ack)
            self.told.append((intent, ack))
            self._remember(intent, answer)
        else:
            self.journal.refuse(intent.request, said)
            if said not in EXPECTED:
                self.tally.problems.append(f"{intent} was answered {answer}")
            if said == "taken" and isinstance(answer, Refused) and answer.reason.startswith("Others were faster"):
                self.tally.answers["gave up"] += 1
        return answer

    def _answer(self, intent: Intent) -> Answer:
        self.in_doubt = False
        while True:
            try:
                return perform(self.desk, intent)
            except StoreIsNewer:
                raise
            except StoreTrouble as trouble:
                # The same id asks again, as a terminal does.
                self.in_doubt = self.in_doubt or isinstance(trouble, OutcomeUnknown)
                self._troubled(trouble)

    def _troubled(self, trouble: StoreTrouble) -> None:
        self.tally.answers[f"trouble: {trouble}"] += 1
        time.sleep(TROUBLE_SECONDS)

    def ask_again(self, intent: Intent, ack: Ack, *, other: bool) -> None:
        """Ask for what was answered once more, or for something else with the same id: neither may change anything."""
        if other:
            said = self._wish_of(None)
            answer = self._answer(Intent("hold", ack.request, intent.login, said))
            self.tally.answers["reuse"] += 1
            if not isinstance(answer, Refused) or answer.code != "id_reused":
                self.tally.problems.append(f"{ack.request} was used for another request: {answer}")
            return
        answer = self._answer(intent)
        self.tally.answers["again"] += 1
        if word(answer) != "done" or not repeated(answer):
            self.tally.problems.append(f"{intent} was answered {ack}, again {answer}")
            return
        again = acknowledgement(intent, answer)
        self.journal.acknowledge(again)
        if (again.seq, again.status, again.day, again.start, again.diary) != (
            *(ack.seq, ack.status, ack.day, ack.start, ack.diary),
        ):
            self.tally.problems.append(f"{intent} was answered {ack}, again {again}")

    def _remember(self, intent: Intent, told: Answer) -> None:
        if isinstance(told, Blocked) and told.status == "blocked":
            self.blocks.extend(told.ids)
        if isinstance(told, Paired) and told.status == "held":
            self.pairs.append(told.pair)
        if isinstance(told, HandedOff):
            self.handoffs.append(told.id)
        if isinstance(told, Waits) and told.status == "prepared":
            self.waits.append(told.request.id)
        if not isinstance(told, Booked):
            return
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
        further = self._further(act)
        if further is not None:
            return Intent(act, id, login, further)
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

    def _further(self, act: str) -> dict[str, Any] | None:
        """Return what an act on blocks, pairs, lists, days or rules says, None where there is nothing to do it to."""
        random, known = self.random, {"take": self.handoffs, "close": self.handoffs, "confirm pair": self.pairs}
        if known.get(act):
            found = random.choice(known[act])
            return {"entry": found, "client": self._client()} if act == "confirm pair" else {"handoff": found}
        if act == "unblock" and self.blocks:
            return {"entry": random.choice(self.blocks)}
        if act == "wait" and self.booked:
            return {"entry": random.choice(self.booked)}
        if act in ("override", "prepare"):
            return self._chain()
        if act == "rehome":
            return self._plan()
        if act == "resolve":
            return self._flag()
        if act == "decide":
            return self._open_override()
        day, diary = random.choice(self.days), random.choice(self.diaries)
        said = {"day": day.isoformat(), "diary": diary}
        if act == "block":
            start = random.randrange(NINE, FIVE - 4)
            return said | {"start": start, "end": start + random.randint(2, 8), "over": random.choice(OVER_APPOINTMENTS)}
        if act == "segments":
            first, last = random.choice(((NINE, FIVE), (NINE, FIVE), (NINE + 12, FIVE), (NINE, FIVE - 12)))
            return said | {"first": first, "last": last, "limit": random.choice((None, 3))}
        if act == "hand off":
            return self._wish_of(self._client())
        if act == "pair":
            one, two = random.choice((("WSR-PHONE", "FC-F2F"), ("NJR-F2F", "WSR-PHONE")))
            return {"day": day.isoformat(), "first": one, "second": two, "client": self._client()}
        return None

    def _chain(self) -> dict[str, Any] | None:
        """Return an urgent request with the first chain that it could be booked by, as a person sees it before saying yes."""
        said = {key: value for key, value in self._wish_of(self._client()).items() if key != "allow_clash"}
        found = overriding.preview(self.desk, urgent(said))
        return None if isinstance(found, Refused) else said | {"token": found.chains[0].token}

    def _plan(self) -> dict[str, Any] | None:
        """Return a diary's day and the plan by which it would be re-homed."""
        said = {"day": self.random.choice(self.days).isoformat(), "diary": self.random.choice(self.diaries)}
        found = rehoming.preview(self.desk, away_of(said))
        return None if isinstance(found, Refused) else said | {"token": found.token}

    def _flag(self) -> dict[str, Any] | None:
        """Return an open flag and a way to resolve it."""
        with self.desk.store.read() as unit:
            rows = unit.rows(
                "SELECT id, kind FROM flag WHERE site = ? AND status = 'open' ORDER BY raised_at LIMIT 20", site.SITE
            )
        if not rows:
            return None
        flag, kind = self.random.choice(rows)
        if kind in UNPLACED:
            how, why = self.random.choice(((MOVE, "agreed"), (CANCEL, "office"), (OVERRIDE, "urgency"), (ESCALATE, "other")))
        else:
            how, why = self.random.choice(((KEEP, "agreed"), (MOVE, "agreed"), (CANCEL, "office"), (DISMISS, "dealt_with")))
        return {"flag": flag, "how": how, "why": why}

    def _open_override(self) -> dict[str, Any] | None:
        """Return an override that waits, and what is decided of it."""
        with self.desk.store.read() as unit:
            rows = unit.rows("SELECT id FROM override_request WHERE site = ? AND status = 'open' LIMIT 20", site.SITE)
        return {"override": self.random.choice(rows)[0], "how": self.random.choice(("approve", "decline"))} if rows else None

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


def acknowledgement(intent: Intent, answer: Answer) -> Ack:
    """Return what is written down of an answer that something was done."""
    if isinstance(answer, Booked):
        return acknowledged(intent.act, intent.request, answer)
    return noted(intent.act, intent.request, repeated=repeated(answer))


def desk_of(job: Job) -> Desk:
    """Open the desk of a job's agent."""
    if job.patience is not None:
        use_limits(Limits(lock=job.patience, statement=job.patience))
    return open_desk(job.location, site.login(job.number), site.now(), hold_seconds=job.hold_seconds)


def _is_stopped(pipe: Connection) -> bool:
    """Return whether the other end has said that it is enough; that one may go is said to some twice."""
    return pipe.poll(0) and pipe.recv() == "stop"


def act_for(pipe: Connection, job: Job, seconds: float, steps: int | None = None, clocks: Clocks | None = None) -> None:
    """Say "ready", wait to be let go, act for some seconds or so many steps, or until told to stop, then say what was done."""
    desk = desk_of(job)
    try:
        with Journal(job.journal) as journal:
            client = Client(job, desk, journal)
            pipe.send("ready")
            pipe.recv()
            end, done = time.monotonic() + seconds, 0
            while not _is_stopped(pipe) and (done < steps if steps is not None else time.monotonic() < end):
                if clocks is not None:
                    clocks.look(client, done / (steps or 1))
                try:
                    client.step()
                except StoreIsNewer as newer:
                    client.tally.answers[f"stopped: {newer}"] += 1
                    break
                done += 1
            pipe.send(client.tally)
    finally:
        desk.store.close()
