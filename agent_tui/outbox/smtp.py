"""E-mails by a mail server (SMTP), with the appointment as a part that a calendar takes in."""

import smtplib
import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from typing import Final

from agent_tui.domain.cleaning import clean, clean_lines
from agent_tui.domain.delivery import SmtpSettings, address_in
from agent_tui.domain.messages import Delivered, Outcome, Outgoing, Undelivered
from agent_tui.outbox.answers import (
    BAD_RECIPIENT,
    NOT_LET_IN,
    NOT_SET_UP,
    REFUSED,
    SET_UP_WAIT,
    TROUBLE,
    no_answer,
    unreachable,
)
from agent_tui.outbox.invitation import method_of, write_invitation
from agent_tui.outbox.secrets import Secret

PROVIDER: Final = "The mail server"
LONGEST_SUBJECT, LONGEST_BODY = 200, 100_000


def _utc_now() -> datetime:
    return datetime.now(UTC)


class SmtpSender:
    """Sends by one mail server; threads may share one sender, each with a connection of its own, which is used again."""

    def __init__(self, settings: SmtpSettings, password: Secret | None = None, clock: Callable[[], datetime] = _utc_now) -> None:
        """Take the site's settings, the password of its user, if it has one, and what tells the time, UTC."""
        self._settings = settings
        self._password = password
        self._clock = clock
        self._own = threading.local()

    def __repr__(self) -> str:
        return f"SmtpSender({self._settings.host!r})"

    def send(self, outgoing: Outgoing) -> Outcome:
        """Hand one e-mail to the server. It cannot be asked what it has: a second attempt bears the same Message-ID."""
        try:
            message = compose(outgoing, self._settings, self._clock())
        except (ValueError, IndexError, MessageError):  # IndexError is the parser's own for an empty address
            text = "The e-mail address is none that a mail server takes."
            return Undelivered(BAD_RECIPIENT, text, again=False)
        connection: smtplib.SMTP | None = None
        try:
            connection = self._connection()
            connection.send_message(message, address_in(self._settings.sender), [outgoing.to])
        except ssl.SSLError:
            return self._failed(
                Undelivered(NOT_SET_UP, f"{PROVIDER} has no certificate that this computer trusts.", True, SET_UP_WAIT)
            )
        except smtplib.SMTPServerDisconnected:
            return self._failed(unreachable(PROVIDER) if connection is None else no_answer(PROVIDER))
        except (smtplib.SMTPException, OSError) as error:
            return self._failed(outcome_of(error))
        return Delivered(str(message["Message-ID"]))

    def close(self) -> None:
        """Take leave of the server on this thread's connection."""
        connection = getattr(self._own, "connection", None)
        if connection is not None:
            del self._own.connection
            try:
                connection.quit()
            except (smtplib.SMTPException, OSError):
                connection.close()

    def _failed(self, outcome: Undelivered) -> Undelivered:
        self.close()
        return outcome

    def _connection(self) -> smtplib.SMTP:
        kept: smtplib.SMTP | None = getattr(self._own, "connection", None)
        if kept is not None:
            try:
                if kept.noop()[0] == 250:
                    return kept
            except (smtplib.SMTPException, OSError):
                pass
            self.close()
        made = self._connect()
        self._own.connection = made
        return made

    def _connect(self) -> smtplib.SMTP:
        told = self._settings
        if told.security == "tls":
            made: smtplib.SMTP = smtplib.SMTP_SSL(
                told.host, told.port, timeout=told.timeout, context=ssl.create_default_context()
            )
        else:
            made = smtplib.SMTP(told.host, told.port, timeout=told.timeout)
        try:
            if told.security == "starttls":
                made.starttls(context=ssl.create_default_context())
            if told.user and self._password is not None:
                made.login(told.user, self._password.reveal())
        except BaseException:
            made.close()
            raise
        return made


def compose(outgoing: Outgoing, settings: SmtpSettings, at: datetime) -> EmailMessage:
    """Return a message as an e-mail: text, HTML beside it where there is one, and the calendar part.

    The Message-ID is made of the reference alone and so the same at each attempt. ValueError for an address that is none.
    """
    recipient = Address(addr_spec=outgoing.to)
    own = address_in(settings.sender)
    message = EmailMessage(policy=SMTP)
    message["From"] = settings.sender
    message["To"] = recipient
    if settings.reply_to:
        message["Reply-To"] = settings.reply_to
    message["Subject"] = clean(outgoing.subject, limit=LONGEST_SUBJECT)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{sha256(outgoing.reference.encode()).hexdigest()[:40]}@{own.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # no absence notice answers it (RFC 3834)
    message.set_content(clean_lines(outgoing.body, limit=LONGEST_BODY))
    if outgoing.html:
        message.add_alternative(outgoing.html, subtype="html")
    if outgoing.calendar is not None:
        text = write_invitation(outgoing.calendar, own, outgoing.to, at)
        message.add_alternative(text, subtype="calendar", params={"method": method_of(outgoing.calendar)})
    return message


def outcome_of(error: Exception) -> Undelivered:
    """Return what an error of the conversation means, by its class and the server's three digits."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _set_up(NOT_LET_IN, "does not take the user and the password of the settings")
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return _set_up(NOT_SET_UP, "does not offer what the settings ask for (security, user)")
    if isinstance(error, smtplib.SMTPSenderRefused) and error.smtp_code >= 500:
        return _set_up(NOT_SET_UP, "does not take the sender of the settings")
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max((code for code, _ in error.recipients.values()), default=500)
        if code >= 500:
            return Undelivered(BAD_RECIPIENT, f"{PROVIDER} does not take the e-mail address ({code}).", again=False)
        return Undelivered(TROUBLE, f"{PROVIDER} asks to try again ({code}).", again=True)
    if isinstance(error, smtplib.SMTPResponseException):
        code = error.smtp_code
        if code >= 500:
            return Undelivered(REFUSED, f"{PROVIDER} refused the message ({code}).", again=False)
        return (
            unreachable(PROVIDER) if code < 400 else Undelivered(TROUBLE, f"{PROVIDER} asks to try again ({code}).", again=True)
        )
    return unreachable(PROVIDER)


def _set_up(code: str, what: str) -> Undelivered:
    return Undelivered(code, f"{PROVIDER} {what}.", again=True, after=SET_UP_WAIT)
