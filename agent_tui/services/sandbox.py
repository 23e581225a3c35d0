"""The sandbox: a draft of segments tried on what the site was asked for, kept with what it gave, applied or dropped."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from agent_tui.domain.cleaning import clean
from agent_tui.domain.clients import holds_personal
from agent_tui.domain.log import Event, State
from agent_tui.domain.pattern_files import as_stored
from agent_tui.domain.recorded import BOOKED, REFUSED, WRITTEN, Asked, stream_of
from agent_tui.domain.requests import Refused
from agent_tui.domain.sandbox import (
    DAYS_TO_WAIT,
    GENERATED,
    LEAST_REQUESTS,
    LEAST_WEEKS,
    MOST_WEEKS,
    RECORDED,
    Counts,
    Draft,
    Progress,
    Trial,
    always,
    compared,
    read_draft,
)
from agent_tui.domain.site import Catalogue
from agent_tui.domain.stream_maker import generate
from agent_tui.domain.streams import StreamRow, days_between
from agent_tui.domain.wall_time import wall_of
from agent_tui.services import segmenting
from agent_tui.services.acts import Act, RequestId, in_one_act, request_id
from agent_tui.services.desk import Desk
from agent_tui.services.one_line import write_line
from agent_tui.services.pattern_text import write_draft
from agent_tui.services.segmenting import MAY_SAVE, Answer, Rejected, Wanted
from agent_tui.store.queries import sandbox as sandbox_queries
from agent_tui.store.queries.sandbox import KeptDraft
from agent_tui.store.trouble import KeyRefused
from agent_tui.store.unit_of_work import Unit

KEPT_VERB, DROPPED_VERB = "draft_kept", "draft_dropped"
LOAD = 0.95
"""The minutes that a generated stream asks for, as a share of those that are open today."""
LONGEST_NAME = 40
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]*", re.ASCII)
_PER = 100_000


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft that was kept with its trial: its TOML, who kept it and when (ms UTC); `dropped` where it is no more."""

    name: str
    toml: str
    draft: Draft
    trial: Trial
    made_by: str
    made_at: int
    dropped: bool = False
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class _Stream:
    rows: Sequence[StreamRow]
    counts: Counts
    days: list[date]


def run(
    desk: Desk,
    draft: Draft,
    *,
    weeks: int = LEAST_WEEKS,
    generated: bool = False,
    seed: int = 1,
    progress: Progress | None = None,
) -> Trial | Refused | Rejected:
    """Return what a draft and today's segments make of the requests of some weeks; never writes.

    They are those on record, or, `generated`, the usual demand as the simulation makes it up. Rejected are drafts that could
    not be saved; Refused other roles than team leader and supervisor, weeks out of bounds, and too little on record. What
    `progress` raises (Stopped) ends it.
    """
    if desk.staff.role not in MAY_SAVE:
        return _role()
    if not LEAST_WEEKS <= weeks <= MOST_WEEKS:
        return Refused("not_possible", f"{LEAST_WEEKS} to {MOST_WEEKS} weeks of requests are replayed, not {weeks}.")
    today = desk.now.date()
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        problems = segmenting.problems_of(catalogue, Wanted(draft.patterns, draft.marks, draft.assign), today)
        if problems:
            return Rejected(tuple(problems))
        asked = [] if generated else _asked(desk, unit, catalogue, today - timedelta(weeks=weeks))
    stream = _generated(catalogue, today, weeks, seed) if generated else _recorded(catalogue, today, weeks, asked)
    if isinstance(stream, Refused):
        return stream
    now, then, changes = compared(catalogue, draft, today, stream.days, stream.rows, progress)
    source, made_by = (GENERATED, seed) if generated else (RECORDED, None)
    return Trial(source, weeks, stream.days[0], stream.days[-1], stream.counts, now, then, changes, made_by)


def _role() -> Refused:
    return Refused("role", "Segments are tried by a team leader or a supervisor.")


def _asked(desk: Desk, unit: Unit, catalogue: Catalogue, first: date) -> list[Asked]:
    return sandbox_queries.asked(unit, desk.site, first, desk.at(catalogue.site.zone))


def _recorded(catalogue: Catalogue, today: date, weeks: int, asked: Sequence[Asked]) -> _Stream | Refused:
    begin, last = today - timedelta(weeks=weeks), catalogue.working_days_from(today, DAYS_TO_WAIT)
    rows = stream_of(catalogue, asked, (begin, last), DAYS_TO_WAIT)
    oldest = min((wall_of(one.at, catalogue.site.zone).date() for one in asked), default=today)
    there = (today - oldest).days // 7
    if there < weeks or len(rows) < LEAST_REQUESTS:
        span = "less than a week" if not there else "1 week" if there == 1 else f"{there} weeks"
        short = f"{len(rows)} requests of {span}; {weeks} weeks and {LEAST_REQUESTS} requests are needed."
        other = f"Ask for {there} weeks, or replay" if there >= LEAST_WEEKS and len(rows) >= LEAST_REQUESTS else "Replay"
        text = f"Too little is on record: {short} {other} generated requests (assumed demand) instead."
        return Refused("too_little_history", text)
    kinds = {one.id: one for one in asked}
    mine = [kinds[row.id] for row in rows]
    counts = Counts(
        sum(one.kind == BOOKED for one in mine),
        sum(one.cancelled_at is not None for one in mine),
        sum(one.kind == REFUSED for one in mine),
        sum(one.kind == WRITTEN for one in mine),
    )
    return _Stream(rows, counts, days_between(begin, last))


