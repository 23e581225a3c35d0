"""How a claimant is told of an appointment, in words; pure."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from agent_tui.domain.messages import ASKING, EMAIL, LETTER, PHONE, PREFERENCES, SMS
from agent_tui.domain.plurals import counted
from agent_tui.tui.commands import BY_ID, readable

if TYPE_CHECKING:
    from agent_tui.services.messages import Choice

TOLD_NOW: Final = "told"
"""The choice that nothing needs to be sent, since the claimant knows."""
_GOES: Final[Mapping[str, str]] = {SMS: "A text", EMAIL: "An e-mail", LETTER: "A letter"}
_NAMES: Final[Mapping[str, str]] = {SMS: "text message", EMAIL: "e-mail", LETTER: "letter", PHONE: "phone, by somebody of us"}


def _key(command: str) -> str:
    return readable(BY_ID[command].keys[0])


def how_words(choice: "Choice") -> str:
    """Return how the claimant will be told, or what has to be asked, with the keys that do it."""
    if not choice.waiting:
        return "Nothing waits to be told"
    if choice.asks:
        wants = choice.preferred == PHONE or any(one.channel == PHONE for one in choice.waiting if one.status == ASKING)
        if wants:
            return f"Wants to be phoned: {_key('told')} once told"
        return f"Not told yet: {_key('tell_how')} asks how, {_key('told')} by phone"
    channel = next((one.channel for one in choice.waiting if one.channel), None)
    return f"{_GOES.get(channel or '', 'A message')} goes out; {_key('tell_how')} changes that"


def options_of(choice: "Choice") -> list[tuple[str, str, str]]:
    """Return the channels that can be used, with where each goes and what speaks against it, and that they know already."""
    options: list[tuple[str, str, str]] = []
    for channel in PREFERENCES:
        if channel in choice.can:
            where = choice.where.get(channel, "")
            against = " (against their access needs)" if channel in choice.unsuited else ""
            options.append((channel, str(len(options) + 1), f"{_NAMES[channel]}{f': {where}' if where else ''}{against}"))
    return [*options, (TOLD_NOW, "t", "told by phone just now; nothing is sent")]


def settled_words(status: str, count: int) -> str:
    """Return what was settled by an act on the messages of an appointment."""
    if status == "told":
        return "Told by phone: recorded."
    if status == "retried":
        return f"{counted(count, 'message')} will be sent again."
    if status == "dropped":
        return "Dropped."
    return f"{counted(count, 'message')} will go that way, and later ones too."
