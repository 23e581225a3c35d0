"""Reports on both engines: they add up with the log and the tables, whoever may read them, and what is scheduled."""

import io
import json
import re
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent_tui.domain.log import canonical
from agent_tui.domain.reports.catalogue import REPORTS
from agent_tui.domain.reports.shape import MINUTES, TEXT, Column, Report, Row, Table, compared
from agent_tui.domain.reports.span import DAY, PREVIOUS, WEEK, WHOLE, Span
from agent_tui.domain.requests import Refused, Wish
from agent_tui.domain.wall_time import instant_ms
from agent_tui.outbox.workbook import workbook_of
from agent_tui.services import attendance, blocking, booking, changes, demand
from agent_tui.services.desk import DeskRefused
from agent_tui.services.report_files import file_of
from agent_tui.services.report_schedules import add, drop, late_reports, schedules, write_due
from agent_tui.services.reporting import Asked, BadReport, Stopped, report
from agent_tui.store.queries.reports import state_in
from tests.services.conftest import House, done, refused, uid, wish
from tests.small_site import DAY as WEDNESDAY
from tests.small_site import NINE, NOW, ONE, TEN

MONDAY = date(2026, 11, 23)
WEEK_OF_ACTS = Span(MONDAY, MONDAY + timedelta(days=6), DAY)
EVIL = "=1+1"
STANDING = ("booked", "attended", "late", "dna", "unplaced")


@pytest.fixture
def busy(house: House) -> House:
    """The small site after a busy morning: booked, held, moved, cancelled, undone, attended, missed, refused, handed off."""
    agent, leader = house.desk(), house.desk("leader1")
    kept = [
        done(booking.book(agent, wish("NJR-F2F", "D01", NINE + 6 * number, client=f"C{number + 1:06d}"))) for number in range(4)
    ]
    held = done(booking.hold(agent, wish("NJR-F2F", "D02", NINE, client="C000005")))
    done(booking.confirm(agent, held.entry.id))
    done(changes.move(agent, held.entry.id, WEDNESDAY + timedelta(days=1), TEN, "D02"))
    done(changes.cancel(agent, kept[0].entry.id, "claimant"))
    done(changes.cancel(leader, kept[1].entry.id, "office"))
    done(changes.undo(leader))
    done(booking.book(agent, wish("FC-F2F", "D03", NINE, client="C000006")))
    done(changes.undo(agent))
    done(booking.book(agent, wish("EV-F2F", "D03", ONE, client="C000007")))
    later = house.desk(now=NOW + timedelta(days=1, hours=3))
    done(attendance.attend(later, kept[1].entry.id, "attended"))
    done(attendance.attend(later, kept[2].entry.id, "dna"))
    booking.book(agent, Wish("CC-PHONE", WEDNESDAY, ONE, "D01", client="C000001"))
    demand.record_refusal(agent, _request(), "rang_off")
    blocking.block(leader, "D04", WEDNESDAY, ONE, ONE + 12, "training")
    return house


def _request() -> Any:
    from agent_tui.domain.requests import Request

    return Request("CC-PHONE", WEDNESDAY, WEDNESDAY)


def tables(found: Report) -> dict[str, list[Row]]:
    return {table.key: [*table.rows, *([table.total] if table.total else [])] for table in found.tables}


def total(found: Report, key: str) -> dict[str, Any]:
    """Return the total of a table by its columns."""
    table = next(one for one in found.tables if one.key == key)
    assert table.total is not None
    return {column.key: cell for column, cell in zip(table.columns, table.total, strict=True)}


