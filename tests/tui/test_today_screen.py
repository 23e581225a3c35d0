"""The today screen: figures, the chosen coach's day, what is recorded, live changes, going to the diary, printing."""

from datetime import timedelta
from pathlib import Path

import pytest
from textual.widgets import Static

from agent_tui.domain.requests import EntryState
from agent_tui.services import attendance, reviewing
from agent_tui.tui.modals import FieldsModal, NumberModal
from agent_tui.tui.screens.booking import BookingScreen
from agent_tui.tui.screens.today import TodayScreen
from agent_tui.tui.screens.today_acts import _codes
from tests.small_site import NINE, NOW, ONE, TEN
from tests.tui.booking_desk import CLOSE, SMALL, WIDE, Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]

TODAY = NOW.date()


async def open_today(seat: Seat) -> TodayScreen:
    """Go to the today screen by keys."""
    seat.screen.grid.focus()
    screen = await seat.go_to("today")
    assert isinstance(screen, TodayScreen)
    return screen


def book(seats_or_seat: Seat, start: int = NINE, diary: str = "D01", client: str = "C000001") -> EntryState:
    """Let another agent book a time of today."""
    return seats_or_seat.other_books(diary, start, TODAY, client=client).entry


def coach_lines(screen: TodayScreen) -> list[str]:
    return [screen.coaches.get_option_at_index(at).prompt.plain for at in range(screen.coaches.option_count)]  # type: ignore[union-attr]


def day_lines(screen: TodayScreen) -> list[str]:
    return [screen.meetings.get_option_at_index(at).prompt.plain for at in range(screen.meetings.option_count)]  # type: ignore[union-attr]


def screen_text(screen: TodayScreen) -> list[str]:
    """Return what the screen draws, row by row."""
    return ["".join(segment.text for segment in row) for row in screen._compositor.render_strips()]


def figures(screen: TodayScreen, at: int = 0) -> list[str]:
    """Return a coach's line in words, without pointer and name."""
    return coach_lines(screen)[at].replace("\N{BLACK RIGHT-POINTING SMALL TRIANGLE}", " ").split()[2:]


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["80x24", "120x36"])
async def test_each_coach_has_a_line_and_the_chosen_one_a_day(seats: Seats, size: tuple[int, int]) -> None:
    async with seats.seat("leader1", size) as seat:
        book(seat), book(seat, TEN, client="C000002"), book(seat, ONE, "D02", "C000003")
        screen = await open_today(seat)
        assert len(coach_lines(screen)) == 4
        assert figures(screen)[:7] == ["0", "0", "0", "2", "-", "-", "09:00"]
        assert day_lines(screen)[0].split()[-5:] == ["09:00", "expected", "FC50", "S", "1"]
        assert day_lines(screen)[0][2] == screen.glyphs.fits
        await seat.press("down")
        assert [line.split()[-5] for line in day_lines(screen)] == ["13:00"]
        assert "Coach 2" in screen.status.text
        assert screen.title_line.title.counts[2] == "3 expected"
        await seat.press("escape")
        assert isinstance(seat.top, BookingScreen)


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["80x24", "120x36"])
async def test_who_is_not_seen_is_counted_with_sign_and_words_and_the_longest_wait_shows(
    seats: Seats, size: tuple[int, int]
) -> None:
    async with seats.seat("leader1", size) as seat:
        book(seat), book(seat, NINE + 10, client="C000002"), book(seat, NINE + 3, "D02", "C000003")
        seats.later(minutes=55)
        screen = await open_today(seat)
        flag = screen.glyphs.flag
        assert f"{flag} 2 55m " in coach_lines(screen)[0]
        assert f"{flag} 1 40m " in coach_lines(screen)[1]
        assert flag not in coach_lines(screen)[2]
        shown = screen_text(screen)
        assert f"{flag} 3 not seen, longest 55 min in D01" in shown[0]
        assert any("Not seen" in line and "Behind" in line for line in shown)
        assert "2 not seen (since 09:00, 55 minutes)" in screen.status.text


