"""The check of a week on both engines: signed once by its key, its words beside it alone, taken back by its signer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from agent_tui.domain.requests import Refused
from agent_tui.domain.week import Week
from agent_tui.services import weekly_checks
from agent_tui.services.guarantees import set_guarantee
from agent_tui.services.weekly_checks import Signed, checks, sign, undo
from tests.services.conftest import House, uid
from tests.small_site import NOW

THIS = Week.of(NOW.date())
WORDS = "Moved the mornings of two diaries."


def signed(answer: Signed | Refused, status: str = "signed") -> Signed:
    assert isinstance(answer, Signed), answer
    assert answer.status == status
    return answer


def refused(answer: Signed | Refused, code: str) -> str:
    assert isinstance(answer, Refused), answer
    assert answer.code == code
    return answer.reason


def test_a_week_is_signed_with_what_is_red_and_the_log_has_no_words(house: House) -> None:
    set_guarantee(house.desk("leader1"), "CC-PHONE", 3, 5)
    set_guarantee(house.desk("leader1"), "FC-F2F", 3, 5)
    assert checks(house.desk()).missing == (THIS,)
    made = signed(sign(house.desk("leader1"), THIS, f"  {WORDS}\n", id=uid(1)))
    assert [(one.type, one.status, one.found) for one in made.check.red] == [("CC-PHONE", "fails", 0)]
    found = checks(house.desk("agent2"))
    assert (found.signed, found.missing) == ((made.check,), ())
    assert found.names["leader1"] == made.name == "Lea Lowe"
    assert found.signed[0].done == WORDS
    line = house.events()[-1]
    assert (line["verb"], line["after_state"]) == ("week_signed", {"claims": [], "week": "2026-W48", "red": ["CC-PHONE"]})
    assert "mornings" not in repr(house.rows("SELECT * FROM event WHERE site = ?"))


def test_a_second_sign_is_refused_with_who_signed_and_when(house: House) -> None:
    signed(sign(house.desk("leader1"), THIS, WORDS))
    before = house.dump()
    said = refused(sign(house.desk("super1", later=600), THIS, WORDS), "signed")
    assert said == "Week 2026-W48 is signed already: by Lea Lowe on Tuesday 24 November at 09:00."
    assert house.dump() == before


def test_two_who_sign_at_once_are_told_apart_by_the_key(house: House) -> None:
    gate = Barrier(2)

    def both(login: str) -> Signed | Refused:
        desk = house.desk(login)
        gate.wait()
        return sign(desk, THIS, WORDS)

    with ThreadPoolExecutor(2) as people:
        answers = list(people.map(both, ("leader1", "super1")))
    assert sorted(type(one).__name__ for one in answers) == ["Refused", "Signed"]
    assert len(checks(house.desk()).signed) == 1
    assert house.verbs() == ["week_signed"]


def test_a_retry_answers_the_same_and_other_words_are_another_request(house: House) -> None:
    first = signed(sign(house.desk("leader1"), THIS, WORDS, id=uid(1)))
    again = signed(sign(house.desk("leader1"), THIS, WORDS, id=uid(1)))
    assert again.repeated
    assert again.check == first.check
    refused(sign(house.desk("leader1"), THIS, "Something else.", id=uid(1)), "id_reused")
    refused(sign(house.desk("leader1"), THIS.later(1), WORDS, id=uid(1)), "id_reused")
    assert house.verbs() == ["week_signed"]


@pytest.mark.parametrize(
    ("login", "by", "words", "code"),
    [
        ("agent1", 0, WORDS, "role"),
        ("coach1", 0, WORDS, "role"),
        ("leader1", -2, WORDS, "not_possible"),
        ("leader1", 2, WORDS, "not_possible"),
        ("admin1", 0, " ", "not_possible"),
        ("admin1", 0, "told 0113 496 0001", "not_possible"),
    ],
)
def test_what_cannot_be_signed(house: House, login: str, by: int, words: str, code: str) -> None:
    refused(sign(house.desk(login), THIS.later(by), words), code)
    assert checks(house.desk()).signed == ()


def test_last_week_this_week_and_the_next_and_what_is_missing(house: House) -> None:
    for by in (-1, 1):
        signed(sign(house.desk("leader1"), THIS.later(by), WORDS))
    found = checks(house.desk())
    assert [one.week for one in found.signed] == [THIS.later(1), THIS.later(-1)]
    assert found.missing == (THIS,)


def test_its_signer_takes_it_back_within_a_minute(house: House) -> None:
    refused(undo(house.desk("leader1")), "not_possible")
    signed(sign(house.desk("leader1"), THIS, WORDS, id=uid(1)))
    assert "Lea Lowe" in refused(undo(house.desk("super1")), "stale_version")
    refused(undo(house.desk("agent1")), "role")
    back = signed(undo(house.desk("leader1", later=59), id=uid(2)), "undone")
    assert back.check.week == THIS
    assert checks(house.desk()).signed == ()
    assert signed(undo(house.desk("leader1", later=59), id=uid(2)), "undone").repeated
    refused(undo(house.desk("leader1")), "not_possible")
    refused(sign(house.desk("leader1"), THIS, WORDS, id=uid(1)), "not_possible")
    signed(sign(house.desk("super1"), THIS, WORDS))
    refused(undo(house.desk("super1", later=61)), "undo_expired")
    assert house.verbs() == ["week_signed", "week_unsigned", "week_signed"]


def test_a_hostile_word_stays_a_word(house: House) -> None:
    signed(sign(house.desk("leader1"), THIS, "[b]bold[/b] \x1b[31m"))
    assert "\x1b" not in checks(house.desk()).signed[0].done


def test_a_month_later_the_weeks_between_are_missing(house: House) -> None:
    signed(sign(house.desk("leader1"), THIS, WORDS))
    later = house.desk("leader1", now=NOW + timedelta(days=21))
    assert weekly_checks.checks(later).missing == (THIS.later(3), THIS.later(2), THIS.later(1))
