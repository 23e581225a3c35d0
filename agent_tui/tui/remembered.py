"""How a person likes the screen, and the day that was shown last: kept in a small private file from one run to the next."""

import json
import stat
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Any, Final, cast

from agent_tui.settings import DENSITIES, THEMES, ZOOMS, Settings, make_private, state_dir
from agent_tui.tui.whole_file import replace_file

SIDES: Final = ("left", "right")
"""On which side of the screen the request, the list or the filters stand."""

FURTHEST: Final = timedelta(days=35)
"""How far ahead a remembered day may lie; one further off is of another store, or of another year."""

LARGEST: Final = 10_000
_CHOICES: Final[Mapping[str, tuple[object, ...]]] = MappingProxyType(
    {"theme": THEMES, "zoom": ZOOMS, "density": DENSITIES, "side": SIDES}
)
_OF_SETTINGS: Final = ("theme", "zoom", "density")


@dataclass(frozen=True, slots=True)
class Look:
    """What is remembered; None is what was never chosen. `zoom` is minutes to a line, `day` the day shown last."""

    theme: str | None = None
    zoom: int | None = None
    density: str | None = None
    side: str | None = None
    day: date | None = None

    def over(self, settings: Settings) -> Settings:
        """Return the settings of a run, changed to what is remembered except where the command line or environment says."""
        known = {name: getattr(self, name) for name in _OF_SETTINGS if name not in settings.given}
        return replace(settings, **cast("dict[str, Any]", {name: value for name, value in known.items() if value is not None}))

    def day_from(self, today: date) -> date:
        """Return the day to begin with: the last one if it is not past, today otherwise."""
        return self.day if self.day is not None and today <= self.day <= today + FURTHEST else today


class Remembered:
    """The file of one login; `read` and `write` are plain file work, so that a running app writes in a thread."""

    def __init__(self, login: str, root: Path | None = None) -> None:
        """Take a login and the folder of all logins (`look` in the state folder); nothing is made yet."""
        self._folder = root or state_dir() / "look"
        readable = "".join(character if character.isalnum() else "-" for character in login)[:32]
        # Two logins may differ only in signs that a file system cannot hold.
        self._path = self._folder / f"{readable}-{sha256(login.encode('utf-8', 'replace')).hexdigest()[:12]}.json"
        self._lock = Lock()
        self._newest = 0

    def read(self) -> tuple[Look, str]:
        """Return what is remembered and an empty text, or nothing remembered and the sentence that says what is wrong."""
        try:
            status = self._path.lstat()
        except OSError:
            return Look(), ""
        try:
            # A pipe would never end, and a link may lead anywhere.
            if stat.S_ISREG(status.st_mode) and status.st_size <= LARGEST:
                return _look_of(json.loads(self._path.read_bytes())), ""
        except (OSError, ValueError, TypeError, RecursionError):
            pass
        return Look(), f"What was remembered of your screen cannot be read, so it looks as at first: {self._path.name}."

    def number(self) -> int:
        """Return the number under which the look as it is now is written."""
        with self._lock:
            self._newest += 1
            return self._newest

    def write(self, look: Look, number: int) -> str:
        """Write a look unless a newer one has a number; returns the sentence of a problem, or an empty text."""
        with self._lock:
            if number != self._newest:
                return ""
            known = {name: getattr(look, name) for name in _CHOICES}
            content = json.dumps(known | {"day": None if look.day is None else look.day.isoformat()})
            try:
                make_private(self._folder)
                replace_file(self._path, content.encode("ascii"))
            except OSError as trouble:
                return f"How the screen looks is not remembered: {trouble.strerror or trouble}."
            return ""


def _look_of(content: object) -> Look:
    """Return the look that a file's content says; ValueError or TypeError for any other content."""
    if not isinstance(content, dict):
        raise TypeError("not a table")
    known = {name: content.get(name) for name in _CHOICES}
    for name, value in known.items():
        if value is not None and (isinstance(value, bool) or value not in _CHOICES[name]):
            raise ValueError(name)
    day = content.get("day")
    return Look(**known, day=None if day is None else date.fromisoformat(day))
