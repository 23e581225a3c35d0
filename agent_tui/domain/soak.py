"""A soak: how often terminals act, how long each act takes from the moment it was due, and the rate at which that breaks."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

MIX: Final[Mapping[str, int]] = MappingProxyType({"book": 6, "move": 2, "cancel": 2})
"""How often each act is tried, of ten."""

BOOKINGS: Final[Mapping[str, int]] = MappingProxyType({"book": 1})
GROWTH: Final = 1.5
MOST_STEPS: Final = 16
LEAST_RATE: Final = 1.0
"""Acts a second below which no knee is looked for."""

ENOUGH: Final = 0.9
"""A step whose terminals did less than this share of what was due did not hold."""

_FINE = 1_000
"""Buckets of a tenth of a millisecond up to a tenth of a second; above that a bucket is a millisecond."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked for: terminals, acts a second of all of them together, for how long, and p99 in ms for the knee.

    `knee` says whether the rate is raised (or lowered) step by step afterwards; a step takes `step_seconds`.
    """

    terminals: int = 32
    rate: float = 10.0
    seconds: float = 300.0
    bound_ms: float = 50.0
    seed: int = 1
    knee: bool = True
    step_seconds: float = 10.0
    mix: Mapping[str, int] = field(default_factory=lambda: dict(MIX))


@dataclass(slots=True)
class Latencies:
    """How long acts took, counted in buckets, so that hours of them take no more room than a minute."""

    counts: Counter[int] = field(default_factory=Counter)
    worst_ms: float = 0.0

    def add(self, seconds: float) -> None:
        """Count an act that took so many seconds."""
        ms = seconds * 1000
        tenths = int(ms * 10)
        self.counts[tenths if tenths < _FINE else tenths // 10 * 10] += 1
        self.worst_ms = max(self.worst_ms, ms)

    def merge(self, other: "Latencies") -> None:
        """Count what others took too."""
        self.counts.update(other.counts)
        self.worst_ms = max(self.worst_ms, other.worst_ms)

    def quantile(self, share: float) -> float | None:
        """Return the ms within which a share of the acts were done, None where there were none."""
        total, seen = sum(self.counts.values()), 0
        for tenths, count in sorted(self.counts.items()):
            seen += count
            if seen >= share * total:
                return tenths / 10
        return None


@dataclass(slots=True)
class Tally:
    """What terminals did: acts by word, latencies, processor seconds, resident bytes at first and at last, trouble in words."""

    acts: Counter[str] = field(default_factory=Counter)
    latencies: Latencies = field(default_factory=Latencies)
    used: float = 0.0
    memory_first: int = 0
    memory_last: int = 0
    trouble: str | None = None

    def merge(self, other: "Tally") -> None:
        """Add what another terminal did; memory is that of the largest, its growth that of the one that grew most."""
        self.acts.update(other.acts)
        self.latencies.merge(other.latencies)
        self.used += other.used
        grown, growth = other.memory_last - other.memory_first, self.memory_last - self.memory_first
        self.memory_last = max(self.memory_last, other.memory_last)
        self.memory_first = self.memory_last - max(grown, growth if self.memory_first else grown)
        self.trouble = self.trouble or other.trouble

    @property
    def answered(self) -> int:
        """Return how many acts had an answer."""
        return sum(count for word, count in self.acts.items() if word != "trouble")

    @property
    def used_ms(self) -> float | None:
        """Return the processor time of an act in its terminal in ms, None where there was none."""
        return 1000 * self.used / self.answered if self.answered else None


@dataclass(frozen=True, slots=True)
class Step:
    """One rate for a while: acts a second asked for and reached, and latencies in ms."""

    rate: float
    reached: float
    p50_ms: float | None
    p99_ms: float | None

    def holds(self, bound_ms: float) -> bool:
        """Return whether the terminals kept up, within the bound."""
        return self.p99_ms is not None and self.p99_ms <= bound_ms and self.reached >= ENOUGH * self.rate


def step_of(rate: float, seconds: float, tally: Tally) -> Step:
    """Return what a rate came to over so many seconds."""
    reached = tally.answered / seconds if seconds > 0 else 0.0
    return Step(rate, reached, tally.latencies.quantile(0.5), tally.latencies.quantile(0.99))


def knee_of(steps: Iterable[Step], bound_ms: float) -> float | None:
    """Return the highest rate that held before the first that did not, None where the slowest one broke."""
    knee = None
    for step in steps:
        if not step.holds(bound_ms):
            break
        knee = step.rate
    return knee


@dataclass(frozen=True, slots=True)
class Report:
    """What a soak found: `seconds` of the steady part, what was done in it, steps and knee, bytes of memory and of the WAL.

    `wal_most` is the largest size of SQLite's WAL file, on PostgreSQL None; `wal_written` what PostgreSQL wrote, on SQLite
    None. `broken` are the broken promises by the sweep, each with how often.
    """

    store: str
    engine: str
    plan: Plan
    seconds: float
    tally: Tally
    steady: Step
    steps: tuple[Step, ...]
    knee: float | None
    wal_most: int | None
    wal_last: int | None
    wal_written: int | None
    checked: int
    broken: Mapping[str, int]
    interrupted: bool
