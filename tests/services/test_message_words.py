"""What would be said of a real appointment: letters, words before they go out, and the appointment-details form."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent_tui.domain.message_library import Library
from agent_tui.domain.requests import Blocked, Refused
from agent_tui.domain.types import AppointmentType, MinutesFrom
from agent_tui.services import attendance, booking, changes
from agent_tui.services.blocking import block
from agent_tui.services.composing import Composer
from agent_tui.services.message_words import Printed, form, load_library, words_for
from agent_tui.services.record import LookQuery, read_looks
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import messages as message_queries
from tests.services.conftest import House, done, wish
from tests.small_site import DAY, FROM, NINE, TEN

LIBRARY = load_library(None)


def said(found: Printed | Refused) -> str:
    assert isinstance(found, Printed), found
    return found.text


def looks(house: House) -> list[tuple[str, str, str]]:
    found = read_looks(house.desk("super1"), LookQuery())
    assert not isinstance(found, Refused)
    return sorted((one.who, one.client, one.why) for one in found.items)


def booked(house: House, **more: Any) -> str:
    return done(booking.book(house.desk(), wish(**more))).entry.id


def test_the_letter_follows_the_appointment_through_its_life(house: House) -> None:
    house.sql("UPDATE client SET address = '2 Example Road' WHERE site = ? AND client = 'C000001'")
    entry, desk = booked(house), house.desk("agent2")
    letter = said(words_for(desk, LIBRARY, entry))
    assert "Your first commitments meeting on Wednesday 25 November" in letter
    assert "- When: Wednesday 25 November 2026, 9am to 9:50am" in letter
    assert "Sana Khan 1\n2 Example Road\n" in letter
    assert looks(house) == [("agent2", "C000001", "letter")]
    refused = words_for(desk, LIBRARY, entry, kind="change")
    assert isinstance(refused, Refused)
    assert refused.reason == "This appointment has not been moved."

    done(changes.move(house.desk(), entry, DAY, TEN, "D01"))
    moved = said(words_for(desk, LIBRARY, entry, kind="change"))
    assert "It was on Wednesday 25 November 2026 at 9am." in moved
    assert "2026, 10am to" in moved
    done(changes.cancel(house.desk(), entry, "coach_absent"))
    cancelled = said(words_for(desk, LIBRARY, entry))
    assert "is cancelled" in cancelled
    assert "because of a change at our office" in cancelled
    assert "coach" not in cancelled
    for kind in ("confirmation", "reminder", "missed"):
        refused = words_for(desk, LIBRARY, entry, kind=kind)
        assert isinstance(refused, Refused)
        assert refused.reason == f"Of an appointment that is cancelled there is no {kind}."
    assert "Reminder" in said(words_for(desk, LIBRARY, entry, kind="reminder", supposed=True))


def test_a_provider_gets_the_language_and_nothing_that_only_staff_may_read(house: House) -> None:
    house.sql("UPDATE client SET language = 'Welsh', email = 'sana@example.com' WHERE site = ? AND client = 'C000001'")
    entry = booked(house)
    with house.store.read() as unit:
        message = replace(message_queries.of_entry(unit, house.site, entry)[0], channel="email")
        state = entry_queries.get(unit, house.site, entry)
        outgoing, _version = Composer(LIBRARY).compose(house.desk(), unit, message, state)
    assert (outgoing.fields["language"], outgoing.subject[:5]) == ("cy", "Eich ")
    everything = " ".join((outgoing.subject, outgoing.body, outgoing.html or "", *outgoing.fields.values()))
    for word in ("FC-F2F", "First commitment - F2F", "C000001", "0113 496 0001"):
        assert word not in everything, word


def test_time_that_is_blocked_for_a_claimant_is_told_and_why_is_not(house: House) -> None:
    kind = AppointmentType(
        *(
            "BLK-PRISON",
            "Advanced appointment for prison leaver",
            "f2f",
            "block-time",
            True,
            (MinutesFrom(FROM, 60),),
            "",
            "block",
        )
    )
    house.add_type(kind)
    made = block(house.desk(), "D01", DAY, NINE, NINE + 12, None, type="BLK-PRISON", client="C000001")
    assert isinstance(made, Blocked), made
    text = said(words_for(house.desk(), LIBRARY, made.ids[0]))
    assert "Your appointment at the jobcentre on Wednesday 25 November" in text
    assert "prison" not in text.casefold()
    assert "Client                  C000001" in said(form(house.desk(), LIBRARY, made.ids[0]))
    leave = block(house.desk("leader1"), "D02", DAY, NINE, TEN, "leave")
    assert isinstance(leave, Blocked), leave
    for found in (words_for(house.desk(), LIBRARY, leave.ids[0]), form(house.desk(), LIBRARY, leave.ids[0])):
        assert isinstance(found, Refused)


def test_an_earlier_time_is_said_beside_the_one_that_the_claimant_has(house: House) -> None:
    entry = booked(house, start=TEN)
    hold = done(booking.hold(house.desk(), wish(start=NINE, diary="D02", moving=entry))).entry.id
    text = said(words_for(house.desk(), LIBRARY, hold, channel="sms"))
    assert "Wednesday 25 November at 9am." in text
    assert "you keep your appointment on Wednesday 25 November at 10am." in text


def test_who_was_missed_and_who_reads_welsh(house: House) -> None:
    house.sql("UPDATE client SET language = 'Cymraeg' WHERE site = ? AND client = 'C000001'")
    entry = booked(house, type="WSR-PHONE")
    text = said(words_for(house.desk(), LIBRARY, entry, channel="sms"))
    assert "mae eich apwyntiad dros y ffôn ddydd Mercher 25 Tachwedd am 9am. Bydd yn para 10 munud." in text
    assert "rhif sy'n gorffen gyda 001" in text
    later = house.desk(now=house.now.replace(day=DAY.day, hour=10))
    done(attendance.attend(later, entry, "dna"))
    assert "You missed your appointment" in said(words_for(later, LIBRARY, entry))  # English where there is no Welsh


def test_it_is_refused_without_a_right_to_names_or_without_sound_templates(house: House, tmp_path: Path) -> None:
    entry = booked(house)
    for found in (words_for(house.desk("admin1"), LIBRARY, entry), form(house.desk("admin1"), LIBRARY, entry)):
        assert isinstance(found, Refused)
        assert found.code == "role"
    (tmp_path / "own.md").write_text("Dear ((name))", encoding="utf-8")
    own = load_library(str(tmp_path))
    for found in (words_for(house.desk(), own, entry), form(house.desk(), own, None)):
        assert isinstance(found, Refused)
        assert found.reason.startswith("The templates cannot be used: own.md, line 1: The file must begin")
    assert looks(house) == []


@pytest.mark.parametrize(
    ("prepare", "says"),
    [
        (lambda folder: folder.rmdir(), "The folder of templates cannot be read: No such file or directory."),
        (lambda folder: (folder / "a.md").write_bytes(b"\xff"), "a.md: The file is not UTF-8 text."),
        (lambda folder: (folder / "a.md").mkdir(), "a.md: The file cannot be read"),
        (lambda folder: (folder / "types.csv").write_text("x"), "types.csv, line 1: The header must be code,en,cy,source."),
    ],
)
def test_a_folder_that_cannot_be_used_is_a_problem(tmp_path: Path, prepare: object, says: str) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    prepare(folder)  # type: ignore[operator]
    assert says in str(load_library(str(folder)).problems[0])


def test_a_sites_own_words_go_before(house: House, tmp_path: Path) -> None:
    (tmp_path / "own.md").write_text(
        "---\nkind: cancellation\nchannel: sms\nlanguage: en\nfrom: 2026-01-01\n---\nOff: ((day)) ((start)) ((office phone))",
        encoding="utf-8",
    )
    (tmp_path / "types.csv").write_text("code,en,cy,source\nNJR-F2F,review of your search,,own\n", encoding="utf-8")
    own: Library = load_library(str(tmp_path))
    assert own.problems == ()
    entry = booked(house, type="NJR-F2F")
    assert "your review of your search is on" in said(words_for(house.desk(), own, entry, channel="sms"))
    assert "your appointment at the jobcentre is on" in said(words_for(house.desk(), LIBRARY, entry, channel="sms"))
    done(changes.cancel(house.desk(), entry, "claimant"))
    assert said(words_for(house.desk(), own, entry, channel="sms")) == "Off: Wednesday 25 November 9am 0113 496 0000\n"


def test_the_form_blank_and_filled(house: House) -> None:
    blank = said(form(house.desk("admin1"), LIBRARY, None))
    assert blank.count("_" * 48) > 25
    entry = booked(house, start=NINE, note="came with a friend", priority="high", priority_reason="no money")
    filled = said(form(house.desk(), LIBRARY, entry))
    for line in (
        *("Name                    Sana Khan 1", "Phone                   0113 496 0001", "Taken by                Ann Archer"),
        *("Appointment type        First commitment - F2F", "Date                    Wednesday 25 November 2026"),
        *("Work coach              Coach 1", "Why priority            no money", "Notes                   came with a friend"),
        f"Appointment             {entry}",
    ):
        assert f"{line}\n" in filled, line
    assert looks(house) == [("agent1", "C000001", "form")]
    hold = done(booking.hold(house.desk(), wish(start=TEN, diary="D02", client=None))).entry.id
    assert "Status                  hold, held" in said(form(house.desk(), LIBRARY, hold))
    held = words_for(house.desk(), LIBRARY, done(booking.hold(house.desk(), wish(start=TEN, diary="D03"))).entry.id)
    assert isinstance(held, Refused)
    assert held.reason == "This is no earlier time that is offered."
