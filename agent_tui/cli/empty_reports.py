"""The answers of the commands on reports with nothing in them."""

from collections.abc import Callable
from typing import Any

Object = dict[str, Any]

_END = {"code": None, "reason": None}


def empty_report() -> Object:
    """Return the answer of `report NAME` with nothing in it."""
    return {
        **{"status": "refused", "name": None, "title": None, "from": None, "to": None, "by": None, "team": None, "diary": None},
        **{"compared_from": None, "compared_to": None, "tables": [], "notes": [], "files": []},
        **_END,
    }


def empty_schedule() -> Object:
    """Return the answer of `report schedule` and `report unschedule` with nothing in it."""
    return {"status": "refused", "schedule": None} | _END


def empty_due() -> Object:
    """Return the answer of `report due` with nothing in it."""
    return {"status": "refused", "total": 0, "items": [], "problems": []} | _END


def empty_list() -> Object:
    """Return the answer of a list with nothing in it."""
    return {"status": "refused", "total": 0, "items": []} | _END


EMPTIES: dict[str, Callable[[], Object]] = {
    "report": empty_report,
    "report list": empty_list,
    "report schedules": empty_list,
    "report schedule": empty_schedule,
    "report unschedule": empty_schedule,
    "report due": empty_due,
}
"""By command, where it is another answer than that of its group."""
