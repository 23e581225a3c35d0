"""Patterns as a TOML file that a person can edit: what is written is read back exactly."""

import hashlib
import json
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from agent_tui.domain.cleaning import clean
from agent_tui.domain.patterns import OWNED_LEVELS, WEEKDAYS, Pattern, Segment
from agent_tui.domain.ticks import clock, parse_clock
from agent_tui.domain.types import ANY_CHANNEL

LONGEST_FILE = 4_000_000
"""The largest file in characters."""

NOTHING_STORED = "nothing"
"""The mark of a pattern that was made where none was stored under its key."""

_PATTERN_KEYS = {"level", "owner", "weekday", "day", "from", "until", "day_off", "was", "segment"}
_SEGMENT_KEYS = {"start", "end", "types", "channel", "limit", "description"}


@dataclass(frozen=True, slots=True)
class PatternsRead:
    """What a file says: patterns without ids, the mark of the stored one that each was made from, and every problem."""

    patterns: tuple[Pattern, ...]
    marks: tuple[str | None, ...]
    problems: tuple[str, ...]


def mark_of(pattern: Pattern) -> str:
    """Return what tells whether a stored pattern has changed since it was written to a file."""
    return hashlib.sha256(json.dumps(plain(pattern), sort_keys=True, default=str).encode()).hexdigest()[:16]


def plain(pattern: Pattern) -> dict[str, Any]:
    """Return a pattern as a file and the log have it; days are ISO text in the log's JSON and TOML dates in a file."""
    shown: dict[str, Any] = {"level": pattern.level}
    if pattern.owner:
        shown["owner"] = pattern.owner
    if pattern.day is not None:
        shown["day"] = pattern.day
    else:
        shown |= {"weekday": WEEKDAYS[pattern.weekday or 0], "from": pattern.effective_from}
        if pattern.effective_until is not None:
            shown["until"] = pattern.effective_until
    if pattern.day_off:
        shown["day_off"] = True
    if pattern.segments:
        shown["segment"] = [_plain_segment(segment) for segment in sorted(pattern.segments, key=lambda one: one.start)]
    return shown


def _plain_segment(segment: Segment) -> dict[str, Any]:
    shown: dict[str, Any] = {"start": clock(segment.start), "end": clock(segment.end), "types": sorted(segment.types)}
    if segment.channel != ANY_CHANNEL:
        shown["channel"] = segment.channel
    if segment.limit is not None:
        shown["limit"] = segment.limit
    if segment.description:
        shown["description"] = segment.description
    return shown


def read_patterns(text: str) -> PatternsRead:
    """Return the patterns of a TOML text with empty ids, or what is wrong with it as sentences that say where."""
    return read_beside(text, ())[0]


def read_beside(text: str, others: Collection[str]) -> tuple[PatternsRead, dict[str, Any]]:
    """Return the patterns of a TOML text as `read_patterns` does, and those of some other tables that stand beside them."""
    if len(text) > LONGEST_FILE:
        return PatternsRead((), (), (f"The file is longer than {LONGEST_FILE} characters.",)), {}
    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return PatternsRead((), (), (f"This is no TOML: {clean(str(error))}.",)), {}
    beside = {name: found.pop(name) for name in others if name in found}
    tables = found.get("pattern")
    if set(found) - {"pattern"} or not isinstance(tables, list) or not tables or not all(isinstance(one, dict) for one in tables):
        what = " and ".join(["[[pattern]]", *others])
        return PatternsRead((), (), (f"The file must consist of {what} tables, and of nothing else.",)), beside
    patterns, marks, problems = [], [], []
    for number, table in enumerate(tables, start=1):
        try:
            patterns.append(read_pattern(table))
            marks.append(table.get("was") if isinstance(table.get("was"), str) else None)
        except ValueError as error:
            problems.append(f"Pattern {number}: {clean(str(error))}")
    return PatternsRead(tuple(patterns), tuple(marks), tuple(problems)), beside


