"""A field of one line with a list under it that follows what is typed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from agent_tui.tui.modals.base import TextField
from agent_tui.tui.widgets.lines import cut, fill, shown

LIST_WIDTH: Final = 52
MOST_SHOWN: Final = 8
_LINE_WIDTH: Final = LIST_WIDTH - 3
"""Cells of a line of the list, without its padding and the scrollbar."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be picked: its id, the text that the field takes, and a detail that only the list shows.

    What is `urgent` is drawn as an error, beside the sign that its label has.
    """

    id: str
    label: str
    detail: str = ""
    urgent: bool = False


class FormField(TextField):
    """A field of a form: a paste of several lines becomes one line instead of losing all but the first."""

    DEFAULT_CSS = """
    FormField {
        height: 1;
        width: 1fr;
        border: none;
        padding: 0;
        background: $panel;
        color: $foreground;
        &:focus { border: none; background: $panel; background-tint: $foreground 0%; text-style: underline; }
        & > .input--placeholder { color: $text-muted; text-style: italic; }
    }
    """

    def put(self, text: str) -> None:
        """Put a text into the line, the cursor behind it."""
        self.value = text
        self.cursor_position = len(self.value)

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        lines = event.text[: self._longest * 4].splitlines()
        self.replace(" ".join(line for line in lines if line.strip()), *self.selection)


class PickerField(FormField):
    """The line in which is typed; up and down belong to the list, and escape while it is open."""

    def on_key(self, event: events.Key) -> None:
        """Hand the list its keys."""
        picker = self.parent
        if isinstance(picker, Picker) and picker.list_key(event.key):
            event.stop()
            event.prevent_default()


class Picker(Vertical):
    """Type-ahead over choices given by a callable, or shown later with `show_choices`."""

    DEFAULT_CSS = """
    Picker {
        height: 1;
        width: 1fr;
        & > OptionList {
            display: none;
            overlay: screen;
            constrain: inside;
            width: 52;
            max-width: 100vw;
            max-height: 8;
            border: none;
            padding: 0;
            background: $panel;
            scrollbar-size-vertical: 1;
            text-wrap: nowrap;
            text-overflow: ellipsis;
            & > .option-list--option { padding: 0 1; }
        }
        &.-open > OptionList { display: block; }
    }
    """

    class PickerMessage(Message):
        """What a picker says of itself."""

        def __init__(self, picker: "Picker") -> None:
            super().__init__()
            self.picker = picker

        @property
        def control(self) -> "Picker":
            """The picker that posted it."""
            return self.picker

    class Picked(PickerMessage):
        """A choice was picked; `picked_id` and `value` say which."""

    class Typed(PickerMessage):
        """The text has changed, and what was picked before no longer counts; `generation` numbers the change."""

        def __init__(self, picker: "Picker", text: str, generation: int) -> None:
            super().__init__(picker)
            self.text = text
            self.generation = generation

    class Submitted(PickerMessage):
        """Enter, where nothing was left to pick."""

    def __init__(
        self,
        name: str,
        find: Callable[[str], Sequence[Choice] | None] | None = None,
        *,
        placeholder: str = "",
        longest: int = 100,
    ) -> None:
        """Take the field's name, and what finds choices for a text; without it they come with `show_choices`.

        `find` returns None while it is not known what there is; `look_again` says when it is.
        """
        super().__init__(id=f"picker-{name}")
        self.field_name = name
        self._find = find
        self._placeholder = placeholder
        self._longest = longest
        self._choices: tuple[Choice, ...] = ()
        self._seen = ""
        self._entered = False
        self._listed = 0
        self.picked_id: str | None = None
        self.generation = 0

    def compose(self) -> ComposeResult:
        """Put the list under the line."""
        yield PickerField(id=self.field_name, placeholder=self._placeholder, longest=self._longest)
        options = OptionList()
        options.can_focus = False
        yield options

    @property
    def field(self) -> FormField:
        """The line in which is typed."""
        return self.query_one(FormField)

    @property
    def value(self) -> str:
        """What stands in the line."""
        return self.field.value

    @property
    def is_open(self) -> bool:
        """Whether the list is shown."""
        return self.has_class("-open")

    def set_value(self, text: str, picked: str | None = None) -> None:
        """Put a text and what it stands for into the line, without a message; choices for what was typed before are dropped."""
        self.field.put(text)
        self._seen = self.field.value
        self._entered = False
        self.picked_id = picked
        self.generation += 1
        self._list(())
        self.close()

    def seek(self, text: str) -> int:
        """Put a text into the line and look for it as if it had been typed and entered; return the number of that change."""
        self.set_value(text)
        self._entered = True
        self.post_message(self.Typed(self, text, self.generation))
        return self.generation

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look for choices as somebody types."""
        event.stop()
        if event.value == self._seen or event.value != self.field.value:
            return  # set by `set_value`, or overtaken by it or by the next key
        self._seen = event.value
        self._entered = False
        self.picked_id = None
        self.generation += 1
        self.post_message(self.Typed(self, event.value, self.generation))
        if self._find is not None:
            self.show_choices(self.generation, (self._find(event.value) or ()) if event.value.strip() else ())
        elif not event.value.strip():
            self.show_choices(self.generation, ())

    def show_choices(self, generation: int, choices: Sequence[Choice]) -> None:
        """Show choices for the text of a generation; those for an older text are dropped."""
        if generation != self.generation or self.picked_id is not None:
            return
        self._listed = generation
        self._list(choices)
        if self._entered and len(choices) == 1 and self._find is None:
            self._pick(0)  # enter was pressed before it was known; of several none was meant yet
            return
        self._place(len(choices))
        self.set_class(bool(choices) and self.field.has_focus, "-open")

    def _list(self, choices: Sequence[Choice]) -> None:
        self._choices = tuple(choices)
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(_line(choice)) for choice in self._choices])
        if self._choices:
            options.highlighted = 0

    def _place(self, count: int) -> None:
        """Put the list under the line, or above it where there is more room, but never over it."""
        above, below = self.region.y, self.screen.size.height - self.region.bottom
        wanted = min(count, MOST_SHOWN)
        up = below < wanted and above > below
        height = max(min(wanted, above if up else below), 1)
        options = self.query_one(OptionList)
        options.styles.height = height
        options.styles.offset = (0, -height - 1 if up else 0)

    def look_again(self) -> None:
        """Find choices anew for what was typed before there were any; enter, if it was pressed, picks the first of them."""
        if self._find is None or self.picked_id is not None or not self.value.strip():
            return
        choices = self._find(self.value) or ()
        if self._entered and choices:
            self.set_value(choices[0].label, choices[0].id)
        else:
            self.show_choices(self.generation, choices)

    def close(self) -> None:
        """Hide the list; what was typed stays."""
        self.remove_class("-open")

    def list_key(self, key: str) -> bool:
        """Move in the list, open it with down or close it with escape; False if the key is none of the list's."""
        options = self.query_one(OptionList)
        if key == "down" and not self.is_open:
            self._open()
        elif key == "down":
            options.action_cursor_down()
        elif key == "up" and self.is_open:
            options.action_cursor_up()
        elif key == "escape" and self.is_open:
            self.close()
        else:
            return False
        return True

    def on_click(self) -> None:
        """Open the list, as down does."""
        if not self.is_open:
            self._open()

    def _open(self) -> None:
        if self.picked_id is not None:
            return
        self.show_choices(self.generation, self._choices if self._find is None else self._find(self.value) or ())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Pick what is highlighted, or go on."""
        event.stop()
        index = self.query_one(OptionList).highlighted
        if self.is_open and index is not None and self.picked_id is None:
            if self._listed == self.generation:
                self._pick(index)
            else:
                self._entered = True  # what is listed is for an older text: nobody of it was meant
            return
        if self._find is not None and self.picked_id is None and self.value.strip():
            self._entered = self._find(self.value) is None
        self.post_message(self.Submitted(self))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Pick what was clicked."""
        event.stop()
        self._pick(event.option_index)

    def _pick(self, index: int) -> None:
        choice = self._choices[index]
        self.set_value(choice.label, choice.id)
        self.post_message(self.Picked(self))

    def on_descendant_blur(self, _event: events.DescendantBlur) -> None:
        """Close the list when the focus has gone."""
        self.close()


def _line(choice: Choice) -> Content:
    """Return a choice as a line of the list: the label, cut if it must be, and the detail at the right edge."""
    detail = cut(shown(choice.detail), _LINE_WIDTH // 2)
    room = _LINE_WIDTH - (cell_len(detail) + 2 if detail else 0)
    return Content(f"{fill(shown(choice.label), room)}  {detail}" if detail else cut(shown(choice.label), room))
