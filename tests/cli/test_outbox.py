"""outbox, told, send and remind by command: shapes, refusals, and one run against real parts of all three providers' kinds."""

import os
import stat
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest

from tests.cli.runner import DAY, Place
from tests.outbox.stubs import KEY, TEMPLATES, MailStub, NotifyStub, mail_stub, notify_stub

LATER = "2026-11-24T09:02"
MESSAGE = {"status", "repeated", "messages", "message", "subject", "body", "parts", "code", "reason"}
SENT = {
    *("status", "sent", "already", "again", "failed", "dropped", "asking", "without", "problems", "stopped", "code", "reason"),
}
PLACES = (("sms", "09:00"), ("email", "10:20"), ("letter", "11:10"))
NOBODYS = "00000000-0000-4000-8000-0000000000aa"


def write_settings(text: str) -> None:
    """Write the settings file of this test's user."""
    folder = Path(os.environ["XDG_CONFIG_HOME"]) / "agent-tui"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def providers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[NotifyStub, MailStub, Path]]:
    """Texts by a stub of Notify, e-mails by a mail server, letters into a folder, set up in the settings file."""
    letters = tmp_path / "letters"
    monkeypatch.setenv("AGENT_TUI_NOTIFY_KEY", KEY)
    monkeypatch.setenv("AGENT_TUI_LETTERS", str(letters))
    with notify_stub() as notify, mail_stub() as mail:
        write_settings(
            f'[notify]\nurl = "{notify.url}"\ntemplates = {{ sms = "{TEMPLATES["sms"]}" }}\n'
            f'[smtp]\nhost = "127.0.0.1"\nport = {mail.port}\nsecurity = "none"\nsender = "desk@example.org"\n'
        )
        yield notify, mail, letters


def book(desk: Place, start: str, client: str, channel: str) -> str:
    """Book for a claimant who prefers a channel and return the appointment's id."""
    details = (
        f"phone: 07700 900001\nemail: sana@example.org\naddress: 1 Park Place, Leeds, LS1 1AA\npreferred_channel: {channel}\n"
    )
    desk.ask("clients", "edit", client, "-", stdin=details)
    done = desk.ask("book", "FC-F2F", "--client", client, "--day", DAY, "--start", start, "--diary", "D01")
    return str(done["id"])


def part_of(mail: bytes, kind: str) -> object:
    """Return the part of an e-mail that has a kind of content."""
    return next(part.get_payload(decode=True) for part in message_from_bytes(mail).walk() if part.get_content_type() == kind)


def test_a_text_an_email_and_a_letter_leave_by_the_command_once(
    desk: Place, providers: tuple[NotifyStub, MailStub, Path]
) -> None:
    notify, mail, letters = providers
    by = {channel: book(desk, start, f"C00000{number}", channel) for number, (channel, start) in enumerate(PLACES, start=1)}
    assert desk.ask("send")["sent"] == 0  # an act can be undone for a minute
    shown = desk.at(LATER).ask("send")
    assert set(shown) == SENT
    assert (shown["status"], shown["sent"], shown["without"], shown["problems"]) == ("sent", 3, {}, {})
    assert desk.at(LATER).ask("send")["sent"] == 0
    (text,) = notify.sent
    assert (text["reference"], text["to"]) == (f"{by['sms']}.confirmation.1", "+447700900001")
    assert "on Wednesday 25 November at 9am" in text["body"]
    assert message_from_bytes(mail.taken[0])["To"] == "sana@example.org"
    assert "10:20am" in str(part_of(mail.taken[0], "text/plain"))
    calendar = str(part_of(mail.taken[0], "text/calendar"))
    assert all(word in calendar for word in ("METHOD:REQUEST", by["email"], "TZID=Europe/London"))
    (letter,) = letters.iterdir()
    assert stat.S_IMODE(letter.stat().st_mode) == 0o600
    assert "11:10am" in letter.read_text(encoding="utf-8")
    listed = desk.ask("outbox", "list", "--status", "sent")
    assert (listed["total"], listed["counts"]) == (3, {"sent": 3})
    assert all(one["sent_at"] and one["template"] and one["attempts"] == 1 for one in listed["items"])
    done = desk.at(LATER).ask("move", by["email"], "--day", DAY, "--start", "14:00")
    desk.at(LATER).ask("cancel", by["sms"], "--reason", "claimant")
    assert (done["status"], desk.at("2026-11-24T09:05").ask("send")["sent"]) == ("moved", 2)
    assert "SEQUENCE:2" in str(part_of(mail.taken[1], "text/calendar"))
    assert [one["reference"] for one in notify.sent][1] == f"{by['sms']}.cancellation.2"
    desk.by("super1").sound()
    assert not any(word in str(desk.ask("log")) for word in ("sana@", "07700", "Park Place"))


