"""Claimants as callers are looked up: folded names, digits of phones, and words that must not be arguments."""

import re
import unicodedata
from dataclasses import dataclass

CLIENT_ID = re.compile(r"C[0-9]{6,9}")
_CLIENT_ID_WITHIN = re.compile(r"\bC[0-9]{6,9}\b", re.ASCII | re.IGNORECASE)
_REFERENCE_WITHIN = re.compile(r"\b[A-Za-z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-Da-d]\b")
NATIONAL_REFERENCE = re.compile(r"[A-Za-z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-Da-d]?")


NOBODY = "Anonymised"


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

    @property
    def anonymised(self) -> bool:
        """Whether the name and all else was erased, here or where an export came from."""
        return self.name == NOBODY


@dataclass(frozen=True, slots=True)
class Look:
    """Who looked at which claimant, by opaque id, when (ms UTC) and why."""

    at: int
    who: str
    client: str
    why: str


def client_problem(found: Client | None, ref: str) -> str | None:
    """Return why nobody can book for a claimant, as a sentence, or None; `found` is the row of the opaque id, if there is one.

    Whoever has the screen of a claimant open may not know that they were anonymised meanwhile.
    """
    if found is None:
        return f"There is no claimant {ref[:30]}".rstrip() + ". Find them with: agent-tui clients find -"
    if not found.anonymised:
        return None
    return f"The claimant {ref} was anonymised, so nobody knows who that is: add them anew, with: agent-tui clients add -"


def name_key(name: str) -> str:
    """Return a name folded for searching: no case, no accents, blanks single."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).split())


_ALIKE = str.maketrans({**dict.fromkeys("\u2018\u2019\u02bc`", "'"), **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014", "-")})
Indexed = tuple[str, str]
"""A kind ("name", "word", "phone", "reference") and a text by whose beginning a claimant is found."""


def index_words(name_key: str, phone_key: str, reference_key: str) -> set[Indexed]:
    """Return what a claimant is found by: the folded name, each word and part of a word in it, the digits and the reference.

    "Ann O'Hara-Lee" has the words "ann", "o'hara-lee", "o", "hara", "lee" and "oharalee". A claimant of whom all keys are empty,
    as after erasure, is found by nothing.
    """
    name = name_key.translate(_ALIKE)
    words = set(name.split())
    for word in tuple(words):
        parts = re.findall(r"[^\W_]+", word)
        words |= {*parts, "".join(parts)}
    found = {("word", word) for word in words if word}
    found |= {(kind, key) for kind, key in (("name", name), ("phone", phone_key), ("reference", reference_key)) if key}
    return found


def typed_words(typed: str) -> list[str]:
    """Return the folded words that somebody types to find a claimant, each once; commas and full stops at their ends go."""
    words = (word.strip(",.;") for word in name_key(typed).translate(_ALIKE).split())
    return list(dict.fromkeys(word for word in words if word))


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
    if NATIONAL_REFERENCE.fullmatch(re.sub(r"[^A-Za-z0-9]", "", text)) or len(phone_key(text)) >= 7:
        return True
    letters = sum(char.isalpha() for char in text)
    return "@" in text or (letters >= 2 and letters >= len(text.strip()) * 0.6)


def holds_personal(text: str) -> bool:
    """Return whether words hold a phone number or a national reference, which must not stand among arguments."""
    numbers = re.findall(r"\+?[0-9][0-9 ()-]{7,}[0-9]", text)
    return bool(_REFERENCE_WITHIN.search(text)) or any(len(re.sub("[^0-9]", "", one)) >= 9 for one in numbers)


def names_client(text: str) -> bool:
    """Return whether words hold a claimant's opaque id."""
    return bool(_CLIENT_ID_WITHIN.search(text))


def holds_reference(text: str) -> bool:
    """Return whether words hold a national reference."""
    return bool(_REFERENCE_WITHIN.search(text))
