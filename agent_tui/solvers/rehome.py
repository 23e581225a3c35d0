"""Where the appointments of a coach who is off go on one day: the best plan, or a good one with what it may fall short by.

Each appointment goes into one run of time that leavers could use in a diary, or is left. Without regard to what two leavers
do to each other inside a run that is an assignment problem, whose optimum (in whole numbers: the figures of the score are
digits of one cost) no plan can beat. Where its answer puts more into a run than fits as it stands, the best arrangement of
those is found by going through their orders, and the search branches: one of them is in that run for good, or never. What one
claimant has twice, limits and rooms branch over who gives way. The node with the least bound comes first, so that the first
whose answer can be carried out is the best of all.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import pairwise

from agent_tui.domain.rehoming import Gap, LeavingDay, Limit, Place, Score, gap_between, score, touches, with_rooms
from agent_tui.solvers.rehome_problem import Board, Masks, Problem, Spots

MOST_NODES = 6_000
"""A plan that is not proved by then comes with its gap; a count, so that the same day has the same plan on any machine."""
_MOST_IN_TURN = 8
"""Of so many in one run all orders are gone through; of more it is only seen that two of them meet."""
_LEAVE = -1
_NEVER = 1 << 200


@dataclass(frozen=True, slots=True)
class Solved:
    """A day's plan, what it costs, and a cost that no plan can be below."""

    places: tuple[Place, ...]
    score: Score
    bound: Score

    @property
    def gap(self) -> Gap:
        """Return what it may fall short by."""
        return gap_between(self.score, self.bound)


def rehome(day: LeavingDay, most_nodes: int = MOST_NODES) -> Solved:
    """Return the plan of a day whose score is least, proved where `most_nodes` are enough."""
    search = _Search(day)
    bound = search.run(most_nodes)
    places = with_rooms(day, [search.problem.place(row, *spot) for row, spot in sorted(search.best.items())])
    assert places is not None
    return Solved(tuple(places), score(day, places), search.problem.score_of(bound))


@dataclass(slots=True)
class _Node:
    """A part of the plans: which starts each row may have, who is in a run for good, and the assignment of all rows.

    `rows` and `columns` are the prices (duals) of the assignment, by which it is mended when a row's costs have grown.
    """

    masks: Masks
    fixed: dict[int, int]
    costs: Masks
    run_of: list[int]
    rows: list[int]
    columns: dict[int, int] = field(default_factory=dict)

    def with_row(self, row: int, masks: dict[int, int], costs: dict[int, int], *, fixed: int | None = None) -> "_Node":
        """Return a copy in which a row may have fewer starts."""
        copy = _Node(list(self.masks), dict(self.fixed), list(self.costs), list(self.run_of), list(self.rows), dict(self.columns))
        copy.masks[row], copy.costs[row] = masks, costs
        if fixed is not None:
            copy.fixed[row] = fixed
        return copy


