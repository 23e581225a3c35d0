"""How the app looks for one person: colours, closeness and sides, remembered from one run to the next."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from textual import work
from textual.screen import ModalScreen

from agent_tui.settings import DENSITIES, THEMES, Settings
from agent_tui.tui.cover import CoveredApp
from agent_tui.tui.messages import LookChanged
from agent_tui.tui.modals import ChoiceModal
from agent_tui.tui.remembered import SIDES, Look, Remembered
from agent_tui.tui.screens.mirroring import mirror

_LAYOUTS: Final = (
    ("density comfortable", "1", "comfortable: a frame around each pane"),
    ("density compact", "2", "compact: a line above each pane, and more rows"),
    ("side left", "3", "request, lists and filters on the left"),
    ("side right", "4", "request, lists and filters on the right"),
)


class LookingApp(CoveredApp):
    """What a person chose before counts, except where the command line or the environment says otherwise."""

    def __init__(self, settings: Settings, idle_clock: Callable[[], float]) -> None:
        super().__init__(settings.idle_lock_minutes, idle_clock)
        self._remembered = Remembered(settings.login)
        # A small file, read before the first paint; a thread would show the app in other colours first.
        self.look, self.look_trouble = self._remembered.read()
        self.settings = self.look.over(settings)

    def show_look(self) -> None:
        """Put closeness and sides on every screen."""
        self.set_class(self.settings.density == DENSITIES[1], "-dense")
        self.set_class(self.look.side == SIDES[1], "-mirrored")
        if self.screen_stack:
            mirror(self.screen)

    def on_look_changed(self, message: LookChanged) -> None:
        """Remember what was chosen, or which day is shown."""
        message.stop()
        look = replace(self.look, **message.changes)
        if look == self.look:
            return
        self.look = look
        self._write_look(look, self._remembered.number())

    @work(thread=True, group="look", exit_on_error=False)
    def _write_look(self, look: Look, number: int) -> None:
        problem = self._remembered.write(look, number)
        if problem:
            self.call_from_thread(self.notify, problem, severity="warning", markup=False)

    def action_change_theme(self) -> None:
        """Choose the colours."""
        options = [(name, str(number), name.replace("-", " ")) for number, name in enumerate(THEMES, start=1)]

        def chosen(name: str | None) -> None:
            if name is not None:
                self.theme = name
                self.post_message(LookChanged({"theme": name}))

        self.push_screen(ChoiceModal("Colours", "Which colours do you want?", options, chosen=self.theme), chosen)

    def action_layout(self) -> None:
        """Choose how close things stand, and on which side."""
        if isinstance(self.screen, ModalScreen):
            return

        def chosen(answer: str | None) -> None:
            if answer is None:
                return
            name, value = answer.split()
            changes: dict[str, Any] = {name: value}
            if name == "density":
                self.settings = replace(self.settings, **changes)
            self.look = replace(self.look, **changes)
            self.show_look()
            self._write_look(self.look, self._remembered.number())

        self.push_screen(ChoiceModal("Layout", "How do you want the screens?", _LAYOUTS), chosen)