def read_pattern(table: Mapping[str, Any]) -> Pattern:
    """Return one pattern of a file or of the log with an empty id; ValueError says what is wrong."""
    _no_strangers(table, _PATTERN_KEYS)
    level = table.get("level")
    owner = table.get("owner", "")
    if level not in OWNED_LEVELS:
        raise ValueError(f"level must be one of {', '.join(OWNED_LEVELS)}.")
    if not isinstance(owner, str) or bool(owner) == (level == "site"):
        raise ValueError("owner must name the diary, the team, or the room or equipment; the site's own pattern has none.")
    if ("weekday" in table) == ("day" in table):
        raise ValueError("either weekday or day must be given.")
    day = _day(table, "day")
    first, last = _day(table, "from"), _day(table, "until")
    if day is None and first is None:
        raise ValueError("a weekday's pattern needs from, its first day.")
    if day is not None and (first is not None or last is not None):
        raise ValueError("a pattern of one day has neither from nor until.")
    if first is not None and last is not None and last < first:
        raise ValueError("until is before from.")
    off = table.get("day_off", False)
    parts = table.get("segment", [])
    if not isinstance(off, bool):
        raise ValueError("day_off must be true or false.")
    if not isinstance(parts, list) or not all(isinstance(one, dict) for one in parts):
        raise ValueError("segments must be [[pattern.segment]] tables.")
    return Pattern(
        id="",
        level=level,
        owner=owner,
        weekday=None if day is not None else weekday_of(table["weekday"]),
        day=day,
        effective_from=first or day or date.min,
        effective_until=last,
        segments=tuple(sorted((_segment(one) for one in parts), key=lambda one: one.start)),
        day_off=off,
    )


def _no_strangers(table: Mapping[str, Any], known: set[str]) -> None:
    strangers = sorted(set(table) - known)
    if strangers:
        raise ValueError(f"{strangers[0][:30]!r} is not known here; known are {', '.join(sorted(known))}.")


def _day(table: Mapping[str, Any], name: str) -> date | None:
    value = table.get(name)
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            value = None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError(f"{name} must be a day such as 2026-11-30.")
    return value


def weekday_of(value: object) -> int:
    """Return the number of a weekday (0 is Monday) by its name or at least its first three letters; else ValueError."""
    names = [name.casefold() for name in WEEKDAYS]
    word = value.casefold() if isinstance(value, str) else ""
    fitting = [number for number, name in enumerate(names) if len(word) >= 3 and name.startswith(word)]
    if len(fitting) != 1:
        raise ValueError(f"weekday must be one of {', '.join(WEEKDAYS)}.")
    return fitting[0]


def _segment(table: Mapping[str, Any]) -> Segment:
    _no_strangers(table, _SEGMENT_KEYS)
    start, end = table.get("start"), table.get("end")
    if not isinstance(start, str) or not isinstance(end, str):
        raise ValueError('a segment needs start and end, such as "09:00".')
    first, last = parse_clock(start), parse_clock(end, end=True)
    if first >= last:
        raise ValueError(f"the segment {clock(first)} does not end after it starts.")
    types = table.get("types", [])
    if not isinstance(types, list) or not all(isinstance(one, str) for one in types):
        raise ValueError(f"types of the segment {clock(first)} must be a list of codes.")
    limit = table.get("limit")
    if limit is not None and (not isinstance(limit, int) or isinstance(limit, bool)):
        raise ValueError(f"limit of the segment {clock(first)} must be a whole number.")
    channel, words = table.get("channel", ANY_CHANNEL), table.get("description", "")
    if not isinstance(channel, str) or not isinstance(words, str):
        raise ValueError(f"channel and description of the segment {clock(first)} must be text.")
    codes = frozenset(one.strip().upper() for one in types)
    return Segment(first, last, codes, channel.casefold(), limit, clean(words, limit=100))


def as_stored(patterns: Sequence[Pattern]) -> list[dict[str, Any]]:
    """Return patterns with their ids as the log keeps them."""
    kept: list[dict[str, Any]] = json.loads(json.dumps([{"id": one.id, "is": plain(one)} for one in patterns], default=str))
    return kept


def from_stored(kept: Sequence[Mapping[str, Any]]) -> list[Pattern]:
    """Return patterns with their ids from what the log keeps."""
    return [replace(read_pattern(one["is"]), id=str(one["id"])) for one in kept]
