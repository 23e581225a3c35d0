"""What a person can set, and where it is read: command line, then environment, then file, then default.

Only the standard library is imported, so that a plain command starts in a few milliseconds.
"""

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, cast

if TYPE_CHECKING:
    from agent_tui.domain.delivery import NotifySettings, SmtpSettings, TicketSettings

APP: Final = "agent-tui"
THEMES: Final = ("dark", "light", "high-contrast", "deuteranopia-safe")
GLYPHS: Final = ("auto", "unicode", "ascii")
ZOOMS: Final = (5, 10, 15, 30)
DENSITIES: Final = ("comfortable", "compact")
LONGEST_HOLD: Final = 86_400
LONGEST_IDLE: Final = 480
LONGEST_WAIT: Final = 3600
SHORTEST_ROUND: Final = 10

_SITE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?", re.ASCII)
_LARGEST_FILE: Final = 1_000_000
_NO_KEYS: Final[Mapping[str, str]] = MappingProxyType({})


class SettingsError(ValueError):
    """Settings that cannot be used; the text is one sentence for the person who wrote them."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One run's settings, all checked.

    `store` is a file path or a database URL, `now` site time without a zone (None for the computer's clock),
    `hold_seconds` the life of a hold (None for the site's), `heads` the folder to which the log's head is written daily
    (None for nowhere), `templates` the folder of the site's own templates of messages, `letters` that into which letters are
    written for somebody to print (None for none), `send_every` how often the open app sends messages in seconds (0 for never),
    `zoom` minutes to a line, `idle_lock_minutes` those without a key after which the screen is covered (0 for never), `keymap`
    command ids with keys as "f8,space". The store is waited for so many whole seconds: to connect, for one statement, for a
    lock that another holds; after `keepalive` seconds of silence a line to a server is probed. Messages leave as `notify`,
    `smtp` and `tickets` say (None where nothing is set up); `secrets` is the file of their keys.
    """

    store: str
    login: str
    site: str | None = None
    now: datetime | None = None
    hold_seconds: int | None = None
    heads: str | None = None
    templates: str | None = None
    letters: str | None = None
    send_every: int = 0
    theme: str = THEMES[0]
    glyphs: Literal["unicode", "ascii"] = "unicode"
    zoom: int = 10
    density: Literal["comfortable", "compact"] = "comfortable"
    idle_lock_minutes: int = 15
    keymap: Mapping[str, str] = field(default_factory=lambda: _NO_KEYS)
    connect_timeout: int = 10
    statement_timeout: int = 30
    lock_timeout: int = 10
    keepalive: int = 30
    notify: "NotifySettings | None" = None
    smtp: "SmtpSettings | None" = None
    tickets: "TicketSettings | None" = None
    secrets: str | None = None
    given: frozenset[str] = field(default=frozenset(), compare=False)
    """The names of what the command line or the environment said, over which nothing that is remembered counts."""


def config_dir() -> Path:
    """The folder of the settings file; not made here."""
    from platformdirs import user_config_path

    return user_config_path(APP, appauthor=False)


def data_dir() -> Path:
    """The folder of the default store; not made here."""
    from platformdirs import user_data_path

    return user_data_path(APP, appauthor=False)


def default_store() -> str:
    """The path of the store that is used when none is named."""
    return str(data_dir() / "store.db")


def default_secrets() -> str:
    """The path of the file of keys and passwords that is used when none is named; it need not exist."""
    return str(config_dir() / "secrets.toml")


def state_dir() -> Path:
    """The folder of drafts and logs; not made here."""
    from platformdirs import user_state_path

    return user_state_path(APP, appauthor=False)


def default_heads() -> str:
    """The folder of the heads of logs that is used when none is named; not made here."""
    return str(state_dir() / "heads")


