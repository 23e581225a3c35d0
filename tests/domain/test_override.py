"""Who may be displaced by an urgent request, and that a chain can be written move by move as it stands."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_tui.domain.availability import Now, Occupied, Search, offers
from agent_tui.domain.override import NOTICE, PAYMENT, Chain, Claim, Planner, Standing, approval_for, may_displace
from agent_tui.domain.patterns import Segment
from agent_tui.domain.requests import PRIORITIES, EntryState, Request
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import span
from tests.domain.worlds import ALL, FIVE, MONDAY, NINE, NOON, TEN, diary, every_day, kind, site

BEFORE = Now(MONDAY - timedelta(days=10), 0)
TUESDAY = MONDAY + timedelta(days=1)


def booked(id: str, start: int, end: int, **more: Any) -> Standing:
    """Return a booked appointment of type AAA on Monday in D01, a standard one unless said otherwise."""
    said: dict[str, Any] = {
        **{"kind": "appointment", "status": "booked", "type": "AAA", "client": f"C{id}", "diary": "D01", "day": MONDAY},
        **{"needs": (), "channel": "f2f", "priority": "standard", "contact": "phone", "version": 1},
        **{"made_by": "agent1", "made_at": 0},
    }
    said |= more
    said.setdefault("resources", (said["diary"],))
    entry = EntryState(id=id, start=start, end=end, **said)
    return Standing(entry, tuple((one, entry.day.isoformat(), start, end) for one in entry.resources))


def planner(catalogue: Catalogue, *standing: Standing, blocks: dict[tuple[str, str], int] | None = None, **more: Any) -> Planner:
    masks = dict(blocks or {})
    for one in standing:
        for resource, day, start, end in one.ranges:
            masks[resource, day] = masks.get((resource, day), 0) | span(start, end)
    said = {"notice": 0, **more}
    return Planner(catalogue, standing, Occupied(masks), said.pop("now", BEFORE), **said)


def claim(priority: str = "urgent", code: str = "AAA", *, last: date = MONDAY, key: bool = False, **more: Any) -> Claim:
    return Claim(Request(code, MONDAY, last, limit=None, every=True, **more), priority, key)


def hour(types: frozenset[str] = ALL, minutes: int = 30, **more: Any) -> Catalogue:
    """Return a site with diary D01, open on every day from nine to ten."""
    return site((kind("AAA", minutes),), (diary("D01", types=types),), every_day((Segment(NINE, TEN, ALL),)), **more)


@pytest.mark.parametrize("mine", PRIORITIES)
@pytest.mark.parametrize("theirs", PRIORITIES)
def test_only_a_lower_priority_may_be_displaced(mine: str, theirs: str) -> None:
    entry = booked("1", NINE, NINE + 6, priority=theirs).entry
    assert may_displace(mine, entry) == (PRIORITIES.index(theirs) < PRIORITIES.index(mine))


@pytest.mark.parametrize(
    "more", [{"kind": "hold", "status": "held"}, {"kind": "block", "status": "blocked"}, {"status": "attended"}, {"pair": "1"}]
)
def test_holds_blocks_pairs_and_what_has_been_attended_stay(more: dict[str, Any]) -> None:
    entry = booked("1", NINE, NINE + 6, **more).entry
    assert not may_displace("urgent", entry)


def test_a_payment_type_gives_way_to_another_only_with_approval() -> None:
    catalogue = site((kind("AAA", key=True), kind("BBB")))
    entry = booked("1", NINE, NINE + 6).entry
    assert approval_for(catalogue, False, entry, BEFORE, 0) == (PAYMENT,)
    assert approval_for(catalogue, True, entry, BEFORE, 0) == ()
    assert approval_for(catalogue, False, replace(entry, type="BBB"), BEFORE, 0) == ()


@pytest.mark.parametrize(("tick", "reasons"), [(NINE - 13, ()), (NINE - 12, ()), (NINE - 11, (NOTICE,)), (NINE, (NOTICE,))])
def test_what_is_sooner_than_the_notice_needs_approval(tick: int, reasons: tuple[str, ...]) -> None:
    entry = booked("1", NINE, NINE + 6).entry
    assert approval_for(site(), False, entry, Now(MONDAY, tick), 60) == reasons


def test_the_displaced_goes_to_its_nearest_place_and_is_named() -> None:
    one, two = booked("1", NINE, NINE + 6), booked("2", NINE + 6, TEN, priority="high")
    found = planner(hour(), one, two).chains(claim(near=NINE + 6))
    assert [(chain.offer.start, [step.entry.id for step in chain.steps]) for chain in found] == [
        (NINE, ["1"]),
        (NINE + 6, ["2"]),
        (NINE + 5, ["2", "1"]),
    ]
    (step,) = found[0].steps
    assert (step.offer.day, step.offer.start, step.days_lost, step.shift_minutes) == (TUESDAY, NINE, 1, 0)


def test_a_shift_within_the_day_is_enough_where_there_is_room() -> None:
    one = booked("1", NINE + 3, NINE + 9)
    (best, *_) = planner(
        site((kind("AAA", 30), kind("BBB", 45)), patterns=every_day((Segment(NINE, NINE + 15, ALL),))), one
    ).chains(claim(code="BBB"))
    (step,) = best.steps
    assert (best.offer.start, step.offer.day, step.offer.start) == (NINE, MONDAY, NINE + 9)


def test_one_without_a_free_place_displaces_a_lower_one_and_that_one_moves_first() -> None:
    days = every_day((Segment(NINE, NINE + 6, ALL),))
    catalogue = site((kind("AAA", 30),), (diary("D01"), diary("D02")), days)
    # Nobody has a free place within 20 working days but D02 a month later, which only the lowest may wait for.
    full = {
        (code, (MONDAY + timedelta(days=n)).isoformat()): span(NINE, NINE + 6) for code in ("D01", "D02") for n in range(1, 27)
    }
    high, low = booked("1", NINE, NINE + 6, priority="high"), booked("2", NINE, NINE + 6, diary="D02")
    free = (MONDAY + timedelta(days=25)).isoformat()
    blocks = {place: mask for place, mask in full.items() if place != ("D02", free)}
    assert [step.entry.id for step in planner(catalogue, high, low, blocks=blocks).chains(claim(diary="D01"))[0].steps] == ["1"]
    late = (MONDAY + timedelta(days=3)).isoformat()
    third = booked("3", NINE, NINE + 6, diary="D02", day=MONDAY + timedelta(days=7))
    blocks = {place: mask for place, mask in full.items() if place not in {("D01", late), ("D02", third.ranges[0][1])}}
    chains = planner(catalogue, high, low, third, blocks=blocks).chains(claim(diary="D01"))
    assert [(step.entry.id, step.depth) for step in chains[0].steps] == [("1", 1)]
    everything = {place: mask for place, mask in full.items() if place != ("D02", third.ranges[0][1])}
    assert planner(catalogue, high, low, third, blocks=everything).chains(claim(diary="D01")) == ()


def test_the_chain_stops_at_its_depth() -> None:
    days = every_day((Segment(NINE, NINE + 6, ALL),))
    catalogue = site((kind("AAA", 30),), (diary("D01"), diary("D02", types=frozenset({"AAA", "BBB"}))), days)
    catalogue = replace(catalogue, types=catalogue.types | {"BBB": kind("BBB", 30)})
    catalogue = replace(catalogue, diaries=catalogue.diaries | {"D03": diary("D03", types=frozenset({"BBB"}))})
    full = {
        (code, (MONDAY + timedelta(days=n)).isoformat()): span(NINE, NINE + 6) for code in ("D01", "D02") for n in range(1, 40)
    }
    high = booked("1", NINE, NINE + 6, priority="high")
    low = booked("2", NINE, NINE + 6, diary="D02", type="BBB")
    (chain, *_) = planner(catalogue, high, low, blocks=full).chains(claim(diary="D01"))
    assert [(step.entry.id, step.offer.diary, step.offer.day, step.depth) for step in chain.steps] == [
        ("2", "D03", MONDAY, 2),
        ("1", "D02", MONDAY, 1),
    ]
    assert planner(catalogue, high, low, blocks=full, depth=1).chains(claim(diary="D01")) == ()


def test_a_deeper_chain_is_shown_second_where_the_displaced_would_lose_days() -> None:
    days = every_day((Segment(NINE, NINE + 6, ALL),))
    catalogue = site((kind("AAA", 30),), (diary("D01"), diary("D02")), days)
    full = {(code, (MONDAY + timedelta(days=n)).isoformat()): span(NINE, NINE + 6) for code in ("D01", "D02") for n in (1, 2)}
    high, low = booked("1", NINE, NINE + 6, priority="high"), booked("2", NINE, NINE + 6, diary="D02")
    least, deeper = planner(catalogue, high, low, blocks=full).chains(claim(diary="D01"))
    thursday = MONDAY + timedelta(days=3)
    assert [(step.entry.id, step.depth, step.offer.day) for step in least.steps] == [("1", 1, thursday)]
    assert [(step.entry.id, step.depth, step.offer.diary, step.offer.day) for step in deeper.steps] == [
        ("2", 2, "D02", thursday),
        ("1", 1, "D02", MONDAY),
    ]
    assert deeper.offer == least.offer
    # To the depth of one there is the first alone, and none deeper where the displaced is of the lowest priority.
    assert planner(catalogue, high, low, blocks=full, depth=1).chains(claim(diary="D01")) == (least,)
    lowest = booked("1", NINE, NINE + 6)
    assert len(planner(catalogue, lowest, low, blocks=full).chains(claim(diary="D01"))) == 1


def test_a_limited_segment_has_room_once_one_of_its_own_has_gone() -> None:
    days = every_day((Segment(NINE, NOON, ALL, "all", 1),))
    catalogue = site((kind("AAA", 30),), (diary("D01"),), days)
    one = booked("1", NINE, NINE + 6)
    board = planner(catalogue, one)
    pattern, segment = catalogue.plan("D01", MONDAY).stretches[0].limit_key
    board.board.limits["D01", MONDAY.isoformat(), pattern, segment] = 1
    assert offers(catalogue, claim().request, Occupied(board.board.masks, {}, board.board.limits), BEFORE).offers == ()
    (chain, *_) = board.chains(claim())
    assert (chain.offer.start, chain.steps[0].offer.day) == (NINE, TUESDAY)


def test_the_claimants_own_time_is_nobodys_to_displace() -> None:
    mine = booked("1", NINE, TEN, diary="D02", client="C9")
    catalogue = site((kind("AAA", 30),), (diary("D01"), diary("D02")), every_day((Segment(NINE, TEN, ALL),)))
    theirs = booked("2", NINE, TEN)
    assert planner(catalogue, mine, theirs).chains(claim(client="C9", diary="D01")) == ()
    assert planner(catalogue, mine, theirs).chains(claim(client="C8", diary="D01"))


def test_a_token_changes_with_any_version() -> None:
    one = booked("1", NINE, TEN)
    (chain, *_) = planner(hour(), one).chains(claim())
    (again, *_) = planner(hour(), one).chains(claim())
    (other, *_) = planner(hour(), Standing(replace(one.entry, version=2), one.ranges)).chains(claim())
    assert chain.token == again.token != other.token
    assert replace(chain, version=2).token != chain.token


@st.composite
def crowds(draw: st.DrawFn) -> tuple[Catalogue, list[Standing]]:
    """Draw a full site of two diaries and three days."""
    types = (kind("AAA", 30), kind("BBB", 20, key=True), kind("CCC", 50))
    catalogue = site(types, (diary("D01"), diary("D02", "B")), every_day((Segment(NINE, NOON, ALL),)))
    lengths = {"AAA": 6, "BBB": 4, "CCC": 10}
    out: list[Standing] = []
    for code in ("D01", "D02"):
        for n in range(3):
            tick = NINE
            while tick < NOON:
                type = draw(st.sampled_from(("AAA", "BBB", "CCC")))
                tick += draw(st.sampled_from((0, 0, 0, 1, 2)))
                if tick + lengths[type] > NOON:
                    break
                more = {"priority": draw(st.sampled_from(PRIORITIES)), "client": f"C{draw(st.integers(1, 9))}"}
                day = MONDAY + timedelta(days=n)
                out.append(booked(f"{len(out)}", tick, tick + lengths[type], type=type, diary=code, day=day, **more))
                tick += lengths[type]
    return catalogue, out


@settings(max_examples=60, deadline=None)
@given(crowds(), st.sampled_from(("AAA", "BBB", "CCC")), st.sampled_from(("high", "urgent")), st.integers(1, 2))
def test_a_chain_can_be_written_move_by_move(
    drawn: tuple[Catalogue, list[Standing]], code: str, priority: str, depth: int
) -> None:
    catalogue, standing = drawn
    wanted = claim(priority, code, last=TUESDAY, key=code == "BBB")
    for chain in planner(catalogue, *standing, depth=depth).chains(wanted):
        written(catalogue, standing, chain, wanted, depth)


def written(catalogue: Catalogue, standing: list[Standing], chain: Chain, wanted: Claim, depth: int) -> None:
    """Write a chain on a plain list of ticks, and assert each rule at each step."""
    owner: dict[tuple[str, str, int], str] = {}
    for one in standing:
        for resource, day, start, end in one.ranges:
            owner |= {(resource, day, tick): one.entry.id for tick in range(start, end)}
    at = {one.entry.id: (one.entry.client, one.entry.day, one.entry.start, one.entry.end) for one in standing}
    above = {1: wanted.priority}
    for step in sorted(chain.steps, key=lambda one: one.depth):
        assert step.depth <= depth
        assert PRIORITIES.index(step.entry.priority) < PRIORITIES.index(above[step.depth])
        above.setdefault(step.depth + 1, step.entry.priority)
    for step in chain.steps:
        to = step.offer
        for key in [key for key, id in owner.items() if id == step.entry.id]:
            del owner[key]
        taken = {(resource, to.day.isoformat(), tick) for resource in to.resources for tick in range(to.start, to.end)}
        assert not taken & set(owner), "the new place is free by the time it is needed"
        owner |= dict.fromkeys(taken, step.entry.id)
        client = step.entry.client
        assert to.day >= step.entry.day
        assert not [
            id
            for id, (who, day, start, end) in at.items()
            if id != step.entry.id and who == client and day == to.day and start < to.end and to.start < end
        ] or _clashed_before(standing, step.entry)
        at[step.entry.id] = (client, to.day, to.start, to.end)
        search = Search(catalogue, Request(step.entry.type or "", to.day, to.day), Occupied({}), BEFORE)
        assert search.starts_beside(0, catalogue.diaries[to.diary], to.day)[0] >> to.start & 1, "the rules allow it"
    first = chain.offer
    assert not {(first.diary, first.day.isoformat(), tick) for tick in range(first.start, first.end)} & set(owner)
    assert len({step.entry.id for step in chain.steps}) == len(chain.steps), "nobody moves twice"


def _clashed_before(standing: list[Standing], entry: EntryState) -> bool:
    """Return whether a drawn claimant was in two places from the start, which no chain need mend."""
    mine = [one.entry for one in standing if one.entry.client == entry.client]
    return any(
        one.id != two.id and one.day == two.day and one.start < two.end and two.start < one.end for one in mine for two in mine
    )


def test_nothing_is_displaced_where_nothing_is_lower() -> None:
    assert planner(hour(), booked("1", NINE, TEN, priority="urgent")).chains(claim()) == ()
    assert planner(hour(), booked("1", NINE, FIVE - 60)).chains(claim("standard")) == ()


@pytest.mark.parametrize(("tick", "gives_way"), [(NINE, True), (NINE + 1, False)])
def test_one_that_has_begun_gives_way_to_nobody(tick: int, gives_way: bool) -> None:
    catalogue, now = site((kind("AAA"),), (diary("D01"),), every_day((Segment(NINE, FIVE, ALL),))), Now(MONDAY, tick)
    block = {("D01", MONDAY.isoformat()): span(NINE + 7, FIVE)}
    begun = booked("1", NINE, NINE + 7)
    found = planner(catalogue, begun, blocks=block, now=now).chains(claim())
    assert bool(found) == gives_way
