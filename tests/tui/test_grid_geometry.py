"""Where things are in the diary grid."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Region

from agent_tui.tui.widgets.diary_grid.geometry import (
    GUTTER,
    NARROWEST,
    WIDEST,
    ZOOMS,
    Geometry,
    Window,
    a_page_more,
    column_width,
)

zooms = st.sampled_from(ZOOMS)


@st.composite
def geometries(draw: st.DrawFn) -> Geometry:
    first = draw(st.integers(0, 287))
    last = draw(st.integers(first + 1, 288))
    width = draw(st.integers(0, 250))
    return Geometry.fitted(draw(st.integers(1, 250)), (first, last), draw(zooms), width, draw(st.sampled_from([1, 2])))


windows = st.builds(Window, st.integers(0, 250), st.integers(0, 80), st.integers(0, 3000), st.integers(0, 300))


@given(geometries())
def test_every_tick_of_the_day_lies_in_exactly_the_row_that_says_so(grid: Geometry) -> None:
    for tick in range(grid.first_tick, grid.last_tick):
        start, end = grid.ticks_of(grid.row_of(tick))
        assert start <= tick < end
        assert end - start == grid.zoom
        assert grid.row_of(tick) in grid.rows_of(tick, tick + 1)


@given(geometries())
def test_lines_follow_each_other_without_gap_and_start_on_round_times(grid: Geometry) -> None:
    spans = [grid.ticks_of(row) for row in range(grid.rows)]
    assert spans[0][0] <= grid.first_tick < spans[0][1]
    assert spans[-1][0] < grid.last_tick <= spans[-1][1]
    assert all(before[1] == after[0] for before, after in pairwise(spans))
    assert all(start % grid.zoom == 0 for start, _end in spans)


@given(geometries(), st.integers(-50, 400))
def test_a_cursor_tick_is_always_inside_the_day(grid: Geometry, tick: int) -> None:
    assert grid.first_tick <= grid.clamp_tick(tick) < grid.last_tick
    assert 0 <= grid.row_of(tick) < grid.rows
    for row in range(grid.rows):
        assert grid.row_of(grid.tick_of(row)) == row


@given(geometries(), st.integers(0, 287), st.integers(1, 288))
def test_rows_of_a_range_are_those_whose_ticks_it_touches(grid: Geometry, start: int, length: int) -> None:
    end = start + length
    touched = [row for row in range(grid.rows) if grid.ticks_of(row)[0] < end and grid.ticks_of(row)[1] > start]
    assert list(grid.rows_of(start, end)) == touched


@given(geometries(), windows)
def test_a_cell_is_found_again_at_every_corner_of_its_region(grid: Geometry, window: Window) -> None:
    for column in grid.columns_in_view(window):
        for row in list(grid.rows_in_view(window))[:3]:
            region = grid.region_of(column, range(row, row + 1), window)
            assert region.area > 0
            assert Region(0, 0, window.width, window.height).contains_region(region)
            for x, y in (region.offset, (region.right - 1, region.bottom - 1)):
                assert grid.cell_at(x, y, window) == (column, row)


@given(geometries(), windows, st.integers(0, 249), st.integers(0, 287))
def test_what_is_not_in_view_has_no_region(grid: Geometry, window: Window, column: int, row: int) -> None:
    seen = column in grid.columns_in_view(window) and row in grid.rows_in_view(window)
    if column < grid.columns and row < grid.rows:
        assert bool(grid.region_of(column, range(row, row + 1), window)) == seen


@given(geometries(), windows, st.data())
def test_scrolling_to_a_cell_shows_it_whole_and_a_second_time_does_nothing(
    grid: Geometry, window: Window, data: st.DataObject
) -> None:
    column = data.draw(st.integers(0, grid.columns - 1))
    row = data.draw(st.integers(0, grid.rows - 1))
    rows = range(row, row + 1)
    x, y = grid.scroll_to(column, rows, window)
    there = Window(window.width, window.height, x, y)
    assert grid.scroll_to(column, rows, there) == (x, y)
    if window.width >= GUTTER + grid.column_width and window.height > grid.header:
        region = grid.region_of(column, rows, there)
        assert (region.width, region.height) == (grid.column_width, 1)


@pytest.mark.parametrize("y", [0, 1])
def test_the_header_and_the_gutter_are_no_cells(y: int) -> None:
    grid = Geometry(3, 108, 204, header=2)
    window = Window(80, 24, scroll_y=5)
    assert grid.cell_at(20, y, window) is None
    assert grid.cell_at(GUTTER - 1, 10, window) is None
    assert grid.cell_at(GUTTER, 2, window) == (0, 5)
    assert grid.cell_at(GUTTER + 3 * grid.column_width, 2, window) is None


@given(st.integers(0, 300), st.integers(0, 300))
def test_columns_fill_the_room_and_stay_readable(columns: int, width: int) -> None:
    cells = column_width(columns, width)
    assert 3 <= cells <= WIDEST
    if width - GUTTER >= NARROWEST:
        assert cells >= NARROWEST
        assert cells <= width - GUTTER


@pytest.mark.parametrize(
    ("columns", "width", "cells"),
    [(27, 79, 12), (27, 119, 12), (27, 80, 12), (5, 79, 14), (5, 119, 22), (1, 119, 28), (27, 20, 13), (27, 12, 5)],
)
def test_column_widths_at_the_sizes_that_count(columns: int, width: int, cells: int) -> None:
    assert column_width(columns, width) == cells


def test_more_lines_than_fit_scroll_to_the_first_of_them() -> None:
    grid = Geometry(1, 0, 288, zoom=1)
    assert grid.scroll_to(0, range(50, 150), Window(40, 11)) == (0, 50)
    assert grid.scroll_to(0, range(50, 55), Window(40, 11)) == (0, 45)


def test_a_move_sideways_ends_where_a_column_begins() -> None:
    grid = Geometry(200, 108, 204, column_width=12)
    window = Window(80, 24, scroll_x=5)
    assert grid.scroll_to(3, range(0, 1), window)[0] == 5
    assert grid.scroll_to(9, range(0, 1), window)[0] == 48
    assert grid.scroll_to(0, range(0, 1), window)[0] == 0


def test_a_page_more_stays_inside_the_grid() -> None:
    assert a_page_more(range(6, 12), 200) == range(0, 18)
    assert a_page_more(range(0, 6), 8) == range(0, 8)
    assert a_page_more(range(190, 196), 200) == range(184, 200)


@pytest.mark.parametrize(
    ("first", "last", "zoom", "header"),
    [(108, 108, 2, 1), (108, 289, 2, 1), (-1, 20, 2, 1), (0, 288, 4, 1), (0, 9, 1, 0)],
)
def test_impossible_grids_are_refused(first: int, last: int, zoom: int, header: int) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Geometry(1, first, last, zoom, header=header)
