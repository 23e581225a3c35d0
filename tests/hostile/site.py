"""A store full of text that nobody should type: through every door, and past all of them by plain SQL.

By SQL each text column of each table is written that is no key, no code, no word of a closed list and no JSON; and rows with
codes that are no codes are put beside the others. The log's lines stay as they are: their chain is another test's.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import uuid4

from agent_tui.store.opening import open_store
from agent_tui.store.tables import tables_by_name
from agent_tui.store.unit_of_work import Unit
from tests.cli.runner import DAY, Place
from tests.hostile.words import SHOWABLE
from tests.small_site import SITE, make_site

TODAY, LATER = "2026-11-24", "2026-11-26"

FREE: dict[str, tuple[str, ...]] = {
    "client": ("name", "phone", "reference", "email", "language", "access_needs"),
    "entry": ("language", "reason"),
    "note": ("body",),
    "handoff": ("contact", "why", "outcome"),
    "flag": ("reason", "note"),
    "escalation": ("contact", "reason"),
    "override_request": ("reason",),
    "site": ("name", "place", "phone", "handoff_contact"),
    "team": ("name",),
    "resource": ("name", "coach"),
    "staff": ("name",),
    "appointment_type": ("name", "weekly_check", "bring", "source", "type_group"),
    "segment": ("description",),
    "closure": ("name", "source"),
    "drop_in": ("words",),
    "weekly_check": ("done",),
    "contact": ("name", "reach", "hours"),
    "question": ("words",),
    "question_answer": ("words",),
    "incident": ("words", "version", "engine"),
    "support_ticket": ("words",),
    "feedback": ("words",),
    "improvement": ("title",),
    "procedure_review": ("title", "source"),
}
"""The columns that hold words of people, by table: whatever stands there must be harmless on every screen."""

NESTED: dict[str, tuple[str, ...]] = {"call": ("said",), "ticket": ("fields",), "override_request": ("said",)}
"""The columns of JSON objects whose texts are words of people."""

_DIARY_REQUEST = """
coach = "Mira {word}"
staff_number = "0123456"
email = "mira.vale@dwp.gov.uk"
team = "A"
like = "D03"
"""
_CLOSED = """
[[pattern]]
level = "diary"
owner = "D02"
weekday = "thursday"
from = 2026-11-26
[[pattern.segment]]
start = "09:00"
end = "12:00"
types = ["FC-F2F"]
description = '{word}'
"""


def draft_file(word: str) -> str:
    """Return a file of segments whose description is a word."""
    return _CLOSED.format(word=word)


def make_hostile_site(path: str, folder: Path) -> None:
    """Make the small site with something of everything in it, its words hostile; `folder` takes the files that are loaded."""
    make_site(path)
    through_the_doors(Place(path), folder)
    past_the_doors(path, cycle(SHOWABLE))
    rows_with_odd_codes(path)


def through_the_doors(agent: Place, folder: Path) -> None:
    """Do one of each act that leaves words behind, the words hostile; what is refused leaves none."""
    words = cycle(word for word in SHOWABLE if len(word) < 200 and word.strip())
    leader, boss = agent.by("leader1"), agent.by("super1")

    def word() -> str:
        return f"K {' '.join(next(words).split())}"

    def book(client: int, diary: str, day: str, start: str, *more: str, type: str = "FC-F2F") -> Any:
        said = ("book", type, "--client", f"C{client:06d}", "--day", day, "--start", start, "--diary", diary, *more)
        return agent.ask(*said, stdin=f"note: {word()}\naccess needs: {word()}\n" if "--details" in more else None)

    for number in range(1, 9):
        day = TODAY if number < 5 else DAY
        book(number, f"D{(number - 1) % 4 + 1:02d}", day, "13:00", "--language", word(), "--details", "-")
    late = book(9, "D01", LATER, "10:00", "--priority", "urgent", "--reason", word())["id"]
    for diary in ("D01", "D02"):
        book(1, diary, DAY, "10:00", "--allow-clash")
    leader.ask("sooner", "add", late, "--time", "am", "--diary", "D02")
    agent.ask("book", "CC-PHONE", "--client", "C000002", "--first", "--priority", "urgent", "--reason", word(), code=None)
    handoff = agent.ask("handoffs")["items"][0]["id"]
    leader.ask("contacts", "set", "duty", "--level", "1", stdin=f"name: {word()}\nreach: {word()}\nhours: {word()}\n", code=None)
    leader.ask("contacts", "set", "chief", "--level", "2", stdin="name: Kim\nreach: extension 100\nhours: Mon-Fri 09:00-17:00\n")
    agent.ask("escalate", "handoff", handoff, "--reason", "urgent", code=None)
    leader.ask("block", "D02", "--day", LATER, "--start", "14:00", "--end", "15:00", "--note", "-", stdin=word(), code=None)
    leader.ask("closures", "add", "2027-01-04", "--name", word(), code=None)
    leader.ask("closures", "add", LATER, "--name", "Training")
    requests = folder / "requests.csv"
    requests.write_text(
        "reference,type,name,phone,note,access_needs,language\n"
        + "".join(f'R{number},NJR-F2F,"K {word()}",0113 496 {number:04d},"{word()}","{word()}",x\n' for number in range(4)),
        encoding="utf-8",
    )
    agent.ask("requests", "load", str(requests), "--partial", code=None)
    leader.ask("diary", "request", "-", stdin=_DIARY_REQUEST.format(word="Vale"))
    leader.ask("diary", "escalate", "-", stdin=word(), code=None)
    boss.ask("resource", "add", "R09", "--kind", "room", "--name", word(), "--meets", "room", code=None)
    leader.ask("sandbox", "run", "-", "--generated", "--keep", "one", stdin=draft_file("evil"))
    leader.ask("segments", "set", "-", stdin=draft_file("evil"))
    leader.ask("type", "dropin", "EV-F2F", "--hours", "Mon-Fri 10:00-12:00", "--words", "-", stdin=word(), code=None)
    leader.ask("guarantee", "set", "FC-F2F", "--starts", "40", "--days", "2")
    leader.ask("check", "sign", "--week", "2026-11-16", "--done", "-", stdin=word(), code=None)
    boss.ask("staff", "add", "agent9", "--name", word(), code=None)
    asked = agent.ask("faq", "raise", "-", stdin=f"May {word()} come along to it?", code=None)["id"]
    leader.ask("faq", "answer", asked, stdin=word(), code=None)
    for said in ("Who opens the door at nine?", "Who has the key of room four?"):
        agent.ask("faq", "raise", said, "--anyway")
    broken = agent.ask("incident", "raise", "other", "-", stdin=word(), code=None)["id"]
    leader.ask("ticket", "raise", broken, "-", stdin=word(), code=None)
    said = agent.ask("feedback", "add", "claimant", "-", "--appointment", late, stdin=word())["id"]
    leader.ask("improve", "add", word(), "--owner", "leader1", "--due", "2027-01-15", "--feedback", said, code=None)
    leader.ask("procedures", "reviewed", "type-use")


def past_the_doors(path: str, words: Iterator[str]) -> None:
    """Write words into every free column of a store by plain SQL, another in each place."""

    def work(unit: Unit) -> None:
        write_words(unit, words)
        for table, columns in NESTED.items():
            for column in columns:
                _within(unit, table, column, words)

    opened = open_store(path)
    try:
        opened.write(work)
    finally:
        opened.close()


def write_words(unit: Unit, words: Iterator[str], columns: Mapping[str, tuple[str, ...]] = FREE) -> None:
    """Write words into columns of tables, another in each place."""
    for table, names in columns.items():
        keys = [one.name for one in tables_by_name()[table].primary_key]
        where = " AND ".join(f"{key} = ?" for key in keys)
        said = ", ".join(f"{name} = ?" for name in names)
        rows = [(*(next(words) for _ in names), *row) for row in list(unit.rows(f"SELECT {', '.join(keys)} FROM {table}"))]
        unit.many(f"UPDATE {table} SET {said} WHERE {where}", rows)


def many_rows(path: str, count: int) -> None:
    """Put so many logins, and claimants with a call in the queue each, into a store, so that a list of them fills a screen."""

    def work(unit: Unit) -> None:
        for number in range(count):
            logins = "INSERT INTO staff (site, login, name, role, booker) VALUES (?,?,?,'agent','provider agent')"
            unit.run(logins, SITE, f"z{number:03d}", "x")
        calls = "SELECT client, wanted FROM call WHERE site = ? AND kind = 'request' LIMIT 1"
        found = unit.row(calls, SITE)
        assert found is not None
        columns = [one.name for one in tables_by_name()["call"].columns]
        row = dict(zip(columns, unit.row(f"SELECT {', '.join(columns)} FROM call WHERE client = ?", found[0]) or (), strict=True))
        for number in range(count):
            person = f"X{number:05d}"
            unit.run(
                "INSERT INTO client (site, client, name, name_key, phone, phone_key, reference, reference_key, email, language,"
                " access_needs) VALUES (?,?,'x','','','','','','','','')",
                *(SITE, person),
            )
            new = row | {"id": str(uuid4()), "client": person}
            unit.run(f"INSERT INTO call ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", *new.values())

    opened = open_store(path)
    try:
        opened.write(work)
    finally:
        opened.close()


def _within(unit: Unit, table: str, column: str, words: Iterator[str]) -> None:
    for id, kept in list(unit.rows(f"SELECT id, {column} FROM {table} WHERE {column} IS NOT NULL")):
        said = {name: next(words) if isinstance(value, str) else value for name, value in json.loads(kept).items()}
        unit.run(f"UPDATE {table} SET {column} = ? WHERE id = ?", json.dumps(said), id)


def rows_with_odd_codes(path: str) -> None:
    """Put a team, a diary, a room, a type, a login, a contact and a claimant into a store whose codes are no codes."""
    odd = ("\x1b[2J", "[/b]", "/../../x", "a\x9b2Jb", "\u202egnp", "漢字 👨\u200d👩", "#x .y:z", "")

    def work(unit: Unit) -> None:
        for number, code in enumerate(odd):
            team, diary, room = f"t{code}", f"d{code}", f"r{code}"
            unit.run("INSERT INTO team (site, team, name) VALUES (?,?,?)", SITE, team, code)
            places = "INSERT INTO resource (site, resource, kind, name, coach, team, enabled, meets) VALUES (?,?,?,?,?,?,?,?)"
            unit.run(places, SITE, diary, "diary", code, code, team, 1, "[]")
            unit.run(places, SITE, room, "room", code, None, None, 1, json.dumps([code]))
            unit.run(
                "INSERT INTO diary_type (site, resource, code) SELECT site, ?, code FROM appointment_type WHERE site = ?",
                diary,
                SITE,
            )
            logins = "INSERT INTO staff (site, login, name, role, booker) VALUES (?,?,?,'agent','PAC')"
            unit.run(logins, SITE, f"l{code}", code)
            unit.run(
                "INSERT INTO client (site, client, name, name_key, phone, phone_key, reference, reference_key, email, language,"
                " access_needs) VALUES (?,?,?,'','','','','',?,?,?)",
                *(SITE, f"c{number}{code}", code, code, code, code),
            )

    opened = open_store(path)
    try:
        opened.write(work)
    finally:
        opened.close()
