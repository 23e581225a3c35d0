"""What switching diaries, rooms and equipment has in common: one act under the lock of the rules, its answer and its line."""

from collections.abc import Callable
from dataclasses import dataclass

from agent_tui.domain.log import Event
from agent_tui.domain.pattern_change import lost_key_types
from agent_tui.domain.requests import EntryState, Refused
from agent_tui.domain.site import Catalogue
from agent_tui.services.acts import Act, RequestId, id_reused, in_one_act
from agent_tui.services.clashes import kinds_off, settle_off
from agent_tui.services.desk import Desk
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import flags as flag_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries.entries import entry_from_state
from agent_tui.store.queries.log import NewEvent
from agent_tui.store.unit_of_work import Unit


@dataclass(frozen=True, slots=True)
class Effect:
    """What became of a diary, a room or a ticket: `status` is the word of the act, or "preview".

    `flagged` are the appointments to come that are kept and flagged, `lost` the key types that nobody could book any more.
    """

    status: str
    ticket: str | None = None
    resource: str | None = None
    flagged: tuple[EntryState, ...] = ()
    lost: tuple[str, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """What was asked for and is not sound, every reason as a sentence."""

    problems: tuple[str, ...]


Answer = Effect | Refused | Rejected


def switched(desk: Desk, request: RequestId, work: Callable[[Act], Answer], same: Callable[[Act], bool] | None = None) -> Answer:
    """Run an act under the lock of the site's rules and return its answer; a retry changes nothing.

    `same` compares a retry with what is stored where the words of a request must not go into its fingerprint.
    """

    def again(act: Act, earlier: Event) -> Answer:
        return id_reused(request) if same is not None and not same(act) else _again(act, earlier)

    return in_one_act(desk, request, work, again, rules=True, settles=True)


def _again(act: Act, earlier: Event) -> Effect:
    kept = earlier.after or {}
    flagged = []
    for id in kept["flagged"]:
        told = [one for one in log_queries.of_entry(act.unit, act.site, id) if one.seq < earlier.seq][-1]
        flagged.append(entry_from_state(id, told.after or {}))
    return Effect(kept["status"], kept["ticket"], kept["resource"], tuple(flagged), tuple(kept["lost"]), repeated=True)


def written(act: Act, verb: str, effect: Effect, **more: object) -> Effect:
    """Append the line of an act, which names codes and ids only, and return the act's answer."""
    after = {
        **{"claims": [], "status": effect.status, "ticket": effect.ticket, "resource": effect.resource},
        **{"flagged": [one.id for one in effect.flagged], "lost": list(effect.lost)},
    }
    event = NewEvent(verb, after=after | more, request=act.request.id, fingerprint=act.request.fingerprint)
    log_queries.append(act.unit, act.stamp, event)
    return effect


def switch(act: Act, code: str, *, enabled: bool) -> None:
    """Switch a diary, a room or a piece of equipment on or off inside an open act that has the lock of the rules."""
    catalogue_queries.set_enabled(act.unit, act.site, code, enabled)
    catalogue_queries.bump_version(act.unit, act.site)
    act.catalogue = act.catalogue.switched(code, enabled=enabled)


def settle_all_off(act: Act, coming: tuple[EntryState, ...] = ()) -> None:
    """Bring the flags of appointments in diaries and rooms that are switched off up to date, after a switch."""
    for id in sorted({*flag_queries.entries_off(act.unit, act.site), *(one.id for one in coming)}):
        settle_off(act, id)


def if_off(desk: Desk, unit: Unit, catalogue: Catalogue, code: str) -> tuple[tuple[EntryState, ...], tuple[str, ...]]:
    """Return what switching a diary, a room or a piece of equipment off would flag, and the key types that it would lose."""
    after = catalogue.switched(code, enabled=False)
    now = desk.site_now()
    first = now.day.isoformat()
    if code in catalogue.diaries:
        found = entry_queries.to_come(unit, desk.site, code, first)
    else:
        found = entry_queries.coming_in(unit, desk.site, [code], first)
    hit = [one for one in found if kinds_off(after, one, now)]
    return tuple(sorted(hit, key=lambda one: (one.day, one.start, one.id))), _lost(catalogue, after, desk)


def _lost(before: Catalogue, after: Catalogue, desk: Desk) -> tuple[str, ...]:
    today = desk.now.date()
    unmet = {
        kind.code
        for kind in before.types.values()
        if kind.key_on(today) and before.needs.issuperset(kind.needs) and not after.needs.issuperset(kind.needs)
    }
    return tuple(sorted({*lost_key_types(before, after, today), *unmet}))
