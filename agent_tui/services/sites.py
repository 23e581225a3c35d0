"""Making an empty site, into which a site's own files are imported."""

import os
import re
from pathlib import Path

from agent_tui.domain.cleaning import clean
from agent_tui.domain.requests import Refused
from agent_tui.domain.site import Site, Staff
from agent_tui.services.closures import NATIONS, SOURCE, closures_of
from agent_tui.store.engine import is_url
from agent_tui.store.opening import create_store, open_store, schema_version
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.unit_of_work import Store, Unit

ORIGIN = "created"
_CODE = re.compile(r"[A-Z0-9]{2,10}", re.ASCII)
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{0,59}", re.ASCII | re.IGNORECASE)


def create_site(location: str, site: Site, people: tuple[Staff, ...], year: int) -> str | Refused:
    """Make an empty site with its first logins and the closed days around a year, and return the store's name.

    Where there is no store one is made; a store's other sites stay as they are. A code that is used is refused. It has no
    line of the log yet, so that a whole site can be imported into it.
    """
    problem = _problem(site, people)
    if problem is not None:
        return Refused("not_possible", problem)
    store = _store(location)

    def work(unit: Unit) -> str | Refused:
        if site.code in catalogue_queries.sites(unit):
            return Refused("not_possible", f"There is a site {site.code} in this store already.")
        catalogue_queries.insert_site(unit, site, ORIGIN)
        catalogue_queries.insert_staff(unit, site.code, people)
        closures = closures_of(site.nation, range(year - 1, year + 3))
        catalogue_queries.insert_closures(unit, site.code, closures, SOURCE)
        return store.name

    try:
        return store.write(work)
    finally:
        store.close()


def _problem(site: Site, people: tuple[Staff, ...]) -> str | None:
    if not _CODE.fullmatch(site.code):
        return "A site's code has 2 to 10 characters: capitals and digits, such as LPP."
    if not clean(site.name) or not clean(site.place):
        return "A site needs a name and a place."
    if site.nation not in NATIONS:
        return f"The nation is one of {', '.join(NATIONS)}."
    if not people or not all(_LOGIN.fullmatch(one.login) for one in people):
        return "A login has letters, digits and . _ @ - only."
    if len({one.login for one in people}) != len(people):
        return "One login cannot have two roles."
    return None


def _store(location: str) -> Store:
    if is_url(location):
        store = Store(location)
        try:
            if schema_version(store.read_engine) is not None:
                return open_store(location)
        finally:
            store.close()
        return create_store(location)
    exists = os.path.lexists(os.path.realpath(Path(location).expanduser()))
    return open_store(location) if exists else create_store(location)
