"""Searching in a call: what the form asks becomes offers, here and in the grid."""

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on

from agent_tui.domain.requests import Request
from agent_tui.domain.ticks import clock
from agent_tui.domain.wall_time import spoken_day
from agent_tui.tui.messages import OffersFound, OffersGone
from agent_tui.tui.request_draft import RequestDraft
from agent_tui.tui.screens.booking_client import ClientDesk
from agent_tui.tui.widgets.booking_form import RequestForm
from agent_tui.tui.widgets.offer_list import OfferList, OffersState, offer_key

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

DEFAULT_DAYS = 20


class SearchDesk(ClientDesk):
    """From what is asked to what can be offered."""

    _typed_search = -1

    @on(RequestForm.RequestChanged)
    def _request_changed(self, event: RequestForm.RequestChanged) -> None:
        event.stop()
        before, self.call.draft = self.call.draft, event.draft
        self.keep_draft()
        self.describe_field()
        same = event.draft.same_search(before) and before is not None and event.draft.priority == before.priority
        if self.call.held is None and self.call.confirmed is None and not same:
            self.look_for_offers()
            self._typed_search = self.searches if event.by_hand else self._typed_search

    def look_for_offers(self) -> None:
        """Search for what the form asks, if the store is open; a search of a later generation drops this one's answer."""
        draft = self.call.draft
        if draft is None or not self.back.is_open or self.catalogue is None:
            return
        request = self.search_of(draft)
        self.show_fitting(request)
        if request is None:
            self.call.offers = ()
            self.offers.show(OffersState.empty())
            self.show_ghost(None)
            return
        self.searches += 1
        self._open_call()
        self.offers.show(OffersState.searching(self.searches))
        self.back.search(self.searches, request)

    def search_of(self, draft: RequestDraft) -> Request | None:
        """Return the search that a draft asks for, None without a type or while the store is not open."""
        if self.catalogue is None:
            return None
        today = self.now().date()
        request = draft.to_request(today, self.catalogue.working_days_from(draft.first_day or today, DEFAULT_DAYS))
        return None if request is None else replace(request, every=self.call.every)

    def _open_call(self) -> None:
        """Write down that a call has begun, once."""
        draft = self.call.draft
        if self.call.opened or draft is None:
            return
        self.call.opened = True
        wanted = {"day": None if draft.first_day is None else draft.first_day.isoformat(), "diary": draft.diary}

        def work(desk: "Desk", id: str = self.call.id, code: str | None = draft.type) -> None:
            from agent_tui.services.calls import open_call

            open_call(desk, id, code, wanted)

        self.back.do("call", work)

    @on(OffersFound)
    def _offers_found(self, message: OffersFound) -> None:
        if message.generation != self.searches or self.call.held is not None or self.call.confirmed is not None:
            return
        if message.found is None:
            self.say(message.problem or "That cannot be searched for.", "warning")
            self.offers.show(OffersState.empty())
            return
        self.call.offers = message.found.offers
        urgent = self.call.draft is not None and self.call.draft.priority != "standard"
        self.offers.show(OffersState.of(message.found, message.generation, every=self.call.every, urgent=urgent), keep=True)
        if message.found.offers:
            self.call.day_shown = None
        if message.found.offers and self.offers.selected is not None:
            if not self.call.acting:
                self.follow_offer(self.offers.selected)
        elif not message.found.offers:
            self.show_ghost(None)
            self._show_day_asked()
            self.nothing_found(over=message.generation == self._typed_search)
        if self.offers.compact and self.offers.state.drop_in:
            self.say(self.offers.state.drop_in)

    def _show_day_asked(self) -> None:
        """Go to the one day that was asked for and has nothing, but not again while it is looked for anew."""
        draft = self.call.draft
        day = None if draft is None or draft.first_day != draft.last_day else draft.first_day
        if day is not None and day != self.call.day_shown:
            self.call.day_shown = day
            self.show_day(day)

    def nothing_found(self, *, over: bool = True) -> None:
        """Say what helps where nothing fits, `over` what was said; the whole screen knows the keys that act now."""

    @on(OffersGone)
    def _offers_gone(self, message: OffersGone) -> None:
        for offer in message.offers:
            if self.call.held is None and self.offers.mark_gone(offer_key(offer), message.who):
                self.ghost_gone(offer)
                if self.offers.highlighted is not None and offer_key(self.offers.highlighted) == offer_key(offer):
                    when = f"{spoken_day(offer.day)} {clock(offer.start)} with {offer.coach}"
                    self.say(f"{when} went away: {message.who} has it now.", "warning")

    @on(OfferList.Highlighted)
    def _offer_highlighted(self, event: OfferList.Highlighted) -> None:
        event.stop()
        # A hold stands in the grid itself and needs no ghost, nor does what the answer of an act is about to show there.
        if self.call.held is None and (event.by_hand or not self.call.acting):
            self.follow_offer(event.offer, by_hand=event.by_hand)

    @on(OfferList.Chosen)
    def _offer_chosen(self, event: OfferList.Chosen) -> None:
        event.stop()
        self.action_hold()

    def action_search(self) -> None:
        """Search now, as the form stands."""
        self.form.flush()
        if not self.has_time() and self.ready() and not self.form.focus_problem():
            self.look_for_offers()

    def has_time(self) -> bool:
        """Return whether the call has its time, after which no other is searched for, and say so."""
        if self.call.held is not None:
            self.say(f"A time is held: confirm it, or release it with {self.key('release')} to search again.", "warning")
        elif self.call.confirmed is not None:
            self.say(f"This call has its appointment: end the call first, with {self.key('end_call')}.", "warning")
        return self.call.held is not None or self.call.confirmed is not None

    def action_all_starts(self) -> None:
        """List every start, or the recommended ones again."""
        if self.call.held is not None or self.call.confirmed is not None:
            self.say("A time is held: the others can be listed once it is released.", "warning")
        elif self.call.draft is None or self.call.draft.type is None:
            self.say("Choose a type first; then every start can be listed.", "warning")
        else:
            self.call.every = not self.call.every
            self.say("Every start is listed." if self.call.every else "The recommended starts are listed.")
            self.look_for_offers()

    def action_next_offer(self) -> None:
        """Go to the next offer, here and in the grid."""
        self.offers.action_cursor_down()

    def action_previous_offer(self) -> None:
        """Go to the offer before, here and in the grid."""
        self.offers.action_cursor_up()

    def action_hold(self) -> None:
        """Hold the chosen offer; the call's half of the screen does it."""
