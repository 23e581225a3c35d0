"""What a terminal keeps in memory of a window of days besides the claims."""

from collections.abc import Sequence
from typing import Any

from agent_tui.store.unit_of_work import Unit

PLACES_AT_ONCE = 200


def claims_of(unit: Unit, site: str, places: Sequence[tuple[str, str]]) -> list[Sequence[Any]]:
    """Return every claim on some (resource, ISO day) pairs as `entries.claims_between`, in one range query for 200 of them."""
    found: list[Sequence[Any]] = []
    for first in range(0, len(places), PLACES_AT_ONCE):
        part = places[first : first + PLACES_AT_ONCE]
        either = " OR ".join(["(resource = ? AND day = ?)"] * len(part))
        statement = f"SELECT resource, day, start_tick, end_tick, expires_at FROM claim WHERE site = ? AND ({either})"
        found += unit.rows(statement, site, *(value for place in part for value in place))
    return found


def segment_places(unit: Unit, site: str, first_day: str, last_day: str) -> Sequence[Sequence[Any]]:
    """Return every taken place of a limited segment as (diary, ISO day, pattern, segment start, expiry in ms UTC or None)."""
    statement = (
        "SELECT u.resource, u.day, u.pattern, u.segment, e.expires_at FROM segment_use u"
        " JOIN entry e ON e.site = u.site AND e.id = u.entry WHERE u.site = ? AND u.day BETWEEN ? AND ?"
    )
    return unit.rows(statement, site, first_day, last_day)
