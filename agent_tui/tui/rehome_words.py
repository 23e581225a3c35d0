"""A re-homing in words: each appointment on a line, the whole in a sentence; pure."""

from collections.abc import Collection, Mapping

from agent_tui.domain.clients import short_name
from agent_tui.domain.plurals import counted
from agent_tui.domain.rehoming import Gap, Rehoming, is_told, shift_minutes
from agent_tui.domain.requests import Booked, EntryState, Moved
from agent_tui.domain.ticks import MINUTES_PER_TICK, clock
from agent_tui.domain.wall_time import short_day, spoken_day
from agent_tui.tui.glyphs import Glyphs
from agent_tui.tui.presenter import short_code

_FIGURES: Mapping[str, str] = {
    "key_left": "key appointments left over",
    "left": "appointments left over",
    "shift_minutes": "minutes of shift",
    "other_team": "in another team",
    "other_coach": "with another coach",
}


HEADING = "      from  type     claimant      to         at    with       shift min"
"""What stands in the columns of a plan's lines, below the pointer of a list."""


def plan_lines(plan: Rehoming, names: Mapping[str, str], off: Collection[str], glyphs: Glyphs) -> list[str]:
    """Return a line for each appointment that finds no place, then for each that has one, in the order of the plan.

    `off` are the ids of those that are not accepted; `names` those of claimants that the person may see.
    """
    lines = [f" {glyphs.flag} {_who(plan, one, names, glyphs)} finds no place" for one in plan.left]
    return lines + [_move_line(plan, one, names, glyphs, accepted=one.before.id not in off) for one in plan.moved]


def _move_line(plan: Rehoming, move: Moved, names: Mapping[str, str], glyphs: Glyphs, *, accepted: bool) -> str:
    after, mark = move.after, "[x]" if accepted else "[ ]"
    day = "same day" if after.day == plan.away.day else short_day(after.day)
    who = _who(plan, move.before, names, glyphs)
    return f"{mark}{who} {day:<10} {clock(after.start)} {move.coach:<13.13} {shift_minutes(move):>4}"


def _who(plan: Rehoming, one: EntryState, names: Mapping[str, str], glyphs: Glyphs) -> str:
    key = glyphs.key_type if one.id in plan.key else " "
    type = short_code(one.type, (one.end - one.start) * MINUTES_PER_TICK)
    return f"{key}{clock(one.start)} {type:<8.8} {short_name(names.get(one.client or '', '')):<13.13}"


def plan_sentence(plan: Rehoming, off: Collection[str]) -> str:
    """Return what accepting all but some of a plan comes to."""
    going = [one for one in plan.moved if one.before.id not in off]
    kept = sum(one.after.day == plan.away.day for one in going)
    without = len(plan.left) + len(plan.moved) - len(going)
    told = counted(sum(is_told(one) for one in going), "claimant")
    words = f"{kept} stay on the day, {len(going) - kept} go to another, {told} told"
    left = f", {without} left without a time and flagged" if without else ""
    return f"{words}{left}. {_proof(plan.gap)}"


def _proof(gap: Gap) -> str:
    if gap.figure is None:
        return "No plan is better."
    return f"A better one could have {gap.amount} fewer {_FIGURES[gap.figure]}, no more."


def line_words(plan: Rehoming, number: int, off: Collection[str], names: Mapping[str, str]) -> str:
    """Return the line of a plan under the cursor in words."""
    if number < len(plan.left):
        one = plan.left[number]
        return f"{one.type} of {clock(one.start)} finds no place within 20 working days; it is flagged."
    move = plan.moved[number - len(plan.left)]
    before, after = move.before, move.after
    day = "the same day" if after.day == plan.away.day else spoken_day(after.day)
    room = f", {', '.join(after.resources[1:])}" if after.resources[1:] else ""
    name = short_name(names.get(before.client or "", ""))
    said = f"{name} {before.type} {clock(before.start)} to {move.coach}, {day} {clock(after.start)}{room}".strip()
    return said if before.id not in off else f"Not accepted, so flagged: {said}"


def done_words(done: Rehoming) -> str:
    """Return what was re-homed as the status line says it."""
    left = f", {len(done.left)} flagged without a time" if done.left else ""
    return f"Re-homed {len(done.moved)} of {place_words(done)}{left}; u undoes all of it."


def put_back_words(done: Booked) -> str:
    """Return what an undo has brought back besides its entry as a sentence, empty where that is no appointment."""
    back = [one for one in done.put_back if one.kind == "appointment" and one.status in ("booked", "unplaced")]
    return f"{counted(len(back), 'appointment')} {'is' if len(back) == 1 else 'are'} back as before." if back else ""


def place_words(done: Rehoming) -> str:
    """Return what was off and on which day, "D01 on Tue 1 Dec"."""
    away = done.away
    return f"{away.code} on {short_day(away.day)}"
