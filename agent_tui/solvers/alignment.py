"""Search for the best diary alignment: exact on the five-minute grid where time allows, else the gap that is left.

Three facts make the search small. A second coach's idle time depends only on the end of the last commitment. All
commitments take the same time, so only the multisets of interview ends and commitment starts count, not who meets whom. For
fixed commitment starts, interviews are best as late as they can be; for fixed interview ends, commitments as early.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from agent_tui.domain.alignment import (
    Aligned,
    AlignmentRequest,
    DoesNotFit,
    Pattern,
    cells,
    evaluate,
    guidance_range,
    in_order,
    joined,
    longest_first,
    paired,
    seen_in_turn,
)
from agent_tui.domain.ticks import TICKS_PER_DAY, minutes_of_ticks, starts_of

# Later than any tick of the day.
_NEVER = TICKS_PER_DAY + 1
# More ticks than all coaches can work or all claimants wait.
_TOO_MUCH = _NEVER**2
_BEAMS = (4, 40)

Fronts = tuple[int, ...]
Counts = tuple[int, ...]
Coaches = tuple[tuple[int, int], ...]  # second coaches with commitments to come, sorted: (how many, when free again)


class OutOfTime(Exception):
    """The search was told to stop."""


def _must_go_on(go_on: Callable[[], bool]) -> None:
    if not go_on():
        raise OutOfTime


@dataclass(frozen=True, slots=True)
class _Step:
    """One claimant's interview and commitment, and the step before."""

    start: int
    end: int
    share: int
    front: int
    meeting: int
    before: "_Step | None"


@dataclass(frozen=True, slots=True)
class _State:
    """A part of a day: interviews left by length, when each coach is free, worked ticks of finished coaches, waiting so far."""

    counts: Counts
    fronts: Fronts
    coaches: Coaches
    worked: int
    wait: int
    step: _Step | None

    @property
    def costs(self) -> tuple[int, ...]:
        """Return all that a state has less of than one that need not be looked at."""
        return (*self.fronts, *(front for _, front in self.coaches), self.worked, self.wait)


