"""Loading appointment types from a file into a site."""

import json
from dataclasses import dataclass
from pathlib import Path

from agent_tui.domain.cleaning import clean
from agent_tui.domain.type_files import LONGEST_FILE, FileProblem, TypesRead, differences, merged, read_types
from agent_tui.domain.types import AppointmentType
from agent_tui.services.acts import Act, request_id
from agent_tui.services.desk import Desk, DeskRefused
from agent_tui.services.plain_file import read_plain
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import guarantees as guarantee_queries
from agent_tui.store.queries.log import NewEvent, append
from agent_tui.store.trouble import StoreTrouble
from agent_tui.store.unit_of_work import Store, Unit

LOADED = "types_loaded"
_UPDATE = (
    "UPDATE appointment_type SET name = ?, channel = ?, type_group = ?, weekly_check = ?, key_type = ?, booked_by = ?,"
    " may_book = ?, needs = ?, bring = ?, source = ? WHERE site = ? AND code = ?"
)


@dataclass(frozen=True, slots=True)
class TypesLoaded:
    """What became of a file of types: "loaded" or "refused", how many types are new or changed, and every problem."""

    status: str
    loaded: int
    problems: tuple[FileProblem, ...] = ()


def read_type_file(path: Path) -> TypesRead:
    """Return what a file of types says; one that cannot be read is a problem of its first line."""
    try:
        text = read_plain(path, 4 * LONGEST_FILE + 1).decode("utf-8-sig")
    except OSError as error:
        return TypesRead((), (FileProblem(1, None, f"{clean(path.name)} cannot be read: {error.strerror}."),))
    except UnicodeDecodeError:
        return TypesRead((), (FileProblem(1, None, f"{clean(path.name)} is not UTF-8 text."),))
    return read_types(text)


def load_types(place: Desk | Store, site: str, path: Path) -> TypesLoaded:
    """Load a file of types into a site in one transaction: all of it or, with any problem, nothing.

    New codes are added. For a code that the site has, the file's words replace the stored ones and its lengths join the
    stored ones by their first day. Types that the file does not name stay. At a desk only a team leader, a supervisor or an
    administrator may, else DeskRefused is raised; the log tells the other terminals, and key types that nobody can book are
    flagged.
    """
    if isinstance(place, Desk) and place.staff.role not in ("leader", "supervisor", "admin"):
        raise DeskRefused("role", "Types are loaded by a team leader, a supervisor or an administrator.")
    read = read_type_file(path)
    if read.problems:
        return TypesLoaded("refused", 0, read.problems)

    def work(unit: Unit) -> int:
        if not isinstance(place, Desk):
            return put_types(unit, site, read.types)
        catalogue_queries.lock_rules(unit, site)
        act = Act(place, unit, request_id(None, LOADED), look=True)
        loaded = put_types(unit, site, read.types)
        after = {"types": sorted(kind.code for kind in read.types), "claims": []}
        append(unit, act.stamp, NewEvent(LOADED, after=after))
        act.finish(rules=True)
        return loaded

    store = place.store if isinstance(place, Desk) else place
    return TypesLoaded("loaded", store.write(work))


def put_types(unit: Unit, site: str, types: tuple[AppointmentType, ...]) -> int:
    """Write types inside an open transaction and return how many are new or changed.

    A site's first types come with the usual guarantees; later ones have none until somebody sets them.
    """
    catalogue_queries.bump_version(unit, site)  # first, so that on PostgreSQL its row is locked before the types are read
    catalogue = catalogue_queries.load(unit, site)
    if catalogue is None:
        raise StoreTrouble(f"The store has no site {clean(site, limit=30)}.")
    new = [kind for kind in types if kind.code not in catalogue.types]
    catalogue_queries.insert_types(unit, site, new)
    if not catalogue.types and not catalogue.guarantees:
        guarantee_queries.settle_usual(unit, site, [kind.code for kind in new], unit.clock_ms())
    changed = 0
    for kind in types:
        stored = catalogue.types.get(kind.code)
        if stored is not None:
            changed += _change(unit, site, stored, merged(stored, kind))
    return len(new) + changed


def _change(unit: Unit, site: str, stored: AppointmentType, wanted: AppointmentType) -> bool:
    if wanted == stored:
        return False
    if differences(stored, wanted) or stored.source != wanted.source:
        unit.run(
            _UPDATE,
            *(wanted.name, wanted.channel, wanted.group, wanted.weekly_check, int(wanted.key), wanted.booked_by),
            *(json.dumps(sorted(wanted.may_book)), json.dumps(list(wanted.needs)), wanted.bring, wanted.source),
            *(site, wanted.code),
        )
    if stored.minutes != wanted.minutes:
        catalogue_queries.set_minutes(unit, site, wanted.code, wanted.minutes)
    return True
