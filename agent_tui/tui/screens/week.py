"""The week screen: starts still free over all diaries, for a weekly group or a type; beside them the guarantees.

What is counted is chosen in screens/week_choosing.py; its chart of the coming weeks is in screens/week_chart.py, its guarantees
and the week's check in screens/week_guarantees.py.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal
from textual.content import Content

from agent_tui.domain.plurals import counted
from agent_tui.domain.site import Staff
from agent_tui.domain.week import AGENT, GROUP_NAMES, BadWeek, HeatMap, WeekAsked, types_of_group
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.commands import bindings_for
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.screens.manager import SECOND
from agent_tui.tui.screens.week_chart import WeekChart
from agent_tui.tui.screens.week_choosing import PICKED, WeekChoosing
from agent_tui.tui.screens.week_guarantees import GuaranteeList
from agent_tui.tui.too_small import TooSmall
from agent_tui.tui.week_words import (
    CHANNEL_NAMES,
    cell_words,
    short_cells,
    week_words,
    whose_words,
)
from agent_tui.tui.widgets.heat_map import HeatGrid, HeatView
from agent_tui.tui.widgets.lines import KeyFooter, StatusLine, Title, TitleLine, shown

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

WIDE: Final = 160
"""Columns from which on the four groups stand side by side, the guarantees below them."""

BESIDE: Final = 110
"""Columns from which on the guarantees stand beside the map; the chart of six weeks takes their place."""

FRAME: Final = 4
"""Lines of a map beside its half hours: its frame, the days and the totals."""

HEAT = "heat"

Maps = Mapping[str, HeatMap | str]


class WeekScreen(WeekChoosing):
    """The heat map of a week; it counts again when the feed brings something and each minute."""

    CSS_PATH = "week.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("week")]
    AUTO_FOCUS = "HeatGrid"

    def __init__(self, back: Backstage, now: Callable[[], datetime], staff: Staff, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(back, now, staff, glyphs)
        self._wide = False
        self._seen: tuple[object, ...] = ()
        self._maps: Maps = {}

    def compose(self) -> ComposeResult:
        """Put the maps on the screen."""
        yield TitleLine(Title("Week"), glyphs=self.glyphs, id="title")
        with Container(id="body"):
            with Horizontal(id="maps"):
                for name in (*GROUP_NAMES, PICKED):
                    yield HeatGrid(glyphs=self.glyphs, id=name)
                yield WeekChart(glyphs=self.glyphs, id="chart")
            yield self.compose_pane()
        yield StatusLine(glyphs=self.glyphs, id="status")
        yield KeyFooter(id="keys")
        yield TooSmall()

    def on_mount(self) -> None:
        """Count the week, and look each second whether it must be counted again."""
        self.set_class(self.glyphs is not UNICODE, "-ascii")
        self.lay_out()
        self.show_title()
        self.set_interval(SECOND, self.look)

    def on_screen_resume(self) -> None:
        """Count what has happened while another screen was in front."""
        self.look()

    @property
    def context(self) -> str:  # type: ignore[override]
        """The place that has the focus, as the command registry names it."""
        if isinstance(self.focused, GuaranteeList):
            return "guarantee list"
        return "heat map" if isinstance(self.focused, HeatGrid) else "week chart" if self.focused is self.chart else "week"

    def on_resize(self, event: events.Resize) -> None:
        """Show the four groups side by side, and the guarantees beside or below, where there is room for them."""
        self._wide = event.size.width >= WIDE
        self.set_class(self._wide, "-below")
        self.query_one(TooSmall).fit(event.size)
        self.lay_out(keep=True)
        self.look()

    # Counting.

    @property
    def shown_maps(self) -> tuple[str, ...]:
        """The maps that are on the screen."""
        return tuple(GROUP_NAMES) if self._wide and self.chosen != PICKED else (self.chosen,)

    @property
    def grid(self) -> HeatGrid:
        """The map that is in hand."""
        return self.query_one(f"#{self.chosen}", HeatGrid)

    def look(self) -> None:
        """Count again where something else is asked for, the feed has brought something or a minute has passed."""
        if not self.is_current:
            return
        self.look_at_rules()
        shown_maps = self.chosen if self.charted else self.shown_maps
        asked = (self.charted, shown_maps, self.type, self.shown_week, self.team, self.diary, self.channel, self.as_agent)
        now = (self.back.changes, self.now().replace(second=0, microsecond=0), asked)
        if now != self._seen:
            self._seen = now
            if self.charted:
                self.count_ahead()
            else:
                self.count()
            self.read_checks()

    def count(self) -> None:
        """Count the maps that are shown, in memory."""
        names, live = self.shown_maps, self.back.live
        asked = {name: self.asked(name) for name in names}

        def work(desk: "Desk") -> object:
            found: dict[str, HeatMap | str] = {}
            for name, one in asked.items():
                try:
                    found[name] = one if isinstance(one, str) else live.heat_maps([one])[0]
                except BadWeek as bad:
                    found[name] = str(bad)
            return found

        self.do(HEAT, work, exclusive=True)

    def asked(self, name: str) -> WeekAsked | str:
        """Return what is counted for a map, the sentence of why there is nothing where its group has no type."""
        try:
            types = (self.type or "",) if name == PICKED else types_of_group(self.catalogue, name)
        except BadWeek as bad:
            return str(bad)
        booker = AGENT if self.as_agent else None
        return WeekAsked(self.shown_week, types, self.team, self.diary, self.channel, booker)

    def rules_changed(self) -> None:
        """Count under the newest rules."""
        self._seen = ()

    def done(self, job: str, result: object) -> None:
        """Show what was counted."""
        if job == HEAT and isinstance(result, Mapping):
            self._maps = result
            self.paint(result)
        else:
            super().done(job, result)

    def guarantees_counted(self) -> None:
        """Show how the guarantees stand, and mark in the maps what they lack."""
        super().guarantees_counted()
        self.paint(self._maps)

    # Showing.

    def paint(self, maps: Maps) -> None:
        """Show maps, each cursor where it was."""
        for name, found in maps.items():
            grid = self.query_one(f"#{name}", HeatGrid)
            if isinstance(found, HeatMap):
                gone = frozenset(day for day in found.days if day < self.today or day in self.catalogue.closures)
                says = "" if found.starts else "None of the diaries is open."
                short = short_cells(found, gone, self.guarantees, self.now())
                grid.show(HeatView(found, gone, says, short))
            else:
                grid.show(HeatView(says=found))
            self._entitle(name, grid)
        self._fit_maps()
        self.show_title()
        self.describe()

    def _fit_maps(self) -> None:
        """Give the maps as many lines as they have half hours where the guarantees stand below, so that those have the rest."""
        rows = max((grid.view.rows for grid in self.query(HeatGrid) if grid.display), default=0)
        styles = self.query_one("#maps", Horizontal).styles
        styles.height = rows + FRAME if self._wide and rows else None

    @property
    def what(self) -> str:
        """What is counted, in words."""
        return self._what(self.chosen)

    def _entitle(self, name: str, grid: HeatGrid) -> None:
        found = grid.view.map
        total = "" if found is None else f"  {counted(sum(found.totals), 'start')}"
        key = "" if name == PICKED else f"{list(GROUP_NAMES).index(name) + 1} "
        grid.border_title = Content(shown(f"{key}{self._what(name)}{total}"))

    def _undertitle(self, grid: HeatGrid) -> None:
        """Show below a map the first type that nobody takes, else on a narrow terminal that the week's check is missing."""
        notes = () if grid.view.map is None else grid.view.map.notes
        words = [f"{self.glyphs.flag} {note.text}" for note in notes if note.rule not in ("closure", "past")]
        if self.size.width < BESIDE:
            words += self.check_words
        grid.border_subtitle = Content(shown(words[0])) if words else ""

    def _what(self, name: str) -> str:
        kind = self.catalogue.types.get(self.type or "")
        return GROUP_NAMES.get(name) or ("" if kind is None else kind.name)

    def lay_out(self, *, keep: bool = False) -> None:
        """Show the chart, or the maps that there is room for, and go there; with `keep` the guarantees keep the focus."""
        for name in (*GROUP_NAMES, PICKED):
            self.query_one(f"#{name}", HeatGrid).display = name in self.shown_maps and not self.charted
        self.chart.display = self.charted
        self.set_class(self.size.width < (WIDE if self.charted else BESIDE), "-folded")
        self._fit_maps()
        in_pane = keep and self.listing.has_focus
        self.set_class(in_pane, "-in-pane")
        if not in_pane:
            (self.chart if self.charted else self.grid).focus()

    def action_to_guarantees(self) -> None:
        """Go to the guarantees, which on a narrow terminal take the place of the map, or back to it."""
        if self.listing.has_focus:
            self.lay_out()
        else:
            self.add_class("-in-pane")
            self.listing.focus()
        self.describe(moved=True)

    def describe(self, *, moved: bool = False) -> None:
        """Say what is under the cursor."""
        if self.listing.has_focus:
            self.describe_guarantee(moved=moved)
            return
        if self.charted:
            self.describe_ahead(moved=moved)
            return
        self.status.describe(cell_words(self.grid.view, self.grid.cursor, self._what(self.chosen)), moved=moved)

    def show_title(self) -> None:
        """Show the week, whose diaries are counted, and how."""
        how = [CHANNEL_NAMES[self.channel]] if self.channel else []
        how += [f"as a {AGENT} sees it"] if self.as_agent else []
        keys = "1-4 groups  [ ] week"
        own = self.staff.diary if self.staff.role == "coach" and not self.as_agent else None
        place = whose_words(self.catalogue, self.team, self.diary or own)
        week = self.shown_week
        counts = (keys, *how, *self.check_words, *self.key_words)
        title = Title(f"Week {week.number}", week_words(week), place, counts, f"{self.now():%H:%M}")
        self.title_line.show(title)
        for name in self.shown_maps:
            self._undertitle(self.query_one(f"#{name}", HeatGrid))

    @on(HeatGrid.CursorMoved)
    def _cursor_moved(self, event: HeatGrid.CursorMoved) -> None:
        event.stop()
        self.describe(moved=True)

    @on(HeatGrid.CellChosen)
    def _cell_chosen(self, event: HeatGrid.CellChosen) -> None:
        event.stop()
        self.action_open_cell()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Take the map that has the focus in hand, or the guarantees."""
        grid = event.widget
        if isinstance(grid, GuaranteeList):
            self.describe_guarantee(moved=True)
        if isinstance(grid, HeatGrid) and grid.id is not None and grid.display:
            self.chosen = grid.id
            self.describe()

    def choose(self, name: str) -> None:
        """Count another group or what was picked, the cursor where it was."""
        cursor, self.chosen = self.grid.cursor, name
        if self.grid.view.rows:
            self.grid.go_to(*cursor, tell=False)
        else:
            self.grid.cursor = cursor
        self.lay_out()
        self.look()
        self.describe(moved=True)
