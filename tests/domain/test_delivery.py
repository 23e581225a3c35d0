"""What settings may say of the ways in which messages leave, and that no secret may stand among them."""

from typing import Any

import pytest

from agent_tui.domain.delivery import NOTIFY_URL, READERS, DeliveryProblem, address_in, read_notify, read_smtp, read_tickets

ID = "00000000-0000-4000-8000-000000000001"


def test_what_is_left_out_has_its_usual_value() -> None:
    notify = read_notify({"templates": {"sms": ID, "email-reminder": ID, "letter-confirmation-cy": ID}})
    assert (notify.url, notify.timeout, set(notify.templates)) == (
        NOTIFY_URL,
        30,
        {"sms", "email-reminder", "letter-confirmation-cy"},
    )
    smtp = read_smtp({"host": "mail.example.org", "sender": "Booking desk <desk@example.org>"})
    assert (smtp.port, smtp.security, smtp.user, address_in(smtp.sender)) == (587, "starttls", "", "desk@example.org")
    assert [read_smtp({"host": "h", "sender": "a@b.uk", "security": one}).port for one in ("tls", "none")] == [465, 25]
    tickets = read_tickets({"url": "https://jira.example.org/", "project": "DESK"})
    assert (tickets.url, tickets.type, tickets.user, tickets.labels) == ("https://jira.example.org", "Task", "", True)
    assert read_tickets({"url": "http://127.0.0.1:8080", "project": "DESK"}).url == "http://127.0.0.1:8080"


NOTIFY: dict[str, Any] = {"templates": {"sms": ID}}
SMTP: dict[str, Any] = {"host": "mail.example.org", "sender": "desk@example.org"}
TICKETS: dict[str, Any] = {"url": "https://jira.example.org", "project": "DESK"}


@pytest.mark.parametrize(
    ("table", "said", "word"),
    [
        ("notify", "x", "table of its own"),
        ("notify", {}, "needs templates"),
        ("notify", {"templates": {}}, "needs templates"),
        ("notify", {"templates": {"fax": ID}}, "no use for the template 'fax'"),
        ("notify", {"templates": {"sms": "x"}}, "UUID for sms"),
        ("notify", NOTIFY | {"reply_to": "x"}, "UUID for reply_to"),
        ("notify", NOTIFY | {"url": "http://api.example.org"}, "begin with https"),
        ("notify", NOTIFY | {"url": "https://key:x@api.example.org"}, "no login and no password"),
        ("notify", NOTIFY | {"url": "ftp://x"}, "needs an address"),
        ("notify", NOTIFY | {"url": "https://[::1"}, "needs an address"),
        ("notify", NOTIFY | {"timeout": 0}, "from 1 to 300 as timeout"),
        ("notify", NOTIFY | {"timeout": True}, "from 1 to 300 as timeout"),
        ("notify", NOTIFY | {"template": {}}, "did you mean templates?"),
        ("smtp", {"host": "h"}, "as sender"),
        ("smtp", SMTP | {"host": "mail example"}, "as host"),
        ("smtp", SMTP | {"sender": "desk"}, "e-mail address as sender"),
        ("smtp", SMTP | {"sender": "a@b.uk\r\nBcc: x@y.uk"}, "as sender"),
        ("smtp", SMTP | {"security": "ssl"}, "starttls, tls, none"),
        ("smtp", SMTP | {"security": "none", "user": "desk"}, "not encrypted"),
        ("smtp", SMTP | {"port": 70_000}, "as port"),
        ("tickets", TICKETS | {"project": "desk 1"}, "key of a project"),
        ("tickets", TICKETS | {"fields": "x"}, "table as fields"),
        ("tickets", TICKETS | {"fields": {"summary": "x"}}, "fills the field summary itself"),
        ("tickets", TICKETS | {"labels": 1}, "true or false"),
        ("tickets", {"project": "DESK"}, "as url"),
        *(
            (name, dict.fromkeys([word], "hunter2"), "holds no secret")
            for name in READERS
            for word in ("password", "api_key", "token")
        ),
    ],
)
def test_what_is_wrong_is_told_and_no_value_of_a_secret_with_it(table: str, said: object, word: str) -> None:
    with pytest.raises(DeliveryProblem) as caught:
        READERS[table](said)
    assert word in str(caught.value)
    assert "hunter2" not in str(caught.value)
