"""Commands of a manager who tries segments before they are saved: sandbox run, list, show, apply and drop."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer
from agent_tui.cli.empties import Object, empty_sandbox
from agent_tui.cli.progress import progress_bar
from agent_tui.cli.reading import read_id, read_text, read_whole
from agent_tui.cli.segments import show_effect
from agent_tui.cli.session import Session
from agent_tui.domain.cleaning import clean
from agent_tui.domain.requests import Refused
from agent_tui.domain.sandbox import LEAST_WEEKS, MOST_WEEKS, Column, Trial
from agent_tui.domain.sandbox_words import dry_lines, figure_rows, source_words, type_rows
from agent_tui.domain.wall_time import iso_instant

if TYPE_CHECKING:
    from agent_tui.services.sandbox import Kept

sandbox = typer.Typer(help="Try segments on what was asked for: agent-tui sandbox run d02.toml", no_args_is_help=True)

MOST_SEED = 2**63 - 1
LONGEST_NAME = 60
Name = Annotated[str, typer.Argument(metavar="NAME", help="The name under which the draft is kept.")]
Id = Annotated[str | None, typer.Option("--id", help="UUID of the request; a retry does nothing twice.")]


@sandbox.command("run")
def run(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="TOML as written by segments show, - for standard input.")],
    weeks: Annotated[
        int, typer.Option("--weeks", help=f"Weeks of requests, {LEAST_WEEKS} to {MOST_WEEKS}.", show_default=True)
    ] = LEAST_WEEKS,
    generated: Annotated[bool, typer.Option("--generated", help="Replay made-up requests of assumed demand.")] = False,
    seed: Annotated[int, typer.Option("--seed", help="The same seed makes up the same requests.")] = 1,
    keep: Annotated[str | None, typer.Option("--keep", metavar="NAME", help="Keep the draft and the result.")] = None,
    id: Id = None,
) -> None:
    """Replay requests with a draft and with today's segments: agent-tui sandbox run d02.toml --generated --keep mornings"""
    session: Session = context.obj
    read_whole("--weeks", weeks, LEAST_WEEKS, MOST_WEEKS)
    read_whole("--seed", seed, 0, MOST_SEED)
    request = read_id(id)
    from agent_tui.domain.pattern_files import LONGEST_FILE
    from agent_tui.domain.sandbox import read_draft

    draft, problems = read_draft(read_text(file, LONGEST_FILE))
    if problems:
        raise Malformed(" ".join(problems[:5]))
    with session.desk() as desk:
        from agent_tui.services import sandbox as service
        from agent_tui.services.segmenting import Rejected

        wrong = None if keep is None else service.name_problem(keep)
        if wrong is not None:
            raise Malformed(wrong)
        with progress_bar() as bar:
            tell = None if bar is None else lambda done, whole: bar("replay", done, whole)
            found = service.run(desk, draft, weeks=weeks, generated=generated, seed=seed, progress=tell)
        if isinstance(found, Rejected):
            raise Malformed(" ".join(found.problems[:5]))
        if isinstance(found, Refused):
            _refuse(session, found)
            return
        if keep is None:
            answer(session.as_json, empty_sandbox() | {"status": "tried"} | _trial(found), _lines(found))
            return
        done = service.keep(desk, keep, draft, found, id=request)
    _show_kept(session, "kept", done)


@sandbox.command("list")
def list_(context: typer.Context) -> None:
    """List the drafts that are kept: agent-tui sandbox list"""
    session: Session = context.obj
    with session.desk() as desk:
        from agent_tui.services import sandbox as service

        found = service.kept(desk)
    if isinstance(found, Refused):
        answer(
            session.as_json,
            {"status": "refused", "total": 0, "items": [], "code": found.code, "reason": found.reason},
            [],
            code=REFUSED,
            sentence=found.reason,
        )
        return
    items: list[Object] = [_about(one) | _summary(one.trial) for one in found]
    lines = [f"{one.name:<24} {one.made_by:<10} {iso_instant(one.made_at)}  {source_words(one.trial)}" for one in found]
    answer(session.as_json, {"status": "list", "total": len(items), "items": items}, lines or ["No draft is kept."])


