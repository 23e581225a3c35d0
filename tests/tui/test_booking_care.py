"""What a tired agent or a second window must not be able to spoil: the hold in hand, the words to say, the wrong time."""

from agent_tui.services import booking
from agent_tui.store.trouble import StoreTrouble
from agent_tui.store.unit_of_work import Store
from agent_tui.tui.widgets.offer_list import OfferList, offer_key
from tests.small_site import DAY
from tests.tui.booking_desk import Seats, seats, small_store

__all__ = ["seats", "small_store"]

ELEVEN = 132


async def test_a_search_takes_nothing_away_from_a_hold_or_from_the_words_to_say(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.hold_first()
        await seat.press("f5")
        assert seat.kind == "held"
        assert "release it" in seat.said
        await seat.type("C000003", "enter")
        await seat.press("enter")
        words = seat.screen.offers.state.say
        assert words
        await seat.press("f5")
        assert (seat.kind, seat.screen.offers.state.say) == ("confirmed", words)


async def test_a_hold_that_another_window_confirmed_is_shown_as_what_it_is(seats: Seats) -> None:
    async with seats.seat() as seat:
        held = await seat.hold_first()
        entry = held.entry.id
        seat.others(lambda desk: booking.confirm(desk, entry, client="C000004"), "agent1")
        await seat.press("ctrl+l")
        assert seat.kind == "confirmed"
        assert seat.screen.call.held is None
        assert seat.screen.call.confirmed is not None
        assert seat.screen.call.confirmed.entry.client == "C000004"


async def test_a_hold_that_another_window_released_is_let_go(seats: Seats) -> None:
    async with seats.seat() as seat:
        held = await seat.hold_first()
        entry = held.entry.id
        seat.others(lambda desk: booking.release(desk, entry), "agent1")
        await seat.press("ctrl+l")
        assert seat.screen.call.held is None
        assert seat.kind == "offers"


async def test_enter_on_another_time_does_not_confirm_the_held_one(seats: Seats) -> None:
    async with seats.seat() as seat:
        held = await seat.hold_first()
        await seat.type("C000003", "enter")
        await seat.cursor_at("D03", DAY, ELEVEN)
        await seat.press("enter")
        assert seat.status(held.entry.id) == "held"
        assert "Another time is held" in seat.said
        await seat.cursor_on(held.entry)
        await seat.press("enter")
        assert seat.status(held.entry.id) == "booked"


async def test_moving_along_the_offers_says_each_in_words(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        await seat.press("f6")
        seat.screen.say("1 call is unfinished")
        await seat.press("down")
        offer = seat.screen.offers.selected
        assert offer is not None
        assert offer.coach in seat.said


async def test_the_click_that_brings_the_focus_holds_nothing(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        seat.screen.form.focus_field("note")
        await seat.rest()
        await seat.pilot.click(OfferList, offset=(5, 1))
        await seat.rest()
        assert seat.screen.call.held is None
        assert seat.screen.offers.has_focus
        await seat.pilot.click(OfferList, offset=(5, 1))
        await seat.rest()
        assert seat.screen.call.held is not None


async def test_a_cell_is_said_with_its_time_when_no_type_is_chosen(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.cursor_at("D03", DAY, ELEVEN)
        assert "11:00 in 09:00 to 12:00, free" in seat.said


async def test_a_hold_whose_answer_never_came_is_found_again(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        real = Store.write

        def lost_answer(store: Store, work: object) -> object:
            real(store, work)  # type: ignore[arg-type]
            raise StoreTrouble("The store went away.")

        Store.write = lost_answer  # type: ignore[method-assign, assignment]
        try:
            await seat.press("f8")
        finally:
            Store.write = real  # type: ignore[method-assign]
        assert seat.screen.call.held is None
        assert "What you typed is kept" in seat.said
    async with seats.seat() as seat:
        await seat.press("f11", "enter")
        assert seat.screen.call.held is not None, seat.said
        assert seat.kind == "held"


async def test_a_slow_store_is_said_and_a_second_key_is_answered(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        seat.screen.call.acting = True
        for _second in range(3):
            seat.screen.tick()
        assert "slow to answer" in seat.said
        await seat.press("f8")
        assert "One moment" in seat.said
        assert seat.screen.call.held is None


async def test_drafts_stay_with_their_store(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
    other = Seats.__new__(Seats)
    other.clock = seats.clock
    other.store = seats.store.with_name("other.db")
    other.store.write_bytes(seats.store.read_bytes())
    other.store.chmod(0o600)
    async with other.seat() as seat:
        assert seat.screen.drafts.load_all().drafts == ()


async def test_without_the_form_the_diary_has_the_whole_width_and_the_offers_a_line(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        screen = seat.screen
        before = screen.grid.region, screen.offers.region
        await seat.press("f3")
        assert not screen.form.display
        assert (screen.grid.region.x, screen.grid.region.width) == (0, 120)
        assert (screen.offers.region.width, screen.offers.region.height) == (120, 1)
        assert screen.offers.region.y == screen.grid.region.bottom
        await seat.press("f3")
        assert (screen.grid.region, screen.offers.region) == before
        await seat.press("f3")
        await seat.pilot.resize_terminal(80, 24)
        await seat.rest()
        assert screen.grid.region.width == 80
        await seat.pilot.resize_terminal(120, 36)
        await seat.rest()
        assert (screen.grid.region, screen.offers.region) == before


async def test_enter_on_a_start_that_went_away_says_who_has_it(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        offers = seat.screen.offers
        first = offers.state.choices[0]
        offers.mark_gone(offer_key(first), "Bob Brook")
        await seat.press("f8")
        assert seat.screen.call.held is None
        assert seat.said == "! That start went away: Bob Brook has it now. Choose another."
