"""whitespace and recover: every key of every answer, a plan accepted, undone and dismissed, and what nobody should type."""

from typing import Any

import pytest

from tests.cli.runner import DAY, Place

SPACE_KEYS = {
    *("status", "week", "team", "diary", "days", "open_minutes", "free_minutes", "usable_minutes", "stranded_minutes"),
    *("spaces", "trend", "notes"),
}
DAY_KEYS = {
    *("diary", "coach", "team", "day", "closed", "open_minutes", "free_minutes", "usable_minutes", "stranded_minutes"),
    *("fits", "runs"),
}
RUN_KEYS = {"start", "end", "minutes", "stranded_minutes", "cause", "text", "event", "verb", "entry", "instead"}
LIST_KEYS = {"status", "week", "team", "diary", "total", "plans", "note"}
PLAN_KEYS = {
    *("plan", "diary", "coach", "day", "part", "won", "won_each", "won_by_length", "recovered_minutes", "ask", "moves"),
}
MOVE_KEYS = {"id", "version", "type", "client", "from", "to", "minutes"}
DONE_KEYS = {"status", "repeated", "plan", "won", "moves", "plans", "code", "reason"}
ID = "00000000-0000-4000-8000-000000000077"


def fill(desk: Place) -> str:
    """Leave five minutes before and after the middle one of three meetings of D01; return its id."""
    ids = []
    for number, start in enumerate(("09:00", "09:55", "10:50")):
        where = ("--day", DAY, "--start", start, "--diary", "D01")
        ids.append(desk.by("leader1").ask("book", "FC-F2F", "--client", f"C00000{number + 1}", *where)["id"])
    desk.by("leader1").ask("block", "D01", "--day", DAY, "--start", "11:40", "--end", "12:00", "--reason", "meeting")
    return str(ids[1])


def test_white_space_with_its_causes(desk: Place) -> None:
    middle = fill(desk)
    found = desk.by("leader1").ask("whitespace", "--weeks", "3")
    assert set(found) == SPACE_KEYS
    assert (found["status"], found["week"], found["days"][2]) == ("whitespace", "2026-W48", DAY)
    assert all(set(one) == DAY_KEYS for one in found["spaces"])
    for one in (found, *found["spaces"], *found["trend"]):
        assert one["free_minutes"] == one["usable_minutes"] + one["stranded_minutes"]
    assert [one["week"] for one in found["trend"]] == ["2026-W46", "2026-W47", "2026-W48"]
    here = next(one for one in found["spaces"] if (one["diary"], one["day"]) == ("D01", DAY))
    assert [(one["start"], one["end"], one["stranded_minutes"], one["cause"]) for one in here["runs"]] == [
        ("09:50", "09:55", 5, "choice"),
        ("10:45", "10:50", 5, "choice"),
    ]
    assert all(set(one) == RUN_KEYS for one in here["runs"])
    assert here["runs"][0]["entry"] == middle
    assert here["runs"][0]["instead"]["start"]
    assert {"minutes": 50, "types": ["FC-F2F"], "appointments": 4} in here["fits"]
    lines = desk.by("leader1").text("whitespace", "--diary", "D01")
    assert "x 09:50-09:55 5 min: choice against the recommendation" in lines
    assert "Trend, stranded of free minutes:" in lines
    assert [one["recorded"] for one in found["trend"]] == [False, False, True]
    assert "  2026-W47       - no record\n" in lines


def test_a_plan_is_listed_accepted_once_and_undone(desk: Place) -> None:
    middle = fill(desk)
    leader = desk.by("leader1")
    found = leader.ask("recover")
    assert set(found) == LIST_KEYS
    assert found == leader.ask("recover", "list")
    (plan,) = found["plans"]
    assert set(plan) == PLAN_KEYS
    assert all(set(move) == MOVE_KEYS for move in plan["moves"])
    assert (plan["won"], plan["won_each"], plan["ask"], plan["recovered_minutes"]) == (1, 1.0, ["C000002"], 10)
    assert plan["won_by_length"] == [{"minutes": 10, "more": 1}]
    done = leader.ask("recover", "accept", plan["plan"], "--id", ID)
    assert set(done) == DONE_KEYS
    assert (done["status"], done["won"], [one["id"] for one in done["moves"]]) == ("accepted", 1, [middle])
    again = leader.ask("recover", "accept", plan["plan"], "--id", ID)
    assert again["repeated"]
    assert again["moves"] == done["moves"]
    nothing = leader.ask("recover")
    assert (nothing["total"], nothing["plans"]) == (0, [])
    assert nothing["note"] == leader.text("recover").strip()
    assert "No move of one or two appointments wins a start" in nothing["note"]
    assert leader.ask("undo")["status"] == "undone"
    assert leader.ask("show", middle)["start"] == "09:55"


