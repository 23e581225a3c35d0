"""A day as it is shown: segments, entries that never overlap, and what is free."""

from datetime import date, timedelta

import pytest

from agent_tui.domain.day import Day, DiaryOfDay
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.services import attendance, booking, changes
from agent_tui.services.day import UnknownDiary, day, days, week_of
from agent_tui.store.queries import catalogue
from tests.services.conftest import House, done, wish
from tests.small_site import ASSIGNED, DAY, FIVE, FROM, NINE, NOON, NOW, ONE, TEN


def of(found: Day, code: str = "D01") -> DiaryOfDay:
    """Return one diary of a day."""
    return next(one for one in found.diaries if one.diary == code)


def shown(house: House, code: str = "D01", on: date = DAY) -> list[tuple[str, int, int]]:
    """Return a diary's entries as (status, start, end), which must be in order and not overlap."""
    found = of(day(house.desk(), on), code)
    last = 0
    for one in found.entries:
        if one.status != "unplaced":
            assert last <= one.start < one.end
            last = one.end
    busy = sum(one.end - one.start for one in found.entries if one.status != "unplaced")
    assert found.busy_mask.bit_count() == busy
    assert found.free_minutes == 5 * (found.open_mask & ~found.busy_mask).bit_count()
    return [(one.status, one.start, one.end) for one in found.entries]


def test_an_empty_day_shows_segments_and_all_of_its_time_free(house: House) -> None:
    found = day(house.desk(), DAY)
    assert (found.day, found.closed, [one.diary for one in found.diaries]) == (DAY, None, ["D01", "D02", "D03", "D04"])
    one = of(found)
    assert [(part.start, part.end, part.level, part.limit) for part in one.segments] == [
        (NINE, NOON, "site", None),
        (ONE, FIVE, "site", None),
    ]
    assert one.segments[0].types == tuple(sorted(ASSIGNED))
    assert (one.coach, one.team, one.enabled, one.free_minutes, one.entries) == ("Coach 1", "A", True, 420, ())
    limited = of(found, "D04").segments[0]
    assert (limited.start, limited.end, limited.level, limited.limit) == (NINE, 132, "diary", 2)


def test_holds_and_appointments_are_shown_in_order(house: House) -> None:
    done(booking.book(house.desk(), wish(start=TEN)))
    done(booking.hold(house.desk("agent2"), wish("WSR-PHONE", start=NINE, client="C000002")))
    done(booking.book(house.desk(), wish("NJR-F2F", start=ONE, client="C000003")))
    assert shown(house) == [("held", NINE, NINE + 2), ("booked", TEN, TEN + 10), ("booked", ONE, ONE + 6)]
    assert of(day(house.desk(), DAY)).free_minutes == 420 - 10 - 50 - 30
    assert shown(house, "D02") == []


def test_what_is_gone_is_not_shown(house: House) -> None:
    for act in (changes.cancel, booking.release, changes.undo, "expire"):
        if act is booking.release or act == "expire":
            made = done(booking.hold(house.desk(), wish())).entry
        else:
            made = done(booking.book(house.desk(), wish())).entry
        assert len(shown(house)) == 1
        if act == "expire":
            house.expire(made.id)
        elif act is changes.cancel:
            done(changes.cancel(house.desk(), made.id, "office"))
        elif act is booking.release:
            done(booking.release(house.desk(), made.id))
        else:
            done(changes.undo(house.desk(), made.id))
        assert shown(house) == []


def test_a_move_is_shown_at_its_new_time_only(house: House) -> None:
    made = done(booking.book(house.desk(), wish())).entry
    done(changes.move(house.desk(), made.id, DAY, NINE + 3, "D02"))
    assert shown(house) == []
    assert shown(house, "D02") == [("booked", NINE + 3, NINE + 13)]


