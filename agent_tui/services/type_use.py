"""The check that coaches use types with the right minutes: the shares of each family, and the appointments behind them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from agent_tui.domain.clients import initials
from agent_tui.domain.journeys import Claimants
from agent_tui.domain.site import Catalogue
from agent_tui.domain.type_use import NO_FAMILY as NO_FAMILY
from agent_tui.domain.type_use import BadUse, Family, FamilyUse, UsedType, families, family_of, use_of
from agent_tui.services.desk import Desk, DeskRefused
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import uses as use_queries
from agent_tui.store.unit_of_work import Unit

MAY_LOOK = ("leader", "supervisor", "admin", "coach")
HISTORY = timedelta(days=366)
"""How far back a claimant's first commitment and earlier meetings are looked for."""
FIRST_COMMITMENT = "first-commitment"


@dataclass(frozen=True, slots=True)
class UseAsked:
    """Which families (None for all), whose diaries, and from which day to which; with `entries` the appointments too."""

    first: date
    last: date
    family: str | None = None
    team: str | None = None
    diary: str | None = None
    entries: bool = False


@dataclass(frozen=True, slots=True)
class UseFound:
    """The use of each family that was asked for, its appointments by family id, and claimants' initials by opaque id."""

    asked: UseAsked
    families: tuple[FamilyUse, ...]
    entries: dict[str, tuple[UsedType, ...]] = field(default_factory=dict)
    initials: dict[str, str] = field(default_factory=dict)


def use(desk: Desk, asked: UseAsked) -> UseFound:
    """Return how the types of families are used; never writes.

    Of claimants there are opaque ids and initials for every role, since the check needs no more. A coach sees the own diary
    beside the shares of team and site. A family, team or diary that there is not, or one without a diary, raises
    domain.type_use.BadUse; an agent, and a coach who asks for another diary, DeskRefused.
    """
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        wanted = _diaries(desk, catalogue, asked)
        known = families(catalogue.types.values(), asked.last)
        if not known:
            raise BadUse(NO_FAMILY)
        chosen = known if asked.family is None else [family_of(known, asked.family)]
        begun = _begun(unit, desk.site, catalogue, asked)
        found, entries = [], {}
        for family in chosen:
            everyone = use_queries.of_types(unit, desk.site, sorted(family.lengths), asked.first - HISTORY, asked.last)
            looked_at = [one for one in everyone if one.day >= asked.first]
            found.append(use_of(catalogue, family, (asked.first, asked.last), looked_at, _claimants(begun, everyone), wanted))
            if asked.entries:
                entries[family.id] = tuple(one for one in looked_at if wanted is None or one.diary in wanted)
        refs = sorted({one.client for many in entries.values() for one in many if one.client})
        names = client_queries.names(unit, desk.site, refs)
    return UseFound(asked, tuple(found), entries, {ref: initials(name) for ref, name in names.items()})


def known_families(desk: Desk) -> list[Family]:
    """Return the families of the catalogue as of today."""
    with desk.store.read() as unit:
        return families(desk.catalogue(unit).types.values(), desk.now.date())


def _diaries(desk: Desk, catalogue: Catalogue, asked: UseAsked) -> frozenset[str] | None:
    """Return the diaries that are shown, None for all."""
    staff = desk.staff
    if not staff.known or staff.role not in MAY_LOOK:
        raise DeskRefused("role", "How coaches use the types is looked at by a team leader, a supervisor or the coach.")
    if asked.team is not None and asked.team not in catalogue.teams:
        raise BadUse(f"There is no team {asked.team[:30]}; there are {', '.join(sorted(catalogue.teams)) or 'none'}.")
    if asked.diary is not None and asked.diary not in catalogue.diaries:
        raise BadUse(f"There is no diary {asked.diary[:30]}.")
    if staff.role == "coach":
        if asked.diary not in (None, staff.diary):
            raise DeskRefused("role", "A coach sees the use of the own diary only; a team leader or a supervisor sees all.")
        return frozenset({staff.diary or ""})
    if asked.team is None and asked.diary is None:
        return None
    found = {one.code for one in catalogue.diaries.values() if asked.team in (None, one.team) and asked.diary in (None, one.code)}
    if not found:
        what = f"Team {asked.team} has no diary" if asked.diary is None else f"{asked.diary} is not a diary of team {asked.team}"
        raise BadUse(f"{what}.")
    return frozenset(found)


def _begun(unit: Unit, site: str, catalogue: Catalogue, asked: UseAsked) -> dict[str, date]:
    """Return the day of each claimant's first commitment, by opaque id; one that nobody came to begins nothing."""
    codes = [code for code, kind in sorted(catalogue.types.items()) if kind.weekly_check == FIRST_COMMITMENT]
    begun: dict[str, date] = {}
    for one in use_queries.of_types(unit, site, codes, asked.first - HISTORY, asked.last):
        if one.client is not None and one.status != "dna":
            begun.setdefault(one.client, one.day)
    return begun


def _claimants(begun: dict[str, date], meetings: Sequence[UsedType]) -> Claimants:
    met: dict[str, list[date]] = {}
    for one in meetings:
        if one.client is not None and one.status != "dna":
            met.setdefault(one.client, []).append(one.day)
    return Claimants(begun, met)
