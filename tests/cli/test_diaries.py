"""diary and resource by command: requested, approved, switched, retired; what they answer and what they leave."""

import json
import re
from pathlib import Path
from uuid import uuid4

import pytest

from tests.cli.runner import DAY, Place, booked, run
from tests.hostile.words import WORDS

KEYS = {
    *("status", "repeated", "ticket", "diary", "resource", "flagged", "key_types_lost", "code", "reason", "problems"),
}
REQUEST = """
coach = "Mira Vale"
staff_number = "0123456"
email = "mira.vale@dwp.gov.uk"
team = "A"
like = "D03"
[[pattern]]
weekday = "wednesday"
from = 2026-11-25
[[pattern.segment]]
start = "09:00"
end = "12:00"
types = ["FC-F2F"]
"""
ROOM_DAY = """
[[pattern]]
level = "resource"
owner = "R01"
weekday = "wednesday"
from = 2026-11-25
[[pattern.segment]]
start = "09:00"
end = "12:00"
types = ["EV-F2F"]
"""


def requested(desk: Place, text: str = REQUEST) -> str:
    ticket: str = desk.by("leader1").ask("diary", "request", "-", stdin=text)["ticket"]
    return ticket


def test_a_diary_is_requested_approved_enabled_used_and_retired(desk: Place, tmp_path: Path) -> None:
    file = tmp_path / "new.toml"
    file.write_text(REQUEST, encoding="utf-8")
    leader, supervisor = desk.by("leader1"), desk.by("super1")
    asked = leader.ask("diary", "request", str(file))
    assert set(asked) == KEYS
    assert (asked["status"], asked["repeated"], asked["diary"]) == ("requested", False, None)
    listed = supervisor.ask("diary", "tickets", "--status", "waiting")
    assert [(one["id"], one["kind"], one["status"]) for one in listed["items"]] == [(asked["ticket"], "new_diary", "waiting")]
    assert "Mira" not in json.dumps(listed)
    shown = supervisor.ask("diary", "ticket", asked["ticket"])
    assert (shown["status"], shown["state"], shown["fields"]["coach"]) == ("ticket", "waiting", "Mira Vale")
    assert "email: mira.vale@dwp.gov.uk" in supervisor.text("diary", "ticket", asked["ticket"])
    approved = supervisor.ask("diary", "approve", asked["ticket"], "--code", "D28")
    assert set(approved) == KEYS
    assert (approved["status"], approved["diary"], approved["ticket"]) == ("approved", "D28", asked["ticket"])
    assert desk.refuse("book", "FC-F2F", "--client", "C000001", "--day", DAY, "--start", "09:00", "--diary", "D28")["code"]
    assert leader.ask("diary", "enable", "D28")["status"] == "enabled"
    made = desk.ask("book", "FC-F2F", "--client", "C000001", "--day", DAY, "--start", "09:00", "--diary", "D28")
    assert supervisor.refuse("diary", "retire", "D28")["code"] == "not_possible"
    assert desk.ask("cancel", made["id"], "--reason", "claimant")["status"] == "cancelled"
    assert supervisor.ask("diary", "retire", "D28", "--dry-run")["status"] == "preview"
    assert supervisor.ask("diary", "retire", "D28")["status"] == "retired"
    assert "D28" not in {one["code"] for one in desk.ask("diaries")["items"]}
    assert {one["code"]: one["retired"] for one in desk.ask("diaries", "--all")["items"]}["D28"] == "2026-11-24"
    assert "retired Tue 24 Nov 2026" in desk.text("diaries", "--all")
    assert "Mira" not in json.dumps(desk.ask("log"))
    desk.sound()


def test_a_diary_is_switched_off_after_a_look_and_on_again(desk: Place) -> None:
    made, leader = booked(desk), desk.by("leader1")
    before = desk.dump()
    seen = leader.ask("diary", "disable", "D01", "--dry-run")
    assert desk.dump() == before
    flagged = {**{"id": made["id"], "type": "FC-F2F", "diary": "D01", "day": DAY}, "start": "10:00", "end": "10:50"}
    assert (seen["status"], seen["flagged"]) == ("preview", [flagged | {"client": "C000001"}])
    id = str(uuid4())
    done = leader.ask("diary", "disable", "D01", "--id", id)
    assert (done["status"], done["diary"], done["ticket"]) == ("disabled", "D01", id)
    assert done["flagged"] == seen["flagged"]
    assert leader.ask("diary", "disable", "D01", "--id", id) == done | {"repeated": True}
    assert leader.refuse("diary", "disable", "D02", "--id", id)["code"] == "id_reused"
    assert [(one["kind"], one["status"]) for one in leader.ask("flags", "list")["items"]] == [("diary_off", "open")]
    assert made["id"] in {one["id"] for one in desk.ask("day", DAY)["diaries"][0]["entries"]}
    assert leader.ask("diary", "enable", "D01")["flagged"] == []
    assert [one["status"] for one in leader.ask("flags", "list")["items"]] == ["closed"]
    desk.sound()


