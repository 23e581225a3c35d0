"""What each way of offering starts books: python -m tests.benchmarks.offering [--streams 10] [--load 0.95]

Every policy replays the same generated streams on the demo's site; the table has the mean of the streams, and the goals.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from statistics import fmean

from agent_tui.domain.simulation import LONG_MINUTES, POLICIES, Simulated
from agent_tui.services.simulating import Options, hindsight, replay, study

GOALS = {"of the bound": (">=", 98.5), f"refused {LONG_MINUTES}+": ("<=", 2.0), "from preferred": ("<=", 30.0)}
WITH_GOALS = "offered-nearest"
COACHES, DAYS = 24, 20


@dataclass(frozen=True)
class Wanted:
    """One stream: its seed and load, the site's size, and how many ticks of loss are offered (None for the site's own)."""

    seed: int
    load: float
    coaches: int
    days: int
    choice: float | None


def of_stream(wanted: Wanted) -> tuple[int, list[Simulated]]:
    """Return the hindsight bound of one stream and what each policy made of it."""
    made = study(Options(seed=wanted.seed, load=wanted.load, coaches=wanted.coaches, days=wanted.days))
    if wanted.choice is not None:
        site = replace(made.catalogue.site, choice=wanted.choice)
        made = replace(made, catalogue=replace(made.catalogue, site=site))
    return hindsight(made), [replay(made, policy) for policy in POLICIES]


def figures(most: int, one: Simulated) -> dict[str, float]:
    """Return a policy's line for one stream: percentages and minutes."""
    return {
        "booked": 100 * one.booked_minutes / one.available_minutes,
        "of the bound": 100 * one.booked_minutes / most,
        "refused": 100 * one.refused / one.requests,
        f"refused {LONG_MINUTES}+": 100 * one.refused_long / one.requests_long,
        "from preferred": one.minutes_from_preferred or 0.0,
        "stranded": 100 * one.stranded_minutes / one.available_minutes,
    }


def verdict(name: str, value: float) -> str:
    """Return whether a goal is met."""
    sign, limit = GOALS[name]
    return "met" if (value <= limit if sign == "<=" else value >= limit) else "MISSED"


def table(done: Sequence[tuple[int, list[Simulated]]]) -> list[str]:
    """Return the lines of the table."""
    means: dict[str, dict[str, float]] = {}
    for number, policy in enumerate(POLICIES):
        lines = [figures(most, results[number]) for most, results in done]
        means[policy] = {name: fmean(line[name] for line in lines) for name in lines[0]}
    names = list(means[POLICIES[0]])
    lines_out = ["policy            " + " ".join(f"{name:>14}" for name in names)]
    units = {"from preferred": " min"}
    for policy, line in means.items():
        cells = (f"{line[name]:.1f}{units.get(name, '%')}" for name in names)
        lines_out.append(f"{policy:<18}" + " ".join(f"{cell:>14}" for cell in cells))
    bound = fmean(100 * most / results[0].available_minutes for most, results in done)
    lines_out.append(f"{'hindsight bound':<18}{f'{bound:.1f}%':>14}")
    goals = (
        f"{sign} {limit:g} {verdict(name, means[WITH_GOALS][name])}" if name in GOALS else ""
        for name, (sign, limit) in ((name, GOALS.get(name, ("", 0.0))) for name in names)
    )
    lines_out.append(f"{'goals of nearest':<18}" + " ".join(f"{cell:>14}" for cell in goals))
    return lines_out


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=10, help="how many generated streams")
    parser.add_argument("--load", type=float, default=0.95, help="minutes asked for as a share of the open ones")
    parser.add_argument("--coaches", type=int, default=COACHES)
    parser.add_argument("--days", type=int, default=DAYS, help="working days")
    parser.add_argument("--choice", type=float, help="ticks of loss within which starts are offered (default: the site's)")
    asked = parser.parse_args()
    wanted = [Wanted(seed, asked.load, asked.coaches, asked.days, asked.choice) for seed in range(1, asked.streams + 1)]
    begun = time.perf_counter()
    with ProcessPoolExecutor(min(os.cpu_count() or 1, len(wanted))) as processes:
        done = list(processes.map(of_stream, wanted))
    size = f"{asked.streams} streams at {100 * asked.load:g}% load, {asked.coaches} diaries, {asked.days} working days"
    sys.stdout.write("\n".join([f"{size}, {time.perf_counter() - begun:.0f} s", *table(done)]) + "\n")


if __name__ == "__main__":
    main()
