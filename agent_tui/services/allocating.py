"""Finding the place for a wish and taking it: what a hold, a booking and a move have in common."""

import uuid
from dataclasses import dataclass, replace
from datetime import date

from agent_tui.domain.availability import Search, obstacle
from agent_tui.domain.clients import client_problem
from agent_tui.domain.messages import CONFIRMATION
from agent_tui.domain.requests import EntryState, Found, HandedOff, Offer, Outcome, Refused, Request, Wish
from agent_tui.domain.sentences import due_day
from agent_tui.domain.ticks import clock, span
from agent_tui.domain.wall_time import short_date
from agent_tui.services.acts import Abandoned, Act, ranges_for
from agent_tui.services.clashes import flag_clash
from agent_tui.services.finding import UnknownNeed, alternatives, check_needs, found_by, search_for
from agent_tui.services.owing import owe
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries import work as work_queries
from agent_tui.store.queries.entries import state_of

MIDDAY = 144

CODE_OF_RULE = {
    "unknown_type": "unknown_type",
    "not_assigned": "not_assigned",
    "diary_off": "not_assigned",
    "no_segment": "not_allowed",
    "full": "taken",
    "notice": "notice",
    "closure": "closed",
    "day_off": "closed",
    "resource_busy": "taken",
    "client_clash": "client_clash",
    "limit": "limit",
    "booker": "role",
}


@dataclass(frozen=True, slots=True)
class Under:
    """The id under which an entry is written, its pair, and its line of the log: its reason, whether it answers the request."""

    id: str
    pair: str | None = None
    primary: bool = True
    reason: str | None = None


def allocate(act: Act, wish: Wish, kind: str, under: Under | None = None) -> Outcome:
    """Take the time of a wish for a hold or an appointment and return Booked, Refused or HandedOff.

    Without `under` the entry has the request's own id.
    """
    refused = refuse_wish(act, wish, kind) or _refuse_others_diary(act, wish)
    if refused is not None:
        return refused
    moving = None
    if wish.moving is not None:
        found = _to_move(act, wish, wish.moving)
        if isinstance(found, Refused):
            return found
        # A move keeps claimant and needs, so that what is held is what the move will take.
        moving, wish = found, replace(wish, client=found.client, needs=found.needs)
    assigned = act.catalogue.diaries_for(wish.type)
    if not any(diary.enabled for diary in assigned):
        return write_hand_off(
            act, wish, "is assigned to no diary" if not assigned else "is assigned only to diaries that are switched off"
        )
    base = _request_of(act, wish)
    placed = _place(act, wish, base, moving)
    if isinstance(placed, Refused):
        return placed
    return _write(act, wish, kind, placed, moving, under or Under(act.request.id))


def _to_move(act: Act, wish: Wish, id: str) -> EntryState | Refused:
    """Return the booked appointment that a hold is made to move, or the refusal when the hold would not fit it."""
    moving = entry_queries.get(act.unit, act.site, id, lock=True)
    if moving is None or moving.status != "booked":
        return _refusal(act, wish, "unknown_entry", f"There is no booked appointment {id[:40]} to move.")
    if moving.type != wish.type:
        return _refusal(act, wish, "not_possible", f"The appointment to move is {moving.type}, not {wish.type}.")
    if wish.client not in (None, moving.client):
        return _refusal(act, wish, "not_possible", f"The appointment to move is not one of {wish.client}.")
    if moving.client is not None and wish.client is None:
        act.client(moving.client, lock=True)
    return moving


def _refuse_others_diary(act: Act, wish: Wish) -> Refused | None:
    """Refuse a coach who names another's diary, before anything is handed off or looked for."""
    staff = act.desk.staff
    named = wish.search.diary if wish.first and wish.search is not None else wish.diary
    if staff.role != "coach" or (staff.diary is not None and named in (None, staff.diary)):
        return None
    other = named or "others"
    text = f"A coach books into the own diary {staff.diary or '(none)'} only; an agent or a team leader can book {other}."
    return _refusal(act, wish, "role", text)


