"""The one SQLite library of this process.

A second library that opens and closes the same file drops the first one's locks, and an acknowledged commit was lost
that way, so nothing else may import either module (guides/dependencies.md section 4).
"""

from types import ModuleType

# Before this version two connections that write and checkpoint at the same moment can corrupt a WAL store.
SAFE_SQLITE = (3, 51, 3)


def _library() -> ModuleType:
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        import sqlite3 as dbapi2
    return dbapi2  # type: ignore[no-any-return]


dbapi = _library()
sqlite_version: str = dbapi.sqlite_version


def sqlite_is_safe() -> bool:
    """Return whether the library is past the WAL-reset fault (guides/reliability.md section 0)."""
    return tuple(int(part) for part in sqlite_version.split(".")[:3]) >= SAFE_SQLITE
