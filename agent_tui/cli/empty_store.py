"""The answers of the commands on a store as a whole with nothing in them."""

from collections.abc import Callable
from typing import Any

Object = dict[str, Any]

_END = {"code": None, "reason": None}


def empty_copy() -> Object:
    """Return the answer of `store copy` with nothing in it."""
    return {
        **{"status": "refused", "from": None, "to": None, "sites": [], "rows": 0, "tables": {}, "findings": [], "then": None},
        **_END,
    }


def empty_backup() -> Object:
    """Return the answer of `backup` with nothing in it."""
    return {
        **{"status": "refused", "store": None, "file": None, "bytes": None, "schema": None, "sites": [], "recorded": None},
        **_END,
    }


def empty_restore() -> Object:
    """Return the answer of `restore` with nothing in it."""
    return {
        **{"status": "refused", "dry_run": False, "store": None, "file": None, "kept": None, "schema": None, "before": []},
        **{"sites": [], "recorded": None},
        **_END,
    }


def empty_set_up() -> Object:
    """Return the answer of `setup` with nothing in it."""
    return {
        **{"status": "refused", "store": None, "site": None, "teams": None, "diaries": None, "rooms": None, "types": None},
        **{"logins": []},
        **_END,
    }


EMPTIES: dict[str, Callable[[], Object]] = {
    "store copy": empty_copy,
    "backup": empty_backup,
    "restore": empty_restore,
    "setup": empty_set_up,
}
"""By command."""
