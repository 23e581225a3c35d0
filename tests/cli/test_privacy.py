"""verify, log --export, access --unusual, retain and subject as plain commands: objects, sentences and exit codes."""

import json
from pathlib import Path
from typing import Any

import pytest

from agent_tui.domain import log_chain
from agent_tui.services import record
from agent_tui.store.opening import open_store
from tests.cli.runner import Place, booked, run

LATER = "2029-01-08T09:00"


def supervisor(desk: Place) -> Place:
    booked(desk)
    return desk.by("super1")


def tamper(desk: Place, statement: str) -> None:
    """Change the log past its guards."""
    store = open_store(desk.store)

    def work(unit: Any) -> None:
        for (name,) in unit.rows("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event'"):
            unit.run(f"DROP TRIGGER {name}")
        unit.run(statement)

    store.write(work)
    store.close()


def test_a_chain_that_holds(desk: Place) -> None:
    booked(desk)
    shown = desk.ask("verify")
    assert (shown["status"], shown["checked"], shown["total"], shown["broken"], shown["seq"]) == ("holds", 1, 1, None, None)
    assert shown["head"] == desk.ask("log")["head"]
    assert desk.text("verify").startswith("The chain holds: 1 lines are as they were written.")


def test_a_line_that_was_edited_by_hand_is_named_by_verify_and_by_doctor(desk: Place) -> None:
    booked(desk)
    booked(desk, client="C000002", start="11:00")
    tamper(desk, "UPDATE event SET who = 'x' WHERE seq = 2")
    shown = desk.ask("verify", code=4)
    assert (shown["status"], shown["broken"], shown["seq"]) == ("broken", "line 2 is not what was hashed", 2)
    examined = desk.ask("doctor", code=4)
    assert any("line 2 is not what was hashed" in one["text"] for one in examined["findings"])


def test_a_cut_tail_is_named(desk: Place) -> None:
    booked(desk)
    booked(desk, client="C000002", start="11:00")
    tamper(desk, "DELETE FROM event WHERE seq = 2")
    assert desk.ask("verify", code=4)["broken"] == "line 2 and all after it are missing"


def test_a_verification_that_is_stopped_says_how_far_it_came(desk: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    booked(desk)

    def stop(_desk: object, progress: Any) -> None:
        progress(2000, 5000)
        raise KeyboardInterrupt

    monkeypatch.setattr(record, "verify_chain", stop)
    shown = desk.ask("verify", code=4)
    assert (shown["status"], shown["checked"], shown["total"]) == ("stopped", 2000, 5000)


def test_an_export_is_verified_without_the_store_and_with_it(desk: Place, tmp_path: Path) -> None:
    place, file = supervisor(desk), tmp_path / "log.jsonl"
    shown = place.ask("log", "--export", str(file))
    assert (shown["status"], shown["lines"], shown["head"]["seq"]) == ("exported", 1, 1)
    assert place.refuse("log", "--export", str(file))["code"] == "exists"
    assert place.ask("log", "--export", str(file), "--force")["lines"] == 2
    assert desk.refuse("log", "--export", str(tmp_path / "other"))["code"] == "role"
    answer = run("verify", str(file), "--json", "--store", str(tmp_path / "no store"))
    assert (answer.code, answer.object["status"], answer.object["total"]) == (0, "holds", 2)
    assert place.ask("verify", str(file), "--in-store")["status"] == "holds"
    file.write_bytes(file.read_bytes().replace(b"agent1", b"agent2"))
    changed = run("verify", str(file), "--json")
    assert (changed.code, changed.object["status"], changed.object["line"], changed.object["seq"]) == (4, "broken", 2, 1)
    run("log", "--export", "x", "--limit", "2").checked()


@pytest.mark.parametrize("content", [b"", b"not a log", b"\xff\xfe\x00"])
def test_what_is_no_export_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x"
    file.write_bytes(content)
    for path in (file, tmp_path / "none", tmp_path):
        assert run("verify", str(path), "--json").code == 2


def test_the_reader_can_be_printed_and_given_away(tmp_path: Path) -> None:
    answer = run("verify", "--script")
    assert answer.out == Path(str(log_chain.__file__)).read_text(encoding="utf-8")
    assert run("verify", "--script", "--in-store").code == 2
    assert run("verify", "--in-store").code == 2


def test_what_is_kept_too_long_is_shown_then_anonymised(desk: Place) -> None:
    place = supervisor(desk).at(LATER)
    shown = place.ask("retain")
    due = {one["category"]: one["due"] for one in shown["items"]}
    assert (shown["status"], due["bookings"]) == ("due", 1)
    assert run("retain", "--apply", *place.options).code == 2
    assert run("retain", "--reason", "schedule", *place.options).code == 2
    done = place.ask("retain", "--apply", "--reason", "schedule")
    assert (done["status"], done["items"][0]["done"]) == ("anonymised", 1)
    assert place.ask("retain")["items"][0]["due"] == 0
    assert desk.refuse("retain")["code"] == "role"
    assert place.ask("verify")["status"] == "holds"
    place.sound()
    assert "Anonymised" in place.text("clients")


def test_a_period_of_nothing_is_refused_and_one_that_is_set_holds(desk: Place) -> None:
    place = supervisor(desk).at("2027-11-24T09:00")
    answer = run("setting", "set", "keep-bookings", "0 months", *place.options)
    assert answer.code == 2
    assert "A period of 0 would erase" in answer.err
    assert place.ask("retain")["items"][0]["due"] == 0
    place.ask("setting", "set", "keep-bookings", "6-months")
    assert place.ask("retain")["items"][0]["due"] == 1


def test_what_is_held_about_a_claimant_is_written_out(desk: Place, tmp_path: Path) -> None:
    place, file = supervisor(desk), tmp_path / "subject.json"
    shown = place.ask("subject", "C000001", "--out", str(file))
    assert (shown["status"], shown["form"], shown["counts"]["entry"]) == ("written", "json", 1)
    assert json.loads(file.read_text(encoding="utf-8"))["client"] == "C000001"
    assert place.refuse("subject", "C999999", "--out", str(tmp_path / "b.json"))["code"] == "unknown_client"
    assert run("subject", "Sana Khan", "--out", str(tmp_path / "c.json"), *place.options).code == 2
    assert place.ask("access", "--client", "C000001")["items"][0]["why"] == "subject"


def test_unusual_looks_are_listed_with_the_rule(desk: Place) -> None:
    place = supervisor(desk)
    shown = place.ask("access", "--unusual")
    assert (shown["status"], shown["total"], shown["items"]) == ("unusual", 0, [])
    assert shown["rule"] in place.text("access", "--unusual")
    assert run("access", "--unusual", "--who", "agent1", *place.options).code == 2
    assert desk.refuse("access", "--unusual")["code"] == "role"