class _Day:
    """What can be looked up of a request: where meetings of each length fit, and bounds on interviews and commitments."""

    def __init__(self, request: AlignmentRequest) -> None:
        self.request = request
        self.lengths = sorted(set(request.interviews))
        self.counts = tuple(request.interviews.count(length) for length in self.lengths)
        fits = [starts_of(request.first_free, length) for length in self.lengths]
        self.first_start = [_at_or_after(mask) for mask in fits]
        self.last_start = [_at_or_before(mask) for mask in fits]
        meets = starts_of(request.second_free, request.second_length)
        self.meet = _at_or_after(meets)
        self.meet_before = _at_or_before(meets)
        self.worked = _worked(request.second_free)
        self.first_worked = _worked(request.first_free)
        self.first_done = _done_by(self.first_worked)
        self.due = len(request.interviews) * request.second_length
        self._chains: dict[tuple[int, int], int] = {}

    def chain(self, front: int, share: int) -> int:
        """Return the earliest end of some commitments in a row from a tick, _NEVER where the day ends before."""
        if not share or front >= _NEVER:
            return front
        found = self._chains.get((front, share))
        if found is None:
            start = self.meet[front]
            found = _NEVER if start == _NEVER else self.chain(start + self.request.second_length, share - 1)
            self._chains[front, share] = found
        return found

    def nth_end(self, fronts: Fronts, work: int) -> int:
        """Return the tick before which first coaches free at `fronts` cannot have done some ticks of work."""
        level, total = 0, work
        for number, front in enumerate(fronts, start=1):
            total += self.first_worked[front]
            level = -(-total // number)
            if number < len(fronts) and level <= self.first_worked[fronts[number]]:
                break
        return self.first_done[level] if level < len(self.first_done) else _NEVER

    def worked_bound(self, counts: Counts, fronts: Fronts, coaches: Coaches, worked: int) -> int:
        """Return the least ticks that second coaches can have worked until their last commitments, _TOO_MUCH for no way.

        The coach who is finished n-th, counted from the next, has seen at least all that the n smallest shares hold.
        """
        if not coaches:
            return worked
        soonest = _NEVER
        for number, count in enumerate(counts):
            if count:
                soonest = min(soonest, self.first_start[number][fronts[0]] + self.lengths[number])
        if soonest >= _NEVER:
            return _TOO_MUCH
        ends = sorted(self.chain(max(front, soonest), share) for share, front in coaches)
        work = list(accumulate(length for length, count in zip(self.lengths, counts, strict=True) for _ in range(count)))
        seen = 0
        for (share, _), end in zip(coaches, ends, strict=True):
            seen += share
            last = self.chain(self.nth_end(fronts, work[seen - 1]), 1)
            if max(end, last) >= _NEVER:
                return _TOO_MUCH
            worked += self.worked[max(end, last)]
        return worked


def _at_or_after(mask: int) -> list[int]:
    """Return for each tick the first of a mask from there on, else _NEVER."""
    ticks = range(_NEVER, -1, -1)
    return list(accumulate(ticks, lambda after, tick: tick if mask >> tick & 1 else after, initial=_NEVER))[:0:-1]


def _at_or_before(mask: int) -> list[int]:
    """Return for each tick the last of a mask up to there, else -1."""
    return list(accumulate(range(_NEVER + 1), lambda last, tick: tick if mask >> tick & 1 else last, initial=-1))[1:]


def _worked(free: int) -> list[int]:
    """Return for each tick the working ticks before it."""
    return list(accumulate((free >> tick & 1 for tick in range(_NEVER)), initial=0))


def _done_by(worked: list[int]) -> list[int]:
    """Return for each number of working ticks the first tick before which there are so many."""
    return [worked.index(level) for level in range(worked[-1] + 1)]


def _left(counts: Counts, number: int) -> Counts:
    return (*counts[:number], counts[number] - 1, *counts[number + 1 :])


class _Forward:
    """Claimants one by one from the morning; of states that are the same but for being later or dearer one is kept."""

    def __init__(self, day: _Day, go_on: Callable[[], bool], *, late: bool, width: int | None = None) -> None:
        self.day = day
        self.go_on = go_on
        self.late = late  # also interviews that end later than they could, for claimants to wait less
        self.width = width
        self.most_worked = _TOO_MUCH
        self.most_wait = _TOO_MUCH
        self.to_come: Callable[[Counts, Fronts], int] = lambda counts, fronts: 0

    def run(self) -> _State | None:
        """Return the best final state within the bounds, or None; raises OutOfTime."""
        request = self.day.request
        coaches = tuple(sorted((share, 0) for share in request.shares if share))
        layer = [_State(self.day.counts, (0,) * request.first, coaches, 0, 0, None)]
        for _ in request.interviews:
            groups: dict[tuple[Counts, Fronts], dict[tuple[int, ...], _State]] = {}
            for state in layer:
                for after in self._after(state):
                    group = groups.setdefault((after.counts, tuple(share for share, _ in after.coaches)), {})
                    group.setdefault(after.costs, after)
            layer = [state for group in groups.values() for state in self._best_of(group)]
            if self.width is not None:
                layer = sorted(layer, key=self._promise)[: self.width]
        return min(layer, key=lambda state: (state.worked, state.wait), default=None)

    def _promise(self, state: _State) -> tuple[int, ...]:
        bound = self.day.worked_bound(state.counts, state.fronts, state.coaches, state.worked)
        return (bound, state.wait + self.to_come(state.counts, state.fronts), *state.costs, *state.counts)

    def _best_of(self, group: dict[tuple[int, ...], _State]) -> Iterator[_State]:
        """Yield the states that no other of the group is as good as in everything."""
        kept: list[tuple[int, ...]] = []
        for costs in sorted(group, key=lambda one: (sum(one), one)):
            _must_go_on(self.go_on)
            if not any(all(map(int.__le__, other, costs)) for other in kept):
                kept.append(costs)
                yield group[costs]

    def _after(self, state: _State) -> Iterator[_State]:
        day = self.day
        for number, count in enumerate(state.counts):
            if not count:
                continue
            counts, length = _left(state.counts, number), day.lengths[number]
            for machine, front in enumerate(state.fronts):
                if machine and state.fronts[machine - 1] == front:
                    continue
                others = (*state.fronts[:machine], *state.fronts[machine + 1 :])
                for coach in dict.fromkeys(state.coaches):
                    yield from self._meetings(state, (counts, others, coach), front, number, length)

    def _meetings(
        self, state: _State, rest: tuple[Counts, Fronts, tuple[int, int]], front: int, number: int, length: int
    ) -> Iterator[_State]:
        counts, others, (share, free) = rest
        day, starts = self.day, self.day.first_start[number]
        coaches = list(state.coaches)
        coaches.remove((share, free))
        start = starts[front]
        while start < _NEVER:
            _must_go_on(self.go_on)
            end = start + length
            meeting = day.meet[max(end, free)]
            if meeting == _NEVER:
                return
            until = meeting + day.request.second_length
            fronts = tuple(sorted((*others, end)))
            worked = state.worked + (day.worked[until] if share == 1 else 0)
            after = tuple(sorted((*coaches, (share - 1, until)))) if share > 1 else tuple(coaches)
            if day.worked_bound(counts, fronts, after, worked) > self.most_worked:
                return
            wait = state.wait + meeting - end if self.late else 0
            if wait + self.to_come(counts, fronts) <= self.most_wait:
                step = _Step(start, end, share, free, meeting, state.step)
                yield _State(counts, fronts, after, worked, wait, step)
            if not self.late:
                return
            start = starts[start + 1]


def _pattern_of(day: _Day, state: _State) -> Pattern:
    """Return the pattern that a final state stands for, commitments with the coaches who hold them."""
    steps: list[_Step] = []
    step = state.step
    while step is not None:
        steps.append(step)
        step = step.before
    coaches = [(share, 0) for share in day.request.shares]
    seconds = []
    for one in reversed(steps):
        coach = coaches.index((one.share, one.front))
        coaches[coach] = (one.share - 1, one.meeting + day.request.second_length)
        seconds.append((coach, one.meeting))
    return paired(day.request, [(one.start, one.end) for one in steps], seconds)


@dataclass(frozen=True, slots=True)
class _Tail:
    """The interviews from some claimant on, placed from the evening: the coaches' fronts, the sum of ends, the intervals."""

    fronts: Fronts
    ends: int
    intervals: tuple[tuple[int, int], ...]


_Tails = dict[Counts, dict[tuple[int, ...], _Tail]]


class _Backward:
    """Interviews as late as deadlines allow: for each multiset of last interviews all tails that may be best, or a beam."""

    def __init__(self, day: _Day, deadlines: list[int], go_on: Callable[[], bool], width: int | None = None) -> None:
        self.tails: dict[Counts, list[_Tail]] = {(0,) * len(day.lengths): [_Tail((TICKS_PER_DAY,) * day.request.first, 0, ())]}
        layer = self.tails
        for deadline in reversed(deadlines):
            found: _Tails = {}
            for counts, tails in layer.items():
                for number, most in enumerate(day.counts):
                    if counts[number] == most:
                        continue
                    _must_go_on(go_on)
                    more = (*counts[:number], counts[number] + 1, *counts[number + 1 :])
                    group = found.setdefault(more, {})
                    for tail in _longer(day, tails, number, deadline):
                        group.setdefault((*tail.fronts, tail.ends), tail)
            if width is not None:
                found = _most_promising(found, width)
            layer = {counts: _latest_of(group, go_on) for counts, group in found.items()}
            self.tails |= layer

    def most(self, counts: Counts, fronts: Fronts) -> int | None:
        """Return the largest sum of ends of the interviews `counts` after the coaches are free at `fronts`, or None."""
        for tail in self.tails.get(counts, ()):
            if all(front <= later for front, later in zip(fronts, tail.fronts, strict=True)):
                return tail.ends
        return None


def _longer(day: _Day, tails: list[_Tail], number: int, deadline: int) -> Iterator[_Tail]:
    length = day.lengths[number]
    for tail in tails:
        for machine, front in enumerate(tail.fronts):
            if machine and tail.fronts[machine - 1] == front:
                continue
            latest = min(front, deadline) - length
            start = day.last_start[number][latest] if latest >= 0 else -1
            if start >= 0:
                fronts = tuple(sorted((*tail.fronts[:machine], start, *tail.fronts[machine + 1 :])))
                yield _Tail(fronts, tail.ends + start + length, ((start, start + length), *tail.intervals))


def _most_promising(found: dict[Counts, dict[tuple[int, ...], _Tail]], width: int) -> dict[Counts, dict[tuple[int, ...], _Tail]]:
    """Return of a layer's tails those with the latest ends and the most time left before them."""
    ranked = sorted(((sum(costs), costs, counts) for counts, group in found.items() for costs in group), reverse=True)
    kept: _Tails = {}
    for _, costs, counts in ranked[:width]:
        kept.setdefault(counts, {})[costs] = found[counts][costs]
    return kept


def _latest_of(group: dict[tuple[int, ...], _Tail], go_on: Callable[[], bool]) -> list[_Tail]:
    """Return the tails that no other is as late as in everything, the largest sum of ends first."""
    kept: list[tuple[int, ...]] = []
    for costs in sorted(group, key=lambda one: (one[-1], one), reverse=True):
        _must_go_on(go_on)
        if not any(all(map(int.__ge__, other, costs)) for other in kept):
            kept.append(costs)
    return [group[costs] for costs in kept]


class _Search:
    """One request's search: the best pattern so far and what is proved of the best there can be."""

    def __init__(self, request: AlignmentRequest, go_on: Callable[[], bool]) -> None:
        self.day = _Day(request)
        self.request = request
        self.go_on = go_on
        self.best: Pattern | None = None
        self.rank = (_TOO_MUCH, _TOO_MUCH)
        coaches = tuple(sorted((share, 0) for share in request.shares if share))
        self.worked_bound = self.day.worked_bound(self.day.counts, (0,) * request.first, coaches, 0)
        self.wait_bound = 0

    def consider(self, pattern: Pattern | None) -> None:
        """Keep a pattern that is better than the best so far."""
        if pattern is None:
            return
        rank = evaluate(self.request, pattern).rank
        if rank < self.rank:
            self.best, self.rank = pattern, rank

    @property
    def worked(self) -> int:
        """Return what the best so far has the second coaches work, in ticks, which is idle time and what is due."""
        return self.rank[0] // minutes_of_ticks(1) + self.day.due

    def simple(self) -> None:
        """Consider the patterns that need no search, so that none of them is ever better than the answer."""
        self.consider(in_order(self.request))
        self.consider(in_order(self.request, sorted(self.request.interviews)))
        self.consider(longest_first(self.request))
        for pattern in guidance_range(self.request) or ():
            self.consider(pattern)

    def least_idle(self, width: int | None) -> None:
        """Find the least idle time, within a beam or exactly."""
        search = _Forward(self.day, self.go_on, late=False, width=width)
        if self.best is not None:
            search.most_worked = self.worked
        state = search.run()
        if state is not None:
            self.consider(_pattern_of(self.day, state))
        if width is None:
            if self.best is None:
                raise DoesNotFit("The interviews and commitments do not fit into the day.")
            self.worked_bound = self.worked

    def in_cells(self) -> None:
        """Consider the coaches in small groups of the same make, each with its part of the interviews."""
        parts = cells(self.request)
        if len(parts) == 1:
            return
        found: dict[tuple[int, ...], Pattern] = {}
        try:
            for part in parts:
                if part.interviews not in found:
                    found[part.interviews] = align(part, self.go_on).pattern
        except DoesNotFit:
            return
        self.consider(joined(self.request, [found[part.interviews] for part in parts]))

    def later(self, pattern: Pattern, width: int | None) -> None:
        """Consider a pattern with its interviews as late as its commitments, early or late, allow."""
        early = sorted(one.start for one in pattern.seconds)
        late = []
        for coach in range(self.request.second):
            held = [one.end for one in pattern.seconds if one.coach == coach]
            late += self._backwards(max(held, default=0), len(held))
        for deadlines in (early, sorted(late)):
            tails = _Backward(self.day, deadlines, self.go_on, width).tails.get(self.day.counts, [])
            if tails:
                self.consider(seen_in_turn(self.request, tails[0].intervals))

    def _backwards(self, until: int, share: int) -> list[int]:
        """Return the latest starts of some commitments that end at a tick."""
        starts: list[int] = []
        for _ in range(share):
            latest = until - self.request.second_length
            until = self.day.meet_before[latest] if latest >= 0 else -1
            starts.append(until)
        return starts

    def bound_on_waits(self) -> Callable[[Counts, Fronts], int]:
        """Return the least waiting, in ticks, of what is left of a day without more idle time than the best so far."""
        earliest, latest = self._commitments()
        backward = _Backward(self.day, latest, self.go_on)
        to_come = [*accumulate(reversed(earliest), initial=0)]

        def bound(counts: Counts, fronts: Fronts) -> int:
            most = backward.most(counts, fronts)
            return _TOO_MUCH if most is None else max(0, to_come[sum(counts)] - most)

        return bound

    def _commitments(self) -> tuple[list[int], list[int]]:
        """Return the earliest and the latest start of the n-th commitment, for each n, with no more idle time than the best."""
        request, day = self.request, self.day
        shares = sorted(share for share in request.shares if share)
        fronts, work = (0,) * request.first, list(accumulate(sorted(request.interviews)))
        first = day.meet[day.nth_end(fronts, work[0])]
        early = sorted(day.chain(first, n) - request.second_length for share in shares for n in range(1, shares[-1] + 1))
        earliest = [max(early[n], day.meet[day.nth_end(fronts, work[n])]) for n in range(len(work))]
        ends, seen = sorted(day.chain(first, share) for share in shares), 0
        for n, share in enumerate(shares):
            seen += share
            ends[n] = max(ends[n], day.chain(day.nth_end(fronts, work[seen - 1]), 1))
        spare = self.worked - sum(day.worked[end] for end in ends)
        late: list[int] = []
        for end in ends:
            # The last tick before which no more than this is worked: the end of a commitment lies in working time.
            level = min(day.worked[end] + spare, day.worked[-1])
            late += self._backwards(_done_by(day.worked)[level], shares[-1])
        return earliest, sorted(late)[-len(work) :]

    def least_wait(self, width: int | None, bound: Callable[[Counts, Fronts], int]) -> None:
        """Find the least waiting with the least idle time, within a beam or exactly."""
        search = _Forward(self.day, self.go_on, late=True, width=width)
        search.most_worked, search.to_come = self.worked, bound
        search.most_wait = self.rank[1] // minutes_of_ticks(1) - 1
        state = search.run()
        if state is not None:
            self.consider(_pattern_of(self.day, state))
        if width is None:
            self.wait_bound = self.rank[1] // minutes_of_ticks(1)

    def run(self) -> None:
        """Search until the best is proved."""
        self.simple()
        self.in_cells()
        for width in (*_BEAMS, None):
            if self.best is None or self.worked > self.worked_bound:
                self.least_idle(width)
            if self.best is not None and width is not None:
                self.later(self.best, width)
        assert self.best is not None
        bound = self.bound_on_waits()
        self.wait_bound = bound(self.day.counts, (0,) * self.request.first)
        self.later(self.best, None)
        for width in (*_BEAMS, None):
            if self.rank[1] > minutes_of_ticks(self.wait_bound):
                self.least_wait(width, bound)


def align(request: AlignmentRequest, go_on: Callable[[], bool] = lambda: True) -> Aligned:
    """Return the pattern with the least idle time of second coaches and then the least waiting of claimants.

    `go_on` is asked now and then; when it says no, the best pattern so far comes back with bounds that leave a gap. Without
    it the answer is proved. What fits into no day raises DoesNotFit. The same request has the same answer, as long as it is
    given the time. The figures are guides/offering.md, "Diary alignment".
    """
    search = _Search(request, go_on)
    try:
        search.run()
    except OutOfTime:
        if search.best is None:
            raise DoesNotFit("No pattern that fits into the day was found in the time allowed.") from None
    assert search.best is not None
    idle_bound = minutes_of_ticks(search.worked_bound - search.day.due)
    wait_bound = minutes_of_ticks(search.wait_bound) if search.worked == search.worked_bound else None
    return Aligned(search.best, evaluate(request, search.best), idle_bound, wait_bound)
