"""guarantee and check: every key on every answer, what find lists, and what nobody should type."""

from datetime import date

import pytest

from tests.cli.runner import Place, booked

ITEM = {
    *("type", "name", "starts", "days", "from", "to", "found", "status", "reason", "fix", "reasons", "diaries"),
    *("room", "booked_per_day"),
}
SET = {"status", "repeated", "type", "starts", "days", "guarantee", "code", "reason"}
CHECK = {"status", "repeated", "week", "signed_by", "name", "signed_at", "red", "done", "code", "reason"}


def test_a_guarantee_by_command_is_what_find_lists(desk: Place) -> None:
    leader = desk.by("leader1")
    assert leader.ask("guarantee") == {"status": "list", "total": 0, "items": []}
    assert "Nothing is guaranteed yet" in leader.text("guarantee")
    made = leader.ask("guarantee", "set", "fc-f2f", "--starts", "500"[:2], "--days", "3")
    assert set(made) == SET
    assert (made["status"], made["type"], made["starts"], made["days"]) == ("saved", "FC-F2F", 50, 3)
    booked(desk)
    leader.ask("guarantee", "set", "CC-PHONE")
    found = desk.ask("guarantee")
    assert [set(one) for one in found["items"]] == [ITEM] * 2
    broken, kept = found["items"]
    listed = leader.ask("find", "FC-F2F", "--from", kept["from"], "--to", kept["to"], "--all", "--limit", "10000")
    assert kept["found"] == listed["total"] == len(listed["offers"])
    assert (kept["status"], kept["reason"], kept["fix"]) == ("ok", None, None)
    assert (broken["type"], broken["status"], broken["found"]) == ("CC-PHONE", "fails", 0)
    assert [one["rule"] for one in broken["reasons"]] == ["not_assigned"]
    assert "assigned to no diary" in broken["reason"]
    assert broken["fix"] == "Assign it to a diary."
    text = leader.text("guarantee")
    assert "! CC-PHONE" in text
    proposed = leader.ask("guarantee", "propose", "CC-PHONE", code=None)
    assert "proposal" in proposed
    assert leader.ask("guarantee", "drop", "CC-PHONE")["status"] == "dropped"
    desk.sound()


def test_the_same_id_does_nothing_twice(desk: Place) -> None:
    leader, id = desk.by("leader1"), "5f0c7a52-6d9e-4b1c-9a3e-2f4b8c1d0e6f"
    leader.ask("guarantee", "set", "FC-F2F", "--id", id)
    head = leader.head()
    assert leader.ask("guarantee", "set", "FC-F2F", "--id", id)["repeated"] is True
    assert leader.refuse("guarantee", "set", "EV-F2F", "--id", id)["code"] == "id_reused"
    assert leader.head() == head


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("guarantee", "set", "FC-F2F", "--starts", "0"), 2, "--starts takes a whole number from 1 to 200."),
        (("guarantee", "set", "FC-F2F", "--days", "99"), 2, "--days takes a whole number from 1 to 20."),
        (("guarantee", "set", "FC-F2F", "--days", "soon"), 2, "valid integer"),
        (("guarantee", "set", ""), 2, "Say which type"),
        (("guarantee", "set", "NOPE"), 3, "There is no type NOPE."),
        (("guarantee", "drop", "FC-F2F"), 3, "Nothing is guaranteed for FC-F2F."),
        (("guarantee", "propose", "NOPE"), 3, "There is no type NOPE."),
        (("check", "sign", "--week", "2026-W54", "--done", "nothing"), 2, "2026 has no week 54: its weeks are 1 to 53."),
        (("check", "sign", "--week", "someday", "--done", "nothing"), 2, "someday is no week"),
        (("check", "sign", "--week", "2026-W50", "--done", "nothing"), 3, "too far ahead"),
        (("check", "sign", "--week", "2026-W40", "--done", "nothing"), 3, "too long past"),
        (("check", "sign", "--done", "rang 0113 496 0001"), 2, "no phone number"),
        (("check", "sign"), 2, "what was done"),
        (("check", "undo"), 3, "There is no signing"),
    ],
)
def test_what_nobody_should_type_gets_a_sentence(desk: Place, arguments: tuple[str, ...], code: int, sentence: str) -> None:
    found = desk.by("leader1").ask(*arguments, code=code)
    assert sentence in found["reason"]
    assert {"status", "code", "reason"} <= set(found)
    assert set(found) in (SET, CHECK) or "proposal" in found


def test_a_week_is_signed_listed_and_taken_back(desk: Place) -> None:
    leader = desk.by("leader1")
    leader.ask("guarantee", "set", "CC-PHONE")
    assert desk.refuse("check", "sign", "--done", "nothing")["code"] == "role"
    assert leader.ask("check", "list") == {"status": "list", "total": 0, "items": [], "missing": ["2026-W48"]}
    made = leader.ask("check", "sign", stdin="Assigned it to two diaries.\n")
    assert set(made) == CHECK
    assert (made["status"], made["week"], made["signed_by"], made["name"]) == ("signed", "2026-W48", "leader1", "Lea Lowe")
    assert made["red"] == [{"type": "CC-PHONE", "status": "fails", "found": 0, "starts": 3, "days": 5}]
    again = desk.by("super1").refuse("check", "sign", "--week", "2026-W48", "--done", "nothing")
    assert "signed already: by Lea Lowe on Tuesday 24 November at 09:00" in again["reason"]
    leader.ask("check", "sign", "--week", "next", "--done", "looked at it")
    listed = desk.ask("check", "list")
    assert [one["week"] for one in listed["items"]] == ["2026-W49", "2026-W48"]
    assert listed["items"][1]["done"] == "Assigned it to two diaries."
    assert listed["missing"] == []
    assert "red: CC-PHONE. Assigned it" in leader.text("check", "list")
    back = leader.ask("check", "undo")
    assert (back["status"], back["week"]) == ("undone", "2026-W49")
    assert not [line for line in leader.ask("log")["events"] if "Assigned" in str(line)]
    desk.sound()


def test_the_demo_begins_with_the_key_types_and_the_four_groups(demo: Place) -> None:
    found = {one["type"] for one in demo.ask("guarantee")["items"]}
    types = {one["code"]: one for one in demo.ask("types")["items"]}
    assert {code for code, one in types.items() if one["key"] and one["group"] != "block-time"} <= found
    assert {"GWI-F2F", "FC-F2F", "HRT-F2F", "IEI-FULL-F2F"} <= found
    assert all(date.fromisoformat(one["to"]) > date.fromisoformat(one["from"]) for one in demo.ask("guarantee")["items"])
