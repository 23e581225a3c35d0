"""Why a start cannot be booked: each rule with what would lift it, and where to go instead."""

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList

from agent_tui.domain.openings import Change
from agent_tui.domain.why_not import Why
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals.base import Dialog, PointedList
from agent_tui.tui.widgets.lines import shown

_WHO = {"leader": " (a team leader can)", "supervisor": ""}


class WhyModal(Dialog[Change | None]):
    """Lists the rules against a start in their order, then other starts; dismissed with the change of the line picked."""

    AUTO_FOCUS = "#why"
    DEFAULT_CSS = """
    WhyModal > .dialog { width: 76; }
    """

    def __init__(self, title: str, why: Why, *, glyphs: Glyphs = UNICODE) -> None:
        """Take the heading, which names the start, and the answer about it."""
        super().__init__(title, "enter goes there, esc closes", glyphs=glyphs)
        told = {_place(one.change) for one in why.reasons if one.change is not None}
        others = [one for one in why.instead if _place(one) not in told]
        self._changes = [one.change for one in why.reasons] + [*others]
        self._prompts = [_prompt(f"{number} {one.text}", one.change) for number, one in enumerate(why.reasons, start=1)]
        self._prompts += [Content.assemble("Instead: ", (shown(one.text), "bold")) for one in others]

    def contents(self) -> Iterable[Widget]:
        """Return the list."""
        yield PointedList(self._prompts, self.glyphs, id="why")

    @property
    def lines(self) -> list[str]:
        """The lines of the list as plain text."""
        return [prompt.plain for prompt in self._prompts]

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go where the change says."""
        event.stop()
        self.dismiss(self._changes[event.option_index])


def change_words(change: Change) -> str:
    """Return a change in words, with who may do it where the agent may not."""
    return f"{change.text}{_WHO.get(change.who, '')}"


def _place(change: Change) -> tuple[object, ...]:
    return change.kind, change.diary, change.day, change.start


def _prompt(text: str, change: Change | None) -> Content:
    rest = Content.assemble("\n  ", (shown(change_words(change)), "bold")) if change is not None else Content("")
    return Content(shown(text)).append(rest)
