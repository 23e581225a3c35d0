"""Heads of the log outside the store: written once a day, and what they find that the chain cannot."""

import hashlib
import json
import os
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.screen import Screen

from agent_tui.domain.requests import Booked, Wish
from agent_tui.services import booking
from agent_tui.services.desk import Desk
from agent_tui.services.doctor import Finding, examine
from agent_tui.services.heads import begin_anew, record_daily, record_grown
from agent_tui.settings import Settings
from agent_tui.store import heads
from agent_tui.store.engine import is_url, migration_engine
from agent_tui.tui.backstage import Backstage
from tests.small_site import DAY, NINE, NOW, SITE, desk, make_site

TODAY = NOW.date()
EVENT = "site, seq, at, stamped, who, role, verb, entry, client, touched, before_state, after_state, reason, request, fingerprint"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "store" / "store.db")
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def ann(location: str) -> Iterator[Desk]:
    """An agent's desk at a site with three appointments."""
    make_site(location)
    one = desk(location)
    for number in range(3):
        book(one, number)
    yield one
    one.store.close()


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return str(tmp_path / "heads")


def book(one: Desk, number: int) -> str:
    made = booking.book(one, Wish("NJR-F2F", DAY, NINE + 6 * number, "D01", client=f"C{number + 1:06d}"))
    assert isinstance(made, Booked)
    return made.entry.id


def told(one: Desk, folder: str | None) -> list[Finding]:
    return [found for found in examine(one, heads=folder).findings if found.check == "heads"]


def lines(folder: str) -> list[dict[str, Any]]:
    return [json.loads(line) for path in sorted(Path(folder).glob("*.jsonl")) for line in path.read_text().splitlines()]


