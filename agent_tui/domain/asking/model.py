"""What a line of words is read as: a search, its chips, and what has to be asked before it can be searched for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

from agent_tui.domain.request_text import Times, shown_day, shown_times
from agent_tui.domain.site import Catalogue
from agent_tui.domain.sought import Sought

LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "type": "Type",
        "channel": "Channel",
        "days": "When",
        "time": "Time",
        "coach": "Coach",
        "team": "Team",
        "needs": "Needs",
        "priority": "Priority",
        "contact": "Asked by",
        "client": "Claimant",
        "access": "Access",
        "language": "Language",
    }
)
"""What can be said of a search, in the order in which it is shown."""
CHANNEL_WORDS: Final = {"f2f": "face to face", "phone": "phone", "video": "video"}


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that was read: its field, how it is shown, the `words` it was read from, its code where it has one.

    Not `sure` where a word was spelt otherwise than it is known, or a claimant's name was not yet looked up.
    """

    field: str
    text: str
    words: str = ""
    code: str | None = None
    sure: bool = True

    @property
    def label(self) -> str:
        """The name of the field."""
        return LABELS[self.field]


@dataclass(frozen=True, slots=True)
class Option:
    """An answer to a question, and the line that says it without doubt."""

    text: str
    line: str


@dataclass(frozen=True, slots=True)
class Question:
    """What has to be known before anything is searched for; without options the answer is to be typed."""

    field: str
    text: str
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Parse:
    """A line as it was read: what is sure of the search, how it is shown, what is to be asked, words that mean nothing here."""

    line: str
    asked: Sought = field(default_factory=Sought)
    chips: tuple[Chip, ...] = ()
    questions: tuple[Question, ...] = ()
    unread: tuple[str, ...] = ()


def chips_of(
    asked: Sought,
    catalogue: Catalogue,
    today: date,
    *,
    words: Mapping[str, str] = MappingProxyType({}),
    guessed: frozenset[str] = frozenset(),
) -> tuple[Chip, ...]:
    """Return what is asked for as chips, in the order of LABELS; `words` and `guessed` are by field, as the line had them."""
    shown = {name: text for name, text in _texts(asked, catalogue, today).items() if text}
    codes = {"type": asked.type, "coach": asked.diary, "team": asked.team, "channel": asked.channel, "client": asked.client}
    unknown = asked.client is None
    return tuple(
        Chip(name, shown[name], words.get(name, ""), codes.get(name), name not in guessed and not (name == "client" and unknown))
        for name in LABELS
        if name in shown
    )


def _texts(asked: Sought, catalogue: Catalogue, today: date) -> dict[str, str]:
    kind = catalogue.types.get(asked.type or "")
    diary = catalogue.diaries.get(asked.diary or "")
    timed = asked.window is not None or asked.near is not None
    minutes = None if kind is None else kind.minutes_on(asked.first_day or today)
    return {
        "type": "" if kind is None else f"{kind.name}, {minutes or '-'} min",
        "channel": CHANNEL_WORDS.get(asked.channel or "", asked.channel or ""),
        "days": days_text(asked.first_day, asked.last_day, today),
        "time": shown_times(Times(asked.window, asked.near)) if timed else "",
        "coach": "" if diary is None else diary.coach,
        "team": catalogue.teams.get(asked.team or "", asked.team or ""),
        "needs": ", ".join(asked.needs),
        "priority": _unusual(asked.priority, "standard"),
        "contact": _unusual(asked.contact, "phone"),
        "client": asked.client_words or asked.client or "",
        "access": asked.access,
        "language": asked.language,
    }


def _unusual(said: str | None, usual: str) -> str:
    return "" if said is None or said == usual else said


def days_text(first: date | None, last: date | None, today: date) -> str:
    """Return days as a chip shows them: one day, a range, or where it begins or ends; empty for any day."""
    if first is not None and first == last:
        return shown_day(first, today)
    if first is not None and last is not None:
        return f"{shown_day(first, today)} to {shown_day(last, today)}"
    if first is not None:
        return f"from {shown_day(first, today)}"
    return "" if last is None else f"until {shown_day(last, today)}"


SEARCHED: Final = ("type", "from", "to", "time", "coach", "team", "channel", "needs")
"""Fields of the request form that a line says in full: what it leaves out is empty."""


def form_texts(asked: Sought, catalogue: Catalogue, today: date) -> tuple[dict[str, str], dict[str, str]]:
    """Return the texts of the request form that say what is asked for, and the ids that are picked in it, by field.

    Fields that are not searched for stand in it only where the line says something of them.
    """
    kind, diary = catalogue.types.get(asked.type or ""), catalogue.diaries.get(asked.diary or "")
    timed = asked.window is not None or asked.near is not None
    texts = {
        "type": "" if kind is None else kind.name,
        "from": "" if asked.first_day is None else shown_day(asked.first_day, today),
        "to": "" if asked.last_day is None else shown_day(asked.last_day, today),
        "time": shown_times(Times(asked.window, asked.near)) if timed else "",
        "coach": "" if diary is None else diary.coach,
        "team": asked.team or "",
        "channel": asked.channel or "",
        "needs": ", ".join(asked.needs),
    }
    said = {"priority": asked.priority, "contact": asked.contact, "access": asked.access, "language": asked.language}
    said["client"] = asked.client or asked.client_words
    picked = {name: code for name, code in (("type", asked.type), ("coach", asked.diary)) if code is not None}
    return texts | {name: text for name, text in said.items() if text}, picked
