"""The diaries screen as a supervisor uses it: looked at first, then done, and refused in a sentence."""

from typing import Any

from agent_tui.services import diary_tickets, segmenting
from agent_tui.tui.modals import ChoiceModal, EffectModal, FieldsModal
from agent_tui.tui.screens.booking import BookingScreen
from agent_tui.tui.screens.diaries import DiariesScreen
from agent_tui.tui.screens.segments import SegmentsScreen
from tests.small_site import DAY, NINE
from tests.tui.booking_desk import SMALL, Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]

COACH = ("Robin Vale", "1234567", "robin.vale@dwp.gov.uk", "B", "D01")


async def open_diaries(seat: Seat) -> DiariesScreen:
    """Go to the diaries by keys."""
    seat.screen.grid.focus()
    screen = await seat.go_to("diaries")
    assert isinstance(screen, DiariesScreen)
    return screen


def shown_lines(seat: Seat) -> str:
    assert isinstance(seat.top, EffectModal), seat.top
    return "\n".join(seat.top._lines)


def problem(seat: Seat, name: str) -> str:
    assert isinstance(seat.top, FieldsModal), seat.top
    return str(seat.top.query_one(f"#{name}-problem").render())


def tickets(seat: Seat) -> list[Any]:
    found = seat.others(diary_tickets.tickets, "super1")
    assert isinstance(found, list)
    return found


async def test_a_diary_is_switched_off_after_a_look_and_on_again(seats: Seats) -> None:
    async with seats.seat("super1") as seat:
        made = seat.other_books("D01")
        screen = await open_diaries(seat)
        await seat.press("e")
        assert "1 appointment to come kept and flagged" in shown_lines(seat)
        await seat.press("escape")
        assert screen.catalogue.diaries["D01"].enabled
        await seat.press("e", "enter")
        await seat.feed()
        screen.look_at_rules()
        assert not screen.catalogue.diaries["D01"].enabled
        assert screen.row is not None
        assert "off" in screen.row.words
        assert "1 appointment kept and flagged" in screen.status.text
        assert seat.status(made.entry.id) == "booked"
        await seat.press("e")
        await seat.feed()
        screen.look_at_rules()
        assert screen.catalogue.diaries["D01"].enabled


async def test_a_new_diary_is_asked_for_and_approved(seats: Seats) -> None:
    async with seats.seat("super1", SMALL) as seat:
        screen = await open_diaries(seat)
        await seat.press("n")
        await seat.fill("Robin Vale", "12", "robin@example.org", "Q", "D99")
        for name, said in (
            ("staff_number", "digits"),
            ("email", "dwp.gov.uk"),
            ("team", "Must be one of A, B."),
            ("like", "no such diary"),
        ):
            assert said in problem(seat, name), name
        assert isinstance(seat.top, FieldsModal)
        assert seat.top.typed["coach"] == "Robin Vale"
        await seat.press("escape", "n")
        await seat.fill(*COACH)
        assert seat.pilot.app.screen is screen
        (ticket,) = tickets(seat)
        assert (ticket.kind, ticket.status, ticket.fields["coach"]) == ("new_diary", "waiting", "Robin Vale")
        await seat.press("end", "enter")
        assert isinstance(seat.top, ChoiceModal)
        await seat.press("a")
        await seat.fill("D01", "yes")
        assert "D01" in problem(seat, "code")
        await seat.fill("D28", "yes")
        await seat.feed()
        screen.look_at_rules()
        assert screen.catalogue.diaries["D28"].coach == "Robin Vale"
        assert screen.catalogue.diaries["D28"].enabled
        assert [one.status for one in tickets(seat)] == ["approved"]


async def test_a_request_is_declined_and_segmentation_escalated(seats: Seats) -> None:
    async with seats.seat("super1") as seat:
        await open_diaries(seat)
        await seat.press("n")
        await seat.fill(*COACH)
        await seat.press("end", "enter", "d")
        await seat.fill("no budget this year")
        await seat.press("home", "E")
        await seat.fill("short")
        assert "At least 10" in problem(seat, "words")
        await seat.fill("two rooms share one interpreter")
        assert {(one.kind, one.status) for one in tickets(seat)} == {("new_diary", "declined"), ("segmentation", "waiting")}


