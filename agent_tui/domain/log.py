"""One line of the log and the hash that chains it to the line before."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

GENESIS = "0" * 64

State = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to one entry: instants in ms UTC, `touched` as (resource, ISO day) pairs, states as plain dicts.

    `at` is site time, `stamped` the database's clock. Claimants appear by opaque id only; names, references, notes and
    free text never (architecture.md, "The store").
    """

    site: str
    seq: int
    at: int
    stamped: int
    who: str
    role: str
    verb: str
    entry: str | None
    client: str | None
    touched: tuple[tuple[str, str], ...]
    before: State | None
    after: State | None
    reason: str | None
    request: str | None
    fingerprint: str | None
    previous: str
    hash: str


def canonical(value: Any) -> str:
    """Return a value as the one JSON text that it is hashed and stored as."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def chained(previous: str, fields: tuple[Any, ...]) -> str:
    """Return the SHA-256 of a line's fields and the hash of the line before it, in hexadecimal."""
    return hashlib.sha256(f"{previous}\n{canonical(list(fields))}".encode()).hexdigest()


def fingerprint(values: Any) -> str:
    """Return what tells one request from another: a hash, so that nothing a caller said is kept."""
    return hashlib.sha256(canonical(values).encode()).hexdigest()[:32]
