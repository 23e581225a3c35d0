"""Type-ahead: what the list shows, what enter, down and escape do, answers that come late, and text that is no text."""

import time
from collections.abc import Sequence

import pytest
from textual.app import App, ComposeResult
from textual.events import Paste
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from agent_tui.tui import themes
from agent_tui.tui.widgets.picker import LIST_WIDTH, Choice, Picker
from tests.tui.test_offer_list import HOSTILE, harmless

FRUIT = tuple(Choice(name[:2], name, f"{len(name)} letters") for name in ("apple", "apricot", "banana", "cherry"))
MANY = tuple(Choice(str(number), f"choice {number}") for number in range(40))
LONGEST = 100


class Host(App[None]):
    CSS = "#gap { height: 1fr; } Picker { width: 30; } #first { width: 30; }"

    def __init__(self, choices: Sequence[Choice] | None = FRUIT, *, sync: bool = True, low: bool = False) -> None:
        super().__init__()
        themes.install(self, "dark")
        self.choices = choices
        self.sync = sync
        self.low = low
        self.said: list[tuple[str, str, int]] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.variable_defaults()

    def compose(self) -> ComposeResult:
        if self.low:
            yield Static(id="gap")
        yield Picker("fruit", self.find if self.sync else None, longest=LONGEST)
        yield Static("under it", id="under")
        yield Input(id="first")

    def on_mount(self) -> None:
        self.picker.field.focus()

    def find(self, text: str) -> Sequence[Choice] | None:
        return None if self.choices is None else [choice for choice in self.choices if choice.label.startswith(text)]

    @property
    def picker(self) -> Picker:
        return self.query_one(Picker)

    @property
    def listed(self) -> list[str]:
        options = self.query_one(OptionList)
        return [str(options.get_option_at_index(at).prompt).split("  ")[0].strip() for at in range(options.option_count)]

    def on_picker_typed(self, event: Picker.Typed) -> None:
        self.said.append(("typed", event.text, event.generation))

    def on_picker_picked(self, event: Picker.Picked) -> None:
        self.said.append(("picked", event.control.picked_id or "", 0))

    def on_picker_submitted(self, event: Picker.Submitted) -> None:
        self.said.append(("submitted", event.control.value, 0))

    def picture(self) -> list[str]:
        return [strip.text for strip in self.screen._compositor.render_strips()]


async def test_the_list_follows_what_is_typed() -> None:
    app = Host()
    async with app.run_test() as pilot:
        assert not app.picker.is_open
        await pilot.press("a", "p")
        assert app.picker.is_open
        assert app.listed == ["apple", "apricot"]
        await pilot.press("r")
        assert app.listed == ["apricot"]
        await pilot.press("x")
        assert not app.picker.is_open
        await pilot.press("backspace")
        assert app.picker.is_open
        assert app.query_one(OptionList).highlighted == 0


async def test_enter_picks_the_first_and_then_goes_on() -> None:
    app = Host()
    async with app.run_test() as pilot:
        await pilot.press("a", "enter")
        assert (app.picker.value, app.picker.picked_id) == ("apple", "ap")
        assert not app.picker.is_open
        assert [said[0] for said in app.said] == ["typed", "picked"]
        await pilot.press("enter")
        assert app.said[-1] == ("submitted", "apple", 0)
        assert app.picker.picked_id == "ap"


async def test_up_and_down_move_in_the_list_and_not_the_cursor() -> None:
    app = Host(MANY)
    async with app.run_test() as pilot:
        await pilot.press("c", "down", "down", "up", "enter")
        assert app.picker.picked_id == "1"
        assert app.picker.value == "choice 1"


async def test_down_opens_the_list_on_an_empty_line() -> None:
    app = Host()
    async with app.run_test() as pilot:
        await pilot.press("down")
        assert app.listed == [choice.label for choice in FRUIT]
        await pilot.press("down", "enter")
        assert app.picker.value == "apricot"


async def test_escape_closes_the_list_and_keeps_the_text() -> None:
    app = Host()
    async with app.run_test() as pilot:
        await pilot.press("a", "p", "escape")
        assert not app.picker.is_open
        assert app.picker.value == "ap"
        await pilot.press("enter")
        assert app.said[-1] == ("submitted", "ap", 0)
        await pilot.press("down")
        assert app.picker.is_open


async def test_a_change_of_the_text_takes_the_pick_back() -> None:
    app = Host()
    async with app.run_test() as pilot:
        await pilot.press("b", "enter")
        assert app.picker.picked_id == "ba"
        await pilot.press("backspace")
        assert app.picker.picked_id is None
        assert app.said[-1][:2] == ("typed", "banan")


