"""The lists of the segments screen; each keeps its highlight when what it shows changes."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from agent_tui.domain.pattern_draft import SegmentRow
from agent_tui.domain.ticks import clock
from agent_tui.domain.types import AppointmentType
from agent_tui.tui.commands import bindings_for
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals.base import PointedList, TextField
from agent_tui.tui.widgets.lines import fill, shown

HEADING = "  Start  End    Level     Channel Limit Types Description"


class SegmentTable(PointedList):
    """The segments of a day, one a line; what a less specific level says is drawn dim."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("segment table")]

    def __init__(self, *, glyphs: Glyphs = UNICODE, id: str | None = None) -> None:
        """Make an empty table."""
        super().__init__((), glyphs, id=id)
        self.rows: tuple[SegmentRow, ...] = ()

    @property
    def row(self) -> SegmentRow | None:
        """The line that has the highlight."""
        at = self.highlighted
        return self.rows[at] if at is not None and at < len(self.rows) else None

    def show_rows(self, rows: Sequence[SegmentRow], start: int | None = None) -> None:
        """Show other lines, the highlight on the own segment that starts at a tick, else where it was."""
        was = start if start is not None else None if self.row is None else self.row.start
        self.rows = tuple(rows)
        exact = [at for at, row in enumerate(rows) if row.start == was and row.own]
        near = [at for at, row in enumerate(rows) if was is not None and row.start <= was < row.end]
        self.show([_line(row) for row in rows], ([*exact, *near] or [0])[0])


def _line(row: SegmentRow) -> Content:
    part = row.segment
    limit = "-" if part.limit is None else str(part.limit)
    count = str(len(part.types)) if part.types else "shut"
    words = f"{clock(row.start)}  {clock(row.end)}  {row.level:<9} {part.channel:<7} {limit:<5} {count:<5} "
    return Content.assemble((words + shown(part.description), "" if row.own else "dim"))


class TypeList(PointedList):
    """Types by name, with their minutes; a type that its diary does not have assigned is marked."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("segment types")]

    def __init__(self, *, glyphs: Glyphs = UNICODE, id: str | None = None) -> None:
        """Make an empty list."""
        super().__init__((), glyphs, id=id)
        self._glyphs = glyphs
        self.kinds: tuple[tuple[AppointmentType, int | None, bool, bool], ...] = ()

    @property
    def kind(self) -> AppointmentType | None:
        """The type that has the highlight."""
        at = self.highlighted
        return self.kinds[at][0] if at is not None and at < len(self.kinds) else None

    def show_types(self, kinds: Sequence[tuple[AppointmentType, int | None, bool, bool]]) -> None:
        """Show other types, each with its minutes, whether it is a key type, and whether it must be assigned."""
        at = self.highlighted or 0
        before = self.kind
        self.kinds = tuple(kinds)
        same = next((number for number, one in enumerate(kinds) if before is not None and one[0].code == before.code), None)
        self._draw(same if same is not None else at)

    def _draw(self, at: int) -> None:
        width = max(self.size.width - 5, 20)
        self.show([_type_line(*one, width, self._glyphs) for one in self.kinds], at)

    def on_resize(self) -> None:
        """Put the minutes at the right edge again."""
        if self.kinds:
            self._draw(self.highlighted or 0)


def _type_line(kind: AppointmentType, minutes: int | None, key: bool, unassigned: bool, width: int, glyphs: Glyphs) -> Content:
    tail = f"{minutes or '-':>4}{glyphs.key_type if key else ' '}{'+' if unassigned else ' '}"
    return Content(fill(shown(kind.name), width - len(tail), glyphs.ellipsis) + tail)


class TypeWords(TextField):
    """The line in which some words of a type are typed."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("type words")]

    DEFAULT_CSS = """
    TypeWords {
        height: 1;
        border: none;
        padding: 0;
        background: $panel;
        color: $foreground;
        &:focus { border: none; background: $panel; background-tint: $foreground 0%; text-style: underline; }
        & > .input--placeholder { color: $text-muted; text-style: italic; }
    }
    """
