"""Segments by command: written out, edited, looked at beforehand, set, copied and taken back."""

import json
from pathlib import Path

import pytest

from tests.cli.runner import Place, booked, run
from tests.hostile.words import WORDS

KEYS = {
    *("status", "repeated", "patterns", "diaries", "unplaced", "placed", "key_types_lost", "checks", "code", "reason"),
    *("problems", "assigned"),
}
WEDNESDAY = """
[[pattern]]
level = "diary"
owner = "D01"
weekday = "wednesday"
from = 2026-11-25
[[pattern.segment]]
start = "09:00"
end = "12:00"
types = ["FC-F2F"]
description = "First commitments only"
[[pattern.segment]]
start = "13:00"
end = "17:00"
types = ["WSR-PHONE"]
"""


def leader(desk: Place) -> Place:
    return desk.by("leader1")


def test_what_is_shown_can_be_set_again_and_changes_nothing(desk: Place, tmp_path: Path) -> None:
    file = tmp_path / "all.toml"
    file.write_text(leader(desk).text("segments", "show"), encoding="utf-8")
    before = desk.dump()
    shown = leader(desk).ask("segments", "set", str(file))
    assert set(shown) == KEYS
    assert shown["status"] == "unchanged"
    assert desk.dump() == before


def test_a_change_is_looked_at_then_set_then_taken_back(desk: Place) -> None:
    kept, lost = booked(desk), booked(desk, start="14:00", client="C000002")
    before = desk.dump()
    seen = leader(desk).ask("segments", "preview", "-", stdin=WEDNESDAY)
    assert seen == leader(desk).ask("segments", "set", "-", "--dry-run", stdin=WEDNESDAY) | {"patterns": seen["patterns"]}
    assert desk.dump() == before
    assert seen["status"] == "preview"
    assert [one["id"] for one in seen["unplaced"]] == [lost["id"]]
    assert seen["checks"][0]["text"] == "180 = 3 x 50 + 30; 150 or 200 would strand none"
    done = leader(desk).ask("segments", "set", "-", stdin=WEDNESDAY)
    assert (done["status"], done["diaries"]) == ("saved", ["D01"])
    assert [one["kind"] for one in leader(desk).ask("flags", "list")["items"]] == ["not_allowed"]
    assert desk.ask("show", lost["id"])["entry_status"] == "unplaced"
    assert desk.ask("show", kept["id"])["entry_status"] == "booked"
    desk.sound()
    back = leader(desk).ask("segments", "undo")
    assert (back["status"], back["placed"]) == ("undone", [lost["id"]])
    assert desk.ask("show", lost["id"])["entry_status"] == "booked"
    assert leader(desk).refuse("segments", "undo")["code"] == "not_possible"
    desk.sound()


def test_plain_lines_say_what_happens(desk: Place) -> None:
    lost = booked(desk, start="14:00")
    answer = run("segments", "set", "-", "--dry-run", *leader(desk).options[:-1], stdin=WEDNESDAY)
    assert answer.code == 0
    assert f"{lost['id']} would lose its time" in answer.out
    assert "180 = 3 x 50 + 30" in answer.out


def test_a_stored_diary_is_checked(desk: Place) -> None:
    shown = desk.ask("segments", "check", "D04")
    assert shown["total"] == 5
    assert {one["minutes"] for one in shown["items"]} == {120}


def test_a_diary_is_copied(desk: Place) -> None:
    leader(desk).ask("segments", "set", "-", stdin=WEDNESDAY)
    shown = leader(desk).ask("segments", "copy", "D01", "--to", "D02", "--to", "d03", "--from", "2026-12-01")
    assert (shown["status"], shown["diaries"]) == ("saved", ["D02", "D03"])
    assert len(leader(desk).ask("segments", "show", "D02", "--day", "2026-12-02")["patterns"]) == 1
    assert leader(desk).ask("segments", "show", "D02", "--day", "2026-12-01")["patterns"] == []


@pytest.mark.parametrize(
    "words",
    [
        ("copy", "D01", "--to", "D01"),
        ("copy", "D02", "--to", "D01"),
        ("copy", "site", "--to", "D01"),
        ("copy", "D04", "--to", "D99"),
        ("copy", "D04", "--to", "D01", "--weekday", "noday"),
        ("copy", "D04", "--to", "D01", "--from", "soon"),
        ("show", "D99"),
        ("show", "--day", "2026-13-01"),
        ("check", "nobody"),
        ("set", "nowhere.toml"),
        ("set", "."),
        ("set", "a\0b"),
        ("set", "-"),
        ("preview", "-"),
        ("set", "-", "--id", "x"),
        ("undo", "--id", "x"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(desk: Place, words: tuple[str, ...]) -> None:
    before = desk.dump()
    shown = leader(desk).ask("segments", *words, code=2)
    assert shown["reason"]
    assert desk.dump() == before


def test_unsound_segments_are_told_all_together(desk: Place) -> None:
    bad = WEDNESDAY.replace('"13:00"', '"11:00"').replace("WSR-PHONE", "NOPE")
    shown = leader(desk).refuse("segments", "set", "-", stdin=bad)
    assert shown["code"] == "malformed"
    assert len(shown["problems"]) == 2


def test_somebody_elses_change_is_shown_and_not_lost(desk: Place) -> None:
    leader(desk).ask("segments", "set", "-", stdin=WEDNESDAY)
    mine = leader(desk).text("segments", "show", "D01")
    leader(desk).ask("segments", "set", "-", stdin=WEDNESDAY.replace('"12:00"', '"11:30"'))
    shown = leader(desk).refuse("segments", "set", "-", stdin=mine.replace('"12:00"', '"10:00"'))
    assert shown["code"] == "stale_version"
    assert 'end = "11:30"' in shown["now"]
    assert "11:30" in json.dumps(leader(desk).ask("segments", "show", "D01")["patterns"])


def test_agents_look_and_do_not_set(desk: Place) -> None:
    assert desk.ask("segments", "show", "D04")["patterns"]
    assert desk.ask("segments", "preview", "-", stdin=WEDNESDAY)["status"] == "preview"
    assert desk.refuse("segments", "set", "-", stdin=WEDNESDAY)["code"] == "role"


@pytest.mark.parametrize("name", sorted(WORDS))
def test_hostile_words_are_kept_as_words(desk: Place, name: str) -> None:
    text = WEDNESDAY.replace("First commitments only", json.dumps(WORDS[name][:500])[1:-1].replace("\\ud", "\\\\ud"))
    run("segments", "set", "-", *leader(desk).options, stdin=text.encode("utf-8", "replace"))
    run("segments", "show", "D01", *leader(desk).options[:-1])
    run("segments", "show", WORDS[name].replace("\0", "") or "x", *leader(desk).options[:-1])
    desk.sound()
