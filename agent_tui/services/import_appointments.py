"""Importing appointments: planned beside what stands, then written in bulk with everything that a booking writes."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from agent_tui.domain.flags import CLOSED_DAY, DIARY_OFF, IMPORT_OVERLAP, UNPLACED
from agent_tui.domain.import_plan import Arrival, Checker, Placed, Placer, Stamp, mask_kept, unfit
from agent_tui.domain.log import Event
from agent_tui.domain.requests import EntryState
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import clock, mask_of, span
from agent_tui.domain.type_files import FileProblem
from agent_tui.domain.wall_time import short_date
from agent_tui.services.acts import Act
from agent_tui.services.clashes import flag_clash, kinds_off, settle_off, settle_unplaced
from agent_tui.services.covering import without
from agent_tui.services.desk import Desk
from agent_tui.services.import_files import Source
from agent_tui.services.import_world import Meter, Plan, World, new_id
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import flags as flag_queries
from agent_tui.store.queries import importing as import_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries.entries import state_of
from agent_tui.store.queries.log import NewEvent, Told

VERB = "imported"
Rows = Sequence[Sequence[Any]]
BATCH = 2_000
_HELD_HERE = ("booked", "attended", "late", "dna", "cancelled")
OWN_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PLACE = ("kind", "type", "diary", "day", "start", "end")
_SHOWN = ("client", "channel", "priority", "contact")


@dataclass
class Appointments:
    """Appointments that are to be written, in the order of their lines, and those of them that stand already, by id."""

    placed: list[Placed] = field(default_factory=list)
    before: dict[str, EntryState] = field(default_factory=dict)


def plan_appointments(world: World, source: Source) -> Plan:
    """Return what loading appointments does.

    A row whose reference is known is compared with what it said when it was last imported, so that an appointment that has
    been moved here since stays where it is; a row that says something new about such a one is refused.
    """
    plan = Plan(source.kind or "", problems=list(source.problems), data=Appointments())
    now, desk = world.desk.site_now(), world.desk
    stamp = Stamp(desk.staff.login, desk.at(world.catalogue.site.zone), new_id)
    checker = Checker(world.catalogue, now, world.client_of, stamp)
    wanted = [
        one
        for arrival in checker.arrivals(world.meter.over(source.rows), plan.problems)
        if (one := _against_store(world, arrival, plan)) is not None
    ]
    placer = Placer(world.catalogue, now, world.taken)
    for before in plan.data.before.values():
        owned = entry_queries.owned(world.unit, desk.site, before.id)
        placer.free(before, owned, import_queries.places_of(world.unit, desk.site, before.id))
    plan.data.placed = placer.place(wanted, lambda: world.meter.add(1))
    for one in plan.data.placed:
        plan.flagged += _flags_of(world, one)
    plan.flags = len(plan.flagged)
    world.arrived += [one.entry for one in plan.data.placed if one.claims]
    world.entries.update((one.arrival.row.reference, (one.entry.id, one.arrival.said, 0)) for one in plan.data.placed)
    return plan


def _flags_of(world: World, one: Placed) -> list[FileProblem]:
    """Return what an appointment is flagged for, as its line, the column and why."""
    line, entry, found = one.arrival.row.line, one.entry, []
    when = f"{short_date(entry.day)} {clock(entry.start)}"
    if one.stop is not None:
        end = "kept without a time" if entry.status == "unplaced" else f"kept as {entry.status}, with what is left of it"
        found.append(FileProblem(line, "start" if one.flag == IMPORT_OVERLAP else "type", f"{when} {end}: {one.stop.why}"))
    found += [FileProblem(line, "client", f"{when}: the claimant has another appointment then") for _other in one.clashes]
    off, closures = world.catalogue.switched_off, world.catalogue.closures
    if not off and entry.day not in closures:
        return found
    for kind in sorted(kinds_off(world.catalogue, entry, world.desk.site_now())):
        if kind == CLOSED_DAY:
            found.append(FileProblem(line, "day", f"{when}: the site is closed then"))
            continue
        column = "diary" if kind == DIARY_OFF else "rooms"
        codes = ", ".join(code for code in entry.resources if code in off and (code == entry.diary) == (kind == DIARY_OFF))
        found.append(FileProblem(line, column, f"{when}: {codes} is switched off"))
    return found


def _against_store(world: World, arrival: Arrival, plan: Plan) -> Arrival | None:
    """Return an arrival that is to be written, counted; None for one that says nothing new or is refused."""
    reference, site = arrival.row.reference, world.desk.site
    known = world.entries.get(reference)
    if known is None:
        stored = entry_queries.get(world.unit, site, reference) if OWN_ID.fullmatch(reference) else None
        if stored is None:
            return _if_fit(world, arrival, plan, new=True)
        if _shows(world, stored, arrival, calendar=plan.kind == "calendar"):
            plan.same += 1
        else:
            _refuse(plan, arrival, "This was booked here and has changed since it was written to the file; change it here.")
        return None
    entry, said, seq = known
    before = None if said == arrival.said else entry_queries.get(world.unit, site, entry)
    if said == arrival.said or (before is not None and _shows(world, before, arrival, calendar=plan.kind == "calendar")):
        plan.same += 1
        return None
    if before is None or import_queries.last_line(world.unit, site, entry) != seq:
        _refuse(plan, arrival, "This was changed here since it was imported, and the file says another thing; change it here.")
        return None
    fit = _if_fit(world, arrival, plan, new=False)
    if fit is None:
        return None
    plan.data.before[entry] = before
    made = replace(arrival.entry, made_by=before.made_by, made_at=before.made_at)
    return replace(arrival, entry=replace(made, id=entry, version=before.version + 1))


def _if_fit(world: World, arrival: Arrival, plan: Plan, *, new: bool) -> Arrival | None:
    """Return an arrival that can be an appointment, counted; the other becomes a problem."""
    wrong = unfit(world.catalogue, arrival.entry)
    if wrong is not None:
        plan.problems.append(FileProblem(arrival.row.line, *wrong))
        return None
    plan.new += new
    plan.changed += not new
    return arrival


def _shows(world: World, stored: EntryState, arrival: Arrival, *, calendar: bool) -> bool:
    """Return whether a row says of a stored appointment what an export says, so that it is no change.

    A calendar names neither claimant nor outcome, only what was cancelled.
    """
    said, status = arrival.entry, stored.status
    if any(getattr(stored, name) != getattr(said, name) for name in _PLACE):
        return False
    if calendar:
        return status in _HELD_HERE and (status == "cancelled") == (said.status == "cancelled")
    if said.status not in (status, "booked" if status == "unplaced" else status) or any(
        getattr(stored, name) != getattr(said, name) for name in _SHOWN
    ):
        return False
    if arrival.row.rooms and set(said.resources) != set(stored.resources):
        return False
    if arrival.row.kept is None:
        return True
    owned = entry_queries.owned(world.unit, world.desk.site, stored.id)
    return all(
        mask_kept(arrival, one) == mask_of((start, end) for place, _day, start, end in owned if place == one)
        for one in stored.resources
    )


def _refuse(plan: Plan, arrival: Arrival, text: str) -> None:
    plan.problems.append(FileProblem(arrival.row.line, "reference", text))


def lapse_holds(act: Act) -> None:
    """End the holds whose time has run out, so that none of them keeps an imported appointment's time."""
    act.lapse_all(one.id for one in entry_queries.lapsed_holds(act.unit, act.site, act.now_ms))


