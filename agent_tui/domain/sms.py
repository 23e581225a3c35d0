"""How long a text message is: which alphabet it needs, and in how many parts it is sent and paid."""

from dataclasses import dataclass
from typing import Final

LONGEST: Final = 918
"""Characters: six parts of 153 (domain/facts.md section 8)."""

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENSION = frozenset("^{}\\[~]|€\f")
_PLAIN = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ", "\u202f": " "}  # noqa: RUF001
)


@dataclass(frozen=True, slots=True)
class SmsLength:
    """A text's length: `characters` as its alphabet counts them, `parts` sent; `alphabet` is "gsm" or "unicode"."""

    characters: int
    parts: int
    alphabet: str

    @property
    def too_long(self) -> bool:
        """Return whether no network takes it."""
        return self.characters > LONGEST


def sms_text(text: str) -> str:
    """Return a text with typographic quotes, dashes and blanks made plain, which would more than double its parts."""
    return text.translate(_PLAIN)


def sms_length(text: str) -> SmsLength:
    """Return how long a text message is.

    160 characters of the GSM alphabet are one part and 153 each of several, a few of them counting twice; a text with any
    other character holds 70, and 67 in each of several. No character is torn between two parts. Source: 3GPP TS 23.038.
    """
    if all(char in _GSM or char in _GSM_EXTENSION for char in text):
        widths, alone, each, alphabet = [2 if char in _GSM_EXTENSION else 1 for char in text], 160, 153, "gsm"
    else:
        widths, alone, each, alphabet = [2 if ord(char) > 0xFFFF else 1 for char in text], 70, 67, "unicode"
    total = sum(widths)
    if total <= alone:
        return SmsLength(total, 1, alphabet)
    parts, used = 1, 0
    for width in widths:
        if used + width > each:
            parts, used = parts + 1, 0
        used += width
    return SmsLength(total, parts, alphabet)
