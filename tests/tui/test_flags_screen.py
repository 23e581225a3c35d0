"""The flags screen as a supervisor works it: kept, moved to what was proposed, undone, assigned, escalated, filtered."""

from typing import Any

import pytest
from rich.segment import Segment
from textual.color import Color

from agent_tui.domain.flags import (
    ASSIGN,
    DIARY_OFF,
    ESCALATE,
    HANDOFF_OVERDUE,
    KEEP,
    MOVE,
    NO_CAPACITY,
    NOT_ALLOWED,
    Flag,
)
from agent_tui.domain.requests import Wish
from agent_tui.services import booking, closing, diaries, flags, staffing
from agent_tui.services.desk import Desk
from agent_tui.services.flags import Waiting
from agent_tui.tui.flag_words import Line, acts_for
from agent_tui.tui.modals import ChoiceModal, FieldsModal
from agent_tui.tui.modals.escalate import EscalateModal
from agent_tui.tui.modals.pick import PickModal
from agent_tui.tui.modals.rehome import RehomeModal
from agent_tui.tui.screens.booking import BookingScreen
from agent_tui.tui.screens.flags import FlagsScreen
from agent_tui.tui.screens.types import TypesScreen
from agent_tui.tui.widgets.lines import KeyFooter
from tests.small_site import DAY, NINE, NOW, TEN
from tests.tui.booking_desk import SMALL, WIDE, Seat, Seats, seats, small_store

__all__ = ["seats", "small_store"]


def disable(seat: Seat, code: str = "D01") -> None:
    seat.others(lambda desk: diaries.disable(desk, code), "leader1")


async def open_flags(seat: Seat) -> FlagsScreen:
    seat.screen.grid.focus()
    screen = await seat.go_to("flags")
    assert isinstance(screen, FlagsScreen)
    await seat.rest()
    return screen


def stored(seat: Seat) -> list[tuple[Any, ...]]:
    return seat.rows("SELECT kind, status, resolution, reason FROM flag WHERE site = ? ORDER BY raised_at, id")


async def test_a_flag_is_told_in_words_and_moved_to_what_was_proposed(seats: Seats) -> None:
    async with seats.seat("super1", WIDE) as seat:
        made = seat.other_books("D01")
        disable(seat)
        screen = await open_flags(seat)
        (line,) = screen.lines
        assert "diary off" in screen.words.line(line)
        assert "Wed 25 Nov 09:00" in screen.words.line(line)
        known = "\n".join(screen.words.known(line, screen.shown))
        for part in ("switched off", "Coach 1", "Sana Khan 9", "key type", "Lea Lowe", "Proposal (m)"):
            assert part in known, known
        assert screen.shown is not None
        assert screen.shown.proposal is not None
        offer = screen.shown.proposal.offer
        assert offer is not None
        await seat.press("m")
        assert isinstance(seat.top, ChoiceModal)
        await seat.press("4")
        assert "Moved: FC-F2F is" in screen.status.text
        assert stored(seat) == [("diary_off", "closed", "move", "coach_absent")]
        assert seat.rows("SELECT diary, start_tick FROM entry WHERE site = ? AND id = ?", made.entry.id) == [
            (offer.diary, offer.start)
        ]
        assert screen.lines == []
        await seat.press("u")
        assert stored(seat) == [("diary_off", "open", None, None)]
        assert seat.rows("SELECT diary FROM entry WHERE site = ? AND id = ?", made.entry.id) == [("D01",)]


async def test_kept_with_words_of_its_own_and_opened_again(seats: Seats) -> None:
    async with seats.seat("super1", SMALL) as seat:
        seat.other_books("D01")
        disable(seat)
        screen = await open_flags(seat)
        await seat.press("K")
        await seat.press("4")
        assert isinstance(seat.top, FieldsModal)
        await seat.fill("she wants it so")
        assert stored(seat) == [("diary_off", "closed", "keep", "other")]
        assert seat.rows("SELECT note FROM flag WHERE site = ?") == [("she wants it so",)]
        assert screen.lines == []
        await seat.press("escape", "f2", "u")
        assert "Your last act was on a flag: u on the Flags screen (ctrl+] f) takes it back." in seat.said
        await seat.press("ctrl+right_square_bracket", "f", "u")
        assert stored(seat)[0][1] == "open"


