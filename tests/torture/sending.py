"""Senders that fight over one outbox, and are killed while they send: python -m tests.torture.sending --help.

Each message is one file at a provider of the test's own, made with the file system's own guard against a second one; every time
that a message is handed over is a line of that sender's journal. What counts: every message arrived, none was handed over twice
but by the death of a sender between sending and writing it down, and each of those was recognised by its reference.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from agent_tui.domain.messages import Delivered, Outcome, Outgoing, Undelivered
from agent_tui.domain.requests import Wish
from agent_tui.services import booking, sending
from agent_tui.services.composing import Composer
from agent_tui.services.desk import Desk, open_desk
from agent_tui.services.message_words import load_library
from tests.small_site import DAY, NINE, NOW, SITE, make_site

LATER = NOW + timedelta(minutes=2)
CLAIM_SECONDS = 2
"""Where senders are killed, so that what they had in hand goes on soon; a living one may wait as long for the store."""
_INSERT = (
    "INSERT INTO message (site, reference, entry, kind, version, status, channel, made_at, not_before, next_at, attempts)"
    " VALUES (?,?,?,'confirmation',1,'queued','sms',0,0,0,0)"
)


@dataclass(frozen=True)
class FolderProvider:
    """A provider that keeps one file for each reference; `every` says which of its calls it is in trouble for, 0 for none."""

    folder: Path
    sender: int
    every: int

    def send(self, outgoing: Outgoing) -> Outcome:
        """Take a message, and write down that it was handed over."""
        with (self.folder / f"journal-{self.sender}").open("a", encoding="utf-8") as journal:
            journal.write(f"{outgoing.reference} {outgoing.attempt}\n")
        kept = self.folder / outgoing.reference
        if outgoing.attempt > 1 and kept.exists():
            return Delivered(already=True)
        if self.every and random.randrange(self.every) == 0:
            return Undelivered("trouble", "The provider has trouble.", again=True)
        try:
            os.close(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            (self.folder / f"twice-{outgoing.reference}").touch()
        return Delivered()


@dataclass(frozen=True)
class Result:
    """How many arrived, which did not or came twice, how many handings-over there were, and how many senders were killed."""

    arrived: int
    lost: tuple[str, ...]
    twice: tuple[str, ...]
    handed_over: int
    repeated: int
    kills: int
    seconds: float

    @property
    def sound(self) -> bool:
        """Return whether nothing was lost or sent twice, and nothing repeated that no death explains."""
        return not self.lost and not self.twice and self.repeated <= self.kills


def owe(location: str, count: int) -> list[str]:
    """Make a site with an appointment and so many messages about it that are due, and return their references."""
    make_site(location)
    desk = open_desk(location, "agent1", NOW)
    try:
        preference = "UPDATE client SET phone = '07700 900001', preferred_channel = 'sms' WHERE site = ?"
        desk.store.write(lambda unit: unit.run(preference, SITE))
        made = booking.book(desk, Wish("FC-F2F", DAY, NINE, "D01", client="C000001"))
        entry = made.entry.id  # type: ignore[union-attr]
        wanted = [f"{entry}.confirmation.{number}" for number in range(count)]
        rows = [(SITE, reference, entry) for reference in wanted]
        desk.store.write(lambda unit: unit.run("DELETE FROM message WHERE site = ?", SITE))
        desk.store.write(lambda unit: unit.many(_INSERT, rows))
    finally:
        desk.store.close()
    return wanted


def left(desk: Desk) -> int:
    """Return how many messages are still to be sent."""
    with desk.store.read() as unit:
        row = unit.row("SELECT COUNT(*) FROM message WHERE site = ? AND status = 'queued'", SITE)
    return 0 if row is None else int(row[0])


def work(location: str, folder: Path, sender: int, every: int, claim_seconds: int) -> None:
    """Send until nothing is left, an hour of site time on at each round, so that what was put off is due."""
    composer, provider = Composer(load_library(None)), FolderProvider(folder, sender, every)
    now = LATER
    while True:
        desk = open_desk(location, "super1", now)
        try:
            sending.send(desk, {"sms": provider}, composer, claim_seconds=claim_seconds, draw=lambda: 0.0)
            if not left(desk):
                return
        finally:
            desk.store.close()
        now = now + timedelta(minutes=2) if now.hour < 19 else LATER
        time.sleep(0.1)


def fight(location: str, folder: Path, *, messages: int, senders: int, kills: int, every: int, seed: int) -> Result:
    """Let senders send one outbox at once, kill some of them and start others in their place, and say what arrived."""
    wanted, chance, begun = owe(location, messages), random.Random(seed), time.monotonic()
    context, claim = get_context("spawn"), CLAIM_SECONDS if kills else sending.CLAIM_SECONDS
    running = {number: context.Process(target=work, args=(location, folder, number, every, claim)) for number in range(senders)}
    for process in running.values():
        process.start()
    killed = 0
    while any(process.is_alive() for process in running.values()):
        time.sleep(0.2 if killed >= kills else 0.2 + chance.random())
        if killed < kills and any(folder.glob("journal-*")):
            number, process = chance.choice(sorted(running.items()))
            if process.is_alive():
                process.kill()
                process.join()
                killed += 1
                running.pop(number)
                running[senders + killed] = context.Process(target=work, args=(location, folder, senders + killed, every, claim))
                running[senders + killed].start()
    lines = [line.split() for file in sorted(folder.glob("journal-*")) for line in file.read_text(encoding="utf-8").splitlines()]
    kept = {reference for reference in wanted if (folder / reference).exists()}
    counts = Counter(reference for reference, _attempt in lines)
    troubled = 0 if every else sum(count - 1 for count in counts.values() if count > 1)
    return Result(
        arrived=len(kept),
        lost=tuple(sorted(set(wanted) - kept)),
        twice=tuple(sorted(file.name for file in folder.glob("twice-*"))),
        handed_over=len(lines),
        repeated=troubled,
        kills=killed,
        seconds=time.monotonic() - begun,
    )


def main() -> int:
    """Read the sizes, let the senders fight, and print what came of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--senders", type=int, default=2)
    parser.add_argument("--kills", type=int, default=0, help="senders that are killed and replaced while they send")
    parser.add_argument("--trouble", type=int, default=0, help="the provider is in trouble for one call in so many")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sending-") as place:
        folder = Path(place) / "provider"
        folder.mkdir()
        run = partial(fight, str(Path(place) / "store.db"), folder, messages=chosen.messages, senders=chosen.senders)
        done = run(kills=chosen.kills, every=chosen.trouble, seed=chosen.seed)
    print(
        f"{done.arrived} of {chosen.messages} messages arrived in {done.seconds:.1f} s by {chosen.senders} senders, {done.kills}"
        f" killed: {len(done.lost)} lost, {len(done.twice)} at the provider twice, {done.handed_over} handed over,"
        f" {done.repeated} of them again."
    )
    return 0 if done.sound else 1


if __name__ == "__main__":
    sys.exit(main())
