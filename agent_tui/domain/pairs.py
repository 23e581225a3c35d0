"""Pairs: a first interview and a commitment meeting in two diaries on one day, the shortest wait between them first."""

import uuid
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import nsmallest

from agent_tui.domain.requests import Booked, EntryState, Offer
from agent_tui.domain.ticks import MINUTES_PER_TICK
from agent_tui.domain.wall_time import spoken_day, spoken_time

SECONDS_EACH = 3
"""How many second starts are listed for one first: the earliest."""
MOST_WAIT_MINUTES = 60


@dataclass(frozen=True, slots=True)
class PairOffer:
    """Two offers of one day in two diaries, of which the second starts when the first has ended, or later."""

    first: Offer
    second: Offer

    @property
    def wait(self) -> int:
        """Return the ticks between the end of the first and the start of the second."""
        return self.second.start - self.first.end

    @property
    def wait_minutes(self) -> int:
        """Return the minutes between the end of the first and the start of the second."""
        return self.wait * MINUTES_PER_TICK


@dataclass(frozen=True, slots=True)
class PairsFound:
    """The pairs that are shown, how many there are in all, and where there are none the refusal's word and why."""

    status: str
    pairs: tuple[PairOffer, ...]
    total: int
    code: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Paired:
    """What became of a pair: `status` is the word of the act, `pair` the id of the first, which is that of the pair."""

    status: str
    pair: str
    first: Booked
    second: Booked
    repeated: bool = False

    @property
    def wait_minutes(self) -> int:
        """Return the minutes between the end of the first and the start of the second."""
        return (self.second.entry.start - self.first.entry.end) * MINUTES_PER_TICK


def second_id(site: str, first: str) -> str:
    """Return the id of a pair's second entry: it follows from that of the first, so that it is found without a search."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{site}:{first}:second"))


def other_half(site: str, entry: EntryState) -> str | None:
    """Return the id of the other entry of a pair, or None when the entry has none."""
    if entry.pair is None or entry.kind == "block":
        return None
    return second_id(site, entry.pair) if entry.id == entry.pair else entry.pair


def say_stays(other: EntryState) -> str:
    """Return the sentence that tells a claimant who cancels half of a pair of the other half."""
    return f"Your other appointment on {spoken_day(other.day)} at {spoken_time(other.start)} stays as it is."


def pair_up(
    firsts: Iterable[Offer], seconds: Iterable[Offer], most_wait_minutes: int, limit: int | None = None
) -> tuple[list[PairOffer], int]:
    """Return pairs by wait, then day and start of the first, then the diaries, and how many there are in all.

    Of each first the earliest seconds are taken that start no more than `most_wait_minutes` after its end, in another
    diary. Source: seeds/spotlight-appointment-booking.txt, "Diary alignment IEI/First Commitments".
    """
    by_day: dict[date, list[Offer]] = {}
    for offer in sorted(seconds, key=lambda one: (one.start, one.diary)):
        by_day.setdefault(offer.day, []).append(offer)
    starts = {day: [one.start for one in found] for day, found in by_day.items()}
    most = most_wait_minutes // MINUTES_PER_TICK
    pairs: list[PairOffer] = []
    for first in firsts:
        day = by_day.get(first.day)
        if day is not None:
            pairs += _of_first(first, day, bisect_left(starts[first.day], first.end), most)
    shown = sorted(pairs, key=_order) if limit is None else nsmallest(limit, pairs, key=_order)
    return shown, len(pairs)


def _of_first(first: Offer, seconds: Sequence[Offer], begin: int, most: int) -> list[PairOffer]:
    found: list[PairOffer] = []
    for number in range(begin, len(seconds)):
        second = seconds[number]
        if second.start - first.end > most or len(found) == SECONDS_EACH:
            break
        if second.diary != first.diary:
            found.append(PairOffer(first, second))
    return found


def _order(pair: PairOffer) -> tuple[int, date, int, str, str]:
    return pair.wait, pair.first.day, pair.first.start, pair.first.diary, pair.second.diary