def refuse_wish(act: Act, wish: Wish, kind: str) -> Refused | None:
    if wish.type not in act.catalogue.types:
        return _refusal(act, wish, "unknown_type", f"There is no type {wish.type}. See: agent-tui types.")
    wanted = act.catalogue.types[wish.type]
    if wanted.booked_by == "block":
        return _refusal(act, wish, "not_allowed", f"{wanted.name} is booked straight into the diary as block time.")
    if act.desk.staff.booker not in wanted.may_book:
        return _refusal(act, wish, "role", f"{wanted.name} may be booked by: {', '.join(sorted(wanted.may_book))}.")
    if wish.moving is not None and kind != "hold":
        return _refusal(act, wish, "not_possible", "An appointment is moved, or held for moving, not booked again.")
    if wish.diary is not None and wish.diary not in act.catalogue.diaries:
        return _refusal(act, wish, "unknown_diary", f"There is no diary {wish.diary}. See: agent-tui diaries.")
    try:
        check_needs(act.catalogue, wish.needs)
    except UnknownNeed as unknown:
        return _refusal(act, wish, "unknown_need", str(unknown))
    problem = None if wish.client is None else client_problem(act.client(wish.client, lock=True), wish.client)
    if problem is not None:
        return _refusal(act, wish, "unknown_client", problem)
    if wish.client is None and kind == "appointment":
        return _refusal(act, wish, "unknown_client", "A booking needs the claimant: --client with their id.")
    return None


def _refusal(act: Act, wish: Wish, code: str, text: str) -> Refused:
    return Refused(code, text, id=act.request.id, type=wish.type, diary=wish.diary, day=wish.day, start=wish.start)


def _request_of(act: Act, wish: Wish) -> Request:
    """Return the search behind a wish: its own filters for --first, else the one day."""
    if wish.first and wish.search is not None:
        base = wish.search
    else:
        day = wish.day or act.desk.now.date()
        base = Request(wish.type, day, day, diary=wish.diary, channel=None if wish.search is None else wish.search.channel)
    client = None if wish.allow_clash else wish.client
    return replace(base, type=wish.type, needs=wish.needs, client=client, booker=act.desk.staff.booker)


def _place(act: Act, wish: Wish, base: Request, moving: EntryState | None) -> Offer | Refused:
    """Return where a wish goes, or the first rule against it; whether the ticks are free is left to the key."""
    if wish.first:
        return _first_offer(act, wish, base)
    assert wish.day is not None
    assert wish.start is not None
    if wish.diary is None:
        return _any_diary(act, wish, base, wish.day, wish.start, moving)
    placed = check_start(act, wish, base, wish.diary, wish.day, wish.start, moving)
    return with_others(act, placed, base, wish.day, wish.start) if isinstance(placed, Refused) else placed


def with_others(act: Act, refused: Refused, base: Request, day: date, start: int) -> Refused:
    """Return a refusal with the next free starts; only the one that is answered is searched for."""
    return replace(refused, alternatives=alternatives(act.desk, act.unit, act.catalogue, base, day, start))


def _first_offer(act: Act, wish: Wish, base: Request) -> Offer | Refused:
    found = found_by(act.desk, act.unit, act.catalogue, replace(base, limit=1))
    if found.offers:
        return own_diary_only(act, found.offers[0])
    return with_others(act, _nothing_found(act, wish, found), base, base.first_day, MIDDAY if base.near is None else base.near)


def _any_diary(act: Act, wish: Wish, base: Request, day: date, start: int, moving: EntryState | None) -> Offer | Refused:
    """Return the diary in which a start costs least, or why none takes it: taken where some diary would allow it."""
    if moving is None:
        # The nearest start comes first, in every diary that has it.
        nearest = replace(base, near=start, limit=len(act.catalogue.diaries), every=True)
        found = found_by(act.desk, act.unit, act.catalogue, nearest)
        there = [one for one in found.offers if (one.day, one.start) == (day, start)]
        if there:
            return own_diary_only(act, min(there, key=lambda one: (one.loss, one.diary)))
    own, first, staff = own_ids(moving), None, act.desk.staff
    met: tuple[EntryState, str] | None = None
    for diary in act.catalogue.diaries_for(wish.type):
        if not diary.enabled or (staff.role == "coach" and staff.diary != diary.code):
            continue
        placed = check_start(act, wish, base, diary.code, day, start, moving)
        if isinstance(placed, Refused):
            first = first or placed
            continue
        holder = act.make_room(ranges_for(placed.resources, day, start, placed.end), own)
        if holder is None:
            return placed
        met = met or (holder, diary.code)
        if moving is None:
            break
    if met is not None:
        return act.refuse_taken(met[0], base, met[1], day, start)
    refused = first or _refusal(act, wish, "not_assigned", f"No diary takes {wish.type}.")
    return with_others(act, refused, base, day, start)


