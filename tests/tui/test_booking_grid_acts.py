"""What is done under the grid's cursor: move, cancel, attendance, details, copy; and going about in days, weeks and zooms."""

from datetime import date, datetime, timedelta

from agent_tui.domain.requests import Booked, Wish
from agent_tui.services import booking
from agent_tui.tui.modals import ChoiceModal, DetailsModal, NumberModal
from agent_tui.tui.widgets.diary_grid import DiaryGrid
from tests.small_site import DAY, NINE, NOW, TEN
from tests.tui.booking_desk import Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]

TODAY = NOW.date()


async def booked_at(seat: Seat, diary: str = "D02", start: int = TEN, day: date = DAY, client: str = "C000005") -> Booked:
    """Book by the same agent at the desk and put the cursor on it."""
    wish = Wish(type="NJR-F2F", day=day, start=start, diary=diary, client=client, note="rings the bell")
    outcome = seat.others(lambda desk: booking.book(desk, wish), "agent1")
    assert isinstance(outcome, Booked), outcome
    await seat.feed()
    await seat.cursor_on(outcome.entry)
    block = seat.screen.grid.cursor_cell.block
    assert block is not None
    assert block.entry_id == outcome.entry.id
    return outcome


def place(seat: Seat, entry: str) -> tuple[str, str, int]:
    found = seat.rows("SELECT diary, day, start_tick FROM entry WHERE site = ? AND id = ?", entry)[0]
    return str(found[0]), str(found[1]), int(found[2])


async def test_move_picks_up_carries_and_puts_down(seats: Seats) -> None:
    async with seats.seat() as seat:
        entry = (await booked_at(seat)).entry
        await seat.press("m")
        assert seat.screen.grid.carried == entry.id
        assert "Carrying" in seat.said
        await seat.press("right", "down", "down", "down")
        ghost = seat.screen.grid.ghost
        assert ghost is not None
        assert (ghost.diary, ghost.start, ghost.end) == ("D03", TEN + 6, TEN + 12)
        assert place(seat, entry.id) == ("D02", DAY.isoformat(), TEN)
        await seat.press("m")
        await seat.feed()
        assert place(seat, entry.id) == ("D03", DAY.isoformat(), TEN + 6)
        assert seat.screen.grid.carried is None
        assert "Moved to" in seat.said
        block = seat.screen.grid.cursor_cell.block
        assert block is not None
        assert block.entry_id == entry.id
        await seat.press("u")
        assert place(seat, entry.id) == ("D02", DAY.isoformat(), TEN)


async def test_enter_puts_down_on_another_day(seats: Seats) -> None:
    async with seats.seat() as seat:
        entry = (await booked_at(seat)).entry
        await seat.press("m", "]")
        assert seat.screen.grid.carried == entry.id
        await seat.press("enter")
        assert place(seat, entry.id)[1] == (DAY + timedelta(days=1)).isoformat()


async def test_escape_leaves_what_is_carried_where_it_was(seats: Seats) -> None:
    async with seats.seat() as seat:
        entry = (await booked_at(seat)).entry
        await seat.press("m", "down", "escape")
        assert seat.screen.grid.carried is None
        assert seat.screen.grid.ghost is None
        assert place(seat, entry.id) == ("D02", DAY.isoformat(), TEN)
        assert "Left where it was" in seat.said
        assert seat.screen.grid.has_focus


async def test_a_move_onto_another_appointment_is_refused_and_what_is_carried_can_go_elsewhere(seats: Seats) -> None:
    async with seats.seat() as seat:
        seat.other_books("D03", TEN)
        entry = (await booked_at(seat)).entry
        await seat.press("m", "right", "m")
        assert "Bob Brook" in seat.said
        assert seat.screen.status.severity == "error"
        assert place(seat, entry.id) == ("D02", DAY.isoformat(), TEN)
        assert "still carried" in seat.said
        assert seat.screen.grid.carried == entry.id
        await seat.press(*["down"] * 6, "m")
        assert place(seat, entry.id) == ("D03", DAY.isoformat(), TEN + 12)


async def test_cancel_asks_for_a_reason(seats: Seats) -> None:
    async with seats.seat() as seat:
        entry = (await booked_at(seat)).entry
        await seat.press("x")
        assert isinstance(seat.top, ChoiceModal)
        await seat.press("escape")
        assert seat.status(entry.id) == "booked"
        await seat.press("x", "1")
        await seat.feed()
        assert seat.rows("SELECT status, reason FROM entry WHERE site = ?") == [("cancelled", "claimant")]
        assert seat.block(entry.id) is None
        await seat.press("u")
        await seat.feed()
        assert seat.status(entry.id) == "booked"
        assert seat.block(entry.id) is not None


