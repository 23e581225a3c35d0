"""The page of a week: tables that can be read aloud, nothing from elsewhere, and no foreign markup."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest

from agent_tui.domain.availability import Now, Occupied
from agent_tui.domain.html_page import Section, html
from agent_tui.domain.patterns import Segment
from agent_tui.domain.ticks import span
from agent_tui.domain.week import Week, WeekAsked, WeekNote, heat_map
from agent_tui.domain.week_ahead import ahead_of, weeks_from
from agent_tui.domain.week_page import _STYLE, Counted, WeekPicture, html_of
from agent_tui.tui.contrast import contrast, relative_luminance
from tests.domain.worlds import ALL, MONDAY, NINE, TEN, every_day, site

HOSTILE = ["<script>alert(1)</script>", '"><img src=http://x/ onerror=a>', "Sana\x1b[2J\u202e Khan", "</style><b>&amp;"]
TUESDAY = MONDAY + timedelta(days=1)
CLOSED = MONDAY + timedelta(days=4)


def picture(place: str = "Leeds Park Place", name: str = "First commitment") -> WeekPicture:
    """Return a week in which Monday is past, Wednesday booked and Friday closed, and a group that has no type."""
    catalogue = site(patterns=every_day((Segment(NINE, TEN, ALL),))[:5], closures={CLOSED: name})
    busy = Occupied({("D01", (MONDAY + timedelta(days=2)).isoformat()): span(NINE, TEN)})
    now = Now(TUESDAY, 0)
    maps = [heat_map(catalogue, WeekAsked(week, ("AAA",)), busy, now) for week in weeks_from(Week.of(MONDAY))]
    noted = replace(maps[0], notes=(*maps[0].notes, WeekNote("CCC", "not_assigned", f"{name} is assigned to no diary.")))
    parts = (
        Counted(name, "first-commitment", noted, ahead_of(maps, catalogue.closures, now.day)),
        Counted("Gateway", "gateway", None, None, f"No type at {place} belongs to the group gateway."),
    )
    made = datetime(2026, 11, 24, 9, 10)
    return WeekPicture(place, Week.of(MONDAY), "all diaries", "site staff", None, made, dict(catalogue.closures), parts)


class Reader(HTMLParser):
    """What a page is made of: its tags in order and its tables as rows of cells, each cell its tag, scope, class and text."""

    VOID = ("meta",)

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.tables: list[list[list[tuple[str, str | None, str | None, str]]]] = []
        self.captions: list[str] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _value in attrs}
        if tag not in self.VOID:
            self.open.append(tag)
        given = dict(attrs)
        if tag == "table":
            self.tables.append([])
        elif tag == "caption":
            self.captions.append("")
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append((tag, given.get("scope"), given.get("class"), ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text.append(data)
        if "caption" in self.open:
            self.captions[-1] += data
        elif "tr" in self.open and self.tables[-1][-1]:
            tag, scope, kind, text = self.tables[-1][-1][-1]
            self.tables[-1][-1][-1] = (tag, scope, kind, text + data)


def test_tables_say_what_they_are_and_hold_the_numbers() -> None:
    read = Reader(html_of(picture()))
    assert read.open == []
    assert read.captions == [
        "First commitment: Starts in each half hour",
        "First commitment: Starts by day, this week and the weeks after it",
    ]
    hours, ahead = read.tables
    assert [cell[3] for cell in hours[0]] == ["Time", "Mon 23", "Tue 24", "Wed 25", "Thu 26", "Fri 27"]
    assert {cell[:2] for cell in hours[0]} == {("th", "col")}
    assert [row[0][:2] for row in hours[1:]] == [("th", "row")] * (len(hours) - 1)
    assert [cell[2:] for cell in hours[1][1:]] == [("gone", "–"), ("l4", "6"), ("l0", "0"), ("l4", "6"), ("gone", "–")]
    assert [cell[3] for cell in hours[-1]] == ["Total", "–", "7", "0", "7", "–"]
    assert [cell[3] for cell in ahead[0]] == ["From", "Mon", "Tue", "Wed", "Thu", "Fri", "All"]
    assert [cell[3] for cell in ahead[1]] == ["23 Nov", "–", "7", "0", "7", "–", "14"]
    assert [cell[3] for cell in ahead[2]] == ["30 Nov", "7", "7", "7", "7", "7", "35"]
    assert len(ahead) == 7


def test_the_title_and_the_notes_are_sentences() -> None:
    page = html_of(picture())
    assert "<title>Week 48, 23 to 29 November 2026, Leeds Park Place</title>" in page
    words = " ".join("".join(Reader(page).text).split())
    for sentence in (
        "Starts that can still be booked by: site staff; all diaries. Made at 09:10 on Tuesday 24 November 2026.",
        "First commitment: The first day without a start is Wednesday 25 November.",
        "First commitment: First commitment is assigned to no diary.",
        "Gateway: No type at Leeds Park Place belongs to the group gateway.",
        "Closed on Friday 27 November: First commitment.",
    ):
        assert sentence in words
    assert words.count("Closed on") == 1


def test_no_half_hour_is_said_where_no_diary_is_open() -> None:
    found = picture()
    empty = heat_map(site(patterns=()), WeekAsked(found.week, ("AAA",)), Occupied({}), Now(TUESDAY, 0))
    page = html_of(replace(found, parts=(Counted("Initial", "initial", empty, None),)))
    assert "Initial: none of the diaries is open in this week." in page
    assert "<table" not in page


@pytest.mark.parametrize("words", HOSTILE, ids=["script", "image", "steering", "style"])
def test_the_page_holds_no_foreign_markup_and_asks_for_nothing(words: str) -> None:
    page = html_of(picture(words, words), [Section(f"<h2>{html(words)}</h2>", kind=words)])
    read = Reader(page)
    assert read.open == []
    tags = "html head meta title style body section h1 h2 span p article table caption thead tbody tfoot tr th td ul li"
    assert set(read.tags) == set(tags.split())
    assert read.attributes == {"lang", "charset", "http-equiv", "content", "name", "class", "scope"}
    assert read.tags.count("style") == 1
    assert "default-src 'none'" in page
    assert not re.search(r"url\(|@import|://", re.sub(re.escape(html(words)), "", page))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", page)
    assert html(words) in page


def test_another_section_stands_between_the_tables_and_the_notes() -> None:
    page = html_of(picture(), [Section("<h2>Guarantee</h2>", ".guarantee{color:red}", "guarantee")])
    assert page.index("</article>") < page.index('<section class="guarantee">\n<h2>Guarantee</h2>') < page.index("<h2>Notes</h2>")
    assert page.count(".guarantee{color:red}") == 1


def test_what_is_written_on_each_ground_can_be_read_on_paper_in_light_and_in_the_dark() -> None:
    blocks = re.findall(r":root\{([^}]*)\}", _STYLE)
    assert len(blocks) == 3
    light, dark, paper = ({name: six(colour) for name, colour in re.findall(r"(--\w+):(#[0-9a-f]+)", one)} for one in blocks)
    for look in (light, light | dark, light | paper):
        pairs = [("--ink", ground) for ground in ("--ground", "--head", "--l1", "--l2")]
        pairs += [("--muted", "--ground"), ("--on3", "--l3"), ("--on4", "--l4")]
        assert [pair for pair in pairs if low(look, pair)] == []
        shades = [relative_luminance(look[name]) for name in ("--ground", "--l1", "--l2", "--l3", "--l4")]
        assert shades in (sorted(shades), sorted(shades, reverse=True))


def six(colour: str) -> str:
    """Return a colour in its form of six digits."""
    return colour if len(colour) == 7 else "#" + "".join(digit * 2 for digit in colour[1:])


def low(look: dict[str, str], pair: tuple[str, str]) -> bool:
    """Say whether a pair has less contrast than WCAG 2.2 asks of text (1.4.3)."""
    return contrast(look[pair[0]], look[pair[1]]) < 4.5
