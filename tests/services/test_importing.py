"""Importing a site's own files on both engines: twice the same, overlaps kept without a time, bad rows by line."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from agent_tui.domain.pattern_files import read_patterns
from agent_tui.domain.requests import Outcome, Refused
from agent_tui.services import booking, changes
from agent_tui.services.importing import Imported, Options, Unreadable, import_files
from agent_tui.store.unit_of_work import Unit
from tests.services.conftest import House, done, refused, uid, wish
from tests.small_site import DAY

APPOINTMENTS = "reference,type,client,diary,day,start,minutes,status\n"
ROWS = (
    "A1,FC-F2F,K1,D01,25/11/2026,09:00,,\n"
    "A2,WSR-PHONE,C000002,D02,2026-11-25,10:00,20,booked\n"
    "A3,FC-F2F,K2,D01,23/11/2026,09:00,,attended\n"
    "A4,EV-F2F,K2,D03,25/11/2026,11:00,,\n"
)
CLIENTS = "reference,name,phone,email\nK1,Zoë Ní,+44 113 496 0001,zoe@example.com\nK2,'=Sana Khan,,\n"


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Path]:
    folder = tmp_path / "files"
    folder.mkdir()

    def write(**files: str | bytes) -> Path:
        for name, text in files.items():
            path = folder / name.replace("_", ".")
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return folder

    return write


def imported(house: House, *paths: Path, login: str = "super1", options: Options | None = None, **more: Any) -> Imported:
    found = import_files(house.desk(login), paths, options, **more)
    assert isinstance(found, Imported), found
    return found


def entry_of(house: House, reference: str) -> str:
    return str(house.rows("SELECT target FROM external_reference WHERE site = ? AND reference = ?", reference)[0][0])


def test_claimants_and_appointments_are_loaded_and_twice_changes_nothing(house: House, put: Callable[..., Path]) -> None:
    folder = put(clients_csv=CLIENTS, appointments_csv=APPOINTMENTS + ROWS)
    first = imported(house, folder)
    assert (first.status, first.loaded, first.flags, first.rejected) == ("loaded", 6, 0, [])
    assert first.counts["appointments"] == {"new": 4, "changed": 0, "same": 0, "rejected": 0}
    assert [house.status(entry_of(house, one)) for one in ("A1", "A2", "A3", "A4")] == ["booked", "booked", "attended", "booked"]
    assert [claim[0] for claim in house.claims(entry_of(house, "A4"))] == ["D03", "R01"]
    assert house.rows("SELECT name, phone_key FROM client WHERE site = ? AND client = 'C000011'") == [("Zoë Ní", "01134960001")]
    assert house.rows("SELECT name FROM client WHERE site = ? AND client = 'C000012'") == [("=Sana Khan",)]
    assert house.rows("SELECT COUNT(*) FROM message WHERE site = ?") == [(0,)]
    before = house.dump()
    again = imported(house, folder)
    assert (again.loaded, again.counts["appointments"]["same"], again.counts["clients"]["same"]) == (0, 4, 2)
    assert house.dump() == before


def test_each_appointment_has_one_line_and_no_line_has_a_name(house: House, put: Callable[..., Path]) -> None:
    imported(house, put(clients_csv=CLIENTS, appointments_csv=APPOINTMENTS + ROWS))
    assert house.verbs().count("imported") == 4
    assert house.verbs().count("file_imported") == 2
    told = str(house.events())
    assert [
        word for word in ("Zoë", "Khan", "113 496", "0113496", "zoe@", "'A1'", "'K1'", "appointments.csv") if word in told
    ] == []


def test_a_trial_writes_nothing_and_tells_what_would_be(house: House, put: Callable[..., Path]) -> None:
    folder = put(clients_csv=CLIENTS, appointments_csv=APPOINTMENTS + ROWS + "A5,FC-F2F,K1,D01,25/11/2026,09:10,,\n")
    before = house.dump()
    tried = imported(house, folder, dry_run=True)
    assert (tried.dry_run, tried.status, tried.loaded, tried.flags) == (True, "loaded", 7, 1)
    assert house.dump() == before
    assert imported(house, folder).counts == tried.counts


def test_overlapping_and_forbidden_rows_are_kept_without_a_time(house: House, put: Callable[..., Path]) -> None:
    stands = done(booking.book(house.desk(), wish(start=120)))
    rows = (
        "B1,FC-F2F,C000002,D01,25/11/2026,10:30,,\n"  # over what stands
        "B2,FC-F2F,C000003,D02,25/11/2026,11:30,,\n"  # into lunch
        "B3,FC-F2F,C000004,D03,25/11/2026,09:00,,\n"
        "B4,FC-F2F,C000005,D03,25/11/2026,09:45,,\n"  # over B3
    )
    found = imported(house, put(appointments_csv=APPOINTMENTS + rows))
    assert (found.loaded, found.flags) == (4, 3)
    assert [house.status(entry_of(house, one)) for one in ("B1", "B2", "B3", "B4")] == [
        "unplaced",
        "unplaced",
        "booked",
        "unplaced",
    ]
    assert house.status(stands.entry.id) == "booked"
    flags = {(kind, entry) for kind, entry, _other in house.open_flags()}
    wanted = {("import_overlap", "B1"), ("not_allowed", "B2"), ("import_overlap", "B4")}
    assert flags == {(kind, entry_of(house, one)) for kind, one in wanted}
    done(booking.book(house.desk(), wish(diary="D02", start=132)))


def test_the_flag_of_an_overlapping_one_closes_when_it_is_cancelled(house: House, put: Callable[..., Path]) -> None:
    rows = "B3,FC-F2F,C000004,D03,25/11/2026,09:00,,\nB4,FC-F2F,C000005,D03,25/11/2026,09:45,,\n"
    imported(house, put(appointments_csv=APPOINTMENTS + rows))
    assert len(house.open_flags()) == 1
    done(changes.cancel(house.desk(), entry_of(house, "B4"), "entered_in_error"))
    assert house.open_flags() == []


def test_a_hold_keeps_its_time_and_a_lapsed_one_does_not(house: House, put: Callable[..., Path]) -> None:
    live = done(booking.hold(house.desk(), wish(start=108, client=None)))
    lapsed = done(booking.hold(house.desk(), wish(diary="D02", start=108, client=None)))
    house.expire(lapsed.entry.id)
    rows = "B1,FC-F2F,C000002,D01,25/11/2026,09:00,,\nB2,FC-F2F,C000003,D02,25/11/2026,09:00,,\n"
    assert imported(house, put(appointments_csv=APPOINTMENTS + rows)).flags == 1
    assert [house.status(one) for one in (live.entry.id, lapsed.entry.id)] == ["held", "lapsed"]
    assert [house.status(entry_of(house, one)) for one in ("B1", "B2")] == ["unplaced", "booked"]
    assert len(house.callbacks()) == 1


def test_a_limit_is_kept_and_given_back(house: House, put: Callable[..., Path]) -> None:
    rows = "".join(f"B{n},WSR-PHONE,C00000{n},D04,25/11/2026,09:{n}0,,\n" for n in range(1, 4))
    assert imported(house, put(appointments_csv=APPOINTMENTS + rows)).flags == 1
    assert len(house.rows("SELECT entry FROM segment_use WHERE site = ?")) == 2
    changed = rows.replace("B1,WSR-PHONE,C000001,D04,25/11/2026,09:10", "B1,WSR-PHONE,C000001,D04,25/11/2026,14:00")
    assert imported(house, put(appointments_csv=APPOINTMENTS + changed)).counts["appointments"]["changed"] == 1
    assert len(house.rows("SELECT entry FROM segment_use WHERE site = ?")) == 1


def test_a_claimant_in_two_places_is_flagged(house: House, put: Callable[..., Path]) -> None:
    stands = done(booking.book(house.desk(), wish(start=108)))
    imported(house, put(appointments_csv=APPOINTMENTS + "B1,FC-F2F,C000001,D02,25/11/2026,09:20,,\n"))
    assert house.open_flags() == [("client_clash", entry_of(house, "B1"), stands.entry.id)]


def test_a_row_that_says_another_time_moves_its_appointment(house: House, put: Callable[..., Path]) -> None:
    imported(house, put(clients_csv=CLIENTS, appointments_csv=APPOINTMENTS + ROWS))
    entry = entry_of(house, "A1")
    later = ROWS.replace("A1,FC-F2F,K1,D01,25/11/2026,09:00", "A1,FC-F2F,K1,D01,25/11/2026,09:20")
    assert imported(house, put(appointments_csv=APPOINTMENTS + later)).counts["appointments"]["changed"] == 1
    assert house.claims(entry) == [("D01", "2026-11-25", 112, 122)]
    assert (house.version(entry), house.verbs(entry)) == (2, ["imported", "imported"])
    over = later.replace("A2,WSR-PHONE,C000002,D02,2026-11-25,10:00", "A2,WSR-PHONE,C000002,D01,2026-11-25,09:30")
    assert imported(house, put(appointments_csv=APPOINTMENTS + over)).flags == 1
    assert [one[0] for one in house.open_flags()] == ["import_overlap"]
    assert imported(house, put(appointments_csv=APPOINTMENTS + later)).counts["appointments"]["changed"] == 1
    assert house.open_flags() == []


def test_what_was_moved_here_stays_and_is_not_overwritten(house: House, put: Callable[..., Path]) -> None:
    folder = put(clients_csv=CLIENTS, appointments_csv=APPOINTMENTS + ROWS)
    imported(house, folder)
    entry = entry_of(house, "A1")
    done(changes.move(house.desk(), entry, DAY, 120))
    assert imported(house, folder).loaded == 0
    other = put(
        appointments_csv=APPOINTMENTS + ROWS.replace("A1,FC-F2F,K1,D01,25/11/2026,09:00", "A1,FC-F2F,K1,D01,25/11/2026,09:20")
    )
    found = imported(house, other)
    assert (found.status, [(one.line, one.field) for one in found.rejected]) == ("refused", [(2, "reference")])
    assert house.claims(entry)[0][2] == 120


def test_one_bad_row_keeps_everything_out_and_partial_takes_the_rest(house: House, put: Callable[..., Path]) -> None:
    folder = put(
        clients_csv=CLIENTS + "K3,,07911 12345,nobody\n",
        appointments_csv=APPOINTMENTS + ROWS + "A9,FC-F2G,K1,D01,31/02/2026,09:03,,\nA8,FC-F2F,K77,D01,26/11/2026,09:00,,\n",
    )
    before = house.dump()
    found = imported(house, folder)
    assert (found.status, found.loaded, found.flags) == ("refused", 0, 0)
    assert house.dump() == before
    told = [(one.file, one.line, one.field) for one in found.rejected]
    assert told == [
        *(("clients.csv", 4, field) for field in ("name", "phone", "email")),
        ("appointments.csv", 6, "day"),
        ("appointments.csv", 6, "start"),
        ("appointments.csv", 7, "client"),
    ]
    rest = imported(house, folder, partial=True)
    assert (rest.status, rest.loaded) == ("partial", 6)
    assert rest.counts["appointments"] == {"new": 4, "changed": 0, "same": 0, "rejected": 2}


def test_a_request_is_answered_once(house: House, put: Callable[..., Path]) -> None:
    folder = put(clients_csv=CLIENTS, appointments_csv=APPOINTMENTS + ROWS + "B1,FC-F2F,K1,D01,25/11/2026,09:10,,\n")
    first = imported(house, folder, id=uid(1))
    before = house.dump()
    again = imported(house, folder, id=uid(1))
    assert again.repeated
    assert (again.status, again.loaded, again.flags, again.counts) == (first.status, first.loaded, first.flags, first.counts)
    assert house.dump() == before
    other = put(appointments_csv=APPOINTMENTS + ROWS)
    used = import_files(house.desk("super1"), [other], id=uid(1))
    assert isinstance(used, Refused)
    assert used.code == "id_reused"
    assert house.dump() == before


@pytest.mark.parametrize(
    ("login", "files", "may"),
    [
        ("agent1", {"teams_csv": "code,name\nC,Calder\n"}, False),
        ("coach1", {"teams_csv": "code,name\nC,Calder\n"}, False),
        ("leader1", {"teams_csv": "code,name\nC,Calder\n"}, False),
        ("leader1", {"clients_csv": CLIENTS}, False),
        ("leader1", {"patterns_toml": '[[pattern]]\nlevel = "site"\nday = 2026-12-01\nday_off = true\n'}, True),
        ("admin1", {"teams_csv": "code,name\nC,Calder\n"}, True),
    ],
)
def test_who_may_import_what(house: House, put: Callable[..., Path], login: str, files: dict[str, str], may: bool) -> None:
    found = import_files(house.desk(login), [put(**files)])
    assert isinstance(found, Imported) == may
    if isinstance(found, Refused):
        assert found.code == "role"
        assert house.events() == []


COACHES = "code,coach,team,login,types,enabled\n"


def test_a_sites_rules_are_loaded_in_the_order_in_which_they_need_each_other(house: House, put: Callable[..., Path]) -> None:
    types = (
        "code,name,channel,minutes,effective_from,group,weekly_check,key,booked_by,may_book,needs,bring,source\n"
        "NEW-F2F,New,f2f,20,2026-01-01,review,,no,offer,site staff,,,\n"
    )
    folder = put(
        teams_csv="code,name\nC,Calder\n",
        types_csv=types,
        rooms_csv="code,kind,name,meets,enabled\nR09,room,Room 9,room,yes\n",
        coaches_csv=COACHES + "D09,Ann Archer,C,archer,NEW-F2F;FC-F2F,yes\n",
        patterns_toml='[[pattern]]\nlevel = "diary"\nowner = "D09"\nweekday = "wednesday"\nfrom = 2026-11-25\n'
        '[[pattern.segment]]\nstart = "09:00"\nend = "12:00"\ntypes = ["NEW-F2F"]\n',
        appointments_csv=APPOINTMENTS + "A1,NEW-F2F,C000001,D09,25/11/2026,09:00,,\n",
    )
    found = imported(house, folder)
    assert (found.status, found.loaded, found.flags, found.rejected) == ("loaded", 6, 0, [])
    assert house.rows("SELECT role, diary FROM staff WHERE site = ? AND login = 'archer'") == [("coach", "D09")]
    before = house.dump()
    assert imported(house, folder).loaded == 0
    assert house.dump() == before


def test_a_diary_that_is_switched_off_by_a_file_flags_what_is_in_it(house: House, put: Callable[..., Path]) -> None:
    kept = done(booking.book(house.desk(), wish()))
    types = "EV-F2F;FC-F2F;NJR-F2F;WSR-PHONE"
    found = imported(house, put(coaches_csv=COACHES + f"D01,Coach One,A,coach1,{types},no\n"))
    assert found.counts["coaches"]["changed"] == 1
    assert house.open_flags() == [("diary_off", kept.entry.id, None)]
    assert imported(house, put(coaches_csv=COACHES + f"D01,Coach One,A,coach1,{types},yes\n")).loaded == 1
    assert house.open_flags() == []
    rows = APPOINTMENTS + "A1,FC-F2F,C000002,D02,25/11/2026,09:00,,\n"
    imported(house, put(coaches_csv=COACHES + f"D02,Coach 2,A,coach2,{types},no\n", appointments_csv=rows))
    assert house.open_flags() == [("diary_off", entry_of(house, "A1"), None)]


def test_a_room_meets_on_what_it_is_booked_for(house: House, put: Callable[..., Path]) -> None:
    head = "code,kind,name,meets,enabled\n"
    kept = done(booking.book(house.desk(), wish("EV-F2F", needs=("hearing loop",)))).entry
    (room,) = [one for one in kept.resources if one == "R02"]
    found = imported(house, put(rooms_csv=f"{head}{room},room,Room 2,room,yes\n"))
    assert [(one.line, one.field) for one in found.rejected] == [(2, "meets")]
    assert "R02 is booked for hearing loop; move those appointments first" in found.rejected[0].reason
    done(changes.cancel(house.desk(), kept.id, "claimant"))
    assert imported(house, put(rooms_csv=f"{head}{room},room,Room 2,room,yes\n")).loaded == 1


def test_a_type_that_a_file_takes_from_a_diary_leaves_its_appointments_without_a_time(
    house: House, put: Callable[..., Path]
) -> None:
    lost = done(booking.book(house.desk(), wish())).entry.id
    kept = done(booking.book(house.desk(), wish(type="WSR-PHONE", start=120, client="C000002"))).entry.id
    begun = done(booking.book(house.desk(), wish(day=date(2026, 11, 24), start=120, client="C000003"))).entry.id
    house.now = house.now.replace(hour=10, minute=5)
    folder = put(coaches_csv=COACHES + "D01,Coach 1,A,coach1,EV-F2F;NJR-F2F;WSR-PHONE,yes\n")
    tried = imported(house, folder, dry_run=True)
    assert [(one.line, one.field) for one in tried.flagged] == [(2, "types")]
    assert tried.flagged[0].reason.startswith("FC-F2F Wed 25 Nov 2026 09:00 in D01 loses its time")
    found = imported(house, folder)
    assert (found.flags, found.flagged) == (1, tried.flagged)
    assert [house.status(one) for one in (lost, kept, begun)] == ["unplaced", "booked", "booked"]
    assert house.open_flags() == [("not_allowed", lost, None)]
    assert house.verbs(lost)[-1] == "unplaced"
    assert imported(house, folder).loaded == 0


def test_what_is_only_held_is_not_confirmed_once_a_file_has_taken_its_type(house: House, put: Callable[..., Path]) -> None:
    held = done(booking.hold(house.desk(), wish())).entry.id
    imported(house, put(coaches_csv=COACHES + "D01,Coach 1,A,coach1,WSR-PHONE,yes\n"))
    refused(booking.confirm(house.desk(), held, client="C000001"), "not_allowed")


def test_what_a_file_switches_off_is_named_before_it_is_loaded(house: House, put: Callable[..., Path]) -> None:
    kept = done(booking.book(house.desk(), wish(type="EV-F2F"))).entry
    types = "EV-F2F;FC-F2F;NJR-F2F;WSR-PHONE"
    folder = put(
        coaches_csv=COACHES + f"D01,Coach 1,A,coach1,{types},no\n",
        rooms_csv=f"code,kind,name,meets,enabled\n{kept.resources[1]},room,Room 1,room,no\n",
    )
    tried = imported(house, folder, dry_run=True)
    assert sorted((one.file, one.line, one.field) for one in tried.flagged) == [
        ("coaches.csv", 2, "enabled"),
        ("rooms.csv", 2, "enabled"),
    ]
    assert imported(house, folder).flags == len(house.open_flags()) == 2


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("D01,Coach 1,B,coach1,FC-F2F,yes", "team"),
        ("D09,Ann,Z,ann,FC-F2F,yes", "team"),
        ("D09,Ann,A,ann,FC-F2G,yes", "types"),
        ("D09,Ann,A,agent1,FC-F2F,yes", "login"),
        ("D01,Coach 1,A,other,FC-F2F,yes", "login"),
        ("R01,Ann,A,ann,FC-F2F,yes", "code"),
        ("A,Ann,A,ann,FC-F2F,yes", "code"),
    ],
)
def test_a_coach_who_does_not_fit_the_site_is_refused(house: House, put: Callable[..., Path], row: str, field: str) -> None:
    found = imported(house, put(coaches_csv=COACHES + row + "\n"))
    assert found.status == "refused"
    assert [(one.line, one.field) for one in found.rejected] == [(2, field)]
    assert house.events() == []


def test_patterns_of_past_days_are_refused_where_there_are_appointments(house: House, put: Callable[..., Path]) -> None:
    text = '[[pattern]]\nlevel = "diary"\nowner = "D02"\nweekday = "monday"\nfrom = 2020-01-01\nday_off = true\n'
    bad = text + '\n[[pattern]]\nlevel = "nowhere"\n'
    assert imported(house, put(patterns_toml=text), dry_run=True).status == "loaded"
    done(booking.book(house.desk(), wish()))
    found = imported(house, put(patterns_toml=bad))
    assert [one.line for one in found.rejected] == [1, 8]


def test_patterns_of_a_file_unplace_what_no_longer_fits(house: House, put: Callable[..., Path]) -> None:
    lost = done(booking.book(house.desk(), wish()))
    text = '[[pattern]]\nlevel = "diary"\nowner = "D01"\nday = 2026-11-25\nday_off = true\n'
    other = '[[pattern]]\nlevel = "diary"\nowner = "D02"\nday = 2026-11-25\nday_off = true\n'
    tried = imported(house, put(patterns_toml=other + text), dry_run=True)
    assert [(one.line, one.field, one.reason) for one in tried.flagged] == [
        (6, None, "FC-F2F Wed 25 Nov 2026 09:00 in D01 loses its time and is kept without one")
    ]
    found = imported(house, put(patterns_toml=other + text))
    assert (found.flags, found.flagged) == (1, tried.flagged)
    assert house.open_flags() == [("not_allowed", lost.entry.id, None)]
    assert house.status(lost.entry.id) == "unplaced"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04", "zip"),
        ("reference,name\nK1,Zoë\n".encode("utf-16"), "UTF-16"),
        (b"reference,name\nK1,A\x00nn\n", "NUL"),
        ("reference,name\n\nK1,Zoë\n".encode("cp1252"), "--encoding windows-1252"),
        (b"reference\nK1\n", "missing"),
        (b"", "empty"),
    ],
    ids=["zip", "utf-16", "nul", "windows", "column", "empty"],
)
def test_a_file_that_is_none_is_refused(house: House, put: Callable[..., Path], data: bytes, words: str) -> None:
    found = imported(house, put(clients_csv=data))
    assert (found.status, found.loaded) == ("refused", 0)
    assert words in found.rejected[0].reason


def test_a_file_without_rows_is_what_an_export_of_nothing_looks_like(house: House, put: Callable[..., Path]) -> None:
    folder = put(clients_csv="reference,name\n", D01_ics="BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nEND:VCALENDAR\n")
    found = imported(house, folder)
    assert (found.status, found.loaded, found.rejected) == ("loaded", 0, [])
    assert house.events() == []


def test_windows_1252_is_read_where_it_is_named(house: House, put: Callable[..., Path]) -> None:
    folder = put(clients_csv="reference,name\nK1,Zoë O’Hara\n".encode("cp1252"))
    assert imported(house, folder, options=Options(encoding="windows-1252")).loaded == 1
    assert house.rows("SELECT name FROM client WHERE site = ? AND client = 'C000011'") == [("Zoë O’Hara",)]


def test_a_file_that_is_too_large_is_refused_unread(house: House, put: Callable[..., Path]) -> None:
    folder = put(appointments_csv=APPOINTMENTS)
    with (folder / "appointments.csv").open("r+b") as file:
        file.truncate(200_000_000)
    found = imported(house, folder)
    assert [one.reason for one in found.rejected] == ["The file has 200 MB; a file of at most 50 MB is read. Split it."]


def test_a_kind_is_told_by_name_then_by_columns_then_by_the_option(house: House, put: Callable[..., Path]) -> None:
    assert "people" in str(imported(house, put(people_csv="a,b\n1,2\n")).rejected[0].file)
    assert imported(house, put(people_csv=CLIENTS)).counts["clients"]["new"] == 2
    assert imported(house, put(people_csv="code,name\nC,Calder\n"), options=Options(kind="teams")).loaded == 1


def test_a_path_that_names_no_file_is_told(house: House, tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        import_files(house.desk("super1"), [tmp_path / "nowhere.csv"])
    with pytest.raises(Unreadable):
        import_files(house.desk("super1"), [tmp_path])


def test_stopping_half_way_leaves_nothing_of_the_file(house: House, put: Callable[..., Path]) -> None:
    folder = put(appointments_csv=APPOINTMENTS + ROWS.replace("K1", "C000001").replace("K2", "C000003"))
    before = house.dump()

    def stop(_name: str, _done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_files(house.desk("super1"), [folder], progress=stop)
    assert house.dump() == before


def test_a_change_meanwhile_is_seen_under_the_lock(
    house: House, put: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was free when the file was tried may be taken when it is loaded: the plan is made anew under the lock."""
    from agent_tui.services import import_loading, importing

    folder = put(appointments_csv=APPOINTMENTS + "B1,FC-F2F,C000002,D01,25/11/2026,09:00,,\n")
    loading = import_loading.load_files

    def late(*words: Any, **more: Any) -> Imported:
        done(booking.book(house.desk(), wish(start=108)))
        return loading(*words, **more)

    monkeypatch.setattr(importing, "load_files", late)
    found = imported(house, folder)
    assert (found.loaded, found.flags) == (1, 1)


