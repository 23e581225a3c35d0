"""Column types that SQLite's STRICT tables and PostgreSQL both take: TEXT, INTEGER, and nothing else is needed.

A day is ISO text, an instant is integer milliseconds UTC, a truth is 0 or 1, a UUID is text, a list is JSON text.
"""

from typing import Any

from sqlalchemy import BigInteger, Integer, Text
from sqlmodel import Field

_WHOLE = BigInteger().with_variant(Integer(), "sqlite")
_BY_BYTE: Any = Text().with_variant(Text(collation="C"), "postgresql")


def text(*, key: bool = False, **options: Any) -> Any:
    """Return a TEXT column that must be filled."""
    return Field(sa_type=Text, primary_key=key, nullable=False, **options)


def prefix_text(*, key: bool = False) -> Any:
    """Return a TEXT column that is ordered byte by byte on both engines, so that its index finds what begins with a text."""
    return Field(sa_type=_BY_BYTE, primary_key=key, nullable=False)


def maybe_text(**options: Any) -> Any:
    """Return a TEXT column that may be empty."""
    return Field(default=None, sa_type=Text, nullable=True, **options)


def whole(*, key: bool = False, **options: Any) -> Any:
    """Return an integer column that must be filled; 64 bits on PostgreSQL, so that it takes an instant."""
    return Field(sa_type=_WHOLE, primary_key=key, nullable=False, sa_column_kwargs={"autoincrement": False}, **options)


def maybe_whole(**options: Any) -> Any:
    """Return an integer column that may be empty."""
    return Field(default=None, sa_type=_WHOLE, nullable=True, **options)
