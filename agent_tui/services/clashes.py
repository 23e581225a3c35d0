"""Flags that the store raises and settles itself: a claimant in two places, an appointment without its time, diary or room."""

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from agent_tui.domain.availability import Now
from agent_tui.domain.requests import EntryState
from agent_tui.domain.site import Catalogue
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import work as work_queries
from agent_tui.store.queries.work import PairFlag
from agent_tui.store.unit_of_work import Unit

if TYPE_CHECKING:
    from agent_tui.services.acts import Act

NOT_ALLOWED = "not_allowed"
"""The flag of an appointment whose time no segment allows any more."""
IMPORT_OVERLAP = "import_overlap"
"""The flag of an imported appointment whose time another entry had."""
DISPLACED = "displaced"
"""The flag of an appointment that had to leave its time, because its coach is off or its room shut, and found no other."""
UNPLACED = (NOT_ALLOWED, IMPORT_OVERLAP, DISPLACED)
"""The flags of appointments without a time."""
DIARY_OFF, ROOM_OFF = "diary_off", "room_off"
"""The flags of an appointment to come that was kept when its diary, or its room or equipment, was switched off."""

BUSY = ("held", "booked", "attended", "late", "blocked")


def flag_clash(unit: Unit, site: str, entry: EntryState, other: EntryState, who: str, at: int) -> None:
    """Flag two appointments of one claimant at the same time, once for the two of them."""
    for flag, status, one, two in work_queries.clash_flags_of(unit, site, entry.id):
        if {one, two} == {entry.id, other.id}:
            if status != "open":
                work_queries.reopen_flag(unit, site, flag)
            return
    work_queries.raise_flag(unit, site, str(uuid.uuid4()), "client_clash", entry.id, other.id, who, at)


def flagged_with(unit: Unit, site: str, entry_id: str) -> set[str]:
    """Return the other sides of an entry's flags, open and closed: the clashes that somebody has allowed once."""
    return {id for _, _, one, two in work_queries.clash_flags_of(unit, site, entry_id) for id in (one, two) if id is not None}


def settle_clashes(unit: Unit, site: str, flags: Iterable[PairFlag]) -> None:
    """Close the flags of clashes that are over, and open those again that an undone act has brought back."""
    for flag, _kind, status, one, two in flags:
        sides = [None if id is None else entry_queries.get(unit, site, id) for id in (one, two)]
        clashes = _clash(sides[0], sides[1])
        if clashes and status != "open":
            work_queries.reopen_flag(unit, site, flag)
        elif not clashes and status == "open":
            work_queries.close_flag(unit, site, flag)


def settle_unplaced(unit: Unit, site: str, entry_id: str) -> None:
    """Close the flag of an appointment that had lost its time and has one again, or needs none."""
    for flag, kind, one, _other in work_queries.open_flags_of(unit, site, entry_id):
        if kind in UNPLACED and one == entry_id:
            work_queries.close_flag(unit, site, flag)


def settle_undone(unit: Unit, site: str, now: EntryState, after: EntryState) -> None:
    """Close the flag of an appointment without a time that an undo gives its time back, or open it again where it takes it."""
    if now.status == "unplaced":
        settle_unplaced(unit, site, after.id)
    elif after.status == "unplaced":
        known = work_queries.last_flag_of(unit, site, after.id, UNPLACED)
        if known is not None:
            work_queries.reopen_flag(unit, site, known)


def settle_off(act: "Act", entry_id: str) -> None:
    """Flag an appointment to come whose diary or room is switched off, once for each; close such flags where that is over.

    Whatever books an appointment, changes it or switches a diary or room calls this after the rows are written.
    """
    entry = entry_queries.get(act.unit, act.site, entry_id)
    wanted = set() if entry is None else kinds_off(act.catalogue, entry, act.desk.site_now())
    for flag, kind, status in work_queries.off_flags_of(act.unit, act.site, entry_id):
        if kind in wanted and status != "open":
            work_queries.reopen_flag(act.unit, act.site, flag)
        elif kind not in wanted and status == "open":
            work_queries.close_flag(act.unit, act.site, flag)
        wanted.discard(kind)
    for kind in sorted(wanted):
        who = act.desk.staff.login
        work_queries.raise_flag(act.unit, act.site, str(uuid.uuid4()), kind, entry_id, None, who, act.at)


def kinds_off(catalogue: Catalogue, entry: EntryState, now: Now) -> set[str]:
    """Return which flags an entry should have because its diary or a room of it is switched off.

    Those are appointments to come, and block time to come that is booked for a claimant.
    """
    meeting = entry.status == "booked" or (entry.status == "blocked" and entry.client is not None)
    if not meeting or (entry.day, entry.start) < (now.day, now.tick):
        return set()
    off = catalogue.switched_off.intersection((entry.diary, *entry.resources))
    return {DIARY_OFF if code in catalogue.diaries else ROOM_OFF for code in off}


def _clash(one: EntryState | None, two: EntryState | None) -> bool:
    if one is None or two is None or one.client is None or one.client != two.client:
        return False
    if one.status not in BUSY or two.status not in BUSY:
        return False
    return one.day == two.day and one.start < two.end and two.start < one.end
