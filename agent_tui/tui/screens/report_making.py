"""What the reports screen reports on, and how a report is made: in a thread, one at a time, stopped when it is not wanted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from agent_tui.domain.plurals import counted
from agent_tui.domain.reports.catalogue import KINDS, READERS, Kind, readable_by
from agent_tui.domain.reports.shape import Report
from agent_tui.domain.reports.space import EFFICIENCY
from agent_tui.domain.reports.span import LAST_YEAR, PREVIOUS, BadSpan, Span, usual_step, whole_weeks
from agent_tui.tui.messages import StoreFailed, WorkDone
from agent_tui.tui.modals import Field
from agent_tui.tui.modals.pick import PickModal
from agent_tui.tui.record_text import read_any_day
from agent_tui.tui.report_words import Against, against_words, read_days
from agent_tui.tui.screens.proposing import Proposing
from agent_tui.tui.under_way import UnderWay
from agent_tui.tui.week_words import ALL, read_whose, whose_choices
from agent_tui.tui.widgets.chart import prepare

if TYPE_CHECKING:
    from agent_tui.services.reporting import Asked

MAKE = "make"
FIRST_YEAR, LAST_YEAR_SHOWN = 2000, 2100


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a report is to be of: its name, its days (None for the last whole weeks), with which it is compared, and whose.

    With `exact` the allocation efficiency is bounded by a linear programme for each week.
    """

    name: str
    span: Span | None = None
    against: Against = None
    team: str | None = None
    diary: str | None = None
    exact: bool = False

    @property
    def kind(self) -> Kind:
        """Return the report."""
        return KINDS[self.name]

    def days(self, today: date) -> Span:
        """Return the days."""
        if self.span is not None:
            return self.span
        first, last = whole_weeks(today)
        return Span(first, last, usual_step((last - first).days + 1))

    def asked(self, today: date) -> "Asked":
        """Return what the service is asked for; a report of the whole site has no part."""
        from agent_tui.services.reporting import Asked

        days = self.days(today)
        team, diary = (self.team, self.diary) if self.kind.by_diary else (None, None)
        before = None
        if self.against is not None:
            before = days.beginning(self.against) if isinstance(self.against, date) else days.before(self.against)
        return Asked(self.name, days, before, team, diary, self.exact and self.name == EFFICIENCY)


@dataclass(frozen=True, slots=True)
class Made:
    """A report that was made, of what, when (site time), and after how many changes that the feed has brought."""

    chosen: Chosen
    days: Span
    report: Report
    at: datetime
    changes: int


