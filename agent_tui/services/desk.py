"""Where somebody works: an open store, a site, who they are, and site time."""

from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from agent_tui.domain.availability import Now
from agent_tui.domain.roles import OFF, TITLES
from agent_tui.domain.site import Catalogue, Staff
from agent_tui.domain.wall_time import first_open_tick, instant_ms
from agent_tui.services.looks import Looks
from agent_tui.store import driver
from agent_tui.store.opening import open_store
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries.log import Stamp
from agent_tui.store.trouble import StoreTrouble
from agent_tui.store.unit_of_work import Store, Unit

STOREKEEPERS = "admin"


def switched_off(login: str) -> str:
    """Return the sentence that a login may not act, and who could change that."""
    return f"The login {login[:30]} is switched off; a supervisor or an administrator can switch it on again."


class DeskRefused(Exception):
    """A site or login that does not exist; the message is a sentence, the code that of a refusal."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass
class _Cache:
    catalogue: Catalogue | None = None
    lock: Lock = field(default_factory=Lock)


@dataclass(frozen=True)
class Desk:
    """An open store seen by one person at one site; `now` is naive wall time, `hold_seconds` None for the site's."""

    store: Store
    site: str
    staff: Staff
    now: datetime
    hold_seconds: int | None = None
    cache: _Cache = field(default_factory=_Cache)
    looks: Looks = field(default_factory=Looks)

    def catalogue(self, unit: Unit) -> Catalogue:
        """Return the site's rules as of now."""
        return self.catalogue_of(unit, catalogue_queries.version(unit, self.site))

    def catalogue_of(self, unit: Unit, number: int) -> Catalogue:
        """Return the site's rules of a version that was just read."""
        with self.cache.lock:
            cached = self.cache.catalogue
            if cached is None or cached.version != number:
                cached = catalogue_queries.load(unit, self.site)
                if cached is None:
                    raise StoreTrouble(f"The store has no site {self.site}.")
                self.cache.catalogue = cached
            return cached

    def still_may_act(self, catalogue: Catalogue) -> None:
        """Raise DeskRefused when the login was switched off or given another role since this desk was opened."""
        now = catalogue.logins.get(self.staff.login, self.staff.role)
        if now == OFF:
            raise DeskRefused("role", switched_off(self.staff.login))
        if now != self.staff.role:
            sentence = (
                f"Your role is {TITLES[now]} now, no longer {TITLES[self.staff.role]}: leave the program and start it again."
            )
            raise DeskRefused("role", sentence)

    def stamp(self, unit: Unit) -> Stamp:
        """Return who writes a line and when, once it is sure that they still may: as `still_may_act`."""
        catalogue = self.catalogue(unit)
        self.still_may_act(catalogue)
        return Stamp(self.site, self.staff.login, self.staff.role, self.at(catalogue.site.zone), unit.clock_ms())

    def site_now(self) -> Now:
        """Return today and the first tick that has not begun."""
        return Now(self.now.date(), first_open_tick(self.now))

    def at(self, zone: str) -> int:
        """Return site time as an instant in ms UTC."""
        return instant_ms(self.now, zone)

    def seen_at(self, now: datetime) -> "Desk":
        """Return the same desk at another site time."""
        return Desk(self.store, self.site, self.staff, now, self.hold_seconds, self.cache, self.looks)


def open_desk(
    location: str,
    login: str,
    now: datetime,
    *,
    site: str | None = None,
    hold_seconds: int | None = None,
    explicit_login: bool = True,
    accept_old_sqlite: bool = False,
) -> Desk:
    """Return the desk of a login; an unknown site or an unknown login that was named raises DeskRefused.

    A computer's own user who is not on the staff list works as an agent who sees initials only.
    """
    store = open_store(location, accept_old_sqlite=accept_old_sqlite)
    try:
        with store.read() as unit:
            codes = catalogue_queries.sites(unit)
            if not codes and unit.is_member:
                raise DeskRefused("role", _NO_MEMBER)
            chosen = _chosen_site(codes, site)
            staff = catalogue_queries.staff(unit, chosen, login)
            own = catalogue_queries.member(unit, chosen) if unit.is_member else login
            if own != login:
                sentence = f"This login of the database is that of {own}, and nobody can act in another's name: say --as {own}."
                raise DeskRefused("role", sentence)
            if staff is not None and not staff.enabled:
                raise DeskRefused("role", switched_off(login))
            if staff is None and explicit_login:
                known = ", ".join(sorted(catalogue_queries.staff_names(unit, chosen))[:4])
                there = f"there are {known} and others"
                raise DeskRefused("role", f"No member of staff has the login {login[:30]}, which a supervisor can add; {there}.")
    except BaseException:
        store.close()
        raise
    return Desk(store, chosen, staff or Staff(login, login, "agent", known=False), now, hold_seconds)


def sqlite_warning(desk: Desk) -> str | None:
    """Return what to show while the SQLite library is one that can damage a shared store, or None."""
    if desk.store.engine_name != "sqlite" or driver.sqlite_is_safe():
        return None
    return f"SQLite {driver.sqlite_version} is old: keep to one terminal on this store"


_NO_MEMBER = "This login of the database has no role at any site; an administrator gives it one with: agent-tui store roles."


def _chosen_site(codes: list[str], site: str | None) -> str:
    if site is not None:
        if site not in codes:
            raise DeskRefused("unknown_site", f"There is no site {site[:30]}; the store has: {', '.join(codes) or 'none'}.")
        return site
    if len(codes) != 1:
        raise DeskRefused("unknown_site", f"Say which site with --site; the store has: {', '.join(codes) or 'none'}.")
    return codes[0]
