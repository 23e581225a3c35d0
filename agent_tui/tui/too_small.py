"""What a window that is too small shows in place of the screen."""

from typing import Final

from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

SMALLEST: Final = Size(60, 16)
"""The least columns and lines in which a screen can be used."""

SENTENCE: Final = f"Make the window at least {SMALLEST.width} x {SMALLEST.height}; what you typed is kept."


def too_small(size: Size) -> bool:
    """Whether a window has not the room that a screen needs."""
    return size.width < SMALLEST.width or size.height < SMALLEST.height


class TooSmall(Static):
    """A plain sentence over the whole screen; what lies under it keeps the focus and all that was typed.

    A screen yields one, last, and calls `fit` when it is resized.
    """

    DEFAULT_CSS = """
    TooSmall {
        display: none;
        overlay: screen;
        position: absolute;
        offset: 0 0;
        width: 100vw;
        height: 100vh;
        content-align: center middle;
        text-align: center;
        background: $background;
        color: $foreground;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        """Make it hidden."""
        super().__init__(Content(SENTENCE), id=id, markup=False)

    def fit(self, size: Size) -> bool:
        """Show or hide it as the window's size asks for; whether it is shown."""
        covered = too_small(size)
        if covered != self.display:  # to set it to what it is would lay the whole screen out again
            self.display = covered
        return covered
