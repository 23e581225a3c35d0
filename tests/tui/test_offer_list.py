"""What the list of offers says in each state, and how it moves, counts down and tells of it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import Input

from agent_tui.domain.drop_in import DropInNow
from agent_tui.domain.requests import Booked, EntryState, Found, Holder, Offer, Reason, Refused, TypeInHand
from agent_tui.tui import themes
from agent_tui.tui.commands import bindings_for
from agent_tui.tui.glyphs import ASCII, UNICODE, Glyphs
from agent_tui.tui.widgets.offer_list import OfferList, OffersState, describe_offer, offer_key
from agent_tui.tui.widgets.offer_list.rows import Setting, rows_of

DAY = date(2026, 11, 26)
TYPE = TypeInHand("FC-F2F", "First commitment - F2F", 50, "f2f", True)
COACHES = ("B Osei", "F Young", "D Shah", "A Khan")
KEYS = {"hold": "enter", "extend": "e", "release": "r", "find_client": "/", "hand_off": "o", "search": "s"}
SAY = "Your appointment with B Osei is on Thursday 26 November at 10am. It takes 50 minutes. Please come to Leeds Park Place."
HOSTILE = (
    "[bold]Eve[/]",
    "[/b] Bob",
    "[@click=app.quit]x[/]",
    "\\[bold]",
    "\x1b[2J\x1b[6n",
    "\x1b]0;title\x1b\\",
    "\x1b]52;c;eA==\x07",
    "\x1b]8;;http://x\x1b\\link",
    "\x1bPq\x1b\\",
    "\x1b]unterminated",
    "\x9b2J\x9d\x90",
    "\x00\x07\x08\r\n\t\x0b\x0c\x7f",
    "\u2028\u2029",
    "\u202eevil\u202c\u2066x\u2069\u200e",
    "a\u200db\u200bc\ufeff\ufe0f",
    "e" + "\u0301" * 200,
    "\u6f22\u5b57" * 40,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "lone \ud800 surrogate",
    "",
    "   ",
    "x" * 100_000,
    "y z " * 5_000,
    "=cmd|'/c calc'!A1",
)


def offers(count: int = 4, *, coach: str | None = None) -> tuple[Offer, ...]:
    return tuple(
        Offer(
            f"D{number % 4:02d}",
            COACHES[number % 4] if coach is None else coach,
            "A",
            DAY + timedelta(days=number // 4),
            120 + number % 4 * 2,
            130 + number % 4 * 2,
            "f2f",
            (f"D{number % 4:02d}",),
            flush=number % 3 != 2,
            recommended=number % 3 != 2,
        )
        for number in range(count)
    )


def found(count: int = 4, total: int | None = None, generation: int = 1) -> OffersState:
    shown = offers(count)
    return OffersState.of(Found("offers", TYPE, DAY, DAY, total or count, shown), generation)


def booked(expires_at: int | None = 600_000, coach: str = "B Osei") -> Booked:
    entry = EntryState(
        "e",
        "hold",
        "held",
        "FC-F2F",
        None,
        "D00",
        DAY,
        120,
        130,
        ("D00",),
        (),
        "f2f",
        "standard",
        "phone",
        1,
        "me",
        0,
        expires_at,
    )
    return Booked("held", entry, coach, say=SAY)


def none(*reasons: Reason, status: str = "none") -> OffersState:
    return OffersState.of(Found(status, TYPE, DAY, DAY, 0, (), reasons), 1)


def refused(reason: str = "Taken by an appointment made by Bob Brook. Next free: 2026-11-26 10:10 with F Young.") -> OffersState:
    return OffersState.refusal(Refused("taken", reason, Holder("appointment", "Bob Brook", None), offers(4)[1:3]))


def canvas(
    state: OffersState,
    width: int = 36,
    *,
    glyphs: Glyphs = UNICODE,
    gone: Mapping[tuple[str, date, int], str] | None = None,
    clock_ms: int | None = 0,
    compact: bool = False,
) -> list[str]:
    setting = Setting(width, glyphs, KEYS, gone or {}, clock_ms, compact)
    return [row.text.rstrip() for row in rows_of(state, setting)]


# Words.


def test_offers_are_rows_with_day_time_coach_and_mark() -> None:
    assert canvas(found(5)) == [
        "  Thu 26 10:00  B Osei        whole",
        "  Thu 26 10:10  F Young       whole",
        "  Thu 26 10:20  D Shah        splits",
        "  Thu 26 10:30  A Khan        whole",
        "  Fri 27 10:00  B Osei        whole",
    ]


def test_a_long_name_is_cut_and_a_narrow_pane_drops_the_mark() -> None:
    state = OffersState.of(Found("offers", TYPE, DAY, DAY, 1, offers(1, coach="Bartholomew Featherstonehaugh")), 1)
    assert canvas(state) == ["  Thu 26 10:00  Bartholomew…  whole"]
    assert canvas(state, glyphs=ASCII) == ["  Thu 26 10:00  Bartholomew~  whole"]
    assert canvas(state, 24) == ["  Thu 26 10:00  Barthol…"]


def test_days_of_two_months_that_could_be_confused_have_their_month() -> None:
    first, second = offers(2)
    later = replace(second, day=DAY + timedelta(days=28))
    assert canvas(OffersState.of(Found("offers", TYPE, DAY, later.day, 2, (first, later)), 1), 40) == [
        "  Thu 26 Nov 10:00  B Osei        whole",
        "  Thu 24 Dec 10:10  F Young       whole",
    ]


def test_more_offers_than_are_listed_are_counted() -> None:
    assert canvas(found(2, total=16))[-1] == "  … 14 more"


def test_a_gone_offer_names_who_has_it() -> None:
    state = found(2)
    gone = {offer_key(state.choices[0]): "J Patel"}
    assert canvas(state, gone=gone)[0] == " !Thu 26 10:00  B Osei       J Patel"


def test_nothing_found_gives_reasons_fixes_and_the_key_for_a_hand_off() -> None:
    state = none(
        Reason("full", "Every diary that takes it is full from 26 to 27 November.", 8, "Search to 3 December: 14 starts."),
        Reason("needs", "No room is free.", 2),
    )
    assert canvas(state) == [
        "Nothing fits. What would help:",
        "- Every diary that takes it is full",
        "  from 26 to 27 November.",
        "  Search to 3 December: 14 starts.",
        "- No room is free.",
        "o hands it off",
    ]


def test_a_type_of_no_diary_says_so() -> None:
    state = none(Reason("not_assigned", "Childcare call is assigned to no diary.", 1, "Hand off to Desk 4."), status="handoff")
    assert canvas(state) == ["! Childcare call is assigned to no", "  diary.", "  Hand off to Desk 4.", "o hands it off"]
    assert canvas(none(status="handoff"), 60)[0] == "! No diary takes First commitment - F2F."


@pytest.mark.parametrize(
    ("clock_ms", "words"),
    [
        (0, "  lapses in 10:00"),
        (480_000, "  lapses in 2:00"),
        (480_001, "  ! lapses in 2:00, e extends"),
        (481_000, "  ! lapses in 1:59, e extends"),
        (600_000, "  ! lapsed; enter tries to hold it"),
        (None, "  held for you"),
    ],
)
def test_a_hold_counts_down_and_warns_in_words(clock_ms: int | None, words: str) -> None:
    lines = canvas(OffersState.holding(booked()), clock_ms=clock_ms)
    assert lines[0] == " ◇Thu 26 10:00  B Osei        held"
    assert lines[1] == words


def test_a_hold_stands_above_the_other_offers_and_once() -> None:
    state = OffersState.holding(booked(), offers(3), client_known=False)
    assert len(state.choices) == 3
    assert canvas(state)[2:] == [
        "  / finds the claimant, r lets it go",
        "Other starts:",
        "  Thu 26 10:10  F Young       whole",
        "  Thu 26 10:20  D Shah        splits",
    ]


def test_what_to_say_is_wrapped_in_full_and_says_whether_it_was_said() -> None:
    lines = canvas(OffersState.confirmed(booked(), told=True))
    assert " ".join(lines[1:-1]) == SAY
    assert max(map(len, lines)) <= 36
    assert lines[-1] == "ok told by phone: recorded"
    assert canvas(OffersState.confirmed(booked()))[-1] == "not yet recorded as told by phone"


def test_a_refusal_gives_the_reason_and_what_is_free() -> None:
    assert canvas(refused()) == [
        "! Taken by an appointment made by",
        "  Bob Brook.",
        "Next free:",
        "  Thu 26 10:10  F Young       whole",
        "  Thu 26 10:20  D Shah        splits",
    ]
    alone = OffersState.refusal(Refused("stale_version", "Somebody changed it."))
    assert canvas(alone) == ["! Somebody changed it.", "s searches again"]


def test_anothers_hold_counts_down_too() -> None:
    state = OffersState.refusal(Refused("held", "Held by J Patel, 3:12 left.", Holder("hold", "J Patel", 192_000)))
    assert canvas(state)[0] == "! Held by J Patel, 3:12 left."
    assert canvas(state, clock_ms=100_000)[0] == "! Held by J Patel, 1:32 left."
    assert canvas(state, 60, clock_ms=192_000)[0] == "! The hold of J Patel has lapsed; s searches again."


def test_an_offer_in_words() -> None:
    one, _, splitting = offers(3)
    when = "B Osei, Thursday 26 November, 10:00 to 10:50"
    assert describe_offer(one) == f"{when}, free; keeps the diary whole"
    less = "free; First commitment leaves less room for long meetings"
    assert describe_offer(splitting, type_name="First commitment").endswith(less)
    assert describe_offer(one, gone={offer_key(one): "J Patel"}) == f"{when}: gone, J Patel has it now"
    assert describe_offer(one, held=True) == f"{when}, held for you"


def states(text: str) -> Iterator[OffersState]:
    listed = offers(3, coach=text)
    kind = TypeInHand(text, text, 50, "f2f", True)
    yield OffersState.of(Found("offers", kind, DAY, DAY, 3, listed), 1)
    for status in ("none", "handoff"):
        yield OffersState.of(Found(status, kind, DAY, DAY, 0, (), (Reason("full", text, 1, text),)), 1)
        yield OffersState.of(Found(status, kind, DAY, DAY, 0, ()), 1)
    yield OffersState.holding(booked(coach=text), listed)
    yield OffersState.confirmed(replace(booked(), say=text))
    yield OffersState.refusal(Refused("held", text, Holder("hold", text, 5_000), listed))
    yield OffersState.refusal(Refused("taken", text, Holder("block", None, None)))


def harmless(text: str) -> bool:
    """Whether a terminal would only print it."""
    return all(char.isprintable() or char == "\u3000" for char in text) and text.encode("utf-8", "strict") is not None


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text)[:24])
@pytest.mark.parametrize("width", [8, 21, 36, 120])
def test_hostile_text_is_only_ever_printed(text: str, width: int) -> None:
    for state in states(text):
        gone = {offer_key(state.choices[-1]): text} if state.choices else {}
        for compact in (False, True):
            assert all(map(harmless, canvas(state, width, gone=gone, compact=compact)))
    assert harmless(describe_offer(offers(1, coach=text)[0], type_name=text))


# The widget.


class Desk(Screen[None]):
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("booking")]

    def __init__(self, compact: bool, glyphs: Glyphs) -> None:
        super().__init__()
        self._made = OfferList(compact=compact, glyphs=glyphs)
        self.held = 0
        self.said: list[tuple[str, Offer]] = []

    def compose(self) -> ComposeResult:
        yield Input()
        yield self._made

    def on_mount(self) -> None:
        self._made.focus()

    def on_offer_list_highlighted(self, event: OfferList.Highlighted) -> None:
        self.said.append(("Highlighted", event.offer))

    def on_offer_list_chosen(self, event: OfferList.Chosen) -> None:
        assert event.control is self._made
        self.said.append(("Chosen", event.offer))

    def action_hold(self) -> None:
        self.held += 1

    def action_hand_off(self) -> None:
        pass

    def action_extend(self) -> None:
        pass


class Host(App[object]):
    CSS = "OfferList { width: 38; height: 9; } OfferList.-compact { width: 100%; height: 1; }"

    def __init__(self, *, compact: bool = False, glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        themes.install(self, "dark")
        self.desk = Desk(compact, glyphs)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.variable_defaults()

    def on_mount(self) -> None:
        self.push_screen(self.desk)


def the_list(pilot: Pilot[object]) -> OfferList:
    return pilot.app.screen.query_one(OfferList)


def text_of(strips: list[Strip]) -> list[str]:
    return [strip.text.rstrip() for strip in strips]


def lines_of(widget: OfferList) -> list[str]:
    return text_of([widget.render_line(y) for y in range(widget.size.height)])


SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 36)])


@SIZES
async def test_arrows_select_and_say_so(size: tuple[int, int]) -> None:
    app = Host()
    async with app.run_test(size=size) as pilot:
        widget = the_list(pilot)
        state = found(10, total=26)
        widget.show(state)
        await pilot.pause()
        assert app.desk.said == [("Highlighted", state.choices[0])]
        await pilot.press("down", "j", "up")
        assert widget.selected == state.choices[1]
        assert app.desk.said[-1] == ("Highlighted", state.choices[1])
        await pilot.press("end")
        assert widget.selected == state.choices[9]
        assert lines_of(widget)[-2:] == ["▸ Sat 28 10:10  F Young       whole", "  … 16 more"]
        await pilot.press("home")
        assert lines_of(widget)[0].startswith("▸ Thu 26 10:00")
        assert lines_of(widget)[-1] == "  … 20 more"


async def test_enter_holds_by_the_screens_command() -> None:
    app = Host()
    async with app.run_test() as pilot:
        the_list(pilot).show(found())
        await pilot.press("enter")
        assert app.desk.held == 1


async def test_selecting_from_the_grid_sends_no_message_back() -> None:
    app = Host()
    async with app.run_test() as pilot:
        widget = the_list(pilot)
        state = found(4)
        widget.show(state)
        await pilot.pause()
        app.desk.said.clear()
        assert widget.select(state.choices[3])
        assert not widget.select(replace(state.choices[3], start=7))
        await pilot.pause()
        assert widget.selected == state.choices[3]
        assert app.desk.said == []


async def test_a_click_selects_and_a_second_one_chooses() -> None:
    app = Host()
    async with app.run_test() as pilot:
        widget = the_list(pilot)
        state = found(4)
        widget.show(state)
        await pilot.click(OfferList, offset=(6, 3))
        assert widget.selected == state.choices[2]
        await pilot.click(OfferList, offset=(6, 3))
        await pilot.pause()
        assert app.desk.said[-1] == ("Chosen", state.choices[2])
        widget.mark_gone(offer_key(state.choices[2]), "J Patel")
        count = len(app.desk.said)
        await pilot.click(OfferList, offset=(6, 3))
        await pilot.pause()
        assert len(app.desk.said) == count


async def test_an_offer_that_went_away_stays_under_the_cursor_crossed_out() -> None:
    app = Host()
    async with app.run_test() as pilot:
        widget = the_list(pilot)
        state = found(4)
        widget.show(state)
        await pilot.press("down")
        assert widget.mark_gone(offer_key(state.choices[1]), "J Patel")
        assert not widget.mark_gone(("D99", DAY, 1), "J Patel")
        await pilot.pause()
        assert lines_of(widget)[1] == "▸!Thu 26 10:10  F Young      J Patel"
        struck = [segment.text for segment in widget.render_line(1) if segment.style and segment.style.strike]
        assert struck == ["Thu 26 10:10", "F Young"]
        assert widget.highlighted == state.choices[1]
        assert widget.selected is None
        assert not widget.choose()
        widget.show(found(4, generation=2))
        assert widget.gone == {}


async def test_my_own_hold_does_not_go_away() -> None:
    async with Host().run_test() as pilot:
        widget = the_list(pilot)
        widget.show(OffersState.holding(booked(), offers(2)))
        assert not widget.mark_gone(("D00", DAY, 120), "me")


async def test_an_answer_to_an_older_search_is_dropped() -> None:
    async with Host().run_test() as pilot:
        widget = the_list(pilot)
        widget.show(OffersState.searching(5))
        assert widget.selected is None
        assert not widget.show(found(4, generation=4))
        assert widget.show(found(3, generation=5))
        widget.show(OffersState.holding(booked()))
        assert not widget.show(found(4, generation=4))
        assert widget.state.kind == "held"


async def test_a_new_search_keeps_the_old_rows_to_read_but_not_to_choose() -> None:
    async with Host().run_test() as pilot:
        widget = the_list(pilot)
        widget.show(found(2))
        widget.show(OffersState.searching(2))
        await pilot.pause()
        assert lines_of(widget)[0] == "  Thu 26 10:00  B Osei        whole"
        assert widget.selected is None
        assert not widget.choose()
        assert widget.border_title == "Offers  searching"


async def test_the_same_search_again_keeps_the_selection_and_says_nothing() -> None:
    app = Host()
    async with app.run_test() as pilot:
        widget = the_list(pilot)
        state = found(4)
        widget.show(state)
        await pilot.press("down", "down")
        app.desk.said.clear()
        widget.show(OffersState.searching(2))
        widget.show(OffersState.of(Found("offers", TYPE, DAY, DAY, 3, state.choices[1:]), 2), keep=True)
        await pilot.pause()
        assert widget.selected == state.choices[2]
        assert app.desk.said == []
        widget.show(found(4, generation=3))
        assert widget.selected == state.choices[0]


async def test_a_refusals_offers_can_be_selected_and_are_in_view() -> None:
    async with Host().run_test() as pilot:
        widget = the_list(pilot)
        widget.styles.height = 5
        await pilot.pause()
        widget.show(refused())
        await pilot.pause()
        assert widget.selected == offers(2)[1]
        assert any(line.startswith("▸ Thu 26 10:10") for line in lines_of(widget))
        await pilot.press("up")
        assert lines_of(widget)[0] == "! Taken by an appointment made by"


async def test_words_longer_than_the_pane_scroll() -> None:
    async with Host().run_test() as pilot:
        widget = the_list(pilot)
        widget.styles.height = 5
        await pilot.pause()
        widget.show(OffersState.confirmed(booked(), told=True))
        await pilot.pause()
        assert lines_of(widget)[-1] == "  … more"
        await pilot.press("end")
        assert lines_of(widget)[-1] == "ok told by phone: recorded"


async def test_hints_name_the_key_that_acts_with_this_focus() -> None:
    async with Host().run_test() as pilot:
        widget = the_list(pilot)
        widget.show(none(Reason("full", "Full.", 1)))
        await pilot.pause()
        assert lines_of(widget)[2] == "o hands it off"
        pilot.app.screen.query_one(Input).focus()
        await pilot.pause()
        await pilot.pause()
        assert lines_of(widget)[2] == "f7 hands it off"


async def test_only_lines_that_changed_are_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    line = OfferList.render_line

    def counted(self: OfferList, y: int) -> Strip:
        drawn.append(y)
        return line(self, y)

    monkeypatch.setattr(OfferList, "render_line", counted)
    async with Host().run_test() as pilot:
        widget = the_list(pilot)
        widget.show(found(5))
        await pilot.pause()
        drawn.clear()
        await pilot.press("down")
        await pilot.pause()
        assert sorted(drawn) == [0, 1]
        widget.show(OffersState.holding(booked(), offers(3)))
        widget.tick_clock(0)
        await pilot.pause()
        drawn.clear()
        widget.tick_clock(400)
        await pilot.pause()
        assert drawn == []
        widget.tick_clock(1_400)
        await pilot.pause()
        assert drawn == [1]
        drawn.clear()
        widget.mark_gone(offer_key(offers(3)[2]), "J Patel")
        await pilot.pause()
        assert drawn == [5]


@SIZES
async def test_one_line_steps_left_and_right(size: tuple[int, int]) -> None:
    app = Host(compact=True)
    async with app.run_test(size=size) as pilot:
        widget = the_list(pilot)
        state = found(4, total=19)
        widget.show(state)
        await pilot.pause()
        assert widget.size.height == 1
        assert lines_of(widget)[0].startswith(" Offers 1/19 ▸ Thu 26 10:00  B Osei ")
        await pilot.press("right", "l", "left")
        assert widget.selected == state.choices[1]
        assert app.desk.said[-1] == ("Highlighted", state.choices[1])
        await pilot.press("end")
        assert widget.selected is None
        assert "15 more" in lines_of(widget)[0]
        widget.show(OffersState.holding(booked()))
        widget.tick_clock(481_000)
        assert "! 1:59 left, e extends; enter confirms" in lines_of(widget)[0]
        widget.show(refused())
        assert widget.selected is None
        await pilot.press("right")
        assert widget.selected == state.choices[1]


async def test_left_and_right_do_nothing_in_a_list_of_many_lines() -> None:
    async with Host().run_test() as pilot:
        widget = the_list(pilot)
        widget.show(found(4))
        await pilot.press("right")
        assert widget.selected == offers(1)[0]
        widget.compact = True
        await pilot.pause()
        await pilot.press("right")
        assert widget.selected == offers(2)[1]
        assert widget.size.height == 1
        widget.compact = False
        await pilot.pause()
        assert widget.selected == offers(2)[1]
        assert lines_of(widget)[1].startswith("▸ Thu 26 10:10")


@pytest.mark.parametrize("compact", [False, True])
async def test_hostile_text_in_the_widget(compact: bool) -> None:
    async with Host(compact=compact).run_test() as pilot:
        widget = the_list(pilot)
        for text in HOSTILE:
            for state in states(text):
                widget.show(replace(state, generation=0 if state.kind == "held" else 99))
                if state.choices:
                    widget.mark_gone(offer_key(state.choices[-1]), text)
                widget.tick_clock(1_000)
                widget.action_cursor_down()
                strips = [widget.render_line(y) for y in range(widget.size.height)]
                assert all(harmless(strip.text) and strip.cell_length == widget.size.width for strip in strips)
                assert all(segment.style is not None and segment.style.bgcolor for strip in strips for segment in strip)


async def test_without_colour_every_state_still_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with Host(glyphs=ASCII).run_test() as pilot:
        widget = the_list(pilot)
        state = found(3)
        widget.show(state)
        widget.mark_gone(offer_key(state.choices[0]), "J Patel")
        await pilot.pause()
        assert lines_of(widget)[:3] == [
            ">!Thu 26 10:00  B Osei       J Patel",
            "  Thu 26 10:10  F Young       whole",
            "  Thu 26 10:20  D Shah        splits",
        ]
        widget.show(OffersState.holding(booked()))
        widget.tick_clock(500_000)
        lines = lines_of(widget)
        assert lines[:2] == [">?Thu 26 10:00  B Osei        held", "  ! lapses in 1:40, e extends"]
        assert all(line.isascii() for line in lines)


async def test_another_theme_draws_with_other_colours() -> None:
    async with Host().run_test() as pilot:
        widget = the_list(pilot)
        widget.show(found(3))
        await pilot.pause()
        before = widget.render_line(1)
        pilot.app.theme = "light"
        await pilot.pause()
        assert widget.render_line(1) != before
        assert widget.render_line(1).text == before.text


@pytest.mark.parametrize("status", ["offers", "none", "handoff"])
def test_a_drop_in_is_read_first_and_starts_are_offered_still(status: str) -> None:
    drop_in = DropInNow(((2, 120, 144),), "Come to the front desk with the papers.", "today until 12:00")
    shown = offers(3) if status == "offers" else ()
    state = OffersState.of(Found(status, TYPE, DAY, DAY, len(shown), shown, (), drop_in), 1)
    lines = [row.text.strip() for row in rows_of(state, Setting(38, UNICODE, KEYS, {}))]
    assert " ".join(lines[:3]).startswith("Drop-in (today until 12:00): Come to the front desk")
    wide = [row for row in rows_of(state, Setting(38, UNICODE, KEYS, {})) if row.choice is not None]
    assert len(wide) == len(shown)


def test_without_a_drop_in_the_offers_come_first() -> None:
    found = Found("offers", TYPE, DAY, DAY, 3, offers(3))
    assert rows_of(OffersState.of(found, 1), Setting(38, UNICODE, KEYS, {}))[0].choice == 0


def test_those_who_look_after_diaries_read_the_minutes() -> None:
    one = replace(offers(1)[0], loss=0.5, stranded_minutes=5)
    assert describe_offer(one, minutes=True).endswith("strands 5 min, costs 2 min of later bookings")
    assert "strands" not in describe_offer(one)
