"""Messages owed by acts and delivered by senders: at least once, never by two, true when they go out; no booking ever waits."""

import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from threading import Thread

import pytest

from agent_tui.domain.flags import DISPLACED, NOT_ALLOWED
from agent_tui.domain.message_library import Library
from agent_tui.domain.messages import SENT_BY, Delivered, Outcome, Outgoing, Undelivered
from agent_tui.domain.requests import Outcome as ActOutcome
from agent_tui.domain.sending import MOST_ATTEMPTS
from agent_tui.services import attendance, booking, changes, messages, reminding, sending
from agent_tui.services.acts import Act, perform, request_id
from agent_tui.services.composing import Composer
from agent_tui.services.doctor import examine
from agent_tui.services.message_words import load_library
from agent_tui.services.previews import Preview, preview
from agent_tui.services.segmenting import unplace
from agent_tui.services.sending import Sent
from agent_tui.store.opening import open_store
from agent_tui.store.queries import entries as entry_queries
from tests.services.conftest import House, done, uid, wish
from tests.small_site import DAY

LATER = 120.0
"""Seconds after which an act cannot be undone any more."""


@cache
def library() -> Library:
    """Return the templates that come with the product."""
    return load_library(None)


@dataclass
class Provider:
    """A provider that keeps what it was given by reference; `fails` says for which of its calls it gives another outcome."""

    fails: Callable[[int, Outgoing], Undelivered | None] = lambda _number, _outgoing: None
    calls: list[Outgoing] = field(default_factory=list)
    kept: dict[str, Outgoing] = field(default_factory=dict)

    def send(self, outgoing: Outgoing) -> Outcome:
        """Take a message, or not; one that it has it knows by its reference."""
        self.calls.append(outgoing)
        if outgoing.attempt > 1 and outgoing.reference in self.kept:
            return Delivered(f"id-{outgoing.reference}", already=True)
        failed = self.fails(len(self.calls), outgoing)
        if failed is not None:
            return failed
        self.kept[outgoing.reference] = outgoing
        return Delivered(f"id-{outgoing.reference}")

    @property
    def kinds(self) -> list[str]:
        """What was sent, by kind, in order."""
        return [one.kind for one in self.kept.values()]


def deliver(house: House, provider: Provider, *, later: float = LATER, now: datetime | None = None, **more: object) -> Sent:
    """Send what is due some seconds later, all channels by one provider."""
    desk = house.desk("super1", later=later, now=now)
    return sending.send(desk, dict.fromkeys(SENT_BY, provider), Composer(library()), draw=lambda: 0.0, **more)  # type: ignore[arg-type]


def prefers(house: House, channel: str | None, *, client: str = "C000001") -> None:
    """Let a claimant be reached by every channel, and prefer one."""
    said = "NULL" if channel is None else f"'{channel}'"
    house.sql(
        "UPDATE client SET phone = '07700 900001', email = 'sana@example.org', address = '1 Park Place',"
        f" preferred_channel = {said} WHERE site = ? AND client = ?",
        client,
    )


def outbox(house: House) -> list[tuple[object, ...]]:
    """Return the messages as (kind, status, channel, error), oldest first."""
    return house.rows("SELECT kind, status, channel, error FROM message WHERE site = ? ORDER BY made_at, version, reference")


def test_a_confirmation_goes_out_once_when_it_cannot_be_undone_any_more(house: House) -> None:
    prefers(house, "sms")
    made = done(booking.book(house.desk(), wish())).entry
    provider = Provider()
    assert deliver(house, provider, later=30).sent == 0
    assert (deliver(house, provider).sent, deliver(house, provider).sent) == (1, 0)
    (sent,) = provider.calls
    assert (sent.reference, sent.kind, sent.channel, sent.attempt) == (f"{made.id}.confirmation.1", "confirmation", "sms", 1)
    assert sent.to == "+447700900001"
    assert "Wednesday 25 November" in sent.body
    assert "9am" in sent.body
    (row,) = house.rows("SELECT status, attempts, provider_id, sent_at - made_at FROM message WHERE site = ?")
    assert row == ("sent", 1, f"id-{sent.reference}", 120_000)
    assert house.verbs() == ["booked", "message_sent"]
    assert "Sana" not in str(house.rows("SELECT after_state FROM event WHERE site = ?"))
    assert done(changes.undo(house.desk(later=30))).status == "undone"  # what was sent is no act of the agent's
    assert repr(sent).count("Sana") == repr(sent).count("07700") == 0


