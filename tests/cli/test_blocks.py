"""block and unblock: what they answer and what they leave."""

import json
from uuid import UUID, uuid4

import pytest

from agent_tui.domain.types import AppointmentType, MinutesFrom
from agent_tui.store.opening import open_store
from agent_tui.store.queries import catalogue
from tests.cli.runner import DAY, SAID, Place, booked, held, run
from tests.small_site import FROM, SITE

KEYS = {"status", "repeated", "ids", "diary", "day", "start", "end", "hit", "moves", "code", "reason"}
CARE = AppointmentType(
    "BLK-CARE", "Advanced claim for care leaver", "f2f", "block-time", True, (MinutesFrom(FROM, 60),), "", "block"
)
MORNING = ("--day", DAY, "--start", "09:00", "--end", "12:00")
LEAVE = ("block", "D01", *MORNING, "--reason", "leave")


NO_MORE_COMMITMENTS = "".join(
    f"""
[[pattern]]
level = "diary"
owner = "D01"
weekday = "{weekday}"
from = 2026-11-26
[[pattern.segment]]
start = "09:00"
end = "17:00"
types = ["WSR-PHONE"]
"""
    for weekday in ("monday", "tuesday", "wednesday", "thursday", "friday")
)


@pytest.fixture
def leader(desk: Place) -> Place:
    return desk.by("leader1")


def with_care(place: Place) -> None:
    """Give the site a type that is booked straight into a diary."""
    store = open_store(place.store)
    try:
        store.write(lambda unit: catalogue.insert_types(unit, SITE, [CARE]))
    finally:
        store.close()


def test_block_answers_and_is_shown(leader: Place) -> None:
    shown = leader.ask(*LEAVE)
    assert set(shown) >= KEYS
    assert (shown["status"], shown["repeated"], shown["diary"], shown["day"]) == ("blocked", False, "D01", DAY)
    assert (shown["start"], shown["end"], shown["hit"], shown["code"], shown["reason"]) == ("09:00", "12:00", [], None, None)
    assert shown["words"] == "leave"
    (id,) = shown["ids"]
    assert UUID(id)
    entries = leader.ask("day", DAY, "--diary", "D01")["diaries"][0]["entries"]
    assert [(one["id"], one["kind"], one["status"], one["start"], one["end"]) for one in entries] == [
        (id, "block", "blocked", "09:00", "12:00")
    ]
    assert "#leave" in leader.text("day", DAY, "--diary", "D01")
    assert [one["verb"] for one in leader.ask("log", "--entry", id)["events"]] == ["blocked"]
    assert leader.ask("show", id)["kind"] == "block"
    leader.sound()


def test_a_retry_says_so_and_another_request_with_its_id_is_refused(leader: Place) -> None:
    id = str(uuid4())
    first = leader.ask(*LEAVE, "--id", id)
    again = leader.ask(*LEAVE, "--id", id)
    assert again == first | {"repeated": True}
    assert leader.refuse("block", "D02", *MORNING, "--reason", "leave", "--id", id)["code"] == "id_reused"


def test_over_appointments_it_is_refused_previewed_kept_or_cancelled(leader: Place) -> None:
    entry = booked(leader)["id"]
    hit = {"id": entry, "start": "10:00", "end": "10:50", "type": "FC-F2F", "day": DAY, "client": "C000001"}
    refused = leader.refuse(*LEAVE)
    assert set(refused) >= KEYS
    assert (refused["status"], refused["code"], refused["hit"]) == ("refused", "taken", [hit])
    assert refused["held_by"] == {"kind": "appointment", "who": "Lea Lowe", "until": None}
    head = leader.head()
    for over in ("refuse", "keep", "cancel", "move"):
        seen = leader.ask(*LEAVE, "--over", over, "--dry-run")
        assert (seen["status"], seen["ids"], seen["hit"]) == ("preview", [], [hit])
    assert leader.head() == head
    kept = leader.ask(*LEAVE, "--over", "keep")
    assert kept["hit"] == [hit]
    assert [one["status"] for one in leader.ask("flags", "list")["items"]] == ["open"]
    gone = leader.ask("unblock", kept["ids"][0])
    assert (gone["status"], gone["ids"], gone["start"]) == ("unblocked", kept["ids"], "09:00")
    assert [one["status"] for one in leader.ask("flags", "list")["items"]] == ["closed"]
    assert leader.ask(*LEAVE, "--over", "cancel")["hit"] == [hit]
    assert leader.ask("show", entry)["status"] == "cancelled"
    assert leader.ask("undo")["status"] == "undone"
    assert leader.ask("show", entry)["status"] == "booked"
    leader.sound()


