"""Importing a site's own files: read and tried first, then loaded one transaction for each file."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from agent_tui.domain.import_plan import days_of
from agent_tui.domain.log import Event, fingerprint
from agent_tui.domain.requests import Refused
from agent_tui.domain.site import Catalogue
from agent_tui.domain.type_files import FileProblem
from agent_tui.services import import_rules, restoring
from agent_tui.services.acts import Act, RequestId
from agent_tui.services.desk import Desk
from agent_tui.services.import_appointments import lapse_holds, plan_appointments, write_appointments
from agent_tui.services.import_files import KINDS, Options, Source, Unreadable, find_files, read_events, read_rows, read_source
from agent_tui.services.import_world import Plan, Progress, World
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries.log import NewEvent
from agent_tui.store.trouble import KeyRefused
from agent_tui.store.unit_of_work import Unit

__all__ = ["Imported", "Options", "Rejected", "Unreadable", "import_files"]

LEADERS_KINDS = frozenset({"patterns", "types"})
FILE_VERB = "file_imported"
PAST_WORKING_DAYS = 20
FUTURE_DAYS = 366
TRIES = 3
_COUNTS = ("new", "changed", "same", "rejected")

_PLANS: dict[str, Callable[[World, Source], Plan]] = {
    "teams": import_rules.plan_teams,
    "types": import_rules.plan_types,
    "rooms": import_rules.plan_rooms,
    "coaches": import_rules.plan_coaches,
    "patterns": import_rules.plan_patterns,
    "clients": import_rules.plan_clients,
    "appointments": plan_appointments,
    "calendar": plan_appointments,
}
_WRITES: dict[str, Callable[[Act, Plan], None]] = {
    "teams": import_rules.write_teams,
    "types": import_rules.write_types,
    "rooms": import_rules.write_rooms,
    "coaches": import_rules.write_coaches,
    "patterns": import_rules.write_patterns,
    "clients": import_rules.write_clients,
}


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot be loaded: its file and line, the column where there is one, and why."""

    file: str
    line: int
    field: str | None
    reason: str


@dataclass
class Imported:
    """What became of files: status "loaded", "partial" or "refused", rows new and changed, flags raised, rows refused.

    `counts` are new, changed, same and rejected rows by kind. Of a trial they are what would be.
    """

    status: str = "loaded"
    loaded: int = 0
    flags: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    dry_run: bool = False
    repeated: bool = False

    def add(self, source: Source, plan: Plan) -> None:
        """Count a file."""
        kind = source.kind or "unknown"
        wrong = sorted(plan.problems, key=lambda one: one.line)
        counted = self.counts.setdefault(kind, dict.fromkeys(_COUNTS, 0))
        numbers = (plan.new, plan.changed, plan.same, len({one.line for one in wrong}))
        for name, number in zip(_COUNTS, numbers, strict=True):
            counted[name] += number
        self.loaded += plan.new + plan.changed
        self.flags += plan.flags
        self.rejected += [Rejected(source.name, one.line, one.field, one.text) for one in wrong]


