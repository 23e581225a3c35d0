"""Every kind of message leaves by real parts, once its act cannot be undone any more, and none when it was undone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy

import pytest

from agent_tui.domain.flags import DISPLACED
from agent_tui.domain.messages import KINDS, Senders
from agent_tui.domain.requests import EntryState, Outcome
from agent_tui.domain.sooner import SoonerWish
from agent_tui.outbox.notify import NotifySender
from agent_tui.outbox.smtp import SmtpSender
from agent_tui.outbox.tickets import TicketSender
from agent_tui.services import (
    attendance,
    booking,
    changes,
    claimants,
    demand,
    diary_tickets,
    incidents,
    messages,
    reminding,
    sending,
    sooner,
    support_undo,
)
from agent_tui.services.composing import Composer
from agent_tui.services.desk import Desk
from agent_tui.services.doctor import examine
from agent_tui.services.recorded import Recorded
from agent_tui.services.sending import Sent
from agent_tui.services.switching import Rejected
from tests.outbox.stubs import Answer, MailStub, NotifyStub, TicketStub, mail_stub, notify_stub, ticket_stub
from tests.services.conftest import House, done, wish
from tests.services.test_sending import library, lose, outbox, prefers
from tests.small_site import DAY, NINE, NOW, ONE, TEN

COACH = "coach.one@dwp.gov.uk"
TODAY, LATER = NOW.date(), DAY + timedelta(days=1)
WORDS = "Mornings of D02 are too short for first interviews."


@dataclass
class Providers:
    """The three providers, and the senders that lead to them."""

    notify: NotifyStub
    mail: MailStub
    tickets: TicketStub
    senders: Senders

    def deliver(self, house: House, *, later: float = 120, now: datetime | None = None) -> Sent:
        """Send what is due some seconds later."""
        desk = house.desk("super1", later=later, now=now)
        return sending.send(desk, self.senders, Composer(library()), draw=lambda: 0.0)

    @property
    def texts(self) -> list[str]:
        """The words of the texts and e-mails that were taken, in the order of each provider."""
        mails = [message_from_bytes(one, policy=policy.default) for one in self.mail.taken]
        bodies = [one.get_body(("plain",)) for one in mails]
        return [str(one["body"]) for one in self.notify.sent] + [one.get_content() for one in bodies if one is not None]


@pytest.fixture
def providers() -> Iterator[Providers]:
    """GOV.UK Notify for texts, a mail server for e-mails and notes, a ticket system."""
    with notify_stub() as notify, mail_stub() as mail, ticket_stub() as tickets:
        texts = NotifySender(notify.settings, notify.key)
        mails = SmtpSender(mail.settings)
        desk = TicketSender(tickets.settings, tickets.token)
        yield Providers(notify, mail, tickets, {"sms": texts, "email": mails, "coach": mails, "ticket": desk})
        for one in (texts, mails, desk):
            one.close()


@pytest.fixture
def reached(house: House) -> House:
    """The site with claimants who prefer texts or e-mails, a coach with an address and a service desk."""
    for number in range(1, 8):
        prefers(house, "sms" if number % 2 else "email", client=f"C{number:06d}")
    house.sql(f"UPDATE staff SET email = '{COACH}' WHERE site = ? AND diary = 'D01'")
    demand.change_setting(house.desk("leader1"), "service-desk", "on")
    return house


def book(house: House, client: int, day: date, start: int, diary: str = "D01", **more: object) -> EntryState:
    """Book for a claimant by number."""
    asked = wish(client=f"C{client:06d}", day=day, start=start, diary=diary)
    return done(booking.book(house.desk(**more), asked)).entry  # type: ignore[arg-type]


def test_every_kind_of_message_leaves_once_by_its_provider(reached: House, providers: Providers) -> None:
    house = reached
    kept = book(house, 1, DAY, NINE)
    noted = book(house, 2, TODAY, ONE)
    missed = book(house, 3, TODAY, TEN)
    waits = book(house, 4, LATER, TEN, "D02")
    lost = book(house, 5, DAY, ONE, "D03")
    assert isinstance(sooner.add(house.desk(), waits.id, SoonerWish()), sooner.Placed)
    diary_tickets.escalate(house.desk("leader1"), WORDS, "D02")
    assert providers.deliver(house, later=59) == Sent()
    assert providers.deliver(house).failed == 0
    done(changes.move(house.desk(later=200), noted.id, TODAY, ONE + 12))
    done(changes.cancel(house.desk(later=200), kept.id, "claimant"))
    lose(house, lost.id, DISPLACED)
    assert providers.deliver(house, later=230) == Sent()
    providers.deliver(house, later=4000)
    after = datetime(2026, 11, 24, 11, 0)
    done(attendance.attend(house.desk(now=after), missed.id, "dna"))
    providers.deliver(house, now=after)
    assert [one.rule for one in reminding.remind(house.desk(now=datetime(2026, 11, 26, 8, 0))).items] == [0]
    providers.deliver(house, now=datetime(2026, 11, 26, 8, 0), later=0)
    rows = outbox(house)
    assert {row[0] for row in rows if row[1] == "sent"} == set(KINDS), rows
    assert [row for row in rows if row[1] != "sent"] == []
    assert len(rows) == len(providers.texts) + len(providers.tickets.made)
    assert len({one["reference"] for one in providers.notify.sent}) == len(providers.notify.sent)
    assert (providers.tickets.asked["POST"], WORDS in str(providers.tickets.made)) == (1, True)
    assert providers.mail.recipients.count(COACH) == 3
    assert not any("((" in one or "FC-F2F" in one or "None" in one for one in providers.texts if "Client C" not in one)


def test_no_message_of_an_act_that_was_undone_leaves(reached: House, providers: Providers) -> None:
    house = reached
    kept = book(house, 1, DAY, NINE)
    waits = book(house, 4, LATER, TEN, "D02")
    missed = book(house, 3, TODAY, TEN)
    providers.deliver(house)
    before = (len(providers.texts), len(outbox(house)))
    acts: tuple[Callable[[Desk], Outcome], ...] = (
        lambda desk: booking.book(desk, wish(client="C000002", day=TODAY, start=ONE)),
        lambda desk: changes.move(desk, kept.id, DAY, ONE),
        lambda desk: attendance.attend(desk, missed.id, "dna"),
        lambda desk: changes.cancel(desk, kept.id, "claimant"),  # whose time is offered to the one who waits
    )
    for number, act in enumerate(acts):
        at = datetime(2026, 11, 24, 10, 30 + number)
        if act is acts[-1]:
            assert isinstance(sooner.add(house.desk(), waits.id, SoonerWish()), sooner.Placed)
        done(act(house.desk(now=at)))
        assert len(outbox(house)) > before[1]
        assert providers.deliver(house, later=50, now=at) == Sent()
        done(changes.undo(house.desk(now=at, later=55)), "undone")
        assert providers.deliver(house, later=4000, now=at).sent == 0
    raised = incidents.raise_incident(house.desk(), "slow", "since nine")
    assert isinstance(raised, Recorded)
    leader = house.desk("leader1")
    assert isinstance(incidents.raise_ticket(leader, raised.id, "it stays slow"), Recorded)
    assert isinstance(support_undo.undo(leader), Recorded)
    providers.deliver(house, now=datetime(2026, 11, 24, 12, 0))
    kept_rows = [row for row in outbox(house) if row != ("sooner", "dropped", "email", "offer_over")]
    assert (len(providers.texts), len(kept_rows), providers.tickets.made) == (*before, [])
    assert isinstance(incidents.raise_ticket(leader, raised.id, "it stays slow", id=None), Recorded)
    providers.deliver(house)
    refused = support_undo.undo(house.desk("leader1", later=50))
    assert (getattr(refused, "code", ""), len(providers.tickets.made)) == ("stale_version", 1)


@pytest.mark.parametrize(("number", "ends", "again"), [("07700 900002", "failed", False), ("07700 900003", "queued", True)])
def test_what_the_provider_could_not_deliver_later_is_seen_or_tried_again(
    house: House, providers: Providers, number: str, ends: str, again: bool
) -> None:
    prefers(house, "sms")
    house.sql(f"UPDATE client SET phone = '{number}' WHERE site = ? AND client = 'C000001'")
    made = book(house, 1, LATER, NINE)
    assert providers.deliver(house).sent == 1
    providers.notify.get("/v2/notifications", {})  # which takes it to its end
    asked = providers.notify.asked["GET"]
    found = providers.deliver(house, later=200)
    assert providers.notify.asked["GET"] == asked + 1  # one look for all
    assert (found.again, found.failed) == (int(again), int(not again))
    assert number.replace(" ", "") not in str(found)
    code = "not_arrived" if again else "bad_recipient"
    assert outbox(house) == [("confirmation", ends, "sms", code)]
    assert house.verbs().count("message_failed") == int(not again)
    later = 4000.0
    if not again:
        assert providers.deliver(house, later=300) == Sent()  # it is told of once
        edited = claimants.edit_client(house.desk(), "C000001", {"phone": "07700 900001"})
        assert isinstance(edited, claimants.Edited)
        assert isinstance(messages.retry(house.desk(later=400), f"{made.id}.confirmation.1"), messages.Settled)
        assert providers.deliver(house, later=later).sent == 1
        assert providers.notify.sent[-1]["to"] == "+447700900001"
        assert outbox(house)[0][1] == "sent"
        return
    while outbox(house)[0][1] != "failed" and later < 36_000:
        providers.deliver(house, later=later)
        providers.notify.get("/v2/notifications", {})
        later += 2000
    assert outbox(house) == [("confirmation", "failed", "sms", "not_arrived")]
    assert len(providers.notify.sent) == 5


def test_failures_are_read_page_by_page_and_a_provider_that_does_not_answer_costs_nothing(
    house: House, providers: Providers
) -> None:
    prefers(house, "sms")
    providers.notify.page = 2
    house.sql("UPDATE client SET phone = '07700 900002' WHERE site = ? AND client = 'C000001'")
    for start in (108, 120, 132, 156, 168):
        book(house, 1, LATER, start)
    assert providers.deliver(house).sent == 5
    providers.notify.get("/v2/notifications", {})
    providers.notify.each_get = lambda _number: Answer(500)
    assert providers.deliver(house, later=200) == Sent()
    providers.notify.each_get = lambda _number: None
    assert providers.deliver(house, later=200).failed == 5


def test_messages_that_wait_for_an_answer_go_once_the_details_say_how(house: House) -> None:
    prefers(house, None)
    first, second = book(house, 1, DAY, NINE), book(house, 1, DAY, ONE)
    assert [row[1:3] for row in outbox(house)] == [("asking", None)] * 2
    house.sql("UPDATE client SET address = NULL WHERE site = ? AND client = 'C000001'")
    assert isinstance(claimants.edit_client(house.desk(), "C000001", {"name": "Sana K"}), claimants.Edited)
    assert [row[1] for row in outbox(house)] == ["asking"] * 2
    assert isinstance(claimants.edit_client(house.desk(), "C000001", {"preferred_channel": "email"}), claimants.Edited)
    assert [row[1:3] for row in outbox(house)] == [("queued", "email")] * 2
    assert isinstance(claimants.edit_client(house.desk(), "C000001", {"preferred_channel": "phone"}), claimants.Edited)
    assert [row[1:3] for row in outbox(house)] == [("asking", "phone")] * 2
    assert isinstance(messages.choose(house.desk(), first.id, "sms", remember=False), messages.Settled)
    assert sorted(row[1:3] for row in outbox(house)) == [("asking", "phone"), ("queued", "sms")]
    assert isinstance(messages.choose(house.desk(), second.id, "sms"), messages.Settled)
    assert [row[1:3] for row in outbox(house)] == [("queued", "sms")] * 2
    prefers(house, "letter", client="C000002")
    house.sql("UPDATE client SET address = NULL WHERE site = ? AND client = 'C000002'")
    book(house, 2, DAY, ONE, "D02")
    edited = claimants.edit_client(house.desk(), "C000002", {"address": "1 Park Place\nLeeds\nLS1 4AP"})
    assert isinstance(edited, claimants.Edited), edited
    assert {row[1:3] for row in outbox(house)} == {("queued", "sms"), ("queued", "letter")}


@pytest.mark.parametrize(
    "words", ["C000001 cannot be seen", "look at c000001, please", "QQ 12 34 56 A is not seen", "call 0113 496 0999"]
)
def test_a_ticket_in_whose_words_a_claimant_stands_is_refused_at_the_form(house: House, words: str) -> None:
    leader = house.desk("leader1")
    raised = incidents.raise_incident(house.desk(), "slow", "since nine")
    assert isinstance(raised, Recorded)
    assert isinstance(incidents.raise_ticket(leader, raised.id, words), Rejected)
    assert isinstance(incidents.raise_incident(house.desk(), "slow", words), Rejected)
    assert isinstance(diary_tickets.escalate(leader, words), Rejected)


def test_the_doctor_names_templates_and_what_is_put_off_or_overdue(house: House, tmp_path) -> None:  # type: ignore[no-untyped-def]
    prefers(house, "sms")
    book(house, 1, LATER, NINE)
    (tmp_path / "own.md").write_text("---\nkind: reminder\nchannel: sms\nlanguage: en\nfrom: 2020-01-01\n---\n((prison))\n")

    def told(later: float, templates: str | None = "") -> list[str]:
        found = examine(house.desk("super1", later=later), sweep=False, templates=templates).findings
        return [one.text for one in found if one.check == "messages"]

    assert (told(3600), told(3600, None)) == ([], [])
    (broken,) = told(3600, str(tmp_path))
    assert "own.md, line" in broken
    assert told(15 * 3600) == ["1 message (sms) waited to be sent since 2026-11-24T09:01:00.000Z."]
    house.sql("UPDATE message SET error = 'templates', next_at = next_at + 400000000 WHERE site = ?")
    (put_off,) = told(25 * 3600)
    assert "the templates cannot be used" in put_off
