"""A page of text to read."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget

from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals.base import Dialog, says


class PageModal(Dialog[None]):
    """Shows a text line by line as it is written; the arrows scroll."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "give_up", "close", show=False)]
    DEFAULT_CSS = "PageModal > .dialog { width: 90; & > Static { height: auto; } }"

    def __init__(self, title: str, text: str, *, glyphs: Glyphs = UNICODE) -> None:
        """Take the text, of several lines."""
        super().__init__(title, "esc closes", glyphs=glyphs)
        self._text = text

    def contents(self) -> Iterable[Widget]:
        """Return a line for each line."""
        for line in self._text.splitlines():
            yield says(line or " ")

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        frame = self.query_one(".dialog", VerticalScroll)
        frame.can_focus = True
        frame.focus()
