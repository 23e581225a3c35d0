"""The answers of the commands on support and review with nothing in them."""

from collections.abc import Callable
from typing import Any, Final

Object = dict[str, Any]

SUPPORT_LISTS: Final = ("faq", "incident", "ticket", "feedback", "improve", "procedures")
"""Groups of commands whose own answer is a list."""
_ACTS: Final = {
    "faq": ("show", "raise", "watch", "unwatch", "answer", "publish"),
    "support": ("undo",),
    "incident": ("raise", "show", "close"),
    "ticket": ("raise", "show", "close"),
    "feedback": ("add", "show", "erase"),
    "improve": ("add", "close"),
    "procedures": ("add", "reviewed"),
}


def empty_support() -> Object:
    """Return the answer of the commands on one question, incident, ticket, item of feedback, improvement or procedure."""
    return {
        **{"status": "refused", "repeated": False, "id": None, "item": None, "say": None, "near": [], "problems": []},
        **{"code": None, "reason": None},
    }


SUPPORT_EMPTIES: Final[dict[str, Callable[[], Object]]] = {
    f"{group} {name}": empty_support for group, names in _ACTS.items() for name in names
}
"""By command."""
