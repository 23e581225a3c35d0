"""The screen is there before anything slow is loaded: what the store needs is imported after the first paint."""

import json
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from agent_tui.settings import Settings
from agent_tui.store.driver import dbapi
from agent_tui.tui.app import AgentTui
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.screens.booking import BookingScreen
from agent_tui.tui.screens.desk import NOT_OPEN
from tests.hostile.test_stores import SECRET, error_response, fake_server
from tests.small_site import NOW, make_site

SLOW = ("sqlalchemy", "sqlmodel", "pydantic", "alembic", "numpy", "holidays", "highspy", "plotext", "psycopg")

IMPORTED = """
import json, sys
import agent_tui.tui.app
print(json.dumps(sorted(sys.modules)))
"""

PAINTED = """
import asyncio, json, os, sys
from datetime import datetime
from agent_tui.settings import Settings
from agent_tui.tui.app import AgentTui
from agent_tui.tui.backstage import Backstage

seen = {}

def note_and_open(back):
    # The store is asked for when the screen is mounted; the thread that opens it imports what it needs.
    seen.setdefault("at the open", sorted(sys.modules))

Backstage.open = note_and_open

async def main():
    app = AgentTui(Settings(store=sys.argv[1], login="agent1", now=datetime(2026, 11, 24, 9, 0)))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        lines = ["".join(part.text for part in strip) for strip in app.screen._compositor.render_strips()]
        seen["painted"] = "\\n".join(lines)
        seen["at the first paint"] = sorted(sys.modules)
        await pilot.press(*"wsr")
        await pilot.pause()
        seen["typed"] = app.screen.form.texts["type"]

asyncio.run(main())
print(json.dumps(seen))
"""


def run(script: str, *arguments: str) -> object:
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    answer: object = json.loads(done.stdout.splitlines()[-1])
    return answer


def slow_ones(modules: object) -> list[str]:
    assert isinstance(modules, list)
    return sorted({name.partition(".")[0] for name in modules} & set(SLOW))


def test_importing_the_app_imports_nothing_slow() -> None:
    assert slow_ones(run(IMPORTED)) == []


def test_the_first_paint_needs_nothing_slow_and_takes_keys(tmp_path: Path) -> None:
    seen = run(PAINTED, str(tmp_path / "store.db"))
    assert isinstance(seen, dict)
    assert "Request" in seen["painted"]
    assert "any words or code" in seen["painted"]
    assert seen["typed"] == "wsr"
    for moment in ("at the open", "at the first paint"):
        assert slow_ones(seen[moment]) == [], moment


def test_the_measure_finds_what_it_looks_for() -> None:
    assert "sqlalchemy" in slow_ones(run("import json, sys, sqlalchemy\nprint(json.dumps(sorted(sys.modules)))"))


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("newer", "newer version"),
        ("broken", "damaged"),
        ("cut", "is cut short: restore the last good backup"),
        ("picture", "not a store"),
        ("folder", "is a folder, not a store"),
        ("missing", "There is no store at"),
        ("password", "refused the login or password"),
    ],
)
async def test_a_store_that_cannot_be_used_is_one_sentence_and_the_form_takes_keys(
    tmp_path: Path, what: str, sentence: str
) -> None:
    path = tmp_path / "desk" / "store.db"
    if what in ("newer", "broken", "cut"):
        make_site(str(path))
        with closing(dbapi.connect(str(path))) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if what == "newer":
                connection.execute("UPDATE alembic_version SET version_num = '9999'")
                connection.commit()
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = path.read_bytes() if path.exists() else b""
    if what == "broken":
        path.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))
    elif what == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif what in ("picture", "folder"):
        (path if what == "folder" else path.parent).mkdir(parents=True)
        if what == "picture":
            path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 5000)
    before = path.read_bytes() if path.is_file() else None
    with fake_server(error_response("28P01", f'password authentication failed for user "{SECRET}"')) as port:
        place = f"postgresql://desk:{SECRET}@127.0.0.1:{port}/d" if what == "password" else str(path)
        app = AgentTui(Settings(store=place, login="agent1"), lambda: NOW)
        async with app.run_test(size=(120, 36)) as pilot:
            await app.workers.wait_for_complete()
            await pilot.pause()
            screen = app.screen
            assert isinstance(screen, BookingScreen)
            assert not screen.back.is_open
            said = screen.status.text
            assert re.search(sentence, said), said
            assert said.endswith("What you typed is kept.")
            assert SECRET not in said
            await pilot.press(*"wsr")
            assert screen.form.texts["type"] == "wsr"
    assert (path.read_bytes() if path.is_file() else None) == before


async def test_what_was_asked_for_too_soon_is_refused_only_until_the_store_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_site(str(tmp_path / "store.db"))
    opens = Backstage.open
    monkeypatch.setattr(Backstage, "open", lambda _back: None)
    app = AgentTui(Settings(store=str(tmp_path / "store.db"), login="agent1"), lambda: NOW)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = app.screen
        assert isinstance(screen, BookingScreen)
        await pilot.press("ctrl+right_square_bracket")
        await pilot.press("7")
        assert NOT_OPEN in screen.status.text
        opens(screen.back)
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert screen.back.is_open
        assert NOT_OPEN not in screen.status.text


async def test_the_desk_opens_in_the_hour_after_midnight(tmp_path: Path) -> None:
    make_site(str(tmp_path / "store.db"))
    app = AgentTui(Settings(store=str(tmp_path / "store.db"), login="agent1"), lambda: NOW.replace(hour=0, minute=54))
    async with app.run_test(size=(80, 24)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, BookingScreen)
        assert app.screen.back.is_open
