"""Calls: how they end, what is undone, and that nothing of them is lost: not by a crash, an escape or a store that fails."""

from datetime import datetime
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

from agent_tui.services import booking
from agent_tui.services import calls as call_services
from agent_tui.store import limits
from agent_tui.store.driver import dbapi
from agent_tui.store.limits import Limits
from agent_tui.store.trouble import StoreTrouble
from agent_tui.store.unit_of_work import Store
from agent_tui.tui.modals import CallsModal, ChoiceModal
from agent_tui.tui.widgets.lines import KeyFooter
from tests.small_site import DAY, NINE, NOW
from tests.tui.booking_desk import Seats, seats, small_store

__all__ = ["seats", "small_store"]

KEYS = {"2": "called_back", "4": "drop_in", "5": "rang_off"}


@pytest.mark.parametrize("key", KEYS)
async def test_a_call_ends_in_one_key(seats: Seats, key: str) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        await seat.press("f6", key)
        assert [status for _id, status, _entry in seat.calls()] == [KEYS[key]]
        assert seat.screen.form.texts["type"] == ""
        assert seat.kind == "empty"
        assert seat.screen.drafts.load_all().drafts == ()


async def test_the_key_pressed_twice_ends_one_call(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        await seat.press("f6")
        first = seat.screen.call.id
        seat.screen.action_end_rang_off()
        seat.screen.action_end_rang_off()
        await seat.rest()
        assert [id for id, _status, _entry in seat.calls()] == [first]
        assert seat.screen.call.id != first


async def test_a_call_without_an_appointment_does_not_end_as_booked(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        await seat.press("f6", "1")
        assert "Nothing is booked" in seat.said
        assert [status for _id, status, _entry in seat.calls()] == ["open"]


async def test_f12_asks_how_it_ended_and_proposes_booked(seats: Seats) -> None:
    async with seats.seat() as seat:
        booked = await seat.book()
        await seat.press("f12")
        assert isinstance(seat.top, ChoiceModal)
        await seat.press("enter")
        assert [(status, entry) for _id, status, entry in seat.calls()] == [("booked", booked.entry.id)]
        assert seat.rows("SELECT status, told_by FROM message WHERE site = ?") == [("told", "agent1")]


async def test_a_booking_asked_for_by_email_is_not_told_by_phone(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.hold_first()
        await seat.type("C000003", "enter")
        seat.screen.form.focus_field("contact")
        await seat.type("email", "f9")
        await seat.press("f2", "1")
        assert seat.rows("SELECT status FROM message WHERE site = ?") == [("asking",)]


async def test_ending_a_call_releases_its_hold(seats: Seats) -> None:
    async with seats.seat() as seat:
        held = await seat.hold_first()
        await seat.press("f6", "5")
        assert seat.status(held.entry.id) == "released"


async def test_a_call_without_a_type_is_not_ended_as_handed_off(seats: Seats) -> None:
    async with seats.seat() as seat:
        seat.screen.action_find_client()
        await seat.type("Khan")
        await seat.press("f6", "3")
        assert "Choose a type" in seat.said
        assert seat.rows("SELECT COUNT(*) FROM handoff WHERE site = ?") == [(0,)]
        assert seat.screen.form.texts["client"] == "Khan"


async def test_undo_takes_the_appointment_then_nothing_more_back(seats: Seats) -> None:
    async with seats.seat() as seat:
        booked = await seat.book()
        await seat.press("u")
        assert seat.status(booked.entry.id) == "held"
        held = seat.screen.call.held
        assert held is not None
        assert seat.kind == "held"
        await seat.press("u")
        assert "nothing more to take back" in seat.said


async def test_undo_after_sixty_seconds_is_refused_with_the_reason(seats: Seats) -> None:
    async with seats.seat() as seat:
        booked = await seat.book()
        seats.later(seconds=61)
        await seat.press("u")
        assert "60 seconds" in seat.said
        assert seat.status(booked.entry.id) == "booked"


async def test_undo_of_a_hold_searches_anew(seats: Seats) -> None:
    async with seats.seat() as seat:
        held = await seat.hold_first()
        await seat.press("f6", "u")
        assert seat.status(held.entry.id) == "undone"
        assert seat.screen.call.held is None
        assert seat.kind == "offers"


async def test_an_unfinished_call_is_listed_with_its_draft_and_resumed(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        await seat.type("26 nov")
        seat.screen.form.focus_field("note")
        await seat.type("wheelchair")
        call = seat.screen.call.id
    # The program has gone without a word; the next one finds the call.
    async with seats.seat() as seat:
        assert "1 call is unfinished: f11" in seat.said
        await seat.press("f11")
        assert isinstance(seat.top, CallsModal)
        await seat.press("enter")
        texts = seat.screen.form.texts
        assert (texts["type"], texts["from"], texts["note"]) == ("First commitment - F2F", "26 nov", "wheelchair")
        assert seat.screen.form.picked["type"] == "FC-F2F"
        assert seat.screen.call.id == call
        assert seat.kind == "offers"
        await seat.press("f6", "2")
        assert [(id, status) for id, status, _entry in seat.calls()] == [(call, "called_back")]
    async with seats.seat() as seat:
        assert "unfinished" not in seat.said


async def test_a_resumed_call_takes_up_the_hold_that_it_had(seats: Seats) -> None:
    async with seats.seat() as seat:
        held = await seat.hold_first()
    async with seats.seat() as seat:
        await seat.press("f11", "enter")
        assert seat.screen.call.held is not None
        assert seat.screen.call.held.entry.id == held.entry.id
        assert seat.kind == "held"
        await seat.type("C000003", "enter")
        await seat.press("enter")
        assert seat.screen.call.confirmed is not None, seat.said
        assert seat.screen.call.confirmed.entry.id == held.entry.id


async def test_a_resumed_call_shows_the_appointment_that_it_had(seats: Seats) -> None:
    async with seats.seat() as seat:
        booked = await seat.book()
    async with seats.seat() as seat:
        await seat.press("f11", "enter")
        assert seat.kind == "confirmed"
        assert [key.id for key in seat.screen.query_one(KeyFooter).keys][:2] == ["end_booked", "undo"]
        assert "hold" not in [key.id for key in seat.screen.query_one(KeyFooter).keys]
        assert seat.screen.call.confirmed is not None
        assert seat.screen.call.confirmed.entry.id == booked.entry.id


async def test_a_resumed_call_says_that_its_hold_has_gone(seats: Seats) -> None:
    async with seats.seat() as seat:
        held = await seat.hold_first()
        entry = held.entry.id
    async with seats.seat("agent2") as other:
        other.others(lambda desk: booking.release(desk, entry), "agent1")
    async with seats.seat() as seat:
        await seat.press("f11", "enter")
        assert seat.screen.call.held is None
        assert "no longer held" in seat.said
        assert seat.kind == "offers"


async def test_an_unfinished_call_without_a_draft_has_its_type(seats: Seats) -> None:
    async with seats.seat() as seat:
        seat.others(lambda desk: call_services.open_call(desk, "other-terminal", "NJR-F2F", {"day": "2026-11-26"}), "agent1")
        await seat.press("f11", "enter")
        assert seat.screen.form.picked["type"] == "NJR-F2F"
        assert seat.screen.form.texts["from"] == "2026-11-26"
        assert seat.screen.call.id == "other-terminal"


async def test_a_call_back_of_a_lapsed_hold_is_listed(seats: Seats) -> None:
    async with seats.seat() as seat:
        held = await seat.hold_first()
        seat.expire(held.entry.id)
        seats.clock.ahead_ms = 3_600_000
        seat.screen.each_second()
        await seat.rest()
        await seat.press("f2", "5", "f11", "enter")
        assert seat.screen.form.picked["type"] == "FC-F2F"


async def test_a_discarded_call_is_gone(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
    async with seats.seat() as seat:
        await seat.press("f11", "x")
        await seat.press("y")
        assert [status for _id, status, _entry in seat.calls()] == ["rang_off"]
        assert seat.screen.drafts.load_all().drafts == ()


async def test_a_late_save_does_not_bring_an_ended_draft_back(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        keeper, call = seat.screen.keeper, seat.screen.call.id
        late = keeper.number(call)
        await seat.press("f6", "5")
        assert keeper.save(call, late, {"type": "late"}) is None
        assert seat.screen.drafts.load_all().drafts == ()


async def test_escape_keeps_what_was_typed(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        seat.screen.form.focus_field("note")
        await seat.type("as said", "escape")
        assert seat.screen.context == "grid"
        await seat.press("escape")
        assert seat.screen.context == "offers"
        assert seat.screen.form.texts["note"] == "as said"
        assert seat.pilot.app.is_running


async def test_quitting_keeps_the_draft(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        await seat.pilot.press("ctrl+q")
    async with seats.seat() as seat:
        drafts = seat.screen.drafts.load_all().drafts
        assert [draft.fields["picked:type"] for draft in drafts] == ["FC-F2F"]


# The store fails.


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A locked store is given up on at once instead of after ten seconds."""
    monkeypatch.setattr(limits, "_limits", Limits(lock=0))


@pytest.mark.usefixtures("impatient")
async def test_a_locked_store_refuses_keeps_the_draft_and_the_same_key_works_later(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        lock = dbapi.connect(str(seats.store), isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        await seat.press("f8")
        assert "locked" in seat.said
        assert "What you typed is kept" in seat.said
        assert seat.screen.call.held is None
        assert seat.screen.form.picked["type"] == "FC-F2F"
        assert [draft.fields["picked:type"] for draft in seat.screen.drafts.load_all().drafts] == ["FC-F2F"]
        attempts = dict(seat.screen.call.attempts)
        lock.execute("ROLLBACK")
        lock.close()
        await seat.press("f8")
        held = seat.screen.call.held
        assert held is not None
        assert [held.entry.id] == list(attempts.values())
        assert seat.screen.call.attempts == {}


@pytest.mark.usefixtures("impatient")
async def test_a_call_that_cannot_be_ended_stays(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        lock = dbapi.connect(str(seats.store), isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        await seat.press("f6", "5")
        assert "locked" in seat.said
        assert seat.screen.form.picked["type"] == "FC-F2F"
        lock.execute("ROLLBACK")
        lock.close()
        await seat.press("5")
        assert [status for _id, status, _entry in seat.calls()] == ["rang_off"]


async def test_an_act_whose_answer_was_lost_is_not_done_twice(seats: Seats, monkeypatch: pytest.MonkeyPatch) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        real = Store.write

        def answers_late(store: Store, work: Any) -> Any:
            real(store, work)
            raise StoreTrouble("The database server did not answer in time.")

        monkeypatch.setattr(Store, "write", answers_late)
        await seat.press("f8")
        assert "did not answer" in seat.said
        monkeypatch.setattr(Store, "write", real)
        await seat.press("f8")
        held = seat.screen.call.held
        assert held is not None
        assert held.repeated
        assert seat.rows("SELECT COUNT(*) FROM entry WHERE site = ?") == [(1,)]


async def test_a_full_disk_is_told_and_the_draft_kept(seats: Seats, monkeypatch: pytest.MonkeyPatch) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")

        def full(_store: Store, _work: Any) -> Any:
            raise StoreTrouble("The disk of the store is full; nothing was written. Free some space and try again.")

        with monkeypatch.context() as patched:
            patched.setattr(Store, "write", full)
            await seat.press("f8")
            assert "full" in seat.said
            assert seat.screen.form.picked["type"] == "FC-F2F"
        await seat.press("f8")
        assert seat.screen.call.held is not None


def side(store: Path) -> list[Path]:
    return [path for path in (store, Path(f"{store}-wal"), Path(f"{store}-shm")) if path.exists()]


def taken_away(store: Path) -> dict[Path, bytes]:
    """Delete a store, as if a hand had slipped, and return what was in its files."""
    kept = {path: path.read_bytes() for path in side(store)}
    for path in kept:
        path.unlink()
    return kept


def put_back(kept: dict[Path, bytes]) -> None:
    for path, content in kept.items():
        if not path.name.endswith("-shm"):
            path.write_bytes(content)


async def test_a_store_that_is_deleted_is_told_of_and_nothing_is_booked_into_nowhere(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        away = seats.store.parent / "away"
        away.mkdir()
        moved = [path.rename(away / path.name) for path in side(seats.store)]
        await seat.press("f8")
        assert "not there any more" in seat.said
        assert seat.screen.call.held is None
        await seat.feed()
        assert seat.screen.trouble is not None
        assert not seats.store.exists()
        assert seat.screen.form.picked["type"] == "FC-F2F"
        for path in moved:
            path.rename(seats.store.parent / path.name)
        await seat.feed()
        assert seat.screen.trouble is None
        assert "answers again" in seat.said
        await seat.press("f8")
        held = seat.screen.call.held
        assert held is not None
        assert seat.status(held.entry.id) == "held"


async def test_a_copy_put_in_place_of_a_deleted_store_is_taken_up(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        kept = taken_away(seats.store)
        await seat.feed()
        assert "not there any more" in seat.said
        put_back(kept)
        await seat.feed()
        assert seat.screen.trouble is None, seat.screen.trouble
        seat.other_books("D01", NINE)
        await seat.feed()
        await seat.press("f8")
        held = seat.screen.call.held
        assert held is not None
        assert seat.status(held.entry.id) == "held"


async def test_an_older_copy_is_refused(seats: Seats, small_store: Path) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        await seat.feed()
        taken_away(seats.store)
        await seat.feed()
        copyfile(small_store, seats.store)
        await seat.feed()
        assert "older" in (seat.screen.trouble or "")
        await seat.press("f8")
        assert seat.screen.call.held is None
        assert seat.rows("SELECT COUNT(*) FROM entry WHERE site = ?") == [(0,)]


async def test_a_store_that_cannot_be_opened_is_tried_again(seats: Seats) -> None:
    away = seats.store.rename(seats.store.parent / "away.db")
    async with seats.seat(wait=False) as seat:
        await seat.rest()
        assert "no store" in seat.said.lower()
        await seat.type("fc f2f", "enter")
        assert seat.screen.form.texts["type"] == "fc f2f"
        away.rename(seats.store)
        seat.screen.back.open()
        await seat.rest()
        assert seat.screen.back.is_open
        assert seat.screen.form.picked.get("type") == "FC-F2F"
        assert seat.kind == "offers"


async def test_midnight_passes(seats: Seats) -> None:
    async with seats.seat() as seat:
        seats.clock.now = datetime(2026, 11, 25, 8, 0)
        seat.screen.each_second()
        await seat.choose_type("fc f2f")
        assert min(offer.day for offer in seat.screen.call.offers) == DAY
        assert seat.screen.today == DAY != NOW.date()


async def test_one_key_lists_every_start_and_the_recommended_ones_again(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.press("f6", "a")
        assert "Choose a type first" in seat.said
        await seat.choose_type("fc f2f")
        some = len(seat.screen.call.offers), seat.screen.offers.state.total
        others = seat.screen.offers.state.others
        assert others
        assert f"{some[1]} in all, {others} others" in str(seat.screen.offers.border_subtitle)
        await seat.press("f6")
        await seat.rest()
        assert f"{some[1]} in all, a {others} others" in str(seat.screen.offers.border_subtitle)
        await seat.press("a")
        assert seat.screen.offers.state.total > some[1]
        assert seat.screen.offers.state.others == 0
        assert "every start" in str(seat.screen.offers.border_title)
        await seat.press("a")
        assert (len(seat.screen.call.offers), seat.screen.offers.state.total) == some


async def test_a_call_that_ends_without_a_booking_is_demand(seats: Seats) -> None:
    async with seats.seat() as seat:
        await seat.choose_type("fc f2f")
        await seat.press("f6", "5")
        assert seat.rows("SELECT type, half, ending FROM refusal WHERE site = ?") == [("FC-F2F", "any", "rang_off")]
        await seat.press("f6", "5")
        assert len(seat.rows("SELECT id FROM refusal WHERE site = ?")) == 1
