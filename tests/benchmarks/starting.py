"""Starting: the demo site, the version, and what the version imports."""

import subprocess
import sys
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median

from tests.benchmarks.timing import Line, in_turn, once

DEMO_GOAL = ("<=", 5.0)
VERSION = "from agent_tui.cli.main import main; raise SystemExit(main(['--version']))"
HEAVY = ("textual", "rich", "sqlalchemy", "sqlmodel", "pydantic", "alembic", "typer")


def imported(code: str) -> set[str]:
    """Return the names of the modules that a new Python imports to run some code."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rsplit("|", 1)[1].strip() for line in lines[1:]}


def measure(folder: Path, times: int) -> list[Line]:
    """Return the lines of the demo and of the version."""
    from agent_tui.services import demo

    took = []
    for number in range(times):
        took.append(once(partial(demo.load, str(folder / f"demo{number}.db"), start=date(2026, 11, 24))))
    seconds = median(took)

    def run(code: str) -> float:
        return once(lambda: subprocess.run([sys.executable, "-c", code], check=True, timeout=60, stdout=subprocess.DEVNULL))

    starts = in_turn({"version": lambda: run(VERSION), "bare": lambda: run("pass")}, 2 * times + 1)
    modules = imported(VERSION)
    heavy = [name for name in HEAVY if any(one.split(".")[0] == name for one in modules)]
    return [
        Line("demo site loaded (27 coaches x 20 days)", f"{seconds:.2f} s", "", seconds, DEMO_GOAL, " s"),
        Line(
            f"agent-tui --version against bare Python; imports {', '.join(heavy) or 'nothing heavy'}",
            f"{starts['version'] * 1000:.0f} ms",
            f"{starts['bare'] * 1000:.0f} ms",
            starts["version"] / starts["bare"],
            None,
        ),
    ]
