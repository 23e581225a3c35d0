"""Who else is on the days that the diary shows, and saying so of this terminal; never in the way of anything."""

import time
from contextlib import suppress
from datetime import date
from uuid import uuid4

from textual import on

from agent_tui.domain.handovers import Here, here_words
from agent_tui.tui.messages import PresenceSeen
from agent_tui.tui.screens.desk import DeskScreen

HEARTBEAT_SECONDS = 60.0


class PresenceDesk(DeskScreen):
    """A terminal says which days it shows when they change and once a minute, one word at a time; others come with each read."""

    others: tuple[Here, ...] = ()

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)  # type: ignore[arg-type]
        self.back.terminal = str(uuid4())
        self._told_days: tuple[date, date] | None = None
        self._told_at = 0.0
        self._telling = False

    @property
    def days_shown(self) -> tuple[date, date]:
        """The first and the last day that the diary shows."""
        days = [day for _diary, day in self.shown.pairs] or [self.shown.day]
        return min(days), max(days)

    def announce(self) -> None:
        """Say which days are shown where they have changed or a minute has passed, unless the last word is still on its way."""
        days, now = self.days_shown, time.monotonic()
        due = days != self._told_days or now - self._told_at >= HEARTBEAT_SECONDS
        if not due or self._telling or not self.back.is_open:
            return
        self._told_days, self._told_at, self._telling = days, now, True

        def work() -> PresenceSeen:
            from agent_tui.services.presence import show
            from agent_tui.services.trouble import DeskRefused, StoreTrouble

            with suppress(StoreTrouble, DeskRefused):  # the feed says that the store cannot be reached
                return PresenceSeen(days, show(self.back.desk, self.back.terminal, *days))
            return PresenceSeen(days, None)

        self.back.run("presence", work)

    @on(PresenceSeen)
    def _presence_seen(self, message: PresenceSeen) -> None:
        self._telling = False
        if message.people is not None and message.days == self.days_shown:
            self.show_others(message.people)
        if message.days != self.days_shown:
            self.announce()

    def show_others(self, people: tuple[Here, ...]) -> None:
        """Take who else is on the days shown; the diary's title names them."""
        if people != self.others:
            self.others = people
            self.paint()

    def paint(self) -> None:
        """Show the diary anew; the diary's half of the screen does it."""

    def with_others(self, title: str) -> str:
        """Return a title of the diary with who else is there, as far as there is room."""
        words = here_words(self.others, self.grid.size.width - len(title) - 6)
        return f"{title}  {words}" if words else title
