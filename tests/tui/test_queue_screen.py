"""The queue screen as an agent works it: taken up on the booking screen, an earlier time answered, put back, done."""

from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Static

from agent_tui.domain.sooner import SoonerWish
from agent_tui.services import calls, changes, requests_in, sooner
from agent_tui.services.desk import Desk
from agent_tui.tui.modals import ChoiceModal
from agent_tui.tui.screens.booking import BookingScreen
from agent_tui.tui.screens.queue import QueueScreen
from agent_tui.tui.widgets.lines import KeyFooter
from tests.small_site import NINE, TEN
from tests.tui.booking_desk import CLOSE, SMALL, WIDE, Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]

FILE = """reference,type,name,phone,from,until,time,priority,contact,note,language
W1,NJR-F2F,Sana Khan 3,0113 496 0003,,,pm,standard,online,,
W2,FC-F2F,Jo Bloggs,0113 555 0101,2026-11-26,2026-12-04,am,urgent,email,needs a ramp,Welsh
"""


def load(seat: Seat, tmp_path: Path, text: str = FILE) -> None:
    path = tmp_path / "requests.csv"
    path.write_text(text, encoding="utf-8")

    def work(desk: Desk) -> Any:
        return requests_in.load(desk, path)

    assert seat.others(work).status == "loaded"


async def open_queue(seat: Seat) -> QueueScreen:
    seat.screen.grid.focus()
    screen = await seat.go_to("queue")
    assert isinstance(screen, QueueScreen)
    await seat.rest()
    return screen


def statuses(seat: Seat) -> list[tuple[Any, ...]]:
    return seat.rows("SELECT status, who FROM call WHERE site = ? AND kind = 'request' ORDER BY priority DESC")


async def test_the_most_urgent_is_taken_up_with_the_form_filled_in(seats: Seats, tmp_path: Path) -> None:
    async with seats.seat("agent1", SMALL) as seat:
        load(seat, tmp_path)
        screen = await open_queue(seat)
        assert [one.priority for one in screen.queue.items] == ["urgent", "standard"]
        assert "Jo Bloggs" in screen.words.line(screen.queue.items[0])
        await seat.press("enter")
        assert isinstance(seat.top, BookingScreen)
        texts, draft = seat.screen.form.texts, seat.screen.form.draft
        assert (draft.type, draft.client, draft.priority, draft.contact) == ("FC-F2F", "C000011", "urgent", "email")
        assert (texts["from"], texts["to"], texts["time"]) == ("2026-11-26", "2026-12-04", "am")
        assert (texts["note"], texts["language"], draft.problems) == ("needs a ramp", "Welsh", {})
        assert statuses(seat)[0] == ("open", "agent1")
        await seat.press("f8")
        assert seat.screen.call.held is not None, seat.said
        await seat.press("enter")
        confirmed = seat.screen.call.confirmed
        assert confirmed is not None, seat.said
        assert (confirmed.entry.contact, confirmed.entry.priority) == ("email", "urgent")
        shown = " ".join("".join(strip.text for strip in seat.screen.offers._strips).split())
        assert seat.screen.offers.state.say in shown, "one line would show a part of what is read out"
        await seat.press("1")
        assert seat.screen.offers.compact
        assert statuses(seat)[0] == ("booked", "agent1")
        assert seat.said == "ok Call ended: booked. ctrl+] 8 goes back to the queue."
        await seat.press("ctrl+right_square_bracket", "8")
        assert screen.is_current


async def test_an_urgent_duplicate_moves_its_request_up_live_and_is_read_with_it(seats: Seats, tmp_path: Path) -> None:
    async with seats.seat("agent1", WIDE) as seat:
        load(seat, tmp_path, FILE.replace("urgent", "high"))
        screen = await open_queue(seat)
        assert [one.priority for one in screen.queue.items] == ["high", "standard"]
        await seat.press("down")
        assert "Phone: 0113 496 0003" in drawn(screen)
        assert "Again by" not in drawn(screen)
        again = FILE.splitlines()[0] + "\nW9,NJR-F2F,Sana Khan 3,0113 496 0003,,,,urgent,email,sleeps [b]outside[/b],Welsh\n"
        load(seat, tmp_path, again)
        await seat.feed()
        screen.look()
        await seat.rest()
        assert [one.priority for one in screen.queue.items] == ["urgent", "high"]
        assert screen.item is not None
        assert screen.item.client == "C000003"
        shown = drawn(screen)
        assert "Again by email" in shown
        assert "Note: sleeps [b]outside[/b]" in shown
        assert "asked 2 times" in shown
        await seat.press("enter")
        form = seat.screen.form
        assert [form.texts[name] for name in ("client", "note", "language")] == ["Sana Khan 3", "sleeps [b]outside[/b]", "Welsh"]
        assert "C000003  0113 496 0003" in str(form.query_one("#line-client", Static).content)