class ReportMaking(Proposing):
    """The choice and the making; what is shown of it is in screens/reports.py."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.kinds: tuple[Kind, ...] = readable_by(self.staff.role)
        self.chosen = Chosen(self.kinds[0].name)
        self.made: Made | None = None
        self.going: Chosen | None = None
        """What is being made."""
        self.generation = 0
        self._turn = Lock()

    @property
    def reads_all(self) -> bool:
        """Return whether every report may be read, and not those of the own diary only."""
        return self.staff.role in READERS

    @property
    def part(self) -> tuple[str | None, str | None]:
        """The team and the diary that the chosen report is of."""
        if not self.reads_all:
            return None, self.staff.diary
        return (self.chosen.team, self.chosen.diary) if self.chosen.kind.by_diary else (None, None)

    def paint(self) -> None:
        """Show the report that was made, and what is chosen."""
        raise NotImplementedError

    # Making.

    def choose(self, chosen: Chosen) -> None:
        """Report on something else."""
        if chosen != self.chosen or (self.going is None and self.made is None):
            self.chosen = chosen
            self.make()

    def make(self) -> None:
        """Make what is chosen; what is being made besides is stopped."""
        self.generation += 1
        generation, chosen = self.generation, self.chosen
        self.going = chosen
        back, now, changes = self.back, self.now(), self.back.changes
        going = UnderWay(MAKE, f"Making {chosen.kind.title}", stopped="Stopped; f5 makes it again.")

        def work() -> WorkDone | None:
            from agent_tui.services.reporting import BadReport, report

            prepare()
            try:
                asked = chosen.asked(now.date())
                found = Made(chosen, asked.span, report(back.desk, asked, going.tell), now, changes)
            except (BadReport, BadSpan, ValueError, OverflowError) as bad:
                return WorkDone(MAKE, (generation, str(bad)))
            return WorkDone(MAKE, (generation, found))

        self.drop(MAKE)
        self.wait_for(going, self.back.run(MAKE, work, screen=self, exclusive=True, in_turn=self._turn, going=going))
        self.paint()

    def take(self, generation: int, result: object) -> None:
        """Show a report that was made, or why it was not, unless another is wanted by now."""
        if generation != self.generation:
            return
        self.going = None
        if isinstance(result, Made):
            self.made = result
            self.paint()
        else:
            self._as_before()
            self.say(str(result), "error")

    def stopped(self, job: str) -> None:
        """Show the report that there was before, as what is chosen."""
        if job == MAKE:
            self.generation += 1
            self._as_before()
            if self.made is not None:
                self.say("Stopped; the report before is shown.", "warning")

    def _as_before(self) -> None:
        self.going = None
        if self.made is not None:
            self.chosen = self.made.chosen
        self.paint()

    def on_store_failed(self, message: StoreFailed) -> None:
        """Say what the store could not do; a report that failed is over."""
        if message.job == MAKE:
            self._as_before()
        super().on_store_failed(message)

    def action_make_again(self) -> None:
        """Make the report again."""
        self.make()

    # Choosing.

    def action_next_days(self) -> None:
        """Go on by as many days."""
        self._step(1)

    def action_previous_days(self) -> None:
        """Go back by as many days."""
        self._step(-1)

    def _step(self, by: int) -> None:
        try:
            days = self.chosen.days(self.today).stepped(by)
        except BadSpan as bad:
            self.say(str(bad), "warning")
            return
        if days.first.year >= FIRST_YEAR and days.last.year <= LAST_YEAR_SHOWN:
            self.choose(replace(self.chosen, span=days))
        else:
            self.say("There are no days beyond these.", "warning")

    def action_usual_days(self) -> None:
        """Go to the last four whole weeks."""
        self.choose(replace(self.chosen, span=None))

    def action_report_days(self) -> None:
        """Choose the days, and how they are cut."""
        days = self.chosen.days(self.today)
        fields = [
            Field("first", "From", days.first.isoformat(), "such as 2026-11-02, or 2026-11, or 2026-W48", 20),
            Field("last", "To", days.last.isoformat(), "empty for a whole month or week", 20),
            Field("by", "By", days.step, "day, week, month, whole; empty for what fits", 20),
        ]

        def check(texts: Mapping[str, str]) -> dict[str, str]:
            found = read_days(texts, self.today)
            return found if isinstance(found, dict) else {}

        def answered(texts: dict[str, str]) -> None:
            found = read_days(texts, self.today)
            if not isinstance(found, dict):
                self.choose(replace(self.chosen, span=found))

        sentence = "Two days, or one month or week with nothing in To; cut by day, week or month, or whole."
        self.ask("Days of the report", sentence, fields, check, answered, kept=False)

    def action_compare_report(self) -> None:
        """Compare with the days before, with a year ago, or with nothing."""
        order: tuple[Against, ...] = (None, PREVIOUS, LAST_YEAR)
        now = self.chosen.against
        self._compare(order[(order.index(now) + 1) % len(order)] if now in order else None)

    def _compare(self, against: Against) -> None:
        self.choose(replace(self.chosen, against=against))
        self.say(f"{self.chosen.kind.title}, {against_words(against)}.")

    def action_compare_with(self) -> None:
        """Compare with as many days from any day on."""
        days, now = self.chosen.days(self.today), self.chosen.against
        first = now if isinstance(now, date) else days.before(PREVIOUS).first
        fields = [Field("first", "From", first.isoformat(), "such as 2026-10-05", 20)]

        def check(texts: Mapping[str, str]) -> dict[str, str]:
            found = read_any_day(texts["first"].strip(), self.today)
            if not isinstance(found, date):
                return {"first": found or "A day is needed."}
            try:
                days.beginning(found)
            except BadSpan as bad:
                return {"first": str(bad)}
            return {}

        def answered(texts: dict[str, str]) -> None:
            found = read_any_day(texts["first"].strip(), self.today)
            self._compare(found if isinstance(found, date) else None)

        sentence = f"As many days as the report has, {counted(days.days, 'day')}, from which day on?"
        self.ask("Compare with", sentence, fields, check, answered, kept=False)

    def action_exact_bound(self) -> None:
        """Bound the allocation efficiency of each week by a linear programme, or by the open time again."""
        if self.chosen.name != EFFICIENCY:
            self.say("The allocation efficiency alone has an exact bound.", "warning")
            return
        self.choose(replace(self.chosen, exact=not self.chosen.exact))
        how = "by a linear programme for each week" if self.chosen.exact else "by the open time"
        self.say(f"{self.chosen.kind.title}, bounded {how}.")

    def action_report_part(self) -> None:
        """Report on all diaries, a team's or one coach's."""
        if not self.reads_all:
            self.say(f"You read reports of your own diary, {self.staff.diary}.", "warning")
            return
        if not self.chosen.kind.by_diary:
            self.say(f"{self.chosen.kind.title} is of the whole site.", "warning")
            return

        def picked(id: str) -> None:
            team, diary = read_whose(id)
            self.choose(replace(self.chosen, team=team, diary=diary))

        team, diary = self.part
        now = f"diary {diary}" if diary else f"team {team}" if team else ALL
        self.modal(PickModal("Whose?", whose_choices(self.catalogue), chosen=now, glyphs=self.glyphs), picked)

    def done(self, job: str, result: object) -> None:
        """Take a report that was made."""
        if job == MAKE and isinstance(result, tuple):
            self.take(*result)
        else:
            super().done(job, result)

    def show_report(self, name: str, span: Span, team: str | None, diary: str | None) -> None:
        """Report as a schedule does."""
        self.choose(Chosen(name, span, self.chosen.against, team, diary))
