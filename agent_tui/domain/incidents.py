"""Incidents of the system: what does not work, with what the terminal did last, and nothing about a claimant."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from agent_tui.domain.clients import holds_personal, looks_personal, names_client

KINDS: Final = {
    "no_access": "no access",
    "slow": "slow",
    "not_saving": "not saving",
    "other": "other",
}
"""What can be the matter, each with its words. Source: seeds/spotlight-appointment-booking.txt, "issue escalation process"."""
OPEN, WITH_TICKET, CLOSED = "open", "with ticket", "closed"
INCIDENT_RAISED, INCIDENT_CLOSED, TICKET_RAISED, TICKET_CLOSED = (
    *("incident_raised", "incident_closed"),
    *("ticket_raised", "ticket_closed"),
)
"""The verbs of the log."""
SUPPORT_UNDONE = "support_undone"
"""The verb of the line that takes back an act on a question, an incident, a ticket, feedback, an improvement or a procedure."""
MOST_WORDS, MOST_ACTS = 500, 10
_ACT = re.compile(r"[a-z][a-z _-]{0,29}")


@dataclass(frozen=True, slots=True)
class ActTiming:
    """What a terminal did: its name, such as "search", how many seconds it took, and whether the store failed it."""

    name: str
    seconds: float
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident: kind and own words, what the terminal did last, what the doctor found as (severity, check), versions.

    `noticed` is site time as YYYY-MM-DDTHH:MM, which lies before `made_at` (ms UTC) where the store was away meanwhile.
    """

    id: str
    kind: str
    words: str
    acts: tuple[ActTiming, ...]
    findings: tuple[tuple[str, str], ...]
    version: str
    engine: str
    noticed: str
    made_by: str
    made_at: int
    outcome: str | None = None
    closed_by: str | None = None
    closed_at: int | None = None
    ticket: str | None = None

    @property
    def status(self) -> str:
        """Return whether it is open, with a ticket, or closed."""
        return CLOSED if self.closed_at is not None else WITH_TICKET if self.ticket else OPEN


@dataclass(frozen=True, slots=True)
class SupportTicket:
    """What the lead could not answer: about a "question" or an "incident" by id, with words of staff and what came of it.

    Instants are ms UTC. Source: seeds/spotlight-appointment-booking.txt, "issue escalation process".
    """

    id: str
    about: str
    subject: str
    words: str
    made_by: str
    made_at: int
    outcome: str | None = None
    closed_by: str | None = None
    closed_at: int | None = None


CLAIMANT_NAMED = "No phone number, reference or id of a claimant: these words are about the work alone."


def words_problem(text: str, *, needed: bool = False) -> str | None:
    """Return what is wrong with somebody's own words, which are clean already, as a sentence, or None."""
    if needed and not text:
        return "Say in your own words what it is, naming no claimant."
    if len(text) > MOST_WORDS:
        return f"The words have at most {MOST_WORDS} characters; these have {len(text)}."
    return CLAIMANT_NAMED if names_claimant(text) else None


def outcome_problem(text: str) -> str | None:
    """Return what is wrong with what came of an incident, a ticket or an improvement, clean already, as a sentence, or None."""
    if not 1 <= len(text) <= MOST_WORDS:
        return f"An outcome has 1 to {MOST_WORDS} characters; this has {len(text)}."
    return "An outcome holds no phone number, reference or id of a claimant; it is about none." if names_claimant(text) else None


def names_claimant(text: str) -> bool:
    """Return whether words hold a claimant's phone number, national reference or opaque id."""
    # A reference or a number may also stand alone, without anything around it.
    alone = [word for word in re.split(r"[^A-Za-z0-9+]+", text) if any(map(str.isdigit, word)) and len(word) > 6]
    return holds_personal(text) or names_client(text) or any(looks_personal(word) for word in alone)


def incident_problem(kind: str, text: str) -> str | None:
    """Return what is wrong with an incident as a sentence, or None; "other" needs words."""
    if kind not in KINDS:
        return f"An incident is one of {', '.join(KINDS)}."
    return words_problem(text, needed=kind == "other")


def kept_acts(acts: Sequence[ActTiming]) -> tuple[ActTiming, ...]:
    """Return the last acts whose names are names of acts, at most MOST_ACTS, so that nothing else gets into an incident."""
    return tuple(one for one in acts if _ACT.fullmatch(one.name))[-MOST_ACTS:]