async def test_a_call_that_only_knows_the_opaque_id_says_whom_to_ring(seats: Seats) -> None:
    async with seats.seat("agent1", WIDE) as seat:
        seat.screen.take_up("11111111-0000-4000-8000-000000000001", {"client": "C000002", "picked:client": "C000002"})
        await seat.rest()
        form = seat.screen.form
        assert form.texts["client"] == "Sana Khan 2"
        assert "C000002  0113 496 0002" in str(form.query_one("#line-client", Static).content)
        assert seat.rows(f"SELECT client, why FROM access WHERE site = ? AND {CLOSE}") == [("C000002", "call")]
        form.clear_for_next_call()
        form.set_client("C000002", "Sana Khan 2")
        assert "0113" not in str(form.query_one("#line-client", Static).content)


async def test_one_that_somebody_has_says_who_and_a_taken_one_is_put_back(seats: Seats, tmp_path: Path) -> None:
    async with seats.seat("agent1", WIDE) as seat:
        load(seat, tmp_path)

        def take(desk: Desk) -> Any:
            return calls.take(desk, None)

        seat.others(take)
        screen = await open_queue(seat)
        assert "Bob Brook" in screen.words.line(screen.queue.items[0])
        footer = screen.query_one(KeyFooter)
        assert "put_back" not in [key.id for key in footer.keys]
        await seat.press("enter")
        assert "Bob Brook has this" in screen.status.text
        await seat.press("r")
        assert "Bob Brook has this" in screen.status.text
        await seat.press("down", "enter")
        assert isinstance(seat.top, BookingScreen)
        screen = await open_queue(seat)
        await seat.press("end")
        assert "put_back" in [key.id for key in footer.keys]
        await seat.press("r")
        assert "in the queue again" in screen.status.text
        assert statuses(seat)[1] == ("open", "")
        await seat.press("d", "3")
        assert statuses(seat)[1] == ("declined", "agent1")


async def test_nothing_is_taken_up_over_a_hold(seats: Seats, tmp_path: Path) -> None:
    async with seats.seat("agent1", WIDE) as seat:
        load(seat, tmp_path)
        held = await seat.hold_first()
        screen = await open_queue(seat)
        await seat.press("enter")
        assert seat.top is screen
        assert "a time is held" in screen.status.text
        assert seat.screen.call.held == held


def offer(seat: Seat) -> str:
    """Let somebody wait and something come free for them; return their appointment."""
    free = seat.other_books("D01", NINE, client="C000001").entry
    entry = seat.other_books("D02", TEN, client="C000002").entry

    def work(desk: Desk) -> Any:
        sooner.add(desk, entry.id, SoonerWish())
        return changes.cancel(desk, free.id, "claimant")

    seat.others(work)
    return entry.id


async def test_an_earlier_time_is_offered_and_taken(seats: Seats) -> None:
    async with seats.seat("agent1", SMALL) as seat:
        entry = offer(seat)
        screen = await open_queue(seat)
        (item,) = screen.queue.items
        assert item.kind == "sooner"
        assert "Held: Wed 25 Nov 2026 09:00 in D01, instead of Wed 25 Nov 2026 10:00 in D02" in screen.words.known(item)
        assert "Phone: 0113 496 0002" in drawn(screen)
        await seat.press("enter")
        assert isinstance(seat.top, ChoiceModal)
        question = str(seat.top.query_one(".dialog--sentence", Static).content)
        assert question.startswith("Sana Khan 2, 0113 496 0002: held is Wed 25 Nov 2026 09:00 in D01, instead of"), question
        await seat.press("y")
        assert "Moved: it is" in screen.status.text
        assert screen.queue.items == ()
        assert seat.rows("SELECT diary, start_tick FROM entry WHERE site = ? AND id = ?", entry) == [("D01", NINE)]


