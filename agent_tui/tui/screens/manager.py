"""What the screens of managers share: the open store, the lines above and below, and what the store answers."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from textual import getters
from textual.screen import Screen

from agent_tui.domain.site import Catalogue, Staff
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.glyphs import Glyphs
from agent_tui.tui.messages import StoreFailed, WorkDone
from agent_tui.tui.widgets.lines import Severity, StatusLine, TitleLine

SECOND = 1.0


class ManagerScreen(Screen[None]):
    """A screen over the booking screen, on the same open store; it stays as it is while another is in front."""

    context = "app"
    title_line = getters.query_one("#title", TitleLine)
    status = getters.query_one("#status", StatusLine)

    def __init__(self, back: Backstage, now: Callable[[], datetime], staff: Staff, glyphs: Glyphs) -> None:
        super().__init__()
        self.back = back
        self.now = now
        self.staff = staff
        self.glyphs = glyphs
        self.catalogue: Catalogue = back.live.catalogue

    @property
    def today(self) -> date:
        """Site time's day."""
        return self.now().date()

    def say(self, sentence: str, severity: Severity = "info") -> None:
        """Say what has happened, in the status line."""
        self.status.say(sentence, severity)

    def modal(self, screen: Screen[Any], answered: Callable[[Any], None]) -> None:
        """Ask something in a dialog; nothing is called when it was left with escape or no."""

        def callback(result: Any) -> None:
            if result not in (None, False):
                answered(result)

        self.app.push_screen(screen, callback)

    def do(self, job: str, work: Callable[[Any], object], *, exclusive: bool = False) -> None:
        """Have something done by the store's services in a thread; `done` gets the result."""
        self.back.do(job, work, screen=self, exclusive=exclusive)

    def on_work_done(self, message: WorkDone) -> None:
        """Hand a result on."""
        message.stop()
        self.done(message.job, message.result)

    def done(self, job: str, result: object) -> None:
        """Take the result of a job."""

    def on_store_failed(self, message: StoreFailed) -> None:
        """Say what the store could not do; what was typed stays."""
        message.stop()
        self.say(f"{message.sentence} Nothing that you typed is lost.", "error")

    def look_at_rules(self) -> None:
        """Take up the site's rules when another terminal, or this one, has changed them."""
        newest = self.back.live.catalogue
        if newest.version > self.catalogue.version:  # what this terminal has just saved may be newer than its feed
            self.catalogue = newest
            self.rules_changed()

    def rules_changed(self) -> None:
        """Show the newest rules."""
