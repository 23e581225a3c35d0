"""The demo store: the same each time, filled as asked, and nothing in it that a booking could not have made."""

import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from agent_tui.domain.availability import Now, Occupied, Search, obstacle
from agent_tui.domain.clients import Client
from agent_tui.domain.log import GENESIS, chained
from agent_tui.domain.requests import Booked, EntryState, HandedOff, Request, Wish
from agent_tui.domain.site import Catalogue
from agent_tui.services.booking import book, search
from agent_tui.services.demo import DemoRefused, DemoReport, load
from agent_tui.services.desk import open_desk
from agent_tui.store.driver import dbapi
from agent_tui.store.opening import create_store, open_store
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.tables import tables_by_name
from agent_tui.store.trouble import StoreTrouble
from agent_tui.store.unit_of_work import Store
from tests import small_site

START = date(2026, 11, 23)
CONTRACT = (
    *("store", "site", "seed", "first_day", "last_day", "teams", "diaries", "rooms", "types", "clients", "appointments"),
    *("minutes_available", "minutes_booked"),
)


@pytest.fixture(scope="module")
def default(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DemoReport, float]:
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    before = time.process_time()
    report = load(str(path), start=START)
    return path, report, time.process_time() - before


@pytest.fixture
def store(default: tuple[Path, DemoReport, float]) -> Iterator[Store]:
    opened = open_store(str(default[0]), accept_old_sqlite=True)
    yield opened
    opened.close()


def table_rows(location: str) -> dict[str, list[tuple[Any, ...]]]:
    opened = open_store(location, accept_old_sqlite=True)
    try:
        with opened.read() as unit:
            return {name: sorted(map(tuple, unit.rows(f"SELECT * FROM {name}")), key=repr) for name in tables_by_name()}
    finally:
        opened.close()


def rules(store: Store) -> Catalogue:
    with store.read() as unit:
        found = catalogue_queries.load(unit, "LPP")
    assert found is not None
    return found


def entries(store: Store) -> list[EntryState]:
    with store.read() as unit:
        rows = unit.rows(f"SELECT {entry_queries._ENTRY} FROM entry ORDER BY id")
    return [entry_queries.entry_of(row) for row in rows]


def test_the_report_has_the_keys_of_the_contract(default: tuple[Path, DemoReport, float]) -> None:
    path, report, _ = default
    assert tuple(field.name for field in fields(report)) == CONTRACT
    assert (report.store, report.site, report.seed) == (str(path), "LPP", 1)
    assert (report.first_day, report.last_day) == (START, date(2026, 12, 18))
    assert (report.teams, report.diaries, report.types) == (3, 27, 44)
    assert abs(report.minutes_booked / report.minutes_available - 0.85) <= 0.01


def test_the_report_counts_what_is_stored(default: tuple[Path, DemoReport, float], store: Store) -> None:
    report, booked = default[1], entries(store)
    assert report.appointments == len(booked)
    assert report.minutes_booked == sum(entry.end - entry.start for entry in booked) * 5
    with store.read() as unit:
        assert report.clients == client_queries.count(unit, "LPP")
        ticks = unit.rows("SELECT COUNT(*) FROM occupancy WHERE resource LIKE 'D%'")[0][0]
    assert ticks * 5 == report.minutes_booked
    site = rules(store)
    assert report.rooms == sum(room.kind == "room" for room in site.rooms.values())
    days = [START + timedelta(days=number) for number in range(26)]
    open_ticks = sum(site.plan(code, day).open_mask.bit_count() for code in site.diaries for day in days)
    assert open_ticks * 5 == report.minutes_available


@pytest.mark.slow
def test_the_default_site_loads_in_five_seconds(default: tuple[Path, DemoReport, float]) -> None:
    assert default[2] < 5


