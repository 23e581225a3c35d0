"""What messages say: the words of each kind, what a type may be called, and hostile text in every field of every template."""

import re
from datetime import date
from html import escape
from html.parser import HTMLParser
from itertools import islice

import pytest

from agent_tui.domain import messages
from agent_tui.domain.message_fields import FIELDS, LINES
from agent_tui.domain.message_library import pick
from agent_tui.domain.message_sample import MEETINGS, SAMPLE_DAY, sample_fields
from agent_tui.domain.message_templates import Template, read_template
from agent_tui.domain.message_words import FieldMissing, Words, form_text, letter_text, render, too_long
from agent_tui.domain.sentences import UNNAMED_GROUPS
from agent_tui.domain.type_files import read_types
from agent_tui.domain.types import AppointmentType
from agent_tui.resources import data_file
from agent_tui.services.message_words import load_library
from tests.hostile.generator import strings
from tests.hostile.words import WORDS

LIBRARY = load_library(None)
TYPES = read_types(data_file("types.csv").read_text(encoding="utf-8")).types
NAMED = {code for code in LIBRARY.called.types}
# Words of data/types.csv that tell more of somebody than that they have an appointment.
TELLING = re.compile(
    r"disab|esa|employment and support|prison|care\b|carer|leaver|benefit cap|compliance|outreach|16/17|habitual|residen"
    r"|budget|alternative payment|advance|gateway|couple|joint|housing|self-employ|failed|bank|psn|biograph|f2f",
    re.IGNORECASE,
)


def template_of(kind: str, channel: str, language: str = "en") -> Template:
    found = pick(LIBRARY, kind, channel, language, SAMPLE_DAY)
    assert found is not None
    return found


def said(kind: str, channel: str, language: str = "en", meeting: str = "f2f", type_: AppointmentType | None = None) -> Words:
    fields = sample_fields(LIBRARY.called, kind, language, meeting, type_)
    return render(template_of(kind, channel, language), fields)


def test_a_confirmation_by_text() -> None:
    words = said("confirmation", "sms")
    assert words.body == (
        "Anytown Jobcentre: your evidence interview is on Tuesday 16 June at 2:30pm. It takes 50 minutes. Come to 1 Sample"
        " Street, Anytown AN1 1AA. Bring something that shows who you are, and the papers we asked for. To change or"
        " cancel it, phone 0113 496 0000. If you miss it, your payment may be cut or stopped."
    )
    assert (words.sms_parts, words.html, words.subject) == (2, None, "")


@pytest.mark.parametrize(
    ("meeting", "has", "has_not"),
    [
        ("f2f", "Where: Anytown Jobcentre, 1 Sample Street", "phone you on"),
        ("phone", "How: we will phone you on the number ending 123", "Where:"),
        ("video", "How: by video.", "Where:"),
    ],
)
def test_where_or_how(meeting: str, has: str, has_not: str) -> None:
    for kind in ("confirmation", "change", "reminder", "sooner"):
        body = said(kind, "letter", meeting=meeting).body
        assert has in body
        assert has_not not in body.replace("If you cannot hear or speak on the phone", "")
        assert "07700" not in body  # others may read it
    body = said("confirmation", "letter", meeting=meeting).body
    assert ("## " in body, "What to bring" in body, "What to have ready" in body) == (False, meeting == "f2f", meeting != "f2f")


def test_the_confirmation_in_welsh() -> None:
    assert said("confirmation", "sms", "cy", "phone").body == (
        "Anytown Jobcentre: mae eich cyfweliad tystiolaeth ddydd Mawrth 16 Mehefin am 2:30pm. Bydd yn para 50 munud. Byddwn yn"
        " eich ffonio ar y rhif sy'n gorffen gyda 123. Cofiwch gael y canlynol wrth law: rhywbeth sy'n dangos pwy ydych chi, a'r"
        " papurau y gofynnwyd amdanynt. I newid neu ganslo'r apwyntiad, ffoniwch 0113 496 0000. Os byddwch yn ei golli, efallai"
        " y bydd eich taliad yn cael ei leihau neu ei stopio."
    )
    page = said("confirmation", "letter", "cy").html or ""
    assert '<html lang="cy-GB">' in page
    assert "Annwyl Sam Sample" in page
    assert "- Pryd: dydd Mawrth 16 Mehefin 2026, 2:30pm tan 3:20pm" in said("confirmation", "letter", "cy").body


def test_what_is_brought_is_said_in_welsh() -> None:
    assert {kind.bring for kind in TYPES if kind.bring} == set(LIBRARY.called.bring)


@pytest.mark.parametrize("kind", [one for one in TYPES], ids=lambda one: one.code)
def test_no_message_tells_what_an_appointment_is_about_that_others_need_not_know(kind: AppointmentType) -> None:
    for language in ("en", "cy"):
        words = said("confirmation", "sms", language, kind.channel, kind).body
        name = LIBRARY.called.name(kind, kind.channel, language)
        assert name in words
        assert not TELLING.search(name), name
    assert kind.name not in words
    assert (kind.code in NAMED) == (
        name not in ("apwyntiad yn y Ganolfan Byd Gwaith", "apwyntiad dros y ffôn", "apwyntiad fideo")
    )


def test_a_group_that_tells_has_no_names_whatever_a_table_says() -> None:
    from dataclasses import replace

    prison = next(kind for kind in TYPES if kind.code == "BLK-PRISON")
    assert prison.group in UNNAMED_GROUPS
    called = replace(LIBRARY.called, types={"BLK-PRISON": {"en": "prison leaver appointment"}})
    assert called.name(prison, "f2f", "en") == "appointment at the jobcentre"
    assert called.name(replace(prison, group="review"), "f2f", "en") == "prison leaver appointment"


