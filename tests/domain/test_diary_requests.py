"""A request for a new diary: every field is checked, all problems are told at once, and no detail is repeated in them."""

from dataclasses import replace
from datetime import date

import pytest

from agent_tui.domain.diary_requests import (
    NEW,
    DiaryRequest,
    NoRequest,
    code_problem,
    patterns_from,
    read_request,
    request_problems,
    team_of,
    types_of,
)
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.site import Catalogue, Site
from tests.small_site import ASSIGNED, DIARIES, NINE, NOON, ROOMS, TEAMS, TYPES, patterns

TODAY = date(2026, 11, 24)
CATALOGUE = Catalogue(
    version=1,
    site=Site("LPP", "Leeds Park Place", "1 Park Place", "0113 496 0000", "ENG", "PAC desk"),
    types={kind.code: kind for kind in TYPES},
    diaries={one.code: one for one in DIARIES} | {"D09": replace(DIARIES[0], code="D09", enabled=False, retired=TODAY)},
    rooms={one.code: one for one in ROOMS},
    patterns=tuple(patterns()),
    closures={},
    teams=TEAMS,
)
SOUND = DiaryRequest("Mira Vale", "0123456", "mira.vale@dwp.gov.uk", "A", ("FC-F2F",))
FILE = """
coach = "Mira Vale"
staff_number = "0123456"
email = "mira.vale@dwp.gov.uk"
team = "A"
types = ["fc-f2f", "WSR-PHONE", "FC-F2F"]
[[pattern]]
weekday = "monday"
from = 2026-11-30
[[pattern.segment]]
start = "09:00"
end = "12:00"
types = ["FC-F2F"]
[[pattern]]
level = "diary"
owner = "new"
day = 2026-12-24
day_off = true
"""


def problems(wanted: DiaryRequest) -> list[str]:
    return request_problems(CATALOGUE, wanted, TODAY)


def test_a_whole_file_is_read() -> None:
    wanted, unread = read_request(FILE)
    assert unread == []
    assert wanted.types == ("FC-F2F", "WSR-PHONE")
    assert [(one.level, one.owner, one.weekday, one.day) for one in wanted.patterns] == [
        ("diary", NEW, 0, None),
        ("diary", NEW, None, date(2026, 12, 24)),
    ]
    assert problems(wanted) == []
    assert types_of(CATALOGUE, wanted) == {"FC-F2F", "WSR-PHONE"}


def test_nothing_but_the_four_details_is_needed() -> None:
    text = 'coach = "Li"\nstaff_number = 1234567\nemail = "li@digital.dwp.gov.uk"\nteam = "team b"\n'
    wanted, unread = read_request(text)
    assert (unread, problems(wanted)) == ([], [])
    assert (wanted.staff_number, team_of(CATALOGUE, wanted.team), types_of(CATALOGUE, wanted)) == ("1234567", "B", frozenset())
    assert types_of(CATALOGUE, replace(wanted, like="D03")) == ASSIGNED


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("coach", value) for value in ("", "M", "x" * 61, "12 34", "..", "Mira\ufffdVale")),
        *(("staff_number", value) for value in ("", "12345", "123456789", "12345a", "-123456", "123 456", "٠١٢٣٤٥٦")),
        *(("email", value) for value in ("", "mira", "mira@dwp", "@dwp.gov.uk", "mira@@dwp.gov.uk", "mi ra@dwp.gov.uk")),
        *(("email", value) for value in ("mira@example.com", "mira@notdwp.gov.uk", "mira@dwp.gov.uk.example.com")),
        *(("email", value) for value in (".mira@dwp.gov.uk", "mira.@dwp.gov.uk", "mi..ra@dwp.gov.uk", "mira@-x.dwp.gov.uk")),
        *(("email", value) for value in (f"{'x' * 65}@dwp.gov.uk", f"mira@{'x.' * 130}dwp.gov.uk", "mira@dwp.gov.uk\n")),
        *(("team", value) for value in ("", "C", "A B")),
        ("types", ("FC-F2F", "NOPE")),
        ("like", "D01"),
    ],
)
def test_one_bad_field_is_named_and_its_value_not_repeated(field: str, value: object) -> None:
    found = problems(replace(SOUND, **{field: value}))  # type: ignore[arg-type]
    assert len(found) == 1
    assert found[0].startswith(f"{field}: ")
    if isinstance(value, str) and len(value) > 5 and not value.startswith("@"):
        assert value not in found[0]


@pytest.mark.parametrize("code", ["D77", "D09", ""])
def test_the_diary_that_it_is_to_be_like_must_be_in_use(code: str) -> None:
    assert problems(replace(SOUND, types=None, like="D03")) == []
    assert problems(replace(SOUND, types=None, like=code))[0].startswith("like: ")


@pytest.mark.parametrize("address", ["a@dwp.gov.uk", "Mira.Vale-O'Hara@DWP.GOV.UK", "m+x@jobs.leeds.dwp.gov.uk"])
def test_addresses_of_the_department_are_taken(address: str) -> None:
    assert problems(replace(SOUND, email=address)) == []


