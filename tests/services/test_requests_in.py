"""Requests in writing on both engines: loaded once, duplicates recognised, taken by one person, done."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest

from agent_tui.domain.clients import Client
from agent_tui.domain.request_files import same_person
from agent_tui.domain.requests import Refused
from agent_tui.domain.wall_time import instant_ms
from agent_tui.services import booking, calls, lists, requests_in
from agent_tui.services.calls import Handled
from agent_tui.services.requests_in import Loaded, Unreadable
from agent_tui.store.queries import clients as client_queries
from tests.services.conftest import House, done, uid, wish

HEADER = "reference,received,type,name,phone,national_reference,email,from,until,time,priority,contact,access_needs,note"
SECRET = "Xanthippe Quux, call 0113 555 7788"
ROWS = (
    "R1,2026-11-24T08:00,NJR-F2F,Sana Khan 3,0113 496 0003,,,,,,standard,online,,",
    "R2,2026-11-24T08:30,WSR-PHONE,Jo Bloggs,,QQ 12 34 56 A,jo@example.org,,,am,urgent,email,a ramp," + f'"{SECRET}"',
    "R3,2026-11-24T07:00,FC-F2F,Ada Oak,0113 555 0102,,,2026-11-30,,pm,standard,online,,",
)

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(*rows: str, name: str = "requests.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join((HEADER, *(rows or ROWS), "")), encoding="utf-8")
        return path

    return write


def loaded(house: House, path: Path, **more: Any) -> Loaded:
    found = requests_in.load(house.desk(), path, **more)
    assert isinstance(found, Loaded), found
    return found


def handled(found: Handled | Refused) -> Handled:
    assert isinstance(found, Handled), found
    return found


def test_requests_are_loaded_and_wait_most_urgent_first(house: House, write: Write) -> None:
    found = loaded(house, write())
    assert (found.status, found.counted("open"), found.made) == ("loaded", 3, 2)
    queue = calls.queue(house.desk())
    assert [one.type for one in queue] == ["WSR-PHONE", "FC-F2F", "NJR-F2F"]
    assert [(one.client, one.who, one.status) for one in queue][2] == ("C000003", "", "open")
    assert queue[1].key
    assert queue[1].wanted == {"from": "2026-11-30", "until": None, "time": "pm"}
    assert house.rows("SELECT name, access_needs FROM client WHERE site = ? AND client = 'C000011'") == [("Jo Bloggs", "a ramp")]
    assert [one.kind for one in lists.calls(house.desk())] == ["request"] * 3


def test_a_second_run_changes_nothing_and_a_retry_answers_the_same(house: House, write: Write) -> None:
    path = write()
    first = loaded(house, path, id=uid(1))
    before = house.dump()
    assert loaded(house, path, id=uid(1)) == replace(first, repeated=True)
    again = loaded(house, path)
    assert (again.status, again.counted("same"), again.made) == ("loaded", 3, 0)
    assert house.dump() == before
    reused = requests_in.load(house.desk(), write(ROWS[0]), id=uid(1))
    assert getattr(reused, "code", None) == "id_reused"


def test_a_dry_run_writes_nothing(house: House, write: Write) -> None:
    before = house.dump()
    found = loaded(house, write(), dry_run=True)
    assert (found.status, found.counted("open"), found.dry_run) == ("loaded", 3, True)
    assert house.dump() == before


def test_nothing_is_loaded_unless_all_is_well_or_it_is_partial(house: House, write: Write) -> None:
    path = write(*ROWS, "R4,,XX,,12,bad,bad,31/02/2026,,,mega,phone,,", "R5,,FC-F2F,Jo,,,,,,25:00-26:00,,,,")
    before = house.dump()
    found = loaded(house, path)
    assert found.status == "refused"
    assert {one.line for one in found.rejected} == {5, 6}
    assert {one.field for one in found.rejected if one.line == 5} == {
        *("type", "name", "phone", "national_reference", "email", "from", "priority", "contact")
    }
    assert house.dump() == before
    part = loaded(house, path, partial=True)
    assert (part.status, part.counted("open"), part.rejected) == ("partial", 3, found.rejected)


def test_an_open_request_of_the_same_claimant_for_the_type_makes_a_duplicate(house: House, write: Write) -> None:
    loaded(house, write(ROWS[0]))
    again = loaded(house, write(ROWS[0].replace("R1", "R9"), ROWS[0].replace("R1", "R10").replace("NJR-F2F", "FC-F2F")))
    first = house.rows("SELECT target FROM external_reference WHERE site = ? AND kind = 'request' AND reference = 'R1'")[0][0]
    assert [(one.status, one.duplicate_of) for one in again.rows] == [("duplicate", first), ("open", None)]
    assert len(calls.queue(house.desk())) == 2
    refused = calls.take(house.desk(), again.rows[0].call)
    assert isinstance(refused, Refused)
    assert first in refused.reason
    handled(calls.finish(house.desk(), first, "declined"))
    third = loaded(house, write(ROWS[0].replace("R1", "R11")))
    assert [one.status for one in third.rows] == ["open"]


URGENT = ROWS[0].replace("R1", "R9").replace("standard,online,,", f'urgent,email,a ramp,"{SECRET}"').replace("08:00", "08:45")


def test_a_more_urgent_duplicate_raises_the_open_request_and_no_other_does(house: House, write: Write) -> None:
    first = loaded(house, write(*ROWS[:1], ROWS[2])).rows[0].call
    assert calls.queue(house.desk())[0].type == "FC-F2F", "a key type comes before the older standard request"
    found = loaded(house, write(URGENT), id=uid(1))
    assert (found.counted("duplicate"), found.raised) == (1, 1)
    assert loaded(house, write(URGENT), id=uid(1)) == replace(found, repeated=True)
    top = calls.queue(house.desk())[0]
    assert (top.id, top.priority) == (first, "urgent")
    line = next(one for one in house.events() if one["verb"] == "request_raised")
    assert (line["before_state"]["priority"], line["after_state"]["priority"], line["reason"]) == (
        "standard",
        "urgent",
        "duplicate",
    )
    assert line["after_state"]["call"] == first
    assert SECRET not in repr(house.rows("SELECT * FROM event WHERE site = ?"))
    lower = loaded(house, write(ROWS[0].replace("R1", "R10").replace("standard", "high")))
    assert (lower.counted("duplicate"), lower.raised) == (1, 0)
    assert calls.queue(house.desk())[0].priority == "urgent"
    assert house.verbs().count("request_raised") == 1


def test_a_dry_run_raises_nothing(house: House, write: Write) -> None:
    loaded(house, write(*ROWS[:1]))
    before = house.dump()
    assert loaded(house, write(URGENT), dry_run=True).raised == 1
    assert house.dump() == before


def test_who_looks_or_takes_reads_the_duplicates_with_where_they_came_from_and_when(house: House, write: Write) -> None:
    first = loaded(house, write(*ROWS[:1])).rows[0].call
    other = loaded(house, write(URGENT)).rows[0].call
    looked = calls.look(house.desk(), first)
    assert not isinstance(looked, Refused)
    (again,) = looked.duplicates
    assert (again.id, again.contact, again.priority) == (other, "email", "urgent")
    assert again.said == {"note": SECRET, "access": "a ramp"}
    assert again.opened_at == instant_ms(datetime(2026, 11, 24, 8, 45), "Europe/London")
    taken = handled(calls.take(house.desk(), first, id=uid(3)))
    assert taken.item.duplicates == looked.duplicates
    assert handled(calls.take(house.desk(), first, id=uid(3))).item.duplicates == looked.duplicates
    assert handled(calls.give_back(house.desk(), first)).item.duplicates == ()
    assert calls.queue(house.desk())[0].duplicates == ()


def test_who_looks_closely_sees_name_and_phone_where_the_role_may(house: House, write: Write) -> None:
    first = loaded(house, write(*ROWS[:1])).rows[0].call
    found = calls.look_closely(house.desk(), first)
    assert not isinstance(found, Refused)
    assert found.client is not None
    assert (found.client.name, found.client.phone) == ("Sana Khan 3", "0113 496 0003")
    stranger = house.desk()
    masked = calls.look_closely(replace(stranger, staff=replace(stranger.staff, known=False)), first)
    assert not isinstance(masked, Refused)
    assert masked.client is not None
    assert (masked.client.name, masked.client.phone) == ("S.K.", "") or masked.client.phone == ""
    assert getattr(calls.look_closely(house.desk("admin1"), first), "code", None) == "role"


def test_what_a_claimant_wrote_is_never_in_the_log(house: House, write: Write) -> None:
    loaded(house, write())
    handled(calls.take(house.desk(), None))
    text = repr(house.rows("SELECT * FROM event WHERE site = ?"))
    for secret in (SECRET, "Jo Bloggs", "jo@example.org", "QQ", "ramp", "R2", "Xanthippe"):
        assert secret not in text
    assert house.rows("SELECT COUNT(*) FROM call WHERE site = ? AND said IS NOT NULL") == [(1,)]


def test_known_details_of_a_claimant_stay_as_they_are(house: House, write: Write) -> None:
    house.write(lambda unit: client_queries.insert_many(unit, house.site, [Client("C000050", "J Bloggs", reference="QQ123456A")]))
    found = loaded(house, write(ROWS[1]))
    assert found.made == 0
    row = house.rows("SELECT name, email, access_needs FROM client WHERE site = ? AND client = 'C000050'")
    assert row == [("J Bloggs", "", "")]
    taken = handled(calls.take(house.desk(), found.rows[0].call))
    assert taken.item.said == {"note": SECRET, "access": "a ramp"}


def test_next_gives_the_most_urgent_to_one_person(house: House, write: Write) -> None:
    loaded(house, write())
    one = handled(calls.take(house.desk("agent1"), None, kind="request", id=uid(2)))
    two = handled(calls.take(house.desk("agent2"), None, kind="request"))
    assert [one.item.type, two.item.type] == ["WSR-PHONE", "FC-F2F"]
    assert (one.item.who, one.item.status) == ("agent1", "open")
    again = handled(calls.take(house.desk("agent1"), None, kind="request", id=uid(2)))
    assert again == replace(one, repeated=True)
    second = calls.take(house.desk("agent2"), one.item.id)
    assert isinstance(second, Refused)
    assert (second.code, "Ann Archer" in second.reason) == ("held", True)
    handled(calls.take(house.desk("agent1"), one.item.id))
    assert house.rows("SELECT who, client, why FROM access WHERE site = ? ORDER BY at, client, who, id")[0][2] == "request"


def test_of_many_who_ask_at_once_each_gets_another_one(house: House, write: Write) -> None:
    loaded(house, write())
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda number: calls.take(house.desk(f"agent{1 + number % 2}"), None), range(4)))
    taken = [one.item.id for one in found if isinstance(one, Handled)]
    assert len(taken) == len(set(taken)) == 3
    assert [one.code for one in found if isinstance(one, Refused)] == ["nothing_found"]


def test_a_taken_one_is_put_back_by_its_person_or_a_leader(house: House, write: Write) -> None:
    loaded(house, write())
    id = handled(calls.take(house.desk("agent1"), None)).item.id
    assert isinstance(calls.give_back(house.desk("agent2"), id), Refused)
    back = handled(calls.give_back(house.desk("leader1"), id, id=uid(3)))
    assert (back.status, back.item.who) == ("returned", "")
    assert handled(calls.give_back(house.desk("leader1"), id, id=uid(3))) == replace(back, repeated=True)
    assert getattr(calls.give_back(house.desk("agent1"), id), "code", None) == "not_possible"
    assert handled(calls.take(house.desk("agent2"), None)).item.id == id


def test_done_as_booked_names_an_appointment_of_the_claimant(house: House, write: Write) -> None:
    loaded(house, write(ROWS[0]))
    id = handled(calls.take(house.desk(), None)).item.id
    others = done(booking.book(house.desk(), wish(client="C000001"))).entry.id
    theirs = done(booking.book(house.desk(), wish(client="C000003", diary="D02"))).entry.id
    for entry, code in ((uid(99), "unknown_entry"), (others, "not_possible")):
        assert getattr(calls.finish(house.desk(), id, "booked", entry=entry), "code", None) == code
    ended = handled(calls.finish(house.desk(), id, "booked", entry=theirs, id=uid(4)))
    assert (ended.status, ended.item.status, ended.item.entry) == ("done", "booked", theirs)
    assert handled(calls.finish(house.desk(), id, "booked", entry=theirs, id=uid(4))) == replace(ended, repeated=True)
    assert getattr(calls.finish(house.desk(), id, "declined"), "code", None) == "not_possible"
    assert calls.queue(house.desk()) == []


@pytest.mark.parametrize("login", ["admin1", "coach1"])
def test_only_those_who_work_the_queue_take_from_it(house: House, write: Write, login: str) -> None:
    loaded(house, write())
    assert getattr(calls.take(house.desk(login), None), "code", None) == "role"
    if login == "coach1":
        assert getattr(requests_in.load(house.desk(login), write()), "code", None) == "role"


def test_a_call_back_of_a_lapsed_hold_is_taken_from_the_queue_too(house: House) -> None:
    hold = done(booking.hold(house.desk(), wish())).entry.id
    house.expire(hold)
    (item,) = calls.queue(house.desk("agent2"))
    assert (item.kind, item.who, item.taken) == ("callback", "agent1", False)
    taken = handled(calls.take(house.desk("agent2"), item.id))
    assert (taken.item.who, taken.item.taken) == ("agent2", True)
    assert isinstance(calls.take(house.desk("agent1"), item.id), Refused)
    handled(calls.give_back(house.desk("agent2"), item.id))
    handled(calls.finish(house.desk("agent1"), item.id, "called_back"))
    assert house.callbacks()[0][:2] == ("called_back", "agent1")


@pytest.mark.parametrize("data", [b"PK\x03\x04rest", b"\xff\xfea\x00", b"a\x00b", b"reference,type,name\nR1,FC-F2F,J\xe9\n"])
def test_a_file_that_is_no_text_is_refused_by_line(house: House, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "requests.csv"
    path.write_bytes(data)
    found = loaded(house, path)
    assert (found.status, len(found.rejected)) == ("refused", 1)


def test_windows_1252_is_read_where_it_is_named(house: House, tmp_path: Path) -> None:
    path = tmp_path / "requests.csv"
    path.write_bytes(b"reference,type,name\nR1,FC-F2F,Ren\xe9e Oak\n")
    assert loaded(house, path, encoding="windows-1252").made == 1


@pytest.mark.parametrize("name", ["none.csv", "requests.xlsx", ".", "\0.csv"])
def test_a_path_that_is_no_file_of_requests_is_unreadable(house: House, tmp_path: Path, name: str) -> None:
    with pytest.raises(Unreadable):
        requests_in.load(house.desk(), tmp_path / name)


def test_two_loads_at_once_make_a_claimant_once(house: House, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    real, meeting = same_person, Barrier(2)

    def meet(*arguments: Any) -> str:
        # Both stand here, each having found nobody, unless the lock lets in one after the other.
        with suppress(BrokenBarrierError):
            meeting.wait(timeout=0.5)
        return real(*arguments)

    monkeypatch.setattr(requests_in, "same_person", meet)
    paths = [write(ROWS[2].replace("R3", f"T{number}"), name=f"{number}.csv") for number in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda path: loaded(house, path), paths))
    assert house.rows("SELECT COUNT(*) FROM client WHERE site = ? AND name = 'Ada Oak'") == [(1,)]
    assert house.rows("SELECT status, COUNT(*) FROM call WHERE site = ? GROUP BY status ORDER BY status") == [
        ("duplicate", 1),
        ("open", 1),
    ]


def test_a_request_that_is_declined_or_handed_off_is_demand_that_was_not_met(house: House, write: Write) -> None:
    loaded(house, write())
    urgent, key, plain = (one.id for one in calls.queue(house.desk()))
    handled(calls.finish(house.desk(), urgent, "declined"))
    handled(calls.finish(house.desk(), key, "handed_off"))
    handled(calls.finish(house.desk(), plain, "called_back"))
    rows = house.rows("SELECT type, first_day, half, ending FROM refusal WHERE site = ? ORDER BY type")
    assert rows == [("FC-F2F", "2026-11-30", "pm", "handed_off"), ("WSR-PHONE", "2026-11-24", "am", "declined")]