class _Spoilt(Exception):
    """A file whose rows were well when they were tried and no longer are, since somebody changed the site meanwhile."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan.kind)
        self.plan = plan


def import_files(
    desk: Desk,
    paths: Sequence[Path],
    options: Options | None = None,
    *,
    dry_run: bool = False,
    partial: bool = False,
    id: str | None = None,
    progress: Progress | None = None,
) -> Imported | Refused:
    """Load files or folders of a site's own data, and return what became of them.

    Nothing is loaded unless every row is well; with `partial` the rows that are well. Each file is one transaction, those
    that others need first. Rows are recognised by the other system's reference or by their code: a second run changes
    nothing. Patterns and types are loaded by a team leader too, the rest by a supervisor or an administrator. A path that
    names no file raises Unreadable.
    """
    how = options or Options()
    if desk.staff.role not in ("leader", "supervisor", "admin"):
        return Refused("role", "Files are imported by a team leader (types and patterns), a supervisor or an administrator.")
    sources = [read_source(path, how) for path in find_files(paths)]
    sources.sort(key=lambda one: (KINDS.index(one.kind) if one.kind in KINDS else len(KINDS), one.name))
    if desk.staff.role == "leader" and any(one.kind not in LEADERS_KINDS for one in sources):
        return Refused("role", "A team leader imports types and patterns; a supervisor or an administrator imports the rest.")
    if any(one.kind == "site" for one in sources) and len(sources) > 1:
        return Refused("not_possible", "A whole site is imported by itself; name that one file alone.")
    for source in sources:
        read_rows(source)
    said = fingerprint(["import", [[one.name, one.kind, one.digest] for one in sources], partial, how.diary, how.type])
    ids = [str(uuid.uuid5(uuid.UUID(id), str(number))) if id else str(uuid.uuid4()) for number in range(len(sources))]
    requests = [RequestId(one, said) for one in ids]
    if sources and sources[0].kind == "site":
        return _restore(desk, sources[0], requests[0], dry_run=dry_run, progress=progress)
    with desk.store.read() as unit:
        earlier = {one.id: log_queries.by_request(unit, desk.site, one.id) for one in requests} if id else {}
        if any(line is not None and line.fingerprint != said for line in earlier.values()):
            return Refused("id_reused", "This id was used for another request; nothing was changed.", id=id)
        tried = _try(desk, unit, sources, how)
    if all(earlier.get(one.id) is not None for one in requests) and requests:
        return _answered(tried, [line for line in earlier.values() if line is not None], sources)
    if tried.rejected and not partial:
        tried.status, tried.loaded, tried.flags = "refused", 0, 0
    elif tried.rejected:
        tried.status = "partial"
    tried.dry_run = dry_run
    if dry_run or tried.status == "refused":
        return tried
    return _load(desk, sources, requests, partial=partial, progress=progress)


def _horizon(desk: Desk, catalogue: Catalogue) -> tuple[date, date]:
    """Return the days in which a calendar's repeats are expanded: 20 working days back, one year ahead."""
    first = today = desk.now.date()
    found = 0
    while found < PAST_WORKING_DAYS:
        first -= timedelta(days=1)
        found += catalogue.is_working_day(first)
    return first, today + timedelta(days=FUTURE_DAYS)


def _span(sources: Sequence[Source]) -> tuple[date, date] | None:
    kinds = ("appointments", "calendar")
    spans = [days for one in sources if one.kind in kinds and (days := days_of(one.rows)) is not None]
    return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None


def _try(desk: Desk, unit: Unit, sources: Sequence[Source], how: Options) -> Imported:
    """Return what loading files would do, each as the files before it would have left the site; writes nothing."""
    catalogue = desk.catalogue(unit)
    imported = Imported()
    rules = [one for one in sources if one.kind not in ("appointments", "calendar")]
    world = World(desk, unit, catalogue, unit.clock_ms(), None)
    for source in rules:
        imported.add(source, _plan(world, source))
    for source in sources:
        read_events(
            source,
            how,
            catalogue.site.zone,
            sorted(world.catalogue.types),
            sorted(world.catalogue.diaries),
            _horizon(desk, world.catalogue),
        )
    world.see_days(_span(sources))
    for source in sources:
        if source.kind in ("appointments", "calendar"):
            imported.add(source, _plan(world, source))
    return imported


def _plan(world: World, source: Source) -> Plan:
    if source.kind is None:
        return Plan("unknown", problems=source.problems)
    return _PLANS[source.kind](world, source)


def _load(
    desk: Desk, sources: Sequence[Source], requests: Sequence[RequestId], *, partial: bool, progress: Progress | None
) -> Imported:
    """Load files that were tried, one transaction each."""
    imported = Imported()
    repeated: list[bool | None] = []
    for source, request in zip(sources, requests, strict=True):

        def work(unit: Unit, source: Source = source, request: RequestId = request) -> tuple[Plan, bool | None]:
            return _load_one(desk, unit, source, request, partial=partial, progress=progress)

        try:
            plan, again = _written(desk, source, work)
        except _Spoilt as spoilt:
            spoilt.plan.new = spoilt.plan.changed = spoilt.plan.flags = 0
            imported.add(source, spoilt.plan)
            break
        repeated.append(again)
        imported.add(source, plan)
    if imported.rejected:
        imported.status = "partial" if partial or imported.loaded else "refused"
    imported.repeated = True in repeated and False not in repeated
    return imported


