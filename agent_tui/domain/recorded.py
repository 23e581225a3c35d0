"""What a site was asked for, as it is on record, made into a stream of requests that can be replayed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from agent_tui.domain.site import Catalogue
from agent_tui.domain.streams import StreamRow
from agent_tui.domain.wall_time import wall_of

BOOKED, REFUSED, WRITTEN = "booking", "refusal", "request"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request on record: when it was made and, if ever, cancelled (ms UTC), and the days and the half that would do.

    `kind` is BOOKED, REFUSED or WRITTEN; `booked_for` is the day of an appointment. Days that nobody wrote down are None.
    """

    id: str
    kind: str
    type: str
    at: int
    first: date | None = None
    last: date | None = None
    half: str = "any"
    booked_for: date | None = None
    cancelled_at: int | None = None


def stream_of(catalogue: Catalogue, asked: Iterable[Asked], days: tuple[date, date], wait: int) -> list[StreamRow]:
    """Return requests on record as a stream, for the days that are replayed, the first and the last.

    Where nobody wrote down which days would do, they are those from the day of the request on, for `wait` working days and at
    least to the day that was booked; who asked before the first day wanted the day that was booked, or one after it. A half
    that was written down is strict. Types that are not offered any more, or have no day that is replayed, are left out.
    """
    rows = []
    for one in asked:
        row = _row(catalogue, one, days, wait)
        if row is not None:
            rows.append(row)
    return sorted(rows, key=lambda row: (row.asked_at, row.id))


def _row(catalogue: Catalogue, one: Asked, days: tuple[date, date], wait: int) -> StreamRow | None:
    kind, moment = catalogue.types.get(one.type), wall_of(one.at, catalogue.site.zone)
    if kind is None or kind.booked_by != "offer":
        return None
    begun = moment.date()
    earliest = one.first or (one.booked_for if begun < days[0] and one.booked_for is not None else begun)
    earliest = max(earliest, begun)
    latest = max(one.last or catalogue.working_days_from(earliest, wait), one.booked_for or earliest, earliest)
    minutes = kind.minutes_on(max(earliest, days[0]))
    if minutes is None or latest < days[0] or earliest > days[1]:
        return None
    gone = None if one.cancelled_at is None else wall_of(one.cancelled_at, catalogue.site.zone)
    return StreamRow(one.id, _minute(moment), one.type, minutes, earliest, latest, one.half, one.half != "any", cancelled_at=gone)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
