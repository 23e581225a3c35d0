"""Segments: saved as a whole or not at all, what no longer fits is unplaced and flagged, and the last save is taken back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from agent_tui.domain.pattern_files import mark_of
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.requests import Blocked, Booked, EntryState, Refused, Wish
from agent_tui.services import booking, changes, segmenting
from agent_tui.services.blocking import block
from agent_tui.services.segmenting import Effect, Rejected
from tests.services.conftest import House, done, uid, wish
from tests.small_site import ASSIGNED, DAY, FIVE, NINE, NOON, NOW, ONE, TEN

TODAY = NOW.date()
WEDNESDAY = DAY.weekday()
REVIEWS = frozenset({"WSR-PHONE"})


def pattern(*segments: Segment, owner: str = "D01", first: date = TODAY, **more: object) -> Pattern:
    """Return a Wednesday of a diary."""
    return replace(Pattern("", "diary", owner, WEDNESDAY, None, first, None, segments), **more)  # type: ignore[arg-type]


def saved(house: House, wanted: Sequence[Pattern], id: str | None = None) -> Effect:
    """Save patterns, which must be possible."""
    found = segmenting.save(house.desk("leader1"), wanted, id=id)
    assert isinstance(found, Effect), found
    return found


def entry(house: House, made: Booked) -> EntryState:
    """Return an entry as it is now."""
    return done(changes.show(house.desk(), made.entry.id)).entry


def flags(house: House) -> list[tuple[object, ...]]:
    """Return the flags as (kind, entry, status)."""
    return house.rows("SELECT kind, entry, status FROM flag WHERE site = ? ORDER BY raised_at, id")


MORNING_REVIEWS = (Segment(NINE, NOON, REVIEWS), Segment(ONE, FIVE, ASSIGNED))


def test_a_preview_says_what_a_save_does_and_writes_nothing(house: House) -> None:
    early = done(booking.book(house.desk(), wish(start=NINE)))
    done(booking.book(house.desk(), wish(start=ONE, client="C000002")))
    before = house.dump()
    found = segmenting.preview(house.desk("leader1"), [pattern(*MORNING_REVIEWS)])
    assert house.dump() == before
    assert isinstance(found, Effect)
    assert (found.status, found.diaries) == ("preview", ("D01",))
    assert [one.id for one in found.unplaced] == [early.entry.id]
    after = saved(house, [pattern(*MORNING_REVIEWS)])
    assert [one.id for one in after.unplaced] == [early.entry.id]
    assert (after.status, after.diaries, after.lost) == ("saved", found.diaries, found.lost)


def test_what_no_longer_fits_is_unplaced_with_a_flag_and_its_time_is_free(house: House) -> None:
    made = done(booking.book(house.desk(), wish(start=NINE)))
    saved(house, [pattern(*MORNING_REVIEWS)])
    assert entry(house, made).status == "unplaced"
    assert flags(house) == [("not_allowed", made.entry.id, "open")]
    done(booking.book(house.desk(), wish("WSR-PHONE", start=NINE, client="C000002")))
    outcome = booking.book(house.desk(), wish(start=TEN, client="C000003"))
    assert isinstance(outcome, Refused)
    assert outcome.code == "not_allowed"


def test_a_cancelled_unplaced_appointment_leaves_no_flag(house: House) -> None:
    made = done(booking.book(house.desk(), wish(start=NINE)))
    saved(house, [pattern(*MORNING_REVIEWS)])
    done(changes.cancel(house.desk(), made.entry.id, "claimant"))
    assert flags(house) == [("not_allowed", made.entry.id, "closed")]


def test_what_is_past_or_of_another_diary_stays(house: House) -> None:
    today = replace(pattern(Segment(NINE, NOON, REVIEWS)), weekday=TODAY.weekday())
    begun = done(booking.book(house.desk(), wish(start=NINE, day=TODAY)))
    other = done(booking.book(house.desk(), wish(start=NINE, diary="D02", client="C000002")))
    later = segmenting.save(house.desk("leader1", later=3600), [today, pattern(*MORNING_REVIEWS)])
    assert isinstance(later, Effect)
    assert later.unplaced == ()
    assert [entry(house, one).status for one in (begun, other)] == ["booked", "booked"]


def test_the_last_save_is_taken_back_with_the_times_that_are_free(house: House) -> None:
    kept = done(booking.book(house.desk(), wish(start=NINE)))
    lost = done(booking.book(house.desk(), wish(start=120, client="C000002")))
    rules = house.rows("SELECT * FROM pattern WHERE site = ?")
    saved(house, [pattern(*MORNING_REVIEWS)])
    done(booking.book(house.desk(), wish("WSR-PHONE", start=122, client="C000003")))
    found = segmenting.undo(house.desk("leader1"))
    assert isinstance(found, Effect)
    assert [one.id for one in found.placed] == [kept.entry.id]
    assert [entry(house, one).status for one in (kept, lost)] == ["booked", "unplaced"]
    assert sorted(flags(house), key=repr) == sorted(
        [("not_allowed", kept.entry.id, "closed"), ("not_allowed", lost.entry.id, "open")], key=repr
    )
    assert house.rows("SELECT * FROM pattern WHERE site = ?") == rules
    again = segmenting.undo(house.desk("leader1"))
    assert isinstance(again, Refused)
    assert again.code == "not_possible"


def test_a_save_that_somebody_has_built_on_is_not_taken_back(house: House) -> None:
    saved(house, [pattern(*MORNING_REVIEWS)])
    stored = segmenting.patterns_of(house.desk(), "D01")[0]
    house.sql("UPDATE segment SET most = 1 WHERE site = ? AND pattern = ?", stored.id)
    house.sql("UPDATE pattern_head SET version = version + 1 WHERE site = ?")
    found = segmenting.undo(house.desk("leader1"))
    assert isinstance(found, Refused)
    assert found.code == "stale_version"


def test_two_editors_lose_nothing(house: House) -> None:
    saved(house, [pattern(*MORNING_REVIEWS)])
    stored = segmenting.patterns_of(house.desk(), "D01")[0]
    mark = mark_of(stored)
    saved(house, [replace(stored, segments=(Segment(NINE, NOON, REVIEWS, limit=3),))])
    before = house.dump()
    late = segmenting.save(house.desk("super1"), [replace(stored, segments=(Segment(NINE, TEN, REVIEWS),))], [mark])
    assert isinstance(late, Refused)
    assert late.code == "stale_version"
    assert "limit = 3" in late.reason
    assert house.dump() == before


def test_a_retry_saves_once(house: House) -> None:
    made = done(booking.book(house.desk(), wish(start=NINE)))
    saved(house, [pattern(*MORNING_REVIEWS)], id=uid(5))
    before = house.dump()
    again = saved(house, [pattern(*MORNING_REVIEWS)], id=uid(5))
    assert again.repeated
    assert [one.id for one in again.unplaced] == [made.entry.id]
    other = segmenting.save(house.desk("leader1"), [pattern(Segment(NINE, TEN, REVIEWS))], id=uid(5))
    assert isinstance(other, Refused)
    assert other.code == "id_reused"
    assert house.dump() == before


def test_the_same_again_is_no_change(house: House) -> None:
    saved(house, [pattern(*MORNING_REVIEWS)])
    before = house.dump()
    assert saved(house, [pattern(*MORNING_REVIEWS)]).status == "unchanged"
    assert house.dump() == before


def test_a_new_limit_counts_those_that_are_booked_and_refuses_one_more(house: House) -> None:
    made = [done(booking.book(house.desk(later=n), wish(start=NINE + 12 * n, client=f"C00000{n + 1}"))) for n in range(3)]
    found = saved(house, [pattern(Segment(NINE, NOON, ASSIGNED, limit=2), Segment(ONE, FIVE, ASSIGNED))])
    assert [one.id for one in found.unplaced] == [made[2].entry.id]
    outcome = booking.book(house.desk(), wish("WSR-PHONE", start=NOON - 2, client="C000009"))
    assert isinstance(outcome, Refused)
    assert outcome.code == "limit"
    segmenting.undo(house.desk("leader1"))
    assert [entry(house, one).status for one in made] == ["booked"] * 3


def test_a_later_version_and_one_day_beat_the_weekday(house: House) -> None:
    exception = Pattern("", "diary", "D01", None, DAY, DAY, None, (), day_off=True)
    later = date(2026, 12, 9)
    saved(house, [exception, pattern(Segment(NINE, TEN, REVIEWS), first=later)])
    with house.store.read() as unit:
        catalogue = house.desk().catalogue(unit)
    assert catalogue.plan("D01", DAY).day_off
    assert catalogue.plan("D01", date(2026, 12, 2)).open_mask == catalogue.plan("D02", DAY).open_mask
    first = catalogue.plan("D01", later).stretches[0]
    assert (first.start, first.end) == (NINE, TEN)


def test_a_key_type_that_loses_its_last_diary_is_named(house: House) -> None:
    week = [
        Pattern("", "diary", f"D0{diary}", day, None, TODAY, None, (Segment(NINE, FIVE, REVIEWS),))
        for diary in range(1, 5)
        for day in range(5)
    ]
    found = segmenting.preview(house.desk("leader1"), week)
    assert isinstance(found, Effect)
    assert found.lost == ("FC-F2F",)
    found = segmenting.preview(house.desk("leader1"), week[:15])
    assert isinstance(found, Effect)
    assert found.lost == ()


def test_a_diary_is_copied_to_others(house: House) -> None:
    saved(house, [pattern(*MORNING_REVIEWS)])
    made = segmenting.copies(house.desk(), "D01", ["D02", "D03"], TODAY)
    found = saved(house, made)
    assert (found.diaries, len(found.patterns)) == (("D02", "D03"), 2)
    assert segmenting.copies(house.desk(), "D01", ["D02"], TODAY, weekday=0) == []


@pytest.mark.parametrize(
    ("wanted", "word"),
    [
        (pattern(Segment(NINE, TEN, REVIEWS), Segment(NINE + 3, NOON, REVIEWS)), "overlap"),
        (pattern(Segment(NINE, TEN, frozenset({"NOPE"}))), "unknown types"),
        (pattern(Segment(NINE, TEN, REVIEWS, limit=-1)), "limit"),
        (pattern(Segment(NINE, TEN, REVIEWS, channel="fax")), "channel"),
        (pattern(Segment(NINE, TEN, REVIEWS), owner="D99"), "no such diary"),
        (pattern(Segment(NINE, TEN, REVIEWS), first=date(2026, 11, 23)), "past"),
        (Pattern("", "diary", "D01", None, date(2027, 3, 28), date(2027, 3, 28), None, (Segment(6, 30, REVIEWS),)), "clocks"),
    ],
)
def test_unsound_patterns_are_told_and_nothing_is_written(house: House, wanted: Pattern, word: str) -> None:
    before = house.dump()
    found = segmenting.save(house.desk("leader1"), [wanted, pattern(*MORNING_REVIEWS, owner="D03")])
    assert isinstance(found, Rejected)
    assert word in " ".join(found.problems)
    assert house.dump() == before


def test_a_pattern_twice_is_told(house: House) -> None:
    found = segmenting.save(house.desk("leader1"), [pattern(*MORNING_REVIEWS), pattern()])
    assert isinstance(found, Rejected)
    assert "twice" in found.problems[0]


def test_what_has_begun_is_ended_but_not_changed(house: House) -> None:
    begun = next(one for one in segmenting.patterns_of(house.desk(), "D04") if one.weekday == WEDNESDAY)
    found = segmenting.save(house.desk("leader1"), [replace(begun, segments=())])
    assert isinstance(found, Rejected)
    ended = saved(house, [replace(begun, effective_until=TODAY)])
    assert ended.diaries == ("D04",)
    with house.store.read() as unit:
        assert {one.level for one in house.desk().catalogue(unit).plan("D04", DAY).stretches} == {"site"}


@pytest.mark.parametrize("login", ["agent1", "coach1", "admin1"])
def test_only_leaders_and_supervisors_save(house: House, login: str) -> None:
    before = house.dump()
    found = segmenting.save(house.desk(login), [pattern(*MORNING_REVIEWS)])
    assert isinstance(found, Refused)
    assert found.code == "role"
    assert house.dump() == before


def test_the_agents_own_undo_does_not_touch_segments(house: House) -> None:
    made = done(booking.book(house.desk("leader1"), wish("WSR-PHONE", start=NINE)))
    saved(house, [pattern(*MORNING_REVIEWS)])
    done(changes.undo(house.desk("leader1"), None))
    assert entry(house, made).status == "undone"


def test_a_block_gets_the_time_of_what_it_had_to_leave_and_an_undo_takes_nothing_back_from_it(house: House) -> None:
    made = done(booking.book(house.desk(), wish(start=NINE)))
    around = block(house.desk("leader1"), "D01", DAY, NINE, NOON, "training", over="keep")
    assert isinstance(around, Blocked)
    saved(house, [pattern(*MORNING_REVIEWS)])
    assert entry(house, made).status == "unplaced"
    owned = house.rows("SELECT start_tick, end_tick FROM claim WHERE site = ? AND entry = ?", around.ids[0])
    assert sorted(tick for first, last in owned for tick in range(first, last)) == list(range(NINE, NOON))
    found = segmenting.undo(house.desk("leader1"))
    assert isinstance(found, Effect)
    assert found.placed == ()
    assert entry(house, made).status == "unplaced"
    assert ("not_allowed", made.entry.id, "open") in flags(house)


# What a fresh look found.


def _limited(house: House, most: int) -> Pattern:
    return Pattern("", "diary", "D01", DAY.weekday(), None, DAY, None, (Segment(NINE, NOON, frozenset({"NJR-F2F"}), limit=most),))


def test_a_preview_names_those_that_a_limit_would_leave_without_a_time(house: House) -> None:
    for start, client in ((NINE, "C000001"), (NINE + 6, "C000002"), (NINE + 12, "C000003")):
        done(booking.book(house.desk(), Wish("NJR-F2F", DAY, start, "D01", client=client)))
    wanted = [_limited(house, 1)]
    seen = segmenting.preview(house.desk("leader1"), wanted)
    saved = segmenting.save(house.desk("leader1"), wanted)
    assert isinstance(seen, segmenting.Effect)
    assert isinstance(saved, segmenting.Effect)
    assert len(seen.unplaced) == 2
    assert {one.id for one in seen.unplaced} == {one.id for one in saved.unplaced}


def test_an_undo_gives_no_time_back_at_which_the_claimant_has_another(house: House) -> None:
    made = done(booking.book(house.desk(), Wish("NJR-F2F", DAY, NINE, "D01", client="C000001")))
    segmenting.save(
        house.desk("leader1"),
        [replace(_limited(house, 5), segments=(Segment(NINE, TEN, frozenset()), Segment(TEN, NOON, ASSIGNED)))],
    )
    assert house.status(made.entry.id) == "unplaced"
    done(booking.book(house.desk(), Wish("NJR-F2F", DAY, NINE, "D02", client="C000001")))
    back = segmenting.undo(house.desk("leader1"))
    assert isinstance(back, segmenting.Effect)
    assert back.placed == ()
    assert house.status(made.entry.id) == "unplaced"


def test_only_a_save_of_today_is_taken_back_and_it_is_shown_first(house: House) -> None:
    segmenting.save(house.desk("leader1"), [_limited(house, 5)])
    seen = segmenting.preview_undo(house.desk("super1"))
    assert not isinstance(seen, Refused)
    effect, who, _at = seen
    assert (effect.status, effect.diaries, who) == ("preview", ("D01",), "Lea Lowe")
    refused = segmenting.undo(house.desk("leader1", later=86_400))
    assert isinstance(refused, Refused)
    assert refused.code == "undo_expired"
    assert isinstance(segmenting.undo(house.desk("leader1")), segmenting.Effect)


def test_a_hold_that_no_segment_takes_any_more_is_not_confirmed(house: House) -> None:
    held = done(booking.hold(house.desk(), Wish("NJR-F2F", DAY, NINE, "D01", client="C000001")))
    segmenting.save(house.desk("leader1"), [replace(_limited(house, 5), segments=(), day_off=True)])
    outcome = booking.confirm(house.desk(), held.entry.id)
    assert isinstance(outcome, Refused)
    assert outcome.code == "not_allowed"
    assert outcome.alternatives
    assert house.status(held.entry.id) == "held"


def test_an_appointment_without_a_time_is_given_another_by_a_move(house: House) -> None:
    made = done(booking.book(house.desk(), Wish("NJR-F2F", DAY, NINE, "D01", client="C000001")))
    segmenting.save(
        house.desk("leader1"),
        [replace(_limited(house, 5), segments=(Segment(NINE, TEN, frozenset()), Segment(TEN, NOON, ASSIGNED)))],
    )
    assert len(house.open_flags()) == 1
    moved = done(changes.move(house.desk(), made.entry.id, DAY, TEN, "D01"))
    assert (moved.status, moved.entry.status) == ("moved", "booked")
    assert house.open_flags() == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"segments": (Segment(NINE, NOON, ASSIGNED, limit=10**19),)}, "limit above"),
        ({"effective_from": date(9999, 12, 31)}, "no day after"),
        ({"effective_until": date(9999, 12, 31)}, "no day after"),
    ],
)
def test_limits_and_days_out_of_the_world_are_refused(house: House, change: dict[str, Any], said: str) -> None:
    outcome = segmenting.save(house.desk("leader1"), [replace(_limited(house, 5), **change)])
    assert isinstance(outcome, segmenting.Rejected)
    assert said in " ".join(outcome.problems)


def test_an_exception_and_a_version_to_come_are_dropped_and_what_has_begun_is_not(house: House) -> None:
    day = date(2026, 12, 2)
    saved(house, [replace(_limited(house, 5), weekday=None, day=day, effective_from=day, segments=(), day_off=True)])
    assert house.starts("NJR-F2F", day) & {("D01", NINE)} == set()
    found = segmenting.droppable(house.desk("leader1"), "D01", day)
    seen = segmenting.preview_drop(house.desk("leader1"), found)
    assert isinstance(seen, Effect)
    assert house.starts("NJR-F2F", day) & {("D01", NINE)} == set()
    id = uid(7)
    first = segmenting.drop(house.desk("leader1"), found, id=id)
    again = segmenting.drop(house.desk("leader1"), found, id=id)
    assert isinstance(first, Effect)
    assert isinstance(again, Effect)
    assert (first.repeated, again.repeated) == (False, True)
    assert ("D01", NINE) in house.starts("NJR-F2F", day)
    for dropped, code in (
        (found, "stale_version"),
        ([], "not_possible"),
        (segmenting.patterns_of(house.desk("leader1"), "D04")[:1], "past"),
    ):
        outcome = segmenting.drop(house.desk("leader1"), dropped)
        assert isinstance(outcome, Refused)
        assert outcome.code == code
    assert isinstance(segmenting.drop(house.desk("agent1"), found), Refused)
