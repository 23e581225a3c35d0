"""Numbers with their words: "1 start", "2 starts"."""

import re

_Y_AFTER_CONSONANT = re.compile(r"(?<=[^aeiou])y$")


def counted(count: int, one: str, many: str = "") -> str:
    """Return a count with its word, such as "1 diary" or "3 diaries"; `many` is the plural where it is not a regular one."""
    return f"{count:,} {one if count == 1 else many or plural(one)}"


def plural(word: str) -> str:
    """Return a word's regular plural."""
    return _Y_AFTER_CONSONANT.sub("ies", word) if _Y_AFTER_CONSONANT.search(word) else word + "s"
