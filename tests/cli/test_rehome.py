"""rehome preview and commit, as a script sees them."""

import pytest

from tests.cli.runner import DAY, Place, booked, held, run

UID = "00000000-0000-4000-8000-0000000000aa"
OFF = ("--diary", "D01", "--day", DAY)
KEYS = {
    *("status", "repeated", "plan", "diary", "resource", "day", "from", "cause", "kept_on_day", "moved", "left", "gap"),
    *("gap_of", "proved", "told", "blocks", "note", "code", "reason", "held_by", "instead"),
}


@pytest.fixture
def leader(desk: Place) -> Place:
    """A leader before whom one coach's day has two appointments."""
    booked(desk)
    booked(desk, type="NJR-F2F", client="C000002", start="09:00")
    return desk.by("leader1")


def test_a_preview_shows_a_plan_and_writes_nothing(leader: Place) -> None:
    before = leader.dump()
    shown = leader.ask("rehome", "preview", *OFF)
    assert set(shown) == KEYS
    assert (shown["status"], shown["diary"], shown["resource"], shown["day"]) == ("plan", "D01", None, DAY)
    assert (shown["from"], shown["cause"], shown["kept_on_day"], shown["told"]) == (None, "coach_absent", 2, 2)
    assert (shown["gap"], shown["gap_of"], shown["proved"], shown["left"]) == (0, None, True, [])
    first, second = shown["moved"]
    assert set(first) == {"id", "type", "key", "client", "from", "to", "shift_minutes", "resources"}
    assert first["from"] == {"diary": "D01", "day": DAY, "start": "09:00"}
    assert first["to"] == {"diary": "D02", "day": DAY, "start": "09:00", "coach": "Coach 2"}
    assert (first["key"], second["key"], first["shift_minutes"], first["client"]) == (False, True, 0, "C000002")
    assert leader.dump() == before
    text = leader.text("rehome", "preview", *OFF)
    assert "plan: D01 Wed 25 Nov 2026: 2 stay on the day, 0 go to another, 0 without a time; 2 told." in text
    assert (
        f"£ FC-F2F C000001 Wed 25 Nov 2026 10:00 D01 to Wed 25 Nov 2026 10:00 D02 Coach 2, shift 0 min, id {second['id']}" in text
    )
    assert text.endswith(f"plan {shown['plan']}\n")


def test_a_commit_does_it_a_retry_answers_the_same_and_an_undo_takes_all_back(leader: Place) -> None:
    plan = leader.ask("rehome", "preview", *OFF)
    made = leader.ask("rehome", "commit", *OFF, "--plan", plan["plan"], "--id", UID)
    assert set(made) == KEYS
    assert made["status"] == "rehomed"
    assert len(made["blocks"]) == 1
    assert {key: made[key] for key in ("moved", "left", "gap", "proved", "told", "plan")} == {
        key: plan[key] for key in ("moved", "left", "gap", "proved", "told", "plan")
    }
    assert leader.ask("rehome", "commit", *OFF, "--plan", plan["plan"], "--id", UID) == made | {"repeated": True}
    assert leader.refuse("rehome", "commit", *OFF, "--plan", plan["plan"], "--no-block", "--id", UID)["code"] == "id_reused"
    assert leader.refuse("rehome", "preview", *OFF)["code"] == "nothing_found"
    assert leader.ask("undo")["status"] == "undone"
    assert leader.ask("rehome", "preview", *OFF)["kept_on_day"] == 2
    leader.sound()


def test_some_are_accepted_and_the_rest_waits_in_the_flags(leader: Place) -> None:
    plan = leader.ask("rehome", "preview", *OFF)
    one, other = (move["id"] for move in plan["moved"])
    made = leader.ask("rehome", "commit", *OFF, "--plan", plan["plan"], "--only", other, "--no-block")
    assert [move["id"] for move in made["moved"]] == [other]
    assert [left["id"] for left in made["left"]] == [one]
    assert made["blocks"] == []
    (flag,) = leader.ask("flags", "list")["items"]
    assert (flag["kind"], flag["status"]) == ("displaced", "open")
    text = leader.text("rehome", "preview", *OFF)
    assert "NJR-F2F" in text
    story = leader.text("story", other)
    assert "Moved by Lea Lowe" in story
    assert "Left without a time by Lea Lowe" in leader.text("story", one)
    leader.sound()


