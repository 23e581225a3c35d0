"""requests: what its commands answer, and what they leave."""

from pathlib import Path
from uuid import uuid4

import pytest

from tests.cli.runner import DAY, LIST_KEYS, Place, booked, run

LOAD_KEYS = {
    *("status", "repeated", "dry_run", "file", "loaded", "duplicates", "same", "raised", "clients_made", "items", "rejected"),
    *("code", "reason"),
}
ITEM_KEYS = {
    *("id", "kind", "status", "at", "priority", "key", "type", "client", "contact", "entry", "from", "until", "time"),
    *("who", "duplicate_of"),
}
SECRET = "wheelchair and a red hat"
LINES = f"""reference,type,name,phone,until,time,priority,contact,note
R1,NJR-F2F,Sana Khan 3,0113 496 0003,,pm,standard,online,
R2,FC-F2F,Jo Bloggs,0113 555 0101,2026-12-04,am,urgent,email,{SECRET}
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "requests.csv"
    path.write_text(LINES, encoding="utf-8")
    return str(path)


def test_load_list_take_return_and_done(desk: Place, file: str) -> None:
    tried = desk.ask("requests", "load", file, "--dry-run")
    assert set(tried) == LOAD_KEYS
    assert (tried["status"], tried["loaded"], tried["clients_made"], tried["dry_run"]) == ("loaded", 2, 1, True)
    assert desk.ask("requests") == {"status": "list", "total": 0, "items": []}
    id = str(uuid4())
    loaded = desk.ask("requests", "load", file, "--id", id)
    assert [one["status"] for one in loaded["items"]] == ["open", "open"]
    assert desk.ask("requests", "load", file, "--id", id) == loaded | {"repeated": True}
    assert desk.ask("requests", "load", file)["same"] == 2
    listed = desk.ask("requests")
    assert set(listed) == LIST_KEYS
    assert all(set(one) == ITEM_KEYS for one in listed["items"])
    assert [one["priority"] for one in listed["items"]] == ["urgent", "standard"]
    assert [one["key"] for one in listed["items"]] == [True, False]
    assert desk.ask("requests", "--limit", "1")["total"] == 2
    take = str(uuid4())
    taken = desk.ask("requests", "take", "--next", "--id", take)
    assert (taken["status"], taken["item"]["who"], taken["item"]["note"]) == ("taken", "agent1", SECRET)
    assert set(taken["item"]) == ITEM_KEYS | {"note", "access_needs", "language", "duplicates"}
    assert desk.ask("requests", "take", "--next", "--id", take) == taken | {"repeated": True}
    other = desk.by("agent2").refuse("requests", "take", taken["item"]["id"])
    assert (other["code"], "Ann Archer" in other["reason"], other["item"]) == ("held", True, None)
    assert desk.ask("requests", "return", taken["item"]["id"])["item"]["who"] is None
    assert desk.by("agent2").ask("requests", "take", "--next")["item"]["id"] == taken["item"]["id"]
    entry = desk.by("agent2").ask(
        "book", "FC-F2F", "--client", taken["item"]["client"], "--day", DAY, "--start", "10:00", "--diary", "D01"
    )
    done = desk.by("agent2").ask("requests", "done", taken["item"]["id"], "--as", "booked", "--entry", entry["id"])
    assert (done["status"], done["item"]["status"], done["item"]["entry"]) == ("done", "booked", entry["id"])
    assert desk.ask("requests")["total"] == 1
    assert {one["kind"] for one in desk.ask("calls")["items"]} == {"request"}
    assert SECRET not in str(desk.ask("log"))
    assert "Jo Bloggs" not in str(desk.ask("log"))
    desk.sound()


def test_every_bad_line_is_said_at_once_and_partial_loads_the_others(desk: Place, tmp_path: Path) -> None:
    path = tmp_path / "requests.csv"
    path.write_text(LINES + "R3,XX,Jo,12,31/02/2026,25:00,mega,fax,\nR4,FC-F2F\n", encoding="utf-8")
    shown = desk.refuse("requests", "load", str(path))
    assert set(shown) == LOAD_KEYS
    assert (shown["status"], shown["code"], shown["loaded"]) == ("refused", "rejected", 0)
    assert {one["file"] for one in shown["rejected"]} == {"requests.csv"}
    assert {one["field"] for one in shown["rejected"] if one["line"] == 4} == {
        *("type", "phone", "until", "time", "priority", "contact")
    }
    assert [one["field"] for one in shown["rejected"] if one["line"] == 5] == [None]
    assert desk.ask("requests")["total"] == 0
    part = desk.ask("requests", "load", str(path), "--partial")
    assert (part["status"], part["loaded"], part["rejected"]) == ("partial", 2, shown["rejected"])


@pytest.mark.parametrize(
    "arguments",
    [
        ("requests", "load", "no-such-file.csv"),
        ("requests", "load", "requests.xlsx"),
        ("requests", "load", "x.csv", "--encoding", "latin-9"),
        ("requests", "load", "x.csv", "--id", "1"),
        ("requests", "take"),
        ("requests", "take", "--next", "5f0c7a52-6d9e-4b1c-9a3e-2f4b8c1d0e6f"),
        ("requests", "take", "nothing"),
        ("requests", "return", "nothing"),
        ("requests", "done", "5f0c7a52-6d9e-4b1c-9a3e-2f4b8c1d0e6f", "--as", "booked"),
        ("requests", "done", "5f0c7a52-6d9e-4b1c-9a3e-2f4b8c1d0e6f", "--as", "declined", "--entry", "nothing"),
        ("requests", "--limit", "0"),
    ],
)
def test_malformed_arguments_end_with_2(desk: Place, arguments: tuple[str, ...]) -> None:
    shown = desk.ask(*arguments, code=2)
    assert shown["code"] == "usage"


@pytest.mark.parametrize("command", ["show", "take", "return"])
def test_unknown_ids_are_refused_with_every_key(desk: Place, command: str) -> None:
    shown = desk.refuse("requests", command, str(uuid4()))
    assert shown == {"status": "refused", "repeated": False, "item": None, "code": "unknown_entry", "reason": shown["reason"]}


def test_a_request_is_shown_with_its_note_and_stays_in_the_queue(desk: Place, file: str) -> None:
    desk.ask("requests", "load", file)
    first = desk.ask("requests")["items"][0]
    shown = desk.ask("requests", "show", first["id"])
    assert shown["status"] == "shown"
    assert shown["item"] == first | {name: shown["item"][name] for name in ("note", "access_needs", "language", "duplicates")}
    assert SECRET in shown["item"]["note"]
    assert SECRET in desk.text("requests", "show", first["id"])
    assert desk.ask("requests")["items"][0]["who"] is None
    assert desk.by("coach1").refuse("requests", "show", first["id"])["code"] == "role"


def test_a_duplicate_raises_the_open_request_and_is_shown_with_it(desk: Place, file: str, tmp_path: Path) -> None:
    desk.ask("requests", "load", file)
    first = next(one for one in desk.ask("requests")["items"] if one["priority"] == "standard")
    path = tmp_path / "again.csv"
    lines = "reference,received,type,name,phone,priority,contact,note"
    path.write_text(f"{lines}\nR9,2026-11-23T08:15,NJR-F2F,Sana Khan 3,0113 496 0003,urgent,email,sleeps outside\n", "utf-8")
    assert "1 duplicates (1 made an open request more urgent)" in desk.text("requests", "load", str(path), "--dry-run")
    done = desk.ask("requests", "load", str(path))
    assert (done["duplicates"], done["raised"]) == (1, 1)
    assert next(one for one in desk.ask("requests")["items"] if one["id"] == first["id"])["priority"] == "urgent"
    (again,) = desk.ask("requests", "show", first["id"])["item"]["duplicates"]
    assert set(again) == {"id", "at", "contact", "priority", "note", "access_needs", "language"}
    assert (again["at"], again["contact"], again["note"]) == ("2026-11-23T08:15:00.000Z", "email", "sleeps outside")
    shown = desk.text("requests", "show", first["id"])
    assert "again by email at 2026-11-23T08:15:00.000Z" in shown
    assert "sleeps outside" in shown
    assert [one["verb"] for one in desk.ask("log")["events"]].count("request_raised") == 1
    desk.sound()


def test_an_empty_queue_has_no_next(desk: Place) -> None:
    assert desk.refuse("requests", "take", "--next")["code"] == "nothing_found"
    assert desk.by("admin1").refuse("requests", "take", "--next")["code"] == "role"


def test_plain_lines(desk: Place, file: str) -> None:
    assert "2 loaded, 0 duplicates" in desk.text("requests", "load", file)
    assert desk.text("requests").splitlines()[0].startswith("urgent")
    assert SECRET in desk.text("requests", "take", "--next")
    assert booked(desk)["status"] == "booked"
    assert run("requests", "--help").code == 0
