"""What free time is worth: the ticks that the demand to come is still expected to book in a run of a length.

Source: guides/offering.md, points 3 and 4, in short: the value V of a run grows with the horizon h by
dV(L)/dh = (L / 18) * sum over durations d of share(d) * max(0, d + V(L - d) - V(L)). Requests arrive in proportion to the
run's length, so that two parts are never worth more than the whole, and the best start in a run is one that touches its edge.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from agent_tui.domain.ticks import TICKS_PER_DAY

Mix = tuple[tuple[int, float], ...]
"""The durations that a kind of segment is asked for: (ticks, share), ascending; the shares add up to 1."""
Levels = tuple[tuple[float, int], ...]
"""Losses in ticks, ascending, each with the mask of the offsets in a run at which a start has it."""

HORIZON = 60.0
DAYS_OF_HORIZON = 5
TICKS_PER_REQUEST = 18
_STEP = 0.1
_BUCKETS = (48, 96, 144, 192, TICKS_PER_DAY)


def mix_of(weights: Iterable[tuple[int, float]]) -> Mix:
    """Return the shares of (ticks, weight) pairs; equal shares where nothing has weight, an empty mix for no pairs.

    A negative weight or a duration that is not positive raises ValueError.
    """
    sums: dict[int, float] = {}
    for ticks, weight in weights:
        if ticks <= 0 or not 0 <= weight < float("inf"):
            raise ValueError(f"A duration of {ticks} ticks with the weight {weight} is no part of a mix.")
        sums[ticks] = sums.get(ticks, 0.0) + weight
    whole = sum(sums.values())
    return tuple((ticks, round(weight / whole if whole else 1 / len(sums), 4)) for ticks, weight in sorted(sums.items()))


def stage(days_ahead: int) -> int:
    """Return which of a table's rows holds for a day so many days ahead: the nearer the day, the less demand is to come."""
    return max(0, min(days_ahead, DAYS_OF_HORIZON))


def horizon(stage_of_day: int) -> float:
    """Return the demand to come, in units of the differential equation, on a day of a stage."""
    return HORIZON * min(1.0, (stage_of_day + 0.5) / DAYS_OF_HORIZON)


def bucket(longest: int) -> int:
    """Return the length in ticks up to which a table for runs of at most `longest` ticks is learnt."""
    return next(one for one in _BUCKETS if longest <= one)


@lru_cache(maxsize=512)
def learn(mix: Mix, longest: int) -> tuple[tuple[float, ...], ...]:
    """Return V in ticks for runs of 0 to `longest` ticks, one row for each stage.

    Each row is monotone, is 0 for a run that nothing fits, is never more than the run, and never rewards splitting.
    """
    values = [0.0] * (longest + 1)
    # A step in which more than one request would meet the longest run would reward splitting.
    step = min(_STEP, TICKS_PER_REQUEST / max(1, longest))
    rates = [length * step / TICKS_PER_REQUEST for length in range(longest + 1)]
    usable = [length for length in range(longest + 1) if mix and length >= mix[0][0]]
    rows: list[tuple[float, ...]] = []
    done, last = 0.0, DAYS_OF_HORIZON
    while len(rows) <= last:
        if done >= horizon(len(rows)) - 1e-9:
            rows.append(tuple(values))
            continue
        grown = values.copy()
        for length in usable:
            now, gain = values[length], 0.0
            for ticks, share in mix:
                if ticks > length:
                    break
                won = ticks + values[length - ticks] - now
                if won > 0:
                    gain += share * won
            grown[length] = now + rates[length] * gain
        values = grown
        done += step
    return tuple(rows)


@dataclass(slots=True)
class ValueTable:
    """The learnt value of runs in one kind of segment; `rows[stage][length]` in ticks."""

    mix: Mix
    rows: tuple[tuple[float, ...], ...]
    _levels: dict[tuple[int, int, int], Levels] = field(default_factory=dict)

    @property
    def lengths(self) -> tuple[int, ...]:
        """Return the durations in ticks that the kind of segment allows, ascending."""
        return tuple(ticks for ticks, _share in self.mix)

    def levels(self, at: int, run: int, length: int) -> Levels:
        """Return the losses of a start of `length` ticks at each offset in a run, on a day of a stage."""
        key = (at, run, length)
        found = self._levels.get(key)
        if found is None:
            row = self.rows[at]
            masks: dict[float, int] = {}
            for offset in range(run - length + 1):
                loss = round(row[run] - row[offset] - row[run - length - offset] - length, 6)
                masks[loss] = masks.get(loss, 0) | 1 << offset
            found = self._levels[key] = tuple(sorted(masks.items()))
        return found

    def best(self, at: int, run: int, length: int, offsets: int) -> float | None:
        """Return the least loss among the offsets of a mask, or None when there is none."""
        return next((loss for loss, mask in self.levels(at, run, length) if mask & offsets), None)

    def within(self, at: int, run: int, length: int, most: float) -> int:
        """Return the mask of offsets whose loss is at most `most` ticks."""
        found = 0
        for loss, mask in self.levels(at, run, length):
            if loss > most:
                break
            found |= mask
        return found


def loss_at(table: ValueTable, at: int, run: int, offset: int, length: int) -> float:
    """Return the loss in ticks of a start of `length` ticks at one offset of a run."""
    return next(loss for loss, mask in table.levels(at, run, length) if mask >> offset & 1)
