"""What services take and return: requests, offers and the answers to an act."""

from dataclasses import dataclass, field
from datetime import date

from agent_tui.domain.drop_in import DropInNow

REFUSAL_CODES = (
    "taken",
    "held",
    "not_allowed",
    "not_assigned",
    "unknown_type",
    "unknown_diary",
    "unknown_client",
    "past",
    "notice",
    "closed",
    "off_grid",
    "client_clash",
    "limit",
    "stale_version",
    "id_reused",
    "hold_expired",
    "role",
    "unknown_entry",
    "not_possible",
    "unknown_need",
    "unknown_resource",
    "unknown_ticket",
    "unknown_contact",
    "unknown_login",
    "nothing_found",
    "undo_expired",
)
DONE_WORDS = {
    "hold": "held",
    "book": "booked",
    "confirm": "booked",
    "extend": "extended",
    "release": "released",
    "move": "moved",
    "cancel": "cancelled",
    "attend": "recorded",
    "undo": "undone",
    "block": "blocked",
    "unblock": "unblocked",
    "hand_off": "handed off",
    "handed_over": "handed over",
    "handover_taken": "taken over",
    "handover_declined": "declined",
}
"""What is said of an act once it is done, as in "it was booked"."""
PRIORITIES = ("standard", "high", "urgent")
CANCEL_REASONS = ("claimant", "office", "coach_absent", "room_unavailable", "not_needed", "entered_in_error")
OUTCOMES = ("attended", "dna", "late")
BLOCK_REASONS = ("leave", "training", "meeting", "absence", "other")
OVER_APPOINTMENTS = ("refuse", "keep", "cancel", "move")
"""What a block can do with the appointments in its time."""


@dataclass(frozen=True, slots=True)
class ClockWindow:
    """A part of the day in ticks: with `whole` the appointment must lie in it, else only its start."""

    start: int
    end: int
    whole: bool


MORNING = ClockWindow(0, 144, False)
AFTERNOON = ClockWindow(144, 288, False)


@dataclass(frozen=True, slots=True)
class Request:
    """What is searched for; `near` is a tick, `notice` minutes (None for the site's), `limit` None for no limit.

    With `every` all starts are listed, else those that are recommended.
    """

    type: str
    first_day: date
    last_day: date
    window: ClockWindow | None = None
    near: int | None = None
    diary: str | None = None
    team: str | None = None
    channel: str | None = None
    needs: tuple[str, ...] = ()
    client: str | None = None
    notice: int | None = None
    booker: str | None = None
    limit: int | None = 50
    every: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """A start that can be booked now, `start` to `end` in ticks; `flush` if it touches a segment's edge or an entry.

    `loss` is what it is expected to cost in ticks of later bookings, `stranded_minutes` the free time that it makes unusable;
    `recommended` if that is hardly more than the day's best.
    """

    diary: str
    coach: str
    team: str
    day: date
    start: int
    end: int
    channel: str
    resources: tuple[str, ...]
    flush: bool
    loss: float = 0.0
    stranded_minutes: int = 0
    recommended: bool = True

    @property
    def keeps_whole(self) -> bool:
        """Return whether it makes no free time unusable and leaves the room for long meetings that the day can have."""
        return self.recommended and not self.stranded_minutes


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that left nothing to offer, how many diary days (or diaries) it closed, and what would help."""

    rule: str
    text: str
    count: int
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class TypeInHand:
    """The type searched for, with the minutes in force on the first day of the search."""

    code: str
    name: str | None
    minutes: int | None
    channel: str | None
    key: bool | None


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a search: status "offers", "none" or "handoff", the offers shown, and how many the list has in all.

    `starts` counts every start that can be booked, recommended or not.
    `drop_in` says when the claimant may come without an appointment, None where the type is no drop-in.
    """

    status: str
    type: TypeInHand
    first_day: date
    last_day: date
    total: int
    offers: tuple[Offer, ...]
    reasons: tuple[Reason, ...] = ()
    drop_in: DropInNow | None = None
    starts: int = 0


