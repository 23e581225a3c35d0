"""The flags of a site as one queue: listed, shown with both sides, policy and proposal, assigned, resolved, opened again."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from agent_tui.domain.cleaning import clean
from agent_tui.domain.contacts import Escalation
from agent_tui.domain.flags import (
    ALWAYS,
    ASSIGNED,
    DISMISS,
    KEEP,
    MOVE,
    OF_APPOINTMENTS,
    OVERRIDE,
    POLICY_WORDS,
    REOPENED,
    UNDER_BLOCK,
    UNPLACED,
    WITH_POLICY,
    Flag,
    gives_way,
    in_order,
    is_urgent,
    may_not,
    opened_again,
)
from agent_tui.domain.import_text import unknown
from agent_tui.domain.log import Event
from agent_tui.domain.override_requests import OverrideRequest
from agent_tui.domain.requests import EntryState, Offer, Refused
from agent_tui.domain.roles import OFF
from agent_tui.domain.site import Catalogue
from agent_tui.domain.site_settings import SETTINGS, policy_name
from agent_tui.domain.ticks import clock
from agent_tui.services import flag_overrides
from agent_tui.services.acts import Act, in_one_act, ranges_for, request_id
from agent_tui.services.desk import Desk, switched_off
from agent_tui.services.displacing import Closing, closing, find_place, own_first
from agent_tui.services.flag_overrides import no_flag
from agent_tui.services.flag_sides import open_flag, sides_of
from agent_tui.services.flagging import look
from agent_tui.services.lists import flag_words
from agent_tui.services.one_line import write_line
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import escalations as escalation_queries
from agent_tui.store.queries import flags as flag_queries
from agent_tui.store.queries import offers as offer_queries
from agent_tui.store.unit_of_work import Unit

NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A flag of the queue: its sides, when it is about ("2026-11-26 10:00"), a sentence in codes, and whether it is urgent.

    An override that waits stands in it as a flag of the kind OVERRIDE_WAITS with its id, and is there in full.
    """

    flag: Flag
    sides: tuple[EntryState, ...]
    when: str
    text: str
    urgent: bool
    escalated: bool = False
    override: OverrideRequest | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """The flags that were asked for, how many are open by kind whatever was asked for, and site time in ms UTC."""

    items: tuple[Waiting, ...]
    counts: Mapping[str, int]
    now_ms: int

    @property
    def open(self) -> int:
        """Return how many flags are open, whatever was asked for."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the policy proposes: the side that gives way, and its nearest place; None where it finds none.

    `how` is MOVE, or OVERRIDE where it gives way to an appointment that has no time.
    """

    side: EntryState
    offer: Offer | None
    how: str = MOVE


@dataclass(frozen=True, slots=True)
class Shown:
    """A flag in full: the policy that applies in words, what it proposes, what else helps, and what happened to it."""

    waiting: Waiting
    policy: str | None
    proposal: Proposal | None
    advice: str | None
    note: str | None
    escalations: tuple[Escalation, ...]


@dataclass(frozen=True, slots=True)
class FlagChanged:
    """A flag that was "assigned" or "reopened"."""

    status: str
    flag: Flag
    repeated: bool = False


def queue(
    desk: Desk,
    *,
    kind: str | None = None,
    status: str | None = None,
    assigned: str | None = None,
    sort: str = "age",
    meet: bool = True,
) -> Queue:
    """Return the flags of a kind, a status, or a login (NOBODY for those that nobody has), open first, in one of SORTS.

    What only time and bookings bring about is met first (services.flagging.look), but for a screen that has just done so.
    Overrides that wait are among the open ones, and count.
    """
    if meet:
        look(desk)
    with desk.store.read() as unit:
        found = flag_queries.all_of(unit, desk.site)
        escalated = escalation_queries.escalated_subjects(unit, desk.site)
        catalogue = desk.catalogue(unit)
        overrides = {one.id: one for one in flag_overrides.overrides_open(unit, desk.site)}
        found += [flag_overrides.as_flag(one) for one in overrides.values()]
        counts = Counter(one.kind for one in found if one.is_open)
        wanted = [
            one
            for one in found
            if kind in (None, one.kind) and status in (None, one.status) and assigned in (None, one.assigned_to or NOBODY)
        ]
        items = _waiting(desk, unit, catalogue, [one for one in wanted if one.id not in overrides], escalated)
        items += [_override(desk, catalogue, overrides[one.id]) for one in wanted if one.id in overrides]
    order = in_order([(one.flag, one.urgent, one.when) for one in items], sort)
    return Queue(tuple(items[at] for at in order), dict(counts), desk.at(catalogue.site.zone))


def logins(desk: Desk) -> list[str]:
    """Return the logins who may have a flag, those that are switched off now too."""
    with desk.store.read() as unit:
        return sorted(catalogue_queries.staff_names(unit, desk.site))


def site_time(desk: Desk) -> int:
    """Return site time as an instant in ms UTC, from which the age of a flag is reckoned."""
    with desk.store.read() as unit:
        return desk.at(desk.catalogue(unit).site.zone)


