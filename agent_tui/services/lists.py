"""The lists of a site: types, diaries, hand-offs, flags and calls."""

import json
from dataclasses import dataclass
from datetime import date

from agent_tui.domain.requests import ListItem
from agent_tui.domain.site import Diary
from agent_tui.domain.types import AppointmentType
from agent_tui.services.acts import Act, request_id
from agent_tui.services.desk import Desk
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import entries as entry_queries
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
    for id, code, client, status, key, contact, wanted, why, claim_date, due, made_by, made_at in rows:
        overdue = status == "open" and date.fromisoformat(due) < desk.now.date()
        text = f"{'OVERDUE. ' if overdue else ''}{why}"
        details = {"type": code, "client": client, "key": str(bool(key)).lower(), "contact": contact, "due": due}
        details |= {"claim_date": claim_date, "wanted": wanted, "who": made_by}
        out.append(ListItem(id, "handoff", status, made_at, text, details))
    return out


_FLAG_WORDS = {
    "client_clash": "The claimant has two appointments at once",
    "under_block": "The time of an appointment was blocked",
    "not_allowed": "No segment allows an appointment any more",
    "import_overlap": "The time of an imported appointment was taken",
    "displaced": "An appointment lost its time, since its coach is off or its room is shut",
    "diary_off": "The diary of an appointment is switched off",
    "room_off": "A room or equipment of an appointment is switched off",
}


def flags(desk: Desk) -> list[ListItem]:
    """Return flags, open first, oldest first, with both sides in words."""
    with desk.store.read() as unit:
        rows = work_queries.flags(unit, desk.site)
        out = []
        for id, kind, entry, other, status, who, at in rows:
            sides = [_words(unit, desk.site, one) for one in (entry, other) if one is not None]
            text = f"{_FLAG_WORDS.get(kind, kind)}: {' and '.join(sides)}."
            out.append(ListItem(id, kind, status, at, text, {"entry": entry, "other": other, "who": who}))
    return out


def _words(unit: Unit, site: str, entry_id: str) -> str:
    entry = entry_queries.get(unit, site, entry_id)
    if entry is None:
        return entry_id
    from agent_tui.domain.ticks import clock

    return f"{entry.type or entry.reason or entry.kind} {entry.day.isoformat()} {clock(entry.start)} in {entry.diary}"


def calls(desk: Desk) -> list[ListItem]:
    """Return calls and call-backs, open first, oldest first; holds that have lapsed meanwhile become call-backs now."""
    end_lapsed_holds(desk)
    with desk.store.read() as unit:
        names = catalogue_queries.staff_names(unit, desk.site)
        rows = work_queries.calls(unit, desk.site)
    out = []
    for id, kind, status, who, code, client, entry, wanted, at, _closed in rows:
        words = json.loads(wanted)
        when = " ".join(str(words[key]) for key in ("day", "start") if words.get(key))
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
        when = f"{wanted.get('day')} {wanted.get('start')} in {wanted.get('diary')}"
        return f"Offer an earlier time: {code} {when} is held.{has}"
    days = " to ".join(dict.fromkeys(str(wanted[key]) for key in ("from", "until") if wanted.get(key)))
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
