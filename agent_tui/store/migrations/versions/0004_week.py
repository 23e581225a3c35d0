"""The team leader's week: what must be bookable, weeks that were signed off, moves dismissed, and drafts that were tried."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CLUSTERED = {"sqlite_strict": True, "sqlite_with_rowid": False}
_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=null) for name in names]


def _whole(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, _WHOLE, nullable=null, autoincrement=False) for name in names]


def upgrade() -> None:
    """Create the new tables."""
    op.create_table(
        "guarantee",
        *_text("site", "type"),
        *_whole("starts", "days"),
        *_text("set_by"),
        *_whole("set_at"),
        sa.PrimaryKeyConstraint("site", "type"),
        sa.ForeignKeyConstraint(["site", "type"], ["appointment_type.site", "appointment_type.code"], name="fk_guarantee_type"),
        sa.CheckConstraint("starts > 0", name="ck_guarantee_starts"),
        sa.CheckConstraint("days > 0", name="ck_guarantee_days"),
        **CLUSTERED,
    )
    op.create_table(
        "weekly_check",
        *_text("site", "week", "red", "done", "signed_by"),
        *_whole("signed_at"),
        sa.PrimaryKeyConstraint("site", "week"),
        sa.ForeignKeyConstraint(["site"], ["site.site"], name="fk_weekly_check_"),
        **CLUSTERED,
    )
    op.create_table(
        "recovery_dismissal",
        *_text("site", "plan", "day", "dismissed_by"),
        *_whole("dismissed_at"),
        sa.PrimaryKeyConstraint("site", "plan"),
        sa.ForeignKeyConstraint(["site"], ["site.site"], name="fk_recovery_dismissal_"),
        **CLUSTERED,
    )
    op.create_table(
        "pattern_draft",
        *_text("site", "name", "body", "result", "made_by"),
        *_whole("made_at"),
        sa.PrimaryKeyConstraint("site", "name"),
        sa.ForeignKeyConstraint(["site"], ["site.site"], name="fk_pattern_draft_"),
        **CLUSTERED,
    )
