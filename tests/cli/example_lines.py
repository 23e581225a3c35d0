"""The shell examples of the README and the help pages: where they stand, what a shell makes of them, what they are about.

A block of shell lines that cannot all be run in a test has a mark before it, `<!-- not run: REASON; REASON -->`, of the
reasons that REASONS knows.
"""

import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, cycle
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

HELP = ROOT / "data" / "help"
PAGES = (ROOT / "README.md", *sorted(HELP.glob("*.md")))
REASONS = {
    "needs a PostgreSQL server": r"postgresql://|^createdb ",
    "opens the desk": r"^(\.venv/bin/)?agent-tui( demo| serve.*)?$",
    "installs": r"pip install|-m venv",
    "takes minutes": r"^agent-tui soak|^python -m tests\.",
    "needs another computer": r"^ssh ",
}
FOR_OTHERS = ("createdb", "ssh")
"""Programs that are not this one's, of which nothing is checked."""

MARK = re.compile(r"^<!-- not run:(.*)-->$")
SHELL_LINE = re.compile(r"(export |echo .*\| *agent-tui |agent-tui( |$)|\.venv/bin/|python3? |createdb |ssh |pip |uv |bash )")
SPAN = re.compile(r"`((?:echo [^`|]*\| )?agent-tui(?: [^`]*)?)`")
SAMPLE = re.compile(r"^Such as `(.*)`\.$")


@dataclass(frozen=True)
class Example:
    """A shell line of a page, with the reasons of the mark before its block."""

    page: Path
    line: str
    marks: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return why this line cannot be run in a test."""
        return tuple(name for name, pattern in REASONS.items() if re.search(pattern, self.code))

    @property
    def code(self) -> str:
        """Return the line without its comment."""
        return re.sub(r"\s+# .*$", "", self.line)

    def read(self) -> "Call":
        """Return the line as what a shell would make of it."""
        words = shlex.split(self.line, comments=True)
        stdin, target = "", None
        if words[0] == "echo":
            at = words.index("|")
            stdin, words = " ".join(words[1:at]) + "\n", words[at + 1 :]
        for sign in ("<", ">>", ">"):
            if sign in words:
                at = words.index(sign)
                stdin, target = (f"<{words[at + 1]}", target) if sign == "<" else (stdin, Path(words[at + 1]).name)
                words = [*words[:at], *words[at + 2 :]]
        return Call(words[0], tuple(words[1:]), stdin, target)


@dataclass(frozen=True)
class Call:
    """A program with its words, what comes on its standard input ("<NAME": of a file), and the file its answer goes to."""

    program: str
    words: tuple[str, ...]
    stdin: str
    target: str | None


def blocks(page: Path) -> Iterator[tuple[list[str], tuple[str, ...]]]:
    """Yield each block of shell lines of a page with the reasons of its mark."""
    marks: tuple[str, ...] = ()
    fence: str | None = None
    lines: list[str] = []
    for line in [*page.read_text(encoding="utf-8").splitlines(), ""]:
        bare = line.strip()
        if fence is not None:
            if bare != "```":
                lines.append(bare)
                continue
            if fence == "sh":
                yield lines, marks
            fence, lines, marks = None, [], ()
        elif bare.startswith("```"):
            fence = bare[3:]
        elif line.startswith("    ") and SHELL_LINE.match(bare):
            lines.append(bare)
        elif lines:
            yield lines, marks
            lines, marks = [], ()
        elif found := MARK.match(bare):
            marks = tuple(reason.strip() for reason in found[1].split(";"))
            assert all(marks), f"{page.name}: a mark gives no reason"
        elif bare and not bare.startswith("<!--"):
            assert not marks, f"{page.name}: no shell lines follow the mark before {bare!r}"


def examples(page: Path) -> list[Example]:
    """Return the shell lines of a page in their order; of the page of all commands, what each says that it is such as."""
    if page.name == "commands.md":
        samples = [found[1] for line in page.read_text(encoding="utf-8").splitlines() if (found := SAMPLE.match(line))]
        return [Example(page, line) for line in samples]
    return [Example(page, line, marks) for lines, marks in blocks(page) for line in lines if line and not line.startswith("#")]


def spans(page: Path) -> list[Example]:
    """Return what a page says of the command within its sentences and tables."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    return [Example(page, " ".join(words.split())) for words in SPAN.findall(text)]