def replayed(house: House) -> Counter[str]:
    """Return what the log did, line by line, read without the code under test."""
    stands, counts = dict[str, Any](), Counter[str]()
    for line in house.events():
        entry, after = line["entry"], line["after_state"]
        if entry is None or after is None:
            continue
        was = stands.get(entry)
        now = (
            after
            if after["kind"] == "appointment" and after["status"] in ("booked", "attended", "late", "dna", "unplaced")
            else None
        )
        undone = line["verb"] == "undone"
        if now and not was:
            counts["restored" if undone else "booked"] += 1
        elif was and not now:
            counts["taken_back" if undone else "cancelled"] += 1
        elif was and now and (was["diary"], was["day"], was["start"]) != (now["diary"], now["day"], now["start"]):
            counts["rescheduled"] += 1
        stands[entry] = now
    counts["standing"] = sum(one is not None for one in stands.values())
    return counts


def test_booked_cancelled_and_rescheduled_add_up_with_the_log_and_the_tables(busy: House) -> None:
    found = total(report(busy.desk("super1"), Asked("activity", WEEK_OF_ACTS)), "periods")
    counts = replayed(busy)
    assert counts["restored"] == counts["taken_back"] == 1
    assert {name: found[name] for name in counts} == dict(counts)
    there = busy.rows(
        "SELECT COUNT(*) FROM entry WHERE site = ? AND kind = 'appointment'"
        " AND status IN ('booked', 'attended', 'late', 'dna', 'unplaced')"
    )
    assert there == [(found["standing"],)]
    cancelled = total(report(busy.desk("super1"), Asked("cancellations", WEEK_OF_ACTS)), "periods")
    assert cancelled["number"] == found["cancelled"] - found["restored"] == 1
    moved = total(report(busy.desk("super1"), Asked("reschedules", WEEK_OF_ACTS)), "periods")
    assert moved["number"] == found["rescheduled"] == 1
    states = [one for row in busy.rows("SELECT before_state, after_state FROM event WHERE site = ?") for one in row if one]
    for text in states:
        whole, read = json.loads(text), state_in(text)
        assert read is not None
        assert read == {key: whole[key] for key in read}
        assert set(read) == ({"type", "diary", "day", "start", "kind", "status", "reason"} if "end" in whole else set(whole))


@pytest.mark.parametrize("odd", [{"type": 'a","start":1,"x":"'}, {"diary": "D\\"}, {"reason": '"kind":"block"'}, {"end": None}])
def test_a_state_that_is_written_otherwise_is_read_as_a_whole(odd: dict[str, Any]) -> None:
    state = {"day": "2026-11-25", "diary": "D01", "end": 120, "kind": "appointment", "priority": "standard", "reason": None}
    state |= {"resources": [], "start": 108, "status": "booked", "type": "FC-F2F", "version": 1} | odd
    read = state_in(canonical(state))
    assert read is not None
    assert read == {key: state[key] for key in read}
    assert state_in(json.dumps(state)) == state
    assert state_in(None) is None


def test_calls_are_counted_by_how_they_ended(house: House) -> None:
    house.swept_at_the_end = False
    columns = "site, id, kind, status, who, wanted, opened_at, closed_at, priority"
    call = f"INSERT INTO call ({columns}) VALUES (?,?,'call',?,'agent1','{{}}',?,?,'standard')"
    ended = [("booked", 240_500), ("rang_off", 60_999), ("rang_off", 30_000), ("rang_off", -5), ("booked", 120_000)]
    for number, (how, took) in enumerate(ended):
        at = instant_ms(NOW, "Europe/London") + number * 899_000
        house.sql(call, f"k{number}", how, at - took, at)
    found = report(house.desk("super1"), Asked("refusals", WEEK_OF_ACTS))
    assert tables(found)["endings"][:2] == [("rang off", 3, 2, 30), ("booked", 2, 6, 180)]
    assert total(found, "periods")["call_minutes"] == 2


