"""What stands beside the flags: hand-offs that wait, contacts by level, and what is escalated to one of them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from agent_tui.domain.contacts import MOST_LEVELS, Contact, contact_problems, may_not_keep
from agent_tui.domain.flags import ESCALATE
from agent_tui.domain.handoffs import OUTCOMES, Handoff
from agent_tui.domain.override_requests import OverrideRequest
from agent_tui.tui.flag_words import handoff_line
from agent_tui.tui.modals import ChoiceModal, Field
from agent_tui.tui.modals.override import OverrideModal
from agent_tui.tui.modals.pick import PickModal
from agent_tui.tui.override_words import done_sentence, waiting_line
from agent_tui.tui.screens.two_panes import TwoPanes
from agent_tui.tui.widgets.picker import Choice

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

CHANGE, CONTACTS, HANDOFFS, OVERRIDES = "change", "contacts", "hand-offs", "overrides"
_NEW = "new"


class FlagLists(TwoPanes):
    """The lists of the flags screen, each act under one id so that asking again after trouble does nothing twice."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._act_ids: dict[tuple[object, ...], str] = {}
        self._last: tuple[str, str | None] | None = None

    def _act_id(self, *what: object) -> str:
        """Return the id of an act, the one it was asked under before if no answer has come."""
        return self._act_ids.setdefault(what, str(uuid4()))

    # Hand-offs and contacts.

    def action_list_handoffs(self) -> None:
        """List the hand-offs, those that are due in red, and take, close or escalate one."""

        def work(desk: "Desk") -> object:
            from agent_tui.services import handoffs

            return [one for one in handoffs.handoffs(desk) if one.status != "closed"]

        self.do(HANDOFFS, work, exclusive=True)

    def _show_handoffs(self, found: Sequence[Handoff]) -> None:
        if not found:
            self.say("No hand-off waits.")
            return
        by_id = {one.id: one for one in found}
        choices = [Choice(one.id, handoff_line(one, self.today, self.glyphs), urgent=one.is_due(self.today)) for one in found]
        self.modal(PickModal("Hand-offs", choices, glyphs=self.glyphs), lambda id: self._handoff(by_id[id]))

    def _handoff(self, one: Handoff) -> None:
        endings = [(how, str(at), f"closed: {how.replace('_', ' ')}") for at, how in enumerate(OUTCOMES, start=1)]
        options = [("take", "t", "take it"), *endings, (ESCALATE, "e", "escalate it")]

        def answered(how: str) -> None:
            if how == ESCALATE:
                self.ask_contact("handoff", one.id)
                return
            id = self._act_id("handoff", one.id, how)

            def work(desk: "Desk") -> object:
                from agent_tui.services import handoffs

                return [handoffs.take(desk, one.id, id=id) if how == "take" else handoffs.close(desk, one.id, how, id=id)]

            self.do(CHANGE, work)

        self.modal(ChoiceModal("Hand-off", one.why, options, glyphs=self.glyphs), answered)

    def action_list_overrides(self) -> None:
        """List the overrides that wait, most urgent first, and show one to approve or decline it."""

        def work(desk: "Desk") -> object:
            from agent_tui.services import calls
            from agent_tui.services.claimants import names_of
            from agent_tui.services.override_requests import overrides

            found = overrides(desk)
            names = names_of(desk, sorted({one.wanted.client for one in found if one.wanted.client}), "override")
            return found, names, calls.staff_names(desk)

        self.do(OVERRIDES, work, exclusive=True)

    def _show_overrides(self, found: Sequence[OverrideRequest], names: Mapping[str, str], staff: Mapping[str, str]) -> None:
        if not found:
            self.say("No override waits.")
            return
        by_id = {one.id: one for one in found}
        choices = [Choice(one.id, waiting_line(one, names, staff, self.today)) for one in found]
        self.modal(PickModal("Overrides that wait", choices, glyphs=self.glyphs), lambda id: self.show_override(by_id[id]))

    def show_override(self, one: OverrideRequest) -> None:
        """Show an override that waits, to be approved, declined or withdrawn."""
        role, today = self.staff.role, self.today
        modal = OverrideModal(self.back, one.wanted, self.catalogue, role, today, waiting=one, glyphs=self.glyphs)
        self.modal(modal, self._override_decided)

    def _override_decided(self, done: Any) -> None:
        if done.done is not None:
            self._last = (done.request.id, done.done.entry.id)
        words = f"{done.status.capitalize()}: {done.request.wanted.type}."
        self.say(words if done.done is None else f"Approved. {done_sentence(done.done)}", "done")
        self.back.look()

    def action_list_contacts(self) -> None:
        """List the contacts by level, and change, add or drop one."""

        def read(desk: "Desk") -> object:
            from agent_tui.services import escalating

            return escalating.contacts(desk), None

        self.do(CONTACTS, read, exclusive=True)

    def _show_contacts(self, contacts: Sequence[Contact]) -> None:
        by_code = {one.code: one for one in contacts}
        choices = [Choice(one.code, f"{one.level}  {one.name}", f"{one.reach} {one.hours}".strip()) for one in contacts]

        def picked(code: str) -> None:
            text = may_not_keep(self.staff.role)
            if text is not None:
                self.say(f"{by_code[code].name}: {by_code[code].reach}. {text}")
                return
            if code == _NEW:
                self._edit_contact(None)
                return
            options = (("edit", "e", "change it"), ("drop", "x", "drop it"))

            def answered(how: str) -> None:
                if how == "edit":
                    self._edit_contact(by_code[code])
                else:
                    self._drop_contact(code)

            self.modal(ChoiceModal("Contact", by_code[code].name, options, glyphs=self.glyphs), answered)

        new = [] if may_not_keep(self.staff.role) is not None else [Choice(_NEW, "A new contact")]
        self.modal(PickModal("Contacts", [*choices, *new], glyphs=self.glyphs), picked)

    def _edit_contact(self, one: Contact | None) -> None:
        was = one or Contact("", 1, "", "", "")
        fields = [
            Field("code", "Code", was.code, "duty-leader", 30),
            Field("level", "Level", str(was.level), "1 is asked first", 1),
            Field("name", "Name", was.name, "", 80),
            Field("reach", "Reached by", was.reach, "extension 100", 120),
            Field("hours", "Hours", was.hours, "Mon-Fri 09:00-17:00", 80),
        ]

        def made(texts: Mapping[str, str]) -> Contact:
            level = int(texts["level"]) if texts["level"].isascii() and texts["level"].isdigit() else MOST_LEVELS + 1
            return Contact(texts["code"].lower(), level, texts["name"], texts["reach"], texts["hours"])

        def check(texts: Mapping[str, str]) -> dict[str, str]:
            problems = contact_problems(made(texts))
            return {"code": problems[0]} if problems else {}

        def answered(texts: Mapping[str, str]) -> None:
            wanted, id = made(texts), str(uuid4())

            def work(desk: "Desk") -> object:
                from agent_tui.services import escalating

                return [escalating.set_contact(desk, wanted, id=id)]

            self.do(CHANGE, work)

        self.ask("Contact", "", fields, check, answered, about=was.code, kept=False)

    def _drop_contact(self, code: str) -> None:
        id = self._act_id("drop", code)

        def work(desk: "Desk") -> object:
            from agent_tui.services import escalating

            return [escalating.drop_contact(desk, code, id=id)]

        self.do(CHANGE, work)

    def listed(self, job: str, result: object) -> bool:
        """Show a list that was asked for; False for what is none."""
        if job == CONTACTS and isinstance(result, tuple):
            self._show_contacts(result[0])
        elif job == HANDOFFS and isinstance(result, list):
            self._show_handoffs(result)
        elif job == OVERRIDES and isinstance(result, tuple):
            self._show_overrides(*result)
        else:
            return False
        return True
