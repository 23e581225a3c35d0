"""The guarantees beside the map: how they stand, a proposal applied by key, rules changed, a break told, a week signed."""

import re
from typing import Any

import pytest

from agent_tui.domain.guarantee import FAILS, LOW, OK, GuaranteeNow
from agent_tui.domain.requests import Reason, Refused
from agent_tui.domain.types import Guarantee
from agent_tui.services import weekly_checks
from agent_tui.services.guarantees import GuaranteeSet, guarantees, set_guarantee
from agent_tui.store.opening import open_store
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.unit_of_work import Unit
from agent_tui.tui.modals import EffectModal, FieldsModal
from agent_tui.tui.screens.week import WeekScreen
from agent_tui.tui.screens.week_choosing import PICKED
from agent_tui.tui.screens.week_guarantees import GuaranteeList
from agent_tui.tui.week_words import name_width, red_words
from tests.small_site import ONE, SITE
from tests.tui.booking_desk import SMALL, WIDE, Seat, Seats, seats, small_store
from tests.tui.test_week_screen import HUGE, THIS, open_week, screen_text

__all__ = ["seats", "small_store"]


@pytest.fixture
def desks(seats: Seats) -> Seats:
    """Terminals at a site that guarantees FC-F2F, of D01 alone, and CC-PHONE, of no diary."""

    def rules(unit: Unit) -> None:
        for diary in ("D02", "D03", "D04"):
            catalogue_queries.unassign(unit, SITE, diary, "FC-F2F")
        catalogue_queries.bump_version(unit, SITE)

    store = open_store(str(seats.store))
    try:
        store.write(rules)
    finally:
        store.close()
    return seats


def guarantee(seat: Seat, code: str, starts: int, days: int = 1) -> None:
    made = seat.others(lambda desk: set_guarantee(desk, code, starts, days), "leader1")
    assert isinstance(made, GuaranteeSet), made


def stored(seat: Seat) -> list[tuple[Any, ...]]:
    return seat.rows("SELECT type, starts, days FROM guarantee WHERE site = ? ORDER BY type")


async def opened(seat: Seat, *rules: tuple[str, int]) -> WeekScreen:
    """Go to the week screen of a site that guarantees some types starts of today."""
    for code, starts in rules:
        guarantee(seat, code, starts)
    await seat.feed()
    screen = await open_week(seat)
    await seat.rest()
    return screen


async def looked(seat: Seat, screen: WeekScreen) -> None:
    """Let the screen meet what others have done."""
    await seat.feed()
    screen.look()
    await seat.rest()


def now(code: str, status: str, reasons: tuple[Reason, ...] = ()) -> GuaranteeNow:
    return GuaranteeNow(Guarantee(code, 3, 5), code, THIS.monday, THIS.sunday, 2, (), None, status, reasons, room=5, per_day=1.2)


@pytest.mark.parametrize(("room", "cells"), [(0, 26), (55, 26), (76, 45), (200, 52)])
def test_a_type_has_the_room_that_what_is_said_of_it_leaves(room: int, cells: int) -> None:
    low = now("FC-F2F", LOW)
    assert len(low.brief) == 22
    assert name_width([now("WSR-F2F", OK), low], room) == cells
    assert name_width([], 200) == 52


def test_what_fails_is_red_and_what_runs_low_is_said_apart() -> None:
    assert red_words([now("A", FAILS), now("B", FAILS), now("C", LOW), now("D", OK)]) == "Red now: A, B. Low: C."
    assert red_words([now("D", OK)]) == "Nothing is red now."


