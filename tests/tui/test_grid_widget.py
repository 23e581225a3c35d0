"""The diary grid in a running app: cursor, mouse, messages, and how little it repaints."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.events import MouseScrollDown
from textual.message import Message
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Input

from agent_tui.domain.ticks import span
from agent_tui.tui.commands import bindings_for
from agent_tui.tui.glyphs import ASCII
from agent_tui.tui.themes import AGENT_THEMES, install, variable_defaults
from agent_tui.tui.widgets.diary_grid import Block, Cell, Column, DiaryGrid, Geometry, Ghost, GridView
from agent_tui.tui.widgets.diary_grid.geometry import GUTTER

THURSDAY = date(2026, 11, 26)
NINE, TEN, FIVE = 108, 120, 204


class CountingGrid(DiaryGrid):
    """Counts what Textual asks it to draw."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.drawn: list[int] = []

    def render_line(self, y: int) -> Strip:
        self.drawn.append(y)
        return super().render_line(y)


class Desk(App[object]):
    def __init__(self, shown: GridView | None, theme: str = "dark", **more: Any) -> None:
        super().__init__()
        self.shown = shown
        self.theme_name = theme
        self.more = more
        self.heard: list[Message] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults()

    def compose(self) -> ComposeResult:
        yield CountingGrid(**self.more)
        yield Input()

    def on_mount(self) -> None:
        install(self, self.theme_name)
        grid = self.query_one(CountingGrid)
        if self.shown is not None:
            grid.show(self.shown)
        grid.focus()

    def on_diary_grid_cursor_moved(self, message: DiaryGrid.CursorMoved) -> None:
        self.heard.append(message)

    on_diary_grid_cell_chosen = on_diary_grid_cursor_moved
    on_diary_grid_block_pressed = on_diary_grid_cursor_moved
    on_diary_grid_columns_wanted = on_diary_grid_cursor_moved


def entry(index: int, start: int, end: int, **more: Any) -> Block:
    made = Block(f"e{index}", "appointment", "booked", start, end, "FC50", "T Lee", group="commitments")
    return replace(made, **more)


def columns(count: int, first: int = 0, day: date = THURSDAY) -> tuple[Column, ...]:
    return tuple(
        Column(f"d{index}", day, f"Coach {index}", open_mask=span(NINE, FIVE), blocks=(entry(index, TEN, TEN + 10),))
        for index in range(first, first + count)
    )


def view(count: int = 27, generation: int = 1, **more: Any) -> GridView:
    return replace(GridView(generation, "All coaches", columns(count), NINE, FIVE), **more)


@asynccontextmanager
async def desk(
    shown: GridView | None = None, size: tuple[int, int] = (80, 24), **more: Any
) -> AsyncIterator[tuple[Desk, CountingGrid, Pilot[object]]]:
    app = Desk(shown or view(), **more)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        grid = app.query_one(CountingGrid)
        grid.drawn.clear()
        app.heard.clear()
        yield app, grid, pilot


def text(grid: DiaryGrid) -> str:
    return "\n".join(grid.render_line(y).text.rstrip() for y in range(grid.size.height))


async def test_the_keys_move_by_lines_columns_and_five_minutes() -> None:
    async with desk() as (_app, grid, pilot):
        assert grid.cursor == (0, NINE)
        for key, where in (
            ("down", (0, NINE + 2)),
            ("j", (0, NINE + 4)),
            ("shift+down", (0, NINE + 5)),
            ("k", (0, NINE + 2)),
            ("shift+up", (0, NINE + 1)),
            ("down", (0, NINE + 2)),
            ("up", (0, NINE)),
            ("up", (0, NINE)),
            ("l", (1, NINE)),
            ("right", (2, NINE)),
            ("h", (1, NINE)),
            ("left", (0, NINE)),
            ("left", (0, NINE)),
            ("end", (0, FIVE - 2)),
            ("down", (0, FIVE - 2)),
            ("shift+down", (0, FIVE - 1)),
            ("home", (0, NINE)),
            ("G", (0, FIVE - 2)),
            ("g", (0, NINE)),
            ("ctrl+pagedown", (5, NINE)),
            ("ctrl+pageup", (0, NINE)),
        ):
            await pilot.press(key)
            assert grid.cursor == where, key


