"""The dictionary against which the services are held: what is there, who owns which tick, and what each act must answer.

It knows the site's rules in the plainest form, tick by tick, and shares no code with what it is compared with. What a
service chooses (a room, where somebody is moved to) is read from its answer and held against these rules.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from tests.small_site import FIVE, NINE, NOON, ONE
from tests.torture import site
from tests.torture.site import ELEVEN, TICKS

ROOMS = ("R01", "R02")
NEEDS_ROOM = "EV-F2F"
LIMIT = 2
HOLD_MS = 300_000
UNDO_MS = 60_000
OWNING = ("held", "booked", "blocked")
OPEN = frozenset((*range(NINE, NOON), *range(ONE, FIVE)))

Tick = tuple[str, str, int]


class Differs(AssertionError):
    """The store is not what the dictionary says, or answered what it should not have."""


@dataclass(frozen=True)
class Entry:
    """An entry as the dictionary has it; `ticks` are those that it owns while it lives."""

    id: str
    kind: str
    status: str
    type: str | None
    client: str | None
    diary: str
    day: str
    start: int
    end: int
    resources: tuple[str, ...]
    made_by: str
    expires: int | None = None
    moving: str | None = None
    ticks: frozenset[Tick] = frozenset()

    @property
    def span(self) -> frozenset[Tick]:
        """Return every tick of its time on all of its resources."""
        return frozenset((one, self.day, tick) for one in self.resources for tick in range(self.start, self.end))

    @property
    def shown(self) -> tuple[object, ...]:
        """Return what must be the same in the store."""
        place = (self.diary, self.day, self.start, self.end, tuple(sorted(self.resources)))
        return (self.kind, self.status, self.type, self.client, *place, self.expires, self.moving)


@dataclass
class Done:
    """An act that was done: by whom and when, what an undo of it must restore, and the entry that answered it."""

    login: str
    at: int
    entry: str
    before: dict[str, Entry | None]
    undo: bool = False


@dataclass
class World:
    """The dictionary."""

    now: int = 0
    entries: dict[str, Entry] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    plans: dict[tuple[str, str], frozenset[int]] = field(default_factory=dict)
    acts: list[Done] = field(default_factory=list)
    done_versions: list[int] = field(default_factory=list)

    def lives(self, entry: Entry) -> bool:
        """Return whether an entry owns its time: a hold does until its end."""
        return entry.status in OWNING and (entry.expires is None or entry.expires > self.now)

    def living(self) -> Iterable[Entry]:
        """Return the entries that own time."""
        return [one for one in self.entries.values() if self.lives(one)]

    def open_on(self, diary: str, day: str) -> frozenset[int]:
        """Return the ticks that a diary's day is open for."""
        return self.plans.get((diary, day), OPEN)

    def fits(self, entry: Entry) -> bool:
        """Return whether an entry's time lies in what its diary is open for."""
        return set(range(entry.start, entry.end)) <= self.open_on(entry.diary, entry.day)

    def owners(self) -> dict[Tick, str]:
        """Return who owns each tick; two owners are raised as Differs."""
        found: dict[Tick, str] = {}
        for one in self.living():
            for tick in one.ticks:
                if tick in found:
                    raise Differs(f"{tick} is owned by {found[tick]} and by {one.id}")
                found[tick] = one.id
        return found

    # What stands in the way of a time.

    def against(self, wanted: Entry, own: frozenset[str], *, clash: bool = False) -> set[str]:
        """Return the refusal codes that a time may be answered with, empty where it must be given.

        `own` are entries whose time it may use; with `clash` the claimant may have another at that time.
        """
        codes: set[str] = set()
        others = [one for one in self.living() if one.id not in own]
        owned = {tick for one in others for tick in one.ticks}
        if not self.fits(wanted):
            codes |= {"not_allowed", "closed"}
        mine = {(wanted.diary, wanted.day, tick) for tick in range(wanted.start, wanted.end)}
        if mine & owned:
            codes |= {"taken", "held"}
        if wanted.type == NEEDS_ROOM and not any(self._room_free(room, wanted, owned) for room in ROOMS):
            codes |= {"taken", "held"}
        if not clash and self.clashes(wanted, own):
            codes.add("client_clash")
        if self.limited(wanted) and not self._shares(wanted) and self.places(wanted, own) >= LIMIT:
            codes.add("limit")
        return codes

    @staticmethod
    def _room_free(room: str, wanted: Entry, owned: set[Tick]) -> bool:
        return not any((room, wanted.day, tick) in owned for tick in range(wanted.start, wanted.end))

    def clashes(self, wanted: Entry, own: frozenset[str]) -> list[Entry]:
        """Return the claimant's other times at a time; a hold to move one's own is none."""
        if wanted.client is None:
            return []
        return [
            one
            for one in self.living()
            if one.client == wanted.client
            and one.id not in own
            and one.moving not in own
            and one.day == wanted.day
            and one.start < wanted.end
            and wanted.start < one.end
        ]

    @staticmethod
    def limited(entry: Entry) -> bool:
        """Return whether an entry needs a place in the limited morning of the last diary."""
        return entry.diary == "D03" and entry.kind != "block" and entry.start < ELEVEN and entry.end > NINE

    def _shares(self, entry: Entry) -> bool:
        """Return whether the hold of a move uses the place of its appointment."""
        moved = self.entries.get(entry.moving or "")
        return moved is not None and self.lives(moved) and self.limited(moved) and moved.day == entry.day

    def places(self, wanted: Entry, own: frozenset[str]) -> int:
        """Return how many places of the limited morning of a day are taken by others."""
        others = [one for one in self.living() if one.id not in own and one.day == wanted.day]
        return sum(self.limited(one) and not self._shares(one) for one in others)

    # What acts do.

    def put(self, entry: Entry, *, around: str | None = None) -> None:
        """Write an entry with all of its time, but for what `around` (its appointment) has."""
        lent = frozenset[Tick]() if around is None else self.entries[around].ticks
        self.entries[entry.id] = replace(entry, ticks=entry.span - lent)

    def end(self, id: str, status: str) -> None:
        """Take all time from an entry."""
        old = self.entries[id]
        self.entries[id] = replace(old, status=status, expires=None, ticks=frozenset())

    def release_moves(self, id: str) -> None:
        """End the holds that were made to move an appointment."""
        for one in list(self.entries.values()):
            if one.moving == id and one.status == "held":
                self.end(one.id, "released")

    def settle_blocks(self) -> None:
        """Give each block the ticks of its range that no appointment kept under it has."""
        for one in list(self.entries.values()):
            if one.status == "blocked":
                kept = {tick for other in self.living() if other.status == "booked" for tick in other.ticks}
                self.entries[one.id] = replace(one, ticks=one.span - kept)

    def under_block(self, entry: Entry) -> bool:
        """Return whether an appointment was kept under a block."""
        return any(
            one.status == "blocked" and (one.diary, one.day) == (entry.diary, entry.day) and one.start < entry.end
            and entry.start < one.end
            for one in self.entries.values()
        )  # fmt: skip


def diaries() -> list[str]:
    """Return the codes of the diaries."""
    return site.diary_codes(3)


def days() -> list[str]:
    """Return the days that are fought over."""
    return [day.isoformat() for day in site.working_days(2)]


def length_of(kind: str) -> int:
    """Return the ticks of a type."""
    return TICKS[kind]