# What stands for what only an answer knows, and how a reader would come by it.

NUMBERS = count(1)
QUESTIONS = cycle(
    [
        *(
            "Where do bicycles go?",
            "Is there a cloakroom?",
            "May dogs come in?",
            "Who waters the plants?",
            "Does the kettle work?",
        ),
        *(
            "How loud may music be?",
            "Which bus stops here?",
            "What colour has a badge?",
            "Are umbrellas lent?",
            "Why is it cold?",
        ),
    ]
)
"""No two questions of a page are nearly the same, and no two coaches."""
NARROW = ("--diary", "D02", "--time", "am")
"""What keeps the search for whom to displace short."""

Ask = Callable[..., dict[str, Any]]
Found = dict[str, list[str]]


def first(shown: Any, *keys: str) -> str:
    """Return the first text under one of some keys of an answer, wherever it is."""
    if isinstance(shown, dict):
        for key in keys:
            if isinstance(shown.get(key), str):
                return str(shown[key])
        shown = list(shown.values())
    for one in shown if isinstance(shown, list) else ():
        if found := first(one, *keys):
            return found
    return ""


def ids(shown: list[dict[str, Any]]) -> list[str]:
    return [str(one["id"]) for one in shown]


def a_hold(ask: Ask, _words: tuple[str, ...]) -> Found:
    return {"ID": [ask("hold FC-F2F --first")["id"]]}


def an_appointment(ask: Ask, _words: tuple[str, ...]) -> Found:
    booked = ask("book FC-F2F --client C000123 --first")["id"]
    return {"ID": [booked], "ENTRY": [booked]}


def one_of_today(ask: Ask, _words: tuple[str, ...]) -> Found:
    entries = (entry for diary in ask("day 2026-11-23")["diaries"] for entry in diary["entries"])
    found = [next(entry["id"] for entry in entries if entry["status"] == "booked")]
    return {"ID": found, "ENTRY": found}


def a_block(ask: Ask, _words: tuple[str, ...]) -> Found:
    return {"ID": ask("block D02 --day 2027-01-12 --start 09:00 --end 10:00 --reason training")["ids"]}


def a_pair(ask: Ask, _words: tuple[str, ...]) -> Found:
    return {"ID": [first(ask("pair hold IEI-FULL-F2F FC-F2F --first"), "id")]}


def handed_to_me(ask: Ask, _words: tuple[str, ...]) -> Found:
    held = ask("hold FC-F2F --first", login="agent2")["id"]
    ask(f"handover {held} --to {ask.login}", login="agent2")  # type: ignore[attr-defined]
    return {"ID": [held]}


def a_flag(ask: Ask, words: tuple[str, ...]) -> Found:
    made = ask("book FC-F2F --client C000123 --first")
    when = f"--day {made['day']} --start {made['start']} --end {made['end']}"
    ask(f"block {made['diary']} {when} --reason training --over keep", login="leader1")
    flag = next(one["id"] for one in ask("flags list --status open")["items"] if made["id"] in str(one))
    if "reopen" in words:
        ask(f"flags resolve {flag} --as keep --reason other")
    return {"FLAG": [flag]}


def a_handoff(ask: Ask, _words: tuple[str, ...]) -> Found:
    ask("book BANK-F2F --client C000123 --first")
    return {"HANDOFF": [first(ask("handoffs list")["items"], "id")]}


def new_coach(number: int) -> str:
    """Return what a request for a diary says."""
    who = (
        f'coach = "Mira Vale"\nstaff_number = "{number:07}"\nemail = "mira{number}@dwp.gov.uk"\nteam = "A"\ntypes = ["HRT-F2F"]\n'
    )
    pattern = '[[pattern]]\nlevel = "diary"\nweekday = "tuesday"\nfrom = 2026-11-24\n[[pattern.segment]]\n'
    return who + pattern + 'start = "17:00"\nend = "18:00"\ntypes = ["HRT-F2F"]\n'


