"""Everything about one appointment or hold, to read."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Literal

from rich.table import Table
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from agent_tui.tui.commands import BY_ID, readable
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals.base import Dialog, bound
from agent_tui.tui.widgets.lines import shown


class DetailsModal(Dialog[Literal["copy"] | None]):
    """Shows pairs of label and value; dismissed with "copy" when the reference is to be copied."""

    AUTO_FOCUS = ".dialog"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "give_up", "close", show=False),
        *bound("details", "give_up"),
        *bound("copy_reference", "copy"),
    ]

    def __init__(
        self,
        lines: Sequence[tuple[str, str]],
        *,
        title: str = "Details",
        can_copy: bool = True,
        glyphs: Glyphs = UNICODE,
    ) -> None:
        """Take the pairs in the order of reading."""
        key = readable(BY_ID["copy_reference"].keys[0])
        super().__init__(title, f"{key} copies the reference, esc closes" if can_copy else "esc closes", glyphs=glyphs)
        self._lines = tuple(lines)
        self._can_copy = can_copy

    def contents(self) -> Iterable[Widget]:
        """Return one table, the labels in a column of their own."""
        table = Table.grid(padding=(0, 2, 0, 0), expand=True)
        table.add_column(max_width=18)
        table.add_column(ratio=1, overflow="fold")
        for label, value in self._lines:
            table.add_row(Text(shown(label), style="bold"), Text(shown(value)))
        yield Static(table, id="details", markup=False)

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        frame = self.query_one(".dialog", VerticalScroll)
        frame.can_focus = True
        frame.focus()

    def action_copy(self) -> None:
        """Ask for the reference to be copied."""
        if self._can_copy:
            self.dismiss("copy")
