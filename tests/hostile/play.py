"""The app at its terminal, led from inside: every screen, every command, every dialog, and hostile text in every field.

Run by `terminal.play`, with its orders as one argument of JSON; what was done and found goes into the report that they name.
"""

import asyncio
import json
import sys
import traceback
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from itertools import count
from os import environ
from pathlib import Path
from types import FrameType
from typing import Any

from rich.cells import cell_len
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Input

import agent_tui.tui
from agent_tui.domain.cleaning import clean_for_display
from agent_tui.settings import load
from agent_tui.store.opening import open_store
from agent_tui.store.unit_of_work import Store
from agent_tui.tui.app import AgentTui
from agent_tui.tui.modals import fields
from agent_tui.tui.modals.base import TextField
from agent_tui.tui.pasting import END, START, PasteParser
from agent_tui.tui.registry import BY_ID
from agent_tui.tui.screens.booking import BookingScreen
from agent_tui.tui.screens.going import SCREENS, go_to
from agent_tui.tui.widgets.lines import StatusLine
from tests.hostile.generator import strings
from tests.hostile.site import write_words
from tests.hostile.words import WORDS
from tests.settling import settle, settled

HERE = Path(agent_tui.tui.__file__).parent
# They leave the app or the screen, or only move about in it.
NOT_PRESSED = {"theme", "quit", "screens", "back", "palette", "up", "down", "left", "right", "fine_up", "fine_down"}
Site = tuple[str, int]
# By screen, what opens its dialogs: where the cursor goes first (diary, day, tick), then commands, texts for fields
# (=field:text) and keys. A dialog that is missing here is missed by the register of fields.
ROUTES: dict[str, list[tuple[Any, ...]]] = {
    "booking": [
        (("D01", "2026-11-24", 156), "attended_late"),
        (("D01", "2026-11-24", 156), "add_feedback"),
        (("D01", "2026-11-26", 120), "wait_sooner"),
        (("D01", "2026-11-25", 180), "block_time", "block_time"),
        (("D01", "2026-11-25", 120), "rehome"),
        (("D01", "2026-11-25", 120), "details"),
        (("D01", "2026-11-25", 120), "why_not"),
        (None, "new_client"),
        (None, "ask", "=ask:fcm f2f"),
        (None, "=type:NJR-F2F", "pair"),
    ],
    "diaries": [
        *((None, id) for id in ("request_diary", "overtime", "escalate")),
        (None, "key end", "open_diary"),
        (None, "key home", "absorb"),
    ],
    "segments": [(None, id) for id in ("new_segment", "choose_dates", "also_for", "choose_owner")],
    "types": [(None, id) for id in ("key_type", "drop_in")],
    "today": [(None, "print_list")],
    "week": [(None, id) for id in ("pick_type", "to_guarantees", "new_guarantee", "edit_guarantee", "sign_week")],
    "use": [(None, id) for id in ("use_days",)],
    "sandbox": [(None, "open_draft")],
    "flags": [(None, id) for id in ("keep_flag", "list_contacts", "list_handoffs", "filter_flags")],
    "staff": [(None, id) for id in ("add_staff", "change_role", "staff_email")],
    "record": [(None, id) for id in ("export_log", "verify_file", "subject")],
    "reports": [(None, id) for id in ("report_days", "compare_with", "write_files", "schedule_report", "write_due")],
    "support": [
        *((None, id) for id in ("new_item", "raise_ticket", "answer_question")),
        (None, "incident", "key 2"),
        (None, "pick_support", "key 2", "close_item"),
        *((None, "pick_support", "key 4", id) for id in ("new_item", "improve_item")),
        (None, "pick_support", "key 6", "new_item"),
    ],
}
PLACES_TO_TYPE = ("new client", "record", "alignment", "booking")
SEPARATOR = "|"
NAME_CELLS = 16
"""Cells of a name that a list shows at least."""


def joined(words: Iterator[str], cells: int) -> list[str]:
    """Return the next strings, line ends taken out, that stand in so many cells one after another, at least one."""
    taken: list[str] = []
    used = 0
    while True:
        word = "".join(next(words).splitlines())
        used += cell_len(clean_for_display(word)) + 1
        if taken and used > cells:
            return taken
        taken.append(word)


# What takes seconds: a draft is tried before it is kept under a name.
LONG_ROUTES: dict[str, list[tuple[Any, ...]]] = {
    "sandbox": [
        *((None, id) for id in ("open_draft", "switch_source")),
        *((None, "key home", id) for id in ("try_draft", "keep_draft")),
    ],
}


