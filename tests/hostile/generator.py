"""Strings made by chance, each the same for its seed and number: pieces of the known words, nasty neighbours, any code points."""

import random
from collections.abc import Iterator

from tests.hostile.words import WORDS

_CONTROLS = [*map(chr, range(32)), *map(chr, range(0x7F, 0xA0)), "\u2028", "\u2029", "\ufeff", "\u00ad"]
_BIDI = list("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS = ["\u200b", "\u200c", "\u200d", "\ufe0f", "\U000e0101", "\U000e0041"]
_MARKS = list("\u0301\u0308\u0323\u0345\u20dd\u0e33\u0f71\u1161\u11a8\u093e")
_WIDE = [*"漢字한글ｗ", "👨", "👩", "👧", "🏳", "🌈", "🇬", "🇧", "é", "ﷺ"]
_PLAIN = list("aeZ 7[]/\\=+-@%_'\"{}$")
_ESCAPES = [
    "\x1b[2J",
    "\x1b]0;x\x07",
    "\x1b]52;c;eA==\x07",
    "\x1b[31m",
    "\x1bP",
    "\x9b6n",
    "\x1b[?1049l",
    "[/b]",
    "[@click=app.quit]",
    "\x1bc",
]
_POOLS = (_CONTROLS, _BIDI, _JOINERS, _MARKS, _WIDE, _PLAIN, _PLAIN, _ESCAPES)
_WORDS = [word for word in WORDS.values() if word and len(word) < 40]


def strings(seed: int, *, surrogates: bool, longest: int = 24) -> Iterator[str]:
    """Yield strings without end, of at most `longest` characters; halves of surrogate pairs only where they are asked for."""
    chance = random.Random(seed)
    while True:
        size = chance.choice((1, 2, 4, 8, 12))
        kind = chance.random()
        if kind < 0.1:
            made = chance.choice(_WORDS) + chance.choice(_WORDS)
        elif kind < 0.25:
            made = "".join(chr(chance.randrange(0x110000)) for _ in range(size))
        else:
            made = "".join(chance.choice(chance.choice(_POOLS)) for _ in range(size))
        made = made[:longest]
        if not surrogates:
            made = "".join("x" if "\ud800" <= char <= "\udfff" else char for char in made)
        yield made
