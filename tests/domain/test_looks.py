"""What is unusual among looks is what the sentence of the rule says, and every look in passing is known as one."""

import re
from datetime import date
from pathlib import Path

from agent_tui.domain.looks import CROWD, LEAST, PASSING, TIMES, DayOfLooks, crowds, unusual_days
from tests.conftest import ROOT

DAY = date(2026, 11, 24)


def day(who: str, claimants: int, role: str = "agent") -> DayOfLooks:
    return DayOfLooks(who, role, DAY, claimants)


def test_a_day_far_beyond_the_colleagues_is_unusual_and_one_at_the_limit_is_not() -> None:
    usual = [day("a", 8), day("b", 10), day("c", 12)]
    assert unusual_days([*usual, day("d", 10 * TIMES)]) == []
    (found,) = unusual_days([*usual, day("d", 10 * TIMES + 1)])
    assert (found.who, found.claimants, found.usual) == ("d", 31, 10.0)


def test_few_looks_are_never_unusual_and_nor_is_who_has_nobody_to_be_compared_with() -> None:
    assert unusual_days([day("a", 1), day("b", LEAST)]) == []
    assert unusual_days([day("a", 500)]) == []


def test_a_role_is_compared_with_itself_and_with_everybody_where_it_has_one_person() -> None:
    leaders = [day("l1", 100, "leader"), day("l2", 120, "leader")]
    assert unusual_days([*leaders, day("a", 5), day("b", 6)]) == []
    assert [one.who for one in unusual_days([day("s", 100, "supervisor"), day("a", 5)])] == ["s"]


def test_a_claimant_at_whom_many_looked_without_cause_is_unusual() -> None:
    lookers = [("C000001", who) for who in ("a", "b", "c", "d")]
    assert CROWD == 3
    assert crowds(lookers, [("C000001", "a"), ("C000001", "b")]) == []
    (found,) = crowds(lookers, [("C000001", "a")])
    assert (found.client, found.people) == ("C000001", ("b", "c", "d"))


def test_every_reason_for_which_names_are_read_in_passing_is_known() -> None:
    read = re.compile(r'(?:names_of\(desk,|names_of\(self\.desk,|looks\.note\()[^"]*"([a-z -]+)"')
    found = set()
    for path in sorted(Path(ROOT, "agent_tui").rglob("*.py")):
        found |= set(read.findall(path.read_text(encoding="utf-8")))
    assert len(found) >= 8
    assert found <= PASSING, "say in domain/looks.py whether these looks are in passing"
