"""Making an empty site, into which a site's own files are imported."""

import os
from pathlib import Path

from agent_tui.domain.requests import Refused
from agent_tui.domain.set_up import site_problem, staff_problem
from agent_tui.domain.site import Site, Staff
from agent_tui.services.closures import SOURCE, closures_of
from agent_tui.store.engine import is_url
from agent_tui.store.opening import create_store, open_store, schema_version
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.unit_of_work import Store, Unit

ORIGIN = "created"


def create_site(location: str, site: Site, people: tuple[Staff, ...], year: int) -> str | Refused:
    """Make an empty site with its first logins and the closed days around a year, and return the store's name.

    Where there is no store one is made; a store's other sites stay as they are. A code that is used is refused. It has no
    line of the log yet, so that a whole site can be imported into it.
    """
    problem = site_problem(site) or staff_problem(people)
    if problem is not None:
        return Refused("not_possible", problem)
    store = open_or_create(location)

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


def open_or_create(location: str) -> Store:
    """Return the store at a place, a new one where there is none."""
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
