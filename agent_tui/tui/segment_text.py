"""What a manager types about segments, read: a segment's times, the days on which it holds, whom it is also for."""

from collections.abc import Mapping
from datetime import date

from agent_tui.domain.patterns import Segment, segment_problems
from agent_tui.domain.request_text import FieldProblem, read_choice, read_day, read_tick
from agent_tui.domain.ticks import clock
from agent_tui.domain.types import ANY_CHANNEL, CHANNELS
from agent_tui.domain.wall_time import short_date

Texts = Mapping[str, str]
"""What stands in the fields of a dialog, by their names."""


def read_segment(texts: Texts, types: frozenset[str], kept: tuple[Segment, ...]) -> tuple[Segment | None, dict[str, str]]:
    """Return the segment that texts make beside some others, or None and a sentence for each text that is wrong."""
    problems: dict[str, str] = {}
    start, end = read_tick(texts["start"]), read_tick(texts["end"])
    channel = read_choice(texts["channel"], (ANY_CHANNEL, *CHANNELS), ANY_CHANNEL)
    limit = texts["limit"].strip()
    for name, value in (("start", start), ("end", end), ("channel", channel)):
        if isinstance(value, FieldProblem):
            problems[name] = f"{value.sentence}."
    if limit and not (limit.isascii() and limit.isdigit()):
        problems["limit"] = "A whole number, or nothing for no limit."
    if problems or isinstance(start, FieldProblem) or isinstance(end, FieldProblem) or isinstance(channel, FieldProblem):
        return None, problems
    if start >= end:
        return None, {"end": f"{clock(end)} is not after {clock(start)}."}
    made = Segment(start, end, types, channel, int(limit) if limit else None, texts["description"])
    wrong = segment_problems((*kept, made), types)
    return (None, {"start": " ".join(wrong)}) if wrong else (made, {})


def read_dates(texts: Texts, today: date) -> tuple[dict[str, date | None], dict[str, str]]:
    """Return the days that texts name by field, and a sentence for each that is wrong."""
    days: dict[str, date | None] = {}
    problems: dict[str, str] = {}
    for name in ("first", "until", "only"):
        found = read_day(texts[name], today)
        if isinstance(found, FieldProblem):
            problems[name], found = f"{found.sentence}.", None
        days[name] = found
    first, until = days["first"] or today, days["until"]
    if until is not None and until < first:
        problems["until"] = f"{short_date(until)} is before {short_date(first)}."
    return days, problems


def read_owners(text: str, codes: list[str], but: str) -> tuple[list[str], str]:
    """Return the codes that a text names, ranges such as D03-D07 too, and a sentence about what is none of them."""
    found: list[str] = []
    strangers = []
    for word in text.upper().replace(",", " ").split():
        first, dash, last = word.partition("-")
        some = [code for code in codes if first <= code.upper() <= last] if dash else [c for c in codes if c.upper() == word]
        if not some or (dash and not {first, last} <= {code.upper() for code in codes}):
            strangers.append(word)
        found += [code for code in some if code != but and code not in found]
    return found, f"There is no {', '.join(strangers[:3])}." if strangers else ""
