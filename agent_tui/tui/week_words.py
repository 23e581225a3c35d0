"""What the week screen says: the week, the half hour under the cursor, and whose diaries are counted."""

from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import TICKS_PER_DAY, clock
from agent_tui.domain.wall_time import spoken_day
from agent_tui.domain.week import TICKS_PER_ROW, Start, Week
from agent_tui.tui.effect_words import counted
from agent_tui.tui.widgets.heat_map import HeatView
from agent_tui.tui.widgets.picker import Choice

ALL = "all"
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
    closed = next((note.text for note in found.notes if note.rule == "closure" and day.isoformat() in note.text), "")
    return " ".join(part for part in (f"{what}: {where}: {how_many}.", closed, notes) if part)


def start_choice(start: Start, catalogue: Catalogue) -> Choice:
    """Return a start as a line of the list of a half hour."""
    one, kind = catalogue.diaries[start.diary], catalogue.types[start.type]
    return Choice(
        f"{start.diary} {start.type} {start.start}",
        f"{clock(start.start)}-{clock(start.end)}  {one.coach} ({start.diary})",
        kind.code if len(kind.name) > 20 else kind.name,
    )
