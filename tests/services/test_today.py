"""The board of the day, the contact that a miss starts, the day lists, and who has looked at whom."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent_tui.domain.day_list import DayList
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.requests import EntryState, Refused
from agent_tui.domain.site import Staff
from agent_tui.domain.story import Story
from agent_tui.domain.today import CoachDay
from agent_tui.services import attendance, blocking, booking, changes, lists, segmenting
from agent_tui.services.claimants import get_client, names_of
from agent_tui.services.desk import Desk
from agent_tui.services.looks import write_looks
from agent_tui.services.picture import picture
from agent_tui.services.plain_file import write_private
from agent_tui.services.record import LogQuery, LookList, LookQuery, read_log, read_looks, verify_chain
from agent_tui.services.story import story
from agent_tui.services.today import UnknownDiary, board, day_lists
from agent_tui.store.trouble import StoreTrouble
from tests.services.conftest import House, done, refused, uid, wish
from tests.small_site import DAY, NINE, NOON, NOW, ONE, TEN
from tests.torture.crew import GRACE_SECONDS
from tests.torture.test_moving_holds import Pausing, closing_all, wait_until_somebody_waits

TODAY = NOW.date()


def at(clock: str, day: date = TODAY) -> datetime:
    """Return site time of a day."""
    return datetime(day.year, day.month, day.day, int(clock[:2]), int(clock[3:]))


def booked(house: House, start: int = NINE, client: str = "C000001", diary: str = "D01", **more: Any) -> EntryState:
    """Return an appointment of today."""
    early = house.desk(now=at("08:00"))
    return done(booking.book(early, wish(diary=diary, start=start, day=TODAY, client=client, **more))).entry


def attended(house: House, entry: EntryState, outcome: str, clock: str, *, minutes: int | None = None, **more: Any) -> EntryState:
    """Record an attendance at some time of today and return the entry."""
    return done(attendance.attend(house.desk("super1", now=at(clock)), entry.id, outcome, minutes=minutes, **more)).entry


def line(house: House, clock: str, diary: str = "D01", login: str = "leader1") -> CoachDay:
    """Return a diary's line of the board at some time of today."""
    (one,) = board(house.desk(login, now=at(clock)), diary=diary).coaches
    return one


def contacts(house: House) -> list[tuple[Any, ...]]:
    """Return call-backs as (status, client, entry), oldest first."""
    statement = "SELECT status, client, entry FROM call WHERE site = ? AND kind = 'callback' ORDER BY opened_at, id"
    return house.rows(statement)


def looks(house: House) -> list[tuple[Any, ...]]:
    """Return who looked at whom and why."""
    return sorted(house.rows("SELECT who, client, why FROM access WHERE site = ?"))


# The board.


def test_the_board_says_of_each_coach_who_came_who_is_late_and_how_it_goes_on(house: House) -> None:
    first, second, third = booked(house, NINE), booked(house, NINE + 10, "C000002"), booked(house, NINE + 20, "C000003")
    attended(house, first, "attended", "09:00", minutes=60)
    attended(house, second, "late", "09:55", minutes=5)
    found = line(house, "10:20")
    assert (found.arrived, found.late, found.missed, found.expected) == (1, 1, 0, 1)
    assert found.behind == 10
    assert found.next is not None
    assert (found.next.entry.id, found.next.begins) == (third.id, 10 * 60 + 50)
    assert found.gaps == ((138, NOON),)  # 11:30-12:00; lunch is closed, and the two hours end at 12:20
    assert [one.late for one in found.meetings if one.entry.id == second.id] == [5]


def test_whoever_should_have_begun_and_is_not_recorded_is_not_seen(house: House) -> None:
    first, second = booked(house, NINE), booked(house, NINE + 10, "C000002")
    booked(house, ONE, "C000003")
    assert (line(house, "09:00").not_seen, line(house, "09:00").overdue) == ((), None)
    found = line(house, "09:55")
    assert [one.entry.id for one in found.not_seen] == [first.id, second.id]
    assert (found.overdue, found.late, found.expected) == (55, 0, 3)
    attended(house, first, "late", "09:20", minutes=20)
    found = line(house, "10:20")
    assert [one.entry.id for one in found.not_seen] == [second.id]
    assert found.overdue == 10, "it could begin at 10:10 only, since the one before came late"
    attended(house, second, "dna", "10:20")
    assert line(house, "10:25").not_seen == ()
    (gone,) = board(house.desk("leader1", now=at("09:00", DAY)), TODAY, diary="D01").coaches
    assert ([one.entry.client for one in gone.not_seen], gone.overdue) == (["C000003"], None)


