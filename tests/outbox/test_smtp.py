"""E-mails at a real mail server on the loopback: what arrives, the calendar part, and what each answer means."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from icalendar import Calendar

from agent_tui.domain.messages import CalendarPart, Delivered, Undelivered
from agent_tui.outbox.invitation import write_invitation
from agent_tui.outbox.secrets import Secret
from agent_tui.outbox.smtp import SmtpSender, compose
from tests.hostile.words import WORDS
from tests.outbox.messages import PART, REFERENCE, outgoing
from tests.outbox.stubs import PASSWORD, MailStub, mail_stub

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def one_stub() -> Iterator[MailStub]:
    with mail_stub() as stub:
        yield stub


@pytest.fixture
def stub(one_stub: MailStub) -> MailStub:
    for kept in (one_stub.taken, one_stub.recipients, one_stub.says, one_stub.logins):
        kept.clear()
    one_stub.connections = 0
    return one_stub


@pytest.fixture
def sender(stub: MailStub) -> Iterator[SmtpSender]:
    made = SmtpSender(stub.settings, clock=lambda: AT)
    yield made
    made.close()


def read(data: bytes) -> EmailMessage:
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def parts(message: EmailMessage) -> dict[str, EmailMessage]:
    return {part.get_content_type(): part for part in message.walk() if not part.is_multipart()}


def event_of(part: CalendarPart) -> tuple[Any, Any]:
    calendar = Calendar.from_ical(write_invitation(part, "desk@example.org", "sana@example.com", AT))
    return calendar, calendar.walk("VEVENT")[0]


def test_an_email_arrives_with_text_html_and_the_appointment(stub: MailStub, sender: SmtpSender) -> None:
    done = sender.send(outgoing("email", html="<p>9:30am</p>", calendar=PART, subject="Your appointment – Zoë"))
    message = read(stub.taken[0])
    found = parts(message)
    assert list(found) == ["text/plain", "text/html", "text/calendar"]
    assert message["From"] == "Booking desk <desk@example.org>"
    assert (message["To"], message["Subject"]) == ("sana@example.com", "Your appointment – Zoë")
    assert message["Auto-Submitted"] == "auto-generated"
    assert stub.recipients == ["sana@example.com"]
    assert "9:30am" in found["text/plain"].get_content()
    assert found["text/calendar"].get_content_charset() == "utf-8"
    assert found["text/calendar"]["Content-Type"].params["method"] == "REQUEST"
    assert done == Delivered(str(message["Message-ID"]))
    event = Calendar.from_ical(found["text/calendar"].get_content()).walk("VEVENT")[0]
    assert (str(event["UID"]), event["SEQUENCE"]) == (PART.uid, 0)


def test_the_message_id_is_the_same_at_each_attempt_and_names_nobody(stub: MailStub, sender: SmtpSender) -> None:
    first, second = (sender.send(outgoing("email", attempt=number)) for number in (1, 2))
    other = sender.send(outgoing("email", reference=f"{REFERENCE}2"))
    assert first == second != other
    assert isinstance(first, Delivered)
    assert "sana" not in str(first.provider_id)
    assert stub.connections == 1  # one connection serves them all


@pytest.mark.parametrize(
    ("day", "offset"), [(date(2026, 7, 6), 1), (date(2026, 11, 30), 0), (date(2026, 10, 25), 0), (date(2027, 3, 28), 1)]
)
def test_the_time_stays_wall_time_on_both_sides_of_a_change_of_the_clocks(day: date, offset: int) -> None:
    calendar, event = event_of(replace(PART, day=day))
    start = event["DTSTART"]
    assert start.params["TZID"] == "Europe/London"
    assert (start.dt.replace(tzinfo=None), start.dt.utcoffset().total_seconds() / 3600) == (
        datetime(*day.timetuple()[:3], 9, 30),
        offset,
    )
    zones = calendar.walk("VTIMEZONE")
    assert [str(one["TZID"]) for one in zones] == ["Europe/London"]
    # A program that knows no zones by name reads the same offset out of the rules beside the event.
    naive = start.dt.replace(tzinfo=None)
    assert zones[0].to_tz(lookup_tzid=False).utcoffset(naive).total_seconds() / 3600 == offset


def test_a_move_keeps_the_uid_with_a_higher_sequence_and_a_cancellation_takes_the_entry_away() -> None:
    calendar, moved = event_of(replace(PART, sequence=3, start=120, end=288))
    assert (str(calendar["METHOD"]), str(moved["UID"]), moved["SEQUENCE"]) == ("REQUEST", PART.uid, 3)
    assert moved["DTEND"].dt.replace(tzinfo=None) == datetime(2026, 12, 1)
    calendar, gone = event_of(replace(PART, sequence=4, cancel=True))
    assert (str(calendar["METHOD"]), str(gone["STATUS"]), gone["SEQUENCE"]) == ("CANCEL", "CANCELLED", 4)
    assert str(gone["UID"]) == PART.uid


@pytest.mark.parametrize(
    ("says", "code", "again"),
    [
        ({"RCPT": "550 5.1.1 no such user sana"}, "bad_recipient", False),
        ({"RCPT": "450 4.2.0 greylisted"}, "trouble", True),
        ({"MAIL": "550 5.7.1 not yours"}, "not_set_up", True),
        ({"MAIL": "421 closing"}, "trouble", True),
        ({"DATA": "554 5.7.1 spam"}, "refused", False),
        ({"DATA": "452 4.3.1 full"}, "trouble", True),
        ({"BREAK": ""}, "no_answer", True),
    ],
)
def test_what_each_answer_means(stub: MailStub, sender: SmtpSender, says: dict[str, str], code: str, again: bool) -> None:
    stub.says |= says
    done = sender.send(outgoing("email"))
    assert isinstance(done, Undelivered)
    assert (done.code, done.again) == (code, again)
    assert "sana" not in done.text
    stub.says.clear()
    assert isinstance(sender.send(outgoing("email")), Delivered)


def test_nobody_listens_and_a_server_that_is_not_safe_enough_gets_nothing(stub: MailStub) -> None:
    gone = SmtpSender(replace(stub.settings, port=9)).send(outgoing("email"))
    assert isinstance(gone, Undelivered)
    assert (gone.code, gone.again) == ("unreachable", True)
    plain = SmtpSender(replace(stub.settings, security="starttls", user="desk"), stub.password).send(outgoing("email"))
    assert isinstance(plain, Undelivered)
    assert (plain.code, plain.again) == ("not_set_up", True)
    assert (stub.logins, stub.taken) == ([], [])


def test_a_password_is_given_and_a_wrong_one_is_never_shown(stub: MailStub, capsys: pytest.CaptureFixture[str]) -> None:
    told = replace(stub.settings, user="desk")
    right, wrong = SmtpSender(told, stub.password), SmtpSender(told, Secret("another password"))
    assert isinstance(right.send(outgoing("email")), Delivered)
    done = wrong.send(outgoing("email"))
    assert isinstance(done, Undelivered)
    assert (done.code, done.again, done.after) == ("not_let_in", True, 900)
    heard = "".join((done.text, repr(right), repr(wrong), *capsys.readouterr()))
    assert not any(word in heard for word in (PASSWORD, "another password"))
    assert set(stub.logins) == {("desk", PASSWORD), ("desk", "another password")}
    right.close()


@pytest.mark.parametrize("to", ["", "nobody", "a@b\r\nBcc: eve@example.org", "a@b.uk, eve@example.org", "é@b.uk", "a b@c.uk"])
def test_an_address_that_is_none_reaches_no_server(stub: MailStub, sender: SmtpSender, to: str) -> None:
    done = sender.send(outgoing("email", to=to))
    assert isinstance(done, Undelivered)
    assert (done.code, done.again) == ("bad_recipient", False)
    assert stub.taken == []


def test_hostile_words_make_no_header_no_recipient_and_no_control_byte(stub: MailStub) -> None:
    for name, word in WORDS.items():
        part = replace(PART, summary=word, location=word, description=word)
        message = compose(outgoing("email", subject=word, body=word, calendar=part), stub.settings, AT)
        data = message.as_bytes(policy=policy.SMTP)
        found = read(data)
        usual = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]
        assert found.keys() == usual, name
        assert found["To"] == "sana@example.com"
        assert not any(byte < 32 and byte not in (9, 10, 13) for byte in data), name
        events = Calendar.from_ical(parts(found)["text/calendar"].get_content()).walk("VEVENT")
        assert [str(one["UID"]) for one in events] == [PART.uid], name
        assert not any(ord(character) < 32 for character in str(found["Subject"])), name