async def test_every_gap_is_readable_at_80x24(seats: Seats) -> None:
    async with seats.seat("leader1", SMALL) as seat:
        for start in (NINE + 3, NINE + 14, NINE + 25):
            book(seat, start, client=f"C00000{start % 7 + 1}")
        screen = await open_today(seat)
        assert coach_lines(screen)[0].rstrip().endswith("09:00-09:15 10:05-10:10")
        assert screen.coach is not None
        gaps = ("09:00 to 09:15", "10:05 to 10:10")
        shown = screen_text(screen)
        assert all(gap in " ".join(shown[-3:-1]) or gap.replace(" to ", "-") in " ".join(shown[-3:-1]) for gap in gaps)
        assert all("\N{HORIZONTAL ELLIPSIS}" not in line for line in shown)
        assert any("Free in 2 hours" in line for line in shown)
        assert "expected" in " ".join(shown[-3:-1])


async def test_what_is_recorded_shows_with_sign_word_and_delay(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        first, second = book(seat), book(seat, NINE + 10, client="C000002")
        third = book(seat, TEN + 10, client="C000003")
        screen = await open_today(seat)
        await seat.press("a")
        assert seat.status(first.id) == "attended"
        assert "came. u undoes" in screen.status.text
        await seat.press("tab")
        assert screen.entry is not None
        seats.later(minutes=65)
        await seat.press("down")
        await seat.press("A")
        assert isinstance(seat.top, NumberModal)
        await seat.press("1", "6", "enter")
        assert isinstance(seat.top, NumberModal)
        assert "A number from 1 to 15 is needed" in str(seat.top.query_one("#problem", Static).content)
        await seat.press("backspace", "5", "enter")
        assert seat.status(second.id) == "late"
        await seat.press("down", "d")
        assert seat.status(third.id) == "booked"
        assert "The appointment starts at 10:50" in screen.status.text
        await seat.press("A")
        assert seat.status(third.id) == "late", "who rings to be late has no minutes yet"
        await seat.press("u")
        seats.later(hours=1, minutes=50)
        await seat.press("d")
        assert seat.status(third.id) == "dna"
        lines = day_lines(screen)
        assert [next(word for word in ("arrived", "late 15", "missed") if word in line) for line in lines] == [
            "arrived",
            "late 15",
            "missed",
        ]
        assert "from" not in lines[1]
        assert [line[2] for line in lines] == [screen.glyphs.appointment, screen.glyphs.appointment, screen.glyphs.stranded]
        assert figures(screen)[:4] == ["1", "1", "1", "0"]
        assert "a call back is listed" in screen.status.text
        assert seat.rows("SELECT kind, status, entry FROM call WHERE site = ?") == [("callback", "open", third.id)]
        await seat.press("u")
        assert seat.status(third.id) == "booked"
        assert seat.rows("SELECT status FROM call WHERE site = ?") == [("closed",)]
        assert screen.entry.id == third.id


async def test_what_was_said_stays_until_another_line_is_gone_to(seats: Seats) -> None:
    async with seats.seat("leader1", SMALL) as seat:
        book(seat), book(seat, TEN, client="C000002")
        screen = await open_today(seat)
        await seat.press("tab", "a")
        assert "came. u undoes" in screen.status.text
        screen.read()
        await seat.rest()
        assert "came. u undoes" in screen.status.text
        await seat.press("down")
        assert screen.status.text.startswith("10:00 to 10:50")


async def test_the_board_follows_what_others_do_and_the_minutes(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        made = book(seat)
        screen = await open_today(seat)
        await seat.press("tab")
        assert figures(screen)[0] == "0"
        seat.others(lambda desk: attendance.attend(desk, made.id, "attended"), "super1")
        await seat.feed()
        screen.look()
        await seat.rest()
        assert figures(screen)[0] == "1"
        book(seat, TEN, client="C000002")
        await seat.feed()
        screen.look()
        await seat.rest()
        assert screen.entry is not None
        assert screen.entry.id == made.id
        seats.later(hours=1, minutes=5)
        screen.look()
        await seat.rest()
        assert "not seen" in day_lines(screen)[1]
        assert screen.title_line.title.clock == "10:05"


async def test_nothing_is_read_while_nothing_has_changed(seats: Seats, monkeypatch: pytest.MonkeyPatch) -> None:
    async with seats.seat("leader1") as seat:
        screen = await open_today(seat)
        reads: list[int] = []
        monkeypatch.setattr(screen, "read", lambda: reads.append(1))
        for _ in range(3):
            screen.look()
        assert reads == []
        seats.later(minutes=1)
        screen.look()
        screen.look()
        assert reads == [1]


async def test_a_refusal_is_said_and_an_empty_day_has_nothing_to_record(seats: Seats) -> None:
    async with seats.seat("coach1") as seat:
        book(seat, NINE, "D02")
        screen = await open_today(seat)
        await seat.press("a")
        assert "Put the highlight on an appointment first." in screen.status.text
        await seat.press("down", "d")
        assert "A coach acts on the own diary" in screen.status.text
        assert screen.status.severity == "error"


async def test_enter_goes_to_the_diary_and_the_screen_stays_as_it_was(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        book(seat, TEN, "D03")
        screen = await open_today(seat)
        await seat.press("down", "down", "enter")
        booking = seat.top
        assert isinstance(booking, BookingScreen)
        cell = booking.grid.cursor_cell
        assert cell.column is not None
        assert (cell.column.diary, cell.column.day, cell.tick) == ("D03", TODAY, TEN)
        assert booking.grid.has_focus
        assert await seat.go_to("today") is screen
        assert screen.coach is not None
        assert screen.coach.diary == "D03"


async def test_other_days_can_be_looked_at(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        seat.other_books("D01", TEN, TODAY + timedelta(days=1))
        screen = await open_today(seat)
        assert day_lines(screen) == []
        await seat.press("]")
        assert len(day_lines(screen)) == 1
        assert screen.title_line.title.day == "Wed 25 Nov 2026"
        await seat.press("[", "[")
        assert screen.title_line.title.day == "Mon 23 Nov 2026"
        await seat.press("t")
        assert screen.day is None
        seats.later(days=1)
        screen.look()
        await seat.rest()
        assert len(day_lines(screen)) == 1


async def test_a_day_list_is_written_where_it_was_asked_for(
    seats: Seats, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with seats.seat("leader1") as seat:
        book(seat)
        screen = await open_today(seat)
        await seat.press("p")
        assert isinstance(seat.top, FieldsModal)
        assert seat.top.typed == {"file": "day-list-2026-11-24.txt", "coaches": "D01"}
        await seat.press("enter", "ctrl+a", "ctrl+k", "D", "9", "9", "enter")
        assert "There is no diary D99." in str(seat.top.query_one("#coaches-problem").render())
        await seat.press("ctrl+a", "ctrl+k", "a", "l", "l", "enter")
        assert seat.pilot.app.screen is screen
        assert "4 day lists written to" in screen.status.text
        file = tmp_path / "day-list-2026-11-24.txt"
        assert "Sana Khan 1" in file.read_text(encoding="utf-8")
        assert file.stat().st_mode & 0o077 == 0
        assert seat.rows(f"SELECT who, client, why FROM access WHERE site = ? AND {CLOSE}") == [
            ("leader1", "C000001", "day list")
        ]


async def test_a_file_that_cannot_be_written_is_said(seats: Seats, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with seats.seat("leader1") as seat:
        screen = await open_today(seat)
        screen._print(str(tmp_path), ("D01",), TODAY)
        await seat.rest()
        assert screen.status.severity == "error"
        assert "no file that can be written" in screen.status.text


@pytest.mark.parametrize(
    ("text", "codes"), [("", ()), ("all", ()), (" All ", ()), ("d01, D02 d01", ("D01", "D02")), ("\x1b", ("\x1b",))]
)
def test_codes_are_read_from_what_is_typed(text: str, codes: tuple[str, ...]) -> None:
    assert _codes(text) == codes


async def test_it_reads_without_unicode_and_without_names_for_whom_they_are_not(seats: Seats) -> None:
    async with seats.seat("admin1", SMALL, glyphs="ascii") as seat:
        book(seat)
        screen = await open_today(seat)
        assert day_lines(screen)[0].isascii()
        assert "SK1" in day_lines(screen)[0]
        await seat.press("a")
        assert screen.status.severity == "error"


async def test_feedback_is_kept_about_the_appointment_of_the_line(seats: Seats) -> None:
    async with seats.seat("leader1", SMALL) as seat:
        entry = book(seat, diary="D02")
        screen = await open_today(seat)
        await seat.press("F")  # the first coach has nobody today
        assert "Put the highlight on an appointment first." in screen.status.text
        await seat.press("j", "F")
        assert isinstance(seat.top, FieldsModal)
        await seat.fill("claimant", "the letter names no room")
        assert "Feedback of claimant about the appointment is kept." in screen.status.text
        assert [(one.entry, one.source) for one in seat.others(reviewing.feedback)] == [(entry.id, "claimant")]