def test_what_is_in_its_time_is_moved_after_a_look(leader: Place) -> None:
    entry = booked(leader)["id"]
    move = {
        **{"id": entry, "type": "FC-F2F", "client": "C000001", "from": {"diary": "D01", "day": DAY, "start": "10:00"}},
        "to": {"diary": "D02", "day": DAY, "start": "10:00", "coach": "Coach 2"},
    }
    head = leader.head()
    seen = leader.ask(*LEAVE, "--over", "move", "--dry-run")
    assert (seen["status"], seen["moves"], seen["code"]) == ("preview", [move], None)
    assert leader.head() == head
    assert f"moves: FC-F2F C000001 {SAID} 10:00 D01 to {SAID} 10:00 D02 Coach 2, id {entry}" in leader.text(
        *LEAVE, "--over", "move", "--dry-run"
    )
    id = str(uuid4())
    made = leader.ask(*LEAVE, "--over", "move", "--id", id)
    assert (made["status"], made["moves"]) == ("blocked", [move])
    assert leader.ask(*LEAVE, "--over", "move", "--id", id) == made | {"repeated": True}
    assert leader.ask("show", entry)["diary"] == "D02"
    assert leader.ask("undo")["status"] == "undone"
    assert leader.ask("show", entry)["diary"] == "D01"
    leader.sound()


def test_one_that_finds_no_other_place_is_named_and_nothing_is_moved(leader: Place) -> None:
    entry = booked(leader)["id"]
    whole = ("block", "D01", "--day", DAY, "--start", "09:00", "--end", "17:00", "--reason", "leave", "--weekly-until", DAY)
    for diary in ("D02", "D03", "D04"):
        leader.ask("diary", "disable", diary)
    for day in ("2026-11-26", "2026-11-27", "2026-11-30"):
        leader.ask("block", "D01", "--day", day, *whole[4:10])
    assert leader.ask(*whole, "--over", "move", "--dry-run")["moves"][0]["to"]["day"] == "2026-12-01"
    leader.ask("segments", "set", "-", stdin=NO_MORE_COMMITMENTS)
    before = leader.dump()
    shown = leader.refuse(*whole, "--over", "move")
    assert (shown["code"], [one["id"] for one in shown["hit"]]) == ("taken", [entry])
    assert entry in shown["reason"]
    assert leader.dump() == before


def test_a_hold_is_not_taken(leader: Place) -> None:
    held(leader.by("agent1"))
    shown = leader.refuse(*LEAVE, "--over", "cancel")
    assert shown["code"] == "held"
    assert shown["held_by"]["who"] == "Ann Archer"
    assert shown["held_by"]["until"].endswith("Z")


def test_a_weekly_block_is_made_and_taken_back_as_a_series(leader: Place) -> None:
    shown = leader.ask(*LEAVE, "--weekly-until", "2026-12-09")
    assert len(shown["ids"]) == 3
    gone = leader.ask("unblock", shown["ids"][1], "--series")
    assert gone["ids"] == shown["ids"]
    friday = ("block", "D01", "--day", "2026-12-18", "--start", "09:00", "--end", "10:00", "--reason", "meeting")
    assert leader.refuse(*friday, "--weekly-until", "2027-01-01")["code"] == "closed"
    kept = leader.ask(*friday, "--weekly-until", "2027-01-01", "--over", "keep")
    assert [one["day"] for one in kept["skipped"]] == ["2026-12-25"]
    later = ("block", "D01", "--day", "2026-12-18", "--start", "11:00", "--end", "12:00", "--reason", "meeting")
    assert "left out: Fri 25 Dec 2026: The site is closed on Fri" in leader.text(
        *later, "--weekly-until", "2027-01-01", "--over", "keep"
    )
    leader.sound()


def test_a_type_and_its_claimant_are_the_reason_and_masked_for_who_may_not_see_them(desk: Place) -> None:
    with_care(desk)
    typed = ("--type", "BLK-CARE", "--client", "C000003")
    shown = desk.ask("block", "D01", *MORNING, *typed)
    assert shown["words"] == "Advanced claim for care leaver, Sana Khan 3"
    assert "Khan" not in json.dumps(desk.ask("log"))
    from_stdin = desk.ask("block", "D02", *MORNING, "--type", "BLK-CARE", "--client", "-", stdin="0113 496 0005\n")
    assert from_stdin["words"].endswith("Sana Khan 5")
    assert "Sana Khan 3" in desk.text("unblock", *shown["ids"])
    assert run("block", "D01", *MORNING, "--type", "BLK-CARE", "--client", "Sana Khan", *desk.options).code == 2


