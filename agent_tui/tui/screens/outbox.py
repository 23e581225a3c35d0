"""The outbox screen: what waits to be sent or told, what failed, what was sent; read, sent again, dropped, told by phone."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from os import environ
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import uuid4

from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList

from agent_tui.domain.delivery import Delivery
from agent_tui.domain.message_story import VIEWS, known_lines, outbox_line, reminded_lines, sent_lines
from agent_tui.domain.messages import ASKING, FAILED, QUEUED, Message
from agent_tui.domain.plurals import counted
from agent_tui.domain.site import Staff
from agent_tui.domain.wall_time import short_date
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.commands import bindings_for
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals import ChoiceModal, ConfirmModal, EffectModal
from agent_tui.tui.modals.base import PointedList
from agent_tui.tui.screens.two_panes import TwoPanes
from agent_tui.tui.telling_words import TOLD_NOW, options_of, settled_words
from agent_tui.tui.under_way import UnderWay
from agent_tui.tui.widgets.lines import Title, shown

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk
    from agent_tui.services.messages import Choice

READ, WORDS, SETTLED, ASK, SEND, LOOK_REMIND, REMIND, PRINT = (
    *("read outbox", "message words", "message settled", "ask how told", "send messages", "look at reminders", "remind"),
    "write to print",
)
MOST_SHOWN = 500
"""Lines of a list; the command lists all."""


class MessageList(PointedList):
    """One message a line."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("outbox list")]