def _nothing_found(act: Act, wish: Wish, found: Found) -> Refused:
    reason = found.reasons[0] if found.reasons else None
    code = CODE_OF_RULE.get(reason.rule, "taken") if reason else "taken"
    texts = " ".join(one.text for one in found.reasons) or "Nothing fits."
    return _refusal(act, wish, code, f"{texts} {reason.fix if reason and reason.fix else ''}".strip())


def own_diary_only(act: Act, offer: Offer) -> Offer | Refused:
    """Refuse a coach who books into another's diary."""
    staff = act.desk.staff
    if staff.role == "coach" and staff.diary != offer.diary:
        text = f"A coach books into the own diary {staff.diary} only; an agent or a team leader can book {offer.diary}."
        return Refused("role", text, id=act.request.id, diary=offer.diary, day=offer.day, start=offer.start)
    return offer


def check_start(
    act: Act, wish: Wish, base: Request, diary_code: str, day: date, start: int, moving: EntryState | None
) -> Offer | Refused:
    """Return the offer at one diary's start when every rule but taken ticks allows it, else the refusal, without others."""

    def refused(code: str, text: str) -> Refused:
        return Refused(code, text, id=act.request.id, type=wish.type, diary=diary_code, day=day, start=start)

    wanted = replace(base, first_day=day, last_day=day, diary=diary_code)
    own = own_ids(moving)
    masks = search_for(act.desk, act.unit, act.catalogue, wanted, act.now_ms, without=own)
    stop = obstacle(masks, diary_code, day, start)
    if stop is not None and stop.code == "limit" and _lapse_limit(act, diary_code, day):
        masks = search_for(act.desk, act.unit, act.catalogue, wanted, act.now_ms, without=own)
        stop = obstacle(masks, diary_code, day, start)
    if stop is not None:
        return refused(stop.code, stop.text)
    length = masks.kind.ticks_on(day)
    assert length is not None
    if not wish.allow_clash:
        for clash in clashes_at(act, wish.client, day, start, start + length, own)[:1]:
            when = f"{clock(clash.start)} to {clock(clash.end)} in diary {clash.diary}"
            return refused("client_clash", f"The claimant already has {when} then; allow the clash to book all the same.")
    rooms = _rooms(act, masks, own, day, start, length)
    if rooms is None:
        stop = masks.why_no_rooms(day, start, length)
        return refused(stop.code, stop.text)
    diary = act.catalogue.diaries[diary_code]
    offer = Offer(diary.code, diary.coach, diary.team, day, start, start + length, masks.channel, (diary.code, *rooms), False)
    return own_diary_only(act, offer)


def own_ids(moving: EntryState | None) -> frozenset[str]:
    """Return the entries whose time a move may use: the one that moves and, for the hold of a move, its appointment."""
    return frozenset() if moving is None else frozenset({moving.id, moving.moving or moving.id})


def _rooms(act: Act, masks: Search, own: frozenset[str], day: date, start: int, length: int) -> tuple[str, ...] | None:
    """Return rooms that are free, or that the entries being moved have themselves."""
    if not masks.needs:
        return ()
    iso = day.isoformat()
    freed = dict(masks.occupied.masks)
    for id in own:
        for resource, own_day, first, last in entry_queries.owned(act.unit, act.site, id):
            if own_day == iso:
                freed[resource, iso] = freed.get((resource, iso), 0) & ~span(first, last)
    masks.occupied = replace(masks.occupied, masks=freed)
    return masks.rooms_at(day, start, length)


