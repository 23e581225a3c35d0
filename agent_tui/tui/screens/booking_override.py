"""An urgent request that finds nothing: whom it could displace, done or prepared; the answer to what was prepared, live."""

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on

from agent_tui.domain.override_requests import APPROVED, DECIDED, PREPARED, REOPENED, Overridden, OverrideRequest
from agent_tui.domain.requests import Booked
from agent_tui.domain.ticks import clock
from agent_tui.domain.wall_time import spoken_day
from agent_tui.tui.commands import BY_ID, readable
from agent_tui.tui.messages import DiariesChanged
from agent_tui.tui.modals.override import OverrideModal
from agent_tui.tui.override_words import done_sentence
from agent_tui.tui.screens.booking_why import WhyDesk

if TYPE_CHECKING:
    from agent_tui.domain.log import Event
    from agent_tui.services.desk import Desk
    from agent_tui.services.override_requests import Waits

DECIDED_ENTRY, PREPARED_BEFORE = "decided entry", "prepared before"


class OverrideDesk(WhyDesk):
    """What an urgent call may do that finds nothing."""

    def action_override(self) -> None:
        """Show whom an urgent request could displace, and do or prepare it."""
        draft, call = self.read_form(), self.call
        request = self.search_of(draft)
        if self.catalogue is None or self.staff is None or not self.free_to_act():
            return
        if request is None:
            self.say("Choose a type first; then an urgent request can displace others.", "warning")
        elif draft.priority == "standard":
            self.say("Only a request of high or urgent priority displaces others.", "warning")
        elif call.held is not None or call.confirmed is not None or call.pair is not None:
            self.say("This call has a time: nobody need give way.", "warning")
        elif self.offers.state.kind == "offers":
            self.say("There are free starts: hold one. Only a request that finds nothing displaces others.", "warning")
        elif "reason" in draft.problems and self.form.focus_problem():
            return
        elif draft.client is None:
            self.show_form(True)
            self.form.focus_field("client")
            key = readable(BY_ID["override"].keys[1])
            self.say(f"Who is it for? Find the claimant; then {key} shows whom the request could displace.", "warning")
        else:
            wish = replace(draft.to_wish(None), day=None, search=replace(request, limit=None, every=True))
            today = self.now().date()
            modal = OverrideModal(self.back, wish, self.catalogue, self.staff.role, today, glyphs=self.glyphs)
            self.modal(modal, self._override_answered)

    def _override_answered(self, done: "Overridden | Waits") -> None:
        if isinstance(done, Overridden):
            self._take_booked(Booked("booked", done.entry, done.coach, done.say), done_sentence(done))
        else:
            self.call.override = done.request.id
            self.keep_draft()
            self.say("Prepared: a supervisor decides, the answer comes here. Nobody is moved yet.", "done")
        self.back.look()

    def _take_booked(self, booked: Booked, sentence: str) -> None:
        """Let the call in hand have an appointment that was made for it."""
        entry = booked.entry
        self._confirmed(booked, f"{spoken_day(entry.day)} {clock(entry.start)} with {booked.coach}")
        self.show_day(entry.day, go_to=(entry.diary, entry.day, entry.start))
        self.say(sentence, "done")

    # What others do with what was prepared.

    @on(DiariesChanged)
    def _overrides_changed(self, message: DiariesChanged) -> None:
        staff = self.staff
        if staff is None:
            return
        for event in message.changes.events:
            if event.who == staff.login:
                continue
            mine = (event.after or {}).get("prepared_by") == staff.login
            if mine and event.verb == DECIDED:
                self._told_decision(event)
            elif mine and event.verb == REOPENED:
                self._told_reopened(event)
            elif event.verb == PREPARED and staff.role in ("leader", "supervisor"):
                who, after = self.shown.staff.get(event.who, event.who), event.after or {}
                text = f"{who} has prepared an override, {after.get('priority')} {after.get('type')}: S, flags, then O decides."
                self.tell(text, "warning")

    def _told_reopened(self, event: "Event") -> None:
        after, who, call = event.after or {}, self.shown.staff.get(event.who, event.who), self.call
        if after["override"] == call.override and call.confirmed is not None:
            call.confirmed = call.asked = None
            self.keep_draft()
            self.look_for_offers()
        self.tell(f"{who} has taken the approval of {after['type']} back: it is not booked, and waits again.", "warning")

    def _told_decision(self, event: "Event") -> None:
        after, who = event.after or {}, self.shown.staff.get(event.who, event.who)
        if after["status"] != APPROVED:
            self.tell(f"{who}: the override of {after['type']} is {after['status']}; nobody was moved.", "warning")
            return
        mine = after["override"] == self.call.override

        def work(desk: "Desk", entry: str = after["entry"]) -> object:
            from agent_tui.services.changes import show

            return show(desk, entry), who, mine

        self.back.do(DECIDED_ENTRY, work)

    def override_decided(self, result: object) -> None:
        """Give the call in hand the appointment that an approval made, or say that another call's has been made."""
        assert isinstance(result, tuple)
        booked, who, mine = result
        if not isinstance(booked, Booked):
            return
        entry = booked.entry
        when = f"{spoken_day(entry.day)} {clock(entry.start)} with {booked.coach}"
        free = self.call.held is None and self.call.confirmed is None and self.call.pair is None
        if mine and free:
            sentence = f"Approved by {who}: booked {when}. Read the sentence out, then 1 ends the call."
            self._take_booked(booked, sentence)
        else:
            sentence = f"Approved by {who}: {entry.type} is booked for {entry.client}, {when}."
        self.tell(sentence, "done")

    # What was prepared for a call that was left.

    def look_at_override(self) -> None:
        """Read what became of the override that was prepared for a call before it was left."""
        override, call = self.call.override, self.call.id
        if override is None or not self.ready():
            return

        def work(desk: "Desk") -> object:
            from agent_tui.services.changes import show
            from agent_tui.services.override_requests import prepared

            one = prepared(desk, override)
            return call, one, None if one is None or one.entry is None else show(desk, one.entry)

        self.back.do(PREPARED_BEFORE, work)

    def override_found(self, call: str, one: OverrideRequest | None, booked: object) -> None:
        """Say what became of it, and give the call its appointment where it was approved."""
        if call != self.call.id or one is None:
            return
        if one.is_open:
            self.say("Taken up again; the override prepared for it waits for a decision still.")
            return
        who = self.shown.staff.get(one.decided_by or "", one.decided_by or "")
        if isinstance(booked, Booked) and booked.entry.status == "booked":
            self.override_decided((booked, who, True))
        else:
            moved = "what it booked is not booked any more" if one.entry else "nobody was moved"
            self.say(f"Taken up again; its override was {one.status} by {who}: {moved}.", "warning")
