"""What each dialog answers, by which keys, and that it fits, gives the focus back and takes nothing for markup."""

from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.events import Paste
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Static

from agent_tui.domain.clients import Client
from agent_tui.tui import themes
from agent_tui.tui.commands import bindings_for
from agent_tui.tui.glyphs import ASCII
from agent_tui.tui.modals import (
    CallItem,
    CallPick,
    CallsModal,
    ChoiceModal,
    ConfirmModal,
    DetailsModal,
    Dialog,
    NewClientModal,
    NumberModal,
    TextField,
)
from tests.tui.test_offer_list import HOSTILE, harmless

OPTIONS = (("claimant", "1", "claimant asked"), ("office", "2", "office"), ("entered_in_error", "e", "entered in error"))
CALLS = (CallItem("a", "10:42", "First commitment", "near 10:00"), CallItem("b", "11:05", "call back, Khan"))
DETAILS = tuple((f"Label {number}", f"value {number}") for number in range(40))
NOTHING = object()


class Desk(Screen[None]):
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("booking")]

    def compose(self) -> ComposeResult:
        yield Input(id="first")
        yield Input(id="second")

    def action_end_call(self) -> None:
        raise AssertionError("a key of the screen acted under a dialog")


class Host(App[object]):
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("app")]

    def __init__(self) -> None:
        super().__init__()
        themes.install(self, "dark")
        self.answer: object = NOTHING

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.variable_defaults()

    def on_mount(self) -> None:
        self.push_screen(Desk())

    def ask(self, dialog: ModalScreen[Any]) -> None:
        def answered(answer: object) -> None:
            self.answer = answer

        self.screen.query_one("#second").focus()
        self.push_screen(dialog, answered)

    def picture(self) -> list[str]:
        """What the screen shows, line by line."""
        update = self.screen._compositor.render_strips()
        return [strip.text for strip in update]


def each() -> list[Callable[[], Dialog[Any]]]:
    makers: list[Callable[[], Dialog[Any]]] = [
        lambda: ChoiceModal("Cancel", "Why is 09:15 Smith cancelled?", OPTIONS),
        lambda: ConfirmModal("Cancel 09:15 Smith?"),
        lambda: NewClientModal(Client("", "Sana Khan")),
        lambda: DetailsModal(DETAILS),
        lambda: CallsModal(CALLS),
        lambda: CallsModal(()),
        lambda: NumberModal("Late", "How many minutes late?"),
    ]
    return makers


async def answer_to(make: Callable[[], Dialog[Any]], *keys: str, size: tuple[int, int] = (80, 24)) -> object:
    app = Host()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        app.ask(make())
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()
        if app.answer is not NOTHING:
            assert app.focused is not None
            assert app.focused.id == "second"
        return app.answer


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (("2",), "office"),
        (("e",), "entered_in_error"),
        (("down", "enter"), "office"),
        (("down", "down", "down", "enter"), "claimant"),
        (("escape",), None),
        (("9",), NOTHING),
        (("f12",), NOTHING),
    ],
)
async def test_a_choice(keys: tuple[str, ...], answer: object, size: tuple[int, int]) -> None:
    assert await answer_to(lambda: ChoiceModal("Cancel", "Why?", OPTIONS), *keys, size=size) == answer


async def test_a_choice_may_begin_elsewhere() -> None:
    assert await answer_to(lambda: ChoiceModal("Cancel", "Why?", OPTIONS, chosen="office"), "enter") == "office"


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (("y",), True),
        (("n",), False),
        (("escape",), False),
        (("enter",), False),
        (("left", "enter"), True),
        (("right", "right", "enter"), False),
    ],
)
async def test_a_question_is_answered_with_no_unless_yes_is_said(keys: tuple[str, ...], answer: bool) -> None:
    assert await answer_to(lambda: ConfirmModal("Cancel 09:15 Smith?"), *keys) is answer


async def test_a_question_may_have_yes_as_its_answer() -> None:
    assert await answer_to(lambda: ConfirmModal("Extend?", default=True), "enter") is True


