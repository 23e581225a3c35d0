"""The request form: the order of a call, problems under their fields, drafts, typing before there is a store, bad text."""

import subprocess
import sys
import time
from datetime import date
from itertools import pairwise

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.events import Paste
from textual.geometry import Region
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from agent_tui.domain.clients import Client
from agent_tui.domain.requests import MORNING, ClockWindow
from agent_tui.domain.site import Catalogue, Diary, Room, Site
from agent_tui.domain.type_files import read_types
from agent_tui.tui import themes
from agent_tui.tui.glyphs import ASCII, UNICODE, Glyphs
from agent_tui.tui.request_draft import FIELDS, RequestDraft
from agent_tui.tui.widgets.booking_form import DEFAULTS, HINTS, ROWS, RequestForm
from agent_tui.tui.widgets.picker import FormField, Picker
from tests.conftest import ROOT
from tests.hostile.words import WORDS
from tests.tui.test_offer_list import HOSTILE, harmless

TODAY = date(2026, 11, 24)  # a Tuesday
TYPES = {kind.code: kind for kind in read_types((ROOT / "data/types.csv").read_text(encoding="utf-8")).types}
COACHES = {"D01": ("Aisha Khan", "A"), "D02": ("Ben Osei", "B"), "D03": ("Dev Shah", "A")}
SITE = Catalogue(
    version=1,
    site=Site("LPP", "Leeds Park Place", "1 Park Place", "0113 496 0000", "ENG", "PAC desk"),
    types=TYPES,
    diaries={code: Diary(code, name, name, None, team, True, frozenset(TYPES)) for code, (name, team) in COACHES.items()},
    rooms={"R01": Room("R01", "room", "Room 1", frozenset({"room", "hearing loop"}), True)},
    patterns=(),
    closures={date(2026, 11, 25): "training"},
    teams={"A": "North team", "B": "South team"},
)
CLIENTS = [Client("C000001", "Sana Khan", phone="0113 496 0001"), Client("C000002", "Saul Kane", reference="QQ 12 34 56 A")]
SIZES = [(80, 24), (120, 36)]
BAD = tuple(dict.fromkeys((*HOSTILE, *WORDS.values())))
LABELS = {name: label for row in ROWS for name, label in row}


