"""Flags that say how they ended, hand-offs that somebody takes, the contact list, and what was escalated to whom."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STRICT = {"sqlite_strict": True}
CLUSTERED = {"sqlite_strict": True, "sqlite_with_rowid": False}
_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=null) for name in names]


def _whole(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, _WHOLE, nullable=null, autoincrement=False) for name in names]


def upgrade() -> None:
    """Add columns to flags and hand-offs without building them anew, and create the new tables."""
    for column in (
        *_text("type", "resource", "day", "handoff", "call", "assigned_to", "assigned_by", null=True),
        *_text("resolution", "reason", "note", "resolved_by", null=True),
        *_whole("resolved_at", "closed_seq", "mended_seq", null=True),
    ):
        op.add_column("flag", column)
    # Until now a flag could be closed only by what mended it.
    op.execute("UPDATE flag SET resolution = 'mended' WHERE status = 'closed'")
    for column in (*_text("taken_by", "closed_by", "outcome", null=True), *_whole("closed_at", null=True)):
        op.add_column("handoff", column)
    op.create_table(
        "contact",
        *_text("site", "contact"),
        *_whole("level"),
        *_text("name", "reach", "hours", "set_by"),
        *_whole("set_at"),
        sa.PrimaryKeyConstraint("site", "contact"),
        sa.ForeignKeyConstraint(["site"], ["site.site"], name="fk_contact_"),
        sa.CheckConstraint("level > 0", name="ck_contact_level"),
        **CLUSTERED,
    )
    op.create_table(
        "escalation",
        *_text("site", "id", "subject_kind", "subject", "contact"),
        *_whole("level"),
        *_text("reason", "made_by"),
        *_whole("made_at"),
        sa.PrimaryKeyConstraint("site", "id"),
        sa.ForeignKeyConstraint(["site"], ["site.site"], name="fk_escalation_"),
        sa.CheckConstraint("subject_kind IN ('flag', 'call', 'appointment', 'handoff')", name="ck_escalation_subject_kind"),
        sa.CheckConstraint("level > 0", name="ck_escalation_level"),
        **STRICT,
    )
    op.create_index("ix_escalation_subject", "escalation", ["site", "subject"])
