"""Work that takes a while: what is said of it, what ends it, and what of it goes before what else a screen says."""

import pytest

from agent_tui.tui import under_way
from agent_tui.tui.glyphs import ASCII, UNICODE
from agent_tui.tui.under_way import Stopped, UnderWay
from agent_tui.tui.widgets.lines import StatusLine


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands at its one number."""
    now = [100.0]
    monkeypatch.setattr(under_way, "monotonic", lambda: now[0])
    return now


def test_it_is_said_how_far_it_is_or_else_for_how_long(clock: list[float]) -> None:
    going = UnderWay("moves", "Looking for moves", stopped="Stopped.")
    clock[0] += 3.4
    assert going.say(UNICODE) == "Looking for moves: 3 s; escape stops it."
    going.tell("diary days", 1_250, 5_000)
    assert going.say(UNICODE) == "Looking for moves: ████░░░░░░░░░░░░ 1,250 of 5,000 diary days; escape stops it."
    assert "####............ 1,250 of" in going.say(ASCII)
    going.tell("lines", 7, 0)
    assert going.say(UNICODE) == "Looking for moves: 7 lines; escape stops it."
    going.tell("rows", 9, 8)  # more came while it went on
    assert "████████████████ 9 of 8 rows" in going.say(UNICODE)
    assert UnderWay("read", "Reading").say(UNICODE) == "Reading: 0 s."


def test_work_of_a_certain_time_is_as_far_as_that(clock: list[float]) -> None:
    going = UnderWay("align", "Searching", stopped="Stopped.", keeps=True, seconds=10)
    clock[0] += 5
    assert "████████░░░░░░░░ 5 of 10 seconds; escape stops it." in going.say(UNICODE)
    clock[0] += 60
    assert "10 of 10 seconds" in going.say(UNICODE)


def test_what_is_stopped_ends_where_it_next_says_how_far_it_is() -> None:
    gone = UnderWay("moves", "Looking", stopped="Stopped.")
    assert gone.tell("days", 1, 2)
    gone.let_go()
    assert gone.over
    with pytest.raises(Stopped):
        gone.tell("days", 2, 2)
    kept = UnderWay("verify", "Verifying", stopped="Stopped.", keeps=True)
    kept.stopping = True
    assert not kept.tell("lines", 1, 2)
    assert kept.say(UNICODE).endswith("; it stops after what is in hand.")
    with pytest.raises(KeyboardInterrupt):  # as a service ends that ctrl+c stops
        kept.step("lines", 1, 2)


def test_what_a_person_began_goes_before_what_a_screen_reads_and_the_last_words_come_back() -> None:
    line = StatusLine()
    line.say("Moved.", "done")
    asked, read = UnderWay("moves", "Looking", stopped="Stopped."), UnderWay("read", "Reading")
    line.wait_for(read)
    assert line.text == "Reading: 0 s."
    line.wait_for(asked)
    line.wait_for(read)
    assert line.text.startswith("Looking: ")
    assert line.severity == "done"
    asked.over = True
    assert line.text == "ok Moved."
    line.wait_for(read)
    line.answered()
    assert line.text == "Reading: 0 s."
    read.over = True
    assert line.text == "ok Moved."
    line.answered()
    assert line._going is None
