"""Wall time and UTC: appointments are wall time, events and messages are UTC instants in milliseconds."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from agent_tui.domain.ticks import MINUTES_PER_TICK, span

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def instant_ms(wall: datetime, zone: str) -> int:
    """Return naive wall time as milliseconds UTC; of an hour that occurs twice, the first."""
    return round(wall.replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def wall_of(instant: int, zone: str) -> datetime:
    """Return milliseconds UTC as naive wall time."""
    return datetime.fromtimestamp(instant / 1000, tz=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def iso_instant(instant: int) -> str:
    """Return milliseconds UTC as ISO 8601 with Z."""
    moment = datetime.fromtimestamp(instant / 1000, tz=UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant % 1000:03d}Z"


def first_open_tick(wall: datetime) -> int:
    """Return the first tick of the day that has not begun before this wall time (288 when the day is over)."""
    minutes = wall.hour * 60 + wall.minute + (1 if wall.second or wall.microsecond else 0)
    return -(-minutes // MINUTES_PER_TICK)


@lru_cache(maxsize=512)
def ticks_of_clock_change(day: date, zone: str) -> int:
    """Return the mask of the ticks that a clock change skips or repeats on a day, 0 on nearly every day.

    A skipped tick is no instant at all and a repeated one is two, so neither can be booked (architecture.md, "Patterns").
    """
    place = ZoneInfo(zone)
    midnight = datetime(day.year, day.month, day.day)
    before = midnight.replace(tzinfo=place).utcoffset()
    after = (midnight + timedelta(hours=23, minutes=55)).replace(tzinfo=place).utcoffset()
    if before == after:
        return 0
    mask = 0
    for tick in range(288):
        wall = midnight + timedelta(minutes=tick * MINUTES_PER_TICK)
        early, late = wall.replace(tzinfo=place, fold=0), wall.replace(tzinfo=place, fold=1)
        if early.utcoffset() != late.utcoffset():
            mask |= span(tick, tick + 1)
    return mask


def changed_clock(day: date, start: int, end: int, zone: str) -> str:
    """Return the sentence that refuses ticks of which a clock change skips or repeats one."""
    place, first = ZoneInfo(zone), datetime(day.year, day.month, day.day)
    for tick in range(start, end):
        wall = first + timedelta(minutes=tick * MINUTES_PER_TICK)
        before, after = (wall.replace(tzinfo=place, fold=fold).utcoffset() or timedelta(0) for fold in (0, 1))
        if before != after:
            does = "skip" if before < after else "repeat"
            return f"On {short_date(day)} the clocks {does} {wall:%H:%M}, so no appointment can be at that time."
    return f"On {short_date(day)} the clocks change."


def spoken_day(day: date) -> str:
    """Return a day as it is said, "Tuesday 14 June" (GOV.UK style, domain/facts.md section 8)."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def spoken_date(day: date) -> str:
    """Return a day with its year as it is said, "Tuesday 14 June 2022"."""
    return f"{spoken_day(day)} {day.year}"


def short_day(day: date, today: date | None = None) -> str:
    """Return a day as lists say it, "Tue 14 Jun"; given today, with the year where that is another: "Tue 14 Jun 2022"."""
    if today is not None and day.year != today.year:
        return short_date(day)
    return f"{WEEKDAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]}"


def short_date(day: date) -> str:
    """Return a day with its year, "Tue 14 Jun 2022": for titles, refusals and lines that stand alone."""
    return f"{short_day(day)} {day.year}"


def short_moment(wall: datetime, today: date | None = None) -> str:
    """Return wall time as lists say it, "Tue 14 Jun 09:05"; given today, with the year where that is another."""
    return f"{short_day(wall, today)} {wall:%H:%M}"


def dated_moment(wall: datetime) -> str:
    """Return wall time with its year, "Tue 14 Jun 2022 09:05"."""
    return f"{short_date(wall)} {wall:%H:%M}"


def short_date_of(iso: str) -> str:
    """Return an ISO date as short_date says it; what is none comes back as it is."""
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return iso
    return short_date(day) if day.isoformat() == iso else iso  # Python takes a week for its Monday


def spoken_time(tick: int) -> str:
    """Return a tick as it is said, "2:30pm", "9am" or "midday" (GOV.UK style, domain/facts.md section 8)."""
    hour, minute = divmod(tick * MINUTES_PER_TICK, 60)
    if (hour, minute) == (12, 0):
        return "midday"
    half = "am" if hour % 24 < 12 else "pm"
    shown = hour % 12 or 12
    return f"{shown}:{minute:02d}{half}" if minute else f"{shown}{half}"