class _Search:
    def __init__(self, day: LeavingDay) -> None:
        self.problem = Problem(day)
        self.best: Spots = {}
        self.best_cost = self.problem.total({})
        self._arranged: dict[tuple[tuple[int, int], ...], tuple[int, dict[int, int]] | None] = {}

    # The assignment.

    def assign(self, node: _Node, row: int) -> bool:
        """Give a row without one its run, or leave it, at the least cost of all rows together; False where that cannot be."""
        problem, costs, rows, columns = self.problem, node.costs, node.rows, node.columns
        inside: dict[int, list[int]] = {}
        for one, run in enumerate(node.run_of):
            if run != _LEAVE and one != row:
                inside.setdefault(run, []).append(one)
        base, fresh = {row: 0}, [row]
        far: dict[int, int] = {}
        by: dict[int, int] = {}
        done: dict[int, int] = {}
        least_left, leaver = _NEVER, row
        while True:
            for one in fresh:
                paid = base[one] - rows[one]
                for run, cost in costs[one].items():
                    if run not in done:
                        distance = paid + cost - columns.get(run, 0)
                        if distance < far.get(run, _NEVER):
                            far[run], by[run] = distance, one
                if one not in node.fixed and paid + problem.leave[one] < least_left:
                    least_left, leaver = paid + problem.leave[one], one
            run = min(far, key=far.__getitem__, default=_LEAVE)
            if run == _LEAVE and least_left == _NEVER:
                return False
            if run == _LEAVE or least_left <= far[run]:
                run, price, one = _LEAVE, least_left, leaver
                break
            if len(inside.get(run, ())) < problem.runs[run].capacity:
                price, one = far[run], by[run]
                break
            done[run] = far.pop(run)
            fresh = inside[run]
            base |= dict.fromkeys(fresh, done[run])
        for one_row, paid in base.items():
            rows[one_row] += price - paid
        for column, paid in done.items():
            columns[column] = columns.get(column, 0) - price + paid
        while True:
            run, node.run_of[one] = node.run_of[one], run
            if one == row:
                return True
            one = by[run]

    def costs_of(self, row: int, masks: dict[int, int]) -> dict[int, int]:
        """Return the least cost of a row in each run of which it may have a start."""
        problem = self.problem
        return {run: problem.cost(row, run, problem.nearest(row, mask)) for run, mask in masks.items()}

    def child(self, node: _Node, row: int, masks: dict[int, int], *, fixed: int | None = None) -> _Node | None:
        """Return a node in which a row may have fewer starts, None where it has no plan."""
        masks = {run: mask for run, mask in masks.items() if mask}
        new = node.with_row(row, masks, self.costs_of(row, masks), fixed=fixed)
        run = node.run_of[row]
        same = new.costs[row].get(run) == node.costs[row][run] if run != _LEAVE else row not in new.fixed
        if same:
            return new
        if run != _LEAVE and new.columns.get(run):  # a place that has a price is free now, which others may want
            return new if self.assign_all(new) else None
        return new if self.assign(new, row) else None

    def assign_all(self, node: _Node) -> bool:
        """Assign all rows anew; False where that cannot be."""
        count = len(node.costs)
        node.run_of, node.rows, node.columns = [_LEAVE] * count, [0] * count, {}
        return all(self.assign(node, row) for row in range(count))

    def bound(self, node: _Node) -> int:
        """Return a cost that no plan of a node is below; _NEVER where it has none."""
        problem = self.problem
        total = sum(problem.leave[row] if run == _LEAVE else node.costs[row][run] for row, run in enumerate(node.run_of))
        together: dict[int, list[int]] = {}
        for row, run in node.fixed.items():
            together.setdefault(run, []).append(row)
        for run, rows in together.items():
            if 1 < len(rows) <= _MOST_IN_TURN:
                arranged = self.arrange(node, run, rows)
                if arranged is None:
                    return _NEVER
                total += arranged[0] - sum(node.costs[row][run] for row in rows)
        return total

    # Inside one run.

    def arrange(self, node: _Node, run: int, rows: Iterable[int]) -> tuple[int, dict[int, int]] | None:
        """Return the least cost of some rows in one run together and their starts, None where they do not fit."""
        key = tuple(sorted((row, node.masks[row][run]) for row in rows))
        if key not in self._arranged:
            self._arranged[key] = self._arrange(run, key)
        return self._arranged[key]

    def _arrange(self, run: int, key: tuple[tuple[int, int], ...]) -> tuple[int, dict[int, int]] | None:
        # Of each set of rows, the ends and costs of which none is both earlier and cheaper than another.
        fronts: dict[int, list[tuple[int, int, tuple[int, int, int] | None]]] = {0: [(0, 0, None)]}
        whole = (1 << len(key)) - 1
        for done in range(whole):
            front = fronts.get(done)
            if not front:
                continue
            front = fronts[done] = _not_beaten(front)
            for number, (row, mask) in enumerate(key):
                if done >> number & 1:
                    continue
                length = self.problem.leavers[row].length
                onto = fronts.setdefault(done | 1 << number, [])
                for at, (end, cost, _back) in enumerate(front):
                    for start in self._worth_it(row, mask >> end << end):
                        onto.append((start + length, cost + self.problem.cost(row, run, start), (done, at, start)))
        last = fronts.get(whole)
        if not last:
            return None
        _end, cost, back = min(last, key=lambda one: (one[1], one[0]))
        starts: dict[int, int] = {}
        left = whole
        while back is not None:
            done, at, start = back
            number = (left ^ done).bit_length() - 1
            starts[key[number][0]] = start
            left, back = done, fronts[done][at][2]
        return cost, starts

    def _worth_it(self, row: int, mask: int) -> Iterator[int]:
        """Yield the starts of a mask than which none is both earlier and cheaper for a row."""
        if mask:
            last = self.problem.nearest(row, mask)
            mask &= (1 << (last + 1)) - 1
        while mask:
            low = mask & -mask
            yield low.bit_length() - 1
            mask ^= low

    # A node's answer.

    def answer(self, node: _Node) -> tuple[Spots, list[list[int]], list[int]]:
        """Return the spots of a node's assignment, the rows of each run that cannot have them as they stand, and who is loose.

        Rows of a run that meet each other are arranged; of a run in which they do not fit they are in no spot.
        """
        inside: dict[int, list[int]] = {}
        for row, run in enumerate(node.run_of):
            if run != _LEAVE:
                inside.setdefault(run, []).append(row)
        spots: Spots = {}
        crowded, loose = [], []
        for run, rows in inside.items():
            starts = {row: self.problem.nearest(row, node.masks[row][run]) for row in rows}
            if self.meeting(starts) is not None:
                crowded.append(rows)
                arranged = self.arrange(node, run, rows) if len(rows) <= _MOST_IN_TURN else None
                if arranged is None:
                    loose += rows
                    continue
                starts = arranged[1]
            spots.update({row: (run, start) for row, start in starts.items()})
        return spots, crowded, loose

    def meeting(self, starts: dict[int, int]) -> tuple[int, int] | None:
        """Return two rows, the earlier first, that would have one tick, None where there are none."""
        order = sorted(starts, key=lambda row: (starts[row], row))
        for one, other in pairwise(order):
            if starts[one] + self.problem.leavers[one].length > starts[other]:
                return one, other
        return None

    # Plans that can be carried out.

    def keep(self, spots: Spots) -> None:
        """Keep a plan that is better than the best so far."""
        cost = self.problem.total(spots)
        if cost < self.best_cost or (not self.best and spots and cost <= self.best_cost):
            self.best, self.best_cost = dict(spots), cost

    def fill(self, wanted: Spots, order: Sequence[int], masks: Masks) -> None:
        """Consider the plan that has some spots, as far as they go together, and the other rows where they cost least."""
        board = Board(self.problem)
        for row, spot in wanted.items():
            board.put(row, *spot)
        for row in order:
            if row not in board.spots:
                board.put_cheapest(row, masks[row])
        self.keep(board.spots)

    def orders(self) -> Iterator[list[int]]:
        """Yield orders in which rows may be placed, key appointments first."""
        leavers = self.problem.leavers
        rows = range(len(leavers))
        yield sorted(rows, key=lambda row: (not leavers[row].key, -leavers[row].length, row))
        yield sorted(rows, key=lambda row: (not leavers[row].key, leavers[row].length, row))
        yield sorted(rows, key=lambda row: (not leavers[row].key, sum(map(int.bit_count, self.problem.masks[row].values())), row))

    # The search.

    def root(self) -> _Node:
        """Return the node of all plans."""
        problem = self.problem
        costs = [self.costs_of(row, masks) for row, masks in enumerate(problem.masks)]
        node = _Node(list(problem.masks), {}, costs, [], [])
        self.assign_all(node)
        return node

    def run(self, most_nodes: int) -> int:
        """Find the best plan and return the bound that is proved; `best` is the plan."""
        for order in self.orders():
            self.fill({}, order, self.problem.masks)
        order = next(self.orders())
        root = self.root()
        heap: list[tuple[int, int, int, _Node]] = [(self.bound(root), 0, 0, root)]
        count = 0
        while heap:
            bound, _depth, _number, node = heappop(heap)
            if bound >= self.best_cost:
                return self.best_cost
            if count >= most_nodes:
                return bound
            for child in self.look_at(node, bound, order):
                below = max(bound, self.bound(child))
                if below < self.best_cost:
                    count += 1
                    heappush(heap, (below, -len(child.fixed), count, child))
        return self.best_cost

    def look_at(self, node: _Node, bound: int, order: Sequence[int]) -> list[_Node]:
        """Keep the plan of a node's answer if it is a good one, and return the nodes into which the node falls, if any."""
        spots, crowded, loose = self.answer(node)
        blame = self.blame(spots)
        self.fill(spots, order, self.problem.masks)
        if not loose and not blame and self.problem.total(spots) <= bound:
            return []
        children = self.by_run(node, crowded) or self.by_tick(node, crowded) or self.by_blame(node, blame)
        return [child for child in children if child is not None]

    def by_run(self, node: _Node, crowded: Sequence[list[int]]) -> list[_Node | None]:
        """Return two nodes: one of the rows that meet in a run is in it for good, or never."""
        for rows in crowded:
            free = [row for row in rows if row not in node.fixed]
            if not free or len(rows) > _MOST_IN_TURN:
                continue
            run = node.run_of[free[0]]
            starts = {row: self.problem.nearest(row, node.masks[row][run]) for row in rows}
            row = max(free, key=lambda one: (self._met(one, starts), self.problem.leavers[one].length, -one))
            others = {one: mask for one, mask in node.masks[row].items() if one != run}
            stays = self.child(node, row, {run: node.masks[row][run]}, fixed=run)
            return [stays, self.child(node, row, others)]
        return []

    def _met(self, row: int, starts: dict[int, int]) -> int:
        end = starts[row] + self.problem.leavers[row].length
        lengths = self.problem.leavers
        return sum(start < end and starts[row] < start + lengths[one].length for one, start in starts.items() if one != row)

    def by_tick(self, node: _Node, crowded: Sequence[list[int]]) -> list[_Node | None]:
        """Return two nodes: of two rows that would have one tick of a run the one does not have it, or the other."""
        for rows in crowded:
            if len(rows) > _MOST_IN_TURN:
                run = node.run_of[rows[0]]
                starts = {row: self.problem.nearest(row, node.masks[row][run]) for row in rows}
                met = self.meeting(starts)
                assert met is not None
                tick = starts[met[1]]
                return [self.without(node, row, [run], self.problem.starts_over(row, tick, tick + 1)) for row in met]
        return []

    def without(self, node: _Node, row: int, runs: Iterable[int], starts: int) -> _Node | None:
        """Return a node in which a row has none of some starts in some runs."""
        masks = dict(node.masks[row])
        for run in runs:
            if run in masks:
                masks[run] &= ~starts
        return self.child(node, row, masks)

    def by_blame(self, node: _Node, blame: Sequence[tuple[int, Sequence[int], int]]) -> list[_Node | None]:
        """Return a node for each row that may give way."""
        return [self.without(node, row, runs, starts) for row, runs, starts in blame]

    def blame(self, spots: Spots) -> list[tuple[int, Sequence[int], int]]:
        """Return the rows of which one at least must give way, as (row, runs, starts that it gives up), none where all is well.

        What is looked at: one claimant at two places, limited segments, rooms.
        """
        problem, every = self.problem, range(len(self.problem.runs))
        met = self.meeting_claimant(spots)
        if met is not None:
            tick = max(spots[row][1] for row in met)
            return [(row, every, problem.starts_over(row, tick, tick + 1)) for row in met]
        for limit in problem.day.limits:
            inside = [row for row, spot in spots.items() if self.uses(limit, row, spot)]
            if len(inside) > limit.left:
                runs = [number for number, run in enumerate(problem.runs) if run.diary == limit.diary]
                return [(row, runs, problem.starts_in(row, limit)) for row in inside]
        if with_rooms(problem.day, [problem.place(row, *spot) for row, spot in spots.items()]) is None:
            return [(row, every, 1 << spots[row][1]) for row in self.short_of_rooms(spots)]
        return []

    def short_of_rooms(self, spots: Spots) -> list[int]:
        """Return rows that together find not enough rooms, none of whom could be left out."""
        problem = self.problem
        rows = [row for row in spots if problem.leavers[row].needs]
        for row in list(rows):
            others = [one for one in rows if one != row]
            if with_rooms(problem.day, [problem.place(one, *spots[one]) for one in others]) is None:
                rows = others
        return rows

    def meeting_claimant(self, spots: Spots) -> tuple[int, int] | None:
        """Return two rows of one claimant that would be at one time, None where there are none."""
        of_client: dict[str, dict[int, int]] = {}
        for row, (_run, start) in spots.items():
            client = self.problem.leavers[row].entry.client
            if client is not None:
                of_client.setdefault(client, {})[row] = start
        return next((met for starts in of_client.values() if (met := self.meeting(starts)) is not None), None)

    def uses(self, limit: Limit, row: int, spot: tuple[int, int]) -> bool:
        """Return whether a row at a spot needs a place of a limited segment."""
        return touches(limit, self.problem.place(row, *spot), self.problem.leavers[row].length)


def _not_beaten(
    front: list[tuple[int, int, tuple[int, int, int] | None]],
) -> list[tuple[int, int, tuple[int, int, int] | None]]:
    """Return what no other is both earlier and cheaper than."""
    kept: list[tuple[int, int, tuple[int, int, int] | None]] = []
    for one in sorted(front, key=lambda state: state[:2]):
        if not kept or one[1] < kept[-1][1]:
            kept.append(one)
    return kept
