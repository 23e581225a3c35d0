"""Commands that make and open a site: demo, migrate, and the app itself."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from agent_tui import __version__
from agent_tui.cli.answers import answer
from agent_tui.cli.empties import Object
from agent_tui.cli.progress import BAR_AFTER_SECONDS, busy, progress_bar
from agent_tui.cli.reading import read_day
from agent_tui.cli.session import Session
from agent_tui.domain.wall_time import short_date

FAILED = 4


def demo(
    context: typer.Context,
    seed: Annotated[int, typer.Option("--seed", help="The same seed makes the same site.")] = 1,
    coaches: Annotated[int, typer.Option("--coaches", help="How many diaries.")] = 27,
    days: Annotated[int, typer.Option("--days", help="How many working days are filled.")] = 20,
    fill: Annotated[float, typer.Option("--fill", help="How full, 0 to 1.")] = 0.85,
    start: Annotated[str | None, typer.Option("--start", help="First day (default: today).")] = None,
    load_only: Annotated[bool, typer.Option("--load-only", help="Make the site and do not open the app.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Make it anew over a store that demo made.")] = False,
) -> None:
    """Make a realistic site with invented claimants and open it: agent-tui demo"""
    session: Session = context.obj
    location = demo_store(session)
    first_day = session.now.date() if start is None else read_day(start)
    from agent_tui.services.demo import DemoRefused, load
    from agent_tui.services.heads import begin_anew
    from agent_tui.services.trouble import DeskRefused

    try:
        with progress_bar(after=BAR_AFTER_SECONDS) as told:
            report = load(location, seed=seed, coaches=coaches, days=days, fill=fill, start=first_day, force=force, told=told)
    except DemoRefused as refused:
        raise DeskRefused("demo", str(refused)) from None
    if force:
        begin_anew(location, session.settings.heads, report.site)
    shown: Object = {
        "status": "loaded",
        "store": report.store,
        "site": report.site,
        "seed": report.seed,
        "first_day": report.first_day.isoformat(),
        "last_day": report.last_day.isoformat(),
        "teams": report.teams,
        "diaries": report.diaries,
        "rooms": report.rooms,
        "types": report.types,
        "clients": report.clients,
        "appointments": report.appointments,
        "minutes_available": report.minutes_available,
        "minutes_booked": report.minutes_booked,
    }
    share = round(100 * report.minutes_booked / max(1, report.minutes_available))
    between = f"{short_date(report.first_day)} to {short_date(report.last_day)}"
    words = f"{report.diaries} diaries, {report.appointments} appointments, {share}% booked, {between}"
    answer(session.as_json, shown, [f"Loaded {report.site} into {report.store}: {words}."])
    if not load_only and not session.as_json:
        open_app(session.at_store(location, "agent1"))


def demo_store(session: Session) -> str:
    """Return where a demo site goes: the store that was named, else beside the usual one."""
    usual = session.settings.store
    return usual if session.store_was_named else str(Path(usual).with_name("demo.db"))


def migrate(context: typer.Context) -> None:
    """Bring an older store to this version's schema: agent-tui migrate --store postgresql://..."""
    session: Session = context.obj
    from agent_tui.services.schema import bring_up_to_date

    with busy("Migrating"):
        version = bring_up_to_date(session.settings.store)
    answer(session.as_json, {"status": "migrated", "schema": version}, [f"The store has schema {version}."])


def open_app(session: Session) -> None:
    """Open the app; where there is no terminal to show it in, or JSON is asked for, print the day."""
    if not session.as_json and sys.stdout.isatty() and sys.stdin.isatty():
        from agent_tui.failures import noted
        from agent_tui.tui.app import AgentTui

        first_run = demo_store(session) if _no_file(session.settings.store) else None
        app = AgentTui(session.settings, first_run=first_run, greet=True)
        noted(f"agent-tui {__version__} opens")
        app.run()
        noted("agent-tui was left")
        if app.return_code:
            raise typer.Exit(FAILED)
        return
    with session.desk() as desk:
        from agent_tui.cli.record import day_object
        from agent_tui.services import claimants
        from agent_tui.services import day as service

        shown = service.day(desk, desk.now.date())
        refs = sorted({entry.client for one in shown.diaries for entry in one.entries if entry.client})
        names = {} if session.as_json else claimants.names_of(desk, refs, "day")
    from agent_tui.cli.day_text import day_lines

    answer(session.as_json, day_object(shown), day_lines(shown, names))


def _no_file(store: str) -> bool:
    """Return whether a store is a file that does not exist."""
    try:
        return "://" not in store and not os.path.lexists(os.path.realpath(store))
    except (OSError, ValueError):
        return False


def register(app: typer.Typer) -> None:
    """Add what makes and opens a site."""
    app.command("demo")(demo)
    app.command("migrate")(migrate)