def test_each_act_owes_its_own_kind_and_the_last_one_says_it(house: House) -> None:
    prefers(house, "email")
    made = done(booking.book(house.desk(), wish())).entry
    done(changes.move(house.desk(later=10), made.id, DAY, 132))
    provider = Provider()
    assert deliver(house, provider, later=65) == Sent()  # the move can be undone still, and the confirmation waits for it
    found = deliver(house, provider)
    assert (found.sent, found.dropped, provider.kinds) == (1, 1, ["confirmation"])  # nobody was told of the time before
    mail = provider.calls[0]
    assert "11am" in mail.body
    assert mail.calendar is not None
    assert (mail.calendar.uid, mail.calendar.sequence, mail.calendar.cancel, mail.calendar.start) == (made.id, 2, False, 132)
    done(changes.move(house.desk(later=200), made.id, DAY, 108))
    deliver(house, provider, later=300)
    done(changes.cancel(house.desk(later=400), made.id, "office"))
    deliver(house, provider, later=500)
    assert [one.kind for one in provider.calls] == ["confirmation", "change", "cancellation"]
    assert "11am" in provider.calls[1].body  # what it was, beside what it is
    last = provider.calls[2].calendar
    assert last is not None
    assert (last.uid, last.sequence, last.cancel) == (made.id, 4, True)
    assert outbox(house)[0][1:] == ("dropped", "email", "superseded")


def test_an_undone_act_owes_nothing_and_a_missed_appointment_word_unless_they_came(house: House) -> None:
    prefers(house, "sms")
    made = done(booking.book(house.desk(), wish())).entry
    done(changes.undo(house.desk(later=5), made.id))
    assert outbox(house) == []
    again = done(booking.book(house.desk(), wish(start=120))).entry
    provider = Provider()
    deliver(house, provider)
    missed = datetime(2026, 11, 25, 10, 30)
    done(attendance.attend(house.desk(now=missed), again.id, "dna"))
    assert [row[0] for row in outbox(house)] == ["confirmation", "missed"]
    done(attendance.attend(house.desk(now=missed, later=70), again.id, "attended"))
    assert deliver(house, provider, now=missed).dropped == 1
    assert provider.kinds == ["confirmation"]


def test_nobody_known_to_prefer_anything_is_asked_and_told_by_phone_or_written_to(house: House) -> None:
    prefers(house, None)
    desk = house.desk()
    made = done(booking.book(desk, wish())).entry
    provider = Provider()
    assert (deliver(house, provider), outbox(house)) == (Sent(), [("confirmation", "asking", None, None)])
    choice = messages.choice_for(desk, made.id)
    assert isinstance(choice, messages.Choice)
    assert (choice.asks, choice.can, choice.where["email"]) == (True, ("sms", "email", "letter", "phone"), "sana@example.org")
    chosen = messages.choose(desk, made.id, "email", id=uid(7))
    assert isinstance(chosen, messages.Settled)
    assert (chosen.messages, messages.choose(desk, made.id, "email", id=uid(7))) == (1, replace(chosen, repeated=True))
    assert house.rows("SELECT preferred_channel FROM client WHERE site = ? AND client = 'C000001'") == [("email",)]
    assert deliver(house, provider).sent == 1
    done(changes.move(house.desk(later=200), made.id, DAY, 132))
    assert messages.told_by_phone(desk, made.id, only_asking=True) == 0  # they want it in writing, and get it
    told = messages.tell(desk, made.id)
    assert isinstance(told, messages.Settled)
    assert (told.status, told.messages) == ("told", 1)
    assert deliver(house, provider, later=400).sent == 0
    assert house.rows("SELECT status, channel, told_by FROM message WHERE site = ? AND kind = 'change'") == [
        ("told", "phone", "agent1")
    ]
    assert ("agent1", "C000001", "message") in house.rows("SELECT who, client, why FROM access WHERE site = ?")


def test_whoever_wants_to_be_phoned_or_cannot_be_reached_waits_for_a_person(house: House) -> None:
    prefers(house, "phone")
    done(booking.book(house.desk(), wish()))
    assert outbox(house) == [("confirmation", "asking", "phone", None)]
    prefers(house, "sms")
    done(booking.book(house.desk(), wish(start=132)))
    house.sql("UPDATE client SET phone = '' WHERE site = ? AND client = 'C000001'")
    found = deliver(house, Provider())
    assert (found.sent, found.asking, found.failed) == (0, 1, 0)
    assert ("confirmation", "asking", "sms", "no_address") in outbox(house)


