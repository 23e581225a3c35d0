"""An override in words: who it is for, each chain with whom it displaces, who is told, whose approval; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from agent_tui.domain.clients import short_name
from agent_tui.domain.override import NOTICE, PAYMENT, REASONS, Chain, Displaced
from agent_tui.domain.override_requests import Hearing, Overridden, OverrideRequest
from agent_tui.domain.plurals import counted
from agent_tui.domain.requests import Offer, Wish
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import MINUTES_PER_TICK, clock, hours_words
from agent_tui.domain.wall_time import short_day
from agent_tui.tui.columns import Column, widths_of
from agent_tui.tui.glyphs import Glyphs
from agent_tui.tui.presenter import short_code
from agent_tui.tui.widgets.lines import fill

_FIXED = 43
"""Cells of a line of the displaced beside the columns that hold names, with what stands between them."""
REASON_WORDS: Mapping[str, str] = {
    "payment_at_risk": "payment at risk",
    "safeguarding": "safeguarding",
    "legal_deadline": "legal deadline",
    "care_or_prison_leaver": "care or prison leaver",
    "other": "other",
}
REASON_LEAD = "Reason: "
_APPROVAL = {PAYMENT: "a payment type gives way", NOTICE: "inside the notice"}


@dataclass(frozen=True, slots=True)
class Columns:
    """Cells of the columns that hold names: who is displaced, the type with its minutes, and the coach."""

    who: int = 14
    code: int = 6
    coach: int = 11

    @property
    def heading(self) -> str:
        """What stands above the columns of the displaced, past the pointer of a list, as wide as their lines."""
        who, code = f"{'   displaces':<{self.who}}", f"{'type':<{self.code}}"
        return f"{who} {code} priority from    to         at    {'with':<{self.coach}} lost  "


def columns_of(chains: Iterable[Chain], names: Mapping[str, str], glyphs: Glyphs, room: int) -> Columns:
    """Return the columns that the names of some chains need, as far as `room` cells of a line hold them."""
    steps = [one for chain in chains for one in chain.steps]
    least = Columns()
    columns: list[Column] = [
        (least.code, [_code(one) for one in steps]),
        (least.coach, [one.offer.coach for one in steps]),
        (least.who, [_who(one, names, glyphs) for one in steps]),
    ]
    code, coach, who = widths_of(columns, room - _FIXED)
    return Columns(who, code, coach)


def day_words(day: date, today: date) -> str:
    """Return a day as these lines say it, "today" or "Thu 26 Nov"."""
    return "today" if day == today else short_day(day, today)


def wanted_sentence(wanted: Wish, catalogue: Catalogue, name: str, free: Offer | None, today: date) -> str:
    """Return for whom it is, what, within which days, and when something is free: the first line of the preview."""
    search, kind = wanted.search, catalogue.types.get(wanted.type)
    assert search is not None
    what = kind.name if kind else wanted.type
    first, last = day_words(search.first_day, today), day_words(search.last_day, today)
    when = first if search.first_day == search.last_day else f"{first} to {last}"
    none = "Nothing is free."
    if free is not None:
        none = f"Nothing free as asked before {day_words(free.day, today)} {clock(free.start)}."
    return f"{wanted.priority.capitalize()}: {', '.join(one for one in (name, what, when) if one)}. {none}"


def chain_words(
    chain: Chain, names: Mapping[str, str], name: str, today: date, glyphs: Glyphs, columns: Columns = Columns()
) -> list[str]:
    """Return the lines of a chain: the start of the urgent request, and those that it displaces, in the order of depth."""
    to = chain.offer
    lines = [f"{name or 'the request'} to {to.coach} {day_words(to.day, today)} {clock(to.start)}-{clock(to.end)}"]
    return lines + [_step_line(one, chain, names, today, glyphs, columns) for one in reversed(chain.steps)]


def _step_line(one: Displaced, chain: Chain, names: Mapping[str, str], today: date, glyphs: Glyphs, columns: Columns) -> str:
    entry, offer = one.entry, one.offer
    at = clock(entry.start) if entry.day == chain.offer.day else f"{entry.day:%a} {entry.day.day}"
    day = "same day" if offer.day == entry.day else day_words(offer.day, today)
    who = fill(_who(one, names, glyphs), columns.who, glyphs.ellipsis)
    code = fill(_code(one), columns.code, glyphs.ellipsis)
    coach = fill(offer.coach, columns.coach, glyphs.ellipsis)
    return f"{who} {code} {entry.priority:<8} {at:<7} {day:<10} {clock(offer.start)} {coach} {_lost(one)}"


def _who(one: Displaced, names: Mapping[str, str], glyphs: Glyphs) -> str:
    lead = f"{'  ' * one.depth}{glyphs.flag if one.approval else ' '}"
    return f"{lead}{short_name(names.get(one.entry.client or '', ''))}"


def _code(one: Displaced) -> str:
    return short_code(one.entry.type, (one.entry.end - one.entry.start) * MINUTES_PER_TICK)


def _lost(one: Displaced) -> str:
    if one.days_lost:
        return f"{one.days_lost} d"
    return hours_words(one.shift_minutes)


def told_sentence(chain: Chain, hearing: Hearing, today: date, *, decided: bool) -> str:
    """Return who is told how and whose approval it needs; `decided` where it waits for somebody's decision already."""
    told = f"Told: {hearing.words(chain, today)}."
    why = "; ".join(_APPROVAL[one] for one in chain.approval)
    approval = f"supervisor ({why})" if why else "team leader or supervisor"
    return f"{told} {'Decided by' if decided else 'Approval'}: {approval}."


def reason_rows(chosen: str | None, room: int) -> list[list[tuple[str, int]]]:
    """Return the reasons as rows of at most `room` cells, each reason in words with its key, the chosen one in brackets."""
    rows: list[list[tuple[str, int]]] = [[]]
    used = len(REASON_LEAD)
    for number, code in enumerate(REASONS, start=1):
        words = f"{number} {REASON_WORDS[code]}"
        words = f"[{words}]" if code == chosen else words
        if rows[-1] and used + len(words) + 2 > room:
            rows.append([])
            used = len(REASON_LEAD)
        rows[-1].append((words, number))
        used += len(words) + 2
    return rows


def done_sentence(done: Overridden) -> str:
    """Return what was done as the status line says it."""
    entry = done.entry
    when = f"{short_day(entry.day)} {clock(entry.start)} with {done.coach}"
    return f"Booked {when}; {counted(len(done.moves), 'appointment')} moved for it. u undoes all of it for 60 seconds."


def waiting_line(one: OverrideRequest, names: Mapping[str, str], staff: Mapping[str, str], today: date) -> str:
    """Return an override that waits as a line: how urgent, who, what, when, whom it displaces, who prepared it."""
    to, wanted = one.chain.offer, one.wanted
    who = short_name(names.get(wanted.client or "", ""))
    what = short_code(wanted.type, (to.end - to.start) * MINUTES_PER_TICK)
    when = f"{day_words(to.day, today)} {clock(to.start)} {to.coach}"
    by = short_name(staff.get(one.prepared_by, one.prepared_by))
    return f"{wanted.priority:<6} {who:<12.12} {what} {when}, {counted(len(one.chain.steps), 'other')}, by {by}"