def _generated(catalogue: Catalogue, today: date, weeks: int, seed: int) -> _Stream | Refused:
    days = days_between(today, catalogue.working_days_from(today, 5 * weeks))
    known = {code: catalogue.weight(code) for code, kind in sorted(catalogue.types.items()) if kind.booked_by == "offer"}
    whole = sum(known.values()) or 1.0
    mix = {code: round(_PER * weight / whole) for code, weight in known.items()}
    try:
        rows = generate(always(catalogue, today), mix, days, seed, LOAD)
    except ValueError as error:
        return Refused("not_possible", str(error))
    gone = sum(one.cancelled_at is not None for one in rows)
    return _Stream(rows, Counts(len(rows), gone, 0, 0), days)


# Kept drafts.


def name_problem(name: str) -> str | None:
    """Return what is wrong with the name of a draft as a sentence, or None."""
    if holds_personal(name):
        return "A draft's name holds no phone number and no national reference."
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        return (
            f"A draft's name has 1 to {LONGEST_NAME} letters, digits, blanks, dots, - and _, and begins with a letter or digit."
        )
    return None


def kept(desk: Desk) -> list[Kept] | Refused:
    """Return the drafts that are kept, by name, or Refused for other roles than team leader and supervisor."""
    if desk.staff.role not in MAY_SAVE:
        return _role()
    with desk.store.read() as unit:
        return [_read(one) for one in sandbox_queries.drafts(unit, desk.site)]


def kept_as(desk: Desk, name: str) -> Kept | Refused:
    """Return the draft of a name, or Refused."""
    if desk.staff.role not in MAY_SAVE:
        return _role()
    with desk.store.read() as unit:
        found = sandbox_queries.draft(unit, desk.site, name)
        if found is None:
            return _unknown(name, [one.name for one in sandbox_queries.drafts(unit, desk.site)])
        return _read(found)


def _unknown(name: str, names: Sequence[str]) -> Refused:
    known = f"there are {', '.join(names[:5])}" if names else "none is kept"
    return Refused("not_found", f"No draft is kept as {clean(name, limit=LONGEST_NAME) or '(empty)'}; {known}.")


def _read(row: KeptDraft) -> Kept:
    draft, _problems = read_draft(row.body)
    return Kept(row.name, row.body, draft, Trial.from_state(row.result), row.made_by, row.made_at)


def keep(desk: Desk, name: str, draft: Draft, trial: Trial, *, id: str | None = None) -> Kept | Refused:
    """Keep a draft with its trial under a name, in one transaction; a name that is taken is refused and changes nothing."""
    problem = name_problem(name)
    if problem is not None:
        return Refused("malformed", problem)
    request = request_id(id, KEPT_VERB, name, as_stored(draft.patterns), draft.assign, trial.source, trial.weeks, trial.seed)

    def work(act: Act) -> Kept:
        row = KeptDraft(name, write_draft(draft), trial.as_state(), desk.staff.login, act.at)
        sandbox_queries.insert_draft(act.unit, act.site, row)
        return _logged(act, KEPT_VERB, {"draft": name, "body": row.body, "result": row.result})

    try:
        return _change(desk, request, work)
    except KeyRefused:
        return Refused("taken", f"A draft is kept as {name} already; drop it, or take another name.")


def drop(desk: Desk, name: str, *, id: str | None = None) -> Kept | Refused:
    """Drop a draft that is kept; the log keeps what it was."""

    def work(act: Act) -> Kept | Refused:
        found = sandbox_queries.draft(act.unit, act.site, name)
        if found is None:
            return _unknown(name, [one.name for one in sandbox_queries.drafts(act.unit, act.site)])
        sandbox_queries.delete_draft(act.unit, act.site, name)
        by = {"by": found.made_by, "kept_at": found.made_at}
        return _logged(act, DROPPED_VERB, {"draft": name, "body": found.body, "result": found.result, **by})

    return _change(desk, request_id(id, DROPPED_VERB, name), work)


def _change(desk: Desk, request: RequestId, work: Callable[[Act], Kept | Refused]) -> Kept | Refused:
    def again(_act: Act, earlier: Event) -> Kept:
        return replace(_of_line(earlier.verb, earlier.after or {}, earlier.who, earlier.at), repeated=True)

    if desk.staff.role not in MAY_SAVE:
        return _role()
    return in_one_act(desk, request, work, again, rules=True)


def _logged(act: Act, verb: str, after: State) -> Kept:
    write_line(act, verb, after)
    return _of_line(verb, after, act.desk.staff.login, act.at)


def _of_line(verb: str, after: State, who: str, at: int) -> Kept:
    """Return the draft that a line of the log tells of."""
    row = KeptDraft(after["draft"], after["body"], after["result"], after.get("by", who), after.get("kept_at", at))
    return replace(_read(row), dropped=verb == DROPPED_VERB)


def preview_apply(desk: Desk, name: str) -> Answer:
    """Return what `apply` would do as segmenting.preview does, or Refused; writes nothing."""
    found = kept_as(desk, name)
    if isinstance(found, Refused):
        return found
    draft = found.draft
    return segmenting.preview(desk, draft.patterns, draft.marks, assign=draft.assign)


def apply(desk: Desk, name: str, *, id: str | None = None) -> Answer:
    """Make a kept draft the segments of its owners and answer as segmenting.save; the draft stays, `segments undo` takes it back.

    Refused is a draft of which somebody has changed the segments since it was made.
    """
    found = kept_as(desk, name)
    if isinstance(found, Refused):
        return found
    draft = found.draft
    return segmenting.save(desk, draft.patterns, draft.marks, assign=draft.assign, id=id)
