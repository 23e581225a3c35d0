"""Files that are made under another name and put in place whole, or not at all."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent_tui.store.trouble import StoreTrouble, shown

SIDE_FILES = ("-journal", "-wal", "-shm")


def partial_name(target: Path) -> Path:
    """Return the name beside a file under which it is made; it holds the process, so that two never share one."""
    return target.with_name(f".{target.name}.partial-{os.getpid()}")


def remove(path: Path) -> None:
    """Remove a store's file and what SQLite keeps beside it, where they exist."""
    for suffix in ("", *SIDE_FILES):
        try:
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        except OSError as error:
            if error.errno != errno.EROFS:  # where nothing may be written there is nothing of ours either
                raise


@contextmanager
def made_whole(target: Path) -> Iterator[Path]:
    """Yield the name to make a file under, which gets its own name at the end; on any failure, an interrupt too, it is removed.

    A target that exists, before or meanwhile, and a folder that takes no file raise StoreTrouble.
    """
    if os.path.lexists(target):
        raise StoreTrouble(f"There is already something at {shown(target)}.")
    partial = partial_name(target)
    remove(partial)
    try:
        yield partial
        to_disk(partial)
        _put(partial, target)
    except OSError as error:
        raise StoreTrouble(f"Nothing can be written to {shown(target)}: {error.strerror}.") from None
    finally:
        remove(partial)


def _put(partial: Path, target: Path) -> None:
    """Give a file its own name, which nobody may have taken meanwhile."""
    try:
        os.link(partial, target)
    except FileExistsError:
        raise StoreTrouble(f"There is already something at {shown(target)}.") from None
    except OSError:  # a file system without links
        if os.path.lexists(target):
            raise StoreTrouble(f"There is already something at {shown(target)}.") from None
        partial.rename(target)
    to_disk(target)


def to_disk(path: Path) -> None:
    """Wait until a file and its name in the folder are on the disk."""
    for place in (path, path.parent):
        try:
            handle = os.open(place, os.O_RDONLY)
        except OSError:
            continue  # Windows opens no folder, and keeps names by itself.
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
