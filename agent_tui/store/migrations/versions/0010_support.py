"""Questions and answers, incidents and tickets, feedback, improvements, and procedures with their reviews."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STRICT = {"sqlite_strict": True}
CLUSTERED = {"sqlite_strict": True, "sqlite_with_rowid": False}
_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=null) for name in names]


def _whole(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, _WHOLE, nullable=null, autoincrement=False) for name in names]


def _closing() -> list[sa.Column[Any]]:
    return [*_text("outcome", "closed_by", null=True), *_whole("closed_at", null=True)]


def _refers(table: str, column: str = "", target: str = "site", key: str = "") -> sa.ForeignKeyConstraint:
    own, other = (["site", column], [f"{target}.site", f"{target}.{key}"]) if column else (["site"], ["site.site"])
    return sa.ForeignKeyConstraint(own, other, name=f"fk_{table}_{column}")


def upgrade() -> None:
    """Create the tables."""
    _create_support()
    _create_review()


def _create_support() -> None:
    op.create_table(
        "question",
        *_text("site", "id", "words", "word_key", "raised_by"),
        *_whole("raised_at"),
        sa.PrimaryKeyConstraint("site", "id"),
        sa.UniqueConstraint("site", "word_key", name="uq_question_word_key"),
        _refers("question"),
        **STRICT,
    )
    op.create_table(
        "question_answer",
        *_text("site", "question", "words", "answered_by"),
        *_whole("answered_at"),
        sa.PrimaryKeyConstraint("site", "question"),
        _refers("question_answer", "question", "question", "id"),
        **STRICT,
    )
    op.create_table(
        "question_watch",
        *_text("site", "question", "login"),
        *_whole("told_at", null=True),
        sa.PrimaryKeyConstraint("site", "question", "login"),
        _refers("question_watch", "question", "question", "id"),
        **CLUSTERED,
    )
    op.create_table(
        "incident",
        *_text("site", "id", "kind", "words", "acts", "findings", "version", "engine", "noticed", "made_by"),
        *_whole("made_at"),
        *_closing(),
        sa.PrimaryKeyConstraint("site", "id"),
        sa.CheckConstraint("kind IN ('no_access', 'slow', 'not_saving', 'other')", name="ck_incident_kind"),
        _refers("incident"),
        **STRICT,
    )
    op.create_table(
        "support_ticket",
        *_text("site", "id", "about", "subject", "words", "made_by"),
        *_whole("made_at"),
        *_closing(),
        sa.PrimaryKeyConstraint("site", "id"),
        sa.UniqueConstraint("site", "subject", name="uq_support_ticket_subject"),
        sa.CheckConstraint("about IN ('question', 'incident')", name="ck_support_ticket_about"),
        _refers("support_ticket"),
        **STRICT,
    )


def _create_review() -> None:
    op.create_table(
        "feedback",
        *_text("site", "id", "source"),
        *_text("entry", "procedure", "words", null=True),
        *_text("made_by"),
        *_whole("made_at"),
        sa.PrimaryKeyConstraint("site", "id"),
        sa.CheckConstraint("source IN ('claimant', 'staff')", name="ck_feedback_source"),
        sa.CheckConstraint("(entry IS NULL) <> (procedure IS NULL)", name="ck_feedback_of"),
        _refers("feedback", "entry", "entry", "id"),
        **STRICT,
    )
    op.create_index("ix_feedback_entry", "feedback", ["site", "entry"])
    op.create_table(
        "improvement",
        *_text("site", "id", "title", "owner", "due"),
        *_text("feedback", null=True),
        *_text("made_by"),
        *_whole("made_at"),
        *_closing(),
        sa.PrimaryKeyConstraint("site", "id"),
        _refers("improvement", "feedback", "feedback", "id"),
        _refers("improvement", "owner", "staff", "login"),
        **STRICT,
    )
    op.create_index("ix_improvement_feedback", "improvement", ["site", "feedback"])
    op.create_table(
        "procedure_review",
        *_text("site", "code", "title", "source", "reports"),
        *_text("reviewed", "reviewed_by", null=True),
        sa.PrimaryKeyConstraint("site", "code"),
        _refers("procedure_review"),
        **CLUSTERED,
    )
