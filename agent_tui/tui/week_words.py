"""What the week screen says: the week, the half hour under the cursor, and whose diaries are counted."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from agent_tui.domain.guarantee import FAILS, LOW, GuaranteeNow
from agent_tui.domain.plurals import counted
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import TICKS_PER_DAY, clock
from agent_tui.domain.wall_time import first_open_tick, short_date, spoken_day
from agent_tui.domain.week import TICKS_PER_ROW, HeatMap, Start, Week
from agent_tui.domain.week_ahead import Ahead
from agent_tui.tui.widgets.chart import Bar, ChartView, Group
from agent_tui.tui.widgets.heat_map import HeatView
from agent_tui.tui.widgets.picker import Choice

ALL = "all"
NAME_WIDTH, WIDE_NAME = 26, 52
"""Cells of the column of guaranteed types, at least and at most."""
_FIXED = 9
"""Cells of a line beside the name and what is brief of it: the sign, how many were found, and what stands between them."""
CHANNEL_NAMES = {"f2f": "face to face", "phone": "by phone", "video": "by video"}


def week_words(week: Week) -> str:
    """Return the days of a week as the title shows them, "23-29 Nov 2026"."""
    first, last = week.monday, week.sunday
    if first.month == last.month:
        return f"{first.day}-{last.day} {last:%b %Y}"
    return f"{first.day} {first:%b} - {last.day} {last:%b %Y}"


def whose_words(catalogue: Catalogue, team: str | None, diary: str | None) -> str:
    """Return whose diaries are counted."""
    if diary is not None:
        one = catalogue.diaries.get(diary)
        return diary if one is None else f"{one.coach} ({diary})"
    if team is not None:
        return catalogue.teams.get(team, team)
    return f"all {counted(sum(one.enabled for one in catalogue.diaries.values()), 'diary', 'diaries')}"


def whose_choices(catalogue: Catalogue) -> list[Choice]:
    """Return whose diaries may be looked at: all, each team's, each coach's that is on."""
    choices = [Choice(ALL, "All diaries")]
    choices += [Choice(f"team {code}", name, f"team {code}") for code, name in sorted(catalogue.teams.items())]
    diaries = sorted((one for one in catalogue.diaries.values() if one.enabled), key=lambda one: one.code)
    return choices + [Choice(f"diary {one.code}", one.coach, one.code) for one in diaries]


def read_whose(id: str) -> tuple[str | None, str | None]:
    """Return the team and the diary that a choice of `whose_choices` means."""
    kind, _, code = id.partition(" ")
    return (code if kind == "team" else None), (code if kind == "diary" else None)


def cell_words(view: HeatView, cursor: tuple[int, int], what: str) -> str:
    """Return the half hour under the cursor as a sentence, with what else is to be known of the map."""
    found = view.map
    if found is None:
        return view.says
    notes = " ".join(note.text for note in found.notes if note.type is not None or note.rule != "closure")
    if not found.starts:
        return f"{what}: none of the diaries is open in this week. {notes}".rstrip()
    row, column = cursor
    day, start, count = found.days[column], found.starts[row], found.counts[row][column]
    diaries = sum(table[row][column] > 0 for table in found.by_diary.values())
    where = f"{spoken_day(day)}, {clock(start)} to {clock(min(start + TICKS_PER_ROW, TICKS_PER_DAY))}"
    how_many = f"{counted(count, 'start')} with {counted(diaries, 'coach', 'coaches')}" if count else "no start"
    if cursor in view.short:
        how_many += ", and its guarantee fails"
    closed = next((note.text for note in found.notes if note.rule == "closure" and short_date(day) in note.text), "")
    return " ".join(part for part in (f"{what}: {where}: {how_many}.", closed, notes) if part)


def ahead_view(ahead: Ahead) -> ChartView:
    """Return the starts by day of some weeks as a picture."""
    bars = [Bar((f"{one.day:%a} {one.day.day}", str(one.day.day), f"{one.day:%a}"[0]), one.starts) for one in ahead.days]
    groups = []
    for week in ahead.weeks:
        number, total = week.week.number, week.total
        labels = (f"Week {number}: {counted(total, 'start')}", f"Week {number}: {total}", f"W{number}: {total}")
        groups.append(Group((*labels, f"W{number} {total}", str(total)), len(week.days)))
    return ChartView(tuple(bars), groups=tuple(groups), top=ahead.scale)


def ahead_words(ahead: Ahead, number: int, what: str) -> str:
    """Return the day under the cursor as a sentence, with its week beside the week before."""
    if not ahead.days:
        return f"{what}: no day is open in these weeks."
    one = ahead.days[number]
    at = next(at for at, week in enumerate(ahead.weeks) if one in week.days)
    week = ahead.weeks[at]
    starts = "past or closed" if one.starts is None else counted(one.starts, "start") if one.starts else "no start"
    words = f"{what}: {spoken_day(one.day)}: {starts}. Week {week.week.number} has {week.total}"
    if at:
        more = week.total - ahead.weeks[at - 1].total
        beside = f"{abs(more)} {'fewer' if more < 0 else 'more'} than" if more else "as many as"
        words += f", {beside} the week before"
    return f"{words}."


def short_cells(
    found: HeatMap, gone: Collection[date], guarantees: Iterable[GuaranteeNow], now: datetime
) -> frozenset[tuple[int, int]]:
    """Return the half hours (row, column) to come without a start where the guarantee of each type that is counted fails.

    Only those in the days of the guarantees; where one type of a group is kept, its map has no such half hour.
    """
    counted_types = [one for one in guarantees if one.rule.type in found.asked.types]
    if not counted_types or any(one.status != FAILS for one in counted_types):
        return frozenset()
    last, passed = max(one.last for one in counted_types), (now.date(), first_open_tick(now))
    return frozenset(
        (row, column)
        for column, day in enumerate(found.days)
        if day <= last and day not in gone
        for row, start in enumerate(found.starts)
        if not found.counts[row][column] and (day, start + TICKS_PER_ROW) > passed
    )


def start_choice(start: Start, catalogue: Catalogue) -> Choice:
    """Return a start as a line of the list of a half hour."""
    one, kind = catalogue.diaries[start.diary], catalogue.types[start.type]
    return Choice(
        f"{start.diary} {start.type} {start.start}",
        f"{clock(start.start)}-{clock(start.end)}  {one.coach} ({start.diary})",
        kind.code if len(kind.name) > 20 else kind.name,
    )


def name_width(found: Sequence[GuaranteeNow], room: int) -> int:
    """Return the cells of the column of names in lines of `room` cells, so that what is said behind it is not cut."""
    brief = max((len(one.brief) for one in found), default=0)
    return min(max(room - _FIXED - brief, NAME_WIDTH), WIDE_NAME)


def red_words(found: Sequence[GuaranteeNow]) -> str:
    """Return which types are red, those that fail apart from those that run low, as the check of the week asks."""
    failing = ", ".join(one.rule.type for one in found if one.status == FAILS)
    low = ", ".join(one.rule.type for one in found if one.status == LOW)
    words = [f"Red now: {failing}." if failing else "", f"Low: {low}." if low else ""]
    return " ".join(one for one in words if one) or "Nothing is red now."
