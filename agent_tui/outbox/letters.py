"""Letters written into a folder, one file each, which somebody prints and posts."""

import os
import re
from pathlib import Path
from typing import Final

from agent_tui.domain.messages import Delivered, Outcome, Outgoing, Undelivered

_NOT_IN_A_NAME: Final = re.compile(r"[^A-Za-z0-9._-]")


class LetterSender:
    """What writes letters into a folder that only its owner can enter; a letter that is there already is not written again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, outgoing: Outgoing) -> Outcome:
        """Write a letter as a file of mode 0600 that appears whole or not at all; its name is the reference."""
        name = _NOT_IN_A_NAME.sub("_", outgoing.reference)
        target = self._folder / f"{name}.{'txt' if outgoing.html is None else 'html'}"
        partial = target.with_name(f".{target.name}.partial-{os.getpid()}")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if target.exists():
                return Delivered(target.name, already=True)
            partial.unlink(missing_ok=True)
            handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(outgoing.html or f"{outgoing.to}\n\n{outgoing.subject}\n\n{outgoing.body}\n")
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, target)
        except OSError as error:
            partial.unlink(missing_ok=True) if partial.parent.is_dir() else None
            return Undelivered("folder", f"The folder of letters cannot be written to: {error.strerror}.", again=True)
        return Delivered(target.name)

    def close(self) -> None:
        """Let go of nothing: each letter's file is closed once it is written."""
