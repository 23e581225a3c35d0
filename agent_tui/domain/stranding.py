"""Why time is stranded: the events of a diary's day in order, and the one after which a run first could not be used.

A run that is stranded in an empty diary already is the segment's doing, whoever booked beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from agent_tui.domain.availability import DiaryDay, Now, Occupied, Search
from agent_tui.domain.requests import EntryState, Request
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import clock, span, ticks_in
from agent_tui.domain.whitespace import StrandedRun, stranded_runs

SEGMENT, CHOICE, NO_BETTER, CANCELLATION, BLOCK, IMPORTED = (
    "segment",
    "choice",
    "no_better",
    "cancellation",
    "block",
    "imported",
)
CAUSES = (SEGMENT, CHOICE, NO_BETTER, CANCELLATION, BLOCK, IMPORTED)
"""Segment length; a start outside those recommended then; inside them; time let go; a block; no history."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one line of the log did to a diary's day: the masks of the ticks that were let go and of those that were taken."""

    seq: int
    let_go: int
    taken: int


@dataclass(frozen=True, slots=True)
class Origin:
    """Which line of the log stranded a run, None for none, and whether by letting time go rather than by taking it."""

    seq: int | None
    freed: bool = False


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a run is stranded: one of CAUSES, and the line of the log, its verb and its entry where there is one.

    `instead` is the recommended start of that moment that was nearest to the one taken, as (diary, tick).
    """

    kind: str
    seq: int | None = None
    verb: str | None = None
    entry: str | None = None
    instead: tuple[str, int] | None = None


_LET_GO = {
    "cancelled": "an appointment here was cancelled",
    "moved": "an appointment was moved away from here",
    "released": "a hold here was let go",
    "lapsed": "a hold here ran out",
    "dna": "a claimant did not attend",
    "unblocked": "a block here ended",
    "undone": "what was here was undone",
}


def cause_words(cause: Cause, coaches: Mapping[str, str]) -> str:
    """Return in words why a run is stranded; `coaches` are names by diary."""
    if cause.kind == SEGMENT:
        return "segment length: stranded in an empty diary too"
    if cause.kind == CHOICE:
        if cause.instead is None:
            return "choice against the recommendation"
        diary, tick = cause.instead
        return f"choice against the recommendation: {clock(tick)} with {coaches.get(diary, diary)} was recommended"
    if cause.kind == NO_BETTER:
        return "no better start: the one taken was recommended"
    if cause.kind == CANCELLATION:
        return f"cancellation: {_LET_GO.get(cause.verb or '', 'time here was let go')}"
    if cause.kind == BLOCK:
        return "block: a block here ended" if cause.verb == "unblocked" else "block"
    return "imported: no history says why"


@dataclass(frozen=True, slots=True)
class _State:
    origin: Origin
    runs: dict[tuple[int, int], StrandedRun]
    lost: dict[int, int]
    """Stranded ticks by the start of the part of the day."""


def origins(catalogue: Catalogue, diary: str, day: date, steps: Sequence[Step]) -> dict[tuple[int, int], Origin]:
    """Return for each run that is stranded after the last of some steps which of them stranded it.

    That is the step after which the run, as it stands now, first was stranded and stayed so. It is none (the segment's length)
    where the empty diary strands as much of that part of the day; and where taking time stranded no more than was stranded
    before, it only cut off what was, so that the origin is that of what the run was cut from.
    """
    states = [_state(catalogue, diary, day, 0, Origin(None))]
    busy = 0
    for step in steps:
        for mask, freed in ((busy & ~step.let_go, True), ((busy & ~step.let_go) | step.taken, False)):
            if mask != busy:
                busy = mask
                states.append(_state(catalogue, diary, day, busy, Origin(step.seq, freed)))
    areas = [(one.start, one.end) for one in catalogue.areas(diary, day)]
    return {place: _trace(states, areas, len(states) - 1, place) for place in states[-1].runs}


def _state(catalogue: Catalogue, diary: str, day: date, busy: int, origin: Origin) -> _State:
    runs = {(run.start, run.end): run for run in stranded_runs(catalogue, diary, day, busy)}
    lost: dict[int, int] = {}
    for area in catalogue.areas(diary, day):
        lost[area.start] = sum(run.stranded for run in runs.values() if area.start <= run.start < area.end)
    return _State(origin, runs, lost)


def _trace(states: Sequence[_State], areas: Iterable[tuple[int, int]], at: int, place: tuple[int, int]) -> Origin:
    while at and place in states[at - 1].runs:
        at -= 1
    if not at:
        return states[0].origin
    area = next(start for start, end in areas if start <= place[0] < end)
    before, now = states[at - 1], states[at]
    if now.lost[area] <= states[0].lost[area]:
        return states[0].origin
    made_of = [one for one in before.runs.values() if one.start < place[1] and place[0] < one.end]
    if now.origin.freed or now.lost[area] > before.lost[area] or not made_of:
        return now.origin
    largest = max(made_of, key=lambda one: (one.stranded, -one.start))
    return _trace(states, areas, at - 1, (largest.start, largest.end))


def choice_of(catalogue: Catalogue, entry: EntryState, occupied: Occupied, now: Now) -> Cause:
    """Return whether the start that an entry took was among those recommended at that moment: CHOICE or NO_BETTER.

    `occupied` is the time that others had then. The log does not keep which coach or time of day a claimant had asked for,
    so the start is compared with those that a search without either would have recommended on that day.
    """
    request = Request(
        entry.type or "", entry.day, entry.day, channel=entry.channel, needs=entry.needs, notice=0, limit=None, every=True
    )
    search = Search(catalogue, request, occupied, now)
    found = [one for diary in search.diaries() if isinstance(one := search.diary_day(diary, entry.day), DiaryDay)]
    starts = {one.diary.code: mask for one, mask in zip(found, search.recommended(found), strict=True)}
    if not starts or starts.get(entry.diary, 0) >> entry.start & 1:
        return Cause(NO_BETTER)
    near = [(tick, diary) for diary, mask in starts.items() for tick in ticks_in(mask)]
    tick, diary = min(near, key=lambda one: (abs(one[0] - entry.start), one[1] != entry.diary, one))
    return Cause(CHOICE, instead=(diary, tick))


def mask_of_claims(claims: Iterable[tuple[str, str, int, int]], resource: str, day: str) -> int:
    """Return the ticks of one resource's day that some claims have."""
    mask = 0
    for owner, on, start, end in claims:
        if (owner, on) == (resource, day):
            mask |= span(start, end)
    return mask
