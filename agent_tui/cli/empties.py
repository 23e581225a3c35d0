"""The answers of all commands with nothing in them: every key, in the order in which it is shown."""

from typing import Any

from agent_tui.cli import empty_flags, empty_messages, empty_reports, empty_store, empty_words
from agent_tui.cli.empty_support import SUPPORT_LISTS

Object = dict[str, Any]

EMPTIES = {
    **empty_flags.EMPTIES,
    **empty_messages.MESSAGE_EMPTIES,
    **empty_reports.EMPTIES,
    **empty_store.EMPTIES,
    **empty_words.EMPTIES,
}
"""Answers with nothing in them, by command."""


_EMPTY: dict[str, Object] = {
    "find": {"type": None, "from": None, "to": None, "total": 0, "offers": [], "reasons": [], "drop_in": None},
    "ask": {
        **{"type": None, "from": None, "to": None, "total": 0, "starts": 0, "offers": [], "reasons": [], "drop_in": None},
        **{"asked": None, "client": None, "parse": [], "unread": [], "questions": [], "say": None},
    },
    "why": {
        **{"type": None, "diary": None, "coach": None, "day": None, "start": None, "end": None},
        **{"reasons": [], "instead": []},
    },
    "week": {
        **{"week": None, "types": [], "days": [], "starts": [], "counts": [], "by_diary": {}, "totals": []},
        **{"team": None, "diary": None, "channel": None, "booker": None, "notes": []},
        **{"ahead": None, "groups": [], "file": None},
    },
    "use": {"from": None, "to": None, "team": None, "diary": None, "rule": None, "families": []},
    "whitespace": {
        **{"week": None, "team": None, "diary": None, "days": [], "open_minutes": 0, "free_minutes": 0},
        **{"usable_minutes": 0, "stranded_minutes": 0, "spaces": [], "trend": [], "notes": []},
    },
    "recover": {"week": None, "team": None, "diary": None, "total": 0, "plans": [], "note": None},
    "store": {"members": [], "without": []},
    "day": {"day": None, "closed": None, "diaries": []},
    "log": {"site": None, "head": None, "events": []},
    "story": {"entry": None, "type": None, "client": None, "lines": []},
    "today": {"day": None, "now": None, "closed": None, "diaries": []},
    "today list": {"day": None, "closed": None, "format": None, "out": None, "document": None, "diaries": []},
    "doctor": {
        **{"store": None, "engine": None, "engine_version": None, "schema": None},
        **{"findings": [], "invariants": {}, "head": None, "log": None},
    },
    "align": {
        **{"optimal": None, "gap": None, "idle_minutes": None, "idle_by_coach": [], "first_wait_by_coach": []},
        **{"wait_minutes": None, "mean_wait_minutes": None, "waits": [], "pattern": [], "guidance": None, "unaligned": None},
        **{"first": None, "second": None, "interviews": [], "second_minutes": None},
        **{"open": None, "first_breaks": [], "second_breaks": [], "effect": None},
    },
    "soak": {
        **{"store": None, "engine": None, "terminals": None, "rate": None, "seconds": None, "acts": 0, "bookings": 0},
        **{"moves": 0, "cancellations": 0, "refused": 0, "trouble": 0, "trouble_text": None, "reached": None},
        **{
            "p50_ms": None,
            "p99_ms": None,
            "worst_ms": None,
            "processor_ms": None,
            "memory_bytes": None,
            "memory_growth_bytes": None,
        },
        **{"wal_most_bytes": None, "wal_last_bytes": None, "wal_written_bytes": None, "bound_ms": None, "knee": None},
        **{"steps": [], "checked": 0, "broken": {}},
    },
    "demo": {
        **{"store": None, "site": None, "seed": None, "first_day": None, "last_day": None, "teams": None, "diaries": None},
        **{"rooms": None, "types": None, "clients": None, "appointments": None},
        **{"minutes_available": None, "minutes_booked": None},
    },
    **{
        name: {"total": 0, "items": []}
        for name in (
            "types",
            "diaries",
            "clients",
            "handoffs",
            "flags",
            "calls",
            "requests",
            "sooner",
            "guarantee",
            "sandbox list",
            "contacts",
            "closures",
            "override",
            "override list",
            "staff",
            "access",
            "handovers",
            "presence",
            *SUPPORT_LISTS,
        )
    },
    "verify": {"checked": 0, "total": 0, "broken": None, "seq": None, "line": None, "head": None, "file": None},
    "retain": {"items": [], "undated": 0, "backups": None, "stopped": False},
    "completion": {"shell": None, "script": None},
    "serve": {"address": None, "open": None, "port": None},
    "subject": {"client": None, "file": None, "form": None, "counts": {}},
}


