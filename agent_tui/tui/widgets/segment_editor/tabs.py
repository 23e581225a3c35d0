"""The line of weekdays above the segments; the chosen one is marked, changed ones have a star."""

from dataclasses import dataclass, field
from datetime import date

from rich.cells import cell_len
from textual import events
from textual.message import Message

from agent_tui.domain.patterns import WEEKDAYS
from agent_tui.domain.wall_time import short_date
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.widgets.lines import Line, Piece, cut, width_of


@dataclass(frozen=True, slots=True)
class Tabs:
    """What the line says: the weekday in hand (or one date), whether it is a day off, and the weekdays that are changed."""

    weekday: int = 0
    day: date | None = None
    day_off: bool = False
    changed: frozenset[int] = field(default_factory=frozenset)


class WeekTabs(Line):
    """Mon to Sun and the day off; a click chooses a weekday."""

    PREFIX = "week-tabs--"
    COMPONENT_CLASSES = {f"week-tabs--{name}" for name in ("ground", "chosen", "off")}
    DEFAULT_CSS = """
    WeekTabs {
        background: $panel;
        color: $foreground;
        & > .week-tabs--ground { background: $panel; color: $foreground; }
        & > .week-tabs--chosen { background: $panel; color: $text-primary; text-style: bold underline; }
        & > .week-tabs--off { background: $panel; color: $text-warning; text-style: bold; }
    }
    """

    class Chosen(Message):
        """A weekday was clicked."""

        def __init__(self, weekday: int) -> None:
            super().__init__()
            self.weekday = weekday

    def __init__(self, *, glyphs: Glyphs = UNICODE, id: str | None = None) -> None:
        """Make the line for a Monday."""
        super().__init__(id=id)
        self._glyphs = glyphs
        self._tabs = Tabs()

    def show(self, tabs: Tabs) -> None:
        """Show other tabs."""
        if tabs != self._tabs:
            self._tabs = tabs
            self.refresh()

    def _entries(self) -> list[tuple[int, str, str]]:
        tabs = self._tabs
        entries = []
        for number, name in enumerate(WEEKDAYS):
            chosen = tabs.day is None and number == tabs.weekday
            sign = self._glyphs.pointer if chosen else " "
            star = "*" if number in tabs.changed else " "
            entries.append((number, f"{sign}{name[:3]}{star}", "chosen" if chosen else "ground"))
        return entries

    def pieces(self, width: int) -> list[Piece]:
        """Return the weekdays, the exception if one is in hand, and the day off."""
        tabs = self._tabs
        pieces: list[Piece] = [(f" {word}", style) for _number, word, style in self._entries()]
        if tabs.day is not None:
            words = f"   {self._glyphs.pointer}only {short_date(tabs.day)}"
            pieces.append((words, "chosen"))
        mark = "[x] Day off" if tabs.day_off else "[ ] Day off"
        room = width - width_of(pieces) - cell_len(mark) - 2
        pieces.append((" " * max(room, 2), "ground"))
        pieces.append((cut(mark, max(width - width_of(pieces), 0)), "off" if tabs.day_off else "ground"))
        return pieces

    def on_click(self, event: events.Click) -> None:
        """Choose the weekday that was clicked."""
        x = 0
        for number, word, _style in self._entries():
            width = cell_len(word) + 1
            if x <= event.x < x + width:
                event.stop()
                self.post_message(self.Chosen(number))
                return
            x += width
