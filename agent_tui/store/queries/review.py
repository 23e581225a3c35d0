"""Feedback, improvements, and procedures with their reviews."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from agent_tui.domain.review import Feedback, Improvement, Procedure
from agent_tui.store.unit_of_work import Unit

_FEEDBACK = (
    "SELECT f.id, f.source, f.entry, f.procedure, f.words, f.made_by, f.made_at, (SELECT min(i.id) FROM improvement i"
    " WHERE i.site = f.site AND i.feedback = f.id) FROM feedback f WHERE f.site = ?"
)
_IMPROVEMENT = "id, title, owner, due, feedback, made_by, made_at, outcome, closed_by, closed_at"
_PROCEDURE = "code, title, source, reports, reviewed, reviewed_by"


def feedback(unit: Unit, site: str) -> list[Feedback]:
    """Return all feedback of a site, the latest first."""
    return [Feedback(*row) for row in unit.rows(f"{_FEEDBACK} ORDER BY f.made_at DESC, f.id", site)]


def feedback_item(unit: Unit, site: str, id: str) -> Feedback | None:
    """Return one item of feedback, or None."""
    row = unit.row(f"{_FEEDBACK} AND f.id = ?", site, id)
    return None if row is None else Feedback(*row)


def insert_feedback(unit: Unit, site: str, one: Feedback) -> None:
    """Insert an item of feedback; an id that exists raises KeyRefused."""
    unit.run(
        "INSERT INTO feedback (site, id, source, entry, procedure, words, made_by, made_at) VALUES (?,?,?,?,?,?,?,?)",
        *(site, one.id, one.source, one.entry, one.procedure, one.words, one.made_by, one.made_at),
    )


def erase_feedback(unit: Unit, site: str, id: str) -> None:
    """Erase the words of an item of feedback."""
    unit.run("UPDATE feedback SET words = NULL WHERE site = ? AND id = ?", site, id)


def improvements(unit: Unit, site: str) -> list[Improvement]:
    """Return every improvement of a site: open ones first, by the day they are due."""
    rows = unit.rows(f"SELECT {_IMPROVEMENT} FROM improvement WHERE site = ?", site)
    found = [_improvement(row) for row in rows]
    return sorted(found, key=lambda one: (one.closed_at is not None, one.due, one.id))


def improvement(unit: Unit, site: str, id: str, *, lock: bool = False) -> Improvement | None:
    """Return one improvement, with `lock` kept from changing until the transaction ends, or None."""
    tail = unit.for_update if lock else ""
    row = unit.row(f"SELECT {_IMPROVEMENT} FROM improvement WHERE site = ? AND id = ?{tail}", site, id)
    return None if row is None else _improvement(row)


def _improvement(row: Sequence[Any]) -> Improvement:
    id, title, owner, due, *rest = row
    return Improvement(id, title, owner, date.fromisoformat(due), *rest)


def insert_improvement(unit: Unit, site: str, one: Improvement) -> None:
    """Insert an improvement; an id that exists raises KeyRefused."""
    unit.run(
        f"INSERT INTO improvement (site, {_IMPROVEMENT}) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        *(site, one.id, one.title, one.owner, one.due.isoformat(), one.feedback, one.made_by, one.made_at),
        *(one.outcome, one.closed_by, one.closed_at),
    )


def procedures(unit: Unit, site: str) -> list[Procedure]:
    """Return the procedures that a site has set, by code; none where it uses the list that comes along."""
    rows = unit.rows(f"SELECT {_PROCEDURE} FROM procedure_review WHERE site = ? ORDER BY code", site)
    return [
        Procedure(code, title, source, tuple(json.loads(reports)), date.fromisoformat(day) if day else None, who)
        for code, title, source, reports, day, who in rows
    ]


def set_procedure(unit: Unit, site: str, one: Procedure) -> None:
    """Write a procedure, or change the one that has its code."""
    unit.run(
        f"INSERT INTO procedure_review (site, {_PROCEDURE}) VALUES (?,?,?,?,?,?,?) ON CONFLICT (site, code)"
        " DO UPDATE SET title = excluded.title, source = excluded.source, reports = excluded.reports,"
        " reviewed = excluded.reviewed, reviewed_by = excluded.reviewed_by",
        *(site, one.code, one.title, one.source, json.dumps(one.reports)),
        *(None if one.reviewed is None else one.reviewed.isoformat(), one.reviewed_by),
    )


def delete_procedure(unit: Unit, site: str, code: str) -> None:
    """Delete a procedure that was added a moment ago."""
    unit.run("DELETE FROM procedure_review WHERE site = ? AND code = ?", site, code)
