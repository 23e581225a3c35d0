"""Reports: indexes by which they read, schedules, and what was written."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

CLUSTERED = {"sqlite_strict": True, "sqlite_with_rowid": False}
_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=null) for name in names]


def _whole(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, _WHOLE, nullable=False, autoincrement=False) for name in names]


def upgrade() -> None:
    """Add the indexes and create the tables."""
    op.create_index("ix_entry_day", "entry", ["site", "day"])
    op.create_index("ix_event_verb", "event", ["site", "verb", "at"])
    op.create_table(
        "report_schedule",
        *_text("site", "schedule", "report", "every", "form"),
        *_text("team", "diary", null=True),
        *_text("made_by"),
        *_whole("made_at"),
        sa.PrimaryKeyConstraint("site", "schedule"),
        sa.ForeignKeyConstraint(["site"], ["site.site"], name="fk_report_schedule_"),
        sa.CheckConstraint("every IN ('day', 'week', 'month')", name="ck_report_schedule_every"),
        sa.CheckConstraint("form IN ('csv', 'xlsx', 'html')", name="ck_report_schedule_form"),
        **CLUSTERED,
    )
    op.create_table(
        "report_run",
        *_text("site", "schedule", "first_day", "last_day", "file", "written_by"),
        *_whole("written_at"),
        sa.PrimaryKeyConstraint("site", "schedule", "first_day"),
        sa.ForeignKeyConstraint(["site"], ["site.site"], name="fk_report_run_"),
        **CLUSTERED,
    )
