"""Offers that keep diaries full: a site's settings, what was learnt of its demand, and calls that ended without a booking."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
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
    """Create the new tables."""
    op.create_table(
        "site_setting",
        *_text("site", "name", "value", "set_by"),
        *_whole("set_at"),
        sa.PrimaryKeyConstraint("site", "name"),
        sa.ForeignKeyConstraint(["site"], ["site.site"], name="fk_site_setting_"),
        **CLUSTERED,
    )
    op.create_table(
        "learnt_demand",
        *_text("site", "first_day", "last_day", "bookings", "refusals"),
        *_whole("learnt_at"),
        sa.PrimaryKeyConstraint("site"),
        sa.ForeignKeyConstraint(["site"], ["site.site"], name="fk_learnt_demand_"),
        **CLUSTERED,
    )
    op.create_table(
        "value_table",
        *_text("site", "mix", "stages"),
        sa.PrimaryKeyConstraint("site", "mix"),
        sa.ForeignKeyConstraint(["site"], ["site.site"], name="fk_value_table_"),
        **CLUSTERED,
    )
    op.create_table(
        "refusal",
        *_text("site", "id", "day", "type", "first_day", "last_day", "half", "reasons", "ending"),
        sa.PrimaryKeyConstraint("site", "id"),
        sa.ForeignKeyConstraint(["site", "type"], ["appointment_type.site", "appointment_type.code"], name="fk_refusal_type"),
        sa.CheckConstraint("half IN ('any', 'am', 'pm')", name="ck_refusal_half"),
        **STRICT,
    )
    op.create_index("ix_refusal_day", "refusal", ["site", "day"])
