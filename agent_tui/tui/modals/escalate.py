"""Something is escalated: to whom, why, and then what the contact must be told, to be read out or copied."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, cast
from uuid import uuid4

from textual import events, on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static

from agent_tui.domain.contacts import Contact
from agent_tui.domain.flags import ESCALATE, REASONS
from agent_tui.domain.queue import CallAsked
from agent_tui.domain.requests import Refused
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.messages import StoreFailed, WorkDone
from agent_tui.tui.modals.base import Dialog, PointedList, says
from agent_tui.tui.widgets.lines import shown

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk
    from agent_tui.services.escalating import Escalated

CONTACTS, DONE = "contacts", "escalated"
_KEYS = "123456789abcdefghi"


class EscalateModal(Dialog["Escalated | None"]):
    """Asks for a contact by level and for the reason, escalates, shows the facts; dismissed with what was done, or None."""

    AUTO_FOCUS = "#choices"

    DEFAULT_CSS = """
    EscalateModal {
        & > .dialog { width: 84; overflow-y: hidden; }
        & #choices { height: auto; }
        & #facts { height: auto; max-height: 100%; scrollbar-size-vertical: 1; display: none; }
        & #facts > Static { height: auto; width: 1fr; }
        & #said { width: 1fr; height: auto; min-height: 1; }
        & #said.-wrong { color: $text-error; text-style: bold; }
    }
    """

    def __init__(
        self, back: Backstage, kind: str, subject: str, *, asked: CallAsked | None = None, glyphs: Glyphs = UNICODE
    ) -> None:
        """Take what is escalated, one of domain.contacts.SUBJECTS with its id; of a call in hand what it asks for by now."""
        super().__init__("Escalate", "key or enter chooses, esc closes", glyphs=glyphs)
        self._back = back
        self._what = (kind, subject)
        self._asked = asked
        self._contacts: Sequence[Contact] = ()
        self._contact: Contact | None = None
        self._ids: dict[tuple[str, str], str] = {}
        self._acting = False
        self._done: Escalated | None = None

    def contents(self) -> Iterable[Widget]:
        """Return what is asked, the choices, then the facts, and what is said."""
        yield says("", id="question", classes="dialog--sentence")
        yield PointedList((), self.glyphs, id="choices")
        facts = VerticalScroll(id="facts")
        facts.can_focus = True
        yield facts
        yield says("", id="said")

    @property
    def said(self) -> str:
        """What the dialog says below."""
        return str(self.query_one("#said", Static).render())

    @property
    def facts(self) -> tuple[str, ...]:
        """What the contact must be told, once it is escalated."""
        return () if self._done is None else self._done.facts

    def on_mount(self) -> None:
        """Read the contacts."""

        def work(desk: "Desk") -> object:
            from agent_tui.services import escalating

            return escalating.contacts(desk)

        self._back.do(CONTACTS, work, screen=self, exclusive=True)

    def on_resize(self, event: events.Resize) -> None:
        """Let the facts have the lines that are left."""
        self.query_one("#facts").styles.max_height = max(event.size.height - 6, 3)

    def _say(self, sentence: str, *, wrong: bool = False) -> None:
        said = self.query_one("#said", Static)
        said.set_class(wrong, "-wrong")
        said.update(Content(shown(f"{self.glyphs.flag} {sentence}" if wrong else sentence)))

    # To whom, and why.

    def _ask(self, question: str, choices: Iterable[str]) -> None:
        self.query_one("#question", Static).update(Content(shown(question)))
        lines = [Content.assemble((f"{key}  ", "bold"), shown(text)) for key, text in zip(_KEYS, choices, strict=False)]
        self.query_one("#choices", PointedList).show(lines)

    def _ask_contact(self) -> None:
        self._contact = None
        lines = (f"{one.name}, level {one.level}, {one.reach}" for one in self._contacts)
        self._ask("To whom? Level 1 is asked first.", lines)

    def on_key(self, event: events.Key) -> None:
        """Choose by key."""
        at = _KEYS.find(event.character) if event.character else -1
        if self._done is None and 0 <= at < self.query_one("#choices", PointedList).option_count:
            event.stop()
            self._chosen(at)
        elif self._done is not None and event.key == "enter":
            event.stop()
            self.app.copy_to_clipboard("\n".join(self._done.facts))
            self.dismiss(self._done)

    @on(OptionList.OptionSelected, "#choices")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._chosen(event.option_index)

    def _chosen(self, at: int) -> None:
        if self._acting:
            return
        if self._contact is None:
            self._contact = self._contacts[at]
            self._ask(f"{self._contact.name}, level {self._contact.level}: why?", (one.replace("_", " ") for one in _reasons()))
            return
        reason = _reasons()[at]
        kind, subject = self._what
        code, asked = self._contact.code, self._asked
        # Asked again after trouble with the store, the same act has the same id and is done once.
        id = self._ids.setdefault((code, reason), str(uuid4()))
        self._acting = True

        def work(desk: "Desk") -> object:
            from agent_tui.services import escalating

            return escalating.escalate(desk, kind, subject, code, reason, asked=asked, id=id)

        self._back.do(DONE, work, screen=self)

    # What comes.

    def on_work_done(self, message: WorkDone) -> None:
        """Show the contacts, or what the one that was chosen must be told."""
        message.stop()
        if message.job == CONTACTS:
            self._contacts = cast("Sequence[Contact]", message.result)
            self._ask_contact()
            return
        self._acting = False
        self._ids.clear()
        if isinstance(message.result, Refused):
            self._ask_contact()
            self._say(message.result.reason, wrong=True)
        else:
            self._show(cast("Escalated", message.result))

    def _show(self, done: "Escalated") -> None:
        self._done, contact = done, done.contact
        hours = f", {contact.hours}" if contact.hours else ""
        self.query_one("#question", Static).update(Content(shown(f"Tell {contact.name}, {contact.reach}{hours}:")))
        self.query_one("#choices").display = False
        facts = self.query_one("#facts", VerticalScroll)
        facts.display = True
        facts.mount(*(Static(Content(shown(line)), markup=False) for line in done.facts))
        facts.focus()
        self.query_one(".dialog").border_subtitle = Content("enter copies and closes, esc closes")
        self._say("")

    def on_store_failed(self, message: StoreFailed) -> None:
        """Say what the store could not do; asked again, the act is done once."""
        message.stop()
        self._acting = False
        self._say(f"{message.sentence} Nothing is lost; press the key again.", wrong=True)

    def action_give_up(self) -> None:
        """Close; what was escalated stays so."""
        self.dismiss(self._done)


def _reasons() -> tuple[str, ...]:
    return REASONS[ESCALATE]


def escalated_words(done: "Escalated") -> str:
    """Return what was escalated to whom as the status line says it."""
    return f"Escalated to {done.contact.name}, level {done.contact.level}."
