"""Sending what is owed: claimed by key, handed to a sender at least once, tried again later, given up as a dead letter."""

import random
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from agent_tui.domain.messages import (
    ASKING,
    COACH,
    DROPPED,
    FAILED,
    PHONE,
    SERVICE_DESK,
    SOONER,
    Delivered,
    Message,
    Outcome,
    Outgoing,
    Senders,
    Undelivered,
    choose_channel,
    language_of,
)
from agent_tui.domain.requests import EntryState
from agent_tui.domain.sending import MOST_ATTEMPTS, Verdict, allowed_from, judge, wait_seconds
from agent_tui.domain.tickets import WAITING
from agent_tui.services.composing import Composer, Unwritten, offered_to
from agent_tui.services.desk import Desk
from agent_tui.services.following import follow
from agent_tui.services.message_log import DROPPED_VERB, FAILED_VERB, SENT_VERB, log_message
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import messages as message_queries
from agent_tui.store.queries import tickets as ticket_queries
from agent_tui.store.unit_of_work import Unit

BATCH = 10
CLAIM_SECONDS = 600
"""How long a sender has to say what became of a batch; a batch whose every message waits for its timeout takes half of it."""

Progress = Callable[[str, int, int], None]
"""Told what is done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a run of a sender did: how many messages were sent, of them known to the provider already; were put off to be tried
    again; became dead letters; were dropped as no longer true; wait for a person; and how many wait for a sender that is not
    set up, by channel. `problems` are sentences by code, without personal data."""

    sent: int = 0
    already: int = 0
    again: int = 0
    failed: int = 0
    dropped: int = 0
    asking: int = 0
    without: Mapping[str, int] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    stopped: bool = False


def as_answer(done: Sent, missing: Mapping[str, str]) -> dict[str, Any]:
    """Return what a run did as the answer of the command; `missing` says by channel why nothing sends it."""
    shown = {name: getattr(done, name) for name in ("sent", "already", "again", "failed", "dropped", "asking", "stopped")}
    lacking = {channel: missing[channel] for channel in done.without if channel in missing}
    status = "stopped" if done.stopped else "sent"
    return {"status": status, **shown, "without": dict(done.without), "problems": dict(done.problems) | lacking}


@dataclass
class _Run:
    """One run of a sender: its name, its senders, and what it has counted so far."""

    desk: Desk
    senders: Senders
    composer: Composer
    claim_seconds: int
    draw: Callable[[], float]
    name: str = field(default_factory=lambda: str(uuid.uuid4()))
    counted: Counter[str] = field(default_factory=Counter)
    problems: dict[str, str] = field(default_factory=dict)


def send(
    desk: Desk,
    senders: Senders,
    composer: Composer,
    *,
    limit: int | None = None,
    tell: Progress | None = None,
    claim_seconds: int = CLAIM_SECONDS,
    draw: Callable[[], float] = random.random,
) -> Sent:
    """Send the messages whose time has come, oldest first, and return what was done; at most `limit` are handed over.

    Each is claimed in one transaction, in which it is made of the store's state and its attempt is counted, handed to its
    sender outside of any, and what came of it is written in another. A sender that dies between leaves its claim, which runs
    out by the database's clock; whoever sends next asks the provider first whether it knows the reference. Nothing here is
    part of a booking, so that no trouble of a provider's touches one. At the end each provider is asked what did not arrive of
    that which it had taken before. KeyboardInterrupt from `tell` ends the run after a whole
    message.
    """
    run = _Run(desk, senders, composer, claim_seconds, draw)
    total, done, stopped = _due(run), 0, False
    if limit is not None:
        total = min(total, limit)
    try:
        while limit is None or done < limit:
            room = BATCH if limit is None else min(BATCH, limit - done)
            batch, looked = desk.store.write(partial(_claim, run, room=room))
            if not looked:
                break
            done += _deliver(run, batch, partial(_tell, tell, done, total))
        for written, why in follow(desk, senders, draw):
            _count(run, why, written)
    except KeyboardInterrupt:
        stopped = True
    return replace(_result(run), stopped=stopped)