def test_a_change_of_minutes_below_nought_is_shown_by_a_spreadsheet() -> None:
    def minutes(number: int) -> Report:
        table = Table("t", "T", (Column("x", "X", TEXT), Column("m", "Minutes", MINUTES)), (("a", number),))
        return Report("r", "R", MONDAY, MONDAY, DAY, (table,))

    with zipfile.ZipFile(io.BytesIO(workbook_of(compared(minutes(30), minutes(120))))) as book:
        sheet, styles = (book.read(f"xl/{name}.xml").decode() for name in ("worksheets/sheet1", "styles"))
    cells = re.findall(r'<c r="[B-D]2" s="(\d+)"><v>([^<]+)</v>', sheet)
    assert [float(value) for _style, value in cells] == pytest.approx([30 / 1440, 120 / 1440, -1.5])
    assert cells[0][0] == cells[1][0] != cells[2][0]
    assert "-0.0&quot; h&quot;" in styles


def test_what_stood_before_the_first_day_is_reckoned_back(busy: House) -> None:
    later = Span(MONDAY + timedelta(days=7), MONDAY + timedelta(days=13), WEEK)
    found = report(busy.desk("super1"), Asked("activity", later))
    assert found.tables[0].total == ("All", *([0] * 8), replayed(busy)["standing"])
    earlier = report(busy.desk("super1"), Asked("activity", Span(MONDAY - timedelta(days=7), MONDAY - timedelta(days=1), WEEK)))
    assert earlier.is_empty


def test_utilisation_is_what_the_diaries_show(busy: House) -> None:
    found = report(busy.desk("super1"), Asked("utilisation", WEEK_OF_ACTS))
    sums = total(found, "diaries")
    assert sums["open_minutes"] == 4 * 5 * 7 * 60
    minutes = busy.rows(
        "SELECT SUM(end_tick - start_tick) * 5 FROM entry WHERE site = ? AND kind = 'appointment'"
        " AND status IN ('booked', 'attended', 'late', 'dna')"
    )
    assert minutes == [(sums["booked_minutes"],)]
    assert sums["blocked_minutes"] == 60
    rooms = {row[0]: row for row in tables(found)["rooms"]}
    assert sum(int(row[3] or 0) for row in rooms.values()) == 20
    team = report(busy.desk("super1"), Asked("utilisation", WEEK_OF_ACTS, team="B"))
    assert total(team, "diaries")["open_minutes"] * 2 == sums["open_minutes"]
    assert {row[0] for row in tables(team)["teams"]} == {"B", "All"}


def test_attendance_refusals_and_white_space(busy: House) -> None:
    later = busy.desk("super1", now=NOW + timedelta(days=1, hours=4))
    came = total(report(later, Asked("attendance", WEEK_OF_ACTS)), "leads")
    assert (came["attended"], came["missed"], came["missed_share"]) == (1, 1, 0.5)
    unmet = report(later, Asked("refusals", WEEK_OF_ACTS))
    assert total(unmet, "periods") | {"period": ""} == {
        **{"period": "", "refused": 1, "handoffs": 1, "wanted_minutes": 60, "call_minutes": 0}
    }
    assert tables(unmet)["rules"][0][:2] == ("not_assigned", "not assigned")
    space = total(report(later, Asked("whitespace", WEEK_OF_ACTS)), "diaries")
    used = total(report(later, Asked("utilisation", WEEK_OF_ACTS)), "diaries")
    taken = used["booked_minutes"] + used["blocked_minutes"]
    assert space["free_minutes"] == space["open_minutes"] - taken == space["usable_minutes"] + space["stranded_minutes"]


@pytest.mark.parametrize("name", [name for name, _title, _what in REPORTS])
def test_every_report_reads_only_and_can_be_compared_and_written(busy: House, name: str) -> None:
    desk, before = busy.desk("super1"), busy.dump()
    asked = Asked(name, WEEK_OF_ACTS, WEEK_OF_ACTS.before(PREVIOUS), exact=True)
    found = report(desk, asked)
    assert busy.dump() == before
    assert found.against == (MONDAY - timedelta(days=7), MONDAY - timedelta(days=1))
    for form in ("csv", "xlsx", "html"):
        assert len(file_of(desk, asked, found, form)) > 200


