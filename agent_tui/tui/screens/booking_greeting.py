"""What the booking screen names once for each user: the tour, and what is new after an upgrade."""

from textual.message import Message

from agent_tui import __version__
from agent_tui.tui.commands import BY_ID, readable
from agent_tui.tui.messages import WorkDone
from agent_tui.tui.modals import TourModal
from agent_tui.tui.screens.booking_beside import BesideDesk
from agent_tui.tui.seen import Greeting, greeting

GREETING = "greeting"


class GreetingDesk(BesideDesk):
    """Names both in the status line, when what else was said has been read; neither takes a key."""

    _to_greet = Greeting(tour=False, whats_new=False)

    def look_for_greeting(self) -> None:
        """Ask what the user was shown before; only of an app that greets."""
        if getattr(self.app, "greet", False):

            def work() -> Message:
                return WorkDone(GREETING, greeting(__version__))

            self.back.run(GREETING, work, exclusive=True)

    def greeting_done(self, job: str, result: object) -> bool:
        """Keep what is to be named; False for another job."""
        if job == GREETING and isinstance(result, Greeting):
            self._to_greet = result
        return job == GREETING

    def say_greeting(self) -> None:
        """Name it once."""
        if self.status.severity is not None or self._to_greet == Greeting(tour=False, whats_new=False):
            return
        to_greet, self._to_greet = self._to_greet, Greeting(tour=False, whats_new=False)
        key = readable(BY_ID["tour" if to_greet.tour else "whats_new"].keys[0])
        if to_greet.tour:
            self.status.hint(f"New here? {key} shows this screen in five steps.")
        else:
            self.status.hint(f"This is agent-tui {__version__}: {key} shows what is new.")

    def action_tour(self) -> None:
        """Show the screen in five steps, each beside the pane that it is about."""
        shown = self.form.display
        panes = {"form": self.form, "offers": self.offers, "grid": self.grid}

        def point(name: str | None) -> None:
            if name == "form":
                self.show_form(True)
            for one, pane in panes.items():
                pane.set_class(one == name, "-toured")

        def left(_step: int | None) -> None:
            point(None)
            self.show_form(shown)

        self.app.push_screen(TourModal(point, glyphs=self.glyphs), left)
