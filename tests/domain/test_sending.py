"""What becomes of a message, when it may go out, when it is tried again, and who is reminded when; all of it pure."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from agent_tui.domain import messages as kinds
from agent_tui.domain.clients import Client
from agent_tui.domain.messages import Message, choose_channel, language_of, reachable, reference_of
from agent_tui.domain.requests import EntryState
from agent_tui.domain.sending import (
    LONGEST_WAIT_SECONDS,
    BadRules,
    Rules,
    allowed_from,
    judge,
    read_rules,
    reminder_due,
    wait_seconds,
)
from agent_tui.domain.wall_time import instant_ms, wall_of

ZONE = "Europe/London"
NOW = datetime(2026, 11, 24, 9, 0)
AT = instant_ms(NOW, ZONE)
DAY = date(2026, 11, 25)
ENTRY = EntryState(
    id="e1",
    kind="appointment",
    status="booked",
    type="FC-F2F",
    client="C000001",
    diary="D01",
    day=DAY,
    start=120,
    end=130,
    resources=("D01",),
    needs=(),
    channel="f2f",
    priority="standard",
    contact="phone",
    version=1,
    made_by="agent1",
    made_at=AT,
)


def message(kind: str = kinds.CONFIRMATION, version: int = 1, status: str = kinds.QUEUED, **more: object) -> Message:
    """Return a message about the appointment that may be sent since a minute ago."""
    said: dict[str, object] = dict.fromkeys(Message.__dataclass_fields__)
    said |= {"reference": reference_of("e1", kind, version), "kind": kind, "version": version, "status": status, "entry": "e1"}
    said |= {"made_at": AT - 120_000, "not_before": AT - 60_000, "next_at": AT - 60_000, "attempts": 0, **more}
    return Message(**said)  # type: ignore[arg-type]


def verdict(
    one: Message, entry: EntryState, *others: Message, now: datetime = NOW, offered: bool = False
) -> tuple[object, object]:
    """Return the kind as which a message is sent, and the code with which it is dropped."""
    found = judge(one, entry, others, now, instant_ms(now, ZONE), offered=offered)
    return found.kind, found.drop


@pytest.mark.parametrize(
    ("kind", "status", "sent", "dropped"),
    [
        ("confirmation", "booked", "confirmation", None),
        ("confirmation", "late", "confirmation", None),
        ("confirmation", "cancelled", None, "cancelled"),
        ("confirmation", "unplaced", None, "no_time"),
        ("confirmation", "undone", None, "undone"),
        ("confirmation", "dna", None, "past"),
        ("change", "unplaced", None, "no_time"),
        ("cancellation", "cancelled", "cancellation", None),
        ("cancellation", "booked", None, "undone"),
        ("displaced", "unplaced", "displaced", None),
        ("displaced", "booked", None, "placed"),
        ("missed", "dna", "missed", None),
        ("missed", "attended", None, "came"),
        ("sooner", "booked", None, "offer_over"),
        ("coach_note", "cancelled", "coach_note", None),
    ],
)
def test_a_message_that_is_not_true_any_more_is_dropped(kind: str, status: str, sent: str | None, dropped: str | None) -> None:
    heard = message(status=kinds.SENT)
    assert verdict(message(kind, 2), replace(ENTRY, status=status, version=3), heard) == (sent, dropped)


def test_what_a_later_message_says_is_not_said_before_it_but_after_its_undo_time() -> None:
    first, second = message(), message(kinds.CHANGE, 2)
    assert verdict(first, ENTRY, second) == (None, "superseded")
    fresh = replace(second, not_before=AT + 30_000)
    found = judge(first, ENTRY, (fresh,), NOW, AT)
    assert (found.kind, found.drop, found.until) == (None, None, AT + 30_000)
    assert verdict(first, ENTRY, replace(second, status=kinds.DROPPED)) == ("confirmation", None)


def test_a_change_of_which_nobody_was_told_the_first_time_is_a_confirmation() -> None:
    change = message(kinds.CHANGE, 2)
    assert verdict(change, ENTRY, message(status=kinds.DROPPED)) == ("confirmation", None)
    for known in (kinds.SENT, kinds.TOLD):
        assert verdict(change, ENTRY, message(status=known)) == ("change", None)


def test_nobody_is_told_of_the_end_of_an_error_that_they_never_heard_of() -> None:
    gone = replace(ENTRY, status="cancelled", reason="entered_in_error", version=2)
    cancelled = message(kinds.CANCELLATION, 2)
    assert verdict(cancelled, gone) == (None, "never_told")
    assert verdict(cancelled, gone, message(status=kinds.TOLD)) == ("cancellation", None)


def test_nothing_is_sent_of_a_time_that_has_passed_and_no_reminder_of_another_day() -> None:
    past = datetime(2026, 11, 25, 10, 0)
    assert verdict(message(), ENTRY, now=past) == (None, "past")
    reminder = message(kinds.REMINDER, day="2026-11-25", rule=2)
    assert verdict(reminder, ENTRY) == ("reminder", None)
    assert verdict(reminder, replace(ENTRY, day=DAY + timedelta(days=1))) == (None, "moved")
    assert verdict(message(kinds.SOONER), ENTRY, offered=True) == ("sooner", None)


def test_waits_double_up_to_an_hour_and_are_spread_and_the_provider_is_heard() -> None:
    least, most = ([wait_seconds(attempt, draw) for attempt in range(1, 12)] for draw in (0.0, 1.0))
    assert most == [30, 60, 120, 240, 480, 960, 1920, *[LONGEST_WAIT_SECONDS] * 4]
    assert least == [one // 2 for one in most]
    assert wait_seconds(1, 0.5, asked=900) == 900
    assert wait_seconds(500, 1.0) == LONGEST_WAIT_SECONDS


@pytest.mark.parametrize(
    ("at", "channel", "first"),
    [
        ("2026-11-24T07:59", "sms", "2026-11-24T08:00"),
        ("2026-11-24T08:00", "sms", "2026-11-24T08:00"),
        ("2026-11-24T19:59", "email", "2026-11-24T19:59"),
        ("2026-11-24T20:00", "email", "2026-11-25T08:00"),
        ("2026-11-24T23:30", "letter", "2026-11-24T23:30"),
        ("2026-03-28T21:00", "sms", "2026-03-29T08:00"),  # the night in which the clocks go forward
        ("2026-10-24T22:00", "sms", "2026-10-25T08:00"),  # and back
    ],
)
def test_texts_and_mails_do_not_go_out_at_night_whatever_the_clocks_do(at: str, channel: str, first: str) -> None:
    found = allowed_from(instant_ms(datetime.fromisoformat(at), ZONE), channel, ZONE)
    assert wall_of(found, ZONE) == datetime.fromisoformat(first)


def test_rules_of_reminders_are_read_and_written_and_bad_ones_say_what_is_wrong() -> None:
    rules = read_rules("3,1; wsr-f2f=0 ;FE-F2F=none")
    assert (rules.of("FC-F2F"), rules.of("WSR-F2F"), rules.of("FE-F2F"), rules.furthest) == ((3, 1), (0,), (), 3)
    assert str(rules) == "3,1; FE-F2F=none; WSR-F2F=0"
    assert read_rules(str(rules)) == rules
    assert (read_rules(""), Rules().of(None)) == (Rules(), (2, 0))
    for bad in ("31", "x", "1,,2", "A=-1", "²"):
        with pytest.raises(BadRules, match="such as 2,0, or none"):
            read_rules(bad)


@pytest.mark.parametrize(
    ("now", "made", "due"),
    [
        ("2026-11-23T09:00", "2026-11-01", 2),
        ("2026-11-23T09:00", "2026-11-23", None),
        ("2026-11-22T23:59", "2026-11-01", None),
        ("2026-11-24T09:00", "2026-11-01", 2),
        ("2026-11-25T08:00", "2026-11-01", 0),
        ("2026-11-25T08:00", "2026-11-25", None),
        ("2026-11-25T08:00", "2026-11-24", 0),
        ("2026-11-24T08:00", "2026-11-23", None),
        ("2026-11-25T09:01", "2026-11-01", None),  # within the hour before the start
    ],
)
def test_the_latest_reminder_whose_day_has_come_is_due_unless_they_booked_since(now: str, made: str, due: int | None) -> None:
    start = datetime(2026, 11, 25, 10, 0)
    assert reminder_due((2, 0), DAY, start, date.fromisoformat(made), datetime.fromisoformat(now)) == due


CLIENT = Client("C000001", "Sana Khan", "07700 900001", "", "sana@example.org", address="1 Park Place\nLeeds\nLS1 1AA")


@pytest.mark.parametrize(
    ("changed", "channel"),
    [
        ({}, None),
        ({"preferred_channel": "email"}, "email"),
        ({"preferred_channel": "letter", "address": ""}, None),
        ({"preferred_channel": "phone"}, "phone"),
        ({"preferred_channel": "sms", "phone": "0113 496 0001"}, None),
        ({"preferred_channel": "sms", "phone": "+33 6 12 34 56 78"}, "sms"),
        ({"access_needs": "Deaf, text only please"}, "sms"),
        ({"access_needs": "large print letter"}, "letter"),
        ({"access_needs": "e-mail or text"}, None),
        ({"access_needs": "blind, uses a screen reader and e-mail"}, "email"),
        ({"access_needs": "text", "phone": ""}, None),
        ({"access_needs": "wheelchair"}, None),
        ({"access_needs": "Deaf, text only", "preferred_channel": "letter"}, "letter"),
    ],
)
def test_the_preference_decides_then_the_access_needs_then_somebody_is_asked(
    changed: dict[str, str], channel: str | None
) -> None:
    assert choose_channel(replace(CLIENT, **changed)) == channel


def test_a_claimant_can_be_reached_by_what_is_known_of_them() -> None:
    assert reachable(CLIENT) == ("sms", "email", "letter", "phone")
    assert reachable(Client("C000002", "B", "0113 496 0001")) == ("phone",)
    assert [language_of(replace(CLIENT, language=one)) for one in ("Welsh", "Cymraeg", "cy", "", "English")] == ["cy"] * 3 + [
        "en"
    ] * 2