def test_a_workbook_holds_no_formula(busy: House) -> None:
    busy.change_rules(
        lambda unit, site: unit.run("UPDATE resource SET coach = ? WHERE site = ? AND resource = 'D01'", EVIL, site)
    )
    desk, asked = busy.desk("super1"), Asked("utilisation", WEEK_OF_ACTS)
    found = report(desk, asked)
    with zipfile.ZipFile(io.BytesIO(file_of(desk, asked, found, "xlsx"))) as book:
        texts = {name: book.read(name).decode() for name in book.namelist() if name.endswith(".xml")}
    assert EVIL in texts["xl/sharedStrings.xml"]
    assert not any("<f>" in text for text in texts.values())
    assert f'"\'{EVIL}"' in file_of(desk, asked, found, "csv").decode()


def test_who_may_read(busy: House) -> None:
    for login in ("leader1", "super1", "admin1"):
        report(busy.desk(login), Asked("cancellations", WEEK_OF_ACTS))
    with pytest.raises(DeskRefused, match="team leaders, supervisors and administrators"):
        report(busy.desk("agent1"), Asked("utilisation", WEEK_OF_ACTS))
    own = report(busy.desk("coach2"), Asked("utilisation", WEEK_OF_ACTS))
    assert [row[0] for row in tables(own)["diaries"]] == ["D02", "All"]
    with pytest.raises(DeskRefused, match="own diary D02 only"):
        report(busy.desk("coach2"), Asked("utilisation", WEEK_OF_ACTS, diary="D01"))
    with pytest.raises(DeskRefused, match="a coach reads of the own diary"):
        report(busy.desk("coach2"), Asked("cancellations", WEEK_OF_ACTS))


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (Asked("nope", WEEK_OF_ACTS), "There is no report nope"),
        (Asked("utilisation", WEEK_OF_ACTS, team="Z"), "no team Z"),
        (Asked("utilisation", WEEK_OF_ACTS, diary="D99"), "no diary D99"),
        (Asked("activity", WEEK_OF_ACTS, team="A"), "is of the whole site"),
    ],
)
def test_what_cannot_be_asked(house: House, asked: Asked, sentence: str) -> None:
    with pytest.raises(BadReport, match=sentence):
        report(house.desk("super1"), asked)


def test_a_long_report_can_be_stopped(house: House) -> None:
    said: list[tuple[str, int, int]] = []

    def listen(*step: Any) -> bool:
        said.append(step)
        return True

    asked = Asked("whitespace", Span(MONDAY, MONDAY + timedelta(days=60), WEEK))
    report(house.desk("super1"), asked, listen)
    assert said[-1] == ("days", 56, 61)
    with pytest.raises(Stopped):
        report(house.desk("super1"), asked, lambda *_step: False)


# Schedules.

WEEKLY = Asked("utilisation", Span(MONDAY, MONDAY, WHOLE))


def test_a_schedule_is_written_once_for_each_period(house: House, tmp_path: Path) -> None:
    leader = house.desk("leader1")
    made = add(leader, WEEKLY, WEEK, "csv", id=uid(1))
    assert not isinstance(made, Refused)
    assert [one.period for one in made.due] == ["2026-W47"]
    again = add(leader, WEEKLY, WEEK, "csv", id=uid(1))
    assert again == made
    refused(add(leader, WEEKLY, WEEK, "csv"), "scheduled")  # type: ignore[arg-type]
    refused(add(leader, WEEKLY, WEEK, "html", id=uid(1)), "id_reused")  # type: ignore[arg-type]
    found = write_due(leader, tmp_path)
    assert [one.file for one in found.runs] == [f"{house.site}-utilisation-2026-W47.csv"]
    assert b"diaries" in (tmp_path / found.runs[0].file).read_bytes()
    assert write_due(leader, tmp_path).runs == ()
    assert schedules(leader)[0].written_to == "2026-11-16"
    assert [verb for verb in house.verbs() if verb.startswith("report")] == ["report_scheduled", "report_written"]
    assert drop(leader, made.schedule.key) == "utilisation-week-csv"
    refused(drop(leader, made.schedule.key), "unknown_schedule")  # type: ignore[arg-type]


