"""The reports that there are: name, title, what each one tells, and of whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from agent_tui.domain.reports import changes, outcomes, overrides, space, time_used, unmet

REPORTS = (
    (time_used.NAME, time_used.TITLE, "Open time that is booked, by diary, team, type, room and equipment."),
    (changes.ACTIVITY, changes.TITLES[changes.ACTIVITY], "What was booked, cancelled and moved, as the log has it."),
    (changes.CANCELLATIONS, changes.TITLES[changes.CANCELLATIONS], "Cancelled appointments by reason, notice and person."),
    (changes.RESCHEDULES, changes.TITLES[changes.RESCHEDULES], "Moved appointments by reason, notice and person, and how far."),
    (outcomes.ATTENDANCE, outcomes.TITLES[outcomes.ATTENDANCE], "Who came, by the days between booking and appointment."),
    (unmet.NAME, unmet.TITLE, "Calls without a booking, hand-offs, and the minutes they cost."),
    (outcomes.LEAD_TIME, outcomes.TITLES[outcomes.LEAD_TIME], "Days from booking to appointment."),
    (overrides.NAME, overrides.TITLE, "Urgent requests that displaced others, and the days that cost."),
    (space.EFFICIENCY, space.TITLES[space.EFFICIENCY], "Minutes booked against those that could have been."),
    (space.WHITE_SPACE, space.TITLES[space.WHITE_SPACE], "Free, usable and stranded time."),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A report that there is: its name, title, a sentence, and whether it can be of one team or diary."""

    name: str
    title: str
    what: str
    by_diary: bool = True
    for_coach: bool = False


_OF_ALL = (changes.ACTIVITY, unmet.NAME, overrides.NAME, space.EFFICIENCY)
_FOR_COACHES = (time_used.NAME, outcomes.ATTENDANCE, outcomes.LEAD_TIME, space.WHITE_SPACE)
KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {name: Kind(name, title, what, by_diary=name not in _OF_ALL, for_coach=name in _FOR_COACHES) for name, title, what in REPORTS}
)
READERS: Final = ("leader", "supervisor", "admin")
"""The roles that read every report."""


def readable_by(role: str) -> tuple[Kind, ...]:
    """Return the reports that a role reads: all, a coach those of the own diary, an agent none."""
    if role in READERS:
        return tuple(KINDS.values())
    return tuple(one for one in KINDS.values() if one.for_coach) if role == "coach" else ()
