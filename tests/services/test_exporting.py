"""Exporting a site and importing it into an empty one: the same day for every date; nothing that a spreadsheet would run."""

import csv
import json
import stat
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent_tui.domain.clients import Client
from agent_tui.domain.requests import BLOCK_REASONS, Blocked, Refused
from agent_tui.domain.site import Site, Staff
from agent_tui.services import attendance, blocking, booking, changes, claimants, closing
from agent_tui.services.closing import DayClosed
from agent_tui.services.day import days
from agent_tui.services.demo import load
from agent_tui.services.desk import Desk, open_desk
from agent_tui.services.exporting import Exported, FilesRefused, Folder, Wanted, export
from agent_tui.services.importing import Imported, import_files
from agent_tui.services.sites import create_site
from agent_tui.store.sweep import sweep_store
from tests.services.conftest import House, done, uid, wish
from tests.small_site import DAY, NOW, TYPES


def exported(desk: Desk, wanted: Wanted, folder: Path, **more: Any) -> Exported:
    found = export(desk, wanted, Folder(folder), **more)
    assert isinstance(found, Exported), found
    return found


def imported(desk: Desk, path: Path, **more: Any) -> Imported:
    found = import_files(desk, [path], **more)
    assert isinstance(found, Imported), found
    return found


def empty_site(location: Path) -> Desk:
    site = Site("LPP", "Leeds Park Place", "1 Park Place", "", "ENG", "PAC")
    people = (Staff("admin9", "admin9", "admin"), Staff("super9", "super9", "supervisor"))
    assert isinstance(create_site(str(location), site, people, 2026), str)
    return open_desk(str(location), "super9", NOW)


def all_days(desk: Desk) -> list[Any]:
    return days(desk, [DAY + timedelta(days=number) for number in range(-10, 40)])


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo of four coaches and four days."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    load(str(path), coaches=4, days=4, fill=0.5, start=DAY)
    return path


def sound(desk: Desk) -> None:
    assert {name: one.examples for name, one in sweep_store(desk.store, "LPP").items() if one.violations} == {}


def test_json_lines_into_an_empty_site_give_the_same_day_for_every_date(demo: Path, tmp_path: Path) -> None:
    desk = open_desk(str(demo), "super1", NOW)
    told = booking.book(desk, wish(type="FC-F2F", diary=None, start=None, day=None, first=True))
    done(changes.cancel(desk, done(told).entry.id, "office"))
    heard: list[tuple[str, int, int]] = []
    out = exported(desk, Wanted("jsonl"), tmp_path / "out", progress=lambda *told: heard.append(told))
    assert out.files["LPP.jsonl"] > 500
    assert heard[0] == ("LPP.jsonl", 500, 0)
    other = empty_site(tmp_path / "other" / "site.db")
    before = all_days(desk)
    try:
        tried = imported(other, tmp_path / "out", dry_run=True)
        found = imported(other, tmp_path / "out")
        assert (tried.loaded, found.status) == (found.loaded, "loaded")
        assert all_days(other) == before
        sound(other)
        again = imported(other, tmp_path / "out")
        assert (again.loaded, again.counts["site"]["same"]) == (0, found.loaded)
        agent = Desk(other.store, other.site, Staff("agent1", "Jaya Patel", "agent"), NOW)
        done(booking.book(agent, wish(diary=None, start=None, day=None, first=True)))
        sound(other)
    finally:
        other.store.close()
        desk.store.close()


def test_csv_into_an_empty_site_gives_the_same_day_for_every_date(demo: Path, tmp_path: Path) -> None:
    desk = open_desk(str(demo), "super1", NOW)
    exported(desk, Wanted("csv"), tmp_path / "out")
    other = empty_site(tmp_path / "other" / "site.db")

    def plain(where: Desk) -> list[Any]:
        return [
            (one.diary, shown.day, one.free_minutes, [(e.status, e.type, e.start, e.end, e.resources) for e in one.entries])
            for shown in all_days(where)
            for one in shown.diaries
        ]

    try:
        assert imported(other, tmp_path / "out").flags == 0
        assert plain(other) == plain(desk)
        sound(other)
        assert imported(other, tmp_path / "out").loaded == 0
        assert imported(desk, tmp_path / "out").loaded == 0
        exported(other, Wanted("csv"), tmp_path / "again")
        for path in sorted((tmp_path / "out").iterdir()):
            lines = [sorted(one.read_text(encoding="utf-8").splitlines()) for one in (path, tmp_path / "again" / path.name)]
            assert lines[0] == lines[1], path.name
    finally:
        other.store.close()
        desk.store.close()


