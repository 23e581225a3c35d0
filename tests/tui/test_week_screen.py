"""The week screen: groups by key, a type, weeks, whose diaries, as an agent, a cell's starts, and from there to booking."""

from dataclasses import replace
from typing import Any

import pytest
from textual.screen import Screen

from agent_tui.domain.week import AGENT, GROUP_NAMES, Week, WeekAsked, level
from agent_tui.services.week import picture, week
from agent_tui.store.opening import open_store
from agent_tui.store.unit_of_work import Unit
from agent_tui.tui.glyphs import ASCII, UNICODE
from agent_tui.tui.modals.pick import PickModal
from agent_tui.tui.screens.booking import BookingScreen
from agent_tui.tui.screens.week import WeekScreen
from agent_tui.tui.screens.week_choosing import PICKED
from agent_tui.tui.widgets.heat_map import HeatGrid
from tests.small_site import DAY, NINE, NOW, ONE, SITE
from tests.tui.booking_desk import SMALL, WIDE, Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]

HUGE = (160, 48)
THIS = Week.of(NOW.date())


@pytest.fixture
def desks(seats: Seats) -> Seats:
    """Terminals at a site with FC-F2F as first commitment, EV-F2F as first interview and CC-PHONE as gateway."""

    def group(unit: Unit) -> None:
        for code, name in (("FC-F2F", "first-commitment"), ("EV-F2F", "initial"), ("CC-PHONE", "gateway")):
            unit.run("UPDATE appointment_type SET weekly_check = ? WHERE site = ? AND code = ?", name, SITE, code)

    store = open_store(str(seats.store))
    try:
        store.write(group)
    finally:
        store.close()
    return seats


async def open_week(seat: Seat) -> WeekScreen:
    """Go to the week screen by keys."""
    seat.screen.grid.focus()
    screen = await seat.go_to("week")
    assert isinstance(screen, WeekScreen)
    return screen


def expected(seat: Seat, code: str, **more: Any) -> Any:
    """Return the counts that the store has for a type."""
    return seat.others(lambda desk: week(desk, replace(WeekAsked(THIS, (code,)), **more)).counts, "leader1")


def counts(screen: WeekScreen) -> Any:
    assert screen.grid.view.map is not None, screen.grid.view.says
    return screen.grid.view.map.counts


def screen_text(screen: Screen[Any]) -> list[str]:
    """Return what the screen draws, row by row."""
    return ["".join(segment.text for segment in row) for row in screen._compositor.render_strips()]


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["80x24", "120x36"])
async def test_one_group_by_its_key_with_numbers_and_shades(desks: Seats, size: tuple[int, int]) -> None:
    async with desks.seat("leader1", size) as seat:
        screen = await open_week(seat)
        await seat.press("2")
        assert screen.chosen == "first-commitment"
        assert [grid.id for grid in screen.query(HeatGrid) if grid.display] == ["first-commitment"]
        assert counts(screen) == expected(seat, "FC-F2F")
        text = screen_text(screen)
        nine = next(line for line in text if "09:00" in line and "\N{FULL BLOCK}" in line)
        assert [word for word in nine.split() if word.isdigit()] == ["24"] * 4
        assert any(line.strip("│┃ ").startswith("16:30") for line in text)
        assert any(line.strip("│┃ ").startswith("total") for line in text)
        assert "Week 48" in text[0]
        assert "First commitment: Monday 23 November, 09:00 to 09:30: no start" in screen.status.text
        await seat.press("right", "right", "down")
        assert "Wednesday 25 November, 09:30 to 10:00" in screen.status.text
        await seat.press("1")
        assert (screen.chosen, screen.grid.cursor) == ("initial", (1, 2))
        await seat.press("3")
        assert "No type at Leeds Park Place belongs to the group habitual-residency" in screen.status.text
        await seat.press("4")
        assert "assigned to no diary: requests are handed off" in screen.status.text
        await seat.press("escape")
        assert isinstance(seat.top, BookingScreen)


