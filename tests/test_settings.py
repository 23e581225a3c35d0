"""Settings: which source wins, and what a person is told of a slip."""

import getpass
import os
import stat
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from agent_tui.domain.delivery import NotifySettings, SmtpSettings, TicketSettings
from agent_tui.settings import (
    VARIABLES,
    Settings,
    SettingsError,
    config_dir,
    data_dir,
    glyph_set,
    load,
    make_private,
    state_dir,
)

TEMPLATE = "00000000-0000-4000-8000-000000000001"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(text, "utf-8")
    return path


def refusal(overrides: dict[str, object], environ: dict[str, str], path: Path | None = None) -> str:
    with pytest.raises(SettingsError) as caught:
        load(overrides, environ, path)
    return str(caught.value)


def test_the_defaults() -> None:
    settings = load({}, {})
    assert settings.store == str(data_dir() / "store.db")
    assert settings.login == getpass.getuser()
    assert (settings.site, settings.now, settings.hold_seconds) == (None, None, None)
    assert (settings.theme, settings.zoom, settings.density) == ("dark", 10, "comfortable")
    assert dict(settings.keymap) == {}


def test_command_line_over_environment_over_file_over_default(tmp_path: Path) -> None:
    path = written(tmp_path, 'zoom = 30\ntheme = "light"\nsite = "LEEDS"\n')
    environ = {"AGENT_TUI_ZOOM": "15", "AGENT_TUI_THEME": "high-contrast"}
    settings = load({"zoom": 5, "theme": None}, environ, path)
    assert (settings.zoom, settings.theme, settings.site, settings.density) == (
        5,
        "high-contrast",
        "LEEDS",
        "comfortable",
    )


def test_every_setting_from_the_file(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "store = '/srv/desk.db'\nlogin = 'agent1'\nsite = 'LEEDS'\nnow = 2026-11-23T09:00:00\nhold_seconds = 5\n"
        "heads = '/mnt/heads'\ntemplates = '/srv/words'\nletters = '/srv/out'\nsend_every = 60\nsecrets = '/etc/keys.toml'\n"
        "theme = 'light'\nglyphs = 'ascii'\nzoom = 5\ndensity = 'compact'\n"
        f"[notify]\ntemplates = {{ sms = '{TEMPLATE}' }}\n"
        "[smtp]\nhost = 'mail.example.org'\nsender = 'desk@example.org'\n"
        "[tickets]\nurl = 'https://jira.example.org'\nproject = 'DESK'\nfields = { priority = { name = 'High' } }\n"
        "[keymap]\nhold = 'f8, space'\nfind_client = ['f4', '/']\n",
    )
    assert load({}, {}, path) == Settings(
        store=str(Path("/srv/desk.db")),
        login="agent1",
        site="LEEDS",
        now=datetime(2026, 11, 23, 9),
        hold_seconds=5,
        heads=str(Path("/mnt/heads")),
        templates=str(Path("/srv/words")),
        letters=str(Path("/srv/out")),
        send_every=60,
        secrets=str(Path("/etc/keys.toml")),
        theme="light",
        glyphs="ascii",
        zoom=5,
        density="compact",
        keymap={"hold": "f8,space", "find_client": "f4,/"},
        notify=NotifySettings({"sms": TEMPLATE}),
        smtp=SmtpSettings("mail.example.org", "desk@example.org"),
        tickets=TicketSettings("https://jira.example.org", "DESK", fields={"priority": {"name": "High"}}),
    )


def test_every_variable_sets_its_setting() -> None:
    texts = {
        "AGENT_TUI_STORE": "postgresql://desk@db/desk",
        "AGENT_TUI_AS": "agent1",
        "AGENT_TUI_SITE": "LEEDS",
        "AGENT_TUI_NOW": "2026-11-23T09:00",
        "AGENT_TUI_HOLD_SECONDS": "3",
        "AGENT_TUI_HEADS": "/mnt/heads",
        "AGENT_TUI_TEMPLATES": "/srv/words",
        "AGENT_TUI_LETTERS": "/srv/out",
        "AGENT_TUI_SEND_EVERY": "60",
        "AGENT_TUI_SECRETS": "/etc/keys.toml",
        "AGENT_TUI_THEME": "light",
        "AGENT_TUI_GLYPHS": "ascii",
        "AGENT_TUI_ZOOM": "30",
        "AGENT_TUI_DENSITY": "compact",
        "AGENT_TUI_IDLE_LOCK_MINUTES": "5",
        "AGENT_TUI_CONNECT_TIMEOUT": "5",
        "AGENT_TUI_STATEMENT_TIMEOUT": "20",
        "AGENT_TUI_LOCK_TIMEOUT": "4",
        "AGENT_TUI_KEEPALIVE": "15",
    }
    assert set(texts) == set(VARIABLES)
    assert load({}, texts) == Settings(
        store="postgresql://desk@db/desk",
        login="agent1",
        site="LEEDS",
        now=datetime(2026, 11, 23, 9),
        hold_seconds=3,
        heads=str(Path("/mnt/heads")),
        templates=str(Path("/srv/words")),
        letters=str(Path("/srv/out")),
        send_every=60,
        secrets=str(Path("/etc/keys.toml")),
        theme="light",
        glyphs="ascii",
        connect_timeout=5,
        statement_timeout=20,
        lock_timeout=4,
        keepalive=15,
        zoom=30,
        density="compact",
        idle_lock_minutes=5,
    )