@dataclass(frozen=True, slots=True)
class Batch:
    """Some appointments with the rows that stand for them, made ready before the write lock.

    `lines` are what the log says of the new ones, None for one that stands already.
    """

    placed: Sequence[Placed]
    entries: Rows
    references: Sequence[tuple[str, str]]
    claims: Rows
    ticks: Rows
    uses: Rows
    notes: Rows
    lines: Sequence[Told | None]


@dataclass(frozen=True, slots=True)
class Touched:
    """What a plan depends on: the ticks that it takes by (resource, ISO day), the diaries' days of which it takes limited
    places, claimants by ISO day, and entries that stand already."""

    masks: dict[tuple[str, str], int]
    limited: frozenset[tuple[str, str]]
    clients: frozenset[tuple[str, str]]
    entries: frozenset[str]

    def meets(self, line: Event) -> bool:
        """Return whether what a line of the log tells takes something of it, or is another import's.

        Time that has come free since does not count: what the plan has left without a time stays flagged.
        """
        if line.verb in (VERB, "file_imported") or line.entry in self.entries:
            return True
        after = line.after or {}
        if (line.client or "", after.get("day", "")) in self.clients:
            return True
        claims = entry_queries.claims_in(line.after)
        return any(
            (resource, day) in self.limited or self.masks.get((resource, day), 0) & span(start, end)
            for resource, day, start, end in claims
        )


def touched_by(plan: Plan) -> Touched:
    """Return what a plan of appointments depends on."""
    data: Appointments = plan.data
    masks: dict[tuple[str, str], int] = {}
    for one in data.placed:
        for resource, day, start, end in one.claims:
            masks[resource, day] = masks.get((resource, day), 0) | span(start, end)
    limited = frozenset((one.entry.diary, one.entry.day.isoformat()) for one in data.placed if one.uses)
    clients = frozenset((one.entry.client, one.entry.day.isoformat()) for one in data.placed if one.entry.client is not None)
    return Touched(masks, limited, clients, frozenset(data.before))


