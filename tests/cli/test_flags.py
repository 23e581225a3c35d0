"""flags, handoffs, contacts, escalate, closures: the objects, the refusals and the exit codes."""

from uuid import uuid4

import pytest

from tests.cli.runner import DAY, LIST_KEYS, Place, booked, run

FLAG_KEYS = {
    *("status", "repeated", "flag", "sides", "why", "policy", "proposal", "advice", "note", "escalations", "moves", "cancelled"),
    *("unplaced", "escalated_to", "facts", "code", "reason"),
}
ITEM_KEYS = {"id", "kind", "status", "at", "text", "entry", "other", "assigned_to", "urgent", "age_minutes", "when", "resolution"}


def clash(desk: Place) -> tuple[str, str, str]:
    """Book one claimant twice at once and return the flag and the two appointments."""
    first = booked(desk)["id"]
    second = desk.ask(
        "book", "FC-F2F", "--client", "C000001", "--day", DAY, "--start", "10:00", "--diary", "D02", "--allow-clash"
    )
    (item,) = [one for one in desk.ask("flags", "list")["items"] if one["kind"] == "client_clash"]
    return item["id"], first, second["id"]


def test_a_flag_is_listed_shown_and_resolved(desk: Place) -> None:
    flag, _first, second = clash(desk)
    listed = desk.ask("flags", "list", "--kind", "client_clash", "--status", "open", "--sort", "urgency")
    assert set(listed) >= LIST_KEYS | {"open", "counts"}
    assert (listed["total"], listed["counts"]["client_clash"]) == (1, 1)
    assert set(listed["items"][0]) >= ITEM_KEYS
    shown = desk.ask("flags", "show", flag)
    assert set(shown) == FLAG_KEYS
    assert (shown["status"], len(shown["sides"]), shown["proposal"]["as"]) == ("shown", 2, "move")
    assert shown["proposal"]["side"] in (side["id"] for side in shown["sides"])
    id, boss = str(uuid4()), desk.by("super1")
    wanted = ("flags", "resolve", flag, "--as", "move", "--reason", "agreed", "--side", second, "--id", id)
    done = boss.ask(*wanted)
    assert set(done) == FLAG_KEYS
    assert (done["status"], done["flag"]["resolution"], done["moves"][0]["id"]) == ("moved", "move", second)
    again = boss.ask(*wanted)
    assert again == done | {"repeated": True}
    assert boss.refuse("flags", "resolve", flag, "--as", "keep", "--reason", "agreed")["code"] == "stale_version"
    assert desk.ask("flags", "list", "--kind", "client_clash", "--status", "open")["items"] == []
    desk.sound()


def test_a_place_that_is_said_is_where_it_goes(desk: Place) -> None:
    flag, first, _second = clash(desk)
    done = desk.by("super1").ask(
        *("flags", "resolve", flag, "--as", "move", "--reason", "agreed", "--side", first),
        *("--day", DAY, "--start", "14:00", "--diary", "D03"),
    )
    after = done["moves"][0]["after"]
    assert (after["id"], after["start"], after["diary"]) == (first, "14:00", "D03")


