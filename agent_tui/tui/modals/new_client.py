"""A claimant's details, asked for while the caller is on the phone: of a new one, or to be changed."""

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar, Final

from textual import events
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Static

from agent_tui.domain.cleaning import clean
from agent_tui.domain.client_details import ADDRESS_EXAMPLE, address_text, read_address, read_preference
from agent_tui.domain.clients import Client
from agent_tui.tui.commands import BY_ID, readable
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals.base import Dialog, TextField, bound, says
from agent_tui.tui.widgets.lines import shown

FIELDS: Final = (
    ("name", "Name", 100, ""),
    ("phone", "Phone", 40, "such as 07911 123456 or 0113 496 0000 ext 12"),
    ("reference", "Nat. ref.", 20, "such as QQ 12 34 56 A"),
    ("email", "E-mail", 200, "such as name@place.uk"),
    ("preferred_channel", "Write by", 30, "sms, email, letter or phone"),
    ("address", "Address", 300, f"such as {ADDRESS_EXAMPLE}"),
    ("language", "Language", 30, "English; or Welsh"),
    ("access_needs", "Access needs", 500, ""),
)
"""The parts of a claimant that are asked for, in order, with the longest text that each keeps and an example."""


class NewClientModal(Dialog[Client | None]):
    """Asks for a claimant's details and is dismissed with them, checked and clean, `ref` as in the prefill.

    Phones and e-mail addresses are looked at by services.contact_details, whose parts are loaded while the name is typed.

    Escape gives up; `typed` still says what was typed, so that a screen can fill it in the next time.
    """

    AUTO_FOCUS = "#name"
    BINDINGS: ClassVar[list[BindingType]] = [*bound("save", "save")]

    DEFAULT_CSS = """
    NewClientModal {
        & > .dialog { width: 80; }
        & Horizontal { height: 1; }
        & .label { width: 14; height: 1; color: $foreground; }
        & TextField { width: 1fr; }
        & .dialog--problem { padding-left: 14; }
        & #email-problem { height: auto; min-height: 1; max-height: 2; }
    }
    """

    def __init__(self, prefill: Client | None = None, *, title: str = "New claimant", glyphs: Glyphs = UNICODE) -> None:
        """Take what is known already, such as the name or the phone number that was looked for."""
        key = readable(BY_ID["save"].keys[0])
        super().__init__(title, f"enter next, {key} saves, esc closes", glyphs=glyphs)
        self._prefill = prefill or Client("", "")
        self._given_up: Client | None = None

    def contents(self) -> Iterable[Widget]:
        """Return a line for each field, and one below it for what is wrong."""
        for name, label, longest, example in FIELDS:
            value = getattr(self._prefill, name)
            field = TextField(address_text(value) if name == "address" else value, id=name, longest=longest, placeholder=example)
            yield Horizontal(says(label, classes="label"), field)
            yield says("", id=f"{name}-problem", classes="dialog--problem")

    @property
    def typed(self) -> Client:
        """What stands in the fields, or stood there at the escape; clean but not checked."""
        if self._given_up is not None:
            return self._given_up
        values = {name: clean(self._field(name).value, limit=longest) for name, _, longest, _ in FIELDS}
        values["preferred_channel"] = read_preference(values["preferred_channel"])
        values["address"] = read_address(values["address"])
        return replace(self._prefill, **values)

    def on_mount(self) -> None:
        """Load what looks at phones and addresses."""
        self.run_worker(_prepare, thread=True)

    def action_give_up(self) -> None:
        """Keep what was typed, and let nothing happen."""
        self._given_up = self.typed
        self.dismiss(None)

    def action_save(self) -> None:
        """Answer with the details, or show what is wrong and go to the first wrong field."""
        client = self.typed
        found = _problems(client)
        for name, *_ in FIELDS:
            self._complain(name, found.get(name, ""))
        wrong = [name for name, *_ in FIELDS if name in found]
        if wrong:
            self._field(wrong[0]).focus()
        else:
            self.dismiss(client)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the next field, from the last one save."""
        event.stop()
        names = [name for name, *_ in FIELDS]
        at = names.index(event.input.id or "")
        if at + 1 < len(names):
            self._field(names[at + 1]).focus()
        else:
            self.action_save()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Check a field that was left, if anything stands in it, by itself: what it needs beside it may still come."""
        name = event.widget.id or ""
        if any(name == field for field, *_ in FIELDS):
            alone = replace(Client("", "-"), **{name: getattr(self.typed, name)})
            self._complain(name, _problems(alone).get(name, "") if self._field(name).value else "")

    def _complain(self, name: str, sentence: str) -> None:
        text = f"{self.glyphs.flag} {sentence}" if sentence else ""
        self.query_one(f"#{name}-problem", Static).update(shown(text))

    def _field(self, name: str) -> TextField:
        return self.query_one(f"#{name}", TextField)


def _prepare() -> None:
    from agent_tui.services.contact_details import prepare

    prepare()


def _problems(client: Client) -> dict[str, str]:
    """Return the first sentence about each field that is wrong."""
    from agent_tui.services.contact_details import problems_of

    return {one.field: one.text for one in reversed(problems_of(client))}
