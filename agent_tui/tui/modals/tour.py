"""The tour of the booking screen: five steps, to be left at any of them."""

from collections.abc import Callable, Iterable
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from agent_tui.tui.commands import BY_ID, readable
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals.base import Dialog, says

STEPS: Final[tuple[tuple[str, str | None, str], ...]] = (
    (
        "The request",
        "form",
        "Type what the claimant needs: fc f2f is enough for a first commitment. Then days and a time if they have any. Enter"
        " goes to the next field, {search} searches. The claimant may come last.",
    ),
    (
        "The offers",
        "offers",
        "Starts that can be booked now, the best first. Up and down choose one, {hold} holds it for ten minutes: nobody else can"
        " be given it meanwhile. {all_starts} lists every start, {why_not} says why a time is not there.",
    ),
    (
        "The diaries",
        "grid",
        "{focus_grid} goes to the grid: each column a coach, each block an appointment, a hold or blocked time. What others do"
        " appears as they do it. {book_here} takes the time under the cursor, {move} moves an appointment, {toggle_week} shows a"
        " week.",
    ),
    (
        "Confirm",
        None,
        "With the claimant in the form, found by {find_client}, enter or {confirm} makes the hold an appointment, and the"
        " sentence to say to them stands below. {end_call} ends the call. {undo} takes your last act back for 60 seconds.",
    ),
    (
        "Everything else",
        None,
        "{help} lists the keys of the pane in hand, {palette} finds any command by its words, {screens} goes to other screens."
        " {ask} takes the whole request on one line. {tour} shows this tour again.",
    ),
)
"""Title, the pane that is pointed at, and the words with the keys of commands by their ids."""


def step_words(number: int) -> str:
    """Return the words of a step with the keys in them."""
    return STEPS[number][2].format_map({name: readable(command.keys[0]) for name, command in BY_ID.items()})


class TourModal(Dialog[int | None]):
    """Goes through the steps; `point` is told the pane of each. Dismissed with the steps seen, or None where it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space,right,down,n", "step(1)", "next", show=False),
        Binding("left,up,p,backspace", "step(-1)", "before", show=False),
    ]
    DEFAULT_CSS = """
    TourModal {
        align: right bottom;
        background: transparent;
        & > .dialog { width: 58; height: 9; }
        & #words { width: 1fr; height: auto; }
    }
    .-toured { outline: heavy $accent; }
    """

    def __init__(self, point: Callable[[str | None], None], *, glyphs: Glyphs = UNICODE) -> None:
        """Take what points at a pane."""
        super().__init__("Tour", "enter next, left before, esc leaves", glyphs=glyphs)
        self._point = point
        self.number = 0

    def contents(self) -> Iterable[Widget]:
        """Return the words."""
        yield says("", id="words")

    def on_mount(self) -> None:
        """Begin with the first step."""
        self._show()

    def action_step(self, by: int) -> None:
        """Go on or back; after the last step it ends."""
        self.number = max(0, self.number + by)
        if self.number == len(STEPS):
            self.dismiss(self.number)
        else:
            self._show()

    def _show(self) -> None:
        title, pane, _words = STEPS[self.number]
        self._point(pane)
        self.query_one(".dialog", VerticalScroll).border_title = Content(f"{title} ({self.number + 1} of {len(STEPS)})")
        self.query_one("#words", Static).update(Content(step_words(self.number)))
