"""Pastes and keys as a terminal sends them: in any pieces, with anything inside."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers import web_driver
from textual.message import Message

from agent_tui.domain.cleaning import clean_for_display
from agent_tui.tui.page_driver import PageDriver
from agent_tui.tui.pasting import END, LONGEST, START, PasteParser, guard_input
from tests.hostile.words import WORDS

PIECES = st.sampled_from(["\x1b", "[", "2", "0", "1", "~", "[A", "\x1b]0;evil\x07", "a", "\r", "\x03", "é", "\x1b\x1b[2J" * 9])
TEXTS = st.lists(PIECES, max_size=30).map("".join).filter(lambda text: END not in text)


def parsed(*reads: str) -> list[Message]:
    parser = PasteParser()
    return [event for read in reads for event in parser.feed(read)]


def keys(found: list[Message]) -> list[str]:
    return [event.key for event in found if isinstance(event, events.Key)]


def pastes(found: list[Message]) -> list[str]:
    return [event.text for event in found if isinstance(event, events.Paste)]


def harmless(text: str) -> str:
    """Return what a field may get of a pasted text."""
    return "\n".join(clean_for_display(line) for line in text.replace("\x1b", "").replace("\0", "")[:LONGEST].splitlines())


@given(TEXTS, st.lists(st.integers(0, 400), max_size=6))
def test_a_paste_is_one_paste_without_escape_characters_however_it_is_cut(text: str, cuts: list[int]) -> None:
    whole = f"a{START}{text}{END}b"
    edges = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    # A lone escape at the end of a read is the escape key if nothing follows in time; here all follows at once.
    found = parsed(*[whole[left:right] for left, right in pairwise(edges)])
    assert keys(found) == ["a", "b"]
    assert pastes(found) == [harmless(text)]


def test_every_hostile_word_is_pasted_as_text() -> None:
    for name, word in WORDS.items():
        text = word.replace(END, "")
        found = parsed(START + text + END, "x")
        assert keys(found) == ["x"], name
        assert pastes(found) == [harmless(text)], name


def test_keys_are_keys_before_between_and_after_pastes() -> None:
    found = parsed("\x1b[A", f"{START}one{END}q{START}two{END}", "\x1bOQ")
    assert keys(found) == ["up", "q", "f2"]
    assert pastes(found) == ["one", "two"]


def test_of_a_megabyte_only_so_much_goes_through_the_parser_as_may_be_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    real = XTermParser.feed

    def counted(parser: XTermParser, data: str) -> Iterable[Message]:
        seen.append(data)
        return real(parser, data)

    monkeypatch.setattr(XTermParser, "feed", counted)
    text = "\u00e9\x1b[2Jx\0" * 170_000
    whole = f"{START}{text}{END}q"
    found = parsed(*(whole[at : at + 65_536] for at in range(0, len(whole), 65_536)))
    assert keys(found) == ["q"]
    assert pastes(found) == [harmless(text)]
    assert sum(map(len, seen)) < LONGEST + 100


def test_a_paste_into_a_page_is_text_too(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XTermParser", "getincrementaldecoder"):
        monkeypatch.setattr(web_driver, name, getattr(web_driver, name))
    guard_input(PageDriver)
    used = vars(web_driver)
    assert used["XTermParser"] is PasteParser
    assert used["getincrementaldecoder"]("utf-8")().decode(b"\xff") == "\ufffd"
