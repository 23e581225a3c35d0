"""The doctor says what is wrong, how bad it is and what to do; a store without trouble is sound."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from agent_tui.domain.requests import HandedOff, Wish
from agent_tui.services import booking
from agent_tui.services.desk import Desk
from agent_tui.services.doctor import Diagnosis, examine
from agent_tui.store import driver, health
from agent_tui.store.engine import is_url, migration_engine, write_engine
from agent_tui.store.migrations.runner import migrate
from agent_tui.store.opening import open_store
from agent_tui.store.schema import HEAD
from agent_tui.store.sweep import INVARIANTS
from agent_tui.store.trouble import StoreTrouble
from agent_tui.store.unit_of_work import Store
from tests.small_site import DAY, SITE, desk, make_site
from tests.store.history import IDS, make_history

# The tests' own server does without; it is a finding all the same, and one that they look at.
TEST_SERVER = {"fsync"}


@pytest.fixture
def ann(location: str) -> Iterator[Desk]:
    make_history(location, lapse=False)
    one = desk(location)
    yield one
    one.store.close()


def severities(found: Diagnosis) -> dict[str, str]:
    return {finding.check: finding.severity for finding in found.findings if finding.check not in TEST_SERVER}


def change(location: str, *statements: str, guarded: bool = False) -> None:
    """Commit raw statements, past the guards and keys unless they are to stay."""
    engine = write_engine(location) if guarded else migration_engine(location)
    with engine.begin() as connection:
        if not guarded and is_url(location):
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def texts(found: Diagnosis) -> str:
    return "\n".join(f"{one.check}: {one.text} {one.do}" for one in found.findings)


def test_a_store_without_trouble_is_sound(ann: Desk, location: str) -> None:
    found = examine(ann)
    assert severities(found).keys() <= {"backups"}, texts(found)
    assert not found.has_errors
    assert found.status == ("findings" if is_url(location) else "sound")  # the test server's fsync
    assert (found.schema, found.engine) == (HEAD, "postgresql" if is_url(location) else "sqlite")
    assert found.engine_version[0].isdigit()
    assert list(found.invariants) == list(INVARIANTS)
    with ann.store.read() as unit:
        assert unit.row("SELECT seq, hash FROM site_head") == (found.seq, found.hash)


def test_it_changes_nothing(ann: Desk) -> None:
    def look() -> list[Any]:
        with ann.store.read() as unit:
            return [unit.rows(f"SELECT COUNT(*) FROM {name}") for name in ("entry", "event", "occupancy", "call")]

    before = look()
    examine(ann)
    assert look() == before


def test_a_store_without_a_desk_is_examined_by_its_site(ann: Desk) -> None:
    assert examine(ann.store, SITE).seq == examine(ann).seq
    with pytest.raises(StoreTrouble, match="no site"):
        examine(ann.store, "NOWHERE")


def test_an_index_of_claimants_that_is_not_what_they_say_is_found_and_mended(ann: Desk, location: str) -> None:
    change(
        location,
        "UPDATE client_word SET word = 'elsewhere' WHERE client = 'C000001' AND word = 'khan'",
        "DELETE FROM client_word WHERE client = 'C000002'",
    )
    told: list[tuple[str, int, int]] = []
    found = examine(ann, told=lambda *step: told.append(step))
    assert told == [("Checking", number, 6) for number in range(6)]
    assert severities(found)["client_index"] == "warning"
    assert "What 2 claimants are found by" in texts(found)
    assert "Khan" not in texts(found)
    migrate(location)
    assert "client_index" not in severities(examine(ann))


def test_no_claimant_is_named(ann: Desk, location: str) -> None:
    change(location, "UPDATE claim SET end_tick = end_tick + 1", "UPDATE entry SET client = 'C000002' WHERE client IS NOT NULL")
    found = examine(ann)
    assert found.has_errors
    assert "Sana" not in texts(found)
    assert "C0000" not in texts(found)


@pytest.mark.parametrize("invariant", ["I1", "I2", "I3", "I4", "I6", "I8"])
def test_a_broken_promise_is_an_error(invariant: str, ann: Desk, location: str) -> None:
    engine = migration_engine(location)
    with engine.connect() as connection:
        claim = connection.exec_driver_sql(f"SELECT day FROM claim WHERE entry = '{IDS['plain']}'").scalar_one()
    engine.dispose()
    assert claim == DAY.isoformat()
    breaks = {
        "I1": f"UPDATE claim SET end_tick = end_tick + 3 WHERE entry = '{IDS['plain']}'",
        "I2": f"DELETE FROM entry WHERE id = '{IDS['plain']}'",
        "I3": f"UPDATE claim SET end_tick = end_tick - 1 WHERE entry = '{IDS['held']}'",
        "I4": "UPDATE site_head SET seq = seq + 1",
        "I6": f"UPDATE claim SET expires_at = 5 WHERE entry = '{IDS['held']}'",
        "I8": f"UPDATE entry SET status = 'cancelled' WHERE id = '{IDS['plain']}'",
    }
    change(location, breaks[invariant])
    found = examine(ann)
    assert severities(found)[invariant] == "error"
    assert found.invariants[invariant].violations > 0
    assert found.has_errors
    assert found.status == "findings"


def test_missing_guards_are_an_error_until_migrate_puts_them_back(ann: Desk, location: str) -> None:
    names = ("event_no_change ON event",) if is_url(location) else ("event_no_update", "event_no_delete")
    change(location, *(f"DROP TRIGGER {name}" for name in names))
    found = examine(ann)
    assert severities(found) | {"backups": "info"} == {"guards": "error", "backups": "info"}, texts(found)
    assert "event_no_" in texts(found)
    assert migrate(location) == HEAD
    assert "guards" not in severities(examine(ann))


def test_what_waits_is_told(ann: Desk, location: str) -> None:
    change(
        location, "UPDATE entry SET expires_at = 5 WHERE status = 'held'", "UPDATE claim SET expires_at = 5 WHERE expires_at > 5"
    )
    change(location, "UPDATE resource SET enabled = 0 WHERE kind = 'diary'", guarded=True)
    assert isinstance(booking.book(ann, Wish("FC-F2F", DAY, 108, "D01", client="C000001")), HandedOff)
    found = examine(ann.seen_at(datetime(2027, 3, 1, 9, 0)))
    assert severities(found)["expired_holds"] == "info"
    assert severities(found)["handoffs"] == "info"
    assert severities(found)["key_types"] == "info"
    assert "FC-F2F" in texts(found)
    assert "NJR-F2F" not in texts(found)
    assert "handoffs" not in severities(examine(ann))


def sqlite_only(act: Callable[[Desk, str], None]) -> Callable[[Path], None]:
    def test(tmp_path: Path) -> None:
        location = str(tmp_path / "store" / "store.db")
        make_site(location)
        one = desk(location)
        try:
            act(one, location)
        finally:
            one.store.close()

    test.__name__ = act.__name__
    return test


@sqlite_only
def test_an_old_sqlite_is_a_warning(one: Desk, location: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(driver, "sqlite_version", "3.51.2")
        found = examine(one)
    assert severities(found)["engine_version"] == "warning"
    assert found.engine_version == "3.51.2"
    assert "3.51.3" in texts(found)
    assert found.status == "findings"
    assert not found.has_errors


@sqlite_only
def test_files_that_others_may_read_or_change_are_warnings(one: Desk, location: str) -> None:
    with one.store.read() as unit:
        unit.rows("SELECT 1 FROM site")
        assert examine(one).status == "sound"
        for name in (location, f"{location}-wal"):
            for mode, word in ((0o604, "Everybody"), (0o606, "change"), (0o640, "group"), (0o660, "group")):
                os.chmod(name, mode)
                found = examine(one)
                assert severities(found)["permissions"] == "warning"
                assert word in texts(found)
                assert os.path.basename(name) in texts(found)
            os.chmod(name, 0o600)
    # The documented way to share.
    os.chmod(os.path.dirname(location), 0o2770)
    os.chmod(location, 0o660)
    assert "permissions" not in severities(examine(one))


@sqlite_only
def test_a_folder_that_others_may_change_is_a_warning(one: Desk, location: str) -> None:
    for mode, severity in ((0o777, "warning"), (0o755, "info"), (0o1777, "info")):
        os.chmod(os.path.dirname(location), mode)
        assert severities(examine(one))["permissions"] == severity


@sqlite_only
def test_a_network_file_system_is_an_error(one: Desk, location: str) -> None:
    def refuse(path: Path, *_: Any) -> None:
        raise StoreTrouble("It is on a network file system (nfs).")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(health, "refuse_network_file_system", refuse)
        assert severities(examine(one))["file_system"] == "error"


@sqlite_only
def test_a_large_wal_is_a_warning(one: Desk, location: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("agent_tui.services.doctor.LARGE_WAL_BYTES", 1)
        with one.store.read() as unit:
            unit.rows("SELECT 1 FROM site")
            one.store.write(lambda writing: writing.run("UPDATE site SET name = 'x'"))
            assert severities(examine(one))["wal_size"] == "warning"


@sqlite_only
def test_another_journal_is_a_warning(one: Desk, location: str) -> None:
    def settings(connection: Connection) -> dict[str, tuple[str, str]]:
        return {"journal_mode": ("delete", "wal"), "synchronous": ("2", "2")}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(health, "settings", settings)
        assert severities(examine(one))["journal_mode"] == "warning"
    with one.store.read_engine.connect() as connection:
        assert all(value == wanted for value, wanted in health.settings(connection).values())


@sqlite_only
def test_rows_that_refer_to_nothing_are_an_error(one: Desk, location: str) -> None:
    change(location, f"INSERT INTO diary_type (site, resource, code) VALUES ('{SITE}', 'D99', 'X')")
    found = examine(one)
    assert severities(found)["integrity"] == "error"
    assert "diary_type" in texts(found)


@sqlite_only
def test_a_changed_schema_is_an_error(one: Desk, location: str) -> None:
    change(location, "DROP INDEX ix_entry_client")
    found = examine(one)
    assert severities(found)["schema"] == "error"
    assert "ix_entry_client" in texts(found)


@sqlite_only
def test_an_index_that_does_not_agree_with_its_table_is_an_error(one: Desk, location: str) -> None:
    with one.store.read() as unit:
        root = unit.row("SELECT rootpage FROM sqlite_schema WHERE name = 'ix_client_name'")
        size = unit.row("PRAGMA page_size")
    assert root is not None
    assert size is not None
    one.store.close()
    content = Path(location).read_bytes()
    first, end = size[0] * (root[0] - 1), size[0] * root[0]
    changed = content[first:end].replace(b"khan", b"khao")
    assert changed != content[first:end]
    Path(location).write_bytes(content[:first] + changed + content[end:])
    assert severities(examine(one))["integrity"] == "error"


@sqlite_only
def test_a_schema_that_is_no_text_any_more_is_a_sentence(one: Desk, location: str) -> None:
    one.store.close()
    content = Path(location).read_bytes()
    assert b"ix_entry_client ON" in content
    Path(location).write_bytes(content.replace(b"ix_entry_client ON", b"ix_entry_client \xd4N"))
    for look in (lambda: open_store(location), lambda: examine(one), lambda: one.store.write(lambda unit: unit.clock_ms())):
        with pytest.raises(StoreTrouble, match="damaged"):
            look()


@sqlite_only
def test_damaged_pages_are_an_error_or_a_sentence(one: Desk, location: str) -> None:
    with one.store.read() as unit:
        root = unit.row("SELECT rootpage FROM sqlite_schema WHERE name = 'ix_client_phone'")
        size = unit.row("PRAGMA page_size")
    assert root is not None
    assert size is not None
    one.store.close()
    with Path(location).open("r+b") as file:
        file.seek((root[0] - 1) * size[0])
        file.write(b"\xff" * 200)
    found = examine(Store(location), SITE)
    assert severities(found)["integrity"] == "error"


@sqlite_only
def test_backups_are_looked_at(one: Desk, location: str) -> None:
    assert severities(examine(one))["backups"] == "info"
    kept = Path(f"{location}.before-0001-1.bak")
    kept.write_bytes(b"")
    kept.chmod(0o644)
    found = examine(one)
    assert severities(found) == {"permissions": "warning"}
    kept.chmod(0o600)
    assert examine(one).findings == ()
    os.utime(kept, (0, 0))
    assert severities(examine(one)) == {"backups": "info"}


@pytest.mark.parametrize(
    ("statement", "check", "word"),
    [
        ("UPDATE event SET after_state = '{' WHERE seq = 2", "I5", "line 2 cannot be read"),
        ("UPDATE event SET before_state = '[1]' WHERE before_state IS NOT NULL", "I5", "cannot be read"),
        (f"UPDATE entry SET resources = '{{' WHERE id = '{IDS['plain']}'", "I5", f"entry {IDS['plain']} or its last line"),
        ("UPDATE segment SET types = '{'", "unreadable", "rules and the work that waits cannot be read"),
        ("DROP TABLE guarantee", "schema", "guarantee"),
        ("DROP TABLE segment_use", "unreadable", "invariants could not be checked"),
    ],
)
def test_what_cannot_be_read_is_a_finding_and_the_rest_is_examined(
    statement: str, check: str, word: str, ann: Desk, location: str
) -> None:
    unguarded = () if is_url(location) else ("DROP TRIGGER event_no_update",)
    change(location, *unguarded, statement)
    found = examine(ann)
    assert severities(found)[check] == "error"
    assert word in texts(found)
    assert "JSONDecodeError: " not in texts(found)
    assert all(one.do for one in found.findings)


@pytest.mark.postgres
def test_a_servers_clock_and_settings_are_looked_at(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make_site(postgres_url)
    one = desk(postgres_url)
    assert "clock" not in severities(examine(one))
    real = health.clock_skew_ms
    for shift, word in ((6_000, "ahead"), (-6_000, "behind")):
        monkeypatch.setattr(health, "clock_skew_ms", lambda database, shift=shift: real(database) + shift)
        found = examine(one)
        assert severities(found)["clock"] == "warning"
        assert word in texts(found)
    monkeypatch.setattr(health, "OLDEST_POSTGRES", 99)
    assert severities(examine(one))["engine_version"] == "warning"
    assert [finding.severity for finding in examine(one).findings if finding.check == "fsync"] == ["warning"]
    one.store.close()


def test_a_store_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "none" / "store.db"))
    with pytest.raises(StoreTrouble):
        examine(store, SITE)
