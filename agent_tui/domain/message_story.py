"""Messages in words: how far one is, and what a run of a sender did."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from agent_tui.domain.messages import ASKING, DROPPED, FAILED, PHONE, QUEUED, SENT, TOLD, Message
from agent_tui.domain.sending import DROPPED_WORDS
from agent_tui.domain.wall_time import wall_of

KIND_WORDS: Final = {
    "confirmation": "confirmation",
    "change": "change",
    "cancellation": "cancellation",
    "reminder": "reminder",
    "missed": "did not attend",
    "displaced": "time lost",
    "sooner": "earlier time",
    "ticket": "ticket",
    "coach_note": "note to coach",
}
CHANNEL_WORDS: Final = {
    "sms": "text",
    "email": "e-mail",
    "letter": "letter",
    "phone": "phone",
    "ticket": "service desk",
    "coach": "coach",
}
ERROR_WORDS: Final = {
    "no_address": "no number or address is known for it",
    "templates": "the templates cannot be used",
    "too_long": "it is too long for a text",
    "gone": "what it is about is gone",
    "error": "its sender has a fault",
    "no_sender": "nothing is set up that sends it",
    "folder": "the folder of letters cannot be written to",
    "unreachable": "the provider cannot be reached",
    "no_answer": "the provider gave no answer that can be read",
    "busy": "the provider asks to wait",
    "daily_limit": "the provider's limit of the day is reached",
    "trouble": "the provider has trouble",
    "not_let_in": "the provider does not let this desk in",
    "not_set_up": "the provider is not where the settings say",
    "refused": "the provider refused it",
    "bad_recipient": "the provider does not take the number or address",
    "personal": "it holds a claimant's details",
}
"""What kept a message from being delivered, by code."""


def error_words(code: str | None) -> str:
    """Return what a code of a message means, the code itself where it is a provider's own."""
    return "" if code is None else DROPPED_WORDS.get(code) or ERROR_WORDS.get(code) or code


def status_words(one: Message, zone: str) -> str:
    """Return how far a message is, with when in wall time."""
    if one.status == QUEUED:
        tried = f", tried {one.attempts} times" if one.attempts > 1 else ", tried once" if one.attempts else ""
        why = f": {error_words(one.error)}" if one.error else ""
        return f"waits until {wall_of(one.next_at, zone):%a %d %b %H:%M}{tried}{why}"
    if one.status == ASKING:
        what = "is to be told by phone" if one.channel == PHONE else "asks by which channel"
        return what + (f": {error_words(one.error)}" if one.error else "")
    if one.status == SENT:
        return f"sent {wall_of(one.sent_at or one.next_at, zone):%a %d %b %H:%M}"
    if one.status == TOLD:
        return f"told by phone{f' by {one.told_by}' if one.told_by else ''}"
    if one.status == FAILED:
        return f"failed after {one.attempts} attempts: {error_words(one.error)}"
    return f"dropped: {error_words(one.error)}" if one.status == DROPPED else one.status


def message_line(one: Message, zone: str) -> str:
    """Return a message as a line: kind, channel, whom or what it is about, how far it is, its reference."""
    about = one.client or (one.ticket or one.support_ticket or "")[:8]
    channel = CHANNEL_WORDS.get(one.channel or "", "to be asked")
    return f"{KIND_WORDS[one.kind]:<14} {channel:<12} {about:<9} {status_words(one, zone)}  {one.reference}"


def sent_lines(done: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a run of a sender did as lines; `done` is the answer of the command."""
    known = f" ({done['already']} of them the provider had already)" if done["already"] else ""
    yield f"{done['sent']} sent{known}."
    for name, words in (
        ("again", "to be tried again"),
        ("failed", "given up: agent-tui outbox list --status failed"),
        ("dropped", "dropped, since they were no longer true"),
        ("asking", "that a person has to deal with: agent-tui outbox list --status asking"),
    ):
        if done[name]:
            yield f"{done[name]} {words}."
    for channel, count in done["without"].items():
        yield f"{count} wait for a sender of {CHANNEL_WORDS.get(channel, channel)}."
    for code, text in done["problems"].items():
        yield f"{code}: {text}"
    if done["stopped"]:
        yield "Stopped: the same command goes on with the others."
