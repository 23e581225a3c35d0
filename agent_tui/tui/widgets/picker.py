"""A field of one line with a list under it that follows what is typed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from agent_tui.domain.cleaning import clean_for_display
from agent_tui.tui.modals.base import TextField

MOST_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be picked: its id, the text that the field takes, and a detail that only the list shows."""

    id: str
    label: str
    detail: str = ""


class _Field(TextField):
    """The line in which is typed; up, down and escape belong to the list while it is open."""

    def on_key(self, event: events.Key) -> None:
        picker = self.parent
        if isinstance(picker, Picker) and picker.is_open and event.key in ("up", "down", "escape"):
            event.stop()
            event.prevent_default()
            picker.list_key(event.key)


class Picker(Vertical):
    """Type-ahead over choices given by a callable, or shown later with `show_choices`."""

    DEFAULT_CSS = """
    Picker {
        height: 1;
        width: 1fr;
        & > _Field, & > TextField { width: 1fr; }
        & > OptionList {
            display: none;
            overlay: screen;
            constrain: none inside;
            width: 52;
            height: auto;
            max-height: 8;
            border: none;
            padding: 0;
            background: $panel;
            scrollbar-size-vertical: 1;
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

    def __init__(self, name: str, find: Callable[[str], Sequence[Choice]] | None = None, *, longest: int = 100) -> None:
        """Take the field's name, and what finds choices for a text; None when they come later."""
        super().__init__(id=f"picker-{name}")
        self.field_name = name
        self._find = find
        self._longest = longest
        self._choices: tuple[Choice, ...] = ()
        self._setting = 0
        self.picked_id: str | None = None
        self.generation = 0

    def compose(self) -> ComposeResult:
        """Put the list under the line."""
        yield _Field(id=self.field_name, longest=self._longest)
        options = OptionList()
        options.can_focus = False
        yield options

    @property
    def field(self) -> TextField:
        """The line in which is typed."""
        return self.query_one(TextField)

    @property
    def value(self) -> str:
        """What stands in the line."""
        return self.field.value

    @property
    def is_open(self) -> bool:
        """Whether the list is shown."""
        return self.has_class("-open")

    def set_value(self, text: str, picked: str | None = None) -> None:
        """Put a text and what it stands for into the line, without a message and without opening the list."""
        if self.field.value != text:
            self._setting += 1
            self.field.value = text
        self.picked_id = picked
        self.close()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look for choices as somebody types."""
        event.stop()
        if self._setting:
            self._setting -= 1
            return
        self.picked_id = None
        self.generation += 1
        self.post_message(self.Typed(self, event.value, self.generation))
        if self._find is not None:
            self.show_choices(self.generation, self._find(event.value) if event.value.strip() else ())

    def show_choices(self, generation: int, choices: Sequence[Choice]) -> None:
        """Show choices for the text of a generation; those for an older text are dropped."""
        if generation != self.generation or self.picked_id is not None:
            return
        self._choices = tuple(choices)
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(_line(choice)) for choice in self._choices])
        shown = bool(self._choices) and self.field.has_focus
        self.set_class(shown, "-open")
        if self._choices:
            options.highlighted = 0

    def look_again(self) -> None:
        """Find choices anew for what was typed before there were any."""
        if self._find is not None and self.picked_id is None and self.value.strip():
            self.show_choices(self.generation, self._find(self.value))

    def close(self) -> None:
        """Hide the list; what was typed stays."""
        self.remove_class("-open")

    def list_key(self, key: str) -> None:
        """Move in the list, or close it."""
        options = self.query_one(OptionList)
        if key == "escape":
            self.close()
        elif key == "up":
            options.action_cursor_up()
        else:
            options.action_cursor_down()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Pick what is highlighted, or go on."""
        event.stop()
        index = self.query_one(OptionList).highlighted
        if self.is_open and index is not None and self.picked_id is None:
            self._pick(index)
        else:
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
    label = clean_for_display(choice.label)
    detail = clean_for_display(choice.detail)
    return Content(f"{label}  {detail}" if detail else label)
