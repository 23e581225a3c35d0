"""What is done on the support screen: each act asks what it needs, and says what became of it."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from agent_tui.domain.incidents import MOST_WORDS as MOST_INCIDENT
from agent_tui.domain.incidents import Incident, SupportTicket, outcome_problem, words_problem
from agent_tui.domain.questions import ANSWERED, MOST_ANSWER, MOST_WORDS, Question, answer_problem, question_problem
from agent_tui.domain.review import MOST_TITLE, Feedback, Improvement, ToReview
from agent_tui.tui.feedback_asking import check as check_feedback
from agent_tui.tui.feedback_asking import fields as feedback_fields
from agent_tui.tui.modals import ConfirmModal, Field
from agent_tui.tui.screens.proposing import ACT
from agent_tui.tui.screens.two_panes import TwoPanes

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

Texts = Mapping[str, str]
RAISE, UNDO, ERASE = "Question", "Undo", "Erase"


def checked(name: str, problem: Callable[[str], str | None]) -> Callable[[Texts], dict[str, str]]:
    """Return the check of a page with one field."""

    def check(texts: Texts) -> dict[str, str]:
        said = problem(texts[name])
        return {} if said is None else {name: said}

    return check


class SupportActs(TwoPanes):
    """The acts on the highlighted item."""

    view: str

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._former: dict[str, str] = {}

    @property
    def item(self) -> object:
        """The item that has the highlight."""
        raise NotImplementedError

    def _only(self, kind: type[Any], sentence: str) -> Any:
        """Return the highlighted item if it is of a kind; else say what to go to and return None."""
        if isinstance(self.item, kind):
            return self.item
        self.say(sentence, "warning")
        return None

    # Questions.

    def action_new_item(self) -> None:
        """Raise a question or an incident, or add what the list holds."""
        makers: dict[str, Callable[[], None]] = {
            "questions": lambda: self.raise_words(""),
            "incidents": lambda: self.app.action_incident(),  # type: ignore[attr-defined]
            "tickets": lambda: self.say("A ticket is about a question or an incident: go to it, then t.", "warning"),
            "feedback": self._new_feedback,
            "improvements": lambda: self._improve(None),
            "procedures": self._new_procedure,
        }
        makers[self.view]()

    def raise_words(self, words: str) -> None:
        """Ask for a question that is not there, filled in with words, and raise it."""
        field = Field("words", "Question", words, "a whole sentence", MOST_WORDS)
        sentence = "It goes to the service innovation lead; you are told of the answer."
        self.ask(RAISE, sentence, [field], checked("words", question_problem), self._raise, about=words)

    def _raise(self, texts: Texts, *, anyway: bool = False) -> None:
        def act(desk: "Desk", id: str) -> object:
            from agent_tui.services import questions

            return questions.raise_question(desk, texts["words"], anyway=anyway, id=id)

        self._raising = texts
        self.propose(RAISE, None, act)

    def done(self, job: str, result: object) -> None:
        """Show questions that are nearly the same before one is raised; all else is as elsewhere."""
        from agent_tui.services.questions import Near

        if job != ACT + RAISE or not isinstance(result, Near):
            super().done(job, result)
            return
        self._ids.pop(RAISE, None)
        texts = self._raising
        question = f"Is it one of these? {' / '.join(f'{one.words} ({one.state})' for one in result.questions[:3])} Raise yours?"
        modal = ConfirmModal(question, title="Nearly the same is there", yes="raises it all the same", no="reads them first")
        self.modal(modal, lambda _yes: self._raise(texts, anyway=True))

    def action_watch_question(self) -> None:
        """Be told of the answer of the question, or no more."""
        one = self._only(Question, "Go to a question that is raised first.")
        if one is not None:
            waits = self.staff.login in one.watchers and one.state != ANSWERED

            def act(desk: "Desk", id: str) -> object:
                from agent_tui.services import questions

                return (questions.unwatch if waits else questions.watch)(desk, one.id, id=id)

            self.propose("Watch", None, act)

    def action_undo(self) -> None:
        """Take back my last act of support or review."""
        former = dict(self._former)

        def act(desk: "Desk", id: str) -> object:
            from agent_tui.services import support_undo

            return support_undo.undo(desk, former, id=id)

        self.propose(UNDO, None, act)

    def action_answer_question(self) -> None:
        """Publish the answer of the question."""
        one = self._only(Question, "Go to a question first.")
        if one is None:
            return
        flat = " ".join(one.answer.split())
        fields = [Field("words", "Answer", flat, "everybody at the site reads it", MOST_ANSWER)]

        def answered(texts: Texts) -> None:
            self._former = {one.id: one.answer}  # what an undo brings back; the store keeps none

            def act(desk: "Desk", id: str) -> object:
                from agent_tui.services import questions

                return questions.answer(desk, one.id, texts["words"], id=id)

            self.propose("Answer", None, act)

        self.ask("Answer", one.words, fields, checked("words", answer_problem), answered, about=one.id)

    # Incidents and tickets.

    def action_raise_ticket(self) -> None:
        """Make a ticket of the question or the incident."""
        one = self._only(Question | Incident, "Go to a question or an incident first.")  # type: ignore[arg-type]
        if one is None:
            return
        if isinstance(one, Question) and one.state == ANSWERED:
            self.say("This question is answered already.", "warning")
            return

        def answered(words: str) -> None:
            def act(desk: "Desk", id: str) -> object:
                from agent_tui.services import incidents

                return incidents.raise_ticket(desk, one.id, words, id=id)

            self.propose("Ticket", None, act)

        sentence, problem = "What is asked of the people who run the tool; name no claimant.", partial(words_problem, needed=True)
        self._ask_words("Ticket", sentence, one.id, problem, answered)

    def _ask_words(
        self, title: str, sentence: str, about: str, problem: Callable[[str], str | None], answered: Callable[[str], None]
    ) -> None:
        fields = [Field("words", "Words", "", "", MOST_INCIDENT)]
        self.ask(title, sentence, fields, checked("words", problem), lambda texts: answered(texts["words"]), about=about)

    def action_close_item(self) -> None:
        """Say what came of the incident, the ticket or the improvement."""
        one = self.item
        if not isinstance(one, Incident | SupportTicket | Improvement):
            self.say("Go to an incident, a ticket or an improvement first.", "warning")
            return
        if one.closed_at is not None:
            self.say(f"It is closed already: {one.outcome}", "warning")
            return

        def answered(words: str) -> None:
            def act(desk: "Desk", id: str) -> object:
                from agent_tui.services import incidents, reviewing

                closers = {Incident: incidents.close_incident, SupportTicket: incidents.close_ticket}
                return closers.get(type(one), reviewing.close_improvement)(desk, one.id, words, id=id)

            self.propose("Close", None, act)

        sentence = f"What came of it, in at most {MOST_INCIDENT} characters?"
        self._ask_words("Close", sentence, one.id, outcome_problem, answered)

    # Review.

    def _new_feedback(self) -> None:
        fields = [Field("procedure", "Procedure", "", "a code of the list of procedures", 40), *feedback_fields({})]

        def answered(texts: Texts) -> None:
            def act(desk: "Desk", id: str) -> object:
                from agent_tui.services import reviewing

                return reviewing.add_feedback(desk, texts["source"], texts["words"], procedure=texts["procedure"], id=id)

            self.propose("Feedback", None, act)

        sentence = "About a procedure; about an appointment: F where it is shown."
        self.ask("Feedback about a procedure", sentence, fields, check_feedback, answered)

    def action_improve_item(self) -> None:
        """Make an improvement of the feedback."""
        one = self._only(Feedback, "Go to an item of feedback first.")
        if one is not None:
            self._improve(one)

    def _improve(self, one: Feedback | None) -> None:
        fields = [
            Field("title", "Title", "", "what is to become better", MOST_TITLE),
            Field("owner", "Owner", self.staff.login, "a login", 60),
            Field("due", "Due", (self.today + timedelta(days=30)).isoformat(), "a day such as 2026-12-31", 10),
        ]

        def check(texts: Texts) -> dict[str, str]:
            wrong = {} if texts["title"] else {"title": "Say what is to become better."}
            return wrong if _day(texts["due"]) else wrong | {"due": "This is no day such as 2026-12-31."}

        def answered(texts: Texts) -> None:
            due = _day(texts["due"])
            assert due is not None

            def act(desk: "Desk", id: str) -> object:
                from agent_tui.services import reviewing

                of = None if one is None else one.id
                return reviewing.add_improvement(desk, texts["title"], texts["owner"], due, feedback=of, id=id)

            self.propose("Improvement", None, act)

        self.ask("Improvement", "What is done, by whom, until when.", fields, check, answered, about=one.id if one else "")

    def action_erase_item(self) -> None:
        """Erase the words of the feedback after a question."""
        one = self._only(Feedback, "Go to an item of feedback first.")
        if one is None:
            return

        def act(desk: "Desk", id: str) -> object:
            from agent_tui.services import reviewing

            return reviewing.erase_feedback(desk, one.id, id=id)

        question = "The words are gone for good; who said them about what stays. Erase?"
        modal = ConfirmModal(question, title="Erase", yes="erase", no="keep")
        self.modal(modal, lambda _yes: self.propose(ERASE, None, act))

    def _new_procedure(self) -> None:
        fields = [
            Field("code", "Code", "", "such as walk-ins", 40),
            Field("title", "Title", "", "", MOST_TITLE),
            Field("source", "Source", "", "where it is written", 120),
        ]

        def answered(texts: Texts) -> None:
            def act(desk: "Desk", id: str) -> object:
                from agent_tui.services import reviewing

                return reviewing.add_procedure(desk, texts["code"], texts["title"], source=texts["source"], id=id)

            self.propose("Procedure", None, act)

        self.ask("Procedure", "It is reviewed each year.", fields, lambda _texts: {}, answered)

    def action_procedure_reviewed(self) -> None:
        """Say that the procedure was reviewed today, after a question that names what to look at."""
        one = self._only(ToReview, "Go to a procedure first.")
        if one is None:
            return

        def act(desk: "Desk", id: str) -> object:
            from agent_tui.services import reviewing

            return reviewing.reviewed(desk, one.procedure.code, id=id)

        question = f"{one.procedure.title}: looked at what the right pane lists, and reviewed today?"
        modal = ConfirmModal(question, title="Reviewed", yes="reviewed", no="not yet")
        self.modal(modal, lambda _yes: self.propose("Reviewed", None, act))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