def make_private(folder: Path) -> Path:
    """Make a folder that only its owner can enter, and hand it back; one that exists loses its other readers.

    Parents are made as the system makes them. OSError if it cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix" and folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
    return folder


def load(
    overrides: Mapping[str, object],
    environ: Mapping[str, str],
    config_path: Path | None = None,
) -> Settings:
    """Read the settings of one run; an override of None was not typed and is passed over.

    `config_path` is the file to read; without it the usual one, which need not exist. Raises SettingsError for an
    unknown name, a value that cannot be used, or a file that cannot be read.
    """
    values: dict[str, object] = {}
    values.update(_from_file(config_path))
    said = _from_environment(environ) | _from_overrides(overrides)
    values.update(said)
    glyphs = cast(str, values.pop("glyphs", "auto"))
    values.setdefault("store", default_store())
    values.setdefault("login", system_login())
    values.setdefault("heads", default_heads())
    values.setdefault("secrets", default_secrets())
    values["given"] = frozenset(said)
    values["glyphs"] = glyph_set(glyphs, environ, getattr(sys.stdout, "encoding", None))
    return Settings(**cast("dict[str, Any]", values))


def glyph_set(choice: str, environ: Mapping[str, str], encoding: str | None) -> Literal["unicode", "ascii"]:
    """Which glyphs a terminal can show: the choice, or for "auto" what the locale and the output's encoding say."""
    if choice != "auto":
        return "ascii" if choice == "ascii" else "unicode"
    return "unicode" if _locale_is_utf8(environ) and _is_utf8(encoding or "utf-8") else "ascii"


def _locale_is_utf8(environ: Mapping[str, str]) -> bool:
    # Python itself sets LC_CTYPE to C.UTF-8 under LANG=C (PEP 538), which says nothing of the terminal.
    coerced = environ.get("LC_CTYPE") in ("C.UTF-8", "C.utf8", "UTF-8") and environ.get("LANG") in ("C", "POSIX")
    names = ("LC_ALL", "LANG") if coerced else ("LC_ALL", "LC_CTYPE", "LANG")
    locale = next((environ[name] for name in names if environ.get(name)), "")
    return not locale or _is_utf8(locale)


def _is_utf8(name: str) -> bool:
    return "utf8" in name.lower().replace("-", "").replace("_", "")


