"""The answers of the commands on flags, hand-offs, contacts, closed days, overrides and staff with nothing in them."""

from collections.abc import Callable
from typing import Any

from agent_tui.cli.empty_support import SUPPORT_EMPTIES

Object = dict[str, Any]

_END = {"code": None, "reason": None}


def empty_handoff() -> Object:
    """Return the answer of `handoffs take` and `handoffs close` with nothing in it."""
    return {"status": "refused", "repeated": False, "item": None} | _END


def empty_contact() -> Object:
    """Return the answer of `contacts set` and `contacts drop` with nothing in it."""
    return {"status": "refused", "repeated": False, "contact": None, "problems": []} | _END


def empty_escalation() -> Object:
    """Return the answer of `escalate` with nothing in it."""
    return {
        **{"status": "refused", "repeated": False, "id": None, "of": None, "subject": None, "contact": None, "who": None},
        **{"at": None, "facts": []},
        **_END,
    }


def empty_closure() -> Object:
    """Return the answer of `closures add` and `closures drop` with nothing in it."""
    return {"status": "refused", "repeated": False, "day": None, "name": None, "flagged": []} | _END


def empty_login() -> Object:
    """Return the answer of `staff add`, `role`, `off` and `on` with nothing in it."""
    return {"status": "refused", "repeated": False, "login": None, "item": None} | _END


def empty_flag() -> Object:
    """Return the answer of the commands on one flag with nothing in it."""
    return {
        **{"status": "refused", "repeated": False, "flag": None, "sides": [], "why": None, "policy": None, "proposal": None},
        **{"advice": None, "note": None, "escalations": [], "moves": [], "cancelled": None, "unplaced": []},
        **{"escalated_to": None, "facts": [], "code": None, "reason": None},
    }


def empty_override_preview() -> Object:
    """Return the answer of `override preview` with nothing in it."""
    return {
        **{"status": "refused", "type": None, "client": None, "priority": None, "from": None, "to": None},
        **{"free": None, "chains": [], "alternatives": []},
        **_END,
    }


def empty_override() -> Object:
    """Return the answer of `override commit`, `override prepare` and `override decide` with nothing in it."""
    return {
        **{"status": "refused", "repeated": False, "override": None, "id": None, "type": None, "client": None, "diary": None},
        **{"coach": None, "day": None, "start": None, "end": None, "say": None, "reason_code": None, "moves": [], "told": 0},
        **{"instead": [], "alternatives": []},
        **_END,
    }


EMPTIES: dict[str, Callable[[], Object]] = {
    **{f"flags {name}": empty_flag for name in ("show", "assign", "resolve", "reopen")},
    **{f"handoffs {name}": empty_handoff for name in ("take", "close")},
    **{f"contacts {name}": empty_contact for name in ("set", "drop")},
    **{f"closures {name}": empty_closure for name in ("add", "drop")},
    **{f"staff {name}": empty_login for name in ("add", "role", "email", "off", "on")},
    "escalate": empty_escalation,
    "override preview": empty_override_preview,
    **{f"override {name}": empty_override for name in ("commit", "prepare", "decide")},
    **SUPPORT_EMPTIES,
}
"""By command, where it is another answer than that of its group."""
