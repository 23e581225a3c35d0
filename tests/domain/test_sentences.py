"""What is said to a claimant, and by when a hand-off is due."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from agent_tui.domain.drop_in import DropInNow
from agent_tui.domain.requests import EntryState, Found, Offer, TypeInHand
from agent_tui.domain.sentences import due_day, read_back, say, say_cancelled, say_offers
from tests.domain.worlds import MONDAY, TEN, diary, kind, site

ENTRY = EntryState(
    id="6f7c2a58-0000-4000-8000-000000000001",
    kind="appointment",
    status="booked",
    type="AAA",
    client="C000123",
    diary="D01",
    day=date(2026, 11, 24),
    start=174,
    end=184,
    resources=("D01",),
    needs=(),
    channel="f2f",
    priority="standard",
    contact="phone",
    version=1,
    made_by="agent1",
    made_at=0,
)
CATALOGUE = site((kind("AAA", 50, bring="proof of identity", group="commitments"),), (diary("D01"),))


def named(name: str, **more: object) -> str:
    """Return what is said of an appointment of a type."""
    one = replace(kind(bring="a bank statement"), name=name, **more)  # type: ignore[arg-type]
    return say(site((one,)), ENTRY)


def test_the_sentence_tells_weekday_date_time_length_place_what_to_bring_and_how_to_change_it() -> None:
    assert say(CATALOGUE, ENTRY) == (
        "Your appointment for Type AAA with Coach D01 is on Tuesday 24 November at 2:30pm. It takes 50 minutes. "
        "Please come to Leeds Park Place, 1 Park Place, Leeds LS1 2RU. Please bring proof of identity. "
        "To change or cancel it, phone 0113 496 0000."
    )


@pytest.mark.parametrize("channel", ["phone", "video"])
def test_who_is_phoned_is_not_sent_to_the_jobcentre(channel: str) -> None:
    words = say(CATALOGUE, replace(ENTRY, channel=channel))
    assert "1 Park Place" not in words
    assert "come to" not in words
    assert ("We will phone you." if channel == "phone" else "link for the video call") in words
    assert "Please have ready proof of identity." in words
    assert "phone 0113 496 0000" in words


def test_nothing_to_bring_is_not_mentioned() -> None:
    assert "bring" not in say(site((kind(),)), ENTRY)


@pytest.mark.parametrize("group", ["specialist", "block-time"])
def test_a_specialist_type_is_not_named_since_its_name_may_tell_of_a_condition(group: str) -> None:
    words = named("Advanced appointment for prison leaver", group=group)
    assert "prison" not in words
    assert words.startswith("Your appointment with Coach D01 is on Tuesday 24 November")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("First commitment - F2F", "First commitment"),
        ("Initial Evidence Interview - Phone", "Initial Evidence Interview"),
        ("Work Search Review 20 - Video", "Work Search Review 20"),
        ("Commitments review", "Commitments review"),
    ],
)
def test_the_channel_is_no_part_of_the_name_that_is_said(name: str, said: str) -> None:
    assert f"appointment for {said} with" in named(name, group="commitments")


def test_a_type_or_diary_that_has_gone_since_leaves_a_sound_sentence() -> None:
    words = say(CATALOGUE, replace(ENTRY, type="GONE", diary="D99"))
    assert words.startswith("Your appointment is on Tuesday 24 November at 2:30pm. It takes 50 minutes.")


@pytest.mark.parametrize("personal", ["C000123", "agent1", ENTRY.id])
def test_ids_and_logins_are_never_said(personal: str) -> None:
    assert personal not in say(CATALOGUE, ENTRY)


def test_a_cancellation_tells_what_is_off_and_how_to_make_a_new_one() -> None:
    assert say_cancelled(CATALOGUE, replace(ENTRY, start=TEN)) == (
        "Your appointment on Tuesday 24 November at 10am is cancelled. To make a new one, phone 0113 496 0000."
    )


def test_a_key_type_is_due_on_the_next_working_day() -> None:
    tomorrow = MONDAY + timedelta(days=1)
    assert due_day(MONDAY, None, True, tomorrow) == tomorrow
    assert due_day(MONDAY, MONDAY - timedelta(days=30), True, tomorrow) == tomorrow


@pytest.mark.parametrize(("age", "due"), [(0, 7), (3, 4), (6, 1), (7, 1), (40, 1)])
def test_another_type_is_due_seven_days_after_the_claim_but_never_before_the_next_working_day(age: int, due: int) -> None:
    tomorrow = MONDAY + timedelta(days=1)
    assert due_day(MONDAY, MONDAY - timedelta(days=age), False, tomorrow) == MONDAY + timedelta(days=due)


def test_without_a_claim_date_the_seven_days_begin_today() -> None:
    assert due_day(MONDAY, None, False, MONDAY + timedelta(days=1)) == MONDAY + timedelta(days=7)


def offered(start: int, *, day: date = ENTRY.day, diary: str = "D01", coach: str = "Coach D01") -> Offer:
    return Offer(diary, coach, "A", day, start, start + 10, "f2f", (diary,), flush=False)


def found(*offers: Offer, status: str = "", last: date = ENTRY.day, drop_in: DropInNow | None = None) -> Found:
    hand = TypeInHand("AAA", "Type AAA", 50, "f2f", False)
    return Found(status or ("offers" if offers else "none"), hand, ENTRY.day, last, len(offers), offers, (), drop_in)


def test_offers_are_said_in_one_sentence_which_repeats_neither_a_day_nor_the_only_coach() -> None:
    two_days = found(offered(108), offered(174), offered(108, day=date(2026, 11, 25)))
    assert say_offers(CATALOGUE, two_days) == (
        "I can offer you an appointment for Type AAA on Tuesday 24 November at 9am, 2:30pm or on Wednesday 25 November at 9am"
        " with Coach D01. Which of these suits you best?"
    )
    coaches = found(offered(108), offered(144, diary="D02", coach="Ben Osei"))
    assert say_offers(CATALOGUE, coaches) == (
        "I can offer you an appointment for Type AAA on Tuesday 24 November at 9am with Coach D01 or midday with Ben Osei."
        " Which of these suits you best?"
    )
    assert str(say_offers(CATALOGUE, found(offered(108)))).endswith("at 9am with Coach D01. Does that suit you?")


def test_what_is_said_where_there_is_no_offer() -> None:
    nothing = "I have no free appointment for Type AAA that fits"
    asked = "Would another day or another time suit you?"
    assert say_offers(CATALOGUE, found()) == f"{nothing} on Tuesday 24 November. {asked}"
    longer = found(last=date(2026, 11, 27))
    assert say_offers(CATALOGUE, longer) == f"{nothing} between Tuesday 24 November and Friday 27 November. {asked}"
    assert say_offers(CATALOGUE, found(status="handoff")) is None
    come = DropInNow((), "Please come to the front desk.", "")
    assert str(say_offers(CATALOGUE, found(drop_in=come))).startswith(f"Please come to the front desk. {nothing}")


def test_a_time_is_read_back_in_the_words_that_tell_of_it_once_it_is_booked() -> None:
    back = read_back(CATALOGUE, "AAA", offered(174))
    told = say(CATALOGUE, ENTRY).removeprefix("Your ").removesuffix(" To change or cancel it, phone 0113 496 0000.")
    assert back == f"I will read that back: your {told} Is that right?"


def test_neither_offers_nor_what_is_read_back_reveal_a_condition() -> None:
    hidden = site((kind("AAA", 50, group="specialist"),), (diary("D01"),))
    assert "AAA" not in str(say_offers(hidden, found(offered(108)))) + read_back(hidden, "AAA", offered(108))
