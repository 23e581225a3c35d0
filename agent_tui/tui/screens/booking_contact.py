"""The claimant's own details changed from the booking screen: how they are written to, where, and in which language."""

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from agent_tui.domain.client_details import DETAILS
from agent_tui.domain.clients import Client
from agent_tui.domain.requests import Refused
from agent_tui.tui.modals import NewClientModal
from agent_tui.tui.screens.booking_sooner import SoonerDesk

if TYPE_CHECKING:
    from agent_tui.services.claimants import Edited
    from agent_tui.services.desk import Desk

TO_EDIT, EDITED = "client to edit", "client edited"


class ContactDesk(SoonerDesk):
    """Changes the claimant of the call, or of the appointment under the cursor; what was typed is kept until it is stored."""

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)
        self._details_typed: dict[str, dict[str, str]] = {}

    def action_edit_client(self) -> None:
        """Change the details of the claimant under the grid's cursor, or else of the one in the form."""
        block = self.grid.cursor_cell.block if self.grid.has_focus else None
        entry = None if block is None else block.entry_id
        ref = self.form.picked.get("client")
        if entry is None and ref is None:
            self.say("Choose the claimant first, or put the cursor on an appointment.", "warning")
            return
        if not self.ready():
            return

        def work(desk: "Desk") -> object:
            from agent_tui.services.claimants import client_to_edit

            return client_to_edit(desk, entry=entry) if entry is not None else client_to_edit(desk, ref=ref)

        self.back.do(TO_EDIT, work)

    def contact_done(self, job: str, result: object) -> bool:
        """Ask for the details, or say what was done; False for a job that is no work on them."""
        if job == TO_EDIT and isinstance(result, Client):
            self._ask_details(result)
        elif job == TO_EDIT and isinstance(result, Refused):
            self.say(result.reason, "warning")
        elif job == EDITED and isinstance(result, tuple):
            self._say_edited(*result)
        return job in (TO_EDIT, EDITED)

    def _ask_details(self, seen: Client) -> None:
        prefill = replace(seen, **self._details_typed.get(seen.ref, {}))
        modal = NewClientModal(prefill, title=f"Claimant {seen.ref}", glyphs=self.glyphs)

        def closed(wanted: Client | None) -> None:
            typed = modal.typed if wanted is None else wanted
            changes = {name: getattr(typed, name) for name in DETAILS if getattr(typed, name) != getattr(seen, name)}
            self._details_typed[seen.ref] = changes
            if wanted is not None and self.ready():
                self._edit(seen, changes)

        self.app.push_screen(modal, closed)

    def _edit(self, seen: Client, changes: dict[str, str]) -> None:
        id = str(uuid4())

        def work(desk: "Desk") -> object:
            from agent_tui.services.claimants import edit_client

            return seen.ref, edit_client(desk, seen.ref, changes, seen=seen, id=id)

        self.back.do(EDITED, work)

    def _say_edited(self, ref: str, done: "Edited | Refused | list[str]") -> None:
        if isinstance(done, Refused):
            self.say(done.reason, "warning")
        elif isinstance(done, list):
            self.say(" ".join(done), "warning")
        else:
            self._details_typed.pop(ref, None)
            words = ", ".join(name.replace("_", " ") for name in done.changed)
            self.say(f"{ref}: {words} changed." if words else f"{ref} was so already.", "done")
            if self.form.picked.get("client") == ref:
                self.form.set_client(ref, done.client.name)
                self.form.know_phone(ref, done.client.phone)
