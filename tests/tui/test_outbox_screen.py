"""An appointment is confirmed when its claimant knows: said on the booking screen, looked after on the outbox screen."""

from pathlib import Path

from textual.widgets import OptionList

from agent_tui.services import messages
from agent_tui.tui.modals import ChoiceModal, ConfirmModal, EffectModal
from agent_tui.tui.screens.outbox import OutboxScreen
from agent_tui.tui.widgets.offer_list import OffersState
from tests.tui.booking_desk import SMALL, Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]


def reach(seat: Seat, client: str = "C000003", prefers: str = "NULL") -> None:
    """Let a claimant have a mobile number and an e-mail address, and prefer a channel or nothing."""
    known = f"phone = '07700 900001', email = 'sana@example.org', preferred_channel = {prefers}"
    statement = f"UPDATE client SET {known} WHERE site = ? AND client = ?"
    seat.others(lambda desk: desk.store.write(lambda unit: unit.run(statement, desk.site, client)))


def state(seat: Seat) -> OffersState:
    return seat.screen.offers.state


async def test_the_booking_screen_asks_how_a_claimant_is_told_and_one_key_says_by_phone(seats: Seats) -> None:
    async with seats.seat("agent1", SMALL) as seat:
        reach(seat)
        booked = await seat.book()
        assert state(seat).how == "Not told yet: M asks how, L by phone"
        assert "u undoes" in seat.said  # nothing stands in the way of the next key
        await seat.press("M")
        assert isinstance(seat.top, ChoiceModal)
        options = [str(option.prompt) for option in seat.top.query_one(OptionList).options]
        wanted = ("text message", "e-mail", "phone, by", "just now")
        assert all(word in one for word, one in zip(wanted, options, strict=True))
        assert "sana@example.org" in options[1]
        await seat.press("2")
        assert state(seat).how == "An e-mail goes out; M changes that"
        assert seat.rows("SELECT status, channel FROM message WHERE site = ?") == [("queued", "email")]
        await seat.press("L")
        assert "Told by phone: recorded." in seat.said
        assert state(seat).told
        assert seat.rows("SELECT status, channel, told_by FROM message WHERE site = ?") == [("told", "phone", "agent1")]
        await seat.press("L")
        assert "No message about it waits" in seat.said
        assert seat.rows("SELECT preferred_channel FROM client WHERE site = ? AND client = 'C000003'") == [("email",)]
        await seat.press("1")
        reach(seat, "C000004", "'email'")
        second = await seat.book("C000004")
        await seat.press("1")
        assert seat.rows("SELECT status FROM message WHERE site = ? AND entry = ?", second.entry.id) == [("queued",)]
        assert booked.entry.id != second.entry.id


async def test_the_outbox_is_read_sent_printed_dropped_and_told_by_key(seats: Seats, tmp_path: Path) -> None:
    async with seats.seat("agent1", SMALL) as seat:
        reach(seat, "C000009")
        first, second = seat.other_books("D01"), seat.other_books("D02", 120)
        seat.others(lambda desk: messages.choose(desk, second.entry.id, "sms", remember=False))
        said = "status = 'failed', error = 'bad_recipient', attempts = 1, next_at = next_at + 1"
        failed = f"UPDATE message SET {said} WHERE site = ? AND entry = ?"
        seat.others(lambda desk: desk.store.write(lambda unit: unit.run(failed, desk.site, second.entry.id)))
        seat.screen.grid.focus()
        screen = await seat.go_to("outbox")
        assert isinstance(screen, OutboxScreen)
        await seat.rest()
        assert [(one.entry, one.status) for one in screen.items] == [(first.entry.id, "asking"), (second.entry.id, "failed")]
        assert screen.counts == {"asking": 1, "failed": 1}
        assert "asks by which channel" in str(screen.query_one("#known").render())
        await seat.press("enter")
        assert isinstance(seat.top, EffectModal)
        assert "It waits for a person" in str(seat.top.query("#lines Static").first().render())
        await seat.press("escape", "L")
        assert "Told by phone: recorded." in screen.status.text
        assert [one.entry for one in screen.items] == [second.entry.id]
        await seat.press("r")
        assert [one.status for one in screen.items] == ["queued"]
        await seat.press("s")
        assert "0 sent." in screen.status.text
        await seat.press("p", "1")
        assert "AGENT_TUI_LETTERS" in screen.status.text
        object.__setattr__(screen.back.settings, "letters", str(tmp_path / "letters"))
        await seat.press("p")
        await seat.press("3")
        assert f"form-{second.entry.id}.html in the folder" in screen.status.text
        await seat.press("p")
        await seat.press("1")
        assert [one.stat().st_mode & 0o777 for one in (tmp_path / "letters").iterdir()] == [0o600] * 4
        page = (tmp_path / "letters" / f"letter-{second.entry.id}.html").read_text(encoding="utf-8")
        assert "Dear Sana Khan 9" in page
        await seat.press("x")
        assert isinstance(seat.top, ConfirmModal)
        await seat.press("y")
        assert "Dropped." in screen.status.text
        assert list(screen.items) == []
        await seat.press("v", "5")
        assert [one.status for one in screen.items] == ["dropped"]
        await seat.press("n")
        assert isinstance(seat.top, EffectModal)
