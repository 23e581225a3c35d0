"""The three single lines of a screen: title above, what is said and the keys below; each draws itself with no children."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from agent_tui.domain.cleaning import clean_for_display
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.under_way import UnderWay
from agent_tui.tui.widgets.named_keys import NO_HINTS, Key, NamesKeys, keys_in_hand, named_keys

Piece = tuple[str, str]
"""A text and the name of its style."""

Severity = Literal["info", "done", "warning", "error"]

LONGEST: Final = 4000
"""Characters of a stored text that a screen looks at; the rest could not be read there anyway."""

_SHORT_FORMS: Final = (
    (re.compile(r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:s|nes|rs|ur)?day\b(?=,? \d)"), r"\1"),
    (re.compile(r"(?<=\d )(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b"), r"\1"),
    (re.compile(r"(?<=\b\d\d:\d\d) to (?=\d\d:\d\d\b)"), "-"),
)

WINDOW_SHARE: Final = 8
"""Of a window of so many rows the status line may have one."""

_GAP: Final = "  "
_PLACE: Final = "   "
_READABLE_WARNING: Final = 24


def cut(text: str, width: int, ellipsis: str = UNICODE.ellipsis) -> str:
    """Return a text that takes at most `width` cells, with an ellipsis where it was cut."""
    if cell_len(text) <= width:
        return text
    room = width - cell_len(ellipsis)
    return set_cell_size(text, room).rstrip() + ellipsis if room >= 0 else ""


def fill(text: str, width: int, ellipsis: str = UNICODE.ellipsis) -> str:
    """Return a text that takes exactly `width` cells."""
    return set_cell_size(cut(text, width, ellipsis), max(width, 0))


def shown(text: str) -> str:
    """Return a stored text as a screen may draw it: short enough, and nothing in it can steer a terminal."""
    return clean_for_display(text[:LONGEST])


def brief(text: str) -> str:
    """Return a sentence with its days, months and times in their short forms: "Fri 27 Nov", "16:00-16:20"."""
    for pattern, short in _SHORT_FORMS:
        text = pattern.sub(short, text)
    return text


def wrap(text: str, width: int) -> list[str]:
    """Return a text as lines of at most `width` cells, broken at blanks, a longer word wherever it must."""
    lines: list[str] = []
    line = ""
    for word in shown(text).split(" "):
        if line and cell_len(line) + 1 + cell_len(word) > width:
            lines.append(line)
            line = ""
        elif line:
            line += " "
        if cell_len(word) > max(width, 2):
            *full, word = chop_cells(word, max(width, 2))
            lines.extend(full)
        line += word
    return [*lines, line] if line else lines or [""]


def rows_of(text: str, width: int, most: int, ellipsis: str = UNICODE.ellipsis) -> list[str]:
    """Return a sentence in at most `most` rows of `width` cells, in its short forms and then cut where it takes more."""
    rows = wrap(text, width)
    if len(rows) > most:
        rows = wrap(brief(text), width)
    return rows if len(rows) <= most else [*rows[: most - 1], cut(" ".join(rows[most - 1 :]), width, ellipsis)]


def width_of(pieces: Iterable[Piece]) -> int:
    """Return how many cells pieces take."""
    return sum(cell_len(text) for text, _ in pieces)


class Line(Widget):
    """One line of pieces; a subclass says which, in names of its component classes."""

    ALLOW_SELECT = False
    PREFIX: ClassVar[str]
    """What stands before the name of a style in its component class."""

    DEFAULT_CSS = """
    Line { height: 1; width: 1fr; }
    """

    def pieces(self, width: int) -> list[Piece]:
        """Return what the line says in `width` cells."""
        raise NotImplementedError

    def style_of(self, name: str) -> Style:
        """Return the style of a name; every segment carries one, or holes would appear."""
        return self.get_component_rich_style(self.PREFIX + name)

    def render_line(self, y: int) -> Strip:
        """Draw the line; below it there is only ground."""
        width = self.size.width
        ground = self.style_of("ground")
        if y:
            return Strip.blank(width, ground)
        segments = [Segment(text, self.style_of(name)) for text, name in self.pieces(width) if text]
        return Strip(segments).adjust_cell_length(width, ground)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return one."""
        return 1


# The title line.


