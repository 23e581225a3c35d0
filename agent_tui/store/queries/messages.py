"""Messages: what is owed, who has one in hand, and what became of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from agent_tui.domain.clients import Client
from agent_tui.domain.messages import ASKING, DROPPED, FAILED, QUEUED, SENT, TOLD, UNTOLD, WAITING, Message
from agent_tui.domain.sending import OF_APPOINTMENTS
from agent_tui.store.queries.clients import COLUMNS
from agent_tui.store.unit_of_work import Unit

_NAMES = (
    *("reference", "kind", "status", "version", "entry", "ticket", "support_ticket", "rule", "day", "channel", "language"),
    *("template", "made_at", "not_before", "next_at", "attempts", "provider_id", "error", "sent_at", "told_by"),
)
_MESSAGE = ", ".join(f"m.{name}" for name in _NAMES) + ", e.client, e.day, e.start_tick"
_FROM = " FROM message m LEFT JOIN entry e ON e.site = m.site AND e.id = m.entry"
# SQLite takes a partial index only where a query says what the index says, in the same words.
_INDEXED = f"status IN ('{QUEUED}', '{ASKING}', '{FAILED}')"
_WAIT = ", ".join(f"'{one}'" for one in WAITING)
_TIMES = ", ".join(f"'{one}'" for one in OF_APPOINTMENTS)


@dataclass(frozen=True, slots=True)
class Owed:
    """A message to be queued: `about` names the column of what it is about, entry, ticket or support_ticket, and `id` it."""

    reference: str
    about: str
    id: str
    kind: str
    version: int
    status: str
    channel: str | None
    language: str | None
    made_at: int
    not_before: int
    rule: int | None = None
    day: str | None = None


def _insert(owed: Owed) -> tuple[str, tuple[Any, ...]]:
    assert owed.about in ("entry", "ticket", "support_ticket")
    statement = (
        f"INSERT INTO message (site, reference, {owed.about}, kind, version, status, channel, language, made_at, not_before,"
        " next_at, attempts, rule, day) VALUES (?,?,?,?,?,?,?,?,?,?,?,0,?,?)"
    )
    values = (owed.reference, owed.id, owed.kind, owed.version, owed.status, owed.channel, owed.language, owed.made_at)
    return statement, (*values, owed.not_before, owed.not_before, owed.rule, owed.day)


def queue(unit: Unit, site: str, owed: Owed) -> None:
    """Queue a message; one that is owed already raises KeyRefused."""
    statement, values = _insert(owed)
    unit.later(statement, site, *values)


def queue_once(unit: Unit, site: str, owed: Owed) -> bool:
    """Queue a message unless it is there; one that was dropped because its appointment had moved is queued again."""
    statement, values = _insert(owed)
    again = (
        " ON CONFLICT (site, reference) DO UPDATE SET status = excluded.status, error = NULL, next_at = excluded.next_at,"
        f" version = excluded.version WHERE message.status = '{DROPPED}' AND message.error = 'moved'"
    )
    return unit.run(statement + again, site, *values) > 0


def _of(row: Sequence[Any]) -> Message:
    return Message(**dict(zip((*_NAMES, "client", "on", "start"), row, strict=True)))


def get(unit: Unit, site: str, reference: str, *, lock: bool = False) -> Message | None:
    """Return a message, or None; with `lock` it cannot change until the transaction ends."""
    clause = " FOR UPDATE OF m" if lock and unit.postgres else ""
    row = unit.row(f"SELECT {_MESSAGE}{_FROM} WHERE m.site = ? AND m.reference = ?{clause}", site, reference)
    return None if row is None else _of(row)


def of_entry(unit: Unit, site: str, entry: str) -> tuple[Message, ...]:
    """Return the messages about an entry, oldest first."""
    statement = (
        f"SELECT {_MESSAGE} FROM message m{unit.by('ix_message_entry')} LEFT JOIN entry e ON e.site = m.site AND e.id = m.entry"
        " WHERE m.site = ? AND m.entry = ? ORDER BY m.version, m.made_at, m.reference"
    )
    return tuple(_of(row) for row in unit.rows(statement, site, entry))


def with_statuses(unit: Unit, site: str, statuses: Sequence[str], limit: int | None = None) -> list[Message]:
    """Return messages in some statuses, those to be sent first in the order of their time, then the latest first."""
    marks = ",".join("?" * len(statuses))
    order = f"CASE WHEN m.status IN ({_WAIT}, '{FAILED}') THEN m.next_at ELSE 9000000000000000 - m.next_at END"
    statement = f"SELECT {_MESSAGE}{_FROM} WHERE m.site = ? AND m.status IN ({marks}) ORDER BY {order}, m.reference"
    values = (site, *statuses) if limit is None else (site, *statuses, limit)
    return [_of(row) for row in unit.rows(statement + ("" if limit is None else " LIMIT ?"), *values)]


def counts(unit: Unit, site: str) -> dict[str, int]:
    """Return how many messages there are in each status."""
    rows = unit.rows("SELECT status, COUNT(*) FROM message WHERE site = ? GROUP BY status", site)
    return {str(row[0]): int(row[1]) for row in rows}


def due(unit: Unit, site: str, at: int, channels: Sequence[str], limit: int) -> list[Message]:
    """Return messages whose time has come and that no sender has in hand, oldest first; other senders pass them over.

    Those for a channel other than `channels` are left; one without a channel may have to be asked about.
    """
    marks = ",".join("?" * len(channels)) or "NULL"
    lock = " FOR UPDATE OF m SKIP LOCKED" if unit.postgres else ""
    statement = (
        f"SELECT {_MESSAGE} FROM message m{unit.by('ix_message_due')} LEFT JOIN entry e ON e.site = m.site AND e.id = m.entry"
        f" WHERE m.site = ? AND m.status = '{QUEUED}' AND {_INDEXED.replace('status', 'm.status')} AND m.next_at <= ?"
        f" AND (m.channel IS NULL OR m.channel IN ({marks})) AND NOT EXISTS (SELECT 1 FROM message_claim c"
        f" WHERE c.site = m.site AND c.reference = m.reference) ORDER BY m.next_at, m.reference LIMIT ?{lock}"
    )
    return [_of(row) for row in unit.rows(statement, site, at, *channels, limit)]


def count_due(unit: Unit, site: str, at: int) -> dict[str | None, int]:
    """Return how many messages could be sent now, by channel; None for those whose channel is not chosen."""
    rows = unit.rows(
        f"SELECT channel, COUNT(*) FROM message{unit.by('ix_message_due')} WHERE site = ? AND status = '{QUEUED}'"
        f" AND {_INDEXED} AND next_at <= ? GROUP BY channel",
        site,
        at,
    )
    return {row[0]: int(row[1]) for row in rows}


def end_old_claims(unit: Unit, site: str, clock: int) -> int:
    """Take messages out of the hands of senders that did not say what became of them in time; returns how many."""
    return unit.run("DELETE FROM message_claim WHERE site = ? AND expires_at <= ?", site, clock)


def claim(unit: Unit, site: str, reference: str, sender: str, expires_at: int) -> bool:
    """Put a message into the hands of one sender until an instant of the database's clock; False where another has it."""
    statement = "INSERT INTO message_claim (site, reference, sender, expires_at) VALUES (?,?,?,?) ON CONFLICT DO NOTHING"
    return unit.run(statement, site, reference, sender, expires_at) > 0


