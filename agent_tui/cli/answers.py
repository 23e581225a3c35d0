"""Answers as contract objects and as plain lines."""

import sys
from collections.abc import Iterable, Mapping
from typing import Any

from agent_tui.cli import empty_flags, empty_reports, empty_store
from agent_tui.domain.cleaning import clean_for_display, json_text
from agent_tui.domain.drop_in import DropInNow
from agent_tui.domain.requests import Booked, EntryState, HandedOff, ListItem, Offer, Outcome, Reason, Refused
from agent_tui.domain.ticks import MINUTES_PER_TICK, clock
from agent_tui.domain.wall_time import WEEKDAYS, iso_instant

REFUSED = 3
EMPTIES = {**empty_flags.EMPTIES, **empty_reports.EMPTIES, **empty_store.EMPTIES}
"""Answers with nothing in them, by command."""

Object = dict[str, Any]


class CommandEnd(Exception):
    """A command that has printed its answer and ends with an exit code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Malformed(Exception):
    """Input that cannot be read; the message is one sentence, the exit code 2."""


def answer(as_json: bool, shown: Mapping[str, Any], lines: Iterable[str], *, code: int = 0, sentence: str | None = None) -> None:
    """Print an answer as one object or as plain lines; a code other than 0 also says its sentence on stderr."""
    if as_json:
        print(json_text(shown))
    else:
        for line in lines:
            print(clean_for_display(line))
    if code:
        if sentence:
            print(clean_for_display(" ".join(sentence.split())), file=sys.stderr)
        raise CommandEnd(code)


_EMPTY: dict[str, Object] = {
    "find": {"type": None, "from": None, "to": None, "total": 0, "offers": [], "reasons": [], "drop_in": None},
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
        **{"findings": [], "invariants": {}, "head": None},
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
        )
    },
    "verify": {"checked": 0, "total": 0, "broken": None, "seq": None, "line": None, "head": None, "file": None},
    "retain": {"items": [], "undated": 0, "backups": None, "stopped": False},
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
        keys = _empty_outcome() | {"draft": {}, "call": None}
    elif command in _SEGMENTS:
        keys = empty_segments()
    else:
        keys = (
            _empty_outcome()
            if command in (*_ACTS, *_HANDED)
            else empty_block()
            if command in _BLOCKS
            else _EMPTY.get(command or "", {})
        )
    return {"status": status} | keys | {"status": status, "code": code, "reason": reason}


def empty_of(command: str) -> Object:
    """Return the answer of a command with nothing in it, refused until it is said otherwise."""
    return {"status": "refused", **_EMPTY[command], "code": None, "reason": None}


def offer_object(offer: Offer) -> Object:
    """Return one offer of the contract."""
    return {
        "diary": offer.diary,
        "coach": offer.coach,
        "team": offer.team,
        "day": offer.day.isoformat(),
        "start": clock(offer.start),
        "end": clock(offer.end),
        "channel": offer.channel,
        "resources": list(offer.resources),
        "flush": offer.flush,
        "loss": offer.loss,
        "stranded_minutes": offer.stranded_minutes,
    }


def offer_line(offer: Offer) -> str:
    """Return one offer as a line: weekday, day, time, diary, coach, other resources, what it does to the free time."""
    others = ", ".join(offer.resources[1:])
    effect = ""
    if offer.keeps_whole:
        effect = "keeps the diary whole"
    elif offer.stranded_minutes:
        effect = f"strands {offer.stranded_minutes} minutes"
    elif not offer.recommended:
        effect = "leaves less room for long meetings"
    return (
        f"{offer.day:%a} {offer.day.isoformat()}  {clock(offer.start)}-{clock(offer.end)}  {offer.diary}  {offer.coach}"
        f"{f'  with {others}' if others else ''}{f'  {effect}' if effect else ''}"
    )


def reason_object(reason: Reason) -> Object:
    """Return one reason of the contract."""
    return {"rule": reason.rule, "text": reason.text, "count": reason.count, "fix": reason.fix}


def _empty_outcome() -> Object:
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
    return _empty_outcome() | {"call": None, "answer": None}


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


def drop_in_object(drop_in: DropInNow | None) -> Object | None:
    """Return a drop-in: its hours, the words to say, and the next times in words."""
    if drop_in is None:
        return None
    hours = [{"weekday": WEEKDAYS[weekday], "start": clock(start), "end": clock(end)} for weekday, start, end in drop_in.hours]
    return {"hours": hours, "words": drop_in.words, "next": drop_in.next}


def drop_in_line(drop_in: DropInNow) -> str:
    """Return a drop-in as a line: the next times, then the words to say."""
    when = drop_in.next or "no time in the next two weeks"
    return f"Drop-in, no appointment needed: {when}. {drop_in.words}"


def outcome_object(outcome: Outcome) -> Object:
    """Return the answer to an act as the contract's object, every key present."""
    shown = _empty_outcome()
    if isinstance(outcome, Booked):
        return shown | _booked(outcome)
    if isinstance(outcome, HandedOff):
        return shown | {
            "status": "handoff",
            "repeated": outcome.repeated,
            "id": outcome.request,
            "type": outcome.type,
            "client": outcome.client,
            "code": "not_assigned",
            "reason": outcome.reason,
            "handoff": outcome.id,
            "due": outcome.due.isoformat(),
        }
    holder = outcome.held_by
    until = None if holder is None or holder.until is None else iso_instant(holder.until)
    return shown | {
        "id": outcome.id,
        "type": outcome.type,
        "diary": outcome.diary,
        "day": None if outcome.day is None else outcome.day.isoformat(),
        "start": None if outcome.start is None else clock(outcome.start),
        "code": outcome.code,
        "reason": outcome.reason,
        "held_by": None if holder is None else {"kind": holder.kind, "who": holder.who, "until": until},
        "alternatives": [offer_object(offer) for offer in outcome.alternatives],
    }