async def test_attendance_is_recorded(seats: Seats) -> None:
    async with seats.seat() as seat:
        entry = (await booked_at(seat, day=TODAY)).entry
        seats.clock.now = datetime(2026, 11, 24, 10, 40)
        await seat.press("a")
        assert seat.status(entry.id) == "attended"
        assert "attended" in seat.said
        await seat.press("A")
        assert isinstance(seat.top, NumberModal)
        await seat.press("7", "enter")
        assert seat.rows("SELECT status, reason FROM entry WHERE site = ?") == [("late", "minutes:7")]
        await seat.press("d")
        assert seat.status(entry.id) == "dna"
        await seat.feed()
        await seat.press("m")
        assert "This cannot be done to an appointment that is dna." in seat.said
        assert seat.screen.carried is None
        await seat.press("x")
        assert len(seat.pilot.app.screen_stack) == 2
    async with seats.seat("coach4") as seat:
        await seat.cursor_on(entry)
        await seat.press("A")
        assert "A coach acts on the own diary D04 only" in seat.said
        assert len(seat.pilot.app.screen_stack) == 2


async def test_attendance_of_a_later_day_is_refused(seats: Seats) -> None:
    async with seats.seat() as seat:
        entry = (await booked_at(seat)).entry
        await seat.press("a")
        assert "on the day or after it" in seat.said
        assert seat.status(entry.id) == "booked"


async def test_details_show_the_entry_and_copy_its_reference(seats: Seats) -> None:
    async with seats.seat() as seat:
        entry = (await booked_at(seat)).entry
        for key in ("i", "enter"):
            await seat.press(key)
            assert isinstance(seat.top, DetailsModal)
            picture = "\n".join(strip.text for strip in seat.top._compositor.render_strips())
            assert entry.id in picture
            assert "rings the bell" in picture
            await seat.press("escape")
        await seat.press("y")
        assert seat.pilot.app.clipboard == entry.id
        assert entry.id in seat.said


async def test_acts_on_free_time_say_what_they_need(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.cursor_at("D01", DAY, NINE)
        for key in ("m", "x", "a", "A", "d"):
            await seat.press(key)
            assert "Put the cursor on an appointment" in seat.said
            seat.screen.say("")
        assert seat.screen.grid.carried is None


async def test_moving_the_appointment_of_this_call_changes_what_to_say(seats: Seats) -> None:
    async with seats.seat() as seat:
        confirmed = await seat.book()
        await seat.cursor_on(confirmed.entry)
        await seat.press("m", "down", "down", "down", "down", "down", "down", "m")
        again = seat.screen.call.confirmed
        assert again is not None
        assert again.entry.start == confirmed.entry.start + 12
        assert seat.screen.offers.state.say == again.say != confirmed.say
        await seat.feed()
        await seat.press("x", "1")
        assert seat.screen.call.confirmed is None
        assert seat.kind == "offers"


async def test_days_go_by_key_and_skip_sundays(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.press("f2")
        assert seat.screen.shown.day == TODAY
        await seat.press("]", "]", "]", "]")
        assert seat.screen.shown.day == date(2026, 11, 28)
        await seat.press("]")
        assert seat.screen.shown.day == date(2026, 11, 30)
        await seat.press("[")
        assert seat.screen.shown.day == date(2026, 11, 28)
        await seat.press("ctrl+right")
        assert seat.screen.shown.day == date(2026, 11, 30)
        await seat.press("ctrl+left")
        assert seat.screen.shown.day == date(2026, 11, 28)
        await seat.press("t")
        assert seat.screen.shown.day == TODAY
        assert {column.day for column in seat.screen.grid.view.columns} == {TODAY}


async def test_a_week_of_one_coach_and_back(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.cursor_at("D03", DAY, TEN)
        await seat.press("v")
        columns = seat.screen.grid.view.columns
        assert {column.diary for column in columns} == {"D03"}
        assert [column.day.weekday() for column in columns] == [0, 1, 2, 3, 4, 5]
        assert seat.screen.grid.cursor_cell.column is not None
        assert seat.screen.grid.cursor_cell.column.day == DAY
        await seat.press("]")
        assert seat.screen.grid.view.columns[0].day == date(2026, 11, 30)
        await seat.press("v")
        assert seat.screen.shown.week_of is None
        assert len({column.diary for column in seat.screen.grid.view.columns}) == 4


async def test_a_closed_day_says_so(seats: Seats) -> None:
    async with seats.seat() as seat:
        seat.screen.show_day(date(2026, 12, 25))
        await seat.rest()
        assert {column.closed for column in seat.screen.grid.view.columns} == {"Christmas Day"}


async def test_zoom_shows_more_or_fewer_minutes(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.cursor_at("D03", DAY, TEN)
        assert seat.screen.grid.zoom == 2
        await seat.press("+")
        assert seat.screen.grid.zoom == 1
        assert "5-minute" in seat.screen.grid.view.title
        await seat.press("-", "-", "-", "-")
        assert seat.screen.grid.zoom == 6
        assert seat.screen.grid.cursor[1] == TEN


async def test_enter_on_an_entry_while_nothing_is_held_books_nothing(seats: Seats) -> None:
    async with seats.seat() as seat:
        await booked_at(seat)
        await seat.choose_type("fc f2f")
        await seat.cursor_at("D02", DAY, TEN)
        await seat.press("enter")
        assert isinstance(seat.top, DetailsModal)
        assert seat.screen.call.held is None


async def test_choosing_a_free_cell_tells_of_it_and_holds(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        await seat.cursor_at("D03", DAY, TEN)
        seat.screen.grid.action_choose()
        await seat.rest()
        assert seat.screen.call.held is not None
        assert any(isinstance(message, DiaryGrid.CellChosen) for message in seat.messages)
