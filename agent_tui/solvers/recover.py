"""The best plans of one or two moves in a half-day, exactly: what domain/recovery.py states, found without trying every start.

An unbroken free run of one kind is used best from its ends: a run split in two never takes more appointments of any length,
nor strands less, than it does whole. So an appointment goes to an end of a run where it may, and only where it may go to
neither end, or where the run crosses into a part of the day with other types, is every start of the run tried.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from agent_tui.domain.recovery import HalfDay, Movable, Piece, Plan, plan_of
from agent_tui.domain.ticks import runs_in, span, ticks_in
from agent_tui.domain.whitespace import longest_fill

_BITS = 16
_FIELD = (1 << _BITS) - 1
Run = tuple[int, int]
"""A free run, start and end in ticks."""


def plans(half: HalfDay) -> list[Plan]:
    """Return for each smallest set of at most two appointments of a half-day its best plan, best first.

    A set of two is listed only where its moves together win more than the best move of each of them by itself does. Of the
    plans of one set the one that wins most counts, of those the one that strands least, then the shortest way.
    """
    worth = _Worth(half.pieces)
    places = _Places(worth)
    before = worth.of_all(runs_in(half.free))
    found: dict[tuple[str, ...], Plan] = {}
    won: dict[str, int] = {}
    for one in half.movables:
        best = _best_single(half, worth, places, before, one)
        plan = None if best is None else plan_of(half, [(one, best)])
        if plan is not None:
            found[(one.id,)], won[one.id] = plan, plan.won
    for one, other in combinations(half.movables, 2):
        if one.client == other.client:
            continue
        least = won.get(one.id, 0) + won.get(other.id, 0)
        pair = _best_pair(half, worth, places, before, one, other, least)
        plan = None if pair is None else plan_of(half, [(one, pair[0]), (other, pair[1])])
        if plan is not None and plan.won > least:
            found[one.id, other.id] = plan
    return sorted(found.values(), key=lambda plan: plan.rank)


class _Worth:
    """What free runs can take, packed into whole numbers whose fields add up: each length's count, stranded, usable starts."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = pieces
        lengths = sorted({length for piece in pieces for length in piece.lengths})
        self._shift = {length: number * _BITS for number, length in enumerate(lengths)}
        self._lost = len(lengths) * _BITS
        self._sum = self._lost + _BITS
        self._counts = (1 << self._lost) - 1
        self._high = sum(1 << (number * _BITS + _BITS - 1) for number in range(len(lengths)))
        self._of: dict[Run, int] = {}
        self._whole: dict[tuple[tuple[int, ...], int], int] = {}

    def of(self, start: int, end: int) -> int:
        """Return the worth of one free run, over all pieces of the day that it lies in."""
        found = self._of.get((start, end))
        if found is None:
            found = 0
            for piece in self.pieces:
                first, last = max(start, piece.start), min(end, piece.end)
                if first < last:
                    found += self._in_piece(piece.lengths, last - first)
            self._of[start, end] = found
        return found

    def _in_piece(self, lengths: tuple[int, ...], run: int) -> int:
        found = self._whole.get((lengths, run))
        if found is None:
            found = (run - longest_fill(run, lengths)) << self._lost
            for length in lengths:
                number = run // length
                found += (number << self._shift[length]) + (number << self._sum)
            self._whole[lengths, run] = found
        return found

    def of_all(self, runs: Iterable[Run]) -> int:
        """Return the worth of several runs."""
        return sum(self.of(start, end) for start, end in runs)

    def usable(self, worth: int) -> int:
        """Return the usable starts of a worth."""
        return worth >> self._sum

    def stranded(self, worth: int) -> int:
        """Return the stranded ticks of a worth."""
        return worth >> self._lost & _FIELD

    def wins(self, after: int, before: int) -> bool:
        """Return whether there are more usable starts, no fewer appointments of any length, and no more is stranded."""
        if after >> self._sum <= before >> self._sum or self.stranded(after) > self.stranded(before):
            return False
        return ((after & self._counts | self._high) - (before & self._counts)) & self._high == self._high

    def one_kind(self, start: int, end: int) -> bool:
        """Return whether a run lies in one piece of the day as a whole."""
        return any(piece.start <= start and end <= piece.end for piece in self.pieces)


class _Places:
    """Where an appointment may go in a free run without losing the best plan; each run is looked at once."""

    def __init__(self, worth: _Worth) -> None:
        self._worth = worth
        self._known: dict[tuple[str, int, int], tuple[int, ...]] = {}

    def of(self, one: Movable, start: int, end: int) -> tuple[int, ...]:
        """Return the starts of an appointment that are worth trying in a free run."""
        key = (one.id, start, end)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._found(one, start, end)
        return found

    def _found(self, one: Movable, start: int, end: int) -> tuple[int, ...]:
        inside = one.targets & span(start, end - one.length + 1)
        if not inside:
            return ()
        ends = tuple(tick for tick in dict.fromkeys((start, end - one.length)) if inside >> tick & 1)
        return ends if ends and self._worth.one_kind(start, end) else tuple(ticks_in(inside))


def _best_single(half: HalfDay, worth: _Worth, places: _Places, before: int, one: Movable) -> int | None:
    """Return the best start for one appointment that wins something, or None."""
    runs = list(runs_in(half.free | one.mask))
    whole = worth.of_all(runs)
    best: tuple[tuple[int, int, int, int], int] | None = None
    for start, end in runs:
        rest = whole - worth.of(start, end)
        for to in places.of(one, start, end):
            after = rest + worth.of(start, to) + worth.of(to + one.length, end)
            if worth.wins(after, before):
                key = (worth.usable(after), -worth.stranded(after), -abs(to - one.start), -to)
                if best is None or key > best[0]:
                    best = key, to
    return None if best is None else best[1]


def _best_pair(
    half: HalfDay, worth: _Worth, places: _Places, before: int, one: Movable, other: Movable, least: int
) -> tuple[int, int] | None:
    """Return the best starts for two appointments that win more than `least` together, or None."""
    runs = list(runs_in(half.free | one.mask | other.mask))
    whole, floor = worth.of_all(runs), worth.usable(before) + least
    if worth.usable(whole) <= floor:
        return None
    best: tuple[tuple[int, int, int, int, int], tuple[int, int]] | None = None
    for first, second in ((one, other), (other, one)):
        for to, then, after in _placings(worth, places, runs, whole, first, second):
            if worth.usable(after) > floor and worth.wins(after, before):
                ways = abs(to - first.start) + abs(then - second.start)
                starts = (to, then) if first is one else (then, to)
                key = (worth.usable(after), -worth.stranded(after), -ways, -starts[0], -starts[1])
                if best is None or key > best[0]:
                    best = key, starts
    return None if best is None else best[1]


def _placings(
    worth: _Worth, places: _Places, runs: Sequence[Run], whole: int, first: Movable, second: Movable
) -> Iterator[tuple[int, int, int]]:
    """Yield the starts of two appointments, the second put into what the first leaves, and the worth of the rest."""
    free = [(run, worth.of(*run), places.of(second, *run)) for run in runs]
    for start, end in runs:
        for to in places.of(first, start, end):
            parts = [part for part in ((start, to), (to + first.length, end)) if part[0] < part[1]]
            left = whole - worth.of(start, end) + worth.of_all(parts)
            others = [one for one in free if one[0] != (start, end) and one[2]]
            others += [(part, worth.of(*part), places.of(second, *part)) for part in parts]
            for (begin, stop), value, thens in others:
                for then in thens:
                    yield to, then, left - value + worth.of(begin, then) + worth.of(then + second.length, stop)
