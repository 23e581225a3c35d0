"""Yes or no, asked with the object in the sentence: "Cancel 09:15 Smith?"."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button

from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals.base import Dialog, says
from agent_tui.tui.widgets.lines import shown


class ConfirmModal(Dialog[bool]):
    """Asks whether to do it and is dismissed with True or False; no is the answer unless `default` says otherwise."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "yes", show=False),
        Binding("n", "answer(False)", "no", show=False),
        Binding("left,right,up,down", "other", "other answer", show=False),
    ]

    DEFAULT_CSS = """
    ConfirmModal {
        & Horizontal { height: 1; align-horizontal: center; }
        & Button {
            width: auto; min-width: 10; height: 1; margin: 0 2; padding: 0 1; border: none;
            background: $panel; color: $foreground; text-style: none;
            &:focus { background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold !important;
                background-tint: $foreground 0%; }
        }
    }
    """

    def __init__(
        self,
        sentence: str,
        *,
        title: str = "Sure?",
        yes: str = "yes",
        no: str = "no",
        default: bool = False,
        glyphs: Glyphs = UNICODE,
    ) -> None:
        """Take the question, with the object in it, and the words of the two answers."""
        super().__init__(title, "y or n, enter answers, esc is no", glyphs=glyphs)
        self._sentence = sentence
        self._words = {True: f"y {yes}", False: f"n {no}"}
        self._default = default

    def contents(self) -> Iterable[Widget]:
        """Return the question and the two answers."""
        yield says(self._sentence, classes="dialog--sentence")
        yield Horizontal(*(Button(Content(""), id=_id(answer), compact=True) for answer in (True, False)))

    def on_mount(self) -> None:
        """Put the focus on the answer that changes least."""
        self.query_one(f"#{_id(self._default)}", Button).focus()
        self._point()

    def on_descendant_focus(self) -> None:
        """Let the pointer say which answer enter gives."""
        self._point()

    def action_other(self) -> None:
        """Go to the other answer."""
        now = self.focused is not None and self.focused.id == "yes"
        self.query_one(f"#{_id(not now)}", Button).focus()

    def action_answer(self, answer: bool) -> None:
        """Give an answer."""
        self.dismiss(answer)

    def action_give_up(self) -> None:
        """Say no."""
        self.dismiss(False)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Give the answer of the button."""
        event.stop()
        self.dismiss(event.button.id == "yes")

    def _point(self) -> None:
        for answer, words in self._words.items():
            button = self.query_one(f"#{_id(answer)}", Button)
            sign = self.glyphs.pointer if button.has_focus else " "
            button.label = Content(f"{sign} {shown(words)} ")


def _id(answer: bool) -> str:
    return "yes" if answer else "no"
