"""Tickets at a stub of the API: one POST each, staff data only, what each answer means, and no secret anywhere."""

import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest

from agent_tui.domain.messages import TICKET, Delivered, Outgoing, Undelivered
from agent_tui.outbox.tickets import TicketSender
from tests.outbox.messages import outgoing
from tests.outbox.stubs import TOKEN, Answer, TicketStub, ticket_stub


@pytest.fixture(scope="module")
def one_stub() -> Iterator[TicketStub]:
    with ticket_stub() as stub:
        yield stub


@pytest.fixture
def stub(one_stub: TicketStub) -> TicketStub:
    one_stub.made.clear()
    one_stub.paths.clear()
    one_stub.planned.clear()
    one_stub.asked.clear()
    return one_stub


@pytest.fixture
def sender(stub: TicketStub) -> Iterator[TicketSender]:
    made = TicketSender(stub.settings, stub.token)
    yield made
    made.close()


def ticket(**changes: object) -> Outgoing:
    usual = {"reference": "t1.ticket.1", "kind": TICKET, "subject": "New diary", "body": "Mira Vale, team A\n2026-11-30 09:00"}
    return outgoing("ticket", **usual | changes)


def test_a_ticket_is_exactly_one_request(stub: TicketStub, sender: TicketSender) -> None:
    assert sender.send(ticket()) == Delivered("DESK-1")
    assert stub.paths == ["POST /rest/api/2/issue"]
    assert stub.made == [
        {
            "project": {"key": "DESK"},
            "issuetype": {"name": "Task"},
            "summary": "New diary",
            "description": "Mira Vale, team A\n2026-11-30 09:00",
            "labels": ["agent-tui-t1.ticket.1"],
        }
    ]


def test_fields_that_the_project_wants_go_with_it_and_a_long_summary_is_cut(stub: TicketStub) -> None:
    told = replace(stub.settings, fields={"priority": {"name": "High"}}, labels=False, type="Incident")
    assert isinstance(TicketSender(told, stub.token).send(ticket(subject="x\n" * 400, attempt=2)), Delivered)
    assert stub.made[0]["priority"] == {"name": "High"}
    assert len(stub.made[0]["summary"]) == 255
    assert "labels" not in stub.made[0]
    assert stub.paths == ["POST /rest/api/2/issue"]


@pytest.mark.parametrize("user", ["", "desk@example.org"])
def test_what_was_made_before_a_crash_is_recognised(stub: TicketStub, user: str) -> None:
    sender = TicketSender(replace(stub.settings, user=user), stub.token)
    stub.plan(Answer(drop=True, after=True))
    assert isinstance(sender.send(ticket()), Undelivered)
    assert sender.send(ticket(attempt=2)) == Delivered("DESK-1", already=True)
    assert isinstance(sender.send(ticket(reference="t2.ticket.1", attempt=2)), Delivered)
    assert [path for path in stub.paths if path.startswith("POST")] == ["POST /rest/api/2/issue"] * 2
    assert len(stub.made) == 2


@pytest.mark.parametrize(
    "words",
    [
        *("QQ 12 34 56 A", "qq123456a", "C000123 was there", "Call 0113 496 0000", "on +44 7911 123456.", "07911123456"),
    ],
)
@pytest.mark.parametrize("part", ["subject", "body"])
def test_claimants_data_goes_nowhere(stub: TicketStub, sender: TicketSender, part: str, words: str) -> None:
    done = sender.send(ticket(**{part: f"The diary {words} does not open"}))
    assert isinstance(done, Undelivered)
    assert (done.code, done.again) == ("personal", False)
    assert words not in done.text
    assert stub.paths == []


@pytest.mark.parametrize(
    ("answer", "code", "again", "after"),
    [
        (Answer(400), "refused", False, None),
        (Answer(401), "not_let_in", True, 900),
        (Answer(403), "not_let_in", True, 900),
        (Answer(404), "not_set_up", True, 900),
        (Answer(429, headers=(("Retry-After", "30"),)), "busy", True, 30),
        (Answer(503), "trouble", True, None),
        (Answer(drop=True), "unreachable", True, None),
        (Answer(200, raw=b"<html>Log in</html>"), "no_answer", True, None),
        (Answer(201, raw=b"{}"), "no_answer", True, None),
    ],
)
def test_what_each_answer_means(
    stub: TicketStub, sender: TicketSender, answer: Answer, code: str, again: bool, after: int | None
) -> None:
    stub.plan(answer)
    done = sender.send(ticket())
    assert isinstance(done, Undelivered)
    assert (done.code, done.again, done.after) == (code, again, after)
    assert stub.paths == ["POST /rest/api/2/issue"]  # the library did not try again by itself
    assert isinstance(sender.send(ticket()), Delivered)


def test_no_secret_is_said_anywhere(
    stub: TicketStub, sender: TicketSender, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    for answer in (Answer(400), Answer(401), Answer(429), Answer(503), Answer(drop=True)):
        stub.plan(answer)
        assert isinstance(sender.send(ticket()), Undelivered)
    heard = "".join((caplog.text, *capsys.readouterr(), repr(sender)))
    assert TOKEN not in heard
    assert caplog.text == ""