async def test_a_page_keeps_one_line_in_sight() -> None:
    async with desk() as (_app, grid, pilot):
        lines = len(grid.geometry.rows_in_view(grid._window))
        await pilot.press("pagedown")
        assert grid.cursor == (0, NINE + 2 * (lines - 1))
        await pilot.press("pageup")
        assert grid.cursor == (0, NINE)


async def test_a_cursor_move_draws_at_most_two_lines() -> None:
    async with desk() as (_app, grid, pilot):
        for key, most in (("down", 2), ("right", 1), ("up", 2), ("left", 1), ("shift+down", 1)):
            grid.drawn.clear()
            await pilot.press(key)
            await pilot.pause()
            assert 1 <= len(grid.drawn) <= most, (key, grid.drawn)


async def test_a_scroll_draws_each_line_in_view_once() -> None:
    async with desk(view(200)) as (_app, grid, pilot):
        for x, y in ((0, 3), (500, 3)):
            grid.drawn.clear()
            grid.scroll_to(x, y, animate=False)
            await pilot.pause()
            assert sorted(grid.drawn) == list(range(grid.size.height))
        assert grid.cursor == (0, NINE)


async def test_only_columns_in_view_are_planned_and_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk(view(200)) as (_app, grid, pilot):
        planned: list[str] = []
        real = grid._paint.plan

        def plan(column: Column, at: Geometry) -> tuple[Cell, ...]:
            planned.append(column.diary)
            return real(column, at)

        monkeypatch.setattr(grid._paint, "plan", plan)
        grid.scroll_to(x=100 * grid.geometry.column_width, animate=False)
        await pilot.pause()
        assert set(planned) == {f"d{index}" for index in range(100, 106)}


async def test_the_cursor_stays_in_sight_below_the_header_and_beside_the_gutter() -> None:
    async with desk(view(200)) as (_app, grid, pilot):
        there, back = ["down"] * 40 + ["right"] * 20, ["up"] * 39 + ["left"] * 19
        for way in there + back:
            await grid.run_action(f"cursor_{way}")
            await pilot.pause()
            row = grid.geometry.row_of(grid.cursor[1])
            region = grid.geometry.region_of(grid.cursor[0], range(row, row + 1), grid._window)
            assert (region.width, region.height) == (grid.geometry.column_width, 1)


async def test_columns_that_come_into_view_are_asked_for_once() -> None:
    loaded = columns(12)
    async with desk(view(0, columns=loaded, column_count=200)) as (app, grid, pilot):
        assert app.heard == []
        for key in ["right"] * 11:
            await pilot.press(key)
        asked = [one for one in app.heard if isinstance(one, DiaryGrid.ColumnsWanted)]
        assert asked == []
        await pilot.press("right")
        await pilot.press("right")
        asked = [one for one in app.heard if isinstance(one, DiaryGrid.ColumnsWanted)]
        assert [(one.first, one.last) for one in asked] == [(1, 19), (2, 20)]
        assert asked[0].control is grid
        # Being fitted to a new height is no reason to ask again.
        await pilot.resize_terminal(80, 30)
        await pilot.pause()
        assert sum(isinstance(one, DiaryGrid.ColumnsWanted) for one in app.heard) == 2
        assert "…" in text(grid)
        assert grid.cursor_cell.column is None
        assert grid.cursor_words == ""
        app.heard.clear()
        grid.action_choose()
        await pilot.press("down")
        assert app.heard == []
        grid.show(view(0, 2, columns=columns(18, 2), first_column=2, column_count=200))
        await pilot.pause()
        assert "…" not in text(grid)
        assert [one.diary for one in app.heard if isinstance(one, DiaryGrid.CursorMoved)] == ["d13"]


