"""The registry keeps its own rules, and Textual really gets from it the keys that it promises."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.command import CommandList, Provider
from textual.containers import Vertical
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer, Input, OptionList, Static, TextArea

from agent_tui.domain.roles import ROLES
from agent_tui.tui.commands import (
    BY_ID,
    CHAINS,
    COMMANDS,
    FOOTER_LIMIT,
    PANES,
    REQUIRED,
    TITLES,
    TYPING,
    PaletteCommands,
    bindings_for,
    canonical,
    commands_in,
    footer_for,
    key_table_markdown,
    keys_in,
    keys_of,
    may_use,
    readable,
    types_nothing,
    validate_keymap,
)
from agent_tui.tui.help_screen import HelpScreen

CONTEXTS = tuple(CHAINS)
FROM_THE_FORM = tuple(command for command in COMMANDS if set(command.where) & {"app", "booking", "form", "client"})


def text_field_keys() -> set[str]:
    classes: tuple[type[Widget], ...] = (Input, TextArea)
    return {key for cls in classes for key, _ in cls._merge_bindings()} | {"ctrl+c"}


def test_ids_are_names_of_their_own() -> None:
    assert len(BY_ID) == len(COMMANDS)
    assert all(name.isidentifier() for name in BY_ID)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_a_command_is_well_made(command: Any) -> None:
    assert 0 < len(command.label) <= 12
    assert command.help[0].isupper()
    assert command.help.endswith(".")
    assert command.help.count(".") == 1
    assert command.keys
    assert set(command.where) <= set(CONTEXTS)
    assert command.role in ("agent", "leader", "supervisor", "admin")


def test_labels_are_of_their_own() -> None:
    assert len({command.label for command in COMMANDS}) == len(COMMANDS)


@pytest.mark.parametrize("context", CONTEXTS)
def test_no_key_runs_two_commands_for_one_focus(context: str) -> None:
    owners: dict[str, str] = {}
    for place in CHAINS[context]:
        for binding in bindings_for(place):
            assert binding.id is not None
            assert owners.setdefault(binding.key, binding.id) == binding.id


def test_the_registry_itself_has_no_fault() -> None:
    assert validate_keymap({}) == []
    assert validate_keymap({command.id: ",".join(command.keys) for command in COMMANDS}) == []


@pytest.mark.parametrize("context", CONTEXTS)
def test_bindings_agree_with_the_registry(context: str) -> None:
    bound: dict[str, set[str]] = {}
    for binding in bindings_for(context):
        assert binding.id is not None
        command = BY_ID[binding.id]
        assert (binding.action, binding.description, binding.tooltip) == (command.action, command.label, command.help)
        assert binding.key in keys_of(command)
        bound.setdefault(command.id, set()).add(binding.key)
    assert len(bindings_for(context)) == sum(map(len, bound.values()))
    for command in COMMANDS:
        if context in command.where:
            assert bound.get(command.id, set()) == set(keys_in(command, context))


@pytest.mark.parametrize("context", CONTEXTS)
def test_the_chain_of_a_focus_binds_all_its_commands(context: str) -> None:
    bound = {(binding.id, binding.key) for place in CHAINS[context] for binding in bindings_for(place)}
    for command in commands_in(context):
        assert {(command.id, key) for key in keys_in(command, context)} <= bound


def test_every_command_is_bound_somewhere() -> None:
    bound = {(binding.id, binding.key) for context in CONTEXTS for binding in bindings_for(context)}
    assert bound == {(command.id, key) for command in COMMANDS for key in keys_of(command)}


@pytest.mark.parametrize("context", sorted(TYPING | {"booking", "app"}))
def test_no_letter_acts_where_text_is_typed(context: str) -> None:
    for place in CHAINS[context]:
        for binding in bindings_for(place):
            assert types_nothing(binding.key)


@pytest.mark.parametrize("command", FROM_THE_FORM, ids=lambda command: command.id)
def test_a_command_of_the_form_has_an_f_key_or_ctrl_key_that_no_text_field_takes(command: Any) -> None:
    safe = {key for key in keys_of(command) if types_nothing(key)}
    assert safe - text_field_keys()


@pytest.mark.parametrize("command", FROM_THE_FORM, ids=lambda command: command.id)
def test_a_key_that_the_terminal_may_take_is_not_the_only_one(command: Any) -> None:
    may_be_taken = {"f1", "f10", "f11", "ctrl+p"}
    safe = [key for key in keys_of(command) if types_nothing(key)]
    assert set(safe) - may_be_taken


def test_no_key_is_one_that_a_terminal_sends_as_another() -> None:
    unusable = {"ctrl+i", "ctrl+m", "ctrl+j", "ctrl+h", "ctrl+left_square_bracket", "ctrl+c", "ctrl+enter"}
    assert not unusable & {key for command in COMMANDS for key in keys_of(command)}


def test_only_leaving_has_priority() -> None:
    assert {binding.id for context in CONTEXTS for binding in bindings_for(context) if binding.priority} == {"quit"}


@pytest.mark.parametrize("context", CONTEXTS)
def test_the_footer_has_at_most_five(context: str) -> None:
    footer = footer_for(context)
    assert 0 < len(footer) <= FOOTER_LIMIT
    assert footer[-1].id == "help"
    shown = {binding.id for place in CHAINS[context] for binding in bindings_for(place) if binding.show}
    if context in PANES:
        assert shown == {command.id for command in footer}


def in_words(context: str) -> str:
    named = ((readable(keys_in(command, context)[0]), command.label) for command in footer_for(context))
    return "   ".join(f"{key} {label}" for key, label in named)


def test_footers_in_words() -> None:
    words = {context: in_words(context) for context in ("form", "offers", "grid", "client", "any list")}
    assert words == {
        "form": "f5 search   f8 hold   f2 diary   f4 claimant   f1 help",
        "offers": "enter hold   e extend   f2 diary   / claimant   ? help",
        "grid": "enter book here   m move   x cancel   / claimant   ? help",
        "client": "ctrl+n new claimant   ctrl+s save   f2 diary   f4 claimant   f1 help",
        "any list": "? help",
    }
    assert max(map(len, words.values())) <= 78


def test_the_key_table_lists_all() -> None:
    lines = key_table_markdown().splitlines()
    assert len(lines) == len(COMMANDS) + 2
    for command, line in zip(COMMANDS, lines[2:], strict=True):
        assert line.count("|") == 5
        where = ", ".join(TITLES[place] for place in command.where)
        assert line.endswith(f"| {command.help} | {where} | {command.id} |")
        for key in keys_of(command):
            assert f"`{readable(key)}`" in line.replace("\\\\", "\\")


def test_the_module_prints_the_key_table() -> None:
    command = [sys.executable, "-m", "agent_tui.tui.commands"]
    done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
    assert done.stdout == key_table_markdown()


def test_required_commands_are_there() -> None:
    assert set(REQUIRED) <= set(BY_ID)


def test_who_may_use_a_command() -> None:
    assert may_use(BY_ID["hold"], "agent")
    assert may_use(BY_ID["hold"], "supervisor")
    assert not may_use(BY_ID["hold"], "stranger")
    assert may_use(BY_ID["hold"], "coach"), "a coach counts as an agent"
    for name, roles in (
        ("rehome", ("leader", "supervisor", "admin")),
        ("save_segments", ("leader", "supervisor")),
        ("retire", ("supervisor", "admin")),
        ("add_staff", ("supervisor", "admin")),
    ):
        assert tuple(role for role in ROLES if may_use(BY_ID[name], role)) == roles


@pytest.mark.parametrize(
    ("written", "name", "shown"),
    [
        ("/", "slash", "/"),
        ("?", "question_mark", "?"),
        ("+", "plus", "+"),
        (",", "comma", ","),
        ("solidus", "slash", "/"),
        ("F8", "f8", "f8"),
        (" Ctrl+L ", "ctrl+l", "ctrl+l"),
        ("ctrl+_", "ctrl+underscore", "ctrl+_"),
        ("G", "G", "G"),
        ("pageup", "pageup", "pgup"),
        ("escape", "escape", "esc"),
        ("space", "space", "space"),
        ("delete", "delete", "delete"),
        ("£", "pound_sign", "£"),
        ("", "", ""),
    ],
)
def test_names_of_keys(written: str, name: str, shown: str) -> None:
    assert canonical(written) == name
    assert readable(written) == shown
    assert canonical(name) == name


def test_names_of_keys_are_those_of_textual() -> None:
    for command in COMMANDS:
        for key in command.keys:
            (binding,) = Binding.make_bindings([Binding(canonical(key), "x")])
            assert binding.key == canonical(key)


class Form(Vertical):
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("form")]

    def compose(self) -> ComposeResult:
        yield Input(id="field")
        yield TextArea(id="notes")


class Offers(OptionList):
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("offers")]


class Grid(Static, can_focus=True):
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("grid")]


class Desk(Screen[None]):
    """The panes without their work: an act is written down, not done."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("booking")]

    def compose(self) -> ComposeResult:
        yield Form()
        yield Offers("one", "two", "three", id="offers")
        yield Grid("grid", id="grid")
        yield Footer(show_command_palette=False)