def test_a_report_is_late_two_days_after_its_week(house: House, tmp_path: Path) -> None:
    add(house.desk("leader1"), WEEKLY, WEEK, "csv")
    write_due(house.desk("leader1"), tmp_path)
    tuesday, wednesday = (house.desk("leader1", now=NOW + timedelta(days=days)) for days in (7, 8))
    assert late_reports(tuesday) == 0
    assert late_reports(wednesday) == 1
    write_due(wednesday, tmp_path)
    assert late_reports(wednesday) == 0


def test_two_who_write_at_once_are_on_record_once(house: House, tmp_path: Path) -> None:
    add(house.desk("leader1"), WEEKLY, WEEK, "csv")
    waiting = schedules(house.desk("leader1"))[0].due[0]
    from agent_tui.services.report_schedules import _record

    first, second = (_record(house.desk(login), waiting, "x.csv") for login in ("leader1", "super1"))
    assert first == second
    assert house.verbs().count("report_written") == 1


def test_a_folder_that_cannot_be_written_loses_nothing(house: House, tmp_path: Path) -> None:
    add(house.desk("leader1"), WEEKLY, WEEK, "csv")
    found = write_due(house.desk("leader1"), tmp_path / "nowhere")
    assert found.runs == ()
    assert "cannot be written" in found.problems[0]
    assert len(schedules(house.desk("leader1"))[0].due) == 1


def test_writing_stops_after_a_report_and_the_rest_stays_due(house: House, tmp_path: Path) -> None:
    leader = house.desk("leader1")
    for form in ("csv", "html"):
        add(leader, WEEKLY, WEEK, form)
    told: list[tuple[str, int, int]] = []

    def stop(*step: Any) -> bool:
        told.append(step)
        return False

    found = write_due(leader, tmp_path, stop)
    assert told == [("reports", 1, 2)]
    assert len(found.runs) == 1
    assert sum(len(one.due) for one in schedules(leader)) == 1


def test_a_schedule_of_a_team_that_is_there_no_more_keeps_no_other_from_being_written(house: House, tmp_path: Path) -> None:
    leader = house.desk("leader1")
    add(leader, replace(WEEKLY, team="A"), WEEK, "csv")
    add(leader, WEEKLY, WEEK, "csv")
    leader.store.write(lambda unit: unit.run("UPDATE report_schedule SET team = 'GONE' WHERE team = 'A'"))
    found = write_due(leader, tmp_path)
    assert [one.due.schedule.team for one in found.runs] == [None]
    assert "There is no team GONE" in found.problems[0]


def test_a_report_can_be_stopped_while_its_rows_are_read(busy: House) -> None:
    told: list[str] = []

    def stop(what: str, done: int, whole: int) -> bool:
        told.append(what)
        return False

    with pytest.raises(Stopped):
        report(busy.desk("leader1"), Asked("utilisation", WEEK_OF_ACTS), stop)
    assert told == ["appointments"]


def test_a_page_of_a_coach_says_whose_it_is(busy: House) -> None:
    coach, asked = busy.desk("coach1"), Asked("utilisation", WEEK_OF_ACTS)
    assert b"diary D01, Coach 1" in file_of(coach, asked, report(coach, asked), "html")


def test_who_may_schedule(house: House, tmp_path: Path) -> None:
    refused(add(house.desk("agent1"), WEEKLY, WEEK, "csv"), "role")  # type: ignore[arg-type]
    refused(drop(house.desk("coach1"), "x"), "role")  # type: ignore[arg-type]
    with pytest.raises(DeskRefused):
        write_due(house.desk("agent1"), tmp_path)
