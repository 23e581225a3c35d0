"""Why the store is opened as it is: updates that the default way loses, and one SQLite library per process."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, exc

from agent_tui.store import driver
from agent_tui.store.engine import write_engine
from agent_tui.store.schema import HEAD
from agent_tui.store.unit_of_work import Store
from tests.conftest import ROOT

PROCESSES, ROUNDS = 8, 25


def counter(path: Path) -> str:
    engine = write_engine(str(path))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE counter (value INTEGER NOT NULL) STRICT")
        connection.exec_driver_sql("INSERT INTO counter VALUES (0)")
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num TEXT NOT NULL) STRICT")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (HEAD,))
    engine.dispose()
    return str(path)


def value(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT value FROM counter").scalar_one())


def test_the_default_engine_loses_an_update_without_an_error(tmp_path: Path) -> None:
    """Both read 0, both write 1, both are told that it was committed."""
    engine = create_engine(f"sqlite:///{counter(tmp_path / 'store.db')}", module=driver.dbapi)
    with engine.connect() as first, engine.connect() as second:
        read = [int(one.exec_driver_sql("SELECT value FROM counter").scalar_one()) for one in (first, second)]
        for one, seen in zip((first, second), read, strict=True):
            one.exec_driver_sql("UPDATE counter SET value = ?", (seen + 1,))
            one.commit()
    lost = 2 - value(engine)
    engine.dispose()
    assert lost == 1


def test_a_plain_begin_refuses_the_second_instead(tmp_path: Path) -> None:
    """The recipe's first half alone loses nothing, but cannot be waited out: so the write lock is taken at the start."""
    location = counter(tmp_path / "store.db")
    store = Store(location)
    with store.read_engine.connect() as first, store.read_engine.connect() as second:
        for one in (first, second):
            one.exec_driver_sql("SELECT value FROM counter").fetchall()
        first.exec_driver_sql("UPDATE counter SET value = 1")
        first.commit()
        with pytest.raises(exc.OperationalError, match="locked"):
            second.exec_driver_sql("UPDATE counter SET value = 1")
    assert value(store.read_engine) == 1
    store.close()


def test_our_engine_lets_the_second_wait_and_see(tmp_path: Path) -> None:
    """The same interleaving: the second may not even read before the first has committed."""
    engine = write_engine(counter(tmp_path / "store.db"))
    has_read = threading.Event()

    def second() -> None:
        with engine.begin() as connection:
            seen = int(connection.exec_driver_sql("SELECT value FROM counter").scalar_one())
            has_read.set()
            connection.exec_driver_sql("UPDATE counter SET value = ?", (seen + 1,))

    thread = threading.Thread(target=second)
    with engine.begin() as first:
        seen = int(first.exec_driver_sql("SELECT value FROM counter").scalar_one())
        thread.start()
        assert not has_read.wait(0.3)
        first.exec_driver_sql("UPDATE counter SET value = ?", (seen + 1,))
    thread.join(10)
    assert has_read.is_set()
    assert value(engine) == 2
    engine.dispose()


WRITER = """
import sys
from agent_tui.store.unit_of_work import Store

store = Store(sys.argv[1])

def add(unit):
    seen = unit.row("SELECT value FROM counter")[0]
    unit.run("UPDATE counter SET value = ?", seen + 1)

print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(sys.argv[2])):
    store.write(add)
store.close()
"""


@pytest.mark.slow
def test_eight_processes_lose_nothing_with_our_engine(tmp_path: Path) -> None:
    location = counter(tmp_path / "store.db")
    command = [sys.executable, "-c", WRITER, location, str(ROUNDS)]
    writers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(PROCESSES)]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    engine = write_engine(location)
    assert value(engine) == PROCESSES * ROUNDS
    engine.dispose()