def rows_of(desk: Desk, statement: str) -> list[Any]:
    with desk.store.read() as unit:
        return list(unit.rows(statement, desk.site))


CALENDAR = (
    "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n"
    "BEGIN:VEVENT\nUID:u1\nDTSTART:20261125T090000\nDURATION:PT50M\nCATEGORIES:FC-F2F\nEND:VEVENT\n"
    "BEGIN:VEVENT\nUID:u2\nDTSTART:20261125T092000\nDURATION:PT50M\nCATEGORIES:FC-F2F\nEND:VEVENT\n"
    "BEGIN:VEVENT\nUID:u3\nDTSTART:20261126T090000\nDURATION:PT50M\nRRULE:FREQ=DAILY;COUNT=2\nCATEGORIES:FC-F2F\n"
    "END:VEVENT\nEND:VCALENDAR\n"
)
HISTORY = (
    "reference,type,client,diary,day,start,minutes,status\nA1,FC-F2F,C000001,D02,23/11/2026,09:00,,attended\n"
    "A2,FC-F2F,C000002,D02,23/11/2026,09:30,,late\nA3,FC-F2F,C000003,D02,23/11/2026,09:30,,dna\n"
    "A4,WSR-PHONE,C000004,D02,25/11/2026,10:00,,\nA5,WSR-PHONE,C000004,D02,25/11/2026,09:00,,cancelled\n"
)


def filled(house: House, folder: Path) -> None:
    """Bring what another system had into a site in which something is booked and something has lost its time."""
    folder.mkdir()
    (folder / "D01.ics").write_text(CALENDAR, encoding="utf-8")
    (folder / "appointments.csv").write_text(HISTORY, encoding="utf-8")
    assert imported(house.desk("super1"), folder).loaded == 9
    done(booking.book(house.desk(), wish(diary="D03", start=108)))
    lost = done(booking.book(house.desk(), wish(diary="D04", start=108, client="C000005"))).entry.id
    moved = house.rows("SELECT target FROM external_reference WHERE site = ? AND reference = 'A4'")[0][0]
    done(changes.move(house.desk(), moved, DAY, 132))
    shut = '[[pattern]]\nlevel = "diary"\nowner = "D04"\nday = 2026-11-25\nday_off = true\n'
    (folder / "patterns.toml").write_text(shut, encoding="utf-8")
    assert imported(house.desk("super1"), folder / "patterns.toml").flags == 1
    assert house.status(lost) == "unplaced"
    time_taken_out(house, folder)


def time_taken_out(house: House, folder: Path) -> None:
    """Close and open days, miss an appointment half an hour after it began, and block time of every kind."""
    closures = "day,name,closed\n2026-12-02,Staff day,yes\n2026-12-25,Open this year,no\n2027-01-04,Stocktaking,yes\n"
    (folder / "closures.csv").write_text(closures, encoding="utf-8")
    assert imported(house.desk("super1"), folder / "closures.csv").loaded == 3
    house.add_type(replace(TYPES[1], code="CALL-OUT", name="Call out", booked_by="block"), "D01")
    leader = house.desk("leader1")
    for number, reason in enumerate(BLOCK_REASONS):
        start = 108 + 12 * number
        assert isinstance(blocking.block(leader, "D03", date(2026, 11, 27), start, start + 9, reason), Blocked)
    told = blocking.block(leader, "D01", date(2026, 11, 27), 168, 180, None, type="CALL-OUT", client="C000007")
    assert isinstance(told, Blocked)
    missed = done(booking.book(house.desk(), wish(diary="D02", day=date(2026, 11, 24), start=114, client="C000008"))).entry.id
    kept = done(booking.book(house.desk(), wish(diary="D02", day=date(2026, 11, 27), start=120, client="C000009"))).entry.id
    over = blocking.block(leader, "D02", date(2026, 11, 27), 108, 144, "training", over="keep", until=date(2026, 12, 4))
    assert isinstance(over, Blocked)
    assert [one.id for one in over.hit] == [kept]
    gone = blocking.block(leader, "D04", date(2026, 11, 27), 168, 180, "meeting")
    assert isinstance(gone, Blocked)
    assert isinstance(blocking.unblock(leader, gone.entries[0].id), Blocked)
    done(attendance.attend(house.desk(now=NOW.replace(hour=9, minute=45)), missed, "dna"))
    assert house.claims(missed) == [("D02", "2026-11-24", 114, 117)]
    shut = date(2026, 12, 3)
    done(booking.book(house.desk(), wish(diary="D02", day=shut, start=114, client="C000010")))
    told = blocking.block(leader, "D01", shut, 168, 180, None, type="CALL-OUT", client="C000006")
    assert isinstance(told, Blocked)
    assert isinstance(closing.close_day(leader, shut, "Flood"), DayClosed)
    house.now = NOW.replace(hour=10)