async def test_leaving_closes_the_list() -> None:
    app = Host()
    async with app.run_test() as pilot:
        await pilot.press("a", "tab")
        assert app.focused is app.query_one("#first")
        assert not app.picker.is_open
        assert app.picker.value == "a"


async def test_a_click_picks() -> None:
    app = Host()
    async with app.run_test() as pilot:
        await pilot.press("a")
        await pilot.pause()
        await pilot.click(OptionList, offset=(3, 1))
        assert app.picker.value == "apricot"


async def test_answers_that_come_late_are_dropped() -> None:
    app = Host(sync=False)
    async with app.run_test() as pilot:
        await pilot.press("a", "p")
        assert app.said == [("typed", "a", 1), ("typed", "ap", 2)]
        app.picker.show_choices(1, FRUIT[2:])
        assert not app.picker.is_open
        app.picker.show_choices(2, FRUIT[:2])
        await pilot.press("enter")
        assert app.picker.picked_id == "ap"
        app.picker.show_choices(app.picker.generation, FRUIT)
        assert not app.picker.is_open


async def test_an_emptied_line_forgets_its_answers() -> None:
    app = Host(sync=False)
    async with app.run_test() as pilot:
        await pilot.press("a")
        app.picker.show_choices(1, FRUIT)
        await pilot.press("backspace")
        assert app.listed == []
        assert not app.picker.is_open


async def test_a_value_that_is_set_is_no_typing_and_drops_what_was_listed() -> None:
    app = Host(sync=False)
    async with app.run_test() as pilot:
        await pilot.press("a")
        app.picker.show_choices(1, FRUIT)
        app.picker.set_value("")
        await pilot.pause()
        assert app.listed == []
        app.picker.show_choices(1, FRUIT)
        assert app.listed == []
        assert [said[0] for said in app.said] == ["typed"]


async def test_a_value_that_cleaning_changes_does_not_swallow_the_next_key() -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.picker.set_value("x" * 3 * LONGEST, "id")
        app.picker.set_value("x" * 2 * LONGEST, "id")
        await pilot.pause()
        assert app.picker.picked_id == "id"
        await pilot.press("backspace")
        assert app.picker.picked_id is None
        assert len(app.said) == 1


async def test_a_value_set_while_a_key_is_on_its_way_stays_picked() -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.picker.field.insert_text_at_cursor("b")
        app.picker.set_value("banana", "ba")
        await pilot.pause()
        assert app.picker.picked_id == "ba"
        assert app.said == []


async def test_what_was_typed_before_there_were_choices_is_looked_up_when_they_come() -> None:
    app = Host(None)
    async with app.run_test() as pilot:
        await pilot.press("a", "p")
        assert not app.picker.is_open
        app.choices = FRUIT
        app.picker.look_again()
        assert app.listed == ["apple", "apricot"]
        assert app.picker.is_open


async def test_enter_before_there_were_choices_picks_when_they_come() -> None:
    app = Host(None)
    async with app.run_test() as pilot:
        await pilot.press("a", "p", "enter")
        assert app.said[-1] == ("submitted", "ap", 0)
        app.choices = FRUIT
        app.picker.look_again()
        assert (app.picker.value, app.picker.picked_id) == ("apple", "ap")
        assert not app.picker.is_open


async def test_typing_on_after_an_early_enter_takes_it_back() -> None:
    app = Host(None)
    async with app.run_test() as pilot:
        await pilot.press("a", "p", "enter", "r")
        app.choices = FRUIT
        app.picker.look_again()
        assert app.picker.picked_id is None
        assert app.listed == ["apricot"]


# How it looks.


@pytest.mark.parametrize("low", [False, True])
@pytest.mark.parametrize("size", [(120, 36), (80, 24), (60, 16), (40, 12)])
async def test_the_list_stays_on_the_screen_covers_nothing_typed_and_moves_nothing(low: bool, size: tuple[int, int]) -> None:
    app = Host(MANY, low=low)
    async with app.run_test(size=size) as pilot:
        before = [widget.region for widget in app.query("Picker, PickerField, #under, #first, #gap")]
        await pilot.press("c")
        await pilot.pause()
        shown = app.query_one(OptionList).region
        assert shown.height == min(8, max(app.picker.region.y, size[1] - app.picker.region.bottom))
        assert app.screen.region.contains_region(shown)
        assert not shown.overlaps(app.picker.field.region)
        assert [widget.region for widget in app.query("Picker, PickerField, #under, #first, #gap")] == before


