"""Diaries come and go, and what a site brings along.

Tickets, retirement, dated key flags, drop-in hours, patterns of rooms and equipment, references of other systems, claimants
who would come sooner, and calls that come in writing.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STRICT = {"sqlite_strict": True}
CLUSTERED = {"sqlite_strict": True, "sqlite_with_rowid": False}
_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_LEVELS = "level IN ('diary', 'team', 'site', 'resource')"


def _text(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=null) for name in names]


def _whole(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, _WHOLE, nullable=null, autoincrement=False) for name in names]


def upgrade() -> None:
    """Create the new tables, and widen what a call and a pattern may be."""
    _retirement()
    _type_key()
    _drop_in()
    _ticket()
    _waiting()
    _external_reference()
    _missed()
    _call()
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("ck_pattern_level", "pattern", type_="check")
        op.create_check_constraint("ck_pattern_level", "pattern", _LEVELS)
    else:
        _rebuild_pattern()


def _retirement() -> None:
    op.create_table(
        "retirement",
        *_text("site", "resource", "day", "ticket"),
        sa.PrimaryKeyConstraint("site", "resource"),
        sa.ForeignKeyConstraint(["site", "resource"], ["resource.site", "resource.resource"], name="fk_retirement_resource"),
        **CLUSTERED,
    )


def _type_key() -> None:
    op.create_table(
        "type_key",
        *_text("site", "code", "effective_from"),
        *_whole("key_type"),
        sa.PrimaryKeyConstraint("site", "code", "effective_from"),
        sa.ForeignKeyConstraint(["site", "code"], ["appointment_type.site", "appointment_type.code"], name="fk_type_key_code"),
        sa.CheckConstraint("key_type IN (0, 1)", name="ck_type_key_flag"),
        **CLUSTERED,
    )


def _drop_in() -> None:
    op.create_table(
        "drop_in",
        *_text("site", "code", "effective_from", "hours", "words"),
        sa.PrimaryKeyConstraint("site", "code", "effective_from"),
        sa.ForeignKeyConstraint(["site", "code"], ["appointment_type.site", "appointment_type.code"], name="fk_drop_in_code"),
        **CLUSTERED,
    )


def _ticket() -> None:
    op.create_table(
        "ticket",
        *_text("site", "id", "kind", "status"),
        *_text("resource", null=True),
        *_text("fields", "patterns", "made_by"),
        *_whole("made_at"),
        *_text("settled_by", null=True),
        *_whole("settled_at", null=True),
        sa.PrimaryKeyConstraint("site", "id"),
        sa.ForeignKeyConstraint(["site"], ["site.site"], name="fk_ticket_"),
        sa.CheckConstraint(
            "kind IN ('new_diary', 'enable_diary', 'disable_diary', 'retire_diary', 'absorb_diary', 'segmentation')",
            name="ck_ticket_kind",
        ),
        sa.CheckConstraint("status IN ('waiting', 'approved', 'declined', 'done')", name="ck_ticket_status"),
        **STRICT,
    )
    op.create_index("ix_ticket_status", "ticket", ["site", "status", "made_at"])


def _waiting() -> None:
    op.create_table(
        "waiting",
        *_text("site", "entry", "status", "wanted"),
        *_text("call", null=True),
        *_text("made_by"),
        *_whole("made_at"),
        sa.PrimaryKeyConstraint("site", "entry"),
        sa.ForeignKeyConstraint(["site", "entry"], ["entry.site", "entry.id"], name="fk_waiting_entry"),
        sa.CheckConstraint("status IN ('waiting', 'offered', 'taken', 'ended')", name="ck_waiting_status"),
        **STRICT,
    )
    op.create_index("ix_waiting_status", "waiting", ["site", "status", "made_at"])


def _external_reference() -> None:
    op.create_table(
        "external_reference",
        *_text("site", "kind", "reference", "target"),
        sa.PrimaryKeyConstraint("site", "kind", "reference"),
        sa.ForeignKeyConstraint(["site"], ["site.site"], name="fk_external_reference_"),
        sa.CheckConstraint("kind IN ('client', 'entry', 'request')", name="ck_external_reference_kind"),
        **CLUSTERED,
    )
    op.create_index("ix_external_target", "external_reference", ["site", "kind", "target"])


def _missed() -> None:
    """Find the few appointments of a day that were missed without reading all entries."""
    rule = sa.text("status = 'dna'")
    op.create_index("ix_entry_missed", "entry", ["site", "day"], sqlite_where=rule, postgresql_where=rule)


_CALL_KINDS = "kind IN ('call', 'callback', 'request', 'sooner')"
_CALL_STATUSES = (
    "status IN ('open', 'booked', 'called_back', 'handed_off', 'drop_in', 'rang_off', 'closed', 'duplicate', 'declined')"
)
_CALL_PRIORITIES = "priority IN ('standard', 'high', 'urgent')"


def _call() -> None:
    """Let calls come from requests in writing and from waiting lists, with a priority and how they came."""
    if op.get_bind().dialect.name == "postgresql":
        for name in ("ck_call_kind", "ck_call_status"):
            op.drop_constraint(name, "call", type_="check")
        op.execute("ALTER TABLE call ADD COLUMN priority TEXT")
        op.execute("UPDATE call SET priority = 'standard'")
        op.execute("ALTER TABLE call ALTER COLUMN priority SET NOT NULL")
        op.execute("ALTER TABLE call ADD COLUMN contact TEXT")
        op.execute("ALTER TABLE call ADD COLUMN said TEXT")
        for name, rule in (("kind", _CALL_KINDS), ("status", _CALL_STATUSES), ("priority", _CALL_PRIORITIES)):
            op.create_check_constraint(f"ck_call_{name}", "call", rule)
        return
    columns = "site, id, kind, status, who, type, client, entry, wanted, opened_at, closed_at"
    op.create_table(
        "call_next",
        *_text("site", "id", "kind", "status", "who"),
        *_text("type", "client", "entry", null=True),
        *_text("wanted"),
        *_whole("opened_at"),
        *_whole("closed_at", null=True),
        *_text("priority"),
        *_text("contact", "said", null=True),
        sa.PrimaryKeyConstraint("site", "id"),
        sa.ForeignKeyConstraint(["site", "client"], ["client.site", "client.client"], name="fk_call_client"),
        sa.CheckConstraint(_CALL_KINDS, name="ck_call_kind"),
        sa.CheckConstraint(_CALL_STATUSES, name="ck_call_status"),
        sa.CheckConstraint(_CALL_PRIORITIES, name="ck_call_priority"),
        **STRICT,
    )
    op.execute(f"INSERT INTO call_next ({columns}, priority) SELECT {columns}, 'standard' FROM call")
    op.drop_table("call")
    op.rename_table("call_next", "call")
    op.create_index("ix_call_status", "call", ["site", "status", "opened_at"])


def _rebuild_pattern() -> None:
    columns = "site, pattern, level, owner, weekday, day, effective_from, effective_until, day_off"
    op.create_table(
        "pattern_next",
        *_text("site", "pattern", "level", "owner"),
        *_whole("weekday", null=True),
        *_text("day", null=True),
        *_text("effective_from"),
        *_text("effective_until", null=True),
        *_whole("day_off"),
        sa.PrimaryKeyConstraint("site", "pattern"),
        sa.ForeignKeyConstraint(["site"], ["site.site"], name="fk_pattern_"),
        sa.CheckConstraint(_LEVELS, name="ck_pattern_level"),
        sa.CheckConstraint("day_off IN (0, 1)", name="ck_pattern_off"),
        sa.CheckConstraint("weekday IS NULL OR (weekday >= 0 AND weekday <= 6)", name="ck_pattern_weekday"),
        sa.CheckConstraint("(weekday IS NULL) <> (day IS NULL)", name="ck_pattern_when"),
        **CLUSTERED,
    )
    op.execute(f"INSERT INTO pattern_next ({columns}) SELECT {columns} FROM pattern")
    op.drop_table("pattern")
    op.rename_table("pattern_next", "pattern")
