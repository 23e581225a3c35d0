"""Segments put over what a level says: outside them nothing changes, on any day, whatever versions there are."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_tui.domain.absorption import absorbing, cover_of, opened
from agent_tui.domain.pattern_change import change_of
from agent_tui.domain.patterns import Pattern, Segment, segment_problems
from agent_tui.domain.site import Catalogue
from agent_tui.domain.templates import TEMPLATES, in_force, on_day, on_weekday, read_template, with_segment
from agent_tui.domain.ticks import span
from agent_tui.resources import data_file
from tests.domain.worlds import ALL, FIVE, LONG_AGO, MONDAY, NINE, NOON, ONE, TEN, diary, segments, site

A = frozenset({"AAA"})
TODAY = MONDAY
WEEKS = 7
HORIZON = [TODAY + timedelta(days=number) for number in range(-7, 7 * WEEKS)]
TEXT = """name = "x"
title = "X"
weekdays = ["Saturday"]
start = "09:00"
end = "14:00"
types = []
description = ""
source = ""
"""


def rule_of(parts: Sequence[Segment]) -> list[tuple[object, ...] | None]:
    """Return what rules each tick, without the edges of its segment."""
    out: list[tuple[object, ...] | None] = [None] * 288
    for part in parts:
        for tick in range(part.start, part.end):
            assert out[tick] is None, "two segments over one tick"
            out[tick] = (part.types, part.channel, part.limit, part.description)
    return out


@st.composite
def parts(draw: st.DrawFn) -> Segment:
    """Draw a segment to be put over others."""
    start = draw(st.integers(0, 286))
    return Segment(start, draw(st.integers(start + 1, 288)), A, "f2f", draw(st.sampled_from((None, 2))), "new")


@given(segments(), parts())
def test_a_segment_cuts_what_it_overlaps_and_changes_nothing_beside_it(kept: tuple[Segment, ...], part: Segment) -> None:
    found = with_segment(kept, part)
    before, after = rule_of(kept), rule_of(found)
    inside = span(part.start, part.end)
    for tick in range(288):
        expected = (part.types, part.channel, part.limit, part.description) if inside >> tick & 1 else before[tick]
        assert after[tick] == expected
    assert segment_problems(found, ("AAA", "BBB", "CCC")) == []
    assert list(found) == sorted(found, key=lambda one: one.start)
    assert with_segment(found, part) == found


def test_pieces_keep_limit_and_words() -> None:
    kept = (Segment(NINE, NOON, ALL, "f2f", 3, "Morning"), Segment(ONE, FIVE, frozenset(), description="shut"))
    assert with_segment(kept, Segment(TEN, TEN + 6, A)) == (
        Segment(NINE, TEN, ALL, "f2f", 3, "Morning"),
        Segment(TEN, TEN + 6, A),
        Segment(TEN + 6, NOON, ALL, "f2f", 3, "Morning"),
        Segment(ONE, FIVE, frozenset(), description="shut"),
    )
    assert with_segment((), Segment(TEN, NOON, A)) == (Segment(TEN, NOON, A),)


@st.composite
def levels(draw: st.DrawFn, owner: str = "D01") -> list[Pattern]:
    """Draw a diary's own patterns: versions of two weekdays that begin and end on and between them, and exceptions."""
    out = []
    for weekday in (0, 2):
        for begin in sorted(draw(st.sets(st.integers(-10, 7 * WEEKS - 21), max_size=4))):
            ends = draw(st.sampled_from((None, None, 0, 6, 7, 15, 30)))
            first = TODAY + timedelta(days=begin)
            until = None if ends is None else first + timedelta(days=ends)
            off = draw(st.integers(0, 5)) == 0
            id = f"{owner}-{weekday}-{begin}"
            out.append(Pattern(id, "diary", owner, weekday, None, first, until, draw(segments(most=2)), off))
    for number in draw(st.sets(st.sampled_from((0, 2, 7, 9, 14)), max_size=2)):
        day = TODAY + timedelta(days=number)
        out.append(Pattern(f"{owner}-{number}-only", "diary", owner, None, day, day, None, draw(segments(most=2))))
    return out


def put(catalogue: Catalogue, made: Sequence[Pattern]) -> list[Pattern]:
    """Return one diary's patterns after a save of others."""
    change = change_of(catalogue, made, (f"new-{number}" for number in range(1000)))
    return [one for one in change.after.patterns if one.level == "diary"]


def said(own: Sequence[Pattern], day: date) -> tuple[list[tuple[object, ...] | None], bool]:
    """Return what a level says of each tick of a day, and whether it has the day off."""
    found = in_force(own, day)
    return (rule_of(()), False) if found is None else (rule_of(found.segments), found.day_off)