def a_diary_ticket(ask: Ask, words: tuple[str, ...]) -> Found:
    there = any(one["code"] == "D28" for one in ask("diaries")["items"])
    if there and "TICKET" not in words:
        return {}
    ticket = first(ask("diary request -", stdin=new_coach(next(NUMBERS))), "ticket", "id")
    if "TICKET" not in words:
        ask(f"diary approve {ticket} --code D28")
    return {"TICKET": [ticket]}


def a_plan_of_re_homing(ask: Ask, words: tuple[str, ...]) -> Found:
    shown = ask("rehome preview " + " ".join(words[2 : words.index("--plan")]))
    return {"PLAN": [shown["plan"]], "ID": ids(shown["moved"])}


def a_chain(ask: Ask, words: tuple[str, ...]) -> Found:
    return {"PLAN": [first(ask(f"override preview {' '.join(words[2 : words.index('--plan')])} {' '.join(NARROW)}"), "plan")]}


def an_override(ask: Ask, words: tuple[str, ...]) -> Found:
    asked = f"FC-F2F --client C{next(NUMBERS):06} --to 2026-11-24 {' '.join(NARROW)}"
    plan = first(ask(f"override preview {asked}"), "plan")
    waiting = ask(f"override prepare {asked} --plan {plan} --reason safeguarding", login="agent1")
    return {"OVERRIDE": [first(waiting["override"], "id")], "ID": [first(waiting["override"], "id")], "PLAN": [plan]}


def a_recovery(ask: Ask, _words: tuple[str, ...]) -> Found:
    return {"PLAN": [first(ask("recover list")["plans"] or ask("recover list --week next")["plans"], "plan")]}


def a_request(ask: Ask, words: tuple[str, ...]) -> Found:
    number = next(NUMBERS)
    Path(f"{number}.csv").write_text(f"reference,type,name\nW-{number},FC-F2F,Zoe Hart {number}\n", encoding="utf-8")
    loaded = ask(f"requests load {number}.csv")["items"][0]["id"]
    one = next(item for item in ask("requests")["items"] if item["id"] == loaded)
    if words[1] in ("return", "done"):
        ask(f"requests take {one['id']}")
    return {"ID": [one["id"]], "UUID": [ask(f"book FC-F2F --client {one['client']} --first")["id"]] if "UUID" in words else []}


def an_earlier_time(ask: Ask, _words: tuple[str, ...]) -> Found:
    early, later = ask("book FC-F2F --client C000124 --first"), ask("find FC-F2F --from 2026-12-14 --limit 1")["offers"][0]
    where = f"--day {later['day']} --start {later['start']} --diary {later['diary']}"
    ask(f"sooner add {ask(f'book FC-F2F --client C000123 {where}')['id']}")
    ask(f"cancel {early['id']} --reason claimant")
    return {"CALL": [next(one["id"] for one in ask("calls")["items"] if one["kind"] == "sooner")]}


def a_waiting_claimant(ask: Ask, words: tuple[str, ...]) -> Found:
    found = an_appointment(ask, words)
    ask(f"sooner add {found['ENTRY'][0]}")
    return found


def a_message(ask: Ask, words: tuple[str, ...]) -> Found:
    an_appointment(ask, words)
    return {"REFERENCE": [first(ask("outbox list")["items"], "reference", "id")]}


def a_question(ask: Ask, words: tuple[str, ...]) -> Found:
    question = first(ask(f"faq raise '{next(QUESTIONS)}'"), "id")
    if "unwatch" in words:
        ask(f"faq watch {question}")
    return {"QUESTION": [question], "ID": [question]}


def an_incident(ask: Ask, _words: tuple[str, ...]) -> Found:
    return {"INCIDENT": [first(ask('incident raise slow "since nine"'), "id")]}


def a_support_ticket(ask: Ask, words: tuple[str, ...]) -> Found:
    question = a_question(ask, words)["ID"][0]
    return {"TICKET": [first(ask(f'ticket raise {question} "needs more than words"'), "ticket", "id")]}