@pytest.mark.parametrize("shift", [-5, 5])
def test_the_hold_of_a_move_is_shown_beside_its_appointment_not_over_it(house: House, shift: int) -> None:
    made = done(booking.book(house.desk(), wish(start=TEN))).entry
    done(booking.hold(house.desk(), wish(start=TEN + shift, moving=made.id)))
    hold = ("held", TEN - 5, TEN) if shift < 0 else ("held", TEN + 10, TEN + 15)
    assert shown(house) == sorted([("booked", TEN, TEN + 10), hold], key=lambda one: one[1])


def test_who_did_not_come_is_shown_with_the_time_that_was_used(house: House) -> None:
    today = NOW.date()
    made = done(booking.book(house.desk(), wish(day=today, start=TEN))).entry
    later = house.desk(now=NOW + timedelta(minutes=75))
    done(attendance.attend(later, made.id, "dna"))
    done(booking.book(later, wish("WSR-PHONE", day=today, start=TEN + 3, client="C000002")))
    assert shown(house, on=today) == [("dna", TEN, TEN + 3), ("booked", TEN + 3, TEN + 5)]


def test_a_room_appointment_is_shown_once_in_its_diary(house: House) -> None:
    done(booking.book(house.desk(), wish("EV-F2F")))
    assert shown(house) == [("booked", NINE, NINE + 4)]
    assert of(day(house.desk(), DAY)).entries[0].resources == ("D01", "R01")


def test_a_closed_day_names_the_closure_and_has_nothing_free(house: House) -> None:
    found = day(house.desk(), date(2026, 12, 25))
    assert found.closed == "Christmas Day"
    assert {(one.free_minutes, one.segments) for one in found.diaries} == {(0, ())}


def test_one_diary_or_one_team_can_be_asked_for(house: House) -> None:
    assert [one.diary for one in day(house.desk(), DAY, diary="D03").diaries] == ["D03"]
    assert [one.diary for one in day(house.desk(), DAY, team="B").diaries] == ["D03", "D04"]
    with pytest.raises(UnknownDiary, match="D99"):
        day(house.desk(), DAY, diary="D99")
    with pytest.raises(UnknownDiary, match="Z"):
        day(house.desk(), DAY, team="Z")


def test_a_diary_that_is_switched_off_is_shown_only_when_asked_for(house: House) -> None:
    house.change_rules(lambda unit, site: catalogue.set_enabled(unit, site, "D02", False))
    assert [one.diary for one in day(house.desk(), DAY).diaries] == ["D01", "D03", "D04"]
    assert not day(house.desk(), DAY, diary="D02").diaries[0].enabled


def test_a_segment_without_types_is_a_break_with_its_words(house: House) -> None:
    closed = Segment(TEN, TEN + 6, frozenset(), description="Team talk")
    house.add_patterns(Pattern("talk", "diary", "D01", None, DAY, FROM, None, (closed,)))
    one = of(day(house.desk(), DAY))
    assert one.breaks == ((TEN, TEN + 6, "Team talk"),)
    assert [(part.start, part.end) for part in one.segments] == [(NINE, TEN), (TEN + 6, NOON), (ONE, FIVE)]
    assert one.free_minutes == 390


def test_the_white_space_that_nothing_fits_is_told_apart(house: House) -> None:
    done(booking.book(house.desk(), wish("WSR-PHONE", start=NINE)))
    done(booking.book(house.desk(), wish("WSR-PHONE", start=NINE + 3, client="C000002")))
    one = of(day(house.desk(), DAY))
    assert one.dead_mask == 1 << (NINE + 2)
    assert one.stranded_minutes == 10, "one tick between them, one more since an odd number of ticks is left after them"


def test_several_days_are_read_at_once_and_are_the_same_as_one_by_one(house: House) -> None:
    done(booking.book(house.desk(), wish()))
    done(booking.book(house.desk(), wish(day=DAY + timedelta(days=1))))
    week = week_of(DAY)
    assert (week[0].weekday(), len(week)) == (0, 6)
    assert days(house.desk(), week) == [day(house.desk(), one) for one in week]
