"""GOV.UK Notify against a stub that answers as it does: what is sent, what each answer means, and what is said of a secret."""

import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import jwt
import pytest

from agent_tui.domain.messages import Delivered, Undelivered
from agent_tui.outbox.notify import NotifySender
from agent_tui.outbox.secrets import Secret, SecretsProblem
from tests.outbox.messages import REFERENCE, TO, outgoing
from tests.outbox.stubs import KEY, SECRET, SERVICE, TEMPLATES, Answer, NotifyStub, notify_stub


@pytest.fixture(scope="module")
def one_stub() -> Iterator[NotifyStub]:
    with notify_stub() as stub:
        yield stub


@pytest.fixture
def stub(one_stub: NotifyStub) -> NotifyStub:
    one_stub.sent.clear()
    one_stub.tokens.clear()
    one_stub.planned.clear()
    one_stub.asked.clear()
    one_stub.key_kind = "live"
    return one_stub


@pytest.fixture
def sender(stub: NotifyStub) -> Iterator[NotifySender]:
    made = NotifySender(stub.settings, stub.key)
    yield made
    made.close()


@pytest.mark.parametrize(("channel", "kind"), [("sms", "sms"), ("email", "email"), ("letter", "letter"), ("coach", "email")])
def test_a_message_of_each_channel_is_taken_once(stub: NotifyStub, sender: NotifySender, channel: str, kind: str) -> None:
    done = sender.send(outgoing(channel, fields={"name": "Sana"}))
    sent = stub.sent[-1]
    assert done == Delivered(sent["id"])
    assert stub.asked == {"POST": 1}
    assert (sent["type"], sent["reference"]) == (kind, REFERENCE)
    assert "9:30am" in sent["body"]
    assert sent["said"]["template_id"] == TEMPLATES[kind]
    if channel == "letter":
        lines = [sent["said"]["personalisation"][f"address_line_{number}"] for number in range(1, 5)]
        assert "\n".join(lines) == TO["letter"]
    else:
        assert sent["to"] == TO[channel]


def test_an_address_of_many_lines_keeps_its_postcode_last(stub: NotifyStub, sender: NotifySender) -> None:
    lines = [f"line {number}" for number in range(1, 9)]
    sender.send(outgoing("letter", to="\n".join([*lines, "LS1 4AP"])))
    said = stub.sent[-1]["said"]["personalisation"]
    told = [value for name, value in sorted(said.items()) if name.startswith("address_line_")]
    assert told == ["line 1", "line 2", "line 3", "line 4", "line 5", "line 6, line 7, line 8", "LS1 4AP"]


def test_the_token_is_the_services_own_of_this_minute(stub: NotifyStub, sender: NotifySender) -> None:
    sender.send(outgoing())
    assert [one["iss"] for one in stub.tokens] == [SERVICE]
    # The stub itself refuses another secret: otherwise the line above would say nothing.
    forged = jwt.encode({"iss": SERVICE, "iat": stub.tokens[0]["iat"]}, SECRET[::-1], algorithm="HS256")
    assert stub.refuse_token(f"Bearer {forged}") is not None


