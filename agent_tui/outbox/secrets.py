"""Keys and passwords of providers: from the environment, or from a file that nobody else can read; never shown."""

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, NoReturn

VARIABLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "notify_key": "AGENT_TUI_NOTIFY_KEY",
        "smtp_password": "AGENT_TUI_SMTP_PASSWORD",
        "ticket_token": "AGENT_TUI_TICKET_TOKEN",
    }
)
"""The environment variable of each secret; its name is also the line's in the file."""
FILE_NAME: Final = "secrets.toml"
_LARGEST_FILE: Final = 100_000
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class SecretsProblem(Exception):
    """A secret that is not there or cannot be used; the message is a sentence with nothing of the secret in it."""


class Secret:
    """A value that shows itself to nobody: only `reveal` hands it out, to be passed straight to a provider's library."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value itself."""
        return self._value

    def __repr__(self) -> str:
        return "<secret>"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __reduce__(self) -> NoReturn:
        raise TypeError("A secret is not written anywhere.")


class Secrets:
    """The secrets of one run, each read when it is asked for; `file` need not exist."""

    __slots__ = ("_environ", "_file")

    def __init__(self, environ: Mapping[str, str], file: Path | None) -> None:
        self._environ = environ
        self._file = file

    def __repr__(self) -> str:
        return f"Secrets(file={str(self._file)!r})"

    def get(self, name: str) -> Secret | None:
        """Return a secret, the environment's before the file's, or None where there is none; raises SecretsProblem."""
        variable = VARIABLES[name]
        if self._environ.get(variable):
            return _checked(self._environ[variable], variable)
        written = {} if self._file is None else _from_file(self._file)
        return _checked(written[name], f"{name} in {self._file}") if name in written else None

    def need(self, name: str, purpose: str) -> Secret:
        """Return a secret that a purpose cannot do without; raises SecretsProblem, which says where to put it."""
        found = self.get(name)
        if found is None:
            place = f" or the line {name} in {self._file}" if self._file is not None else ""
            raise SecretsProblem(f"{purpose} needs a secret: set {VARIABLES[name]}{place}.")
        return found


def _checked(value: object, place: str) -> Secret:
    # A library may name a header that it cannot send, value and all, so nothing reaches it that could not be sent.
    if not isinstance(value, str) or not value.strip():
        raise SecretsProblem(f"{place} needs a text in quotes.")
    if not (value.isascii() and value.isprintable()):
        raise SecretsProblem(f"{place} has a character that no key or password of a provider has, such as a line end.")
    return Secret(value.strip())


def _from_file(path: Path) -> dict[str, object]:
    text = _private_text(path)
    if text is None:
        return {}
    import tomllib

    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as trouble:
        # What the parser says can repeat a part of the line.
        line = re.search(r"\bline (\d+)\b", str(trouble))
        raise SecretsProblem(f"{path} is not valid TOML{f', line {line[1]}' if line else ''}.") from None
    unknown = next((name for name in table if name not in VARIABLES), None)
    if unknown is not None:
        raise SecretsProblem(f"{path} has a line that is none of {', '.join(VARIABLES)}.")
    return table


def _private_text(path: Path) -> str | None:
    """Return what a file says that only its owner can read, or None where there is no such file."""
    try:
        # Not to be held up by a pipe that somebody put there.
        opened = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except FileNotFoundError:
        return None
    except OSError as trouble:
        raise SecretsProblem(f"{path} cannot be read: {trouble.strerror}.") from None
    try:
        _see_that_it_is_private(os.fstat(opened), path)
        with os.fdopen(opened, "rb", closefd=False) as file:
            content = file.read(_LARGEST_FILE + 1)
    finally:
        os.close(opened)
    if len(content) > _LARGEST_FILE:
        raise SecretsProblem(f"{path} is larger than {_LARGEST_FILE} bytes.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SecretsProblem(f"{path} is not UTF-8 text.") from None


def _see_that_it_is_private(about: os.stat_result, path: Path) -> None:
    if not stat.S_ISREG(about.st_mode):
        raise SecretsProblem(f"{path} is no ordinary file.")
    if os.name == "posix" and about.st_mode & _OTHERS:
        raise SecretsProblem(f"{path} can be read by others: chmod 600 {path} lets only its owner in.")
    if os.name == "posix" and about.st_uid not in (os.geteuid(), 0):
        raise SecretsProblem(f"{path} belongs to another user, who could change it.")
