"""How the claimant of an appointment is told: said beside the sentence to read out, chosen in a dialog, or done by phone."""

from typing import TYPE_CHECKING
from uuid import uuid4

from agent_tui.domain.requests import Booked, Refused
from agent_tui.tui.modals import ChoiceModal
from agent_tui.tui.screens.booking_support import SupportDesk
from agent_tui.tui.telling_words import TOLD_NOW, how_words, options_of, settled_words
from agent_tui.tui.widgets.offer_list import OffersState

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk
    from agent_tui.services.messages import Choice

HOW, ASK_HOW, TOLD_BY_PHONE = "how told", "ask how told", "told by phone"


class TellingDesk(SupportDesk):
    """An appointment is confirmed when the claimant knows; nothing here stands in the way of the next call."""

    def look_how_told(self, booked: Booked) -> None:
        """Say beside the booked time how its claimant will be told, or that nobody knows yet."""
        entry = booked.entry.id

        def work(desk: "Desk") -> object:
            from agent_tui.services.messages import choice_for

            return entry, choice_for(desk, entry, record=False)

        self.back.do(HOW, work)

    def _to_tell(self) -> str | None:
        """Return the appointment that is meant, under the cursor of the grid or else the call's; say so if there is none."""
        block = self.grid.cursor_cell.block if self.grid.has_focus else None
        if block is not None and block.kind == "appointment":
            return block.entry_id
        if self.call.confirmed is not None:
            return self.call.confirmed.entry.id
        self.say("Book first, or go to an appointment in the grid.", "warning")
        return None

    def action_told(self) -> None:
        """Say that the claimant was told by phone."""
        entry = self._to_tell()
        if entry is None or not self.ready():
            return

        def work(desk: "Desk") -> object:
            from agent_tui.services.messages import tell

            return entry, tell(desk, entry)

        self.back.do(TOLD_BY_PHONE, work)

    def action_tell_how(self) -> None:
        """Choose how the claimant is told."""
        entry = self._to_tell()
        if entry is None or not self.ready():
            return

        def work(desk: "Desk") -> object:
            from agent_tui.services.messages import choice_for

            return entry, choice_for(desk, entry)

        self.back.do(ASK_HOW, work)

    def telling_done(self, job: str, result: object) -> bool:
        """Take what a piece of work about telling brought; False where it is none."""
        if job not in (HOW, ASK_HOW, TOLD_BY_PHONE) or not isinstance(result, tuple):
            return False
        entry, found = result
        if isinstance(found, Refused):
            if job != HOW:
                self.say(found.reason, "warning")
        elif job == HOW:
            self._show_how(entry, how_words(found))
        elif job == ASK_HOW:
            self._ask(entry, found)
        else:
            self._say_settled(entry, found.status, found.messages)
        return True

    def _show_how(self, entry: str, words: str, *, told: bool = False) -> None:
        confirmed = self.call.confirmed
        if confirmed is not None and confirmed.entry.id == entry:
            self.offers.show(OffersState.confirmed(confirmed, told=told, how=words))

    def _ask(self, entry: str, choice: "Choice") -> None:
        options = options_of(choice)
        if len(options) == 1:
            self.say("Neither a number nor an address of the claimant is known.", "warning")
            return
        sentence = "How does the claimant want to be told, now and from now on?"
        modal = ChoiceModal("Tell how", sentence, options, chosen=choice.preferred or None, glyphs=self.glyphs)
        self.modal(modal, lambda channel: self._chosen(entry, channel))

    def _chosen(self, entry: str, channel: str) -> None:
        id = str(uuid4())

        def work(desk: "Desk") -> object:
            from agent_tui.services.messages import choose, tell

            return entry, tell(desk, entry) if channel == TOLD_NOW else choose(desk, entry, channel, id=id)

        self.back.do(TOLD_BY_PHONE, work)

    def _say_settled(self, entry: str, status: str, count: int) -> None:
        self.say(settled_words(status, count), "done")
        confirmed = self.call.confirmed
        if status == "told":
            self._show_how(entry, "", told=True)
        elif confirmed is not None and confirmed.entry.id == entry:
            self.look_how_told(confirmed)
