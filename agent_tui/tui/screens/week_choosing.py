"""What the week screen counts: a group, a type, whose diaries, a channel, as an agent, which week; and a start to go to."""

from typing import Any

from agent_tui.domain.types import CHANNELS
from agent_tui.domain.week import AGENT, Week
from agent_tui.tui.modals.pick import PickModal
from agent_tui.tui.screens.week_chart import WeekChartPane
from agent_tui.tui.screens.week_guarantees import GuaranteePane
from agent_tui.tui.week_words import ALL, CHANNEL_NAMES, read_whose, start_choice, whose_choices
from agent_tui.tui.widgets.heat_map import HeatGrid
from agent_tui.tui.widgets.picker import Choice

PICKED = "picked"


class WeekChoosing(WeekChartPane, GuaranteePane):
    """The choices of the week screen; what they change is counted and shown in screens/week.py."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.week: Week | None = None
        self.type: str | None = None
        self.team: str | None = None
        self.diary: str | None = None
        self.channel: str | None = None
        self.as_agent = False

    @property
    def grid(self) -> HeatGrid:
        """The map that is in hand."""
        raise NotImplementedError

    def choose(self, name: str) -> None:
        """Count another group or what was picked."""
        raise NotImplementedError

    def show_title(self) -> None:
        """Show the week."""
        raise NotImplementedError

    @property
    def shown_week(self) -> Week:
        """The week that is shown: this week, whatever day it is by now, unless another was gone to."""
        return self.week or Week.of(self.today)

    def count_type(self, code: str) -> None:
        """Count the starts of one type."""
        self.type = code
        self.choose(PICKED)

    def action_count_initial(self) -> None:
        """Count the first interviews."""
        self.choose("initial")

    def action_count_commitment(self) -> None:
        """Count the first commitments."""
        self.choose("first-commitment")

    def action_count_residency(self) -> None:
        """Count the habitual residency tests."""
        self.choose("habitual-residency")

    def action_count_gateway(self) -> None:
        """Count the gateway interviews."""
        self.choose("gateway")

    def action_pick_type(self) -> None:
        """Count the starts of one type."""
        kinds = sorted(self.catalogue.types.values(), key=lambda one: one.name.casefold())
        choices = [Choice(one.code, one.name, one.code) for one in kinds if one.booked_by == "offer"]

        self.modal(PickModal("Which type?", choices, chosen=self.type, glyphs=self.glyphs), self.count_type)

    def action_pick_whose(self) -> None:
        """Count all diaries, a team's or one coach's."""

        def picked(id: str) -> None:
            self.team, self.diary = read_whose(id)
            self.look()

        chosen = f"diary {self.diary}" if self.diary else f"team {self.team}" if self.team else ALL
        self.modal(PickModal("Whose diaries?", whose_choices(self.catalogue), chosen=chosen, glyphs=self.glyphs), picked)

    def action_next_channel(self) -> None:
        """Count one channel only, or each type as it is held."""
        order = (None, *CHANNELS)
        self.channel = order[(order.index(self.channel) + 1) % len(order)]
        self.look()
        self.say(f"Counted: {CHANNEL_NAMES[self.channel] if self.channel else 'each type as it is held'}.")

    def action_see_as_agent(self) -> None:
        """Count what a provider agent sees, or what you see."""
        self.as_agent = not self.as_agent
        self.look()
        self.say(f"Counted as a {AGENT} sees it." if self.as_agent else "Counted as you see it.")

    def action_next_week(self) -> None:
        """Go to the next week."""
        self._go(self.shown_week.later(1))

    def action_previous_week(self) -> None:
        """Go to the week before."""
        self._go(self.shown_week.later(-1))

    def action_this_week(self) -> None:
        """Go to this week."""
        self._go(Week.of(self.today))

    def show_day(self, week: Week, column: int) -> None:
        """Go to a week's map, the cursor on a day."""
        self.grid.cursor = (self.grid.cursor[0], column)
        self._go(week)

    def _go(self, week: Week) -> None:
        self.week = None if week == Week.of(self.today) else week
        self.show_title()
        self.show_check()
        self.look()

    def action_open_cell(self) -> None:
        """List the coaches and starts of the half hour; the one that is chosen is shown on the booking screen."""
        starts = {choice.id: (start, choice) for start in self.grid.starts for choice in [start_choice(start, self.catalogue)]}
        if not starts:
            self.say("Nothing can be booked in this half hour.", "warning")
            return

        def picked(id: str) -> None:
            from agent_tui.tui.screens.going import go_to_start

            start, _choice = starts[id]
            go_to_start(self.app, start.type, start.diary, start.day, start.start, self.channel)

        title = f"{len(starts)} starts" if len(starts) != 1 else "1 start"
        self.modal(PickModal(title, [choice for _start, choice in starts.values()], glyphs=self.glyphs), picked)