async def test_four_groups_side_by_side_on_a_wide_terminal(desks: Seats) -> None:
    async with desks.seat("leader1", HUGE) as seat:
        screen = await open_week(seat)
        assert [grid.id for grid in screen.query(HeatGrid) if grid.display] == list(GROUP_NAMES)
        await seat.press("tab")
        assert screen.chosen == "first-commitment"
        assert counts(screen) == expected(seat, "FC-F2F")
        await seat.press("1")
        assert screen.focused is screen.query_one("#initial")
        grid, pane = screen.grid, screen.query_one("#pane")
        assert grid.size.height == grid.view.rows + 2
        assert grid.region.bottom == pane.region.y
        assert pane.region.bottom == screen.status.region.y
        assert counts(screen) == expected(seat, "EV-F2F")
        await seat.press("t", *"njr", "enter")
        assert [grid.id for grid in screen.query(HeatGrid) if grid.display] == [PICKED]
        assert counts(screen) == expected(seat, "NJR-F2F")


async def test_weeks_diaries_channels_and_the_agents_view(desks: Seats) -> None:
    async with desks.seat("leader1") as seat:
        screen = await open_week(seat)
        await seat.press("2", "]")
        assert screen.title_line.title.screen == "Week 49"
        assert counts(screen) == expected(seat, "FC-F2F", week=THIS.later(1))
        await seat.press("[", "[")
        assert screen.shown_week == THIS.later(-1)
        assert "is past" in screen.status.text
        await seat.press("0", "w", "t", "e", "a", "m", "space", "b", "enter")
        assert (screen.shown_week, screen.team) == (THIS, "B")
        assert counts(screen) == expected(seat, "FC-F2F", team="B")
        await seat.press("f", "f")
        assert screen.channel == "phone"
        assert counts(screen) == expected(seat, "FC-F2F", team="B", channel="phone")
        await seat.press("a")
        assert screen.grid.view.map is not None
        assert screen.grid.view.map.asked.booker == AGENT
        assert any("provider agent" in one for one in screen.title_line.title.counts)


async def test_a_coach_sees_the_own_diary_or_what_an_agent_sees(desks: Seats) -> None:
    async with desks.seat("coach1") as seat:
        screen = await open_week(seat)
        await seat.press("2")
        assert screen.title_line.title.place == "Coach 1 (D01)"
        assert screen.grid.view.map is not None
        assert set(screen.grid.view.map.by_diary) == {"D01"}
        await seat.press("a")
        assert screen.title_line.title.place == "all 4 diaries"
        assert counts(screen) == expected(seat, "FC-F2F")


async def test_what_others_book_is_counted_as_it_happens(desks: Seats) -> None:
    async with desks.seat("leader1") as seat:
        screen = await open_week(seat)
        await seat.press("2")
        before = counts(screen)
        seat.other_books("D01", NINE)
        await seat.feed()
        screen.look()
        await seat.rest()
        assert counts(screen) == expected(seat, "FC-F2F") != before


async def test_from_a_half_hour_to_a_start_on_the_booking_screen(desks: Seats) -> None:
    async with desks.seat("leader1") as seat:
        screen = await open_week(seat)
        await seat.press("2", "enter")
        assert "Nothing can be booked in this half hour" in screen.status.text
        await seat.press("right", "right", "end", *("up",) * 7, "enter")
        assert isinstance(seat.top, PickModal)
        first = screen.grid.starts[0]
        assert (first.day, first.start) == (DAY, ONE)
        await seat.press("down", "enter")
        second = screen.grid.starts[1]
        assert isinstance(seat.top, BookingScreen)
        draft = seat.screen.form.draft
        assert (draft.type, draft.first_day, draft.last_day, draft.diary) == ("FC-F2F", DAY, DAY, second.diary)
        offer = seat.screen.offers.selected
        assert offer is not None
        assert (offer.diary, offer.day, offer.start) == (second.diary, DAY, second.start)
        await seat.press("enter")
        held = seat.screen.call.held
        assert held is not None, seat.said
        assert (held.entry.diary, held.entry.start) == (second.diary, second.start)
        seat.screen.grid.focus()
        await seat.go_to("week")
        await seat.press("right", "enter", "enter")
        assert seat.screen.call.held == held
        assert seat.screen.form.draft.first_day == DAY
        assert "The call in hand has its time" in seat.said


