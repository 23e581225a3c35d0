"""The board, the printed lists and the story by command: shapes, files, hostile input, and who was looked at."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.runner import Place, run
from tests.hostile.words import WORDS

DAY = "2026-11-24"
BOARD = {"status", "day", "now", "closed", "diaries"}
COACH = {
    *("diary", "coach", "team", "arrived", "late", "dna", "expected", "unplaced", "next", "behind_minutes", "gaps", "late_by"),
    *("not_seen", "overdue_minutes", "not_seen_by"),
}
LISTS = {"status", "day", "closed", "format", "out", "document", "diaries"}
ROW = {"id", "start", "end", "minutes", "type", "name", "client", "who", "rooms", "needs", "notes", "status"}
STORY = {"status", "entry", "type", "client", "lines"}


@pytest.fixture
def early(desk: Place) -> Place:
    """The small site at eight in the morning."""
    return desk.at(f"{DAY}T08:00")


def book(place: Place, start: str, client: str = "C000001", diary: str = "D01", type: str = "FC-F2F") -> str:
    """Book a start of today and return the id."""
    return str(place.ask("book", type, "--client", client, "--day", DAY, "--start", start, "--diary", diary)["id"])


def looks(place: Place) -> list[tuple[Any, ...]]:
    """Return who looked at whom and why."""
    return sorted((row[3], row[4], row[5]) for row in place.dump()["access"])


def test_the_board_is_one_object_with_every_key(early: Place) -> None:
    first, second = book(early, "09:00"), book(early, "09:50", "C000002")
    early.at(f"{DAY}T09:20").ask("attend", first, "--as", "late", "--minutes", "15")
    shown = early.at(f"{DAY}T09:30").ask("today", "--team", "A")
    assert set(shown) == BOARD
    assert (shown["status"], shown["day"], shown["now"], shown["closed"]) == ("today", DAY, "09:30", None)
    assert [one["diary"] for one in shown["diaries"]] == ["D01", "D02"]
    assert all(set(one) == COACH for one in shown["diaries"])
    one, other = shown["diaries"]
    assert (one["arrived"], one["late"], one["dna"], one["expected"], one["behind_minutes"]) == (0, 1, 0, 1, 15)
    assert (one["next"]["id"], one["next"]["start"], one["next"]["begins"]) == (second, "09:50", "10:05")
    assert [(late["start"], late["begins"], late["minutes_late"]) for late in one["late_by"]] == [("09:00", "09:15", 15)]
    assert one["gaps"] == [{"start": "10:40", "end": "11:30", "minutes": 50}]
    assert (other["next"], other["behind_minutes"], other["gaps"][0]["start"]) == (None, 0, "09:30")


def test_who_is_overdue_and_not_recorded_is_counted(early: Place) -> None:
    first = book(early, "09:00")
    book(early, "09:50", "C000002")
    now = early.at(f"{DAY}T09:35")
    one = now.ask("today", "--diary", "D01")["diaries"][0]
    assert (one["not_seen"], one["overdue_minutes"], one["late"], one["late_by"]) == (1, 35, 0, [])
    assert [(late["id"], late["start"]) for late in one["not_seen_by"]] == [(first, "09:00")]
    assert "! 1 not seen, the first for 35 min" in now.text("today", "--diary", "D01")
    assert early.ask("today", "--diary", "D01")["diaries"][0]["overdue_minutes"] is None


def test_a_miss_shows_on_the_board_and_as_a_call_back(early: Place) -> None:
    missed = book(early, "09:00")
    later = early.at(f"{DAY}T09:15")
    later.ask("attend", missed, "--as", "dna")
    (one,) = later.ask("today", "--diary", "D01")["diaries"]
    assert (one["dna"], one["gaps"][0]) == (1, {"start": "09:15", "end": "11:15", "minutes": 120})
    (call,) = later.ask("calls")["items"]
    assert (call["kind"], call["status"], call["entry"], call["client"]) == ("callback", "open", missed, "C000001")
    later.ask("undo")
    assert [item["status"] for item in later.ask("calls")["items"]] == ["closed"]
    later.sound()


def test_the_boards_lines_name_no_claimant(early: Place) -> None:
    book(early, "09:00")
    text = early.text("today")
    assert "D01    Coach 1" in text
    assert "next 09:00 FC-F2F" in text
    assert "Sana" not in text
    assert looks(early) == []


@pytest.mark.parametrize("day", ["2026-11-20", "2026-12-25", "2026-11-28", "2100-12-31"])
def test_the_board_of_any_day_can_be_asked_for(early: Place, day: str) -> None:
    shown = early.ask("today", "--date", day)
    assert (shown["day"], len(shown["diaries"])) == (day, 4)
    assert {len(one["gaps"]) for one in shown["diaries"]} == {0}


def test_a_list_is_printed_in_eighty_columns(early: Place) -> None:
    book(early, "09:00")
    book(early, "10:00", "C000002", type="EV-F2F")
    text = early.text("today", "list", "--diary", "D01", "--diary", "D02")
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80
    assert "09:00 50   FC-F2F         Sana Khan 1" in lines
    assert [line for line in lines if line.startswith("10:00 20   EV-F2F         Sana Khan 2            R01")]
    assert "No appointments." in text
    assert looks(early) == [("agent1", "C000001", "day list"), ("agent1", "C000002", "day list")]


def test_a_list_is_an_object_that_holds_the_page_unless_a_file_gets_it(early: Place, tmp_path: Path) -> None:
    book(early, "09:00")
    shown = early.ask("today", "list", "--format", "html")
    assert set(shown) == LISTS
    assert (shown["status"], shown["format"], shown["out"]) == ("day_list", "html", None)
    assert shown["document"].startswith("<!DOCTYPE html>")
    assert [one["diary"] for one in shown["diaries"]] == ["D01", "D02", "D03", "D04"]
    (row,) = shown["diaries"][0]["rows"]
    assert set(row) == ROW
    assert (row["start"], row["minutes"], row["who"], row["rooms"], row["notes"]) == ("09:00", 50, "Sana Khan 1", [], False)
    file = tmp_path / "lists.html"
    written = early.ask("today", "list", "--format", "html", "--out", str(file))
    assert (written["out"], written["document"]) == (str(file), None)
    assert file.read_text(encoding="utf-8") == shown["document"]
    assert file.stat().st_mode & 0o077 == 0
    early.ask("today", "list", "--out", str(file), code=2)
    assert file.read_text(encoding="utf-8") == shown["document"]
    assert "4 day lists written to lists.html." in early.text("today", "list", "--out", str(file), "--force")


def test_initials_for_an_administrator_and_the_own_list_for_a_coach(early: Place) -> None:
    book(early, "09:00")
    shown = early.by("admin1").ask("today", "list")
    assert [row["who"] for one in shown["diaries"] for row in one["rows"]] == ["SK1"]
    assert [one["diary"] for one in early.by("coach2").ask("today", "list")["diaries"]] == ["D02"]
    refused = early.by("coach2").refuse("today", "list", "--diary", "D01")
    assert set(refused) == LISTS | {"code", "reason"}
    assert (refused["status"], refused["code"], refused["diaries"]) == ("refused", "role", [])
    assert looks(early) == []


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (("today", "--diary", "D99"), 3, "unknown_diary"),
        (("today", "--team", "Z"), 3, "unknown_diary"),
        (("today", "--date", "31/12/2026"), 2, "usage"),
        (("today", "--date", "2026-02-30"), 2, "usage"),
        (("today", "--date", ""), 2, "usage"),
        (("today", "list", "--diary", "D01", "--diary", "D99"), 3, "unknown_diary"),
        (("today", "list", "--diary", ""), 2, "usage"),
        (("today", "list", "--format", "pdf"), 2, "usage"),
        (("today", "list", "--date", "tomorrow"), 2, "usage"),
        (("today", "list", "--out", "/"), 2, "usage"),
        (("today", "list", "--out", "/no/such/folder/list.txt"), 2, "usage"),
        (("today", "list", "--out", "/dev/null"), 2, "usage"),
        (("today", "sideways"), 2, "usage"),
        (("story", "nonsense"), 2, "usage"),
        (("story", ""), 2, "usage"),
        (("story", "00000000-0000-0000-0000-000000000001"), 3, "unknown_entry"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_cannot_be_answered_is_said_with_every_key(desk: Place, arguments: tuple[str, ...], code: int, word: str) -> None:
    shown = desk.ask(*arguments, code=code)
    assert shown["code"] == word
    keys = STORY if arguments[0] == "story" else LISTS if arguments[1:2] == ("list",) else BOARD
    assert set(shown) == keys | {"code", "reason"}


@pytest.mark.parametrize("kind", WORDS)
def test_no_words_break_it(desk: Place, kind: str) -> None:
    word = WORDS[kind]
    for arguments in (("today", f"--diary={word}"), ("today", "list", f"--diary={word}"), ("story", "--", word)):
        answer = run(*desk.options, *arguments)
        assert answer.code in (2, 3)


def test_a_story_is_told_and_is_a_look(early: Place) -> None:
    made = book(early, "09:00")
    early.ask("move", made, "--day", DAY, "--start", "10:00", "--diary", "D03")
    early.ask("cancel", made, "--reason", "claimant")
    shown = early.by("agent2").ask("story", made)
    assert set(shown) == STORY
    assert (shown["status"], shown["entry"], shown["type"], shown["client"]) == ("story", made, "FC-F2F", "C000001")
    assert [one["verb"] for one in shown["lines"]] == ["booked", "moved", "cancelled"]
    assert shown["lines"][2]["text"] == "Cancelled by Ann Archer on Tue 24 Nov 2026 08:00: the claimant asked for it."
    assert early.text("story", made).splitlines() == [one["text"] for one in shown["lines"]]
    assert looks(early) == [("agent1", "C000001", "story"), ("agent2", "C000001", "story")]
    assert "Sana" not in json.dumps(early.by("admin1").ask("story", made))


def test_a_days_names_and_a_claimants_lines_are_looks(early: Place) -> None:
    book(early, "09:00")
    early.ask("day", DAY)
    early.ask("log")
    assert looks(early) == []
    early.text("day", DAY)
    early.by("agent2").ask("log", "--client", "C000001")
    assert looks(early) == [("agent1", "C000001", "day"), ("agent2", "C000001", "log")]


def test_who_looked_is_listed_for_whom_it_may_be(early: Place) -> None:
    book(early, "09:00")
    early.text("day", DAY)
    early.by("super1").ask("export", "csv", "--out", str(Path(early.store).parent / "out"))
    listed = early.by("super1").ask("access", "--client", "C000001")
    assert set(listed) == {"status", "total", "items"}
    assert listed["status"] == "list"
    assert {(one["who"], one["why"]) for one in listed["items"]} >= {("agent1", "day"), ("super1", "export")}
    assert all(set(one) == {"at", "who", "client", "why"} and one["client"] == "C000001" for one in listed["items"])
    short = early.by("admin1").ask("access", "--who", "super1", "--from", DAY, "--to", DAY, "--limit", "1")
    assert (short["total"] > 1, len(short["items"])) == (True, 1)
    assert "C000001    export" in early.by("admin1").text("access")
    refused = early.refuse("access")
    assert (refused["code"], "a supervisor or an administrator" in refused["reason"]) == ("role", True)
    for arguments in (("--limit", "0"), ("--from", DAY, "--to", "2026-11-01"), ("--client", "-"), ("--client", "Sana Khan")):
        assert early.by("super1").ask("access", *arguments, code=2)["code"] == "usage"
