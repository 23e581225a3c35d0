"""Overtime: a segment for some types in several diaries, previewed, saved in one act, and taken back as a save of segments."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.requests import Refused
from agent_tui.domain.types import AppointmentType, MinutesFrom
from agent_tui.services import booking, changes, diaries, overtime, segmenting
from agent_tui.services.overtime import Overtime
from agent_tui.services.segmenting import Effect, Rejected
from agent_tui.store.queries import catalogue as catalogue_queries
from tests.services.conftest import House, done, uid, wish
from tests.services.conftest import refused as refused_act
from tests.small_site import ASSIGNED, DAY, FROM, NINE, NOON, NOW, ONE, TEN

SATURDAY = date(2026, 11, 28)
TWO = 168
WEEK = timedelta(days=7)
EXTRA = Overtime(("D01", "D02"), ("FC-F2F",), NINE, TWO, days=(SATURDAY,), description="Overtime")
WEEKLY = replace(EXTRA, days=(), weekdays=(5,), first=SATURDAY, last=SATURDAY + WEEK)


def effect(answer: object, status: str) -> Effect:
    """Return what must have been done or previewed."""
    assert isinstance(answer, Effect), answer
    assert answer.status == status
    return answer


def refused(answer: object, code: str) -> Refused:
    """Return what must have been refused with a code."""
    assert isinstance(answer, Refused), answer
    return refused_act(answer, code)


def saved(house: House, asked: Overtime = EXTRA, id: str | None = None) -> Effect:
    """Save overtime, which must be possible."""
    return effect(overtime.apply(house.desk("leader1"), asked, id=id), "saved")


def test_it_is_previewed_then_saved_and_only_its_types_can_be_booked(house: House) -> None:
    before = house.dump()
    seen = effect(overtime.preview(house.desk("leader1"), EXTRA), "preview")
    assert house.dump() == before
    assert house.starts(day=SATURDAY) == set()
    made = saved(house)
    assert (made.diaries, seen.diaries) == (("D01", "D02"), ("D01", "D02"))
    assert [replace(one, id="") for one in made.patterns] == [replace(one, id="") for one in seen.patterns]
    assert made.checks == seen.checks
    assert made.checks[0][2].sentence == "300 = 6 x 50; none stranded"
    starts = house.starts(day=SATURDAY)
    assert {diary for diary, _start in starts} == {"D01", "D02"}
    assert {start for _diary, start in starts} == set(range(NINE, TWO - 9))
    assert house.starts("WSR-PHONE", day=SATURDAY) == set()
    assert house.starts(day=SATURDAY + WEEK) == set()


def test_an_undo_of_segments_takes_it_back(house: House) -> None:
    rules = house.rows("SELECT * FROM pattern WHERE site = ? ORDER BY pattern")
    saved(house)
    done(booking.book(house.desk(), wish(day=SATURDAY)))
    back = effect(segmenting.undo(house.desk("leader1")), "undone")
    assert [one.type for one in back.unplaced] == ["FC-F2F"]
    assert house.rows("SELECT * FROM pattern WHERE site = ? ORDER BY pattern") == rules


def test_what_the_diary_says_beside_it_stays(house: House) -> None:
    asked = replace(EXTRA, diaries=("D04",), days=(DAY,), start=TEN, end=NOON)
    kept = done(booking.book(house.desk(), wish("WSR-PHONE", diary="D04", start=NINE)))
    lost = done(booking.book(house.desk(), wish("WSR-PHONE", diary="D04", start=TEN, client="C000002")))
    made = saved(house, asked)
    assert made.patterns[0].segments == (
        Segment(NINE, TEN, ASSIGNED, limit=2),
        Segment(TEN, NOON, frozenset({"FC-F2F"}), description="Overtime"),
    )
    assert [one.id for one in made.unplaced] == [lost.entry.id]
    assert done(changes.show(house.desk(), kept.entry.id)).status == "booked"
    assert ("D04", ONE) in house.starts("WSR-PHONE")  # the site's afternoon shows through


def test_a_day_off_of_the_site_or_of_the_diary_is_overlaid(house: House) -> None:
    house.add_patterns(
        Pattern("sat", "site", "", 5, None, FROM, None, (), day_off=True),
        Pattern("own", "diary", "D02", 5, None, FROM, None, (), day_off=True),
    )
    saved(house)
    assert {diary for diary, _start in house.starts(day=SATURDAY)} == {"D01", "D02"}
    assert house.starts(day=SATURDAY + WEEK) == set()


def test_on_weekdays_it_holds_from_a_day_until_another(house: House) -> None:
    made = saved(house, WEEKLY)
    assert [(one.owner, one.weekday, one.effective_from, one.effective_until) for one in made.patterns] == [
        ("D01", 5, SATURDAY, SATURDAY + WEEK),
        ("D02", 5, SATURDAY, SATURDAY + WEEK),
    ]
    days = [SATURDAY + number * WEEK for number in range(3)]
    assert [bool(house.starts(day=day)) for day in days] == [True, True, False]


def test_a_limit_is_that_of_each_diary(house: House) -> None:
    saved(house, replace(EXTRA, limit=1))
    done(booking.book(house.desk(), wish(day=SATURDAY)))
    refused(booking.book(house.desk(), wish(day=SATURDAY, start=TEN, client="C000002")), "limit")
    done(booking.book(house.desk(), wish(day=SATURDAY, diary="D02", client="C000002")))


def test_types_that_a_diary_does_not_take_are_named_or_assigned_with_it(house: House) -> None:
    childcare = replace(EXTRA, types=("CC-PHONE", "FC-F2F"))
    before = house.dump()
    assert "D01 (CC-PHONE); D02 (CC-PHONE)" in refused(overtime.apply(house.desk("leader1"), childcare), "not_assigned").reason
    assert house.dump() == before
    asked = replace(childcare, assign=True)
    assert effect(overtime.preview(house.desk("leader1"), asked), "preview").assigned == (
        ("D01", "CC-PHONE"),
        ("D02", "CC-PHONE"),
    )
    assert house.dump() == before
    made = saved(house, asked, uid(1))
    assert made.assigned == (("D01", "CC-PHONE"), ("D02", "CC-PHONE"))
    assert {diary for diary, _start in house.starts("CC-PHONE", day=SATURDAY)} == {"D01", "D02"}
    assert saved(house, asked, uid(1)).assigned == made.assigned
    effect(segmenting.undo(house.desk("leader1")), "undone")
    assert house.rows("SELECT resource FROM diary_type WHERE site = ? AND code = 'CC-PHONE'") == []


@pytest.mark.parametrize("asked", [EXTRA, WEEKLY, replace(WEEKLY, weekdays=(2, 5), last=None)], ids=["day", "weeks", "for good"])
def test_a_retry_answers_the_same_and_changes_nothing(house: House, asked: Overtime) -> None:
    house.add_patterns(Pattern("own", "diary", "D02", 5, None, SATURDAY, None, (Segment(TEN, ONE, ASSIGNED),)))
    first = saved(house, asked, uid(1))
    before = house.dump()
    again = saved(house, asked, uid(1))
    assert (again.repeated, again.patterns, again.diaries) == (True, first.patterns, first.diaries)
    assert house.dump() == before
    refused(overtime.apply(house.desk("leader1"), replace(asked, limit=3), id=uid(1)), "id_reused")
    assert house.dump() == before


def test_the_same_again_under_another_id_is_no_change(house: House) -> None:
    saved(house)
    before = house.dump()
    effect(overtime.apply(house.desk("leader1"), EXTRA), "unchanged")
    assert house.dump() == before


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"diaries": ()}, "not_possible", "which diaries"),
        ({"diaries": ("D99",)}, "unknown_diary", "no diary D99"),
        ({"diaries": ("D01", "D01")}, "not_possible", "named twice"),
        ({"types": ()}, "unknown_type", "which types"),
        ({"types": ("NOPE",)}, "unknown_type", "no type NOPE"),
        ({"types": ("BLK-CARE",)}, "not_allowed", "block time"),
        ({"start": TWO, "end": NINE}, "not_possible", "09:00 is not after 14:00"),
        ({"start": NINE, "end": NINE}, "not_possible", "ends after it starts"),
        ({"end": 289}, "not_possible", "within one day"),
        ({"start": -1}, "not_possible", "within one day"),
        ({"limit": 0}, "not_possible", "between 1 and 99"),
        ({"limit": 100}, "not_possible", "between 1 and 99"),
        ({"days": (date(2026, 11, 21),)}, "past", "Sat 21 Nov 2026 09:00 to 14:00 has passed"),
        ({"days": (NOW.date(),), "start": 96, "end": NINE}, "past", "has passed"),
        ({"days": (date(2026, 12, 26),)}, "closed", "Sat 26 Dec 2026: Boxing Day"),
        ({"days": (SATURDAY, SATURDAY)}, "not_possible", "named twice"),
        ({"days": tuple(SATURDAY + number * WEEK for number in range(61))}, "not_possible", "At most 60"),
        ({"days": ()}, "not_possible", "either on which days"),
        ({"weekdays": (5,)}, "not_possible", "either on which days"),
        ({"days": (), "weekdays": (5,)}, "not_possible", "first day"),
        ({"days": (), "weekdays": (5,), "first": DAY - WEEK}, "past", "is past"),
        ({"days": (), "weekdays": (5,), "first": SATURDAY, "last": DAY}, "not_possible", "before the first"),
        ({"days": (), "weekdays": (5,), "first": DAY, "last": DAY}, "not_possible", "no Saturday"),
        ({"days": (), "weekdays": (5,), "first": date(2026, 12, 24), "last": date(2026, 12, 27)}, "closed", "every Saturday"),
        ({"days": (date(9999, 1, 2),)}, "not_possible", "Nothing is planned after"),
        (
            {"days": (), "weekdays": (5,), "first": SATURDAY, "last": date(9999, 12, 31)},
            "not_possible",
            "Nothing is planned after",
        ),
    ],
)
def test_what_cannot_be_saved_is_refused_in_a_sentence(house: House, change: dict[str, Any], code: str, words: str) -> None:
    house.add_type(AppointmentType("BLK-CARE", "Care", "f2f", "block-time", True, (MinutesFrom(FROM, 60),), "", "block"), "D01")
    boxing = {date(2026, 12, 26): "Boxing Day"}
    house.change_rules(lambda unit, site: catalogue_queries.insert_closures(unit, site, boxing, "test"))
    before = house.dump()
    asked = replace(EXTRA, **change)
    assert words in refused(overtime.apply(house.desk("leader1"), asked), code).reason
    assert words in refused(overtime.preview(house.desk("leader1"), asked), code).reason
    assert house.dump() == before


@pytest.mark.parametrize("retired", [False, True])
def test_a_diary_that_is_off_takes_none(house: House, retired: bool) -> None:
    (diaries.retire if retired else diaries.disable)(house.desk("super1"), "D02")
    word = "retired" if retired else "switched off"
    assert word in refused(overtime.apply(house.desk("leader1"), EXTRA), "not_possible").reason


def test_an_hour_in_which_the_clocks_change_is_told(house: House) -> None:
    asked = replace(EXTRA, days=(date(2027, 3, 28),), start=0, end=TWO)
    found = overtime.apply(house.desk("leader1"), asked)
    assert isinstance(found, Rejected)
    assert "clocks change" in found.problems[0]


@pytest.mark.parametrize("login", ["agent1", "coach1", "admin1"])
def test_only_leaders_and_supervisors_save_it(house: House, login: str) -> None:
    before = house.dump()
    refused(overtime.apply(house.desk(login), EXTRA), "role")
    assert house.dump() == before
    effect(overtime.apply(house.desk("super1"), EXTRA), "saved")


def test_its_words_are_cleaned(house: House) -> None:
    made = saved(house, replace(EXTRA, description="Over\x1b[2J\u202etime " + "x" * 500))
    words = made.patterns[0].segments[0].description
    assert words.startswith("Over")
    assert "\x1b" not in words
    assert "\u202e" not in words
    assert len(words) <= 100


def test_the_templates_can_be_read() -> None:
    found = overtime.templates()
    assert [one.name for one in found] == ["saturday-overtime", "commitment-mornings"]
    assert overtime.named_template(found, " Saturday-Overtime ") == found[0]
    assert overtime.named_template(found, "sunday") is None
