"""Re-homing stated: what a plan costs, and what keeps it from being carried out."""

from datetime import date
from typing import Any

import pytest

from agent_tui.domain.rehoming import (
    Leaver,
    LeavingDay,
    Limit,
    Place,
    Score,
    faults,
    is_rehomed,
    score,
    with_rooms,
)
from agent_tui.domain.requests import EntryState
from agent_tui.domain.ticks import span

DAY = date(2026, 11, 25)
OPEN = span(108, 144)
TEAMS = {"D01": "A", "D02": "A", "D03": "B"}
MEETS = {"R01": frozenset({"room"}), "R02": frozenset({"room", "loop"})}


def leaver(number: int, start: int, *, client: str | None = None, key: bool = False, **more: Any) -> Leaver:
    """Return an appointment of twenty minutes in D01 that may go anywhere in the morning."""
    entry = EntryState(
        id=f"e{number}",
        kind="appointment",
        status="booked",
        type="EV",
        client=client,
        diary="D01",
        day=DAY,
        start=start,
        end=start + 4,
        resources=("D01",),
        needs=(),
        channel="f2f",
        priority="standard",
        contact="phone",
        version=1,
        made_by="agent1",
        made_at=number,
    )
    starts = dict.fromkeys(("D01", "D02", "D03"), span(108, 141))
    return Leaver(entry, key, 4, starts, **{"rooms": {"R01": OPEN, "R02": OPEN}, **more})


def day(*leavers: Leaver, limits: tuple[Limit, ...] = ()) -> LeavingDay:
    """Return the day of some leavers."""
    return LeavingDay(DAY, leavers, TEAMS, MEETS, limits)


def test_a_plan_costs_who_is_left_then_minutes_then_teams_then_coaches() -> None:
    three = day(leaver(1, 110), leaver(2, 120, key=True), leaver(3, 130, key=True))
    assert score(three, []) == Score(2, 3, 0, 0, 0)
    places = [Place("e1", "D01", 110), Place("e2", "D02", 117), Place("e3", "D03", 132)]
    assert score(three, places) == Score(0, 0, 25, 1, 2)
    assert score(three, places[:1]) > score(three, places[1:2])  # a key appointment goes before another
    assert Score(0, 1, 500, 9, 9) < Score(0, 2, 0, 0, 0) < Score(1, 1, 0, 0, 0)


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ([Place("e1", "D02", 107)], "cannot start at 08:55 in D02"),
        ([Place("e1", "D09", 110)], "cannot start at 09:10 in D09"),
        ([Place("e9", "D02", 110)], "not to be placed"),
        ([Place("e1", "D02", 110), Place("e1", "D03", 110)], "placed twice"),
        ([Place("e1", "D02", 110), Place("e2", "D02", 113)], "would have one time"),
        ([Place("e1", "D02", 110), Place("e3", "D03", 113)], "of one claimant"),
        ([Place("e4", "D02", 110)], "nothing that meets room"),
        ([Place("e4", "D02", 110, ("R01",)), Place("e5", "D03", 112, ("R01",))], "would have one time"),
        ([Place("e6", "D02", 110, ("R01",))], "R01 is not free at 09:10"),
        ([Place("e1", "D03", 110), Place("e2", "D03", 114)], "limit of the segment of D03 at 09:00"),
    ],
)
def test_what_cannot_be_carried_out_is_said_in_a_sentence(places: list[Place], words: str) -> None:
    rooms: dict[str, Any] = {"needs": ("room",)}
    full: dict[str, Any] = {"needs": ("room",), "rooms": {"R01": span(108, 112)}}
    leavers = (leaver(1, 110, client="C1"), leaver(2, 114), leaver(3, 118, client="C1"), leaver(4, 122, **rooms))
    some = day(*leavers, leaver(5, 126, **rooms), leaver(6, 130, **full), limits=(Limit("D03", ((108, 112), (114, 116)), 1),))
    found = faults(some, places)
    assert any(words in one for one in found), found
    assert all(one.endswith(".") for one in found)


def test_what_can_be_carried_out_has_no_fault() -> None:
    some = day(leaver(1, 110, client="C1"), leaver(2, 114, client="C1"), limits=(Limit("D03", ((108, 112),), 1),))
    assert faults(some, []) == []
    assert faults(some, [Place("e1", "D03", 110), Place("e2", "D03", 114)]) == []


def test_rooms_are_given_so_that_all_have_theirs() -> None:
    needs = [leaver(1, 110, needs=("room",)), leaver(2, 112, needs=("loop",)), leaver(3, 116, needs=("room",))]
    places = [Place("e1", "D01", 110), Place("e2", "D02", 112), Place("e3", "D03", 115)]
    found = with_rooms(day(*needs), places)
    assert found is not None
    assert [one.rooms for one in found] == [("R01",), ("R02",), ("R01",)]
    assert faults(day(*needs), found) == []
    assert with_rooms(day(*needs), [places[0], places[1], Place("e3", "D03", 113)]) is None


def test_many_at_one_time_are_soon_seen_to_have_too_few_rooms() -> None:
    many = [leaver(number, 108 + number, needs=("room",)) for number in range(30)]
    assert with_rooms(day(*many), [Place(f"e{number}", "D01", 108 + number) for number in range(30)]) is None


@pytest.mark.parametrize(
    ("reason", "told"), [(None, False), ("minutes:5", False), ("rehomed", True), ("rehomed:ab;gap:left=1", True)]
)
def test_lines_of_a_re_homing_are_told_by_their_reason(reason: str | None, told: bool) -> None:
    assert is_rehomed(reason) is told
