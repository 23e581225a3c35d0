"""Rooms and equipment: listed, added, and switched on and off; their own patterns are saved as any others."""

from collections.abc import Sequence

from agent_tui.domain.cleaning import clean
from agent_tui.domain.diary_requests import code_problem
from agent_tui.domain.requests import Refused
from agent_tui.domain.site import Catalogue, Room
from agent_tui.services.acts import Act, request_id
from agent_tui.services.desk import Desk
from agent_tui.services.diaries import MAY_SWITCH
from agent_tui.services.switching import Answer, Effect, Rejected, if_off, settle_all_off, switch, switched, written
from agent_tui.store.queries import catalogue as catalogue_queries

KINDS = ("room", "equipment")
LONGEST_NAME = 60
LONGEST_NEED = 30


def resources(desk: Desk) -> list[Room]:
    """Return the site's rooms and equipment by code, those that are off too."""
    with desk.store.read() as unit:
        return sorted(desk.catalogue(unit).rooms.values(), key=lambda one: one.code)


def add(desk: Desk, code: str, kind: str, name: str, meets: Sequence[str], *, id: str | None = None) -> Answer:
    """Add a room or a piece of equipment, switched on, and return Effect ("added"), Rejected or Refused.

    `meets` are the needs that it meets. It may be used at any time until it has patterns of its own.
    """
    called = clean(name, limit=LONGEST_NAME + 1)
    needs = sorted({clean(one, limit=LONGEST_NEED + 1).casefold() for one in meets})

    def work(act: Act) -> Answer:
        if desk.staff.role not in MAY_SWITCH:
            return _role(code)
        problem = code_problem(act.catalogue, code)
        problems = [] if problem is None else [problem]
        if kind not in KINDS:
            problems.append(f"The kind is one of {', '.join(KINDS)}.")
        if not 2 <= len(called) <= LONGEST_NAME:
            problems.append(f"The name needs 2 to {LONGEST_NAME} characters.")
        if not needs or not all(2 <= len(one) <= LONGEST_NEED for one in needs):
            problems.append(f"At least one need that it meets is named, each of 2 to {LONGEST_NEED} characters.")
        if problems:
            return Rejected(tuple(problems))
        known = {one.casefold(): one for room in act.catalogue.rooms.values() for one in room.meets}
        room = Room(code, kind, called, frozenset(known.get(one, one) for one in needs), True)
        catalogue_queries.insert_rooms(act.unit, act.site, [room])
        catalogue_queries.bump_version(act.unit, act.site)
        return written(act, "resource_added", Effect("added", None, code), kind=kind, meets=sorted(room.meets))

    return switched(desk, request_id(id, "resource_add", code, kind, called, needs), work)


def enable(desk: Desk, code: str, *, id: str | None = None) -> Answer:
    """Switch a room or a piece of equipment on, close the flags of its appointments, and return Effect ("enabled") or Refused."""

    def work(act: Act) -> Answer:
        stop = _stop(desk, act.catalogue, code, enabled=True)
        if stop is not None:
            return stop
        switch(act, code, enabled=True)
        settle_all_off(act)
        return written(act, "resource_enabled", Effect("enabled", None, code))

    return switched(desk, request_id(id, "resource_enable", code), work)


def disable(desk: Desk, code: str, *, id: str | None = None) -> Answer:
    """Switch a room or a piece of equipment off and return Effect ("disabled") or Refused.

    Appointments to come that have it stay booked and are flagged until it is on again, they have moved or are cancelled.
    """

    def work(act: Act) -> Answer:
        stop = _stop(desk, act.catalogue, code, enabled=False)
        if stop is not None:
            return stop
        flagged, lost = if_off(desk, act.unit, act.catalogue, code)
        switch(act, code, enabled=False)
        settle_all_off(act, flagged)
        return written(act, "resource_disabled", Effect("disabled", None, code, flagged, lost))

    return switched(desk, request_id(id, "resource_disable", code), work)


def preview(desk: Desk, code: str) -> Answer:
    """Return what `disable` would do as Effect ("preview"), or Refused; writes nothing."""
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        stop = _stop(desk, catalogue, code, enabled=False)
        if stop is not None:
            return stop
        return Effect("preview", None, code, *if_off(desk, unit, catalogue, code))


def _stop(desk: Desk, catalogue: Catalogue, code: str, *, enabled: bool) -> Refused | None:
    if desk.staff.role not in MAY_SWITCH:
        return _role(code)
    if code not in catalogue.rooms:
        return Refused(
            "unknown_resource", f"There is no room or equipment {code[:30]}. See: agent-tui resource list.", diary=code
        )
    if catalogue.rooms[code].enabled == enabled:
        return Refused("not_possible", f"{code} is switched {'on' if enabled else 'off'} already.", diary=code)
    return None


def _role(code: str) -> Refused:
    return Refused("role", "Rooms and equipment are changed by a team leader, a supervisor or an administrator.", diary=code)
