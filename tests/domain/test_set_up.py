"""A new site as it is typed: what is read, and what is wrong with what."""

import pytest

from agent_tui.domain.set_up import problems_of, read_lines, set_up_of

LINES = """# our site
site: LPP
name: Leeds Park Place
place: 1 Park Place, Leeds
hours: Mon-Thu 09:00-12:30 13:30-17:00
hours: Fri 09:00-15:00
team: A Aire
team: B Briggate
coach: Amina Khan, A
coach: Ben Ode, b, ben.ode
rooms: 2
supervisor: super1
"""


def test_lines_become_a_site() -> None:
    fields = read_lines(LINES)
    assert problems_of(fields) == {}
    made = set_up_of(fields, "ann")
    assert (made.site.code, made.site.nation, made.teams) == ("LPP", "ENG", {"A": "Aire", "B": "Briggate"})
    assert [(one.code, one.coach, one.team, one.login) for one in made.diaries] == [
        ("D01", "Amina Khan", "A", "coach01"),
        ("D02", "Ben Ode", "B", "ben.ode"),
    ]
    roles = {one.login: one.role for one in made.staff}
    assert roles == {"ann": "admin", "super1": "supervisor", "coach01": "coach", "ben.ode": "coach"}
    assert len(made.rooms) == 2
    week = made.patterns(frozenset({"FC-F2F"}))
    assert [(one.weekday, len(one.segments)) for one in week] == [(0, 2), (1, 2), (2, 2), (3, 2), (4, 1)]


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("site", "lp", "capitals and digits"),
        ("site", "", "Say the site's code."),
        ("name", "", "Say the site's name."),
        ("nation", "FRA", "ENG, WLS, SCT"),
        ("hours", "Mon nine", "nine"),
        ("hours", "Fri-Mon 09:00-17:00", "backwards"),
        ("teams", "Aire", "its code and its name"),
        ("teams", "A Aire; A Other", "one code"),
        ("coaches", "Amina Khan, C", "no coach"),
        ("coaches", "Amina Khan, A, x; Ben Ode, A, x", "two people"),
        ("coaches", "Amina Khan, A, super1", "two people"),
        ("rooms", "many", "whole number"),
        ("rooms", "51", "0 to 50"),
        ("administrator", "a b", "login"),
    ],
)
def test_what_is_wrong_is_said_of_its_field(field: str, text: str, words: str) -> None:
    problems = problems_of(read_lines(LINES) | {field: text})
    assert words in problems[field]
    assert problems_of(read_lines(LINES)) == {}


def test_a_line_that_is_none_and_one_that_comes_twice_are_refused() -> None:
    with pytest.raises(ValueError, match="Line 2 begins with none"):
        read_lines("site: LPP\nteem: A Aire\n")
    with pytest.raises(ValueError, match="Line 2 says site a second time"):
        read_lines("site: LPP\nsite: LPQ\n")
