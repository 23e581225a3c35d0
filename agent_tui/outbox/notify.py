"""Text messages, e-mails and letters by GOV.UK Notify (the extra `notify`)."""

import re
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Final

from agent_tui.domain.delivery import NotifySettings
from agent_tui.domain.messages import COACH, EMAIL, LETTER, SMS, Delivered, Outcome, Outgoing, Undelivered
from agent_tui.outbox.answers import (
    BAD_RECIPIENT,
    DAILY_LIMIT,
    NOT_ARRIVED,
    NOT_SET_UP,
    SET_UP_WAIT,
    keep_quiet,
    no_answer,
    of_status,
    unreachable,
)
from agent_tui.outbox.secrets import Secret, SecretsProblem

PROVIDER: Final = "GOV.UK Notify"
DAILY_WAIT: Final = 3_600
ADDRESS_LINES: Final = 7
_KEY: Final = re.compile(r".*[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_KINDS: Final[Mapping[str, str]] = {SMS: SMS, EMAIL: EMAIL, COACH: EMAIL, LETTER: LETTER}
_FAILED_FOR_NOW: Final = ("temporary-failure", "technical-failure")
_FAILED: Final = ("permanent-failure", "validation-failed", "virus-scan-failed", "cancelled")
"""Statuses of a message at Notify. Source: domain/facts.md section 6."""
_ASKED_FOR: Final = ["permanent-failure", *_FAILED_FOR_NOW]
MOST_PAGES: Final = 4
"""Pages of failures that are read at once, 250 messages each; what failed is kept there for seven days."""


class NotifySender:
    """Sends by GOV.UK Notify; threads may share one sender, each with a connection of its own."""

    def __init__(self, settings: NotifySettings, key: Secret) -> None:
        """Take the site's settings and its key; SecretsProblem for a key that is none, ImportError without the extra."""
        from notifications_python_client import errors, notifications

        if not _KEY.fullmatch(key.reveal()):
            raise SecretsProblem(f"The key of {PROVIDER} is not of the form name-service-secret that it shows once.")
        keep_quiet()
        self._settings = settings
        self._key = key
        self._client_class: Any = notifications.NotificationsAPIClient
        self._error = errors.APIError
        self._own = threading.local()

    def __repr__(self) -> str:
        return f"NotifySender({self._settings.url!r})"

    def send(self, outgoing: Outgoing) -> Outcome:
        """Hand one message to Notify; above the first attempt it is asked first whether it has the reference already."""
        template = self._template(outgoing)
        if template is None:
            text = f"The settings name no template of {PROVIDER} for {_KINDS[outgoing.channel]} messages."
            return Undelivered(NOT_SET_UP, text, again=True, after=SET_UP_WAIT)
        try:
            known = self._known(outgoing) if outgoing.attempt > 1 else None
            return known or self._post(outgoing, template)
        except self._error as error:
            return self._outcome(error)

    def undelivered(self) -> Sequence[tuple[str, str, Undelivered]]:
        """Return what Notify took and could not deliver, as reference, its id there and why; nothing where it does not answer.

        One request, of the failures alone, as a rule: a further page is only asked for where one is full.
        """
        found: list[tuple[str, str, Undelivered]] = []
        older: str | None = None
        try:
            for _page in range(MOST_PAGES):
                answer = self._client().get_all_notifications(status=_ASKED_FOR, older_than=older)
                page = answer.get("notifications") if isinstance(answer, dict) else None
                if not page:
                    break
                found += [(str(one["reference"]), str(one["id"]), _not_arrived(one)) for one in page if one.get("reference")]
                if not answer.get("links", {}).get("next"):
                    break
                older = str(page[-1]["id"])
        except (self._error, KeyError, TypeError, AttributeError):
            return found  # asked again by the next run
        return found

    def close(self) -> None:
        """Let go of this thread's connection."""
        client = getattr(self._own, "client", None)
        if client is not None:
            client.request_session.close()
            del self._own.client

    def _client(self) -> Any:
        if not hasattr(self._own, "client"):
            key, url = self._key.reveal(), self._settings.url
            self._own.client = self._client_class(key, base_url=url, timeout=self._settings.timeout)
        return self._own.client

    def _template(self, outgoing: Outgoing) -> str | None:
        """Return the id of the most particular template; one without a language stands only for English."""
        channel, language = _KINDS[outgoing.channel], outgoing.fields.get("language", "en")
        names = [f"{channel}-{outgoing.kind}-{language}", channel]
        if language == "en":
            names.insert(1, f"{channel}-{outgoing.kind}")
        return next((self._settings.templates[name] for name in names if name in self._settings.templates), None)

    def _known(self, outgoing: Outgoing) -> Outcome | None:
        """Return what became of a message that Notify has under its reference, None where it has none or it is to go again."""
        answer = self._client().get_all_notifications(reference=outgoing.reference)
        if not isinstance(answer, dict) or "notifications" not in answer:
            return no_answer(PROVIDER)
        if not answer["notifications"]:
            return None
        latest = answer["notifications"][0]
        if latest.get("status") in _FAILED:
            # To another number or address, which somebody has mended meanwhile, it goes again.
            return _not_arrived(latest) if _recipient(latest) == outgoing.to else None
        return None if latest.get("status") in _FAILED_FOR_NOW else Delivered(_id(latest), already=True)

    def _post(self, outgoing: Outgoing, template: str) -> Outcome:
        client, said = self._client(), self._said(outgoing)
        what: dict[str, Any] = {"template_id": template, "personalisation": said, "reference": outgoing.reference}
        if _KINDS[outgoing.channel] == SMS:
            answer = client.send_sms_notification(outgoing.to, sms_sender_id=self._settings.sms_sender or None, **what)
        elif _KINDS[outgoing.channel] == EMAIL:
            reply_to = self._settings.reply_to or None
            answer = client.send_email_notification(outgoing.to, email_reply_to_id=reply_to, **what)
        else:
            answer = client.send_letter_notification(**what)
        return Delivered(_id(answer)) if isinstance(answer, dict) else no_answer(PROVIDER)

    def _said(self, outgoing: Outgoing) -> dict[str, str]:
        said = {**outgoing.fields, "subject": outgoing.subject, "body": outgoing.body}
        if outgoing.channel == LETTER:
            lines = [line.strip() for line in outgoing.to.splitlines() if line.strip()]
            if len(lines) > ADDRESS_LINES:
                lines[ADDRESS_LINES - 2 : -1] = [", ".join(lines[ADDRESS_LINES - 2 : -1])]
            said |= {f"address_line_{number}": line for number, line in enumerate(lines, start=1)}
        return said

    def _outcome(self, error: Any) -> Undelivered:
        response = error.response
        if response is None:
            return unreachable(PROVIDER)
        names = _names(error)
        if "TooManyRequestsError" in names:
            text = f"{PROVIDER} takes no more messages today: its daily limit is reached."
            return Undelivered(DAILY_LIMIT, text, again=True, after=DAILY_WAIT)
        if response.status_code == 400 and "ValidationError" in names:
            text = f"{PROVIDER} does not take the number or address, or a part of the message."
            return Undelivered(BAD_RECIPIENT, text, again=False)
        return of_status(PROVIDER, response.status_code, response.headers.get("Retry-After"))


def _names(error: Any) -> set[str]:
    said = error.message
    return {str(one.get("error")) for one in said if isinstance(one, dict)} if isinstance(said, list) else set()


def _not_arrived(one: Mapping[str, Any]) -> Undelivered:
    if one.get("status") in _FAILED_FOR_NOW:
        return Undelivered(NOT_ARRIVED, f"{PROVIDER} could not deliver a message for now: it goes again later.", again=True)
    text = f"{PROVIDER} could not deliver the message: the number or address takes none."
    return Undelivered(BAD_RECIPIENT, text, again=False)


def _recipient(one: Mapping[str, Any]) -> str | None:
    return one.get("phone_number") or one.get("email_address") or None


def _id(answer: Mapping[str, Any]) -> str | None:
    return str(answer["id"]) if answer.get("id") else None
