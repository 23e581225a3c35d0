"""The queue screen: requests in writing, earlier times to offer and call-backs, most urgent first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from textual import getters, on
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList

from agent_tui.domain.queue import CALLBACK, SOONER, QueueItem, age_words
from agent_tui.domain.requests import Booked, EntryState, HandedOff, Refused
from agent_tui.domain.site import Catalogue, Staff
from agent_tui.domain.ticks import clock
from agent_tui.domain.wall_time import spoken_day
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.commands import bindings_for
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals import ChoiceModal
from agent_tui.tui.modals.base import PointedList
from agent_tui.tui.screens.manager import SECOND
from agent_tui.tui.screens.two_panes import TwoPanes
from agent_tui.tui.widgets.lines import Title, day_words, shown

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

READ, TAKE, BACK, DONE, ANSWER = "queue", "take", "put back", "done", "answer"
_KINDS = {"request": "request", SOONER: "sooner", CALLBACK: "call back"}
_ANSWERS = (("taken", "y", "takes it"), ("declined", "n", "declines it"), ("no_answer", "a", "does not answer"))
_DONE_AS = (("called_back", "1", "called back"), ("handed_off", "2", "handed off"), ("declined", "3", "declined"))


@dataclass(frozen=True, slots=True)
class Read:
    """What the screen shows: the calls, names by opaque id and by login, appointments by id, and site time in ms UTC."""

    items: tuple[QueueItem, ...] = ()
    clients: Mapping[str, str] = field(default_factory=dict)
    staff: Mapping[str, str] = field(default_factory=dict)
    entries: Mapping[str, EntryState] = field(default_factory=dict)
    now_ms: int = 0


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
        self._act_ids: dict[tuple[str, ...], str] = {}
        self._asked: tuple[str, ...] = ()

    def on_mount(self) -> None:
        """Read the queue, and look each second whether it must be read again."""
        self.paint()
        self.set_interval(SECOND, self.look)

    def on_screen_resume(self) -> None:
        """Read what has happened while another screen was in front."""
        self._seen = ()
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
        lines = [Content(shown(self._words(one))) for one in self.queue.items]
        ids = [one.id for one in self.queue.items]
        at = ids.index(self._chosen) if self._chosen in ids else min(self.listing.highlighted or 0, max(len(ids) - 1, 0))
        self.listing.show(lines or [Content("Nothing waits.")], at)
        self._keep_chosen()
        self.show_title()
        self._show_known()

    def _keep_chosen(self) -> None:
        self._chosen = None if self.item is None else self.item.id

    def show_title(self) -> None:
        """Show how many wait, and how many of them are urgent."""
        now = self.now()
        urgent = sum(one.priority == "urgent" for one in self.queue.items)
        counts = (f"{len(self.queue.items)} waiting", *([f"{urgent} urgent"] if urgent else []))
        self.title_line.show(Title("Queue", day_words(self.today), self.catalogue.site.name, counts, f"{now:%H:%M}"))

    def _words(self, one: QueueItem) -> str:
        kind = self.catalogue.types.get(one.type or "")
        name = self.queue.clients.get(one.client or "", one.client or "nobody named")
        sign = self.glyphs.flag if one.priority == "urgent" else self.glyphs.mark if one.priority == "high" else " "
        key = self.glyphs.key_type if one.key else " "
        who = f"  {self._who(one)}" if one.taken else ""
        what = kind.name if kind is not None else "no type yet"
        age = age_words(one.opened_at, self.queue.now_ms)
        return f"{sign}{key}{age:>6} {_KINDS[one.kind]:<9} {what:<24.24} {name:<16.16}{who}"

    def _who(self, one: QueueItem) -> str:
        return "you" if one.who == self.staff.login else self.queue.staff.get(one.who, one.who)

    def _show_known(self) -> None:
        item = self.item
        lines = [] if item is None else self._known(item)
        self.show_details(lines)
        self.status.describe(self._words(item).strip() if item is not None else "", moved=False)

    def _known(self, one: QueueItem) -> list[str]:
        kind = self.catalogue.types.get(one.type or "")
        lines = [kind.name if kind is not None else "No type yet", self.queue.clients.get(one.client or "", one.client or "-")]
        lines.append(f"{one.priority.capitalize()}{', key appointment' if one.key else ''}, {one.contact or 'by phone'}")
        if one.kind == SOONER:
            now = self.queue.entries.get(one.entry or "")
            lines.append(f"Held: {one.wanted.get('day')} {one.wanted.get('start')} in {one.wanted.get('diary')}")
            if now is not None:
                lines.append(f"Instead of {now.day.isoformat()} {clock(now.start)} in {now.diary}")
        elif one.kind == CALLBACK:
            lines.append(f"Was: {one.wanted.get('day')} {one.wanted.get('start')} in {one.wanted.get('diary')}")
        else:
            days = [str(one.wanted[name]) for name in ("from", "until") if one.wanted.get(name)]
            lines.append(f"Wants {' to '.join(days) or 'any day'}, {one.wanted.get('time') or 'any time'}")
        return [*lines, f"{self._who(one)} has it" if one.taken else "Nobody has it"]

    @on(OptionList.OptionHighlighted, "#list")
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._keep_chosen()
        self._show_known()

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

    def _ask(self, item: QueueItem) -> None:
        wanted = item.wanted
        sentence = f"{wanted.get('day')} {wanted.get('start')} in {wanted.get('diary')} is held. The claimant:"

        def answered(how: str) -> None:
            def work(desk: "Desk", id: str = self._attempt(ANSWER, item.id, how)) -> object:
                from agent_tui.services import sooner

                return sooner.answer(desk, item.id, how, id=id)

            self.do(ANSWER, work, exclusive=True)

        self.modal(ChoiceModal("An earlier time", sentence, _ANSWERS, glyphs=self.glyphs), answered)

    def done(self, job: str, result: object) -> None:
        """Show the queue, or take up what an act has answered."""
        if job == READ and isinstance(result, Read):
            self.queue = result
            self.paint()
            return
        self._act_ids.pop(self._asked, None)  # the store has answered, so the next act is another one
        if isinstance(result, Refused):
            self.say(result.reason, "error")
        elif job == TAKE and isinstance(result, tuple):
            self._taken(*result)
        elif job == ANSWER and isinstance(result, Booked):
            self._answered(result)
        elif not isinstance(result, HandedOff):
            self.say("It is in the queue again." if job == BACK else "Done.", "done")
        self.back.look()
        self.action_read_queue()

    def _taken(self, item: QueueItem, name: str) -> None:
        from agent_tui.tui.screens.going import take_up

        if item.kind == SOONER:
            self._ask(item)
        elif take_up(self.app, item.id, fields_of(item, name, self.catalogue, self.today.isoformat())):
            self.say("Taken: it is in hand on the booking screen.", "done")
        else:
            self.say("You have it. On the booking screen a time is held: confirm or release that first.", "warning")

    def _answered(self, booked: Booked) -> None:
        entry = booked.entry
        when = f"{spoken_day(entry.day)} {clock(entry.start)} with {booked.coach}"
        words = f"Moved: it is {when} now." if booked.status == "moved" else f"{when} is offered to the next who waits."
        self.say(words, "done")


def fields_of(item: QueueItem, name: str, catalogue: Catalogue, today: str) -> dict[str, str]:
    """Return a call as the request form has it; days that have passed are left out."""
    kind, wanted = catalogue.types.get(item.type or ""), item.wanted
    fields = {} if kind is None else {"type": kind.name, "picked:type": kind.code}
    first = str(wanted.get("from") or wanted.get("day") or "")
    last = str(wanted.get("until") or "")
    fields |= {key: day for key, day in (("from", first), ("to", last)) if day >= today}
    if item.client:
        fields |= {"client": name or item.client, "picked:client": item.client}
    if item.priority != "standard":
        fields |= {"priority": item.priority, "reason": "as asked in writing" if item.kind == "request" else "did not attend"}
    fields |= {"time": str(wanted["time"])} if wanted.get("time") else {}
    fields |= {"contact": item.contact} if item.contact else {}
    return fields | {key: text for key, text in item.said.items() if key in ("note", "access", "language")}


def _read(desk: "Desk") -> Read:
    from agent_tui.services import calls
    from agent_tui.services.changes import show
    from agent_tui.services.claimants import names_of

    items = calls.queue(desk)
    clients = names_of(desk, sorted({one.client for one in items if one.client}))
    found = [show(desk, one.entry) for one in items if one.kind == SOONER and one.entry]
    entries = {one.entry.id: one.entry for one in found if isinstance(one, Booked)}
    return Read(tuple(items), clients, calls.staff_names(desk), entries, calls.site_time(desk))


def _take(desk: "Desk", call: str, id: str) -> object:
    """Take a call and return it with its claimant's name, or why not."""
    from agent_tui.services import calls
    from agent_tui.services.claimants import names_of

    taken = calls.take(desk, call, id=id)
    if isinstance(taken, Refused):
        return taken
    client = taken.item.client
    return taken.item, names_of(desk, [client]).get(client, "") if client else ""
