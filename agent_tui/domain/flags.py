"""Flags: which kinds there are, what each asks of whom, which of two sides gives way, and what the log says of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from agent_tui.domain.log import Event
from agent_tui.domain.requests import CANCEL_REASONS, PRIORITIES, EntryState
from agent_tui.domain.ticks import clock
from agent_tui.domain.types import AppointmentType
from agent_tui.domain.wall_time import short_date

CLIENT_CLASH, UNDER_BLOCK, IMPORT_OVERLAP, DISPLACED = "client_clash", "under_block", "import_overlap", "displaced"
NOT_ALLOWED, DIARY_OFF, ROOM_OFF, CLOSED_DAY = "not_allowed", "diary_off", "room_off", "closed_day"
NO_CAPACITY, HOLD_LAPSED, HANDOFF_OVERDUE = "no_capacity", "hold_lapsed", "handoff_overdue"
OVERRIDE_WAITS = "override_waits"
"""Of the queue only: an override that was prepared stands in it as a flag that is decided, not resolved."""

WHY: Final[Mapping[str, str]] = MappingProxyType(
    {
        CLIENT_CLASH: "The claimant has two appointments at once",
        UNDER_BLOCK: "The time of an appointment was blocked",
        NOT_ALLOWED: "No segment allows an appointment any more",
        IMPORT_OVERLAP: "The time of an imported appointment was taken",
        DISPLACED: "An appointment lost its time to another, or since its diary, coach or room is away",
        DIARY_OFF: "The diary of an appointment is switched off",
        ROOM_OFF: "A room or equipment of an appointment is switched off",
        CLOSED_DAY: "The site is closed on the day of an appointment",
        NO_CAPACITY: "A key type cannot be booked",
        HOLD_LAPSED: "A hold ran out during a call",
        HANDOFF_OVERDUE: "A hand-off is overdue",
        OVERRIDE_WAITS: "An override waits for a decision",
    }
)
"""Why a flag of each kind was raised; the kinds in the order of the filter."""
SHORT: Final[Mapping[str, str]] = MappingProxyType(
    {
        CLIENT_CLASH: "two at once",
        UNDER_BLOCK: "under a block",
        NOT_ALLOWED: "not allowed now",
        IMPORT_OVERLAP: "import overlap",
        DISPLACED: "displaced",
        DIARY_OFF: "diary off",
        ROOM_OFF: "room off",
        CLOSED_DAY: "closed day",
        NO_CAPACITY: "no capacity",
        HOLD_LAPSED: "hold lapsed",
        HANDOFF_OVERDUE: "hand-off due",
        OVERRIDE_WAITS: "override waits",
    }
)
"""Each kind in at most 15 characters."""
UNPLACED = (NOT_ALLOWED, IMPORT_OVERLAP, DISPLACED)
"""The kinds of which the appointment has no time: it moves or is cancelled, and cannot be left as it is."""
PAIRED = (CLIENT_CLASH, UNDER_BLOCK)
"""The kinds between two entries that have the same time."""
OFF = (DIARY_OFF, ROOM_OFF, CLOSED_DAY)
"""The kinds of an appointment that was kept while its diary, its room or the whole day is off."""
OF_APPOINTMENTS = (*PAIRED, *UNPLACED, *OFF)

KEEP, MOVE, CANCEL, OVERRIDE, ESCALATE, DISMISS, MENDED = "keep", "move", "cancel", "override", "escalate", "dismiss", "mended"
ASSIGN = "assign"
"""What gives a flag to somebody and resolves nothing."""
RESOLUTIONS = (KEEP, MOVE, CANCEL, OVERRIDE, ESCALATE, DISMISS)
REASONS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        KEEP: ("agreed", "no_other_time", "as_intended", "other"),
        MOVE: ("first_come", "urgency", "agreed", "coach_absent", "room_unavailable", "other"),
        CANCEL: CANCEL_REASONS,
        OVERRIDE: ("urgency", "key_type", "agreed", "other"),
        ESCALATE: ("needs_authority", "no_time_found", "overdue", "other"),
        DISMISS: ("not_a_conflict", "dealt_with", "duplicate", "other"),
    }
)
"""The reason codes of each way to resolve a flag."""
RESOLVED_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        KEEP: "kept as it is",
        MOVE: "moved",
        CANCEL: "cancelled",
        OVERRIDE: "given its time over another",
        ESCALATE: "escalated",
        DISMISS: "dismissed",
        MENDED: "mended",
    }
)

FIRST_COME, URGENCY = "first_come", "urgency"
POLICIES = (FIRST_COME, URGENCY)
POLICY_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        FIRST_COME: "first come, first served: what was made later gives way",
        URGENCY: "urgency: the lower priority gives way, of two alike what was made later",
    }
)
WITH_POLICY = (CLIENT_CLASH, IMPORT_OVERLAP, DISPLACED)
"""The kinds with two sides of which either may give way."""
_KEEP_THE_DAY = "the day is kept where it can be, then the time of day and the team; re-homing a whole day puts key types first"
ALWAYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        UNDER_BLOCK: "the block stays, and the appointment gives way to it",
        NOT_ALLOWED: "the segments hold, and the appointment goes to its nearest place",
        DIARY_OFF: _KEEP_THE_DAY,
        ROOM_OFF: _KEEP_THE_DAY,
        CLOSED_DAY: "nobody is seen on a closed day, and the appointment goes to its nearest place",
        NO_CAPACITY: "a key type has a start within five working days",
        HOLD_LAPSED: "whoever was on the phone is called back",
        HANDOFF_OVERDUE: "key types first, then what was due first",
        OVERRIDE_WAITS: "never over an equal priority; a supervisor decides, or a team leader where nothing asks for one",
    }
)
"""The policy of the other kinds, of which a site has no choice."""
SORTS = ("age", "urgency", "when", "kind")

MAY_RESOLVE = ("supervisor", "admin")
MAY_ASSIGN = ("leader", "supervisor", "admin")

CHANGED, ASSIGNED, RESOLVED, REOPENED = "flags_changed", "flag_assigned", "flag_resolved", "flag_reopened"
"""The verbs of the log about flags."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A conflict that waits for somebody: open or closed, instants in ms UTC, the day as ISO text.

    It is about an entry (and `other`, the second side), or a key type, a hand-off or a call. `closed_seq` is the line of the
    log that closed it, `mended_seq` that with which the trouble itself ended, None while it lasts.
    """

    id: str
    kind: str
    status: str
    raised_by: str
    raised_at: int
    entry: str | None = None
    other: str | None = None
    type: str | None = None
    resource: str | None = None
    day: str | None = None
    handoff: str | None = None
    call: str | None = None
    assigned_to: str | None = None
    assigned_by: str | None = None
    resolution: str | None = None
    reason: str | None = None
    resolved_by: str | None = None
    resolved_at: int | None = None
    closed_seq: int | None = None
    mended_seq: int | None = None

    @property
    def is_open(self) -> bool:
        """Return whether it waits for somebody."""
        return self.status == "open"

    @property
    def lasts(self) -> bool:
        """Return whether its trouble is still there, though somebody may have decided to leave it so."""
        return self.is_open or (self.mended_seq is None and self.resolution in (KEEP, DISMISS))

    def as_state(self) -> dict[str, Any]:
        """Return what the log keeps of it: codes, opaque ids and instants."""
        subjects = {name: getattr(self, name) for name in _SUBJECTS if getattr(self, name) is not None}
        return {"flag": self.id, "kind": self.kind, "status": self.status, "by": self.raised_by, "at": self.raised_at} | subjects


_SUBJECTS = ("entry", "other", "type", "resource", "day", "handoff", "call")


def is_urgent(flag: Flag, sides: Iterable[EntryState], types: Mapping[str, AppointmentType], today: str) -> bool:
    """Return whether a flag should come before others: a claim's payment, an urgent claimant or a time of today depends on it.

    Source: seeds/sop-slot-allocation.txt, "Priority & Conflict Management".
    """
    if flag.kind == NO_CAPACITY:
        return True
    kind = types.get(flag.type or "")
    if kind is not None and flag.kind == HANDOFF_OVERDUE and kind.key_on(date.fromisoformat(today)):
        return True
    for one in sides:
        kind = types.get(one.type or "")
        if one.day.isoformat() < today:
            continue
        if one.priority == "urgent" or one.day.isoformat() == today or (kind is not None and kind.key_on(one.day)):
            return True
    return False


def gives_way(kind: str, policy: str, one: EntryState, two: EntryState) -> EntryState:
    """Return which of two sides gives way under a site's policy; of an appointment under a block always the appointment.

    Source: seeds/sop-slot-allocation.txt, "Priority & Conflict Management" (first come, first served, or urgency).
    """
    if two.kind == "block" or kind == UNDER_BLOCK:
        return one
    if one.kind == "block":
        return two
    if policy == URGENCY and one.priority != two.priority:
        return min(one, two, key=lambda side: PRIORITIES.index(side.priority))
    return max(one, two, key=lambda side: (side.made_at, side.id))


def may_not(role: str, verb: str, *, own: bool = False, delegated: bool = False) -> str | None:
    """Return the sentence of who could, when a role may not "assign", "escalate" or "resolve" a flag; None when it may.

    `own` says that it is about the person's own diary, `delegated` that a supervisor has given it to them.
    """
    if verb in (ASSIGN, ESCALATE):
        if role in MAY_ASSIGN or (verb == ESCALATE and (own or delegated)):
            return None
        return f"Flags are {'assigned' if verb == ASSIGN else 'escalated'} by a team leader, a supervisor or an administrator."
    if role in MAY_RESOLVE or (role == "coach" and own) or delegated:
        return None
    if role == "coach":
        return "A coach resolves flags of the own diary only; a supervisor can resolve this one."
    return "Flags are resolved by a supervisor or an administrator, or by whom a supervisor has assigned one to."


def cannot_stay(flag: Flag, how: str, *, placed: bool) -> str | None:
    """Return why a flag cannot be resolved in a way whatever the role; `placed` says that its appointment has a time."""
    if how in (MOVE, CANCEL, OVERRIDE) and flag.kind not in OF_APPOINTMENTS:
        return f"{WHY[flag.kind]}: there is no appointment to {'cancel' if how == CANCEL else 'move'}."
    if how in (KEEP, DISMISS) and flag.kind in UNPLACED and not placed:
        return "The appointment has no time, so it cannot stay as it is: move or cancel it."
    if how == OVERRIDE and (flag.kind not in UNPLACED or placed):
        return "Only an appointment that lost its time can be given it over another; move or keep this one."
    return None


def raised_words(flag: Flag, when: str, who: str) -> str:
    """Return what raised a flag: an act of somebody, or time or bookings, which whoever looked first has met.

    `who` is a name, or "you".
    """
    cause = _MET.get(flag.kind)
    if cause is None or (flag.kind == NO_CAPACITY and flag.id[_VERSION] == _BY_CHANCE):
        return f"Raised {when} by what {who} did."
    return f"Raised {when}, when {who} looked: {cause}."


_MET: Final[Mapping[str, str]] = MappingProxyType(
    {
        NO_CAPACITY: "bookings or time have left it no start",
        HOLD_LAPSED: "the time of the hold had run out",
        HANDOFF_OVERDUE: "its due day had passed",
    }
)
"""What brings kinds about that nobody's act raises. A key type may lose its starts by an act too."""
_VERSION: Final = slice(14, 15)
_BY_CHANCE: Final = "4"
"""The version in the id of a flag that an act raises; whoever only looks draws the id from what the flag is about."""


