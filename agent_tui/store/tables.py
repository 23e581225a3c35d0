"""The tables: every primary, unique and foreign key starts with `site`, the one distribution column."""

from typing import Any

from sqlalchemy import Index, MetaData, UniqueConstraint

from agent_tui.store import message_tables, rule_tables, support_tables  # noqa: F401 - their tables are part of the metadata
from agent_tui.store.columns import maybe_text, maybe_whole, prefix_text, text, whole
from agent_tui.store.table_base import CLUSTERED, STRICT, Table, check, one_of, partial, refers


class ClientRow(Table, table=True):
    """A claimant: personal data once; the *_key columns are folded for searching."""

    __tablename__ = "client"
    __table_args__ = (
        refers("client", target=("site.site",)),
        Index("ix_client_name", "site", "name_key"),
        Index("ix_client_phone", "site", "phone_key"),
        Index("ix_client_reference", "site", "reference_key"),
        CLUSTERED,
    )
    site: str = text(key=True)
    client: str = text(key=True)
    name: str = text()
    name_key: str = text()
    phone: str = text()
    phone_key: str = text()
    reference: str = text()
    reference_key: str = text()
    email: str = text()
    language: str = text()
    access_needs: str = text()
    preferred_channel: str | None = maybe_text()
    address: str | None = maybe_text()


class ClientWordRow(Table, table=True):
    """What a claimant is found by while somebody types: domain.clients.index_words, written with the claimant's own row."""

    __tablename__ = "client_word"
    __table_args__ = (
        one_of("client_word", "kind", "name", "word", "phone", "reference"),
        refers("client_word", "client", target=("client.site", "client.client")),
        Index("ix_client_word_client", "site", "client", "kind", "word"),
        CLUSTERED,
    )
    site: str = text(key=True)
    kind: str = text(key=True)
    word: str = prefix_text(key=True)
    client: str = text(key=True)


class EntryRow(Table, table=True):
    """A hold, an appointment or a block, with the time it has, had or wanted last; what it owns is in `claim`."""

    __tablename__ = "entry"
    __table_args__ = (
        one_of("entry", "kind", "hold", "appointment", "block"),
        one_of(
            "entry",
            "status",
            *("held", "booked", "attended", "late", "dna", "blocked"),
            *("cancelled", "released", "lapsed", "undone", "moved", "unplaced"),
        ),
        one_of("entry", "priority", "standard", "high", "urgent"),
        check("entry_range", "0 <= start_tick AND start_tick < end_tick AND end_tick <= 288"),
        refers("entry", "type", target=("appointment_type.site", "appointment_type.code")),
        refers("entry", "client", target=("client.site", "client.client")),
        Index("ix_entry_client", "site", "client", "day"),
        partial("ix_entry_expiry", "expires_at IS NOT NULL", "site", "expires_at"),
        partial("ix_entry_moving", "moving IS NOT NULL", "site", "moving"),
        partial("ix_entry_unplaced", "status = 'unplaced'", "site", "day"),
        partial("ix_entry_missed", "status = 'dna'", "site", "day"),
        Index("ix_entry_day", "site", "day"),
        CLUSTERED,
    )
    site: str = text(key=True)
    id: str = text(key=True)
    kind: str = text()
    status: str = text()
    type: str | None = maybe_text()
    client: str | None = maybe_text()
    diary: str = text()
    day: str = text()
    start_tick: int = whole()
    end_tick: int = whole()
    resources: str = text()
    needs: str = text()
    channel: str | None = maybe_text()
    priority: str = text()
    contact: str | None = maybe_text()
    language: str | None = maybe_text()
    pair: str | None = maybe_text()
    moving: str | None = maybe_text()
    reason: str | None = maybe_text()
    expires_at: int | None = maybe_whole()
    version: int = whole()
    made_by: str = text()
    made_at: int = whole()


