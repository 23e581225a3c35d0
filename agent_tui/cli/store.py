"""store: what is done to a store as a whole by the login that owns it."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import REFUSED, answer
from agent_tui.cli.backups import head_objects, private_files
from agent_tui.cli.empties import Object
from agent_tui.cli.empty_store import empty_copy
from agent_tui.cli.progress import BAR_AFTER_SECONDS, progress_bar
from agent_tui.cli.session import Session
from agent_tui.domain.cleaning import clean
from agent_tui.domain.requests import Refused

if TYPE_CHECKING:
    from agent_tui.services.store_copies import StoreCopy

TROUBLE = 4
_ROLES = "Let the database know the staff's logins: agent-tui store roles --store URL, with the login that owns the tables."

store = typer.Typer(help="The store as a whole: agent-tui store copy store.db copy.db", no_args_is_help=True)


@store.command("roles")
def roles(context: typer.Context) -> None:
    """Let PostgreSQL itself refuse what a role may not: agent-tui store roles --store postgresql://desk_owner@host/desk"""
    session: Session = context.obj
    with session.desk() as desk:
        from agent_tui.services.securing import secure

        done = secure(desk)
    shown: Object = {"status": "refused", "members": [], "without": [], "code": None, "reason": None}
    if isinstance(done, Refused):
        refused = shown | {"code": done.code, "reason": done.reason}
        answer(session.as_json, refused, [], code=REFUSED, sentence=done.reason)
        return
    members = [{"login": login, "role": role} for login, role in sorted(done.members.items())]
    lines = [f"{one['login']:<16} {one['role']}" for one in members]
    lines += [f"{login:<16} has no login of the database" for login in done.without]
    answer(session.as_json, shown | {"status": "secured", "members": members, "without": list(done.without)}, lines)


@store.command("copy")
def copy(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="FROM", help="The store to copy: a file or a postgresql:// URL.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="A file that does not exist, an empty database, or a store.")],
) -> None:
    """Copy all sites, or the --site, to another store, row by row: agent-tui store copy store.db postgresql://desk_owner@host/desk"""
    session: Session = context.obj
    done: StoreCopy | Refused | None = None
    try:
        from agent_tui.services.store_copies import copy_store, examine_sites, record_copied

        settings, who = session.settings, session.who()
        with private_files(), progress_bar(after=BAR_AFTER_SECONDS) as progress:
            done = copy_store(
                source,
                target,
                who.login,
                site=settings.site,
                accept_old_sqlite=session.accept_old_sqlite,
                progress=progress,
            )
            if isinstance(done, Refused):
                refused = empty_copy() | {"code": done.code, "reason": done.reason}
                answer(session.as_json, refused, [], code=REFUSED, sentence=done.reason)
                return
            record_copied(done, who)
            found = [finding for one in examine_sites(done.location, done.heads) for finding in one.findings]
    except KeyboardInterrupt:
        _stopped(session, target, done)
        return
    findings: list[Object] = [{"check": one.check, "severity": one.severity, "text": one.text, "do": one.do} for one in found]
    errors = [one.text for one in found if one.severity == "error"]
    shown = _object(done) | {"findings": findings}
    lines = [f"{done.rows:,} rows of {len(done.tables)} tables were copied to {done.target}, read back and compared."]
    lines += [f"  {one.site}: log to line {one.seq}, hash {one.hash}" for one in done.heads]
    lines += [f"{one['severity']:<8} {one['check']}: {one['text']} {one['do']}" for one in findings]
    lines += [_ROLES] if shown["then"] else []
    answer(session.as_json, shown, lines, code=TROUBLE if errors else 0, sentence=errors[0] if errors else None)


def _object(done: "StoreCopy") -> Object:
    return empty_copy() | {
        **{"status": "copied", "from": done.source, "to": done.target, "sites": head_objects(done.heads), "rows": done.rows},
        "tables": {name: {"rows": one.rows, "sha256": one.digest} for name, one in done.tables.items()},
        "then": _ROLES if "://" in done.location else None,
    }


def _stopped(session: Session, target: str, done: "StoreCopy | Refused | None") -> None:
    """Say what is there after somebody stopped a copy: nothing, or all of it."""
    if done is None or isinstance(done, Refused):
        text = f"Stopped: nothing was copied, and {clean(target)} is as it was."
        answer(session.as_json, empty_copy() | {"code": "interrupted", "reason": text}, [], code=REFUSED, sentence=text)
        return
    text = f"The copy in {done.target} is complete and compared; the doctor was stopped. Run agent-tui doctor there."
    answer(session.as_json, _object(done) | {"code": "interrupted", "reason": text}, [text])


def register(app: typer.Typer) -> None:
    """Add the commands of a store."""
    app.add_typer(store, name="store")
