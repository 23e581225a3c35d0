"""Overrides: an urgent request that finds nothing displaces lower priorities, the whole chain shown first and done at once.

Source: seeds/sop-slot-allocation.txt section 5.
"""

from collections.abc import Sequence
from dataclasses import replace

from agent_tui.domain.availability import Occupied
from agent_tui.domain.clients import client_problem
from agent_tui.domain.messages import choose_channel
from agent_tui.domain.override import (
    OVERRIDE,
    REASONS,
    Chain,
    Claim,
    Planner,
    Standing,
    has_begun,
    is_override,
    last_day_needed,
    line_reason,
    may_commit,
)
from agent_tui.domain.override_requests import Hearing, Overridden, Previewed, RefusedOverride
from agent_tui.domain.requests import Booked, Found, Offer, Outcome, Refused, Request, Wish
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import clock, span
from agent_tui.domain.wall_time import short_date
from agent_tui.services.acts import NOT_AN_ADMIN, Abandoned, Act, perform_and_tell, request_id
from agent_tui.services.allocating import MIDDAY, Under, allocate
from agent_tui.services.changes import move_one
from agent_tui.services.changes import undo as undo_act
from agent_tui.services.desk import Desk
from agent_tui.services.displacing import moved_by
from agent_tui.services.finding import UnknownNeed, alternatives, as_asked_by, check_needs, found_by
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries import messages as message_queries
from agent_tui.store.queries import overrides as override_queries
from agent_tui.store.unit_of_work import Unit

COMMITTERS = ("leader", "supervisor")
NOTHING = "Nothing of a lower priority that could give way stands where this fits, or it would find no other place."
STALE = "The chain is not what it was when it was shown."


def preview(desk: Desk, wanted: Wish) -> Previewed | Refused:
    """Return what a request of high or urgent priority could displace as Previewed, or Refused; nothing is written.

    `wanted.search` are the days, times and diaries in which it must stand. Refused are standard priority, whoever may not
    book the type, and requests for which there is a free start: that one is booked, not an override.
    """
    with desk.store.read() as unit:
        return previewed(desk, unit, wanted)


def previewed(desk: Desk, unit: Unit, wanted: Wish) -> Previewed | Refused:
    """Return `preview` inside an open unit."""
    catalogue = desk.catalogue(unit)
    asked = _asked(desk, unit, catalogue, wanted)
    if isinstance(asked, Refused):
        return asked
    free = _free_starts(desk, unit, catalogue, asked, wanted)
    if free is not None:
        return free
    chains = _planner(desk, unit, catalogue, asked).chains(_claim(catalogue, asked, wanted))
    if not chains:
        return _refusal(wanted, "nothing_found", _why_nothing(desk, unit, catalogue, asked))
    near = MIDDAY if asked.near is None else asked.near
    others = alternatives(desk, unit, catalogue, asked, asked.first_day, near)
    return Previewed(wanted, chains, others[0] if others else None)


def commit(
    desk: Desk, wanted: Wish, token: str, reason: str, *, chain: Chain | None = None, id: str | None = None
) -> Overridden | Refused:
    """Carry a chain out in one transaction and return Overridden, or Refused with the chains that there are instead.

    `token` is that of the previewed chain, `chain` the chain itself where it is in hand, else it is worked out again. The
    displaced are moved and told, then the request is booked; whatever cannot be done as shown refuses all of it
    (stale_version). `undo` takes all of it back. A `reason` that is none of domain.override.REASONS raises ValueError.
    """
    if reason not in REASONS:
        raise ValueError(reason)
    refused = refuse_committer(desk)
    if refused is not None:
        return refused
    request = request_id(id, "override", wanted, token, reason)
    with desk.store.read() as unit:
        repeated = log_queries.by_request(unit, desk.site, request.id) is not None
    if not repeated and (chain is None or chain.token != token):
        found = preview(desk, wanted)
        if isinstance(found, Refused):
            return found
        chain = found.chain(token)
        if chain is None:
            return _with_chains(_refusal(wanted, "stale_version", STALE), found)

    def work(act: Act) -> Outcome:
        assert chain is not None
        return carry_out(act, wanted, chain, reason)

    outcome = perform_and_tell(desk, request, work, lambda done: from_log(desk, done))
    if isinstance(outcome, Overridden):
        return outcome
    assert isinstance(outcome, Refused)
    return outcome if outcome.code in ("id_reused", "role") else changed(desk, wanted, outcome)


def undo(desk: Desk, entry: str | None = None, *, version: int | None = None, id: str | None = None) -> Outcome:
    """Take back the person's last override, or the one that made or moved an entry, as changes.undo does; Refused for none.

    Whatever else they have done since stays.
    """
    with desk.store.read() as unit:
        if entry is None:
            found = log_queries.last_because(unit, desk.site, desk.staff.login, OVERRIDE)
        else:
            lines = [one for one in log_queries.of_entry(unit, desk.site, entry) if one.verb != "undone"]
            found = lines[-1] if lines and is_override(lines[-1].reason) else None
    if found is None or found.entry is None:
        what = "There is no override of yours to undo." if entry is None else "What was done to this last is no override."
        return Refused("not_possible", f"{what} Other acts are taken back with: agent-tui undo", id=entry)
    return undo_act(desk, found.entry, version=version, id=id)


