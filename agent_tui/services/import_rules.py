"""Importing a site's rules and claimants: teams, types, rooms, coaches, patterns and clients, inside one open act."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from agent_tui.domain.clients import Client
from agent_tui.domain.import_check import (
    Checked,
    Login,
    check_clients,
    check_coaches,
    check_rooms,
    check_teams,
    check_types,
)
from agent_tui.domain.pattern_change import Change, change_of, change_problems, changed_elsewhere, key_of, name_of, swapped
from agent_tui.domain.pattern_files import mark_of
from agent_tui.domain.patterns import Pattern
from agent_tui.domain.requests import EntryState
from agent_tui.domain.site import Catalogue, Diary, Room, Staff
from agent_tui.domain.ticks import clock
from agent_tui.domain.type_files import FileProblem
from agent_tui.domain.wall_time import short_date
from agent_tui.services import segmenting
from agent_tui.services.acts import Act
from agent_tui.services.import_files import Source
from agent_tui.services.import_world import Plan, World
from agent_tui.services.switching import if_off, settle_all_off, switch
from agent_tui.services.types_admin import put_types
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import importing as import_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries.log import NewEvent

BOOKER_OF_COACHES = "site staff"


@dataclass(frozen=True, slots=True)
class Diaries:
    """Diaries of a file against those that are stored, and the types that the stored ones get and lose."""

    checked: Checked[Diary]
    change: Change


def _plan(source: Source, checked: Checked[Any]) -> Plan:
    problems = [*source.problems, *checked.problems]
    return Plan(source.kind or "", len(checked.new), len(checked.changed), checked.same, problems, data=checked)


def plan_teams(world: World, source: Source) -> Plan:
    """Return what loading teams does."""
    checked = check_teams(source.rows, world.catalogue)
    world.catalogue = replace(world.catalogue, teams=world.catalogue.teams | dict([*checked.new, *checked.changed]))
    return _plan(source, checked)


def write_teams(act: Act, plan: Plan) -> None:
    """Write teams."""
    checked: Checked[tuple[str, str]] = plan.data
    catalogue_queries.insert_teams(act.unit, act.site, dict(checked.new))
    import_queries.update_teams(act.unit, act.site, dict(checked.changed))
    catalogue_queries.bump_version(act.unit, act.site)


def plan_types(world: World, source: Source) -> Plan:
    """Return what loading types does."""
    checked = check_types(source.rows, world.catalogue)
    types = {kind.code: kind for kind in (*checked.new, *checked.changed)}
    world.catalogue = replace(world.catalogue, types=world.catalogue.types | types)
    return _plan(source, checked)


def write_types(act: Act, plan: Plan) -> None:
    """Write types."""
    put_types(act.unit, act.site, (*plan.data.new, *plan.data.changed))


def plan_rooms(world: World, source: Source) -> Plan:
    """Return what loading rooms and equipment does."""
    checked = check_rooms(source.rows, world.catalogue, _relied_on(world, source))
    rooms = {room.code: room for room in (*checked.new, *checked.changed)}
    plan = _plan(source, checked)
    _flag(plan, _switched_off(world, source, world.catalogue.rooms, checked.changed))
    world.catalogue = replace(world.catalogue, rooms=world.catalogue.rooms | rooms)
    return plan


def _relied_on(world: World, source: Source) -> dict[str, frozenset[str]]:
    """Return which needs each room of a file meets for appointments to come."""
    rooms, types, first = world.catalogue.rooms, world.catalogue.types, world.desk.now.date().isoformat()
    known = sorted({row.code for row in source.rows} & set(rooms))
    relied: dict[str, frozenset[str]] = {}
    for entry in entry_queries.coming_in(world.unit, world.desk.site, known, first) if known else ():
        needs = {*entry.needs, *(types[entry.type].needs if entry.type in types else ())}
        for code in set(known) & set(entry.resources):
            relied[code] = relied.get(code, frozenset()) | (needs & rooms[code].meets)
    return relied


def _switched_off(
    world: World,
    source: Source,
    before: Mapping[str, Diary] | Mapping[str, Room],
    changed: Sequence[Diary | Room],
    lost: Sequence[EntryState] = (),
) -> list[FileProblem]:
    """Return the appointments to come, but for the lost ones, that are kept and flagged: a file switches their place off."""
    lines, gone = {row.code: row.line for row in source.rows}, {one.id for one in lost}
    found = []
    for code in (one.code for one in changed if before[one.code].enabled and not one.enabled):
        hit, _types = if_off(world.desk, world.unit, world.catalogue, code)
        kept = [entry for entry in hit if entry.id not in gone]
        found += [FileProblem(lines[code], "enabled", f"{_named(entry)} is kept: {code} is switched off") for entry in kept]
    return found


def _losing(lost: Sequence[EntryState], line: Callable[[EntryState], tuple[int, str | None]]) -> list[FileProblem]:
    """Return the appointments to come that a change of the rules leaves without a time, by the line that does it."""
    return [FileProblem(*line(one), f"{_named(one)} loses its time and is kept without one") for one in lost]


def _named(entry: EntryState) -> str:
    return f"{entry.type} {short_date(entry.day)} {clock(entry.start)} in {entry.diary}"


def write_rooms(act: Act, plan: Plan) -> None:
    """Write rooms and equipment; appointments to come in one that is switched off are flagged."""
    checked: Checked[Room] = plan.data
    before = act.catalogue.rooms
    catalogue_queries.insert_rooms(act.unit, act.site, checked.new)
    import_queries.update_rooms(act.unit, act.site, checked.changed)
    catalogue_queries.bump_version(act.unit, act.site)
    turned = [one for one in checked.changed if before[one.code].enabled != one.enabled]
    first = act.desk.now.date().isoformat()
    for room in turned:
        switch(act, room.code, enabled=room.enabled)
    if turned:
        codes = [one.code for one in turned]
        settle_all_off(act, tuple(entry_queries.coming_in(act.unit, act.site, codes, first)))


def plan_coaches(world: World, source: Source) -> Plan:
    """Return what loading diaries does."""
    checked = check_coaches(source.rows, world.catalogue, world.logins)
    plan = _plan(source, checked)
    before, lines = world.catalogue, {row.code: row.line for row in source.rows}
    pairs = [(one.code, one.types, before.diaries[one.code].types) for one in checked.changed]
    change = swapped(
        before,
        (),
        (),
        [(diary, code) for diary, wanted, _stored in pairs for code in wanted],
        [(diary, code) for diary, wanted, stored in pairs for code in stored - wanted],
    )
    plan.data = Diaries(checked, change)
    lost = segmenting.effect_of(world.desk, world.unit, before, change, "preview").unplaced
    _flag(plan, _losing(lost, lambda entry: (lines[entry.diary], "types")))
    _flag(plan, _switched_off(world, source, before.diaries, checked.changed, lost))
    diaries = {one.code: one for one in (*checked.new, *checked.changed)}
    world.catalogue = replace(before, diaries=before.diaries | diaries)
    world.logins.update({one.login: Login("coach", one.code) for one in diaries.values() if one.login})
    for one in diaries.values():
        if one.login:
            world.staff.setdefault(one.login, Staff(one.login, one.coach, "coach", BOOKER_OF_COACHES, one.code))
    return plan


def _flag(plan: Plan, found: Sequence[FileProblem]) -> None:
    plan.flagged += found
    plan.flags = len(plan.flagged)


def write_coaches(act: Act, plan: Plan) -> None:
    """Write diaries, their types and the logins of their coaches.

    Appointments of a type that is taken from their diary lose their time and are flagged, as by `segments set`; those in a
    diary that is switched off are kept and flagged.
    """
    checked: Checked[Diary] = plan.data.checked
    before = act.catalogue.diaries
    catalogue_queries.insert_diaries(act.unit, act.site, checked.new)
    import_queries.update_coaches(act.unit, act.site, checked.changed)
    catalogue_queries.bump_version(act.unit, act.site)
    people = [one for one in checked.new if one.login]
    people += [one for one in checked.changed if one.login and before[one.code].login is None]
    staff = [Staff(one.login or "", one.coach, "coach", BOOKER_OF_COACHES, one.code) for one in people]
    catalogue_queries.insert_staff(act.unit, act.site, staff)
    if plan.data.change.assigned or plan.data.change.unassigned:
        segmenting.put(act, plan.data.change, "saved")
    turned = []
    for diary in checked.changed:
        if before[diary.code].enabled != diary.enabled:
            switch(act, diary.code, enabled=diary.enabled)
            turned.append(diary.code)
    if turned:
        first = act.desk.now.date().isoformat()
        coming = [one for code in turned for one in entry_queries.to_come(act.unit, act.site, code, first)]
        settle_all_off(act, tuple(coming))


def plan_patterns(world: World, source: Source) -> Plan:
    """Return what loading patterns does; those of a site without any appointment may begin in the past."""
    today = world.desk.now.date() if world.has_entries else date.min
    stored = {key_of(one): one for one in world.catalogue.patterns}
    plan = Plan("patterns", problems=list(source.problems))
    wanted: list[Pattern] = []
    seen = set()
    for pattern, mark, line in zip(source.rows, source.marks, source.lines, strict=True):
        old = stored.get(key_of(pattern))
        problems = change_problems(world.catalogue, [pattern], today)
        if key_of(pattern) in seen:
            problems.append(f"{name_of(pattern)}: is there twice.")
        seen.add(key_of(pattern))
        if old is not None and mark_of(old) == mark_of(pattern):
            plan.same += not problems
        elif old is not None and changed_elsewhere(world.catalogue, [pattern], [mark]):
            problems.append(f"{name_of(pattern)}: somebody has changed it since it was written to the file.")
        if problems:
            plan.problems += [FileProblem(line, None, text) for text in problems]
        elif old is None or mark_of(old) != mark_of(pattern):
            wanted.append(pattern)
            plan.changed += old is not None
            plan.new += old is None
    change = change_of(world.catalogue, wanted, iter(lambda: str(uuid.uuid4()), ""))
    lost = segmenting.effect_of(world.desk, world.unit, world.catalogue, change, "preview").unplaced
    lines = [(pattern, line) for pattern, line in zip(source.rows, source.lines, strict=True) if pattern in wanted]
    _flag(plan, _losing(lost, lambda entry: (_line_over(world.catalogue, lines, entry), None)))
    world.catalogue = change.after
    plan.data = change
    return plan


def _line_over(catalogue: Catalogue, lines: Sequence[tuple[Pattern, int]], entry: EntryState) -> int:
    """Return where the most specific pattern of a file stands that is in force in an appointment's diary or room on its day."""
    team = catalogue.diaries[entry.diary].team
    for level, owners in (("resource", entry.resources), ("diary", (entry.diary,)), ("team", (team,)), ("site", ("",))):
        for pattern, line in lines:
            if pattern.level == level and pattern.owner in owners and pattern.in_force(entry.day):
                return line
    return lines[0][1] if lines else 1


