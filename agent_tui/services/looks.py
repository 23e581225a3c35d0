"""Looks at the claimants whom a screen shows by the hundred: kept in memory, and written in batches."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock
from typing import TYPE_CHECKING

from agent_tui.domain.wall_time import instant_ms
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.trouble import StoreTrouble
from agent_tui.store.unit_of_work import Unit

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

LookedAt = tuple[str, str, date]


@dataclass
class Looks:
    """One person's looks that wait to be written: one for each claimant, reason and day of site time, from any thread."""

    _seen: set[LookedAt] = field(default_factory=set)
    _waiting: dict[LookedAt, datetime] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def note(self, refs: Iterable[str], why: str, now: datetime) -> None:
        """Keep that claimants were looked at for a reason; no more than the first look of a day counts."""
        with self._lock:
            for ref in refs:
                look = (ref, why, now.date())
                if look not in self._seen:
                    self._seen.add(look)
                    self._waiting[look] = now

    def take(self) -> dict[LookedAt, datetime]:
        """Return what waits, which waits no more."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
            last = max((day for _ref, _why, day in waiting), default=None)
            if last is not None:
                self._seen = {one for one in self._seen if one[2] >= last}  # what is known of days gone by is not needed
            return waiting

    def give_back(self, looks: dict[LookedAt, datetime]) -> None:
        """Let looks wait again that could not be written."""
        with self._lock:
            self._waiting = looks | self._waiting


def write_looks(desk: "Desk") -> int:
    """Append to the record of access the looks that wait, in one transaction, and return how many they were.

    A row's id is made of person, claimant, reason and day, so that a second terminal of the same person, or the program
    started again, adds none. What cannot be written waits on, and the trouble is raised. What was looked at in the seconds
    before a computer fails is lost. Source: architecture.md, "The store" (access), and domain/facts.md section 9.
    """
    looks = desk.looks.take()
    if not looks:
        return 0

    def work(unit: Unit) -> None:
        zone, who = desk.catalogue(unit).site.zone, desk.staff.login
        rows = [
            (desk.site, _id(desk.site, who, ref, why, day), instant_ms(now, zone), who, ref, why)
            for (ref, why, day), now in sorted(looks.items())
        ]
        client_queries.record_access_once(unit, rows)

    try:
        desk.store.write(work)
    except StoreTrouble:
        desk.looks.give_back(looks)
        raise
    return len(looks)


def _id(site: str, who: str, ref: str, why: str, day: date) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{site}:look:{who}:{ref}:{why}:{day.isoformat()}"))
