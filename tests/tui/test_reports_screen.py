"""The reports screen: tables and pictures, days and parts, what is stopped, files and schedules, and who is told of late ones."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from agent_tui.domain.reports.span import LAST_YEAR, PREVIOUS, Span
from agent_tui.domain.site import Staff
from agent_tui.services import report_schedules, reporting
from agent_tui.services.demo import load
from agent_tui.services.desk import Desk
from agent_tui.services.reporting import Asked
from agent_tui.store.opening import open_store
from agent_tui.tui.modals import ConfirmModal, EffectModal, FieldsModal
from agent_tui.tui.modals.pick import PickModal
from agent_tui.tui.screens.booking import BookingScreen
from agent_tui.tui.screens.report_making import MAKE
from agent_tui.tui.screens.reports import ReportsScreen
from agent_tui.tui.under_way import Stopped
from agent_tui.tui.widgets.lines import KeyFooter
from tests.tui.booking_desk import SMALL, WIDE, Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]

NOW = datetime(2026, 11, 26, 10, 0)
FIRST = date(2026, 11, 9)


@pytest.fixture(scope="module")
def demo_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo of four coaches on ten days that are over."""
    path = tmp_path_factory.mktemp("reports") / "demo.db"
    load(str(path), coaches=4, days=10, start=FIRST)
    return path


@pytest.fixture
def demo(demo_store: Path, seats: Seats, monkeypatch: pytest.MonkeyPatch) -> Seats:
    """Terminals at a demo of this test's own, in which files go to a folder of its own."""
    seats.store.write_bytes(demo_store.read_bytes())
    seats.clock.now = NOW
    monkeypatch.chdir(seats.store.parent)
    return seats


async def open_reports(seat: Seat) -> ReportsScreen:
    seat.screen.grid.focus()
    screen = await seat.go_to("reports")
    assert isinstance(screen, ReportsScreen)
    return screen


def drawn(screen: ReportsScreen) -> list[str]:
    return ["".join(segment.text for segment in row) for row in screen._compositor.render_strips()]


def title(screen: ReportsScreen) -> str:
    return str(screen.query_one("#right").border_title)


def schedule(store: Path, name: str, at: datetime) -> None:
    """Have a report scheduled each week by somebody else."""
    opened = open_store(str(store))
    try:
        leader = Staff("leader1", "Lee Leader", "leader", "site staff", None)
        asked = Asked(name, Span(at.date(), at.date(), "whole"))
        report_schedules.add(Desk(opened, "LPP", leader, at), asked, "week", "csv")
    finally:
        opened.close()


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["80x24", "120x36"])
async def test_tables_rows_and_pictures(demo: Seats, size: tuple[int, int]) -> None:
    async with demo.seat("leader1", size) as seat:
        screen = await open_reports(seat)
        assert screen.report is not None
        assert screen.query_one(KeyFooter).keys[0].id == "open_report"
        assert "Utilisation: Open time that is booked" in screen.status.text
        assert screen.title_line.title.day == "26 Oct - 22 Nov 2026"
        assert title(screen) == f"Utilisation: over time, 1 of {len(screen.report.tables)}"
        await seat.press("enter", "n", "n", "j")
        assert title(screen).startswith("Utilisation: by diary, 3 of")
        row = screen.row
        assert row is not None
        assert screen.status.text.startswith(f"{row[0]} {row[1]} {row[2]}: used {row[-1]:.1%}, open ")
        assert any(f"{row[0]!s}" in line and f"{row[-1]:.1%}" in line for line in drawn(screen))
        await seat.press("b")
        assert screen.chart.has_focus
        assert screen.row is row
        assert title(screen).endswith(", used")
        assert any(f"{row[0]} {row[1]}" in line and "\N{FULL BLOCK}" in line for line in drawn(screen))
        await seat.press("j", "escape")
        assert screen.rows.has_focus
        assert screen.rows.highlighted == 2
        await seat.press("p", "p", "p")
        assert screen.table is screen.report.tables[-1]
        await seat.press("escape")
        assert screen.listing.has_focus
        await seat.press("escape")
        assert isinstance(seat.top, BookingScreen)