class ClaimRow(Table, table=True):
    """A range of ticks that an entry owns on a resource; a hold's has the database's instant at which it lapses."""

    __tablename__ = "claim"
    __table_args__ = (
        check("claim_range", "0 <= start_tick AND start_tick < end_tick AND end_tick <= 288"),
        refers("claim", "entry", target=("entry.site", "entry.id")),
        refers("claim", "resource", target=("resource.site", "resource.resource")),
        Index("ix_claim_entry", "site", "entry"),
        CLUSTERED,
    )
    site: str = text(key=True)
    resource: str = text(key=True)
    day: str = text(key=True)
    start_tick: int = whole(key=True)
    entry: str = text(key=True)
    end_tick: int = whole()
    expires_at: int | None = maybe_whole()


class OccupancyRow(Table, table=True):
    """The guard: a resource's tick is owned by one entry, and the key refuses the second owner."""

    __tablename__ = "occupancy"
    __table_args__ = (
        check("occupancy_tick", "tick >= 0 AND tick < 288"),
        CLUSTERED,
    )
    site: str = text(key=True)
    resource: str = text(key=True)
    day: str = text(key=True)
    tick: int = whole(key=True)
    entry: str = text()


class SegmentUseRow(Table, table=True):
    """The n-th appointment of a limited segment in one diary's day: the key refuses one too many."""

    __tablename__ = "segment_use"
    __table_args__ = (
        refers("segment_use", "entry", target=("entry.site", "entry.id")),
        Index("ix_segment_use_entry", "site", "entry"),
        CLUSTERED,
    )
    site: str = text(key=True)
    resource: str = text(key=True)
    day: str = text(key=True)
    pattern: str = text(key=True)
    segment: int = whole(key=True)
    ordinal: int = whole(key=True)
    entry: str = text()