def test_heads_go_to_the_state_folder_a_folder_of_ones_own_or_nowhere() -> None:
    assert load({}, {}).heads == str(state_dir() / "heads")
    assert load({"heads": "~/heads"}, {"AGENT_TUI_HEADS": "/mnt"}).heads == str(Path.home() / "heads")
    assert load({"heads": "off"}, {}).heads is None


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load({}, {"AGENT_TUI_ZOOM": "", "AGENT_TUI_STORE": ""}).zoom == 10


def test_the_usual_file_is_read_when_it_is_there() -> None:
    make_private(config_dir())
    (config_dir() / "settings.toml").write_text("zoom = 15\n")
    assert load({}, {}).zoom == 15


def test_a_store_in_the_home_folder_and_a_path(tmp_path: Path) -> None:
    assert load({"store": "~/desk.db"}, {}).store == str(Path.home() / "desk.db")
    assert load({"store": tmp_path / "desk.db"}, {}).store == str(tmp_path / "desk.db")


def test_a_misspelt_setting_names_file_line_and_nearest(tmp_path: Path) -> None:
    path = written(tmp_path, '# mine\n\ntheme = "light"\nzom = 5\n')
    assert refusal({}, {}, path) == f"{path}, line 4: there is no setting 'zom'; did you mean zoom?"


def test_a_misspelt_table_names_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, 'zoom = 5\n[keymaps]\nhold = "f8"\n')
    assert refusal({}, {}, path) == f"{path}, line 2: there is no setting 'keymaps'; did you mean keymap?"


def test_a_setting_like_no_other_lists_them_all(tmp_path: Path) -> None:
    sentence = refusal({}, {}, written(tmp_path, "qqqq = 5\n"))
    assert "the settings are store, login, site, now, hold_seconds" in sentence


@pytest.mark.parametrize(
    ("line", "ending"),
    [
        ("zoom = 7", "zoom needs one of 5, 10, 15, 30 minutes to a line, not '7'."),
        ("zoom = true", "zoom needs one of 5, 10, 15, 30 minutes to a line, not 'True'."),
        ("idle_lock_minutes = -1", "idle_lock_minutes needs whole minutes from 0 (never) to 480, not '-1'."),
        ("idle_lock_minutes = true", "idle_lock_minutes needs whole minutes from 0 (never) to 480, not 'True'."),
        ("hold_seconds = 0", "hold_seconds needs whole seconds from 1 to 86400, not '0'."),
        ("hold_seconds = 1.5", "hold_seconds needs whole seconds from 1 to 86400, not '1.5'."),
        ("hold_seconds = 99999999999999999999", "from 1 to 86400, not '99999999999999999999'."),
        ("theme = 'ligth'", "not 'ligth'; did you mean light?"),
        ("theme = 3", "theme needs one of dark, light, high-contrast, deuteranopia-safe, not '3'."),
        ("density = 'tiny'", "density needs one of comfortable, compact, not 'tiny'."),
        ("glyphs = 'emoji'", "glyphs needs one of auto, unicode, ascii, not 'emoji'."),
        ("now = '9:00'", "now needs site time such as 2026-11-23T09:00, without a zone, not '9:00'."),
        ("now = '2026-02-30T09:00'", "without a zone, not '2026-02-30T09:00'."),
        ("now = 2026-11-23T09:00:00Z", "without a zone, not '2026-11-23 09:00:00+00:00'."),
        ("now = 2026-11-23", "without a zone, not '2026-11-23'."),
        ("site = 3", "site needs a text in quotes."),
        ("site = '  '", "site needs a text in quotes."),
        ('login = "a\\u001b[2J"', "login must not contain control characters."),
        ("store = ['a']", "store needs a text in quotes."),
        (
            "[smtp]\npassword = 'hunter2'",
            "smtp holds no secret: 'password' belongs into the environment or into the file of secrets.",
        ),
        ("[notify]", 'notify needs templates = { sms = "…", email = "…", letter = "…" } with the ids that Notify shows.'),
        (
            "tickets.url = 'http://jira.example.org'\ntickets.project = 'DESK'",
            "tickets sends nothing over a line that is not encrypted; let its url begin with https.",
        ),
        ("keymap = 'hold'", 'keymap needs a table such as [keymap] with lines like hold = "f8,space".'),
        ("keymap.hold = 3", "keymap has no keys for 'hold'; write them in quotes, such as \"f8,space\"."),
        ("keymap.hold = []", "keymap has no keys for 'hold'; write them in quotes, such as \"f8,space\"."),
    ],
)
def test_a_bad_value_names_file_line_and_what_is_wanted(tmp_path: Path, line: str, ending: str) -> None:
    path = written(tmp_path, f"# first\n{line}\n")
    sentence = refusal({}, {}, path)
    assert sentence.startswith(f"{path}, line 2: ")
    assert sentence.endswith(ending)


