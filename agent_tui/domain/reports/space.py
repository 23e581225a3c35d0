"""White space over time and by diary, and how near the bookings come to what could have been booked."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from agent_tui.domain.reports.facts import Taken, Unserved
from agent_tui.domain.reports.shape import COUNT, MINUTES, SHARE, TEXT, Column, Report, Row, Table, share
from agent_tui.domain.reports.span import Span
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import MINUTES_PER_TICK

WHITE_SPACE, EFFICIENCY = "whitespace", "efficiency"
TITLES = {WHITE_SPACE: "White space", EFFICIENCY: "Allocation efficiency"}


class Space(NamedTuple):
    """One diary's day in minutes: open, free, stranded of the free; `fillable` of the open is what lengths can fill."""

    diary: str
    day: str
    open: int
    free: int
    stranded: int
    fillable: int


_FREE = (
    Column("open_minutes", "Open", MINUTES),
    Column("free_minutes", "Free", MINUTES),
    Column("usable_minutes", "Usable", MINUTES),
    Column("stranded_minutes", "Stranded", MINUTES),
    Column("stranded_share", "Stranded of open", SHARE),
)


@dataclass(slots=True)
class _Sum:
    """Minutes of one row."""

    open: int = 0
    free: int = 0
    stranded: int = 0
    fillable: int = 0

    def add(self, open: int, free: int, stranded: int, fillable: int) -> None:
        self.open += open
        self.free += free
        self.stranded += stranded
        self.fillable += fillable

    @property
    def cells(self) -> Row:
        """Return the figures of white space."""
        return (self.open, self.free, self.free - self.stranded, self.stranded, share(self.stranded, self.open))


def white_space(catalogue: Catalogue, span: Span, spaces: Iterable[Space]) -> Report:
    """Return the free time of the diaries' days, and the part of it that no combination of the allowed types can use.

    Of days gone by it is what nobody had at the end. Source: seeds/spotlight-appointment-booking.txt, "How to check
    appropriate use of appointment types".
    """
    periods = [_Sum() for _ in span.periods]
    diaries: dict[str, _Sum] = {}
    whole = _Sum()
    for one in spaces:
        for row in (periods[span.row_of[one.day]], diaries.setdefault(one.diary, _Sum()), whole):
            row.add(*one[2:])
    head = Column("period", span.step.capitalize(), TEXT)
    over_time = tuple((period.name, *one.cells) for period, one in zip(span.periods, periods, strict=True))
    by_diary = []
    for code in sorted(diaries):
        known = catalogue.diaries.get(code)
        by_diary.append((code, known.coach if known else "-", known.team if known else "-", *diaries[code].cells))
    named = (Column("diary", "Diary", TEXT), Column("coach", "Coach", TEXT), Column("team", "Team", TEXT))
    tables = (
        Table("periods", "Over time", (head, *_FREE), over_time, ("All", *whole.cells), chart="stranded_share", by_time=True),
        Table("diaries", "By diary", (*named, *_FREE), tuple(by_diary), ("All", "", "", *whole.cells), chart="stranded_share"),
    )
    return Report(WHITE_SPACE, TITLES[WHITE_SPACE], span.first, span.last, span.step, tables)


_ALLOCATED = (
    Column("open_minutes", "Open", MINUTES),
    Column("asked_minutes", "Asked for", MINUTES),
    Column("bound_minutes", "Could be booked", MINUTES),
    Column("booked_minutes", "Booked", MINUTES),
    Column("refused", "Refused calls", COUNT),
    Column("efficiency", "Of what could be", SHARE),
)


@dataclass(frozen=True, slots=True)
class Bounded:
    """Of one ISO week: the minutes that could have been booked at most, whatever the way to offer starts."""

    first: date
    minutes: int


def efficiency(
    catalogue: Catalogue,
    span: Span,
    spaces: Iterable[Space],
    taken: Iterable[Taken],
    refused: Sequence[Unserved],
    bounds: Mapping[str, int] | None = None,
) -> Report:
    """Return, by week, the minutes that were booked against those that could have been, knowing every request beforehand.

    What was asked for in a week are its appointments and the calls of it that ended without a booking. The bound is the least of
    that, of what the allowed lengths can fill of the open time, and of a linear programme's where `bounds` has one (by the ISO
    day of the period's first day). A period with more booked than that has appointments outside the open time.
    Source: SOP section 6, "resource allocation efficiency", and guides/offering.md (hindsight upper bound).
    """
    weeks = Span(span.first, span.last, "week")
    sums = [_Sum() for _ in weeks.periods]
    for one in spaces:
        sums[weeks.row_of[one.day]].add(*one[2:])
    booked, asked, calls = Counter[int](), Counter[int](), Counter[int]()
    for kept in taken:
        if kept.kind == "appointment":
            booked[weeks.row_of[kept.day]] += (kept.end - kept.start) * MINUTES_PER_TICK
    for call in refused:
        number, kind = weeks.row_of[call.day], catalogue.types.get(call.type)
        asked[number] += (kind.minutes_on(date.fromisoformat(call.day)) or 0) if kind is not None else 0
        calls[number] += 1
    rows: list[Row] = []
    totals = [0, 0, 0, 0, 0]
    for number, period in enumerate(weeks.periods):
        wanted, mine = asked[number] + booked[number], booked[number]
        bound = min(wanted, sums[number].fillable)
        if bounds is not None and period.first.isoformat() in bounds:
            bound = min(bound, bounds[period.first.isoformat()])
        figures = [sums[number].open, wanted, bound, mine, calls[number]]
        rows.append((period.name, *figures, share(mine, bound)))
        totals = [one + other for one, other in zip(totals, figures, strict=True)]
    total = ("All", *totals, share(totals[3], totals[2]))
    columns = (Column("period", "Week", TEXT), *_ALLOCATED)
    table = Table("weeks", "By week", columns, tuple(rows), total, chart="efficiency", by_time=True)
    exact = "by a linear programme for each week" if bounds else "by the open time and the lengths that are allowed in it"
    note = f"What could be booked is reckoned {exact}, and is never more than was asked for."
    return Report(EFFICIENCY, TITLES[EFFICIENCY], span.first, span.last, "week", (table,), (note,))
