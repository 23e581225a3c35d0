"""How a site's messages leave: what its settings say of GOV.UK Notify, of a mail server and of a ticket system.

None of it is a secret: keys and passwords come from elsewhere (outbox/secrets.py), so that settings can be shown.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Final, Literal, cast
from urllib.parse import urlsplit

from agent_tui.domain.messages import EMAIL, KINDS, LETTER, SMS

NOTIFY_URL: Final = "https://api.notifications.service.gov.uk"
SECURITIES: Final = ("starttls", "tls", "none")
LONGEST_WAIT: Final = 300
_TEMPLATE: Final = re.compile(rf"({SMS}|{EMAIL}|{LETTER})(-({'|'.join(KINDS)})(-[a-z]{{2}})?)?", re.ASCII)
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_ADDRESS: Final = re.compile(r"(?:[^<>@\r\n]*<)?([^\s<>@]+@[^\s<>@]+)>?")
_SECRET: Final = re.compile(r"pass|key|token|secret|credential", re.IGNORECASE)
_OWN_MACHINE: Final = ("127.0.0.1", "localhost", "::1")
_OWN_FIELDS: Final = ("project", "summary", "issuetype", "description", "labels")
_NONE: Final[Mapping[str, Any]] = MappingProxyType({})


class DeliveryProblem(ValueError):
    """A part of the settings that cannot be used; the text goes on after the name of the setting."""


@dataclass(frozen=True, slots=True)
class NotifySettings:
    """GOV.UK Notify: `templates` has ids by channel ("sms"), channel and kind ("sms-reminder"), or with a language too.

    `reply_to` is the id of an e-mail address and `sms_sender` that of a sender there, empty for the service's own; `timeout` is
    in seconds.
    """

    templates: Mapping[str, str]
    url: str = NOTIFY_URL
    reply_to: str = ""
    sms_sender: str = ""
    timeout: int = 30


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """A mail server: `sender` is the address from which messages come, with or without a name before it; seconds to wait."""

    host: str
    sender: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    reply_to: str = ""
    timeout: int = 30


@dataclass(frozen=True, slots=True)
class TicketSettings:
    """A ticket system with the API of Jira: the project's key, the type of issue, and other fields that the project wants.

    `user` is the e-mail address with which a token is used in the cloud; empty, the token stands alone. `labels` says whether a
    ticket is marked with its reference, by which a second attempt recognises it.
    """

    url: str
    project: str
    type: str = "Task"
    user: str = ""
    fields: Mapping[str, Any] = field(default_factory=lambda: _NONE)
    labels: bool = True
    timeout: int = 30


@dataclass(frozen=True, slots=True)
class Delivery:
    """All that is set up of the three, None where nothing is; e-mails go by SMTP where there is a server, else by Notify."""

    notify: NotifySettings | None = None
    smtp: SmtpSettings | None = None
    tickets: TicketSettings | None = None


def read_notify(value: object) -> NotifySettings:
    """Return the settings of a table [notify]; raises DeliveryProblem."""
    told = _table(value, NotifySettings, 'templates = { sms = "…", email = "…" }')
    templates = told.get("templates")
    if not isinstance(templates, Mapping) or not templates:
        raise DeliveryProblem('needs templates = { sms = "…", email = "…", letter = "…" } with the ids that Notify shows')
    for name, id in templates.items():
        if not _TEMPLATE.fullmatch(str(name)):
            example = "sms, email-reminder or letter-confirmation-cy"
            raise DeliveryProblem(f"has no use for the template {_shown(name)}; one is called as in {example}")
        if not isinstance(id, str) or not _UUID.fullmatch(id):
            raise DeliveryProblem(f"needs a template's id of the form of a UUID for {name}")
    ids = ("reply_to", "sms_sender")
    for name in ids:
        if told.get(name) and not _UUID.fullmatch(str(told[name])):
            raise DeliveryProblem(f"needs an id of the form of a UUID for {name}")
    checked: dict[str, Any] = {"templates": MappingProxyType(dict(templates)), **{name: told.get(name, "") for name in ids}}
    return NotifySettings(**checked, url=_url(told, NOTIFY_URL), timeout=_whole(told, "timeout", 30, LONGEST_WAIT))


def read_smtp(value: object) -> SmtpSettings:
    """Return the settings of a table [smtp]; raises DeliveryProblem."""
    told = _table(value, SmtpSettings, 'host = "mail.example.org" and sender = "desk@example.org"')
    security = _text(told, "security", "starttls")
    if security not in SECURITIES:
        raise DeliveryProblem(f"takes one of {', '.join(SECURITIES)} as security, not {_shown(security)}")
    host, sender, reply_to = _text(told, "host"), _text(told, "sender"), _text(told, "reply_to", "")
    if not re.fullmatch(r"[A-Za-z0-9.:_-]+", host, re.ASCII):
        raise DeliveryProblem("needs the name of a mail server as host, such as mail.example.org")
    for name, address in (("sender", sender), ("reply_to", reply_to)):
        if address and not _ADDRESS.fullmatch(address):
            raise DeliveryProblem(f"needs an e-mail address as {name}, such as Booking desk <desk@example.org>")
    user = _text(told, "user", "")
    if user and security == "none" and host not in _OWN_MACHINE:
        raise DeliveryProblem("sends no password over a line that is not encrypted; let security be starttls or tls")
    port = _whole(told, "port", {"tls": 465, "none": 25}.get(security, 587), 65_535)
    kind = cast("Literal['starttls', 'tls', 'none']", security)
    return SmtpSettings(host, sender, port, kind, user, reply_to, _whole(told, "timeout", 30, LONGEST_WAIT))


def read_tickets(value: object) -> TicketSettings:
    """Return the settings of a table [tickets]; raises DeliveryProblem."""
    told = _table(value, TicketSettings, 'url = "https://jira.example.org" and project = "DESK"')
    project = _text(told, "project")
    if not re.fullmatch(r"[A-Z][A-Z0-9_]{1,30}", project, re.ASCII):
        raise DeliveryProblem("needs the key of a project, such as DESK, as project")
    fields = told.get("fields", _NONE)
    if not isinstance(fields, Mapping):
        raise DeliveryProblem('needs a table as fields, such as fields = { priority = { name = "High" } }')
    taken = next((name for name in fields if name in _OWN_FIELDS), None)
    if taken is not None:
        raise DeliveryProblem(f"fills the field {taken} itself; leave it out of fields")
    labels = told.get("labels", True)
    if not isinstance(labels, bool):
        raise DeliveryProblem("takes true or false as labels")
    return TicketSettings(
        url=_url(told, None),
        project=project,
        type=_text(told, "type", "Task"),
        user=_text(told, "user", ""),
        fields=MappingProxyType(dict(fields)),
        labels=labels,
        timeout=_whole(told, "timeout", 30, LONGEST_WAIT),
    )


READERS: Final[Mapping[str, Callable[[object], object]]] = MappingProxyType(
    {"notify": read_notify, "smtp": read_smtp, "tickets": read_tickets}
)
"""What reads each table of the settings file."""


def address_in(text: str) -> str:
    """Return the bare e-mail address of "Name <name@place>" or of an address alone."""
    found = _ADDRESS.fullmatch(text)
    return text if found is None else found[1]


def _table(value: object, kind: type[Any], example: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise DeliveryProblem(f"needs a table of its own with lines such as {example}")
    known = tuple(kind.__dataclass_fields__)
    for name in value:
        if name not in known and _SECRET.search(str(name)):
            raise DeliveryProblem(f"holds no secret: {_shown(name)} belongs into the environment or into the file of secrets")
        if name not in known:
            close = get_close_matches(str(name)[:60], known, n=1)
            hint = f"did you mean {close[0]}?" if close else f"it takes {', '.join(known)}"
            raise DeliveryProblem(f"has no use for {_shown(name)}; {hint}")
    return value


def _text(told: Mapping[str, Any], name: str, default: str | None = None) -> str:
    found = told.get(name, default)
    if not isinstance(found, str) or not found.isprintable() or (default is None and not found.strip()):
        raise DeliveryProblem(f"needs a text in quotes as {name}")
    return found.strip()


def _whole(told: Mapping[str, Any], name: str, default: int, most: int) -> int:
    found = told.get(name, default)
    if not isinstance(found, int) or isinstance(found, bool) or not 1 <= found <= most:
        raise DeliveryProblem(f"needs a whole number from 1 to {most} as {name}")
    return found


def _url(told: Mapping[str, Any], default: str | None) -> str:
    found = _text(told, "url", default)
    try:
        parts = urlsplit(found)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if not host or port == 0 or parts.scheme not in ("https", "http") or parts.query or parts.fragment:
        raise DeliveryProblem("needs an address such as https://jira.example.org as url")
    if parts.username or parts.password:
        raise DeliveryProblem("holds no login and no password in its url")
    if parts.scheme == "http" and host not in _OWN_MACHINE:
        raise DeliveryProblem("sends nothing over a line that is not encrypted; let its url begin with https")
    return found.rstrip("/")


def _shown(value: object) -> str:
    text = "".join(character if character.isprintable() else "?" for character in str(value))
    return f"'{text[:40]}…'" if len(text) > 40 else f"'{text}'"
