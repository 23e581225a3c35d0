"""What a change would do, line by line, before it is made; or only what is so."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals.base import Dialog
from agent_tui.tui.widgets.lines import shown


class EffectModal(Dialog[bool]):
    """Shows lines that scroll; with `yes` it asks, and is dismissed with True where the answer is yes.

    A line that begins with the flag sign is drawn as a warning.
    """

    AUTO_FOCUS = "#lines"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "yes", "yes", show=False),
        Binding("n", "give_up", "no", show=False),
        Binding("j", "scroll(1)", "down", show=False),
        Binding("k", "scroll(-1)", "up", show=False),
    ]

    DEFAULT_CSS = """
    EffectModal {
        & > .dialog { width: 90; overflow-y: hidden; }
        & #lines { height: auto; max-height: 100%; scrollbar-size-vertical: 1; }
        & #lines > Static { height: auto; width: 1fr; }
        & .warning { color: $text-warning; text-style: bold; }
    }
    """

    def __init__(
        self, title: str, lines: Sequence[str], *, yes: str = "", no: str = "changes nothing", glyphs: Glyphs = UNICODE
    ) -> None:
        """Take the lines, and the words of what enter and escape do, the first empty where there is nothing to do."""
        super().__init__(title, f"enter {yes}, esc {no}" if yes else "esc closes", glyphs=glyphs)
        self._lines = tuple(lines)
        self._asks = bool(yes)

    def contents(self) -> Iterable[Widget]:
        """Return the lines."""
        yield VerticalScroll(*(self._line(line) for line in self._lines), id="lines")

    def _line(self, line: str) -> Static:
        warns = line.startswith(self.glyphs.flag)
        return Static(Content(shown(line) or " "), classes="warning" if warns else None, markup=False)

    def action_yes(self) -> None:
        """Do it, or close where there is nothing to do."""
        self.dismiss(self._asks)

    def action_give_up(self) -> None:
        """Let nothing happen."""
        self.dismiss(False)

    def action_scroll(self, by: int) -> None:
        """Scroll the lines."""
        self.query_one("#lines").scroll_relative(y=by, animate=False)
