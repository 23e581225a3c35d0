"""Templates of messages: what is wrong is said by file and line, and which one is in force."""

from collections.abc import Mapping
from datetime import date

import pytest

from agent_tui.domain.message_fields import FIELDS, KINDS, Called
from agent_tui.domain.message_library import Layer, Library, pick, read_library
from agent_tui.domain.message_templates import LONGEST_TEMPLATE, read_template
from agent_tui.domain.message_words import render
from agent_tui.resources import data_file
from agent_tui.services.message_words import load_library

HEAD = "---\nkind: cancellation\nchannel: sms\nlanguage: en\nfrom: 2026-01-01\n---\n"
BODY = "Cancelled: ((day)) at ((start)), phone ((office phone)).\n"
CALLED = Called()


def problems(text: str) -> list[tuple[int, str]]:
    found, wrong = read_template("x.md", text)
    assert bool(found) != bool(wrong)
    return [(one.line, one.text) for one in wrong]


def only(text: str) -> tuple[int, str]:
    found = problems(text)
    assert len(found) == 1, found
    return found[0]


def test_a_whole_template_has_no_problem() -> None:
    assert problems(HEAD + BODY) == []
    assert problems((HEAD + BODY).replace("\n", "\r\n")) == []
    assert problems("\ufeff" + HEAD + BODY) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("kind: cancellation", "kind: canselation", 2, "did you mean cancellation?"),
        ("channel: sms", "channel: sms, sms", 3, "named twice"),
        ("channel: sms", "channel: sms, email", 3, "a file each"),
        ("channel: sms", "channel: email", 3, "needs a subject"),
        ("channel: sms", "channel: ticket", 3, "is no channel"),
        ("language: en", "language: fr", 4, "there are en, cy"),
        ("from: 2026-01-01", "from: 2026-02-30", 5, "is not a day of the form"),
        ("from: 2026-01-01", "from:", 5, "nothing after from:"),
        ("from: 2026-01-01", "from: 2026-01-01\nfrom: 2026-01-02", 6, "says from: twice"),
        ("from: 2026-01-01", "from: 2026-01-01\nsubject: x", 3, "has no subject"),
        ("from: 2026-01-01", "form: 2026-01-01", 5, "did you mean from?"),
        ("((day))", "((daay))", 7, "There is no field ((daay)), did you mean day?"),
        ("((day))", "((day)) ((place))", 7, "has no field ((place))"),
        ("((day))", "((day)) ((", 7, "do not make a ((field))"),
        ("((day))", "((day)) ((why??((end))))", 7, "do not make a ((field))"),
        ("((day))", "((day)) ((why??))", 7, "no words after the question marks"),
        ("((day))", "((day)) **now**", 7, "** would be sent as it is written"),
        ("((day))", "((day)) [x](http://x)", 7, "]( would be sent as it is written"),
        ("Cancelled", "> Cancelled", 7, "> would be sent as it is written"),
        ("Cancelled", "1. Cancelled", 7, "1. would be sent as it is written"),
        ("Cancelled", "# Cancelled", 7, "# would be sent as it is written"),
        ("((day))", "((day)) <b>", 7, "would be sent as it is written"),
        ("((day))", "((day)) \x1b[2J", 7, "steers a terminal"),
        ("((day))", "soon", 7, "must name ((day)) or ((date))"),
        (" phone ((office phone))", " x", 7, "must name ((office phone)): its phone number"),
    ],
)
def test_what_is_wrong_is_said_by_line(old: str, new: str, line: int, says: str) -> None:
    assert old in HEAD + BODY
    found = problems((HEAD + BODY).replace(old, new, 1))
    assert any(at == line and says in text for at, text in found), found


def test_no_head_no_end_no_body_too_long() -> None:
    assert only("Hello ((name))")[0] == 1
    assert "The head has no end" in problems("---\nkind: cancellation\n")[-1][1]
    assert "says nothing under its head" in problems(HEAD)[0][1]
    assert "longer" in only("x" * (LONGEST_TEMPLATE + 1))[1]
    assert [text for _, text in problems("---\n---\nx")] == [
        f"The head does not say {name}:." for name in ("kind", "channel", "language", "from")
    ]