def test_a_plan_that_is_another_by_now_is_refused_with_the_new_one(leader: Place) -> None:
    plan = leader.ask("rehome", "preview", *OFF)
    leader.by("agent1").ask("book", "NJR-F2F", "--client", "C000009", "--day", DAY, "--start", "10:00", "--diary", "D02")
    before = leader.dump()
    shown = leader.refuse("rehome", "commit", *OFF, "--plan", plan["plan"])
    assert set(shown) == KEYS
    assert (shown["status"], shown["code"], shown["moved"]) == ("refused", "stale_version", [])
    assert shown["instead"]["status"] == "plan"
    assert shown["instead"]["plan"] != plan["plan"]
    assert leader.dump() == before
    made = leader.ask("rehome", "commit", *OFF, "--plan", shown["instead"]["plan"])
    assert made["kept_on_day"] == 2
    leader.sound()


def test_a_room_and_a_coach_who_leaves_early(leader: Place) -> None:
    roomed = booked(leader.by("agent1"), type="EV-F2F", client="C000003", start="13:00")
    room = roomed["resources"][1]
    shown = leader.ask("rehome", "preview", "--resource", room, "--day", DAY, "--reason", "room_unavailable")
    assert (shown["resource"], shown["diary"], shown["cause"]) == (room, None, "room_unavailable")
    (move,) = shown["moved"]
    assert move["to"]["diary"] == "D01"
    assert room not in move["resources"]
    late = leader.ask("rehome", "preview", *OFF, "--from", "12:00")
    assert [one["id"] for one in late["moved"]] == [roomed["id"]]
    assert late["from"] == "12:00"


def test_a_hold_keeps_the_day_from_being_blocked_and_is_named(leader: Place) -> None:
    held(leader.by("agent1"), start="13:00")
    plan = leader.ask("rehome", "preview", *OFF)
    assert plan["note"]
    shown = leader.refuse("rehome", "commit", *OFF, "--plan", plan["plan"])
    assert (shown["code"], shown["held_by"]["who"]) == ("held", "Ann Archer")
    assert leader.ask("rehome", "commit", *OFF, "--plan", plan["plan"], "--no-block")["status"] == "rehomed"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--diary", "D99", "--day", DAY), "unknown_diary"),
        (("--resource", "R99", "--day", DAY), "unknown_resource"),
        (("--diary", "D01", "--day", "2026-11-23"), "past"),
        (("--diary", "D01", "--day", "2026-12-25"), "closed"),
        (("--diary", "D03", "--day", DAY), "nothing_found"),
        (("--diary", "D01", "--day", DAY, "--from", "09:02"), "off_grid"),
    ],
)
def test_what_cannot_be_re_homed_is_refused(leader: Place, arguments: tuple[str, ...], code: str) -> None:
    before = leader.dump()
    for more in (("preview",), ("commit", "--plan", "x")):
        shown = leader.refuse("rehome", more[0], *arguments, *more[1:])
        assert set(shown) == KEYS
        assert (shown["status"], shown["code"]) == ("refused", code)
        assert shown["reason"].endswith(".") or shown["reason"].endswith("?")
    assert leader.dump() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("preview", "--day", DAY),
        ("preview", *OFF, "--resource", "R01"),
        ("preview", *OFF, "--reason", "room_unavailable"),
        ("preview", *OFF, "--reason", "ill"),
        ("preview", "--diary", "D01", "--day", "tomorrow"),
        ("preview", *OFF, "--from", "9"),
        ("commit", *OFF),
        ("commit", *OFF, "--plan", "x", "--only", "all"),
        ("commit", *OFF, "--plan", "x", "--id", "1"),
    ],
)
def test_malformed_arguments_end_with_2(leader: Place, arguments: tuple[str, ...]) -> None:
    assert set(leader.ask("rehome", *arguments, code=2)) == KEYS


def test_who_may_not_is_told_who_may(leader: Place) -> None:
    answer = run("rehome", "preview", *OFF, *leader.by("agent1").options)
    assert answer.code == 3
    assert "team leader, a supervisor or an administrator" in answer.err
