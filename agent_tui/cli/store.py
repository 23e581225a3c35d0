"""store: what is done to a store as a whole by the login that owns it."""

import typer

from agent_tui.cli.answers import REFUSED, Object, answer
from agent_tui.cli.session import Session
from agent_tui.domain.requests import Refused

store = typer.Typer(help="The store as a whole.", no_args_is_help=True)


@store.command("roles")
def roles(context: typer.Context) -> None:
    """Let PostgreSQL itself refuse what a role may not: agent-tui store roles --store postgresql://owner@host/desk"""
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


def register(app: typer.Typer) -> None:
    """Add the commands of a store."""
    app.add_typer(store, name="store")
