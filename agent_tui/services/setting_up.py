"""The first store of a person: a site that is set up in a few answers, or made of a site's own files; whole, or not at all."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from agent_tui.domain.requests import Refused
from agent_tui.domain.set_up import NATIONS, USUAL_CONTACT, SetUp, site_problem, staff_problem
from agent_tui.domain.site import Site, Staff
from agent_tui.domain.types import AppointmentType
from agent_tui.domain.wall_time import instant_ms
from agent_tui.resources import data_file
from agent_tui.services.closures import SOURCE, closures_of
from agent_tui.services.desk import open_desk
from agent_tui.services.import_answer import Imported
from agent_tui.services.import_world import Progress
from agent_tui.services.importing import import_files
from agent_tui.services.restoring import exported_code
from agent_tui.services.sites import create_site, open_or_create
from agent_tui.services.types_admin import read_type_file
from agent_tui.store.engine import is_url
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import guarantees as guarantee_queries
from agent_tui.store.trouble import StoreTrouble, shown
from agent_tui.store.unit_of_work import Unit
from agent_tui.store.whole_files import made_whole

ORIGIN = "set up"


@dataclass(frozen=True, slots=True)
class Made:
    """A site that was made: the store, its code and how much of each there is; `logins` are those of no coach."""

    store: str
    site: str
    teams: int
    diaries: int
    rooms: int
    types: int
    logins: tuple[str, ...]


def is_missing(location: str) -> bool:
    """Return whether a store is a file that does not exist, so that one can be made there; no file is opened."""
    try:
        return not is_url(location) and not os.path.lexists(os.path.realpath(Path(location).expanduser()))
    except (RuntimeError, ValueError, OSError):
        return False


def set_up(location: str, wanted: SetUp, now: datetime) -> Made | Refused:
    """Make a site with the types that are shipped, every coach taking all of them, in one transaction.

    A file that does not exist is made and has its name only when all is in it; in a store that exists the site is one more.
    A code that is used is refused. Trouble with the store raises StoreTrouble.
    """
    problem = site_problem(wanted.site) or staff_problem(wanted.staff)
    if problem is not None:
        return Refused("not_possible", problem)
    types = _shipped_types()

    def work(unit: Unit) -> Refused | None:
        if wanted.site.code in catalogue_queries.sites(unit):
            return Refused("not_possible", f"There is a site {wanted.site.code} in this store already.")
        _write(unit, wanted, types, now)
        return None

    with _whole(location) as place:
        store = open_or_create(place)
        try:
            refused = store.write(work)
        finally:
            store.close()
        name = store.name
    if refused is not None:
        return refused
    logins = tuple(one.login for one in wanted.staff if one.role != "coach")
    counts = (len(wanted.teams), len(wanted.diaries), len(wanted.rooms), len(types))
    return Made(location if place != location else name, wanted.site.code, *counts, logins)


def import_site(
    location: str, site: Site | None, administrator: str, paths: Sequence[Path], now: datetime, progress: Progress | None = None
) -> Imported | Refused:
    """Make a store of a site's own files where there is none; unless every row is well nothing is made.

    Without `site` the one path is an exported site, which says itself where it is. The administrator is one of the site's
    logins afterwards. A store that exists is refused, and a path that names no file raises Unreadable.
    """
    if not is_missing(location):
        return Refused("not_possible", "There is a store already; load the files into it with agent-tui import.")
    if site is None:
        code = exported_code(paths[0])
        if code is None:
            return Refused("not_possible", "This is no site that was exported with agent-tui export jsonl.")
        # Only the code is kept: the row of the file takes the place of the rest.
        site = Site(code, code, code, "", NATIONS[0], USUAL_CONTACT)
    try:
        with _whole(location) as place:
            people = (Staff(administrator, administrator, "admin", "site staff"),)
            made = create_site(place, site, people, now.year)
            done = made if isinstance(made, Refused) else _imported(place, site.code, administrator, paths, now, progress)
            if isinstance(done, Refused) or done.status != "loaded":
                raise _NotMade(done)
    except _NotMade as stopped:
        return stopped.done
    return done


class _NotMade(Exception):
    def __init__(self, done: Imported | Refused) -> None:
        super().__init__()
        self.done = done


def _imported(
    place: str, site: str, login: str, paths: Sequence[Path], now: datetime, progress: Progress | None
) -> Imported | Refused:
    desk = open_desk(place, login, now, site=site, accept_old_sqlite=True)
    try:
        return import_files(desk, paths, progress=progress)
    finally:
        desk.store.close()


@contextmanager
def _whole(location: str) -> Iterator[str]:
    """Yield where to make the store: beside a file that does not exist and gets its name at the end, else the place itself."""
    if not is_missing(location):
        yield location
        return
    target = Path(os.path.realpath(Path(location).expanduser()))
    folder = target.parent
    try:
        folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    except OSError as error:
        raise StoreTrouble(f"No store can be made in {shown(str(folder))}: {error.strerror}.") from None
    with made_whole(target) as partial:
        yield str(partial)


def _shipped_types() -> tuple[AppointmentType, ...]:
    read = read_type_file(data_file("types.csv"))
    if read.problems:
        raise ValueError(f"data/types.csv: {read.problems[0]}")
    return read.types


def _write(unit: Unit, wanted: SetUp, types: Sequence[AppointmentType], now: datetime) -> None:
    site, codes = wanted.site.code, frozenset(kind.code for kind in types)
    catalogue_queries.insert_site(unit, wanted.site, ORIGIN)
    catalogue_queries.insert_types(unit, site, types)
    catalogue_queries.insert_teams(unit, site, dict(wanted.teams))
    catalogue_queries.insert_diaries(unit, site, [replace(one, types=codes) for one in wanted.diaries])
    catalogue_queries.insert_rooms(unit, site, wanted.rooms)
    catalogue_queries.insert_staff(unit, site, wanted.staff)
    catalogue_queries.insert_patterns(unit, site, wanted.patterns(codes))
    catalogue_queries.insert_closures(unit, site, closures_of(wanted.site.nation, range(now.year - 1, now.year + 3)), SOURCE)
    guarantee_queries.settle_usual(unit, site, codes, instant_ms(now, wanted.site.zone))
