"""The screen is there before anything slow is loaded: what the store needs is imported after the first paint."""

import json
import subprocess
import sys
from pathlib import Path

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