def test_csv_brings_back_whatever_a_site_had_on_both_engines(house: House, tmp_path: Path) -> None:
    filled(house, tmp_path / "in")
    exported(house.desk("super1"), Wanted("csv"), tmp_path / "out")
    people = (Staff("super9", "super9", "supervisor"),)
    code = f"Z{house.site}"
    assert isinstance(create_site(house.store.location, Site(code, "x", "y", "", "ENG", "PAC"), people, 2026), str)
    other = Desk(house.store, code, people[0], house.now)

    def plain(where: Desk) -> list[Any]:
        with where.store.read() as unit:
            rows = unit.rows("SELECT target, reference FROM external_reference WHERE site = ? AND kind = 'client'", where.site)
        named = {row[0]: row[1].partition(":")[2] for row in rows}
        return [
            (one.diary, shown.day, shown.closed, one.free_minutes, one.segments)
            if entry is None
            else (
                *(entry.kind, entry.status, entry.type, entry.start, entry.end, entry.resources, entry.reason),
                named.get(entry.client or "", entry.client),
            )
            for shown in all_days(where)
            for one in shown.diaries
            for entry in (
                None,
                *sorted(one.entries, key=lambda entry: (entry.start, entry.end, entry.status, entry.client or "")),
            )
        ]

    tried = imported(other, tmp_path / "out", dry_run=True)
    found = imported(other, tmp_path / "out")
    assert (found.status, found.rejected) == ("loaded", [])
    assert (found.flags, found.flagged) == (tried.flags, tried.flagged)
    assert plain(other) == plain(house.desk())
    kept = (
        "SELECT kind, COUNT(*) FROM flag WHERE site = ? AND status = 'open' AND kind IN ('under_block', 'closed_day')"
        " GROUP BY kind ORDER BY kind"
    )
    both = [("closed_day", 2), ("under_block", 1)]
    assert [house.rows(kept), [tuple(row) for row in rows_of(other, kept)]] == [both, both]
    assert {name: one.examples for name, one in sweep_store(house.store, code).items() if one.violations} == {}
    assert imported(other, tmp_path / "out").loaded == 0


@pytest.mark.parametrize("form", ["csv", "ics"])
def test_a_site_takes_its_own_export_as_what_is_there_already(house: House, tmp_path: Path, form: str) -> None:
    filled(house, tmp_path / "in")
    missed = done(booking.book(house.desk(), wish(diary="D02", start=156, client="C000006"))).entry.id
    done(attendance.attend(house.desk(now=NOW.replace(day=25, hour=14)), missed, "dna"))
    house.now = NOW.replace(day=26)
    found = exported(house.desk("super1"), Wanted(form), tmp_path / "out")
    before = house.dump()
    again = imported(house.desk("super1"), tmp_path / "out")
    assert (again.status, again.loaded, again.rejected, again.flags) == ("loaded", 0, [], 0)
    assert house.dump() == before
    kind, files = ("calendar", found.files) if form == "ics" else ("appointments", {"": found.files.get("appointments.csv", 0)})
    assert again.counts[kind] == {"new": 0, "changed": 0, "same": sum(files.values()), "rejected": 0}


