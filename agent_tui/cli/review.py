"""feedback, improve, procedures: what was said, what becomes of it, and what is reviewed each year."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import show_list
from agent_tui.cli.empties import Object
from agent_tui.cli.reading import read_choice, read_code, read_day, read_id, read_whole, read_words
from agent_tui.cli.session import Session
from agent_tui.cli.support import Id, Limit, Words, said_words, show_found, show_recorded
from agent_tui.domain.incidents import MOST_WORDS as MOST_INCIDENT
from agent_tui.domain.plurals import counted
from agent_tui.domain.requests import Refused
from agent_tui.domain.review import (
    MOST_FEEDBACK,
    MOST_TITLE,
    SOURCES,
    Feedback,
    Improvement,
    Procedure,
    ToReview,
    due_words,
)
from agent_tui.domain.wall_time import iso_instant, short_date_of

if TYPE_CHECKING:
    from agent_tui.services.recorded import Recorded
    from agent_tui.services.switching import Rejected

FeedbackId = Annotated[str, typer.Argument(metavar="FEEDBACK", help="The item's id.")]
ImprovementId = Annotated[str, typer.Argument(metavar="IMPROVEMENT", help="The improvement's id.")]
ProcedureCode = Annotated[str, typer.Argument(metavar="PROCEDURE", help="A code such as allocate-slot.")]


def feedback_object(one: Feedback) -> Object:
    """Return an item of feedback as an object; its words are null where they were erased."""
    return {
        **{"id": one.id, "source": one.source, "appointment": one.entry, "procedure": one.procedure, "words": one.words},
        **{"who": one.made_by, "at": iso_instant(one.made_at), "improvement": one.improvement},
    }


def _feedback_line(one: Feedback) -> str:
    about = f"appointment {one.entry}" if one.entry else f"procedure {one.procedure}"
    return f"{iso_instant(one.made_at)[:10]} {one.source:<8} {about}: {one.words or '(erased)'} id {one.id}"


def _feedback(context: typer.Context, entry: str | None, procedure: str | None, limit: int | None) -> None:
    session: Session = context.obj
    read_whole("--limit", limit, 1, 1_000_000)
    wanted, code = read_id(entry, "--appointment"), read_code(procedure)
    with session.desk() as desk:
        from agent_tui.services import reviewing as service

        found = service.feedback(desk, entry=wanted, procedure=code)
    items = [feedback_object(one) for one in found]
    show_list(
        session.as_json, len(items), items[:limit], [_feedback_line(one) for one in found][:limit], "No feedback is on record."
    )


def feedback(context: typer.Context, limit: Limit = None) -> None:
    """List feedback of claimants and staff, the latest first: agent-tui feedback"""
    if context.invoked_subcommand is None:
        _feedback(context, None, None, limit)


def list_feedback(
    context: typer.Context,
    entry: Annotated[str | None, typer.Option("--appointment", help="Of one appointment, by id.")] = None,
    procedure: Annotated[str | None, typer.Option("--procedure", help="Of one procedure, by code.")] = None,
    limit: Limit = None,
) -> None:
    """List feedback, the latest first: agent-tui feedback list --procedure allocate-slot"""
    _feedback(context, entry, procedure, limit)


def add_feedback(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help=f"Whose it is: {' or '.join(SOURCES)}.")],
    entry: Annotated[str | None, typer.Option("--appointment", help="The appointment that it is about, by id.")] = None,
    procedure: Annotated[str | None, typer.Option("--procedure", help="The procedure that it is about, by code.")] = None,
    words: Words = "-",
    id: Id = None,
) -> None:
    """Keep what somebody said, from stdin: echo "came twice" | agent-tui feedback add claimant --appointment ID"""
    session: Session = context.obj
    request, wanted, code = read_id(id), read_id(entry, "--appointment"), read_code(procedure)
    read_choice("SOURCE", source, SOURCES)
    said = said_words("WORDS", words, MOST_FEEDBACK)
    with session.desk() as desk:
        from agent_tui.services import reviewing as service

        done = service.add_feedback(desk, source, said, entry=wanted, procedure=code, id=request)
    _show_feedback(session, done)


def show_feedback(context: typer.Context, item: FeedbackId) -> None:
    """Show an item of feedback: agent-tui feedback show FEEDBACK"""
    session: Session = context.obj
    wanted = read_id(item, "FEEDBACK") or ""
    with session.desk() as desk:
        from agent_tui.services import reviewing as service

        found = service.feedback_item(desk, wanted)
    shown = None if isinstance(found, Refused) else feedback_object(found)
    show_found(session, found, shown, [] if isinstance(found, Refused) else [_feedback_line(found)])


def erase_feedback(context: typer.Context, item: FeedbackId, id: Id = None) -> None:
    """Erase the words of an item of feedback: agent-tui feedback erase FEEDBACK"""
    session: Session = context.obj
    request, wanted = read_id(id), read_id(item, "FEEDBACK") or ""
    with session.desk() as desk:
        from agent_tui.services import reviewing as service

        done = service.erase_feedback(desk, wanted, id=request)
    _show_feedback(session, done)


def _show_feedback(session: Session, done: "Recorded | Refused | Rejected") -> None:
    item = getattr(done, "item", None)
    show_recorded(session, done, feedback_object(item) if isinstance(item, Feedback) else None)


# Improvements.


def improvement_object(one: Improvement) -> Object:
    """Return an improvement as an object."""
    return {
        **{"id": one.id, "title": one.title, "owner": one.owner, "due": one.due.isoformat(), "feedback": one.feedback},
        **{"status": "open" if one.closed_at is None else "closed", "who": one.made_by, "at": iso_instant(one.made_at)},
        **{"outcome": one.outcome, "closed_by": one.closed_by},
        "closed_at": None if one.closed_at is None else iso_instant(one.closed_at),
    }


def _improvements(context: typer.Context, limit: int | None) -> None:
    session: Session = context.obj
    read_whole("--limit", limit, 1, 1_000_000)
    with session.desk() as desk:
        from agent_tui.services import reviewing as service

        found = service.improvements(desk)
    today = session.now.date()
    items = [improvement_object(one) | {"late": one.is_late(today)} for one in found]
    lines = [
        f"{'!' if one['late'] else ' '} {one['status']:<6} due {short_date_of(one['due']):<15}"
        f"  {one['owner']}  {one['title']} id {one['id']}"
        for one in items
    ]
    show_list(session.as_json, len(items), items[:limit], lines[:limit], "No improvement is on record.")


def improvements(context: typer.Context, limit: Limit = None) -> None:
    """List improvements, open ones first by their day: agent-tui improve"""
    if context.invoked_subcommand is None:
        _improvements(context, limit)


def list_improvements(context: typer.Context, limit: Limit = None) -> None:
    """List improvements, open ones first by their day: agent-tui improve list"""
    _improvements(context, limit)


def add_improvement(
    context: typer.Context,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="What is to become better, naming nobody.")],
    owner: Annotated[str, typer.Option("--owner", help="The login of who sees to it.")],
    due: Annotated[str, typer.Option("--due", help="The day by which, such as 2026-12-31.")],
    item: Annotated[str | None, typer.Option("--feedback", help="The item of feedback that it comes of.")] = None,
    id: Id = None,
) -> None:
    """Make an improvement: agent-tui improve add "Say the room on the letter" --owner leader1 --due 2026-12-31"""
    session: Session = context.obj
    request, wanted, day = read_id(id), read_id(item, "--feedback"), read_day(due)
    named = read_words("TITLE", title, MOST_TITLE + 1)
    with session.desk() as desk:
        from agent_tui.services import reviewing as service

        done = service.add_improvement(desk, named, read_code(owner) or "", day, feedback=wanted, id=request)
    _show_improvement(session, done)


def close_improvement(context: typer.Context, improvement: ImprovementId, outcome: Words, id: Id = None) -> None:
    """Say what came of an improvement: agent-tui improve close IMPROVEMENT "the letter says it now" """
    session: Session = context.obj
    request, wanted = read_id(id), read_id(improvement, "IMPROVEMENT") or ""
    said = said_words("WORDS", outcome, MOST_INCIDENT)
    with session.desk() as desk:
        from agent_tui.services import reviewing as service

        done = service.close_improvement(desk, wanted, said, id=request)
    _show_improvement(session, done)


def _show_improvement(session: Session, done: "Recorded | Refused | Rejected") -> None:
    item = getattr(done, "item", None)
    show_recorded(session, done, improvement_object(item) if isinstance(item, Improvement) else None)


# Procedures.


def procedure_object(one: Procedure) -> Object:
    """Return a procedure as an object."""
    return {
        **{"id": one.code, "procedure": one.code, "title": one.title, "source": one.source, "reports": list(one.reports)},
        **{"reviewed": None if one.reviewed is None else one.reviewed.isoformat(), "reviewed_by": one.reviewed_by},
    }


def _procedures(context: typer.Context, due_only: bool, limit: int | None) -> None:
    session: Session = context.obj
    read_whole("--limit", limit, 1, 1_000_000)
    with session.desk() as desk:
        from agent_tui.services import reviewing as service

        found = service.procedures(desk)
    today = session.now.date()
    listed = [one for one in found if not due_only or one.procedure.is_due(today)]
    items: list[Object] = []
    lines = []
    for one in listed:
        known = one.procedure
        items.append(
            procedure_object(known)
            | {"due": known.due(today).isoformat(), "is_due": known.is_due(today)}
            | {"feedback": [item.id for item in one.feedback], "improvements": [item.id for item in one.improvements]}
        )
        mark = "!" if known.is_due(today) else " "
        lines.append(f"{mark} {known.code:<20} {due_words(known, today):<26} {known.title}. {_look_at(one)}")
    show_list(session.as_json, len(items), items[:limit], lines[:limit], "No procedure is to be reviewed.")


def _look_at(one: ToReview) -> str:
    reports = f"; reports: {', '.join(one.procedure.reports)}" if one.procedure.reports else ""
    return f"To look at: {len(one.feedback)} feedback, {counted(len(one.improvements), 'improvement')} open{reports}"


def procedures(context: typer.Context, limit: Limit = None) -> None:
    """List procedures by their yearly review, with what to look at: agent-tui procedures"""
    if context.invoked_subcommand is None:
        _procedures(context, False, limit)


def list_procedures(
    context: typer.Context,
    due: Annotated[bool, typer.Option("--due", help="Only those due within 30 days or overdue.")] = False,
    limit: Limit = None,
) -> None:
    """List procedures by their yearly review, with what to look at: agent-tui procedures list --due"""
    _procedures(context, due, limit)


def add_procedure(
    context: typer.Context,
    code: ProcedureCode,
    title: Annotated[str, typer.Option("--title", help="What it is called.")],
    source: Annotated[str, typer.Option("--source", help="Where it is written.")] = "",
    reviewed: Annotated[str | None, typer.Option("--reviewed", help="The day of its last review.")] = None,
    id: Id = None,
) -> None:
    """Add a procedure: agent-tui procedures add walk-ins --title "Claimants who walk in" """
    session: Session = context.obj
    request, day = read_id(id), None if reviewed is None else read_day(reviewed)
    named, written = read_words("--title", title, MOST_TITLE), read_words("--source", source, MOST_TITLE)
    with session.desk() as desk:
        from agent_tui.services import reviewing as service

        done = service.add_procedure(desk, read_code(code) or "", named, source=written, reviewed=day, id=request)
    _show_procedure(session, done)


def reviewed_procedure(
    context: typer.Context,
    code: ProcedureCode,
    day: Annotated[str | None, typer.Option("--day", help="The day of the review; default today.")] = None,
    id: Id = None,
) -> None:
    """Say that a procedure was reviewed: agent-tui procedures reviewed allocate-slot"""
    session: Session = context.obj
    request, on = read_id(id), None if day is None else read_day(day)
    with session.desk() as desk:
        from agent_tui.services import reviewing as service

        done = service.reviewed(desk, read_code(code) or "", day=on, id=request)
    _show_procedure(session, done)


def _show_procedure(session: Session, done: "Recorded | Refused | Rejected") -> None:
    item = getattr(done, "item", None)
    show_recorded(session, done, procedure_object(item) if isinstance(item, Procedure) else None)


def register(app: typer.Typer) -> None:
    """Add feedback, improvements and procedures."""
    group = typer.Typer(invoke_without_command=True, callback=feedback, help=feedback.__doc__)
    group.command("list")(list_feedback)
    group.command("add")(add_feedback)
    group.command("show")(show_feedback)
    group.command("erase")(erase_feedback)
    app.add_typer(group, name="feedback")
    group = typer.Typer(invoke_without_command=True, callback=improvements, help=improvements.__doc__)
    group.command("list")(list_improvements)
    group.command("add")(add_improvement)
    group.command("close")(close_improvement)
    app.add_typer(group, name="improve")
    group = typer.Typer(invoke_without_command=True, callback=procedures, help=procedures.__doc__)
    group.command("list")(list_procedures)
    group.command("add")(add_procedure)
    group.command("reviewed")(reviewed_procedure)
    app.add_typer(group, name="procedures")
