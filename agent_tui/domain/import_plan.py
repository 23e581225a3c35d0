"""Where imported appointments go: each keeps its time where it is free and allowed, else it is kept without a time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations

from agent_tui.domain.availability import Now
from agent_tui.domain.flags import IMPORT_OVERLAP, NOT_ALLOWED
from agent_tui.domain.import_rows import AppointmentRow, BlockRow
from agent_tui.domain.import_text import unknown
from agent_tui.domain.log import fingerprint
from agent_tui.domain.requests import EntryState
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import TICKS_PER_DAY, runs_in, span, ticks_of_minutes
from agent_tui.domain.type_files import FileProblem
from agent_tui.domain.wall_time import changed_clock, ticks_of_clock_change

OUTCOMES = ("attended", "late", "dna")
_TAKEN = "another entry has its time"

Claim = tuple[str, str, int, int]
Use = tuple[str, int, int]
"""A place in a limited segment: pattern, the segment's start tick, ordinal."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A row whose codes are known: the appointment as it would stand, and what tells this row from another."""

    row: AppointmentRow
    entry: EntryState
    said: str


@dataclass(frozen=True, slots=True)
class Stop:
    """What keeps an appointment from its time: the flag, and why in words."""

    flag: str
    why: str


@dataclass(frozen=True, slots=True)
class Placed:
    """An appointment with what it owns, its places in limited segments, what stops it, and the entries it clashes with."""

    arrival: Arrival
    entry: EntryState
    claims: tuple[Claim, ...]
    uses: tuple[Use, ...] = ()
    stop: Stop | None = None
    clashes: tuple[str, ...] = ()

    @property
    def flag(self) -> str | None:
        """Return the kind of its flag, None where its time is its own."""
        return None if self.stop is None else self.stop.flag