def _written(desk: Desk, source: Source, work: Callable[[Unit], tuple[Plan, bool | None]]) -> tuple[Plan, bool | None]:
    """Load a file, and once more where a key refused a row that somebody else wrote meanwhile."""
    for _attempt in range(TRIES):
        try:
            return desk.store.write(work)
        except KeyRefused:
            continue
    text = "Somebody writes the same at this moment; nothing of the file was loaded. Import it again."
    raise _Spoilt(Plan(source.kind or "", problems=[FileProblem(1, None, text)]))


def _load_one(
    desk: Desk, unit: Unit, source: Source, request: RequestId, *, partial: bool, progress: Progress | None
) -> tuple[Plan, bool | None]:
    """Load one file in an open transaction and return what it did, and whether it had been loaded by this request before;
    None where there was nothing to do."""
    catalogue_queries.lock_rules(unit, desk.site)
    act = Act(desk, unit, request, look=True)
    earlier = log_queries.by_request(unit, desk.site, request.id)
    if earlier is not None:
        return _plan_of(source, earlier), True
    appointments = source.kind in ("appointments", "calendar")
    if appointments:
        lapse_holds(act)
    plan = _plan(World(desk, unit, act.catalogue, act.now_ms, _span([source])), source)
    if plan.problems and not partial:
        raise _Spoilt(plan)
    if not plan.new and not plan.changed:
        return plan, None
    if appointments:
        write_appointments(act, plan, progress, source.name)
    else:
        _WRITES[source.kind or ""](act, plan)
    numbers = (plan.new, plan.changed, plan.same, len({one.line for one in plan.problems}))
    after = {"claims": [], "kind": plan.kind, "flags": plan.flags} | dict(zip(_COUNTS, numbers, strict=True))
    log_queries.append(unit, act.stamp, NewEvent(FILE_VERB, after=after, request=request.id, fingerprint=request.fingerprint))
    act.finish(rules=not appointments)
    return plan, False


def _plan_of(source: Source, line: Event) -> Plan:
    """Return what a file did when it was loaded, as the log has it."""
    kept = line.after or {}
    return Plan(source.kind or "", kept["new"], kept["changed"], kept["same"], list(source.problems), kept["flags"])


def _answered(tried: Imported, lines: Sequence[Event], sources: Sequence[Source]) -> Imported:
    """Return the answer that a request got before; what was wrong with its rows is found in the same files again."""
    again = Imported(repeated=True, rejected=tried.rejected)
    for source, line in zip(sources, lines, strict=True):
        kept = line.after or {}
        counted = again.counts.setdefault(source.kind or "unknown", dict.fromkeys(_COUNTS, 0))
        for name in _COUNTS:
            counted[name] += kept[name]
        again.loaded += kept["new"] + kept["changed"]
        again.flags += kept["flags"]
    again.status = "partial" if again.rejected else "loaded"
    return again


def _restore(desk: Desk, source: Source, request: RequestId, *, dry_run: bool, progress: Progress | None) -> Imported | Refused:
    """Load a whole site that was exported as JSON lines."""
    if source.problems:
        plan = Plan("site", problems=source.problems)
    else:
        found = restoring.restore(desk, source.path, request, dry_run=dry_run, progress=progress)
        if isinstance(found, Refused):
            return found
        plan = Plan("site", found.rows, 0, found.same, [FileProblem(line, None, text) for line, text in found.problems])
    imported = Imported(dry_run=dry_run)
    imported.add(source, plan)
    if imported.rejected:
        imported.status, imported.loaded = "refused", 0
    return imported
