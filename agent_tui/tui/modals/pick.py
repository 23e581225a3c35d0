"""One of many, found by typing: whose segments, which diary, which type."""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals.base import BESIDE, FRAME, Dialog, PointedList, TextField, says
from agent_tui.tui.widgets.lines import cut, shown
from agent_tui.tui.widgets.picker import Choice

LEAST = 60
"""Cells of the frame at least."""
_GAP = "  "
URGENT = "bold $text-error"
_LIST_KEYS = {"up": "cursor_up", "down": "cursor_down", "pageup": "page_up", "pagedown": "page_down"}


class PickModal(Dialog[str | None]):
    """Asks for one of `choices` and is dismissed with its id; typing narrows the list, up and down choose."""

    AUTO_FOCUS = "#words"

    DEFAULT_CSS = """
    PickModal {
        & TextField { width: 1fr; margin-bottom: 1; }
        & #found { height: 12; }
        & .none { height: 1; color: $text-muted; }
    }
    """

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        *,
        chosen: str | None = None,
        glyphs: Glyphs = UNICODE,
    ) -> None:
        """Take the choices in order, and the id of the one that is highlighted at first."""
        super().__init__(title, "type to narrow, enter chooses, esc closes", glyphs=glyphs)
        self._choices = tuple(choices)
        self._room = LEAST - FRAME - BESIDE
        self._found = self._choices
        self._chosen = chosen

    def on_mount(self) -> None:
        """Show the lines as wide as the window lets them be."""
        self._fit()

    def on_resize(self, event: events.Resize) -> None:
        """Fit the lines anew."""
        self._fit()

    def _fit(self) -> None:
        """Give the longest line its room, and cut what has none."""
        longest = max((cell_len(_words(one)) for one in self._choices), default=0)
        room = self.widen(longest + BESIDE, LEAST) - BESIDE
        found = self.query_one("#found")
        if room != self._room and isinstance(found, PointedList):
            self._room = room
            found.show([self._line(one) for one in self._found], found.highlighted or 0)

    def contents(self) -> Iterable[Widget]:
        """Return the field and the list."""
        yield TextField("", id="words", placeholder="type a code or a name", longest=60)
        yield self._list()

    def _list(self) -> Widget:
        first = next((at for at, one in enumerate(self._found) if one.id == self._chosen), 0)
        if not self._found:
            return says("Nothing fits.", id="found", classes="none")
        found = PointedList([self._line(one) for one in self._found], self.glyphs, highlighted=first, id="found")
        found.can_focus = False
        return found

    def _line(self, choice: Choice) -> Content:
        label = cut(shown(choice.label), self._room, self.glyphs.ellipsis)
        detail = cut(shown(choice.detail), max(self._room - cell_len(label) - len(_GAP), 0), self.glyphs.ellipsis)
        return Content.assemble((label, URGENT if choice.urgent else ""), (_GAP + detail if detail else "", "dim"))

    async def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list to what has every word."""
        event.stop()
        words = event.value.casefold().split()
        self._found = tuple(
            one for one in self._choices if all(word in f"{one.id} {one.label} {one.detail}".casefold() for word in words)
        )
        await self.query_one("#found").remove()
        await self.query_one(".dialog").mount(self._list())

    def on_key(self, event: events.Key) -> None:
        """Hand the list its keys."""
        found = self.query_one("#found")
        if event.key in _LIST_KEYS and isinstance(found, PointedList):
            event.stop()
            event.prevent_default()
            getattr(found, f"action_{_LIST_KEYS[event.key]}")()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Pick what is highlighted."""
        event.stop()
        found = self.query_one("#found")
        if isinstance(found, PointedList) and found.highlighted is not None:
            self.dismiss(self._found[found.highlighted].id)

    def on_option_list_option_selected(self, event: PointedList.OptionSelected) -> None:
        """Pick what was clicked."""
        event.stop()
        self.dismiss(self._found[event.option_index].id)


def _words(choice: Choice) -> str:
    return f"{shown(choice.label)}{_GAP if choice.detail else ''}{shown(choice.detail)}"
