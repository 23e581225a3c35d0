"""find: every filter, the defaults, the order, and that it never writes."""

import json
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from agent_tui.domain.wall_time import short_date_of
from tests.cli.runner import CLOCK, DAY, NOW, OFFER_KEYS, Place, booked, held

Offers = list[dict[str, Any]]


def order(offer: dict[str, Any]) -> tuple[str, str, str]:
    return (offer["day"], offer["start"], offer["diary"])


def find(place: Place, *words: str, stdin: str | None = None) -> Offers:
    shown = place.ask("find", *words, "--all", stdin=stdin, code=None)
    offers: Offers = shown["offers"]
    assert shown["total"] == len(offers)
    assert shown["status"] == ("offers" if offers else "none")
    return offers


def minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def test_the_answer(desk: Place) -> None:
    shown = desk.ask("find", "FC-F2F")
    assert shown["status"] == "offers"
    assert shown["type"] == {"code": "FC-F2F", "name": "First commitment - F2F", "minutes": 50, "channel": "f2f", "key": True}
    assert shown["reasons"] == []
    for offer in shown["offers"]:
        assert offer.keys() >= OFFER_KEYS
        assert CLOCK.fullmatch(offer["start"])
        assert minutes(offer["end"]) - minutes(offer["start"]) == 50
        assert offer["diary"] in offer["resources"]
        assert isinstance(offer["flush"], bool)
        assert date.fromisoformat(offer["day"])


def test_from_today_for_twenty_working_days(desk: Place) -> None:
    shown = desk.ask("find", "FC-F2F", "--all")
    assert shown["from"] == NOW[:10]
    days = [date(2026, 11, 24) + timedelta(days=number) for number in range(40)]
    working = [day for day in days if day.weekday() < 5 and day != date(2026, 12, 25)]
    assert shown["to"] == working[19].isoformat()
    assert {offer["day"] for offer in shown["offers"]} == {day.isoformat() for day in working[:20]}
    assert min(order(offer) for offer in shown["offers"]) >= (NOW[:10], "09:00", "")


def test_sorted_by_day_start_diary_and_never_twice(demo: Place) -> None:
    for code in ("FC-F2F", "WSR-F2F", "IEI-PH"):
        shown = demo.ask("find", code, "--all", code=None)
        keys = [order(offer) for offer in shown["offers"]]
        assert all(one < next_ for one, next_ in pairwise(keys)), code


@pytest.mark.parametrize("limit", [1, 2, 49, 50, 51])
def test_limit_cuts_the_front_of_all(desk: Place, limit: int) -> None:
    most = desk.ask("find", "FC-F2F", "--limit", "100000")
    shown = desk.ask("find", "FC-F2F", "--limit", str(limit))
    assert shown["offers"] == most["offers"][:limit]
    assert shown["total"] == most["total"] == len(most["offers"])
    assert shown["starts"] == len(find(desk, "FC-F2F")) > shown["total"]


def test_fifty_are_shown_by_default(desk: Place) -> None:
    assert len(desk.ask("find", "FC-F2F")["offers"]) == 50


def test_days(desk: Place) -> None:
    assert {offer["day"] for offer in find(desk, "FC-F2F", "--from", "2026-11-26", "--to", "2026-11-30")} == {
        *("2026-11-26", "2026-11-27", "2026-11-30")
    }
    one = desk.ask("find", "FC-F2F", "--from", DAY, "--to", DAY)
    assert (one["from"], one["to"]) == (DAY, DAY)


def test_parts_of_the_day(desk: Place) -> None:
    everything = find(desk, "NJR-F2F", "--from", DAY, "--to", DAY)
    assert find(desk, "NJR-F2F", "--from", DAY, "--to", DAY, "--time", "am") == [
        offer for offer in everything if offer["start"] < "12:00"
    ]
    assert find(desk, "NJR-F2F", "--from", DAY, "--to", DAY, "--time", "pm") == [
        offer for offer in everything if offer["start"] >= "12:00"
    ]


@pytest.mark.parametrize("window", ["09:00-10:00", "09:10-11:25", "13:00-13:30", "00:00-24:00", "16:00-17:00", "11:00-14:00"])
def test_a_clock_range_holds_the_whole_appointment(desk: Place, window: str) -> None:
    first, last = window.split("-")
    everything = find(desk, "NJR-F2F", "--from", DAY, "--to", DAY)
    wanted = [offer for offer in everything if first <= offer["start"] and offer["end"] <= last]
    assert find(desk, "NJR-F2F", "--from", DAY, "--to", DAY, "--time", window) == wanted


