"""What a user of this computer has been shown once: the tour's offer, and what is new in which version."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from agent_tui.settings import make_private, state_dir

MOST_BYTES = 10_000


@dataclass(frozen=True, slots=True)
class Greeting:
    """What to name at this start: the tour to who is new here, what is new to who used an earlier version."""

    tour: bool
    whats_new: bool


def greeting(version: str, root: Path | None = None) -> Greeting:
    """Return what to name at this start, and write down that it was; file work, for a worker.

    Where the folder of state cannot be written nothing is named, so that nothing is named at every start.
    """
    path = (root or state_dir()) / "seen.json"
    seen = _read(path)
    if seen == version:
        return Greeting(tour=False, whats_new=False)
    partial = path.with_name(f".seen-{uuid4().hex}")
    try:
        make_private(path.parent)
        partial.write_text(json.dumps({"version": version}), encoding="utf-8")
        os.replace(partial, path)
    except OSError:
        return Greeting(tour=False, whats_new=False)
    return Greeting(tour=seen is None, whats_new=seen is not None)


def _read(path: Path) -> str | None:
    """Return the version that was used last, or None where none is known."""
    try:
        with path.open("rb") as file:
            kept = json.loads(file.read(MOST_BYTES))
        return str(kept["version"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
