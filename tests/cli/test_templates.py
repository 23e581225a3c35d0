"""templates, letter and form by command: shapes, files, refusals."""

import stat
from pathlib import Path

import pytest

from tests.cli.runner import DAY, NOW, Place, run

WORDS = {
    *("status", "id", "kind", "channel", "language", "template", "version", "subject", "body", "sms_parts", "characters"),
    *("alphabet", "too_long", "format", "out", "document", "code", "reason"),
}
CHECK = {"status", "total", "items", "problems", "code", "reason"}
OWN = "---\nkind: reminder\nchannel: sms\nlanguage: en\nfrom: 2026-01-01\n---\nCome ((soon))"


@pytest.fixture
def booked(desk: Place) -> tuple[Place, str]:
    done = desk.ask("book", "FC-F2F", "--client", "C000001", "--day", DAY, "--start", "09:00", "--diary", "D01")
    return desk, str(done["id"])


def test_check_needs_no_store_and_counts_the_parts_of_texts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shown = run("templates", "check", "--json").object
    assert set(shown) == CHECK
    assert (shown["status"], shown["problems"], shown["total"]) == ("sound", [], len(shown["items"]))
    texts = [one for one in shown["items"] if one["channel"] == "sms"]
    assert all(1 <= one["sms_parts"] <= 3 and one["alphabet"] == "gsm" for one in texts)
    (tmp_path / "own.md").write_text(OWN, encoding="utf-8")
    for arguments in (("templates", "check", str(tmp_path)), ("templates", "check")):
        monkeypatch.setenv("AGENT_TUI_TEMPLATES", "" if len(arguments) > 2 else str(tmp_path))
        answer = run(*arguments, "--json")
        assert answer.code == 3
        assert set(answer.object) == CHECK
        found = [(one["file"], one["line"]) for one in answer.object["problems"]]
        assert ("own.md", 7) in found
        assert "own.md, line 7: There is no field ((soon))" in run(*arguments).out
    assert "cannot be used" in run("templates", "preview", "reminder").err


def test_preview_of_nobody_and_of_a_real_appointment(booked: tuple[Place, str]) -> None:
    shown = run(
        "templates", "preview", "confirmation", "--channel", "sms", "--language", "cy", "--meeting", "video", "--json"
    ).object
    assert set(shown) == WORDS
    assert (shown["status"], shown["id"], shown["language"], shown["alphabet"]) == ("preview", None, "cy", "gsm")
    assert "cyfarfod fideo" in shown["body"]
    out = run("templates", "preview", "cancellation", "--channel", "email").out
    assert out.startswith("Subject: Your appointment on Tuesday 16 June is cancelled\n\nDear Sam Sample\n")
    assert "parts, gsm alphabet)" in run("templates", "preview", "reminder").out
    assert run("templates", "preview", "form").out.startswith("Appointment details: Anytown Jobcentre\n")
    assert run("templates", "preview", "reminder", "--format", "html").code == 2
    place, entry = booked
    real = place.ask("templates", "preview", "reminder", "--channel", "sms", "--appointment", entry)
    assert (real["id"], real["kind"]) == (entry, "reminder")
    assert "your first commitments meeting is tomorrow at 9am." in real["body"]


def test_the_letter_of_an_appointment(booked: tuple[Place, str], tmp_path: Path) -> None:
    place, entry = booked
    shown = place.ask("letter", entry)
    assert set(shown) == WORDS
    assert (shown["status"], shown["kind"], shown["format"], shown["out"]) == ("letter", "confirmation", "text", None)
    assert "Dear Sana Khan 1" in shown["document"]
    file = tmp_path / "letter.html"
    said = place.text("letter", entry, "--format", "html", "--large-print", "--out", str(file))
    assert said == "Confirmation written to letter.html, which only you can read.\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    page = file.read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "18pt" in page
    again = run("letter", entry, "--out", str(file), "--store", place.store, "--as", "agent1", "--now", NOW)
    assert (again.code, "is there already" in again.err) == (2, True)
    place.text("letter", entry, "--out", str(file), "--force")
    assert file.read_text(encoding="utf-8").lstrip().startswith("Leeds Park Place")


@pytest.mark.parametrize("command", ["letter", "form"])
def test_what_is_refused_has_every_key(desk: Place, command: str) -> None:
    for login, code in (("agent1", "unknown_entry"), ("admin1", "role")):
        refused = desk.by(login).refuse(command, "00000000-0000-4000-8000-0000000000aa")
        assert set(refused) == WORDS
        assert refused["code"] == code


def test_the_form_blank_and_filled(booked: tuple[Place, str]) -> None:
    place, entry = booked
    assert "Name                    ______" in place.text("form")
    shown = place.ask("form", entry, "--format", "html")
    assert (set(shown), shown["status"], shown["kind"]) == (WORDS, "form", "form")
    assert "<dt>Name</dt><dd><div>Sana Khan 1</div></dd>" in shown["document"]