def write_patterns(act: Act, plan: Plan) -> None:
    """Write patterns as `segments set` does: appointments that no longer fit lose their time and are flagged."""
    segmenting.put(act, plan.data, "saved")


def plan_clients(world: World, source: Source) -> Plan:
    """Return what loading claimants does."""
    known = {row.reference: world.client_named(row.reference) for row in source.rows}
    stored = {reference: world.clients[ref] for reference, ref in known.items() if ref is not None}
    checked = check_clients(source.rows, stored)
    for reference, client in checked.new:
        world.client_refs[reference] = f"+{reference}"
        world.clients[f"+{reference}"] = replace(client, ref=f"+{reference}")
    for _reference, client in checked.changed:
        world.clients[client.ref] = client
    return _plan(source, checked)


def write_clients(act: Act, plan: Plan) -> None:
    """Write claimants, each with a line of the log that names the opaque id and nothing else."""
    checked: Checked[tuple[str, Client]] = plan.data
    refs = import_queries.next_refs(act.unit, act.site, len(checked.new)) if checked.new else []
    made = [replace(client, ref=ref) for (_reference, client), ref in zip(checked.new, refs, strict=True)]
    client_queries.insert_many(act.unit, act.site, made)
    pairs = [(reference, ref) for (reference, _client), ref in zip(checked.new, refs, strict=True)]
    import_queries.insert_references(act.unit, act.site, "client", pairs)
    changed = [client for _reference, client in checked.changed]
    client_queries.update_many(act.unit, act.site, changed)
    after = {"changed": ["all"], "claims": []}
    lines = [NewEvent("client_added", client=one.ref, after=after) for one in made]
    lines += [NewEvent("client_changed", client=one.ref, after=after) for one in changed]
    log_queries.append_many(act.unit, act.stamp, lines)