# What one process does that holds the write lock, has the file opened and closed by `library`, and commits. Others are
# asked in between to write a row, as a second terminal would.
HOLDER = """
import subprocess, sys
from agent_tui.store.driver import dbapi

path, library = sys.argv[1], sys.argv[2]
OTHER = '''
import sys
from agent_tui.store.driver import dbapi
connection = dbapi.connect(sys.argv[1], timeout=0.2)
connection.isolation_level = None
try:
    connection.execute("INSERT INTO line VALUES (?)", (sys.argv[2],))
    print("committed")
except dbapi.OperationalError:
    print("refused")
connection.close()
'''

def other(name):
    done = subprocess.run([sys.executable, "-c", OTHER, path, name], capture_output=True, text=True, check=True)
    if done.stdout == "committed\\n":
        print(name)

first = dbapi.connect(path, timeout=0.2)
first.isolation_level = None
first.execute("PRAGMA journal_mode = WAL").fetchall()
first.execute("PRAGMA synchronous = FULL")
first.execute("CREATE TABLE line (name TEXT) STRICT")
first.execute("BEGIN IMMEDIATE")
first.execute("INSERT INTO line VALUES ('first')")
looker = __import__(library, fromlist=["connect"]).connect(path)
looker.execute("SELECT COUNT(*) FROM line").fetchall()
looker.close()
other("second")
first.execute("COMMIT")
print("first")
first.close()
other("third")
"""


@pytest.mark.skipif("pysqlite3" not in driver.dbapi.__name__, reason="this process has one SQLite library only")
@pytest.mark.skipif(sys.platform == "win32", reason="there, locks are not dropped with another handle")
@pytest.mark.parametrize(("library", "lost"), [("sqlite3", {"second"}), ("pysqlite3.dbapi2", set())])
def test_a_second_library_loses_an_acknowledged_commit(library: str, lost: set[str], tmp_path: Path) -> None:
    """It drops the first one's locks when it closes the file, so that two write at once (guides/dependencies.md section 4)."""
    path = tmp_path / "store.db"
    done = subprocess.run([sys.executable, "-c", HOLDER, str(path), library], capture_output=True, text=True, check=True)
    acknowledged = set(done.stdout.split())
    with_one_library = {"first", "third"}
    assert acknowledged == (with_one_library | lost)
    connection = driver.dbapi.connect(str(path))
    kept = {row[0] for row in connection.execute("SELECT name FROM line")}
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    assert acknowledged - kept == lost


@pytest.mark.parametrize(
    "line", ["import sqlite3", "from sqlite3 import connect", "import pysqlite3", "from pysqlite3 import dbapi2"]
)
@pytest.mark.parametrize("place", ["agent_tui/store/opening.py", "agent_tui/cli/app.py", "tests/store/test_driver.py"])
def test_ruff_refuses_a_second_library(line: str, place: str) -> None:
    ruff = Path(sys.executable).with_name("ruff.exe" if os.name == "nt" else "ruff")
    if not ruff.exists():
        pytest.skip("ruff is not installed beside this Python")
    command = [str(ruff), "check", "--select=TID251", "--output-format=concise", f"--stdin-filename={ROOT / place}", "-"]
    done = subprocess.run(command, input=f"{line}\n", capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 1
    assert "TID251" in done.stdout
    assert "agent_tui.store.driver" in done.stdout


def test_only_the_driver_names_a_sqlite_library() -> None:
    """What ruff cannot see: an import by another way, inside a string or by name."""
    named = [
        file.relative_to(ROOT).as_posix()
        for file in (ROOT / "agent_tui").rglob("*.py")
        if any(
            f"{how}{name}" in file.read_text() for name in ("sqlite3", "pysqlite3") for how in ("import ", "from ", '("', "('")
        )
    ]
    assert named == ["agent_tui/store/driver.py"]


def test_the_library_is_past_the_fault_or_says_so() -> None:
    version = tuple(int(part) for part in driver.sqlite_version.split(".")[:3])
    assert driver.sqlite_is_safe() == (version >= (3, 51, 3))


def test_what_a_library_logs_does_not_reach_the_terminal() -> None:
    said = "logging.getLogger('sqlalchemy.pool.impl.QueuePool').error('x'); logging.getLogger('psycopg').warning('y')"
    code = f"import logging, agent_tui.store.engine; {said}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, timeout=60, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")
