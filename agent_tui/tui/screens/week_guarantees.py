"""The pane of the week screen: how guarantees stand, what would keep them, and the check of the week."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from textual import getters, on
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static

from agent_tui.domain.guarantee import MOST_DAYS, MOST_STARTS, OK, GuaranteeNow, guarantee_problem, short_words
from agent_tui.domain.plurals import counted
from agent_tui.domain.wall_time import short_moment, wall_of
from agent_tui.domain.week import Week
from agent_tui.domain.weekly_check import MOST_WORDS, WeeklyCheck, may_be_signed, words_problem
from agent_tui.tui.commands import BY_ID, bindings_for, may_use, readable
from agent_tui.tui.modals import EffectModal, Field
from agent_tui.tui.modals.base import POINTER, PointedList
from agent_tui.tui.modals.pick import PickModal
from agent_tui.tui.screens.proposing import Proposing
from agent_tui.tui.week_words import name_width, red_words
from agent_tui.tui.widgets.lines import shown
from agent_tui.tui.widgets.picker import Choice

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk
    from agent_tui.services.weekly_checks import Checks

Texts = Mapping[str, str]
CHECKS = "checks"
SIGN, TAKE_BACK, SET, DROP = "Sign", "Take back", "Guarantee", "Drop"


class GuaranteeList(PointedList):
    """One guarantee a line, those that fail first."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("guarantee list")]

    class Refit(Message):
        """The lines have another width now."""

    def on_resize(self) -> None:
        """Have the names cut for the width that there is."""
        self.post_message(self.Refit())


