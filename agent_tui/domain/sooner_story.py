"""What the story of an appointment says of the waiting list: asked for sooner, offered, taken, declined, removed."""

from collections.abc import Iterable, Mapping

from agent_tui.domain.log import Event, State
from agent_tui.domain.sooner import ADDED_VERB, BACK_VERB, LEFT_VERB, OFFERED_VERB, TAKEN, SoonerWish, part_text, wish_from
from agent_tui.domain.story import StoryLine, Words, by_words, status_words, where_when
from agent_tui.domain.wall_time import short_date

_PARTS: Mapping[str, str] = {"am": "in the morning", "pm": "in the afternoon"}


def waiting_lines(events: Iterable[Event], offers: Mapping[str, State], words: Words) -> tuple[StoryLine, ...]:
    """Return a story's lines about the waiting list, in the order of the log's lines.

    `events` are the lines about an appointment's place and about the holds that were offered to its claimant, `offers` the
    holds' states by id. What an offer's hold says of itself beside its end is left out.
    """
    found = []
    for one in events:
        text = _hold_sentence(one, offers, words) if one.entry is not None else _place_sentence(one, offers, words)
        if text:
            found.append(StoryLine(one.seq, one.at, one.who, one.verb, text))
    return tuple(found)


def _place_sentence(event: Event, offers: Mapping[str, State], words: Words) -> str:
    by, after = by_words(event, words), event.after or {}
    if event.verb == ADDED_VERB:
        return f"Asked for sooner, noted {by}: {limits_words(wish_from(after.get('wanted') or {}), words.coaches)}."
    if event.verb == OFFERED_VERB:
        return f"Offered an earlier time, held for the claimant {by}: {_offer(after.get('hold'), offers, words, event)}."
    if event.verb == BACK_VERB:
        return f"On the waiting list for sooner again {by}, as before."
    if event.verb != LEFT_VERB:
        return ""
    if event.reason is None:
        return f"Taken off the waiting list for sooner {by}."
    if event.reason == TAKEN:
        return f"The earlier time was taken, noted {by}; the claimant waits no more."
    return f"Off the waiting list for sooner {by}, since the appointment is {status_words(event.reason)}."


def _hold_sentence(event: Event, offers: Mapping[str, State], words: Words) -> str:
    by, what = by_words(event, words), _offer(event.entry, offers, words, event)
    if event.verb == "lapsed":
        return f"The offer of {what} ended without an answer; that its hold had lapsed was met {by}."
    if event.verb != "released" or event.reason == "moved":
        return ""
    if event.reason == "declined":
        return f"The earlier time was declined, noted {by}: {what}."
    if event.reason == "no_answer":
        return f"The claimant was not reached about the earlier time, noted {by}: {what}."
    return f"The offer of {what} was taken back {by}."


def _offer(hold: str | None, offers: Mapping[str, State], words: Words, event: Event) -> str:
    state = offers.get(hold or "")
    return "a time" if state is None else where_when(state, words, event)


def limits_words(wish: SoonerWish, coaches: Mapping[str, str]) -> str:
    """Return the limits of a wish in words, "anything earlier" where there are none; `coaches` are names by diary."""
    part = part_text(wish.window)
    parts = [
        f"until {short_date(wish.until)}" if wish.until else "",
        (_PARTS.get(part) or f"between {part.replace('-', ' and ')}") if part else "",
        f"with {coaches.get(wish.diary, wish.diary)}" if wish.diary else "",
        f"in team {wish.team}" if wish.team else "",
    ]
    return ", ".join(["anything earlier", *(one for one in parts if one)])
