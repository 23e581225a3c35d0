"""The site that is tortured: as many diaries, days, agents and claimants as asked for, with two rooms to fight over.

Monday to Friday 09:00-17:00 with 12:00-13:00 free for lunch; the last diary takes six appointments at most in 09:00-11:00.
"""

from datetime import date, datetime, timedelta

from agent_tui.domain.clients import Client
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.site import Diary, Site, Staff
from agent_tui.store.opening import create_store
from agent_tui.store.queries import catalogue, clients
from agent_tui.store.unit_of_work import Unit
from tests.small_site import ASSIGNED, FIVE, FROM, NINE, NOON, NOW, ONE, ROOMS, TEAMS, TYPES

SITE = "TOR"
FIRST_DAY = date(2026, 11, 25)
ELEVEN = 132
LIMIT = 6
CLIENTS = 400
# Minutes in ticks; the evidence interview needs a room too.
TICKS = {"FC-F2F": 10, "WSR-PHONE": 2, "NJR-F2F": 6, "EV-F2F": 4}


def diary_codes(count: int) -> list[str]:
    """Return the codes of the first diaries."""
    return [f"D{number:02d}" for number in range(1, count + 1)]


def working_days(count: int, first: date = FIRST_DAY) -> list[date]:
    """Return days from Monday to Friday."""
    days: list[date] = []
    while len(days) < count:
        if first.weekday() < 5:
            days.append(first)
        first += timedelta(days=1)
    return days


def login(number: int) -> str:
    """Return the login of one of the agents."""
    return f"agent{number}"


def agent(number: int) -> Staff:
    """Return one of those who work there: every fourth is a supervisor, who may do everything, all others are agents."""
    return Staff(login(number), f"Agent {number}", "supervisor" if number % 4 == 3 else "agent")


def client(number: int) -> str:
    """Return the opaque id of one of the claimants."""
    return f"C{number % CLIENTS + 1:06d}"


def make_site(location: str, *, diaries: int, agents: int, limit: int = LIMIT) -> None:
    """Make a new store at a path or URL and write the site into it; `limit` is that of the last diary's mornings."""
    codes = diary_codes(diaries)
    week = (Segment(NINE, NOON, ASSIGNED), Segment(ONE, FIVE, ASSIGNED))
    limited = (Segment(NINE, ELEVEN, ASSIGNED, limit=limit),)

    def fill(unit: Unit) -> None:
        place = Site(SITE, "Leeds Park Place", "1 Park Place, Leeds LS1 2RU", "0113 496 0000", "ENG", "PAC desk")
        catalogue.insert_site(unit, place, "torture")
        catalogue.insert_types(unit, SITE, TYPES)
        catalogue.insert_teams(unit, SITE, TEAMS)
        catalogue.insert_diaries(unit, SITE, [Diary(code, code, f"Coach {code}", None, "A", True, ASSIGNED) for code in codes])
        catalogue.insert_rooms(unit, SITE, ROOMS)
        catalogue.insert_staff(unit, SITE, [agent(number) for number in range(agents)])
        catalogue.insert_patterns(
            unit,
            SITE,
            [
                *(Pattern(f"site-{day}", "site", "", day, None, FROM, None, week) for day in range(5)),
                *(Pattern(f"last-{day}", "diary", codes[-1], day, None, FROM, None, limited) for day in range(5)),
            ],
        )
        people = [Client(client(number), f"Sana Khan {number}", phone=f"0113 496 {number:04d}") for number in range(CLIENTS)]
        clients.insert_many(unit, SITE, people)
        clients.set_counter(unit, SITE, CLIENTS)

    store = create_store(location)
    try:
        store.write(fill)
    finally:
        store.close()


def now() -> datetime:
    """Return the site time of the whole run, the day before the first day of the diaries."""
    return NOW