async def test_the_flags_of_a_diarys_day_are_one_line_and_each_is_moved(seats: Seats) -> None:
    async with seats.seat("super1", WIDE) as seat:
        for start, client in ((NINE, "C000001"), (TEN, "C000002"), (TEN + 12, "C000003")):
            seat.other_books("D01", start, client=client)
        disable(seat)
        screen = await open_flags(seat)
        (line,) = screen.lines
        assert "Coach 1, 3 appts" in screen.words.line(line)
        assert "3 appointments, 3 of key types" in "\n".join(screen.words.known(line, None))
        await seat.press("x")
        assert "one by one" in screen.status.text
        await seat.press("space")
        assert len(screen.lines) == 3
        await seat.press("space")
        await seat.press("m")
        await seat.press("1")
        assert "Moved: 3 flags" in screen.status.text
        assert {one[1:3] for one in stored(seat)} == {("closed", "move")}


async def test_all_of_a_diarys_day_is_re_homed_from_its_flag(seats: Seats) -> None:
    async with seats.seat("super1", WIDE) as seat:
        made = [seat.other_books("D01", start, client=client) for start, client in ((NINE, "C000001"), (TEN, "C000002"))]
        disable(seat)
        screen = await open_flags(seat)
        await seat.press("h")
        await seat.rest()
        assert isinstance(seat.top, RehomeModal)
        await seat.press("enter")
        await seat.rest()
        assert "Re-homed" in screen.status.text
        assert {one[1] for one in stored(seat)} == {"closed"}
        for one in made:
            assert seat.rows("SELECT diary FROM entry WHERE site = ? AND id = ?", one.entry.id) != [("D01",)]
        assert screen.lines == []
        await seat.press("u")
        await seat.rest()
        assert {one[1] for one in stored(seat)} == {"open"}
        for one in made:
            assert seat.rows("SELECT diary FROM entry WHERE site = ? AND id = ?", one.entry.id) == [("D01",)]


async def test_only_what_has_lost_something_is_re_homed(seats: Seats) -> None:
    async with seats.seat("super1", WIDE) as seat:
        screen = await open_flags(seat)
        await seat.press("h")
        assert seat.top is screen
        assert "is re-homed" in screen.status.text


async def test_one_that_another_supervisor_has_resolved_says_who_and_how(seats: Seats) -> None:
    async with seats.seat("super1", WIDE) as seat:
        seat.other_books("D01")
        disable(seat)
        screen = await open_flags(seat)
        flag = screen.lines[0].first.flag.id

        def keep(desk: Desk) -> Any:
            from agent_tui.services.resolving import Wanted, resolve

            return resolve(desk, flag, Wanted("keep", "agreed"))

        seat.others(keep, "admin1")
        await seat.press("d")
        await seat.press("1")
        assert "Ada Marsh has resolved this" in screen.status.text
        assert "kept as it is (agreed)" in screen.status.text
        assert screen.lines == []


async def test_an_agent_sees_all_and_is_told_who_could(seats: Seats) -> None:
    async with seats.seat("agent1", SMALL) as seat:
        seat.other_books("D01")
        disable(seat)
        screen = await open_flags(seat)
        assert len(screen.lines) == 1
        assert [key.id for key in screen.query_one(KeyFooter).keys] == ["to_its_time", "filter_flags", "list_contacts", "help"]
        for key, said in (("K", "resolved by a supervisor"), ("e", "escalated by a team leader"), ("a", "assigned by a team")):
            await seat.press(key)
            assert seat.top is screen, key
            assert said in screen.status.text
        assert stored(seat)[0][1] == "open"
        await seat.press("C", "enter")
        assert "kept by a team leader" in screen.status.text


@pytest.mark.parametrize(
    ("kind", "many", "may", "first"),
    [
        (NO_CAPACITY, False, {ASSIGN, ESCALATE}, ("to_its_time", "escalate_flag", "assign_flag")),
        (
            DIARY_OFF,
            True,
            {MOVE, KEEP, ASSIGN},
            ("to_its_time", "unfold", "rehome_flag", "move_flag", "keep_flag", "assign_flag"),
        ),
        (NOT_ALLOWED, False, {MOVE}, ("to_its_time", "move_flag")),
        (HANDOFF_OVERDUE, False, set(), ("to_its_time", "list_handoffs")),
    ],
)
def test_the_footer_names_what_can_be_done_to_the_flag(kind: str, many: bool, may: set[str], first: tuple[str, ...]) -> None:
    one = Waiting(Flag("F1", kind, "open", "agent1", 0), (), "", "", False)
    helping = acts_for(Line("F1", (one,) * (1 + many)), may.__contains__)
    assert helping == (*first, "filter_flags", "list_contacts")


