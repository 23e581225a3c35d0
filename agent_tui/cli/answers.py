"""Answers as contract objects and as plain lines."""

import sys
from collections.abc import Iterable, Mapping
from typing import Any

from agent_tui.cli.empties import Object, empty_outcome
from agent_tui.cli.progress import quiet
from agent_tui.domain.cleaning import clean_for_display, json_text
from agent_tui.domain.drop_in import DropInNow
from agent_tui.domain.requests import Booked, EntryState, HandedOff, ListItem, Offer, Outcome, Reason, Refused
from agent_tui.domain.ticks import MINUTES_PER_TICK, clock
from agent_tui.domain.wall_time import WEEKDAYS, iso_instant, short_date

REFUSED = 3


class CommandEnd(Exception):
    """A command that has printed its answer and ends with an exit code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Malformed(Exception):
    """Input that cannot be read; the message is one sentence, the exit code 2."""


def answer(as_json: bool, shown: Mapping[str, Any], lines: Iterable[str], *, code: int = 0, sentence: str | None = None) -> None:
    """Print an answer as one object or as plain lines; a code other than 0 says its sentence on stderr, and only there."""
    quiet()
    if as_json:
        print(json_text(shown))
    else:
        for line in lines:
            if not code or line != sentence:
                print(clean_for_display(line))
    if code:
        if sentence:
            print(clean_for_display(" ".join(sentence.split())), file=sys.stderr)
        raise CommandEnd(code)


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
        f"{short_date(offer.day):<15}  {clock(offer.start)}-{clock(offer.end)}  {offer.diary}  {offer.coach}"
        f"{f'  with {others}' if others else ''}{f'  {effect}' if effect else ''}"
    )


def reason_object(reason: Reason) -> Object:
    """Return one reason of the contract."""
    return {"rule": reason.rule, "text": reason.text, "count": reason.count, "fix": reason.fix}


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
    shown = empty_outcome()
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
    return f"  {one.status}: {what} {short_date(one.day)} {clock(one.start)}-{clock(one.end)} {one.diary}, id {one.id}"


def outcome_lines(outcome: Outcome) -> list[str]:
    """Return the answer to an act as plain lines."""
    if isinstance(outcome, HandedOff):
        return [outcome.reason, f"Hand-off {outcome.id}."]
    if isinstance(outcome, Refused):
        return [outcome.reason, *[f"  free: {offer_line(offer)}" for offer in outcome.alternatives]]
    entry = outcome.entry
    what = entry.type or entry.reason
    lines = [
        f"{outcome.status}{' (already)' if outcome.repeated else ''}: {what} {short_date(entry.day)}"
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


def show_list(as_json: bool, total: int, items: list[Object], lines: Iterable[str], nothing: str) -> None:
    """Print a list with how many there are in all, or the sentence that says that there is nothing."""
    answer(as_json, {"status": "list", "total": total, "items": items}, list(lines) or [nothing])