def test_a_site_that_is_in_use_takes_no_whole_site(demo: Path, tmp_path: Path) -> None:
    desk = open_desk(str(demo), "super1", NOW)
    exported(desk, Wanted("jsonl"), tmp_path / "out")
    other = empty_site(tmp_path / "other" / "site.db")
    (tmp_path / "teams.csv").write_text("code,name\nA,Aire\n", encoding="utf-8")
    try:
        imported(other, tmp_path / "teams.csv")
        refused = import_files(other, [tmp_path / "out"])
        assert isinstance(refused, Refused)
        assert refused.code == "not_possible"
    finally:
        other.store.close()
        desk.store.close()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('"verb":"booked"', '"verb":"moved"'), "not what was hashed"),
        (('"table":"client"', '"table":"sqlite_master"'), "no table"),
        (('"email":""', '"email":"\\u001b[31m"'), "control character"),
        (('"email":""', '"email":null'), "empty"),
        (('"email":""', '"email":7'), "no text"),
        (('"email":"",', ""), "has the columns"),
        (('"schema":"', '"schema":"x'), "schema"),
        (('"format":"agent-tui site"', '"format":"other"'), "no site that was exported"),
        (('{"table":"team"', '["table":"team"'), "no JSON"),
        (('"row":{"site":"LPP"', '"row":{"site":"XXX"'), "another site"),
    ],
)
def test_a_changed_file_loads_nothing(demo: Path, tmp_path: Path, change: tuple[str, str], words: str) -> None:
    desk = open_desk(str(demo), "super1", NOW)
    exported(desk, Wanted("jsonl"), tmp_path / "out")
    desk.store.close()
    path = tmp_path / "out" / "LPP.jsonl"
    text = path.read_text(encoding="utf-8")
    assert change[0] in text
    path.write_text(text.replace(*change, 1), encoding="utf-8")
    other = empty_site(tmp_path / "other" / "site.db")
    try:
        found = imported(other, path)
        assert (found.status, found.loaded) == ("refused", 0)
        assert words in found.rejected[0].reason
        with other.store.read() as unit:
            assert unit.rows("SELECT site FROM team") == []
            assert len(unit.rows("SELECT login FROM staff")) == 2
    finally:
        other.store.close()


def test_two_claims_on_one_tick_are_refused_by_the_guard(demo: Path, tmp_path: Path) -> None:
    desk = open_desk(str(demo), "super1", NOW)
    exported(desk, Wanted("jsonl"), tmp_path / "out")
    desk.store.close()
    path = tmp_path / "out" / "LPP.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    number = next(number for number, line in enumerate(lines) if '"table":"claim"' in line)
    claim = json.loads(lines[number])
    claim["row"]["end_tick"] = 288
    lines[number] = json.dumps(claim)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    other = empty_site(tmp_path / "other" / "site.db")
    try:
        found = imported(other, path)
        assert (found.status, found.loaded) == ("refused", 0)
        assert "contradict" in found.rejected[0].reason
    finally:
        other.store.close()


def test_no_cell_begins_like_a_formula_and_it_comes_back_as_it_was(house: House, tmp_path: Path) -> None:
    claimants.add_client(house.desk(), Client("", '=HYPERLINK("x")', phone="+44 113 496 0001", access_needs="-step free"))
    exported(house.desk("super1"), Wanted("csv"), tmp_path / "out")
    with (tmp_path / "out" / "clients.csv").open(newline="", encoding="utf-8") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert '\'=HYPERLINK("x")' in cells
    before = house.dump()
    assert imported(house.desk("super1"), tmp_path / "out").loaded == 0
    assert house.dump() == before


def test_what_was_booked_here_is_never_changed_by_a_file(house: House, tmp_path: Path) -> None:
    entry = done(booking.book(house.desk(), wish(start=108))).entry.id
    exported(house.desk("super1"), Wanted("csv"), tmp_path / "out")
    path = tmp_path / "out" / "appointments.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("09:00", "10:00"), encoding="utf-8")
    found = imported(house.desk("super1"), path)
    assert (found.status, found.rejected[0].field) == ("refused", "reference")
    assert house.claims(entry)[0][2] == 108


def test_calendars_name_no_claimant(house: House, tmp_path: Path) -> None:
    entry = done(booking.book(house.desk(), wish(start=108))).entry.id
    done(booking.book(house.desk(), wish(diary="D02", start=120, client="C000002")))
    found = exported(house.desk("super1"), Wanted("ics"), tmp_path / "out")
    assert found.files == {"D01.ics": 1, "D02.ics": 1, "D03.ics": 0, "D04.ics": 0}
    text = (tmp_path / "out" / "D01.ics").read_text(encoding="utf-8")
    assert "Khan" not in text
    for word in (
        entry,
        "FC-F2F C000001",
        "DTSTART;TZID=Europe/London:20261125T090000",
        "DTEND;TZID=Europe/London:20261125T095000",
    ):
        assert word in text


def test_days_and_a_diary_narrow_what_leaves(house: House, tmp_path: Path) -> None:
    done(booking.book(house.desk(), wish(start=108)))
    done(booking.book(house.desk(), wish(diary="D02", start=120, client="C000002")))
    done(booking.book(house.desk(), wish(start=108, day=date(2026, 11, 26), client="C000003")))
    found = exported(house.desk("super1"), Wanted("csv", "D01", DAY, DAY), tmp_path / "out")
    assert (found.files["appointments.csv"], found.files["clients.csv"]) == (1, 1)
    refused = export(house.desk("super1"), Wanted("csv", "D99"), Folder(tmp_path / "no"))
    assert isinstance(refused, Refused)
    assert refused.code == "unknown_diary"