def refuse_committer(desk: Desk) -> Refused | None:
    """Refuse who may only prepare an override."""
    if desk.staff.role in COMMITTERS:
        return None
    if desk.staff.role == "admin":
        return NOT_AN_ADMIN
    return Refused("role", "An override is carried out by a team leader or a supervisor; you can prepare it for approval.")


def carry_out(act: Act, wanted: Wish, chain: Chain, reason: str) -> Outcome:
    """Move all of a chain and book its request in an open act; a refusal after something was written is raised."""
    needs = chain.approval_at(act.desk.site_now(), act.catalogue.site.move_notice)
    if not may_commit(act.desk.staff.role, needs):
        why = " and ".join(APPROVAL_WORDS[one] for one in needs)
        return _refusal(wanted, "role", f"This needs a supervisor's approval: {why}. Prepare it, and a supervisor decides.")
    asked = _asked(act.desk, act.unit, act.catalogue, wanted)
    if isinstance(asked, Refused):
        return asked
    if wanted.client is None:
        return _refusal(wanted, "unknown_client", "An override needs the claimant: --client with their id.")
    free = _free_starts(act.desk, act.unit, act.catalogue, asked, wanted)
    if free is not None:
        return free
    if chain.version != act.catalogue.version:
        return _refusal(wanted, "stale_version", "The site's rules have changed since the chain was shown.")
    ids = sorted(step.entry.id for step in chain.steps)
    entries = {id: entry_queries.get(act.unit, act.site, id, lock=True) for id in ids}
    for step in chain.steps:
        now = entries[step.entry.id]
        begun = now is not None and has_begun(now, act.desk.site_now())
        if now is None or begun or now.version != step.entry.version or now.status != "booked":
            return _refusal(wanted, "stale_version", STALE)
    code = line_reason(reason)
    for step in chain.steps:
        to, entry = step.offer, entries[step.entry.id]
        assert entry is not None
        moved = move_one(act, entry, to.diary, to.day, to.start, primary=False, reason=code)
        if isinstance(moved, Refused):
            raise Abandoned(moved)
    to = chain.offer
    wish = replace(wanted, day=to.day, start=to.start, diary=to.diary, first=False)
    booked = allocate(act, wish, "appointment", Under(act.request.id, reason=code))
    if isinstance(booked, Refused):
        raise Abandoned(booked)
    return booked


def changed(desk: Desk, wanted: Wish, refused: Refused) -> Refused:
    """Return the refusal of a chain that cannot be carried out any more, with what there is instead."""
    instead = preview(desk, wanted)
    if isinstance(instead, Refused):
        text = f"{instead.reason} Nothing was changed."
        return RefusedOverride("stale_version", text, None, instead.alternatives, refused.id, wanted.type)
    return _with_chains(refused, instead)


def _with_chains(refused: Refused, instead: Previewed) -> RefusedOverride:
    text = f"{refused.reason} Nothing was changed; look at the new chain."
    held_by, others = refused.held_by, refused.alternatives
    return RefusedOverride(
        *("stale_version", text, held_by, others, refused.id, refused.type, refused.diary, refused.day, refused.start),
        instead=instead.chains,
    )


def from_log(desk: Desk, done: Booked) -> Overridden:
    """Return what an override did, from its lines of the log; a retry reads the same lines."""
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        (event,) = [one for one in log_queries.of_entry(unit, desk.site, done.entry.id) if one.seq == done.seq]
        lines = [one for one in log_queries.others_of_act(unit, desk.site, event) if is_override(one.reason)]
        moves = tuple(moved_by(catalogue, one) for one in lines if one.verb == "moved")
    reason = (event.reason or "").partition(":")[2]
    return Overridden(done.entry, done.coach, done.say, moves, reason, done.repeated)


def hearing(desk: Desk, chains: Sequence[Chain]) -> Hearing:
    """Return how those would hear of chains whom they displace, and whose coaches get a note (services.owing)."""
    clients = sorted({step.entry.client for chain in chains for step in chain.steps if step.entry.client is not None})
    with desk.store.read() as unit:
        found = {ref: message_queries.client_of(unit, desk.site, ref) for ref in clients}
        diaries = sorted({diary for chain in chains for diary in chain.diaries_on(desk.now.date())})
        coaches = {diary: message_queries.coach_of(unit, desk.site, diary) for diary in diaries}
    ways = {ref: None if one is None else choose_channel(one) for ref, one in found.items()}
    noted = (diary for diary, coach in coaches.items() if coach is not None and coach[0] != desk.staff.login)
    return Hearing(ways, frozenset(noted))


# What is asked, and what stands.


