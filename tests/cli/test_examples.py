"""Every shell example of the README and the help pages is run as a reader would run it, on the demo site of the README.

Examples of a page follow each other on a copy of that site. What a word in capitals stands for is made first
(`example_lines.BEFORE`). The page of a role is run by that role, the others by a supervisor, or by an administrator where a
supervisor may not.
"""

import json
import re
import shlex
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from typer.main import get_command

from agent_tui.cli.app import app
from agent_tui.cli.main import COMMON, hoist
from agent_tui.services import desk
from tests.cli.example_lines import HELP, NARROW, PAGES, REASONS, Call, Example, before, blocks, examples, new_coach, spans
from tests.cli.runner import Answer, run
from tests.conftest import ROOT

README = ROOT / "README.md"
LOGINS = {
    **{"role-agent.md": "agent1", "role-coach.md": "coach01", "role-leader.md": "leader1", "role-admin.md": "admin1"},
    "backup.md": "admin1",
}
EVENT = "\r\n".join(
    [
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//a//b//EN", "BEGIN:VEVENT", "UID:A-77", "DTSTAMP:20261101T090000Z"),
        *("DTSTART:20261215T090000", "DTEND:20261215T091000", "CATEGORIES:WSR-10-PH", "END:VEVENT", "END:VCALENDAR", ""),
    ]
)
PATTERN = """
[[pattern]]
level = "site"
weekday = "monday"
from = 2026-11-24
[[pattern.segment]]
start = "09:00"
end = "12:00"
types = ["FC-F2F"]
"""
FILES = {
    "online.csv": "reference,type,name\nW-881,FC-F2F,Sana Khan\n",
    "requests.csv": "reference,type,name\nW-882,FC-F2F,Zoe Hart\n",
    "teams.csv": "code,name\nA,Aire\n",
    "types.csv": (ROOT / "data" / "types-fc30.csv").read_text(encoding="utf-8"),
    "data/types-fc30.csv": (ROOT / "data" / "types-fc30.csv").read_text(encoding="utf-8"),
    "my-site/teams.csv": "code,name\nA,Aire\n",
    "backups/about": "",
    "letters/about": "",
    "reports/about": "",
    "appointments.ics": EVENT,
    "site.txt": (HELP / "first-run.md").read_text(encoding="utf-8").split("```")[1].strip() + "\n",
    "patterns.toml": PATTERN,
    "d02.toml": PATTERN,
    "need.txt": "The segmentation does not meet the need of this team.\n",
    "words.txt": "The claimant asked for it.\n",
    "new.toml": new_coach(0),
}
LINES = {
    "contacts set": "name: Kim\nreach: extension 100\nhours: Mon-Fri 09:00-17:00\n",
    "clients add": "name: Mira Vale\nphone: 0113 496 0001\n",
    "flags resolve": FILES["words.txt"],
    "ask": "fcm f2f tue am\n",
}
WORDS = {"REF": "C000123", "DAY": "2026-12-01", "CODE": "FC-F2F", "LOGIN": "agent9", "NAME": "Ann", "ROLE": "agent"}
ANSWERS = {"why": "", "book": "Handed off to", "propose": "nothing to propose", "report": "nothing is on record"}
"""Commands that answer with 3 where that is what a reader learns, with a part of what they say then."""

# What is added to an example: a site that is new has a store of its own, and a large one is made small.
ADDED = {
    **{"setup": ("--store", "set-up.db"), "site": ("--store", "site.db")},
    "demo": ("--coaches", "5", "--days", "3", "--fill", "0.95"),
    **dict.fromkeys(("override preview", "override commit", "override prepare"), NARROW),
    "simulate": ("--coaches", "2", "--days", "1", "--load", "0.2"),
}