class OutboxScreen(TwoPanes):
    """The messages of one list on the left, what is known of the highlighted one on the right."""

    NAME = "Outbox"
    LEFT = VIEWS["waiting"][0]
    LIST = MessageList
    PLACES = ("outbox list", "outbox")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("outbox")]

    def __init__(self, back: Backstage, now: Callable[[], datetime], staff: Staff, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(back, now, staff, glyphs)
        self.view = "waiting"
        self.items: tuple[Message, ...] = ()
        self.counts: dict[str, int] = {}
        self._changes = back.changes

    def on_mount(self) -> None:
        """Read the outbox."""
        self.action_read_outbox()
        self.set_interval(1.0, self._look)

    def on_screen_resume(self) -> None:
        """Read anew; something may have been sent meanwhile."""
        self.action_read_outbox()

    def _look(self) -> None:
        self.look_at_rules()
        if self.is_current and self.back.changes != self._changes:
            self.action_read_outbox()

    # What is shown.

    @property
    def item(self) -> Message | None:
        """The message that has the highlight."""
        at = self.list_pane.highlighted
        return self.items[at] if at is not None and at < len(self.items) else None

    def paint(self) -> None:
        """Show the list; the highlight stays on the same message."""
        was, zone = self.item, self.catalogue.site.zone
        references = [one.reference for one in self.items]
        lines = [Content(shown(outbox_line(one, zone, self.glyphs.flag))) for one in self.items]
        at = references.index(was.reference) if was is not None and was.reference in references else 0
        self.list_pane.show(lines, at)
        self.query_one("#left").border_title = VIEWS[self.view][0]
        self.show_title()
        self._show_known()

    def show_title(self) -> None:
        """Show how many wait, for a sender and for a person, and how many failed."""
        flag, counts = self.glyphs.flag, self.counts
        words = [f"{counts.get(QUEUED, 0)} to be sent"]
        words += [f"{flag} {counted(counts[ASKING], 'waits', 'wait')} for somebody"] if counts.get(ASKING) else []
        words += [f"{flag} {counts[FAILED]} failed"] if counts.get(FAILED) else []
        title = Title("Outbox", short_date(self.today), self.catalogue.site.name, tuple(words), f"{self.now():%H:%M}")
        self.title_line.show(title)

    def _show_known(self) -> None:
        one = self.item
        lines = ["Nothing here."] if one is None else list(known_lines(one, self.catalogue.site.zone))
        self.show_details(lines)
        self.status.describe(lines[0], moved=False)

    @on(OptionList.OptionHighlighted, "#list")
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._show_known()

    @on(OptionList.OptionSelected, "#list")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_show_message()

    # What comes.

    def action_read_outbox(self) -> None:
        """Read the list that is shown."""
        view, self._changes = self.view, self.back.changes

        def work(desk: "Desk") -> object:
            from agent_tui.services.messages import outbox

            return view, outbox(desk, VIEWS[view][1], MOST_SHOWN)

        self.do(READ, work, exclusive=True)

    def done(self, job: str, result: Any) -> None:
        """Take a list, or what an act did."""
        if self.refused(result):
            return
        if job == READ:
            view, found = result
            if view == self.view:
                self.items, self.counts = found.items, dict(found.counts)
                self.paint()
        elif job == WORDS:
            self._show_words(result)
        elif job == ASK:
            self._ask_how(result)
        elif job == LOOK_REMIND:
            lines = list(reminded_lines(result))
            yes = "queues them" if result.items else ""
            self.modal(EffectModal("Reminders", lines, yes=yes, glyphs=self.glyphs), lambda _yes: self._remind())
        else:
            self.say(self._done_words(job, result), "done")
            self.back.look()
            self.action_read_outbox()

    def _done_words(self, job: str, result: Any) -> str:
        if job == SEND:
            return " ".join(sent_lines(result))
        if job == PRINT:
            return f"Written to be printed: {shown(Path(result).name)} in the folder of letters."
        if job == REMIND:
            return f"{counted(len(result.items), 'reminder')} queued."
        return settled_words(result.status, result.messages)

    # Keys.

    def _only(self) -> Message | None:
        one = self.item
        if one is None:
            self.say("Go to a message first.", "warning")
        return one

    def _about_entry(self) -> str | None:
        one = self._only()
        if one is not None and one.entry is None:
            self.say("A ticket goes to the service desk alone.", "warning")
        return None if one is None else one.entry

    def action_show_message(self) -> None:
        """Show the words of the message as they would go out now."""
        one = self._only()
        if one is not None:
            reference, templates = one.reference, self.back.settings.templates

            def work(desk: "Desk") -> object:
                from agent_tui.services.previews import preview

                return preview(desk, reference, templates)

            self.do(WORDS, work, exclusive=True)

    def _show_words(self, found: Any) -> None:
        lines = [f"{self.glyphs.flag} {found.why_not}", ""] if found.why_not else []
        if found.body is not None:
            lines += [found.subject, ""] if found.subject else []
            lines += found.body.split("\n")
            lines += ["", f"{counted(found.parts, 'text message part')}"] if found.parts else []
        self.modal(EffectModal("As it would go out now", lines or ["No words."], glyphs=self.glyphs), lambda _yes: None)

    def action_retry_message(self) -> None:
        """Let the message that failed be sent again."""
        one = self._only()
        if one is None:
            return
        reference, id = one.reference, str(uuid4())

        def work(desk: "Desk") -> object:
            from agent_tui.services.messages import retry

            return retry(desk, reference, id=id)

        self.do(SETTLED, work)

    def action_retry_all(self) -> None:
        """Let every message that failed be sent again."""

        def work(desk: "Desk") -> object:
            from agent_tui.services.messages import retry_all

            return retry_all(desk)

        self.do(SETTLED, work)

    def action_drop_message(self) -> None:
        """Say that the message is not to be sent, after a question."""
        one = self._only()
        if one is None:
            return
        reference, id = one.reference, str(uuid4())

        def work(desk: "Desk") -> object:
            from agent_tui.services.messages import drop_one

            return drop_one(desk, reference, id=id)

        question = f"{outbox_line(one, self.catalogue.site.zone, '').strip()} is not sent then. Drop it?"
        modal = ConfirmModal(question, title="Drop", yes="drop", no="keep", glyphs=self.glyphs)
        self.modal(modal, lambda _yes: self.do(SETTLED, work))

    def action_told(self) -> None:
        """Say that the claimant was told by phone."""
        entry = self._about_entry()
        if entry is not None:
            self.do(SETTLED, partial(_tell, entry=entry))

    def action_tell_how(self) -> None:
        """Choose how the claimant is told."""
        entry = self._about_entry()
        if entry is None:
            return

        def work(desk: "Desk") -> object:
            from agent_tui.services.messages import choice_for

            return choice_for(desk, entry)

        self.do(ASK, work, exclusive=True)

    def _ask_how(self, choice: "Choice") -> None:
        id = str(uuid4())

        def chosen(channel: str) -> None:
            def work(desk: "Desk") -> object:
                from agent_tui.services.messages import choose

                return _tell(desk, choice.entry) if channel == TOLD_NOW else choose(desk, choice.entry, channel, id=id)

            self.do(SETTLED, work)

        sentence = f"How does {choice.client} want to be told, now and from now on?"
        self.modal(ChoiceModal("Tell how", sentence, options_of(choice), chosen=choice.preferred, glyphs=self.glyphs), chosen)

    def action_print_letter(self) -> None:
        """Choose what is written to be printed about the appointment: the letter as of now, in large print too, or the form."""
        entry, settings = self._about_entry(), self.back.settings
        if entry is None:
            return

        def chosen(what: str) -> None:
            def work(desk: "Desk") -> object:
                from agent_tui.services.printing import write_printed

                return write_printed(desk, entry, what, templates=settings.templates, folder=settings.letters)

            self.do(PRINT, work, exclusive=True)

        options = [
            ("letter", "1", "the letter that says how it stands now"),
            ("large letter", "2", "the same in large print"),
            ("form", "3", "the appointment-details form"),
        ]
        sentence = "What is written into the folder of letters, as a page and as text?"
        self.modal(ChoiceModal("Print", sentence, options, chosen="letter", glyphs=self.glyphs), chosen)

    def action_pick_outbox(self) -> None:
        """Choose which messages are listed."""
        options = [(name, str(number), words) for number, (name, (words, _of)) in enumerate(VIEWS.items(), start=1)]

        def chosen(name: str) -> None:
            self.view, self.items = name, ()
            self.paint()
            self.action_read_outbox()

        self.modal(ChoiceModal("Outbox", "Which messages?", options, chosen=self.view, glyphs=self.glyphs), chosen)

    def action_send_now(self) -> None:
        """Send the messages whose time has come."""
        settings = self.back.settings
        self.say("Sending; other keys work meanwhile, and escape stops it.")
        going = UnderWay(SEND, "Sending", stopped="Stopped.", keeps=True)

        def work(desk: "Desk") -> object:
            from agent_tui.services.posting import post_office
            from agent_tui.services.sending import as_answer, send

            delivery = Delivery(settings.notify, settings.smtp, settings.tickets)
            places = {"secrets": settings.secrets, "templates": settings.templates, "letters": settings.letters}
            with post_office(delivery, environ, **places) as office:
                return as_answer(send(desk, office.senders, office.composer, tell=going.step), office.missing)

        self.do(SEND, work, exclusive=True, going=going)

    def action_remind(self) -> None:
        """Show the reminders that are due, then queue them."""

        def work(desk: "Desk") -> object:
            from agent_tui.services.reminding import remind

            return remind(desk, dry_run=True)

        self.do(LOOK_REMIND, work, exclusive=True)

    def _remind(self) -> None:
        def work(desk: "Desk") -> object:
            from agent_tui.services.reminding import remind

            return remind(desk)

        self.do(REMIND, work)


def _tell(desk: "Desk", entry: str) -> object:
    from agent_tui.services.messages import tell

    return tell(desk, entry)
