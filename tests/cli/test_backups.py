"""backup and restore by command: whole, checked, private, and never over something that is still needed."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from agent_tui.services import store_copies
from agent_tui.store import at_rest, backup
from agent_tui.store.driver import dbapi
from agent_tui.store.engine import migration_engine
from agent_tui.store.migrations import runner
from agent_tui.store.opening import create_store
from agent_tui.store.schema import HEAD
from agent_tui.store.unit_of_work import Store
from tests.cli.runner import Place, booked, run
from tests.small_site import SITE

BACKUP_KEYS = {"status", "store", "file", "bytes", "schema", "sites", "recorded", "code", "reason"}
RESTORE_KEYS = {"status", "dry_run", "store", "file", "kept", "schema", "before", "sites", "recorded", "code", "reason"}


@pytest.fixture
def admin(desk: Place) -> Place:
    """The small site with one appointment, seen by its administrator."""
    booked(desk)
    return desk.by("admin1")


@pytest.fixture
def file(admin: Place, tmp_path: Path) -> str:
    """A backup of it, after which one more appointment was booked."""
    path = str(tmp_path / "kept" / "desk.bak")
    Path(path).parent.mkdir(mode=0o700)
    admin.ask("backup", path)
    booked(admin.by("agent1"), start="11:00", client="C000002")
    return path


def trouble(place: Place, *words: str) -> str:
    """Return the sentence of a command that must end with 4."""
    answer = run(*words, *place.options)
    assert answer.code == 4, answer
    assert answer.object["status"] == "trouble"
    return answer.err


def break_store(path: str, *statements: str) -> None:
    engine = migration_engine(path)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def beside(path: str) -> set[str]:
    return {one.name for one in Path(path).parent.iterdir()}


def test_a_backup_is_the_store_in_one_private_file(admin: Place, tmp_path: Path) -> None:
    path = str(tmp_path / "desk.bak")
    made = admin.ask("backup", path)
    assert made.keys() == BACKUP_KEYS
    assert (made["status"], made["file"], made["schema"], made["recorded"]) == ("backed_up", path, HEAD, True)
    assert (made["bytes"], made["sites"][0]["seq"]) == (os.stat(path).st_size, admin.head())
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert beside(path) >= {"desk.bak"}
    assert not [name for name in beside(path) if "partial" in name or name.startswith("desk.bak-")]
    assert Place(path).dump() == admin.dump()


def test_a_folder_gets_a_file_with_the_name_of_the_store_and_the_time(admin: Place, tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    made = admin.ask("backup", str(folder))
    assert made["file"] == str(folder / "store.db.2026-11-24T090000.bak")
    assert admin.refuse("backup", str(folder))["code"] == "exists"


def test_what_is_there_is_not_written_over(admin: Place, tmp_path: Path) -> None:
    path = tmp_path / "desk.bak"
    path.write_text("mine")
    assert admin.refuse("backup", str(path))["code"] == "exists"
    assert path.read_text() == "mine"
    assert "No such file" in trouble(admin, "backup", str(tmp_path / "nowhere" / "desk.bak"))


def test_only_an_administrator_backs_up_and_restores(admin: Place, file: str) -> None:
    before = admin.dump()
    for login in ("agent1", "leader1", "super1"):
        for words in (("backup", f"{file}.2"), ("restore", file)):
            assert admin.by(login).refuse(*words)["code"] == "role"
    assert admin.dump() == before
    assert beside(file) == {"desk.bak"}


def test_a_backup_does_not_wait_for_who_writes_and_has_none_of_it(admin: Place, tmp_path: Path) -> None:
    before = admin.dump()
    with closing(dbapi.connect(admin.store, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE client SET name = 'half done'")
        admin.ask("backup", str(tmp_path / "desk.bak"), "--heads", "off")
        other.execute("ROLLBACK")
    assert Place(str(tmp_path / "desk.bak")).dump() == before


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("UPDATE site_head SET seq = seq + 1", "I4"),
        ("DROP INDEX ix_entry_client", "schema"),
        ("DROP TRIGGER event_no_update", "event_no_update"),
        (f"INSERT INTO diary_type (site, resource, code) VALUES ('{SITE}', 'D99', 'X')", "diary_type"),
    ],
)
def test_a_store_that_is_not_sound_makes_no_backup(statement: str, word: str, admin: Place, tmp_path: Path) -> None:
    break_store(admin.store, statement)
    folder = tmp_path / "disk"
    folder.mkdir()
    assert word in trouble(admin, "backup", str(folder / "desk.bak"))
    assert list(folder.iterdir()) == []


def test_an_interrupt_leaves_no_backup(admin: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    folder = tmp_path / "disk"
    folder.mkdir()
    monkeypatch.setattr(at_rest, "check", stop)
    answer = admin.refuse("backup", str(folder / "desk.bak"))
    assert (answer["code"], answer["reason"]) == ("interrupted", "Stopped: no backup was made.")
    assert list(folder.iterdir()) == []


def test_a_disk_that_may_only_be_read_gets_no_backup_and_the_sentence_names_the_place(
    admin: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = os.open

    def read_only(path: Any, flags: int, *more: Any) -> int:
        if flags & os.O_CREAT and "on-cd" in str(path):
            raise OSError(errno.EROFS, "Read-only file system")
        return opened(path, flags, *more)

    def unlink(_path: Path, missing_ok: bool = False) -> None:
        raise OSError(errno.EROFS, "Read-only file system")  # as Linux says it of a file that is not there, too

    (tmp_path / "on-cd").mkdir()
    target = str(tmp_path / "on-cd" / "x.bak")
    monkeypatch.setattr(os, "open", read_only)
    monkeypatch.setattr(Path, "unlink", unlink)
    said = trouble(admin, "backup", target)
    assert "No backup can be written to" in said
    assert "x.bak: Read-only file system" in said


def test_restore_brings_the_backup_back_and_keeps_the_old_store(admin: Place, file: str) -> None:
    old, backed_up = admin.dump(), Place(file).dump()
    would = admin.ask("restore", file, "--dry-run")
    assert would["dry_run"]
    assert admin.dump() == old
    done = admin.ask("restore", file)
    assert done.keys() == RESTORE_KEYS
    assert {**would, "dry_run": False} == done
    assert done["kept"] == f"{admin.store}.replaced-2026-11-24T090000"
    assert done["before"][0]["seq"] == done["sites"][0]["seq"] + 1
    assert admin.dump() == backed_up
    assert Place(done["kept"]).dump() == old
    assert {os.stat(path).st_mode & 0o777 for path in (admin.store, done["kept"])} == {0o600}
    found = [one for one in admin.sound()["findings"] if one["check"] == "heads"]
    assert [one["severity"] for one in found] == ["warning"]
    assert "admin1 restored a backup on" in found[0]["text"]
    assert f"had reached line {done['before'][0]['seq']}" in found[0]["text"]
    booked(admin.by("agent1"), start="14:00", client="C000003")
    assert admin.ask("restore", file)["kept"] == f"{admin.store}.replaced-2026-11-24T090000-2"


def test_a_store_that_others_have_open_is_not_replaced(admin: Place, file: str) -> None:
    before = admin.dump()
    other = Store(admin.store)
    with other.read() as unit:
        unit.rows("SELECT 1 FROM site")
    assert "Other terminals have the store open" in trouble(admin, "restore", file)
    assert not [name for name in beside(admin.store) if "replaced" in name or "restore" in name]
    other.close()
    assert admin.dump() == before
    assert admin.ask("restore", file)["status"] == "restored"


def test_a_restore_that_fails_half_way_leaves_the_old_store(admin: Place, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = admin.dump()
    real = backup.opened

    def full(path: Any) -> Any:
        if ".restore" in os.path.basename(path):
            raise dbapi.OperationalError("database or disk is full")
        return real(path)

    monkeypatch.setattr("agent_tui.store.replacing.opened", full)
    assert "The disk is full" in trouble(admin, "restore", file)
    assert admin.dump() == before


KILLED_WHILE_IT_WRITES = """
import os, sys
from agent_tui.cli.main import main
from agent_tui.store import replacing
real = replacing.opened

