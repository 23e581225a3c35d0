"""Hand-offs: what no diary can take is written down with everything typed and a due date, once."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from agent_tui.domain.requests import HandedOff, Request
from agent_tui.domain.types import AppointmentType, MinutesFrom
from agent_tui.domain.wall_time import short_date
from agent_tui.services import booking, lists
from agent_tui.services.finding import search
from agent_tui.store.queries import catalogue
from tests.services.conftest import House, done, handed_off, refused, uid, wish
from tests.small_site import DAY, FROM, NINE, NOW

TODAY, TOMORROW = NOW.date(), NOW.date() + timedelta(days=1)
KEY = AppointmentType("KEY-F2F", "Key meeting - F2F", "f2f", "commitments", True, (MinutesFrom(FROM, 30),))


@pytest.mark.parametrize("make", [booking.book, booking.hold])
def test_a_type_that_no_diary_has_is_handed_off_to_the_sites_contact(house: House, make: object) -> None:
    act = booking.book if make is booking.book else booking.hold
    found = handed_off(act(house.desk(), wish("CC-PHONE"), id=uid(1)))
    assert (found.id, found.type, found.client, found.contact, found.repeated) == (
        *(uid(1), "CC-PHONE", "C000001", "PAC desk", False),
    )
    assert "Childcare call - phone" in found.reason
    assert short_date(found.due) in found.reason
    item = lists.handoffs(house.desk())[0]
    assert (item.id, item.kind, item.status) == (uid(1), "handoff", "open")
    assert house.verbs() == ["handed_off"]
    assert house.rows("SELECT COUNT(*) FROM entry WHERE site = ?") == [(0,)]


def test_everything_that_was_typed_is_kept(house: House) -> None:
    wanted = wish(
        *("CC-PHONE", None, NINE),
        needs=("hearing loop",),
        contact="email",
        priority="urgent",
        priority_reason="about to move out",
        access_needs="large print",
        language="Welsh",
        note="asks for Friday",
        claim_date=TODAY - timedelta(days=2),
    )
    made = handed_off(booking.hold(house.desk(), wanted))
    row = house.rows("SELECT type, client, contact, wanted, claim_date, made_by FROM handoff WHERE site = ?")[0]
    for word in ('"2026-11-25"', '"09:00"', "hearing loop", "email", "urgent", "Welsh"):
        assert word in row[3]
    assert (row[0], row[1], row[4], row[5]) == ("CC-PHONE", "C000001", (TODAY - timedelta(days=2)).isoformat(), "agent1")
    notes = house.rows("SELECT kind, body FROM note WHERE site = ? AND handoff = ? ORDER BY kind", made.id)
    assert notes == [("access", "large print"), ("note", "asks for Friday"), ("priority", "about to move out")]


def test_no_free_text_of_a_hand_off_reaches_the_log(house: House) -> None:
    typed = {"note": "Secret-note", "access_needs": "Secret-need", "priority_reason": "Secret-reason"}
    handed_off(booking.hold(house.desk(), wish("CC-PHONE", **typed)))  # type: ignore[arg-type]
    assert "Secret" not in repr(house.events())


def test_the_language_of_a_hand_off_is_not_written_to_the_log_either(house: House) -> None:
    handed_off(booking.hold(house.desk(), wish("CC-PHONE", language="Secret-tongue")))
    assert "Secret" not in repr(house.events())


def test_a_hand_off_needs_no_claimant_but_a_known_one(house: House) -> None:
    assert handed_off(booking.hold(house.desk(), wish("CC-PHONE", client=None))).client is None
    before = house.dump()
    refused(booking.hold(house.desk(), wish("CC-PHONE", client="C999999")), "unknown_client")
    refused(booking.hold(house.desk("admin1"), wish("CC-PHONE")), "role")
    assert house.dump() == before


@pytest.mark.parametrize(
    ("claimed", "due"),
    [
        (None, TODAY + timedelta(days=7)),
        (TODAY - timedelta(days=4), TODAY + timedelta(days=3)),
        (TODAY - timedelta(days=7), TOMORROW),
        (TODAY - timedelta(days=300), TOMORROW),
    ],
)
def test_another_type_is_due_within_seven_days_of_the_claim(house: House, claimed: date | None, due: date) -> None:
    assert handed_off(booking.hold(house.desk(), wish("CC-PHONE", claim_date=claimed))).due == due


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (NOW, TOMORROW),
        (datetime(2026, 11, 27, 16, 0), date(2026, 11, 30)),
        (datetime(2026, 11, 28, 10, 0), date(2026, 11, 30)),
        (datetime(2026, 12, 24, 9, 0), date(2026, 12, 28)),
    ],
)
def test_a_key_type_is_due_on_the_next_working_day(house: House, now: datetime, due: date) -> None:
    house.add_type(KEY)
    wanted = wish("KEY-F2F", None, claim_date=now.date())
    assert handed_off(booking.hold(house.desk(now=now), wanted)).due == due


def test_key_types_come_first_and_overdue_ones_say_so(house: House) -> None:
    house.add_type(KEY)
    for number, code in enumerate(("CC-PHONE", "KEY-F2F", "CC-PHONE"), 1):
        handed_off(booking.hold(house.desk(), wish(code, claim_date=TODAY - timedelta(days=number)), id=uid(number)))
    items = lists.handoffs(house.desk())
    assert [one.id for one in items] == [uid(2), uid(3), uid(1)]
    assert not any("OVERDUE" in one.text for one in items)
    later = lists.handoffs(house.desk(now=NOW + timedelta(days=5)))
    assert ["OVERDUE" in one.text for one in later] == [True, True, False]


def test_a_retry_answers_the_same_hand_off_and_writes_no_second(house: House) -> None:
    first = handed_off(booking.hold(house.desk(), wish("CC-PHONE"), id=uid(1)))
    before = house.dump()
    again = handed_off(booking.hold(house.desk(later=30), wish("CC-PHONE"), id=uid(1)))
    assert again == replace(first, repeated=True)
    refused(booking.hold(house.desk(), wish("CC-PHONE", start=100), id=uid(1)), "id_reused")
    refused(booking.book(house.desk(), wish("FC-F2F"), id=uid(1)), "id_reused")
    assert house.dump() == before


def test_a_type_whose_diaries_are_all_switched_off_is_handed_off(house: House) -> None:
    def off(unit: object, site: str) -> None:
        for code in ("D01", "D02", "D03", "D04"):
            catalogue.set_enabled(unit, site, code, False)  # type: ignore[arg-type]

    house.change_rules(off)
    assert "switched off" in handed_off(booking.book(house.desk(), wish(diary=None))).reason


def test_first_hands_off_too(house: House) -> None:
    wanted = wish("CC-PHONE", None, None, first=True, search=Request("CC-PHONE", DAY, DAY))
    handed_off(booking.book(house.desk(), wanted))


@pytest.mark.parametrize("login", ["agent1", "super1"])
def test_find_and_hold_agree_on_what_is_handed_off(house: House, login: str) -> None:
    house.add_type(replace(KEY, may_book=frozenset({"site staff"})))
    found = search(house.desk(login), Request("KEY-F2F", DAY, DAY))
    outcome = booking.hold(house.desk(login), wish("KEY-F2F", None))
    assert isinstance(outcome, HandedOff) == (found.status == "handoff")


def test_a_type_that_was_assigned_again_is_booked(house: House) -> None:
    handed_off(booking.book(house.desk(), wish("CC-PHONE")))
    house.change_rules(lambda unit, site: catalogue.assign(unit, site, "D01", "CC-PHONE"))
    found = booking.book(house.desk(), wish("CC-PHONE"))
    refused(found, "not_allowed")  # assigned, but no segment allows it yet


def test_the_list_of_hand_offs_of_an_empty_site_is_empty(house: House) -> None:
    assert lists.handoffs(house.desk()) == []
    done(booking.book(house.desk(), wish()))
    assert lists.handoffs(house.desk()) == []
