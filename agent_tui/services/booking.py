"""Holding, booking and confirming: what an agent does while the claimant is on the phone."""

import uuid
from dataclasses import replace
from datetime import date

from agent_tui.domain.availability import Search, obstacle
from agent_tui.domain.requests import EntryState, Found, HandedOff, Offer, Outcome, Refused, Request, Wish
from agent_tui.domain.sentences import due_day
from agent_tui.domain.ticks import clock, span
from agent_tui.services.acts import UNDO_SECONDS, Abandoned, Act, perform, ranges_for, request_id
from agent_tui.services.clashes import flag_clash
from agent_tui.services.desk import Desk
from agent_tui.services.finding import UnknownNeed, alternatives, check_needs, found_by, search, search_for
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries import work as work_queries
from agent_tui.store.queries.entries import state_of

__all__ = ["book", "confirm", "extend", "hold", "release", "search", "try_out"]

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


def hold(desk: Desk, wish: Wish, *, id: str | None = None) -> Outcome:
    """Take a start for the site's hold time and return Booked ("held"), Refused or HandedOff; no client is needed."""
    request = request_id(id, "hold", wish)
    return perform(desk, request, lambda act: _allocate(act, wish, "hold"))


def book(desk: Desk, wish: Wish, *, id: str | None = None) -> Outcome:
    """Hold and confirm in one transaction and return Booked ("booked"), Refused or HandedOff; a client is needed."""
    request = request_id(id, "book", wish)
    return perform(desk, request, lambda act: _allocate(act, wish, "appointment"))


def hand_off(desk: Desk, wish: Wish, *, id: str | None = None) -> Outcome:
    """Write a request down for the site's contact because nothing that fits can be offered; returns HandedOff or Refused."""

    def work(act: Act) -> Outcome:
        refused = _refuse_wish(act, wish, "hold")
        return refused if refused is not None else _hand_off(act, wish, "could not be offered as asked")

    return perform(desk, request_id(id, "hand_off", wish), work)


def try_out(desk: Desk, wish: Wish, *, confirm: bool) -> Outcome:
    """Return what `book` (or `hold`) would answer, and write nothing."""

    class Rehearsed(Exception):
        def __init__(self, outcome: Outcome) -> None:
            self.outcome = outcome

    def rehearse(act: Act) -> Outcome:
        raise Rehearsed(_allocate(act, wish, "appointment" if confirm else "hold"))

    try:
        return perform(desk, request_id(None, "rehearse", wish), rehearse)
    except Rehearsed as rehearsed:
        return rehearsed.outcome


def _allocate(act: Act, wish: Wish, kind: str) -> Outcome:
    refused = _refuse_wish(act, wish, kind)
    if refused is not None:
        return refused
    base = _request_of(act, wish)
    assigned = act.catalogue.diaries_for(wish.type)
    if not any(diary.enabled for diary in assigned):
        return _hand_off(
            act, wish, "is assigned to no diary" if not assigned else "is assigned only to diaries that are switched off"
        )
    moving = None
    if wish.moving is not None:
        moving = entry_queries.get(act.unit, act.site, wish.moving, lock=True)
        if moving is None or moving.status != "booked":
            return _refusal(act, wish, "unknown_entry", f"There is no booked appointment {wish.moving[:40]} to move.")
    placed = _place(act, wish, base, moving)
    return placed if isinstance(placed, Refused) else _write(act, wish, kind, placed, moving)


def _refuse_wish(act: Act, wish: Wish, kind: str) -> Refused | None:
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
    if wish.client is not None and client_queries.get(act.unit, act.site, wish.client, lock=True) is None:
        return _refusal(
            act, wish, "unknown_client", f"There is no claimant {wish.client}. Find them with: agent-tui clients find -"
        )
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
        base = Request(wish.type, day, day, diary=wish.diary)
    client = None if wish.allow_clash else wish.client
    return replace(base, type=wish.type, needs=wish.needs, client=client, booker=act.desk.staff.booker)


def _place(act: Act, wish: Wish, base: Request, moving: EntryState | None) -> Offer | Refused:
    """Return where a wish goes, or the first rule against it; whether the ticks are free is left to the key."""
    if wish.moving is not None and not wish.first and wish.diary is None:
        return _first_diary(act, wish, base, moving)
    if wish.first or wish.diary is None:
        return _first_offer(act, wish, base)
    assert wish.day is not None
    assert wish.start is not None
    return check_start(act, wish, base, wish.diary, wish.day, wish.start, moving)