def test_near_puts_the_nearest_of_a_day_first_and_loses_none(desk: Place) -> None:
    words = ("NJR-F2F", "--from", DAY, "--to", "2026-11-27")
    everything, near = find(desk, *words), find(desk, *words, "--near", "14:30")
    assert sorted(map(json.dumps, near)) == sorted(map(json.dumps, everything))
    assert near[0]["start"] == "14:30"
    for one, next_ in pairwise(near):
        if one["day"] == next_["day"]:
            assert abs(minutes(one["start"]) - 870) <= abs(minutes(next_["start"]) - 870)
        else:
            assert one["day"] < next_["day"]


def test_diary_team_and_channel(desk: Place) -> None:
    words = ("NJR-F2F", "--from", DAY, "--to", DAY)
    everything = find(desk, *words)
    assert find(desk, *words, "--diary", "D03") == [offer for offer in everything if offer["diary"] == "D03"]
    assert find(desk, *words, "--team", "B") == [offer for offer in everything if offer["team"] == "B"]
    assert {offer["channel"] for offer in find(desk, *words, "--channel", "phone")} == {"phone"}
    assert find(desk, *words, "--team", "A", "--diary", "D03") == []


def test_needs_add_a_room_that_meets_them(desk: Place) -> None:
    for offer in find(desk, "NJR-F2F", "--from", DAY, "--to", DAY, "--need", "hearing loop"):
        assert offer["resources"] == [offer["diary"], "R02"]
    for offer in find(desk, "EV-F2F", "--from", DAY, "--to", DAY):
        assert offer["resources"] == [offer["diary"], "R01"]
    booked(desk, "--need", "hearing loop", start="10:00", type="NJR-F2F")
    busy = find(desk, "NJR-F2F", "--from", DAY, "--to", DAY, "--need", "hearing loop", "--time", "10:00-10:30")
    assert busy == []


def test_a_clients_own_time_is_left_out(desk: Place) -> None:
    booked(desk, client="C000001", start="10:00")
    words = ("NJR-F2F", "--from", DAY, "--to", DAY, "--time", "10:00-10:50")
    assert find(desk, *words, "--client", "C000001") == []
    assert find(desk, *words, "--client", "C000002") != []
    assert find(desk, *words) != []


def test_notice(desk: Place) -> None:
    at_once = find(desk, "NJR-F2F")
    assert at_once[0]["start"] == "09:00"
    later = find(desk, "NJR-F2F", "--notice", "125")
    assert (later[0]["day"], later[0]["start"]) == (NOW[:10], "11:05")
    assert later == [offer for offer in at_once if (offer["day"], offer["start"]) >= (NOW[:10], "11:05")]


def test_what_has_begun_is_not_offered(desk: Place) -> None:
    assert find(desk.at("2026-11-24T10:01"), "NJR-F2F")[0]["start"] == "10:05"
    assert find(desk.at("2026-11-24T10:05"), "NJR-F2F")[0]["start"] == "10:05"
    assert find(desk.at("2026-11-24T17:00"), "NJR-F2F")[0]["day"] == DAY


def test_taken_time_is_not_offered(desk: Place) -> None:
    booked(desk, start="10:00")
    held(desk, start="11:00")
    for offer in find(desk, "NJR-F2F", "--from", DAY, "--to", DAY, "--diary", "D01"):
        for first, last in (("10:00", "10:50"), ("11:00", "11:50")):
            assert offer["end"] <= first or last <= offer["start"], offer


def test_it_never_writes(desk: Place) -> None:
    rows, seen = desk.dump(), Path(desk.store).read_bytes()
    for words in (("FC-F2F",), ("FC-F2F", "--client", "C000001"), ("NO-SUCH",), ("CC-PHONE",), ("FC-F2F", "--client", "C999999")):
        desk.ask("find", *words, code=None)
    assert desk.dump() == rows
    assert Path(desk.store).read_bytes() == seen
    assert desk.head() == 0


