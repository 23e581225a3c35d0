"""Block time: how long, why, for whom and over what, with what it would do beneath."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, Final
from uuid import uuid4

from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Static

from agent_tui.domain.cleaning import clean
from agent_tui.domain.clients import Client
from agent_tui.domain.request_text import FieldProblem, read_day
from agent_tui.domain.requests import OVER_APPOINTMENTS, Blocked, Refused
from agent_tui.domain.ticks import OffGrid, clock, parse_clock
from agent_tui.tui.block_words import block_lines, seen_in
from agent_tui.tui.commands import BY_ID, readable
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals.base import Dialog, TextField, bound, says
from agent_tui.tui.widgets.lines import shown
from agent_tui.tui.widgets.one_of import OneOf
from agent_tui.tui.widgets.picker import Choice, Picker

DEBOUNCE_SECONDS: Final = 0.15
LONGEST_NOTE: Final = 500
LEAST: Final = 78
"""Cells of the frame at least."""
MOST: Final = 112
"""Cells of a line at most: a longer one is no longer read at a glance."""
LABEL: Final = 10
"""Cells of the words before a field."""
FIELD_LINES: Final = 11
"""Lines of the dialog around what it would do: frame, fields, problem."""

OVER_WORDS: Final[Mapping[str, str]] = {
    "refuse": "refuse",
    "keep": "keep and flag",
    "move": "move",
    "cancel": "cancel with notice",
}
_LOSING: Final = ("cancel", "move")
"""What changes appointments, so that each must have been shown first."""

_TYPE: Final = "type:"
_HOURS = re.compile(r"([0-9]{1,2})(?:[:.]?([0-9]{2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class BlockAsked:
    """What is to be blocked, as the service takes it; ticks, and `until` is the last day of a weekly block."""

    diary: str
    day: date
    start: int
    end: int
    reason: str | None
    type: str | None
    client: str | None
    over: str
    until: date | None
    note: str

    @property
    def days(self) -> int:
        """How many days it asks for."""
        return 1 if self.until is None else max((self.until - self.day).days, 0) // 7 + 1


@dataclass(frozen=True, slots=True)
class BlockTyped:
    """What stands in the fields: times and days as typed, a reason or "type:CODE", a claimant's words and opaque id."""

    start: str
    end: str
    why: str
    client: str = ""
    client_id: str | None = None
    until: str = ""
    over: str = "refuse"
    note: str = ""


@dataclass(frozen=True, slots=True)
class BlockAsks:
    """What the dialog asks of its screen; the answers come to `show_answer` and `show_clients`.

    `block` takes the id of the act and what was seen to become of appointments (None where none is lost), as `seen_in` says it.
    """

    preview: Callable[[int, BlockAsked], None]
    block: Callable[[BlockAsked, str, tuple[str, ...] | None], None]
    find: Callable[[int, str], None]


