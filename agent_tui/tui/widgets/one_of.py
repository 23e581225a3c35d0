"""A field that has one of a few values: all stand on one line, the arrows or a first letter choose."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.widgets.lines import Line, Piece, cut, shown

_GAP = "  "


class OneOf(Line, can_focus=True):
    """Shows its values side by side with a pointer at the chosen one, which is always in sight."""

    PREFIX = "one-of--"
    COMPONENT_CLASSES = {f"one-of--{name}" for name in ("ground", "value", "chosen", "in-hand")}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,up", "choose(-1)", "before", show=False),
        Binding("right,down,space", "choose(1)", "next", show=False),
    ]
    DEFAULT_CSS = """
    OneOf {
        background: $surface;
        color: $foreground;
        & > .one-of--ground { background: $surface; color: $foreground; }
        & > .one-of--value { background: $surface; color: $text-muted; }
        & > .one-of--chosen { background: $surface; color: $text-primary; text-style: bold; }
        & > .one-of--in-hand { background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold; }
    }
    """

    class Changed(Message):
        """Another value was chosen; `one_of.chosen` is its id."""

        def __init__(self, one_of: "OneOf") -> None:
            super().__init__()
            self.one_of = one_of

        @property
        def control(self) -> "OneOf":
            """The field that posted it."""
            return self.one_of

    def __init__(
        self, values: Sequence[tuple[str, str]], *, chosen: str | None = None, glyphs: Glyphs = UNICODE, id: str | None = None
    ) -> None:
        """Take the values as (id, words) in order, and the id of the one that is chosen at first."""
        super().__init__(id=id)
        self._values = tuple(values)
        self._at = next((at for at, (value, _words) in enumerate(self._values) if value == chosen), 0)
        self._glyphs = glyphs

    @property
    def chosen(self) -> str:
        """The id of the chosen value."""
        return self._values[self._at][0]

    @property
    def whole(self) -> int:
        """Cells in which every value is in sight."""
        return sum(1 + cell_len(shown(words)) for _id, words in self._values) + len(_GAP) * (len(self._values) - 1)

    def action_choose(self, by: int) -> None:
        """Choose a value before or after, round the ends."""
        self._choose((self._at + by) % len(self._values))

    def on_key(self, event: events.Key) -> None:
        """Choose the next value that begins with a letter."""
        letter = (event.character or "").casefold()
        if not letter.isalnum():
            return
        order = [*range(self._at + 1, len(self._values)), *range(self._at + 1)]
        found = next((at for at in order if self._values[at][1].casefold().startswith(letter)), None)
        if found is not None:
            event.stop()
            self._choose(found)

    def on_click(self, event: events.Click) -> None:
        """Choose the value that was clicked, or from an ellipsis the nearest that is out of sight."""
        offset = event.get_content_offset(self)
        left = 0
        for text, _name, at in self._drawn(self.size.width):
            if offset is not None and at is not None and left <= offset.x < left + cell_len(text):
                event.stop()
                self._choose(at)
                return
            left += cell_len(text)

    def _choose(self, at: int) -> None:
        if at != self._at:
            self._at = at
            self.refresh()
            self.post_message(self.Changed(self))

    def on_focus(self) -> None:
        """Show that the keys act here."""
        self.refresh()

    def on_blur(self) -> None:
        """Show that they no longer do."""
        self.refresh()

    def pieces(self, width: int) -> list[Piece]:
        """Return the values in `width` cells, from the first that leaves room for the chosen one."""
        return [(text, name) for text, name, _at in self._drawn(width)]

    def _drawn(self, width: int) -> list[tuple[str, str, int | None]]:
        """Return the pieces, each with the number of the value that a click on it chooses."""
        words = [f"{self._glyphs.pointer if at == self._at else ' '}{shown(text)}" for at, (_id, text) in enumerate(self._values)]
        first, more = 0, f"{self._glyphs.ellipsis} "
        while first < self._at and cell_len(_GAP.join(words[first : self._at + 1])) > width - len(more) * bool(first):
            first += 1
        drawn: list[tuple[str, str, int | None]] = [(more, "value", first - 1)] if first and width > len(more) else []
        room = width - len(more) * len(drawn)
        for at in range(first, len(words)):
            gap = _GAP if at > first else ""
            whole = cell_len(gap) + cell_len(words[at])
            # A word that is cut says less than that there are more.
            if at > self._at and whole + (len(_GAP) + len(more) if at + 1 < len(words) else 0) > room:
                drawn.append((cut(f"{gap}{more}".rstrip(), max(room, 0), self._glyphs.ellipsis), "value", at))
                break
            name = "value" if at != self._at else "in-hand" if self.has_focus else "chosen"
            drawn += [(gap, "ground", None), (cut(words[at], room - cell_len(gap), self._glyphs.ellipsis), name, at)]
            room -= whole
        return drawn
