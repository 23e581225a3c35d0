"""Calendars of another system as appointments: zones, a change of the clocks, repeats, and what is refused."""

from datetime import date, datetime
from pathlib import Path

import pytest

from agent_tui.domain.type_files import FileProblem
from agent_tui.outbox.calendar_file import Outside, Reading, read_calendar
from agent_tui.services.importing import Imported, Options, import_files
from tests.services.conftest import House

HOW = Reading("Europe/London", ("FC-F2F", "WSR-PHONE"), "D01", None, date(2026, 10, 1), date(2027, 10, 1))
EVENT = "BEGIN:VEVENT\nUID:u1\nDTSTART;TZID=Europe/London:20261125T090000\nDURATION:PT50M\nCATEGORIES:FC-F2F\nEND:VEVENT\n"


def calendar(*events: str, more: str = "") -> str:
    return "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n" + more + "".join(events) + "END:VCALENDAR\n"


def read(text: str, how: Reading = HOW) -> tuple[list[tuple[str, str, int]], list[FileProblem]]:
    """Return (reference, ISO day, start in minutes) of each appointment, and the problems."""
    problems: list[FileProblem] = []
    rows = read_calendar(text, how, problems).rows
    return [(row.reference, row.day.isoformat(), row.start * 5) for row in rows], problems


@pytest.mark.parametrize(
    ("start", "minute"),
    [
        (";TZID=Europe/London:20261125T090000", 540),
        (":20261125T090000Z", 540),
        (":20261125T090000", 540),
        (";TZID=Europe/Berlin:20261125T100000", 540),
        (";TZID=America/New_York:20261125T040000", 540),
        (":20260701T080000Z", 540),
    ],
)
def test_times_become_the_sites_wall_time(start: str, minute: int) -> None:
    text = calendar(EVENT.replace(";TZID=Europe/London:20261125T090000", start))
    found, problems = read(text, HOW)
    assert problems == []
    assert found[0][2] == minute


def test_a_weekly_repeat_keeps_its_time_over_a_change_of_the_clocks() -> None:
    event = EVENT.replace("20261125T090000", "20261014T090000").replace("CATEGORIES", "RRULE:FREQ=WEEKLY;COUNT=4\nCATEGORIES")
    found, problems = read(calendar(event))
    assert problems == []
    assert found == [
        (f"u1/{day.replace('-', '')}T0900", day, 540) for day in ("2026-10-14", "2026-10-21", "2026-10-28", "2026-11-04")
    ]


def test_a_repeat_of_another_zone_moves_where_the_zones_change_on_other_days() -> None:
    event = EVENT.replace("Europe/London:20261125T090000", "America/New_York:20261021T040000")
    found, _ = read(calendar(event.replace("CATEGORIES", "RRULE:FREQ=WEEKLY;COUNT=3\nCATEGORIES")))
    assert [minute for _, _, minute in found] == [540, 480, 540]


def test_repeats_end_with_the_horizon_and_leave_out_exceptions() -> None:
    rule = "RRULE:FREQ=MONTHLY\nEXDATE;TZID=Europe/London:20261225T090000\nRDATE;TZID=Europe/London:20261127T090000\nCATEGORIES"
    found, problems = read(calendar(EVENT.replace("20261125T", "20260925T").replace("CATEGORIES", rule)))
    assert problems == []
    days = [day for _, day, _ in found]
    assert days[0] == "2026-10-25"
    assert days[-1] == "2027-09-25"
    assert "2026-12-25" not in days
    assert "2026-11-27" in days


def test_until_counts_in_the_events_own_time() -> None:
    event = EVENT.replace("CATEGORIES", "RRULE:FREQ=DAILY;UNTIL=20261127T090000Z\nCATEGORIES")
    assert [day for _, day, _ in read(calendar(event))[0]] == ["2026-11-25", "2026-11-26", "2026-11-27"]