def open_count(desk: Desk) -> int:
    """Return how many lines the queue has that wait, flags and overrides; never writes."""
    with desk.store.read() as unit:
        return flag_overrides.open_count(unit, desk.site)


def _override(desk: Desk, catalogue: Catalogue, one: OverrideRequest) -> Waiting:
    urgent = flag_overrides.is_urgent(one, catalogue.types, desk.now.date())
    return Waiting(flag_overrides.as_flag(one), (), flag_overrides.when(one), flag_overrides.words(one), urgent, override=one)


def _waiting(
    desk: Desk, unit: Unit, catalogue: Catalogue, flags: list[Flag], escalated: set[str] | frozenset[str]
) -> list[Waiting]:
    entries = entry_queries.some(unit, desk.site, [id for one in flags for id in (one.entry, one.other) if id])
    today, out = desk.now.date().isoformat(), []
    for flag in flags:
        sides = tuple(entries[id] for id in (flag.entry, flag.other) if id in entries)
        when = f"{sides[0].day.isoformat()} {clock(sides[0].start)}" if sides else flag.day or ""
        urgent = flag.is_open and is_urgent(flag, sides, catalogue.types, today)
        out.append(Waiting(flag, sides, when, flag_words(flag, entries), urgent, flag.id in escalated))
    return out


def show(desk: Desk, flag_id: str) -> Shown | Refused:
    """Return a flag in full with what the site's policy proposes for it, or Refused; never writes."""
    with desk.store.read() as unit:
        flag = flag_queries.get(unit, desk.site, flag_id)
        if flag is None:
            override = flag_overrides.override_open(unit, desk.site, flag_id)
            if override is None:
                return no_flag(unit, desk.site, flag_id)
            advice = f"Approve or decline it: agent-tui override decide {flag_id} --as approve"
            waiting = _override(desk, desk.catalogue(unit), override)
            displaced = tuple(step.entry for step in override.chain.steps)
            return Shown(replace(waiting, sides=displaced), ALWAYS[waiting.flag.kind], None, advice, None, ())
        act = Act(desk, unit, request_id(None, "flag_show"), look=False, reads=True)
        escalations = escalation_queries.escalations_of(unit, desk.site, flag_id)
        (waiting,) = _waiting(desk, unit, act.catalogue, [flag], {flag_id} if escalations else frozenset())
        policy = policy_of(unit, desk.site, flag.kind)
        sides = both_sides(act, flag)
        proposal = propose(act, flag, sides, policy) if flag.is_open else None
        shown = replace(waiting, sides=tuple(sides))
        note = flag_queries.note_of(unit, desk.site, flag_id)
    words = ALWAYS.get(flag.kind) if policy is None else POLICY_WORDS[policy]
    return Shown(shown, words, proposal, _advice(flag), note, tuple(escalations))


def _advice(flag: Flag) -> str | None:
    if flag.kind == "no_capacity":
        return f"See what would give it starts: agent-tui type propose {flag.type}"
    if flag.kind == "hold_lapsed":
        return "Call the claimant back; the flag closes with the call or the call-back."
    if flag.kind == "handoff_overdue":
        return f"Deal with it and close it: agent-tui handoffs close {flag.handoff} --as booked"
    return None


def policy_of(unit: Unit, site: str, kind: str) -> str | None:
    """Return by which policy the site settles a kind, None for one that has no two sides to choose from."""
    if kind not in WITH_POLICY:
        return None
    name = policy_name(kind)
    return offer_queries.settings(unit, site).get(name, SETTINGS[name].default)


def both_sides(act: Act, flag: Flag) -> list[EntryState]:
    """Return the entries that a flag is about; of an appointment without a time also who has its time now."""
    sides = sides_of(act.unit, act.site, flag)
    if len(sides) == 1 and sides[0].status == "unplaced" and flag.kind in WITH_POLICY:
        sides += holders_of(act, sides[0])[:1]
    return sides


def holders_of(act: Act, entry: EntryState) -> list[EntryState]:
    """Return the live entries on the time that an appointment without a time wants, by start."""
    ranges = ranges_for(entry.resources, entry.day, entry.start, entry.end)
    found = {one.id: one for one in entry_queries.overlapping(act.unit, act.site, ranges) if one.id != entry.id}
    return sorted((one for one in found.values() if not act.is_lapsed(one)), key=lambda one: (one.start, one.id))


def propose(act: Act, flag: Flag, sides: list[EntryState], policy: str | None) -> Proposal | None:
    """Return which side gives way and its nearest place; None where there is no appointment to move."""
    side = proposed_side(flag, sides, policy)
    if side is None or side.kind != "appointment" or side.status not in ("booked", "unplaced"):
        return None
    return Proposal(side, place_for(act, flag, side), OVERRIDE if flag.kind in UNPLACED and side.id != flag.entry else MOVE)


