"""Overrides that wait for a supervisor."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STRICT = {"sqlite_strict": True}
_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=null) for name in names]


def _whole(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, _WHOLE, nullable=null, autoincrement=False) for name in names]


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "override_request",
        *_text("site", "id", "status", "wanted"),
        *_text("said", null=True),
        *_text("chain", "reason", "prepared_by"),
        *_whole("prepared_at"),
        *_text("decided_by", null=True),
        *_whole("decided_at", null=True),
        *_text("entry", null=True),
        sa.PrimaryKeyConstraint("site", "id"),
        sa.ForeignKeyConstraint(["site"], ["site.site"], name="fk_override_request_"),
        sa.ForeignKeyConstraint(["site", "entry"], ["entry.site", "entry.id"], name="fk_override_request_entry"),
        sa.CheckConstraint(
            "status IN ('open', 'approved', 'declined', 'withdrawn', 'outdated')", name="ck_override_request_status"
        ),
        **STRICT,
    )
    op.create_index("ix_override_request_status", "override_request", ["site", "status"])
    op.create_index("ix_override_request_entry", "override_request", ["site", "entry"])
