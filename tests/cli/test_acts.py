"""hold, book, confirm, extend, release, move, cancel, attend, undo, show: what they answer and what they leave."""

import re
import time
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from tests.cli.runner import BOOK_KEYS, CLOCK, COMMAND, DAY, INSTANT, NOW, OFFER_KEYS, SAID, Place, booked, held, run

CODES = {
    *("taken", "held", "not_allowed", "not_assigned", "unknown_type", "unknown_diary", "unknown_client", "past", "notice"),
    *("closed", "off_grid", "client_clash", "limit", "stale_version", "id_reused", "hold_expired", "role"),
}


def uid() -> str:
    return str(uuid4())


def test_hold_answers(desk: Place) -> None:
    shown = held(desk)
    assert shown["status"] == "held"
    assert shown["repeated"] is False
    assert UUID(shown["id"])
    assert (shown["type"], shown["diary"], shown["coach"], shown["day"]) == ("FC-F2F", "D01", "Coach 1", DAY)
    assert (shown["start"], shown["end"], shown["minutes"]) == ("10:00", "10:50", 50)
    assert shown["resources"] == ["D01"]
    assert INSTANT.fullmatch(shown["expires_at"])
    assert shown["version"] == 1
    for key in ("client", "code", "reason", "held_by", "handoff"):
        assert shown[key] is None, key
    assert shown["alternatives"] == []


def test_book_answers(desk: Place) -> None:
    shown = booked(desk)
    assert shown["status"] == "booked"
    assert shown["client"] == "C000001"
    assert shown["expires_at"] is None
    assert re.search(r"Wednesday 25 November.*10am", shown["say"])
    assert desk.ask("show", shown["id"])["id"] == shown["id"]


def test_a_hold_is_confirmed_extended_and_released(desk: Place) -> None:
    first = held(desk)
    longer = desk.ask("extend", first["id"], "--version", "1")
    assert longer["status"] == "extended"
    assert longer["version"] == 2
    assert longer["expires_at"] >= first["expires_at"]
    done = desk.ask("confirm", first["id"], "--client", "C000002", "--version", "2")
    assert done["status"] == "confirmed"
    assert done["client"] == "C000002"
    assert done["expires_at"] is None
    assert done["say"]
    second = held(desk, start="14:00")
    freed = desk.ask("release", second["id"])
    assert freed["status"] == "released"
    assert held(desk, start="14:00")["status"] == "held"


def test_move_cancel_attend_undo(desk: Place) -> None:
    entry = booked(desk)["id"]
    moved = desk.ask("move", entry, "--day", "2026-11-26", "--start", "09:20", "--diary", "D02", "--version", "1")
    assert (moved["status"], moved["day"], moved["start"], moved["end"]) == ("moved", "2026-11-26", "09:20", "10:10")
    assert moved["diary"] == "D02"
    assert booked(desk, client="C000002")["status"] == "booked"
    same_diary = desk.ask("move", entry, "--day", "2026-11-26", "--start", "10:00")
    assert same_diary["diary"] == "D02"
    cancelled = desk.ask("cancel", entry, "--reason", "claimant", "--version", "3")
    assert cancelled["status"] == "cancelled"
    undone = desk.ask("undo", entry)
    assert undone["status"] == "undone"
    assert (undone["day"], undone["start"]) == ("2026-11-26", "10:00")
    there = desk.at("2026-11-26T10:05")
    assert there.ask("attend", entry, "--as", "late", "--minutes", "5")["status"] == "recorded"
    assert there.ask("show", entry)["entry_status"] == "late"


@pytest.mark.parametrize("reason", ["claimant", "office", "coach_absent", "room_unavailable", "not_needed", "entered_in_error"])
def test_cancellation_reasons(desk: Place, reason: str) -> None:
    entry = booked(desk)["id"]
    assert desk.ask("cancel", entry, "--reason", reason)["status"] == "cancelled"
    assert booked(desk, client="C000002")["status"] == "booked"


