"""What a block would do, has done or was refused, in words; pure."""

from collections.abc import Mapping

from agent_tui.domain.clients import short_name
from agent_tui.domain.requests import Blocked, EntryState, Refused, RefusedOver
from agent_tui.domain.ticks import MINUTES_PER_TICK, clock
from agent_tui.domain.wall_time import short_day
from agent_tui.tui.presenter import short_code

MOST_LINES = 100
_FATES = {
    "refuse": "stands in the way",
    "keep": "stays, and is flagged",
    "cancel": "is cancelled, and a notice is sent",
    "move": "is moved",
}


def block_lines(answer: Blocked | Refused, names: Mapping[str, str], over: str, days: int, flag: str) -> list[str]:
    """Return a preview or a refusal line by line: what is blocked, what becomes of each appointment, days left out.

    `names` are those of claimants that the person may see, `days` how many days were asked for, `flag` the sign of a warning.
    """
    if isinstance(answer, Refused):
        hit = answer.hit if isinstance(answer, RefusedOver) else ()
        return _cut([f"{flag} {answer.reason}", *(_hit_line(one, names, _FATES["refuse"]) for one in hit)])
    moved = {one.before.id: f"moves to {_day(one.after)} {clock(one.after.start)} with {one.coach}" for one in answer.moves}
    if answer.code is not None:
        stays = "finds no other place" if over == "move" else _FATES["refuse"]
        return _cut([f"{flag} {answer.reason}", *(_hit_line(one, names, moved.get(one.id, stays)) for one in answer.hit)])
    blocked = days - len(answer.skipped)
    when = f"{_day(answer)} {clock(answer.start)}-{clock(answer.end)}"
    first = f"Blocks {when}" if days == 1 else f"Blocks {blocked} of {days} days, the first {when}"
    many = len(answer.hit)
    stand = "No appointment stands" if not many else "1 appointment stands" if many == 1 else f"{many} appointments stand"
    lines = [f"{first}. {stand} in that time{':' if many else '.'}"]
    lines += [_hit_line(one, names, moved.get(one.id, _FATES[over])) for one in answer.hit]
    lines += [f"{flag} Left out: {short_day(one.day)}: {one.reason}" for one in answer.skipped]
    return _cut(lines)


def seen_in(answer: Blocked) -> tuple[str, ...]:
    """Return what a preview does to each appointment, so that a later one can be told from it; ids, versions and places."""
    places = {one.before.id: f"{one.after.diary} {one.after.day} {one.after.start}" for one in answer.moves}
    return tuple(f"{one.id} {one.version} {places.get(one.id, '')}" for one in answer.hit)


def _cut(lines: list[str]) -> list[str]:
    more = len(lines) - MOST_LINES
    return lines if more <= 0 else [*lines[:MOST_LINES], f"and {more} more."]


def _hit_line(one: EntryState, names: Mapping[str, str], fate: str) -> str:
    type = short_code(one.type, (one.end - one.start) * MINUTES_PER_TICK)
    who = short_name(names.get(one.client or "", ""))
    return f"  {_day(one)} {clock(one.start)}-{clock(one.end)} {' '.join(part for part in (type, who) if part)} {fate}"


def done_words(answer: Blocked, reason: str, over: str) -> str:
    """Return what was blocked or given back as the status line says it."""
    first = f"{_day(answer)} {clock(answer.start)}-{clock(answer.end)} {answer.diary}"
    days = len(answer.entries)
    words = f"{answer.status.capitalize()}: {first} {reason}".rstrip()
    words += f", {days} days in all" if days > 1 else ""
    words += f", {len(answer.skipped)} left out" if answer.skipped else ""
    if answer.hit:
        became = {"keep": "kept and flagged", "cancel": "cancelled", "move": "moved"}.get(over, "in that time")
        words += f", {len(answer.hit)} {became}"
    return f"{words}. u undoes for 60 seconds."


def _day(one: EntryState | Blocked) -> str:
    return short_day(one.day)
