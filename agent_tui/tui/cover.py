"""What covers the screen after some minutes without a key; it keeps nobody out, and says so on the help page on privacy."""

from collections.abc import Callable
from typing import Any, Final

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from agent_tui.tui.key_order import KeyOrderApp
from agent_tui.tui.switched_off import OffScreen
from agent_tui.tui.widgets.lines import shown

CHECK_SECONDS: Final = 5.0
_PRESENCE: Final = (events.Key, events.Paste, events.MouseDown, events.MouseScrollDown, events.MouseScrollUp)


class CoverScreen(ModalScreen[None]):
    """Covers the whole screen; below its sentence stands what cannot wait, which names no claimant."""

    DEFAULT_CSS = """
    CoverScreen {
        align: center middle;
        background: $background;
        & Static { width: 60; max-width: 100%; height: auto; text-align: center; }
        & #urgent { margin-top: 1; text-style: bold; color: $text-warning; }
    }
    """

    def __init__(self, minutes: int, urgent: Callable[[], str]) -> None:
        """Take after how many minutes it came, and what says each second what cannot wait."""
        super().__init__()
        self._minutes = minutes
        self._urgent = urgent
        self._said = ""

    def compose(self) -> ComposeResult:
        """Say how it goes away."""
        many = "minute" if self._minutes == 1 else "minutes"
        sentence = f"Covered after {self._minutes} {many} without a key. Any key uncovers it; that key does nothing else."
        yield Static(Content(shown(sentence)), markup=False)
        yield Static("", id="urgent", markup=False)

    def on_mount(self) -> None:
        """Begin to say what cannot wait."""
        self.say_urgent()
        self.set_interval(1.0, self.say_urgent)

    def say_urgent(self) -> None:
        """Say what cannot wait, with a bell when something new does not."""
        words = self._urgent()
        self.query_one("#urgent", Static).update(Content(shown(words)))
        if words and not self._said:
            self.app.bell()
        self._said = words


class CoveredApp(KeyOrderApp):
    """Covers its screen when no key, paste or click has come for some minutes; 0 never does.

    `idle_clock` returns seconds that only go forward. What is pushed or left meanwhile is so beneath the cover, so that no
    answer that comes late shows a claimant.
    """

    def __init__(self, idle_minutes: int, idle_clock: Callable[[], float], **more: Any) -> None:
        super().__init__(**more)
        self.idle_minutes = idle_minutes
        self.idle_clock = idle_clock
        self._present_at = idle_clock()
        self._arranging = False

    @property
    def covered(self) -> bool:
        """Return whether the cover is in front."""
        return bool(self.screen_stack) and isinstance(self.screen, CoverScreen)

    def urgent_words(self) -> str:
        """Return what cannot wait while the screen is covered, naming no claimant; empty for nothing."""
        return ""

    def watch_idle(self) -> None:
        """Begin to look whether somebody is there."""
        if self.idle_minutes:
            self.set_interval(CHECK_SECONDS, self.cover_if_idle)

    def cover_if_idle(self) -> None:
        """Cover the screen if nobody has pressed a key for long enough."""
        idle = self.idle_clock() - self._present_at
        if self.idle_minutes and idle >= self.idle_minutes * 60 and not isinstance(self.screen, CoverScreen | OffScreen):
            self._cover()

    async def on_event(self, event: events.Event) -> None:
        """Note that somebody is there; the key that uncovers the screen does nothing else."""
        if isinstance(event, _PRESENCE) and not event.is_forwarded:
            self._present_at = self.idle_clock()
            if self.covered:
                self._lift()
                return
        await super().on_event(event)

    def push_screen(self, screen: Any, *more: Any, **named: Any) -> Any:
        """Push a screen, beneath the cover where there is one; what a switched-off login sees goes over all."""
        if self._arranging or not self.covered or isinstance(screen, OffScreen):
            return super().push_screen(screen, *more, **named)
        return self._beneath(lambda: super(CoveredApp, self).push_screen(screen, *more, **named))

    def pop_screen(self) -> Any:
        """Pop the screen in front, or the one beneath the cover."""
        if self._arranging or not self.covered:
            return super().pop_screen()
        return self._beneath(super().pop_screen)

    def _beneath(self, act: Callable[[], Any]) -> Any:
        self._lift()
        done = act()
        self._cover()
        return done

    def _cover(self) -> None:
        self._arranged(lambda: self.push_screen(CoverScreen(self.idle_minutes, self.urgent_words)))

    def _lift(self) -> None:
        self._arranged(self.pop_screen)

    def _arranged(self, act: Callable[[], Any]) -> None:
        self._arranging = True
        try:
            act()
        finally:
            self._arranging = False
