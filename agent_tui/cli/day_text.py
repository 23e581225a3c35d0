"""A day as plain text: one column for each diary, ten minutes to a line, as many columns as the terminal holds."""

import shutil

from agent_tui.domain.clients import short_name
from agent_tui.domain.day import Day, DiaryOfDay
from agent_tui.domain.plurals import counted
from agent_tui.domain.requests import EntryState
from agent_tui.domain.ticks import clock, hours_words
from agent_tui.domain.wall_time import short_date

TICKS_PER_LINE = 2
COLUMN = 18
GUTTER = 6


def day_lines(day: Day, names: dict[str, str]) -> list[str]:
    """Return a day as lines: `|` an appointment, `?` a hold, `#` a block, `:` closed, blank free."""
    title = short_date(day.day)
    if day.closed is not None:
        return [f"{title}: closed, {day.closed}"]
    if not day.diaries:
        return [f"{title}: no diary."]
    opens = [one.open_mask for one in day.diaries if one.open_mask]
    if not opens and not any(one.entries for one in day.diaries):
        return [f"{title}: no diary is open."]
    across = max(1, (shutil.get_terminal_size((120, 40)).columns - GUTTER) // COLUMN)
    lines = [f"{title}: {counted(len(day.diaries), 'diary')}, {hours_words(sum(one.free_minutes for one in day.diaries))} free"]
    for first in range(0, len(day.diaries), across):
        lines += ["", *_block(day.diaries[first : first + across], names)]
    unplaced = [entry for one in day.diaries for entry in one.entries if entry.status == "unplaced"]
    lines += [f"! unplaced: {entry.type} {clock(entry.start)} {entry.diary} {entry.id}" for entry in unplaced]
    return lines


def _block(diaries: tuple[DiaryOfDay, ...], names: dict[str, str]) -> list[str]:
    first, last = _range(diaries)
    heading = " " * GUTTER + "".join(f"{one.diary} {one.coach}"[: COLUMN - 1].ljust(COLUMN) for one in diaries)
    lines = [heading.rstrip()]
    for tick in range(first, last, TICKS_PER_LINE):
        cells = "".join(_cell(one, tick, names)[: COLUMN - 1].ljust(COLUMN) for one in diaries)
        lines.append(f"{clock(tick):<{GUTTER}}{cells}".rstrip())
    return lines


def _range(diaries: tuple[DiaryOfDay, ...]) -> tuple[int, int]:
    mask = 0
    for one in diaries:
        mask |= one.open_mask | one.busy_mask
    if not mask:
        return 108, 108
    first = (mask & -mask).bit_length() - 1
    return first - first % TICKS_PER_LINE, mask.bit_length()


def _cell(one: DiaryOfDay, tick: int, names: dict[str, str]) -> str:
    here = [
        entry for entry in one.entries if entry.status != "unplaced" and entry.start < tick + TICKS_PER_LINE and tick < entry.end
    ]
    if not here:
        line = 3 << tick
        return "" if one.open_mask & line else ":"
    entry = here[0]
    glyph = {"hold": "?", "block": "#"}.get(entry.kind, "|")
    if entry.start >= tick:
        more = f" +{len(here) - 1}" if len(here) > 1 else ""
        return f"{glyph}{_words(entry, names)}{more}"
    return glyph if len(here) == 1 else f"{glyph} then {_words(here[1], names)}"


def _words(entry: EntryState, names: dict[str, str]) -> str:
    who = short_name(names.get(entry.client or "", "")) or ("held" if entry.kind == "hold" else "")
    at = f"{clock(entry.start)[3:]} " if entry.start % TICKS_PER_LINE else ""
    what = (entry.type or entry.reason or "").removesuffix("-F2F")
    return f"{at}{what} {who}".strip()
