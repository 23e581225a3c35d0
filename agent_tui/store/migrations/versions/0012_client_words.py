"""What claimants are found by while somebody types: an index of words, digits and references.

The table is made empty; the migration that runs this puts into it what the claimants' rows say (store.client_index).
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_BY_BYTE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table and the index by claimant."""
    op.create_table(
        "client_word",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("word", _BY_BYTE, nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "kind", "word", "client"),
        sa.ForeignKeyConstraint(["site", "client"], ["client.site", "client.client"], name="fk_client_word_client"),
        sa.CheckConstraint("kind IN ('name', 'word', 'phone', 'reference')", name="ck_client_word_kind"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_client_word_client", "client_word", ["site", "client", "kind", "word"])