def let_go(unit: Unit, site: str, reference: str, sender: str) -> bool:
    """Take a message out of a sender's hands; False where it has it no more."""
    statement = "DELETE FROM message_claim WHERE site = ? AND reference = ? AND sender = ?"
    return unit.run(statement, site, reference, sender) > 0


def claimed(unit: Unit, site: str, reference: str) -> bool:
    """Return whether some sender has a message in hand."""
    return unit.row("SELECT 1 FROM message_claim WHERE site = ? AND reference = ?", site, reference) is not None


def begin_attempt(unit: Unit, site: str, reference: str, channel: str, language: str, template: str | None) -> None:
    """Write by which channel, in which language and with which template a message is about to be sent once more."""
    unit.run(
        "UPDATE message SET channel = ?, language = ?, template = ?, attempts = attempts + 1 WHERE site = ? AND reference = ?",
        *(channel, language, template, site, reference),
    )


def mark_sent(unit: Unit, site: str, reference: str, provider_id: str | None, at: int) -> None:
    """Write that the provider has a message."""
    unit.run(
        f"UPDATE message SET status = '{SENT}', provider_id = ?, sent_at = ?, error = NULL WHERE site = ? AND reference = ?",
        *(provider_id, at, site, reference),
    )


def sent_as(unit: Unit, site: str, wanted: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return those pairs of a reference and the provider's id that are messages which the provider has, sorted."""
    found: set[tuple[str, str]] = set()
    for first in range(0, len(wanted), 500):
        part = sorted({reference for reference, _id in wanted[first : first + 500]})
        marks = ",".join("?" * len(part))
        statement = f"SELECT reference, provider_id FROM message WHERE site = ? AND status = '{SENT}' AND reference IN ({marks})"
        found |= {(str(row[0]), str(row[1])) for row in unit.rows(statement, site, *part)}
    return sorted(found & set(wanted))


def not_arrived(unit: Unit, site: str, reference: str, next_at: int, error: str) -> None:
    """Write that a message which the provider had taken is to be sent once more, when, and the code of why."""
    unit.run(
        f"UPDATE message SET status = '{QUEUED}', sent_at = NULL, next_at = ?, error = ? WHERE site = ? AND reference = ?",
        *(next_at, error, site, reference),
    )


def postpone(unit: Unit, site: str, reference: str, next_at: int, error: str | None = None) -> None:
    """Write when a message is tried next, and the code of what kept it from being sent."""
    unit.run("UPDATE message SET next_at = ?, error = ? WHERE site = ? AND reference = ?", next_at, error, site, reference)


def wait_for_person(unit: Unit, site: str, reference: str, channel: str | None) -> None:
    """Write that a message waits for a person: to choose a channel, or to tell the claimant by phone."""
    unit.run(f"UPDATE message SET status = '{ASKING}', channel = ? WHERE site = ? AND reference = ?", channel, site, reference)


def set_channel(unit: Unit, site: str, reference: str, channel: str, language: str) -> None:
    """Write by which channel a message goes once there is a sender for it."""
    unit.run("UPDATE message SET channel = ?, language = ? WHERE site = ? AND reference = ?", channel, language, site, reference)


def set_status(unit: Unit, site: str, reference: str, status: str, error: str | None = None) -> None:
    """Write a message's status and the code of its reason."""
    unit.run("UPDATE message SET status = ?, error = ? WHERE site = ? AND reference = ?", status, error, site, reference)


def send_again(unit: Unit, site: str, reference: str, at: int) -> None:
    """Let a dead letter be tried anew; a sender still asks the provider first whether it knows the reference."""
    unit.run(
        f"UPDATE message SET status = '{QUEUED}', error = NULL, next_at = ?, attempts = CASE WHEN attempts > 0 THEN 1 ELSE 0 END"
        " WHERE site = ? AND reference = ?",
        *(at, site, reference),
    )


def choose(unit: Unit, site: str, entry: str, channel: str, language: str | None) -> int:
    """Write by which channel the messages about an entry go that still wait for that; returns how many."""
    status = ASKING if channel == "phone" else QUEUED
    return unit.run(
        f"UPDATE message{unit.by('ix_message_entry')} SET status = ?, channel = ?, language = ?, error = NULL"
        " WHERE site = ? AND entry = ?"
        f" AND status IN ({_WAIT}) AND kind <> 'coach_note'",
        *(status, channel, language, site, entry),
    )


def waiting_of_client(unit: Unit, site: str, client: str) -> list[Message]:
    """Return the messages to a claimant that wait to be sent or told, about all their appointments."""
    statement = (
        f"SELECT {_MESSAGE} FROM entry e{unit.by('ix_entry_client')} JOIN message m ON m.site = e.site AND m.entry = e.id"
        f" WHERE e.site = ? AND e.client = ? AND m.status IN ({_WAIT}) AND m.kind <> 'coach_note' ORDER BY m.reference"
    )
    return [_of(row) for row in unit.rows(statement, site, client)]


def told_by_phone(unit: Unit, site: str, entry: str, login: str, *, only_asking: bool = False) -> int:
    """Write that the claimant was told on the phone what the open messages of an entry say; returns how many.

    With `only_asking` those stay that are going to be sent. A note to a coach is none of them.
    """
    open_ones = f"status = '{ASKING}'" if only_asking else f"status IN ({', '.join(repr(one) for one in UNTOLD)})"
    return unit.run(
        f"UPDATE message{unit.by('ix_message_entry')} SET status = '{TOLD}', channel = 'phone', told_by = ?, error = NULL"
        f" WHERE site = ? AND entry = ? AND kind <> 'coach_note' AND {open_ones}",
        *(login, site, entry),
    )


def take_back(unit: Unit, site: str, entry: str, version: int) -> None:
    """Take back the messages of an act that was undone before they could be sent; what a sender has in hand stays."""
    unit.run(
        f"DELETE FROM message{unit.by('ix_message_entry')} WHERE site = ? AND entry = ? AND version = ? AND status IN ({_WAIT})"
        " AND NOT EXISTS (SELECT 1 FROM message_claim c WHERE c.site = message.site AND c.reference = message.reference)",
        *(site, entry, version),
    )


def heard(unit: Unit, site: str, entry: str, version: int) -> bool:
    """Return whether a claimant has heard what an act owed them, or is about to: it was told or sent, or a sender has it."""
    statement = (
        f"SELECT 1 FROM message m{unit.by('ix_message_entry')} WHERE m.site = ? AND m.entry = ? AND m.version = ?"
        f" AND m.kind IN ({_TIMES}) AND (m.status IN ('{SENT}', '{TOLD}') OR EXISTS"
        " (SELECT 1 FROM message_claim c WHERE c.site = m.site AND c.reference = m.reference))"
    )
    return unit.row(statement, site, entry, version) is not None


def take_back_ticket(unit: Unit, site: str, ticket: str) -> bool:
    """Take back what was to be sent of a support ticket; False where a sender has it in hand or it was tried already."""
    tried = unit.row(
        "SELECT 1 FROM message m WHERE m.site = ? AND m.support_ticket = ? AND (m.attempts > 0 OR EXISTS"
        " (SELECT 1 FROM message_claim c WHERE c.site = m.site AND c.reference = m.reference))",
        *(site, ticket),
    )
    if tried is not None:
        return False
    unit.run("DELETE FROM message WHERE site = ? AND support_ticket = ?", site, ticket)
    return True


def client_of(unit: Unit, site: str, ref: str) -> Client | None:
    """Return a claimant by opaque id as they are written to, or None."""
    row = unit.row(f"SELECT {COLUMNS} FROM client WHERE site = ? AND client = ?", site, ref)
    return None if row is None else Client(*row)


def coach_of(unit: Unit, site: str, diary: str) -> tuple[str, str] | None:
    """Return the login and the e-mail address of the coach of a diary, or None where there is no address."""
    row = unit.row(
        "SELECT login, email FROM staff WHERE site = ? AND diary = ? AND email IS NOT NULL AND off_at IS NULL"
        " ORDER BY login LIMIT 1",
        *(site, diary),
    )
    return None if row is None else (str(row[0]), str(row[1]))


def last_channel(unit: Unit, site: str, client: str) -> str | None:
    """Return the channel by which a claimant was sent a message last, or None."""
    row = unit.row(
        f"SELECT m.channel FROM entry e{unit.by('ix_entry_client')} JOIN message m ON m.site = e.site AND m.entry = e.id"
        f" WHERE e.site = ? AND e.client = ? AND m.status = '{SENT}' AND m.channel IN ('sms', 'email', 'letter')"
        " ORDER BY m.sent_at DESC, m.reference LIMIT 1",
        *(site, client),
    )
    return None if row is None else str(row[0])


def to_remind(unit: Unit, site: str, first_day: str, last_day: str) -> Sequence[Sequence[Any]]:
    """Return appointments between two days that have a time or have lost it: id, claimant, type, day, start, when made,
    version, status."""
    return unit.rows(
        "SELECT id, client, type, day, start_tick, made_at, version, status FROM entry WHERE site = ? AND day BETWEEN ? AND ?"
        " AND kind = 'appointment' AND status IN ('booked', 'unplaced') AND client IS NOT NULL ORDER BY day, start_tick, id",
        *(site, first_day, last_day),
    )


def known_references(unit: Unit, site: str, references: Iterable[str]) -> set[str]:
    """Return those of some references that are in the outbox already, but for those that `queue_once` queues again."""
    wanted, found = sorted(set(references)), set[str]()
    for first in range(0, len(wanted), 500):
        part = wanted[first : first + 500]
        marks = ",".join("?" * len(part))
        statement = (
            f"SELECT reference FROM message WHERE site = ? AND reference IN ({marks})"
            " AND NOT (status = 'dropped' AND COALESCE(error, '') = 'moved')"
        )
        found |= {str(row[0]) for row in unit.rows(statement, site, *part)}
    return found


def waiting_for_person(unit: Unit, site: str, before: int) -> int:
    """Return how many messages to claimants have waited for a person since before an instant (ms UTC)."""
    row = unit.row(f"SELECT COUNT(*) FROM message WHERE site = ? AND status = '{ASKING}' AND made_at < ?", site, before)
    return 0 if row is None else int(row[0])