def test_a_row_that_no_longer_fits_when_it_is_loaded_keeps_its_file_out(
    house: House, put: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from agent_tui.services import import_loading, importing

    imported(house, put(clients_csv=CLIENTS, appointments_csv=APPOINTMENTS + ROWS))
    entry, loading = entry_of(house, "A1"), import_loading.load_files

    def late(*words: Any, **more: Any) -> Imported:
        done(changes.move(house.desk(), entry, DAY, 120))
        return loading(*words, **more)

    monkeypatch.setattr(importing, "load_files", late)
    other = (
        ROWS.replace("A1,FC-F2F,K1,D01,25/11/2026,09:00", "A1,FC-F2F,K1,D01,25/11/2026,09:20")
        + "A9,FC-F2F,K1,D04,25/11/2026,15:00,,\n"
    )
    found = imported(house, put(appointments_csv=APPOINTMENTS + other))
    assert (found.status, found.loaded, found.rejected[0].line) == ("refused", 0, 2)
    assert house.claims(entry)[0][2] == 120
    assert house.rows("SELECT target FROM external_reference WHERE site = ? AND reference = 'A9'") == []


@pytest.mark.parametrize(
    ("act", "plans", "flags"),
    [
        (None, 1, 0),
        (wish(diary="D03", start=108), 1, 0),  # another diary, another claimant
        (wish(diary="D01", start=108), 2, 1),  # the same time
        (wish(diary="D01", start=180), 1, 0),  # another time of the diary's day
        (wish(diary="D03", start=108, client="C000002"), 2, 1),  # the same claimant
    ],
    ids=["nothing", "elsewhere", "its time", "its day", "its claimant"],
)
def test_what_others_do_after_the_plan_is_made_decides_whether_it_is_made_anew(
    house: House, put: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, act: Any, plans: int, flags: int
) -> None:
    from agent_tui.services import import_loading

    ahead, plan = import_loading.look_ahead, import_loading.plan_file
    planned: list[Any] = []

    def late(*words: Any, **more: Any) -> Any:
        found = ahead(*words, **more)
        if act is not None and len(planned) == 1:
            done(booking.book(house.desk(), act))
        return found

    def counted(*words: Any) -> Any:
        planned.append(words)
        return plan(*words)

    monkeypatch.setattr(import_loading, "look_ahead", late)
    monkeypatch.setattr(import_loading, "plan_file", counted)
    found = imported(house, put(appointments_csv=APPOINTMENTS + "B1,FC-F2F,C000002,D01,25/11/2026,09:00,,\n"))
    assert (found.loaded, found.flags, len(planned), len(house.open_flags())) == (1, flags, plans, flags)


def test_limited_places_that_others_take_after_the_plan_is_made_are_theirs(
    house: House, put: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from agent_tui.services import import_loading

    ahead, starts = import_loading.look_ahead, iter((108, 111))

    def late(*words: Any, **more: Any) -> Any:
        found = ahead(*words, **more)
        start = next(starts, None)
        if start is not None:
            done(booking.book(house.desk(), wish(type="WSR-PHONE", diary="D04", start=start, client="C000001")))
        return found

    monkeypatch.setattr(import_loading, "look_ahead", late)
    found = imported(house, put(appointments_csv=APPOINTMENTS + "B1,WSR-PHONE,C000009,D04,25/11/2026,10:00,,\n"))
    assert (found.loaded, found.flags) == (1, 1)
    assert house.status(entry_of(house, "B1")) == "unplaced"


def test_a_file_is_planned_under_the_lock_where_others_are_faster_each_time(
    house: House, put: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from agent_tui.services import import_loading

    ahead, starts = import_loading.look_ahead, iter((108, 118, 128))

    def late(*words: Any, **more: Any) -> Any:
        found = ahead(*words, **more)
        done(booking.book(house.desk(), wish(start=next(starts))))
        return found

    monkeypatch.setattr(import_loading, "look_ahead", late)
    rows = "".join(f"B{n},FC-F2F,C00000{n},D01,25/11/2026,{when},,\n" for n, when in ((2, "09:00"), (3, "09:50"), (4, "10:40")))
    found = imported(house, put(appointments_csv=APPOINTMENTS + rows))
    assert (found.loaded, found.flags, next(starts, None)) == (3, 3, None)


def test_rules_that_change_after_the_plan_is_made_are_kept(
    house: House, put: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from agent_tui.services import import_loading, segmenting

    ahead = import_loading.look_ahead
    shut = '[[pattern]]\nlevel = "diary"\nowner = "D01"\nday = 2026-11-25\nday_off = true\n'

    def late(*words: Any, **more: Any) -> Any:
        found = ahead(*words, **more)
        segmenting.save(house.desk("leader1"), read_patterns(shut).patterns)
        return found

    monkeypatch.setattr(import_loading, "look_ahead", late)
    found = imported(house, put(appointments_csv=APPOINTMENTS + "B1,FC-F2F,C000002,D01,25/11/2026,09:00,,\n"))
    assert (found.loaded, found.flags) == (1, 1)
    assert house.status(entry_of(house, "B1")) == "unplaced"


def test_a_booking_waits_until_a_file_is_loaded(house: House, put: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the plan and its rows nobody takes a time that the plan has given away: the rules are locked."""
    from agent_tui.services.import_appointments import write_appointments

    answers: list[Outcome] = []
    booker = Thread(target=lambda: answers.append(booking.book(house.desk(), wish(start=108))))

    def late(*words: Any, **more: Any) -> None:
        booker.start()
        booker.join(1)
        write_appointments(*words, **more)

    monkeypatch.setattr("agent_tui.services.import_loading.write_appointments", late)
    found = imported(house, put(appointments_csv=APPOINTMENTS + "B1,FC-F2F,C000002,D01,25/11/2026,09:00,,\n"))
    booker.join()
    assert (found.loaded, found.flags) == (1, 0)
    refused(answers[0], "taken")


def test_a_claimants_new_details_are_stored(house: House, put: Callable[..., Path]) -> None:
    imported(house, put(clients_csv=CLIENTS))
    found = imported(house, put(clients_csv=CLIENTS.replace("Zoë Ní", "Zoë Nic")))
    assert found.counts["clients"] == {"new": 0, "changed": 1, "same": 1, "rejected": 0}
    assert house.rows("SELECT name, name_key FROM client WHERE site = ? AND client = 'C000011'") == [("Zoë Nic", "zoe nic")]
    assert house.verbs()[-2:] == ["client_changed", "file_imported"]


def test_an_opaque_id_as_reference_is_not_taken_for_somebody_here(house: House, put: Callable[..., Path]) -> None:
    """Another system may number its claimants as this one does."""
    before = house.rows("SELECT name FROM client WHERE site = ? AND client = 'C000001'")
    imported(house, put(clients_csv="reference,name\nC000001,Somebody Else\n"))
    assert house.rows("SELECT name FROM client WHERE site = ? AND client = 'C000001'") == before
    assert house.rows("SELECT target FROM external_reference WHERE site = ? AND kind = 'client'") == [("C000011",)]


def test_many_rows_are_written_in_batches(house: House, put: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    from agent_tui.services import import_appointments

    monkeypatch.setattr(import_appointments, "BATCH", 7)
    rows = "".join(
        f"B{n},WSR-PHONE,C000001,D0{n % 3 + 1},{DAY + timedelta(days=7 * (n // 30))},"
        f"{9 + n % 30 // 12:02d}:{n % 30 % 12 * 5:02d},5,\n"
        for n in range(60)
    )
    told: list[tuple[str, int, int]] = []
    found = import_files(
        house.desk("super1"), [put(appointments_csv=APPOINTMENTS + rows)], progress=lambda *words: told.append(words)
    )
    assert isinstance(found, Imported)
    assert found.loaded == 60
    assert told[-1] == ("writing appointments.csv", 240, 240)
    assert house.verbs().count("imported") == 60


def test_the_guard_refuses_a_second_owner_also_here(house: House) -> None:
    """Ticks are written by the same statement as a booking's; the key refuses one that has an owner."""
    from agent_tui.store.queries import entries as entry_queries
    from agent_tui.store.trouble import KeyRefused

    stands = done(booking.book(house.desk(), wish(start=108)))

    def work(unit: Unit) -> None:
        unit.many(entry_queries.TICK_STATEMENT, [(house.site, "D01", "2026-11-25", 108, stands.entry.id)])

    with pytest.raises(KeyRefused):
        house.write(work)
    refused(booking.book(house.desk(), wish(start=108, client="C000002")), "taken")


def test_how_far_an_import_is_is_told_in_every_phase(
    house: House, put: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from agent_tui.services import import_world

    monkeypatch.setattr(import_world, "STEP", 1)
    folder = put(clients_csv=CLIENTS, appointments_csv=APPOINTMENTS + ROWS)
    told: list[tuple[str, int, int]] = []
    import_files(house.desk("super1"), [folder], progress=lambda *words: told.append(words))
    phases = list(dict.fromkeys(name for name, _done, _total in told))
    wanted = [f"{phase} {name}" for phase in ("reading", "checking", "writing") for name in ("clients.csv", "appointments.csv")]
    assert sorted(phases) == sorted(wanted)
    for phase in wanted:
        steps = [(done, total) for name, done, total in told if name == phase]
        assert [done for done, _total in steps] == sorted(done for done, _total in steps), phase
        assert steps[-1][0] == steps[-1][1], phase
    checked = [done for name, done, _total in told if name == "checking appointments.csv"]
    assert set(checked) == set(range(9)), "each of four rows is looked up, and given its place"


def test_a_real_run_names_every_flagged_row_and_a_retry_says_how_many_it_leaves_out(
    house: House, put: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from agent_tui.services import import_loading

    monkeypatch.setattr(import_loading, "MOST_FLAGGED", 2)
    rows = "".join(f"B{n},FC-F2F,C00000{n},D01,25/11/2026,09:00,,\n" for n in range(1, 7))
    folder = put(appointments_csv=APPOINTMENTS + rows)
    tried = imported(house, folder, dry_run=True)
    first = imported(house, folder, id=uid(1))
    assert (first.flags, first.flagged, first.unnamed) == (5, tried.flagged, 0)
    again = imported(house, folder, id=uid(1))
    assert (again.repeated, again.flags, again.flagged, again.unnamed) == (True, 5, first.flagged[:2], 3)