_EMPTY["check"] = {"total": 0, "items": [], "missing": []}


_BLOCKS = ("block", "unblock")


_DIARIES = ("diary", "resource")


_SEGMENTS = ("segments", "overtime", "sandbox apply")


_ACTS = ("hold", "book", "confirm", "extend", "release", "move", "cancel", "attend", "undo", "show")


_HANDED = ("handover", "handovers decline")


def problem_object(command: str | None, status: str, code: str, reason: str) -> Object:
    """Return the object of a command that could not be run, with every key that its answer would have."""
    if command in _DIARIES:
        keys = empty_diary()
    elif command == "type":
        keys = empty_type()
    elif command in ("guarantee set", "guarantee drop"):
        keys = empty_guarantee()
    elif command in ("check sign", "check undo"):
        keys = empty_check()
    elif command in ("type propose", "guarantee propose"):
        keys = empty_segments() | {"proposal": None}
    elif command == "pair":
        keys = empty_pair()
    elif command == "rehome":
        keys = empty_rehoming()
    elif command in EMPTIES:
        keys = EMPTIES[command]()
    elif command in _QUEUE:
        keys = _QUEUE[command]()
    elif command in _TRANSFERS:
        keys = _TRANSFERS[command]()
    elif command in _RECOVERED:
        keys = empty_recovered()
    elif command == "diary absorb":
        keys = empty_absorbed()
    elif command == "sandbox":
        keys = empty_sandbox()
    elif command == "handovers take":
        keys = empty_outcome() | {"draft": {}, "call": None}
    elif command in _SEGMENTS:
        keys = empty_segments()
    else:
        keys = (
            empty_outcome()
            if command in (*_ACTS, *_HANDED)
            else empty_block()
            if command in _BLOCKS
            else _EMPTY.get(command or "", {})
        )
    return {"status": status} | keys | {"status": status, "code": code, "reason": reason}


def empty_of(command: str) -> Object:
    """Return the answer of a command with nothing in it, refused until it is said otherwise."""
    return {"status": "refused", **_EMPTY[command], "code": None, "reason": None}


def empty_outcome() -> Object:
    return {
        "status": "refused",
        "repeated": False,
        "id": None,
        "type": None,
        "diary": None,
        "coach": None,
        "day": None,
        "start": None,
        "end": None,
        "minutes": None,
        "resources": [],
        "client": None,
        "expires_at": None,
        "version": None,
        "code": None,
        "reason": None,
        "held_by": None,
        "alternatives": [],
        "handoff": None,
        "say": None,
        "pair": None,
        "put_back": [],
    }


def empty_block() -> Object:
    """Return the answer of `block` and `unblock` with nothing in it."""
    return {
        "status": "refused",
        "repeated": False,
        "ids": [],
        "diary": None,
        "day": None,
        "start": None,
        "end": None,
        "hit": [],
        "moves": [],
        "code": None,
        "reason": None,
        "held_by": None,
        "skipped": [],
        "words": None,
    }


def empty_segments() -> Object:
    """Return the answer of the commands of `segments`, and of `overtime`, with nothing in it."""
    return {
        "status": "refused",
        "repeated": False,
        "patterns": [],
        "diaries": [],
        "unplaced": [],
        "placed": [],
        "key_types_lost": [],
        "checks": [],
        "assigned": [],
        "code": None,
        "reason": None,
        "problems": [],
    }


def empty_sandbox() -> Object:
    """Return the answer of the commands of `sandbox` with nothing in it."""
    return {
        **{"status": "refused", "repeated": False, "name": None, "made_by": None, "made_at": None, "source": None, "seed": None},
        **{"weeks": None, "from": None, "to": None, "changes": None, "requests": None, "today": None, "draft": None},
        **{"toml": None, "code": None, "reason": None},
    }


def empty_absorbed() -> Object:
    """Return the answer of `diary absorb` with nothing in it."""
    return {
        "status": "refused",
        "repeated": False,
        "ticket": None,
        "diary": None,
        "into": [],
        "from": None,
        "patterns": [],
        "assigned": [],
        "moves": [],
        "unplaced": [],
        "unblocked": [],
        "blocks": [],
        "key_types_lost": [],
        "checks": [],
        "code": None,
        "reason": None,
        "held_by": None,
        "problems": [],
    }