async def test_enter_says_what_is_under_the_cursor() -> None:
    async with desk() as (app, grid, pilot):
        grid.action_choose()
        grid.move_cursor_to("d3", THURSDAY, TEN + 1)
        grid.action_choose()
        await pilot.pause()
        chosen, moved, pressed = app.heard
        assert isinstance(chosen, DiaryGrid.CellChosen)
        assert (chosen.diary, chosen.day, chosen.tick, chosen.block) == ("d0", THURSDAY, NINE, None)
        assert isinstance(moved, DiaryGrid.CursorMoved)
        assert isinstance(pressed, DiaryGrid.BlockPressed)
        assert (pressed.diary, pressed.tick) == ("d3", TEN + 1)
        assert pressed.block is not None
        assert pressed.block.entry_id == "e3"
        assert grid.cursor_words == "Coach 3, Thursday 26 November, 10:00 to 10:50, FC50 T Lee, booked"


async def test_what_is_carried_can_be_put_down_on_an_entry() -> None:
    async with desk() as (app, grid, pilot):
        grid.move_cursor_to("d0", THURSDAY, TEN)
        grid.carry("e0")
        grid.action_choose()
        await pilot.pause()
        assert isinstance(app.heard[-1], DiaryGrid.CellChosen)
        assert "moving" in text(grid)
        grid.carry(None)
        assert "moving" not in text(grid)


async def test_a_click_moves_and_a_second_click_acts() -> None:
    async with desk() as (app, grid, pilot):
        where = (GUTTER + 2 * grid.geometry.column_width + 3, 1 + 6)
        await pilot.click(CountingGrid, offset=where)
        assert grid.cursor == (2, TEN)
        assert [type(one) for one in app.heard] == [DiaryGrid.CursorMoved]
        await pilot.click(CountingGrid, offset=where)
        assert isinstance(app.heard[-1], DiaryGrid.BlockPressed)
        app.heard.clear()
        await pilot.click(CountingGrid, offset=(3, 7))
        await pilot.click(CountingGrid, offset=(30, 0))
        assert app.heard == []
        assert grid.cursor == (2, TEN)


async def test_a_click_finds_its_cell_under_border_and_scroll() -> None:
    async with desk(view(200)) as (_app, grid, pilot):
        grid.styles.border = ("round", "red")
        await pilot.pause()
        grid.scroll_to(x=5 * grid.geometry.column_width, y=4, animate=False)
        await pilot.pause()
        await pilot.click(CountingGrid, offset=(1 + GUTTER, 1 + 1))
        assert grid.cursor == (5, NINE + 8)
        await pilot.click(CountingGrid, offset=(0, 5))
        assert grid.cursor == (5, NINE + 8)


async def test_the_wheel_scrolls_and_leaves_the_cursor() -> None:
    async with desk() as (_app, grid, pilot):
        await pilot._post_mouse_events([MouseScrollDown], widget=CountingGrid, offset=(20, 5))
        await pilot.pause()
        assert grid.scroll_offset.y > 0
        assert grid.cursor == (0, NINE)


async def test_zoom_keeps_the_tick_and_the_place_of_the_cursor() -> None:
    async with desk() as (_app, grid, pilot):
        grid.move_cursor_to("d4", THURSDAY, 151)
        await pilot.pause()
        for zoom in (1, 2, 3, 6, 3, 1):
            grid.set_zoom(zoom)
            await pilot.pause()
            assert grid.zoom == zoom
            assert grid.cursor == (4, 151)
            row = grid.geometry.row_of(151)
            assert grid.geometry.region_of(4, range(row, row + 1), grid._window)
        grid.set_zoom(2)
        grid.scroll_to(y=15, animate=False)
        place = grid.geometry.row_of(151) - 15
        grid.zoom_in()
        await pilot.pause()
        assert grid.zoom == 1
        assert grid.geometry.row_of(151) - grid.scroll_offset.y == place
        grid.zoom_in()
        assert grid.zoom == 1
        for _ in range(5):
            grid.zoom_out()
        assert grid.zoom == 6
        with pytest.raises(ValueError, match="4 ticks"):
            grid.set_zoom(4)


