"""Importing blocks, closed days and staff on both engines: what they do to what stands, and who may."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from agent_tui.domain.requests import Blocked
from agent_tui.services import blocking, booking, changes
from agent_tui.services.importing import Imported, import_files
from tests.services.conftest import House, done, refused, wish

BLOCKS = "reference,diary,day,start,end,reason,type,client\n"
STAFF = "login,name,role,diary,booker\n"
CLOSURES = "day,name,closed\n"


@pytest.fixture
def load(house: House, tmp_path: Path) -> Callable[..., Imported]:
    def run(login: str = "super1", *, dry_run: bool = False, **files: str) -> Imported:
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        paths = [tmp_path / f"{name}.csv" for name in files]
        found = import_files(house.desk(login), paths, dry_run=dry_run)
        assert isinstance(found, Imported), found
        return found

    return run


def told(found: Imported) -> list[tuple[int, str | None]]:
    return [(one.line, one.field) for one in found.rejected]


def test_a_block_leaves_appointments_where_they_are_and_gets_their_time_when_they_leave(
    house: House, load: Callable[..., Imported]
) -> None:
    kept = done(booking.book(house.desk(), wish(start=120))).entry.id
    text = BLOCKS + "B1,D01,25/11/2026,09:00,12:00,leave,,\n"
    tried = load(blocks=text, dry_run=True)
    assert [(one.line, one.field) for one in tried.flagged] == [(2, "start")]
    found = load(blocks=text)
    assert (found.loaded, found.flags, found.flagged) == (1, 1, tried.flagged)
    block = house.rows("SELECT target FROM external_reference WHERE site = ? AND reference = 'block:B1'")[0][0]
    assert house.claims(block) == [("D01", "2026-11-25", 108, 120), ("D01", "2026-11-25", 130, 144)]
    assert house.open_flags() == [("under_block", kept, block)]
    before = house.dump()
    assert load(blocks=text).counts["blocks"]["same"] == 1
    assert house.dump() == before
    done(changes.cancel(house.desk(), kept, "claimant"))
    assert house.claims(block) == [("D01", "2026-11-25", 108, 144)]
    assert house.open_flags() == []


def test_a_trial_sees_the_appointments_of_the_file_before(house: House, load: Callable[..., Imported]) -> None:
    appointments = "reference,type,client,diary,day,start\nA1,FC-F2F,C000001,D01,25/11/2026,09:00\n"
    text = BLOCKS + "A1,D01,25/11/2026,09:00,12:00,leave,,\n"
    tried = load(appointments=appointments, blocks=text, dry_run=True)
    found = load(blocks=text, appointments=appointments)
    assert (tried.flags, found.flags, len(house.open_flags())) == (1, 1, 1)


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        ("B1,D99,25/11/2026,09:00,10:00,leave,,", "diary", "There is no diary D99"),
        ("B1,D01,25/11/2026,09:00,10:00,leav,,", "reason", "did you mean leave?"),
        ("B1,D01,25/11/2026,10:00,10:00,leave,,", "end", "ends after it starts"),
        ("B1,D01,25/11/2026,09:00,10:00,,,", "reason", "one of these reasons"),
        ("B1,D01,25/11/2026,09:00,10:00,,FC-F2F,", "reason", "a type and its claimant"),
        ("B1,D01,25/11/2026,09:00,10:00,,FC-F2F,C000001", "type", "not as block time"),
        ("B1,D01,25/11/2026,09:00,10:00,,FC-F2G,C000001", "type", "did you mean FC-F2F?"),
        ("B1,D01,25/11/2026,09:00,10:00,,FC-F2F,K9", "client", "No claimant"),
        ("B1,D01,28/03/2027,01:00,02:00,leave,,", "start", "clocks skip"),
        ("B1,D02,25/11/2026,10:00,11:00,leave,,", "start", "A block has 09:00 to 12:00 of D02"),
        ("B1,D03,25/11/2026,09:00,10:00,leave,,", "start", "A hold has 09:00 to 09:50 of D03"),
        ("B1,D04,25/11/2026,09:00,11:00,leave,,\nB2,D04,25/11/2026,10:00,12:00,leave,,", "start", "A block has 09:00 to 11:00"),
    ],
)
def test_a_block_that_cannot_be_is_refused(house: House, load: Callable[..., Imported], row: str, field: str, words: str) -> None:
    assert isinstance(blocking.block(house.desk("leader1"), "D02", date(2026, 11, 25), 108, 144, "training"), Blocked)
    done(booking.hold(house.desk(), wish(diary="D03", client=None)))
    before = house.dump()
    found = load(blocks=BLOCKS + row + "\n")
    assert found.status == "refused"
    assert [one.reason for one in found.rejected if one.field == field and words in one.reason]
    assert house.dump() == before


def test_a_block_that_was_given_back_here_is_not_laid_again(house: House, load: Callable[..., Imported]) -> None:
    text = BLOCKS + "B1,D01,25/11/2026,09:00,12:00,leave,,\n"
    load(blocks=text)
    block = house.rows("SELECT target FROM external_reference WHERE site = ? AND reference = 'block:B1'")[0][0]
    assert isinstance(blocking.unblock(house.desk("leader1"), block), Blocked)
    assert load(blocks=text).loaded == 0
    assert told(load(blocks=text.replace("09:00", "10:00"))) == [(2, "reference")]
    assert house.status(block) == "released"


def test_a_day_that_a_file_closes_flags_its_appointments_until_it_is_open(house: House, load: Callable[..., Imported]) -> None:
    kept = done(booking.book(house.desk(), wish())).entry.id
    text = CLOSURES + "2026-11-25,Flood,yes\n2026-12-25,Open this year,no\n"
    tried = load(closures=text, dry_run=True)
    assert [(one.line, one.field) for one in tried.flagged] == [(2, "day")]
    found = load(closures=text)
    assert (found.loaded, found.flags, found.flagged) == (2, 1, tried.flagged)
    assert house.rows("SELECT day, name FROM closure WHERE site = ?") == [("2026-11-25", "Flood")]
    assert (house.status(kept), house.open_flags()) == ("booked", [("closed_day", kept, None)])
    refused(booking.book(house.desk(), wish(diary="D02", client="C000002")), "closed")
    before = house.dump()
    assert load(closures=text).counts["closures"]["same"] == 2
    assert house.dump() == before
    assert told(load(closures=CLOSURES + "2026-11-23,Strike,yes\n")) == [(2, "day")]
    assert load(closures=CLOSURES + "2026-11-25,Flood,no\n").loaded == 1
    assert house.open_flags() == []


def test_an_appointment_of_a_file_on_a_closed_day_keeps_its_time_and_is_flagged(
    house: House, load: Callable[..., Imported]
) -> None:
    assert load(closures=CLOSURES + "2026-11-25,Flood,yes\n").loaded == 1
    rows = "reference,type,client,diary,day,start\nA1,FC-F2F,C000001,D01,2026-11-25,09:00\n"
    tried = load(appointments=rows, dry_run=True)
    found = load(appointments=rows)
    assert [(one.line, one.field) for one in found.flagged] == [(2, "day")]
    assert (found.flags, found.flagged) == (1, tried.flagged)
    entry = house.rows("SELECT id FROM entry WHERE site = ?")[0][0]
    assert (house.status(entry), house.open_flags()) == ("booked", [("closed_day", entry, None)])


def staff(house: House) -> dict[str, tuple[Any, ...]]:
    return {row[0]: row[1:] for row in house.rows("SELECT login, name, role, booker, diary FROM staff WHERE site = ?")}


def test_staff_are_loaded_changed_and_twice_changes_nothing(house: House, load: Callable[..., Imported]) -> None:
    coaches = "code,coach,team,login\nD09,Ann Archer,A,archer\n"
    text = STAFF + "agent9,Nia Nine,agent,,case manager\nagent1,Ann Archer,leader,,\narcher,Ann B. Archer,coach,d09,\n"
    tried = load("admin1", coaches=coaches, staff=text, dry_run=True)
    found = load("admin1", coaches=coaches, staff=text)
    assert found.counts["staff"] == tried.counts["staff"] == {"new": 1, "changed": 2, "same": 0, "rejected": 0}
    now = staff(house)
    assert now["agent9"] == ("Nia Nine", "agent", "case manager", None)
    assert now["agent1"] == ("Ann Archer", "leader", "site staff", None)
    assert now["archer"] == ("Ann B. Archer", "coach", "site staff", "D09")
    line = house.events()[-1]["after_state"]
    assert line["logins"] == [["agent9", "agent"], ["agent1", "leader"], ["archer", "coach"]]
    assert "Nia" not in str(house.events())
    before = house.dump()
    assert load("admin1", staff=text).counts["staff"]["same"] == 3
    assert house.dump() == before


@pytest.mark.parametrize(
    ("login", "row", "field", "words"),
    [
        ("admin1", "x,X,agnt,,", "role", "did you mean agent?"),
        ("admin1", "x,X,,,", "role", "The role is empty"),
        ("admin1", "x,X,agent,,site stuff", "booker", "did you mean site staff?"),
        ("admin1", "x,X,coach,D011,", "diary", "did you mean D01?"),
        ("admin1", "x,X,coach,,", "diary", "A coach needs a diary"),
        ("admin1", "x,X,agent,D01,", "diary", "Only a coach has a diary"),
        ("admin1", "x,X,coach,D01,", "diary", "that of the login coach1"),
        ("admin1", "a b,X,agent,,", "login", "letters"),
        ("admin1", "admin1,Ada Marsh,leader,,", "role", "last administrator"),
        ("super1", "x,X,admin,,", "role", "not yours to give"),
        ("super1", "x,X,supervisor,,", "role", "not yours to give"),
        ("super1", "admin1,Ada Marsh,agent,,", "role", "not yours to change"),
    ],
)
def test_staff_who_cannot_be_are_refused(
    house: House, load: Callable[..., Imported], login: str, row: str, field: str, words: str
) -> None:
    before = house.dump()
    found = load(login, staff=STAFF + row + "\n")
    assert told(found) == [(2, field)]
    assert words in found.rejected[0].reason
    assert house.dump() == before


def test_an_administrator_gives_way_to_another_of_the_same_file(house: House, load: Callable[..., Imported]) -> None:
    assert load("admin1", staff=STAFF + "admin1,Ada Marsh,agent,,\nagent2,Bob Brook,admin,,\n").loaded == 2
    assert {login for login, one in staff(house).items() if one[1] == "admin"} == {"agent2"}
    assert load("super1", staff=STAFF + "agent2,Bob Brook,admin,,\nx,X,agent,,\n").loaded == 1


KEPT = "reference,type,client,diary,day,start,minutes,status,rooms,kept\n"


def test_what_a_missed_appointment_keeps_is_kept_and_the_rest_is_free(house: House, load: Callable[..., Imported]) -> None:
    rows = (
        "A1,EV-F2F,C000001,D01,23/11/2026,09:00,20,dna,R01,09:00-09:10\n"
        "A2,EV-F2F,C000002,D02,23/11/2026,09:00,20,dna,R02,D02 09:00-09:05;R02 09:00-09:20\n"
        "A3,EV-F2F,C000003,D03,23/11/2026,09:00,20,dna,,none\n"
        "A4,EV-F2F,C000004,D01,23/11/2026,09:10,20,attended,,\n"
    )
    found = load(appointments=KEPT + rows)
    assert (found.loaded, found.flags, found.rejected) == (4, 0, [])
    owned = house.rows("SELECT resource, start_tick, end_tick FROM claim WHERE site = ? ORDER BY resource, start_tick")
    assert owned == [("D01", 108, 110), ("D01", 110, 114), ("D02", 108, 109), ("R01", 108, 110), ("R02", 108, 112)]
    assert load(appointments=KEPT + rows).loaded == 0


@pytest.mark.parametrize(
    ("status", "kept", "words"),
    [
        ("dna", "09:00", "no range"),
        ("dna", "09:10-09:00", "no range"),
        ("dna", "08:00-09:05", "within the appointment"),
        ("dna", "R02 09:00-09:05", "in its diary or its rooms"),
        ("cancelled", "09:00-09:05", "can keep a part"),
    ],
)
def test_what_nothing_can_keep_is_refused(
    house: House, load: Callable[..., Imported], status: str, kept: str, words: str
) -> None:
    found = load(appointments=KEPT + f"A1,EV-F2F,C000001,D01,23/11/2026,09:00,20,{status},R01,{kept}\n")
    assert told(found) == [(2, "kept")]
    assert words in found.rejected[0].reason
