"""Whether coaches use the types of one family, which differ in their minutes, as the rest of the site does.

Source: seeds/spotlight-appointment-booking.txt, "How to check appropriate use of appointment types".
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import comb

from agent_tui.domain.journeys import Claimants, Journeyed, journeyed
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import minutes_of_ticks
from agent_tui.domain.types import AppointmentType

LEAST_COUNT = 20
"""A coach with fewer appointments of a family, or a rest of the site with fewer, is compared with nobody."""
LEAST_DIFFERENCE = 0.1
"""How far a share must be from that of the rest of the site, beside not being chance."""
LEVEL = 0.05
"""How probable it may be that a family has any outlier by chance alone."""
RULE = (
    f"An outlier has at least {LEAST_COUNT} appointments of the family, a share of a length that is {LEAST_DIFFERENCE:.0%}"
    f" or more of all away from that of the rest of the site, and an exact test (Fisher) in which that is chance with a"
    f" probability under {LEVEL:.0%} divided by the number of tests."
)
NO_FAMILY = "The catalogue has no two types of one name with different minutes."
WEEKS = 4
"""How many weeks back and ahead are looked at where nobody says which days."""

_REMARK = re.compile(r"\s*\([^)]*\)")
_NUMBER = re.compile(r"\s+[0-9]+$")


class BadUse(ValueError):
    """A family, a team or a diary that there is not; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Family:
    """Types of one group and one name stem whose minutes differ; `lengths` are minutes by type on the day looked at."""

    id: str
    name: str
    group: str
    lengths: Mapping[str, int]


def stem_of(name: str) -> str:
    """Return what the names of a family have in common: without remarks, what follows a dash, and a number at the end."""
    return _NUMBER.sub("", _REMARK.sub("", name).partition(" - ")[0]).strip()


def families(types: Iterable[AppointmentType], day: date) -> list[Family]:
    """Return the families whose types have several lengths on a day, by name; block time is in none."""
    found: dict[tuple[str, str], list[AppointmentType]] = {}
    for kind in types:
        if kind.booked_by == "offer" and kind.minutes_on(day) is not None:
            found.setdefault((kind.group, stem_of(kind.name).casefold()), []).append(kind)
    out = []
    for (group, stem), kinds in found.items():
        lengths = {kind.code: kind.minutes_on(day) or 0 for kind in sorted(kinds, key=lambda one: one.code)}
        if len(set(lengths.values())) > 1:
            out.append(Family(re.sub(r"[^a-z0-9]+", "-", stem).strip("-"), stem_of(kinds[0].name), group, lengths))
    return sorted(out, key=lambda one: one.name.casefold())


def family_of(found: Sequence[Family], text: str) -> Family:
    """Return the family that an id, a name, its beginning or a type's code means; anything else raises BadUse."""
    if not found:
        raise BadUse(NO_FAMILY)
    word = text.strip().casefold()
    fitting = [one for one in found if word in (one.id, one.name.casefold()) or text.strip().upper() in one.lengths]
    fitting = fitting or [one for one in found if word and one.name.casefold().startswith(word)]
    if len(fitting) != 1:
        known = ", ".join(one.id for one in found)
        raise BadUse(f"{text.strip()[:30] or '(empty)'} is no family of types with several lengths; there are {known}.")
    return fitting[0]


@dataclass(frozen=True, slots=True)
class UsedType:
    """An appointment of a family: `start` to `end` in ticks, the claimant by opaque id; it stands or has taken place."""

    id: str
    type: str
    diary: str
    client: str | None
    day: date
    start: int
    end: int
    status: str

    @property
    def minutes(self) -> int:
        """Return the minutes that are booked."""
        return minutes_of_ticks(self.end - self.start)


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a family is of one length, in a coach's diary, the team and the site (each with the coach in it).

    `elsewhere` is the share of the rest of the site, `chance` the probability of a difference like this one; both are None
    where there are too few appointments. `types` counts the coach's appointments by type.
    """

    minutes: int
    count: int
    share: float
    team: float
    site: float
    elsewhere: float | None
    chance: float | None
    outlier: bool
    types: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class CoachUse:
    """A coach's use of a family; `shares` by length, ascending; what the journey calls for where that is known."""

    diary: str
    coach: str
    team: str
    count: int
    minutes: int
    shares: tuple[Share, ...]
    journey: Journeyed

    @property
    def outlier(self) -> bool:
        """Return whether some share is an outlier."""
        return any(one.outlier for one in self.shares)


@dataclass(frozen=True, slots=True)
class FamilyUse:
    """The use of a family on some days: coaches who have some of it (outliers first), the site's count by length.

    `tests` is by how many LEVEL is divided; `journey` is that of all who are shown together.
    """

    family: Family
    first: date
    last: date
    coaches: tuple[CoachUse, ...]
    counts: Mapping[int, int]
    tests: int
    journey: Journeyed


