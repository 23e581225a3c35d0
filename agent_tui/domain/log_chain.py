"""The chain of the log, and the reader of an exported log: a file to run by itself, with Python and nothing else.

    python log_chain.py FILE

An export is UTF-8 text. Its first line is a head with the site, the seq and hash of the last line of the log, how many lines
follow, and a SHA-256 of all that, by which a change of the head itself is named. Each line after it has the fifteen fields that
the hash covers, in the order of FIELDS, and that hash: the SHA-256 of the hash of the line before, a newline, and the fields as
JSON without blanks. The first line follows 64 zeros.

Whoever can write the file can write all of it anew, with other hashes: keep the head's hash elsewhere, and compare.
"""

import hashlib
import json
import sys
from collections.abc import Callable
from typing import Any, BinaryIO, NamedTuple

FORMAT = "agent-tui log"
GENESIS = "0" * 64
FIELDS = (
    *("site", "seq", "at", "stamped", "who", "role", "verb", "entry", "client", "touched", "before", "after", "reason"),
    *("request", "fingerprint"),
)
LONGEST_LINE = 4_000_000
"""Bytes; a line of the log is a few hundred."""

_EVERY = 2_000


class NotAnExport(ValueError):
    """A file that is no export of a log at all; the message is a sentence."""


class Found(NamedTuple):
    """What came of reading an export: how many of how many lines hold, where it breaks first in words, and its head.

    `line` is the line of the file that breaks, from 1, and `seq` that of the log, where it can be told.
    """

    checked: int
    total: int
    broken: "str | None"
    line: "int | None"
    seq: "int | None"
    site: str
    hash: str


def canonical(value: Any) -> str:
    """Return a value as the one JSON text that it is hashed and stored as."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def chained(previous: str, fields: "tuple[Any, ...]") -> str:
    """Return the SHA-256 of a line's fields and the hash of the line before it, in hexadecimal."""
    return hashlib.sha256((previous + "\n" + canonical(list(fields))).encode()).hexdigest()


def head_text(site: str, seq: int, digest: str) -> str:
    """Return the first line of the export of a log that ends with a seq and a hash."""
    said = {"format": FORMAT, "site": site, "seq": seq, "hash": digest, "lines": seq}
    said["check"] = hashlib.sha256(canonical(said).encode()).hexdigest()
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def line_text(fields: "tuple[Any, ...]", digest: str) -> str:
    """Return the line of an export for the fields that a hash covers, and that hash."""
    return json.dumps({"hash": digest, "line": list(fields)}, ensure_ascii=False, separators=(",", ":"))


def verify(file: BinaryIO, progress: "Callable[[int, int], bool] | None" = None) -> Found:
    """Return whether an export is as it was written: each line in its place, with the hash that fields and the line before give.

    `progress` is told how many lines hold and how many there are, and stops it by returning False. NotAnExport is raised for
    a file that does not begin as an export does.
    """
    head = _head(file.readline(LONGEST_LINE + 1))
    if head is None:
        if not file.readline(LONGEST_LINE + 1).startswith(b'{"hash":"'):
            raise NotAnExport("The first line is not the head that agent-tui log --export writes.")
        return Found(0, 0, "Line 1 of the file is not the head that was written.", 1, None, "", "")
    site, last, digest = head
    previous, checked = GENESIS, 0
    while checked < last:
        raw = file.readline(LONGEST_LINE + 1)
        number = checked + 2
        try:
            previous = _next(raw, previous, site, checked + 1, last)
        except _Broken as broken:
            return Found(checked, last, f"Line {number} of the file {broken}", number, checked + 1, site, digest)
        checked += 1
        if checked % _EVERY == 0 and progress is not None and not progress(checked, last):
            return Found(checked, last, None, None, None, site, digest)
    if previous != (digest if last else GENESIS):
        text = "The head names another hash than that of the last line: line 1 of the file, or its end, is not as it was written."
        return Found(checked, last, text, 1, None, site, digest)
    if file.read(1):
        text = f"Line {last + 2} of the file is one more than the head says."
        return Found(checked, last, text, last + 2, None, site, digest)
    return Found(checked, last, None, None, None, site, digest)


class _Broken(Exception):
    """What is wrong with a line of the file, as the rest of a sentence."""


def _head(raw: bytes) -> "tuple[str, int, str] | None":
    if not raw.strip():
        raise NotAnExport("The file is empty, so it is no export of a log.")
    try:
        said = json.loads(raw)
        site, seq, digest = said["site"], said["seq"], said["hash"]
        whole = isinstance(site, str) and type(seq) is int and seq >= 0 and isinstance(digest, str)
        if whole and _bytes(head_text(site, seq, digest)) == raw:
            return site, seq, digest
    except (ValueError, TypeError, LookupError, RecursionError):
        pass
    return None


def _next(raw: bytes, previous: str, site: str, seq: int, last: int) -> str:
    """Return the hash of a line of the file, which must be that of `seq`."""
    if not raw:
        lines = f"lines {seq} to {last}" if seq < last else f"line {seq}"
        raise _Broken(f"is missing: the file ends where {lines} of the log would follow.")
    if len(raw) > LONGEST_LINE:
        raise _Broken(f"is longer than {LONGEST_LINE} bytes, which no line of a log is.")
    try:
        said = json.loads(raw)
        fields, digest = tuple(said["line"]), said["hash"]
        same = isinstance(digest, str) and _bytes(line_text(fields, digest)) == raw
    except (ValueError, TypeError, LookupError, RecursionError):
        raise _Broken("is cut off or no line of an export.") from None
    if len(fields) != len(FIELDS):
        raise _Broken(f"has {len(fields)} fields, and a line of the log has {len(FIELDS)}.")
    if type(fields[1]) is not int or fields[1] != seq:
        raise _Broken(f"is not line {seq} of the log, whose place it has.")
    if fields[0] != site:
        raise _Broken(f"(line {seq} of the log) is of another site than the head says.")
    if chained(previous, fields) != digest:
        raise _Broken(f"(line {seq} of the log) is not what was hashed.")
    if not same:
        raise _Broken(f"(line {seq} of the log) says what was hashed, but is not written as an export writes it.")
    return str(digest)


def _bytes(text: str) -> bytes:
    return (text + "\n").encode()


def _answer(arguments: "list[str]") -> "tuple[int, str]":
    """Return the exit code and the sentence for a file that is named on the command line."""
    if len(arguments) != 1 or arguments[0] in ("-h", "--help"):
        return 2, "Usage: python log_chain.py FILE"
    try:
        with open(arguments[0], "rb") as file:
            found = verify(file)
    except NotAnExport as error:
        return 2, str(error)
    except OSError as error:
        return 2, "The file cannot be read: " + str(error.strerror) + "."
    if found.broken is not None:
        return 4, found.broken
    return 0, f"The chain holds: {found.total} lines of {found.site}, the last with the hash {found.hash}."


if __name__ == "__main__":
    _code, _sentence = _answer(sys.argv[1:])
    sys.stdout.write(_sentence.encode("ascii", "backslashreplace").decode() + "\n")
    sys.exit(_code)