class EventRow(Table, table=True):
    """One line of the log: never changed, never deleted; `request` is the id by which a retry is recognised."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("site", "request", name="uq_event_request"),
        Index("ix_event_entry", "site", "entry", "seq"),
        Index("ix_event_verb", "site", "verb", "at"),
        CLUSTERED,
    )
    site: str = text(key=True)
    seq: int = whole(key=True)
    at: int = whole()
    stamped: int = whole()
    who: str = text()
    role: str = text()
    verb: str = text()
    entry: str | None = maybe_text()
    client: str | None = maybe_text()
    touched: str = text()
    before_state: str | None = maybe_text()
    after_state: str | None = maybe_text()
    reason: str | None = maybe_text()
    request: str | None = maybe_text()
    fingerprint: str | None = maybe_text()
    previous: str = text()
    hash: str = text()


class AccessRow(Table, table=True):
    """Who looked at which client, when and why: never changed, never deleted, and no part of the feed."""

    __tablename__ = "access"
    __table_args__ = (Index("ix_access_client", "site", "client"), CLUSTERED)
    site: str = text(key=True)
    id: str = text(key=True)
    at: int = whole()
    who: str = text()
    client: str = text()
    why: str = text()


class NoteRow(Table, table=True):
    """Free text about an entry or a hand-off, which can be erased; kind note, access, priority or wanted."""

    __tablename__ = "note"
    __table_args__ = (
        one_of("note", "kind", "note", "access", "priority"),
        check("note_of", "(entry IS NULL) <> (handoff IS NULL)"),
        refers("note", "entry", target=("entry.site", "entry.id")),
        refers("note", "handoff", target=("handoff.site", "handoff.id")),
        Index("ix_note_entry", "site", "entry"),
        STRICT,
    )
    site: str = text(key=True)
    id: str = text(key=True)
    kind: str = text()
    entry: str | None = maybe_text()
    handoff: str | None = maybe_text()
    body: str = text()
    made_by: str = text()
    made_at: int = whole()


class HandoffRow(Table, table=True):
    """A request that no diary could take; `wanted` is JSON of codes and days, free text is in `note`."""

    __tablename__ = "handoff"
    __table_args__ = (
        one_of("handoff", "status", "open", "taken", "closed"),
        check("handoff_key", "key_type IN (0, 1)"),
        refers("handoff", "client", target=("client.site", "client.client")),
        Index("ix_handoff_due", "site", "status", "key_type", "due"),
        STRICT,
    )
    site: str = text(key=True)
    id: str = text(key=True)
    type: str = text()
    client: str | None = maybe_text()
    status: str = text()
    key_type: int = whole()
    contact: str = text()
    wanted: str = text()
    why: str = text()
    claim_date: str = text()
    due: str = text()
    made_by: str = text()
    made_at: int = whole()
    taken_by: str | None = maybe_text()
    closed_by: str | None = maybe_text()
    outcome: str | None = maybe_text()
    closed_at: int | None = maybe_whole()


class FlagRow(Table, table=True):
    """A conflict that waits for a supervisor, about an entry or else a type, a hand-off or a call.

    `note` is free text, which can be erased; `closed_seq` is the line of the log that closed it, `mended_seq` the one with
    which the trouble itself ended.
    """

    __tablename__ = "flag"
    __table_args__ = (
        one_of("flag", "status", "open", "closed"),
        refers("flag", "entry", target=("entry.site", "entry.id")),
        Index("ix_flag_entry", "site", "entry"),
        Index("ix_flag_other", "site", "other"),
        Index("ix_flag_status", "site", "status", "raised_at"),
        STRICT,
    )
    site: str = text(key=True)
    id: str = text(key=True)
    kind: str = text()
    entry: str | None = maybe_text()
    other: str | None = maybe_text()
    status: str = text()
    raised_by: str = text()
    raised_at: int = whole()
    type: str | None = maybe_text()
    resource: str | None = maybe_text()
    day: str | None = maybe_text()
    handoff: str | None = maybe_text()
    call: str | None = maybe_text()
    assigned_to: str | None = maybe_text()
    assigned_by: str | None = maybe_text()
    resolution: str | None = maybe_text()
    reason: str | None = maybe_text()
    note: str | None = maybe_text()
    resolved_by: str | None = maybe_text()
    resolved_at: int | None = maybe_whole()
    closed_seq: int | None = maybe_whole()
    mended_seq: int | None = maybe_whole()


class EscalationRow(Table, table=True):
    """What was escalated to which contact; its facts are read from what it is about."""

    __tablename__ = "escalation"
    __table_args__ = (
        one_of("escalation", "subject_kind", "flag", "call", "appointment", "handoff"),
        check("escalation_level", "level > 0"),
        refers("escalation", target=("site.site",)),
        Index("ix_escalation_subject", "site", "subject"),
        STRICT,
    )
    site: str = text(key=True)
    id: str = text(key=True)
    subject_kind: str = text()
    subject: str = text()
    contact: str = text()
    level: int = whole()
    reason: str = text()
    made_by: str = text()
    made_at: int = whole()


class OverrideRequestRow(Table, table=True):
    """An override that waits for a supervisor, or how it ended: `wanted` and `chain` are JSON of codes, days and ids.

    `said` is JSON of what the agent wrote in their own words, which can be erased.
    """

    __tablename__ = "override_request"
    __table_args__ = (
        one_of("override_request", "status", "open", "approved", "declined", "withdrawn", "outdated"),
        refers("override_request", target=("site.site",)),
        refers("override_request", "entry", target=("entry.site", "entry.id")),
        Index("ix_override_request_status", "site", "status"),
        Index("ix_override_request_entry", "site", "entry"),
        STRICT,
    )
    site: str = text(key=True)
    id: str = text(key=True)
    status: str = text()
    wanted: str = text()
    said: str | None = maybe_text()
    chain: str = text()
    reason: str = text()
    prepared_by: str = text()
    prepared_at: int = whole()
    decided_by: str | None = maybe_text()
    decided_at: int | None = maybe_whole()
    entry: str | None = maybe_text()


class CallRow(Table, table=True):
    """One conversation, a call-back that a lapsed hold left, a request that came in writing, or an earlier time to offer.

    `wanted` is JSON of codes and days; `who` is empty while nobody has picked the call. `said` is JSON of what a claimant
    wrote in their own words, which can be erased.
    """

    __tablename__ = "call"
    __table_args__ = (
        one_of("call", "kind", "call", "callback", "request", "sooner"),
        one_of(
            *("call", "status"),
            *("open", "booked", "called_back", "handed_off", "drop_in", "rang_off", "closed", "duplicate", "declined"),
        ),
        one_of("call", "priority", "standard", "high", "urgent"),
        refers("call", "client", target=("client.site", "client.client")),
        Index("ix_call_status", "site", "status", "opened_at"),
        STRICT,
    )
    site: str = text(key=True)
    id: str = text(key=True)
    kind: str = text()
    status: str = text()
    who: str = text()
    type: str | None = maybe_text()
    client: str | None = maybe_text()
    entry: str | None = maybe_text()
    wanted: str = text()
    opened_at: int = whole()
    closed_at: int | None = maybe_whole()
    priority: str = text()
    contact: str | None = maybe_text()
    said: str | None = maybe_text()


class HandoverRow(Table, table=True):
    """A hold that somebody hands to a colleague, and what became of that; a hold that is handed on again keeps one row.

    `draft` is JSON of what the form held, which can be erased: it is when the hold ends.
    """

    __tablename__ = "handover"
    __table_args__ = (
        one_of("handover", "status", "waiting", "taken", "declined", "withdrawn", "ended"),
        refers("handover", "entry", target=("entry.site", "entry.id")),
        Index("ix_handover_status", "site", "status"),
        CLUSTERED,
    )
    site: str = text(key=True)
    entry: str = text(key=True)
    status: str = text()
    call: str | None = maybe_text()
    given_by: str = text()
    given_to: str = text()
    given_at: int = whole()
    draft: str | None = maybe_text()


class PresenceRow(Table, table=True):
    """The days that a terminal shows, and the database's instant at which it last said so: no part of the log."""

    __tablename__ = "presence"
    __table_args__ = (
        refers("presence", target=("site.site",)),
        CLUSTERED,
    )
    site: str = text(key=True)
    terminal: str = text(key=True)
    login: str = text()
    first_day: str = text()
    last_day: str = text()
    seen_at: int = whole()


