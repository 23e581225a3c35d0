"""The segment checker: how a segment's minutes fill with the lengths that it allows, and which lengths would strand none."""

from collections.abc import Iterable
from dataclasses import dataclass

from agent_tui.domain.ticks import MINUTES_PER_TICK, minutes_of_ticks
from agent_tui.domain.whitespace import longest_fill

# As far as a team leader would move the edge of a segment.
_SEARCH_MINUTES = 120


@dataclass(frozen=True, slots=True)
class SegmentCheck:
    """What fits into `minutes`: the fullest mix as (minutes, how many), the minutes left over, and lengths that leave none."""

    minutes: int
    mix: tuple[tuple[int, int], ...]
    stranded: int
    shorter: int | None
    longer: int | None

    @property
    def sentence(self) -> str:
        """Return the check in words, such as "180 = 3 x 50 + 30; 150 or 200 would strand none"."""
        if not self.mix:
            return f"{self.minutes} minutes hold no appointment that is allowed."
        parts = " + ".join(f"{count} x {length}" if count > 1 else f"{length}" for length, count in self.mix)
        if not self.stranded:
            return f"{self.minutes} = {parts}; none stranded"
        others = " or ".join(str(one) for one in (self.shorter, self.longer) if one is not None)
        return f"{self.minutes} = {parts} + {self.stranded}; {others} would strand none"


def check_segment(minutes: int, lengths: Iterable[int]) -> SegmentCheck:
    """Return how a run of minutes fills with appointments of some lengths, both in minutes on the 5-minute grid.

    The mix with the fewest appointments is named. Source: seeds/spotlight-appointment-booking.txt, "Segmentation of
    appointments within diaries"; the stranded remainder is domain/facts.md section 1.
    """
    sizes = sorted({length // MINUTES_PER_TICK for length in lengths if length > 0}, reverse=True)
    run = minutes // MINUTES_PER_TICK
    fewest = _fewest(run + _SEARCH_MINUTES // MINUTES_PER_TICK, sizes)
    best = longest_fill(run, tuple(reversed(sizes)))
    longer = next((total for total in range(run, len(fewest)) if total and fewest[total] is not None), None)
    return SegmentCheck(
        minutes=minutes,
        mix=_mix(best, fewest),
        stranded=minutes_of_ticks(run - best),
        shorter=minutes_of_ticks(best) if best else None,
        longer=None if longer is None else minutes_of_ticks(longer),
    )


def _fewest(most: int, sizes: list[int]) -> list[int | None]:
    """Return for each total of ticks the size of one appointment in its smallest mix, 0 for none, None where there is no mix."""
    counts: list[int | None] = [0] + [None] * most
    chosen: list[int | None] = [0] + [None] * most
    for total in range(1, most + 1):
        for size in sizes:
            before = counts[total - size] if size <= total else None
            now = counts[total]
            if before is not None and (now is None or before + 1 < now):
                counts[total], chosen[total] = before + 1, size
    return chosen


def _mix(total: int, chosen: list[int | None]) -> tuple[tuple[int, int], ...]:
    mix: dict[int, int] = {}
    while total:
        size = chosen[total]
        assert size
        mix[minutes_of_ticks(size)] = mix.get(minutes_of_ticks(size), 0) + 1
        total -= size
    return tuple(sorted(mix.items(), reverse=True))
