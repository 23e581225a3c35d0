"""Block time in the grid: mark a stretch of a diary, block it, and give a block's time back."""

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from textual import on

from agent_tui.domain.requests import BLOCK_REASONS, DONE_WORDS, Blocked, Booked, EntryState, Refused
from agent_tui.domain.ticks import clock
from agent_tui.domain.wall_time import spoken_date, spoken_day
from agent_tui.tui.block_words import done_words, seen_in
from agent_tui.tui.messages import ActUnknown, BlockAnswered, ClientsFound, DiariesChanged, StoreFailed
from agent_tui.tui.modals import ChoiceModal, ConfirmModal
from agent_tui.tui.modals.block import BlockAsked, BlockAsks, BlockModal, BlockTyped, typed_for
from agent_tui.tui.rehome_words import put_back_words
from agent_tui.tui.screens.booking_contact import ContactDesk
from agent_tui.tui.widgets.diary_grid import Block, Mark

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk


class BlockDesk(ContactDesk):
    """What is taken out of booking, and given back."""

    block_dialog: BlockModal | None = None
    blocking: BlockAsked | None = None
    block_typed: BlockTyped | None = None

    # The mark.

    def action_block_time(self) -> None:
        """Mark time from the cursor on; once marked, ask why and block it."""
        mark = self.grid.mark
        if self.carried is not None:
            self.say("Put down first what you carry: m puts it down, esc leaves it where it was.", "warning")
        elif mark is None:
            if self.grid.begin_mark():
                self.show_ghost(None)
                self._mark_shown()
            else:
                self.ready()
        elif self.grid.view.index_of(mark.diary, mark.day) is None:
            self._go_to_mark(mark)
        elif self.ready():
            self._ask_for_block(mark)

    def _mark_shown(self) -> None:
        self.status.describe(self.grid.cursor_words)
        self.refresh_bindings()

    def _go_to_mark(self, mark: Mark) -> None:
        """Show the day of a mark again, since what is blocked should be seen."""
        one = None if self.catalogue is None else self.catalogue.diaries.get(mark.diary)
        if one is None or not one.enabled:
            self.forget_mark()
            self.say(f"Diary {mark.diary} is not shown any more; the mark in it is forgotten.", "warning")
            return
        if self.shown.week_of != mark.diary:
            self.shown.week_of = None
        self.show_day(mark.day, go_to=(mark.diary, mark.day, mark.tick))
        self.say(mark.words(one.coach))

    def forget_mark(self) -> bool:
        """Forget what is marked and what was typed to block it; False when nothing is."""
        self.block_typed = None
        had = self.grid.forget_mark()
        if had:
            self.refresh_bindings()
        return had

    def action_book_here(self) -> None:
        """Block what is marked; without a mark, hold, confirm, put down or show what is under the cursor."""
        if self.grid.leads_mark:
            self.action_block_time()
        else:
            super().action_book_here()

    def action_move(self) -> None:
        """Pick the appointment up or put it down, unless time is being marked."""
        if self.grid.mark is not None:
            self.say("Time is marked: B blocks it, esc forgets it.", "warning")
        else:
            super().action_move()

    # Blocking.

    def _ask_for_block(self, mark: Mark) -> None:
        catalogue = self.catalogue
        if catalogue is None:
            return
        day = mark.day
        kinds = sorted((one for one in catalogue.types.values() if one.booked_by == "block"), key=lambda one: one.code)
        types = [(f"type:{one.code}", one.name) for one in kinds]
        # Who may block for what is the service's to say; this only puts first what the person mostly does.
        own = self.call.draft.type if self.call.draft is not None else None
        agent = self.staff is None or self.staff.role == "agent"
        reasons = [*types, *((one, one) for one in BLOCK_REASONS)] if agent else [*((one, one) for one in BLOCK_REASONS), *types]
        why = next((id for id, _words in types if id == f"type:{own}"), reasons[0][0])
        client = None if self.call.draft is None else self.call.draft.client
        words = self.form.texts["client"] if client is not None else ""
        typed = typed_for(mark.start, mark.end, why, words, client) if self.block_typed is None else self.block_typed
        coach = catalogue.diaries[mark.diary].coach
        sentence = f"{coach} ({mark.diary}), {spoken_date(day)}"
        asks = BlockAsks(self._preview, self._block, self._find_claimants)
        dialog = BlockModal(sentence, (mark.diary, day), reasons, typed, asks, self.now().date(), glyphs=self.glyphs)
        self.block_dialog = dialog

        def closed(done: bool | None) -> None:
            self.block_dialog = None
            if done:
                self.forget_mark()
            else:
                # It is there again when the dialog is opened for this mark.
                self.block_typed = dialog.typed

        self.app.push_screen(dialog, closed)

    def _preview(self, generation: int, asked: BlockAsked) -> None:
        if self.ready():
            self.back.block("preview", generation, lambda desk: _previewed(desk, asked))

    def _block(self, asked: BlockAsked, id: str, seen: tuple[str, ...] | None) -> None:
        def work(desk: "Desk") -> Blocked | Refused:
            from agent_tui.services import blocking

            if seen is not None:
                # Nobody loses an appointment that the person was not shown.
                now = _previewed(desk, asked)
                if isinstance(now, Refused) or seen_in(now) != seen:
                    return now
            return blocking.block(
                desk,
                asked.diary,
                asked.day,
                asked.start,
                asked.end,
                asked.reason,
                description=asked.note,
                type=asked.type,
                client=asked.client,
                over=asked.over,
                until=asked.until,
                id=id,
            )

        self.blocking = asked
        self.back.block("block", 0, work)

    def _find_claimants(self, generation: int, text: str) -> None:
        self.back.find_clients(generation, text, "block")

    @on(ClientsFound)
    def _claimants_found(self, message: ClientsFound) -> None:
        if message.place == "block" and self.block_dialog is not None:
            self.block_dialog.show_clients(message.generation, message.clients)

    @on(DiariesChanged)
    def _look_at_block_again(self, message: DiariesChanged) -> None:
        dialog = self.block_dialog
        if dialog is not None and any(resource == dialog.diary for resource, _day in message.changes.places):
            dialog.look()

    @on(StoreFailed)
    def _block_failed(self, message: StoreFailed) -> None:
        if message.job in ("preview", "block") and self.block_dialog is not None:
            self.block_dialog.failed(f"{message.sentence} What you typed is kept.")

    @on(ActUnknown)
    def _block_unknown(self, message: ActUnknown) -> None:
        if message.act == "block" and self.block_dialog is not None:
            self.block_dialog.failed(f"{message.sentence} What you typed is kept; the same asked again is done once.")

    def block_settled(self, act: str, block: EntryState) -> None:
        """Say what was blocked or given back although no answer came, and close the dialog that waits for it."""
        self.say(f"It was {DONE_WORDS[act]}: {clock(block.start)} to {clock(block.end)} in {block.diary}.", "done")
        if act == "block" and self.block_dialog is not None:
            self.block_dialog.dismiss(True)

    @on(BlockAnswered)
    def _block_answered(self, message: BlockAnswered) -> None:
        act, outcome, dialog = message.act, message.outcome, self.block_dialog
        if act != "preview":
            self._say_answer(act, outcome)
        if dialog is not None and act != "unblock":
            dialog.show_answer(act, message.generation, outcome, message.names)

    def _say_answer(self, act: str, outcome: Blocked | Refused) -> None:
        asked = self.blocking if act == "block" else None
        if isinstance(outcome, Refused):
            self.say(outcome.reason, "error")
        elif outcome.status != "preview":
            reason = "" if asked is None else asked.reason or self._name_of(asked.type)
            self.say(done_words(outcome, reason, "" if asked is None else asked.over), "done")

    def _name_of(self, type: str | None) -> str:
        kind = None if self.catalogue is None else self.catalogue.types.get(type or "")
        return type or "" if kind is None else kind.name

    # A block that is there.

    def _blocked_entry(self) -> EntryState | None:
        """Return the block under the cursor as it was last read, from its first part to its last, or None."""
        cell = self.grid.cursor_cell
        if cell.column is None or cell.block is None or cell.block.kind != "block":
            return None
        one = self.shown.known.get((cell.column.diary, cell.column.day))
        # What was kept under a block stands between its parts.
        parts = [] if one is None else [entry for entry in one.entries if entry.id == cell.block.entry_id]
        return replace(parts[0], end=parts[-1].end) if parts else None

    def action_cancel(self) -> None:
        """Cancel the appointment here, with a reason, or give a block's time back."""
        entry, block = self._blocked_entry(), self.grid.cursor_cell.block
        if entry is None or block is None:
            super().action_cancel()
        else:
            self._unblock(entry, block)

    def _unblock(self, entry: EntryState, block: Block) -> None:
        words = " ".join(part for part in (block.label, block.who) if part)
        sentence = f"Unblock {clock(entry.start)} to {clock(entry.end)} {words} in {entry.diary}?"

        def unblock(how: str) -> None:
            def work(desk: "Desk", id: str = str(uuid4())) -> Blocked | Refused:
                from agent_tui.services.blocking import unblock

                return unblock(desk, entry.id, version=entry.version, id=id, whole_series=how == "series")

            if self.ready():
                self.back.block("unblock", 0, work)

        if entry.pair is None:
            confirm = ConfirmModal(sentence, title="Unblock", yes="unblock", no="keep", glyphs=self.glyphs)
            self.modal(confirm, lambda sure: unblock("day") if sure else None)
            return
        options = (
            ("day", "1", f"only {spoken_day(entry.day)}"),
            ("series", "2", "all its days from today on"),
        )
        self.modal(ChoiceModal("Unblock", f"{sentence} It recurs weekly.", options, glyphs=self.glyphs), unblock)

    def action_details(self) -> None:
        """Show what is under the cursor in full, why time is blocked in words."""
        entry = self._blocked_entry()
        if entry is None or not self.ready():
            super().action_details()
            return

        def work(desk: "Desk") -> object:
            from agent_tui.services.blocking import reasons_of
            from agent_tui.services.details import details

            lines = details(desk, entry.id)
            reason = reasons_of(desk, [entry]).get(entry.id, "")
            at = next((at for at, (label, _value) in enumerate(lines) if label == "Status"), len(lines) - 1) + 1
            return [*lines[:at], ("Reason", reason), *(line for line in lines[at:] if line[0] != "Reason")] if lines else lines

        self.back.do("details", work)

    def act_shown(self, act: str, booked: Booked, when: str) -> None:
        """Say what became of an act in the grid; of a block that was taken back or brought back, which of the two."""
        entry = booked.entry
        if entry.kind == "block":
            now = "blocked again" if entry.status == "blocked" else "not blocked any more"
            self.say(f"Undone: {when} is {now}. {put_back_words(booked)}".strip(), "done")
        else:
            super().act_shown(act, booked, when)


def _previewed(desk: "Desk", asked: BlockAsked) -> Blocked | Refused:
    from agent_tui.services.blocking import preview

    return preview(
        desk,
        asked.diary,
        asked.day,
        asked.start,
        asked.end,
        asked.reason,
        type=asked.type,
        client=asked.client,
        over=asked.over,
        until=asked.until,
    )
