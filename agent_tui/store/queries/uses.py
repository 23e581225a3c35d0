"""Appointments that stand or took place, by type, for a look at how types are used."""

from collections.abc import Sequence
from datetime import date

from agent_tui.domain.type_use import UsedType
from agent_tui.store.unit_of_work import Unit

KEPT = ("booked", "attended", "late", "dna")


def of_types(unit: Unit, site: str, types: Sequence[str], first: date, last: date) -> list[UsedType]:
    """Return the appointments of some types on some days, by day, start, diary and id; without types there are none."""
    if not types:
        return []
    marks, kept = ",".join("?" * len(types)), ",".join("?" * len(KEPT))
    statement = (
        "SELECT id, type, diary, client, day, start_tick, end_tick, status FROM entry WHERE site = ? AND kind = 'appointment'"
        f" AND day BETWEEN ? AND ? AND type IN ({marks}) AND status IN ({kept}) ORDER BY day, start_tick, diary, id"
    )
    rows = unit.rows(statement, site, first.isoformat(), last.isoformat(), *types, *KEPT)
    return [
        UsedType(id, type, diary, client, date.fromisoformat(day), start, end, status)
        for id, type, diary, client, day, start, end, status in rows
    ]
