"""Reading the log."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from agent_tui.domain.log import Event
from agent_tui.domain.wall_time import instant_ms
from agent_tui.services.desk import Desk
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries.log import Filter


@dataclass(frozen=True, slots=True)
class Log:
    """Lines of the log in order, and its last seq and hash."""

    seq: int
    hash: str
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Which lines are wanted; days are site days, both inclusive."""

    entry: str | None = None
    client: str | None = None
    who: str | None = None
    verb: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    after: int = 0
    limit: int | None = None


def read_log(desk: Desk, query: LogQuery) -> Log:
    """Return the lines that a query admits."""
    with desk.store.read() as unit:
        zone = desk.catalogue(unit).site.zone
        wanted = Filter(
            entry=query.entry,
            client=query.client,
            who=query.who,
            verb=query.verb,
            from_at=None if query.first_day is None else _midnight(query.first_day, zone),
            to_at=None if query.last_day is None else _midnight(query.last_day + timedelta(days=1), zone),
            after=query.after,
            limit=query.limit,
        )
        events = log_queries.filtered(unit, desk.site, wanted)
        seq, digest = log_queries.head(unit, desk.site)
    return Log(seq, digest, tuple(events))


def _midnight(day: date, zone: str) -> int:
    return instant_ms(datetime(day.year, day.month, day.day), zone)
