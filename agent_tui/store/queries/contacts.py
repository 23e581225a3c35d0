"""The call-backs that missed appointments start, and which entries have notes."""

import json
from collections.abc import Sequence

from agent_tui.store.queries import work as work_queries
from agent_tui.store.unit_of_work import Unit

MISSED = "did_not_attend"
"""Why a call-back is to be made, in its `wanted`."""


def open_contacts(unit: Unit, site: str, client: str) -> list[tuple[str, str, dict[str, object]]]:
    """Return a claimant's open call-backs for missed appointments as (id, entry, wanted: the miss's day among it)."""
    rows = unit.rows(
        "SELECT id, entry, wanted FROM call WHERE site = ? AND status = 'open' AND kind = 'callback' AND client = ? ORDER BY id",
        *(site, client),
    )
    found = [(row[0], row[1], json.loads(row[2])) for row in rows]
    return [(id, entry or "", wanted) for id, entry, wanted in found if wanted.get("why") == MISSED]


def start_contact(unit: Unit, site: str, id: str, row: dict[str, object]) -> None:
    """Insert an open call-back for a missed appointment; `row` as work.insert_call takes it but for kind and status."""
    work_queries.insert_call(unit, site, {**row, "id": id, "kind": "callback", "status": "open"})


def pass_contact(unit: Unit, site: str, id: str, entry: str, wanted: dict[str, object]) -> None:
    """Let an open call-back be for another missed appointment of the same claimant."""
    text = json.dumps(wanted, sort_keys=True)
    unit.run("UPDATE call SET entry = ?, wanted = ? WHERE site = ? AND id = ?", entry, text, site, id)


def other_misses(unit: Unit, site: str, client: str, day: str, entry: str) -> list[str]:
    """Return a claimant's other missed appointments of a day by start."""
    statement = "SELECT id FROM entry WHERE site = ? AND client = ? AND day = ? AND status = 'dna' AND id <> ?"
    return [str(row[0]) for row in unit.rows(f"{statement} ORDER BY start_tick, id", site, client, day, entry)]


def noted(unit: Unit, site: str, entries: Sequence[str]) -> set[str]:
    """Return those of some entries that have a note."""
    found: set[str] = set()
    for first in range(0, len(entries), 500):
        part = entries[first : first + 500]
        marks = ",".join("?" * len(part))
        rows = unit.rows(f"SELECT DISTINCT entry FROM note WHERE site = ? AND entry IN ({marks})", site, *part)
        found |= {str(row[0]) for row in rows}
    return found
