"""Small sites, patterns and requests for Hypothesis to draw from."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from agent_tui.domain.availability import Now
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.requests import AFTERNOON, MORNING, ClockWindow, Request
from agent_tui.domain.site import Catalogue, Diary, Room, Site
from agent_tui.domain.types import AppointmentType, MinutesFrom
from tests.domain.naive import Busy, Taken, day_of

PLACE = Site("LPP", "Leeds Park Place", "1 Park Place, Leeds LS1 2RU", "0113 496 0000", "ENG", "the PAC desk")
LONG_AGO = date(2020, 1, 1)
MONDAY = date(2026, 11, 23)
CODES = ("AAA", "BBB", "CCC")
ALL = frozenset(CODES)
NINE, TEN, NOON, ONE, FIVE = 108, 120, 144, 156, 204


def kind(code: str = "AAA", minutes: int | tuple[MinutesFrom, ...] = 30, **more: Any) -> AppointmentType:
    """Return a type that has always had one length, or has the lengths given."""
    steps = (MinutesFrom(LONG_AGO, minutes),) if isinstance(minutes, int) else minutes
    said = {"channel": "f2f", "group": "review", "key": False, "minutes": steps, **more}
    return AppointmentType(code, f"Type {code}", **said)


def diary(code: str = "D01", team: str = "A", types: frozenset[str] = ALL, *, enabled: bool = True) -> Diary:
    """Return a diary that takes some types."""
    return Diary(code, f"Diary {code}", f"Coach {code}", None, team, enabled, types)


def weekly(
    id: str, segments: tuple[Segment, ...], day: date = MONDAY, level: str = "site", owner: str = "", *, off: bool = False
) -> Pattern:
    """Return a pattern that has always held on the weekday of a day."""
    return Pattern(id, level, owner, day.weekday(), None, LONG_AGO, None, segments, off)


def every_day(segments: tuple[Segment, ...], level: str = "site", owner: str = "") -> tuple[Pattern, ...]:
    """Return one pattern for each day of the week."""
    return tuple(Pattern(f"{level}{owner}{n}", level, owner, n, None, LONG_AGO, None, segments) for n in range(7))


def site(
    types: tuple[AppointmentType, ...] = (kind(),),
    diaries: tuple[Diary, ...] = (diary(),),
    patterns: tuple[Pattern, ...] | None = None,
    rooms: tuple[Room, ...] = (),
    closures: dict[date, str] | None = None,
    place: Site = PLACE,
) -> Catalogue:
    """Return a site's rules; without patterns it is open 09:00 to 17:00 every day for every type."""
    return Catalogue(
        version=1,
        site=place,
        types={one.code: one for one in types},
        diaries={one.code: one for one in diaries},
        rooms={one.code: one for one in rooms},
        patterns=every_day((Segment(NINE, FIVE, ALL),)) if patterns is None else patterns,
        closures=closures or {},
        teams={"A": "Team A", "B": "Team B"},
    )


@st.composite
def segments(draw: st.DrawFn, *, most: int = 4) -> tuple[Segment, ...]:
    """Draw segments of one level: gaps and shared edges, some empty, some limited, some of one channel."""
    edges = sorted(draw(st.sets(st.integers(0, 24), min_size=2, max_size=most * 2)))
    out: list[Segment] = []
    for first, last in pairwise(edges):
        if draw(st.booleans()) or (not out and last == edges[-1]):
            shift = draw(st.sampled_from((0, 0, 1, 5)))
            codes = draw(st.sampled_from((ALL, ALL, ("AAA",), ("BBB",), ("AAA", "BBB"), ())))
            channel = draw(st.sampled_from(("all", "all", "all", "f2f", "phone")))
            limit = draw(st.sampled_from((None, None, None, 0, 1, 2)))
            out.append(Segment(first * 12 + shift, last * 12, frozenset(codes), channel, limit))
    return tuple(out)


@st.composite
def pattern_lists(draw: st.DrawFn, first: date) -> tuple[Pattern, ...]:
    """Draw patterns of all levels: weekly ones of several versions, and exceptions of single dates."""
    out: list[Pattern] = []
    for level, owner in (("site", ""), ("team", "A"), ("team", "B"), ("diary", "D01"), ("diary", "D02")):
        if level != "site" and draw(st.booleans()):
            continue
        for weekday in {(first + timedelta(days=n)).weekday() for n in range(2)}:
            begins = draw(st.sets(st.integers(-3, 1), min_size=1, max_size=2))
            for begin in sorted(begins):
                until = first + timedelta(days=draw(st.integers(0, 3))) if draw(st.integers(0, 4)) == 0 else None
                off = level != "site" and draw(st.integers(0, 5)) == 0
                found = () if off and draw(st.booleans()) else draw(segments())
                id = f"{level}{owner}-{weekday}-{begin}"
                starts = first + timedelta(days=begin)
                out.append(Pattern(id, level, owner, weekday, None, starts, until, found, off))
        if draw(st.integers(0, 3)) == 0:
            day = first + timedelta(days=draw(st.integers(0, 1)))
            off = draw(st.booleans())
            found = () if off else draw(segments(most=2))
            out.append(Pattern(f"{level}{owner}-only", level, owner, None, day, day, day, found, off))
    return tuple(out)


