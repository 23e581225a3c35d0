"""Scroll bars keep to ASCII where the terminal does."""

import pytest
from textual.scrollbar import ScrollBar, ScrollBarRender

from agent_tui.tui.scrollbars import WholeCells
from tests.tui.booking_desk import SMALL, Seats, seats, small_store
from tests.tui.test_week_screen import screen_text

__all__ = ["seats", "small_store"]


@pytest.mark.parametrize("vertical", [True, False], ids=["vertical", "horizontal"])
def test_a_bar_of_whole_cells_is_ascii_wherever_it_stands(vertical: bool) -> None:
    for position in range(0, 300, 7):
        place = {"size": 9, "virtual_size": 400, "window_size": 90, "position": position, "vertical": vertical}
        assert "".join(one.text for one in WholeCells.render_bar(**place).segments).strip() == ""  # type: ignore[arg-type]


async def test_a_list_that_scrolls_is_ascii_and_the_next_terminal_has_its_own_bars(seats: Seats) -> None:
    async with seats.seat("leader1", SMALL, glyphs="ascii") as seat:
        seat.screen.grid.focus()
        await seat.go_to("types")
        await seat.press("down")
        assert "\n".join(screen_text(seat.top)).isascii()
        assert ScrollBar.renderer is WholeCells
    async with seats.seat("leader1", SMALL):
        assert ScrollBar.renderer is ScrollBarRender
