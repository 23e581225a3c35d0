"""The app: settings, theme, keymap and help; what an agent does is on the screens."""

import asyncio
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import ClassVar, Final

from rich.text import Text
from textual.actions import ActionParseResult
from textual.binding import BindingType
from textual.dom import DOMNode
from textual.driver import Driver
from textual.screen import ModalScreen
from textual.worker import WorkerFailed

from agent_tui.failures import written_down
from agent_tui.settings import Settings
from agent_tui.tui.commands import BY_ID, NO_KEYMAP, PaletteCommands, bindings_for, not_for, usable_keymap
from agent_tui.tui.glyphs import UNICODE, glyphs
from agent_tui.tui.help_screen import HelpScreen
from agent_tui.tui.jumping import jump
from agent_tui.tui.looking import LookingApp
from agent_tui.tui.modals import ChoiceModal, ConfirmModal, PageModal
from agent_tui.tui.modals.base import EVERYWHERE, IN_DIALOG, Dialog
from agent_tui.tui.pasting import guard_input
from agent_tui.tui.screens.booking import BookingScreen
from agent_tui.tui.screens.manager import ManagerScreen
from agent_tui.tui.scrollbars import draw_scrollbars
from agent_tui.tui.styling import RememberingStylesheet
from agent_tui.tui.themes import install, variable_defaults

THREADS: Final = 32
"""How many pieces of work may be under way at once; a thread is made when there is none that is idle."""