async def test_overtime_is_put_into_diaries_in_two_steps(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        screen = await open_diaries(seat)
        await seat.press("o")
        await seat.fill("D01 D02", "28 nov", "", "", "14:00", "9:00", "FC-F2F", "")
        assert seat.pilot.app.screen is screen
        assert "not after" in screen.status.text
        await seat.press("o")
        await seat.fill("D01 D02", "28 nov", "1 dec", "", "9:00", "14:00", "FC-F2F", "")
        assert "goes with a weekday" in problem(seat, "first")
        await seat.fill("")
        await seat.press("escape", "o")
        assert isinstance(seat.top, FieldsModal)
        assert (seat.top.typed["diaries"], seat.top.typed["end"]) == ("D01 D02", "14:00")
        await seat.fill("D01 D02", "28 nov", "", "", "9:00", "14:00", "FC-F2F", "2")
        assert "2 patterns, 2 diaries" in shown_lines(seat)
        await seat.press("enter")
        patterns = seat.others(lambda desk: segmenting.patterns_of(desk, "D02"), "leader1")
        (pattern,) = patterns
        assert str(pattern.day) == "2026-11-28"
        assert [(one.start, one.end, one.types, one.limit) for one in pattern.segments] == [(NINE, 168, {"FC-F2F"}, 2)]


async def test_a_diary_is_absorbed_and_its_appointments_move(seats: Seats) -> None:
    async with seats.seat("super1") as seat:
        made = seat.other_books("D04", type="NJR-F2F")
        screen = await open_diaries(seat)
        for _ in range(3):
            await seat.press("down")
        await seat.press("A")
        await seat.fill("D04", "", "no")
        assert seat.pilot.app.screen is screen
        assert screen.status.severity == "error"
        await seat.press("A")
        await seat.fill("D01 D02", "", "no")
        lines = shown_lines(seat)
        assert "D04 is retired" in lines
        assert "1 appointment moves" in lines
        assert seat.status(made.entry.id) == "booked"
        await seat.press("enter")
        await seat.feed()
        screen.look_at_rules()
        assert screen.catalogue.diaries["D04"].retired is not None
        assert seat.rows("SELECT diary, day FROM entry WHERE site = ? AND id = ?", made.entry.id)[0][0] in ("D01", "D02")
        assert DAY.isoformat() == seat.rows("SELECT day FROM entry WHERE site = ? AND id = ?", made.entry.id)[0][0]


async def test_a_diary_that_still_has_something_to_come_is_not_retired(seats: Seats) -> None:
    async with seats.seat("super1") as seat:
        seat.other_books("D01")
        screen = await open_diaries(seat)
        await seat.press("R")
        assert seat.pilot.app.screen is screen
        assert screen.status.severity == "error"


async def test_enter_goes_to_the_segments_and_unsaved_ones_stay(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        screen = await open_diaries(seat)
        await seat.press("down", "enter")
        editor = seat.top
        assert isinstance(editor, SegmentsScreen)
        assert editor.draft.owner == "D02"
        editor.draft = editor.draft.with_segments(2, (), True)
        await seat.press("escape")
        await seat.go_to("diaries")
        await seat.press("home", "enter")
        assert seat.pilot.app.screen is screen
        assert "not saved" in screen.status.text
        await seat.press("escape")
        assert isinstance(seat.top, BookingScreen)


async def test_an_agent_may_look_and_is_refused(seats: Seats) -> None:
    async with seats.seat("agent1") as seat:
        screen = await open_diaries(seat)
        assert screen.tickets == ()
        await seat.press("e")
        assert "A team leader, supervisor or administrator can do this." in screen.status.text
        assert seat.screen.back.live.catalogue.diaries["D01"].enabled
