"""Block time on the booking screen: the mark, the dialog with what it would do, and giving the time back."""

from datetime import date, timedelta
from typing import Any

import pytest

from agent_tui.domain.requests import Blocked, Refused
from agent_tui.domain.ticks import clock
from agent_tui.domain.types import AppointmentType, MinutesFrom
from agent_tui.services import blocking
from agent_tui.services.desk import Desk
from agent_tui.store.queries import catalogue
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.messages import ClientsFound, StoreFailed
from agent_tui.tui.modals import ChoiceModal, ConfirmModal, DetailsModal
from agent_tui.tui.modals.block import BlockModal
from agent_tui.tui.widgets.diary_grid import Mark
from agent_tui.tui.widgets.one_of import OneOf
from agent_tui.tui.widgets.picker import Picker
from tests.small_site import CLIENTS, DAY, FIVE, FROM, NINE, TEN
from tests.tui.booking_desk import Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]

PRISON = AppointmentType(
    "BLK-PRISON", "Prison leaver", "f2f", "block-time", False, (MinutesFrom(FROM, 60),), booked_by="block", bring=""
)
NEXT_WEEK = DAY + timedelta(days=7)


def with_block_type(seats: Seats) -> None:
    """Give the site a type that is booked straight into a diary."""

    def work(desk: Desk) -> None:
        def unit_work(unit: Any) -> None:
            catalogue.bump_version(unit, "LPP")
            catalogue.insert_types(unit, "LPP", [PRISON])

        desk.store.write(unit_work)

    Seat(seats.store, seats.clock, None).others(work)  # type: ignore[arg-type]


async def marked(seat: Seat, *keys: str, diary: str = "D02", start: int = TEN, day: date = DAY) -> Mark:
    """Mark from a time on."""
    await seat.cursor_at(diary, day, start)
    await seat.press("B", *keys)
    mark = seat.screen.grid.mark
    assert mark is not None, seat.said
    return mark


async def dialog(seat: Seat, *keys: str, **place: Any) -> BlockModal:
    """Mark a time and open the dialog."""
    await marked(seat, *keys, **place)
    await seat.press("B")
    assert isinstance(seat.top, BlockModal), seat.said
    return seat.top


def effect(modal: BlockModal) -> str:
    """What the dialog says that it would do."""
    return str(modal.query_one("#lines").render())


def problem(modal: BlockModal) -> str:
    return str(modal.query_one("#problem").render())


def put(modal: BlockModal, **texts: str) -> None:
    for name, text in texts.items():
        modal.query_one(f"#{name}").value = text  # type: ignore[attr-defined]


async def looked(seat: Seat, modal: BlockModal) -> None:
    """Wait until the dialog has read its fields and shown what it would do."""
    await seat.rest()
    modal.look()
    await seat.rest()


def blocks(seat: Seat) -> list[tuple[Any, ...]]:
    what = "diary, day, start_tick, end_tick, status, reason"
    return seat.rows(f"SELECT {what} FROM entry WHERE site = ? AND kind = 'block' ORDER BY day, start_tick")


def other_blocks(seat: Seat, diary: str = "D02", start: int = TEN, end: int = TEN + 6, **more: Any) -> Blocked:
    made = seat.others(lambda desk: blocking.block(desk, diary, DAY, start, end, "meeting", **more), "super1")
    assert isinstance(made, Blocked), made
    return made


# The mark.


