"""A draft of segments tried on a stream of requests, beside the segments of today: what each books, refuses and strands.

Both are taken to hold on every day that is replayed, whatever day they begin; exceptions of one day hold on their day. The
same requests, in the same order, meet both (domain.simulation, policy "offered").
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from agent_tui.domain.pattern_change import Assignment, Change, change_of
from agent_tui.domain.pattern_files import PatternsRead, read_beside
from agent_tui.domain.patterns import Pattern
from agent_tui.domain.simulation import Replay, Simulated
from agent_tui.domain.site import Catalogue
from agent_tui.domain.streams import StreamRow

LEAST_WEEKS, MOST_WEEKS = 4, 8
LEAST_REQUESTS = 100
DAYS_TO_WAIT = 20
"""Working days that somebody who asked may be given, counted from the day on which they asked."""
POLICY = "offered"
RECORDED, GENERATED = "recorded", "generated"
EVERY = 50

Progress = Callable[[int, int], None]
"""Told how many requests are replayed and how many there are; it may raise Stopped."""


class Stopped(Exception):
    """Somebody does not want to wait for the end; nothing has been made."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Patterns to be tried, the marks of the stored ones that they were made from, and the types that diaries get with them."""

    patterns: tuple[Pattern, ...]
    marks: tuple[str | None, ...]
    assign: tuple[Assignment, ...] = ()


@dataclass(frozen=True, slots=True)
class OfType:
    """What became of the requests for one type: `wait_days` is the mean from asking to the appointment, None without one.

    `dry` is the first day on which somebody asked who would have taken any time of their days, and there was none.
    """

    asked: int
    booked: int
    refused: int
    wait_days: float | None
    dry: str | None


@dataclass(frozen=True, slots=True)
class Column:
    """What one set of segments makes of a stream; minutes are those of the appointments that stand at the end."""

    open_minutes: int
    booked: int
    booked_minutes: int
    refused: int
    wait_days: float | None
    stranded_minutes: int
    types: Mapping[str, OfType]

    @property
    def dry(self) -> dict[str, str]:
        """Return the types that run dry, each with the first day on which it does, the earliest first."""
        found = {code: one.dry for code, one in self.types.items() if one.dry is not None}
        return dict(sorted(found.items(), key=lambda pair: (pair[1], pair[0])))


@dataclass(frozen=True, slots=True)
class Counts:
    """What a stream is made of: appointments that were booked (those cancelled among them), refusals, requests in writing."""

    bookings: int
    cancelled: int
    refusals: int
    written: int

    @property
    def total(self) -> int:
        """Return how many requests there are."""
        return self.bookings + self.refusals + self.written


