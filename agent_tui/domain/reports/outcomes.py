"""How appointments went: attendance by lead time, and how long claimants wait for each type."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from statistics import quantiles

from agent_tui.domain.reports.facts import Taken
from agent_tui.domain.reports.shape import COUNT, DAYS, SHARE, TEXT, Column, Report, Row, Table, mean, share
from agent_tui.domain.reports.span import Span
from agent_tui.domain.site import Catalogue

ATTENDANCE, LEAD_TIME = "attendance", "leadtime"
TITLES = {ATTENDANCE: "Attendance by lead time", LEAD_TIME: "Lead time by type"}

LEADS = ((1, "same day"), (2, "1 day"), (7, "2 to 6 days"), (14, "7 to 13 days"), (28, "14 to 27 days"))
LONGEST = "28 days and more"
LEAD_NAMES = (*(name for _days, name in LEADS), LONGEST)

DayOf = Callable[[int], date]
"""The wall day of an instant in ms UTC."""


def lead_name(days: int) -> str:
    """Return the group of a lead time in days; a booking that was entered after the day counts as made on it."""
    return next((name for limit, name in LEADS if days < limit), LONGEST)


_ATTENDED = (
    Column("attended", "Attended", COUNT),
    Column("late", "Late", COUNT),
    Column("missed", "Did not attend", COUNT),
    Column("open", "Not recorded", COUNT),
    Column("missed_share", "Missed", SHARE),
)


def _outcome(one: Taken) -> str:
    return {"attended": "attended", "late": "late", "dna": "missed"}.get(one.status, "open")


def _cells(counts: Counter[str]) -> Row:
    known = counts["attended"] + counts["late"] + counts["missed"]
    return (counts["attended"], counts["late"], counts["missed"], counts["open"], share(counts["missed"], known))


def _together(parts: Iterable[Counter[str]]) -> Counter[str]:
    whole: Counter[str] = Counter()
    for one in parts:
        whole.update(one)
    return whole


def attendance(catalogue: Catalogue, span: Span, taken: Iterable[Taken], day_of: DayOf) -> Report:
    """Return who came, by lead time: the days from the booking to the appointment, over time, by type and channel.

    The share of those who missed is one of those whose outcome is recorded. An appointment that was moved keeps the day on which
    it was booked. Source: domain/facts.md section 4.
    """
    periods: list[Counter[str]] = [Counter() for _ in span.periods]
    leads: dict[str, Counter[str]] = {name: Counter() for name in LEAD_NAMES}
    types: dict[str, Counter[str]] = {}
    channels: dict[str, Counter[str]] = {}
    lead_of = _Leads(day_of)
    for one in taken:
        if one.kind == "appointment":
            what = _outcome(one)
            periods[span.row_of[one.day]][what] += 1
            leads[lead_name(lead_of(one))][what] += 1
            types.setdefault(one.type or "-", Counter())[what] += 1
            channels.setdefault(one.channel or "-", Counter())[what] += 1
    whole = ("All", *_cells(_together(periods)))
    over_time = tuple((period.name, *_cells(one)) for period, one in zip(span.periods, periods, strict=True))
    head = Column("period", span.step.capitalize(), TEXT)
    names = {code: kind.name for code, kind in catalogue.types.items()}
    by_type = tuple((code, names.get(code, code), *_cells(one)) for code, one in sorted(types.items()))
    tables = (
        _table(
            "leads",
            "By lead time",
            (Column("lead", "Lead time", TEXT),),
            [(name, *_cells(one)) for name, one in leads.items()],
            whole,
        ),
        Table("periods", "Over time", (head, *_ATTENDED), over_time, whole, chart="missed_share", by_time=True),
        _table(
            "types", "By type", (Column("type", "Type", TEXT), Column("name", "Name", TEXT)), by_type, ("All", "", *whole[1:])
        ),
        _table(
            *("channels", "By channel", (Column("channel", "Channel", TEXT),)),
            *([(name, *_cells(one)) for name, one in sorted(channels.items())], whole),
        ),
    )
    return Report(ATTENDANCE, TITLES[ATTENDANCE], span.first, span.last, span.step, tables)


def _table(key: str, title: str, head: tuple[Column, ...], rows: Iterable[Row], total: Row) -> Table:
    return Table(key, title, (*head, *_ATTENDED), tuple(rows), total, chart="missed_share")


class _Leads:
    """Lead times in days; each instant's day and each day's number are reckoned once."""

    def __init__(self, day_of: DayOf) -> None:
        self._day_of = day_of
        self._number: dict[str, int] = {}
        self._made: dict[int, int] = {}

    def __call__(self, one: Taken) -> int:
        day = self._number.get(one.day)
        if day is None:
            day = self._number[one.day] = date.fromisoformat(one.day).toordinal()
        # A quarter of an hour holds no midnight in part, whatever the zone's offset.
        quarter = one.made_at // 900_000
        made = self._made.get(quarter)
        if made is None:
            made = self._made[quarter] = self._day_of(one.made_at).toordinal()
        return max(0, day - made)


_WAITS = (
    Column("appointments", "Appointments", COUNT),
    Column("mean_days", "Mean", DAYS),
    Column("median_days", "Median", DAYS),
    Column("ninth_days", "9 of 10 within", DAYS),
    Column("same_day", "Same day", SHARE),
    Column("in_a_week", "Within 7 days", SHARE),
)


def _waits(days: list[int]) -> Row:
    if not days:
        return (0, None, None, None, None, None)
    ninth, middle = (
        (days[0], days[0]) if len(days) == 1 else (round(quantiles(days, n=10, method="inclusive")[8], 1), _median(days))
    )
    number = len(days)
    short, week = sum(one == 0 for one in days), sum(one <= 7 for one in days)
    return (number, mean(sum(days), number), middle, ninth, share(short, number), share(week, number))


def _median(days: list[int]) -> float:
    return round(quantiles(days, n=2, method="inclusive")[0], 1)


def lead_time(catalogue: Catalogue, span: Span, taken: Iterable[Taken], day_of: DayOf) -> Report:
    """Return how many calendar days lie between the booking and the appointment, by type and over time.

    Of appointments on the days of the span that stand or took place; one that was moved keeps the day on which it was booked.
    """
    periods: list[list[int]] = [[] for _ in span.periods]
    types: dict[str, list[int]] = {}
    lead_of = _Leads(day_of)
    for one in taken:
        if one.kind == "appointment":
            days = lead_of(one)
            periods[span.row_of[one.day]].append(days)
            types.setdefault(one.type or "-", []).append(days)
    whole = _waits([days for part in periods for days in part])
    by_type: list[Row] = []
    for code in sorted(types):
        kind = catalogue.types.get(code)
        by_type.append((code, kind.name if kind else code, "£" if kind and kind.key_on(span.last) else "", *_waits(types[code])))
    head = (Column("type", "Type", TEXT), Column("name", "Name", TEXT), Column("key", "Key", TEXT))
    over_time = tuple((period.name, *_waits(one)) for period, one in zip(span.periods, periods, strict=True))
    tables = (
        Table("types", "By type", (*head, *_WAITS), tuple(by_type), ("All", "", "", *whole), chart="median_days"),
        Table(
            *("periods", "Over time", (Column("period", span.step.capitalize(), TEXT), *_WAITS), over_time, ("All", *whole)),
            chart="median_days",
            by_time=True,
        ),
    )
    return Report(LEAD_TIME, TITLES[LEAD_TIME], span.first, span.last, span.step, tables)
