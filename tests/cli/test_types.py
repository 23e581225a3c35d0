"""Key types and drop-ins by command: listed, changed, told by find, and helped by a proposal."""

import pytest

from tests.cli.runner import Place, run
from tests.hostile.words import WORDS as HOSTILE

KEYS = {"status", "repeated", "type", "from", "key", "changes", "drop_in", "code", "reason"}
ITEM = {"code", "name", "minutes", "key", "diaries", "starts", "wrong", "reasons", "changes"}
HOURS = "Mon-Fri 10:00-12:00, Sat 09:30-11:00"
SAID = "Bring your papers to desk 2."
UID = "5f0c7a52-6d9e-4b1c-9a3e-2f4b8c1d0e6f"


def leader(desk: Place) -> Place:
    return desk.by("leader1")


def test_key_types_are_listed_with_what_is_wrong(desk: Place) -> None:
    leader(desk).ask("type", "key", "CC-PHONE", "--on")
    shown = desk.ask("type", "key")
    assert set(shown) == {"status", "total", "from", "to", "items"}
    assert (shown["status"], shown["total"], shown["from"], shown["to"]) == ("list", 2, "2026-11-24", "2026-11-30")
    wrong, right = shown["items"]
    assert set(wrong) == set(right) == ITEM
    assert (wrong["code"], wrong["wrong"], wrong["starts"], wrong["diaries"]) == ("CC-PHONE", "not_assigned", 0, [])
    assert [reason["rule"] for reason in wrong["reasons"]] == ["not_assigned"]
    assert (right["code"], right["wrong"], right["reasons"]) == ("FC-F2F", None, [])
    assert right["starts"] == desk.ask("find", "FC-F2F", "--to", "2026-11-30")["starts"]
    one = desk.ask("type", "key", "njr-f2f")["items"]
    assert [(item["code"], item["key"]) for item in one] == [("NJR-F2F", False)]
    text = desk.text("type", "key")
    assert "! CC-PHONE" in text
    assert "is assigned to no diary" in text


def test_a_flag_is_changed_from_a_day_on(desk: Place) -> None:
    shown = leader(desk).ask("type", "key", "NJR-F2F", "--on", "--from", "2026-12-01", "--id", UID)
    assert set(shown) == KEYS
    assert (shown["status"], shown["type"], shown["from"], shown["key"]) == ("saved", "NJR-F2F", "2026-12-01", True)
    assert leader(desk).ask("type", "key", "NJR-F2F", "--on", "--from", "2026-12-01", "--id", UID)["repeated"] is True
    assert leader(desk).refuse("type", "key", "NJR-F2F", "--off", "--id", UID)["code"] == "id_reused"
    item = desk.ask("type", "key", "NJR-F2F")["items"][0]
    assert (item["key"], item["changes"]) == (False, [{"from": "2026-12-01", "key": True}])
    types = {one["code"]: one["key"] for one in desk.at("2026-12-01T09:00").ask("types")["items"]}
    assert types["NJR-F2F"]
    assert not {one["code"]: one["key"] for one in desk.ask("types")["items"]}["NJR-F2F"]
    off = leader(desk).ask("type", "key", "FC-F2F", "--off")
    assert (off["key"], off["changes"]) == (False, [])
    assert leader(desk).ask("type", "key", "FC-F2F", "--off")["status"] == "unchanged"
    assert desk.ask("find", "FC-F2F")["type"]["key"] is False
    desk.sound()


def test_a_drop_in_is_told_first_and_starts_are_offered_still(desk: Place) -> None:
    before = desk.ask("find", "EV-F2F")
    assert before["drop_in"] is None
    shown = leader(desk).ask("type", "dropin", "EV-F2F", "--hours", HOURS, "--words", "-", stdin=f"{SAID}\n")
    assert set(shown) == KEYS
    told = shown["drop_in"]
    assert told["hours"][0] == {"weekday": "Monday", "start": "10:00", "end": "12:00"}
    assert told["hours"][-1] == {"weekday": "Saturday", "start": "09:30", "end": "11:00"}
    assert told["words"] == SAID
    assert told["next"] == "today 10:00-12:00, Wed 10:00-12:00, Thu 10:00-12:00"
    assert desk.ask("find", "EV-F2F") == before | {"drop_in": told}
    first = desk.at("2026-11-24T10:20").text("find", "EV-F2F").splitlines()[0]
    assert first == f"Drop-in, no appointment needed: today until 12:00, Wed 10:00-12:00, Thu 10:00-12:00. {SAID}"
    rows = {one["code"]: one["drop_in"] for one in desk.ask("types")["items"]}
    assert {code for code, drop_in in rows.items() if drop_in} == {"EV-F2F"}
    assert set(rows.values()) == {True, False}
    assert SAID not in str(desk.ask("log")["events"])
    off = leader(desk).ask("type", "dropin", "EV-F2F", "--off")
    assert (off["status"], off["drop_in"]) == ("saved", None)
    said = leader(desk).text("type", "dropin", "EV-F2F", "--off", "--from", "2026-12-01")
    assert said.startswith("unchanged: EV-F2F is no drop-in from Tue 1 Dec 2026 on")
    assert desk.ask("find", "EV-F2F") == before
    desk.sound()