class BlockModal(Dialog[bool | None]):
    """Stays until the time is blocked (True) or escape gives up (None); `typed` says what stood in it then."""

    AUTO_FOCUS = "#start"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "block", "block", show=False), *bound("save", "block")]

    DEFAULT_CSS = f"""
    BlockModal {{
        & > .dialog {{ width: {LEAST}; }}
        & Horizontal {{ height: 1; }}
        & .label {{ width: {LABEL}; height: 1; color: $foreground; }}
        & .label.-second {{ width: auto; padding: 0 1; }}
        & TextField {{ width: 1fr; & > .input--placeholder {{ color: $text-muted; text-style: italic; }} }}
        & .time {{ width: 8; }}
        & #until {{ width: 16; }}
        & .hint {{ width: 1fr; height: 1; padding-left: 1; color: $text-muted; }}
        & #effect {{ height: auto; scrollbar-size-vertical: 1; border: none; &:focus {{ background: $panel; }} }}
        & #lines {{ width: 1fr; height: auto; }}
    }}
    """

    def __init__(
        self,
        sentence: str,
        place: tuple[str, date],
        reasons: Sequence[tuple[str, str]],
        typed: BlockTyped,
        asks: BlockAsks,
        today: date,
        *,
        glyphs: Glyphs = UNICODE,
    ) -> None:
        """Take the diary and the day in words and as they are, the reasons as (id, words), and what stands in the fields."""
        key = readable(BY_ID["save"].keys[0])
        super().__init__("Block time", f"tab next, enter or {key} blocks, esc closes", glyphs=glyphs)
        self._sentence = sentence
        self._place = place
        self._reasons = tuple(reasons)
        self._first = typed
        self._asks = asks
        self._today = today
        self._given_up: BlockTyped | None = None
        self._timer: Timer | None = None
        self._generation = 0
        self._looked = typed
        self._asked: BlockAsked | None = None
        self._seen: tuple[BlockAsked, tuple[str, ...]] | None = None
        self._acting: tuple[BlockAsked, str] | None = None
        self._unanswered: dict[BlockAsked, str] = {}

    def contents(self) -> Iterable[Widget]:
        """Return the fields, the line for what is wrong, and what it would do."""
        first = self._first
        yield says(self._sentence, id="place")
        yield Horizontal(
            says("From", classes="label"),
            TextField(first.start, id="start", longest=8).add_class("time"),
            says("to", classes="label -second"),
            TextField(first.end, id="end", longest=8).add_class("time"),
        )
        yield Horizontal(says("Why", classes="label"), OneOf(self._reasons, chosen=first.why, glyphs=self.glyphs, id="why"))
        yield Horizontal(says("Claimant", classes="label"), Picker("claimant", placeholder="id, reference, name, phone"))
        yield Horizontal(
            says("Weekly", classes="label"),
            TextField(first.until, id="until", placeholder="only this day", longest=20),
            says("last day: 18 dec, 2026-12-18, in 4 weeks", classes="hint"),
        )
        overs = [(code, OVER_WORDS.get(code, code)) for code in sorted(OVER_APPOINTMENTS, key=list(OVER_WORDS).index)]
        yield Horizontal(says("Over", classes="label"), OneOf(overs, chosen=first.over, glyphs=self.glyphs, id="over"))
        yield Horizontal(
            says("Note", classes="label"),
            TextField(first.note, id="note", placeholder="facts only, no personal data", longest=LONGEST_NOTE),
        )
        yield says("", id="problem", classes="dialog--problem")
        yield VerticalScroll(says("Looking.", id="lines"), id="effect")

    def on_mount(self) -> None:
        """Put the claimant in and look what it would do."""
        self._fit()
        self._picker.set_value(self._first.client, self._first.client_id)
        self._show_claimant()
        self.look()

    def on_resize(self, event: events.Resize) -> None:
        """Let what it would do have the lines that are left, and every reason its words where there is room."""
        self.query_one("#effect").styles.max_height = max(event.size.height - FIELD_LINES, 3)
        self._fit()

    def _fit(self) -> None:
        self.widen(min(LABEL + max(one.whole for one in self.query(OneOf)), MOST), LEAST)

    @property
    def _picker(self) -> Picker:
        return self.query_one("#picker-claimant", Picker)

    def _text(self, name: str) -> str:
        return self.query_one(f"#{name}", TextField).value

    def _one_of(self, name: str) -> str:
        return self.query_one(f"#{name}", OneOf).chosen

    @property
    def diary(self) -> str:
        """The diary in which it blocks."""
        return self._place[0]

    @property
    def typed(self) -> BlockTyped:
        """What stands in the fields, or stood there at the escape."""
        if self._given_up is not None:
            return self._given_up
        return BlockTyped(
            self._text("start"),
            self._text("end"),
            self._one_of("why"),
            self._picker.value,
            self._picker.picked_id,
            self._text("until"),
            self._one_of("over"),
            self._text("note"),
        )

    # Reading.

    def _read(self) -> BlockAsked | tuple[str, str]:
        """Return what is asked for, or the field that cannot be read and why."""
        typed = self.typed
        start, end = _tick(typed.start, "start"), _tick(typed.end, "end")
        if isinstance(start, str):
            return "start", start
        if isinstance(end, str):
            return "end", end
        until = read_day(typed.until, self._today)
        if isinstance(until, FieldProblem):
            return "until", f"{until.sentence}."
        code = typed.why.removeprefix(_TYPE) if typed.why.startswith(_TYPE) else None
        return BlockAsked(
            diary=self._place[0],
            day=self._place[1],
            start=start,
            end=end,
            reason=typed.why if code is None else None,
            type=code,
            client=None if code is None else typed.client_id,
            over=typed.over,
            until=until,
            note=clean(typed.note, limit=LONGEST_NOTE),
        )

    def look(self) -> None:
        """Ask now what it would do, as the fields stand; a later question drops this one's answer."""
        if not self.is_attached:
            return
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        asked, self._looked = self._read(), self.typed
        self._generation += 1
        self._complain("" if isinstance(asked, BlockAsked) else asked[1])
        if isinstance(asked, BlockAsked):
            self._asked = asked
            self._asks.preview(self._generation, asked)
        else:
            self._asked = self._seen = None
            self._say([])

    def _later(self) -> None:
        """Look when the typing pauses; a field that says it changed when it was filled has not."""
        if self.typed == self._looked and self._timer is None:
            return
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(DEBOUNCE_SECONDS, self.look)

    # What happens in the fields.

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._later()

    @on(OneOf.Changed)
    def _chosen(self, event: OneOf.Changed) -> None:
        event.stop()
        self._show_claimant()
        self.look()

    def _show_claimant(self) -> None:
        """Let a claimant be named only where the reason is a type."""
        self._picker.disabled = not self._one_of("why").startswith(_TYPE)

    @on(Picker.Typed)
    def _claimant_typed(self, event: Picker.Typed) -> None:
        event.stop()
        if event.text.strip():
            self._asks.find(event.generation, event.text)
        self._later()

    @on(Picker.Picked)
    def _claimant_picked(self, event: Picker.Picked) -> None:
        event.stop()
        self.look()
        self.focus_next()

    @on(Picker.Submitted)
    @on(Input.Submitted)
    def _submitted(self, event: Picker.Submitted | Input.Submitted) -> None:
        event.stop()
        self.action_block()

    def show_clients(self, generation: int, clients: Sequence[Client]) -> None:
        """Show claimants that fit what was typed."""
        details = [" ".join(part for part in (one.reference or one.ref, one.phone) if part) for one in clients]
        choices = [Choice(one.ref, one.name, detail) for one, detail in zip(clients, details, strict=True)]
        self._picker.show_choices(generation, choices)

    # Blocking.

    def action_block(self) -> None:
        """Block the time, once every appointment that would be lost has been shown."""
        if self._acting is not None:
            return
        asked = self._read()
        if not isinstance(asked, BlockAsked):
            self._complain(asked[1])
            self.query_one(f"#{asked[0]}", TextField).focus()
            return
        seen = None
        if asked.over in _LOSING:
            if self._seen is None or not _same_time(self._seen[0], asked):
                self.look()
                self._complain("Look first at what it would do, then press the key again.")
                return
            seen = self._seen[1]
        tried = asked in self._unanswered
        self._acting = asked, self._unanswered.setdefault(asked, str(uuid4()))
        self._complain("Blocking.", flag=False)
        # What an act that may have been done already would meet is itself.
        self._asks.block(asked, self._acting[1], None if tried else seen)

    def action_give_up(self) -> None:
        """Keep what was typed, and let nothing happen."""
        self._given_up = self.typed
        self.dismiss(None)

    def show_answer(self, act: str, generation: int, answer: Blocked | Refused, names: Mapping[str, str]) -> None:
        """Show what it would do or why it was refused; close when it is done."""
        if not self.is_attached:
            return
        if act == "preview":
            if generation == self._generation and self._asked is not None:
                self._show(self._asked, answer, names, [])
            return
        acting, self._acting = self._acting, None
        if acting is None:
            return
        self._unanswered.pop(acting[0], None)
        self._complain("")
        if isinstance(answer, Blocked) and answer.status == "blocked":
            self.dismiss(True)
        elif isinstance(answer, Refused):
            self._show(acting[0], answer, names, [f"{self.glyphs.flag * 2} Nothing was blocked."])
        else:
            self._show(acting[0], answer, names, [f"{self.glyphs.flag * 2} Nothing was blocked: this has changed. Look again."])

    def failed(self, sentence: str) -> None:
        """Say that the store could not answer; the same asked again is done once."""
        self._acting = None
        self._complain(sentence)

    def _show(self, asked: BlockAsked, answer: Blocked | Refused, names: Mapping[str, str], first: list[str]) -> None:
        self._seen = None if isinstance(answer, Refused) else (asked, seen_in(answer))
        self._say([*first, *block_lines(answer, names, asked.over, asked.days, self.glyphs.flag)])

    def _say(self, lines: Sequence[str]) -> None:
        self.query_one("#lines", Static).update(Content("\n".join(shown(line) for line in lines)))

    def _complain(self, sentence: str, *, flag: bool = True) -> None:
        text = f"{self.glyphs.flag} {sentence}" if sentence and flag else sentence
        self.query_one("#problem", Static).update(Content(shown(text)))


def _same_time(one: BlockAsked, other: BlockAsked) -> bool:
    """Whether two would do the same to appointments; the words of the note do nothing."""
    return replace(one, note="") == replace(other, note="")


def _tick(text: str, name: str) -> int | str:
    """Return the tick of "09:05", "9.05", "905" or "9", or a sentence why it is none."""
    found = _HOURS.fullmatch(text.strip())
    try:
        return parse_clock(f"{int(found[1]):02d}:{found[2] or '00'}", end=name == "end") if found else _no_time(name)
    except OffGrid as off_grid:
        return str(off_grid)
    except ValueError:
        return _no_time(name)


def _no_time(name: str) -> str:
    return f"The {name} is not a time such as 09:30."


def typed_for(start: int, end: int, why: str, client: str, client_id: str | None) -> BlockTyped:
    """Return what the dialog begins with for a marked stretch, in ticks."""
    return BlockTyped(clock(start), clock(end), why, client, client_id)
