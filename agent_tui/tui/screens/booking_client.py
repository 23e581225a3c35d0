"""Who a call is for, and the draft of it that nothing loses."""

from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from textual import on

from agent_tui.domain.clients import Client
from agent_tui.tui.messages import ClientMade, ClientsFound, WorkDone
from agent_tui.tui.modals import NewClientModal
from agent_tui.tui.request_draft import RequestDraft
from agent_tui.tui.screens.booking_rehoming import RehomingDesk
from agent_tui.tui.widgets.booking_form import RequestForm
from agent_tui.tui.widgets.offer_list import OffersState

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk


class ClientDesk(RehomingDesk):
    """The claimant of the call in hand, and what was typed."""

    client_asked: tuple[int, str] | None = None

    # Who it is for.

    @on(RequestForm.ClientTyped)
    def _client_typed(self, event: RequestForm.ClientTyped) -> None:
        event.stop()
        self.client_asked = (event.generation, event.text)
        self.find_typed_client()

    def find_typed_client(self) -> None:
        """Find claimants for what stands in the client field, once the store is open."""
        if self.client_asked is not None and self.client_asked[1].strip() and self.back.is_open:
            self.back.find_clients(*self.client_asked)

    @on(ClientsFound)
    def _clients_found(self, message: ClientsFound) -> None:
        if message.place == "form":
            self.form.show_clients(message.generation, message.clients)

    @on(RequestForm.ClientPicked)
    def _client_picked(self, event: RequestForm.ClientPicked) -> None:
        event.stop()
        ref = self.form.picked.get("client")
        if ref is not None and self.back.is_open:
            self.back.do("looked", partial(_look_at_client, ref=ref))
        self._client_known()

    def _client_known(self) -> None:
        held = self.call.held
        if held is not None:
            self.offers.show(OffersState.holding(held, self.call.offers, client_known=True))
            self.offers.focus()
            self.say(f"For {self.form.texts['client']}: enter confirms the appointment.")
        elif self.form.has_focus_within:
            self.focus_next()

    @on(RequestForm.TypePicked)
    def _type_picked(self, event: RequestForm.TypePicked) -> None:
        event.stop()
        self.form.focus_field("from")

    @on(RequestForm.Submitted)
    def _form_submitted(self, event: RequestForm.Submitted) -> None:
        event.stop()
        self.offers.focus()

    def action_find_client(self) -> None:
        """Go to the client field, where what is typed takes the place of who stands there."""
        self.show_form(True)
        self.form.focus_field("client", replaced=True)

    def action_new_client(self) -> None:
        """Make a claimant on the spot, from what was typed as the caller's words."""
        words = self.form.texts["client"]
        digits = sum(char.isdigit() for char in words)
        known = Client("", "" if digits >= 5 else words, phone=words if digits >= 5 else "")
        self.modal(NewClientModal(known, glyphs=self.glyphs), self._make_client)

    def _make_client(self, client: Client) -> None:
        if self.ready():
            self.back.add_client(client, str(uuid4()))

    @on(ClientMade)
    def _client_made(self, message: ClientMade) -> None:
        if message.client is None:
            self.say(" ".join(message.problems), "error")
            return
        self.form.set_client(message.client.ref, message.client.name)
        self._client_known()
        self.say(f"{message.client.ref} is made. {'Enter confirms the appointment.' if self.call.held else ''}".strip(), "done")

    # The draft.

    def read_form(self) -> RequestDraft:
        """Return what stands in the form at this moment, without waiting until the typing pauses."""
        draft = self.form.draft
        self.form.flush()
        return draft

    def keep_draft(self) -> None:
        """Save what was typed; a draft that only holds blanks is none."""
        draft, call = self.call.draft, self.call
        if draft is None or not any(text.strip() for text in draft.texts.values()):
            return
        fields = {**draft.texts, **{f"picked:{name}": id for name, id in self.form.picked.items()}}
        taken = call.confirmed or call.held
        entry = call.asked if taken is None else taken.entry.id
        if entry is not None:
            fields["taken:entry"] = entry
        if call.override is not None:
            fields["taken:override"] = call.override
        if call.pair is not None:
            fields["taken:pair"] = call.pair.pair
        self.back.run("draft", partial(self._save_draft, call.id, self.keeper.number(call.id), fields))

    def _save_draft(self, id: str, number: int, fields: dict[str, str]) -> WorkDone | None:
        problem = self.keeper.save(id, number, fields)
        return None if problem is None else WorkDone("draft", problem)


def _look_at_client(desk: "Desk", ref: str) -> Client | None:
    """Record that somebody chose a claimant whose name they see."""
    from agent_tui.services.claimants import get_client

    return get_client(desk, ref, "call")
