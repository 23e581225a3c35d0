"""What the store says when it cannot do its work, one sentence each, and when a key refuses a row."""

import re
from pathlib import Path

from sqlalchemy import exc

from agent_tui.domain.cleaning import clean


class StoreTrouble(Exception):
    """The store is missing, broken, locked, full or out of reach; the message is one sentence without secrets."""


class StoreIsNewer(StoreTrouble):
    """The store was written by a later version of this program."""


class StoreIsOlder(StoreTrouble):
    """The store must be migrated before this version may write to it."""


class NoStore(StoreTrouble):
    """There is nothing at the place named."""


class OutcomeUnknown(StoreTrouble):
    """The store went away between the order to commit and its answer, so that nobody can say yet whether it was done.

    `request` is the id under which it was asked for, by which it can be looked up; None where it has none.
    """

    def __init__(self, done: str = "done", request: str | None = None) -> None:
        super().__init__(f"It is not known whether it was {done}: the store went away while it was being written down.")
        self.request = request


class KeyRefused(Exception):
    """A unique key refused a row; `key` is occupancy, entry, request, segment_use, client, message, message_claim,
    weekly_check or other."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


_KEYS = (
    ("occupancy", "occupancy"),
    ("request", "event.request"),
    ("request", "uq_event_request"),
    ("segment_use", "segment_use"),
    ("entry", "entry.id"),
    ("entry", "entry_pkey"),
    ("client", "client.client"),
    ("client", "client_pkey"),
    ("message_claim", "message_claim"),
    ("message", "message"),
    ("weekly_check", "weekly_check"),
)

_REFUSED_LOGIN = "The database server refused the login or password."
_NO_ROOM = "The database server has no room for more: connections, memory or disk are used up; nothing was written."
_LOST = "The connection to the database server was lost; nothing was written."
_NOT_NOW = "The database server is starting, stopping or ended the statement; nothing was written. Try again in a moment."
DAMAGED = "The store is damaged. Run agent-tui doctor and restore the last good backup."
# What SQLite finds damaged it names in its error, as the bytes that stand there, which need not be text.
NOT_TEXT = UnicodeDecodeError

_SENTENCES = (
    ("locked", "The store is locked by another program; nothing was written. Try again in a moment."),
    ("busy", "The store is busy; nothing was written. Try again in a moment."),
    ("disk is full", "The disk is full; nothing was written. Free some space and try again."),
    ("readonly", "The store may only be read; nothing was written. Ask who owns the file and its folder."),
    ("read-only", "The store may only be read; nothing was written. Ask who owns it."),
    ("unable to open", "The store cannot be opened: its file or folder is not accessible to you."),
    ("not a database", "The file is not a store of agent-tui."),
    ("malformed", DAMAGED),
    ("disk i/o", "The disk of the store is full or failed to read or write; nothing was written."),
    ("password authentication", _REFUSED_LOGIN),
    ("no password supplied", "The database server asks for a password, and none was given."),
    ("too many clients", _NO_ROOM),
    ("connection slots", _NO_ROOM),
    ("too many connections", _NO_ROOM),
    ("system is starting up", _NOT_NOW),
    ("system is shutting down", _NOT_NOW),
    ("recovery mode", _NOT_NOW),
    ("pg_hba.conf", "The database server lets nobody in from here with this login; its administrator can (pg_hba.conf)."),
    ("does not exist", "The database server has no such database or table for this login."),
    ("could not translate host", "The database server's name is not known."),
    ("name resolution", "The database server's name is not known."),
    ("resolve host", "The database server's name is not known."),
    ("invalid uri query parameter", "The URL of the store names an option after its ? that PostgreSQL does not have."),
    ("invalid connection option", "The URL of the store names an option after its ? that PostgreSQL does not have."),
    ("invalid port number", "The URL of the store has a port that is none."),
    ("closed the connection", _LOST),
    ("connection is closed", _LOST),
    ("connection is lost", _LOST),
    ("connection reset", _LOST),
    ("broken pipe", _LOST),
    ("eof detected", _LOST),
    ("refused", "No database server answers there."),
    ("timeout", "The database server did not answer in time; nothing was written."),
    ("no such table", "The file is not a store of agent-tui."),
)


_STATES = {
    "28": _REFUSED_LOGIN,
    "3D": "The database server has no such database.",
    "53": _NO_ROOM,
    "55P03": "What this needs is locked by somebody else's act; nothing was written. Try again in a moment.",
    "57": _NOT_NOW,
    "57014": "The database server took too long over this and was stopped; nothing was written. Try again in a moment.",
    "25": "The database may only be read; nothing was written.",
    "42501": "The database does not let this login do that; data/help/security.md says what each role may. Nothing was written.",
    "42": "The database is not a store of agent-tui, or this login may not use it.",
}


def key_refused(error: Exception) -> KeyRefused:
    """Return which key refused a row, from the driver's error."""
    text = str(error)
    diagnosis = getattr(error, "diag", None)
    if diagnosis is not None and getattr(diagnosis, "constraint_name", None):
        text = f"{diagnosis.constraint_name} {text}"
    for key, mark in _KEYS:
        if mark in text:
            return KeyRefused(key)
    return KeyRefused("other")


def trouble(error: BaseException) -> StoreTrouble:
    """Return a database error as one sentence; the driver's own words, which may hold data, are not repeated."""
    original = getattr(error, "orig", None) or error
    state = _state(original)
    if state[:2] in _STATES or state in _STATES:
        return StoreTrouble(_STATES.get(state) or _STATES[state[:2]])
    if isinstance(error, exc.TimeoutError):
        return StoreTrouble("This terminal's connection to the database server is busy; nothing was written. Try again.")
    if isinstance(original, NOT_TEXT):
        return StoreTrouble(DAMAGED)
    text = str(original).lower()
    for mark, sentence in _SENTENCES:
        if mark in text:
            return StoreTrouble(sentence)
    if type(original).__module__.startswith("psycopg") and type(original).__name__ == "OperationalError":
        return StoreTrouble("The database server cannot be reached, or what answers there is none; nothing was written.")
    return StoreTrouble(f"The store failed ({type(original).__name__}); nothing was written.")


def _state(original: BaseException) -> str:
    return str(getattr(original, "sqlstate", None) or "")


def leaves_unknown(error: BaseException) -> bool:
    """Return whether trouble with a COMMIT leaves it open if it was done: no answer came, or none that says it was not.

    A server that is being stopped (57P0x) may say so after the commit; a refused one has another state.
    """
    original = getattr(error, "orig", None) or error
    if type(original).__module__.startswith("psycopg"):
        state = _state(original)
        return not state or state[:3] == "57P" or state[:2] == "08" or state == "40003"
    return "disk i/o" in str(original).lower()


def shown(location: str | Path) -> str:
    """Return a store's path or URL as it may be shown: no password, no control characters."""
    text = str(location)
    scheme, mark, rest = text.partition("://")
    if mark:
        place, query_mark, query = rest.partition("?")
        login, at, host = place.rpartition("@")
        user, colon, _password = login.partition(":")
        query = re.sub(r"(?i)([^&=]*pass[^&=]*=)[^&]*", r"\1***", query)
        text = f"{scheme}://{user}{':***' if colon else ''}{at}{host}{query_mark}{query}"
    return clean(text, limit=300)