def test_a_miss_frees_its_rest_and_is_on_the_board_even_when_it_kept_no_time(house: House) -> None:
    entry = booked(house, TEN)
    attended(house, entry, "dna", "10:00")
    assert house.claims(entry.id) == []
    found = line(house, "10:00")
    assert (found.missed, found.expected, found.next) == (1, 0, None)
    assert found.gaps == ((TEN, NOON),)
    assert found.meetings[0].entry.end == TEN + 10


def test_holds_blocks_and_kept_appointments_are_told_apart(house: House) -> None:
    kept = booked(house, TEN)
    desk = house.desk("leader1", now=at("08:30"))
    blocking.block(desk, "D01", TODAY, TEN - 2, TEN + 20, "meeting", over="keep")
    done(booking.hold(house.desk(now=at("08:30")), wish(start=ONE, day=TODAY, client="C000002")))
    found = line(house, "10:00")
    assert [one.entry.id for one in found.meetings] == [kept.id]
    assert [(one.start, one.end) for one in found.blocks] == [(TEN - 2, TEN + 20)]
    assert found.gaps == ((140, NOON),)


def test_a_lapsed_hold_takes_no_gap(house: House) -> None:
    held = done(booking.hold(house.desk(now=at("08:30")), wish(start=TEN, day=TODAY))).entry
    assert line(house, "10:00").gaps == ((TEN + 10, NOON),)
    house.expire(held.id)
    assert line(house, "10:00").gaps == ((TEN, NOON),)


def test_what_lost_its_time_is_counted_apart(house: House) -> None:
    entry = booked(house, TEN)
    closed = Pattern("", "diary", "D01", TODAY.weekday(), None, TODAY, None, (Segment(NINE, NOON, frozenset()),))
    assert isinstance(segmenting.save(house.desk("leader1", now=at("08:30")), [closed]), segmenting.Effect)
    found = line(house, "09:00")
    assert ([one.id for one in found.unplaced], found.meetings, found.expected) == ([entry.id], (), 0)
    rows = found_lists(house, diaries=["D01"]).coaches[0].rows
    assert [(row.start, row.state) for row in rows] == [(TEN, "has no time")]


def test_the_board_of_another_day_has_no_gaps_and_of_a_closed_one_says_so(house: House) -> None:
    done(booking.book(house.desk(), wish()))
    to_come = board(house.desk(), DAY, diary="D01").coaches[0]
    assert (to_come.expected, to_come.gaps, to_come.behind) == (1, (), 0)
    gone = board(house.desk(now=NOW + timedelta(days=3)), DAY, diary="D01").coaches[0]
    assert (gone.expected, gone.next) == (1, None)
    closed = board(house.desk(now=at("09:00", date(2026, 12, 25))))
    assert closed.closed == "Christmas Day"
    assert {one.gaps for one in closed.coaches} == {()}


def test_the_board_is_of_a_team_a_diary_or_all_that_are_on_or_have_something(house: House) -> None:
    assert [one.diary for one in board(house.desk()).coaches] == ["D01", "D02", "D03", "D04"]
    assert [one.diary for one in board(house.desk(), team="B").coaches] == ["D03", "D04"]
    house.change_rules(lambda unit, site: unit.run("UPDATE resource SET enabled = 0 WHERE site = ? AND resource = 'D02'", site))
    assert [one.diary for one in board(house.desk(), team="A").coaches] == ["D01"]
    assert [(one.diary, one.gaps) for one in board(house.desk(), diary="D02").coaches] == [("D02", ())]
    for wrong in ("D99", "", "\x1b"):
        with pytest.raises(UnknownDiary):
            board(house.desk(), diary=wrong)
        with pytest.raises(UnknownDiary):
            board(house.desk(), team=wrong)


