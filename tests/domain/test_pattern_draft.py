"""What a manager has in hand: changed slots, what would be saved, and the lines of a day."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from agent_tui.domain.pattern_change import change_problems
from agent_tui.domain.pattern_draft import (
    PatternDraft,
    allowing,
    checks_of_rows,
    put,
    replicated,
    rows_of,
)
from agent_tui.domain.pattern_files import NOTHING_STORED, mark_of
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.ticks import span
from tests.domain.worlds import (
    ALL,
    FIRST_DAYS,
    FIVE,
    MONDAY,
    NINE,
    NOON,
    ONE,
    TEN,
    diary,
    every_day,
    kind,
    pattern_lists,
    site,
    weekly,
)

A = frozenset({"AAA"})
SITE_DAY = every_day((Segment(NINE, NOON, ALL), Segment(NOON, ONE, frozenset(), description="lunch"), Segment(ONE, FIVE, ALL)))
RULES = site(types=(kind("AAA", 50), kind("BBB", 20), kind("CCC", 30)), patterns=SITE_DAY)
OWN = weekly("own", (Segment(NINE, TEN, A, limit=2),), level="diary", owner="D01")
DRAFT = PatternDraft(RULES, "diary", "D01", MONDAY)


def test_nothing_is_changed_at_first_and_the_lines_say_whose_each_is() -> None:
    assert DRAFT.wanted() == []
    rows = rows_of(DRAFT, 0)
    assert [(row.start, row.end, row.level, row.own) for row in rows] == [
        (NINE, NOON, "site", False),
        (NOON, ONE, "site", False),
        (ONE, FIVE, "site", False),
    ]


def test_an_own_segment_stands_over_the_site_and_cuts_it() -> None:
    changed = DRAFT.with_segments(0, put((), Segment(NINE, TEN, A)))
    assert [(row.start, row.end, row.level) for row in rows_of(changed, 0)][:2] == [(NINE, TEN, "diary"), (TEN, NOON, "site")]
    (saved,) = changed.wanted()
    assert (saved.weekday, saved.effective_from, saved.level, saved.owner) == (0, MONDAY, "diary", "D01")
    assert changed.marks() == [NOTHING_STORED]
    assert change_problems(RULES, changed.wanted(), MONDAY) == []


def test_what_is_put_back_as_it_was_is_no_change() -> None:
    changed = DRAFT.with_segments(0, put((), Segment(NINE, TEN, A)))
    assert changed.with_segments(0, ()).wanted() == []


def test_a_day_off_hides_the_less_specific_levels() -> None:
    off = DRAFT.with_segments(0, (), True)
    assert rows_of(off, 0) == []
    assert off.wanted()[0].day_off


def test_a_stored_pattern_of_the_same_first_day_is_replaced_by_its_mark() -> None:
    stored = replace(OWN, effective_from=MONDAY)
    draft = PatternDraft(site(patterns=(*SITE_DAY, stored)), "diary", "D01", MONDAY)
    changed = draft.with_segments(0, put(draft.pattern(0).segments, Segment(ONE, FIVE, A)))
    assert changed.marks() == [mark_of(stored)]
    later = changed.from_day(MONDAY + timedelta(days=7), None)
    assert later.marks() == [NOTHING_STORED]
    assert later.wanted()[0].effective_from == MONDAY + timedelta(days=7)


def test_an_exception_begins_as_its_weekday_and_stands_for_one_date() -> None:
    draft = PatternDraft(site(patterns=(*SITE_DAY, OWN)), "diary", "D01", MONDAY)
    day = MONDAY + timedelta(days=7)
    assert draft.pattern(day).segments == OWN.segments
    changed = draft.with_segments(day, ())
    (saved,) = changed.wanted()
    assert (saved.day, saved.weekday, saved.effective_from, saved.effective_until) == (day, None, day, None)
    assert changed.from_day(MONDAY, MONDAY + timedelta(days=30)).wanted()[0].day == day


def test_an_exception_that_is_stored_does_not_hide_the_weekday() -> None:
    day = MONDAY
    exception = Pattern("x", "diary", "D01", None, day, day, None, (Segment(ONE, FIVE, A),), False)
    draft = PatternDraft(site(patterns=(*SITE_DAY, OWN, exception)), "diary", "D01", MONDAY)
    assert draft.pattern(0).segments == OWN.segments
    assert draft.pattern(day).segments == exception.segments


def test_the_same_is_saved_for_others() -> None:
    two = site(diaries=(diary("D01"), diary("D02"), diary("D03")), patterns=SITE_DAY)
    draft = PatternDraft(two, "diary", "D01", MONDAY, also=("D02", "D03"))
    changed = draft.with_segments(2, put((), Segment(NINE, TEN, A)))
    assert [(one.owner, one.weekday) for one in changed.wanted()] == [("D01", 2), ("D02", 2), ("D03", 2)]
    assert [one.owner for one in changed.after().patterns if one.level == "diary"] == ["D01", "D02", "D03"]


def test_closed_segments_stay_closed_when_types_are_replicated() -> None:
    parts = (Segment(NINE, TEN, A), Segment(TEN, NOON, frozenset()), Segment(ONE, FIVE, ALL, limit=3))
    after = replicated(parts, NINE)
    assert [one.types for one in after] == [A, frozenset(), A]
    assert after[2].limit == 3


def test_allowing_changes_one_segment() -> None:
    parts = (Segment(NINE, TEN, A), Segment(ONE, FIVE, A))
    assert [one.types for one in allowing(parts, ONE, ALL)] == [A, ALL]


def test_the_checker_reads_the_lines_of_the_day() -> None:
    changed = DRAFT.with_segments(0, put((), Segment(NINE, NOON, A)))
    words = dict((part, one.sentence) for part, one in checks_of_rows(changed, 0))
    assert words["09:00-12:00"] == "180 = 3 x 50 + 30; 150 or 200 would strand none"
    assert set(words) == {"09:00-12:00", "13:00-17:00"}


def test_a_type_that_would_be_assigned_counts_for_its_diary() -> None:
    rules = site(types=(kind("AAA", 50), kind("BBB", 20)), diaries=(diary(types=frozenset({"BBB"})),), patterns=SITE_DAY)
    changed = PatternDraft(rules, "diary", "D01", MONDAY).with_segments(0, put((), Segment(NINE, NOON, A)))
    assert checks_of_rows(changed, 0)[0][1].mix == ((50, 3),)


@settings(max_examples=40)
@given(st.data())
def test_the_lines_of_a_day_are_the_plan_that_saving_makes(data: st.DataObject) -> None:
    first: date = data.draw(st.sampled_from(FIRST_DAYS))
    rules = site(diaries=(diary("D01", "A"),), patterns=data.draw(pattern_lists(first)))
    draft = PatternDraft(rules, "diary", "D01", first)
    slot = first.weekday()
    start = data.draw(st.integers(0, 270))
    new = Segment(start, data.draw(st.integers(start + 1, 288)), data.draw(st.sampled_from((A, ALL, frozenset[str]()))))
    draft = draft.with_segments(slot, (new,))
    shown = 0
    for row in rows_of(draft, slot):
        mask = span(row.start, row.end)
        assert not shown & mask, "two lines over one tick"
        shown |= mask
    wanted = draft.wanted() or [draft.pattern(slot)]
    alone = tuple(one for one in rules.patterns if not (one.level == "diary" and one.in_force(first)))
    plan = replace(rules, patterns=(*alone, replace(wanted[0], id="new"))).plan("D01", first)
    opened = 0
    for row in rows_of(draft, slot):
        opened |= span(row.start, row.end) if row.segment.types else 0
    assert opened == plan.open_mask
