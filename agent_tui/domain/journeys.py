"""What a claimant's journey calls for, as far as anything is known of it: minutes and days between for each stem of type names.

Source: domain/facts.md section 1. A journey begins with the claimant's first commitment at this site.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from agent_tui.domain.plurals import counted


class Meeting(Protocol):
    """An appointment as a journey sees it."""

    @property
    def id(self) -> str:
        """Return its id."""
        ...

    @property
    def client(self) -> str | None:
        """Return the claimant's opaque id."""
        ...

    @property
    def day(self) -> date:
        """Return its day."""
        ...

    @property
    def minutes(self) -> int:
        """Return its booked minutes."""
        ...


@dataclass(frozen=True, slots=True)
class Called:
    """What is called for from a week of the journey on (None: whatever the week): from `least` to `most` minutes.

    `days_between` is the least between two such meetings, None where nothing is said of that.
    """

    stem: str
    from_week: int | None
    least: int
    most: int
    days_between: int | None
    words: str


CALLED_FOR = (
    Called("work search review", 13, 10, 10, 14, "from week 13 of a claim every two weeks for 10 minutes"),
    Called("first commitment", None, 30, 50, None, "30 minutes (since 2025) to 50 (the guidance)"),
)
"""What is known; of other types, and of earlier weeks, nothing is."""


@dataclass(frozen=True, slots=True)
class Claimants:
    """What is known of claimants by opaque id: the day of the first commitment, and the days of all meetings of a family."""

    begun: Mapping[str, date]
    met: Mapping[str, Sequence[date]]


NOBODY = Claimants({}, {})


@dataclass(frozen=True, slots=True)
class Journeyed:
    """Booked minutes against what journeys call for, of the `known` appointments for which that is known.

    `least` and `most` are minutes in all; `longer` and `shorter` count appointments that take more or fewer minutes than
    called for, `sooner` those that follow another too early. `words` says what is known, empty where nothing is.
    """

    known: int
    unknown: int
    minutes: int = 0
    least: int = 0
    most: int = 0
    longer: int = 0
    shorter: int = 0
    sooner: int = 0
    words: str = ""


def rules_for(family: str) -> tuple[Called, ...]:
    """Return what is known of a family, by the stem of its types' names."""
    return tuple(one for one in CALLED_FOR if one.stem == family.casefold())


def called_for(family: str, meeting: Meeting, claimants: Claimants) -> Called | None:
    """Return what a claimant's journey calls for on a meeting's day, None where that is not known."""
    begun = None if meeting.client is None else claimants.begun.get(meeting.client)
    best: Called | None = None
    for rule in rules_for(family):
        if rule.from_week is None:
            best = best or rule
        elif begun is not None and (meeting.day - begun).days >= 7 * rule.from_week:
            best = rule
    return best


def journeyed(family: str, meetings: Iterable[Meeting], claimants: Claimants) -> Journeyed:
    """Return some meetings of a family against what the journeys of their claimants call for."""
    known = unknown = minutes = least = most = longer = shorter = sooner = 0
    for one in meetings:
        rule = called_for(family, one, claimants)
        if rule is None:
            unknown += 1
            continue
        known, minutes, least, most = known + 1, minutes + one.minutes, least + rule.least, most + rule.most
        longer += one.minutes > rule.most
        shorter += one.minutes < rule.least
        sooner += _too_soon(rule, one, claimants)
    words = "; ".join(rule.words for rule in rules_for(family))
    return Journeyed(known, unknown, minutes, least, most, longer, shorter, sooner, words)


def _too_soon(rule: Called, meeting: Meeting, claimants: Claimants) -> bool:
    if rule.days_between is None or meeting.client is None:
        return False
    before = [day for day in claimants.met.get(meeting.client, ()) if day < meeting.day]
    return bool(before) and (meeting.day - max(before)).days < rule.days_between


def journey_words(one: Journeyed) -> str:
    """Return booked minutes against what the journey calls for as sentences, or that nothing is known of it."""
    if not one.words:
        return "What the journey calls for: nothing is known for these types."
    if not one.known:
        return f"What the journey calls for: {one.words}; the week is known of none ({counted(one.unknown, 'appointment')})."
    called = f"{one.least}" if one.least == one.most else f"{one.least} to {one.most}"
    return (
        f"What the journey calls for: {one.words}. Of {one.known} appointments that is known: {one.minutes} minutes booked,"
        f" {called} called for; {one.longer} too long, {one.shorter} too short, {one.sooner} too soon."
        f" Of {one.unknown} it is not."
    )
