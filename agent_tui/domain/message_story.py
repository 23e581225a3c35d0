"""Messages in words: how far one is, and what a run of a sender did."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from agent_tui.domain.messages import ASKING, DROPPED, FAILED, PHONE, QUEUED, SENT, TOLD, UNTOLD, Message
from agent_tui.domain.sending import DROPPED_WORDS
from agent_tui.domain.ticks import clock
from agent_tui.domain.wall_time import short_date, short_date_of, short_day, short_moment, wall_of

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
    "not_arrived": "the provider took it and could not deliver it",
    "bad_recipient": "the provider does not take the number or address",
    "personal": "it holds a claimant's details",
}
"""What kept a message from being delivered, by code."""


VIEWS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "waiting": ("Waiting: to be sent, asked, told, or failed", UNTOLD),
    "failed": ("Failed: given up until somebody sends them again", (FAILED,)),
    "asking": ("For somebody: to be told by phone, or asked how", (ASKING,)),
    "sent": ("Sent, or told by phone", (SENT, TOLD)),
    "dropped": ("Dropped: no longer true when they would have gone", (DROPPED,)),
}
"""The lists of messages, each with its title and the statuses in it."""


def error_words(code: str | None) -> str:
    """Return what a code of a message means, the code itself where it is a provider's own."""
    return "" if code is None else DROPPED_WORDS.get(code) or ERROR_WORDS.get(code) or code


def status_words(one: Message, zone: str) -> str:
    """Return how far a message is, with when in wall time."""
    if one.status == QUEUED:
        tried = f", tried {one.attempts} times" if one.attempts > 1 else ", tried once" if one.attempts else ""
        why = f": {error_words(one.error)}" if one.error else ""
        return f"waits until {_moment(one.next_at, zone)}{tried}{why}"
    if one.status == ASKING:
        what = "is to be told by phone" if one.channel == PHONE else "asks by which channel"
        return what + (f": {error_words(one.error)}" if one.error else "")
    if one.status == SENT:
        return f"sent {_moment(one.sent_at or one.next_at, zone)}"
    if one.status == TOLD:
        return f"told by phone{f' by {one.told_by}' if one.told_by else ''}"
    if one.status == FAILED:
        return f"failed after {one.attempts} attempts: {error_words(one.error)}"
    return f"dropped: {error_words(one.error)}" if one.status == DROPPED else one.status


def _moment(instant: int, zone: str) -> str:
    """Return an instant (ms UTC) as a day and a time of the site."""
    return short_moment(wall_of(instant, zone))


def message_line(one: Message, zone: str) -> str:
    """Return a message as a line: whom or what it is about, kind, channel, how far it is, its reference."""
    about = one.client or (one.ticket or one.support_ticket or "")[:8]
    channel = CHANNEL_WORDS.get(one.channel or "", "to be asked")
    return f"{about:<8} {when_words(one):<16} {KIND_WORDS[one.kind]:<14} {channel:<12} {status_words(one, zone)}  {one.reference}"


def when_words(one: Message) -> str:
    """Return the day and time of the appointment that a message is about, empty where it is about none."""
    return "" if one.on is None or one.start is None else f"{short_day(date.fromisoformat(one.on))} {clock(one.start)}"


def outbox_line(one: Message, zone: str, flag: str) -> str:
    """Return a message as a line of a list on a screen; what waits for somebody has a sign."""
    sign = flag if one.status in (ASKING, FAILED) else " "
    about = one.client or (one.ticket or one.support_ticket or "")[:8]
    channel = CHANNEL_WORDS.get(one.channel or "", "?")
    return f"{sign} {about:<9}{when_words(one):<17}{KIND_WORDS[one.kind]:<15}{channel:<13}{status_words(one, zone)}"


def known_lines(one: Message, zone: str) -> Iterator[str]:
    """Yield what is known of a message: how far it is, by which channel, how often it was tried; no words of it."""
    yield f"{KIND_WORDS[one.kind].capitalize()}: {status_words(one, zone)}"
    yield ""
    if one.client is not None:
        yield f"Claimant {one.client}, appointment of {when_words(one)}"
    by = CHANNEL_WORDS.get(one.channel or "", "a channel that is to be asked")
    yield f"By {by}{' in Welsh' if one.language == 'cy' else ''}"
    yield f"Owed since {_moment(one.made_at, zone)}"
    if one.rule is not None:
        when = f"{one.rule} days before" if one.rule else "on the day"
        yield f"Reminder of {short_date_of(one.day or '')}, {when}"
    if one.attempts:
        yield f"Tried {one.attempts} times" if one.attempts > 1 else "Tried once"
    if one.template is not None:
        yield f"Template {one.template}"
    if one.provider_id is not None:
        yield f"The provider's id {one.provider_id}"
    yield f"Reference {one.reference}"


def reminded_lines(done: Any) -> Iterator[str]:
    """Yield the reminders that are due, the earliest appointment first, and how many are not sent."""
    for one in done.items:
        when = f"{short_date(one.day)} {clock(one.start)}"
        yield f"{when}  {KIND_WORDS[one.kind]:<12} {CHANNEL_WORDS.get(one.channel or '', 'to be asked'):<12} {one.client}"
    yield f"{len(done.items)} reminder{'' if len(done.items) == 1 else 's'} {'queued' if done.queued else 'due'}."
    if done.too_late:
        yield f"{done.too_late} not reminded: a letter would come too late."
    if done.without:
        yield f"{done.without} not reminded: no channel is known, or they are told by phone only."


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
