"""What all dialogs share: the frame, escape, text from data that cannot be markup, and fields that take any paste."""

import re
from collections.abc import Iterable
from typing import ClassVar, Final

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, ScreenResultType
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from agent_tui.domain.cleaning import clean_for_display
from agent_tui.tui.commands import BY_ID, canonical, is_key, keys_of
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.styling import QuietFocus
from agent_tui.tui.too_small import TooSmall
from agent_tui.tui.widgets.lines import shown

_KEYS_OF_HINTS: Final = {"esc": "escape", "key": ""}
"""What stands for a key in a hint and what only looks like the name of one."""

FRAME: Final = 4
"""Cells of a dialog's frame and of what it keeps free at its sides."""
POINTER: Final = 2
"""Cells before the words of a list with a pointer."""
BESIDE: Final = POINTER + 1
"""Cells of the pointer and of a scroll bar."""
MOST: Final = 1000
"""Cells in which no name is cut."""

EVERYWHERE: Final = {"extend": "app.extend_hold", "incident": "app.incident", "jump": "app.jump"}
"""The commands that every dialog has, by the action that does them there."""
IN_DIALOG: Final = "in-dialog"
"""The id of the dialog that lists them."""

LONGEST_FIELD: Final = 200
"""Characters that a field of a dialog takes."""


def says(text: str, *, id: str | None = None, classes: str | None = None) -> Static:
    """Return a widget that shows a text as it is."""
    return Static(Content(shown(text)), id=id, classes=classes, markup=False)


def hinted_key(hint: str, at: int) -> str | None:
    """Return the key that the words of a hint name at a cell, as Textual calls it: "escape" in "esc closes"; None for none."""
    for part in re.finditer(r"[^,;]+", hint):
        if cell_len(hint[: part.start()]) <= at < cell_len(hint[: part.end()]):
            words = [_KEYS_OF_HINTS.get(word, word) for word in part.group().split()]
            return next((canonical(word) for word in words if is_key(word)), None)
    return None


def bound(name: str, action: str) -> list[BindingType]:
    """Return the keys of a registry command for an action of a dialog; the user's keymap goes over them by the id."""
    command = BY_ID[name]
    return [Binding(key, action, command.label, show=False, id=name) for key in keys_of(command)]


