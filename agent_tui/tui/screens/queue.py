"""The queue screen: requests in writing, earlier times to offer and call-backs, most urgent first."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, cast
from uuid import uuid4

from textual import events, getters, on
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList

from agent_tui.domain.queue import SOONER, QueueItem
from agent_tui.domain.requests import Booked, HandedOff, Refused
from agent_tui.domain.site import Staff
from agent_tui.domain.ticks import clock
from agent_tui.domain.wall_time import short_date, spoken_day
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.commands import bindings_for
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals import ChoiceModal, EffectModal
from agent_tui.tui.modals.base import POINTER, PointedList
from agent_tui.tui.queue_words import QueueWords, Read, fields_of, waiting_lines
from agent_tui.tui.screens.manager import SECOND
from agent_tui.tui.screens.two_panes import TwoPanes
from agent_tui.tui.undo_words import refused_words
from agent_tui.tui.widgets.lines import Title, shown
from agent_tui.tui.widgets.named_keys import KeyHints

if TYPE_CHECKING:
    from agent_tui.services.calls import Looked
    from agent_tui.services.desk import Desk

READ, NOTE, WAITING, TAKE, BACK, DONE, ANSWER, UNDO = "queue", "note", "waiting", "take", "put back", "done", "answer", "undo"
NOTHING = "Nothing waits."
_ANSWERS = (("taken", "y", "takes it"), ("declined", "n", "declines it"), ("no_answer", "a", "does not answer"))
_DONE_AS = (("called_back", "1", "called back"), ("handed_off", "2", "handed off"), ("declined", "3", "declined"))


class QueueList(PointedList):
    """A line for each call."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("queue list")]