class Host(App[None]):
    CSS = "RequestForm { width: 38; height: 100%; } #rest { width: 1fr; }"

    def __init__(self, site: Catalogue | None = SITE, *, width: int = 38, height: str = "100%", glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        themes.install(self, "dark")
        self.animation_level = "none"
        self.messages: list[Message] = []
        self._site = site
        self._made = RequestForm(TODAY, glyphs=glyphs, id="form")
        self._made.styles.width = width
        self._made.styles.height = height

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.variable_defaults()

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield self._made
            yield Input(id="rest")

    def on_mount(self) -> None:
        self.form.focus_field("type")
        if self._site is not None:
            self.form.set_choices(self._site, TODAY)

    def hook(self, message: Message) -> None:
        # A message is seen again at each widget that it bubbles through.
        if isinstance(message, RequestForm.FormMessage) and all(message is not seen for seen in self.messages):
            self.messages.append(message)

    @property
    def form(self) -> RequestForm:
        return self._made

    @property
    def at(self) -> str | None:
        return None if self.focused is None else self.focused.id

    def field(self, name: str) -> FormField:
        return self.form.query_one(f"#{name}", FormField)

    def line(self, name: str) -> str:
        row = next(row for row in ROWS if name in dict(row))
        return str(self.form.query_one(f"#line-{row[0][0]}", Static).content)

    def places(self) -> dict[str, Region]:
        found = {widget.id or "": widget.region for widget in self.form.query("FormField, Picker, .line, #rest")}
        return {**found, "form": self.form.region}

    def picture(self) -> list[str]:
        return [strip.text for strip in self.screen._compositor.render_strips()]

    def posted(self, kind: type[Message]) -> list[Message]:
        return [message for message in self.messages if type(message) is kind]


async def go(pilot: Pilot[None], name: str, text: str) -> None:
    """Type into a field and leave it."""
    app = pilot.app
    assert isinstance(app, Host)
    app.form.focus_field(name)
    await pilot.press(*text)
    app.query_one("#rest").focus()
    await pilot.pause()


# The order of a call.


@pytest.mark.parametrize("size", SIZES)
async def test_tab_goes_through_the_fields_in_the_order_of_a_call(size: tuple[int, int]) -> None:
    app = Host()
    async with app.run_test(size=size) as pilot:
        visited = []
        for _ in FIELDS:
            visited.append(app.at)
            await pilot.press("tab")
        assert tuple(visited) == FIELDS
        assert app.at == "rest"
        for name in reversed(FIELDS):
            await pilot.press("shift+tab")
            assert app.at == name


async def test_enter_goes_on_and_submits_on_the_last_field() -> None:
    app = Host()
    async with app.run_test(message_hook=app.hook) as pilot:
        await pilot.press(*"hrt", "enter")
        assert app.form.draft.type == "HRT-F2F"
        app.form.focus_field("from")
        await pilot.pause()
        for name in FIELDS[1:]:
            assert app.at == name
            assert not app.posted(RequestForm.Submitted)
            await pilot.press("enter")
        await pilot.pause()
        assert len(app.posted(RequestForm.Submitted)) == 1
        assert app.at == "note"


async def test_a_request_typed_in_the_order_of_a_call() -> None:
    app = Host()
    async with app.run_test(message_hook=app.hook) as pilot:
        await pilot.press(*"first comm", "enter")
        app.form.focus_field("from")
        await pilot.press(*"26 nov", "tab", *"3/12", "tab", *"morning, near 10:00", "tab")
        await pilot.press(*"Khan", "tab", *"w", "tab", *"urg", "tab", *"no food", "tab", *"osei", "enter")
        assert app.at == "team"
        await pilot.press(*"south", "tab", *"f", "tab", *"hear", "tab", *"ramp", "tab", *"Welsh", "tab", *"calls back")
        app.form.flush()
        await pilot.pause()
        draft = app.form.draft
        assert not draft.problems
        request = draft.to_request(TODAY, TODAY)
        assert request is not None
        assert (request.type, request.first_day, request.last_day) == ("FC-F2F", date(2026, 11, 26), date(2026, 12, 3))
        assert (request.window, request.near, request.diary, request.team) == (MORNING, 120, "D02", "B")
        assert (request.channel, request.needs, request.client) == ("f2f", ("hearing loop",), None)
        assert draft.client_words == "Khan"
        wish = draft.to_wish(None)
        assert (wish.contact, wish.priority, wish.priority_reason) == ("walk-in", "urgent", "no food")
        assert (wish.access_needs, wish.language, wish.note) == ("ramp", "Welsh", "calls back")
        last = app.posted(RequestForm.RequestChanged)[-1]
        assert isinstance(last, RequestForm.RequestChanged)
        assert last.draft == draft
        assert last.control is app.form


async def test_what_was_understood_is_shown_back() -> None:
    app = Host()
    async with app.run_test() as pilot:
        await pilot.press(*"fc", "enter")
        await go(pilot, "from", "thu")
        await go(pilot, "to", "+4")
        await go(pilot, "time", "9-11, near 10")
        assert app.line("type") == "FC-F2F  50 minutes  payment"
        assert app.line("to") == "from Thu 26 Nov to Tue 1 Dec"  # the closed Wednesday is no working day
        assert app.line("time") == "09:00 to 11:00, near 10:00"


# Problems.

WRONG = {
    "type": ("first", "choose one"),
    "from": ("31/02", "There is no 31/02"),
    "to": ("23 nov", "23 Nov 2026 is past"),
    "time": ("10:03", "Nearest are 10:00 and 10:05"),
    "contact": ("x", "phone, online, email, walk-in"),
    "priority": ("x", "standard, high, urgent"),
    "coach": ("zzz", "No coach"),
    "team": ("zzz", "Teams: A, B"),
    "channel": ("x", "any, f2f, phone, video"),
    "needs": ("x", "hearing loop, room"),
}


@pytest.mark.parametrize("size", SIZES[:1])
@pytest.mark.parametrize("name", WRONG)
async def test_a_problem_stands_under_its_field_after_leaving_and_moves_nothing(name: str, size: tuple[int, int]) -> None:
    app = Host()
    text, words = WRONG[name]
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        before = app.places()
        app.form.focus_field(name)
        await pilot.press(*text)
        app.form.flush()
        await pilot.pause()
        assert not app.line(name).startswith("!")
        app.query_one("#rest").focus()
        await pilot.pause()
        assert app.line(name).startswith("! ")
        assert words in app.line(name)
        assert app.places() == before
        field, line = app.places()[name], app.places()[f"line-{next(row[0][0] for row in ROWS if name in dict(row))}"]
        assert (line.y, line.height) == (field.y + 1, 1)
        assert words[:20] in app.picture()[line.y]
        app.form.focus_field(name)
        await pilot.press(*["backspace"] * len(text))
        app.form.flush()
        await pilot.pause()
        assert not app.line(name).startswith("!")
        assert app.places() == before


async def test_a_field_that_is_put_right_and_typed_in_again_is_not_nagged() -> None:
    app = Host()
    async with app.run_test() as pilot:
        await go(pilot, "time", "10:03")
        app.form.focus_field("time")
        await pilot.press("backspace", "5")
        app.form.flush()
        await pilot.pause()
        assert app.line("time") == "near 10:05"
        await pilot.press("1")
        app.form.flush()
        await pilot.pause()
        assert not app.line("time").startswith("!")
        await pilot.press("tab")
        assert app.line("time").startswith("!")


async def test_a_range_that_ends_before_it_begins_and_a_reason_that_is_missing() -> None:
    app = Host()
    async with app.run_test() as pilot:
        await go(pilot, "from", "3 dec")
        await go(pilot, "to", "26 nov")
        assert app.line("to") == "! To is before from"
        await go(pilot, "priority", "u")
        assert not app.line("reason").startswith("!")
        await go(pilot, "reason", "")
        assert app.line("reason") == "! Why is it urgent?"
        await go(pilot, "reason", "no food")
        assert app.line("reason") == HINTS["reason"]


async def test_submitting_with_problems_goes_to_the_first_of_them() -> None:
    app = Host()
    async with app.run_test(message_hook=app.hook) as pilot:
        await go(pilot, "time", "10:03")
        await go(pilot, "to", "31/02")
        app.form.focus_field("note")
        await pilot.press("enter")
        assert app.at == "type"
        assert app.line("type") == "! Choose a type"
        await pilot.press(*"fc", "enter")
        assert app.line("type").startswith("FC-F2F")
        app.form.focus_field("note")
        await pilot.press("enter")
        assert app.at == "to"
        await pilot.pause()
        assert not app.posted(RequestForm.Submitted)


async def test_the_problem_is_told_in_ascii_and_by_more_than_colour() -> None:
    app = Host(glyphs=ASCII)
    async with app.run_test() as pilot:
        await go(pilot, "time", "x")
        assert app.line("time").startswith(f"{ASCII.flag} ")
        line = app.form.query_one("#line-time", Static)
        hint = app.form.query_one("#line-note", Static)
        assert line.rich_style.bold
        assert not hint.rich_style.bold
        assert all(char.isascii() or char == " " for row in app.picture() for char in row[:38])


# Messages.


async def test_a_pause_in_typing_a_left_field_and_a_picked_type_each_tell_the_request() -> None:
    app = Host()
    async with app.run_test(message_hook=app.hook) as pilot:
        await pilot.pause()
        app.messages.clear()
        await pilot.press(*"hrt")
        app.form.flush()
        await pilot.pause()
        assert len(app.posted(RequestForm.RequestChanged)) == 1
        app.form.flush()
        await pilot.pause()
        assert len(app.posted(RequestForm.RequestChanged)) == 1
        await pilot.press("enter")
        await pilot.pause()
        assert [type(message) for message in app.messages[1:]] == [RequestForm.RequestChanged, RequestForm.TypePicked]
        changed = app.messages[1]
        assert isinstance(changed, RequestForm.RequestChanged)
        assert changed.draft.type == "HRT-F2F"
        app.form.focus_field("from")
        await pilot.press(*"thu", "tab")
        await pilot.pause()
        last = app.messages[-1]
        assert isinstance(last, RequestForm.RequestChanged)
        assert last.draft.first_day == date(2026, 11, 26)


async def test_typing_pauses_are_waited_for_with_one_timer() -> None:
    app = Host()
    async with app.run_test(message_hook=app.hook) as pilot:
        app.form.focus_field("note")
        await pilot.pause()
        app.messages.clear()
        for char in "many words":
            app.field("note").insert_text_at_cursor(char)
        await pilot.pause()
        running = [timer for timer in app.form._timers if timer is app.form._timer]
        assert len(running) == 1
        app.form.flush()
        await pilot.pause()
        assert len(app.posted(RequestForm.RequestChanged)) == 1


async def test_who_the_claimant_is() -> None:
    app = Host()
    async with app.run_test(message_hook=app.hook) as pilot:
        app.form.focus_field("client")
        await pilot.press(*"sa")
        await pilot.pause()
        typed = [message for message in app.messages if isinstance(message, RequestForm.ClientTyped)]
        assert [message.text for message in typed] == ["s", "sa"]
        app.form.show_clients(typed[0].generation, CLIENTS[:1])
        assert not app.form.query_one("#picker-client", Picker).is_open
        app.form.show_clients(typed[1].generation, CLIENTS)
        await pilot.press("down", "enter")
        await pilot.pause()
        assert app.form.draft.client == "C000002"
        assert app.posted(RequestForm.ClientPicked)
        assert app.line("client") == "C000002"
        await pilot.press("x")
        assert app.form.draft.client is None
        assert app.form.draft.client_words == "Saul Kanex"
        app.form.set_client("C000009", "Zoë New")
        await pilot.pause()
        assert (app.form.draft.client, app.field("client").value) == ("C000009", "Zoë New")


async def test_another_today_reads_the_days_anew() -> None:
    app = Host()
    async with app.run_test() as pilot:
        await go(pilot, "from", "tomorrow")
        app.form.set_today(date(2026, 11, 30))
        assert app.form.draft.first_day == date(2026, 12, 1)
        assert app.line("from") == "from Tue 1 Dec"


# Before the store is open.


async def test_keys_typed_before_the_store_is_open_are_kept_and_matched_when_it_is() -> None:
    app = Host(None)
    async with app.run_test(message_hook=app.hook) as pilot:
        await pilot.press(*"first comm", "enter", *"thu", "tab", "tab", *"pm", "tab", "tab", "tab", "tab", "tab")
        await pilot.press(*"osei", "enter", *"b", "tab", "tab", *"room", "tab")
        draft = app.form.draft
        assert (draft.type, draft.diary, draft.team, draft.needs) == (None, None, None, ())
        assert (draft.first_day, draft.window) == (date(2026, 11, 26), ClockWindow(144, 288, False))
        assert not draft.problems
        at = app.at
        app.messages.clear()
        app.form.set_choices(SITE, TODAY)
        await pilot.pause()
        draft = app.form.draft
        assert (draft.type, draft.diary, draft.team, draft.needs) == ("FC-F2F", "D02", "B", ("room",))
        assert not draft.problems
        assert app.at == at
        last = app.messages[-1]
        assert isinstance(last, RequestForm.RequestChanged)
        assert last.draft == draft


async def test_a_type_half_typed_when_the_store_opens_gets_its_list_then() -> None:
    app = Host(None)
    async with app.run_test() as pilot:
        await pilot.press(*"fi")
        app.form.set_choices(SITE, TODAY)
        await pilot.press(*"rst c")
        await pilot.pause()
        assert app.form.query_one("#picker-type", Picker).is_open
        await pilot.press("enter")
        assert app.form.draft.type == "FC-F2F"


def test_the_form_needs_no_store() -> None:
    code = (
        "import sys, agent_tui.tui.widgets.booking_form\n"
        "print([name for name in ('sqlalchemy', 'sqlmodel', 'pydantic', 'alembic', 'numpy', 'agent_tui.services', "
        "'agent_tui.store') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.strip() == "[]"


# Drafts.


async def test_a_draft_goes_out_and_comes_back() -> None:
    first, second = Host(), Host(None)
    async with first.run_test() as pilot:
        await pilot.press(*"fc", "enter")
        for name in FIELDS[1:]:
            await go(pilot, name, WRONG.get(name, (f"{name} é",))[0])
        first.form.set_client("C000001", "Sana Khan")
        texts, picked, draft = first.form.texts, first.form.picked, first.form.draft
        assert set(texts) == set(FIELDS)
        assert all(texts.values())
    async with second.run_test(message_hook=second.hook) as pilot:
        second.form.fill(texts, picked)
        await pilot.pause()
        assert (second.form.texts, second.form.picked) == (texts, picked)
        second.form.set_choices(SITE, TODAY)
        assert second.form.draft == draft
        assert second.line("time").startswith("! ")
        await pilot.pause()
        assert len(second.posted(RequestForm.RequestChanged)) == 2


async def test_a_draft_of_another_version_is_taken_as_far_as_it_goes() -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.form.fill({"time": "am", "unknown": "x"}, {"unknown": "y"})
        await pilot.pause()
        assert app.form.texts == {**dict.fromkeys(FIELDS, ""), "time": "am"}


async def test_typing_goes_on_behind_what_was_filled_in() -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.form.fill({"note": "calls", "client": "Khan"}, {})
        for name, wanted in (("note", "calls!"), ("client", "Khan!")):
            app.form.focus_field(name)
            await pilot.press("!")
            assert app.field(name).value == wanted


async def test_the_next_call_starts_with_nothing_of_this_one() -> None:
    app = Host()
    async with app.run_test(size=(120, 36), message_hook=app.hook) as pilot:
        await pilot.press(*"fc", "enter")
        await go(pilot, "time", "10:03")
        await go(pilot, "note", "secret note")
        app.form.focus_field("client")
        await pilot.press(*"sa")
        generation = app.form.query_one("#picker-client", Picker).generation
        app.form.show_clients(generation, CLIENTS)
        app.form.clear_for_next_call()
        app.form.show_clients(generation, CLIENTS)  # an answer that was still on its way
        await pilot.pause()
        empty = RequestDraft(texts=dict.fromkeys(FIELDS, ""))
        assert app.form.draft == empty
        assert app.form.picked == {}
        last = app.posted(RequestForm.RequestChanged)[-1]
        assert isinstance(last, RequestForm.RequestChanged)
        assert last.draft == empty
        assert all(options.option_count == 0 for options in app.form.query(OptionList))
        assert not [row for row in app.picture() if "Sana" in row or "secret" in row or "! " in row]
        assert [app.line(name) for name in HINTS] == list(HINTS.values())


# How it looks.


@pytest.mark.parametrize("width", [36, 38, 40, 48, 60])
async def test_every_field_has_room_and_every_hint_is_whole(width: int) -> None:
    app = Host(width=width, height="22")
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        inside = app.form.region.shrink(app.form.styles.gutter)
        for name in FIELDS:
            region = app.field(name).region
            assert region.width >= 7, name
            assert inside.contains_region(region)
            assert cell_len(DEFAULTS.get(name, "")) <= region.width
        picture = "\n".join(app.picture())
        assert all(label in picture for label in LABELS.values())
        assert all(hint in picture for hint in HINTS.values())


@pytest.mark.parametrize("height", [6, 10, 16])
async def test_a_low_form_scrolls_so_that_a_field_is_in_sight_with_its_line(height: int) -> None:
    app = Host(height=str(height))
    async with app.run_test(size=(80, 24)) as pilot:
        for name in (*FIELDS, *reversed(FIELDS)):
            app.form.focus_field(name)
            await pilot.pause()
            inside = app.form.region.shrink(app.form.styles.gutter)
            row = next(row for row in ROWS if name in dict(row))
            assert inside.contains_region(app.field(name).region), name
            assert inside.contains_region(app.form.query_one(f"#line-{row[0][0]}").region), name


@pytest.mark.parametrize("size", [*SIZES, (60, 16), (20, 5)])
async def test_a_list_moves_nothing_and_does_not_cover_its_field(size: tuple[int, int]) -> None:
    app = Host()
    async with app.run_test(size=size) as pilot:
        for name, text in (("type", "i"), ("coach", "d"), ("client", "s")):
            app.form.focus_field(name)
            await pilot.pause()
            before = app.places()
            await pilot.press(text)
            if name == "client":
                app.form.show_clients(app.form.query_one("#picker-client", Picker).generation, CLIENTS)
            await pilot.pause()
            picker = app.form.query_one(f"#picker-{name}", Picker)
            shown = picker.query_one(OptionList).region
            assert shown.height
            assert not shown.overlaps(picker.field.region)
            assert app.places() == before


async def test_the_focus_is_seen_without_colour() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        focused = app.picture()[0]
        assert app.field("type").rich_style.underline
        app.query_one("#rest").focus()
        await pilot.pause()
        assert app.picture()[0] != focused
        assert not app.field("type").rich_style.underline


async def test_no_cursor_blinks() -> None:
    app = Host()
    async with app.run_test():
        assert not any(field.cursor_blink for field in app.form.query(FormField))


def test_no_letter_is_bound_where_text_is_typed() -> None:
    keys = [binding.key for binding in RequestForm.BINDINGS if not isinstance(binding, tuple)]
    assert all(key.startswith(("ctrl+", "f")) or key == "escape" for key in keys)
    assert all(len(key) > 1 for key in keys)


def test_the_fields_are_all_there_once() -> None:
    names = [name for row in ROWS for name, _label in row]
    assert tuple(names) == FIELDS
    assert all(first != second for first, second in pairwise(names))
    assert set(HINTS) == {row[0][0] for row in ROWS}


# Bad text.


@pytest.mark.parametrize("size", SIZES[:1])
async def test_hostile_text_in_every_field_is_only_ever_printed(size: tuple[int, int]) -> None:
    app = Host()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        before = app.places()
        for text in BAD:
            app.form.fill({}, {})
            for name in FIELDS:
                app.field(name)._on_paste(Paste(text))
            app.form.focus_problem()
            await pilot.pause()
            draft = app.form.draft
            assert all(harmless(value) and len(value) <= 1000 for value in draft.texts.values())
            assert all(map(harmless, (*draft.problems.values(), *app.picture())))
            # A low form scrolls to the problem, so only the shape is compared.
            assert {name: (place.x, place.size) for name, place in app.places().items()} == {
                name: (place.x, place.size) for name, place in before.items()
            }


async def test_hostile_drafts_and_claimants_are_only_ever_printed() -> None:
    app = Host()
    async with app.run_test(size=(120, 36)) as pilot:
        for text in BAD:
            app.form.fill(dict.fromkeys(FIELDS, text), {"client": text})
            app.form.focus_problem()
            app.form.focus_field("client")
            app.form.set_client(None, text)
            client = Client("C000001", text, phone=text, reference=text)
            app.form.show_clients(app.form.query_one("#picker-client", Picker).generation, [client])
            await pilot.pause()
            assert all(map(harmless, app.picture()))
            assert all(harmless(value) for value in app.form.texts.values())


@pytest.mark.parametrize("name", FIELDS)
async def test_a_megabyte_is_cut_at_once(name: str) -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.form.focus_field(name)
        spent = time.process_time()
        app.field(name)._on_paste(Paste("\x1b[2Jé\n" * 160_000))
        spent = time.process_time() - spent
        assert spent < 0.1
        await pilot.pause()
        app.form.flush()
        await pilot.press("x")
        assert 0 < len(app.field(name).value) <= 1000
        assert harmless(app.field(name).value)
