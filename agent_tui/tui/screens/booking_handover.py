"""A hold handed to a colleague with what was typed, and the holds that colleagues hand to this terminal, told as they come."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from textual import on

from agent_tui.domain.handovers import (
    DECLINED,
    HANDED,
    OFFERED,
    RETURNED,
    TAKEN,
    WAITING,
    Colleague,
    Handover,
    TakenOver,
    named_in,
)
from agent_tui.domain.requests import Booked, EntryState, Outcome, Refused
from agent_tui.domain.ticks import clock
from agent_tui.domain.wall_time import short_day, spoken_day
from agent_tui.settings import Settings
from agent_tui.tui.messages import DiariesChanged
from agent_tui.tui.modals.handovers import HandoversModal, Item
from agent_tui.tui.modals.pick import PickModal
from agent_tui.tui.presenter import short_code
from agent_tui.tui.screens.booking_ending import CallEndings
from agent_tui.tui.screens.desk import CallInHand
from agent_tui.tui.widgets.picker import Choice

if TYPE_CHECKING:
    from agent_tui.domain.log import Event
    from agent_tui.services.desk import Desk

COLLEAGUES, HANDED_TO, TO_TAKE, TAKEN_OVER = "colleagues", "handed over", "to take over", "taken over"
TURNED_DOWN, AT_START, BACK, GIVEN = "turned down", "handed at start", "back with me", "handed for another"
_JOBS = (COLLEAGUES, HANDED_TO, TO_TAKE, TAKEN_OVER, TURNED_DOWN, AT_START, BACK, GIVEN)


class HandoverDesk(CallEndings):
    """The hold of a call goes to a colleague with the call and its draft, and comes back when it is declined."""

    def __init__(self, settings: Settings, now: Callable[[], datetime], day: date | None = None) -> None:
        super().__init__(settings, now, day)
        self._asked_again: dict[str, Callable[[], None]] = {}
        """By act, what asks for it once more under the id that it had: where it was done, that brings its answer."""

    # Handing over.

    def action_hand_over(self) -> None:
        """Hand the hold to a colleague, with what was typed."""
        call = self.call
        if call.pair is not None:
            self.say("Two times that are held together are not handed over: P shows them.", "warning")
        elif call.held is None:
            self.say("There is nothing held to hand over.", "warning")
        elif self.free_to_act():

            def work(desk: "Desk") -> object:
                from agent_tui.services.handovers import colleagues

                return colleagues(desk)

            self.back.do(COLLEAGUES, work)

    def _choose_colleague(self, found: Sequence[Colleague]) -> None:
        held = self.call.held
        if held is None:
            return
        if not found:
            self.say("There is nobody else to whom this hold could be handed.", "warning")
            return
        choices = [Choice(one.login, one.name, _where(one)) for one in found]
        title = f"Hand over {_what(held.entry)}"
        self.modal(PickModal(title, choices, glyphs=self.glyphs), lambda to: self._hand_to(to, held.entry.id))

    def _hand_to(self, to: str, hold: str) -> None:
        call = self.call
        if call.held is None or call.held.entry.id != hold or not self.free_to_act():
            return
        self.read_form()
        fields = {**self.form.texts, **{f"picked:{name}": id for name, id in self.form.picked.items()}}
        call.acting = True
        self._asked_again[HANDED] = partial(self._hand_to, to, hold)

        def work(desk: "Desk", id: str = call.attempt(HANDED, hold, to)) -> object:
            from agent_tui.services.handovers import hand_over

            outcome = hand_over(desk, hold, to, draft=fields, call=call.id if call.opened else None, id=id)
            if isinstance(outcome, Booked):
                self.keeper.set_down(call.id)
            return call.id, to, outcome

        # As an act, so that trouble with the store leaves the call as it is.
        self.back.do(HANDED_TO, work, act=(HANDED, call.id))

    def _handed_to(self, call: str, to: str, outcome: Outcome) -> None:
        self.doubt_answered(HANDED, call)
        if call != self.call.id:
            return
        self.call.acting, self.call.waited = False, 0
        if isinstance(outcome, Refused):
            self.say(outcome.reason, "error")
            if outcome.code != "role":
                self.look_at_taken()
            return
        assert isinstance(outcome, Booked)
        self.call = CallInHand()
        self._clear()
        self.show_form(True)
        self.form.focus_field("type")
        who = self.shown.staff.get(to, to)
        self.say(f"Handed to {who}: {_what(outcome.entry)}. {self.key('take_over')} takes it back.", "done")

    def _done(self, act: str, booked: Booked) -> None:
        """Show what an act has done; the hold of an undone hand-over comes back with what was typed."""
        if act == "undo" and booked.entry.status == "held" and not self._is_mine(booked.entry) and not self.is_busy:
            self.back.do(BACK, lambda desk: (booked, _mine(desk)))
        else:
            super()._done(act, booked)

    def _back_with_me(self, booked: Booked, found: Sequence[Handover]) -> None:
        came_back = any(one.entry.id == booked.entry.id and one.stands_for(self._login) == RETURNED for one in found)
        if came_back and not self.is_busy:
            self._take(booked.entry.id)
        else:
            super()._done("undo", booked)

    # Taking over.

    def action_take_over(self) -> None:
        """Take over what a colleague hands me, or take back what I handed and nobody has taken, with what was typed."""
        self._for_mine(take=True)

    def action_decline_hold(self) -> None:
        """Decline what a colleague hands me; it goes back."""
        self._for_mine(take=False)

    def _for_mine(self, *, take: bool) -> None:
        if take and self.is_busy:
            self.say("Something is held in this call: confirm or release it first.", "warning")
        elif self.ready():
            self.back.do(TO_TAKE, lambda desk: (take, _mine(desk)))

    def _show_mine(self, take: bool, found: Sequence[Handover]) -> None:
        login = self._login
        open_ones = [one for one in found if one.stands_for(login) == WAITING or (take and one.entry.made_by == login)]
        if not open_ones:
            offered = [self.shown.staff.get(one.given_to, one.given_to) for one in found]
            waits = f" {offered[0]} has not answered yet." if offered else ""
            self.say(f"Nobody has handed you a hold.{waits}", "warning")
        elif len(open_ones) == 1:
            (self._take if take else self._turn_down)(open_ones[0].entry.id)
        else:
            now = self.back.clock_ms()
            items = [Item(one.entry.id, self._line(one, now)) for one in open_ones]

            def picked(answer: tuple[str, str]) -> None:
                act, hold = answer
                (self._take if act == "take" else self._turn_down)(hold)

            self.modal(HandoversModal(items, glyphs=self.glyphs), picked)

    def _line(self, one: Handover, now_ms: int) -> str:
        left = max(0, (one.entry.expires_at or 0) - now_ms) // 1000
        stands = one.stands_for(self._login)
        offered = f"offered to {self._staff_name(one.given_to)}" if stands == OFFERED else "came back to you"
        whose = f"from {self._staff_name(one.given_by)}" if stands == WAITING else offered
        return f"{_what(one.entry)}  {left // 60}:{left % 60:02d} left  {whose}"

    def _take(self, hold: str) -> None:
        if self.is_busy:
            self.say("Something is held in this call: confirm or release it first.", "warning")
            return
        self._asked_again[TAKEN] = partial(self._take, hold)
        self._answer(TAKEN_OVER, TAKEN, hold, lambda desk, id: _take_over(desk, hold, id))

    def _turn_down(self, hold: str) -> None:
        self._asked_again[DECLINED] = partial(self._turn_down, hold)
        self._answer(TURNED_DOWN, DECLINED, hold, lambda desk, id: _decline(desk, hold, id))

    def _answer(self, job: str, act: str, hold: str, work: "Callable[[Desk, str], object]") -> None:
        if self.ready():
            attempt = self.call.attempt(job, hold)
            self.back.do(job, lambda desk: work(desk, attempt), act=(act, self.call.id))

    def settled(self, act: str, outcome: Outcome, call: str) -> None:
        """Show an act that was done although no answer came; one about handing over is asked for again, which does nothing."""
        again = self._asked_again.get(act)
        if again is not None and call == self.call.id:
            again()
        else:
            super().settled(act, outcome, call)

    def _taken_over(self, answer: TakenOver) -> None:
        self.doubt_answered(TAKEN, self.call.id)
        self.call.attempts.clear()
        outcome = answer.outcome
        if isinstance(outcome, Refused):
            self.say(outcome.reason, "error")
            return
        assert isinstance(outcome, Booked)
        entry = outcome.entry
        client = answer.draft.get("picked:client") or entry.client
        fields = {**answer.draft, "taken:entry": entry.id}
        if client:
            fields |= {"client": client, "picked:client": client}
        if self.take_up(answer.call or str(uuid4()), fields):
            self.call.opened = answer.call is not None

    # What others do with what was handed over.

    @property
    def _login(self) -> str:
        return self.settings.login if self.staff is None else self.staff.login

    def _staff_name(self, login: str) -> str:
        return self.shown.staff.get(login, login)

    @on(DiariesChanged)
    def _handovers_changed(self, message: DiariesChanged) -> None:
        for event in message.changes.events:
            if event.who == self._login or event.verb not in (HANDED, TAKEN, DECLINED):
                continue
            self._tell_of(event)

    def _tell_of(self, event: "Event") -> None:
        """Say what a colleague did, on whatever screen is in front."""
        before, after, who = event.before or {}, event.after or {}, self._staff_name(event.who)
        what = f"{short_code(after.get('type'), (after['end'] - after['start']) * 5)} at {clock(after['start'])}"
        if event.verb == HANDED and named_in(event.reason) == self._login:
            left = max(0, (after.get("expires_at") or 0) - self.back.clock_ms()) // 1000
            words = f"{who} hands you {what}, {left // 60}:{left % 60:02d} left: ctrl+y takes it, D declines."
            self.tell(words, "warning")
        elif event.verb == TAKEN and before.get("made_by") == self._login:
            self.tell(f"{who} has taken {what} over.", "done")
            held = self.call.held
            if held is not None and held.entry.id == event.entry:
                self.look_at_taken()
        elif event.verb == DECLINED and after.get("made_by") == self._login:
            self.tell(f"{who} has declined {what}: ctrl+y takes it up again.", "warning")
        elif event.verb in (TAKEN, DECLINED) and event.entry is not None:
            hold, words = event.entry, "taken over" if event.verb == TAKEN else "declined"
            whose = self._staff_name(str(before.get("made_by")))
            told = f"{who} has {words} {what}, which you handed over for {whose}."
            self.back.do(GIVEN, lambda desk: told if _giver(desk, hold) == desk.staff.login else None)

    def ending_done(self, job: str, result: object) -> None:
        """Show what a piece of work about handing over brought, or about calls."""
        if job not in _JOBS:
            super().ending_done(job, result)
            if job == "waiting":
                self.back.do(AT_START, _mine)
        elif job == COLLEAGUES and isinstance(result, list):
            self._choose_colleague(result)
        elif job == HANDED_TO and isinstance(result, tuple):
            self._handed_to(*result)
        elif job == TO_TAKE and isinstance(result, tuple):
            self._show_mine(*result)
        elif job == BACK and isinstance(result, tuple):
            self._back_with_me(*result)
        elif job == TAKEN_OVER and isinstance(result, TakenOver):
            self._taken_over(result)
        elif job == TURNED_DOWN:
            self.doubt_answered(DECLINED, self.call.id)
            self.call.attempts.clear()
            if isinstance(result, Refused):
                self.say(result.reason, "error")
            else:
                self.say("Declined: its holder is told.", "done")
        elif job == GIVEN and isinstance(result, str):
            self.tell(result, "warning")
        elif job == AT_START and isinstance(result, list):
            waiting = [one for one in result if one.stands_for(self._login) in (WAITING, RETURNED)]
            if waiting:
                many = "hold waits" if len(waiting) == 1 else "holds wait"
                self.say(f"{len(waiting)} {many} for you with what was typed: ctrl+y takes it over.", "warning")


def _where(one: Colleague) -> str:
    role = "" if one.role == "agent" else f"{one.role}, "
    return f"{one.login}, {role}" + ("not here now" if one.day is None else f"here, on {short_day(one.day)}")


def _what(entry: EntryState) -> str:
    return f"{short_code(entry.type, (entry.end - entry.start) * 5)} {spoken_day(entry.day)} {clock(entry.start)}"


def _mine(desk: "Desk") -> list[Handover]:
    from agent_tui.services.handovers import mine

    return mine(desk)


def _giver(desk: "Desk", hold: str) -> str | None:
    from agent_tui.services.handovers import giver

    return giver(desk, hold)


def _take_over(desk: "Desk", hold: str, id: str) -> TakenOver:
    from agent_tui.services.handovers import take_over

    return take_over(desk, hold, id=id)


def _decline(desk: "Desk", hold: str, id: str) -> Outcome:
    from agent_tui.services.handovers import decline

    return decline(desk, hold, id=id)