def test_names_are_on_the_board_only_where_asked_for_and_seen(house: House) -> None:
    booked(house)
    assert board(house.desk()).names == {}
    desk, admin = house.desk(), house.desk("admin1")
    assert board(desk, named=True).names == {"C000001": "Sana Khan 1"}
    assert board(admin, named=True).names == {"C000001": "SK1"}
    assert looks(house) == [], "not while the board is read"
    assert (write_looks(desk), write_looks(admin)) == (1, 0)
    assert looks(house) == [("agent1", "C000001", "today")]


# The contact of the same day.


def test_a_miss_starts_one_call_back_today_in_the_act_itself(house: House) -> None:
    entry = booked(house)
    lines = len(house.events())
    first = attended(house, entry, "dna", "09:20", id=uid(5))
    assert contacts(house) == [("open", "C000001", entry.id)]
    assert len(house.events()) == lines + 1
    ((who, opened_at, priority),) = house.rows("SELECT who, opened_at, priority FROM call WHERE site = ?")
    assert (who, priority) == ("", "high")
    assert opened_at == house.rows("SELECT at FROM event WHERE site = ? AND verb = 'recorded'")[0][0]
    (item,) = lists.calls(house.desk(now=at("09:30")))
    assert item.text == "Call back today: FC-F2F Tue 24 Nov 2026 09:00 in D01 was missed."
    before = house.dump()
    again = done(attendance.attend(house.desk("super1", now=at("09:20")), entry.id, "dna", id=uid(5)))
    assert (again.repeated, again.entry.version) == (True, first.version)
    assert house.dump() == before


@pytest.mark.parametrize("outcome", ["attended", "late"])
def test_who_came_is_not_called_back(house: House, outcome: str) -> None:
    attended(house, booked(house), outcome, "09:05", minutes=5)
    assert contacts(house) == []


def test_a_miss_that_is_told_the_next_day_is_followed_up_as_well(house: House) -> None:
    entry = booked(house)
    done(attendance.attend(house.desk("super1", now=NOW + timedelta(days=1)), entry.id, "dna"))
    assert contacts(house) == [("open", "C000001", entry.id)]


def test_one_call_back_stands_for_all_that_a_claimant_missed_on_a_day(house: House) -> None:
    first, second = booked(house, NINE), booked(house, TEN + 6, diary="D02")
    other = booked(house, NINE, "C000002", diary="D03")
    for entry in (first, second, other):
        attended(house, entry, "dna", "12:00")
    assert sorted(contacts(house)) == [("open", "C000001", first.id), ("open", "C000002", other.id)]


def test_an_open_call_back_for_something_else_does_not_stand_for_a_miss(house: House) -> None:
    held = done(booking.hold(house.desk(now=at("08:00")), wish(start=ONE, day=TODAY))).entry
    entry = booked(house, NINE)
    house.expire(held.id)
    lists.end_lapsed_holds(house.desk(now=at("08:30")))
    attended(house, entry, "dna", "09:20")
    assert sorted(one[2] for one in contacts(house)) == sorted([held.id, entry.id])


def test_to_take_a_miss_back_ends_the_call_back_and_to_bring_it_back_starts_one(house: House) -> None:
    entry = booked(house)
    desk = house.desk("super1", now=at("09:20"))
    done(attendance.attend(desk, entry.id, "dna"))
    done(changes.undo(desk), "undone")
    assert contacts(house) == [("closed", "C000001", entry.id)]
    done(attendance.attend(desk, entry.id, "dna"))
    assert sorted(contacts(house)) == [("closed", "C000001", entry.id), ("open", "C000001", entry.id)]
    done(attendance.attend(desk, entry.id, "attended"))  # they came after all
    assert {one[0] for one in contacts(house)} == {"closed"}
    done(changes.undo(desk), "undone")
    assert house.status(entry.id) == "dna"
    assert [one[0] for one in contacts(house)].count("open") == 1


def test_a_call_that_was_made_already_stays_made(house: House) -> None:
    from agent_tui.services.calls import end_call

    entry = booked(house)
    desk = house.desk("super1", now=at("09:20"))
    done(attendance.attend(desk, entry.id, "dna"))
    ((call,),) = house.rows("SELECT id FROM call WHERE site = ?")
    assert end_call(desk, call, "called_back")
    done(changes.undo(desk))
    assert [one[0] for one in contacts(house)] == ["called_back"]


