"""The site that a soak books in: made for it, and refused where anything else is."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from agent_tui.domain.clients import Client
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.requests import Wish
from agent_tui.domain.site import Diary, Site, Staff
from agent_tui.domain.types import AppointmentType, MinutesFrom
from agent_tui.services.demo import origins_of
from agent_tui.store.engine import is_url
from agent_tui.store.opening import checked_path, create_store, remove_store
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.trouble import shown
from agent_tui.store.unit_of_work import Unit

ORIGIN = SITE = "SOAK"
DIARIES, DAYS, CLAIMANTS = 100, 60, 2_000
_FROM = date(2020, 1, 1)
_HALVES = ((108, 144), (156, 204))
SLOT = 6
"""Ticks: no appointment is longer, so that terminals which take slots of their own never meet by accident."""

_STARTS = tuple(start for first, last in _HALVES for start in range(first, last, SLOT))
SLOTS = DIARIES * DAYS * len(_STARTS)
_STRIDE = 7_919
"""A prime that divides no factor of SLOTS: walking by it visits every slot, in no order of days."""

_TYPES = tuple(
    AppointmentType(f"SOAK-{minutes}", f"Soak of {minutes} minutes", "phone", "review", False, (MinutesFrom(_FROM, minutes),))
    for minutes in (10, 20, 30)
)


class SoakRefused(Exception):
    """A soak that is not begun; the message is a sentence that says why, and nothing was changed."""


@dataclass(frozen=True)
class Slots:
    """The half hours of the site after a day, by number."""

    start: date

    @property
    def days(self) -> list[date]:
        """Return the weekdays that are booked into."""
        found, day = list[date](), self.start
        while len(found) < DAYS:
            day += timedelta(days=1)
            if day.weekday() < 5:
                found.append(day)
        return found

    def wishes(self, first: int, every: int) -> Iterator[Wish]:
        """Yield bookings without end: of each `every`-th slot from `first` on, each for another claimant and another type."""
        days, number = self.days, first
        while True:
            place = number * _STRIDE % SLOTS
            diary, rest = place % DIARIES + 1, place // DIARIES
            day, start = days[rest // len(_STARTS)], _STARTS[rest % len(_STARTS)]
            kind, client = _TYPES[number % len(_TYPES)].code, client_of(number)
            yield Wish(kind, day, start, f"D{diary:03d}", client=client)
            number += every


def client_of(number: int) -> str:
    """Return the opaque id of one of the claimants."""
    return f"C{number % CLAIMANTS + 1:06d}"


def login_of(number: int) -> str:
    """Return the login of a terminal."""
    return f"soak{number + 1}"


def site_time(day: date) -> datetime:
    """Return the site time of a whole soak."""
    return datetime(day.year, day.month, day.day, 9)


def make(location: str, terminals: int) -> None:
    """Make a store with the site at a path or URL, in place of one that another soak made; anything else raises SoakRefused."""
    if _is_soaks(location):
        remove_store(location)
    store = create_store(location)
    try:
        store.write(lambda unit: _fill(unit, terminals))
    except BaseException:
        store.close()
        remove_store(location)
        raise
    store.close()


def _is_soaks(location: str) -> bool:
    """Return whether there is a store of an earlier soak; any other one raises SoakRefused."""
    if not is_url(location) and not os.path.lexists(os.path.realpath(Path(location).expanduser())):
        return False
    origins = origins_of(location if is_url(location) else str(checked_path(location)))
    if origins is None:
        return False
    if not origins or any(origin != ORIGIN for origin in origins):
        raise SoakRefused(
            f"There is a store at {shown(location)} that no soak made; a soak fills a store of its own and never one that is"
            " worked in: name another with --store."
        )
    return True


def _fill(unit: Unit, terminals: int) -> None:
    codes = frozenset(kind.code for kind in _TYPES)
    week = tuple(Segment(first, last, codes) for first, last in _HALVES)
    diaries = [Diary(f"D{number:03d}", f"Diary {number}", f"Coach {number}", None, "A", True, codes) for number in _numbers()]
    catalogue_queries.insert_site(unit, Site(SITE, "A soak", "nowhere", "", "ENG", "nobody"), ORIGIN)
    catalogue_queries.insert_types(unit, SITE, _TYPES)
    catalogue_queries.insert_teams(unit, SITE, {"A": "Team A"})
    catalogue_queries.insert_diaries(unit, SITE, diaries)
    staff = [Staff(login_of(number), f"Terminal {number + 1}", "agent") for number in range(terminals)]
    catalogue_queries.insert_staff(unit, SITE, staff)
    catalogue_queries.insert_patterns(
        unit, SITE, [Pattern(f"week-{day}", "site", "", day, None, _FROM, None, week) for day in range(5)]
    )
    client_queries.insert_many(unit, SITE, [Client(client_of(number), f"Claimant {number + 1}") for number in range(CLAIMANTS)])
    client_queries.set_counter(unit, SITE, CLAIMANTS)


def _numbers() -> range:
    return range(1, DIARIES + 1)
