"""The call in hand: hold, confirm, extend, release, and what each act was answered."""

from typing import TYPE_CHECKING

from textual import on

from agent_tui.domain.requests import Booked, EntryState, HandedOff, Offer, Outcome, Refused
from agent_tui.domain.ticks import clock
from agent_tui.domain.wall_time import spoken_day
from agent_tui.tui.messages import ActDone
from agent_tui.tui.modals import ConfirmModal
from agent_tui.tui.rehome_words import put_back_words
from agent_tui.tui.screens.booking_search import SearchDesk
from agent_tui.tui.undo_words import refused_words
from agent_tui.tui.widgets.offer_list import OffersState, offer_key

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

WARNING_MS = 120_000
SLOW_SECONDS = 2
_ENDED = {"release": "Released", "cancel": "Cancelled"}


class CallDesk(SearchDesk):
    """What happens to the time that a call takes."""

    def action_hold(self) -> None:
        """Hold the chosen offer; once held, confirm it."""
        if self.call.held is not None:
            chosen = self.offers.selected
            held = self.call.held.entry
            if chosen is None or offer_key(chosen) == (held.diary, held.day, held.start):
                self.action_confirm()
            else:
                self.say("Another start is chosen: release the hold first, or choose the held one to confirm it.", "warning")
            return
        offer, shown = self.offers.selected, self.offers.highlighted
        if offer is None and shown is not None:
            who = self.offers.gone[offer_key(shown)]
            self.say(f"That start went away: {who} has it now. Choose another.", "warning")
        elif offer is None and self.offers.state.kind in ("none", "handoff"):
            self.nothing_found()
        elif offer is None:
            self.say("There is no offer to hold: choose a type, or press f7 to hand the request off.", "warning")
        else:
            self.hold_offer(offer)

    def hold_offer(self, offer: Offer) -> None:
        """Take an offer's time; the answer comes as ActDone."""
        draft, call = self.read_form(), self.call
        if draft.type is None or call.held is not None or not self.free_to_act():
            return
        if call.pair is not None:
            self.say("This call holds two times together: P shows them, r there lets them go.", "warning")
            return
        if call.confirmed is not None:
            self.say("This call has its appointment: end the call first, with 1 or f12.", "warning")
            return
        if "reason" in draft.problems and self.form.focus_problem():
            return
        call.acting = True
        wish = draft.to_wish(offer)
        call.asked = call.attempt("hold", wish)
        self.keep_draft()

        def work(desk: "Desk", id: str = call.asked) -> Outcome:
            from agent_tui.services.booking import hold

            return hold(desk, wish, id=id)

        self.back.act("hold", self.call.id, work)

    def action_confirm(self) -> None:
        """Confirm the hold as an appointment of the client."""
        held, draft = self.call.held, self.read_form()
        if held is None:
            self.say("There is nothing held to confirm.", "warning")
            return
        if held.entry.moving is None and draft.client is None:
            self.show_form(True)
            self.form.focus_field("client")
            self.say("Who is it for? Find the claimant, or make one with ctrl+n; then confirm.", "warning")
            return
        self._confirm(draft.client, allow_clash=False)

    def _confirm(self, client: str | None, *, allow_clash: bool) -> None:
        call = self.call
        if call.held is None or not self.free_to_act():
            return
        call.acting = True
        entry = call.held.entry.id

        def work(desk: "Desk", id: str = call.attempt("confirm", entry, client, allow_clash)) -> Outcome:
            from agent_tui.services.booking import confirm

            return confirm(desk, entry, client=client, allow_clash=allow_clash, id=id)

        self.back.act("confirm", self.call.id, work)

    def free_to_act(self) -> bool:
        """Return whether the store is open and no answer is due; if not, say so."""
        if self.call.acting:
            self.say("One moment: the answer to the last key is still to come.", "warning")
        return not self.call.acting and self.ready()

    def action_extend(self) -> None:
        """Give the hold its full time again."""
        self._act_on_hold("extend", "There is nothing held to extend.")

    def action_release(self) -> None:
        """Let the hold go, so that others can book the time."""
        self._act_on_hold("release", "There is nothing held to release.")

    def _act_on_hold(self, act: str, otherwise: str) -> None:
        held = self.call.held
        if held is None:
            self.tell(otherwise, "warning")
        if held is None or not self.free_to_act():
            return
        self.call.acting = True
        entry = held.entry.id

        def work(desk: "Desk") -> Outcome:
            from agent_tui.services import booking

            return (booking.extend if act == "extend" else booking.release)(desk, entry)

        self.back.act(act, self.call.id, work)

    @on(ActDone)
    def _act_done(self, message: ActDone) -> None:
        self.act_answered(message.act, message.outcome, message.call)

    def act_answered(self, act: str, outcome: Outcome, call: str) -> None:
        """Show the answer to an act of a call; of one that is no longer in hand, let a hold go."""
        if call != self.call.id:
            self._answered_late(act, outcome)
            return
        self.call.acting, self.call.waited = False, 0
        self.call.attempts.clear()
        if isinstance(outcome, Refused):
            self._refused(act, outcome)
        elif isinstance(outcome, HandedOff):
            self._handed_off(outcome)
        else:
            self._done(act, outcome)

    def _answered_late(self, act: str, outcome: Outcome) -> None:
        """Take an answer whose call is no longer in hand: a hold that nobody would confirm is let go."""
        if act == "hold" and isinstance(outcome, Booked):
            entry = outcome.entry.id

            def work(desk: "Desk") -> Outcome:
                from agent_tui.services.booking import release

                return release(desk, entry)

            self.back.do("late", work)

    def _handed_off(self, outcome: HandedOff) -> None:
        self.call.handed_off = True
        self.refresh_bindings()
        if self.call.ending is not None:
            self.end_as("handed_off")
        else:
            self.say(f"Handed off to {outcome.contact}, due {spoken_day(outcome.due)}. Press f12 to end the call.", "done")

    def look_at_taken(self) -> None:
        """Read what the call holds or has booked as it is now; the last part of the screen does it."""

    def look_how_told(self, booked: Booked) -> None:
        """Say how the claimant will be told; a later part of the screen does it."""

    def end_as(self, how: str) -> None:
        """End the call; the last part of the screen does it."""

    def _done(self, act: str, booked: Booked) -> None:
        entry, call = booked.entry, self.call
        when = f"{spoken_day(entry.day)} {clock(entry.start)} with {booked.coach}"
        confirmed = call.confirmed is not None and call.confirmed.entry.id == entry.id
        if act == "resume" and call.held is None and call.confirmed is None:
            self.show_day(entry.day, go_to=(entry.diary, entry.day, entry.start))
        if act in ("hold", "extend") or (act in ("undo", "resume") and entry.status == "held"):
            call.confirmed = None
            self._held(booked, when)
        elif act == "confirm" or (act == "resume" and entry.status in ("booked", "late")):
            self._confirmed(booked, when)
        elif act == "resume":
            call.held = call.confirmed = call.asked = None
            self.say(f"What this call had taken, {when}, is no longer held: choose again.", "warning")
            self.look_for_offers()
        elif act == "release" or (self._is_mine(entry) and entry.status in ("undone", "released", "cancelled")):
            call.held = call.confirmed = call.asked = None
            self.keep_draft()
            self.say(f"{_ENDED.get(act, 'Undone')}: {when} is free again. {put_back_words(booked)}".strip(), "done")
            self.look_for_offers()
        else:
            if confirmed and entry.status == "booked":
                call.confirmed = booked
                self.offers.show(OffersState.confirmed(booked))
            self.act_shown(act, booked, when)

    def _is_mine(self, entry: EntryState) -> bool:
        return any(one is not None and one.entry.id == entry.id for one in (self.call.held, self.call.confirmed))

    def _held(self, booked: Booked, when: str) -> None:
        draft = self.call.draft
        known = booked.entry.moving is not None or (draft is not None and draft.client is not None)
        self.call.held, self.call.warned = booked, False
        self.keep_draft()
        self.offers.show(OffersState.holding(booked, self.call.offers, client_known=known))
        self.show_ghost(None)
        # The cursor goes along: a bar that closes now gives the grid another height, and what the cursor is on stays in sight.
        self.grid.move_cursor_to(booked.entry.diary, booked.entry.day, booked.entry.start)
        self.tick()
        self.tell(f"Held: {when}. {'Enter confirms it.' if known else 'Who is it for?'}", "done")
        if known:
            self.offers.focus()
        else:
            self.show_form(True)
            self.form.focus_field("client")

    def _confirmed(self, booked: Booked, when: str) -> None:
        self.call.held, self.call.confirmed = None, booked
        self.keep_draft()
        self.offers.show(OffersState.confirmed(booked, told=False))
        self.offers.focus()
        self.show_ghost(None)
        self.look_how_told(booked)
        self.say(f"Booked: {when}. Read the sentence out, then 1 ends the call; u undoes for 60 seconds.", "done")

    def _refused(self, act: str, refused: Refused) -> None:
        if act == "resume":
            self.call.asked = None  # what was asked for before the crash was never held
            self.look_for_offers()
            return
        self.say(refused_words(refused), "error")
        if act in ("confirm", "extend", "release") and refused.code in ("not_possible", "unknown_entry", "stale_version"):
            self.look_at_taken()  # another terminal has acted on it: show what it is now
        elif act == "confirm" and refused.code == "client_clash":
            question = ConfirmModal(
                f"{refused.reason} Book it all the same?", title="Two at once", yes="book both", glyphs=self.glyphs
            )
            client = self.read_form().client
            self.modal(question, lambda yes: self._confirm(client, allow_clash=True) if yes else None)
        elif refused.code == "hold_expired":
            self.call.held = None
            self.look_for_offers()
        elif act == "hand_off":
            self.call.ending = None
        elif act == "move":
            self.carry_on(refused)
        elif act == "hold":
            self.call.asked = None
            # Those that are shown now are what the feed crosses out.
            self.call.offers = refused.alternatives
            self.offers.show(OffersState.refusal(refused))
            self.offers.focus()
            if refused.day is not None and refused.start is not None:
                self.refresh_places({(refused.diary or "", refused.day)})

    # The clock.

    def tick(self) -> None:
        """Count holds down, warn before mine lapses, and let it go when it has."""
        now = self.back.clock_ms()
        self.offers.tick_clock(now)
        if self.call.acting:
            self.call.waited += 1
            if self.call.waited == SLOW_SECONDS:
                self.say("The store is slow to answer; what you asked for is under way.", "warning")
        self.grid.tick_clock(now)
        held = self.call.held
        if held is None or held.entry.expires_at is None:
            return
        left = held.entry.expires_at - now
        if left <= 0:
            self.call.held = None
            ways = f"{self.key('hold')} holds the offer in hand, {self.key('end_call')} ends the call"
            self.tell(f"The hold has lapsed: {ways}. A call-back is kept until this call ends as booked.", "warning")
            self.back.do("lapse", _end_lapsed)
            self.look_for_offers()
        elif left <= WARNING_MS and not self.call.warned:
            self.call.warned = True
            self.tell(f"The hold lapses in two minutes: {self.key('extend')} extends it.", "warning")

    def hold_words(self) -> str:
        """Return how long the hold in hand has once it lapses soon, naming nobody; empty while there is nothing to say."""
        held = self.call.held
        if held is None or held.entry.expires_at is None:
            return ""
        left = max(0, held.entry.expires_at - self.back.clock_ms())
        return f"A hold of yours lapses in {left // 60_000}:{left // 1000 % 60:02d}." if left <= WARNING_MS else ""


def _end_lapsed(desk: "Desk") -> int:
    from agent_tui.services.lists import end_lapsed_holds

    return end_lapsed_holds(desk)
