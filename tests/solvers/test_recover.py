"""The recovery list against trying everything: on small days no set of at most two moves wins more than the list says."""

from collections import Counter
from datetime import date
from functools import cache
from itertools import combinations, pairwise, product

from hypothesis import given, settings
from hypothesis import strategies as st

from agent_tui.domain.recovery import Count, HalfDay, Movable, Piece, Plan, count, plan_of
from agent_tui.domain.ticks import span, ticks_in
from agent_tui.solvers.recover import plans

DAY = date(2026, 12, 1)
LAST = 34


@st.composite
def half_days(draw: st.DrawFn) -> HalfDay:
    """Draw a short half-day: one to three kinds of time, appointments with gaps between, some of which may go few places only."""
    edges = sorted(draw(st.sets(st.integers(1, LAST - 1), max_size=2)) | {0, LAST})
    lengths = st.lists(st.integers(1, 9), min_size=1, max_size=3, unique=True).map(lambda found: tuple(sorted(found)))
    pieces = [Piece(first, last, draw(lengths)) for first, last in pairwise(edges)]
    if len(pieces) > 1 and draw(st.booleans()):
        del pieces[draw(st.integers(0, len(pieces) - 1))]
    open_mask = span(0, LAST)
    busy, at = 0, 0
    movables: list[Movable] = []
    while at < LAST and len(movables) < 5:
        at += draw(st.sampled_from((0, 0, 1, 1, 2, 5)))
        length = draw(st.integers(1, 7))
        if at + length > LAST:
            break
        busy |= span(at, at + length)
        if draw(st.integers(0, 4)):
            few = st.sets(st.integers(0, LAST), max_size=4).map(lambda found: sum(1 << tick for tick in found))
            targets = draw(st.one_of(st.just(open_mask), st.just(open_mask), few))
            client = f"C{draw(st.sampled_from((len(movables), len(movables), 0)))}"
            movables.append(Movable(f"e{at:02d}", 1, client, "AAA", at, at + length, targets))
        at += length
    return HalfDay("D01", "A Khan", DAY, "am", open_mask & ~busy, tuple(pieces), tuple(movables))


def placings(half: HalfDay, ones: tuple[Movable, ...]) -> list[tuple[int, ...]]:
    """Return every way to put some appointments elsewhere at one time, tick by tick."""
    free = set(ticks_in(half.free)).union(*(range(one.start, one.end) for one in ones))
    alone = [
        [to for to in ticks_in(one.targets) if to != one.start and free.issuperset(range(to, to + one.length))] for one in ones
    ]
    ways = []
    for starts in product(*alone):
        ticks = [tick for one, to in zip(ones, starts, strict=True) for tick in range(to, to + one.length)]
        if len(set(ticks)) == len(ticks):
            ways.append(starts)
    return ways


@cache
def fitting_in(piece: Piece, free: frozenset[int]) -> tuple[dict[int, int], int]:
    """Count tick by tick what fits side by side of each length into one piece's free ticks, and what nothing can use."""
    found = dict.fromkeys(piece.lengths, 0)
    lost = run = 0
    for tick in range(piece.start, piece.end + 1):
        if tick < piece.end and tick in free:
            run += 1
            continue
        for length in piece.lengths:
            found[length] += run // length
        reached = {0}
        for ticks in range(1, run + 1):
            if any(ticks - length in reached for length in piece.lengths):
                reached.add(ticks)
        lost += run - max(reached)
        run = 0
    return found, lost


def fitting(half: HalfDay, free: set[int]) -> tuple[dict[int, int], int]:
    """Count what fits side by side of each length, and what nothing can use."""
    found: Counter[int] = Counter()
    lost = 0
    for piece in half.pieces:
        fits, left = fitting_in(piece, frozenset(free.intersection(range(piece.start, piece.end))))
        found.update(fits)
        lost += left
    return dict(found), lost


def won(half: HalfDay, ones: tuple[Movable, ...], starts: tuple[int, ...]) -> int:
    """Return the usable starts that moves win, 0 where they win nothing or some length loses."""
    free = set(ticks_in(half.free))
    before, lost = fitting(half, free)
    free = free.union(*(range(one.start, one.end) for one in ones))
    for one, to in zip(ones, starts, strict=True):
        free -= set(range(to, to + one.length))
    after, left = fitting(half, free)
    if left > lost or any(after.get(length, 0) < number for length, number in before.items()):
        return 0
    return max(0, sum(after.values()) - sum(before.values()))


