"""What the screens of managers share: the open store, the lines above and below, and what the store answers."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import events, getters
from textual.screen import Screen
from textual.worker import Worker

from agent_tui.domain.guarantee import FAILS, GuaranteeNow, failing_words
from agent_tui.domain.plurals import counted
from agent_tui.domain.site import Catalogue, Staff
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.commands import BY_ID, may_use, on_a_line, without_a_line
from agent_tui.tui.feedback_asking import FEEDBACK, FeedbackAsking
from agent_tui.tui.glyphs import Glyphs
from agent_tui.tui.messages import StoreFailed, WorkDone
from agent_tui.tui.modals.base import PointedList
from agent_tui.tui.modals.escalate import EscalateModal, escalated_words
from agent_tui.tui.screens.mirroring import mirror
from agent_tui.tui.styling import QuietFocus
from agent_tui.tui.under_way import AFTER_SECONDS, LOOK_SECONDS, UnderWay
from agent_tui.tui.widgets.lines import Severity, StatusLine, TitleLine
from agent_tui.tui.widgets.named_keys import NO_HINTS, KeyHints

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

SECOND = 1.0
KEY_TROUBLE, OPEN_FLAGS = "key trouble", "open flags"


class ManagerScreen(QuietFocus, Screen[None]):
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
        self.open_flags: int | None = None
        self._flags_seen: int | None = None
        self._trouble_seen: str | None = back.trouble
        self._feedback = FeedbackAsking()
        self._going: dict[str, tuple[UnderWay, Worker[None]]] = {}

    @property
    def today(self) -> date:
        """Site time's day."""
        return self.now().date()

    def on_resize(self, event: events.Resize) -> None:
        """Put the panes on the side that was chosen; beside each other is what they are not in every window."""
        # The styles of the new size are on a refresh later.
        self.call_after_refresh(self.call_after_refresh, mirror, self)

    def on_screen_resume(self) -> None:
        """Put the panes on the side that was chosen while another screen was in front."""
        mirror(self)

    def may(self, command: str) -> bool:
        """Return whether a command, by its id, is for the role of the person."""
        return may_use(BY_ID[command], self.staff.role)

    def say(self, sentence: str, severity: Severity = "info") -> None:
        """Say what has happened, in the status line."""
        self.status.say(sentence, severity)

    def key_hints(self) -> KeyHints:
        """Name what can be done in a list that has no line, and leave out what acts on one."""
        if isinstance(self.focused, PointedList) and self.focused.lineless:
            return KeyHints(without_a_line(self.context), on_a_line(self.context))
        return NO_HINTS

    async def action_extend(self) -> None:
        """Give the hold of the booking screen its full time again."""
        await self.run_action("app.extend_hold")

    def modal(self, screen: Screen[Any], answered: Callable[[Any], None]) -> None:
        """Ask something in a dialog; nothing is called when it was left with escape or no."""

        def callback(result: Any) -> None:
            if result not in (None, False):
                answered(result)

        self.app.push_screen(screen, callback)

    def ask_contact(self, kind: str, subject: str) -> None:
        """Escalate a flag, a call, an appointment or a hand-off to a contact who is asked for."""

        def escalated(done: Any) -> None:
            self.say(escalated_words(done), "done")
            self.back.look()

        self.modal(EscalateModal(self.back, kind, subject, glyphs=self.glyphs), escalated)

    def ask_feedback(self, entry: str) -> None:
        """Ask what was said about an appointment, and keep it."""
        self._feedback.ask(self, self.back, entry, self.glyphs)

    def do(self, job: str, work: Callable[[Any], object], *, exclusive: bool = False, going: UnderWay | None = None) -> None:
        """Have something done by the store's services in a thread; `done` gets the result.

        The status line says what takes more than a second: that it reads or saves, or what is `going` on and how far it is.
        """
        going = going or UnderWay(job, "Reading" if exclusive else "Working")
        if exclusive:
            self.drop(job)
        self.wait_for(going, self.back.do(job, work, screen=self, exclusive=exclusive, going=going))

    def drop(self, job: str) -> None:
        """Want no answer any more to what is under way as a job."""
        if job in self._going:
            self._going[job][0].let_go()

    def wait_for(self, going: UnderWay, worker: Worker[None]) -> None:
        """Say what is done in a worker, and how far it is, once it takes more than a second."""
        self._going[going.job] = (going, worker)
        self.set_timer(AFTER_SECONDS, partial(self._say_going, going))

    def _say_going(self, going: UnderWay) -> None:
        """Say how far a job is, now and again until it is over or the screen is emptied as the program ends."""
        if self._emptied:
            return
        if not going.over and self._going[going.job][0] is going:
            self.status.wait_for(going)
            self.set_timer(LOOK_SECONDS, partial(self._say_going, going))
        else:
            self.status.answered()

    def under_way(self, *jobs: str) -> bool:
        """Return whether one of some jobs that escape stops is under way, any of them where none is named."""
        return any(one.stopped and not one.over for name, (one, _worker) in self._going.items() if not jobs or name in jobs)

    def stop_work(self) -> bool:
        """Stop what the person had begun that takes long; False where nothing of it is under way."""
        begun = [one for one in self._going.values() if one[0].stopped and not (one[0].over or one[0].stopping)]
        if not begun:
            return False
        going, worker = begun[-1]
        if going.keeps:
            going.stopping = True
            self.status.wait_for(going)
        else:
            going.let_go()
            worker.cancel()
            self.say(going.stopped, "warning")
            self.stopped(going.job)
        return True

    @property
    def _emptied(self) -> bool:
        """Whether the end of the screen, or of the program, takes its widgets away, one after the other."""
        return not self.display or not self.query(StatusLine)

    def stopped(self, job: str) -> None:
        """Take it that no answer to a job will come."""

    def action_back(self) -> None:
        """Stop what the person had begun that takes long; else go back."""
        if not self.stop_work():
            self.go_back()

    def go_back(self) -> None:
        """Go back one level, from a screen's first pane to the screen before; what was typed stays."""
        self.status.forget()
        self.app.pop_screen()

    def on_work_done(self, message: WorkDone) -> None:
        """Hand a result on; while the program ends, a screen that has no widgets any more shows none."""
        message.stop()
        if self._emptied:
            return
        self.status.answered()
        if message.job == KEY_TROUBLE and isinstance(message.result, tuple):
            self._key_types_counted(*message.result)
        elif message.job == OPEN_FLAGS and isinstance(message.result, int):
            if message.result != self.open_flags:
                self.open_flags = message.result
                self.show_title()
        elif message.job == FEEDBACK:
            sentence, stored = self._feedback.told(message.result)
            self.say(sentence, "done" if stored else "error")
        else:
            self.done(message.job, message.result)

    def done(self, job: str, result: object) -> None:
        """Take the result of a job."""

    def on_store_failed(self, message: StoreFailed) -> None:
        """Say what the store could not do; what was typed stays."""
        message.stop()
        if self._emptied:
            return
        self.status.answered()
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
            return live.key_types_without_start(), live.guarantees()

        self.do(KEY_TROUBLE, work, exclusive=True)

    def _key_types_counted(self, lacking: frozenset[str], guarantees: "Sequence[GuaranteeNow]") -> None:
        self.guarantees = tuple(guarantees)
        failing = {one.rule.type: one for one in guarantees if one.status == FAILS}
        self.key_trouble = len(lacking - failing.keys())
        known, self.back.failing = self.back.failing, frozenset(failing)
        broken = [] if known is None else [one for code, one in failing.items() if code not in known]
        if broken:
            more = f" {counted(len(broken) - 1, 'other guarantee')} broke too." if len(broken) > 1 else ""
            # What one has just done, and that it can be undone, is not written over.
            self.say(f"{self.status.done} {broken[0].name}: {broken[0].reason}{more}".strip(), "warning")
        self.show_title()
        self.guarantees_counted()

    def guarantees_counted(self) -> None:
        """Show how guarantees stand."""

    def look_at_flags(self) -> None:
        """Count the open flags in a thread where the feed has brought something."""
        if self._flags_seen == self.back.changes:
            return
        self._flags_seen = self.back.changes

        def work(desk: "Desk") -> object:
            from agent_tui.services.flags import open_count

            return open_count(desk)

        self.do(OPEN_FLAGS, work, exclusive=True)

    @property
    def key_words(self) -> list[str]:
        """What the title says of key types that cannot be booked, guarantees that fail, late reports and open flags."""
        flag, failing = self.glyphs.flag, failing_words(self.guarantees)
        words = [f"{flag} {counted(self.key_trouble, 'key type')} without a start"] if self.key_trouble else []
        words += [f"{flag} {failing}"] if failing else []
        late = self.back.late_reports
        words += [f"{flag} {counted(late, 'report is late', 'reports are late')}"] if late else []
        return words + ([counted(self.open_flags, "flag")] if self.open_flags else [])

    def look_at_rules(self) -> None:
        """Take up the site's rules when another terminal, or this one, has changed them; count again what each must see.

        It is counted where the feed has brought something or a minute has passed, on the screen that is in front.
        """
        self._look_at_trouble()
        self.look_at_flags()
        newest = self.back.live.catalogue
        if newest.version > self.catalogue.version:  # what this terminal has just saved may be newer than its feed
            self.catalogue = newest
            self.rules_changed()
        seen = (newest.version, self.back.changes, self.now().replace(second=0, microsecond=0))
        if self.is_current and seen != self._key_seen:
            self._key_seen = seen
            self.look_at_key_types()

    def _look_at_trouble(self) -> None:
        """Say when the store goes away, and when it answers again."""
        trouble = self.back.trouble
        if trouble != self._trouble_seen:
            self._trouble_seen = trouble
            if trouble is None:
                self.say("The store answers again.", "done")
            else:
                self.say(f"{trouble} Nothing that you typed is lost.", "error")

    def rules_changed(self) -> None:
        """Show the newest rules."""
