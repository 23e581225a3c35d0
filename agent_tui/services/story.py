"""The story of one entry; whoever reads it has looked at its claimant, which is recorded."""

from agent_tui.domain.clients import initials
from agent_tui.domain.requests import Refused
from agent_tui.domain.site import Catalogue
from agent_tui.domain.story import Story, Words, story_of
from agent_tui.services.claimants import record_looks, sees_names
from agent_tui.services.desk import Desk
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.unit_of_work import Unit


def story(desk: Desk, entry: str) -> Story | Refused:
    """Return what the log says of an entry in plain sentences, or Refused ("unknown_entry") where it says nothing.

    A claimant is named where the desk's person may see names, else by initials and opaque id. That somebody has read it is
    recorded whatever their role, since a story is about one claimant by id too.
    """
    with desk.store.read() as unit:
        events = log_queries.of_entry(unit, desk.site, entry)
        if not events:
            return Refused("unknown_entry", f"There is no entry {entry[:40]}.", id=entry)
        refs = sorted({one.client for one in events if one.client})
        words = words_for(desk, unit, desk.catalogue(unit), refs)
    record_looks(desk, refs, "story")
    return story_of(entry, events, words)


def words_for(desk: Desk, unit: Unit, catalogue: Catalogue, refs: list[str]) -> Words:
    """Return the names that sentences about the log use, claimants as the desk's person may see them."""
    names = client_queries.names(unit, desk.site, refs)
    seen = names if sees_names(desk) else {ref: initials(name) for ref, name in names.items()}
    return Words(
        zone=catalogue.site.zone,
        types={code: kind.name for code, kind in catalogue.types.items()},
        coaches={code: one.coach for code, one in catalogue.diaries.items()},
        staff=catalogue_queries.staff_names(unit, desk.site),
        clients={ref: f"{name} ({ref})" for ref, name in seen.items()},
    )