def _tell(tell: Progress | None, before: int, total: int, more: int) -> None:
    if tell is not None:
        tell("messages", before + more, max(total, before + more))


def _due(run: _Run) -> int:
    with run.desk.store.read() as unit:
        at = run.desk.at(run.desk.catalogue(unit).site.zone)
        found = message_queries.count_due(unit, run.desk.site, at)
    return sum(count for channel, count in found.items() if channel is None or channel in run.senders)


def _result(run: _Run) -> Sent:
    with run.desk.store.read() as unit:
        at = run.desk.at(run.desk.catalogue(unit).site.zone)
        left = message_queries.count_due(unit, run.desk.site, at)
    without = {channel: count for channel, count in sorted(left.items(), key=str) if channel and channel not in run.senders}
    count = run.counted
    return Sent(
        *(count["sent"], count["already"], count["again"], count["failed"], count["dropped"], count["asking"]),
        without=without,
        problems=dict(run.problems),
    )


# Claiming.


def _claim(run: _Run, unit: Unit, *, room: int) -> tuple[list[Outgoing], int]:
    """Claim messages and return them as they are to be sent, with how many were looked at in all."""
    desk = run.desk
    clock = unit.clock_ms()
    message_queries.end_old_claims(unit, desk.site, clock)
    zone = desk.catalogue(unit).site.zone
    at = desk.at(zone)
    found = message_queries.due(unit, desk.site, at, sorted(run.senders), room)
    before, problems = run.counted.copy(), dict(run.problems)
    batch = []
    try:
        for message in found:
            outgoing = _prepared(run, unit, message, zone, at)
            if outgoing is None:
                continue
            if message_queries.claim(unit, desk.site, message.reference, run.name, clock + 1000 * run.claim_seconds):
                batch.append(outgoing)
    except BaseException:
        run.counted, run.problems = before, problems  # the unit is rolled back, and may be run again
        raise
    return batch, len(found)


def _prepared(run: _Run, unit: Unit, message: Message, zone: str, at: int) -> Outgoing | None:
    """Return a message as it goes out now, or write why it does not and return None."""
    desk = run.desk
    entry = None if message.entry is None else entry_queries.get(unit, desk.site, message.entry)
    judged = verdict(desk, unit, message, entry, at)
    if judged.drop is not None:
        drop(desk, unit, message, judged.drop)
        run.counted["dropped"] += 1
        return None
    if judged.until is not None:
        message_queries.postpone(unit, desk.site, message.reference, judged.until)
        return None
    channel, language = _channel(unit, desk.site, message, entry)
    if channel in (None, PHONE):
        message_queries.wait_for_person(unit, desk.site, message.reference, channel)
        run.counted["asking"] += 1
        return None
    assert channel is not None
    if channel not in run.senders:
        message_queries.set_channel(unit, desk.site, message.reference, channel, language)
        return None
    first = allowed_from(at, channel, zone)
    if first > at:
        message_queries.postpone(unit, desk.site, message.reference, first)
        return None
    told = replace(message, kind=judged.kind or message.kind, channel=channel, language=language)
    try:
        outgoing, template = run.composer.compose(desk, unit, told, entry)
    except Unwritten as unwritten:
        run.problems[unwritten.code] = str(unwritten)
        _not_written(run, unit, message, unwritten, at)
        return None
    message_queries.begin_attempt(unit, desk.site, message.reference, channel, language, template)
    return replace(outgoing, attempt=message.attempts + 1)


def verdict(desk: Desk, unit: Unit, message: Message, entry: EntryState | None, at: int) -> Verdict:
    """Return what becomes of a message now (domain.sending.judge); `entry` is what it is about, None for a ticket."""
    if entry is None:
        ticket = None if message.ticket is None else ticket_queries.get(unit, desk.site, message.ticket)
        settled = ticket is not None and ticket.status != WAITING
        return Verdict(drop="no_ticket") if settled else Verdict(message.kind)
    others = tuple(one for one in message_queries.of_entry(unit, desk.site, entry.id) if one.reference != message.reference)
    offered = message.kind == SOONER and offered_to(unit, desk.site, message) is not None
    return judge(message, entry, others, desk.now, at, offered=offered)