def test_the_same_arguments_make_the_same_rows(default: tuple[Path, DemoReport, float], tmp_path: Path) -> None:
    again = tmp_path / "again.db"
    load(str(again), start=START)
    first, second = table_rows(str(default[0])), table_rows(str(again))
    assert [name for name in first if first[name] != second[name]] == []


def test_another_seed_makes_other_rows(tmp_path: Path) -> None:
    for seed in (1, 2):
        load(str(tmp_path / f"{seed}.db"), seed=seed, coaches=2, days=2, start=START)
    first, second = (table_rows(str(tmp_path / f"{seed}.db")) for seed in (1, 2))
    assert first["entry"] != second["entry"]
    assert first["pattern"] == second["pattern"]


def test_no_resource_and_no_claimant_is_in_two_places(store: Store) -> None:
    times: dict[tuple[str, date], list[tuple[int, int]]] = {}
    for entry in entries(store):
        assert entry.client is not None
        for owner in (*entry.resources, entry.client):
            times.setdefault((owner, entry.day), []).append((entry.start, entry.end))
    for ranges in times.values():
        ranges.sort()
        assert all(first[1] <= second[0] for first, second in pairwise(ranges))


def test_claims_are_entries_and_occupancy_is_claims(store: Store) -> None:
    with store.read() as unit:
        claims = unit.rows("SELECT entry, resource, day, start_tick, end_tick, expires_at FROM claim")
        ticks = {tuple(row) for row in unit.rows("SELECT entry, resource, day, tick FROM occupancy")}
    wanted = {
        (one.id, resource, one.day.isoformat(), one.start, one.end, None) for one in entries(store) for resource in one.resources
    }
    assert {tuple(row) for row in claims} == wanted
    assert ticks == {(id, resource, day, tick) for id, resource, day, start, end, _ in wanted for tick in range(start, end)}


def test_every_appointment_is_one_that_the_rules_allow(store: Store) -> None:
    site, who = rules(store), {}
    with store.read() as unit:
        for login in catalogue_queries.staff_names(unit, "LPP"):
            who[login] = catalogue_queries.staff(unit, "LPP", login)
    for entry in entries(store):
        assert entry.type is not None
        staff = who[entry.made_by]
        assert staff is not None
        request = Request(entry.type, entry.day, entry.day, needs=entry.needs, booker=staff.booker)
        asked = Search(site, request, Occupied({}), Now(START, 0))
        assert obstacle(asked, entry.diary, entry.day, entry.start) is None
        assert entry.end - entry.start == asked.kind.ticks_on(entry.day)
        assert entry.channel == asked.channel
        met = {need for code in entry.resources[1:] for need in site.rooms[code].meets}
        assert entry.resources[0] == entry.diary
        assert set(asked.needs) <= met


def test_limited_segments_keep_their_limit(store: Store) -> None:
    site, wanted = rules(store), Counter[tuple[str, str, str, int]]()
    for entry in entries(store):
        for stretch in site.plan(entry.diary, entry.day).limited(entry.start, entry.end):
            assert stretch.segment.limit is not None
            wanted[entry.diary, entry.day.isoformat(), *stretch.limit_key] += 1
            assert wanted[entry.diary, entry.day.isoformat(), *stretch.limit_key] <= stretch.segment.limit
    assert wanted
    with store.read() as unit:
        assert dict(wanted) == entry_queries.limit_uses(unit, "LPP", sorted(site.diaries), "2026-01-01", "2027-12-31", 0)


def test_the_log_is_chained_and_gives_the_tables(store: Store) -> None:
    with store.read() as unit:
        rows = log_queries.rows_after(unit, "LPP", 0, 1_000_000)
        head = log_queries.head(unit, "LPP")
    previous, replayed, at = GENESIS, {}, 0
    for seq, row in enumerate(rows, start=1):
        event = log_queries.event_of(row)
        assert (event.seq, event.previous, event.verb, event.request) == (seq, previous, "booked", event.entry)
        assert event.hash == chained(previous, log_queries.hashed_fields(row))
        assert at <= event.at == event.stamped
        assert event.entry is not None
        assert event.after is not None
        replayed[event.entry] = entry_queries.entry_from_state(event.entry, event.after)
        claims = entry_queries.claims_in(event.after)
        assert event.touched == tuple((resource, day) for resource, day, _, _ in claims)
        assert event.at == event.after["made_at"]
        previous, at = event.hash, event.at
    assert (len(rows), previous) == head
    assert replayed == {entry.id: entry for entry in entries(store)}


