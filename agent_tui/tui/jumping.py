"""Jump mode: every pane and field of a screen shows a letter, and the letter typed takes the focus there."""

from collections.abc import Sequence
from typing import Any, Final

from textual import events
from textual.app import App, ComposeResult
from textual.content import Content
from textual.geometry import Offset, Size
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Static

LETTERS: Final = "asdfghjklqwertyuiopzxcvbnm1234567890"
"""The letters in the order in which they are given out, those under the fingers first."""

Target = tuple[str, Widget, Offset]
"""A letter, the widget that it goes to, and the cell at which it is shown."""


def targets_of(screen: Screen[Any]) -> list[Target]:
    """Return where one can go on a screen: all in sight that takes the focus, in the order of tab."""
    seen = [(widget, screen.find_widget(widget).visible_region) for widget in screen.focus_chain]
    places = [(widget, region.offset) for widget, region in seen if region.area]
    return [(letter, widget, at) for letter, (widget, at) in zip(LETTERS, places, strict=False)]


def jump(app: App[Any]) -> None:
    """Show the letters over the screen in front; where there is nowhere to go, nothing happens."""
    screen = app.screen
    targets = targets_of(screen)

    def chosen(widget: Widget | None) -> None:
        if widget is not None and widget.is_attached:
            screen.set_focus(widget)

    if targets:
        app.push_screen(JumpScreen(targets, app.size), chosen)


class JumpScreen(ModalScreen[Widget | None]):
    """The letters over what lies below; a letter or a click goes there, any other key closes it and does nothing else."""

    DEFAULT_CSS = """
    JumpScreen {
        background: $background 0%;
        & .jump {
            position: absolute;
            width: 3;
            height: 1;
            background: $primary;
            color: $background;
            text-style: bold;
        }
    }
    """

    def __init__(self, targets: Sequence[Target], size: Size) -> None:
        """Take where one can go, and the size of the window for which this was measured."""
        super().__init__()
        self._targets = tuple(targets)
        self._measured = size

    def compose(self) -> ComposeResult:
        """Put each letter at its widget."""
        for at, (letter, _widget, place) in enumerate(self._targets):
            label = Static(Content(f"[{letter}]"), id=f"jump-{at}", classes="jump", markup=False)
            label.styles.offset = (place.x, place.y)
            yield label

    def on_key(self, event: events.Key) -> None:
        """Go where a letter says."""
        event.stop()
        event.prevent_default()
        self.dismiss(next((widget for letter, widget, _at in self._targets if letter == event.character), None))

    def on_click(self, event: events.Click) -> None:
        """Go to the letter that was clicked; a click elsewhere closes."""
        event.stop()
        name = "" if event.widget is None else event.widget.id or ""
        self.dismiss(self._targets[int(name.removeprefix("jump-"))][1] if name.startswith("jump-") else None)

    def on_resize(self, event: events.Resize) -> None:
        """Close when the window changes, because the letters would stand in wrong places."""
        if event.size != self._measured:
            self.dismiss(None)
