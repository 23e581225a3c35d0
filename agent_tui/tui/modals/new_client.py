"""A claimant made on the spot, while the caller is on the phone."""

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar, Final

from textual import events
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Static

from agent_tui.domain.cleaning import clean
from agent_tui.domain.clients import Client, client_problems
from agent_tui.tui.commands import BY_ID, readable
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals.base import Dialog, TextField, bound, says
from agent_tui.tui.widgets.lines import shown

FIELDS: Final = (
    ("name", "Name", 100),
    ("phone", "Phone", 30),
    ("reference", "Nat. ref.", 20),
    ("email", "E-mail", 200),
    ("language", "Language", 30),
    ("access_needs", "Access needs", 500),
)
"""The parts of a claimant that are asked for, in order, with the longest text that each keeps."""


class NewClientModal(Dialog[Client | None]):
    """Asks for a claimant's details and is dismissed with them, checked and clean, `ref` as in the prefill.

    Escape gives up; `typed` still says what was typed, so that a screen can fill it in the next time.
    """

    AUTO_FOCUS = "#name"
    BINDINGS: ClassVar[list[BindingType]] = [*bound("save", "save")]

    DEFAULT_CSS = """
    NewClientModal {
        & Horizontal { height: 1; }
        & .label { width: 14; height: 1; color: $foreground; }
        & TextField { width: 1fr; }
        & .dialog--problem { padding-left: 14; }
    }
    """

    def __init__(self, prefill: Client | None = None, *, title: str = "New client", glyphs: Glyphs = UNICODE) -> None:
        """Take what is known already, such as the name or the phone number that was looked for."""
        key = readable(BY_ID["save"].keys[0])
        super().__init__(title, f"enter next, {key} saves, esc closes", glyphs=glyphs)
        self._prefill = prefill or Client("", "")
        self._given_up: Client | None = None

    def contents(self) -> Iterable[Widget]:
        """Return a line for each field, and one below it for what is wrong."""
        for name, label, longest in FIELDS:
            field = TextField(getattr(self._prefill, name), id=name, longest=longest)
            yield Horizontal(says(label, classes="label"), field)
            yield says("", id=f"{name}-problem", classes="dialog--problem")

    @property
    def typed(self) -> Client:
        """What stands in the fields, or stood there at the escape; clean but not checked."""
        if self._given_up is not None:
            return self._given_up
        values = {name: clean(self._field(name).value, limit=longest) for name, _, longest in FIELDS}
        return replace(self._prefill, **values)

    def action_give_up(self) -> None:
        """Keep what was typed, and let nothing happen."""
        self._given_up = self.typed
        self.dismiss(None)

    def action_save(self) -> None:
        """Answer with the details, or show what is wrong and go to the first wrong field."""
        client = self.typed
        wrong = [name for name, _, _ in FIELDS if self._check(name, client)]
        if wrong:
            self._field(wrong[0]).focus()
            return
        problems = client_problems(client)
        if problems:
            self._complain("name", problems[0])
        else:
            self.dismiss(client)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the next field, from the last one save."""
        event.stop()
        names = [name for name, _, _ in FIELDS]
        at = names.index(event.input.id or "")
        if at + 1 < len(names):
            self._field(names[at + 1]).focus()
        else:
            self.action_save()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Check a field that was left, if anything stands in it."""
        name = event.widget.id or ""
        if any(name == field for field, _, _ in FIELDS):
            if self._field(name).value:
                self._check(name, self.typed)
            else:
                self._complain(name, "")

    def _check(self, name: str, client: Client) -> bool:
        """Show what is wrong with one field; whether anything is."""
        # The other fields are left out, so that each sentence is the field's own.
        alone = Client("", "-")
        problems = client_problems(replace(alone, **{name: getattr(client, name)}))
        self._complain(name, problems[0] if problems else "")
        return bool(problems)

    def _complain(self, name: str, sentence: str) -> None:
        text = f"{self.glyphs.flag} {sentence}" if sentence else ""
        self.query_one(f"#{name}-problem", Static).update(shown(text))

    def _field(self, name: str) -> TextField:
        return self.query_one(f"#{name}", TextField)