@dataclass(frozen=True, slots=True)
class Wish:
    """What a caller asked to have booked; who they are may be missing for a hold.

    `day`, `start` (tick) and `diary` name the time, or `first` takes the first offer of `search`.
    """

    type: str
    day: date | None = None
    start: int | None = None
    diary: str | None = None
    first: bool = False
    search: Request | None = None
    client: str | None = None
    needs: tuple[str, ...] = ()
    contact: str = "phone"
    priority: str = "standard"
    priority_reason: str | None = None
    allow_clash: bool = False
    access_needs: str | None = None
    language: str | None = None
    note: str | None = None
    claim_date: date | None = None
    moving: str | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a time: kind "hold", "appointment" or "block", the staff member's name, and a hold's end in ms UTC."""

    kind: str
    who: str | None
    until: int | None


@dataclass(frozen=True, slots=True)
class EntryState:
    """An entry as everybody outside the store sees it: ticks, opaque client id, instants in ms UTC.

    `pair` is what entries made together share: of a recurring block and of a pair of meetings the id of the first.
    """

    id: str
    kind: str
    status: str
    type: str | None
    client: str | None
    diary: str
    day: date
    start: int
    end: int
    resources: tuple[str, ...]
    needs: tuple[str, ...]
    channel: str | None
    priority: str
    contact: str | None
    version: int
    made_by: str
    made_at: int
    expires_at: int | None = None
    moving: str | None = None
    reason: str | None = None
    pair: str | None = None

    @property
    def is_meeting(self) -> bool:
        """Return whether a claimant is seen in it: an appointment, or block time that is booked for one.

        Source: seeds/spotlight-appointment-booking.txt, "Appointments to be booked directly into the work coach diary".
        """
        return self.kind == "appointment" or (self.kind == "block" and self.client is not None)


@dataclass(frozen=True, slots=True)
class Booked:
    """An act that was done: what became of the entry (`status` is the word of the act) and what to say.

    `put_back` are the other entries that an undo has brought back to what they were.
    """

    status: str
    entry: EntryState
    coach: str
    say: str | None = None
    repeated: bool = False
    seq: int | None = None
    put_back: tuple[EntryState, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """An act that was not done: the code, a sentence, who holds the time, and the next free starts."""

    code: str
    reason: str
    held_by: Holder | None = None
    alternatives: tuple[Offer, ...] = ()
    id: str | None = None
    type: str | None = None
    diary: str | None = None
    day: date | None = None
    start: int | None = None


@dataclass(frozen=True, slots=True)
class HandedOff:
    """A request that no diary can take, written down for the site's contact with a due date."""

    id: str
    reason: str
    type: str
    client: str | None
    contact: str
    due: date
    repeated: bool = False
    request: str | None = None


Outcome = Booked | Refused | HandedOff


@dataclass(frozen=True, slots=True)
class Skipped:
    """A day of a recurring block that was left out, with the refusal code and the sentence."""

    day: date
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Moved:
    """An appointment that had to leave its time: as it was, as it is now, and the coach who has it now."""

    before: EntryState
    after: EntryState
    coach: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """What a block did, would do or gave back: `status` is "blocked", "preview" or "unblocked".

    `entries` are the blocks, `hit` the appointments in their time as they were before, `moves` where those of them went
    that were moved, `skipped` the days left out. A preview has no entries, and `code` and `reason` where the block would
    be refused for what it hits.
    """

    status: str
    diary: str
    day: date
    start: int
    end: int
    entries: tuple[EntryState, ...] = ()
    hit: tuple[EntryState, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    moves: tuple[Moved, ...] = ()
    repeated: bool = False
    code: str | None = None
    reason: str | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the ids of the blocks, by day."""
        return tuple(one.id for one in self.entries)


@dataclass(frozen=True, slots=True)
class RefusedOver(Refused):
    """A block that was refused for the appointments in its time."""

    hit: tuple[EntryState, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedUndo(Refused):
    """An undo of an act that is taken back elsewhere: `on` a "flag" or on the "waiting list"."""

    on: str = ""


@dataclass(frozen=True, slots=True)
class ListItem:
    """One line of a work list (hand-offs, flags, calls): id, kind, status, instant in ms UTC, words, and details."""

    id: str
    kind: str
    status: str
    at: int
    text: str
    details: dict[str, str | None] = field(default_factory=dict)