class QueueScreen(TwoPanes):
    """The calls that wait on the left, what is known of the chosen one on the right; it looks again as the feed brings news."""

    NAME = "Queue"
    LEFT = "Most urgent first"
    NARROW = 110
    LIST = QueueList
    PLACES = ("queue list", "queue")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("queue")]
    listing = getters.query_one("#list", QueueList)

    def __init__(self, back: Backstage, now: Callable[[], datetime], staff: Staff, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(back, now, staff, glyphs)
        self.queue = Read()
        self._seen: tuple[object, ...] = ()
        self._chosen: str | None = None
        self._is_mine = False
        self._act_ids: dict[tuple[str, ...], str] = {}
        self._asked: tuple[str, ...] = ()
        self._in_full: dict[str, Looked | None] = {}

    def on_mount(self) -> None:
        """Read the queue, and look each second whether it must be read again."""
        self.paint()
        self.set_interval(SECOND, self.look)

    def on_resize(self, event: events.Resize) -> None:
        """Show the calls in the width that there is."""
        self.call_after_refresh(self.paint)

    def on_screen_resume(self) -> None:
        """Read what has happened while another screen was in front."""
        self._seen = ()
        self._in_full.clear()  # what is known of claimants is read, and the look recorded, each time that the screen is gone to
        self.look()

    # Reading.

    def look(self) -> None:
        """Read the queue again where the feed has brought something or a minute has passed."""
        if self.is_current:
            self.look_at_rules()
            now = (self.back.changes, self.now().replace(second=0, microsecond=0))
            if now != self._seen:
                self._seen = now
                self.action_read_queue()

    def action_read_queue(self) -> None:
        """Read the queue; offers whose hold has run out go on to the next claimant."""

        def work(desk: "Desk") -> object:
            return _read(desk)

        self.do(READ, work, exclusive=True)

    def rules_changed(self) -> None:
        """Show the calls under the newest rules."""
        self.action_read_queue()

    @property
    def item(self) -> QueueItem | None:
        """The call that has the highlight."""
        at = self.listing.highlighted
        return self.queue.items[at] if at is not None and at < len(self.queue.items) else None

    def paint(self) -> None:
        """Show the calls; the highlight stays on the same one where it is still there."""
        columns = self.words.columns(self.listing.scrollable_content_region.width - POINTER)
        lines = [Content(shown(self.words.line(one, columns))) for one in self.queue.items]
        ids = [one.id for one in self.queue.items]
        at = ids.index(self._chosen) if self._chosen in ids else min(self.listing.highlighted or 0, max(len(ids) - 1, 0))
        self.listing.show(lines, at, empty=NOTHING)
        self._keep_chosen()
        self.show_title()
        self._show_known()

    def _keep_chosen(self) -> None:
        before, self._is_mine = self._is_mine, self.item is not None and self.item.who == self.staff.login
        self._chosen = None if self.item is None else self.item.id
        if self._is_mine != before:
            self.refresh_bindings()

    def key_hints(self) -> KeyHints:
        """Leave out what is only for a call that the person has."""
        hints = super().key_hints()
        return hints if self._is_mine else hints._replace(left_out=(*hints.left_out, "put_back"))

    def show_title(self) -> None:
        """Show how many wait, and how many of them are urgent."""
        now = self.now()
        urgent = sum(one.priority == "urgent" for one in self.queue.items)
        counts = (f"{len(self.queue.items)} waiting", *([f"{urgent} urgent"] if urgent else []))
        self.title_line.show(Title("Queue", short_date(self.today), self.catalogue.site.name, counts, f"{now:%H:%M}"))

    @property
    def words(self) -> QueueWords:
        """Says the calls in words."""
        return QueueWords(self.queue, self.catalogue, self.staff.login, self.glyphs)

    def _show_known(self, *, moved: bool = False) -> None:
        item = self.item
        self.refresh_bindings()
        self.show_details([] if item is None else self.words.known(item, self._in_full.get(item.id)))
        self.status.describe(NOTHING if item is None else self.words.sentence(item), moved=moved)
        if item is not None and item.id not in self._in_full:
            self._in_full[item.id] = None

            def work(desk: "Desk") -> object:
                from agent_tui.services import calls

                return calls.look_closely(desk, item.id)

            self.do(NOTE, work)

    @on(OptionList.OptionHighlighted, "#list")
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        moved = self.item is not None and self.item.id != self._chosen
        self._keep_chosen()
        self._show_known(moved=moved)

    @on(OptionList.OptionSelected, "#list")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_take_up()

    # Acts.

    def _attempt(self, *what: str) -> str:
        """Return the id of an act, the one it was asked under before if no answer has come."""
        self._asked = what
        return self._act_ids.setdefault(what, str(uuid4()))

    def action_take_up(self) -> None:
        """Take the call; of an earlier time ask what the claimant says to it, anything else goes to the booking screen."""
        item = self.item
        if item is None:
            self.say("Nothing waits in the queue.")
            return

        def work(desk: "Desk", id: str = self._attempt(TAKE, item.id)) -> object:
            return _take(desk, item.id, id)

        self.do(TAKE, work, exclusive=True)

    def action_waiting_list(self) -> None:
        """List who waits for an earlier time, longest first."""

        def work(desk: "Desk") -> object:
            from agent_tui.services import sooner
            from agent_tui.services.claimants import names_of

            found = sooner.waiting_list(desk)
            return found, names_of(desk, sorted({one.entry.client for one in found if one.entry.client}), "waiting list")

        self.do(WAITING, work, exclusive=True)

    def action_put_back(self) -> None:
        """Put a call that you have back into the queue."""
        item = self.item
        if item is not None:

            def work(desk: "Desk", id: str = self._attempt(BACK, item.id)) -> object:
                from agent_tui.services import calls

                return calls.give_back(desk, item.id, id=id)

            self.do(BACK, work, exclusive=True)

    def action_done_with(self) -> None:
        """Say how the call was done; an earlier time is answered instead."""
        item = self.item
        if item is None:
            return
        if item.kind == SOONER:
            self._ask(item)
            return

        def answered(how: str) -> None:
            def work(desk: "Desk", id: str = self._attempt(DONE, item.id, how)) -> object:
                from agent_tui.services import calls

                return calls.finish(desk, item.id, how, id=id)

            self.do(DONE, work, exclusive=True)

        self.modal(ChoiceModal("Done with it", "How was it done?", _DONE_AS, glyphs=self.glyphs), answered)

    def action_escalate_case(self) -> None:
        """Pass the call up to a contact, with all its facts."""
        if self.item is None:
            self.say("Nothing waits in the queue.")
        else:
            self.ask_contact("call", self.item.id)

    def _ask(self, item: QueueItem) -> None:
        sentence = self.words.offer_question(item, self._in_full.get(item.id))

        def answered(how: str) -> None:
            def work(desk: "Desk", id: str = self._attempt(ANSWER, item.id, how)) -> object:
                from agent_tui.services import sooner

                return sooner.answer(desk, item.id, how, id=id)

            self.do(ANSWER, work, exclusive=True)

        self.modal(ChoiceModal("An earlier time", sentence, _ANSWERS, glyphs=self.glyphs), answered)

    def action_undo(self) -> None:
        """Undo my last act, within 60 seconds of it."""

        def work(desk: "Desk", id: str = self._attempt(UNDO)) -> object:
            from agent_tui.services.changes import undo

            return undo(desk, id=id)

        self.do(UNDO, work, exclusive=True)

    def done(self, job: str, result: object) -> None:
        """Show the queue, or take up what an act has answered."""
        if job == READ and isinstance(result, Read):
            self._forget(result)
            self.queue = result
            self.paint()
            return
        if job == NOTE:
            if not isinstance(result, Refused):
                looked = cast("Looked", result)
                self._in_full[looked.item.id] = looked
                self._show_known()
            return
        if job == WAITING and isinstance(result, tuple):
            found, names = result
            lines = waiting_lines(found, names, self.catalogue)
            self.modal(EffectModal("Who waits for sooner", lines, glyphs=self.glyphs), lambda _yes: None)
            return
        self._act_ids.pop(self._asked, None)  # the store has answered, so the next act is another one
        if isinstance(result, Refused):
            self.say(refused_words(result), "error")
        elif job == TAKE:
            self._taken(cast("Looked", result))
        elif job == ANSWER and isinstance(result, Booked):
            self._answered(result)
        elif job == UNDO and isinstance(result, Booked):
            entry = result.entry
            self.say(f"Undone: {spoken_day(entry.day)} {clock(entry.start)} with {result.coach} is as it was.", "done")
        elif not isinstance(result, HandedOff):
            self.say("It is in the queue again." if job == BACK else "Done.", "done")
        self.back.look()
        self.action_read_queue()

    def _forget(self, newest: Read) -> None:
        """Forget what was read of a request that has been repeated since."""
        repeats = {one.id: one.repeats for one in self.queue.items}
        for one in newest.items:
            if one.repeats != repeats.get(one.id, one.repeats):
                self._in_full.pop(one.id, None)

    def _taken(self, looked: "Looked") -> None:
        from agent_tui.tui.screens.going import take_up

        item = looked.item
        if item.kind == SOONER:
            self._in_full[item.id] = looked
            self._ask(item)
        elif not take_up(self.app, item.id, fields_of(looked, self.catalogue, self.today.isoformat())):
            self.say("You have it. On the booking screen a time is held: confirm or release that first.", "warning")

    def _answered(self, booked: Booked) -> None:
        entry = booked.entry
        when = f"{spoken_day(entry.day)} {clock(entry.start)} with {booked.coach}"
        words = (
            f"Moved: it is {when} now. u undoes for 60 seconds."
            if booked.status == "moved"
            else f"{when} is offered to the next who waits."
        )
        self.say(words, "done")


def _read(desk: "Desk") -> Read:
    from agent_tui.services import calls
    from agent_tui.services.changes import show
    from agent_tui.services.claimants import names_of

    items = calls.queue(desk)
    clients = names_of(desk, sorted({one.client for one in items if one.client}), "queue")
    found = [show(desk, one.entry) for one in items if one.kind == SOONER and one.entry]
    entries = {one.entry.id: one.entry for one in found if isinstance(one, Booked)}
    return Read(tuple(items), clients, calls.staff_names(desk), entries, calls.site_time(desk))


def _take(desk: "Desk", call: str, id: str) -> object:
    """Take a call and return it with its claimant, or why not."""
    from agent_tui.services import calls

    taken = calls.take(desk, call, id=id)
    return taken if isinstance(taken, Refused) else calls.with_client(desk, taken.item)
