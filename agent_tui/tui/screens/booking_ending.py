"""How a call ends: handed off, ended in one key, undone, or left unfinished and taken up again."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import uuid4

from agent_tui.domain.requests import Outcome
from agent_tui.tui.messages import WorkDone
from agent_tui.tui.modals import CallItem, CallPick, CallsModal, ChoiceModal
from agent_tui.tui.screens.booking_call import CallDesk
from agent_tui.tui.screens.desk import CallInHand
from agent_tui.tui.widgets.offer_list import OffersState

if TYPE_CHECKING:
    from agent_tui.services.calls import OpenCall
    from agent_tui.services.desk import Desk
    from agent_tui.tui.drafts import Found as FoundDrafts

ENDINGS = (
    ("booked", "1", "booked"),
    ("called_back", "2", "call back promised"),
    ("handed_off", "3", "handed off"),
    ("drop_in", "4", "drop-in times told"),
    ("rang_off", "5", "caller rang off"),
)
ENDING_WORDS = {id: words for id, _key, words in ENDINGS}


class CallEndings(CallDesk):
    """The end of a call, and the calls that have none yet."""

    # Handing off, ending, undoing.

    def action_hand_off(self) -> None:
        """Hand the request off to the site's contact."""
        self.form.flush()
        draft = self.call.draft
        if draft is None or draft.type is None:
            self.say("Choose a type first; the hand-off says what could not be booked.", "warning")
            return
        if self.ready() and not self.call.handed_off:
            wish = draft.to_wish(None)

            def work(desk: "Desk", id: str = str(uuid4())) -> Outcome:
                from agent_tui.services.booking import hand_off

                return hand_off(desk, wish, id=id)

            self.back.act("hand_off", self.call.id, work)

    def action_end_call(self) -> None:
        """End the call and choose how it ended."""
        chosen = "booked" if self.call.confirmed else "handed_off" if self.call.handed_off else "rang_off"
        modal = ChoiceModal("End the call", "How did it end?", ENDINGS, chosen=chosen, glyphs=self.glyphs)
        self.modal(modal, self._end)

    def action_end_booked(self) -> None:
        """End the call as booked, the claimant told on the phone."""
        if self.call.confirmed is None:
            self.say("Nothing is booked in this call yet.", "warning")
        else:
            self._end("booked")

    def action_end_called_back(self) -> None:
        """End the call with a call back promised."""
        self._end("called_back")

    def action_end_handed_off(self) -> None:
        """End the call as handed off; one that is not handed off yet is now."""
        if not self.call.handed_off:
            self.action_hand_off()
        self._end("handed_off")

    def action_end_drop_in(self) -> None:
        """End the call with the drop-in times told."""
        self._end("drop_in")

    def action_end_rang_off(self) -> None:
        """End the call because the caller rang off."""
        self._end("rang_off")

    def _end(self, how: str) -> None:
        call = self.call
        if not self.ready():
            return
        if how == "booked" and call.confirmed is None:
            self.say("Nothing is booked in this call yet.", "warning")
            return
        held, booked = call.held, call.confirmed
        draft = call.draft

        def work(desk: "Desk") -> str:
            from agent_tui.services.booking import release
            from agent_tui.services.calls import end_call, open_call, told_by_phone

            if held is not None:
                release(desk, held.entry.id)
            if booked is not None and draft is not None and draft.contact in ("phone", "walk-in"):
                told_by_phone(desk, booked.entry.id)
            open_call(desk, call.id, None if draft is None else draft.type, {})
            end_call(desk, call.id, how, entry=None if booked is None else booked.entry.id)
            self.drafts.discard(call.id)
            return how

        self.back.do("end", work)

    def next_call(self, how: str) -> None:
        """Clear the form for the next claimant."""
        self.call = CallInHand()
        self.searches += 1
        self.form.clear_for_next_call()
        self.offers.show(OffersState.empty())
        self.show_ghost(None)
        self.form.display = True
        self.form.focus_field("type")
        self.say(f"Call ended: {ENDING_WORDS.get(how, how)}.", "done")

    def action_undo(self) -> None:
        """Undo my last act, within 60 seconds of it."""
        if self.ready():

            def work(desk: "Desk", id: str = str(uuid4())) -> Outcome:
                from agent_tui.services.changes import undo

                return undo(desk, id=id)

            self.back.act("undo", self.call.id, work)

    # Unfinished calls.

    def action_unfinished(self) -> None:
        """List unfinished calls with their drafts."""
        self.back.run("unfinished", lambda: WorkDone("unfinished", self._unfinished()))

    def action_look_for_unfinished(self) -> None:
        """Look whether there are unfinished calls, at the start of a shift or after a crash."""
        self.back.run("waiting", lambda: WorkDone("waiting", self._unfinished()))

    def _unfinished(self) -> tuple["FoundDrafts", list["OpenCall"]]:
        from agent_tui.services.calls import unfinished

        return self.drafts.load_all(), unfinished(self.back.desk) if self.back.is_open else []

    def ending_done(self, job: str, result: object) -> None:
        """Show what a piece of work about calls brought."""
        if job not in ("unfinished", "waiting") or not isinstance(result, tuple):
            return
        items, kept = self._items(*result)
        if job == "unfinished":
            self._show_unfinished(items, kept)
        elif items:
            many = "call is" if len(items) == 1 else "calls are"
            self.say(f"{len(items)} {many} unfinished: f11 lists them with what was typed.")

    def _items(self, drafts: "FoundDrafts", calls: list["OpenCall"]) -> tuple[list[CallItem], dict[str, Mapping[str, str]]]:
        kept = {one.id: one.fields for one in drafts.drafts if one.id != self.call.id}
        items = [CallItem(id, "", _wanted(fields), str(fields.get("client", ""))) for id, fields in kept.items()]
        for call in calls:
            if call.id not in kept and call.id != self.call.id:
                words = " ".join(str(part) for part in (call.type, *call.wanted.values()) if part)
                items.append(CallItem(call.id, "", words or "no type yet", ""))
        return items, kept

    def _show_unfinished(self, items: list[CallItem], kept: dict[str, Mapping[str, str]]) -> None:
        def picked(pick: CallPick) -> None:
            if pick.act == "resume":
                self._resume(pick.id, kept.get(pick.id, {}))
            else:
                self._discard(pick.id)

        self.modal(CallsModal(items, glyphs=self.glyphs), picked)

    def _resume(self, id: str, fields: Mapping[str, str]) -> None:
        self.call = CallInHand(id=id, opened=True)
        picked = {name.removeprefix("picked:"): value for name, value in fields.items() if name.startswith("picked:")}
        self.form.fill({name: value for name, value in fields.items() if ":" not in name}, picked)
        self.form.focus_field("type")
        self.say("The call is taken up again; what was held in it has lapsed or still stands in the grid.")

    def _discard(self, id: str) -> None:
        def work(desk: "Desk") -> str:
            from agent_tui.services.calls import end_call

            end_call(desk, id, "rang_off")
            self.drafts.discard(id)
            return id

        if self.ready():
            self.back.do("discard", work)


def _wanted(fields: Mapping[str, str]) -> str:
    return " ".join(fields[name] for name in ("type", "from", "time") if fields.get(name)) or "no type yet"