@sandbox.command("show")
def show(context: typer.Context, name: Name) -> None:
    """Show a draft that is kept, and what it gave: agent-tui sandbox show mornings"""
    session: Session = context.obj
    with session.desk() as desk:
        from agent_tui.services import sandbox as service

        found = service.kept_as(desk, clean(name, limit=LONGEST_NAME))
    _show_kept(session, "draft", found)


@sandbox.command("apply")
def apply(
    context: typer.Context,
    name: Name,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would do, and change nothing.")] = False,
    id: Id = None,
) -> None:
    """Save a kept draft as segments set does: agent-tui sandbox apply mornings --dry-run"""
    session: Session = context.obj
    request, wanted = read_id(id), clean(name, limit=LONGEST_NAME)
    with session.desk() as desk:
        from agent_tui.services import sandbox as service

        show_effect(session, service.preview_apply(desk, wanted) if dry_run else service.apply(desk, wanted, id=request))


@sandbox.command("drop")
def drop(context: typer.Context, name: Name, id: Id = None) -> None:
    """Drop a draft that is kept: agent-tui sandbox drop mornings"""
    session: Session = context.obj
    request = read_id(id)
    with session.desk() as desk:
        from agent_tui.services import sandbox as service

        done = service.drop(desk, clean(name, limit=LONGEST_NAME), id=request)
    _show_kept(session, "dropped", done)


def _refuse(session: Session, why: Refused) -> None:
    object_ = empty_sandbox() | {"code": why.code, "reason": why.reason}
    answer(session.as_json, object_, [], code=REFUSED, sentence=why.reason)


def _show_kept(session: Session, status: str, done: "Kept | Refused") -> None:
    if isinstance(done, Refused):
        _refuse(session, done)
        return
    object_ = empty_sandbox() | {"status": status, "repeated": done.repeated} | _about(done) | _trial(done.trial)
    first = f"{status}{' (already)' if done.repeated else ''}: {done.name}, by {done.made_by} at {iso_instant(done.made_at)}"
    more = ["", *done.toml.splitlines()] if status == "draft" else []
    answer(session.as_json, object_ | {"toml": done.toml}, [first, *_lines(done.trial), *more])


def _about(one: "Kept") -> Object:
    return {"name": one.name, "made_by": one.made_by, "made_at": iso_instant(one.made_at)}


def _summary(trial: Trial) -> Object:
    counts = trial.counts
    return {
        "source": trial.source,
        "seed": trial.seed,
        "weeks": trial.weeks,
        "from": trial.first.isoformat(),
        "to": trial.last.isoformat(),
        "changes": trial.changes,
        "requests": {
            **{"total": counts.total, "bookings": counts.bookings, "cancelled": counts.cancelled},
            **{"refusals": counts.refusals, "written": counts.written},
        },
    }


def _trial(trial: Trial) -> Object:
    return _summary(trial) | {"today": _column(trial.today), "draft": _column(trial.draft)}


def _column(one: Column) -> Object:
    types: dict[str, Any] = {
        code: {
            **{"asked": kind.asked, "booked": kind.booked, "refused": kind.refused, "wait_days": kind.wait_days},
            "dry_from": kind.dry,
        }
        for code, kind in one.types.items()
    }
    return {
        **{"open_minutes": one.open_minutes, "booked": one.booked, "booked_minutes": one.booked_minutes},
        **{"refused": one.refused, "wait_days": one.wait_days, "stranded_minutes": one.stranded_minutes},
        **{"dry": dict(one.dry), "types": types},
    }


def _lines(trial: Trial) -> list[str]:
    lines = [source_words(trial), f"{'':<24}{'today':>12}{'draft':>12}{'difference':>14}"]
    lines += [f"{row.name:<24}{row.today:>12}{row.draft:>12}{row.difference:>14}" for row in figure_rows(trial)]
    rows = type_rows(trial)
    if rows:
        lines += ["", "refused, and days waited, by type:"]
        lines += [f"{row.name:<24}{row.today:>12}{row.draft:>12}{row.difference:>14}" for row in rows]
    return [*lines, *dry_lines(trial)]


def register(app: typer.Typer) -> None:
    """Add the commands of the sandbox."""
    app.add_typer(sandbox, name="sandbox")