async def test_a_new_picture_repaints_only_what_differs() -> None:
    async with desk() as (_app, grid, pilot):
        changed = list(grid.view.columns)
        changed[1] = replace(changed[1], blocks=(entry(1, TEN, TEN + 10), entry(99, NINE, NINE + 4, who="New")))
        grid.show(replace(grid.view, generation=2, columns=tuple(changed)))
        await pilot.pause()
        assert sorted(grid.drawn) == [1, 2]
        assert "New" in text(grid)
        grid.drawn.clear()
        changed[20] = replace(changed[20], blocks=())
        grid.show(replace(grid.view, generation=3, columns=tuple(changed)))
        await pilot.pause()
        assert grid.drawn == []


async def test_an_old_picture_is_dropped_and_one_of_the_same_generation_is_shown() -> None:
    async with desk(view(generation=5)) as (_app, grid, _pilot):
        grid.show(view(3, generation=4))
        assert grid.view.generation == 5
        other = replace(grid.view, columns=(replace(grid.view.columns[0], heading="Renamed"), *grid.view.columns[1:]))
        grid.show(other)
        assert "Renamed" in text(grid)


async def test_what_changes_under_the_cursor_is_said() -> None:
    async with desk() as (app, grid, pilot):
        taken = replace(grid.view.columns[0], blocks=(entry(7, NINE, NINE + 4),))
        grid.show(replace(grid.view, generation=2, columns=(taken, *grid.view.columns[1:])))
        await pilot.pause()
        assert [one.block.entry_id for one in app.heard if isinstance(one, DiaryGrid.CursorMoved) and one.block] == ["e7"]


async def test_the_cursor_stays_with_its_diary() -> None:
    async with desk() as (_app, grid, _pilot):
        grid.move_cursor_to("d9", THURSDAY, TEN)
        grid.show(view(generation=2, columns=columns(27)[5:]))
        assert grid.cursor == (4, TEN)
        tomorrow = THURSDAY + timedelta(days=1)
        grid.show(view(generation=3, columns=columns(27, day=tomorrow)))
        assert grid.cursor == (9, TEN)
        grid.show(view(generation=4, columns=columns(3)))
        assert grid.cursor == (2, TEN)
        assert grid.move_cursor_to("d9", THURSDAY, TEN) is False


async def test_a_week_of_one_diary_keeps_the_column() -> None:
    days = tuple(replace(columns(1, day=THURSDAY + timedelta(days=day))[0], heading=f"day {day}") for day in range(5))
    later = tuple(replace(one, day=one.day + timedelta(days=7)) for one in days)
    async with desk(view(columns=days)) as (_app, grid, _pilot):
        grid.move_cursor_to("d0", days[3].day, TEN)
        grid.show(view(generation=2, columns=later))
        assert grid.cursor == (3, TEN)


async def test_a_countdown_draws_only_lines_with_a_hold_in_view() -> None:
    held = entry(50, NINE + 4, NINE + 10, kind="hold", expires_at=100_000)
    below = entry(51, FIVE - 4, FIVE, kind="hold", expires_at=100_000)
    first, second, *rest = columns(27)
    shown = view(columns=(replace(first, blocks=(held,)), replace(second, blocks=(below,)), *rest))
    async with desk(shown) as (_app, grid, pilot):
        for clock, drawn in ((1_000, [4]), (1_500, []), (2_000, [4])):
            grid.drawn.clear()
            grid.tick_clock(clock)
            await pilot.pause()
            assert grid.drawn == drawn, clock
        assert "1:38" in text(grid)


async def test_no_hold_no_countdown() -> None:
    async with desk() as (_app, grid, pilot):
        for clock in range(0, 60_000, 1_000):
            grid.tick_clock(clock)
        await pilot.pause()
        assert grid.drawn == []


