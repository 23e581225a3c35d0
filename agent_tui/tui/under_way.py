"""Work that a screen waits for: said with how far it is from a second on, and stopped with escape."""

from collections.abc import Callable
from time import monotonic
from typing import Final

from agent_tui.tui.glyphs import Glyphs, bar

AFTER_SECONDS: Final = 1.0
"""What is answered sooner is not spoken of."""
LOOK_SECONDS: Final = 0.25
"""How often what is said of it is brought up to date."""
BAR: Final = 16

Tell = Callable[[str, int, int], bool]
"""Told what is counted, how much of it is done and how much there is; False, or Stopped, ends the work."""


class Stopped(KeyboardInterrupt):
    """The person wants no more of it: what ctrl+c is to a command, to the services that a screen calls."""


class UnderWay:
    """One piece of work, written by its thread and read by the event loop.

    `words` say what is done, such as "Looking for moves". Without a sentence of what `stopped` means nothing stops it. Work
    that `keeps` what it has done answers with that when it is stopped; of other work no answer is wanted then.
    """

    def __init__(self, job: str, words: str, *, stopped: str = "", keeps: bool = False, seconds: int = 0) -> None:
        """Begin; work that takes so many `seconds` at most is as far as its time is."""
        self.job, self.words, self.stopped, self.keeps = job, words, stopped, keeps
        self.over = False
        self.stopping = False
        self._far = ("", 0, 0)
        self._seconds = seconds
        self._begun = monotonic()

    def let_go(self) -> None:
        """Take it as over, since no answer is wanted any more; its thread ends where it next tells how far it is."""
        self.over = self.stopping = True
        self.keeps = False

    def tell(self, what: str, done: int, whole: int) -> bool:
        """Take down how far it is; once it is to stop raise Stopped, or return False where what is done is kept."""
        self._far = (what, done, whole)
        return self.go_on()

    def go_on(self) -> bool:
        """Return whether to go on; raise Stopped where no answer is wanted any more."""
        if self.stopping and not self.keeps:
            raise Stopped
        return not self.stopping

    def step(self, what: str, done: int, whole: int) -> None:
        """Take down how far it is, and raise Stopped once it is to stop, for services that end at a KeyboardInterrupt."""
        self._far = (what, done, whole)
        if self.stopping:
            raise Stopped

    def say(self, glyphs: Glyphs) -> str:
        """Return what is done, a bar of how far it is or else for how many seconds, and how it is stopped."""
        what, done, whole = self._far
        waited = int(monotonic() - self._begun)
        if self._seconds:
            what, done, whole = "seconds", min(waited, self._seconds), self._seconds
        far = f"{waited} s"
        if whole:
            far = f"{bar(min(done / whole, 1.0), BAR, glyphs)} {done:,} of {whole:,} {what}".rstrip()
        elif done:
            far = f"{done:,} {what}".rstrip()
        end = "; it stops after what is in hand" if self.stopping else "; escape stops it" if self.stopped else ""
        return f"{self.words}: {far}{end}."
