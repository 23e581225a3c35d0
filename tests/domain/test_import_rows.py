"""Rows of a site's own files, each checked by itself."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from agent_tui.domain.import_rows import (
    AppointmentRow,
    read_appointments,
    read_clients,
    read_coaches,
    read_rooms,
    read_teams,
)
from agent_tui.domain.type_files import FileProblem

HEADER = "reference,type,client,diary,day,start,minutes,status,channel,contact,priority,rooms\n"
GOOD = "A1,fc-f2f,K1,d01,25/11/2026,9:00,50,booked,f2f,phone,high,r01;R02\n"


def read(reader: Callable[[str, list[FileProblem]], list[Any]], text: str) -> tuple[list[Any], list[FileProblem]]:
    problems: list[FileProblem] = []
    return reader(text, problems), problems


def test_an_appointment_is_read() -> None:
    found, problems = read(read_appointments, HEADER + GOOD)
    assert problems == []
    day = date(2026, 11, 25)
    assert found == [
        AppointmentRow(2, "A1", "FC-F2F", "K1", "D01", day, 108, 50, "booked", "f2f", "phone", "high", ("R01", "R02"))
    ]


def test_an_appointment_may_name_nobody() -> None:
    found, problems = read(read_appointments, HEADER + GOOD.replace("K1", "Nobody"))
    assert problems == []
    assert found[0].client == ""


def test_what_may_be_left_out_is_left_to_the_site() -> None:
    found, problems = read(read_appointments, "reference,type,client,diary,day,start\nA1,FC-F2F,K1,D01,2026-11-25,09:00\n")
    assert problems == []
    (row,) = found
    assert (row.minutes, row.status, row.channel, row.contact, row.priority) == (None, "booked", "", None, "standard")


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("reference", "", "1 to 255"),
        ("reference", "x" * 256, "1 to 255"),
        ("type", "", "empty"),
        ("client", "", "Write nobody"),
        ("diary", "", "empty"),
        ("day", "31/02/2026", "calendar"),
        ("day", "11/25/2026", "the day stands first"),
        ("day", "25/11/26", "two digits"),
        ("start", "09:03", "nearest are 09:00 and 09:05"),
        ("start", "24:00", "not a time of day"),
        ("start", "nine", "HH:MM"),
        ("minutes", "7", "multiple of 5"),
        ("minutes", "-5", "multiple of 5"),
        ("minutes", "485", "up to 480"),
        ("minutes", "\u0665", "multiple of 5"),
        ("status", "boked", "did you mean booked"),
        ("channel", "fax", "Known are: f2f, phone, video"),
        ("contact", "fone", "did you mean phone"),
        ("priority", "asap", "Known are: standard, high, urgent"),
    ],
)
def test_a_wrong_cell_is_refused_by_column(column: str, cell: str, words: str) -> None:
    cells = dict(zip(HEADER.strip().split(","), GOOD.strip().split(","), strict=True)) | {column: cell}
    found, problems = read(read_appointments, HEADER + ",".join(cells.values()) + "\n")
    assert found == []
    assert [(one.line, one.field) for one in problems] == [(2, column)]
    assert words in problems[0].text


def test_a_shifted_row_is_refused_cell_by_cell() -> None:
    shifted = "A1,FC-F2F,K1,extra,D01,25/11/2026,09:00,50,booked,f2f,phone,high\n"
    found, problems = read(read_appointments, HEADER + shifted)
    assert found == []
    assert {"day", "start", "minutes", "status", "channel", "contact"} <= {one.field for one in problems}


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (read_appointments, HEADER + GOOD + GOOD),
        (read_teams, "code,name\nA,Aire\na,Other\n"),
        (read_clients, "reference,name\nK1,Sana Khan\nK1,Other\n"),
    ],
    ids=["appointments", "teams", "clients"],
)
def test_one_key_stands_once(reader: Callable[[str, list[FileProblem]], list[Any]], text: str) -> None:
    found, problems = read(reader, text)
    assert len(found) == 1
    assert [(one.line, "line 2" in one.text) for one in problems] == [(3, True)]


@pytest.mark.parametrize(
    ("reader", "text", "field"),
    [
        (read_teams, "code,name\nTOO-LONG-CODE,x\n", "code"),
        (read_teams, "code,name\nsite,x\n", "code"),
        (read_teams, "code,name\nA,\n", "name"),
        (read_coaches, "code,coach,team,login\nD09,Ann,A,a b\n", "login"),
        (read_coaches, "code,coach,team,enabled\nD09,Ann,A,maybe\n", "enabled"),
        (read_rooms, "code,kind,name,meets\nR9,garage,x,room\n", "kind"),
        (read_rooms, "code,kind,name,meets\nR9,room,x,\n", "meets"),
        (read_clients, "reference,name\nK1,\n", "name"),
        (read_clients, "reference,name\nNobody,Ann\n", "reference"),
        (read_clients, "reference,name,address\nK1,Ann,nowhere\n", "address"),
        (read_clients, "reference,name,preferred_channel\nK1,Ann,fax\n", "preferred_channel"),
        (read_clients, "reference,name,national_reference\nK1,Ann,123\n", "national_reference"),
    ],
)
def test_wrong_rules_and_claimants_are_refused(
    reader: Callable[[str, list[FileProblem]], list[Any]], text: str, field: str
) -> None:
    found, problems = read(reader, text)
    assert found == []
    assert [(one.line, one.field) for one in problems] == [(2, field)]


def test_a_claimants_sentence_does_not_repeat_what_was_said() -> None:
    _found, problems = read(read_clients, "reference,name,national_reference,address\nsecret-ref,Sana Khan,12,sana\n")
    assert problems
    assert not any(word in one.text for one in problems for word in ("Khan", "sana", "secret"))


def test_coaches_are_read_with_an_own_reference_that_is_not_kept() -> None:
    found, problems = read(read_coaches, "code,coach,team,login,types,enabled,reference\nd09,Ann Archer,a,ann,fc-f2f;x,no,77\n")
    assert problems == []
    assert (found[0].code, found[0].team, found[0].types, found[0].enabled) == ("D09", "A", frozenset({"FC-F2F", "X"}), False)
