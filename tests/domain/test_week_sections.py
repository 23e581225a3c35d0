"""Guarantees, white space and the check as sections of the week's page: what they say, and no foreign markup."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from agent_tui.domain.guarantee import FAILS, LOW, OK, GuaranteeNow, failing_words
from agent_tui.domain.html_page import page
from agent_tui.domain.types import Guarantee
from agent_tui.domain.week import Week
from agent_tui.domain.week_sections import CheckShown, SpaceOfDay, check_section, guarantees_section, space_section
from agent_tui.domain.weekly_check import Red, WeeklyCheck
from tests.domain.test_week_page import HOSTILE, Reader

MONDAY = date(2026, 11, 30)
KEPT = GuaranteeNow(Guarantee("AAA", 3, 5), "Advance", MONDAY, MONDAY, 22, ("D01", "D02"), None, OK)
SHORT = replace(KEPT, rule=Guarantee("BBB", 3, 1), name="Bank", found=0, diaries=(), status=FAILS)
LEAN = replace(KEPT, rule=Guarantee("CCC", 3, 5), name="Commitment", found=8, status=LOW, room=2, per_day=1.25)
SIGNED = WeeklyCheck(Week.of(MONDAY), (Red("BBB", FAILS, 0, 3, 1),), "BBB to two more diaries", "leader1", 0)


def words(read: Reader) -> str:
    return " ".join("".join(read.text).split())


def test_what_fails_or_runs_low_is_a_row_and_what_holds_a_sentence() -> None:
    read = Reader(page("x", [guarantees_section([SHORT, LEAN, KEPT])]))
    assert "Guarantees 1 of 3 fail, 1 low Starts" in words(read)
    assert "Kept: Advance." in words(read)
    (table,) = read.tables
    assert [cell[3] for cell in table[0]] == ["Type", "Found", "Guaranteed", "State", "What helps"]
    assert [[cell[3] for cell in row][:4] for row in table[1:]] == [
        ["Bank", "0", "3 in 1 working day", SHORT.brief],
        ["Commitment", "8", "3 in 5 working days", "low: 2 more, 1.2 a day"],
    ]
    assert [cell[3] for cell in table[2]][4] == LEAN.fix


def test_a_title_says_what_fails_and_beside_it_what_runs_low() -> None:
    assert failing_words([SHORT, LEAN, KEPT, SHORT]) == "2 guarantees fail, 1 low"
    assert (failing_words([SHORT, KEPT]), failing_words([LEAN, KEPT])) == ("1 guarantee fails", "")


def test_no_table_without_anything_short() -> None:
    assert "Nothing is guaranteed." in guarantees_section([]).body
    assert "<table" not in guarantees_section([KEPT]).body
    assert "None is kept." in guarantees_section([SHORT]).body


def test_white_space_by_day_and_of_the_week() -> None:
    days = [SpaceOfDay(MONDAY, 50, 20), SpaceOfDay(MONDAY + timedelta(days=1), 5, 5)]
    (table,) = Reader(page("x", [space_section(days)])).tables
    assert [[cell[3] for cell in row] for row in table] == [
        ["Minutes", "Mon 30", "Tue 1", "Week"],
        ["Free", "50", "5", "55"],
        ["Usable", "30", "0", "30"],
        ["Stranded", "20", "5", "25"],
    ]
    assert "None of the diaries is open in this week." in space_section([]).body


def test_who_signed_what_was_red_and_what_was_done() -> None:
    said = words(Reader(page("x", [check_section(CheckShown(SIGNED, "Simon Varley", datetime(2026, 11, 30, 9, 10)))])))
    assert "Signed by Simon Varley on Monday 30 November at 09:10. Red then: BBB. Done: BBB to two more diaries" in said
    assert "Nobody has signed this week." in check_section(CheckShown(None)).body


@pytest.mark.parametrize("text", HOSTILE, ids=["script", "image", "steering", "style"])
def test_stored_text_is_no_markup(text: str) -> None:
    signed = CheckShown(replace(SIGNED, done=text), text, datetime(2026, 11, 30, 9, 10))
    bad = replace(SHORT, name=text, only=text)
    made = page(text, [guarantees_section([bad, replace(KEPT, name=text)]), check_section(signed)])
    read = Reader(made)
    assert read.open == []
    assert not {"script", "img", "b"} & set(read.tags)
    assert "\x1b" not in made
    assert "\u202e" not in made