def test_plain_lines_say_what_happens(desk: Place) -> None:
    made, leader = booked(desk), desk.by("leader1")
    assert f"{made['id']} would be flagged" in leader.text("diary", "disable", "D01", "--dry-run")
    said = leader.text("diary", "disable", "D01")
    assert said.startswith("disabled: D01\nticket ")
    assert f"{made['id']} is kept and flagged" in said
    for code in ("D02", "D03"):
        leader.text("diary", "disable", code)
    assert "! FC-F2F: nobody could book this key type any more" in leader.text("diary", "disable", "D04")
    assert "diary disabled D01" in leader.text("diary", "tickets")


def test_a_request_is_declined_with_words_and_segmentation_does_not_do(desk: Place, tmp_path: Path) -> None:
    leader, supervisor = desk.by("leader1"), desk.by("super1")
    first, second = requested(desk), requested(desk, REQUEST.replace("0123456", "7654321").replace("mira", "olu"))
    assert supervisor.ask("diary", "decline", first, "--reason", "Segments do it")["status"] == "declined"
    assert supervisor.ask("diary", "decline", second, "--reason", "-", stdin="Not\nnow\n")["status"] == "declined"
    assert "reason: Not\nreason: now" in supervisor.text("diary", "ticket", second)
    file = tmp_path / "need.txt"
    file.write_text("Evenings cannot be covered.", encoding="utf-8")
    one = leader.ask("diary", "escalate", "D04", str(file))
    assert (one["status"], one["diary"]) == ("escalated", "D04")
    assert leader.ask("diary", "escalate", "-", stdin="Outreach needs its own.")["diary"] is None
    waiting = leader.ask("diary", "tickets", "--status", "waiting")["items"]
    words = "segmentation does not meet the need"
    assert sorted(one["text"] for one in waiting) == [words, f"{words} D04"]
    assert desk.ask("doctor")["status"] == "sound"
    assert "2 tickets wait" in json.dumps(desk.ask("doctor")["findings"])


def test_all_problems_are_told_at_once_and_no_detail_is_repeated(desk: Place) -> None:
    before = desk.dump()
    bad = REQUEST.replace("Mira Vale", "?").replace("0123456", "12").replace("dwp.gov.uk", "example.com").replace('"A"', '"Z"')
    shown = desk.by("leader1").refuse("diary", "request", "-", stdin=bad)
    assert set(shown) == KEYS
    assert shown["code"] == "malformed"
    assert [one.partition(":")[0] for one in shown["problems"]] == ["coach", "staff_number", "email", "team"]
    assert "mira" not in json.dumps(shown)
    assert desk.dump() == before


