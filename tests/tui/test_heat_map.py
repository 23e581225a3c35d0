"""What a heat map draws: every row has the same columns, whatever the counts are."""

from datetime import date, timedelta

import pytest

from agent_tui.domain.week import HeatMap, Week, WeekAsked
from agent_tui.tui.glyphs import UNICODE
from agent_tui.tui.widgets.heat_map.render import TIME_WIDTH, HeatView, body, cell_width, foot, head
from agent_tui.tui.widgets.lines import Piece

MONDAY = date(2026, 11, 23)


def view(*counts: int) -> HeatView:
    days = tuple(MONDAY + timedelta(days=number) for number in range(len(counts)))
    return HeatView(HeatMap(WeekAsked(Week.of(MONDAY), ("FC-F2F",)), days, (108, 114), (counts, counts), {}))


def text(pieces: list[Piece]) -> str:
    return "".join(piece for piece, _style in pieces)


@pytest.mark.parametrize("width", [36, 38, 48, 56, 90])
@pytest.mark.parametrize("most", [9, 120, 1030, 9_999, 10_305, 172_800])
def test_every_row_has_the_same_columns_whatever_the_counts_are(width: int, most: int) -> None:
    shown = view(0, 9, most, most, 7, most)
    room = cell_width(shown, width)
    whole = TIME_WIDTH + 6 * room
    assert len(text(foot(shown, width))) == whole
    assert len(text(body(shown, 0, width, (0, 0), UNICODE, focused=True))) == whole
    assert len(text(head(shown, width))) == width
    cells = [piece for piece, _style in body(shown, 0, width, (0, 0), UNICODE, focused=True)[1:]]
    assert [len(cell) for cell in cells] == [room] * 6
    assert all(UNICODE.shades[4] in cells[at] for at in (2, 3, 5))


def test_a_number_without_room_is_said_in_thousands_and_never_cut() -> None:
    shown = view(985, 1030, 10_305, 172_800)
    cells = [piece for piece, _style in body(shown, 0, 26, (0, 0), UNICODE, focused=True)[1:]]
    assert cells == ["985\N{LIGHT SHADE} ", "1030\N{LIGHT SHADE}", "10k\N{LIGHT SHADE} ", "172k\N{FULL BLOCK}"]
    assert text(foot(shown, 26)) == "total 1970 2060 20k  345k "


def test_where_there_is_room_the_sign_stands_apart() -> None:
    cells = [piece for piece, _style in body(view(6, 10_305), 0, 20, (0, 0), UNICODE, focused=True)[1:]]
    assert cells == ["   6 \N{LIGHT SHADE} ", "10305\N{FULL BLOCK} "]
