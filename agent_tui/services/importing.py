"""Importing a site's own files: read and tried first, then loaded one transaction for each file."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from agent_tui.domain.cleaning import clean
from agent_tui.domain.import_plan import days_of
from agent_tui.domain.log import Event, fingerprint
from agent_tui.domain.requests import Refused
from agent_tui.domain.site import Catalogue
from agent_tui.domain.type_files import FileProblem
from agent_tui.services import restoring
from agent_tui.services.acts import RequestId
from agent_tui.services.desk import Desk
from agent_tui.services.import_answer import Broken, Imported, Rejected, Stopped
from agent_tui.services.import_files import KINDS, Options, Source, Unreadable, find_files, read_events, read_rows, read_source
from agent_tui.services.import_loading import DATED, load_files, plan_file, plan_of, rows_to_plan
from agent_tui.services.import_world import CHECKING, READING, Meter, Plan, Progress, World
from agent_tui.store.queries import log as log_queries
from agent_tui.store.unit_of_work import Unit

__all__ = ["Broken", "Imported", "Options", "Rejected", "Stopped", "Unreadable", "import_files"]

LEADERS_KINDS = frozenset({"patterns", "types"})
PAST_WORKING_DAYS = 20
FUTURE_DAYS = 366


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
    sources = [_read(path, how, progress) for path in find_files(paths)]
    sources.sort(key=lambda one: (KINDS.index(one.kind) if one.kind in KINDS else len(KINDS), one.name))
    if desk.staff.role == "leader" and any(one.kind not in LEADERS_KINDS for one in sources):
        return Refused("role", "A team leader imports types and patterns; a supervisor or an administrator imports the rest.")
    if any(one.kind == "site" for one in sources) and len(sources) > 1:
        return Refused("not_possible", "A whole site is imported by itself; name that one file alone.")
    for source in sources:
        meter = Meter(progress, READING, source.name, source.text.count("\n") + 1)
        read_rows(source, meter)
        meter.end()
    said = fingerprint(["import", [[one.name, one.kind, one.digest] for one in sources], partial, how.diary, how.type])
    ids = [str(uuid.uuid5(uuid.UUID(id), str(number))) if id else str(uuid.uuid4()) for number in range(len(sources))]
    requests = [RequestId(one, said) for one in ids]
    if sources and sources[0].kind == "site":
        return _restore(desk, sources[0], requests[0], dry_run=dry_run, progress=progress)
    with desk.store.read() as unit:
        earlier = {one.id: log_queries.by_request(unit, desk.site, one.id) for one in requests} if id else {}
        if any(line is not None and line.fingerprint != said for line in earlier.values()):
            return Refused("id_reused", "This id was used for another request; nothing was changed.", id=id)
        tried = _try(desk, unit, sources, how, progress)
    if all(earlier.get(one.id) is not None for one in requests) and requests:
        return _answered(tried, [line for line in earlier.values() if line is not None], sources)
    if tried.rejected and not partial:
        tried.refuse()
    elif tried.rejected:
        tried.status = "partial"
    tried.dry_run = dry_run
    if dry_run or tried.status == "refused":
        return tried
    return load_files(desk, sources, requests, partial=partial, progress=progress)


def _horizon(desk: Desk, catalogue: Catalogue) -> tuple[date, date]:
    """Return the days in which a calendar's repeats are expanded: 20 working days back, one year ahead."""
    first = today = desk.now.date()
    found = 0
    while found < PAST_WORKING_DAYS:
        first -= timedelta(days=1)
        found += catalogue.is_working_day(first)
    return first, today + timedelta(days=FUTURE_DAYS)


def _span(sources: Sequence[Source]) -> tuple[date, date] | None:
    spans = [days for one in sources if one.kind in DATED and (days := days_of(one.rows)) is not None]
    return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None


def _read(path: Path, how: Options, progress: Progress | None) -> Source:
    """Return a file's text and kind; those of a large one take a moment before its rows are read."""
    Meter(progress, READING, clean(path.name, limit=100), 1)
    return read_source(path, how)


def _try(desk: Desk, unit: Unit, sources: Sequence[Source], how: Options, progress: Progress | None) -> Imported:
    """Return what loading files would do, each as the files before it would have left the site; writes nothing."""
    catalogue = desk.catalogue(unit)
    imported = Imported()
    rules = [one for one in sources if one.kind not in DATED]
    world = World(desk, unit, catalogue, unit.clock_ms(), None)
    for source in rules:
        imported.add(source, _planned(world, source, progress))
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
        if source.kind in DATED:
            imported.add(source, _planned(world, source, progress))
    return imported


def _planned(world: World, source: Source, progress: Progress | None) -> Plan:
    world.meter = Meter(progress, CHECKING, source.name, rows_to_plan(source))
    plan = plan_file(world, source)
    world.meter.end()
    return plan


def _answered(tried: Imported, lines: Sequence[Event], sources: Sequence[Source]) -> Imported:
    """Return the answer that a request got before; what was wrong with its rows is found in the same files again."""
    again = Imported(repeated=True)
    for source, line in zip(sources, lines, strict=True):
        again.add(source, plan_of(source, line))
    again.rejected = tried.rejected
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
        imported.refuse()
    return imported
