"""Acts on what is under the grid's cursor: book here, details, move, cancel, attendance, copy."""

from collections.abc import Callable, Collection
from datetime import date
from typing import TYPE_CHECKING
from uuid import uuid4

from textual import on

from agent_tui.domain.changing import ATTENDABLE, CANCELLABLE, MOVABLE, why_unchangeable
from agent_tui.domain.requests import CANCEL_REASONS, Booked, Offer, Outcome, Refused
from agent_tui.domain.ticks import clock
from agent_tui.domain.today import most_late
from agent_tui.tui.modals import ChoiceModal, DetailsModal, NumberModal
from agent_tui.tui.screens.booking_diary import DiaryDesk
from agent_tui.tui.widgets.diary_grid import Block, Column, DiaryGrid

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

REASON_WORDS = {
    "claimant": "the claimant asked",
    "office": "the office asked",
    "coach_absent": "the coach is away",
    "room_unavailable": "the room is not available",
    "not_needed": "it is not needed any more",
    "entered_in_error": "it was entered in error",
}


_NOT_OF_A_TIME = ("unknown_entry", "stale_version", "not_possible", "role", "id_reused")
"""Codes of refusals that another time would not change."""


class CursorActs(DiaryDesk):
    """What is done where the cursor is."""

    _put_last: tuple[str, int, str, str] | None = None

    @on(DiaryGrid.CellChosen)
    @on(DiaryGrid.BlockPressed)
    def _cell_chosen(self, event: DiaryGrid.AtCell) -> None:
        event.stop()
        self.action_book_here()

    def action_book_here(self) -> None:
        """Hold the time under the cursor; once held, confirm it; put down what is carried; on an entry show its details."""
        cell = self.grid.cursor_cell
        if self.carried is not None:
            self.action_move()
        elif self.call.held is not None:
            self._confirm_here(cell.column, cell.tick)
        elif cell.block is not None:
            self.action_details()
        elif cell.column is not None:
            self._hold_at(cell.column.diary, cell.column.day, cell.tick)

    def _confirm_here(self, column: Column | None, tick: int) -> None:
        held = None if self.call.held is None else self.call.held.entry
        if held is None or column is None:
            return
        if (column.diary, column.day) == (held.diary, held.day) and held.start <= tick < held.end:
            self.action_confirm()
        else:
            self.say("Another time is held: c confirms it, r lets it go.", "warning")

    def _hold_at(self, diary: str, day: date, tick: int) -> None:
        self.form.flush()
        draft = self.call.draft
        kind = None if draft is None or self.catalogue is None else self.catalogue.types.get(draft.type or "")
        length = None if kind is None else kind.ticks_on(day)
        if length is None:
            self.say("Choose the type first, then hold the time here.", "warning")
            self.show_form(True)
            self.form.focus_field("type")
        else:
            self.hold_offer(self._offer_at(diary, day, tick, length))

    def action_confirm(self) -> None:
        """Confirm what is held; the call's half of the screen does it."""

    def hold_offer(self, offer: Offer) -> None:
        """Hold an offer's time; the call's half of the screen does it."""

    def _appointment(self) -> Block | None:
        block = self.grid.cursor_cell.block
        if block is None or block.kind != "appointment":
            self.say("Put the cursor on an appointment first.", "warning")
            return None
        return block

    def _changeable(self, statuses: Collection[str]) -> Block | None:
        """Return the appointment here; one that the store would refuse to change is refused before anything is asked."""
        block, column, staff = self._appointment(), self.grid.cursor_cell.column, self.staff
        if block is None or column is None or staff is None:
            return None
        problem = why_unchangeable(staff, column.diary, block.kind, block.status, statuses)
        if problem is not None:
            self.say(problem, "error")
        return block if problem is None else None

    def _change(self, act: str, work: "Callable[[Desk], Outcome]") -> None:
        if self.ready():
            self.back.act(act, self.call.id, work)

    def action_details(self) -> None:
        """Show what is under the cursor in full."""
        block = self.grid.cursor_cell.block
        if block is None or not self.ready():
            self.status.describe(self.grid.cursor_words)
            return
        entry = block.entry_id

        def work(desk: "Desk") -> object:
            from agent_tui.services.details import details

            return details(desk, entry)

        self.back.do("details", work)

    def show_details(self, lines: list[tuple[str, str]]) -> None:
        """Show an entry's details, from which its reference can be copied."""
        reference = next((value for label, value in lines if label == "Reference"), "")
        self.modal(DetailsModal(lines, glyphs=self.glyphs), lambda _answer: self._copy(reference))

    def _copy(self, reference: str) -> None:
        self.app.copy_to_clipboard(reference)
        self.say(f"Copied: {reference}", "done")

    def action_copy_reference(self) -> None:
        """Copy the reference of the appointment here."""
        block = self.grid.cursor_cell.block
        if block is not None:
            self._copy(block.entry_id)

    def action_move(self) -> None:
        """Pick the appointment up, carry it, and put it down with the same key."""
        cell = self.grid.cursor_cell
        if self.carried is None:
            block = self._changeable(MOVABLE)
            if block is not None:
                self._pick_up((block.entry_id, block.end - block.start, block.label, block.who))
                self.say(f"Carrying {block.label} {block.who}: m at the new time puts it down, esc leaves it.")
            return
        if cell.column is None:
            return
        entry, diary, day, tick = self.carried[0], cell.column.diary, cell.column.day, cell.tick
        self._put_last = self.carried
        self.put_down()

        def work(desk: "Desk", id: str = str(uuid4())) -> Outcome:
            from agent_tui.services.changes import move

            return move(desk, entry, day, tick, diary, id=id)

        self._change("move", work)

    def _pick_up(self, carried: tuple[str, int, str, str]) -> None:
        self.carried = carried
        self.grid.carry(carried[0])
        self.refresh_bindings()

    def carry_on(self, refused: Refused) -> None:
        """Pick up again what could not be put down at a time, so that another can be tried, and say so."""
        put, self._put_last = self._put_last, None
        if put is None or self.carried is not None or self.grid.mark is not None or refused.code in _NOT_OF_A_TIME:
            return
        self._pick_up(put)
        self.say(f"{refused.reason} It is still carried: m at another time puts it down, esc leaves it.", "error")

    def put_down(self) -> bool:
        """Leave what is carried where it was; False when nothing is."""
        carried, self.carried = self.carried, None
        self.grid.carry(None)
        if carried is not None:
            self.show_ghost(None)
            self.refresh_bindings()
        return carried is not None

    def action_cancel(self) -> None:
        """Cancel the appointment here, with a reason."""
        block = self._changeable(CANCELLABLE)
        if block is None:
            return
        entry = block.entry_id
        options = [(code, str(number), REASON_WORDS[code]) for number, code in enumerate(CANCEL_REASONS, start=1)]
        sentence = f"Cancel {clock(block.start)} {block.label} {block.who}? Why:"

        def cancel(reason: str) -> None:
            def work(desk: "Desk", id: str = str(uuid4())) -> Outcome:
                from agent_tui.services.changes import cancel as cancel_appointment

                return cancel_appointment(desk, entry, reason, id=id)

            self._change("cancel", work)

        self.modal(ChoiceModal("Cancel", sentence, options, glyphs=self.glyphs), cancel)

    def action_attended(self) -> None:
        """Record that the client came."""
        self._attend("attended", None)

    def action_did_not_attend(self) -> None:
        """Record that the client did not attend."""
        self._attend("dna", None)

    def action_attended_late(self) -> None:
        """Record that the client came late, and by how many minutes."""
        block, column = self._changeable(ATTENDABLE), self.grid.cursor_cell.column
        if block is None or column is None:
            return
        most = most_late(column.day, block.start, self.now())
        if most < 1:
            self._attend("late", None)  # who rings to be late; whether it is too early for that the service says
            return
        modal = NumberModal("Late", "How many minutes late?", highest=most, glyphs=self.glyphs)
        self.modal(modal, lambda minutes: self._attend("late", minutes))

    def _attend(self, outcome: str, minutes: int | None) -> None:
        block = self._appointment()
        if block is None:
            return
        entry = block.entry_id

        def work(desk: "Desk", id: str = str(uuid4())) -> Outcome:
            from agent_tui.services.attendance import attend

            return attend(desk, entry, outcome, minutes=minutes, id=id)

        self._change("attend", work)

    def act_shown(self, act: str, booked: Booked, when: str) -> None:
        """Say what became of an act in the grid; the feed repaints it."""
        entry = booked.entry
        words = {"move": "Moved to", "cancel": "Cancelled:", "attend": "Recorded:", "undo": "Undone:"}.get(act, f"{act}:")
        outcome = {"dna": " did not attend", "late": " came late", "attended": " attended"}.get(entry.status, "")
        undoes = "" if act == "undo" else " u undoes for 60 seconds."
        self.say(f"{words} {when}{outcome}.{undoes}", "done")
        if act == "move":
            day = entry.day
            self.cursor_was = (entry.diary, day, entry.start)
            if (entry.diary, day) in self.shown.known:
                self.grid.move_cursor_to(entry.diary, day, entry.start)
            else:
                self.show_day(day, go_to=(entry.diary, day, entry.start))