class AgentTui(LookingApp):
    """The booking desk of one person; `now` returns site time as naive wall time, `idle_clock` seconds that go forward."""

    TITLE = "agent-tui"
    CSS_PATH = "app.tcss"
    COMMANDS: ClassVar = {PaletteCommands}
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("app")]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (180, "-huge")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (36, "-tall")]
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self,
        settings: Settings,
        now: Callable[[], datetime] | None = None,
        idle_clock: Callable[[], float] = time.monotonic,
        first_run: str | None = None,
        greet: bool = False,
    ) -> None:
        """Take the settings; `first_run` is where a demo site would go when there is no store yet and one is to be offered.

        With `greet` the tour and what is new are named once for each user.
        """
        super().__init__(settings, idle_clock)
        self.stylesheet = RememberingStylesheet(variables=self.get_css_variables())
        self.keys_in_use: Mapping[str, str] = NO_KEYMAP
        self.first_run = first_run
        self.greet = greet
        fixed = settings.now
        self.now: Callable[[], datetime] = now or (datetime.now if fixed is None else lambda: fixed)
        self.animation_level = "none"
        signs = glyphs(settings.glyphs == "ascii")
        self.set_class(signs is not UNICODE, "-ascii")
        draw_scrollbars(signs)

    def get_driver_class(self) -> type[Driver]:
        """Return what reads and writes the terminal, with pastes kept apart from keys."""
        driver = super().get_driver_class()
        guard_input(driver)
        return driver

    def _fatal_error(self) -> None:
        """Leave with a sentence in place of Textual's traceback, which shows the values of variables and so claimants."""
        error = self._exception
        inner = error.error if isinstance(error, WorkerFailed) else error
        self.panic(Text("agent-tui failed inside." if inner is None else written_down(inner)))

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give our own variables a value before a theme of ours is on."""
        return variable_defaults()

    def on_mount(self) -> None:
        """Put the theme and the user's keys on and show the booking screen, before the store is open."""
        # Python's own number of threads, six on two processors, would all wait for a store that does not answer, and what is
        # done in memory would wait for them.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "work"))
        install(self, self.settings.theme)
        self.keys_in_use, problems = usable_keymap(self.settings.keymap)
        self.set_keymap(dict(self.keys_in_use))
        self.show_look()
        if self.first_run is None:
            self.push_screen(BookingScreen(self.settings, self.now, self.look.day_from(self.now().date())))
        else:
            self._offer_a_store(self.first_run)
        self.watch_idle()
        for problem in [self.look_trouble, *problems] if self.look_trouble else problems:
            self.notify(problem, severity="warning", timeout=15, markup=False)

    def _offer_a_store(self, demo_store: str) -> None:
        """Ask what to open where there is no store; the booking screen comes in its place."""
        from agent_tui.tui.screens.first_run import FirstRunScreen

        def opened(settings: Settings) -> None:
            self.settings = settings
            self.switch_screen(BookingScreen(settings, self.now))

        self.push_screen(FirstRunScreen(self.settings, demo_store, self.now, opened))

    def action_help(self) -> None:
        """Show the keys of the pane in hand, then all of them."""
        screen = self.screen
        context = screen.context if isinstance(screen, BookingScreen | ManagerScreen) else "app"
        self.push_screen(HelpScreen(context, self.keys_in_use, self.role))

    @property
    def role(self) -> str | None:
        """The role of the person at this terminal; None until the store is open."""
        booking = next((one for one in self.screen_stack if isinstance(one, BookingScreen)), None)
        return None if booking is None or booking.staff is None else booking.staff.role

    def urgent_words(self) -> str:
        """Say under the cover how long the hold in hand has."""
        booking = next((one for one in self.screen_stack if isinstance(one, BookingScreen)), None)
        return "" if booking is None else booking.hold_words()

    async def run_action(
        self,
        action: "str | ActionParseResult",
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run an action, or say who could when it is not for the role of the person: keys, clicks and the palette alike."""
        sentence = not_for(self.role, action) if isinstance(action, str) else None
        if sentence is None:
            return await super().run_action(action, default_namespace, namespaces)
        if isinstance(self.screen, BookingScreen | ManagerScreen):
            self.screen.say(sentence, "warning")
        return True

    def action_jump(self) -> None:
        """Put a letter on every pane and field of the screen or dialog in front, and go where the letter typed says."""
        if isinstance(self.screen, Dialog) or not isinstance(self.screen, ModalScreen):
            jump(self)

    def action_whats_new(self) -> None:
        """Show what is new in this version."""
        from agent_tui.resources import data_file

        if not isinstance(self.screen, ModalScreen):
            text = data_file("help/new.md").read_text(encoding="utf-8")
            heading, _, rest = text.partition("\n")
            self.push_screen(PageModal(heading.lstrip("# "), rest.strip()))

    def action_screens(self) -> None:
        """Choose another screen; the one that is left stays as it is."""
        from agent_tui.tui.screens.going import SCREENS, go_to, opens

        if isinstance(self.screen, ModalScreen) or not any(isinstance(one, BookingScreen) for one in self.screen_stack):
            return
        options = [(name, key, words) for name, (key, words) in SCREENS.items() if opens(name, self.role)]

        def chosen(name: str | None) -> None:
            if name is not None:
                go_to(self, name)

        self.push_screen(ChoiceModal("Screens", "Where to?", options), chosen)

    def action_incident(self) -> None:
        """Raise an incident of the system, from any screen or dialog and before the store is open."""
        booking = next((one for one in self.screen_stack if isinstance(one, BookingScreen)), None)
        if booking is not None and not self.covered:
            booking.ask_incident()

    def action_in_dialog(self) -> None:
        """List what every dialog has by key, for whoever has the mouse alone."""
        below = self.screen

        def chosen(action: str | None) -> None:
            if action is not None and self.screen is below:
                self.call_later(self.run_action, action)

        if isinstance(below, Dialog) and below.id != IN_DIALOG:
            options = [(EVERYWHERE[id], str(at), BY_ID[id].help) for at, id in enumerate(EVERYWHERE, start=1)]
            choice = ChoiceModal("In a dialog", "What is to be done?", options, glyphs=below.glyphs)
            choice.id = IN_DIALOG
            self.push_screen(choice, chosen)

    def action_extend_hold(self) -> None:
        """Give the hold in hand its full time again, whatever stands over the booking screen."""
        booking = next((one for one in self.screen_stack if isinstance(one, BookingScreen)), None)
        if booking is not None:
            booking.action_extend()

    async def action_quit(self) -> None:
        """Leave the program; what a manager's screen has not saved is named first."""
        kept = [self.get_screen(name) for name in self._installed_screens]
        lost = [one.unsaved for one in kept if isinstance(one, ManagerScreen) and one.unsaved]
        if not lost or isinstance(self.screen, ConfirmModal):
            self.exit()
            return

        def answered(leave: bool | None) -> None:
            if leave:
                self.exit()

        question = f"Not saved: {', '.join(lost)}. Leave all the same?"
        self.push_screen(ConfirmModal(question, title="Leave", yes="leave", no="stay"), answered)

    async def action_back(self) -> None:
        """Go back one level; on the first screen nothing is left to go back from."""
        if len(self.screen_stack) > 2:
            self.pop_screen()
