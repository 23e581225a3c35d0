"""Every argument, standard input and variable of every command, given what nobody should type."""

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.runner import DAY, NOW, Answer, Place, booked, held, run, spawn
from tests.hostile.words import INPUTS, WORDS

HERE = "<here>"
ENTRY = "<entry>"
HOLD = "<hold>"

# All other doors are tried one by one in test_doors.py; these need something that is held or booked.
SLOTS: list[tuple[str, ...]] = [
    *((verb, HOLD, "--version", HERE) for verb in ("confirm", "extend", "release")),
    *((verb, HOLD, "--id", HERE) for verb in ("extend", "undo")),
    ("confirm", HOLD, "--client", HERE),
    ("move", ENTRY, "--day", HERE, "--start", "14:00"),
    ("move", ENTRY, "--day", DAY, "--start", HERE),
    ("move", ENTRY, "--day", DAY, "--start", "14:00", "--diary", HERE),
    ("cancel", ENTRY, "--reason", HERE),
    ("attend", ENTRY, "--as", HERE),
    ("attend", ENTRY, "--as", "late", "--minutes", HERE),
]


# Every argument meets these, and a quarter of the others: which quarter changes from one argument to the next.
CORE = ("C1", "bidi", "invalid UTF-8", "empty", "long", "dash")


def try_all(desk: Place, template: tuple[str, ...]) -> list[Answer]:
    entry = booked(desk)["id"] if ENTRY in template else ""
    hold = held(desk, start="09:00")["id"] if HOLD in template else ""
    answers: list[Answer] = []
    before = desk.dump("access")
    quarter = SLOTS.index(template) % 4
    for number, (name, word) in enumerate(WORDS.items()):
        if name not in CORE and number % 4 != quarter:
            continue
        filled = {HERE: word, ENTRY: entry, HOLD: hold}
        words = [filled.get(one, one).replace(HERE, word) for one in template]
        options = ["--store", desk.store, "--as", "agent1", "--now", NOW]
        json = ["--json"] if len(answers) % 2 else []
        answer = run(*options, *json, *words)
        assert answer.code in (0, 2, 3), answer
        answers.append(answer)
    # What was refused has changed nothing; what was done must have been something that may be done.
    if all(answer.code for answer in answers):
        assert desk.dump("access") == before
    else:
        desk.sound()
    return answers