def side_words(entry: EntryState) -> str:
    """Return one side of a flag in codes: what, when and in which diary."""
    what = entry.type or entry.reason or entry.kind
    return f"{what} {short_date(entry.day)} {clock(entry.start)} in {entry.diary}"


def in_order(flags: Sequence[tuple[Flag, bool, str]], sort: str) -> list[int]:
    """Return the places of flags, given with whether each is urgent and when it is about, in one of SORTS; open ones first."""
    kinds = list(WHY)

    def key(at: int) -> tuple[Any, ...]:
        flag, urgent, when = flags[at]
        age = (flag.raised_at, when or "9999", flag.id)
        first = {
            "urgency": (not urgent,),
            "when": (when or "9999",),
            "kind": (kinds.index(flag.kind) if flag.kind in kinds else len(kinds),),
        }.get(sort, ())
        return (not flag.is_open, *first, *age)

    return sorted(range(len(flags)), key=key)


def replayed(events: Iterable[Event]) -> dict[str, Flag]:
    """Return the flags by id that the lines of the log tell of, in their order: what the table of flags must hold."""
    flags: dict[str, Flag] = {}
    for event in events:
        after = event.after or {}
        if event.verb == CHANGED:
            for told in after["flags"]:
                _tell(flags, told, event.seq)
        elif event.verb == ASSIGNED:
            flags[after["flag"]] = replace(flags[after["flag"]], assigned_to=after["to"], assigned_by=event.who)
        elif event.verb == RESOLVED and after["how"] != ESCALATE:
            done = replace(flags[after["flag"]], status="closed", resolution=after["how"], reason=event.reason)
            flags[done.id] = replace(done, resolved_by=event.who, resolved_at=event.at, closed_seq=event.seq)
        elif event.verb == REOPENED:
            flags[after["flag"]] = opened_again(flags[after["flag"]])
    return flags


def opened_again(flag: Flag) -> Flag:
    """Return a flag as it is once it is open again: nothing of how it ended is left."""
    ended = replace(flag, resolution=None, reason=None, resolved_by=None, resolved_at=None)
    return replace(ended, status="open", closed_seq=None, mended_seq=None)


def _tell(flags: dict[str, Flag], told: Mapping[str, Any], seq: int) -> None:
    id, known = told["flag"], flags.get(told["flag"])
    subjects = {name: told.get(name) for name in _SUBJECTS}
    new = Flag(id, told["kind"], "open", told["by"], told["at"], **subjects)
    if told["status"] == "open":
        who, by = (None, None) if known is None else (known.assigned_to, known.assigned_by)
        flags[id] = replace(new, assigned_to=who, assigned_by=by)
    else:
        line = told.get("seq", seq)
        old = known or new
        if old.is_open:
            old = replace(old, status="closed", resolution=MENDED, closed_seq=line)
        flags[id] = replace(old, mended_seq=line)