@settings(max_examples=50)
@given(levels(), parts(), st.integers(0, 30), st.sampled_from((None, 0, 3, 6, 7, 13, 20)), st.sampled_from((0, 2)))
def test_a_weekday_gets_a_segment_from_a_day_until_another_and_no_other_day_changes(
    own: list[Pattern], part: Segment, begin: int, length: int | None, weekday: int
) -> None:
    first = TODAY + timedelta(days=begin)
    last = None if length is None else first + timedelta(days=length)
    made = on_weekday(own, "D01", weekday, first, last, lambda _day: [part])
    assert all(any(one.in_force(one.effective_from + timedelta(days=number)) for number in range(7)) for one in made)
    after = put(site(patterns=tuple(own)), made)
    for day in HORIZON:
        rules, off = said(own, day)
        exception = any(one.day == day for one in own)
        if day.weekday() == weekday and first <= day <= (last or day) and not exception:
            base = in_force(own, day)
            rules = rule_of(with_segment(() if base is None else base.segments, part))
        assert said(after, day) == (rules, off), day
    again = on_weekday([one for one in after if one.owner == "D01"], "D01", weekday, first, last, lambda _day: [part])
    assert [said(put(site(patterns=tuple(after)), again), day) for day in HORIZON] == [said(after, day) for day in HORIZON]


@given(levels(), parts(), st.integers(0, 15))
def test_a_single_day_gets_a_segment_over_what_its_own_level_says(own: list[Pattern], part: Segment, number: int) -> None:
    day = TODAY + timedelta(days=number)
    after = put(site(patterns=tuple(own)), [on_day(own, "D01", day, [part])])
    for one in HORIZON:
        rules, off = said(own, one)
        if one == day:
            base = in_force(own, day)
            rules = rule_of(with_segment(() if base is None else base.segments, part))
        assert said(after, one) == (rules, off)


@settings(max_examples=50)
@given(levels("D02"), levels("D01"), st.integers(0, 20), st.booleans(), st.sampled_from((ALL, A)))
def test_an_absorbed_diary_is_put_over_each_day_of_the_others(
    theirs: list[Pattern], own: list[Pattern], begin: int, rota: bool, types: frozenset[str]
) -> None:
    first = TODAY + timedelta(days=begin)
    diaries = (diary("D01", types=A), diary("D02", types=types), diary("D03", types=A))
    before = site(diaries=diaries, patterns=(*theirs, *own))
    cover = cover_of(before, "D02", ("D01", "D03"), first, rota=rota)
    made, given = absorbing(before, "D02", cover, first)
    after = put(before, made)
    new_codes: set[tuple[str, str]] = set()
    for day in HORIZON:
        assert said([one for one in after if one.owner == "D02"], day) == said(theirs, day)
        parts = opened(in_force(theirs, day), types)
        for code in ("D01", "D03"):
            mine = own if code == "D01" else []
            rules, off = said(mine, day)
            exception = any(one.day == day for one in mine)
            alone = any(one.day == day for one in theirs)
            if day >= first and code in cover.get(day.weekday(), ()) and (alone or not exception):
                base = in_force(mine, day)
                found = () if base is None else base.segments
                for part in parts:
                    found = with_segment(found, part)
                    new_codes |= {(code, one) for one in part.types - A}
                rules = rule_of(found)
            assert said([one for one in after if one.owner == code], day) == (rules, off), (day, code)
    assert new_codes <= set(given)
    if rota:
        assert all(len(diaries) == 1 for diaries in cover.values())


def test_a_rota_goes_round_the_weekdays_that_are_worked() -> None:
    own = [Pattern(f"w{n}", "diary", "D09", n, None, LONG_AGO, None, (Segment(NINE, NOON, A),)) for n in (0, 1, 2, 3, 4)]
    shut = Pattern("w5", "diary", "D09", 5, None, LONG_AGO, None, (Segment(NINE, NOON, frozenset({"BBB"})),))
    sunday = date(2026, 11, 29)
    only = Pattern("x", "diary", "D09", None, sunday, sunday, None, (Segment(NINE, NOON, A),))
    diaries = (diary("D09", types=A), *(diary(f"D0{n}") for n in range(1, 5)))
    catalogue = site(diaries=diaries, patterns=(*own, shut, only))
    cover = cover_of(catalogue, "D09", ("D01", "D02", "D03", "D04"), TODAY, rota=True)
    assert cover == {0: ("D01",), 1: ("D02",), 2: ("D03",), 3: ("D04",), 4: ("D01",), 6: ("D02",)}
    assert cover_of(catalogue, "D09", ("D01", "D02"), TODAY, rota=False)[6] == ("D01", "D02")
    assert cover_of(catalogue, "D01", ("D09",), TODAY, rota=False) == {}


def test_the_templates_are_those_of_the_guidance() -> None:
    found = {name: read_template(data_file(f"templates/{name}.toml").read_text(encoding="utf-8")) for name in TEMPLATES}
    saturday, mornings = found["saturday-overtime"], found["commitment-mornings"]
    assert (saturday.weekdays, saturday.start, saturday.end, saturday.types) == ((5,), 9 * 12, 14 * 12, frozenset())
    assert (mornings.weekdays, mornings.start, mornings.end) == ((0, 1, 2, 3, 4), 9 * 12, 12 * 12)
    assert mornings.types == {"FC-F2F"}
    assert [one.name for one in found.values()] == list(TEMPLATES)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "x"\n', ""),
        ('title = "X"', 'title = "X"\nmore = 1'),
        ("Saturday", "Noday"),
        ('["Saturday"]', "[]"),
        ("14:00", "09:00"),
        ("09:00", "09:02"),
    ],
)
def test_a_template_that_is_none_says_so(old: str, new: str) -> None:
    assert read_template(TEXT).start == 9 * 12
    with pytest.raises(ValueError, match=r".+"):
        read_template(TEXT.replace(old, new))