async def test_an_offer_is_scrolled_to_and_moves_without_repainting_the_rest() -> None:
    async with desk(view(200)) as (_app, grid, pilot):
        ghost = Ghost("d0", THURSDAY, NINE, NINE + 4, "FC20", "Khan, S")
        grid.show_ghost(ghost)
        await pilot.pause()
        assert sorted(set(grid.drawn)) == [1, 2]
        grid.drawn.clear()
        grid.show_ghost(replace(ghost, gone=True))
        await pilot.pause()
        assert sorted(set(grid.drawn)) == [1, 2]
        assert "!Khan" in text(grid)
        grid.show_ghost(replace(ghost, diary="d150", start=FIVE - 6, end=FIVE - 2))
        await pilot.pause()
        assert grid.scroll_offset.x > 0
        assert "Khan, S" in text(grid)
        grid.show_ghost(None)
        assert "Khan" not in text(grid)


async def test_without_a_picture_nothing_breaks() -> None:
    app = Desk(None)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "right", "end", "G", "pagedown", "shift+down", "ctrl+pagedown")
        grid = app.query_one(CountingGrid)
        grid.action_choose()
        grid.show_ghost(Ghost("d0", THURSDAY, 1, 2, "", ""))
        grid.tick_clock(5)
        grid.carry("e")
        await pilot.click(CountingGrid, offset=(20, 5))
        await pilot.pause()
        assert app.heard == []


@pytest.mark.parametrize("size", [(20, 5), (60, 16), (8, 3), (200, 60)])
async def test_any_window_can_be_used(size: tuple[int, int]) -> None:
    async with desk(view(200), size=size) as (_app, grid, pilot):
        await pilot.press("down", "right", "pagedown", "end", "ctrl+pagedown")
        grid.action_choose()
        grid.zoom_in()
        grid.show_ghost(Ghost("d100", THURSDAY, TEN, FIVE, "FC50", "Khan"))
        await pilot.resize_terminal(120, 36)
        await pilot.pause()
        await pilot.resize_terminal(*size)
        await pilot.pause()
        assert all(grid.render_line(y).cell_length == grid._window.width for y in range(grid.size.height))


async def test_focus_changes_the_look_of_the_cursor_only() -> None:
    async with desk() as (_app, grid, pilot):
        painter = grid._paint
        line = grid.render_line(1)
        await pilot.press("tab")
        assert grid._paint is painter
        assert grid.render_line(1) != line
        assert grid.render_line(2) == grid.render_line(2)


@pytest.mark.parametrize("theme", [theme.name for theme in AGENT_THEMES])
async def test_every_theme_gives_every_segment_a_colour_and_a_ground(theme: str) -> None:
    async with desk(theme=theme) as (app, grid, pilot):
        before = grid.render_line(3)
        for y in range(grid.size.height):
            assert all(part.style and part.style.color and part.style.bgcolor for part in grid.render_line(y))
        app.theme = next(one.name for one in AGENT_THEMES if one.name != theme)
        await pilot.pause()
        assert grid.render_line(3) != before


async def test_other_glyphs_can_be_put_on() -> None:
    async with desk() as (_app, grid, _pilot):
        grid.use_glyphs(ASCII)
        assert text(grid).isascii()


async def test_the_title_of_the_picture_is_no_markup() -> None:
    async with desk(view(title="[bold]All[/] \x1b[2J")) as (_app, grid, _pilot):
        assert grid._border_title is not None
        assert grid._border_title.plain == "[bold]All[/] \ufffd[2J"


def test_the_grids_keys_are_the_registrys_and_each_movement_is_its_own() -> None:
    bound = [binding for binding in DiaryGrid.BINDINGS if isinstance(binding, Binding)]
    assert [(one.id, one.key) for one in bound] == [(one.id, one.key) for one in bindings_for("grid")]
    own = {one.action for one in bound if "." not in one.action}
    assert {"cursor_up", "cursor_left", "fine_up", "fine_down", "page_left", "page_right", "first", "last"} <= own
    assert all(callable(getattr(DiaryGrid, f"action_{name}", None)) for name in own)
