"""The words of one site by which a line is read: types, coaches, teams, rooms, and what a misspelt word may have been."""

from collections.abc import Iterable, Sequence
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from typing import Final

from agent_tui.domain.asking.kinds import Kinds, words_in
from agent_tui.domain.asking.when import When
from agent_tui.domain.asking.words import KNOWN, SAID
from agent_tui.domain.clients import name_key
from agent_tui.domain.site import Catalogue, Diary

SHORTEST_MISSPELT: Final = 5
_CLOSE, _CLOSE_SHORT = 0.75, 0.66
"""The share of letters, as difflib reckons it, from which a word is shown as one that may have been meant."""
_MOST_SHOWN: Final = 3


class SiteWords:
    """What words mean at a site on a day; made anew when its rules or the day change."""

    def __init__(self, catalogue: Catalogue, today: date) -> None:
        self.catalogue = catalogue
        self.today = today
        self.kinds = Kinds(catalogue, today)
        self.when = When(today, catalogue.is_working_day)
        self._coaches = [(one, words_in(one.coach)) for one in catalogue.diaries.values() if one.enabled]
        self._teams = {code: frozenset(words_in(name)) for code, name in catalogue.teams.items()}

    # Coaches, teams, rooms.

    def coaches(self, keys: Sequence[str], *, begun: bool = False) -> tuple[int, list[Diary]]:
        """Return how many of the first words name a coach, and whom they can mean; 0 for none.

        The first word is a whole word of a name or a diary's code, with `begun` the beginning of one; the others may be
        beginnings, of one letter too, as long as they narrow down who is meant.
        """
        if not keys:
            return 0, []
        by_code = [one for one, _words in self._coaches if name_key(one.code) == keys[0]]
        if by_code:
            return 1, by_code
        found = [(one, words) for one, words in self._coaches if _names(keys[0], words, begun=begun)]
        count = min(len(found), 1)
        while found and count < len(keys) and keys[count]:
            narrowed = [(one, words) for one, words in found if _all_named(keys[: count + 1], words)]
            if not narrowed:
                break
            found, count = narrowed, count + 1
        return count, [one for one, _words in found]

    def team(self, key: str, *, after_team: bool) -> str | None:
        """Return the team that a word names: by its code only behind the word team, else by its name."""
        if after_team:
            code = next((code for code in self._teams if name_key(code) == key), None)
            if code is not None:
                return code
        named = [code for code, words in self._teams.items() if key in words and key not in ("team", *map(name_key, self._teams))]
        return named[0] if len(named) == 1 else None

    def room(self, key: str) -> tuple[str, ...]:
        """Return what a room meets that is named by its code, empty for none."""
        found = [one for one in self.catalogue.rooms.values() if name_key(one.code) == key]
        return tuple(sorted(found[0].meets)) if found else ()

    # Misspelt words.

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        words = {word for one in self.kinds.kinds for word in one.name}
        words |= {word for _one, names in self._coaches for word in names} | {
            word for names in self._teams.values() for word in names
        }
        return KNOWN | {word for word in words if len(word) >= SHORTEST_MISSPELT}

    @cached_property
    def _shortened(self) -> dict[str, set[str]]:
        """Every word that is known by itself and by itself without one letter."""
        table: dict[str, set[str]] = {}
        for word in self._vocabulary:
            if len(word) >= SHORTEST_MISSPELT:
                for short in _with_one_fewer(word):
                    table.setdefault(short, set()).add(word)
        return table

    def understands(self, key: str) -> bool:
        """Return whether a word is one of those that are known, or begins one that may be said by its beginning."""
        if key in self._vocabulary or key in SAID or self.kinds.knows(key) or any(char.isdigit() for char in key):
            return True
        return self.coaches([key], begun=len(key) >= 3)[0] > 0

    def one_letter_off(self, key: str) -> list[str]:
        """Return the words of which a word differs by a letter: one too many, one missing, another, or two changed over."""
        if len(key) < SHORTEST_MISSPELT:
            return []
        near = {word for short in _with_one_fewer(key) for word in self._shortened.get(short, ())}
        return sorted(word for word in near if _one_edit(key, word))

    def beginning(self, key: str) -> list[str]:
        """Return the words that begin with a word of two letters or more, where there are few of them."""
        found = sorted(word for word in self._vocabulary if len(key) > 1 and word != key and word.startswith(key))
        return found if len(found) <= _MOST_SHOWN else []

    def close_to(self, key: str) -> list[str]:
        """Return the words that may have been meant, the closest first."""
        cutoff = _CLOSE if len(key) >= SHORTEST_MISSPELT else _CLOSE_SHORT
        codes = [word for one in self.kinds.kinds for word in one.others if len(word) > 1 and not word.isdigit()]
        return get_close_matches(key, {*self._vocabulary, *codes} - _TOO_COMMON, n=_MOST_SHOWN, cutoff=cutoff)


_TOO_COMMON: Final = frozenset(word for word in KNOWN if len(word) < SHORTEST_MISSPELT)


def _names(key: str, words: Iterable[str], *, begun: bool) -> bool:
    return any(word.startswith(key) if begun else word == key for word in words if len(word) > 1)


def _all_named(keys: Sequence[str], words: Sequence[str]) -> bool:
    left = list(words)
    for key in keys:
        at = next((at for at, word in enumerate(left) if word == key), None)
        if at is None:
            at = next((at for at, word in enumerate(left) if word.startswith(key)), None)
        if at is None:
            return False
        del left[at]
    return True


def _with_one_fewer(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def _one_edit(one: str, other: str) -> bool:
    if len(one) == len(other):
        differ = [at for at in range(len(one)) if one[at] != other[at]]
        swapped = (
            len(differ) == 2
            and differ[1] == differ[0] + 1
            and one[differ[0]] == other[differ[1]]
            and one[differ[1]] == other[differ[0]]
        )
        return len(differ) == 1 or swapped
    short, long = sorted((one, other), key=len)
    return len(long) - len(short) == 1 and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