def test_a_second_miss_keeps_the_call_back_of_a_first_that_is_taken_back(house: House) -> None:
    first, second = booked(house, NINE), booked(house, TEN + 6, diary="D02")
    desk = house.desk("super1", now=at("12:00"))
    done(attendance.attend(desk, first.id, "dna"))
    done(attendance.attend(desk, second.id, "dna"))
    done(changes.undo(desk, first.id))
    assert contacts(house) == [("open", "C000001", second.id)]
    assert "10:30 in D02" in lists.calls(desk)[0].text
    done(attendance.attend(desk, second.id, "attended"))
    assert contacts(house) == [("closed", "C000001", second.id)]


def test_a_refused_attendance_starts_nothing(house: House) -> None:
    entry = booked(house)
    refused(attendance.attend(house.desk("coach2", now=at("09:20")), entry.id, "dna"), "role")
    refused(attendance.attend(house.desk("super1", now=at("09:20")), entry.id, "dna", version=7), "stale_version")
    refused(attendance.attend(house.desk("admin1", now=at("09:20")), entry.id, "dna"), "role")
    assert contacts(house) == []


def test_nothing_about_the_claimant_but_the_opaque_id_is_in_the_call_or_the_log(house: House) -> None:
    attended(house, booked(house), "dna", "09:20")
    assert "Sana" not in repr((house.rows("SELECT * FROM call WHERE site = ?"), house.rows("SELECT * FROM event WHERE site = ?")))


@pytest.mark.postgres
def test_two_misses_of_one_claimant_at_one_moment_start_one_call_back(on_postgres: House) -> None:
    house = on_postgres
    first, second = booked(house, NINE), booked(house, TEN + 6, diary="D02")
    slow = Pausing(house.store.location)
    person = house.desk("super1").staff
    with closing_all(slow), ThreadPoolExecutor(2) as threads:
        one = Desk(slow, house.site, person, at("12:00"))
        held_up = threads.submit(attendance.attend, one, first.id, "dna")
        assert slow.written.wait(GRACE_SECONDS)
        other = threads.submit(attendance.attend, house.desk("leader1", now=at("12:00")), second.id, "dna")
        wait_until_somebody_waits(house.store.location)
        slow.go_on.set()
        done(held_up.result(GRACE_SECONDS))
        done(other.result(GRACE_SECONDS))
    assert contacts(house) == [("open", "C000001", first.id)]


# Day lists.


def found_lists(house: House, login: str = "agent1", **more: Any) -> DayList:
    found = day_lists(house.desk(login, now=at("08:45")), **more)
    assert isinstance(found, DayList), found
    return found


def test_a_day_list_says_time_type_claimant_room_needs_and_notes(house: House) -> None:
    booked(house, TEN, "C000002", type="EV-F2F", needs=("hearing loop",), note="bring the form")
    booked(house, NINE)
    house_list = found_lists(house, diaries=["D01"])
    (one,) = house_list.coaches
    assert [(row.start, row.minutes, row.type, row.who, row.rooms, row.needs, row.notes) for row in one.rows] == [
        (NINE, 50, "FC-F2F", "Sana Khan 1", (), (), False),
        (TEN, 20, "EV-F2F", "Sana Khan 2", ("R02",), ("hearing loop",), True),
    ]
    assert (house_list.place, house_list.closed, house_list.made) == ("Leeds Park Place", None, at("08:45"))


def test_every_claimant_on_a_list_was_looked_at_by_who_printed_it(house: House) -> None:
    booked(house, NINE)
    booked(house, TEN, "C000002", diary="D02")
    found_lists(house, diaries=["D01"])
    assert looks(house) == [("agent1", "C000001", "day list")]
    found_lists(house, "leader1")
    assert looks(house)[1:] == [("leader1", "C000001", "day list"), ("leader1", "C000002", "day list")]


@pytest.mark.parametrize("known", [True, False])
def test_initials_are_printed_for_whom_the_role_does_not_see_and_are_no_look(house: House, known: bool) -> None:
    booked(house)
    desk = house.desk("admin1", now=at("08:45"))
    desk = desk if known else Desk(house.store, house.site, Staff("root", "root", "agent", known=False), at("08:45"))
    found = day_lists(desk)
    assert isinstance(found, DayList)
    assert [row.who for one in found.coaches for row in one.rows] == ["SK1"]
    assert looks(house) == []


