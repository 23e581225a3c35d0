"""Escalating from the booking screen: the appointment under the cursor, or the call in hand."""

from typing import TYPE_CHECKING

from agent_tui.domain.queue import CallAsked
from agent_tui.domain.sooner import part_text
from agent_tui.domain.ticks import clock
from agent_tui.tui.modals.escalate import EscalateModal, escalated_words
from agent_tui.tui.request_draft import RequestDraft
from agent_tui.tui.screens.booking_override import OverrideDesk

if TYPE_CHECKING:
    from agent_tui.services.escalating import Escalated


class EscalatingDesk(OverrideDesk):
    """What goes to a contact, with all its facts."""

    def action_escalate_case(self) -> None:
        """Pass the appointment under the cursor up to a contact, elsewhere the call in hand."""
        block = self.grid.cursor_cell.block if self.grid.has_focus else None
        if block is not None and block.meeting:
            self._escalate("appointment", block.entry_id)
            return
        draft, call = self.read_form(), self.call
        if not call.opened and draft.type is None and draft.client is None:
            self.say("No call is in hand yet: choose its type, or go to an appointment.", "warning")
        elif self.free_to_act():
            self._escalate("call", call.id, self._asked(draft))

    def _escalate(self, kind: str, subject: str, asked: CallAsked | None = None) -> None:
        if self.ready():
            self.modal(EscalateModal(self.back, kind, subject, asked=asked, glyphs=self.glyphs), self._escalated)

    def _escalated(self, done: "Escalated") -> None:
        self.call.opened = self.call.opened or done.escalation.subject == self.call.id
        self.say(escalated_words(done), "done")
        self.back.look()

    def _asked(self, draft: RequestDraft) -> CallAsked:
        """Return what the call asks for by now: codes, days and times, the time that it holds or has booked."""
        taken = self.call.confirmed or self.call.held
        wanted = {
            "from": "" if draft.first_day is None else draft.first_day.isoformat(),
            "until": "" if draft.last_day is None else draft.last_day.isoformat(),
            "time": part_text(draft.window) or "",
            "near": "" if draft.near is None else clock(draft.near),
            "diary": draft.diary or "",
            "team": draft.team or "",
            "channel": draft.channel or "",
            "needs": ", ".join(draft.needs),
            "language": draft.language,
            "hold": "" if taken is None else taken.entry.id,
        }
        kept = {name: value for name, value in wanted.items() if value}
        return CallAsked(draft.type, draft.client, draft.priority, draft.contact, kept)
