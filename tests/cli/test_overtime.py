"""overtime and diary absorb by command: looked at first, then done, each with every key."""

import json
from uuid import uuid4

import pytest

from tests.cli.runner import DAY, SAID, Place, run
from tests.hostile.words import WORDS

KEYS = {
    *("status", "repeated", "patterns", "diaries", "unplaced", "placed", "key_types_lost", "checks", "code", "reason"),
    *("problems", "assigned"),
}
ABSORB_KEYS = {
    *("status", "repeated", "ticket", "diary", "into", "from", "patterns", "assigned", "moves", "unplaced", "unblocked"),
    *("blocks", "key_types_lost", "checks", "code", "reason", "held_by", "problems"),
}
SATURDAY = "2026-11-28"
BOTH = ("overtime", "--diary", "D01", "--diary", "D02")
EXTRA = (*BOTH, "--template", "saturday-overtime", "--on", SATURDAY, "--type", "FC-F2F")
OVER = ("diary", "absorb", "D04")
IN_OLD = ("FC-F2F", "--day", DAY, "--start", "10:00", "--diary", "D04")
INTO = ("--into", "D01", "--into", "D02")


@pytest.fixture
def leader(desk: Place) -> Place:
    return desk.by("leader1")


def test_the_templates_are_listed(desk: Place) -> None:
    shown = desk.ask("overtime", "--list")
    assert [(one["name"], one["start"], one["end"], one["types"]) for one in shown["items"]] == [
        ("saturday-overtime", "09:00", "14:00", []),
        ("commitment-mornings", "09:00", "12:00", ["FC-F2F"]),
    ]
    assert shown["total"] == 2
    assert "Monday to Friday 09:00-12:00, FC-F2F" in desk.text("overtime", "--list")


def test_overtime_takes_two_steps_and_is_taken_back(leader: Place) -> None:
    head = leader.head()
    seen = leader.ask(*EXTRA)
    assert set(seen) == KEYS
    assert (seen["status"], seen["diaries"]) == ("preview", ["D01", "D02"])
    assert leader.head() == head
    assert leader.refuse("find", "FC-F2F", "--from", SATURDAY, "--to", SATURDAY)["offers"] == []
    id = str(uuid4())
    made = leader.ask(*EXTRA, "--apply", "--id", id)
    assert (made["status"], made["repeated"]) == ("saved", False)
    again = leader.ask(*EXTRA, "--apply", "--id", id)
    assert (again["repeated"], again["patterns"]) == (True, made["patterns"])
    assert leader.refuse(*EXTRA, "--limit", "2", "--apply", "--id", id)["code"] == "id_reused"
    offers = leader.ask("find", "FC-F2F", "--from", SATURDAY, "--to", SATURDAY)["offers"]
    assert (offers[0]["start"], {one["diary"] for one in offers}) == ("09:00", {"D01", "D02"})
    assert leader.ask("segments", "undo")["status"] == "undone"
    leader.sound()


def test_times_weekdays_and_words_may_be_said_without_a_template(leader: Place) -> None:
    said = ("--weekday", "sat", "--from", SATURDAY, "--until", "2026-12-12", "--start", "10:00", "--end", "12:30")
    shown = leader.ask(*BOTH, *said, "--type", "fc-f2f", "--limit", "3", "--description", "Extra", "--apply")
    assert shown["patterns"][0]["is"] == {
        **{"level": "diary", "owner": "D01", "weekday": "Saturday", "from": SATURDAY, "until": "2026-12-12"},
        "segment": [{"start": "10:00", "end": "12:30", "types": ["FC-F2F"], "limit": 3, "description": "Extra"}],
    }
    mornings = leader.ask("overtime", "--diary", "D03", "--template", "commitment-mornings", "--from", "2026-12-01")
    assert [one["is"]["weekday"] for one in mornings["patterns"]] == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]


