"""Days and times that do not exist, are past, or lie at the end of the world; ids of other people's things."""

import pytest

from tests.cli.runner import DAY, NOW, Place, booked, held, run

NOBODYS = "0b6f5f0e-6a0c-4f1e-9d5a-3c6a5b1f2e77"

WHEN = [
    (DAY, "09:03", 3, "off_grid"),
    (DAY, "09:01", 3, "off_grid"),
    (DAY, "23:59", 3, "off_grid"),
    (DAY, "24:00", 2, None),
    (DAY, "24:05", 2, None),
    (DAY, "23:60", 2, None),
    (DAY, "9:00", 2, None),
    (DAY, "0900", 2, None),
    (DAY, "09:00:00", 2, None),
    (DAY, "-09:00", 2, None),
    (DAY, "\u0660\u0669:\u0660\u0660", 2, None),
    (DAY, "00:00", 3, "closed"),
    (DAY, "23:55", 3, "closed"),
    (DAY, "11:30", 3, "closed"),
    ("2026-11-23", "10:00", 3, "past"),
    ("2026-11-24", "08:55", 3, "past"),
    ("2026-11-28", "10:00", 3, "closed"),
    ("2026-12-25", "10:00", 3, "closed"),
    ("2000-01-01", "10:00", 3, "past"),
    ("2026-11-31", "10:00", 2, None),
    ("2026-02-30", "10:00", 2, None),
    ("2027-02-29", "10:00", 2, None),
    ("2100-02-29", "10:00", 2, None),
    ("0001-01-01", "10:00", 2, None),
    ("0000-00-00", "10:00", 2, None),
    ("9999-12-31", "10:00", 2, None),
    ("10000-01-01", "10:00", 2, None),
    ("2026-W48-3", "10:00", 2, None),
    ("20261125", "10:00", 2, None),
    ("2026-11-25T10:00", "10:00", 2, None),
    ("tomorrow", "10:00", 2, None),
    ("2027-03-28", "01:30", 3, "closed"),
]


@pytest.mark.parametrize(("day", "start", "code", "refusal"), WHEN, ids=[f"{day} {start}" for day, start, *_ in WHEN])
def test_a_start_that_is_none(desk: Place, day: str, start: str, code: int, refusal: str | None) -> None:
    entry = booked(desk, start="14:00")["id"]
    before = desk.dump()
    for words in (
        ("hold", "FC-F2F", "--diary", "D01", "--day", day, "--start", start),
        ("book", "FC-F2F", "--client", "C000002", "--diary", "D01", "--day", day, "--start", start),
        ("book", "FC-F2F", "--client", "C000002", "--day", day, "--start", start),
        ("move", entry, "--day", day, "--start", start),
    ):
        shown = desk.ask(*words, code=code)
        assert refusal is None or shown["code"] == refusal, (words, shown["code"], shown["reason"])
    assert desk.dump() == before


@pytest.mark.parametrize("day", ["2026-11-30", "2028-02-29", "2026-12-31", "2100-12-31"])
def test_the_last_day_of_a_month_is_a_day(desk: Place, day: str) -> None:
    assert desk.ask("day", day)["day"] == day
    assert desk.ask("find", "NJR-F2F", "--from", day, "--to", day)["total"] > 0
    assert desk.ask("find", "NJR-F2F", "--from", day, code=None)["status"] in ("offers", "none", "usage")
    assert desk.ask("hold", "NJR-F2F", "--day", day, "--start", "10:00", "--diary", "D01")["day"] == day


@pytest.mark.parametrize(
    "words",
    [
        ("find", "FC-F2F", "--from", "2026-12-01", "--to", "2026-11-30"),
        ("find", "FC-F2F", "--to", "2026-11-01"),
        ("find", "FC-F2F", "--time", "12:00-09:00"),
        ("find", "FC-F2F", "--time", "09:00-09:00"),
        ("find", "FC-F2F", "--time", "09:00-24:05"),
        ("find", "FC-F2F", "--time", "09:00-23:60"),
        ("find", "FC-F2F", "--time", "09:03-10:00"),
        ("find", "FC-F2F", "--time", "09:00"),
        ("find", "FC-F2F", "--time", "09:00-"),
        ("find", "FC-F2F", "--near", "24:00"),
        ("find", "FC-F2F", "--from", "2026-11-25", "--to", "2099-11-25"),
        ("find", "FC-F2F", "--limit", "0"),
        ("find", "FC-F2F", "--limit", "-1"),
        ("log", "--from", "2026-12-01", "--to", "2026-11-30"),
        ("log", "--after", "-1"),
        ("log", "--limit", "0"),
        ("day", "2027-02-29"),
        ("attend", NOBODYS, "--as", "late", "--minutes", "-1"),
        ("attend", NOBODYS, "--as", "late", "--minutes", "9999999"),
    ],
    ids=" ".join,
)
def test_ranges_that_are_none(desk: Place, words: tuple[str, ...]) -> None:
    assert run(*words, *desk.options).code == 2