async def test_guarantees_stand_beside_the_map_in_words(desks: Seats) -> None:
    async with desks.seat("leader1", WIDE) as seat:
        screen = await opened(seat, ("FC-F2F", 3), ("CC-PHONE", 1))
        text = "\n".join(screen_text(screen))
        assert "Guarantees: 1 of 2 fail" in text
        assert re.search(r"! Childcare call - phone +0  not assigned", text)
        assert "First commitment - F2F" in text
        assert "66  ok" in text
        assert "Check of this week: not signed   c signs it" in text
        counts = screen.title_line.title.counts
        assert "! 1 guarantee fails" in counts
        assert "! check not signed" in counts
        assert [one.rule.type for one in screen.guarantees] == ["CC-PHONE", "FC-F2F"]
        assert list(screen.guarantees) == seat.others(guarantees, "agent1")
        await seat.press("tab")
        assert isinstance(screen.focused, GuaranteeList)
        assert "is assigned to no diary" in screen.status.text
        assert "Assign it to a diary." in screen.status.text
        await seat.press("down")
        assert screen.status.text == "First commitment - F2F: 66 found, 3 starts in 1 working day guaranteed."
        await seat.press("up", "enter")
        assert (screen.chosen, screen.type) == (PICKED, "CC-PHONE")
        assert screen.grid.has_focus
        short = screen.grid.view.short
        assert short
        assert {column for _row, column in short} == {1}, "today, and no day after what is guaranteed"
        assert any("0 !" in line for line in screen_text(screen))


async def test_a_proposal_is_looked_at_and_applied_by_key(desks: Seats) -> None:
    async with desks.seat("leader1") as seat:
        screen = await opened(seat, ("FC-F2F", 100))
        assert screen.guarantees[0].brief == "only Coach 1"
        await seat.press("v")
        await seat.press("p")
        assert isinstance(seat.top, EffectModal)
        await seat.press("escape")
        assert seat.others(guarantees)[0].status == "fails"
        await seat.press("p")
        await seat.press("enter")
        assert "Saved" in screen.status.text
        await looked(seat, screen)
        assert [one.status for one in screen.guarantees] == ["ok"]
        assert len(screen.guarantees[0].diaries) == 2


async def test_rules_are_made_changed_and_dropped_by_key(desks: Seats) -> None:
    async with desks.seat("super1") as seat:
        screen = await opened(seat)
        assert "Nothing is guaranteed yet: n guarantees a type." in "\n".join(screen_text(screen))
        await seat.press("v")
        await seat.press("n")
        await seat.press(*"njr", "enter")
        assert isinstance(seat.top, FieldsModal)
        await seat.fill("0", "99")
        assert "A guarantee is of 1 to 200 starts, not 0." in "\n".join(screen_text(seat.top))
        await seat.press("escape")
        assert stored(seat) == []
        await seat.press("n")
        await seat.press(*"njr", "enter")
        await seat.fill("4", "2")
        assert stored(seat) == [("NJR-F2F", 4, 2)]
        await looked(seat, screen)
        await seat.press("e")
        await seat.fill("6", "3")
        assert stored(seat) == [("NJR-F2F", 6, 3)]
        assert "Saved: NJR-F2F, 6 starts in 3 working days." in screen.status.text
        await looked(seat, screen)
        await seat.press("delete")
        await seat.press("n")
        assert stored(seat) == [("NJR-F2F", 6, 3)]
        await seat.press("delete")
        await seat.press("enter")
        assert stored(seat) == []


async def test_a_week_is_signed_by_key_and_taken_back(desks: Seats) -> None:
    async with desks.seat("leader1") as seat:
        screen = await opened(seat, ("CC-PHONE", 1))
        await seat.press("c")
        assert isinstance(seat.top, FieldsModal)
        assert "Red now: CC-PHONE." in "\n".join(screen_text(seat.top))
        await seat.fill("x")
        assert "2 to 500 characters" in "\n".join(screen_text(seat.top))
        await seat.press("escape", "c")
        await seat.fill("asked for a diary")
        assert "Week 48 is signed" in screen.status.text
        found = seat.others(weekly_checks.checks)
        assert [(one.week, one.done, one.signed_by) for one in found.signed] == [(THIS, "asked for a diary", "leader1")]
        assert "signed by Lea Lowe, Tue 24 Nov 09:00" in "\n".join(screen_text(screen))
        assert "! check not signed" not in screen.title_line.title.counts
        await seat.press("c")
        assert "signed by Lea Lowe" in screen.status.text
        await seat.press("H")
        assert isinstance(seat.top, EffectModal)
        assert "red: CC-PHONE" in "\n".join(screen_text(seat.top))
        await seat.press("escape", "u")
        assert seat.others(weekly_checks.checks).signed == ()
        await seat.press("]", "]", "c")
        assert "too far ahead" in screen.status.text


