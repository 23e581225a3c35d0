"""Files of requests: what is read, and what is wrong with a line, all of it at once."""

import json
from datetime import date, datetime

import pytest

from agent_tui.domain.clients import Client
from agent_tui.domain.request_files import MOST_REQUESTS, Reading, RequestRow, read_csv, read_lines, same_person, wanted_of
from agent_tui.domain.type_files import FileProblem
from agent_tui.outbox.request_calendar import calendar_rows
from tests.small_site import NOW, TYPES

HOW = Reading({kind.code: kind for kind in TYPES}, "Europe/London", NOW)
GOOD = {"reference": "R1", "type": "FC-F2F", "name": "Jo Bloggs"}


def of_csv(**cells: str) -> tuple[list[RequestRow], list[FileProblem]]:
    row = GOOD | cells
    text = ",".join(row) + "\n" + ",".join(f'"{cell}"' for cell in row.values()) + "\n"
    problems: list[FileProblem] = []
    return read_csv(text, HOW, problems), problems


def test_a_whole_line_is_read() -> None:
    (row,), problems = of_csv(
        received="2026-11-24T07:30:00Z",
        type="first commitment - f2f",
        until="04/12/2026",
        time="09:00-11:30",
        priority="High",
        contact="email",
        national_reference="qq123456a",
        language="Welsh",
        note="needs a ramp",
    )
    assert problems == []
    assert (row.type, row.received, row.priority, row.contact) == ("FC-F2F", datetime(2026, 11, 24, 7, 30), "high", "email")
    assert (row.client.reference, row.client.language, row.last) == ("QQ123456A", "Welsh", date(2026, 12, 4))
    assert wanted_of(row) == {"from": None, "until": "2026-12-04", "time": "09:00-11:30"}
    assert row.said == {"note": "needs a ramp", "language": "Welsh"}


@pytest.mark.parametrize(
    ("cells", "field", "said"),
    [
        ({"reference": ""}, "reference", "1 to 100"),
        ({"reference": "R" * 101}, "reference", "1 to 100"),
        ({"type": "FC-F2"}, "type", "did you mean FC-F2F"),
        ({"type": ""}, "type", "no type"),
        ({"name": ""}, "name", "needs a name"),
        ({"name": "\u202e\u200b"}, "name", ""),
        ({"address": "Leeds"}, "address", "postcode"),
        ({"preferred_channel": "fax"}, "preferred_channel", "sms, email, letter or phone"),
        ({"preferred_channel": "post"}, "address", "an address is needed"),
        ({"national_reference": "12"}, "national_reference", "QQ 12 34 56 A"),
        ({"from": "31/02/2026"}, "from", "not a day"),
        ({"from": "11/25/2026"}, "from", "no month"),
        ({"from": "1/2/26"}, "from", "two digits"),
        ({"from": "2026-12-04", "until": "2026-12-03"}, "until", "before"),
        ({"until": "2026-11-23"}, "until", "past"),
        ({"time": "25:00-26:00"}, "time", "not a time of day"),
        ({"time": "11:00-09:00"}, "time", "does not end after"),
        ({"time": "09:02-10:00"}, "time", "five-minute grid"),
        ({"time": "soon"}, "time", "none of am, pm"),
        ({"priority": "mega"}, "priority", "Known are"),
        ({"contact": "phone"}, "contact", "Known are: online, email"),
        ({"received": "2026-11-25"}, "received", "later than now"),
        ({"received": "2026-11-24T25:00"}, "received", "no moment"),
        ({"received": "yesterday"}, "received", "no day"),
    ],
)
def test_what_is_wrong_with_a_cell_is_said_by_line_and_column(cells: dict[str, str], field: str, said: str) -> None:
    rows, problems = of_csv(**cells)
    if not said:
        assert len(rows) + len(problems) == 1  # controls are replaced or go
        return
    assert rows == []
    assert [(one.line, one.field) for one in problems] == [(2, field)]
    assert said in problems[0].text


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("reference,type\nR1,FC-F2F\n", "name"),
        ("reference,type,name,nam\nR1,FC-F2F,Jo,x\n", "nam"),
        ("reference,type,name\nR1,FC-F2F\n", None),
        ("reference;type;name\nR1;FC-F2F;Jo\n", None),
        ("", "reference"),
        ("reference,type,name\n", None),
        ('reference,type,name\nR1,FC-F2F,"Jo\n', None),
        ("reference,type,name\nR1,FC-F2F,Jo\nR1,FC-F2F,Jo\n", "reference"),
    ],
    ids=["missing", "unknown", "shifted", "semicolons", "empty", "no-rows", "open-quote", "twice"],
)
def test_a_file_that_is_no_table_of_requests_is_refused(text: str, field: str | None) -> None:
    problems: list[FileProblem] = []
    read_csv(text, HOW, problems)
    assert problems
    assert problems[0].field == field