def site_of(frame: FrameType | None, own: object) -> Site:
    """Return the file under tui/ and the line in which a call stands, past the initialisers of `own` itself."""
    while frame is not None and frame.f_code.co_name == "__init__" and frame.f_locals.get("self") is own:
        frame = frame.f_back
    if frame is None:
        return ("", 0)
    path = Path(frame.f_code.co_filename)
    return (str(path.relative_to(HERE)) if path.is_relative_to(HERE) else path.name, frame.f_lineno)


class Spy:
    """Takes down where in the source each field was made, and into which of them something was pasted."""

    def __init__(self) -> None:
        self.made: set[tuple[Site, str]] = set()
        self.filled: set[tuple[Site, str]] = set()
        self.lines: list[tuple[Site, str]] = []
        self._watch(TextField, lambda own, site: setattr(own, "made_in", site))
        self._watch(fields.Field, lambda own, site: self._line(site, own.name))

    def _watch(self, kind: type, note: Callable[[Any, Site], None]) -> None:
        initialise = kind.__init__  # type: ignore[misc]

        def watched(own: Any, *given: Any, **named: Any) -> None:
            initialise(own, *given, **named)
            note(own, site_of(sys._getframe(1), own))

        kind.__init__ = watched  # type: ignore[misc]

    def _line(self, site: Site, name: str) -> None:
        self.lines.append((site, name))
        self.made.add((site, name))

    def fill(self, field: Input) -> None:
        """Take down that something was pasted into a field."""
        name = field.id or ""
        self.filled.add((getattr(field, "made_in", (type(field).__module__, 0)), name))
        self.filled.update((site, label) for site, label in self.lines if label == name)