def _channel(unit: Unit, site: str, message: Message, entry: EntryState | None) -> tuple[str | None, str]:
    """Return by which channel a message goes, None where somebody has to be asked, and in which language."""
    if message.channel in (COACH, SERVICE_DESK):
        return message.channel, "en"
    client = None if entry is None or entry.client is None else message_queries.client_of(unit, site, entry.client)
    if client is None:
        return None, "en"
    return message.channel or choose_channel(client), language_of(client)


def _not_written(run: _Run, unit: Unit, message: Message, why: Unwritten, at: int) -> None:
    """Put off what cannot be written until somebody has mended it: a claimant's missing number is a person's to ask for."""
    site = run.desk.site
    if why.of_claimant:
        message_queries.set_status(unit, site, message.reference, ASKING, why.code)
        run.counted["asking"] += 1
        return
    message_queries.postpone(unit, site, message.reference, at + 1000 * 3600, why.code)
    run.counted["again"] += 1


def drop(desk: Desk, unit: Unit, message: Message, code: str) -> None:
    """Write that a message is not sent, and why, with its line of the log."""
    message_queries.set_status(unit, desk.site, message.reference, DROPPED, code)
    log_message(desk, unit, DROPPED_VERB, message, reason=code)


# Delivering.


def _deliver(run: _Run, batch: Sequence[Outgoing], told: Callable[[int], object]) -> int:
    """Hand claimed messages to their senders one by one and write what came of each; returns how many were handed over."""
    begun, done = time.monotonic(), 0
    try:
        for outgoing in batch:
            if time.monotonic() - begun > run.claim_seconds / 2:
                break  # the claims of the others may run out while this sender still holds them
            outcome = _handed(run, outgoing)
            written = run.desk.store.write(partial(_record, run, outgoing=outgoing, outcome=outcome))
            done += 1
            _count(run, outcome, written)
            told(done)
    finally:
        rest = [one.reference for one in batch[done:]]
        if rest:
            run.desk.store.write(lambda unit: _let_go(run, unit, rest))
    return done


def _handed(run: _Run, outgoing: Outgoing) -> Outcome:
    try:
        return run.senders[outgoing.channel].send(outgoing)
    except Exception as error:  # a bug in one sender must not keep the messages of all others
        return Undelivered("error", f"The sender of {outgoing.channel} failed ({type(error).__name__}).", again=True)


def _count(run: _Run, outcome: Outcome, written: str) -> None:
    run.counted[written] += 1
    if isinstance(outcome, Delivered):
        run.counted["already"] += outcome.already
    else:
        run.problems.setdefault(outcome.code, outcome.text)


def _record(run: _Run, unit: Unit, *, outgoing: Outgoing, outcome: Outcome) -> str:
    """Write what came of a message, and return as what it counts.

    That it was delivered is written whoever has it in hand by now; all else only by the sender that still has it.
    """
    desk, reference = run.desk, outgoing.reference
    message = message_queries.get(unit, desk.site, reference, lock=True)
    mine = message_queries.let_go(unit, desk.site, reference, run.name)
    if message is None:
        return "gone"
    at = desk.at(desk.catalogue(unit).site.zone)
    if isinstance(outcome, Delivered):
        if message.status != "sent":
            message_queries.mark_sent(unit, desk.site, reference, outcome.provider_id, at)
            log_message(desk, unit, SENT_VERB, message, attempt=outgoing.attempt, already=outcome.already)
        return "sent"
    if not mine or message.status != "queued":
        return "gone"
    if outcome.again and outgoing.attempt < MOST_ATTEMPTS:
        wait = wait_seconds(outgoing.attempt, run.draw(), outcome.after)
        message_queries.postpone(unit, desk.site, reference, at + 1000 * wait, outcome.code)
        return "again"
    message_queries.set_status(unit, desk.site, reference, FAILED, outcome.code)
    log_message(desk, unit, FAILED_VERB, message, reason=outcome.code, attempt=outgoing.attempt)
    return "failed"


def _let_go(run: _Run, unit: Unit, references: Sequence[str]) -> None:
    for reference in sorted(references):
        message_queries.let_go(unit, run.desk.site, reference, run.name)
