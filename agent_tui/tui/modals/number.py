"""A whole number within bounds, such as how many minutes late somebody came."""

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Input, Static

from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals.base import Dialog, TextField, says
from agent_tui.tui.widgets.lines import shown


class NumberModal(Dialog[int | None]):
    """Asks for a number from `lowest` to `highest` and is dismissed with it."""

    AUTO_FOCUS = "#number"

    DEFAULT_CSS = """
    NumberModal TextField { width: 12; }
    """

    def __init__(
        self,
        title: str,
        sentence: str,
        *,
        lowest: int = 1,
        highest: int = 240,
        value: int | None = None,
        glyphs: Glyphs = UNICODE,
    ) -> None:
        """Take the question and the bounds."""
        super().__init__(title, "enter records, esc closes", glyphs=glyphs)
        self._sentence = sentence
        self._bounds = range(lowest, highest + 1)
        self._value = value

    def contents(self) -> Iterable[Widget]:
        """Return the question, the field and the line for what is wrong."""
        yield says(self._sentence, classes="dialog--sentence")
        yield TextField("" if self._value is None else str(self._value), id="number", longest=10, replaced=True)
        yield says("", id="problem", classes="dialog--problem")

    def on_input_changed(self) -> None:
        """Take the last complaint away."""
        self._complain("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer with the number, or say what would be one."""
        event.stop()
        text = event.value.strip()
        number = int(text) if text.isascii() and text.isdigit() else None
        if number is not None and number in self._bounds:
            self.dismiss(number)
        else:
            self._complain(f"{self.glyphs.flag} A number from {self._bounds.start} to {self._bounds.stop - 1} is needed.")

    def _complain(self, sentence: str) -> None:
        self.query_one("#problem", Static).update(shown(sentence))
