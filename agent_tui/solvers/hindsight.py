"""How many minutes any way of offering starts could have booked of a stream: an upper bound by a linear programme.

Every request is known in advance. The programme chooses how many of each kind of request lie in each run of open time, and
leaves out what would only lower the sum: who sits where in a run, rooms, limits, notice, whose own diary it is, and that
people are not halved. What stands at the end of a replay fulfils every constraint that is left, so its minutes are at most
the programme's optimum:

- a request is counted once, on its days that are simulated, and not at all if it was cancelled before it could begin;
- an appointment lies in one run of open ticks, in the part of it where its type is allowed. For each such part, what may lie
  nowhere but in it takes at most what lengths of that kind can fill of the part's own runs (whitespace.longest_fill);
- lengths in pairs of ticks, rounded down, take at most the run in pairs of ticks, rounded down, since both are whole numbers;
- those who are strict about the afternoon lie after noon; those who are strict about the morning start before it, so that
  all but the last of them end by noon.

Source: guides/offering.md, the row "hindsight upper bound (linear programme)".
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import floor

from agent_tui.domain.requests import AFTERNOON, MORNING
from agent_tui.domain.site import Catalogue
from agent_tui.domain.streams import StreamRow
from agent_tui.domain.ticks import FULL_DAY, MINUTES_PER_TICK, runs_in, span, starts_of
from agent_tui.domain.whitespace import longest_fill

NOON = AFTERNOON.start
_STARTS = {"am": span(MORNING.start, MORNING.end), "pm": span(AFTERNOON.start, AFTERNOON.end), "any": FULL_DAY}
# The solver's tolerances, in minutes on the whole; the bound is rounded down to ticks afterwards.
_TOLERANCE = 0.5


class NoSolver(RuntimeError):
    """The solver is not installed, or did not find the optimum; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class _Run:
    """A run of open time of some diaries' day: where each kind of type is allowed in it, as (kind, mask)."""

    day: date
    mask: int
    allowed: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Group:
    """Requests that are the same to the programme: a kind of type, first and last day, half of the day."""

    kind: int
    first: date
    last: date
    half: str


@dataclass(slots=True)
class _Programme:
    """Columns (one for each group and run) with their minutes, and rows as (columns, factors, upper bound)."""

    minutes: list[float] = field(default_factory=list)
    rows: list[tuple[list[int], list[float], float]] = field(default_factory=list)

    def column(self, minutes: float) -> int:
        """Add a column and return its number."""
        self.minutes.append(minutes)
        return len(self.minutes) - 1

    def row(self, cells: Iterable[tuple[int, float]], most: float) -> None:
        """Add the constraint that a sum of columns is at most something."""
        pairs = list(cells)
        if pairs:
            self.rows.append(([column for column, _ in pairs], [factor for _, factor in pairs], most))


def bound(catalogue: Catalogue, days: Sequence[date], stream: Sequence[StreamRow]) -> int:
    """Return the most minutes of a stream that can stand at the end, whatever the policy; a multiple of five.

    Without highspy, or where it finds no optimum, NoSolver is raised.
    """
    kinds = _Kinds(catalogue, days, {row.type for row in stream})
    groups = _groups(catalogue, days, stream, kinds)
    programme = _programme(kinds, groups)
    if not programme.minutes:
        return 0
    return floor((_solved(programme) + _TOLERANCE) / MINUTES_PER_TICK) * MINUTES_PER_TICK


class _Kinds:
    """Types that are allowed in the same places and take as long are one kind; and the runs in which kinds are allowed."""

    def __init__(self, catalogue: Catalogue, days: Sequence[date], codes: Iterable[str]) -> None:
        self.of_type: dict[str, int] = {}
        self.lengths: list[dict[date, int]] = []
        known: dict[tuple[object, ...], int] = {}
        places = [
            (diary.code, day)
            for day in days
            if day not in catalogue.closures
            for diary in catalogue.diaries.values()
            if diary.enabled
        ]
        masks: list[list[int]] = []
        for code in sorted(codes):
            kind = catalogue.types[code]
            lengths = {day: length for day in days if (length := kind.ticks_on(day))}
            allowed = [
                catalogue.allowed(diary, day, code, kind.channel) if code in catalogue.diaries[diary].types else 0
                for diary, day in places
            ]
            key = (tuple(lengths.items()), tuple(allowed))
            if key not in known:
                known[key] = len(self.lengths)
                self.lengths.append(lengths)
                masks.append(allowed)
            self.of_type[code] = known[key]
        self.runs: dict[_Run, int] = {}
        for number, (_diary, day) in enumerate(places):
            for run in _runs(day, [mask[number] for mask in masks]):
                self.runs[run] = self.runs.get(run, 0) + 1
        self.by_day: dict[date, list[_Run]] = {}
        for run in self.runs:
            self.by_day.setdefault(run.day, []).append(run)


def _runs(day: date, masks: list[int]) -> Iterator[_Run]:
    """Yield the runs of one diary's day."""
    opened = 0
    for mask in masks:
        opened |= mask
    for start, end in runs_in(opened):
        ticks = span(start, end)
        yield _Run(day, ticks, tuple((kind, mask & ticks) for kind, mask in enumerate(masks) if mask & ticks))


