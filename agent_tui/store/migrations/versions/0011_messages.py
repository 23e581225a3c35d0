"""Messages that are delivered: how, how often tried, and what became of them; who sends one; how claimants are written to."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

CLUSTERED = {"sqlite_strict": True, "sqlite_with_rowid": False}
_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ONE_OF = (
    "(CASE WHEN entry IS NULL THEN 0 ELSE 1 END) + (CASE WHEN ticket IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN support_ticket IS NULL THEN 0 ELSE 1 END) = 1"
)
_WAITS = sa.text("status IN ('queued', 'asking', 'failed')")


def _text(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=null) for name in names]


def _whole(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, _WHOLE, nullable=null, autoincrement=False) for name in names]


def upgrade() -> None:
    """Build the table of messages anew with what it holds, create that of who sends one, and add the columns."""
    op.execute("CREATE TABLE message_kept AS SELECT * FROM message")
    op.drop_table("message")
    _create_message()
    op.execute(
        "INSERT INTO message (site, reference, entry, kind, version, status, channel, made_at, not_before, next_at, attempts,"
        " told_by) SELECT site, entry || '.' || kind || '.' || CAST(version AS TEXT), entry, kind, version, status,"
        " CASE status WHEN 'told' THEN 'phone' END, made_at, not_before, not_before, 0, told_by FROM message_kept"
    )
    op.drop_table("message_kept")
    op.create_table(
        "message_claim",
        *_text("site", "reference", "sender"),
        *_whole("expires_at"),
        sa.PrimaryKeyConstraint("site", "reference"),
        sa.ForeignKeyConstraint(["site", "reference"], ["message.site", "message.reference"], name="fk_message_claim_reference"),
        **CLUSTERED,
    )
    for table, column in (("client", "preferred_channel"), ("client", "address"), ("staff", "email")):
        op.add_column(table, sa.Column(column, sa.Text(), nullable=True))


def _create_message() -> None:
    op.create_table(
        "message",
        *_text("site", "reference"),
        *_text("entry", "ticket", "support_ticket", null=True),
        *_text("kind"),
        *_whole("version"),
        *_whole("rule", null=True),
        *_text("day", null=True),
        *_text("status"),
        *_text("channel", "language", "template", null=True),
        *_whole("made_at", "not_before", "next_at", "attempts"),
        *_text("provider_id", "error", null=True),
        *_whole("sent_at", null=True),
        *_text("told_by", null=True),
        sa.PrimaryKeyConstraint("site", "reference"),
        sa.ForeignKeyConstraint(["site", "entry"], ["entry.site", "entry.id"], name="fk_message_entry"),
        sa.ForeignKeyConstraint(["site", "ticket"], ["ticket.site", "ticket.id"], name="fk_message_ticket"),
        sa.ForeignKeyConstraint(
            ["site", "support_ticket"], ["support_ticket.site", "support_ticket.id"], name="fk_message_support_ticket"
        ),
        sa.CheckConstraint("status IN ('queued', 'asking', 'sent', 'told', 'failed', 'dropped')", name="ck_message_status"),
        sa.CheckConstraint("channel IN ('sms', 'email', 'letter', 'phone', 'ticket', 'coach')", name="ck_message_channel"),
        sa.CheckConstraint(_ONE_OF, name="ck_message_of"),
        **CLUSTERED,
    )
    op.create_index("ix_message_entry", "message", ["site", "entry"])
    op.create_index("ix_message_due", "message", ["site", "status", "next_at"], sqlite_where=_WAITS, postgresql_where=_WAITS)
