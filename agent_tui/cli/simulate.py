"""The command that tries ways to offer starts on a stream of requests: simulate."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import Malformed, answer
from agent_tui.cli.empties import Object
from agent_tui.cli.progress import progress_bar
from agent_tui.cli.reading import read_choice, read_day, read_whole, shown
from agent_tui.cli.session import Session
from agent_tui.domain.import_text import LARGEST_FILE
from agent_tui.domain.simulation import LONG_MINUTES, POLICIES, Simulated
from agent_tui.domain.site_files import MOST_DAYS
from agent_tui.domain.site_settings import BadSetting, read_setting
from agent_tui.domain.streams import write_stream
from agent_tui.domain.ticks import hours_words

if TYPE_CHECKING:
    from agent_tui.services.simulating import File

MOST_COACHES = 200
MOST_SEED = 2**63 - 1
LOADS = (0.05, 3.0)


def simulate(
    context: typer.Context,
    requests: Annotated[str | None, typer.Option("--requests", help="CSV file of requests to replay.")] = None,
    generate: Annotated[bool, typer.Option("--generate", help="Generate the requests (with --seed and --load).")] = False,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same requests.")] = 1,
    load: Annotated[float, typer.Option("--load", help="Minutes asked for as a share of the open ones.")] = 0.95,
    mix: Annotated[str | None, typer.Option("--mix", help="CSV file: code, calls_in_1000 (default: the demo's).")] = None,
    policies: Annotated[
        list[str] | None, typer.Option("--policy", help=f"{', '.join(POLICIES)}; may be given again (default: offered).")
    ] = None,
    start: Annotated[str | None, typer.Option("--start", help="First day that is simulated.")] = None,
    days: Annotated[int | None, typer.Option("--days", help="How many working days.")] = None,
    coaches: Annotated[int | None, typer.Option("--coaches", help="How many diaries the demo's site has.")] = None,
    choice: Annotated[
        str | None,
        typer.Option("--choice", help="How wide the recommended starts are, as `setting set choice`."),
    ] = None,
    hindsight: Annotated[
        bool, typer.Option("--hindsight", help="Also the most that could be booked, by linear programme (extra study).")
    ] = False,
    save: Annotated[str | None, typer.Option("--save-requests", help="CSV file to write the requests to.")] = None,
) -> None:
    """Try ways to offer starts: agent-tui simulate --site patterns.toml --generate --policy offered --policy grid15

    --site is here a file of patterns as `segments show` writes them (default: the demo's site).
    """
    session: Session = context.obj
    wanted = list(dict.fromkeys(policies or POLICIES[:1]))
    for policy in wanted:
        read_choice("--policy", policy, POLICIES)
    if generate == (requests is not None):
        raise Malformed("Say either --requests FILE or --generate.")
    from agent_tui.services import simulating as service

    numbers = _numbers(seed, load, days, coaches)
    first = None if start is None else read_day(start)
    width = None if choice is None else _choice(choice)
    options = service.Options(_file(_site_file(session)), _file(mix), _file(requests), first, *numbers, width)
    try:
        study = service.study(options)
        if save is not None:
            _save(save, write_stream(study.rows))
        with progress_bar() as progress:
            done = [service.replay(study, policy, progress) for policy in wanted]
        most = service.hindsight(study) if hindsight else None
    except service.Unreadable as unreadable:
        raise Malformed(str(unreadable)) from None
    objects = [_object(one) | ({} if most is None else {"hindsight_minutes": most}) for one in done]
    answer(session.as_json, objects[0] if len(objects) == 1 else {"policies": objects}, _lines(done, most))


def _numbers(seed: int, load: float, days: int | None, coaches: int | None) -> tuple[int | None, int, int, float]:
    """Return days, coaches, seed and load within their bounds."""
    from agent_tui.services.simulating import COACHES

    read_whole("--seed", seed, 0, MOST_SEED)
    if not LOADS[0] <= load <= LOADS[1]:
        raise Malformed(f"--load takes a number from {LOADS[0]} to {LOADS[1]}.")
    return read_whole("--days", days, 1, MOST_DAYS), read_whole("--coaches", coaches, 1, MOST_COACHES) or COACHES, seed, load


def _choice(text: str) -> float:
    try:
        return float(read_setting("choice", text)[1])
    except BadSetting as bad:
        raise Malformed(str(bad)) from None


def _site_file(session: Session) -> str | None:
    """Return the file that --site names here, which elsewhere is a site's code."""
    named = session.overrides.get("site")
    return None if named is None else str(named)


def _file(name: str | None) -> "File | None":
    from agent_tui.services.plain_file import read_plain
    from agent_tui.services.simulating import File

    if name is None:
        return None
    called = shown(Path(name).name, 60)
    try:
        data = read_plain(Path(name), LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        raise Malformed(f"{called} cannot be read: {getattr(error, 'strerror', None) or 'its name cannot be used'}.") from None
    if len(data) > LARGEST_FILE:
        raise Malformed(f"{called} is larger than {LARGEST_FILE} bytes.")
    return File(called, data)


def _save(name: str, text: str) -> None:
    try:
        with Path(name).open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "its name cannot be used"
        raise Malformed(f"{shown(Path(name).name, 60)} cannot be written: {why}.") from None


def _object(one: Simulated) -> Object:
    away = one.minutes_from_preferred
    return {
        "policy": one.policy,
        "available_minutes": one.available_minutes,
        "booked_minutes": one.booked_minutes,
        "refused": one.refused,
        "refused_long": one.refused_long,
        "minutes_from_preferred": None if away is None else round(away, 1),
        "stranded_minutes": one.stranded_minutes,
        "requests": one.requests,
        "requests_long": one.requests_long,
        "cancelled": one.cancelled,
    }


def _lines(done: Sequence[Simulated], most: int | None) -> list[str]:
    first = done[0]
    lines = [
        f"{first.requests} requests, {first.requests_long} of them of {LONG_MINUTES} minutes and over;"
        f" {hours_words(first.available_minutes)} open.",
        f"{'policy':<16} {'booked':>8} {'refused':>8} {'long':>7} {'from preferred':>15} {'stranded':>9}",
    ]
    for one in done:
        away = "-" if one.minutes_from_preferred is None else f"{one.minutes_from_preferred:.0f} min"
        lines.append(
            f"{one.policy:<16} {_share(one.booked_minutes, one.available_minutes):>8} {_share(one.refused, one.requests):>8}"
            f" {_share(one.refused_long, one.requests_long):>7} {away:>15} {one.stranded_minutes:>5} min"
        )
    if most is not None:
        lines.append(f"{'hindsight bound':<16} {_share(most, first.available_minutes):>8}")
    return lines


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "-"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("simulate")(simulate)