async def test_signs_of_ascii_and_a_short_terminal(desks: Seats) -> None:
    async with desks.seat("leader1", SMALL, glyphs="ascii") as seat:
        screen = await open_week(seat)
        await seat.press("2")
        text = "\n".join(screen_text(screen))
        assert text.isascii()
        assert ASCII.shades[4] in text
        await seat.pilot.resize_terminal(80, 20)
        await seat.press("end")
        assert any("16:30" in line for line in screen_text(screen))
        assert any("total" in line for line in screen_text(screen))


@pytest.mark.parametrize("size", [SMALL, WIDE, HUGE], ids=["80x24", "120x36", "160x48"])
async def test_the_weeks_ahead_in_a_chart_for_what_is_chosen(desks: Seats, size: tuple[int, int]) -> None:
    async with desks.seat("leader1", size) as seat:
        screen = await open_week(seat)
        await seat.press("2", "b")
        assert screen.focused is screen.chart
        assert not any(grid.display for grid in screen.query(HeatGrid))
        asked = WeekAsked(THIS, ("FC-F2F",))
        expected = seat.others(lambda desk: picture(desk, asked).parts[0].ahead, "leader1")
        assert screen.ahead == expected
        text = screen_text(screen)
        assert any("First commitment: starts by day, weeks 48 to 53" in line for line in text)
        assert any(line.count("W") == 6 for line in text)
        last = expected.weeks[-1].total
        assert any(line.rstrip("│┃ ").endswith(str(last)) or f"{last} starts" in line for line in text if line.count("W") == 6)
        assert screen.query_one("#pane").display == (size == HUGE)
        assert "First commitment: Monday 23 November: past or closed. Week 48 has" in screen.status.text
        await seat.press("right", *("right",) * 5)
        day = expected.weeks[1].days[1]
        assert f"Tuesday 1 December: {day.starts} starts. Week 49 has {expected.weeks[1].total}" in screen.status.text
        assert "than the week before" in screen.status.text
        await seat.press("enter")
        assert (screen.charted, screen.shown_week, screen.grid.cursor[1]) == (False, THIS.later(1), 1)
        assert isinstance(screen.focused, HeatGrid)
        assert "Tuesday 1 December, 09:00 to 09:30" in screen.status.text


async def test_the_chart_follows_groups_types_weeks_and_what_others_book(desks: Seats) -> None:
    async with desks.seat("leader1") as seat:
        screen = await open_week(seat)
        await seat.press("2", "b")
        before = screen.ahead
        seat.other_books("D01", NINE)
        await seat.feed()
        screen.look()
        await seat.rest()
        assert screen.ahead is not None
        assert before is not None
        assert screen.ahead.weeks[0].total < before.weeks[0].total
        await seat.press("3")
        assert screen.ahead is None
        assert "No type at Leeds Park Place belongs to the group habitual-residency" in screen.status.text
        await seat.press("enter")
        assert "There is no day to show" in screen.status.text
        await seat.press("1", "]")
        assert screen.ahead is not None
        assert screen.ahead.weeks[0].week == THIS.later(1)
        await seat.press("t", *"njr", "enter")
        assert screen.chart.border_title is not None
        assert "starts by day, weeks 49 to 1" in str(screen.chart.border_title)
        assert screen.what in str(screen.chart.border_title)
        await seat.press("a")
        assert screen.asked(PICKED) == WeekAsked(THIS.later(1), ("NJR-F2F",), booker=AGENT)
        await seat.press("b")
        assert counts(screen) == expected(seat, "NJR-F2F", week=THIS.later(1), booker=AGENT)
        await seat.press("b", "escape")
        assert isinstance(seat.top, BookingScreen)


async def test_the_chart_in_ascii(desks: Seats) -> None:
    async with desks.seat("leader1", SMALL, glyphs="ascii") as seat:
        screen = await open_week(seat)
        await seat.press("2", "b")
        text = "\n".join(screen_text(screen))
        assert text.isascii()
        assert "#" in text


def test_shades_are_shares_of_the_fullest_half_hour() -> None:
    assert [level(count, 40) for count in (0, 1, 10, 11, 20, 30, 31, 40)] == [0, 1, 1, 2, 2, 3, 4, 4]
    assert level(1, 1) == 4
    assert len(set(UNICODE.shades)) == len(set(ASCII.shades)) == 5
