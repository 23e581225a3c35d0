"""A day of re-homing in numbers: leavers as rows, runs of time as columns, costs as one number; and a plan that grows."""

from dataclasses import dataclass

from agent_tui.domain.rehoming import LeavingDay, Limit, Place, Score, touches, with_rooms
from agent_tui.domain.ticks import FULL_DAY, MINUTES_PER_TICK, TICKS_PER_DAY, covered_by, runs_in, span, starts_of

Masks = list[dict[int, int]]
Spots = dict[int, tuple[int, int]]
"""A run and a start for each row that has a place."""


def nearest_start(mask: int, start: int) -> int:
    """Return the start of a mask that is nearest to a tick, of two the earlier; the mask is not empty."""
    before = mask & ((1 << (start + 1)) - 1)
    after = mask >> start << start
    if not before:
        return (after & -after).bit_length() - 1
    down = before.bit_length() - 1
    up = (after & -after).bit_length() - 1
    return down if not after or start - down <= up - start else up


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a diary's time that leavers could use, and how many of the shortest of them fit into it."""

    diary: str
    capacity: int


class Problem:
    """A day as rows (leavers) and columns (runs), and the cost of a row in a column as one number."""

    def __init__(self, day: LeavingDay) -> None:
        self.day = day
        self.leavers = day.leavers
        count = len(day.leavers)
        self.radix = (count + 1, count * TICKS_PER_DAY * MINUTES_PER_TICK + 1, count + 1, count + 1)
        self.of_tick = self.value(Score(0, 0, MINUTES_PER_TICK, 0, 0))
        self.leave = [self.value(Score(int(one.key), 1, 0, 0, 0)) for one in day.leavers]
        self.runs: list[Run] = []
        self.masks: Masks = [{} for _ in day.leavers]
        self.extra: Masks = [{} for _ in day.leavers]
        for diary in sorted({code for one in day.leavers for code in one.starts}):
            self._add_runs(diary)

    def _add_runs(self, diary: str) -> None:
        covered = 0
        for one in self.leavers:
            covered |= covered_by(one.starts.get(diary, 0), one.length)
        for first, end in runs_in(covered):
            inside = span(first, end)
            rows = [row for row, one in enumerate(self.leavers) if one.starts.get(diary, 0) & inside]
            room, capacity = end - first, 0
            for length in sorted(self.leavers[row].length for row in rows):
                room -= length
                capacity += room >= 0
            for row in rows:
                entry = self.leavers[row].entry
                other_team = self.day.teams.get(diary) != self.day.teams.get(entry.diary)
                self.masks[row][len(self.runs)] = self.leavers[row].starts[diary] & inside
                self.extra[row][len(self.runs)] = self.value(Score(0, 0, 0, int(other_team), int(diary != entry.diary)))
            self.runs.append(Run(diary, capacity))

    def value(self, cost: Score) -> int:
        """Return a score as one number whose order is that of scores."""
        total = cost[0]
        for digit, radix in zip(cost[1:], self.radix, strict=True):
            total = total * radix + digit
        return total

    def score_of(self, value: int) -> Score:
        """Return the score that a number stands for."""
        digits = []
        for radix in reversed(self.radix):
            value, digit = divmod(value, radix)
            digits.append(digit)
        return Score(value, *reversed(digits))

    def cost(self, row: int, run: int, start: int) -> int:
        """Return what a row costs at a start of a run."""
        return abs(start - self.leavers[row].entry.start) * self.of_tick + self.extra[row][run]

    def nearest(self, row: int, mask: int) -> int:
        """Return the cheapest start of a mask for a row."""
        return nearest_start(mask, self.leavers[row].entry.start)

    def total(self, spots: Spots) -> int:
        """Return the cost of a plan."""
        placed = sum(self.cost(row, *spot) for row, spot in spots.items())
        return placed + sum(cost for row, cost in enumerate(self.leave) if row not in spots)

    def place(self, row: int, run: int, start: int) -> Place:
        """Return a row's spot as a place."""
        return Place(self.leavers[row].entry.id, self.runs[run].diary, start)

    def starts_over(self, row: int, first: int, end: int) -> int:
        """Return the starts at which a row would have some of the ticks from `first` to `end`."""
        return span(max(0, first - self.leavers[row].length + 1), end)

    def starts_in(self, row: int, limit: Limit) -> int:
        """Return the starts at which a row would need a place of a limited segment."""
        mask = 0
        for first, end in limit.parts:
            mask |= self.starts_over(row, first, end)
        return mask


class Board:
    """A plan that grows row by row and can be carried out at any moment."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.spots: Spots = {}
        self._taken: dict[str, int] = {}
        self._client: dict[str, int] = {}
        self._left = {limit: limit.left for limit in problem.day.limits}

    def open(self, row: int, run: int, mask: int) -> int:
        """Return the starts of a mask that a row can have beside what stands there already, rooms apart."""
        leaver, diary = self.problem.leavers[row], self.problem.runs[run].diary
        mask &= starts_of(FULL_DAY & ~self._taken.get(diary, 0), leaver.length)
        mask &= starts_of(FULL_DAY & ~self._client.get(leaver.entry.client or "", 0), leaver.length)
        for limit, left in self._left.items():
            if limit.diary == diary and not left:
                mask &= ~self.problem.starts_in(row, limit)
        return mask

    def put(self, row: int, run: int, start: int) -> bool:
        """Place a row if that can be."""
        if not self.open(row, run, 1 << start) or not self._rooms(row, run, start):
            return False
        leaver, place = self.problem.leavers[row], self.problem.place(row, run, start)
        taken = span(start, start + leaver.length)
        self.spots[row] = (run, start)
        self._taken[place.diary] = self._taken.get(place.diary, 0) | taken
        if leaver.entry.client is not None:
            self._client[leaver.entry.client] = self._client.get(leaver.entry.client, 0) | taken
        for limit in self._left:
            self._left[limit] -= touches(limit, place, leaver.length)
        return True

    def _rooms(self, row: int, run: int, start: int) -> bool:
        if not self.problem.leavers[row].needs:
            return True
        places = [self.problem.place(one, *spot) for one, spot in (*self.spots.items(), (row, (run, start)))]
        return with_rooms(self.problem.day, places) is not None

    def put_cheapest(self, row: int, masks: dict[int, int]) -> None:
        """Place a row where it costs least, if it can be placed at all."""
        problem = self.problem
        masks = {run: self.open(row, run, mask) for run, mask in masks.items()}
        while masks := {run: mask for run, mask in masks.items() if mask}:
            starts = {run: problem.nearest(row, mask) for run, mask in masks.items()}
            _cost, run = min((problem.cost(row, run, start), run) for run, start in starts.items())
            if self.put(row, run, starts[run]):
                return
            # No room is free then, in whatever diary.
            masks = {one: mask & ~(1 << starts[run]) for one, mask in masks.items()}
