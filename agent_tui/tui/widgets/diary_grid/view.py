"""What there is to draw: a frozen snapshot without times of day, colours or glyphs, and its cells in words.

Times are ticks (five minutes from local midnight, 0 to 288, an end not included); masks are ints in which bit t is
tick t. Texts may come from anybody: what draws them cleans them.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Self

from agent_tui.domain.cleaning import clean_for_display
from agent_tui.domain.ticks import FULL_DAY, TICKS_PER_DAY, clock, mask_of, minutes_of_ticks, runs_in, span
from agent_tui.domain.wall_time import short_day, spoken_day

OUTCOMES: Final = {"attended": "attended", "late": "came late", "dna": "did not attend"}
"""The statuses of an appointment that are said in other words."""


@dataclass(frozen=True, slots=True)
class Block:
    """One entry in a diary; `kind` is "hold", "appointment" or "block", `expires_at` is in ms UTC.

    `meeting` says that a claimant is seen in it, as in block time that is booked for one.
    """

    entry_id: str
    kind: str
    status: str
    start: int
    end: int
    label: str
    who: str
    group: str = ""
    key: bool = False
    flagged: bool = False
    mine: bool = False
    expires_at: int | None = None
    meeting: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One diary on one day.

    `blocks` are sorted by start. `labels` names closed stretches by the tick at which each begins; `closed` says why
    the whole day is closed. `coach` is the name for sentences where the heading is a day.
    """

    diary: str
    day: date
    heading: str
    subheading: str = ""
    open_mask: int = 0
    fits_mask: int = 0
    start_mask: int = 0
    stranded_mask: int = 0
    blocks: tuple[Block, ...] = ()
    labels: tuple[tuple[int, str], ...] = ()
    closed: str | None = None
    coach: str = ""

    def block_at(self, tick: int) -> Block | None:
        """Return the entry that has a tick, or None."""
        return next((block for block in self.blocks if block.start <= tick < block.end), None)

    def blocks_in(self, start: int, end: int) -> tuple[Block, ...]:
        """Return the entries that touch the ticks from `start` up to `end`."""
        return tuple(block for block in self.blocks if block.start < end and block.end > start)

    @property
    def taken_mask(self) -> int:
        """The ticks that an entry has."""
        return mask_of((block.start, block.end) for block in self.blocks)

    @property
    def free_mask(self) -> int:
        """The open ticks that no entry has."""
        return self.open_mask & ~self.taken_mask


@dataclass(frozen=True, slots=True)
class GridView:
    """A whole picture, or the loaded window of it.

    `columns` are those from index `first_column` on, of `column_count` in all (None: these are all). A later picture
    has a higher `generation`. `first_tick` and `last_tick` must span every entry: what lies outside is not drawn.
    `now` is the site's day and tick; `ticks_in_hand` and `in_hand` are the length and the name of the type that is
    being booked.
    """

    generation: int
    title: str
    columns: tuple[Column, ...]
    first_tick: int
    last_tick: int
    now: tuple[date, int] | None = None
    ticks_in_hand: int | None = None
    in_hand: str = ""
    first_column: int = 0
    column_count: int | None = None

    @property
    def total(self) -> int:
        """How many columns there are, loaded or not."""
        return max(self.column_count or 0, self.first_column + len(self.columns))

    def column(self, index: int) -> Column | None:
        """Return the column at an index, or None while it is not loaded."""
        at = index - self.first_column
        return self.columns[at] if 0 <= at < len(self.columns) else None

    def keeping(self, known: Self) -> Self:
        """Return the picture with the columns that are as in a known one as its objects: what was made of them stays good."""
        before = {(one.diary, one.day): one for one in known.columns}
        columns = (before.get((one.diary, one.day), one) for one in self.columns)
        return replace(self, columns=tuple(old if old == one else one for old, one in zip(columns, self.columns, strict=True)))

    def index_of(self, diary: str, day: date) -> int | None:
        """Return the index of a loaded column, or None."""
        for at, column in enumerate(self.columns):
            if column.diary == diary and column.day == day:
                return self.first_column + at
        return None


EMPTY: Final = GridView(generation=-1, title="", columns=(), first_tick=108, last_tick=204)
"""The picture before the first one: 09:00 to 17:00 and no columns."""


