"""A field that has one of a few values: all stand on one line, the arrows or a first letter choose."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.widgets.lines import Line, Piece, cut, shown, width_of

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
        """Choose the value that was clicked."""
        offset = event.get_content_offset(self)
        drawn = self.pieces(self.size.width)
        texts = [at for at, (text, name) in enumerate(drawn) if name != "ground" and text.strip() != self._glyphs.ellipsis]
        chosen = next((number for number, at in enumerate(texts) if drawn[at][1] in ("chosen", "in-hand")), 0)
        for number, at in enumerate(texts):
            start = width_of(drawn[:at])
            if offset is not None and start <= offset.x < start + cell_len(drawn[at][0]):
                event.stop()
                self._choose(self._at + number - chosen)

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
        words = [f"{self._glyphs.pointer if at == self._at else ' '}{shown(text)}" for at, (_id, text) in enumerate(self._values)]
        first, lead = 0, f"{self._glyphs.ellipsis} "
        while first < self._at and cell_len(_GAP.join(words[first : self._at + 1])) > width - len(lead) * bool(first):
            first += 1
        pieces: list[Piece] = [(lead, "value")] if first and width > len(lead) else []
        room = width - len(lead) * len(pieces)
        for at in range(first, len(words)):
            gap = _GAP if at > first else ""
            if room <= cell_len(gap):
                break
            text = cut(words[at], room - cell_len(gap), self._glyphs.ellipsis)
            name = "value" if at != self._at else "in-hand" if self.has_focus else "chosen"
            pieces += [(gap, "ground"), (text, name)]
            room -= cell_len(gap) + cell_len(text)
        return pieces
