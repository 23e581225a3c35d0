"""Aligning the diaries of first and second coaches: the best pattern beside the guidance's own."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from agent_tui.domain.alignment import Aligned, AlignmentRequest, Figures, Pattern, evaluate, guidance_range, longest_first
from agent_tui.domain.alignment_segments import COMMITMENT, INTERVIEW, Placing, Unplaceable, aligned_patterns
from agent_tui.domain.requests import Refused
from agent_tui.domain.site import Catalogue
from agent_tui.services.acts import request_id
from agent_tui.services.desk import Desk
from agent_tui.services.segmenting import Answer, Wanted, preview_plan, save_plan
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


def align(request: AlignmentRequest, seconds: float, go_on: Callable[[], bool] = lambda: True) -> Alignment:
    """Return the best pattern that is found within some seconds, beside the guidance's own and the longest interviews first.

    `go_on` is asked now and then; when it says no, the best so far is the answer. What fits into no day, or was not found in
    that time, raises DoesNotFit. Source: guides/offering.md, "Diary alignment".
    """
    deadline = time.monotonic() + seconds
    found = search(request, lambda: time.monotonic() < deadline and go_on())
    named = guidance_range(request)
    worst = longest_first(request)
    return Alignment(
        found,
        None if named is None else _compared(request, *named),
        None if worst is None else _compared(request, worst, worst),
    )


def _compared(request: AlignmentRequest, given: Pattern, least: Pattern) -> Comparison:
    return Comparison(given, evaluate(request, given), float(evaluate(request, least).mean_wait))


def preview(desk: Desk, pattern: Pattern, placing: Placing) -> Answer:
    """Return what `apply` would do as segmenting.preview does, or Refused; writes nothing."""
    return preview_plan(desk, lambda catalogue: _planned(catalogue, pattern, placing))


def apply(desk: Desk, pattern: Pattern, placing: Placing, *, id: str | None = None) -> Answer:
    """Make an alignment the segments of the diaries named, in one transaction, and answer as segmenting.save does.

    Types that a diary does not have are assigned with it; `segments undo` takes all of it back.
    """
    return save_plan(desk, request_id(id, "align", pattern, placing), lambda catalogue: _planned(catalogue, pattern, placing))


def _planned(catalogue: Catalogue, pattern: Pattern, placing: Placing) -> Wanted | Refused:
    try:
        patterns = aligned_patterns(catalogue, pattern, placing)
    except Unplaceable as unplaceable:
        return Refused("not_possible", str(unplaceable))
    missing = {
        (one.owner, code)
        for one in patterns
        for part in one.segments
        if part.description in (INTERVIEW, COMMITMENT)
        for code in part.types
        if code not in catalogue.diaries[one.owner].types
    }
    return Wanted(patterns, assign=sorted(missing))
