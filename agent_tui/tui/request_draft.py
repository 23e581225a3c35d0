"""What an agent has typed so far, read as far as it can be; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from agent_tui.domain.cleaning import clean, clean_lines
from agent_tui.domain.request_text import (
    FieldProblem,
    Times,
    match_names,
    match_types,
    read_channel,
    read_contact,
    read_day,
    read_needs,
    read_priority,
    read_time,
)
from agent_tui.domain.requests import Offer, Wish
from agent_tui.domain.site import Catalogue
from agent_tui.domain.sought import Sought

T = TypeVar("T")

FIELDS = (
    "type",
    "from",
    "to",
    "time",
    "client",
    "contact",
    "priority",
    "reason",
    "coach",
    "team",
    "channel",
    "needs",
    "access",
    "language",
    "note",
)
"""The form's fields in the order of a call."""


@dataclass(frozen=True, slots=True)
class RequestDraft(Sought):
    """The form as read: days None where they are left to the default, `problems` by field, `texts` as typed."""

    contact: str = "phone"
    priority: str = "standard"
    reason: str = ""
    note: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    def to_wish(self, offer: Offer | None, *, type_code: str | None = None, moving: str | None = None) -> Wish:
        """Return what is asked to be held: an offer's time, or with None the request as it stands."""
        return Wish(
            type=type_code or self.type or "",
            day=self.first_day if offer is None else offer.day,
            start=None if offer is None else offer.start,
            diary=self.diary if offer is None else offer.diary,
            client=self.client,
            needs=self.needs,
            contact=self.contact,
            priority=self.priority,
            priority_reason=self.reason or None,
            access_needs=self.access or None,
            language=self.language or None,
            note=self.note or None,
            moving=moving,
        )

    def same_search(self, other: "RequestDraft | None") -> bool:
        """Return whether another draft would search for the same."""
        return other is not None and self._searched == other._searched

    @property
    def _searched(self) -> tuple[object, ...]:
        days = (self.first_day, self.last_day, self.window, self.near)
        return (self.type, *days, self.diary, self.team, self.channel, self.needs, self.client)


def read_draft(texts: Mapping[str, str], picked: Mapping[str, str], today: date, catalogue: Catalogue | None) -> RequestDraft:
    """Return the draft that texts and picked ids (of type, client and coach) make; before the store is open little is known."""
    problems: dict[str, str] = {}

    def value(name: str, read: T | FieldProblem, default: T) -> T:
        if isinstance(read, FieldProblem):
            problems[name] = read.sentence
            return default
        return read

    working = None if catalogue is None else catalogue.is_working_day
    first = value("from", read_day(texts.get("from", ""), today, working), None)
    last = value("to", read_day(texts.get("to", ""), today, working), None)
    if first is not None and last is not None and last < first:
        problems["to"] = "To is before from"
        last = None
    times = value("time", read_time(texts.get("time", "")), Times())
    priority = value("priority", read_priority(texts.get("priority", "")), "standard")
    reason = clean(texts.get("reason", ""))
    if priority != "standard" and not reason:
        problems["reason"] = f"Why is it {priority}?"
    return RequestDraft(
        type=_type(texts, picked, today, catalogue, problems),
        first_day=first,
        last_day=last,
        window=times.window,
        near=times.near,
        diary=_diary(texts, picked, catalogue, problems),
        team=_team(texts, catalogue, problems),
        channel=value("channel", read_channel(texts.get("channel", "")), None),
        needs=value("needs", () if catalogue is None else read_needs(texts.get("needs", ""), catalogue.needs), ()),
        client=picked.get("client"),
        client_words=clean(texts.get("client", "")),
        contact=value("contact", read_contact(texts.get("contact", "")), "phone"),
        priority=priority,
        reason=reason,
        access=clean(texts.get("access", "")),
        language=clean(texts.get("language", ""), limit=30),
        note=clean_lines(texts.get("note", "")),
        problems=problems,
        texts=dict(texts),
    )


def _type(
    texts: Mapping[str, str], picked: Mapping[str, str], today: date, catalogue: Catalogue | None, problems: dict[str, str]
) -> str | None:
    text = texts.get("type", "").strip()
    if picked.get("type"):
        return picked["type"]
    if not text or catalogue is None:
        return None
    if text.upper() in catalogue.types:
        return text.upper()
    found = match_types(text, catalogue.types.values(), today)
    if len(found) == 1:
        return found[0].code
    problems["type"] = "No type has these words" if not found else f"{len(found)} types fit: choose one"
    return None


def _diary(
    texts: Mapping[str, str], picked: Mapping[str, str], catalogue: Catalogue | None, problems: dict[str, str]
) -> str | None:
    text = texts.get("coach", "").strip()
    if picked.get("coach"):
        return picked["coach"]
    if not text or text.lower() == "any" or catalogue is None:
        return None
    found = match_names(text, [(one.code, one.coach) for one in catalogue.diaries.values()])
    if len(found) == 1:
        return found[0][0]
    problems["coach"] = "No coach has this name" if not found else f"{len(found)} coaches: choose one"
    return None


def _team(texts: Mapping[str, str], catalogue: Catalogue | None, problems: dict[str, str]) -> str | None:
    text = texts.get("team", "").strip()
    if not text or text.lower() == "any" or catalogue is None:
        return None
    exact = [code for code in catalogue.teams if code.lower() == text.lower()]
    found = exact or [code for code, _name in match_names(text, catalogue.teams.items())]
    if len(found) == 1:
        return found[0]
    problems["team"] = f"Teams: {', '.join(sorted(catalogue.teams))}"
    return None
