"""The segments screen as a team leader uses it: edited, looked at, saved, taken back, and nothing lost on the way."""

from dataclasses import replace
from datetime import date
from typing import Any

from agent_tui.domain.patterns import Segment
from agent_tui.services import segmenting
from agent_tui.tui.modals import ConfirmModal, EffectModal, FieldsModal
from agent_tui.tui.modals.pick import PickModal
from agent_tui.tui.screens.booking import BookingScreen
from agent_tui.tui.screens.segments import SegmentsScreen
from tests.small_site import ASSIGNED, DAY, FIVE, NINE, NOON, ONE, TEN
from tests.tui.booking_desk import SMALL, Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]

FC = frozenset({"FC-F2F"})


async def open_segments(seat: Seat) -> SegmentsScreen:
    """Go to the segments of the first diary by keys."""
    seat.screen.grid.focus()
    screen = await seat.go_to("segments")
    assert isinstance(screen, SegmentsScreen)
    screen.go_to(DAY.weekday())
    return screen


def stored(seat: Seat, owner: str = "D01") -> list[Any]:
    found: list[Any] = seat.others(lambda desk: segmenting.patterns_of(desk, owner), "leader1")
    return found


def shown_lines(seat: Seat) -> str:
    assert isinstance(seat.top, EffectModal), seat.top
    return "\n".join(seat.top._lines)