def behind_the_guards(location: str, *statements: str) -> None:
    engine = migration_engine(location)
    with engine.begin() as connection:
        if is_url(location):
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        else:
            for name in ("event_no_delete", "event_no_update", "occupancy_no_loss"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def cut_last(location: str, entry: str) -> None:
    """Take the last booking out of the store with every trace of it, so that the chain and the tables agree again."""
    behind_the_guards(
        location,
        *(f"DELETE FROM {table} WHERE entry = '{entry}'" for table in ("occupancy", "claim", "segment_use", "message", "event")),
        f"DELETE FROM entry WHERE id = '{entry}'",
        "UPDATE site_head SET seq = (SELECT MAX(seq) FROM event)",
        "UPDATE site_head SET hash = (SELECT hash FROM event WHERE event.seq = site_head.seq)",
    )


def test_the_first_act_of_a_day_writes_the_head_and_no_other(ann: Desk, folder: str) -> None:
    record_daily(ann, folder)
    record_daily(ann, folder)
    (line,) = lines(folder)
    with ann.store.read() as unit:
        assert unit.row("SELECT seq, hash FROM site_head") == (line["seq"], line["hash"])
    assert (line["who"], line["kind"]) == ("agent1", "seen")
    (path,) = Path(folder).iterdir()
    assert path.name.startswith(f"{SITE}-")
    assert path.name.endswith(f"-{TODAY.isoformat()}.jsonl")
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert os.stat(folder).st_mode & 0o777 == 0o700
    record_daily(ann.seen_at(NOW + timedelta(days=1)), folder)
    assert len(list(Path(folder).iterdir())) == 2
    record_daily(ann, folder, again=True)
    assert len(lines(folder)) == 3
    assert told(ann, folder) == []


def test_the_doctor_finds_the_end_of_the_log_cut_off(ann: Desk, location: str, folder: str) -> None:
    last = book(ann, 3)
    record_daily(ann, folder)
    cut_last(location, last)
    found = examine(ann, heads=folder)
    assert not any(one.violations for one in found.invariants.values())  # the chain alone does not know
    (one,) = [finding for finding in found.findings if finding.check == "heads"]
    assert one.severity == "error"
    assert f"it ends at line {found.seq}" in one.text
    assert f"agent1 had line {found.seq + 1}" in one.text
    assert "keep a copy" in one.do
    begin_anew(location, folder, SITE)
    assert [one.severity for one in told(ann, folder)] == ["info"]


def test_the_doctor_finds_a_log_that_was_written_anew(ann: Desk, location: str, folder: str) -> None:
    record_daily(ann, folder)
    with ann.store.read() as unit:
        rows = [list(row) for row in unit.rows(f"SELECT {EVENT} FROM event ORDER BY seq")]
    rows[1][4] = "nobody"
    previous, statements = "0" * 64, []
    for row in rows:
        text = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()
        statements.append(
            f"UPDATE event SET who = '{row[4]}', previous = '{previous}', hash = '{digest}' WHERE seq = {row[1]}",
        )
        previous = digest
    behind_the_guards(location, *statements, f"UPDATE site_head SET hash = '{previous}'")
    found = examine(ann, heads=folder)
    assert not found.invariants["I4"].violations
    (one,) = [finding for finding in found.findings if finding.check == "heads"]
    assert one.severity == "error"
    assert f"rewritten up to line {len(rows)}" in one.text


def test_the_first_head_that_is_not_there_is_named(ann: Desk, location: str, folder: str) -> None:
    record_daily(ann, folder)
    path = heads.path_of(Path(folder), location, SITE, TODAY)
    for seq in (9, 7, 8):
        heads.append(path, heads.Recorded(seq, seq, "f" * 64, "agent2"))
    (one,) = told(ann, folder)
    assert "agent2 had line 7" in one.text
    assert "2 later heads" in one.text


def test_a_day_without_a_file_is_said(ann: Desk, location: str, folder: str) -> None:
    (none,) = told(ann, folder)
    assert (none.severity, "No head" in none.text) == ("info", True)
    record_daily(ann, folder)
    tomorrow = ann.seen_at(NOW + timedelta(days=1))
    book(tomorrow, 3)
    (one,) = told(tomorrow, folder)
    assert one.severity == "info"
    assert (TODAY + timedelta(days=1)).isoformat() in one.text
    record_daily(tomorrow, folder)
    assert told(tomorrow, folder) == []
    assert told(tomorrow.seen_at(datetime(2027, 3, 1, 9)), folder) == []  # nothing happened on the days between


def test_nowhere_is_said_and_writes_nothing(ann: Desk, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    record_daily(ann, None)
    assert sorted(tmp_path.rglob("*")) == before
    (one,) = told(ann, None)
    assert (one.severity, "AGENT_TUI_HEADS" in one.do) == ("info", True)


def test_a_folder_that_cannot_be_written_stops_nobody(ann: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    record_daily(ann, str(tmp_path / "file" / "heads"))
    assert [one.severity for one in told(ann, str(tmp_path / "file" / "heads"))] == ["warning", "info"]


def test_a_folder_that_anybody_may_change_is_a_warning(ann: Desk, folder: str) -> None:
    record_daily(ann, folder)
    os.chmod(folder, 0o777)
    found = [one for one in examine(ann, heads=folder).findings if one.check == "permissions" and folder in one.text]
    assert [one.severity for one in found] == ["warning"]


def test_a_line_that_cannot_be_read_is_a_warning_and_the_others_count(ann: Desk, location: str, folder: str) -> None:
    record_daily(ann, folder)
    path = heads.path_of(Path(folder), location, SITE, TODAY)
    with path.open("ab") as stream:
        stream.write(b'{"at":1,"seq"')  # a terminal that died while it wrote
    record_daily(ann, folder, again=True)
    kept = heads.kept(Path(folder), location, SITE)
    assert (len(kept.heads), kept.unreadable) == (2, (f"{path.name}, line 2",))
    assert [one.severity for one in told(ann, folder)] == ["warning"]


def test_a_shared_folder_has_files_for_its_group(ann: Desk, location: str, folder: str) -> None:
    os.mkdir(folder)
    os.chmod(folder, 0o2770)
    before = os.umask(0o077)
    try:
        record_daily(ann, folder)
    finally:
        os.umask(before)
    assert os.stat(heads.path_of(Path(folder), location, SITE, TODAY)).st_mode & 0o777 == 0o660


def test_many_terminals_append_whole_lines(tmp_path: Path) -> None:
    path = heads.path_of(tmp_path / "heads", "store.db", SITE, TODAY)

    def add(number: int) -> None:
        for seq in range(20):
            heads.append(path, heads.Recorded(1, 100 * number + seq, "a" * 64, f"agent{number}"))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = heads.kept(tmp_path / "heads", "store.db", SITE)
    assert kept.unreadable == ()
    assert {one.seq for one in kept.heads} == {100 * number + seq for number in range(8) for seq in range(20)}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("postgresql://ann@db/desk", "postgresql://owner:secret@db:5432/desk?sslmode=require", True),
        ("postgresql://ann@db/desk", "postgresql://ann@db/training", False),
        ("store.db", "./store.db", True),
        ("store.db", "other.db", False),
    ],
)
def test_a_store_is_known_by_its_place(one: str, other: str, same: bool) -> None:
    paths = {heads.path_of(Path("heads"), location, SITE, TODAY) for location in (one, other)}
    assert len(paths) == (1 if same else 2)
    assert "secret" not in str(paths)


def test_a_head_is_written_again_once_the_log_has_grown_by_so_much_whoever_wrote_the_last(ann: Desk, folder: str) -> None:
    record_grown(ann, folder, 4)
    assert lines(folder) == []  # three lines so far, and no head of the day
    record_grown(ann, folder, 3)
    other = desk(ann.store.location, "agent2")
    try:
        record_grown(other, folder, 3)
        assert [one["seq"] for one in lines(folder)] == [3]
        for number in range(3, 6):
            book(ann, number)
        record_grown(other, folder, 3)
        record_grown(ann, folder, 1)
        assert [(one["seq"], one["who"]) for one in lines(folder)] == [(3, "agent1"), (6, "agent2")]
    finally:
        other.store.close()
    entry = book(ann, 8)
    record_grown(ann, folder, 1)  # as a terminal does when it ends
    assert told(ann, folder) == []
    cut_last(ann.store.location, entry)
    assert [one.severity for one in told(ann, folder)] == ["error"]
    (path,) = Path(folder).iterdir()
    path.write_text(path.read_text() + "half a li")
    record_grown(ann, folder, 1)
    assert len(path.read_text().splitlines()) == 4  # the head before the torn line is still the last
    record_grown(ann, None)


def test_a_terminal_writes_the_head_when_it_ends(ann: Desk, folder: str) -> None:
    back = Backstage(Screen(), Settings(store=ann.store.location, login="agent1", heads=folder), lambda: NOW)
    back._open()
    book(ann, 3)
    back.close()
    assert [one["seq"] for one in lines(folder)] == [3, 4]