@dataclass
class Taken:
    """What stands already: taken ticks by (resource, ISO day), ordinals by limited segment, claimants' times by ISO day."""

    masks: dict[tuple[str, str], int] = field(default_factory=dict)
    uses: dict[tuple[str, str, str, int], set[int]] = field(default_factory=dict)
    clients: dict[tuple[str, str], list[tuple[int, int, str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who imports and when, in ms UTC of site time, and what makes the next id."""

    who: str
    at: int
    next_id: Callable[[], str]


def _begun(day: date, start: int, now: Now) -> bool:
    return (day, start) < (now.day, now.tick)


class Checker:
    """Looks up what rows name; one wrong code that stands in many rows is compared with the known ones once."""

    def __init__(self, catalogue: Catalogue, now: Now, clients: Callable[[str], str | None], stamp: Stamp) -> None:
        self._catalogue = catalogue
        self._now = now
        self._clients = clients
        self._stamp = stamp
        self._sentences: dict[tuple[str, str], str] = {}

    def arrivals(self, rows: Iterable[AppointmentRow], problems: list[FileProblem]) -> list[Arrival]:
        """Return the rows whose codes are known; the others become problems."""
        found = []
        for row in rows:
            before = len(problems)
            arrival = self._arrival(row, problems)
            if arrival is not None and len(problems) == before:
                found.append(arrival)
        return found

    def _unknown(self, row: AppointmentRow, what: str, code: str, known: Iterable[str], problems: list[FileProblem]) -> None:
        key = (what, code)
        if key not in self._sentences:
            self._sentences[key] = unknown(what, code, known)
        problems.append(FileProblem(row.line, "rooms" if what == "room" else what, self._sentences[key]))

    def _arrival(self, row: AppointmentRow, problems: list[FileProblem]) -> Arrival | None:
        catalogue = self._catalogue
        kind, diary = catalogue.types.get(row.type), catalogue.diaries.get(row.diary)
        if kind is None:
            self._unknown(row, "type", row.type, catalogue.types, problems)
        if diary is None:
            self._unknown(row, "diary", row.diary, catalogue.diaries, problems)
        for room in row.rooms:
            if room not in catalogue.rooms:
                self._unknown(row, "room", room, catalogue.rooms, problems)
        client = self._clients(row.client) if row.client else None
        if row.client and client is None:
            problems.append(FileProblem(row.line, "client", "No claimant has this reference; import clients.csv with it."))
        if kind is None or diary is None:
            return None
        length = kind.ticks_on(row.day) if row.minutes is None else ticks_of_minutes(row.minutes)
        if length is None:
            text = f"{row.type} has no length on {row.day.isoformat()}; say the minutes."
            problems.append(FileProblem(row.line, "minutes", text))
            return None
        if row.start + length > TICKS_PER_DAY:
            problems.append(FileProblem(row.line, "start", "The appointment runs over midnight, which no appointment does."))
            return None
        if row.status in OUTCOMES and not _begun(row.day, row.start, self._now):
            problems.append(FileProblem(row.line, "status", f"It is {row.status}, but has not begun yet."))
        self._check_kept(row, length, problems)
        return Arrival(row, self._entry(row, client, row.channel or kind.channel, length), _said(row, client))

    def _check_kept(self, row: AppointmentRow, length: int, problems: list[FileProblem]) -> None:
        """Refuse what a row keeps that is not of its own time, or of an appointment that has all of it or none."""
        if row.kept is None:
            return
        places = ("", row.diary, *row.rooms)
        strange = [code for code, first, last in row.kept if code not in places or first < row.start or last > row.start + length]
        if row.status not in OUTCOMES:
            problems.append(FileProblem(row.line, "kept", f"Only what is {', '.join(OUTCOMES)} can keep a part of its time."))
        elif strange:
            problems.append(FileProblem(row.line, "kept", "What is kept lies within the appointment, in its diary or its rooms."))

    def _entry(self, row: AppointmentRow, client: str | None, channel: str, length: int) -> EntryState:
        return EntryState(
            id=self._stamp.next_id(),
            kind="appointment",
            status=row.status,
            type=row.type,
            client=client,
            diary=row.diary,
            day=row.day,
            start=row.start,
            end=row.start + length,
            resources=(row.diary, *dict.fromkeys(row.rooms)),
            needs=(),
            channel=channel,
            priority=row.priority,
            contact=row.contact,
            version=1,
            made_by=self._stamp.who,
            made_at=self._stamp.at,
        )


def _said(row: AppointmentRow, client: str | None) -> str:
    """Return what tells whether a row says the same as when it was imported: codes, ids and times, nobody's words."""
    when = (row.day.isoformat(), row.start, row.minutes)
    rest = (row.status, row.channel, row.contact, row.priority, list(row.rooms))
    kept = [] if row.kept is None else [[list(one) for one in row.kept]]
    return fingerprint(["import", row.type, client, row.diary, *when, *rest, *kept])


def unfit(catalogue: Catalogue, entry: EntryState) -> tuple[str, str] | None:
    """Return the column and the sentence of an appointment that cannot be one at all, None of one that can.

    That is a type that is booked as block time, and a time in the hour that a clock change skips or repeats, which is no
    instant or two (architecture.md, "Two clocks").
    """
    kind = catalogue.types[entry.type or ""]
    if kind.booked_by == "block":
        return "type", f"{kind.code} is booked straight into a diary as block time, never as an appointment."
    zone = catalogue.site.zone
    if entry.status != "cancelled" and ticks_of_clock_change(entry.day, zone) & span(entry.start, entry.end):
        return "start", changed_clock(entry.day, entry.start, entry.end, zone)
    return None


def mask_kept(arrival: Arrival, resource: str) -> int:
    """Return the mask of what an appointment has of a resource's time by its row: the whole, or what the row says is kept."""
    kept = arrival.row.kept
    if kept is None:
        return span(arrival.entry.start, arrival.entry.end)
    found = 0
    for code, start, end in kept:
        found |= span(start, end) if code in ("", resource) else 0
    return found


class Placer:
    """Gives appointments their time, one after the other, beside what stands already."""

    def __init__(self, catalogue: Catalogue, now: Now, taken: Taken) -> None:
        self._catalogue = catalogue
        self._now = now
        self._taken = taken

    def free(self, entry: EntryState, claims: Iterable[Claim], uses: Iterable[Use]) -> None:
        """Take away what an appointment has that is about to be placed anew."""
        iso = entry.day.isoformat()
        for resource, day, start, end in claims:
            self._taken.masks[resource, day] = self._taken.masks.get((resource, day), 0) & ~span(start, end)
        for pattern, segment, ordinal in uses:
            self._taken.uses.get((entry.diary, iso, pattern, segment), set()).discard(ordinal)
        key = (entry.client or "", iso)
        if key in self._taken.clients:
            self._taken.clients[key] = [one for one in self._taken.clients[key] if one[2] != entry.id]

    def place(self, arrivals: Sequence[Arrival], told: Callable[[], None] = lambda: None) -> list[Placed]:
        """Return appointments in their order with what each owns; `told` is called for each that is placed.

        Those that were missed come last: their time was free for others.
        """
        found: dict[int, Placed] = {}
        for missed in (False, True):
            for number, one in enumerate(arrivals):
                if (one.entry.status == "dna") == missed:
                    found[number] = self._place(one)
                    told()
        return [found[number] for number in range(len(arrivals))]

    def _place(self, arrival: Arrival) -> Placed:
        entry = arrival.entry
        if entry.status == "cancelled":
            return Placed(arrival, entry, ())
        if entry.status == "dna":
            return self._history(arrival, None)
        begun = _begun(entry.day, entry.start, self._now)
        forbidden = None if begun else self._forbidden(entry)
        if forbidden is not None:
            return self._unplaced(arrival, entry, Stop(NOT_ALLOWED, forbidden))
        if not begun:
            roomed = self._with_rooms(entry)
            if isinstance(roomed, Stop):
                return self._unplaced(arrival, entry, roomed)
            entry = roomed
        iso, wanted = entry.day.isoformat(), span(entry.start, entry.end)
        if arrival.row.kept is not None:
            return self._history(arrival, Stop(IMPORT_OVERLAP, _TAKEN) if self._kept_is_taken(arrival, iso) else None)
        if any(self._taken.masks.get((resource, iso), 0) & wanted for resource in entry.resources):
            stop = Stop(IMPORT_OVERLAP, _TAKEN)
            return self._history(arrival, stop) if entry.status in OUTCOMES else self._unplaced(arrival, entry, stop)
        if entry.status == "unplaced":
            return self._unplaced(arrival, entry, Stop(IMPORT_OVERLAP, "it had no time where it comes from"))
        found = () if begun else self._uses(entry, iso)
        if found is None:
            return self._unplaced(arrival, entry, Stop(NOT_ALLOWED, "the limit of its segment is used up"))
        uses: tuple[Use, ...] = found
        for pattern, segment, ordinal in uses:
            self._taken.uses.setdefault((entry.diary, iso, pattern, segment), set()).add(ordinal)
        for resource in entry.resources:
            self._taken.masks[resource, iso] = self._taken.masks.get((resource, iso), 0) | wanted
        claims = tuple((resource, iso, entry.start, entry.end) for resource in sorted(entry.resources))
        return Placed(arrival, entry, claims, uses, None, () if begun else self._clashes(entry, iso))

    def _unplaced(self, arrival: Arrival, entry: EntryState, stop: Stop) -> Placed:
        return Placed(arrival, replace(entry, status="unplaced"), (), (), stop)

    def _history(self, arrival: Arrival, stop: Stop | None) -> Placed:
        """Return an appointment with the outcome that was recorded and with what others have left of its time."""
        entry = arrival.entry
        iso = entry.day.isoformat()
        claims = []
        for resource in sorted(entry.resources):
            left = mask_kept(arrival, resource) & ~self._taken.masks.get((resource, iso), 0)
            claims += [(resource, iso, start, end) for start, end in runs_in(left)]
            self._taken.masks[resource, iso] = self._taken.masks.get((resource, iso), 0) | left
        return Placed(arrival, entry, tuple(claims), (), stop)

    def _kept_is_taken(self, arrival: Arrival, iso: str) -> bool:
        masks = self._taken.masks
        return any(mask_kept(arrival, one) & masks.get((one, iso), 0) for one in arrival.entry.resources)

    def _forbidden(self, entry: EntryState) -> str | None:
        """Return which rule of the site an appointment breaks: the diary is retired or does not take the type, or a tick lies
        in no segment (of the diary, or of a room that it names) that allows it. On a closed day it keeps its time."""
        catalogue, code, diary = self._catalogue, entry.type or "", self._catalogue.diaries[entry.diary]
        if diary.retired is not None:
            return f"the diary {diary.code} is retired"
        if code not in diary.types:
            return f"the diary {diary.code} does not take {code}"
        channel, wanted = entry.channel or "", span(entry.start, entry.end)
        if catalogue.allowed(entry.diary, entry.day, code, channel) & wanted != wanted:
            return f"no segment of the diary {diary.code} allows {code} then"
        shut = [one for one in entry.resources[1:] if catalogue.room_allowed(one, entry.day, code, channel) & wanted != wanted]
        return f"{shut[0]} may not be used then" if shut else None

    def _uses(self, entry: EntryState, iso: str) -> tuple[Use, ...] | None:
        """Return the lowest free places of the limited segments that an appointment touches, None where one is full."""
        if not self._catalogue.has_limits:
            return ()
        found: list[Use] = []
        for stretch in self._catalogue.plan(entry.diary, entry.day).limited(entry.start, entry.end):
            taken = self._taken.uses.get((entry.diary, iso, *stretch.limit_key), set())
            most = stretch.segment.limit or 0
            free = next((ordinal for ordinal in range(1, most + 1) if ordinal not in taken), None)
            if free is None:
                return None
            found.append((*stretch.limit_key, free))
        return tuple(found)

    def _with_rooms(self, entry: EntryState) -> EntryState | Stop:
        """Return an appointment with the rooms that its type needs, those of its row first, or what stops it."""
        needs = self._catalogue.types[entry.type or ""].needs
        rooms = self._catalogue.rooms
        unmet = [need for need in needs if not any(need in rooms[code].meets for code in entry.resources[1:])]
        if not unmet:
            return entry
        iso, wanted = entry.day.isoformat(), span(entry.start, entry.end)
        opened = [
            code
            for code, room in sorted(rooms.items())
            if room.enabled
            and room.meets & set(unmet)
            and self._catalogue.room_allowed(code, entry.day, entry.type or "", entry.channel or "") & wanted == wanted
        ]
        free = [code for code in opened if not self._taken.masks.get((code, iso), 0) & wanted]
        for count in range(1, len(unmet) + 1):
            for some in combinations(free, count):
                if all(any(need in rooms[code].meets for code in some) for need in unmet):
                    return replace(entry, resources=(*entry.resources, *some))
        met = all(any(need in rooms[code].meets for code in opened) for need in unmet)
        if met:
            return Stop(IMPORT_OVERLAP, f"what it needs ({', '.join(unmet)}) is taken then")
        return Stop(NOT_ALLOWED, f"nothing here meets what it needs ({', '.join(unmet)})")

    def _clashes(self, entry: EntryState, iso: str) -> tuple[str, ...]:
        """Return the claimant's other entries at an appointment's time, and count it among theirs."""
        if entry.client is None:
            return ()
        times = self._taken.clients.setdefault((entry.client, iso), [])
        found = tuple(id for start, end, id in times if start < entry.end and entry.start < end)
        times.append((entry.start, entry.end, entry.id))
        return found


def days_of(rows: Iterable[AppointmentRow | BlockRow]) -> tuple[date, date] | None:
    """Return the first and the last day of some rows, None where there are none."""
    days = {row.day for row in rows}
    return (min(days), max(days)) if days else None
