"""Backing a whole store up into one file, and restoring it from one, both checked from the pages to the log."""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from glob import escape
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from agent_tui.domain.log import SiteHead
from agent_tui.domain.requests import Refused
from agent_tui.services import heads as head_service
from agent_tui.services.store_copies import Who, chosen, copy_into_new_file, copy_store, not_administrator
from agent_tui.store import at_rest, backup, heads
from agent_tui.store.copying import Progress, reading
from agent_tui.store.driver import dbapi
from agent_tui.store.engine import is_url
from agent_tui.store.migrations.runner import migrate
from agent_tui.store.opening import is_of_another_program, open_store, refuse_network_file_system, schema_version
from agent_tui.store.replacing import replace_content
from agent_tui.store.schema import HEAD
from agent_tui.store.trouble import StoreTrouble, shown, trouble
from agent_tui.store.unit_of_work import Store, Unit
from agent_tui.store.whole_files import made_whole, partial_name, remove, to_disk


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup that was made and checked: its file, bytes, schema, sites; `on_record` if it is among the heads."""

    store: str
    file: str
    size: int
    schema: str
    heads: tuple[SiteHead, ...]
    on_record: bool


@dataclass(frozen=True, slots=True)
class Restored:
    """A store that was restored: where the old one is kept (None if there was none), its heads before, and its heads now."""

    store: str
    file: str
    kept: str | None
    schema: str
    before: tuple[SiteHead, ...]
    heads: tuple[SiteHead, ...]
    on_record: bool
    dry_run: bool


def back_up(location: str, target: str, who: Who, progress: Progress | None = None) -> BackedUp | Refused:
    """Write all sites of a store, in one consistent state while others write, into a new SQLite file of mode 0600.

    A folder as the target gets a file with the store's name and site time. The file has its name once its pages, schema, log
    and invariants were found sound. A target that exists is refused, so is any login but an administrator's; whatever raises
    leaves no file behind.
    """
    store = open_store(location, accept_old_sqlite=who.accept_old_sqlite)
    try:
        path = _target(store, target, who.now)
        if os.path.lexists(path):
            return Refused("exists", f"There is already something at {shown(path)}.")
        with reading(store) as connection:
            seen = chosen(connection, store, who.login)
            if isinstance(seen, Refused):
                return seen
            made = _made(connection, store, path, [one.site for one in seen], progress)
        on_record = head_service.record_whole(store, who.heads, who.now.date(), who.login, made, heads.BACKUP, str(path))
        return BackedUp(store.name, shown(path), path.stat().st_size, HEAD, made, on_record)
    finally:
        store.close()


def _made(connection: Connection, store: Store, path: Path, sites: list[str], progress: Progress | None) -> tuple[SiteHead, ...]:
    """Write the backup and return the heads that it has."""
    made: list[SiteHead] = []
    tell = progress or (lambda _what, _done, _total: None)

    def check(partial: Path) -> None:
        tell("Checking", 0, 1)
        made.extend(at_rest.check(partial, "The backup"))
        tell("Checking", 1, 1)

    if store.engine_name == "postgresql":
        copy_into_new_file(connection, path, sites, progress, check)
    else:
        backup.backup(store.location, path, check)
    return tuple(made)


def _target(store: Store, target: str, now: datetime) -> Path:
    path = Path(os.path.abspath(Path(target).expanduser()))
    if not path.is_dir():
        return path
    name = str(make_url(store.location).database) if is_url(store.location) else Path(store.location).name
    return path / f"{re.sub(r'[^A-Za-z0-9._-]', '_', name)}.{now:%Y-%m-%dT%H%M%S}.bak"


def restore(location: str, file: str, who: Who, *, dry_run: bool = False, progress: Progress | None = None) -> Restored | Refused:
    """Put the content of a backup in a store's place, once all of it was found sound; an older schema is migrated first.

    In a file the old store is kept beside it under a dated name, and nobody else may have it open; a server's database must be
    empty. Refused are other logins than administrators of the old store, or of the backup's sites where there is none. A
    backup that is missing is refused; one that is newer, broken or no store, and a store in use, raise StoreTrouble, and
    nothing is changed.
    """
    source = Path(os.path.realpath(Path(file).expanduser()))
    if not source.is_file():
        return Refused("not_found", f"There is no backup at {shown(file)}.")
    tell = progress or (lambda _what, _done, _total: None)
    with _ready(source, location, tell) as (content, found):
        if is_url(location):
            return _into_server(location, content, found, source, who, dry_run, progress)
        return _into_file(location, content, found, source, who, dry_run, tell)


@contextmanager
def _ready(source: Path, location: str, tell: Progress) -> Iterator[tuple[Path, tuple[SiteHead, ...]]]:
    """Yield a copy of a backup with this version's schema, found sound, and its heads; it is removed at the end."""
    name = f"The backup {shown(source)}"
    beside = source if is_url(location) else Path(os.path.realpath(Path(location).expanduser()))
    folder = beside.parent
    if is_url(location):
        folder = Path(tempfile.gettempdir())
    content = partial_name(folder / f"{beside.name}.restore")
    tell("Checking", 0, 3)
    try:
        refuse_network_file_system(folder)
        os.close(os.open(content, os.O_RDWR | os.O_CREAT | os.O_EXCL, backup.PRIVATE))
        _copy(source, content, name)
        tell("Checking", 1, 3)
        at_rest.check_pages(content, name)
        if at_rest.version_at(content, name) != HEAD:
            migrate(str(content))
            at_rest.as_one_file(content)
        tell("Checking", 2, 3)
        found = at_rest.check(content, name)
        tell("Checking", 3, 3)
        yield content, found
    except OSError as error:
        raise StoreTrouble(f"A copy of the backup cannot be written to {shown(folder)}: {error.strerror}.") from None
    finally:
        remove(content)
        for made in folder.glob(f"{escape(content.name)}.*"):
            made.unlink(missing_ok=True)  # what the migration of the copy put beside it


