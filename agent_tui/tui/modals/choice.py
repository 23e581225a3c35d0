"""One of several: why it is cancelled, how the call ended, which colours."""

from collections.abc import Iterable, Sequence

from textual import events
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList

from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals.base import Dialog, PointedList, says
from agent_tui.tui.widgets.lines import shown


class ChoiceModal(Dialog[str | None]):
    """Asks for one of `options` (id, key, label) and is dismissed with its id; its key picks it at once."""

    AUTO_FOCUS = "#choices"

    def __init__(
        self,
        title: str,
        sentence: str,
        options: Sequence[tuple[str, str, str]],
        *,
        chosen: str | None = None,
        glyphs: Glyphs = UNICODE,
    ) -> None:
        """Take the options in order, and the id of the one that is highlighted at first."""
        super().__init__(title, "key or enter chooses, esc closes", glyphs=glyphs)
        self._sentence = sentence
        self._options = tuple(options)
        self._chosen = chosen

    def contents(self) -> Iterable[Widget]:
        """Return the sentence and the list."""
        if self._sentence:
            yield says(self._sentence, classes="dialog--sentence")
        prompts = [Content.assemble((f"{shown(key)}  ", "bold"), shown(label)) for _, key, label in self._options]
        first = next((index for index, (id, _, _) in enumerate(self._options) if id == self._chosen), 0)
        yield PointedList(prompts, self.glyphs, highlighted=first, id="choices")

    def on_key(self, event: events.Key) -> None:
        """Pick an option by its own key."""
        for id, key, _ in self._options:
            if event.character is not None and event.character == key:
                event.stop()
                self.dismiss(id)
                return

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Pick the highlighted option."""
        event.stop()
        self.dismiss(self._options[event.option_index][0])
