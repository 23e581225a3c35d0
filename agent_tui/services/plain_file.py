"""Files that a person names: read only a plain one, so that nobody waits on a pipe; written whole, for their owner's eyes."""

import errno
import os
import stat
import tempfile
from pathlib import Path

from agent_tui.domain.cleaning import clean


def read_plain(path: Path, most: int) -> bytes:
    """Return the first `most` bytes of a plain file; whatever else is there, or cannot be read, raises OSError."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "it is no plain file")
    with path.open("rb") as file:
        return file.read(most)


def write_private(file: str, data: str | bytes, *, force: bool = False) -> str | None:
    """Write a text (as UTF-8) or bytes into a file that nobody else may read, whole or not at all.

    Returns the sentence of what is in the way, or None when it is written. A file that is there is replaced with `force` only.
    """
    path = Path(file)
    name = clean(path.name, limit=60) or "The file"
    try:
        if path.exists() and not path.is_file():
            return f"{name} is no file that can be written."
        if path.exists() and not force:
            return f"{name} is there already and is not replaced; take another name."
        handle, half = tempfile.mkstemp(dir=path.parent, prefix=".half-")
        try:
            with os.fdopen(handle, "wb") as opened:
                opened.write(data.encode("utf-8") if isinstance(data, str) else data)
            os.replace(half, path)
        except BaseException:
            Path(half).unlink(missing_ok=True)
            raise
    except (OSError, ValueError) as error:
        return f"{name} cannot be written: {getattr(error, 'strerror', None) or 'its name cannot be used'}."
    return None
