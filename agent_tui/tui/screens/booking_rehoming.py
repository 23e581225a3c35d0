"""Re-homing from the grid: the coach of the column is off on its day."""

from agent_tui.domain.rehoming import Rehoming
from agent_tui.domain.requests import Booked
from agent_tui.tui.modals.rehome import RehomeModal
from agent_tui.tui.rehome_words import done_words, place_words
from agent_tui.tui.screens.booking_blocking import BlockDesk


class RehomingDesk(BlockDesk):
    """What is done when somebody is off."""

    rehomed: Rehoming | None = None

    def action_rehome(self) -> None:
        """Place the appointments of the coach under the cursor anew, or those of a room that is named in the dialog."""
        column = self.grid.cursor_cell.column
        if self.grid.mark is not None or self.carried is not None:
            self.say("Put down or forget first what you have in hand: esc does.", "warning")
        elif column is None or self.catalogue is None:
            self.say("Go to the column of a coach first.", "warning")
        elif self.ready():
            rooms = self.catalogue.rooms
            self.modal(RehomeModal(self.back, column.diary, column.day, rooms, glyphs=self.glyphs), self._rehomed)

    def _rehomed(self, done: Rehoming) -> None:
        self.rehomed = done
        self.say(done_words(done), "done")
        self.back.look()

    def act_shown(self, act: str, booked: Booked, when: str) -> None:
        """Say what became of an act in the grid; of a re-homing that was taken back that all of it was."""
        done = self.rehomed
        entries = () if done is None else (*done.blocks, *done.left, *(one.after for one in done.moved))
        if done is not None and act == "undo" and booked.entry.id in {one.id for one in entries}:
            self.rehomed = None
            self.say(f"Undone: the appointments of {place_words(done)} are where they were.", "done")
        else:
            super().act_shown(act, booked, when)
