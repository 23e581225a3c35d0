"""Importing time that is taken out: blocks of diaries, and days on which the site is closed, inside one open act."""

from dataclasses import dataclass, replace
from datetime import date

from agent_tui.domain.flags import UNDER_BLOCK
from agent_tui.domain.import_check import Checked
from agent_tui.domain.import_rows import BlockRow, ClosureRow
from agent_tui.domain.import_text import unknown
from agent_tui.domain.log import fingerprint
from agent_tui.domain.requests import EntryState
from agent_tui.domain.ticks import clock, span
from agent_tui.domain.type_files import FileProblem
from agent_tui.domain.wall_time import changed_clock, short_date, ticks_of_clock_change
from agent_tui.services.acts import Act
from agent_tui.services.clashes import flag_clash
from agent_tui.services.closing import settle_closures
from agent_tui.services.covering import without
from agent_tui.services.import_appointments import OWN_ID, VERB, lapse_holds
from agent_tui.services.import_files import Source
from agent_tui.services.import_world import BLOCK_MARK, Plan, World, new_id
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import importing as import_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries.entries import state_of
from agent_tui.store.queries.log import NewEvent

SOURCE = "import"


@dataclass(frozen=True, slots=True)
class NewBlock:
    """A block that is to be written: its row, the entry, what tells a row from another, and entries that its claimant has."""

    row: BlockRow
    entry: EntryState
    said: str
    clashes: tuple[str, ...]


def plan_blocks(world: World, source: Source) -> Plan:
    """Return what loading blocks does.

    A block never takes a hold's or another block's time; appointments in it stay, it has the ticks around them, and each that
    is booked is flagged, as by `block --over keep`. One that stands already is not changed by a file.
    """
    plan = Plan("blocks", problems=list(source.problems), data=[])
    for row in world.meter.over(source.rows):
        before = len(plan.problems)
        client = _check(world, row, plan.problems)
        if len(plan.problems) == before:
            _against_store(world, row, client, plan)
    plan.flags = len(plan.flagged)
    return plan


def _check(world: World, row: BlockRow, problems: list[FileProblem]) -> str | None:
    """Return a block's claimant; what it names that is unknown, or cannot be, becomes a problem."""
    catalogue = world.catalogue
    diary, kind = catalogue.diaries.get(row.diary), catalogue.types.get(row.type)
    if diary is None:
        problems.append(FileProblem(row.line, "diary", unknown("diary", row.diary, catalogue.diaries)))
    if row.type and kind is None:
        problems.append(FileProblem(row.line, "type", unknown("type", row.type, catalogue.types)))
    elif kind is not None and kind.booked_by != "block":
        problems.append(FileProblem(row.line, "type", f"{kind.code} is booked as an appointment, not as block time."))
    zone = catalogue.site.zone
    if ticks_of_clock_change(row.day, zone) & span(row.start, row.end):
        problems.append(FileProblem(row.line, "start", changed_clock(row.day, row.start, row.end, zone)))
    client = world.client_of(row.client) if row.client else None
    if row.client and client is None:
        problems.append(FileProblem(row.line, "client", "No claimant has this reference; import clients.csv with it."))
    return client


def _against_store(world: World, row: BlockRow, client: str | None, plan: Plan) -> None:
    said = fingerprint(["block", row.diary, row.day.isoformat(), row.start, row.end, row.reason, row.type, client])
    known = world.entries.get(f"{BLOCK_MARK}{row.reference}")
    if known is not None and known[1] == said:
        plan.same += 1
        return
    id = known[0] if known is not None else row.reference if OWN_ID.fullmatch(row.reference) else None
    stored = None if id is None else entry_queries.get(world.unit, world.desk.site, id)
    if stored is not None:
        place = (stored.diary, stored.day, stored.start, stored.end)
        wanted = (row.diary, row.day, row.start, row.end)
        what = (stored.status, stored.reason or "", stored.type or "", stored.client)
        if place == wanted and what == ("blocked", row.reason, row.type, client):
            plan.same += 1
        else:
            text = "This block stands here, and the file says another thing; change it here."
            plan.problems.append(FileProblem(row.line, "reference", text))
        return
    _place(world, row, client, said, plan)


def _place(world: World, row: BlockRow, client: str | None, said: str, plan: Plan) -> None:
    iso, when = row.day.isoformat(), f"{short_date(row.day)} {clock(row.start)}"
    if world.catalogue.diaries[row.diary].retired is not None and world.has_entries:
        plan.problems.append(FileProblem(row.line, "diary", f"The diary {row.diary} is retired and takes nothing more."))
        return
    there = world.standing.setdefault((row.diary, iso), [])
    hit = [one for one in there if one.start < row.end and row.start < one.end]
    other = next((one for one in hit if one.kind != "appointment"), None)
    if other is not None:
        text = f"A {other.kind} has {clock(other.start)} to {clock(other.end)} of {row.diary} on {short_date(row.day)}."
        plan.problems.append(FileProblem(row.line, "start", text))
        return
    times = world.taken.clients.setdefault((client, iso), []) if client is not None else []
    clashes = tuple(id for start, end, id in times if start < row.end and row.start < end)
    plan.flagged += [FileProblem(row.line, "client", f"{when}: the claimant has another appointment then") for _one in clashes]
    booked = [one for one in hit if one.status == "booked"]
    text = "stays under the block and is flagged"
    plan.flagged += [
        FileProblem(row.line, "start", f"{one.type} {short_date(row.day)} {clock(one.start)} in {one.diary} {text}")
        for one in booked
    ]
    entry = _entry(world, row, client)
    there.append(entry)
    times.append((row.start, row.end, entry.id))
    plan.new += 1
    plan.data.append(NewBlock(row, entry, said, clashes))


