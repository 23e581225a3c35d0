"""Overtime and cover without a diary of their own: a segment for some types, put into work coaches' diaries in two steps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from agent_tui.domain.cleaning import clean
from agent_tui.domain.patterns import WEEKDAYS, Pattern, Segment
from agent_tui.domain.requests import Refused
from agent_tui.domain.site import LAST_DAY, Catalogue
from agent_tui.domain.templates import TEMPLATES, Template, on_day, on_weekday, read_template
from agent_tui.domain.ticks import TICKS_PER_DAY, clock
from agent_tui.domain.wall_time import short_date
from agent_tui.resources import data_file
from agent_tui.services.acts import request_id
from agent_tui.services.desk import Desk
from agent_tui.services.segmenting import Answer, Wanted, preview_plan, save_plan

MOST_DAYS = 60
MOST_PLACES = 99
LONGEST_DESCRIPTION = 100


@dataclass(frozen=True, slots=True)
class Overtime:
    """A segment, `start` to `end` in ticks, for some types and diaries: on single days, or on weekdays (0 is Monday).

    `limit` is the most appointments that each diary takes in it on one day. With `assign` a diary that lacks a type gets it.
    """

    diaries: tuple[str, ...]
    types: tuple[str, ...]
    start: int
    end: int
    days: tuple[date, ...] = ()
    weekdays: tuple[int, ...] = ()
    first: date | None = None
    last: date | None = None
    limit: int | None = None
    description: str = ""
    assign: bool = False

    @property
    def segment(self) -> Segment:
        """Return the segment that the diaries get."""
        words = clean(self.description, limit=LONGEST_DESCRIPTION)
        return Segment(self.start, self.end, frozenset(self.types), limit=self.limit, description=words)


def templates() -> list[Template]:
    """Return the templates that come with the product."""
    return [read_template(data_file(f"templates/{name}.toml").read_text(encoding="utf-8")) for name in TEMPLATES]


def preview(desk: Desk, asked: Overtime) -> Answer:
    """Return what `apply` would do as segmenting.preview does, or Refused; writes nothing."""
    return preview_plan(desk, lambda catalogue: _planned(desk, catalogue, asked))


def apply(desk: Desk, asked: Overtime, *, id: str | None = None) -> Answer:
    """Put the segment into the diaries in one transaction and answer as segmenting.save does; `segments undo` takes it back.

    What a diary's own level says beside the segment stays. Single days become exceptions, weekdays new versions; a day that
    a diary has an exception for is left as it is by weekdays. Refused are days that are past or closed, diaries that are
    unknown, switched off or retired, and types that a diary does not take, unless they are to be assigned.
    Source: seeds/spotlight-appointment-booking.txt, "Diaries for overtime" and "Diaries to support key appointments".
    """
    return save_plan(desk, request_id(id, "overtime", asked), lambda catalogue: _planned(desk, catalogue, asked))


def _planned(desk: Desk, catalogue: Catalogue, asked: Overtime) -> Wanted | Refused:
    refused = _refuse_who(catalogue, asked) or _refuse_types(catalogue, asked) or _refuse_when(desk, catalogue, asked)
    if refused is not None:
        return refused
    patterns: list[Pattern] = []
    for code in asked.diaries:
        own = [one for one in catalogue.patterns if (one.level, one.owner) == ("diary", code)]
        patterns += [on_day(own, code, day, [asked.segment]) for day in asked.days]
        for weekday in asked.weekdays:
            assert asked.first is not None
            patterns += on_weekday(own, code, weekday, asked.first, asked.last, lambda _day: [asked.segment])
    missing = [(code, type) for code in asked.diaries for type in asked.types if type not in catalogue.diaries[code].types]
    return Wanted(patterns, assign=missing)


def _refuse_who(catalogue: Catalogue, asked: Overtime) -> Refused | None:
    if not asked.diaries:
        return Refused("not_possible", "Say for which diaries.")
    for code in asked.diaries:
        diary = catalogue.diaries.get(code)
        if diary is None:
            return Refused("unknown_diary", f"There is no diary {code[:30]}. See: agent-tui diaries.", diary=code)
        if asked.diaries.count(code) > 1:
            return Refused("not_possible", f"The diary {code} is named twice.", diary=code)
        if not diary.enabled:
            word = "retired" if diary.retired is not None else "switched off"
            return Refused("not_possible", f"The diary {code} of {diary.coach} is {word} and takes no overtime.", diary=code)
    return None


def _refuse_types(catalogue: Catalogue, asked: Overtime) -> Refused | None:
    if not asked.types:
        return Refused("unknown_type", "Say for which types the segment is.")
    for code in asked.types:
        kind = catalogue.types.get(code)
        if kind is None:
            return Refused("unknown_type", f"There is no type {code[:30]}. See: agent-tui types.", type=code)
        if kind.booked_by == "block":
            return Refused("not_allowed", f"{kind.name} is booked straight into the diary as block time.", type=code)
    lacking = [
        f"{diary} ({', '.join(sorted(missing))})"
        for diary in asked.diaries
        if (missing := set(asked.types) - catalogue.diaries[diary].types)
    ]
    if lacking and not asked.assign:
        return Refused("not_assigned", f"Not assigned: {'; '.join(lacking)}. They can be assigned in the same step.")
    return None


def _refuse_when(desk: Desk, catalogue: Catalogue, asked: Overtime) -> Refused | None:
    if not 0 <= asked.start < TICKS_PER_DAY or not 0 < asked.end <= TICKS_PER_DAY:
        return Refused("not_possible", "A segment lies within one day.")
    if asked.end <= asked.start:
        return Refused("not_possible", f"{clock(asked.end)} is not after {clock(asked.start)}; a segment ends after it starts.")
    if asked.limit is not None and not 1 <= asked.limit <= MOST_PLACES:
        return Refused("not_possible", f"A segment's limit lies between 1 and {MOST_PLACES}.")
    if bool(asked.days) == bool(asked.weekdays):
        return Refused("not_possible", "Say either on which days or on which weekdays.")
    return _refuse_days(desk, catalogue, asked) if asked.days else _refuse_weekdays(desk, catalogue, asked)


def _refuse_days(desk: Desk, catalogue: Catalogue, asked: Overtime) -> Refused | None:
    if len(asked.days) > MOST_DAYS:
        return Refused("not_possible", f"At most {MOST_DAYS} days at once; weekdays take more.")
    now = desk.site_now()
    for day in asked.days:
        name = short_date(day)
        if asked.days.count(day) > 1:
            return Refused("not_possible", f"{name} is named twice.", day=day)
        if day > LAST_DAY:
            return Refused("not_possible", f"Nothing is planned after {short_date(LAST_DAY)}.", day=day)
        if day < now.day or (day == now.day and asked.end <= now.tick):
            return Refused("past", f"{name} {clock(asked.start)} to {clock(asked.end)} has passed.", day=day)
        if day in catalogue.closures:
            return Refused("closed", f"The site is closed on {name}: {catalogue.closures[day]}.", day=day)
    return None


def _refuse_weekdays(desk: Desk, catalogue: Catalogue, asked: Overtime) -> Refused | None:
    today, first, last = desk.now.date(), asked.first, asked.last
    if first is None:
        return Refused("not_possible", "Weekdays need a first day.")
    if first < today:
        return Refused("past", f"{short_date(first)} is past; the first day is {short_date(today)} or later.", day=first)
    if first > LAST_DAY or (last is not None and last > LAST_DAY):
        return Refused("not_possible", f"Nothing is planned after {short_date(LAST_DAY)}.", day=first)
    if last is not None and last < first:
        return Refused("not_possible", f"The last day {short_date(last)} is before the first, {short_date(first)}.", day=last)
    for weekday in asked.weekdays:
        named = list(_dates(weekday, first, last))
        if not named:
            return Refused("not_possible", f"There is no {WEEKDAYS[weekday]} between these days.", day=first)
        if last is not None and all(day in catalogue.closures for day in named):
            return Refused("closed", f"The site is closed on every {WEEKDAYS[weekday]} between these days.", day=named[0])
    return None


def _dates(weekday: int, first: date, last: date | None) -> Iterator[date]:
    """Yield the dates of a weekday within some days; of an open end the first alone."""
    day = first + timedelta(days=(weekday - first.weekday()) % 7)
    while day <= (last or day):
        yield day
        if last is None or (LAST_DAY - day).days < 7:
            return
        day += timedelta(days=7)


def named_template(known: Sequence[Template], name: str) -> Template | None:
    """Return the template of a name, or None."""
    return next((one for one in known if one.name == name.strip().casefold()), None)
