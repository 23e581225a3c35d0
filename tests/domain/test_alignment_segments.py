"""An alignment as segments: each coach's meetings, merged where they touch, with the types of their length."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.domain.alignment import Meeting
from agent_tui.domain.alignment import Pattern as AlignmentPattern
from agent_tui.domain.alignment_segments import (
    INTERVIEW,
    Placing,
    Unplaceable,
    aligned_patterns,
    interview_types,
    segments_of,
)
from agent_tui.domain.patterns import Segment
from agent_tui.domain.ticks import span
from tests.domain.worlds import FIVE, MONDAY, NINE, NOON, ONE, diary, every_day, kind, site, weekly

TYPES = (
    kind("PSN", 20, group="initial"),
    kind("ID", 20, group="initial"),
    kind("FULL", 50, group="initial"),
    kind("FC-F2F", 50, group="commitments"),
    kind("REV", 20, group="review"),
)
RULES = site(
    types=TYPES,
    diaries=(diary("D01"), diary("D02"), diary("D03")),
    patterns=every_day((Segment(NINE, FIVE, frozenset({"REV"})),)),
)
FOUND = AlignmentPattern(
    (Meeting(0, 0, 108, 112), Meeting(0, 1, 112, 116), Meeting(0, 2, 116, 126)),
    (Meeting(0, 0, 112, 122), Meeting(0, 1, 122, 132), Meeting(0, 2, 140, 150)),
)
PLACING = Placing(("D01",), ("D02",), (0,), MONDAY)
SHORT, LONG = frozenset({"PSN", "ID"}), frozenset({"FULL"})


def test_meetings_that_touch_and_allow_the_same_become_one_segment() -> None:
    assert segments_of(FOUND.firsts, 0, {4: SHORT, 10: LONG}, "x") == (
        Segment(108, 116, SHORT, description="x"),
        Segment(116, 126, LONG, description="x"),
    )
    assert segments_of(FOUND.firsts, 1, {4: SHORT, 10: LONG}, "x") == ()


def test_first_interviews_are_the_initial_types_of_their_length() -> None:
    assert interview_types(RULES, PLACING, [4, 10]) == {4: SHORT, 10: LONG}
    only = replace(PLACING, interviews=("PSN", "FULL"))
    assert interview_types(RULES, only, [4]) == {4: frozenset({"PSN"})}
    with pytest.raises(Unplaceable, match="45 minutes"):
        interview_types(RULES, PLACING, [9])


def test_each_diary_gets_its_coach_s_meetings_over_what_it_had() -> None:
    own = weekly("own", (Segment(NINE, NOON, frozenset({"REV"}), limit=2),), level="diary", owner="D01")
    rules = replace(RULES, patterns=(*RULES.patterns, own))
    first, second = aligned_patterns(rules, FOUND, PLACING)
    assert (first.owner, first.weekday, first.effective_from) == ("D01", 0, MONDAY)
    assert [(one.start, one.end, one.types) for one in first.segments] == [
        (108, 116, SHORT),
        (116, 126, LONG),
        (126, NOON, frozenset({"REV"})),
    ]
    assert first.segments[0].description == INTERVIEW
    assert first.segments[2].limit == 2
    assert [(one.start, one.end) for one in second.segments] == [(112, 132), (140, 150)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"firsts": ()}, "1 first coaches need as many diaries; 0 are named"),
        ({"seconds": ("D01",)}, "named twice"),
        ({"seconds": ("D99",)}, "no diary D99"),
        ({"commitment": "NONE"}, "no type NONE"),
        ({"commitment": "PSN"}, "takes 20 minutes, the alignment reckons with 50"),
        ({"interviews": ("XXX",)}, "no type XXX"),
        ({"weekdays": ()}, "which weekdays"),
        ({"last": MONDAY - timedelta(days=1)}, "is before"),
        ({"first": date(2019, 1, 1)}, "not bookable yet"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(change: dict[str, Any], said: str) -> None:
    with pytest.raises(Unplaceable, match=said):
        aligned_patterns(RULES, FOUND, replace(PLACING, **change))


def test_a_diary_that_is_off_is_refused() -> None:
    off = replace(RULES, diaries={**RULES.diaries, "D02": replace(RULES.diaries["D02"], enabled=False)})
    with pytest.raises(Unplaceable, match="switched off"):
        aligned_patterns(off, FOUND, PLACING)


@given(st.lists(st.sampled_from((2, 4, 10)), min_size=1, max_size=8), st.lists(st.integers(0, 6), min_size=8, max_size=8))
def test_the_segments_cover_the_meetings_exactly(lengths: list[int], gaps: list[int]) -> None:
    at, meetings = ONE - 100, []
    for claimant, (length, gap) in enumerate(zip(lengths, gaps, strict=False)):
        meetings.append(Meeting(0, claimant, at + gap, at + gap + length))
        at += gap + length
    types = {2: frozenset({"A"}), 4: SHORT, 10: LONG}
    parts = segments_of(meetings, 0, types, "")
    covered = 0
    for part in parts:
        assert not covered & span(part.start, part.end)
        covered |= span(part.start, part.end)
    wanted = 0
    for one in meetings:
        wanted |= span(one.start, one.end)
        (inside,) = [part for part in parts if part.start <= one.start and one.end <= part.end]
        assert inside.types == types[one.end - one.start]
    assert covered == wanted