def test_one_repeat_that_has_moved_stands_for_itself() -> None:
    repeated = EVENT.replace("CATEGORIES", "RRULE:FREQ=DAILY;COUNT=2\nCATEGORIES")
    moved = EVENT.replace("20261125T090000", "20261126T140000").replace(
        "UID:u1", "UID:u1\nRECURRENCE-ID;TZID=Europe/London:20261126T090000"
    )
    found, problems = read(calendar(repeated, moved))
    assert problems == []
    assert found == [("u1/20261125T0900", "2026-11-25", 540), ("u1/20261126T0900", "2026-11-26", 840)]


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        (("Europe/London", "Mars/Base"), "DTSTART", "zone Mars/Base is unknown"),
        (("T090000", "T090300"), "DTSTART", "nearest are 09:00 and 09:05"),
        ((";TZID=Europe/London:20261125T090000", ";VALUE=DATE:20261125"), "DTSTART", "whole days"),
        ((";TZID=Europe/London:20261125T090000", ":rubbish"), "DTSTART", "no date and time"),
        (("DTSTART;TZID=Europe/London:20261125T090000\n", ""), "DTSTART", "missing"),
        (("UID:u1\n", ""), "UID", "needs a UID"),
        (("FC-F2F", "FC-F2G"), "CATEGORIES", "did you mean FC-F2F"),
        (("CATEGORIES:FC-F2F\n", ""), "CATEGORIES", "--type"),
        (("PT50M", "PT7M"), "DTEND", "multiple of 5"),
        (("PT50M", "-PT50M"), "DTEND", "multiple of 5"),
        (("T090000", "T233000"), "DTEND", "midnight"),
        (("CATEGORIES", "RRULE:FREQ=SECONDLY\nCATEGORIES"), "RRULE", "daily"),
        (("CATEGORIES", "RRULE:FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9\nCATEGORIES"), "RRULE", "1000 times"),
        (("CATEGORIES", "RRULE:nonsense\nCATEGORIES"), "RRULE", "rule"),
        (("CATEGORIES", "RRULE:FREQ=DAILY;COUNT=-\nCATEGORIES"), "RRULE", "rule"),
        (("CATEGORIES", "EXDATE:nonsense\nCATEGORIES"), "EXDATE", "cannot be read"),
        (("CATEGORIES", "RDATE:nonsense\nCATEGORIES"), "RDATE", "cannot be read"),
        (("PT50M", "nonsense"), "DURATION", "cannot be read"),
        ((";TZID=Europe/London:20261125T090000", ":99990101T090000"), "DTSTART", "year"),
        ((";TZID=Europe/London:20261125T090000", ":00010101T000000Z"), "DTSTART", "calendar"),
    ],
)
def test_an_event_that_is_no_appointment_is_refused(change: tuple[str, str], field: str, words: str) -> None:
    found, problems = read(calendar(EVENT.replace(*change)))
    assert found == []
    assert [(one.line, one.field) for one in problems] == [(4, field)]
    assert words in problems[0].text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing of the kind",
        "BEGIN:VCALENDAR\nEND:VCALENDAR\n",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\n",
        "BEGIN:VTODO\nEND:VTODO\n",
    ],
)
def test_what_is_no_calendar_is_refused(text: str) -> None:
    found, problems = read(text)
    assert found == []
    assert problems


def test_a_calendar_that_breaks_off_is_refused_as_a_whole() -> None:
    whole = calendar(EVENT)
    found, problems = read(whole + whole[: whole.index("CATEGORIES")])
    assert found == []
    assert [(one.line, one.text) for one in problems] == [
        (
            whole.count("\n") + whole[: whole.index("CATEGORIES")].count("\n"),
            "The calendar breaks off before its end; is the file whole?",
        )
    ]


def test_a_rule_that_never_comes_true_ends() -> None:
    rule = "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5\nCATEGORIES"
    found, _ = read(calendar(EVENT.replace("CATEGORIES", rule)))
    assert [day for _, day, _ in found] == ["2026-11-25"]