def proposed_side(flag: Flag, sides: list[EntryState], policy: str | None) -> EntryState | None:
    """Return the side that gives way: the appointment that has no time, else the one that the policy says."""
    if not sides or flag.kind not in OF_APPOINTMENTS:
        return None
    if len(sides) == 1 or flag.kind == UNDER_BLOCK:
        return sides[0]
    return sides[0] if policy is None else gives_way(flag.kind, policy, sides[0], sides[1])


def place_for(act: Act, flag: Flag, side: EntryState) -> Offer | None:
    """Return the nearest place for a side of a flag, outside what its trouble takes."""
    return find_place(act, side, _taken(act, flag, side), ranks=own_first(act, side))


def _taken(act: Act, flag: Flag, side: EntryState) -> Closing:
    if flag.kind == UNDER_BLOCK:
        block = entry_queries.get(act.unit, act.site, flag.other or "")
        if block is not None:
            return closing([(block.diary, block.day.isoformat(), block.start, block.end)], block.client)
    if side.status != "unplaced" and flag.kind in WITH_POLICY and side.id != flag.entry:
        # It gives way to an appointment that wants its time.
        return closing(ranges_for(side.resources, side.day, side.start, side.end), None)
    return Closing()


def assign(desk: Desk, flag_id: str, login: str, *, id: str | None = None) -> FlagChanged | Refused:
    """Give an open flag to somebody (NOBODY takes it back) and return FlagChanged ("assigned") or Refused.

    Who has a flag may pass it on; else a team leader, a supervisor or an administrator assigns it.
    """

    def work(act: Act) -> FlagChanged | Refused:
        flag = open_flag(act, flag_id)
        if isinstance(flag, Refused):
            return flag
        staff = act.desk.staff
        text = may_not(staff.role, "assign")
        if text is not None and flag.assigned_to != staff.login:
            return Refused("role", text, id=flag_id)
        if login != NOBODY and login not in act.staff_names:
            return Refused("unknown_login", unknown("login", login, act.staff_names), id=flag_id)
        if act.catalogue.logins.get(login) == OFF:
            return Refused("not_possible", f"{switched_off(login)} Choose somebody who may act.", id=flag_id)
        to = None if login == NOBODY else login
        changed = replace(flag, assigned_to=to, assigned_by=staff.login)
        flag_queries.update(act.unit, act.site, changed)
        write_line(act, ASSIGNED, {"flag": flag.id, "kind": flag.kind, "to": to})
        return FlagChanged("assigned", changed)

    return in_one_act(desk, request_id(id, ASSIGNED, flag_id, login), work, _again)


def reopen(desk: Desk, flag_id: str, *, id: str | None = None) -> FlagChanged | Refused:
    """Open a flag again that was kept or dismissed while its trouble lasts, and return FlagChanged ("reopened") or Refused."""

    def work(act: Act) -> FlagChanged | Refused:
        flag = flag_queries.get(act.unit, act.site, flag_id, lock=True)
        if flag is None:
            return no_flag(act.unit, act.site, flag_id)
        text = refuse_resolving(act, flag)
        if text is not None:
            return Refused("role", text, id=flag_id)
        if flag.is_open:
            return Refused("not_possible", "This flag is open.", id=flag_id)
        if flag.resolution not in (KEEP, DISMISS) or not flag.lasts:
            return Refused("not_possible", "What this flag was about is over; undo the act that ended it instead.", id=flag_id)
        opened = opened_again(flag)
        flag_queries.update(act.unit, act.site, opened)
        write_line(act, REOPENED, {"flag": flag.id, "kind": flag.kind})
        return FlagChanged("reopened", opened)

    return in_one_act(desk, request_id(id, REOPENED, flag_id), work, _again)


def _again(act: Act, event: Event) -> FlagChanged | Refused:
    kept = flag_queries.get(act.unit, act.site, (event.after or {})["flag"])
    assert kept is not None
    return FlagChanged("assigned" if event.verb == ASSIGNED else "reopened", kept, repeated=True)


def refuse_resolving(act: Act, flag: Flag) -> str | None:
    """Return the sentence of who could resolve a flag where the desk's person may not."""
    staff = act.desk.staff
    own = staff.diary is not None and staff.diary in {one.diary for one in sides_of(act.unit, act.site, flag)}
    delegated = False
    if flag.assigned_to == staff.login and flag.assigned_by is not None:
        by = catalogue_queries.staff(act.unit, act.site, flag.assigned_by)
        delegated = by is not None and by.role in ("supervisor", "admin")
    return may_not(staff.role, "resolve", own=own, delegated=delegated)


def erase_note(desk: Desk, flag_id: str) -> bool:
    """Erase the free text of a flag and return whether there was any."""

    def work(unit: Unit) -> bool:
        had = flag_queries.note_of(unit, desk.site, flag_id) is not None
        flag_queries.set_note(unit, desk.site, flag_id, None)
        return had

    return desk.store.write(work)


def cleaned_note(text: str) -> str | None:
    """Return free text as a flag keeps it, None where nothing was said."""
    return clean(text, limit=400) or None
