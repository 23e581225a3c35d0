"""Logins that are switched off, since when."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the column without building the table anew."""
    op.add_column("staff", sa.Column("off_at", _WHOLE, nullable=True, autoincrement=False))
