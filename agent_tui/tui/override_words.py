"""An override in words: who it is for, each chain with whom it displaces, who is told, whose approval; pure."""

from collections.abc import Mapping
from datetime import date

from agent_tui.domain.clients import short_name
from agent_tui.domain.override import NOTICE, PAYMENT, REASONS, Chain, Displaced
from agent_tui.domain.override_requests import Hearing, Overridden, OverrideRequest
from agent_tui.domain.plurals import counted
from agent_tui.domain.requests import Offer, Wish
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import MINUTES_PER_TICK, clock, hours_words
from agent_tui.domain.wall_time import short_day
from agent_tui.tui.glyphs import Glyphs
from agent_tui.tui.presenter import short_code

HEADING = "     displaces   type   priority from    to         at    with        lost"
"""What stands in the columns of the displaced, below the pointer of a list."""
REASON_WORDS: Mapping[str, str] = {
    "payment_at_risk": "payment at risk",
    "safeguarding": "safeguarding",
    "legal_deadline": "legal deadline",
    "care_or_prison_leaver": "care or prison leaver",
    "other": "other",
}
_APPROVAL = {PAYMENT: "a payment type gives way", NOTICE: "inside the notice"}


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


def chain_words(chain: Chain, names: Mapping[str, str], name: str, today: date, glyphs: Glyphs) -> list[str]:
    """Return the lines of a chain: the start of the urgent request, and those that it displaces, in the order of depth."""
    to = chain.offer
    lines = [f"{name or 'the request'} to {to.coach} {day_words(to.day, today)} {clock(to.start)}-{clock(to.end)}"]
    return lines + [_step_line(one, chain, names, today, glyphs) for one in reversed(chain.steps)]


def _step_line(one: Displaced, chain: Chain, names: Mapping[str, str], today: date, glyphs: Glyphs) -> str:
    entry, offer = one.entry, one.offer
    lead = f"{'  ' * one.depth}{glyphs.flag if one.approval else ' '}"
    code = short_code(entry.type, (entry.end - entry.start) * MINUTES_PER_TICK)
    at = clock(entry.start) if entry.day == chain.offer.day else f"{entry.day:%a} {entry.day.day}"
    day = "same day" if offer.day == entry.day else day_words(offer.day, today)
    who = short_name(names.get(entry.client or "", ""))
    stands = f"{lead + who:<14.14} {code:<6.6} {entry.priority:<8} {at:<7}"
    return f"{stands} {day:<10} {clock(offer.start)} {offer.coach:<11.11} {_lost(one)}"


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


def reason_line(chosen: str | None) -> str:
    """Return the reason codes with their keys, the chosen one in brackets."""
    words = [f"{number} {REASON_WORDS[code]}" for number, code in enumerate(REASONS, start=1)]
    marked = [f"[{one}]" if code == chosen else one for code, one in zip(REASONS, words, strict=True)]
    return f"Reason: {'  '.join(marked)}"


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
