"""Questions told apart and found by words; what an incident may hold; when a procedure is due."""

from datetime import date
from pathlib import Path

import pytest

from agent_tui.domain.incidents import ActTiming, incident_problem, kept_acts, outcome_problem
from agent_tui.domain.questions import BadFaq, Question, near, normal_words, read_faq, search
from agent_tui.domain.review import BadProcedures, Procedure, read_procedures, year_after
from agent_tui.resources import data_file

LIST = read_faq(data_file("faq.toml"))


def test_questions_that_differ_in_case_accents_and_signs_are_one() -> None:
    assert normal_words("  Où est-ce QUE  le café? ") == normal_words("ou est ce que le cafe")
    assert normal_words("???") == "???"


def test_the_list_that_comes_along_has_no_two_that_are_nearly_one() -> None:
    for one in LIST:
        assert [other.words for other in near(one.words, LIST)] == [one.words]


@pytest.mark.parametrize(
    ("typed", "first"),
    [("gaps", "five minute gaps"), ("gap five", "five minute gaps"), ("overtme", "overtime"), ("prison leavers", "block time")],
)
def test_words_find_a_question_in_any_order_and_with_a_letter_missed(typed: str, first: str) -> None:
    assert first in search(typed, LIST)[0].words


def test_without_words_those_that_wait_come_first() -> None:
    waits = Question("q", "What is not answered yet here?", "agent1", 1)
    assert search("", [*LIST, waits])[0] == waits
    assert search("pension age", LIST) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[question]\n", "no TOML file"),
        ('[[question]]\ncode = "a-b"\nquestion = "short"\nanswer = "x"\n', "10 to 200"),
        ('[[question]]\ncode = "A b"\nquestion = "What is long enough?"\nanswer = "x"\n', "code has"),
        ('[[question]]\ncode = "ab"\nquestion = "What is long enough?"\nanswer = ""\n', "answer has 1"),
        (2 * '[[question]]\ncode = "ab"\nquestion = "What is long enough?"\nanswer = "x"\n', "in the file already"),
    ],
)
def test_a_bad_file_of_questions_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "faq.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadFaq, match=said):
        read_faq(path)


def test_an_incident_keeps_names_of_acts_only() -> None:
    acts = [ActTiming(name, 0.1) for name in ("search", "Sana Khan", "act Retire D01", "c000001", "C000001", "hold")]
    assert [one.name for one in kept_acts(acts)] == ["search", "hold"]


@pytest.mark.parametrize(
    ("kind", "words", "fine"),
    [
        ("slow", "", True),
        ("other", "", False),
        ("slow", "takes 12 seconds since 09:00", True),
        ("slow", "QQ123456A", False),
        ("slow", "for 07700 900123", False),
        ("slow", "x" * 501, False),
    ],
)
def test_words_of_an_incident(kind: str, words: str, fine: bool) -> None:
    assert (incident_problem(kind, words) is None) == fine


def test_a_year_after() -> None:
    assert year_after(date(2026, 11, 24)) == date(2027, 11, 24)
    assert year_after(date(2028, 2, 29)) == date(2029, 3, 1)
    assert Procedure("a-b", "A", reviewed=date(2025, 12, 24)).is_due(date(2026, 11, 24))
    assert not Procedure("a-b", "A", reviewed=date(2025, 12, 25)).is_due(date(2026, 11, 24))


def test_a_bad_list_of_procedures_is_one_sentence(tmp_path: Path) -> None:
    assert len(read_procedures(data_file("procedures.csv"))) == 10
    path = tmp_path / "procedures.csv"
    path.write_text("procedure,title\na-b,A\n", encoding="utf-8")
    with pytest.raises(BadProcedures, match="has the columns"):
        read_procedures(path)
    path.write_text("procedure,title,source,reports\na-b,A,,\na-b,B,,\n", encoding="utf-8")
    with pytest.raises(BadProcedures, match="already"):
        read_procedures(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1 to 500"),
        ("x" * 501, "has 501"),
        ("ring 0113 496 0999", "no phone number"),
        ("QQ123456A came", "no phone number, reference or id"),
        ("cable", None),
        ("x" * 500, None),
    ],
)
def test_what_may_be_said_of_an_outcome(text: str, said: str | None) -> None:
    found = outcome_problem(text)
    assert found is None if said is None else found is not None and said in found
