"""Who is on which day: by what terminals say, outside the log, gone two minutes after their last word."""

from datetime import timedelta

from agent_tui.domain.handovers import Here, here_words
from agent_tui.services import presence
from agent_tui.services.picture import picture
from tests.services.conftest import House
from tests.small_site import DAY

MONDAY = DAY - timedelta(days=2)


def logins(people: tuple[Here, ...]) -> list[str]:
    return [one.login for one in people]


def test_each_terminal_sees_the_others_that_show_one_of_its_days(house: House) -> None:
    assert presence.show(house.desk("agent1"), "t1", DAY, DAY) == ()
    assert logins(presence.show(house.desk("agent2"), "t2", DAY, DAY)) == ["agent1"]
    week = presence.show(house.desk("leader1"), "t3", MONDAY, MONDAY + timedelta(days=5))
    assert logins(week) == ["agent1", "agent2"]
    assert logins(presence.show(house.desk("super1"), "t4", DAY + timedelta(days=1), DAY + timedelta(days=1))) == ["leader1"]
    assert logins(presence.here(house.desk(), DAY)) == ["agent1", "agent2", "leader1"]
    assert len(presence.here(house.desk())) == 4


def test_nobody_is_told_of_another_terminal_of_their_own(house: House) -> None:
    presence.show(house.desk("agent1"), "t1", DAY, DAY)
    assert presence.show(house.desk("agent1"), "t2", DAY, DAY) == ()
    assert picture(house.desk("agent1"), []).here == ()
    assert logins(presence.show(house.desk("agent2"), "t3", DAY, DAY)) == ["agent1", "agent1"]


def test_a_terminal_that_goes_to_another_day_or_leaves_is_no_longer_there(house: House) -> None:
    presence.show(house.desk("agent1"), "t1", DAY, DAY)
    presence.show(house.desk("agent1"), "t1", DAY + timedelta(days=1), DAY + timedelta(days=1))
    assert presence.here(house.desk(), DAY) == ()
    presence.leave(house.desk("agent1"), "t1")
    assert presence.here(house.desk()) == ()


def test_two_minutes_without_a_word_and_it_is_gone(house: House) -> None:
    presence.show(house.desk("agent2"), "t1", DAY, DAY)
    house.sql("UPDATE presence SET seen_at = seen_at - 119000 WHERE site = ?")
    assert logins(presence.here(house.desk(), DAY)) == ["agent2"]
    house.sql("UPDATE presence SET seen_at = seen_at - 2000 WHERE site = ?")
    assert presence.here(house.desk(), DAY) == ()
    presence.show(house.desk("agent2"), "t2", DAY, DAY)
    assert house.rows("SELECT terminal FROM presence WHERE site = ?") == [("t2",)]


def test_no_line_of_the_log_is_written(house: House) -> None:
    before = house.rows("SELECT seq FROM site_head WHERE site = ?")
    presence.show(house.desk("agent1"), "t1", DAY, DAY)
    presence.leave(house.desk("agent1"), "t1")
    assert house.rows("SELECT seq FROM site_head WHERE site = ?") == before


def test_names_are_shown_as_far_as_there_is_room() -> None:
    people = [Here(f"a{number}", name, DAY, DAY) for number, name in enumerate(("Ann Archer", "Bob Brook", "Lea Lowe"))]
    assert here_words(people, 40) == "also here: A Archer, B Brook, L Lowe"
    assert here_words(people, 32) == "also here: A Archer, B Brook +1"
    assert here_words(people, 23) == "also here: A Archer +2"
    assert here_words(people, 12) == "3 more here"
    assert here_words(people, 3) == here_words([], 40) == ""
    assert here_words([people[0], people[0]], 40) == "also here: A Archer"