async def test_what_was_typed_survives_somebody_who_signs_first(desks: Seats) -> None:
    async with desks.seat("leader1") as seat:
        screen = await opened(seat)
        await seat.press("c")
        other = seat.others(lambda desk: weekly_checks.sign(desk, THIS, "mine first"), "super1")
        assert not isinstance(other, Refused)
        await seat.fill("all looked at")
        assert "Week 2026-W48 is signed already: by Sue Stone" in screen.status.text
        assert "all looked at" in str(screen._typed)


async def test_a_break_is_told_on_whatever_manager_screen_is_in_front(desks: Seats) -> None:
    async with desks.seat("leader1") as seat:
        screen = await opened(seat, ("FC-F2F", 66))
        assert screen.guarantees[0].status == "ok"
        await seat.press("escape")
        seat.screen.grid.focus()
        diaries: Any = await seat.go_to("diaries")
        assert diaries.key_words == []
        seat.other_books("D01", ONE, day=seat.clock.now.date())
        diaries.say("Re-homed; u undoes all of it.", "done")
        await seat.feed()
        diaries.look_at_rules()
        await seat.rest()
        assert diaries.key_words == ["! 1 guarantee fails"]
        assert diaries.status.text.startswith("! Re-homed; u undoes all of it. First commitment - F2F")
        assert "of 66 starts in 1 working day. Only Coach 1 takes it." in diaries.status.text
        assert "! 1 guarantee fails" in diaries.title_line.title.counts


@pytest.mark.parametrize("size", [SMALL, HUGE], ids=["80x24", "160x48"])
async def test_a_place_for_them_at_other_sizes(desks: Seats, size: tuple[int, int]) -> None:
    async with desks.seat("leader1", size) as seat:
        screen = await opened(seat, ("FC-F2F", 3), ("CC-PHONE", 1))
        pane, maps = screen.query_one("#pane"), screen.query_one("#maps")
        assert pane.display == (size == HUGE)
        assert maps.size.width == size[0]
        await seat.press("v")
        assert pane.display
        assert maps.display == (size == HUGE)
        assert isinstance(screen.focused, GuaranteeList)
        assert "not assigned" in "\n".join(screen_text(screen))
        assert screen.context == "guarantee list"
        await seat.pilot.resize_terminal(*size)
        await seat.press("v")
        assert screen.grid.has_focus
        assert pane.display == (size == HUGE)
        assert maps.display


async def test_who_may_not_is_told_before_anything_is_typed(desks: Seats) -> None:
    async with desks.seat("coach1") as seat:
        screen = await opened(seat, ("FC-F2F", 3))
        await seat.press("v")
        for key in ("c", "n", "e", "delete", "u"):
            await seat.press(key)
            assert seat.top is screen, key
            assert "team leader" in screen.status.text
        assert stored(seat) == [("FC-F2F", 3, 1)]


async def test_on_a_narrow_terminal_the_frame_of_the_map_says_that_the_check_is_missing(desks: Seats) -> None:
    async with desks.seat("leader1", SMALL) as seat:
        screen = await opened(seat, ("FC-F2F", 3))
        await seat.press("2")
        assert any("! check not signed" in line for line in screen_text(screen))
        seat.others(lambda desk: weekly_checks.sign(desk, THIS, "nothing"), "leader1")
        await looked(seat, screen)
        assert not any("check not signed" in line for line in screen_text(screen))
