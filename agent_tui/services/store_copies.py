"""Copying sites from one store into another, SQLite or PostgreSQL, all of them or nothing."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from agent_tui.domain.log import SiteHead
from agent_tui.domain.requests import Refused
from agent_tui.services.doctor import Diagnosis, examine
from agent_tui.services.heads import record_whole
from agent_tui.store.at_rest import as_one_file, heads_of
from agent_tui.store.copying import Counted, Progress, copy_rows, reading, sees_all_rows, writing
from agent_tui.store.engine import is_url
from agent_tui.store.heads import SEEN
from agent_tui.store.opening import create_store, open_store, refuse_network_file_system, schema_version
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.trouble import shown
from agent_tui.store.unit_of_work import Store, Unit
from agent_tui.store.whole_files import made_whole

NOT_ADMIN = "A store as a whole is copied, backed up and restored by an administrator of each of its sites"


@dataclass(frozen=True, slots=True)
class Who:
    """Who does something to a whole store, at which site time, and the folder to which heads are written (None: nowhere)."""

    login: str
    now: datetime
    heads: str | None
    accept_old_sqlite: bool = False


@dataclass(frozen=True, slots=True)
class StoreCopy:
    """What was copied: names of both stores, the sites with the ends of their logs, rows and digest of each table."""

    source: str
    target: str
    location: str
    heads: tuple[SiteHead, ...]
    tables: dict[str, Counted]

    @property
    def rows(self) -> int:
        """Return the rows of all tables."""
        return sum(one.rows for one in self.tables.values())


def copy_store(
    source: str,
    target: str,
    login: str,
    *,
    site: str | None = None,
    accept_old_sqlite: bool = False,
    progress: Progress | None = None,
) -> StoreCopy | Refused:
    """Copy a site, or all of them, into another store in one transaction there, and return StoreCopy once all is compared.

    The target is a file or an empty database that becomes a store, or a store that has none of the sites. Refused are other
    logins than administrators, a site that does not exist or that the target has, and rows hidden by the database. Whatever
    raises, an interrupt too, leaves the target as it was.
    """
    store = open_store(source, accept_old_sqlite=accept_old_sqlite)
    try:
        with reading(store) as connection:
            heads = chosen(connection, store, login, site)
            if isinstance(heads, Refused):
                return heads
            wanted = [one.site for one in heads]
            tables = _copy_into(connection, target, wanted, accept_old_sqlite, progress)
            if isinstance(tables, Refused):
                return tables
    finally:
        store.close()
    return StoreCopy(store.name, shown(target), target, heads, tables)


def chosen(connection: Connection, store: Store, login: str, site: str | None = None) -> tuple[SiteHead, ...] | Refused:
    """Return the heads of the sites that a login may copy: one, or all that there are."""
    if not sees_all_rows(connection):
        return Refused(
            "role",
            "A store is copied with the database's login that owns its tables, by an administrator: others see not all rows.",
        )
    heads = heads_of(connection)
    if site is not None:
        heads = tuple(one for one in heads if one.site == site)
        if not heads:
            return Refused("unknown_site", f"There is no site {site[:30]} in {store.name}.")
    if not heads:
        return Refused("unknown_site", f"There is no site in {store.name}.")
    return not_administrator(Unit(connection, store), [one.site for one in heads], login) or heads


def not_administrator(unit: Unit, sites: list[str], login: str) -> Refused | None:
    """Return the refusal of a login that is no administrator at one of some sites; a site without staff has none to ask."""
    for site in sites:
        staff = catalogue_queries.staff(unit, site, login)
        asked = staff is not None or bool(catalogue_queries.staff_names(unit, site))
        if asked and (staff is None or staff.role != "admin" or not staff.enabled):
            return Refused("role", f"{NOT_ADMIN}, and {login[:30]} is none at {site}: say --as LOGIN.")
    return None


def _copy_into(
    source: Connection, target: str, sites: list[str], accept_old_sqlite: bool, progress: Progress | None
) -> dict[str, Counted] | Refused:
    if is_url(target):
        return _into_server(source, target, sites, progress)
    path = Path(os.path.realpath(Path(target).expanduser()))
    if not os.path.lexists(path):
        return copy_into_new_file(source, path, sites, progress)
    store = open_store(target, accept_old_sqlite=accept_old_sqlite)
    try:
        return _beside_others(source, store, sites, progress)
    finally:
        store.close()


def copy_into_new_file(
    source: Connection,
    path: Path,
    sites: list[str],
    progress: Progress | None,
    check: Callable[[Path], object] | None = None,
) -> dict[str, Counted]:
    """Copy sites into a new store of one file, which has its name only once all of it was compared, and passed `check`."""
    name = shown(path)
    refuse_network_file_system(path.parent)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with made_whole(path) as partial:
        create_store(str(partial)).close()
        with writing(str(partial), new_schema=False) as into:
            tables = copy_rows(source, into, sites, name, progress)
        as_one_file(partial)
        if check is not None:
            check(partial)
    return tables


def _into_server(source: Connection, target: str, sites: list[str], progress: Progress | None) -> dict[str, Counted] | Refused:
    store = Store(target)
    try:
        version = schema_version(store.read_engine)
        if version is not None:
            open_store(target).close()  # an older and a newer schema are refused with their sentences
            return _beside_others(source, store, sites, progress)
    finally:
        store.close()
    with writing(target, new_schema=True) as into:
        return copy_rows(source, into, sites, store.name, progress)


def _beside_others(source: Connection, store: Store, sites: list[str], progress: Progress | None) -> dict[str, Counted] | Refused:
    """Copy sites into a store that is there; it takes no other writer until they are in."""
    with writing(store.location, new_schema=False) as into:
        if not sees_all_rows(into):
            return Refused(
                "role",
                "A site is copied in with the login that owns its tables, by an administrator.",
            )
        there = sorted({one.site for one in heads_of(into)} & set(sites))
        if there:
            return Refused("exists", f"{store.name} has the site {', '.join(there)} already, and it stays as it is.")
        return copy_rows(source, into, sites, store.name, progress)


def record_copied(done: StoreCopy, who: Who) -> None:
    """Write the heads of the copied sites down as those of their new place."""
    store = Store(done.location)
    try:
        record_whole(store, who.heads, who.now.date(), who.login, done.heads, SEEN)
    finally:
        store.close()


def examine_sites(location: str, heads: tuple[SiteHead, ...]) -> list[Diagnosis]:
    """Return what the doctor finds in a store, site by site; heads on record are not looked at."""
    store = open_store(location, accept_old_sqlite=True)
    try:
        return [examine(store, one.site) for one in heads]
    finally:
        store.close()
