"""Day lists as they are printed: 80 columns of plain text, and a page that asks for nothing and lets nothing in."""

import re
from datetime import date, datetime
from html.parser import HTMLParser

import pytest

from agent_tui.domain.day_list import WIDTH, CoachList, DayList, DayRow, cells_of, html_of, text_of

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=http://x/>',
    "Sana\x1b[2J\u202e Khan",
    "\N{CJK UNIFIED IDEOGRAPH-4E2D}" * 30,
    "W" * 300,
]


def row(who: str = "Sana Khan", **more: object) -> DayRow:
    said: dict[str, object] = {
        "entry": "e1",
        "start": 108,
        "end": 118,
        "type": "FC-F2F",
        "label": "First commitment - F2F",
        "client": "C000001",
        "who": who,
        "rooms": ("R01",),
        "needs": ("room", "hearing loop"),
        "notes": True,
        "status": "booked",
    }
    return DayRow(**{**said, **more})  # type: ignore[arg-type]


def lists(*coaches: CoachList, closed: str | None = None) -> DayList:
    return DayList("Leeds Park Place", date(2026, 11, 25), closed, datetime(2026, 11, 25, 8, 45), coaches)


ONE = CoachList("D01", "Coach 1", "A", (row(),))


def test_a_line_says_time_minutes_type_claimant_room_needs_and_notes() -> None:
    lines = text_of(lists(ONE))
    assert lines[0] == "Coach 1 (D01), team A, Wednesday 25 November 2026"
    assert "09:00 50   FC-F2F         Sana Khan              R01    room,        notes" in lines
    assert (
        lines[lines.index("09:00 50   FC-F2F         Sana Khan              R01    room,        notes") + 1].strip()
        == "hearing loop"
    )
    assert "Printed 08:45" in lines[-1]


@pytest.mark.parametrize("words", HOSTILE, ids=["script", "image", "steering", "wide", "long"])
def test_no_line_is_wider_than_the_paper_and_nothing_is_lost_or_steers(words: str) -> None:
    found = lists(
        CoachList("D01", words, words, (row(words, needs=(words,), rooms=(words,), type=words, state=words),)), closed=words
    )
    text = text_of(found)
    assert max(map(cells_of, text)) <= WIDTH
    assert not re.search("[\x00-\x1f\x7f\u202e]", "".join(text))
    plain = re.sub(r"[\x00-\x1f\x7f\u202e]", "\ufffd", words)
    names = "".join(line[26:49] for line in text)
    assert len(plain) > 100 or "".join(plain.split()) in "".join(names.split())


@pytest.mark.parametrize("words", HOSTILE, ids=["script", "image", "steering", "wide", "long"])
def test_the_page_holds_no_foreign_markup_and_asks_for_nothing(words: str) -> None:
    page = html_of(
        lists(CoachList("D01", words, words, (row(words, label=words, needs=(words,), rooms=(words,)),)), closed=words)
    )
    tags: set[str] = set()
    attributes: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.add(tag)
            attributes.update(name for name, _value in attrs)

    Reader().feed(page)
    assert tags == {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "section",
        "h1",
        "p",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    }
    assert not attributes & {"src", "href", "onerror", "style"}
    assert "url(" not in page
    assert "@import" not in page
    assert "default-src 'none'" in page


def test_each_coach_begins_a_new_sheet_and_the_heading_repeats() -> None:
    page = html_of(lists(ONE, CoachList("D02", "Coach 2", "A", ())))
    assert page.count("<section>") == 2
    assert "break-after:page" in page
    assert "table-header-group" in page
    assert "No appointments." in page
    assert "09:00\u201309:50" in page


def test_an_empty_day_and_a_closed_one_say_so() -> None:
    assert text_of(lists())[0] == "Leeds Park Place: no coach has a day list on Wednesday 25 November 2026."
    assert "No coach has a day list" in html_of(lists())
    assert (
        text_of(lists(CoachList("D01", "Coach 1", "A", ()), closed="Christmas Day"))[1]
        == "Leeds Park Place, closed: Christmas Day"
    )