def test_types_are_assigned_when_that_is_asked(leader: Place) -> None:
    childcare = (*BOTH, "--template", "saturday-overtime", "--on", SATURDAY, "--type", "CC-PHONE", "--apply")
    assert leader.refuse(*childcare)["code"] == "not_assigned"
    shown = leader.ask(*childcare, "--assign")
    assert shown["assigned"] == [{"diary": "D01", "type": "CC-PHONE"}, {"diary": "D02", "type": "CC-PHONE"}]
    assert "CC-PHONE" in leader.ask("diaries")["items"][0]["types"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((*EXTRA[:5], "--template", "saturday-overtime", "--on", "2026-11-21", "--type", "FC-F2F"), "past"),
        (("overtime", "--diary", "D99", *EXTRA[5:]), "unknown_diary"),
        ((*EXTRA, "--type", "NOPE"), "unknown_type"),
        ((*EXTRA, "--start", "14:00", "--end", "09:00"), "not_possible"),
        ((*EXTRA, "--end", "14:01"), "off_grid"),
        (
            (
                *BOTH,
                "--weekday",
                "sat",
                "--from",
                SATURDAY,
                "--until",
                DAY,
                *("--start", "09:00", "--end", "10:00"),
                "--type",
                "FC-F2F",
            ),
            "not_possible",
        ),
        ((*BOTH, "--on", "2026-12-25", "--start", "09:00", "--end", "10:00", "--type", "FC-F2F"), "closed"),
    ],
)
def test_what_is_refused_has_a_code_and_every_key(leader: Place, words: tuple[str, ...], code: str) -> None:
    before = leader.dump()
    for step in ((), ("--apply",)):
        shown = leader.refuse(*words, *step)
        assert set(shown) >= KEYS
        assert (shown["status"], shown["code"]) == ("refused", code)
    assert leader.dump() == before


@pytest.mark.parametrize(
    "words",
    [
        ("overtime",),
        ("overtime", "--template", "saturday-overtime", "--on", SATURDAY, "--type", "FC-F2F"),
        BOTH,
        (*BOTH, "--template", "sunday", "--on", SATURDAY, "--type", "FC-F2F"),
        (*BOTH, "--template", "saturday-overtime", "--type", "FC-F2F"),
        (*BOTH, "--template", "saturday-overtime", "--on", SATURDAY),
        (*BOTH, "--template", "saturday-overtime", "--on", DAY, "--type", "FC-F2F"),
        (*EXTRA, "--from", SATURDAY),
        (*EXTRA, "--weekday", "sat"),
        (*EXTRA, "--limit", "0"),
        (*EXTRA, "--limit", "many"),
        (*EXTRA, "--start", "9"),
        (*EXTRA, "--end", "25:00"),
        (*EXTRA, "--id", "7"),
        (*BOTH, "--on", "someday", "--start", "09:00", "--end", "10:00", "--type", "FC-F2F"),
        (*BOTH, "--on", SATURDAY, "--start", "09:00", "--type", "FC-F2F"),
        (*BOTH, "--weekday", "noday", "--from", SATURDAY, "--start", "09:00", "--end", "10:00", "--type", "FC-F2F"),
        (*BOTH, "--from", SATURDAY, "--start", "09:00", "--end", "10:00", "--type", "FC-F2F"),
    ],
)
def test_malformed_input_ends_with_2_and_every_key(leader: Place, words: tuple[str, ...]) -> None:
    shown = leader.ask(*words, code=2)
    assert set(shown) >= KEYS
    assert shown["status"] == "usage"


@pytest.mark.parametrize("name", sorted(WORDS))
def test_hostile_words_change_nothing_but_words(leader: Place, name: str) -> None:
    word = WORDS[name].replace("\0", "")
    before = leader.dump()
    for option in ("--diary", "--type", "--template", "--on", "--start", "--end", "--weekday", "--from", "--until", "--limit"):
        answer = run(*leader.options, *EXTRA, f"{option}={word}")
        assert answer.code in (0, 2, 3)
    assert leader.dump() == before
    run(*leader.options, *EXTRA, "--apply", f"--description={word}")
    leader.sound()


def test_agents_look_and_do_not_save(desk: Place) -> None:
    assert desk.ask(*EXTRA)["status"] == "preview"
    assert desk.refuse(*EXTRA, "--apply")["code"] == "role"


# D04 of the small site has a start of each weekday of its own, 09:00 to 11:00 with at most two: an additional diary.