def _copy(source: Path, content: Path, name: str) -> None:
    if source.stat().st_size == 0:
        raise StoreTrouble(f"{name} is empty.")
    try:
        backup.copy_pages(source, content)
    except StoreTrouble:
        raise StoreTrouble(f"{name} is damaged.") from None
    except dbapi.Error as error:
        text = str(error).lower()
        if "not a database" in text:
            raise StoreTrouble(f"{name} is not a store of agent-tui.") from error
        if "malformed" in text:
            raise StoreTrouble(f"{name} is damaged.") from error
        raise trouble(error) from error


def _into_file(
    location: str, content: Path, found: tuple[SiteHead, ...], source: Path, who: Who, dry_run: bool, tell: Progress
) -> Restored | Refused:
    path = Path(os.path.realpath(Path(location).expanduser()))
    exists = os.path.lexists(path)
    before: tuple[SiteHead, ...] = ()
    if exists:
        if not path.is_file():
            raise StoreTrouble(f"{shown(path)} is not a plain file, so it is no store.")
        if path == source:
            return Refused("not_possible", "A store cannot be restored from itself.")
        old = _old(path, who.login)
        if isinstance(old, Refused):
            return old
        before = old
    if not before:
        refused = _administers(content, found, who.login)
        if refused is not None:
            return refused
    aside = _aside(path, who.now)
    kept = shown(aside) if exists else None
    if not dry_run:
        tell("Restoring", 0, 1)
        if exists:
            replace_content(path, content, aside)
        else:
            with made_whole(path) as partial:
                content.rename(partial)
            to_disk(path)
        tell("Restoring", 1, 1)
    on_record = dry_run or _recorded(str(path), before, found, source, who)
    return Restored(shown(path), shown(source), kept, HEAD, before, found, on_record, dry_run)


def _old(path: Path, login: str) -> tuple[SiteHead, ...] | Refused:
    """Return the heads of the store that is replaced, none where it cannot be read; only its administrator may replace it."""
    store = Store(str(path))
    try:
        with reading(store) as connection:
            seen = at_rest.heads_of(connection)
            return not_administrator(Unit(connection, store), [one.site for one in seen], login) or seen
    except StoreTrouble as met:
        if is_of_another_program(path):
            raise StoreTrouble(f"{shown(path)} is the database of another program, and stays as it is.") from met
        return ()
    finally:
        store.close()


def _administers(content: Path, found: tuple[SiteHead, ...], login: str) -> Refused | None:
    with at_rest.looked_at(content) as connection:
        return not_administrator(Unit(connection), [one.site for one in found], login)


def _aside(path: Path, now: datetime) -> Path:
    """Return a name beside a store, of this moment of site time, that nothing has; not that of a backup, which it is not."""
    name = stem = f"{path.name}.replaced-{now:%Y-%m-%dT%H%M%S}"
    number = 1
    while os.path.lexists(path.with_name(name)):
        number += 1
        name = f"{stem}-{number}"
    return path.with_name(name)


def _recorded(location: str, before: tuple[SiteHead, ...], found: tuple[SiteHead, ...], source: Path, who: Who) -> bool:
    """Write down how far the old log went, so that the doctor tells what is gone, and that a backup was restored."""
    store, day = Store(location), who.now.date()
    try:
        went = head_service.record_whole(store, who.heads, day, who.login, before, heads.SEEN)
        now = head_service.record_whole(store, who.heads, day, who.login, found, heads.RESTORED, str(source))
        return went and now
    finally:
        store.close()


def _into_server(
    location: str,
    content: Path,
    found: tuple[SiteHead, ...],
    source: Path,
    who: Who,
    dry_run: bool,
    progress: Progress | None,
) -> Restored | Refused:
    refused = _administers(content, found, who.login) or _not_empty(location)
    if refused is not None:
        return refused
    if not dry_run:
        done = copy_store(str(content), location, who.login, accept_old_sqlite=True, progress=progress)
        if isinstance(done, Refused):
            return done
    on_record = dry_run or _recorded(location, (), found, source, who)
    return Restored(shown(location), shown(source), None, HEAD, (), found, on_record, dry_run)


def _not_empty(location: str) -> Refused | None:
    store = Store(location)
    try:
        if schema_version(store.read_engine) is None:
            return None
        open_store(location).close()  # an older and a newer schema are refused with their sentences
        with reading(store) as connection:
            there = [one.site for one in at_rest.heads_of(connection)]
    finally:
        store.close()
    if there:
        text = f"The database has the site {', '.join(there)}: restore into an empty database, and use that one from then on."
        return Refused("exists", text)
    return None
