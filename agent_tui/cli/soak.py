"""soak: what a server bears, on a store made for it."""

from pathlib import Path
from typing import Annotated

import typer

from agent_tui.cli.answers import Malformed, answer
from agent_tui.cli.empties import Object
from agent_tui.cli.progress import progress_bar
from agent_tui.cli.reading import read_whole
from agent_tui.cli.session import Session
from agent_tui.domain.soak import Plan, Report, Step

BROKEN = 4
MOST_TERMINALS, MOST_RATE, MOST_MINUTES, MOST_BOUND = 500, 100_000.0, 60.0 * 24 * 7, 60_000.0


def soak(
    context: typer.Context,
    terminals: Annotated[int, typer.Option("--terminals", help="How many processes act.")] = 32,
    rate: Annotated[float, typer.Option("--rate", help="Acts a second of all of them together.")] = 10.0,
    minutes: Annotated[float, typer.Option("--minutes", help="How long at that rate.")] = 5.0,
    bound: Annotated[float, typer.Option("--bound", help="p99 in ms past which a rate does not hold.")] = 50.0,
    knee: Annotated[bool, typer.Option("--knee/--no-knee", help="Raise the rate afterwards until it does not hold.")] = True,
    step: Annotated[float, typer.Option("--step", help="Seconds of each higher rate.")] = 10.0,
    seed: Annotated[int, typer.Option("--seed", help="Of the terminals' choices.")] = 1,
) -> None:
    """Book, move and cancel with many terminals on a store made for it: agent-tui soak --store soak.db --rate 10 --minutes 5"""
    session: Session = context.obj
    read_whole("--terminals", terminals, 1, MOST_TERMINALS)
    for name, value, most in (("--rate", rate, MOST_RATE), ("--minutes", minutes, MOST_MINUTES), ("--bound", bound, MOST_BOUND)):
        _within(name, value, most)
    _within("--step", step, 3600.0)
    plan = Plan(terminals, rate, minutes * 60, bound, seed, knee, step)
    location = str(session.settings.store) if session.store_was_named else str(Path(session.settings.store).with_name("soak.db"))
    from agent_tui.services.soaking import SoakRefused
    from agent_tui.services.soaking import soak as run
    from agent_tui.services.trouble import DeskRefused

    try:
        with progress_bar() as tell:
            report = run(location, plan, session.now.date(), tell)
    except SoakRefused as refused:
        raise DeskRefused("soak", str(refused)) from None
    broken = ", ".join(f"{name} {count} times" for name, count in report.broken.items())
    sentence = f"The sweep found promises broken: {broken}." if broken else None
    answer(session.as_json, _object(report), _lines(report), code=BROKEN if broken else 0, sentence=sentence)


def _within(name: str, value: float, most: float) -> None:
    if not 0 < value <= most:
        raise Malformed(f"{name} takes a number above 0, at most {most:g}.")


def _object(one: Report) -> Object:
    acts, tally = one.tally.acts, one.tally
    return {
        **{"status": "interrupted" if one.interrupted else "done", "store": one.store, "engine": one.engine},
        **{"terminals": one.plan.terminals, "rate": one.plan.rate, "seconds": round(one.seconds, 1), "acts": tally.answered},
        **{"bookings": acts["book"], "moves": acts["move"], "cancellations": acts["cancel"], "refused": acts["refused"]},
        **{"trouble": acts["trouble"], "trouble_text": tally.trouble, "reached": round(one.steady.reached, 1)},
        **{"p50_ms": one.steady.p50_ms, "p99_ms": one.steady.p99_ms, "worst_ms": round(tally.latencies.worst_ms, 1)},
        "processor_ms": None if tally.used_ms is None else round(tally.used_ms, 2),
        **{"memory_bytes": tally.memory_last, "memory_growth_bytes": tally.memory_last - tally.memory_first},
        **{"wal_most_bytes": one.wal_most, "wal_last_bytes": one.wal_last, "wal_written_bytes": one.wal_written},
        **{"bound_ms": one.plan.bound_ms, "knee": None if one.knee is None else round(one.knee, 1)},
        "steps": [_step(step) for step in one.steps],
        **{"checked": one.checked, "broken": dict(one.broken), "code": None, "reason": None},
    }


def _step(one: Step) -> Object:
    return {"rate": round(one.rate, 1), "reached": round(one.reached, 1), "p50_ms": one.p50_ms, "p99_ms": one.p99_ms}


def _lines(one: Report) -> list[str]:
    acts, tally = one.tally.acts, one.tally
    lines = ["Interrupted; this is what there was."] if one.interrupted else []
    lines += [
        f"{one.engine}, {one.plan.terminals} terminal{'' if one.plan.terminals == 1 else 's'}, {one.plan.rate:g} acts a second"
        f" for {one.seconds:.0f} s: {one.store}",
        f"  done      {tally.answered}: {acts['book']} booked, {acts['move']} moved, {acts['cancel']} cancelled,"
        f" {acts['refused']} refused; {one.steady.reached:.1f} a second",
        f"  latency   p50 {_ms(one.steady.p50_ms)}, p99 {_ms(one.steady.p99_ms)}, worst {tally.latencies.worst_ms:.1f} ms",
        f"  processor {_ms(tally.used_ms)} of each act in its terminal",
        f"  memory    {_mb(tally.memory_last)} in the largest terminal, grown by {_mb(tally.memory_last - tally.memory_first)}",
    ]
    if one.wal_most is not None:
        lines.append(f"  WAL file  {_mb(one.wal_most)} at most, {_mb(one.wal_last or 0)} after the steady part")
    if one.wal_written is not None:
        lines.append(f"  WAL       {_mb(one.wal_written)} written in all")
    if acts["trouble"]:
        lines.append(f"  trouble   {acts['trouble']} times: {tally.trouble}")
    if one.plan.knee:
        lines += [f"  {'rate':>8} {'reached':>8} {'p50':>9} {'p99':>9}"]
        lines += [f"  {step.rate:8.1f} {step.reached:8.1f} {_ms(step.p50_ms):>9} {_ms(step.p99_ms):>9}" for step in one.steps]
        found = f"{one.knee:.0f} acts a second is the highest" if one.knee is not None else "none of these is a"
        lines.append(f"  knee      {found} rate that was kept up with p99 within {one.plan.bound_ms:g} ms")
    broken = ", ".join(f"{name} {count}" for name, count in one.broken.items()) or "none broken"
    return [*lines, f"  sweep     {one.checked} checks, {broken}"]


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} ms"


def _mb(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("soak")(soak)