class DeskApp(App[None]):
    """An app on the registry's bindings that notes each action."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("app")]
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {PaletteCommands}

    def __init__(self, keymap: dict[str, str] | None = None) -> None:
        super().__init__()
        self.done: list[str] = []
        self.set_keymap(keymap or {})

    def on_mount(self) -> None:
        self.push_screen(Desk())

    def action_help(self) -> None:
        self.push_screen(HelpScreen("offers"))


def _note(name: str) -> Any:
    def act(self: Desk) -> None:
        app = self.app
        assert isinstance(app, DeskApp)
        app.done.append(name)

    return act


for _command in COMMANDS:
    _target, _, _name = _command.action.partition(".")
    if _target == "screen":
        setattr(Desk, f"action_{_name}", _note(_command.id))


@pytest.mark.parametrize("field", ["#field", "#notes"])
async def test_letters_are_typed_and_f_keys_act(field: str) -> None:
    app = DeskApp()
    async with app.run_test() as pilot:
        app.screen.query_one(field).focus()
        await pilot.press("s", "question_mark", "slash", "T", "1")
        assert app.done == []
        assert app.screen.query_one("#field", Input).value + app.screen.query_one("#notes", TextArea).text == "s?/T1"
        for command in COMMANDS:
            safe = [key for key in keys_in(command, "form") if key not in text_field_keys()]
            if command.action.startswith("screen.") and safe:
                app.done.clear()
                await pilot.press(safe[0])
                assert app.done == [command.id]


@pytest.mark.parametrize("pane", ["offers", "grid"])
async def test_every_key_of_a_pane_acts(pane: str) -> None:
    app = DeskApp()
    async with app.run_test() as pilot:
        app.screen.query_one(f"#{pane}").focus()
        for command in commands_in(pane):
            for key in keys_in(command, pane):
                if command.action.startswith("screen."):
                    app.done.clear()
                    await pilot.press(key)
                    assert (key, app.done) == (key, [command.id])


async def test_vim_keys_move_in_a_list() -> None:
    app = DeskApp()
    async with app.run_test() as pilot:
        offers = app.screen.query_one("#offers", OptionList)
        offers.focus()
        await pilot.press("G")
        assert offers.highlighted == 2
        await pilot.press("k")
        assert offers.highlighted == 1
        await pilot.press("g", "j")
        assert offers.highlighted == 1


@pytest.mark.parametrize(("pane", "context"), [("field", "form"), ("offers", "offers"), ("grid", "grid")])
async def test_textuals_own_footer_agrees(pane: str, context: str) -> None:
    app = DeskApp()
    async with app.run_test() as pilot:
        app.screen.query_one(f"#{pane}").focus()
        await pilot.pause()
        shown = [(active.binding.id, key) for key, active in app.screen.active_bindings.items() if active.binding.show]
        first = dict(reversed(shown))
        assert first == {command.id: keys_in(command, context)[0] for command in footer_for(context)}


async def test_the_users_keys_replace_the_usual_ones() -> None:
    app = DeskApp({"undo": "f6,z", "focus_offers": "ctrl+o"})
    async with app.run_test() as pilot:
        app.screen.query_one("#grid").focus()
        await pilot.press("u", "z", "f6")
        assert app.done == ["undo", "undo"]
        app.screen.query_one("#field").focus()
        await pilot.press("z", "f6")
        assert app.done == ["undo", "undo", "undo"]
        assert app.screen.query_one("#field", Input).value == "z"


async def test_two_commands_may_change_keys() -> None:
    app = DeskApp({"search": "f6", "focus_offers": "f5"})
    async with app.run_test() as pilot:
        for pane in ("#field", "#grid"):
            app.screen.query_one(pane).focus()
            app.done.clear()
            await pilot.press("f5", "f6", "ctrl+o")
            assert app.done == ["focus_offers", "search"]


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    for _ in range(500):
        if condition():
            return
        await pilot.pause(0.01)
    raise AssertionError("it did not happen")


async def test_the_palette_runs_a_command_by_its_words() -> None:
    app = DeskApp()
    async with app.run_test() as pilot:
        app.screen.query_one("#field").focus()
        await pilot.press("ctrl+backslash", *"let the hold go")
        found = app.screen.query_one(CommandList)
        await until(pilot, lambda: found.option_count == 1 and not found.get_option_at_index(0).disabled)
        await pilot.press("enter")
        await until(pilot, lambda: bool(app.done))
        assert app.done == ["release"]


@pytest.mark.parametrize("key", ["escape", "f1", "question_mark", "ctrl+g"])
async def test_help_opens_and_closes(key: str) -> None:
    app = DeskApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.screen.query_one("#field").focus()
        await pilot.press("f1")
        assert isinstance(app.screen, HelpScreen)
        await pilot.press(key)
        await pilot.pause()
        assert isinstance(app.screen, Desk)
        assert app.focused is app.screen.query_one("#field")


@pytest.mark.parametrize(
    ("context", "size"),
    [("grid", (20, 5)), ("form", (60, 16)), *((context, (80, 24)) for context in CONTEXTS), ("nowhere", (200, 60))],
)
async def test_help_shows_the_pane_first_then_all(context: str, size: tuple[int, int]) -> None:
    app = DeskApp()
    async with app.run_test(size=size) as pilot:
        app.push_screen(HelpScreen(context, {"undo": "f6,["}))
        await pilot.pause()
        text = " ".join(str(static.render()) for static in app.screen.query(Static) if isinstance(static.content, str))
        assert text.startswith(f"Help: {TITLES.get(context, TITLES['app'])}")
        assert "Close with esc, ?, f1 or ctrl+g." in text
        await pilot.press("down", "end", "escape")
        await pilot.pause()
        assert isinstance(app.screen, Desk)
