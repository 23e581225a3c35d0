"""The lines of the board keep their columns, and say when a delayed appointment begins where a narrow pane does not cut it."""

from dataclasses import replace

import pytest

from agent_tui.domain.ticks import parse_clock
from agent_tui.domain.today import CoachDay, Meeting, simulate
from agent_tui.tui.board_words import HEADING, coach_words, entry_words
from agent_tui.tui.glyphs import UNICODE
from tests.domain.test_today import DAY, entry


def coach(not_seen: int, overdue: int | None, behind: int = 0) -> CoachDay:
    meetings: tuple[Meeting, ...] = simulate([entry("09:00", 30)])
    return CoachDay("D01", "Amina Khan", "A", DAY, meetings, behind=behind, not_seen=meetings * not_seen, overdue=overdue)


@pytest.mark.parametrize("line", [coach(0, None), coach(8, 240), coach(12, 640), coach(1, 5, behind=190)])
def test_next_stands_under_its_heading_however_long_the_figures_are(line: CoachDay) -> None:
    assert coach_words(line, UNICODE, 70).rindex("-") == HEADING.index("Next")


@pytest.mark.parametrize(
    ("room", "shown"),
    [
        (70, "14:55-15:00 +2"),
        (78, "14:55-15:00 +2"),
        (79, "14:55-15:00 15:30-16:00 +1"),
        (99, "14:55-15:00 15:30-16:00 16:10-16:55"),
        (55, "+3"),
        (0, ""),
    ],
)
def test_a_gap_is_shown_whole_or_counted(room: int, shown: str) -> None:
    gaps = tuple(
        (parse_clock(start), parse_clock(end)) for start, end in (("14:55", "15:00"), ("15:30", "16:00"), ("16:10", "16:55"))
    )
    words = coach_words(replace(coach(1, 350), gaps=gaps), UNICODE, room)
    assert words[HEADING.index("Free") :] == shown
    assert " 5h50 " in words


@pytest.mark.parametrize("code", ["FC-F2F", "IEI-FULL-F2F"])
def test_a_delayed_appointment_says_before_the_name_when_it_begins(code: str) -> None:
    late = entry("09:00", 50, "late", minutes=30, type=code)
    second = entry("09:50", 30, type=code)
    meeting = simulate([late, second])[1]
    words = entry_words(second, meeting, 9 * 60, {"C000001": "Amina Khan"}, 30, UNICODE)
    assert "09:50 at 10:20 " in words
    assert words.index("A Khan") == len(f"{UNICODE.fits} 09:50 at 10:20 ") + 10