class Reader:
    """Somebody with a copy of the demo site in the folder where the examples are typed."""

    def __init__(self, login: str) -> None:
        self.login = login

    def __call__(self, line: str, *, stdin: str | None = None, login: str | None = None) -> dict[str, Any]:
        """Run a line and return its answer."""
        answer = run(*shlex.split(line), "--json", *(("--as", login) if login else ()), stdin=stdin, check=False)
        assert answer.code in (0, 3), answer
        shown = json.loads(answer.out)
        assert answer.code == 0 or shown["status"] == "handoff", answer
        return dict(shown)

    def try_one(self, call: Call) -> Answer:
        """Run an example, with what it is about made first."""
        words = call.words
        make = before(words)
        found = make(self, words) if make is not None and "--help" not in words else {}
        words = tuple(word.removeprefix("/mnt/") for word in words)
        given = {word: iter(values) for word, values in found.items()}
        typed = [next(given[word]) if word in given else WORDS.get(word, word) for word in words]
        stdin = call.stdin
        if stdin.startswith("<"):
            stdin = FILES.get(stdin[1:]) or LINES[" ".join(words[:2])]
        elif not stdin and "-" in words:
            stdin = LINES[" ".join(words[:2])]
        answer = run(*typed, *ADDED.get(" ".join(words[:2]), ADDED.get(words[0], ())), stdin=stdin, check=False)
        if call.target is not None:
            Path(call.target).write_bytes(answer.stdout)
        return answer


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo site that the README makes, by the README's own line, with fewer diaries and days."""
    folder = tmp_path_factory.mktemp("site")
    line = next(one for one in examples(README) if one.line.startswith("agent-tui demo --load-only"))
    answer = run(*line.read().words, *ADDED["demo"], "--store", str(folder / "store.db"), check=False)
    assert answer.code == 0, answer
    # An override looks at chains of two unless the site says otherwise, which takes long.
    run("setting", "set", "override-depth", "1", "--store", str(folder / "store.db"), "--as", "super1")
    return folder / "store.db"


def lay_out(site: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a copy of the site and the files that examples name into a folder, and go there."""
    monkeypatch.chdir(folder)
    told = next(one for one in examples(README) if one.line.startswith("export ")).read().words
    for name, _, value in (word.partition("=") for word in told):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(desk, "sqlite_warning", lambda _desk: None)
    copyfile(site, "store.db")
    Path("store.db").chmod(0o600)
    for name, text in FILES.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")


def problem(example: Example, reader: Reader) -> str | None:
    """Return what is wrong with an example, or None after it has done what it says."""
    call = example.read()
    if call.program == "export" or (example.page == README and call.words[:1] == ("demo",)):
        return None  # by lay_out and by the fixture
    if call.program != "agent-tui" or example.reasons:
        return named_wrongly(example)
    answer = reader.try_one(call)
    if answer.code == 3 and "an do this." in answer.err and "--as" not in call.words and reader.login == "super1":
        reader = Reader("admin1")
        answer = reader.try_one(Call(call.program, ("--as", "admin1", *call.words), call.stdin, call.target))
    told = answer.code == 0 or (
        answer.code == 3 and any(word in call.words[:2] and says in answer.err for word, says in ANSWERS.items())
    )
    return None if told else f"{answer.code}: {answer.err.strip() or answer.out[-300:]}"


tree = cache(partial(get_command, app))


def named_wrongly(example: Example) -> str | None:
    """Return what an example names that the program has not: a command, an option, a module; None if all is there."""
    call = example.read()
    if call.program in ("python", "python3") and call.words[:1] == ("-m",):
        return None if call.words[1] == "venv" or find_spec(call.words[1]) else f"there is no module {call.words[1]}"
    if Path(call.program).name != "agent-tui":
        return None
    command, words = tree(), hoist(list(call.words))
    options = dict(COMMON)
    options.update(dict.fromkeys(("--version", "--help"), False))
    while words:
        word = words.pop(0)
        if word.startswith("--"):
            if word not in options:
                return f"there is no option {word}"
            del words[: 1 if options[word] else 0]
        elif (inside := getattr(command, "commands", {})) and re.fullmatch(r"[a-z-]+", word):
            if word not in inside:
                return f"there is no command {word}"
            command = inside[word]
            options |= {
                name: not getattr(part, "is_flag", False)
                for part in command.params
                for name in (*part.opts, *part.secondary_opts)
            }
    return None


@pytest.mark.parametrize("page", [page for page in PAGES if examples(page)], ids=lambda page: page.name)
def test_the_examples_of_a_page_do_what_they_say(page: Path, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out(site, tmp_path, monkeypatch)
    login = LOGINS.get(page.name, "super1")
    monkeypatch.setenv("AGENT_TUI_AS", login)
    # Two pages say again what is tried where it is explained.
    others = {"commands.md": PAGES, "role-admin.md": [HELP / "backup.md"]}.get(page.name, ())
    tried = {one.code for other in others if other != page for one in examples(other)}
    here = [one for one in examples(page) if one.code not in tried]
    wrong = [f"{one.line}\n    {what}" for one in here if (what := problem(one, Reader(login)))]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_is_there(page: Path) -> None:
    assert {one.line: what for one in spans(page) if (what := named_wrongly(one))} == {}


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "commands.md"], ids=lambda page: page.name)
def test_an_example_that_is_not_run_says_why(page: Path) -> None:
    for lines, marks in blocks(page):
        here = [Example(page, line, marks) for line in lines if line]
        assert set(marks) <= set(REASONS), "a reason that is none"
        assert set(marks) == {reason for one in here for reason in one.reasons}, here
