"""The day as it goes: who has come, who is late or missed, and how far behind plan each coach is by now."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from agent_tui.domain.requests import EntryState
from agent_tui.domain.ticks import MINUTES_PER_TICK, runs_in, span

MINUTES_PER_DAY = 24 * 60
AHEAD_TICKS = 24
"""The board looks two hours ahead for gaps."""
EARLIEST_MINUTES = 120
"""How long before the start it can be recorded that somebody has come. Letters ask for 15 or 25 minutes (domain/facts.md
section 8); two hours leave room for whoever comes by an early bus, and tell a wrong line from an early claimant."""
MOST_MINUTES_LATE = 240
"""How many minutes late the screens take; whoever comes later has missed the appointment."""

_RECORDED_MINUTES = re.compile(r"minutes:([0-9]{1,4})")
_HAS_TIME = ("booked", "late", "attended", "dna")


@dataclass(frozen=True, slots=True)
class Meeting:
    """An appointment of the day with the minutes after midnight at which it begins and ends by what is recorded.

    `late` is by how many minutes its claimant came late, None where nobody came late or nobody said by how much.
    """

    entry: EntryState
    begins: int
    ends: int
    late: int | None = None

    @property
    def planned(self) -> int:
        """Return the minute at which it was to begin."""
        return self.entry.start * MINUTES_PER_TICK

    @property
    def planned_end(self) -> int:
        """Return the minute at which it was to end."""
        return self.entry.end * MINUTES_PER_TICK


@dataclass(frozen=True, slots=True)
class CoachDay:
    """One diary's line of the board: its meetings by start, blocks, what lost its time, and free runs as (start, end) ticks.

    `arrived`, `late`, `missed` and `expected` count appointments that are attended, late, did not attend, or have nothing
    recorded yet; `not_seen` are those of the last that should have begun, by start. `behind` is in minutes by what is recorded;
    how late whoever is not seen will be nobody knows, but `overdue` is since how many minutes the first of them has been waited
    for, None where nobody is or on another day than today.
    """

    diary: str
    coach: str
    team: str
    day: date
    meetings: tuple[Meeting, ...]
    blocks: tuple[EntryState, ...] = ()
    unplaced: tuple[EntryState, ...] = ()
    next: Meeting | None = None
    behind: int = 0
    gaps: tuple[tuple[int, int], ...] = ()
    not_seen: tuple[Meeting, ...] = ()
    overdue: int | None = None

    def count(self, status: str) -> int:
        """Return how many of its appointments have a status."""
        return sum(one.entry.status == status for one in self.meetings)

    @property
    def arrived(self) -> int:
        """Return how many claimants came on time."""
        return self.count("attended")

    @property
    def late(self) -> int:
        """Return how many claimants came late."""
        return self.count("late")

    @property
    def missed(self) -> int:
        """Return how many claimants did not attend."""
        return self.count("dna")

    @property
    def expected(self) -> int:
        """Return of how many appointments nothing is recorded yet."""
        return self.count("booked")


def minutes_since(day: date, start: int, now: datetime) -> int:
    """Return how many whole minutes of wall time have gone by since a start (in ticks of a day), fewer than none before it."""
    return (now.date() - day).days * MINUTES_PER_DAY + now.hour * 60 + now.minute - start * MINUTES_PER_TICK


def most_late(day: date, start: int, now: datetime) -> int:
    """Return by how many minutes somebody can have come late to a start by now, none before it, for the screens' question."""
    return max(0, min(MOST_MINUTES_LATE, minutes_since(day, start, now)))


def recorded_minutes(reason: str | None) -> int | None:
    """Return the minutes that were recorded with an attendance, or None."""
    match = _RECORDED_MINUTES.fullmatch(reason or "")
    return None if match is None else int(match[1])


def simulate(entries: Iterable[EntryState]) -> tuple[Meeting, ...]:
    """Return a diary's appointments by start with when each begins and ends, by what is recorded of them.

    An appointment begins at the latest of its start, its claimant's late arrival, and the end of the one before. It takes
    its planned minutes, or those that were recorded with an attendance. One that was missed takes no time from the next,
    one of which nothing is recorded goes as planned, and breaks and blocks give way. Source: issue 5, "Today board".
    """
    meetings, free = [], 0
    timed = [one for one in entries if one.kind == "appointment" and one.status in _HAS_TIME]
    for entry in sorted(timed, key=lambda one: (one.start, one.end, one.id)):
        start, end = entry.start * MINUTES_PER_TICK, entry.end * MINUTES_PER_TICK
        said = recorded_minutes(entry.reason)
        if entry.status == "dna":
            meetings.append(Meeting(entry, start, start))
            continue
        late = said if entry.status == "late" else None
        length = said if entry.status == "attended" and said is not None else end - start
        begins = max(start + (late or 0), free)
        free = begins + length
        meetings.append(Meeting(entry, begins, free, late))
    return tuple(meetings)


def behind(meetings: Iterable[Meeting], minute: int) -> int:
    """Return how many minutes later than planned a coach is at a minute after midnight, never less than none.

    That of the first appointment that should have begun and has not ended by what is recorded: how much later than planned
    it will end. A coach who has nobody to see by now is not behind.
    """
    for one in meetings:
        if one.entry.status != "dna" and one.planned <= minute < one.ends:
            return max(0, one.ends - one.planned_end)
    return 0


def is_overdue(one: Meeting, minute: int) -> bool:
    """Return whether an appointment should have begun by a minute after midnight and nothing is recorded of it."""
    return one.entry.status == "booked" and one.begins < minute


def next_of(meetings: Iterable[Meeting], minute: int) -> Meeting | None:
    """Return the first appointment that has still to begin at a minute after midnight, or None."""
    return next((one for one in meetings if one.entry.status in ("booked", "late") and one.begins >= minute), None)


def gaps_ahead(free: int, first: int) -> tuple[tuple[int, int], ...]:
    """Return the free runs of a day mask in the two hours from a tick on, as (start, end) ticks."""
    return tuple(runs_in(free & span(first, min(first + AHEAD_TICKS, 288))))


def coach_day(
    place: tuple[str, str, str, date], entries: Iterable[EntryState], free: int, minute: int, first_tick: int | None
) -> CoachDay:
    """Return a diary's line of the board.

    `place` is diary, coach, team and day, `free` the day mask of what can still be taken, `minute` the minute after midnight
    (0 for a day to come, 1,440 for a day gone by), `first_tick` the first tick that has not begun, None on another day.
    """
    diary, coach, team, day = place
    known = sorted(entries, key=lambda one: (one.start, one.end, one.id))
    meetings = simulate(known)
    not_seen = tuple(one for one in meetings if is_overdue(one, minute))
    return CoachDay(
        diary,
        coach,
        team,
        day,
        meetings,
        blocks=tuple(one for one in known if one.kind == "block" and one.status == "blocked"),
        unplaced=tuple(one for one in known if one.status == "unplaced"),
        next=next_of(meetings, minute),
        behind=behind(meetings, minute),
        gaps=() if first_tick is None else gaps_ahead(free, first_tick),
        not_seen=not_seen,
        overdue=minute - not_seen[0].begins if not_seen and first_tick is not None else None,
    )
