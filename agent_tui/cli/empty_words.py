"""The answers of the commands that show what messages say with nothing in them."""

from collections.abc import Callable
from typing import Any, Final

Object = dict[str, Any]


def empty_check() -> Object:
    """Return the answer of `templates check` with nothing in it."""
    return {"status": "refused", "total": 0, "items": [], "problems": [], "code": None, "reason": None}


def empty_words() -> Object:
    """Return the answer of `templates preview`, `letter` and `form` with nothing in it."""
    return {
        **{"status": "refused", "id": None, "kind": None, "channel": None, "language": None, "template": None, "version": None},
        **{"subject": None, "body": None, "sms_parts": None, "characters": None, "alphabet": None, "too_long": None},
        **{"format": None, "out": None, "document": None, "code": None, "reason": None},
    }


EMPTIES: Final[dict[str, Callable[[], Object]]] = {
    "templates check": empty_check,
    **dict.fromkeys(("templates preview", "letter", "form"), empty_words),
}
"""By command."""