async def test_each_choice_is_one_line_with_its_detail_at_the_edge() -> None:
    app = Host(
        (Choice("a", "a" * 80, "20 min"), Choice("b", "ab", "5 min"), Choice("c", "漢字" * 30), Choice("d", "a", "d" * 90))
    )
    app.find = lambda text: app.choices  # type: ignore[method-assign]
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("a")
        await pilot.pause()
        region = app.query_one(OptionList).region
        assert region.size == (LIST_WIDTH, 4)
        lines = [line[region.x : region.right] for line in app.picture()[region.y : region.bottom]]
        assert lines[0].startswith(" aaaa")
        assert "…  20 min" in lines[0]
        assert lines[1].split() == ["ab", "5", "min"]
        assert lines[0].index("20 min") + 1 == lines[1].index("5 min")


async def test_the_highlight_is_more_than_a_colour() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("a")
        await pilot.pause()
        top = app.query_one(OptionList).region.y
        strips = app.screen._compositor.render_strips()
        styles = [{(seg.style.underline, seg.style.bold) for seg in strips[top + at] if seg.style} for at in (0, 1)]
        assert styles[0] - styles[1]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text)[:24])
async def test_hostile_choices_and_values_are_only_ever_printed(text: str) -> None:
    app = Host((Choice("x", text, text), Choice("y", "b", text)), sync=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await paste(pilot, app, text)
        app.picker.show_choices(app.picker.generation, app.choices or ())
        await pilot.pause()
        assert all(map(harmless, app.picture()))
        app.picker.set_value("")
        await pilot.press("q")
        app.picker.show_choices(app.picker.generation, app.choices or ())
        await pilot.press("enter")
        assert app.picker.picked_id == "x"
        assert harmless(app.picker.value)
        assert len(app.picker.value) <= LONGEST
        await pilot.pause()
        assert all(map(harmless, app.picture()))


async def paste(pilot: Pilot[None], app: Host, text: str) -> None:
    assert app.focused is not None
    app.focused.post_message(Paste(text))
    await pilot.pause()


async def test_a_paste_of_lines_becomes_one_line() -> None:
    app = Host()
    async with app.run_test() as pilot:
        await paste(pilot, app, "\r\n\n Sana Khan\r\n\n0113 496 0000\n")
        assert app.picker.value == " Sana Khan 0113 496 0000"
        await paste(pilot, app, "")
        await paste(pilot, app, "\n\n")
        assert app.picker.value == " Sana Khan 0113 496 0000"


async def test_a_paste_takes_the_place_of_what_is_selected() -> None:
    app = Host()
    async with app.run_test() as pilot:
        await pilot.press(*"one two", "shift+home")
        await paste(pilot, app, "three")
        assert app.picker.value == "three"


@pytest.mark.parametrize("unit", ["x", "\x1b[2J", "e\u0301\u0301", "\u202e", "a\nb", "\n", " "])
async def test_a_paste_of_a_megabyte_is_cut_at_once(unit: str) -> None:
    app = Host()
    text = unit * (1_000_000 // len(unit))
    async with app.run_test() as pilot:
        spent = time.process_time()
        app.picker.field._on_paste(Paste(text))
        spent = time.process_time() - spent
        await pilot.pause()
        assert spent < 0.1
        assert len(app.picker.value) <= LONGEST
        assert harmless(app.picker.value)


async def test_messages_name_their_picker() -> None:
    messages: list[Message] = []
    app = Host()
    async with app.run_test(message_hook=messages.append) as pilot:
        await pilot.press("c", "enter", "enter")
        await pilot.pause()
        mine = [message for message in messages if isinstance(message, Picker.PickerMessage)]
        assert {message.control for message in mine} == {app.picker}
        kinds = list(dict.fromkeys(type(message) for message in mine))
        assert kinds == [Picker.Typed, Picker.Picked, Picker.Submitted]


@pytest.mark.parametrize(("now", "picked"), [(FRUIT[2:3], "ba"), (FRUIT[2:4], None)], ids=["one", "several"])
async def test_enter_never_picks_from_a_list_for_an_older_text(now: Sequence[Choice], picked: str | None) -> None:
    async with Host(sync=False).run_test() as pilot:
        host = pilot.app
        assert isinstance(host, Host)
        await pilot.press("a")
        host.picker.show_choices(host.picker.generation, FRUIT[:2])
        await pilot.press("x", "enter")  # the answer to "ax" is not there yet
        assert host.picker.picked_id is None
        host.picker.show_choices(host.picker.generation, now)
        await pilot.pause()
        assert host.picker.picked_id == picked
        assert host.picker.is_open == (picked is None)
