"""Scroll bars of whole cells, for terminals without the eighth blocks that Textual ends a bar with."""

from typing import ClassVar

from textual.scrollbar import ScrollBar, ScrollBarRender

from agent_tui.tui.glyphs import ASCII, Glyphs


class WholeCells(ScrollBarRender):
    """A bar that begins and ends with a cell."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "] * 8


def draw_scrollbars(glyphs: Glyphs) -> None:
    """Let all scroll bars of this process be drawn with the signs of a set."""
    ScrollBar.renderer = WholeCells if glyphs is ASCII else ScrollBarRender
