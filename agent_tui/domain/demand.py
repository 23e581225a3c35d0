"""What a site is asked for: how often each type, learnt from its own bookings and refusals, and the usual mix until then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from agent_tui.domain.requests import AFTERNOON, MORNING, Request
from agent_tui.domain.ticks import TICKS_PER_DAY

WEEKS = 12
STALE_DAYS = 7
ENOUGH_CALLS = 100
USUAL_CALLS = 200
"""The usual mix counts as so many calls, so that a few weeks of a site's own do not swing the table."""


class NoDemand(ValueError):
    """A mix of types in which nothing is asked for; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class LearntFrom:
    """What value tables were learnt from: bookings and refusals by type, of some days, and when (ms UTC)."""

    first_day: date
    last_day: date
    bookings: Mapping[str, int]
    refusals: Mapping[str, int]
    learnt_at: int

    @property
    def calls(self) -> int:
        """Return how many calls there were."""
        return sum(self.bookings.values()) + sum(self.refusals.values())


@dataclass(frozen=True, slots=True)
class Unmet:
    """What a caller wanted and got no time for: type, days, half of the day ("any", "am", "pm"), rules in the way."""

    type: str
    first_day: date
    last_day: date
    half: str
    reasons: tuple[str, ...] = ()

    @classmethod
    def of(cls, request: Request, reasons: tuple[str, ...] = ()) -> "Unmet":
        """Return a search as demand that was not met; a part of the day counts as the half in which all of it lies."""
        window = request.window
        start, end = (0, TICKS_PER_DAY) if window is None else (window.start, window.end)
        half = "am" if end <= MORNING.end else "pm" if start >= AFTERNOON.start else "any"
        return cls(request.type, request.first_day, request.last_day, half, tuple(dict.fromkeys(reasons)))

    def as_state(self) -> dict[str, Any]:
        """Return it as a line of the log has it."""
        days = {"first_day": self.first_day.isoformat(), "last_day": self.last_day.isoformat()}
        return {"type": self.type, **days, "half": self.half, "reasons": list(self.reasons)}


def days_learnt_from(today: date) -> tuple[date, date]:
    """Return the first and the last day of the weeks from which demand is learnt."""
    return today - timedelta(weeks=WEEKS), today


def weights(usual: Mapping[str, float], learnt: LearntFrom | None) -> dict[str, float]:
    """Return how often each type is asked for; a usual mix in which nothing is asked for raises NoDemand."""
    whole = sum(usual.values())
    if whole <= 0 or any(one < 0 for one in usual.values()):
        raise NoDemand("The usual mix of types is empty: no type is asked for.")
    found = {code: USUAL_CALLS * weight / whole for code, weight in usual.items()}
    for counts in () if learnt is None else (learnt.bookings, learnt.refusals):
        for code, count in counts.items():
            found[code] = found.get(code, 0.0) + count
    return found


def is_stale(learnt: LearntFrom | None, today: date, calls_since: int) -> bool:
    """Return whether demand should be learnt anew: a week has gone by, or enough calls were made before it ever was."""
    if learnt is None:
        return calls_since >= ENOUGH_CALLS
    return today - learnt.last_day >= timedelta(days=STALE_DAYS)
