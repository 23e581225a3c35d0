"""week: the counts against find, every key on every answer, and what nobody should type."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.cli.runner import Place, booked

KEYS = {
    "status",
    "week",
    "types",
    "days",
    "starts",
    "counts",
    "by_diary",
    "totals",
    "team",
    "diary",
    "channel",
    "booker",
    "notes",
    "ahead",
    "groups",
    "file",
}
SPAN = ("--from", "2026-11-23", "--to", "2026-11-29", "--all")


def listed(desk: Place, code: str, *more: str) -> dict[tuple[str, str], int]:
    """Count what find --all lists by day and half hour."""
    found: dict[tuple[str, str], int] = {}
    for offer in desk.ask("find", code, *SPAN, *more)["offers"]:
        hour, minute = offer["start"].split(":")
        place = (offer["day"], f"{hour}:{'00' if int(minute) < 30 else '30'}")
        found[place] = found.get(place, 0) + 1
    return found


def counted(found: dict[str, Any]) -> dict[tuple[str, str], int]:
    return {
        (day, start): count
        for start, row in zip(found["starts"], found["counts"], strict=True)
        for day, count in zip(found["days"], row, strict=True)
        if count
    }


@pytest.mark.parametrize("more", [(), ("--team", "B"), ("--diary", "D01"), ("--channel", "phone")])
def test_the_counts_are_those_of_find(desk: Place, more: tuple[str, ...]) -> None:
    booked(desk)
    found = desk.ask("week", "--type", "FC-F2F", *more)
    assert set(found) == KEYS
    assert (found["status"], found["week"], found["types"], found["booker"]) == ("week", "2026-W48", ["FC-F2F"], "provider agent")
    assert counted(found) == listed(desk, "FC-F2F", *more)
    assert found["days"] == [f"2026-11-{day}" for day in range(23, 28)]
    assert (found["starts"][0], found["starts"][-1]) == ("09:00", "16:30")
    assert found["totals"] == [sum(column) for column in zip(*found["counts"], strict=True)]
    for row in range(len(found["starts"])):
        for column in range(5):
            assert sum(table[row][column] for table in found["by_diary"].values()) == found["counts"][row][column]


def test_several_types_add_up(desk: Place) -> None:
    found = desk.ask("week", "--type", "FC-F2F", "--type", "EV-F2F", "--type", "FC-F2F")
    assert found["types"] == ["FC-F2F", "EV-F2F"]
    each = [listed(desk, code) for code in found["types"]]
    assert counted(found) == {place: sum(one.get(place, 0) for one in each) for place in {*each[0], *each[1]}}


def test_this_week_next_week_and_any_week(desk: Place) -> None:
    weeks = {
        which: desk.ask("week", "--type", "FC-F2F", "--week", which)["week"] for which in ("this", "next", "2026-W53", "2027-W1")
    }
    assert weeks == {"this": "2026-W48", "next": "2026-W49", "2026-W53": "2026-W53", "2027-W1": "2027-W01"}
    christmas = desk.ask("week", "--type", "FC-F2F", "--week", "2026-W52")
    assert christmas["totals"][4] == 0
    assert [one["text"] for one in christmas["notes"]] == ["Closed on Fri 25 Dec 2026: Christmas Day."]


def test_a_group_of_the_demo_is_its_types(demo: Place) -> None:
    found = demo.by("leader1").ask("week", "--group", "first-commitment")
    assert "FC-F2F" in found["types"]
    assert found["booker"] == "site staff"
    agent = demo.by("leader1").ask("week", "--group", "first-commitment", "--as-agent")
    assert agent == demo.by("agent1").ask("week", "--group", "first-commitment")
    text = demo.text("week", "--group", "first-commitment")
    assert "Week 2026-W48: first-commitment:" in text
    assert "Wed 25" in text
    assert [line.split()[0] for line in text.splitlines() if line.startswith("09:")] == ["09:00", "09:30"]


def test_a_type_of_no_diary_has_zeros_and_a_line(desk: Place) -> None:
    found = desk.ask("week", "--type", "CC-PHONE")
    assert set(found) == KEYS
    assert {count for row in found["counts"] for count in row} == {0}
    assert found["by_diary"] == {}
    assert "assigned to no diary: requests are handed off" in desk.text("week", "--type", "CC-PHONE")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--type", "FC-F2F", "--week", "2026-W54"), "2026 has no week 54: its weeks are 1 to 53."),
        (("--type", "FC-F2F", "--week", "2027-W53"), "2027 has no week 53: its weeks are 1 to 52."),
        (("--type", "FC-F2F", "--week", "soon"), "soon is no week"),
        (("--type", "FCF2F"), "There is no type FCF2F; did you mean FC-F2F?"),
        (("--type", "\x1b[31m"), "There is no type"),
        (("--type", "FC-F2F", "--team", "Z"), "There is no team Z. The teams are: A, B."),
        (("--type", "FC-F2F", "--diary", "D011"), "There is no diary D011; did you mean D01?"),
        (("--group", "gatway"), "did you mean gateway?"),
        (("--group", "gateway"), "No type at Leeds Park Place belongs to the group gateway."),
        (("--type", "FC-F2F", "--channel", "f2"), "did you mean f2f?"),
        ((), "Say what is counted"),
        (("--type", "FC-F2F", "--group", "gateway"), "Say what is counted"),
    ],
)
def test_what_there_is_not_is_refused_with_a_sentence(desk: Place, arguments: tuple[str, ...], sentence: str) -> None:
    found = desk.ask("week", *arguments, code=2)
    assert KEYS | {"code", "reason"} == set(found)
    assert sentence in found["reason"]


def test_a_coach_counts_the_own_diary(desk: Place) -> None:
    found = desk.by("coach1").ask("week", "--type", "FC-F2F")
    assert set(found["by_diary"]) == {"D01"}
    assert set(desk.by("coach1").ask("week", "--type", "FC-F2F", "--as-agent")["by_diary"]) == {"D01", "D02", "D03", "D04"}
    refused = desk.by("coach1").refuse("week", "--type", "FC-F2F", "--diary", "D02")
    assert (refused["status"], refused["code"]) == ("refused", "role")
    assert date.fromisoformat(found["days"][0]).weekday() == 0


def test_the_weeks_ahead_by_day(desk: Place) -> None:
    booked(desk)
    found = desk.ask("week", "--type", "FC-F2F", "--ahead")
    assert set(found) == KEYS
    assert found | {"ahead": None} == desk.ask("week", "--type", "FC-F2F")
    weeks = found["ahead"]["weeks"]
    assert [one["week"] for one in weeks] == ["2026-W48", "2026-W49", "2026-W50", "2026-W51", "2026-W52", "2026-W53"]
    assert [one["total"] for one in weeks] == [
        sum(desk.ask("week", "--type", "FC-F2F", "--week", one["week"])["totals"]) for one in weeks
    ]
    assert [one["starts"] for one in weeks[0]["days"]] == [None, *found["totals"][1:]]
    assert weeks[4]["days"][4] == {"day": "2026-12-25", "starts": None}
    assert found["ahead"]["dry"] is None
    text = desk.text("week", "--type", "FC-F2F", "--ahead")
    assert "2026-W52" in text
    assert text.splitlines()[-1] == "No day runs dry in these 6 weeks."


def test_a_page_of_all_four_groups_or_of_one_type(demo: Place, tmp_path: Path) -> None:
    place, file = demo.by("leader1"), tmp_path / "week.html"
    found = place.ask("week", "--html", str(file))
    assert set(found) == KEYS
    assert (found["file"], found["types"], found["week"], found["booker"]) == (str(file), [], "2026-W48", "site staff")
    assert [one["group"] for one in found["groups"]] == ["initial", "first-commitment", "habitual-residency", "gateway"]
    alone = place.ask("week", "--group", "first-commitment", "--ahead")
    assert {key: found["groups"][1][key] for key in ("counts", "totals", "ahead", "types")} == {
        key: alone[key] for key in ("counts", "totals", "ahead", "types")
    }
    page = file.read_text(encoding="utf-8")
    assert page.count("<caption><span") == 8
    assert "Week 48, 23 to 29 November 2026" in page
    assert file.stat().st_mode & 0o077 == 0
    one = tmp_path / "one.html"
    text = place.text("week", "--type", "FC-F2F", "--html", str(one))
    assert text == "Week 2026-W48 (First commitment - F2F) written to one.html.\n"
    assert one.read_text(encoding="utf-8").count("<caption><span") == 2


def test_a_file_that_cannot_be_written_or_is_there_is_refused(desk: Place, tmp_path: Path) -> None:
    file = tmp_path / "week.html"
    file.write_text("kept", encoding="utf-8")
    found = desk.ask("week", "--html", str(file), code=2)
    assert KEYS | {"code", "reason"} == set(found)
    assert found["reason"] == "week.html is there already and is not replaced; take another name."
    assert (file.read_text(encoding="utf-8"), found["file"]) == ("kept", None)
    assert "cannot be written" in desk.ask("week", "--html", str(tmp_path / "no" / "week.html"), code=2)["reason"]
    assert "no file that can be written" in desk.ask("week", "--html", str(tmp_path), "--force", code=2)["reason"]
    assert "--html takes the name of a file" in desk.ask("week", "--html", " ", code=2)["reason"]
    assert desk.ask("week", "--html", str(file), "--force")["file"] == str(file)
    assert file.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["week.html"]


def test_the_page_has_guarantees_white_space_and_the_check_for_those_who_may_read_them(demo: Place, tmp_path: Path) -> None:
    leader, files = demo.by("leader1"), {name: tmp_path / f"{name}.html" for name in ("leader", "agent", "one", "later")}
    leader.ask("check", "sign", stdin="two more diaries take it")
    leader.ask("week", "--html", str(files["leader"]))
    demo.by("agent1").ask("week", "--html", str(files["agent"]))
    leader.ask("week", "--type", "HRT-F2F", "--html", str(files["one"]))
    leader.ask("week", "--week", "next", "--html", str(files["later"]))
    page, agents, one, later = (file.read_text(encoding="utf-8") for file in files.values())
    sums = leader.ask("whitespace", "--weeks", "1")
    for minutes in ("free_minutes", "usable_minutes", "stranded_minutes"):
        assert f'<td class="total">{sums[minutes]}</td>' in page
    total = len(leader.ask("guarantee")["items"])
    assert f"of {total} fail" in page
    assert "of 1 fail" in one
    assert "two more diaries take it" in page
    assert "two more diaries take it" in agents
    assert "Nobody has signed this week." in later
    assert "White space" not in agents
