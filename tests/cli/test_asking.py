"""ask: one line from standard input as a search, its best offers, what to say; what is unsure is asked, nothing is written."""

import pytest

from tests.cli.runner import FIND_KEYS, OFFER_KEYS, Place, run

ASK_KEYS = FIND_KEYS | {"asked", "client", "parse", "unread", "questions", "say", "starts", "drop_in"}


def test_a_line_becomes_the_search_that_find_makes(desk: Place) -> None:
    before = desk.dump("access")
    shown = desk.ask("ask", "-", stdin='first commitment wed am coach 1 "Sana Khan 10"\n')
    assert set(shown) == ASK_KEYS
    found = desk.ask(
        *("find", "FC-F2F", "--from", "2026-11-25", "--to", "2026-11-25", "--time", "am", "--diary", "D01"),
        *("--client", "C000010", "--limit", "3"),
    )
    assert {name: shown[name] for name in FIND_KEYS - {"offers"}} == {name: found[name] for name in FIND_KEYS - {"offers"}}
    assert [{name: one[name] for name in OFFER_KEYS} for one in shown["offers"]] == [
        {name: one[name] for name in OFFER_KEYS} for one in found["offers"]
    ]
    assert len(shown["offers"]) == 3
    assert shown["client"] == "C000010"
    assert [(one["field"], one["words"], one["code"], one["sure"]) for one in shown["parse"]] == [
        ("type", "first commitment", "FC-F2F", True),
        ("days", "wed", None, True),
        ("time", "am", None, True),
        ("coach", "coach 1", "D01", True),
        ("client", '"Sana Khan 10"', "C000010", True),
    ]
    assert shown["say"].startswith("I can offer you an appointment for First commitment on Wednesday 25 November at 9am, ")
    assert shown["offers"][0]["say"].startswith("I will read that back: your appointment for First commitment with Coach 1 is on")
    booked = desk.ask(
        "book", "FC-F2F", "--day", "2026-11-25", "--start", "09:00", "--diary", "D01", "--client", "C000010", "--dry-run"
    )
    # What is read back and what is said once it is booked are the same words.
    assert booked["say"][4:].removesuffix(" To change or cancel it, phone 0113 496 0000.") in shown["offers"][0]["say"]
    assert desk.dump("access") == before


def test_what_is_unsure_is_asked_and_an_answer_is_a_line(desk: Place) -> None:
    shown = desk.refuse("ask", "-", stdin="first commitment am tue 3")
    assert (shown["status"], shown["offers"], shown["say"], shown["total"]) == ("unsure", [], None, 0)
    assert set(shown) == ASK_KEYS
    assert [one["line"] for one in shown["questions"][0]["options"]] == [
        "first commitment am tue at 15:00",
        "first commitment am 3 december",
        "first commitment am tue",
    ]
    assert desk.ask("ask", "-", stdin=shown["questions"][0]["options"][1]["line"])["from"] == "2026-12-03"


def test_a_claimant_is_looked_up_by_words_and_several_are_asked_about(desk: Place) -> None:
    shown = desk.refuse("ask", "-", stdin="review phone for Sana Khan tomorrow")
    assert shown["questions"][-1]["field"] == "client"
    assert shown["questions"][-1]["options"][0] == {"text": "C000001 Sana Khan 1", "line": "review phone C000001 tomorrow"}
    nobody = desk.refuse("ask", "-", stdin="first commitment for Nobody Atall")
    assert [(one["field"], one["options"]) for one in nobody["questions"]] == [("client", [])]
    unknown = desk.refuse("ask", "-", stdin="first commitment C999999")
    assert unknown["code"] == "unknown_client"
    # An administrator sees no names, and no look is theirs.
    assert "Sana" not in str(
        desk.by("admin1").refuse("ask", "-", stdin="first commitment for sana khan")["questions"][-1]["options"]
    )


@pytest.mark.parametrize(
    ("arguments", "stdin", "sentence"),
    [
        (("Sana Khan",), "", "What is asked for is read from standard input"),
        (("-",), "", "Standard input says nothing"),
        (("-",), " \n\t\n", "Standard input says nothing"),
        (("-",), "fcm\nwsr\n", "more than one line"),
        (("-",), "fcm " * 60, "longer than 200 characters"),
        (("-",), "x" * 999_999, "longer than 200 characters"),
        (("-",), "x" * 1_000_001, "longer than 1000000 bytes"),
        (("-",), b"\xff\xfe", "not UTF-8"),
        (("-", "--limit", "0"), "fcm", "--limit takes a whole number"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(
    desk: Place, arguments: tuple[str, ...], stdin: str | bytes, sentence: str
) -> None:
    answer = run("ask", *arguments, *desk.options, stdin=stdin)
    assert answer.code == 2
    assert sentence in answer.err
    assert "Sana" not in answer.err
    assert set(answer.object) >= ASK_KEYS


def test_the_plain_answer_has_chips_offers_and_words(desk: Place) -> None:
    text = desk.text("ask", stdin="first commitment wed pm")
    assert "Type: First commitment - F2F, 50 min\nWhen: Wed 25 Nov\nTime: afternoon\n" in text
    assert "\n1  Wed 25 Nov 2026" in text
    assert "\nSay: I can offer you" in text
    assert "\nThen 3: I will read that back" in text
    handed = run("ask", *desk.options[:-1], stdin="childcare call tue")
    assert handed.code == 3
    assert "Say:" not in handed.out
