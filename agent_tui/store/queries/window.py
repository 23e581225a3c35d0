"""What a terminal keeps in memory of a window of days besides the claims."""

from collections.abc import Sequence
from typing import Any

from agent_tui.store.unit_of_work import Unit


def segment_places(unit: Unit, site: str, first_day: str, last_day: str) -> Sequence[Sequence[Any]]:
    """Return every taken place of a limited segment as (diary, ISO day, pattern, segment start, expiry in ms UTC or None)."""
    statement = (
        "SELECT u.resource, u.day, u.pattern, u.segment, e.expires_at FROM segment_use u"
        " JOIN entry e ON e.site = u.site AND e.id = u.entry WHERE u.site = ? AND u.day BETWEEN ? AND ?"
    )
    return unit.rows(statement, site, first_day, last_day)