def _groups(catalogue: Catalogue, days: Sequence[date], stream: Sequence[StreamRow], kinds: _Kinds) -> dict[_Group, int]:
    """Return the requests that can stand at the end, counted by what tells them apart."""
    rebooked = {row.rebook_of: row.asked_at for row in stream if row.rebook_of is not None}
    opens: dict[date, int] = {}
    for run in kinds.runs:
        first_tick = (run.mask & -run.mask).bit_length() - 1
        opens[run.day] = min(first_tick, opens.get(run.day, first_tick))
    found: dict[_Group, int] = {}
    for row in stream:
        first = max(row.earliest_day, row.asked_at.date(), days[0])
        last = min(row.latest_day, days[-1])
        over = min(row.cancelled_at or datetime.max, rebooked.get(row.id, datetime.max))
        if over.date() <= last:
            begun = opens.get(over.date(), NOON * 2) * MINUTES_PER_TICK <= over.hour * 60 + over.minute
            last = over.date() if begun else over.date() - timedelta(days=1)
        if first <= last:
            group = _Group(kinds.of_type[row.type], first, last, row.half if row.strict else "any")
            found[group] = found.get(group, 0) + 1
    return found


def _programme(kinds: _Kinds, groups: dict[_Group, int]) -> _Programme:
    programme = _Programme()
    inside: dict[_Run, list[tuple[int, _Group]]] = {}
    for group, count in groups.items():
        columns = []
        day = group.first
        while day <= group.last:
            length = kinds.lengths[group.kind].get(day, 0)
            for run in kinds.by_day.get(day, ()) if length else ():
                mask = dict(run.allowed).get(group.kind, 0)
                if starts_of(mask, length) & _STARTS[group.half]:
                    column = programme.column(length * MINUTES_PER_TICK)
                    columns.append(column)
                    inside.setdefault(run, []).append((column, group))
            day += timedelta(days=1)
        programme.row(((column, 1.0) for column in columns), count)
    for run, cells in inside.items():
        _fill(programme, kinds, run, cells)
    return programme


def _fill(programme: _Programme, kinds: _Kinds, run: _Run, cells: list[tuple[int, _Group]]) -> None:
    """Add what a run of some diaries holds at most: in all, in each part, and of those who are strict."""
    times, allowed = kinds.runs[run], dict(run.allowed)

    def length(group: _Group) -> int:
        return kinds.lengths[group.kind][run.day]

    def most(part: int, chosen: list[tuple[int, _Group]], room: Callable[[int, tuple[int, ...]], int] = longest_fill) -> None:
        lengths = tuple(sorted({length(group) for _column, group in chosen}))
        runs = [end - start for start, end in runs_in(part)]
        programme.row(((column, length(group)) for column, group in chosen), times * sum(room(one, lengths) for one in runs))
        if any(one % 2 for one in lengths):
            programme.row(((column, length(group) // 2) for column, group in chosen), times * sum(one // 2 for one in runs))

    for part in {*allowed.values(), run.mask}:
        chosen = [(column, group) for column, group in cells if not allowed[group.kind] & ~part]
        most(part, chosen)
        after = part & _STARTS["pm"]
        if after and after != part:
            most(after, [(column, group) for column, group in chosen if group.half == "pm"])
            early = [(column, group) for column, group in chosen if group.half == "am"]
            if early:
                over = max(length(group) for _column, group in early) - 1
                before = (part & _STARTS["am"]).bit_count()
                programme.row(((column, length(group)) for column, group in early), times * (before + over))


def _solved(programme: _Programme) -> float:
    """Return the optimum in minutes."""
    try:
        import highspy
        import numpy
    except ImportError:
        raise NoSolver("The hindsight bound needs the extra study: pip install 'agent-tui[study]'.") from None
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(programme.minutes), len(programme.rows)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = numpy.array(programme.minutes, dtype=float)
    lp.col_lower_ = numpy.zeros(lp.num_col_)
    lp.col_upper_ = numpy.full(lp.num_col_, highspy.kHighsInf)
    lp.row_lower_ = numpy.full(lp.num_row_, -highspy.kHighsInf)
    lp.row_upper_ = numpy.array([most for _, _, most in programme.rows], dtype=float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = lp.num_col_, lp.num_row_
    lp.a_matrix_.start_ = numpy.cumsum([0, *(len(columns) for columns, _, _ in programme.rows)], dtype=numpy.int32)
    lp.a_matrix_.index_ = numpy.array([one for columns, _, _ in programme.rows for one in columns], dtype=numpy.int32)
    lp.a_matrix_.value_ = numpy.array([one for _, factors, _ in programme.rows for one in factors], dtype=float)

    class Silent(highspy.Highs):
        """A solver that is told to be silent before its constructor first speaks: a line of its own would spoil the answer."""

        def enableCallbacks(self) -> None:
            self.silent()
            super().enableCallbacks()  # type: ignore[no-untyped-call]

    solver = Silent()  # type: ignore[no-untyped-call]
    solver.setOptionValue("threads", 1)
    solver.passModel(lp)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise NoSolver("The solver found no optimum of the hindsight programme.")
    return float(solver.getObjectiveValue())