def _booked(outcome: Booked) -> Object:
    entry = outcome.entry
    return {
        "status": outcome.status,
        "repeated": outcome.repeated,
        "id": entry.id,
        "type": entry.type,
        "diary": entry.diary,
        "coach": outcome.coach,
        "day": entry.day.isoformat(),
        "start": clock(entry.start),
        "end": clock(entry.end),
        "minutes": (entry.end - entry.start) * MINUTES_PER_TICK,
        "resources": list(entry.resources),
        "client": entry.client,
        "expires_at": None if entry.expires_at is None else iso_instant(entry.expires_at),
        "version": entry.version,
        "say": outcome.say,
        "kind": entry.kind,
        "entry_status": entry.status,
        "channel": entry.channel,
        "priority": entry.priority,
        "contact": entry.contact,
        "made_by": entry.made_by,
        "moving": entry.moving,
        "pair": entry.pair,
        "put_back": [_put_back(one) for one in outcome.put_back],
    }


def _put_back(one: EntryState) -> Object:
    shown = {"id": one.id, "kind": one.kind, "entry_status": one.status, "type": one.type, "client": one.client}
    return shown | {"diary": one.diary, "day": one.day.isoformat(), "start": clock(one.start), "end": clock(one.end)}


def _put_back_line(one: EntryState) -> str:
    what = f"{one.type or one.reason} {one.client or ''}".strip()
    return f"  {one.status}: {what} {one.day.isoformat()} {clock(one.start)}-{clock(one.end)} {one.diary}, id {one.id}"


def outcome_lines(outcome: Outcome) -> list[str]:
    """Return the answer to an act as plain lines."""
    if isinstance(outcome, HandedOff):
        return [outcome.reason, f"Hand-off {outcome.id}."]
    if isinstance(outcome, Refused):
        return [outcome.reason, *[f"  free: {offer_line(offer)}" for offer in outcome.alternatives]]
    entry = outcome.entry
    what = entry.type or entry.reason
    lines = [
        f"{outcome.status}{' (already)' if outcome.repeated else ''}: {what} {entry.day:%a} {entry.day.isoformat()}"
        f" {clock(entry.start)}-{clock(entry.end)} {entry.diary} {outcome.coach}"
        f"{f' for {entry.client}' if entry.client else ''}, version {entry.version}",
        f"id {entry.id}",
    ]
    if entry.expires_at is not None:
        lines.append(f"lapses at {iso_instant(entry.expires_at)}")
    lines += [_put_back_line(one) for one in outcome.put_back]
    return [*lines, outcome.say] if outcome.say else lines


def show_outcome(as_json: bool, outcome: Outcome) -> None:
    """Print the answer to an act; a refusal or a hand-off ends with 3."""
    if isinstance(outcome, Booked):
        answer(as_json, outcome_object(outcome), outcome_lines(outcome))
        return
    answer(as_json, outcome_object(outcome), outcome_lines(outcome), code=REFUSED, sentence=outcome.reason)


def item_object(item: ListItem) -> Object:
    """Return one line of a work list."""
    return {"id": item.id, "kind": item.kind, "status": item.status, "at": iso_instant(item.at), "text": item.text} | item.details


def show_list(as_json: bool, total: int, items: list[Object], lines: Iterable[str]) -> None:
    """Print a list with how many there are in all."""
    answer(as_json, {"status": "list", "total": total, "items": items}, lines)