def batches_of(desk: Desk, catalogue: Catalogue, plan: Plan) -> list[Batch]:
    """Return the rows of planned appointments, in batches."""
    placed, at = plan.data.placed, desk.at(catalogue.site.zone)
    return [_batch(desk, at, placed[first : first + BATCH], plan.data.before) for first in range(0, len(placed), BATCH)]


def _batch(desk: Desk, at: int, placed: Sequence[Placed], before: dict[str, EntryState]) -> Batch:
    site, who = desk.site, desk.staff.login
    new = [one for one in placed if one.entry.id not in before]
    claims = [(resource, day, start, end, one.entry.id) for one in placed for resource, day, start, end in one.claims]
    # In the order of the key, so that the same pages are written side by side.
    claims.sort()
    return Batch(
        placed=placed,
        entries=[entry_queries.insert_values(site, one.entry) for one in new],
        references=[(one.arrival.row.reference, one.entry.id) for one in new],
        claims=[(site, place, day, start, id, end, None) for place, day, start, end, id in claims],
        ticks=[(site, place, day, tick, id) for place, day, start, end, id in claims for tick in range(start, end)],
        uses=[
            (site, one.entry.diary, one.entry.day.isoformat(), pattern, segment, ordinal, one.entry.id)
            for one in placed
            for pattern, segment, ordinal in one.uses
        ],
        notes=[(site, str(uuid.uuid4()), one.entry.id, one.arrival.row.note, who, at) for one in new if one.arrival.row.note],
        lines=[log_queries.told(_line(one, None, {})) if one.entry.id not in before else None for one in placed],
    )


def write_appointments(act: Act, plan: Plan, batches: Sequence[Batch], meter: Meter) -> None:
    """Write planned appointments inside an open act that has the lock of the rules; the log's lines come last."""
    data: Appointments = plan.data
    owned = {id: sorted(entry_queries.let_go(act.unit, act.site, id)) for id in data.before}
    for one in data.placed if owned else ():
        act.freed += without(owned.get(one.entry.id, []), one.claims)
    for batch in batches:
        _write_rows(act, batch, data.before)
        meter.add(len(batch.placed))
    _raise_flags(act, data)
    for batch in batches:
        lines = [
            line or _line(one, data.before.get(one.entry.id), owned) for one, line in zip(batch.placed, batch.lines, strict=True)
        ]
        log_queries.append_many(act.unit, act.stamp, lines)
        meter.add(len(batch.placed))


def _write_rows(act: Act, batch: Batch, before: dict[str, EntryState]) -> None:
    """Write entries, what each owns, places in limited segments, notes and references."""
    unit = act.unit
    unit.many(entry_queries.INSERT_STATEMENT, batch.entries)
    for one in batch.placed if before else ():
        if one.entry.id in before:
            entry_queries.update(unit, act.site, one.entry)
    import_queries.insert_references(unit, act.site, "entry", batch.references)
    unit.many(entry_queries.CLAIM_STATEMENT, batch.claims)
    unit.many(entry_queries.TICK_STATEMENT, batch.ticks)
    unit.many(import_queries.USE_STATEMENT, batch.uses)
    unit.many(import_queries.NOTE_STATEMENT, batch.notes)


def _raise_flags(act: Act, data: Appointments) -> None:
    """Flag what has no time, who is in two places, and whose diary, room or day is off; settle what was changed."""
    unit, site, off = act.unit, act.site, act.catalogue.switched_off
    raised: dict[str, list[str]] = {}
    for one in data.placed:
        changed = one.entry.id in data.before
        if changed and one.flag is None:
            settle_unplaced(act, one.entry.id)
        flagged = changed and any(
            flag.kind in UNPLACED and flag.entry == one.entry.id for flag in flag_queries.open_of(unit, site, one.entry.id)
        )
        if one.flag is not None and not flagged:
            raised.setdefault(one.flag, []).append(one.entry.id)
        if changed:
            act.settle(one.entry.id, one.entry.day)
        elif one.entry.day in act.catalogue.closures or (off and off.intersection(one.entry.resources)):
            settle_off(act, one.entry.id)
    for kind, entries in sorted(raised.items()):
        act.flags.raise_about(kind, entries)
    for one in data.placed:
        for other in one.clashes:
            standing = entry_queries.get(unit, site, other)
            if standing is not None:
                flag_clash(act, one.entry, standing)


def _line(one: Placed, before: EntryState | None, owned: dict[str, list[entry_queries.Range]]) -> NewEvent:
    had = owned.get(one.entry.id, [])
    return NewEvent(
        verb=VERB,
        entry=one.entry.id,
        client=one.entry.client,
        touched=tuple(sorted({(claim[0], claim[1]) for claim in (*had, *one.claims)})),
        before=None if before is None else state_of(before, had),
        after=state_of(one.entry, one.claims),
        fingerprint=one.arrival.said,
    )