@pytest.mark.parametrize("outcome", ["attended", "dna", "late"])
@pytest.mark.parametrize("order", range(5))
def test_attend_takes_an_outcome_and_a_login(desk: Place, outcome: str, order: int) -> None:
    entry = booked(desk)["id"]
    common = ["--store", desk.store, "--now", f"{DAY}T10:10", "--json"]
    words = [
        ["attend", entry, "--as", outcome, "--as", "agent2"],
        ["attend", entry, "--as", "agent2", "--as", outcome],
        ["--as", "agent2", "attend", entry, "--as", outcome],
        ["attend", "--as", outcome, entry, "--as=agent2"],
        ["attend", f"--as={outcome}", "--as=agent2", entry],
    ][order]
    answer = run(*common, *words)
    assert answer.code == 0, answer
    assert answer.object["status"] == "recorded"
    last = desk.ask("log")["events"][-1]
    assert (last["verb"], last["who"]) == ("recorded", "agent2")
    assert last["after"]["status"] == outcome


@pytest.mark.parametrize(
    ("word", "end"),
    [
        ("missed", "not missed; did you mean dna?"),
        ("No-Show", "not No-Show; did you mean dna?"),
        ("arrived", "not arrived; did you mean attended?"),
        ("atended", "not atended; did you mean attended?"),
        ("agent2", "not agent2."),
        ("", "not (empty)."),
    ],
)
@pytest.mark.parametrize("more", [(), ("--as", "agent2")], ids=["alone", "with a login"])
def test_attend_as_something_else_names_the_words_it_takes(desk: Place, word: str, end: str, more: tuple[str, ...]) -> None:
    entry = booked(desk)["id"]
    answer = run(*desk.at(f"{DAY}T10:10").options, "attend", entry, *more, "--as", word)
    assert answer.code == 2
    assert answer.object["reason"] == f"--as takes one of attended, dna, late, {end}"
    assert desk.ask("show", entry)["entry_status"] == "booked"


def test_other_outcomes_name_their_words_too(desk: Place) -> None:
    there = (*desk.options, "requests", "done", "5f0c7a52-6d9e-4b1c-9a3e-2f4b8c1d0e6f", "--as", "decline")
    assert run(*there).object["reason"].endswith("not decline; did you mean declined?")
    there = (*desk.options, "sooner", "offer", "5f0c7a52-6d9e-4b1c-9a3e-2f4b8c1d0e6f", "--as", "took")
    assert run(*there).object["reason"].startswith("--as takes one of taken, declined, no_answer, not took")


