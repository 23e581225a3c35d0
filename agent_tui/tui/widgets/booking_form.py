"""The request form: fields in the order of a call, a fixed line under each row for a hint or what is wrong."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Static

from agent_tui.domain.clients import Client
from agent_tui.domain.request_text import Times, match_names, match_types, shown_days, shown_times
from agent_tui.domain.site import Catalogue
from agent_tui.domain.types import CONTACTS
from agent_tui.tui.commands import bindings_for
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.request_draft import FIELDS, RequestDraft, read_draft
from agent_tui.tui.widgets.lines import shown
from agent_tui.tui.widgets.picker import Choice, FormField, Picker

DEBOUNCE_SECONDS: Final = 0.15
ROWS: Final = (
    (("type", "Type"),),
    (("from", "From"), ("to", "to")),
    (("time", "Time"),),
    (("client", "Claimant"),),
    (("contact", "Asked by"), ("priority", "Priority")),
    (("reason", "Reason"),),
    (("coach", "Coach"), ("team", "Team")),
    (("channel", "Channel"), ("needs", "Needs")),
    (("access", "Access"), ("language", "Language")),
    (("note", "Notes"),),
)
HINTS: Final[Mapping[str, str]] = {
    "type": "any words or code",
    "from": "tue, 26 nov, +3; else today on",
    "time": "am, near 10:00, 9-11, after 2",
    "client": "id, reference, name, phone",
    "contact": ", ".join(CONTACTS),
    "reason": "for high and urgent",
    "coach": "any word of a name, or a code",
    "channel": "f2f, phone, video; then needs",
    "access": "adjustments, interpreter",
    "note": "facts only",
}
DEFAULTS: Final[Mapping[str, str]] = {
    "from": "today",
    "time": "any",
    "contact": "phone",
    "priority": "standard",
    "coach": "any",
    "team": "any",
    "channel": "any",
    "needs": "-",
}
"""What an empty field stands for, shown in it."""

_PICKERS: Final = ("type", "client", "coach")
_LONGEST: Final[Mapping[str, int]] = {"note": 1000, "access": 300, "reason": 200}


class RequestForm(VerticalScroll, can_focus=False):
    """What the claimant wants; live before the store is open, since what is typed is read again when it is."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("form")]
    DEFAULT_CSS = """
    RequestForm {
        background: $surface;
        border: round $border-blurred;
        border-title-color: $foreground;
        scrollbar-size-vertical: 1;
        padding: 0;
        &:focus-within { border: heavy $border; border-title-color: $text-primary; border-title-style: bold reverse; }
        &.-ascii { border: ascii $border-blurred; }
        &.-ascii:focus-within { border: ascii $border; }
        & Horizontal { height: 1; width: 1fr; }
        & .label { width: 9; height: 1; color: $text-muted; }
        & .label.-second { width: auto; padding: 0 1; }
        & .line {
            height: 1; width: 1fr; padding: 0 0 0 1; color: $text-muted; text-style: italic;
            text-wrap: nowrap; text-overflow: ellipsis;
        }
        & .line.-wrong { color: $text-error; text-style: bold; }
    }
    """

    class FormMessage(Message):
        """What the form says of itself."""

        def __init__(self, form: "RequestForm") -> None:
            super().__init__()
            self.form = form

        @property
        def control(self) -> "RequestForm":
            """The form that posted it."""
            return self.form

    class RequestChanged(FormMessage):
        """What is asked for has changed and could be read; `by_hand` says that somebody typed or picked it."""

        def __init__(self, form: "RequestForm", draft: RequestDraft, *, by_hand: bool = False) -> None:
            super().__init__(form)
            self.draft = draft
            self.by_hand = by_hand

    class ClientTyped(FormMessage):
        """Somebody types who the claimant is; the answer goes to `show_clients` with the generation."""

        def __init__(self, form: "RequestForm", text: str, generation: int) -> None:
            super().__init__(form)
            self.text = text
            self.generation = generation

    class ClientPicked(FormMessage):
        """A claimant was chosen."""

    class TypePicked(FormMessage):
        """A type was chosen."""

    class Submitted(FormMessage):
        """Enter on the last field, with nothing wrong."""

    def __init__(self, today: date, *, glyphs: Glyphs = UNICODE, id: str | None = None) -> None:
        """Make an empty form."""
        super().__init__(id=id)
        self._today = today
        self._glyphs = glyphs
        self._catalogue: Catalogue | None = None
        self._timer: Timer | None = None
        self._touched: set[str] = set()
        self._wrong: frozenset[str] = frozenset()
        self._submitted = False
        self._typed = False
        self._phones: dict[str, str] = {}
        self.border_title = "Request"
        self.set_class(glyphs.ellipsis.isascii(), "-ascii")

    def compose(self) -> ComposeResult:
        """Put the rows one below the other, each with its line."""
        finders = {"type": self._find_types, "coach": self._find_coaches, "client": None}
        for row in ROWS:
            with Horizontal():
                for at, (name, label) in enumerate(row):
                    yield Static(label, classes="label -second" if at else "label", markup=False)
                    if name in _PICKERS:
                        yield Picker(name, finders[name], placeholder=DEFAULTS.get(name, ""))
                    else:
                        yield FormField(id=name, placeholder=DEFAULTS.get(name, ""), longest=_LONGEST.get(name, 60))
            yield Static(HINTS[row[0][0]], classes="line", id=f"line-{row[0][0]}", markup=False)

    def _find_types(self, text: str) -> Sequence[Choice] | None:
        if self._catalogue is None:
            return None
        found = match_types(text, self._catalogue.types.values(), self._today)
        return [
            Choice(
                kind.code,
                kind.name,
                f"{kind.minutes_on(self._today) or '-'} min{' ' + self._glyphs.key_type if kind.key_on(self._today) else ''}",
            )
            for kind in found
        ]

    def _find_coaches(self, text: str) -> Sequence[Choice] | None:
        if self._catalogue is None:
            return None
        pairs = [(one.code, one.coach) for one in self._catalogue.diaries.values() if one.enabled]
        return [Choice(code, name, code) for code, name in match_names(text, pairs)]

    # What it holds.

    @property
    def texts(self) -> dict[str, str]:
        """What stands in the fields, by name."""
        return {name: self.query_one(f"#{name}", FormField).value for name in FIELDS}

    @property
    def picked(self) -> dict[str, str]:
        """What was picked in the fields with a list, by name."""
        found = {name: self._picker(name).picked_id for name in _PICKERS}
        return {name: id for name, id in found.items() if id is not None}

    @property
    def draft(self) -> RequestDraft:
        """The form as it can be read now."""
        return read_draft(self.texts, self.picked, self._today, self._catalogue)

    def _picker(self, name: str) -> Picker:
        return self.query_one(f"#picker-{name}", Picker)

    def set_choices(self, catalogue: Catalogue, today: date) -> None:
        """Take what can be chosen, when the store is open or its rules have changed; what was typed meanwhile is read now."""
        self._catalogue, self._today = catalogue, today
        for name in ("type", "coach"):
            self._picker(name).look_again()
        self._changed()

    def set_today(self, today: date) -> None:
        """Read days from another today, when midnight has passed."""
        self._today = today
        self._changed()

    def show_clients(self, generation: int, clients: Sequence[Client]) -> None:
        """Show claimants that fit what was typed."""
        choices = [
            Choice(one.ref, one.name, " ".join(part for part in (one.reference or one.ref, one.phone) if part)) for one in clients
        ]
        self._phones |= {one.ref: one.phone for one in clients if one.phone}
        self._picker("client").show_choices(generation, choices)

    def know_phone(self, ref: str, phone: str) -> None:
        """Show a phone number beside a claimant's opaque id, for as long as the call is in hand."""
        self._phones[ref] = phone
        self._changed()

    def set_client(self, ref: str | None, name: str) -> None:
        """Put a claimant into the form."""
        self._picker("client").set_value(name, ref)
        self._changed()

    def seek_client(self, words: str) -> int:
        """Look a claimant up by words, who is picked where they fit no other, and return the generation of the answer."""
        return self._picker("client").seek(words)

    def fill(self, texts: Mapping[str, str], picked: Mapping[str, str]) -> None:
        """Put a draft back."""
        for name in FIELDS:
            text = shown(texts.get(name, ""))
            if name in _PICKERS:
                self._picker(name).set_value(text, picked.get(name))
            else:
                field = self.query_one(f"#{name}", FormField)
                with field.prevent(Input.Changed):
                    field.put(text)
        self._touched = {name for name in FIELDS if texts.get(name)}
        self._submitted = False
        self._changed()

    def clear_for_next_call(self) -> None:
        """Empty every field; nothing of the claimant stays, not in a list either."""
        self._phones.clear()
        self.fill({}, {})
        self.scroll_home(animate=False)

    def focus_field(self, name: str, *, replaced: bool = False) -> None:
        """Go to a field; with `replaced` the first key typed takes the place of what stands in it."""
        field = self.query_one(f"#{name}", FormField)
        field.focus()
        if replaced:
            field.select_all()

    def focus_problem(self) -> bool:
        """Show every problem, a missing type among them, and go to the first; False when there is none."""
        draft = self.draft
        self._touched = set(FIELDS)
        self._submitted = True
        self._show_lines(draft)
        wrong = next((name for name in FIELDS if name in self._wrong), None)
        if wrong is not None:
            self.focus_field(wrong)
        return wrong is not None

    # What happens.

    @on(Input.Changed)
    def _text_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._later(event.input.id or "")

    @on(Picker.Typed)
    def _picker_typed(self, event: Picker.Typed) -> None:
        event.stop()
        if event.picker.field_name == "client":
            self.post_message(self.ClientTyped(self, event.text, event.generation))
        self._later(event.picker.field_name)

    @on(Picker.Picked)
    def _picker_picked(self, event: Picker.Picked) -> None:
        event.stop()
        self._typed = True
        self._changed()
        name = event.picker.field_name
        if name == "client":
            self.post_message(self.ClientPicked(self))
        elif name == "type":
            self.post_message(self.TypePicked(self))
        else:
            self.screen.focus_next()

    @on(Picker.Submitted)
    def _picker_submitted(self, event: Picker.Submitted) -> None:
        event.stop()
        self._changed()
        self.screen.focus_next()

    @on(Input.Submitted)
    def _text_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._changed()
        if event.input.id == FIELDS[-1] and not self.focus_problem():
            self.post_message(self.Submitted(self))
        elif event.input.id != FIELDS[-1]:
            self.screen.focus_next()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Check a field when it is left."""
        if event.widget.id in FIELDS:
            self._touched.add(event.widget.id)
            self._changed()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Keep a field in sight together with the line under it, in a form of any height above one line."""
        row = next((row for row in ROWS if any(name == event.widget.id for name, _label in row)), None)
        if row is not None and self.content_size.height > 1:
            line = self.query_one(f"#line-{row[0][0]}", Static).virtual_region
            self.scroll_to_region(Region(line.x, line.y - 1, line.width, 2), animate=False, immediate=True)

    def _later(self, name: str) -> None:
        """Read the form when the typing pauses; a field that was right is not found wrong before it is left."""
        self._typed = True
        if name not in self._wrong:
            self._touched.discard(name)
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(DEBOUNCE_SECONDS, self._changed)

    def _changed(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if not self.is_attached:
            return
        draft = self.draft
        self._show_lines(draft)
        self.post_message(self.RequestChanged(self, draft, by_hand=self._typed))
        self._typed = False

    @property
    def words(self) -> str:
        """The field in hand in words: its label with what stands in it, or with what may."""
        name = next((name for name in FIELDS if self.query_one(f"#{name}", FormField).has_focus), None)
        label = next((label for row in ROWS for one, label in row if one == name), None)
        if name is None or label is None:
            return ""
        value = self.query_one(f"#{name}", FormField).value
        usual = f", usually {DEFAULTS[name]}" if name in DEFAULTS else ""
        hint = f": {HINTS[name]}" if name in HINTS else ""
        return f"{label.capitalize()}: {value}" if value else f"{label.capitalize()}, empty{usual}{hint}"

    def flush(self) -> None:
        """Read the form now instead of when the typing pauses."""
        if self._timer is not None:
            self._changed()

    def _show_lines(self, draft: RequestDraft) -> None:
        problems = dict(draft.problems)
        if self._submitted and not draft.texts["type"].strip():
            problems["type"] = "Choose a type"
        self._wrong = frozenset(problems).intersection(self._touched)
        for row in ROWS:
            names = [name for name, _label in row]
            wrong = next((problems[name] for name in names if name in self._wrong), None)
            line = self.query_one(f"#line-{names[0]}", Static)
            line.set_class(wrong is not None, "-wrong")
            words = f"{self._glyphs.flag} {wrong}" if wrong is not None else self._read_back(names[0], draft)
            said = Content(shown(words))
            if line.content != said:
                # Its height and width do not depend on what it says.
                line.update(said, layout=False)

    def _read_back(self, name: str, draft: RequestDraft) -> str:
        """Return what was understood, or the hint."""
        if name == "type" and draft.type is not None and self._catalogue is not None:
            kind = self._catalogue.types.get(draft.type)
            if kind is not None:
                minutes = kind.minutes_on(draft.first_day or self._today) or "-"
                return f"{kind.code}  {minutes} minutes{'  payment' if kind.key_on(draft.first_day or self._today) else ''}"
        if name == "from" and (draft.first_day or draft.last_day):
            return shown_days(draft.first_day, draft.last_day, self._today)
        if name == "time" and (draft.window or draft.near is not None):
            return shown_times(Times(draft.window, draft.near))
        if name == "client" and draft.client is not None:
            return f"{draft.client}  {self._phones.get(draft.client, '')}".rstrip()
        if name == "coach" and draft.diary is not None:
            return draft.diary
        return HINTS[name]
