"""Why not: who has the time, what would open it, and that looking changes nothing, on either engine."""

from datetime import timedelta
from typing import Any

import pytest

from agent_tui.domain.requests import MORNING, Request
from agent_tui.domain.why_not import Why
from agent_tui.services import blocking, booking, changes
from agent_tui.services.finding import UnknownClient, UnknownNeed, search
from agent_tui.services.why import why
from tests.services.conftest import House, done, wish
from tests.small_site import DAY, NINE, NOON, ONE, TEN


def asked(
    house: House,
    start: int = TEN,
    type: str = "FC-F2F",
    diary: str = "D01",
    login: str = "agent1",
    *,
    named: bool = False,
    **more: Any,
) -> Why:
    """Return the answer about a start of DAY."""
    said = {"first_day": DAY, "last_day": DAY, **more}
    return why(house.desk(login), Request(type, **said), diary, DAY, start * 5, named=named)


def rules(answer: Why) -> list[str]:
    """Return the rules of an answer."""
    return [one.rule for one in answer.reasons]


def test_it_agrees_with_find_on_every_start(house: House) -> None:
    done(booking.book(house.desk(), wish(start=TEN)))
    done(booking.hold(house.desk("agent2"), wish("EV-F2F", "D04", TEN, client=None)))
    done(booking.book(house.desk(), wish("NJR-F2F", "D04", TEN + 6, client="C000002")))
    request = Request("EV-F2F", DAY, DAY, window=MORNING, client="C000001", limit=None, every=True)
    found = {(one.diary, one.start) for one in search(house.desk(), request).offers}
    for code in ("D01", "D04"):
        for start in range(NINE - 2, ONE + 2):
            answer = why(house.desk(), request, code, DAY, start * 5)
            assert (answer.reasons == ()) == ((code, start) in found), (code, start)


def test_the_one_appointment_in_the_way_may_be_moved_as_it_says(house: House) -> None:
    booked = done(booking.book(house.desk(), wish("WSR-PHONE", start=TEN + 1))).entry
    answer = asked(house, NINE + 4)
    (reason,) = answer.reasons
    assert (reason.rule, reason.text) == ("full", "09:20-10:10 is taken: 10:05-10:15 WSR-PHONE.")
    assert reason.change is not None
    assert reason.change.text == "Move 10:05 WSR-PHONE by 5 minutes to 10:10"
    assert (reason.change.entry, reason.change.minutes) == (booked.id, 5)
    done(changes.move(house.desk(), booked.id, DAY, reason.change.start or 0), "moved")
    assert asked(house, NINE + 4).reasons == ()
    done(booking.book(house.desk(), wish(start=NINE + 4, client="C000002")))


def test_a_claimant_is_named_only_where_it_is_asked_and_may_be_known(house: House) -> None:
    done(booking.book(house.desk(), wish(start=TEN)))
    words = "10:00-10:50 is taken: 10:00-10:50 FC-F2F"
    assert asked(house).reasons[0].text == f"{words}."
    assert asked(house, named=True).reasons[0].text == f"{words} of S 1."
    assert asked(house, named=True, login="admin1").reasons[0].text == f"{words}."


def test_a_hold_is_named_by_who_has_it_and_how_long(house: House) -> None:
    held = done(booking.hold(house.desk("agent2"), wish(client=None))).entry
    text = asked(house, NINE).reasons[0].text
    assert text.startswith("09:00-09:50 is taken: 09:00-09:50 held by Bob Brook, ")
    assert text.endswith(" left.")
    assert "held by you" in asked(house, NINE, login="agent2").reasons[0].text
    house.expire(held.id)
    before = house.dump()
    assert asked(house, NINE).reasons == ()
    assert house.dump() == before


