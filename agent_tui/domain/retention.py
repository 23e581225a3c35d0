"""How long a site keeps what it knows of claimants: the categories, their periods, and the days that follow from them.

Source of the periods that hold where a site has set none: domain/facts.md section 9, with what stands for the end of a claim,
which the desk is not told, in each category's words.
"""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from agent_tui.domain.plurals import counted
from agent_tui.domain.wall_time import short_date

LONGEST_YEARS = 100
_UNITS = {"day": 1, "week": 7, "month": 0, "year": 0}
_PERIOD = re.compile(r"([0-9]{1,5})[ -]?(day|week|month|year)s?", re.ASCII)

REASONS: Final[Mapping[str, str]] = {
    "schedule": "the site's retention schedule",
    "request": "a claimant asked for it",
    "instruction": "an instruction of the authority",
}
"""Why somebody anonymises, as the log keeps it."""


class BadPeriod(ValueError):
    """A period that cannot be; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Category:
    """What is kept for one period: its name, a title, what its time is counted from, what is done, and the period as text.

    One that is not `erased` is only counted: the store itself refuses to let go of it. So it is with the record of looks: who is
    on it must not be able to shorten it (domain/facts.md section 9), and by the time that it is too old the claimants in it are
    anonymised, so that it is about staff alone. To end it, a new store is begun.
    """

    name: str
    title: str
    counted_from: str
    does: str
    default: str
    erased: bool = True


CATEGORIES: Final[tuple[Category, ...]] = (
    Category(
        "bookings",
        "Claimants and their bookings",
        "the claimant's last appointment, call or hand-off",
        "name, phone, references, e-mail, language, access needs, and all that was written of them are erased; appointments stay",
        "24 months",
    ),
    Category(
        "notes",
        "Notes, feedback and incidents",
        "the day of the appointment or of the feedback, or the end of the hand-off, flag, incident or ticket",
        "the text is erased",
        "24 months",
    ),
    Category("calls", "Calls", "the end of the call", "whose call it was, and what was said, is erased", "24 months"),
    Category(
        "words",
        "Claimants' own words in requests",
        "the end of the request",
        "what the claimant wrote is erased",
        "4 weeks",
    ),
    Category(
        "drafts",
        "Message bodies and failed drafts",
        "the last change of the draft",
        "drafts that calls left on this computer are deleted; bodies of messages are not stored",
        "4 weeks",
    ),
    Category(
        "looks",
        "Who looked at which claimant",
        "the look",
        "nothing is erased: the store refuses to change the record; it names claimants by opaque id only",
        "2 years",
        erased=False,
    ),
)


@dataclass(frozen=True, slots=True)
class Due:
    """A category with its period, the first day that is kept, and how many rows or files are too old, or were dealt with."""

    category: Category
    period: str
    first_kept: date
    due: int
    done: int = 0


@dataclass(frozen=True, slots=True)
class OldBackup:
    """A backup beside the store that holds what was due to go: its age in days, and the categories whose period it outlived."""

    file: Path
    days: int
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Retained:
    """What is due by category; of how many claimants nothing says when; backups that are too old; whether somebody stopped it.

    `backups` is None for a store on a server, whose backups are not beside it.
    """

    items: tuple[Due, ...]
    undated: int
    backups: tuple[OldBackup, ...] | None
    applied: bool = False
    stopped: bool = False


def setting_of(category: str) -> str:
    """Return the name of the site's setting that holds a category's period."""
    return f"keep-{category}"


def read_period(text: str) -> str:
    """Return a period as it is stored, such as "24 months"; BadPeriod for none, one without a unit, or more than a century."""
    found = _PERIOD.fullmatch(text.strip().lower())
    if found is None:
        raise BadPeriod(f"{text[:20]!r} is no period: say a number of days, weeks, months or years, such as 24-months.")
    number, unit = int(found[1]), found[2]
    if number == 0:
        raise BadPeriod("A period of 0 would erase what was written a moment ago and is still worked on; say at least 1-day.")
    days = number * {"day": 1, "week": 7, "month": 30, "year": 365}[unit]
    if days > LONGEST_YEARS * 365:
        raise BadPeriod(f"{text[:20]!r} is longer than {LONGEST_YEARS} years; say a shorter period.")
    return f"{number} {unit}{'' if number == 1 else 's'}"


def first_day_kept(period: str, today: date) -> date:
    """Return the first day that is still kept: what is of an earlier day is due. A month that is shorter ends on its last day."""
    number, unit = period.split(" ")
    count, name = int(number), unit.removesuffix("s")
    if _UNITS[name]:
        return today - timedelta(days=count * _UNITS[name])
    months = today.year * 12 + today.month - 1 - count * (12 if name == "year" else 1)
    year, month = divmod(months, 12)
    if year < 1:
        return date.min
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def retained_lines(found: Retained) -> list[str]:
    """Return what is due, or was done, as lines: a category each, then what cannot be dated, and backups that are too old."""
    lines = []
    for one in found.items:
        count = f"{one.done:,} of {one.due:,} done" if found.applied and one.category.erased else f"{one.due:,} due"
        if not one.category.erased:
            count = f"{one.due:,} older, kept"
        lines.append(f"{one.category.title}: {count}. Kept {one.period}, from {short_date(one.first_kept)} on.")
    if found.undated:
        lines.append(f"Of {found.undated:,} claimants nothing says when they were last of concern; they stay.")
    if found.stopped:
        lines.append("Stopped: the same command goes on with the others.")
    for backup in found.backups or ():
        names = ", ".join(backup.categories)
        lines.append(
            f"The backup {backup.file.name} is {counted(backup.days, 'day')} old and holds what is due ({names}):"
            " delete it by hand."
        )
    if found.backups is None:
        lines.append("Backups of a server are not beside the store: see that those older than the periods are deleted.")
    return lines
