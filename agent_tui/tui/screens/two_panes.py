"""What the screens with a list on the left and its details on the right share."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from textual import events, getters
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from agent_tui.tui.glyphs import UNICODE
from agent_tui.tui.modals.base import PointedList
from agent_tui.tui.screens.proposing import Proposing
from agent_tui.tui.too_small import TooSmall
from agent_tui.tui.widgets.lines import KeyFooter, StatusLine, Title, TitleLine, shown

SLIM: Final = 72
"""Below so many columns the details stand under the list, because beside it a word would take a line."""


class TwoPanes(Proposing):
    """A list that keeps the focus, and beside it what is known of the line that has the highlight."""

    CSS_PATH = "two_panes.tcss"
    AUTO_FOCUS = "#list"
    NAME: ClassVar[str]
    LEFT: ClassVar[str]
    RIGHT: ClassVar[str] = "Details"
    NARROW: ClassVar[int] = 100
    LIST: ClassVar[type[PointedList]]
    PLACES: ClassVar[tuple[str, str]]
    """The places that the command registry knows: the list, and the screen around it."""
    list_pane = getters.query_one("#list", PointedList)

    def compose(self) -> ComposeResult:
        """Put the panes on the screen."""
        yield TitleLine(Title(self.NAME), glyphs=self.glyphs, id="title")
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                yield from self.above_list()
                yield self.LIST((), self.glyphs, id="list")
            with VerticalScroll(id="right", can_focus=False):
                yield Static(id="known", markup=False)
        yield StatusLine(glyphs=self.glyphs, id="status")
        yield KeyFooter(id="keys")
        yield TooSmall()

    def above_list(self) -> Iterable[Widget]:
        """Return what stands above the list."""
        return ()

    def on_mount(self) -> None:
        """Name the panes."""
        self.set_class(self.glyphs is not UNICODE, "-ascii")
        self.query_one("#left").border_title = self.LEFT
        self.query_one("#right").border_title = self.RIGHT

    @property
    def context(self) -> str:  # type: ignore[override]
        """The place that has the focus, as the command registry names it."""
        return self.PLACES[0] if isinstance(self.focused, self.LIST) else self.PLACES[1]

    def on_resize(self, event: events.Resize) -> None:
        """Lay the panes out for the width."""
        self.set_class(event.size.width < self.NARROW, "-narrow")
        self.set_class(event.size.width < SLIM, "-slim")
        self.query_one(TooSmall).fit(event.size)

    def show_details(self, lines: Sequence[str]) -> None:
        """Show what is known of the highlighted line."""
        known = Content("\n").join(Content(shown(line)) for line in lines) if lines else Content("")
        self.query_one("#known", Static).update(known)
