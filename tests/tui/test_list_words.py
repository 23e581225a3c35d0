"""Words of lists and menus: each fits its place, and what is cut says so."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from agent_tui.domain.review import Procedure, ToReview
from agent_tui.tui.columns import widths_of
from agent_tui.tui.effect_words import effect_lines
from agent_tui.tui.glyphs import ASCII, UNICODE, Glyphs
from agent_tui.tui.screens.going import SCREENS
from agent_tui.tui.support_words import item_line

ROOM = 51
"""Cells that the list of screens has for what a screen is for."""


@pytest.mark.parametrize(
    ("room", "widths"),
    [(0, [3, 2, 4]), (9, [3, 2, 4]), (11, [5, 2, 4]), (14, [7, 3, 4]), (99, [7, 9, 4])],
)
def test_columns_of_names_take_the_room_that_there_is(room: int, widths: list[int]) -> None:
    assert widths_of([(3, ["Kaur, S"]), (2, ["IEIFULL50", "FC50"]), (4, ["no"])], room) == widths


def test_each_screen_is_one_line_of_the_list_of_screens() -> None:
    assert [words for _, words in SCREENS.values() if len(words) > ROOM] == []


@pytest.mark.parametrize(
    ("patterns", "diaries", "said"), [(0, 1, "1 diary"), (2, 0, "2 patterns"), (1, 2, "1 pattern, 2 diaries"), (0, 0, "nothing")]
)
def test_a_change_names_only_what_it_changes(patterns: int, diaries: int, said: str) -> None:
    found: Any = SimpleNamespace(
        patterns=[None] * patterns, diaries=[None] * diaries, unplaced=(), lost=(), assigned=(), placed=(), checks=(), warnings=()
    )
    catalogue: Any = SimpleNamespace()
    assert effect_lines(found, catalogue, UNICODE)[0] == f"It changes {said}."


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_a_title_that_is_cut_says_so(glyphs: Glyphs) -> None:
    long = ToReview(Procedure("confirm", "Confirm an appointment and update the record of it"), (), ())
    line = item_line(long, date(2026, 12, 1), "Europe/London", glyphs)
    assert line.startswith(f"{glyphs.flag} Confirm an appointment and update the"[:38])
    assert f"{glyphs.ellipsis} " in line
    short = ToReview(Procedure("check", "Check availability"), (), ())
    assert glyphs.ellipsis not in item_line(short, date(2026, 12, 1), "Europe/London", glyphs)