def _entry(world: World, row: BlockRow, client: str | None) -> EntryState:
    return EntryState(
        id=new_id(),
        kind="block",
        status="blocked",
        type=row.type or None,
        client=client,
        diary=row.diary,
        day=row.day,
        start=row.start,
        end=row.end,
        resources=(row.diary,),
        needs=(),
        channel=None,
        priority="standard",
        contact=None,
        version=1,
        made_by=world.desk.staff.login,
        made_at=world.desk.at(world.catalogue.site.zone),
        reason=row.reason or None,
    )


def write_blocks(act: Act, plan: Plan) -> None:
    """Write blocks: each owns the ticks around the appointments in it, which are its other side in a flag."""
    lapse_holds(act)
    blocks: list[NewBlock] = plan.data
    unit, site = act.unit, act.site
    for one in blocks:
        entry = one.entry
        whole = [(entry.diary, entry.day.isoformat(), entry.start, entry.end)]
        standing = entry_queries.overlapping(unit, site, whole)
        ranges = without(whole, [part for other in standing for part in entry_queries.owned(unit, site, other.id)])
        entry_queries.insert(unit, site, entry)
        entry_queries.take(unit, site, entry.id, ranges, None)
        import_queries.insert_references(unit, site, "entry", [(f"{BLOCK_MARK}{one.row.reference}", entry.id)])
        for other in standing:
            act.flags.raise_flag(UNDER_BLOCK, entry=other.id, other=entry.id)
        for id in one.clashes:
            other_entry = entry_queries.get(unit, site, id)
            if other_entry is not None:
                flag_clash(act, entry, other_entry)
        act.settle(entry.id, entry.day)
        touched = tuple(sorted({(claim[0], claim[1]) for claim in ranges}))
        after = state_of(entry, ranges)
        line = NewEvent(VERB, entry=entry.id, client=entry.client, touched=touched, after=after, fingerprint=one.said)
        log_queries.append(unit, act.stamp, line)


def plan_closures(world: World, source: Source) -> Plan:
    """Return what loading closed days does; those of a site without any appointment may lie in the past."""
    checked: Checked[ClosureRow] = Checked()
    closures, today = dict(world.catalogue.closures), world.desk.now.date()
    for row in source.rows:
        stored = world.catalogue.closures.get(row.day)
        if stored == row.name if row.closed else stored is None:
            checked.same += 1
        elif row.day < today and world.has_entries:
            checked.refuse(row.line, "day", f"{row.day.isoformat()} is past; only days from {today.isoformat()} on are changed.")
        else:
            (checked.new if stored is None else checked.changed).append(row)
            closures.pop(row.day, None)
            closures |= {row.day: row.name} if row.closed else {}
    problems = [*source.problems, *checked.problems]
    plan = Plan("closures", len(checked.new), len(checked.changed), checked.same, problems, data=checked)
    for line, entry in _on_closed_days(world, checked):
        text = f"{entry.type} {short_date(entry.day)} {clock(entry.start)} in {entry.diary} is kept: the site is closed then"
        plan.flagged.append(FileProblem(line, "day", text))
    plan.flags = len(plan.flagged)
    world.catalogue = replace(world.catalogue, closures=dict(sorted(closures.items())))
    return plan


def _on_closed_days(world: World, checked: Checked[ClosureRow]) -> list[tuple[int, EntryState]]:
    """Return the appointments to come on days that a file closes, each with its line."""
    now = world.desk.site_now()
    return [
        (row.line, one)
        for row in checked.new
        if row.closed
        for one in entry_queries.standing_on(world.unit, world.desk.site, row.day.isoformat())
        if (one.day, one.start) >= (now.day, now.tick)
    ]


def write_closures(act: Act, plan: Plan) -> None:
    """Write closed days; appointments to come on one are kept and flagged, until it is open again."""
    checked: Checked[ClosureRow] = plan.data
    rows = [*checked.new, *checked.changed]
    import_queries.delete_closures(act.unit, act.site, [row.day.isoformat() for row in rows])
    closed: dict[date, str] = {row.day: row.name for row in rows if row.closed}
    catalogue_queries.insert_closures(act.unit, act.site, closed, SOURCE)
    kept = {day: name for day, name in act.catalogue.closures.items() if day not in {row.day for row in rows}}
    settle_closures(act, kept | closed, sorted({row.day for row in checked.new if row.closed}))
