"""A small site for tests: four diaries, five types, two rooms, staff of every role, ten claimants.

Monday to Friday 09:00-17:00 with 12:00-13:00 free for lunch; diary D04 takes two appointments at most in 09:00-11:00.
CC-PHONE is assigned to no diary, so a wish for it is handed off.
"""

from datetime import date, datetime

from agent_tui.domain.clients import Client
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.site import Diary, Room, Site, Staff
from agent_tui.domain.types import AppointmentType, MinutesFrom
from agent_tui.services.desk import Desk, open_desk
from agent_tui.store.opening import create_store
from agent_tui.store.queries import catalogue, clients
from agent_tui.store.unit_of_work import Store, Unit

SITE = "LPP"
NOW = datetime(2026, 11, 24, 9, 0)  # a Tuesday
DAY = date(2026, 11, 25)
NINE, TEN, NOON, ONE, FIVE = 108, 120, 144, 156, 204
FROM = date(2020, 1, 1)


def _type(
    code: str, name: str, channel: str, group: str, minutes: int, *, key: bool, needs: tuple[str, ...] = ()
) -> AppointmentType:
    return AppointmentType(code, name, channel, group, key, (MinutesFrom(FROM, minutes),), needs=needs, bring="proof of identity")


TYPES = (
    _type("FC-F2F", "First commitment - F2F", "f2f", "commitments", 50, key=True),
    _type("WSR-PHONE", "Work search review - phone", "phone", "review", 10, key=False),
    _type("NJR-F2F", "New jobseeker review - F2F", "f2f", "review", 30, key=False),
    _type("EV-F2F", "Evidence interview - F2F", "f2f", "evidence", 20, key=False, needs=("room",)),
    _type("CC-PHONE", "Childcare call - phone", "phone", "specialist", 30, key=False),
)
ASSIGNED = frozenset(kind.code for kind in TYPES) - {"CC-PHONE"}
TEAMS = {"A": "Team A", "B": "Team B"}
DIARIES = tuple(
    Diary(f"D{number:02d}", f"Diary {number}", f"Coach {number}", f"coach{number}", team, True, ASSIGNED)
    for number, team in ((1, "A"), (2, "A"), (3, "B"), (4, "B"))
)
ROOMS = (
    Room("R01", "room", "Room 1", frozenset({"room"}), True),
    Room("R02", "room", "Room 2", frozenset({"room", "hearing loop"}), True),
)
STAFF = (
    Staff("agent1", "Ann Archer", "agent"),
    Staff("agent2", "Bob Brook", "agent"),
    Staff("leader1", "Lea Lowe", "leader", "site staff"),
    Staff("super1", "Sue Stone", "supervisor", "site staff"),
    Staff("admin1", "Ada Marsh", "admin", "site staff"),
    *(Staff(f"coach{number}", f"Coach {number}", "coach", "site staff", f"D{number:02d}") for number in range(1, 5)),
)
CLIENTS = tuple(Client(f"C{number:06d}", f"Sana Khan {number}", phone=f"0113 496 {number:04d}") for number in range(1, 11))


def patterns() -> list[Pattern]:
    """Return the site's week, and over it D04's limited start of each weekday."""
    week = (Segment(NINE, NOON, ASSIGNED), Segment(ONE, FIVE, ASSIGNED))
    limited = (Segment(NINE, 132, ASSIGNED, limit=2),)
    return [
        *(Pattern(f"site-{day}", "site", "", day, None, FROM, None, week) for day in range(5)),
        *(Pattern(f"D04-{day}", "diary", "D04", day, None, FROM, None, limited) for day in range(5)),
    ]


def fill_site(unit: Unit, site: str = SITE) -> None:
    """Write the whole site into an empty store."""
    place = Site(site, "Leeds Park Place", "1 Park Place, Leeds LS1 2RU", "0113 496 0000", "ENG", "PAC desk")
    catalogue.insert_site(unit, place, "test")
    catalogue.insert_types(unit, site, TYPES)
    catalogue.insert_teams(unit, site, TEAMS)
    catalogue.insert_diaries(unit, site, DIARIES)
    catalogue.insert_rooms(unit, site, ROOMS)
    catalogue.insert_staff(unit, site, STAFF)
    catalogue.insert_patterns(unit, site, patterns())
    catalogue.insert_closures(unit, site, {date(2026, 12, 25): "Christmas Day"}, "test")
    clients.insert_many(unit, site, CLIENTS)
    clients.set_counter(unit, site, len(CLIENTS))


def make_site(location: str) -> None:
    """Make a new store at a path or URL and write the small site into it."""
    store: Store = create_store(location)
    try:
        store.write(fill_site)
    finally:
        store.close()


def desk(location: str, login: str = "agent1", now: datetime = NOW, hold_seconds: int | None = None) -> Desk:
    """Return the desk of a member of staff; whoever opens it closes its store."""
    return open_desk(location, login, now, hold_seconds=hold_seconds)