async def test_assigned_filtered_and_sorted(seats: Seats) -> None:
    async with seats.seat("leader1", WIDE) as seat:
        seat.other_books("D01")
        disable(seat)
        screen = await open_flags(seat)
        await seat.press("a")
        assert isinstance(seat.top, PickModal)
        await seat.type("agent2", "enter")
        assert seat.rows("SELECT assigned_to, assigned_by FROM flag WHERE site = ?") == [("agent2", "leader1")]
        assert "Bob Brook" in screen.words.line(screen.lines[0])
        assert screen.status.text == "ok 1 flag given to Bob Brook."
        await seat.press("slash")
        await seat.type("mine", "enter")
        assert screen.lines == []
        assert screen.query_one("#left").border_title == "Mine, oldest first"
        await seat.press("slash")
        await seat.type("diary off", "enter")
        assert len(screen.lines) == 1
        await seat.press("s")
        assert "most urgent first" in str(screen.query_one("#left").border_title)


async def test_escalated_with_the_facts_to_read_out(seats: Seats) -> None:
    async with seats.seat("leader1", WIDE) as seat:
        seat.other_books("D01")
        disable(seat)
        screen = await open_flags(seat)
        await seat.press("e")
        assert isinstance(seat.top, EscalateModal)
        await seat.press("2")
        await seat.press("1")
        assert any("C000009" in line for line in seat.top.facts)
        assert not any("Sana" in line for line in seat.top.facts)
        await seat.press("escape")
        assert "Escalated to" in screen.status.text
        assert seat.rows("SELECT contact, level, made_by FROM escalation WHERE site = ?") == [("supervisor", 2, "leader1")]
        assert "Escalated to supervisor, level 2" in "\n".join(screen.words.known(screen.lines[0], screen.shown))


async def test_enter_goes_to_the_time_and_a_key_type_to_the_types(seats: Seats) -> None:
    async with seats.seat("leader1", WIDE) as seat:
        seat.other_books("D02")
        seat.others(lambda desk: closing.close_day(desk, DAY, "Training"), "leader1")
        await open_flags(seat)
        await seat.press("enter")
        assert isinstance(seat.top, BookingScreen)
        assert (seat.screen.shown.day, seat.screen.grid.cursor_cell.tick) == (DAY, NINE)
        for code in ("D01", "D02", "D03", "D04"):
            disable(seat, code)
        await seat.feed()
        screen = await open_flags(seat)
        keys = [one.first.flag.kind for one in screen.lines]
        await seat.press("home")
        for _ in range(keys.index("no_capacity")):
            await seat.press("down")
        wanted = screen.lines[keys.index("no_capacity")]
        await seat.rest()
        assert "where a team leader's p proposes" in "\n".join(screen.words.known(wanted, screen.shown))
        for key in ("m", "x", "o"):
            await seat.press(key)
            assert isinstance(seat.top, FlagsScreen), "there is no appointment to do that to, so no reason is asked for"
            assert "there is no appointment to" in screen.status.text
        await seat.press("enter")
        assert isinstance(seat.top, TypesScreen)
        assert seat.top.code == wanted.first.flag.type
        assert "there is no appointment to" not in screen.status.text


async def test_it_follows_what_others_do_and_counts(seats: Seats) -> None:
    async with seats.seat("super1", WIDE) as seat:
        screen = await open_flags(seat)
        assert screen.lines == []
        seat.other_books("D01")
        disable(seat)
        await seat.feed()
        screen.look()
        await seat.rest()
        assert len(screen.lines) == 1
        assert "1 open  1 urgent  oldest 0 min" in str(screen.title_line._title.counts)
        segments = await seat.go_to("segments")
        segments.look_at_flags()  # type: ignore[attr-defined]
        await seat.rest()
        assert "1 flag" in segments.key_words  # type: ignore[attr-defined]


