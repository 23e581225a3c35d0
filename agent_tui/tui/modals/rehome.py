"""Re-homing: what is off from when, where each of its appointments would go, and which of that is accepted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static

from agent_tui.domain.cleaning import clean
from agent_tui.domain.rehoming import Away, RefusedPlan, Rehoming
from agent_tui.domain.request_text import FieldProblem, read_tick
from agent_tui.domain.requests import Refused
from agent_tui.domain.ticks import clock
from agent_tui.domain.wall_time import spoken_date
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.messages import StoreFailed, WorkDone
from agent_tui.tui.modals.base import BESIDE, MOST, POINTER, Dialog, PointedList, TextField, WeighedList, says
from agent_tui.tui.rehome_words import Columns, columns_of, line_words, plan_lines, plan_sentence
from agent_tui.tui.widgets.lines import shown
from agent_tui.tui.widgets.one_of import OneOf

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

AROUND = 14
LEAST = 80
"""Cells of the frame at least."""
"""Lines of the dialog around the list: frame, fields, what is said."""
_BLOCK = (("yes", "block the rest of the day"), ("no", "leave it open"))


@dataclass(frozen=True, slots=True)
class _Shown:
    """A plan with the names of its claimants, or why there is none."""

    found: Rehoming | Refused
    names: Mapping[str, str]

    @property
    def plan(self) -> Rehoming | None:
        """Return the plan that there is now, if any."""
        if isinstance(self.found, Rehoming):
            return self.found if self.found.status == "plan" else None
        return self.found.instead if isinstance(self.found, RefusedPlan) else None


class RehomeModal(Dialog[Rehoming]):
    """Shows the plan for a diary or a room; space accepts a line or not, enter does what is accepted, escape nothing."""

    AUTO_FOCUS = "#moves"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "accept", "accept", show=False),
        Binding("slash", "words", "what is off", show=False),
    ]

    DEFAULT_CSS = """
    RehomeModal {
        & > .dialog { width: 80; overflow-y: hidden; }
        & Horizontal { height: 1; }
        & .label { width: 10; height: 1; }
        & TextField { width: 10; }
        & .hint { width: 1fr; height: 1; padding-left: 1; color: $text-muted; }
        & #heading { height: 1; margin-top: 1; color: $text-muted; }
        & #moves { height: auto; }
        & #line { width: 1fr; height: auto; min-height: 1; max-height: 2; }
        & #said { width: 1fr; height: auto; min-height: 2; max-height: 3; }
        & #said.-wrong { color: $text-error; text-style: bold; }
        & #line { color: $text-muted; }
    }
    """

    def __init__(
        self, back: Backstage, code: str, day: date, rooms: Iterable[str], *, first: int = 0, glyphs: Glyphs = UNICODE
    ) -> None:
        """Take the code of a diary or a room, the day, the codes of all rooms, and the tick from which it is off."""
        super().__init__("Re-home", "space accepts or not, enter re-homes, / what is off, esc nothing", glyphs=glyphs)
        self._back = back
        self._rooms = frozenset(rooms)
        self._away = Away(code, day, first, code in self._rooms)
        self._block = True
        self._plan: Rehoming | None = None
        self._columns = Columns()
        self._names: Mapping[str, str] = {}
        self._off: set[str] = set()
        self._ids: dict[tuple[object, ...], str] = {}
        self._acting = False

    def contents(self) -> Iterable[Widget]:
        """Return the fields, the plan, and what is said of it."""
        away, day = self._away, self._away.day
        yield says(spoken_date(day))
        yield Horizontal(
            says("Off", classes="label"),
            TextField(away.code, id="code", longest=20),
            says("the diary of a coach, or a room or equipment", classes="hint"),
        )
        yield Horizontal(
            says("From", classes="label"),
            TextField(clock(away.first) if away.first else "", id="first", placeholder="all day", longest=8),
            says("a time such as 13:00; empty is all day", classes="hint"),
        )
        yield Horizontal(says("Then", classes="label"), OneOf(_BLOCK, glyphs=self.glyphs, id="block"), id="then")
        yield says("", id="heading")
        yield WeighedList((), self.glyphs, id="moves")
        yield says("", id="line")
        yield says("", id="said")

    def on_mount(self) -> None:
        """Look where they could go."""
        self._look()

    def on_resize(self, event: events.Resize) -> None:
        """Let the plan have the lines that are left, and the width that its names need."""
        self.query_one("#moves").styles.max_height = max(event.size.height - AROUND, 3)
        if self._plan is not None:
            self._show_plan(self.query_one("#moves", PointedList).highlighted or 0)

    @property
    def said(self) -> str:
        """What the dialog says below the plan."""
        return str(self.query_one("#said", Static).render())

    @property
    def lines(self) -> list[str]:
        """The lines of the plan."""
        return [] if self._plan is None else plan_lines(self._plan, self._names, self._off, self.glyphs, self._columns)

    def _say(self, sentence: str, *, wrong: bool = False) -> None:
        said = self.query_one("#said", Static)
        said.set_class(wrong, "-wrong")
        said.update(Content(shown(f"{self.glyphs.flag} {sentence}" if wrong else sentence)))

    # The plan.

    def _look(self) -> None:
        away, block = self._away, self._block
        self._say(f"Looking for places{self.glyphs.ellipsis}")

        def work(desk: "Desk") -> object:
            from agent_tui.services.rehoming import preview

            return _with_names(desk, preview(desk, away, block=block))

        self._back.do("rehome", work, screen=self, exclusive=True)

    def _read(self) -> bool:
        """Read the fields; False, with why, where one cannot be read."""
        code = clean(self.query_one("#code", TextField).value, limit=20).upper()
        text = self.query_one("#first", TextField).value.strip()
        tick = read_tick(text) if text else 0
        if isinstance(tick, FieldProblem):
            self._say(f"{tick.sentence}.", wrong=True)
            self.query_one("#first").focus()
            return False
        self._away = Away(code, self._away.day, tick, code in self._rooms)
        return True

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        if self._read():
            self._off.clear()
            self._look()
            self.query_one("#moves").focus()

    @on(OneOf.Changed)
    def _chosen(self, event: OneOf.Changed) -> None:
        event.stop()
        self._block = event.one_of.chosen == "yes"
        self._look()

    def action_words(self) -> None:
        """Go to what is off."""
        self.query_one("#code").focus()

    def action_accept(self) -> None:
        """Accept the line under the cursor, or no longer."""
        at, plan = self.query_one("#moves", PointedList).highlighted, self._plan
        if plan is None or at is None or self._acting:
            return
        if at < len(plan.left):
            self._say("This one finds no place; it is flagged.", wrong=True)
            return
        self._off ^= {plan.moved[at - len(plan.left)].before.id}
        self._draw(at)

    def _draw(self, at: int = 0) -> None:
        self._show_plan(at)
        if self._plan is not None:
            self._say(plan_sentence(self._plan, self._off))

    def _show_plan(self, at: int) -> None:
        """Give the frame the width that the names of the plan need, and show the plan with the pointer at a line."""
        widest = columns_of(self._plan, self._names, MOST)
        room = self.widen(len(widest.heading) + BESIDE, LEAST) - BESIDE
        self._columns = columns_of(self._plan, self._names, room)
        self.query_one("#heading", Static).update(Content(f"{' ' * POINTER}{self._columns.heading}"))
        self.query_one("#moves", PointedList).show([Content(shown(line)) for line in self.lines], at)

    @on(OptionList.OptionHighlighted, "#moves")
    def _pointed(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        words = "" if self._plan is None else line_words(self._plan, event.option_index, self._off, self._names)
        self.query_one("#line", Static).update(Content(shown(words)))

    # Doing it.

    @on(OptionList.OptionSelected, "#moves")
    def _carry_out(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        plan = self._plan
        if plan is None or self._acting:
            return
        before, block = self._away, self._block
        if not self._read() or self._away != before:
            self._look()
            return
        only = None if not self._off else [one.before.id for one in plan.moved if one.before.id not in self._off]
        # Asked again after trouble with the store, the same act has the same id and is done once.
        id = self._ids.setdefault((plan.token, block, tuple(only or ()), only is None), str(uuid4()))
        self._acting = True
        self._say(f"Re-homing{self.glyphs.ellipsis}")

        def work(desk: "Desk") -> object:
            from agent_tui.services.rehoming import commit

            return _with_names(desk, commit(desk, plan.away, plan.token, only=only, block=block, plan=plan, id=id))

        self._back.do("rehome", work, screen=self)

    def on_store_failed(self, message: StoreFailed) -> None:
        """Say what the store could not do; asked again, the act is done once."""
        message.stop()
        self._acting = False
        self._say(f"{message.sentence} Nothing is lost; press the key again.", wrong=True)

    def on_work_done(self, message: WorkDone) -> None:
        """Show the plan, or why there is none; close when it is done."""
        message.stop()
        self._acting = False
        answer = message.result
        assert isinstance(answer, _Shown)
        if isinstance(answer.found, Rehoming) and answer.found.status == "rehomed":
            self.dismiss(answer.found)
            return
        self._plan, self._names = answer.plan, answer.names
        self._off &= set() if self._plan is None else {one.before.id for one in self._plan.moved}
        self._draw()
        if isinstance(answer.found, Refused):
            self._say(answer.found.reason, wrong=True)
        elif self._plan is not None and self._plan.note:
            self._say(self._plan.note, wrong=True)


def _with_names(desk: "Desk", found: Rehoming | Refused) -> _Shown:
    from agent_tui.services.claimants import names_of

    plan = found if isinstance(found, Rehoming) else found.instead if isinstance(found, RefusedPlan) else None
    entries = [] if plan is None else [*(one.before for one in plan.moved), *plan.left]
    return _Shown(found, names_of(desk, sorted({one.client for one in entries if one.client is not None}), "re-home"))