@dataclass(frozen=True, slots=True)
class Title:
    """What the title line says; `counts` are words such as "83% booked", the least wanted first, `clock` is "11:42".

    A warning (an old store, a lost store) takes the place of the counts, and stays when there is room for little else.
    """

    screen: str
    day: str = ""
    place: str = ""
    counts: tuple[str, ...] = ()
    clock: str = ""
    warning: str = ""


def title_pieces(title: Title, width: int, glyphs: Glyphs) -> list[Piece]:
    """Return the title in `width` cells; what stands in the middle goes first, screen and clock last."""
    name, day, place, clock = (shown(text) for text in (title.screen, title.day, title.place, title.clock))
    left = [(name, "screen"), (day, "day"), (place, "place")]
    right = [(shown(text), "count") for text in title.counts]
    if title.warning:
        right = [(f"{glyphs.flag} {shown(title.warning)}", "warning")]
    parts = [part for part in left if part[0]], [part for part in right if part[0]], clock
    while True:
        over = _title_width(*parts) - width
        if over <= 0 or not _drop(parts[0], parts[1], over):
            break
    return _joined(*parts, width, glyphs)


def _title_width(left: list[Piece], right: list[Piece], clock: str) -> int:
    leading = width_of(left) + len(_PLACE) * max(len(left) - 1, 0) + 1
    trailing = width_of(right) + len(_GAP) * len(right) + (cell_len(clock) + len(_GAP) + 1 if clock else 1)
    return leading + trailing


def _drop(left: list[Piece], right: list[Piece], over: int) -> bool:
    """Drop the part that is missed least; False when only what must stay is left."""
    warning = bool(right) and right[0][1] == "warning"
    last_count = len(right) == 1 and not warning
    if not warning and len(right) > 1:
        del right[0]
    elif left and left[-1][1] == "place":
        del left[-1]
    elif last_count:
        del right[0]
    elif warning and len(left) > 1 and cell_len(right[0][0]) - over < _READABLE_WARNING:
        del left[-1]
    else:
        return False
    return True


def _joined(left: list[Piece], right: list[Piece], clock: str, width: int, glyphs: Glyphs) -> list[Piece]:
    over = _title_width(left, right, clock) - width
    if over > 0 and right:
        text, name = right[-1]
        right = [(cut(text, max(cell_len(text) - over, 0), glyphs.ellipsis), name)]
    pieces: list[Piece] = [(" ", "ground")]
    for text, name in left:
        pieces += [(_PLACE, "ground")] if len(pieces) > 1 else []
        pieces.append((text, name))
    tail: list[Piece] = []
    for text, name in [*right, *([(clock, "clock")] if clock else [])]:
        tail += [(_GAP, "ground"), (text, name)] if text else []
    tail.append((" ", "ground"))
    room = width - width_of(tail)
    if width_of(pieces) > room:
        pieces = [(fill("".join(text for text, _ in pieces), room, glyphs.ellipsis), "screen")]
    pieces.append((" " * (room - width_of(pieces)), "ground"))
    return [*pieces, *tail]


class TitleLine(Line):
    """The first line of a screen: what it is, the day and the place, and on the right the day in numbers."""

    PREFIX = "title-line--"
    COMPONENT_CLASSES = {f"title-line--{name}" for name in ("ground", "screen", "day", "place", "count", "clock", "warning")}
    DEFAULT_CSS = """
    TitleLine {
        background: $panel;
        color: $foreground;
        & > .title-line--ground { background: $panel; color: $foreground; }
        & > .title-line--screen { background: $panel; color: $text-primary; text-style: bold; }
        & > .title-line--day { background: $panel; color: $foreground; text-style: bold; }
        & > .title-line--place { background: $panel; color: $text-muted; }
        & > .title-line--count { background: $panel; color: $text-muted; }
        & > .title-line--clock { background: $panel; color: $foreground; text-style: bold; }
        & > .title-line--warning { background: $panel; color: $text-warning; text-style: bold; }
    }
    """

    def __init__(self, title: Title, *, glyphs: Glyphs = UNICODE, id: str | None = None) -> None:
        """Take the first title."""
        super().__init__(id=id)
        self._title = title
        self._glyphs = glyphs
        self.tooltip = "A click on the name lists the screens, one beside it every command."

    async def on_click(self, event: events.Click) -> None:
        """Go to another screen from the name of this one; elsewhere find any command, so that each can be had by mouse."""
        event.stop()
        on_name = event.x <= cell_len(shown(self._title.screen))
        await self.app.run_action("app.screens" if on_name else "app.command_palette")

    @property
    def title(self) -> Title:
        """What is shown."""
        return self._title

    def show(self, title: Title) -> None:
        """Show another title."""
        if title != self._title:
            self._title = title
            self.refresh()

    def pieces(self, width: int) -> list[Piece]:
        """Return the title in `width` cells."""
        return title_pieces(self._title, width, self._glyphs)


