"""Diary alignment by command: the figures beside each other, plain lines, and what is refused."""

from typing import Any

import pytest

from tests.cli.runner import CLOCK, Answer, Place, run
from tests.hostile.words import WORDS

GUIDE = ("--first", "1", "--second", "1", "--interviews", "20,40,50,20,50")
FIGURES = {"idle_minutes", "idle_by_coach", "first_wait_by_coach", "wait_minutes", "mean_wait_minutes", "waits", "pattern"}
KEYS = FIGURES | {
    *("status", "optimal", "gap", "guidance", "unaligned", "first", "second", "interviews", "second_minutes"),
    *("open", "first_breaks", "second_breaks", "effect"),
}


def aligned(*words: str) -> dict[str, Any]:
    answer = run("align", *words, "--json")
    assert answer.code == 0, answer
    return answer.object


def test_both_figures_stand_beside_each_other() -> None:
    shown = aligned(*GUIDE)
    assert set(shown) == KEYS
    assert (shown["status"], shown["optimal"], shown["gap"]) == ("aligned", True, {"idle_minutes": 0, "wait_minutes": 0})
    assert (shown["idle_minutes"], shown["mean_wait_minutes"]) == (20, 10)
    guidance = shown["guidance"]
    assert set(guidance) == FIGURES | {"least_mean_wait_minutes"}
    assert (guidance["idle_minutes"], guidance["least_mean_wait_minutes"], guidance["mean_wait_minutes"]) == (20, 18, 20)
    assert shown["unaligned"]["first_wait_by_coach"] == [50]


def test_a_pattern_names_every_meeting() -> None:
    pattern = aligned(*GUIDE)["pattern"]
    assert len(pattern) == 10
    assert all(CLOCK.fullmatch(one[key]) for one in pattern for key in ("start", "end"))
    assert sorted(one["minutes"] for one in pattern if one["role"] == "first") == [20, 20, 40, 50, 50]
    assert [one["claimant"] for one in pattern if one["role"] == "second"] == [1, 2, 3, 4, 5]
    assert {one["coach"] for one in pattern} == {1}


def test_plain_lines_say_the_same() -> None:
    lines = run("align", *GUIDE).out.splitlines()
    assert lines[0] == "Found: second coaches idle 20 minutes, claimants wait 10 minutes on average."
    assert lines[1].startswith("Proved")
    assert lines[2].endswith("second coaches idle 20 minutes, claimants wait 20 minutes on average (18 in another order).")
    assert "up to 50 minutes until a second coach sees the first claimant" in lines[3]
    assert lines[5] == "Second coach 1: 09:20-10:10, 10:10-11:00, 11:15-12:05, 12:05-12:55, 12:55-13:45"


def test_hours_and_breaks_hold() -> None:
    shown = aligned(*GUIDE, "--open", "08:30-18:00", "--break", "12:00-13:00", "--second-break", "10:00-10:15")
    assert (shown["open"], shown["first_breaks"]) == ("08:30-18:00", ["12:00-13:00"])
    assert shown["second_breaks"] == ["12:00-13:00", "10:00-10:15"]
    assert shown["guidance"] is None
    for one in shown["pattern"]:
        assert one["end"] <= "12:00" or one["start"] >= "13:00"
    assert aligned(*GUIDE, "--break", "none")["first_breaks"] == []
    only_second = aligned(*GUIDE, "--second-break", "none")
    assert (only_second["first_breaks"], only_second["second_breaks"]) == (["10:50-11:05", "12:30-13:30"], [])


def test_two_and_two_and_another_length() -> None:
    shown = aligned("--first", "2", "--second", "2", "--interviews", "20,40,50,20,50,20,40,50,20,50")
    assert (shown["optimal"], shown["idle_minutes"], shown["mean_wait_minutes"]) == (True, 40, 10)
    shorter = aligned(*GUIDE, "--second-minutes", "30")
    assert shorter["optimal"]
    assert {one["minutes"] for one in shorter["pattern"] if one["role"] == "second"} == {30}


def test_what_is_not_proved_says_so() -> None:
    many = ",".join(["20", "35", "40", "25", "50"] * 5)
    words = ("--first", "5", "--second", "8", "--interviews", many, "--seconds", "1")
    shown = aligned(*words)
    assert not shown["optimal"]
    assert shown["gap"]["idle_minutes"] > 0 or shown["gap"]["wait_minutes"] > 0
    assert run("align", *words).out.splitlines()[1].startswith(("Not proved", "The idle time is proved"))


