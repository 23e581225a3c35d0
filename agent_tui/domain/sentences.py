"""What the agent says to the claimant, in plain words."""

from datetime import date

from agent_tui.domain.requests import EntryState
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import MINUTES_PER_TICK
from agent_tui.domain.wall_time import spoken_day, spoken_time

UNNAMED_GROUPS = frozenset({"specialist", "block-time"})
"""Groups whose types' names can reveal a condition, a household or a prison past (domain/facts.md section 8)."""


def say(catalogue: Catalogue, entry: EntryState) -> str:
    """Return the sentences that tell of an appointment: weekday, date, time, place, what to bring, how to change it."""
    site = catalogue.site
    kind = catalogue.types.get(entry.type or "")
    diary = catalogue.diaries.get(entry.diary)
    named = "appointment" if kind is None or kind.group in UNNAMED_GROUPS else f"appointment for {_plain(kind.name)}"
    coach = f" with {diary.coach}" if diary is not None else ""
    minutes = (entry.end - entry.start) * MINUTES_PER_TICK
    when = f"{spoken_day(entry.day)} at {spoken_time(entry.start)}"
    where = {
        "phone": "We will phone you.",
        "video": "We will send you a link for the video call.",
    }.get(entry.channel or "", f"Please come to {site.name}, {site.place}.")
    bring = (
        f" Please {'have ready' if entry.channel in ('phone', 'video') else 'bring'} {kind.bring}." if kind and kind.bring else ""
    )
    change = f" To change or cancel it, phone {site.phone}."
    return f"Your {named}{coach} is on {when}. It takes {minutes} minutes. {where}{bring}{change}"


def say_cancelled(catalogue: Catalogue, entry: EntryState) -> str:
    """Return the sentences that tell a claimant that an appointment is off."""
    when = f"{spoken_day(entry.day)} at {spoken_time(entry.start)}"
    return f"Your appointment on {when} is cancelled. To make a new one, phone {catalogue.site.phone}."


def _plain(name: str) -> str:
    for ending in (" - F2F", " - Phone", " - Video"):
        name = name.removesuffix(ending)
    return name


def due_day(today: date, claim_date: date | None, key: bool, next_working_day: date) -> date:
    """Return the day by which a hand-off must be dealt with.

    A key type is due on the next working day, since a claim must be prompted after 7 days and booked within about 30;
    another type within the 7 days (domain/facts.md section 1). Never before the next working day.
    """
    if key:
        return next_working_day
    begun = claim_date or today
    return max(next_working_day, date.fromordinal(begun.toordinal() + 7))
