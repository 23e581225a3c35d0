"""White space: free time, and the part of it that no combination of the allowed types can use."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from agent_tui.domain.patterns import DayPlan
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import runs_in, span


@lru_cache(maxsize=1024)
def longest_fill(run: int, lengths: tuple[int, ...]) -> int:
    """Return how many ticks of a free run appointments of some lengths can fill together, exactly.

    Reachable sums: bit n of `sums` says that lengths can add up to n (architecture.md, "white space").
    """
    sums = 1
    for _ in range(run):
        grown = sums
        for length in lengths:
            grown |= sums << length
        grown &= (1 << (run + 1)) - 1
        if grown == sums:
            break
        sums = grown
    return sums.bit_length() - 1


def lengths_allowed(catalogue: Catalogue, codes: Iterable[str], channel: str, day: date) -> tuple[int, ...]:
    """Return the lengths in ticks of the offered types that a segment allows on a day, ascending."""
    found = set()
    for code in codes:
        kind = catalogue.types.get(code)
        length = (
            kind.ticks_on(day) if kind is not None and kind.booked_by == "offer" and channel in ("all", kind.channel) else None
        )
        if length:
            found.add(length)
    return tuple(sorted(found))


def stranded(catalogue: Catalogue, diary: str, day: date, plan: DayPlan, busy: int) -> tuple[int, int]:
    """Return the mask of free runs that nothing fits, and the stranded ticks in all, of a diary's day.

    Each segment's free runs count by themselves; types must be assigned to the diary as well as allowed.
    """
    dead, total = 0, 0
    assigned = catalogue.diaries[diary].types
    for stretch in plan.stretches:
        lengths = lengths_allowed(catalogue, sorted(stretch.segment.types & assigned), stretch.segment.channel, day)
        for start, end in runs_in(span(stretch.start, stretch.end) & ~busy):
            filled = longest_fill(end - start, lengths)
            total += end - start - filled
            if not filled:
                dead |= span(start, end)
    return dead, total
