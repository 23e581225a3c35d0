"""Which of the starts that can be booked to recommend: those that keep the longest meetings bookable.

Source: guides/offering.md, points 2 to 4: judge a start by the bookings that it is expected to cost, not by gaps, and leave
the claimant every start that costs hardly more than the day's best.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import MINUTES_PER_TICK, runs_in, span, ticks_in
from agent_tui.domain.value_table import ValueTable, loss_at, stage
from agent_tui.domain.whitespace import longest_fill

_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Startable:
    """One diary's day as far as ranking goes: the mask of ticks that nobody has and that are not past, and the starts."""

    diary: str
    day: date
    free: int
    length: int
    starts: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What a start takes beyond its own time: `loss` in ticks of expected bookings, and newly stranded minutes, exactly."""

    loss: float
    stranded_minutes: int


@dataclass(frozen=True, slots=True)
class _Run:
    start: int
    end: int
    table: ValueTable


def _runs(catalogue: Catalogue, diary: str, day: date, free: int, wanted: int) -> Iterator[_Run]:
    """Yield the free runs of the parts of a day that have some tick of the mask `wanted`."""
    for area in catalogue.areas(diary, day):
        mask = span(area.start, area.end) & free
        if mask & wanted:
            table = catalogue.value_table(area, day)
            for start, end in runs_in(mask):
                yield _Run(start, end, table)


def cost(catalogue: Catalogue, where: Startable, today: date, start: int) -> Cost:
    """Return what one start costs, over all the parts of the day that it takes time from.

    A start that joins the ends of two parts, or a type by a channel that is not its own, uses time that counts as stranded;
    it strands nothing and costs less than nothing.
    """
    end, at = start + where.length, stage((where.day - today).days)
    loss, lost = -float(where.length), -where.length
    for run in _runs(catalogue, where.diary, where.day, where.free, span(start, end)):
        first, last = max(start, run.start), min(end, run.end)
        if first >= last:
            continue
        whole, left, right = run.end - run.start, first - run.start, run.end - last
        row, lengths = run.table.rows[at], run.table.lengths
        if last - first == where.length:
            return Cost(
                loss_at(run.table, at, whole, left, where.length),
                max(0, _stranded(whole, left, right, lengths)) * MINUTES_PER_TICK,
            )
        loss += row[whole] - row[left] - row[right]
        lost += _stranded(whole, left, right, lengths) + last - first
    return Cost(round(loss, 6), max(0, lost) * MINUTES_PER_TICK)


def _stranded(whole: int, left: int, right: int, lengths: tuple[int, ...]) -> int:
    """Return the ticks that become unusable when all of a run but its two ends is taken."""
    taken = whole - left - right
    filled = longest_fill(whole, lengths) - longest_fill(left, lengths) - longest_fill(right, lengths)
    return filled - taken


def recommended(catalogue: Catalogue, found: Sequence[Startable], today: date) -> list[int]:
    """Return of each diary's day the mask of the starts whose loss is within the site's choice of the least of them all.

    All are of one calendar day. Never empty where there is a start.
    """
    if not found:
        return []
    at = stage((found[0].day - today).days)
    runs: list[list[tuple[_Run, int]]] = []
    rest: list[dict[int, float]] = []
    best = float("inf")
    for where in found:
        inside, across = [], where.starts
        for run in _runs(catalogue, where.diary, where.day, where.free, where.starts):
            mask = where.starts & span(run.start, run.end - where.length + 1)
            if mask:
                across &= ~mask
                inside.append((run, mask))
                least = run.table.best(at, run.end - run.start, where.length, mask >> run.start)
                if least is not None and least < best:
                    best = least
        losses = {start: cost(catalogue, where, today, start).loss for start in ticks_in(across)}
        best = min(best, *losses.values()) if losses else best
        runs.append(inside)
        rest.append(losses)
    most = best + catalogue.site.choice + _ROUNDING
    out = []
    for where, inside, losses in zip(found, runs, rest, strict=True):
        mask = 0
        for run, starts in inside:
            mask |= run.table.within(at, run.end - run.start, where.length, most) << run.start & starts
        for start, loss in losses.items():
            mask |= (loss <= most) << start
        out.append(mask)
    return out