def test_all_problems_are_told_at_once() -> None:
    text = FILE.replace("Mira Vale", "?").replace("0123456", "12").replace("@dwp.gov.uk", "@example.com")
    text = text.replace('"A"', '"Z"').replace("WSR-PHONE", "NOPE").replace('owner = "new"', 'owner = "D03"')
    text = text.replace('end = "12:00"', 'end = "08:00"') + "\nshoe_size = 9\n"
    wanted, unread = read_request(text.replace("\nshoe_size = 9\n", "").replace("\ncoach", "\nshoe_size = 9\ncoach"))
    told = unread + problems(wanted)
    assert [one.partition(":")[0] for one in told] == [
        *("shoe_size", "pattern 1", "pattern 2", "coach", "staff_number", "email", "team", "types"),
    ]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("coach = 7", "coach"),
        ("staff_number = true", "staff_number"),
        ("staff_number = 1.5", "staff_number"),
        ('types = "FC-F2F"', "types"),
        ("types = [1]", "types"),
        ("like = []", "like"),
        ("pattern = 1", "pattern"),
        ("pattern = [1]", "pattern"),
        ('pattern = [{level = "site"}]', "pattern 1"),
        ('pattern = [{level = ["diary"]}]', "pattern 1"),
        ("pattern = [{owner = 1}]", "pattern 1"),
        ('pattern = [{weekday = "noday", from = 2026-12-01}]', "pattern 1"),
        ('pattern = [{weekday = "monday", from = 2026-12-01, until = 2026-11-30}]', "pattern 1"),
        ('pattern = [{weekday = "monday", from = 2026-12-01, segment = [{start = "09:02", end = "10:00"}]}]', "pattern 1"),
        ('pattern = [{weekday = "monday", from = 2026-12-01, segment = [{start = "23:00", end = "24:30"}]}]', "pattern 1"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_field(line: str, word: str) -> None:
    _wanted, unread = read_request(line)
    assert [one.partition(":")[0] for one in unread] == [word]


@pytest.mark.parametrize("text", ["no toml", "coach = ", "a = 1\na = 2", "[" * 5000, "x" * 4_000_001])
def test_what_is_no_toml_is_no_request(text: str) -> None:
    with pytest.raises(NoRequest, match=r"\.$"):
        read_request(text)


def test_controls_do_not_come_through() -> None:
    wanted, _unread = read_request('coach = "Mira\\u001b[2J\\u202eVale"\nteam = " A\\t"\n')
    assert "\x1b" not in wanted.coach
    assert wanted.team == "A"
    assert any(one.startswith("coach: ") for one in problems(wanted))


@pytest.mark.parametrize(
    ("one", "word"),
    [
        (Pattern("", "diary", NEW, 0, None, date(2026, 11, 23), None, ()), "past"),
        (Pattern("", "diary", NEW, 0, None, TODAY, None, (Segment(NINE, NOON, frozenset({"NOPE"})),)), "unknown types"),
        (
            Pattern("", "diary", NEW, 0, None, TODAY, None, (Segment(NINE, NOON, ASSIGNED), Segment(120, 150, ASSIGNED))),
            "overlap",
        ),
    ],
)
def test_unsound_patterns_are_told(one: Pattern, word: str) -> None:
    (told,) = problems(replace(SOUND, patterns=(one,)))
    assert told.startswith("pattern: diary new, ")
    assert word in told


@pytest.mark.parametrize("code", ["D28", "X1", "28", "A-B", "ABCDEFGHIJ"])
def test_a_free_code_is_taken(code: str) -> None:
    assert code_problem(CATALOGUE, code) is None


@pytest.mark.parametrize(
    "code", ["", "D", "d28", "D 28", "-D2", "ABCDEFGHIJK", "D28\n", "Ä1", "D01", "D09", "R01", "SITE", "NEW"]
)
def test_a_code_that_cannot_be_given_is_told(code: str) -> None:
    assert code_problem(CATALOGUE, code)


def test_patterns_that_wait_lose_what_is_past() -> None:
    asked = [
        Pattern("", "diary", NEW, 0, None, date(2026, 11, 1), date(2026, 11, 20), ()),
        Pattern("", "diary", NEW, 0, None, date(2026, 11, 2), None, (Segment(NINE, NOON, ASSIGNED),)),
        Pattern("", "diary", NEW, 0, None, date(2026, 11, 9), None, (Segment(NINE, 120, ASSIGNED),)),
        Pattern("", "diary", NEW, 0, None, date(2026, 12, 7), None, ()),
        Pattern("", "diary", NEW, None, date(2026, 11, 23), date(2026, 11, 23), None, ()),
        Pattern("", "diary", NEW, None, TODAY, TODAY, None, (), day_off=True),
    ]
    kept = patterns_from(asked, "D28", TODAY)
    assert [(one.owner, one.weekday, one.day, one.effective_from) for one in kept] == [
        ("D28", 0, None, TODAY),
        ("D28", 0, None, date(2026, 12, 7)),
        ("D28", None, TODAY, TODAY),
    ]
    assert kept[0].segments[0].end == 120
