"""Calls that have not ended, with what was typed in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList

from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals.base import Dialog, PointedList, says
from agent_tui.tui.modals.confirm import ConfirmModal
from agent_tui.tui.widgets.lines import shown


@dataclass(frozen=True, slots=True)
class CallItem:
    """One call: when it began, in words what was wanted, and in words what its draft holds."""

    id: str
    when: str
    wanted: str
    draft: str = ""


@dataclass(frozen=True, slots=True)
class CallPick:
    """What is to become of a call: taken up again, or thrown away with its draft."""

    act: Literal["resume", "discard"]
    id: str


class CallsModal(Dialog[CallPick | None]):
    """Lists unfinished calls and is dismissed with the one picked; throwing one away is asked about first."""

    AUTO_FOCUS = "#calls"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("x,delete", "discard", "discard", show=False)]

    def __init__(self, items: Sequence[CallItem], *, title: str = "Unfinished calls", glyphs: Glyphs = UNICODE) -> None:
        """Take the calls in the order in which they are listed."""
        hint = "enter takes it up, x discards, esc closes" if items else "esc closes"
        super().__init__(title, hint, glyphs=glyphs)
        self._items = tuple(items)

    def contents(self) -> Iterable[Widget]:
        """Return the list, or a sentence that there is none."""
        if self._items:
            yield PointedList([_prompt(item) for item in self._items], self.glyphs, id="calls")
        else:
            yield says("No unfinished calls.", classes="dialog--sentence")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the call up again."""
        event.stop()
        self.dismiss(CallPick("resume", self._items[event.option_index].id))

    def action_discard(self) -> None:
        """Throw the highlighted call away, once that is confirmed."""
        at = self.query_one("#calls", PointedList).highlighted if self._items else None
        if at is None:
            return
        item = self._items[at]

        def answered(sure: bool | None) -> None:
            if sure:
                self.dismiss(CallPick("discard", item.id))

        sentence = f"Discard the call of {item.when}, {item.wanted}, and what was typed in it?"
        self.app.push_screen(ConfirmModal(sentence, yes="discard", no="keep", glyphs=self.glyphs), answered)


def _prompt(item: CallItem) -> Content:
    first = Content.assemble((f"{shown(item.when)}  ", "bold"), shown(item.wanted))
    return first.append(f"\n{shown(item.draft)}") if item.draft else first
