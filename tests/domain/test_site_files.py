"""A site for a simulation: written patterns are one, and what may stand beside them."""

from dataclasses import replace
from datetime import date

import pytest

from agent_tui.domain.site_files import read_site
from tests.domain.worlds import MONDAY, diary, kind, site

USUAL = site(types=(kind(), kind("BBB", 50)), diaries=(diary(types=frozenset({"AAA", "BBB"})),), closures={MONDAY: "Closed"})
PATTERN = """
[[pattern]]
level = "site"
weekday = "Monday"
from = 2020-01-01
[[pattern.segment]]
start = "09:00"
end = "12:00"
types = ["AAA"]
"""
OWN = PATTERN.replace('"site"', '"diary"\nowner = "D09"')


def told(text: str) -> str:
    (problem,) = read_site(text, USUAL).problems
    return problem


def test_written_patterns_alone_are_a_site() -> None:
    read = read_site(PATTERN, USUAL)
    assert (read.problems, read.first_day, read.days) == ((), None, None)
    assert (read.catalogue.types, read.catalogue.diaries, read.catalogue.closures) == (
        USUAL.types,
        USUAL.diaries,
        USUAL.closures,
    )
    assert read.catalogue.allowed("D01", MONDAY, "AAA", "f2f").bit_count() == 36
    assert read.catalogue.allowed("D01", MONDAY, "BBB", "f2f") == 0


def test_a_diary_that_only_a_pattern_names_takes_every_type() -> None:
    read = read_site(OWN, USUAL)
    assert read.problems == ()
    assert list(read.catalogue.diaries) == ["D01", "D09"]
    assert read.catalogue.diaries["D09"].types == {"AAA", "BBB"}
    assert read.catalogue.plan("D01", MONDAY).open_mask == 0


def test_what_stands_beside_the_patterns() -> None:
    beside = """
[simulation]
first_day = 2026-12-07
days = 5
closures = [2026-12-09]
[[type]]
code = "NEW"
minutes = 45
channel = "phone"
[[diary]]
code = "X1"
team = "North"
types = ["AAA", "NEW"]
[[diary]]
code = "X2"
"""
    read = read_site(beside + PATTERN, USUAL)
    assert (read.problems, read.first_day, read.days) == ((), date(2026, 12, 7), 5)
    assert list(read.catalogue.closures) == [date(2026, 12, 9)]
    assert {code: one.types for code, one in read.catalogue.diaries.items()} == {
        "X1": {"AAA", "NEW"},
        "X2": {"AAA", "BBB", "NEW"},
    }
    assert (read.catalogue.types["NEW"].minutes_on(MONDAY), read.catalogue.types["NEW"].channel) == (45, "phone")
    assert read.catalogue.diaries["X1"].team == "North"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("= ", "This is no TOML: "),
        ("", "The file must consist of [[pattern]] and simulation and type and diary tables, and of nothing else."),
        (f"x = 1\n{PATTERN}", "The file must consist of "),
        (f"simulation = 1\n{PATTERN}", "[simulation] must be a table."),
        (f"[simulation]\ndais = 1\n{PATTERN}", "[simulation]: There is no key dais; did you mean days? Known are: closures, "),
        (f"[simulation]\ndays = 0\n{PATTERN}", "[simulation]: days must be a whole number from 1 to 200."),
        (f'[simulation]\nfirst_day = "x"\n{PATTERN}', "[simulation]: first_day must be a day such as 2026-11-30."),
        (f"[simulation]\nclosures = [1]\n{PATTERN}", "[simulation]: closures must be a list of days"),
        (f"diary = []\n{PATTERN}", "The file has no diary."),
        (f"[diary]\n{PATTERN}", "diary must be written as [[diary]] tables."),
        (f"[[diary]]\n{PATTERN}", "Diary 1: a code of 1 to 20 characters is needed."),
        (f'[[diary]]\ncode = "X"\ntypes = ["AAB"]\n{PATTERN}', "Diary 1: There is no type AAB; did you mean AAA?"),
        (f'[[diary]]\ncode = "X"\nteam = 1\n{PATTERN}', "Diary 1: team must be text."),
        (f'[[diary]]\ncode = "X"\n[[diary]]\ncode = "X"\n{PATTERN}', "Diary 2: the diary X is there twice."),
        (f'[[type]]\ncode = "X"\nminutes = 7\n{PATTERN}', "Type 1: 7 minutes of X: a multiple of 5 up to 480 is needed."),
        (f'[[type]]\ncode = "X"\n{PATTERN}', "Type 1: minutes must be a whole number"),
        (PATTERN.replace("AAA", "QQQ"), "Pattern 1: The segment 09:00 allows unknown types: QQQ."),
        (PATTERN.replace("12:00", "09:00"), "Pattern 1: "),
        (PATTERN.replace('"site"', '"team"\nowner = "Q"'), "Pattern 1: There is no team Q."),
        (PATTERN + PATTERN, "Pattern 2: pattern 1 says what is so on Monday already."),
    ],
)
def test_what_is_wrong_is_one_sentence(text: str, problem: str) -> None:
    assert told(text).startswith(problem)


def test_a_type_of_the_file_replaces_the_usual_one_of_its_code() -> None:
    read = read_site(f'[[type]]\ncode = "AAA"\nminutes = 20\n{PATTERN}', USUAL)
    assert read.catalogue.types["AAA"].minutes_on(MONDAY) == 20
    assert read.catalogue.diaries == {"D01": replace(USUAL.diaries["D01"], types=frozenset({"AAA", "BBB"}))}
