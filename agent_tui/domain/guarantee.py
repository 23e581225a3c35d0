"""What a type must always have: starts within some working days, why it has not, and whether it is about to run dry."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from agent_tui.domain.availability import Now, Occupied, Search, Stop, no_search, reasons_of
from agent_tui.domain.plurals import counted
from agent_tui.domain.requests import Reason, Request
from agent_tui.domain.site import Catalogue, Diary
from agent_tui.domain.ticks import span
from agent_tui.domain.types import Guarantee
from agent_tui.domain.wall_time import short_date

MOST_STARTS = 200
MOST_DAYS = 20
RECENT_DAYS = 5
"""The working days before today whose bookings say how fast a type is used up."""
OK, LOW, FAILS = "ok", "low", "fails"
Pace = Mapping[str, Mapping[int, int]]
"""How many appointments of each type were booked in `recent_days`, by how many days ahead they were booked."""
NO_PACE: Pace = {}
_DAY = timedelta(days=1)
_ALL = -1
"""The mask of a diary's day in which nothing is left, for which nothing need be asked."""

_BRIEF: Mapping[str, str] = {
    "not_assigned": "not assigned",
    "diary_off": "diaries are off",
    "closure": "closed",
    "unknown_type": "has no length yet",
    "day_off": "days off",
    "no_segment": "in no segment",
    "limit": "limit used up",
    "full": "full",
    "notice": "inside the notice",
    "resource_busy": "no room free",
    "booker": "not by offer",
}


def rule_words() -> Mapping[str, str]:
    """Return what each rule that closes starts is in two or three words."""
    return _BRIEF


_FIXES: Mapping[str, str] = {
    "not_assigned": "Assign it to a diary.",
    "diary_off": "Switch on a diary that takes it.",
    "closure": "Guarantee it within more days, or open more time on the others.",
    "unknown_type": "Give it a length from an earlier day on.",
    "day_off": "Assign it to a coach who works on these days.",
    "no_segment": "Allow it in a segment.",
    "limit": "Raise the segment's limit, or allow it in another segment.",
    "full": "Open more time for it, or assign it to another diary.",
    "notice": "Open more time for it on later days.",
    "resource_busy": "Free a room, or open it for longer.",
    "booker": "Drop the guarantee; it is booked as block time.",
}


@dataclass(frozen=True, slots=True)
class GuaranteeNow:
    """How a guarantee stands: `found` starts from `first` to `last`, as `find --all` lists them for whoever may book it.

    `status` is "ok", "low" (it holds, but at the pace of recent bookings it will be used up before `last` ends) or "fails"
    (fewer starts than are guaranteed). `room` is how many appointments fit after one another, None where that was not
    asked; `per_day` how many were booked a working day lately for so few days ahead. `reasons` say which rules closed how
    many diary days, as a search does, `only` names the coach where one diary alone takes the type.
    """

    rule: Guarantee
    name: str
    first: date
    last: date
    found: int
    diaries: tuple[str, ...]
    only: str | None
    status: str
    reasons: tuple[Reason, ...] = ()
    room: int | None = None
    per_day: float = 0.0

    @property
    def main(self) -> Reason | None:
        """Return the reason that closed most diary days."""
        return max(self.reasons, key=lambda one: one.count, default=None)

    @property
    def brief(self) -> str:
        """Return how it stands in a few words: "ok", "only F Young, full", "low: 3 more, 1.2 a day"."""
        if self.status == OK:
            return "ok"
        if self.status == LOW:
            return f"low: {self.room} more, {self.per_day:.1f} a day"
        main = self.main
        why = "" if main is None else _BRIEF.get(main.rule, main.rule)
        return ", ".join(part for part in ("" if self.only is None else f"only {self.only}", why) if part)

    @property
    def reason(self) -> str | None:
        """Return what is wrong in a sentence, None where nothing is."""
        within = f"{self.rule.days} working day{'' if self.rule.days == 1 else 's'}"
        if self.status == LOW:
            return (
                f"Room for {self.room} more until {short_date(self.last)}, and {self.per_day:.1f} were booked a day lately:"
                " it will be used up before."
            )
        if self.status == OK:
            return None
        alone = "" if self.only is None else f" Only {self.only} takes it."
        why = "" if self.main is None else f" {self.main.text}"
        return f"{self.found} of {self.rule.starts} starts in {within}.{alone}{why}"

    @property
    def fix(self) -> str | None:
        """Return what a team leader could do, None where nothing is wrong."""
        if self.status == OK:
            return None
        return _FIXES["full"] if self.main is None else _FIXES.get(self.main.rule)


def short_words(found: Sequence[GuaranteeNow]) -> str:
    """Return how many guarantees fail and how many run low, those that a list marks: "1 of 3 fail, 2 low"."""
    failing, low = _short(found)
    return f"{failing} of {len(found)} fail" + (f", {low} low" if low else "")


def failing_words(found: Sequence[GuaranteeNow]) -> str:
    """Return that guarantees fail, with how many run low beside them: "2 guarantees fail, 1 low"; empty where none fails."""
    failing, low = _short(found)
    return (counted(failing, "guarantee fails", "guarantees fail") + (f", {low} low" if low else "")) if failing else ""


def _short(found: Sequence[GuaranteeNow]) -> tuple[int, int]:
    return sum(one.status == FAILS for one in found), sum(one.status == LOW for one in found)


def guarantee_problem(starts: int, days: int) -> str | None:
    """Return what is wrong with the numbers of a guarantee, or None."""
    if not 1 <= starts <= MOST_STARTS:
        return f"A guarantee is of 1 to {MOST_STARTS} starts, not {starts}."
    if not 1 <= days <= MOST_DAYS:
        return f"A guarantee is within 1 to {MOST_DAYS} working days, not {days}."
    return None


