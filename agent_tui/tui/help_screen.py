"""The help: the keys of the pane in hand, then all of them, made from the registry of commands."""

from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from agent_tui.tui.commands import (
    BY_ID,
    CHAINS,
    COMMANDS,
    NO_KEYMAP,
    TITLES,
    Command,
    canonical,
    commands_in,
    keys_in,
    keys_of,
    may_use,
    readable,
)
from agent_tui.tui.modals.base import bound

_NOTE = (
    "Tab and shift+tab go from field to field, enter chooses, and the mouse does the same. "
    "Letters act only where no text is typed; an F key or a ctrl key works while typing too."
)


class HelpPage(VerticalScroll):
    """The page, scrolled with the keys of a list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bound("up", "scroll_up"),
        *bound("down", "scroll_down"),
        *bound("first", "scroll_home"),
        *bound("last", "scroll_end"),
        *bound("page_up", "page_up"),
        *bound("page_down", "page_down"),
    ]


class HelpScreen(ModalScreen[None]):
    """What the keys do; `context` is the place that had the focus, `keymap` the user's own keys."""

    CSS_PATH = "help_screen.tcss"
    # Textual puts the user's keymap over these by their ids.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(canonical(key), action, "close", show=False, id=id)
        for id, action in (("help", "close"), ("back", "close"), ("incident", "app.incident"))
        for key in BY_ID[id].keys
    ]

    def __init__(self, context: str, keymap: Mapping[str, str] = NO_KEYMAP, role: str | None = None) -> None:
        """Take a place of `commands.CHAINS`, any other is shown as the app, and whose keys are shown: all of them for None."""
        super().__init__()
        self._role = role
        self._place = context if context in CHAINS else "app"
        self._keymap = keymap

    def compose(self) -> ComposeResult:
        """Show the pane's keys above the table of everything."""
        here = self._theirs(commands_in(self._place))
        title = f"Help: {TITLES[self._place]}"
        with HelpPage(id="help"):
            yield Static(title, classes="help-title", markup=False)
            yield Static(self._table(here, self._keys_here), markup=False)
            yield Static(_NOTE, classes="help-note", markup=False)
            for place in CHAINS:
                commands = self._theirs(_at_home(place))
                if commands or place == self._place:
                    yield Static(TITLES[place], classes="help-title", markup=False)
                    yield Static(self._table(commands, self._all_keys), markup=False)
            yield Static(self._ways_out(), id="ways-out", classes="help-note", markup=False)

    def on_mount(self) -> None:
        """Give the page the focus, so that the arrows scroll it."""
        self.query_one("#help").focus()

    @on(events.Click, "#ways-out")
    def _clicked(self) -> None:
        self.dismiss(None)

    def action_close(self) -> None:
        """Go back to where the help was asked for."""
        self.dismiss(None)

    def _theirs(self, commands: Iterable[Command]) -> tuple[Command, ...]:
        return tuple(command for command in commands if may_use(command, self._role))

    def _keys_here(self, command: Command) -> tuple[str, ...]:
        return keys_in(command, self._place, self._keymap)

    def _all_keys(self, command: Command) -> tuple[str, ...]:
        return keys_of(command, self._keymap)

    def _table(self, commands: Iterable[Command], keys: Callable[[Command], tuple[str, ...]]) -> Table:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(min_width=16, max_width=24)
        table.add_column(ratio=1)
        for command in commands:
            # Text, because a user's key may be a bracket, which markup would swallow.
            shown = Text("  ".join(readable(key) for key in keys(command)), style="bold")
            table.add_row(shown, Text(command.help))
        return table

    def _ways_out(self) -> str:
        keys = [readable(key) for name in ("back", "help") for key in keys_of(BY_ID[name], self._keymap)]
        return f"Close with {', '.join(keys[:-1])} or {keys[-1]}."


def _at_home(place: str) -> tuple[Command, ...]:
    return tuple(command for command in COMMANDS if command.where[0] == place)
