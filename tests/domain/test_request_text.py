"""What an agent types, read: days, times, choices, types and names, and shown back so that it would be read the same."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.domain.request_text import (
    FieldProblem,
    Times,
    match_names,
    match_types,
    read_channel,
    read_contact,
    read_day,
    read_needs,
    read_priority,
    read_tick,
    read_time,
    shown_day,
    shown_days,
    shown_times,
)
from agent_tui.domain.requests import AFTERNOON, MORNING, ClockWindow
from agent_tui.domain.type_files import read_types
from agent_tui.domain.types import CHANNELS, CONTACTS
from tests.conftest import ROOT
from tests.hostile.words import WORDS

TODAY = date(2026, 11, 24)  # a Tuesday
TYPES = read_types((ROOT / "data/types.csv").read_text(encoding="utf-8")).types
COACHES = (("D01", "Aisha Khan"), ("D02", "Ben O'Shea"), ("D03", "Dev Shah"), ("D11", "Zoë Khan-Reid"))
NEEDS = ("hearing loop", "interpreter", "room")
ROOM = 30
"""Cells of a sentence under a field of the narrowest pane."""


def problem(read: object) -> str:
    assert isinstance(read, FieldProblem), read
    assert len(read.sentence) <= ROOM, read.sentence
    return read.sentence


# Days.

DAYS = {
    "": None,
    "  ": None,
    "today": TODAY,
    "Today": TODAY,
    "now": TODAY,
    "tomorrow": date(2026, 11, 25),
    "tom": date(2026, 11, 25),
    "tue": TODAY,
    "Tuesday": TODAY,
    "we": date(2026, 11, 25),
    "this fri": date(2026, 11, 27),
    "mon": date(2026, 11, 30),
    "next tue": date(2026, 12, 1),
    "next  FRIDAY": date(2026, 12, 4),
    "next week": date(2026, 11, 30),
    "26 nov": date(2026, 11, 26),
    "26 November": date(2026, 11, 26),
    "26th of nov": date(2026, 11, 26),
    "1st dec": date(2026, 12, 1),
    "thu 26 nov": date(2026, 11, 26),
    "Thursday, 26 November 2026": date(2026, 11, 26),
    "26/11": date(2026, 11, 26),
    "26.11": date(2026, 11, 26),
    "3/12": date(2026, 12, 3),  # British: the third of December
    "26/11/2026": date(2026, 11, 26),
    "26/11/26": date(2026, 11, 26),
    "26-11-2026": date(2026, 11, 26),
    "2026-11-26": date(2026, 11, 26),
    "5 jan": date(2027, 1, 5),
    "5/1": date(2027, 1, 5),
    "29/02/2028": date(2028, 2, 29),
    "+0": TODAY,
    "+1": date(2026, 11, 25),
    "+3": date(2026, 11, 27),
    "+4": date(2026, 11, 30),
    "+ 4": date(2026, 11, 30),
    "in 3 days": date(2026, 11, 27),
    "in 1 week": date(2026, 12, 1),
    "in 2 weeks": date(2026, 12, 8),
}


@pytest.mark.parametrize(("text", "day"), DAYS.items())
def test_a_day(text: str, day: date | None) -> None:
    assert read_day(text, TODAY) == day


@pytest.mark.parametrize(
    ("text", "sentence"),
    {
        "31/02": "There is no 31/02",
        "31 feb": "There is no 31 feb",
        "26/13": "There is no 26/13",
        "00/11": "There is no 00/11",
        "29/02/2027": "There is no 29/02/2027",
        "2026-02-30": "There is no 2026-02-30",
        "23 nov": "Mon 23 Nov 2026 is past",
        "1/11/2026": "Sun 1 Nov 2026 is past",
        "2025-11-26": "Wed 26 Nov 2025 is past",
        "0001-01-01": "Mon 1 Jan 1 is past",
        "fri 26 nov": "26 Nov is a Thursday",
        "9999-12-31": "No day after 2100",
        "1/1/2101": "No day after 2100",
    }.items(),
)
def test_a_day_that_cannot_be_meant_is_told(text: str, sentence: str) -> None:
    assert problem(read_day(text, TODAY)) == sentence


@pytest.mark.parametrize(
    "text",
    [
        "t",
        "n",
        "soon",
        "26",
        "26 n",
        "26 ju",
        "xyz 26 nov",
        "11/26/2026x",
        "+",
        "+1000",
        "in 2 months",
        WORDS["Arabic digits"],
        "26/11/1",
    ],
)
def test_what_is_no_day_is_told_with_examples(text: str) -> None:
    assert problem(read_day(text, TODAY)) == "Not a day: try tue, 26 nov, +3"


def test_working_days_are_the_sites() -> None:
    closed = {date(2026, 11, 25), date(2026, 11, 30)}
    assert read_day("+3", TODAY, lambda day: day.weekday() < 5 and day not in closed) == date(2026, 12, 1)


def test_a_site_that_never_opens_is_no_endless_search() -> None:
    assert problem(read_day("+1", TODAY, lambda day: False)) == "No day after 2100"


def test_the_end_of_the_calendar_is_no_crash() -> None:
    for text in ("+9", "in 9 weeks", "next week", "tomorrow", "mon", "next fri"):
        problem(read_day(text, date.max))


@given(st.dates(date(2026, 1, 1), date(2097, 12, 31)), st.integers(0, 1_000))
def test_a_day_shown_is_read_the_same(today: date, ahead: int) -> None:
    day = today + timedelta(days=ahead)
    assert read_day(shown_day(day, today), today) == day
    assert read_day(day.isoformat(), today) == day


def test_a_day_is_shown_with_its_year_only_where_it_needs_one() -> None:
    assert shown_day(date(2026, 11, 26), TODAY) == "Thu 26 Nov"
    assert shown_day(date(2027, 1, 5), TODAY) == "Tue 5 Jan"
    assert shown_day(date(2028, 2, 29), TODAY) == "Tue 29 Feb 2028"


def test_days_are_shown_as_a_range() -> None:
    assert shown_days(date(2026, 11, 26), date(2026, 12, 3), TODAY) == "from Thu 26 Nov to Thu 3 Dec"
    assert shown_days(date(2026, 11, 26), None, TODAY) == "from Thu 26 Nov"
    assert shown_days(None, date(2026, 12, 3), TODAY) == "from today to Thu 3 Dec"
    assert shown_days(TODAY, None, TODAY) == "from today"


# Times.

NINE, TEN, ELEVEN, TWO = 108, 120, 132, 168
TIMES = {
    "": Times(),
    "any": Times(),
    "any time": Times(),
    "morning": Times(MORNING),
    "AM": Times(MORNING),
    "afternoon": Times(AFTERNOON),
    "pm": Times(AFTERNOON),
    "near 10:00": Times(near=TEN),
    "about 10": Times(near=TEN),
    "10:00": Times(near=TEN),
    "10": Times(near=TEN),
    "10am": Times(near=TEN),
    "10.00": Times(near=TEN),
    "1000": Times(near=TEN),
    "2pm": Times(near=TWO),
    "2 pm": Times(near=TWO),
    "2": Times(near=TWO),  # nobody means two in the night
    "2:30": Times(near=TWO + 6),
    "230": Times(near=TWO + 6),
    "1430": Times(near=TWO + 6),
    "02:30": Times(near=30),
    "12am": Times(near=0),
    "12pm": Times(near=144),
    "noon": Times(near=144),
    "9-11": Times(ClockWindow(NINE, ELEVEN, True)),
    "9 to 11": Times(ClockWindow(NINE, ELEVEN, True)),
    "9 – 11": Times(ClockWindow(NINE, ELEVEN, True)),
    "09:00-11:30": Times(ClockWindow(NINE, ELEVEN + 6, True)),
    "9-2": Times(ClockWindow(NINE, TWO, True)),
    "9-24:00": Times(ClockWindow(NINE, 288, True)),
    "after 2": Times(ClockWindow(TWO, 288, False)),
    "from 14:00": Times(ClockWindow(TWO, 288, False)),
    "before 11": Times(ClockWindow(0, ELEVEN, True)),
    "until 11am": Times(ClockWindow(0, ELEVEN, True)),
    "morning, near 10:00": Times(MORNING, TEN),
    "morning near 10": Times(MORNING, TEN),
    "am,10": Times(MORNING, TEN),
    "9-11, near 10:00": Times(ClockWindow(NINE, ELEVEN, True), TEN),
}


@pytest.mark.parametrize(("text", "times"), TIMES.items())
def test_a_time(text: str, times: Times) -> None:
    assert read_time(text) == times


@pytest.mark.parametrize(
    ("text", "sentence"),
    {
        "10:03": "Nearest are 10:00 and 10:05",
        "near 9:59": "Nearest are 09:55 and 10:00",
        "9:01-11": "Nearest are 09:00 and 09:05",
        "after 2:02": "Nearest are 14:00 and 14:05",
        "23:58": "Nearest are 23:55 and 24:00",
        "25": "25 is no time of day",
        "23:60": "23:60 is no time of day",
        "13pm": "13pm is no time of day",
        "0am": "0am is no time of day",
        "24:05": "24:05 is no time of day",
        "24:00": "Nothing starts at 24:00",
        "after 24:00": "No time is after 24:00",
        "before 0": "No time is before 00:00",
        "11-9": "09:00 is not after 11:00",
        "10-10": "10:00 is not after 10:00",
        "pm, near 10:00": "10:00 is not in that time",
        "morning, afternoon": "Only one time, please",
        "10, 11": "Only one time, please",
        "after": "Not a time: try am, 10, 9-11",
        "-": "Not a time: try am, 10, 9-11",
        "9-": "Not a time: try am, 10, 9-11",
        "9-11-12": "Not a time: try am, 10, 9-11",
        "soonish": "Not a time: try am, 10, 9-11",
        "-1": "Not a time: try am, 10, 9-11",
        "1e309": "Not a time: try am, 10, 9-11",
        WORDS["Arabic digits"]: "Not a time: try am, 10, 9-11",
    }.items(),
)
def test_a_time_that_cannot_be_meant_is_told(text: str, sentence: str) -> None:
    assert problem(read_time(text)) == sentence


@pytest.mark.parametrize("text", ["", "am", "9-11", "soonish"])
def test_where_one_time_fits_the_hint_names_one(text: str) -> None:
    assert problem(read_tick(text)) == "Not a time: try 9, 9.30, 2pm"
    assert [read_tick(one) for one in ("9", "9.30", "2pm")] == [108, 114, 168]


def windows() -> st.SearchStrategy[ClockWindow | None]:
    ends = st.tuples(st.integers(0, 288), st.integers(0, 288)).filter(lambda pair: pair[0] < pair[1])
    ranges = ends.map(lambda pair: ClockWindow(*pair, True))
    later = st.integers(0, 287).map(lambda tick: ClockWindow(tick, 288, False))
    return st.one_of(st.none(), st.just(MORNING), st.just(AFTERNOON), ranges, later)


@given(windows(), st.none() | st.integers(0, 287))
def test_times_shown_are_read_the_same(window: ClockWindow | None, near: int | None) -> None:
    if window is not None and near is not None and not window.start <= near < window.end:
        near = window.start
    assert read_time(shown_times(Times(window, near))) == Times(window, near)


def test_times_are_shown_in_words() -> None:
    assert shown_times(Times()) == "any time"
    assert shown_times(Times(MORNING, TEN)) == "morning, near 10:00"
    assert shown_times(Times(ClockWindow(NINE, ELEVEN, True))) == "09:00 to 11:00"
    assert shown_times(Times(ClockWindow(0, ELEVEN, True))) == "before 11:00"
    assert shown_times(Times(ClockWindow(TWO, 288, False))) == "after 14:00"


# Choices.


@pytest.mark.parametrize("contact", CONTACTS)
def test_a_contact_by_its_first_letters(contact: str) -> None:
    for end in range(1, len(contact) + 1):
        assert read_contact(contact[:end].upper()) == contact


@pytest.mark.parametrize(
    ("text", "contact"), {"": "phone", "walk in": "walk-in", "Walkin": "walk-in", "telephone": "phone"}.items()
)
def test_a_contact_by_other_words(text: str, contact: str) -> None:
    assert read_contact(text) == contact


def test_a_priority_by_its_first_letters() -> None:
    assert [read_priority(text) for text in ("", "s", "h", "URG")] == ["standard", "standard", "high", "urgent"]
    assert problem(read_priority("x")) == "standard, high, urgent"


def test_a_channel_by_its_first_letters() -> None:
    assert [read_channel(text) for text in ("", "any", "a")] == [None, None, None]
    assert [read_channel(text[0]) for text in CHANNELS] == list(CHANNELS)
    assert read_channel("face to face") == "f2f"
    assert problem(read_channel("letter")) == "any, f2f, phone, video"


def test_a_wrong_contact_is_told_what_there_is() -> None:
    assert problem(read_contact("pigeon")) == "phone, online, email, walk-in"


def test_needs_by_first_letters_each_once() -> None:
    assert read_needs("", NEEDS) == ()
    assert read_needs("-", NEEDS) == ()
    assert read_needs("none", NEEDS) == ()
    assert read_needs(" Room ,inter,, room", NEEDS) == ("room", "interpreter")
    assert read_needs("hearing loop", NEEDS) == ("hearing loop",)


def test_an_unknown_need_is_told_what_there_is() -> None:
    read = read_needs("room, piano", NEEDS)
    assert isinstance(read, FieldProblem)
    assert read.sentence == "Needs: hearing loop, interpreter, room"
    assert problem(read_needs("room", ())) == "Needs: none here"


# Types and names.


@pytest.mark.parametrize(
    ("query", "codes"),
    {
        "fc": ["FC-F2F", "FC-PH", "FC-VID", "FC-RPT-F2F", "FC30-F2F"],
        "FC": ["FC-F2F", "FC-PH", "FC-VID", "FC-RPT-F2F", "FC30-F2F"],
        "first comm": ["FC-F2F", "FC30-F2F", "FC-PH", "FC-VID", "FC-RPT-F2F"],
        "comm first": ["FC-F2F", "FC30-F2F", "FC-PH", "FC-VID", "FC-RPT-F2F"],
        "fc-rpt-f2f": ["FC-RPT-F2F"],
        "fc50": ["FC-F2F"],
        "wsr 10": ["WSR-10-F2F", "WSR-10-PH"],
        "wsr10": ["WSR-10-F2F", "WSR-10-PH"],
        "fcf2f": ["FC-F2F"],
        "wsr10ph": ["WSR-10-PH"],
        "phone adv": ["ADV-PH"],
        "hsg face": ["IEI-HSG-F2F"],
        "psn/evidence": ["PSN-EVID-F2F"],
        "joint": ["IEI-CPL-F2F"],
        "bio": ["BIOID-F2F", "BIOID-PH"],
        "prison leaver": ["BLK-PRISON"],
        "hrt": ["HRT-F2F"],
        "zzz": [],
        "???": [],
    }.items(),
)
def test_a_type_by_any_words(query: str, codes: list[str]) -> None:
    assert [kind.code for kind in match_types(query, TYPES, TODAY)] == codes


def test_every_type_is_first_by_its_code() -> None:
    assert len(TYPES) == 44
    for kind in TYPES:
        assert match_types(kind.code.lower(), TYPES, TODAY)[0] is kind


def test_every_type_is_found_by_its_name_and_by_each_word_of_it() -> None:
    for kind in TYPES:
        assert kind in match_types(kind.name, TYPES, TODAY)
        for word in kind.name.split():
            if any(char.isalnum() for char in word):
                assert kind in match_types(word.swapcase(), TYPES, TODAY)


def test_an_empty_query_lists_every_type_in_one_order() -> None:
    found = match_types("", TYPES, TODAY)
    assert found == match_types(" ", reversed(TYPES), TODAY)
    assert len(found) == len(TYPES)
    later = [kind.booked_by == "block" for kind in found]
    assert all(first <= second for first, second in pairwise(later))


@pytest.mark.parametrize(
    ("query", "codes"),
    {
        "khan": ["D01", "D11"],
        "d": ["D03", "D01", "D02", "D11"],  # a name before a code
        "d01": ["D01"],
        "D1": ["D11"],
        "zoe": ["D11"],
        "reid kha": ["D11"],
        "shea": ["D02"],
        "!": [],
        "": ["D01", "D02", "D03", "D11"],
    }.items(),
)
def test_a_coach_by_code_or_any_word_of_the_name(query: str, codes: list[str]) -> None:
    assert [code for code, _name in match_names(query, COACHES)] == codes


# Whatever is typed.

TEXT = (
    st.text(max_size=40)
    | st.text(alphabet="0123456789:/-+ .,apmntueovbrin", max_size=12)
    | st.sampled_from(sorted(WORDS.values()))
)


@given(TEXT, st.dates(date(1, 1, 1), date.max))
def test_nothing_that_is_typed_is_a_crash(text: str, today: date) -> None:
    day = read_day(text, today)
    assert day is None or isinstance(day, FieldProblem) or today <= day <= date(2100, 12, 31)
    times = read_time(text)
    if isinstance(times, Times):
        assert read_time(shown_times(times)) == times
    assert isinstance(read_contact(text), str | FieldProblem)
    assert isinstance(read_priority(text), str | FieldProblem)
    channel = read_channel(text)
    assert channel is None or channel in CHANNELS or isinstance(channel, FieldProblem)
    needs = read_needs(text, NEEDS)
    assert isinstance(needs, FieldProblem) or set(needs) <= set(NEEDS)
    assert set(match_types(text, TYPES, today)) <= set(TYPES)
    assert set(match_names(text, COACHES)) <= set(COACHES)


@given(TEXT)
def test_what_is_told_of_a_text_can_be_drawn(text: str) -> None:
    for read in (read_day(text, TODAY), read_time(text), read_contact(text), read_channel(text)):
        if isinstance(read, FieldProblem):
            assert read.sentence.isprintable()
            assert read.sentence.isascii()
            assert len(read.sentence) < 60