@pytest.mark.parametrize("template", SLOTS, ids=" ".join)
def test_an_argument(desk: Place, template: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    try_all(desk, template)
    assert not [one for one in tmp_path.iterdir() if one.name not in ("home", "small", "demo")]


@pytest.mark.parametrize("name", ["AGENT_TUI_AS", "AGENT_TUI_NOW", "AGENT_TUI_SITE", "AGENT_TUI_HOLD_SECONDS", "AGENT_TUI_THEME"])
def test_a_variable(desk: Place, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = desk.dump()
    for number, word in enumerate(WORDS.values()):
        monkeypatch.setenv(name, word)
        json = ["--json"] if number % 2 else []
        assert run("handoffs", "--store", desk.store, *json).code in (0, 2, 3)
    assert desk.dump() == before


INPUT_SLOTS: list[tuple[str, ...]] = [
    ("clients", "find", "-"),
    ("clients", "add", "-"),
    ("find", "FC-F2F", "--client", "-"),
    ("hold", "FC-F2F", "--first", "--client", "-"),
    ("hold", "NJR-F2F", "--first", "--details", "-"),
    ("book", "FC-F2F", "--first", "--client", "-"),
    ("confirm", HOLD, "--client", "-"),
]


@pytest.mark.parametrize("template", INPUT_SLOTS, ids=" ".join)
def test_standard_input(desk: Place, template: tuple[str, ...]) -> None:
    hold = held(desk, start="09:00")["id"]
    before = desk.dump("access")
    codes = []
    third = INPUT_SLOTS.index(template) % 3
    for number, (name, given) in enumerate(INPUTS.items()):
        if name in WORDS and name not in CORE and number % 3 != third:
            continue
        words = [hold if one == HOLD else one for one in template]
        answer = run(*words, *desk.options[: 7 if number % 2 else 6], stdin=given)
        assert answer.code in (0, 2, 3), answer
        codes.append(answer.code)
    if all(codes):
        assert desk.dump("access") == before
    desk.sound()
    for looking in (("clients",), ("calls",), ("log",), ("day", NOW[:10])):
        assert run(*looking, *desk.options).code == 0
        assert run(*looking, *desk.options[:-1]).code == 0


def test_what_was_stored_comes_out_clean_everywhere(desk: Place) -> None:
    evil = "[bold]Eve[/] \x1b]52;c;x\x07\x9b2J\u202e" + "e" + "\u0301" * 50
    ref = desk.ask("clients", "add", "-", stdin=f"name: {evil}\nphone: 0113 496 0099\naccess_needs: {evil}\n")["ref"]
    desk.ask(
        *("book", "NJR-F2F", "--client", ref, "--first", "--language", evil, "--priority", "urgent", "--reason", evil),
        *("--details", "-"),
        stdin=f"note: {evil}\naccess needs: {evil}\n",
    )
    desk.refuse("book", "CC-PHONE", "--client", ref, "--first", "--language", evil, "--priority", "high", "--reason", evil)
    for words in (("clients",), ("day", DAY), ("log",), ("handoffs",), ("calls",), ("doctor",)):
        run(*words, *desk.options)
        run(*words, *desk.options[:-1])


@pytest.mark.parametrize(
    "words",
    [
        ("find", "FC-F2F", HERE),
        ("find", HERE),
        ("show", HERE),
        ("day", HERE),
        ("types", f"--{HERE}"),
        ("types", "--limit", HERE),
        (HERE,),
    ],
    ids=" ".join,
)
def test_a_sentence_does_not_repeat_a_page(desk: Place, words: tuple[str, ...]) -> None:
    answer = run(*desk.options, *[word.replace(HERE, "x" * 100_000) for word in words])
    assert answer.code in (2, 3)
    assert len(answer.stderr) < 1000


RAW = [
    (b"find", b"\xff\xfe\x9b2J"),
    (b"book", b"FC-F2F", b"--first", b"--client", b"\xe2\x82"),
    (b"show", b"x" * 100_000),
    (b"log", b"--who", b"\xc0\xaf\x1b[6n"),
    (b"types", b"load", b"/nowhere/\xff\x1b[2J\n.csv"),
    (b"\xff\x1b[2J",),
]


@pytest.mark.parametrize("words", RAW, ids=range(len(RAW)))
def test_raw_bytes_of_a_real_process(desk: Place, words: tuple[bytes, ...]) -> None:
    before = desk.dump()
    options = [os.fsencode(one) for one in desk.options]
    answer = spawn(*options, *words)
    assert answer.code in (0, 2, 3), answer
    if answer.code:
        assert desk.dump() == before


@pytest.mark.parametrize("given", [b"\xff\xfe\x00\x1b[2J\n", b"x" * 2_000_000], ids=["bytes", "long"])
def test_raw_standard_input_of_a_real_process(desk: Place, given: bytes) -> None:
    answer = spawn("book", "FC-F2F", "--first", "--client", "-", *desk.options, stdin=given)
    assert answer.code in (2, 3)
    assert desk.head() == 0


def test_wildcards_find_nobody(desk: Place) -> None:
    for word in ("%", "_", "%%", "S%", "Sana_Khan", "C00000_", "*", "?", "\\", "' OR 1=1 --", '" OR ""="'):
        answer = run("clients", "find", "-", *desk.options, stdin=word)
        assert answer.code in (2, 3), word
        assert answer.code == 2 or answer.object["total"] == 0, word


def test_a_name_in_two_forms_is_found_by_either(desk: Place) -> None:
    desk.ask("clients", "add", "-", stdin="name: Zoë Vale\n")
    desk.ask("clients", "add", "-", stdin="name: Zoe\u0308 Vale\n")
    for form in ("Zoë Vale", "Zoe\u0308 Vale", "ZOE VALE"):
        assert desk.ask("clients", "find", "-", stdin=form)["total"] == 2


@pytest.mark.parametrize(
    "content",
    [
        *(
            b"",
            b"\0" * 1000,
            b"\xff\xfe",
            b"code\n",
            b"code,code\n",
            b'"',
            b"\xef\xbb\xbf",
            b"x" * 5_000_000,
            b"a,b\x1b[2J\n1,2\n",
        ),
        b"code,name,channel,minutes,effective_from,group,weekly_check,key,booked_by,may_book,needs,bring,source\n"
        b"\xc2\x9b2J,\x1b]0;x\x07,f2f,-5,0001-01-01,x,,maybe,offer,,,,\n",
        b"code,name,channel,minutes,effective_from,group,weekly_check,key,booked_by,may_book,needs,bring,source\n"
        b"=1+1,[bold],f2f,99999999999999999999,9999-99-99,x,,yes,offer,x,x,x,x\n",
    ],
    ids=range(11),
)
def test_files_of_types(desk: Place, tmp_path: Path, content: bytes) -> None:
    path, before = tmp_path / "types \x1b[2J\u202e.csv", desk.dump()
    path.write_bytes(content)
    for options in (desk.options, desk.options[:-1]):
        assert run("types", "load", str(path), *options).code in (2, 3)
    assert desk.dump() == before


@pytest.mark.parametrize("kind", ["fifo", "device"])
def test_a_file_of_types_that_is_no_file(desk: Place, tmp_path: Path, kind: str) -> None:
    path, before = tmp_path / "types.csv", desk.dump()
    if kind == "fifo":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    try:
        answer = spawn("types", "load", str(path), *desk.options, timeout_seconds=30)
    except subprocess.TimeoutExpired:
        pytest.fail(f"types load waits for ever on a {kind}")
    assert answer.code in (2, 3)
    assert desk.dump() == before


@pytest.mark.parametrize(
    "words", [("types", "load"), ("segments", "set"), ("sandbox", "run"), ("simulate", "--requests")], ids=lambda one: one[0]
)
def test_no_command_waits_on_a_pipe(desk: Place, tmp_path: Path, words: tuple[str, ...]) -> None:
    path = tmp_path / "pipe.toml"
    os.mkfifo(path)
    store = ("--json",) if words[0] == "simulate" else replace(desk, login="super1").options
    try:
        answer = spawn(*words, str(path), *store, timeout_seconds=30)
    except subprocess.TimeoutExpired:
        pytest.fail(f"{words[0]} waits for ever on a pipe")
    assert answer.code in (2, 3)
    assert b"no plain file" in answer.stdout + answer.stderr
