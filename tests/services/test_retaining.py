"""Retention: who is due and who never is, what is erased and what stays, in a store whose promises hold afterwards."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent_tui.domain.clients import Client
from agent_tui.domain.requests import Refused, Request
from agent_tui.domain.retention import Retained
from agent_tui.services import blocking, booking, changes, incidents, overriding, retaining, reviewing
from agent_tui.services.demand import change_setting
from agent_tui.services.record import LogQuery, read_log, verify_chain
from agent_tui.services.retaining import apply, due
from agent_tui.services.subject import export_subject
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import retention as queries
from agent_tui.store.unit_of_work import Unit
from tests.services.conftest import House, done, handed_off, wish
from tests.services.test_diaries import CARE
from tests.services.test_support import recorded
from tests.small_site import DAY, NINE, TEN

LATER = datetime(2029, 1, 8, 9)
SECRET = "wheelchair-QQ"


def items(found: Retained | Refused) -> dict[str, tuple[int, int]]:
    assert isinstance(found, Retained), found
    return {one.category.name: (one.due, one.done) for one in found.items}


def with_a_past(house: House) -> str:
    """Book for two claimants, one with a note, and return the first one's appointment."""
    desk = house.desk()
    first = done(booking.book(desk, wish(note=SECRET))).entry
    done(booking.book(desk, wish(start=TEN, diary="D02", client="C000002")))
    return first.id


def test_nothing_is_due_within_the_period_and_all_that_is_past_after_it(house: House) -> None:
    with_a_past(house)
    assert items(due(house.desk("super1")))["bookings"] == (0, 0)
    last_day = house.desk("super1", now=datetime(DAY.year + 2, DAY.month, DAY.day, 9))
    assert items(due(last_day))["bookings"] == (0, 0)
    found = due(house.desk("super1", now=last_day.now + timedelta(days=1)))
    assert items(found)["bookings"] == (2, 0)
    assert isinstance(found, Retained)
    assert found.undated == 8  # of the ten claimants of the site nothing else is known


def test_what_is_due_is_erased_and_the_figures_the_log_and_the_promises_stay(house: House) -> None:
    entry = with_a_past(house)
    before = house.dump()
    assert SECRET in repr(before)
    found = apply(house.desk("super1", now=LATER), "schedule")
    assert items(found) == {
        "bookings": (2, 2),
        "notes": (1, 0),
        "calls": (0, 0),
        "words": (0, 0),
        "drafts": (0, 0),
        "looks": (0, 0),
    }
    after = house.dump()
    assert SECRET not in repr(after)
    assert {row[2] for row in after["client"] if row[1] in ("C000001", "C000002")} == {"Anonymised"}
    assert sum(row[2].startswith("Sana Khan") for row in after["client"]) == 8
    found_by = {row[3] for row in before["client_word"]} - {row[3] for row in after["client_word"]}
    assert found_by == {"C000001", "C000002"}
    for table in ("entry", "claim", "occupancy", "access"):
        assert after[table] == before[table], table
    assert set(before["event"]) < set(after["event"])
    assert verify_chain(house.desk()).holds
    line = read_log(house.desk(), LogQuery(verb="anonymised")).events[-1]
    assert (line.who, line.reason) == ("super1", "schedule")
    assert line.after == {"claims": [], "category": "bookings", "count": 2, "clients": ["C000001", "C000002"]}
    assert entry in repr(after["entry"])
    assert items(due(house.desk("super1", now=LATER)))["bookings"] == (0, 0)


