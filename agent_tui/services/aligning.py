"""Aligning the diaries of first and second coaches: the best pattern beside the guidance's own."""

import time
from dataclasses import dataclass

from agent_tui.domain.alignment import Aligned, AlignmentRequest, Figures, Pattern, evaluate, guidance_range, longest_first
from agent_tui.solvers.alignment import align as search


@dataclass(frozen=True, slots=True)
class Comparison:
    """A pattern and what it costs, and the least mean wait in minutes that the same segments allow in another order."""

    pattern: Pattern
    figures: Figures
    least_mean_wait: float


@dataclass(frozen=True, slots=True)
class Alignment:
    """The answer to a request: the pattern found, the guidance's, and the worst case without alignment, None where unfit."""

    found: Aligned
    guidance: Comparison | None
    unaligned: Comparison | None


def align(request: AlignmentRequest, seconds: float) -> Alignment:
    """Return the best pattern that is found within some seconds, beside the guidance's own and the longest interviews first.

    What fits into no day raises DoesNotFit. Source: guides/offering.md, "Diary alignment".
    """
    deadline = time.monotonic() + seconds
    found = search(request, lambda: time.monotonic() < deadline)
    named = guidance_range(request)
    worst = longest_first(request)
    return Alignment(
        found,
        None if named is None else _compared(request, *named),
        None if worst is None else _compared(request, worst, worst),
    )


def _compared(request: AlignmentRequest, given: Pattern, least: Pattern) -> Comparison:
    return Comparison(given, evaluate(request, given), float(evaluate(request, least).mean_wait))