def test_attend_with_the_login_from_the_environment(desk: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = booked(desk)["id"]
    monkeypatch.setenv("AGENT_TUI_AS", "agent2")
    assert run("attend", entry, "--as", "dna", "--store", desk.store, "--now", f"{DAY}T10:20").code == 0
    assert desk.ask("log")["events"][-1]["who"] == "agent2"


def test_who_did_not_attend_frees_the_rest(desk: Place) -> None:
    entry = booked(desk)["id"]
    later = desk.at(f"{DAY}T10:20")
    later.ask("attend", entry, "--as", "dna")
    assert later.ask("book", "NJR-F2F", "--client", "C000002", "--day", DAY, "--start", "10:20", "--diary", "D01")["id"]


def test_undo_without_an_id_takes_back_the_last_act(desk: Place) -> None:
    first, second = booked(desk)["id"], booked(desk, start="14:00", client="C000002")["id"]
    assert desk.ask("undo")["id"] == second
    assert desk.ask("show", first)["entry_status"] == "booked"
    assert booked(desk, start="14:00", client="C000003")["status"] == "booked"


def test_undo_is_for_sixty_seconds_and_for_the_maker(desk: Place) -> None:
    entry = booked(desk)["id"]
    assert desk.by("agent2").refuse("undo", entry)["reason"]
    late = desk.at("2026-11-24T09:01:01").refuse("undo", entry)
    assert "60" in late["reason"]
    assert desk.at("2026-11-24T09:00:59").ask("undo", entry)["status"] == "undone"


# A retry: the same id with the same request answers the same and changes nothing.


def acts(desk: Place) -> dict[str, tuple[str, ...]]:
    """Return every writing command, ready to be done once."""
    hold, other = held(desk, start="09:00")["id"], held(desk, start="14:00")["id"]
    third = held(desk, start="16:00")["id"]
    entry = booked(desk, client="C000002")["id"]
    cancelled = booked(desk, client="C000003", start="11:00")["id"]
    undone = booked(desk, client="C000004", start="13:00")["id"]
    day = ("--day", "2026-11-26", "--start", "09:00", "--diary", "D02")
    return {
        "hold": ("hold", "FC-F2F", *day),
        "hold --first": ("hold", "FC-F2F", "--first", "--from", "2026-11-30"),
        "book": ("book", "FC-F2F", "--client", "C000001", "--day", "2026-11-26", "--start", "10:00", "--diary", "D02"),
        "book --first": ("book", "FC-F2F", "--client", "C000001", "--first", "--from", "2026-12-01", "--need", "room"),
        "book, handed off": ("book", "CC-PHONE", "--client", "C000001", "--first"),
        "confirm": ("confirm", hold, "--client", "C000005"),
        "extend": ("extend", other),
        "release": ("release", third),
        "move": ("move", entry, "--day", "2026-11-27", "--start", "09:00", "--diary", "D03"),
        "cancel": ("cancel", cancelled, "--reason", "claimant"),
        "undo": ("undo", undone),
    }


NAMES = [
    *("hold", "hold --first", "book", "book --first", "book, handed off", "confirm", "extend", "release", "move", "cancel"),
    "undo",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_retry_answers_the_same(desk: Place, name: str) -> None:
    words, request = acts(desk)[name], uid()
    code = 3 if "handed" in name else 0
    first = desk.ask(*words, "--id", request, code=code)
    assert first["repeated"] is False
    before = desk.dump()
    second = desk.ask(*words, "--id", request.upper(), code=code)
    assert second["repeated"] is True
    assert {**second, "repeated": False} == first
    assert desk.dump() == before
    text = run(*words, "--id", request, *desk.options[:-1])
    assert text.code == code
    assert desk.dump() == before


@pytest.mark.parametrize("name", NAMES)
def test_an_id_of_another_request_is_refused(desk: Place, name: str) -> None:
    words, request = acts(desk)[name], uid()
    desk.ask("hold", "WSR-PHONE", "--day", "2026-12-03", "--start", "15:00", "--diary", "D03", "--id", request)
    before = desk.dump()
    shown = desk.refuse(*words, "--id", request)
    assert shown["code"] == "id_reused"
    assert desk.dump() == before


def test_attend_again_with_its_id(desk: Place) -> None:
    entry, request, later = booked(desk)["id"], uid(), desk.at(f"{DAY}T10:10")
    first = later.ask("attend", entry, "--as", "attended", "--id", request)
    before = desk.dump()
    assert later.ask("attend", entry, "--as", "attended", "--id", request) == {**first, "repeated": True}
    assert later.refuse("attend", entry, "--as", "dna", "--id", request)["code"] == "id_reused"
    assert desk.dump() == before


def test_a_retry_much_later_still_knows(desk: Place) -> None:
    request = uid()
    first = booked(desk, "--id", request)
    desk.ask("cancel", first["id"], "--reason", "office")
    again = booked(desk.at("2026-11-24T16:00"), "--id", request)
    assert again["repeated"] is True
    assert again["start"] == "10:00"


def test_adding_a_client_again_with_its_id(desk: Place) -> None:
    request, lines = uid(), "name: Mira Vale\nphone: 0113 496 0055\n"
    first = desk.ask("clients", "add", "-", "--id", request, stdin=lines)
    before = desk.dump()
    second = desk.ask("clients", "add", "-", "--id", request, stdin=lines)
    assert desk.dump() == before
    assert second["ref"] == first["ref"]
    assert second["repeated"] is True


def test_adding_another_client_with_a_used_id_is_refused(desk: Place) -> None:
    request = uid()
    desk.ask("clients", "add", "-", "--id", request, stdin="name: Mira Vale\n")
    before = desk.dump()
    shown = desk.refuse("clients", "add", "-", "--id", request, stdin="name: Someone Else\n")
    assert shown["code"] == "id_reused"
    assert desk.dump() == before


def test_adding_a_client_with_the_id_of_a_booking_is_refused(desk: Place) -> None:
    request = uid()
    booked(desk, "--id", request)
    shown = desk.refuse("clients", "add", "-", "--id", request, stdin="name: Mira Vale\n")
    assert shown["code"] == "id_reused"


def test_killed_in_the_middle_and_asked_again(desk: Place) -> None:
    import subprocess

    for number in range(6):
        request = uid()
        start = f"{13 + number // 2}:{'00' if number % 2 == 0 else '30'}"
        words = ["book", "NJR-F2F", "--client", f"C00000{number + 1}", "--day", DAY, "--start", start, "--diary", "D01"]
        process = subprocess.Popen(
            [*COMMAND, *words, "--id", request, *desk.options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(0.35 + number * 0.08)
        process.kill()
        process.wait()
        shown = desk.ask(*words, "--id", request)
        assert shown["status"] == "booked"
        assert [event["request"] for event in desk.ask("log")["events"]].count(request) == 1
    assert desk.ask("doctor")["status"] == "sound"


# Refusals: the code, who has the time, what next; and nothing is written.


def test_held_by_another_says_who_until_when_and_what_next(desk: Place) -> None:
    held(desk)
    before = desk.dump()
    shown = desk.by("agent2").refuse("hold", "FC-F2F", "--day", DAY, "--start", "10:00", "--diary", "D01")
    assert shown["code"] == "held"
    assert shown["held_by"]["kind"] == "hold"
    assert shown["held_by"]["who"] == "Ann Archer"
    assert INSTANT.fullmatch(shown["held_by"]["until"])
    assert shown["alternatives"]
    for offer in shown["alternatives"]:
        assert offer.keys() >= OFFER_KEYS
    assert desk.dump() == before


def test_taken_says_so(desk: Place) -> None:
    booked(desk)
    shown = desk.refuse("book", "FC-F2F", "--client", "C000002", "--day", DAY, "--start", "10:20", "--diary", "D01")
    assert shown["code"] == "taken"
    assert shown["held_by"] == {"kind": "appointment", "who": "Ann Archer", "until": None}
    best = shown["alternatives"][0]
    again = desk.ask(
        "book", "FC-F2F", "--client", "C000002", "--day", best["day"], "--start", best["start"], "--diary", best["diary"]
    )
    assert again["status"] == "booked"


REFUSALS = {
    "unknown_type": ("book", "NO-SUCH", "--client", "C000001", "--day", DAY, "--start", "10:00", "--diary", "D01"),
    "unknown_diary": ("book", "FC-F2F", "--client", "C000001", "--day", DAY, "--start", "10:00", "--diary", "D99"),
    "unknown_client": ("book", "FC-F2F", "--client", "C999999", "--day", DAY, "--start", "10:00", "--diary", "D01"),
    "past": ("book", "FC-F2F", "--client", "C000001", "--day", "2026-11-23", "--start", "10:00", "--diary", "D01"),
    "closed": ("book", "FC-F2F", "--client", "C000001", "--day", "2026-12-25", "--start", "10:00", "--diary", "D01"),
    "off_grid": ("book", "FC-F2F", "--client", "C000001", "--day", DAY, "--start", "09:03", "--diary", "D01"),
    "notice": (*("book", "FC-F2F", "--client", "C000001", "--from", NOW[:10], "--to", NOW[:10], "--notice", "1440", "--first"),),
}


@pytest.mark.parametrize("code", REFUSALS)
def test_refusal_codes(desk: Place, code: str) -> None:
    before = desk.dump()
    shown = desk.refuse(*REFUSALS[code])
    assert shown["status"] == "refused"
    assert shown["code"] == code
    assert shown.keys() >= BOOK_KEYS
    assert desk.dump() == before


def test_past_today(desk: Place) -> None:
    words = ("book", "FC-F2F", "--client", "C000001", "--day", NOW[:10], "--start", "09:00", "--diary", "D01")
    assert desk.at("2026-11-24T09:01").refuse(*words)["code"] == "past"
    assert desk.ask(*words)["status"] == "booked"


def test_a_clients_clash_is_refused_or_flagged(desk: Place) -> None:
    booked(desk)
    words = ("book", "NJR-F2F", "--client", "C000001", "--day", DAY, "--start", "10:20", "--diary", "D02")
    assert desk.refuse(*words)["code"] == "client_clash"
    assert desk.ask("flags", "list")["total"] == 0
    assert desk.ask(*words, "--allow-clash")["status"] == "booked"
    flags = desk.ask("flags", "list")
    assert flags["total"] == 1
    assert flags["items"][0].keys() >= {"id", "kind", "status", "at", "text"}


def test_a_limit_is_kept(desk: Place) -> None:
    for client, start in (("C000001", "09:00"), ("C000002", "09:30")):
        desk.ask("book", "NJR-F2F", "--client", client, "--day", DAY, "--start", start, "--diary", "D04")
    shown = desk.refuse("book", "NJR-F2F", "--client", "C000003", "--day", DAY, "--start", "10:00", "--diary", "D04")
    assert shown["code"] == "limit"


def test_a_stale_version_is_refused(desk: Place) -> None:
    entry = booked(desk)["id"]
    desk.ask("move", entry, "--day", DAY, "--start", "14:00")
    before = desk.dump()
    for words in (
        ("move", entry, "--day", DAY, "--start", "15:00"),
        ("cancel", entry, "--reason", "office"),
        ("attend", entry, "--as", "dna"),
    ):
        assert desk.refuse(*words, "--version", "1")["code"] == "stale_version", words
    hold = held(desk, start="09:00")["id"]
    after = desk.dump()
    for acted in (("confirm", hold, "--client", "C000002"), ("extend", hold), ("release", hold)):
        assert desk.refuse(*acted, "--version", "7")["code"] == "stale_version", acted
    assert desk.dump() == after
    assert before["entry"] != after["entry"]


def test_undo_takes_a_version_as_every_writing_command(desk: Place) -> None:
    """contract.md: "confirm, ..., undo [ID], show ID, with --version N where they write"."""
    entry = booked(desk)["id"]
    assert desk.refuse("undo", entry, "--version", "7")["code"] == "stale_version"
    assert desk.ask("undo", entry, "--version", "1")["status"] == "undone"


def test_another_persons_hold_is_theirs(desk: Place) -> None:
    hold = held(desk)["id"]
    before = desk.dump()
    for words in (
        ("confirm", hold, "--client", "C000001"),
        ("extend", hold),
        ("release", hold),
        ("move", hold, "--day", DAY, "--start", "14:00"),
    ):
        assert desk.by("agent2").refuse(*words)["code"] == "role", words
    assert desk.dump() == before
    assert desk.by("leader1").ask("release", hold)["status"] == "released"


def test_a_lapsed_hold_is_expired_for_its_maker_and_free_for_others(desk: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_TUI_HOLD_SECONDS", "1")
    hold, other = held(desk)["id"], held(desk, start="14:00")["id"]
    time.sleep(1.2)
    assert desk.by("agent2").ask("hold", "FC-F2F", "--day", DAY, "--start", "10:00", "--diary", "D01")["status"] == "held"
    for entry in (hold, other):
        shown = desk.refuse("confirm", entry, "--client", "C000001")
        assert shown["code"] == "hold_expired"
        assert shown["alternatives"]
    calls = desk.ask("calls")
    assert {item["entry"] for item in calls["items"] if item["kind"] == "callback"} >= {hold, other}
    assert desk.ask("doctor")["status"] == "sound"


def test_what_no_diary_takes_is_handed_off(desk: Place) -> None:
    shown = desk.refuse("book", "CC-PHONE", "--client", "C000001", "--first", "--claim-date", "2026-11-20")
    assert shown["status"] == "handoff"
    assert shown["handoff"]
    lists = desk.ask("handoffs")
    assert lists["total"] == 1
    assert lists["items"][0]["id"] == shown["handoff"]
    assert lists["items"][0].keys() >= {"id", "kind", "status", "at", "text"}
    assert INSTANT.fullmatch(lists["items"][0]["at"])


@pytest.mark.parametrize(
    "words",
    [
        ("book", "FC-F2F", "--client", "C000001", "--first"),
        ("book", "FC-F2F", "--client", "C000001", "--day", DAY, "--start", "10:00", "--diary", "D01"),
        ("book", "CC-PHONE", "--client", "C000001", "--first"),
        ("book", "FC-F2F", "--client", "C999999", "--first"),
        ("hold", "FC-F2F", "--first"),
        ("hold", "EV-F2F", "--day", DAY, "--start", "09:00", "--diary", "D04"),
        ("hold", "FC-F2F", "--day", DAY, "--start", "10:20", "--diary", "D02"),
    ],
    ids=" ".join,
)
def test_a_dry_run_says_and_writes_nothing(desk: Place, words: tuple[str, ...]) -> None:
    desk.ask("hold", "FC-F2F", "--day", DAY, "--start", "10:00", "--diary", "D02")
    before, seen = desk.dump(), Path(desk.store).read_bytes()
    rehearsed = desk.ask(*words, "--dry-run", code=None)
    assert desk.dump() == before
    assert Path(desk.store).read_bytes() == seen
    done = desk.ask(*words, code=None)
    for key in ("status", "code", "diary", "day", "start", "end", "resources", "client", "minutes"):
        assert rehearsed[key] == done[key], key


def test_every_contact_and_priority(desk: Place) -> None:
    for contact, start in (("phone", "09:00"), ("online", "09:30"), ("email", "10:00"), ("walk-in", "10:30")):
        assert held(desk, "--contact", contact, type="NJR-F2F", start=start)["status"] == "held"
    for priority, start in (("standard", "13:00"), ("high", "13:30"), ("urgent", "14:00")):
        assert held(desk, "--priority", priority, "--reason", "care leaver", type="NJR-F2F", start=start)["status"] == "held"


# The contract names no code for an entry that is not there, an act that its state forbids, or an undo that comes too late.
MORE_CODES = {"unknown_entry", "not_possible", "undo_expired"}


def test_every_code_of_a_refusal_is_known(desk: Place) -> None:
    hold, entry = held(desk)["id"], booked(desk, start="14:00")["id"]
    nobody = "00000000-0000-4000-8000-000000000000"
    seen = {}
    for words in (
        *((verb, nobody) for verb in ("confirm", "extend", "release", "show", "undo")),
        *((verb, entry) for verb in ("confirm", "extend", "release")),
        ("cancel", hold, "--reason", "claimant"),
        ("attend", entry, "--as", "attended"),
        ("move", nobody, "--day", DAY, "--start", "10:00"),
        ("undo", hold),
    ):
        shown = desk.at("2026-11-24T09:30").ask(*words, code=None)
        if shown["status"] == "refused" and shown["code"] not in CODES | MORE_CODES:
            seen[" ".join(words).replace(hold, "HOLD").replace(entry, "ENTRY")] = shown["code"]
    assert not seen


def test_plain_lines(desk: Place) -> None:
    entry = booked(desk)
    text = desk.text("show", entry["id"])
    for word in ("FC-F2F", SAID, "10:00", "D01", "C000001", entry["id"]):
        assert word in text
    answer = run("hold", "FC-F2F", "--day", DAY, "--start", "10:00", "--diary", "D01", *desk.options[:-1])
    assert answer.code == 3
    assert answer.err.startswith("Taken by")


def test_a_move_that_is_refused_leaves_it_where_it_was(desk: Place) -> None:
    entry = booked(desk)["id"]
    booked(desk, client="C000002", start="14:00")
    before = desk.dump()
    assert desk.refuse("move", entry, "--day", DAY, "--start", "14:20")["code"] == "taken"
    assert desk.refuse("move", entry, "--day", DAY, "--start", "12:00")["code"] == "closed"
    assert desk.refuse("move", entry, "--day", "2026-11-23", "--start", "10:00")["code"] == "past"
    assert desk.dump() == before
    assert desk.ask("move", entry, "--day", DAY, "--start", "10:20")["start"] == "10:20"  # over its own time


def test_times_are_clocks_and_instants(desk: Place) -> None:
    shown = held(desk)
    assert CLOCK.fullmatch(shown["start"])
    assert CLOCK.fullmatch(shown["end"])
    for event in desk.ask("log")["events"]:
        assert INSTANT.fullmatch(event["at"])