APPROVAL_WORDS = {
    "payment": "a payment-affecting appointment would give way to one that is not",
    "notice": "a claimant would be moved inside the notice",
}


def _refusal(wanted: Wish, code: str, text: str, others: tuple[Offer, ...] = ()) -> Refused:
    return Refused(code, text, None, others, type=wanted.type, diary=wanted.diary)


def _asked(desk: Desk, unit: Unit, catalogue: Catalogue, wanted: Wish) -> Request | Refused:
    """Return the search of a request that may displace, or why it may not."""
    if desk.staff.role == "admin":
        return NOT_AN_ADMIN
    if wanted.priority == "standard":
        return _refusal(wanted, "not_possible", "Only a request of high or urgent priority displaces others.")
    kind = catalogue.types.get(wanted.type)
    if kind is None:
        return _refusal(wanted, "unknown_type", f"There is no type {wanted.type[:30]}. See: agent-tui types.")
    if kind.booked_by == "block":
        return _refusal(wanted, "not_allowed", f"{kind.name} is booked straight into the diary as block time.")
    if desk.staff.booker not in kind.may_book:
        return _refusal(wanted, "role", f"{kind.name} may be booked by: {', '.join(sorted(kind.may_book))}.")
    assert wanted.search is not None
    search = wanted.search
    if search.diary is not None and search.diary not in catalogue.diaries:
        return _refusal(wanted, "unknown_diary", f"There is no diary {search.diary[:30]}. See: agent-tui diaries.")
    if search.last_day < desk.now.date():
        return _refusal(wanted, "past", f"{short_date(search.last_day)} is past; give a day from today on.")
    try:
        check_needs(catalogue, wanted.needs)
    except UnknownNeed as unknown:
        return _refusal(wanted, "unknown_need", str(unknown))
    named = wanted.client
    problem = None if named is None else client_problem(client_queries.get(unit, desk.site, named), named)
    if problem is not None:
        return _refusal(wanted, "unknown_client", problem)
    base = replace(search, type=kind.code, client=wanted.client, needs=wanted.needs, booker=desk.staff.booker)
    asked = as_asked_by(desk, catalogue, replace(base, notice=None, limit=None, every=True))
    if isinstance(asked, Found):
        return _refusal(wanted, "role", f"{asked.reasons[0].text} An agent or a team leader can book into others.")
    return asked


def _free_starts(desk: Desk, unit: Unit, catalogue: Catalogue, asked: Request, wanted: Wish) -> Refused | None:
    """Refuse to displace anybody where a start is free, or where no diary takes the type at all."""
    found = found_by(desk, unit, catalogue, replace(asked, limit=3))
    if found.offers:
        first = found.offers[0]
        text = f"There are free starts: book one. The first is {short_date(first.day)} {clock(first.start)} with {first.coach}."
        return _refusal(wanted, "not_possible", text, found.offers)
    if found.status == "handoff":
        return _refusal(wanted, "not_assigned", f"No diary takes {wanted.type}; hand the request off.")
    return None


def _why_nothing(desk: Desk, unit: Unit, catalogue: Catalogue, asked: Request) -> str:
    """Return why nothing can be displaced: what is closed or off is named, since nobody who gives way would open it."""
    reasons = found_by(desk, unit, catalogue, replace(asked, limit=3)).reasons
    return f"{reasons[0].text} {NOTHING}" if reasons and reasons[0].rule not in ("full", "limit") else NOTHING


def _claim(catalogue: Catalogue, asked: Request, wanted: Wish) -> Claim:
    return Claim(asked, wanted.priority, catalogue.types[asked.type].key_on(asked.first_day))


def _planner(desk: Desk, unit: Unit, catalogue: Catalogue, asked: Request) -> Planner:
    first = max(asked.first_day, desk.now.date()).isoformat()
    last, now_ms = last_day_needed(catalogue, asked).isoformat(), unit.clock_ms()
    standing = [_as_met(one) for one in override_queries.standing_between(unit, desk.site, first, last, now_ms)]
    masks: dict[tuple[str, str], int] = {}
    for one in standing:
        for resource, day, start, end in one.ranges:
            masks[resource, day] = masks.get((resource, day), 0) | span(start, end)
    uses = {}
    if catalogue.has_limits:
        uses = entry_queries.limit_uses(unit, desk.site, sorted(catalogue.diaries), first, last, now_ms)
    place = catalogue.site
    # Whoever only prepares it moves nobody: whether the displaced may be booked is asked of who approves.
    booker = desk.staff.booker if desk.staff.role in COMMITTERS else None
    return Planner(
        catalogue,
        standing,
        Occupied(masks, {}, uses),
        desk.site_now(),
        notice=place.move_notice,
        booker=booker,
        depth=place.override_depth,
    )


def _as_met(one: Standing) -> Standing:
    """Return an entry as a search meets it: of one who did not come only the diary's time is still taken."""
    return Standing(replace(one.entry, client=None), one.ranges) if one.entry.status == "dna" else one
