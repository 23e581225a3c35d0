"""A pair of meetings for the claimant of the call: first interview and commitment on one day, both or neither."""

from agent_tui.tui.modals.pairs import PairAsked, PairLeft, PairsModal, both_said
from agent_tui.tui.screens.booking_doubt import DoubtDesk

COMMITMENT = "FC-F2F"


class PairDesk(DoubtDesk):
    """What is booked in two diaries at once."""

    def action_pair(self) -> None:
        """Find two meetings on one day for the request in hand; hold and confirm them together."""
        draft, call = self.read_form(), self.call
        if draft.type is None or self.catalogue is None:
            self.say("Choose the type of the first meeting first.", "warning")
        elif call.held is not None or call.confirmed is not None:
            self.say("This call has a time already: release it, or end the call first.", "warning")
        elif self.ready():
            today = self.now().date()
            first = draft.first_day or today
            last = draft.last_day or self.catalogue.working_days_from(first, 20)
            name = self.catalogue.types[draft.type].name
            asked = PairAsked(draft.type, name, first, last, draft.client, draft.client_words, draft.contact)
            second = call.second_type or (COMMITMENT if COMMITMENT in self.catalogue.types else "")
            self.modal(PairsModal(self.back, asked, second, call.pair, glyphs=self.glyphs), self._pair_left)

    def _pair_left(self, left: PairLeft) -> None:
        call, paired = self.call, left.paired
        call.second_type = left.second
        call.pair = paired
        if paired is None or paired.status != "confirmed":
            self.keep_draft()  # a restart finds the two times again
        if paired is None:
            return
        when = " and ".join(f"{one.entry.diary}" for one in (paired.first, paired.second))
        if paired.status == "confirmed":
            call.pair = None
            self._confirmed(both_said(paired).first, f"both meetings, in {when}")
        else:
            self.say("Both are held; P shows them again. What is not confirmed lapses and leaves a call-back.", "info")
        self.back.look()