def test_it_never_writes_with_a_client_from_standard_input(desk: Place) -> None:
    rows = desk.dump("access")  # who looked at whom is recorded, and nothing else
    desk.ask("find", "FC-F2F", "--client", "-", stdin="Sana Khan 10\n")
    assert desk.dump("access") == rows


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (("NO-SUCH",), "unknown_type"),
        (("CC-PHONE",), "not_assigned"),
        (("FC-F2F", "--diary", "D99"), "not_assigned"),
        (("FC-F2F", "--team", "Z"), "not_assigned"),
        (("FC-F2F", "--from", "2026-12-25", "--to", "2026-12-25"), "closure"),
        (("FC-F2F", "--from", "2026-11-28", "--to", "2026-11-28"), "day_off"),
        (("FC-F2F", "--from", NOW[:10], "--to", NOW[:10], "--notice", "1440"), "notice"),
        (("FC-F2F", "--from", "2026-11-01", "--to", "2026-11-02"), "notice"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_why_there_is_nothing(desk: Place, words: tuple[str, ...], rule: str) -> None:
    shown = desk.refuse("find", *words)
    assert shown["status"] == ("handoff" if words == ("CC-PHONE",) else "none")
    assert shown["offers"] == []
    assert shown["total"] == 0
    assert rule in [reason["rule"] for reason in shown["reasons"]]
    for reason in shown["reasons"]:
        assert reason.keys() >= {"rule", "text", "count", "fix"}
        assert reason["text"].endswith(".")
        assert reason["count"] >= 1


def test_a_full_day_says_so(desk: Place) -> None:
    words = ("find", "FC-F2F", "--from", DAY, "--to", DAY, "--diary", "D01", "--time", "09:00-10:00")
    booked(desk, start="09:00")
    assert [reason["rule"] for reason in desk.refuse(*words)["reasons"]] == ["full"]


def test_a_used_up_limit_says_so(desk: Place) -> None:
    for client, start in (("C000001", "09:00"), ("C000002", "09:20")):
        desk.ask("book", "EV-F2F", "--client", client, "--day", DAY, "--start", start, "--diary", "D04")
    shown = desk.refuse("find", "EV-F2F", "--from", DAY, "--to", DAY, "--diary", "D04", "--time", "09:00-11:00")
    assert "limit" in [reason["rule"] for reason in shown["reasons"]]


def test_first_is_the_first_line_of_the_same_find(demo: Place) -> None:
    filters: list[tuple[str, ...]] = [
        (),
        ("--time", "pm"),
        ("--time", "10:00-12:00"),
        ("--team", "B"),
        ("--diary", "D03"),
        ("--from", "2026-11-26"),
        ("--near", "15:00"),
        ("--notice", "3000"),
        ("--time", "am", "--from", "2026-11-27", "--to", "2026-11-30"),
    ]
    taken = 0
    for code in ("FC-F2F", "WSR-F2F", "IEI-FULL-F2F"):
        for words in filters:
            found = demo.ask("find", code, *words, "--client", "C000001", code=None)
            answer = demo.ask("hold", code, *words, "--client", "C000001", "--first", code=None)
            if not found["offers"]:
                assert answer["status"] == "refused", (code, words)
                continue
            first = found["offers"][0]
            assert answer["status"] == "held", (code, words)
            for key in ("diary", "coach", "day", "start", "end", "resources"):
                assert answer[key] == first[key], (code, words, key)
            taken += 1
    assert taken > 10


def test_what_is_offered_is_booked_whoever_asks(desk: Place) -> None:
    for login in ("agent1", "leader1", "super1", "coach2", "coach4"):
        place = desk.by(login)
        found = place.ask("find", "NJR-F2F", "--client", "C000003", "--from", DAY)
        answer = place.ask("book", "NJR-F2F", "--client", "C000003", "--from", DAY, "--first", code=None)
        assert answer["status"] == "booked", (login, answer["reason"])
        assert (answer["diary"], answer["start"]) == (found["offers"][0]["diary"], found["offers"][0]["start"])


def test_plain_lines_say_the_same(desk: Place) -> None:
    lines = desk.text("find", "FC-F2F", "--limit", "3").splitlines()
    for offer in desk.ask("find", "FC-F2F", "--limit", "3")["offers"]:
        assert any(short_date_of(offer["day"]) in line and offer["start"] in line and offer["diary"] in line for line in lines)