class GuaranteePane(Proposing):
    """A screen with the guarantees and the check of the week that is shown, beside what else it shows."""

    listing = getters.query_one("#guarantees", GuaranteeList)

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.checks: Checks | None = None
        self.chosen_type: str | None = None
        """The type of the line that has the highlight."""

    @property
    def shown_week(self) -> Week:
        """The week that is shown."""
        raise NotImplementedError

    def count_type(self, code: str) -> None:
        """Count the starts of one type."""
        raise NotImplementedError

    def compose_pane(self) -> Vertical:
        """Return the pane."""
        return Vertical(
            GuaranteeList((), self.glyphs, id="guarantees"), Static(id="check", markup=False), id="pane", classes="pane"
        )

    # What is shown.

    @property
    def in_hand(self) -> GuaranteeNow | None:
        """The guarantee that has the highlight."""
        at = self.listing.highlighted
        return self.guarantees[at] if at is not None and at < len(self.guarantees) else None

    def guarantees_counted(self) -> None:
        """Show how the guarantees stand; the highlight stays on its type."""
        was = self.chosen_type
        codes = [one.rule.type for one in self.guarantees]
        width = name_width(self.guarantees, self.listing.scrollable_content_region.width - POINTER)
        lines = [Content(shown(self._line(one, width))) for one in self.guarantees]
        key = readable(BY_ID["new_guarantee"].keys[0])
        nothing = f"Nothing is guaranteed yet: {key} guarantees a type."
        self.listing.show(lines, codes.index(was) if was in codes else 0, empty=nothing)
        pane = self.query_one("#pane", Vertical)
        pane.border_title = f"Guarantees: {short_words(self.guarantees)}" if codes else "Guarantees"
        self.show_check()
        if self.listing.has_focus:
            self.describe_guarantee()

    @on(GuaranteeList.Refit)
    def _refit(self, event: GuaranteeList.Refit) -> None:
        event.stop()
        self.guarantees_counted()

    def _line(self, one: GuaranteeNow, width: int) -> str:
        sign = " " if one.status == OK else self.glyphs.flag
        label = one.name if len(one.name) <= width else one.rule.type
        return f"{sign} {label:<{width}.{width}}{one.found:>5}  {one.brief}"

    def describe_guarantee(self, *, moved: bool = False) -> None:
        """Say in words how the guarantee in hand stands."""
        one = self.in_hand
        if one is None:
            self.status.describe("Nothing is guaranteed yet.", moved=moved)
            return
        rule = f"{counted(one.rule.starts, 'start')} in {counted(one.rule.days, 'working day')}"
        kept = f"{one.name}: {one.found} found, {rule} guaranteed." if one.reason is None else f"{one.name}: {one.reason}"
        self.status.describe(f"{kept} {one.fix or ''}".rstrip(), moved=moved)

    @on(OptionList.OptionHighlighted, "#guarantees")
    def _guarantee_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        code = None if self.in_hand is None else self.in_hand.rule.type
        moved, self.chosen_type = code != self.chosen_type, code
        if self.listing.has_focus:
            self.describe_guarantee(moved=moved)

    @on(OptionList.OptionSelected, "#guarantees")
    def _guarantee_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_count_guaranteed()

    # The check of the week.

    def read_checks(self) -> None:
        """Read which weeks were signed."""

        def work(desk: "Desk") -> object:
            from agent_tui.services import weekly_checks

            return weekly_checks.checks(desk)

        self.do(CHECKS, work, exclusive=True)

    def check_of(self, week: Week) -> WeeklyCheck | None:
        """Return who signed a week, None where nobody has."""
        signed = () if self.checks is None else self.checks.signed
        return next((one for one in signed if one.week == week), None)

    @property
    def check_words(self) -> list[str]:
        """What the title says of this week's check, nothing once it is signed."""
        missing = self.checks is not None and self.check_of(Week.of(self.today)) is None
        return [f"{self.glyphs.flag} check not signed"] if missing else []

    def show_check(self) -> None:
        """Show who signed the week that is shown, or that nobody has, and older weeks that are missing."""
        week, this = self.shown_week, Week.of(self.today)
        name = "this week" if week == this else f"week {week.number}"
        found = self.check_of(week)
        keys = {id: readable(BY_ID[id].keys[0]) for id in ("sign_week", "past_checks")}
        if self.checks is None:
            lines = [""]
        elif found is not None:
            lines = [f"Check of {name}: {_signed_words(found, self.checks)}   {keys['past_checks']} past ones"]
        else:
            lines = [f"Check of {name}: not signed   {keys['sign_week']} signs it   {keys['past_checks']} past ones"]
        older = [one for one in (() if self.checks is None else self.checks.missing) if one != this]
        if older:
            numbers = ", ".join(str(one.number) for one in older[:4])
            lines.append(f"{self.glyphs.flag} Never signed: week {numbers}{' and older' if len(older) > 4 else ''}")
        self.query_one("#check", Static).update(Content("\n").join(Content(shown(line)) for line in lines))

    def done(self, job: str, result: object) -> None:
        """Take up the checks, or what an act has answered."""
        if job == CHECKS:
            self.checks = result  # type: ignore[assignment]
            self.show_check()
            self.show_title()
        else:
            super().done(job, result)

    def acted(self, name: str, result: object) -> None:
        """Read anew what an act has changed."""
        self.back.look()
        self.read_checks()
        self.look_at_key_types()

    # Acts.

    def _may(self, command: str) -> bool:
        """Return whether the person may use a command, and say that they may not before anything is typed in vain."""
        if may_use(BY_ID[command], self.staff.role):
            return True
        self.say("That is for a team leader, a supervisor or an administrator.", "error")
        return False

    def action_count_guaranteed(self) -> None:
        """Count the starts of the type in the map."""
        if self.in_hand is not None:
            self.count_type(self.in_hand.rule.type)

    def action_propose_segment(self) -> None:
        """Show the smallest change that would keep the guarantee, and save it when that is wanted."""
        if self.in_hand is not None:
            self.propose_segment_for(self.in_hand.rule.type)

    def action_sign_week(self) -> None:
        """Ask what was done, and sign the week that is shown."""
        week = self.shown_week
        if not self._may("sign_week"):
            return
        problem, found = may_be_signed(week, self.today), self.check_of(week)
        if problem is not None or (found is not None and self.checks is not None):
            said = f"Week {week.number}: {_signed_words(found, self.checks)}." if found and self.checks else ""
            self.say(problem or said, "warning")
            return
        sentence = red_words(self.guarantees)
        fields = [Field("done", "What was done", "", "names nobody; nothing is an answer too", MOST_WORDS)]

        def check(texts: Texts) -> dict[str, str]:
            wrong = words_problem(texts["done"])
            return {} if wrong is None else {"done": wrong}

        def answered(texts: Texts) -> None:
            words = texts["done"]

            def act(desk: "Desk", id: str) -> object:
                from agent_tui.services import weekly_checks

                return weekly_checks.sign(desk, week, words, id=id)

            self.propose(f"{SIGN} {week}", None, act)

        self.ask(f"Sign week {week.number}", sentence, fields, check, answered, about=str(week))

    def action_unsign_week(self) -> None:
        """Take back my signing of a week, within 60 seconds."""

        def act(desk: "Desk", id: str) -> object:
            from agent_tui.services import weekly_checks

            return weekly_checks.undo(desk, id=id)

        if self._may("unsign_week"):
            self.propose(TAKE_BACK, None, act)

    def action_past_checks(self) -> None:
        """List the weeks that were signed."""
        found = self.checks
        lines = [] if found is None else _past_lines(found, self.today)
        self.modal(EffectModal("Checks of weeks", lines or ["No week was signed."], glyphs=self.glyphs), lambda _yes: None)

    def action_new_guarantee(self) -> None:
        """Choose a type of which nothing is guaranteed, and say what is to be."""
        if not self._may("new_guarantee"):
            return
        known = {one.rule.type for one in self.guarantees}
        kinds = sorted(self.catalogue.types.values(), key=lambda one: one.name.casefold())
        choices = [Choice(one.code, one.name, one.code) for one in kinds if one.booked_by == "offer" and one.code not in known]
        if choices:
            self.modal(PickModal("Guarantee which type?", choices, glyphs=self.glyphs), lambda code: self._ask_rule(code, 3, 5))
        else:
            self.say("Every type has a guarantee already.")

    def action_edit_guarantee(self) -> None:
        """Change what is guaranteed."""
        one = self.in_hand
        if one is not None and self._may("edit_guarantee"):
            self._ask_rule(one.rule.type, one.rule.starts, one.rule.days)

    def _ask_rule(self, code: str, starts: int, days: int) -> None:
        fields = [
            Field("starts", "Starts", str(starts), f"1 to {MOST_STARTS}", 4),
            Field("days", "Working days", str(days), f"1 to {MOST_DAYS}, today's among them", 3),
        ]

        def check(texts: Texts) -> dict[str, str]:
            wrong = {name: "A whole number." for name in ("starts", "days") if not texts[name].isdecimal()}
            if not wrong:
                problem = guarantee_problem(int(texts["starts"]), int(texts["days"]))
                wrong = {} if problem is None else {"days" if "days" in problem else "starts": problem}
            return wrong

        def answered(texts: Texts) -> None:
            wanted = int(texts["starts"]), int(texts["days"])

            def act(desk: "Desk", id: str) -> object:
                from agent_tui.services.guarantees import set_guarantee

                return set_guarantee(desk, code, *wanted, id=id)

            self.chosen_type = code
            self.propose(f"{SET} {code} {wanted}", None, act)

        self.ask(f"Guarantee {code}", "At least so many starts must always be free.", fields, check, answered, about=code)

    def action_drop_guarantee(self) -> None:
        """Guarantee the type nothing any more, once that is wanted."""
        one = self.in_hand
        if one is None or not self._may("drop_guarantee"):
            return
        code = one.rule.type

        def act(desk: "Desk", id: str) -> object:
            from agent_tui.services.guarantees import drop_guarantee

            return drop_guarantee(desk, code, id=id)

        lines = [f"{one.name} has {counted(one.found, 'start')}; nobody would be told when it runs out."]
        modal = EffectModal(f"Guarantee {code} nothing any more?", lines, yes="drops it", glyphs=self.glyphs)
        self.modal(modal, lambda _yes: self.propose(f"{DROP} {code}", None, act))


def _signed_words(found: WeeklyCheck, checks: "Checks") -> str:
    made = wall_of(found.signed_at, checks.zone)
    return f"signed by {checks.names.get(found.signed_by, found.signed_by)}, {short_moment(made)}"


def _past_lines(found: "Checks", today: date) -> list[str]:
    lines = [f"Not signed: {', '.join(str(week) for week in found.missing)}", ""] if found.missing else []
    return [*lines, *(line for one in found.signed for line in _check_lines(one, found))]


def _check_lines(one: WeeklyCheck, found: "Checks") -> Iterable[str]:
    yield f"{one.week}  {_signed_words(one, found)}"
    yield f"   red: {', '.join(red.type for red in one.red) or 'nothing'}"
    yield f"   {one.done}"
