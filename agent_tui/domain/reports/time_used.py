"""Utilisation: how much of the time that was open is booked, by diary, team, type, room and piece of equipment."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from agent_tui.domain.reports.facts import Taken
from agent_tui.domain.reports.shape import COUNT, MINUTES, SHARE, TEXT, Column, Report, Row, Table, share
from agent_tui.domain.reports.span import Span
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import MINUTES_PER_TICK

NAME, TITLE = "utilisation", "Utilisation"

_FIGURES = (
    Column("open_minutes", "Open", MINUTES),
    Column("booked_minutes", "Booked", MINUTES),
    Column("blocked_minutes", "Blocked", MINUTES),
    Column("appointments", "Appointments", COUNT),
    Column("used", "Used", SHARE),
)


@dataclass(slots=True)
class _Sum:
    """Minutes and appointments of one row."""

    open: int = 0
    booked: int = 0
    blocked: int = 0
    appointments: int = 0

    def add(self, one: "_Sum") -> None:
        self.open += one.open
        self.booked += one.booked
        self.blocked += one.blocked
        self.appointments += one.appointments

    @property
    def cells(self) -> Row:
        """Return the figures; time that is blocked counts as open, since somebody chose to use it so."""
        return (self.open, self.booked, self.blocked, self.appointments, share(self.booked, self.open))


Opened = Mapping[tuple[str, str], int]
"""Open minutes by diary and ISO day."""


def utilisation(catalogue: Catalogue, span: Span, taken: Iterable[Taken], opened: Opened) -> Report:
    """Return how much of the open minutes of the diaries that are asked for is booked.

    Appointments that stand, or took place, count with the minutes that they have; a missed one keeps its minutes. Rooms
    and equipment count as open while any of those diaries is. Source: SOP section 6.
    """
    periods = [_Sum() for _ in span.periods]
    diaries: dict[str, _Sum] = {}
    for (diary, day), minutes in opened.items():
        periods[span.row_of[day]].open += minutes
        diaries.setdefault(diary, _Sum()).open += minutes
    types: Counter[str] = Counter()
    type_minutes: Counter[str] = Counter()
    rooms: Counter[str] = Counter()
    room_uses: Counter[str] = Counter()
    row_of = span.row_of
    for one in taken:
        minutes = (one.end - one.start) * MINUTES_PER_TICK
        period, diary_sum = periods[row_of[one.day]], diaries.setdefault(one.diary, _Sum())
        if one.kind == "block":
            period.blocked += minutes
            diary_sum.blocked += minutes
            continue
        period.booked += minutes
        period.appointments += 1
        diary_sum.booked += minutes
        diary_sum.appointments += 1
        types[one.type or "-"] += 1
        type_minutes[one.type or "-"] += minutes
        for room in _rooms(one.resources, one.diary):
            rooms[room] += minutes
            room_uses[room] += 1
    return Report(
        NAME,
        TITLE,
        span.first,
        span.last,
        span.step,
        (
            _by_period(span, periods),
            _by_team(catalogue, diaries),
            _by_diary(catalogue, diaries),
            _by_type(catalogue, types, type_minutes),
            *_by_room(catalogue, rooms, room_uses, _open_together(opened)),
        ),
    )


@lru_cache(maxsize=4096)
def _rooms(resources: str, diary: str) -> tuple[str, ...]:
    return tuple(code for code in json.loads(resources) if code != diary)


def _by_period(span: Span, periods: list[_Sum]) -> Table:
    rows = tuple((period.name, *one.cells) for period, one in zip(span.periods, periods, strict=True))
    head = Column("period", span.step.capitalize(), TEXT)
    return Table("periods", "Over time", (head, *_FIGURES), rows, _total(periods, 1), chart="used", by_time=True)


def _total(sums: Iterable[_Sum], heads: int) -> Row:
    whole = _Sum()
    for one in sums:
        whole.add(one)
    return ("All", *([""] * (heads - 1)), *whole.cells)


def _by_team(catalogue: Catalogue, diaries: Mapping[str, _Sum]) -> Table:
    teams: dict[str, _Sum] = {}
    for code, one in diaries.items():
        known = catalogue.diaries.get(code)
        teams.setdefault(known.team if known else "-", _Sum()).add(one)
    rows = tuple((code, catalogue.teams.get(code, code), *teams[code].cells) for code in sorted(teams))
    columns = (Column("team", "Team", TEXT), Column("name", "Name", TEXT), *_FIGURES)
    return Table("teams", "By team", columns, rows, _total(teams.values(), 2), chart="used")


def _by_diary(catalogue: Catalogue, diaries: Mapping[str, _Sum]) -> Table:
    rows = []
    for code in sorted(diaries):
        known = catalogue.diaries.get(code)
        rows.append((code, known.coach if known else "-", known.team if known else "-", *diaries[code].cells))
    columns = (Column("diary", "Diary", TEXT), Column("coach", "Coach", TEXT), Column("team", "Team", TEXT), *_FIGURES)
    return Table("diaries", "By diary", columns, tuple(rows), _total(diaries.values(), 3), chart="used")


def _by_type(catalogue: Catalogue, types: Mapping[str, int], minutes: Mapping[str, int]) -> Table:
    whole = sum(minutes.values())
    rows = []
    for code in sorted(types, key=lambda one: (-minutes[one], one)):
        known = catalogue.types.get(code)
        rows.append((code, known.name if known else code, types[code], minutes[code], share(minutes[code], whole)))
    columns = (
        *(Column("type", "Type", TEXT), Column("name", "Name", TEXT), Column("appointments", "Appointments", COUNT)),
        *(Column("booked_minutes", "Booked", MINUTES), Column("of_all", "Of all booked", SHARE)),
    )
    total = ("All", "", sum(types.values()), whole, share(whole, whole))
    return Table("types", "By type", columns, tuple(rows), total, chart="booked_minutes")


def _open_together(opened: Opened) -> int:
    """Return the minutes in which a room can be used: of each day as many as its longest open diary has."""
    longest: dict[str, int] = {}
    for (_diary, day), minutes in opened.items():
        longest[day] = max(longest.get(day, 0), minutes)
    return sum(longest.values())


def _by_room(catalogue: Catalogue, minutes: Mapping[str, int], uses: Mapping[str, int], opened: int) -> tuple[Table, Table]:
    columns = (
        *(Column("room", "Room", TEXT), Column("name", "Name", TEXT), Column("open_minutes", "Open", MINUTES)),
        *(
            Column("booked_minutes", "Booked", MINUTES),
            Column("appointments", "Appointments", COUNT),
            Column("used", "Used", SHARE),
        ),
    )
    rooms: list[Row] = []
    equipment: list[Row] = []
    for code in sorted(catalogue.rooms.keys() | minutes.keys()):
        known = catalogue.rooms.get(code)
        row = (code, known.name if known else code, opened, minutes.get(code, 0), uses.get(code, 0))
        (rooms if known is None or known.kind == "room" else equipment).append((*row, share(minutes.get(code, 0), opened)))
    return (
        Table("rooms", "By room", columns, tuple(rooms), chart="used"),
        Table(
            "equipment",
            "By piece of equipment",
            (Column("equipment", "Equipment", TEXT), *columns[1:]),
            tuple(equipment),
            chart="used",
        ),
    )
