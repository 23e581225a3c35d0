"""Common options anywhere on the line and by environment, one JSON object, one sentence, the exit codes."""

import json
import os
import signal
import subprocess
import time
from functools import partial
from itertools import permutations
from pathlib import Path

import pytest

from tests.cli.runner import (
    BOOK_KEYS,
    COMMAND,
    DAY,
    DAY_KEYS,
    DEMO_KEYS,
    DOCTOR_KEYS,
    FIND_KEYS,
    LIST_KEYS,
    LOG_KEYS,
    NOW,
    Place,
    booked,
    copied,
    held,
    run,
    spawn,
)

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize("order", list(permutations(range(3)))[:6])
def test_options_stand_anywhere(desk: Place, order: tuple[int, ...]) -> None:
    pieces = [["--store", desk.store, "--json"], ["--as", "agent1", f"--now={NOW}"], ["find", "FC-F2F", "--limit", "1"]]
    front = [word for number in order for word in pieces[number]]
    answer = run(*front)
    assert answer.code == 0
    assert answer.object["status"] == "offers"
    assert answer.object["from"] == NOW[:10]


@pytest.mark.parametrize("after", range(7))
def test_a_common_option_may_stand_between_any_two_words(desk: Place, after: int) -> None:
    words = ["clients", "find", "-", "--limit", "3", *desk.options[:4]]
    place = after if after < 4 else len(words)
    if place == 4:
        place = 5
    answer = run(*words[:place], "--json", *words[place:], stdin="Khan\n")
    assert answer.code == 0
    assert answer.object["total"] >= 1


def test_no_word_at_all_shows_the_day_where_there_is_no_terminal(desk: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("STORE", desk.store), ("AS", "agent1"), ("NOW", NOW)):
        monkeypatch.setenv(f"AGENT_TUI_{name}", value)
    assert "D01" in run().out