class WaitingRow(Table, table=True):
    """A claimant who would take an earlier time than the appointment that they have; `wanted` is JSON of the limits to it."""

    __tablename__ = "waiting"
    __table_args__ = (
        one_of("waiting", "status", "waiting", "offered", "taken", "ended"),
        refers("waiting", "entry", target=("entry.site", "entry.id")),
        Index("ix_waiting_status", "site", "status", "made_at"),
        STRICT,
    )
    site: str = text(key=True)
    entry: str = text(key=True)
    status: str = text()
    wanted: str = text()
    call: str | None = maybe_text()
    made_by: str = text()
    made_at: int = whole()


class ExternalReferenceRow(Table, table=True):
    """What another system calls a thing that was imported from it: the key by which a second import is recognised."""

    __tablename__ = "external_reference"
    __table_args__ = (
        one_of("external_reference", "kind", "client", "entry", "request"),
        refers("external_reference", target=("site.site",)),
        Index("ix_external_target", "site", "kind", "target"),
        CLUSTERED,
    )
    site: str = text(key=True)
    kind: str = text(key=True)
    reference: str = text(key=True)
    target: str = text()


METADATA: MetaData = Table.metadata


def tables_by_name() -> dict[str, Any]:
    """Return the tables of the current schema by name, in an order that satisfies the foreign keys."""
    return {table.name: table for table in METADATA.sorted_tables}
