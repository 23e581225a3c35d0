"""A fault of ours ends the app with a sentence: what it was about, a claimant perhaps, is shown and kept nowhere."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import sys
from datetime import datetime
from agent_tui.settings import Settings
from agent_tui.tui.app import AgentTui

mount = AgentTui.on_mount

def fails():
    claimant = "Sana" + " Khan"
    raise KeyError(claimant)

def broken(app):
    mount(app)
    if sys.argv[2] == "worker":
        app.run_worker(fails, thread=True)
    else:
        app.call_later(fails)

AgentTui.on_mount = broken
app = AgentTui(Settings(store=sys.argv[1], login="agent1", now=datetime(2026, 11, 24, 9, 0)))
app.run(headless=True, size=(120, 36))
sys.exit(app.return_code)
"""


@pytest.mark.parametrize("where", ["worker", "loop"])
def test_a_crash_shows_no_value(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "none.db"), where]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)
    shown = done.stdout + done.stderr
    assert done.returncode == 1
    assert "agent-tui failed inside (KeyError); where it happened is written in" in " ".join(shown.split())
    (kept,) = tmp_path.rglob("agent-tui.log")
    assert "in fails" in kept.read_text(encoding="utf-8")
    for text in (shown, kept.read_text(encoding="utf-8")):
        assert "Sana" not in text
        assert "Khan" not in text