OPEN = {
    "a call": "INSERT INTO call (site, id, kind, status, who, client, wanted, opened_at, priority) VALUES"
    " (?, 'k', 'call', 'open', 'agent1', 'C000001', '{}', 1, 'standard')",
    "a flag": "INSERT INTO flag (site, id, kind, entry, status, raised_by, raised_at) VALUES (?, 'f', 'client_clash', '{entry}',"
    " 'open', 'agent1', 1)",
    "a flag on its other side": "INSERT INTO flag (site, id, kind, other, status, raised_by, raised_at) VALUES"
    " (?, 'f', 'client_clash', '{entry}', 'open', 'agent1', 1)",
    "a place on the waiting list": "INSERT INTO waiting (site, entry, status, wanted, made_by, made_at) VALUES"
    " (?, '{entry}', 'waiting', '{}', 'agent1', 1)",
    "a hand-off": "INSERT INTO handoff (site, id, type, client, status, key_type, contact, wanted, why, claim_date, due, made_by,"
    " made_at) VALUES (?, 'h', 'FC-F2F', 'C000001', 'open', 0, 'x', '{}', 'x', '2026-11-24', '2026-11-24', 'agent1', 1)",
    "an override": "INSERT INTO override_request (site, id, status, wanted, chain, reason, prepared_by, prepared_at) VALUES"
    " (?, 'o', 'open', '{\"client\":\"C000001\"}', '[]', 'x', 'agent1', 1)",
}


@pytest.mark.parametrize("what", OPEN)
def test_a_claimant_with_something_open_is_never_anonymised(on_sqlite: House, what: str) -> None:
    house = on_sqlite
    house.swept_at_the_end = False
    entry = with_a_past(house)
    house.sql(OPEN[what].replace("{entry}", entry))
    assert items(apply(house.desk("super1", now=LATER), "schedule"))["bookings"] == (1, 1)
    assert house.rows("SELECT name FROM client WHERE site = ? AND client = 'C000001'") == [("Sana Khan 1",)]


def test_a_claimant_with_an_appointment_to_come_stays(house: House) -> None:
    with_a_past(house)
    desk = house.desk(now=LATER)
    done(booking.book(desk, wish(day=LATER.date(), start=TEN)))
    assert items(apply(house.desk("super1", now=LATER), "request"))["bookings"] == (1, 1)
    assert house.rows("SELECT name FROM client WHERE site = ? AND client = 'C000001'") == [("Sana Khan 1",)]


