"""The sandbox screen: drafts of segments, tried on what the site was asked for beside today's, then kept, applied or dropped."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import getters, on
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList, Static

from agent_tui.domain.plurals import counted
from agent_tui.domain.requests import Refused
from agent_tui.domain.sandbox import GENERATED, LEAST_WEEKS, MOST_WEEKS, RECORDED, Draft, Trial
from agent_tui.domain.site import Staff
from agent_tui.domain.wall_time import short_date
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.commands import bindings_for, not_for
from agent_tui.tui.effect_words import pattern_lines
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.messages import StoreFailed
from agent_tui.tui.modals import EffectModal
from agent_tui.tui.modals.base import PointedList
from agent_tui.tui.sandbox_words import trial_lines
from agent_tui.tui.screens.sandbox_acts import OPEN, Line, SandboxActs
from agent_tui.tui.under_way import UnderWay
from agent_tui.tui.widgets.lines import Title, shown
from agent_tui.tui.widgets.named_keys import KeyHints

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

TRY, KEPT = "try", "kept"
GOES_ON = "Replaying requests with today's segments, then with the draft. The line below says how far it is."
NO_DRAFT = "No draft is here: o opens a file of segments as one."


class SandboxList(PointedList):
    """One draft a line, those that are not kept first."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("sandbox list")]