@dataclass(frozen=True, slots=True)
class Trial:
    """A draft beside today's segments: `source` is RECORDED or GENERATED (by `seed`), the days are those that are replayed."""

    source: str
    weeks: int
    first: date
    last: date
    counts: Counts
    today: Column
    draft: Column
    changes: int
    seed: int | None = None

    def as_state(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return asdict(self) | {"first": self.first.isoformat(), "last": self.last.isoformat()}

    @classmethod
    def from_state(cls, kept: Mapping[str, Any]) -> "Trial":
        """Return it from what is stored."""
        return cls(
            kept["source"],
            kept["weeks"],
            date.fromisoformat(kept["first"]),
            date.fromisoformat(kept["last"]),
            Counts(**kept["counts"]),
            _column(kept["today"]),
            _column(kept["draft"]),
            kept["changes"],
            kept["seed"],
        )


def _column(kept: Mapping[str, Any]) -> Column:
    return Column(**{**kept, "types": {code: OfType(**one) for code, one in sorted(kept["types"].items())}})


def read_draft(text: str) -> tuple[Draft, tuple[str, ...]]:
    """Return the draft of a TOML text as segments show writes it, and what is wrong with it as sentences that say where.

    Beside the patterns [[assign]] tables may name a diary and a type that it gets.
    """
    read, beside = read_beside(text, ("assign",))
    assign, problems = _assigned(beside.get("assign", []))
    return draft_of(read, assign), (*read.problems, *problems)


def draft_of(read: PatternsRead, assign: Iterable[Assignment] = ()) -> Draft:
    """Return the draft of patterns that were read from a file."""
    return Draft(read.patterns, read.marks, tuple(sorted(set(assign))))


def _assigned(tables: Any) -> tuple[list[Assignment], list[str]]:
    found: list[Assignment] = []
    for number, one in enumerate(tables if isinstance(tables, list) else [tables], start=1):
        fits = isinstance(one, dict) and set(one) == {"diary", "type"} and all(isinstance(word, str) for word in one.values())
        if not fits:
            return [], [f"Assign {number}: it needs a diary and a type, and nothing else."]
        found.append((one["diary"], one["type"]))
    return found, []


def changed_by(catalogue: Catalogue, draft: Draft) -> Change:
    """Return what saving a draft would change."""
    return change_of(catalogue, draft.patterns, (f"draft-{number}" for number in range(len(draft.patterns))), draft.assign)


def always(catalogue: Catalogue, today: date, changed: Iterable[Pattern] = ()) -> Catalogue:
    """Return the rules with the weekly patterns that are in force on or right after today, as if they had always held.

    Where one of `changed` is meant for a level, owner and weekday, that of its first day holds instead.
    """
    begin = {
        (one.level, one.owner, one.weekday): max(today, one.effective_from)
        for one in sorted(changed, key=lambda one: one.effective_from)
        if one.day is None
    }
    kept = [one for one in catalogue.patterns if one.day is not None]
    for key in dict.fromkeys((one.level, one.owner, one.weekday) for one in catalogue.patterns if one.day is None):
        level, owner, weekday = key
        day = _ahead(begin.get(key, today), weekday)
        found = catalogue.in_force(level, owner, day, weekly=True) or catalogue.in_force(
            level, owner, _ahead(today, weekday), weekly=True
        )
        if found is not None:
            kept.append(replace(found, effective_from=date.min, effective_until=None))
    return replace(catalogue, patterns=tuple(kept))


def _ahead(first: date, weekday: int | None) -> date:
    return first + timedelta(days=((weekday or 0) - first.weekday()) % 7)


def replay(
    catalogue: Catalogue, days: Sequence[date], rows: Sequence[StreamRow], progress: Progress | None = None, behind: int = 0
) -> Column:
    """Return what some rules make of a stream on some days; `progress` counts from `behind` on."""
    run = Replay(catalogue, days, POLICY)
    waits: dict[str, list[int]] = {}
    asked: dict[str, int] = {}
    dry: dict[str, str] = {}
    for number, row in enumerate(sorted(rows, key=lambda one: (one.asked_at, one.id))):
        if progress is not None and number % EVERY == 0:
            progress(behind + number, len(rows))
        run.ask(row)
        asked[row.type] = asked.get(row.type, 0) + 1
        place = run.standing.get(row.id)
        if place is not None:
            waits.setdefault(row.type, []).append((place[1] - row.asked_at.date()).days)
        elif not row.strict:
            dry.setdefault(row.type, row.asked_at.date().isoformat())
    result = _ended(run, len(rows))
    types = {}
    for code, count in sorted(asked.items()):
        mine = waits.get(code, [])
        types[code] = OfType(count, len(mine), count - len(mine), _mean(mine), dry.get(code))
    every = [one for mine in waits.values() for one in mine]
    return Column(
        result.available_minutes, len(every), result.booked_minutes, result.refused, _mean(every), result.stranded_minutes, types
    )


def _ended(run: Replay, requests: int) -> Simulated:
    run.free_until(datetime.max)
    return run.result(requests)


def _mean(days: Sequence[int]) -> float | None:
    return round(sum(days) / len(days), 2) if days else None


def compared(
    catalogue: Catalogue,
    draft: Draft,
    today: date,
    days: Sequence[date],
    rows: Sequence[StreamRow],
    progress: Progress | None = None,
) -> tuple[Column, Column, int]:
    """Return what today's segments and a draft make of a stream, and how many patterns and types the draft changes.

    What progress raises (Stopped) ends it.
    """
    change = changed_by(catalogue, draft)
    tell = None if progress is None else lambda done, _whole: progress(done, 2 * len(rows))
    now = replay(always(catalogue, today), days, rows, tell)
    then = replay(always(change.after, today, change.added), days, rows, tell, behind=len(rows))
    return now, then, len(change.added) + len(change.assigned)
