"""Every option and every argument of every command, read from the commands themselves, given what nobody should type."""

from pathlib import Path

import pytest

from tests.cli.runner import DAY, NOW, Place, run
from tests.hostile.doors import Door, commands
from tests.hostile.words import INPUTS, WORDS

DOORS = commands()
WORDS_EACH = 2
"""Words that each door meets; which ones changes from door to door, and their neighbours meet the others."""
NOBODYS = "00000000-0000-4000-8000-0000000000aa"
# What stands in an argument or option while another of the command is tried: by its name, or by the command and its name.
USUAL = {
    **{"code": "FC-F2F", "--day": DAY, "--start": "14:00", "--end": "15:00", "--diary": "D01", "--as": "keep", "--to": "agent1"},
    **{"--reason": "other", "wanted": DAY, "day": DAY, "diary": "D01", "file": "-", "path": "-", "source": "-", "owner": "D01"},
    **{"--code": "D09", "old": "D01", "--kind": "room", "--name": "Name", "--meets": "room", "--level": "1", "--plan": "x"},
    **{"first": "NJR-F2F", "second": "FC-F2F", "name": "one", "login": "agent1", "role": "agent", "words": "-", "form": "jsonl"},
    **{"--first": "D01", "--second": "D02", "--interviews": "20,40", "--type": "FC-F2F", "--place": "1 Park Place"},
    **{"paths": "import.csv", "subject": NOBODYS, "kind": "handoff", "value": "5", "call": NOBODYS, "--entry": NOBODYS},
    **dict.fromkeys(("entry", "ticket", "handoff", "flag", "plan", "waiting"), NOBODYS),
    "align --first": "1",
    "report schedule name": "utilisation",
    "align --second": "1",
    "contacts set code": "duty",
    "contacts drop code": "duty",
    "resource add code": "R09",
    "cancel --reason": "claimant",
    "attend --as": "dna",
    "handoffs close --as": "declined",
    "requests load path": "requests.csv",
    "requests done --as": "declined",
    "sooner offer --as": "declined",
    "override decide --as": "approve",
    "check sign --done": "nothing was red",
    "closures add day": "2027-03-01",
    "segments copy source": "D04",
    "segments copy --to": "D02",
    "segments show owner": "D01",
    "simulate --requests": "none.csv",
    "type dropin --hours": "Mon-Fri 10:00-12:00",
    "setting set name": "override-depth",
    "site create code": "NEW",
    "guarantee set --starts": "5",
    "subject ref": "C000001",
    "clients edit ref": "C000001",
    "subject --out": "subject.json",
    "templates preview kind": "reminder",
    **dict.fromkeys(("question", "incident", "item", "improvement"), NOBODYS),
    "feedback add source": "staff",
    "shell": "bash",
    **{"outcome": "done", "--owner": "super1", "--due": "2027-01-15", "--source": "staff"},
    "incident raise kind": "slow",
    "outbox channel channel": "sms",
    **{
        f"{name} words": "Which room is free?"
        for name in ("faq raise", "faq publish", "faq answer", "feedback add", "improve add")
    },
}
# What a command needs beside its needed parts to do anything; the first word is left out where its own option is tried.
BESIDE: dict[str, tuple[str, ...]] = {
    "hold": ("--first",),
    "book": ("--first", "--client", "C000001"),
    "block": ("--reason", "training"),
    "demo": ("--load-only", "--coaches", "1", "--days", "1"),
    "serve": ("--host", "0.0.0.0"),  # what would be served would never end
    "simulate": ("--generate", "--days", "1"),
    "overtime": ("--on", DAY),
    "week": ("--type", "FC-F2F"),
    "diary absorb": ("--into", "D02"),
    "pair hold": ("--first",),
    "pair book": ("--first",),
    "rehome preview": ("--diary", "D01"),
    "rehome commit": ("--diary", "D01"),
    "requests take": ("--next",),
    "outbox retry": ("--all",),
    "retain": ("--apply", "--reason", "schedule"),
    "feedback add": ("--procedure", "allocate-slot"),
    "type dropin": ("--hours", "Mon-Fri 10:00-12:00", "--words", "Come to the front desk."),
}
PATTERN = """
[[pattern]]
level = "diary"
owner = "D02"
weekday = "thursday"
from = 2026-11-26
[[pattern.segment]]
start = "09:00"
end = "12:00"
types = ["FC-F2F"]
"""
# What standard input holds for a command, where it is read.
INPUT = {
    "ask": "fcm tue am",
    "staff email": "ann.archer@dwp.gov.uk",
    "contacts set": "name: Kim\nreach: extension 100\nhours: Mon-Fri 09:00-17:00\n",
    "clients add": "name: Mira Vale\n",
    "clients edit": "language: Welsh\n",
    "clients find": "Sana Khan 1",
    "diary request": 'coach = "Mira Vale"\nstaff_number = "0123456"\nemail = "mira.vale@dwp.gov.uk"\nteam = "A"\nlike = "D03"\n',
    "diary escalate": "segmentation does not meet the need of this team",
    **dict.fromkeys(("sandbox run", "segments preview", "segments set"), PATTERN),
}
APART = ("access", "question", "question_answer", "procedure_review")
"""Tables that more than what was asked for may go into: looks, and what a site takes over of what is shipped."""
UNUSUAL = {"use", "overtime", "setting set", "recover accept", "recover dismiss", "store copy"}
"""Commands whose refusal is of usage even so: they ask for what only an earlier answer or a larger site has."""