def by_trying(half: HalfDay) -> dict[tuple[str, ...], int]:
    """Return what each smallest set of one or two appointments wins at best, by trying all starts of all of them."""
    singles = {one.id: max((won(half, (one,), way) for way in placings(half, (one,))), default=0) for one in half.movables}
    found: dict[tuple[str, ...], int] = {(id,): most for id, most in singles.items() if most}
    for pair in combinations(half.movables, 2):
        if pair[0].client != pair[1].client:
            most = max((won(half, pair, way) for way in placings(half, pair)), default=0)
            if most > singles[pair[0].id] + singles[pair[1].id]:
                found[pair[0].id, pair[1].id] = most
    return found


@settings(max_examples=80, deadline=None)
@given(half=half_days())
def test_the_list_is_what_trying_everything_finds(half: HalfDay) -> None:
    found = plans(half)
    assert {tuple(move.id for move in plan.moves): plan.won for plan in found} == by_trying(half)
    assert [plan.rank for plan in found] == sorted(plan.rank for plan in found)
    known = {one.id: one for one in half.movables}
    for plan in found:
        ones = tuple(known[move.id] for move in plan.moves)
        starts = tuple(move.to for move in plan.moves)
        assert starts in placings(half, ones)
        assert plan.won == won(half, ones, starts) > 0
        assert plan.recovered_minutes >= 0
        assert plan_of(half, list(zip(ones, starts, strict=True))) == plan


@settings(max_examples=50, deadline=None)
@given(half=half_days())
def test_free_time_is_usable_or_stranded(half: HalfDay) -> None:
    fitting_now, lost = fitting(half, set(ticks_in(half.free)))
    assert count(half.pieces, half.free) == Count(fitting_now, lost)


def gapped(*lengths_and_gaps: int, targets: int = span(0, LAST)) -> HalfDay:
    """Return a half-day of 10-tick meetings' time with appointments (length, then the gap after it) from 0 on."""
    at, busy, movables = 0, 0, []
    for number, (length, gap) in enumerate(zip(lengths_and_gaps[::2], lengths_and_gaps[1::2], strict=True)):
        movables.append(Movable(f"e{number}", 1, f"C{number}", "AAA", at, at + length, targets))
        busy |= span(at, at + length)
        at += length + gap
    return HalfDay("D01", "A Khan", DAY, "am", span(0, at) & ~busy, (Piece(0, at, (2, 10)),), tuple(movables))


def test_two_gaps_of_five_minutes_around_one_appointment_become_ten() -> None:
    (plan,) = [one for one in plans(gapped(4, 1, 6, 1)) if len(one.moves) == 1 and one.moves[0].id == "e1"]
    assert (plan.moves[0].start, plan.moves[0].to, plan.won, plan.recovered_minutes) == (5, 4, 1, 10)
    assert plan.won_by_length == ((10, 1),)
    assert plan.each == 1


def test_a_pair_is_listed_only_where_its_parts_together_win_more() -> None:
    # Five ticks on either side of two appointments: only both moved make room for the long meeting.
    found = plans(gapped(2, 4, 3, 2, 3, 4, 2, 0))
    pair = next(one for one in found if len(one.moves) == 2 and {move.id for move in one.moves} == {"e1", "e2"})
    assert (50, 1) in pair.won_by_length


def test_a_swap_is_a_plan_too() -> None:
    # e0 has room for one tick more beside it, and e2 is one tick longer: each has its place in the other's.
    half = HalfDay(
        "D01",
        "A Khan",
        DAY,
        "am",
        span(0, 30) & ~span(0, 5) & ~span(6, 20) & ~span(20, 26) & ~span(27, 30),
        (Piece(0, 30, (2,)),),
        (
            Movable("a", 1, "C1", "AAA", 0, 5, span(0, 30)),
            Movable("b", 1, "C2", "AAA", 20, 26, span(0, 30)),
        ),
    )
    (plan,) = plans(half)
    assert [(move.id, move.start, move.to) for move in plan.moves] in (
        [("a", 0, 20), ("b", 20, 0)],
        [("a", 0, 22), ("b", 20, 0)],
    )
    assert (plan.won, plan.recovered_minutes) == (1, 10)


def test_a_day_that_is_whole_leaves_nothing_to_win() -> None:
    assert plans(gapped(4, 0, 6, 0, 5, 10)) == []


def test_a_plan_is_another_when_anything_of_it_has_changed() -> None:
    plan: Plan = next(one for one in plans(gapped(4, 1, 6, 1)) if one.moves[0].id == "e1")
    half = gapped(4, 1, 6, 1)
    changed = HalfDay("D01", "A Khan", DAY, "am", half.free, half.pieces, (half.movables[0], _again(half.movables[1])))
    other = next(one for one in plans(changed) if one.moves[0].id == "e1")
    assert plan.id.startswith("D01-20261201-am-")
    assert other.id != plan.id
    assert [(move.id, move.to) for move in other.moves] == [(move.id, move.to) for move in plan.moves]


def _again(one: Movable) -> Movable:
    return Movable(one.id, one.version + 1, one.client, one.type, one.start, one.end, one.targets)
