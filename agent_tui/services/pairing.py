"""Pairs of meetings in two diaries on one day: found, held, booked, confirmed and released together, or neither."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from agent_tui.domain.pairs import MOST_WAIT_MINUTES, Paired, PairsFound, other_half, pair_up, second_id
from agent_tui.domain.requests import Booked, EntryState, HandedOff, Outcome, Refused, Request, Wish
from agent_tui.domain.sentences import say
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import clock
from agent_tui.services.acts import STATUS_OF_VERB, TRIES, Abandoned, Act, RequestId, perform_and_tell, request_id
from agent_tui.services.allocating import CODE_OF_RULE, Under, allocate, live_hold, refuse_wish
from agent_tui.services.booking import confirm_one
from agent_tui.services.changes import show
from agent_tui.services.desk import Desk
from agent_tui.services.finding import UnknownClient, found_by
from agent_tui.store.queries import clients as client_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries.entries import entry_from_state
from agent_tui.store.unit_of_work import Unit

Answer = Paired | Refused | HandedOff


@dataclass(frozen=True, slots=True)
class PairSearch:
    """Which pairs are searched for: two types, days, the longest wait in minutes, and the claimant's opaque id.

    `limit` is how many are shown, None for all.
    """

    first: str
    second: str
    first_day: date
    last_day: date
    most_wait_minutes: int = MOST_WAIT_MINUTES
    client: str | None = None
    limit: int | None = 20


@dataclass(frozen=True, slots=True)
class PairWish:
    """What is to be taken: the best pair of `search`, or the starts (ticks) that are named, in two diaries on one day."""

    search: PairSearch
    day: date | None = None
    start: int | None = None
    diary: str | None = None
    second_start: int | None = None
    second_diary: str | None = None
    contact: str = "phone"
    allow_clash: bool = False

    @property
    def types(self) -> tuple[str, str]:
        """Return the first and the second type."""
        return self.search.first, self.search.second


def find(desk: Desk, search: PairSearch) -> PairsFound:
    """Return the pairs that can be taken now, the shortest wait first; never writes.

    Status is "pairs", "none", or "handoff" where no enabled diary has one of the types. An unknown claimant raises
    UnknownClient. Source: seeds/spotlight-appointment-booking.txt, "Diary alignment IEI/First Commitments".
    """
    with desk.store.read() as unit:
        if search.client is not None and client_queries.get(unit, desk.site, search.client) is None:
            raise UnknownClient(search.client)
        return _found(desk, unit, desk.catalogue(unit), search)


def _found(desk: Desk, unit: Unit, catalogue: Catalogue, search: PairSearch) -> PairsFound:
    if desk.staff.role == "coach":
        text = "A coach books into the own diary only, and a pair takes two; an agent or a team leader can book it."
        return PairsFound("none", (), 0, "role", text)
    offered = []
    for code in (search.first, search.second):
        days = (search.first_day, search.last_day)
        asked = Request(code, *days, client=search.client, booker=desk.staff.booker, limit=None, every=True)
        found = found_by(desk, unit, catalogue, asked)
        if not found.offers:
            rule = found.reasons[0].rule if found.reasons else ""
            text = " ".join(one.text for one in found.reasons) or "Nothing fits."
            return PairsFound(found.status, (), 0, CODE_OF_RULE.get(rule, "nothing_found"), f"{code}: {text}")
        offered.append(found.offers)
    shown, total = pair_up(offered[0], offered[1], search.most_wait_minutes, search.limit)
    if not total:
        text = (
            f"No {search.second} starts in another diary within {search.most_wait_minutes} minutes of the end of a"
            f" {search.first}. Allow a longer wait, or search other days."
        )
        return PairsFound("none", (), 0, "nothing_found", text)
    return PairsFound("pairs", tuple(shown), total)


def _best(act: Act, search: PairSearch) -> PairsFound:
    """Return the first pair of a search, looked for week by week: none goes before one without a wait, and others wait."""
    best: PairsFound | None = None
    day = search.first_day
    while day <= search.last_day and (best is None or best.pairs[0].wait):
        last = min(search.last_day, day + timedelta(days=6))
        found = _found(act.desk, act.unit, act.catalogue, replace(search, first_day=day, last_day=last))
        if found.pairs and (best is None or found.pairs[0].wait < best.pairs[0].wait):
            best = found
        day = last + timedelta(days=1)
    return best or _found(act.desk, act.unit, act.catalogue, search)


def hold(desk: Desk, wish: PairWish, *, id: str | None = None) -> Answer:
    """Take both starts of a pair for the site's hold time in one transaction, or neither.

    Returns Paired ("held"), Refused, or HandedOff where no enabled diary has one of the types. No client is needed.
    """
    return _take(desk, wish, "hold", id)


def book(desk: Desk, wish: PairWish, *, id: str | None = None) -> Answer:
    """Book both meetings of a pair in one transaction, or neither; as `hold`, and a client is needed."""
    return _take(desk, wish, "appointment", id)


def _take(desk: Desk, wish: PairWish, kind: str, id: str | None) -> Answer:
    def work(act: Act) -> Outcome:
        for code in wish.types:
            one = Wish(code, wish.day, client=wish.search.client, contact=wish.contact, allow_clash=wish.allow_clash)
            refused = refuse_wish(act, one, kind)
            if refused is not None:
                return refused
            if not any(diary.enabled for diary in act.catalogue.diaries_for(code)):
                return allocate(act, one, kind)  # nothing is booked: the one that lacks a diary is handed off
        wishes = _wishes(act, wish)
        return wishes if isinstance(wishes, Refused) else _both(act, *wishes, kind)

    request = request_id(id, "pair_hold" if kind == "hold" else "pair_book", wish)
    for _ in range(TRIES):
        outcome = _perform(desk, request, work)
        # Where somebody was faster to the best pair, there may be another; a pair that was named is refused.
        if wish.day is not None or not isinstance(outcome, Refused) or outcome.held_by is None:
            break
    return outcome


def _wishes(act: Act, wish: PairWish) -> tuple[Wish, Wish] | Refused:
    """Return what is to be taken of each type: the best pair that is free now, or the starts that are named."""
    day, start, diary, second_start, second_diary = wish.day, wish.start, wish.diary, wish.second_start, wish.second_diary
    if day is None:
        client = None if wish.allow_clash else wish.search.client
        found = _best(act, replace(wish.search, client=client, limit=1))
        if not found.pairs:
            return Refused(found.code or "nothing_found", found.reason or "Nothing fits.", id=act.request.id)
        first, second = found.pairs[0].first, found.pairs[0].second
        day, start, diary, second_start, second_diary = first.day, first.start, first.diary, second.start, second.diary
    assert start is not None
    assert second_start is not None
    length = act.catalogue.types[wish.types[0]].ticks_on(day)
    text = None
    if diary == second_diary:
        text = "The two meetings of a pair are in two diaries; one after the other in one diary are two bookings."
    elif length is not None and second_start < start + length:
        ends = clock(min(start + length, 288))
        text = f"The second starts at {clock(second_start)}, before the first ends at {ends}."
    if text is not None:
        return Refused("not_possible", text, id=act.request.id, type=wish.types[1], diary=second_diary, day=day)
    said = {"client": wish.search.client, "contact": wish.contact, "allow_clash": wish.allow_clash}
    return (
        Wish(wish.types[0], day, start, diary, **said),  # type: ignore[arg-type]
        Wish(wish.types[1], day, second_start, second_diary, **said),  # type: ignore[arg-type]
    )


def _both(act: Act, first: Wish, second: Wish, kind: str) -> Outcome:
    """Take both in one act, the first last: its line carries the request's id and ends the act."""
    pair = act.request.id
    done = allocate(act, second, kind, Under(second_id(act.site, pair), pair, primary=False))
    if not isinstance(done, Booked):
        return _named(done, "second")
    done = allocate(act, first, kind, Under(pair, pair))
    if not isinstance(done, Booked):
        raise Abandoned(_named(done, "first"))  # the second must not remain alone
    return done


