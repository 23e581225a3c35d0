"""Which keys the booking screen names, by what the call has and what is under the cursor; pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from agent_tui.tui.widgets.named_keys import KeyHints
from agent_tui.tui.widgets.offer_list.state import OffersState

Taken = Literal["", "offers", "none", "held", "confirmed"]
"""What the call has: nothing asked for yet, offers, a search that finds nothing, a hold, its appointment."""


@dataclass(frozen=True, slots=True)
class InHand:
    """What the keys of the booking screen act on.

    `place` is the registry's name of what has the focus. `here` says that what is held is under the cursor or chosen,
    `client` that it is known whom it is for. `cell` is the kind of the entry under the grid's cursor, empty for free time.
    """

    place: str
    taken: Taken = ""
    here: bool = True
    client: bool = False
    displaces: bool = False
    handed_off: bool = False
    cell: str = ""
    carried: bool = False
    marked: bool = False


def taken_by(state: OffersState, *, held: bool, confirmed: bool) -> Taken:
    """Return what a call has, by what its offers show."""
    if confirmed or held:
        return "confirmed" if confirmed else "held"
    if state.kind in ("none", "handoff"):
        return "none"
    return "offers" if state.choices else ""


def hints_for(hand: InHand) -> KeyHints:
    """Return the keys that act on what is in hand first, and leave out those that would be refused."""
    if hand.marked:
        return KeyHints(("block_time", "back"), ("book_here", "move", "cancel", "find_client"))
    if hand.carried:
        return KeyHints(("move", "back"), ("book_here", "cancel", "find_client"), ("move",))
    if hand.taken == "confirmed":
        return KeyHints(("end_booked", "undo", "told", "tell_how", "end_call"), ("hold", "search", "extend"))
    if hand.taken == "held":
        return _held(hand)
    return _free(hand)


_NOT_HELD: Final = ("hold", "book_here", "search", "move", "cancel", "find_client")
"""What is for a call that holds nothing yet."""


def _held(hand: InHand) -> KeyHints:
    if not hand.client:
        asked = ("new_client",) if hand.place == "client" else ("find_client", "new_client")
        return KeyHints((*asked, "extend", "release"), _NOT_HELD)
    if hand.here:
        confirm = "book_here" if hand.place == "grid" else "hold"
        return KeyHints((confirm, "extend", "release"), _NOT_HELD, (confirm,))
    entry, left_out = _entry(hand)
    return KeyHints(("confirm", *entry, "release"), ("hold", "search", *left_out), _second(hand))


def _free(hand: InHand) -> KeyHints:
    unsought = ("end_call",) if hand.handed_off else ("override", "hand_off") if hand.displaces else ("hand_off",)
    if hand.place == "grid":
        entry, left_out = _entry(hand)
        if hand.taken == "none":
            return KeyHints((*unsought, "why_not", *entry), left_out, _second(hand))
        book = ("book_here", "why_not", "block_time") if hand.taken else ("book_here", "block_time")
        return KeyHints(entry or book, left_out, _second(hand))
    if hand.place == "ask":
        return KeyHints(("search", "back"), ("hold", "extend"))
    if hand.taken == "none":
        there = ("focus_offers",) if hand.displaces and hand.place == "client" else ()
        return KeyHints((*there, *unsought, "search"), ("hold", "extend"))
    if hand.taken == "offers":
        return KeyHints(("hold", "why_not") if hand.place == "offers" else (), ("extend",))
    return KeyHints((), ("hold", "extend"))


def _entry(hand: InHand) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what can be done with the entry under the cursor, and what is for another kind of it."""
    if hand.place != "grid":
        return (), ("move", "cancel", "book_here")
    if hand.cell == "appointment":
        return ("details", "move", "cancel"), ("book_here",)
    if hand.cell == "block":
        return ("details", "cancel"), ("book_here", "move")
    if hand.cell:
        return ("details",), ("book_here", "move", "cancel")
    return (), ("move", "cancel", *(("book_here",) if hand.taken == "held" else ()))


def _second(hand: InHand) -> tuple[str, ...]:
    return ("cancel",) if hand.cell == "block" else ()


def nothing_fits(key: Callable[[str], str], place: str, *, displaces: bool) -> str:
    """Return what helps where a search finds nothing; `key` returns the key of a command."""
    ways = [f"{key('hand_off')} hands it off"]
    if displaces:
        there = f"{key('focus_offers')} " if place == "client" else ""
        ways.insert(0, f"{there}{key('override')} shows whom to displace")
    else:
        there = "" if place == "grid" else f"{key('focus_grid')} "
        ways.append(f"{there}{key('why_not')} says why not")
    return f"Nothing fits: search more days; {', '.join(ways)}."
