"""What the doctor finds in the waiting list for sooner: offers, holds, calls and appointments that do not belong together."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from agent_tui.store.trouble import shown
from agent_tui.store.unit_of_work import Unit

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Something that is wrong with the list: severity, what in words, what to do, and the ids of what it is wrong with."""

    severity: str
    what: str
    do: str
    ids: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return it as a sentence with how often it is so, and the first few ids."""
        more = "" if len(self.ids) <= EXAMPLES else f" and {len(self.ids) - EXAMPLES} more"
        return f"The waiting list for sooner: {self.what}: {shown(', '.join(self.ids[:EXAMPLES]))}{more}."


_PLACES = (
    "SELECT w.entry, w.status, w.wanted, w.call, e.status, c.status FROM waiting w"
    " LEFT JOIN entry e ON e.site = w.site AND e.id = w.entry"
    " LEFT JOIN call c ON c.site = w.site AND c.id = w.call"
    " WHERE w.site = ? AND w.status IN ('waiting', 'offered') ORDER BY w.entry"
)
_LOST_CALLS = (
    "SELECT c.id FROM call c LEFT JOIN waiting w ON w.site = c.site AND w.call = c.id AND w.status = 'offered'"
    " WHERE c.site = ? AND c.kind = 'sooner' AND c.status = 'open' AND w.entry IS NULL ORDER BY c.id"
)
_RESTORE = "Keep a copy of the store and its -wal file, and compare the list with the last good backup."
_ANSWER = "Answer it with agent-tui sooner offer CALL --as no_answer: it leaves the queue, and the claimant waits on."
_AGAIN = "agent-tui sooner end ENTRY, and sooner add ENTRY where the claimant still waits."
_KINDS = {
    "no appointment": ("error", "places without their appointment", _RESTORE),
    "unreadable": ("error", "places whose limits cannot be read", _RESTORE),
    "no hold": ("warning", "offers whose hold is gone, appointments", f"{_AGAIN} The call of the offer ends with it."),
    "no call": ("warning", "offers that are in no open call, appointments", _AGAIN),
    "not booked": ("warning", "a time is held for appointments that are not booked any more", "agent-tui sooner end ENTRY"),
    "left": ("info", "appointments that are not booked any more", "Nothing: they leave it when time comes free next."),
    "lost call": ("warning", "calls of offers that nobody is being made", _ANSWER),
}


def mismatches(unit: Unit, site: str) -> Iterator[Mismatch]:
    """Yield what is wrong with a site's waiting list, the gravest first; ids only, never a claimant.

    A hold that has run out and was not met yet is right: the next look at the list ends it. The statements are the doctor's
    own, and share nothing with what wrote the rows.
    """
    found: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    for entry, status, wanted, call, entry_status, call_status in unit.rows(_PLACES, site):
        for kind in _wrong(unit, site, (entry, status, wanted, call), entry_status, call_status):
            found[kind].append(str(entry))
    found["lost call"] = [str(row[0]) for row in unit.rows(_LOST_CALLS, site)]
    for kind, ids in found.items():
        if ids:
            severity, what, do = _KINDS[kind]
            yield Mismatch(severity, what, do, tuple(ids))


def _wrong(unit: Unit, site: str, place: tuple[Any, ...], entry_status: str | None, call_status: str | None) -> Iterator[str]:
    entry, status, wanted, _call = place
    if entry_status is None:
        yield "no appointment"
    elif entry_status != "booked":
        yield "not booked" if status == "offered" else "left"
    try:
        hold = json.loads(wanted).get("hold")
    except (ValueError, AttributeError):
        yield "unreadable"
        return
    if status != "offered":
        return
    held = unit.row("SELECT status, moving FROM entry WHERE site = ? AND id = ?", site, str(hold))
    if held is None or tuple(held) != ("held", entry):
        yield "no hold"
    if call_status != "open":
        yield "no call"
