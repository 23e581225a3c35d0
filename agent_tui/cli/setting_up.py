"""The command that makes a site of a few lines: setup."""

from typing import Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer
from agent_tui.cli.empty_store import empty_set_up
from agent_tui.cli.reading import read_text
from agent_tui.cli.session import Session
from agent_tui.domain.plurals import counted
from agent_tui.domain.requests import Refused
from agent_tui.domain.set_up import LOGIN, problems_of, read_lines, set_up_of

USUAL_LOGIN = "admin1"
_EXAMPLE = (
    "Lines such as site: LPP, name: Leeds Park Place, place: 1 Park Place, nation: ENG, hours: Mon-Fri 09:00-17:00,"
    " teams: A Aire; B Briggate, coaches: Amina Khan, A; Ben Ode, B. All of them: data/help/first-run.md."
)


def setup(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A file of lines, or - for standard input.")] = "-",
) -> None:
    """Make a site of a few lines, in a new store where there is none: agent-tui setup site.txt"""
    session: Session = context.obj
    try:
        fields = read_lines(read_text(file))
    except ValueError as error:
        raise Malformed(str(error)) from None
    own = session.settings.login
    problems = problems_of(fields)
    if problems:
        raise Malformed(next(iter(problems.values())))
    wanted = set_up_of(fields, own if LOGIN.fullmatch(own) else USUAL_LOGIN)
    from agent_tui.services import setting_up as service

    done = service.set_up(session.settings.store, wanted, session.now)
    if isinstance(done, Refused):
        object_ = empty_set_up() | {"code": done.code, "reason": done.reason}
        answer(session.as_json, object_, [], code=REFUSED, sentence=done.reason)
        return
    object_ = empty_set_up() | {
        **{"status": "created", "store": done.store, "site": done.site, "teams": done.teams, "diaries": done.diaries},
        **{"rooms": done.rooms, "types": done.types, "logins": list(done.logins)},
    }
    made = ((done.diaries, "diary"), (done.types, "type"), (done.rooms, "room"))
    words = f"{', '.join(counted(*one) for one in made)}, with the logins {', '.join(done.logins)}"
    answer(session.as_json, object_, [f"The site {done.site} is made in {done.store}: {words}."])


def register(app: typer.Typer) -> None:
    """Add what makes a site of lines."""
    app.command("setup", epilog=_EXAMPLE)(setup)
