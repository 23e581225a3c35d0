"""Holds that are handed to a colleague, and the days that terminals show."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

CLUSTERED = {"sqlite_strict": True, "sqlite_with_rowid": False}
_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=null) for name in names]


def _whole(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, _WHOLE, nullable=False, autoincrement=False) for name in names]


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "handover",
        *_text("site", "entry", "status"),
        *_text("call", null=True),
        *_text("given_by", "given_to"),
        *_whole("given_at"),
        *_text("draft", null=True),
        sa.PrimaryKeyConstraint("site", "entry"),
        sa.ForeignKeyConstraint(["site", "entry"], ["entry.site", "entry.id"], name="fk_handover_entry"),
        sa.CheckConstraint("status IN ('waiting', 'taken', 'declined', 'withdrawn', 'ended')", name="ck_handover_status"),
        **CLUSTERED,
    )
    op.create_index("ix_handover_status", "handover", ["site", "status"])
    op.create_table(
        "presence",
        *_text("site", "terminal", "login", "first_day", "last_day"),
        *_whole("seen_at"),
        sa.PrimaryKeyConstraint("site", "terminal"),
        sa.ForeignKeyConstraint(["site"], ["site.site"], name="fk_presence_"),
        **CLUSTERED,
    )
