"""The bar in which one line asks for a search: the line, what was read of it as chips, and the words to say."""

from collections.abc import Sequence
from typing import ClassVar, Final

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, Static

from agent_tui.domain.asking.model import Chip
from agent_tui.tui.commands import bindings_for
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.widgets.lines import cut, shown
from agent_tui.tui.widgets.picker import FormField

LONGEST_LINE: Final = 200
"""Characters that the line takes, as many as are read of one."""
HINT: Final = "fcm f2f tue am, with Ben, for Khan"
_GAP: Final = 2
"""Cells between two chips."""


class ChipRow(Widget, can_focus=True):
    """Chips beside and below each other; one of them has the cursor, which enter edits and delete takes out."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("ask chips")]
    DEFAULT_CSS = """
    ChipRow {
        height: auto;
        max-height: 4;
        width: 1fr;
        color: $foreground;
    }
    """

    chips: reactive[tuple[Chip, ...]] = reactive((), layout=True)
    at: reactive[int] = reactive(0)

    class Edited(Message):
        """A chip is to be changed."""

        def __init__(self, chip: Chip) -> None:
            super().__init__()
            self.chip = chip

    class Cleared(Edited):
        """A chip is to go."""

    def __init__(self, *, glyphs: Glyphs = UNICODE, id: str | None = None) -> None:
        """Make a row without chips."""
        super().__init__(id=id)
        self._glyphs = glyphs

    @property
    def chosen(self) -> Chip | None:
        """The chip that has the cursor, None where there is none."""
        return self.chips[self.at] if 0 <= self.at < len(self.chips) else None

    def validate_at(self, at: int) -> int:
        """Keep the cursor on a chip."""
        return max(0, min(at, len(self.chips) - 1))

    def watch_chips(self) -> None:
        """Keep the cursor on a chip when there are fewer."""
        self.at = self.validate_at(self.at)

    def placed(self, width: int) -> list[tuple[int, int, int]]:
        """Return where each chip stands in a width: its line, its first cell, and the cell behind its last one."""
        places, line, column = [], 0, 0
        for chip in self.chips:
            length = cell_len(self._text(chip, width))
            if column and column + length > width:
                line, column = line + 1, 0
            places.append((line, column, column + length))
            column += length + _GAP
        return places

    def _text(self, chip: Chip, width: int) -> str:
        sign = "" if chip.sure else " ?"
        return cut(f"{chip.label}: {shown(chip.text)}{sign}", max(width, 4), self._glyphs.ellipsis)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines the chips need."""
        places = self.placed(width)
        return places[-1][0] + 1 if places else 0

    def render(self) -> Content:
        """Draw the chips; a label is dim, what is not sure has its sign in the colour of a warning."""
        width, lines = self.size.width, dict[int, Content]()
        for at, (chip, (line, column, _end)) in enumerate(zip(self.chips, self.placed(width), strict=True)):
            before = lines.get(line, Content(""))
            text = self._text(chip, width)
            label, value = text[: len(chip.label) + 1], text[len(chip.label) + 1 :]
            style = "reverse bold" if self.has_focus and at == self.at else "bold" if chip.sure else "bold $text-warning"
            piece = Content.assemble((label, "reverse" if "reverse" in style else "$text-muted"), (value, style))
            lines[line] = before.append(" " * (column - before.cell_length)).append(piece)
        return Content("\n").join([lines[line] for line in sorted(lines)])

    def action_cursor_left(self) -> None:
        """Go to the chip before."""
        self.at -= 1

    def action_cursor_right(self) -> None:
        """Go to the next chip."""
        self.at += 1

    def action_edit_chip(self) -> None:
        """Change the chip."""
        if self.chosen is not None:
            self.post_message(self.Edited(self.chosen))

    def action_clear_chip(self) -> None:
        """Take the chip out."""
        if self.chosen is not None:
            self.post_message(self.Cleared(self.chosen))

    def on_click(self, event: events.Click) -> None:
        """Change the chip that was clicked."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        for at, (line, begin, end) in enumerate(self.placed(self.size.width)):
            if line == offset.y and begin <= offset.x < end:
                event.stop()
                self.at = at
                self.action_edit_chip()


class AskBar(Vertical):
    """The line, its chips and the words to say; it is hidden until it is asked for, and keeps its line when it is again."""

    DEFAULT_CSS = """
    AskBar {
        height: auto;
        max-height: 12;
        padding: 0 1;
        background: $surface;
        & Horizontal { height: 1; width: 1fr; }
        & .label { width: 5; height: 1; color: $text-primary; text-style: bold; }
        & .words { height: auto; max-height: 4; width: 1fr; }
        & #ask-say { color: $text-success; text-style: bold; }
        & #ask-back { color: $text-muted; }
    }
    """

    class Changed(Message):
        """The line has another text."""

    class Entered(Message):
        """The line is to be taken."""

    def __init__(self, *, glyphs: Glyphs = UNICODE, id: str | None = None) -> None:
        """Make a bar that is hidden."""
        super().__init__(id=id)
        self._glyphs = glyphs
        self.say = ""
        self.back = ""

    def compose(self) -> ComposeResult:
        """Put the line above the chips and these above the words."""
        with Horizontal():
            yield Static("Ask", classes="label", markup=False)
            yield FormField(id="ask", placeholder=HINT, longest=LONGEST_LINE)
        yield ChipRow(glyphs=self._glyphs, id="ask-chips")
        yield Static("", id="ask-say", classes="words", markup=False)
        yield Static("", id="ask-back", classes="words", markup=False)

    @property
    def field(self) -> FormField:
        """The field of the line."""
        return self.query_one("#ask", FormField)

    @property
    def row(self) -> ChipRow:
        """The chips."""
        return self.query_one(ChipRow)

    @property
    def line(self) -> str:
        """What stands in the line."""
        return self.field.value

    @property
    def is_open(self) -> bool:
        """Whether the bar is shown."""
        return self.display

    def open(self) -> None:
        """Show the bar, with the cursor behind its line."""
        self._show(True)
        self.field.focus()
        self.field.cursor_position = len(self.line)

    def close(self) -> None:
        """Hide the bar; its line stays."""
        self._show(False)

    def _show(self, shown: bool) -> None:
        self.display = shown
        self.screen.set_class(shown, "-asking")  # beside the chips the form needs less room, and the offers more

    def clear(self) -> None:
        """Forget the line, the chips and the words, and hide the bar."""
        self.close()
        self.put("")
        self.row.chips = ()
        self.show_words("", "")

    def put(self, line: str) -> None:
        """Put another line into the field, without a message."""
        with self.field.prevent(Input.Changed):
            self.field.put(line)

    def show_chips(self, chips: Sequence[Chip]) -> None:
        """Show what was read, or what the form says by now."""
        self.row.chips = tuple(chips)
        self.row.can_focus = bool(chips)

    def show_words(self, say: str, back: str) -> None:
        """Show what to say to the claimant, and by which words a chosen time is read back."""
        self.say, self.back = say, back
        for name, lead, words in (("#ask-say", "Say: ", say), ("#ask-back", "Then: ", back)):
            line = self.query_one(name, Static)
            line.update(Content(f"{lead}{shown(words)}" if words else ""))
            line.display = bool(words)

    def on_mount(self) -> None:
        """Be hidden at first, and take no room for words that there are none of."""
        self.close()
        self.show_words("", "")
        self.show_chips(())

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say that the line has another text."""
        event.stop()
        self.post_message(self.Changed())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Say that the line is to be taken."""
        event.stop()
        self.post_message(self.Entered())