def test_the_log_keeps_counts_and_a_request_is_noted_once(house: House, tmp_path: Path) -> None:
    first = exported(house.desk("super1"), Wanted("csv"), tmp_path / "one", id=uid(1))
    again = exported(house.desk("super1"), Wanted("csv"), tmp_path / "two", id=uid(1))
    assert (first.repeated, again.repeated, again.files) == (False, True, first.files)
    assert house.verbs() == ["exported"]
    assert house.events()[0]["after_state"]["files"]["clients.csv"] == 10
    used = export(house.desk("super1"), Wanted("ics"), Folder(tmp_path / "no"), id=uid(1))
    assert isinstance(used, Refused)
    assert used.code == "id_reused"


@pytest.mark.parametrize("login", ["agent1", "coach1", "leader1"])
def test_who_may_not_export(house: House, tmp_path: Path, login: str) -> None:
    refused = export(house.desk(login), Wanted("csv"), Folder(tmp_path / "out"))
    assert isinstance(refused, Refused)
    assert refused.code == "role"
    assert not (tmp_path / "out").exists()


def test_files_are_private_and_never_overwritten_unasked(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "out")
    folder("a.csv", [b"one"])
    path = tmp_path / "out" / "a.csv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FilesRefused):
        folder("a.csv", [b"two"])
    (tmp_path / "out" / "b.csv").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FilesRefused):
        folder("b.csv", [b"two"])
    assert path.read_bytes() == b"one"
    Folder(tmp_path / "out", force=True)("a.csv", [b"two"])
    assert path.read_bytes() == b"two"
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == ["a.csv", "b.csv"]


def test_a_file_that_fails_half_way_is_not_there(tmp_path: Path) -> None:
    def chunks() -> Iterable[bytes]:
        yield b"one"
        raise KeyError

    with pytest.raises(KeyError):
        Folder(tmp_path / "out")("a.csv", chunks())
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("code", "name", "nation", "login"),
    [
        ("lpp", "x", "ENG", "a1"),
        ("LPP", "", "ENG", "a1"),
        ("LPP", "x", "FRA", "a1"),
        ("LPP", "x", "ENG", "a b"),
        ("", "x", "ENG", "a"),
    ],
)
def test_a_site_that_is_none_is_not_made(tmp_path: Path, code: str, name: str, nation: str, login: str) -> None:
    site = Site(code, name, "1 Park Place", "", nation, "PAC")
    assert isinstance(create_site(str(tmp_path / "s" / "a.db"), site, (Staff(login, login, "admin"),), 2026), Refused)
    assert not (tmp_path / "s").exists()


def test_a_site_is_made_once_and_beside_others(tmp_path: Path) -> None:
    location = tmp_path / "s" / "a.db"
    empty_site(location).store.close()
    people = (Staff("admin9", "admin9", "admin"),)
    assert isinstance(create_site(str(location), Site("LPP", "x", "y", "", "ENG", "z"), people, 2026), Refused)
    assert isinstance(create_site(str(location), Site("XYZ", "x", "y", "", "SCT", "z"), people, 2026), str)
    desk = open_desk(str(location), "admin9", NOW, site="XYZ")
    desk.store.close()
    assert desk.staff.role == "admin"


def test_each_claimant_in_an_export_is_a_look_and_a_calendar_is_none(house: House, tmp_path: Path) -> None:
    def looks() -> list[tuple[Any, ...]]:
        return sorted(house.rows("SELECT who, client, why FROM access WHERE site = ?"))

    done(booking.book(house.desk(), wish()))
    exported(house.desk("admin1"), Wanted("ics"), tmp_path / "ics")
    assert looks() == []
    exported(house.desk("admin1"), Wanted("csv", "D01", DAY, DAY), tmp_path / "narrow", id=uid(1))
    exported(house.desk("admin1"), Wanted("csv", "D01", DAY, DAY), tmp_path / "again", id=uid(1))
    assert looks() == [("admin1", "C000001", "export")], "a retry is the same export"
    exported(house.desk("super1"), Wanted("csv"), tmp_path / "csv")
    assert len(looks()) == 11
    exported(house.desk("super1"), Wanted("jsonl"), tmp_path / "jsonl")
    assert len(looks()) == 21
    assert {row[2] for row in looks()} == {"export"}
