"""Text from people, made safe: nothing that steers a terminal or turns a line around gets through, and no name is lost."""

import random
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_tui.domain.cleaning import REPLACEMENT, clean, clean_for_display, clean_lines

ESC, BEL = "\x1b", "\x07"

# guides/reliability.md section 4.
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
CONTROLS = ("a\0b", BEL, "\b\b", "\r", "\n", "\t", "\v", "\f", "\x7f", "a\u2028b", "a\u2029b", "\x85")
HOSTILE = (
    *("[bold]Eve[/]", "[/b] Bob", "[TODO] Ann", "[@click=app.quit]x[/]", "[link=file:///etc/passwd]x[/link]", "\\[bold]"),
    *(f"{ESC}[2J", f"{ESC}[6n", f"{ESC}]0;x{ESC}\\", f"{ESC}]52;c;aGk={ESC}\\", f"{ESC}]52;c;aGk={BEL}"),
    *(f"{ESC}]8;;http://x{ESC}\\y", f"{ESC}Pq{ESC}\\", f"{ESC}]unterminated", f"{ESC}c"),
    *("\x9b2J", "\x9d0;x\x9c", "\x90q\x9c", *CONTROLS),
    *(f"a{mark}b" for mark in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"),
    *("a\u200db", "a\u200bb", "\ufeffBOM", "a\ufe0fb", "e" + "\u0301" * 200, "\u6f22" * 300, FAMILY),
    *("\ud800", "\udfff x", "Zoe\u0308", "Zo\u00eb", "S\u0430na", "", "   ", "x" * 100_000),
    *("=cmd|'/c calc'!A1", "+1", "-1", "@SUM", "\t=1", "\r=1", "\uff1d1", "'; drop table--", "%", "_"),
    *("../../x", "file:x?mode=rwc", "\ue000", "\U000e0001", "\ufdd0", "\uffff"),
)

_BIDI = set("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def dangers(text: str, *, lines: bool = False) -> list[str]:
    """Return the characters of a text that must never be stored or shown."""
    kept = {"\n"} if lines else set()
    refused = ("Cc", "Cs", "Co", "Cn", "Zl", "Zp")
    return [char for char in text if char not in kept and (unicodedata.category(char) in refused or char in _BIDI)]


def check(text: str) -> None:
    """Check everything that must hold of any text."""
    once = clean(text)
    assert not dangers(once)
    assert clean(once) == once
    assert len(once) <= 200
    assert once == once.strip()
    assert unicodedata.is_normalized("NFC", once)
    once.encode("utf-8")
    lines = clean_lines(text)
    assert not dangers(lines, lines=True)
    assert clean_lines(lines) == lines
    assert len(lines) <= 4000
    shown = clean_for_display(text)
    assert not dangers(shown)
    assert clean_for_display(shown) == shown
    assert clean_for_display(once) == once


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_harmless_afterwards(text: str) -> None:
    check(text)


def test_twenty_thousand_generated_texts_are_harmless_afterwards() -> None:
    # hypothesis would take minutes for so many; a seeded generator of nasty neighbours does not
    chance = random.Random(4)
    controls = f"{ESC}{BEL}\0\n\t\r\x9b\x85\x7f\u2028\u202e\u2066\u200d\ud800\udc00\ue000\U000e0041\ufe0f\ufeff\u00ad"
    marks = "\u0301\u0327\u0323\u0308\u0345\u20dd\u00e9\u1e69\u0958\ufb2c\u1100\u1161\u11a8"
    pieces = [*controls, *marks, *"aeZ 7\u3000\u00a0\u6f22\U0001f468"]
    for number in range(20_000):
        size = chance.choice((1, 2, 4, 8, 16))
        if number % 2:
            check("".join(chance.choice(pieces) for _ in range(size)))
        else:
            check("".join(chr(chance.randrange(0x110000)) for _ in range(size)))


@settings(max_examples=150)
@given(st.text(st.characters(exclude_categories=()), max_size=60), st.integers(1, 30))
def test_any_text_is_harmless_afterwards_and_cleaning_twice_changes_nothing(text: str, limit: int) -> None:
    check(text)
    short = clean(text, limit=limit)
    assert len(short) <= limit
    assert clean(short, limit=limit) == short


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Sana Khan", "Sana Khan"),
        ("  Sana\tKhan\r\n", "Sana Khan"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("O'Brien-Ní Dhónaill", "O'Brien-Ní Dhónaill"),
        ("王小明", "王小明"),
        ("نور", "نور"),
        ("[bold]Eve[/]", "[bold]Eve[/]"),
        ("a\u200bb", "ab"),
        (f"a{ESC}[2J", f"a{REPLACEMENT}[2J"),
        ("a\u202eb", f"a{REPLACEMENT}b"),
        ("a\nb", "a b"),
    ],
)
def test_what_is_harmless_is_kept_and_what_is_not_is_seen_to_be_gone(text: str, kept: str) -> None:
    assert clean(text) == kept


@pytest.mark.parametrize("mark", ["\u0301", "\u0323", "\u20dd", "\u0488", "\U000e0101"])
def test_a_tower_of_combining_marks_is_cut_at_four(mark: str) -> None:
    tall = "e" + mark * 200
    for text in (clean(tall), clean_for_display(tall), clean_lines(tall)):
        assert sum(unicodedata.category(char) in ("Mn", "Me") for char in text) <= 4


def test_invisible_tag_characters_cannot_hide_text_in_a_name() -> None:
    hidden = "Ann" + "".join(chr(0xE0000 + ord(char)) for char in "evil")
    assert clean(hidden) in ("Ann", "Ann" + REPLACEMENT * 4)


def test_notes_keep_their_lines() -> None:
    assert clean_lines("one\r\ntwo\rthree\n\nfour\t5\x0b6") == f"one\ntwo\nthree\n\nfour 5{REPLACEMENT}6"


def test_a_megabyte_is_cut_quickly() -> None:
    assert clean("x" * 1_000_000) == "x" * 200
    assert clean_lines("y\n" * 1_000_000)[:4] == "y\ny\n"
