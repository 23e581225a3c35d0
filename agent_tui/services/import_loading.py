"""Loading files that were tried: planned and made ready before the write lock, looked at again under it, one transaction each."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from agent_tui.domain.import_plan import days_of
from agent_tui.domain.log import Event
from agent_tui.domain.type_files import FileProblem
from agent_tui.services import import_blocks, import_rules, import_staff
from agent_tui.services.acts import Act, RequestId
from agent_tui.services.desk import Desk
from agent_tui.services.import_answer import COUNTS, Broken, Imported, Stopped
from agent_tui.services.import_appointments import (
    Batch,
    Touched,
    batches_of,
    lapse_holds,
    plan_appointments,
    touched_by,
    write_appointments,
)
from agent_tui.services.import_files import Source
from agent_tui.services.import_world import WRITING, Meter, Plan, Progress, World
from agent_tui.services.lists import end_lapsed_holds
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries.log import NewEvent
from agent_tui.store.trouble import KeyRefused, StoreTrouble
from agent_tui.store.unit_of_work import Unit

APPOINTMENTS = ("appointments", "calendar")
DATED = (*APPOINTMENTS, "blocks")
"""The kinds whose rows lie in days, which are looked at as a whole."""
FILE_VERB = "file_imported"
TRIES = 3
MOST_FLAGGED = 1_000
"""How many flagged rows the log keeps, and so the answer to a retry names; it says how many there are beside them."""
MOST_LINES = 2_000
"""How many lines of the log that others have written meanwhile are looked at before all is planned anew."""

_PLANS: dict[str, Callable[[World, Source], Plan]] = {
    "teams": import_rules.plan_teams,
    "types": import_rules.plan_types,
    "rooms": import_rules.plan_rooms,
    "coaches": import_rules.plan_coaches,
    "patterns": import_rules.plan_patterns,
    "closures": import_blocks.plan_closures,
    "staff": import_staff.plan_staff,
    "clients": import_rules.plan_clients,
    "appointments": plan_appointments,
    "calendar": plan_appointments,
    "blocks": import_blocks.plan_blocks,
}
_WRITES: dict[str, Callable[[Act, Plan], None]] = {
    "teams": import_rules.write_teams,
    "types": import_rules.write_types,
    "rooms": import_rules.write_rooms,
    "coaches": import_rules.write_coaches,
    "patterns": import_rules.write_patterns,
    "closures": import_blocks.write_closures,
    "staff": import_staff.write_staff,
    "clients": import_rules.write_clients,
    "blocks": import_blocks.write_blocks,
}


class _Spoilt(Exception):
    """A file whose rows were well when they were tried and no longer are, since somebody changed the site meanwhile."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan.kind)
        self.plan = plan


