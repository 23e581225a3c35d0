"""Which looks at claimants are unusual: a pure rule over counts, so that it can be said in a sentence and tested by hand."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median

from agent_tui.domain.plurals import counted
from agent_tui.domain.wall_time import short_date

PASSING = frozenset(
    {
        *("grid", "today", "queue", "waiting list", "recovery", "re-home", "flags", "override", "block", "day", "typing"),
    }
)
"""Why a screen or a list names claimants by the hundred: nobody meant to look at one of them."""

TIMES = 3
LEAST = 20
CROWD = 3
RANGE_DAYS = 28

RULE = (
    f"A day of somebody is unusual who looked, on purpose, at more than {LEAST} claimants and at more than {TIMES} times as many"
    " as the middle one of the days of colleagues of the same role (of everybody where there is none). A claimant is unusual at"
    f" whom {CROWD} or more people looked, on purpose, who have no line of the log about them and took no call of theirs."
    f" On purpose is every look but what a screen names in passing: {', '.join(sorted(PASSING))}."
)


@dataclass(frozen=True, slots=True)
class DayOfLooks:
    """At how many claimants somebody looked on purpose on a day of site time."""

    who: str
    role: str
    day: date
    claimants: int


@dataclass(frozen=True, slots=True)
class Volume:
    """A person's day far beyond what is usual for the role; `usual` is the middle of the colleagues' days."""

    who: str
    role: str
    day: date
    claimants: int
    usual: float


@dataclass(frozen=True, slots=True)
class Crowd:
    """A claimant at whom several people looked who had nothing to do with them; logins in order."""

    client: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unusual:
    """What RULE calls unusual between two days, both inclusive."""

    first_day: date
    last_day: date
    volumes: tuple[Volume, ...]
    crowds: tuple[Crowd, ...]

    @property
    def lines(self) -> list[str]:
        """Return it in sentences, the rule last."""
        lines = [
            f"{short_date(one.day)}: {one.who} ({one.role}) looked at {counted(one.claimants, 'claimant')};"
            f" usual is {one.usual:g}."
            for one in self.volumes
        ]
        lines += [
            f"{one.client}: looked at by {', '.join(one.people)}, who did nothing for this claimant." for one in self.crowds
        ]
        span = f"{short_date(self.first_day)} to {short_date(self.last_day)}"
        return [*(lines or [f"Nothing unusual from {span}."]), f"From {span}. {RULE}"]


def unusual_days(days: Iterable[DayOfLooks]) -> list[Volume]:
    """Return the days that RULE calls unusual, the most claimants first; a person with whom nobody can be compared has none."""
    known = list(days)
    found = []
    for one in known:
        if one.claimants <= LEAST:
            continue
        others = [other for other in known if other.who != one.who]
        colleagues = [other.claimants for other in others if other.role == one.role] or [other.claimants for other in others]
        if colleagues and one.claimants > TIMES * median(colleagues):
            found.append(Volume(one.who, one.role, one.day, one.claimants, float(median(colleagues))))
    return sorted(found, key=lambda one: (-one.claimants, one.day, one.who))


def crowds(lookers: Iterable[tuple[str, str]], concerned: Iterable[tuple[str, str]]) -> list[Crowd]:
    """Return the claimants that RULE calls unusual, the most people first; both are pairs of a claimant and a login."""
    meant: Mapping[str, set[str]] = defaultdict(set)
    for client, who in lookers:
        meant[client].add(who)
    for client, who in concerned:
        if client in meant:
            meant[client].discard(who)
    found = [Crowd(client, tuple(sorted(people))) for client, people in meant.items() if len(people) >= CROWD]
    return sorted(found, key=lambda one: (-len(one.people), one.client))
