"""The single lines of a screen: what they say in how much room, and that the keys follow the focus."""

from dataclasses import replace
from typing import ClassVar

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from agent_tui.tui import themes
from agent_tui.tui.commands import FOOTER_LIMIT, bindings_for, footer_for, readable
from agent_tui.tui.glyphs import ASCII, UNICODE
from agent_tui.tui.too_small import SENTENCE, TooSmall, too_small
from agent_tui.tui.widgets.lines import (
    KeyFooter,
    Line,
    StatusLine,
    Title,
    TitleLine,
    brief,
    cut,
    fill,
    rows_of,
    title_pieces,
    wrap,
)
from tests.tui.test_offer_list import HOSTILE, harmless

FULL = Title(
    "Booking",
    "Thu 26 Nov 2026",
    "Leeds Park Place",
    ("27 diaries", "83% booked", "2 h 10 usable", "25 min stranded"),
    "11:42",
)


def said(title: Title, width: int) -> str:
    text = "".join(text for text, _ in title_pieces(title, width, UNICODE))
    assert cell_len(text) == width
    return " ".join(text.split())


def line_of(widget: Line) -> str:
    return widget.render_line(0).text.rstrip()


# Text.


def test_text_is_cut_by_cells_and_not_by_characters() -> None:
    assert cut("Osei", 4) == "Osei"
    assert cut("Bartholomew", 6) == "Barth…"
    assert cut("\u6f22\u5b57\u6f22", 4) == "\u6f22…"
    assert cut("abc", 0) == ""
    assert cell_len(fill("\u6f22\u5b57\u6f22", 4)) == 4
    assert fill("ab", 4) == "ab  "


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text)[:24])
@pytest.mark.parametrize("width", [1, 7, 36])
def test_wrapped_lines_fit_and_are_harmless(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert lines
    assert all(harmless(line) and cell_len(line) <= max(width, 2) for line in lines)


def test_text_is_wrapped_at_blanks() -> None:
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("abcdefghij k", 4) == ["abcd", "efgh", "ij k"]


# The title.


@pytest.mark.parametrize(
    ("width", "words"),
    [
        (120, "Booking Thu 26 Nov 2026 Leeds Park Place 27 diaries 83% booked 2 h 10 usable 25 min stranded 11:42"),
        (100, "Booking Thu 26 Nov 2026 Leeds Park Place 83% booked 2 h 10 usable 25 min stranded 11:42"),
        (80, "Booking Thu 26 Nov 2026 Leeds Park Place 25 min stranded 11:42"),
        (60, "Booking Thu 26 Nov 2026 25 min stranded 11:42"),
        (40, "Booking Thu 26 Nov 2026 11:42"),
        (20, "Booking… 11:42"),
    ],
)
def test_the_title_drops_what_stands_in_the_middle(width: int, words: str) -> None:
    assert said(FULL, width) == words


def test_a_warning_takes_the_place_of_the_counts() -> None:
    lost = replace(FULL, warning="The store is lost; what you type is kept")
    assert said(lost, 120).endswith("Leeds Park Place ! The store is lost; what you type is kept 11:42")
    assert said(lost, 80) == "Booking Thu 26 Nov 2026 ! The store is lost; what you type is kept 11:42"
    assert said(lost, 60) == "Booking Thu 26 Nov 2026 ! The store is lost; wh… 11:42"


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text)[:24])
@pytest.mark.parametrize("width", [5, 20, 60, 80, 200])
def test_hostile_titles_are_only_printed(text: str, width: int) -> None:
    for title in (Title(text, text, text, (text, text), text), Title(text, text, text, (), "11:42", text)):
        pieces = title_pieces(title, width, ASCII)
        assert all(harmless(piece) for piece, _ in pieces)


# On a screen.


class Pane(Widget, can_focus=True, inherit_bindings=False):
    DEFAULT_CSS = "Pane { height: 1; }"

    def render(self) -> str:
        return ""


class Grid(Pane):
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("grid")]


class Offers(Pane):
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("offers")]


class Form(Input):
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("form")]