def feedback(ask: Ask, _words: tuple[str, ...]) -> Found:
    return {"FEEDBACK": [first(ask("feedback add staff --procedure allocate-slot", stdin="hard to find\n"), "id")]}


def an_improvement(ask: Ask, _words: tuple[str, ...]) -> Found:
    return {"IMPROVEMENT": [first(ask('improve add "Name the door" --owner leader1 --due 2026-12-31'), "id")]}


def a_support_act(ask: Ask, _words: tuple[str, ...]) -> Found:
    ask(f"faq raise '{next(QUESTIONS)}'")
    return {}


def a_saved_pattern(ask: Ask, _words: tuple[str, ...]) -> Found:
    ask("segments copy D02 --to D05 --from 2027-02-01")
    return {}


def a_login(ask: Ask, words: tuple[str, ...]) -> Found:
    if "D28" in words:
        a_diary_ticket(ask, words)
    if words[2] not in str(ask("staff list")["items"]):
        ask(f'staff add {words[2]} --name "Ann Archer" --role agent')
    if "on" in words:
        ask(f"staff off {words[2]}")
    return {}


def once(line: str) -> Callable[[Ask, tuple[str, ...]], Found]:
    """Return what types one line before."""

    def before_it(ask: Ask, _words: tuple[str, ...]) -> Found:
        ask(line)
        return {}

    return before_it


BEFORE: dict[str, Callable[[Ask, tuple[str, ...]], Found]] = {
    **dict.fromkeys(("confirm", "extend", "release", "handover"), a_hold),
    **dict.fromkeys(("move", "cancel", "told", "undo", "sooner add", "outbox channel"), an_appointment),
    **dict.fromkeys(("attend", "show", "story", "letter", "form"), one_of_today),
    **dict.fromkeys(("escalate", "templates preview", "feedback add"), one_of_today),
    "unblock": a_block,
    **dict.fromkeys(("pair confirm", "pair release"), a_pair),
    **dict.fromkeys(("handovers take", "handovers decline"), handed_to_me),
    **dict.fromkeys(("flags show", "flags assign", "flags resolve", "flags reopen"), a_flag),
    **dict.fromkeys(("handoffs take", "handoffs close"), a_handoff),
    **dict.fromkeys(
        ("diary approve", "diary decline", "diary ticket", "diary enable", "diary retire", "diary absorb"), a_diary_ticket
    ),
    "rehome commit": a_plan_of_re_homing,
    **dict.fromkeys(("override commit", "override prepare"), a_chain),
    "override decide": an_override,
    **dict.fromkeys(("recover accept", "recover dismiss"), a_recovery),
    **dict.fromkeys(("requests show", "requests take", "requests done", "requests return"), a_request),
    "sooner offer": an_earlier_time,
    "sooner end": a_waiting_claimant,
    **dict.fromkeys(("outbox show", "outbox drop"), a_message),
    **dict.fromkeys(("faq show", "faq watch", "faq unwatch", "faq answer", "ticket raise"), a_question),
    **dict.fromkeys(("incident show", "incident close"), an_incident),
    **dict.fromkeys(("ticket show", "ticket close"), a_support_ticket),
    **dict.fromkeys(("feedback show", "feedback erase", "improve add"), feedback),
    "improve close": an_improvement,
    "support undo": a_support_act,
    "segments undo": a_saved_pattern,
    "segments drop": once("segments copy D02 --to D03 --from 2026-12-07"),
    "resource enable": once("resource disable R05"),
    "closures drop": once('closures add 2026-12-24 --name "Staff training"'),
    "report unschedule": once("report schedule utilisation --every week --format xlsx"),
    **dict.fromkeys(("staff role", "staff off", "staff on"), a_login),
}
"""What must be there before an example can be tried, by its command; ids and plans stand for the words in capitals."""


def before(words: tuple[str, ...]) -> Callable[[Ask, tuple[str, ...]], Found] | None:
    """Return what must come before a command."""
    return BEFORE.get(" ".join(words[:2])) or BEFORE.get(words[0] if words else "")
