"""The sandbox screen: from the segments screen or a file, tried with a bar, stopped, kept, applied and dropped."""

import re
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from agent_tui.services import sandbox as service
from agent_tui.services import segmenting
from agent_tui.tui.modals import EffectModal, FieldsModal
from agent_tui.tui.screens.booking import BookingScreen
from agent_tui.tui.screens.sandbox import TRY, SandboxScreen
from agent_tui.tui.screens.segments import SegmentsScreen
from agent_tui.tui.under_way import Stopped
from tests.small_site import DAY
from tests.tui.booking_desk import SMALL, WIDE, Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]

HUGE = (160, 48)


async def open_sandbox(seat: Seat) -> SandboxScreen:
    """Go to the sandbox by keys."""
    seat.screen.grid.focus()
    screen = await seat.go_to("sandbox")
    assert isinstance(screen, SandboxScreen)
    return screen


async def from_segments(seat: Seat) -> SandboxScreen:
    """Make Wednesday a day off for D01 on the segments screen, and go to the sandbox with it."""
    seat.screen.grid.focus()
    screen = await seat.go_to("segments")
    assert isinstance(screen, SegmentsScreen)
    screen.go_to(DAY.weekday())
    await seat.press("D")
    await seat.press("t")
    assert isinstance(seat.top, SandboxScreen), seat.top
    return seat.top


async def tried(seat: Seat) -> SandboxScreen:
    screen = await from_segments(seat)
    await seat.press("r")
    await seat.press("enter")
    assert screen.line is not None
    assert screen.line.trial is not None, screen.status.text
    return screen


def known(screen: SandboxScreen) -> str:
    return str(screen.query_one("#known").render())


def patterns(seat: Seat) -> list[Any]:
    found: list[Any] = seat.others(lambda desk: segmenting.patterns_of(desk, "D01"), "leader1")
    return found


def kept(seat: Seat) -> list[str]:
    found: list[Any] = seat.others(service.kept, "leader1")
    return [one.name for one in found]


@pytest.mark.parametrize("size", [SMALL, WIDE, HUGE], ids=["80x24", "120x36", "160x48"])
async def test_what_is_changed_on_the_segments_screen_is_tried(seats: Seats, size: tuple[int, int]) -> None:
    async with seats.seat("leader1", size) as seat:
        screen = await from_segments(seat)
        assert screen.line is not None
        assert screen.line.name == "D01 from 2026-11-24"
        assert "Not tried yet" in known(screen)
        assert "day off" in known(screen)
        await seat.press("enter")
        assert "Too little is on record" in screen.status.text
        assert "r switches to them" in screen.status.text
        await seat.press("r")
        assert "generated" in screen.title_line.title.counts[0]
        await seat.press("enter")
        trial = screen.line.trial
        assert trial is not None
        assert trial.draft.open_minutes < trial.today.open_minutes
        text = ["".join(segment.text for segment in row) for row in screen._compositor.render_strips()]
        row = next(line for line in text if "requests refused" in line)
        assert f"{trial.today.refused:,}" in row
        assert f"{trial.draft.refused:,}" in row
        assert "worse" in row
        assert "! requests refused" in row
        assert f"the draft refuses {trial.draft.refused - trial.today.refused} more" in screen.status.text
        await seat.press("i")
        assert isinstance(seat.top, EffectModal)
        await seat.press("escape")
        assert screen.unsaved == "1 draft of segments in the sandbox"
        await seat.press("escape")
        assert isinstance(seat.top, BookingScreen)
        await seat.go_to("segments")
        assert isinstance(seat.top, SegmentsScreen)
        assert seat.top.draft.changed  # what is tried is not lost there


