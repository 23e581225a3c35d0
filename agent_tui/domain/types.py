"""What can be booked: appointment types with minutes that change from a date."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from agent_tui.domain.ticks import MINUTES_PER_TICK

CHANNELS = ("f2f", "phone", "video")
ANY_CHANNEL = "all"
GROUPS = ("initial", "commitments", "review", "evidence", "payment", "specialist", "block-time")
WEEKLY_CHECKS = ("initial", "first-commitment", "habitual-residency", "gateway")
BOOKERS = ("provider agent", "case manager", "service centre", "site staff")
CONTACTS = ("phone", "online", "email", "walk-in")


@dataclass(frozen=True, slots=True)
class MinutesFrom:
    """A duration in minutes and the first day of appointments to which it applies."""

    effective_from: date
    minutes: int


@dataclass(frozen=True, slots=True)
class KeyFrom:
    """Whether a type is a key appointment, from a day on."""

    effective_from: date
    key: bool


@dataclass(frozen=True, slots=True)
class DropIn:
    """When claimants may come without an appointment, from a day on, and the words to say.

    `hours` are (weekday, start tick, end tick), 0 is Monday; none of them means that it is no drop-in any more.
    Source: seeds/spotlight-appointment-booking.txt, "Assigning appointments".
    """

    effective_from: date
    hours: tuple[tuple[int, int, int], ...]
    words: str


@dataclass(frozen=True, slots=True)
class Guarantee:
    """What a type must always have: at least so many starts within so many working days, today's among them."""

    type: str
    starts: int
    days: int


@dataclass(frozen=True, slots=True)
class AppointmentType:
    """One bookable type; `minutes` is ordered by its first day, `booked_by` is "offer" or "block".

    `key` holds before the first of `keys`. `minutes`, `keys` and `drop_ins` are ordered by their first day.
    """

    code: str
    name: str
    channel: str
    group: str
    key: bool
    minutes: tuple[MinutesFrom, ...]
    weekly_check: str = ""
    booked_by: str = "offer"
    may_book: frozenset[str] = frozenset(BOOKERS)
    needs: tuple[str, ...] = ()
    bring: str = ""
    source: str = ""
    keys: tuple[KeyFrom, ...] = ()
    drop_ins: tuple[DropIn, ...] = ()

    def key_on(self, day: date) -> bool:
        """Return whether it is a key appointment on a day.

        Source: seeds/spotlight-appointment-booking.txt, "Assigning appointments" ("This is not a complete list").
        """
        found = self.key
        for step in self.keys:
            if step.effective_from > day:
                break
            found = step.key
        return found

    def drop_in_on(self, day: date) -> DropIn | None:
        """Return the drop-in that is in force on a day, or None."""
        found: DropIn | None = None
        for step in self.drop_ins:
            if step.effective_from > day:
                break
            found = step
        return found if found is not None and found.hours else None

    def minutes_on(self, day: date) -> int | None:
        """Return the minutes in force on the day of the appointment, or None before the first of them.

        Source: domain/facts.md section 1 (durations are data with an effective-from date).
        """
        found: int | None = None
        for step in self.minutes:
            if step.effective_from > day:
                break
            found = step.minutes
        return found

    def ticks_on(self, day: date) -> int | None:
        """Return the length in ticks on the day of the appointment, or None before the type exists."""
        minutes = self.minutes_on(day)
        return None if minutes is None else minutes // MINUTES_PER_TICK


def type_problems(kind: AppointmentType) -> list[str]:
    """Return what is wrong with a type as sentences; an empty list when it can be stored."""
    problems = []
    if not kind.code or kind.code != kind.code.strip().upper() or len(kind.code) > 20:
        problems.append(f"The code {kind.code[:20]!r} must be upper case and at most 20 characters.")
    if not kind.name:
        problems.append(f"The type {kind.code} has no name.")
    for label, value, allowed in (
        ("channel", kind.channel, CHANNELS),
        ("group", kind.group, GROUPS),
        ("weekly_check", kind.weekly_check, ("", *WEEKLY_CHECKS)),
        ("booked_by", kind.booked_by, ("offer", "block")),
    ):
        if value not in allowed:
            problems.append(f"The {label} {value[:20]!r} of {kind.code} is none of: {_listed(allowed)}.")
    strangers = kind.may_book - set(BOOKERS)
    if strangers:
        problems.append(f"may_book of {kind.code} names {_listed(sorted(strangers))}; known are {_listed(BOOKERS)}.")
    if not kind.minutes:
        problems.append(f"The type {kind.code} has no minutes.")
    for step in kind.minutes:
        if step.minutes <= 0 or step.minutes % MINUTES_PER_TICK or step.minutes > 8 * 60:
            problems.append(f"{step.minutes} minutes of {kind.code}: a multiple of {MINUTES_PER_TICK} up to 480 is needed.")
    if len({step.effective_from for step in kind.minutes}) != len(kind.minutes):
        problems.append(f"The type {kind.code} has two lengths from the same day.")
    return problems


def _listed(words: Iterable[str]) -> str:
    return ", ".join(word or "(empty)" for word in words)