def _first_diary(act: Act, wish: Wish, base: Request, moving: EntryState | None) -> Offer | Refused:
    """Return the first diary by code that can take the hold of a move, whose own appointment is not in its way."""
    assert wish.day is not None
    assert wish.start is not None
    own = frozenset() if moving is None else frozenset({moving.id})
    refused: Refused | None = None
    for diary in act.catalogue.diaries_for(wish.type):
        placed = check_start(act, wish, base, diary.code, wish.day, wish.start, moving)
        if isinstance(placed, Refused):
            refused = refused or placed
            continue
        holder = act.make_room(ranges_for(placed.resources, wish.day, placed.start, placed.end), own)
        if holder is None:
            return placed
        refused = act.refuse_taken(holder, base, diary.code, wish.day, wish.start)
    return refused or _refusal(act, wish, "not_assigned", f"No diary takes {wish.type}.")


def _first_offer(act: Act, wish: Wish, base: Request) -> Offer | Refused:
    wanted = replace(base, limit=1 if wish.first else None)
    found = found_by(act.desk, act.unit, act.catalogue, wanted)
    for offer in found.offers:
        if wish.first or (offer.day == wish.day and offer.start == wish.start):
            return own_diary_only(act, offer)
    if not wish.first and wish.day is not None and wish.start is not None:
        return _why_none_at(act, wish, base, wish.day, wish.start)
    return _nothing_found(act, wish, found)


def _why_none_at(act: Act, wish: Wish, base: Request, day: date, start: int) -> Refused:
    """Return why no diary takes a start: taken where some diary would allow it, else the first diary's rule."""
    first: Refused | None = None
    for diary in act.catalogue.diaries_for(wish.type):
        if diary.enabled:
            placed = check_start(act, wish, base, diary.code, day, start, None)
            if not isinstance(placed, Refused):
                holder = act.make_room(ranges_for((diary.code,), day, start, placed.end), frozenset())
                return act.refuse_taken(holder, base, diary.code, day, start)
            first = first or placed
    return first or _refusal(act, wish, "not_assigned", f"No diary takes {wish.type}.")


def _nothing_found(act: Act, wish: Wish, found: Found) -> Refused:
    reason = found.reasons[0] if found.reasons else None
    code = CODE_OF_RULE.get(reason.rule, "taken") if reason else "taken"
    texts = " ".join(one.text for one in found.reasons) or "Nothing fits."
    refused = _refusal(act, wish, code, f"{texts} {reason.fix if reason and reason.fix else ''}".strip())
    base = _request_of(act, wish)
    return replace(refused, alternatives=_others(act, base, base.first_day, MIDDAY if base.near is None else base.near))


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
    """Return the offer at one diary's start when every rule but taken ticks allows it, else the refusal."""
    wanted = replace(base, first_day=day, last_day=day, diary=diary_code)
    own = None if moving is None else moving.id
    masks = search_for(act.desk, act.unit, act.catalogue, wanted, act.now_ms, without=own)
    stop = obstacle(masks, diary_code, day, start)
    if stop is not None and stop.code == "limit" and _lapse_limit(act, diary_code, day, start):
        masks = search_for(act.desk, act.unit, act.catalogue, wanted, act.now_ms, without=own)
        stop = obstacle(masks, diary_code, day, start)
    if stop is not None:
        refused = Refused(stop.code, stop.text, id=act.request.id, type=wish.type, diary=diary_code, day=day, start=start)
        return replace(refused, alternatives=_others(act, wanted, day, start))
    length = masks.kind.ticks_on(day)
    assert length is not None
    clash = clash_at(act, wish, moving, day, start, start + length)
    if clash is not None and not wish.allow_clash:
        text = (
            f"The claimant already has {clock(clash.start)} to {clock(clash.end)} in diary"
            f" {clash.diary} then; allow the clash to book all the same."
        )
        refused = Refused("client_clash", text, id=act.request.id, type=wish.type, diary=diary_code, day=day, start=start)
        return replace(refused, alternatives=_others(act, wanted, day, start))
    rooms = _rooms(act, masks, moving, day, start, length)
    if rooms is None:
        text = f"No room or equipment is free for: {', '.join(masks.needs)}."
        refused = Refused("taken", text, id=act.request.id, type=wish.type, diary=diary_code, day=day, start=start)
        return replace(refused, alternatives=_others(act, wanted, day, start))
    diary = act.catalogue.diaries[diary_code]
    offer = Offer(diary.code, diary.coach, diary.team, day, start, start + length, masks.channel, (diary.code, *rooms), False)
    return own_diary_only(act, offer)


def _others(act: Act, wanted: Request, day: date, start: int) -> tuple[Offer, ...]:
    return alternatives(act.desk, act.unit, act.catalogue, wanted, day, start)