def test_near_days_are_fuller(store: Store) -> None:
    site, booked = rules(store), Counter[date]()
    for entry in entries(store):
        booked[entry.day] += entry.end - entry.start

    def share(days: list[date]) -> float:
        return sum(booked[day] for day in days) / sum(
            site.plan(code, day).open_mask.bit_count() for code in site.diaries for day in days
        )

    first, last = ([start + timedelta(days=number) for number in range(5)] for start in (START, date(2026, 12, 14)))
    assert share(first) > share(last) + 0.05


def test_the_segments_of_the_guidance(store: Store) -> None:
    site = rules(store)
    levels = Counter(
        (pattern.level, segment.description)
        for pattern in site.patterns
        if pattern.weekday in (0, 5)
        for segment in pattern.segments
    )
    assert levels["diary", "First commitments only"] == 5
    assert levels["diary", "Alignment 1"] == 2
    assert levels["diary", "Overtime"] >= 2
    kept = [one for one in site.patterns if one.segments[0].description == "First commitments only"]
    assert {(one.segments[0].start, one.segments[0].end, one.segments[0].types) for one in kept} == {
        (108, 144, frozenset({"FC-F2F"}))
    }
    assert any(site.plan(code, date(2026, 11, 28)).stretches for code in site.diaries)


def test_who_works_there_and_what_is_assigned(store: Store) -> None:
    site = rules(store)
    with store.read() as unit:
        logins = set(catalogue_queries.staff_names(unit, "LPP"))
    assert {"agent1", "leader1", "super1", "admin1", "coach01", "coach27"} <= logins
    assert [code for code in site.types if not site.diaries_for(code)] == ["BANK-F2F"]
    assert [diary.code for diary in site.diaries_for("HRT-F2F")] == ["D06"]
    assert all(len(site.diaries_for(code)) == 27 for code in site.types if code.startswith("BLK-"))
    assert {diary.login for diary in site.diaries.values()} <= logins


def test_nobody_real_is_in_it(store: Store) -> None:
    with store.read() as unit:
        people: list[Client] = client_queries.all_of(unit, "LPP", None)
        dump = json.dumps([list(row) for row in unit.rows("SELECT after_state FROM event LIMIT 50")])
    assert all(re.fullmatch(r"07700 900\d{3}", one.phone) for one in people)
    assert all(re.fullmatch(r"QQ \d\d \d\d \d\d [A-D]", one.reference) for one in people)
    assert len({one.reference for one in people}) == len(people)
    assert all(one.email.endswith("@example.com") for one in people if one.email)
    assert people[-1].ref == f"C{len(people):06d}"
    assert people[0].name not in dump


@pytest.mark.parametrize(("coaches", "days", "fill"), [(3, 2, 0.85), (1, 1, 0.5), (30, 1, 0.85), (2, 7, 1.0), (2, 2, 0.0)])
def test_other_sizes(tmp_path: Path, coaches: int, days: int, fill: float) -> None:
    report = load(str(tmp_path / "d.db"), coaches=coaches, days=days, fill=fill, start=date(2026, 11, 28))
    assert (report.diaries, report.first_day) == (coaches, date(2026, 11, 30))
    assert abs(report.minutes_booked - report.minutes_available * fill) <= max(5, 0.01 * report.minutes_available) or fill == 1
    assert report.minutes_booked <= report.minutes_available