def _lapse_limit(act: Act, diary: str, day: date) -> bool:
    """End expired holds that use up a limited segment; returns whether there was one."""
    holders = entry_queries.limit_holders(act.unit, act.site, diary, day.isoformat())
    return act.lapse_all(holders)


def clashes_at(act: Act, client: str | None, day: date, start: int, end: int, own: frozenset[str]) -> list[EntryState]:
    """Return the claimant's other appointments and holds at a time; holds to move `own` entries are no others.

    Nor is what this very request has made already, when a retry runs beside its first try.
    """
    if client is None:
        return []
    iso, own = day.isoformat(), own | {act.request.id}
    found = entry_queries.of_client(act.unit, act.site, client, iso, iso, act.now_ms)
    return [one for one in found if one.id not in own and one.moving not in own and one.start < end and start < one.end]


def _write(act: Act, wish: Wish, kind: str, offer: Offer, moving: EntryState | None, under: Under) -> Outcome:
    entry = EntryState(
        id=under.id,
        kind=kind,
        status="held" if kind == "hold" else "booked",
        type=wish.type,
        client=wish.client,
        diary=offer.diary,
        day=offer.day,
        start=offer.start,
        end=offer.end,
        resources=offer.resources,
        needs=wish.needs,
        channel=offer.channel,
        priority=wish.priority,
        contact=wish.contact,
        version=1,
        made_by=act.desk.staff.login,
        made_at=act.at,
        expires_at=act.now_ms + act.hold_ms if kind == "hold" else None,
        moving=None if moving is None else moving.id,
        pair=under.pair,
    )
    own = own_ids(moving)
    not_these = [] if moving is None else entry_queries.owned(act.unit, act.site, moving.id)
    ranges = ranges_for(offer.resources, offer.day, offer.start, offer.end, not_these)
    if act.look:
        holder = act.make_room(ranges, own)
        if holder is not None:
            return act.refuse_taken(holder, _request_of(act, wish), offer.diary, offer.day, offer.start)
    clashes = clashes_at(act, wish.client, offer.day, offer.start, offer.end, own) if wish.allow_clash else []
    entry_queries.insert(act.unit, act.site, entry, wish.language)
    entry_queries.take(act.unit, act.site, entry.id, ranges, entry.expires_at)
    if not use_segments(act, entry, sharing=None if moving is None else moving.id):
        raise Abandoned(_refusal(act, wish, "limit", f"The limit of the segment at {clock(offer.start)} is used up."))
    _write_notes(act, wish, entry=entry.id)
    if kind == "appointment":
        owe(act, entry, CONFIRMATION)
    for clash in clashes:
        flag_clash(act, entry, clash)
    seq = act.log(entry.status, entry.id, None, state_of(entry, ranges), reason=under.reason, primary=under.primary)
    return act.done(entry.status, entry, seq)


def use_segments(act: Act, entry: EntryState, *, sharing: str | None = None) -> bool:
    """Take a place in every limited segment that an entry touches; False when one is full.

    The hold of a move shares the place of its appointment, whose id is `sharing`.
    """
    if not act.catalogue.has_limits or entry.diary not in act.catalogue.diaries:
        return True
    for stretch in act.catalogue.plan(entry.diary, entry.day).limited(entry.start, entry.end):
        pattern, segment = stretch.limit_key
        most = stretch.segment.limit or 0
        full = entry_queries.use_segment(act.unit, act.site, entry, pattern, segment, most, sharing=sharing)
        if full is not None:
            again = act.lapse_all(full)
            if (
                not again
                or entry_queries.use_segment(act.unit, act.site, entry, pattern, segment, most, sharing=sharing) is not None
            ):
                return False
    return True


def _write_notes(act: Act, wish: Wish, *, entry: str | None = None, handoff: str | None = None) -> None:
    who = act.desk.staff.login
    for kind, body in (("note", wish.note), ("access", wish.access_needs), ("priority", wish.priority_reason)):
        if body:
            id = str(uuid.uuid4())
            work_queries.insert_note(act.unit, act.site, id, kind, body, who, act.at, entry=entry, handoff=handoff)