def test_an_appointment_that_lost_its_time_is_not_confirmed_but_its_claimant_is_told(house: House) -> None:
    prefers(house, "sms")
    made = done(booking.book(house.desk(), wish())).entry
    lose(house, made.id, NOT_ALLOWED)
    provider = Provider()
    assert (deliver(house, provider).dropped, outbox(house)) == (1, [("confirmation", "dropped", "sms", "no_time")])
    assert [one.kind for one in reminding.remind(house.desk(later=200)).items] == ["displaced"]
    assert (deliver(house, provider, later=300).sent, provider.kinds) == (1, ["displaced"])


def test_whoever_is_displaced_is_told_unless_another_time_is_found_soon(house: House) -> None:
    prefers(house, "sms")
    lost, found = (done(booking.book(house.desk(), wish(start=start))).entry for start in (108, 132))
    for one in (lost, found):
        lose(house, one.id, DISPLACED)
    done(changes.move(house.desk(later=100), found.id, DAY, 120))
    provider = Provider()
    deliver(house, provider, later=1000)
    assert provider.kinds == ["confirmation"]
    deliver(house, provider, later=4000)
    assert (provider.kinds, [row[:2] for row in outbox(house)].count(("displaced", "dropped"))) == (
        ["confirmation", "displaced"],
        1,
    )


def lose(house: House, entry: str, why: str) -> None:
    """Take its time from an appointment."""

    def work(act: Act) -> ActOutcome:
        known = entry_queries.get(act.unit, act.site, entry)
        assert known is not None
        return act.done("unplaced", unplace(act, known, why), 0)

    perform(house.desk("super1"), request_id(None, "lose", entry), work)


def test_reminders_follow_the_rules_once_each_and_keep_the_wall_time_over_a_clock_change(house: House) -> None:
    # The clocks go forward in the night to Sunday 29 March 2026; the appointment is on the Monday after.
    early, day = datetime(2026, 3, 16, 9, 0), date(2026, 3, 30)
    prefers(house, "sms")
    made = done(booking.book(house.desk(now=early), wish(day=day, start=120))).entry
    provider = Provider()
    deliver(house, provider, now=early)
    assert reminding.remind(house.desk(now=datetime(2026, 3, 27, 12, 0))).items == ()
    before = datetime(2026, 3, 28, 9, 0)
    shown = reminding.remind(house.desk(now=before), dry_run=True)
    assert [(one.entry, one.rule, one.channel) for one in shown.items] == [(made.id, 2, "sms")]
    assert (len(reminding.remind(house.desk(now=before)).items), len(reminding.remind(house.desk(now=before)).items)) == (1, 0)
    deliver(house, provider, now=before, later=0)
    same = datetime(2026, 3, 30, 8, 0)
    assert [one.rule for one in reminding.remind(house.desk(now=same)).items] == [0]
    deliver(house, provider, now=same, later=0)
    assert provider.kinds == ["confirmation", "reminder", "reminder"]
    assert all("10am" in one.body for one in provider.calls)
    assert len({one.reference for one in provider.calls}) == 3
    assert house.verbs().count("reminded") == 2


def test_a_reminder_of_an_appointment_that_moved_away_and_back_is_sent_after_all(house: House) -> None:
    prefers(house, "sms")
    early = datetime(2026, 11, 16, 9, 0)
    made = done(booking.book(house.desk(now=early), wish(day=date(2026, 11, 26), start=120))).entry
    provider = Provider()
    deliver(house, provider, now=early)
    reminding.remind(house.desk())
    done(changes.move(house.desk(later=10), made.id, date(2026, 11, 30), 120))
    assert deliver(house, provider, later=200).dropped == 1
    done(changes.move(house.desk(later=300), made.id, date(2026, 11, 26), 120))
    assert len(reminding.remind(house.desk(later=400)).items) == 1
    deliver(house, provider, later=600)
    assert sorted(provider.kinds) == ["change", "change", "confirmation", "reminder"]


