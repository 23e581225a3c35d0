"""Support from the booking screen: incidents from everywhere, answers that were waited for, feedback about an appointment."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from textual import on
from textual.screen import Screen

from agent_tui.domain.incidents import KINDS, MOST_WORDS, incident_problem
from agent_tui.domain.plurals import counted
from agent_tui.domain.questions import QUESTION_ANSWERED
from agent_tui.domain.review import REVIEWED_BY
from agent_tui.domain.roles import reaches
from agent_tui.tui.commands import BY_ID, readable
from agent_tui.tui.feedback_asking import FEEDBACK, FeedbackAsking
from agent_tui.tui.kept_incidents import Kept, KeptIncidents
from agent_tui.tui.messages import DeskOpened, DiariesChanged, StoreRecovered, WorkDone
from agent_tui.tui.modals import ChoiceModal, Field, FieldsModal
from agent_tui.tui.screens.booking_escalating import EscalatingDesk
from agent_tui.tui.support_words import VIEWS, answered_words

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

INCIDENT, KEPT, ANSWERS, TOLD, REVIEWS = "incident", "incident kept", "answers", "told", "reviews"
_PROCEDURES = list(VIEWS).index("procedures") + 1
_KEPT_HERE = "The incident is kept on this computer and written when the store answers again."


class SupportDesk(EscalatingDesk):
    """What goes to the lead, and what comes back."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.kept_incidents = KeptIncidents(self.settings.login, self.settings.store)
        self._incident_typed = ""
        self._incident_asked: Screen[Any] | None = None
        self._reviews_to_say = 0
        self._feedback = FeedbackAsking()

    # Incidents.

    def ask_incident(self) -> None:
        """Ask what does not work, then for words; it needs no store, and a dialog that is open stays beneath it."""
        if self._incident_asked in self.app.screen_stack:
            return
        options = [(kind, str(number), words) for number, (kind, words) in enumerate(KINDS.items(), start=1)]
        self._incident_asked = ChoiceModal("Incident", "What does not work?", options, glyphs=self.glyphs)
        self.modal(self._incident_asked, self._ask_words)

    def _ask_words(self, kind: str) -> None:
        field = Field("words", "Your words", self._incident_typed, "since when, where; name no claimant", MOST_WORDS)

        def check(texts: Mapping[str, str]) -> dict[str, str]:
            problem = incident_problem(kind, texts["words"])
            return {} if problem is None else {"words": problem}

        sentence = "With it go the names and seconds of the last ten acts here and the doctor's findings, and no claimant."
        modal = FieldsModal(f"Incident: {KINDS[kind]}", sentence, [field], check, glyphs=self.glyphs)

        def answered(texts: dict[str, str] | None) -> None:
            self._incident_typed = modal.typed["words"] if texts is None else ""
            if texts is not None:
                self._keep_incident(kind, texts["words"])

        self._incident_asked = modal
        self.app.push_screen(modal, answered)

    def _keep_incident(self, kind: str, words: str) -> None:
        """Write it down on this computer, then into the store; what the store does not take stays here."""
        one = Kept(str(uuid4()), kind, words, self.back.acts.taken(), self.now())

        def work() -> WorkDone:
            problem = self.kept_incidents.keep(one)
            return WorkDone(KEPT, problem or "")

        self.back.run(KEPT, work)

    def _send_incidents(self) -> None:
        if self.back.is_open:
            self.back.do(INCIDENT, self.kept_incidents.send)

    @on(DeskOpened)
    @on(StoreRecovered)
    def _look_for_support(self) -> None:
        self._send_incidents()
        self._look_for_answers()

    # Answers.

    @on(DiariesChanged)
    def _answers_changed(self, message: DiariesChanged) -> None:
        login = None if self.staff is None else self.staff.login
        if any(one.verb == QUESTION_ANSWERED and one.who != login for one in message.changes.events):
            self._look_for_answers()

    def _look_for_answers(self) -> None:
        def work(desk: "Desk") -> object:
            from agent_tui.services import questions

            return questions.answers_for_me(desk)

        self.back.do(ANSWERS, work, exclusive=True)

    def _tell_answers(self, found: list[Any]) -> None:
        sentence = answered_words(found)
        self.tell(sentence, "done")
        # At the start other sentences follow in the status line; this one must be seen once.
        self.app.notify(sentence, timeout=10, markup=False)
        ids = [one.id for one in found]

        def work(desk: "Desk") -> object:
            from agent_tui.services import questions

            questions.mark_told(desk, ids)
            return None

        self.back.do(TOLD, work)

    # Reviews.

    @on(DeskOpened)
    def _look_for_reviews(self) -> None:
        if self.staff is not None and reaches(self.staff.role, REVIEWED_BY):

            def work(desk: "Desk") -> object:
                from agent_tui.services import reviewing

                return reviewing.due_reviews(desk)

            self.back.do(REVIEWS, work, exclusive=True)

    def say_reviews(self) -> None:
        """Say once how many procedures are to be reviewed, when what else was said has been read."""
        from agent_tui.tui.screens.going import SCREENS

        if self._reviews_to_say and self.status.severity is None:
            due, self._reviews_to_say = counted(self._reviews_to_say, "procedure is", "procedures are"), 0
            to, lists = (readable(BY_ID[id].keys[at]) for id, at in (("screens", 0), ("pick_support", 1)))
            self.say(f"{due} to be reviewed: {to} {SCREENS['support'][0]}, then {lists} {_PROCEDURES} lists them.")

    # Feedback.

    def action_add_feedback(self) -> None:
        """Keep what was said about the appointment under the cursor."""
        block = self.grid.cursor_cell.block
        if block is None or block.kind != "appointment":
            self.say("Put the cursor on an appointment first.", "warning")
        elif self.ready():
            self._feedback.ask(self, self.back, block.entry_id, self.glyphs)

    def support_done(self, job: str, result: object) -> bool:
        """Say what became of a piece of support; False for a job that is none."""
        if job == KEPT:
            self.tell(str(result) or _KEPT_HERE, "error" if result else "done")
            self._send_incidents()
        elif job == INCIDENT and isinstance(result, list) and result:
            self.tell("The incident is written: the lead sees it." if len(result) == 1 else "The incidents are written.", "done")
            self.back.look()
        elif job == ANSWERS and isinstance(result, list) and result:
            self._tell_answers(result)
        elif job == REVIEWS and isinstance(result, int):
            self._reviews_to_say = result
        elif job == FEEDBACK:
            sentence, stored = self._feedback.told(result)
            self.say(sentence, "done" if stored else "error")
        return job in (KEPT, INCIDENT, ANSWERS, TOLD, REVIEWS, FEEDBACK)
