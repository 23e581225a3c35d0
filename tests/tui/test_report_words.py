"""What the reports screen says: tables in any width, rows as sentences, pictures, and days that are typed."""

from datetime import date
from typing import Any

import pytest
from rich.cells import cell_len

from agent_tui.domain.reports.shape import COUNT, MINUTES, SHARE, TEXT, Column, Report, Table, compared
from agent_tui.domain.reports.span import DAY, MONTH, WEEK, WHOLE, Span
from agent_tui.tui.glyphs import ASCII, UNICODE
from agent_tui.tui.report_words import chart_view, read_days, row_lines, row_words, span_words, table_text

TODAY = date(2026, 11, 26)
COLUMNS = (
    Column("diary", "Diary", TEXT),
    Column("coach", "Coach", TEXT),
    Column("open_minutes", "Open", MINUTES),
    Column("missed", "Did not attend", COUNT),
    Column("used", "Used", SHARE),
)
NOW = Table(
    "diaries",
    "By diary",
    COLUMNS,
    (("D01", "Amina Khan", 930, 12, 0.649), ("D02", "\N{CJK UNIFIED IDEOGRAPH-738B}" * 12, 0, 0, None)),
    ("All", "", 930, 12, 0.649),
    chart="used",
)
BEFORE = Table("diaries", "By diary", COLUMNS, (("D01", "Amina Khan", 600, 20, 0.7),), ("All", "", 600, 20, 0.7), chart="used")


def report(*tables: Table) -> Report:
    return Report("utilisation", "Utilisation", date(2026, 11, 2), date(2026, 11, 8), DAY, tables)


BOTH = compared(report(NOW), report(BEFORE)).tables[0]


def test_numbers_stand_right_under_labels_of_two_lines() -> None:
    text = table_text(NOW, 60, 0, UNICODE)
    assert text.is_whole
    assert [line.split() for line in text.heading] == [["Did", "not"], ["Diary", "Coach", "Open", "attend", "Used"]]
    assert len({cell_len(line) for line in (text.heading[1], *text.rows)}) == 1
    assert text.rows[0].endswith("15:30       12  64.9%")
    assert text.rows[1].endswith("\N{CJK UNIFIED IDEOGRAPH-738B}   0:00        0      -")
    assert text.rows[2].startswith("All ")


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
@pytest.mark.parametrize("room", [33, 50, 74, 120])
def test_every_figure_is_reached_in_any_width(room: int, glyphs: Any) -> None:
    seen: set[int] = set()
    for offset in range(12):
        text = table_text(BOTH, room, offset, glyphs)
        assert text.last > text.first
        assert all(cell_len(line) <= room for line in (*text.heading, *text.rows))
        seen |= set(range(text.first, text.last))
    assert seen == set(range(9))
    assert table_text(BOTH, room, 99, glyphs).last == 9


def test_a_row_in_words_has_the_charted_figure_first_and_what_it_was_before() -> None:
    assert row_words(NOW, NOW.rows[0]) == "D01 Amina Khan: used 64.9%, open 15:30, did not attend 12."
    assert row_words(BOTH, BOTH.rows[0]) == (
        "D01 Amina Khan: used 64.9% (before 70.0%, -5.1 pts), open 15:30 (before 10:00, +5:30),"
        " did not attend 12 (before 20, -8)."
    )
    assert "used nothing (before nothing)" in row_words(BOTH, BOTH.rows[1])
    lines = row_lines(BOTH, BOTH.rows[0], ["A note."])
    assert lines[-1] == "A note."
    assert {"Used                      64.9%", "Change                 -5.1 pts"} <= set(lines)


def test_pictures_are_rows_by_name_and_columns_over_time() -> None:
    rows = chart_view(NOW)
    assert rows.shape == "rows"
    assert (rows.bars[0].labels[0], rows.bars[0].value) == ("D01 Amina Khan", 64.9)
    assert rows.values[1] is None
    days = Table(
        *("periods", "Over time", (Column("period", "Day", TEXT), Column("booked_minutes", "Booked", MINUTES))),
        tuple((date(2026, 11, day).isoformat(), 90) for day in (6, 7, 8, 9)),
        chart="booked_minutes",
        by_time=True,
    )
    view = chart_view(days)
    assert view.shape == "columns"
    assert view.number(view.values[0]) == "1.5h"
    assert [(group.labels[1], group.size) for group in view.groups] == [("Week 45", 3), ("Week 46", 1)]
    assert not chart_view(Table("none", "None", COLUMNS, ())).bars


@pytest.mark.parametrize(
    ("first", "last", "by", "found"),
    [
        ("2026-11-02", "2026-11-08", "", Span(date(2026, 11, 2), date(2026, 11, 8), DAY)),
        ("2026-10", "", "week", Span(date(2026, 10, 1), date(2026, 10, 31), WEEK)),
        ("2026-W48", "", "WHOLE", Span(date(2026, 11, 23), date(2026, 11, 29), WHOLE)),
        ("2025-01-01", "today", "", Span(date(2025, 1, 1), TODAY, MONTH)),
        ("", "2026-11-08", "", "first"),
        ("2026-11-08", "2026-11-02", "", "last"),
        ("2016-11-08", "2026-11-02", "", "last"),
        ("2024-11-08", "2026-11-02", "day", "last"),
        ("2026-13", "", "", "first"),
        ("2026-W60", "", "", "first"),
        ("2026-10", "2026-11-02", "", "last"),
        ("\u0662026-11-02", "2026-11-02", "", "first"),
        ("2026-11-02", "2026-11-08", "hour", "by"),
    ],
)
def test_days_that_are_typed(first: str, last: str, by: str, found: Any) -> None:
    read = read_days({"first": first, "last": last, "by": by}, TODAY)
    assert read == found if isinstance(found, Span) else isinstance(read, dict) and list(read) == [found]


def test_days_in_words() -> None:
    assert span_words(Span(date(2026, 11, 2), date(2026, 11, 29), DAY)) == "2 Nov - 29 Nov 2026"
    assert span_words(Span(date(2025, 12, 29), date(2026, 1, 4), DAY)) == "29 Dec 2025 - 4 Jan 2026"
    assert span_words(Span(TODAY, TODAY, DAY)) == "Thu 26 Nov 2026"
