"""The types screen: what cannot be booked is seen at once, and one key proposes what would help."""

from typing import Any

from agent_tui.tui.modals import EffectModal, FieldsModal
from agent_tui.tui.screens.types import TypesScreen
from tests.tui.booking_desk import SMALL, Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]


async def open_types(seat: Seat) -> TypesScreen:
    """Go to the types by keys."""
    seat.screen.grid.focus()
    screen = await seat.go_to("types")
    assert isinstance(screen, TypesScreen)
    return screen


async def at(seat: Seat, screen: TypesScreen, code: str) -> None:
    screen.listing.highlighted = screen.codes.index(code)
    await seat.rest()


async def renewed(seat: Seat, screen: TypesScreen) -> None:
    """Take up what was changed, as the feed does."""
    await seat.feed()
    screen.look_at_rules()
    await seat.rest()


def known(screen: TypesScreen) -> str:
    return str(screen.query_one("#known").render())


async def make_key(seat: Seat, screen: TypesScreen, code: str) -> None:
    await at(seat, screen, code)
    await seat.press("K")
    await seat.fill("yes", "")
    await renewed(seat, screen)


async def test_a_key_type_without_a_diary_comes_first_and_one_key_proposes_a_segment(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        screen = await open_types(seat)
        await make_key(seat, screen, "CC-PHONE")
        assert screen.codes[0] == "CC-PHONE"
        await at(seat, screen, "CC-PHONE")
        assert "no diary takes it" in known(screen)
        row = str(screen.listing.get_option_at_index(0).prompt)
        assert " 0  " in row[:12], "the starts come before the name, so that a narrow list has them too"
        await seat.press("p")
        assert isinstance(seat.top, EffectModal)
        assert "CC-PHONE to diary" in seat.top._lines[0]
        await seat.press("escape")
        assert "CC-PHONE" not in {code for one in screen.catalogue.diaries.values() for code in one.types}
        await seat.press("p", "enter")
        await renewed(seat, screen)
        assert "CC-PHONE" in {code for one in screen.catalogue.diaries.values() for code in one.types}
        assert screen.standing["CC-PHONE"].wrong is None
        await at(seat, screen, "CC-PHONE")
        await seat.press("p")
        assert screen.status.severity == "error"


async def test_drop_in_hours_are_set_told_first_and_ended(seats: Seats) -> None:
    async with seats.seat("leader1", SMALL) as seat:
        screen = await open_types(seat)
        await at(seat, screen, "EV-F2F")
        await seat.press("o")
        await seat.fill("Mon-Fri 12:00-10:00", "x", "")
        assert isinstance(seat.top, FieldsModal)
        assert "does not end after it starts" in str(seat.top.query_one("#hours-problem").render())
        assert "5 characters" in str(seat.top.query_one("#words-problem").render())
        await seat.fill("Mon-Fri 10:00-12:00", "Come to the front desk.", "")
        await renewed(seat, screen)
        assert screen.catalogue.types["EV-F2F"].drop_in_on(seat.clock.now.date()) is not None
        await at(seat, screen, "EV-F2F")
        assert "Come to the front desk." in known(screen)
        await seat.press("escape")
        await seat.choose_type("evidence")
        assert seat.kind == "offers"
        assert "Come to the front desk." in seat.screen.offers.state.drop_in
        seat.screen.grid.focus()
        assert await seat.go_to("types") == screen
        await at(seat, screen, "EV-F2F")
        await seat.press("o")
        await seat.fill("", "", "")
        await renewed(seat, screen)
        assert screen.catalogue.types["EV-F2F"].drop_in_on(seat.clock.now.date()) is None


async def test_an_agent_is_told_who_can_before_anything_is_typed(seats: Seats) -> None:
    async with seats.seat("agent1") as seat:
        screen = await open_types(seat)
        await at(seat, screen, "EV-F2F")
        for key in ("o", "K", "p"):
            await seat.press(key)
            assert "A team leader or supervisor can do this." in screen.status.text
            assert seat.pilot.app.screen is screen


async def test_managers_see_on_every_screen_that_a_key_type_cannot_be_booked(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        screen = await open_types(seat)
        await make_key(seat, screen, "CC-PHONE")
        for name in ("diaries", "segments"):
            await seat.press("escape")
            seat.screen.grid.focus()
            other: Any = await seat.go_to(name)
            assert other.key_words[0] == "! 1 key type without a start", name
