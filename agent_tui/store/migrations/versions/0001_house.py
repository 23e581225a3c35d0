"""The house as it was first built: every table, key, check and index, written out so that no later change reaches back.

There is no way down: the way back is the backup that a migration makes.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STRICT = {"sqlite_strict": True}
CLUSTERED = {"sqlite_strict": True, "sqlite_with_rowid": False}
_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _column(name: str, *, whole: bool, null: bool) -> sa.Column[Any]:
    if whole:
        return sa.Column(name, _WHOLE, nullable=null, autoincrement=False)
    return sa.Column(name, sa.Text(), nullable=null)


def _text(*names: str) -> list[sa.Column[Any]]:
    return [_column(name, whole=False, null=False) for name in names]


def _maybe_text(*names: str) -> list[sa.Column[Any]]:
    return [_column(name, whole=False, null=True) for name in names]


def _whole(*names: str) -> list[sa.Column[Any]]:
    return [_column(name, whole=True, null=False) for name in names]


def _maybe_whole(*names: str) -> list[sa.Column[Any]]:
    return [_column(name, whole=True, null=True) for name in names]


def _to(name: str, columns: str, table: str, targets: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(columns.split(), [f"{table}.{target}" for target in targets.split()], name=name)


def upgrade() -> None:
    """Create the tables in an order that satisfies their foreign keys."""
    _access()
    _counter()
    _event()
    _occupancy()
    _pattern_head()
    _site()
    _site_head()
    _appointment_type()
    _client()
    _closure()
    _pattern()
    _team()
    _call()
    _entry()
    _handoff()
    _resource()
    _segment()
    _type_minutes()
    _claim()
    _diary_type()
    _flag()
    _message()
    _note()
    _segment_use()
    _staff()


def _access() -> None:
    op.create_table(
        "access",
        *_text("site", "id"),
        *_whole("at"),
        *_text("who", "client", "why"),
        sa.PrimaryKeyConstraint("site", "id"),
        **CLUSTERED,
    )
    op.create_index("ix_access_client", "access", ["site", "client"])


def _counter() -> None:
    op.create_table(
        "counter",
        *_text("site", "name"),
        *_whole("value"),
        sa.PrimaryKeyConstraint("site", "name"),
        **CLUSTERED,
    )


def _event() -> None:
    op.create_table(
        "event",
        *_text("site"),
        *_whole("seq", "at", "stamped"),
        *_text("who", "role", "verb"),
        *_maybe_text("entry", "client"),
        *_text("touched"),
        *_maybe_text("before_state", "after_state", "reason", "request", "fingerprint"),
        *_text("previous", "hash"),
        sa.PrimaryKeyConstraint("site", "seq"),
        sa.UniqueConstraint("site", "request", name="uq_event_request"),
        **CLUSTERED,
    )
    op.create_index("ix_event_entry", "event", ["site", "entry", "seq"])


def _occupancy() -> None:
    op.create_table(
        "occupancy",
        *_text("site", "resource", "day"),
        *_whole("tick"),
        *_text("entry"),
        sa.PrimaryKeyConstraint("site", "resource", "day", "tick"),
        sa.CheckConstraint("tick >= 0 AND tick < 288", name="ck_occupancy_tick"),
        **CLUSTERED,
    )


def _pattern_head() -> None:
    op.create_table(
        "pattern_head",
        *_text("site"),
        *_whole("version"),
        sa.PrimaryKeyConstraint("site"),
        **CLUSTERED,
    )


def _site() -> None:
    op.create_table(
        "site",
        *_text("site", "name", "place", "phone", "nation", "zone", "handoff_contact"),
        *_whole("notice_minutes", "hold_seconds"),
        *_text("origin"),
        sa.PrimaryKeyConstraint("site"),
        sa.CheckConstraint("hold_seconds > 0", name="ck_site_hold"),
        sa.CheckConstraint("notice_minutes >= 0", name="ck_site_notice"),
        **STRICT,
    )


def _site_head() -> None:
    op.create_table(
        "site_head",
        *_text("site"),
        *_whole("seq"),
        *_text("hash"),
        sa.PrimaryKeyConstraint("site"),
        **CLUSTERED,
    )


def _appointment_type() -> None:
    op.create_table(
        "appointment_type",
        *_text("site", "code", "name", "channel", "type_group", "weekly_check"),
        *_whole("key_type"),
        *_text("booked_by", "may_book", "needs", "bring", "source"),
        sa.PrimaryKeyConstraint("site", "code"),
        _to("fk_appointment_type_", "site", "site", "site"),
        sa.CheckConstraint("booked_by IN ('offer', 'block')", name="ck_type_booked_by"),
        sa.CheckConstraint("channel IN ('f2f', 'phone', 'video')", name="ck_type_channel"),
        sa.CheckConstraint("key_type IN (0, 1)", name="ck_type_key"),
        **CLUSTERED,
    )


def _client() -> None:
    op.create_table(
        "client",
        *_text(
            "site",
            "client",
            "name",
            "name_key",
            "phone",
            "phone_key",
            "reference",
            "reference_key",
            "email",
            "language",
            "access_needs",
        ),
        sa.PrimaryKeyConstraint("site", "client"),
        _to("fk_client_", "site", "site", "site"),
        **CLUSTERED,
    )
    op.create_index("ix_client_name", "client", ["site", "name_key"])
    op.create_index("ix_client_phone", "client", ["site", "phone_key"])
    op.create_index("ix_client_reference", "client", ["site", "reference_key"])


def _closure() -> None:
    op.create_table(
        "closure",
        *_text("site", "day", "name", "source"),
        sa.PrimaryKeyConstraint("site", "day"),
        _to("fk_closure_", "site", "site", "site"),
        **CLUSTERED,
    )


def _pattern() -> None:
    op.create_table(
        "pattern",
        *_text("site", "pattern", "level", "owner"),
        *_maybe_whole("weekday"),
        *_maybe_text("day"),
        *_text("effective_from"),
        *_maybe_text("effective_until"),
        *_whole("day_off"),
        sa.PrimaryKeyConstraint("site", "pattern"),
        _to("fk_pattern_", "site", "site", "site"),
        sa.CheckConstraint("level IN ('diary', 'team', 'site')", name="ck_pattern_level"),
        sa.CheckConstraint("day_off IN (0, 1)", name="ck_pattern_off"),
        sa.CheckConstraint("weekday IS NULL OR (weekday >= 0 AND weekday <= 6)", name="ck_pattern_weekday"),
        sa.CheckConstraint("(weekday IS NULL) <> (day IS NULL)", name="ck_pattern_when"),
        **CLUSTERED,
    )


def _team() -> None:
    op.create_table(
        "team",
        *_text("site", "team", "name"),
        sa.PrimaryKeyConstraint("site", "team"),
        _to("fk_team_", "site", "site", "site"),
        **CLUSTERED,
    )


def _call() -> None:
    op.create_table(
        "call",
        *_text("site", "id", "kind", "status", "who"),
        *_maybe_text("type", "client", "entry"),
        *_text("wanted"),
        *_whole("opened_at"),
        *_maybe_whole("closed_at"),
        sa.PrimaryKeyConstraint("site", "id"),
        _to("fk_call_client", "site client", "client", "site client"),
        sa.CheckConstraint("kind IN ('call', 'callback')", name="ck_call_kind"),
        sa.CheckConstraint(
            "status IN ('open', 'booked', 'called_back', 'handed_off', 'drop_in', 'rang_off', 'closed')", name="ck_call_status"
        ),
        **STRICT,
    )
    op.create_index("ix_call_status", "call", ["site", "status", "opened_at"])


def _partial(name: str, rule: str, *columns: str) -> None:
    where = sa.text(rule)
    op.create_index(name, "entry", list(columns), sqlite_where=where, postgresql_where=where)


def _entry() -> None:
    op.create_table(
        "entry",
        *_text("site", "id", "kind", "status"),
        *_maybe_text("type", "client"),
        *_text("diary", "day"),
        *_whole("start_tick", "end_tick"),
        *_text("resources", "needs"),
        *_maybe_text("channel"),
        *_text("priority"),
        *_maybe_text("contact", "language", "pair", "moving", "reason"),
        *_maybe_whole("expires_at"),
        *_whole("version"),
        *_text("made_by"),
        *_whole("made_at"),
        sa.PrimaryKeyConstraint("site", "id"),
        _to("fk_entry_client", "site client", "client", "site client"),
        _to("fk_entry_type", "site type", "appointment_type", "site code"),
        sa.CheckConstraint("kind IN ('hold', 'appointment', 'block')", name="ck_entry_kind"),
        sa.CheckConstraint("priority IN ('standard', 'high', 'urgent')", name="ck_entry_priority"),
        sa.CheckConstraint("0 <= start_tick AND start_tick < end_tick AND end_tick <= 288", name="ck_entry_range"),
        sa.CheckConstraint(
            "status IN ('held', 'booked', 'attended', 'late', "
            "'dna', 'blocked', 'cancelled', 'released', 'lapsed', 'undone', 'moved', 'unplaced')",
            name="ck_entry_status",
        ),
        **CLUSTERED,
    )
    op.create_index("ix_entry_client", "entry", ["site", "client", "day"])
    _partial("ix_entry_expiry", "expires_at IS NOT NULL", "site", "expires_at")
    _partial("ix_entry_moving", "moving IS NOT NULL", "site", "moving")
    _partial("ix_entry_unplaced", "status = 'unplaced'", "site", "day")


def _handoff() -> None:
    op.create_table(
        "handoff",
        *_text("site", "id", "type"),
        *_maybe_text("client"),
        *_text("status"),
        *_whole("key_type"),
        *_text("contact", "wanted", "why", "claim_date", "due", "made_by"),
        *_whole("made_at"),
        sa.PrimaryKeyConstraint("site", "id"),
        _to("fk_handoff_client", "site client", "client", "site client"),
        sa.CheckConstraint("key_type IN (0, 1)", name="ck_handoff_key"),
        sa.CheckConstraint("status IN ('open', 'taken', 'closed')", name="ck_handoff_status"),
        **STRICT,
    )
    op.create_index("ix_handoff_due", "handoff", ["site", "status", "key_type", "due"])


def _resource() -> None:
    op.create_table(
        "resource",
        *_text("site", "resource", "kind", "name"),
        *_maybe_text("coach", "team"),
        *_whole("enabled"),
        *_text("meets"),
        sa.PrimaryKeyConstraint("site", "resource"),
        _to("fk_resource_team", "site team", "team", "site team"),
        sa.CheckConstraint("enabled IN (0, 1)", name="ck_resource_enabled"),
        sa.CheckConstraint("kind IN ('diary', 'room', 'equipment')", name="ck_resource_kind"),
        **CLUSTERED,
    )


def _segment() -> None:
    op.create_table(
        "segment",
        *_text("site", "pattern"),
        *_whole("start_tick", "end_tick"),
        *_text("channel"),
        *_maybe_whole("most"),
        *_text("description", "types"),
        sa.PrimaryKeyConstraint("site", "pattern", "start_tick"),
        _to("fk_segment_pattern", "site pattern", "pattern", "site pattern"),
        sa.CheckConstraint("channel IN ('all', 'f2f', 'phone', 'video')", name="ck_segment_channel"),
        sa.CheckConstraint("most IS NULL OR most >= 0", name="ck_segment_most"),
        sa.CheckConstraint("0 <= start_tick AND start_tick < end_tick AND end_tick <= 288", name="ck_segment_range"),
        **CLUSTERED,
    )


def _type_minutes() -> None:
    op.create_table(
        "type_minutes",
        *_text("site", "code", "effective_from"),
        *_whole("minutes"),
        sa.PrimaryKeyConstraint("site", "code", "effective_from"),
        _to("fk_type_minutes_code", "site code", "appointment_type", "site code"),
        sa.CheckConstraint("minutes > 0 AND minutes % 5 = 0", name="ck_type_minutes_grid"),
        **CLUSTERED,
    )


def _claim() -> None:
    op.create_table(
        "claim",
        *_text("site", "resource", "day"),
        *_whole("start_tick"),
        *_text("entry"),
        *_whole("end_tick"),
        *_maybe_whole("expires_at"),
        sa.PrimaryKeyConstraint("site", "resource", "day", "start_tick", "entry"),
        _to("fk_claim_entry", "site entry", "entry", "site id"),
        _to("fk_claim_resource", "site resource", "resource", "site resource"),
        sa.CheckConstraint("0 <= start_tick AND start_tick < end_tick AND end_tick <= 288", name="ck_claim_range"),
        **CLUSTERED,
    )
    op.create_index("ix_claim_entry", "claim", ["site", "entry"])


def _diary_type() -> None:
    op.create_table(
        "diary_type",
        *_text("site", "resource", "code"),
        sa.PrimaryKeyConstraint("site", "resource", "code"),
        _to("fk_diary_type_code", "site code", "appointment_type", "site code"),
        _to("fk_diary_type_resource", "site resource", "resource", "site resource"),
        **CLUSTERED,
    )


def _flag() -> None:
    op.create_table(
        "flag",
        *_text("site", "id", "kind"),
        *_maybe_text("entry", "other"),
        *_text("status", "raised_by"),
        *_whole("raised_at"),
        sa.PrimaryKeyConstraint("site", "id"),
        _to("fk_flag_entry", "site entry", "entry", "site id"),
        sa.CheckConstraint("status IN ('open', 'closed')", name="ck_flag_status"),
        **STRICT,
    )
    op.create_index("ix_flag_entry", "flag", ["site", "entry"])
    op.create_index("ix_flag_other", "flag", ["site", "other"])
    op.create_index("ix_flag_status", "flag", ["site", "status", "raised_at"])


def _message() -> None:
    op.create_table(
        "message",
        *_text("site", "entry", "kind"),
        *_whole("version"),
        *_text("status"),
        *_whole("made_at", "not_before"),
        *_maybe_text("told_by"),
        sa.PrimaryKeyConstraint("site", "entry", "kind", "version"),
        _to("fk_message_entry", "site entry", "entry", "site id"),
        sa.CheckConstraint("status IN ('queued', 'told')", name="ck_message_status"),
        **CLUSTERED,
    )


def _note() -> None:
    op.create_table(
        "note",
        *_text("site", "id", "kind"),
        *_maybe_text("entry", "handoff"),
        *_text("body", "made_by"),
        *_whole("made_at"),
        sa.PrimaryKeyConstraint("site", "id"),
        _to("fk_note_entry", "site entry", "entry", "site id"),
        _to("fk_note_handoff", "site handoff", "handoff", "site id"),
        sa.CheckConstraint("kind IN ('note', 'access', 'priority')", name="ck_note_kind"),
        sa.CheckConstraint("(entry IS NULL) <> (handoff IS NULL)", name="ck_note_of"),
        **STRICT,
    )
    op.create_index("ix_note_entry", "note", ["site", "entry"])


def _segment_use() -> None:
    op.create_table(
        "segment_use",
        *_text("site", "resource", "day", "pattern"),
        *_whole("segment", "ordinal"),
        *_text("entry"),
        sa.PrimaryKeyConstraint("site", "resource", "day", "pattern", "segment", "ordinal"),
        _to("fk_segment_use_entry", "site entry", "entry", "site id"),
        **CLUSTERED,
    )
    op.create_index("ix_segment_use_entry", "segment_use", ["site", "entry"])


def _staff() -> None:
    op.create_table(
        "staff",
        *_text("site", "login", "name", "role", "booker"),
        *_maybe_text("diary"),
        sa.PrimaryKeyConstraint("site", "login"),
        _to("fk_staff_diary", "site diary", "resource", "site resource"),
        sa.CheckConstraint("role IN ('agent', 'coach', 'leader', 'supervisor', 'admin')", name="ck_staff_role"),
        **CLUSTERED,
    )