def write_hand_off(act: Act, wish: Wish, why: str) -> HandedOff:
    """Write down a request that no diary can take (seeds/spotlight-appointment-booking.txt, "Consequences of not assigning")."""
    kind, site, today = act.catalogue.types[wish.type], act.catalogue.site, act.desk.now.date()
    next_day = act.catalogue.working_days_from(today, 2 if act.catalogue.is_working_day(today) else 1)
    key = kind.key_on(today)
    due = due_day(today, wish.claim_date, key, next_day)
    reason = f"{kind.name} {why} at {site.name}. Handed off to {site.handoff_contact}, due {short_date(due)}."
    wanted = {
        "day": None if wish.day is None else wish.day.isoformat(),
        "start": None if wish.start is None else clock(wish.start),
        "diary": wish.diary,
        "needs": list(wish.needs),
        "contact": wish.contact,
        "priority": wish.priority,
        "language": wish.language,
    }
    row = {
        "id": act.request.id,
        "type": kind.code,
        "client": wish.client,
        "key_type": int(key),
        "contact": site.handoff_contact,
        "wanted": wanted,
        "why": reason,
        "claim_date": (wish.claim_date or today).isoformat(),
        "due": due.isoformat(),
        "made_by": act.desk.staff.login,
        "made_at": act.at,
    }
    work_queries.insert_handoff(act.unit, act.site, row)
    _write_notes(act, wish, handoff=act.request.id)
    log_queries.append(
        act.unit,
        act.stamp,
        log_queries.NewEvent(
            "handed_off",
            None,
            wish.client,
            (),
            None,
            row | {"status": "open", "wanted": wanted | {"language": None}},
            None,
            act.request.id,
            act.request.fingerprint,
        ),
    )
    return HandedOff(act.request.id, reason, kind.code, wish.client, site.handoff_contact, due, request=act.request.id)


def live_hold(act: Act, entry_id: str, version: int | None) -> EntryState | Refused:
    """Return a hold that has not lapsed and that the desk's person may act on, or the refusal; a lapsed one is ended."""
    held = entry_queries.get(act.unit, act.site, entry_id, lock=True)
    if held is None:
        return Refused("unknown_entry", f"There is no hold {entry_id[:40]}.", id=entry_id)
    if act.is_lapsed(held):
        act.lapse(held)
        held = replace(held, status="lapsed")
    if held.status == "lapsed":
        return refuse_lapsed(act, held)
    if held.status != "held":
        return Refused(
            "not_possible", f"This is no longer a hold: it is {held.status}.", id=held.id, type=held.type, diary=held.diary
        )
    if version is not None and version != held.version:
        return stale(act, held)
    staff = act.desk.staff
    if held.made_by != staff.login and staff.role not in ("leader", "supervisor"):
        who = act.staff_names.get(held.made_by, held.made_by)
        return Refused("role", f"This hold is {who}'s; they, a team leader or a supervisor can act on it.", id=held.id)
    return held


def refuse_lapsed(act: Act, held: EntryState) -> Refused:
    """Return the refusal of an act on a hold that has lapsed, with the next free starts."""
    wanted = Request(held.type or "", held.day, held.day, needs=held.needs, client=held.client)
    others = alternatives(act.desk, act.unit, act.catalogue, wanted, held.day, held.start)
    text = f"The hold on {short_date(held.day)} {clock(held.start)} has lapsed; a call-back is on record."
    if others:
        text += f" Next free: {short_date(others[0].day)} {clock(others[0].start)} with {others[0].coach}."
    return Refused("hold_expired", text, None, others, held.id, held.type, held.diary, held.day, held.start)


def stale(act: Act, entry: EntryState) -> Refused:
    """Return the refusal of an act on a version that is no longer the last, with who changed it."""
    events = log_queries.of_entry(act.unit, act.site, entry.id)
    who = act.staff_names.get(events[-1].who, events[-1].who) if events else "somebody"
    text = (
        f"{who} has changed this since (version {entry.version} now): {short_date(entry.day)}"
        f" {clock(entry.start)}, {entry.status}."
    )
    return Refused("stale_version", text, id=entry.id, type=entry.type, diary=entry.diary, day=entry.day, start=entry.start)
