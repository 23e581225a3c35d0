"""What the diary grid shows: some diaries on some days, with the names that the person may see."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from agent_tui.domain.clients import initials
from agent_tui.domain.day import DiaryOfDay
from agent_tui.domain.handovers import Here
from agent_tui.domain.site import Catalogue
from agent_tui.services.claimants import sees_names
from agent_tui.services.day import diaries_of_days
from agent_tui.services.desk import Desk
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import flags as flag_queries
from agent_tui.store.queries import presence as presence_queries


@dataclass(frozen=True, slots=True)
class Picture:
    """Diaries of days in the order asked for, names of claimants and of staff, and entries that a flag names."""

    diaries: tuple[DiaryOfDay, ...]
    closed: dict[date, str]
    names: dict[str, str] = field(default_factory=dict)
    staff: dict[str, str] = field(default_factory=dict)
    flagged: frozenset[str] = frozenset()
    here: tuple[Here, ...] = ()


def picture(desk: Desk, wanted: Sequence[tuple[str, date]]) -> Picture:
    """Return some (diary, day) pairs as the grid shows them, in one read; pairs of diaries that do not exist are left out.

    Who is there now, on whatever day, comes with it, but for whoever asks.
    Each claimant whose name is shown is looked at, once a day (services.looks).
    """
    with desk.store.read() as unit:
        catalogue: Catalogue = desk.catalogue(unit)
        found = diaries_of_days(desk, unit, catalogue, wanted)
        refs = sorted({entry.client for one in found for entry in one.entries if entry.client})
        names = client_queries.names(unit, desk.site, refs)
        staff = catalogue_queries.staff_names(unit, desk.site)
        here = presence_queries.here(unit, desk.site, but=desk.staff.login)
        flagged = flag_queries.flagged_entries(unit, desk.site)
    if not sees_names(desk):
        names = {ref: initials(name) for ref, name in names.items()}
    else:
        desk.looks.note(names, "grid", desk.now)
    days = {day for _diary, day in wanted}
    closed = {day: name for day, name in catalogue.closures.items() if day in days}
    return Picture(tuple(found), closed, names, staff, frozenset(flagged), tuple(here))
