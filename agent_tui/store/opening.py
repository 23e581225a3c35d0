"""Finding, checking, making and opening a store."""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, exc, text

from agent_tui.store import driver
from agent_tui.store.engine import is_url, migration_engine
from agent_tui.store.guards import create_guards
from agent_tui.store.schema import HEAD, REVISIONS, VERSION_QUERY
from agent_tui.store.trouble import NOT_TEXT, NoStore, StoreIsNewer, StoreIsOlder, StoreTrouble, shown, trouble
from agent_tui.store.unit_of_work import Store

SQLITE_MAGIC = b"SQLite format 3\x00"
NETWORK_FILE_SYSTEMS = {
    *("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "vboxsf", "afs", "ceph", "glusterfs", "davfs", "virtiofs"),
    *("fuse.sshfs", "fuse.davfs", "fuse.davfs2", "fuse.rclone", "fuse.glusterfs", "fuse.s3fs", "fuse.vmhgfs-fuse"),
}


def open_store(location: str, *, accept_old_sqlite: bool = False) -> Store:
    """Return a store that exists and has this version's schema.

    An older SQLite store is migrated first, after a backup. What is missing, broken, newer or out of reach raises
    StoreTrouble; an older PostgreSQL store raises StoreIsOlder, since an agent's start never migrates a server.
    """
    if not is_url(location):
        location = str(checked_path(location))
        _one_terminal_on_old_sqlite(Path(location), accept_old_sqlite)
    store = Store(location)
    try:
        version = schema_version(store.read_engine)
        if version is None:
            raise StoreTrouble(f"{store.name} is not a store of agent-tui.")
        if version != HEAD:
            _bring_up_to_date(store, version)
    except BaseException:
        store.close()
        raise
    return store


def _bring_up_to_date(store: Store, version: str) -> None:
    if version not in REVISIONS:
        raise StoreIsNewer(f"{store.name} was written by a newer version (schema {shown(version)}); update agent-tui to use it.")
    if store.engine_name == "postgresql":
        raise StoreIsOlder(f"{store.name} has the older schema {version}; an administrator must run agent-tui migrate.")
    from agent_tui.store.migrations.runner import migrate

    store.close()
    migrate(store.location)


def schema_version(engine: Engine) -> str | None:
    """Return the schema version of a store, or None when it has none."""
    try:
        with engine.connect() as connection:
            row = connection.exec_driver_sql(VERSION_QUERY).fetchone()
    except exc.DBAPIError as error:
        if "alembic_version" in str(error.orig):
            return None
        raise trouble(error) from error
    return None if row is None else str(row[0])


def _real(location: str) -> Path:
    try:
        return Path(os.path.realpath(Path(location).expanduser()))
    except RuntimeError:
        raise StoreTrouble(f"The store {shown(location)} is in the home folder of nobody that this machine knows.") from None


def checked_path(location: str) -> Path:
    """Return the real path of a store's file; whatever cannot be one raises StoreTrouble with a sentence."""
    name = shown(location)
    if "\0" in location:
        raise StoreTrouble("A store's path cannot hold a NUL character.")
    path = _real(location)
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise NoStore(
            f"There is no store at {name}. Make one with: agent-tui demo --load-only, or one of your own with: agent-tui setup."
        ) from None
    except OSError as error:
        raise StoreTrouble(f"The store {name} cannot be reached: {error.strerror}.") from None
    if stat.S_ISDIR(mode):
        raise StoreTrouble(f"{name} is a folder, not a store.")
    if not stat.S_ISREG(mode):
        raise StoreTrouble(f"{name} is not a plain file, so it is no store.")
    refuse_network_file_system(path)
    _check_bytes(path, name)
    _check_tables(path, name)
    return path


def _check_bytes(path: Path, name: str) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(100)
        size = path.stat().st_size
    except OSError as error:
        raise StoreTrouble(f"The store {name} cannot be read: {error.strerror}.") from None
    if not head:
        raise StoreTrouble(f"The file {name} is empty, so it is no store.")
    if not head.startswith(SQLITE_MAGIC) or len(head) < 100:
        raise StoreTrouble(f"The file {name} is not a store of agent-tui.")
    page = int.from_bytes(head[16:18], "big")
    page = 65536 if page == 1 else page
    pages = int.from_bytes(head[28:32], "big")
    if size < page * pages and not (_beside(path, "-wal") or _beside(path, "-journal")):
        raise StoreTrouble(f"The store {name} is cut short: restore the last good backup with agent-tui restore FILE.")
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise StoreTrouble(f"The store {name} may only be read by you; ask who owns the file and its folder.")


def _beside(path: Path, suffix: str) -> bool:
    """Return whether SQLite keeps something beside a file."""
    side = path.with_name(path.name + suffix)
    return side.exists() and side.stat().st_size > 0


def _check_tables(path: Path, name: str) -> None:
    """Refuse another program's database before an engine of ours could turn it to WAL; looks read-only.

    A restore that was killed leaves a journal, by which the first who may write takes back what it had written.
    """
    mode = "rw" if _beside(path, "-journal") else "ro"
    try:
        with closing(driver.dbapi.connect(f"{path.as_uri()}?mode={mode}", uri=True, timeout=10)) as connection:
            rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    except (driver.dbapi.Error, NOT_TEXT) as error:
        raise trouble(error) from None
    if not {"alembic_version", "site_head"} <= {row[0] for row in rows}:
        raise StoreTrouble(f"The file {name} is not a store of agent-tui.")


def is_of_another_program(path: Path) -> bool:
    """Return whether a file is a database that can be read and has none of our tables; it is looked at read-only."""
    try:
        with closing(driver.dbapi.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=10)) as connection:
            rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    except driver.dbapi.Error:
        return False
    return bool(rows) and not {"alembic_version", "site_head"} & {row[0] for row in rows}


