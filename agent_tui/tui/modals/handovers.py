"""Holds that were handed over, where there are several: one is taken or declined."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList

from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals.base import Dialog, PointedList
from agent_tui.tui.widgets.lines import shown


@dataclass(frozen=True, slots=True)
class Item:
    """A hold by its id, in words."""

    id: str
    words: str


class HandoversModal(Dialog[tuple[str, str] | None]):
    """Lists holds and is dismissed with ("take" or "decline", id)."""

    AUTO_FOCUS = "#handovers"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("d,D,delete", "decline", "decline", show=False)]

    def __init__(self, items: Sequence[Item], *, glyphs: Glyphs = UNICODE) -> None:
        """Take the holds, oldest first."""
        super().__init__("Handed over", "enter takes it over, d declines, esc closes", glyphs=glyphs)
        self._items = tuple(items)

    def contents(self) -> Iterable[Widget]:
        """Return the list."""
        yield PointedList([Content(shown(one.words)) for one in self._items], self.glyphs, id="handovers")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take it over."""
        event.stop()
        self.dismiss(("take", self._items[event.option_index].id))

    def action_decline(self) -> None:
        """Give the highlighted one back."""
        at = self.query_one("#handovers", PointedList).highlighted
        if at is not None:
            self.dismiss(("decline", self._items[at].id))
