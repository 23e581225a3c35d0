"""Unusual looks at claimants: days of somebody far beyond their colleagues', and claimants whom many looked at without cause."""

from datetime import date, datetime, timedelta

from agent_tui.domain.looks import PASSING, RANGE_DAYS, DayOfLooks, Unusual, crowds, unusual_days
from agent_tui.domain.requests import Refused
from agent_tui.domain.wall_time import instant_ms, wall_of
from agent_tui.services.desk import Desk
from agent_tui.services.looks import write_looks
from agent_tui.services.record import MAY_SEE_LOOKS
from agent_tui.store.queries import looks as look_queries


def unusual_looks(desk: Desk, first: date | None = None, last: date | None = None) -> Unusual | Refused:
    """Return the unusual looks between two days of site time, without any the last RANGE_DAYS.

    Claimants are opaque ids. Refused but for a supervisor and an administrator, as `record.read_looks`.
    """
    if desk.staff.role not in MAY_SEE_LOOKS:
        return Refused("role", "Who looked at which claimant is listed by a supervisor or an administrator.")
    write_looks(desk)
    end = last or max(desk.now.date(), first or date.min)
    begin = first or end - timedelta(days=RANGE_DAYS - 1)
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        zone, roles = catalogue.site.zone, catalogue.logins
        span = (_midnight(begin, zone), _midnight(end + timedelta(days=1), zone))
        rows = look_queries.on_purpose(unit, desk.site, PASSING, span)
        concerned = look_queries.concerned(unit, desk.site, span[1])
    seen: dict[tuple[str, date], set[str]] = {}
    lookers = set()
    for who, client, at in rows:
        seen.setdefault((str(who), wall_of(int(str(at)), zone).date()), set()).add(str(client))
        lookers.add((str(client), str(who)))
    days = [DayOfLooks(who, roles.get(who, ""), day, len(clients)) for (who, day), clients in sorted(seen.items())]
    return Unusual(begin, end, tuple(unusual_days(days)), tuple(crowds(lookers, concerned)))


def _midnight(day: date, zone: str) -> int:
    return instant_ms(datetime(day.year, day.month, day.day), zone)