# The status line.

_SIGNS: Final[Mapping[str, str]] = {
    "cell": "",
    "info": "",
    "done": "ok ",
    "warning": "{flag} ",
    "error": "{flag}{flag} ",
}


class StatusLine(Line):
    """One line in words: what is under the cursor, or what was last said; a screen may give it more rows.

    What was said stays until the agent moves, in as many rows as it takes of a part of the window. Its sign is there without
    colour too: ok, ! or !!.
    """

    PREFIX = "status-line--"
    COMPONENT_CLASSES = {f"status-line--{name}" for name in ("ground", *_SIGNS)}
    DEFAULT_CSS = """
    StatusLine {
        height: auto;
        background: $surface;
        color: $foreground;
        & > .status-line--ground { background: $surface; color: $foreground; }
        & > .status-line--cell { background: $surface; color: $foreground; }
        & > .status-line--info { background: $surface; color: $text-primary; }
        & > .status-line--done { background: $surface; color: $text-success; text-style: bold; }
        & > .status-line--warning { background: $surface; color: $text-warning; text-style: bold; }
        & > .status-line--error { background: $surface; color: $text-error; text-style: bold reverse; }
    }
    """

    def __init__(self, *, glyphs: Glyphs = UNICODE, id: str | None = None) -> None:
        """Make an empty line."""
        super().__init__(id=id)
        self._glyphs = glyphs
        self._cell = ""
        self._message: tuple[str, Severity] | None = None
        self._hints = False
        self._going: UnderWay | None = None
        self._rows = 1

    def _show(self) -> None:
        """Draw what is said now, with more or fewer rows where it takes them."""
        rows = self._rows_taken(self.size.width, self.screen.size.height) if self.is_attached else 1
        self.refresh(layout=rows != self._rows)
        self._rows = rows

    def _rows_taken(self, width: int, window: int) -> int:
        """Return how many rows what was said takes; what is under the cursor has one, so that nothing jumps as it moves."""
        said = self._message is not None and self._said == self._message
        return min(len(wrap(brief(self.text), width - 2)), max(window // WINDOW_SHARE, 1)) if said and width > 2 else 1

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the rows of what is said."""
        self._rows = self._rows_taken(width, viewport.height)
        return self._rows

    @property
    def _said(self) -> tuple[str, str]:
        """What is said now, and of which kind it is: work that is under way, else the last message, else the cell."""
        if self._going is not None and not self._going.over:
            return self._going.say(self._glyphs), "info"
        return self._message or (self._cell, "cell")

    @property
    def text(self) -> str:
        """What is said now, with its sign."""
        text, kind = self._said
        return _SIGNS[kind].format(flag=self._glyphs.flag) + shown(text)

    @property
    def severity(self) -> Severity | None:
        """How grave the last message is; None while the cell under the cursor is shown."""
        return self._message[1] if self._message else None

    @property
    def done(self) -> str:
        """What an act has done and how it is undone, while that stands there."""
        return self._message[0] if self._message and self._message[1] == "done" else ""

    def describe(self, text: str, *, moved: bool = True) -> None:
        """Say what is under the cursor; with `moved` False (others changed it) a message stays until the agent moves.

        A hint gives way to whatever else is in hand.
        """
        if moved or (self._hints and text != self._cell):
            self._message = None
        self._cell = text
        self._show()

    def say(self, message: str, severity: Severity = "info") -> None:
        """Say something that happened."""
        self._message, self._hints = (message, severity), False
        self._show()

    def hint(self, message: str, *, over: bool = True) -> None:
        """Say what helps just now, until anything else is in hand; without `over` only where nothing that was said stands."""
        if over or self._hints or self._message is None:
            self._message, self._hints = (message, "info"), True
            self._show()

    def drop_hint(self) -> None:
        """Say a hint no more once a person goes on."""
        if self._hints:
            self._message, self._hints = None, False
            self._show()

    def forget(self) -> None:
        """Say no more what was said as a person leaves the screen, but for what an act has done."""
        if not self.done:
            self._message = None
            self._show()

    def unsay(self, message: str) -> None:
        """Say no more what was said once it is so no longer; anything else that was said meanwhile stays."""
        if self._message is not None and self._message[0] == message:
            self._message = None
            self._show()

    def wait_for(self, going: UnderWay) -> None:
        """Say how far a piece of work is, until it is over; what a person has begun goes before what a screen reads."""
        was = self._going
        if was is None or was.over or was is going or not was.stopped:
            self._going = going
        self._show()

    def answered(self) -> None:
        """Say again what was said before a piece of work, where it is over."""
        if self._going is not None and self._going.over:
            self._going = None
            self._show()

    def render_line(self, y: int) -> Strip:
        """Draw a row; a screen that gives the line more than one row has what is said broken at blanks."""
        width, most = self.size.width, self.size.height
        if most < 2:
            return super().render_line(y)
        name = self._said[1]
        ground = self.style_of("ground")
        rows = rows_of(self.text, width - 2, most, self._glyphs.ellipsis)
        segments = [Segment(" ", ground), Segment(rows[y], self.style_of(name))] if y < len(rows) else []
        return Strip(segments).adjust_cell_length(width, ground)

    def pieces(self, width: int) -> list[Piece]:
        """Return what is said in `width` cells."""
        name, text = self._said[1], self.text
        if cell_len(text) > width - 2:
            text = brief(text)
        return [(" ", "ground"), (cut(text, width - 2, self._glyphs.ellipsis), name)]


# The keys.


class KeyFooter(Line):
    """The last line of a screen: at most five keys for the pane that has the focus; a click runs the command."""

    PREFIX = "key-footer--"
    COMPONENT_CLASSES = {f"key-footer--{name}" for name in ("ground", "key", "label", "off")}
    DEFAULT_CSS = """
    KeyFooter {
        background: $footer-background;
        color: $footer-foreground;
        & > .key-footer--ground { background: $footer-background; color: $footer-foreground; }
        & > .key-footer--key { background: $footer-background; color: $footer-key-foreground; text-style: bold; }
        & > .key-footer--label { background: $footer-background; color: $footer-description-foreground; }
        & > .key-footer--off { background: $footer-background; color: $text-muted; text-style: strike; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        """Make a footer that follows the focus of its screen."""
        super().__init__(id=id)
        self._keys: list[Key] = []
        self._in_hand: dict[str, Key] = {}

    @property
    def keys(self) -> list[Key]:
        """The keys that are named now."""
        return self._keys

    def on_mount(self) -> None:
        """Follow the focus."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _screen: self.call_later(self._look))
        self._look()

    def _look(self) -> None:
        if self.is_attached:
            self._in_hand = keys_in_hand(self.screen)
            self.name_again()

    def name_again(self) -> None:
        """Name the keys by newer hints of the screen; which of them act is the same as long as the focus is."""
        screen = self.screen
        # Before it is mounted, its panes are not there to be asked about.
        hints = screen.key_hints() if isinstance(screen, NamesKeys) and screen.is_mounted else NO_HINTS
        keys = named_keys(self._in_hand, hints)
        if keys != self._keys:
            self._keys = keys
            self.refresh()

    def _entries(self, width: int) -> list[tuple[Key, int, int]]:
        """Return the keys that fit, each with its first cell and the cell after its last."""
        entries = []
        x = 1
        for key in self._keys:
            end = x + cell_len(key.key) + 1 + cell_len(key.label)
            if end > width:
                break
            entries.append((key, x, end))
            x = end + 3
        return entries

    def pieces(self, width: int) -> list[Piece]:
        """Return the keys in `width` cells, as many as fit whole."""
        pieces: list[Piece] = []
        for key, start, _end in self._entries(width):
            pieces.append((" " * (start - width_of(pieces)), "ground"))
            pieces.append((key.key, "key" if key.enabled else "off"))
            pieces.append((" ", "ground"))
            pieces.append((key.label, "label" if key.enabled else "off"))
        return pieces

    async def on_click(self, event: events.Click) -> None:
        """Run the command that was clicked."""
        for key, start, end in self._entries(self.size.width):
            if start <= event.x < end and key.enabled:
                event.stop()
                await self.app.run_action(key.action, key.owner)
