"""The record screen: filters, the story of an entry, the chain verified, and the doctor."""

import asyncio
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from agent_tui.domain.requests import EntryState
from agent_tui.services import changes, record
from agent_tui.services.claimants import get_client
from agent_tui.services.doctor import Diagnosis, Finding
from agent_tui.tui.modals import EffectModal
from agent_tui.tui.record_text import Filters, read_filters
from agent_tui.tui.screens.booking import BookingScreen
from agent_tui.tui.screens.record import RecordField, RecordScreen
from agent_tui.tui.screens.record_acts import VERIFY
from agent_tui.tui.widgets.lines import KeyFooter
from tests.small_site import DAY, NOW, ONE, TEN
from tests.tui.booking_desk import CLOSE, SMALL, WIDE, Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]

TODAY = NOW.date()
ID = "5f0c7a52-6d9e-4b1c-9a3e-2f4b8c1d0e6f"


async def open_record(seat: Seat) -> RecordScreen:
    """Go to the record by keys."""
    seat.screen.grid.focus()
    screen = await seat.go_to("record")
    assert isinstance(screen, RecordScreen)
    return screen


def two_stories(seat: Seat) -> tuple[EntryState, EntryState]:
    """Book two appointments, move one and cancel the other."""
    first, second = seat.other_books("D01").entry, seat.other_books("D02", client="C000002").entry
    seat.others(lambda desk: changes.move(desk, first.id, DAY, TEN, "D03"))
    seat.others(lambda desk: changes.cancel(desk, second.id, "claimant"), "super1")
    return first, second


def seqs(screen: RecordScreen) -> list[int]:
    return [one.seq for one in screen.events]


async def filtered(seat: Seat, screen: RecordScreen, **texts: str) -> None:
    """Type filters and ask for the lines."""
    for name in ("entry", "client", "who", "verb", "first", "last"):
        screen.query_one(f"#filter-{name}", RecordField).value = texts.get(name, "")
    await seat.press("f5")


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["80x24", "120x36"])
async def test_the_latest_lines_stand_first(seats: Seats, size: tuple[int, int]) -> None:
    async with seats.seat("leader1", size) as seat:
        two_stories(seat)
        screen = await open_record(seat)
        assert seqs(screen) == [4, 3, 2, 1]
        text = screen.lines.get_option_at_index(1).prompt.plain  # type: ignore[union-attr]
        assert text.split() == [
            "3",
            *("Tue", "24", "Nov"),
            "09:00",
            "agent2",
            "moved",
            "FC-F2F",
            *("Wed", "25", "Nov"),
            "10:00",
            "D03",
            "C000009",
        ]
        await seat.press("escape")
        assert isinstance(seat.top, BookingScreen)


