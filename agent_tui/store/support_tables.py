"""The tables of support and review: questions and answers, incidents and tickets, feedback, improvements, procedures."""

from sqlalchemy import Index, UniqueConstraint

from agent_tui.store.columns import maybe_text, maybe_whole, text, whole
from agent_tui.store.table_base import CLUSTERED, STRICT, Table, check, one_of, refers


class QuestionRow(Table, table=True):
    """A question about how to book; `word_key` are its words folded, by which no two questions of a site are the same."""

    __tablename__ = "question"
    __table_args__ = (
        UniqueConstraint("site", "word_key", name="uq_question_word_key"),
        refers("question", target=("site.site",)),
        STRICT,
    )
    site: str = text(key=True)
    id: str = text(key=True)
    words: str = text()
    word_key: str = text()
    raised_by: str = text()
    raised_at: int = whole()


class QuestionAnswerRow(Table, table=True):
    """The answer to a question as it is published now; a row of its own, since whoever raises may not answer."""

    __tablename__ = "question_answer"
    __table_args__ = (refers("question_answer", "question", target=("question.site", "question.id")), STRICT)
    site: str = text(key=True)
    question: str = text(key=True)
    words: str = text()
    answered_by: str = text()
    answered_at: int = whole()


class QuestionWatchRow(Table, table=True):
    """Who waits for an answer by login, and when they were told of it (ms UTC)."""

    __tablename__ = "question_watch"
    __table_args__ = (refers("question_watch", "question", target=("question.site", "question.id")), CLUSTERED)
    site: str = text(key=True)
    question: str = text(key=True)
    login: str = text(key=True)
    told_at: int | None = maybe_whole()


class IncidentRow(Table, table=True):
    """What did not work: `acts` is JSON [[name, seconds, 0 or 1 for failed]], `findings` JSON [[severity, check]]."""

    __tablename__ = "incident"
    __table_args__ = (
        one_of("incident", "kind", "no_access", "slow", "not_saving", "other"),
        refers("incident", target=("site.site",)),
        STRICT,
    )
    site: str = text(key=True)
    id: str = text(key=True)
    kind: str = text()
    words: str = text()
    acts: str = text()
    findings: str = text()
    version: str = text()
    engine: str = text()
    noticed: str = text()
    made_by: str = text()
    made_at: int = whole()
    outcome: str | None = maybe_text()
    closed_by: str | None = maybe_text()
    closed_at: int | None = maybe_whole()


class SupportTicketRow(Table, table=True):
    """What the lead could not answer, a question or an incident by id; it holds words of staff and no claimant."""

    __tablename__ = "support_ticket"
    __table_args__ = (
        UniqueConstraint("site", "subject", name="uq_support_ticket_subject"),
        one_of("support_ticket", "about", "question", "incident"),
        refers("support_ticket", target=("site.site",)),
        STRICT,
    )
    site: str = text(key=True)
    id: str = text(key=True)
    about: str = text()
    subject: str = text()
    words: str = text()
    made_by: str = text()
    made_at: int = whole()
    outcome: str | None = maybe_text()
    closed_by: str | None = maybe_text()
    closed_at: int | None = maybe_whole()


class FeedbackRow(Table, table=True):
    """What a claimant or one of the staff said about an entry or a procedure; `words` NULL where they were erased."""

    __tablename__ = "feedback"
    __table_args__ = (
        one_of("feedback", "source", "claimant", "staff"),
        check("feedback_of", "(entry IS NULL) <> (procedure IS NULL)"),
        refers("feedback", "entry", target=("entry.site", "entry.id")),
        Index("ix_feedback_entry", "site", "entry"),
        STRICT,
    )
    site: str = text(key=True)
    id: str = text(key=True)
    source: str = text()
    entry: str | None = maybe_text()
    procedure: str | None = maybe_text()
    words: str | None = maybe_text()
    made_by: str = text()
    made_at: int = whole()


class ImprovementRow(Table, table=True):
    """What is to become better, with its owner, the day it is due and what came of it; perhaps from an item of feedback."""

    __tablename__ = "improvement"
    __table_args__ = (
        refers("improvement", "feedback", target=("feedback.site", "feedback.id")),
        refers("improvement", "owner", target=("staff.site", "staff.login")),
        Index("ix_improvement_feedback", "site", "feedback"),
        STRICT,
    )
    site: str = text(key=True)
    id: str = text(key=True)
    title: str = text()
    owner: str = text()
    due: str = text()
    feedback: str | None = maybe_text()
    made_by: str = text()
    made_at: int = whole()
    outcome: str | None = maybe_text()
    closed_by: str | None = maybe_text()
    closed_at: int | None = maybe_whole()


class ProcedureRow(Table, table=True):
    """A procedure of the site and when it was reviewed last; `reports` is a JSON list of names of reports to read."""

    __tablename__ = "procedure_review"
    __table_args__ = (refers("procedure_review", target=("site.site",)), CLUSTERED)
    site: str = text(key=True)
    code: str = text(key=True)
    title: str = text()
    source: str = text()
    reports: str = text()
    reviewed: str | None = maybe_text()
    reviewed_by: str | None = maybe_text()