def _named(outcome: Refused | HandedOff, which: str) -> Refused:
    assert isinstance(outcome, Refused)
    return replace(outcome, reason=f"Neither was taken, for the {which}: {outcome.reason}")


def confirm(desk: Desk, entry_id: str, *, client: str | None = None, allow_clash: bool = False, id: str | None = None) -> Answer:
    """Turn both holds of a pair, either of which may be named, into appointments in one transaction, or neither.

    Returns Paired ("confirmed") or Refused. Where one hold has lapsed none is confirmed, and the other stays held until it
    lapses too or is released.
    """

    def work(act: Act) -> Outcome:
        halves = _halves(act, entry_id)
        if isinstance(halves, Refused):
            return halves
        found = [live_hold(act, one.id, None) for one in reversed(halves)]
        held = [one for one in found if isinstance(one, EntryState)]
        for one in found:
            if isinstance(one, Refused):
                return _not_both(one, held)
        second, first = held
        if not _in_order(first, second):
            text = "The two no longer follow each other in two diaries on one day; release them and hold a pair anew."
            return Refused("not_possible", text, id=entry_id)
        who = client or first.client or second.client
        done = confirm_one(act, second, who, allow_clash=allow_clash, primary=False)
        if isinstance(done, Refused):
            return done
        done = confirm_one(act, first, who, allow_clash=allow_clash)
        if isinstance(done, Refused):
            raise Abandoned(done)  # half of a pair must not be confirmed alone
        return done

    return _perform(desk, request_id(id, "pair_confirm", entry_id, client, allow_clash), work)