class SandboxScreen(SandboxActs):
    """The drafts on the left; on the right what the highlighted one gave, or how far its trial is."""

    NAME = "Sandbox"
    LEFT = "Drafts of segments"
    RIGHT = "Today and the draft"
    LIST = SandboxList
    PLACES = ("sandbox list", "sandbox")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("sandbox")]
    listing = getters.query_one("#list", SandboxList)

    def __init__(self, back: Backstage, now: Callable[[], datetime], staff: Staff, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(back, now, staff, glyphs)
        self.kept: tuple[Line, ...] = ()
        self.weeks = LEAST_WEEKS
        self.source = RECORDED
        self.says = ""
        """Why the store shows no drafts."""

    def on_mount(self) -> None:
        """Show the drafts."""
        self.paint()

    def key_hints(self) -> KeyHints:
        """Name the way back where nothing else is for the person."""
        return super().key_hints() if self.may("open_draft") else KeyHints(("back",))

    def on_screen_resume(self) -> None:
        """Read the drafts that are kept; others may have kept or dropped some."""
        self.look()

    @property
    def unsaved(self) -> str:
        """What would be lost if the program ended now."""
        return f"{counted(len(self.own), 'draft')} of segments in the sandbox" if self.own else ""

    # What there is.

    @property
    def lines(self) -> tuple[Line, ...]:
        """The drafts in the order of the list."""
        return (*self.own, *self.kept)

    @property
    def line(self) -> Line | None:
        """The draft that has the highlight."""
        at = self.listing.highlighted if self.is_mounted else None
        return self.lines[at] if at is not None and at < len(self.lines) else None

    def take(self, name: str, draft: Draft) -> None:
        """Take a draft that is not kept, in place of an earlier one of its name, with the highlight on it."""
        self.own = (Line(name, draft), *(one for one in self.own if one.name != name))
        self._go_to = name
        if self.is_mounted:
            self.paint()

    def look(self) -> None:
        """Read the kept drafts in a thread."""

        def work(desk: "Desk") -> object:
            from agent_tui.services import sandbox

            return sandbox.kept(desk)

        self.do(KEPT, work, exclusive=True)

    def paint(self) -> None:
        """Show the drafts, the highlight on the same one."""
        was = self._go_to or (None if self.line is None else self.line.name)
        self._go_to = None
        lines = []
        for one in self.lines:
            state = "kept" if one.kept else "not kept"
            tried = "" if one.trial is None else ", tried"
            lines.append(Content(shown(f"{one.name:<24.24} {state}{tried}")))
        self.listing.show(lines, next((at for at, one in enumerate(self.lines) if one.name == was), 0))
        self.show_title()
        self._show_known()

    def show_title(self) -> None:
        """Show which requests the next trial replays."""
        what = f"{self.weeks} weeks, {'on record' if self.source == RECORDED else 'generated'}"
        title = Title("Sandbox", short_date(self.today), self.catalogue.site.name, (what,), f"{self.now():%H:%M}")
        self.title_line.show(title)

    def _show_known(self) -> None:
        one = self.line
        lines = [GOES_ON] if self.under_way(TRY) else self._lines(one)
        parts = [self._part(line) for line in lines]
        self.query_one("#known", Static).update(Content("\n").join(parts))
        refused = not_for(self.staff.role, "screen.open_draft")
        none = NO_DRAFT if refused is None else f"No draft is here. {refused}"
        words = none if one is None else f"{one.name}: {counted(len(one.draft.patterns), 'pattern')}"
        self.status.describe(words, moved=False)

    def _lines(self, one: Line | None) -> list[str]:
        if one is None:
            return [self.says or "No draft yet. t on the segments screen (S 3) brings what is changed there; o opens a file."]
        if one.trial is not None:
            return [*trial_lines(one.trial, self.glyphs), "", *pattern_lines(one.draft.patterns)]
        first = "Not tried yet: enter replays requests with it and with today's segments."
        return [first, "", *pattern_lines(one.draft.patterns)]

    def action_show_trial(self) -> None:
        """Show all that is known of the draft, however long it is."""
        one = self.line
        if one is not None:
            self.modal(EffectModal(one.name, self._lines(one), glyphs=self.glyphs), lambda _yes: None)

    def _part(self, line: str) -> Content:
        content = Content(shown(line))
        return content.stylize("bold $text-warning") if line.startswith(self.glyphs.flag) else content

    @on(OptionList.OptionHighlighted, "#list")
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._show_known()

    @on(OptionList.OptionSelected, "#list")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_try_draft()

    # Trying.

    def action_next_weeks(self) -> None:
        """Replay another number of weeks."""
        self.weeks = LEAST_WEEKS + (self.weeks - LEAST_WEEKS + 1) % (MOST_WEEKS - LEAST_WEEKS + 1)
        self.show_title()
        self.say(f"The next trial replays {self.weeks} weeks.")

    def action_switch_source(self) -> None:
        """Replay requests on record, or generated ones."""
        self.source = GENERATED if self.source == RECORDED else RECORDED
        self.show_title()
        made = "generated requests, whose demand is assumed" if self.source == GENERATED else "requests on record"
        self.say(f"The next trial replays {made}.")

    def action_try_draft(self) -> None:
        """Replay requests with the draft and with today's segments in a thread; escape stops it."""
        one = self.line
        if one is None or self.under_way(TRY):
            self.say("There is no draft to try." if one is None else "A trial goes on; escape stops it.", "warning")
            return
        weeks, generated = self.weeks, self.source == GENERATED
        going = UnderWay(TRY, "Replaying", stopped="Stopped; nothing was kept or changed.")
        self.say("Replaying; escape stops it.")

        def work(desk: "Desk") -> object:
            from agent_tui.services import sandbox

            tell = partial(going.step, "requests")
            return one, sandbox.run(desk, one.draft, weeks=weeks, generated=generated, progress=tell)

        self.do(TRY, work, exclusive=True, going=going)
        self._show_known()

    def stopped(self, job: str) -> None:
        """Show what is known of the draft without the trial."""
        self._show_known()

    def on_store_failed(self, message: StoreFailed) -> None:
        """Say what the store could not do; a trial that failed is over."""
        self._show_known()
        super().on_store_failed(message)

    def done(self, job: str, result: object) -> None:
        """Take the kept drafts, what a trial gave, a file that was read, or what an act would do or did."""
        if job == KEPT:
            self._read_kept(result)
        elif job == TRY and isinstance(result, tuple):
            self._tried(*result)
        elif job == OPEN and isinstance(result, tuple):
            self.opened(*result)
        else:
            super().done(job, result)

    def _read_kept(self, result: object) -> None:
        self.says = result.reason if isinstance(result, Refused) else ""
        found = result if isinstance(result, list) else []
        self.kept = tuple(Line(one.name, one.draft, one.trial, kept=True) for one in found)
        self.paint()

    def _tried(self, line: Line, answer: object) -> None:
        self._show_known()
        if not isinstance(answer, Trial):
            self.refused(answer)
            if isinstance(answer, Refused) and answer.code == "too_little_history":
                self.say(f"{answer.reason} r switches to them.", "error")
            return
        tried = replace(line, trial=answer)
        self.own = tuple(tried if one.name == line.name else one for one in self.own)
        self.kept = tuple(tried if one.kept and one.name == line.name else one for one in self.kept)
        self.paint()
        worse = answer.draft.refused - answer.today.refused
        what = f"{worse} more" if worse > 0 else f"{-worse} fewer" if worse else "as many"
        self.say(f"Tried: the draft refuses {what} of {counted(answer.counts.total, 'request')}.", "done")