@dataclass(frozen=True, slots=True)
class Ghost:
    """Where the offer, or an entry that is being carried, would stand; `gone` when another has taken the time."""

    diary: str
    day: date
    start: int
    end: int
    label: str
    who: str
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a diary's day that is being marked, `start` to `end` in ticks.

    It began on the ticks `anchor` to `anchor_end`, which stay in it; `tick` is where the cursor stands while it leads it.
    """

    diary: str
    day: date
    anchor: int
    anchor_end: int
    tick: int
    start: int
    end: int

    @classmethod
    def begun(cls, diary: str, day: date, tick: int, rest: int) -> Self:
        """Return the mark of a cursor's tick and the `rest` of its line, in ticks."""
        return cls(diary, day, tick, tick + rest, tick, tick, tick + rest)

    def to(self, tick: int, rest: int) -> Self:
        """Return the mark led to a tick: below the anchor with the `rest` of that line, above it from that tick."""
        if tick >= self.anchor:
            return replace(self, tick=tick, start=self.anchor, end=tick + rest)
        return replace(self, tick=tick, start=tick, end=self.anchor_end)

    def fine(self, by: int) -> Self:
        """Return the mark with the edge that the cursor leads moved by some ticks, within the day."""
        if self.start < self.anchor:
            start = max(self.start + by, 0)
            return self.to(start, self.anchor_end - start if start >= self.anchor else 1)
        end = min(self.end + by, TICKS_PER_DAY)
        return self.to(end - 1, 1) if end > self.anchor else self.to(max(end - 1, 0), 1)

    def words(self, who: str) -> str:
        """Return the mark as the status line says it; `who` is the diary's coach."""
        day = short_day(self.day)
        return clean_for_display(
            f"{self.diary} {who}, {day}, {clock(self.start)} to {clock(self.end)} marked; B blocks, esc forgets"
        )


def time_left(expires_at: int, clock_ms: int) -> str:
    """Return how long a hold has left as "m:ss", rounded up; "0:00" once it is over. Both instants are ms UTC."""
    seconds = max(-(-(expires_at - clock_ms) // 1000), 0)
    return f"{seconds // 60}:{seconds % 60:02d}"


def describe_cell(column: Column, tick: int, view: GridView, *, clock_ms: int | None = None, ticks: int = 1) -> str:
    """Return one tick of a column in words, for the status line.

    `clock_ms` (ms UTC) adds how long a hold has left; `ticks` is the length of the line, whose other entries are
    named at the end. The text is clean and holds no markup of its own.
    """
    block = column.block_at(tick)
    if block is not None:
        start, end, words = block.start, block.end, _entry_words(block, clock_ms)
    elif column.open_mask >> tick & 1:
        start, end, words = _free_words(column, tick, view)
    else:
        start, end, words = _closed_words(column, tick)
    others = [other for other in column.blocks_in(tick, tick + ticks) if other is not block]
    also = "".join(f"; also {clock(other.start)} {_entry_words(other, clock_ms)}" for other in others)
    who = column.coach or column.heading or column.diary
    inside = f"{clock(tick)} in " if words == "free" and tick != start else ""
    return clean_for_display(f"{who}, {spoken_day(column.day)}, {inside}{clock(start)} to {clock(end)}, {words}{also}")


def _entry_words(block: Block, clock_ms: int | None) -> str:
    named = " ".join(part for part in (block.label, block.who) if part)
    if block.kind == "hold":
        held = f"your hold: {named}" if block.mine else f"held by {block.who}"
        left = block.expires_at is not None and clock_ms is not None
        words = f"{held}, {time_left(block.expires_at or 0, clock_ms or 0)} left" if left else held
    elif block.kind == "block":
        words = f"blocked: {named}" if named else "blocked"
    else:
        words = f"{named or 'appointment'}, {OUTCOMES.get(block.status, block.status)}"
    return words + (", payment type" if block.key else "") + (", flagged" if block.flagged else "")


def _free_words(column: Column, tick: int, view: GridView) -> tuple[int, int, str]:
    start, end = _run_around(column.free_mask, tick)
    length = view.ticks_in_hand
    named = view.in_hand or "the type in hand"
    if column.start_mask >> tick & 1 and length:
        return tick, tick + length, f"free; {named} fits"
    if column.stranded_mask >> tick & 1:
        start, end = _run_around(column.stranded_mask & column.free_mask, tick)
        return (
            start,
            end,
            f"free but stranded: nothing that may be booked here fits {minutes_of_ticks(end - start)} minutes",
        )
    if column.fits_mask >> tick & 1:
        return start, end, f"free; {named} fits, but does not start at {clock(tick)}"
    return start, end, f"free; {named} does not fit" if length else "free"


def _closed_words(column: Column, tick: int) -> tuple[int, int, str]:
    start, end = _run_around(FULL_DAY & ~column.open_mask & ~column.taken_mask, tick)
    words = closed_word(column, tick)
    return start, end, f"closed: {words}" if words else "closed"


def closed_word(column: Column, tick: int) -> str:
    """Return why a closed tick is closed: the day's reason, or the label that began last within its stretch."""
    if column.closed is not None:
        return column.closed
    begun = [(at, word) for at, word in column.labels if at <= tick]
    if not begun:
        return ""
    at, word = max(begun)
    return word if not column.open_mask & span(at, tick + 1) else ""


def _run_around(mask: int, tick: int) -> tuple[int, int]:
    return next(((start, end) for start, end in runs_in(mask) if start <= tick < end), (tick, tick + 1))
