"""Indexes by which reports read: entries by day, lines of the log by verb and instant."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the indexes."""
    op.create_index("ix_entry_day", "entry", ["site", "day"])
    op.create_index("ix_event_verb", "event", ["site", "verb", "at"])
