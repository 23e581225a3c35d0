"""What the screens of managers share: the open store, the lines above and below, and what the store answers."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from textual import getters
from textual.screen import Screen

from agent_tui.domain.guarantee import FAILS, GuaranteeNow
from agent_tui.domain.key_types import KeyType
from agent_tui.domain.site import Catalogue, Staff
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.effect_words import counted
from agent_tui.tui.glyphs import Glyphs
from agent_tui.tui.messages import StoreFailed, WorkDone
from agent_tui.tui.widgets.lines import Severity, StatusLine, TitleLine

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

SECOND = 1.0
KEY_TROUBLE = "key trouble"


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
        self.key_trouble: int | None = None
        self.guarantees: tuple[GuaranteeNow, ...] = ()
        self._key_seen: tuple[object, ...] = ()

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
        if message.job == KEY_TROUBLE and isinstance(message.result, tuple):
            self._key_types_counted(*message.result)
        else:
            self.done(message.job, message.result)

    def done(self, job: str, result: object) -> None:
        """Take the result of a job."""

    def on_store_failed(self, message: StoreFailed) -> None:
        """Say what the store could not do; what was typed stays."""
        message.stop()
        self.say(f"{message.sentence} Nothing that you typed is lost.", "error")

    @property
    def unsaved(self) -> str:
        """What would be lost if the program ended now, in words; empty where nothing would."""
        return ""

    def show_title(self) -> None:
        """Show the title line."""

    def look_at_key_types(self) -> None:
        """Count in memory what each manager must see: key types without a start ahead, and how guarantees stand."""
        live = self.back.live

        def work(_desk: "Desk") -> object:
            return live.key_types(), live.guarantees()

        self.do(KEY_TROUBLE, work, exclusive=True)

    def _key_types_counted(self, key_types: "Sequence[KeyType]", guarantees: "Sequence[GuaranteeNow]") -> None:
        self.guarantees = tuple(guarantees)
        failing = {one.rule.type: one for one in guarantees if one.status == FAILS}
        self.key_trouble = sum(one.wrong is not None and one.code not in failing for one in key_types)
        known, self.back.failing = self.back.failing, frozenset(failing)
        broken = [] if known is None else [one for code, one in failing.items() if code not in known]
        if broken:
            more = f" {counted(len(broken) - 1, 'other guarantee')} broke too." if len(broken) > 1 else ""
            self.say(f"{broken[0].name}: {broken[0].reason}{more}", "warning")
        self.show_title()
        self.guarantees_counted()

    def guarantees_counted(self) -> None:
        """Show how guarantees stand."""

    @property
    def key_words(self) -> list[str]:
        """What the title says of key types that cannot be booked and of guarantees that fail, each type once."""
        flag, failing = self.glyphs.flag, sum(one.status == FAILS for one in self.guarantees)
        words = [f"{flag} {counted(self.key_trouble, 'key type')} without a start"] if self.key_trouble else []
        return words + ([f"{flag} {counted(failing, 'guarantee fails', 'guarantees fail')}"] if failing else [])

    def look_at_rules(self) -> None:
        """Take up the site's rules when another terminal, or this one, has changed them; count again what each must see.

        It is counted where the feed has brought something or a minute has passed, on the screen that is in front.
        """
        newest = self.back.live.catalogue
        if newest.version > self.catalogue.version:  # what this terminal has just saved may be newer than its feed
            self.catalogue = newest
            self.rules_changed()
        seen = (newest.version, self.back.changes, self.now().replace(second=0, microsecond=0))
        if self.is_current and seen != self._key_seen:
            self._key_seen = seen
            self.look_at_key_types()

    def rules_changed(self) -> None:
        """Show the newest rules."""
