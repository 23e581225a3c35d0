"""Drafts of calls, kept in small local files so that a crash or a lost store takes nothing that was typed.

A draft holds what a claimant said, so that each file is its owner's alone, and is discarded when the call ends.
"""

import json
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from agent_tui.settings import make_private, state_dir
from agent_tui.tui.whole_file import replace_file

LARGEST: Final = 1_000_000
"""The largest file in bytes."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed in one call: the form's fields by name, saved at `saved_at` in seconds since 1970 UTC."""

    id: str
    fields: Mapping[str, str]
    saved_at: float


@dataclass(frozen=True, slots=True)
class Found:
    """The drafts of a login, oldest first, and the names of files that could not be read and were set aside."""

    drafts: tuple[Draft, ...]
    set_aside: tuple[str, ...]


class Drafts:
    """The drafts of one login; every method is plain file work, so that a screen calls it in a worker."""

    def __init__(self, login: str, root: Path | None = None, *, place: str = "") -> None:
        """Take a login, the folder above all logins (`drafts` in the state folder) and the store; nothing is made yet."""
        readable = "".join(character if character.isalnum() else "-" for character in login)[:32]
        # Two logins may differ only in signs that a file system cannot hold.
        self._root = root or state_dir() / "drafts"
        key = "\0".join((login, place)).encode("utf-8", "replace")
        self._folder = self._root / f"{readable}-{sha256(key).hexdigest()[:12]}"

    def save(self, draft_id: str, fields: Mapping[str, str]) -> str | None:
        """Write one call's draft in place of the one before; after a crash either is there whole, never a part.

        Comes back with None, or with the sentence that says why it was not kept: too large, or the disk's trouble.
        ValueError for an id that is not letters, digits, - and _, at most 64.
        """
        path = self._path(draft_id)
        content = json.dumps({"id": draft_id, "fields": dict(fields)}, ensure_ascii=True).encode("ascii")
        if len(content) > LARGEST:
            return f"The draft is not kept: it has {len(content)} bytes, and a draft may have {LARGEST}."
        try:
            make_private(self._root)
            make_private(self._folder)
            replace_file(path, content)
        except OSError as trouble:
            return f"The draft is not kept: {trouble.strerror or trouble}."
        return None

    def load_all(self) -> Found:
        """Read every draft of the login; a file that is not a draft is renamed to `.bad` and named, never raised."""
        drafts: list[Draft] = []
        set_aside: list[str] = []
        for path in self._files():
            draft = _read(path)
            if draft is not None:
                drafts.append(draft)
            elif _set_aside(path):
                set_aside.append(path.name)
        return Found(tuple(sorted(drafts, key=lambda draft: (draft.saved_at, draft.id))), tuple(set_aside))

    def discard(self, draft_id: str) -> None:
        """Remove a draft whose call has ended; one that is not there, or cannot be removed, is passed over.

        ValueError for an id that is not letters, digits, - and _, at most 64.
        """
        _remove(self._path(draft_id))

    def discard_before(self, moment: float) -> int:
        """Remove every file of the login that was last written before a moment, in seconds since 1970 UTC.

        Files set aside and the remains of a broken write go too. Comes back with how many were removed.
        """
        removed = 0
        for path in self._entries():
            try:
                old = path.lstat().st_mtime < moment
            except OSError:
                continue
            if old and _remove(path):
                removed += 1
        return removed

    def _path(self, draft_id: str) -> Path:
        if not _ID.fullmatch(draft_id):
            raise ValueError("a draft's id has letters, digits, - and _, at most 64")
        return self._folder / f"{draft_id}.json"

    def _files(self) -> list[Path]:
        return [path for path in self._entries() if path.suffix == ".json"]

    def _entries(self) -> list[Path]:
        try:
            return sorted(self._folder.iterdir())
        except OSError:
            return []


def _read(path: Path) -> Draft | None:
    """The draft in a file, or None for whatever else is there: other content, a link, a pipe, a folder."""
    try:
        status = path.lstat()
        # A pipe would never end, and a link may lead anywhere.
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
            return None
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    match content:
        case {"id": str(name), "fields": dict(fields)} if name == path.stem and _ID.fullmatch(name):
            if all(isinstance(value, str) for value in fields.values()):
                return Draft(name, fields, status.st_mtime)
    return None


def _set_aside(path: Path) -> bool:
    try:
        path.rename(path.with_suffix(".bad"))
    except OSError:
        return False
    return True


def _remove(path: Path) -> bool:
    try:
        path.unlink()
    except OSError:
        return False
    return True
