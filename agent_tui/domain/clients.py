"""Claimants as callers are looked up: folded names, digits of phones, and words that must not be arguments."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agent_tui.domain.messages import EMAIL, LETTER, PHONE, PREFERENCES, SMS

CLIENT_ID = re.compile(r"C[0-9]{6,9}")
_REFERENCE_WITHIN = re.compile(r"\b[A-Za-z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-Da-d]\b")
_NATIONAL_REFERENCE = re.compile(r"[A-Za-z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-Da-d]?")

_POSTCODE = re.compile(r"GIR ?0AA|[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}", re.ASCII)
LEAST_LINES, MOST_LINES = 3, 7
ADDRESS_EXAMPLE: Final = "Flat 2, 12 High Street, Leeds, LS1 4AP"
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


@dataclass(frozen=True, slots=True)
class Client:
    """A claimant: `ref` is the opaque id, `reference` the national one.

    `preferred_channel` is one of domain.messages.PREFERENCES or empty; the lines of `address` are separated by newlines.
    """

    ref: str
    name: str
    phone: str = ""
    reference: str = ""
    email: str = ""
    language: str = ""
    access_needs: str = ""
    preferred_channel: str = ""
    address: str = ""


DETAILS: Final = (*("name", "phone", "reference", "email", "language", "access_needs", "preferred_channel", "address"),)
"""The fields of a claimant that a person fills in."""


@dataclass(frozen=True, slots=True)
class DetailProblem:
    """What is wrong with one detail of a claimant, by the name of its field in Client, as a sentence."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Look:
    """Who looked at which claimant, by opaque id, when (ms UTC) and why."""

    at: int
    who: str
    client: str
    why: str


def name_key(name: str) -> str:
    """Return a name folded for searching: no case, no accents, blanks single."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).split())


def phone_key(phone: str) -> str:
    """Return the digits of a phone number, +44 and 0044 as 0, also where a 0 in brackets follows."""
    digits = re.sub(r"[^0-9+]", "", phone)
    home = re.match(r"(?:\+|00)440?", digits)
    if home is not None:
        digits = "0" + digits[home.end() :]
    return re.sub(r"[^0-9]", "", digits)


def reference_key(reference: str) -> str:
    """Return a national reference without blanks, in upper case."""
    return re.sub(r"\s", "", reference).upper()


def initials(name: str) -> str:
    """Return a name's initials, what is shown to a role that need not see it."""
    return "".join(word[0].upper() for word in re.split(r"[\s,]+", name) if word and word[0].isalnum())


def short_name(name: str) -> str:
    """Return "S Khan" for "Sana Khan", for a grid cell."""
    words = name.split()
    return name if len(words) < 2 else f"{words[0][0]} {words[-1]}"


def looks_personal(text: str) -> bool:
    """Return whether an argument looks like a name, a phone number or a national reference rather than an opaque id.

    Arguments are seen by every user of a machine, so personal data comes by stdin only (contract.md, "Personal data").
    """
    if CLIENT_ID.fullmatch(text):
        return False
    if _NATIONAL_REFERENCE.fullmatch(re.sub(r"[^A-Za-z0-9]", "", text)) or len(phone_key(text)) >= 7:
        return True
    letters = sum(char.isalpha() for char in text)
    return "@" in text or (letters >= 2 and letters >= len(text.strip()) * 0.6)


def holds_personal(text: str) -> bool:
    """Return whether words hold a phone number or a national reference, which must not stand among arguments."""
    numbers = re.findall(r"\+?[0-9][0-9 ()-]{7,}[0-9]", text)
    return bool(_REFERENCE_WITHIN.search(text)) or any(len(re.sub("[^0-9]", "", one)) >= 9 for one in numbers)


def holds_reference(text: str) -> bool:
    """Return whether words hold a national reference."""
    return bool(_REFERENCE_WITHIN.search(text))


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
    if client.reference and not _NATIONAL_REFERENCE.fullmatch(client.reference):
        problems.append(DetailProblem("reference", "The national reference is not of the form QQ 12 34 56 A."))
    if client.preferred_channel and client.preferred_channel not in PREFERENCES:
        text = f"The preferred channel is one of {', '.join(PREFERENCES)}, or nothing."
        problems.append(DetailProblem("preferred_channel", text))
    if client.address and (text := _address_problem(client.address.splitlines())):
        problems.append(DetailProblem("address", text))
    needed = _NEEDED_FOR.get(client.preferred_channel)
    if needed is not None and not getattr(client, needed):
        problems.append(DetailProblem(needed, f"The preferred channel is {client.preferred_channel}: {_MISSING[needed]}."))
    return problems


def _address_problem(lines: Sequence[str]) -> str | None:
    # A letter takes at most seven lines, the last of them the postcode: domain/facts.md section 6.
    if not lines or not _POSTCODE.fullmatch(lines[-1].upper()):
        return f"The address ends with its postcode, such as: {ADDRESS_EXAMPLE}."
    if not LEAST_LINES <= len(lines) <= MOST_LINES:
        return f"The address has {LEAST_LINES} to {MOST_LINES} parts with commas between them, such as: {ADDRESS_EXAMPLE}."
    return None
