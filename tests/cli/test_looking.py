"""day, log, doctor and the lists."""

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from agent_tui.store.driver import dbapi
from tests.cli.runner import CLOCK, DAY, INSTANT, NOW, SAID, Place, booked, held, run


def minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def check_day(shown: dict[str, Any]) -> int:
    """Check one day's object and return how many entries it has."""
    count = 0
    assert shown["status"] == "day"
    for diary in shown["diaries"]:
        assert diary.keys() >= {"diary", "coach", "team", "segments", "entries", "free_minutes"}
        open_minutes: set[int] = set()
        for segment in diary["segments"]:
            assert segment.keys() >= {"start", "end", "level", "types", "limit"}
            assert segment["level"] in ("site", "team", "diary")
            assert segment["start"] < segment["end"]
            if segment["types"]:
                open_minutes |= set(range(minutes(segment["start"]), minutes(segment["end"])))
        placed = [entry for entry in diary["entries"] if entry["status"] != "unplaced"]
        for entry in diary["entries"]:
            count += 1
            assert entry.keys() >= {"id", "kind", "status", "type", "start", "end", "client", "resources"}
            assert entry["kind"] in ("hold", "appointment", "block")
            assert CLOCK.fullmatch(entry["start"])
            assert diary["diary"] in entry["resources"]
        assert [(entry["start"], entry["end"]) for entry in diary["entries"]] == sorted(
            (entry["start"], entry["end"]) for entry in diary["entries"]
        )
        for one, next_ in pairwise(placed):
            assert one["end"] <= next_["start"], (diary["diary"], one, next_)
        busy: set[int] = set()
        for entry in placed:
            busy |= set(range(minutes(entry["start"]), minutes(entry["end"])))
        assert diary["free_minutes"] == len(open_minutes - busy), diary["diary"]
    return count


def test_every_day_of_the_demo_adds_up(demo: Place) -> None:
    first, entries = date.fromisoformat(DAY), 0
    for number in range(8):
        entries += check_day(demo.ask("day", (first + timedelta(days=number)).isoformat()))
    appointments = [event for event in demo.ask("log")["events"] if event["verb"] == "booked"]
    assert entries == len(appointments) > 100


def test_a_day_of_holds_and_appointments(desk: Place) -> None:
    booked(desk)
    held(desk, start="11:00")
    desk.ask("hold", "FC-F2F", "--day", DAY, "--start", "09:00", "--diary", "D01")
    shown = desk.ask("day", DAY, "--diary", "D01")
    assert check_day(shown) == 3
    assert [(one["kind"], one["status"], one["start"]) for one in shown["diaries"][0]["entries"]] == [
        ("hold", "held", "09:00"),
        ("appointment", "booked", "10:00"),
        ("hold", "held", "11:00"),
    ]
    assert shown["diaries"][0]["free_minutes"] == 7 * 60 - 150


