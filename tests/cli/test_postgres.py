"""The core flow on PostgreSQL, by the same commands."""

from pathlib import Path

import pytest

from tests.cli.runner import BOOK_KEYS, DEMO_KEYS, Place, run, spawn

pytestmark = pytest.mark.postgres

SMALL = ("--coaches", "4", "--days", "3", "--start", "2026-11-25", "--load-only", "--json")


def test_the_core_flow(postgres_url: str, tmp_path: Path) -> None:
    loaded = spawn("demo", *SMALL, "--store", postgres_url)
    assert loaded.code == 0
    assert loaded.object.keys() >= DEMO_KEYS
    same = run("demo", *SMALL, "--store", str(tmp_path / "same.db")).object
    assert {**loaded.object, "store": None} == {**same, "store": None}
    place, twin = Place(postgres_url), Place(str(tmp_path / "same.db"))
    assert place.ask("find", "FC-F2F", "--all") == twin.ask("find", "FC-F2F", "--all")
    assert place.ask("day", "2026-11-25") == twin.ask("day", "2026-11-25")

    found = place.ask("find", "FC-F2F", "--client", "C000001", "--from", "2026-11-30")
    request = "11111111-1111-4111-8111-111111111111"
    hold = place.ask("hold", "FC-F2F", "--from", "2026-11-30", "--client", "C000001", "--first", "--id", request)
    assert (hold["day"], hold["start"], hold["diary"]) == tuple(found["offers"][0][key] for key in ("day", "start", "diary"))
    before = place.dump()
    assert place.ask("hold", "FC-F2F", "--from", "2026-11-30", "--client", "C000001", "--first", "--id", request) == {
        **hold,
        "repeated": True,
    }
    assert place.refuse("hold", "FC-F2F", "--from", "2026-12-01", "--first", "--id", request)["code"] == "id_reused"
    taken = place.by("agent2").refuse("hold", "FC-F2F", "--day", hold["day"], "--start", hold["start"], "--diary", hold["diary"])
    assert taken["code"] == ("role" if taken["code"] == "role" else "held")
    assert taken.keys() >= BOOK_KEYS
    assert place.dump() == before

    assert place.ask("extend", request, "--version", "1")["status"] == "extended"
    assert place.ask("confirm", request, "--version", "2")["status"] == "confirmed"
    moved = place.ask("move", request, "--day", "2026-12-01", "--start", hold["start"])
    assert moved["status"] == "moved"
    assert place.refuse("cancel", request, "--reason", "office", "--version", "1")["code"] == "stale_version"
    assert place.ask("cancel", request, "--reason", "office")["status"] == "cancelled"
    assert place.ask("undo", request)["status"] == "undone"
    there = place.at(f"2026-12-01T{hold['start']}")
    assert there.ask("attend", request, "--as", "dna")["status"] == "recorded"
    second = place.ask("hold", "FC-F2F", "--first", "--from", "2026-12-02")
    assert place.ask("release", second["id"])["status"] == "released"
    booked = place.ask("book", "FC-F2F", "--first", "--from", "2026-12-02", "--client", "-", stdin="C000002\n")
    assert booked["status"] == "booked"
    rehearsed = place.dump()
    assert (
        place.ask("book", "FC-F2F", "--first", "--from", "2026-12-02", "--client", "C000003", "--dry-run")["status"] == "booked"
    )
    assert place.dump() == rehearsed

    events = place.ask("log")["events"]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    diagnosis = place.ask("doctor")
    assert diagnosis["engine"] == "postgresql"
    assert all(one["violations"] == 0 for one in diagnosis["invariants"].values())
    assert not [finding for finding in diagnosis["findings"] if finding["severity"] == "error"]
    for words in (("types",), ("diaries",), ("clients",), ("handoffs",), ("flags", "list"), ("calls",)):
        assert place.ask(*words)["status"] == "list"
    assert run("demo", *SMALL, "--store", postgres_url).code == 3
    assert run("demo", *SMALL, "--store", postgres_url, "--force").code == 0
    assert place.dump() == twin.dump()


def test_hostile_words_on_postgresql(postgres_url: str) -> None:
    assert run("demo", *SMALL, "--store", postgres_url).code == 0
    place = Place(postgres_url)
    before = place.dump("access")
    for word in (
        "%",
        "_",
        "\\",
        "'; drop table entry--",
        "=cmd|'/c calc'!A1",
        "\x1b[2J",
        "\x9b2J",
        "\udcff",
        "\u202e",
        "e\u0301" * 300,
    ):
        for words in (("find", word), ("book", word, "--first", "--client", "C000001"), ("log", "--who", word)):
            place.ask(*words, code=None)
        place.ask("clients", "find", "-", stdin=word.encode("utf-8", "replace") + b"\0\n", code=None)
    assert place.dump("access") == before
