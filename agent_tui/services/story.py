"""The story of one entry; whoever reads it has looked at its claimant, which is recorded."""

from dataclasses import replace

from agent_tui.domain.clients import initials
from agent_tui.domain.flag_story import FLAG_VERBS, flag_lines
from agent_tui.domain.log import Event, State
from agent_tui.domain.requests import Refused
from agent_tui.domain.site import Catalogue
from agent_tui.domain.sooner import OFFERED_VERB
from agent_tui.domain.sooner_story import waiting_lines
from agent_tui.domain.story import Story, StoryLine, Words, story_of
from agent_tui.services.claimants import record_looks, sees_names
from agent_tui.services.desk import Desk
from agent_tui.services.sooner_offers import call_of
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import escalations as escalation_queries
from agent_tui.store.queries import flags as flag_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries import waiting as waiting_queries
from agent_tui.store.unit_of_work import Unit


def story(desk: Desk, entry: str) -> Story | Refused:
    """Return what the log says of an entry, its flags and its place on the waiting list in sentences, or Refused.

    Refused ("unknown_entry") is an id that no entry has.

    A claimant is named where the desk's person may see names, else by initials and opaque id. That somebody has read it is
    recorded whatever their role, since a story is about one claimant by id too.
    """
    with desk.store.read() as unit:
        events = log_queries.of_entry(unit, desk.site, entry)
        if not events:
            return Refused("unknown_entry", f"There is no entry {entry[:40]}.", id=entry)
        refs = sorted({one.client for one in events if one.client})
        words = words_for(desk, unit, desk.catalogue(unit), refs)
        offered = waiting_queries.item(unit, desk.site, call_of(desk.site, entry)) is not None
        about, offers = _of_waiting_list(unit, desk.site, entry, events[0].seq)
        flagged = _of_flags(unit, desk.site, entry, events[0].seq, words)
    record_looks(desk, refs, "story")
    told = story_of(entry, events, words, offered=offered)
    lines = (*told.lines, *waiting_lines(about, offers, words), *flagged)
    return replace(told, lines=tuple(sorted(lines, key=lambda one: one.seq)))


def _of_flags(unit: Unit, site: str, entry: str, since: int, words: Words) -> tuple[StoryLine, ...]:
    flags = flag_queries.ids_of(unit, site, entry)
    if not flags and not escalation_queries.escalations_of(unit, site, entry):
        return ()  # nearly always: the log need not be looked through
    return flag_lines(log_queries.with_verbs(unit, site, FLAG_VERBS, since - 1), entry, flags, words)


def _of_waiting_list(unit: Unit, site: str, entry: str, since: int) -> tuple[list[Event], dict[str, State]]:
    """Return the lines about an appointment's place on the waiting list and its offers' holds, and those holds by id."""
    found = log_queries.about_waiting(unit, site, entry, since)
    offers: dict[str, State] = {}
    for hold in [str(one.after["hold"]) for one in found if one.verb == OFFERED_VERB and one.after is not None]:
        if hold not in offers:
            lines = log_queries.of_entry(unit, site, hold)
            offers[hold] = (lines[0].after if lines else None) or {}
            found += lines
    return found, offers


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