@pytest.mark.parametrize(
    ("keys", "answer"), [(("y",), "copy"), (("escape",), None), (("enter",), None), (("down", "x"), NOTHING)]
)
async def test_details(keys: tuple[str, ...], answer: object) -> None:
    assert await answer_to(lambda: DetailsModal(DETAILS), *keys) == answer


async def test_details_scroll_by_the_arrows() -> None:
    app = Host()
    async with app.run_test(size=(60, 16)) as pilot:
        app.ask(DetailsModal(DETAILS))
        await pilot.pause()
        assert any("Label 0 " in line for line in app.picture())
        await pilot.press("end")
        await pilot.pause()
        assert any("Label 39" in line for line in app.picture())


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (("enter",), CallPick("resume", "a")),
        (("down", "enter"), CallPick("resume", "b")),
        (("escape",), None),
        (("x",), NOTHING),
        (("down", "x", "y"), CallPick("discard", "b")),
        (("x", "n", "escape"), None),
        (("x", "enter", "enter"), CallPick("resume", "a")),
    ],
)
async def test_unfinished_calls(keys: tuple[str, ...], answer: object) -> None:
    assert await answer_to(lambda: CallsModal(CALLS), *keys) == answer


async def test_no_unfinished_calls() -> None:
    assert await answer_to(lambda: CallsModal(()), "x", "enter") is NOTHING
    assert await answer_to(lambda: CallsModal(()), "escape") is None


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (("1", "5", "enter"), 15),
        (("enter",), NOTHING),
        (("0", "enter"), NOTHING),
        (("2", "4", "1", "enter"), NOTHING),
        (("minus", "1", "enter"), NOTHING),
        (("x", "enter", "backspace", "7", "enter"), 7),
        (("5", "escape"), None),
    ],
)
async def test_a_number(keys: tuple[str, ...], answer: object) -> None:
    assert await answer_to(lambda: NumberModal("Late", "How many minutes late?"), *keys) == answer


async def test_a_wrong_number_is_explained_until_it_is_changed() -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.ask(NumberModal("Late", "How many minutes late?"))
        await pilot.press("9", "9", "9", "enter")
        assert any("! A number from 1 to 240 is needed." in line for line in app.picture())
        await pilot.press("backspace")
        await pilot.pause()
        assert not any("is needed" in line for line in app.picture())


async def test_a_new_client_is_typed_field_by_field() -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.ask(NewClientModal(Client("", "Sana")))
        await pilot.pause()
        await pilot.press(*" Khan", "enter", *"01134960000", "enter", *"QQ123456A", "tab")
        await pilot.press(*"s@x.org", "enter", *"E-mail", "enter", *"1 High St,Leeds, LS1 4AP", "enter", *"Urdu", "enter")
        await pilot.press("enter")
        await pilot.pause()
        address = "1 High St\nLeeds\nLS1 4AP"
        assert app.answer == Client("", "Sana Khan", "01134960000", "QQ123456A", "s@x.org", "Urdu", "", "email", address)


async def test_what_is_wrong_stands_under_its_field_and_the_first_one_gets_the_focus() -> None:
    app = Host()
    async with app.run_test(size=(60, 16)) as pilot:
        dialog = NewClientModal()
        app.ask(dialog)
        await pilot.pause()
        before = [widget.region for widget in dialog.query(TextField)]
        await pilot.press("tab", *"0113", "tab", *"nonsense", "ctrl+s")
        await pilot.pause()
        assert app.answer is NOTHING
        assert app.focused is dialog.query_one("#name")
        problems = {widget.id: str(widget.content) for widget in dialog.query(".dialog--problem").results(Static)}
        assert problems["name-problem"] == "! A claimant needs a name."
        assert problems["phone-problem"] == "! The phone number has too few digits; say 0113 496 0000."
        assert problems["reference-problem"].startswith("! The national reference")
        assert problems["email-problem"] == ""
        assert [widget.region for widget in dialog.query(TextField)] == before


