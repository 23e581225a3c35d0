"""Scheduled, cancelled and rescheduled, as the log tells it: what was done on which day, for what reason, and by whom.

Source: SOP section 6, "a log of all scheduled, cancelled, and rescheduled appointments".
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from statistics import median
from typing import NamedTuple

from agent_tui.domain.log import State
from agent_tui.domain.plurals import counted
from agent_tui.domain.reports.facts import KEPT, Line
from agent_tui.domain.reports.shape import COUNT, DAYS, NUMBER, SHARE, TEXT, Column, Report, Row, Table, mean, share
from agent_tui.domain.reports.span import Period, Span
from agent_tui.domain.roles import TITLES as ROLE_TITLES
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import MINUTES_PER_TICK
from agent_tui.domain.wall_time import short_date

ACTIVITY, CANCELLATIONS, RESCHEDULES = "activity", "cancellations", "reschedules"
TITLES = {
    ACTIVITY: "Scheduled, cancelled and rescheduled",
    CANCELLATIONS: "Cancellations",
    RESCHEDULES: "Reschedules",
}

STANDING = (*KEPT, "unplaced")
"""What an appointment is that is neither cancelled nor taken back."""

VERBS = ("booked", "confirmed", "imported", "cancelled", "moved", "undone", "unplaced", "placed", "recorded")
"""The verbs of the lines with which an appointment begins to stand, ends, or goes elsewhere."""

BOOKED, BROUGHT_IN, CANCELLED, RESCHEDULED, RESTORED, TAKEN_BACK, LOST_TIME, OTHER = (
    *("booked", "brought_in", "cancelled", "rescheduled", "restored", "taken_back", "lost_time", "other"),
)

UNDOES = "undoes:"

GONE, SHORT, MORE_NOTICE = "after the start", "under 2 hours", "more than 28 days"
SHORT_MINUTES = 120
NOTICES = ((1, "same day"), (2, "a day"), (8, "2 to 7 days"), (29, "8 to 28 days"))
NOTICE_NAMES = (GONE, SHORT, *(name for _days, name in NOTICES), MORE_NOTICE)
ON_THE_DAY = NOTICE_NAMES[:3]

Names = Mapping[str, str]
"""Names of staff by login."""


def stands(state: State | None) -> bool:
    """Return whether a state of the log is that of an appointment that is neither cancelled nor taken back."""
    return state is not None and state["kind"] == "appointment" and state["status"] in STANDING


def effect(line: Line) -> str | None:
    """Return what a line did to an appointment, or None; a booking of which the states were left out is one.

    Each line counts once: the appointments that stand at the end are those at the beginning, and those booked, brought in and
    restored, without those cancelled, taken back and ended otherwise.
    """
    if line.verb == "booked" and line.before is None and line.after is None:
        return BOOKED
    was, is_now = stands(line.before), stands(line.after)
    if is_now and not was:
        return RESTORED if line.verb == "undone" else BROUGHT_IN if line.verb == "imported" else BOOKED
    if was and not is_now:
        return {"undone": TAKEN_BACK, "cancelled": CANCELLED}.get(line.verb, OTHER)
    if not was or line.before is None or line.after is None:
        return None
    if line.after["status"] == "unplaced":
        return LOST_TIME if line.before["status"] != "unplaced" else None
    return RESCHEDULED if _place(line.before) != _place(line.after) or line.before["status"] == "unplaced" else None


def step_of(line: Line) -> int:
    """Return by how much a line changes the number of appointments that stand."""
    return 1 if effect(line) == BOOKED else int(stands(line.after)) - int(stands(line.before))


def undoes(line: Line) -> int | None:
    """Return the seq of the line that a line takes back, or None."""
    if line.verb != "undone" or not (line.reason or "").startswith(UNDOES):
        return None
    return int((line.reason or "").removeprefix(UNDOES).split(";")[0])


def undone_lines(lines: Iterable[Line]) -> set[int]:
    """Return the seqs of the lines that some lines take back."""
    return {seq for line in lines if (seq := undoes(line)) is not None}


def _place(state: State) -> tuple[object, ...]:
    return state["diary"], state["day"], state["start"]


def activity(span: Span, lines: Iterable[Line], standing_before: int) -> Report:
    """Return what was done in each period, and how many appointments stood at the end of it.

    `standing_before` is how many stood when the first day began. What was undone within its minute counts twice, once each way,
    as the log has it.
    """
    counts: list[Counter[str]] = [Counter() for _ in span.periods]
    for line in lines:
        what = effect(line)
        if what is not None:
            counts[span.row_of[line.day]][what] += 1
    rows: list[Row] = []
    standing = standing_before
    for period, one in zip(span.periods, counts, strict=True):
        standing += one[BOOKED] + one[BROUGHT_IN] + one[RESTORED] - one[CANCELLED] - one[TAKEN_BACK] - one[OTHER]
        rows.append((period.name, *(one[column.key] for column in _DONE), standing))
    whole: Counter[str] = Counter()
    for one in counts:
        whole.update(one)
    columns = (Column("period", span.step.capitalize(), TEXT), *_DONE, Column("standing", "Standing at the end", COUNT))
    total: Row = ("All", *(whole[column.key] for column in _DONE), standing)
    table = Table("periods", "Over time", columns, tuple(rows), total, chart=BOOKED, by_time=True)
    stood = counted(standing_before, "appointment")
    note = f"{stood} stood when {short_date(span.first)} began. A line counts on the day it was written."
    return Report(ACTIVITY, TITLES[ACTIVITY], span.first, span.last, span.step, (table,), (note,))


_DONE = (
    Column(BOOKED, "Booked", COUNT),
    Column(BROUGHT_IN, "Brought in", COUNT),
    Column(RESCHEDULED, "Rescheduled", COUNT),
    Column(CANCELLED, "Cancelled", COUNT),
    Column(TAKEN_BACK, "Bookings undone", COUNT),
    Column(RESTORED, "Cancellations undone", COUNT),
    Column(LOST_TIME, "Lost their time", COUNT),
    Column(OTHER, "Ended otherwise", COUNT),
)


class _Change(NamedTuple):
    """A cancellation or a move that was not undone: its line, what it was before, and the notice as one of NOTICE_NAMES."""

    line: Line
    was: State
    notice: str


@lru_cache(maxsize=4096)
def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _changes(lines: Iterable[Line], what: str) -> list[_Change]:
    """Return the lines that did something to an appointment and were not undone by a later one."""
    every = list(lines)
    undone = undone_lines(every)
    kept = (line for line in every if line.seq not in undone and undoes(line) is None)
    return [_change(line) for line in kept if line.before is not None and effect(line) == what]


def _change(line: Line) -> _Change:
    was = line.before
    assert was is not None
    days = _ordinal(was["day"]) - _ordinal(line.day)
    return _Change(line, was, _notice(days, days * 24 * 60 + was["start"] * MINUTES_PER_TICK - line.minute))


def _notice(days: int, minutes: int) -> str:
    if minutes < SHORT_MINUTES:
        return GONE if minutes < 0 else SHORT
    return next((name for limit, name in NOTICES if days < limit), MORE_NOTICE)


def _in(span: Span, changes: Iterable[_Change]) -> list[_Change]:
    return [one for one in changes if one.line.day in span.row_of]


def _by_period(span: Span, changes: Iterable[_Change]) -> list[tuple[Period, list[_Change]]]:
    found: list[list[_Change]] = [[] for _ in span.periods]
    row_of = span.row_of
    for one in changes:
        found[row_of[one.line.day]].append(one)
    return list(zip(span.periods, found, strict=True))


def _counted(
    key: str, title: str, head: tuple[Column, ...], found: Iterable[str], name: Callable[[str], tuple[str, ...]]
) -> Table:
    """Return how many changes there were of each kind that was found, most first; `name` says what a row is called."""
    counts: Counter[tuple[str, ...]] = Counter()
    for one, count in Counter(found).items():
        counts[name(one)] += count
    whole = sum(counts.values())
    rows = tuple(
        (*names, count, share(count, whole)) for names, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    )
    columns = (*head, Column("number", "Number", COUNT), Column("of_all", "Of all", SHARE))
    total: Row = ("All", *([""] * (len(head) - 1)), whole, share(whole, whole))
    return Table(key, title, columns, rows, total, chart="number")


def _by_notice(changes: Iterable[_Change]) -> Table:
    counts = Counter(one.notice for one in changes)
    whole = sum(counts.values())
    rows = tuple((name, counts[name], share(counts[name], whole)) for name in NOTICE_NAMES)
    columns = (Column("notice", "Notice", TEXT), Column("number", "Number", COUNT), Column("of_all", "Of all", SHARE))
    return Table("notice", "By notice", columns, rows, ("All", whole, share(whole, whole)), chart="number")


def _common(catalogue: Catalogue, changes: list[_Change], names: Names) -> tuple[Table, ...]:
    types = {code: kind.name for code, kind in catalogue.types.items()}
    people = (Column("login", "Login", TEXT), Column("name", "Name", TEXT))
    kinds = (Column("type", "Type", TEXT), Column("name", "Name", TEXT))
    by_whom = (Column("role", "Role", TEXT),)
    return (
        _by_notice(changes),
        _counted("roles", "By whom", by_whom, (one.line.role for one in changes), lambda one: (ROLE_TITLES.get(one, one),)),
        _counted("people", "By person", people, (one.line.who for one in changes), lambda one: (one, names.get(one, one))),
        _counted("types", "By type", kinds, (one.was["type"] or "-" for one in changes), lambda one: (one, types.get(one, one))),
    )


def cancellations(catalogue: Catalogue, span: Span, lines: Iterable[Line], names: Names) -> Report:
    """Return the appointments that were cancelled on the days of the span, by reason, notice, and whoever did it.

    One that was undone within its minute does not count.
    """
    changes = _in(span, _changes(lines, CANCELLED))
    rows = []
    for period, here in _by_period(span, changes):
        late = sum(one.notice in ON_THE_DAY for one in here)
        rows.append((period.name, len(here), late, share(late, len(here))))
    columns = (
        *(Column("period", span.step.capitalize(), TEXT), Column("number", "Cancelled", COUNT)),
        *(Column("late", "Same day", COUNT), Column("late_share", "Of them", SHARE)),
    )
    late = sum(one.notice in ON_THE_DAY for one in changes)
    total = ("All", len(changes), late, share(late, len(changes)))
    over_time = Table("periods", "Over time", columns, tuple(rows), total, chart="number", by_time=True)
    reasons = _counted(
        *("reasons", "By reason", (Column("reason", "Reason", TEXT),)),
        *((one.line.reason or one_reason(one.line) for one in changes), lambda one: (one,)),
    )
    tables = (over_time, reasons, *_common(catalogue, changes, names))
    return Report(CANCELLATIONS, TITLES[CANCELLATIONS], span.first, span.last, span.step, tables)


def one_reason(line: Line) -> str:
    """Return the reason that stands in the state of a line which has none of its own."""
    reason: str | None = (line.after or {}).get("reason")
    return reason or "none given"


def move_reason(reason: str | None) -> str:
    """Return why an appointment was moved in a word: the code before the details of an act on several."""
    return "asked for" if not reason else reason.split(":")[0].split(";")[0].replace("_", " ")


def reschedules(catalogue: Catalogue, span: Span, lines: Iterable[Line], names: Names) -> Report:
    """Return the appointments that were moved on the days of the span: why, with which notice, by whom, and how far.

    Days are calendar days from the old to the new day, later ones positive; minutes are the distance in time of day. One that
    was undone within its minute does not count.
    """
    changes = _in(span, _changes(lines, RESCHEDULED))
    moves = [(period.name, [_far(one) for one in here]) for period, here in _by_period(span, changes)]
    rows: list[Row] = [(name, *_distance(here)) for name, here in moves]
    columns = (
        *(Column("period", span.step.capitalize(), TEXT), Column("number", "Moved", COUNT)),
        *(Column("same_day", "Within the day", COUNT), Column("later", "To a later day", COUNT)),
        *(Column("earlier", "To an earlier day", COUNT), Column("median_days", "Median days", DAYS)),
        Column("mean_shift", "Mean minutes in the day", NUMBER),
    )
    total = ("All", *_distance([one for _name, here in moves for one in here]))
    over_time = Table("periods", "Over time", columns, tuple(rows), total, chart="number", by_time=True)
    reasons = _counted(
        *("reasons", "By reason", (Column("reason", "Reason", TEXT),)),
        *((one.line.reason or "" for one in changes), lambda one: (move_reason(one),)),
    )
    tables = (over_time, reasons, *_common(catalogue, changes, names))
    return Report(RESCHEDULES, TITLES[RESCHEDULES], span.first, span.last, span.step, tables)


_Far = tuple[int, int]
"""How far an appointment was moved: calendar days, and ticks within the day."""


def _far(one: _Change) -> _Far:
    after = one.line.after or {}
    return _ordinal(after["day"]) - _ordinal(one.was["day"]), abs(after["start"] - one.was["start"])


def _distance(moves: list[_Far]) -> Row:
    days = [one[0] for one in moves]
    later, earlier = sum(one > 0 for one in days), sum(one < 0 for one in days)
    middle = float(median(days)) if days else None
    shifts = sum(one[1] for one in moves) * MINUTES_PER_TICK
    return (len(days), len(days) - later - earlier, later, earlier, middle, mean(shifts, len(days)))