async def test_what_only_time_brings_is_met_once_a_minute_and_not_as_dialogs_close(
    seats: Seats, monkeypatch: pytest.MonkeyPatch
) -> None:
    met: list[int] = []
    monkeypatch.setattr(flags, "look", lambda _desk: met.append(1))
    async with seats.seat("leader1", WIDE) as seat:
        screen = await open_flags(seat)
        assert len(met) == 1
        for _ in range(2):
            await seat.press("slash")
            await seat.press("escape")
        seat.other_books("D01")
        await seat.feed()
        screen.look()
        await seat.rest()
        assert len(met) == 1
        seats.later(minutes=1)
        screen.look()
        await seat.rest()
        assert len(met) == 2


async def test_a_hand_off_is_red_when_it_is_due(seats: Seats) -> None:
    seats.later(days=20)
    async with seats.seat("leader1", WIDE) as seat:
        old = seats.clock.now
        seats.clock.now = NOW
        seat.others(lambda desk: booking.book(desk, Wish("CC-PHONE", DAY, NINE, "D01", client="C000002")))
        seats.clock.now = old
        seat.others(lambda desk: booking.book(desk, Wish("CC-PHONE", old.date(), NINE, "D01", client="C000003")))
        screen = await open_flags(seat)
        (line,) = screen.lines
        error = screen.app.theme_variables["text-error"]
        drawn = [segment for row in screen._compositor.render_strips() for segment in row if "  hand-off due" in segment.text]
        assert drawn
        assert str(screen.query_one("#left").border_subtitle).endswith("1 hand-off due")
        assert {_hex(segment) for segment in drawn} == {Color.parse(error).hex}
        assert screen.words.line(line).startswith("!") or "hand-off due" in screen.words.line(line)
        await seat.press("H")
        rows = ["".join(segment.text for segment in row) for row in seat.top._compositor.render_strips()]
        assert sum("! was due " in " ".join(row.split()) or "!  was due" in row for row in rows) == 1
        segments = [segment for row in seat.top._compositor.render_strips() for segment in row]
        due = next(segment for segment in segments if "was due" in segment.text)
        waits = next(segment for segment in segments if " due " in segment.text and "was" not in segment.text)
        assert _hex(due) == Color.parse(error).hex != _hex(waits)
        assert due.style is not None
        assert due.style.bold


def _hex(segment: Segment) -> str:
    assert segment.style is not None
    assert segment.style.color is not None
    assert segment.style.color.triplet is not None
    return segment.style.color.triplet.hex.upper()


async def test_a_login_that_is_off_is_not_offered_a_flag(seats: Seats) -> None:
    async with seats.seat("super1", WIDE) as seat:
        seat.other_books("D01")
        disable(seat)
        seat.others(lambda desk: staffing.switch_login(desk, "agent2", enabled=False), "admin1")
        await seat.feed()
        await open_flags(seat)
        await seat.press("a")
        assert isinstance(seat.top, PickModal)
        assert "agent2" not in {one.id for one in seat.top._choices}


async def test_hand_offs_and_contacts_by_key(seats: Seats) -> None:
    async with seats.seat("leader1", WIDE) as seat:
        seat.others(lambda desk: booking.book(desk, Wish("CC-PHONE", DAY, NINE, "D01", client="C000002")))
        screen = await open_flags(seat)
        await seat.press("H")
        assert isinstance(seat.top, PickModal)
        await seat.press("enter")
        await seat.press("t")
        assert seat.rows("SELECT status, taken_by FROM handoff WHERE site = ?") == [("taken", "leader1")]
        assert "The hand-off of CC-PHONE is yours" in screen.status.text
        await seat.press("H")
        await seat.press("enter")
        await seat.press("4")
        assert seat.rows("SELECT status, outcome FROM handoff WHERE site = ?") == [("closed", "dealt_with")]
        assert screen.status.text == "ok The hand-off of CC-PHONE is closed: dealt with."
        await seat.press("u")
        assert "Nothing that can be undone was done here." in screen.status.text
        await seat.press("H")
        assert "No hand-off waits" in screen.status.text
        await seat.press("C")
        await seat.press("enter")
        await seat.press("x")
        assert len(seat.rows("SELECT contact FROM contact WHERE site = ?")) == 3
        await seat.press("C")
        await seat.press("enter")
        await seat.press("e")
        assert isinstance(seat.top, FieldsModal)
        await seat.fill("supervisor", "1", "Sue Stone", "extension 7", "always")
        assert ("supervisor", 1, "Sue Stone") in seat.rows("SELECT contact, level, name FROM contact WHERE site = ?")
