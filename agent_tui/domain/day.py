"""A day as it is shown: each diary's segments, entries and free time."""

from dataclasses import dataclass
from datetime import date

from agent_tui.domain.requests import EntryState


@dataclass(frozen=True, slots=True)
class ShownSegment:
    """An open stretch of a diary's day in ticks, the level that rules it and the types it allows."""

    start: int
    end: int
    level: str
    types: tuple[str, ...]
    limit: int | None
    description: str


@dataclass(frozen=True, slots=True)
class DiaryOfDay:
    """One diary's day: what is open, what is in it, breaks as (start, end, words), and what is free or stranded."""

    diary: str
    coach: str
    team: str
    enabled: bool
    day: date
    segments: tuple[ShownSegment, ...]
    entries: tuple[EntryState, ...]
    open_mask: int
    busy_mask: int
    free_minutes: int
    breaks: tuple[tuple[int, int, str], ...] = ()
    dead_mask: int = 0
    stranded_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Day:
    """A site's day; `closed` names the closure, None on an open day."""

    day: date
    closed: str | None
    diaries: tuple[DiaryOfDay, ...]
