"""A real terminal, a keyboard, and an appointment in the end."""

import os
import shutil
from pathlib import Path

import pytest

from tests.small_site import make_site
from tests.terminal.book_by_keyboard import CLIENT, ask, book


def test_an_appointment_is_booked_by_keyboard(tmp_path: Path) -> None:
    if shutil.which("tmux") is None:
        reason = "tmux is not here, so no real terminal can be driven: install tmux"
        if os.environ.get("AGENT_TUI_REQUIRE_POSTGRES") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    store = str(tmp_path / "store.db")
    make_site(store)
    booked = book(store, str(tmp_path / "home"))
    assert (booked["entry_status"], booked["client"], booked["type"]) == ("booked", CLIENT, "FC-F2F")
    assert "Your appointment for First commitment" in booked["screen"]
    assert booked["id"] in str(ask(store, "day", booked["day"]))
