"""w on the booking screen: what stands in the way of a start, and where it leads."""

from datetime import timedelta

import pytest

from agent_tui.domain.requests import Wish
from agent_tui.services import booking
from agent_tui.tui.modals.why import WhyModal
from tests.small_site import DAY, NINE, NOON, TEN
from tests.tui.booking_desk import SMALL, WIDE, Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]


def why_lines(seat: Seat) -> list[str]:
    """Return the lines of the dialog in front."""
    assert isinstance(seat.top, WhyModal), seat.said
    return seat.top.lines


def cursor(seat: Seat) -> tuple[str, object, int]:
    """Return where the grid's cursor is."""
    cell = seat.screen.grid.cursor_cell
    assert cell.column is not None
    return cell.column.diary, cell.column.day, cell.tick


@pytest.mark.parametrize("size", [SMALL, WIDE, (160, 48)])
async def test_reasons_come_in_order_and_enter_goes_to_the_start_named(seats: Seats, size: tuple[int, int]) -> None:
    async with seats.seat(size=size) as seat:
        seat.other_books("D01", NINE)
        seat.other_books("D01", TEN, client="C000008")
        await seat.feed()
        await seat.choose_type("fc f2f")
        await seat.cursor_at("D01", DAY, TEN - 3)
        await seat.press("w")
        first, *others = why_lines(seat)
        assert first == (
            "1 09:45-10:35 is taken: 09:00-09:50 FC-F2F of S 9; 10:00-10:50 FC-F2F of S 8.\n"
            "  10:50 is free: 1 hour 5 minutes later"
        )
        assert others == ["Instead: Another coach then: D02 Coach 2"]
        assert seat.top.query_one("#why").region.height > 0
        await seat.press("enter")
        assert cursor(seat) == ("D01", DAY, TEN + 10)
        assert "10:50 is free" in seat.said
        assert seat.screen.form.draft.type == "FC-F2F"
        await seat.press("w")
        assert seat.said.endswith("Nothing stands in the way of Coach 1 Wed 25 Nov 10:50.")


async def test_an_offer_of_the_list_has_nothing_in_its_way(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        seat.screen.offers.focus()
        await seat.press("w")
        assert "Nothing stands in the way of Coach 1" in seat.said


async def test_an_offer_that_went_away_says_who_has_it(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        seat.screen.offers.focus()
        offer = seat.screen.offers.highlighted
        assert offer is not None
        seat.others(lambda desk: booking.hold(desk, Wish("FC-F2F", offer.day, offer.start, offer.diary)))
        await seat.press("w")
        assert "held by Bob Brook" in why_lines(seat)[0]


async def test_another_coach_and_escape(seats: Seats) -> None:
    async with seats.seat() as seat:
        seat.other_books("D01", TEN)
        await seat.feed()
        await seat.choose_type("fc f2f")
        await seat.type("khan")
        await seat.cursor_at("D01", DAY, TEN)
        before = seat.screen.form.draft
        await seat.press("w", "escape")
        assert cursor(seat) == ("D01", DAY, TEN)
        assert seat.screen.focused is seat.screen.grid
        assert seat.screen.form.draft == before
        await seat.press("w", "end", "enter")
        assert cursor(seat) == ("D02", DAY, TEN)


async def test_the_appointment_to_be_moved_is_gone_to(seats: Seats) -> None:
    async with seats.seat() as seat:
        seat.other_books("D01", TEN + 1, type="WSR-PHONE")
        await seat.feed()
        await seat.choose_type("fc f2f")
        await seat.cursor_at("D01", DAY, NINE + 4)
        await seat.press("w")
        assert why_lines(seat)[0].endswith("Move 10:05 WSR-PHONE of S 9 by 5 minutes to 10:10")
        await seat.press("enter")
        assert cursor(seat) == ("D01", DAY, TEN + 1)
        assert "m picks it up, and puts it down at 10:10" in seat.said


async def test_a_change_on_another_day_shows_that_day(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        closed = DAY.replace(month=12, day=25)
        await seat.cursor_at("D02", closed, TEN)
        await seat.press("w", "enter")
        assert cursor(seat) == ("D02", closed + timedelta(days=3), TEN)
        assert "The next working day is Mon" in seat.said


async def test_what_a_leader_must_do_is_said_and_goes_nowhere(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        await seat.cursor_at("D03", DAY, NOON)
        await seat.press("w", "enter")
        assert cursor(seat) == ("D03", DAY, NOON)
        assert "in a segment of diary D03 on Wed 25 Nov 2026 (a team leader can)" in seat.said


async def test_without_a_type_or_a_place_it_says_what_is_missing(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.cursor_at("D01", DAY, TEN)
        await seat.press("w")
        assert "Choose the type first" in seat.said
        seat.screen.offers.focus()
        await seat.press("w")
        assert "Go to an offer" in seat.said
        seat.screen.form.focus_field("type")
        await seat.type("w")
        assert seat.screen.form.draft.texts["type"] == "w"


async def test_my_own_hold_is_said_to_be_mine(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.hold_first()
        seat.screen.offers.focus()
        await seat.press("w")
        assert "held by you" in why_lines(seat)[0]
        await seat.press("escape")
        assert seat.screen.call.held is not None


async def test_the_footer_names_it_while_nothing_is_held(seats: Seats) -> None:
    async with seats.seat() as seat:
        footer = seat.screen.query_one("#keys")
        await seat.choose_type("fc f2f")
        seat.screen.offers.focus()
        await seat.rest()
        assert [key.id for key in footer.keys] == ["hold", "why_not", "focus_grid", "find_client", "help"]  # type: ignore[attr-defined]
        seat.screen.grid.focus()
        await seat.rest()
        assert [key.id for key in footer.keys][:2] == ["book_here", "why_not"]  # type: ignore[attr-defined]
        assert len(footer.keys) == 5  # type: ignore[attr-defined]
        await seat.press("enter")
        seat.screen.offers.focus()
        await seat.rest()
        assert [key.id for key in footer.keys][:2] == ["find_client", "new_client"]  # type: ignore[attr-defined]
        await seat.press("slash")
        await seat.type("C000003", "enter")
        named = [(key.key, key.label) for key in footer.keys][:2]  # type: ignore[attr-defined]
        assert named == [("enter", "confirm"), ("e", "extend")]
        await seat.press("f2")
        assert footer.keys[0].label == "confirm"  # type: ignore[attr-defined]
        await seat.press("right")
        assert footer.keys[0][:3] == ("confirm", "c", "confirm")  # type: ignore[attr-defined]
