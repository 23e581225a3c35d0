"""A re-homing in words: each appointment on a line, the whole in a sentence; pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from agent_tui.domain.clients import short_name
from agent_tui.domain.plurals import counted
from agent_tui.domain.rehoming import Gap, Rehoming, is_told, shift_minutes
from agent_tui.domain.requests import Booked, EntryState, Moved
from agent_tui.domain.ticks import MINUTES_PER_TICK, clock
from agent_tui.domain.wall_time import short_day, spoken_day
from agent_tui.tui.columns import Column, widths_of
from agent_tui.tui.glyphs import Glyphs
from agent_tui.tui.presenter import short_code
from agent_tui.tui.widgets.lines import fill

_FIGURES: Mapping[str, str] = {
    "key_left": "key appointments left over",
    "left": "appointments left over",
    "shift_minutes": "minutes of shift",
    "other_team": "in another team",
    "other_coach": "with another coach",
}


_FIXED = 35
"""Cells of a plan's line beside the columns that hold names, with what stands between them."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Cells of the columns that hold names: the type with its minutes, the client and the coach."""

    type: int = 8
    who: int = 13
    coach: int = 13

    @property
    def heading(self) -> str:
        """What stands above the columns of a plan, past the pointer of a list, as wide as their lines."""
        type, who, coach = f"{'type':<{self.type}}", f"{'claimant':<{self.who}}", f"{'with':<{self.coach}}"
        return f"    from  {type} {who} to         at    {coach} shift"


def columns_of(plan: Rehoming | None, names: Mapping[str, str], room: int) -> Columns:
    """Return the columns that the names of a plan need, as far as `room` cells of a line hold them."""
    least, moved = Columns(), () if plan is None else plan.moved
    entries = [one.before for one in moved] + ([] if plan is None else [*plan.left])
    columns: list[Column] = [
        (least.type, [_type(one) for one in entries]),
        (least.coach, [one.coach for one in moved]),
        (least.who, [_name(one, names) for one in entries]),
    ]
    type, coach, who = widths_of(columns, room - _FIXED)
    return Columns(type, who, coach)


def plan_lines(
    plan: Rehoming, names: Mapping[str, str], off: Collection[str], glyphs: Glyphs, columns: Columns = Columns()
) -> list[str]:
    """Return a line for each appointment that finds no place, then for each that has one, in the order of the plan.

    `off` are the ids of those that are not accepted; `names` those of claimants that the person may see.
    """
    lines = [f" {glyphs.flag} {_who(plan, one, names, glyphs, columns)} finds no place" for one in plan.left]
    return lines + [_move_line(plan, one, names, glyphs, columns, accepted=one.before.id not in off) for one in plan.moved]


def _move_line(plan: Rehoming, move: Moved, names: Mapping[str, str], glyphs: Glyphs, columns: Columns, *, accepted: bool) -> str:
    after, mark = move.after, "[x]" if accepted else "[ ]"
    day = "same day" if after.day == plan.away.day else short_day(after.day)
    who, coach = _who(plan, move.before, names, glyphs, columns), fill(move.coach, columns.coach, glyphs.ellipsis)
    return f"{mark}{who} {day:<10} {clock(after.start)} {coach} {shift_minutes(move):>5}"


def _who(plan: Rehoming, one: EntryState, names: Mapping[str, str], glyphs: Glyphs, columns: Columns) -> str:
    key = glyphs.key_type if one.id in plan.key else " "
    type, name = fill(_type(one), columns.type, glyphs.ellipsis), fill(_name(one, names), columns.who, glyphs.ellipsis)
    return f"{key}{clock(one.start)} {type} {name}"


def _type(one: EntryState) -> str:
    return short_code(one.type, (one.end - one.start) * MINUTES_PER_TICK)


def _name(one: EntryState, names: Mapping[str, str]) -> str:
    return short_name(names.get(one.client or "", ""))


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
