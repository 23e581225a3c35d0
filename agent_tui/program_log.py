"""The log of this program on this computer: when it ran and where it failed.

It is a file that only its owner may read, and nothing of it goes to the screen. A full one is kept under another name and a
new one begun; all together take MOST_BYTES * (KEPT + 1) bytes at most.
"""

import logging
import os
import traceback
from datetime import UTC, datetime
from functools import cache
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final

from agent_tui.settings import make_private

MOST_BYTES: Final = 500_000
KEPT: Final = 3
SERVING: Final = ("aiohttp", "asyncio", "textual-serve")
"""The libraries that say by `logging` what fails in them while the desk is served to a browser."""


class PrivateLines(logging.Formatter):
    """A record as lines: when (UTC), which process, how grave, the program's words, and where an error happened.

    Values are left out: an error's message, and what stands in the place of %s in a library's words.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the lines of a record."""
        words = " ".join(record.msg.split()) if isinstance(record.msg, str) else type(record.msg).__name__
        at = datetime.fromtimestamp(record.created, UTC)
        head = f"{at:%Y-%m-%dT%H:%M:%SZ} {record.process} {record.levelname.lower()}: {words}"
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return head
        frames = traceback.extract_tb(error.__traceback__)
        places = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
        return "\n".join([f"{head} ({type(error).__name__})", *places])


class ProgramLog(RotatingFileHandler):
    """Writes the log; a line that cannot be written is lost, for the log must never be what ends the work.

    Several programs of one person write to one file, so that none keeps it open while another begins a new one.
    """

    def __init__(self, file: Path) -> None:
        super().__init__(file, maxBytes=MOST_BYTES, backupCount=KEPT, encoding="utf-8", delay=True)
        self.setFormatter(PrivateLines())
        self._lost = False

    def note(self, words: str, error: BaseException | None = None) -> bool:
        """Write a line and return whether it could be written."""
        level, about = (logging.INFO, None) if error is None else (logging.ERROR, (type(error), error, error.__traceback__))
        self._lost = False
        self.handle(logging.LogRecord("agent_tui", level, "", 0, words, None, about))
        return not self._lost

    def listen(self) -> None:
        """Take in what the libraries that serve a page say of failures; they say nothing on the screen then."""
        for name in SERVING:
            library = logging.getLogger(name)
            library.setLevel(logging.WARNING)
            library.propagate = False
            library.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record and let the file go."""
        super().emit(record)
        if self.stream is not None:
            self.stream.close()
            self.stream = None

    def handleError(self, record: logging.LogRecord) -> None:
        """Lose the record; logging itself would print on the screen what it was about."""
        self._lost = True

    def _open(self) -> Any:
        make_private(Path(self.baseFilename).parent)
        return open(self.baseFilename, self.mode, encoding=self.encoding, opener=_private)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@cache
def program_log(file: Path) -> ProgramLog:
    """Return what writes to a file, which is opened only when there is something to write."""
    return ProgramLog(file)
