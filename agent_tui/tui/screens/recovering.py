"""The recovery list on a screen: moves that win usable starts, whom to ask, accepting, dismissing and undoing them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from agent_tui.domain.plurals import counted
from agent_tui.domain.recovery import Plan
from agent_tui.domain.requests import Booked, Refused
from agent_tui.domain.week import WeekAsked
from agent_tui.tui.modals import ConfirmModal, EffectModal
from agent_tui.tui.modals.pick import PickModal
from agent_tui.tui.screens.manager import ManagerScreen
from agent_tui.tui.space_words import move_words, plan_choice, plan_lines
from agent_tui.tui.under_way import UnderWay

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

MOVES, ACCEPT, DISMISS, UNDO = "moves", "accept", "dismiss", "undo"
MOST_LISTED = 100


class Recovering(ManagerScreen):
    """A screen on which moves that win starts are listed, accepted and dismissed."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.plans: tuple[Plan, ...] = ()
        """The plans of the coach under the cursor."""
        self.decided = 0
        """How many plans were accepted or dismissed here: what is known of them must be read again."""
        self._ids: dict[tuple[str, str], str] = {}

    @property
    def asked(self) -> WeekAsked:
        """What is shown."""
        raise NotImplementedError

    @property
    def plans_here(self) -> Sequence[Plan]:
        """The moves that win something on the day under the cursor."""
        raise NotImplementedError

    def read(self) -> None:
        """Read what is shown."""
        raise NotImplementedError

    def done(self, job: str, result: object) -> None:
        """Show the list of moves, or say what was accepted, dismissed or undone."""
        if job == MOVES:
            self._list(result)
        elif job in (ACCEPT, DISMISS, UNDO):
            self._decided(job, result)

    def action_list_moves(self) -> None:
        """List the moves that win starts in the week; the one that is chosen shows whom to ask, and is accepted then."""
        asked = self.asked
        self.say("Looking for moves that win starts.")
        going = UnderWay(MOVES, "Looking for moves that win starts", stopped="Stopped; nothing was changed.")

        def work(desk: "Desk") -> object:
            from agent_tui.services.claimants import names_of
            from agent_tui.services.recovering import recovery

            found = recovery(desk, asked, limit=MOST_LISTED, told=going.step)
            clients = sorted({move.client for plan in found.plans for move in plan.moves})
            return found, names_of(desk, clients, "recovery")

        self.do(MOVES, work, exclusive=True, going=going)

    def _list(self, result: Any) -> None:
        found, names = result
        if not found.plans:
            self.say(found.note or "", "done")
            return
        self.say(f"{counted(found.total, 'half-day')} could win starts.")
        plans = {plan.id: plan for plan in found.plans}
        here = next((plan.id for plan in self.plans_here if plan.id in plans), None)

        def picked(id: str) -> None:
            plan = plans[id]
            modal = EffectModal("Move these?", plan_lines(plan, names, self.glyphs), yes="moves them", glyphs=self.glyphs)
            self.modal(modal, lambda _yes: self._decide(ACCEPT, plan))

        title = "Moves: starts won for each asked"
        self.modal(PickModal(title, [plan_choice(plan) for plan in found.plans], chosen=here, glyphs=self.glyphs), picked)

    def action_dismiss_plan(self) -> None:
        """Keep the moves of the day under the cursor off the list until something of them has changed."""
        plans = {plan.id: plan for plan in self.plans_here}
        if not plans:
            self.say("There is no move to dismiss on this day.", "warning")
        elif len(plans) == 1:
            (plan,) = plans.values()
            modal = ConfirmModal(f"Dismiss {move_words(plan)}, until something of it changes?", yes="dismiss", glyphs=self.glyphs)
            self.modal(modal, lambda _yes: self._decide(DISMISS, plan))
        else:
            choices = [plan_choice(plan) for plan in plans.values()]
            modal_ = PickModal("Dismiss which, until something of it changes?", choices, glyphs=self.glyphs)
            self.modal(modal_, lambda id: self._decide(DISMISS, plans[id]))

    def _decide(self, job: str, plan: Plan) -> None:
        # Asked again after trouble with the store, the same act has the same id and is done once.
        id = self._ids.setdefault((job, plan.id), str(uuid4()))

        def work(desk: "Desk") -> object:
            from agent_tui.services import recovering

            return (recovering.accept if job == ACCEPT else recovering.dismiss)(desk, plan.id, id=id)

        self.do(job, work)

    def action_undo(self) -> None:
        """Undo my last act, within 60 seconds of it."""
        id = self._ids.setdefault((UNDO, ""), str(uuid4()))

        def work(desk: "Desk") -> object:
            from agent_tui.services.changes import undo

            return undo(desk, id=id)

        self.do(UNDO, work)

    def _decided(self, job: str, result: Any) -> None:
        self._ids.clear()
        self.decided += 1
        if isinstance(result, Refused):
            self.say(result.reason.partition(" Look at the list again:")[0], "error")
        elif job == UNDO and isinstance(result, Booked):
            self.say(f"Undone: {result.coach}'s diary is as it was.", "done")
        elif job == ACCEPT:
            many = counted(len(result.moves), "appointment")
            self.say(f"Moved {many}; {counted(result.won or 0, 'start')} won. u undoes for 60 seconds.", "done")
        else:
            self.say("Dismissed until something of it changes.", "done")
        self.back.look()
        self.read()
