"""Client processes killed in the middle of whatever they do, each retried with its id: python -m tests.torture.killing --help."""

import argparse
import secrets
import shutil
import sys
import tempfile
import time
from collections import Counter, deque
from dataclasses import dataclass
from pathlib import Path
from random import Random

from agent_tui.services.desk import Desk, open_desk
from agent_tui.store.trouble import StoreTrouble
from tests.torture import site
from tests.torture.acts import Answer, perform, repeated, word
from tests.torture.checker import Report, check
from tests.torture.client import TROUBLE_SECONDS, Job, acknowledgement, act_for
from tests.torture.crew import Member, start
from tests.torture.hammer import engines, place_for
from tests.torture.journal import Intent, Journal, acks, unanswered

ABREAST = 4
LONGEST_LIFE = 0.3
# A client that nobody kills in time ends by itself.
SECONDS = 60.0


@dataclass(frozen=True)
class Killed:
    """How many were killed, where that found them, what their retries were told, and what the tables say."""

    kills: int
    found: Counter[str]
    problems: list[str]
    report: Report

    @property
    def all_problems(self) -> list[str]:
        """Return what was wrong, with a retry or in the tables."""
        return [*self.problems[:10], *self.report.problems]


def kill_clients(location: str, folder: Path, *, kills: int, seed: int, diaries: int = 2, days: int = 10) -> Killed:
    """Make a site, start clients a few abreast, kill each after a moment, ask again for what it was never answered."""
    site.make_site(location, diaries=diaries, agents=kills)
    folder.mkdir(parents=True, exist_ok=True)
    random = Random(seed)
    found: Counter[str] = Counter()
    problems: list[str] = []
    waiting: deque[tuple[Job, Member]] = deque()
    try:
        for number in range(kills + ABREAST):
            if number < kills:
                job = Job(location, str(folder), number, seed, diaries, days)
                waiting.append((job, start(act_for, job, SECONDS)))
            if number >= ABREAST - 1 and waiting:
                job, member = waiting.popleft()
                assert member.hear() == "ready"
                member.tell("go")
                for _, other in waiting:
                    # Those behind it act meanwhile: the one that dies is in their way.
                    if other.pipe.poll(0):
                        other.pipe.send("go")
                time.sleep(random.random() * LONGEST_LIFE)
                member.kill()
                member.end(time.monotonic())
                _retry(job, found, problems)
    finally:
        for _, member in waiting:
            member.end(0.0)
    return Killed(kills, found, problems, check(location, site.SITE, acks(folder), all_answered=False))


def _retry(job: Job, found: Counter[str], problems: list[str]) -> None:
    """Ask twice for what a killed client asked last: the second answer must be the first one, repeated."""
    intent = unanswered(job.journal)
    if intent is None:
        found["between two requests"] += 1
        return
    desk = _desk(job)
    try:
        first, second = _insist(desk, intent), _insist(desk, intent)
    finally:
        desk.store.close()
    if word(first) != "done":
        found["not committed, refused at the retry"] += 1
        if word(second) == "done" and repeated(second):
            problems.append(f"{intent} was refused ({word(first)}) although it had been done")
        return
    found["committed, answered as repeated" if repeated(first) else "not committed, done at the retry"] += 1
    told_twice = [acknowledgement(intent, told) for told in (first, second) if word(told) == "done"]
    if not repeated(second) or [(one.seq, one.entry) for one in told_twice] != [(told_twice[0].seq, told_twice[0].entry)] * 2:
        problems.append(f"{intent} was done twice: {first}, then {second}")
    with Journal(job.journal) as journal:
        for ack in told_twice:
            journal.acknowledge(ack)


def _insist(desk: Desk, intent: Intent) -> Answer:
    """Ask until the store answers: those that are still alive may keep it busy for long."""
    while True:
        try:
            return perform(desk, intent)
        except StoreTrouble:
            time.sleep(TROUBLE_SECONDS)


def _desk(job: Job) -> Desk:
    return open_desk(job.location, site.login(job.number), site.now(), hold_seconds=job.hold_seconds)


def main(arguments: list[str] | None = None) -> int:
    """Run the whole from a command line; returns 1 if anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture.killing", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--seed", type=int, default=None)
    chosen = parser.parse_args(arguments)
    seed = secrets.randbelow(1 << 32) if chosen.seed is None else chosen.seed
    print(f"seed {seed}", flush=True)
    wrong = 0
    for engine in engines(chosen.engine):
        folder = Path(tempfile.mkdtemp(prefix="agent_tui_killing_"))
        try:
            with place_for(engine, folder) as location:
                killed = kill_clients(location, folder / "journals", kills=chosen.kills, seed=seed)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        found = ", ".join(f"{word} {number}" for word, number in sorted(killed.found.items()))
        print(f"{engine}: {killed.kills} kills; {found}")
        print(f"  {killed.report.line()}")
        for problem in killed.all_problems:
            print(f"  WRONG (seed {seed}): {problem}")
        wrong += len(killed.all_problems)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
