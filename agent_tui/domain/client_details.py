"""A claimant's details as people write them: which channel, which address, and what is wrong with each as a sentence."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agent_tui.domain.clients import NATIONAL_REFERENCE, Client
from agent_tui.domain.messages import EMAIL, LETTER, PHONE, PREFERENCES, SMS

_POSTCODE = re.compile(r"GIR ?0AA|[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}", re.ASCII)
LEAST_LINES, MOST_LINES = 3, 7
ADDRESS_EXAMPLE: Final = "12 High St, Leeds, LS1 4AP"
_SAID_OF_CHANNELS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("text", "texts", "text message", "mobile"), SMS),
    **dict.fromkeys(("e mail", "mail"), EMAIL),
    **dict.fromkeys(("post", "letters", "by post", "paper"), LETTER),
    **dict.fromkeys(("call", "telephone", "by phone"), PHONE),
}
_NEEDED_FOR: Final[Mapping[str, str]] = {SMS: "phone", PHONE: "phone", EMAIL: "email", LETTER: "address"}
_MISSING: Final[Mapping[str, str]] = {
    "phone": "a phone number is needed",
    "email": "an e-mail address is needed",
    "address": "an address is needed",
}
DETAILS: Final = (*("name", "phone", "reference", "email", "language", "access_needs", "preferred_channel", "address"),)
"""The fields of a claimant that a person fills in."""


@dataclass(frozen=True, slots=True)
class DetailProblem:
    """What is wrong with one detail of a claimant, by the name of its field in Client, as a sentence."""

    field: str
    text: str


def read_preference(text: str) -> str:
    """Return the channel that somebody names in the words that people use, or the word itself where it is none."""
    folded = " ".join(text.casefold().replace("-", "").split())
    return folded if folded in PREFERENCES else _SAID_OF_CHANNELS.get(folded, text)


def read_address(text: str) -> str:
    """Return an address that was written in one line, or in several, line by line; commas and line ends part the lines."""
    lines = (" ".join(line.split()) for line in re.split(r"[,\n]", text))
    return "\n".join(line for line in lines if line)


def address_text(address: str) -> str:
    """Return an address in one line, as `read_address` reads it."""
    return ", ".join(address.splitlines())


def client_problems(client: Client) -> list[DetailProblem]:
    """Return what is wrong with a claimant's name, national reference, preferred channel and address.

    Phone and e-mail are looked at by services.contact_details, which knows the world's numbers and addresses.
    """
    problems = []
    if not client.name:
        problems.append(DetailProblem("name", "A claimant needs a name."))
    if client.reference and not NATIONAL_REFERENCE.fullmatch(client.reference):
        problems.append(DetailProblem("reference", "The national reference is not of the form QQ 12 34 56 A."))
    if client.preferred_channel and client.preferred_channel not in PREFERENCES:
        text = f"The preferred channel is {', '.join(PREFERENCES[:-1])} or {PREFERENCES[-1]}."
        problems.append(DetailProblem("preferred_channel", text))
    wrong = _address_problem(client.address.splitlines()) if client.address else None
    if wrong is not None:
        problems.append(DetailProblem("address", wrong))
    needed = _NEEDED_FOR.get(client.preferred_channel)
    if needed is not None and not getattr(client, needed):
        problems.append(DetailProblem(needed, f"{client.preferred_channel} is preferred: {_MISSING[needed]}."))
    return problems


def _address_problem(lines: Sequence[str]) -> str | None:
    # A letter takes at most seven lines, the last of them the postcode: domain/facts.md section 6.
    if not lines or not _POSTCODE.fullmatch(lines[-1].upper()):
        return "The address ends with its postcode, such as LS1 4AP."
    if not LEAST_LINES <= len(lines) <= MOST_LINES:
        return f"The address has {LEAST_LINES} to {MOST_LINES} parts: {ADDRESS_EXAMPLE}."
    return None
