"""The chart in a running app: shapes with numbers and labels, read by cursor, without colour, in ASCII, too wide and too long."""

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from agent_tui.tui.glyphs import ASCII, UNICODE, Glyphs
from agent_tui.tui.widgets.chart import Bar, Chart, ChartView, Group, shapes
from agent_tui.tui.widgets.chart.render import layout

DAYS = ("Mon 7", "Tue 8", "Wed 9", "Thu 10", "Fri 11")


def weeks(*values: float | None, **more: Any) -> ChartView:
    """Return a picture of weeks of five days."""
    bars = tuple(Bar((DAYS[at % 5], DAYS[at % 5].split()[1], DAYS[at % 5][0]), value) for at, value in enumerate(values))
    groups = tuple(Group((f"Week {at}: some starts", f"W{at}", str(at)), 5) for at in range(1, len(values) // 5 + 1))
    return ChartView(bars, groups=groups, **more)


class Pictured(App[Any]):
    """An app with a picture."""

    def __init__(self, view: ChartView, glyphs: Glyphs) -> None:
        super().__init__()
        self.chart = Chart(glyphs=glyphs)
        self.view = view
        self.heard: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.chart

    def on_mount(self) -> None:
        self.chart.show(self.view)
        self.chart.focus()

    def on_chart_cursor_moved(self, message: Chart.CursorMoved) -> None:
        self.heard.append(f"moved {message.chart.cursor}")

    def on_chart_bar_chosen(self, message: Chart.BarChosen) -> None:
        self.heard.append(f"chosen {message.chart.cursor}")


@asynccontextmanager
async def pictured(
    view: ChartView, size: tuple[int, int] = (40, 10), glyphs: Glyphs = UNICODE
) -> AsyncIterator[tuple[Pictured, Pilot[Any]]]:
    app = Pictured(view, glyphs)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


def rows(app: Pictured) -> list[str]:
    """Return what the chart draws; each row fills it."""
    width, height = app.chart.size
    strips = [app.chart.render_line(y) for y in range(height)]
    assert {strip.cell_length for strip in strips} == {width}
    return [strip.text.rstrip() for strip in strips]


async def test_columns_stand_over_their_numbers_and_labels() -> None:
    async with pictured(weeks(0, 1, 4, None, 8), (46, 9)) as (app, _pilot):
        found = rows(app)
        place = layout(app.view, 46)
        for at, left in enumerate(place.lefts):
            cells = slice(place.axis + left, place.axis + left + place.cell)
            drawn = [row[cells].strip() for row in found[:6]]
            height = sum(bool(one) for one in drawn)
            assert height == {0: 0, 1: 1, 2: 3, 3: 0, 4: 6}[at], found
            assert set(drawn) <= {"", "█" * (place.cell - 1)}
            assert [row[cells].strip() for row in found[6:8]] == [["0", "1", "4", "-", "8"][at], DAYS[at]]
        assert found[8].strip() == "Week 1: some starts"
        assert [row[:2].strip() for row in found[:6]] == ["8", "", "", "4", "", "0"]


async def test_where_there_is_no_room_short_labels_and_the_numbers_that_fit() -> None:
    view = weeks(*[0, 5, 120, None, 99] * 6)
    async with pictured(view, (78, 18), ASCII) as (app, _pilot):
        found = rows(app)
        assert "".join(found).isascii()
        assert found[-3].split() == ["0", "5", "-"] * 6
        assert found[-2].split() == list("MTWTF") * 6
        assert found[-1].split() == [f"W{number}" for number in range(1, 7)]
        assert found[0].split() == ["120", *"#" * 6]


async def test_what_goes_beyond_the_axis_says_so() -> None:
    async with pictured(weeks(1, 2, 3, 4, 9000, top=4), glyphs=ASCII) as (app, _pilot):
        found = rows(app)
        assert found[0].startswith("4+ ")
        assert found[0].count("+") == 2
        assert found[-3].split() == ["1", "2", "3", "4", "9000"]


async def test_the_cursor_is_seen_without_colour_moves_and_chooses() -> None:
    async with pictured(weeks(1, 2, 3, 4, 5)) as (app, pilot):
        await pilot.press("right", "right", "left", "end", "right", "home", "left", "down", "up", "l")
        assert app.heard == [f"moved {at}" for at in (1, 2, 1, 4, 4, 0, 0, 1, 0, 1)]
        number = app.chart.render_line(7)
        reverse = [segment.text.strip() for segment in number if segment.style is not None and segment.style.reverse]
        assert reverse == ["2"]
        place = layout(app.view, 40)
        await pilot.click(Chart, offset=(place.axis + place.lefts[3] + 1, 4))
        assert app.heard[-1] == "moved 3"
        await pilot.click(Chart, offset=(place.axis + place.lefts[3] + 1, 4))
        await pilot.click(Chart, offset=(0, 4))
        assert app.heard[-1] == "chosen 3"


async def test_a_wide_picture_scrolls_with_the_cursor_and_keeps_its_axis() -> None:
    async with pictured(weeks(*range(1, 41)), (30, 8)) as (app, pilot):
        assert rows(app)[-1].split()[0] == "W1"
        await pilot.press("end")
        found = rows(app)
        assert found[0].startswith("40 ")
        assert found[0].endswith("█")
        assert found[-1].split()[-1] == "W8"
        app.chart.show(weeks(1, 2, 3, 4, 5))
        assert app.chart.cursor == 4
        assert rows(app)[-1].strip() == "Week 1: some starts"


async def test_rows_have_names_numbers_and_a_unit() -> None:
    names = ("A Khan", "B Osei with a very long name", "C\x1b[2J [red]Reid")
    bars = tuple(Bar((name,), value) for name, value in zip(names, (12.25, 100, 0), strict=True))
    many = bars + tuple(Bar((f"Coach {at}",), at) for at in range(20))
    async with pictured(ChartView(many, "rows", unit="%"), (40, 6), ASCII) as (app, pilot):
        found = rows(app)
        assert found[0].split()[-1] == "12.2%"
        assert found[1].count("#") > 6 * found[0].count("#") > 0
        assert found[2].split()[-1] == "0%"
        assert "#" not in found[2]
        assert "[red]" in found[2]
        assert "\x1b" not in "".join(found)
        await pilot.press("end")
        assert rows(app)[-1].startswith("Coach 19")
        await pilot.click(Chart, offset=(3, 0))
        assert app.chart.cursor == len(many) - 6


async def test_a_line_joins_its_points_and_breaks_where_nothing_is_known() -> None:
    async with pictured(weeks(0, 8, None, 4, 4, shape="line"), (40, 12), ASCII) as (app, _pilot):
        place = layout(app.view, 40)
        points = [place.axis + left + (place.cell - 1) // 2 for left in place.lefts]
        found = [row.ljust(40) for row in rows(app)[:9]]
        assert [[row[at] for row in found].index("*") for at in (points[0], points[1], points[3])] == [8, 0, 4]
        assert "." in "".join(row[points[0] : points[1]] for row in found)
        assert "".join(row[points[1] + 1 : points[3]] for row in found).strip() == ""
        assert found[4][points[3] : points[4] + 1].strip(".") == "*" + "." * (points[4] - points[3] - 1) + "*"


async def test_nothing_to_show_is_a_sentence_and_all_nothing_is_a_picture() -> None:
    async with pictured(ChartView(says="No type belongs to the group.")) as (app, pilot):
        assert rows(app)[0] == " No type belongs to the group."
        await pilot.press("right", "end")
        await pilot.click(Chart, offset=(5, 5))
        assert app.chart.cursor == 0
        app.chart.show(weeks(0, 0, 0, 0, 0))
        assert rows(app)[-3].split() == ["0"] * 5
        await pilot.resize_terminal(6, 2)
        rows(app)


async def test_numbers_stay_where_the_shapes_cannot_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "plotext", None)
    async with pictured(weeks(1, 2, 3, 4, 5), (90, 9)) as (app, _pilot):
        found = rows(app)
        assert shapes.NO_SHAPES[:30] in found[0]
        assert found[-3].split() == ["1", "2", "3", "4", "5"]


def test_what_draws_is_imported_with_the_first_picture() -> None:
    code = (
        "import sys, agent_tui.tui.screens.week; print('plotext' in sys.modules)\n"
        "from agent_tui.tui.widgets.chart import prepare; prepare(); print('plotext' in sys.modules, 'numpy' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.split() == ["False", "True", "False"]
