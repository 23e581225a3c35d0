"""The two sets of signs that screens draw with (screens.md), in one place; every sign is one cell wide."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One sign for each state and mark; no screen writes a sign by itself."""

    appointment: str
    hold: str
    block: str
    closed: str
    fits: str
    stranded: str
    flag: str
    ghost_left: str
    ghost_right: str
    key_type: str
    mark: str
    """The right edge of a line that is marked to be blocked."""
    pointer: str
    """The row of a list that has the cursor, and the line of the grid that is now."""
    ellipsis: str
    """Text was cut here, or a column is still on its way."""
    shades: str
    """Five signs of how much there is, from nothing to the most."""
    point: str
    """A number on the line of a picture."""


UNICODE: Final = Glyphs(
    appointment="▌",
    hold="◇",
    block="▒",
    closed="░",
    fits="·",
    stranded="×",
    flag="!",
    ghost_left="▏",
    ghost_right="▕",
    key_type="£",
    mark="▐",
    pointer="▸",
    ellipsis="…",
    shades=" ░▒▓█",
    point="•",
)

ASCII: Final = Glyphs(
    appointment="|",
    hold="?",
    block="#",
    closed=":",
    fits=".",
    stranded="x",
    flag="!",
    ghost_left="[",
    ghost_right="]",
    key_type="$",
    mark="*",
    pointer=">",
    ellipsis="~",
    shades=" .:+#",
    point="*",
)


def glyphs(ascii_only: bool) -> Glyphs:
    """Return the set for a terminal: ASCII where the settings ask for it."""
    return ASCII if ascii_only else UNICODE


def bar(share: float, width: int, signs: Glyphs) -> str:
    """Return a share as a bar of full and light signs."""
    full = round(share * width)
    return signs.shades[4] * full + signs.shades[1] * (width - full)