class _Stale(Exception):
    """Somebody has taken something of a plan between its making and the write lock."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """What was made ready for a file from one state of the store: its last line, the version of its rules, the plan, what that
    depends on, and its rows; `last` is that of the last try, which is planned anew under the lock where it does not hold."""

    seq: int
    version: int
    plan: Plan
    touched: Touched
    batches: Sequence[Batch]
    last: bool


def plan_file(world: World, source: Source) -> Plan:
    """Return what loading a file does."""
    if source.kind is None:
        return Plan("unknown", problems=source.problems)
    return _PLANS[source.kind](world, source)


def rows_to_plan(source: Source) -> int:
    """Return how many rows planning a file goes over: each is looked up, and given its place."""
    return 2 * len(source.rows)


def load_files(
    desk: Desk, sources: Sequence[Source], requests: Sequence[RequestId], *, partial: bool, progress: Progress | None
) -> Imported:
    """Load files that were tried, one transaction each, and return what became of each.

    Where it is stopped, or the store fails after some of them, Stopped or Broken is raised with what is in.
    """
    imported = Imported()
    repeated: list[bool | None] = []
    try:
        for source, request in zip(sources, requests, strict=True):
            plan, again = _written(desk, source, request, partial=partial, progress=progress)
            repeated.append(again)
            imported.add(source, plan)
    except _Spoilt as spoilt:
        spoilt.plan.new = spoilt.plan.changed = spoilt.plan.flags = 0
        spoilt.plan.flagged.clear()
        imported.add(sources[len(imported.files)], spoilt.plan, "refused")
        imported.leave(sources[len(imported.files) :])
    except KeyboardInterrupt:
        _count_ended(desk, imported, sources, requests)
        raise Stopped(imported) from None
    except StoreTrouble as trouble:
        with suppress(StoreTrouble):
            _count_ended(desk, imported, sources, requests)
        if not imported.loaded:
            raise
        raise Broken(str(trouble), imported) from trouble
    if imported.rejected:
        imported.status = "partial" if partial or imported.loaded else "refused"
    imported.repeated = True in repeated and False not in repeated
    return imported


def _count_ended(desk: Desk, imported: Imported, sources: Sequence[Source], requests: Sequence[RequestId]) -> None:
    """Count what an import did that ended early; the log knows whether the file that was being loaded is in."""
    number = len(imported.files)
    if number < len(sources):
        try:
            with desk.store.read() as unit:
                line = log_queries.by_request(unit, desk.site, requests[number].id)
            if line is not None:
                imported.add(sources[number], plan_of(sources[number], line))
        finally:
            imported.leave(sources[len(imported.files) :])
    whole = bool(imported.files) and all(one.status == "loaded" for one in imported.files)
    imported.status = "refused" if not imported.loaded else "loaded" if whole else "partial"


def _written(
    desk: Desk, source: Source, request: RequestId, *, partial: bool, progress: Progress | None
) -> tuple[Plan, bool | None]:
    """Load a file, and once more where somebody has taken something of its plan, or a key refused a row, meanwhile."""
    for attempt in range(1, TRIES + 1):
        meter = Meter(progress, WRITING, source.name, 2 * rows_to_plan(source))
        ahead = look_ahead(desk, source, meter, last=attempt == TRIES) if source.kind in APPOINTMENTS else None

        def work(unit: Unit, ahead: Ahead | None = ahead, meter: Meter = meter) -> tuple[Plan, bool | None]:
            return _load_one(desk, unit, source, request, ahead, partial=partial, meter=meter)

        try:
            done = desk.store.write(work)
        except (KeyRefused, _Stale):
            continue
        meter.end()
        return done
    text = "Somebody writes the same at this moment; nothing of the file was loaded. Import it again."
    raise _Spoilt(Plan(source.kind or "", problems=[FileProblem(1, None, text)]))


def look_ahead(desk: Desk, source: Source, meter: Meter, *, last: bool = True) -> Ahead:
    """Return a file of appointments planned, and its rows made ready, from one state of the store and without its write lock."""
    end_lapsed_holds(desk)
    with desk.store.read() as unit:
        seq, _hash = log_queries.head(unit, desk.site)
        catalogue = desk.catalogue(unit)
        plan = plan_file(World(desk, unit, catalogue, unit.clock_ms(), days_of(source.rows), meter), source)
    return Ahead(seq, catalogue.version, plan, touched_by(plan), batches_of(desk, catalogue, plan), last)


def _holds(act: Act, ahead: Ahead) -> bool:
    """Return whether what was made ready still holds: the rules are the same, and nothing that others have written since
    takes a time, a limited place, a claimant's day or an entry of it, or imports."""
    if act.catalogue.version != ahead.version:
        return False
    lines = log_queries.rows_after(act.unit, act.site, ahead.seq, MOST_LINES + 1)
    if not lines:
        return True
    return len(lines) <= MOST_LINES and not any(ahead.touched.meets(log_queries.event_of(line)) for line in lines)


def _load_one(
    desk: Desk,
    unit: Unit,
    source: Source,
    request: RequestId,
    ahead: Ahead | None,
    *,
    partial: bool,
    meter: Meter,
) -> tuple[Plan, bool | None]:
    """Load one file in an open transaction and return what it did, and whether it had been loaded by this request before;
    None where there was nothing to do."""
    catalogue_queries.lock_rules(unit, desk.site)
    act = Act(desk, unit, request, look=True)
    earlier = log_queries.by_request(unit, desk.site, request.id)
    if earlier is not None:
        return plan_of(source, earlier), True
    if ahead is not None:
        lapse_holds(act)
    meter.reach(rows_to_plan(source))
    if ahead is not None and _holds(act, ahead):
        plan, batches = ahead.plan, ahead.batches
    elif ahead is not None and not ahead.last:
        raise _Stale
    else:
        days = days_of(source.rows) if source.kind in DATED else None
        plan = plan_file(World(desk, unit, act.catalogue, act.now_ms, days), source)
        batches = () if ahead is None else batches_of(desk, act.catalogue, plan)
    if plan.problems and not partial:
        raise _Spoilt(plan)
    if not plan.new and not plan.changed:
        return plan, None
    if ahead is not None:
        write_appointments(act, plan, batches, meter)
    else:
        _WRITES[source.kind or ""](act, plan)
    flagged = [[one.line, one.field, one.text] for one in plan.flagged[:MOST_FLAGGED]]
    numbers = dict(zip(COUNTS, (plan.new, plan.changed, plan.same, plan.refused), strict=True))
    after = {"claims": [], "kind": plan.kind, "flags": plan.flags, "flagged": flagged} | numbers | plan.told
    log_queries.append(unit, act.stamp, NewEvent(FILE_VERB, after=after, request=request.id, fingerprint=request.fingerprint))
    act.finish(rules=ahead is None)
    return plan, False


def plan_of(source: Source, line: Event) -> Plan:
    """Return what a file did when it was loaded, as the log has it."""
    kept = line.after or {}
    done = Plan(source.kind or "", kept["new"], kept["changed"], kept["same"], list(source.problems), kept["flags"])
    done.left_out = kept["rejected"]
    done.flagged = [FileProblem(*one) for one in kept.get("flagged", ())]
    done.unnamed = max(0, done.flags - len(done.flagged))
    return done