def test_a_message_is_listed_shown_dropped_and_told_by_command(desk: Place) -> None:
    entry = book(desk, "09:00", "C000001", "sms")
    reference = f"{entry}.confirmation.1"
    shown = desk.ask("outbox", "show", reference)
    assert set(shown) == MESSAGE
    assert (shown["status"], shown["message"]["channel"], shown["parts"]) == ("message", "sms", 2)
    assert "Wednesday 25 November" in shown["body"]
    assert reference in desk.text("outbox", "list")
    assert "at 9am" in desk.text("outbox", "show", reference)
    assert desk.at(LATER).ask("send")["without"] == {"sms": 1}
    chosen = desk.ask("outbox", "channel", entry, "phone", "--once")
    assert (set(chosen), chosen["status"], chosen["messages"]) == (MESSAGE, "chosen", 1)
    assert (desk.ask("told", entry)["status"], desk.refuse("told", entry)["code"]) == ("told", "nothing_found")
    assert desk.refuse("outbox", "drop", reference)["code"] == "not_possible"
    assert desk.refuse("outbox", "retry", reference)["code"] == "not_possible"
    assert desk.ask("outbox", "retry", "--all")["messages"] == 0
    other = book(desk, "10:20", "C000002", "email")
    dropped = desk.ask("outbox", "drop", f"{other}.confirmation.1", "--id", NOBODYS)
    assert (dropped["status"], dropped["message"]["error"]) == ("dropped", "person")
    assert desk.ask("outbox", "drop", f"{other}.confirmation.1", "--id", NOBODYS)["repeated"] is True
    for arguments in (("outbox", "show", "nothing"), ("told", NOBODYS), ("outbox", "channel", NOBODYS, "sms")):
        assert desk.refuse(*arguments)["code"] == "unknown_entry"
    assert desk.by("admin1").refuse("outbox", "show", reference)["code"] == "role"


def test_reminders_are_shown_before_they_are_queued(desk: Place) -> None:
    entry = book(desk.at("2026-11-16T09:00"), "09:00", "C000001", "sms")
    shown = desk.ask("remind", "--dry-run")
    assert (shown["status"], shown["total"], shown["items"][0]["entry"]) == ("due", 1, entry)
    assert desk.ask("outbox", "list", "--status", "queued")["total"] == 1  # the confirmation alone
    queued = desk.ask("remind")
    assert (queued["status"], queued["total"], desk.ask("remind")["total"]) == ("queued", 1, 0)
    desk.by("super1").ask("setting", "set", "reminders", "none")
    assert desk.at("2026-11-25T07:00").ask("remind")["total"] == 0
    assert "reminder" in desk.text("outbox", "list")


@pytest.mark.parametrize(
    "arguments",
    [
        ("outbox", "list", "--status", "lost"),
        ("outbox", "channel", NOBODYS, "pigeon"),
        ("outbox", "channel", "x", "sms"),
        ("outbox", "retry"),
        ("outbox", "retry", "x", "--all"),
        ("send", "--limit", "0"),
        ("told", "x"),
    ],
)
def test_what_cannot_be_is_one_sentence(desk: Place, arguments: tuple[str, ...]) -> None:
    assert desk.ask(*arguments, code=2)["status"] == "usage"


def test_a_reference_whose_digits_look_like_a_phone_number_is_taken_and_a_number_is_not(desk: Place) -> None:
    like_a_number = "7c865c0f-2cec-411a-b9d8-86b613014492.confirmation.1"
    assert desk.refuse("outbox", "show", like_a_number)["code"] == "unknown_entry"
    assert desk.ask("outbox", "show", "07700 900001", code=2)["code"] == "usage"
