"""What others do appears by the feed, a lost race is told with who and what next, and 200 coaches load what is in view."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from agent_tui.domain.requests import Booked, Offer, Wish
from agent_tui.domain.site import Diary
from agent_tui.services import booking, changes
from agent_tui.services.desk import Desk
from agent_tui.store.opening import open_store
from agent_tui.store.queries import catalogue
from agent_tui.tui.messages import ActDone, OffersGone
from agent_tui.tui.widgets.offer_list import offer_key
from tests.small_site import ASSIGNED, DAY, NINE, TEN
from tests.tui.booking_desk import Seats, seats, small_store

__all__ = ["seats", "small_store"]


async def test_a_booking_of_another_desk_appears_and_goes(seats: Seats) -> None:
    async with seats.seat() as seat:
        seat.screen.show_day(DAY)
        await seat.rest()
        other = seat.other_books("D03", TEN)
        assert seat.block(other.entry.id) is None
        await seat.feed()
        block = seat.block(other.entry.id)
        assert block is not None
        assert block.kind == "appointment"
        seat.others(lambda desk: changes.cancel(desk, other.entry.id, "office"))
        await seat.feed()
        assert seat.block(other.entry.id) is None


async def test_a_hold_of_another_desk_says_whose_it_is(seats: Seats) -> None:
    async with seats.seat() as seat:
        seat.screen.show_day(DAY)
        await seat.rest()
        held = seat.others(lambda desk: booking.hold(desk, Wish(type="FC-F2F", day=DAY, start=TEN, diary="D02")))
        assert isinstance(held, Booked)
        await seat.feed()
        block = seat.block(held.entry.id)
        assert block is not None
        assert (block.kind, block.mine) == ("hold", False)
        assert "Brook" in block.who


async def test_a_hold_of_another_desk_goes_when_it_lapses(seats: Seats) -> None:
    async with seats.seat() as seat:
        seat.screen.show_day(DAY)
        await seat.rest()
        held = seat.others(lambda desk: booking.hold(desk, Wish(type="FC-F2F", day=DAY, start=TEN, diary="D02")))
        await seat.feed()
        seat.expire(held.entry.id)
        seats.clock.ahead_ms = 3_600_000
        seat.screen.each_second()
        await seat.rest()
        assert seat.block(held.entry.id) is None


async def test_an_offer_that_another_takes_is_crossed_out_at_once(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        await seat.press("f6")
        offer = seat.screen.offers.highlighted
        assert offer is not None
        seat.other_books(offer.diary, offer.start, offer.day)
        await seat.feed()
        assert offer_key(offer) in seat.screen.offers.gone
        assert seat.screen.offers.gone[offer_key(offer)] == "Bob Brook"
        assert seat.screen.offers.selected is None
        ghost = seat.screen.grid.ghost
        assert ghost is not None
        assert ghost.gone
        assert "Bob Brook" in seat.said
        assert any(isinstance(message, OffersGone) for message in seat.messages)
        # Enter does not hold it; the next one down can be held.
        await seat.press("enter")
        assert seat.screen.call.held is None
        while seat.screen.offers.selected is None:
            await seat.press("down")
        await seat.press("enter")
        assert seat.screen.call.held is not None


async def test_a_lost_race_is_told_with_who_and_the_next_free_starts(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        seat.screen.form.focus_field("note")
        await seat.type("as said")
        await seat.press("f6")
        offer = seat.screen.offers.selected
        assert offer is not None
        seat.other_books(offer.diary, offer.start, offer.day)
        await seat.press("enter")  # before the feed has brought it
        assert seat.kind == "refused"
        refused = seat.screen.offers.state.refused
        assert refused is not None
        assert refused.held_by is not None
        assert refused.held_by.who == "Bob Brook"
        assert refused.alternatives
        assert "Bob Brook" in seat.said
        assert seat.screen.form.texts["note"] == "as said"
        assert seat.screen.form.picked["type"] == "FC-F2F"
        first = refused.alternatives[0]
        await seat.press("enter")
        held = seat.screen.call.held
        assert held is not None
        assert (held.entry.diary, held.entry.day, held.entry.start) == offer_key(first)


async def test_the_next_free_starts_are_crossed_out_too(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        await seat.press("f6")
        offer = seat.screen.offers.selected
        assert offer is not None
        seat.other_books(offer.diary, offer.start, offer.day)
        await seat.press("enter")
        await seat.feed()
        second = seat.screen.offers.selected
        assert second is not None
        seat.other_books(second.diary, second.start, second.day, client="C000008")
        await seat.feed()
        assert offer_key(second) in seat.screen.offers.gone


async def test_my_own_acts_cross_nothing_out(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.hold_first()
        await seat.feed()
        await seat.press("ctrl+r")
        await seat.feed()
        assert not seat.screen.offers.gone
        assert seat.screen.offers.selected is not None


async def test_where_nothing_fitted_a_cancellation_is_found(seats: Seats) -> None:
    async with seats.seat() as seat:
        taken = seat.other_books("D01", TEN, type="NJR-F2F").entry
        await seat.feed()
        await seat.choose_type("fc f2f")
        seat.screen.form.focus_field("coach")
        await seat.type("coach 1", "enter")
        seat.screen.form.focus_field("from")
        await seat.type("25 nov", "tab")
        await seat.type("25 nov", "tab")
        await seat.type("9:40-11", "f5")
        assert seat.kind == "none", seat.kind
        seat.others(lambda desk: changes.cancel(desk, taken.id, "office"))
        await seat.feed()
        assert seat.kind == "offers"


async def test_the_answer_of_a_call_that_is_over_lets_its_hold_go(seats: Seats) -> None:
    async with seats.seat() as seat:
        held = seat.others(lambda desk: booking.hold(desk, Wish(type="FC-F2F", day=DAY, start=NINE, diary="D01")), "agent1")
        seat.screen.post_message(ActDone("hold", held, "an older call"))
        await seat.rest()
        assert seat.screen.call.held is None
        assert seat.status(held.entry.id) == "released"


def two_hundred(store: Path) -> None:
    found = open_store(str(store))
    try:

        def work(unit: object) -> None:
            more = [
                Diary(f"E{number:03d}", f"Diary {number}", f"Extra {number}", f"extra{number}", "A", True, ASSIGNED)
                for number in range(196)
            ]
            catalogue.bump_version(unit, "LPP")  # type: ignore[arg-type]
            catalogue.insert_diaries(unit, "LPP", more)  # type: ignore[arg-type]

        found.write(work)
    finally:
        found.close()


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_of_200_coaches_only_those_in_view_are_loaded(seats: Seats, size: tuple[int, int]) -> None:
    two_hundred(seats.store)
    async with seats.seat(size=size) as seat:
        seat.screen.grid.focus()
        await seat.rest()
        view = seat.screen.grid.view
        assert view.total == 200
        assert len(view.columns) <= 60
        assert view.columns[0].diary == "D01"
        for _ in range(12):
            await seat.press("ctrl+pagedown")
        at = seat.screen.grid.cursor_cell
        assert at.column is not None, "the column under the cursor is not loaded"
        assert at.index > 40
        assert len(seat.screen.grid.view.columns) <= 60
        # What others do in a column far to the right is seen there.
        other = seat.other_books(at.column.diary, NINE + 12, at.column.day)
        await seat.feed()
        assert seat.block(other.entry.id) is not None


async def test_an_offer_in_a_column_that_is_not_loaded_brings_it_into_view(seats: Seats) -> None:
    two_hundred(seats.store)
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        seat.screen.form.focus_field("coach")
        await seat.type("E150", "enter")
        offer = seat.screen.offers.selected
        assert offer is not None
        assert offer.diary == "E150"
        assert seat.screen.grid.view.index_of("E150", offer.day) is not None
        ghost = seat.screen.grid.ghost
        assert ghost is not None
        assert ghost.diary == "E150"


async def test_two_terminals_race_for_one_start(seats: Seats) -> None:
    """Both take the same offer; one has it, the other is told by whom, and the store has one owner for each tick."""
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        offer = seat.screen.offers.selected
        assert offer is not None

        def work(desk: Desk) -> object:
            return booking.hold(desk, Wish(type="FC-F2F", day=offer.day, start=offer.start, diary=offer.diary))

        seat.screen.action_hold()
        theirs = seat.others(work)
        await seat.rest()
        mine = seat.screen.call.held
        assert (mine is not None) != isinstance(theirs, Booked)
        assert seat.rows("SELECT COUNT(*) FROM entry WHERE site = ? AND status = 'held'") == [(1,)]


async def test_after_a_sleep_offers_are_looked_at_once_for_each_person(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        looked: list[tuple[int, str]] = []
        check = seat.screen.back.check_offers

        def counted(offers: Sequence[Offer], who: str) -> None:
            looked.append((len(offers), who))
            check(offers, who)

        seat.screen.back.check_offers = counted  # type: ignore[method-assign]
        taken = list({(one.diary, one.day): one for one in seat.screen.call.offers}.values())[:4]
        for number, offer in enumerate(taken):
            seat.other_books(offer.diary, offer.start, offer.day, client=f"C{number + 1:06d}")
        await seat.feed()
        assert [who for _count, who in looked] == ["Bob Brook"]
        assert {offer_key(one) for one in taken} <= set(seat.screen.offers.gone)