def test_a_lapsed_hold_is_gone_from_the_day(desk: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("AGENT_TUI_HOLD_SECONDS", "1")
    held(desk)
    time.sleep(1.1)
    assert check_day(desk.ask("day", DAY)) == 0


def test_one_diary_and_one_team(desk: Place) -> None:
    assert [one["diary"] for one in desk.ask("day", DAY)["diaries"]] == ["D01", "D02", "D03", "D04"]
    assert [one["diary"] for one in desk.ask("day", DAY, "--team", "B")["diaries"]] == ["D03", "D04"]
    assert [one["diary"] for one in desk.ask("day", DAY, "--diary", "D02")["diaries"]] == ["D02"]
    for words in (("--diary", "D99"), ("--team", "Z")):
        assert desk.refuse("day", DAY, *words)["reason"]


def test_a_limit_and_its_level_are_shown(desk: Place) -> None:
    (diary,) = desk.ask("day", DAY, "--diary", "D04")["diaries"]
    assert [(one["start"], one["end"], one["level"], one["limit"]) for one in diary["segments"]] == [
        ("09:00", "11:00", "diary", 2),
        ("11:00", "12:00", "site", None),
        ("13:00", "17:00", "site", None),
    ]


def test_a_closed_day(desk: Place) -> None:
    shown = desk.ask("day", "2026-12-25")
    assert shown["closed"] == "Christmas Day"
    assert check_day(shown) == 0
    assert all(one["free_minutes"] == 0 for one in shown["diaries"])
    assert desk.ask("day", DAY)["closed"] is None


def test_a_list_of_nothing_is_a_sentence(desk: Place) -> None:
    lists = (
        "outbox list",
        "outbox list --status failed",
        "override list",
        "override list --all",
        "handoffs",
        "calls",
        "presence",
    )
    admin = desk.by("admin1")
    for words in (*lists, "sooner list", "improve", "feedback", "incident", "ticket", "handovers", "diary tickets", "requests"):
        (line,) = admin.text(*words.split()).splitlines()
        assert line.endswith("."), words
        assert admin.ask(*words.split())["items"] == []
    assert admin.text("access", "--client", "C000001").startswith("Nobody has looked")


def test_the_day_as_text(demo: Place, desk: Place) -> None:
    text = demo.text("day", DAY)
    assert SAID in text
    assert "D01" in text
    assert "Christmas Day" in desk.text("day", "2026-12-25")


# log


def test_the_log_has_no_gap_and_its_chain_holds(demo: Place) -> None:
    booked(demo, "--first")
    shown = demo.ask("log")
    events = shown["events"]
    assert shown["site"] == "LPP"
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert shown["head"] == {"seq": len(events), "hash": events[-1]["hash"]}
    for one, next_ in pairwise(events):
        assert next_["previous"] == one["hash"]
    for event in events:
        assert event.keys() >= {
            "seq",
            "at",
            "who",
            "role",
            "verb",
            "entry",
            "client",
            "touched",
            "before",
            "after",
            "hash",
            "previous",
        }
        assert INSTANT.fullmatch(event["at"])
        for touched in event["touched"]:
            assert touched.keys() == {"resource", "day"}
    assert all(one["at"] <= next_["at"] for one, next_ in pairwise(events[:-1]))


def test_one_line_for_each_act(desk: Place) -> None:
    hold = held(desk)["id"]
    desk.ask("extend", hold)
    desk.ask("confirm", hold, "--client", "C000001")
    desk.ask("move", hold, "--day", "2026-11-26", "--start", "09:00")
    desk.ask("cancel", hold, "--reason", "claimant")
    desk.ask("undo", hold)
    events = desk.ask("log", "--entry", hold)["events"]
    assert [event["verb"] for event in events] == ["held", "extended", "confirmed", "moved", "cancelled", "undone"]
    assert events[0]["before"] is None
    assert events[3]["touched"] == [{"resource": "D01", "day": DAY}, {"resource": "D01", "day": "2026-11-26"}]
    assert [event["seq"] for event in events] == [1, 2, 3, 4, 5, 6]


def test_filters_of_the_log(desk: Place) -> None:
    first = booked(desk)["id"]
    second = booked(desk.by("agent2"), client="C000002", start="14:00")["id"]
    desk.at("2026-11-25T12:00").ask("cancel", first, "--reason", "office")
    everything = desk.ask("log")["events"]

    def entries(*words: str) -> list[tuple[str, str]]:
        shown = desk.ask("log", *words)
        assert shown["head"]["seq"] == 3
        assert [event for event in everything if event in shown["events"]] == shown["events"]
        return [(event["verb"], event["entry"]) for event in shown["events"]]

    assert entries("--entry", second) == [("booked", second)]
    assert entries("--client", "C000001") == [("booked", first), ("cancelled", first)]
    assert entries("--who", "agent2") == [("booked", second)]
    assert entries("--verb", "cancelled") == [("cancelled", first)]
    assert entries("--from", "2026-11-25") == [("cancelled", first)]
    assert entries("--to", "2026-11-24") == [("booked", first), ("booked", second)]
    assert entries("--from", "2026-11-24", "--to", "2026-11-25") == entries()
    assert entries("--after", "1") == [("booked", second), ("cancelled", first)]
    assert entries("--after", "1", "--limit", "1") == [("booked", second)]
    assert entries("--limit", "2") == [("booked", first), ("booked", second)]
    assert entries("--after", "99") == []
    assert entries("--who", "nobody") == []


def test_a_verb_that_no_line_can_have_is_refused_with_the_nearest(desk: Place) -> None:
    booked(desk)
    shown = desk.ask("log", "--verb", "cancel", code=2)
    assert shown["reason"].startswith("There is no verb cancel; did you mean cancelled?")
    assert "Some are: booked, moved" in desk.ask("log", "--verb", "xyzzy", code=2)["reason"]
    assert desk.ask("log", "--verb", "moved")["events"] == []


def test_no_personal_data_in_the_log(desk: Place) -> None:
    desk.ask("clients", "add", "-", stdin="name: Quentin Zebra\nphone: 0113 496 7777\nreference: QQ 12 34 56 C\n")
    desk.ask(
        *("book", "FC-F2F", "--client", "C000011", "--first", "--priority", "high", "--reason", "zebra reason"),
        *("--details", "-"),
        stdin="note: zebra note\naccess needs: zebra ramp\n",
    )
    text = desk.text("log") + run("log", *desk.options).out
    for word in ("Quentin", "Zebra", "zebra", "496 7777", "QQ"):
        assert word not in text, word


# doctor


def test_the_doctor_finds_the_small_site_and_the_demo_sound(desk: Place, demo: Place) -> None:
    for place in (desk, demo):
        shown = place.sound()
        assert shown["status"] == "sound"
        assert shown["engine"] == "sqlite"
        assert shown["store"] == place.store
        assert shown["engine_version"]
        assert isinstance(shown["schema"], str)
        assert "I1" in shown["invariants"]
        for invariant in shown["invariants"].values():
            assert invariant.keys() == {"checked", "violations"}
            assert invariant["violations"] == 0
        for finding in shown["findings"]:
            assert finding.keys() >= {"check", "severity", "text", "do"}
            assert finding["severity"] in ("info", "warning")
        assert shown["head"] == place.ask("log")["head"]
    assert demo.ask("doctor")["invariants"]["I1"]["checked"] > 0


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM occupancy WHERE tick = (SELECT MIN(tick) FROM occupancy)",
        "UPDATE claim SET end_tick = end_tick + 1",
        "UPDATE site_head SET seq = seq + 1",
        "DROP TRIGGER {trigger}",
    ],
)
def test_the_doctor_ends_with_four_on_an_error(desk: Place, damage: str) -> None:
    booked(desk)
    connection = dbapi.connect(desk.store)
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name")]
    statement = damage.format(trigger=names[0])
    if not statement.startswith("DROP"):
        for name in names:
            connection.execute(f"DROP TRIGGER {name}")
    connection.execute(statement)
    connection.commit()
    connection.close()
    shown = desk.ask("doctor", code=4)
    assert shown["status"] == "findings"
    assert any(finding["severity"] == "error" for finding in shown["findings"])
    plain = run("doctor", *desk.options[:-1])
    assert plain.code == 4