def empty_diary() -> Object:
    """Return the answer of the commands of `diary` and `resource` with nothing in it."""
    return {
        "status": "refused",
        "repeated": False,
        "ticket": None,
        "diary": None,
        "resource": None,
        "flagged": [],
        "key_types_lost": [],
        "code": None,
        "reason": None,
        "problems": [],
    }


def empty_type() -> Object:
    """Return the answer of `type key` and `type dropin` with nothing in it."""
    return {
        "status": "refused",
        "repeated": False,
        "type": None,
        "from": None,
        "key": None,
        "changes": [],
        "drop_in": None,
        "code": None,
        "reason": None,
    }


def empty_guarantee() -> Object:
    """Return the answer of `guarantee set` and `guarantee drop` with nothing in it."""
    return {
        "status": "refused",
        "repeated": False,
        "type": None,
        "starts": None,
        "days": None,
        "guarantee": None,
        "code": None,
        "reason": None,
    }


def empty_check() -> Object:
    """Return the answer of `check sign` and `check undo` with nothing in it."""
    return {
        "status": "refused",
        "repeated": False,
        "week": None,
        "signed_by": None,
        "name": None,
        "signed_at": None,
        "red": [],
        "done": None,
        "code": None,
        "reason": None,
    }


def empty_import() -> Object:
    """Return the answer of `import` with nothing in it."""
    return {
        "status": "refused",
        "loaded": 0,
        "flags": 0,
        "rejected": [],
        "dry_run": False,
        "counts": {},
        "files": [],
        "flagged": [],
        "outside": [],
        "unnamed": 0,
        "repeated": False,
        "code": None,
        "reason": None,
    }


def empty_export() -> Object:
    """Return the answer of `export` with nothing in it."""
    return {"status": "refused", "repeated": False, "folder": None, "files": [], "code": None, "reason": None}


def empty_site() -> Object:
    """Return the answer of `site create` with nothing in it."""
    return {"status": "refused", "site": None, "store": None, "logins": [], "code": None, "reason": None}


def empty_pair() -> Object:
    """Return the answer of the commands of `pair` with nothing in it."""
    return {
        "status": "refused",
        "repeated": False,
        "pair": None,
        "first": None,
        "second": None,
        "wait_minutes": None,
        "pairs": [],
        "total": 0,
        "code": None,
        "reason": None,
        "held_by": None,
        "alternatives": [],
        "handoff": None,
    }


def empty_rehoming() -> Object:
    """Return the answer of the commands of `rehome` with nothing in it."""
    return {
        **{"status": "refused", "repeated": False, "plan": None, "diary": None, "resource": None, "day": None, "from": None},
        **{"cause": None, "kept_on_day": 0, "moved": [], "left": [], "gap": 0, "gap_of": None, "proved": None, "told": 0},
        **{"blocks": [], "note": None, "code": None, "reason": None, "held_by": None, "instead": None},
    }


def empty_requests_load() -> Object:
    """Return the answer of `requests load` with nothing in it."""
    return {
        "status": "refused",
        "repeated": False,
        "dry_run": False,
        "file": None,
        "loaded": 0,
        "duplicates": 0,
        "same": 0,
        "raised": 0,
        "clients_made": 0,
        "items": [],
        "rejected": [],
        "code": None,
        "reason": None,
    }


def empty_request() -> Object:
    """Return the answer of `requests show`, `requests take`, `requests done` and `requests return` with nothing in it."""
    return {"status": "refused", "repeated": False, "item": None, "code": None, "reason": None}


def empty_sooner() -> Object:
    """Return the answer of `sooner add` and `sooner end` with nothing in it."""
    return {"status": "refused", "repeated": False, "item": None, "code": None, "reason": None}


def empty_sooner_offer() -> Object:
    """Return the answer of `sooner offer` with nothing in it: that of an act, with the call and what was answered."""
    return empty_outcome() | {"call": None, "answer": None}


_QUEUE = {
    "requests load": empty_requests_load,
    **{f"requests {name}": empty_request for name in ("show", "take", "done", "return")},
    **{f"sooner {name}": empty_sooner for name in ("add", "end")},
    "sooner offer": empty_sooner_offer,
}


_RECOVERED = ("recover accept", "recover dismiss")


_TRANSFERS = {"import": empty_import, "export": empty_export, "site": empty_site}


def empty_recovered() -> Object:
    """Return the answer of `recover accept` and `recover dismiss` with nothing in it."""
    return {
        "status": "refused",
        "repeated": False,
        "plan": None,
        "won": None,
        "moves": [],
        "plans": [],
        "code": None,
        "reason": None,
    }
