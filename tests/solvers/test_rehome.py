"""Re-homing: the solver against every plan there is, on small days; and that a gap it states is true."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_tui.domain.rehoming import Gap, Leaver, LeavingDay, Limit, Place, Score, faults, gap_between, score, with_rooms
from agent_tui.domain.requests import EntryState
from agent_tui.domain.ticks import mask_of, span, starts_of, ticks_in
from agent_tui.solvers.rehome import rehome
from agent_tui.solvers.rehome_problem import nearest_start

DAY = date(2026, 11, 25)
NINE = 108


def entry(number: int, start: int, length: int, client: str | None = None, diary: str = "D01") -> EntryState:
    """Return a booked appointment."""
    return EntryState(
        id=f"e{number}",
        kind="appointment",
        status="booked",
        type="T",
        client=client,
        diary=diary,
        day=DAY,
        start=start,
        end=start + length,
        resources=(diary,),
        needs=(),
        channel="f2f",
        priority="standard",
        contact="phone",
        version=1,
        made_by="agent1",
        made_at=number,
    )


def every_plan(day: LeavingDay) -> Iterator[list[Place]]:
    """Yield every plan of a day that can be carried out."""
    choices: list[list[Place | None]] = []
    for leaver in day.leavers:
        spots = [Place(leaver.entry.id, diary, start) for diary, mask in leaver.starts.items() for start in ticks_in(mask)]
        choices.append([None, *spots])
    for chosen in product(*choices):
        places = with_rooms(day, [one for one in chosen if one is not None])
        if places is not None and not faults(day, places):
            yield places


def best_of(day: LeavingDay) -> Score:
    """Return the least score of any plan of a day."""
    return min(score(day, places) for places in every_plan(day))


@st.composite
def days(draw: st.DrawFn) -> LeavingDay:
    """Return a small day: few leavers, three diaries with little time, perhaps rooms, limits and one claimant twice."""
    count = draw(st.integers(1, 3))
    width = draw(st.integers(4, 8))
    diaries = ["D01", "D02", "D03"][: draw(st.integers(1, 3))]
    free = {code: draw(st.integers(0, (1 << width) - 1)) << NINE for code in diaries}
    rooms = {code: draw(st.integers(0, (1 << width) - 1)) << NINE for code in ("R01", "R02")}
    leavers = []
    for number in range(count):
        length = draw(st.integers(1, 4))
        open_to = {code: mask & (draw(st.integers(0, (1 << width) - 1)) << NINE | mask) for code, mask in free.items()}
        needs = draw(st.sampled_from([(), (), ("room",), ("room", "loop")]))
        starts = {code: starts_of(mask, length) for code, mask in open_to.items()}
        client = draw(st.sampled_from([None, "C1", "C2"]))
        start = NINE + draw(st.integers(0, width))
        leavers.append(Leaver(entry(number, start, length, client), draw(st.booleans()), length, starts, needs, rooms))
    limits = []
    if draw(st.booleans()):
        first = NINE + draw(st.integers(0, width - 1))
        second = first + draw(st.integers(1, width))
        parts = ((first, second), (second + 1, second + 2)) if draw(st.booleans()) else ((first, second),)
        limits.append(Limit(diaries[-1], parts, draw(st.integers(0, 2))))
    meets = {"R01": frozenset({"room"}), "R02": frozenset({"room", "loop"})}
    return LeavingDay(DAY, tuple(leavers), {"D01": "A", "D02": "A", "D03": "B"}, meets, tuple(limits))


@settings(max_examples=80, deadline=None)
@given(days())
def test_no_plan_is_better_and_the_solvers_can_be_carried_out(day: LeavingDay) -> None:
    found = rehome(day)
    assert faults(day, found.places) == []
    assert found.score == score(day, found.places) == best_of(day)
    assert found.gap == Gap()
    assert found.gap.proved


@settings(max_examples=80, deadline=None)
@given(days(), st.integers(0, 3))
def test_what_is_not_proved_states_a_gap_that_is_true(day: LeavingDay, nodes: int) -> None:
    found = rehome(day, nodes)
    assert faults(day, found.places) == []
    best, gap = best_of(day), found.gap
    assert found.bound <= best <= found.score
    if gap.proved:
        assert found.score == best
    else:
        assert gap.figure is not None
        at = Score._fields.index(gap.figure)
        assert found.score[:at] == best[:at]
        assert found.score[at] - best[at] <= gap.amount


def crowd(seed: int, leavers: int, diaries: int, filled: float) -> LeavingDay:
    """Return a day of many diaries that are filled to a share, and the appointments of one more."""
    random = Random(seed)
    hours = [(108, 144), (156, 204)]

    def fill(share: float) -> list[tuple[int, int]]:
        out = []
        for first, end in hours:
            at = first
            while True:
                length = random.choice([2, 2, 2, 4, 4, 6, 10])
                if at + length > end:
                    break
                if random.random() < share:
                    out.append((at, at + length))
                    at += length
                else:
                    at += random.choice([1, 2, 3])
        return out

    whole = mask_of(hours)
    free: Mapping[str, int] = {f"D{n:02d}": whole & ~mask_of(fill(filled)) for n in range(2, diaries + 2)}
    own = next(full for _ in range(100) if len(full := fill(1.0)) == leavers)
    rows = []
    for number, (start, end) in enumerate(own):
        length = end - start
        starts = {code: starts_of(mask, length) for code, mask in free.items()}
        rows.append(Leaver(entry(number, start, length, f"C{number}"), length >= 6, length, starts))
    teams = {"D01": "A"} | {code: "AB"[number % 2] for number, code in enumerate(free)}
    return LeavingDay(DAY, tuple(rows), teams)


@pytest.mark.parametrize("filled", [0.5, 0.7, 0.8, 0.85])
@pytest.mark.parametrize("seed", range(3))
def test_a_day_of_a_whole_site_is_proved(seed: int, filled: float) -> None:
    day = crowd(seed, 20, 26, filled)
    found = rehome(day)
    assert faults(day, found.places) == []
    assert found.gap.proved, found
    assert rehome(day) == found


def test_of_a_day_with_hardly_any_room_it_is_at_least_known_how_many_stay() -> None:
    for seed in range(3):
        gap = rehome(crowd(seed, 20, 26, 0.95)).gap
        assert gap.figure in (None, "shift_minutes", "other_team", "other_coach")


def test_the_nearest_start_is_the_earlier_of_two() -> None:
    assert nearest_start(1 << 5 | 1 << 9, 7) == 5
    assert nearest_start(1 << 5 | 1 << 8, 7) == 8
    assert nearest_start(1 << 5, 7) == 5
    assert nearest_start(1 << 9, 7) == 9
    assert nearest_start(span(3, 12), 7) == 7


def test_a_gap_is_of_the_first_figure_in_which_a_plan_could_be_better() -> None:
    assert gap_between(Score(1, 3, 50, 2, 2), Score(1, 2, 90, 0, 0)) == Gap("left", 1)
    assert gap_between(Score(1, 3, 50, 2, 2), Score(1, 3, 45, 2, 2)) == Gap("shift_minutes", 5)
    assert gap_between(Score(1, 3, 50, 2, 2), Score(1, 3, 50, 2, 2)) == Gap()
