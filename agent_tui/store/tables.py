"""The tables: every primary, unique and foreign key starts with `site`, the one distribution column."""

from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, MetaData, UniqueConstraint
from sqlalchemy import text as text_clause
from sqlmodel import SQLModel

from agent_tui.store.columns import maybe_text, maybe_whole, text, whole

STRICT = {"sqlite_strict": True}
CLUSTERED = {"sqlite_strict": True, "sqlite_with_rowid": False}


class Table(SQLModel):
    """What all tables share: one metadata of their own, so that no other SQLModel of a process joins them."""

    metadata: ClassVar[MetaData] = MetaData()


def _to(table: str, *columns: str, target: tuple[str, ...]) -> ForeignKeyConstraint:
    name = f"fk_{table}_{'_'.join(columns)}"
    return ForeignKeyConstraint(("site", *columns), target, name=name)


def _check(name: str, rule: str) -> CheckConstraint:
    return CheckConstraint(rule, name=f"ck_{name}")


def _partial(name: str, rule: str, *columns: str) -> Index:
    """Return an index over the few rows of which a rule is true, so that a booking does not pay for it."""
    return Index(name, *columns, sqlite_where=text_clause(rule), postgresql_where=text_clause(rule))


def _one_of(table: str, column: str, *values: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return _check(f"{table}_{column}", f"{column} IN ({listed})")


class SiteRow(Table, table=True):
    """One jobcentre and its settings."""

    __tablename__ = "site"
    __table_args__ = (
        _check("site_notice", "notice_minutes >= 0"),
        _check("site_hold", "hold_seconds > 0"),
        STRICT,
    )
    site: str = text(key=True)
    name: str = text()
    place: str = text()
    phone: str = text()
    nation: str = text()
    zone: str = text()
    handoff_contact: str = text()
    notice_minutes: int = whole()
    hold_seconds: int = whole()
    origin: str = text()


class SiteHeadRow(Table, table=True):
    """The last event of a site; nothing refers to it, so that drawing the next seq blocks no foreign key."""

    __tablename__ = "site_head"
    __table_args__ = (CLUSTERED,)
    site: str = text(key=True)
    seq: int = whole()
    hash: str = text()


class PatternHeadRow(Table, table=True):
    """The version of a site's rules: a booking reads it, a change of types, diaries or patterns takes it for update."""

    __tablename__ = "pattern_head"
    __table_args__ = (CLUSTERED,)
    site: str = text(key=True)
    version: int = whole()


class CounterRow(Table, table=True):
    """The last number given out, such as that of a client's reference."""

    __tablename__ = "counter"
    __table_args__ = (CLUSTERED,)
    site: str = text(key=True)
    name: str = text(key=True)
    value: int = whole()


class TeamRow(Table, table=True):
    """A team of work coaches."""

    __tablename__ = "team"
    __table_args__ = (_to("team", target=("site.site",)), CLUSTERED)
    site: str = text(key=True)
    team: str = text(key=True)
    name: str = text()


class ResourceRow(Table, table=True):
    """Anything a booking needs to itself: a diary, a room, a piece of equipment; `meets` is a JSON list of needs."""

    __tablename__ = "resource"
    __table_args__ = (
        _one_of("resource", "kind", "diary", "room", "equipment"),
        _check("resource_enabled", "enabled IN (0, 1)"),
        _to("resource", "team", target=("team.site", "team.team")),
        CLUSTERED,
    )
    site: str = text(key=True)
    resource: str = text(key=True)
    kind: str = text()
    name: str = text()
    coach: str | None = maybe_text()
    team: str | None = maybe_text()
    enabled: int = whole()
    meets: str = text()


class StaffRow(Table, table=True):
    """Who may act, in which role, for whom they book, and a coach's own diary."""

    __tablename__ = "staff"
    __table_args__ = (
        _one_of("staff", "role", "agent", "coach", "leader", "supervisor", "admin"),
        _to("staff", "diary", target=("resource.site", "resource.resource")),
        CLUSTERED,
    )
    site: str = text(key=True)
    login: str = text(key=True)
    name: str = text()
    role: str = text()
    booker: str = text()
    diary: str | None = maybe_text()


class TypeRow(Table, table=True):
    """An appointment type; `may_book` and `needs` are JSON lists."""

    __tablename__ = "appointment_type"
    __table_args__ = (
        _one_of("type", "channel", "f2f", "phone", "video"),
        _one_of("type", "booked_by", "offer", "block"),
        _check("type_key", "key_type IN (0, 1)"),
        _to("appointment_type", target=("site.site",)),
        CLUSTERED,
    )
    site: str = text(key=True)
    code: str = text(key=True)
    name: str = text()
    channel: str = text()
    type_group: str = text()
    weekly_check: str = text()
    key_type: int = whole()
    booked_by: str = text()
    may_book: str = text()
    needs: str = text()
    bring: str = text()
    source: str = text()


class TypeMinutesRow(Table, table=True):
    """The minutes of a type from a day of appointments on."""

    __tablename__ = "type_minutes"
    __table_args__ = (
        _check("type_minutes_grid", "minutes > 0 AND minutes % 5 = 0"),
        _to("type_minutes", "code", target=("appointment_type.site", "appointment_type.code")),
        CLUSTERED,
    )
    site: str = text(key=True)
    code: str = text(key=True)
    effective_from: str = text(key=True)
    minutes: int = whole()


class DiaryTypeRow(Table, table=True):
    """A type that is assigned to a diary."""

    __tablename__ = "diary_type"
    __table_args__ = (
        _to("diary_type", "resource", target=("resource.site", "resource.resource")),
        _to("diary_type", "code", target=("appointment_type.site", "appointment_type.code")),
        CLUSTERED,
    )
    site: str = text(key=True)
    resource: str = text(key=True)
    code: str = text(key=True)


class PatternRow(Table, table=True):
    """What one level says of a weekday (0 is Monday) or of one date; `owner` is a diary, a team or empty for the site."""

    __tablename__ = "pattern"
    __table_args__ = (
        _one_of("pattern", "level", "diary", "team", "site"),
        _check("pattern_when", "(weekday IS NULL) <> (day IS NULL)"),
        _check("pattern_weekday", "weekday IS NULL OR (weekday >= 0 AND weekday <= 6)"),
        _check("pattern_off", "day_off IN (0, 1)"),
        _to("pattern", target=("site.site",)),
        CLUSTERED,
    )
    site: str = text(key=True)
    pattern: str = text(key=True)
    level: str = text()
    owner: str = text()
    weekday: int | None = maybe_whole()
    day: str | None = maybe_text()
    effective_from: str = text()
    effective_until: str | None = maybe_text()
    day_off: int = whole()


class SegmentRow(Table, table=True):
    """A segment of a pattern, in ticks; `types` is a JSON list of codes, `most` the limit for one diary and day."""

    __tablename__ = "segment"
    __table_args__ = (
        _check("segment_range", "0 <= start_tick AND start_tick < end_tick AND end_tick <= 288"),
        _one_of("segment", "channel", "all", "f2f", "phone", "video"),
        _check("segment_most", "most IS NULL OR most >= 0"),
        _to("segment", "pattern", target=("pattern.site", "pattern.pattern")),
        CLUSTERED,
    )
    site: str = text(key=True)
    pattern: str = text(key=True)
    start_tick: int = whole(key=True)
    end_tick: int = whole()
    channel: str = text()
    most: int | None = maybe_whole()
    description: str = text()
    types: str = text()


class ClosureRow(Table, table=True):
    """A day on which the whole site is closed."""

    __tablename__ = "closure"
    __table_args__ = (_to("closure", target=("site.site",)), CLUSTERED)
    site: str = text(key=True)
    day: str = text(key=True)
    name: str = text()
    source: str = text()


class ClientRow(Table, table=True):
    """A claimant: personal data once; the *_key columns are folded for searching."""

    __tablename__ = "client"
    __table_args__ = (
        _to("client", target=("site.site",)),
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


class EntryRow(Table, table=True):
    """A hold, an appointment or a block, with the time it has, had or wanted last; what it owns is in `claim`."""

    __tablename__ = "entry"
    __table_args__ = (
        _one_of("entry", "kind", "hold", "appointment", "block"),
        _one_of(
            "entry",
            "status",
            *("held", "booked", "attended", "late", "dna", "blocked"),
            *("cancelled", "released", "lapsed", "undone", "moved", "unplaced"),
        ),
        _one_of("entry", "priority", "standard", "high", "urgent"),
        _check("entry_range", "0 <= start_tick AND start_tick < end_tick AND end_tick <= 288"),
        _to("entry", "type", target=("appointment_type.site", "appointment_type.code")),
        _to("entry", "client", target=("client.site", "client.client")),
        Index("ix_entry_client", "site", "client", "day"),
        _partial("ix_entry_expiry", "expires_at IS NOT NULL", "site", "expires_at"),
        _partial("ix_entry_moving", "moving IS NOT NULL", "site", "moving"),
        _partial("ix_entry_unplaced", "status = 'unplaced'", "site", "day"),
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
        _check("claim_range", "0 <= start_tick AND start_tick < end_tick AND end_tick <= 288"),
        _to("claim", "entry", target=("entry.site", "entry.id")),
        _to("claim", "resource", target=("resource.site", "resource.resource")),
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
        _check("occupancy_tick", "tick >= 0 AND tick < 288"),
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
        _to("segment_use", "entry", target=("entry.site", "entry.id")),
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
        _one_of("note", "kind", "note", "access", "priority"),
        _check("note_of", "(entry IS NULL) <> (handoff IS NULL)"),
        _to("note", "entry", target=("entry.site", "entry.id")),
        _to("note", "handoff", target=("handoff.site", "handoff.id")),
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
        _one_of("handoff", "status", "open", "taken", "closed"),
        _check("handoff_key", "key_type IN (0, 1)"),
        _to("handoff", "client", target=("client.site", "client.client")),
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


class FlagRow(Table, table=True):
    """A conflict that waits for a supervisor."""

    __tablename__ = "flag"
    __table_args__ = (
        _one_of("flag", "status", "open", "closed"),
        _to("flag", "entry", target=("entry.site", "entry.id")),
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


class CallRow(Table, table=True):
    """One conversation, or a call-back that a lapsed hold left; `wanted` is JSON of codes and days."""

    __tablename__ = "call"
    __table_args__ = (
        _one_of("call", "kind", "call", "callback"),
        _one_of("call", "status", "open", "booked", "called_back", "handed_off", "drop_in", "rang_off", "closed"),
        _to("call", "client", target=("client.site", "client.client")),
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


class MessageRow(Table, table=True):
    """A message that an act owes the claimant, written in the act's own transaction; one for an entry, kind and version."""

    __tablename__ = "message"
    __table_args__ = (
        _one_of("message", "status", "queued", "told"),
        _to("message", "entry", target=("entry.site", "entry.id")),
        CLUSTERED,
    )
    site: str = text(key=True)
    entry: str = text(key=True)
    kind: str = text(key=True)
    version: int = whole(key=True)
    status: str = text()
    made_at: int = whole()
    not_before: int = whole()
    told_by: str | None = maybe_text()


METADATA: MetaData = Table.metadata


def tables_by_name() -> dict[str, Any]:
    """Return the tables of the current schema by name, in an order that satisfies the foreign keys."""
    return {table.name: table for table in METADATA.sorted_tables}