def test_a_coach_prints_the_own_list_and_no_other(house: House) -> None:
    booked(house)
    assert [one.diary for one in found_lists(house, "coach2").coaches] == ["D02"]
    assert [one.diary for one in found_lists(house, "coach1", diaries=["D01"]).coaches] == ["D01"]
    answer = day_lists(house.desk("coach2"), diaries=["D02", "D01"])
    assert isinstance(answer, Refused)
    assert answer.code == "role"
    assert {one[0] for one in looks(house)} == {"coach1"}


def test_all_lists_are_those_of_coaches_who_are_there_or_have_something(house: House) -> None:
    assert [one.diary for one in found_lists(house).coaches] == ["D01", "D02", "D03", "D04"]
    sunday = date(2026, 11, 29)
    assert found_lists(house, day=sunday).coaches == ()
    assert [one.diary for one in found_lists(house, day=sunday, diaries=["D03", "D03"]).coaches] == ["D03"]
    with pytest.raises(UnknownDiary):
        day_lists(house.desk(), diaries=["D01", "D9"])


def test_cancelled_and_held_time_is_not_on_the_list_and_what_was_recorded_is_said(house: House) -> None:
    gone, late, missed = booked(house, NINE), booked(house, TEN, "C000002"), booked(house, ONE, "C000003")
    done(booking.hold(house.desk(now=at("08:30")), wish(start=ONE + 20, day=TODAY, client="C000004")))
    done(changes.cancel(house.desk(now=at("08:30")), gone.id, "office"))
    attended(house, late, "late", "10:10", minutes=10)
    attended(house, missed, "dna", "13:00")
    rows = found_lists(house, diaries=["D01"]).coaches[0].rows
    assert [(row.start, row.state) for row in rows] == [(TEN, "late 10 min"), (ONE, "did not attend")]


# Who looked.


def test_each_claimant_is_one_look_for_a_person_a_reason_and_a_day(house: House) -> None:
    desk = house.desk()
    for _again in range(2):
        names_of(desk, ["C000001", "C000002"], "queue")
        names_of(desk.seen_at(at("11:00")), ["C000001"], "grid")
        write_looks(desk)
    other = house.desk()  # the program started again, or a second terminal
    names_of(other, ["C000001"], "queue")
    assert write_looks(other) == 1, "it does not know what is written"
    names_of(desk.seen_at(at("09:00", DAY)), ["C000001"], "queue")
    assert write_looks(desk) == 1
    assert looks(house) == [
        *(("agent1", "C000001", "grid"), ("agent1", "C000001", "queue"), ("agent1", "C000001", "queue")),
        ("agent1", "C000002", "queue"),
    ]
    assert house.verbs() == [], "looks are no part of the feed"


