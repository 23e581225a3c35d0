"""Feedback, what becomes of it, and the yearly review of procedures (seeds/sop-slot-allocation.txt, section 8)."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from agent_tui.domain.cleaning import clean
from agent_tui.domain.wall_time import short_date

SOURCES: Final = ("claimant", "staff")
FEEDBACK_ADDED, FEEDBACK_ERASED = "feedback_added", "feedback_erased"
IMPROVEMENT_ADDED, IMPROVEMENT_CLOSED = "improvement_added", "improvement_closed"
PROCEDURE_ADDED, PROCEDURE_REVIEWED = "procedure_added", "procedure_reviewed"
"""The verbs of the log."""
MOST_FEEDBACK, MOST_TITLE = 1000, 120
REVIEWED_BY: Final = "leader"
"""The least role that reviews procedures, and is told which are to be reviewed."""
REMIND_DAYS: Final = 30
"""How many days before a review is due it is said. Own rule; the source asks for a review each year."""
COLUMNS: Final = ["procedure", "title", "source", "reports"]
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")


class BadProcedures(ValueError):
    """A list of procedures that cannot be used; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a claimant or one of the staff said, about an entry or a procedure; `words` None where they were erased."""

    id: str
    source: str
    entry: str | None
    procedure: str | None
    words: str | None
    made_by: str
    made_at: int
    improvement: str | None = None


@dataclass(frozen=True, slots=True)
class Improvement:
    """What is to become better: its owner by login, when it is due, and what came of it; perhaps from an item of feedback."""

    id: str
    title: str
    owner: str
    due: date
    feedback: str | None
    made_by: str
    made_at: int
    outcome: str | None = None
    closed_by: str | None = None
    closed_at: int | None = None

    def is_late(self, today: date) -> bool:
        """Return whether it is open beyond its day."""
        return self.closed_at is None and self.due < today


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure that is reviewed each year: `source` says where it is written, `reports` which figures to read.

    `reviewed` is the day of its last review, None where it has had none here.
    """

    code: str
    title: str
    source: str = ""
    reports: tuple[str, ...] = ()
    reviewed: date | None = None
    reviewed_by: str | None = None

    def due(self, today: date) -> date:
        """Return when it is to be reviewed: a year after the last time, at once where it never was."""
        return today if self.reviewed is None else year_after(self.reviewed)

    def is_due(self, today: date) -> bool:
        """Return whether its review is due within REMIND_DAYS, or overdue."""
        return self.due(today) <= today + timedelta(days=REMIND_DAYS)


@dataclass(frozen=True, slots=True)
class ToReview:
    """A procedure and what to look at in its review: feedback since the last one, and improvements that are open."""

    procedure: Procedure
    feedback: tuple[Feedback, ...]
    improvements: tuple[Improvement, ...]


def year_after(day: date) -> date:
    """Return the same day of the next year; of 29 February, 1 March."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)


def to_review(one: Procedure, feedback: Iterable[Feedback], improvements: Iterable[Improvement], since_ms: int) -> ToReview:
    """Return what to look at in a review: items about the procedure or about appointments since an instant (ms UTC)."""
    items = tuple(item for item in feedback if item.procedure in (None, one.code) and item.made_at >= since_ms)
    mine = {item.id for item in feedback if item.procedure in (None, one.code)}
    still = [item for item in improvements if item.closed_at is None and (item.feedback is None or item.feedback in mine)]
    return ToReview(one, items, tuple(still))


def due_words(one: Procedure, today: date) -> str:
    """Return when a procedure is to be reviewed, in words: "never reviewed here", "due Tue 1 Dec 2026"."""
    if one.reviewed is None:
        return "never reviewed here"
    due = one.due(today)
    return f"overdue since {short_date(due)}" if due < today else f"due {short_date(due)}"


def procedure_problem(one: Procedure) -> str | None:
    """Return what is wrong with a procedure as a sentence, or None."""
    if not _CODE.fullmatch(one.code):
        return "A procedure's code has 2 to 40 small letters, digits and hyphens, such as slot-allocation."
    return None if one.title else "A procedure needs a title."


def read_procedures(path: Path) -> list[Procedure]:
    """Return the procedures of a CSV file with the columns of COLUMNS, reports apart by blanks; or BadProcedures."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    found: dict[str, Procedure] = {}
    for number, row in enumerate(rows, start=2):
        if list(row) != COLUMNS:
            raise BadProcedures(f"{path.name} has the columns {', '.join(COLUMNS)}.")
        one = Procedure(
            row["procedure"], clean(row["title"], limit=MOST_TITLE), clean(row["source"]), tuple(row["reports"].split())
        )
        problem = procedure_problem(one) or ("It is in the file already." if one.code in found else None)
        if problem is not None:
            raise BadProcedures(f"Line {number} of {path.name}: {problem}")
        found[one.code] = one
    return list(found.values())