def test_the_note_comes_as_words_or_from_standard_input_and_stays_out_of_the_log(leader: Place) -> None:
    first = leader.ask(*LEAVE, "--note", "dentist\x1b[2J")["ids"][0]
    second = leader.ask("block", "D02", *MORNING, "--reason", "other", "--note", "-", stdin="boiler\nman\n")["ids"][0]
    notes = {row[3]: row[5] for row in leader.dump()["note"]}
    assert notes[second].split() == ["boiler", "man"]
    assert "\x1b" not in notes[first]
    assert "dentist" in notes[first]
    assert "dentist" not in json.dumps(leader.ask("log"))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("block", "D99", *MORNING, "--reason", "leave"), "unknown_diary"),
        (("block", "D01", "--day", DAY, "--start", "09:02", "--end", "12:00", "--reason", "leave"), "off_grid"),
        (("block", "D01", "--day", DAY, "--start", "09:00", "--end", "12:01", "--reason", "leave"), "off_grid"),
        (("block", "D01", "--day", DAY, "--start", "12:00", "--end", "09:00", "--reason", "leave"), "not_possible"),
        (("block", "D01", "--day", "2026-11-23", "--start", "09:00", "--end", "12:00", "--reason", "leave"), "past"),
        (("block", "D01", "--day", "2026-12-25", "--start", "09:00", "--end", "12:00", "--reason", "leave"), "closed"),
        (("block", "D01", *MORNING, "--type", "NOPE", "--client", "C000001"), "unknown_type"),
        (("block", "D01", *MORNING, "--type", "FC-F2F", "--client", "C000001"), "not_allowed"),
        ((*LEAVE, "--weekly-until", "2026-11-01"), "not_possible"),
        (("unblock", str(UUID(int=9))), "unknown_entry"),
    ],
)
def test_what_is_refused_has_a_code_and_every_key(leader: Place, words: tuple[str, ...], code: str) -> None:
    before = leader.dump()
    shown = leader.refuse(*words)
    assert set(shown) >= KEYS
    assert (shown["status"], shown["code"]) == ("refused", code)
    assert leader.dump() == before


@pytest.mark.parametrize(
    "words",
    [
        ("block", "D01", *MORNING),
        (*LEAVE, "--type", "BLK-CARE", "--client", "C000001"),
        ("block", "D01", *MORNING, "--reason", "golf"),
        (*LEAVE, "--over", "burn"),
        ("block", "D01", "--day", "tomorrow", "--start", "09:00", "--end", "12:00", "--reason", "leave"),
        ("block", "D01", "--day", DAY, "--start", "9", "--end", "12:00", "--reason", "leave"),
        ("block", "D01", "--day", DAY, "--start", "09:00", "--end", "25:00", "--reason", "leave"),
        ("block", "D01", "--day", DAY, "--start", "09:00", "--reason", "leave"),
        (*LEAVE, "--id", "7"),
        ("block", "D01", *MORNING, "--type", "BLK-CARE", "--client", "-", "--note", "-"),
        ("unblock", "7"),
    ],
)
def test_malformed_input_ends_with_2_and_every_key(leader: Place, words: tuple[str, ...]) -> None:
    shown = leader.ask(*words, code=2)
    assert set(shown) >= KEYS
    assert shown["status"] == "usage"


def test_roles(desk: Place) -> None:
    assert desk.refuse(*LEAVE)["code"] == "role"
    assert desk.by("admin1").refuse(*LEAVE)["code"] == "role"
    assert desk.by("coach2").refuse(*LEAVE)["code"] == "role"
    id = desk.by("coach1").ask(*LEAVE)["ids"][0]
    assert desk.refuse("unblock", id)["code"] == "role"
    assert desk.by("super1").ask("unblock", id, "--version", "1")["status"] == "unblocked"


def test_plain_lines(leader: Place) -> None:
    booked(leader)
    said = leader.text(*LEAVE, "--over", "keep")
    assert said.startswith(f"blocked: {SAID} 09:00-12:00 D01 leave, version 1, id ")
    assert f"  hit: {SAID} 10:00-10:50 FC-F2F C000001, id " in said
    answer = run("block", "D01", *MORNING, "--reason", "leave", *leader.options[:-1])
    assert (answer.code, answer.err.count("\n")) == (3, 1)
