"""A real browser, a keyboard, and an appointment in the end."""

import os
from pathlib import Path

import pytest

from tests.browser.book_in_browser import book
from tests.browser.chromium import PROGRAM
from tests.small_site import make_site
from tests.terminal.book_by_keyboard import CLIENT, NAME


async def test_an_appointment_is_booked_by_typing_in_a_browser(tmp_path: Path) -> None:
    if PROGRAM is None:
        reason = "Chromium is not here, so no real browser can be driven: install it"
        if os.environ.get("AGENT_TUI_REQUIRE_POSTGRES") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    store = str(tmp_path / "store.db")
    make_site(store)
    booked = await book(store, str(tmp_path / "home"))
    assert (booked.entry["entry_status"], booked.entry["client"], booked.entry["type"]) == ("booked", CLIENT, "FC-F2F")
    assert "Your appointment for First commitment" in booked.said
    assert "extended" in booked.verbs
    # Nothing was asked of another computer, and the browser had nothing to refuse.
    assert booked.asked
    here = booked.address.partition("?")[0].removeprefix("http")
    assert [one for one in booked.asked if not one.startswith((f"http{here}", f"ws{here}", "data:"))] == []
    assert booked.complaints == []
    # Every user of a computer can read titles and arguments.
    assert booked.title == "agent-tui"
    assert not [line for line in booked.arguments for word in (store, CLIENT, NAME, "agent1") if word in line]
    assert booked.pictures["before"][:8] == booked.pictures["after"][:8] == b"\x89PNG\r\n\x1a\n"
    assert booked.pictures["before"] != booked.pictures["after"]
    assert booked.ended_with == 0
