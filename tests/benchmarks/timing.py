"""Cases measured in turn, round after round, so that a slow moment of the machine falls on all of them; medians."""

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Line:
    """One line of the table; a goal is ("<=" or ">=", figure) or None where the line only informs."""

    what: str
    measured: str
    floor: str
    figure: float
    goal: tuple[str, float] | None
    unit: str = "x"

    @property
    def verdict(self) -> str:
        """Return whether the goal is met."""
        if self.goal is None:
            return ""
        sign, limit = self.goal
        return "met" if (self.figure <= limit if sign == "<=" else self.figure >= limit) else "MISSED"

    def text(self) -> str:
        """Return the line as the table shows it."""
        goal = "" if self.goal is None else f"{self.goal[0]} {self.goal[1]:g}"
        places = 4 if self.figure < 0.1 else 2 if self.figure < 100 else 0
        figure = f"{self.figure:.{places}f}{self.unit}"
        return f"{self.what:<58} {self.measured:>14} {self.floor:>14} {figure:>9} {goal:>8} {self.verdict}"


HEADING = f"{'what':<58} {'measured':>14} {'floor':>14} {'ratio':>9} {'goal':>8}"


def once(work: Callable[[], object], times: int = 1, clock: Callable[[], float] = time.perf_counter) -> float:
    """Return the seconds that one run of some work takes by a clock, on average over some runs."""
    begun = clock()
    for _ in range(times):
        work()
    return (clock() - begun) / times


def in_turn(cases: dict[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Return the median of what each case answers over some rounds; each round begins with another case."""
    answers: dict[str, list[float]] = {name: [] for name in cases}
    names = list(cases)
    for number in range(rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            answers[name].append(cases[name]())
    return {name: median(values) for name, values in answers.items()}


def fsync_seconds(folder: Path, times: int = 100) -> float:
    """Return the median time in which the disk takes a page for good."""
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        waits = []
        for _ in range(times):
            file.write(b"x" * 4096)
            file.flush()
            begun = time.perf_counter()
            os.fdatasync(file.fileno()) if hasattr(os, "fdatasync") else os.fsync(file.fileno())
            waits.append(time.perf_counter() - begun)
    return median(waits)