def refuse_network_file_system(path: Path, mounts: Path = Path("/proc/mounts")) -> None:
    """Refuse a path on a network file system, where several machines cannot share a WAL (sqlite.org/wal.html)."""
    if not mounts.exists():
        return
    best, kind = "", ""
    for line in mounts.read_text(errors="replace").splitlines():
        parts = line.split()
        if len(parts) < 3:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), parts[1])
        inside = str(path) == point or str(path).startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, parts[2]
    if kind in NETWORK_FILE_SYSTEMS:
        raise StoreTrouble(f"{shown(path)} is on a network file system ({kind}), where a file cannot be shared: use PostgreSQL.")


_terminals: list[int] = []


def _one_terminal_on_old_sqlite(path: Path, accepted: bool) -> None:
    if driver.sqlite_is_safe() or accepted:
        return
    try:
        import fcntl
    except ImportError:
        return
    handle = os.open(f"{path}.terminal", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise StoreTrouble(
            f"SQLite {driver.sqlite_version} can damage a store that two terminals share; close the other one, "
            "install pysqlite3, or say --accept-old-sqlite."
        ) from None
    _terminals.append(handle)


def create_store(location: str) -> Store:
    """Return a new, empty store with this version's schema; a file that exists is refused with StoreTrouble.

    A SQLite file is made with mode 0600 in a folder of mode 0700. A PostgreSQL database must exist and hold no tables of ours.
    """
    if not is_url(location):
        location = str(_new_file(location))
    engine = migration_engine(location)
    try:
        with _created(engine) as connection:
            build_schema(connection)
    except BaseException:
        engine.dispose()
        if not is_url(location):
            remove_store(location)
        raise
    engine.dispose()
    return Store(location)


@contextmanager
def _created(engine: Engine) -> Iterator[Connection]:
    try:
        with engine.begin() as connection:
            yield connection
    except exc.DBAPIError as error:
        raise trouble(error) from error


def _new_file(location: str) -> Path:
    name = shown(location)
    if "\0" in location:
        raise StoreTrouble("A store's path cannot hold a NUL character.")
    path = _real(location)
    try:
        if not path.parent.exists():
            path.parent.mkdir(parents=True, mode=0o700)
        refuse_network_file_system(path.parent)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise StoreTrouble(f"There is already something at {name}.") from None
    except OSError as error:
        raise StoreTrouble(f"No store can be made at {name}: {error.strerror}.") from None
    return path


def build_schema(connection: Connection) -> None:
    """Create every table, index and guard of this version, and write the version down."""
    from agent_tui.store.tables import METADATA

    METADATA.create_all(connection, checkfirst=False)
    create_guards(connection)
    strict = " STRICT" if connection.dialect.name == "sqlite" else ""
    connection.exec_driver_sql(
        f"CREATE TABLE alembic_version (version_num TEXT NOT NULL, CONSTRAINT"
        f" alembic_version_pkc PRIMARY KEY (version_num)){strict}"
    )
    connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": HEAD})


def remove_store(location: str) -> None:
    """Remove a store and all it holds; only for one that `demo` made and may make again."""
    if not is_url(location):
        path = _real(location)
        for suffix in ("-journal", "-wal", "-shm", ""):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        return
    from agent_tui.store.tables import METADATA

    engine = migration_engine(location)
    try:
        with _created(engine) as connection:
            METADATA.drop_all(connection)
            connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
    finally:
        engine.dispose()