async def test_a_mark_grows_and_shrinks_with_the_cursor_in_its_column(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        assert (await marked(seat)).end == TEN + 2
        assert "Wed 25 Nov, 10:00 to 10:10 marked; B blocks, esc forgets" in seat.said
        assert seat.said.startswith("D02 Coach 2")
        for keys, start, end in (
            (("down", "down"), TEN, TEN + 6),
            (("shift+down",), TEN, TEN + 7),
            (("shift+up", "shift+up"), TEN, TEN + 5),
            (("right", "l", "ctrl+pagedown", "left"), TEN, TEN + 5),
            (("up", "up"), TEN, TEN + 2),
            (("up",), TEN - 2, TEN + 2),
            (("shift+up",), TEN - 3, TEN + 2),
            (("home",), NINE, TEN + 2),
            (("end",), TEN, FIVE),
            (("down", "shift+down", "pagedown"), TEN, FIVE),
            (("pageup",) * 3, NINE, TEN + 2),
        ):
            await seat.press(*keys)
            mark = seat.screen.grid.mark
            assert mark is not None
            assert (mark.diary, mark.day, mark.start, mark.end) == ("D02", DAY, start, end), keys
            assert seat.screen.grid.cursor_cell.index == 1
            assert mark.words("Coach 2") in seat.said


async def test_a_click_leads_the_mark_within_its_column(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        await marked(seat)
        grid = seat.screen.grid
        row = grid.geometry.row_of(TEN + 8) + grid.geometry.header - grid._window.scroll_y
        await seat.pilot.click(grid, offset=(10, row + 1))
        await seat.rest()
        mark = grid.mark
        assert mark is not None
        assert (mark.diary, mark.start, mark.end) == ("D02", TEN, TEN + 10)
        assert grid.leads_mark
        await seat.press("enter")
        assert isinstance(seat.top, BlockModal)


async def test_before_the_store_is_open_nothing_is_marked(seats: Seats, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Backstage, "open", lambda _back: None)
    async with seats.seat("leader1", wait=False) as seat:
        seat.screen.action_block_time()
        assert seat.screen.grid.mark is None
        assert "not open" in seat.said


async def test_no_ghost_over_a_mark_follows_the_cursor(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        await seat.choose_type("fc f2f")
        await marked(seat, "down", "down")
        assert seat.screen.grid.ghost is None


async def test_the_footer_says_what_a_mark_waits_for(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        await marked(seat)
        footer = seat.screen.query_one("#keys")
        assert [key.id for key in footer.keys] == ["block_time", "back", "help"]  # type: ignore[attr-defined]
        await seat.press("escape")
        assert next(key.id for key in footer.keys) == "book_here"  # type: ignore[attr-defined]


async def test_escape_drops_the_mark_first_and_nothing_that_was_typed(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        await seat.choose_type("fc f2f")
        seat.screen.form.focus_field("note")
        await seat.type("as said")
        await marked(seat, "down")
        await seat.press("escape")
        assert seat.screen.grid.mark is None
        assert "forgotten" in seat.said
        assert seat.screen.grid.has_focus
        assert seat.screen.form.texts["note"] == "as said"
        await seat.press("escape")
        assert seat.screen.offers.has_focus


async def test_a_mark_stays_while_another_day_is_looked_at_and_is_gone_back_to(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        mark = await marked(seat, "down")
        await seat.press("]", "down", "right")
        assert seat.screen.grid.mark == mark
        assert "marked" not in seat.said
        await seat.press("B")
        assert not isinstance(seat.top, BlockModal)
        assert seat.screen.shown.day == DAY
        assert seat.screen.grid.leads_mark
        assert "marked" in seat.said
        await seat.press("v")
        assert seat.screen.shown.week_of == "D02"
        await seat.press("B")
        assert isinstance(seat.top, BlockModal)


async def test_a_mark_in_another_coachs_week_is_gone_back_to(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        await marked(seat)
        await seat.cursor_at("D03", NEXT_WEEK, TEN)
        await seat.press("v", "B")
        assert seat.screen.shown.week_of is None
        assert seat.screen.grid.leads_mark


async def test_moving_and_marking_do_not_mix(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        entry = seat.other_books("D02", TEN).entry
        await seat.feed()
        await seat.cursor_on(entry)
        await seat.press("B", "m")
        assert seat.screen.carried is None
        assert "B blocks" in seat.said
        await seat.press("escape", "m", "B")
        assert seat.screen.grid.mark is None
        assert "Put down first" in seat.said


async def test_keys_in_a_burst_mark_and_block(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        await seat.cursor_at("D02", DAY, TEN)
        await seat.pilot.press("B", "down", "down", "B", "enter")
        await seat.rest()
        await seat.feed()
        assert blocks(seat) == [("D02", DAY.isoformat(), TEN, TEN + 6, "blocked", "leave")]


@pytest.mark.parametrize("size", [(80, 24), (160, 48), (70, 20)])
async def test_a_resize_keeps_the_mark_in_sight(seats: Seats, size: tuple[int, int]) -> None:
    async with seats.seat("leader1") as seat:
        mark = await marked(seat, *["down"] * 20)
        await seat.pilot.resize_terminal(*size)
        await seat.rest()
        grid = seat.screen.grid
        assert grid.mark == mark
        assert grid.leads_mark
        row = grid.geometry.row_of(mark.tick)
        assert row in grid.geometry.rows_in_view(grid._window)
        assert "▐" in grid.render_line(row + grid.geometry.header - grid._window.scroll_y).text


async def test_another_books_in_what_is_marked(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        mark = await marked(seat, *["down"] * 5)
        other = seat.other_books("D02", TEN)
        await seat.feed()
        assert seat.screen.grid.mark == mark
        assert seat.block(other.entry.id) is not None
        await seat.press("B")
        assert isinstance(seat.top, BlockModal)
        assert "stands in the way" in effect(seat.top)
        assert "S 9" in effect(seat.top)


# The dialog.


async def test_a_block_is_made_and_undone(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        modal = await dialog(seat, "down", "down")
        assert modal.typed.start == "10:00"
        assert modal.typed.end == "10:30"
        assert "Blocks Wed 25 Nov 10:00-10:30. No appointment stands in that time." in effect(modal)
        await seat.press("tab", "tab", "right")
        assert modal.query_one("#why", OneOf).chosen == "training"
        await seat.press("ctrl+s")
        await seat.feed()
        assert not isinstance(seat.top, BlockModal)
        assert blocks(seat) == [("D02", DAY.isoformat(), TEN, TEN + 6, "blocked", "training")]
        assert seat.screen.grid.mark is None
        assert "Blocked: Wed 25 Nov 10:00-10:30 D02 training. u undoes" in seat.said
        block = seat.screen.grid.cursor_cell.block
        assert block is not None
        assert (block.kind, block.label) == ("block", "training")
        await seat.press("u")
        await seat.feed()
        assert "not blocked any more" in seat.said
        assert blocks(seat)[0][4] == "undone"
        assert seat.screen.grid.cursor_cell.block is None


async def test_each_way_over_appointments_is_said_before_it_is_done(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        booked = seat.other_books("D02", TEN).entry
        await seat.feed()
        modal = await dialog(seat, "down", "down")
        assert "stands in the way" in effect(modal)
        await seat.press("enter")
        assert seat.top is modal
        assert "Nothing was blocked" in effect(modal)
        put(modal, note="team day")
        modal.query_one("#over").focus()
        await seat.press("k")
        assert "stays, and is flagged" in effect(modal)
        await seat.press("m")
        assert "moves to Wed 25 Nov" in effect(modal)
        await seat.press("c")
        assert "is cancelled, and a notice is sent" in effect(modal)
        assert modal.typed.note == "team day"
        await seat.press("enter")
        await seat.feed()
        assert seat.status(booked.id) == "cancelled"
        assert ", 1 cancelled." in seat.said
        assert seat.rows("SELECT body FROM note WHERE site = ?") == [("team day",)]
        await seat.press("u")
        assert seat.status(booked.id) == "booked"


async def test_what_is_moved_says_where(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        booked = seat.other_books("D02", TEN).entry
        modal = await dialog(seat, "down", "down")
        modal.query_one("#over").focus()
        await seat.press("m")
        before = effect(modal)
        await seat.press("enter")
        assert ", 1 moved." in seat.said
        diary, day, start = seat.rows("SELECT diary, day, start_tick FROM entry WHERE site = ? AND id = ?", booked.id)[0]
        assert (diary, day, start) != ("D02", DAY.isoformat(), TEN)
        assert f"moves to Wed 25 Nov {clock(start)} with Coach {diary[-1]}" in before
        await seat.press("u")
        moved_back = seat.rows("SELECT diary, day, start_tick FROM entry WHERE site = ? AND id = ?", booked.id)
        assert moved_back == [("D02", DAY.isoformat(), TEN)]


async def test_nobody_loses_an_appointment_that_was_not_shown(seats: Seats) -> None:
    """Another desk books between what was shown and the key that blocks."""
    async with seats.seat("leader1") as seat:
        modal = await dialog(seat, "down", "down")
        modal.query_one("#over").focus()
        await seat.press("c")
        booked = seat.other_books("D02", TEN).entry
        await seat.press("enter")
        assert seat.top is modal
        assert seat.status(booked.id) == "booked"
        assert "this has changed" in effect(modal)
        assert "is cancelled" in effect(modal)
        await seat.press("enter")
        assert seat.status(booked.id) == "cancelled"


async def test_what_is_lost_must_be_looked_at_first(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        booked = seat.other_books("D02", TEN + 6).entry
        await seat.feed()
        modal = await dialog(seat)
        modal.query_one("#over").focus()
        await seat.press("c")
        put(modal, end="11:00")
        await seat.pilot.press("enter")  # before the field was read
        await seat.rest()
        assert seat.top is modal
        assert "Look first" in problem(modal)
        assert seat.status(booked.id) == "booked"
        await seat.press("enter")
        assert seat.status(booked.id) == "cancelled"


async def test_the_dialog_hears_of_what_others_do(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        modal = await dialog(seat)
        assert "No appointment stands" in effect(modal)
        seat.other_books("D02", TEN)
        await seat.feed()
        assert "stands in the way" in effect(modal)
        assert "S 9" in effect(modal)


async def test_an_answer_to_an_older_question_is_dropped(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        modal = await dialog(seat)
        before = effect(modal)
        modal.show_answer("preview", 0, Refused("past", "An older answer."), {})
        assert effect(modal) == before
        await seat.press("escape")
        modal.show_answer("preview", modal._generation, Refused("past", "Too late."), {})
        modal.look()
        await seat.rest()
        assert not isinstance(seat.top, BlockModal)


async def test_another_blocks_the_same_time_first(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        modal = await dialog(seat)
        put(modal, note="mine")
        await looked(seat, modal)  # so that no look that is still due takes the refusal's place
        other_blocks(seat)
        await seat.press("enter")
        assert seat.top is modal
        assert "Nothing was blocked" in effect(modal)
        assert "Unblock it first" in effect(modal)
        assert modal.typed.note == "mine"
        assert len(blocks(seat)) == 1


async def test_a_weekly_block_leaves_out_what_it_cannot_have(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        day = date(2026, 12, 18)
        modal = await dialog(seat, day=day)
        put(modal, until="1 jan")
        await looked(seat, modal)
        assert "Christmas Day" in effect(modal)
        modal.query_one("#over").focus()
        await seat.press("k")
        assert "Blocks 2 of 3 days, the first Fri 18 Dec" in effect(modal)
        assert "Left out: Fri 25 Dec" in effect(modal)
        await seat.press("enter")
        assert [row[1] for row in blocks(seat)] == ["2026-12-18", "2027-01-01"]
        assert "2 days in all, 1 left out" in seat.said


async def test_a_type_is_blocked_for_the_claimant_in_hand(seats: Seats) -> None:
    with_block_type(seats)
    async with seats.seat("agent1") as seat:
        seat.screen.form.set_client("C000003", "Sana Khan 3")
        await seat.rest()
        modal = await dialog(seat, "down")
        assert (modal.typed.why, modal.typed.client_id) == ("type:BLK-PRISON", "C000003")
        assert not modal.query_one(Picker).disabled
        await seat.press("enter")
        await seat.feed()
        assert seat.rows("SELECT type, client FROM entry WHERE site = ?") == [("BLK-PRISON", "C000003")]
        block = seat.screen.grid.cursor_cell.block
        assert block is not None
        assert (block.label, block.who) == ("PRISON", "S 3")
        await seat.press("i")
        assert isinstance(seat.top, DetailsModal)
        picture = "\n".join(strip.text for strip in seat.top._compositor.render_strips())
        assert "Prison leaver, Sana Khan 3" in picture


async def test_a_claimant_is_found_in_the_dialog(seats: Seats) -> None:
    with_block_type(seats)
    async with seats.seat("leader1") as seat:
        modal = await dialog(seat)
        picker = modal.query_one(Picker)
        assert picker.disabled
        modal.query_one("#why").focus()
        await seat.press("p")
        assert not picker.disabled
        assert "the claimant is needed" in effect(modal)
        await seat.press("tab", *"C000005")
        assert picker.is_open
        assert not seat.screen.form.query_one("#picker-client", Picker)._choices
        await seat.press("escape")
        assert not picker.is_open
        assert seat.top is modal
        await seat.press("down", "enter")
        assert picker.picked_id == "C000005"
        assert "No appointment stands" in effect(modal)
        assert seat.screen.form.texts["client"] == ""
        await seat.press("enter")
        assert seat.rows("SELECT type, client FROM entry WHERE site = ?") == [("BLK-PRISON", "C000005")]


async def test_who_sees_no_names_sees_initials(seats: Seats) -> None:
    with_block_type(seats)
    async with seats.seat("admin1") as seat:
        made = seat.others(
            lambda desk: blocking.block(desk, "D02", DAY, TEN, TEN + 6, None, type="BLK-PRISON", client="C000004"), "leader1"
        )
        assert isinstance(made, Blocked)
        await seat.cursor_on(made.entries[0])
        block = seat.screen.grid.cursor_cell.block
        assert block is not None
        assert "Khan" not in block.who
        await seat.press("i")
        picture = "\n".join(strip.text for strip in seat.top._compositor.render_strips())
        assert "Prison leaver, SK4" in picture
        assert "Khan" not in picture


@pytest.mark.parametrize(("login", "diary"), [("agent1", "D02"), ("coach1", "D02"), ("admin1", "D02")])
async def test_a_role_that_may_not_is_told_before_and_after(seats: Seats, login: str, diary: str) -> None:
    async with seats.seat(login) as seat:
        modal = await dialog(seat, diary=diary)
        before = effect(modal)
        assert before.startswith("! ")
        await seat.press("enter")
        assert seat.top is modal
        assert before.strip() in effect(modal)
        assert blocks(seat) == []


async def test_a_coach_blocks_the_own_diary(seats: Seats) -> None:
    async with seats.seat("coach2") as seat:
        column = seat.screen.grid.cursor_cell.column
        assert column is not None
        assert column.diary == "D02"  # where the cursor begins
        await dialog(seat)
        await seat.press("enter")
        assert len(blocks(seat)) == 1


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("start", "", "The start is not a time"),
        ("start", "09:03", "five-minute grid"),
        ("start", "24:00", "The start is not a time"),
        ("start", "\u0661\u0660:00", "The start is not a time"),
        ("start", "[red]9[/]", "The start is not a time"),
        ("end", "25:00", "The end is not a time"),
        ("end", "noon", "The end is not a time"),
        ("until", "1 jan 2020", "past"),
        ("until", "31 feb", "There is no 31 feb"),
        ("until", "soon", "Not a day"),
    ],
)
async def test_what_cannot_be_read_is_said_and_stays(seats: Seats, field: str, text: str, words: str) -> None:
    async with seats.seat("leader1") as seat:
        modal = await dialog(seat)
        put(modal, note="kept", **{field: text})
        await looked(seat, modal)
        assert words in problem(modal)
        assert effect(modal).strip() == ""
        await seat.press("ctrl+s")
        assert seat.top is modal
        assert words in problem(modal)
        assert modal.focused is not None
        assert modal.focused.id == field
        assert modal.typed.note == "kept"
        assert blocks(seat) == []


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({"start": "10:30", "end": "10:00"}, "not after"),
        ({"start": "10:00", "end": "10:00"}, "not after"),
        ({"until": "24 nov"}, "before"),
        ({"until": "1 feb 2028"}, "at most"),
    ],
)
async def test_what_the_service_refuses_stays_in_the_dialog(seats: Seats, texts: dict[str, str], words: str) -> None:
    async with seats.seat("leader1") as seat:
        modal = await dialog(seat)
        put(modal, **texts)
        await looked(seat, modal)
        assert words in effect(modal)
        await seat.press("enter")
        assert seat.top is modal
        assert words in effect(modal)
        assert blocks(seat) == []


@pytest.mark.parametrize(("typed", "shown"), [("9", NINE), ("9.05", NINE + 1), ("0910", NINE + 2), ("915", NINE + 3)])
async def test_times_are_read_as_they_are_typed(seats: Seats, typed: str, shown: int) -> None:
    async with seats.seat("leader1") as seat:
        modal = await dialog(seat)
        put(modal, start=typed, end="12:00")
        await looked(seat, modal)
        await seat.press("enter")
        assert blocks(seat)[0][2] == shown


async def test_escape_keeps_what_was_typed_for_the_same_mark_and_no_other(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        modal = await dialog(seat, "down")
        put(modal, note="half said", until="9 dec", end="11:00")
        modal.query_one("#why").focus()
        await seat.press("m", "escape")
        assert not isinstance(seat.top, BlockModal)
        assert seat.screen.grid.mark is not None
        await seat.press("B")
        assert isinstance(seat.top, BlockModal)
        assert seat.top.typed == modal.typed
        assert (seat.top.typed.note, seat.top.typed.why, seat.top.typed.end) == ("half said", "meeting", "11:00")
        await seat.press("escape", "escape", "B", "B")
        assert isinstance(seat.top, BlockModal)
        assert seat.top.typed.note == ""


async def test_hostile_words_are_shown_and_kept_as_text(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        modal = await dialog(seat)
        put(modal, note="[/] [red]x\x1b[2J" + "y" * 5000)
        await looked(seat, modal)
        await seat.press("enter")
        (body,) = seat.rows("SELECT body FROM note WHERE site = ?")[0]
        assert body.startswith("[/] [red]x")
        assert "\x1b" not in body
        assert len(body) == 500


async def test_trouble_with_the_store_loses_nothing_and_does_nothing_twice(seats: Seats, monkeypatch: pytest.MonkeyPatch) -> None:
    """The block was made but its answer was lost: the same key again does it once."""
    async with seats.seat("leader1") as seat:
        modal = await dialog(seat)
        modal.query_one("#over").focus()
        await seat.press("c")
        real = blocking.block

        def lost(*args: Any, **more: Any) -> Blocked | Refused:
            from agent_tui.services.trouble import StoreTrouble

            real(*args, **more)
            raise StoreTrouble("The store does not answer.")

        monkeypatch.setattr(blocking, "block", lost)
        await seat.press("enter")
        assert seat.top is modal
        assert "The store does not answer." in problem(modal)
        assert any(isinstance(message, StoreFailed) for message in seat.messages)
        monkeypatch.setattr(blocking, "block", real)
        await seat.press("enter")
        assert not isinstance(seat.top, BlockModal)
        assert len(blocks(seat)) == 1


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 48)])
async def test_all_of_the_dialog_is_in_sight(seats: Seats, size: tuple[int, int]) -> None:
    async with seats.seat("leader1", size) as seat:
        modal = await dialog(seat)
        focused = []
        for _ in range(7):
            assert modal.focused is not None
            focused.append(modal.focused.id)
            region = modal.focused.region
            assert modal.region.contains_region(region), focused
            await seat.press("tab")
        assert focused == ["start", "end", "why", "until", "over", "note", "effect"]
        assert modal.query_one("#lines").region.height
        assert modal.region.contains_region(modal.query_one(".dialog").region)


# Giving it back.


async def test_x_on_a_block_asks_and_unblocks(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        made = other_blocks(seat)
        await seat.cursor_on(made.entries[0])
        await seat.press("x")
        assert isinstance(seat.top, ConfirmModal)
        await seat.press("n")
        assert blocks(seat)[0][4] == "blocked"
        await seat.press("x", "y")
        assert blocks(seat)[0][4] == "released"
        assert "Unblocked: Wed 25 Nov 10:00-10:30 D02" in seat.said
        await seat.press("u")
        assert "blocked again" in seat.said
        assert blocks(seat)[0][4] == "blocked"


@pytest.mark.parametrize(("key", "left"), [("1", ["released", "blocked", "blocked"]), ("2", ["released"] * 3)])
async def test_x_on_a_weekly_block_asks_for_the_day_or_the_series(seats: Seats, key: str, left: list[str]) -> None:
    async with seats.seat("leader1") as seat:
        made = other_blocks(seat, until=DAY + timedelta(days=14))
        await seat.cursor_on(made.entries[0])
        await seat.press("x")
        assert isinstance(seat.top, ChoiceModal)
        await seat.press(key)
        assert [row[4] for row in blocks(seat)] == left


async def test_unblocking_what_another_has_unblocked_is_refused(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        made = other_blocks(seat)
        await seat.cursor_on(made.entries[0])
        await seat.press("x")
        seat.others(lambda desk: blocking.unblock(desk, made.ids[0]), "super1")
        await seat.press("y")
        assert seat.screen.status.severity == "error"


async def test_an_agent_cannot_unblock_leave(seats: Seats) -> None:
    async with seats.seat("agent1") as seat:
        made = other_blocks(seat)
        await seat.cursor_on(made.entries[0])
        await seat.press("x", "y")
        assert "An agent blocks time only" in seat.said
        assert blocks(seat)[0][4] == "blocked"


async def test_x_cancels_the_appointment_that_was_kept_under_a_block(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        booked = seat.other_books("D02", TEN).entry
        made = other_blocks(seat, start=TEN - 6, end=TEN + 24, over="keep")
        await seat.cursor_on(booked)
        block = seat.screen.grid.cursor_cell.block
        assert block is not None
        assert block.entry_id == booked.id
        await seat.press("x")
        assert isinstance(seat.top, ChoiceModal)
        await seat.press("escape")
        seat.screen.grid.move_cursor_to("D02", DAY, TEN + 20)  # the part of the block behind it
        await seat.press("x")
        assert isinstance(seat.top, ConfirmModal)
        picture = "\n".join(strip.text for strip in seat.top._compositor.render_strips())
        assert "Unblock 09:30 to 12:00 meeting in D02?" in picture
        await seat.press("y")
        assert blocks(seat)[0][:1] + blocks(seat)[0][4:5] == ("D02", "released")
        assert made.ids


async def test_claimants_found_for_the_dialog_are_not_the_forms(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        seat.screen.form.focus_field("client")
        await seat.rest()
        picker = seat.screen.form.query_one("#picker-client", Picker)
        seat.screen.post_message(ClientsFound(picker.generation, CLIENTS, "block"))
        await seat.rest()
        assert not picker.is_open
        seat.screen.post_message(ClientsFound(picker.generation, CLIENTS))
        await seat.rest()
        assert picker.is_open