def test_an_appointment_kept_under_a_block_is_not_moved_away_from_it(house: House) -> None:
    done(booking.book(house.desk(), wish("WSR-PHONE", start=TEN)))
    blocked = blocking.block(house.desk("leader1"), "D01", DAY, NINE, NOON, reason="meeting", over="keep")
    assert getattr(blocked, "status", None) == "blocked", blocked
    answer = asked(house, TEN, "WSR-PHONE")
    assert [one.change and one.change.kind for one in answer.reasons] == ["start"]
    assert answer.reasons[0].change is not None
    assert answer.reasons[0].change.start == ONE
    assert "block time" in asked(house, TEN + 4, "WSR-PHONE").reasons[0].text


def test_limits_and_rooms_and_clashes_are_told(house: House) -> None:
    for number, start in ((1, NINE), (2, NINE + 2)):
        done(booking.book(house.desk(), wish("WSR-PHONE", "D04", start, client=f"C00000{number}")))
    limited = asked(house, TEN, "WSR-PHONE", "D04")
    assert [(one.rule, one.text) for one in limited.reasons] == [
        ("limit", "The limit is used up in 09:00-11:00 of diary D04: 2 of 2.")
    ]
    for number, code in ((3, "D01"), (4, "D02")):
        done(booking.book(house.desk(), wish("EV-F2F", code, TEN, client=f"C00000{number}")))
    rooms = asked(house, TEN, "EV-F2F", "D03", client="C000003")
    assert rules(rooms) == ["resource_busy", "client_clash"]
    assert "Room 1 (R01) has 10:00-10:20 EV-F2F" in rooms.reasons[0].text
    assert rooms.reasons[1].text == "The claimant already has 10:00-10:20 in diary D01."
    assert [one.text for one in rooms.instead] == ["09:40 is free: 20 minutes earlier"]


def test_a_coach_is_told_whose_diary_it_is(house: House) -> None:
    answer = asked(house, login="coach2")
    said = "A coach books into the own diary D02 only; an agent or a team leader books into others."
    assert [(one.rule, one.text) for one in answer.reasons] == [("booker", said)]
    assert [one.text for one in answer.instead] == ["Another coach then: D02 Coach 2"]
    assert asked(house, diary="D02", login="coach2").reasons == ()
    done(booking.book(house.desk(), wish(start=TEN)))
    (theirs,) = [one for one in asked(house, login="coach2").reasons if one.rule == "full"]
    assert theirs.change is None


def test_what_does_not_exist_is_said_with_what_is_near(house: House) -> None:
    nobody = why(house.desk(), Request("FC-F2", DAY, DAY), "D9", DAY, 603)
    assert rules(nobody) == ["off_grid", "unknown_type", "not_assigned"]
    assert (nobody.type.name, nobody.coach, nobody.end) == (None, None, None)
    off = why(house.desk(), Request("FC-F2F", DAY, DAY), "D01", DAY, 603)
    assert (rules(off), off.coach, off.minute, off.end) == (["off_grid"], "Coach 1", 603, None)
    unassigned = asked(house, type="CC-PHONE")
    assert [(one.rule, one.change and one.change.who) for one in unassigned.reasons] == [
        ("not_assigned", "leader"),
        ("no_segment", "leader"),
    ]
    with pytest.raises(UnknownClient):
        asked(house, client="C999999")
    with pytest.raises(UnknownNeed):
        asked(house, needs=("nonsense",))


def test_a_past_day_has_no_change_of_segments(house: House) -> None:
    past = DAY - timedelta(days=7)
    answer = why(house.desk(), Request("FC-F2F", past, past), "D01", past, NOON * 5)
    assert [(one.rule, one.change) for one in answer.reasons] == [("past", None), ("closed", None)]
    assert (answer.end, answer.instead) == (NOON + 10, ())
    late = asked(house, 287)
    assert (late.end, rules(late)) == (None, ["closed"])


def test_looking_writes_nothing(house: House) -> None:
    done(booking.book(house.desk(), wish(start=TEN)))
    before = house.dump()
    asked(house, named=True, client="C000001")
    assert house.dump() == before
