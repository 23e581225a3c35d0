"""Pairs by command: found, held, confirmed, booked, released and taken back, both or neither."""

import pytest

from tests.cli.runner import BOOK_KEYS, DAY, OFFER_KEYS, Place, booked, held

KEYS = {
    *("status", "repeated", "pair", "first", "second", "wait_minutes", "pairs", "total", "code", "reason"),
    *("held_by", "alternatives", "handoff"),
}
TYPES = ("NJR-F2F", "FC-F2F")
WHERE = ("--day", DAY, "--start", "09:00", "--diary", "D01", "--second-start", "09:40", "--second-diary", "D02")
UID = "5f0c7a52-6d9e-4b1c-9a3e-2f4b8c1d0e6f"
NOBODY = "00000000-0000-4000-8000-000000000000"


def test_pairs_are_listed_by_the_wait(desk: Place) -> None:
    shown = desk.ask("pair", "find", *TYPES, "--from", DAY, "--to", DAY, "--most-wait", "20", "--limit", "5")
    assert set(shown) == KEYS
    assert (shown["status"], len(shown["pairs"])) == ("pairs", 5)
    assert shown["total"] > 5
    waits = [one["wait_minutes"] for one in shown["pairs"]]
    assert waits == sorted(waits)
    for one in shown["pairs"]:
        assert set(one) == {"first", "second", "wait_minutes"}
        assert one["first"].keys() >= OFFER_KEYS
        assert one["first"]["end"] <= one["second"]["start"]
        assert one["first"]["diary"] != one["second"]["diary"]
    text = desk.text("pair", "find", *TYPES, "--limit", "1")
    assert "no wait" in text
    assert "more: --limit" in text


def test_a_pair_is_held_and_confirmed_by_either_id(desk: Place) -> None:
    made = desk.ask("pair", "hold", *TYPES, *WHERE, "--id", UID)
    assert set(made) == KEYS
    assert (made["status"], made["pair"], made["wait_minutes"]) == ("held", UID, 10)
    for name, diary, start, end in (("first", "D01", "09:00", "09:30"), ("second", "D02", "09:40", "10:30")):
        half = made[name]
        assert half.keys() >= BOOK_KEYS
        assert (half["status"], half["diary"], half["start"], half["end"]) == ("held", diary, start, end)
    assert desk.ask("pair", "hold", *TYPES, *WHERE, "--id", UID)["repeated"] is True
    alone = desk.refuse("confirm", made["second"]["id"], "--client", "C000001")
    assert "pair confirm" in alone["reason"]
    both = desk.ask("pair", "confirm", made["second"]["id"], "--client", "C000001")
    assert (both["status"], both["pair"]) == ("confirmed", UID)
    assert [both[name]["entry_status"] for name in ("first", "second")] == ["booked", "booked"]
    assert both["first"]["say"]
    assert both["second"]["say"]
    assert desk.ask("undo")["status"] == "undone"
    assert desk.ask("show", made["second"]["id"])["entry_status"] == "held"
    gone = desk.ask("pair", "release", made["first"]["id"])
    assert [gone[name]["entry_status"] for name in ("first", "second")] == ["released", "released"]
    desk.sound()


def test_the_best_pair_is_booked(desk: Place) -> None:
    best = desk.ask("pair", "find", *TYPES, "--limit", "1")["pairs"][0]
    made = desk.ask("pair", "book", *TYPES, "--client", "C000001", "--first")
    assert made["status"] == "booked"
    for name in ("first", "second"):
        assert {key: made[name][key] for key in ("diary", "day", "start")} == {
            key: best[name][key] for key in ("diary", "day", "start")
        }
    told = desk.ask("cancel", made["first"]["id"], "--reason", "claimant")
    assert "Your other appointment" in told["say"]
    assert desk.ask("show", made["second"]["id"])["entry_status"] == "booked"
    desk.sound()


def test_neither_is_taken_where_one_is(desk: Place) -> None:
    held(desk.by("agent2"), type="WSR-PHONE", start="09:10")
    before = desk.dump()
    shown = desk.refuse("pair", "hold", *TYPES, *WHERE)
    assert set(shown) == KEYS
    assert (shown["status"], shown["code"], shown["first"], shown["second"]) == ("refused", "held", None, None)
    assert shown["held_by"]["kind"] == "hold"
    assert shown["alternatives"]
    assert desk.dump() == before


def test_what_no_diary_takes_is_handed_off(desk: Place) -> None:
    shown = desk.ask("pair", "find", "CC-PHONE", "FC-F2F", code=3)
    assert (shown["status"], shown["code"]) == ("handoff", "not_assigned")
    made = desk.refuse("pair", "book", "CC-PHONE", "FC-F2F", "--client", "C000001", "--first")
    assert set(made) == KEYS
    assert made["status"] == "handoff"
    assert made["handoff"]
    assert desk.ask("handoffs")["total"] == 1


