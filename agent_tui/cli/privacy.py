"""retain and subject: what is kept too long, and what is held about one claimant."""

from pathlib import Path
from typing import Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer
from agent_tui.cli.empties import Object, empty_of
from agent_tui.cli.progress import BAR_AFTER_SECONDS, progress_bar
from agent_tui.cli.reading import read_choice
from agent_tui.cli.session import Session
from agent_tui.domain.cleaning import clean
from agent_tui.domain.clients import CLIENT_ID, looks_personal
from agent_tui.domain.requests import Refused
from agent_tui.domain.retention import REASONS, Retained, retained_lines
from agent_tui.settings import state_dir


def retain(
    context: typer.Context,
    apply: Annotated[bool, typer.Option("--apply", help="Anonymise what is due.")] = False,
    reason: Annotated[str | None, typer.Option("--reason", help=f"With --apply: {', '.join(REASONS)}.")] = None,
) -> None:
    """Show what is kept longer than the site's periods; anonymise it: agent-tui retain --apply --reason schedule --as super1"""
    session: Session = context.obj
    if apply and reason is None:
        raise Malformed(f"--apply takes a --reason: {', '.join(REASONS)}.")
    if reason is not None:
        if not apply:
            raise Malformed("--reason goes with --apply.")
        read_choice("--reason", reason, tuple(REASONS))
    drafts = state_dir() / "drafts"
    with session.desk() as desk, progress_bar(after=BAR_AFTER_SECONDS) as tell:
        from agent_tui.services import retaining as service

        done = service.due(desk, drafts) if reason is None else service.apply(desk, reason, drafts, tell)
    if isinstance(done, Refused):
        shown = empty_of("retain") | {"code": done.code, "reason": done.reason}
        answer(session.as_json, shown, [], code=REFUSED, sentence=done.reason)
        return
    answer(session.as_json, _object(done), retained_lines(done))


def _object(done: Retained) -> Object:
    status = "stopped" if done.stopped else "anonymised" if done.applied else "due"
    backups = None
    if done.backups is not None:
        backups = [{"file": one.file.name, "days": one.days, "categories": list(one.categories)} for one in done.backups]
    items = [
        {
            **{"category": one.category.name, "title": one.category.title, "period": one.period},
            **{"from": one.category.counted_from, "before": one.first_kept.isoformat(), "due": one.due, "done": one.done},
            **{"does": one.category.does, "erased": one.category.erased},
        }
        for one in done.items
    ]
    return empty_of("retain") | {
        **{"status": status, "items": items, "undated": done.undated, "backups": backups, "stopped": done.stopped},
    }


def subject(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(metavar="CLIENT", help="The claimant's opaque id, such as C000123.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="A file that ends with .json, .txt or .html.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that exists.")] = False,
) -> None:
    """Write all that is held about a claimant to a file: agent-tui subject C000123 --out FILE.html --as super1"""
    session: Session = context.obj
    if not CLIENT_ID.fullmatch(ref) and looks_personal(ref):
        raise Malformed("A claimant's opaque id such as C000123 is asked for; a name or a number is never an argument.")
    with session.desk() as desk:
        from agent_tui.services.subject import export_subject

        done = export_subject(desk, clean(ref, limit=30), out, force=force)
    if isinstance(done, Refused):
        shown = empty_of("subject") | {"code": done.code, "reason": done.reason}
        answer(session.as_json, shown, [], code=REFUSED, sentence=done.reason)
        return
    shown = empty_of("subject") | {
        **{"status": "written", "client": done.ref, "file": str(done.file), "form": done.form, "counts": done.counts},
    }
    lines = [f"What is held about {done.ref} is in {done.file}, which only you can read."]
    lines += [f"  {count:>6}  {table.replace('_', ' ')}" for table, count in done.counts.items()]
    answer(session.as_json, shown, lines)


def register(app: typer.Typer) -> None:
    """Add retain and subject."""
    app.command("retain")(retain)
    app.command("subject")(subject)