class Slow:
    def __init__(self, path):
        self.connection = real(path)
    def backup(self, target, pages):
        target.execute("PRAGMA cache_size = 5")  # so that pages are on the disk before all are there
        self.connection.backup(target, pages=5, progress=self.die)
    def die(self, _status, remaining, total):
        if remaining < total / 2:
            os.kill(os.getpid(), 9)
    def close(self):
        self.connection.close()

replacing.opened = lambda path: Slow(path) if ".restore" in os.path.basename(path) else real(path)
sys.exit(main(sys.argv[1:]))
"""


def test_a_restore_that_is_killed_while_it_writes_leaves_the_old_store(admin: Place, file: str) -> None:
    before, content = admin.dump(), Path(admin.store).read_bytes()
    done = subprocess.run([sys.executable, "-c", KILLED_WHILE_IT_WRITES, "restore", file, *admin.options], check=False)
    assert done.returncode == -9
    assert Path(admin.store).read_bytes() != content  # half of it was written
    assert admin.dump() == before
    admin.sound()


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _flip(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as stream:
        for at in range(size // 3, size, 4096):
            stream.seek(at)
            stream.write(b"\xff\xfe\xfd\xfc" * 8)


def _unlog(path: Path) -> None:
    break_store(str(path), "DROP TRIGGER event_no_update", "UPDATE event SET who = 'x' WHERE seq = 1")
    at_rest.as_one_file(path)


def _newer(path: Path) -> None:
    break_store(str(path), "UPDATE alembic_version SET version_num = '9999'")


BAD: dict[str, tuple[Callable[[Path], Any], str]] = {
    "cut": (_cut, "damaged"),
    "flipped": (_flip, "damaged"),
    "rewritten": (_unlog, "event_no_update"),
    "newer": (_newer, "newer version"),
    "empty": (lambda path: path.write_bytes(b""), "empty"),
    "picture": (lambda path: path.write_bytes(b"\x89PNG" + bytes(500)), "not a store"),
}


@pytest.mark.parametrize("how", BAD)
def test_a_bad_backup_is_refused_and_nothing_changes(how: str, admin: Place, file: str) -> None:
    spoil, word = BAD[how]
    before = admin.dump()
    spoil(Path(file))
    files = beside(admin.store)
    assert word in trouble(admin, "restore", file)
    assert admin.dump() == before
    assert {name for name in beside(admin.store) if not name.endswith(("-wal", "-shm"))} <= files


def test_another_programs_database_and_the_store_itself_are_no_backups(admin: Place, tmp_path: Path, file: str) -> None:
    other = tmp_path / "other.db"
    with closing(dbapi.connect(str(other))) as connection:
        connection.execute("CREATE TABLE mine (a)")
    assert "not a store" in trouble(admin, "restore", str(other))
    assert "another program" in trouble(Place(str(other), "admin1"), "restore", file)
    assert admin.refuse("restore", admin.store)["code"] == "not_possible"
    assert admin.refuse("restore", str(tmp_path / "none.bak"))["code"] == "not_found"


@pytest.mark.parametrize("what", ["garbage", "cut", "none"])
def test_a_broken_or_missing_store_is_replaced(what: str, admin: Place, file: str) -> None:
    store, expected = Path(admin.store), Place(file).dump()
    if what == "none":
        store.unlink()
    elif what == "cut":
        _cut(store)
    else:
        store.write_bytes(b"garbage" * 1000)
    broken = store.read_bytes() if store.exists() else None
    done = admin.ask("restore", file)
    assert admin.dump() == expected
    assert (done["kept"] is None) == (broken is None)
    if what == "garbage":
        assert Path(done["kept"]).read_bytes() == broken
    admin.sound()


def test_a_backup_of_an_older_schema_is_migrated(tmp_path: Path) -> None:
    older, store = tmp_path / "older.bak", tmp_path / "desk" / "store.db"
    store.parent.mkdir(mode=0o700)
    engine = migration_engine(str(older))
    with engine.begin() as connection:
        runner.build_at(connection, "0005")
    engine.dispose()
    create_store(str(store)).close()
    done = Place(str(store), "admin1").ask("restore", str(older))
    assert done["schema"] == HEAD
    assert {name for name in beside(str(store)) if not name.startswith("store.db")} == set()


@pytest.mark.postgres
def test_a_server_is_backed_up_into_a_file_and_restored_into_an_empty_database(
    admin: Place, file: str, postgres_url: str, tmp_path: Path
) -> None:
    server = Place(postgres_url, "admin1")
    assert server.ask("restore", file)["status"] == "restored"
    assert server.dump() == Place(file).dump()
    assert server.refuse("restore", file)["code"] == "exists"
    made = server.ask("backup", str(tmp_path / "server.bak"))
    assert made["sites"] == server.ask("store", "copy", postgres_url, str(tmp_path / "copy.db"))["sites"]
    assert Place(made["file"]).dump() == server.dump()
    server.sound()


def test_store_copy_answers_and_says_what_is_left_to_do(admin: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = str(tmp_path / "copy.db")
    done = admin.ask("store", "copy", admin.store, target)
    assert (done["status"], done["from"], done["to"], done["then"]) == ("copied", admin.store, target, None)
    assert done["rows"] == sum(one["rows"] for one in done["tables"].values())
    assert all(len(one["sha256"]) == 64 for one in done["tables"].values())
    again = admin.refuse("store", "copy", admin.store, target)
    assert again.keys() == done.keys()
    assert again["code"] == "exists"

    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(store_copies, "copy_rows", stop)
    assert admin.refuse("store", "copy", admin.store, f"{target}.2")["code"] == "interrupted"
    assert not Path(f"{target}.2").exists()
    answer = run("store", "copy", str(tmp_path / "none.db"), target, "--as", "admin1", "--json")
    assert (answer.code, answer.object.keys()) == (4, done.keys())