def owe_many(house: House, count: int) -> list[str]:
    """Write so many messages that are due into the tables, all of one appointment, and return their references."""
    made = done(booking.book(house.desk(), wish())).entry
    house.sql("DELETE FROM message WHERE site = ?")
    wanted = [f"{made.id}.confirmation.{number}" for number in range(count)]
    rows = [(house.site, reference, made.id) for reference in wanted]
    statement = (
        "INSERT INTO message (site, reference, entry, kind, version, status, channel, made_at, not_before, next_at, attempts)"
        " VALUES (?,?,?,'confirmation',1,'queued','sms',0,0,0,0)"
    )
    house.write(lambda unit: unit.many(statement, rows))
    return wanted


def test_a_provider_that_fails_every_third_time_gets_every_message_once_in_the_end(house: House) -> None:
    prefers(house, "sms")
    wanted = owe_many(house, 40)
    down = Undelivered("trouble", "The provider has trouble of its own (503).", again=True)
    provider = Provider(lambda number, _one: down if number % 3 == 0 else None)
    later = LATER
    while (left := house.rows("SELECT COUNT(*) FROM message WHERE site = ? AND status = 'queued'")[0][0]) and later < 100_000:
        found = deliver(house, provider, later=later)
        assert found.failed == 0
        later += 3600
    assert left == 0
    assert sorted(provider.kept) == sorted(wanted)
    assert len(provider.calls) == len(wanted) + len(provider.calls) // 3  # nothing that was taken was handed over again


def test_what_is_refused_for_good_is_a_dead_letter_that_can_be_sent_again_or_dropped(house: House) -> None:
    prefers(house, "sms")
    made = done(booking.book(house.desk(), wish())).entry
    reference = f"{made.id}.confirmation.1"
    provider = Provider(
        lambda number, _one: Undelivered("bad_recipient", "No such number.", again=False) if number == 1 else None
    )
    found = deliver(house, provider)
    assert (found.failed, found.problems) == (1, {"bad_recipient": "No such number."})
    assert outbox(house) == [("confirmation", "failed", "sms", "bad_recipient")]
    assert deliver(house, provider, later=90_000).sent == 0
    told = {one.check: one.text for one in examine(house.desk("super1"), sweep=False).findings}
    assert told["messages"] == "1 message could not be delivered."
    desk = house.desk(later=300)
    retried = messages.retry(desk, reference, id=uid(3))
    assert isinstance(retried, messages.Settled)
    again = messages.retry(desk, reference, id=uid(3))
    assert isinstance(again, messages.Settled)
    assert again.repeated
    assert deliver(house, provider, later=400).sent == 1
    refused = messages.drop_one(desk, reference)
    assert not isinstance(refused, messages.Settled)
    assert refused.code == "not_possible"
    assert house.verbs() == ["booked", "message_failed", "message_retried", "message_sent"]


def test_a_provider_that_never_answers_is_given_up_after_so_many_attempts_and_a_broken_sender_is_no_end(house: House) -> None:
    prefers(house, "sms")
    done(booking.book(house.desk(), wish(day=date(2026, 12, 17))))

    class Broken:
        def send(self, outgoing: Outgoing) -> Outcome:
            raise RuntimeError(outgoing.to)

    later, tries = LATER, 0
    while outbox(house)[0][1] == "queued" and tries < 99:
        desk = house.desk("super1", later=later)
        found = sending.send(desk, {"sms": Broken()}, Composer(library()), draw=lambda: 1.0)
        assert "07700" not in str(found)
        tries += 1
        later += 86_400
    assert (tries, outbox(house)) == (MOST_ATTEMPTS, [("confirmation", "failed", "sms", "error")])


def test_a_channel_without_a_sender_waits_and_says_so_and_a_night_is_slept_through(house: House) -> None:
    prefers(house, "letter")
    done(booking.book(house.desk(), wish()))
    prefers(house, "sms")
    done(booking.book(house.desk(), wish(start=132)))
    provider = Provider()
    evening = datetime(2026, 11, 24, 21, 0)
    desk = house.desk("super1", now=evening)
    found = sending.send(desk, {"sms": provider}, Composer(library()))
    assert (found.sent, dict(found.without)) == (0, {"letter": 1})
    assert deliver(house, provider, now=datetime(2026, 11, 25, 8, 0), later=0).sent == 2


def test_the_store_is_free_while_a_provider_is_spoken_to_and_no_trouble_of_it_touches_a_booking(house: House) -> None:
    prefers(house, "sms")
    done(booking.book(house.desk(), wish()))
    booked: list[str] = []

    def meanwhile(_number: int, _outgoing: Outgoing) -> Undelivered:
        booked.append(done(booking.book(house.desk(later=LATER), wish(start=132, client="C000002"))).status)
        return Undelivered("unreachable", "The provider cannot be reached.", again=True)

    assert deliver(house, Provider(meanwhile)).sent == 0
    assert booked == ["booked"]