class Player:
    """One run of the app."""

    def __init__(self, orders: dict[str, Any]) -> None:
        self.orders = orders
        self.spy = Spy()
        self.words: dict[str, str] = {**WORDS, "NUL": "Sana\0Khan", "surrogate": "\ud800x"}
        self.pressed: set[tuple[str, str]] = set()
        self.dialogs: dict[str, int] = {}
        self.wrong: list[str] = []
        self.said: list[str] = []
        self.pastes = self.fields = self.shown = self.typed = 0
        overrides = {"store": orders["store"], "login": orders.get("login", "super1"), "site": None, "now": None}
        self.app = AgentTui(load(overrides, environ))
        self.pilot: Pilot[Any] = Pilot(self.app)

    async def lead(self, pilot: Pilot[Any]) -> None:
        """Do what was ordered and leave."""
        self.pilot = pilot
        try:
            await self._until(lambda: isinstance(self.app.screen, BookingScreen) and self.app.screen.staff is not None)
            await getattr(self, self.orders["act"])()
        except Exception:
            self.wrong.append(traceback.format_exc())
        self.app.exit()

    async def _until(self, true: Callable[[], bool]) -> None:
        for _ in range(12_000):
            if true():
                return
            await asyncio.sleep(0.005)
        raise AssertionError("waited in vain")

    async def rest(self) -> None:
        """Wait until the workers are done and what they found is painted."""
        for _ in range(2):
            await self._until(lambda: all(one.is_finished for one in self.app.workers))
            await self.pilot._wait_for_screen()

    async def press(self, key: str) -> None:
        """Press a key and wait for what it does."""
        await self.app._press_keys([key])
        await self.rest()

    async def paste(self, field: Input, word: str) -> None:
        """Paste a word into a field as the terminal's bytes would come, and see what stands there."""
        field.value = ""
        if not field.has_focus:
            field.focus()
        for event in PasteParser().feed(START + word.replace(END, "") + END):
            field.post_message(event)
        await self.settled(field)
        self.pastes += 1
        self.spy.fill(field)
        if clean_for_display(field.value) != field.value:
            self.wrong.append(f"{self.app.screen} {field.id} holds {field.value[:60]!r}")

    async def settled(self, field: Input) -> None:
        """Wait until a field has taken what was sent to it."""
        done = asyncio.Event()
        field.call_later(done.set)
        await done.wait()

    async def screens(self) -> None:
        """Open every screen, and its commands unless only a look is ordered."""
        for name in self.orders.get("screens", SCREENS):
            go_to(self.app, name)
            await self.rest()
            if self.orders.get("fields", True):
                await self.inputs_of(self.app.screen)
                await self.routes_of(name)
            if self.orders.get("commands"):
                await self.commands_of(name)
            await self.back_to(name)
        if self.orders.get("fields", True):
            await self.palette()

    async def inputs_of(self, screen: Any) -> None:
        """Paste words into every field of a screen or a dialog: of each `share` words one, another in the next field."""
        share = self.orders.get("share", 1)
        for field in list(screen.query(Input)):
            if not field.is_attached or not field.focusable:
                continue
            before = field.value
            self.fields += 1
            for number, word in enumerate(self.words.values()):
                if (number + self.fields) % share == 0:
                    await self.paste(field, word[:5000])
                    await settled(self.app)
            field.value = before
        await self.rest()

    async def commands_of(self, name: str) -> None:
        """Press each command of each pane of a screen once."""
        screen = self.app.screen
        for pane in [one for one in screen.query("*") if one.focusable]:
            if not pane.is_attached or not pane.focusable:
                continue
            pane.focus()
            await self.rest()
            bindings = [(key, one.binding.id or "") for key, one in screen.active_bindings.items()]
            for key, id in bindings:
                if id not in BY_ID or id in NOT_PRESSED or self.orders.get("only") not in (None, id):
                    continue
                once = (name if BY_ID[id].where[0] != "app" else "", id)
                if once not in self.pressed:
                    self.pressed.add(once)
                    if pane.is_attached and pane.focusable:
                        pane.focus()
                    await self.press(key)
                    await self.answer()
                    await self.back_to(name)

    async def routes_of(self, name: str) -> None:
        """Go to the dialogs that only open where something special is under the cursor."""
        long = LONG_ROUTES.get(name, []) if self.orders.get("commands") else []
        for cell, *ids in [*ROUTES.get(name, []), *long]:
            screen: Any = self.app.screen
            if cell is not None:
                diary, day, tick = cell
                screen.show_day(date.fromisoformat(day), go_to=(diary, date.fromisoformat(day), tick))
                await self.rest()
                screen.grid.focus()
                screen.grid.move_cursor_to(diary, date.fromisoformat(day), tick)
                await self.rest()
            for id in ids:
                if id.startswith("="):
                    field, _, text = id[1:].partition(":")
                    screen.query_one(f"#{field}").focus()
                    await self.paste(screen.query_one(f"#{field}", Input), text)
                    await self.rest()
                    await self.press("enter")
                elif id.startswith("key "):
                    await self.press(id[4:])
                else:
                    await self.app.run_action(BY_ID[id].action, screen)
                    await self.rest()
            await self.answer()
            await self.back_to(name)
            self.said.append(f"{name} {ids}: {self.app.screen.query_one('#status', StatusLine).text}")

    async def answer(self) -> None:
        """Paste words into the fields of a dialog and take it with a hostile word in each; then take it as it was."""
        for _ in range(5):
            dialog = self.app.screen
            if not isinstance(dialog, ModalScreen):
                return
            kind = f"{type(dialog).__name__} {getattr(dialog, '_heading', '')}"
            if kind not in self.dialogs:
                before = {field: field.value for field in dialog.query(Input)}
                await self.inputs_of(dialog)
                for field in before:
                    if field.is_attached and field.focusable:
                        await self.paste(field, self.words["title"])
                if before:
                    await self.press("ctrl+s")
                for field, value in before.items():
                    field.value = value
                await self.rest()
            for field in dialog.query(Input):
                field.value = self.orders.get("usual", {}).get(field.id, field.value)
            self.dialogs[kind] = self.dialogs.get(kind, 0) + 1
            for key in ("end", "enter", "ctrl+s", "escape") if "why?" in kind else ("enter", "ctrl+s", "escape"):
                if self.app.screen is dialog:
                    await self.press(key)

    async def back_to(self, name: str) -> None:
        """Come back to a screen from wherever a command has led."""
        for _ in range(6):
            if isinstance(self.app.screen, ModalScreen):
                await self.press("escape")
        wanted = self.app._installed_screens.get(name)
        if name == "booking":
            wanted = next(one for one in self.app.screen_stack if isinstance(one, BookingScreen))
        if self.app.screen is not wanted:
            while len(self.app.screen_stack) > 2:
                self.app.pop_screen()
                await self.rest()
            go_to(self.app, name)
            await self.rest()

    async def palette(self) -> None:
        """Paste every word into the field of the command palette."""
        self.app.action_command_palette()
        await self.rest()
        await self.inputs_of(self.app.screen)
        await self.press("escape")

    async def strings(self) -> None:
        """Paste half of so many generated strings, and show the others out of the store; each is counted when it is seen."""
        wanted, seed = self.orders["count"], self.orders["seed"]
        typed, kept = strings(seed, surrogates=True), strings(seed + 1, surrogates=False)
        while self.typed < wanted // 2:
            for place in PLACES_TO_TYPE:
                await self.type_into(place, typed, wanted // 2)
        store = open_store(self.orders["store"])
        try:
            for number in count():
                if self.typed + self.shown >= wanted:
                    break
                assert number < wanted, f"only {self.shown} of the strings that were stored are seen"
                if number % 10 == 0:
                    await self.list_in(store, "staff", kept, "read_staff", "staff", "name", NAME_CELLS)
                    await self.list_in(store, "queue", kept, "read_queue", "client", "name", NAME_CELLS)
                await self.show_details(store, kept)
        finally:
            store.close()

    async def type_into(self, place: str, words: Iterator[str], most: int) -> None:
        """Paste as many strings as it shows into each field of a screen or a dialog, some rounds, each painted."""
        go_to(self.app, "booking" if place == "new client" else place)
        await self.rest()
        if place == "new client":
            await self.app.run_action(BY_ID["new_client"].action, self.app.screen)
            await self.rest()
        fields = [one for one in self.app.screen.query(Input) if one.focusable]
        for _ in range(1 if place == "booking" else 20):
            for field in fields if self.typed < most else ():
                said = joined(words, min(field.size.width, getattr(field, "_longest", 1)) - 1)
                await self.paste(field, SEPARATOR.join(said))
                # An escape character inside a paste would end it, and a NUL is no key: neither comes as far as the field.
                coming = clean_for_display(SEPARATOR.join(said).translate({0: None, 27: None}))
                if field.value != coming[: getattr(field, "_longest", len(coming))]:
                    self.wrong.append(f"{place} {field.id} holds {field.value!r} of {coming!r}")
                self.typed += len(said)
            await settled(self.app)
        for field in fields:
            field.value = ""
        await self.rest()
        if isinstance(self.app.screen, ModalScreen):
            await self.press("escape")

    async def list_in(
        self, store: Store, name: str, words: Iterator[str], read: str, table: str, column: str, cells: int
    ) -> None:
        """Write strings into the rows that a screen lists, have it read them again, and count those that it shows."""
        given: list[str] = []

        def noted() -> Iterator[str]:
            while True:
                said = joined(words, cells)
                given.extend(said)
                yield SEPARATOR.join(said)

        await asyncio.to_thread(store.write, partial(write_words, words=noted(), columns={table: (column,)}))
        if self.app.screen is not self.app._installed_screens.get(name):
            go_to(self.app, name)
            await self.rest()
        await self.app.run_action(BY_ID[read].action, self.app.screen)
        await self.rest()
        self._count(given, self.app.screen.size.region)

    async def show_details(self, store: Store, words: Iterator[str]) -> None:
        """Write a note that fills the dialog of an appointment's details, open it, and count the strings that it shows."""
        screen = self.app.screen
        if not isinstance(screen, BookingScreen):
            go_to(self.app, "booking")
            await self.rest()
            screen = self.app.screen
            assert isinstance(screen, BookingScreen)
            diary, day, tick = ROUTES["booking"][0][0]
            screen.show_day(date.fromisoformat(day), go_to=(diary, date.fromisoformat(day), tick))
            await self.rest()
            screen.grid.focus()
            screen.grid.move_cursor_to(diary, date.fromisoformat(day), tick)
            await self.rest()
        given = joined(words, 3_500)
        text = SEPARATOR.join(given)
        await asyncio.to_thread(store.write, lambda unit: unit.run("UPDATE note SET body = ? WHERE kind = 'note'", text))
        screen.action_details()
        await self.rest()
        dialog = self.app.screen
        if not isinstance(dialog, ModalScreen):
            raise AssertionError(f"no details: {screen.status.text}")
        self._count(given, dialog.query_one("#details").region)
        dialog.dismiss(None)
        await self.rest()

    def _count(self, given: list[str], region: Region) -> None:
        """Count the strings that stand in a region of the screen, whatever lines they are broken into."""
        lines = self.app.screen._compositor.render_strips()[max(region.y, 0) : region.bottom]
        squeezed = "".join("".join(strip.crop(region.x, region.right).text.split()) for strip in lines)
        self.shown += sum(bool(said) and said in squeezed for said in ("".join(clean_for_display(one).split()) for one in given))

    def report(self) -> dict[str, Any]:
        """Return what was done and found."""
        error = self.app._exception
        return {
            "made": sorted(self.spy.made),
            "filled": sorted(self.spy.filled),
            "pressed": sorted(self.pressed),
            "dialogs": self.dialogs,
            "pastes": self.pastes,
            "typed": self.typed,
            "shown": self.shown,
            "said": self.said,
            "wrong": self.wrong,
            "exception": None if error is None else "".join(traceback.format_exception(error)),
            "code": self.app.return_code,
        }


def main() -> None:
    orders = json.loads(sys.argv[1])
    settle()
    player = Player(orders)
    player.app.run(auto_pilot=player.lead)
    Path(orders["report"]).write_text(json.dumps(player.report()), encoding="utf-8")


if __name__ == "__main__":
    main()