def test_closed_days_are_no_working_days_and_hold_nothing(tmp_path: Path) -> None:
    path = str(tmp_path / "d.db")
    report = load(path, coaches=2, days=6, start=date(2026, 12, 21))
    assert report.last_day == date(2026, 12, 30)
    assert {row[7] for row in table_rows(path)["entry"]} & {"2026-12-25", "2026-12-28"} == set()


def test_one_can_go_on_booking_in_it(tmp_path: Path) -> None:
    path = str(tmp_path / "d.db")
    load(path, coaches=6, days=5, fill=0.6, start=START)
    desk = open_desk(path, "agent1", datetime(2026, 11, 23, 9, 0), accept_old_sqlite=True)
    try:
        wanted = Request("WSR-10-F2F", START, START + timedelta(days=4))
        offer = search(desk, wanted).offers[0]
        done = book(desk, Wish("WSR-10-F2F", first=True, search=wanted, client="C000001"))
        assert isinstance(done, Booked)
        assert (done.entry.diary, done.entry.start) == (offer.diary, offer.start)
        assert isinstance(book(desk, Wish("BANK-F2F", first=True, search=wanted, client="C000001")), HandedOff)
        with desk.store.write_engine.begin() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
    finally:
        desk.store.close()


def test_an_existing_demo_needs_force(tmp_path: Path) -> None:
    path = str(tmp_path / "d.db")
    load(path, coaches=1, days=1, start=START)
    before = table_rows(path)
    with pytest.raises(DemoRefused, match="--force"):
        load(path, coaches=2, days=1, start=START)
    assert table_rows(path) == before
    assert load(path, coaches=2, days=1, start=START, force=True).diaries == 2
    assert len(table_rows(path)["site"]) == 1


def test_a_store_that_no_demo_made_is_never_replaced(tmp_path: Path) -> None:
    path = str(tmp_path / "real.db")
    store = create_store(path)
    store.write(small_site.fill_site)
    store.close()
    before = table_rows(path)
    for force in (False, True):
        with pytest.raises(DemoRefused, match="no demo made"):
            load(path, start=START, force=force)
    assert table_rows(path) == before


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n", b"SQLite format 3\x00" + b"\x00" * 84, None])
def test_what_is_no_store_is_refused_and_stays(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "thing.db"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(StoreTrouble) as trouble:
        load(str(path), start=START, force=True)
    assert str(trouble.value).endswith(".")
    assert path.is_dir() if content is None else path.read_bytes() == content


def test_a_database_of_another_program_is_refused_and_not_even_touched(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    connection = dbapi.connect(str(path))
    connection.execute("CREATE TABLE theirs (one)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreTrouble, match="not a store"):
        load(str(path), start=START, force=True)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "wrong",
    [
        *({"coaches": 0}, {"coaches": 201}, {"days": 0}, {"days": 61}, {"fill": -0.1}, {"fill": 1.1}, {"fill": float("nan")}),
        *({"start": date(1, 1, 1)}, {"start": date(9999, 12, 31)}),
    ],
)
def test_arguments_out_of_range_are_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    path = tmp_path / "d.db"
    with pytest.raises(DemoRefused):
        load(str(path), **({"start": START} | wrong))
    assert not path.exists()


def test_a_load_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(log_queries, "head", fail)
    with pytest.raises(KeyboardInterrupt):
        load(str(tmp_path / "d.db"), coaches=1, days=1, start=START)
    assert list(tmp_path.glob("d.db*")) == []


@pytest.mark.postgres
def test_postgresql_holds_the_same_rows(postgres_url: str, tmp_path: Path) -> None:
    path = str(tmp_path / "d.db")
    for location in (path, postgres_url):
        load(location, coaches=4, days=3, start=START)
    assert table_rows(postgres_url) == table_rows(path)
    with pytest.raises(DemoRefused, match="--force"):
        load(postgres_url, start=START)
    assert load(postgres_url, coaches=1, days=1, start=START, force=True).diaries == 1