def test_free_text_comes_from_standard_input_and_stays_out_of_the_log(desk: Place) -> None:
    flag, _first, _second = clash(desk)
    boss = desk.by("super1")
    boss.ask("flags", "resolve", flag, "--as", "keep", "--reason", "other", "--note", "-", stdin="Sana wants both\n")
    assert boss.ask("flags", "show", flag)["note"] == "Sana wants both"
    assert "wants both" not in str(boss.ask("log"))
    assert boss.ask("flags", "reopen", flag)["status"] == "reopened"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--as", "kept", "--reason", "agreed"), "did you mean keep"),
        (("--as", "keep", "--reason", "agred"), "did you mean agreed"),
        (("--as", "move", "--reason", "agreed", "--day", DAY), "all of --day"),
        (("--as", "keep", "--reason", "agreed", "--to", "district"), "--to names"),
        (("--as", "keep", "--reason", "other", "--note", "her words"), "standard input"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(desk: Place, words: tuple[str, ...], said: str) -> None:
    answer = run(*desk.by("super1").options, "flags", "resolve", str(uuid4()), *words)
    assert answer.code == 2, answer
    assert said in answer.err
    assert set(answer.object) == FLAG_KEYS


def test_unknown_kinds_logins_and_flags_are_refused_with_the_nearest(desk: Place) -> None:
    assert "did you mean diary_off" in run("flags", "list", "--kind", "diary_of", *desk.options).err
    assert "did you mean agent1" in desk.refuse("flags", "list", "--assigned", "agnt1")["reason"]
    assert desk.refuse("flags", "show", str(uuid4()))["code"] == "unknown_entry"
    flag, _first, _second = clash(desk)
    assert "did you mean leader1" in desk.by("super1").refuse("flags", "assign", flag, "--to", "leader")["reason"]
    assert desk.by("super1").ask("flags", "assign", flag, "--to", "leader1")["flag"]["assigned_to"] == "leader1"
    assert [one["id"] for one in desk.ask("flags", "list", "--assigned", "leader1")["items"]] == [flag]


def test_hand_offs_are_taken_and_closed_and_the_bare_command_lists(desk: Place) -> None:
    given = desk.refuse("book", "CC-PHONE", "--client", "C000002", "--first")["handoff"]
    (item,) = desk.ask("handoffs")["items"]
    assert (item["id"], item["kind"], item["status"], item["is_due"]) == (given, "handoff", "open", False)
    assert desk.ask("handoffs", "take", given)["item"]["taken_by"] == "agent1"
    assert desk.by("agent2").refuse("handoffs", "take", given)["code"] == "held"
    late = desk.at("2026-12-14T09:00")
    assert [one["kind"] for one in late.ask("flags", "list", "--status", "open")["items"]] == ["handoff_overdue"]
    assert late.ask("handoffs")["items"][0]["is_due"]
    closed = late.ask("handoffs", "close", given, "--as", "called_back")
    assert (closed["status"], closed["item"]["outcome"]) == ("closed", "called_back")
    assert late.ask("flags", "list", "--status", "open")["items"] == []


def test_contacts_are_kept_from_standard_input_and_escalated_to(desk: Place) -> None:
    leader = desk.by("leader1")
    lines = "name: Lea Lowe\nreach: 0113 496 0999\nhours: Mon-Fri\n"
    made = leader.ask("contacts", "set", "duty-leader", "--level", "1", stdin=lines)
    assert (made["status"], made["contact"]["reach"]) == ("set", "0113 496 0999")
    assert [one["contact"] for one in leader.ask("contacts")["items"]] == [
        "duty-leader",
        "supervisor",
        "site-manager",
        "district",
    ]
    bad = leader.ask("contacts", "set", "duty-leader", "--level", "1", stdin="name: A\n", code=2)
    assert bad["problems"] == ["A contact needs a way to be reached."]
    entry = booked(desk)["id"]
    told = desk.ask("escalate", "appointment", entry, "--reason", "no_time_found")
    assert (told["status"], told["contact"]["contact"], told["who"]) == ("escalated", "duty-leader", "agent1")
    assert any("C000001" in one for one in told["facts"])
    assert "0496" not in str(desk.ask("log"))
    assert desk.refuse("contacts", "drop", "district")["code"] == "role"
    assert leader.ask("contacts", "drop", "district")["status"] == "dropped"
    assert (
        "did you mean supervisor"
        in desk.refuse("escalate", "appointment", entry, "--reason", "other", "--to", "supervisr")["reason"]
    )


def test_a_day_is_closed_and_opened(desk: Place) -> None:
    entry = booked(desk)["id"]
    closed = desk.by("leader1").ask("closures", "add", DAY, "--name", "Staff training")
    assert (closed["status"], [one["id"] for one in closed["flagged"]]) == ("closed", [entry])
    assert {"day": DAY, "name": "Staff training"} in desk.ask("closures")["items"]
    assert [one["kind"] for one in desk.ask("flags", "list", "--status", "open")["items"]] == ["closed_day"]
    assert desk.by("leader1").ask("closures", "drop", DAY)["status"] == "opened"
    assert desk.ask("flags", "list", "--status", "open")["items"] == []