async def test_lines_are_found_by_every_filter(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        first, _second = two_stories(seat)
        screen = await open_record(seat)
        for texts, found in (
            ({"entry": first.id.upper()}, [3, 1]),
            ({"client": "c000002"}, [4, 2]),
            ({"who": "super1"}, [4]),
            ({"verb": "Booked"}, [2, 1]),
            ({"first": "today"}, [4, 3, 2, 1]),
            ({"last": "yesterday"}, []),
            ({"first": "2026-11-24", "last": "2026-11-24", "who": "agent2", "verb": "moved"}, [3]),
        ):
            await filtered(seat, screen, **texts)
            assert seqs(screen) == found, texts
        assert seat.rows(f"SELECT who, client, why FROM access WHERE site = ? AND {CLOSE} ORDER BY client") == [
            ("leader1", "C000002", "log"),
            ("leader1", "C000009", "log"),
        ]


async def test_a_filter_that_is_wrong_is_said_and_gone_to(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        two_stories(seat)
        screen = await open_record(seat)
        await seat.press("slash", "x")
        assert screen.query_one("#filter-entry", RecordField).value == "x"
        await seat.press("enter")
        assert screen.status.severity == "error"
        assert screen.focused is screen.query_one("#filter-entry")
        assert len(screen.events) == 4
        await filtered(seat, screen, who="nobody")
        assert "No line fits" in screen.status.text
        await seat.press("escape")
        assert screen.lines.has_focus


@pytest.mark.parametrize(
    ("texts", "wrong"),
    [
        ({"entry": "x"}, "entry"),
        ({"entry": "-" * 36}, "entry"),
        ({"entry": ID[:-1] + "g"}, "entry"),
        ({"client": "Sana Khan"}, "client"),
        ({"client": "QQ123456A"}, "client"),
        ({"verb": "cancel"}, "verb"),
        ({"first": "31/02"}, "first"),
        ({"first": "2026-02-31"}, "first"),
        ({"last": "0001-01-01"}, "last"),
        ({"first": "2026-11-25", "last": "2026-11-24"}, "last"),
    ],
)
def test_malformed_filters_are_refused_by_field(texts: dict[str, str], wrong: str) -> None:
    found = read_filters(texts, TODAY)
    assert isinstance(found, tuple)
    assert found[0] == wrong
    assert found[1].endswith((".", "?"))


def test_filters_are_cleaned_and_read() -> None:
    assert read_filters({}, TODAY) == Filters()
    said = {"entry": ID.upper(), "client": "c000001", "who": " agent1\x00 ", "verb": "call ended", "first": "today"}
    assert read_filters(said, TODAY) == Filters(ID, "C000001", "agent1\ufffd", "call_ended", date(2026, 11, 24), None)


async def test_enter_tells_the_story_of_the_line(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        first, _second = two_stories(seat)
        await open_record(seat)
        await seat.press("down", "enter")
        assert isinstance(seat.top, EffectModal)
        lines = seat.top._lines
        assert len(lines) == 2
        assert lines[0].startswith("1  Booked by Bob Brook on Tue 24 Nov 2026 09:00: First commitment with Coach 1,")
        assert "Moved" in lines[1]
        assert seat.rows(f"SELECT who, client, why FROM access WHERE site = ? AND {CLOSE}") == [
            ("leader1", first.client, "story")
        ]


async def test_a_line_without_an_entry_has_no_story(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        from agent_tui.services.calls import new_call_id, open_call

        seat.others(lambda desk: open_call(desk, new_call_id(), None, {}))
        screen = await open_record(seat)
        await seat.press("enter")
        assert "about no entry" in screen.status.text
        await filtered(seat, screen, who="nobody")
        await seat.press("enter")
        assert screen.status.severity == "warning"


async def test_a_line_of_the_waiting_list_tells_the_story_of_its_appointment(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        from agent_tui.domain.sooner import SoonerWish
        from agent_tui.services import sooner

        made = seat.other_books("D01").entry
        seat.others(lambda desk: sooner.add(desk, made.id, SoonerWish()))
        screen = await open_record(seat)
        text = screen.lines.get_option_at_index(0).prompt.plain  # type: ignore[union-attr]
        assert text.split()[-7:] == ["FC-F2F", "Wed", "25", "Nov", "09:00", "D01", "C000009"]
        await seat.press("enter")
        assert isinstance(seat.top, EffectModal)
        assert "Asked for sooner, noted by Bob Brook" in seat.top._lines[1]


async def test_the_chain_is_verified_and_how_far_it_is_is_said(seats: Seats, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "BATCH", 1)
    async with seats.seat("leader1") as seat:
        two_stories(seat)
        screen = await open_record(seat)
        said: list[str] = []
        monkeypatch.setattr(screen, "say", lambda text, _severity="info": said.append(text))
        await seat.press("v")
        assert said[0] == "Verifying the chain; escape stops it."
        assert screen._going[VERIFY][0].say(screen.glyphs).endswith("4 of 4 lines; escape stops it.")
        assert said[-1] == "The chain holds: all 4 lines are as they were written."
        assert not screen.under_way()


async def test_a_broken_chain_is_said_with_its_line(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        two_stories(seat)

        def tamper(desk: Any) -> None:
            def work(unit: Any) -> None:
                names = unit.rows("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event'")
                for (name,) in names:
                    unit.run(f"DROP TRIGGER {name}")
                unit.run("UPDATE event SET who = 'x' WHERE site = ? AND seq = 2", desk.site)

            desk.store.write(work)

        seat.others(tamper)
        screen = await open_record(seat)
        await seat.press("f6")
        assert screen.status.severity == "error"
        assert "line 2 is not what was hashed" in screen.status.text


async def test_the_doctor_lists_its_findings(seats: Seats, monkeypatch: pytest.MonkeyPatch) -> None:
    async with seats.seat("leader1") as seat:
        screen = await open_record(seat)
        await seat.press("D")
        assert isinstance(seat.top, EffectModal)
        assert any(line.startswith("I1: ") for line in seat.top._lines)
        await seat.press("escape")
        assert "sound" in screen.status.text
        bad = Finding("schema", "error", "Tables are missing.", "Restore.")
        screen._show_diagnosis(Diagnosis("findings", "s", "sqlite", "3", "0002", (bad,), {}, 0, ""))
        await seat.rest()
        assert isinstance(seat.top, EffectModal)
        assert f"{screen.glyphs.flag}{screen.glyphs.flag} error: Tables are missing. Restore." in seat.top._lines


async def test_to_choose_a_client_and_to_read_details_are_looks(seats: Seats) -> None:
    async with seats.seat("agent1") as seat:
        await seat.hold_first()
        await seat.type("C000003", "enter")
        assert seat.rows(f"SELECT who, client, why FROM access WHERE site = ? AND {CLOSE}") == [("agent1", "C000003", "call")]
        made = seat.other_books("D01", ONE).entry
        await seat.feed()
        await seat.cursor_on(made)
        await seat.press("i")
        assert seat.rows(f"SELECT who, client, why FROM access WHERE site = ? AND {CLOSE} ORDER BY client")[1:] == [
            ("agent1", "C000009", "details")
        ]


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["80x24", "120x36"])
async def test_a_supervisor_sees_who_looked_and_the_log_again(seats: Seats, size: tuple[int, int]) -> None:
    async with seats.seat("super1", size) as seat:
        two_stories(seat)
        seat.others(lambda desk: get_client(desk, "C000002", "details"))
        screen = await open_record(seat)
        await seat.press("w")
        assert screen.looks is not None
        assert ("agent2", "C000002", "details") in [(one.who, one.client, one.why) for one in screen.looks]
        assert screen.title_line.title.counts[1] == "1 look"
        await filtered(seat, screen, client="C000001", who="agent2")
        assert screen.looks == ()
        await filtered(seat, screen, verb="moved")
        assert "Looks have no entry and no verb" in screen.status.text
        await filtered(seat, screen, client="C000002", who="agent2")
        assert "agent2 looked at C000002 at Tue 24 Nov 2026 09:00: details" in screen.status.text
        keys = [key.id for key in screen.query_one(KeyFooter).keys]
        assert (keys[0], "story" in keys) == ("who_looked", False)
        await seat.press("enter")
        assert "A look has no story" in screen.status.text
        await seat.press("f8")
        assert screen.looks is None
        assert "story" in [key.id for key in screen.query_one(KeyFooter).keys]
        assert [one.client for one in screen.events] == ["C000002"]


async def test_who_may_not_see_looks_is_told_who_may(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        two_stories(seat)
        screen = await open_record(seat)
        await seat.press("w")
        assert "A supervisor or administrator can do this." in screen.status.text
        assert len(screen.events) == 4
        await seat.press("enter")
        assert isinstance(seat.top, EffectModal)


async def test_the_names_of_the_grid_are_written_as_looks_once_the_program_ends(seats: Seats) -> None:
    async with seats.seat("agent1", WIDE) as seat:
        seat.other_books("D01", TEN, TODAY, client="C000001")
        await seat.feed()
        rows = seat.rows
    assert ("agent1", "C000001", "grid") in rows("SELECT who, client, why FROM access WHERE site = ?")


async def test_the_log_is_exported_and_the_file_verified_against_the_store(seats: Seats, tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    async with seats.seat("super1") as seat:
        two_stories(seat)
        screen = await open_record(seat)
        await seat.press("x")
        await seat.fill(str(file))
        assert isinstance(seat.top, EffectModal)
        await seat.press("escape")
        assert f"4 lines are in {file}." in screen.status.text
        await seat.press("V")
        await seat.fill(str(file))
        assert "The file holds, all 4 lines, and the store's log goes on from it." in screen.status.text
        file.write_bytes(file.read_bytes().replace(b"agent2", b"agent1", 1))
        await seat.press("V")
        await seat.fill(str(file))
        assert "Line 2 of the file (line 1 of the log) is not what was hashed." in screen.status.text


async def test_what_is_kept_too_long_is_anonymised_after_a_look_and_a_reason(seats: Seats) -> None:
    async with seats.seat("super1") as seat:
        two_stories(seat)
        screen = await open_record(seat)
        seats.later(days=3 * 365)
        await seat.press("R")
        assert isinstance(seat.top, EffectModal)
        await seat.press("enter")
        await seat.press("1")
        assert isinstance(seat.top, EffectModal)
        await seat.press("escape")
        assert "Anonymised: 2." in screen.status.text
        assert seat.rows("SELECT COUNT(*) FROM client WHERE site = ? AND name = 'Anonymised'") == [(2,)]


async def test_a_subject_is_written_for_the_client_of_the_line_and_unusual_looks_are_shown(seats: Seats, tmp_path: Path) -> None:
    async with seats.seat("super1") as seat:
        two_stories(seat)
        screen = await open_record(seat)
        assert screen.client_meant == "C000002"
        await seat.press("A", "enter")
        await seat.fill(str(tmp_path / "s.html"))
        assert f"What is held about C000002 is in {tmp_path / 's.html'}: " in screen.status.text
        await seat.press("u")
        assert isinstance(seat.top, EffectModal)


async def test_an_agent_is_told_who_may(seats: Seats) -> None:
    async with seats.seat("agent1") as seat:
        screen = await open_record(seat)
        for key in ("x", "R", "A", "u"):
            await seat.press(key)
            assert seat.top is screen
            assert "supervisor" in screen.status.text


async def test_a_terminal_writes_the_logs_head_down_each_day_and_the_doctor_reads_it(seats: Seats, tmp_path: Path) -> None:
    folder = tmp_path / "heads"
    async with seats.seat("leader1", heads=str(folder)) as seat:
        seat.other_books("D01")
        back = seat.screen.back
        assert list(folder.glob("*.jsonl")) == []  # there was no line yet, so there is no head
        seats.later(days=1)
        await asyncio.to_thread(back._keep_head, back.desk)
        (file,) = folder.glob("*.jsonl")
        await asyncio.to_thread(back._keep_head, back.desk)
        assert len(file.read_text().splitlines()) == 1
        await open_record(seat)
        file.write_text(file.read_text().replace('"seq":1', '"seq":99'))
        await seat.press("D")
        assert isinstance(seat.top, EffectModal)
        assert any("cut off" in line for line in seat.top._lines)