def test_the_ends_of_a_search_that_are_well_formed(desk: Place) -> None:
    assert desk.ask("find", "NJR-F2F", "--near", "09:03")["offers"]
    assert desk.ask("find", "NJR-F2F", "--near", "23:59")["offers"]
    assert desk.ask("find", "NJR-F2F", "--time", "00:00-24:00")["offers"]
    assert desk.refuse("find", "NJR-F2F", "--from", "2000-01-01", "--to", "2000-01-31")["status"] == "none"
    assert desk.refuse("find", "NJR-F2F", "--notice", "86400")["status"] == "none"


COMMANDS: list[tuple[str, ...]] = [
    ("find", "NJR-F2F"),
    ("find", "NJR-F2F", "--from", DAY, "--to", DAY),
    ("hold", "NJR-F2F", "--first"),
    ("hold", "NJR-F2F", "--day", DAY, "--start", "10:00", "--diary", "D01"),
    ("book", "CC-PHONE", "--client", "C000001", "--first"),
    ("day", DAY),
    ("log",),
    ("log", "--from", "2026-11-24"),
    ("types",),
    ("doctor",),
    ("handoffs",),
    ("calls",),
    ("undo",),
    ("clients", "find", "-"),
]


@pytest.mark.parametrize(
    "now", ["0001-01-01T00:00", "1969-12-31T23:59", "9999-12-31T23:59", "2099-12-31T23:59", "2026-03-29T01:30"]
)
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_clock_far_off(desk: Place, now: str, words: tuple[str, ...]) -> None:
    answer = run(*words, *desk.at(now).options, stdin="Khan")
    assert answer.code in (0, 2, 3), answer


@pytest.mark.parametrize(
    "now", ["2026-11-24", "24:00", "2026-11-24T24:00", "2026-11-24T09:60", "2027-02-29T09:00", "2026-11-24T09:00Z", "now", ""]
)
def test_a_clock_that_is_none(desk: Place, now: str) -> None:
    assert run("types", *desk.at(now).options).code == 2


def test_the_clock_goes_back_an_hour(desk: Place) -> None:
    booked(desk)
    earlier = desk.at("2026-11-24T08:00")
    entry = booked(earlier, client="C000002", start="14:00")["id"]
    assert earlier.ask("cancel", entry, "--reason", "office")["status"] == "cancelled"
    assert [event["seq"] for event in desk.ask("log")["events"]] == [1, 2, 3]
    desk.sound()
    assert desk.ask("find", "NJR-F2F")["offers"]


def test_the_hour_that_occurs_twice(desk: Place) -> None:
    for now in ("2026-10-25T00:59", "2026-10-25T01:30", "2026-10-25T02:00"):
        desk.at(now).ask("hold", "NJR-F2F", "--first", "--from", "2026-10-26")
    desk.sound()


def test_an_id_of_somebody_elses_hold(desk: Place) -> None:
    theirs = held(desk.by("agent2"))["id"]
    before = desk.dump()
    for words in (
        ("hold", "FC-F2F", "--day", DAY, "--start", "14:00", "--diary", "D01", "--id", theirs),
        ("book", "FC-F2F", "--client", "C000001", "--first", "--id", theirs),
        ("clients", "add", "-", "--id", theirs),
        ("undo", "--id", theirs),
    ):
        shown = desk.refuse(*words, stdin="name: Mira Vale\n")
        assert shown["code"] == "id_reused", words
    for refused in (
        ("confirm", theirs, "--client", "C000001"),
        ("extend", theirs),
        ("release", theirs),
        ("move", theirs, "--day", DAY, "--start", "14:00"),
        ("cancel", theirs, "--reason", "claimant"),
        ("attend", theirs, "--as", "dna"),
        ("undo", theirs),
        ("hold", "FC-F2F", "--first", "--moving", theirs),
    ):
        assert desk.refuse(*refused)["status"] == "refused", refused
    assert desk.dump() == before


def test_ids_in_odd_forms(desk: Place) -> None:
    entry = booked(desk)["id"]
    for form in (entry.upper(), entry.replace("-", "")):
        assert desk.ask("show", form)["id"] == entry
    for form in (entry[:-1], entry + "0", f"{{{entry}}}", f"urn:uuid:{entry}", "0", "", " ", entry.replace("-", "--")):
        assert run("show", form, *desk.options).code == 2, form


def test_unknown_everything(desk: Place) -> None:
    before = desk.dump()
    for words in (
        ("find", "X"),
        ("find", "FC-F2F", "--client", "C999999"),
        ("find", "fc-f2f"),
        ("hold", "X", "--first"),
        ("hold", "FC-F2F", "--first", "--diary", "X"),
        ("hold", "FC-F2F", "--first", "--team", "X"),
        ("hold", "FC-F2F", "--first", "--client", "C999999"),
        ("day", DAY, "--diary", "X"),
        ("day", DAY, "--team", "X"),
        *((verb, NOBODYS) for verb in ("confirm", "extend", "release", "show", "undo")),
    ):
        assert run(*words, *desk.options).code == 3, words
    for words in (
        ("find", "FC-F2F", "--need", "X"),
        ("find", "FC-F2F", "--channel", "X"),
        ("hold", "FC-F2F", "--first", "--need", "X"),
    ):
        assert run(*words, *desk.options).code in (2, 3), words
    assert desk.dump() == before
    assert NOW