@pytest.mark.parametrize(
    "words",
    [
        ("find", "NJR-F2F"),
        ("find", *TYPES, "--from", DAY, "--to", "2026-11-24"),
        ("find", *TYPES, "--most-wait", "-1"),
        ("find", *TYPES, "--most-wait", "9999"),
        ("find", *TYPES, "--limit", "0"),
        ("find", *TYPES, "--client", "Sana Khan"),
        ("hold", *TYPES),
        ("hold", *TYPES, *WHERE, "--first"),
        ("hold", *TYPES, *WHERE[:-2]),
        ("hold", *TYPES, "--first", "--day", DAY),
        ("hold", *TYPES, *WHERE[:-1], "D02", "--contact", "pigeon"),
        ("hold", *TYPES, "--day", "soon", *WHERE[2:]),
        ("hold", *TYPES, *WHERE[:3], "9am", *WHERE[4:]),
        ("hold", *TYPES, *WHERE, "--id", "x"),
        ("confirm", "x"),
        ("confirm", NOBODY, "--client", "QQ123456C"),
        ("release", "x"),
        ("release", NOBODY, "--id", "x"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(desk: Place, words: tuple[str, ...]) -> None:
    before = desk.dump()
    shown = desk.ask("pair", *words, code=2)
    assert set(shown) == KEYS
    assert shown["reason"]
    assert desk.dump() == before


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("find", "NOPE", "FC-F2F"), "unknown_type"),
        (("find", *TYPES, "--client", "C999999"), "unknown_client"),
        (("find", *TYPES, "--from", "2026-12-25", "--to", "2026-12-25"), "closed"),
        (("hold", *TYPES, *WHERE[:3], "09:02", *WHERE[4:]), "off_grid"),
        (("hold", *TYPES, *WHERE[:-1], "D01"), "not_possible"),
        (("hold", *TYPES, *WHERE[:7], "09:20", *WHERE[8:]), "not_possible"),
        (("hold", *TYPES, *WHERE[:-1], "D99"), "unknown_diary"),
        (("book", *TYPES, *WHERE), "unknown_client"),
        (("book", *TYPES, "--first", "--client", "C999999"), "unknown_client"),
        (("book", *TYPES, *WHERE, "--client", "C0000\x1b[2J"), "unknown_client"),
        (("hold", "NJR\x1b]0;x\x07", "FC-F2F", *WHERE), "unknown_type"),
        (("hold", "N" * 5000, "FC-F2F", "--first"), "unknown_type"),
        (("hold", *TYPES, *WHERE[:5], "D\u202e01", *WHERE[6:], "--id", UID), "unknown_diary"),
        (("hold", *TYPES, *WHERE[:-1], "D" * 5000), "unknown_diary"),
        (("hold", *TYPES, *WHERE[:7], "09:42", *WHERE[8:]), "off_grid"),
        (("hold", *TYPES, *WHERE[:7], "23:50", *WHERE[8:]), "closed"),
        (("hold", *TYPES, *WHERE[:3], "23:50", *WHERE[4:7], "23:55", *WHERE[8:]), "not_possible"),
        (("hold", *TYPES, "--day", "2026-11-23", *WHERE[2:]), "past"),
        (("hold", *TYPES, "--day", "2026-12-25", *WHERE[2:]), "closed"),
        (("confirm", NOBODY), "unknown_entry"),
        (("release", NOBODY), "unknown_entry"),
    ],
)
def test_what_cannot_be_done_is_refused(desk: Place, words: tuple[str, ...], code: str) -> None:
    before = desk.dump()
    shown = desk.refuse("pair", *words)
    assert set(shown) == KEYS
    assert shown["code"] == code
    assert desk.dump() == before


def test_what_is_no_pair_says_so(desk: Place) -> None:
    alone = booked(desk)
    assert desk.refuse("pair", "confirm", alone["id"])["code"] == "not_possible"
    assert desk.refuse("pair", "release", alone["id"])["code"] == "not_possible"


def test_a_coach_is_told_who_can(desk: Place) -> None:
    assert desk.by("coach1").refuse("pair", "find", *TYPES)["code"] == "role"
    assert desk.by("coach1").refuse("pair", "hold", *TYPES, "--first")["code"] == "role"


def test_each_half_names_its_pair_and_is_kept_and_given_back_with_the_other(desk: Place) -> None:
    made = desk.ask("pair", "hold", *TYPES, *WHERE)
    first, second = made["first"]["id"], made["second"]["id"]
    assert [desk.ask("show", id)["pair"] for id in (first, second)] == [made["pair"]] * 2 == [first] * 2
    assert held(desk, start="14:00")["pair"] is None
    kept = desk.ask("extend", second)
    assert (kept["id"], kept["expires_at"]) == (second, desk.ask("show", first)["expires_at"])
    assert desk.ask("release", first)["id"] == first
    assert [desk.ask("show", id)["entry_status"] for id in (first, second)] == ["released", "released"]
    assert desk.ask("undo")["status"] == "undone"
    assert [desk.ask("show", id)["entry_status"] for id in (first, second)] == ["held", "held"]
    desk.sound()


def test_an_id_of_another_request_is_refused(desk: Place) -> None:
    made = desk.ask("pair", "hold", *TYPES, *WHERE, "--id", UID)
    before = desk.dump()
    for words in (
        ("pair", "hold", *TYPES, *WHERE[:3], "13:00", *WHERE[4:7], "13:30", *WHERE[8:]),
        ("pair", "book", *TYPES, *WHERE, "--client", "C000001"),
        ("pair", "confirm", made["pair"], "--client", "C000001"),
        ("pair", "release", made["pair"]),
        ("hold", TYPES[0], *WHERE[:6]),
    ):
        assert desk.refuse(*words, "--id", UID)["code"] == "id_reused"
    # Nor can the id of the second be asked for by another request.
    free = ("--day", DAY, "--start", "15:00", "--diary", "D03")
    assert desk.refuse("hold", "FC-F2F", *free, "--id", made["second"]["id"])["code"] == "id_reused"
    assert desk.dump() == before