def test_the_version_changes_with_every_word() -> None:
    one, other = (read_template("x.md", HEAD + body)[0][0] for body in (BODY, BODY.replace("phone", "ring", 1)))
    assert one.version.startswith("2026-01-01-")
    assert one.version != other.version


@pytest.fixture(scope="module")
def shipped() -> Library:
    return load_library(None)


def test_what_is_shipped_is_sound_and_whole(shipped: Library) -> None:
    assert shipped.problems == ()
    wanted = {(name, channel) for name, kind in KINDS.items() for channel in kind.channels}
    assert {(one.kind, one.channel) for one in shipped.templates if one.language == "en"} == wanted
    welsh = {(one.kind, one.channel) for one in shipped.templates if one.language == "cy"}
    assert welsh == {("confirmation", channel) for channel in ("sms", "phone", "email", "letter")}
    for kind in KINDS.values():
        assert kind.fields <= set(FIELDS)


def test_the_help_page_has_every_field_and_kind() -> None:
    page = data_file("help/messages.md").read_text(encoding="utf-8")
    for name, words in FIELDS.items():
        line = f"| `(({name}))` | {words} |"
        only_form = [kind for kind, one in KINDS.items() if name in one.fields] == ["form"]
        assert (line in page) != only_form, name
        assert f"`(({name}))`" in page
    for kind, one in KINDS.items():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{kind}` |"))
        assert "the same" in row or all(group[0] in row for group in one.must), kind


def layered(*layers: Mapping[str, str]) -> Library:
    return read_library([Layer(f"{number}/", files) for number, files in enumerate(layers)])


def said(library: Library, day: date, language: str = "en") -> str | None:
    found = pick(library, "cancellation", "sms", language, day)
    return None if found is None else render(found, dict.fromkeys(FIELDS, "1")).body


def test_the_one_in_force_is_taken_and_a_sites_own_goes_before() -> None:
    later = HEAD.replace("2026-01-01", "2026-07-01") + "Later. " + BODY
    own = HEAD.replace("2026-01-01", "2026-03-01") + "Own. " + BODY
    welsh = HEAD.replace("language: en", "language: cy") + "Welsh. " + BODY
    library = layered({"a.md": HEAD + BODY, "b.md": later, "c.md": welsh}, {"own.md": own})
    plain = "Cancelled: 1 at 1, phone 1."
    assert said(library, date(2025, 12, 31)) is None
    assert said(library, date(2026, 2, 28)) == plain
    assert said(library, date(2026, 3, 1)) == f"Own. {plain}"
    assert said(library, date(2026, 8, 1)) == f"Own. {plain}"
    assert said(layered({"a.md": HEAD + BODY, "b.md": later}), date(2026, 7, 1)) == f"Later. {plain}"
    assert said(library, date(2026, 8, 1), "cy") == f"Welsh. {plain}"
    assert said(layered({"a.md": HEAD + BODY}), date(2026, 2, 1), "cy") == plain


def test_what_lacks_or_is_there_twice_is_a_problem() -> None:
    library = layered({"a.md": HEAD + BODY, "b.md": HEAD + BODY})
    texts = [str(one) for one in library.problems]
    assert texts[0] == "0/b.md, line 1: The cancellation by sms in English from 2026-01-01 is in 0/a.md too."
    assert "templates: There is no confirmation by sms in English." in texts


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("code,en\nX,y\n", 1, "The header must be code,en,cy,source."),
        ("code,en,cy,source\nX,y\n", 2, "2 cells where the header has 4"),
        ("code,en,cy,source\nX,y,,s\nX,z,,s\n", 3, "'X' is there twice"),
        ('code,en,cy,source\n"X,y,,s\n', 2, "This is not CSV"),
    ],
)
def test_tables_of_words_are_checked_by_line(text: str, line: int, says: str) -> None:
    found = [one for one in layered({"types.csv": text}).problems if one.file == "0/types.csv"]
    assert [(one.line, says in one.text) for one in found] == [(line, True)], found
