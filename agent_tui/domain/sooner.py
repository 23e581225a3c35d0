"""The waiting list: who would come earlier than their appointment, which start has come free for them, and who is asked first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from agent_tui.domain.availability import DiaryDay, Search
from agent_tui.domain.requests import AFTERNOON, MORNING, PRIORITIES, ClockWindow, EntryState, Offer
from agent_tui.domain.site import Diary
from agent_tui.domain.ticks import MINUTES_PER_TICK, TICKS_PER_DAY, clock, parse_clock, span, ticks_in

WAITING, OFFERED, TAKEN, ENDED = "waiting", "offered", "taken", "ended"
ADDED_VERB, OFFERED_VERB, LEFT_VERB, BACK_VERB = "sooner_added", "sooner_offered", "sooner_ended", "sooner_returned"
"""The verbs of the log's lines about a place on the waiting list; each names its appointment as `waiting` in what is after."""
WAITING_VERBS = (ADDED_VERB, OFFERED_VERB, LEFT_VERB, BACK_VERB)
Asked = tuple[date, int, int]
"""A time that a claimant has been asked about: the day, start and end in ticks."""
ANSWERS = ("taken", "declined", "no_answer")
"""What a claimant says to an earlier time, or that they were not reached."""
_HALVES = {"am": MORNING, "pm": AFTERNOON}


def parse_part(text: str) -> ClockWindow:
    """Return a part of the day from am, pm or HH:MM-HH:MM (which holds the whole appointment); ValueError says what is wrong."""
    if text in _HALVES:
        return _HALVES[text]
    first, dash, last = text.partition("-")
    if not dash:
        raise ValueError(f"{text[:20] or '(empty)'} is none of am, pm or a range such as 09:00-11:30.")
    start, end = parse_clock(first.strip()), parse_clock(last.strip(), end=True)
    if end <= start:
        raise ValueError(f"The range {text[:20]} does not end after it starts.")
    return ClockWindow(start, end, whole=True)


def part_text(window: ClockWindow | None) -> str | None:
    """Return a part of the day as `parse_part` reads it, None for any time."""
    if window is None:
        return None
    named = next((name for name, half in _HALVES.items() if half == window), None)
    return named or f"{clock(window.start)}-{clock(window.end)}"


@dataclass(frozen=True, slots=True)
class SoonerWish:
    """Which earlier starts would suit: up to a day, in a part of the day, in one diary, in one team's; None for any."""

    until: date | None = None
    window: ClockWindow | None = None
    diary: str | None = None
    team: str | None = None

    def as_kept(self) -> dict[str, Any]:
        """Return the limits as codes and days."""
        until = None if self.until is None else self.until.isoformat()
        return {"until": until, "time": part_text(self.window), "diary": self.diary, "team": self.team}