@pytest.mark.parametrize(
    "words",
    [
        ("diary", "request", "nowhere.toml"),
        ("diary", "request", "."),
        ("diary", "request", "a\0b"),
        ("diary", "request", "-", "--id", "x"),
        ("diary", "request", "-", "--coach", "Mira Vale"),
        ("diary", "approve", "x", "--code", "D28"),
        ("diary", "approve", str(uuid4())),
        ("diary", "decline", "x", "--reason", "y"),
        ("diary", "decline", str(uuid4()), "--reason", " "),
        ("diary", "decline", str(uuid4()), "--reason", "-"),
        ("diary", "ticket", "x"),
        ("diary", "tickets", "--status", "lost"),
        ("diary", "enable"),
        ("diary", "disable", "D01", "--id", "x"),
        ("diary", "retire", "D01", "--dry-run", "soon"),
        ("diary", "escalate"),
        ("diary", "escalate", "D01", "-", "more"),
        ("diary", "nothing"),
        ("resource", "add", "R05"),
        ("resource", "add", "R05", "--kind", "hall", "--name", "Hall", "--meets", "room"),
        ("resource", "disable"),
        ("resource", "enable", "R01", "--id", "x"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(desk: Place, words: tuple[str, ...]) -> None:
    before = desk.dump()
    shown = desk.by("super1").ask(*words, code=2, stdin="")
    assert set(shown) >= KEYS
    assert shown["reason"]
    assert desk.dump() == before


@pytest.mark.parametrize("text", ["", "no toml", "coach = [", "x" * 2_000_000])
def test_a_request_that_is_none_is_not_taken(desk: Place, text: str) -> None:
    before = desk.dump()
    desk.by("leader1").ask("diary", "request", "-", stdin=text, code=None)
    assert desk.dump() == before


@pytest.mark.parametrize("login", ["agent1", "coach1"])
def test_agents_and_coaches_do_none_of_it(desk: Place, login: str) -> None:
    ticket = requested(desk)
    before = desk.dump()
    for words in (
        *(("diary", verb, "D01") for verb in ("enable", "disable", "retire")),
        *(("diary", verb, "D01", "--dry-run") for verb in ("disable", "retire")),
        *(("diary", "approve", ticket, "--code", "D28"), ("diary", "decline", ticket, "--reason", "No")),
        *(("diary", "tickets"), ("diary", "ticket", ticket), ("resource", "disable", "R01"), ("resource", "enable", "R01")),
        ("resource", "add", "R05", "--kind", "room", "--name", "Room 5", "--meets", "room"),
    ):
        assert desk.by(login).refuse(*words)["code"] == "role", words
    assert desk.by(login).refuse("diary", "request", "-", stdin=REQUEST)["code"] == "role"
    assert desk.by(login).refuse("diary", "escalate", "-", stdin="This is not enough.")["code"] == "role"
    assert desk.dump() == before


def test_rooms_are_listed_added_and_switched(desk: Place) -> None:
    leader = desk.by("leader1")
    made = desk.ask("book", "EV-F2F", "--client", "C000001", "--day", DAY, "--start", "10:00", "--diary", "D01")
    added = leader.ask("resource", "add", "E01", "--kind", "equipment", "--name", "Loop", "--meets", "hearing loop,loop")
    assert set(added) == KEYS
    assert (added["status"], added["resource"], added["diary"]) == ("added", "E01", None)
    seen = leader.ask("resource", "disable", "R01", "--dry-run")
    assert (seen["status"], seen["resource"]) == ("preview", "R01")
    done = leader.ask("resource", "disable", "R01")
    assert [one["id"] for one in done["flagged"]] == [one["id"] for one in seen["flagged"]] == [made["id"]]
    listed = {one["code"]: one for one in desk.ask("resource", "list")["items"]}
    assert listed["E01"] == {
        **{"code": "E01", "kind": "equipment", "name": "Loop", "meets": ["hearing loop", "loop"], "enabled": True},
    }
    assert not listed["R01"]["enabled"]
    assert "off Room 1" in desk.text("resource", "list")
    assert leader.ask("resource", "enable", "R01")["status"] == "enabled"
    assert leader.refuse("resource", "enable", "R77")["code"] == "unknown_resource"
    desk.sound()


def test_a_rooms_own_segments_are_set_shown_checked_copied_and_taken_back(desk: Place) -> None:
    leader = desk.by("leader1")
    made = desk.ask("book", "EV-F2F", "--client", "C000001", "--day", DAY, "--start", "14:00", "--diary", "D01")
    seen = leader.ask("segments", "preview", "-", stdin=ROOM_DAY)
    assert [one["id"] for one in seen["unplaced"]] == [made["id"]]
    assert leader.ask("segments", "set", "-", stdin=ROOM_DAY)["status"] == "saved"
    assert leader.ask("segments", "check", "R01")["items"][0]["text"].startswith("180 = 9 x 20")
    assert 'level = "resource"' in leader.text("segments", "show", "r01")
    back = leader.ask("segments", "undo")
    assert back["placed"] == [made["id"]]
    leader.ask("segments", "set", "-", stdin=ROOM_DAY)
    assert leader.ask("segments", "copy", "R01", "--to", "R02", "--from", DAY)["status"] == "saved"
    shown = leader.refuse("segments", "copy", "R01", "--to", "D01", "--from", DAY)
    assert "no such room" in shown["reason"]
    stop = desk.refuse("book", "EV-F2F", "--client", "C000002", "--day", DAY, "--start", "15:00", "--diary", "D01")
    assert stop["code"] == "closed"
    assert "open" in stop["reason"]
    desk.sound()


def test_each_command_has_help_with_an_example() -> None:
    for group in ("diary", "resource"):
        listed = run(group, "--help").out
        for name in re.findall(r"^  ([a-z]+) ", listed.partition("Commands:")[2], re.M):
            assert f"agent-tui {group} {name}" in " ".join(run(group, name, "--help").out.split()), name


@pytest.mark.parametrize("name", sorted(WORDS))
def test_hostile_words_are_kept_as_words(desk: Place, name: str) -> None:
    word = WORDS[name].replace("\0", "") or "x"
    said = json.dumps(word[:500])[1:-1].replace("\\ud", "\\\\ud")
    leader = desk.by("super1")
    run("diary", "request", "-", *leader.options, stdin=REQUEST.replace("Mira Vale", said).encode("utf-8", "replace"))
    run("diary", "escalate", "-", *leader.options, stdin=f"The need is this: {word}".encode("utf-8", "replace"))
    run("diary", "decline", str(uuid4()), f"--reason={word}", *leader.options)
    for verb in ("enable", "disable", "retire", "ticket"):
        run("diary", verb, "--", word, *leader.options) if word.startswith("-") else run("diary", verb, word, *leader.options)
    room = ("resource", "add", "R05", "--kind", "room", f"--name={word}", "--meets", "room")
    run(*room, *leader.options)
    run("resource", "list", *leader.options[:-1])
    for ticket in leader.ask("diary", "tickets")["items"]:
        run("diary", "ticket", ticket["id"], *leader.options[:-1])
    desk.sound()
