"""Which channels a site has, and what is said of the others: nothing set up, no secret, an extra that is not installed."""

import sys
from pathlib import Path

import pytest

from agent_tui.domain.delivery import Delivery, NotifySettings, SmtpSettings, TicketSettings
from agent_tui.domain.messages import SENT_BY, Delivered
from agent_tui.outbox.secrets import Secrets
from agent_tui.outbox.senders import senders_of
from tests.outbox.messages import outgoing
from tests.outbox.stubs import KEY, PASSWORD, TEMPLATES, TOKEN, mail_stub, notify_stub, ticket_stub

NOTIFY = NotifySettings(TEMPLATES)
SMTP = SmtpSettings("mail.example.org", "desk@example.org", user="desk")
TICKETS = TicketSettings("https://jira.example.org", "DESK")
ENVIRON = {"AGENT_TUI_NOTIFY_KEY": KEY, "AGENT_TUI_SMTP_PASSWORD": PASSWORD, "AGENT_TUI_TICKET_TOKEN": TOKEN}


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the extras are not installed."""
    for name in ("notifications_python_client", "jira"):
        for module in [one for one in sys.modules if one == name or one.startswith(f"{name}.")]:
            monkeypatch.delitem(sys.modules, module)
        monkeypatch.setitem(sys.modules, name, None)


def test_a_site_that_has_set_nothing_up_is_told_what_each_channel_needs() -> None:
    found = senders_of(Delivery(), Secrets({}, None))
    assert dict(found.by_channel) == {}
    assert set(found.missing) == set(SENT_BY)
    assert all(text.endswith(".") for text in found.missing.values())


def test_every_channel_of_a_site_that_has_all_of_it() -> None:
    found = senders_of(Delivery(NOTIFY, SMTP, TICKETS), Secrets(ENVIRON, None))
    assert dict(found.missing) == {}
    names = {channel: type(sender).__name__ for channel, sender in found.by_channel.items()}
    assert names == {
        **{"sms": "NotifySender", "letter": "NotifySender", "email": "SmtpSender", "coach": "SmtpSender"},
        "ticket": "TicketSender",
    }
    only = senders_of(Delivery(NotifySettings({"email": TEMPLATES["email"]})), Secrets(ENVIRON, None))
    assert set(only.by_channel) == {"email", "coach"}
    assert not any(word in repr((found, only)) for word in ENVIRON.values())


def test_a_secret_that_is_missing_takes_its_own_channels_only(tmp_path: Path) -> None:
    without_key = {name: value for name, value in ENVIRON.items() if name != "AGENT_TUI_NOTIFY_KEY"}
    found = senders_of(Delivery(NOTIFY, SMTP, TICKETS), Secrets(without_key, tmp_path / "secrets.toml"))
    assert set(found.by_channel) == {"email", "coach", "ticket"}
    assert "AGENT_TUI_NOTIFY_KEY" in found.missing["sms"]


@pytest.mark.usefixtures("without")
def test_an_extra_that_is_not_installed_is_named_in_one_sentence() -> None:
    found = senders_of(Delivery(NOTIFY, SMTP, TICKETS), Secrets(ENVIRON, None))
    assert set(found.by_channel) == {"email", "coach"}
    assert found.missing["sms"] == "GOV.UK Notify needs a part that is not installed: pip install 'agent-tui[notify]'."
    assert found.missing["ticket"] == "The ticket system needs a part that is not installed: pip install 'agent-tui[jira]'."


def test_all_of_it_against_providers_that_answer() -> None:
    with notify_stub() as notify, mail_stub() as mail, ticket_stub() as tickets:
        delivery = Delivery(notify.settings, mail.settings, tickets.settings)
        with senders_of(delivery, Secrets(ENVIRON, None)) as found:
            done = {channel: sender.send(outgoing(channel)) for channel, sender in found.by_channel.items()}
        assert all(isinstance(one, Delivered) for one in done.values())
        assert ([one["type"] for one in notify.sent], len(mail.taken), len(tickets.made)) == (["sms", "letter"], 2, 1)