def test_a_long_or_hostile_value_is_cut_and_cleaned(tmp_path: Path) -> None:
    sentence = refusal({}, {}, written(tmp_path, f'theme = "\\u001b[2J\\u202e{"x" * 5000}"\n'))
    assert sentence.isprintable()
    assert "'?[2J?xxx" in sentence
    assert len(sentence) < 300


def test_a_bad_variable_is_named() -> None:
    wanted = "AGENT_TUI_ZOOM needs one of 5, 10, 15, 30 minutes to a line, not 'ten'."
    assert refusal({}, {"AGENT_TUI_ZOOM": "ten"}) == wanted
    assert refusal({}, {"AGENT_TUI_HOLD_SECONDS": "٣"}).startswith("AGENT_TUI_HOLD_SECONDS needs whole seconds")


def test_a_bad_option_is_named() -> None:
    assert refusal({"hold_seconds": "soon"}, {}).startswith("--hold-seconds needs whole seconds")
    assert refusal({"login": ""}, {}) == "--as needs a text in quotes."
    assert refusal({"zooom": 5}, {}) == "On the command line there is no setting 'zooom'; did you mean zoom?"


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (b"zoom = \n", "is not valid TOML: Invalid value (at line 1, column 8)."),
        (b"\xff\xfe", "is not UTF-8 text."),
        (b"a = " + b"[" * 100_000, "is not valid TOML: it is nested too deeply."),
        (b"#" * 1_000_001, "is larger than 1000000 bytes."),
    ],
)
def test_a_file_that_cannot_be_read_as_settings(tmp_path: Path, content: bytes, ending: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    assert refusal({}, {}, path).endswith(f"{path} {ending}")


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(b"\xef\xbb\xbfzoom = 5\r\n")
    assert load({}, {}, path).zoom == 5


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    assert refusal({}, {}, tmp_path / "none.toml") == f"There is no settings file {tmp_path / 'none.toml'}."


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    assert refusal({}, {}, tmp_path).startswith(f"The settings file {tmp_path} cannot be read: ")


def test_a_user_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 4242")

    monkeypatch.setattr(getpass, "getuser", nameless)
    assert load({}, {}).login == (f"uid{os.getuid()}" if hasattr(os, "getuid") else "agent")


@pytest.mark.parametrize(
    ("choice", "environ", "encoding", "glyphs"),
    [
        ("auto", {"LANG": "en_GB.UTF-8"}, "utf-8", "unicode"),
        ("auto", {"LANG": "en_GB.utf8"}, "UTF-8", "unicode"),
        ("auto", {}, "utf-8", "unicode"),
        ("auto", {}, None, "unicode"),
        ("auto", {}, "iso8859-1", "ascii"),
        ("auto", {"LANG": "en_GB.ISO-8859-1"}, "utf-8", "ascii"),
        ("auto", {"LANG": "en_GB.UTF-8", "LC_ALL": "C"}, "utf-8", "ascii"),
        ("auto", {"LANG": "C", "LC_CTYPE": "C.UTF-8"}, "utf-8", "ascii"),
        ("auto", {"LC_CTYPE": "C.UTF-8"}, "utf-8", "unicode"),
        ("auto", {"LANG": "C.UTF-8", "LC_ALL": ""}, "utf-8", "unicode"),
        ("ascii", {"LANG": "en_GB.UTF-8"}, "utf-8", "ascii"),
        ("unicode", {"LC_ALL": "C"}, "ascii", "unicode"),
    ],
)
def test_glyphs(choice: str, environ: dict[str, str], encoding: str | None, glyphs: str) -> None:
    assert glyph_set(choice, environ, encoding) == glyphs


@pytest.mark.skipif(os.name != "posix", reason="file modes of POSIX")
def test_a_private_folder(tmp_path: Path) -> None:
    open_folder = tmp_path / "open"
    open_folder.mkdir(mode=0o755)
    for folder in (open_folder, tmp_path / "new" / "inner"):
        assert make_private(folder) == folder
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_looking_for_folders_makes_none() -> None:
    assert not any(folder().exists() for folder in (config_dir, data_dir, state_dir))


def test_the_import_is_light() -> None:
    code = (
        "import sys, agent_tui.settings as s\n"
        "s.load({}, {})\n"
        "heavy = {'textual', 'rich', 'pydantic', 'sqlalchemy', 'tomllib', 'difflib', 'asyncio', 'typing_extensions'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    command = [sys.executable, "-S", "-c", code]
    assert subprocess.run(command, check=True, capture_output=True, text=True, env=with_site()).stdout == "[]\n"


def with_site() -> dict[str, str]:
    """The environment of a Python that reads no .pth files, which may import what they like."""
    import platformdirs

    paths = [os.environ["PYTHONPATH"], str(Path(platformdirs.__file__).parent.parent)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
