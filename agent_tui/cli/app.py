"""The command line: common options and the groups of commands (contract.md)."""

from typing import Annotated

import typer

from agent_tui import __version__
from agent_tui.cli import (
    access,
    align,
    asking,
    backups,
    blocks,
    booking,
    check,
    completion,
    demand,
    diaries,
    escalations,
    flags,
    guarantee,
    handovers,
    lists,
    outbox,
    overrides,
    overtime,
    pairs,
    privacy,
    record,
    rehome,
    report,
    requests_in,
    review,
    sandbox,
    segments,
    serve,
    simulate,
    site,
    soak,
    sooner,
    staff,
    support,
    templates,
    today,
    transfer,
    types,
    use,
    verify,
    week,
    whitespace,
    why,
)
from agent_tui.cli import store as stores
from agent_tui.cli.session import Session

app = typer.Typer(
    name="agent-tui",
    help="The booking desk: find, hold, confirm and record appointments; no two people can be given the same time."
    " To look round: agent-tui demo",
    epilog="The options above may stand anywhere on the line. Exit codes: 0 done, 2 usage, 3 refused or nothing found,"
    " 4 store trouble.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(asked: bool) -> None:
    if asked:
        print(f"agent-tui {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def common(
    context: typer.Context,
    store: Annotated[str | None, typer.Option("--store", help="File or postgresql:// URL (AGENT_TUI_STORE).")] = None,
    login: Annotated[str | None, typer.Option("--as", help="Who acts (AGENT_TUI_AS; default: the computer's user).")] = None,
    site_code: Annotated[str | None, typer.Option("--site", help="Site code (default: the only one).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on one line.")] = False,
    now: Annotated[
        str | None, typer.Option("--now", help="Site time, 2026-11-23T09:00 (AGENT_TUI_NOW; default: the clock).")
    ] = None,
    heads: Annotated[
        str | None, typer.Option("--heads", help="Folder for the log's daily head, or off (AGENT_TUI_HEADS).")
    ] = None,
    accept_old_sqlite: Annotated[
        bool, typer.Option("--accept-old-sqlite", help="Let several terminals share an old SQLite.")
    ] = False,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Read the common options; without a command, open the app."""
    typed: dict[str, object] = {"store": store, "login": login, "site": site_code, "now": now, "heads": heads}
    session = Session(typed, as_json, accept_old_sqlite)
    context.obj = session
    if context.invoked_subcommand is None:
        site.open_app(session)


access.register(app)
align.register(app)
asking.register(app)
backups.register(app)
booking.register(app)
check.register(app)
completion.register(app)
blocks.register(app)
demand.register(app)
diaries.register(app)
escalations.register(app)
flags.register(app)
guarantee.register(app)
handovers.register(app)
lists.register(app)
outbox.register(app)
overtime.register(app)
pairs.register(app)
privacy.register(app)
record.register(app)
overrides.register(app)
rehome.register(app)
report.register(app)
requests_in.register(app)
review.register(app)
sandbox.register(app)
segments.register(app)
serve.register(app)
simulate.register(app)
site.register(app)
soak.register(app)
sooner.register(app)
staff.register(app)
stores.register(app)
support.register(app)
templates.register(app)
transfer.register(app)
today.register(app)
types.register(app)
use.register(app)
verify.register(app)
week.register(app)
whitespace.register(app)
why.register(app)