FIRST_DAYS = (MONDAY, MONDAY + timedelta(days=3), date(2027, 3, 27), date(2026, 10, 24))


@st.composite
def sites(draw: st.DrawFn, first: date) -> Catalogue:
    """Draw a site of three diaries, three types and three rooms for some days from `first`."""
    steps = (MinutesFrom(LONG_AGO, 40), MinutesFrom(first + timedelta(days=1), 15))
    later = (MinutesFrom(first + timedelta(days=1), 25),)
    types = (
        kind("AAA", draw(st.sampled_from((5, 10, 30, 50, 480)))),
        kind("BBB", channel="phone", minutes=draw(st.sampled_from((steps, later)))),
        kind("CCC", 20, needs=draw(st.sampled_from(((), ("room",), ("room", "loop"))))),
    )
    diaries = (
        diary("D01", "A", draw(st.sampled_from((ALL, ALL, frozenset({"AAA"}))))),
        diary("D02", "B", draw(st.sampled_from((ALL, frozenset({"BBB", "CCC"}))))),
        diary("D03", "A", ALL, enabled=draw(st.integers(0, 3)) > 0),
    )
    rooms = (
        Room("R01", "room", "Room 1", frozenset({"room"}), draw(st.booleans())),
        Room("R02", "room", "Room 2", frozenset({"room", "loop"}), True),
        Room("R03", "loop", "A loop", frozenset({"loop"}), draw(st.booleans())),
    )
    closures = {first + timedelta(days=1): "A holiday"} if draw(st.integers(0, 5)) == 0 else {}
    place = Site("LPP", "Leeds", "1 Park Place", "0113 496 0000", "ENG", "PAC", draw(st.sampled_from((0, 0, 5, 60, 1500))))
    return site(types, diaries, draw(pattern_lists(first)), rooms, closures, place)


@st.composite
def taken(draw: st.DrawFn, catalogue: Catalogue, first: date) -> Taken:
    """Draw time that is taken of diaries, rooms and the claimant, and uses of every limit."""

    def busy(who: str) -> Busy:
        start = draw(st.integers(0, 280))
        day = first + timedelta(days=draw(st.integers(0, 1)))
        return Busy(who, day, start, min(288, start + draw(st.sampled_from((1, 2, 6, 10, 40)))))

    names = (*catalogue.diaries, *catalogue.rooms)
    resources = tuple(busy(draw(st.sampled_from(names))) for _ in range(draw(st.integers(0, 10))))
    client = tuple(busy("client") for _ in range(draw(st.integers(0, 2))))
    limits: dict[tuple[str, date, str, int], int] = {}
    for one in catalogue.diaries.values():
        for day in (first, first + timedelta(days=1)):
            for rule in day_of(catalogue, one, day):
                if rule is not None and rule[1].limit is not None:
                    key = (one.code, day, rule[0].id, rule[1].start)
                    if key not in limits:
                        limits[key] = draw(st.integers(0, rule[1].limit))
    return Taken(resources, client, tuple((*key, count) for key, count in limits.items() if count))


@st.composite
def requests(draw: st.DrawFn, first: date) -> Request:
    """Draw a search of up to two days with any of its filters."""
    whole = draw(st.integers(0, 280))
    windows = (None, None, MORNING, AFTERNOON, ClockWindow(whole, min(288, whole + 60), True))
    return Request(
        type=draw(st.sampled_from(CODES)),
        first_day=first,
        last_day=first + timedelta(days=draw(st.integers(0, 1))),
        window=draw(st.sampled_from(windows)),
        near=draw(st.sampled_from((None, None, 0, 130, 287))),
        diary=draw(st.sampled_from((None, None, None, "D01", "D02"))),
        team=draw(st.sampled_from((None, None, None, "A", "B"))),
        channel=draw(st.sampled_from((None, None, None, "f2f", "phone"))),
        needs=draw(st.sampled_from(((), (), (), ("room",), ("loop", "room")))),
        notice=draw(st.sampled_from((None, None, 0, 7, 120))),
        limit=None,
        every=True,
    )


@st.composite
def moments(draw: st.DrawFn, first: date) -> Now:
    """Draw a site time around the first day of a search."""
    return Now(first + timedelta(days=draw(st.sampled_from((-1, -1, 0, 0, 1)))), draw(st.sampled_from((0, 60, 110, 150, 288))))


@st.composite
def searches(draw: st.DrawFn) -> tuple[Catalogue, Request, Taken, Now]:
    """Draw a whole search."""
    first = draw(st.sampled_from(FIRST_DAYS))
    catalogue = draw(sites(first))
    return catalogue, draw(requests(first)), draw(taken(catalogue, first)), draw(moments(first))