def test_a_wrong_clock_is_told_and_tried_again_later(
    stub: NotifyStub, sender: NotifySender, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong in (time.time() - 60, time.time() + 60):
        monkeypatch.setattr("notifications_python_client.authentication.epoch_seconds", partial(int, wrong))
        done = sender.send(outgoing())
        assert isinstance(done, Undelivered)
        assert (done.code, done.again, done.after) == ("not_let_in", True, 900)
        assert "clock" in done.text
    assert stub.sent == []


@pytest.mark.parametrize(
    ("answer", "code", "again", "after"),
    [
        (Answer(400, "BadRequestError"), "refused", False, None),
        (Answer(400, "ValidationError"), "bad_recipient", False, None),
        (Answer(401, "AuthError"), "not_let_in", True, 900),
        (Answer(404, "NoResultFound"), "not_set_up", True, 900),
        (Answer(413, "TooLarge"), "refused", False, None),
        (Answer(429, "RateLimitError"), "busy", True, None),
        (Answer(429, "RateLimitError", (("Retry-After", "17"),)), "busy", True, 17),
        (Answer(429, "RateLimitError", (("Retry-After", "Mon, 30 Nov 2026 09:00:00 GMT"),)), "busy", True, None),
        (Answer(429, "TooManyRequestsError"), "daily_limit", True, 3600),
        (Answer(500, "Exception"), "trouble", True, None),
        (Answer(503, "Exception"), "trouble", True, None),
        (Answer(drop=True), "unreachable", True, None),
        (Answer(201, raw=b"<html>"), "no_answer", True, None),
        (Answer(201, raw=b"[]"), "no_answer", True, None),
        (Answer(502, raw=b"<html>Bad gateway</html>"), "trouble", True, None),
        (Answer(400, raw=b'{"errors": "none"}'), "refused", False, None),
    ],
)
def test_what_each_answer_means(
    stub: NotifyStub, sender: NotifySender, answer: Answer, code: str, again: bool, after: int | None
) -> None:
    stub.plan(answer)
    done = sender.send(outgoing("email"))
    assert isinstance(done, Undelivered)
    assert (done.code, done.again, done.after) == (code, again, after)
    assert done.text.endswith(".")
    assert not any(word in done.text for word in ("sana", "Khan", "told to fail", SECRET, SERVICE))
    assert isinstance(sender.send(outgoing("email")), Delivered)  # the sender itself is none the worse


def test_nobody_listens(stub: NotifyStub) -> None:
    sender = NotifySender(replace(stub.settings, url="http://127.0.0.1:9"), stub.key)
    done = sender.send(outgoing())
    assert isinstance(done, Undelivered)
    assert (done.code, done.again) == ("unreachable", True)


def test_a_missing_field_of_a_template_and_a_letter_by_a_team_key_are_refused(stub: NotifyStub, sender: NotifySender) -> None:
    stub.key_kind = "team"
    assert isinstance(sender.send(outgoing("letter")), Undelivered)
    own = "00000000-0000-4000-8000-00000000000a"
    stub.templates[own] = "((name)), ((when))"
    particular = NotifySender(replace(stub.settings, templates={**TEMPLATES, "sms-confirmation": own}), stub.key)
    done = particular.send(outgoing(fields={"name": "Sana"}))
    assert isinstance(done, Undelivered)
    assert (done.code, done.again) == ("refused", False)
    assert isinstance(particular.send(outgoing(fields={"Name": "Sana", "WHEN": "Monday"})), Delivered)
    assert stub.sent[-1]["body"] == "Sana, Monday"


def test_a_template_without_a_language_stands_for_english_only(stub: NotifyStub) -> None:
    english, welsh = (f"00000000-0000-4000-8000-0000000000{number}" for number in ("1b", "1c"))
    stub.templates |= {english: "English", welsh: "Cymraeg"}
    templates = {**TEMPLATES, "sms-confirmation": english, "sms-confirmation-cy": welsh}
    sender = NotifySender(replace(stub.settings, templates=templates), stub.key)
    for language, body in (("en", "English"), ("cy", "Cymraeg"), ("pl", "Dzień dobry")):
        sender.send(outgoing(body="Dzień dobry", fields={"language": language}))
        assert stub.sent[-1]["body"] == body
    none = NotifySender(replace(stub.settings, templates={"email": TEMPLATES["email"]}), stub.key)
    done = none.send(outgoing())
    assert isinstance(done, Undelivered)
    assert (done.code, done.again) == ("not_set_up", True)


def test_what_was_taken_before_a_crash_is_recognised_by_its_reference(stub: NotifyStub, sender: NotifySender) -> None:
    stub.plan(Answer(drop=True, after=True))
    assert isinstance(sender.send(outgoing()), Undelivered)
    assert len(stub.sent) == 1  # the answer was lost, the message was not
    done = sender.send(outgoing(attempt=2))
    assert done == Delivered(stub.sent[0]["id"], already=True)
    assert len(stub.sent) == 1
    # Without the look, as at a first attempt, it would have gone twice.
    sender.send(outgoing())
    assert len(stub.sent) == 2


@pytest.mark.parametrize(
    ("to", "again", "sent"), [("+447700900003", None, 2), ("+447700900002", False, 1), ("+447911123456", None, 1)]
)
def test_a_failed_delivery_goes_again_only_where_that_helps(
    stub: NotifyStub, sender: NotifySender, to: str, again: bool | None, sent: int
) -> None:
    sender.send(outgoing(to=to))
    stub.get("/v2/notifications", {})  # which takes it to its end
    done = sender.send(outgoing(to=to, attempt=2))
    assert len(stub.sent) == sent
    if again is None:
        assert isinstance(done, Delivered)
    else:
        assert isinstance(done, Undelivered)
        assert (done.code, done.again) == ("bad_recipient", again)


@pytest.mark.parametrize("key", ["", "no key", f"desk-{SERVICE}", f"{KEY}x"])
def test_what_is_no_key_is_refused_without_being_shown(stub: NotifyStub, key: str) -> None:
    with pytest.raises(SecretsProblem) as caught:
        NotifySender(stub.settings, Secret(key))
    assert not key or key not in str(caught.value)


def test_no_secret_and_no_recipient_is_said_anywhere(
    stub: NotifyStub, sender: NotifySender, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    for answer in (Answer(400, "ValidationError"), Answer(403, "AuthError"), Answer(500), Answer(drop=True)):
        stub.plan(answer)
        assert isinstance(sender.send(outgoing("email")), Undelivered)
    heard = "".join((caplog.text, *capsys.readouterr(), repr(sender), repr(outgoing("email"))))
    for word in (KEY, SECRET, SERVICE, "sana@example.com", "9:30am"):
        assert word not in heard
    assert caplog.text == ""  # the library would write a line for each over the screen