def test_two_senders_at_once_send_nothing_twice(house: House) -> None:
    prefers(house, "sms")
    wanted = owe_many(house, 60)
    seen: list[str] = []

    class Shared:
        def send(self, outgoing: Outgoing) -> Outcome:
            seen.append(outgoing.reference)
            return Delivered()

    def run() -> None:
        store = open_store(house.store.location)
        try:
            desk = replace(house.desk("super1", later=LATER), store=store)
            sending.send(desk, {"sms": Shared()}, Composer(library()))
        finally:
            store.close()

    threads = [Thread(target=run) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert Counter(seen) == Counter(wanted)
    assert house.rows("SELECT COUNT(*) FROM message_claim WHERE site = ?") == [(0,)]


def _die_after_sending(location: str, site: str, now: datetime) -> None:
    """Send one message and be killed before it can be written down."""
    from agent_tui.services.desk import open_desk

    class Fatal:
        def send(self, _outgoing: Outgoing) -> Outcome:
            os.kill(os.getpid(), signal.SIGKILL)
            raise AssertionError

    sending.send(open_desk(location, "super1", now, site=site), {"sms": Fatal()}, Composer(library()))
    os._exit(1)


def test_a_sender_that_is_killed_leaves_a_claim_that_runs_out_and_the_provider_recognises_the_reference(house: House) -> None:
    prefers(house, "sms")
    made = done(booking.book(house.desk(), wish())).entry
    desk = house.desk("super1", later=LATER)
    process = multiprocessing.get_context("fork").Process(
        target=_die_after_sending, args=(house.store.location, house.site, desk.now)
    )
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    provider = Provider()
    provider.kept[f"{made.id}.confirmation.1"] = Outgoing("", "", "sms", "", "", "")  # it has what the one that died had sent
    assert deliver(house, provider) == Sent()  # somebody seems to have it in hand
    dropped = messages.drop_one(desk, f"{made.id}.confirmation.1")
    assert not isinstance(dropped, messages.Settled)
    assert dropped.code == "held"
    house.sql("UPDATE message_claim SET expires_at = 0 WHERE site = ?")
    found = deliver(house, provider)
    assert (found.sent, found.already, provider.calls[0].attempt) == (1, 1, 2)
    assert house.rows("SELECT status, attempts FROM message WHERE site = ?") == [("sent", 2)]


def test_a_message_can_be_looked_at_before_it_goes_and_the_look_is_recorded(house: House) -> None:
    prefers(house, "sms")
    made = done(booking.book(house.desk(), wish())).entry
    reference = f"{made.id}.confirmation.1"
    shown = preview(house.desk(), reference, None)
    assert isinstance(shown, Preview)
    assert "Wednesday 25 November" in (shown.body or "")
    assert (shown.parts or 0) >= 1
    assert shown.why_not is None
    assert house.rows("SELECT who, client, why FROM access WHERE site = ?") == [("agent1", "C000001", "message")]
    done(changes.cancel(house.desk(later=5), made.id, "office"))
    later = preview(house.desk(later=LATER), reference, None)
    assert isinstance(later, Preview)
    assert "dropped" in (later.why_not or "")
    refused = preview(house.desk("admin1"), reference, None)
    assert not isinstance(refused, Preview)
    assert refused.code == "role"


def test_the_coach_is_noted_of_what_others_change_today_where_their_address_is_known(house: House) -> None:
    house.sql("UPDATE staff SET email = 'coach@dwp.gov.uk' WHERE site = ? AND diary = 'D01'")
    noted = house.rows("SELECT login FROM staff WHERE site = ? AND email IS NOT NULL")
    if not noted:
        pytest.skip("the small site has no coach of D01")
    prefers(house, "sms")
    today = datetime(2026, 11, 25, 8, 0)
    done(booking.book(house.desk(now=today), wish(start=132)))
    done(booking.book(house.desk(), wish(start=120, client="C000002")))
    assert [row[0] for row in outbox(house)].count("coach_note") == 1
    provider = Provider()
    deliver(house, provider, now=today)
    (note,) = [one for one in provider.calls if one.kind == "coach_note"]
    assert (note.channel, note.to) == ("coach", "coach@dwp.gov.uk")
    assert "Sana" not in note.body
