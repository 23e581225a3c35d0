"""What stands beside the diary grid in a large window: one coach's week, and the open flags on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from agent_tui.domain.flags import Flag
from agent_tui.services.desk import Desk
from agent_tui.services.picture import Picture, picture
from agent_tui.store.queries import flags as flag_queries


@dataclass(frozen=True, slots=True)
class CoachWeek:
    """The days of one diary as the grid shows them, and the open flags by the id of the entry that each is about."""

    picture: Picture
    flags: tuple[tuple[str, tuple[Flag, ...]], ...]


def coach_week(desk: Desk, diary: str, days: Sequence[date]) -> CoachWeek:
    """Return the days of a diary with their open flags, in the order of time; a diary that does not exist has no days.

    Each claimant whose name is shown is looked at, as in the grid (services.picture).
    """
    shown = picture(desk, [(diary, day) for day in days])
    entries = [entry for one in shown.diaries for entry in one.entries if entry.id in shown.flagged]
    with desk.store.read() as unit:
        flags = [(entry.id, tuple(flag_queries.open_of(unit, desk.site, entry.id))) for entry in entries]
    return CoachWeek(shown, tuple(one for one in flags if one[1]))