def test_too_many_requests_are_one_problem() -> None:
    lines = "".join(f"R{number},FC-F2F,Jo\n" for number in range(MOST_REQUESTS + 1))
    problems: list[FileProblem] = []
    assert read_csv("reference,type,name\n" + lines, HOW, problems) == []
    assert ["Split it" in one.text for one in problems] == [True]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("{", None),
        ("[" * 100_000, None),
        ("[1]", None),
        (json.dumps(GOOD | {"typ": "x"}), "typ"),
        (json.dumps(GOOD | {"phone": 1134960000}), "phone"),
        (json.dumps(GOOD | {"note": {"deep": 1}}), "note"),
    ],
    ids=["broken", "deep", "list", "unknown", "number", "object"],
)
def test_a_line_of_json_that_is_no_request_is_a_problem(line: str, field: str | None) -> None:
    problems: list[FileProblem] = []
    rows = read_lines(f"\n{json.dumps(GOOD)}\n{line}\n", HOW, problems)
    assert [one.reference for one in rows] == ["R1"]
    assert [(one.line, one.field) for one in problems] == [(3, field)]


def test_a_line_of_json_may_leave_out_what_is_optional_and_have_a_note_of_lines() -> None:
    problems: list[FileProblem] = []
    (row,) = read_lines(json.dumps(GOOD | {"note": "one\ntwo\x1b[31m", "phone": None}), HOW, problems)
    assert problems == []
    assert row.said["note"].startswith("one\ntwo")
    assert "\x1b" not in row.said["note"]


EVENT = """BEGIN:VCALENDAR
VERSION:2.0
METHOD:REQUEST
BEGIN:VEVENT
UID:u1
DTSTAMP:20261124T070000Z
CATEGORIES:FC-F2F
ORGANIZER;CN="Jo Bloggs":mailto:jo@example.org
{more}
DESCRIPTION:needs a ramp
END:VEVENT
END:VCALENDAR
"""


def of_calendar(more: str) -> tuple[list[RequestRow], list[FileProblem]]:
    from agent_tui.domain.request_files import read_rows

    problems: list[FileProblem] = []
    text = EVENT.format(more=more).replace("\n", "\r\n")
    return read_rows(calendar_rows(text, "Europe/London", problems), HOW, problems), problems


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ("PRIORITY:1", {"from": None, "until": None, "time": None}),
        (
            "DTSTART:20261126T090300Z\nDTEND:20261126T101000Z",
            {"from": "2026-11-26", "until": "2026-11-26", "time": "09:00-10:10"},
        ),
        (
            "DTSTART;VALUE=DATE:20261126\nDTEND;VALUE=DATE:20261128",
            {"from": "2026-11-26", "until": "2026-11-27", "time": None},
        ),
    ],
    ids=["any", "hours", "days"],
)
def test_an_invitation_is_a_request_by_email(more: str, wanted: dict[str, str | None]) -> None:
    (row,), problems = of_calendar(more)
    assert problems == []
    assert (row.reference, row.type, row.client.name, row.client.email) == ("u1", "FC-F2F", "Jo Bloggs", "jo@example.org")
    assert (row.contact, row.received, row.said) == ("email", datetime(2026, 11, 24, 7, 0), {"note": "needs a ramp"})
    assert row.priority == ("urgent" if more == "PRIORITY:1" else "standard")
    assert wanted_of(row) == wanted


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ("DTSTART;TZID=Moon/Crater:20261126T090000", "DTSTART"),
        ("DTSTART:20261126T090000\nDTSTART:20261127T090000", "DTSTART"),
        ("DTSTART:20201126T090000\nDTEND:20201126T100000", "until"),
    ],
    ids=["zone", "twice", "past"],
)
def test_an_event_that_cannot_be_a_request_is_a_problem(more: str, field: str) -> None:
    rows, problems = of_calendar(more)
    assert rows == []
    assert [one.field for one in problems] == [field]


@pytest.mark.parametrize("text", ["", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "nonsense"])
def test_no_calendar_is_a_problem(text: str) -> None:
    problems: list[FileProblem] = []
    assert list(calendar_rows(text, "Europe/London", problems)) == []
    assert problems


SANA = Client("C1", "Sana Khan", "0113 496 0001", "QQ123456A", "sana@example.org")
OMAR = Client("C2", "Omar Khan", "0113 496 0001", "", "omar@example.org")


@pytest.mark.parametrize(
    ("said", "reference", "phone", "name", "who"),
    [
        (Client("", "S Khan", reference="QQ 12 34 56 A"), [SANA], [], [], "C1"),
        (Client("", "S Khan", "0113 496 0001"), [], [SANA], [], "C1"),
        (Client("", "Omar Khan", "0113 496 0001"), [], [SANA], [], ""),
        (Client("", "Omar Khan", "0113 496 0001"), [], [SANA, OMAR], [OMAR], "C2"),
        (Client("", "O Khan", "0113 496 0001"), [], [SANA, OMAR], [], ""),
        (Client("", "Sana Khan", "0113 496 0001", "ZZ999999Z"), [], [SANA], [SANA], ""),
        (Client("", "Sana Khan", email="SANA@example.org"), [], [], [SANA], "C1"),
        (Client("", "Sana Khan"), [], [], [SANA], ""),
        (Client("", "Sana Khan", email="other@example.org"), [], [], [SANA], ""),
    ],
    ids=[
        "reference",
        "phone",
        "phone-of-another",
        "shared-phone",
        "shared-by-nobody",
        "other-reference",
        "email",
        "name-only",
        "other-email",
    ],
)
def test_a_claimant_is_recognised(
    said: Client, reference: list[Client], phone: list[Client], name: list[Client], who: str
) -> None:
    assert same_person(said, reference, phone, name) == who