def test_looks_that_cannot_be_written_wait(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = house.desk()
    names_of(desk, ["C000001"], "queue")

    def fail(_work: object) -> None:
        raise StoreTrouble("The store is busy.")

    with monkeypatch.context() as broken:
        broken.setattr(type(desk.store), "write", lambda _store, work: fail(work))
        with pytest.raises(StoreTrouble):
            write_looks(desk)
    assert write_looks(desk) == 1
    assert looks(house) == [("agent1", "C000001", "queue")]


def test_the_grid_and_the_queue_are_looks_at_whom_they_name(house: House) -> None:
    entry = booked(house)
    desk = house.desk()
    assert picture(desk, [("D01", TODAY)]).names == {"C000001": "Sana Khan 1"}
    write_looks(desk)
    assert looks(house) == [("agent1", "C000001", "grid")]
    admin = house.desk("admin1")
    picture(admin, [("D01", TODAY)])
    assert write_looks(admin) == 0
    assert entry.client == "C000001"


def test_looks_are_listed_the_latest_first_by_who_may(house: House) -> None:
    for number, login in ((1, "agent1"), (2, "agent2"), (3, "agent1")):
        get_client(house.desk(login, later=number), f"C00000{number}", "details")
    get_client(house.desk(now=at("09:00", DAY)), "C000001", "details")
    for login in ("agent1", "coach1", "leader1"):
        found = read_looks(house.desk(login), LookQuery())
        assert isinstance(found, Refused)
        assert "a supervisor or an administrator" in found.reason
    for login in ("super1", "admin1"):
        listed = read_looks(house.desk(login), LookQuery())
        assert isinstance(listed, LookList)
        assert [(one.who, one.client) for one in listed.items] == [
            *(("agent1", "C000001"), ("agent1", "C000003"), ("agent2", "C000002"), ("agent1", "C000001")),
        ]
    queries = {
        LookQuery(limit=1): (4, ["C000001"]),
        LookQuery(client="C000002"): (1, ["C000002"]),
        LookQuery(who="agent1", last_day=TODAY): (2, ["C000003", "C000001"]),
        LookQuery(first_day=DAY): (1, ["C000001"]),
        LookQuery(who="nobody"): (0, []),
    }
    for query, (total, clients) in queries.items():
        some = read_looks(house.desk("super1"), query)
        assert isinstance(some, LookList)
        assert (some.total, [one.client for one in some.items]) == (total, clients), query


def test_to_ask_the_log_about_a_claimant_or_an_entry_is_a_look(house: House) -> None:
    entry = booked(house)
    booked(house, TEN, "C000002", diary="D02")
    read_log(house.desk(), LogQuery())
    read_log(house.desk(), LogQuery(client="C000009"))
    assert looks(house) == []
    read_log(house.desk("agent2"), LogQuery(client="C000002"))
    read_log(house.desk("admin1"), LogQuery(entry=entry.id))
    assert looks(house) == [("admin1", "C000001", "log"), ("agent2", "C000002", "log")]


def test_the_last_lines_of_the_log_can_be_asked_for(house: House) -> None:
    for number in range(4):
        booked(house, NINE, f"C{number + 1:06d}", f"D{number + 1:02d}")
    assert [one.seq for one in read_log(house.desk(), LogQuery(limit=2, latest=True)).events] == [3, 4]
    assert [one.seq for one in read_log(house.desk(), LogQuery(limit=2)).events] == [1, 2]


# The story.


def told(house: House, entry: EntryState, login: str = "agent1") -> Story:
    found = story(house.desk(login), entry.id)
    assert isinstance(found, Story), found
    return found


def test_a_story_tells_every_line_of_an_entry_and_is_a_look(house: House) -> None:
    entry = booked(house, NINE)
    desk = house.desk("agent2", now=at("08:30"))
    done(changes.move(desk, entry.id, TODAY, TEN, "D03"))
    done(changes.undo(desk))
    attended(house, entry, "dna", "09:20")
    found = told(house, entry)
    assert [one.verb for one in found.lines] == house.verbs(entry.id) == ["booked", "moved", "undone", "recorded"]
    assert found.lines[0].text == (
        "Booked by Ann Archer on Tue 24 Nov 2026 08:00: First commitment with Coach 1, Tue 24 Nov 09:00 to 09:50,"
        " for Sana Khan 1 (C000001)."
    )
    assert "to Coach 3, Tue 24 Nov 10:00 to 10:50" in found.lines[1].text
    assert looks(house) == [("agent1", "C000001", "story")]


def test_an_administrator_reads_no_name_in_a_story_and_the_look_is_recorded_all_the_same(house: House) -> None:
    entry = booked(house)
    found = told(house, entry, "admin1")
    assert "Sana" not in repr(found)
    assert "SK1 (C000001)" in found.lines[0].text
    assert looks(house) == [("admin1", "C000001", "story")]


def test_there_is_no_story_of_nothing(house: House) -> None:
    for wrong in (uid(404), "", "x" * 1000):
        answer = story(house.desk(), wrong)
        assert isinstance(answer, Refused)
        assert answer.code == "unknown_entry"
    assert looks(house) == []


# The chain.


@pytest.fixture
def long_log(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A site whose log has seven lines, verified three at a time."""
    monkeypatch.setattr("agent_tui.services.record.BATCH", 3)
    for number in range(7):
        booked(house, NINE + 10 * (number % 3), f"C{number + 1:06d}", diary=f"D{number // 3 + 1:02d}")
    return house


def test_a_whole_chain_verifies_and_tells_how_far_it_is(long_log: House) -> None:
    told_of: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> bool:
        told_of.append((done, total))
        return True

    found = verify_chain(long_log.desk(), progress)
    assert (found.checked, found.total, found.broken, found.holds) == (7, 7, None, True)
    assert told_of == [(3, 7), (6, 7), (7, 7)]
    assert verify_chain(long_log.desk()).holds


def test_a_verification_can_be_stopped_and_then_says_nothing_of_the_rest(long_log: House) -> None:
    found = verify_chain(long_log.desk(), lambda _done, _total: False)
    assert (found.checked, found.total, found.broken, found.holds) == (3, 7, None, False)


def test_an_empty_log_verifies(house: House) -> None:
    assert verify_chain(house.desk()).holds


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE event SET who = 'x' WHERE site = ? AND seq = 5", "line 5 is not what was hashed"),
        ("UPDATE event SET previous = 'x' WHERE site = ? AND seq = 4", "line 4 does not follow the line before it"),
        ("DELETE FROM event WHERE site = ? AND seq = 4", "line 4 is missing before line 5"),
        ("DELETE FROM event WHERE site = ? AND seq > 5", "line 6 and all after it are missing"),
        ("UPDATE site_head SET hash = 'x' WHERE site = ?", "the head of the log is not its last line"),
    ],
)
def test_a_chain_that_was_tampered_with_says_where_it_breaks(
    on_sqlite: House, monkeypatch: pytest.MonkeyPatch, statement: str, words: str
) -> None:
    house = on_sqlite
    house.swept_at_the_end = False
    monkeypatch.setattr("agent_tui.services.record.BATCH", 3)
    for number in range(7):
        booked(house, NINE + 10 * (number % 3), f"C{number + 1:06d}", diary=f"D{number // 3 + 1:02d}")

    def tamper(unit: Any) -> None:
        names = [row[0] for row in unit.rows("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event'")]
        for name in names:
            unit.run(f"DROP TRIGGER {name}")
        unit.run(statement, house.site)

    house.write(tamper)
    found = verify_chain(house.desk())
    assert (found.broken, found.holds) == (words, False)


# Files.


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder of a test's own."""
    made = tmp_path / "lists"
    made.mkdir()
    return made


def test_a_list_is_written_whole_and_for_nobody_else(folder: Path) -> None:
    target = folder / "list.txt"
    target.write_text("old", encoding="utf-8")
    refused = write_private(str(target), "new\n")
    assert refused is not None
    assert "there already" in refused
    assert target.read_text(encoding="utf-8") == "old"
    assert write_private(str(target), "new\n", force=True) is None
    assert target.read_text(encoding="utf-8") == "new\n"
    assert target.stat().st_mode & 0o077 == 0
    assert [one.name for one in folder.iterdir()] == ["list.txt"]


NAMES = {"empty": "", "folder": ".", "nowhere": "no/such/folder/x", "nul": "a\0b", "long": "x" * 300}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_cannot_be_written_is_said_and_nothing_is_left(folder: Path, name: str) -> None:
    sentence = write_private(f"{folder}/{NAMES[name]}", "x")
    assert sentence is not None
    assert sentence.endswith(".")
    assert "\0" not in sentence
    assert list(folder.iterdir()) == []


def test_who_comes_after_all_has_the_freed_time_again(house: House) -> None:
    entry = booked(house)
    attended(house, entry, "dna", "09:20")
    assert sum(house.rows("SELECT COUNT(*) FROM occupancy WHERE site = ? AND entry = ?", entry.id)[0]) == 4
    attended(house, entry, "late", "09:22")
    assert sum(house.rows("SELECT COUNT(*) FROM occupancy WHERE site = ? AND entry = ?", entry.id)[0]) == 10
    refused(booking.book(house.desk(now=at("09:23")), wish("WSR-PHONE", start=NINE + 6, day=TODAY, client="C000002")), "taken")


def test_who_comes_after_all_leaves_the_freed_time_to_whoever_has_it(house: House) -> None:
    entry = booked(house)
    attended(house, entry, "dna", "09:20")
    other = wish("WSR-PHONE", start=NINE + 6, day=TODAY, client="C000002")
    taken = done(booking.book(house.desk(now=at("09:21")), other)).entry
    attended(house, entry, "attended", "09:22")
    assert house.status(entry.id) == "attended"
    assert house.status(taken.id) == "booked"
    assert sum(house.rows("SELECT COUNT(*) FROM occupancy WHERE site = ? AND entry = ?", entry.id)[0]) == 4
