"""Which types of a site some words can mean, and how much of a type's name they leave unsaid."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from agent_tui.domain.asking.words import TYPE_PHRASES
from agent_tui.domain.clients import name_key
from agent_tui.domain.site import Catalogue
from agent_tui.domain.types import AppointmentType

WEAK: Final = frozenset(
    {"interview", "interviews", "meeting", "meetings", "review", "request", "test", "session", "contact", "call"}
)
"""Words that many names have: they tell types apart where they can, and stand against none."""
_SMALL: Final = frozenset({"a", "and", "every", "for", "in", "of", "the", "to"})
_CHANNELS: Final = frozenset({"f2f", "phone", "video", "ph", "vid"})
_SHORTEST_BEGINNING: Final = 3


def words_in(text: str) -> list[str]:
    """Return the words of a text as they are compared."""
    return re.findall(r"[^\W_]+", name_key(text))


@dataclass(frozen=True, slots=True)
class Kind:
    """A type with the words by which it is known: of its code, of its name, initials of its name, code with minutes."""

    type: AppointmentType
    minutes: int | None
    code: str
    name: tuple[str, ...]
    initials: tuple[str, ...]
    others: frozenset[str]

    @classmethod
    def of(cls, kind: AppointmentType, today: date) -> "Kind":
        """Return a type with its words as of a day."""
        name = tuple(word for word in words_in(kind.name) if word not in _SMALL)
        letters = "".join(word[0] for word in name if word not in _CHANNELS and not word.isdigit())
        initials = tuple(letters[:count] for count in range(2, len(letters) + 1))
        minutes = kind.minutes_on(today)
        parts = [part for part in words_in(kind.code) if part not in _CHANNELS]
        stem = "".join(part for part in parts if part != str(minutes))
        others = {*parts, stem, f"{stem}{minutes}"} if parts else set[str]()
        return cls(kind, minutes, kind.code.casefold(), name, initials, frozenset(others))

    def says(self, word: str) -> frozenset[str] | None:
        """Return the words of the name that a word says in full, an empty set where it is one of the code, None for none."""
        found = {one for one in self.name if one == word}
        if word in self.initials:
            found |= set([one for one in self.name if one not in _CHANNELS and not one.isdigit()][: len(word)])
        stem = word.removesuffix(str(self.minutes))
        if word in self.others and stem != word:
            found |= {str(self.minutes)} | (self.says(stem) or frozenset())
        if word in (self.code, "".join(words_in(self.code))):
            found = set(self.name)
        return frozenset(found) if found or word in self.others else None

    def begins(self, word: str) -> frozenset[str] | None:
        """Return the words of the name that a word begins, None for none."""
        found = {one for one in self.name if len(word) >= _SHORTEST_BEGINNING and one.startswith(word)}
        return frozenset(found) or None


@dataclass(frozen=True, slots=True)
class Said:
    """What a line says of the type in one place: any of some phrases, or minutes."""

    phrases: tuple[str, ...]
    minutes: int | None = None

    @property
    def weak(self) -> bool:
        """Whether it is a word that many names have."""
        return all(phrase in WEAK for phrase in self.phrases)

    def covered(self, kind: Kind, *, exact: bool) -> frozenset[str] | None:
        """Return the words of a type's name that this says, None where the type is not meant by it."""
        if self.minutes is not None:
            return frozenset({str(self.minutes)}) if kind.minutes == self.minutes else None
        found = [self._phrase(phrase, kind, exact) for phrase in self.phrases]
        return next((one for one in found if one is not None), None)

    @staticmethod
    def _phrase(phrase: str, kind: Kind, exact: bool) -> frozenset[str] | None:
        covered: frozenset[str] = frozenset()
        for word in phrase.split():
            one = kind.says(word)
            if one is None and not exact:
                one = kind.begins(word)
            if one is None:
                return None
            covered |= one
        return covered


class Kinds:
    """The types of a site, found by words."""

    def __init__(self, catalogue: Catalogue, today: date) -> None:
        self.kinds = [Kind.of(one, today) for one in catalogue.types.values()]
        self.by_code = {one.code: one for one in self.kinds}
        self._known: dict[str, bool] = {}

    def knows(self, word: str) -> bool:
        """Return whether some type has a word, or a word of its name begins with it."""
        if word not in self._known:
            self._known[word] = any(one.says(word) is not None or one.begins(word) is not None for one in self.kinds)
        return self._known[word]

    def has(self, word: str) -> bool:
        """Return whether some type has a whole word."""
        return any(one.says(word) is not None for one in self.kinds)

    def has_minutes(self, said: Said, minutes: int) -> bool:
        """Return whether some type that is meant by words takes so many minutes."""
        return any(one.minutes == minutes and said.covered(one, exact=False) is not None for one in self.kinds)

    def phrase(self, keys: Sequence[str]) -> tuple[int, Said] | None:
        """Return how many of the first words name types, and what they say; None for none."""
        for count in range(min(2, len(keys)), 0, -1):
            phrases = TYPE_PHRASES.get(" ".join(keys[:count]))
            if phrases is not None:
                own = (keys[0],) if count == 1 else ()
                said = Said((*phrases, *own))
                if any(said.covered(one, exact=True) is not None for one in self.kinds):
                    return count, said
        parts = [part for part in words_in(keys[0]) if part]
        if keys[0] in self.by_code or self.knows(keys[0]):
            return 1, Said((keys[0],))
        if len(parts) > 1 and all(self.knows(part) for part in parts):
            return 1, Said((" ".join(parts),))
        return None

    def fitting(self, said: Sequence[Said]) -> list[tuple[int, Kind]]:
        """Return the types that all of some words can mean, each with how many words of its name are unsaid, least first.

        Types that have each word in full come alone where there are any; weak words are left aside where they leave none.
        """
        for wanted in (said, [one for one in said if not one.weak]):
            for exact in (True, False):
                found = list(self._fitting(wanted, exact)) if wanted else []
                if found:
                    return sorted(found, key=lambda one: (one[0], one[1].type.booked_by == "block", one[1].code))
        return []

    def _fitting(self, said: Sequence[Said], exact: bool) -> Iterable[tuple[int, Kind]]:
        for kind in self.kinds:
            covered: set[str] = set()
            for one in said:
                words = one.covered(kind, exact=exact)
                if words is None:
                    break
                covered |= words
            else:
                yield len(unsaid(kind) - covered), kind


def unsaid(kind: Kind) -> frozenset[str]:
    """Return the words of a type's name that a line has to say before it is sure, its channel among them."""
    return frozenset(word for word in kind.name if word not in WEAK)