def usual(door: Door) -> str:
    """Return what stands in a door while another is tried."""
    return USUAL.get(" ".join((*door.command, door.name)), USUAL.get(door.name, "x"))


def line(command: tuple[str, ...], door: Door | None = None, word: str = "") -> list[str]:
    """Return a command with every part that it needs, and a word in one of its doors."""
    if not command:
        return [*((door.name, word) if door else ()), "types"]
    beside = list(BESIDE.get(" ".join(command), ()))
    if door is not None and door.name in beside:
        at = beside.index(door.name)
        beside[at : at + 1 + (at + 1 < len(beside) and not beside[at + 1].startswith("--"))] = []
    options: list[str] = []
    arguments: list[str] = []
    for one in DOORS[command]:
        if one.needed or one == door:
            given = word if one == door else usual(one)
            options += [one.name, given] if one.is_option else []
            arguments += [] if one.is_option else [given]
    return [*command, *options, *beside, *arguments]


@pytest.fixture
def deep(desk: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A supervisor's small site, in a folder so deep that `../../x` stays inside what is thrown away."""
    folder = tmp_path / "a" / "b" / "c"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    (folder / "import.csv").write_text("code,name\nZ,Zed\n", encoding="utf-8")
    (folder / "none.csv").write_text("x\n", encoding="utf-8")
    (folder / "requests.csv").write_text("reference,type,name\nR1,NJR-F2F,Sana Khan 3\n", encoding="utf-8")
    return desk.by("super1")


def asked(place: Place, command: tuple[str, ...], words: list[str], number: int, stdin: str | bytes | None = None) -> int:
    """Run a command at a site, every second time with --json, and return its code; the answer was looked at."""
    store = place.store if command != ("demo",) else str(Path(place.store).with_name(f"new{number}.db"))
    usual = {"--store": store, "--as": place.login, "--now": NOW}
    options = [one for name, value in usual.items() if command or name != words[0] for one in (name, value)]
    given = INPUT.get(" ".join(command), "x: y") if stdin is None else stdin
    return run(*options, *(["--json"] if number % 2 else []), *words, stdin=given).code


@pytest.mark.parametrize("command", DOORS, ids=" ".join)
def test_what_is_usual_is_well_formed(deep: Place, command: tuple[str, ...]) -> None:
    # Otherwise the hostile word of another door would never be looked at.
    assert asked(deep, command, line(command), 1) in ((2, 4) if " ".join(command) in UNUSUAL else (0, 3)), line(command)


@pytest.mark.parametrize("command", [command for command, doors in DOORS.items() if doors], ids=" ".join)
def test_every_door_of_a_command(deep: Place, command: tuple[str, ...]) -> None:
    names, inputs = list(WORDS), list(INPUTS)
    allowed = (0, 2, 3, 4) if command in ((), ("store", "copy")) else (0, 2, 3)  # a store that is named may be none
    before = deep.dump(*APART)
    codes = []
    for door in DOORS[command]:
        turn = sum(map(ord, "".join((*command, door.name))))
        for number in range(WORDS_EACH):
            word = WORDS[names[(turn + number * 19) % len(names)]]
            codes.append(asked(deep, command, line(command, door, word), turn + number))
            assert codes[-1] in allowed, line(command, door, word[:80])
        hostile = INPUTS[inputs[turn % len(inputs)]]
        codes.append(asked(deep, command, line(command, door, "-"), turn, stdin=hostile))
        assert codes[-1] in allowed, (line(command, door, "-"), hostile[:80])
    # What was refused has changed nothing; what was done must have been something that may be done.
    if all(codes):
        assert deep.dump(*APART) == before
    else:
        found = run("doctor", "--store", deep.store, "--as", "super1", "--site", "LPP", "--now", NOW, "--json").object
        assert [name for name, one in found["invariants"].items() if one["violations"]] == []
