"""What an act owes to claimants, coaches and the service desk: queued in the act's own transaction, sent later by others."""

from typing import TYPE_CHECKING

from agent_tui.domain.messages import (
    ASKING,
    CANCELLATION,
    CHANGE,
    COACH,
    CONFIRMATION,
    DISPLACED,
    MISSED,
    NOTE,
    PHONE,
    QUEUED,
    SERVICE_DESK,
    SOONER,
    TICKET,
    choose_channel,
    language_of,
    reference_of,
)
from agent_tui.domain.requests import EntryState
from agent_tui.domain.site_settings import SERVICE_DESK as SERVICE_DESK_SETTING
from agent_tui.services.flag_book import UNDO_SECONDS
from agent_tui.store.queries import messages as message_queries
from agent_tui.store.queries import offers as offer_queries
from agent_tui.store.queries.messages import Owed

if TYPE_CHECKING:
    from agent_tui.services.acts import Act

GRACE_SECONDS = 3600
"""How long somebody has to find another time for an appointment of a later day before its claimant is told that it has none."""

_NOTED = (CONFIRMATION, CHANGE, CANCELLATION)


def owe(act: "Act", entry: EntryState, kind: str, *, was: EntryState | None = None, after: int = UNDO_SECONDS) -> None:
    """Queue what an act owes the claimant of an entry, not to be sent for some seconds, in which it can be undone.

    The channel is chosen now, from what the claimant prefers and their access needs; where nothing says which, the message
    waits for a person. A coach is sent a note of what somebody else changes in their diary of today; `was` is the entry
    before.
    """
    if entry.client is None:
        return
    _queue(act, entry, kind, reference_of(entry.id, kind, entry.version), after)
    if kind in _NOTED and act.desk.now.date() in (entry.day, entry.day if was is None else was.day):
        _note_to_coach(act, entry, was)


def owe_displaced(act: "Act", entry: EntryState) -> None:
    """Queue word to a claimant that their appointment has lost its time, unless it soon has another."""
    soon = entry.day <= act.desk.now.date()
    owe(act, entry, DISPLACED, after=UNDO_SECONDS if soon else GRACE_SECONDS)


def owe_back(act: "Act", entry: EntryState, was: EntryState) -> None:
    """Queue what an undo owes a claimant who has heard of the act already: what is so again; `was` is the entry before."""
    if entry.status == "unplaced":
        owe_displaced(act, entry)
    elif entry.status in ("booked", "late"):
        owe(act, entry, CONFIRMATION if was.status == "cancelled" else CHANGE, was=was)


def owe_missed(act: "Act", entry: EntryState) -> None:
    """Queue word to a claimant who did not attend that they are to be in touch (domain/facts.md section 4, same day)."""
    owe(act, entry, MISSED)


def owe_offer(act: "Act", entry: EntryState, hold: str) -> None:
    """Queue word to a claimant who waits for an earlier time that one is held for them."""
    if entry.client is not None:
        _queue(act, entry, SOONER, reference_of(entry.id, SOONER, hold[:8]), UNDO_SECONDS)


def _queue(act: "Act", entry: EntryState, kind: str, reference: str, after: int) -> None:
    assert entry.client is not None
    client = act.client(entry.client)
    channel = None if client is None else choose_channel(client)
    owed = Owed(
        reference,
        "entry",
        entry.id,
        kind,
        entry.version,
        ASKING if channel in (None, PHONE) else QUEUED,
        channel,
        None if client is None else language_of(client),
        act.at,
        act.at + 1000 * after,
    )
    message_queries.queue(act.unit, act.site, owed)


def _note_to_coach(act: "Act", entry: EntryState, was: EntryState | None) -> None:
    """Queue a note to each coach whose diary of today somebody else changes, where they have an address."""
    today = act.desk.now.date()
    diaries = [one.diary for one in (entry, was) if one is not None and one.day == today]
    for diary in dict.fromkeys(diaries):
        coach = message_queries.coach_of(act.unit, act.site, diary)
        if coach is None or coach[0] == act.desk.staff.login:
            continue
        reference = reference_of(entry.id, NOTE, f"{entry.version}.{diary}")
        owed = Owed(reference, "entry", entry.id, NOTE, entry.version, QUEUED, COACH, "en", act.at, act.at + 1000 * UNDO_SECONDS)
        message_queries.queue(act.unit, act.site, owed)


def owe_ticket(act: "Act", about: str, id: str) -> None:
    """Queue a ticket to the service desk where the site sends them; `about` is ticket or support_ticket."""
    if offer_queries.settings(act.unit, act.site).get(SERVICE_DESK_SETTING) != "on":
        return
    reference = reference_of(id, TICKET, 1)
    owed = Owed(reference, about, id, TICKET, 1, QUEUED, SERVICE_DESK, "en", act.at, act.at + 1000 * UNDO_SECONDS)
    message_queries.queue(act.unit, act.site, owed)
