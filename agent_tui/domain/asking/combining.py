"""What several phrases of one line say together: days, parts of the day; None where they are against each other."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from agent_tui.domain.asking.when import Days
from agent_tui.domain.request_text import Times
from agent_tui.domain.requests import ClockWindow

_EARLIEST, _LATEST = date.min, date.max


def combined_days(said: Sequence[Days], today: date) -> Days | None:
    """Return the days that some phrases name together: what they have in common, or single days that follow each other.

    Weekdays beside a week lie in that week. None where no day fits all, or where single days have others between them.
    """
    days = list(dict.fromkeys(said))
    weeks = [one for one in days if one.week]
    if len(weeks) == 1:
        days = [_in_week(one, weeks[0]) for one in days]
    singles = sorted({one.first for one in days if one.first is not None and one.first == one.last})
    if len(singles) > 1:
        together = all(later - earlier == timedelta(days=1) for earlier, later in pairwise(singles))
        days = [one for one in days if one.first is None or one.first != one.last]
        if not together:
            return None
        days.append(Days(singles[0], singles[-1]))
    first = max((one.first or _EARLIEST for one in days), default=_EARLIEST)
    last = min((one.last or _LATEST for one in days), default=_LATEST)
    if last < max(first, today):
        return None
    return Days(None if first == _EARLIEST else first, None if last == _LATEST else last)


def _in_week(one: Days, week: Days) -> Days:
    """Return days named by weekday as they lie in a week."""
    named, end = one.first or one.last, week.last
    if one.week or not one.by_name or named is None or end is None:
        return one
    move = (end - timedelta(days=end.weekday())) - (named - timedelta(days=named.weekday()))
    return Days(None if one.first is None else one.first + move, None if one.last is None else one.last + move)


def combined_times(said: Sequence[Times]) -> Times | None:
    """Return the part of the day and the start that some phrases name together, None where they are against each other."""
    windows = list(dict.fromkeys(one.window for one in said if one.window is not None))
    nears = {one.near for one in said if one.near is not None}
    window: ClockWindow | None = None
    for one in windows:
        window = one if window is None else _both(window, one)
        if window.start >= window.end:
            return None
    near = nears.pop() if len(nears) == 1 else None
    if nears or (window is not None and near is not None and not window.start <= near < window.end):
        return None
    return Times(window, near)


def _both(one: ClockWindow, other: ClockWindow) -> ClockWindow:
    return ClockWindow(max(one.start, other.start), min(one.end, other.end), one.whole or other.whole)
