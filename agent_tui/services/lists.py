"""The lists of a site: types, diaries, hand-offs, flags and calls."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from agent_tui.domain.flags import WHY, Flag, side_words
from agent_tui.domain.requests import EntryState, ListItem
from agent_tui.domain.site import Diary
from agent_tui.domain.types import AppointmentType
from agent_tui.domain.wall_time import short_date_of
from agent_tui.services.acts import Act, request_id
from agent_tui.services.desk import Desk
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import flags as flag_queries
from agent_tui.store.queries import work as work_queries
from agent_tui.store.queries.contacts import MISSED
from agent_tui.store.unit_of_work import Unit


@dataclass(frozen=True, slots=True)
class TypeToday:
    """A type with the minutes in force today."""

    kind: AppointmentType
    minutes: int | None


def types(desk: Desk) -> list[TypeToday]:
    """Return the site's types by code, with the minutes in force today."""
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
    return [TypeToday(kind, kind.minutes_on(desk.now.date())) for kind in catalogue.types.values()]


def diaries(desk: Desk, *, retired: bool = False) -> list[Diary]:
    """Return the site's diaries by code, those that are off too, and with `retired` those that nobody needs any more."""
    with desk.store.read() as unit:
        found = sorted(desk.catalogue(unit).diaries.values(), key=lambda one: one.code)
    return [one for one in found if retired or one.retired is None]


def handoffs(desk: Desk) -> list[ListItem]:
    """Return hand-offs: open first, key types first, then by due date."""
    with desk.store.read() as unit:
        rows = work_queries.handoffs(unit, desk.site)
    out = []
    for one in rows:
        text = f"{'OVERDUE. ' if one.is_overdue(desk.now.date()) else ''}{one.why}"
        details: dict[str, str | None] = {"type": one.type, "client": one.client, "key": str(one.key).lower()}
        details |= {"contact": one.contact, "due": one.due, "claim_date": one.claim_date, "who": one.made_by}
        details |= {"wanted": json.dumps(one.wanted, sort_keys=True), "taken_by": one.taken_by, "outcome": one.outcome}
        out.append(ListItem(one.id, "handoff", one.status, one.made_at, text, details))
    return out


def flags(desk: Desk) -> list[ListItem]:
    """Return flags, open first, oldest first, with both sides in words."""
    with desk.store.read() as unit:
        found = flag_queries.all_of(unit, desk.site)
        entries = entry_queries.some(unit, desk.site, [id for one in found for id in (one.entry, one.other) if id])
    return [ListItem(one.id, one.kind, one.status, one.raised_at, flag_words(one, entries), flag_details(one)) for one in found]


def flag_words(flag: Flag, entries: Mapping[str, EntryState]) -> str:
    """Return a flag as a sentence in codes: why it was raised, and its sides or what else it is about."""
    sides = [side_words(entries[id]) if id in entries else id for id in (flag.entry, flag.other) if id is not None]
    about = [part for part in (flag.type, short_date_of(flag.day or "")) if part]
    return f"{WHY.get(flag.kind, flag.kind)}: {' and '.join(sides or about)}."


def flag_details(flag: Flag) -> dict[str, str | None]:
    """Return what a list says of a flag beside its words."""
    return {
        **{"entry": flag.entry, "other": flag.other, "who": flag.raised_by, "type": flag.type, "handoff": flag.handoff},
        **{"call": flag.call, "assigned_to": flag.assigned_to, "assigned_by": flag.assigned_by, "reason": flag.reason},
        **{"resolution": flag.resolution, "resolved_by": flag.resolved_by},
    }


def calls(desk: Desk) -> list[ListItem]:
    """Return calls and call-backs, open first, oldest first; holds that have lapsed meanwhile become call-backs now."""
    end_lapsed_holds(desk)
    with desk.store.read() as unit:
        names = catalogue_queries.staff_names(unit, desk.site)
        rows = work_queries.calls(unit, desk.site)
    out = []
    for id, kind, status, who, code, client, entry, wanted, at, _closed in rows:
        words = json.loads(wanted)
        when = f"{short_date_of(str(words.get('day') or ''))} {words.get('start') or ''}".strip()
        if kind == "callback" and words.get("why") == MISSED:
            text = f"Call back today: {code or 'an appointment'} {when} in {words.get('diary')} was missed."
        elif kind in _IN_QUEUE:
            text = _queue_words(kind, code, words, names.get(who, who))
        elif kind == "callback":
            text = f"Call back: the hold of {names.get(who, who)} for {code or 'a type'} {when} in {words.get('diary')} lapsed."
        else:
            text = f"Call of {names.get(who, who)}: {code or 'no type yet'} {when}".strip() + "."
        out.append(ListItem(id, kind, status, at, text, {"type": code, "client": client, "entry": entry, "who": who}))
    return out


_IN_QUEUE = ("request", "sooner")


def _queue_words(kind: str, code: str | None, wanted: dict[str, object], who: str) -> str:
    """Return a request in writing, or an earlier time to offer, in a sentence."""
    has = f" {who} has it." if who else ""
    if kind == "sooner":
        when = f"{short_date_of(str(wanted.get('day')))} {wanted.get('start')} in {wanted.get('diary')}"
        return f"Offer an earlier time: {code} {when} is held.{has}"
    days = " to ".join(dict.fromkeys(short_date_of(str(wanted[key])) for key in ("from", "until") if wanted.get(key)))
    parts = " ".join(part for part in (code or "no type yet", days, str(wanted.get("time") or "")) if part)
    copy = f" It duplicates {wanted['duplicate_of']}." if wanted.get("duplicate_of") else ""
    return f"Request in writing: {parts}.{copy}{has}"


def end_lapsed_holds(desk: Desk) -> int:
    """End every hold whose time has run out, leaving a call-back each, and return how many there were."""
    with desk.store.read() as unit:
        waiting = entry_queries.lapsed_holds(unit, desk.site, unit.clock_ms())
    if not waiting:
        return 0

    def work(unit: Unit) -> int:
        act = Act(desk, unit, request_id(None, "lapse"), look=True)
        ended = sum(act.lapse_all([hold.id]) for hold in waiting)
        act.finish()
        return ended

    return desk.store.write(work)