def refused(*words: str, code: int) -> Answer:
    answer = run("align", *words, "--json")
    assert answer.code == code, answer
    assert answer.object["reason"] == answer.err.rstrip("\n")
    return answer


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--first", "1", "--second", "1"),
        ("--first", "one", "--second", "1", "--interviews", "20"),
        ("--first", "0", "--second", "1", "--interviews", "20"),
        ("--first", "-1", "--second", "1", "--interviews", "20"),
        ("--first", "1000", "--second", "1", "--interviews", "20"),
        ("--first", "1", "--second", "1000", "--interviews", "20"),
        *(("--first", "1", "--second", "1", "--interviews", text) for text in ("", ",", "20,", "20,x", "22", "0", "20,-20")),
        *(("--first", "1", "--second", "1", "--interviews", text) for text in ("99999999", "20 40", "٢٠", "20," * 60 + "20")),
        *((*GUIDE, "--second-minutes", text) for text in ("0", "-50", "52", "long")),
        *((*GUIDE, "--open", text) for text in ("09:00", "17:00-09:00", "09:02-17:00", "9-17", "09:00-25:00")),
        *((*GUIDE, "--break", text) for text in ("noon", "12:00-12:00", "12:03-13:00")),
        *((*GUIDE, "--seconds", text) for text in ("0", "-1", "1000", "soon")),
        (*GUIDE, "extra"),
    ],
    ids=" ".join,
)
def test_malformed_input_is_one_sentence_and_two(words: tuple[str, ...]) -> None:
    refused(*words, code=2)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--first", "1", "--second", "1", "--interviews", "300"), "An interview of 300 minutes does not fit into the day"),
        (("--first", "1", "--second", "1", "--interviews", ",".join(["50"] * 10)), "do not fit into the day"),
        (("--first", "1", "--second", "1", "--interviews", "80,80,80,80,80"), "do not fit into the day"),
        ((*GUIDE, "--open", "09:00-09:30"), "does not fit into the day"),
        ((*GUIDE, "--break", "09:00-17:00"), "does not fit into the day"),
    ],
    ids=["one", "all", "pieces", "hours", "break"],
)
def test_what_does_not_fit_into_the_day_is_three(words: tuple[str, ...], sentence: str) -> None:
    answer = refused(*words, code=3)
    assert answer.object["code"] == "does_not_fit"
    assert sentence in answer.err


@pytest.mark.parametrize("name", sorted(WORDS))
def test_hostile_words_are_refused(name: str) -> None:
    text = WORDS[name].replace("\0", "") or "x"
    for option in ("--interviews", "--open", "--break"):
        assert run("align", *GUIDE, f"{option}={text}").code == 2


def test_it_needs_no_store() -> None:
    answer = run("align", *GUIDE, "--store", "/nowhere/at/all.db", "--json")
    assert answer.code == 0


PLACED = (
    *("align", "--first", "1", "--second", "1", "--interviews", "30,30", "--first-diary", "d01", "--second-diary", "D02"),
    *("--weekday", "wed", "--type", "NJR-F2F"),
)


def test_an_alignment_is_looked_at_then_applied_and_taken_back(desk: Place) -> None:
    leader, before = desk.by("leader1"), desk.dump()
    shown = leader.ask(*PLACED)
    assert shown["effect"]["status"] == "preview"
    assert [one["is"]["owner"] for one in shown["effect"]["patterns"]] == ["D01", "D02"]
    assert desk.dump() == before
    id = "0b6f5f0e-6a0c-4f1e-9d5a-3c6a5b1f2e77"
    assert leader.ask(*PLACED, "--apply", "--id", id)["effect"]["status"] == "saved"
    assert leader.ask(*PLACED, "--apply", "--id", id)["effect"]["repeated"]
    assert [one["is"]["owner"] for one in leader.ask("segments", "show", "D01")["patterns"]] == ["D01"]
    assert leader.ask("segments", "undo")["status"] == "undone"
    assert leader.ask("segments", "show", "D01")["patterns"] == []


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (("--second-diary", "D99"), 3, "no diary D99"),
        (("--type", "CC-PHONE", "--commitment", "NONE"), 3, "no type NONE"),
        (("--weekday", "yesterday"), 2, "weekday must be"),
        (("--until", "2026-11-01"), 3, "is before"),
        (("--from", "soon"), 2, "soon"),
        (("--second-minutes", "30"), 3, "the alignment reckons with 30"),
    ],
)
def test_where_it_cannot_go_is_refused(desk: Place, more: tuple[str, ...], code: int, said: str) -> None:
    base = list(PLACED)
    if more[0] == "--second-diary":
        base[base.index("D02")] = more[1]
        more = ()
    before = desk.dump()
    answer = run(*base, *more, "--apply", *desk.by("leader1").options)
    assert (answer.code, said in answer.err) == (code, True), answer
    assert desk.dump() == before


def test_to_apply_it_the_diaries_and_a_weekday_are_needed(desk: Place) -> None:
    for words in ((*GUIDE, "--apply"), (*GUIDE, "--first-diary", "D01", "--second-diary", "D02")):
        desk.by("leader1").ask("align", *words, code=2)
    assert desk.refuse(*PLACED, "--apply")["effect"]["code"] == "role"