def still_held(desk: Desk, pair: str) -> Paired | None:
    """Return a pair of which the desk's person still holds both times, by the id of its first; None otherwise."""
    first, second = (show(desk, id) for id in (pair, second_id(desk.site, pair)))
    if not isinstance(first, Booked) or not isinstance(second, Booked):
        return None
    with desk.store.read() as unit:
        now_ms = unit.clock_ms()
    both = (first.entry, second.entry)
    mine = all(one.status == "held" and one.made_by == desk.staff.login and (one.expires_at or 0) > now_ms for one in both)
    return Paired("held", pair, first, second) if mine else None


def _halves(act: Act, entry_id: str) -> tuple[EntryState, EntryState] | Refused:
    entry = entry_queries.get(act.unit, act.site, entry_id)
    if entry is None:
        return Refused("unknown_entry", f"There is no pair {entry_id[:40]}.", id=entry_id)
    half = other_half(act.site, entry)
    other = None if half is None else entry_queries.get(act.unit, act.site, half)
    if other is None:
        text = "This is no half of a pair; it is confirmed and released by itself."
        return Refused("not_possible", text, id=entry.id, type=entry.type, diary=entry.diary, day=entry.day, start=entry.start)
    return (entry, other) if entry.id == entry.pair else (other, entry)


def _not_both(refused: Refused, held: list[EntryState]) -> Refused:
    """Return why a pair cannot be confirmed, with what becomes of the half that is still held."""
    for one in held:
        when = f"{one.type} at {clock(one.start)} in diary {one.diary}"
        text = f"Neither is confirmed; the other, {when}, stays held until it lapses or is released."
        return replace(refused, reason=f"{refused.reason} {text}")
    return refused


def _in_order(first: EntryState, second: EntryState) -> bool:
    return first.day == second.day and first.diary != second.diary and first.end <= second.start


def release(desk: Desk, entry_id: str, *, id: str | None = None) -> Answer:
    """Give the time of both holds of a pair back, or of the one that is left; returns Paired ("released") or Refused."""

    def work(act: Act) -> Outcome:
        halves = _halves(act, entry_id)
        if isinstance(halves, Refused):
            return halves
        found = [live_hold(act, one.id, None) for one in reversed(halves)]
        held = [one for one in found if isinstance(one, EntryState)]
        stops = [one for one in found if isinstance(one, Refused)]
        if not held:
            return min(stops, key=lambda one: one.id != entry_id)
        done: Outcome | None = None
        for one in held:
            after = replace(one, status="released", expires_at=None, version=one.version + 1)
            done = act.change("released", one, after, (), primary=one is held[-1])
        assert done is not None
        return done

    return _perform(desk, request_id(id, "pair_release", entry_id), work)


def _perform(desk: Desk, request: RequestId, work: Callable[[Act], Outcome]) -> Answer:
    return perform_and_tell(desk, request, work, lambda done: _told(desk, done))


def _told(desk: Desk, outcome: Booked) -> Paired:
    """Return what an act did to both halves, from its lines of the log; a retry reads the same lines."""
    pair = outcome.entry.pair
    assert pair is not None
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
        (event,) = [one for one in log_queries.of_entry(unit, desk.site, outcome.entry.id) if one.seq == outcome.seq]
        lines = {one.entry: one for one in (*log_queries.others_of_act(unit, desk.site, event), event)}
        halves = []
        for id in (pair, second_id(desk.site, pair)):
            line = lines.get(id)
            entry = entry_queries.get(unit, desk.site, id)
            assert entry is not None
            status = entry.status
            if line is not None and line.after is not None:
                entry, status = entry_from_state(id, line.after), STATUS_OF_VERB.get(line.verb, line.verb)
            diary = catalogue.diaries.get(entry.diary)
            words = say(catalogue, entry) if status in ("booked", "confirmed") else None
            coach = entry.diary if diary is None else diary.coach
            halves.append(Booked(status, entry, coach, words, outcome.repeated, None if line is None else line.seq))
    return Paired(outcome.status, pair, halves[0], halves[1], outcome.repeated)
