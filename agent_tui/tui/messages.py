"""What threads tell the booking screen; each is a past participle, and a stale generation is dropped by its handler."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from textual.message import Message

from agent_tui.domain.clients import Client
from agent_tui.domain.handovers import Here
from agent_tui.domain.requests import Blocked, Found, Offer, Outcome, Refused
from agent_tui.domain.site import Catalogue, Staff

if TYPE_CHECKING:
    from agent_tui.services.live import Changes, Totals
    from agent_tui.services.picture import Picture


@dataclass
class DeskOpened(Message):
    """The store is open: the site's rules, and who works here."""

    catalogue: Catalogue
    staff: Staff
    store: str
    warning: str | None


@dataclass
class StoreFailed(Message):
    """The store could not do something; `job` says what, the sentence why."""

    job: str
    sentence: str


@dataclass
class StoreRecovered(Message):
    """The store answers again."""


@dataclass
class OffersFound(Message):
    """The answer to a search, or why it could not be asked."""

    generation: int
    found: Found | None
    problem: str | None = None


@dataclass
class PictureTaken(Message):
    """What the grid shows now, of all places or of some that have changed."""

    generation: int
    picture: "Picture"
    starts: Mapping[tuple[str, date], tuple[int, int]]
    totals: "Totals | None"
    whole: bool


@dataclass
class OffersGone(Message):
    """Offers whose time somebody else has taken, and who."""

    offers: tuple[Offer, ...]
    who: str


@dataclass
class ActDone(Message):
    """The answer to an act: its name, what came of it, and the call in which it was asked."""

    act: str
    outcome: Outcome
    call: str


@dataclass
class ActUnknown(Message):
    """The store went away while it wrote an act: its name, the id it was asked under, its call ("" for none) and the sentence."""

    act: str
    request: str
    call: str
    sentence: str


@dataclass
class ActSettled(Message):
    """What came of an act in doubt: its answer, or None when it was not done."""

    doubt: ActUnknown
    outcome: Outcome | None


@dataclass
class BlockAnswered(Message):
    """The answer to a preview of block time, to blocking or to unblocking, with the names of whom it hits."""

    act: str
    generation: int
    outcome: Blocked | Refused
    names: Mapping[str, str]


@dataclass
class ClientsFound(Message):
    """Claimants that fit what was typed in the form, or in another place."""

    generation: int
    clients: tuple[Client, ...]
    place: str = "form"


@dataclass
class ClientMade(Message):
    """A claimant was made, or what is wrong with the details."""

    client: Client | None
    problems: tuple[str, ...]


@dataclass
class DiariesChanged(Message):
    """The feed brought changes by others or by this terminal."""

    changes: "Changes"


@dataclass
class SwitchedOff(Message):
    """The feed brought that the login of this terminal was switched off."""

    login: str


@dataclass
class PresenceSeen(Message):
    """Who else shows some days, None where that could not be asked."""

    days: tuple[date, date]
    people: tuple[Here, ...] | None


@dataclass
class WorkDone(Message):
    """A piece of work that has nothing to show but its result; `job` says which."""

    job: str
    result: object = None


@dataclass
class LookChanged(Message):
    """A person chose how the screen looks, or which day it shows; `changes` are fields of what is remembered."""

    changes: Mapping[str, Any]