def _rooms(act: Act, masks: Search, moving: EntryState | None, day: date, start: int, length: int) -> tuple[str, ...] | None:
    """Return rooms that are free, or that the entry being moved has itself."""
    if not masks.needs:
        return ()
    if moving is None:
        return masks.rooms_at(day, start, length)
    iso = day.isoformat()
    freed = dict(masks.occupied.masks)
    for resource, own_day, first, last in entry_queries.owned(act.unit, act.site, moving.id):
        if own_day == iso:
            freed[resource, iso] = freed.get((resource, iso), 0) & ~span(first, last)
    masks.occupied = replace(masks.occupied, masks=freed)
    return masks.rooms_at(day, start, length)


def _lapse_limit(act: Act, diary: str, day: date, start: int) -> bool:
    """End expired holds that use up a limited segment; returns whether there was one."""
    holders = entry_queries.limit_holders(act.unit, act.site, diary, day.isoformat())
    return act.lapse_all(holders)


def clash_at(act: Act, wish: Wish, moving: EntryState | None, day: date, start: int, end: int) -> EntryState | None:
    """Return another appointment or hold that the claimant has at a time, or None."""
    if wish.client is None:
        return None
    own = {act.request.id, wish.moving, *(() if moving is None else (moving.id, moving.moving))}
    iso = day.isoformat()
    for entry in entry_queries.of_client(act.unit, act.site, wish.client, iso, iso, act.now_ms):
        if entry.id not in own and entry.moving not in own - {None} and entry.start < end and start < entry.end:
            return entry
    return None


def _write(act: Act, wish: Wish, kind: str, offer: Offer, moving: EntryState | None) -> Outcome:
    entry = EntryState(
        id=act.request.id,
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
    )
    not_these = [] if moving is None else entry_queries.owned(act.unit, act.site, moving.id)
    ranges = ranges_for(offer.resources, offer.day, offer.start, offer.end, not_these)
    if act.look:
        own = frozenset() if moving is None else frozenset({moving.id})
        holder = act.make_room(ranges, own)
        if holder is not None:
            return act.refuse_taken(holder, _request_of(act, wish), offer.diary, offer.day, offer.start)
    clash = clash_at(act, wish, moving, offer.day, offer.start, offer.end) if wish.allow_clash else None
    entry_queries.insert(act.unit, act.site, entry, wish.language)
    entry_queries.take(act.unit, act.site, entry.id, ranges, entry.expires_at)
    if not use_segments(act, entry, sharing=None if moving is None else moving.id):
        raise Abandoned(_refusal(act, wish, "limit", f"The limit of the segment at {clock(offer.start)} is used up."))
    _write_notes(act, wish, entry.id)
    if kind == "appointment":
        queue_message(act, entry, "confirmation")
    if clash is not None:
        flag_clash(act.unit, act.site, entry, clash, act.desk.staff.login, act.at)
    seq = act.log("held" if kind == "hold" else "booked", entry.id, None, state_of(entry, ranges))
    return act.done("held" if kind == "hold" else "booked", entry, seq)


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


def queue_message(act: Act, entry: EntryState, kind: str) -> None:
    """Queue what an act owes the claimant, not to be sent while it can be undone."""
    if entry.client is not None:
        work_queries.queue_message(act.unit, act.site, entry.id, kind, entry.version, act.at, act.at + 1000 * UNDO_SECONDS)


def _write_notes(act: Act, wish: Wish, id: str) -> None:
    for kind, body in (("note", wish.note), ("access", wish.access_needs), ("priority", wish.priority_reason)):
        if body:
            who = act.desk.staff.login
            work_queries.insert_note(act.unit, act.site, str(uuid.uuid4()), kind, body, who, act.at, entry=id)


def _hand_off(act: Act, wish: Wish, why: str) -> HandedOff:
    """Write down a request that no diary can take (seeds/spotlight-appointment-booking.txt, "Consequences of not assigning")."""
    kind, site, today = act.catalogue.types[wish.type], act.catalogue.site, act.desk.now.date()
    next_day = act.catalogue.working_days_from(today, 2 if act.catalogue.is_working_day(today) else 1)
    due = due_day(today, wish.claim_date, kind.key, next_day)
    reason = f"{kind.name} {why} at {site.name}. Handed off to {site.handoff_contact}, due {due.isoformat()}."
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
        "key_type": int(kind.key),
        "contact": site.handoff_contact,
        "wanted": wanted,
        "why": reason,
        "claim_date": (wish.claim_date or today).isoformat(),
        "due": due.isoformat(),
        "made_by": act.desk.staff.login,
        "made_at": act.at,
    }
    work_queries.insert_handoff(act.unit, act.site, row)
    for note_kind, body in (("note", wish.note), ("access", wish.access_needs), ("priority", wish.priority_reason)):
        if body:
            id = str(uuid.uuid4())
            work_queries.insert_note(
                act.unit, act.site, id, note_kind, body, act.desk.staff.login, act.at, handoff=act.request.id
            )
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


