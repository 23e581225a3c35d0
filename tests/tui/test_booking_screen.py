"""From a type to a confirmed appointment by keyboard, with what the screen says and what the store has at each step."""

from datetime import date, timedelta

from agent_tui.tui.modals import ConfirmModal
from agent_tui.tui.widgets.offer_list import OfferList, offer_key
from tests.small_site import DAY, NINE, NOW
from tests.tui.booking_desk import Seats, seats, small_store

__all__ = ["seats", "small_store"]

MOST_KEYS = 12


async def test_from_a_chosen_type_to_an_appointment_in_few_keys(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        assert seat.kind == "offers"
        keys = ["f8", *"C000003", "enter", "enter"]
        assert len(keys) <= MOST_KEYS
        await seat.press(keys[0])
        held = seat.screen.call.held
        assert held is not None
        assert seat.status(held.entry.id) == "held"
        assert seat.screen.context == "client"
        await seat.press(*keys[1:8])
        assert seat.screen.form._picker("client").is_open
        await seat.press(keys[8])
        assert seat.screen.call.draft is not None
        assert seat.screen.call.draft.client == "C000003"
        await seat.press(keys[9])
        confirmed = seat.screen.call.confirmed
        assert confirmed is not None
        assert confirmed.entry.id == held.entry.id
        assert seat.status(held.entry.id) == "booked"
        assert seat.kind == "confirmed"
        assert "Coach 1" in seat.screen.offers.state.say
        assert "Booked:" in seat.said
        # Told by phone is recorded by the key that ends the call.
        await seat.press("1")
        assert seat.rows("SELECT status, told_by FROM message WHERE site = ?") == [("told", "agent1")]
        assert [status for _id, status, _entry in seat.calls()] == ["booked"]
        assert seat.screen.form.texts["type"] == ""
        assert seat.screen.context == "form"


async def test_moving_along_the_offers_moves_the_ghost(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        await seat.press("f6")
        seen = []
        for _ in range(3):
            offer, ghost = seat.screen.offers.selected, seat.screen.grid.ghost
            assert offer is not None
            assert ghost is not None
            assert (ghost.diary, ghost.day, ghost.start, ghost.end) == (offer.diary, offer.day, offer.start, offer.end)
            assert offer.coach in seat.said
            seen.append(offer_key(offer))
            await seat.press("down")
        assert len(set(seen)) == 3
        assert any(isinstance(message, OfferList.Highlighted) for message in seat.messages)
        assert seat.screen.call.held is None


async def test_an_offer_of_another_day_brings_the_grid_there(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        assert seat.screen.shown.day == NOW.date()
        await seat.type("26 nov", "f5")
        other = seat.screen.offers.selected
        assert other is not None
        assert other.day == seat.screen.shown.day == NOW.date() + timedelta(days=2)
        assert seat.screen.grid.view.index_of(other.diary, other.day) is not None


async def test_the_grid_cursor_on_a_start_selects_the_offer(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        offer = seat.screen.call.offers[4]
        await seat.cursor_at(offer.diary, offer.day, offer.start)
        selected, ghost = seat.screen.offers.selected, seat.screen.grid.ghost
        assert selected is not None
        assert offer_key(selected) == offer_key(offer)
        assert ghost is not None
        assert (ghost.diary, ghost.start) == (offer.diary, offer.start)


async def test_book_here_holds_the_time_under_the_cursor_and_confirms_it(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        await seat.cursor_at("D03", DAY, NINE + 12)
        await seat.press("b")
        held = seat.screen.call.held
        assert held is not None
        assert (held.entry.diary, held.entry.day, held.entry.start) == ("D03", DAY, NINE + 12)
        await seat.feed()
        block = seat.block(held.entry.id)
        assert block is not None
        assert block.kind == "hold"
        assert block.mine
        await seat.type("C000004", "enter", "enter")
        assert seat.status(held.entry.id) == "booked"


async def test_book_here_asks_for_the_type_first(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.cursor_at("D03", DAY, NINE)
        await seat.press("enter")
        assert "type" in seat.said
        assert seat.screen.context == "form"
        assert seat.screen.call.held is None


async def test_a_hold_counts_down_warns_and_is_extended(seats: Seats) -> None:
    async with seats.seat(hold_seconds=600) as seat:
        held = await seat.hold_first()
        seats.clock.ahead_ms = 470_000
        seat.screen.each_second()
        await seat.rest()
        assert not seat.screen.call.warned
        seats.clock.ahead_ms = 500_000
        seat.screen.each_second()
        await seat.rest()
        assert seat.screen.call.warned
        assert "ctrl+l extends" in seat.said
        seats.clock.ahead_ms = 0  # the store's own clock has not gone on
        await seat.press("ctrl+l")
        again = seat.screen.call.held
        assert again is not None
        assert again.entry.id == held.entry.id
        assert again.entry.version == held.entry.version + 1
        assert not seat.screen.call.warned


async def test_a_hold_is_released(seats: Seats) -> None:
    async with seats.seat() as seat:
        held = await seat.hold_first()
        await seat.press("ctrl+r")
        assert seat.screen.call.held is None
        assert seat.status(held.entry.id) == "released"
        assert seat.kind == "offers"
        assert "is free again" in seat.said


async def test_a_lapsed_hold_becomes_a_call_back(seats: Seats) -> None:
    async with seats.seat() as seat:
        held = await seat.hold_first()
        await seat.type("Khan who rings")
        seat.expire(held.entry.id)
        seats.clock.ahead_ms = 3_600_000
        seat.screen.each_second()
        await seat.rest()
        assert seat.screen.call.held is None
        assert seat.status(held.entry.id) == "lapsed"
        assert seat.rows("SELECT entry, status FROM call WHERE site = ? AND kind = 'callback'") == [(held.entry.id, "open")]
        assert seat.screen.form.texts["client"] == "Khan who rings"
        assert seat.kind == "offers"


async def test_confirming_a_hold_that_lapsed_unnoticed_is_refused_and_searched_anew(seats: Seats) -> None:
    async with seats.seat() as seat:
        held = await seat.hold_first()
        await seat.type("C000003", "enter")
        seat.expire(held.entry.id)
        await seat.press("enter")
        assert "lapsed" in seat.said
        assert seat.screen.call.held is None
        assert seat.screen.form.picked["client"] == "C000003"


async def test_a_clash_of_the_client_is_asked_about(seats: Seats) -> None:
    async with seats.seat() as seat:
        seat.other_books("D02", NINE, client="C000003")
        await seat.feed()
        await seat.choose_type("fc f2f")
        await seat.cursor_at("D03", DAY, NINE + 2)
        await seat.press("enter")
        await seat.type("C000003", "enter", "enter")
        assert isinstance(seat.top, ConfirmModal)
        await seat.press("escape")
        held = seat.screen.call.held
        assert held is not None
        assert seat.status(held.entry.id) == "held"
        await seat.press("enter")
        await seat.press("y")
        assert seat.status(held.entry.id) == "booked"
        assert seat.rows("SELECT kind FROM flag WHERE site = ?") == [("client_clash",)]


async def test_no_offers_give_reasons_and_one_key_hands_off(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        await seat.type("28 nov", "tab")
        await seat.type("29 nov", "f5")
        assert seat.kind == "none"
        assert seat.screen.offers.state.reasons
        assert seat.said == "Nothing fits: search more days; f7 hands it off, f2 w says why not."
        assert seat.screen.shown.day.weekday() == 0, "of two days neither is the one to go to"
        await seat.press("shift+tab")
        assert seat.said == "From: 28 nov"
        await seat.press("ctrl+a", "ctrl+k")
        await seat.type("29 nov")
        assert seat.screen.shown.day == date(2026, 11, 29)
        await seat.press("f7")
        assert seat.screen.call.handed_off
        assert seat.rows("SELECT type, status FROM handoff WHERE site = ?") == [("FC-F2F", "open")]
        assert seat.said.startswith("ok Handed off to ")  # what was done comes first, where a narrow line cuts the rest
        assert "f12" in seat.said


async def test_a_type_of_no_diary_is_handed_off_and_the_call_ends(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("childcare")
        assert seat.kind == "handoff"
        await seat.press("f6", "3")
        assert [status for _id, status, _entry in seat.calls()] == ["handed_off"]
        assert seat.rows("SELECT type FROM handoff WHERE site = ?") == [("CC-PHONE",)]
        assert seat.screen.form.texts["type"] == ""


async def test_a_new_client_on_the_spot(seats: Seats) -> None:
    async with seats.seat() as seat:
        held = await seat.hold_first()
        await seat.type("Zara Quist")
        await seat.press("ctrl+n")
        assert seat.top.query_one("#name").value == "Zara Quist"  # type: ignore[attr-defined]
        await seat.press("ctrl+s")
        assert seat.screen.form.picked["client"] == "C000011"
        assert "C000011 is made" in seat.said
        await seat.press("enter")
        assert seat.status(held.entry.id) == "booked"
        assert seat.rows("SELECT client FROM entry WHERE site = ?") == [("C000011",)]


async def test_a_client_is_found_by_name_and_by_phone(seats: Seats) -> None:
    for words in ("khan 7", "0113 496 0007"):
        async with seats.seat() as seat:
            seat.screen.form.set_client("C000003", "Sana Khan 3")
            await seat.press("f4")
            await seat.type(words)
            assert seat.screen.form.texts["client"] == words
            assert seat.screen.form._picker("client").is_open
            await seat.press("enter")
            assert seat.screen.form.picked["client"] == "C000007"
            await seat.press("f2", "5")


async def test_a_stale_answer_is_dropped(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        kept = seat.screen.call.offers
        from agent_tui.tui.messages import OffersFound

        seat.screen.post_message(OffersFound(seat.screen.searches - 1, None, "an older answer"))
        await seat.rest()
        assert seat.screen.call.offers == kept
        assert "older answer" not in seat.said


async def test_keys_typed_before_the_store_is_open_are_kept(seats: Seats) -> None:
    async with seats.seat(wait=False) as seat:
        keys = [*"fc f2f".replace(" ", "_"), "tab", *"26", "space", *"nov", "tab", "tab", *"am", "tab", *"S"]
        keys = ["space" if key == "_" else key for key in keys]
        keys.append("h")
        assert len(keys) == 20
        for key in keys:
            await seat.pilot.press(key)
        await seat.rest()
        texts = seat.screen.form.texts
        assert (texts["type"], texts["from"], texts["time"], texts["client"]) == ("fc f2f", "26 nov", "am", "Sh")
        seat.screen.form.flush()
        await seat.rest()
        assert seat.kind == "offers"
        assert {offer.day for offer in seat.screen.call.offers} >= {NOW.date() + timedelta(days=2)}


async def test_how_a_client_is_written_to_is_changed_on_the_spot(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.press("f2", "C")
        assert "Choose the claimant first" in seat.said
        seat.screen.action_find_client()
        await seat.type("khan 7")
        await seat.press("enter", "shift+f4")
        assert seat.top.query_one("#name").value == "Sana Khan 7"  # type: ignore[attr-defined]
        await seat.press(*["tab"] * 4, *"email", "ctrl+s")
        assert "An e-mail address is needed" not in seat.said  # it stands under its field, where the cursor is
        assert seat.top.focused is not None
        assert seat.top.focused.id == "email"
        await seat.press(*"sana@example.com", "ctrl+s")
        assert "C000007: email, preferred channel changed." in seat.said
        assert seat.rows("SELECT email, preferred_channel FROM client WHERE site = ? AND client = 'C000007'") == [
            ("sana@example.com", "email")
        ]
        # What was typed is there again after an escape.
        await seat.press("shift+f4", *["tab"] * 6, *"Welsh", "escape", "shift+f4")
        assert seat.top.query_one("#language").value == "Welsh"  # type: ignore[attr-defined]
        await seat.press("escape")
        assert seat.rows("SELECT why FROM access WHERE site = ? AND client = 'C000007' AND why = 'edit'") == [("edit",)] * 3