def test_every_text_of_every_type_can_be_sent() -> None:
    longest = 0
    for template in LIBRARY.templates:
        if template.channel == messages.SMS:
            for kind in TYPES:
                words = render(template, sample_fields(LIBRARY.called, template.kind, template.language, kind.channel, kind))
                assert too_long(words) is None
                longest = max(longest, words.sms_parts)
    assert longest <= 6


def test_a_text_that_no_network_takes_is_said() -> None:
    fields = sample_fields(LIBRARY.called, "confirmation") | {"bring": "x" * 900}
    sentence = too_long(render(template_of("confirmation", "sms"), fields))
    assert sentence is not None
    assert "more than the 918" in sentence


def test_a_line_with_an_empty_field_is_left_out_and_a_heading_over_nothing() -> None:
    head = "---\nkind: cancellation\nchannel: letter\nlanguage: en\nfrom: 2026-01-01\nsubject: x ((name))\n---\n"
    body = "## Why\n\n((why)).\nIt was ((why)).\n\n## When\n\n((day)) ((start)) ((office phone))\n((coach??no))"
    found, problems = read_template("x.md", head + body.replace("((coach??no))", "- ((name??yes)), ((why??no))"))
    assert problems == []
    fields = dict.fromkeys(FIELDS, "1") | {"why": " \t "}
    words = render(found[0], fields)
    assert words.body == "When\n\n1 1 1\n\n- yes,"
    with pytest.raises(FieldMissing, match=r"\(\(name\)\) has no value"):
        render(found[0], {name: value for name, value in fields.items() if name != "name"})


class _Page(HTMLParser):
    """What a page is made of: its tags with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(attrs)))


PLAIN = {template: render(template, dict.fromkeys(FIELDS, "x")) for template in LIBRARY.templates}
NEXT = 5
"""How many hostile words further the next filling of a template begins; each field of it meets every fifth of them."""
HOSTILE = [
    *(word[:300] for word in WORDS.values()),
    "((office phone)) ((name))",
    "))((day",
    "((name??yes))",
    "Sam\r\nBcc: eve@example.com\r\n\r\nhello",
    "Sam\nSubject: x",
    "<script>alert(1)</script>",
    '"><img src=http://x onerror=y>',
    "</style></title><base href=//x>",
    "&lt;b&gt;",
    "{{7*7}} ${x} %s",
    "- item\n## heading",
    *islice(strings(11, surrogates=True), 40),
]


def own_tags(words: Words) -> list[tuple[str, tuple[tuple[str, str | None], ...]]]:
    """Return the tags of a page but for those of which there are as many as lines."""
    return [tag for tag in _Page(words.html or "").tags if tag[0] != "div"]


@pytest.mark.parametrize("template", LIBRARY.templates, ids=lambda one: f"{one.kind}-{one.channel}-{one.language}")
def test_hostile_text_in_every_field(template: Template) -> None:
    plain = PLAIN[template]
    tags = own_tags(plain)
    names = list(FIELDS)
    for first in range(0, len(HOSTILE), NEXT):
        values = [HOSTILE[(first + number) % len(HOSTILE)] for number in range(len(names))]
        fields = {name: f"x{value}x" for name, value in zip(names, values, strict=True)}
        words = render(template, fields)
        assert "\n" not in words.subject
        assert [one.kind for one in words.parts] == [one.kind for one in plain.parts]
        lines = sum(fields[name].count("\n") for name in LINES)
        assert 0 <= words.body.count("\n") - plain.body.count("\n") <= lines
        for text in (words.subject, words.body, letter_text(template, words, fields), form_text(words), words.html or ""):
            assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", text)
        assert own_tags(words) == tags


@pytest.mark.parametrize("channel", ["sms", "email", "letter"])
def test_a_field_in_a_value_stays_what_it_is(channel: str) -> None:
    template = template_of("confirmation", channel)
    for text in ("((office phone)) ((name))", "))((day", "((name??yes))", "<b>{{7*7}}</b>"):
        words = render(template, dict.fromkeys(FIELDS, text))
        assert text in words.body
        assert words.html is None or escape(text) in words.html


def test_every_field_that_a_message_can_name_has_a_value() -> None:
    for template in LIBRARY.templates:
        for meeting in MEETINGS:
            render(template, sample_fields(LIBRARY.called, template.kind, template.language, meeting))


def test_a_letter_of_seventy_two_columns() -> None:
    fields = sample_fields(LIBRARY.called, "confirmation")
    template = template_of("confirmation", "letter")
    text = letter_text(template, render(template, fields), fields)
    assert max(map(len, text.splitlines())) <= 72
    assert "\nSam Sample\n2 Example Road\nAnytown\nAN1 1AB\n\n9 June 2026\nReference: 00000000" in text


def test_a_form_keeps_what_is_empty_as_a_line_to_write_on() -> None:
    template = template_of("form", "paper")
    blank = render(template, dict.fromkeys(FIELDS, ""))
    assert form_text(blank).count("_" * 48) == sum(part.kind == "item" for part in blank.parts) > 25
    text = form_text(render(template, sample_fields(LIBRARY.called, "form")))
    assert max(map(len, text.splitlines())) <= 72
    assert "Name                    Sam Sample\n" in text
    assert "Address                 2 Example Road\n                        Anytown\n" in text
    assert "<dt>Name</dt><dd><div>Sam Sample</div></dd>" in (render(template, sample_fields(LIBRARY.called, "form")).html or "")


def test_somebody_who_was_missed_has_seven_days() -> None:
    words = said("missed", "sms")
    assert "by Tuesday 23 June" in words.body
    assert date(2026, 6, 23).strftime("%A") == "Tuesday"


def test_a_cancellation_names_nobody() -> None:
    assert "It was cancelled because of a change at our office." in said("cancellation", "letter").body
