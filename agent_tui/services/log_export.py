"""The log as a file with its chain, which domain/log_chain.py verifies without the store."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from agent_tui.domain.cleaning import clean
from agent_tui.domain.log_chain import Found, NotAnExport, head_text, line_text, verify
from agent_tui.domain.requests import Refused
from agent_tui.services.desk import Desk
from agent_tui.services.exporting import MAY_EXPORT, FilesRefused, Folder
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries.log import NewEvent
from agent_tui.store.unit_of_work import Unit

VERB = "log_exported"
BATCH = 2_000

Progress = Callable[[int, int], bool]
"""Told how many lines are done and how many there are; stops it by returning False."""


@dataclass(frozen=True, slots=True)
class Written:
    """An export of the log: its file, how many lines, and the head that they end with."""

    file: Path
    lines: int
    seq: int
    hash: str


class Stopped(Exception):
    """Somebody stopped it; nothing is left of the file."""


def export_log(desk: Desk, file: Path, *, force: bool = False, progress: Progress | None = None) -> Written | Refused:
    """Write the whole log, as far as it goes now, to a file of mode 0600, whole or not at all; the act is a line of the log.

    Claimants are in it by opaque id. It is written as it stands, so that a broken chain can be shown to somebody else. Refused
    but for a supervisor and an administrator, and where a file is there already without `force`; Stopped from `progress`.
    """
    if desk.staff.role not in MAY_EXPORT:
        return Refused("role", "The log is exported by a supervisor or an administrator.")
    with desk.store.read() as unit:
        seq, digest = log_queries.head(unit, desk.site)
    try:
        Folder(file.parent, force=force)(file.name, _lines(desk, seq, digest, progress))
    except FilesRefused as refused:
        return Refused("exists", str(refused))

    def work(unit: Unit) -> None:
        log_queries.append(unit, desk.stamp(unit), NewEvent(VERB, after={"claims": [], "seq": seq}))

    desk.store.write(work)
    return Written(file, seq, seq, digest)


def _lines(desk: Desk, last: int, digest: str, progress: Progress | None) -> Iterator[bytes]:
    yield _line(head_text(desk.site, last, digest))
    done = 0
    while done < last:
        with desk.store.read() as unit:
            rows = log_queries.rows_after(unit, desk.site, done, min(BATCH, last - done))
        if not rows:
            return
        for row in rows:
            yield _line(line_text(log_queries.hashed_fields(row), row[-1]))
        done = rows[-1][1]
        if progress is not None and not progress(done, last):
            raise Stopped


def _line(text: str) -> bytes:
    return (text + "\n").encode()


def verify_file(file: Path, progress: Progress | None = None) -> Found | str:
    """Return what came of verifying an export, or in a sentence why the file is none; no store is asked."""
    name = clean(file.name, limit=60) or "That"
    try:
        with _opened(file) as opened:
            return verify(opened, progress)
    except NotAnExport as error:
        return f"{name}: {error}"
    except (OSError, ValueError) as error:
        return f"{name} cannot be read: {getattr(error, 'strerror', None) or 'its name cannot be used'}."


def _opened(file: Path) -> BinaryIO:
    if not file.is_file():
        file.stat()  # raises where there is nothing
        raise IsADirectoryError(0, "it is no plain file")
    return file.open("rb")


def stands_in_store(desk: Desk, found: Found) -> str | None:
    """Return why a verified export is not how the store's log begins, or None: its tail was cut, or another written."""
    if found.site != desk.site:
        return f"the export is of the site {clean(found.site, limit=10)}, and this is {desk.site}"
    if found.total == 0:
        return None
    with desk.store.read() as unit:
        seq, _digest = log_queries.head(unit, desk.site)
        rows = log_queries.rows_after(unit, desk.site, found.total - 1, 1)
    if not rows or rows[0][1] != found.total:
        return f"the store's log ends at line {seq}, and the export has {found.total}: its tail was cut"
    if rows[0][-1] != found.hash:
        return f"line {found.total} of the store's log has another hash than in the export: it was written anew since"
    return None
