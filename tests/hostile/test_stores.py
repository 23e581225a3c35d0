"""Stores that are none, are broken, locked, full, out of reach or on the wrong disk: one sentence each, exit 4."""

import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile, rmtree
from tempfile import mkdtemp

import pytest

from agent_tui.store.driver import dbapi
from agent_tui.store.opening import refuse_network_file_system
from agent_tui.store.trouble import StoreTrouble, shown
from tests.cli.runner import Answer, Place, booked, run, spawn

ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
NOBODY = 65534
SECRET = "hunter2secret"
COMMANDS: list[tuple[str, ...]] = [
    ("types",),
    ("find", "FC-F2F"),
    ("book", "FC-F2F", "--first", "--client", "C000001"),
    ("doctor",),
    ("migrate",),
]


def trouble(store: str, *words: str, in_process: bool = True, **more: object) -> Answer:
    """Run a command that must end with 4 and one sentence, with and without --json."""
    runner: Callable[..., Answer] = run if in_process else spawn
    options = ("--store", store, "--as", "agent1", "--now", "2026-11-24T09:00")
    plain, answer = runner(*words, *options, **more), runner(*words, *options, "--json", **more)
    for one in (plain, answer):
        assert one.code == 4, one
    assert plain.out == ""
    assert answer.object["reason"] == answer.err.rstrip("\n")
    return answer


def every(store: str) -> list[str]:
    return [trouble(store, *words).err for words in COMMANDS]


def test_no_store(tmp_path: Path) -> None:
    for sentence in every(str(tmp_path / "none.db")):
        assert "none.db" in sentence
    assert not (tmp_path / "none.db").exists()


def test_a_folder(tmp_path: Path) -> None:
    for sentence in every(str(tmp_path)):
        assert "folder" in sentence


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + b"\0" * 5000,
        b"",
        b"\n",
        b"x",
        b"SQLite format 3",
        b"SQLite format 3\0",
        b"SQLite format 3\0" + b"\xff" * 5000,
    ],
    ids=["picture", "zero bytes", "line end", "one byte", "magic but one", "magic", "magic and rubbish"],
)
def test_a_file_that_is_no_store(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(content)
    every(str(path))
    assert path.read_bytes() == content
    assert sorted(one.name for one in tmp_path.iterdir()) == ["home", "picture.png"]


@pytest.mark.parametrize(
    "words", [("book", "FC-F2F", "--first", "--client", "C000001"), ("migrate",), ("demo", "--load-only")], ids=" ".join
)
def test_a_fifo_does_not_hang(tmp_path: Path, words: tuple[str, ...]) -> None:
    path = tmp_path / "fifo"
    os.mkfifo(path)
    answer = spawn(*words, "--store", str(path), "--as", "agent1", "--json", timeout_seconds=15)
    assert answer.code in ((3, 4) if words[0] == "demo" else (4,))


def test_a_socket_and_a_device(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as bound:
        path = tmp_path / "s"
        bound.bind(str(path))
        every(str(path))
    for device in ("/dev/null", "/dev/zero", "/dev/full"):
        trouble(device, "types")


@pytest.mark.parametrize("share", [0.0002, 0.01, 0.3, 0.6, 0.99])
def test_a_truncated_store(desk: Place, share: float) -> None:
    booked(desk)
    content = Path(desk.store).read_bytes()
    Path(desk.store).write_bytes(content[: int(len(content) * share)])
    every(desk.store)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 0.7, 0.98])
def test_a_damaged_store(desk: Place, share: float) -> None:
    booked(desk)
    pages = Path(desk.store).stat().st_size // 4096
    with Path(desk.store).open("r+b") as file:
        file.seek(4096 * max(1, int(pages * share)))
        file.write(b"\xa5" * 4096)
    answer = run("doctor", *desk.options)
    assert answer.code == 4, answer
    for words in (
        ("find", "FC-F2F"),
        ("log",),
        ("clients",),
        ("day", "2026-11-25"),
        ("types",),
        ("book", "FC-F2F", "--first", "--client", "C000001"),
    ):
        assert run(*words, *desk.options).code in (0, 4), words


