"""Why not: every rule against the start under the cursor, and the smallest change that would open it."""

from datetime import date
from typing import TYPE_CHECKING

from agent_tui.domain.openings import Change
from agent_tui.domain.ticks import MINUTES_PER_TICK, clock, clock_of_minute
from agent_tui.domain.wall_time import short_day
from agent_tui.domain.why_not import Why
from agent_tui.tui.modals.why import WhyModal, change_words
from agent_tui.tui.screens.booking_pairs import PairDesk

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

DEFAULT_DAYS = 20


class WhyDesk(PairDesk):
    """What stands in the way of a start."""

    def action_why_not(self) -> None:
        """Say why the time here cannot be booked, and what would open it."""
        place = self._place_asked()
        if place is None:
            self.say("Go to an offer or to a time in the diary first.", "warning")
            return
        draft, today = self.read_form(), self.now().date()
        if self.catalogue is None or not self.ready():
            return
        request = draft.to_request(today, self.catalogue.working_days_from(draft.first_day or today, DEFAULT_DAYS))
        if request is None:
            self.say("Choose the type first; then w says what stands in its way.", "warning")
            return
        diary, day, tick = place

        def work(desk: "Desk") -> Why | str:
            from agent_tui.services.finding import UnknownClient, UnknownNeed
            from agent_tui.services.why import why

            try:
                return why(desk, request, diary, day, tick * MINUTES_PER_TICK, named=True)
            except UnknownNeed as unknown:
                return str(unknown)
            except UnknownClient:
                return "The claimant of the request is not known any more."

        self.back.do("why", work, exclusive=True)

    def _place_asked(self) -> tuple[str, date, int] | None:
        offer = self.offers.highlighted if self.offers.has_focus else None
        if offer is not None:
            return offer.diary, offer.day, offer.start
        cell = self.grid.cursor_cell
        if self.offers.has_focus or cell.column is None:
            return None
        return cell.column.diary, cell.column.day, cell.tick

    def show_why(self, answer: object) -> None:
        """Show what stands in the way, or say that nothing does; an answer that comes under a dialog is dropped."""
        if not isinstance(answer, Why):
            self.say(str(answer), "warning")
            return
        day = short_day(answer.day)
        where = f"{answer.coach or answer.diary} {day} {clock_of_minute(answer.minute)}"
        if not answer.reasons:
            self.say(f"Nothing stands in the way of {where}.", "done")
        elif self.app.screen is self:
            self.modal(WhyModal(f"Why not {where}?", answer, glyphs=self.glyphs), lambda change: self._take_up(answer, change))

    def _take_up(self, why: Why, change: Change) -> None:
        """Go to what a change names; what others must do is said."""
        if change.kind == "move" and change.start is not None and change.minutes is not None:
            self._go_to(why.diary, why.day, change.start - change.minutes // MINUTES_PER_TICK)
            self.say(f"{change_words(change)}: m picks it up, and puts it down at {clock(change.start)}.")
        elif change.kind in ("start", "coach", "grid", "notice", "day") and change.day is not None:
            start = why.minute // MINUTES_PER_TICK if change.start is None else change.start
            self._go_to(change.diary or why.diary, change.day, start)
            self.say(f"{change_words(change)}.")
        else:
            self.say(f"{change_words(change)}.")

    def _go_to(self, diary: str, day: date, tick: int) -> None:
        """Put the grid's cursor on a start, on its own day."""
        self.grid.focus()
        self.cursor_was = (diary, day, tick)  # what is said of it stays
        if self.shown.week_of is not None and self.shown.week_of != diary:
            self.shown.week_of = None
        elif (diary, day) in self.shown.pairs and self.grid.move_cursor_to(diary, day, tick):
            return
        self.show_day(day, go_to=(diary, day, tick))
