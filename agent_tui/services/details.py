"""One entry in full, as label and value, for the person who looks at it."""

from agent_tui.domain.clients import initials
from agent_tui.domain.ticks import MINUTES_PER_TICK, clock
from agent_tui.domain.wall_time import spoken_date
from agent_tui.services.claimants import get_client, sees_names
from agent_tui.services.desk import Desk
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import flags as flag_queries
from agent_tui.store.queries import work as work_queries

_NOTE_LABELS = {"note": "Note", "access": "Access", "priority": "Why priority"}


def details(desk: Desk, entry_id: str) -> list[tuple[str, str]]:
    """Return an entry's facts in the order of reading, an empty list when there is none; a look at a client is recorded."""
    with desk.store.read() as unit:
        entry = entry_queries.get(unit, desk.site, entry_id)
        if entry is None:
            return []
        catalogue = desk.catalogue(unit)
        staff = catalogue_queries.staff_names(unit, desk.site)
        notes = work_queries.notes_of(unit, desk.site, entry_id)
        flags = flag_queries.open_of(unit, desk.site, entry_id)
        left = None if entry.status != "held" else max(0, (entry.expires_at or 0) - unit.clock_ms()) // 1000
    kind = catalogue.types.get(entry.type or "")
    diary = catalogue.diaries.get(entry.diary)
    client = get_client(desk, entry.client, "details") if entry.client else None
    name = "" if client is None else client.name if sees_names(desk) else initials(client.name)
    minutes = (entry.end - entry.start) * MINUTES_PER_TICK
    lines = [
        ("Reference", entry.id),
        ("Type", "" if kind is None else f"{kind.name} ({kind.code})"),
        ("When", f"{spoken_date(entry.day)}, {clock(entry.start)} to {clock(entry.end)}, {minutes} minutes"),
        ("Coach", "" if diary is None else f"{diary.coach} ({diary.code})"),
        ("Also", ", ".join(entry.resources[1:])),
        ("Status", f"{entry.kind}, {entry.status}"),
        ("Reason", (entry.reason or "") if entry.kind == "block" else ""),
        ("Claimant", f"{name} {entry.client or ''}".strip()),
        ("Phone", "" if client is None else client.phone),
        ("Priority", entry.priority),
        ("Asked by", entry.contact or ""),
        ("Made by" if left is None else "Held by", staff.get(entry.made_by, entry.made_by)),
        ("Time left", "" if left is None else f"{left // 60}:{left % 60:02d}"),
        *((_NOTE_LABELS.get(note, note), body) for note, body in notes),
        *(("Flag", flag.kind.replace("_", " ")) for flag in flags),
    ]
    return [(label, value) for label, value in lines if value]