class Dialog(QuietFocus, ModalScreen[ScreenResultType]):
    """A framed dialog; escape dismisses it with None, and the focus goes back to where it was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", "close", show=False),
        # A hold runs out behind a dialog too, and letters are typed in one.
        Binding("ctrl+l", EVERYWHERE["extend"], "extend", show=False),
        *bound("incident", EVERYWHERE["incident"]),
        *bound("jump", EVERYWHERE["jump"]),
    ]

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        background: $background 60%;
        &:nocolor { background: $background; }
        & > .dialog {
            width: 60;
            max-width: 100%;
            height: auto;
            max-height: 100%;
            padding: 0 1;
            background: $surface;
            color: $foreground;
            border: round $border;
            border-title-color: $text-primary;
            border-title-style: bold;
            border-subtitle-color: $text-muted;
            scrollbar-size-vertical: 1;
        }
        &.-ascii > .dialog { border: ascii $border; }
        & .dialog--sentence { width: 1fr; height: auto; margin-bottom: 1; }
        & .dialog--problem { width: 1fr; height: 1; color: $text-error; text-style: bold; }
        & OptionList {
            height: auto;
            max-height: 100%;
            border: none;
            padding: 0;
            background: $surface;
            scrollbar-size-vertical: 1;
            &:focus { border: none; background-tint: $foreground 0%; }
        }
        & TextField {
            height: 1;
            border: none;
            padding: 0;
            background: $panel;
            &:focus { border: none; background: $panel; background-tint: $foreground 0%; text-style: underline; }
        }
    }
    """

    def __init__(self, title: str, hint: str, *, glyphs: Glyphs = UNICODE) -> None:
        """Take the title of the frame, and the keys in words, which stand on the frame below."""
        super().__init__()
        self._heading = title
        self._hint = hint
        self.glyphs = glyphs
        self.set_class(glyphs.ellipsis.isascii(), "-ascii")

    def contents(self) -> Iterable[Widget]:
        """Return what stands in the frame."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Put the contents into the frame."""
        frame = VerticalScroll(*self.contents(), classes="dialog", can_focus=False)
        frame.border_title = Content(shown(self._heading))
        frame.border_subtitle = Content(shown(self._hint))
        yield frame
        yield TooSmall()

    def widen(self, longest: int, least: int) -> int:
        """Give lines of so many cells their room in a frame of at least `least` cells; return the room that the window leaves."""
        width = min(max(longest + FRAME, least), self.app.size.width)
        self.query_one(".dialog").styles.width = width
        return width - FRAME

    def on_resize(self, event: events.Resize) -> None:
        """Cover the dialog where the window has not the room for it; what was typed in it stays."""
        self.query_one(TooSmall).fit(event.size)

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked in the words on the frame below; on the one above, list what every dialog can do."""
        frame = self.query_one(".dialog").region
        if event.screen_y == frame.y and frame.x <= event.screen_x < frame.right:
            event.stop()
            self.app.call_later(self.app.run_action, "app.in_dialog")
            return
        # The words end before a blank, a piece of the frame and its corner.
        start = frame.right - 3 - cell_len(shown(self._hint))
        key = hinted_key(shown(self._hint), int(event.screen_x) - start) if event.screen_y == frame.bottom - 1 else None
        if key is not None:
            event.stop()
            # A key that the dialog itself had sent would not go beyond it.
            self.app.call_later(self.app.simulate_key, key)

    def action_give_up(self) -> None:
        """Let nothing happen."""
        self.dismiss(None)


class TextField(Input):
    """A field of one line that keeps what a terminal cannot show out, and takes of a paste what it has room for."""

    def __init__(
        self, value: str = "", *, id: str, placeholder: str = "", longest: int = LONGEST_FIELD, replaced: bool = False
    ) -> None:
        """Take the text that stands in it at first; with `replaced` the first key typed takes its place."""
        self._longest = longest
        super().__init__(_visible(value, longest), id=id, placeholder=placeholder, select_on_focus=replaced)
        self.cursor_blink = False

    def validate_value(self, value: str) -> str:
        """Keep the value clean however it is set."""
        return _visible(value, self._longest)

    def replace(self, text: str, start: int, end: int) -> None:
        """Put a text in place of another, cut to the room that is left."""
        first, last = sorted((max(0, start), min(len(self.value), end)))
        room = max(0, self._longest - (len(self.value) - (last - first)))
        if len(text) > max(room, 1):
            self._say_cut()
        super().replace(_visible(text, room), start, end)

    def _say_cut(self) -> None:
        """Say on the line of the screen, where it has one, that a paste was longer than the field."""
        say = getattr(self.screen, "say", None)
        if say is not None:
            say(f"This field takes {self._longest:,} characters: the end of what was pasted is not in it.", "warning")


def _visible(text: str, longest: int) -> str:
    return clean_for_display(text[: longest * 4])[:longest]


class PointedList(OptionList):
    """A list whose highlighted line has a pointer, so that it can be told without colour."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bound("up", "cursor_up"),
        *bound("down", "cursor_down"),
        *bound("first", "first"),
        *bound("last", "last"),
        *bound("page_up", "page_up"),
        *bound("page_down", "page_down"),
    ]

    def __init__(self, prompts: Iterable[Content], glyphs: Glyphs, *, highlighted: int = 0, id: str | None = None) -> None:
        """Take the lines; a prompt of two lines is indented by the pointer's width."""
        self._prompts = [_indented(prompt) for prompt in prompts]
        self._pointer = glyphs.pointer
        self._pointed: int | None = None
        self.lineless = not self._prompts
        super().__init__(*(Option(_led(" ", prompt)) for prompt in self._prompts), id=id)
        self._first = highlighted

    def on_mount(self) -> None:
        """Highlight the first line."""
        if self._prompts:
            self.highlighted = min(max(self._first, 0), len(self._prompts) - 1)

    def show(self, prompts: Iterable[Content], highlighted: int = 0, *, empty: str = "") -> None:
        """Show other lines, with the highlight on one of them, or the words of `empty` where there are none."""
        self._pointed = None
        self.clear_options()
        self._prompts = [_indented(prompt) for prompt in prompts]
        was_lineless, self.lineless = self.lineless, not self._prompts
        if self.lineless and empty:
            self._prompts = [Content(empty)]
        if self.lineless != was_lineless and self.is_attached:
            self.refresh_bindings()  # what can be done here is something else; the footer follows
        self.add_options([Option(_led(" ", prompt)) for prompt in self._prompts])
        if self._prompts:
            self.highlighted = min(max(highlighted, 0), len(self._prompts) - 1)

    def redraw(self, at: int, prompt: Content) -> None:
        """Show another text on one line; the highlight stays where it is."""
        self._prompts[at] = _indented(prompt)
        self.replace_option_prompt_at_index(at, _led(self._pointer if at == self._pointed else " ", self._prompts[at]))

    def watch_highlighted(self, highlighted: int | None) -> None:
        """Move the pointer with the highlight."""
        if self._pointed is not None:
            self.replace_option_prompt_at_index(self._pointed, _led(" ", self._prompts[self._pointed]))
        if highlighted is not None:
            self.replace_option_prompt_at_index(highlighted, _led(self._pointer, self._prompts[highlighted]))
        self._pointed = highlighted
        super().watch_highlighted(highlighted)


class WeighedList(PointedList):
    """A list whose lines are looked at one by one: a click only goes to a line, and enter alone acts."""

    def on_click(self, event: events.Click) -> None:
        """Go to the line that was clicked."""
        event.prevent_default()
        at = event.style.meta.get("option")
        if isinstance(at, int):
            self.focus()
            self.highlighted = at


def _indented(prompt: Content) -> Content:
    return Content("\n  ").join(prompt.split("\n")) if "\n" in prompt.plain else prompt


def _led(sign: str, prompt: Content) -> Content:
    return Content(f"{sign} ").append(prompt)
