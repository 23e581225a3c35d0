"""Overrides that wait for a decision, as they stand in the one queue among the flags."""

from collections.abc import Mapping
from datetime import date

from agent_tui.domain.flags import OVERRIDE_WAITS, WHY, Flag
from agent_tui.domain.override_requests import OverrideRequest
from agent_tui.domain.requests import Refused
from agent_tui.domain.ticks import clock
from agent_tui.domain.types import AppointmentType
from agent_tui.domain.wall_time import short_date
from agent_tui.store.queries import flags as flag_queries
from agent_tui.store.queries import overrides as override_queries
from agent_tui.store.unit_of_work import Unit


def as_flag(one: OverrideRequest) -> Flag:
    """Return an override that waits as a flag of the queue, under its own id; nobody has it, since any supervisor decides."""
    return Flag(one.id, OVERRIDE_WAITS, "open", one.prepared_by, one.prepared_at, type=one.wanted.type)


def overrides_open(unit: Unit, site: str) -> list[OverrideRequest]:
    """Return the overrides that wait, oldest first."""
    return override_queries.listed(unit, site)


def override_open(unit: Unit, site: str, id: str) -> OverrideRequest | None:
    """Return an override that waits, or None."""
    found = override_queries.get(unit, site, id)
    return found if found is not None and found.is_open else None


def open_count(unit: Unit, site: str) -> int:
    """Return how many flags are open and overrides wait."""
    return flag_queries.open_count(unit, site) + override_queries.open_count(unit, site)


def when(one: OverrideRequest) -> str:
    """Return the time that an override asks for, "2026-11-26 10:00"."""
    return f"{one.chain.offer.day.isoformat()} {clock(one.chain.offer.start)}"


def words(one: OverrideRequest) -> str:
    """Return an override that waits as a sentence in codes."""
    to = one.chain.offer
    about = f"{one.wanted.type} {short_date(to.day)} {clock(to.start)} in {to.diary}"
    return f"{WHY[OVERRIDE_WAITS]}: {about}, {one.wanted.priority}, displaces {len(one.chain.steps)}."


def is_urgent(one: OverrideRequest, types: Mapping[str, AppointmentType], today: date) -> bool:
    """Return whether an override should come before others: an urgent claimant, a key type or a time of today."""
    kind, day = types.get(one.wanted.type), one.chain.offer.day
    return one.wanted.priority == "urgent" or day == today or (kind is not None and kind.key_on(day))


def no_flag(unit: Unit, site: str, id: str) -> Refused:
    """Return the refusal of a flag that there is none of; of an override it says how that is decided."""
    if override_queries.get(unit, site, id) is not None:
        text = f"This is an override: it is approved or declined with: agent-tui override decide {id} --as approve."
        return Refused("not_possible", text, id=id)
    return Refused("unknown_entry", f"There is no flag {id[:40]}. See: agent-tui flags list.", id=id)
