"""Tickets to the service desk by the API of Jira (the extra `jira`): staff data only, and one request for each."""

import re
import threading
from typing import Any, Final

from agent_tui.domain.cleaning import clean, clean_lines
from agent_tui.domain.clients import holds_reference, names_client
from agent_tui.domain.delivery import TicketSettings
from agent_tui.domain.messages import Delivered, Outcome, Outgoing, Undelivered
from agent_tui.outbox.answers import PERSONAL, keep_quiet, no_answer, of_status, unreachable
from agent_tui.outbox.secrets import Secret

PROVIDER: Final = "The ticket system"
LONGEST_SUMMARY, LONGEST_DESCRIPTION = 255, 30_000
_NO_LABEL: Final = re.compile(r"[^A-Za-z0-9._-]+")


class TicketSender:
    """Makes tickets in one project; threads may share one sender, each with a connection of its own."""

    def __init__(self, settings: TicketSettings, token: Secret) -> None:
        """Take the site's settings and its token; ImportError without the extra."""
        import jira
        import requests

        keep_quiet()
        self._settings = settings
        self._token = token
        self._client_class = jira.JIRA
        self._error = jira.JIRAError
        self._broken = requests.RequestException
        self._own = threading.local()

    def __repr__(self) -> str:
        return f"TicketSender({self._settings.url!r})"

    def send(self, outgoing: Outgoing) -> Outcome:
        """Make one ticket; above the first attempt one that is marked with the reference is looked for first."""
        if holds_claimant(f"{outgoing.subject}\n{outgoing.body}"):
            text = "A ticket holds no claimant's number or reference, so it was not sent."
            return Undelivered(PERSONAL, text, again=False)
        try:
            known = self._known(outgoing.reference) if outgoing.attempt > 1 and self._settings.labels else None
            return known or self._make(outgoing)
        except self._error as error:
            response = error.response
            if response is None or error.status_code is None:
                return no_answer(PROVIDER)
            return of_status(PROVIDER, error.status_code, response.headers.get("Retry-After"))
        except (ValueError, KeyError, TypeError):
            return no_answer(PROVIDER)  # what came is no answer of this API
        except self._broken:
            return unreachable(PROVIDER)

    def close(self) -> None:
        """Let go of this thread's connection."""
        client = getattr(self._own, "client", None)
        if client is not None:
            client.close()
            del self._own.client

    def _client(self) -> Any:
        if not hasattr(self._own, "client"):
            told, token = self._settings, self._token.reveal()
            login = {"basic_auth": (told.user, token)} if told.user else {"token_auth": token}
            # The library would retry by itself, and ask the server what it is, and a mirror for a newer release of itself.
            made = self._client_class(
                told.url,
                get_server_info=False,
                max_retries=0,
                timeout=told.timeout,
                logging=False,
                **login,
            )
            made.deploymentType = "Cloud" if told.user else "Server"
            self._own.client = made
        return self._own.client

    def _known(self, reference: str) -> Delivered | None:
        told = self._settings
        wanted = f'project = "{told.project}" AND labels = "{_label(reference)}"'
        found = self._client().search_issues(wanted, maxResults=1, fields=["key"], json_result=True)
        return Delivered(str(found["issues"][0]["key"]), already=True) if found["issues"] else None

    def _make(self, outgoing: Outgoing) -> Outcome:
        told = self._settings
        fields: dict[str, Any] = {
            **told.fields,
            # As tables: for a bare word the library would ask the server first.
            "project": {"key": told.project},
            "issuetype": {"name": told.type},
            "summary": clean(outgoing.subject, limit=LONGEST_SUMMARY),
            "description": clean_lines(outgoing.body, limit=LONGEST_DESCRIPTION),
        }
        if told.labels:
            fields["labels"] = [_label(outgoing.reference)]
        return Delivered(str(self._client().create_issue(fields=fields, prefetch=False).key))


def holds_claimant(text: str) -> bool:
    """Return whether a ticket's text has a claimant's opaque id, a national reference or a phone number in it."""
    from phonenumbers import PhoneNumberMatcher

    return names_client(text) or holds_reference(text) or PhoneNumberMatcher(text, "GB").has_next()


def _label(reference: str) -> str:
    return _NO_LABEL.sub("-", f"agent-tui-{reference}")[:LONGEST_SUMMARY]