def days_of(catalogue: Catalogue, days: int, today: date) -> tuple[date, date]:
    """Return the first and the last day of a guarantee of some working days, today's among them."""
    return today, catalogue.working_days_from(today, days)


def longest(catalogue: Catalogue, today: date) -> tuple[date, date]:
    """Return the first and the last day that any guarantee looks at."""
    return days_of(catalogue, max((one.days for one in catalogue.guarantees.values()), default=1), today)


def recent_days(catalogue: Catalogue, today: date) -> tuple[date, date]:
    """Return the first and the last of the working days before today whose bookings are the pace."""
    day, found, last = today, 0, today - _DAY
    while found < RECENT_DAYS:
        day -= _DAY
        found += catalogue.is_working_day(day)
    return day, last


def pace_of(booked: Iterable[tuple[str, date, date]]) -> Pace:
    """Return the pace of what was booked in `recent_days`: type, the day on which it was booked, and that of the appointment."""
    pace: dict[str, dict[int, int]] = {}
    for code, made, day in booked:
        ahead, counts = (day - made).days, pace.setdefault(code, {})
        counts[ahead] = counts.get(ahead, 0) + 1
    return pace


def per_day(pace: Pace, code: str, first: date, last: date) -> float:
    """Return how many appointments of a type were booked a working day, of those as few days ahead as `last` is of `first`.

    What is booked for later takes no start before `last`.
    """
    most = (last - first).days
    return sum(count for ahead, count in pace.get(code, {}).items() if ahead <= most) / RECENT_DAYS


def guarantees_now(catalogue: Catalogue, occupied: Occupied, now: Now, pace: Pace = NO_PACE) -> list[GuaranteeNow]:
    """Return how each guarantee of the site stands, those that fail first, then those that run low, by name.

    Without a `pace` nothing runs low.
    Source: seeds/spotlight-appointment-booking.txt, "How to check the availability of work coach diaries".
    """
    order = {FAILS: 0, LOW: 1, OK: 2}
    taken: dict[tuple[str, date], int] = {}
    rules = [rule for rule in catalogue.guarantees.values() if rule.type in catalogue.types]
    found = [_stands(catalogue, rule, occupied, now, pace, taken) for rule in rules]
    return sorted(found, key=lambda one: (order[one.status], one.name.casefold(), one.rule.type))


def guarantee_now(catalogue: Catalogue, rule: Guarantee, occupied: Occupied, now: Now, pace: Pace = NO_PACE) -> GuaranteeNow:
    """Return how one guarantee stands, whether the site has it or not."""
    return _stands(catalogue, rule, occupied, now, pace, {})


def _stands(
    catalogue: Catalogue,
    rule: Guarantee,
    occupied: Occupied,
    now: Now,
    pace: Pace,
    taken: dict[tuple[str, date], int],
) -> GuaranteeNow:
    first, last = days_of(catalogue, rule.days, now.day)
    request = Request(rule.type, first, last, limit=None, every=True)
    name = catalogue.types[rule.type].name
    refused = no_search(catalogue, request)
    if refused is not None:
        return GuaranteeNow(rule, name, first, last, 0, (), None, FAILS, refused.reasons)
    search = Search(catalogue, request, occupied, now)
    diaries = search.diaries()
    masks = _masks(search, diaries, taken)
    found = sum(mask.bit_count() for mask, _length in masks)
    only = diaries[0].coach if len(diaries) == 1 else None
    base = (rule, name, first, last, found, tuple(one.code for one in diaries), only)
    booked = per_day(pace, rule.type, first, last)
    if found < rule.starts:
        return GuaranteeNow(*base, FAILS, _reasons(search, diaries), per_day=booked)
    wanted = booked * rule.days
    room = _room(masks, wanted) if wanted else None
    return GuaranteeNow(*base, OK if room is None or room >= wanted else LOW, room=room, per_day=booked)


def _masks(search: Search, diaries: list[Diary], taken: dict[tuple[str, date], int]) -> list[tuple[int, int]]:
    """Return the mask of starts and the length of each diary's day that has any; `taken` is shared by the types."""
    found = []
    for day in search.days():
        for diary in diaries:
            place = (diary.code, day)
            if place not in taken:
                busy = search.taken(diary, day)
                taken[place] = busy if search.catalogue.plan(diary.code, day).open_mask & ~busy else _ALL
            if taken[place] == _ALL:
                continue
            starts, length = search.starts_beside(taken[place], diary, day)
            if starts:
                found.append((starts, length))
    return found


def _room(masks: list[tuple[int, int]], enough: float) -> int:
    """Return how many appointments fit after one another, counted no further than `enough`.

    Rooms, limits and what other types take may leave fewer, so that a type is called low too late rather than too soon.
    """
    count = 0
    for mask, length in masks:
        while mask and count < enough:
            start = (mask & -mask).bit_length() - 1
            mask &= ~span(start, start + length)
            count += 1
    return count


def _reasons(search: Search, diaries: list[Diary]) -> tuple[Reason, ...]:
    """Return which rules closed how many diary days; none where every day has a start, only too few of them."""
    stops: dict[str, list[str]] = {}
    for day in search.days():
        for diary in diaries:
            stop = search.diary_day(diary, day)
            if isinstance(stop, Stop):
                stops.setdefault(stop.rule, []).append(stop.detail)
    return reasons_of(search, diaries, stops) if stops else ()
