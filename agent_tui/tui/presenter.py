"""From what services return to what the diary grid and the title line show; pure."""

from collections.abc import Mapping, Sequence
from datetime import date

from agent_tui.domain.clients import short_name
from agent_tui.domain.day import DiaryOfDay
from agent_tui.domain.plurals import counted
from agent_tui.domain.requests import EntryState
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import MINUTES_PER_TICK, covered_by, hours_words
from agent_tui.domain.wall_time import short_day
from agent_tui.tui.widgets.diary_grid import Block, Column

Starts = Mapping[tuple[str, date], tuple[int, int]]

_ENDINGS = ("-F2F", "-PH", "-VID")


def short_code(code: str | None, minutes: int) -> str:
    """Return a type as a cell shows it, "FC50" for FC-F2F of 50 minutes, "WSR10" for WSR-10-F2F."""
    if code is None:
        return ""
    word = code
    for ending in _ENDINGS:
        word = word.removesuffix(ending)
    word = word.removesuffix(f"-{minutes}").replace("-", "")
    return f"{word}{minutes}"


def block_label(entry: EntryState) -> str:
    """Return why time is blocked as a cell shows it: "leave", or "PRISON" for the type BLK-PRISON."""
    return entry.reason or (entry.type or "").removeprefix("BLK-").replace("-", "")


def block_of(
    entry: EntryState, catalogue: Catalogue, names: Mapping[str, str], staff: Mapping[str, str], login: str, flagged: bool
) -> Block:
    """Return an entry as the grid draws it: a hold by who holds it, an appointment by the claimant's short name."""
    kind = catalogue.types.get(entry.type or "")
    holder = short_name(staff.get(entry.made_by, entry.made_by))
    who = holder if entry.kind == "hold" else short_name(names.get(entry.client or "", ""))
    minutes = (entry.end - entry.start) * MINUTES_PER_TICK
    full = minutes if kind is None else kind.minutes_on(entry.day) or minutes
    return Block(
        entry_id=entry.id,
        kind=entry.kind,
        status=entry.status,
        start=entry.start,
        end=entry.end,
        label=block_label(entry) if entry.kind == "block" else "held" if entry.kind == "hold" else short_code(entry.type, full),
        who=who,
        group="" if kind is None else kind.group,
        key=kind is not None and kind.key_on(entry.day),
        flagged=flagged,
        mine=entry.kind == "hold" and entry.made_by == login,
        expires_at=entry.expires_at,
        meeting=entry.is_meeting,
    )


def column_of(
    one: DiaryOfDay,
    catalogue: Catalogue,
    names: Mapping[str, str],
    staff: Mapping[str, str],
    login: str,
    flagged: frozenset[str],
    starts: Starts,
    closed: str | None,
    by_day: bool,
) -> Column:
    """Return one diary's day as a column; `by_day` heads it with the day rather than the coach."""
    found, length = starts.get((one.diary, one.day), (0, 1))
    if closed is None and not one.open_mask:
        closed = "day off"
    name = short_name(one.coach)
    live = [entry for entry in one.entries if entry.status != "unplaced"]
    return Column(
        diary=one.diary,
        day=one.day,
        heading=short_day(one.day) if by_day else name,
        subheading=name if by_day else one.diary,
        open_mask=one.open_mask,
        fits_mask=covered_by(found, length) if found else 0,
        start_mask=found,
        stranded_mask=one.dead_mask,
        blocks=tuple(block_of(entry, catalogue, names, staff, login, entry.id in flagged) for entry in live),
        labels=tuple((start, words or "closed") for start, _end, words in one.breaks),
        closed=closed,
        coach=one.coach,
    )


def day_counts(diaries: int, available: int, free: int, lost: int) -> tuple[str, str, str, str]:
    """Return a day's totals in words: how many diaries, how full, usable free time, stranded time; all in minutes."""
    booked = 0 if not available else round(100 * (available - free) / available)
    return (
        counted(diaries, "diary"),
        f"{booked}% booked",
        f"{hours_words(free - lost)} usable",
        f"{hours_words(lost)} stranded",
    )


def hours_of_view(diaries: Sequence[DiaryOfDay]) -> tuple[int, int]:
    """Return the first and last tick that a grid shows: all that is open or booked, whole hours, 09:00 to 17:00 at least."""
    mask = 0
    for one in diaries:
        mask |= one.open_mask | one.busy_mask
    if not mask:
        return 108, 204
    first, last = (mask & -mask).bit_length() - 1, mask.bit_length()
    return min(108, first - first % 12), max(204, -(-last // 12) * 12)
