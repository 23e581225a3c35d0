"""What was asked for when the store went away: it is looked up by its id as soon as the store answers again."""

from textual import on

from agent_tui.domain.requests import DONE_WORDS, Booked, Outcome
from agent_tui.domain.ticks import clock
from agent_tui.domain.wall_time import spoken_day
from agent_tui.tui.messages import ActDone, ActSettled, ActUnknown, StoreFailed, StoreRecovered
from agent_tui.tui.screens.booking_call import CallDesk

SETTLE = "settle"


class DoubtDesk(CallDesk):
    """Acts of which nobody knows yet whether they were done."""

    doubt: ActUnknown | None = None
    settling: bool = False

    @on(ActUnknown)
    def _unknown(self, message: ActUnknown) -> None:
        if message.call == self.call.id:
            self.call.acting, self.call.waited, self.call.ending = False, 0, None
        self.doubt = message
        self.say_doubt()

    def say_doubt(self) -> bool:
        """Say what is in doubt, which no other trouble with the store may hide; False when nothing is."""
        if self.doubt is None:
            return False
        sentence = self.doubt.sentence
        self.say(f"{sentence} What you typed is kept; this line says which it is once the store answers.", "error")
        return True

    def settle(self) -> None:
        """Look up what came of the act in doubt, if there is one."""
        if self.doubt is not None and not self.settling and self.back.is_open:
            self.settling = True
            self.back.settle(self.doubt)

    @on(StoreRecovered)
    def _look_again(self) -> None:
        self.settle()

    @on(StoreFailed)
    def _not_settled(self, message: StoreFailed) -> None:
        if message.job == SETTLE:
            self.settling = False

    @on(ActDone)
    def _answered(self, message: ActDone) -> None:
        self.doubt_answered(message.act, message.call)

    def doubt_answered(self, act: str, call: str) -> None:
        """Take an answer for that of the act in doubt, where the same key was pressed again meanwhile: its id is the same."""
        if self.doubt is not None and (act, call) == (self.doubt.act, self.doubt.call):
            self.doubt = None

    @on(ActSettled)
    def _settled(self, message: ActSettled) -> None:
        self.settling = False
        if message.doubt is not self.doubt:
            return
        self.doubt = None
        act, outcome = message.doubt.act, message.outcome
        if outcome is None:
            self.say(f"It was not {DONE_WORDS.get(act, 'done')}, and nothing was written. Press the key again.", "warning")
        else:
            self.settled(act, outcome, message.doubt.call)

    def settled(self, act: str, outcome: Outcome, call: str) -> None:
        """Show an act that was done although no answer came, as its answer would have been."""
        if act in ("block", "unblock") and isinstance(outcome, Booked):
            self.block_settled(act, outcome.entry)
            return
        self.act_answered(act, outcome, call)
        if isinstance(outcome, Booked):
            entry = outcome.entry
            when = f"{spoken_day(entry.day)} {clock(entry.start)} with {outcome.coach}"
            self.say(f"It was {DONE_WORDS.get(act, 'done')}: {when}.", "done")