def test_a_proposal_is_looked_at_and_saved(desk: Place) -> None:
    before = desk.dump()
    seen = leader(desk).ask("type", "propose", "CC-PHONE")
    assert desk.dump() == before
    assert seen["status"] == "preview"
    assert seen["proposal"]["assign"] is True
    assert seen["assigned"] == [{"diary": seen["proposal"]["diary"], "type": "CC-PHONE"}]
    saved = leader(desk).ask("type", "propose", "cc-phone", "--apply", "--id", UID)
    assert (saved["status"], saved["proposal"]) == ("saved", seen["proposal"])
    again = leader(desk).ask("type", "propose", "CC-PHONE", "--apply", "--id", UID)
    assert (again["repeated"], again["proposal"]) == (True, None)
    assert set(again) == set(saved) == set(seen)
    assert desk.ask("find", "CC-PHONE", "--to", "2026-11-30")["starts"] == seen["proposal"]["starts"]
    assert leader(desk).refuse("type", "propose", "CC-PHONE")["code"] == "not_possible"
    assert leader(desk).ask("segments", "undo")["status"] == "undone"
    assert desk.ask("find", "CC-PHONE", code=3)["status"] == "handoff"
    assert "Assign CC-PHONE to diary" in leader(desk).text("type", "propose", "CC-PHONE")
    assert desk.refuse("type", "propose", "CC-PHONE", "--apply")["code"] == "role"
    desk.sound()


@pytest.mark.parametrize(
    "words",
    [
        ("key", "--on"),
        ("key", "--from", "2026-12-01"),
        ("key", "FC-F2F", "--id", UID),
        ("key", "FC-F2F", "--on", "--from", "soon"),
        ("key", "FC-F2F", "--on", "--id", "x"),
        ("dropin", "EV-F2F"),
        ("dropin", "EV-F2F", "--hours", HOURS),
        ("dropin", "EV-F2F", "--words", SAID),
        ("dropin", "EV-F2F", "--off", "--hours", HOURS),
        ("dropin", "EV-F2F", "--off", "--words", SAID),
        ("dropin", "EV-F2F", "--hours", "Mon 12:00-10:00", "--words", SAID),
        ("dropin", "EV-F2F", "--hours", "Mon 10:00-12:03", "--words", SAID),
        ("dropin", "EV-F2F", "--hours", "Mon 22:00-02:00", "--words", SAID),
        ("dropin", "EV-F2F", "--hours", "Someday 10:00-12:00", "--words", SAID),
        ("dropin", "EV-F2F", "--hours", "", "--words", SAID),
        ("dropin", "EV-F2F", "--hours", HOURS, "--words", "Hm"),
        ("dropin", "EV-F2F", "--hours", HOURS, "--words", "x" * 301),
        ("dropin", "EV-F2F", "--hours", HOURS, "--words", "-"),
        ("propose",),
        ("propose", "FC-F2F", "--id", "x"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(desk: Place, words: tuple[str, ...]) -> None:
    before = desk.dump()
    shown = leader(desk).ask("type", *words, code=2)
    assert shown["reason"]
    assert shown.keys() >= KEYS - {"type", "from", "key", "changes", "drop_in"}
    assert desk.dump() == before


@pytest.mark.parametrize(
    ("login", "words", "code"),
    [
        ("agent1", ("key", "FC-F2F", "--off"), "role"),
        ("admin1", ("dropin", "EV-F2F", "--off"), "role"),
        ("leader1", ("key", "NOPE", "--on"), "unknown_type"),
        ("leader1", ("key", "NOPE"), "unknown_type"),
        ("leader1", ("key", "FC-F2F", "--off", "--from", "2026-11-23"), "past"),
        ("leader1", ("dropin", "NOPE", "--off"), "unknown_type"),
        ("leader1", ("propose", "NOPE"), "unknown_type"),
    ],
)
def test_what_may_not_be_is_refused(desk: Place, login: str, words: tuple[str, ...], code: str) -> None:
    before = desk.dump()
    assert desk.by(login).refuse("type", *words)["code"] == code
    assert desk.dump() == before


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_words_are_kept_as_words(desk: Place, name: str) -> None:
    text = HOSTILE[name].encode("utf-8", "replace")
    run("type", "dropin", "EV-F2F", "--hours", HOURS, "--words", "-", *leader(desk).options, stdin=text)
    run("find", "EV-F2F", *desk.options[:-1])
    word = HOSTILE[name].replace("\0", "") or "x"
    run("type", "dropin", "EV-F2F", "--hours", word, "--words", "-", *leader(desk).options, stdin=text)
    run("type", "key", word, *leader(desk).options[:-1])
    desk.sound()
