"""Which appointments may be moved, and where to: the notice both ways, the half-day, segments and limits; names of plans."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.domain.availability import Now
from agent_tui.domain.patterns import Segment
from agent_tui.domain.recovery import DiaryFacts, HalfDay, NoPlan, half_days, place_of
from agent_tui.domain.requests import EntryState
from agent_tui.domain.site import Catalogue
from agent_tui.domain.stranding import Step, origins
from agent_tui.domain.ticks import span, ticks_in
from agent_tui.domain.whitespace import stranded_runs
from tests.domain.worlds import ALL, FIVE, MONDAY, NINE, NOON, ONE, PLACE, TEN, diary, every_day, kind, site

LONG_BEFORE = Now(MONDAY - timedelta(days=3), 0)
TYPES = (kind("AAA", 50), kind("BBB", 30), kind("CCC", 10))


def entry(start: int, code: str = "AAA", length: int = 10, **more: Any) -> EntryState:
    said: dict[str, Any] = {
        "id": f"e{start}",
        "kind": "appointment",
        "status": "booked",
        "type": code,
        "client": f"C{start}",
        "diary": "D01",
    }
    said |= {"day": MONDAY, "start": start, "end": start + length, "resources": ("D01",), "needs": (), "channel": "f2f"}
    said |= {"priority": "standard", "contact": "phone", "version": 1, "made_by": "agent1", "made_at": 0, **more}
    return EntryState(**said)


def halves(place: Catalogue, *entries: EntryState, now: Now = LONG_BEFORE) -> list[HalfDay]:
    busy = 0
    for one in entries:
        busy |= span(one.start, one.end)
    return half_days(place, DiaryFacts(diary(), MONDAY, entries, busy), now)


def targets(place: Catalogue, *entries: EntryState, now: Now = LONG_BEFORE) -> dict[str, set[int]]:
    return {one.id: set(ticks_in(one.targets)) for half in halves(place, *entries, now=now) for one in half.movables}


@pytest.mark.parametrize(("notice", "move_notice"), [(120, 0), (0, 120), (60, 120), (120, 60)])
def test_neither_the_old_nor_the_new_start_is_inside_the_greater_notice(notice: int, move_notice: int) -> None:
    place = site(TYPES, place=replace(PLACE, notice_minutes=notice, move_notice=move_notice))
    standing = entry(NINE + 11)
    # Two hours after 07:55 it is 09:55, which is when it starts; after 08:00 it is later.
    found = targets(place, standing, now=Now(MONDAY, 95))
    assert min(found["e119"]) == NINE + 12
    assert targets(place, standing, now=Now(MONDAY, 96)) == {}


def test_a_half_day_is_that_of_the_start() -> None:
    place = site(TYPES)
    found = targets(place, entry(NOON - 6), entry(ONE))
    assert max(found[f"e{NOON - 6}"]) == NOON - 1
    assert min(found[f"e{ONE}"]) == NOON
    assert [half.part for half in halves(place, entry(NOON - 6), entry(ONE))] == ["am", "pm"]


def test_segments_that_do_not_allow_it_and_limits_that_it_is_not_in_are_closed() -> None:
    parts = (Segment(NINE, TEN, ALL), Segment(TEN, TEN + 12, ALL, limit=3), Segment(TEN + 12, NOON, frozenset({"BBB"})))
    place = site(TYPES, patterns=every_day(parts))
    assert targets(place, entry(NINE, "BBB", 6))[f"e{NINE}"] == set(range(NINE + 1, TEN - 5)) | set(range(TEN + 12, NOON - 5))
    assert targets(place, entry(TEN, "BBB", 6))[f"e{TEN}"] == set(range(TEN - 5, TEN + 12)) - {TEN}
    assert max(targets(place, entry(NINE, "CCC", 2))[f"e{NINE}"]) == TEN - 2


@pytest.mark.parametrize(
    "more", [{"client": None}, {"pair": "e1"}, {"status": "attended"}, {"status": "held", "kind": "hold"}, {"end": NINE + 5}]
)
def test_who_stays(more: dict[str, Any]) -> None:
    assert targets(site(TYPES), entry(NINE, **more)) == {}


def test_nothing_of_a_closed_day_a_past_day_or_a_diary_that_is_off() -> None:
    assert halves(site(TYPES, closures={MONDAY: "A holiday"}), entry(NINE)) == []
    assert halves(site(TYPES), entry(NINE), now=Now(date(2026, 11, 24), 0)) == []
    facts = DiaryFacts(diary(enabled=False), MONDAY, (entry(NINE),), span(NINE, NINE + 10))
    assert half_days(site(TYPES), facts, Now(MONDAY, 0)) == []


@pytest.mark.parametrize("text", ["", "D01", "D01-20261301-am-0123456789ab", "D01-20261201-xx-0123456789ab", "D01-20261201-am-1"])
def test_a_text_that_is_no_plan_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(NoPlan, match="is no plan; take its name from the list"):
        place_of(text)


def test_a_plans_name_says_where_it_is() -> None:
    assert place_of("D-0-1-20261201-pm-0123456789ab") == ("D-0-1", date(2026, 12, 1), "pm")


@given(
    steps=st.lists(st.tuples(st.integers(NINE, FIVE - 1), st.integers(1, 12), st.booleans()), max_size=12),
    lengths=st.sampled_from(((50, 30, 10), (50,), (35, 20))),
)
def test_every_stranded_run_has_an_origin_that_is_one_of_the_steps(
    steps: list[tuple[int, int, bool]], lengths: tuple[int, ...]
) -> None:
    codes = ("AAA", "BBB", "CCC")
    place = site(tuple(kind(code, minutes) for code, minutes in zip(codes, lengths, strict=False)))
    busy, told = 0, []
    for number, (start, length, takes) in enumerate(steps, start=1):
        mask = span(start, min(start + length, FIVE))
        told.append(Step(number, 0 if takes else busy & mask, mask & ~busy if takes else 0))
        busy = busy | mask if takes else busy & ~mask
    found = origins(place, "D01", MONDAY, told)
    assert set(found) == {(run.start, run.end) for run in stranded_runs(place, "D01", MONDAY, busy)}
    for one in found.values():
        assert one.seq is None or one.freed == bool(told[one.seq - 1].let_go)
    if not steps:
        assert all(one.seq is None for one in found.values())
