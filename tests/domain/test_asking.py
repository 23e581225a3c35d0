"""One line of words read into a search: what each phrasing says, what is asked instead of guessed, and what is never lost."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_tui.domain.asking.combining import combined_times
from agent_tui.domain.asking.model import Parse, form_texts
from agent_tui.domain.asking.reader import LONGEST, read
from agent_tui.domain.asking.site_words import SiteWords
from agent_tui.domain.request_text import shown_times
from agent_tui.domain.requests import Request
from agent_tui.services.demo_site import demo_site
from agent_tui.tui.request_draft import read_draft
from tests.hostile.words import WORDS as HOSTILE

TODAY = date(2026, 11, 24)  # a Tuesday
SITE = demo_site(27, TODAY).catalogue
WORDS = SiteWords(SITE, TODAY)
LAST = date(2026, 12, 21)
NOV, DEC = "2026-11-", "2026-12-"


def said(parse: Parse) -> dict[str, Any]:
    """Return what a line says, in the words of a command."""
    asked = parse.asked
    found: dict[str, Any] = {
        "type": asked.type,
        "from": None if asked.first_day is None else asked.first_day.isoformat(),
        "to": None if asked.last_day is None else asked.last_day.isoformat(),
        "time": next((chip.text for chip in parse.chips if chip.field == "time"), None),
        "coach": asked.diary,
        "client": asked.client or asked.client_words,
    }
    for name in ("team", "channel", "needs", "priority", "contact", "access", "language"):
        found[name] = getattr(asked, name)
    return {name: value for name, value in found.items() if value}


def on(day: str) -> dict[str, str]:
    return {"from": day, "to": day}


FC = {"type": "FC-F2F", "channel": "f2f"}
TUE = on(NOV + "24")
SURE: dict[str, dict[str, Any]] = {
    # Types: codes, names, what people call them, lengths.
    "fcm f2f tue am": {**FC, **TUE, "time": "morning"},
    "FCM F2F TUE AM": {**FC, **TUE, "time": "morning"},
    "am tue f2f fcm": {**FC, **TUE, "time": "morning"},
    "first commitment face to face": FC,
    "claimant commitment in person": FC,
    "fc-f2f": {"type": "FC-F2F"},
    "fcf2f": {"type": "FC-F2F"},
    "fc50": {"type": "FC-F2F"},
    "first commitment repeat claims": {"type": "FC-RPT-F2F"},
    "fcm video": {"type": "FC-VID", "channel": "video"},
    "fcm over the phone": {"type": "FC-PH", "channel": "phone"},
    "wsr 20": {"type": "WSR-20-F2F"},
    "20 min work search review f2f": {"type": "WSR-20-F2F", "channel": "f2f"},
    "wsr 10 tue": {"type": "WSR-10-F2F", **TUE},
    "hrt": {"type": "HRT-F2F"},
    "habitual residency test": {"type": "HRT-F2F"},
    "gateway": {"type": "GWI-F2F"},
    "iei full": {"type": "IEI-FULL-F2F"},
    "joint claim": {"type": "IEI-CPL-F2F"},
    "16/17 new claim": {"type": "Y1617-F2F"},
    "self-employed review": {"type": "SE-REV-F2F"},
    "bank details": {"type": "BANK-F2F"},
    "esa": {"type": "BLK-NSESA"},
    "hrt-f2f phone": {"type": "HRT-F2F", "channel": "phone"},
    # Days.
    "hrt today": {"type": "HRT-F2F", **TUE},
    "hrt tomorrow": {"type": "HRT-F2F", **on(NOV + "25")},
    "hrt next tue": {"type": "HRT-F2F", **on(DEC + "01")},
    "hrt tue next week": {"type": "HRT-F2F", **on(DEC + "01")},
    "hrt this week": {"type": "HRT-F2F", "from": NOV + "24", "to": NOV + "29"},
    "hrt next week": {"type": "HRT-F2F", "from": NOV + "30", "to": DEC + "06"},
    "hrt next week from wed": {"type": "HRT-F2F", "from": DEC + "02", "to": DEC + "06"},
    "hrt in 2 weeks": {"type": "HRT-F2F", "from": DEC + "07", "to": DEC + "13"},
    "hrt in two weeks time": {"type": "HRT-F2F", "from": DEC + "07", "to": DEC + "13"},
    "hrt in 3 days": {"type": "HRT-F2F", **on(NOV + "27")},
    "hrt 26 nov": {"type": "HRT-F2F", **on(NOV + "26")},
    "hrt thursday the 26th of november": {"type": "HRT-F2F", **on(NOV + "26")},
    "hrt Nov 26": {"type": "HRT-F2F", **on(NOV + "26")},
    "hrt on the 3rd": {"type": "HRT-F2F", **on(DEC + "03")},
    "hrt 26/11": {"type": "HRT-F2F", **on(NOV + "26")},
    "hrt 2026-11-26": {"type": "HRT-F2F", **on(NOV + "26")},
    "hrt mon-wed": {"type": "HRT-F2F", "from": NOV + "30", "to": DEC + "02"},
    "hrt 26 to 28 nov": {"type": "HRT-F2F", "from": NOV + "26", "to": NOV + "28"},
    "hrt between 26 nov and 3 dec": {"type": "HRT-F2F", "from": NOV + "26", "to": DEC + "03"},
    "hrt wed or thu": {"type": "HRT-F2F", "from": NOV + "25", "to": NOV + "26"},
    "hrt from thu": {"type": "HRT-F2F", "from": NOV + "26"},
    "hrt after thu by 4 dec": {"type": "HRT-F2F", "from": NOV + "27", "to": DEC + "04"},
    "hrt before friday": {"type": "HRT-F2F", "to": NOV + "26"},
    "hrt w/c 7 dec": {"type": "HRT-F2F", "from": DEC + "07", "to": DEC + "13"},
    "hrt in december": {"type": "HRT-F2F", "from": DEC + "01", "to": DEC + "31"},
    # Times.
    "hrt pm": {"type": "HRT-F2F", "time": "afternoon"},
    "hrt in the morning": {"type": "HRT-F2F", "time": "morning"},
    "hrt after 2": {"type": "HRT-F2F", "time": "after 14:00"},
    "hrt before 11:30": {"type": "HRT-F2F", "time": "before 11:30"},
    "hrt around 10": {"type": "HRT-F2F", "time": "near 10:00"},
    "hrt at half past 10": {"type": "HRT-F2F", "time": "near 10:30"},
    "hrt between 10 and 12": {"type": "HRT-F2F", "time": "10:00 to 12:00"},
    "hrt 2-4pm": {"type": "HRT-F2F", "time": "14:00 to 16:00"},
    "hrt tue 3pm": {"type": "HRT-F2F", **TUE, "time": "near 15:00"},
    "hrt 10.30": {"type": "HRT-F2F", "time": "near 10:30"},
    "hrt 9.10": {"type": "HRT-F2F", "time": "near 09:10"},  # the ninth of October is past
    "hrt am after 10": {"type": "HRT-F2F", "time": "starting 10:00 to 12:00"},
    "hrt pm before 4": {"type": "HRT-F2F", "time": "12:00 to 16:00"},
    "hrt am near 10": {"type": "HRT-F2F", "time": "morning, near 10:00"},
    "hrt 9.12": {"type": "HRT-F2F", **on(DEC + "09")},  # no time is at 9:12
    # Coaches, teams, needs, priority.
    "gateway ben osei wed": {"type": "GWI-F2F", "coach": "D02", **on(NOV + "25")},
    "gateway with amina": {"type": "GWI-F2F", "coach": "D01"},
    "gateway with khan": {"type": "GWI-F2F", "coach": "D01"},
    "gateway d06": {"type": "GWI-F2F", "coach": "D06"},
    "gateway team a": {"type": "GWI-F2F", "team": "A"},
    "gateway briggate": {"type": "GWI-F2F", "team": "B"},
    "gateway wheelchair": {"type": "GWI-F2F", "needs": ("accessible-room",)},
    "gateway hearing loop and step free": {"type": "GWI-F2F", "needs": ("hearing-loop", "accessible-room")},
    "gateway bsl": {"type": "GWI-F2F", "access": "BSL interpreter"},
    "gateway polish interpreter": {"type": "GWI-F2F", "access": "interpreter", "language": "Polish"},
    "gateway urgent": {"type": "GWI-F2F", "priority": "urgent"},
    "gateway high priority walk-in": {"type": "GWI-F2F", "priority": "high", "contact": "walk-in"},
    "gateway not urgent": {"type": "GWI-F2F", "priority": "standard"},
    # Claimants.
    "hrt C000123": {"type": "HRT-F2F", "client": "C000123"},
    "hrt for khan tue": {"type": "HRT-F2F", "client": "khan", **TUE},
    "hrt for Sana O'Shea am": {"type": "HRT-F2F", "client": "Sana O'Shea", "time": "morning"},
    'hrt "May Bank" tue': {"type": "HRT-F2F", "client": "May Bank", **TUE},
    "hrt claimant May": {"type": "HRT-F2F", "client": "May"},
    "hrt mrs kowalska": {"type": "HRT-F2F", "client": "kowalska"},
    "hrt QQ 12 34 56 A": {"type": "HRT-F2F", "client": "QQ123456A"},
    "hrt 07700 900123 tue": {"type": "HRT-F2F", "client": "07700900123", **TUE},
    # Misspelt, Welsh, other writing.
    "hbaitual wendesday mornng": {"type": "HRT-F2F", **on(NOV + "25"), "time": "morning"},
    "fcm f2f teusday urgnet": {**FC, **TUE, "priority": "urgent"},
    "fcm wyneb yn wyneb dydd mawrth yn y bore": {**FC, **TUE, "time": "morning"},
    "fcm f2f yfory prynhawn brys": {**FC, **on(NOV + "25"), "time": "afternoon", "priority": "urgent"},
    "\uff26\uff23\uff2d\u3000\uff26\uff12\uff26\u3000\uff54\uff55\uff45": {**FC, **TUE},
    "hrt\u00a0tue\u2003am": {"type": "HRT-F2F", **TUE, "time": "morning"},
    "hrt 9\u201311": {"type": "HRT-F2F", "time": "09:00 to 11:00"},
    "hrt \u200btue, am; please!": {"type": "HRT-F2F", **TUE, "time": "morning"},
    "Hello, can I book an appointment for HRT with anyone on Tuesday, thanks": {"type": "HRT-F2F", **TUE},
}


@pytest.mark.parametrize("line", SURE)
def test_a_line_is_read_and_the_form_says_the_same(line: str) -> None:
    parse = read(line, WORDS)
    assert said(parse) == SURE[line]
    assert parse.questions == ()
    # What a chip shows comes from the words that say it, and the form that it fills asks for the same.
    assert all((chip.words and chip.words in parse.line) or " " in chip.words for chip in parse.chips)
    texts, picked = form_texts(parse.asked, SITE, TODAY)
    draft = read_draft(texts, picked, TODAY, SITE)
    assert not [name for name in draft.problems if name != "reason"]
    wanted = parse.asked.to_request(TODAY, LAST)
    assert wanted is not None
    found = draft.to_request(TODAY, LAST)
    assert found == Request(**{name: getattr(wanted, name) for name in Request.__dataclass_fields__} | {"client": None})


def option(parse: Parse, number: int = 0) -> list[str]:
    return [one.line for one in parse.questions[number].options]


ASKED: dict[str, tuple[str, list[str]]] = {
    # Which type; a type that has no name is asked for.
    "fcm tue": ("type", ["fc-f2f tue", "fc-ph tue", "fc-vid tue", "fc-rpt-f2f tue"]),
    "wsr am": ("type", ["wsr-10-f2f am", "wsr-20-f2f am", "wsr-10-ph am", "wsr-20-vid am"]),
    "new claim": ("type", ["iei-full-f2f", "y1617-f2f", "iei-ph"]),
    "hrt fcm": ("type", ["hrt-f2f", "fc-f2f", "fc-ph"]),
    "hrt phone": ("type", ["hrt-f2f", "hrt-f2f phone"]),
    "wsr 20 phone": ("type", ["wsr-20-f2f", "wsr-20-vid", "wsr-20-f2f phone"]),
    "tue am": ("type", []),
    "": ("type", []),
    # A number by itself, an hour or a length, a day or a month.
    "hrt tue 3": ("time", ["hrt tue at 15:00", "hrt 3 december", "hrt tue"]),
    "hrt tue 24": ("time", ["hrt 24 november", "hrt tue"]),
    "hrt 10": ("time", ["hrt at 10:00", "hrt 10 december", "hrt"]),
    "wsr 10 am": ("time", ["wsr 10 morning", "wsr 10am", "wsr"]),
    "hrt tue 3 am": ("time", ["hrt tue 15:00", "hrt tue 3rd am", "hrt tue"]),
    "hrt 4:30am": ("time", ["hrt 16:30", "hrt"]),
    "hrt mawrth": ("days", ["hrt dydd mawrth", "hrt march"]),
    "hrt 10:32": ("time", ["hrt 10:30", "hrt 10:35", "hrt"]),
    # What is against itself.
    "hrt am pm": ("time", ["hrt am", "hrt pm"]),
    "hrt pm at 10": ("time", ["hrt pm", "hrt at 10"]),
    "hrt 2pm or 4pm": ("time", ["hrt 2pm", "hrt 4pm"]),
    "fcm f2f phone": ("channel", ["fcm f2f", "fcm phone"]),
    "hrt mon or fri": ("days", ["hrt mon", "hrt fri"]),
    "hrt team a team b": ("team", ["hrt team a", "hrt team b"]),
    "hrt ben or amina": ("coach", ["hrt ben", "hrt amina"]),
    "hrt urgent high priority": ("priority", ["hrt urgent", "hrt high priority"]),
    "hrt from 3 dec by 26 nov": ("days", ["hrt from 3 dec", "hrt by 26 nov"]),
    "hrt not monday": ("words", ["hrt"]),
    # What cannot be.
    "hrt yesterday": ("days", ["hrt"]),
    "hrt 23/11": ("days", ["hrt"]),
    "hrt 31 feb": ("days", ["hrt"]),
    "hrt fri 26 nov": ("days", ["hrt"]),
    "hrt by 26 nov 2028": ("days", ["hrt"]),
    "hrt team z": ("team", ["hrt"]),
    "hrt r04": ("needs", ["hrt accessible-room", "hrt room", "hrt"]),
    # What is not understood.
    "npa tue": ("words", ["apa tue", '"npa" tue', "tue"]),
    "hrt kowalski tue": ("words", ['hrt "kowalski" tue', "hrt tue"]),
    "'; DROP TABLE entry; --": ("words", ["' --"]),
    "[bold red]hrt[/] {words}": ("words", []),
}


@pytest.mark.parametrize("line", ASKED)
def test_an_unsure_line_is_asked_about(line: str) -> None:
    parse = read(line, WORDS)
    field, lines = ASKED[line]
    assert parse.questions[0].field == field
    assert set(lines) <= set(option(parse))
    # Each answer settles its question, and never asks the same again.
    for answer in option(parse):
        assert parse.questions[0] not in read(answer, WORDS).questions


def test_two_coaches_of_one_name_are_asked_about_and_a_word_of_two_meanings_too() -> None:
    diaries = dict(SITE.diaries)
    diaries["D03"] = replace(diaries["D03"], coach="Ben Marsh")
    diaries["D04"] = replace(diaries["D04"], coach="April Bank")
    diaries["D05"] = replace(diaries["D05"], coach="Frank High")
    words = SiteWords(replace(SITE, diaries=diaries), TODAY)
    assert option(read("hrt high", words))[:2] == ["hrt with high", "hrt high priority"]
    assert said(read("hrt frank high", words)) == {"type": "HRT-F2F", "coach": "D05"}
    assert option(read("hrt with ben", words)) == ["hrt with d02", "hrt with d03"]
    assert said(read("hrt ben m", words))["coach"] == "D03"
    assert read("hrt april", words).questions[0].field == "days"
    assert option(read("hrt april", words))[:2] == ["hrt with april", "hrt on april"]
    assert option(read("bank tue", words))[:2] == ["with bank tue", "bank-f2f tue"]
    assert said(read("bank-f2f with bank", words))["coach"] == "D04"


def test_a_misspelt_word_is_shown_as_a_guess() -> None:
    chips = {chip.field: chip for chip in read("hrt teusday am for khan", WORDS).chips}
    assert [(chips[name].sure, chips[name].words) for name in ("type", "days", "time")] == [
        (True, "hrt"),
        (False, "teusday"),
        (True, "am"),
    ]
    assert (chips["client"].sure, chips["client"].words) == (False, "for khan")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_asked_about_or_read_and_never_fails(name: str) -> None:
    for line in (HOSTILE[name], f"fcm f2f {HOSTILE[name]} tue am"):
        parse = read(line, WORDS)
        assert len(parse.line) <= LONGEST
        assert all(len(one.text) < 200 for one in parse.questions)
        assert not any(ord(char) < 32 for one in parse.questions for char in one.text)


def test_a_megabyte_is_read_no_further_than_a_line() -> None:
    assert len(read("fcm f2f tue am " * 70_000, WORDS).line) <= LONGEST


_PIECES = (
    *(
        "fcm",
        "wsr",
        "20",
        "10",
        "3",
        "tue",
        "next",
        "week",
        "am",
        "after",
        "between",
        "and",
        "to",
        "-",
        "26",
        "nov",
        "for",
        "khan",
    ),
    *(
        "with",
        "ben",
        "team",
        "a",
        "urgent",
        "not",
        "C000123",
        '"',
        "in",
        "9.10",
        "26/11",
        "min",
        "room",
        "bsl",
        "phone",
        "f2f",
        "xx",
    ),
)


@settings(max_examples=20)
@given(st.lists(st.sampled_from(_PIECES), max_size=14))
def test_any_words_in_any_order_are_read_and_answers_are_lines(pieces: list[str]) -> None:
    parse = read(" ".join(pieces), WORDS)
    assert parse.asked.type is not None or parse.questions
    for question in parse.questions:
        for one in question.options[:1]:
            read(one.line, WORDS)
    first, last = parse.asked.first_day, parse.asked.last_day
    assert first is None or last is None or TODAY <= first <= last


def test_parts_of_the_day_are_put_together_only_where_they_meet() -> None:
    when = WORDS.when
    read_all = [when.longest(text.split())[1] for text in ("after 10", "before 12:30")]  # type: ignore[index]
    times = combined_times(read_all)  # type: ignore[arg-type]
    assert times is not None
    assert shown_times(times) == "10:00 to 12:30"
