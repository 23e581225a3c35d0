"""What the agent says to the claimant, in plain words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from agent_tui.domain.requests import EntryState, Found, Offer
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import MINUTES_PER_TICK
from agent_tui.domain.wall_time import spoken_day, spoken_time

UNNAMED_GROUPS = frozenset({"specialist", "block-time"})
"""Groups whose types' names can reveal a condition, a household or a prison past (domain/facts.md section 8)."""


def say(catalogue: Catalogue, entry: EntryState) -> str:
    """Return the sentences that tell of an appointment: weekday, date, time, place, what to bring, how to change it."""
    meeting = _Meeting(entry.type, entry.diary, entry.day, entry.start, entry.end, entry.channel)
    change = f" To change or cancel it, phone {catalogue.site.phone}."
    return f"Your {_named(catalogue, meeting.type)}{_told(catalogue, meeting)}{change}"


def say_offers(catalogue: Catalogue, found: Found) -> str | None:
    """Return what is said to the claimant of what a search found: its offers, that there is none, a drop-in before either.

    None where the request goes to the site's contact, of whom the agent tells when it has been handed off.
    """
    if found.status == "handoff":
        return None
    drop_in = f"{found.drop_in.words} " if found.drop_in is not None else ""
    named = _named(catalogue, found.type.code)
    if not found.offers:
        span = f"between {spoken_day(found.first_day)} and {spoken_day(found.last_day)}"
        when = f"on {spoken_day(found.first_day)}" if found.first_day == found.last_day else span
        return f"{drop_in}I have no free {named} that fits {when}. Would another day or another time suit you?"
    one_coach = len({offer.diary for offer in found.offers}) == 1
    before = (None, *found.offers)
    times = _listed([_when_said(one, last, coach=not one_coach) for one, last in zip(found.offers, before, strict=False)])
    times += f" with {found.offers[0].coach}" if one_coach else ""
    which = "Does that suit you?" if len(found.offers) == 1 else "Which of these suits you best?"
    return f"{drop_in}I can offer you an {named} {times}. {which}"


def read_back(catalogue: Catalogue, code: str, offer: Offer) -> str:
    """Return the sentences by which an offer that was chosen is read back to the claimant before it is confirmed."""
    meeting = _Meeting(code, offer.diary, offer.day, offer.start, offer.end, offer.channel)
    return f"I will read that back: your {_named(catalogue, code)}{_told(catalogue, meeting)} Is that right?"


def _when_said(offer: Offer, before: Offer | None, *, coach: bool) -> str:
    """Return the time of an offer as it is said in a list, its day only where it is another than that of the one before."""
    day = "" if before is not None and before.day == offer.day else f"on {spoken_day(offer.day)} at "
    return f"{day}{spoken_time(offer.start)}{f' with {offer.coach}' if coach else ''}"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} or {parts[-1]}"


@dataclass(frozen=True, slots=True)
class _Meeting:
    type: str | None
    diary: str
    day: date
    start: int
    end: int
    channel: str | None


def _named(catalogue: Catalogue, code: str | None) -> str:
    kind = catalogue.types.get(code or "")
    return "appointment" if kind is None or kind.group in UNNAMED_GROUPS else f"appointment for {_plain(kind.name)}"


def _told(catalogue: Catalogue, meeting: _Meeting) -> str:
    """Return with whom, when, how long, where and with what a meeting is, after its name."""
    site = catalogue.site
    kind = catalogue.types.get(meeting.type or "")
    diary = catalogue.diaries.get(meeting.diary)
    coach = f" with {diary.coach}" if diary is not None else ""
    minutes = (meeting.end - meeting.start) * MINUTES_PER_TICK
    when = f"{spoken_day(meeting.day)} at {spoken_time(meeting.start)}"
    where = {
        "phone": "We will phone you.",
        "video": "We will send you a link for the video call.",
    }.get(meeting.channel or "", f"Please come to {site.name}, {site.place}.")
    ready = "have ready" if meeting.channel in ("phone", "video") else "bring"
    bring = f" Please {ready} {kind.bring}." if kind and kind.bring else ""
    return f"{coach} is on {when}. It takes {minutes} minutes. {where}{bring}"


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
