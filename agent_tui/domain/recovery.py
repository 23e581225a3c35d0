"""The recovery list: which appointments could be moved a little so that more can be booked, and what that wins.

Source: seeds/spotlight-appointment-booking.txt, "How to check appropriate use of appointment types" ("diary appointments may
need to be re-arranged"); guides/offering.md, point 2: judged by what can be booked, not by the number of gaps.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from agent_tui.domain.availability import Now, earliest, full_segments
from agent_tui.domain.log import fingerprint
from agent_tui.domain.requests import ClockWindow, EntryState
from agent_tui.domain.site import Catalogue, Diary
from agent_tui.domain.ticks import FULL_DAY, MINUTES_PER_TICK, runs_in, span, starts_of, ticks_in
from agent_tui.domain.whitespace import lengths_allowed, longest_fill

REASON = "recovery"
"""The reason code of the log's lines that moved an appointment of an accepted plan."""
MIDDAY = 144
PARTS: Mapping[str, int] = {"am": span(0, MIDDAY), "pm": FULL_DAY & ~span(0, MIDDAY)}
"""The half-days, each with the mask of the starts in it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a diary's day, `start` to `end` in ticks, that can still be booked, and the lengths in ticks that it takes."""

    start: int
    end: int
    lengths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Movable:
    """An appointment that may be moved: `targets` is the mask of the starts to which it may go, whatever else is there."""

    id: str
    version: int
    client: str
    type: str
    start: int
    end: int
    targets: int

    @property
    def length(self) -> int:
        """Return its length in ticks."""
        return self.end - self.start

    @property
    def mask(self) -> int:
        """Return the ticks that it has now."""
        return span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class HalfDay:
    """One coach's morning or afternoon: what is free of the whole day, what of it counts, and what may be moved."""

    diary: str
    coach: str
    day: date
    part: str
    free: int
    pieces: tuple[Piece, ...]
    movables: tuple[Movable, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """What a diary's day can still take: how many appointments of each length (ticks) fit side by side, and ticks stranded."""

    fitting: Mapping[int, int]
    stranded: int

    @property
    def usable(self) -> int:
        """Return the usable starts: over all lengths, each once, the appointments of it that fit side by side.

        So a start that overlaps another counts once, a long run counts for every length that it takes, and a catalogue with
        many short types does not outweigh the one long meeting that a longer run makes possible.
        """
        return sum(self.fitting.values())


@dataclass(frozen=True, slots=True)
class Move:
    """One appointment of a plan, from `start` to `to`, in ticks."""

    id: str
    version: int
    client: str
    type: str
    start: int
    to: int
    length: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A set of moves in one half-day that wins usable starts; `before` and `after` are counts of the coach's whole day."""

    diary: str
    coach: str
    day: date
    part: str
    moves: tuple[Move, ...]
    before: Count = field(compare=False)
    after: Count = field(compare=False)

    @property
    def won(self) -> int:
        """Return how many usable starts it wins."""
        return self.after.usable - self.before.usable

    @property
    def each(self) -> float:
        """Return the usable starts won for each claimant who must be asked."""
        return self.won / len(self.moves)

    @property
    def recovered_minutes(self) -> int:
        """Return by how many minutes less is stranded."""
        return (self.before.stranded - self.after.stranded) * MINUTES_PER_TICK

    @property
    def won_by_length(self) -> tuple[tuple[int, int], ...]:
        """Return how many more appointments fit of the lengths of which more fit, as (minutes, more), longest first."""
        more = [(length, self.after.fitting[length] - was) for length, was in self.before.fitting.items()]
        return tuple((length * MINUTES_PER_TICK, count) for length, count in sorted(more, reverse=True) if count)

    @property
    def id(self) -> str:
        """Return its name: where it is, and a digest of its appointments, their versions, their new starts and what is won.

        So it is another plan as soon as any of that has changed.
        """
        said = [[move.id, move.version, move.start, move.to] for move in self.moves]
        digest = fingerprint([said, self.won, self.recovered_minutes])[:12]
        return f"{self.diary}-{self.day:%Y%m%d}-{self.part}-{digest}"

    @property
    def rank(self) -> tuple[object, ...]:
        """Return what orders plans, best first: won for each claimant, fewer claimants, less stranded, then the time."""
        return -self.each, len(self.moves), -self.recovered_minutes, self.day, self.moves[0].start, self.diary


def won_words(plan: Plan) -> str:
    """Return what a plan wins in words: "1 more of 50, 2 more of 20 min; 10 min less stranded"."""
    more = ", ".join(f"{count} more of {minutes}" for minutes, count in plan.won_by_length)
    return f"{more} min" + (f"; {plan.recovered_minutes} min less stranded" if plan.recovered_minutes else "")


class NoPlan(ValueError):
    """A text that is no plan's name; the message is a sentence."""


def place_of(plan: str) -> tuple[str, date, str]:
    """Return the diary, the day and the part of the day that a plan's name says; another text raises NoPlan."""
    try:
        diary, day, part, digest = plan.rsplit("-", 3)
        if part not in PARTS or len(digest) != 12 or len(day) != 8 or not day.isdigit():
            raise ValueError
        return diary, date(int(day[:4]), int(day[4:6]), int(day[6:])), part
    except ValueError:
        raise NoPlan(f"{plan[:40] or '(empty)'} is no plan; take its name from the list: agent-tui recover.") from None


def count(pieces: Iterable[Piece], free: int) -> Count:
    """Return what the free ticks of a mask can take, run by run in each piece of the day."""
    fitting: dict[int, int] = {}
    stranded = 0
    for piece in pieces:
        for length in piece.lengths:
            fitting.setdefault(length, 0)
        for start, end in runs_in(free & span(piece.start, piece.end)):
            for length in piece.lengths:
                fitting[length] += (end - start) // length
            stranded += end - start - longest_fill(end - start, piece.lengths)
    return Count(fitting, stranded)


def plan_of(half: HalfDay, moves: Sequence[tuple[Movable, int]]) -> Plan | None:
    """Return the plan that moves appointments to new starts at one time, or None where it cannot be done or wins nothing.

    It wins where more usable starts are left, where no length has fewer than before, and where no more is stranded. The
    claimants must be different ones.
    """
    lifted = half.free
    for one, _to in moves:
        lifted |= one.mask
    after = lifted
    for one, to in moves:
        wanted = span(to, to + one.length)
        if to == one.start or not one.targets >> to & 1 or wanted & ~after:
            return None
        after &= ~wanted
    if len({one.client for one, _to in moves}) < len(moves):
        return None
    was, left = count(half.pieces, half.free), count(half.pieces, after)
    if left.usable <= was.usable or left.stranded > was.stranded:
        return None
    if any(left.fitting[length] < number for length, number in was.fitting.items()):
        return None
    ordered = sorted(moves, key=lambda move: (move[0].start, move[0].id))
    named = tuple(Move(one.id, one.version, one.client, one.type, one.start, to, one.length) for one, to in ordered)
    return Plan(half.diary, half.coach, half.day, half.part, named, was, left)


@dataclass(frozen=True, slots=True)
class DiaryFacts:
    """What is known of one diary's day: its entries, masks of its taken ticks and of the ticks in segments that are full.

    `rooms` are the ticks that others than this diary's own entries have in rooms, `elsewhere` those that claimants have in
    other diaries, `windows` the parts of the day that claimants asked for, by appointment. `barred` are appointments that
    must stay: with an open flag, half of a pair, being moved, or not to be booked by whoever asks.
    """

    diary: Diary
    day: date
    entries: tuple[EntryState, ...]
    busy: int
    uses: Mapping[tuple[str, str, str, int], int] = field(default_factory=dict)
    rooms: Mapping[str, int] = field(default_factory=dict)
    elsewhere: Mapping[str, int] = field(default_factory=dict)
    windows: Mapping[str, tuple[ClockWindow, ...]] = field(default_factory=dict)
    barred: frozenset[str] = frozenset()


def half_days(catalogue: Catalogue, facts: DiaryFacts, now: Now) -> list[HalfDay]:
    """Return the halves of a diary's day in which an appointment may be moved; none of a closed day or a diary that is off.

    An appointment is of the half-day in which it starts (before 12:00 or not) and stays in it, with its coach, rooms and
    channel, outside the greater of the site's notices both ways, in segments that allow it and in no limited segment that it
    is not in already; it meets no other time of its claimant, and keeps to the part of the day that they asked for where the
    store knows one.
    """
    diary, day = facts.diary, facts.day
    if day in catalogue.closures or not diary.enabled or day < now.day:
        return []
    plan = catalogue.plan(diary.code, day)
    ahead = earliest(day, now, catalogue.site.notice_of_moves)
    free = plan.open_mask & ~facts.busy
    counted = ahead & ~full_segments(catalogue, facts.uses, diary.code, day)
    pieces = []
    for area in catalogue.areas(diary.code, day):
        lengths = lengths_allowed(catalogue, area.codes, area.channel, day)
        if lengths:
            pieces += [Piece(start, end, lengths) for start, end in runs_in(counted & span(area.start, area.end))]
    found = []
    for part, starts in PARTS.items():
        movables = []
        for entry in facts.entries:
            if _may_move(facts, entry) and (starts & ahead) >> entry.start & 1:
                targets = _targets(catalogue, facts, entry, starts & ahead)
                if targets:
                    movables.append(_movable(entry, targets))
        if movables and pieces:
            found.append(HalfDay(diary.code, diary.coach, day, part, free, tuple(pieces), tuple(movables)))
    return found


def _movable(entry: EntryState, targets: int) -> Movable:
    return Movable(entry.id, entry.version, entry.client or "", entry.type or "", entry.start, entry.end, targets)


def _may_move(facts: DiaryFacts, entry: EntryState) -> bool:
    booked = entry.kind == "appointment" and entry.status == "booked" and entry.diary == facts.diary.code
    return booked and entry.client is not None and entry.pair is None and entry.id not in facts.barred


def _targets(catalogue: Catalogue, facts: DiaryFacts, entry: EntryState, starts: int) -> int:
    """Return the starts to which one appointment may go, as far as its coach's other entries do not stand there."""
    kind, code, day = catalogue.types.get(entry.type or ""), facts.diary.code, facts.day
    length = entry.end - entry.start
    if kind is None or kind.ticks_on(day) != length or kind.code not in facts.diary.types or kind.booked_by == "block":
        return 0
    channel = entry.channel or kind.channel
    open_to = catalogue.allowed(code, day, kind.code, channel) & ~facts.elsewhere.get(entry.client or "", 0)
    for room in entry.resources:
        if room != code:
            known = catalogue.rooms.get(room)
            if known is None or not known.enabled:
                return 0
            open_to &= catalogue.room_allowed(room, day, kind.code, channel) & ~facts.rooms.get(room, 0)
    found = starts_of(open_to, length) & starts & ~span(entry.start, entry.start + 1)
    for window in facts.windows.get(entry.id, ()):
        found &= span(window.start, window.end - length + 1 if window.whole else window.end)
    if found and catalogue.has_limits:
        plan = catalogue.plan(code, day)
        own = {one.limit_key for one in plan.limited(entry.start, entry.end)}
        for tick in ticks_in(found):
            if {one.limit_key for one in plan.limited(tick, tick + length)} != own:
                found &= ~span(tick, tick + 1)
    return found