class Desk(Screen[None]):
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("booking")]

    def __init__(self) -> None:
        super().__init__()
        self.ran: list[str] = []
        self.may_extend = True

    def compose(self) -> ComposeResult:
        yield TitleLine(FULL)
        yield Form()
        yield Offers()
        yield Grid()
        yield StatusLine()
        yield KeyFooter()
        yield TooSmall()

    def on_resize(self) -> None:
        self.query_one(TooSmall).fit(self.app.size)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return None if action == "extend" and not self.may_extend else True

    def action_extend(self) -> None:
        self.ran.append("extend")

    def action_focus_grid(self) -> None:
        self.query_one(Grid).focus()


class Host(App[object]):
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("app")]

    def __init__(self) -> None:
        super().__init__()
        themes.install(self, "dark")
        self.desk = Desk()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.variable_defaults()

    def on_mount(self) -> None:
        self.push_screen(self.desk)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_footer_names_the_keys_of_the_pane_in_hand(size: tuple[int, int]) -> None:
    app = Host()
    async with app.run_test(size=size) as pilot:
        footer = app.desk.query_one(KeyFooter)
        for kind, context in ((Form, "form"), (Offers, "offers"), (Grid, "grid")):
            app.desk.query_one(kind).focus()
            await pilot.pause()
            await pilot.pause()
            assert [key.id for key in footer.keys] == [command.id for command in footer_for(context)]
            assert len(footer.keys) <= FOOTER_LIMIT
            line = line_of(footer)
            assert all(f"{key.key} {key.label}" in line for key in footer.keys)
        assert line_of(footer).startswith(" enter book here")
        app.desk.query_one(Form).focus()
        await pilot.pause()
        await pilot.pause()
        assert all(len(key.key) > 1 for key in footer.keys)


async def test_a_click_on_a_key_runs_its_command() -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.desk.query_one(Offers).focus()
        await pilot.pause()
        await pilot.pause()
        footer = app.desk.query_one(KeyFooter)
        await pilot.click(KeyFooter, offset=(line_of(footer).index("extend"), 0))
        await pilot.click(KeyFooter, offset=(79, 0))
        assert app.desk.ran == ["extend"]
        await pilot.click(KeyFooter, offset=(line_of(footer).index("diary"), 0))
        assert isinstance(app.focused, Grid)


async def test_a_command_that_cannot_act_now_is_struck_out() -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.desk.may_extend = False
        app.desk.query_one(Offers).focus()
        await pilot.pause()
        await pilot.pause()
        footer = app.desk.query_one(KeyFooter)
        struck = [segment.text for segment in footer.render_line(0) if segment.style and segment.style.strike]
        assert struck == ["e", "extend"]
        await pilot.click(KeyFooter, offset=(line_of(footer).index("extend"), 0))
        assert app.desk.ran == []


async def test_the_footer_shows_the_users_keys() -> None:
    app = Host()
    app.set_keymap({"extend": "f6,w"})
    async with app.run_test() as pilot:
        app.desk.query_one(Offers).focus()
        await pilot.pause()
        await pilot.pause()
        keys = {key.id: key.key for key in app.desk.query_one(KeyFooter).keys}
        assert keys["extend"] in ("f6", "w")
        assert keys["help"] == readable("question_mark")


async def test_a_narrow_footer_shows_whole_keys_only() -> None:
    app = Host()
    async with app.run_test(size=(60, 16)) as pilot:
        footer = app.desk.query_one(KeyFooter)
        footer.styles.width = 24
        app.desk.query_one(Offers).focus()
        await pilot.pause()
        await pilot.pause()
        assert line_of(footer) == " enter hold   e extend"


async def test_the_status_line_keeps_a_message_until_the_agent_moves() -> None:
    app = Host()
    async with app.run_test():
        status = app.desk.query_one(StatusLine)
        status.describe("B Osei, 10:00, free")
        assert line_of(status) == " B Osei, 10:00, free"
        status.say("Held until 11:52.", "done")
        status.describe("B Osei, 10:00, held", moved=False)
        assert line_of(status) == " ok Held until 11:52."
        assert status.severity == "done"
        status.describe("B Osei, 10:00, held")
        assert line_of(status) == " B Osei, 10:00, held"
        assert status.severity is None
        status.say("J Patel has it.", "warning")
        assert line_of(status) == " ! J Patel has it."
        status.say("The store is lost.", "error")
        assert line_of(status) == " !! The store is lost."