def test_the_doctor_changes_nothing(desk: Place) -> None:
    booked(desk)
    rows, seen = desk.dump(), Path(desk.store).read_bytes()
    desk.ask("doctor")
    assert desk.dump() == rows
    assert Path(desk.store).read_bytes() == seen


def test_a_warning_is_no_error(desk: Place) -> None:
    Path(desk.store).chmod(0o644)
    shown = desk.ask("doctor")
    assert shown["status"] == "findings"
    assert {finding["severity"] for finding in shown["findings"]} <= {"info", "warning"}


# lists


def test_types(desk: Place, demo: Place) -> None:
    shown = desk.ask("types")
    assert shown["status"] == "list"
    assert shown["total"] == len(shown["items"]) == 5
    assert [item["code"] for item in shown["items"] if item["key"]] == ["FC-F2F"]
    for item in shown["items"]:
        assert item.keys() >= {"code", "name", "channel", "minutes", "group", "key"}
    everything = demo.ask("types")
    assert everything["total"] == len(everything["items"]) > 5
    assert "FC-F2F" in [item["code"] for item in everything["items"]]


def test_diaries(desk: Place) -> None:
    shown = desk.ask("diaries")
    assert [item["code"] for item in shown["items"]] == ["D01", "D02", "D03", "D04"]
    for item in shown["items"]:
        assert item.keys() >= {"code", "name", "coach", "team", "enabled", "types"}
        assert item["enabled"] is True
        assert "FC-F2F" in item["types"]


def test_clients_by_role(desk: Place) -> None:
    names = [item["name"] for item in desk.ask("clients")["items"]]
    assert names[0] == "Sana Khan 1"
    assert all(item.keys() >= {"ref", "name"} for item in desk.ask("clients")["items"])
    hidden = desk.by("admin1").ask("clients")
    assert hidden["total"] == 10
    assert all("Khan" not in item["name"] for item in hidden["items"])
    unknown = run("clients", "--store", desk.store, "--now", NOW, "--json")  # the computer's user, who is on no list
    assert "Khan" not in unknown.out


def test_lists_are_whole_unless_limited(demo: Place) -> None:
    for words in (("types",), ("diaries",), ("clients",)):
        shown = demo.ask(*words)
        assert shown["total"] == len(shown["items"]) > 3
        cut = demo.ask(*words, "--limit", "2")
        assert cut["items"] == shown["items"][:2]
        assert cut["total"] == shown["total"]


def test_empty_lists_are_done(desk: Place) -> None:
    for words in (("handoffs",), ("handoffs", "list"), ("flags", "list"), ("calls",)):
        assert desk.ask(*words).items() >= {"status": "list", "total": 0, "items": []}.items()


def test_work_lists(desk: Place) -> None:
    for number in range(3):
        desk.refuse("book", "CC-PHONE", "--client", f"C00000{number + 1}", "--first")
    shown = desk.ask("handoffs")
    assert shown["total"] == 3
    for item in shown["items"]:
        assert item.keys() >= {"id", "kind", "status", "at", "text"}
        assert item["status"] == "open"
    assert desk.ask("handoffs", "--limit", "1")["total"] == 3
    assert len(desk.ask("handoffs", "--limit", "1")["items"]) == 1
    assert "Khan" not in run("handoffs", *desk.options).out