async def test_a_wide_table_is_gone_through_figure_by_figure(demo: Seats) -> None:
    async with demo.seat("leader1", SMALL) as seat:
        screen = await open_reports(seat)
        await seat.press("c", "enter")
        assert screen.chosen.against == PREVIOUS
        assert screen.made is not None
        assert screen.made.report.against == (date(2026, 9, 28), date(2026, 10, 25))
        assert screen.query_one("#left").display is False or screen.has_class("-folded")
        assert "figures 1 to " in str(screen.query_one("#right").border_subtitle)
        await seat.press("l", "l")
        assert screen.first_figure == 2
        assert "figures 3 to " in str(screen.query_one("#right").border_subtitle)
        await seat.press("h", *["l"] * 20)
        assert "of 15" in str(screen.query_one("#right").border_subtitle)
        assert "to 15 of 15" in str(screen.query_one("#right").border_subtitle)
        await seat.press("space")
        assert isinstance(seat.top, EffectModal)
        assert any(line.startswith("Compared with Mon 28 Sep 2026") for line in seat.top._lines)
        await seat.press("escape", "c")
        assert screen.chosen.against == LAST_YEAR
        await seat.press("c")
        assert screen.made.report.against is None
        await seat.press("v")
        assert screen.listing.has_focus
        assert not screen.has_class("-folded")


async def test_days_and_parts(demo: Seats) -> None:
    async with demo.seat("leader1") as seat:
        screen = await open_reports(seat)
        await seat.press("d")
        await seat.fill("2026-11-09", "2026-11-02", "")
        assert isinstance(seat.top, FieldsModal)
        assert "before its first" in str(seat.top.query_one("#last-problem").render())
        await seat.press("escape", "d")
        assert isinstance(seat.top, FieldsModal)
        assert seat.top.typed["last"] == "2026-11-02"
        await seat.fill("2026-11", "", "week")
        assert screen.made is not None
        assert (screen.made.days.first, screen.made.days.last) == (date(2026, 11, 1), date(2026, 11, 30))
        assert len(screen.made.report.tables[0].rows) == 6
        await seat.press("right_square_bracket")
        assert screen.made.days.last == date(2026, 12, 31)
        await seat.press("left_square_bracket", "left_square_bracket")
        assert screen.made.days.first == date(2026, 10, 1)
        assert "Nothing is on record" not in screen.status.text
        await seat.press("0")
        assert screen.made.days.first == date(2026, 10, 26)
        whole = screen.made.report.tables[0].total
        await seat.press("w")
        assert isinstance(seat.top, PickModal)
        await seat.press(*"d01", "enter")
        assert screen.part == (None, "D01")
        assert screen.made.report.tables[0].total != whole
        assert "D01" in screen.title_line.title.place
        await seat.press("j", "w")
        assert "is of the whole site" in screen.status.text
        assert screen.title_line.title.place == screen.catalogue.site.name
        await seat.press("j")
        assert "Nothing is on record from Mon 26 Oct 2026 to Sun 22 Nov 2026." in "".join(drawn(screen))
        await seat.press("e")
        assert "There is nothing to write" in screen.status.text


async def test_compared_with_any_days_and_bounded_exactly(demo: Seats) -> None:
    async with demo.seat("leader1", SMALL) as seat:
        screen = await open_reports(seat)
        await seat.press("C")
        await seat.fill("2026-11-31")
        assert isinstance(seat.top, FieldsModal)
        assert "not a day of the calendar" in str(seat.top.query_one("#first-problem").render())
        await seat.fill("2026-10-19")
        assert screen.made is not None
        assert screen.made.report.against == (date(2026, 10, 19), date(2026, 11, 15))
        assert "against 19 Oct - 15 Nov 2026" in screen.title_line.title.counts
        await seat.press("c")
        assert screen.chosen.against is None
        await seat.press("E")
        assert "alone has an exact bound" in screen.status.text
        await seat.press(*["j"] * [one.name for one in screen.kinds].index("efficiency"))
        rough = screen.made.report.notes
        await seat.press("E")
        assert screen.made.chosen.exact
        assert "exact bound" in screen.title_line.title.counts
        assert "linear programme" in screen.made.report.notes[0] != rough[0]
        await seat.press("E")
        assert screen.made.report.notes == rough


