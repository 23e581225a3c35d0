"""The list of contacts to whom work is escalated, by level, and what was escalated to whom."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agent_tui.domain.cleaning import clean
from agent_tui.domain.roles import reaches

COLUMNS: Final = ["contact", "level", "name", "reach", "hours"]
MOST_LEVELS: Final = 9
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,29}")
SUBJECTS: Final = ("flag", "call", "appointment", "handoff")
"""What can be escalated."""
ESCALATED, CONTACT_SET, CONTACT_DROPPED = "escalated", "contact_set", "contact_dropped"
"""The verbs of the log."""


class BadContacts(ValueError):
    """A list of contacts that cannot be used; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to escalate to: a code, the level (1 is asked first), the name, how and when they are reached."""

    code: str
    level: int
    name: str
    reach: str
    hours: str = ""


@dataclass(frozen=True, slots=True)
class Escalation:
    """What was escalated: a flag, call, appointment or hand-off by id, to which contact, why, by whom and when (ms UTC)."""

    id: str
    subject_kind: str
    subject: str
    contact: str
    level: int
    reason: str
    made_by: str
    made_at: int


def contact_problems(contact: Contact) -> list[str]:
    """Return what is wrong with a contact as sentences."""
    problems = []
    if not _CODE.fullmatch(contact.code):
        problems.append("A contact's code has 2 to 30 small letters, digits and hyphens, such as duty-leader.")
    if not 1 <= contact.level <= MOST_LEVELS:
        problems.append(f"A contact's level is a number from 1 to {MOST_LEVELS}; 1 is asked first.")
    if not contact.name:
        problems.append("A contact needs a name.")
    if not contact.reach:
        problems.append("A contact needs a way to be reached.")
    return problems


def may_not_keep(role: str) -> str | None:
    """Return the sentence of who keeps the list, when a role may not change it; None when it may."""
    return None if reaches(role, "leader") else "The list of contacts is kept by a team leader, a supervisor or an administrator."


def in_levels(contacts: Iterable[Contact]) -> list[Contact]:
    """Return contacts in the order in which they are asked."""
    return sorted(contacts, key=lambda one: (one.level, one.code))


def read_contacts(path: Path) -> list[Contact]:
    """Return the contacts of a CSV file in order of level; BadContacts names the first line that is wrong."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    if not rows or rows[0] != COLUMNS:
        raise BadContacts(f"The first line of {clean(path.name)} must be {','.join(COLUMNS)}.")
    found = []
    for line, row in enumerate(rows[1:], start=2):
        if len(row) != len(COLUMNS) or not row[1].strip().isdigit():
            raise BadContacts(f"Line {line} of {clean(path.name)} is not a contact: {','.join(COLUMNS)}.")
        code, level, name, reach, hours = (clean(part) for part in row)
        contact = Contact(code, int(level), name, reach, hours)
        for problem in contact_problems(contact):
            raise BadContacts(f"Line {line} of {clean(path.name)}: {problem}")
        found.append(contact)
    return in_levels(found)
