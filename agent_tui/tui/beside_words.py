"""What the pane beside the diary grid says: the cell in hand, the coach's day in figures, and the week's flags."""

from collections.abc import Iterable, Sequence

from agent_tui.domain.flags import SHORT, Flag
from agent_tui.domain.plurals import counted
from agent_tui.domain.ticks import clock, hours_words, minutes_of_ticks, runs_in
from agent_tui.domain.wall_time import spoken_day
from agent_tui.tui.glyphs import Glyphs
from agent_tui.tui.widgets.diary_grid import Block, Column

Line = tuple[str, str]
"""A line and its style."""

HEADING = "bold"


def beside_lines(
    words: str, column: Column, columns: Sequence[Column], flags: Iterable[tuple[str, tuple[Flag, ...]]], glyphs: Glyphs
) -> list[Line]:
    """Return what is said of the cell in hand (`words`), of its coach's day and of the flags on the coach's week."""
    lines = [(words, ""), ("", "")] if words else []
    lines += [(f"{column.coach}, {spoken_day(column.day)}", HEADING), *((line, "") for line in _day_lines(column))]
    lines += [("", ""), (f"Flags on the week of {column.coach}", HEADING)]
    named = {block.entry_id: (one, block) for one in columns for block in one.blocks}
    found = [_flag_line(*named[entry], flag, glyphs) for entry, some in flags if entry in named for flag in some]
    return lines + ([(line, "bold $text-warning") for line in found] or [("none", "")])


def _day_lines(column: Column) -> Iterable[str]:
    if column.closed:
        yield column.closed
    for kind, one, many in (
        ("appointment", "appointment", "appointments"),
        ("hold", "hold", "holds"),
        ("block", "block", "blocks"),
    ):
        count = sum(block.kind == kind for block in column.blocks)
        if count:
            yield counted(count, one, many)
    free = [f"{clock(start)} to {clock(end)}" for start, end in runs_in(column.free_mask)]
    unused, lost = (hours_words(minutes_of_ticks(mask.bit_count())) for mask in (column.free_mask, column.stranded_mask))
    yield f"{unused} free, {lost} stranded"
    yield from (f"  free {run}" for run in free)


def _flag_line(column: Column, block: Block, flag: Flag, glyphs: Glyphs) -> str:
    day = f"{column.day:%a} {column.day.day}"
    return f"{glyphs.flag} {day} {clock(block.start)} {block.label} {block.who}: {SHORT.get(flag.kind, flag.kind)}"
