"""The senders that a site has set up, by channel, and in a sentence what keeps the others from being there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Protocol

from agent_tui.domain.delivery import Delivery, NotifySettings, SmtpSettings, TicketSettings
from agent_tui.domain.messages import COACH, EMAIL, LETTER, SENT_BY, SERVICE_DESK, SMS, Sender
from agent_tui.outbox.secrets import Secrets, SecretsProblem

_NOTHING: Final[Mapping[str, str]] = {
    SMS: "Texts need [notify] with a template for sms in the settings.",
    EMAIL: "E-mails need [smtp], or [notify] with a template for email, in the settings.",
    LETTER: "Letters that are posted need [notify] with a template for letter in the settings; others are printed here.",
    SERVICE_DESK: "Tickets to the service desk need [tickets] in the settings.",
    COACH: "Notes to work coaches need [smtp], or [notify] with a template for email, in the settings.",
}


class _NotInstalled(Exception):
    """An extra that a channel needs; the message is a sentence that names it."""


class ClosingSender(Sender, Protocol):
    """A sender that keeps a connection."""

    def close(self) -> None:
        """Let go of this thread's connection."""


@dataclass(frozen=True, slots=True)
class Senders:
    """What delivers each channel, and for each of the others the sentence why nothing does; closed at the end of a `with`."""

    by_channel: Mapping[str, ClosingSender]
    missing: Mapping[str, str]

    def __enter__(self) -> "Senders":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None) -> None:
        for sender in {id(one): one for one in self.by_channel.values()}.values():
            sender.close()


def senders_of(delivery: Delivery, secrets: Secrets) -> Senders:
    """Return the senders of what is set up; what cannot be used (no secret, no extra) is a sentence of its channels."""
    by_channel: dict[str, ClosingSender] = {}
    missing = dict(_NOTHING)

    def take(channels: tuple[str, ...], make: Callable[[], ClosingSender]) -> None:
        wanted = [channel for channel in channels if channel not in by_channel]
        try:
            sender = make() if wanted else None
        except (SecretsProblem, _NotInstalled) as problem:
            missing.update(dict.fromkeys(wanted, str(problem)))
            return
        for channel in wanted:
            assert sender is not None
            by_channel[channel] = sender
            missing.pop(channel)

    if delivery.smtp is not None:
        smtp = delivery.smtp
        take((EMAIL, COACH), lambda: _smtp(smtp, secrets))
    if delivery.notify is not None:
        notify = delivery.notify
        take(_channels(notify), lambda: _notify(notify, secrets))
    if delivery.tickets is not None:
        tickets = delivery.tickets
        take((SERVICE_DESK,), lambda: _tickets(tickets, secrets))
    return Senders({one: by_channel[one] for one in SENT_BY if one in by_channel}, missing)


def _channels(settings: NotifySettings) -> tuple[str, ...]:
    named = {name.partition("-")[0] for name in settings.templates}
    return (*(one for one in (SMS, EMAIL, LETTER) if one in named), *((COACH,) if EMAIL in named else ()))


def _smtp(settings: SmtpSettings, secrets: Secrets) -> ClosingSender:
    from agent_tui.outbox.smtp import SmtpSender

    return SmtpSender(settings, secrets.need("smtp_password", "The mail server's user") if settings.user else None)


def _notify(settings: NotifySettings, secrets: Secrets) -> ClosingSender:
    from agent_tui.outbox.notify import PROVIDER, NotifySender

    try:
        return NotifySender(settings, secrets.need("notify_key", PROVIDER))
    except ImportError:
        raise _NotInstalled(_extra(PROVIDER, "notify")) from None


def _tickets(settings: TicketSettings, secrets: Secrets) -> ClosingSender:
    from agent_tui.outbox.tickets import PROVIDER, TicketSender

    try:
        return TicketSender(settings, secrets.need("ticket_token", PROVIDER))
    except ImportError:
        raise _NotInstalled(_extra(PROVIDER, "jira")) from None


def _extra(what: str, extra: str) -> str:
    return f"{what} needs a part that is not installed: pip install 'agent-tui[{extra}]'."