def test_a_diary_is_absorbed_after_a_look(leader: Place) -> None:
    entry = leader.ask("book", *IN_OLD, "--client", "C000001")["id"]
    head = leader.head()
    seen = leader.ask(*OVER, *INTO, "--rota", "--dry-run")
    assert set(seen) == ABSORB_KEYS
    assert (seen["status"], seen["ticket"], seen["from"]) == ("preview", None, "2026-11-24")
    assert leader.head() == head
    id = str(uuid4())
    made = leader.ask(*OVER, *INTO, "--rota", "--id", id)
    assert set(made) == ABSORB_KEYS
    assert (made["status"], made["ticket"], made["into"]) == ("absorbed", id, ["D01", "D02"])
    assert made["moves"] == [
        {
            **{"id": entry, "type": "FC-F2F", "client": "C000001", "from": {"diary": "D04", "day": DAY, "start": "10:00"}},
            "to": {"diary": "D01", "day": DAY, "start": "10:00", "coach": "Coach 1"},
        }
    ]
    assert [(one["is"]["owner"], one["is"]["weekday"]) for one in made["patterns"]] == [
        ("D01", "Monday"),
        ("D02", "Tuesday"),
        ("D01", "Wednesday"),
        ("D02", "Thursday"),
        ("D01", "Friday"),
    ]
    assert leader.ask(*OVER, *INTO, "--rota", "--id", id) == made | {"repeated": True}
    assert leader.refuse(*OVER, *INTO, "--id", id)["code"] == "id_reused"
    assert "D04" not in json.dumps(leader.ask("diaries"))
    leader.sound()


def test_absorbing_says_what_it_did_in_lines(leader: Place) -> None:
    entry = leader.ask("book", *IN_OLD, "--client", "C000001")["id"]
    leader.ask("block", "D04", "--day", "2026-12-01", "--start", "09:00", "--end", "10:00", "--reason", "leave")
    leader.ask("block", "D01", "--day", "2026-12-02", "--start", "09:00", "--end", "10:00", "--reason", "leave")
    said = leader.text(*OVER, "--into", "d01")
    assert said.startswith("absorbed: D04 into D01 from Tue 24 Nov 2026, ticket ")
    assert f"  moves: FC-F2F C000001 {SAID} 10:00 D04 to {SAID} 10:00 D01 Coach 1, id {entry}" in said
    assert "ended: a block Tue 1 Dec 2026 09:00-10:00 D04" in said
    assert "! stands in a new segment; unblock it to have its time: a block Wed 2 Dec 2026 09:00-10:00 D01" in said


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("diary", "absorb", "D99", *INTO), "unknown_diary"),
        (("diary", "absorb", "D04", "--into", "D04"), "not_possible"),
        (("diary", "absorb", "D04", *INTO, "--into", "D01"), "not_possible"),
        (("diary", "absorb", "D01", "--into", "D02"), "not_possible"),
        (("diary", "absorb", "D04", *INTO, "--from", "2026-11-01"), "past"),
    ],
)
def test_what_cannot_be_absorbed_has_a_code_and_every_key(leader: Place, words: tuple[str, ...], code: str) -> None:
    before = leader.dump()
    for step in ((), ("--dry-run",)):
        shown = leader.refuse(*words, *step)
        assert set(shown) == ABSORB_KEYS
        assert (shown["status"], shown["code"]) == ("refused", code)
    assert leader.dump() == before


def test_a_hold_in_the_diary_is_named(desk: Place) -> None:
    desk.ask("hold", *IN_OLD)
    shown = desk.by("leader1").refuse(*OVER, *INTO)
    assert (shown["code"], shown["held_by"]["who"]) == ("held", "Ann Archer")
    assert desk.refuse(*OVER, *INTO)["code"] == "role"


@pytest.mark.parametrize(
    "words",
    [("diary", "absorb"), OVER, (*OVER, *INTO, "--from", "soon"), (*OVER, *INTO, "--id", "7"), (*OVER, *INTO, "--rota=yes")],
)
def test_malformed_absorbing_ends_with_2_and_every_key(leader: Place, words: tuple[str, ...]) -> None:
    shown = leader.ask(*words, code=2)
    assert set(shown) == ABSORB_KEYS
    assert shown["status"] == "usage"


@pytest.mark.parametrize("name", sorted(WORDS))
def test_hostile_words_absorb_nothing(leader: Place, name: str) -> None:
    word = WORDS[name].replace("\0", "")
    before = leader.dump()
    for words in ((*OVER, "--into", word), (*OVER, *INTO, f"--from={word}"), ("diary", "absorb", *INTO, "--", word)):
        assert run(*leader.options, *words).code in (2, 3)
    assert leader.dump() == before
