"""Five-minute ticks of wall time and day masks: bit t of a mask is the tick that starts 5 * t minutes after midnight."""

import re
from collections.abc import Iterable, Iterator

MINUTES_PER_TICK = 5
TICKS_PER_DAY = 288
FULL_DAY = (1 << TICKS_PER_DAY) - 1

_CLOCK = re.compile(r"([0-9]{2}):([0-9]{2})")


class OffGrid(ValueError):
    """A wall time that is not a multiple of five minutes."""


def ticks_of_minutes(minutes: int) -> int:
    """Return a duration in ticks; a duration that is no positive multiple of five minutes is refused with OffGrid."""
    if minutes <= 0 or minutes % MINUTES_PER_TICK:
        raise OffGrid(f"{minutes} minutes is not a positive multiple of {MINUTES_PER_TICK}.")
    return minutes // MINUTES_PER_TICK


def hours_words(minutes: int) -> str:
    """Return minutes as lists and titles say them, "25 min" or "2 h 10"."""
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60:,} h {minutes % 60:02d}"


def minutes_of_ticks(ticks: int) -> int:
    """Return a duration in minutes."""
    return ticks * MINUTES_PER_TICK


def parse_minute(text: str, *, end: bool = False) -> int:
    """Return minutes after midnight of wall time "HH:MM"; `end` allows "24:00"; anything else raises ValueError."""
    match = _CLOCK.fullmatch(text)
    if match is None or not text.isascii():
        raise ValueError(f"{text[:20]!r} is not a time of the form HH:MM.")
    hour, minute = int(match[1]), int(match[2])
    if minute > 59 or hour > 24 or (hour == 24 and (minute or not end)):
        raise ValueError(f"{text} is not a time of day.")
    return hour * 60 + minute


def parse_clock(text: str, *, end: bool = False) -> int:
    """Return the tick of wall time "HH:MM"; a time off the five-minute grid raises OffGrid, a malformed one ValueError."""
    minute = parse_minute(text, end=end)
    if minute % MINUTES_PER_TICK:
        before = minute - minute % MINUTES_PER_TICK
        after = before + MINUTES_PER_TICK
        raise OffGrid(
            f"{text} is not on the five-minute grid; the nearest are {clock_of_minute(before)} and {clock_of_minute(after)}."
        )
    return minute // MINUTES_PER_TICK


def clock_of_minute(minute: int) -> str:
    """Return minutes after midnight as wall time "HH:MM"."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


_CLOCKS = tuple(clock_of_minute(tick * MINUTES_PER_TICK) for tick in range(TICKS_PER_DAY + 1))


def clock(tick: int) -> str:
    """Return a tick (0 to 288) as wall time "HH:MM"."""
    return _CLOCKS[tick]


def span(start: int, end: int) -> int:
    """Return the mask of the ticks from `start` up to but not including `end`."""
    return (1 << end) - (1 << start) if end > start else 0


def starts_of(free: int, length: int) -> int:
    """Return the mask of the ticks at which `length` free ticks in a row begin, in about log2(length) steps."""
    run, have = free, 1
    while have < length:
        step = min(have, length - have)
        run &= run >> step
        have += step
    return run


def covered_by(starts: int, length: int) -> int:
    """Return the mask of all ticks that appointments of `length` ticks at `starts` would cover."""
    cover, have = starts, 1
    while have < length:
        step = min(have, length - have)
        cover |= cover << step
        have += step
    return cover & FULL_DAY


def ticks_in(mask: int) -> Iterator[int]:
    """Yield the ticks of a mask in ascending order."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def runs_in(mask: int) -> Iterator[tuple[int, int]]:
    """Yield the unbroken runs of a mask as (start, end) ticks in ascending order."""
    while mask:
        start = (mask & -mask).bit_length() - 1
        shifted = mask >> start
        length = (~shifted & (shifted + 1)).bit_length() - 1
        yield start, start + length
        mask &= ~span(start, start + length)


def mask_of(ranges: Iterable[tuple[int, int]]) -> int:
    """Return the mask of several (start, end) tick ranges."""
    mask = 0
    for start, end in ranges:
        mask |= span(start, end)
    return mask
