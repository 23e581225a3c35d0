"""The story of one entry: each line of the log about it as a plain sentence, with who, when, what and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from agent_tui.domain.handovers import DECLINED, HANDED, TAKEN, named_in
from agent_tui.domain.log import Event, State
from agent_tui.domain.override import is_override
from agent_tui.domain.recovery import REASON as RECOVERY
from agent_tui.domain.rehoming import REHOMED
from agent_tui.domain.ticks import clock
from agent_tui.domain.today import recorded_minutes
from agent_tui.domain.wall_time import dated_moment, short_day, wall_of
from agent_tui.domain.whole_acts import GIVEN_BACK

_REASONS: Mapping[str, str] = {
    "claimant": "the claimant asked for it",
    "office": "the office asked for it",
    "coach_absent": "the coach is away",
    "room_unavailable": "the room is not available",
    "not_needed": "it is not needed any more",
    "entered_in_error": "it was entered in error",
}
_VERBS: Mapping[str, str] = {
    "held": "Held",
    "booked": "Booked",
    "confirmed": "Confirmed",
    "extended": "Hold extended",
    "released": "Hold let go",
    "moved": "Moved",
    "cancelled": "Cancelled",
    "undone": "Undone",
    "unplaced": "Left without a time",
    "placed": "Given its time again",
    "blocked": "Blocked",
    "unblocked": "Unblocked",
    "handover_taken": "Hold taken over",
    "handover_declined": "Hold not taken over",
}
_WHY_MOVED: Mapping[str, str] = {
    RECOVERY: ", so that more can be booked",
    REHOMED: ", placed anew since its coach or room is away",
    GIVEN_BACK: ", so that one that had lost its time has it again",
}
_STATUSES: Mapping[str, str] = {"dna": "missed", "late": "attended late", "unplaced": "without a time"}
_ENDINGS = (" - F2F", " - Phone", " - Video", " - phone", " - video")


@dataclass(frozen=True, slots=True)
class Words:
    """Names that a story uses: types by code, coaches by diary, staff by login, and claimants by opaque id as they may be seen.

    `zone` is the site's; who is in none of them appears by code, login or opaque id.
    """

    zone: str
    types: Mapping[str, str] = field(default_factory=dict)
    coaches: Mapping[str, str] = field(default_factory=dict)
    staff: Mapping[str, str] = field(default_factory=dict)
    clients: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One line of the log in a plain sentence; `at` is site time in ms UTC."""

    seq: int
    at: int
    who: str
    verb: str
    text: str


@dataclass(frozen=True, slots=True)
class Story:
    """What became of an entry, oldest first, with its type and its claimant's opaque id as of the last line."""

    entry: str
    type: str | None
    client: str | None
    lines: tuple[StoryLine, ...]


def story_of(entry: str, events: Iterable[Event], words: Words, *, offered: bool = False) -> Story:
    """Return the story of an entry from the lines of the log about it, in their order; `offered` says that it is the hold
    of an offer to a claimant who waits for an earlier time."""
    known = list(events)
    state = next((one.after for one in reversed(known) if one.after is not None), None) or {}
    lines = tuple(StoryLine(one.seq, one.at, one.who, one.verb, sentence(one, words, offered=offered)) for one in known)
    return Story(entry, state.get("type"), state.get("client"), lines)


def sentence(event: Event, words: Words, *, offered: bool = False) -> str:
    """Return a line of the log about an entry as a sentence; nobody is called back when the hold of an offer lapses.

    A verb that it does not know is said as it is, with the place that the entry has after it.
    """
    by = by_words(event, words)
    before, after = event.before, event.after or {}
    if event.verb == "recorded":
        return f"Recorded {by}: {_attendance(event.after or {}, event.reason)}."
    if event.verb == "lapsed":
        kept = "the claimant waits on for an earlier time" if offered else "a call-back was kept"
        return f"The hold lapsed; it was met {by}, and {kept}."
    if event.verb == "undone":
        return _undone(by, after, words, event)
    if event.verb == "released" and event.reason == "moved":
        return f"The hold ended {by}, since the appointment was moved to its time."
    if event.verb == HANDED:
        to = named_in(event.reason) or ""
        return f"Hold handed to {words.staff.get(to, to)} {by}: {where_when(after, words, event)}."
    verb = _VERBS.get(event.verb, event.verb.replace("_", " ").capitalize())
    if event.verb == "blocked" and before is not None:
        verb = "Block fitted around an appointment"
    place = _place(after or before or {}, words, event)
    if event.verb == "moved" and before is not None:
        why = ", for an urgent request" if is_override(event.reason) else _WHY_MOVED.get(event.reason or "", "")
        lost = ", where it had no time," if before.get("status") == "unplaced" else ","
        return f"{verb} {by}: from {where_when(before, words, event)}{lost} to {where_when(after, words, event)}{why}."
    if event.verb == "cancelled":
        return f"{verb} {by}: {_REASONS.get(event.reason or '', event.reason or 'no reason given')}."
    if event.verb in ("extended", "released", "placed", "unplaced", "unblocked", TAKEN, DECLINED):
        return f"{verb} {by}: {where_when(after or before or {}, words, event)}."
    more = " It is to move another appointment there." if event.verb == "held" and after.get("moving") else ""
    if event.verb == "imported" and after.get("status", "booked") != "booked":
        more = f" It is {status_words(after['status'])}."
    return f"{verb} {by}{f': {place}' if place else ''}.{more}"