def system_login() -> str:
    """The login of the computer's user, or a number where it has no name."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        # A container may run under a number that has no name.
        return f"uid{os.getuid()}" if hasattr(os, "getuid") else "agent"


def _shown(value: object) -> str:
    """A value as one short printable word for a sentence."""
    text = "".join(character if character.isprintable() else "?" for character in str(value))
    return f"'{text[:40]}…'" if len(text) > 40 else f"'{text}'"


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise SettingsError("needs a text in quotes")
    if not value.isprintable():
        raise SettingsError("must not contain control characters")
    return value.strip()


def _store(value: object) -> str:
    text = _text(str(value) if isinstance(value, Path) else value)
    try:
        return text if "://" in text else str(Path(text).expanduser())
    except RuntimeError:  # the home of nobody that this machine knows; the store says so
        return text


def _heads(value: object) -> str | None:
    text = _text(str(value) if isinstance(value, Path) else value)
    return None if text == "off" else _folder(text)


def _folder(value: object) -> str:
    text = _text(str(value) if isinstance(value, Path) else value)
    try:
        return str(Path(text).expanduser())
    except RuntimeError:
        raise SettingsError(f"is in the home folder of nobody that this machine knows: {_shown(text)}") from None


def _site_time(value: object) -> datetime:
    moment: datetime | None = None
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, str) and _SITE_TIME.fullmatch(value.strip()):
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError:
            moment = None
    if moment is None or moment.tzinfo is not None:
        raise SettingsError(f"needs site time such as 2026-11-23T09:00, without a zone, not {_shown(value)}")
    return moment


def _number(value: object) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"\d{1,9}", value.strip(), re.ASCII):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _seconds(longest: int) -> Callable[[object], int]:
    def parse(value: object) -> int:
        number = _number(value)
        if number is None or not 1 <= number <= longest:
            raise SettingsError(f"needs whole seconds from 1 to {longest}, not {_shown(value)}")
        return number

    return parse


def _idle_lock_minutes(value: object) -> int:
    number = _number(value)
    if number is None or not 0 <= number <= LONGEST_IDLE:
        raise SettingsError(f"needs whole minutes from 0 (never) to {LONGEST_IDLE}, not {_shown(value)}")
    return number


def _send_every(value: object) -> int:
    number = _number(value)
    if number is None or not (number == 0 or SHORTEST_ROUND <= number <= LONGEST_WAIT):
        raise SettingsError(f"needs 0 (never) or whole seconds from {SHORTEST_ROUND} to {LONGEST_WAIT}, not {_shown(value)}")
    return number


def _zoom(value: object) -> int:
    number = _number(value)
    if number not in ZOOMS:
        raise SettingsError(f"needs one of {', '.join(map(str, ZOOMS))} minutes to a line, not {_shown(value)}")
    return number


def _one_of(choices: tuple[str, ...]) -> Callable[[object], str]:
    def parse(value: object) -> str:
        if isinstance(value, str) and value.strip() in choices:
            return value.strip()
        raise SettingsError(f"needs one of {', '.join(choices)}, not {_shown(value)}{nearest_word(value, choices)}")

    return parse


def _keymap(value: object) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        raise SettingsError('needs a table such as [keymap] with lines like hold = "f8,space"')
    keys: dict[str, str] = {}
    for command, written in value.items():
        parts = written if isinstance(written, list) else [written]
        if not parts or not all(isinstance(part, str) and part.strip() for part in parts):
            raise SettingsError(f'has no keys for {_shown(command)}; write them in quotes, such as "f8,space"')
        keys[str(command)] = ",".join(key.strip() for part in parts for key in part.split(","))
    return MappingProxyType(keys)


def _table(name: str) -> Callable[[object], object]:
    def parse(value: object) -> object:
        from agent_tui.domain.delivery import READERS, DeliveryProblem

        try:
            return READERS[name](value)
        except DeliveryProblem as problem:
            raise SettingsError(str(problem)) from None

    return parse


_PARSERS: Final[Mapping[str, Callable[[object], object]]] = {
    "store": _store,
    "login": _text,
    "site": _text,
    "now": _site_time,
    "hold_seconds": _seconds(LONGEST_HOLD),
    "heads": _heads,
    "templates": _folder,
    "letters": _folder,
    "send_every": _send_every,
    "theme": _one_of(THEMES),
    "glyphs": _one_of(GLYPHS),
    "zoom": _zoom,
    "density": _one_of(DENSITIES),
    "idle_lock_minutes": _idle_lock_minutes,
    "keymap": _keymap,
    "connect_timeout": _seconds(LONGEST_WAIT),
    "statement_timeout": _seconds(LONGEST_WAIT),
    "lock_timeout": _seconds(LONGEST_WAIT),
    "keepalive": _seconds(LONGEST_WAIT),
    "notify": _table("notify"),
    "smtp": _table("smtp"),
    "tickets": _table("tickets"),
    "secrets": _folder,
}
VARIABLES: Final[Mapping[str, str]] = {
    "AGENT_TUI_STORE": "store",
    "AGENT_TUI_AS": "login",
    "AGENT_TUI_SITE": "site",
    "AGENT_TUI_NOW": "now",
    "AGENT_TUI_HOLD_SECONDS": "hold_seconds",
    "AGENT_TUI_HEADS": "heads",
    "AGENT_TUI_TEMPLATES": "templates",
    "AGENT_TUI_LETTERS": "letters",
    "AGENT_TUI_SEND_EVERY": "send_every",
    "AGENT_TUI_THEME": "theme",
    "AGENT_TUI_GLYPHS": "glyphs",
    "AGENT_TUI_ZOOM": "zoom",
    "AGENT_TUI_DENSITY": "density",
    "AGENT_TUI_IDLE_LOCK_MINUTES": "idle_lock_minutes",
    "AGENT_TUI_CONNECT_TIMEOUT": "connect_timeout",
    "AGENT_TUI_STATEMENT_TIMEOUT": "statement_timeout",
    "AGENT_TUI_LOCK_TIMEOUT": "lock_timeout",
    "AGENT_TUI_KEEPALIVE": "keepalive",
    "AGENT_TUI_SECRETS": "secrets",
}
"""Each environment variable and the setting that it sets; an empty one counts as not set."""


def nearest_word(word: object, known: Sequence[str]) -> str:
    """Return "; did you mean ...?" for a word that is like a known one, else nothing."""
    from difflib import get_close_matches

    text = str(word)
    # The likeness asked for, 0.6, is out of reach of a word that is more than 7/3 as long; to find that out takes long.
    if len(text) * 3 > 7 * max(map(len, known), default=0):
        return ""
    close = get_close_matches(text, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _parsed(name: str, value: object, place: str) -> object:
    try:
        return _PARSERS[name](value)
    except SettingsError as trouble:
        raise SettingsError(f"{place} {trouble}{'' if str(trouble).endswith('?') else '.'}") from None


def _unknown(name: str, place: str) -> SettingsError:
    known = tuple(_PARSERS)
    hint = nearest_word(name, known) or f"; the settings are {', '.join(known)}."
    return SettingsError(f"{place}there is no setting {_shown(name)}{hint}")


def _from_overrides(overrides: Mapping[str, object]) -> dict[str, object]:
    values: dict[str, object] = {}
    for name, value in overrides.items():
        if name not in _PARSERS:
            raise _unknown(name, "On the command line ")
        if value is not None:
            option = "as" if name == "login" else name.replace("_", "-")
            values[name] = _parsed(name, value, f"--{option}")
    return values


def _from_environment(environ: Mapping[str, str]) -> dict[str, object]:
    given = {variable: environ[variable] for variable in VARIABLES if environ.get(variable)}
    return {VARIABLES[variable]: _parsed(VARIABLES[variable], text, variable) for variable, text in given.items()}


def _from_file(config_path: Path | None) -> dict[str, object]:
    path = config_path or config_dir() / "settings.toml"
    text = _file_text(path, must_exist=config_path is not None)
    if not text.strip():
        return {}
    import tomllib

    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as trouble:
        raise SettingsError(f"{path} is not valid TOML: {trouble}.") from None
    except RecursionError:
        raise SettingsError(f"{path} is not valid TOML: it is nested too deeply.") from None
    values: dict[str, object] = {}
    for name, value in table.items():
        place = f"{path}, line {_line_of(text, name)}: "
        if name not in _PARSERS:
            raise _unknown(name, place)
        values[name] = _parsed(name, value, f"{place}{name}")
    return values


def _file_text(path: Path, must_exist: bool) -> str:
    try:
        with path.open("rb") as source:
            content = source.read(_LARGEST_FILE + 1)
    except FileNotFoundError:
        if must_exist:
            raise SettingsError(f"There is no settings file {path}.") from None
        return ""
    except OSError as trouble:
        raise SettingsError(f"The settings file {path} cannot be read: {trouble.strerror}.") from None
    if len(content) > _LARGEST_FILE:
        raise SettingsError(f"The settings file {path} is larger than {_LARGEST_FILE} bytes.")
    try:
        # Windows editors put a byte-order mark before the text.
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SettingsError(f"The settings file {path} is not UTF-8 text.") from None


def _line_of(text: str, name: str) -> int:
    """The line, from 1, on which a top-level setting or table is written; 1 if it cannot be told."""
    written = re.compile(rf"""\s*(\[+\s*)?["']?{re.escape(name)}["']?\s*([=.\]]|$)""")
    for number, line in enumerate(text.splitlines(), start=1):
        if written.match(line):
            return number
    return 1
