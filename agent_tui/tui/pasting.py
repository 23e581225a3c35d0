"""Text that is pasted is text: none of it is taken for keys, whatever escape sequences stand in it."""

import codecs
import sys
from collections.abc import Iterable
from functools import partial
from typing import Final

from textual import events
from textual._xterm_parser import XTermParser
from textual.message import Message

from agent_tui.domain.cleaning import clean_for_display

START: Final = "\x1b[200~"
END: Final = "\x1b[201~"
LONGEST: Final = 20_000
"""Characters of a paste that are looked at; no field takes as many."""


class PasteParser(XTermParser):
    """Keeps escape characters inside a paste from Textual's parser (8.2.8), which would send what follows them as keys.

    What a paste then says cannot steer a terminal either, whichever field takes it, Textual's own in the palette too.
    """

    _pasting = False
    _held = ""
    _room = LONGEST

    def feed(self, data: str) -> Iterable[Message]:
        """Yield the keys, mouse events and pastes of what a terminal has sent; "" is its end."""
        if not data:
            yield from super().feed(data)
        while data:
            if self._pasting:
                inside, data = self._to_end(self._held + data)
            else:
                inside, data = self._to_start(data)
            if inside:
                yield from map(_harmless, super().feed(inside))

    def _to_start(self, data: str) -> tuple[str, str]:
        """Return what comes before and with the start of a paste, and the rest; a start may be cut by the end of a read."""
        seen = self._held + data
        at = seen.find(START)
        if at < 0:
            self._held = seen[1 - len(START) :]
            return data, ""
        cut = at + len(START) - len(self._held)
        self._pasting, self._held, self._room = True, "", LONGEST
        return data[:cut], data[cut:]

    def _to_end(self, data: str) -> tuple[str, str]:
        """Return the text of a paste without its escape characters, with its end if that has come, and the rest."""
        at = data.find(END)
        if at >= 0:
            self._pasting, self._held = False, ""
            return self._looked_at(data[:at]) + END, data[at + len(END) :]
        kept = next((size for size in range(len(END) - 1, 0, -1) if data.endswith(END[:size])), 0)
        self._held = data[len(data) - kept :]
        return self._looked_at(data[: len(data) - kept]), ""

    def _looked_at(self, inside: str) -> str:
        """Return what is taken of a piece of a paste; the parser goes through it sign by sign, too slowly for a megabyte."""
        taken = inside.replace("\x1b", "").replace("\0", "")[: self._room]
        self._room -= len(taken)
        return taken


def _harmless(message: Message) -> Message:
    """Return a paste with its lines cleaned, and any other message as it is."""
    if not isinstance(message, events.Paste):
        return message
    return events.Paste("\n".join(map(clean_for_display, message.text[:LONGEST].splitlines())))


def guard_input(driver: type) -> None:
    """Have a Textual driver read a terminal with `PasteParser`, and bytes that are no UTF-8 as replacement characters."""
    for name in (*(one.__module__ for one in driver.__mro__), "textual.drivers.win32"):
        module = sys.modules.get(name)
        if module is not None and hasattr(module, "XTermParser"):
            setattr(module, "XTermParser", PasteParser)  # noqa: B010
        if module is not None and hasattr(module, "getincrementaldecoder"):
            setattr(module, "getincrementaldecoder", _lenient_decoder)  # noqa: B010


def _lenient_decoder(encoding: str) -> partial[codecs.IncrementalDecoder]:
    return partial(codecs.getincrementaldecoder(encoding), errors="replace")
