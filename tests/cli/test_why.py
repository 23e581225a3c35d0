"""why: every rule against a start as an object, exit codes, and what nobody should type."""

from typing import Any

import pytest

from tests.cli.runner import DAY, Place, booked

KEYS = {"status", "type", "diary", "coach", "day", "start", "end", "reasons", "instead"}
CHANGE_KEYS = {"kind", "text", "who", "diary", "day", "start", "entry", "minutes", "segments", "needs", "limit"}


def why(desk: Place, *more: str, start: str = "10:00", diary: str = "D01", code: str = "FC-F2F", blocked: bool = True) -> Any:
    arguments = ("why", code, "--diary", diary, "--day", DAY, "--start", start, *more)
    return desk.refuse(*arguments) if blocked else desk.ask(*arguments)


def test_an_open_start_says_so(desk: Place) -> None:
    found = why(desk, blocked=False)
    assert set(found) == KEYS
    assert found == {
        "status": "open",
        "type": {"code": "FC-F2F", "name": "First commitment - F2F", "minutes": 50, "channel": "f2f", "key": True},
        **{"diary": "D01", "coach": "Coach 1", "day": DAY, "start": "10:00", "end": "10:50", "reasons": [], "instead": []},
    }
    assert "nothing stands in the way" in desk.text("why", "FC-F2F", "--diary", "D01", "--day", DAY, "--start", "10:00")


def test_a_blocked_start_has_its_reasons_and_their_changes(desk: Place) -> None:
    entry = booked(desk)["id"]
    found = why(desk, "--time", "pm", start="10:30")
    assert (found["status"], found["start"], found["end"]) == ("blocked", "10:30", "11:20")
    assert [one["rule"] for one in found["reasons"]] == ["full", "window"]
    assert all(set(one) == {"rule", "text", "change"} for one in found["reasons"])
    assert all(set(one["change"]) == CHANGE_KEYS for one in found["reasons"])
    only = why(desk, start="10:30")["reasons"]
    assert [one["rule"] for one in only] == ["full"]
    change = only[0]["change"]
    assert (change["kind"], change["entry"], change["start"], change["minutes"]) == ("move", entry, "09:40", -20)
    assert [set(one) for one in found["instead"]] == [CHANGE_KEYS] * len(found["instead"])


def test_segments_are_named_with_level_and_owner(desk: Place) -> None:
    found = why(desk, start="12:10", code="WSR-PHONE")
    assert found["reasons"][0]["change"]["segments"] == [{"level": "diary", "owner": "D01", "start": "12:10", "end": "12:20"}]
    assert found["reasons"][0]["change"]["who"] == "leader"


@pytest.mark.parametrize(
    ("more", "rules"),
    [
        ({"start": "10:03"}, ["off_grid"]),
        ({"start": "23:55"}, ["closed"]),
        ({"diary": "D99"}, ["not_assigned"]),
        ({"code": "NOPE"}, ["unknown_type"]),
        ({"code": "\x1b[31m", "diary": "\x07"}, ["unknown_type", "not_assigned"]),
        ({"code": "CC-PHONE"}, ["not_assigned", "no_segment"]),
    ],
)
def test_each_answer_has_every_key(desk: Place, more: dict[str, Any], rules: list[str]) -> None:
    found = why(desk, **more)
    assert set(found) == KEYS
    assert [one["rule"] for one in found["reasons"]] == rules
    assert found["start"] == more.get("start", "10:00")


@pytest.mark.parametrize(
    "more",
    [
        ("--start", "24:00"),
        ("--start", "9:00"),
        ("--start", "ten"),
        ("--day", "25/11/2026"),
        ("--day", "9999-01-01"),
        ("--time", "noon"),
        ("--notice", "-1"),
        ("--channel", "fax"),
        ("--need", "nonsense"),
        ("--client", "Sana Khan"),
    ],
)
def test_what_is_malformed_is_refused(desk: Place, more: tuple[str, ...]) -> None:
    usual = {"--diary": "D01", "--day": DAY, "--start": "10:00"} | {more[0]: more[1]}
    found = desk.ask("why", "FC-F2F", *(word for pair in usual.items() for word in pair), code=2)
    assert (found["status"], set(found) >= KEYS) == ("usage", True)


def test_a_claimant_who_does_not_exist_is_refused(desk: Place) -> None:
    found = why(desk, "--client", "C999999")
    assert (found["status"], found["code"]) == ("refused", "unknown_client")
    assert set(found) >= KEYS