def extend(desk: Desk, entry_id: str, *, version: int | None = None, id: str | None = None) -> Outcome:
    """Give a live hold its whole time anew and return Booked ("extended") or Refused."""

    def work(act: Act) -> Outcome:
        held = live_hold(act, entry_id, version)
        if isinstance(held, Refused):
            return held
        after = replace(held, expires_at=act.now_ms + act.hold_ms, version=held.version + 1)
        entry_queries.set_expiry(act.unit, act.site, held.id, after.expires_at)
        return act.change("extended", held, after, None)

    return perform(desk, request_id(id, "extend", entry_id, version), work)


def release(desk: Desk, entry_id: str, *, version: int | None = None, id: str | None = None) -> Outcome:
    """Give a hold's time back and return Booked ("released") or Refused."""

    def work(act: Act) -> Outcome:
        held = live_hold(act, entry_id, version)
        if isinstance(held, Refused):
            return held
        return act.change("released", held, replace(held, status="released", expires_at=None, version=held.version + 1), ())

    return perform(desk, request_id(id, "release", entry_id, version), work)


def confirm(
    desk: Desk,
    entry_id: str,
    *,
    client: str | None = None,
    allow_clash: bool = False,
    version: int | None = None,
    id: str | None = None,
) -> Outcome:
    """Turn a hold into an appointment in place and return Booked ("confirmed") or Refused.

    The claimant may come with the confirmation. The hold of a move moves its appointment. A lapsed hold never confirms.
    """

    def work(act: Act) -> Outcome:
        held = live_hold(act, entry_id, version)
        if isinstance(held, Refused):
            return held
        if held.moving is not None:
            from agent_tui.services.changes import confirm_move

            return confirm_move(act, held, allow_clash=allow_clash)
        who = client or held.client
        wish = Wish(held.type or "", client=who, allow_clash=allow_clash)
        if who is None:
            return Refused("unknown_client", "To confirm, the claimant is needed: --client with their id.", id=held.id)
        if client_queries.get(act.unit, act.site, who, lock=True) is None:
            return Refused("unknown_client", f"There is no claimant {who}. Find them with: agent-tui clients find -", id=held.id)
        clash = _clash_of_hold(act, wish, held)
        if clash is not None and not allow_clash:
            text = (
                f"The claimant already has {clock(clash.start)} to {clock(clash.end)} in diary"
                f" {clash.diary} then; allow the clash to confirm all the same."
            )
            return Refused("client_clash", text, id=held.id, type=held.type, diary=held.diary, day=held.day, start=held.start)
        after = replace(held, kind="appointment", status="booked", client=who, expires_at=None, version=held.version + 1)
        entry_queries.set_expiry(act.unit, act.site, held.id, None)
        queue_message(act, after, "confirmation")
        if clash is not None:
            flag_clash(act.unit, act.site, after, clash, act.desk.staff.login, act.at)
        return act.change("confirmed", held, after, None)

    return perform(desk, request_id(id, "confirm", entry_id, client, allow_clash, version), work)


def _clash_of_hold(act: Act, wish: Wish, held: EntryState) -> EntryState | None:
    assert wish.client is not None
    iso = held.day.isoformat()
    for entry in entry_queries.of_client(act.unit, act.site, wish.client, iso, iso, act.now_ms):
        if entry.id != held.id and entry.start < held.end and held.start < entry.end:
            return entry
    return None


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
    others = _others(act, Request(held.type or "", held.day, held.day, needs=held.needs), held.day, held.start)
    text = f"The hold on {held.day.isoformat()} {clock(held.start)} has lapsed; a call-back is on record."
    if others:
        text += f" Next free: {others[0].day.isoformat()} {clock(others[0].start)} with {others[0].coach}."
    return Refused("hold_expired", text, None, others, held.id, held.type, held.diary, held.day, held.start)


def stale(act: Act, entry: EntryState) -> Refused:
    """Return the refusal of an act on a version that is no longer the last, with who changed it."""
    events = log_queries.of_entry(act.unit, act.site, entry.id)
    who = act.staff_names.get(events[-1].who, events[-1].who) if events else "somebody"
    text = (
        f"{who} has changed this since (version {entry.version} now): {entry.day.isoformat()}"
        f" {clock(entry.start)}, {entry.status}."
    )
    return Refused("stale_version", text, id=entry.id, type=entry.type, diary=entry.diary, day=entry.day, start=entry.start)
