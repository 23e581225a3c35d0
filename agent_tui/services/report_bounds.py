"""The most that could have been booked in each week of a report, by the linear programme that also bounds simulations."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta

from agent_tui.domain.reports.facts import Taken, Unserved
from agent_tui.domain.reports.span import Span
from agent_tui.domain.site import Catalogue
from agent_tui.domain.streams import StreamRow
from agent_tui.domain.ticks import MINUTES_PER_TICK
from agent_tui.solvers.hindsight import NoSolver, bound


def weekly_bounds(
    catalogue: Catalogue,
    days: Span,
    taken: Iterable[Taken],
    refused: Iterable[Unserved],
    say: Callable[[str, int, int], None],
) -> dict[str, int] | None:
    """Return the minutes by the ISO day on which each week begins, None where the solver is not installed.

    Everybody who had an appointment in a week, and every call of it that ended without a booking, would have taken any start of
    the week. Appointments that no offer can make, such as one in a type that is booked as block time, count as they are.
    """
    weeks = Span(days.first, days.last, "week")
    rows: list[list[StreamRow]] = [[] for _ in weeks.periods]
    fixed = [0] * len(rows)
    for number, one in enumerate(taken):
        if one.kind == "appointment":
            week = weeks.row_of[one.day]
            row = _row(catalogue, weeks, week, f"booked {number}", one.type or "", one.day)
            if row is None:
                fixed[week] += (one.end - one.start) * MINUTES_PER_TICK
            else:
                rows[week].append(row)
    for number, call in enumerate(refused):
        week = weeks.row_of[call.day]
        row = _row(catalogue, weeks, week, f"refused {number}", call.type, call.day)
        rows[week] += [] if row is None else [row]
    found = {}
    try:
        for number, (period, stream) in enumerate(zip(weeks.periods, rows, strict=True), 1):
            within = [period.first + timedelta(days=offset) for offset in range((period.last - period.first).days + 1)]
            found[period.first.isoformat()] = fixed[number - 1] + (bound(catalogue, within, stream) if stream else 0)
            say("weeks bounded", number, len(rows))
    except NoSolver:
        return None
    return found


def _row(catalogue: Catalogue, weeks: Span, number: int, id: str, type: str, day: str) -> StreamRow | None:
    kind, period = catalogue.types.get(type), weeks.periods[number]
    minutes = kind.minutes_on(date.fromisoformat(day)) if kind is not None and kind.booked_by == "offer" else None
    if minutes is None:
        return None
    return StreamRow(id, datetime.combine(period.first, time()), type, minutes, period.first, period.last)