def test_a_calendar_becomes_appointments_with_notes_and_twice_changes_nothing(house: House, tmp_path: Path) -> None:
    path = tmp_path / "appointments.ics"
    named = EVENT.replace("CATEGORIES", "SUMMARY:Sana Khan\nRRULE:FREQ=WEEKLY;COUNT=2\nCATEGORIES")
    other = EVENT.replace("u1", "u2").replace("CATEGORIES:FC-F2F\n", "STATUS:CANCELLED\n")
    path.write_text(calendar(named, other), encoding="utf-8")

    def run() -> Imported:
        found = import_files(house.desk("super1"), [path], Options(diary="d01", type="wsr-phone"))
        assert isinstance(found, Imported)
        return found

    found = run()
    assert (found.status, found.loaded, found.flags) == ("loaded", 3, 0)
    assert found.counts == {"calendar": {"new": 3, "changed": 0, "same": 0, "rejected": 0}}
    rows = house.rows("SELECT day, start_tick, status, type FROM entry WHERE site = ? ORDER BY day, status")
    assert rows == [
        ("2026-11-25", 108, "booked", "FC-F2F"),
        ("2026-11-25", 108, "cancelled", "WSR-PHONE"),
        ("2026-12-02", 108, "booked", "FC-F2F"),
    ]
    assert house.rows("SELECT DISTINCT body FROM note WHERE site = ?") == [("Sana Khan",)]
    assert "Khan" not in str(house.events())
    before = house.dump()
    assert run().counts["calendar"]["same"] == 3
    assert house.dump() == before


def test_a_calendar_of_no_known_diary_is_refused(house: House, tmp_path: Path) -> None:
    path = tmp_path / "appointments.ics"
    path.write_text(calendar(EVENT), encoding="utf-8")
    for options in (Options(), Options(diary="D011"), Options(diary="D01", type="NOPE")):
        found = import_files(house.desk("super1"), [path], options)
        assert isinstance(found, Imported)
        assert found.status == "refused"
    path.rename(tmp_path / "D01.ics")
    named = import_files(house.desk("super1"), [tmp_path / "D01.ics"])
    assert isinstance(named, Imported)
    assert named.loaded == 1


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (";TZID=Europe/London:20270328T013000", "the clocks skip 01:30"),
        (":20270328T003000", "the clocks skip 01:00"),  # into the hour
        (";TZID=Europe/London:20261025T013000", "the clocks repeat 01:30"),
        (":20261025T003000Z", "the clocks repeat 01:30"),
        (";TZID=America/New_York:20270314T023000", "The clocks of America/New_York skip 02:30"),
    ],
)
def test_a_time_in_the_hour_in_which_the_clocks_change_is_refused(house: House, tmp_path: Path, start: str, words: str) -> None:
    house.now = datetime(2026, 10, 1, 9, 0)
    path = tmp_path / "D01.ics"
    path.write_text(calendar(EVENT.replace(";TZID=Europe/London:20261125T090000", start)), encoding="utf-8")
    found = import_files(house.desk("super1"), [path])
    assert isinstance(found, Imported)
    assert (found.status, found.loaded, [one.line for one in found.rejected]) == ("refused", 0, [4])
    assert words in found.rejected[0].reason


def test_of_a_repeat_only_the_one_in_the_skipped_hour_is_refused(house: House, tmp_path: Path) -> None:
    house.now = datetime(2027, 3, 20, 9, 0)
    path = tmp_path / "D01.ics"
    event = EVENT.replace("20261125T090000", "20270327T013000").replace("CATEGORIES", "RRULE:FREQ=DAILY;COUNT=3\nCATEGORIES")
    path.write_text(calendar(event), encoding="utf-8")
    found = import_files(house.desk("super1"), [path], partial=True)
    assert isinstance(found, Imported)
    assert (found.status, found.loaded, len(found.rejected)) == ("partial", 2, 1)


def test_what_lies_outside_the_horizon_is_counted() -> None:
    rule = "RRULE:FREQ=WEEKLY;{}\nCATEGORIES"
    old = EVENT.replace("u1", "u2").replace("20261125T", "20250101T").replace("CATEGORIES", rule.format("COUNT=3"))
    begun = EVENT.replace("u1", "u3").replace("20261125T", "20260923T").replace("CATEGORIES", rule.format("COUNT=4"))
    endless = EVENT.replace("u1", "u4").replace("CATEGORIES", rule.format("INTERVAL=2"))
    problems: list[FileProblem] = []
    found = read_calendar(calendar(EVENT, old, begun, endless), HOW, problems)
    assert problems == []
    assert found.outside == Outside(events=1, repeats=2, endless=1)
    assert {row.reference.partition("/")[0] for row in found.rows} == {"u1", "u3", "u4"}
