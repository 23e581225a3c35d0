"""Reading a file that a person names: a plain one, so that nobody waits on a pipe or reads a device without end."""

import errno
import stat
from pathlib import Path


def read_plain(path: Path, most: int) -> bytes:
    """Return the first `most` bytes of a plain file; whatever else is there, or cannot be read, raises OSError."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "it is no plain file")
    with path.open("rb") as file:
        return file.read(most)
