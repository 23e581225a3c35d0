"""What all tables share: one metadata of their own, and short words for their keys, checks and indexes."""

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, MetaData
from sqlalchemy import text as text_clause
from sqlmodel import SQLModel

STRICT = {"sqlite_strict": True}
CLUSTERED = {"sqlite_strict": True, "sqlite_with_rowid": False}


class Table(SQLModel):
    """What all tables share: one metadata of their own, so that no other SQLModel of a process joins them."""

    metadata: ClassVar[MetaData] = MetaData()


def refers(table: str, *columns: str, target: tuple[str, ...]) -> ForeignKeyConstraint:
    """Return a foreign key of a table that begins with the site."""
    name = f"fk_{table}_{'_'.join(columns)}"
    return ForeignKeyConstraint(("site", *columns), target, name=name)


def check(name: str, rule: str) -> CheckConstraint:
    """Return a named check."""
    return CheckConstraint(rule, name=f"ck_{name}")


def partial(name: str, rule: str, *columns: str) -> Index:
    """Return an index over the few rows of which a rule is true, so that a booking does not pay for it."""
    return Index(name, *columns, sqlite_where=text_clause(rule), postgresql_where=text_clause(rule))


def one_of(table: str, column: str, *values: str) -> CheckConstraint:
    """Return the check that a column has one of some values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return check(f"{table}_{column}", f"{column} IN ({listed})")
