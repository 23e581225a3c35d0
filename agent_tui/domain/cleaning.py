"""Text from people and files, made safe to store and to show."""

import json
import unicodedata
from typing import Any

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
MAX_COMBINING = 4

_BLANKED = {"\t", "\n", "\r"}
# Cc control, Cs surrogate, Co private, Cn unassigned, Zl and Zp line separators.
_REFUSED_CATEGORIES = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
_MARKS = {"Mn", "Me", "Mc"}
_BIDI = set("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE = set("\u200b\u200c\u200d\u2060\ufeff\u00ad") | {
    # Variation selectors and tag characters show nothing by themselves and can hide a text in another.
    chr(code)
    for first, last in ((0xFE00, 0xFE0F), (0xE0000, 0xE007F), (0xE0100, 0xE01EF))
    for code in range(first, last + 1)
}


def _visible(text: str, *, keep_lines: bool = False) -> str:
    out: list[str] = []
    combining = 0
    for char in text:
        if (char.isascii() and char.isprintable()) or (char == "\n" and keep_lines):
            combining = 0
            out.append(char)
        elif char in _BLANKED:
            combining = 0
            out.append(" ")
        elif char in _INVISIBLE:
            continue
        elif char in _BIDI or unicodedata.category(char) in _REFUSED_CATEGORIES:
            combining = 0
            out.append(REPLACEMENT)
        elif unicodedata.category(char) in _MARKS:
            combining += 1
            if combining <= MAX_COMBINING:
                out.append(char)
        else:
            combining = 0
            out.append(char)
    return "".join(out)


def clean(text: str, *, limit: int = 200) -> str:
    """Return one line of text as the store keeps it: NFC, no control or bidirectional characters, at most `limit` characters.

    Tabs and line ends become blanks, other controls become U+FFFD, runs of combining marks are cut at four, and
    leading and trailing blanks go. Applying it twice changes nothing. Source: guides/reliability.md section 4.
    """
    shortened = text[: limit * 4]
    return unicodedata.normalize("NFC", _visible(unicodedata.normalize("NFC", shortened))).strip()[:limit].strip()


def clean_lines(text: str, *, limit: int = 4000) -> str:
    """Return text of several lines as the store keeps a note: as `clean`, but line ends stay."""
    shortened = text[: limit * 4].replace("\r\n", "\n").replace("\r", "\n")
    normal = unicodedata.normalize("NFC", shortened)
    return unicodedata.normalize("NFC", _visible(normal, keep_lines=True)).strip()[:limit].strip()


def clean_for_display(text: str) -> str:
    """Return text that cannot steer a terminal: the filter of `clean` without its length limit or trimming."""
    if text.isascii() and text.isprintable():
        return text
    return _visible(text)


def json_text(value: Any) -> str:
    """Return a value as JSON on one line that cannot steer a terminal: what could is escaped, and reads back as it was."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text if clean_for_display(text) == text else json.dumps(value, separators=(",", ":"))