def by_words(event: Event, words: Words) -> str:
    """Return who wrote a line and when, "by Ann Archer on Tue 24 Nov 2026 09:02"."""
    return f"by {words.staff.get(event.who, event.who)} on {when_words(event.at, words.zone)}"


def status_words(status: str) -> str:
    """Return an appointment's status as a sentence says it."""
    return _STATUSES.get(status, status)


def when_words(instant: int, zone: str) -> str:
    """Return an instant as site time, "Tue 24 Nov 2026 09:02"."""
    wall = wall_of(instant, zone)
    return dated_moment(wall)


def plain_type(name: str) -> str:
    """Return a type's name without the channel at its end."""
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    return name


def where_when(state: State, words: Words, event: Event) -> str:
    """Return a state's coach, day and time, "Coach 1, Wed 25 Nov 09:00 to 09:50"; empty for one without a day."""
    if not state.get("day"):
        return ""
    day = date.fromisoformat(state["day"])
    coach = words.coaches.get(state["diary"], state["diary"])
    return f"{coach}, {short_day(day, wall_of(event.at, words.zone).date())} {clock(state['start'])} to {clock(state['end'])}"


def _place(state: State, words: Words, event: Event) -> str:
    where = where_when(state, words, event)
    if not where:
        return ""
    code = state.get("type")
    what = plain_type(words.types.get(code, code)) if code else (state.get("reason") or "block time")
    client = state.get("client")
    return f"{what} with {where}" + (f", for {words.clients.get(client, client)}" if client else "")


def _attendance(state: State, reason: str | None) -> str:
    minutes = recorded_minutes(reason)
    if state.get("status") == "dna":
        return "the claimant did not attend, the rest of the time came free"
    if state.get("status") == "late":
        return "the claimant came late" if minutes is None else f"the claimant came {minutes} minutes late"
    return "the claimant attended" + ("" if minutes is None else f", for {minutes} minutes")


def _undone(by: str, after: State, words: Words, event: Event) -> str:
    number = (event.reason or "").removeprefix("undoes:")
    what = f"Line {number} was undone {by}" if number.isdigit() else f"Undone {by}"
    if after.get("status") == "undone":
        return f"{what}: it is as if it had never been made."
    return f"{what}: it is {status_words(after.get('status', ''))} again, {where_when(after, words, event)}."


_SUBJECTS = (
    *("diary", "resource", "type", "waiting", "call", "ticket", "kind", "contact", "day", "handoff", "flag", "override"),
    *("priority", "setting", "category"),
)


def _day_of(event: Event, iso: str) -> str:
    """Return a day as a list says it, with the year where that is not the one in which the line was written."""
    return short_day(date.fromisoformat(iso), wall_of(event.at, "UTC").date())


def event_words(event: Event) -> str:
    """Return what a line of the log is about in a few words, for a list: type, place and reason, no name of a claimant."""
    state = event.after or event.before or {}
    if not state.get("day") or "start" not in state:
        if isinstance(state.get("appointment"), dict):  # of a place on the waiting list
            state = state["appointment"]
            when = f"{_day_of(event, state['day'])} {clock(state['start'])}"
            return f"{state['type']} {when} {state['diary']} {state.get('client') or ''}".strip()
        if event.verb == "file_imported":
            flagged = f", {state['flags']} flagged" if state["flags"] else ""
            return f"{state['kind']}: {state['new']} new, {state['changed']} changed{flagged}"
        if "flags" in state:
            kinds = sorted({one["kind"].replace("_", " ") for one in state["flags"]})
            return f"{len(state['flags'])} flag{'' if len(state['flags']) == 1 else 's'}: {', '.join(kinds)}"
        parts = [str(state[key]) for key in _SUBJECTS if state.get(key)]
        return " ".join([*parts[:2], event.reason or ""]).strip()
    code = state.get("type") or state.get("reason") or ""
    who = state.get("client") or ""
    return f"{code} {_day_of(event, state['day'])} {clock(state['start'])} {state['diary']} {who}".strip()
