"""Diaries come and go: tickets, retirement, dated key flags, drop-in hours, and patterns of rooms and equipment."""

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
    """Create the new tables, and let a pattern stand for a room or a piece of equipment."""
    _retirement()
    _type_key()
    _drop_in()
    _ticket()
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
