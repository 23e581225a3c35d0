"""Three ways to every start of one length in many diaries' days: day masks, 64-bit words, and a scan of intervals."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from agent_tui.domain.ticks import mask_of, starts_of, ticks_in

Ranges = tuple[tuple[int, int], ...]
Start = tuple[int, int]
"""Which diary's day, and the tick."""

WORD = 64
# Two words have 128 ticks: 08:00 to 18:40.
FIRST_TICK = 96


@dataclass(frozen=True)
class Day:
    """One diary's day: ranges of ticks that are open to every type (none touches the next) and ranges that are taken."""

    diary: str
    day: str
    open: Ranges
    busy: Ranges

    @property
    def free(self) -> int:
        """Return the mask of the ticks that are open and not taken."""
        return mask_of(self.open) & ~mask_of(self.busy)


@dataclass(frozen=True)
class Method:
    """A way to find starts: `find` is what is measured, from what was prepared; `told` spells out what it found."""

    name: str
    find: Callable[[int], Any]
    told: Callable[[Any], Iterable[Start]]


def masks(days: Sequence[Day]) -> Method:
    """Return the product's way: one whole number for a day, shifted and combined."""
    frees = [one.free for one in days]

    def find(length: int) -> list[int]:
        return [starts_of(free, length) for free in frees]

    def told(found: list[int]) -> Iterator[Start]:
        return ((place, tick) for place, mask in enumerate(found) for tick in ticks_in(mask))

    return Method("masks, one Python integer a day", find, told)


def words(days: Sequence[Day]) -> Method | None:
    """Return the same with two 64-bit words a day in numpy, None where numpy is not installed."""
    if find_spec("numpy") is None:
        return None
    import numpy

    frees = [one.free >> FIRST_TICK for one in days]
    assert all(free >> 2 * WORD == 0 and one.free == free << FIRST_TICK for one, free in zip(days, frees, strict=True))
    low: Any = numpy.array([free & (1 << WORD) - 1 for free in frees], dtype=numpy.uint64)
    high: Any = numpy.array([free >> WORD for free in frees], dtype=numpy.uint64)

    def find(length: int) -> Any:
        first, second, have = low, high, 1
        while have < length:
            step = min(have, length - have)
            first, second = first & (first >> step | second << (WORD - step)), second & second >> step
            have += step
        return first, second

    def told(found: Any) -> Iterator[Start]:
        for place, (first, second) in enumerate(zip(*found, strict=True)):
            for tick in ticks_in(int(first) | int(second) << WORD):
                yield place, tick + FIRST_TICK

    return Method("numpy, two 64-bit words a day", find, told)


def intervals(days: Sequence[Day]) -> Method:
    """Return the plain way: walk through what is taken in order and keep the gaps that are long enough."""

    def find(length: int) -> list[list[Start]]:
        return [_gaps(one.open, one.busy, length) for one in days]

    def told(found: list[list[Start]]) -> Iterator[Start]:
        for place, gaps in enumerate(found):
            for first, last in gaps:
                for tick in range(first, last + 1):
                    yield place, tick

    return Method("interval scan in plain Python", find, told)


def _gaps(open: Ranges, busy: Ranges, length: int) -> list[tuple[int, int]]:
    """Return the first and the last start of each gap; both sequences are in order."""
    gaps, place = [], 0
    for opens, closes in open:
        at = opens
        while place < len(busy) and busy[place][0] < closes:
            start, end = busy[place]
            if start - at >= length:
                gaps.append((at, start - length))
            at = max(at, end)
            place += 1
        if closes - at >= length:
            gaps.append((at, closes - length))
    return gaps
