"""sooner: who waits, what is offered, and what the answers leave."""

from uuid import uuid4

import pytest

from tests.cli.runner import BOOK_KEYS, DAY, Place, booked

KEYS = {"status", "repeated", "item", "code", "reason"}
ITEM_KEYS = {
    *("entry", "status", "since", "type", "client", "priority", "day", "start", "diary", "until", "time"),
    *("only_diary", "only_team", "offered"),
}
NEXT = "2026-11-26"


def later(place: Place, client: str = "C000002", diary: str = "D02") -> str:
    id: str = place.ask("book", "FC-F2F", "--client", client, "--day", NEXT, "--start", "10:00", "--diary", diary)["id"]
    return id


def test_what_is_cancelled_is_offered_and_taken(desk: Place) -> None:
    free, entry, id = booked(desk)["id"], later(desk), str(uuid4())
    added = desk.ask("sooner", "add", entry, "--time", "am", "--until", NEXT, "--team", "A", "--id", id)
    assert set(added) == KEYS
    assert set(added["item"]) == ITEM_KEYS
    assert (added["status"], added["item"]["status"], added["item"]["time"]) == ("added", "waiting", "am")
    assert (added["item"]["until"], added["item"]["only_team"], added["item"]["only_diary"]) == (NEXT, "A", None)
    assert desk.ask("sooner", "add", entry, "--time", "am", "--until", NEXT, "--team", "A", "--id", id) == added | {
        "repeated": True
    }
    assert desk.refuse("sooner", "add", entry, "--time", "pm", "--id", id)["code"] == "id_reused"
    desk.ask("cancel", free, "--reason", "claimant")
    (item,) = desk.ask("sooner", "list")["items"]
    offered = item["offered"]
    assert (item["status"], offered["day"], offered["start"], offered["diary"]) == ("offered", DAY, "10:00", "D01")
    (call,) = [one for one in desk.ask("calls")["items"] if one["kind"] == "sooner"]
    assert (call["id"], call["entry"], call["who"]) == (offered["call"], entry, "")
    answer = str(uuid4())
    moved = desk.ask("sooner", "offer", offered["call"], "--as", "taken", "--id", answer)
    assert set(moved) >= BOOK_KEYS | {"call", "answer"}
    assert (moved["status"], moved["id"], moved["day"], moved["answer"]) == ("moved", entry, DAY, "taken")
    assert desk.ask("sooner", "offer", offered["call"], "--as", "taken", "--id", answer) == moved | {"repeated": True}
    assert desk.ask("sooner", "list")["items"] == []
    assert [one["status"] for one in desk.ask("sooner", "list", "--all")["items"]] == ["taken"]
    desk.sound()


def test_declined_goes_to_the_next_and_end_ends(desk: Place) -> None:
    free, one, two = booked(desk)["id"], later(desk), later(desk, "C000003", "D03")
    for entry in (one, two):
        desk.ask("sooner", "add", entry)
    desk.ask("cancel", free, "--reason", "claimant")
    first = next(item for item in desk.ask("sooner", "list")["items"] if item["offered"])
    assert desk.ask("sooner", "offer", first["offered"]["call"], "--as", "declined")["status"] == "released"
    second = next(item for item in desk.ask("sooner", "list")["items"] if item["offered"])
    assert {first["entry"], second["entry"]} == {one, two}
    refused = desk.refuse("sooner", "offer", first["offered"]["call"], "--as", "taken")
    assert set(refused) >= BOOK_KEYS | {"call", "answer"}
    assert refused["code"] == "not_possible"
    ended = desk.ask("sooner", "end", second["entry"])
    assert (ended["status"], ended["item"]["status"]) == ("ended", "ended")
    assert [item["entry"] for item in desk.ask("sooner", "list")["items"]] == [first["entry"]]
    assert "waiting" in desk.text("sooner", "list")
    desk.sound()


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "nothing"),
        ("add", str(uuid4())[:-1] + "g"),
        ("add", "5f0c7a52-6d9e-4b1c-9a3e-2f4b8c1d0e6f", "--until", "31/12/2026"),
        ("add", "5f0c7a52-6d9e-4b1c-9a3e-2f4b8c1d0e6f", "--time", "11:00-10:00"),
        ("add", "5f0c7a52-6d9e-4b1c-9a3e-2f4b8c1d0e6f", "--time", "10:02-11:00"),
        ("end", "nothing"),
        ("offer", "nothing", "--as", "taken"),
        ("offer", "5f0c7a52-6d9e-4b1c-9a3e-2f4b8c1d0e6f"),
        ("list", "--limit", "0"),
    ],
    ids=["entry", "uuid", "day", "reversed", "off-grid", "end", "call", "no-answer", "limit"],
)
def test_malformed_arguments_end_with_2(desk: Place, arguments: tuple[str, ...]) -> None:
    assert desk.ask("sooner", *arguments, code=2)["code"] == "usage"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("add", "5f0c7a52-6d9e-4b1c-9a3e-2f4b8c1d0e6f"), "unknown_entry"),
        (("end", "5f0c7a52-6d9e-4b1c-9a3e-2f4b8c1d0e6f"), "unknown_entry"),
        (("offer", "5f0c7a52-6d9e-4b1c-9a3e-2f4b8c1d0e6f", "--as", "no_answer"), "unknown_entry"),
    ],
)
def test_unknown_ids_are_refused(desk: Place, arguments: tuple[str, ...], code: str) -> None:
    assert desk.refuse("sooner", *arguments)["code"] == code


def test_a_wish_for_what_is_not_there_is_refused(desk: Place) -> None:
    entry = later(desk)
    assert desk.refuse("sooner", "add", entry, "--diary", "D99")["code"] == "unknown_diary"
    assert desk.refuse("sooner", "add", entry, "--until", "2026-01-01")["code"] == "past"
    assert desk.by("admin1").refuse("sooner", "add", entry)["code"] == "role"
