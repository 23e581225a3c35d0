"""A hold that is handed to a colleague with what was typed so far, and who is there to take it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from agent_tui.domain.cleaning import clean, clean_lines
from agent_tui.domain.clients import short_name
from agent_tui.domain.requests import EntryState, Outcome

HANDED, TAKEN, DECLINED = "handed_over", "handover_taken", "handover_declined"
VERBS = (HANDED, TAKEN, DECLINED)
"""The verbs of the log; each line is about the hold, its reason says to whom it was handed (`reason_to`)."""

MAY_TAKE = ("agent", "leader", "supervisor")
"""The roles that can be handed a hold: those who book for any diary."""

WAITING, RETURNED, OFFERED = "waiting", "returned", "offered"
"""How one's own hand-overs stand: waiting for oneself, come back to oneself, or offered to somebody who has not answered."""

LONGEST = 300
LONGEST_NOTE = 1000
_TEXTS = (
    *("type", "from", "to", "time", "contact", "priority", "reason", "coach", "team", "channel", "needs", "access", "language"),
    "note",
)
_PICKED = ("type", "client", "coach")
_SAID = ("note", "access", "language")


@dataclass(frozen=True, slots=True)
class Handover:
    """A hold that was handed over: as it is now, by whom and to whom, `given_at` in ms UTC, and the call that goes along."""

    entry: EntryState
    status: str
    given_by: str
    given_to: str
    given_at: int
    call: str | None = None
    draft: Mapping[str, str] = field(default_factory=dict)

    def stands_for(self, login: str) -> str | None:
        """Return how it stands for somebody (WAITING, RETURNED, OFFERED), None where it is nothing of theirs."""
        if self.status == "waiting" and self.given_to == login:
            return WAITING
        if self.status in ("declined", "withdrawn") and self.entry.made_by == login:
            return RETURNED
        return OFFERED if self.status == "waiting" and login in (self.given_by, self.entry.made_by) else None


@dataclass(frozen=True, slots=True)
class TakenOver:
    """The answer to taking a hold over: what became of it, and where it was taken the draft and the call."""

    outcome: Outcome
    draft: Mapping[str, str] = field(default_factory=dict)
    call: str | None = None


@dataclass(frozen=True, slots=True)
class Here:
    """Somebody whose terminal shows some days now."""

    login: str
    name: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody to whom a hold can be handed, and the day that their terminal shows, None where they are not there."""

    login: str
    name: str
    role: str
    day: date | None


def reason_to(login: str) -> str:
    """Return the reason code of a line of the log about a hand-over to a login."""
    return f"to:{login}"


def named_in(reason: str | None) -> str | None:
    """Return the login that a reason code of a hand-over names, or None."""
    return reason.removeprefix("to:") if reason is not None and reason.startswith("to:") else None


def kept_draft(fields: Mapping[str, str]) -> dict[str, str]:
    """Return what of a form goes along with a hold: known fields, cleaned and cut, the claimant by opaque id only."""
    found = {name: clean(fields.get(name, ""), limit=LONGEST) for name in _TEXTS if name != "note"}
    found["note"] = clean_lines(fields.get("note", ""), limit=LONGEST_NOTE)
    found |= {f"picked:{name}": clean(fields.get(f"picked:{name}", ""), limit=60) for name in _PICKED}
    return {name: text for name, text in found.items() if text}


def too_long(said: Mapping[str, str]) -> str | None:
    """Return the sentence that refuses words which would be cut, None where all of them go along."""
    for name, text in said.items():
        most = LONGEST_NOTE if name == "note" else LONGEST
        if len(text) > most:
            words = {"note": "The note", "access": "What is said of access needs"}.get(name, f"What is said under {name}")
            return f"{words} has {len(text):,} characters; at most {most:,} go along with a hold, and nothing was handed over."
    return None


def draft_of(entry: EntryState, said: Mapping[str, str]) -> dict[str, str]:
    """Return the draft of a hold that was handed over without a form: its type, day, claimant, and what was noted of it."""
    known = {"type": entry.type or "", "picked:type": entry.type or "", "from": entry.day.isoformat()}
    known |= {"picked:client": entry.client or "", "contact": entry.contact or "", "channel": entry.channel or ""}
    return kept_draft(known | dict(said))


def said_in(draft: Mapping[str, str]) -> dict[str, str]:
    """Return what a claimant said in their own words, as a call-back keeps it."""
    return {name: draft[name] for name in _SAID if draft.get(name)}


def on_days(people: Iterable[Here], first: date, last: date) -> tuple[Here, ...]:
    """Return those of some people who show one of some days."""
    return tuple(one for one in people if one.first_day <= last and first <= one.last_day)


def here_words(people: Sequence[Here], room: int) -> str:
    """Return who else is there in so many cells: "also here: A Archer, B Brook +2"; empty for nobody, or without room."""
    names = list(dict.fromkeys(short_name(one.name) for one in people))
    for shown in range(len(names), -1, -1):
        rest = len(names) - shown
        more = f" +{rest}" if shown and rest else ""
        words = f"also here: {', '.join(names[:shown])}{more}" if shown else f"{len(names)} more here"
        if names and len(words) <= room:
            return words
    return ""
