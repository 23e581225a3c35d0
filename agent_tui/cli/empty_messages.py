"""The answers of the commands on messages with nothing in them."""

from collections.abc import Callable
from typing import Any, Final

Object = dict[str, Any]

_END: Final = {"code": None, "reason": None}


def empty_outbox() -> Object:
    """Return the answer of `outbox list` with nothing in it."""
    return {"status": "refused", "total": 0, "items": [], "counts": {}, **_END}


def empty_message() -> Object:
    """Return the answer of the commands on one message, or on those of one appointment, with nothing in it."""
    return {
        **{"status": "refused", "repeated": False, "messages": 0, "message": None, "subject": None, "body": None, "parts": None},
        **_END,
    }


def empty_sent() -> Object:
    """Return the answer of `send` with nothing in it."""
    return {
        **{"status": "refused", "sent": 0, "already": 0, "again": 0, "failed": 0, "dropped": 0, "asking": 0},
        **{"without": {}, "problems": {}, "stopped": False},
        **_END,
    }


def empty_reminders() -> Object:
    """Return the answer of `remind` with nothing in it."""
    return {"status": "refused", "total": 0, "items": [], "too_late": 0, "without": 0, **_END}


MESSAGE_EMPTIES: Final[dict[str, Callable[[], Object]]] = {
    "outbox list": empty_outbox,
    **{f"outbox {name}": empty_message for name in ("show", "retry", "drop", "channel")},
    "told": empty_message,
    "send": empty_sent,
    "remind": empty_reminders,
}
"""By command."""
