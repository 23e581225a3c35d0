"""What the footer of the booking screen names: what acts on what is in hand, by the word for what it does now."""

import pytest

from agent_tui.tui.booking_keys import InHand, hints_for, nothing_fits
from agent_tui.tui.commands import BY_ID, CHAINS, TYPING, bindings_for, keys_in, readable, types_nothing
from agent_tui.tui.widgets.named_keys import Key, named_keys


def footer(hand: InHand) -> str:
    """Return the footer in words, as bindings and hints make it."""
    keys: dict[str, Key] = {}
    taken: set[str] = set()
    for binding in (binding for place in CHAINS[hand.place] for binding in bindings_for(place)):
        typed = hand.place in TYPING and not types_nothing(binding.key)
        if typed or binding.key in taken:
            continue
        taken.add(binding.key)
        label = BY_ID[binding.id or ""].label
        key = Key(binding.id or "", readable(binding.key), label, binding.action, None, True, binding.show)  # type: ignore[arg-type]
        earlier = keys.setdefault(key.id, key)
        keys[key.id] = earlier._replace(named=earlier.named or key.named)
    return "   ".join(f"{key.key} {key.label}" for key in named_keys(keys, hints_for(hand)))


@pytest.mark.parametrize(
    ("hand", "words"),
    [
        (InHand("form"), "f5 search   f2 diary   f4 claimant   f1 help"),
        (InHand("form", "offers"), "f5 search   f8 hold   f2 diary   f4 claimant   f1 help"),
        (InHand("offers", "offers"), "enter hold   w why not   f2 diary   / claimant   ? help"),
        (InHand("grid", "offers"), "enter book here   w why not   B block   / claimant   ? help"),
        (InHand("grid"), "enter book here   B block   / claimant   ? help"),
        (InHand("grid", "offers", cell="appointment"), "i details   m move   x cancel   / claimant   ? help"),
        (InHand("grid", "offers", cell="block"), "i details   x unblock   / claimant   ? help"),
        (InHand("grid", "offers", cell="hold"), "i details   / claimant   ? help"),
        (InHand("grid", carried=True), "m put down   esc back   ? help"),
        (InHand("grid", marked=True), "B block   esc back   ? help"),
        (InHand("client", "held"), "ctrl+n new claimant   ctrl+l extend   ctrl+r release   ctrl+s save   f1 help"),
        (InHand("offers", "held"), "/ claimant   N new claimant   e extend   r release   ? help"),
        (InHand("form", "held", client=True), "f8 confirm   ctrl+l extend   ctrl+r release   f2 diary   f1 help"),
        (InHand("offers", "held", client=True), "enter confirm   e extend   r release   f2 diary   ? help"),
        (InHand("offers", "held", client=True, here=False), "c confirm   r release   e extend   f2 diary   ? help"),
        (InHand("grid", "held", client=True, cell="hold"), "enter confirm   ctrl+l extend   r release   ? help"),
        (InHand("grid", "held", client=True, here=False), "c confirm   r release   / claimant   ? help"),
        (
            InHand("grid", "held", client=True, here=False, cell="appointment"),
            "c confirm   i details   m move   x cancel   ? help",
        ),
        (InHand("offers", "confirmed"), "1 booked   u undo   L told   M tell how   ? help"),
        (InHand("form", "confirmed"), "ctrl+_ undo   f12 end call   f2 diary   f4 claimant   f1 help"),
        (InHand("form", "none"), "f7 hand off   f5 search   f2 diary   f4 claimant   f1 help"),
        (InHand("form", "none", displaces=True), "shift+f3 override   f7 hand off   f5 search   f2 diary   f1 help"),
        (InHand("offers", "none"), "o hand off   s search   f2 diary   / claimant   ? help"),
        (InHand("offers", "none", displaces=True), "! override   o hand off   s search   f2 diary   ? help"),
        (InHand("ask", "none"), "f5 search   esc back   f4 claimant   f1 help"),
        (InHand("grid", "none"), "o hand off   w why not   enter book here   / claimant   ? help"),
        (InHand("grid", "none", displaces=True), "! override   o hand off   w why not   enter book here   ? help"),
        (InHand("offers", "none", handed_off=True), "f12 end call   s search   f2 diary   / claimant   ? help"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.place,
)
def test_the_footer_names_what_acts_now(hand: InHand, words: str) -> None:
    assert footer(hand) == words
    assert len(words) <= 78


def test_what_helps_where_nothing_fits_is_said_with_the_keys_that_act() -> None:
    def said(place: str, *, displaces: bool = False) -> str:
        return nothing_fits(lambda id: readable((keys_in(BY_ID[id], place) or BY_ID[id].keys)[0]), place, displaces=displaces)

    assert said("form") == "Nothing fits: search more days; f7 hands it off, f2 w says why not."
    assert said("grid") == "Nothing fits: search more days; o hands it off, w says why not."
    assert said("offers", displaces=True) == "Nothing fits: search more days; ! shows whom to displace, o hands it off."
    assert said("form", displaces=True) == ("Nothing fits: search more days; shift+f3 shows whom to displace, f7 hands it off.")


def test_a_second_word_is_as_short_as_the_first() -> None:
    second = {command.id: command.second for command in BY_ID.values() if command.second}
    assert second == {"hold": "confirm", "book_here": "confirm", "move": "put down", "cancel": "unblock"}