def test_a_foreign_database(tmp_path: Path) -> None:
    path = tmp_path / "photos.db"
    connection = dbapi.connect(path)
    connection.execute("CREATE TABLE photo (id INTEGER, name TEXT)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    every(str(path))
    assert path.read_bytes() == before


def test_another_programs_migrations(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    connection = dbapi.connect(path)
    connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
    connection.execute("INSERT INTO alembic_version VALUES ('abc')")
    connection.commit()
    connection.close()
    every(str(path))


@pytest.mark.parametrize("version", ["9999", "", "\x1b[2J", "x" * 10_000])
def test_a_newer_schema(desk: Place, version: str) -> None:
    connection = dbapi.connect(desk.store)
    connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
    connection.commit()
    connection.close()
    before = Path(desk.store).read_bytes()
    for sentence in every(desk.store):
        assert "newer" in sentence
        assert len(sentence) < 1000
    assert Path(desk.store).read_bytes() == before


def test_a_version_table_without_a_row(desk: Place) -> None:
    connection = dbapi.connect(desk.store)
    connection.execute("DELETE FROM alembic_version")
    connection.commit()
    connection.close()
    every(desk.store)


@pytest.mark.parametrize("table", ["staff", "site", "resource", "event", "entry", "claim", "client"])
def test_a_table_that_is_gone(desk: Place, table: str) -> None:
    connection = dbapi.connect(desk.store)
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute(f"DROP TABLE {table}")
    connection.commit()
    connection.close()
    assert run("doctor", *desk.options).code in (3, 4)
    for words in (("find", "FC-F2F"), ("book", "FC-F2F", "--first", "--client", "C000001"), ("log",), ("clients",), ("calls",)):
        assert run(*words, *desk.options).code in (0, 4), words


def test_symbolic_links(desk: Place, tmp_path: Path) -> None:
    good, dangling, loop = tmp_path / "good", tmp_path / "dangling", tmp_path / "loop"
    good.symlink_to(desk.store)
    dangling.symlink_to(tmp_path / "nothing")
    loop.symlink_to(loop)
    assert booked(Place(str(good)))["status"] == "booked"
    assert not (tmp_path / "good-wal").exists()
    assert desk.ask("log")["head"]["seq"] == 1
    every(str(dangling))
    every(str(loop))
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize(
    "name",
    [
        "file:x?mode=rwc",
        "../../x",
        "file:x",
        "x?mode=memory",
        ":memory:",
        "~nobody-at-all/x",
        "x" * 300,
        "a/" * 2100 + "x",
        "%41",
    ],
    ids=["uri", "parents", "file:", "query", "memory", "nobody's home", "long name", "long path", "escape"],
)
def test_odd_paths(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tmp_path / "one" / "two" / "three"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    every(name)
    assert list(inner.iterdir()) == []
    assert sorted(one.name for one in tmp_path.iterdir()) == ["home", "one"]


@pytest.mark.parametrize("name", ["a\nb", "a\x1b[2Jb", "a\x9bb", "a\u202eb", "\udcff", "", "  "])
def test_paths_with_control_characters(name: str, tmp_path: Path, desk: Place) -> None:
    path = tmp_path / name if name.strip() else Path(name)
    if name.strip():
        copyfile(desk.store, path)
    for words in COMMANDS:
        answer = run(*words, "--store", str(path) if name.strip() else name, "--as", "agent1", "--json")
        assert answer.code in (2, 4), answer
    assert run("demo", "--load-only", "--store", str(tmp_path / f"{name}/new.db"), "--coaches", "1", "--days", "1").code in (
        0,
        2,
        3,
        4,
    )


# It runs the command on another store first: later it may not be able to read modules that are still to be imported.


# It runs the command on another store first, since later it may not be able to read the modules that are still to be imported.
DROPPING_RIGHTS = """
import contextlib, io, os, sys
from agent_tui.cli.main import main
warm, words = sys.argv[1], sys.argv[2:]
store = words.index("--store") + 1
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    for json in ([], ["--json"]):
        main([*words[: store], warm, *words[store + 1 :], *json])
        main([*words[: store], warm + "/none", *words[store + 1 :], *json])
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
sys.exit(main(words))
"""


def as_nobody(warm: str, *words: str, env: dict[str, str]) -> Answer:
    """Run the command in a process of an ordinary user, whom permissions stop."""
    command = [sys.executable, "-c", DROPPING_RIGHTS, warm, *words]
    done = subprocess.run(command, capture_output=True, env={**os.environ, **env}, check=False, timeout=60)
    return Answer(done.returncode, done.stdout, done.stderr, words).checked()


@pytest.fixture
def open_folder(small_original: Path) -> Iterator[Path]:
    """A folder that an ordinary user may enter, with a store of theirs in it."""
    above = Path(mkdtemp(prefix="agent_tui_open_"))
    folder, home = above / "store", above / "home"
    for made in (folder, home):
        made.mkdir()
    copyfile(small_original, folder / "store.db")
    if ROOT:
        for path in (above, folder, folder / "store.db", home):
            os.chown(path, NOBODY, NOBODY)
    (folder / "store.db").chmod(0o600)
    yield folder
    folder.chmod(0o700)
    rmtree(above, ignore_errors=True)


def home_in(folder: Path) -> dict[str, str]:
    home = str(folder.parent / "home")
    return {name: home for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")}


@pytest.mark.parametrize("what", ["nothing", "file", "folder", "unreadable folder"])
def test_read_only_for_an_ordinary_user(desk: Place, open_folder: Path, what: str) -> None:
    store = open_folder / "store.db"
    before = store.read_bytes()
    if what == "file":
        store.chmod(0o400)
    if what == "folder":
        open_folder.chmod(0o500)
    if what == "unreadable folder":
        open_folder.chmod(0o000)
    options = ("--store", str(store), "--as", "agent1", "--now", "2026-11-24T09:00")
    answer = as_nobody(desk.store, "book", "FC-F2F", "--first", "--client", "C000001", *options, env=home_in(open_folder))
    open_folder.chmod(0o700)
    assert answer.code == (0 if what == "nothing" else 4), answer
    assert what == "nothing" or store.read_bytes() == before


@contextmanager
def mounted(point: Path, *options: str) -> Iterator[bool]:
    """Mount a small disk in memory, or yield False where that may not be done."""
    done = subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", str(point)], capture_output=True, check=False)
    try:
        yield done.returncode == 0
    finally:
        if done.returncode == 0:
            subprocess.run(["umount", "-l", str(point)], check=True)


def test_a_read_only_disk(desk: Place, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if not ROOT:
        Path(desk.store).chmod(0o400)
        every(desk.store)
        return
    with mounted(disk, "-o", "size=4m") as is_mounted:
        assert is_mounted, "root could not mount a disk in memory"
        copyfile(desk.store, disk / "store.db")
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        every(str(disk / "store.db"))
        assert run("demo", "--load-only", "--coaches", "1", "--days", "1", "--store", str(disk / "new" / "d.db")).code == 4


def fill(disk: Path) -> None:
    """Leave not one byte on a disk."""
    with (disk / "filler").open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


def test_a_full_disk(desk: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if not ROOT:
        return test_a_file_that_may_not_grow(desk, tmp_path, monkeypatch)
    with mounted(disk, "-o", "size=2m") as is_mounted:
        assert is_mounted, "root could not mount a disk in memory"
        place = Place(str(disk / "store.db"))
        copyfile(desk.store, place.store)
        first = booked(place)
        rows = place.dump()
        fill(disk)
        said = []
        for words in (
            ("book", "FC-F2F", "--first", "--client", "C000002"),
            ("cancel", first["id"], "--reason", "office"),
            ("clients", "add", "-"),
        ):
            answer = run(*words, *place.options, stdin="name: Mira Vale\n")
            assert answer.code == 4, answer
            said.append(answer.err)
        assert run("find", "FC-F2F", *place.options).code in (0, 4)
        (disk / "filler").unlink()
        assert place.dump() == rows
        place.sound()
        assert booked(place, client="C000002", start="14:00")["status"] == "booked"
        fill(disk)
        made = run("demo", "--load-only", "--coaches", "2", "--days", "2", "--store", str(disk / "demo.db"))
        assert made.code == 4, made
        (disk / "filler").unlink()
        assert not (disk / "demo.db").exists()
        assert run("demo", "--load-only", "--coaches", "2", "--days", "2", "--store", str(disk / "demo.db")).code == 0
    assert [sentence for sentence in said if "full" not in sentence] == []
    return None


def test_a_file_that_may_not_grow(desk: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = desk.dump()
    # What Python compiles under the limit would be cut off too, and be found by everybody after it.
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    words = ("book", "FC-F2F", "--first", "--client", "C000002")
    answer = spawn(*words, *desk.options, preexec_fn=limit)
    assert answer.code == 4, answer
    made = spawn("demo", "--load-only", "--coaches", "1", "--days", "1", "--store", str(tmp_path / "d.db"), preexec_fn=limit)
    assert made.code == 4, made
    assert not (tmp_path / "d.db").exists()
    assert desk.dump() == rows
    desk.sound()


def test_the_state_folder_may_not_be_writable(desk: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    for name in ("STATE", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(blocked / "below"))
    assert run("types", *desk.options).code == 0
    assert run("demo", "--load-only", "--coaches", "1", "--days", "1").code == 4


@contextmanager
def locking(store: str) -> Iterator[None]:
    """Another process that holds the write lock."""
    code = (
        "import sys; from agent_tui.store.driver import dbapi; c = dbapi.connect(sys.argv[1], isolation_level=None);"
        " c.execute('BEGIN IMMEDIATE'); print('locked', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code, store], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == b"locked\n"
        try:
            yield
        finally:
            other.kill()
            other.wait()


def test_a_locked_store(desk: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = booked(desk)["id"]
    rows = desk.dump()
    monkeypatch.setenv("AGENT_TUI_LOCK_TIMEOUT", "1")
    with locking(desk.store):
        assert run("find", "FC-F2F", *desk.options).code == 0  # who reads waits for nobody
        for words in (("book", "FC-F2F", "--first", "--client", "C000002"), ("cancel", entry, "--reason", "office")):
            answer = run(*words, *desk.options)
            assert answer.code == 4, answer
            assert "locked" in answer.err, answer
    assert desk.dump() == rows
    assert desk.ask("cancel", entry, "--reason", "office")["status"] == "cancelled"


@pytest.mark.parametrize(
    "kind", ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "vboxsf", "afs", "ceph", "glusterfs"]
)
def test_a_network_file_system(tmp_path: Path, kind: str) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "rootfs / ext4 rw 0 0\nserver:/desk /srv/desk " + kind + " rw 0 0\nserver:/b /srv/with\\040blank " + kind + " rw 0 0\n"
        "/dev/sdb /srv/desk/local ext4 rw 0 0\nodd\n"
    )
    for path in ("/srv/desk/store.db", "/srv/desk/deep/er/store.db", "/srv/with blank/store.db"):
        with pytest.raises(StoreTrouble, match=kind.replace(".", r"\.")) as caught:
            refuse_network_file_system(Path(path), mounts)
        assert str(caught.value).count("\n") == 0
        assert "PostgreSQL" in str(caught.value)
    for path in ("/srv/desk/local/store.db", "/srv/desktop/store.db", "/home/store.db", "/srv/store.db"):
        refuse_network_file_system(Path(path), mounts)
    refuse_network_file_system(Path("/srv/desk/store.db"), tmp_path / "no such file")


@pytest.mark.parametrize("kind", ["davfs", "fuse.davfs", "fuse.rclone", "fuse.glusterfs", "virtiofs"])
def test_other_network_file_systems(tmp_path: Path, kind: str) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"rootfs / ext4 rw 0 0\nserver:/desk /srv/desk {kind} rw 0 0\n")
    with pytest.raises(StoreTrouble):
        refuse_network_file_system(Path("/srv/desk/store.db"), mounts)


def test_mount_points_with_other_escapes(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text("rootfs / ext4 rw 0 0\ns:/a /srv/back\\134slash nfs rw 0 0\ns:/b /srv/tab\\011s nfs rw 0 0\n")
    for path in ("/srv/back\\slash/store.db", "/srv/tab\ts/store.db"):
        with pytest.raises(StoreTrouble):
            refuse_network_file_system(Path(path), mounts)


# PostgreSQL and URLs.


def shows_no_secret(answer: Answer) -> None:
    said = answer.out + answer.err
    assert SECRET not in said, answer
    assert "2secret" not in said, answer
    home = Path(os.environ["HOME"])
    for path in home.rglob("*"):
        if path.is_file():
            assert SECRET not in path.read_text(errors="replace"), path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.parametrize(
    "url",
    [
        *(
            f"sqlite:///x.db?p={SECRET}",
            f"mysql://u:{SECRET}@h/d",
            f"http://u:{SECRET}@h/d",
            f"postgres://u:{SECRET}@127.0.0.1:1/d",
        ),
        *(f"postgresql+asyncpg://u:{SECRET}@127.0.0.1:1/d", f"://u:{SECRET}@h", "://", "postgresql://", "x://y"),
        *(f"postgresql://u:{SECRET}@127.0.0.1:1/d", f"postgresql://u:hunter@2secret@127.0.0.1:1/{SECRET}"),
        *(
            f"postgresql://u:a@{SECRET}@127.0.0.1:1/d",
            f"postgresql://u:a:{SECRET}@127.0.0.1:1/d",
            f"postgresql://u:a/{SECRET}@127.0.0.1:1/d",
        ),
        f"postgresql://127.0.0.1:1/d?user=u&password={SECRET}",
        f"postgresql://u@127.0.0.1:1/d?sslpassword={SECRET}",
        f"postgresql://u:{SECRET}@127.0.0.1:port/d",
        f"postgresql://u:{SECRET}@127.0.0.1:99999/d",
        f"postgresql://u:{SECRET}@nosuchhost.invalid/d",
        f"postgresql://u:{SECRET}@127.0.0.1:1/d?nonsense={SECRET}",
        f"postgresql://u:{SECRET}@[::1]:1/d",
        f"postgresql://u:{SECRET}@[::1/d",
        f"postgresql://u:{SECRET}@/d?host=/nowhere",
        f"postgresql://u:{SECRET}%40x@127.0.0.1:1/d",
    ],
    ids=lambda url: url.replace(SECRET, "S").replace("2secret", "2S"),
)
def test_urls_that_lead_nowhere(url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for words in (("types",), ("doctor",), ("demo", "--load-only", "--coaches", "1", "--days", "1")):
        for options in (("--json",), ()):
            answer = run(*words, "--store", url, "--as", "agent1", *options, check=False)
            assert answer.code == (answer.code if words[0] == "demo" and answer.code == 3 else 4), answer
            shows_no_secret(answer)
            answer.checked()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["home"]


@contextmanager
def fake_server(reply: bytes | None) -> Iterator[int]:
    """A server that answers the first message of a PostgreSQL client with some bytes, or with nothing at all."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        over = threading.Event()
        kept: list[socket.socket] = []

        def serve() -> None:
            while not over.is_set():
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                kept.append(connection)
                if reply is not None:
                    first = connection.recv(4096)
                    if len(first) == 8:  # asks for TLS
                        connection.sendall(b"N")
                        connection.recv(4096)
                    connection.sendall(reply)
                    connection.close()

        threading.Thread(target=serve, daemon=True).start()
        try:
            yield listener.getsockname()[1]
        finally:
            over.set()
            listener.shutdown(socket.SHUT_RDWR)
            for one in kept:
                one.close()


def error_response(code: str, text: str) -> bytes:
    fields = b"SFATAL\0VFATAL\0C" + code.encode() + b"\0M" + text.encode() + b"\0\0"
    return b"E" + (len(fields) + 4).to_bytes(4, "big") + fields


@pytest.mark.parametrize(
    ("reply", "word"),
    [
        (error_response("28P01", 'password authentication failed for user "desk"'), "password"),
        (error_response("28000", 'no pg_hba.conf entry for host "10.0.0.1", user "desk", database "d", no encryption'), ""),
        (error_response("28P01", f"Passwort-Authentifizierung für Benutzer »desk« fehlgeschlagen {SECRET}"), ""),
        (error_response("53300", "sorry, too many clients already"), ""),
        (error_response("57P03", "the database system is starting up"), ""),
        (error_response("3D000", 'database "d" does not exist'), ""),
        (error_response("XX000", "\x1b[2J\x9b2J evil\nsecond line"), ""),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", ""),
        (b"", ""),
    ],
    ids=["password", "host", "German", "full", "starting", "no database", "evil", "http", "hangs up"],
)
def test_a_server_that_refuses(reply: bytes, word: str) -> None:
    with fake_server(reply) as port:
        answer = trouble(f"postgresql://desk:{SECRET}@127.0.0.1:{port}/d", "types")
        assert word in answer.err
        shows_no_secret(answer)


def test_what_is_wrong_with_a_server_is_said_in_words() -> None:
    """ "The store failed (OperationalError)" tells an agent nothing."""
    places = {
        "host": "nosuchhost.invalid/d",
        "socket": "/d?host=/nowhere",
        "option": "127.0.0.1:1/d?nonsense=1",
        "port": "127.0.0.1:99999/d",
    }
    urls = {name: f"postgresql://u@{place}" for name, place in places.items()}
    said = {name: run("types", "--store", url, "--as", "agent1").err for name, url in urls.items()}
    for name, reply in {
        "no pg_hba line": error_response("28000", "no pg_hba.conf entry for host"),
        "German password": error_response("28P01", "Passwort-Authentifizierung fehlgeschlagen"),
        "full": error_response("53300", "sorry, too many clients already"),
        "starting": error_response("57P03", "the database system is starting up"),
        "no PostgreSQL": b"HTTP/1.1 400 Bad Request\r\n\r\n",
        "hangs up": b"",
    }.items():
        with fake_server(reply) as port:
            said[name] = run("types", "--store", f"postgresql://u@127.0.0.1:{port}/d", "--as", "agent1").err
    assert {name: sentence for name, sentence in said.items() if "Error)" in sentence} == {}
    assert "name is not known" in said["host"]
    assert "option after its ?" in said["option"]
    assert "port that is none" in said["port"]


def test_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_TUI_CONNECT_TIMEOUT", "2")
    with fake_server(None) as port:
        answer = run("types", "--store", f"postgresql://desk:{SECRET}@127.0.0.1:{port}/d", "--as", "agent1", "--json")
    assert answer.code == 4
    assert "in time" in answer.err or "answer" in answer.err
    shows_no_secret(answer)


@pytest.mark.postgres
def test_databases_without_a_store(postgres_url: str) -> None:
    for url in (postgres_url, postgres_url + "_absent", postgres_url.replace("postgres@", f"stranger:{SECRET}@")):
        for words in (("types",), ("doctor",), ("book", "FC-F2F", "--first", "--client", "C000001")):
            shows_no_secret(trouble(url, *words))
    wrong_port = postgres_url.rsplit(":", 1)[0] + f":{free_port()}/d"
    trouble(wrong_port, "types")


@pytest.mark.postgres
@pytest.mark.parametrize("form", ["in front", "in the query", "with %40", "with a colon"])
def test_no_command_shows_a_password(postgres_url: str, form: str) -> None:
    url = {
        "in front": postgres_url.replace("postgres@", f"postgres:{SECRET}@"),
        "in the query": f"{postgres_url}?password={SECRET}",
        "with %40": postgres_url.replace("postgres@", f"postgres:a%40{SECRET}@"),
        "with a colon": postgres_url.replace("postgres@", f"postgres:a:{SECRET}@"),
    }[form]
    missing = trouble(url, "types")
    shows_no_secret(missing)
    for words in (("demo", "--load-only", "--coaches", "1", "--days", "1"), ("doctor",), ("types",), ("migrate",)):
        for options in (("--json",), ()):
            answer = run(*words, "--store", url, "--as", "agent1", *options)
            assert answer.code in (0, 3), answer
            shows_no_secret(answer)


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://u:{SECRET}@h/d",
        f"postgresql://u:a@{SECRET}@h/d",
        f"postgresql://u:a/{SECRET}@h/d",
        f"postgresql://u:a:{SECRET}@h/d",
        f"postgresql://:{SECRET}@h/d",
        f"postgresql://h/d?user=u&password={SECRET}",
        f"postgresql://h/d?PASSWORD={SECRET}",
        f"postgresql://h/d?sslmode=require&sslpassword={SECRET}&x=y",
    ],
    ids=lambda url: url.replace(SECRET, "S"),
)
def test_a_store_is_shown_without_its_password(url: str) -> None:
    assert SECRET not in shown(url)
    assert "postgresql://" in shown(url)


@pytest.mark.postgres
def test_a_newer_schema_on_postgresql(postgres_url: str) -> None:
    import psycopg

    assert run("demo", "--load-only", "--coaches", "1", "--days", "1", "--store", postgres_url).code == 0
    with psycopg.connect(postgres_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "newer" in trouble(postgres_url, "types").err
