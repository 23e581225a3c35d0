"""Flags that the store raises and settles itself: a claimant in two places, an appointment without its time, diary or room."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from agent_tui.domain.availability import Now
from agent_tui.domain.flags import CLIENT_CLASH, CLOSED_DAY, DIARY_OFF, NOT_ALLOWED, OFF, ROOM_OFF, UNPLACED, Flag
from agent_tui.domain.requests import EntryState
from agent_tui.domain.site import Catalogue
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import flags as flag_queries
from agent_tui.store.unit_of_work import Unit

if TYPE_CHECKING:
    from agent_tui.services.acts import Act

BUSY = ("held", "booked", "attended", "late", "blocked")


def flag_clash(act: "Act", entry: EntryState, other: EntryState) -> None:
    """Flag two appointments of one claimant at the same time, once for the two of them."""
    for flag in _clashes_of(act.unit, act.site, entry.id):
        if {flag.entry, flag.other} == {entry.id, other.id}:
            if not flag.lasts:
                act.flags.reopen(flag)
            return
    act.flags.raise_flag(CLIENT_CLASH, entry=entry.id, other=other.id)


def _clashes_of(unit: Unit, site: str, entry_id: str) -> list[Flag]:
    return [one for one in flag_queries.settled_with(unit, site, entry_id) if one.kind == CLIENT_CLASH]


def flagged_with(unit: Unit, site: str, entry_id: str) -> set[str]:
    """Return the other sides of an entry's flags, open and closed: the clashes that somebody has allowed once."""
    return {id for one in _clashes_of(unit, site, entry_id) for id in (one.entry, one.other) if id is not None}


def settle_clashes(act: "Act", flags: Iterable[Flag]) -> None:
    """Close the flags of clashes that are over, and open those again that an undone act has brought back."""
    for flag in flags:
        sides = [None if id is None else entry_queries.get(act.unit, act.site, id) for id in (flag.entry, flag.other)]
        settle(act, flag, lasts=_clash(sides[0], sides[1]))


def settle(act: "Act", flag: Flag, *, lasts: bool) -> None:
    """Close a flag whose trouble is over, open one again whose trouble is back; what somebody has left as it is stays so."""
    if lasts and not flag.lasts:
        act.flags.reopen(flag)
    elif not lasts:
        act.flags.mend(flag)


def settle_unplaced(act: "Act", entry_id: str) -> None:
    """Close the flag of an appointment that had lost its time and has one again, or needs none."""
    for flag in flag_queries.open_of(act.unit, act.site, entry_id):
        if flag.kind in UNPLACED and flag.entry == entry_id:
            act.flags.mend(flag)


def flag_again(act: "Act", entry_id: str) -> None:
    """Open the flag of an appointment again that an undone act has left without a time once more."""
    flags = [one for one in flag_queries.latest_of(act.unit, act.site, entry_id) if one.kind in UNPLACED]
    if not flags:
        act.flags.raise_flag(NOT_ALLOWED, entry=entry_id)
    elif not any(one.is_open for one in flags):
        act.flags.reopen(flags[0])


def settle_off(act: "Act", entry_id: str, known: Iterable[Flag] | None = None) -> None:
    """Flag an appointment to come whose diary, room or day is off, once for each; close such flags where that is over.

    Whatever books an appointment, changes it, or switches a diary, room or day calls this after the rows are written. `known`
    are the entry's flags, where they are read already.
    """
    entry = entry_queries.get(act.unit, act.site, entry_id)
    off = set[str]() if entry is None else _off(act.catalogue, entry)
    to_come = entry is not None and _to_come(entry, act.desk.site_now())
    wanted = off if to_come else set[str]()
    diary = None if entry is None else act.catalogue.diaries.get(entry.diary)
    if not to_come and diary is not None and diary.retired is not None:
        # What is left of a diary that is off for good has passed, and nobody can do anything about it any more.
        off = off - {DIARY_OFF}
    flags = flag_queries.settled_with(act.unit, act.site, entry_id) if known is None else known
    for flag in flags:
        if flag.kind in OFF and flag.entry == entry_id:
            # Its time may have passed: that raises nothing any more, and mends nothing either.
            settle(act, flag, lasts=flag.kind in (off if flag.lasts else wanted))
            wanted = wanted - {flag.kind}
    for kind in sorted(wanted):
        act.flags.raise_flag(kind, entry=entry_id)


def kinds_off(catalogue: Catalogue, entry: EntryState, now: Now) -> set[str]:
    """Return which flags an entry should have because its diary, a room of it or its whole day is off.

    Those are appointments to come, and block time to come that is booked for a claimant.
    """
    return _off(catalogue, entry) if _to_come(entry, now) else set()


def _to_come(entry: EntryState, now: Now) -> bool:
    return (entry.day, entry.start) >= (now.day, now.tick)


def _off(catalogue: Catalogue, entry: EntryState) -> set[str]:
    if entry.status != "booked" and (entry.status != "blocked" or entry.client is None):
        return set()
    off = catalogue.switched_off.intersection((entry.diary, *entry.resources))
    closed = {CLOSED_DAY} if entry.day in catalogue.closures else set[str]()
    return {DIARY_OFF if code in catalogue.diaries else ROOM_OFF for code in off} | closed


def _clash(one: EntryState | None, two: EntryState | None) -> bool:
    if one is None or two is None or one.client is None or one.client != two.client:
        return False
    if one.status not in BUSY or two.status not in BUSY:
        return False
    return one.day == two.day and one.start < two.end and two.start < one.end