def test_environment_names_store_login_and_time(desk: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_TUI_STORE", desk.store)
    monkeypatch.setenv("AGENT_TUI_AS", "agent2")
    monkeypatch.setenv("AGENT_TUI_NOW", "2026-11-26T10:00")
    answer = run("hold", "FC-F2F", "--first", "--json")
    assert answer.code == 0
    assert answer.object["day"] == "2026-11-26"
    assert answer.object["start"] == "10:00"
    assert run("log", "--json").object["events"][-1]["who"] == "agent2"


def test_the_line_goes_before_the_environment(desk: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_TUI_STORE", "/nowhere/at/all.db")
    monkeypatch.setenv("AGENT_TUI_AS", "nobody-of-that-login")
    monkeypatch.setenv("AGENT_TUI_NOW", "2027-01-04T09:00")
    shown = desk.ask("hold", "FC-F2F", "--first")
    assert shown["day"] == NOW[:10]
    assert desk.ask("log")["events"][-1]["who"] == "agent1"


def test_the_environment_goes_before_the_file_and_the_file_before_the_default(
    desk: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Path(os.environ["XDG_CONFIG_HOME"]) / "agent-tui"
    config.mkdir(parents=True)
    (config / "settings.toml").write_text(f'store = "{desk.store}"\nlogin = "agent1"\nnow = "2026-11-30T09:00"\n')
    assert run("find", "FC-F2F", "--json").object["from"] == "2026-11-30"
    monkeypatch.setenv("AGENT_TUI_NOW", "2026-12-01T09:00")
    assert run("find", "FC-F2F", "--json").object["from"] == "2026-12-01"
    assert run("find", "FC-F2F", "--json", "--now", "2026-12-02T09:00").object["from"] == "2026-12-02"


def test_the_default_store_lies_in_the_data_folder(desk: Place) -> None:
    place = Path(os.environ["XDG_DATA_HOME"]) / "agent-tui" / "store.db"
    missing = run("types", "--json")
    assert missing.code == 4
    assert str(place) in missing.err
    place.parent.mkdir(parents=True, mode=0o700)
    place.write_bytes(Path(desk.store).read_bytes())
    assert run("types", "--json").code == 0


def test_the_default_login_is_the_computers_user(desk: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "leader1")
    assert run("hold", "FC-F2F", "--first", "--store", desk.store, "--now", NOW, "--json").code == 0
    assert desk.ask("log")["events"][-1]["who"] == "leader1"


def test_site_by_code(desk: Place) -> None:
    assert desk.ask("types", "--site", "LPP")["total"] == 5
    refused = desk.ask("types", "--site", "NOWHERE", code=None)
    assert refused["status"] != "list"


def test_the_only_site_needs_no_name_and_two_do(desk: Place) -> None:
    from agent_tui.store.opening import open_store
    from tests.small_site import fill_site

    store = open_store(desk.store)
    store.write(lambda unit: fill_site(unit, "SECOND"))
    store.close()
    unnamed = run("types", *desk.options)
    assert unnamed.code in (2, 3)
    assert "LPP" in unnamed.err
    assert "SECOND" in unnamed.err
    assert desk.ask("log", "--site", "SECOND")["site"] == "SECOND"


@pytest.mark.parametrize("seconds", ["1", "7200"])
def test_hold_seconds_from_the_environment(desk: Place, monkeypatch: pytest.MonkeyPatch, seconds: str) -> None:
    from datetime import UTC, datetime

    monkeypatch.setenv("AGENT_TUI_HOLD_SECONDS", seconds)
    before = datetime.now(UTC)
    ends = datetime.fromisoformat(held(desk)["expires_at"])
    assert abs((ends - before).total_seconds() - int(seconds)) < 5


def test_version_is_printed() -> None:
    assert run("--version").out.startswith("agent-tui ")


def test_version_loads_neither_textual_nor_sqlalchemy() -> None:
    code = "import sys; from agent_tui.cli.main import main; main(['--version'])"
    code += "; print(sorted({'textual', 'sqlalchemy'} & set(sys.modules)))"
    done = subprocess.run([COMMAND[0], "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


KEYS = {
    ("find", "FC-F2F"): FIND_KEYS,
    ("book", "FC-F2F", "--first", "--client", "C000001"): BOOK_KEYS,
    ("hold", "FC-F2F", "--first"): BOOK_KEYS,
    ("day", DAY): DAY_KEYS,
    ("log",): LOG_KEYS,
    ("doctor",): DOCTOR_KEYS,
    ("types",): LIST_KEYS,
    ("diaries",): LIST_KEYS,
    ("clients",): LIST_KEYS,
    ("handoffs",): LIST_KEYS,
    ("flags", "list"): LIST_KEYS,
    ("calls",): LIST_KEYS,
}


@pytest.mark.parametrize("words", KEYS, ids=" ".join)
def test_every_key_when_done(desk: Place, words: tuple[str, ...]) -> None:
    assert KEYS[words] <= desk.ask(*words).keys()


def test_every_key_of_demo_when_done(tmp_path: Path) -> None:
    shown = run(
        "demo", "--coaches", "1", "--days", "1", "--load-only", "--json", "--store", str(tmp_path / "d.db"), f"--now={NOW}"
    )
    assert shown.code == 0
    assert shown.object.keys() >= DEMO_KEYS


REFUSED = [
    (("find", "NO-SUCH"), FIND_KEYS),
    (("find", "CC-PHONE"), FIND_KEYS),
    (("find", "FC-F2F", "--diary", "D99"), FIND_KEYS),
    (("find", "FC-F2F", "--team", "Z"), FIND_KEYS),
    (("find", "FC-F2F", "--client", "C999999"), FIND_KEYS),
    (("book", "FC-F2F", "--first"), BOOK_KEYS),
    (("book", "FC-F2F", "--first", "--client", "C999999"), BOOK_KEYS),
    (("book", "FC-F2F", "--client", "C000001", "--day", DAY, "--start", "09:03"), BOOK_KEYS),
    (("book", "NO-SUCH", "--first", "--client", "C000001"), BOOK_KEYS),
    (("book", "CC-PHONE", "--first", "--client", "C000001"), BOOK_KEYS),
    (("hold", "FC-F2F", "--first", "--diary", "D99"), BOOK_KEYS),
    *((("show", NOBODY), BOOK_KEYS), (("undo",), BOOK_KEYS), (("undo", NOBODY), BOOK_KEYS)),
    *(((verb, NOBODY), BOOK_KEYS) for verb in ("confirm", "extend", "release")),
    (("move", NOBODY, "--day", DAY, "--start", "10:00"), BOOK_KEYS),
    (("move", NOBODY, "--day", DAY, "--start", "10:01"), BOOK_KEYS),
    (("cancel", NOBODY, "--reason", "claimant"), BOOK_KEYS),
    (("attend", NOBODY, "--as", "attended"), BOOK_KEYS),
]


@pytest.mark.parametrize(("words", "keys"), REFUSED, ids=[" ".join(words) for words, _ in REFUSED])
def test_every_key_when_refused(desk: Place, words: tuple[str, ...], keys: set[str]) -> None:
    shown = desk.refuse(*words)
    assert keys <= shown.keys()
    if keys == BOOK_KEYS:
        assert shown["status"] in ("refused", "handoff")
        assert shown["code"]
        assert shown["reason"]
        assert isinstance(shown["alternatives"], list)


TROUBLED = [
    (("find", "FC-F2F"), FIND_KEYS),
    (("book", "FC-F2F", "--first", "--client", "C000001"), BOOK_KEYS),
    (("show", NOBODY), BOOK_KEYS),
    (("day", DAY), DAY_KEYS),
    (("log",), LOG_KEYS),
    (("doctor",), DOCTOR_KEYS),
    (("types",), LIST_KEYS),
    (("calls",), LIST_KEYS),
]


@pytest.mark.parametrize("words", [words for words, _ in TROUBLED], ids=" ".join)
def test_store_trouble_is_one_object(words: tuple[str, ...]) -> None:
    answer = run(*words, "--store", "/nowhere/at/all.db", "--as", "agent1", "--json")
    assert answer.code == 4
    assert answer.object["status"] not in ("offers", "booked", "held", "list", "day", "log", "sound")
    assert answer.object["reason"] == answer.err.rstrip("\n")


def test_store_trouble_has_every_key_of_its_command() -> None:
    """contract.md: "Keys shown are always present (null where empty)"."""
    lacking: dict[str, list[str]] = {}
    for words, keys in TROUBLED:
        shown = run(*words, "--store", "/nowhere/at/all.db", "--as", "agent1", "--json").object
        lacking |= {words[0]: sorted(keys - shown.keys())} if keys - shown.keys() else {}
    assert not lacking


MALFORMED = [
    (("find", "FC-F2F", "--from", "soon"), FIND_KEYS),
    (("find",), FIND_KEYS),
    (("find", "FC-F2F", "--limit", "many"), FIND_KEYS),
    (("book", "FC-F2F", "--client", "C000001", "--day", "soon", "--start", "10:00"), BOOK_KEYS),
    (("book", "FC-F2F", "--client", "Sana Khan", "--first"), BOOK_KEYS),
    (("show", "that one"), BOOK_KEYS),
    (("day", "soon"), DAY_KEYS),
    (("log", "--after", "x"), LOG_KEYS),
    (("types", "--limit", "0"), LIST_KEYS),
]


@pytest.mark.parametrize("words", [words for words, _ in MALFORMED], ids=" ".join)
def test_a_usage_error_is_one_object(desk: Place, words: tuple[str, ...]) -> None:
    shown = desk.ask(*words, code=2)
    assert shown["status"] not in ("offers", "booked", "held", "list", "day", "log", "sound")
    assert shown["reason"]


def test_a_usage_error_has_every_key_of_its_command(desk: Place) -> None:
    """contract.md: "Keys shown are always present (null where empty)"."""
    lacking: dict[str, list[str]] = {}
    for words, keys in MALFORMED:
        shown = desk.ask(*words, code=2)
        lacking |= {words[0]: sorted(keys - shown.keys())} if keys - shown.keys() else {}
    assert not lacking


USAGE = [
    *((), ("nonsense",), ("find",), ("book",), ("day",), ("show",), ("move", NOBODY), ("cancel", NOBODY), ("attend", NOBODY)),
    *(("flags",), ("find", "FC-F2F", "--nonsense"), ("find", "FC-F2F", "extra"), ("confirm",), ("find", "FC-F2F", "--from")),
    *(("--store",), ("--as",), ("types", "--json=yes"), ("cancel", NOBODY, "--reason", "bored")),
    *(("attend", NOBODY, "--as", "agent1"), ("book", "FC-F2F", "--client", "C000001")),
    *(("hold", "FC-F2F", "--first", "--day", DAY, "--start", "10:00"), ("hold", "FC-F2F", "--day", DAY)),
    *(("hold", "FC-F2F", "--first", "--priority", "urgent"), ("hold", "FC-F2F", "--first", "--priority", "soon")),
    *(("hold", "FC-F2F", "--first", "--contact", "pigeon"), ("find", "FC-F2F", "--channel", "pigeon")),
    *(("find", "FC-F2F", "--need", "piano"), ("find", "FC-F2F", "--time", "noon"), ("find", "FC-F2F", "--near", "noon")),
    *(("find", "FC-F2F", "--notice", "-1"), ("hold", "FC-F2F", "--first", "--id", "1"), ("types", "--now", "yesterday")),
]


@pytest.mark.parametrize("words", USAGE[1:], ids=[" ".join(words) for words in USAGE[1:]])
def test_usage_is_two_and_changes_nothing(desk: Place, words: tuple[str, ...]) -> None:
    before = desk.dump()
    answer = run(*desk.options, *words)
    assert answer.code == 2, answer
    assert answer.object["reason"]
    assert desk.dump() == before


def test_malformed_environment_is_usage(desk: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_TUI_HOLD_SECONDS", "soon")
    assert run("types", *desk.options).code == 2


def test_nothing_found_is_three(desk: Place) -> None:
    assert run("clients", "find", "-", *desk.options, stdin="Nobody Such\n").code == 3
    assert run("find", "FC-F2F", "--from", "2026-11-28", "--to", "2026-11-29", *desk.options).code == 3
    assert run("show", NOBODY, *desk.options).code == 3


def test_nothing_found_is_said_in_a_sentence(desk: Place) -> None:
    """contract.md: "stderr is one sentence"."""
    for words, stdin in ((("clients", "find", "-"), "Nobody Such\n"), (("find", "NO-SUCH"), None), (("undo",), None)):
        assert run(*words, *desk.options, stdin=stdin).stderr.count(b"\n") == 1, words


def test_unknown_login_is_refused(desk: Place) -> None:
    shown = desk.by("stranger").refuse("types")
    assert shown["code"] == "role"


def test_a_real_process_speaks_utf8_whatever_the_locale(desk: Place, tmp_path: Path) -> None:
    desk.ask("clients", "add", "-", stdin="name: Zoë Ωmega 李明\nphone: 0113 496 0099\n")
    ascii_only = {"LC_ALL": "C", "LANG": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    answer = spawn("clients", *desk.options, env=ascii_only)
    assert answer.code == 0
    assert "Zoë Ωmega 李明" in [item["name"] for item in answer.object["items"]]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("types",), 0),
        (("types", "--limit", "x"), 2),
        (("show", NOBODY), 3),
        (("types", "--store", "/nowhere/at/all.db"), 4),
    ],
)
def test_exit_codes_of_a_real_process(desk: Place, words: tuple[str, ...], code: int) -> None:
    assert spawn(*desk.options, *words).code == code


@pytest.mark.parametrize("words", [("types",), ("log", "--limit", "1"), ("types", "--limit", "x")], ids=" ".join)
def test_a_reader_that_goes_away_is_no_error(desk: Place, words: tuple[str, ...]) -> None:
    with subprocess.Popen([*COMMAND, *words, *desk.options], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaint = process.stderr.read()
        process.wait(30)
    assert b"Traceback" not in complaint
    assert b"Exception ignored" not in complaint
    assert process.returncode in (0, 2, 4), complaint


@pytest.mark.parametrize("words", [("types",), ("log", "--limit", "1")], ids=" ".join)
def test_a_full_standard_output_is_one_sentence(desk: Place, words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*COMMAND, *words, *desk.options], stdout=full, stderr=subprocess.PIPE, check=False)
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr
    assert done.stderr.count(b"\n") == 1
    assert done.returncode in (2, 3, 4), done


def test_closed_standard_streams_are_no_traceback(desk: Place) -> None:
    for closing in ("<&-", ">&-"):
        line = f'"$@" {closing}'
        done = subprocess.run(
            ["sh", "-c", line, "sh", *COMMAND, "clients", "find", "-", *desk.options], capture_output=True, check=False
        )
        assert b"Traceback" not in done.stderr + done.stdout, done
        assert b"Exception ignored" not in done.stderr, done
        assert done.returncode in (0, 2, 3, 4), done


def wait_for_input(process: subprocess.Popen[bytes]) -> None:
    """Wait until a process has used no processor time for half a second, since it waits for its standard input then."""
    stat, used, still = Path(f"/proc/{process.pid}/stat"), -1, 0
    if not stat.exists():
        pytest.skip("there is no /proc to see what a process waits for")
    deadline = time.monotonic() + 60
    while still < 5 and time.monotonic() < deadline:
        fields = stat.read_text(encoding="ascii").rpartition(")")[2].split()
        now = int(fields[11]) + int(fields[12])
        still = still + 1 if now == used and fields[0] == "S" else 0
        used = now
        time.sleep(0.1)


def test_an_interrupt_is_one_sentence(desk: Place) -> None:
    process = subprocess.Popen(
        [*COMMAND, "clients", "find", "-", *desk.options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # a run in the background ignores it
    )
    wait_for_input(process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 4
    assert b"Traceback" not in err
    assert err.count(b"\n") == 1
    assert json.loads(out)["status"]


def test_help_of_every_command_ends_well(desk: Place) -> None:
    names = ["find", "hold", "book", "confirm", "extend", "release", "move", "cancel", "attend", "undo", "show"]
    names += ("day", "log", "doctor", "types", "diaries", "clients", "handoffs", "flags", "calls", "demo", "migrate")
    for name in names:
        answer = run(name, "--help")
        assert answer.code == 0
        assert "Usage" in answer.out


def test_every_command_of_the_contract_exists() -> None:
    listed = run("--help").out
    for name in ("find", "hold", "book", "confirm", "extend", "release", "move", "cancel", "attend", "undo", "show", "demo"):
        assert f" {name} " in listed, name
    for name in ("day", "log", "doctor", "types", "diaries", "clients", "handoffs", "flags", "calls"):
        assert f" {name} " in listed, name


def test_booked_and_held_helpers_agree_with_text(desk: Place) -> None:
    entry = booked(desk)
    assert entry["id"] in desk.text("show", entry["id"])


def test_a_copied_store_is_private(desk: Place, tmp_path: Path) -> None:
    copy = copied(Path(desk.store), tmp_path / "again")
    assert Place(copy).ask("doctor")["status"] == "sound"