def test_who_books_between_the_list_and_the_batch_stays(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with_a_past(house)
    asked, times = queries.due_clients, []

    def late(unit: Unit, *words: Any, **more: Any) -> list[str]:
        found = asked(unit, *words, **more)
        times.append(more)
        if len(times) == 2:  # the list has been read, the batch has not begun
            done(booking.book(house.desk(now=LATER), wish(day=LATER.date(), start=TEN)))
        return found

    monkeypatch.setattr("agent_tui.services.retaining.queries.due_clients", late)
    assert items(apply(house.desk("super1", now=LATER), "schedule"))["bookings"] == (2, 1)
    assert house.rows("SELECT name FROM client WHERE site = ? AND client = 'C000001'") == [("Sana Khan 1",)]


def test_each_batch_is_one_transaction_and_a_stop_keeps_what_is_done(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with_a_past(house)
    monkeypatch.setattr(retaining, "BATCH", 1)

    def tell(_name: str, count: int, _total: int) -> None:
        if count == 1:
            raise KeyboardInterrupt

    found = apply(house.desk("super1", now=LATER), "schedule", progress=tell)
    assert isinstance(found, Retained)
    assert found.stopped
    assert items(found)["bookings"] == (2, 1)
    again = apply(house.desk("super1", now=LATER), "schedule")
    assert items(again)["bookings"] == (1, 1)


def test_texts_have_periods_of_their_own(house: House) -> None:
    with_a_past(house)
    change_setting(house.desk("super1"), "keep-notes", "1 week")
    desk = house.desk("super1", now=datetime(DAY.year, DAY.month, DAY.day, 9) + timedelta(days=8))
    assert items(apply(desk, "schedule"))["notes"] == (1, 1)
    assert house.rows("SELECT body FROM note WHERE site = ?") == []
    assert house.rows("SELECT name FROM client WHERE site = ? AND client = 'C000001'") == [("Sana Khan 1",)]


def test_the_words_of_a_request_go_and_the_call_loses_its_claimant(on_sqlite: House) -> None:
    house = on_sqlite
    house.swept_at_the_end = False
    house.sql(
        "INSERT INTO call (site, id, kind, status, who, client, wanted, opened_at, closed_at, priority, said) VALUES"
        " (?, 'k', 'request', 'booked', 'agent1', 'C000003', '{}', 1, 2, 'standard', '{\"words\":\"my hip\"}')"
    )
    found = items(apply(house.desk("super1", now=LATER), "schedule"))
    assert (found["bookings"], found["words"], found["calls"]) == ((1, 1), (1, 0), (1, 1))
    assert house.rows("SELECT client, said, status FROM call WHERE site = ?") == [(None, None, "booked")]


def test_nothing_of_what_was_erased_is_left_in_the_file(on_sqlite: House) -> None:
    house = on_sqlite
    with_a_past(house)
    file = Path(house.store.location)
    files = [file, file.with_name(f"{file.name}-wal")]
    house.store.empty_the_wal()
    assert any(SECRET.encode() in one.read_bytes() for one in files if one.exists())
    apply(house.desk("super1", now=LATER), "schedule")
    assert not any(SECRET.encode() in one.read_bytes() for one in files if one.exists())


def test_words_of_support_go_with_the_notes_and_what_is_open_stays(on_sqlite: House) -> None:
    boss, agent = on_sqlite.desk("leader1"), on_sqlite.desk()
    closed = recorded(incidents.raise_incident(agent, "slow", SECRET), "raised")
    recorded(incidents.close_incident(boss, closed.id, f"cable, {SECRET}"), "closed")
    ticketed = recorded(incidents.raise_incident(agent, "other", "still open"), "raised")
    ticket = recorded(incidents.raise_ticket(boss, ticketed.id, SECRET), "ticketed")
    recorded(incidents.close_ticket(boss, ticket.id, SECRET), "closed")
    recorded(reviewing.add_feedback(agent, "claimant", SECRET, procedure="type-use"), "added")
    assert items(due(on_sqlite.desk("super1", now=LATER)))["notes"] == (3, 0)
    assert items(apply(on_sqlite.desk("super1", now=LATER), "schedule"))["notes"] == (3, 3)
    assert SECRET not in repr(on_sqlite.dump())
    assert {one.id: (one.words, one.outcome) for one in incidents.incidents(agent)} == {
        closed.id: ("", ""),
        ticketed.id: ("still open", None),
    }
    assert items(due(on_sqlite.desk("super1", now=LATER)))["notes"] == (0, 0)


def test_nobody_books_for_who_was_anonymised_from_a_screen_that_still_shows_them(house: House) -> None:
    entry = with_a_past(house)
    house.add_type(CARE, "D02")
    desk, day = house.desk(now=LATER), LATER.date()
    held = done(booking.hold(desk, wish(day=day, client=None))).entry
    waits = done(booking.hold(desk, wish(day=day, start=TEN, client=None))).entry
    apply(house.desk("super1", now=LATER), "schedule")
    search = Request("FC-F2F", day, day)
    for answer in (
        booking.book(desk, wish(day=day, diary="D02", client="C000001")),
        booking.hold(desk, wish(day=day, diary="D02", client="C000001")),
        booking.confirm(desk, held.id, client="C000001"),
        changes.move(desk, entry, day, NINE, "D02"),
        blocking.block(desk, "D02", day, NINE, TEN, None, type="BLK-CARE", client="C000001"),
        overriding.preview(desk, wish(day=None, start=None, diary=None, client="C000001", priority="urgent", search=search)),
    ):
        assert isinstance(answer, Refused), answer
        assert answer.code == "unknown_client", answer
        assert "was anonymised" in answer.reason
    assert done(booking.confirm(desk, waits.id, client="C000003")).entry.client == "C000003"


def test_drafts_and_backups_that_are_too_old_are_found(on_sqlite: House, tmp_path: Path) -> None:
    house = on_sqlite
    drafts = tmp_path / "drafts" / "agent1-1"
    drafts.mkdir(parents=True)
    now = house.desk().now
    old, new = drafts / "old.json", drafts / "new.json"
    for path, days in ((old, 29), (new, 27)):
        path.write_text("{}")
        when = (now - timedelta(days=days)).timestamp()
        os.utime(path, (when, when))
    backup = Path(f"{house.store.location}.daily-1.bak")
    backup.write_text("x")
    os.utime(backup, (1, 1))
    found = apply(house.desk("super1"), "instruction", tmp_path / "drafts")
    assert isinstance(found, Retained)
    assert (items(found)["drafts"], old.exists(), new.exists()) == ((1, 1), False, True)
    assert found.backups is not None
    assert [one.file for one in found.backups] == [backup]
    assert "bookings" in found.backups[0].categories


@pytest.mark.parametrize("login", ["agent1", "leader1", "coach1"])
def test_others_neither_see_it_nor_do_it(on_sqlite: House, login: str) -> None:
    assert isinstance(due(on_sqlite.desk(login)), Refused)
    assert isinstance(apply(on_sqlite.desk(login), "schedule"), Refused)
    assert isinstance(export_subject(on_sqlite.desk(login), "C000001", Path("x.json")), Refused)


def test_a_reason_that_is_none_is_refused(on_sqlite: House) -> None:
    assert isinstance(apply(on_sqlite.desk("super1"), "because"), Refused)


def test_an_appointment_that_was_moved_and_a_hand_off_that_was_closed_count_from_their_end(house: House) -> None:
    entry = with_a_past(house)
    done(changes.move(house.desk(), entry, DAY + timedelta(days=28), NINE, "D01"))
    handed_off(booking.hold(house.desk(), wish("CC-PHONE", client="C000002")))
    day = house.desk("super1", now=datetime(DAY.year + 2, DAY.month, DAY.day + 2, 9))
    assert items(due(day))["bookings"] == (0, 0)


def test_what_is_due_is_counted_with_as_many_statements_however_many_claimants_there_are(
    on_sqlite: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = on_sqlite
    with_a_past(house)
    run: list[str] = []
    real = Unit._execute
    monkeypatch.setattr(Unit, "_execute", lambda unit, text, values: run.append(text) or real(unit, text, values))  # type: ignore[func-returns-value]

    def statements() -> int:
        run.clear()
        due(house.desk("super1", now=LATER))
        return len(run)

    few = statements()
    house.swept_at_the_end = False
    made = [Client(f"C{number:06d}", f"Sana Khan {number}") for number in range(100, 600)]
    house.write(lambda unit: client_queries.insert_many(unit, house.site, made))
    copy = (
        "INSERT INTO handoff (site, id, type, client, status, key_type, contact, wanted, why, claim_date, due, made_by, made_at)"
    )
    rows = [
        (house.site, f"h{one.ref}", "FC-F2F", one.ref, "closed", 0, "x", "{}", "x", "2026-11-24", "x", "agent1", 1)
        for one in made
    ]
    house.write(lambda unit: unit.many(f"{copy} VALUES ({','.join('?' * 13)})", rows))
    assert items(due(house.desk("super1", now=LATER)))["bookings"] == (502, 0)
    assert statements() == few


def test_texts_go_batch_by_batch(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retaining, "TEXTS", 1)
    for number, diary in ((1, "D01"), (2, "D02"), (3, "D03")):
        done(booking.book(house.desk(), wish(diary=diary, client=f"C{number:06d}", note=SECRET)))
    change_setting(house.desk("super1"), "keep-notes", "1 day")
    desk = house.desk("super1", now=datetime(DAY.year, DAY.month, DAY.day, 9) + timedelta(days=2))
    told: list[int] = []
    assert items(apply(desk, "schedule", progress=lambda _name, count, _total: told.append(count)))["notes"] == (3, 3)
    assert told == [0, 1, 2, 3]
    assert len(read_log(desk, LogQuery(verb="anonymised")).events) == 3