class Slow:
    """A report that takes until it is let go, and notes whether it was still wanted then."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.real, self.begun, self.go, self.over = reporting.report, Event(), Event(), Event()
        self.wanted: list[bool] = []
        monkeypatch.setattr(reporting, "report", self.make)

    def make(self, desk: Desk, asked: Asked, told: Callable[[str, int, int], bool] | None = None) -> Any:
        if asked.name != "utilisation":
            return self.real(desk, asked, told)
        assert told is not None
        self.begun.set()
        assert self.go.wait(30)
        try:
            told("days", 7, 28)
        except Stopped:
            self.wanted.append(False)
            self.over.set()
            raise
        self.wanted.append(True)
        self.over.set()
        return self.real(desk, asked, told)


async def test_escape_stops_a_report_and_the_one_before_stands(demo: Seats, monkeypatch: pytest.MonkeyPatch) -> None:
    async with demo.seat("leader1") as seat:
        screen = await open_reports(seat)
        before = screen.made
        assert before is not None
        slow = Slow(monkeypatch)
        await seat.pilot.press("c")
        assert slow.begun.wait(30)
        screen._say_going(screen._going[MAKE][0])
        assert "Making Utilisation: " in screen.status.text
        assert screen.status.text.endswith("; escape stops it.")
        await seat.pilot.press("escape")
        slow.go.set()
        assert slow.over.wait(30)  # a worker that is cancelled is waited for no more
        await seat.rest()
        assert slow.wanted == [False]
        assert screen.is_current
        assert screen.made is before
        assert screen.chosen == before.chosen
        assert "Stopped; the report before is shown." in screen.status.text


async def test_a_report_that_another_has_taken_the_place_of_is_never_shown(demo: Seats, monkeypatch: pytest.MonkeyPatch) -> None:
    async with demo.seat("leader1") as seat:
        screen = await open_reports(seat)
        slow = Slow(monkeypatch)
        await seat.pilot.press("f5")
        assert slow.begun.wait(30)
        stale = screen.generation
        await seat.pilot.press("j")
        slow.go.set()
        assert slow.over.wait(30)  # a worker that is cancelled is waited for no more
        await seat.rest()
        assert slow.wanted == [False]
        assert screen.made is not None
        assert screen.made.report.name == "activity"
        screen.take(stale, replace(screen.made, report=replace(screen.made.report, name="utilisation")))
        assert screen.made.report.name == "activity"


async def test_files_are_written_and_what_was_typed_stays_until_then(demo: Seats, tmp_path: Path) -> None:
    async with demo.seat("leader1") as seat:
        screen = await open_reports(seat)
        await seat.press("e")
        assert isinstance(seat.top, FieldsModal)
        assert seat.top.typed["name"] == "LPP-utilisation-2026-10-26-2026-11-22"
        await seat.fill("no", "own", "pdf")
        assert isinstance(seat.top, FieldsModal)
        assert "One or more of csv, xlsx, html." in str(seat.top.query_one("#formats-problem").render())
        await seat.fill("csv html")
        assert "no is no folder that is there." in screen.status.text
        await seat.press("e")
        assert isinstance(seat.top, FieldsModal)
        assert seat.top.typed == {"folder": "no", "name": "own", "formats": "csv html"}
        await seat.fill(".", "own", "csv html xlsx")
        assert f"3 files written to {tmp_path}." in screen.status.text
        assert (tmp_path / "own.csv").read_bytes().startswith(b"\xef\xbb\xbf")
        assert (tmp_path / "own.csv").stat().st_mode & 0o077 == 0
        assert "the whole site" in (tmp_path / "own.html").read_text()
        await seat.press("e")
        await seat.fill("", "own", "csv")
        assert "is there already and is not replaced" in screen.status.text


async def test_schedules_are_made_written_and_dropped(demo: Seats, tmp_path: Path) -> None:
    schedule(demo.store, "utilisation", datetime(2026, 11, 18, 9))
    async with demo.seat("leader1") as seat:
        screen = await open_reports(seat)
        assert [(one.schedule.key, len(one.due), one.late) for one in screen.scheduled] == [("utilisation-week-csv", 2, 2)]
        assert any("! 2 late Utilisation, weekly csv" in line for line in drawn(screen))
        assert "! 2 reports are late" in screen.title_line.title.counts
        await seat.press("j", "s")
        every, form = seat.top.query_one("#every-problem"), seat.top.query_one("#form-problem")
        assert [str(one.render()) for one in (every, form)] == ["day, week, month", ""]
        await seat.press("tab")
        assert [str(one.render()) for one in (every, form)] == ["", "csv, xlsx, html"]
        await seat.press("shift+tab")
        await seat.fill("fortnight", "csv")
        assert not every.has_class("-hint")
        assert str(every.render()) == "! One of day, week, month."
        assert isinstance(seat.top, FieldsModal)
        await seat.fill("day", "")
        assert isinstance(seat.top, FieldsModal)
        await seat.fill("html")
        assert "activity-day-html is scheduled; 1 report due now." in screen.status.text
        await seat.press("s")
        await seat.fill("day", "html")
        assert "scheduled already" in screen.status.text
        await seat.press("W")
        assert isinstance(seat.top, FieldsModal)
        await seat.fill("no")
        assert "is no folder" in screen.status.text
        await seat.press("v")
        assert next(key.id for key in screen.query_one(KeyFooter).keys) == "write_due"
        await seat.press("W")
        await seat.fill(".")
        assert f"3 reports written to {tmp_path}." in screen.status.text
        assert len([name for name in os.listdir(tmp_path) if name.startswith("LPP-")]) == 3
        assert not any(one.due for one in screen.scheduled)
        assert "late" not in " ".join(screen.title_line.title.counts)
        await seat.press("W")
        assert "Nothing is due." in screen.status.text
        await seat.press("j")
        assert screen.schedules.has_focus
        assert "last written for the days from Mon 16 Nov 2026" in screen.status.text
        await seat.press("x")
        assert isinstance(seat.top, ConfirmModal)
        await seat.press("y")
        assert [one.schedule.key for one in screen.scheduled] == ["activity-day-html"]
        await seat.press("enter")
        assert screen.chosen.name == "activity"
        assert screen.rows.has_focus


async def test_late_reports_are_said_once_and_asked_for_once(demo: Seats, monkeypatch: pytest.MonkeyPatch) -> None:
    schedule(demo.store, "attendance", datetime(2026, 11, 18, 9))
    asked: list[Desk] = []
    real = report_schedules.schedules

    def counted(desk: Desk) -> Any:
        asked.append(desk)
        return real(desk)

    monkeypatch.setattr(report_schedules, "schedules", counted)
    async with demo.seat("leader1") as seat:
        assert seat.said == "2 reports are late: S r lists the schedules."
        for _ in range(3):
            seat.screen.each_second()
            await seat.feed()
        assert len(asked) == 1
        week: Any = await _week(seat)
        assert "! 2 reports are late" in week.title_line.title.counts
        await seat.press("escape")
        schedule(demo.store, "utilisation", datetime(2026, 11, 18, 9))
        asked.clear()
        await seat.feed()
        seat.screen.each_second()
        await seat.rest()
        assert len(asked) == 1
        assert seat.screen.back.late_reports == 4
        demo.later(days=6)
        seat.screen.each_second()
        await seat.rest()
        assert seat.screen.back.late_reports == 6
    async with demo.seat("agent1") as seat:
        assert "late" not in seat.said
        assert seat.screen.back.late_reports == 0


async def _week(seat: Seat) -> Any:
    seat.screen.grid.focus()
    return await seat.go_to("week")


async def test_a_coach_has_four_reports_of_the_own_diary_and_an_agent_none(
    seats: Seats, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with seats.seat("coach1") as seat:
        screen = await open_reports(seat)
        assert [one.name for one in screen.kinds] == ["utilisation", "attendance", "leadtime", "whitespace"]
        assert screen.query_one("#schedules-pane").display is False
        assert screen.made is not None
        assert {row[0] for row in screen.made.report.tables[2].rows} == {"D01"}
        assert "D01" in screen.title_line.title.place
        await seat.press("w")
        assert "own diary, D01" in screen.status.text
        await seat.press("s")
        assert "can do this" in screen.status.text
        await seat.press("v")
        assert screen.rows.has_focus
        await seat.press("e")
        await seat.fill(".", "own", "html")
        assert "diary D01" in (tmp_path / "own.html").read_text()
    async with seats.seat("agent1") as seat:
        seat.screen.grid.focus()
        await seat.press("S", "r")
        assert not isinstance(seat.top, ReportsScreen)
