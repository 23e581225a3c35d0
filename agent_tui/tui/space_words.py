"""What the white space screen says: a coach's line, the day under the cursor, its runs with their causes, and moves."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from textual.content import Content

from agent_tui.domain.plurals import counted
from agent_tui.domain.recovery import Plan, won_words
from agent_tui.domain.stranding import cause_words
from agent_tui.domain.ticks import MINUTES_PER_TICK, clock, hours_words
from agent_tui.domain.wall_time import spoken_day
from agent_tui.tui.glyphs import Glyphs
from agent_tui.tui.widgets.lines import cut, shown
from agent_tui.tui.widgets.picker import Choice

if TYPE_CHECKING:
    from agent_tui.services.whitespace import DaySpace, WeekSpace, WhiteSpace

CELL, NARROW_CELL = 13, 9
SHORTEST_NAME, LONGEST_NAME = 9, 18


def name_width(width: int, days: int, *, free: bool) -> int:
    """Return the columns of a coach's name in a line of some width."""
    return max(6, min(LONGEST_NAME, width - days * (CELL if free else NARROW_CELL)))


def shows_free(width: int, days: int) -> bool:
    """Return whether a line of some width has room for free minutes beside the usable and the stranded ones."""
    return width >= days * CELL + SHORTEST_NAME


def heading(days: Sequence[date], width: int) -> str:
    """Return the line over the coaches: the weekdays, and under which order the figures stand."""
    free = shows_free(width, len(days))
    name = " " * name_width(width, len(days), free=free)
    cells = "".join(f"{f'{day:%a} {day.day}':>{CELL if free else NARROW_CELL}}" for day in days)
    return f"  {name}{cells}"


def cell(space: "DaySpace | None", glyphs: Glyphs, *, free: bool) -> str:
    """Return one day's figures: free where there is room, usable, and the stranded minutes after their sign."""
    width = CELL if free else NARROW_CELL
    if space is None or not space.open_minutes:
        return f"{'-':>{width - 4}}    "
    lost = f"{glyphs.stranded}{space.stranded_minutes}" if space.stranded_minutes else ""
    first = f"{space.free_minutes:>4}" if free else ""
    return f"{first}{space.usable_minutes:>4}{lost:>5}".rjust(width)


def coach_line(coach: str, spaces: Sequence["DaySpace | None"], at: int | None, width: int, glyphs: Glyphs) -> Content:
    """Return a coach's week as a line; the day `at` is under the cursor."""
    free = shows_free(width, len(spaces))
    room = name_width(width, len(spaces), free=free)
    parts: list[Content | tuple[str, str]] = [Content(f"{cut(shown(coach), room - 1, glyphs.ellipsis):<{room}}")]
    for number, space in enumerate(spaces):
        text = shown(cell(space, glyphs, free=free))
        style = "reverse" if number == at else "bold" if space is not None and space.stranded_minutes else ""
        lead = len(text) - len(text.lstrip()) if number == at else 0
        parts += [Content(text[:lead]), (text[lead:], style)]
    return Content.assemble(*parts)


def total_words(total: "WeekSpace") -> tuple[str, str]:
    """Return the sums of a week as the title shows them."""
    return f"{hours_words(total.usable_minutes)} usable", f"{hours_words(total.stranded_minutes)} stranded"


def day_sentence(space: "DaySpace") -> str:
    """Return a coach's day in words."""
    who = f"{space.coach}, {spoken_day(space.day)}"
    if space.closed is not None:
        return f"{who}: closed, {space.closed}."
    if not space.open_minutes:
        return f"{who}: does not work."
    if not space.free_minutes:
        return f"{who}: full."
    stranded = f"{space.stranded_minutes} stranded" if space.stranded_minutes else "nothing stranded"
    return f"{who}: {space.free_minutes} minutes free, {space.usable_minutes} usable, {stranded}."


def day_lines(space: "DaySpace", coaches: Mapping[str, str], plans: Sequence[Plan], glyphs: Glyphs, *, known: bool) -> list[str]:
    """Return what is known of a coach's day: what fits, each stranded run with its cause, and the moves that win something."""
    lines = [day_sentence(space)]
    for plan in plans:
        lines.append(f"m {move_words(plan)}: wins {won_words(plan)}")
    if known and not plans and space.free_minutes:
        lines.append("No move of one or two appointments wins a start.")
    for one in space.runs:
        why = "looking for the cause" if one.cause is None else cause_words(one.cause, coaches)
        when = f"{clock(one.run.start)}-{clock(one.run.end)}"
        lines.append(f"{glyphs.stranded} {when}, {one.run.stranded * MINUTES_PER_TICK} min: {why}")
    if space.fits:
        lines.append("Fits " + ", ".join(f"{one.appointments} of {one.minutes}" for one in space.fits) + " min.")
        lines += [f"  {one.minutes} min: {', '.join(one.types)}" for one in space.fits]
    return lines


def move_words(plan: Plan) -> str:
    """Return the moves of a plan in words."""
    return ", ".join(f"{move.type} {clock(move.start)} to {clock(move.to)}" for move in plan.moves)


def plan_choice(plan: Plan) -> Choice:
    """Return a plan as a line of the list of moves."""
    first, more = plan.moves[0], len(plan.moves) - 1
    label = f"{plan.each:>4g}  {plan.day:%a} {plan.day.day} {plan.part} {plan.coach}"
    return Choice(plan.id, label, f"{clock(first.start)} to {clock(first.to)}{f' +{more}' if more else ''}")


def plan_lines(plan: Plan, names: Mapping[str, str], glyphs: Glyphs) -> list[str]:
    """Return what accepting a plan would do, and whom to ask first."""
    lines = [f"{plan.coach} ({plan.diary}), {spoken_day(plan.day)}: wins {won_words(plan)}.", ""]
    lines.append(f"{glyphs.flag} Ask {counted(len(plan.moves), 'claimant')} first:")
    for move in plan.moves:
        who = names.get(move.client, "")
        lines.append(f"  {f'{who} ({move.client})' if who else move.client}")
        lines.append(f"     {move.type}, {clock(move.start)} to {clock(move.to)}, {move.length * MINUTES_PER_TICK} minutes")
    return [*lines, "", "All of it is done, or nothing; each is sent a message of the change. u undoes for 60 seconds."]


def trend_shares(found: "WhiteSpace") -> list[float]:
    """Return the share of open time that is stranded, week by week; nothing for a week without a record."""
    return [one.stranded_minutes / one.open_minutes if one.open_minutes and one.recorded else 0.0 for one in found.trend]


def trend_words(found: "WhiteSpace") -> str:
    """Return how the share of open time that is stranded went, week by week; a dash for a week without a record."""
    weeks = zip(found.trend, trend_shares(found), strict=True)
    shares = [f"{100 * share:.1f}" if one.open_minutes and one.recorded else "-" for one, share in weeks]
    if len(shares) < 2:
        return ""
    first, last = found.trend[0].week.number, found.trend[-1].week.number
    return f"Stranded %, weeks {first} to {last}: {' '.join(shares)}"