def wish_from(kept: Mapping[str, Any]) -> SoonerWish:
    """Return the limits that `as_kept` wrote."""
    until, part = kept.get("until"), kept.get("time")
    return SoonerWish(
        None if until is None else date.fromisoformat(until),
        None if part is None else parse_part(part),
        kept.get("diary"),
        kept.get("team"),
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """A claimant's place on the waiting list: their appointment, the limits, and what became of it.

    `asked` are the times (day, start and end in ticks) that they have been asked about, `hold` the hold of the one that is
    offered, `call` the call in which it is, `made_at` since when they wait in ms UTC.
    """

    entry: str
    status: str
    wish: SoonerWish
    made_by: str
    made_at: int
    asked: tuple[Asked, ...] = ()
    hold: str | None = None
    call: str | None = None

    def as_kept(self) -> dict[str, Any]:
        """Return all that has no column of its own, as codes and days."""
        asked = [[day.isoformat(), start, end] for day, start, end in sorted(self.asked)]
        return self.wish.as_kept() | {"asked": asked, "hold": self.hold}

    def offering(self, hold: EntryState, call: str) -> "Waiting":
        """Return the place once a start is held for it and offered in a call."""
        return replace(self, status=OFFERED, asked=(*self.asked, (hold.day, hold.start, hold.end)), hold=hold.id, call=call)

    def still(self, *, forget: Asked | None = None) -> "Waiting":
        """Return the place once its offer has ended; `forget` is a time that they were never asked about after all."""
        return replace(self, status=WAITING, asked=tuple(one for one in self.asked if one != forget), hold=None, call=None)


def waiting_from(entry: str, status: str, kept: Mapping[str, Any], call: str | None, made_by: str, made_at: int) -> Waiting:
    """Return the place that `Waiting.as_kept` wrote."""
    asked = tuple((date.fromisoformat(day), int(start), int(end)) for day, start, end in kept.get("asked", ()))
    return Waiting(entry, status, wish_from(kept), made_by, made_at, asked, kept.get("hold"), call)


def best_start(
    now: Search, before: Search | None, place: Waiting, entry: EntryState, days: Iterable[date], *, but: Iterable[Offer] = ()
) -> Offer | None:
    """Return the start that suits a place on the waiting list best and could not be booked `before`, or None.

    It is earlier than the appointment, within the limits of the wish, and not at a time that the claimant has been asked
    about before. The earliest day counts, on it the earliest start; of one start the own diary, then the own team, then the
    first by code. In each diary a start counts first that begins where time has come free or right after what is taken, so
    that no time is left that nobody can use. `but` are offers that turned out to be none.
    """
    team = now.catalogue.diaries[entry.diary].team if entry.diary in now.catalogue.diaries else None
    gone = {(one.diary, one.day, one.start) for one in but}
    for day in sorted(days):
        if day > entry.day or (place.wish.until is not None and day > place.wish.until):
            break
        found = []
        for diary in now.diaries():
            today = now.diary_day(diary, day)
            if not isinstance(today, DiaryDay):
                continue
            starts = today.starts & _suiting(place, entry, day, today.length) & ~_starts(before, diary.code, day)
            for _diary, _day, tick in (one for one in gone if one[:2] == (diary.code, day)):
                starts &= ~span(tick, tick + 1)
            if starts:
                new = today.free & ~_free(before, diary.code, day)
                tidy = starts & (new & ~(new << 1) | ~(today.free << 1))
                tick = next(ticks_in(tidy or starts))
                rank = 0 if diary.code == entry.diary else 1 if diary.team == team else 2
                found.append(((tick, rank, diary.code), today, tick))
        if found:
            _order, at, tick = min(found, key=lambda one: one[0])
            return now.offer(at, tick)
    return None


def _suiting(place: Waiting, entry: EntryState, day: date, length: int) -> int:
    """Return the starts of a day that are earlier than the appointment and meet no time that was asked about."""
    starts = span(0, entry.start) if day == entry.day else span(0, TICKS_PER_DAY)
    for on, start, end in place.asked:
        if on == day:
            starts &= ~span(max(0, start - length + 1), end)
    return starts


def _diary(search: Search | None, code: str) -> Diary | None:
    return None if search is None else next((one for one in search.diaries() if one.code == code), None)


def _starts(search: Search | None, code: str, day: date) -> int:
    """Return the starts that a diary's day had before."""
    diary = _diary(search, code)
    if search is None or diary is None:
        return 0
    found = search.diary_day(diary, day)
    return found.starts if isinstance(found, DiaryDay) else 0


def _free(search: Search | None, code: str, day: date) -> int:
    """Return the ticks of a diary's day that were open to the type and free before."""
    if search is None or _diary(search, code) is None or day in search.catalogue.closures:
        return 0
    allowed = search.catalogue.allowed(code, day, search.kind.code, search.channel)
    return allowed & ~search.occupied.masks.get((code, day.isoformat()), 0)


def fit(place: Waiting, entry: EntryState, offer: Offer) -> tuple[int, int, int, str]:
    """Return what orders the claimants for whom a start has come free, best first.

    Urgent before high before standard; of one priority whoever gains most, in minutes from the start to their appointment;
    of one gain whoever has waited longest; at last the id, so that the order is always the same.
    """
    days = (entry.day - offer.day).days
    gain = days * TICKS_PER_DAY * MINUTES_PER_TICK + (entry.start - offer.start) * MINUTES_PER_TICK
    return -PRIORITIES.index(entry.priority), -gain, place.made_at, place.entry