async def test_nothing_changed_is_nothing_to_try(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        seat.screen.grid.focus()
        screen = await seat.go_to("segments")
        assert isinstance(screen, SegmentsScreen)
        await seat.press("t")
        assert screen.is_current
        assert "nothing to try" in screen.status.text
        sandbox = await open_sandbox(seat)
        await seat.press("enter", "s", "a", "x", "i")
        assert sandbox.is_current
        assert "No draft yet" in known(sandbox)


async def test_kept_applied_and_dropped_by_keys(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        screen = await tried(seat)
        await seat.press("s")
        assert isinstance(seat.top, FieldsModal)
        await seat.fill("no/name")
        assert isinstance(seat.top, FieldsModal)
        await seat.press("escape", "s")
        await seat.fill("Wednesdays off")
        assert screen.is_current
        assert "Kept: Wednesdays off." in screen.status.text
        assert kept(seat) == ["Wednesdays off"]
        assert screen.line is not None
        assert (screen.line.name, screen.line.kept, screen.own) == ("Wednesdays off", True, ())
        assert "requests refused" in known(screen)
        await seat.press("a")
        assert isinstance(seat.top, EffectModal)
        assert "It changes 1 pattern, 1 diary." in seat.top._lines
        assert patterns(seat) == []
        await seat.press("enter")
        assert [one.day_off for one in patterns(seat)] == [True]
        segments = seat.pilot.app.get_screen("segments")
        assert isinstance(segments, SegmentsScreen)
        assert not segments.draft.changed  # saved from here, so it is changed there no more
        await seat.press("x")
        assert isinstance(seat.top, EffectModal)
        await seat.press("escape")
        assert kept(seat) == ["Wednesdays off"]
        await seat.press("x")
        await seat.press("enter")
        assert kept(seat) == []
        assert "Dropped: Wednesdays off." in screen.status.text
        assert screen.lines == ()


async def test_a_name_that_is_taken_loses_nothing(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        screen = await tried(seat)
        draft, trial = screen.own[0].draft, screen.own[0].trial
        assert trial is not None
        seat.others(lambda desk: service.keep(desk, "mine", draft, trial), "super1")
        await seat.press("s")
        await seat.fill("mine")
        assert "kept as mine already" in screen.status.text
        assert len(screen.own) == 1


async def test_escape_stops_a_trial_and_leaves_nothing(seats: Seats, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, goes_on, ended = Event(), Event(), Event()
    real = service.run

    def slow(desk: Any, draft: Any, **more: Any) -> Any:
        tell = more.pop("progress")

        def slowly(done: int, whole: int) -> None:
            tell(done, whole)
            if done:
                begun.set()
                assert goes_on.wait(30)

        try:
            return real(desk, draft, progress=slowly, **more)
        except Stopped:
            ended.set()
            raise

    monkeypatch.setattr(service, "run", slow)
    async with seats.seat("leader1") as seat:
        screen = await from_segments(seat)
        await seat.press("r")
        before = seat.rows("SELECT seq FROM site_head WHERE site = ?")
        await seat.pilot.press("enter")
        while not begun.is_set():
            await seat.pilot.pause()
        await seat.pilot.pause()
        screen._say_going(screen._going[TRY][0])
        assert re.fullmatch(r"Replaying: \S+ [1-9][0-9,]* of [0-9,]+ requests; escape stops it\.", screen.status.text)
        assert "Replaying requests" in known(screen)
        await seat.pilot.press("enter")  # one trial at a time
        await seat.pilot.pause()
        assert screen.status.severity == "warning"  # which is read once the trial is over
        await seat.pilot.press("escape")
        await seat.pilot.pause()
        assert "Stopped; nothing was kept or changed." in screen.status.text
        goes_on.set()
        await seat.rest()
        assert ended.wait(30)
        assert not screen.under_way()
        assert "Not tried yet" in known(screen)
        assert screen.is_current
        assert seat.rows("SELECT seq FROM site_head WHERE site = ?") == before
        await seat.press("enter")
        assert screen.line is not None
        assert screen.line.trial is not None


async def test_a_file_is_opened_or_its_faults_are_named(seats: Seats, tmp_path: Path) -> None:
    good, bad = tmp_path / "wednesday.toml", tmp_path / "bad.toml"
    text = '[[pattern]]\nlevel = "diary"\nowner = "D02"\nweekday = "wednesday"\nfrom = 2026-11-25\nday_off = true\n'
    good.write_text(text, encoding="utf-8")
    bad.write_text(text.replace("wednesday", "someday"), encoding="utf-8")
    async with seats.seat("leader1") as seat:
        screen = await open_sandbox(seat)
        await seat.press("o")
        await seat.fill(str(bad))
        assert "Pattern 1: weekday must be one of" in screen.status.text
        await seat.press("o")
        await seat.fill(str(tmp_path / "none.toml"))
        assert "none.toml cannot be read" in screen.status.text
        await seat.press("o")
        await seat.fill(str(good))
        assert screen.line is not None
        assert screen.line.name == "wednesday"
        await seat.press("w")
        assert "replays 5 weeks" in screen.status.text


async def test_an_agent_is_told(seats: Seats) -> None:
    async with seats.seat("coach1") as seat:
        screen = await open_sandbox(seat)
        assert "a team leader or a supervisor" in known(screen)