async def test_a_field_is_checked_when_it_is_left_and_the_sentence_goes_with_the_fault() -> None:
    app = Host()
    async with app.run_test() as pilot:
        dialog = NewClientModal(Client("", "Sana"))
        app.ask(dialog)
        await pilot.press("tab", *"0113")
        assert not any("too few" in line for line in app.picture())
        await pilot.press("tab")
        await pilot.pause()
        assert any("too few" in line for line in app.picture())
        await pilot.press("shift+tab", *"4960000", "tab")
        await pilot.pause()
        assert not any("too few" in line for line in app.picture())


async def test_what_was_typed_is_known_after_escape() -> None:
    app = Host()
    async with app.run_test() as pilot:
        dialog = NewClientModal()
        app.ask(dialog)
        await pilot.press(*"Khan", "escape")
        await pilot.pause()
        assert app.answer is None
        assert dialog.typed == Client("", "Khan")


async def test_a_large_and_hostile_paste_is_cut_and_cleaned() -> None:
    app = Host()
    async with app.run_test() as pilot:
        dialog = NewClientModal()
        app.ask(dialog)
        await pilot.pause()
        field = dialog.query_one("#name", TextField)
        field.post_message(Paste("a\x1b[2J" + "\u6f22" * 1_000_000))
        await pilot.pause()
        assert len(field.value) == 100
        assert harmless(field.value)
        field.post_message(Paste("more"))
        await pilot.pause()
        assert len(field.value) == 100
        await pilot.press("ctrl+u", "b")
        assert field.value == "b"
        field.value = "\x9b2J" * 1000
        assert harmless(field.value)
        assert len(field.value) == 100


@pytest.mark.parametrize("make", each())
@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_every_dialog_fits_and_escape_closes_it(make: Callable[[], Dialog[Any]], size: tuple[int, int]) -> None:
    app = Host()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        dialog = make()
        app.ask(dialog)
        await pilot.pause()
        frame = dialog.query_one(".dialog")
        assert dialog.region.contains_region(frame.region)
        await pilot.resize_terminal(60, 16)
        await pilot.pause()
        assert dialog.region.contains_region(frame.region)
        assert any("esc" in line for line in app.picture())
        await pilot.press("escape")
        await pilot.pause()
        assert not app.answer
        assert app.focused is not None
        assert app.focused.id == "second"


async def pictures_of(dialogs: list[Dialog[Any]], size: tuple[int, int]) -> list[list[str]]:
    app = Host()
    pictures = []
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for dialog in dialogs:
            app.ask(dialog)
            await pilot.pause()
            pictures.append(app.picture())
            dialog.dismiss(None)
            await pilot.pause()
    return pictures


async def test_hostile_text_in_lists() -> None:
    lists: list[Dialog[Any]] = [
        ChoiceModal("all", "of them", [(str(number), "k", text) for number, text in enumerate(HOSTILE)]),
        DetailsModal([(text[:200], text) for text in HOSTILE]),
        CallsModal([CallItem(str(number), text[:200], text) for number, text in enumerate(HOSTILE)]),
    ]
    for picture in await pictures_of(lists, (60, 400)):
        assert all(map(harmless, picture))
        for text in ("[bold]Eve[/]", "[/b] Bob"):
            assert any(text in line for line in picture)


async def test_hostile_text_in_frames_and_fields() -> None:
    dialogs: list[Dialog[Any]] = []
    for text in HOSTILE:
        dialogs.append(ConfirmModal(text, title=text, yes=text, no=text))
        dialogs.append(NewClientModal(Client("", text, text, text, text, text, text), title=text))
    for picture in await pictures_of(dialogs, (60, 16)):
        assert all(map(harmless, picture))


async def test_without_colour_and_with_ascii_signs_a_dialog_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = Host()
    async with app.run_test() as pilot:
        app.ask(ChoiceModal("Cancel", "Why?", OPTIONS, glyphs=ASCII))
        await pilot.press("down")
        await pilot.pause()
        lines = [line.strip() for line in app.picture() if "|" in line]
        assert [line.strip("| ") for line in lines if "office" in line] == ["> 2  office"]
        await pilot.press("escape")
        app.ask(ConfirmModal("Cancel 09:15 Smith?", glyphs=ASCII))
        await pilot.pause()
        assert any("  y yes" in line and "> n no" in line for line in app.picture())
