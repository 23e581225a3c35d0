"""Reminders: who is due one by the site's rules, queued for the senders; a reminder is of a day, whatever the clocks do."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from agent_tui.domain.messages import (
    ASKING,
    DISPLACED,
    LETTER,
    PHONE,
    QUEUED,
    REMINDER,
    choose_channel,
    language_of,
    reference_of,
)
from agent_tui.domain.sending import Rules, read_rules, reminder_due
from agent_tui.domain.site_settings import REMINDERS
from agent_tui.domain.ticks import MINUTES_PER_TICK
from agent_tui.domain.wall_time import wall_of
from agent_tui.services.desk import Desk
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries import messages as message_queries
from agent_tui.store.queries import offers as offer_queries
from agent_tui.store.queries.log import NewEvent
from agent_tui.store.queries.messages import Owed
from agent_tui.store.unit_of_work import Unit

REMINDED_VERB = "reminded"
LETTER_DAYS = 2
"""A reminder by post is only sent so many days before the appointment or earlier; a later one would come after it."""
BATCH = 500


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder that is due: of which appointment, of whom, on which day and at which tick, by which rule, and how.

    `kind` is displaced for an appointment that has lost its time; `channel` None where somebody has to be asked.
    """

    reference: str
    kind: str
    entry: str
    client: str
    type: str | None
    day: date
    start: int
    rule: int
    channel: str | None
    language: str
    version: int


@dataclass(frozen=True, slots=True)
class Reminded:
    """The reminders that are due or were queued; of how many claimants a letter would come too late, or no channel is known.

    Whoever wants to be told by phone only is not reminded, and counts among the latter.
    """

    items: tuple[Reminder, ...]
    too_late: int
    without: int
    queued: bool


def rules_of(unit: Unit, site: str) -> Rules:
    """Return the site's rules of when claimants are reminded."""
    said = offer_queries.settings(unit, site).get(REMINDERS)
    return Rules() if said is None else read_rules(said)


def remind(desk: Desk, *, dry_run: bool = False) -> Reminded:
    """Queue the reminders that are due by now and are not queued yet, and return them; with `dry_run` nothing is written.

    The rules count days back from the appointment's own day, so that a clock change between moves nothing. Whoever booked on
    the day of a reminder or later is not reminded. A claimant whose appointment has lost its time is told of that instead.
    Run again, it queues nothing twice.
    """
    with desk.store.read() as unit:
        found, too_late, without = _due(desk, unit)
    if dry_run or not found:
        return Reminded(tuple(found), too_late, without, False)
    queued: list[Reminder] = []
    for first in range(0, len(found), BATCH):
        part = found[first : first + BATCH]
        queued += desk.store.write(lambda unit, part=part: _queue(desk, unit, part))  # type: ignore[misc]
    return Reminded(tuple(queued), too_late, without, True)


def _due(desk: Desk, unit: Unit) -> tuple[list[Reminder], int, int]:
    zone, rules = desk.catalogue(unit).site.zone, rules_of(unit, desk.site)
    today = desk.now.date()
    last = today + timedelta(days=rules.furthest)
    found, too_late, without = [], 0, 0
    for row in message_queries.to_remind(unit, desk.site, today.isoformat(), last.isoformat()):
        one = _of(unit, desk, zone, rules, tuple(row))
        if one is None:
            continue
        if one.channel == LETTER and one.kind == REMINDER and (one.day - today).days < LETTER_DAYS:
            too_late += 1
        elif one.channel in (None, PHONE) and one.kind == REMINDER:
            without += 1
        else:
            found.append(one)
    there = message_queries.known_references(unit, desk.site, [one.reference for one in found])
    return [one for one in found if one.reference not in there], too_late, without


def _of(unit: Unit, desk: Desk, zone: str, rules: Rules, row: tuple[object, ...]) -> Reminder | None:
    id, ref, code, iso, start, made_at, version, status = row
    assert isinstance(iso, str)
    assert isinstance(start, int)
    assert isinstance(made_at, int)
    day, rule = date.fromisoformat(iso), rules.of(None if code is None else str(code))
    begins = datetime(day.year, day.month, day.day) + timedelta(minutes=start * MINUTES_PER_TICK)
    if status == "unplaced":
        if begins <= desk.now:
            return None
        kind, before, mark = DISPLACED, (day - desk.now.date()).days, str(version)
    else:
        due = reminder_due(rule, day, begins, wall_of(made_at, zone).date(), desk.now)
        if due is None:
            return None
        kind, before, mark = REMINDER, due, f"{iso}.{due}"
    client = message_queries.client_of(unit, desk.site, str(ref))
    channel = None if client is None else choose_channel(client) or message_queries.last_channel(unit, desk.site, str(ref))
    language = "en" if client is None else language_of(client)
    reference = reference_of(str(id), kind, mark)
    return Reminder(
        reference,
        kind,
        str(id),
        str(ref),
        None if code is None else str(code),
        day,
        start,
        before,
        channel,
        language,
        int(str(version)),
    )


def _queue(desk: Desk, unit: Unit, part: list[Reminder]) -> list[Reminder]:
    at = desk.at(desk.catalogue(unit).site.zone)
    queued = []
    for one in part:
        status = ASKING if one.channel in (None, PHONE) else QUEUED
        owed = Owed(
            *(one.reference, "entry", one.entry, one.kind, one.version, status, one.channel, one.language, at, at),
            rule=one.rule if one.kind == REMINDER else None,
            day=one.day.isoformat(),
        )
        if message_queries.queue_once(unit, desk.site, owed):
            queued.append(one)
    if queued:
        after = {"count": len(queued), "claims": []}
        log_queries.append(unit, desk.stamp(unit), NewEvent(REMINDED_VERB, after=after))
    return queued