async def test_a_segment_is_made_saved_and_taken_back_by_keys(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        screen = await open_segments(seat)
        assert screen.draft.owner == "D01"
        await seat.press("n")
        assert isinstance(seat.top, FieldsModal)
        await seat.fill("9", "12:00", "", "2", "commitments only")
        assert seat.pilot.app.screen is screen
        await seat.press("x")
        row = screen.own_row
        assert row is not None
        assert row.segment == Segment(NINE, NOON, frozenset(), limit=2, description="commitments only")
        await seat.press("/", "f", "c", "enter", "+")
        assert screen.draft.pattern(DAY.weekday()).segments[0].types == FC
        assert "180 = 3 x 50 + 30; 150 or 200 would strand none" in str(screen.query_one("#findings").render())
        assert stored(seat) == []
        await seat.press("s")
        assert "No appointment loses its time." in shown_lines(seat)
        await seat.press("enter")
        (pattern,) = stored(seat)
        assert pattern.segments == (Segment(NINE, NOON, FC, limit=2, description="commitments only"),)
        assert (pattern.weekday, pattern.effective_from) == (DAY.weekday(), seat.clock.now.date())
        assert "Saved" in screen.status.text
        assert screen.draft.wanted() == []
        await seat.press("escape", "u", "enter")
        assert stored(seat) == []
        assert "taken back" in screen.status.text
        await seat.press("escape")
        assert isinstance(seat.top, BookingScreen)


async def test_what_a_save_would_do_is_shown_and_escape_changes_nothing(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        made = seat.other_books("D01", start=TEN, type="NJR-F2F")
        screen = await open_segments(seat)
        screen.draft = screen.draft.with_segments(DAY.weekday(), (Segment(NINE, NOON, FC),))
        screen.paint()
        await seat.press("p")
        assert "1 appointment loses its time" in shown_lines(seat)
        assert "NJR-F2F" in shown_lines(seat)
        await seat.press("escape", "s", "escape")
        assert stored(seat) == []
        assert screen.draft.wanted() != []
        assert seat.status(made.entry.id) == "booked"
        await seat.press("s", "enter")
        assert seat.status(made.entry.id) == "unplaced"
        assert "1 appointment lost its time" in screen.status.text
        await seat.press("u", "enter")
        assert seat.status(made.entry.id) == "booked"


async def test_a_change_of_somebody_else_is_shown_and_neither_is_lost(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        screen = await open_segments(seat)
        slot = DAY.weekday()
        screen.draft = screen.draft.with_segments(slot, (Segment(NINE, NOON, FC),))
        first = screen.draft.wanted()
        seat.others(lambda desk: segmenting.save(desk, first), "super1")
        await seat.feed()
        screen.look_at_rules()
        assert "Somebody has changed the rules" in screen.status.text
        newest = screen.back.live.catalogue
        screen.draft = screen.draft.on_rules(newest).with_segments(slot, (Segment(NINE, TEN, FC),))
        theirs = replace(first[0], segments=(Segment(ONE, FIVE, ASSIGNED),))
        seat.others(lambda desk: segmenting.save(desk, [theirs]), "super1")
        await seat.press("s")
        lines = shown_lines(seat)
        assert "13:00" in lines
        assert "09:00-10:00" in lines
        await seat.press("escape")
        assert screen.draft.pattern(slot).segments == (Segment(NINE, TEN, FC),)
        assert [one.segments for one in stored(seat)] == [(Segment(ONE, FIVE, ASSIGNED),)]
        await seat.feed()
        await seat.press("s", "enter")  # both were shown: mine goes over theirs, after another look
        await seat.press("enter")
        assert [one.segments for one in stored(seat)] == [(Segment(NINE, TEN, FC),)]


async def test_bad_times_are_refused_in_the_dialog_and_stay_there(seats: Seats) -> None:
    async with seats.seat("leader1", SMALL) as seat:
        screen = await open_segments(seat)
        screen.draft = screen.draft.with_segments(DAY.weekday(), (Segment(NINE, TEN, FC),))
        screen.paint()
        for texts, name, said in (
            (("9:30", "9:00", "", "", ""), "end", "not after"),
            (("9:03", "11:00", "", "", ""), "start", "Nearest are 09:00 and 09:05"),
            (("23:00", "24:05", "", "", ""), "end", "no time of day"),
            (("9:30", "11:00", "", "", ""), "start", "overlap"),
            (("11:00", "12:00", "post", "", ""), "channel", "f2f"),
            (("11:00", "12:00", "", "-1", ""), "limit", "whole number"),
        ):
            await seat.press("n")
            await seat.fill(*texts)
            dialog = seat.top
            assert isinstance(dialog, FieldsModal), texts
            assert said in str(dialog.query_one(f"#{name}-problem").render()), texts
            assert dialog.typed["start"] == texts[0]
            await seat.press("escape")
        assert screen.draft.pattern(DAY.weekday()).segments == (Segment(NINE, TEN, FC),)


async def test_a_draft_survives_leaving_the_screen(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        screen = await open_segments(seat)
        screen.draft = screen.draft.with_segments(DAY.weekday(), (Segment(NINE, TEN, FC),))
        screen.paint()
        await seat.press("escape")
        assert isinstance(seat.top, BookingScreen)
        seat.screen.grid.focus()
        assert await seat.go_to("segments") == screen
        assert screen.draft.wanted()[0].segments == (Segment(NINE, TEN, FC),)
        await seat.press("w")
        assert "Save what is changed first" in screen.status.text
        await seat.press("Z", "enter")
        assert screen.draft.wanted() == []


async def test_whose_segments_and_whom_they_are_also_for(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        screen = await open_segments(seat)
        await seat.press("w")
        assert isinstance(seat.top, PickModal)
        await seat.press("d", "0", "2", "enter")
        assert (screen.draft.level, screen.draft.owner) == ("diary", "D02")
        await seat.press("o")
        await seat.fill("D01 D03-D04 D09")
        assert isinstance(seat.top, FieldsModal)
        assert "There is no D09." in str(seat.top.query_one("#also-problem").render())
        await seat.fill("D01 D03-D04")
        assert screen.draft.also == ("D01", "D03", "D04")
        screen.draft = screen.draft.with_segments(DAY.weekday(), (Segment(NINE, TEN, FC),))
        screen.paint()
        await seat.press("s", "enter")
        assert {one.owner for one in screen.catalogue.patterns if one.segments == (Segment(NINE, TEN, FC),)} == {
            *("D01", "D02", "D03", "D04")
        }


async def test_dates_an_exception_and_a_day_off(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        screen = await open_segments(seat)
        await seat.press("d")
        await seat.fill("1 dec", "30 nov", "")
        assert isinstance(seat.top, FieldsModal)
        assert "is before" in str(seat.top.query_one("#until-problem").render())
        await seat.press("escape", "d")
        await seat.fill("", "", "2 dec")
        await seat.press("D", "s", "enter")
        (pattern,) = stored(seat)
        assert (str(pattern.day), pattern.day_off, pattern.segments) == ("2026-12-02", True, ())
        assert "Exceptions: Wed 2 Dec." in str(screen.query_one("#findings").render())
        await seat.press("]")
        assert screen.slot == 3


async def test_an_agent_may_look_and_not_save(seats: Seats) -> None:
    async with seats.seat("agent1") as seat:
        screen = await open_segments(seat)
        screen.draft = screen.draft.with_segments(DAY.weekday(), (Segment(NINE, TEN, FC),))
        screen.paint()
        for key in ("s", "p", "n", "d"):
            await seat.press(key)
            assert "A team leader or supervisor can do this." in screen.status.text
        assert stored(seat) == []
        slot = screen.slot
        await seat.press("right_square_bracket")
        assert screen.slot != slot
        assert screen.draft.wanted() != []


async def test_types_are_assigned_with_the_segment_that_allows_them(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        screen = await open_segments(seat)
        screen.draft = screen.draft.with_segments(DAY.weekday(), (Segment(NINE, TEN, frozenset({"CC-PHONE"})),))
        screen.paint()
        assert "Not assigned to D01 yet: CC-PHONE." in str(screen.query_one("#findings").render())
        await seat.press("s")
        assert "D01 gets the type Childcare call - phone." in shown_lines(seat)
        await seat.press("enter")
        assert "CC-PHONE" in screen.catalogue.diaries["D01"].types
        await seat.press("u", "enter")
        assert "CC-PHONE" not in screen.catalogue.diaries["D01"].types


async def test_replicate_and_select_all(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        screen = await open_segments(seat)
        slot = DAY.weekday()
        parts = (Segment(NINE, TEN, FC), Segment(TEN, NOON, frozenset()), Segment(ONE, FIVE, frozenset({"NJR-F2F"})))
        screen.draft = screen.draft.with_segments(slot, parts)
        screen.paint(NINE)
        screen.table.focus()
        await seat.press("home", "a", "r")
        every = frozenset(ASSIGNED) | {"CC-PHONE"}
        assert [one.types for one in screen.draft.pattern(slot).segments] == [every, frozenset(), every]
        await seat.press("-")
        screen.allowed.focus()
        await seat.press("home", "-")
        assert len(screen.draft.pattern(slot).segments[0].types) == len(every) - 1


async def test_an_exception_is_removed_after_a_look_and_brought_back(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        screen = await open_segments(seat)
        day = date(2026, 12, 2)
        screen.go_to(day)
        screen.draft = screen.draft.with_segments(day, (), True)
        screen.paint()
        await seat.press("s", "enter")
        assert [one.day for one in stored(seat)] == [day]
        await seat.press("X", "escape")
        assert [one.day for one in stored(seat)] == [day]
        await seat.press("X", "enter")
        assert stored(seat) == []
        await seat.press("u", "enter")
        assert [one.day for one in stored(seat)] == [day]


async def test_leaving_the_program_names_what_is_not_saved(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        screen = await open_segments(seat)
        screen.draft = screen.draft.with_segments(DAY.weekday(), (Segment(NINE, TEN, FC),))
        await seat.press("ctrl+q")
        assert isinstance(seat.top, ConfirmModal)
        assert seat.pilot.app.is_running
        await seat.press("n")
        assert screen.draft.wanted() != []
        await seat.press("ctrl+q", "y")
        assert seat.pilot.app.return_code == 0


async def test_what_is_changed_while_the_store_saves_stays(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        screen = await open_segments(seat)
        slot = DAY.weekday()
        screen.draft = screen.draft.with_segments(slot, (Segment(NINE, TEN, FC),))
        screen._saving = dict(screen.draft.changed)
        first = screen.draft.wanted()
        saved = seat.others(lambda desk: segmenting.save(desk, first), "leader1")
        screen.draft = screen.draft.with_segments(slot + 1, (Segment(ONE, FIVE, FC),))
        await seat.feed()
        screen.done("saved", (saved, screen.back.live.catalogue))
        assert list(screen.draft.changed) == [slot + 1]


async def test_two_new_versions_of_one_day_are_not_written_over_each_other(seats: Seats) -> None:
    async with seats.seat("leader1") as seat:
        screen = await open_segments(seat)
        slot = DAY.weekday()
        screen.draft = screen.draft.with_segments(slot, (Segment(NINE, TEN, FC),))
        theirs = [replace(screen.draft.wanted()[0], segments=(Segment(ONE, FIVE, ASSIGNED),))]
        seat.others(lambda desk: segmenting.save(desk, theirs), "super1")
        await seat.press("s")
        assert "Somebody has changed this" in shown_lines(seat)
        assert [one.segments for one in stored(seat)] == [(Segment(ONE, FIVE, ASSIGNED),)]