async def test_a_taken_time_is_undone_where_it_was_taken(seats: Seats) -> None:
    async with seats.seat("agent1", SMALL) as seat:
        entry = offer(seat)
        screen = await open_queue(seat)
        await seat.press("enter")
        await seat.press("y")
        assert "u undoes for 60 seconds" in screen.status.text
        await seat.press("u")
        assert "Undone: Wednesday 25 November 10:00 with Coach 2 is as it was." in screen.status.text
        assert seat.rows("SELECT diary, start_tick FROM entry WHERE site = ? AND id = ?", entry) == [("D02", TEN)]
        assert seat.rows("SELECT status FROM waiting WHERE site = ? AND entry = ?", entry) == [("offered",)]
        assert [one.kind for one in screen.queue.items] == ["sooner"]
        await seat.press("u")
        assert screen.status.severity == "error"


async def test_an_earlier_time_is_declined(seats: Seats) -> None:
    async with seats.seat("agent1", WIDE) as seat:
        entry = offer(seat)
        screen = await open_queue(seat)
        await seat.press("enter")
        await seat.press("n")
        assert screen.queue.items == ()
        assert seat.rows("SELECT status FROM waiting WHERE site = ? AND entry = ?", entry) == [("waiting",)]
        await seat.press("enter")
        assert "Nothing waits" in screen.status.text
        await seat.press("escape")
        assert isinstance(seat.top, BookingScreen)


LONG = "Wilhelmina Featherstonehaugh-Cholmondeley"
NOTES = f"""reference,type,name,phone,from,until,time,priority,contact,note,language
W3,NJR-F2F,{LONG},0113 496 0003,,,pm,standard,online,"She [bold]translates[/bold] \x1b[31m and I need the ground floor",Welsh
W4,FC-F2F,Jo Bloggs,0113 555 0101,,,am,urgent,email,needs a ramp,
"""


def drawn(screen: QueueScreen, *ids: str) -> str:
    """Return what the screen draws in some widgets, with the words of broken lines side by side."""
    rows, words = screen._compositor.render_strips(), []
    for id in ids or ("right", "status"):
        region = screen.query_one(f"#{id}").content_region
        words += ["".join(one.text for one in rows[y].crop(region.x, region.right)) for y in range(region.y, region.bottom)]
    return " ".join(" ".join(words).split())


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["80x24", "120x36"])
async def test_the_row_under_the_cursor_is_readable_in_full_before_it_is_taken(
    seats: Seats, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with seats.seat("agent1", size) as seat:
        load(seat, tmp_path, NOTES)
        screen = await open_queue(seat)
        assert "Note: needs a ramp" in drawn(screen)
        await seat.press("down")
        shown = drawn(screen)
        assert f"{LONG} (C0000" in shown
        assert f"{LONG}: request, New jobseeker review - F2F, standard," in shown
        assert "Language: Welsh" in shown
        assert "[bold]translates[/bold]" in shown
        assert "and I need the ground floor" in shown
        assert "\x1b" not in shown
        assert statuses(seat) == [("open", ""), ("open", "")]
        looks = seat.rows(f"SELECT who, client, why FROM access WHERE site = ? AND {CLOSE} ORDER BY client")
        assert looks == [
            ("agent1", one.client, "request") for one in sorted(screen.queue.items, key=lambda one: one.client or "")
        ]
        await seat.press("up", "down", "up")
        assert len(seat.rows(f"SELECT 1 FROM access WHERE site = ? AND {CLOSE}")) == 2, "read once while the screen is in front"


async def test_a_message_stays_until_another_row_is_gone_to(seats: Seats, tmp_path: Path) -> None:
    async with seats.seat("agent1", SMALL) as seat:
        load(seat, tmp_path)
        screen = await open_queue(seat)
        await seat.press("r")
        assert "Nobody has this call" in screen.status.text
        await seat.press("down")
        assert screen.status.text.startswith("Sana Khan 3: request,")


async def test_who_does_not_work_the_queue_reads_no_note(seats: Seats, tmp_path: Path) -> None:
    async with seats.seat("coach1", WIDE) as seat:
        load(seat, tmp_path)
        screen = await open_queue(seat)
        assert "ramp" not in drawn(screen)
        assert seat.rows(f"SELECT 1 FROM access WHERE site = ? AND {CLOSE}") == []