def default_days(today: date) -> tuple[date, date]:
    """Return the days that are looked at where nobody says which."""
    return today - timedelta(weeks=WEEKS), today + timedelta(weeks=WEEKS)


def chance_of(hits: int, drawn: int, all_hits: int, everything: int) -> float:
    """Return how probable it is that a draw has as many hits, or any number that is no more probable (Fisher's exact test).

    `drawn` of `everything` are drawn, of which `all_hits` are hits; whole numbers until the last division.
    """
    least, most = max(0, drawn + all_hits - everything), min(drawn, all_hits)
    ways = [comb(all_hits, least) * comb(everything - all_hits, drawn - least)]
    for number in range(least, most):
        up, down = (all_hits - number) * (drawn - number), (number + 1) * (everything - all_hits - drawn + number + 1)
        ways.append(ways[-1] * up // down)  # whole: it is the number of ways to draw one hit more
    seen = ways[hits - least]
    return sum(one for one in ways if one <= seen) / sum(ways)


def use_of(
    catalogue: Catalogue,
    family: Family,
    days: tuple[date, date],
    entries: Sequence[UsedType],
    claimants: Claimants,
    wanted: frozenset[str] | None = None,
) -> FamilyUse:
    """Return the use of a family by the diaries `wanted` (None for all), compared with the whole site, on some days.

    `entries` are those of the whole site. A length is what the type takes on the day, not what was booked by hand.
    """
    lengths = {one.id: catalogue.types[one.type].minutes_on(one.day) or one.minutes for one in entries}
    by_diary: dict[str, list[UsedType]] = {}
    for one in entries:
        by_diary.setdefault(one.diary, []).append(one)
    counts = {code: Counter(lengths[one.id] for one in mine) for code, mine in by_diary.items()}
    site: Counter[int] = sum(counts.values(), Counter())
    tests = _tests(counts, site)
    teams: dict[str, Counter[int]] = {}
    for code, own in counts.items():
        teams[_team(catalogue, code)] = teams.get(_team(catalogue, code), Counter()) + own
    coaches = []
    for code, mine in by_diary.items():
        if wanted is not None and code not in wanted:
            continue
        team = _team(catalogue, code)
        types: dict[int, Counter[str]] = {}
        for one in mine:
            types.setdefault(lengths[one.id], Counter())[one.type] += 1
        shares = tuple(_share(minutes, counts[code], teams[team], site, tests, types) for minutes in sorted(site))
        diary = catalogue.diaries.get(code)
        coach = code if diary is None else diary.coach
        minutes = sum(one.minutes for one in mine)
        coaches.append(CoachUse(code, coach, team, len(mine), minutes, shares, journeyed(family.name, mine, claimants)))
    coaches.sort(key=lambda one: (not one.outlier, one.diary))
    shown = [one for one in entries if wanted is None or one.diary in wanted]
    return FamilyUse(family, *days, tuple(coaches), dict(sorted(site.items())), tests, journeyed(family.name, shown, claimants))


def _team(catalogue: Catalogue, diary: str) -> str:
    known = catalogue.diaries.get(diary)
    return "" if known is None else known.team


def _compared(own: Counter[int], site: Counter[int]) -> bool:
    return own.total() >= LEAST_COUNT and site.total() - own.total() >= LEAST_COUNT


def _tests(counts: Mapping[str, Counter[int]], site: Counter[int]) -> int:
    """Return how many tests a family takes; of two lengths the second says what the first does."""
    each = len(site) - 1 if len(site) == 2 else len(site)
    return each * sum(_compared(own, site) for own in counts.values())


def _share(
    minutes: int,
    own: Counter[int],
    team: Counter[int],
    site: Counter[int],
    tests: int,
    types: Mapping[int, Mapping[str, int]],
) -> Share:
    count, total, everything = own[minutes], own.total(), site.total()
    share = count / total
    elsewhere = chance = None
    if _compared(own, site):
        elsewhere = (site[minutes] - count) / (everything - total)
        chance = chance_of(count, total, site[minutes], everything)
    outlier = elsewhere is not None and chance is not None and abs(share - elsewhere) >= LEAST_DIFFERENCE
    outlier = outlier and chance is not None and chance * tests < LEVEL
    part = dict(sorted(types.get(minutes, {}).items()))
    return Share(
        minutes, count, share, team[minutes] / team.total(), site[minutes] / everything, elsewhere, chance, outlier, part
    )


def chance_words(chance: float | None) -> str:
    """Return how probable a difference is by chance, in words; a few appointments are compared with nobody's."""
    if chance is None:
        return "too few to compare"
    return "chance under 0.1%" if chance < 0.001 else f"chance {chance:.1%}"