def test_a_plan_that_has_changed_is_refused_with_the_new_list(desk: Place) -> None:
    middle = fill(desk)
    leader = desk.by("leader1")
    (plan,) = leader.ask("recover")["plans"]
    leader.ask("move", middle, "--day", DAY, "--start", "09:50")
    leader.ask("move", middle, "--day", DAY, "--start", "09:55")
    refused = leader.refuse("recover", "accept", plan["plan"])
    assert set(refused) == DONE_KEYS
    assert (refused["status"], refused["code"]) == ("refused", "stale_version")
    (now,) = refused["plans"]
    assert now["plan"] != plan["plan"]
    assert leader.ask("recover", "dismiss", now["plan"])["status"] == "dismissed"
    assert now["plan"] not in {one["plan"] for one in leader.ask("recover")["plans"]}


def test_who_may(desk: Place) -> None:
    fill(desk)
    (plan,) = desk.by("leader1").ask("recover")["plans"]
    for login in ("agent1", "coach1", "admin1"):
        assert desk.by(login).refuse("recover", "accept", plan["plan"])["code"] == "role"
    assert desk.by("agent1").refuse("whitespace")["code"] == "role"
    assert desk.by("agent1").refuse("recover")["code"] == "role"
    assert desk.by("coach2").refuse("whitespace", "--diary", "D01")["code"] == "role"
    assert {one["diary"] for one in desk.by("coach2").ask("whitespace")["spaces"]} == {"D02"}
    assert desk.by("admin1").ask("recover", "dismiss", plan["plan"])["status"] == "dismissed"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("whitespace", "--week", "2026-W54"), "2026 has no week 54: its weeks are 1 to 53."),
        (("whitespace", "--team", "Z"), "There is no team Z. The teams are: A, B."),
        (("whitespace", "--weeks", "0"), "--weeks takes a whole number from 1 to 52."),
        (("recover", "--week", "soon"), "soon is no week"),
        (("recover", "list", "--diary", "D011"), "There is no diary D011; did you mean D01?"),
        (("recover", "--limit", "0"), "--limit takes a whole number"),
        (("recover", "accept", "\x1b[31m"), "is no plan"),
        (("recover", "dismiss", "D01-20261325-am-0123456789ab"), "is no plan"),
    ],
)
def test_what_there_is_not_is_refused_with_a_sentence(desk: Place, arguments: tuple[str, ...], sentence: str) -> None:
    found: dict[str, Any] = desk.by("leader1").ask(*arguments, code=2)
    assert sentence in found["reason"]
    keys = SPACE_KEYS if arguments[0] == "whitespace" else DONE_KEYS if arguments[1] in ("accept", "dismiss") else LIST_KEYS
    assert set(found) == keys | {"code", "reason"}


def test_past_weeks_and_unknown_diaries_are_said(desk: Place) -> None:
    leader = desk.by("leader1")
    assert leader.ask("recover", "--week", "2026-W47")["note"] == "Week 2026-W47 is past: nothing in it can be moved."
    assert leader.refuse("recover", "accept", "D99-20261125-am-0123456789ab")["code"] == "unknown_diary"
    notes = leader.ask("whitespace", "--week", "2026-W47", "--weeks", "1")["notes"]
    assert notes == ["Week 2026-W47 has no record of anything that took time, so all of it counts as free."]


def test_the_demo_has_something_to_win_and_says_what(demo: Place) -> None:
    found = demo.by("leader1").ask("recover", "--limit", "2")
    assert len(found["plans"]) == min(2, found["total"])
    whole = demo.by("leader1").ask("recover")["plans"]
    assert [one["won_each"] for one in whole] == sorted((one["won_each"] for one in whole), reverse=True)
