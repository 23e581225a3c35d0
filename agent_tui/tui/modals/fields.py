"""A few fields on one page: a segment's times, the days of a pattern, what a new diary needs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from agent_tui.domain.cleaning import clean
from agent_tui.tui.commands import BY_ID, readable
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals.base import Dialog, TextField, bound, says
from agent_tui.tui.widgets.lines import shown

LABEL_WIDTH = 14


@dataclass(frozen=True, slots=True)
class Field:
    """One line of the page: its name, the words before it, what stands in it at first, and a hint.

    The hint stands in the field while that is empty, and below it while something stands in it and it is in hand.
    """

    name: str
    label: str
    value: str = ""
    hint: str = ""
    longest: int = 100


class FieldsModal(Dialog[dict[str, str] | None]):
    """Asks for some fields and is dismissed with their texts, clean and checked.

    `check` takes the texts by name and returns a sentence for each field that is wrong. Escape gives up; `typed` still
    says what was typed, so that it can be filled in the next time.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bound("save", "save")]

    DEFAULT_CSS = f"""
    FieldsModal {{
        & > .dialog {{ width: 72; }}
        & Horizontal {{ height: 1; }}
        & .label {{ width: {LABEL_WIDTH}; height: 1; color: $foreground; }}
        & TextField {{ width: 1fr; }}
        & .dialog--problem {{ padding-left: {LABEL_WIDTH}; height: auto; min-height: 1; }}
        & .dialog--problem.-hint {{ color: $text-muted; text-style: italic; }}
    }}
    """

    def __init__(
        self,
        title: str,
        sentence: str,
        fields: Sequence[Field],
        check: Callable[[Mapping[str, str]], Mapping[str, str]],
        *,
        glyphs: Glyphs = UNICODE,
    ) -> None:
        """Take the fields in order and what checks them."""
        key = readable(BY_ID["save"].keys[0])
        super().__init__(title, f"enter next, {key} takes it, esc closes", glyphs=glyphs)
        self._sentence = sentence
        self._fields = tuple(fields)
        self._check = check
        self._given_up: dict[str, str] | None = None

    def contents(self) -> Iterable[Widget]:
        """Return a line for each field, and one below it for what is wrong."""
        if self._sentence:
            yield says(self._sentence, classes="dialog--sentence")
        for field in self._fields:
            line = TextField(field.value, id=field.name, placeholder=field.hint, longest=field.longest)
            line.select_on_focus = True  # what stands there is a proposal, and typing replaces it
            yield Horizontal(says(field.label, classes="label"), line)
            yield says("", id=f"{field.name}-problem", classes="dialog--problem")

    def on_mount(self) -> None:
        """Begin with the first field, the cursor behind what stands in it."""
        self._line(self._fields[0].name).focus()

    @property
    def typed(self) -> dict[str, str]:
        """What stands in the fields, or stood there at the escape; clean but not checked."""
        if self._given_up is not None:
            return self._given_up
        return {field.name: clean(self._line(field.name).value, limit=field.longest) for field in self._fields}

    def action_give_up(self) -> None:
        """Keep what was typed, and let nothing happen."""
        self._given_up = self.typed
        self.dismiss(None)

    def action_save(self) -> None:
        """Answer with the texts, or show what is wrong and go to the first wrong field."""
        texts = self.typed
        problems = self._check(texts)
        for field in self._fields:
            sentence = problems.get(field.name, "")
            self._say(field.name, f"{self.glyphs.flag} {sentence}" if sentence else "")
        wrong = [field.name for field in self._fields if problems.get(field.name)]
        if wrong:
            self._line(wrong[0]).focus()
        else:
            self.dismiss(texts)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Take the last complaint about a field away when it changes."""
        event.stop()
        if event.input.id:
            self._say(event.input.id, "")
            self._show_hints()

    def on_descendant_focus(self) -> None:
        """Say of the field in hand what may stand in it."""
        self._show_hints()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the next field, from the last one take it."""
        event.stop()
        names = [field.name for field in self._fields]
        at = names.index(event.input.id or "")
        if at + 1 < len(names):
            self._line(names[at + 1]).focus()
        else:
            self.action_save()

    def _show_hints(self) -> None:
        """Show the hint of the field in hand below it, unless it stands in it or something is wrong with it."""
        for field in self._fields:
            line, below = self._line(field.name), self._problem(field.name)
            if below.has_class("-hint") or not str(below.render()):
                hint = field.hint if line.has_focus and line.value else ""
                self._say(field.name, hint, hint=bool(hint))

    def _say(self, name: str, text: str, *, hint: bool = False) -> None:
        """Say something below a field."""
        below = self._problem(name)
        below.set_class(hint, "-hint")
        below.update(Content(shown(text)))

    def _line(self, name: str) -> TextField:
        return self.query_one(f"#{name}", TextField)

    def _problem(self, name: str) -> Static:
        return self.query_one(f"#{name}-problem", Static)