async def test_what_is_said_has_the_rows_that_it_takes_and_gives_them_back() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        status = app.desk.query_one(StatusLine)

        async def rows() -> list[str]:
            await pilot.pause()
            return [status.render_line(y).text.strip() for y in range(status.size.height)]

        long = "The meeting of Thursday 26 November 10:00 to 10:50 with B Osei cannot be put there, because it is taken by now."
        status.say(long, "error")
        assert " ".join(await rows()) == f"!! {long}"
        status.say("x" * 4000)
        assert [len(row) for row in await rows()] == [78, 78, 78]
        assert (await rows())[-1].endswith("x…")
        status.describe("B Osei, Thursday 26 November, 10:00 to 10:50, your hold: held J Patel, 9:54 left, payment type")
        assert await rows() == ["B Osei, Thu 26 Nov, 10:00-10:50, your hold: held J Patel, 9:54 left, payment…"]
        status.say(long.replace("cannot", "can"), "warning")
        status.hint("Nothing fits.")
        status.drop_hint()
        assert len(await rows()) == 1


async def test_hostile_text_on_the_lines() -> None:
    app = Host()
    async with app.run_test():
        status, title = app.desk.query_one(StatusLine), app.desk.query_one(TitleLine)
        for text in HOSTILE:
            status.say(text, "error")
            title.show(Title(text, text, text, (text,), text, text))
            for line in (status, title):
                strip = line.render_line(0)
                assert harmless(strip.text)
                assert strip.cell_length == line.size.width
                assert all(segment.style is not None and segment.style.bgcolor for segment in strip)


async def test_the_title_repaints_only_when_it_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Host()
    async with app.run_test() as pilot:
        title = app.desk.query_one(TitleLine)
        await pilot.pause()
        drawn = []
        monkeypatch.setattr(title, "refresh", lambda: drawn.append(1))
        title.show(replace(FULL))
        assert drawn == []
        title.show(replace(FULL, clock="11:43"))
        assert drawn == [1]
        assert line_of(title).endswith("11:43")


# A window that is too small.


def test_what_is_too_small() -> None:
    assert not too_small(Size(60, 16))
    assert too_small(Size(59, 40))
    assert too_small(Size(200, 15))


async def test_a_small_window_says_so_and_keeps_focus_and_what_was_typed() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        form = app.desk.query_one(Form)
        form.focus()
        await pilot.press("k", "h", "a", "n")
        for size in ((50, 24), (20, 5), (1, 1)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            covering = app.desk.query_one(TooSmall)
            assert covering.display
            assert covering.region.size == Size(*size)
            assert app.desk.get_widget_at(0, 0)[0] is covering
            assert app.focused is form
        assert SENTENCE.startswith("Make the window at least 60 x 16")
        await pilot.resize_terminal(60, 16)
        await pilot.pause()
        assert not app.desk.query_one(TooSmall).display
        assert app.focused is form
        assert form.value == "khan"


def test_a_sentence_that_does_not_fit_is_said_in_short_forms() -> None:
    assert brief("A Khan, Wednesday 25 November, 09:00 to 09:10, free") == "A Khan, Wed 25 Nov, 09:00-09:10, free"
    assert brief("Tuesday 1 September with May Day; Sunday opening") == "Tue 1 Sep with May Day; Sunday opening"
    assert brief("Saturday 2 May, Thursday 3 May") == "Sat 2 May, Thu 3 May"


def test_rows_break_at_blanks_then_take_short_forms_and_are_cut_at_last() -> None:
    text = "Tuesday 24 November, 10:00 to 10:50, free; First commitment fits"
    assert rows_of(text, 40, 2) == ["Tuesday 24 November, 10:00 to 10:50,", "free; First commitment fits"]
    assert rows_of(text, 30, 2) == ["Tue 24 Nov, 10:00-10:50, free;", "First commitment fits"]
    assert rows_of(text, 20, 2, "~") == ["Tue 24 Nov,", "10:00-10:50, free;~"]
    assert rows_of("", 20, 2) == [""]
